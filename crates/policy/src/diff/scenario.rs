//! Requests made up attribute by attribute.

use rust_decimal::Decimal;

use crate::comparisons::{Literal, VENUE};
use crate::facts::{Class, Notional, OperationFacts, Question, Reference};
use crate::usage::{Charge, Measure, Usage, Window};

/// A Monday, 00:00 UTC.
const MONDAY_MS: u64 = 1_753_056_000_000;
/// The asset of made-up amounts.
const ASSET: &str = "USDT";

/// The venue where policies name none.
const USUAL_VENUE: &str = "binance";

/// The attributes that say what an operation is worth.
const WORTH: [&str; 3] = ["notional", "notional_known", "notional_asset"];

/// A request with one operation.
#[derive(Clone, Debug)]
pub(super) struct Scenario {
    pub(super) client: String,
    pub(super) key: String,
    venue: String,
    pub(super) operation: OperationFacts,
    /// What was set, in order.
    pub(super) stated: Vec<(String, Literal)>,
    usage_key: Usage,
    usage_client: Usage,
    risk_level: u64,
    kill_switch: bool,
    /// From Monday, 1, as in the schema.
    weekday: u64,
    hour: u64,
    minute: u64,
}

impl Scenario {
    pub(super) fn new(client: &str, key: &str, class: Class) -> Self {
        let operation = OperationFacts::new(class, "any");
        let usage = Usage::from_fn(|_| Charge::for_operations(&[]));
        Self {
            client: client.to_owned(),
            key: key.to_owned(),
            venue: USUAL_VENUE.to_owned(),
            operation,
            stated: Vec::new(),
            usage_key: usage,
            usage_client: usage,
            risk_level: 0,
            kill_switch: false,
            weekday: 1,
            hour: 12,
            minute: 0,
        }
    }

    pub(super) fn ask<T>(&self, answer: impl FnOnce(&Question<'_>) -> T) -> T {
        let minutes = ((self.weekday - 1) * 24 + self.hour) * 60 + self.minute;
        answer(&Question {
            client: &self.client,
            key: &self.key,
            venue: &self.venue,
            now_ms: MONDAY_MS + minutes * 60_000,
            operations: std::slice::from_ref(&self.operation),
            usage_key: &self.usage_key,
            usage_client: &self.usage_client,
            risk_level: Some(self.risk_level),
            kill_switch: Some(self.kill_switch),
            source_network: None,
        })
    }

    /// The request with this attribute at this value; `None` if there is no such request.
    pub(super) fn with(&self, attribute: &str, literal: &Literal) -> Option<Self> {
        let mut changed = self.clone();
        changed.set(attribute, literal)?;
        // What a cancellation was worth as an order, it no longer states.
        let cancels = attribute == "cancels" && changed.operation.cancels;
        let void = |name: &str| name == attribute || cancels && WORTH.contains(&name);
        changed.stated.retain(|(name, _)| !void(name));
        changed.stated.push((attribute.to_owned(), literal.clone()));
        Some(changed)
    }

    fn set(&mut self, attribute: &str, literal: &Literal) -> Option<()> {
        let operation = &mut self.operation;
        // A cancellation is worth nothing.
        match (attribute, literal) {
            ("cancels", Literal::Bool(true)) => operation.notional = Notional::Nothing,
            ("cancels", _) if operation.cancels => {
                operation.notional = OperationFacts::new(operation.class, "any").notional;
            }
            ("notional", Literal::Decimal(1..))
            | ("notional_known", Literal::Bool(false))
            | ("notional_asset", _)
                if operation.cancels =>
            {
                return None;
            }
            _ => {}
        }
        match (attribute, literal) {
            (VENUE, Literal::Text(text)) => self.venue.clone_from(text),
            ("operation", Literal::Text(text)) => operation.operation = text.clone().into(),
            ("product", Literal::Text(text)) => operation.product = Some(text.clone().into()),
            ("symbol", Literal::Text(text)) => operation.symbol = Some(text.clone().into()),
            ("side", Literal::Text(text)) => operation.side = Some(text.clone().into()),
            ("position_side", Literal::Text(text)) => {
                operation.position_side = Some(text.clone().into())
            }
            ("order_type", Literal::Text(text)) => operation.order_type = Some(text.clone().into()),
            ("time_in_force", Literal::Text(text)) => {
                operation.time_in_force = Some(text.clone().into())
            }
            ("client_order_id", Literal::Text(text)) => {
                operation.client_order_id = Some(text.clone().into());
            }
            ("order_id", Literal::Text(text)) => operation.order_id = Some(text.clone().into()),
            ("asset", Literal::Text(text)) => operation.asset = Some(text.clone().into()),
            ("destination", Literal::Text(text)) => {
                operation.destination = Some(text.clone().into())
            }
            ("destination_tag", Literal::Text(text)) => {
                operation.destination_tag = Some(text.clone().into());
            }
            ("network", Literal::Text(text)) => operation.network = Some(text.clone().into()),
            ("attached", Literal::Text(text)) => operation.attached = Some(text.clone().into()),
            ("from_account", Literal::Text(text)) => {
                operation.from_account = Some(text.clone().into())
            }
            ("to_account", Literal::Text(text)) => operation.to_account = Some(text.clone().into()),
            ("sub_account", Literal::Text(text)) => {
                operation.sub_account = Some(text.clone().into())
            }
            ("notional_asset", Literal::Text(text)) => {
                let value = match operation.notional {
                    Notional::AtMost { value, .. } => value,
                    Notional::Nothing | Notional::Unknown => Decimal::ONE,
                };
                operation.notional = Notional::AtMost {
                    value,
                    asset: text.clone(),
                };
            }
            ("notional_known", Literal::Bool(false)) => operation.notional = Notional::Unknown,
            ("notional_known", Literal::Bool(true)) => {
                if operation.notional == Notional::Unknown {
                    operation.notional = worth(Decimal::ONE, operation);
                }
            }
            ("notional", Literal::Decimal(count)) => {
                operation.notional = match amount(*count)? {
                    None => Notional::Unknown,
                    Some(value) if value.is_zero() => Notional::Nothing,
                    Some(value) => worth(value, operation),
                };
            }
            ("quantity", Literal::Decimal(count)) => operation.quantity = amount(*count)?,
            ("quote_quantity", Literal::Decimal(count)) => {
                operation.quote_quantity = amount(*count)?;
            }
            ("leverage", Literal::Decimal(count)) => operation.leverage = amount(*count)?,
            ("amount", Literal::Decimal(count)) => operation.amount = amount(*count)?,
            ("price_at_least" | "price_at_most", Literal::Decimal(count)) => {
                operation.price = amount(*count)?;
            }
            ("stop_price_at_least" | "stop_price_at_most", Literal::Decimal(count)) => {
                operation.stop_price = amount(*count)?;
            }
            ("reference_price", Literal::Decimal(count)) => {
                operation.reference = Some(reference(amount(*count)??));
            }
            ("reference_deviation_bps", Literal::Long(bps)) => {
                let bps = u32::try_from(*bps).ok()?;
                operation.reference = Some(reference(Decimal::from(10_000)));
                operation.price = Some(Decimal::from(10_000) + Decimal::from(bps));
            }
            ("reduce_only", Literal::Bool(value)) => operation.reduce_only = Some(*value),
            ("cancels", Literal::Bool(value)) => operation.cancels = *value,
            ("outside_alphabet", Literal::Bool(value)) => operation.outside_alphabet = *value,
            ("unbound", Literal::List(items)) => {
                let texts = items.iter().map(|item| match item {
                    Literal::Text(text) => Some(text.clone()),
                    _ => None,
                });
                operation.unbound = texts.collect::<Option<_>>()?;
            }
            ("batch_index", Literal::Long(index)) => {
                operation.batch.index = u64::try_from(*index).ok()?;
            }
            ("batch_size", Literal::Long(size)) => {
                operation.batch.size = u64::try_from(*size).ok()?
            }
            ("risk_level", Literal::Long(level)) => self.risk_level = u64::try_from(*level).ok()?,
            ("kill_switch", Literal::Bool(open)) => self.kill_switch = *open,
            ("weekday", Literal::Long(day @ 1..=7)) => self.weekday = u64::try_from(*day).ok()?,
            ("hour", Literal::Long(hour @ 0..=23)) => self.hour = u64::try_from(*hour).ok()?,
            ("minute", Literal::Long(minute @ 0..=59)) => {
                self.minute = u64::try_from(*minute).ok()?
            }
            (attribute, literal) => {
                let usage = match attribute.split_once('.')? {
                    ("key_usage", field) => (&mut self.usage_key, field),
                    ("client_usage", field) => (&mut self.usage_client, field),
                    _ => return None,
                };
                set_usage(usage.0, usage.1, literal)?;
            }
        }
        Some(())
    }
}

/// A number of ten-thousandths: `Some(None)` if unlimited, `None` if negative.
#[allow(clippy::option_option)]
fn amount(count: i64) -> Option<Option<Decimal>> {
    match count {
        i64::MAX => Some(None),
        0.. => Some(Some(Decimal::new(count, 4))),
        _ => None,
    }
}

fn worth(value: Decimal, operation: &OperationFacts) -> Notional {
    let asset = match &operation.notional {
        Notional::AtMost { asset, .. } => asset.clone(),
        Notional::Nothing | Notional::Unknown => ASSET.to_owned(),
    };
    Notional::AtMost { value, asset }
}

fn reference(price: Decimal) -> Reference {
    Reference {
        price,
        asset: ASSET.to_owned(),
    }
}

fn set_usage(usage: &mut Usage, field: &str, literal: &Literal) -> Option<()> {
    let (name, suffix) = field.rsplit_once('_')?;
    let measure = Measure::ALL.into_iter().find(|one| one.name() == name)?;
    let window = Window::ALL.into_iter().find(|one| one.suffix() == suffix)?;
    let sum = match literal {
        Literal::Long(value) | Literal::Decimal(value) => u64::try_from(*value).ok()?,
        _ => return None,
    };
    *usage = Usage::from_fn(|one| {
        let before = usage.over(one);
        if one == window {
            before.with(measure, sum)
        } else {
            before
        }
    });
    Some(())
}
