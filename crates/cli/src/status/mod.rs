//! `countersign status`: nodes, quorums and pools as a coordinator sees them.

mod view;

use std::path::PathBuf;
use std::time::Duration;

use self::view::{ClusterView, NodeView};
use crate::error::CliError;
use crate::output::{self, Table};
use crate::{client_config, daemon};

/// Show nodes, quorums and pools
#[derive(Debug, clap::Args)]
#[command(
    long_about = "Show nodes, quorums and pools, as a coordinator sees them.\n\n\
    For each node whether it is ready and what it waits for; for each quorum of each key how many \
    presignatures are ready, whether it has proved that its shares fit together (active), and \
    what is wrong with it if anything; which peers a node has quarantined after a failed check, \
    how many aborted checks each pair has left, and which peers do not tell a node what they \
    authorise, so that it divides its limits.\n\n\
    Run by: whoever operates the deployment, with a client's certificate.\n\n\
    Example:\n  \
    countersign status --config client.toml"
)]
pub struct Args {
    /// A client's configuration; see countersign sign --help.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Print one JSON object instead of tables.
    #[arg(long)]
    json: bool,
}

const PATIENCE: Duration = Duration::from_secs(5);

/// Runs `countersign status`.
pub fn run(args: &Args) -> Result<(), CliError> {
    let status = daemon::runtime()?.block_on(async {
        let client = client_config::connect(&args.config)?;
        Ok::<_, CliError>(client.status(PATIENCE).await?)
    })?;
    let nodes: Vec<NodeView> = status.nodes.into_iter().map(NodeView::from).collect();
    if args.json {
        output::json(&ClusterView { nodes })
    } else {
        output::line(text(&nodes))
    }
}

fn text(nodes: &[NodeView]) -> String {
    let mut tables = vec![node_table(nodes).render()];
    let has_key = |node: &&NodeView| !node.keys.is_empty();
    if nodes.iter().any(|node| has_key(&node)) {
        tables.push(quorum_table(nodes).render());
        tables.push(key_table(nodes).render());
    }
    tables.join("\n\n")
}

fn node_table(nodes: &[NodeView]) -> Table {
    let mut table = Table::new(&["NODE", "STATE", "HEARTBEAT", "PEERS", "WAITING FOR"]);
    for node in nodes {
        let state = match (node.connected, node.ready) {
            (false, _) => "down",
            (true, false) => "not ready",
            (true, true) => "ready",
        };
        table.row(vec![
            node.node.clone(),
            state.to_owned(),
            node.heartbeat_age_ms
                .map_or("never".to_owned(), |age| format!("{age} ms ago")),
            list(&node.connected_peers),
            list(&node.waiting_for),
        ]);
    }
    table
}

/// Each quorum stands once: its evaluator reports it.
fn quorum_table(nodes: &[NodeView]) -> Table {
    let mut table = Table::new(&[
        "KEY",
        "QUORUM",
        "EVALUATOR",
        "ACTIVE",
        "POOL",
        "MADE",
        "TROUBLE",
    ]);
    for node in nodes.iter().filter(|node| node.connected) {
        for key in &node.keys {
            for quorum in &key.quorums {
                table.row(vec![
                    key.key_id.clone(),
                    list(&quorum.nodes),
                    node.node.clone(),
                    yes_or_no(quorum.active),
                    format!("{}/{}", quorum.pool, quorum.pool_target),
                    quorum.made.to_string(),
                    quorum.trouble.clone().unwrap_or_else(|| "-".to_owned()),
                ]);
            }
        }
    }
    table
}

fn key_table(nodes: &[NodeView]) -> Table {
    let mut table = Table::new(&[
        "KEY",
        "NODE",
        "VENUE",
        "SCHEME",
        "THRESHOLD",
        "STATE",
        "QUARANTINED",
        "CHECKS LEFT",
        "GOSSIP STALE",
    ]);
    for node in nodes {
        for key in &node.keys {
            let budgets = key.budgets.iter();
            let budgets: Vec<String> = budgets
                .map(|budget| format!("{} {}", budget.peer, budget.left))
                .collect();
            table.row(vec![
                key.key_id.clone(),
                node.node.clone(),
                key.venue.clone(),
                key.scheme.clone(),
                key.threshold.to_string(),
                key.state.chars().take(8).collect(),
                list(&key.quarantined_peers),
                list(&budgets),
                list(&key.gossip_stale),
            ]);
        }
    }
    table
}

fn list(items: &[String]) -> String {
    if items.is_empty() {
        "-".to_owned()
    } else {
        items.join(", ")
    }
}

fn yes_or_no(yes: bool) -> String {
    if yes { "yes" } else { "no" }.to_owned()
}

#[cfg(test)]
mod tests {
    use countersign_wire::v1;

    use super::*;

    fn view() -> NodeView {
        NodeView::from(v1::NodeView {
            node: "a".into(),
            connected: true,
            heartbeat_age_ms: 12,
            status: Some(v1::NodeStatus {
                node: "a".into(),
                ready: true,
                connected_peers: vec!["b".into()],
                keys: vec![v1::KeyStatus {
                    key_id: "demo".into(),
                    scheme: "hmac-sha256".into(),
                    venue: "binance".into(),
                    threshold: 2,
                    state: vec![0xab; 16],
                    quorums: vec![v1::QuorumStatus {
                        nodes: vec!["a".into(), "b".into()],
                        pool: 3,
                        pool_target: 4,
                        active: true,
                        made: 9,
                        trouble: String::new(),
                    }],
                    quarantined_peers: vec!["c".into()],
                    budgets: vec![v1::PeerBudget {
                        peer: "b".into(),
                        left: 64,
                    }],
                    gossip_stale: vec!["silent-node".into()],
                }],
                ..v1::NodeStatus::default()
            }),
        })
    }

    #[test]
    fn tables_show_what_an_operator_looks_for() {
        let down = NodeView::from(v1::NodeView {
            node: "z".into(),
            ..v1::NodeView::default()
        });
        let text = text(&[view(), down]);
        for expected in [
            "ready",
            "12 ms ago",
            "a, b",
            "3/4",
            "c",
            "b 64",
            "silent-node",
            "never",
            "down",
        ] {
            assert!(text.contains(expected), "{expected} in\n{text}");
        }
    }

    #[test]
    fn a_node_that_is_gone_is_not_ready_whatever_it_said_last() {
        let mut view = v1::NodeView {
            connected: false,
            status: Some(v1::NodeStatus {
                ready: true,
                ..v1::NodeStatus::default()
            }),
            ..v1::NodeView::default()
        };
        assert!(!NodeView::from(view.clone()).ready);
        view.connected = true;
        assert!(NodeView::from(view).ready);
    }
}
