//! Bitstamp v2.
//!
//! # What is signed
//!
//! `X-Auth + METHOD + host + path[?query] + content type + nonce + timestamp + version + body`, with the
//! API key in `X-Auth` (`BITSTAMP key`): HMAC-SHA256 under the characters of the secret, in hexadecimal,
//! in `X-Auth-Signature`. Everything that decides is under it. There are no marks between the parts,
//! so each is held to its form: the key to letters and digits, the content type to that of a form or
//! nothing, the nonce to a UUID, the timestamp to 13 digits, the version to `v2`; and a query may not
//! have a content type in it. A POST is read from its body and may have no query, in which nonce, time and
//! another body could hide.
//!
//! # What tells operations apart
//!
//! Pair, side and kind of an order, and the asset of a withdrawal, are in the path. A pair that ends in
//! `-perp` is a perpetual, any other is spot. Calls that name an order by id, or nothing at all, may
//! be of either, and both are in the set.
//!
//! # Traps
//!
//! * An instant buy's amount counts the quote asset; so does an instant sale's with
//!   `amount_in_counter`.
//! * `limit_price` makes an opposite order for the same amount once the order is filled.
//! * Calls without parameters are sent with `foo=bar`, since an empty form is refused.
//!
//! # Unconfirmed
//!
//! The 150 seconds for which a timestamp is good. A nonce is good once.

mod operations;
mod orders;

use crate::{
    Asset, Binds, DigestEncoding, HashAlg, KeyEncoding, Malformed, Permission, Placement,
    ReadError, Request, Shown, Timing, Unclassified,
    kit::{self, Venue, headers, order, time},
    signed::{CONTENT_TYPE, FORM},
    syntax::Fields,
};

pub(crate) static VENUE: Venue = Venue {
    name: "bitstamp",
    title: "Bitstamp",
    api_key_header: X_AUTH,
    api_key,
    passphrase: None,
    hash: HashAlg::Sha256,
    key_encoding: KeyEncoding::Utf8,
    digest_encoding: DigestEncoding::Hex,
    binds: Binds {
        method: true,
        host: true,
        path: true,
        query: true,
        body: true,
    },
    placement: |_| Placement::Header("X-Auth-Signature"),
    text,
    fields,
    envelope: &[],
    timing,
    quote,
    operations: operations::TABLES,
    permissions: &[
        (
            Permission::Read,
            "Account balance, User transactions, Open orders, Order status",
        ),
        (
            Permission::SpotTrading,
            "Buy limit order, Sell limit order, market and instant orders, Cancel order",
        ),
        (Permission::Futures, "Derivatives, and those of orders"),
        (
            Permission::Transfers,
            "Transfer to and from main account, Earn",
        ),
        (Permission::Withdrawals, "Withdraw, for each asset"),
        (Permission::SubAccounts, "Revoke all API keys, Travel rule"),
    ],
};

const X_AUTH: &str = "X-Auth";
const NONCE: &str = "X-Auth-Nonce";
const TIMESTAMP: &str = "X-Auth-Timestamp";
const VERSION: &str = "X-Auth-Version";
/// How long after its timestamp a request is accepted; unconfirmed.
const WINDOW_MS: u64 = 150_000;

fn text(request: &Request) -> Result<Vec<u8>, ReadError> {
    let mark = if request.query.is_empty() { "" } else { "?" };
    let head = [
        key(request)?,
        &request.method,
        &request.host,
        &request.path,
        mark,
        &request.query,
        content_type(request)?,
        nonce(request)?,
        timestamp(request)?,
        version(request)?,
    ]
    .concat();
    Ok([head.as_bytes(), &request.body].concat())
}

/// What stands before the key in its header.
const SCHEME: &str = "BITSTAMP ";

fn api_key(request: &Request) -> Result<Option<String>, ReadError> {
    Ok(key(request)?.strip_prefix(SCHEME).map(str::to_owned))
}

/// The header as it is signed, with the scheme before the key.
fn key(request: &Request) -> Result<&str, Malformed> {
    let header = only(request, X_AUTH)?.ok_or(Malformed::MissingHeader { name: X_AUTH })?;
    match header.strip_prefix(SCHEME) {
        Some(key) if !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
            Ok(header)
        }
        _ => Err(Malformed::Header {
            name: X_AUTH,
            value: Shown::new(header),
        }),
    }
}

/// The content type of a form, or nothing.
fn content_type(request: &Request) -> Result<&str, Malformed> {
    let Some(value) = only(request, CONTENT_TYPE)? else {
        return Ok("");
    };
    let lower = value.to_ascii_lowercase();
    match lower.strip_prefix(FORM) {
        Some("" | ";charset=utf-8" | "; charset=utf-8") => Ok(value),
        _ => Err(Malformed::Header {
            name: CONTENT_TYPE,
            value: Shown::new(value),
        }),
    }
}

fn only<'a>(request: &'a Request, name: &'static str) -> Result<Option<&'a str>, Malformed> {
    let mut found = request
        .headers
        .iter()
        .filter(|(known, _)| known.eq_ignore_ascii_case(name));
    let first = found.next().map(|(_, value)| value.as_str());
    match found.next() {
        Some(_) => Err(Malformed::RepeatedHeader { name }),
        None => Ok(first),
    }
}

/// A UUID, in its form of 36 characters.
fn nonce(request: &Request) -> Result<&str, Malformed> {
    let nonce = headers::required(request, NONCE)?;
    let lengths = nonce.split('-').map(str::len);
    let hex = |part: &str| part.bytes().all(|byte| byte.is_ascii_hexdigit());
    if lengths.eq([8, 4, 4, 4, 12]) && nonce.split('-').all(hex) {
        return Ok(nonce);
    }
    Err(Malformed::Header {
        name: NONCE,
        value: Shown::new(nonce),
    })
}

fn timestamp(request: &Request) -> Result<&str, Malformed> {
    let text = headers::required(request, TIMESTAMP)?;
    time::milliseconds(TIMESTAMP, text).map(|_| text)
}

fn version(request: &Request) -> Result<&str, Malformed> {
    match headers::required(request, VERSION)? {
        "v2" => Ok("v2"),
        other => Err(Malformed::Header {
            name: VERSION,
            value: Shown::new(other),
        }),
    }
}

fn timing(request: &Request) -> Result<Timing, ReadError> {
    let text = headers::required(request, TIMESTAMP)?;
    let time_ms = time::milliseconds(TIMESTAMP, text)?;
    Ok(Timing::from_time(time_ms, WINDOW_MS))
}

fn fields(request: &Request) -> Result<Fields<'_>, ReadError> {
    if request.query.contains("application/") {
        return Err(Unclassified::Confusable {
            name: "query",
            why: "it has a content type in it, which follows the query without a mark",
        }
        .into());
    }
    if request.method == "POST" {
        kit::refuse_query(request)?;
    }
    if request.body.trim_ascii_start().starts_with(b"{") {
        return Err(Unclassified::NotAForm {
            content_type: Shown::new("JSON"),
        }
        .into());
    }
    kit::fields(request)
}

/// The quote asset, told for the bases that no other asset begins with.
fn quote(symbol: &str) -> Asset {
    const BASES: [&str; 5] = ["BTC", "ETH", "XRP", "SOL", "LTC"];
    const QUOTES: [&str; 6] = ["USD", "EUR", "GBP", "USDT", "USDC", "BTC"];
    let symbol = symbol.to_ascii_uppercase();
    let pair = symbol.strip_suffix("-PERP").unwrap_or(&symbol);
    let rest = BASES.into_iter().find_map(|base| pair.strip_prefix(base));
    match rest.and_then(|rest| QUOTES.into_iter().find(|known| *known == rest)) {
        Some(quote) => Asset::Known(quote.to_owned()),
        None => order::quote_by_ending(pair),
    }
}
