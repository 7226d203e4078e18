//! Requests that no quorum can sign now: waited for if one may soon, refused at once if none will.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::support::{Behaviour, Deployment, LONG, Links, in_time, send_by, until};
use countersign_coordinator::Config;
use countersign_wire::{Reason, Refusal, v1};
use tokio::time::sleep;

/// All nodes sign from stock, of which there is none, and the coordinator knows.
async fn out_of_stock() -> Deployment {
    let deployment = Deployment::start().await;
    deployment.all_behave(&Behaviour::Stock);
    deployment.until_heard().await;
    deployment
}

/// A request that waits by the time `act` is done; should it come only then, it need not wait.
async fn sign_and_meanwhile(
    deployment: &Deployment,
    act: impl FnOnce(),
) -> Result<v1::SignResponse, Refusal> {
    let meanwhile = async {
        sleep(Duration::from_millis(300)).await;
        act();
    };
    tokio::join!(deployment.sign(LONG), meanwhile).0
}

#[tokio::test]
async fn empty_pools_are_waited_for() {
    let deployment = out_of_stock().await;
    let refill = || deployment.node("a").refill("ab", 1);
    let response = sign_and_meanwhile(&deployment, refill).await.unwrap();
    assert_eq!(response.quorum, ["a", "b"]);
    assert_eq!(response.attempts, 1);
}

#[tokio::test]
async fn a_pool_that_runs_dry_before_the_coordinator_hears_of_it_is_waited_for() {
    let deployment = Deployment::start().await;
    deployment.hush().await;
    deployment.all_behave(&Behaviour::Stock);
    let (response, ()) = tokio::join!(deployment.sign(LONG), async {
        let asked_in_vain = async || deployment.answered() == 6;
        until("all three quorums to be asked", asked_in_vain).await;
        deployment.node("b").refill("bc", 1);
        deployment.nodes.iter().for_each(|node| node.speak(true));
    });
    let response = response.unwrap();
    assert_eq!(response.quorum, ["b", "c"]);
    assert_eq!(response.attempts, 4);
}

#[tokio::test]
async fn a_killed_node_costs_no_request_while_the_other_pool_is_empty() {
    for round in 0..5 {
        let mut deployment = out_of_stock().await;
        deployment.node("a").refill("ac", 5);
        deployment.until_heard().await;
        deployment.kill("c");
        // Sometimes the coordinator has noticed by now, and sometimes not.
        sleep(Duration::from_micros(200 * round)).await;
        let refill = || deployment.node("a").refill("ab", 1);
        let response = sign_and_meanwhile(&deployment, refill).await;
        assert_eq!(response.unwrap().quorum, ["a", "b"]);
    }
}

#[tokio::test]
async fn links_and_activation_are_waited_for() {
    for links in [Links::None, Links::Unproven] {
        let deployment = Deployment::start().await;
        let say = |links| deployment.nodes.iter().for_each(|n| n.say_of_links(links));
        say(links);
        deployment.until_heard().await;
        let response = sign_and_meanwhile(&deployment, || say(Links::Active)).await;
        assert!(response.is_ok(), "{links:?}: {response:?}");
    }
}

#[tokio::test]
async fn quorums_that_ended_are_not_waited_for() {
    let deployment = Deployment::start().await;
    for node in &deployment.nodes {
        node.say_of_links(Links::Ended);
    }
    deployment.until_heard().await;
    let refusal = in_time(deployment.sign(LONG)).await.unwrap_err();
    assert_eq!(refusal.reason(), Reason::NoQuorum);
}

#[tokio::test]
async fn the_wait_ends_before_the_deadline_with_the_reason_for_it() {
    let deployment = out_of_stock().await;
    let mut stub = deployment.stub("client-desk").await;
    for (lifetime, least) in [(600, 400), (120, 0)] {
        until("such a refusal", async || {
            let start = Instant::now();
            let signed = deployment.signed(lifetime);
            let refusal = send_by(&mut stub, signed).await.unwrap_err();
            let took = start.elapsed();
            if refusal.reason() == Reason::Deadline {
                assert!(
                    took >= Duration::from_millis(lifetime),
                    "{took:?}: {refusal}"
                );
                return false;
            }
            assert_eq!(refusal.reason(), Reason::PoolEmpty, "{refusal}");
            assert!(refusal.retry_after_ms > 0);
            assert!(took >= Duration::from_millis(least), "{took:?}");
            took < Duration::from_millis(lifetime)
        })
        .await;
    }
    assert_eq!(deployment.contributions(), 0);
}

#[tokio::test]
async fn a_pool_that_is_claimed_and_not_there_does_not_use_up_all_attempts() {
    let deployment = out_of_stock().await;
    let liar = deployment.node("a");
    liar.behave(Behaviour::LieAboutPool);
    deployment.until_heard().await;
    let (response, ()) = tokio::join!(deployment.sign(LONG), async {
        until("all attempts but one", async || liar.answered() == 5).await;
        deployment.node("b").refill("bc", 1);
    });
    let response = response.unwrap();
    assert_eq!(response.quorum, ["b", "c"]);
    assert_eq!(response.attempts, 6);
    assert_eq!(liar.calls(), 5);
}

#[tokio::test]
async fn attempts_are_bounded_however_long_the_deadline() {
    let deployment = Deployment::start().await;
    deployment.all_behave(&Behaviour::LieAboutPool);
    deployment.until_heard().await;
    let refusal = deployment.sign(LONG).await.unwrap_err();
    assert_eq!(refusal.reason(), Reason::PoolEmpty);
    assert!(deployment.contributions() <= 12);
}

#[tokio::test]
async fn nodes_that_die_under_a_waiting_request_are_told_at_once() {
    let mut deployment = out_of_stock().await;
    let signed = deployment.signed(LONG);
    let mut stub = deployment.stub("client-desk").await;
    let asking = tokio::spawn(async move { send_by(&mut stub, signed).await });
    // It waits by then, or comes too late to.
    sleep(Duration::from_millis(300)).await;
    deployment.kill("a");
    deployment.kill("b");
    let refusal = in_time(asking).await.unwrap().unwrap_err();
    assert_eq!(refusal.reason(), Reason::NoQuorum);
    assert!(refusal.detail.contains("not reachable: a, b"), "{refusal}");
}

#[tokio::test]
async fn denials_are_final_although_pools_are_empty() {
    let deployment = out_of_stock().await;
    deployment.node("a").refill("ab", 1);
    deployment.until_heard().await;
    for node in ["a", "b"] {
        let node = deployment.node(node);
        node.behave(Behaviour::Refuse(Reason::PolicyDenied));
    }
    let refusal = in_time(deployment.sign(LONG)).await.unwrap_err();
    assert_eq!(refusal.reason(), Reason::PolicyDenied);
}

#[tokio::test]
async fn one_that_denied_is_not_asked_again_and_the_others_are_waited_for() {
    let deployment = out_of_stock().await;
    deployment.node("a").refill("ab", 9);
    deployment.until_heard().await;
    let denying = deployment.node("b");
    denying.behave(Behaviour::Refuse(Reason::PolicyDenied));
    let refill = || deployment.node("a").refill("ac", 1);
    let response = sign_and_meanwhile(&deployment, refill).await;
    assert_eq!(response.unwrap().quorum, ["a", "c"]);
    assert_eq!(denying.calls(), 1);
}

#[tokio::test]
async fn a_node_that_is_not_ready_is_asked_again_once_it_may_be() {
    let mut deployment = Deployment::start_with(|config| config.max_attempts = 4).await;
    deployment.kill("c");
    deployment.wait_for_live("ab").await;
    let busy = deployment.node("b");
    busy.behave(Behaviour::Refuse(Reason::NotReady));
    let (response, ()) = tokio::join!(deployment.sign(LONG), async {
        until("b to refuse", async || busy.answered() > 0).await;
        busy.behave(Behaviour::Sign);
    });
    let response = response.unwrap();
    assert_eq!(response.quorum, ["a", "b"]);
    assert!(response.attempts >= 2);

    deployment.all_behave(&Behaviour::Refuse(Reason::NotReady));
    let refusal = deployment.sign(LONG).await.unwrap_err();
    assert_eq!(refusal.reason(), Reason::NotReady);
}

#[tokio::test]
async fn many_that_wait_share_what_comes_and_none_is_lost() {
    let deployment = Arc::new(out_of_stock().await);
    let evaluator = deployment.node("a");
    evaluator.speak(false);
    let mut requests = deployment.sign_at_once(40, LONG).await;
    // Most wait by then; one that comes too late to may be sent in vain once.
    sleep(Duration::from_millis(300)).await;
    for _ in 0..10 {
        evaluator.refill("ab", 4);
        evaluator.speak_once();
        until("all of it to be used", async || evaluator.stock("ab") == 0).await;
    }
    let mut attempts = 0;
    while let Some(response) = requests.join_next().await {
        attempts += response.unwrap().unwrap().attempts;
    }
    assert!(attempts <= 80, "{attempts} attempts for 40 requests");
}

#[tokio::test]
async fn those_that_wait_are_in_flight() {
    let limit = |config: &mut Config| config.max_in_flight_per_client = 2;
    let deployment = Arc::new(Deployment::start_with(limit).await);
    deployment.all_behave(&Behaviour::Stock);
    deployment.until_heard().await;
    let mut requests = deployment.sign_at_once(3, LONG).await;
    let refused = requests.join_next().await.unwrap().unwrap().unwrap_err();
    assert_eq!(refused.reason(), Reason::Overloaded);
    deployment.node("a").refill("ab", 2);
    for waited in requests.join_all().await {
        assert!(waited.is_ok(), "{waited:?}");
    }
}
