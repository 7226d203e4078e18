//! A node of the deployment, certificate and all, that keeps to no protocol: the third of three,
//! played by the test, against the two that run.

use std::time::Duration;

use countersign_wire::v1::{
    Allocate, BatchAbort, BatchOpen, BatchRound, Decline, Labels, Lane, LinkData, LinkHello,
    link_frame, peer_message,
};
use tonic::Code;

use crate::support::client::order;
use crate::support::cluster::{Cluster, KEY, Options};
use crate::support::coordinator::Coordinator;
use crate::support::peer::{RawLink, hello};

const PAIR: [&str; 2] = ["a", "b"];
const BOOT: [u8; 32] = [0xc; 32];

struct Scene {
    cluster: Cluster,
    coordinator: Coordinator,
    rogue: countersign_wire::tls::TlsMaterial,
}

impl Scene {
    async fn set() -> Self {
        let mut cluster = Cluster::deal(Options::default());
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

    async fn link(&self, to: &str, lane: Lane) -> RawLink {
        let opened = RawLink::open(&self.cluster, &self.rogue, to, hello(lane, BOOT)).await;
        opened.unwrap()
    }

    async fn refused(&self, hello: LinkHello) -> Code {
        let answer = RawLink::open(&self.cluster, &self.rogue, "a", hello).await;
        answer.err().unwrap().code()
    }

    /// The honest pair signs, and blames nobody.
    async fn assert_unharmed(&self) {
        for _ in 0..3 {
            let asked = order().sign(&self.cluster);
            self.coordinator.sign(&self.cluster, &asked, &PAIR).await;
        }
        super::support::audit::assert_no_incident(&self.cluster);
        for node in PAIR {
            let status = self.coordinator.status(node).await.unwrap();
            assert!(status.keys[0].quarantined_peers.is_empty());
        }
    }
}

fn names(quorum: &[&str]) -> Vec<String> {
    quorum.iter().map(|&name| name.to_owned()).collect()
}

#[tokio::test]
async fn greeting__should_be_refused_unless_it_is_right() {
    let scene = Scene::set().await;
    let good = hello(Lane::Online, BOOT);
    for version in [0, countersign_mpc::PROTOCOL_VERSION + 1, u32::MAX] {
        let protocol_version = version;
        let refused = scene.refused(LinkHello {
            protocol_version,
            ..good.clone()
        });
        assert_eq!(refused.await, Code::FailedPrecondition);
    }
    for lane in [0, 3, -1] {
        let refused = scene.refused(LinkHello {
            lane,
            ..good.clone()
        });
        assert_eq!(refused.await, Code::InvalidArgument);
    }
    for bytes in [0, 31, 33] {
        let refused = scene.refused(LinkHello {
            boot_nonce: vec![1; bytes],
            ..good.clone()
        });
        assert_eq!(refused.await, Code::InvalidArgument);
    }
    let data = link_frame::Kind::Data(LinkData::default());
    let unannounced = RawLink::begin(&scene.cluster, &scene.rogue, "a", data).await;
    assert_eq!(unannounced.err().unwrap().code(), Code::InvalidArgument);

    // One identity has one live process.
    let first = scene.link("a", Lane::Online).await;
    let second = scene.refused(hello(Lane::Bulk, [0xd; 32]));
    assert_eq!(second.await, Code::AlreadyExists);
    drop(first);
    scene.assert_unharmed().await;
}

#[tokio::test]
async fn link__should_end_at_the_first_frame_that_is_wrong() {
    let scene = Scene::set().await;
    for lane in [Lane::Online, Lane::Bulk] {
        for payload in [vec![0xff; 100], Vec::new(), vec![0x0a, 0x7f]] {
            let mut link = scene.link("a", lane).await;
            let error = link.send_bytes(payload).await.unwrap_err();
            assert_eq!(error.code(), Code::InvalidArgument, "{error}");
        }
        for wrong in [|next: u64| next + 1, |_| 0, |_| u64::MAX, |next| next - 1] {
            let mut link = scene.link("a", lane).await;
            let data = LinkData {
                seq: wrong(link.last_seq() + 1),
                ..LinkData::default()
            };
            link.send_data(data).await;
            let error = link.next().await.unwrap_err();
            assert_eq!(error.code(), Code::OutOfRange, "{error}");
        }
    }
    // A message that never ends is cut off.
    let mut link = scene.link("a", Lane::Online).await;
    for seq in (link.last_seq() + 1..).take(4) {
        let payload = vec![0; 200_000];
        let data = LinkData {
            seq,
            payload,
            more: true,
        };
        link.send_data(data).await;
    }
    let error = link.next().await.unwrap_err();
    assert_eq!(error.code(), Code::ResourceExhausted, "{error}");
    scene.assert_unharmed().await;
}

#[tokio::test]
async fn unfinished_message__should_go_with_the_connection_that_took_over() {
    let scene = Scene::set().await;
    let mut old = scene.link("a", Lane::Bulk).await;
    let data = LinkData {
        seq: old.last_seq() + 1,
        payload: vec![0; 1 << 20],
        more: true,
    };
    old.send_data(data).await;
    let _new = scene.link("a", Lane::Bulk).await;
    let ended = old.next().await.unwrap_err();
    assert_eq!(ended.code(), Code::Aborted, "{ended}");
    scene.assert_unharmed().await;
}

#[tokio::test]
async fn messages_out_of_place__should_change_nothing() {
    let scene = Scene::set().await;
    for node in PAIR {
        let mut online = scene.link(node, Lane::Online).await;
        let mut bulk = scene.link(node, Lane::Bulk).await;
        // Quorums it is not in, does not evaluate for, or that are none.
        let quorums = [
            &PAIR[..],
            &["a", "c"],
            &["b", "c"],
            &["c"],
            &["x", "y"],
            &[],
        ];
        for quorum in quorums {
            for digest in [vec![1; 32], vec![1; 5]] {
                let allocate = Allocate {
                    request_digest: digest.clone(),
                    key_id: KEY.to_owned(),
                    quorum: names(quorum),
                    presignature_id: vec![2; 16],
                };
                let sent = online.send(peer_message::Kind::Allocate(allocate)).await;
                sent.unwrap();
                let decline = Decline {
                    request_digest: digest,
                    key_id: KEY.to_owned(),
                    quorum: names(quorum),
                };
                let sent = online.send(peer_message::Kind::Decline(decline)).await;
                sent.unwrap();
            }
            for batch_id in [vec![3; 16], vec![], number(3, 1), number(1, 1 << 40)] {
                let open = BatchOpen {
                    batch_id: batch_id.clone(),
                    key_id: KEY.to_owned(),
                    quorum: names(quorum),
                    epoch: 1,
                    presignatures: u32::MAX,
                    boot_nonces: vec![vec![1; 32]; 2],
                };
                let sent = bulk.send(peer_message::Kind::BatchOpen(open)).await;
                sent.unwrap();
                let reason = "\u{1b}[2J".repeat(100);
                let abort = BatchAbort { batch_id, reason };
                let sent = bulk.send(peer_message::Kind::BatchAbort(abort)).await;
                sent.unwrap();
            }
        }
        for id in [vec![4; 16], vec![], vec![4; 1000]] {
            let labels = Labels {
                request_digest: vec![1; 32],
                presignature_id: id,
                tau: Vec::new(),
                body: vec![5; 1000],
            };
            let sent = online.send(peer_message::Kind::Labels(labels)).await;
            sent.unwrap();
        }
    }
    scene.assert_unharmed().await;
}

/// The number of a batch as its opener writes it.
fn number(opener: u8, number: u64) -> Vec<u8> {
    let mut bytes = vec![0; 16];
    bytes[0] = opener;
    bytes[8..].copy_from_slice(&number.to_be_bytes());
    bytes
}

#[tokio::test]
async fn flood_for_batches_nobody_opened__should_not_disturb_others() {
    let scene = Scene::set().await;
    let mut bulk = scene.link("a", Lane::Bulk).await;
    let body = vec![7; 1 << 20];
    for at in 0..400u64 {
        // Its own batches, and one of another opener; a few messages each.
        let batch_id = number(if at % 2 == 0 { 3 } else { 2 }, (1 << 50) + at / 20);
        let round = BatchRound {
            batch_id,
            kind: 1,
            body: body.clone(),
            ..BatchRound::default()
        };
        bulk.send(peer_message::Kind::BatchRound(round))
            .await
            .unwrap();
    }
    for kind in [0, 99, u32::MAX] {
        let round = BatchRound {
            batch_id: number(3, 1 << 51),
            kind,
            ..BatchRound::default()
        };
        bulk.send(peer_message::Kind::BatchRound(round))
            .await
            .unwrap();
    }
    scene.assert_unharmed().await;
}

#[tokio::test]
async fn refusal_by_a_stranger_to_the_quorum__should_not_count() {
    let scene = Scene::set().await;
    let evaluator = scene.coordinator.evaluator(&PAIR).await;
    let garbler = if evaluator == "a" { "b" } else { "a" };
    let asked = order().sign(&scene.cluster);
    let decline = Decline {
        request_digest: asked.digest.as_bytes().to_vec(),
        key_id: KEY.to_owned(),
        quorum: names(&PAIR),
    };
    let mut to_evaluator = scene.link(evaluator, Lane::Online).await;
    let mut to_garbler = scene.link(garbler, Lane::Online).await;
    let one = [(evaluator, &asked.signed)];
    let other = [(garbler, &asked.signed)];
    let (first, second) = tokio::join!(scene.coordinator.contribute_each(&one, &PAIR), async {
        // While the evaluator waits for the garbler.
        tokio::time::sleep(Duration::from_millis(500)).await;
        for link in [&mut to_evaluator, &mut to_garbler] {
            let said = link.send(peer_message::Kind::Decline(decline.clone()));
            said.await.unwrap();
        }
        scene.coordinator.contribute_each(&other, &PAIR).await
    });
    assert!(second[garbler].is_ok(), "{second:?}");
    let tag = first[evaluator].as_ref().unwrap().sealed_tag.clone();
    assert_eq!(
        asked.open(&tag.unwrap()),
        asked.expected_tag(&scene.cluster)
    );
    scene.assert_unharmed().await;
}

#[tokio::test]
async fn flood_of_allocations__should_leave_room_for_honest_evaluators() {
    let scene = Scene::set().await;
    // The third node evaluates for this quorum, so its word counts there.
    let mut online = scene.link("b", Lane::Online).await;
    for at in 0..20_000u32 {
        let mut digest = vec![9; 32];
        digest[..4].copy_from_slice(&at.to_be_bytes());
        let allocate = Allocate {
            request_digest: digest,
            key_id: KEY.to_owned(),
            quorum: names(&["b", "c"]),
            presignature_id: vec![2; 16],
        };
        online
            .send(peer_message::Kind::Allocate(allocate))
            .await
            .unwrap();
    }
    scene.assert_unharmed().await;
}
