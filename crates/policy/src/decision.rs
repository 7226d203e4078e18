//! What a bundle answers, and how it says why.

use std::fmt;

use crate::causes::Cause;
use crate::facts::{Class, OperationFacts};

/// The answer to a [`Question`](crate::Question).
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Decision {
    /// Every operation of the request is permitted and none is forbidden.
    Allow {
        /// Ids of the permits that applied to any of the operations, sorted.
        rules: Vec<String>,
    },
    /// At least one operation is not allowed, so the request is not.
    Deny(Denial),
}

impl Decision {
    /// Whether the request may be signed.
    pub fn is_allow(&self) -> bool {
        matches!(self, Self::Allow { .. })
    }
}

/// Why a request is denied: the first of its operations that is not allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial {
    /// The operation, if the request has any.
    pub operation: Option<AuthorisedOperation>,
    /// The kind of reason.
    pub kind: DenialKind,
    /// The policies that forbid, or that failed to evaluate; sorted by id.
    pub rules: Vec<Rule>,
    /// What the policies compare and what they found, as far as it can be told: for a forbid why it
    /// applied; where nothing permits, what the only permit in question misses.
    pub causes: Vec<Cause>,
    /// In how many milliseconds the request would pass, where that is known. It is to
    /// [`Bundle::retry_after_ms`](crate::Bundle::retry_after_ms), from which
    /// [`Denial::retry_after`] takes it over.
    pub retry_after_ms: Option<u64>,
    /// For a person: one line that says all of it.
    pub detail: String,
}

impl Denial {
    /// The denial with the time after which the request would pass, if it is known.
    pub fn retry_after(mut self, milliseconds: Option<u64>) -> Self {
        self.retry_after_ms = milliseconds;
        if let Some(milliseconds) = milliseconds {
            let after = format!("; it would pass in {milliseconds} ms");
            self.detail.push_str(&after);
        }
        self
    }

    /// One name for logs: the first policy's id, or the kind of denial.
    pub fn rule(&self) -> &str {
        self.rules.first().map_or(self.kind.name(), |rule| &rule.id)
    }
}

/// An operation of the authorised set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorisedOperation {
    /// Its position in the set, from 0.
    pub position: usize,
    /// The size of the set.
    pub of: usize,
    /// Its class.
    pub class: Class,
    /// Its name in the dialect, and after a colon what it is to the order it comes with, if it comes with
    /// one: `order:stop_loss`.
    pub name: String,
}

impl AuthorisedOperation {
    pub(crate) fn new(operations: &[OperationFacts], position: usize) -> Option<Self> {
        operations.get(position).map(|operation| Self {
            position,
            of: operations.len(),
            class: operation.class,
            name: match &operation.attached {
                None => operation.operation.to_string(),
                Some(attached) => format!("{}:{attached}", operation.operation),
            },
        })
    }
}

impl fmt::Display for AuthorisedOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} `{}`", self.class, self.name.escape_debug())?;
        if self.of > 1 {
            let number = self.position + 1;
            write!(
                f,
                ", {number} of {} operations this signature would authorise",
                self.of
            )?;
        }
        Ok(())
    }
}

/// The kind of reason for which a request is denied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DenialKind {
    /// A policy forbids the operation.
    Forbidden,
    /// No policy permits it.
    NoPermit,
    /// Policies permit it, but none of them names the risk it brings: a session, text outside the
    /// alphabet, something unbound.
    UnacceptedRisk,
    /// A policy, or the question itself, failed to evaluate.
    EvaluationError,
    /// The facts make no sense: an amount is negative.
    InvalidFacts,
    /// The request authorises nothing.
    NoOperations,
}

impl DenialKind {
    /// A name for logs: "no-permit".
    pub const fn name(self) -> &'static str {
        match self {
            Self::Forbidden => "forbidden",
            Self::NoPermit => "no-permit",
            Self::UnacceptedRisk => "unaccepted-risk",
            Self::EvaluationError => "evaluation-error",
            Self::InvalidFacts => "invalid-facts",
            Self::NoOperations => "no-operations",
        }
    }
}

/// A policy and what it says of itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rule {
    /// Its `@id`.
    pub id: String,
    /// Its `@reason`.
    pub reason: Option<String>,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.id)?;
        match &self.reason {
            Some(reason) => write!(f, " ({reason})"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Allow { rules } => {
                f.write_str("allowed by ")?;
                write_list(f, rules.iter().map(|id| format!("`{id}`")))
            }
            Self::Deny(denial) => denial.fmt(f),
        }
    }
}

impl fmt::Display for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "denied: {}", self.detail)
    }
}

/// The rules, separated by commas.
pub(crate) struct RuleList<'a>(pub(crate) &'a [Rule]);

impl fmt::Display for RuleList<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_list(f, self.0.iter())
    }
}

fn write_list(
    f: &mut fmt::Formatter<'_>,
    items: impl Iterator<Item = impl fmt::Display>,
) -> fmt::Result {
    for (index, item) in items.enumerate() {
        if index > 0 {
            f.write_str(", ")?;
        }
        item.fmt(f)?;
    }
    Ok(())
}
