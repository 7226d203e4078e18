//! Bitfinex v2.
//!
//! # What is signed
//!
//! `/api + path + nonce + body`: HMAC-SHA384 under the characters of the secret, in hexadecimal, in
//! `bfx-signature`; the nonce is the header `bfx-nonce`. A stream's login signs `AUTH + nonce`. Every private call is a POST with a JSON object
//! or nothing as its body. Neither method nor host is signed, nor a query, which is refused. The nonce
//! is digits and a body is none or begins with a brace, so the nonce cannot grow into the body; no path
//! that trades or moves value ends in a parameter, so it cannot grow into the path either.
//!
//! # What tells products apart
//!
//! A symbol with an `F0` asset (`tBTCF0:USTF0`) is a derivative; a colon alone is not, since long names
//! have one too (`tDOGE:USD`). Of the others, a type that begins with `EXCHANGE` trades the exchange
//! wallet, and any other type trades on margin, in the same class. Cancelling and updating name an
//! order by id alone: spot and derivatives are then both in the set.
//!
//! # Traps
//!
//! * The sign of `amount` is the side. `flags` is a sum: 1024 is reduce-only, 4096 post-only, and 512
//!   closes a position, for which the amount is not believed.
//! * `price_oco_stop` makes a stop of the same side and size, of which one cancels the other.
//! * `price` of a stop order is its trigger, and `price_aux_limit` its limit.
//! * A withdrawal's `method` names asset and network in one (`bitcoin`, `tetheruse`), and is shown as
//!   both.
//! * Nonces are milliseconds in one client and microseconds in another: on one key, the latter locks
//!   out the former. Signatures do not expire.
//! * `auth/w/token` makes a bearer token with the key's rights: administration.

mod operations;
mod orders;

use crate::{
    Asset, Binds, DigestEncoding, HashAlg, KeyEncoding, Malformed, Permission, Placement,
    ReadError, Request, Shown, Stamp, Timing, Unclassified,
    kit::{self, Venue, headers, operation::LOGIN, time},
    syntax::{Field, Fields, Value, number},
};

pub(crate) static VENUE: Venue = Venue {
    name: "bitfinex",
    title: "Bitfinex",
    api_key_header: "bfx-apikey",
    api_key: kit::no_api_key,
    passphrase: None,
    hash: HashAlg::Sha384,
    key_encoding: KeyEncoding::Utf8,
    digest_encoding: DigestEncoding::Hex,
    binds: Binds {
        method: false,
        host: false,
        path: true,
        query: false,
        body: true,
    },
    placement: |_| Placement::Header("bfx-signature"),
    text,
    fields,
    envelope: &[],
    timing,
    quote,
    operations: operations::TABLES,
    permissions: &[
        (
            Permission::Read,
            "account, orders, positions, wallets, history: read",
        ),
        (Permission::SpotTrading, "orders: write"),
        (Permission::Margin, "margin funding and positions: write"),
        (Permission::Futures, "orders: write"),
        (Permission::Transfers, "wallets: write"),
        (Permission::Withdrawals, "withdraw: write"),
        (Permission::SubAccounts, "settings: write"),
    ],
};

const NONCE: &str = "bfx-nonce";

fn text(request: &Request) -> Result<Vec<u8>, ReadError> {
    let nonce = nonce(request)?;
    if request.method == LOGIN {
        return Ok(format!("AUTH{nonce}").into_bytes());
    }
    let head = format!("/api{}{nonce}", request.path);
    Ok([head.as_bytes(), &request.body].concat())
}

fn nonce(request: &Request) -> Result<&str, Malformed> {
    let nonce = headers::required(request, NONCE)?;
    match number::integer(nonce) {
        Some(_) => Ok(nonce),
        None => Err(Malformed::Timestamp {
            name: NONCE,
            value: Shown::new(nonce),
            expected: number::INTEGER,
        }),
    }
}

fn timing(request: &Request) -> Result<Timing, ReadError> {
    Ok(Timing {
        stamp: Stamp::Nonce(time::of_nonce(nonce(request)?)),
        expires_at_ms: None,
    })
}

/// The members of the body. Operations of a batch are pairs of a word and an object: the word becomes
/// the parameter [`orders::WORD`] of the object.
fn fields(request: &Request) -> Result<Fields<'_>, ReadError> {
    if !request.query.is_empty() {
        return Err(Unclassified::Confusable {
            name: "query",
            why: "it is not under the MAC",
        }
        .into());
    }
    let looks_like_json = matches!(request.body.first(), None | Some(b'{'));
    if !looks_like_json {
        return Err(Unclassified::NotJson {
            why: Shown::new("the body is not an object"),
        }
        .into());
    }
    let mut fields = kit::body(request)?;
    for field in &mut fields.0 {
        if let (orders::LIST, Value::List(items)) = (field.name.as_ref(), &mut field.value) {
            items.iter_mut().for_each(unfold);
        }
    }
    Ok(fields)
}

/// Turns `["on", {..}]` into `{"(op)": "on", ..}`; anything else stays, and is refused as an element.
fn unfold(item: &mut Value<'_>) {
    let Value::List(pair) = item else {
        return;
    };
    let [Value::Text(word), Value::Object(members)] = pair.as_mut_slice() else {
        return;
    };
    let mut members = std::mem::take(members);
    members.0.insert(
        0,
        Field {
            name: orders::WORD.into(),
            value: Value::Text(word.clone()),
        },
    );
    *item = Value::Object(members);
}

/// The quote asset: after the colon, or the last three of six letters.
fn quote(symbol: &str) -> Asset {
    let Some(pair) = symbol.strip_prefix('t') else {
        return Asset::Unknown;
    };
    let quote = match pair.split_once(':') {
        Some((_, quote)) => Some(quote),
        None => pair.get(3..).filter(|quote| quote.len() == 3),
    };
    match quote {
        Some(quote) if !quote.is_empty() => Asset::Known(quote.to_owned()),
        _ => Asset::Unknown,
    }
}
