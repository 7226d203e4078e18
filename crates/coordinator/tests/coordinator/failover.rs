//! A coordinator over real connections, with nodes that are slow, dead, denying or lying.

use std::time::{Duration, Instant};

use crate::support::{Behaviour, Deployment, HEDGE_DELAY};
use countersign_wire::Reason;

fn nodes_of(refusal: &countersign_wire::Refusal) -> String {
    refusal.causes.iter().map(|c| c.node.as_str()).collect()
}

#[tokio::test]
async fn the_deepest_quorum_signs() {
    let deployment = Deployment::start().await;
    let response = deployment.sign(2000).await.unwrap();
    assert_eq!(response.quorum, ["a", "b"]);
    assert_eq!(response.evaluator, "a");
    assert_eq!(response.attempts, 1);
    assert_eq!(deployment.node("c").calls(), 0);
}

#[tokio::test]
async fn a_dead_node_is_not_asked() {
    for (dead, left) in [("a", ["b", "c"]), ("b", ["a", "c"]), ("c", ["a", "b"])] {
        let mut deployment = Deployment::start().await;
        deployment.kill(dead);
        deployment.wait_for_live(&left.concat()).await;
        let response = deployment.sign(2000).await.unwrap();
        assert_eq!(response.quorum, left);
        assert_eq!(response.attempts, 1);
    }
}

#[tokio::test]
async fn a_node_that_dies_under_a_request_costs_a_detour() {
    let mut deployment = Deployment::start().await;
    deployment.node("b").behave(Behaviour::Hang);
    let start = Instant::now();
    let (response, ()) = tokio::join!(deployment.sign(2000), async {
        while deployment.node("b").calls() == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    });
    assert_eq!(response.unwrap().quorum, ["a", "c"]);
    assert!(start.elapsed() < Duration::from_secs(1));

    // And without a request under way: noticed at once, not after the liveness timeout.
    deployment.kill("b");
    let start = Instant::now();
    deployment.wait_for_live("ac").await;
    assert!(start.elapsed() < Duration::from_millis(200));
}

#[tokio::test]
async fn a_connection_that_breaks_under_a_request_is_no_wait() {
    let mut deployment = Deployment::start().await;
    deployment.all_behave(&Behaviour::SignAfter(Duration::from_millis(60)));
    let start = Instant::now();
    let reply = deployment.envelope(&countersign_wire::SealingKey::generate().unwrap(), 2000);
    let signed =
        countersign_wire::envelope::sign(&reply, &deployment.envelope_key("desk")).unwrap();
    let mut stub = deployment.stub("client-desk").await;
    let asking = tokio::spawn(async move { crate::support::send_by(&mut stub, signed).await });
    while deployment.node("b").calls() == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    deployment.kill("b");
    let response = asking.await.unwrap().unwrap();
    assert_eq!(response.quorum, ["a", "c"]);
    assert_eq!(response.attempts, 2);
    // Both attempts took their 60 ms; no hedge delay was waited for.
    assert!(start.elapsed() < Duration::from_millis(60 + 60) + HEDGE_DELAY);
}

#[tokio::test]
async fn two_dead_of_three_are_told_at_once() {
    let mut deployment = Deployment::start().await;
    deployment.kill("a");
    deployment.kill("c");
    deployment.wait_for_live("b").await;
    let start = Instant::now();
    let refusal = deployment.sign(5000).await.unwrap_err();
    assert!(
        start.elapsed() < Duration::from_millis(300),
        "{:?}",
        start.elapsed()
    );
    assert_eq!(refusal.reason(), Reason::NoQuorum);
    assert!(refusal.detail.contains("not reachable: a, c"), "{refusal}");
    assert_eq!(deployment.contributions(), 0);
}

#[tokio::test]
async fn a_node_that_thaws_is_found_again() {
    let deployment = Deployment::start().await;
    deployment.node("a").behave(Behaviour::Freeze);
    deployment.wait_for_live("bc").await;
    deployment.node("a").behave(Behaviour::Sign);
    deployment.wait_for_live("abc").await;
}

#[tokio::test]
async fn a_hanging_garbler_is_hedged_and_then_avoided() {
    let deployment = Deployment::start().await;
    deployment.node("b").behave(Behaviour::Hang);
    let start = Instant::now();
    let response = deployment.sign(3000).await.unwrap();
    let took = start.elapsed();
    assert_eq!(response.quorum, ["a", "c"]);
    assert_eq!(response.attempts, 2);
    assert!(took >= HEDGE_DELAY && took < HEDGE_DELAY * 2, "{took:?}");

    let start = Instant::now();
    let response = deployment.sign(3000).await.unwrap();
    assert_eq!(response.quorum, ["a", "c"]);
    assert_eq!(response.attempts, 1);
    assert!(start.elapsed() < HEDGE_DELAY);
}

#[tokio::test]
async fn a_hanging_evaluator_costs_at_most_two_hedges() {
    let deployment = Deployment::start().await;
    deployment.node("a").behave(Behaviour::Hang);
    let start = Instant::now();
    let response = deployment.sign(3000).await.unwrap();
    assert_eq!(response.quorum, ["b", "c"]);
    assert!(start.elapsed() < HEDGE_DELAY * 3, "{:?}", start.elapsed());
}

#[tokio::test]
async fn the_losers_of_a_race_are_cancelled() {
    let deployment = Deployment::start().await;
    deployment.node("b").behave(Behaviour::Hang);
    deployment.sign(3000).await.unwrap();
    let start = Instant::now();
    while deployment.node("b").cancelled() == 0 {
        assert!(start.elapsed() < Duration::from_secs(1));
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn calls_are_cancelled_when_the_client_hangs_up() {
    let deployment = Deployment::start().await;
    deployment.all_behave(&Behaviour::Hang);
    let hung_up = tokio::time::timeout(Duration::from_millis(100), deployment.sign(5000)).await;
    assert!(hung_up.is_err());
    let start = Instant::now();
    let cancelled = || {
        deployment
            .nodes
            .iter()
            .map(|node| node.cancelled())
            .sum::<usize>()
    };
    while cancelled() < 2 {
        assert!(start.elapsed() < Duration::from_secs(1), "{}", cancelled());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_frozen_node_is_dead_after_the_liveness_timeout() {
    let deployment = Deployment::start().await;
    deployment.node("b").behave(Behaviour::Freeze);
    let start = Instant::now();
    deployment.wait_for_live("ac").await;
    let took = start.elapsed();
    assert!(
        took > Duration::from_millis(200) && took < Duration::from_millis(500),
        "{took:?}"
    );
}

#[tokio::test]
async fn one_denying_node_cannot_deny_service() {
    for reason in [
        Reason::PolicyDenied,
        Reason::Stale,
        Reason::Malformed,
        Reason::NotReady,
    ] {
        let deployment = Deployment::start().await;
        deployment.node("b").behave(Behaviour::Refuse(reason));
        let start = Instant::now();
        let response = deployment.sign(3000).await.unwrap();
        assert_eq!(response.quorum, ["a", "c"]);
        assert!(start.elapsed() < HEDGE_DELAY, "{reason:?}");
        // It is not asked first again.
        assert_eq!(deployment.sign(3000).await.unwrap().attempts, 1);
    }
}

#[tokio::test]
async fn denials_that_leave_no_quorum_are_final_and_name_everyone() {
    let deployment = Deployment::start().await;
    deployment.all_behave(&Behaviour::Refuse(Reason::PolicyDenied));
    let start = Instant::now();
    let refusal = deployment.sign(3000).await.unwrap_err();
    assert!(start.elapsed() < HEDGE_DELAY);
    assert_eq!(refusal.reason(), Reason::PolicyDenied);
    assert_eq!(refusal.rule, "rule-of-a");
    assert_eq!(nodes_of(&refusal), "ab");
    // Both members denied within the grace, so that nobody else was troubled.
    assert_eq!(deployment.node("c").calls(), 0);
}

#[tokio::test]
async fn a_denial_and_a_dead_node_are_no_denial_by_the_deployment() {
    let mut deployment = Deployment::start().await;
    deployment.kill("c");
    deployment.wait_for_live("ab").await;
    deployment
        .node("b")
        .behave(Behaviour::Refuse(Reason::PolicyDenied));
    let refusal = deployment.sign(3000).await.unwrap_err();
    assert_eq!(refusal.reason(), Reason::NoQuorum);
    assert_eq!(refusal.causes[0].reason(), Reason::PolicyDenied);
    assert_eq!(nodes_of(&refusal), "b");

    deployment
        .node("a")
        .behave(Behaviour::Refuse(Reason::PolicyDenied));
    let refusal = deployment.sign(3000).await.unwrap_err();
    assert_eq!(refusal.reason(), Reason::PolicyDenied);
    assert_eq!(nodes_of(&refusal), "ab");
}

#[tokio::test]
async fn a_lying_pool_costs_a_detour_once() {
    let deployment = Deployment::start().await;
    deployment.node("a").behave(Behaviour::LieAboutPool);
    tokio::time::sleep(Duration::from_millis(150)).await;
    let response = deployment.sign(3000).await.unwrap();
    assert_eq!(response.quorum, ["b", "c"]);
    let again = deployment.sign(3000).await.unwrap();
    assert_eq!((again.quorum, again.attempts), (response.quorum, 1));

    deployment.node("b").behave(Behaviour::LieAboutPool);
    let refusal = deployment.sign(3000).await.unwrap_err();
    assert_eq!(refusal.reason(), Reason::PoolEmpty);
}

#[tokio::test]
async fn answers_that_prove_nothing_are_not_passed_on() {
    for behaviour in [
        Behaviour::WrongReceipt,
        Behaviour::WrongName,
        Behaviour::NoTag,
    ] {
        let deployment = Deployment::start().await;
        deployment.node("a").behave(behaviour.clone());
        let response = deployment.sign(3000).await.unwrap();
        assert_eq!(response.quorum, ["b", "c"], "{behaviour:?}");
    }
}

#[tokio::test]
async fn nodes_that_do_not_get_along_are_separated() {
    for reason in [Reason::Disagreement, Reason::ProtocolFailure] {
        let deployment = Deployment::start().await;
        deployment.node("a").behave(Behaviour::Refuse(reason));
        let response = deployment.sign(3000).await.unwrap();
        assert_eq!(response.quorum, ["b", "c"]);

        deployment.all_behave(&Behaviour::Refuse(reason));
        let refusal = deployment.sign(3000).await.unwrap_err();
        assert_eq!(refusal.reason(), reason);
    }
}

#[tokio::test]
async fn a_node_posing_as_another_is_not_live() {
    let deployment = Deployment::start().await;
    deployment.node("c").behave(Behaviour::PoseAs("a"));
    deployment.wait_for_live("ab").await;
}

#[tokio::test]
async fn nodes_are_told_the_deadline_and_the_client_hears_before_it() {
    let deployment = Deployment::start().await;
    deployment.all_behave(&Behaviour::Hang);
    let start = Instant::now();
    let refusal = deployment.sign(400).await.unwrap_err();
    assert!(
        start.elapsed() < Duration::from_millis(400),
        "{:?}",
        start.elapsed()
    );
    assert_eq!(refusal.reason(), Reason::Deadline);
    assert!(refusal.detail.contains("a, b, c"), "{refusal}");

    let timeout = &deployment.node("a").timeouts()[0];
    let (number, unit) = timeout.split_at(timeout.len() - 1);
    let microseconds: u64 = match unit {
        "n" => number.parse::<u64>().unwrap() / 1000,
        "u" => number.parse().unwrap(),
        "m" => number.parse::<u64>().unwrap() * 1000,
        other => panic!("unit {other}"),
    };
    assert!((100_000..=400_000).contains(&microseconds), "{timeout}");
}
