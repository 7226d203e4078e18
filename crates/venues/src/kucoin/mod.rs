//! KuCoin: spot and margin, ordinary and high-frequency, futures, and the unified account.
//!
//! # What is signed
//!
//! `timestamp + METHOD + path[?query] + body`: HMAC-SHA256 under the characters of the secret, in
//! base64, in `KC-API-SIGN`. The query is signed *decoded*, in the order in which it is sent; a value
//! that would decode to a further parameter is refused, since the text is then that of another query. The timestamp
//! has thirteen digits and is followed by the method. A GET is read from its query, a POST from its
//! body, which is JSON, a DELETE from whichever it has.
//!
//! # The passphrase
//!
//! Key version 2 wants, beside the signature, `KC-API-PASSPHRASE`: the MAC of the passphrase alone
//! under the same secret. It is the same for as long as the key lives, so it is made once, by the dealer,
//! when the key is enrolled (`countersign deal --passphrase-file`). For when that copy is lost it is the
//! operation `/passphrase` here, of class session, whose body is the passphrase. Nodes make it only for the
//! passphrase enrolled with the key, and for none if none was: they compare [`Reading::passphrase`] with
//! the commitment in the key's manifest before any policy is asked. One in which a request's path could
//! hide is refused whatever was enrolled. A login to the trading stream is not understood: its second
//! message signs a text of the server's choice.
//!
//! [`Reading::passphrase`]: crate::Reading::passphrase
//!
//! # What tells spot from derivatives
//!
//! The host, which is not signed: `/api/v1/orders` is a path of `api.kucoin.com` and of
//! `api-futures.kucoin.com`. Orders tell by their symbol: those of spot markets have a hyphen
//! (`BTC-USDT`), contracts have none (`XBTUSDTM`). Cancellations by id do not tell: both are in the set.
//! The unified account's orders name a `tradeType`.
//!
//! # What is not understood
//!
//! Copy trading and brokers; batches of the unified account's orders.

mod accounts;
mod futures;
mod margin;
mod reads;
mod spot;
mod unified;
mod wallet;

use crate::{
    Binds, DigestEncoding, HashAlg, KeyEncoding, OrderType, PassphraseMac, Permission, Placement,
    Product, ReadError, Request, Shown, Side, Stamp, TimeInForce, Timing, Unclassified,
    kit::{
        self, Venue, headers,
        operation::{LOGIN, Op, delete, get, login, post},
        order,
        parameter::{LASTS, Parameter, asset, client_id, order_id, symbol},
        time,
    },
    syntax::{Fields, query},
};

pub(crate) static VENUE: Venue = Venue {
    name: "kucoin",
    title: "KuCoin",
    api_key_header: "KC-API-KEY",
    api_key: kit::no_api_key,
    passphrase: Some(PASSPHRASE),
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
    placement: |_| Placement::Header("KC-API-SIGN"),
    text,
    fields,
    envelope: &[],
    timing,
    quote: |symbol| order::quote_after(symbol, '-'),
    operations: &[
        reads::SPOT,
        reads::MARGIN,
        reads::FUTURES,
        reads::FUNDS,
        reads::ACCOUNT,
        spot::ORDERS,
        spot::HIGH_FREQUENCY,
        spot::OTHERS,
        margin::OPERATIONS,
        futures::ORDERS,
        futures::POSITIONS,
        unified::OPERATIONS,
        wallet::OPERATIONS,
        accounts::OPERATIONS,
        SESSIONS,
    ],
    permissions: &[
        (Permission::Read, "General"),
        (Permission::SpotTrading, "Spot"),
        (Permission::Margin, "Margin"),
        (Permission::Futures, "Futures"),
        (Permission::Transfers, "Transfer (FlexTransfers), Earn"),
        (Permission::Withdrawals, "Withdrawal"),
        (Permission::SubAccounts, "General, of a master account"),
    ],
};

const TIMESTAMP: &str = "KC-API-TIMESTAMP";
/// How long after its timestamp a request is accepted; unconfirmed.
const WINDOW_MS: u64 = 5_000;
/// A request's text is longer than any passphrase, or has the beginning of its path in it.
const PASSPHRASE: PassphraseMac = PassphraseMac {
    header: "KC-API-PASSPHRASE",
    path: "/passphrase",
    longest: 32,
    mark: "/api/",
};

fn text(request: &Request) -> Result<Vec<u8>, ReadError> {
    if request.method == LOGIN {
        return passphrase(request);
    }
    let timestamp = headers::required(request, TIMESTAMP)?;
    let mark = if request.query.is_empty() { "" } else { "?" };
    // Whatever is got is read.
    let query = match request.method.as_str() {
        "GET" => query::decoded_leniently(&request.query)?,
        _ => query::decoded(&request.query)?,
    };
    let head = format!("{timestamp}{}{}{mark}{query}", request.method, request.path);
    Ok([head.as_bytes(), &request.body].concat())
}

fn passphrase(request: &Request) -> Result<Vec<u8>, ReadError> {
    if !PASSPHRASE.accepts(&request.body) || !request.query.is_empty() {
        return Err(Unclassified::Confusable {
            name: PASSPHRASE.path,
            why: "it is not 1 to 32 printable characters without a path in them",
        }
        .into());
    }
    Ok(request.body.clone())
}

fn timing(request: &Request) -> Result<Timing, ReadError> {
    if request.method == LOGIN {
        return Ok(Timing {
            stamp: Stamp::None,
            expires_at_ms: None,
        });
    }
    let timestamp = headers::required(request, TIMESTAMP)?;
    Ok(Timing::from_time(
        time::milliseconds(TIMESTAMP, timestamp)?,
        WINDOW_MS,
    ))
}

/// A POST is read from its body, all else from its query, but for one DELETE that has a body. A parameter
/// where the venue does not look for it narrows nothing: a symbol in the body of a DELETE is none.
/// Orders of the unified account repeat the `tradeType` of their body in the query.
fn fields(request: &Request) -> Result<Fields<'_>, ReadError> {
    match request.method.as_str() {
        LOGIN => Ok(Fields::default()),
        "POST" if request.query.is_empty() => kit::fields_or_json(request),
        "POST" => in_both(request),
        "DELETE" if !request.body.is_empty() && request.path != MANY => {
            Err(Unclassified::UnexpectedBody { method: "DELETE" }.into())
        }
        _ => kit::fields_or_json(request),
    }
}

/// The DELETE that has a body.
const MANY: &str = "/api/v1/orders/multi-cancel";

fn in_both(request: &Request) -> Result<Fields<'_>, ReadError> {
    let stated = request.query.strip_prefix("tradeType=");
    let is_object = request.body.trim_ascii_start().first() == Some(&b'{');
    let (true, true, Some(stated)) = (request.path.starts_with(unified::ROOT), is_object, stated)
    else {
        return Err(Unclassified::QueryAndBody.into());
    };
    let fields = kit::body(request)?;
    if fields.text("tradeType").as_deref() != Some(stated) {
        return Err(Unclassified::RepeatedParameter {
            name: Shown::new("tradeType"),
        }
        .into());
    }
    Ok(fields)
}

const SPOT_HOSTS: &[&str] = &["api.kucoin.com", "openapi-v2.kucoin.com"];
const FUTURES_HOSTS: &[&str] = &["api-futures.kucoin.com"];

const SESSIONS: &[Op] = &[
    post("/api/v1/bullet-private", "stream_token")
        .is(crate::Class::Session, Product::Account, Permission::Read)
        .on(SPOT_HOSTS),
    post("/api/v1/bullet-private", "futures_stream_token")
        .is(crate::Class::Session, Product::Account, Permission::Read)
        .on(FUTURES_HOSTS),
    login(PASSPHRASE.path, "passphrase").on(&[
        "api.kucoin.com",
        "openapi-v2.kucoin.com",
        "api-futures.kucoin.com",
    ]),
];

/// What a read may name that is worth showing.
const SHOWN: &[Parameter] = &[
    symbol("symbol"),
    asset("currency"),
    order_id("orderId"),
    client_id("clientOid"),
];

/// A read: it stays one whatever its parameters.
const fn read(path: &'static str, name: &'static str, product: Product) -> Op {
    get(path, name)
        .reads(product)
        .takes(&[SHOWN])
        .takes_any()
        .on(SPOT_HOSTS)
}

/// A read of the futures' host.
const fn futures_read(path: &'static str, name: &'static str, product: Product) -> Op {
    read(path, name, product).on(FUTURES_HOSTS)
}

const fn act(path: &'static str, name: &'static str) -> Op {
    post(path, name).on(SPOT_HOSTS)
}

const fn remove(path: &'static str, name: &'static str) -> Op {
    delete(path, name).on(SPOT_HOSTS)
}

/// A list of reads, one to a line.
macro_rules! listed {
    ($kind:ident $product:expr; $($path:literal $name:literal,)*) => {
        &[$($crate::kucoin::$kind(concat!("/api/", $path), $name, $product)),*]
    };
}
use listed;

const KINDS: &[(&str, OrderType)] = &[("limit", OrderType::Limit), ("market", OrderType::Market)];
const LASTING: &[(&str, TimeInForce)] = &[
    LASTS[0],
    LASTS[1],
    LASTS[2],
    // Until a time the order says.
    ("GTT", TimeInForce::GoodTillCancelled),
    ("RPI", TimeInForce::PostOnly),
];

/// Whether the symbol is a spot market's. Orders that name none may be of either kind.
fn is_spot(fields: &Fields<'_>) -> bool {
    fields.text("symbol").is_none_or(|name| name.contains('-'))
}

fn is_contract(fields: &Fields<'_>) -> bool {
    fields.text("symbol").is_none_or(|name| !name.contains('-'))
}

/// The kind of an order that waits for the price to rise, or to fall, to its trigger.
fn waiting(kind: Option<OrderType>, side: Option<Side>, rises: bool) -> Option<OrderType> {
    let takes_profit = match side {
        Some(Side::Buy) => !rises,
        Some(Side::Sell) => rises,
        None => false,
    };
    match (kind, takes_profit) {
        (Some(OrderType::Market), false) => Some(OrderType::StopMarket),
        (Some(OrderType::Market), true) => Some(OrderType::TakeProfitMarket),
        (Some(OrderType::Limit), false) => Some(OrderType::StopLimit),
        (Some(OrderType::Limit), true) => Some(OrderType::TakeProfitLimit),
        (other, _) => other,
    }
}
