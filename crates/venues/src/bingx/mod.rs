//! BingX: spot, perpetual futures (`swap`, and `cswap` margined in coins), wallets and sub-accounts.
//!
//! # What is signed
//!
//! `name=value` joined by `&`: HMAC-SHA256 under the characters of the secret, in hex, as the last
//! parameter, `signature`. Neither method nor host nor path is under the MAC.
//!
//! * **Query:** the parameters in the order sent, values **decoded**, which is how the request is read
//!   here too. One client signs them encoded; the two agree where nothing needs encoding.
//! * **JSON body** (sub-accounts): the members sorted by name, `timestamp` among them, lists as `[..]`
//!   with strings in quotes. Objects in it are not understood.
//! * **Form:** as sent [one report; not confirmed].
//!
//! A decoded value with a `&` and a `=` behind it would be the text of other parameters: such requests are
//! refused, as are members of a JSON body whose text has one. A `&` with no `=` behind it would end the value
//! early, and is taken only in ids and other free text. The other way round, a parameter behind a client's
//! own id may be sent as the end of that id (`x%26reduceOnly%3Dtrue`) under the same signature, unless one
//! the venue needs comes between; so may one behind anything the venue does not look at for that order:
//! `reduceOnly` and `timeInForce` are then passed over, as if they were not there, and a withdrawal with its
//! tag or network in such a place is refused. So is `positionSide` passed over, and `reduceOnly` with it, unless it
//! says `BOTH`: without it the venue takes the long one of two positions.
//!
//! # What a signature authorises
//!
//! Everything the same text can do anywhere at BingX. Parameters are allow-listed by name for the
//! operation named; any other operation whose needs they meet is in the set, be it spot or futures, by
//! query or by body: their texts are the same. A spot limit order is also a futures order. What needs
//! no parameter but the time, every signature authorises (`unavoidable`): closing all positions and
//! cancelling all orders of a key that may trade futures, a listen key, and reads.
//!
//! # What tells spot from futures
//!
//! Nothing but the path, which is not signed: the key's permissions must.
//!
//! # Time
//!
//! `timestamp` in milliseconds, `recvWindow` 5000 if absent, at most 60000 [neither confirmed].
//!
//! # What is not understood
//!
//! Standard contracts' trading, copy trading, agents' and wealth products.

mod accounts;
mod attached;
mod market;
mod spot;
mod swap;

use std::borrow::Cow;

use crate::{
    Binds, DigestEncoding, HashAlg, KeyEncoding, Permission, Placement, ReadError, Request, Shown,
    Timing, Unclassified,
    kit::{
        self, Venue, order,
        time::{self, RECV_WINDOW, TIMESTAMP},
    },
    syntax::{Field, Fields, Value, json, query},
};

pub(crate) static VENUE: Venue = Venue {
    name: "bingx",
    title: "BingX",
    api_key_header: "X-BX-APIKEY",
    api_key: kit::no_api_key,
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
    quote: |symbol| order::quote_after(symbol, '-'),
    operations: &[
        spot::OPERATIONS,
        swap::TRADES,
        swap::READS,
        swap::COIN,
        accounts::FUNDS,
        accounts::ACCOUNTS,
        market::OPERATIONS,
    ],
    permissions: &[
        (Permission::Read, "2 (read)"),
        (Permission::SpotTrading, "1 (spot trading)"),
        (Permission::Futures, "3 (perpetual futures trading)"),
        (Permission::Transfers, "4 (universal transfer)"),
        (Permission::Withdrawals, "5 (withdraw)"),
        (
            Permission::SubAccounts,
            "7 (transfers of sub-accounts), or a master account",
        ),
    ],
};

const SIGNATURE: &str = "signature";
const DEFAULT_WINDOW_MS: u64 = 5_000;
const LONGEST_WINDOW_MS: u64 = 60_000;

const HOSTS: &[&str] = &[
    "open-api.bingx.com",
    "open-api.bingx.pro",
    "open-api-vst.bingx.com",
];

fn is_json(request: &Request) -> bool {
    request.body.trim_ascii_start().starts_with(b"{")
}

fn placement(request: &Request) -> Placement {
    if request.body.is_empty() {
        Placement::Query(SIGNATURE)
    } else if is_json(request) {
        Placement::Json(SIGNATURE)
    } else {
        Placement::Form(SIGNATURE)
    }
}

fn text(request: &Request) -> Result<Vec<u8>, ReadError> {
    if request.body.is_empty() {
        return Ok(query::decoded_leniently(&request.query)?.into_bytes());
    }
    if !request.query.is_empty() {
        return Err(Unclassified::QueryAndBody.into());
    }
    if !is_json(request) {
        return Ok(request.body.clone());
    }
    let body = std::str::from_utf8(&request.body).map_err(|_| Unclassified::NotText)?;
    let Value::Object(Fields(mut members)) = json::parse(body)? else {
        return Err(Unclassified::NotAnObject {
            operation: "a body",
        }
        .into());
    };
    members.sort_by(|one, other| one.name.cmp(&other.name));
    let mut pieces = Vec::with_capacity(members.len());
    for member in &members {
        let value = flat(&member.name, &member.value)?;
        let dividing = |text: &str| text.contains('&') || text.contains(char::is_control);
        if dividing(&member.name) || member.name.contains('=') || dividing(&value) {
            return Err(Unclassified::Confusable {
                name: "body",
                why: "a '&' in a member divides parameters",
            }
            .into());
        }
        pieces.push(format!("{}={value}", member.name));
    }
    Ok(pieces.join("&").into_bytes())
}

/// A member's value as it is signed.
fn flat<'v>(name: &str, value: &'v Value<'_>) -> Result<Cow<'v, str>, Unclassified> {
    let unclear = || Unclassified::UnknownValue {
        name: Shown::new(name.as_bytes()),
        value: Shown::new("null, an object, or a list with one in it"),
    };
    let Value::List(items) = value else {
        return value.scalar().ok_or_else(unclear);
    };
    let items: Option<Vec<Cow<'_, str>>> = items
        .iter()
        .map(|item| match item {
            Value::Text(text) => Some(format!("\"{text}\"").into()),
            other => other.scalar(),
        })
        .collect();
    Ok(format!("[{}]", items.ok_or_else(unclear)?.join(",")).into())
}

/// What may have a `&` in it. It tells no operations apart, and what a policy is shown of it is then marked.
const FREE_TEXTS: &[&str] = &[
    "clientOrderId",
    "clientOrderID",
    "newClientOrderId",
    "cancelClientOrderId",
    "cancelClientOrderID",
    "listClientOrderId",
    "aboveClientOrderId",
    "belowClientOrderId",
    "withdrawOrderId",
    "addressTag",
    "transferClientId",
    "recipientFirstName",
    "recipientLastName",
    "remark",
    "note",
];
/// What cannot be missing where one of those is given.
const NEEDED: &[&str] = &[
    "symbol", "side", "type", "quantity", "coin", "address", "amount", TIMESTAMP,
];
/// What no order and no withdrawal is taken with unless it is a number, a list or one of the venue's words. Anything
/// else may be looked at for some kinds of order only, or by another operation that the text serves, and so is
/// free text to the others: `workingType` of an order at the market.
const CHECKED: &[&str] = &[
    "quantity",
    "quoteOrderQty",
    "price",
    "stopPrice",
    "positionSide",
    "takeProfit",
    "stopLoss",
    "walletType",
    "network",
    "batchOrders",
    "data",
    RECV_WINDOW,
];
/// What makes an order look smaller: that it only reduces, and that it does not sell below its price.
const PASSED_OVER: &[&str] = &["reduceOnly", "timeInForce"];

/// The parameters, in the order of the signed text.
fn fields(request: &Request) -> Result<Fields<'_>, ReadError> {
    let mut fields = kit::fields(request)?;
    // Sent without its escape, the `&` ends the value: `type=Reverse%26` reads as `Reverse`.
    let ends_early = |field: &Field<'_>| {
        let has_ampersand = |text: Cow<'_, str>| text.contains('&');
        !FREE_TEXTS.contains(&field.name.as_ref())
            && field.value.scalar().is_some_and(has_ampersand)
    };
    if fields.iter().any(ends_early) {
        let why = "a '&' would end the value of a parameter that is no free text";
        return Err(Unclassified::Confusable { name: "query", why }.into());
    }
    if is_json(request) {
        fields.0.sort_by(|one, other| one.name.cmp(&other.name));
    }
    let withdraws = fields.has("address");
    for name in ["addressTag", "network"] {
        if withdraws && may_end_a_text(&fields, name) {
            let why = "it could be sent as the end of the text before it";
            return Err(Unclassified::Confusable { name, why }.into());
        }
    }
    let of_two = fields
        .text("positionSide")
        .is_some_and(|side| !side.eq_ignore_ascii_case("BOTH"));
    if of_two && may_end_a_text(&fields, "positionSide") && fields.repeated().next().is_none() {
        let void = |name: &str| matches!(name, "positionSide" | "reduceOnly");
        fields.0.retain(|field| !void(&field.name));
    }
    for name in PASSED_OVER {
        let once = fields.iter().filter(|it| it.name == *name).count() == 1;
        if once && may_end_a_text(&fields, name) {
            fields.0.retain(|field| field.name != *name);
        }
    }
    Ok(fields)
}

/// Whether the parameter follows a text that the venue may not look at, with nothing between that it needs.
fn may_end_a_text(fields: &Fields<'_>, name: &str) -> bool {
    let mut open = false;
    for field in fields.iter() {
        if field.name == name {
            return open;
        }
        let is_one_of = |names: &[&str]| names.contains(&field.name.as_ref());
        // Of two sizes, one can go.
        let spare = field.name == "quantity" && fields.has("quoteOrderQty");
        let needed = is_one_of(NEEDED) && !spare;
        let lasts = field.name == "timeInForce" && fields.is("type", "LIMIT");
        open = !needed && (open || !lasts && !is_one_of(CHECKED));
    }
    false
}

fn timing(request: &Request) -> Result<Timing, ReadError> {
    let fields = kit::fields(request)?;
    let (made, window) = time::made_and_window(&fields, DEFAULT_WINDOW_MS, LONGEST_WINDOW_MS)?;
    Ok(Timing::from_time(made, window))
}
