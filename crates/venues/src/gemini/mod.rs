//! Gemini.
//!
//! # What is signed
//!
//! The header `X-GEMINI-PAYLOAD`: a JSON object in base64, with all parameters, the nonce, and in
//! `request` the path. HMAC-SHA384 over the base64 text under the characters of the secret, in
//! hexadecimal, in `X-GEMINI-SIGNATURE`. Body, query, method and host are not signed. The node reads the
//! payload and nothing else: `request` must be the request's own path, or the request is
//! unclassified, and a body, which Gemini ignores, may only repeat what the payload says (some clients
//! send it so).
//!
//! # What tells products apart
//!
//! A symbol that ends in `perp` is a perpetual; of the others, `margin_order` trades on margin. The
//! asset of a withdrawal or transfer is in its path, and so is under the MAC by way of `request`.
//!
//! # Unconfirmed
//!
//! That a payload is refused at another path than its `request`. Nonces that are times are accepted
//! for about 30 seconds by keys with that option; without it, signatures do not expire.
//!
//! # Not understood
//!
//! Queries, except those of calls that are GETs: these are read with what is not signed left out, and
//! say so. Orders on prediction markets.

mod operations;

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::{
    Asset, Binds, DigestEncoding, HashAlg, KeyEncoding, Malformed, Permission, Placement,
    ReadError, Request, Shown, Stamp, Timing, Unclassified,
    kit::{self, Venue, headers, order, time},
    syntax::{Fields, Value, json, number},
};

pub(crate) static VENUE: Venue = Venue {
    name: "gemini",
    title: "Gemini",
    api_key_header: "X-GEMINI-APIKEY",
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
        body: false,
    },
    placement: |_| Placement::Header("X-GEMINI-SIGNATURE"),
    text,
    fields,
    envelope: &[REQUEST, NONCE],
    timing,
    quote,
    operations: operations::TABLES,
    permissions: &[
        (Permission::Read, "Auditor"),
        (Permission::SpotTrading, "Trader"),
        (Permission::Margin, "Trader"),
        (Permission::Futures, "Trader"),
        (Permission::Transfers, "Fund Manager"),
        (Permission::Withdrawals, "Fund Manager"),
        (Permission::SubAccounts, "Administrator, on a master key"),
    ],
};

const PAYLOAD: &str = "X-GEMINI-PAYLOAD";
const REQUEST: &str = "request";
const NONCE: &str = "nonce";

fn text(request: &Request) -> Result<Vec<u8>, ReadError> {
    Ok(headers::required(request, PAYLOAD)?.as_bytes().to_vec())
}

fn timing(request: &Request) -> Result<Timing, ReadError> {
    let payload = payload(request)?;
    let nonce = payload
        .text(NONCE)
        .ok_or(Malformed::MissingTimestamp { name: NONCE })?;
    if number::integer(&nonce).is_none() {
        return Err(Malformed::Timestamp {
            name: NONCE,
            value: Shown::new(nonce.as_bytes()),
            expected: number::INTEGER,
        }
        .into());
    }
    Ok(Timing {
        stamp: Stamp::Nonce(time::of_nonce(&nonce)),
        expires_at_ms: None,
    })
}

/// The members of the payload.
fn payload(request: &Request) -> Result<Fields<'static>, ReadError> {
    let not_json = |why: &str| Unclassified::NotJson {
        why: Shown::new(why),
    };
    let encoded = headers::required(request, PAYLOAD)?;
    if encoded.len() > LONGEST {
        return Err(Unclassified::TooLong { limit: LONGEST }.into());
    }
    let text = STANDARD
        .decode(encoded)
        .map_err(|_| not_json("the payload is not base64"))?;
    let text = std::str::from_utf8(&text).map_err(|_| Unclassified::NotText)?;
    match json::parse(text)? {
        Value::Object(members) => Ok(members.into_owned()),
        _ => Err(not_json("the payload is not an object").into()),
    }
}

/// Longest header that servers are known to take.
const LONGEST: usize = 16 * 1024;

fn fields(request: &Request) -> Result<Fields<'_>, ReadError> {
    let payload = payload(request)?;
    if payload.text(REQUEST).as_deref() != Some(&request.path) {
        return Err(Unclassified::Confusable {
            name: "X-GEMINI-PAYLOAD",
            why: "its request is not the path it is sent to",
        }
        .into());
    }
    if request.method != "GET" && !request.query.is_empty() {
        return Err(Unclassified::Confusable {
            name: "query",
            why: "it is not under the MAC",
        }
        .into());
    }
    for member in kit::body(request)?.into_owned().0 {
        if !payload.0.contains(&member) {
            return Err(Unclassified::Confusable {
                name: "body",
                why: "it is not under the MAC, and says other than the payload",
            }
            .into());
        }
    }
    Ok(payload)
}

/// The quote asset, told for the bases that no other asset begins with.
fn quote(symbol: &str) -> Asset {
    const BASES: [&str; 4] = ["BTC", "ETH", "SOL", "LTC"];
    const QUOTES: [&str; 8] = ["USD", "GUSD", "EUR", "GBP", "SGD", "USDT", "USDC", "BTC"];
    let symbol = symbol.to_ascii_uppercase();
    let pair = symbol.strip_suffix("PERP").unwrap_or(&symbol);
    let rest = BASES.into_iter().find_map(|base| pair.strip_prefix(base));
    match rest.and_then(|rest| QUOTES.into_iter().find(|known| *known == rest)) {
        Some(quote) => Asset::Known(quote.to_owned()),
        None => order::quote_by_ending(pair),
    }
}
