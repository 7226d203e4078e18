//! Waiting until every quorum can sign.

use std::time::{Duration, Instant};

use countersign_client::Client;
use countersign_wire::v1::{ClusterStatusResponse, KeyStatus};
use tokio::time::sleep;

use super::DemoError;
use super::cluster::Cluster;
use super::report::Report;

const POLL: Duration = Duration::from_millis(100);
const ANSWER_WITHIN: Duration = Duration::from_secs(1);
/// Making presignatures takes seconds on a slow machine; a minute without any is too long.
const STALLED_AFTER: Duration = Duration::from_secs(60);

/// Waits until all nodes are ready and all pools full.
///
/// # Errors
/// [`DemoError::Died`] if a process ends, [`DemoError::Stalled`] if nothing moves any more.
pub async fn wait(
    cluster: &mut Cluster,
    client: &Client,
    report: &Report,
) -> Result<(), DemoError> {
    let progress = report.progress("filling pools");
    let mut state = State::default();
    let mut moved = Instant::now();
    while !state.is_ready(cluster.live_nodes()) {
        cluster.check_alive()?;
        if let Ok(status) = client.status(ANSWER_WITHIN).await {
            let now = State::of(status);
            progress.show(now.pooled, now.wanted);
            if now != state {
                moved = Instant::now();
            }
            state = now;
        }
        if moved.elapsed() > STALLED_AFTER {
            return Err(DemoError::Stalled {
                seconds: STALLED_AFTER.as_secs(),
                what: state.waits_for(),
            });
        }
        sleep(POLL).await;
    }
    Ok(())
}

/// What matters of a cluster's status.
#[derive(Debug, Default, PartialEq, Eq)]
struct State {
    ready_nodes: usize,
    /// Presignatures there are, and there should be, in quorums whose nodes all live.
    pooled: u64,
    wanted: u64,
    made: u64,
    inactive: usize,
    waiting_for: Vec<String>,
    troubles: Vec<String>,
}

impl State {
    fn of(status: ClusterStatusResponse) -> Self {
        let mut state = Self::default();
        for view in status.nodes {
            let Some(node) = view.status.filter(|_| view.connected) else {
                continue;
            };
            state.ready_nodes += usize::from(node.ready);
            state.waiting_for.extend(node.waiting_for);
            node.keys.into_iter().for_each(|key| state.add(key));
        }
        state
    }

    fn add(&mut self, key: KeyStatus) {
        for quorum in key.quorums {
            self.pooled += u64::from(quorum.pool.min(quorum.pool_target));
            self.wanted += u64::from(quorum.pool_target);
            self.made += quorum.made;
            self.inactive += usize::from(!quorum.active);
            if !quorum.trouble.is_empty() {
                self.troubles.push(quorum.trouble);
            }
        }
    }

    fn is_ready(&self, live_nodes: usize) -> bool {
        self.ready_nodes == live_nodes
            && self.inactive == 0
            && self.wanted > 0
            && self.pooled == self.wanted
    }

    fn waits_for(&self) -> String {
        let said: Vec<&str> = self
            .waiting_for
            .iter()
            .chain(&self.troubles)
            .map(String::as_str)
            .collect();
        if said.is_empty() {
            "nodes and coordinator to connect".to_owned()
        } else {
            said.join(", ")
        }
    }
}

#[cfg(test)]
mod tests {
    use countersign_wire::v1::{NodeStatus, NodeView, QuorumStatus};

    use super::*;

    fn status(ready: bool, pool: u32, active: bool) -> ClusterStatusResponse {
        let quorum = QuorumStatus {
            pool,
            pool_target: 2,
            active,
            ..QuorumStatus::default()
        };
        let node = NodeStatus {
            ready,
            keys: vec![KeyStatus {
                quorums: vec![quorum],
                ..KeyStatus::default()
            }],
            ..NodeStatus::default()
        };
        ClusterStatusResponse {
            nodes: vec![NodeView {
                connected: true,
                status: Some(node),
                ..NodeView::default()
            }],
        }
    }

    #[test]
    fn ready_means_ready_nodes_active_quorums_and_full_pools() {
        assert!(State::of(status(true, 2, true)).is_ready(1));
        assert!(State::of(status(true, 3, true)).is_ready(1));
        assert!(!State::of(status(false, 2, true)).is_ready(1));
        assert!(!State::of(status(true, 1, true)).is_ready(1));
        assert!(!State::of(status(true, 2, false)).is_ready(1));
        assert!(!State::of(status(true, 2, true)).is_ready(2));
        assert!(!State::default().is_ready(0));
    }

    #[test]
    fn what_a_lost_node_said_last_does_not_count() {
        let mut status = status(true, 2, true);
        status.nodes[0].connected = false;
        assert_eq!(State::of(status), State::default());
    }
}
