//! What a coordinator says of its nodes, for output.

use countersign_wire::v1;
use serde::Serialize;

/// What a coordinator knows.
#[derive(Debug, Serialize)]
pub struct ClusterView {
    pub nodes: Vec<NodeView>,
}

/// A node as the coordinator sees it; `None` where it was never connected.
#[derive(Debug, Serialize)]
pub struct NodeView {
    pub node: String,
    pub connected: bool,
    pub ready: bool,
    pub waiting_for: Vec<String>,
    pub heartbeat_age_ms: Option<u64>,
    pub clock_ms: Option<u64>,
    pub connected_peers: Vec<String>,
    pub keys: Vec<KeyView>,
}

/// A key as a node holds it.
#[derive(Debug, Serialize)]
pub struct KeyView {
    pub key_id: String,
    pub scheme: String,
    pub venue: String,
    pub threshold: u32,
    pub state: String,
    pub quorums: Vec<QuorumView>,
    pub quarantined_peers: Vec<String>,
    pub budgets: Vec<BudgetView>,
    pub gossip_stale: Vec<String>,
}

/// A quorum as its evaluator sees it.
#[derive(Debug, Serialize)]
pub struct QuorumView {
    pub nodes: Vec<String>,
    pub active: bool,
    pub pool: u32,
    pub pool_target: u32,
    pub made: u64,
    pub trouble: Option<String>,
}

/// Aborted checks left with a peer.
#[derive(Debug, Serialize)]
pub struct BudgetView {
    pub peer: String,
    pub left: u32,
}

impl From<v1::NodeView> for NodeView {
    fn from(view: v1::NodeView) -> Self {
        let seen = view.status.is_some();
        let status = view.status.unwrap_or_default();
        Self {
            node: view.node,
            connected: view.connected,
            ready: view.connected && status.ready,
            waiting_for: status.waiting_for,
            heartbeat_age_ms: seen.then_some(view.heartbeat_age_ms),
            clock_ms: seen.then_some(status.clock_ms),
            connected_peers: status.connected_peers,
            keys: status.keys.into_iter().map(KeyView::from).collect(),
        }
    }
}

impl From<v1::KeyStatus> for KeyView {
    fn from(key: v1::KeyStatus) -> Self {
        let budgets = key.budgets.into_iter();
        Self {
            key_id: key.key_id,
            scheme: key.scheme,
            venue: key.venue,
            threshold: key.threshold,
            state: hex::encode(key.state),
            quorums: key.quorums.into_iter().map(QuorumView::from).collect(),
            quarantined_peers: key.quarantined_peers,
            budgets: budgets
                .map(|v1::PeerBudget { peer, left }| BudgetView { peer, left })
                .collect(),
            gossip_stale: key.gossip_stale,
        }
    }
}

impl From<v1::QuorumStatus> for QuorumView {
    fn from(quorum: v1::QuorumStatus) -> Self {
        Self {
            nodes: quorum.nodes,
            active: quorum.active,
            pool: quorum.pool,
            pool_target: quorum.pool_target,
            made: quorum.made,
            trouble: Some(quorum.trouble).filter(|trouble| !trouble.is_empty()),
        }
    }
}
