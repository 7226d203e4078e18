//! Which quorums could sign with a key, now or soon. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use countersign_wire::{KeyId, NodeName, Reason, Refusal};

use crate::heartbeat::{Drawn, Heartbeat, KeyView, QuorumView};

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
    pub contact: Contact,
    /// None if it was never heard of.
    pub heartbeat: Option<Arc<Heartbeat>>,
    /// When that heartbeat came.
    pub heard: Option<Instant>,
}

/// Whether a node can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Contact {
    /// Connected, and heard of lately.
    Live,
    /// Not heard of lately, or not yet, and no attempt to connect and hear of it has failed since. It may be
    /// dead; a stall of the node, of this process or of their machine looks no different.
    Silent,
    /// It could not be connected to, or said nothing then.
    Gone,
}

impl Member {
    fn is_live(&self) -> bool {
        self.contact == Contact::Live
    }
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
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    pub quorum: Quorum,
    pub pool: u32,
    /// Requests that were sent to it since its evaluator said so.
    pub drawn: Drawn,
    /// Whether all members say they have links to all others.
    pub linked: bool,
    /// When each member was last heard of, in the order of [`Quorum::nodes`].
    pub heard: Vec<Instant>,
}

/// What a key's quorums amount to at one moment.
#[derive(Debug)]
pub(crate) struct Usable {
    pub threshold: usize,
    /// Nodes that may hold a share: those known to, live or not, and those never heard of.
    pub holders: usize,
    /// With a presignature; at least one.
    pub candidates: Vec<Candidate>,
    /// That lack nothing but a presignature.
    pub empty: Vec<Quorum>,
}

impl Usable {
    /// That no pool has a presignature left, after the requests sent there meanwhile.
    pub(crate) fn shortage(&self) -> Option<Shortage> {
        let left = |candidate: &Candidate| candidate.drawn.leaves_any(candidate.pool);
        let quorums = self.candidates.len() + self.empty.len();
        (!self.candidates.iter().any(left)).then_some(Shortage::PoolsEmpty { quorums })
    }
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
    /// The nodes in such contact that said they hold a share of the key.
    fn holders(&self, key: &KeyId, contact: impl Fn(Contact) -> bool) -> Holders<'_> {
        self.nodes
            .iter()
            .filter(|member| contact(member.contact))
            .filter_map(|member| {
                let heartbeat = member.heartbeat.as_deref()?;
                Some((&member.name, (heartbeat, heartbeat.keys.get(key)?)))
            })
            .collect()
    }

    /// The quorums that could sign with `key` now; at least one.
    pub(crate) fn usable(&self, key: &KeyId) -> Result<Usable, Shortage> {
        let holders = self.holders(key, |contact| contact == Contact::Live);
        if holders.is_empty() && self.nodes.iter().any(Member::is_live) {
            return Err(Shortage::UnknownKey);
        }
        let Some(threshold) = agreed_threshold(&holders).filter(|t| holders.len() >= *t) else {
            return Err(self.too_few(&holders));
        };
        let mut candidates = Vec::new();
        let mut empty = Vec::new();
        for (evaluator, (_, key_view)) in &holders {
            for quorum in &key_view.quorums {
                if !is_usable(quorum, threshold, &holders) {
                    continue;
                }
                let candidate = self.candidate(evaluator, quorum, &holders);
                if quorum.pool == 0 {
                    empty.push(candidate.quorum);
                } else {
                    candidates.push(candidate);
                }
            }
        }
        if !candidates.is_empty() {
            let unheard = self.nodes.iter().filter(|node| node.heartbeat.is_none());
            Ok(Usable {
                threshold,
                holders: self.holders(key, |_| true).len() + unheard.count(),
                candidates,
                empty,
            })
        } else if !empty.is_empty() {
            Err(Shortage::PoolsEmpty {
                quorums: empty.len(),
            })
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
        let members = || {
            let members = self.nodes.iter();
            members.filter(|member| quorum.nodes.contains(&member.name))
        };
        Candidate {
            quorum: Quorum {
                nodes: members().map(|member| member.name.clone()).collect(),
                evaluator: evaluator.clone(),
            },
            pool: quorum.pool,
            drawn: quorum.drawn.clone(),
            linked: is_linked(&quorum.nodes, holders),
            heard: members().filter_map(|member| member.heard).collect(),
        }
    }

    fn too_few(&self, holders: &Holders<'_>) -> Shortage {
        let (live, dead): (Vec<&Member>, Vec<&Member>) =
            self.nodes.iter().partition(|member| member.is_live());
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

/// Whether all members say they have links to all others.
fn is_linked(members: &BTreeSet<NodeName>, holders: &Holders<'_>) -> bool {
    members.iter().all(|node| {
        holders.get(node).is_some_and(|(heartbeat, _)| {
            members
                .iter()
                .all(|other| other == node || heartbeat.peers.contains(other))
        })
    })
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

mod prospects;
#[cfg(test)]
mod tests;
