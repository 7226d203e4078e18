//! MEXC: spot and wallet (`/api/v3`), and contracts (`/api/v1/private`).
//!
//! # What is signed
//!
//! Two interfaces, two manners, both HMAC-SHA256 under the characters of the secret, in hex. Neither
//! covers method, host or path.
//!
//! * **Spot:** the query immediately followed by the body, without a separator, `signature` left out;
//!   it goes last into the query or the form. Clients also label the form as JSON.
//! * **Contracts:** `key + timestamp + parameters`, in the header `Signature`. The parameters are the
//!   query, sorted by name, or the JSON body as it is. `ApiKey` and `Request-Time` are headers, which a
//!   request must have to be read. A client is known that signs a sorted query also for a POST, so
//!   parameters are not taken to tell a POST from a GET.
//!
//! # What a signature authorises
//!
//! Within each manner, everything the same bytes can do there: parameters are allow-listed by name for
//! the operation named, and any other operation whose needs they meet is in the set.
//!
//! No text of one manner is one of the other:
//!
//! 1. A contract text begins with the API key and 13 digits; a key that has so many digits on end, or
//!    other than letters and digits, is refused, since it could have swallowed the first parameter. No parameter of a spot operation is named
//!    so, and a spot text is read from its first parameter.
//! 2. Sent to the spot interface, a contract text is a query whose first parameter has an odd name and
//!    may be ignored; what follows a `&` is not. Without `timestamp` it is refused there: no contract
//!    operation has a parameter of that name, and a JSON body with a `&` in it is not signed, since a
//!    string could hold a whole withdrawal.
//!
//! The login of the contract stream signs `key + timestamp`, which is the text of a contract request
//! without parameters: any of them logs in too. The stream shows what happens and cannot act.
//!
//! What needs no parameter every signature authorises (`unavoidable`). Among it, of contracts: closing
//! all positions, cancelling all orders, and that login; of spot: a listen key. The broker's interface
//! (`/api/v3/broker`) signs no body, by what one client does; a broker's key must be thought to have no
//! limits, and its requests are not offered.
//!
//! # What tells spot from contracts
//!
//! The path, and the manner of signing, which is in the bytes. Contract sizes count contracts. A
//! contract order's `side` says open or close and long or short: 1 buys to open, 2 buys to close, 3 sells
//! to open, 4 sells to close.
//!
//! # Time
//!
//! Spot: `timestamp` in the parameters, with `recvWindow`, 5000 if absent, at most 60000 [not
//! confirmed]. Contracts: `Request-Time`, for as long as a header that is not signed says, at most 60
//! seconds [not confirmed].
//!
//! # What is not understood
//!
//! The second version of the interface (`/open/api/v2`), borrowing on margin, and the broker's
//! interface.

mod attached;
mod contract;
mod spot;

use crate::{
    Asset, Binds, DigestEncoding, HashAlg, KeyEncoding, Malformed, Permission, Placement,
    ReadError, Request, Shown, Timing, Unclassified,
    kit::{
        self, Venue, headers,
        operation::LOGIN,
        order,
        time::{self, RECV_WINDOW, TIMESTAMP},
    },
    syntax::{Fields, query},
};

pub(crate) static VENUE: Venue = Venue {
    name: "mexc",
    title: "MEXC",
    api_key_header: "X-MEXC-APIKEY",
    api_key,
    passphrase: None,
    hash: HashAlg::Sha256,
    key_encoding: KeyEncoding::Utf8,
    digest_encoding: DigestEncoding::Hex,
    binds: Binds {
        method: false,
        host: false,
        path: false,
        query: true,
        body: true,
    },
    placement,
    text,
    fields,
    envelope: &[TIMESTAMP, RECV_WINDOW],
    timing,
    quote,
    operations: &[
        spot::TRADES,
        spot::FUNDS,
        spot::ACCOUNTS,
        contract::TRADES,
        contract::READS,
        contract::MARKETS,
    ],
    permissions: &[
        (
            Permission::Read,
            "SPOT_ACCOUNT_READ, SPOT_WITHDRAW_READ, SPOT_TRANSFER_READ, CONTRACT_ACCOUNT_READ, CONTRACT_DEAL_READ",
        ),
        (Permission::SpotTrading, "SPOT_DEAL_WRITE"),
        (Permission::Futures, "CONTRACT_DEAL_WRITE"),
        (
            Permission::Transfers,
            "SPOT_TRANSFER_WRITE, CONTRACT_TRANSFER_WRITE",
        ),
        (Permission::Withdrawals, "SPOT_WITHDRAW_WRITE"),
        (
            Permission::SubAccounts,
            "SPOT_ACCOUNT_WRITE, of a master account",
        ),
    ],
};

const SIGNATURE: &str = "signature";
const KEY: &str = "ApiKey";
const REQUEST_TIME: &str = "Request-Time";
/// How many digits a time has.
const TIME_LENGTH: usize = 13;
/// Neither is confirmed by the venue's documents here.
const DEFAULT_WINDOW_MS: u64 = 5_000;
const LONGEST_WINDOW_MS: u64 = 60_000;

/// No operation needs more: the longest is a batch of orders.
const LONGEST_TEXT: usize = 16 * 1024;

/// The manner of contract operations, by the name of their interface.
const CONTRACT: &str = "contract";

fn is_contract(request: &Request) -> bool {
    request.method == LOGIN || request.path.starts_with("/api/v1/")
}

fn placement(request: &Request) -> Placement {
    if is_contract(request) {
        Placement::Header("Signature")
    } else if request.body.is_empty() {
        Placement::Query(SIGNATURE)
    } else {
        Placement::Form(SIGNATURE)
    }
}

fn text(request: &Request) -> Result<Vec<u8>, ReadError> {
    if !is_contract(request) {
        return Ok([request.query.as_bytes(), &request.body].concat());
    }
    let key = key(request)?;
    let timestamp = headers::required(request, REQUEST_TIME)?;
    let mut pieces: Vec<&str> = match request.query.as_str() {
        "" => Vec::new(),
        query => query.split('&').collect(),
    };
    pieces.sort_by_key(|piece| piece.split('=').next().unwrap_or(piece));
    let head = format!("{key}{timestamp}{}", pieces.join("&"));
    Ok([head.as_bytes(), &request.body].concat())
}

fn api_key(request: &Request) -> Result<Option<String>, ReadError> {
    if !is_contract(request) {
        return Ok(None);
    }
    Ok(Some(key(request)?.to_owned()))
}

/// The key, which has no part of what follows it: letters and digits, and not so many digits on end as a
/// time has.
fn key(request: &Request) -> Result<&str, Malformed> {
    let key = headers::required(request, KEY)?;
    let mut runs = key.split(|byte: char| !byte.is_ascii_digit());
    let has_time = runs.any(|run| run.len() >= TIME_LENGTH);
    if has_time || !key.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(Malformed::Header {
            name: KEY,
            value: Shown::new(key),
        });
    }
    Ok(key)
}

fn fields(request: &Request) -> Result<Fields<'_>, ReadError> {
    if request.query.len() + request.body.len() > LONGEST_TEXT {
        return Err(Unclassified::TooLong {
            limit: LONGEST_TEXT,
        }
        .into());
    }
    if is_contract(request) {
        return contract_fields(request);
    }
    if !request.query.is_empty() && !request.body.is_empty() {
        return Err(Unclassified::QueryAndBody.into());
    }
    if request.body.is_empty() {
        return Ok(query::parse(&request.query)?);
    }
    if request.method == "GET" {
        return Err(Unclassified::UnexpectedBody { method: "GET" }.into());
    }
    // A form, whatever it is labelled as.
    let form = std::str::from_utf8(&request.body).map_err(|_| Unclassified::NotText)?;
    Ok(query::parse(form)?)
}

fn contract_fields(request: &Request) -> Result<Fields<'_>, ReadError> {
    if request.body.contains(&b'&') {
        return Err(Unclassified::Confusable {
            name: "body",
            why: "a '&' in it begins a parameter of the spot interface",
        }
        .into());
    }
    if request.query.contains(['{', '[']) {
        return Err(Unclassified::Confusable {
            name: "query",
            why: "it could end where a body begins",
        }
        .into());
    }
    let fields = kit::fields(request)?;
    for field in fields.iter() {
        let spots = [TIMESTAMP, RECV_WINDOW, SIGNATURE]
            .iter()
            .any(|name| field.name.eq_ignore_ascii_case(name));
        if spots {
            return Err(Unclassified::UnknownParameter {
                operation: "a contract request",
                name: Shown::new(field.name.as_bytes()),
            }
            .into());
        }
    }
    Ok(fields)
}

fn timing(request: &Request) -> Result<Timing, ReadError> {
    if is_contract(request) {
        let made = headers::required(request, REQUEST_TIME)?;
        let made = time::milliseconds(REQUEST_TIME, made)?;
        return Ok(Timing::from_time(made, LONGEST_WINDOW_MS));
    }
    let fields = fields(request)?;
    let (made, window) = time::made_and_window(&fields, DEFAULT_WINDOW_MS, LONGEST_WINDOW_MS)?;
    // Without its recvWindow the request falls back to the default.
    Ok(Timing::from_time(made, window.max(DEFAULT_WINDOW_MS)))
}

/// `BTC_USDT` is a contract, `BTCUSDT` a spot market.
fn quote(symbol: &str) -> Asset {
    match symbol.contains('_') {
        true => order::quote_after(symbol, '_'),
        false => order::quote_by_ending(symbol),
    }
}
