//! Who may call what.

use countersign_wire::v1::{Lane, link_frame};
use countersign_wire::{EnvelopeKey, Principal, Reason, Refusal};
use tonic::{Code, Status};

use crate::support::client::order;
use crate::support::cluster::{Cluster, Options};
use crate::support::coordinator::Coordinator;
use crate::support::peer::{RawLink, hello};

const QUORUM: [&str; 2] = ["a", "b"];

#[track_caller]
fn assert_forbidden(status: &Status) -> Refusal {
    assert_eq!(status.code(), Code::PermissionDenied, "{status:?}");
    let refusal = Refusal::from_status(status).unwrap();
    assert_eq!(refusal.reason(), Reason::ForbiddenCaller);
    refusal
}

#[tokio::test]
async fn node_service__should_serve_coordinators_only() {
    let cluster = Cluster::start(Options::default());
    let honest = Coordinator::new(&cluster);
    honest.wait_until_full(&cluster, &["a", "b", "c"]).await;
    let asked = order().sign(&cluster);
    let node_name = "a".parse().unwrap();
    for material in [
        cluster.material("client-desk-1"),
        cluster.material("node-b"),
        // Names do not help; the role counts.
        cluster.issue(Principal::Client("main".parse().unwrap())),
        cluster.issue(Principal::Node(node_name)),
    ] {
        let caller = Coordinator::with_certificate(&cluster, &material);
        let answer = caller.contribute_raw("a", &asked.signed, &QUORUM).await;
        let refusal = assert_forbidden(&answer.unwrap_err());
        assert_eq!(refusal.rule, "caller");
        assert_forbidden(&caller.status("a").await.unwrap_err());
    }
    honest.sign(&cluster, &asked, &QUORUM).await;
}

#[tokio::test]
async fn peer_service__should_serve_other_nodes_of_the_roster_only() {
    let cluster = Cluster::start(Options::default());
    Coordinator::new(&cluster).wait_until_up("a").await;
    let first = || link_frame::Kind::Hello(hello(Lane::Online, [7; 32]));
    for (material, rule) in [
        (cluster.material("client-desk-1"), "caller"),
        (cluster.material("coordinator-main"), "caller"),
        // Issued by the deployment's authority, but not in the roster.
        (
            cluster.issue(Principal::Node("d".parse().unwrap())),
            "roster",
        ),
        // The node itself.
        (cluster.material("node-a"), "roster"),
    ] {
        let answer = RawLink::begin(&cluster, &material, "a", first()).await;
        let refusal = assert_forbidden(&answer.err().unwrap());
        assert_eq!(refusal.rule, rule);
    }
}

#[tokio::test]
async fn client_outside_the_roster__should_be_refused_by_every_node() {
    let cluster = Cluster::start(Options::default());
    let coordinator = Coordinator::new(&cluster);
    coordinator
        .wait_until_full(&cluster, &["a", "b", "c"])
        .await;
    let stranger = EnvelopeKey::generate().unwrap();
    // Under its own name, and under that of a client there is.
    let mut own_name = order();
    own_name.envelope.client = "desk-2".parse().unwrap();
    for asked in [own_name.sign_with(&stranger), order().sign_with(&stranger)] {
        for (node, answer) in coordinator.ask(&asked, &QUORUM).await {
            let refusal = answer.unwrap_err();
            assert_eq!(refusal.reason(), Reason::UnauthenticatedClient);
            assert_eq!(refusal.reason().code(), Code::PermissionDenied);
            assert_eq!(refusal.node, node);
        }
    }
    coordinator.assert_nobody_blamed(&cluster).await;
}
