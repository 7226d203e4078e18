//! The third of three nodes, played by the test, gossips falsely, or not at all.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use countersign_wire::tls::TlsMaterial;
use countersign_wire::v1::{Authorised, Lane, SignedEnvelope, Tell, peer_message};
use countersign_wire::{EnvelopeKey, Reason};
use serde_json::Value;

use crate::support::audit::{heard, of_kind, wait_until_heard};
use crate::support::client::{Ask, Asked, binance, now_ms, order, withdrawal};
use crate::support::cluster::{Cluster, OTHER_CLIENT, Options};
use crate::support::coordinator::Coordinator;
use crate::support::mute_node::MuteNode;
use crate::support::peer::{RawLink, hello};

const PAIR: [&str; 2] = ["a", "b"];
const BOOT: [u8; 32] = [0xc; 32];
const LIMIT: u32 = 10;

struct Scene {
    cluster: Cluster,
    coordinator: Coordinator,
    rogue: TlsMaterial,
}

impl Scene {
    async fn set() -> Self {
        let options = Options {
            clock_skew_ms: 15_000,
            ..Options::with_limit(LIMIT)
        };
        let mut cluster = Cluster::deal(options);
        for node in PAIR {
            cluster.start_node(node);
        }
        let coordinator = Coordinator::new(&cluster);
        coordinator.wait_until_full(&cluster, &PAIR).await;
        let rogue = cluster.material("node-c");
        Self {
            cluster,
            coordinator,
            rogue,
        }
    }

    async fn link(&self, to: &str) -> RawLink {
        let hello = hello(Lane::Online, BOOT);
        let opened = RawLink::open(&self.cluster, &self.rogue, to, hello).await;
        opened.unwrap()
    }

    /// Requests that node a has charged anybody for, decided and heard.
    fn charged(&self) -> HashSet<String> {
        let digest = |one: &Value| one["digest"].as_str().unwrap().to_owned();
        let mut all: HashSet<String> = heard(&self.cluster, "a").iter().map(digest).collect();
        all.extend(approved(&self.cluster, "a").iter().map(digest));
        all
    }
}

fn approved(cluster: &Cluster, node: &str) -> Vec<Value> {
    let mut decisions = of_kind(cluster, node, "decision");
    decisions.retain(|one| one["verdict"]["outcome"] == "approved");
    decisions
}

fn tell(authorised: Vec<Authorised>) -> peer_message::Kind {
    let number = 1;
    peer_message::Kind::Tell(Tell { number, authorised })
}

fn authorised_at(signed: &SignedEnvelope, at_ms: u64) -> Authorised {
    Authorised {
        envelope: Some(signed.clone()),
        at_ms,
    }
}

fn authorised(asked: &Asked) -> Authorised {
    authorised_at(&asked.signed, now_ms())
}

/// A request as it was a while ago.
fn ago(mut ask: Ask, ms: u64) -> Ask {
    ask.envelope.created_at_ms -= ms;
    ask.envelope.deadline_ms -= ms;
    ask
}

#[tokio::test]
async fn word_without_the_clients_or_without_sense__should_charge_nobody() {
    let scene = Scene::set().await;
    let cluster = &scene.cluster;
    let good = order().sign(cluster);
    let mut altered = good.signed.clone();
    let last = altered.envelope.len() - 1;
    altered.envelope[last] ^= 1;
    let mut badly_signed = good.signed.clone();
    badly_signed.signature[0] ^= 1;
    let mut truncated = good.signed.clone();
    truncated.envelope.truncate(last);
    let stranger = EnvelopeKey::generate().unwrap();
    let other = cluster.envelope_key_of(OTHER_CLIENT);
    let mut nobody = order();
    nobody.envelope.client = "desk-9".parse().unwrap();
    let mut unpermitted = order();
    unpermitted.envelope.client = OTHER_CLIENT.parse().unwrap();
    let mut other_key = order();
    other_key.envelope.key_id = "another".parse().unwrap();
    let now = now_ms();
    let unclassified = binance("/api/v3/no/such/path", "symbol=BTCUSDT");
    let false_words = [
        Authorised::default(),
        authorised_at(&SignedEnvelope::default(), now),
        authorised_at(&altered, now),
        authorised_at(&badly_signed, now),
        authorised_at(&truncated, now),
        // In another's name, and in nobody's.
        authorised(&order().sign_with(&stranger)),
        authorised(&order().sign_with(&other)),
        authorised(&nobody.sign_with(&stranger)),
        // Signed by a client that may do nothing.
        authorised(&unpermitted.sign_with(&other)),
        // By the client, for what nobody may do or understands, or with a key there is not.
        authorised(&withdrawal().sign(cluster)),
        authorised(&unclassified.sign(cluster)),
        authorised(&other_key.sign(cluster)),
        // Long past, whenever it is said to have been; and not yet.
        authorised_at(&ago(order(), 60_000).sign(cluster).signed, now - 60_000),
        authorised_at(&ago(order(), 60_000).sign(cluster).signed, now),
        authorised_at(&order().sign(cluster).signed, now + 60_000),
        authorised_at(&order().sign(cluster).signed, now - 60_000),
        authorised_at(&order().sign(cluster).signed, 0),
        authorised_at(&order().sign(cluster).signed, u64::MAX),
    ];
    let mut link = scene.link("a").await;
    // So many that a node would not say them at once.
    link.send(tell(vec![authorised(&good); 129])).await.unwrap();
    // Among them one that is true for all that node a can know.
    let last = order().sign(cluster);
    let words = [&false_words[..], &[authorised(&last)]].concat();
    link.send(tell(words)).await.unwrap();
    wait_until_heard(cluster, "a", &[last.digest]).await;
    let heard = heard(cluster, "a");
    assert_eq!(heard.len(), 1, "{heard:?}");

    // And the client has the rest of its limit, which is halved while the third node is silent.
    for _ in 1..LIMIT / 2 {
        let asked = order().sign(cluster);
        scene.coordinator.sign(cluster, &asked, &PAIR).await;
    }
    let asked = order().sign(cluster);
    let answers = scene.coordinator.ask(&asked, &PAIR).await;
    let refusal = answers["a"].as_ref().unwrap_err();
    assert_eq!(refusal.reason(), Reason::PolicyDenied, "{refusal}");
}

#[tokio::test]
async fn word_repeated__should_charge_once() {
    let scene = Scene::set().await;
    let cluster = &scene.cluster;
    let signed = order().sign(cluster);
    scene.coordinator.sign(cluster, &signed, &PAIR).await;
    let told = order().sign(cluster);
    let mut link = scene.link("a").await;
    let mut words: Vec<Authorised> = Vec::new();
    for _ in 0..20 {
        words.extend([authorised(&signed), authorised(&told)]);
    }
    let last = order().sign(cluster);
    words.push(authorised(&last));
    for _ in 0..3 {
        link.send(tell(words.clone())).await.unwrap();
    }
    wait_until_heard(cluster, "a", &[told.digest, last.digest]).await;
    assert_eq!(heard(cluster, "a").len(), 2);
    // Told first, decided later: still once.
    scene.coordinator.sign(cluster, &told, &PAIR).await;
    for _ in 3..LIMIT / 2 {
        let asked = order().sign(cluster);
        scene.coordinator.sign(cluster, &asked, &PAIR).await;
    }
}

#[tokio::test]
async fn lying_node__should_charge_a_client_no_more_than_one_limit() {
    let scene = Scene::set().await;
    let cluster = &scene.cluster;
    let mut link = scene.link("a").await;
    // By a client that lends itself to it, never authorised by anybody.
    let lies: Vec<Asked> = (0..2 * LIMIT).map(|_| order().sign(cluster)).collect();
    link.send(tell(lies.iter().map(authorised).collect()))
        .await
        .unwrap();
    let patience = Instant::now() + Duration::from_secs(60);
    while heard(cluster, "a").is_empty() {
        assert!(Instant::now() < patience, "nothing is heard");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(heard(cluster, "a").len(), LIMIT as usize);
    assert_eq!(scene.charged().len(), LIMIT as usize);
}

#[tokio::test]
async fn flood_of_words__should_leave_others_to_be_served() {
    let scene = Scene::set().await;
    let cluster = &scene.cluster;
    let mut garbage = order().sign(cluster).signed;
    garbage.signature[0] ^= 1;
    let words = vec![authorised_at(&garbage, now_ms()); 128];
    for node in PAIR {
        let mut link = scene.link(node).await;
        for _ in 0..300 {
            link.send(tell(words.clone())).await.unwrap();
        }
    }
    for _ in 0..LIMIT / 2 {
        let asked = order().sign(cluster);
        scene.coordinator.sign(cluster, &asked, &PAIR).await;
    }
    assert!(heard(cluster, "a").is_empty());
}

/// Each honest node is asked to sign with the corrupt one, apart from the other.
#[tokio::test(flavor = "multi_thread")]
async fn node_that_tells_nothing__should_gain_no_more_than_is_stated() {
    let scene = Scene::set().await;
    let (cluster, coordinator) = (&scene.cluster, &scene.coordinator);
    let _mute = MuteNode::start(cluster, "c", &PAIR).await;
    coordinator.wait_until_fresh(&PAIR).await;
    // All at once: while none has heard of the others.
    let asked: Vec<Asked> = (0..6 * LIMIT).map(|_| order().sign(cluster)).collect();
    let (with_a, with_b) = asked.split_at(asked.len() / 2);
    let calls = async |node: &str, asked: &[Asked]| {
        let calls: Vec<_> = asked.iter().map(|one| (node, &one.signed)).collect();
        coordinator.contribute_all(&calls, &[node, "c"]).await
    };
    let (at_a, at_b) = tokio::join!(calls("a", with_a), calls("b", with_b));
    let answers = at_a.iter().chain(&at_b);
    let refusals = answers.filter_map(|(_, answer)| answer.as_ref().err());
    let denied = refusals.filter(|refusal| refusal.rule == "demo-rate");
    let denied = denied.count();

    let together = approved(cluster, "a").len() + approved(cluster, "b").len();
    assert_eq!(together + denied, asked.len());
    // (2 - 1/h) L + (h - 1)²/h X, with h = 2 honest nodes, L = 10, X = 1.
    assert!(together <= 15, "{together} authorised");
    // And it was not the silence of the corrupt node that kept them low.
    assert!(together >= 10, "only {together} authorised");
    // Soon both know of all.
    let digests: Vec<_> = asked.iter().map(|one| one.digest).collect();
    let known = |node| {
        let approved = approved(cluster, node);
        let known: HashSet<String> = approved
            .iter()
            .map(|one| one["digest"].as_str().unwrap().to_owned())
            .collect();
        digests
            .iter()
            .filter(move |digest| known.contains(&hex::encode(digest.as_bytes())))
            .copied()
            .collect::<Vec<_>>()
    };
    wait_until_heard(cluster, "a", &known("b")).await;
    wait_until_heard(cluster, "b", &known("a")).await;
}
