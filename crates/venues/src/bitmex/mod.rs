//! BitMEX, which has closed: its operations ended on 23 September 2026. The dialect is kept for the
//! captured requests, and for keys that are still enrolled.
//!
//! # What is signed
//!
//! `METHOD + path[?query] + expires + body`: HMAC-SHA256 under the characters of the secret, in
//! hexadecimal, in `api-signature`. `api-expires` is the Unix second after which the venue refuses, and
//! the only time there is. Host and content type are not signed. Bodies are JSON or forms, also with DELETE;
//! JSON that would be a form under another content type is refused. A query's
//! last value is followed by the expiry: a call that changes something and whose query ends in a
//! number is refused, since digits could move from one into the other and make both another.
//!
//! # What tells spot from derivatives
//!
//! A symbol with an underscore (`XBT_USDT`) is spot. Calls without a symbol may be either, and both
//! are in the set.
//!
//! # Traps
//!
//! * A negative `orderQty` sells. Quantities are contracts, and on spot units of the smallest part of
//!   the asset: neither has a value that the request tells.
//! * Amounts are in smallest parts: `XBt` are satoshis, `USDt` millionths. These two are shown in whole
//!   `XBT` and `USDT`; of other currencies the amount is left out, since their scale is not known here.
//! * `ordType` may be left out: its prices then tell the kind.
//! * `execInst` with `ReduceOnly` or `Close` can only reduce; with `ParticipateDoNotInitiate` it is
//!   post-only.

mod operations;
mod orders;

use crate::{
    Asset, Binds, DigestEncoding, HashAlg, KeyEncoding, Malformed, Permission, Placement,
    ReadError, Request, Shown, Stamp, Timing, Unclassified,
    kit::{self, Venue, headers, operation::LOGIN, time},
    syntax::Fields,
};

pub(crate) static VENUE: Venue = Venue {
    name: "bitmex",
    title: "BitMEX (closed)",
    api_key_header: "api-key",
    api_key: kit::no_api_key,
    passphrase: None,
    hash: HashAlg::Sha256,
    key_encoding: KeyEncoding::Utf8,
    digest_encoding: DigestEncoding::Hex,
    binds: Binds {
        method: true,
        host: false,
        path: true,
        query: true,
        body: true,
    },
    placement: |_| Placement::Header("api-signature"),
    text,
    fields,
    envelope: &[],
    timing,
    quote: |_| Asset::Unknown,
    operations: &[
        operations::READS,
        operations::MARKETS,
        orders::TRADES,
        operations::FUNDS,
        operations::ACCOUNTS,
    ],
    permissions: &[
        (Permission::Read, "any key"),
        (Permission::SpotTrading, "order"),
        (Permission::Futures, "order"),
        (Permission::Transfers, "transfer"),
        (Permission::Withdrawals, "withdraw"),
        (Permission::SubAccounts, "a master account's key"),
    ],
};

const EXPIRES: &str = "api-expires";

fn text(request: &Request) -> Result<Vec<u8>, ReadError> {
    let expires = expires(request)?;
    if request.method == LOGIN {
        return Ok(format!("GET{}{expires}", request.path).into_bytes());
    }
    let mark = if request.query.is_empty() { "" } else { "?" };
    let head = format!(
        "{}{}{mark}{}{expires}",
        request.method, request.path, request.query
    );
    Ok([head.as_bytes(), &request.body].concat())
}

/// Ten digits, which are whole seconds.
fn expires(request: &Request) -> Result<&str, Malformed> {
    let text = headers::required(request, EXPIRES)?;
    if text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(text);
    }
    Err(Malformed::Timestamp {
        name: EXPIRES,
        value: Shown::new(text),
        expected: "Unix seconds, 10 digits",
    })
}

fn timing(request: &Request) -> Result<Timing, ReadError> {
    let at_ms = time::seconds(EXPIRES, expires(request)?)?;
    Ok(Timing {
        stamp: Stamp::Expiry(at_ms),
        expires_at_ms: Some(at_ms),
    })
}

fn fields(request: &Request) -> Result<Fields<'_>, ReadError> {
    let number_last = request.query.rsplit('=').next().is_some_and(|last| {
        last.bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.')
    });
    if request.method != "GET" && !request.query.is_empty() && number_last {
        return Err(Unclassified::Confusable {
            name: "query",
            why: "it ends in a number, which the expiry follows without a mark",
        }
        .into());
    }
    // A form may be the body: `text=a` with an expiry and `orderQty=9` behind it would be one value.
    let holds_form = |piece: &str| piece.matches('=').count() > 1;
    if request.method != "GET" && request.query.split('&').any(holds_form) {
        return Err(Unclassified::Confusable {
            name: "query",
            why: "a value has '=' in it, and could end where an expiry and a body begin",
        }
        .into());
    }
    kit::body_of_unsigned_type(request)?;
    kit::fields(request)
}
