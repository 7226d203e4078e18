//! A node without protocol: it answers as its behaviour says.

use std::collections::HashMap;
use std::net::TcpListener;
use std::path::Path;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use countersign_wire::seal::{TAG_INFO, seal};
use countersign_wire::tls::{self, TlsMaterial, TransportOptions};
use countersign_wire::v1::node_server::{Node, NodeServer};
use countersign_wire::{
    NodeName, Reason, ReceiptKey, Refusal, Roster, UnverifiedEnvelope, receipt,
    require_coordinator, v1,
};
use tokio::runtime::Runtime;
use tokio::sync::watch;
use tokio::time::sleep;
use tokio_stream::{Stream, StreamExt};
use tonic::{Request, Response, Status};

use super::KEY;

pub const TAG: [u8; 32] = [0x5a; 32];

/// How a node answers to Contribute, and what it says in heartbeats.
#[derive(Clone, Debug)]
pub enum Behaviour {
    Sign,
    /// Signs once it [may](FakeNode::let_sign).
    SignWhenLet,
    /// Never answers, while heartbeats go on.
    Hang,
    /// Neither answers nor sends heartbeats.
    Freeze,
    Refuse(Reason),
    /// Claims a huge pool and has none.
    LieAboutPool,
    /// Signs as evaluator while its stock for the quorum lasts, and tells it.
    Stock,
    /// Signs receipts for another request.
    WrongReceipt,
    /// Answers with another node's name.
    WrongName,
    /// Evaluates without delivering.
    NoTag,
    /// Sends heartbeats under another node's name.
    PoseAs(&'static str),
}

/// What a node says of its links, and of the quorums it evaluates for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Links {
    Active,
    /// Linked, but no quorum has reproduced its check tag.
    Unproven,
    /// To nobody, and so without quorums.
    None,
    /// To all, and yet without quorums: they have ended.
    Ended,
}

pub struct FakeNode {
    pub name: String,
    shared: Arc<Shared>,
    runtime: Option<Runtime>,
}

struct Shared {
    name: NodeName,
    roster: Roster,
    receipt_key: ReceiptKey,
    behaviour: Mutex<Behaviour>,
    /// Presignatures as evaluator, by quorum, for [`Behaviour::Stock`].
    stock: Mutex<HashMap<String, u32>>,
    links: Mutex<Links>,
    voice: Mutex<Voice>,
    may_sign: watch::Sender<bool>,
    calls: AtomicUsize,
    answered: AtomicUsize,
    cancelled: AtomicUsize,
    timeouts: Mutex<Vec<String>>,
}

/// Its heartbeats.
#[derive(Default)]
struct Voice {
    sent: u64,
    /// How many more may be sent; None if any number.
    allowance: Option<u64>,
}

impl FakeNode {
    pub fn start(dir: &Path, name: &str, listener: TcpListener) -> Self {
        let home = dir.join(format!("node-{name}"));
        let ca = dir.join("ca.pem");
        let material =
            TlsMaterial::load(&home.join("cert.pem"), &home.join("key.pem"), &ca).unwrap();
        let pem = super::read(&home, "receipt-key.pem");
        let shared = Arc::new(Shared {
            name: name.parse().unwrap(),
            roster: Roster::load(&dir.join("roster.toml")).unwrap(),
            receipt_key: ReceiptKey::from_pem(&pem).unwrap(),
            behaviour: Mutex::new(Behaviour::Sign),
            stock: Mutex::default(),
            links: Mutex::new(Links::Active),
            voice: Mutex::default(),
            may_sign: watch::Sender::new(false),
            calls: AtomicUsize::new(0),
            answered: AtomicUsize::new(0),
            cancelled: AtomicUsize::new(0),
            timeouts: Mutex::default(),
        });
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let service = NodeServer::new(Fake(shared.clone()));
        runtime.spawn(async move {
            listener.set_nonblocking(true).unwrap();
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            let options = TransportOptions::default();
            let incoming = tls::listen(listener, &material, &options).unwrap();
            let router = tls::server(&options).add_service(service);
            router.serve_with_incoming(incoming).await.unwrap();
        });
        Self {
            name: name.into(),
            shared,
            runtime: Some(runtime),
        }
    }

    pub fn behave(&self, behaviour: Behaviour) {
        *self.shared.behaviour.lock().unwrap() = behaviour;
    }

    /// Adds presignatures for a quorum.
    pub fn refill(&self, quorum: &str, presignatures: u32) {
        let mut stock = self.shared.stock.lock().unwrap();
        *stock.entry(quorum.to_owned()).or_default() += presignatures;
    }

    /// Presignatures it has for a quorum.
    pub fn stock(&self, quorum: &str) -> u32 {
        let stock = self.shared.stock.lock().unwrap();
        stock.get(quorum).copied().unwrap_or(0)
    }

    pub fn say_of_links(&self, links: Links) {
        *self.shared.links.lock().unwrap() = links;
    }

    /// Whether it sends heartbeats from now on.
    pub fn speak(&self, speaks: bool) {
        self.shared.voice.lock().unwrap().allowance = (!speaks).then_some(0);
    }

    /// Lets one heartbeat out of a node that does not speak.
    pub fn speak_once(&self) {
        self.shared.voice.lock().unwrap().allowance = Some(1);
    }

    /// How many heartbeats it has sent. Each says its number.
    pub fn heartbeats(&self) -> u64 {
        self.shared.voice.lock().unwrap().sent
    }

    /// Lets [`Behaviour::SignWhenLet`] sign.
    pub fn let_sign(&self) {
        self.shared.may_sign.send_replace(true);
    }

    /// How often it was asked to contribute.
    pub fn calls(&self) -> usize {
        self.shared.calls.load(Ordering::SeqCst)
    }

    /// How many calls it answered, be it with a refusal.
    pub fn answered(&self) -> usize {
        self.shared.answered.load(Ordering::SeqCst)
    }

    /// How many calls were cancelled before it answered.
    pub fn cancelled(&self) -> usize {
        self.shared.cancelled.load(Ordering::SeqCst)
    }

    /// The grpc-timeout of each call.
    pub fn timeouts(&self) -> Vec<String> {
        self.shared.timeouts.lock().unwrap().clone()
    }
}

/// Dies at once: every connection is closed.
impl Drop for FakeNode {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

struct Fake(Arc<Shared>);

impl Fake {
    fn behaviour(&self) -> Behaviour {
        self.0.behaviour.lock().unwrap().clone()
    }

    fn answer(
        &self,
        request: v1::ContributeRequest,
        behaviour: &Behaviour,
    ) -> v1::ContributeResponse {
        let unverified = UnverifiedEnvelope::parse(&request.envelope.unwrap()).unwrap();
        let request_in = unverified.authenticate(&self.0.roster).unwrap();
        let digest = request_in.digest();
        let evaluates = request.quorum[0] == self.0.name.as_str();
        let reply_key = request_in.envelope().reply_key;
        let tag = seal(&reply_key, TAG_INFO, digest.as_bytes(), &TAG).unwrap();
        let mut receipt = receipt::issue(&self.0.receipt_key, &self.0.name, &digest, 1, &[2; 32]);
        match behaviour {
            Behaviour::WrongReceipt => receipt.audit_seq += 1,
            Behaviour::WrongName => receipt.node = "z".into(),
            _ => {}
        }
        let delivers = evaluates && !matches!(behaviour, Behaviour::NoTag);
        v1::ContributeResponse {
            receipt: Some(receipt),
            sealed_tag: delivers.then(|| tag.into()),
        }
    }
}

/// One call: counted as answered, or as cancelled if its handler is dropped before.
struct Call<'a> {
    shared: &'a Shared,
    answered: bool,
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        let counter = if self.answered {
            &self.shared.answered
        } else {
            &self.shared.cancelled
        };
        counter.fetch_add(1, Ordering::SeqCst);
    }
}

#[tonic::async_trait]
impl Node for Fake {
    async fn contribute(
        &self,
        request: Request<v1::ContributeRequest>,
    ) -> Result<Response<v1::ContributeResponse>, Status> {
        require_coordinator(&request)?;
        self.0.calls.fetch_add(1, Ordering::SeqCst);
        if let Some(timeout) = request.metadata().get("grpc-timeout") {
            let text = timeout.to_str().unwrap().to_owned();
            self.0.timeouts.lock().unwrap().push(text);
        }
        let mut call = Call {
            shared: &self.0,
            answered: false,
        };
        let behaviour = self.behaviour();
        match &behaviour {
            Behaviour::Hang | Behaviour::Freeze => std::future::pending::<()>().await,
            Behaviour::SignWhenLet => {
                let mut may_sign = self.0.may_sign.subscribe();
                may_sign.wait_for(|may| *may).await.unwrap();
            }
            _ => {}
        }
        call.answered = true;
        match behaviour {
            Behaviour::Refuse(reason) => Err(Refusal::new(reason)
                .with_rule(format!("rule-of-{}", self.0.name))
                .into()),
            Behaviour::LieAboutPool => Err(Refusal::new(Reason::PoolEmpty).into()),
            Behaviour::Stock if !self.0.take(&request.get_ref().quorum) => {
                Err(Refusal::new(Reason::PoolEmpty).into())
            }
            behaviour => Ok(Response::new(self.answer(request.into_inner(), &behaviour))),
        }
    }

    type HeartbeatsStream = Pin<Box<dyn Stream<Item = Result<v1::NodeStatus, Status>> + Send>>;

    async fn heartbeats(
        &self,
        request: Request<v1::HeartbeatsRequest>,
    ) -> Result<Response<Self::HeartbeatsStream>, Status> {
        require_coordinator(&request)?;
        let interval = Duration::from_millis(request.into_inner().interval_ms.into());
        let shared = self.0.clone();
        let ticks = tokio_stream::iter(std::iter::repeat(()));
        let stream = ticks.then(move |()| {
            let shared = shared.clone();
            async move {
                loop {
                    sleep(interval).await;
                    if matches!(*shared.behaviour.lock().unwrap(), Behaviour::Freeze) {
                        // Never again; the stream stays open.
                        std::future::pending::<()>().await;
                    }
                    if let Some(status) = shared.speak() {
                        return Ok(status);
                    }
                }
            }
        });
        Ok(Response::new(Box::pin(stream)))
    }
}

impl Shared {
    /// One presignature of its stock, if it evaluates for the quorum.
    fn take(&self, quorum: &[String]) -> bool {
        if quorum[0] != self.name.as_str() {
            return true;
        }
        let mut stock = self.stock.lock().unwrap();
        let left = stock.entry(quorum.concat()).or_default();
        let any = *left > 0;
        *left = left.saturating_sub(1);
        any
    }

    /// What it says now, if it may say anything.
    fn speak(&self) -> Option<v1::NodeStatus> {
        let mut voice = self.voice.lock().unwrap();
        if let Some(allowance) = &mut voice.allowance {
            *allowance = allowance.checked_sub(1)?;
        }
        voice.sent += 1;
        Some(self.status(voice.sent))
    }

    /// a evaluates for ab and ac, b for bc, each with a deeper pool than the next.
    fn status(&self, number: u64) -> v1::NodeStatus {
        let behaviour = self.behaviour.lock().unwrap().clone();
        let links = *self.links.lock().unwrap();
        let stock = self.stock.lock().unwrap().clone();
        let quorum = |nodes: [&str; 2], pool| v1::QuorumStatus {
            nodes: nodes.map(String::from).into(),
            pool: match behaviour {
                Behaviour::LieAboutPool => u32::MAX,
                Behaviour::Stock => stock.get(&nodes.concat()).copied().unwrap_or(0),
                _ => pool,
            },
            pool_target: 30,
            active: links == Links::Active,
            ..Default::default()
        };
        let quorums = match self.name.as_str() {
            _ if matches!(links, Links::None | Links::Ended) => vec![],
            "a" => vec![quorum(["a", "b"], 30), quorum(["a", "c"], 20)],
            "b" => vec![quorum(["b", "c"], 10)],
            _ => vec![],
        };
        let peers = match links {
            Links::None => vec![],
            _ => ["a", "b", "c"].map(String::from).into(),
        };
        let key = v1::KeyStatus {
            key_id: KEY.into(),
            threshold: 2,
            state: vec![1; 16],
            quorums,
            ..Default::default()
        };
        let node = match behaviour {
            Behaviour::PoseAs(other) => other.into(),
            _ => self.name.to_string(),
        };
        v1::NodeStatus {
            node,
            ready: true,
            clock_ms: number,
            connected_peers: peers,
            keys: vec![key],
            ..Default::default()
        }
    }
}
