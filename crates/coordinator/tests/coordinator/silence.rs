//! Nodes that fall silent, as all do when the coordinator's own machine stalls: a request waits for
//! them while it has time, until connecting to them fails.

use std::time::Duration;

use crate::support::{Behaviour, Deployment};
use countersign_wire::Reason;

/// Many times the liveness timeout.
const LONG: u64 = 60_000;

#[tokio::test]
async fn nodes_that_fall_silent_are_waited_for() {
    let deployment = Deployment::start().await;
    for node in ["a", "c"] {
        deployment.node(node).behave(Behaviour::Freeze);
    }
    deployment.wait_for_live("b").await;
    let (response, ()) = tokio::join!(deployment.sign(LONG), async {
        deployment.node("a").behave(Behaviour::Sign);
    });
    assert_eq!(response.unwrap().quorum, ["a", "b"]);
}

#[tokio::test]
async fn a_request_that_comes_before_the_first_heartbeat_waits_for_it() {
    let deployment = Deployment::start_unheard(|_| {}).await;
    assert_eq!(deployment.sign(LONG).await.unwrap().attempts, 1);
}

#[tokio::test]
async fn nodes_that_stay_silent_are_waited_for_until_connecting_to_them_fails() {
    let deployment = Deployment::start().await;
    for node in ["a", "c"] {
        deployment.node(node).behave(Behaviour::Freeze);
    }
    deployment.wait_for_live("b").await;
    // A frozen node still accepts connections, and sends no heartbeat on them.
    let refusal = tokio::time::timeout(Duration::from_millis(LONG / 2), deployment.sign(LONG));
    let refusal = refusal.await.expect("before the deadline").unwrap_err();
    assert_eq!(refusal.reason(), Reason::NoQuorum);
    assert!(refusal.detail.contains("not reachable: a, c"), "{refusal}");
    assert_eq!(deployment.contributions(), 0);
}
