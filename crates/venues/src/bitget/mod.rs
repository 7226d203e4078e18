//! Bitget: v2, the unified account's v3, and what is still called of v1.
//!
//! # What is signed
//!
//! `timestamp + METHOD + path[?query] + body`: HMAC-SHA256 under the characters of the secret, in
//! base64, in `ACCESS-SIGN`. The query is signed *decoded*, in the order in which it is sent (clients
//! sort it), though it is sent encoded; a value that would decode to a further parameter is
//! refused, since the text is then that of another query. The timestamp has thirteen digits and is followed by the method;
//! that of a login has ten. The host is not signed. A GET is read from its query, a POST from its body,
//! which is JSON.
//!
//! # What tells spot from derivatives
//!
//! The path: `spot`, `margin`, `mix`. In v3 the `category`: `SPOT`, `MARGIN`, `USDT-FUTURES`,
//! `COIN-FUTURES`, `USDC-FUTURES`; an order that is cancelled by its id need not name one, and is then
//! taken for a spot order, with the derivatives' cancellation in the set.
//!
//! # What is not understood
//!
//! Copy trading, grids, brokers, peer-to-peer trading and stocks, but for their reads.
//! A withdrawal with `transferType` `internal_transfer` pays another user: its address is that user's
//! id, e-mail or telephone number.

mod accounts;
mod attached;
mod margin;
mod mix;
mod reads;
mod spot;
mod unified;
mod v1;
mod wallet;

use crate::{
    Binds, DigestEncoding, HashAlg, KeyEncoding, OrderType, Permission, Placement, Product,
    ReadError, Request, TimeInForce, Timing, Unclassified,
    kit::{
        self, Venue, headers,
        operation::{LOGIN, Op, get, login, post},
        order,
        parameter::{LASTS, Parameter, asset, client_id, order_id, symbol},
        time,
    },
    syntax::{Fields, query},
};

pub(crate) static VENUE: Venue = Venue {
    name: "bitget",
    title: "Bitget",
    api_key_header: "ACCESS-KEY",
    api_key: kit::no_api_key,
    passphrase: None,
    hash: HashAlg::Sha256,
    key_encoding: KeyEncoding::Utf8,
    digest_encoding: DigestEncoding::Base64,
    binds: Binds {
        method: true,
        host: false,
        path: true,
        query: true,
        body: true,
    },
    placement: |_| Placement::Header("ACCESS-SIGN"),
    text,
    fields,
    envelope: &[],
    timing,
    quote: order::quote_by_ending,
    operations: &[
        reads::SPOT,
        reads::MARGIN,
        reads::FUTURES,
        reads::WALLET,
        reads::ACCOUNT,
        reads::OTHERS,
        spot::OPERATIONS,
        margin::OPERATIONS,
        mix::ORDERS,
        mix::POSITIONS,
        unified::ORDERS,
        unified::ACCOUNT,
        wallet::OPERATIONS,
        accounts::OPERATIONS,
        v1::READS,
        v1::READS_BY_POST,
        v1::TRADES,
        v1::FUNDS,
        LOGINS,
    ],
    permissions: &[
        (Permission::Read, "read-only"),
        (Permission::SpotTrading, "trade: spot orders"),
        (Permission::Margin, "trade: margin orders"),
        (
            Permission::Futures,
            "trade: futures orders, futures holdings",
        ),
        (Permission::Transfers, "transfer"),
        (
            Permission::Withdrawals,
            "withdraw, which needs an address list",
        ),
        (
            Permission::SubAccounts,
            "sub-account management, by a main account",
        ),
    ],
};

const TIMESTAMP: &str = "ACCESS-TIMESTAMP";
/// How long after its timestamp a request is accepted; unconfirmed.
const WINDOW_MS: u64 = 30_000;

fn text(request: &Request) -> Result<Vec<u8>, ReadError> {
    let timestamp = headers::required(request, TIMESTAMP)?;
    if request.method == LOGIN {
        return Ok(format!("{timestamp}GET{}", request.path).into_bytes());
    }
    let mark = if request.query.is_empty() { "" } else { "?" };
    // Whatever is got is read.
    let query = match request.method.as_str() {
        "GET" => query::decoded_leniently(&request.query)?,
        _ => query::decoded(&request.query)?,
    };
    let head = format!("{timestamp}{}{}{mark}{query}", request.method, request.path);
    Ok([head.as_bytes(), &request.body].concat())
}

fn timing(request: &Request) -> Result<Timing, ReadError> {
    let timestamp = headers::required(request, TIMESTAMP)?;
    let at = if request.method == LOGIN {
        time::whole_seconds(TIMESTAMP, timestamp)?
    } else {
        time::milliseconds(TIMESTAMP, timestamp)?
    };
    Ok(Timing::from_time(at, WINDOW_MS))
}

/// A POST is read from its body and from nothing else.
fn fields(request: &Request) -> Result<Fields<'_>, ReadError> {
    if request.method == "POST" && !request.query.is_empty() {
        return Err(Unclassified::QueryAndBody.into());
    }
    kit::fields_or_json(request)
}

const HOSTS: &[&str] = &["api.bitget.com"];
const STREAMS: &[&str] = &["ws.bitget.com", "vip-ws.bitget.com", "wspap.bitget.com"];

const LOGINS: &[Op] = &[login("/user/verify", "stream_login").on(STREAMS)];

/// What a read may name that is worth showing.
const SHOWN: &[Parameter] = &[
    symbol("symbol"),
    asset("coin"),
    order_id("orderId"),
    client_id("clientOid"),
];

/// A read: it stays one whatever its parameters.
const fn read(path: &'static str, name: &'static str, product: Product) -> Op {
    get(path, name)
        .reads(product)
        .takes(&[SHOWN])
        .takes_any()
        .on(HOSTS)
}

/// A read that is a POST.
const fn read_by_post(path: &'static str, name: &'static str, product: Product) -> Op {
    post(path, name)
        .reads(product)
        .takes(&[SHOWN])
        .takes_any()
        .on(HOSTS)
}

const fn act(path: &'static str, name: &'static str) -> Op {
    post(path, name).on(HOSTS)
}

/// A list of reads, one to a line.
macro_rules! listed {
    ($kind:ident $product:expr; $($path:literal $name:literal,)*) => {
        &[$($crate::bitget::$kind(concat!("/api/", $path), $name, $product)),*]
    };
}
use listed;

const KINDS: &[(&str, OrderType)] = &[("limit", OrderType::Limit), ("market", OrderType::Market)];
const LASTING: &[(&str, TimeInForce)] = &[
    LASTS[0],
    LASTS[1],
    LASTS[2],
    LASTS[4],
    ("normal", TimeInForce::GoodTillCancelled),
];
const EITHER_ID: &[&str] = &["orderId", "clientOid"];
