//! Orders of Bitfinex: their parameters, and what those mean.

use std::borrow::Cow;

use crate::{
    Intent, OrderType, Shown, Side, TimeInForce, Unclassified,
    kit::{
        attached::{Attached, Place, apart},
        order::may_rest,
        parameter::{
            Parameter, anything, client_id, kind, leverage, needed, order_id, price, quantity,
            scalar, stop_price, symbol,
        },
    },
    syntax::{Fields, Value},
};

/// The parameter that lists the operations of a batch.
pub(super) const LIST: &str = "ops";
/// The name that the word of an operation in a batch has here.
pub(super) const WORD: &str = "(op)";

const CLOSE: u64 = 512;
const REDUCE_ONLY: u64 = 1024;
const POST_ONLY: u64 = 4096;

const KINDS: &[(&str, OrderType)] = &[
    ("EXCHANGE MARKET", OrderType::Market),
    ("EXCHANGE LIMIT", OrderType::Limit),
    ("EXCHANGE STOP", OrderType::StopMarket),
    ("EXCHANGE STOP LIMIT", OrderType::StopLimit),
    ("EXCHANGE TRAILING STOP", OrderType::StopMarket),
    ("EXCHANGE FOK", OrderType::Limit),
    ("EXCHANGE IOC", OrderType::Limit),
    ("MARKET", OrderType::Market),
    ("LIMIT", OrderType::Limit),
    ("STOP", OrderType::StopMarket),
    ("STOP LIMIT", OrderType::StopLimit),
    ("TRAILING STOP", OrderType::StopMarket),
    ("FOK", OrderType::Limit),
    ("IOC", OrderType::Limit),
];

pub(super) const ORDER: &[Parameter] = &[
    needed(symbol("symbol")),
    needed(kind("type", KINDS)),
    needed(quantity("amount")),
    price("price"),
    price("price_aux_limit"),
    scalar("price_trailing"),
    leverage("lev"),
    client_id("cid"),
    scalar("cid_date"),
    scalar("gid"),
    scalar("flags"),
    scalar("tif"),
    anything("meta"),
];

/// The stop that cancels the order and is cancelled by it: of the same side and size.
pub(super) const STOP: &[Attached] = &[apart(
    "stop",
    Place::Beside,
    &["price_oco_stop"],
    &[&[stop_price("price_oco_stop")]],
)
.adjust(|_, intent| {
    intent.order_type = Some(OrderType::StopMarket);
    Ok(())
})];

pub(super) const UPDATE: &[Parameter] = &[
    order_id("id"),
    client_id("cid"),
    scalar("cid_date"),
    scalar("gid"),
    quantity("amount"),
    scalar("delta"),
    price("price"),
    price("price_aux_limit"),
    scalar("price_trailing"),
    leverage("lev"),
    scalar("flags"),
    scalar("tif"),
    anything("meta"),
];

pub(super) const CANCEL: &[Parameter] = &[order_id("id"), client_id("cid"), scalar("cid_date")];
pub(super) const CANCELS: &[Parameter] = &[
    anything("id"),
    anything("cid"),
    anything("gid"),
    scalar("all"),
];

pub(super) fn is_derivative(fields: &Fields<'_>) -> bool {
    fields
        .text("symbol")
        .is_some_and(|symbol| symbol.split(':').any(|asset| asset.ends_with("F0")))
}

fn on_exchange(fields: &Fields<'_>) -> bool {
    fields
        .text("type")
        .and_then(|kind| Some(kind.get(..9)?.eq_ignore_ascii_case("exchange ")))
        .unwrap_or(false)
}

pub(super) fn is_spot(fields: &Fields<'_>) -> bool {
    on_exchange(fields) && !is_derivative(fields)
}

pub(super) fn is_margin(fields: &Fields<'_>) -> bool {
    !on_exchange(fields) && !is_derivative(fields)
}

/// Takes the side from the sign of the amount.
fn sign(intent: &mut Intent) -> Result<(), Unclassified> {
    let Some(amount) = intent.quantity else {
        return Ok(());
    };
    if amount.is_zero() {
        return Err(Unclassified::UnknownValue {
            name: Shown::new("amount"),
            value: Shown::new("0"),
        });
    }
    let sells = amount.is_sign_negative();
    intent.side = Some(if sells { Side::Sell } else { Side::Buy });
    intent.quantity = Some(amount.abs());
    Ok(())
}

/// Whether it closes the whole of a position, whose size only the venue knows.
pub(super) fn closes(fields: &Fields<'_>) -> bool {
    let sum = fields.text("flags").and_then(|text| text.parse().ok());
    sum.is_some_and(|sum: u64| sum & CLOSE != 0)
}

fn flags(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    let Some(text) = fields.text("flags") else {
        return Ok(());
    };
    let sum: u64 = text.parse().map_err(|_| Unclassified::Number {
        name: Shown::new("flags"),
        value: Shown::new(text.as_bytes()),
        expected: "a whole number",
    })?;
    if sum & CLOSE != 0 {
        intent.quantity = None;
    }
    // Flags that are not spelled as a number may be passed over: they restrict nothing.
    if !matches!(fields.get("flags"), Some(Value::Number(_))) {
        return Ok(());
    }
    if sum & REDUCE_ONLY != 0 {
        intent.reduce_only = Some(true);
    }
    let limit = matches!(intent.order_type, Some(OrderType::Limit) | None);
    if sum & POST_ONLY != 0 && limit && may_rest(intent) {
        intent.time_in_force = Some(TimeInForce::PostOnly);
        intent.order_type = intent.order_type.map(|_| OrderType::PostOnly);
    }
    Ok(())
}

pub(super) fn order(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    sign(intent)?;
    let kind = fields.text("type").unwrap_or_default().to_ascii_uppercase();
    intent.time_in_force = match kind.rsplit(' ').next() {
        Some("FOK") => Some(TimeInForce::FillOrKill),
        Some("IOC") => Some(TimeInForce::ImmediateOrCancel),
        _ => None,
    };
    if intent.order_type.is_some_and(OrderType::is_triggered) {
        intent.stop_price = fields.number("price")?;
        intent.price = fields.number("price_aux_limit")?;
    } else {
        intent.price = fields.number("price")?;
    }
    flags(fields, intent)?;
    if is_spot(fields) {
        // There is no position to reduce.
        intent.reduce_only = None;
    }
    Ok(())
}

/// What an order becomes, not said whether it is a stop order.
pub(super) fn update(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    sign(intent)?;
    if fields.has("delta") {
        // What it comes to, a change does not tell.
        intent.quantity = None;
    }
    let price = fields.number("price")?;
    match fields.number("price_aux_limit")? {
        Some(limit) => {
            intent.stop_price = price;
            intent.price = Some(limit);
        }
        None => intent.price = price,
    }
    flags(fields, intent)?;
    // Whether there is a position to reduce, the id of an order does not tell.
    intent.reduce_only = None;
    Ok(())
}

/// The orders that lists of ids name. Those by the client's id are pairs of it and its day.
pub(super) fn cancels(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    intent.order_id = fields.ids_by("id", first_id)?;
    intent.client_order_id = fields.ids_by("cid", first_id)?;
    Ok(())
}

/// An order's own id, or the first of two that tell it: an id of the client's comes with its day.
fn first_id<'v>(item: &'v Value<'_>) -> Option<Cow<'v, str>> {
    match item {
        Value::List(pair) => pair.first().and_then(|id| id.id()),
        other => other.id(),
    }
}
