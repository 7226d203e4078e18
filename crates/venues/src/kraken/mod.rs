//! Kraken spot.
//!
//! # What is signed
//!
//! `path || SHA-256(nonce || body)`, the inner hash as 32 raw bytes: HMAC-SHA512 under the key that
//! the secret is in base64, in base64, in `API-Sign`. The body is a form or a JSON object, and has the
//! nonce in it. It is under the inner hash alone: the node reads the request's body and makes the hash
//! from that same body, so what it read is what is signed. The inner hash has a fixed length and a
//! body begins with no digit, so neither path, nonce nor body can grow into its neighbour. Method, host
//! and content type are not signed; every private call is a POST, and none has a query. JSON that
//! would be a form under another content type is refused.
//!
//! # What tells spot from margin
//!
//! An order with `leverage` is on margin, in the same class: Kraken has one permission for both.
//!
//! # Traps
//!
//! * A price may be relative (`+5`, `-2%`, `#1`): it is then no price, and a limit order of which
//!   only a relative limit is known is shown without its kind, so that its value is unknown.
//! * `price` is the trigger of a stop order, and `price2` its limit.
//! * `oflags` with `viqc` makes the volume of a market buy count the quote asset; that of other orders stands
//!   for both.
//! * `close` makes an order on the other side follow, which Kraken holds to no position.
//! * A volume of zero is that of the position.
//! * A withdrawal names its destination by an alias (`key`) that is kept at Kraken. Where `address` is
//!   given, Kraken compares the two and refuses a difference. Without, the alias is all that is
//!   known, and is the destination.
//!
//! # Not understood
//!
//! Batches as forms (`orders[0][..]`): Kraken takes batches as JSON. A nonce does not expire; Kraken's
//! tolerance for one that is out of order (a setting of the key) only makes that wider.

mod operations;
mod orders;

use sha2::{Digest, Sha256};

use crate::{
    Asset, Binds, DigestEncoding, HashAlg, KeyEncoding, Malformed, Permission, Placement,
    ReadError, Request, Shown, Stamp, Timing, Unclassified,
    kit::{self, Venue, order, time},
    syntax::{Fields, number},
};

pub(crate) static VENUE: Venue = Venue {
    name: "kraken",
    title: "Kraken",
    api_key_header: "API-Key",
    api_key: kit::no_api_key,
    passphrase: None,
    hash: HashAlg::Sha512,
    key_encoding: KeyEncoding::Base64,
    digest_encoding: DigestEncoding::Base64,
    binds: Binds {
        method: false,
        host: false,
        path: true,
        query: true,
        body: true,
    },
    placement: |_| Placement::Header("API-Sign"),
    text,
    fields,
    envelope: &[NONCE, "otp"],
    timing,
    quote,
    operations: &[
        operations::READS,
        orders::TRADES,
        operations::FUNDS,
        operations::ACCOUNTS,
    ],
    permissions: &[
        (
            Permission::Read,
            "Query Funds, Query open/closed orders & trades, Query ledger entries, Export data",
        ),
        (
            Permission::SpotTrading,
            "Create & modify orders, Cancel/close orders",
        ),
        (
            Permission::Margin,
            "Create & modify orders (margin is a setting of the account)",
        ),
        (Permission::Transfers, "Withdraw Funds, Earn"),
        (Permission::Withdrawals, "Withdraw Funds"),
        (Permission::SubAccounts, "a master account's key"),
    ],
};

const NONCE: &str = "nonce";

fn text(request: &Request) -> Result<Vec<u8>, ReadError> {
    let mut inner = Sha256::new();
    inner.update(nonce(request)?);
    inner.update(&request.body);
    Ok([request.path.as_bytes(), &inner.finalize()].concat())
}

fn timing(request: &Request) -> Result<Timing, ReadError> {
    Ok(Timing {
        stamp: Stamp::Nonce(time::of_nonce(&nonce(request)?)),
        expires_at_ms: None,
    })
}

fn fields(request: &Request) -> Result<Fields<'_>, ReadError> {
    kit::refuse_query(request)?;
    kit::body_of_unsigned_type(request)
}

/// The nonce in the body.
fn nonce(request: &Request) -> Result<String, ReadError> {
    let fields = kit::body(request)?;
    let mut found = fields
        .iter()
        .filter(|field| field.name.eq_ignore_ascii_case(NONCE));
    let first = found
        .next()
        .ok_or(Malformed::MissingTimestamp { name: NONCE })?;
    if first.name != NONCE || found.next().is_some() {
        return Err(Unclassified::RepeatedParameter {
            name: Shown::new(NONCE),
        }
        .into());
    }
    let text = first.value.scalar().unwrap_or_default();
    match number::integer(&text) {
        Some(_) => Ok(text.into_owned()),
        None => Err(Malformed::Timestamp {
            name: NONCE,
            value: Shown::new(text.as_bytes()),
            expected: number::INTEGER,
        }
        .into()),
    }
}

/// The quote asset: `XBT/USD` says it, `XXBTZUSD` does in four and four letters, and of the rest those
/// with a base that no other asset begins with.
fn quote(symbol: &str) -> Asset {
    const FIAT: [&str; 7] = ["USD", "EUR", "GBP", "CAD", "JPY", "AUD", "CHF"];
    const BASES: [&str; 6] = ["XBT", "BTC", "ETH", "SOL", "XRP", "LTC"];
    if symbol.contains('/') {
        return order::quote_after(symbol, '/');
    }
    let fiat = |rest: &str| FIAT.into_iter().find(|known| *known == rest);
    let long = || match (symbol.len(), symbol.get(..1)?, symbol.get(4..5)?) {
        (8, "X", "Z") => fiat(symbol.get(5..)?),
        _ => None,
    };
    let short = || {
        let rest = BASES
            .into_iter()
            .find_map(|base| symbol.strip_prefix(base))?;
        fiat(rest)
    };
    match long().or_else(short) {
        Some(quote) => Asset::Known(quote.to_owned()),
        None => order::quote_by_ending(symbol),
    }
}
