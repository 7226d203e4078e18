//! What works when everybody keeps to the protocol.

use countersign_wire::Reason;

use crate::support::audit::{assert_no_incident, decisions};
use crate::support::client::{binance, order};
use crate::support::cluster::{Cluster, Options};
use crate::support::coordinator::Coordinator;

#[tokio::test]
async fn every_quorum__should_sign_what_each_member_recorded_as_approved() {
    let cluster = Cluster::start(Options::default());
    let coordinator = Coordinator::new(&cluster);
    coordinator
        .wait_until_full(&cluster, &["a", "b", "c"])
        .await;
    for quorum in [["a", "b"], ["a", "c"], ["b", "c"]] {
        let asked = order().sign(&cluster);
        let signed = coordinator.sign(&cluster, &asked, &quorum).await;
        for node in cluster.names() {
            let decisions = decisions(&cluster, &node, asked.request_id);
            if !quorum.contains(&node.as_str()) {
                assert!(decisions.is_empty(), "node {node} was not asked");
                continue;
            }
            let [decision] = decisions.as_slice() else {
                panic!("node {node}: {decisions:?}");
            };
            assert_eq!(decision["verdict"]["outcome"], "approved");
            assert_eq!(decision["charge"]["requests"], 1);
            assert_eq!(decision["digest"], hex::encode(asked.digest.as_bytes()));
            assert!(signed.audit_seqs[&node] > 0);
        }
    }
    assert_no_incident(&cluster);
}

#[tokio::test]
async fn three_of_three__should_sign() {
    let cluster = Cluster::start(Options {
        threshold: 3,
        pool_depth: 1,
        ..Options::default()
    });
    let coordinator = Coordinator::new(&cluster);
    let all = ["a", "b", "c"];
    coordinator.wait_until_full(&cluster, &all).await;
    let asked = order().sign(&cluster);
    coordinator.sign(&cluster, &asked, &all).await;
    // Two of them are no quorum for this key.
    let refusal = coordinator
        .contribute("a", &order().sign(&cluster).signed, &["a", "b"])
        .await;
    assert_eq!(refusal.unwrap_err().reason(), Reason::Malformed);
}

#[tokio::test]
async fn same_envelope__should_get_the_same_answer_and_count_once() {
    let cluster = Cluster::start(Options::default());
    let coordinator = Coordinator::new(&cluster);
    let quorum = ["a", "b"];
    coordinator
        .wait_until_full(&cluster, &["a", "b", "c"])
        .await;
    let asked = order().sign(&cluster);
    let first = coordinator.sign(&cluster, &asked, &quorum).await;
    for _ in 0..3 {
        let again = coordinator.sign(&cluster, &asked, &quorum).await;
        assert_eq!(again, first, "the same tag and the same audit records");
    }
    // Through another quorum too: c decides for the first time, b has decided.
    let elsewhere = coordinator.sign(&cluster, &asked, &["b", "c"]).await;
    assert_eq!(elsewhere.tag, first.tag);
    assert_eq!(elsewhere.audit_seqs["b"], first.audit_seqs["b"]);
    for node in cluster.names() {
        let decided = decisions(&cluster, &node, asked.request_id).len();
        assert_eq!(decided, 1, "node {node}");
    }
}

#[tokio::test]
async fn same_envelope__should_be_signed_however_often_it_is_asked_for_at_once() {
    let cluster = Cluster::start(Options::default());
    let coordinator = Coordinator::new(&cluster);
    coordinator
        .wait_until_full(&cluster, &["a", "b", "c"])
        .await;
    let asked = order().sign(&cluster);
    let (first, second, third) = tokio::join!(
        coordinator.ask(&asked, &["a", "b"]),
        coordinator.ask(&asked, &["a", "c"]),
        coordinator.ask(&asked, &["b", "c"]),
    );
    let answers = [first, second, third];
    let tags: Vec<_> = answers
        .iter()
        .flat_map(|answers| answers.values())
        .flatten()
        .filter_map(|answer| answer.sealed_tag.as_ref())
        .map(|sealed| asked.open(sealed))
        .collect();
    assert_eq!(tags, vec![asked.expected_tag(&cluster); 3], "{answers:?}");
    for node in cluster.names() {
        assert_eq!(decisions(&cluster, &node, asked.request_id).len(), 1);
    }
}

#[tokio::test]
async fn request_refused_for_an_empty_pool__should_be_signed_when_asked_again() {
    let cluster = Cluster::start(Options {
        pool_depth: 1,
        ..Options::default()
    });
    let coordinator = Coordinator::new(&cluster);
    coordinator
        .wait_until_full(&cluster, &["a", "b", "c"])
        .await;
    let quorum = ["a", "b"];
    let evaluator = coordinator.evaluator(&quorum).await;
    let mut tries = 0;
    let (asked, refusal) = loop {
        let asked = order().within(60_000).sign(&cluster);
        let answers = coordinator.ask(&asked, &quorum).await;
        match &answers[evaluator] {
            Err(refusal) => break (asked, refusal.clone()),
            Ok(_) => tries += 1,
        }
        assert!(tries < 200, "the pool is never empty");
    };
    assert_eq!(refusal.reason(), Reason::PoolEmpty, "{refusal}");
    assert!(refusal.retry_after_ms > 0);
    // As often as a coordinator would: at once and again, each time before the last one's echo died.
    let signed = loop {
        let answers = coordinator.ask(&asked, &quorum).await;
        match &answers[evaluator] {
            Ok(answer) => break answer.sealed_tag.is_some(),
            Err(refusal) => assert_eq!(refusal.reason(), Reason::PoolEmpty, "{refusal}"),
        }
    };
    assert!(signed);
    coordinator.sign(&cluster, &asked, &quorum).await;
    for node in quorum {
        assert_eq!(decisions(&cluster, node, asked.request_id).len(), 1);
    }
    assert_no_incident(&cluster);
}

#[tokio::test]
async fn same_id_with_other_content__should_be_refused_by_every_node_that_knows_it() {
    let cluster = Cluster::start(Options::default());
    let coordinator = Coordinator::new(&cluster);
    coordinator
        .wait_until_full(&cluster, &["a", "b", "c"])
        .await;
    let asked = order().sign(&cluster);
    coordinator.sign(&cluster, &asked, &["a", "b"]).await;
    let parameters = "symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity=0.002\
                      &price=50000.00&recvWindow=60000";
    let other = binance("/api/v3/order", parameters)
        .with_id(asked.request_id)
        .sign(&cluster);
    for (node, quorum) in [("a", ["a", "b"]), ("b", ["a", "b"]), ("a", ["a", "c"])] {
        let refusal = coordinator
            .contribute_raw(node, &other.signed, &quorum)
            .await
            .unwrap_err();
        assert_eq!(refusal.code(), tonic::Code::AlreadyExists);
        let refusal = countersign_wire::Refusal::from_status(&refusal).unwrap();
        assert_eq!(refusal.reason(), Reason::Replayed);
        assert_eq!(refusal.node, node);
    }
    // c does not know the id, and so decides; with one honest member no quorum signs it.
    let answers = coordinator.ask(&other, &["a", "c"]).await;
    assert!(
        answers
            .values()
            .flatten()
            .all(|answer| answer.sealed_tag.is_none())
    );
    assert_no_incident(&cluster);
}
