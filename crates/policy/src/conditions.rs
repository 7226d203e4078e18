//! What a policy's conditions compare, as far as they are simple enough to tell.

use serde_json::Value as Json;

use crate::attributes::{Attribute, Value, View};
use crate::mentions::path;
use crate::usage::{Amount, Measure, Usage, Window};

/// A condition, read from Cedar's JSON form of the policy as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Compare(Comparison),
    /// `context has …`
    Has(Vec<String>),
    /// Anything else.
    Opaque,
}

/// A part of the context compared with what a policy writes out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
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

impl Condition {
    /// When a policy with this JSON form applies, its scope aside.
    pub(crate) fn of(policy: &Json) -> Self {
        let conditions = policy.get("conditions").and_then(Json::as_array);
        let read = |condition: &Json| {
            let body = condition.get("body").map_or(Self::Opaque, Self::read);
            match condition.get("kind").and_then(Json::as_str) {
                Some("when") => body,
                Some("unless") => Self::Not(Box::new(body)),
                _ => Self::Opaque,
            }
        };
        Self::All(conditions.into_iter().flatten().map(read).collect())
    }

    fn read(expression: &Json) -> Self {
        Self::try_read(expression).unwrap_or(Self::Opaque)
    }

    fn try_read(expression: &Json) -> Option<Self> {
        let members = expression
            .as_object()
            .filter(|members| members.len() == 1)?;
        let (operator, operand) = members.iter().next()?;
        let part = |name: &str| operand.get(name);
        let both = || Some(vec![Self::read(part("left")?), Self::read(part("right")?)]);
        match operator.as_str() {
            "&&" => Some(Self::All(both()?)),
            "||" => Some(Self::Any(both()?)),
            "!" => Some(Self::Not(Box::new(Self::read(part("arg")?)))),
            "has" => path(expression).map(Self::Has),
            "." => {
                let attribute = path(expression)?.join(".");
                let (relation, literal) = (Relation::Equal, Literal::Bool(true));
                Some(Self::Compare(Comparison {
                    attribute,
                    relation,
                    literal,
                }))
            }
            "contains" => {
                let (list, path) = (literal(part("left")?)?, path(part("right")?)?);
                matches!(list, Literal::List(_)).then(|| {
                    Self::Compare(Comparison {
                        attribute: path.join("."),
                        relation: Relation::OneOf,
                        literal: list,
                    })
                })
            }
            _ => {
                let relation = Relation::of(operator)?;
                let (left, right) = match operand {
                    Json::Array(operands) => (operands.first()?, operands.get(1)?),
                    _ => (part("left")?, part("right")?),
                };
                compare(relation, left, right).map(Self::Compare)
            }
        }
    }

    /// The comparisons, in the order they are written.
    pub(crate) fn comparisons(&self) -> Vec<&Comparison> {
        match self {
            Self::All(parts) | Self::Any(parts) => {
                parts.iter().flat_map(Self::comparisons).collect()
            }
            Self::Not(inner) => inner.comparisons(),
            Self::Compare(comparison) => vec![comparison],
            Self::Has(_) | Self::Opaque => Vec::new(),
        }
    }

    /// Whether two conditions differ in nothing but what attributes are compared with. Where either
    /// cannot be read, they are taken to differ.
    pub(crate) fn same_but_for_literals(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::All(one), Self::All(other)) | (Self::Any(one), Self::Any(other)) => {
                let mut pairs = one.iter().zip(other);
                one.len() == other.len()
                    && pairs.all(|(one, other)| one.same_but_for_literals(other))
            }
            (Self::Not(one), Self::Not(other)) => one.same_but_for_literals(other),
            (Self::Compare(one), Self::Compare(other)) => {
                one.attribute == other.attribute && one.relation == other.relation
            }
            (Self::Has(one), Self::Has(other)) => one == other,
            _ => false,
        }
    }

    /// Whether it holds of an operation; `None` where that cannot be told.
    pub(crate) fn holds(&self, view: &View<'_>) -> Option<bool> {
        match self {
            Self::All(parts) => all(parts.iter().map(|part| part.holds(view))),
            Self::Any(parts) => {
                all(parts.iter().map(|part| part.holds(view).map(|held| !held))).map(|none| !none)
            }
            Self::Not(inner) => inner.holds(view).map(|held| !held),
            Self::Compare(comparison) => comparison.holds(view),
            Self::Has(path) => match path.as_slice() {
                [name, ..] => Some(Attribute::named(name)?.of(view).is_some()),
                [] => None,
            },
            Self::Opaque => None,
        }
    }

    /// The comparisons that make the condition what it is, `held`, each with whether it holds.
    /// Of alternatives that all fail, all count; of conditions that must all hold and do not, the
    /// ones that fail.
    pub(crate) fn because<'c>(&'c self, held: bool, view: &View<'_>) -> Vec<&'c Comparison> {
        match self {
            Self::All(parts) | Self::Any(parts) => {
                let all_count = matches!(self, Self::All(_)) == held;
                let counts = |part: &&Condition| all_count || part.holds(view) == Some(held);
                let parts = parts.iter().filter(counts);
                parts.flat_map(|part| part.because(held, view)).collect()
            }
            Self::Not(inner) => inner.because(!held, view),
            Self::Compare(comparison) if comparison.holds(view) == Some(held) => vec![comparison],
            Self::Compare(_) | Self::Has(_) | Self::Opaque => Vec::new(),
        }
    }
}

/// Whether all hold; unknown if none fails and some are unknown.
fn all(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut unknown = false;
    for part in parts {
        match part {
            Some(false) => return Some(false),
            Some(true) => {}
            None => unknown = true,
        }
    }
    (!unknown).then_some(true)
}

impl Relation {
    fn of(operator: &str) -> Option<Self> {
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

fn compare(relation: Relation, left: &Json, right: &Json) -> Option<Comparison> {
    let (path, literal, relation) = match (path(left), path(right)) {
        (Some(path), None) => (path, literal(right)?, relation),
        (None, Some(path)) => (path, literal(left)?, relation.mirrored()),
        _ => return None,
    };
    Some(Comparison {
        attribute: path.join("."),
        relation,
        literal,
    })
}

fn literal(expression: &Json) -> Option<Literal> {
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
