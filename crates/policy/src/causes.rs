//! What a policy compared, what it found, and what it would have let pass.

use std::fmt;

use crate::attributes::View;
use crate::bound::Bound;
use crate::bundle::Bundle;
use crate::comparisons::{Literal, Relation};

/// One comparison of a policy that stands in a request's way.
///
/// It is read off the policy's text; a condition that is not a plain comparison of one attribute
/// with what the policy writes out has no cause. Shows what the client itself asked for, what it
/// and its key used before, and the policy's numbers, none of them secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// The policy.
    pub rule: String,
    /// The attribute, "notional" or "key_usage.orders_10s".
    pub attribute: String,
    /// Its value, this request included.
    pub observed: Literal,
    /// How the value has to relate to `limit`.
    pub required: Relation,
    /// What the policy writes out.
    pub limit: Literal,
}

impl Cause {
    /// Whether it is a sum over a window, so that time alone may remove it.
    pub fn is_usage(&self) -> bool {
        self.attribute.contains("_usage.")
    }

    /// Whether it is a sum that nothing bounds.
    pub(crate) fn is_unlimited_usage(&self) -> bool {
        self.is_usage() && self.observed == Literal::Decimal(i64::MAX)
    }

    /// Whether this only sets apart what the policy is not about: what is worth nothing, or what an
    /// `unless { context.cancels || context.operation == "order_check" }` exempts.
    fn is_guard(&self) -> bool {
        let by_name = self.attribute == "operation"
            && matches!(self.required, Relation::Equal | Relation::OneOf);
        let by_value = matches!(
            (self.required, &self.limit),
            (Relation::AtMost, Literal::Decimal(0)) | (Relation::Equal, Literal::Bool(true))
        );
        by_name || by_value
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (observed, limit) = (&self.observed, &self.limit);
        write!(f, "{} is {observed} and must be ", self.attribute)?;
        match self.required {
            Relation::Below => write!(f, "below {limit}"),
            Relation::AtMost => write!(f, "at most {limit}"),
            Relation::Above => write!(f, "above {limit}"),
            Relation::AtLeast => write!(f, "at least {limit}"),
            Relation::Equal => write!(f, "{limit}"),
            Relation::Unequal => write!(f, "other than {limit}"),
            Relation::OneOf => write!(f, "one of {limit}"),
            Relation::NoneOf => write!(f, "none of {limit}"),
        }
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => value.fmt(f),
            Self::Long(i64::MAX) => f.write_str("more than can be counted"),
            Self::Long(value) => value.fmt(f),
            Self::Decimal(i64::MAX) => f.write_str("unlimited"),
            Self::Decimal(count) => {
                let bound = Bound::from_ten_thousandths(count.unsigned_abs()).to_string();
                let short = bound.trim_end_matches('0').trim_end_matches('.');
                let sign = if *count < 0 { "-" } else { "" };
                write!(f, "{sign}{short}")
            }
            Self::Text(text) => write!(f, "\"{}\"", text.escape_debug()),
            Self::List(items) => {
                f.write_str("[")?;
                for (index, item) in items.iter().enumerate() {
                    let comma = if index > 0 { ", " } else { "" };
                    write!(f, "{comma}{item}")?;
                }
                f.write_str("]")
            }
        }
    }
}

/// The causes as the end of a sentence: nothing, or ": …; …".
pub(crate) struct CauseList<'a>(pub(crate) &'a [Cause]);

impl fmt::Display for CauseList<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, cause) in self.0.iter().enumerate() {
            let separator = if index > 0 { "; " } else { ": " };
            write!(f, "{separator}{cause}")?;
        }
        Ok(())
    }
}

impl Bundle {
    /// Why the policy applies to an operation (`applies`), or does not.
    pub(crate) fn causes(&self, id: &str, applies: bool, view: &View<'_>) -> Vec<Cause> {
        let Some(lowered) = self.lowered(id) else {
            return Vec::new();
        };
        let comparisons = lowered.condition.because(applies, view);
        let causes = comparisons.into_iter().filter_map(|comparison| {
            let required = match comparison.holds(view)? {
                true => comparison.relation.negated(),
                false => comparison.relation,
            };
            let (required, limit) = match (required, &comparison.literal) {
                (Relation::Unequal, Literal::Bool(value)) => {
                    (Relation::Equal, Literal::Bool(!value))
                }
                (required, literal) => (required, literal.clone()),
            };
            Some(Cause {
                rule: id.to_owned(),
                attribute: comparison.attribute.clone(),
                observed: comparison.observed(view)?,
                required,
                limit,
            })
        });
        let causes: Vec<Cause> = causes.collect();
        if causes.iter().all(Cause::is_guard) {
            return causes;
        }
        causes
            .into_iter()
            .filter(|cause| !cause.is_guard())
            .collect()
    }
}
