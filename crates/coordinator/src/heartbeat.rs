//! What a node says of itself, parsed. A node may lie; it is believed about itself only, and a
//! quorum is used only if all its members tell the same story.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use countersign_wire::{KeyId, NodeName, Roster, v1};

/// Quorums of one key beyond this many are not looked at: every request weighs all of them, and a
/// node could claim any number.
const MAX_QUORUMS: usize = 1024;

/// A node's heartbeat.
#[derive(Debug, Clone, Default)]
pub(crate) struct Heartbeat {
    /// Nodes it has links to.
    pub peers: BTreeSet<NodeName>,
    /// Keys it holds a share of.
    pub keys: BTreeMap<KeyId, KeyView>,
    /// As it came, for whoever asks for the status.
    pub raw: v1::NodeStatus,
}

/// A key, as one node sees it.
#[derive(Debug, Clone, Default)]
pub(crate) struct KeyView {
    pub threshold: usize,
    /// Prefix of the governance state hash. Nodes in different states never sign together (P16).
    pub state: Vec<u8>,
    /// Nodes it will not use the key with any more (P17).
    pub quarantined: BTreeSet<NodeName>,
    /// Quorums it evaluates for.
    pub quorums: Vec<QuorumView>,
}

/// A quorum, as its evaluator sees it.
#[derive(Debug, Clone)]
pub(crate) struct QuorumView {
    pub nodes: BTreeSet<NodeName>,
    /// Presignatures ready.
    pub pool: u32,
    /// Proven by the check tag and without trouble.
    pub usable: bool,
    /// Not usable, and not going to be by itself.
    pub troubled: bool,
    pub drawn: Drawn,
}

/// How many requests were sent to a quorum since its evaluator stated the depth of its pool. The
/// next heartbeat begins anew.
#[derive(Debug, Clone, Default)]
pub(crate) struct Drawn(Arc<AtomicU32>);

impl Drawn {
    /// Counts one request.
    pub(crate) fn count(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether a pool of this depth should have a presignature left.
    pub(crate) fn leaves_any(&self, pool: u32) -> bool {
        self.0.load(Ordering::Relaxed) < pool
    }
}

impl Heartbeat {
    /// Parses a heartbeat from the node `expected`. What does not parse inside it is left out: it
    /// could not be used anyway.
    pub(crate) fn parse(
        raw: v1::NodeStatus,
        expected: &NodeName,
        roster: &Roster,
    ) -> Result<Self, WrongNode> {
        if raw.node != expected.as_str() {
            return Err(WrongNode);
        }
        let known = |name: &String| {
            let name: NodeName = name.parse().ok()?;
            roster.node(&name).map(|_| name)
        };
        let keys = raw
            .keys
            .iter()
            .filter_map(|key| {
                let view = KeyView {
                    threshold: usize::try_from(key.threshold).ok()?,
                    state: key.state.clone(),
                    quarantined: key.quarantined_peers.iter().filter_map(known).collect(),
                    quorums: key
                        .quorums
                        .iter()
                        .take(MAX_QUORUMS)
                        .filter_map(|quorum| {
                            let nodes: BTreeSet<_> =
                                quorum.nodes.iter().filter_map(known).collect();
                            let well_formed =
                                nodes.len() == quorum.nodes.len() && nodes.contains(expected);
                            well_formed.then_some(QuorumView {
                                nodes,
                                pool: quorum.pool,
                                usable: quorum.active && quorum.trouble.is_empty(),
                                troubled: !quorum.trouble.is_empty(),
                                drawn: Drawn::default(),
                            })
                        })
                        .collect(),
                };
                Some((key.key_id.parse().ok()?, view))
            })
            .collect();
        Ok(Self {
            peers: raw.connected_peers.iter().filter_map(known).collect(),
            keys,
            raw,
        })
    }
}

/// A heartbeat under another name than the certificate's.
#[derive(Debug, thiserror::Error)]
#[error("the heartbeat names another node")]
pub(crate) struct WrongNode;

#[cfg(test)]
mod tests {
    use super::*;
    use countersign_wire::roster::NodeEntry;
    use countersign_wire::{ReceiptKey, SealingKey};

    fn roster() -> Roster {
        let node = |(name, index): (&str, u8)| NodeEntry {
            name: name.parse().unwrap(),
            index,
            address: format!("{name}:1").parse().unwrap(),
            receipt_key: ReceiptKey::generate().unwrap().verifying_key(),
            sealing_key: SealingKey::generate().unwrap().public().unwrap(),
        };
        let nodes = [("a", 1), ("b", 2), ("c", 3)].map(node).into();
        Roster::new("test.example".parse().unwrap(), nodes, vec![]).unwrap()
    }

    fn quorum(nodes: &[&str]) -> v1::QuorumStatus {
        v1::QuorumStatus {
            nodes: nodes.iter().map(ToString::to_string).collect(),
            pool: 1,
            active: true,
            ..Default::default()
        }
    }

    fn parse(quorums: Vec<v1::QuorumStatus>) -> Heartbeat {
        let key = v1::KeyStatus {
            key_id: "venue-main".into(),
            threshold: 2,
            quorums,
            ..Default::default()
        };
        let misnamed = v1::KeyStatus {
            key_id: "No Key".into(),
            ..key.clone()
        };
        let raw = v1::NodeStatus {
            node: "a".into(),
            connected_peers: ["b", "z", "../c"].map(String::from).into(),
            keys: vec![key, misnamed],
            ..Default::default()
        };
        Heartbeat::parse(raw, &"a".parse().unwrap(), &roster()).unwrap()
    }

    fn quorums(of: Vec<v1::QuorumStatus>) -> Vec<QuorumView> {
        let heartbeat = parse(of);
        assert_eq!(heartbeat.keys.len(), 1);
        heartbeat.keys.into_values().next().unwrap().quorums
    }

    #[test]
    fn names_outside_the_roster_are_left_out() {
        let peers: Vec<_> = parse(vec![]).peers.into_iter().collect();
        assert_eq!(peers, ["b".parse().unwrap()]);
    }

    #[test]
    fn quorums_that_could_not_be_are_left_out() {
        let impossible = vec![
            quorum(&["b", "c"]),
            quorum(&["a", "a"]),
            quorum(&["a", "z"]),
            quorum(&["a", "B"]),
            quorum(&[]),
        ];
        assert!(quorums(impossible).is_empty());
        assert_eq!(quorums(vec![quorum(&["c", "a"])]).len(), 1);
    }

    #[test]
    fn trouble_makes_a_quorum_unusable() {
        let mut troubled = quorum(&["a", "b"]);
        troubled.trouble = "refused by b".into();
        let mut unproven = quorum(&["a", "b"]);
        unproven.active = false;
        let found = quorums(vec![troubled, unproven, quorum(&["a", "b"])]);
        let usable: Vec<bool> = found.iter().map(|quorum| quorum.usable).collect();
        assert_eq!(usable, [false, false, true]);
    }

    #[test]
    fn a_flood_of_quorums_is_cut() {
        assert_eq!(quorums(vec![quorum(&["a", "b"]); 5000]).len(), MAX_QUORUMS);
    }

    #[test]
    fn a_heartbeat_of_another_node_is_refused() {
        let raw = v1::NodeStatus {
            node: "b".into(),
            ..Default::default()
        };
        assert!(Heartbeat::parse(raw, &"a".parse().unwrap(), &roster()).is_err());
    }
}
