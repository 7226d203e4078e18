//! Values worth trying: those for which a condition holds, and those next to its limits.

use crate::comparisons::{Comparison, Literal, Relation};
use crate::conditions::Condition;

/// Attributes and the values they are to have.
pub(super) type Assignments = Vec<(String, Literal)>;

/// Examples of one condition at most.
const MAX_EXAMPLES: usize = 8;

/// Assignments under which a condition holds, as far as it can be told.
pub(super) fn examples(condition: &Condition, holds: bool) -> Vec<Assignments> {
    match condition {
        Condition::Not(inner) => examples(inner, !holds),
        Condition::All(parts) if holds => every(parts, holds),
        Condition::Any(parts) if !holds => every(parts, holds),
        Condition::All(parts) | Condition::Any(parts) => {
            let alternatives = parts.iter().flat_map(|part| examples(part, holds));
            alternatives.take(MAX_EXAMPLES).collect()
        }
        Condition::Compare(comparison) => vec![example(comparison, holds).into_iter().collect()],
        // What an attribute must be, some other part says; if none does, anything will do.
        Condition::Has(path) if holds => vec![vec![(path.join("."), other())]],
        Condition::Has(_) | Condition::Opaque => vec![Vec::new()],
    }
}

fn every(parts: &[Condition], hold: bool) -> Vec<Assignments> {
    let mut combined: Vec<Assignments> = vec![Vec::new()];
    for part in parts {
        let examples = examples(part, hold);
        combined = combined
            .iter()
            .flat_map(|before| {
                examples
                    .iter()
                    .map(|more| before.iter().chain(more).cloned().collect())
            })
            .take(MAX_EXAMPLES)
            .collect();
    }
    combined
}

fn example(comparison: &Comparison, holds: bool) -> Option<(String, Literal)> {
    let relation = match holds {
        true => comparison.relation,
        false => comparison.relation.negated(),
    };
    let value = match (relation, &comparison.literal) {
        (Relation::Above, literal) => shifted(literal, 1)?,
        (Relation::Below, literal) => shifted(literal, -1)?,
        (Relation::AtMost | Relation::AtLeast | Relation::Equal, literal) => literal.clone(),
        (Relation::OneOf, Literal::List(items)) => items.first()?.clone(),
        (Relation::Unequal, Literal::Bool(value)) => Literal::Bool(!value),
        (Relation::Unequal, Literal::Text(_)) => other(),
        (Relation::Unequal, literal) => shifted(literal, 1)?,
        (Relation::NoneOf, _) => other(),
        (Relation::OneOf, _) => return None,
    };
    Some((comparison.attribute.clone(), value))
}

/// The values around what an attribute is compared with.
pub(super) fn boundary(comparison: &Comparison) -> Assignments {
    let values = match &comparison.literal {
        Literal::Bool(_) => vec![Literal::Bool(false), Literal::Bool(true)],
        Literal::Long(_) | Literal::Decimal(_) => [-1, 0, 1]
            .into_iter()
            .filter_map(|by| shifted(&comparison.literal, by))
            .collect(),
        Literal::Text(text) => vec![Literal::Text(text.clone()), other()],
        Literal::List(items) => items.iter().cloned().chain([other()]).collect(),
    };
    let named = |value| (comparison.attribute.clone(), value);
    values.into_iter().map(named).collect()
}

fn shifted(literal: &Literal, by: i64) -> Option<Literal> {
    match literal {
        Literal::Long(value) => value.checked_add(by).map(Literal::Long),
        Literal::Decimal(count) => count.checked_add(by).map(Literal::Decimal),
        _ => None,
    }
}

/// A text that no policy is likely to name.
fn other() -> Literal {
    Literal::Text("OTHER".to_owned())
}
