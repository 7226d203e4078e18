//! A coordinator over real connections, with nodes that are slow, dead, denying or lying.

use std::time::{Duration, Instant};

use crate::support::{
    Behaviour, Deployment, HEDGE_DELAY, LIVENESS_TIMEOUT, LONG, hedging, in_time, noticing_silence,
    send_by, until,
};
use countersign_wire::Reason;

fn nodes_of(refusal: &countersign_wire::Refusal) -> String {
    refusal.causes.iter().map(|c| c.node.as_str()).collect()
}

#[tokio::test]
async fn the_deepest_quorum_signs() {
    let deployment = Deployment::start().await;
    let response = deployment.sign(LONG).await.unwrap();
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
        let response = deployment.sign(LONG).await.unwrap();
        assert_eq!(response.quorum, left);
        assert_eq!(response.attempts, 1);
    }
}

#[tokio::test]
async fn a_dead_node_is_noticed_before_its_silence_is() {
    let mut deployment = Deployment::start().await;
    deployment.kill("b");
    deployment.wait_for_live("ac").await;
}

#[tokio::test]
async fn a_node_that_dies_under_a_request_costs_a_detour_and_no_wait_for_a_hedge() {
    let mut deployment = Deployment::start().await;
    deployment.node("b").behave(Behaviour::Hang);
    let mut stub = deployment.stub("client-desk").await;
    let signed = deployment.signed(LONG);
    let asking = tokio::spawn(async move { send_by(&mut stub, signed).await });
    until("b to be asked", async || deployment.node("b").calls() > 0).await;
    deployment.kill("b");
    let response = asking.await.unwrap().unwrap();
    assert_eq!(response.quorum, ["a", "c"]);
    assert_eq!(response.attempts, 2);
}

#[tokio::test]
async fn two_dead_of_three_are_told_at_once() {
    let mut deployment = Deployment::start().await;
    deployment.kill("a");
    deployment.kill("c");
    deployment.wait_for_live("b").await;
    let refusal = in_time(deployment.sign(LONG)).await.unwrap_err();
    assert_eq!(refusal.reason(), Reason::NoQuorum);
    assert!(refusal.detail.contains("not reachable: a, c"), "{refusal}");
    assert_eq!(deployment.contributions(), 0);
}

#[tokio::test]
async fn a_node_that_thaws_is_found_again() {
    let deployment = Deployment::start_with(noticing_silence).await;
    deployment.node("a").behave(Behaviour::Freeze);
    deployment.wait_for_live("bc").await;
    deployment.node("a").behave(Behaviour::Sign);
    deployment.wait_for_live("abc").await;
}

#[tokio::test]
async fn a_hanging_garbler_is_hedged_and_then_avoided() {
    let deployment = Deployment::start_with(hedging).await;
    deployment.node("b").behave(Behaviour::Hang);
    let start = Instant::now();
    let response = deployment.sign(LONG).await.unwrap();
    assert_eq!(response.quorum, ["a", "c"]);
    assert!(response.attempts >= 2);
    assert!(start.elapsed() >= HEDGE_DELAY);

    until("a request that does without b", async || {
        let response = deployment.sign(LONG).await.unwrap();
        assert_eq!(response.quorum, ["a", "c"]);
        response.attempts == 1
    })
    .await;
}

#[tokio::test]
async fn a_hanging_evaluator_costs_at_most_two_hedges() {
    let deployment = Deployment::start_with(hedging).await;
    deployment.node("a").behave(Behaviour::Hang);
    let start = Instant::now();
    let response = deployment.sign(LONG).await.unwrap();
    assert_eq!(response.quorum, ["b", "c"]);
    assert!((2..=3).contains(&response.attempts));
    assert!(start.elapsed() >= HEDGE_DELAY);
}

#[tokio::test]
async fn the_losers_of_a_race_are_cancelled() {
    let deployment = Deployment::start_with(hedging).await;
    let (loser, winner) = (deployment.node("b"), deployment.node("c"));
    loser.behave(Behaviour::Hang);
    winner.behave(Behaviour::SignWhenLet);
    let (response, ()) = tokio::join!(deployment.sign(LONG), async {
        until("b to be asked", async || loser.calls() > 0).await;
        winner.let_sign();
    });
    assert_eq!(response.unwrap().quorum, ["a", "c"]);
    until("the end of b's call", async || loser.cancelled() > 0).await;
}

#[tokio::test]
async fn calls_are_cancelled_when_the_client_hangs_up() {
    let deployment = Deployment::start().await;
    deployment.all_behave(&Behaviour::Hang);
    let asked = until("a quorum to be asked", async || {
        deployment.contributions() == 2
    });
    tokio::select! {
        answer = deployment.sign(LONG) => panic!("{answer:?}"),
        () = asked => {} // and the client hangs up
    }
    let cancelled = || -> usize { deployment.nodes.iter().map(|node| node.cancelled()).sum() };
    until("both calls to end", async || cancelled() == 2).await;
}

#[tokio::test]
async fn a_frozen_node_is_dead_after_the_liveness_timeout() {
    let deployment = Deployment::start_with(noticing_silence).await;
    deployment.node("b").behave(Behaviour::Freeze);
    // Its connection stays open: nothing but its silence tells.
    until("b to be dead", async || {
        let views = deployment.views().await;
        let frozen = views.iter().find(|view| view.node == "b").unwrap();
        let silent_for = Duration::from_millis(frozen.heartbeat_age_ms);
        assert!(
            frozen.connected || silent_for >= LIVENESS_TIMEOUT,
            "{silent_for:?}"
        );
        !frozen.connected
    })
    .await;
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
        let response = deployment.sign(LONG).await.unwrap();
        assert_eq!(response.quorum, ["a", "c"], "{reason:?}");
        assert_eq!(response.attempts, 2);
        // It is not asked first again.
        until("a request that does without b", async || {
            deployment.sign(LONG).await.unwrap().attempts == 1
        })
        .await;
    }
}

#[tokio::test]
async fn denials_that_leave_no_quorum_are_final_and_name_everyone() {
    let deployment = Deployment::start().await;
    deployment.all_behave(&Behaviour::Refuse(Reason::PolicyDenied));
    until("both members to deny within the grace", async || {
        let troubled = deployment.node("c").calls();
        let refusal = deployment.sign(LONG).await.unwrap_err();
        assert_eq!(refusal.reason(), Reason::PolicyDenied);
        assert!(refusal.rule.starts_with("rule-of-"), "{refusal}");
        let denied = nodes_of(&refusal);
        assert!(denied.len() >= 2, "{denied}");
        // Nobody else is troubled then.
        (deployment.node("c").calls() == troubled) && {
            assert_eq!(refusal.rule, "rule-of-a");
            assert_eq!(denied, "ab");
            true
        }
    })
    .await;
}

#[tokio::test]
async fn a_denial_and_a_dead_node_are_no_denial_by_the_deployment() {
    let mut deployment = Deployment::start().await;
    deployment.kill("c");
    deployment.wait_for_live("ab").await;
    deployment
        .node("b")
        .behave(Behaviour::Refuse(Reason::PolicyDenied));
    let refusal = deployment.sign(LONG).await.unwrap_err();
    assert_eq!(refusal.reason(), Reason::NoQuorum);
    assert_eq!(refusal.causes[0].reason(), Reason::PolicyDenied);
    assert_eq!(nodes_of(&refusal), "b");

    deployment
        .node("a")
        .behave(Behaviour::Refuse(Reason::PolicyDenied));
    let refusal = deployment.sign(LONG).await.unwrap_err();
    assert_eq!(refusal.reason(), Reason::PolicyDenied);
    assert_eq!(nodes_of(&refusal), "ab");
}

#[tokio::test]
async fn a_lying_pool_costs_a_detour_once() {
    let deployment = Deployment::start().await;
    deployment.node("a").behave(Behaviour::LieAboutPool);
    deployment.until_heard().await;
    let response = deployment.sign(LONG).await.unwrap();
    assert_eq!(response.quorum, ["b", "c"]);
    until("a request that does without a", async || {
        let again = deployment.sign(LONG).await.unwrap();
        assert_eq!(again.quorum, ["b", "c"]);
        again.attempts == 1
    })
    .await;

    deployment.node("b").behave(Behaviour::LieAboutPool);
    let refusal = deployment.sign(LONG).await.unwrap_err();
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
        let response = deployment.sign(LONG).await.unwrap();
        assert_eq!(response.quorum, ["b", "c"], "{behaviour:?}");
    }
}

#[tokio::test]
async fn nodes_that_do_not_get_along_are_separated() {
    for reason in [Reason::Disagreement, Reason::ProtocolFailure] {
        let deployment = Deployment::start().await;
        deployment.node("a").behave(Behaviour::Refuse(reason));
        let response = deployment.sign(LONG).await.unwrap();
        assert_eq!(response.quorum, ["b", "c"]);

        deployment.all_behave(&Behaviour::Refuse(reason));
        let refusal = deployment.sign(LONG).await.unwrap_err();
        assert_eq!(refusal.reason(), reason);
    }
}

#[tokio::test]
async fn a_node_posing_as_another_is_not_live() {
    let deployment = Deployment::start().await;
    deployment.node("c").behave(Behaviour::PoseAs("a"));
    deployment.wait_for_live("ab").await;
}

/// Kept back by the coordinator, so that what it says at the deadline reaches the client before it.
const RETURN_TIME: Duration = Duration::from_millis(25);

#[tokio::test]
async fn nodes_are_told_a_deadline_that_leaves_time_to_tell_the_client() {
    let deployment = Deployment::start().await;
    deployment.sign(LONG).await.unwrap();
    let timeout = &deployment.node("a").timeouts()[0];
    let (number, unit) = timeout.split_at(timeout.len() - 1);
    let number: u64 = number.parse().unwrap();
    let told = match unit {
        "n" => Duration::from_nanos(number),
        "u" => Duration::from_micros(number),
        "m" => Duration::from_millis(number),
        other => panic!("unit {other}"),
    };
    let lifetime = Duration::from_millis(LONG);
    assert!(
        (lifetime / 2..=lifetime - RETURN_TIME).contains(&told),
        "{timeout}"
    );
}

#[tokio::test]
async fn the_client_hears_before_the_deadline_who_was_waited_for() {
    let soon = Duration::from_millis(1);
    let deployment = Deployment::start_with(|config| config.hedge_delay = soon).await;
    deployment.all_behave(&Behaviour::Hang);
    let mut stub = deployment.stub("client-desk").await;
    until("such a refusal", async || {
        let start = Instant::now();
        let signed = deployment.signed(400);
        let refusal = send_by(&mut stub, signed).await.unwrap_err();
        assert_eq!(refusal.reason(), Reason::Deadline);
        refusal.detail.contains("a, b, c") && start.elapsed() < Duration::from_millis(400)
    })
    .await;
}
