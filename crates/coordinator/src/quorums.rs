//! Which quorums could sign with a key, and which of them to take first. Pure.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use countersign_wire::{KeyId, NodeName, Reason, Refusal};

use crate::heartbeat::{Heartbeat, KeyView, QuorumView};

/// A pool deeper than this is as good as one of this depth, so that a node claiming millions does
/// not draw all requests to itself.
const DEEP_POOL: u32 = 64;
/// What a client is told to wait when pools are empty.
const REFILL_TIME: Duration = Duration::from_millis(250);

/// The nodes of a deployment at one moment, by ascending share index.
#[derive(Debug, Clone)]
pub(crate) struct Cluster {
    pub nodes: Vec<Member>,
}

/// A node as last heard of.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub name: NodeName,
    pub live: bool,
    /// None if it was never heard of.
    pub heartbeat: Option<Arc<Heartbeat>>,
}

type Holders<'a> = BTreeMap<&'a NodeName, (&'a Heartbeat, &'a KeyView)>;

/// A quorum that could sign.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Quorum {
    /// By ascending share index, as nodes expect it.
    pub nodes: Vec<NodeName>,
    pub evaluator: NodeName,
}

/// A quorum that could sign now, with what bears on choosing it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub quorum: Quorum,
    pub pool: u32,
    /// Whether all members say they have links to all others.
    pub linked: bool,
}

/// What a key's quorums amount to at one moment.
#[derive(Debug)]
pub(crate) struct Usable {
    pub threshold: usize,
    /// Nodes known to hold a share, live or not.
    pub holders: usize,
    pub candidates: Vec<Candidate>,
}

/// Why no quorum could sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shortage {
    /// There are live nodes, and none holds a share of the key.
    UnknownKey,
    /// Fewer nodes than the threshold are live and hold a share.
    TooFewNodes {
        /// Unknown if no holder is live.
        threshold: Option<usize>,
        holders: usize,
        dead: Vec<NodeName>,
        keyless: Vec<NodeName>,
    },
    /// Enough nodes, but no quorum of them is proven, in one state and free of quarantine.
    NoneActive { threshold: usize, holders: usize },
    /// Quorums, but no presignature.
    PoolsEmpty { quorums: usize },
}

impl Shortage {
    /// What the client is told.
    pub(crate) fn refusal(&self, key: &KeyId) -> Refusal {
        let (reason, detail) = match self {
            Self::UnknownKey => (
                Reason::UnknownKey,
                format!("no live node holds a share of key {key}"),
            ),
            Self::TooFewNodes {
                threshold,
                holders,
                dead,
                keyless,
            } => {
                let mut detail = match threshold {
                    Some(t) => format!("key {key} needs {t} nodes and {holders} can be asked"),
                    None => format!("no node can be asked for key {key}"),
                };
                for (what, nodes) in [("not reachable", dead), ("without the key", keyless)] {
                    if !nodes.is_empty() {
                        let names: Vec<&str> = nodes.iter().map(NodeName::as_str).collect();
                        detail.push_str(&format!("; {what}: {}", names.join(", ")));
                    }
                }
                (Reason::NoQuorum, detail)
            }
            Self::NoneActive { threshold, holders } => (
                Reason::NoQuorum,
                format!(
                    "{holders} live nodes hold shares of key {key}, but no quorum of {threshold} \
                     is active, in one governance state and free of quarantine"
                ),
            ),
            Self::PoolsEmpty { quorums } => (
                Reason::PoolEmpty,
                format!("none of the {quorums} usable quorums of key {key} has a presignature"),
            ),
        };
        let refusal = Refusal::new(reason).with_rule("quorum").with_detail(detail);
        match self {
            Self::PoolsEmpty { .. } => refusal.retry_after(REFILL_TIME),
            _ => refusal,
        }
    }
}

impl Cluster {
    fn holders(&self, key: &KeyId, also_dead: bool) -> Holders<'_> {
        self.nodes
            .iter()
            .filter(|member| member.live || also_dead)
            .filter_map(|member| {
                let heartbeat = member.heartbeat.as_deref()?;
                Some((&member.name, (heartbeat, heartbeat.keys.get(key)?)))
            })
            .collect()
    }

    /// The quorums that could sign with `key` now; at least one.
    pub(crate) fn usable(&self, key: &KeyId) -> Result<Usable, Shortage> {
        let holders = self.holders(key, false);
        if holders.is_empty() && self.nodes.iter().any(|member| member.live) {
            return Err(Shortage::UnknownKey);
        }
        let Some(threshold) = agreed_threshold(&holders).filter(|t| holders.len() >= *t) else {
            return Err(self.too_few(&holders));
        };
        let mut candidates = Vec::new();
        let mut empty = 0;
        for (evaluator, (_, key_view)) in &holders {
            for quorum in &key_view.quorums {
                if !is_usable(quorum, threshold, &holders) {
                    continue;
                }
                if quorum.pool == 0 {
                    empty += 1;
                    continue;
                }
                candidates.push(self.candidate(evaluator, quorum, &holders));
            }
        }
        if !candidates.is_empty() {
            Ok(Usable {
                threshold,
                holders: self.holders(key, true).len(),
                candidates,
            })
        } else if empty > 0 {
            Err(Shortage::PoolsEmpty { quorums: empty })
        } else {
            Err(Shortage::NoneActive {
                threshold,
                holders: holders.len(),
            })
        }
    }

    fn candidate(
        &self,
        evaluator: &NodeName,
        quorum: &QuorumView,
        holders: &Holders<'_>,
    ) -> Candidate {
        let linked = quorum.nodes.iter().all(|node| {
            holders.get(node).is_some_and(|(heartbeat, _)| {
                quorum
                    .nodes
                    .iter()
                    .all(|other| other == node || heartbeat.peers.contains(other))
            })
        });
        let nodes = self
            .nodes
            .iter()
            .map(|member| &member.name)
            .filter(|name| quorum.nodes.contains(*name))
            .cloned()
            .collect();
        Candidate {
            quorum: Quorum {
                nodes,
                evaluator: evaluator.clone(),
            },
            pool: quorum.pool,
            linked,
        }
    }

    fn too_few(&self, holders: &Holders<'_>) -> Shortage {
        let (live, dead): (Vec<&Member>, Vec<&Member>) =
            self.nodes.iter().partition(|member| member.live);
        Shortage::TooFewNodes {
            threshold: agreed_threshold(holders),
            holders: holders.len(),
            dead: dead.iter().map(|member| member.name.clone()).collect(),
            keyless: live
                .iter()
                .filter(|member| !holders.contains_key(&member.name))
                .map(|member| member.name.clone())
                .collect(),
        }
    }
}

/// The threshold most holders state; of two equally often stated, the larger. As long as t honest
/// nodes are live, t-1 lying ones do not change it.
fn agreed_threshold(holders: &Holders<'_>) -> Option<usize> {
    let mut votes: BTreeMap<usize, usize> = BTreeMap::new();
    for (_, key) in holders.values() {
        *votes.entry(key.threshold).or_default() += 1;
    }
    votes
        .into_iter()
        .filter(|(threshold, _)| *threshold >= 2)
        .max_by_key(|(threshold, votes)| (*votes, *threshold))
        .map(|(threshold, _)| threshold)
}

/// Whether all members are live, hold the key in one governance state, and none has been given up
/// by another.
fn is_usable(quorum: &QuorumView, threshold: usize, holders: &Holders<'_>) -> bool {
    let mut states = BTreeSet::new();
    quorum.usable
        && quorum.nodes.len() == threshold
        && quorum.nodes.iter().all(|node| {
            holders.get(node).is_some_and(|(_, key)| {
                states.insert(&key.state);
                key.threshold == threshold && key.quarantined.is_disjoint(&quorum.nodes)
            })
        })
        && states.len() == 1
}

/// What earlier attempts at the same request taught.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lessons {
    /// Nodes that refused or could not be reached.
    pub failed_nodes: BTreeSet<NodeName>,
    /// Node sets whose members did not get along.
    pub failed_sets: BTreeSet<Vec<NodeName>>,
    /// Quorums already tried, successfully or not.
    pub tried: BTreeSet<Quorum>,
    /// Nodes being waited for, and in how many attempts.
    pub awaited: BTreeMap<NodeName, usize>,
}

/// The best candidate left: first of all with as few awaited nodes as possible, then fully linked
/// and of good standing, then with the deepest pool for each request its nodes are busy with.
pub(crate) fn choose<'a>(
    candidates: &'a [Candidate],
    lessons: &Lessons,
    in_disrepute: impl Fn(&Quorum) -> bool,
    busy: impl Fn(&NodeName) -> usize,
) -> Option<&'a Candidate> {
    candidates
        .iter()
        .filter(|candidate| {
            let quorum = &candidate.quorum;
            !lessons.tried.contains(quorum)
                && !lessons.failed_sets.contains(&quorum.nodes)
                && !quorum
                    .nodes
                    .iter()
                    .any(|node| lessons.failed_nodes.contains(node))
        })
        .min_by_key(|candidate| {
            let nodes = &candidate.quorum.nodes;
            let awaited: usize = nodes
                .iter()
                .filter_map(|node| lessons.awaited.get(node))
                .sum();
            let load: usize = nodes.iter().map(&busy).sum();
            let depth = u64::from(candidate.pool.min(DEEP_POOL)) * 1_000_000;
            (
                awaited,
                in_disrepute(&candidate.quorum),
                !candidate.linked,
                Reverse(depth / (load as u64 + 1)),
            )
        })
}

#[cfg(test)]
mod tests;
