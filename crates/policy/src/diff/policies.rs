//! Policies added, removed and changed.

use serde_json::Value as Json;

use crate::bundle::Bundle;
use crate::comparisons::{Comparison, Literal, Relation};
use crate::conditions::Condition;
use crate::decision::Rule;

/// A policy as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyText {
    /// Its id and reason.
    pub rule: Rule,
    /// Its text, annotations included.
    pub text: String,
}

/// A policy that has another text under the same id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyChange {
    /// The id.
    pub id: String,
    /// In what it differs. If only [`Change::Conditions`], the texts must be read.
    pub changes: Vec<Change>,
    /// As it was.
    pub old: String,
    /// As it will be.
    pub new: String,
}

/// One difference between two policies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It permits what it forbade, or the other way round.
    Effect {
        /// "permit" or "forbid".
        old: String,
        /// "permit" or "forbid".
        new: String,
    },
    /// It is about other clients, actions or keys.
    Scope {
        /// "principal", "action" or "resource".
        part: &'static str,
        /// Whom or what it was about.
        old: String,
        /// Whom or what it will be about.
        new: String,
    },
    /// It gives another reason.
    Reason {
        /// As it was.
        old: Option<String>,
        /// As it will be.
        new: Option<String>,
    },
    /// It compares an attribute with something else.
    Limit {
        /// The attribute.
        attribute: String,
        /// How it is compared, in the policy's own sense.
        relation: Relation,
        /// With what.
        old: Literal,
        /// With what it will be.
        new: Literal,
    },
    /// Its conditions differ in other ways: compare the texts.
    Conditions,
}

pub(super) fn compare(
    old: &Bundle,
    new: &Bundle,
) -> (Vec<PolicyText>, Vec<PolicyText>, Vec<PolicyChange>) {
    let only = |one: &Bundle, other: &Bundle| {
        let ids = one.ids().filter(|id| other.lowered(id).is_none());
        ids.map(|id| text(one, id)).collect()
    };
    let both = old.ids().filter(|id| new.lowered(id).is_some());
    let changed = both.filter_map(|id| change(old, new, id)).collect();
    (only(new, old), only(old, new), changed)
}

fn text(bundle: &Bundle, id: &str) -> PolicyText {
    PolicyText {
        rule: bundle.rule(id),
        text: bundle.text(id),
    }
}

fn change(old: &Bundle, new: &Bundle, id: &str) -> Option<PolicyChange> {
    let (before, after) = (old.json(id), new.json(id));
    let mut changes = Vec::new();
    let effect = |json: &Json| json.get("effect").and_then(Json::as_str).map(str::to_owned);
    if let (Some(old), Some(new)) = (effect(&before), effect(&after))
        && old != new
    {
        changes.push(Change::Effect { old, new });
    }
    for part in ["principal", "action", "resource"] {
        if before.get(part) != after.get(part) {
            let (old, new) = (scope(before.get(part)), scope(after.get(part)));
            changes.push(Change::Scope { part, old, new });
        }
    }
    let (old_reason, new_reason) = (old.rule(id).reason, new.rule(id).reason);
    if old_reason != new_reason {
        changes.push(Change::Reason {
            old: old_reason,
            new: new_reason,
        });
    }
    if before.get("conditions") != after.get("conditions") {
        changes.extend(conditions(&Condition::of(&before), &Condition::of(&after)));
    }
    (!changes.is_empty()).then(|| PolicyChange {
        id: id.to_owned(),
        changes,
        old: old.text(id),
        new: new.text(id),
    })
}

/// Whom a part of a scope is about: the names, or "any".
fn scope(part: Option<&Json>) -> String {
    let name = |entity: &Json| {
        let id = entity.get("id").and_then(Json::as_str)?;
        Some(format!("\"{}\"", id.escape_debug()))
    };
    let named = |part: &Json| -> Option<String> {
        match part.get("op")?.as_str()? {
            "All" => Some("any".to_owned()),
            "==" => name(part.get("entity")?),
            "in" => match part.get("entities").and_then(Json::as_array) {
                Some(entities) => {
                    let names: Option<Vec<_>> = entities.iter().map(name).collect();
                    Some(names?.join(" or "))
                }
                None => name(part.get("entity")?),
            },
            _ => None,
        }
    };
    part.and_then(named)
        .unwrap_or_else(|| part.map_or_else(String::new, Json::to_string))
}

/// Other limits, if that is all that differs.
fn conditions(old: &Condition, new: &Condition) -> Vec<Change> {
    let (before, after) = (old.comparisons(), new.comparisons());
    let limits = before.iter().zip(&after).filter(|(old, new)| old != new);
    let changed = limits.map(|(old, new)| {
        let Comparison {
            attribute,
            relation,
            literal,
        } = (*old).clone();
        Change::Limit {
            attribute,
            relation,
            old: literal,
            new: new.literal.clone(),
        }
    });
    if old.same_but_for_literals(new) {
        changed.collect()
    } else {
        vec![Change::Conditions]
    }
}
