//! Deribit v2.
//!
//! # What is signed
//!
//! `ts\nnonce\nMETHOD\npath[?query]\nbody\n`: HMAC-SHA256 under the characters of the secret, in
//! hexadecimal, as `sig` in the `Authorization` header, beside `id`, `ts` and `nonce`. Everything is
//! called by `GET`, orders and withdrawals included. The host is not signed.
//!
//! The login of a stream signs `ts\nnonce\ndata`. A nonce with a newline in it, or any `data`, could
//! make that the text of a request: the nonce is held to letters, digits and `-_.`, and `data` is
//! refused.
//!
//! # What tells spot from derivatives
//!
//! The instrument: spot has no `-` (`BTC_USDC`), whatever has one is a derivative (`BTC-PERPETUAL`,
//! `ETH_USDC-PERPETUAL`, dated futures, options). An order addressed by its id or label may be either;
//! both are in the set. So are both where all orders are cancelled.
//!
//! Amounts count the base asset at spot and at linear futures; at the inverse ones they count US
//! dollars, at options contracts, and `contracts` counts contracts everywhere: what such an order is
//! worth is not stated.
//!
//! # Traps
//!
//! * `otoco_config`, JSON in the query, holds orders of any side and size that follow this one or cancel
//!   it.
//! * Deribit raises the price of a post-only sale that would take liquidity, unless `reject_post_only`
//!   says otherwise: it is then not known to be worth no more than it states.
//! * With `advanced`, the price of an option is in dollars or of volatility, and is not shown.
//!
//! # Not understood
//!
//! JSON-RPC by `POST`, block trades, quotes in bulk, requests for quotes, combos, and moves of
//! positions between accounts.

mod account;
mod reads;
mod trade;

use crate::{
    Binds, DigestEncoding, HashAlg, KeyEncoding, Malformed, Permission, Placement, ReadError,
    Request, Shown, Timing, Unclassified,
    kit::{self, Venue, operation::LOGIN, order, time},
    signed::{AUTHORIZATION, authorization_pairs},
};

pub(crate) static VENUE: Venue = Venue {
    name: "deribit",
    title: "Deribit",
    api_key_header: AUTHORIZATION,
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
    placement: |_| Placement::Authorization("sig"),
    text,
    fields: kit::fields,
    envelope: &[],
    timing,
    quote: |symbol| order::quote_after(symbol.split('-').next().unwrap_or(symbol), '_'),
    operations: &[
        reads::OPERATIONS,
        trade::OPERATIONS,
        account::FUNDS,
        account::OPERATIONS,
    ],
    // A key has one of none, read and read_write in each.
    permissions: &[
        (Permission::Read, "account:read, trade:read, wallet:read"),
        (Permission::SpotTrading, "trade:read_write"),
        (Permission::Futures, "trade:read_write"),
        (Permission::Options, "trade:read_write"),
        (Permission::Transfers, "wallet:read_write"),
        (Permission::Withdrawals, "wallet:read_write"),
        (Permission::SubAccounts, "account:read_write"),
    ],
};

const SCHEME: &str = "deri-hmac-sha256";
/// How long after its timestamp a request is accepted; not confirmed by the venue's documents here.
const WINDOW_MS: u64 = 60_000;

// The test network has accounts and keys of its own.
const HOSTS: &[&str] = &["www.deribit.com", "test.deribit.com"];
const STREAMS: &[&str] = &["www.deribit.com", "streams.deribit.com", "test.deribit.com"];

fn text(request: &Request) -> Result<Vec<u8>, ReadError> {
    let (ts, nonce) = stamps(request)?;
    if request.method == LOGIN {
        return Ok(format!("{ts}\n{nonce}\n").into_bytes());
    }
    let mark = if request.query.is_empty() { "" } else { "?" };
    let head = format!(
        "{ts}\n{nonce}\n{}\n{}{mark}{}\n",
        request.method, request.path, request.query
    );
    Ok([head.as_bytes(), &request.body, b"\n"].concat())
}

fn timing(request: &Request) -> Result<Timing, ReadError> {
    let (ts, _) = stamps(request)?;
    Ok(Timing::from_time(time::milliseconds("ts", &ts)?, WINDOW_MS))
}

/// Time and nonce: of a request in its `Authorization` header, of a login in its parameters.
fn stamps(request: &Request) -> Result<(String, String), ReadError> {
    let (ts, nonce) = if request.method == LOGIN {
        let fields = kit::fields(request)?;
        let part = |name| fields.text(name).unwrap_or_default().into_owned();
        (part("timestamp"), part("nonce"))
    } else {
        let header = authorization(request)?;
        (member(header, "ts")?, member(header, "nonce")?)
    };
    time::milliseconds("ts", &ts)?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if nonce.is_empty() || nonce.len() > 64 || !nonce.bytes().all(plain) {
        return Err(Unclassified::Confusable {
            name: "nonce",
            why: "it is not letters, digits and -_. alone, at most 64",
        }
        .into());
    }
    Ok((ts, nonce))
}

/// The one `Authorization` header.
fn authorization(request: &Request) -> Result<&str, Malformed> {
    let name = AUTHORIZATION;
    let mut found = request
        .headers
        .iter()
        .filter(|(known, _)| known.eq_ignore_ascii_case(name));
    let (_, value) = found.next().ok_or(Malformed::MissingHeader { name })?;
    if found.next().is_some() {
        return Err(Malformed::RepeatedHeader { name });
    }
    let whole = |pairs: &str| {
        let names = ["id", "ts", "nonce", "sig"];
        pairs.split(',').all(|pair| {
            let named = pair.trim().split_once('=');
            named.is_some_and(|(found, value)| names.contains(&found) && !value.is_empty())
        })
    };
    match value.split_once(' ') {
        Some((SCHEME, pairs)) if whole(pairs) => Ok(value),
        _ => Err(Malformed::Header {
            name,
            value: Shown::new(value),
        }),
    }
}

/// The one `name=value` of that name in the header.
fn member(header: &str, name: &'static str) -> Result<String, Malformed> {
    let mut found = authorization_pairs(header).filter(|(known, _)| known.trim() == name);
    let (_, value) = found.next().ok_or(Malformed::MissingHeader { name })?;
    match found.next() {
        Some(_) => Err(Malformed::RepeatedHeader { name }),
        None => Ok(value.to_owned()),
    }
}
