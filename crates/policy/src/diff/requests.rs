//! Requests that get another answer.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::examples::{Assignments, boundary, examples};
use super::scenario::Scenario;
use crate::askers::Lowered;
use crate::bundle::Bundle;
use crate::comparisons::Literal;
use crate::decision::Decision;
use crate::facts::Class;

/// Requests made up at most.
const MAX_REQUESTS: usize = 50_000;
/// Examples shown of requests that change alike.
const MAX_SHOWN: usize = 3;
/// Stands for every client or key that no policy names.
const UNNAMED: &str = "any other";

/// Made-up requests that the bundles answer differently.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestDiff {
    /// How many requests were made up.
    pub tried: usize,
    /// Whether there were more to try than is reasonable.
    pub cut_short: bool,
    /// Policies that differ and compare something for which no requests are made up, such as
    /// `source_network`: what that part of them changes is not among the changes. Sorted.
    pub unread: Vec<String>,
    /// Those that change alike, together.
    pub changes: Vec<RequestChange>,
}

/// Requests of one client with one key and of one class that change alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestChange {
    /// The client; "any other" for one that no policy names.
    pub client: String,
    /// The key; "any other" for one that no policy names.
    pub key: String,
    /// What kind of operation.
    pub class: Class,
    /// What the old bundle decides about the first of them.
    pub old: Decision,
    /// What the new bundle decides about it.
    pub new: Decision,
    /// What some of them state, by attribute.
    pub examples: Vec<Vec<(String, Literal)>>,
    /// How many there are.
    pub count: usize,
}

impl RequestChange {
    /// Whether something is allowed that was denied.
    pub fn loosens(&self) -> bool {
        self.new.is_allow()
    }
}

pub(super) fn compare(old: &Bundle, new: &Bundle) -> RequestDiff {
    let mut diff = RequestDiff {
        unread: unread(old, new),
        ..RequestDiff::default()
    };
    let mut groups: BTreeMap<[String; 5], RequestChange> = BTreeMap::new();
    for (client, key, class) in subjects(old, new) {
        for scenario in scenarios(old, new, &client, &key, class) {
            if diff.tried >= MAX_REQUESTS {
                diff.cut_short = true;
                break;
            }
            diff.tried += 1;
            let decide = |bundle: &Bundle| scenario.ask(|question| bundle.decide(question));
            let (before, after) = (decide(old), decide(new));
            if before.is_allow() == after.is_allow() {
                continue;
            }
            let names = [
                &client,
                &key,
                class.name(),
                outcome(&before),
                outcome(&after),
            ];
            let group = groups
                .entry(names.map(str::to_owned))
                .or_insert_with(|| RequestChange {
                    client: client.clone(),
                    key: key.clone(),
                    class,
                    old: before,
                    new: after,
                    examples: Vec::new(),
                    count: 0,
                });
            group.count += 1;
            if group.examples.len() < MAX_SHOWN && !group.examples.contains(&scenario.stated) {
                group.examples.push(scenario.stated);
            }
        }
    }
    diff.changes = groups.into_values().collect();
    diff
}

/// The policies that only one bundle has, or that differ, and that cannot be read to the end.
fn unread(old: &Bundle, new: &Bundle) -> Vec<String> {
    let is_opaque = |bundle: &Bundle, id: &str| {
        let policy = bundle.lowered(id);
        policy.is_some_and(|policy| policy.condition.is_partly_opaque())
    };
    let ids: BTreeSet<&str> = old.ids().chain(new.ids()).collect();
    let differing = ids.into_iter().filter(|id| {
        let both = [old, new].map(|bundle| {
            let mut policy = bundle.json(id);
            policy
                .as_object_mut()
                .map(|policy| policy.remove("annotations"));
            policy
        });
        both[0] != both[1] && (is_opaque(old, id) || is_opaque(new, id))
    });
    differing.map(str::to_owned).collect()
}

/// The permit or the rule behind a decision.
fn outcome(decision: &Decision) -> &str {
    match decision {
        Decision::Allow { .. } => "allow",
        Decision::Deny(denial) => denial.rule(),
    }
}

/// Clients, keys and classes that some policy may treat differently.
fn subjects(old: &Bundle, new: &Bundle) -> Vec<(String, String, Class)> {
    let policies = || {
        [old, new]
            .into_iter()
            .flat_map(|one| one.ids().map(|id| one.json(id)))
    };
    let (clients, keys) = (
        named(policies(), "principal"),
        named(policies(), "resource"),
    );
    let mut subjects = Vec::new();
    for client in &clients {
        for key in &keys {
            for class in Class::ALL {
                subjects.push((client.clone(), key.clone(), class));
            }
        }
    }
    subjects
}

/// The entities that scopes name, and one that they do not.
fn named(policies: impl Iterator<Item = Json>, part: &str) -> BTreeSet<String> {
    let ids = policies.filter_map(|policy| {
        let id = policy.get(part)?.get("entity")?.get("id")?;
        id.as_str().map(str::to_owned)
    });
    ids.chain([UNNAMED.to_owned()]).collect()
}

/// Requests on which policies in their scope could differ: from an example of each permit, one
/// attribute after the other on each side of each limit, and what each other policy is about.
fn scenarios(old: &Bundle, new: &Bundle, client: &str, key: &str, class: Class) -> Vec<Scenario> {
    let blank = Scenario::new(client, key, class);
    let (before, after) = (in_scope(old, &blank), in_scope(new, &blank));
    let same = |(one, other): (&(String, &Lowered), &(String, &Lowered))| {
        one.0 == other.0 && old.json(&one.0) == new.json(&other.0)
    };
    if before.len() == after.len() && before.iter().zip(&after).all(same) {
        return Vec::new();
    }
    let policies = || before.iter().chain(&after).map(|(_, lowered)| *lowered);
    let mut bases = vec![blank.clone()];
    for permit in policies().filter(|one| one.is_permit()) {
        let permitted = examples(&permit.condition, true);
        bases.extend(permitted.iter().map(|example| assigned(&blank, example)));
    }
    let mut variations: BTreeSet<Assignments> = BTreeSet::new();
    for policy in policies() {
        variations.extend(examples(&policy.condition, true));
        let around = policy
            .condition
            .comparisons()
            .into_iter()
            .flat_map(boundary);
        variations.extend(around.map(|one| vec![one]));
    }
    let mut scenarios = bases.clone();
    for base in &bases {
        scenarios.extend(variations.iter().map(|variation| assigned(base, variation)));
    }
    scenarios
}

fn in_scope<'a>(bundle: &'a Bundle, scenario: &Scenario) -> Vec<(String, &'a Lowered)> {
    let asker = scenario.ask(|question| bundle.asker(question).ok());
    let class = scenario.operation.class;
    let Some(applicable) = asker.as_ref().and_then(|asker| asker.applicable(class)) else {
        return Vec::new();
    };
    let ids = applicable
        .policies
        .policies()
        .map(|policy| policy.id().to_string());
    let mut found: Vec<_> = ids
        .filter_map(|id| bundle.lowered(&id).map(|lowered| (id.clone(), lowered)))
        .collect();
    found.sort_by(|one, other| one.0.cmp(&other.0));
    found
}

/// The scenario with what can be assigned assigned.
fn assigned(base: &Scenario, assignments: &Assignments) -> Scenario {
    assignments
        .iter()
        .fold(base.clone(), |scenario, (attribute, literal)| {
            scenario.with(attribute, literal).unwrap_or(scenario)
        })
}
