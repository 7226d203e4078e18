//! The client against coordinators that work, fail and lie, over real connections.
#![allow(missing_docs, clippy::unwrap_used)]

mod support;

use std::sync::Arc;
use std::time::{Duration, Instant};

use countersign_client::{ConfigError, InvalidAnswer, Reason, Refusal, SignError, SignOptions};
use countersign_wire::receipt::InvalidReceipt;
use countersign_wire::seal::{TAG_INFO, seal};
use countersign_wire::{EnvelopeKey, KeyId, SealingKey, v1};
use support::{Coordinator, Deployment, in_time, order, until};
use tonic::Status;

const TAG: [u8; 32] = [0xab; 32];

fn key() -> KeyId {
    "venue-main".parse().unwrap()
}

/// The longest deadline there is: no stall uses it up.
const LONG: u64 = 60_000;

fn within(milliseconds: u64) -> SignOptions {
    SignOptions {
        deadline: Duration::from_millis(milliseconds),
    }
}

#[tokio::test]
async fn a_request_comes_back_ready_to_send() {
    let deployment = Arc::new(Deployment::new());
    let nodes = deployment.clone();
    let one = Coordinator::start(&deployment, "one", move |e| Ok(nodes.answer(e, &TAG))).await;
    let client = deployment.client(&[("one", &one.address)]);

    // On a task of its own, as services call it.
    let signing = tokio::spawn(async move { client.sign(&key(), &order(), within(LONG)).await });
    let signed = signing.await.unwrap().unwrap();

    let signature = "ab".repeat(32);
    assert_eq!(signed.signature, signature);
    let query = format!("{}&signature={signature}", order().query);
    assert_eq!(signed.request.query, query);
    assert_eq!(
        signed.url,
        format!("https://api.binance.com/api/v3/order?{query}")
    );
    assert_eq!(signed.signed_payload, order().query.as_bytes());
    let quorum: Vec<_> = signed.quorum.iter().map(ToString::to_string).collect();
    assert_eq!(quorum, ["a", "b"]);
    assert_eq!(signed.evaluator.as_str(), "b");
    assert_eq!(signed.receipts.len(), 2);
    assert_eq!(signed.receipts[0].node().as_str(), "a");
    assert_eq!(signed.receipts[0].audit_seq(), 7);
    assert!(!format!("{signed:?}").contains(&signature));

    let sent = deployment.authenticate(&one.seen()[0]);
    assert_eq!(sent.envelope().request_id, signed.request_id);
    assert_eq!(sent.digest(), signed.digest);
    assert_eq!(sent.envelope().key_id, key());
    assert_eq!(sent.envelope().request.query, order().query);
    let lifetime = sent.envelope().deadline_ms - sent.envelope().created_at_ms;
    assert_eq!(lifetime, LONG);
}

#[tokio::test]
async fn ids_and_reply_keys_are_new_each_time() {
    let deployment = Arc::new(Deployment::new());
    let nodes = deployment.clone();
    let one = Coordinator::start(&deployment, "one", move |e| Ok(nodes.answer(e, &TAG))).await;
    let client = deployment.client(&[("one", &one.address)]);
    for _ in 0..2 {
        client.sign(&key(), &order(), within(LONG)).await.unwrap();
    }
    let seen = one.seen();
    let [first, second] = [0, 1].map(|i: usize| deployment.authenticate(&seen[i]));
    assert_ne!(first.envelope().request_id, second.envelope().request_id);
    assert_ne!(first.envelope().reply_key, second.envelope().reply_key);
}

#[tokio::test]
async fn an_unavailable_coordinator_is_passed_over_with_the_same_envelope() {
    let deployment = Arc::new(Deployment::new());
    let one = Coordinator::start(&deployment, "one", |_| {
        Err(Refusal::new(Reason::NoQuorum).into())
    })
    .await;
    let nodes = deployment.clone();
    let two = Coordinator::start(&deployment, "two", move |e| Ok(nodes.answer(e, &TAG))).await;
    let client = deployment.client(&[("one", &one.address), ("two", &two.address)]);
    client.sign(&key(), &order(), within(LONG)).await.unwrap();
    assert_eq!(one.seen().len(), 1);
    assert_eq!(one.seen(), two.seen());

    // The one that answered is asked first from now on.
    client.sign(&key(), &order(), within(LONG)).await.unwrap();
    assert_eq!((one.seen().len(), two.seen().len()), (1, 2));
}

#[tokio::test]
async fn dead_and_silent_coordinators_are_passed_over_in_time() {
    let deployment = Arc::new(Deployment::new());
    let nodes = deployment.clone();
    let two = Coordinator::start(&deployment, "two", move |e| Ok(nodes.answer(e, &TAG))).await;

    let dead = "127.0.0.1:1".parse().unwrap();
    let client = deployment.client(&[("one", &dead), ("two", &two.address)]);
    let signed = in_time(client.sign(&key(), &order(), within(LONG))).await;
    assert!(signed.is_ok(), "{signed:?}");

    let silent = Coordinator::silent(&deployment, "one").await;
    until("an answer within the second half of the time", async || {
        let client = deployment.client(&[("one", &silent.address), ("two", &two.address)]);
        let signed = client.sign(&key(), &order(), within(1000)).await;
        signed.is_ok() && !silent.seen().is_empty()
    })
    .await;
}

#[tokio::test]
async fn a_refusal_for_good_is_final() {
    let deployment = Arc::new(Deployment::new());
    let cause = || {
        Refusal::new(Reason::PolicyDenied)
            .at_node(&"a".parse().unwrap())
            .with_rule("no-withdrawals")
    };
    let one = Coordinator::start(&deployment, "one", move |_| {
        let refusal = Refusal::new(Reason::PolicyDenied).with_causes(vec![cause()]);
        Err(refusal.into())
    })
    .await;
    let nodes = deployment.clone();
    let two = Coordinator::start(&deployment, "two", move |e| Ok(nodes.answer(e, &TAG))).await;
    let client = deployment.client(&[("one", &one.address), ("two", &two.address)]);
    let error = client
        .sign(&key(), &order(), within(LONG))
        .await
        .unwrap_err();
    let refusal = error.refusal().unwrap();
    assert_eq!(refusal.reason(), Reason::PolicyDenied);
    assert_eq!(refusal.causes, [cause()]);
    assert_eq!((one.seen().len(), two.seen().len()), (1, 0));
}

#[tokio::test]
async fn retries_end_before_the_deadline_with_what_was_last_said() {
    let deployment = Arc::new(Deployment::new());
    let pause = Duration::from_millis(100);
    let one = Coordinator::start(&deployment, "one", move |_| {
        Err(Refusal::new(Reason::NotReady).retry_after(pause).into())
    })
    .await;
    let client = deployment.client(&[("one", &one.address)]);
    until("retries, and their end before the deadline", async || {
        let start = Instant::now();
        let answer = client.sign(&key(), &order(), within(350)).await;
        let took = start.elapsed();
        let seen = one.seen();
        let tries = seen.iter().filter(|e| Some(*e) == seen.last()).count();
        assert!(tries <= 4, "a pause was cut short");
        let error = answer.unwrap_err();
        let said = error.refusal().map(Refusal::reason);
        said == Some(Reason::NotReady) && tries > 1 && took < Duration::from_millis(350)
    })
    .await;

    let later = Coordinator::start(&deployment, "two", |_| {
        Err(Refusal::new(Reason::PoolEmpty)
            .retry_after(Duration::from_secs(120))
            .into())
    })
    .await;
    let client = deployment.client(&[("two", &later.address)]);
    let answer = in_time(client.sign(&key(), &order(), within(LONG))).await;
    let error = answer.unwrap_err();
    assert_eq!(error.refusal().unwrap().retry_after_ms, 120_000);
}

#[tokio::test]
async fn what_no_coordinator_can_do_is_told_at_once() {
    let deployment = Arc::new(Deployment::new());
    let no_quorum = |_: &v1::SignedEnvelope| Err(Refusal::new(Reason::NoQuorum).into());
    let one = Coordinator::start(&deployment, "one", no_quorum).await;
    let two = Coordinator::start(&deployment, "two", no_quorum).await;
    let client = deployment.client(&[("one", &one.address), ("two", &two.address)]);
    let answer = in_time(client.sign(&key(), &order(), within(LONG))).await;
    let error = answer.unwrap_err();
    assert_eq!(error.refusal().unwrap().reason(), Reason::NoQuorum);
    assert_eq!((one.seen().len(), two.seen().len()), (1, 1));
}

#[tokio::test]
async fn silence_ends_at_the_deadline() {
    let deployment = Arc::new(Deployment::new());
    let silent = Coordinator::silent(&deployment, "one").await;
    let client = deployment.client(&[("one", &silent.address)]);
    let answer = in_time(client.sign(&key(), &order(), within(300))).await;
    let error = answer.unwrap_err();
    assert!(matches!(error, SignError::Unreachable(_)), "{error:?}");
}

type Lie = fn(&Deployment, &v1::SignedEnvelope, &mut v1::SignResponse);

#[tokio::test]
async fn no_lie_of_a_coordinator_is_believed() {
    let signature =
        |node: &str| InvalidAnswer::Receipt(InvalidReceipt::Signature(node.parse().unwrap()));
    let lies: Vec<(&str, Lie, InvalidAnswer)> = vec![
        (
            "no tag",
            |_, _, r| r.sealed_tag = None,
            InvalidAnswer::NoTag,
        ),
        (
            "receipt missing",
            |_, _, r| r.receipts.truncate(1),
            InvalidAnswer::ReceiptCount {
                found: 1,
                expected: 2,
            },
        ),
        (
            "receipt twice",
            |_, _, r| r.receipts[1] = r.receipts[0].clone(),
            InvalidAnswer::NoReceipt("b".parse().unwrap()),
        ),
        (
            "receipt altered",
            |_, _, r| r.receipts[0].audit_seq += 1,
            signature("a"),
        ),
        (
            "receipt of another node under this name",
            |_, _, r| r.receipts[0].signature = r.receipts[1].signature.clone(),
            signature("a"),
        ),
        (
            "quorum of one",
            |_, _, r| {
                r.quorum.truncate(1);
                r.receipts.truncate(1);
                r.evaluator = "a".into();
            },
            InvalidAnswer::Quorum,
        ),
        (
            "quorum with one node twice",
            |_, _, r| r.quorum = vec!["a".into(), "b".into(), "a".into()],
            InvalidAnswer::Quorum,
        ),
        (
            "quorum with a stranger",
            |_, _, r| r.quorum.push("z".into()),
            InvalidAnswer::Quorum,
        ),
        (
            "evaluator from elsewhere",
            |_, _, r| r.evaluator = "c".into(),
            InvalidAnswer::Evaluator,
        ),
        (
            "tag of another request",
            |d, e, r| {
                let reply_key = d.authenticate(e).envelope().reply_key;
                let sealed = seal(&reply_key, TAG_INFO, &[0; 32], &TAG).unwrap();
                r.sealed_tag = Some(sealed.into());
            },
            InvalidAnswer::Sealed(countersign_wire::seal::SealError),
        ),
        (
            "tag for somebody else",
            |d, e, r| {
                let stranger = SealingKey::generate().unwrap().public().unwrap();
                let digest = d.authenticate(e).digest();
                let sealed = seal(&stranger, TAG_INFO, digest.as_bytes(), &TAG).unwrap();
                r.sealed_tag = Some(sealed.into());
            },
            InvalidAnswer::Sealed(countersign_wire::seal::SealError),
        ),
        (
            "short tag",
            |d, e, r| r.sealed_tag = d.answer(e, &TAG[..31]).sealed_tag,
            InvalidAnswer::Tag(countersign_venues::PlaceError::TagLength {
                found: 31,
                expected: 32,
            }),
        ),
    ];
    for (what, lie, expected) in lies {
        let deployment = Arc::new(Deployment::new());
        let nodes = deployment.clone();
        let liar = Coordinator::start(&deployment, "one", move |e| {
            let mut response = nodes.answer(e, &TAG);
            lie(&nodes, e, &mut response);
            Ok(response)
        })
        .await;
        let client = deployment.client(&[("one", &liar.address)]);
        let error = client
            .sign(&key(), &order(), within(LONG))
            .await
            .unwrap_err();
        assert!(
            matches!(&error, SignError::InvalidAnswer(found) if *found == expected),
            "{what}: {error:?}"
        );

        // An honest coordinator beside it is enough.
        let nodes = deployment.clone();
        let honest =
            Coordinator::start(&deployment, "two", move |e| Ok(nodes.answer(e, &TAG))).await;
        let client = deployment.client(&[("one", &liar.address), ("two", &honest.address)]);
        let signed = client.sign(&key(), &order(), within(LONG)).await;
        assert!(signed.is_ok(), "{what}: {signed:?}");
    }
}

#[tokio::test]
async fn receipts_for_another_request_are_refused() {
    let deployment = Arc::new(Deployment::new());
    let nodes = deployment.clone();
    let earlier = Arc::new(std::sync::OnceLock::<Vec<v1::Receipt>>::new());
    let one = Coordinator::start(&deployment, "one", move |e| {
        let mut response = nodes.answer(e, &TAG);
        response.receipts = earlier.get_or_init(|| response.receipts.clone()).clone();
        Ok(response)
    })
    .await;
    let client = deployment.client(&[("one", &one.address)]);
    assert!(client.sign(&key(), &order(), within(LONG)).await.is_ok());
    let error = client
        .sign(&key(), &order(), within(LONG))
        .await
        .unwrap_err();
    assert!(matches!(
        error,
        SignError::InvalidAnswer(InvalidAnswer::Receipt(_))
    ));
}

#[tokio::test]
async fn a_coordinator_of_another_name_is_not_asked() {
    let deployment = Arc::new(Deployment::new());
    let nodes = deployment.clone();
    let two = Coordinator::start(&deployment, "two", move |e| Ok(nodes.answer(e, &TAG))).await;
    let client = deployment.client(&[("one", &two.address)]);
    let error = client
        .sign(&key(), &order(), within(300))
        .await
        .unwrap_err();
    assert!(matches!(error, SignError::Unreachable(_)));
    assert!(two.seen().is_empty());
}

#[tokio::test]
async fn what_cannot_be_signed_is_not_sent() {
    let deployment = Arc::new(Deployment::new());
    let one = Coordinator::start(&deployment, "one", |_| Err(Status::internal("reached"))).await;
    let client = deployment.client(&[("one", &one.address)]);

    let unknown = countersign_client::Request {
        path: "/api/v3/nothing".into(),
        ..order()
    };
    let refused = client.sign(&key(), &unknown, within(LONG)).await;
    assert!(matches!(refused, Err(SignError::Request(_))));
    for deadline in [Duration::ZERO, Duration::from_secs(61), Duration::MAX] {
        let refused = client
            .sign(&key(), &order(), SignOptions { deadline })
            .await;
        assert!(matches!(refused, Err(SignError::Deadline(d)) if d == deadline));
    }
    assert!(one.seen().is_empty());
}

#[tokio::test]
async fn the_status_comes_from_whoever_answers() {
    let deployment = Arc::new(Deployment::new());
    let silent = Coordinator::silent(&deployment, "one").await;
    let two = Coordinator::start(&deployment, "two", |_| Err(Status::internal("unused"))).await;
    let client = deployment.client(&[("one", &silent.address), ("two", &two.address)]);
    until(
        "an answer within the second half of the time",
        async || match client.status(Duration::from_millis(800)).await {
            Ok(status) => status.nodes[0].node == "a",
            Err(_) => false,
        },
    )
    .await;
    assert!(client.status(Duration::MAX).await.is_err());
}

#[tokio::test]
async fn parts_that_do_not_belong_together_are_refused() {
    let deployment = Deployment::new();
    let address = "127.0.0.1:1".parse().unwrap();
    let config = || deployment.config(&[("one", &address)]);
    let refused = |spoil: &dyn Fn(&mut countersign_client::ClientConfig)| {
        let mut config = config();
        spoil(&mut config);
        countersign_client::Client::new(config)
            .map(drop)
            .unwrap_err()
    };
    assert!(countersign_client::Client::new(config()).is_ok());
    let error = refused(&|c| c.coordinators.clear());
    assert!(matches!(error, ConfigError::NoCoordinator));
    let error = refused(&|c| c.envelope_key = EnvelopeKey::generate().unwrap());
    assert!(matches!(error, ConfigError::EnvelopeKey(_)));
    let error = refused(&|c| c.tls = deployment.material("client-other"));
    assert!(matches!(error, ConfigError::EnvelopeKey(_)));
    let error = refused(&|c| c.tls = deployment.material("node-a"));
    assert!(matches!(error, ConfigError::NotAClient(_)));
    let error = refused(&|c| {
        let nodes = c.roster.nodes().to_vec();
        c.roster =
            countersign_wire::Roster::new(c.roster.trust_domain().clone(), nodes, vec![]).unwrap();
    });
    assert!(matches!(error, ConfigError::NotInRoster(_)));
    let error = refused(&|c| {
        let nodes = c.roster.nodes().to_vec();
        let clients = c.roster.clients().to_vec();
        let elsewhere = "other.example".parse().unwrap();
        c.roster = countersign_wire::Roster::new(elsewhere, nodes, clients).unwrap();
    });
    assert!(matches!(error, ConfigError::TrustDomain { .. }));
}
