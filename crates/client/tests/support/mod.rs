//! A deployment on disk, and coordinators that answer as a test tells them.

use std::future::Future;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use countersign_client::{Client, ClientConfig, CoordinatorAddress, Request as VenueRequest};
use countersign_wire::pki::{DeploymentSpec, issue_deployment};
use countersign_wire::roster::Address;
use countersign_wire::seal::{TAG_INFO, seal};
use countersign_wire::tls::{self, TlsMaterial, TransportOptions};
use countersign_wire::v1::signer_server::{Signer, SignerServer};
use countersign_wire::{
    AuthenticatedRequest, EnvelopeKey, NodeName, ReceiptKey, Roster, UnverifiedEnvelope, keyfile,
    receipt, require_client, v1,
};
use tokio::net::TcpListener;
use tokio::time::timeout;
use tonic::{Request, Response, Status};

/// Longer than any stall of the machine, and much shorter than the longest deadline.
const PATIENCE: Duration = Duration::from_secs(20);

/// What comes long before the longest deadline, and so did not wait for it.
pub async fn in_time<T>(outcome: impl Future<Output = T>) -> T {
    let outcome = timeout(PATIENCE, outcome).await;
    outcome.expect("an answer long before the deadline")
}

/// Looks again and again until it holds. What a stall may spoil is tried like this: one try that
/// succeeds shows it, and what does not work never does.
pub async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let looking = async { while !holds().await {} };
    let found = timeout(PATIENCE, looking).await;
    found.unwrap_or_else(|_| panic!("waited in vain for {what}"));
}

/// Connections that no stall breaks.
fn patient() -> TransportOptions {
    TransportOptions {
        handshake_timeout: PATIENCE,
        keepalive_timeout: PATIENCE,
        ..TransportOptions::default()
    }
}

pub struct Deployment {
    dir: tempfile::TempDir,
    pub roster: Roster,
}

impl Deployment {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let spec = DeploymentSpec {
            trust_domain: "test.example".parse().unwrap(),
            nodes: ["a", "b", "c"]
                .map(|n| (n.parse().unwrap(), format!("{n}:7101").parse().unwrap()))
                .into(),
            coordinators: ["one", "two"].map(|n| n.parse().unwrap()).into(),
            clients: ["desk", "other"].map(|n| n.parse().unwrap()).into(),
            authority_validity: Duration::from_secs(3600),
            certificate_validity: Duration::from_secs(3600),
        };
        let roster = issue_deployment(dir.path(), &spec).unwrap();
        Self { dir, roster }
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    pub fn material(&self, dir: &str) -> TlsMaterial {
        let home = self.path().join(dir);
        let ca = self.path().join("ca.pem");
        TlsMaterial::load(&home.join("cert.pem"), &home.join("key.pem"), &ca).unwrap()
    }

    fn key(&self, file: &str) -> String {
        let text = keyfile::read_private(&self.path().join(file)).unwrap();
        text.as_str().to_owned()
    }

    pub fn envelope_key(&self, client: &str) -> EnvelopeKey {
        EnvelopeKey::from_pem(&self.key(&format!("client-{client}/envelope-key.pem"))).unwrap()
    }

    pub fn receipt_key(&self, node: &str) -> ReceiptKey {
        ReceiptKey::from_pem(&self.key(&format!("node-{node}/receipt-key.pem"))).unwrap()
    }

    pub fn config(&self, coordinators: &[(&str, &Address)]) -> ClientConfig {
        let coordinators = coordinators
            .iter()
            .map(|(name, address)| CoordinatorAddress {
                name: name.parse().unwrap(),
                address: (*address).clone(),
            });
        ClientConfig {
            coordinators: coordinators.collect(),
            tls: self.material("client-desk"),
            envelope_key: self.envelope_key("desk"),
            roster: self.roster.clone(),
            transport: patient(),
        }
    }

    pub fn client(&self, coordinators: &[(&str, &Address)]) -> Client {
        Client::new(self.config(coordinators)).unwrap()
    }

    /// The answer honest nodes a and b would give, with this tag.
    pub fn answer(&self, envelope: &v1::SignedEnvelope, tag: &[u8]) -> v1::SignResponse {
        let request = self.authenticate(envelope);
        let reply_key = request.envelope().reply_key;
        let digest = request.digest();
        let sealed = seal(&reply_key, TAG_INFO, digest.as_bytes(), tag).unwrap();
        v1::SignResponse {
            sealed_tag: Some(sealed.into()),
            quorum: vec!["a".into(), "b".into()],
            evaluator: "b".into(),
            receipts: vec![self.receipt("a", &request), self.receipt("b", &request)],
            attempts: 1,
        }
    }

    pub fn authenticate(&self, envelope: &v1::SignedEnvelope) -> AuthenticatedRequest {
        let unverified = UnverifiedEnvelope::parse(envelope).unwrap();
        unverified.authenticate(&self.roster).unwrap()
    }

    pub fn receipt(&self, node: &str, request: &AuthenticatedRequest) -> v1::Receipt {
        let name: NodeName = node.parse().unwrap();
        let key = self.receipt_key(node);
        receipt::issue(&key, &name, &request.digest(), 7, &[3; 32])
    }
}

type Script =
    dyn Fn(&v1::SignedEnvelope) -> Result<v1::SignResponse, Status> + Send + Sync + 'static;

/// A coordinator that does as it is told. With no script it never answers.
pub struct Coordinator {
    pub address: Address,
    seen: Arc<Mutex<Vec<v1::SignedEnvelope>>>,
}

impl Coordinator {
    pub async fn start(
        deployment: &Deployment,
        name: &str,
        script: impl Fn(&v1::SignedEnvelope) -> Result<v1::SignResponse, Status> + Send + Sync + 'static,
    ) -> Self {
        Self::serve(deployment, name, Some(Arc::new(script))).await
    }

    pub async fn silent(deployment: &Deployment, name: &str) -> Self {
        Self::serve(deployment, name, None).await
    }

    async fn serve(deployment: &Deployment, name: &str, script: Option<Arc<Script>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string().parse().unwrap();
        let options = patient();
        let material = deployment.material(&format!("coordinator-{name}"));
        let incoming = tls::listen(listener, &material, &options).unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let service = Scripted {
            script,
            seen: seen.clone(),
        };
        let router = tls::server(&options).add_service(SignerServer::new(service));
        tokio::spawn(router.serve_with_incoming(incoming));
        Self { address, seen }
    }

    /// The envelopes it was given, in order.
    pub fn seen(&self) -> Vec<v1::SignedEnvelope> {
        self.seen.lock().unwrap().clone()
    }
}

struct Scripted {
    script: Option<Arc<Script>>,
    seen: Arc<Mutex<Vec<v1::SignedEnvelope>>>,
}

#[tonic::async_trait]
impl Signer for Scripted {
    async fn sign(
        &self,
        request: Request<v1::SignRequest>,
    ) -> Result<Response<v1::SignResponse>, Status> {
        require_client(&request)?;
        let envelope = request.into_inner().envelope.unwrap();
        self.seen.lock().unwrap().push(envelope.clone());
        match &self.script {
            Some(script) => script(&envelope).map(Response::new),
            None => std::future::pending().await,
        }
    }

    async fn cluster_status(
        &self,
        _: Request<v1::ClusterStatusRequest>,
    ) -> Result<Response<v1::ClusterStatusResponse>, Status> {
        if self.script.is_none() {
            return std::future::pending().await;
        }
        let node = v1::NodeView {
            node: "a".into(),
            ..Default::default()
        };
        Ok(Response::new(v1::ClusterStatusResponse {
            nodes: vec![node],
        }))
    }
}

pub fn order() -> VenueRequest {
    VenueRequest {
        venue: "binance".into(),
        method: "POST".into(),
        host: "api.binance.com".into(),
        path: "/api/v3/order".into(),
        query: "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=100&\
                recvWindow=5000&timestamp=1700000000000"
            .into(),
        body: Vec::new(),
        headers: Vec::new(),
    }
}
