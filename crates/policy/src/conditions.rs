//! What a policy's conditions compare, as far as they are simple enough to tell.

use serde_json::Value as Json;

use crate::attributes::{Attribute, View};
use crate::comparisons::{Comparison, Literal, Relation, attribute, compare, literal};
use crate::mentions::path;

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
                let attribute = attribute(expression)?;
                let (relation, literal) = (Relation::Equal, Literal::Bool(true));
                Some(Self::Compare(Comparison {
                    attribute,
                    relation,
                    literal,
                }))
            }
            "contains" => {
                let (list, attribute) = (literal(part("left")?)?, attribute(part("right")?)?);
                matches!(list, Literal::List(_)).then(|| {
                    Self::Compare(Comparison {
                        attribute,
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

    /// Whether there is a part of it that is more than a plain comparison.
    pub(crate) fn is_partly_opaque(&self) -> bool {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().any(Self::is_partly_opaque),
            Self::Not(inner) => inner.is_partly_opaque(),
            Self::Compare(_) | Self::Has(_) => false,
            Self::Opaque => true,
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
