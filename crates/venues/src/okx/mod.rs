//! OKX v5.
//!
//! # What is signed
//!
//! `timestamp + METHOD + path[?query] + body`: HMAC-SHA256 under the characters of the secret, in
//! base64, in `OK-ACCESS-SIGN`. The timestamp is ISO 8601 with milliseconds, and is followed by the
//! method, so neither can grow into the other. Nothing marks where the query ends and the body begins,
//! so that a query with a bare `{` or `[` in it is refused. The host is not signed: the same bytes serve every host
//! that takes the key. A POST is read from its body, a GET from its query.
//!
//! # What tells spot from derivatives
//!
//! The instrument: `BTC-USDT` is spot, whatever has a third part (`BTC-USDT-SWAP`, dated futures,
//! options) is not. `BTC-USDT` with a `tdMode` other than `cash` trades on margin. Grids say it in
//! `algoOrdType`. `instIdCode`, a number that names the instrument and counts for more than `instId`, is
//! refused.
//!
//! # Passed over
//!
//! `tag`, the broker's mark on an order. One official client adds it to everything it posts.
//!
//! # Not understood
//!
//! Requests for quotes (`/rfq`), signal and martingale bots, bank transfers (`/fiat`), what brokers do for
//! their customers (`/broker`).

mod attached;
mod earn;
mod funds;
mod reads;
mod strategies;
mod trade;

use crate::{
    Binds, DigestEncoding, HashAlg, KeyEncoding, Permission, Placement, ReadError, Request, Timing,
    kit::{self, ITEMS, Venue, headers, operation::LOGIN, order, time},
    syntax::{Fields, Value},
};

pub(crate) static VENUE: Venue = Venue {
    name: "okx",
    title: "OKX",
    api_key_header: "OK-ACCESS-KEY",
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
    placement: |_| Placement::Header("OK-ACCESS-SIGN"),
    text,
    fields,
    envelope: &[],
    timing,
    quote: |symbol| order::quote_after(symbol, '-'),
    operations: &[
        reads::OPERATIONS,
        reads::QUESTIONS,
        trade::OPERATIONS,
        funds::FUNDS,
        funds::ACCOUNTS,
        earn::OPERATIONS,
        strategies::OPERATIONS,
    ],
    permissions: &[
        (Permission::Read, "read_only"),
        (Permission::SpotTrading, "trade"),
        (Permission::Margin, "trade"),
        (Permission::Futures, "trade"),
        (Permission::Options, "trade"),
        (Permission::Transfers, "trade"),
        (Permission::Withdrawals, "withdraw"),
        (Permission::SubAccounts, "trade, by a master account"),
    ],
};

const TIMESTAMP: &str = "OK-ACCESS-TIMESTAMP";
/// How long after its timestamp a request is accepted; not confirmed by the venue's documents here.
const WINDOW_MS: u64 = 30_000;

fn text(request: &Request) -> Result<Vec<u8>, ReadError> {
    let timestamp = headers::required(request, TIMESTAMP)?;
    if request.method == LOGIN {
        return Ok(format!("{timestamp}GET{}", request.path).into_bytes());
    }
    let mark = if request.query.is_empty() { "" } else { "?" };
    let head = format!(
        "{timestamp}{}{}{mark}{}",
        request.method, request.path, request.query
    );
    Ok([head.as_bytes(), &request.body].concat())
}

/// A POST is read from its body alone, and without its tags.
fn fields(request: &Request) -> Result<Fields<'_>, ReadError> {
    let mut fields = kit::unmarked_fields(request)?;
    if request.method == "POST" {
        kit::refuse_query(request)?;
        leave_out_tag(&mut fields);
    }
    Ok(fields)
}

/// Takes out the tag, also of each element where the body is a list.
fn leave_out_tag(fields: &mut Fields<'_>) {
    fields.0.retain(|field| field.name != TAG);
    for field in fields.0.iter_mut().filter(|field| field.name == ITEMS) {
        let Value::List(items) = &mut field.value else {
            continue;
        };
        for item in items {
            if let Value::Object(members) = item {
                members.0.retain(|member| member.name != TAG);
            }
        }
    }
}

const TAG: &str = "tag";

fn timing(request: &Request) -> Result<Timing, ReadError> {
    let timestamp = headers::required(request, TIMESTAMP)?;
    if request.method == LOGIN {
        return Ok(Timing::from_time(
            time::seconds(TIMESTAMP, timestamp)?,
            WINDOW_MS,
        ));
    }
    Ok(Timing::from_time(
        time::iso8601(TIMESTAMP, timestamp)?,
        WINDOW_MS,
    ))
}

const HOSTS: &[&str] = &[
    "www.okx.com",
    "aws.okx.com",
    "my.okx.com",
    "us.okx.com",
    "app.okx.com",
    "eea.okx.com",
];
const STREAMS: &[&str] = &[
    "ws.okx.com",
    "wsaws.okx.com",
    "wseea.okx.com",
    "wsus.okx.com",
];
