//! Limits hold for all nodes together.

use std::time::{Duration, Instant};

use countersign_wire::{Reason, Refusal};

use crate::support::audit::{heard, of_kind, wait_until_heard};
use crate::support::client::order;
use crate::support::cluster::{Cluster, Options};
use crate::support::coordinator::Coordinator;

const ALL: [&str; 3] = ["a", "b", "c"];
const QUORUMS: [[&str; 2]; 3] = [["a", "b"], ["b", "c"], ["a", "c"]];

async fn set(limit: u32) -> (Cluster, Coordinator) {
    let cluster = Cluster::start(Options::with_limit(limit));
    let coordinator = Coordinator::new(&cluster);
    coordinator.wait_until_full(&cluster, &ALL).await;
    coordinator.wait_until_fresh(&ALL).await;
    (cluster, coordinator)
}

/// Signs with each of `quorums` in turn.
async fn sign(cluster: &Cluster, coordinator: &Coordinator, quorums: &[[&str; 2]]) {
    for quorum in quorums {
        let asked = order().sign(cluster);
        coordinator.sign(cluster, &asked, quorum).await;
    }
}

/// No quorum signs any more, and soon each node knows why.
async fn assert_used_up(cluster: &Cluster, coordinator: &Coordinator, quorums: &[[&str; 2]]) {
    let patience = Instant::now() + Duration::from_secs(60);
    for quorum in quorums {
        loop {
            let answers = coordinator.ask(&order().sign(cluster), quorum).await;
            let refusals: Vec<_> = answers.into_values().filter_map(Result::err).collect();
            assert_ne!(refusals.len(), 0, "{quorum:?} signs beyond the limit");
            let denies = |refusal: &Refusal| {
                refusal.reason() == Reason::PolicyDenied && refusal.rule == "demo-rate"
            };
            if refusals.len() == quorum.len() && refusals.iter().all(denies) {
                break;
            }
            assert!(Instant::now() < patience, "{quorum:?}: {refusals:?}");
        }
    }
}

#[tokio::test]
async fn nodes_outside_the_quorum__should_charge_what_it_authorised() {
    let (cluster, coordinator) = set(10).await;
    let asked = order().sign(&cluster);
    coordinator.sign(&cluster, &asked, &["a", "b"]).await;
    wait_until_heard(&cluster, "c", &[asked.digest]).await;
    let heard = heard(&cluster, "c");
    let [request] = heard.as_slice() else {
        panic!("{heard:?}");
    };
    assert_eq!(request["client"], "desk-1");
    assert_eq!(request["key_id"], "demo");
    assert_eq!(request["charge"]["requests"], 1);
    assert_eq!(request["charge"], charge_at(&cluster, "a"));
}

/// What a node recorded for the one request it decided.
fn charge_at(cluster: &Cluster, node: &str) -> serde_json::Value {
    let decisions = of_kind(cluster, node, "decision");
    assert_eq!(decisions.len(), 1);
    decisions[0]["charge"].clone()
}

#[tokio::test]
async fn limit__should_be_the_whole_limit_and_the_groups_whatever_the_quorums() {
    let (cluster, coordinator) = set(10).await;
    let quorums = QUORUMS.into_iter().cycle().take(10).collect::<Vec<_>>();
    sign(&cluster, &coordinator, &quorums).await;
    assert_used_up(&cluster, &coordinator, &QUORUMS).await;
}

#[tokio::test]
async fn limit__should_not_be_cut_short_by_many_requests_at_once() {
    let (cluster, coordinator) = set(8).await;
    for quorum in [["a", "b"], ["b", "c"]] {
        // Each waits until what the others authorised is known to all.
        let asked = [(); 4].map(|()| order().sign(&cluster));
        let [first, second, third, fourth] = &asked;
        let answers = tokio::join!(
            coordinator.ask(first, &quorum),
            coordinator.ask(second, &quorum),
            coordinator.ask(third, &quorum),
            coordinator.ask(fourth, &quorum),
        );
        for answers in [answers.0, answers.1, answers.2, answers.3] {
            assert!(answers.values().all(Result::is_ok), "{answers:?}");
        }
    }
    assert_used_up(&cluster, &coordinator, &QUORUMS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn limit__should_be_divided_while_a_peer_is_cut_off() {
    let (mut cluster, coordinator) = set(10).await;
    cluster.stop_node("c");
    for node in ["a", "b"] {
        coordinator.wait_until_stale(node, &["c"]).await;
    }
    let pair = ["a", "b"];
    sign(&cluster, &coordinator, &[pair; 5]).await;
    let asked = order().sign(&cluster);
    for (_, answer) in coordinator.ask(&asked, &pair).await {
        let refusal = answer.unwrap_err();
        assert_eq!(refusal.rule, "demo-rate", "{refusal}");
        assert!(refusal.detail.contains("divided by 2"), "{refusal}");
        // When the day is over, it would pass.
        let day = 24 * 60 * 60 * 1000;
        assert!(
            (1..day + day / 50).contains(&refusal.retry_after_ms),
            "{refusal}"
        );
    }
    // Back, it is told what it missed; then all is as if it had not been away.
    cluster.start_node("c");
    coordinator.wait_until_full(&cluster, &ALL).await;
    coordinator.wait_until_fresh(&ALL).await;
    assert_eq!(heard(&cluster, "c").len(), 5);
    let quorums = QUORUMS.into_iter().cycle().take(5).collect::<Vec<_>>();
    sign(&cluster, &coordinator, &quorums).await;
    assert_used_up(&cluster, &coordinator, &QUORUMS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn node_that_was_killed__should_remember_what_it_had_heard() {
    let (mut cluster, coordinator) = set(8).await;
    let mut digests = Vec::new();
    for _ in 0..5 {
        let asked = order().sign(&cluster);
        coordinator.sign(&cluster, &asked, &["a", "b"]).await;
        digests.push(asked.digest);
    }
    wait_until_heard(&cluster, "c", &digests).await;
    cluster.kill_node("c");
    cluster.start_node("c");
    coordinator.wait_until_full(&cluster, &ALL).await;
    coordinator.wait_until_fresh(&ALL).await;
    sign(
        &cluster,
        &coordinator,
        &[["a", "c"], ["b", "c"], ["a", "c"]],
    )
    .await;
    // It took part in these three, and knows of the five before.
    let refusal = loop {
        coordinator.wait_until_fresh(&["c"]).await;
        let asked = order().sign(&cluster);
        let answer = coordinator.contribute("c", &asked.signed, &["b", "c"]);
        let refusal = answer.await.unwrap_err();
        // It is what it counts that counts.
        if !refusal.detail.contains("divided") {
            break refusal;
        }
    };
    assert_eq!(refusal.rule, "demo-rate", "{refusal}");
    assert_used_up(&cluster, &coordinator, &QUORUMS).await;
    // It was not told again, or knew that it had been.
    let mut all: Vec<String> = heard(&cluster, "c")
        .iter()
        .map(|one| one["digest"].to_string())
        .collect();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), heard(&cluster, "c").len());
}

#[tokio::test(flavor = "multi_thread")]
async fn request_heard_of_before__should_be_charged_once_when_it_is_decided() {
    let (cluster, coordinator) = set(2).await;
    let asked = order().sign(&cluster);
    coordinator.sign(&cluster, &asked, &["a", "b"]).await;
    wait_until_heard(&cluster, "c", &[asked.digest]).await;
    // Failed over to another quorum.
    coordinator.sign(&cluster, &asked, &["a", "c"]).await;
    sign(&cluster, &coordinator, &[["b", "c"]]).await;
    assert_used_up(&cluster, &coordinator, &QUORUMS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn orderly_stop__should_leave_the_whole_limit_for_afterwards() {
    let (mut cluster, coordinator) = set(6).await;
    sign(&cluster, &coordinator, &[["a", "b"]; 3]).await;
    coordinator.wait_until_fresh(&ALL).await;
    for node in ["a", "b"] {
        cluster.stop_node(node);
        assert_ne!(of_kind(&cluster, node, "told").len(), 0, "{node}");
        cluster.start_node(node);
    }
    coordinator.wait_until_full(&cluster, &ALL).await;
    coordinator.wait_until_fresh(&ALL).await;
    sign(&cluster, &coordinator, &QUORUMS).await;
    assert_used_up(&cluster, &coordinator, &QUORUMS).await;
}
