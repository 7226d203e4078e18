//! A coordinator that alters what it carries.

use countersign_wire::Reason;
use countersign_wire::v1::{self, SignedEnvelope};
use prost::Message as _;

use crate::support::audit::of_kind;
use crate::support::client::order;
use crate::support::cluster::{Cluster, Options};
use crate::support::coordinator::Coordinator;

const QUORUM: [&str; 2] = ["a", "b"];

#[tokio::test]
async fn altered_byte__should_be_refused_anywhere_and_nobody_blamed() {
    let cluster = Cluster::start(Options::default());
    let coordinator = Coordinator::new(&cluster);
    coordinator
        .wait_until_full(&cluster, &["a", "b", "c"])
        .await;
    let asked = order().sign(&cluster);
    let SignedEnvelope {
        envelope,
        signature,
    } = &asked.signed;
    let total = envelope.len() + signature.len();
    for at in (0..total).step_by(5).chain([total - 1]) {
        let mut altered = asked.signed.clone();
        let bit = 1 << (at % 8);
        match at.checked_sub(envelope.len()) {
            None => altered.envelope[at] ^= bit,
            Some(at) => altered.signature[at] ^= bit,
        }
        for node in QUORUM {
            let refusal = coordinator.contribute(node, &altered, &QUORUM).await;
            let reason = refusal.unwrap_err().reason();
            assert!(
                matches!(reason, Reason::Malformed | Reason::UnauthenticatedClient),
                "byte {at}: {reason:?}"
            );
        }
    }
    for (bytes, of_signature) in [(0, false), (1, false), (0, true), (63, true)] {
        let mut cut = asked.signed.clone();
        if of_signature {
            cut.signature.truncate(bytes);
        } else {
            cut.envelope.truncate(bytes);
        }
        let refusal = coordinator.contribute("a", &cut, &QUORUM).await;
        assert_eq!(refusal.unwrap_err().reason(), Reason::Malformed);
    }
    // What is not a client's word is not decided on.
    for node in QUORUM {
        assert!(of_kind(&cluster, node, "decision").is_empty());
    }
    coordinator.assert_nobody_blamed(&cluster).await;
    coordinator.sign(&cluster, &asked, &QUORUM).await;
}

#[tokio::test]
async fn swapped_key__should_be_refused() {
    let cluster = Cluster::start(Options::default());
    let coordinator = Coordinator::new(&cluster);
    coordinator
        .wait_until_full(&cluster, &["a", "b", "c"])
        .await;
    let asked = order().sign(&cluster);
    // Under another key's name, the client's signature no longer holds.
    let mut envelope = v1::Envelope::decode(asked.signed.envelope.as_slice()).unwrap();
    envelope.key_id = "other".to_owned();
    let swapped = SignedEnvelope {
        envelope: envelope.encode_to_vec(),
        ..asked.signed.clone()
    };
    // Where the client itself asks for a key that is not there, nodes say so.
    let mut elsewhere = order();
    elsewhere.envelope.key_id = "other".parse().unwrap();
    let elsewhere = elsewhere.sign(&cluster).signed;
    for node in QUORUM {
        let refusal = coordinator.contribute(node, &swapped, &QUORUM).await;
        let reason = refusal.unwrap_err().reason();
        assert_eq!(reason, Reason::UnauthenticatedClient);
        let refusal = coordinator.contribute(node, &elsewhere, &QUORUM).await;
        assert_eq!(refusal.unwrap_err().reason(), Reason::UnknownKey);
    }
    coordinator.assert_nobody_blamed(&cluster).await;
}

#[tokio::test]
async fn quorum_that_is_none__should_be_refused() {
    let cluster = Cluster::start(Options::default());
    let coordinator = Coordinator::new(&cluster);
    coordinator
        .wait_until_full(&cluster, &["a", "b", "c"])
        .await;
    let asked = order().sign(&cluster);
    let quorums: [&[&str]; 9] = [
        &[],
        &["a"],
        &["a", "a"],
        &["a", "b", "c"],
        &["a", "z"],
        &["a", ""],
        &["a", "A"],
        // Of strangers: the node asked is not among them.
        &["b", "c"],
        // In another order than the roster's.
        &["b", "a"],
    ];
    for quorum in quorums {
        let refusal = coordinator.contribute("a", &asked.signed, quorum).await;
        let refusal = refusal.unwrap_err();
        assert_eq!(refusal.reason(), Reason::Malformed, "{quorum:?}: {refusal}");
        assert_eq!(refusal.rule, "quorum");
    }
    coordinator.assert_nobody_blamed(&cluster).await;
    coordinator.sign(&cluster, &asked, &QUORUM).await;
}
