//! Nodes that stop, crash, and come back with what they had written.
//!
//! Stopping blocks; a runtime of one thread would let its connections die meanwhile.

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use countersign_node::audit::{AuditLog, Event};
use countersign_node::ledger::BUDGET;
use countersign_wire::Reason;

use crate::support::audit::{decisions, of_kind};
use crate::support::client::{binance, now_ms, order, withdrawal};
use crate::support::cluster::{Cluster, KEY, Options};
use crate::support::coordinator::Coordinator;

const ALL: [&str; 3] = ["a", "b", "c"];

#[tokio::test(flavor = "multi_thread")]
async fn restarted_node__should_rejoin_and_remember_what_it_decided() {
    let mut cluster = Cluster::start(Options::default());
    let coordinator = Coordinator::new(&cluster);
    coordinator.wait_until_full(&cluster, &ALL).await;
    let asked = order().within(60_000).sign(&cluster);
    let first = coordinator.sign(&cluster, &asked, &["a", "b"]).await;
    let denied = withdrawal().within(60_000).sign(&cluster);
    let denial = coordinator
        .contribute("a", &denied.signed, &["a", "b"])
        .await;
    let boot = coordinator.status("a").await.unwrap().boot_nonce;

    for orderly in [false, true] {
        if orderly {
            cluster.stop_node("a");
        } else {
            cluster.kill_node("a");
        }
        // The other two go on without it.
        let meanwhile = order().sign(&cluster);
        coordinator.sign(&cluster, &meanwhile, &["b", "c"]).await;
        cluster.start_node("a");
        coordinator.wait_until_full(&cluster, &ALL).await;

        let parameters = "symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity=0.002\
                          &price=50000.00&recvWindow=60000";
        let other = binance("/api/v3/order", parameters)
            .with_id(asked.request_id)
            .sign(&cluster);
        for quorum in [["a", "b"], ["a", "c"]] {
            let refusal = coordinator.contribute("a", &other.signed, &quorum).await;
            assert_eq!(refusal.unwrap_err().reason(), Reason::Replayed);
        }
        let again = coordinator.sign(&cluster, &asked, &["a", "b"]).await;
        assert_eq!(again.tag, first.tag);
        let denied_again = coordinator
            .contribute("a", &denied.signed, &["a", "b"])
            .await;
        assert_eq!(denied_again, denial);
        assert_eq!(denial.as_ref().unwrap_err().rule, "no-withdrawals");
        let fresh = order().sign(&cluster);
        coordinator.sign(&cluster, &fresh, &["a", "c"]).await;
    }
    assert_ne!(coordinator.status("a").await.unwrap().boot_nonce, boot);
    // Decided again after each restart, but charged for once.
    let charged: u64 = decisions(&cluster, "a", asked.request_id)
        .iter()
        .filter_map(|decision| decision["charge"]["requests"].as_u64())
        .sum();
    assert_eq!(charged, 1);
    assert_eq!(of_kind(&cluster, "a", "stopped").len(), 1);
    coordinator.assert_nobody_blamed(&cluster).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn limits__should_hold_across_restarts() {
    let mut cluster = Cluster::start(Options::with_limit(6));
    let coordinator = Coordinator::new(&cluster);
    coordinator.wait_until_full(&cluster, &ALL).await;
    let quorum = ["a", "b"];
    let mut signed = 0;
    for _ in 0..2 {
        let asked = order().sign(&cluster);
        coordinator.sign(&cluster, &asked, &quorum).await;
        signed += 1;
    }
    cluster.kill_node("a");
    cluster.kill_node("b");
    cluster.start_node("a");
    cluster.start_node("b");
    coordinator.wait_until_full(&cluster, &ALL).await;
    coordinator.wait_until_fresh(&ALL).await;
    // What c cannot be known to have heard of counts double at the nodes that were killed.
    let refusal = loop {
        let asked = order().sign(&cluster);
        let answers = coordinator.ask(&asked, &quorum).await;
        match answers.into_values().find_map(Result::err) {
            None => signed += 1,
            Some(refusal) => break refusal,
        }
        assert!(signed <= 6, "{signed} signed where 6 are allowed");
    };
    assert!(signed >= 3, "only {signed} signed");
    assert_eq!(refusal.reason(), Reason::PolicyDenied);
    assert_eq!(refusal.rule, "demo-rate");
}

#[tokio::test(flavor = "multi_thread")]
async fn node_without_its_audit_log__should_sign_nothing_for_now() {
    let mut cluster = Cluster::start(Options::default());
    let coordinator = Coordinator::new(&cluster);
    coordinator.wait_until_full(&cluster, &ALL).await;
    for lost in ["its end", "all of it"] {
        cluster.stop_node("a");
        let log = cluster.data_dir("a").join("audit.log");
        let text = fs::read_to_string(&log).unwrap();
        let keep = match lost {
            "its end" => text.find('\n').unwrap() + 1,
            _ => 0,
        };
        fs::write(&log, &text[..keep]).unwrap();
        cluster.start_node("a");
        coordinator.wait_until_full(&cluster, &ALL).await;

        for quorum in [["a", "b"], ["a", "c"]] {
            let asked = order().within(2_000).sign(&cluster);
            let refusal = coordinator.contribute("a", &asked.signed, &quorum).await;
            let refusal = refusal.unwrap_err();
            assert_eq!(refusal.reason(), Reason::NotReady, "{lost}: {refusal}");
            assert_eq!(refusal.rule, "restored");
            assert!(refusal.detail.contains("audit log"), "{refusal}");
        }
        let status = coordinator.status("a").await.unwrap();
        assert!(!status.ready);
        let waits = status.waiting_for.iter();
        assert!(
            waits.clone().any(|why| why.contains("audit log")),
            "{status:?}"
        );
        assert_eq!(of_kind(&cluster, "a", "log_lost").len(), 1);
        // Those who lost nothing go on.
        let asked = order().sign(&cluster);
        coordinator.sign(&cluster, &asked, &["b", "c"]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn incident_in_the_audit_log__should_count_even_if_the_store_has_forgotten_it() {
    let mut cluster = Cluster::start(Options::default());
    let coordinator = Coordinator::new(&cluster);
    coordinator.wait_until_full(&cluster, &ALL).await;
    cluster.stop_node("a");
    record_incident(&cluster, Some("b"), ["a", "b"], "a check that failed").await;
    for _ in 0..2 {
        cluster.start_node("a");
        coordinator.wait_until_active(&["a", "c"]).await;
        let status = coordinator.status("a").await.unwrap();
        assert_eq!(status.keys[0].quarantined_peers, ["b"]);
        let asked = order().sign(&cluster);
        let refusal = coordinator
            .contribute("a", &asked.signed, &["a", "b"])
            .await;
        let refusal = refusal.unwrap_err();
        assert_eq!(refusal.reason(), Reason::NotReady);
        assert!(refusal.detail.contains("a check that failed"), "{refusal}");
        coordinator.sign(&cluster, &asked, &["a", "c"]).await;
        cluster.stop_node("a");
    }
    // Where nobody can be named, the quorum ends.
    record_incident(&cluster, None, ["a", "c"], "a wrong check tag").await;
    cluster.start_node("a");
    coordinator.wait_until_up("a").await;
    let asked = order().sign(&cluster);
    let refusal = coordinator
        .contribute("a", &asked.signed, &["a", "c"])
        .await;
    let refusal = refusal.unwrap_err();
    assert_eq!(refusal.reason(), Reason::NotReady);
    assert!(refusal.detail.contains("a wrong check tag"), "{refusal}");
}

/// Puts an incident into the log of node a, which does not run, long before any window.
async fn record_incident(cluster: &Cluster, peer: Option<&str>, quorum: [&str; 2], fault: &str) {
    let (log, _) = AuditLog::open(&cluster.data_dir("a").join("audit.log")).unwrap();
    let incident = Event::Incident {
        key_id: KEY.to_owned(),
        peer: peer.map(str::to_owned),
        quorum: quorum.map(str::to_owned).to_vec(),
        fault: fault.to_owned(),
    };
    let at_ms = now_ms() - 48 * 3_600_000;
    log.append(at_ms, incident).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn crash_of_an_idle_node__should_cost_no_peer_anything() {
    let mut cluster = Cluster::start(Options::default());
    let coordinator = Coordinator::new(&cluster);
    coordinator.wait_until_full(&cluster, &ALL).await;
    let mut before = budgets(&coordinator).await;
    assert!(before.values().all(|left| *left == BUDGET), "{before:?}");
    // A node that the machine stalled may not have found yet that it is idle.
    for _ in 0..5 {
        tokio::time::sleep(Duration::from_secs(3)).await;
        cluster.kill_node("a");
        cluster.start_node("a");
        coordinator.wait_until_full(&cluster, &ALL).await;
        let after = budgets(&coordinator).await;
        if after == before {
            return;
        }
        before = after;
    }
    panic!("each crash cost something: {before:?}");
}

/// What each node has left for each peer.
async fn budgets(coordinator: &Coordinator) -> BTreeMap<(&'static str, String), u32> {
    let mut budgets = BTreeMap::new();
    for node in ALL {
        let status = coordinator.status(node).await.unwrap();
        for budget in &status.keys[0].budgets {
            budgets.insert((node, budget.peer.clone()), budget.left);
        }
    }
    budgets
}
