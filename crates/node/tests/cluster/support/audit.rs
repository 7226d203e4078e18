//! What the nodes' audit logs say, read as anybody could read them.

use std::time::{Duration, Instant};

use countersign_wire::RequestDigest;
use serde_json::Value;

use super::cluster::{Cluster, lines_of};

/// The events of a node's log, oldest first.
pub fn events(cluster: &Cluster, node: &str) -> Vec<Value> {
    lines_of(&cluster.data_dir(node).join("audit.log"))
        .iter()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["event"].clone())
        .collect()
}

/// The events of one kind.
pub fn of_kind(cluster: &Cluster, node: &str, kind: &str) -> Vec<Value> {
    let mut events = events(cluster, node);
    events.retain(|event| event["kind"] == kind);
    events
}

/// What a node decided about the request with this id.
pub fn decisions(cluster: &Cluster, node: &str, request_id: [u8; 16]) -> Vec<Value> {
    let mut decisions = of_kind(cluster, node, "decision");
    decisions.retain(|event| event["request_id"] == hex::encode(request_id));
    decisions
}

/// What a node charged on its peers' word.
pub fn heard(cluster: &Cluster, node: &str) -> Vec<Value> {
    let events = of_kind(cluster, node, "heard").into_iter();
    let requests = events.map(|event| event["requests"].as_array().unwrap().clone());
    requests.flatten().collect()
}

/// Waits until a node has charged these requests on its peers' word.
pub async fn wait_until_heard(cluster: &Cluster, node: &str, digests: &[RequestDigest]) {
    let patience = Instant::now() + Duration::from_secs(60);
    for digest in digests {
        let digest = hex::encode(digest.as_bytes());
        while !heard(cluster, node)
            .iter()
            .any(|one| one["digest"] == digest)
        {
            assert!(
                Instant::now() < patience,
                "{node} has not heard of {digest}"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// No node has recorded an incident.
pub fn assert_no_incident(cluster: &Cluster) {
    for node in cluster.names() {
        let incidents = of_kind(cluster, &node, "incident");
        assert!(incidents.is_empty(), "node {node}: {incidents:?}");
    }
}
