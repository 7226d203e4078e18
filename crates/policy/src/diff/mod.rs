//! What changes from one bundle to another, in terms a security officer reads.
//!
//! Twofold: which policies differ and in what, read off their texts; and which requests get
//! another answer, found by asking both bundles about requests made up from what the policies
//! compare with. The second part can show that something changes, not that nothing else does.

mod display;
mod examples;
mod policies;
mod requests;
mod scenario;

pub use policies::{Change, PolicyChange, PolicyText};
pub use requests::{RequestChange, RequestDiff};

use crate::bundle::Bundle;

/// The difference between two bundles. Displayed, it is a report of several lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BundleDiff {
    /// Policies only the new bundle has, sorted by id.
    pub added: Vec<PolicyText>,
    /// Policies only the old bundle has, sorted by id.
    pub removed: Vec<PolicyText>,
    /// Policies of one id that differ in more than layout and comments, sorted by id.
    pub changed: Vec<PolicyChange>,
    /// Requests that get another answer.
    pub requests: RequestDiff,
}

impl BundleDiff {
    /// What changes when `new` takes the place of `old`.
    pub fn between(old: &Bundle, new: &Bundle) -> Self {
        let (added, removed, changed) = policies::compare(old, new);
        Self {
            added,
            removed,
            changed,
            requests: requests::compare(old, new),
        }
    }

    /// Whether the bundles mean the same, whatever their layout and comments.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.changed.is_empty()
    }
}
