//! Gate v4.
//!
//! # What is signed
//!
//! `METHOD\npath\nquery\nhex(SHA-512(body))\ntimestamp`: HMAC-SHA512 under the characters of the secret,
//! in hexadecimal, in `SIGN`. The path includes `/api/v4`. The query is signed *decoded*, though it is
//! sent encoded: a value in which decoding would bring forth a further `&` is refused, since the same
//! text could be sent with one more parameter. The host is not signed. The timestamp is in seconds,
//! from official clients with a fraction.
//!
//! Parameters are read where the venue reads them: a body on a `DELETE`, which would cancel more than it
//! says, is refused, and so is a query on most of what is posted. A `PATCH` of an order has parameters in both query and body: the official client names market and
//! account in the query, another sends everything twice. Both are understood, as long as no parameter
//! has two values.
//!
//! # What tells spot from derivatives
//!
//! The path. The account a spot order draws on (`account`: spot, margin, unified) does not change its
//! class.
//!
//! # Streams
//!
//! A subscription to a private channel is a text of its own (`channel=..&event=..&time=..`), and so is
//! the login to the WebSocket API (`api`, channel, parameters and time, each on a line). Neither can pass
//! for a request: those begin with a method. Orders over the WebSocket API that are signed one by one
//! are not understood.
//!
//! # Not understood
//!
//! Strategies that the exchange runs (bots, auto-invest, structured products), peer-to-peer trading,
//! fiat, stocks, and trading at other exchanges (`/crossex`).

mod funds;
mod futures;
mod reads;
mod spot;

use sha2::{Digest, Sha512};

use crate::{
    Binds, DigestEncoding, HashAlg, KeyEncoding, Malformed, Permission, Placement, ReadError,
    Request, Timing, Unclassified,
    kit::{
        self, Venue, headers,
        operation::{LOGIN, Op, login},
        order,
        parameter::{needed, scalar, word},
        time,
    },
    syntax::{Fields, Value, query},
};

pub(crate) static VENUE: Venue = Venue {
    name: "gate",
    title: "Gate",
    api_key_header: "KEY",
    api_key: kit::no_api_key,
    passphrase: None,
    hash: HashAlg::Sha512,
    key_encoding: KeyEncoding::Utf8,
    digest_encoding: DigestEncoding::Hex,
    binds: Binds {
        method: true,
        host: false,
        path: true,
        query: true,
        body: true,
    },
    placement: |_| Placement::Header("SIGN"),
    text,
    fields,
    envelope: &[],
    timing,
    quote: |symbol| order::quote_after(symbol, '_'),
    operations: &[
        reads::OPERATIONS,
        spot::OPERATIONS,
        futures::OPERATIONS,
        funds::OPERATIONS,
        STREAMS,
    ],
    // Each of the venue's switches can be limited to reading; the names are not confirmed.
    permissions: &[
        (Permission::Read, "any, read only"),
        (Permission::SpotTrading, "spot"),
        (Permission::Margin, "spot, unified"),
        (Permission::Futures, "futures, delivery"),
        (Permission::Options, "options"),
        (Permission::PortfolioMargin, "unified"),
        (Permission::Transfers, "wallet, earn"),
        (Permission::Withdrawals, "withdraw"),
        (Permission::SubAccounts, "account, by a main account"),
    ],
};

// Test networks have accounts and keys of their own.
const HOSTS: &[&str] = &[
    "api.gateio.ws",
    "fx-api.gateio.ws",
    "api-testnet.gateapi.io",
];
const STREAM_HOSTS: &[&str] = &[
    "api.gateio.ws",
    "ws.gate.io",
    "fx-ws.gateio.ws",
    "op-ws.gateio.live",
];

const TIMESTAMP: &str = "Timestamp";
/// How long after its timestamp a request is accepted; not confirmed by the venue's documents here.
const WINDOW_MS: u64 = 60_000;

const SUBSCRIPTION: &str = "/ws/subscription";
const API_LOGIN: &str = "/ws/login";

const STREAMS: &[Op] = &[
    login(SUBSCRIPTION, "stream_subscription")
        .takes(&[&[
            needed(scalar("channel")),
            needed(word("event", &["subscribe", "unsubscribe"])),
            needed(scalar("time")),
        ]])
        .on(STREAM_HOSTS),
    login(API_LOGIN, "stream_login")
        .takes(&[&[needed(scalar("channel")), needed(scalar("time"))]])
        .on(STREAM_HOSTS),
];

fn text(request: &Request) -> Result<Vec<u8>, ReadError> {
    if request.method == LOGIN {
        return stream_text(request);
    }
    let timestamp = headers::required(request, TIMESTAMP)?;
    let query = decoded(request)?;
    let body = hex::encode(Sha512::digest(&request.body));
    let lines = [&request.method, &request.path, &query, &body, timestamp];
    Ok(lines.join("\n").into_bytes())
}

/// The query with its values decoded. What is got is read, and may then have a `&` that begins no
/// parameter.
fn decoded(request: &Request) -> Result<String, Unclassified> {
    let confusable = match request.method.as_str() {
        "GET" => query::has_parameter,
        _ => |value: &str| value.contains('&'),
    };
    query::decoded_unless(&request.query, confusable)
}

/// Parameters where the venue reads them: of GET and DELETE in the query, of POST and PUT in the body, but
/// for settings of positions, which are in the query; of an amendment, in both.
fn fields(request: &Request) -> Result<Fields<'_>, ReadError> {
    match request.method.as_str() {
        "DELETE" => kit::refuse_body(request)?,
        "POST" | "PUT" if !is_setting(&request.path) => kit::refuse_query(request)?,
        _ => {}
    }
    if request.method != "PATCH" || request.query.is_empty() || request.body.is_empty() {
        return kit::fields_or_json(request);
    }
    let mut fields = kit::body(request)?;
    for field in query::parse(&request.query)?.0 {
        let text = field.value.scalar();
        match fields.get(&field.name).map(Value::scalar) {
            Some(known) if known == text => {}
            None if matches!(field.name.as_ref(), "currency_pair" | "account") => {
                fields.0.push(field);
            }
            _ => return Err(Unclassified::QueryAndBody.into()),
        }
    }
    Ok(fields)
}

fn is_setting(path: &str) -> bool {
    const ENDINGS: [&str; 3] = ["/dual_mode", "/set_position_mode", "/auto_repay"];
    path.contains("/positions/") || ENDINGS.iter().any(|ending| path.ends_with(ending))
}

/// What is signed for a stream: of its parts, only the channel is free, and it is a name.
fn stream_text(request: &Request) -> Result<Vec<u8>, ReadError> {
    let fields = kit::fields(request)?;
    let part = |name| fields.text(name).unwrap_or_default().into_owned();
    let (channel, event, time) = (part("channel"), part("event"), part("time"));
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_');
    let strange = |text: &str| !text.bytes().all(is_name);
    if strange(&channel) || strange(&event) || strange(&time) {
        return Err(Unclassified::Confusable {
            name: "channel",
            why: "it is not a plain name",
        }
        .into());
    }
    Ok(match request.path.as_str() {
        API_LOGIN if channel.ends_with(".login") => format!("api\n{channel}\n{{}}\n{time}"),
        API_LOGIN => {
            return Err(Unclassified::Confusable {
                name: "channel",
                why: "it is not the login of a product",
            }
            .into());
        }
        _ => format!("channel={channel}&event={event}&time={time}"),
    }
    .into_bytes())
}

fn timing(request: &Request) -> Result<Timing, ReadError> {
    if request.method == LOGIN {
        let fields = kit::fields(request)?;
        let time = fields
            .text("time")
            .ok_or(Malformed::MissingTimestamp { name: "time" })?;
        return Ok(Timing::from_time(time::seconds("time", &time)?, WINDOW_MS));
    }
    let timestamp = headers::required(request, TIMESTAMP)?;
    Ok(Timing::from_time(
        time::seconds(TIMESTAMP, timestamp)?,
        WINDOW_MS,
    ))
}
