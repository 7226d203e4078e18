//! Who and what the coordinator turns away before it asks any node.

use std::sync::Arc;
use std::time::Duration;

use crate::support::{Behaviour, Deployment, LONG, send_by, until};
use countersign_coordinator::{Config, Coordinator, RunError, TlsPaths};
use countersign_wire::{Reason, SealingKey, envelope, v1};

fn reply_key() -> SealingKey {
    SealingKey::generate().unwrap()
}

#[tokio::test]
async fn only_clients_sign_and_only_for_themselves() {
    let deployment = Deployment::start().await;
    let mine = deployment.envelope(&reply_key(), LONG);
    let signed = envelope::sign(&mine, &deployment.envelope_key("desk")).unwrap();
    for dir in ["node-a", "coordinator-one", "client-other"] {
        let mut stub = deployment.stub(dir).await;
        let refusal = send_by(&mut stub, signed.clone()).await.unwrap_err();
        assert_eq!(refusal.reason(), Reason::ForbiddenCaller, "{dir}");
    }
    assert_eq!(deployment.contributions(), 0);
    assert!(deployment.send(signed).await.is_ok());
}

#[tokio::test]
async fn what_the_client_did_not_sign_reaches_no_node() {
    let deployment = Deployment::start().await;
    let mine = deployment.envelope(&reply_key(), LONG);
    let signed = envelope::sign(&mine, &deployment.envelope_key("desk")).unwrap();

    let by_another = envelope::sign(&mine, &deployment.envelope_key("other")).unwrap();
    let mut altered = signed.clone();
    altered.signature[5] ^= 1;
    for bad in [by_another, altered] {
        let refusal = deployment.send(bad).await.unwrap_err();
        assert_eq!(refusal.reason(), Reason::UnauthenticatedClient);
    }
    let mut longer = signed;
    longer.envelope.push(0);
    let refusal = deployment.send(longer).await.unwrap_err();
    assert_eq!(refusal.reason(), Reason::Malformed);
    let refusal = deployment
        .send(v1::SignedEnvelope::default())
        .await
        .unwrap_err();
    assert_eq!(refusal.reason(), Reason::Malformed);
    assert_eq!(deployment.contributions(), 0);
}

#[tokio::test]
async fn late_envelopes_and_unknown_keys_reach_no_node() {
    let deployment = Deployment::start().await;
    let key = deployment.envelope_key("desk");
    let mut late = deployment.envelope(&reply_key(), 1000);
    late.created_at_ms -= 5000;
    late.deadline_ms -= 5000;
    let refusal = deployment
        .send(envelope::sign(&late, &key).unwrap())
        .await
        .unwrap_err();
    assert_eq!(refusal.reason(), Reason::Deadline);
    assert!(refusal.detail.contains("ms ago"), "{refusal}");

    let mut unknown = deployment.envelope(&reply_key(), LONG);
    unknown.key_id = "no-such-key".parse().unwrap();
    let refusal = deployment
        .send(envelope::sign(&unknown, &key).unwrap())
        .await
        .unwrap_err();
    assert_eq!(refusal.reason(), Reason::UnknownKey);
    assert_eq!(deployment.contributions(), 0);
}

#[tokio::test]
async fn too_much_in_flight_is_refused_at_once() {
    let limit = |config: &mut Config| config.max_in_flight_per_client = 2;
    let deployment = Arc::new(Deployment::start_with(limit).await);
    deployment.all_behave(&Behaviour::SignWhenLet);
    let mut requests = deployment.sign_at_once(3, LONG).await;
    let refused = requests.join_next().await.unwrap().unwrap().unwrap_err();
    assert_eq!(refused.reason(), Reason::Overloaded);
    assert!(refused.retry_after_ms > 0);
    deployment.nodes.iter().for_each(|node| node.let_sign());
    for admitted in requests.join_all().await {
        assert!(admitted.is_ok(), "{admitted:?}");
    }
    assert!(deployment.sign(LONG).await.is_ok());
}

#[tokio::test]
async fn the_status_shows_what_nodes_said() {
    let deployment = Deployment::start().await;
    let mut stub = deployment.stub("client-desk").await;
    let status = stub
        .cluster_status(v1::ClusterStatusRequest {})
        .await
        .unwrap();
    let nodes = status.into_inner().nodes;
    assert_eq!(nodes.len(), 3);
    let first = nodes[0].status.as_ref().unwrap();
    assert_eq!(first.keys[0].quorums[0].pool, 30);
    until("a fresh heartbeat", async || {
        deployment.views().await[0].heartbeat_age_ms < 1000
    })
    .await;

    let mut stub = deployment.stub("node-a").await;
    assert!(
        stub.cluster_status(v1::ClusterStatusRequest {})
            .await
            .is_err()
    );
}

#[tokio::test]
async fn a_certificate_of_another_is_not_served_with() {
    let dir = tempfile::tempdir().unwrap();
    let spec = countersign_wire::pki::DeploymentSpec {
        trust_domain: "test.example".parse().unwrap(),
        nodes: ["a", "b"]
            .map(|n| (n.parse().unwrap(), format!("{n}:1").parse().unwrap()))
            .into(),
        coordinators: ["one", "two"].map(|n| n.parse().unwrap()).into(),
        clients: vec![],
        authority_validity: Duration::from_secs(600),
        certificate_validity: Duration::from_secs(600),
    };
    countersign_wire::pki::issue_deployment(dir.path(), &spec).unwrap();
    for (home, accepted) in [
        ("coordinator-one", true),
        ("coordinator-two", false),
        ("node-a", false),
    ] {
        let config = Config {
            name: "one".parse().unwrap(),
            listen: "127.0.0.1:0".parse().unwrap(),
            tls: TlsPaths {
                certificate: dir.path().join(home).join("cert.pem"),
                key: dir.path().join(home).join("key.pem"),
                ca: dir.path().join("ca.pem"),
            },
            roster: dir.path().join("roster.toml"),
            heartbeat_interval: Duration::from_millis(250),
            liveness_timeout: Duration::from_secs(1),
            hedge_delay: Duration::from_millis(150),
            max_attempts: 6,
            max_in_flight: 1,
            max_in_flight_per_client: 1,
        };
        match Coordinator::bind(config).await {
            Ok(coordinator) => {
                assert!(accepted, "{home}");
                coordinator.serve(std::future::ready(())).await.unwrap();
            }
            Err(error) => {
                assert!(!accepted, "{home}: {error}");
                assert!(matches!(error, RunError::Identity { .. }));
            }
        }
    }
}
