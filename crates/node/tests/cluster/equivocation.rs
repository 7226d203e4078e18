//! A coordinator that tells the nodes different things, or only some of them anything.

use std::time::Duration;

use countersign_wire::Reason;
use tokio::task::JoinSet;

use crate::support::client::{order, withdrawal};
use crate::support::cluster::{Cluster, Options};
use crate::support::coordinator::{Answers, Coordinator};

const ALL: [&str; 3] = ["a", "b", "c"];

fn has_tag(answers: &Answers) -> bool {
    let mut answers = answers.values().flatten();
    answers.any(|answer| answer.sealed_tag.is_some())
}

#[tokio::test]
async fn two_valid_requests__should_give_no_tag_and_leave_the_quorum_usable() {
    let cluster = Cluster::start(Options::default());
    let coordinator = Coordinator::new(&cluster);
    coordinator.wait_until_full(&cluster, &ALL).await;
    for quorum in [["a", "b"], ["a", "c"], ["b", "c"]] {
        let one = order().within(1_500).sign(&cluster);
        let other = order().within(1_500).sign(&cluster);
        let calls = [(quorum[0], &one.signed), (quorum[1], &other.signed)];
        let answers = coordinator.contribute_each(&calls, &quorum).await;
        assert!(!has_tag(&answers), "{answers:?}");
        coordinator.assert_nobody_blamed(&cluster).await;
        // P16: the same members go on together.
        let asked = order().sign(&cluster);
        coordinator.sign(&cluster, &asked, &quorum).await;
    }
    coordinator.assert_nobody_blamed(&cluster).await;
}

#[tokio::test]
async fn permitted_request_for_one_and_forbidden_for_the_other__should_give_no_tag() {
    let cluster = Cluster::start(Options::default());
    let coordinator = Coordinator::new(&cluster);
    coordinator.wait_until_full(&cluster, &ALL).await;
    let quorum = ["a", "b"];
    let permitted = order().within(1_500).sign(&cluster);
    let forbidden = withdrawal().within(1_500).sign(&cluster);
    for (a, b) in [(&permitted, &forbidden), (&forbidden, &permitted)] {
        let calls = [("a", &a.signed), ("b", &b.signed)];
        let answers = coordinator.contribute_each(&calls, &quorum).await;
        assert!(!has_tag(&answers), "{answers:?}");
    }
    coordinator.assert_nobody_blamed(&cluster).await;
    let asked = order().sign(&cluster);
    coordinator.sign(&cluster, &asked, &quorum).await;
}

#[tokio::test]
async fn evaluator_called_alone__should_give_no_tag_and_the_pool_should_recover() {
    let cluster = Cluster::start(Options::default());
    let coordinator = Coordinator::new(&cluster);
    coordinator.wait_until_full(&cluster, &ALL).await;
    let quorum = ["a", "b"];
    let evaluator = coordinator.evaluator(&quorum).await;
    for _ in 0..12 {
        let asked = order().within(700).sign(&cluster);
        let calls = [(evaluator, &asked.signed)];
        let answers = coordinator.contribute_each(&calls, &quorum).await;
        assert!(!has_tag(&answers), "{answers:?}");
        let refusal = answers[evaluator].as_ref().unwrap_err();
        assert!(
            matches!(
                refusal.reason(),
                Reason::NotReady | Reason::PoolEmpty | Reason::Deadline
            ),
            "{refusal}"
        );
    }
    coordinator.assert_nobody_blamed(&cluster).await;
    coordinator.wait_until_full(&cluster, &ALL).await;
    let asked = order().sign(&cluster);
    coordinator.sign(&cluster, &asked, &quorum).await;
}

#[tokio::test]
async fn evaluator_called_alone__should_not_spoil_the_request_for_the_whole_quorum() {
    // The garbler's decision comes late.
    let cluster = Cluster::start(Options::default());
    let coordinator = Coordinator::new(&cluster);
    coordinator.wait_until_full(&cluster, &ALL).await;
    let quorum = ["b", "c"];
    let evaluator = coordinator.evaluator(&quorum).await;
    // It lives longer than a member is waited for.
    let asked = order().sign(&cluster);
    let calls = [(evaluator, &asked.signed)];
    let alone = coordinator.contribute_each(&calls, &quorum).await;
    assert!(!has_tag(&alone));
    // The garbler knows of an allocation that nobody waits for any more.
    coordinator.sign(&cluster, &asked, &quorum).await;
}

#[tokio::test]
async fn garbler_called_alone__should_release_nothing_and_cost_nothing() {
    let cluster = Cluster::start(Options::default());
    let coordinator = Coordinator::new(&cluster);
    coordinator.wait_until_full(&cluster, &ALL).await;
    let quorum = ["a", "b"];
    let evaluator = coordinator.evaluator(&quorum).await;
    let garbler = if evaluator == "a" { "b" } else { "a" };
    let before = coordinator.pool(&quorum).await;
    let mut calls = JoinSet::new();
    for _ in 0..20 {
        let coordinator = Coordinator::new(&cluster);
        let asked = order().within(1_000).sign(&cluster);
        let (garbler, quorum) = (garbler.to_owned(), quorum);
        calls.spawn(async move {
            coordinator
                .contribute(&garbler, &asked.signed, &quorum)
                .await
        });
    }
    let patience = tokio::time::timeout(Duration::from_secs(30), calls.join_all());
    for answer in patience.await.unwrap() {
        let reason = answer.unwrap_err().reason();
        assert!(
            matches!(reason, Reason::NotReady | Reason::Deadline),
            "{reason:?}"
        );
    }
    assert_eq!(coordinator.pool(&quorum).await, before);
    coordinator.assert_nobody_blamed(&cluster).await;
    let asked = order().sign(&cluster);
    coordinator.sign(&cluster, &asked, &quorum).await;
}
