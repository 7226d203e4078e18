//! Connections to all nodes, and what their heartbeats say.

use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use countersign_wire::roster::Address;
use countersign_wire::tls::{self, MAX_REQUEST_BYTES, TlsMaterial, TransportOptions};
use countersign_wire::v1::node_client::NodeClient;
use countersign_wire::{Identity, NodeName, Roster, v1};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tonic::transport::Channel;
use tonic::{Request, Status};
use tracing::{debug, info, warn};

use crate::heartbeat::Heartbeat;
use crate::quorums::{Cluster, Contact, Member};

const FIRST_PAUSE: Duration = Duration::from_millis(50);
/// A node that is back is found this soon: until then requests are refused for want of it.
const LONGEST_PAUSE: Duration = Duration::from_millis(250);
/// A node that sends heartbeats faster than this is read no faster.
const SHORTEST_GAP: Duration = Duration::from_millis(5);
/// Room for a node's view of its keys, quorums and budgets. Sixteen of them fit into one status.
const MAX_HEARTBEAT_BYTES: usize = 192 * 1024;

/// All nodes of the roster. Dropping it hangs up on them.
#[derive(Debug)]
pub(crate) struct Nodes {
    nodes: Vec<Arc<Node>>,
    liveness_timeout: Duration,
    news: watch::Receiver<()>,
    _following: JoinSet<()>,
}

/// How to follow nodes.
#[derive(Debug, Clone)]
pub(crate) struct FollowOptions {
    pub heartbeat_interval: Duration,
    pub liveness_timeout: Duration,
    pub transport: TransportOptions,
}

impl Nodes {
    /// Connects to every node and follows its heartbeats, again and again.
    pub(crate) fn follow(roster: &Arc<Roster>, tls: &TlsMaterial, options: &FollowOptions) -> Self {
        let mut following = JoinSet::new();
        let (sender, news) = watch::channel(());
        let sender = Arc::new(sender);
        let nodes = roster
            .nodes()
            .iter()
            .map(|entry| {
                let node = Arc::new(Node::new(entry.name.clone()));
                let follower = Follower {
                    node: node.clone(),
                    address: entry.address.clone(),
                    identity: roster.node_identity(&entry.name),
                    roster: roster.clone(),
                    tls: tls.clone(),
                    options: options.clone(),
                    news: sender.clone(),
                };
                following.spawn(follower.run());
                node
            })
            .collect();
        Self {
            nodes,
            liveness_timeout: options.liveness_timeout,
            news,
            _following: following,
        }
    }

    /// Changes with every heartbeat, and whenever a node is lost.
    pub(crate) fn news(&self) -> watch::Receiver<()> {
        self.news.clone()
    }

    pub(crate) fn get(&self, name: &NodeName) -> Option<&Arc<Node>> {
        self.nodes.iter().find(|node| node.name == *name)
    }

    /// Who is live at this moment, and what they said last.
    pub(crate) fn cluster(&self) -> Cluster {
        let member = |node: &Arc<Node>| {
            let state = node.read();
            Member {
                name: node.name.clone(),
                contact: state.contact(self.liveness_timeout),
                heartbeat: state.heartbeat.clone(),
                heard: state.heard,
            }
        };
        Cluster {
            nodes: self.nodes.iter().map(member).collect(),
        }
    }

    /// Everything known, for people.
    pub(crate) fn status(&self) -> v1::ClusterStatusResponse {
        let view = |node: &Arc<Node>| {
            let state = node.read();
            let age = state.heard.map_or(Duration::ZERO, |at| at.elapsed());
            v1::NodeView {
                node: node.name.to_string(),
                connected: state.contact(self.liveness_timeout) == Contact::Live,
                heartbeat_age_ms: u64::try_from(age.as_millis()).unwrap_or(u64::MAX),
                status: state
                    .heartbeat
                    .as_ref()
                    .map(|heartbeat| heartbeat.raw.clone()),
            }
        };
        v1::ClusterStatusResponse {
            nodes: self.nodes.iter().map(view).collect(),
        }
    }
}

/// One node.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) name: NodeName,
    outstanding: AtomicUsize,
    state: RwLock<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Present while the heartbeat stream is open.
    stub: Option<NodeClient<Channel>>,
    heartbeat: Option<Arc<Heartbeat>>,
    heard: Option<Instant>,
    /// Since the last heartbeat an attempt to connect and hear of it has failed.
    unreachable: bool,
}

impl State {
    fn contact(&self, timeout: Duration) -> Contact {
        let heard_lately = self.heard.is_some_and(|at| at.elapsed() < timeout);
        if self.stub.is_some() && heard_lately {
            Contact::Live
        } else if self.unreachable {
            Contact::Gone
        } else {
            Contact::Silent
        }
    }
}

impl Node {
    fn new(name: NodeName) -> Self {
        Self {
            name,
            outstanding: AtomicUsize::new(0),
            state: RwLock::default(),
        }
    }

    /// Requests it has not answered yet.
    pub(crate) fn outstanding(&self) -> usize {
        self.outstanding.load(Ordering::Relaxed)
    }

    /// Asks the node to contribute; the node is told the deadline. Dropping the future cancels the
    /// call.
    pub(crate) fn contribute(
        self: &Arc<Self>,
        request: v1::ContributeRequest,
        deadline: Instant,
    ) -> impl Future<Output = Result<v1::ContributeResponse, Status>> + use<> {
        let stub = self.read().stub.clone();
        let counted = Outstanding::count(self);
        async move {
            let _counted = counted;
            let mut stub = stub.ok_or_else(|| Status::unavailable("not connected"))?;
            let mut request = Request::new(request);
            request.set_timeout(deadline.saturating_duration_since(Instant::now()));
            stub.contribute(request)
                .await
                .map(tonic::Response::into_inner)
        }
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn update(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.write().unwrap_or_else(PoisonError::into_inner));
    }
}

/// One unanswered request, counted.
struct Outstanding(Arc<Node>);

impl Outstanding {
    fn count(node: &Arc<Node>) -> Self {
        node.outstanding.fetch_add(1, Ordering::Relaxed);
        Self(node.clone())
    }
}

impl Drop for Outstanding {
    fn drop(&mut self) {
        self.0.outstanding.fetch_sub(1, Ordering::Relaxed);
    }
}

struct Follower {
    node: Arc<Node>,
    address: Address,
    identity: Identity,
    roster: Arc<Roster>,
    tls: TlsMaterial,
    options: FollowOptions,
    news: Arc<watch::Sender<()>>,
}

impl Follower {
    async fn run(self) {
        let mut pause = FIRST_PAUSE;
        loop {
            let ended = self.follow_once(&mut pause).await;
            let was_connected = self.node.read().stub.is_some();
            self.node.update(|state| {
                // At once: requests must not go to a node that hung up.
                state.stub = None;
                state.unreachable = !was_connected;
            });
            self.news.send_replace(());
            if was_connected {
                warn!(node = %self.node.name, reason = %ended, "node lost");
            } else {
                debug!(node = %self.node.name, reason = %ended, "node not reachable");
            }
            sleep(jittered(pause)).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Follows the node until something ends it, and says what.
    async fn follow_once(&self, pause: &mut Duration) -> String {
        let connecting = tls::connect(
            &self.address,
            &self.identity,
            &self.tls,
            &self.options.transport,
        );
        let channel = match connecting.await {
            Ok(channel) => channel,
            Err(error) => return error.to_string(),
        };
        let interval_ms = self.options.heartbeat_interval.as_millis();
        let question = v1::HeartbeatsRequest {
            interval_ms: u32::try_from(interval_ms).unwrap_or(u32::MAX),
        };
        let mut following =
            NodeClient::new(channel.clone()).max_decoding_message_size(MAX_HEARTBEAT_BYTES);
        let opening = timeout(
            self.options.liveness_timeout,
            following.heartbeats(question),
        );
        let mut heartbeats = match opening.await {
            Ok(Ok(response)) => response.into_inner(),
            Ok(Err(status)) => return status.to_string(),
            Err(_) => return "no heartbeats in time".to_owned(),
        };
        let stub = NodeClient::new(channel)
            .max_encoding_message_size(MAX_REQUEST_BYTES)
            .max_decoding_message_size(MAX_REQUEST_BYTES);
        loop {
            let raw = match timeout(self.options.liveness_timeout, heartbeats.message()).await {
                Ok(Ok(Some(raw))) => raw,
                Ok(Ok(None)) => return "the node closed its heartbeats".to_owned(),
                Ok(Err(status)) => return status.to_string(),
                Err(_) => return "no heartbeat in time".to_owned(),
            };
            let heartbeat = match Heartbeat::parse(raw, &self.node.name, &self.roster) {
                Ok(heartbeat) => Arc::new(heartbeat),
                Err(error) => return error.to_string(),
            };
            let mut appeared = false;
            self.node.update(|state| {
                state.heartbeat = Some(heartbeat);
                state.heard = Some(Instant::now());
                state.unreachable = false;
                if state.stub.is_none() {
                    state.stub = Some(stub.clone());
                    appeared = true;
                }
            });
            self.news.send_replace(());
            if appeared {
                info!(node = %self.node.name, "node connected");
                *pause = FIRST_PAUSE;
            }
            sleep(SHORTEST_GAP).await;
        }
    }
}

/// Half to all of the pause, so that nodes which came up together are not all called together.
fn jittered(pause: Duration) -> Duration {
    let mut byte = [0u8; 1];
    // Without randomness the full pause does as well.
    if getrandom::fill(&mut byte).is_err() {
        return pause;
    }
    let [byte] = byte;
    pause / 2 + (pause / 2).mul_f32(f32::from(byte) / 255.0)
}
