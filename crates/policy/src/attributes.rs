//! The attributes of a context, one row each: the schema's names and where their values come from.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::net::IpAddr;

use rust_decimal::Decimal;

use crate::bound::Bound;
use crate::facts::{Notional, OperationFacts, Question, Text};
use crate::usage::Usage;

/// One operation and the request it belongs to.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) question: &'a Question<'a>,
    pub(crate) operation: &'a OperationFacts,
}

/// The value of an attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    Bool(bool),
    Long(u64),
    Text(Cow<'a, str>),
    Texts(&'a BTreeSet<String>),
    Amount(Bound),
    Network(IpAddr),
    Usage(&'a Usage),
}

/// A row: an attribute of the schema's `Operation`.
pub(crate) struct Attribute {
    pub(crate) name: &'static str,
    value: for<'a> fn(&View<'a>) -> Option<Value<'a>>,
}

impl Attribute {
    /// Its value; `None` where the request does not state it.
    pub(crate) fn of<'a>(&self, view: &View<'a>) -> Option<Value<'a>> {
        (self.value)(view)
    }

    /// The row of this name.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        ATTRIBUTES.iter().find(|attribute| attribute.name == name)
    }
}

/// Every attribute, in the order of the schema.
#[rustfmt::skip]
pub(crate) static ATTRIBUTES: &[Attribute] = &[
    row("operation", |view| Some(Value::Text(Cow::Borrowed(&view.operation.operation)))),
    row("product", |view| text(&view.operation.product)),
    row("symbol", |view| text(&view.operation.symbol)),
    row("side", |view| text(&view.operation.side)),
    row("position_side", |view| text(&view.operation.position_side)),
    row("order_type", |view| text(&view.operation.order_type)),
    row("time_in_force", |view| text(&view.operation.time_in_force)),
    row("client_order_id", |view| text(&view.operation.client_order_id)),
    row("order_id", |view| text(&view.operation.order_id)),
    row("cancels", |view| Some(Value::Bool(view.operation.cancels))),
    row("batch_index", |view| Some(Value::Long(view.operation.batch.index))),
    row("batch_size", |view| Some(Value::Long(view.operation.batch.size))),
    row("attached", |view| text(&view.operation.attached)),

    row("outside_alphabet", |view| Some(Value::Bool(view.operation.is_outside_alphabet()))),
    row("unbound", |view| Some(Value::Texts(&view.operation.unbound))),

    row("notional", |view| upper_bound(notional(view))),
    row("notional_known", |view| Some(Value::Bool(notional(view).is_some()))),
    row("notional_text", |view| exact(notional(view))),
    row("notional_asset", |view| match view.operation.effective_notional() {
        Cow::Borrowed(Notional::AtMost { asset, .. }) => Some(Value::Text(Cow::Borrowed(asset))),
        Cow::Owned(Notional::AtMost { asset, .. }) => Some(Value::Text(Cow::Owned(asset))),
        _ => None,
    }),
    row("quantity", |view| upper_bound(view.operation.quantity)),
    row("quantity_text", |view| exact(view.operation.quantity)),
    row("quote_quantity", |view| upper_bound(view.operation.quote_quantity)),
    row("quote_quantity_text", |view| exact(view.operation.quote_quantity)),
    row("price_at_least", |view| lower_bound(view.operation.price)),
    row("price_at_most", |view| upper_bound(view.operation.price)),
    row("price_text", |view| exact(view.operation.price)),
    row("stop_price_at_least", |view| lower_bound(view.operation.stop_price)),
    row("stop_price_at_most", |view| upper_bound(view.operation.stop_price)),
    row("stop_price_text", |view| exact(view.operation.stop_price)),
    row("reference_price", |view| {
        let reference = view.operation.reference.as_ref()?;
        upper_bound(Some(reference.price))
    }),
    row("reference_deviation_bps", |view| {
        view.operation.reference_deviation_bps().map(Value::Long)
    }),
    row("leverage", |view| upper_bound(view.operation.leverage)),
    row("leverage_text", |view| exact(view.operation.leverage)),
    row("reduce_only", |view| Some(Value::Bool(view.operation.reduce_only == Some(true)))),

    row("asset", |view| text(&view.operation.asset)),
    row("amount", |view| upper_bound(view.operation.amount)),
    row("amount_text", |view| exact(view.operation.amount)),
    row("destination", |view| text(&view.operation.destination)),
    row("destination_tag", |view| text(&view.operation.destination_tag)),
    row("network", |view| text(&view.operation.network)),
    row("from_account", |view| text(&view.operation.from_account)),
    row("to_account", |view| text(&view.operation.to_account)),
    row("sub_account", |view| text(&view.operation.sub_account)),

    row("now_ms", |view| Some(Value::Long(view.question.now_ms))),
    row("hour", |view| Some(Value::Long(minutes(view) / 60 % 24))),
    row("minute", |view| Some(Value::Long(minutes(view) % 60))),
    // 1 January 1970 was a Thursday, 4.
    row("weekday", |view| Some(Value::Long((minutes(view) / 1_440 + 3) % 7 + 1))),

    row("risk_level", |view| Some(Value::Long(view.question.risk_level.unwrap_or(u64::MAX)))),
    row("kill_switch", |view| Some(Value::Bool(view.question.kill_switch != Some(false)))),

    row("key_usage", |view| Some(Value::Usage(view.question.usage_key))),
    row("client_usage", |view| Some(Value::Usage(view.question.usage_client))),

    // Cedar knows no IPv4 address written as IPv6.
    row("source_network", |view| {
        view.question.source_network.map(|address| Value::Network(address.to_canonical()))
    }),
];

const fn row(name: &'static str, value: for<'a> fn(&View<'a>) -> Option<Value<'a>>) -> Attribute {
    Attribute { name, value }
}

fn text(text: &Option<Text>) -> Option<Value<'_>> {
    text.as_deref().map(|text| Value::Text(Cow::Borrowed(text)))
}

fn notional(view: &View<'_>) -> Option<Decimal> {
    match *view.operation.effective_notional() {
        Notional::Nothing => Some(Decimal::ZERO),
        Notional::Unknown => None,
        Notional::AtMost { value, .. } => Some(value),
    }
}

/// What is not known may be arbitrarily much.
fn upper_bound<'a>(value: Option<Decimal>) -> Option<Value<'a>> {
    let bound = value.map_or(Bound::UNLIMITED, Bound::at_least);
    Some(Value::Amount(bound))
}

/// What is not known may be nothing.
fn lower_bound<'a>(value: Option<Decimal>) -> Option<Value<'a>> {
    let bound = value.map_or(Bound::ZERO, Bound::at_most);
    Some(Value::Amount(bound))
}

fn exact<'a>(value: Option<Decimal>) -> Option<Value<'a>> {
    value.map(|value| Value::Text(Cow::Owned(value.normalize().to_string())))
}

fn minutes(view: &View<'_>) -> u64 {
    view.question.now_ms / 60_000
}
