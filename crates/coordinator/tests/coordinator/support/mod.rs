//! A deployment whose nodes do as a test tells them, each in a runtime of its own so that it can
//! die as a process does, around one real coordinator.

mod node;
mod patience;

use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use countersign_coordinator::{Config, Coordinator, TlsPaths};
use countersign_wire::pki::{DeploymentSpec, issue_deployment};
use countersign_wire::roster::Address;
use countersign_wire::seal::TAG_INFO;
use countersign_wire::tls::{self, TlsMaterial, TransportOptions};
use countersign_wire::v1::signer_client::SignerClient;
use countersign_wire::{
    Envelope, EnvelopeKey, Identity, Refusal, RequestDigest, RequestId, Roster, SealingKey,
    envelope, keyfile, receipt, v1,
};
use tokio::sync::OnceCell;
use tokio::task::{JoinHandle, JoinSet};
use tonic::Request;
use tonic::transport::Channel;

pub use node::{Behaviour, FakeNode, Links, TAG};
pub use patience::{LONG, in_time, until};

pub const KEY: &str = "venue-main";
pub const HEDGE_DELAY: Duration = Duration::from_millis(150);
pub const LIVENESS_TIMEOUT: Duration = Duration::from_millis(300);

/// Without it no request lives to see a hedge.
pub fn hedging(config: &mut Config) {
    config.hedge_delay = HEDGE_DELAY;
}

/// Without it no test lives to see a silent node taken for dead.
pub fn noticing_silence(config: &mut Config) {
    config.liveness_timeout = LIVENESS_TIMEOUT;
}

pub struct Deployment {
    dir: tempfile::TempDir,
    roster: Roster,
    pub nodes: Vec<FakeNode>,
    address: Address,
    observer: OnceCell<SignerClient<Channel>>,
    _serving: JoinHandle<()>,
}

impl Deployment {
    /// Nodes a, b, c of a 2-of-3 key, all warm, and a coordinator that has heard of them.
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub async fn start_with(adjust: impl FnOnce(&mut Config)) -> Self {
        let deployment = Self::start_unheard(adjust).await;
        deployment.wait_for_live("abc").await;
        deployment
    }

    /// As the others, but the coordinator may not have heard of any node yet.
    pub async fn start_unheard(adjust: impl FnOnce(&mut Config)) -> Self {
        let listeners: Vec<TcpListener> = (0..3)
            .map(|_| TcpListener::bind("127.0.0.1:0").unwrap())
            .collect();
        let names = ["a", "b", "c"];
        let spec = DeploymentSpec {
            trust_domain: "test.example".parse().unwrap(),
            nodes: names
                .iter()
                .zip(&listeners)
                .map(|(name, listener)| {
                    let address = listener.local_addr().unwrap().to_string();
                    (name.parse().unwrap(), address.parse().unwrap())
                })
                .collect(),
            coordinators: vec!["one".parse().unwrap()],
            clients: ["desk", "other"].map(|n| n.parse().unwrap()).into(),
            authority_validity: Duration::from_secs(3600),
            certificate_validity: Duration::from_secs(3600),
        };
        let dir = tempfile::tempdir().unwrap();
        let roster = issue_deployment(dir.path(), &spec).unwrap();
        let nodes = names
            .iter()
            .zip(listeners)
            .map(|(name, listener)| FakeNode::start(dir.path(), name, listener))
            .collect();

        let home = dir.path().join("coordinator-one");
        let mut config = Config {
            name: "one".parse().unwrap(),
            listen: "127.0.0.1:0".parse().unwrap(),
            tls: TlsPaths {
                certificate: home.join("cert.pem"),
                key: home.join("key.pem"),
                ca: dir.path().join("ca.pem"),
            },
            roster: dir.path().join("roster.toml"),
            heartbeat_interval: Duration::from_millis(50),
            liveness_timeout: Duration::from_millis(LONG),
            hedge_delay: Duration::from_millis(LONG),
            max_attempts: 6,
            max_in_flight: 64,
            max_in_flight_per_client: 64,
        };
        adjust(&mut config);
        let coordinator = Coordinator::bind(config).await.unwrap();
        let address = coordinator.address().to_string().parse().unwrap();
        let serving = tokio::spawn(async move {
            coordinator.serve(std::future::pending()).await.unwrap();
        });
        Self {
            dir,
            roster,
            nodes,
            address,
            observer: OnceCell::new(),
            _serving: serving,
        }
    }

    pub fn node(&self, name: &str) -> &FakeNode {
        self.nodes.iter().find(|node| node.name == name).unwrap()
    }

    pub fn kill(&mut self, name: &str) {
        let at = self.nodes.iter().position(|node| node.name == name);
        self.nodes.remove(at.unwrap());
    }

    pub fn all_behave(&self, behaviour: &Behaviour) {
        for node in &self.nodes {
            node.behave(behaviour.clone());
        }
    }

    pub fn contributions(&self) -> usize {
        self.nodes.iter().map(FakeNode::calls).sum()
    }

    /// How many calls all nodes answered.
    pub fn answered(&self) -> usize {
        self.nodes.iter().map(FakeNode::answered).sum()
    }

    /// The coordinator's stub, under the certificate in `dir`.
    pub async fn stub(&self, dir: &str) -> SignerClient<Channel> {
        let home = self.dir.path().join(dir);
        let ca = self.dir.path().join("ca.pem");
        let material =
            TlsMaterial::load(&home.join("cert.pem"), &home.join("key.pem"), &ca).unwrap();
        let domain = self.roster.trust_domain().clone();
        let expected = Identity::coordinator(domain, "one".parse().unwrap());
        let options = TransportOptions::default();
        let mut channel = None;
        until("a connection", async || {
            let connected = tls::connect(&self.address, &expected, &material, &options).await;
            channel = connected.ok();
            channel.is_some()
        })
        .await;
        SignerClient::new(channel.unwrap())
    }

    /// What the coordinator knows of each node.
    pub async fn views(&self) -> Vec<v1::NodeView> {
        let observer = self.observer.get_or_init(|| self.stub("client-desk"));
        let mut observer = observer.await.clone();
        let status = observer.cluster_status(v1::ClusterStatusRequest {}).await;
        status.unwrap().into_inner().nodes
    }

    pub async fn wait_for_live(&self, expected: &str) {
        until(&format!("just {expected} to be live"), async || {
            let views = self.views().await;
            let live = views.iter().filter(|view| view.connected);
            live.map(|view| view.node.as_str()).collect::<String>() == expected
        })
        .await;
    }

    /// Until the coordinator has heard what every node says now.
    pub async fn until_heard(&self) {
        self.until_heard_of(|node| node.heartbeats() + 1).await;
    }

    /// No node sends heartbeats from now on, and the coordinator has heard all that were sent.
    pub async fn hush(&self) {
        self.nodes.iter().for_each(|node| node.speak(false));
        self.until_heard_of(FakeNode::heartbeats).await;
    }

    /// Until the coordinator has heard this heartbeat of each node, or a later one.
    async fn until_heard_of(&self, number: impl Fn(&FakeNode) -> u64) {
        let awaited: Vec<_> = self.nodes.iter().map(|n| (&n.name, number(n))).collect();
        until("word of all nodes", async || {
            let views = self.views().await;
            awaited.iter().all(|(name, number)| {
                let view = views.iter().find(|view| view.node == **name);
                let status = view.and_then(|view| view.status.as_ref());
                status.is_some_and(|status| status.clock_ms >= *number)
            })
        })
        .await;
    }

    pub fn envelope(&self, reply_key: &SealingKey, lifetime_ms: u64) -> Envelope {
        static COUNT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(1);
        let count = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let mut request_id = [0; 16];
        request_id[..8].copy_from_slice(&count.to_be_bytes());
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let created_at_ms = u64::try_from(now.as_millis()).unwrap();
        Envelope {
            client: "desk".parse().unwrap(),
            request_id: RequestId(request_id),
            key_id: KEY.parse().unwrap(),
            created_at_ms,
            deadline_ms: created_at_ms + lifetime_ms,
            request: v1::VenueRequest {
                path: "/order".into(),
                ..Default::default()
            },
            reply_key: reply_key.public().unwrap(),
        }
    }

    pub fn envelope_key(&self, client: &str) -> EnvelopeKey {
        let file = format!("client-{client}/envelope-key.pem");
        EnvelopeKey::from_pem(&read(self.dir.path(), &file)).unwrap()
    }

    /// Sends one request and verifies the answer to the last bit.
    pub async fn sign(&self, lifetime_ms: u64) -> Result<v1::SignResponse, Refusal> {
        self.sign_over(self.stub("client-desk").await, lifetime_ms)
            .await
    }

    pub async fn sign_over(
        &self,
        mut stub: SignerClient<Channel>,
        lifetime_ms: u64,
    ) -> Result<v1::SignResponse, Refusal> {
        let reply_key = SealingKey::generate().unwrap();
        let envelope = self.envelope(&reply_key, lifetime_ms);
        let signed = envelope::sign(&envelope, &self.envelope_key("desk")).unwrap();
        let digest = RequestDigest::of(&signed.envelope);
        let response = send_by(&mut stub, signed).await?;

        let tag = response.sealed_tag.clone().unwrap().into();
        let tag = reply_key.open(TAG_INFO, digest.as_bytes(), &tag).unwrap();
        assert_eq!(tag.as_slice(), TAG);
        let mut receipts: Vec<String> = response
            .receipts
            .iter()
            .map(|r| receipt::verify(r, &digest, &self.roster).unwrap())
            .map(|verified| verified.node().to_string())
            .collect();
        receipts.sort();
        assert_eq!(receipts, response.quorum);
        assert_eq!(response.quorum.len(), 2);
        assert!(response.quorum.contains(&response.evaluator));
        Ok(response)
    }

    /// A request that a client has signed, for [`send_by`] on a task of its own.
    pub fn signed(&self, lifetime_ms: u64) -> v1::SignedEnvelope {
        let reply_key = SealingKey::generate().unwrap();
        let envelope = self.envelope(&reply_key, lifetime_ms);
        envelope::sign(&envelope, &self.envelope_key("desk")).unwrap()
    }

    /// So many requests at once, over one connection.
    pub async fn sign_at_once(
        self: &Arc<Self>,
        count: usize,
        lifetime_ms: u64,
    ) -> JoinSet<Result<v1::SignResponse, Refusal>> {
        let stub = self.stub("client-desk").await;
        let mut requests = JoinSet::new();
        for _ in 0..count {
            let (deployment, stub) = (self.clone(), stub.clone());
            requests.spawn(async move { deployment.sign_over(stub, lifetime_ms).await });
        }
        requests
    }

    pub async fn send(&self, signed: v1::SignedEnvelope) -> Result<v1::SignResponse, Refusal> {
        let mut stub = self.stub("client-desk").await;
        send_by(&mut stub, signed).await
    }
}

pub async fn send_by(
    stub: &mut SignerClient<Channel>,
    signed: v1::SignedEnvelope,
) -> Result<v1::SignResponse, Refusal> {
    let request = Request::new(v1::SignRequest {
        envelope: Some(signed),
    });
    match stub.sign(request).await {
        Ok(response) => Ok(response.into_inner()),
        Err(status) => Err(Refusal::from_status(&status)
            .unwrap_or_else(|| panic!("a status without a refusal: {status}"))),
    }
}

fn read(dir: &Path, file: &str) -> String {
    let text = keyfile::read_private(&dir.join(file)).unwrap();
    text.as_str().to_owned()
}
