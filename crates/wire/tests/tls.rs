//! Connections end to end on loopback: who gets through, and who does not.
#![allow(missing_docs, clippy::unwrap_used)]

mod support;

use std::sync::Arc;
use std::time::Duration;

use countersign_wire::pki::Authority;
use countersign_wire::roster::Address;
use countersign_wire::tls::{self, TransportOptions};
use countersign_wire::v1::ClusterStatusRequest;
use countersign_wire::v1::signer_client::SignerClient;
use countersign_wire::{Identity, Reason, Refusal};
use rustls::version::{TLS12, TLS13};
use support::{DOMAIN, Deployment, PATIENCE, RawClient, Server, identity, options, until};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Calls the server over a proper channel; the server answers with the caller's identity.
async fn call(
    deployment: &Deployment,
    caller: &str,
    address: &Address,
    expected: &Identity,
) -> Result<String, String> {
    let material = deployment.material(caller);
    let channel = tls::connect(address, expected, &material, &options())
        .await
        .map_err(|error| error.to_string())?;
    let answer = SignerClient::new(channel)
        .cluster_status(ClusterStatusRequest {})
        .await
        .map_err(|status| {
            Refusal::from_status(&status).map_or(status.to_string(), |r| r.to_string())
        })?;
    Ok(answer.into_inner().nodes.remove(0).node)
}

#[tokio::test]
async fn the_server_learns_who_calls() {
    let deployment = Deployment::new();
    let server = Server::start(&deployment, "node-a", options()).await;
    let expected = identity("node/a");
    for (dir, name) in [
        ("client-desk", "client/desk"),
        ("client-other", "client/other"),
    ] {
        let seen = call(&deployment, dir, &server.address, &expected).await;
        assert_eq!(seen, Ok(identity(name).to_string()));
    }
}

#[tokio::test]
async fn the_wrong_role_is_refused_with_a_reason() {
    let deployment = Deployment::new();
    let server = Server::start(&deployment, "node-a", options()).await;
    for dir in ["node-b", "coordinator-c"] {
        let refused = call(&deployment, dir, &server.address, &identity("node/a")).await;
        let text = refused.unwrap_err();
        assert!(
            text.starts_with(Reason::ForbiddenCaller.as_str_name()),
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_server_of_another_name_is_refused() {
    let deployment = Deployment::new();
    let server = Server::start(&deployment, "node-a", options()).await;
    for other in ["node/b", "coordinator/a", "client/a"] {
        let refused = call(
            &deployment,
            "client-desk",
            &server.address,
            &identity(other),
        )
        .await;
        let text = refused.unwrap_err();
        assert!(text.contains("instead of"), "{text}");
    }
    let elsewhere: Identity = "spiffe://other.example/node/a".parse().unwrap();
    let refused = call(&deployment, "client-desk", &server.address, &elsewhere).await;
    assert!(refused.is_err());
}

#[tokio::test]
async fn parties_of_another_authority_are_refused_on_both_sides() {
    let ours = Deployment::new();
    let theirs = Deployment::new();
    let server = Server::start(&ours, "node-a", options()).await;

    // Their client trusts our authority, so that only the server can refuse.
    let intruder = theirs.material_trusting("client-desk", &ours);
    let verdict = RawClient::of(&theirs, "client-desk").verdict(&server).await;
    assert!(verdict.is_err());
    let channel = tls::connect(&server.address, &identity("node/a"), &intruder, &options()).await;
    if let Ok(channel) = channel {
        let answer = SignerClient::new(channel)
            .cluster_status(ClusterStatusRequest {})
            .await;
        assert!(answer.is_err());
    }

    // Their server under our node's name.
    let impostor = Server::start_with(theirs.material_trusting("node-a", &ours), options()).await;
    let refused = call(&ours, "client-desk", &impostor.address, &identity("node/a")).await;
    assert!(refused.is_err());
}

#[tokio::test]
async fn a_raw_client_with_everything_right_is_accepted_with_a_post_quantum_exchange() {
    let deployment = Deployment::new();
    let server = Server::start(&deployment, "node-a", options()).await;
    let client = RawClient::of(&deployment, "client-desk");
    assert_eq!(
        client.verdict(&server).await,
        Ok(Some(rustls::NamedGroup::X25519MLKEM768))
    );
}

#[tokio::test]
async fn tls_1_2_is_refused() {
    let deployment = Deployment::new();
    let server = Server::start(&deployment, "node-a", options()).await;
    let mut client = RawClient::of(&deployment, "client-desk");
    client.versions = vec![&TLS12];
    assert!(client.verdict(&server).await.is_err());
    client.versions = vec![&TLS12, &TLS13];
    assert!(client.verdict(&server).await.is_ok());
}

#[tokio::test]
async fn a_client_without_certificate_or_http2_is_refused() {
    let deployment = Deployment::new();
    let server = Server::start(&deployment, "node-a", options()).await;

    let mut anonymous = RawClient::of(&deployment, "client-desk");
    anonymous.chain.clear();
    assert!(anonymous.verdict(&server).await.is_err());

    let mut no_alpn = RawClient::of(&deployment, "client-desk");
    no_alpn.alpn = vec![];
    assert!(no_alpn.verdict(&server).await.is_err());

    let mut http1 = RawClient::of(&deployment, "client-desk");
    http1.alpn = vec![b"http/1.1".to_vec()];
    assert!(http1.verdict(&server).await.is_err());
}

#[tokio::test]
async fn certificates_that_name_no_single_identity_are_refused() {
    let deployment = Deployment::new();
    let server = Server::start(&deployment, "node-a", options()).await;
    let good = format!("spiffe://{DOMAIN}/client/desk");
    let cases: [(&str, Vec<String>, bool); 7] = [
        ("control", vec![good.clone()], true),
        ("none", vec![], false),
        (
            "two",
            vec![good.clone(), format!("spiffe://{DOMAIN}/node/b")],
            false,
        ),
        ("twice the same", vec![good.clone(), good], false),
        (
            "other trust domain",
            vec!["spiffe://other.example/client/desk".into()],
            false,
        ),
        (
            "unknown role",
            vec![format!("spiffe://{DOMAIN}/officer/desk")],
            false,
        ),
        (
            "escaped",
            vec![format!("spiffe://{DOMAIN}/client/%64esk")],
            false,
        ),
    ];
    for (what, uris, accepted) in cases {
        let mut client = RawClient::of(&deployment, "client-desk");
        client.forge(&deployment, &uris);
        assert_eq!(client.verdict(&server).await.is_ok(), accepted, "{what}");
    }
}

#[tokio::test]
async fn the_leaf_of_a_leaf_is_refused() {
    let deployment = Deployment::new();
    let server = Server::start(&deployment, "node-a", options()).await;
    let mut client = RawClient::of(&deployment, "client-desk");
    client.forge_under_leaf(&deployment, "client-other", "client/desk");
    assert!(client.verdict(&server).await.is_err());
}

#[tokio::test]
async fn expired_certificates_are_refused_on_both_sides() {
    let deployment = Deployment::new();
    let server = Server::start(&deployment, "node-a", options()).await;
    let authority: Authority = deployment.authority();
    let short = Duration::from_secs(1);
    let client = deployment.store(
        "short-client",
        &authority.issue(&identity("client/desk"), short).unwrap(),
    );
    let node = deployment.store(
        "short-node",
        &authority.issue(&identity("node/a"), short).unwrap(),
    );
    tokio::time::sleep(Duration::from_millis(2100)).await;

    assert!(
        RawClient::of(&deployment, client)
            .verdict(&server)
            .await
            .is_err()
    );
    let stale_server = Server::start_with(deployment.material(node), options()).await;
    let refused = call(
        &deployment,
        "client-desk",
        &stale_server.address,
        &identity("node/a"),
    )
    .await;
    let text = refused.unwrap_err();
    assert!(
        text.contains("Expired") || text.contains("expired"),
        "{text}"
    );
}

/// A server, and connections to it that never begin their handshake.
async fn with_silent_connections(
    deployment: &Deployment,
    handshake_timeout: Duration,
) -> (Server, Vec<TcpStream>) {
    let options = TransportOptions {
        handshake_timeout,
        max_handshakes: 8,
        ..options()
    };
    let server = Server::start(deployment, "node-a", options).await;
    let mut silent = Vec::new();
    for _ in 0..6 {
        silent.push(TcpStream::connect(server.address.as_str()).await.unwrap());
    }
    (server, silent)
}

#[tokio::test]
async fn silent_connections_block_nobody() {
    let deployment = Deployment::new();
    let (server, _silent) = with_silent_connections(&deployment, Duration::MAX).await;
    let expected = identity("node/a");
    let seen = call(&deployment, "client-desk", &server.address, &expected).await;
    assert!(seen.is_ok(), "{seen:?}");
}

#[tokio::test]
async fn silent_connections_are_cut_off() {
    let deployment = Deployment::new();
    let soon = Duration::from_millis(100);
    let (_server, silent) = with_silent_connections(&deployment, soon).await;
    for mut connection in silent {
        let closed = timeout(PATIENCE, connection.read(&mut [0; 1])).await;
        assert_eq!(closed.expect("the end of it").unwrap(), 0);
    }
}

#[tokio::test]
async fn one_identity_cannot_take_all_connections() {
    let deployment = Deployment::new();
    let options = TransportOptions {
        max_connections_per_peer: 2,
        max_connections: 3,
        ..options()
    };
    let server = Server::start(&deployment, "node-a", options).await;
    let greedy = RawClient::of(&deployment, "client-desk");
    let first = greedy.connect(&server).await.unwrap();
    let second = greedy.connect(&server).await.unwrap();
    assert!(greedy.verdict(&server).await.is_err());

    let other = RawClient::of(&deployment, "client-other");
    assert!(other.verdict(&server).await.is_ok());
    drop((first, second));
    until("a place to be free", async || {
        greedy.verdict(&server).await.is_ok()
    })
    .await;
}

#[tokio::test]
async fn a_channel_comes_back_after_the_server_did() {
    let deployment = Deployment::new();
    let server = Server::start(&deployment, "node-a", options()).await;
    let address = server.address.clone();
    let material = deployment.material("client-desk");
    let channel = tls::connect(&address, &identity("node/a"), &material, &options())
        .await
        .unwrap();
    let mut client = SignerClient::new(channel);
    assert!(client.cluster_status(ClusterStatusRequest {}).await.is_ok());
    server.stop().await;
    assert!(
        client
            .cluster_status(ClusterStatusRequest {})
            .await
            .is_err()
    );

    let _again = Server::start_at(&address, deployment.material("node-a"), options()).await;
    until("an answer", async || {
        client.cluster_status(ClusterStatusRequest {}).await.is_ok()
    })
    .await;
}

#[test]
fn material_that_does_not_belong_together_is_refused() {
    use countersign_wire::tls::TlsMaterial;
    let deployment = Deployment::new();
    let file = |name: &str| deployment.path().join(name);
    let load =
        |cert: &str, key: &str, ca: &str| TlsMaterial::load(&file(cert), &file(key), &file(ca));

    let material = load("node-a/cert.pem", "node-a/key.pem", "ca.pem").unwrap();
    assert_eq!(material.identity(), &identity("node/a"));
    let left = material
        .not_after()
        .duration_since(std::time::SystemTime::now())
        .unwrap();
    assert!(left < Duration::from_secs(24 * 3600) && left > Duration::from_secs(23 * 3600));

    assert!(load("node-a/cert.pem", "node-b/key.pem", "ca.pem").is_err());
    assert!(load("node-a/cert.pem", "node-a/sealing-key.pem", "ca.pem").is_err());
    assert!(load("node-a/key.pem", "node-a/key.pem", "ca.pem").is_err());
    assert!(load("ca.pem", "ca-key.pem", "ca.pem").is_err());
    assert!(load("node-a/cert.pem", "node-a/key.pem", "roster.toml").is_err());
    assert!(load("node-a/cert.pem", "node-a/key.pem", "absent.pem").is_err());
    let text = format!("{:?}", Arc::new(material));
    assert!(!text.contains("key"), "{text}");
}
