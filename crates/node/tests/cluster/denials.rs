//! Requests that policy or dialect refuse.

use countersign_wire::Reason;

use crate::support::audit::decisions;
use crate::support::client::{Ask, binance, order, withdrawal};
use crate::support::cluster::{Cluster, Options};
use crate::support::coordinator::Coordinator;

const QUORUM: [&str; 2] = ["a", "b"];
const ORDER: &str = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.001\
                     &price=50000.00&recvWindow=60000";

#[tokio::test]
async fn denied_request__should_name_reason_and_rule_be_recorded_and_release_nothing() {
    let cluster = Cluster::start(Options::default());
    let coordinator = Coordinator::new(&cluster);
    coordinator
        .wait_until_full(&cluster, &["a", "b", "c"])
        .await;
    let before = coordinator.pool(&QUORUM).await;
    let large = ORDER.replace("0.001", "100");
    let mut elsewhere = order();
    elsewhere.envelope.request.host = "api.binance.example".to_owned();
    let cases: [(Ask, Reason, &str, &str); 6] = [
        (
            withdrawal(),
            Reason::PolicyDenied,
            "no-withdrawals",
            "policy_denied",
        ),
        (
            binance("/api/v3/order", &large),
            Reason::PolicyDenied,
            "demo-order-size",
            "policy_denied",
        ),
        (
            binance("/api/v3/no/such/path", ORDER),
            Reason::Unclassified,
            "dialect",
            "unclassified",
        ),
        (
            binance("/api/v3/order", &format!("{ORDER}&surprise=1")),
            Reason::Unclassified,
            "dialect",
            "unclassified",
        ),
        (
            binance("/api/v3/order", &format!("{ORDER}&side=SELL")),
            Reason::Unclassified,
            "dialect",
            "unclassified",
        ),
        (elsewhere, Reason::Unclassified, "dialect", "unclassified"),
    ];
    for (ask, reason, rule, recorded) in cases {
        let asked = ask.sign(&cluster);
        for (node, answer) in coordinator.ask(&asked, &QUORUM).await {
            let refusal = answer.unwrap_err();
            assert_eq!(
                (refusal.reason(), refusal.rule.as_str(), &refusal.node),
                (reason, rule, &node),
                "{refusal}"
            );
            let decided = decisions(&cluster, &node, asked.request_id);
            let [decision] = decided.as_slice() else {
                panic!("node {node}: {decided:?}");
            };
            assert_eq!(decision["verdict"]["outcome"], "denied");
            assert_eq!(decision["verdict"]["reason"], recorded);
            assert_eq!(decision["verdict"]["rule"], rule);
            assert!(decision["charge"].is_null(), "{decision}");
        }
    }
    assert_eq!(coordinator.pool(&QUORUM).await, before);
    coordinator.assert_nobody_blamed(&cluster).await;
}

#[tokio::test]
async fn denied_requests__should_not_drain_the_pool() {
    let cluster = Cluster::start(Options::default());
    let coordinator = Coordinator::new(&cluster);
    coordinator
        .wait_until_full(&cluster, &["a", "b", "c"])
        .await;
    let before = coordinator.pool(&QUORUM).await;
    for _ in 0..50 {
        let asked = withdrawal().sign(&cluster);
        let answers = coordinator.ask(&asked, &QUORUM).await;
        assert!(answers.values().all(Result::is_err));
    }
    // Nothing was taken, so nothing had to be made.
    assert_eq!(coordinator.pool(&QUORUM).await, before);
    let asked = order().sign(&cluster);
    coordinator.sign(&cluster, &asked, &QUORUM).await;
}
