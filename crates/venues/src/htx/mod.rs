//! HTX, formerly Huobi: spot and margin, futures in coin (`contract`, `swap`) and in dollars
//! (`linear-swap`, v5).
//!
//! # What is signed
//!
//! `METHOD \n host \n path \n query`, the query sorted by name and encoded anew (RFC 3986, upper-case
//! escapes), without its `Signature`: HMAC-SHA256 under the characters of the secret, in base64. The
//! query always has `AccessKeyId`, `SignatureMethod`, `SignatureVersion` and `Timestamp`; a GET has its
//! parameters there as well.
//!
//! # What is not signed: the body of a POST
//!
//! One signature over a POST serves **any body on that path** until its time has run out. Every POST
//! here is therefore marked `unbound` by its body, and its intent, read from the body that the client
//! showed, is only what the client says: whoever holds the signature can place another order, or
//! withdraw another amount to another address. Nothing in this module can change that; a policy accepts
//! the risk by name, or the operation is refused. The body is parsed as strictly as elsewhere
//! nonetheless, and there is one operation to a path, since no body can tell two apart. A POST with
//! parameters in its query is refused.
//!
//! # What tells spot from derivatives
//!
//! The path, and the host, which is signed here: `api.huobi.pro` and its other names serve spot and
//! margin, `api.hbdm.com` and its other names derivatives. Sizes of derivatives count contracts.
//!
//! # What is not understood
//!
//! Copy trading; lending between users (`c2c`); the universal transfer of v5.
//!
//! # Logins
//!
//! A stream's login signs `GET`, the host and the path of the stream, in the same form: version 2.1 with
//! lower-case names for spot, version 2 for derivatives. These paths are no operations of the REST
//! interface.

mod attached;
mod contracts;
mod contracts_v5;
mod reads;
mod spot;
mod wallet;

use std::borrow::Cow;

use crate::{
    Asset, Binds, DigestEncoding, HashAlg, KeyEncoding, Malformed, Permission, Placement, Product,
    ReadError, Request, Shown, Timing, Unclassified,
    kit::{
        self, Venue,
        operation::{LOGIN, Op, get, login, post},
        order,
        parameter::{Parameter, asset, client_id, order_id, symbol},
        time,
    },
    syntax::{Fields, query},
};

pub(crate) static VENUE: Venue = Venue {
    name: "htx",
    title: "HTX",
    api_key_header: "AccessKeyId",
    api_key,
    passphrase: None,
    hash: HashAlg::Sha256,
    key_encoding: KeyEncoding::Utf8,
    digest_encoding: DigestEncoding::Base64,
    binds: Binds {
        method: true,
        host: true,
        path: true,
        query: true,
        body: false,
    },
    placement: |_| Placement::Query("Signature"),
    text,
    fields,
    envelope: &[
        "Timestamp",
        "AccessKeyId",
        "SignatureMethod",
        "SignatureVersion",
    ],
    timing,
    quote,
    operations: &[
        reads::SPOT,
        reads::CONTRACTS,
        reads::COIN_FUTURES,
        reads::COIN_SWAPS,
        reads::LINEAR_SWAPS,
        reads::LINEAR_SWAPS_CROSS,
        spot::ORDERS,
        spot::MARGIN,
        wallet::FUNDS,
        wallet::ACCOUNTS,
        contracts::COIN_FUTURES,
        contracts::COIN_SWAPS,
        contracts::LINEAR_SWAPS,
        contracts::LINEAR_SWAPS_CROSS,
        contracts::OTHERS,
        contracts_v5::OPERATIONS,
        LOGINS,
    ],
    permissions: &[
        (Permission::Read, "readOnly"),
        (Permission::SpotTrading, "trade"),
        (Permission::Margin, "trade"),
        (Permission::Futures, "trade"),
        (Permission::Transfers, "trade"),
        (Permission::Withdrawals, "withdraw"),
        (Permission::SubAccounts, "trade, by a master account"),
    ],
};

/// How long after its timestamp a request is accepted; unconfirmed.
const WINDOW_MS: u64 = 5 * 60 * 1_000;

/// What every signed query has, and what the venue wants in it; the second is the API key.
const ENVELOPE: [(&str, Option<&str>); 4] = [
    ("Timestamp", None),
    ("AccessKeyId", None),
    ("SignatureMethod", Some("HmacSHA256")),
    ("SignatureVersion", Some("2")),
];
/// The same in the login to a stream of spot.
const SPOT_LOGIN: [(&str, Option<&str>); 4] = [
    ("timestamp", None),
    ("accessKey", None),
    ("signatureMethod", Some("HmacSHA256")),
    ("signatureVersion", Some("2.1")),
];

fn is_spot_login(request: &Request) -> bool {
    request.method == LOGIN && SPOT_STREAMS.contains(&request.path.as_str())
}

fn envelope(request: &Request) -> [(&'static str, Option<&'static str>); 4] {
    if is_spot_login(request) {
        SPOT_LOGIN
    } else {
        ENVELOPE
    }
}

fn text(request: &Request) -> Result<Vec<u8>, ReadError> {
    let fields = query::parse(&request.query)?;
    for (name, expected) in envelope(request) {
        check_envelope(&fields, name, expected)?;
    }
    let mut pieces: Vec<(String, String)> = fields
        .iter()
        .map(|field| {
            let value = field.value.scalar().unwrap_or_default();
            (escaped(&field.name), escaped(&value))
        })
        .collect();
    pieces.sort();
    let pieces: Vec<String> = pieces
        .into_iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let method = if request.method == LOGIN {
        "GET"
    } else {
        &request.method
    };
    let lines = [method, &request.host, &request.path, &pieces.join("&")];
    Ok(lines.join("\n").into_bytes())
}

fn api_key(request: &Request) -> Result<Option<String>, ReadError> {
    let fields = query::parse(&request.query)?;
    let [_, (name, _), ..] = envelope(request);
    Ok(fields.text(name).map(Cow::into_owned))
}

/// Each of these is there once, and says what the venue wants.
fn check_envelope(
    fields: &Fields<'_>,
    name: &'static str,
    expected: Option<&str>,
) -> Result<(), ReadError> {
    let mut found = fields
        .iter()
        .filter(|field| field.name.eq_ignore_ascii_case(name));
    let Some(first) = found.next() else {
        return Err(Malformed::MissingTimestamp { name }.into());
    };
    if found.next().is_some() || first.name != name {
        return Err(Unclassified::RepeatedParameter {
            name: Shown::new(name),
        }
        .into());
    }
    let value = first.value.scalar().unwrap_or_default();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-.:_".contains(&byte);
    let fits = !value.is_empty() && value.bytes().all(plain);
    if !fits || expected.is_some_and(|expected| value != expected) {
        return Err(Unclassified::UnknownValue {
            name: Shown::new(name),
            value: Shown::new(value.as_bytes()),
        }
        .into());
    }
    Ok(())
}

/// RFC 3986 section 2.1, everything escaped that is not unreserved.
fn escaped(text: &str) -> String {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes()
        .map(|byte| {
            if unreserved(byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}

fn timing(request: &Request) -> Result<Timing, ReadError> {
    let [(name, _), ..] = envelope(request);
    let fields = query::parse(&request.query)?;
    let at = fields
        .text(name)
        .ok_or(Malformed::MissingTimestamp { name })?;
    Ok(Timing::from_time(time::iso8601(name, &at)?, WINDOW_MS))
}

/// The parameters of a GET are in its query, those of a POST in its body, those of a login nowhere.
fn fields(request: &Request) -> Result<Fields<'_>, ReadError> {
    let mut in_query = query::parse(&request.query)?;
    let envelope = envelope(request);
    in_query
        .0
        .retain(|field| !envelope.iter().any(|(name, _)| field.name == *name));
    if request.method == "GET" {
        in_query.0.extend(kit::body(request)?.0);
        return Ok(in_query);
    }
    if let Some(field) = in_query.iter().next() {
        return match request.method.as_str() {
            LOGIN => Err(Unclassified::UnknownParameter {
                operation: "stream_login",
                name: Shown::new(field.name.as_bytes()),
            }),
            _ => Err(Unclassified::QueryAndBody),
        }
        .map_err(Into::into);
    }
    let is_json = matches!(
        request.body.trim_ascii_start().first(),
        None | Some(b'{' | b'[')
    );
    if !is_json {
        return Err(Unclassified::NotJson {
            why: Shown::new("a POST's parameters are JSON"),
        }
        .into());
    }
    kit::body(request)
}

/// `btcusdt` by its ending, `BTC-USDT` by its hyphen.
fn quote(symbol: &str) -> Asset {
    if symbol.contains('-') {
        order::quote_after(symbol, '-')
    } else {
        order::quote_by_ending(symbol)
    }
}

const SPOT_HOSTS: &[&str] = &[
    "api.huobi.pro",
    "api-aws.huobi.pro",
    "api.htx.com",
    "api-aws.htx.com",
];
const CONTRACT_HOSTS: &[&str] = &["api.hbdm.com", "api.hbdm.vn", "api.btcgateway.pro"];

/// Streams of spot, whose logins are of version 2.1.
const SPOT_STREAMS: [&str; 2] = ["/ws/v2", "/ws/trade"];

const LOGINS: &[Op] = &[
    login("/ws/v2", "stream_login").on(SPOT_HOSTS),
    login("/ws/trade", "trading_stream_login").on(SPOT_HOSTS),
    login("/notification", "coin_futures_stream_login").on(CONTRACT_HOSTS),
    login("/swap-notification", "coin_swap_stream_login").on(CONTRACT_HOSTS),
    login("/linear-swap-notification", "linear_swap_stream_login").on(CONTRACT_HOSTS),
    login("/linear-swap-trade", "linear_swap_trading_stream_login").on(CONTRACT_HOSTS),
    login("/ws/v5/notification", "v5_stream_login").on(CONTRACT_HOSTS),
];

/// What a read may name that is worth showing.
const SHOWN: &[Parameter] = &[
    symbol("symbol"),
    symbol("contract_code"),
    asset("currency"),
    order_id("order-id"),
    order_id("order_id"),
    client_id("clientOrderId"),
    client_id("client_order_id"),
];

/// What every POST lacks.
const BODY: &[&str] = &["body"];

/// A POST. Its body is not under the MAC.
const fn act(path: &'static str, name: &'static str) -> Op {
    post(path, name).unbound(BODY).on(SPOT_HOSTS)
}

/// A POST on the derivatives' hosts.
const fn contract(path: &'static str, name: &'static str, product: Product) -> Op {
    act(path, name).trades_futures(product).on(CONTRACT_HOSTS)
}

/// A read: it stays one whatever its parameters.
const fn read(path: &'static str, name: &'static str, product: Product) -> Op {
    get(path, name)
        .reads(product)
        .takes(&[SHOWN])
        .takes_any()
        .on(SPOT_HOSTS)
}

const fn contract_read(path: &'static str, name: &'static str, product: Product) -> Op {
    read(path, name, product).on(CONTRACT_HOSTS)
}

/// A read that is a POST.
const fn contract_read_by_post(path: &'static str, name: &'static str, product: Product) -> Op {
    act(path, name)
        .reads(product)
        .takes(&[SHOWN])
        .takes_any()
        .on(CONTRACT_HOSTS)
}

/// A list of reads, one to a line.
macro_rules! listed {
    ($kind:ident $product:expr; $($path:literal $name:literal,)*) => {
        &[$($crate::htx::$kind(concat!("/", $path), $name, $product)),*]
    };
}
use listed;
