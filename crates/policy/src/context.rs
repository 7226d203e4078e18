//! Facts in Cedar's terms.

use cedar_policy::{ExpressionConstructionError, RestrictedExpression};
use rust_decimal::Decimal;

use crate::bound::Bound;
use crate::facts::{Notional, OperationFacts, Question};
use crate::usage::{Usage, Window};

/// One attribute of a context or an entity.
pub(crate) type Attribute = (String, RestrictedExpression);

/// The attributes that all operations of a request share: time, usage, source.
pub(crate) fn circumstances(
    question: &Question<'_>,
) -> Result<Vec<Attribute>, ExpressionConstructionError> {
    let minutes = question.now_ms / 60_000;
    let days = minutes / 1_440;
    let mut attributes = vec![
        long("now_ms", question.now_ms),
        long("hour", minutes / 60 % 24),
        long("minute", minutes % 60),
        // 1 January 1970 was a Thursday, 4.
        long("weekday", (days + 3) % 7 + 1),
        usage("key_usage", question.usage_key)?,
        usage("client_usage", question.usage_client)?,
    ];
    attributes.extend(question.source_network.map(|address| {
        // Cedar knows no IPv4 address written as IPv6.
        let address = address.to_canonical().to_string();
        (
            "source_network".to_owned(),
            RestrictedExpression::new_ip(address),
        )
    }));
    Ok(attributes)
}

/// The attributes of one operation.
pub(crate) fn operation(facts: &OperationFacts) -> Vec<Attribute> {
    let (notional, notional_asset) = match facts.effective_notional() {
        Notional::Nothing => (Some(Decimal::ZERO), None),
        Notional::Unknown => (None, None),
        Notional::AtMost { value, asset } => (Some(*value), Some(asset)),
    };
    let mut attributes = vec![
        string("operation", &facts.operation),
        (
            "reduce_only".to_owned(),
            RestrictedExpression::new_bool(facts.reduce_only == Some(true)),
        ),
        upper_bound("price_at_most", facts.price),
        lower_bound("price_at_least", facts.price),
    ];
    for (name, value) in [
        ("notional", notional),
        ("quantity", facts.quantity),
        ("quote_quantity", facts.quote_quantity),
        ("leverage", facts.leverage),
        ("amount", facts.amount),
    ] {
        attributes.push(upper_bound(name, value));
        attributes.extend(exact_text(name, value));
    }
    attributes.extend(exact_text("price", facts.price));
    for (name, value) in [
        ("product", facts.product.as_ref()),
        ("symbol", facts.symbol.as_ref()),
        ("side", facts.side.as_ref()),
        ("order_type", facts.order_type.as_ref()),
        ("client_order_id", facts.client_order_id.as_ref()),
        ("notional_asset", notional_asset),
        ("asset", facts.asset.as_ref()),
        ("destination", facts.destination.as_ref()),
        ("network", facts.network.as_ref()),
    ] {
        attributes.extend(value.map(|value| string(name, value)));
    }
    attributes
}

/// An attribute that is text.
pub(crate) fn string(name: &str, value: &str) -> Attribute {
    (
        name.to_owned(),
        RestrictedExpression::new_string(value.to_owned()),
    )
}

/// A count, at most the largest that Cedar knows.
fn long(name: &str, value: u64) -> Attribute {
    let value = i64::try_from(value).unwrap_or(i64::MAX);
    (name.to_owned(), RestrictedExpression::new_long(value))
}

fn bound(name: &str, value: Bound) -> Attribute {
    (
        name.to_owned(),
        RestrictedExpression::new_decimal(value.to_string()),
    )
}

/// What is not known may be arbitrarily much.
fn upper_bound(name: &str, value: Option<Decimal>) -> Attribute {
    bound(name, value.map_or(Bound::UNLIMITED, Bound::at_least))
}

/// What is not known may be nothing.
fn lower_bound(name: &str, value: Option<Decimal>) -> Attribute {
    bound(name, value.map_or(Bound::ZERO, Bound::at_most))
}

fn exact_text(name: &str, value: Option<Decimal>) -> Option<Attribute> {
    value.map(|value| string(&format!("{name}_text"), &value.normalize().to_string()))
}

fn usage(name: &str, usage: &Usage) -> Result<Attribute, ExpressionConstructionError> {
    let attributes = Window::ALL.into_iter().flat_map(|window| {
        let (sum, suffix) = (usage.over(window), window.suffix());
        [
            long(&format!("requests_{suffix}"), sum.requests),
            long(&format!("orders_{suffix}"), sum.orders),
            long(&format!("withdrawals_{suffix}"), sum.withdrawals),
            bound(&format!("notional_{suffix}"), sum.notional),
        ]
    });
    Ok((
        name.to_owned(),
        RestrictedExpression::new_record(attributes)?,
    ))
}
