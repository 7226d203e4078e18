//! Requests that no quorum can sign now: waited for if one may soon, refused at once if none will.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::support::{Behaviour, Deployment, Links, send_by};
use countersign_wire::{Reason, SealingKey, envelope};
use tokio::task::JoinSet;
use tokio::time::sleep;

/// Room for a heartbeat and a signature.
const SOON: Duration = Duration::from_millis(250);

/// All nodes sign from stock, of which there is none, and the coordinator knows.
async fn out_of_stock() -> Deployment {
    let deployment = Deployment::start().await;
    deployment.all_behave(&Behaviour::Stock);
    settle().await;
    deployment
}

/// Until heartbeats have told what changed.
async fn settle() {
    sleep(Duration::from_millis(150)).await;
}

async fn after(delay: u64, act: impl FnOnce()) {
    sleep(Duration::from_millis(delay)).await;
    act();
}

#[tokio::test]
async fn empty_pools_are_waited_for() {
    let deployment = out_of_stock().await;
    let start = Instant::now();
    let (response, ()) = tokio::join!(
        deployment.sign(5000),
        after(300, || deployment.node("a").refill("ab", 1))
    );
    let response = response.unwrap();
    assert_eq!(response.quorum, ["a", "b"]);
    assert_eq!(response.attempts, 1);
    let took = start.elapsed();
    assert!(took < Duration::from_millis(300) + SOON, "{took:?}");
}

#[tokio::test]
async fn a_pool_that_runs_dry_before_the_coordinator_hears_of_it_is_waited_for() {
    let deployment = Deployment::start().await;
    deployment.all_behave(&Behaviour::Stock);
    // At once, with the old heartbeats in mind: all three quorums are tried in vain.
    let (response, ()) = tokio::join!(
        deployment.sign(5000),
        after(300, || deployment.node("b").refill("bc", 1))
    );
    let response = response.unwrap();
    assert_eq!(response.quorum, ["b", "c"]);
    assert_eq!(response.attempts, 4);
}

#[tokio::test]
async fn a_killed_node_costs_no_request_while_the_other_pool_is_empty() {
    for round in 0..5 {
        let mut deployment = out_of_stock().await;
        deployment.node("a").refill("ac", 5);
        settle().await;
        deployment.kill("c");
        // Sometimes the coordinator has noticed by now, and sometimes not.
        sleep(Duration::from_micros(200 * round)).await;
        let (response, ()) = tokio::join!(
            deployment.sign(5000),
            after(300, || deployment.node("a").refill("ab", 1))
        );
        assert_eq!(response.unwrap().quorum, ["a", "b"]);
    }
}

#[tokio::test]
async fn links_and_activation_are_waited_for() {
    for links in [Links::None, Links::Unproven] {
        let deployment = Deployment::start().await;
        let say = |links| deployment.nodes.iter().for_each(|n| n.say_of_links(links));
        say(links);
        settle().await;
        let (response, ()) = tokio::join!(deployment.sign(5000), after(300, || say(Links::Active)));
        assert!(response.is_ok(), "{links:?}: {response:?}");
    }
}

#[tokio::test]
async fn quorums_that_ended_are_not_waited_for() {
    let deployment = Deployment::start().await;
    for node in &deployment.nodes {
        node.say_of_links(Links::Ended);
    }
    settle().await;
    let start = Instant::now();
    let refusal = deployment.sign(5000).await.unwrap_err();
    assert_eq!(refusal.reason(), Reason::NoQuorum);
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
}

#[tokio::test]
async fn the_wait_ends_before_the_deadline_with_the_reason_for_it() {
    let deployment = out_of_stock().await;
    for (lifetime, least) in [(600, 400), (120, 0)] {
        let reply_key = SealingKey::generate().unwrap();
        let mut stub = deployment.stub("client-desk").await;
        let envelope = deployment.envelope(&reply_key, lifetime);
        let signed = envelope::sign(&envelope, &deployment.envelope_key("desk")).unwrap();
        let start = Instant::now();
        let refusal = send_by(&mut stub, signed).await.unwrap_err();
        let took = start.elapsed();
        assert_eq!(refusal.reason(), Reason::PoolEmpty, "{refusal}");
        assert!(refusal.retry_after_ms > 0);
        let lifetime = Duration::from_millis(lifetime);
        assert!(took >= Duration::from_millis(least), "{took:?}");
        assert!(took < lifetime, "{took:?} of {lifetime:?}");
    }
    assert_eq!(deployment.contributions(), 0);
}

#[tokio::test]
async fn a_pool_that_is_claimed_and_not_there_uses_up_neither_time_nor_attempts() {
    let deployment = out_of_stock().await;
    deployment.node("a").behave(Behaviour::LieAboutPool);
    settle().await;
    let (response, ()) = tokio::join!(
        deployment.sign(10_000),
        after(2500, || deployment.node("b").refill("bc", 1))
    );
    let response = response.unwrap();
    assert_eq!(response.quorum, ["b", "c"]);
    assert!(response.attempts <= 6);
    assert!(deployment.node("a").calls() <= 5);
}

#[tokio::test]
async fn attempts_are_bounded_however_long_the_deadline() {
    let deployment = Deployment::start().await;
    deployment.all_behave(&Behaviour::LieAboutPool);
    settle().await;
    let refusal = deployment.sign(20_000).await.unwrap_err();
    assert_eq!(refusal.reason(), Reason::PoolEmpty);
    assert!(deployment.contributions() <= 12);
}

#[tokio::test]
async fn nodes_that_die_under_a_waiting_request_are_told_at_once() {
    let mut deployment = out_of_stock().await;
    let reply_key = SealingKey::generate().unwrap();
    let envelope = deployment.envelope(&reply_key, 20_000);
    let signed = envelope::sign(&envelope, &deployment.envelope_key("desk")).unwrap();
    let mut stub = deployment.stub("client-desk").await;
    let asking = tokio::spawn(async move { send_by(&mut stub, signed).await });
    sleep(Duration::from_millis(300)).await;
    let start = Instant::now();
    deployment.kill("a");
    deployment.kill("b");
    let refusal = asking.await.unwrap().unwrap_err();
    assert!(start.elapsed() < Duration::from_secs(1));
    assert_eq!(refusal.reason(), Reason::NoQuorum);
    assert!(refusal.detail.contains("not reachable: a, b"), "{refusal}");
}

#[tokio::test]
async fn denials_are_final_although_pools_are_empty() {
    let deployment = out_of_stock().await;
    deployment.node("a").refill("ab", 1);
    settle().await;
    for node in ["a", "b"] {
        let node = deployment.node(node);
        node.behave(Behaviour::Refuse(Reason::PolicyDenied));
    }
    let start = Instant::now();
    let refusal = deployment.sign(5000).await.unwrap_err();
    assert_eq!(refusal.reason(), Reason::PolicyDenied);
    assert!(start.elapsed() < SOON);
}

#[tokio::test]
async fn one_that_denied_is_not_asked_again_and_the_others_are_waited_for() {
    let deployment = out_of_stock().await;
    deployment.node("a").refill("ab", 9);
    settle().await;
    let denying = deployment.node("b");
    denying.behave(Behaviour::Refuse(Reason::PolicyDenied));
    let (response, ()) = tokio::join!(
        deployment.sign(5000),
        after(300, || deployment.node("a").refill("ac", 1))
    );
    assert_eq!(response.unwrap().quorum, ["a", "c"]);
    assert_eq!(denying.calls(), 1);
}

#[tokio::test]
async fn a_node_that_is_not_ready_is_asked_again_once_it_may_be() {
    let mut deployment = Deployment::start().await;
    deployment.kill("c");
    deployment.wait_for_live("ab").await;
    deployment
        .node("b")
        .behave(Behaviour::Refuse(Reason::NotReady));
    let (response, ()) = tokio::join!(
        deployment.sign(5000),
        after(100, || deployment.node("b").behave(Behaviour::Sign))
    );
    assert_eq!(response.unwrap().quorum, ["a", "b"]);

    deployment.all_behave(&Behaviour::Refuse(Reason::NotReady));
    let refusal = deployment.sign(10_000).await.unwrap_err();
    assert_eq!(refusal.reason(), Reason::NotReady);
}

#[tokio::test]
async fn many_that_wait_share_what_comes_and_none_is_lost() {
    let deployment = Arc::new(out_of_stock().await);
    let stub = deployment.stub("client-desk").await;
    let mut requests = JoinSet::new();
    for _ in 0..40 {
        let (deployment, stub) = (deployment.clone(), stub.clone());
        requests.spawn(async move { deployment.sign_over(stub, 20_000).await });
    }
    for _ in 0..10 {
        sleep(Duration::from_millis(120)).await;
        deployment.node("a").refill("ab", 4);
    }
    let mut attempts = 0;
    while let Some(response) = requests.join_next().await {
        attempts += response.unwrap().unwrap().attempts;
    }
    assert!(attempts <= 80, "{attempts} attempts for 40 requests");
}

#[tokio::test]
async fn those_that_wait_are_in_flight() {
    let deployment = Deployment::start_with(|config| config.max_in_flight_per_client = 2).await;
    deployment.all_behave(&Behaviour::Stock);
    settle().await;
    let (first, second, refused) =
        tokio::join!(deployment.sign(1000), deployment.sign(1000), async {
            sleep(Duration::from_millis(400)).await;
            let start = Instant::now();
            let refused = deployment.sign(1000).await.unwrap_err();
            assert!(start.elapsed() < SOON);
            refused
        });
    assert_eq!(refused.reason(), Reason::Overloaded);
    for waited in [first, second] {
        assert_eq!(waited.unwrap_err().reason(), Reason::PoolEmpty);
    }
}
