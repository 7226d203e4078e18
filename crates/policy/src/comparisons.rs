//! An attribute compared with what a policy writes out.

use serde_json::{Value as Json, json};

use crate::attributes::{Attribute, Value, View};
use crate::mentions::path;
use crate::usage::{Amount, Measure, Usage, Window};

/// The one attribute that is the key's.
pub(crate) const VENUE: &str = "resource.venue";

/// A part of the context compared with what a policy writes out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Comparison {
    /// The attribute, `notional` or `key_usage.orders_10s`.
    pub attribute: String,
    /// How they are compared.
    pub relation: Relation,
    /// With what.
    pub literal: Literal,
}

/// How an attribute is compared with a literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// `<`, `lessThan`
    Below,
    /// `<=`, `lessThanOrEqual`
    AtMost,
    /// `>`, `greaterThan`
    Above,
    /// `>=`, `greaterThanOrEqual`
    AtLeast,
    /// `==`, and a bare boolean.
    Equal,
    /// `!=`
    Unequal,
    /// `[…].contains(…)`: the literal is the list.
    OneOf,
    /// `![…].contains(…)`
    NoneOf,
}

/// A value that a policy writes out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Literal {
    /// `true`
    Bool(bool),
    /// `50`
    Long(i64),
    /// `decimal("5000.0")`, in ten-thousandths.
    Decimal(i64),
    /// `"BTCUSDT"`
    Text(String),
    /// `["BTCUSDT", "ETHUSDT"]`
    List(Vec<Literal>),
}

impl Relation {
    pub(crate) fn of(operator: &str) -> Option<Self> {
        Some(match operator {
            "<" | "lessThan" => Self::Below,
            "<=" | "lessThanOrEqual" => Self::AtMost,
            ">" | "greaterThan" => Self::Above,
            ">=" | "greaterThanOrEqual" => Self::AtLeast,
            "==" => Self::Equal,
            "!=" => Self::Unequal,
            _ => return None,
        })
    }

    /// The relation with its sides exchanged.
    fn mirrored(self) -> Self {
        match self {
            Self::Below => Self::Above,
            Self::AtMost => Self::AtLeast,
            Self::Above => Self::Below,
            Self::AtLeast => Self::AtMost,
            Self::Equal | Self::Unequal | Self::OneOf | Self::NoneOf => self,
        }
    }

    /// What holds where this does not.
    pub(crate) fn negated(self) -> Self {
        match self {
            Self::Below => Self::AtLeast,
            Self::AtMost => Self::Above,
            Self::Above => Self::AtMost,
            Self::AtLeast => Self::Below,
            Self::Equal => Self::Unequal,
            Self::Unequal => Self::Equal,
            Self::OneOf => Self::NoneOf,
            Self::NoneOf => Self::OneOf,
        }
    }
}

impl Comparison {
    /// What is compared: the operation's literal, `None` where it does not state the attribute.
    pub(crate) fn observed(&self, view: &View<'_>) -> Option<Literal> {
        if self.attribute == VENUE {
            return Some(Literal::Text(view.question.venue.to_owned()));
        }
        let (name, field) = match self.attribute.split_once('.') {
            Some((name, field)) => (name, Some(field)),
            None => (self.attribute.as_str(), None),
        };
        match (Attribute::named(name)?.of(view)?, field) {
            (Value::Bool(value), None) => Some(Literal::Bool(value)),
            (Value::Long(value), None) => Some(long(value)),
            (Value::Text(text), None) => Some(Literal::Text(text.into_owned())),
            (Value::Amount(bound), None) => Some(ten_thousandths(bound.ten_thousandths())),
            (Value::Texts(texts), None) => {
                let texts = texts.iter().cloned().map(Literal::Text);
                Some(Literal::List(texts.collect()))
            }
            (Value::Usage(usage), Some(field)) => used(usage, field),
            (Value::Network(_) | Value::Usage(_), None) | (_, Some(_)) => None,
        }
    }

    pub(crate) fn holds(&self, view: &View<'_>) -> Option<bool> {
        let observed = self.observed(view)?;
        Some(match (self.relation, &observed, &self.literal) {
            (Relation::OneOf, observed, Literal::List(list)) => list.contains(observed),
            (Relation::NoneOf, observed, Literal::List(list)) => !list.contains(observed),
            (Relation::Equal, observed, literal) => observed == literal,
            (Relation::Unequal, observed, literal) => observed != literal,
            (
                relation,
                Literal::Long(observed) | Literal::Decimal(observed),
                Literal::Long(literal) | Literal::Decimal(literal),
            ) => match relation {
                Relation::Below => observed < literal,
                Relation::AtMost => observed <= literal,
                Relation::Above => observed > literal,
                Relation::AtLeast => observed >= literal,
                _ => return None,
            },
            _ => return None,
        })
    }
}

/// Reads a comparison of a part of the context with a literal, either way round.
pub(crate) fn compare(relation: Relation, left: &Json, right: &Json) -> Option<Comparison> {
    let (attribute, literal, relation) = match (attribute(left), attribute(right)) {
        (Some(attribute), None) => (attribute, literal(right)?, relation),
        (None, Some(attribute)) => (attribute, literal(left)?, relation.mirrored()),
        _ => return None,
    };
    Some(Comparison {
        attribute,
        relation,
        literal,
    })
}

/// Reads the name of what is compared: a part of the context, or the key's venue.
pub(crate) fn attribute(expression: &Json) -> Option<String> {
    let venue = || json!({ ".": { "left": { "Var": "resource" }, "attr": "venue" } });
    match path(expression) {
        Some(path) if !path.is_empty() => Some(path.join(".")),
        Some(_) => None,
        None => (*expression == venue()).then(|| VENUE.to_owned()),
    }
}

/// Reads a literal.
pub(crate) fn literal(expression: &Json) -> Option<Literal> {
    let members = expression
        .as_object()
        .filter(|members| members.len() == 1)?;
    let (operator, operand) = members.iter().next()?;
    match (operator.as_str(), operand) {
        ("Value", Json::Bool(value)) => Some(Literal::Bool(*value)),
        ("Value", Json::Number(number)) => number.as_i64().map(Literal::Long),
        ("Value", Json::String(text)) => Some(Literal::Text(text.clone())),
        ("neg", operand) => match literal(operand.get("arg")?)? {
            Literal::Long(value) => value.checked_neg().map(Literal::Long),
            _ => None,
        },
        ("Set" | "Value", Json::Array(items)) => {
            let items: Option<Vec<_>> = items.iter().map(literal).collect();
            items.map(Literal::List)
        }
        ("decimal", arguments) => crate::lowering::literal(arguments)
            .ok()
            .map(Literal::Decimal),
        _ => None,
    }
}

fn used(usage: &Usage, field: &str) -> Option<Literal> {
    let (measure, window) = field.rsplit_once('_')?;
    let measure = Measure::ALL.into_iter().find(|one| one.name() == measure)?;
    let window = Window::ALL.into_iter().find(|one| one.suffix() == window)?;
    Some(match usage.over(window).measured(measure) {
        Amount::Count(count) => long(count),
        Amount::Value(bound) => ten_thousandths(bound.ten_thousandths()),
    })
}

fn long(value: u64) -> Literal {
    Literal::Long(i64::try_from(value).unwrap_or(i64::MAX))
}

fn ten_thousandths(count: u64) -> Literal {
    Literal::Decimal(i64::try_from(count).unwrap_or(i64::MAX))
}
