//! A node of the deployment that connects, hears and answers as it should, and tells nobody what it
//! takes part in.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use countersign_wire::require_node;
use countersign_wire::tls::{self, TlsMaterial, TransportOptions};
use countersign_wire::v1::peer_server::{Peer, PeerServer};
use countersign_wire::v1::{
    Heard, Lane, LinkData, LinkFrame, LinkReply, LinkWelcome, PeerMessage, link_frame, link_reply,
    peer_message,
};
use prost::Message as _;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_stream::Stream;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status, Streaming};

use super::cluster::Cluster;
use super::peer::{RawLink, hello};

const BOOT: [u8; 32] = [0xc; 32];

/// Runs until dropped.
pub struct MuteNode {
    _tasks: JoinSet<()>,
}

impl MuteNode {
    /// Takes the place of `name` among `others`, which run.
    pub async fn start(cluster: &Cluster, name: &str, others: &[&str]) -> Self {
        let material = cluster.material(&format!("node-{name}"));
        let mut tasks = JoinSet::new();
        let (told, mut numbers) = mpsc::unbounded_channel::<(String, u64)>();
        tasks.spawn(serve(cluster, name, &material, told).await);
        let mut online = HashMap::new();
        let mut bulk = Vec::new();
        for other in others {
            let link = |lane| RawLink::open(cluster, &material, other, hello(lane, BOOT));
            online.insert((*other).to_owned(), link(Lane::Online).await.unwrap());
            bulk.push(link(Lane::Bulk).await.unwrap());
        }
        tasks.spawn(async move {
            let _kept_open = bulk;
            while let Some((node, number)) = numbers.recv().await {
                let heard = Heard {
                    number,
                    complete: true,
                    ..Heard::default()
                };
                let link = online.get_mut(&node).unwrap();
                link.send(peer_message::Kind::Heard(heard)).await.unwrap();
            }
        });
        Self { _tasks: tasks }
    }
}

async fn serve(
    cluster: &Cluster,
    name: &str,
    material: &TlsMaterial,
    told: mpsc::UnboundedSender<(String, u64)>,
) -> impl Future<Output = ()> + use<> {
    let options = TransportOptions::default();
    let listener = TcpListener::bind(cluster.address(name).to_string())
        .await
        .unwrap();
    let incoming = tls::listen(listener, material, &options).unwrap();
    let ears = Ears {
        told,
        expected: Arc::default(),
    };
    let service = PeerServer::new(ears).max_decoding_message_size(tls::MAX_FRAME_BYTES);
    let server = tls::server(&options).add_service(service);
    async move {
        server.serve_with_incoming(incoming).await.unwrap();
    }
}

struct Ears {
    told: mpsc::UnboundedSender<(String, u64)>,
    /// The next frame of each lane of each node.
    expected: Arc<Mutex<HashMap<(String, i32), u64>>>,
}

#[tonic::async_trait]
impl Peer for Ears {
    type LinkStream = Pin<Box<dyn Stream<Item = Result<LinkReply, Status>> + Send>>;

    async fn link(
        &self,
        request: Request<Streaming<LinkFrame>>,
    ) -> Result<Response<Self::LinkStream>, Status> {
        let name = require_node(&request)?.to_string();
        let mut frames = request.into_inner();
        let Some(link_frame::Kind::Hello(hello)) = frames.message().await?.and_then(|f| f.kind)
        else {
            return Err(Status::invalid_argument("no hello"));
        };
        let (told, expected) = (self.told.clone(), Arc::clone(&self.expected));
        let lane = (name.clone(), hello.lane);
        let (replies, stream) = mpsc::channel(16);
        let welcome = LinkWelcome {
            boot_nonce: BOOT.to_vec(),
            resume_from: *expected.lock().unwrap().entry(lane.clone()).or_insert(1),
        };
        reply(&replies, link_reply::Kind::Welcome(welcome)).await;
        tokio::spawn(async move {
            while let Ok(Some(frame)) = frames.message().await {
                let Some(link_frame::Kind::Data(LinkData { seq, payload, .. })) = frame.kind else {
                    return;
                };
                expected.lock().unwrap().insert(lane.clone(), seq + 1);
                reply(&replies, link_reply::Kind::Ack(seq)).await;
                // Pieces of something large are no gossip.
                let message = PeerMessage::decode(payload.as_slice());
                if let Ok(Some(peer_message::Kind::Tell(tell))) = message.map(|one| one.kind) {
                    let _ = told.send((name.clone(), tell.number));
                }
            }
        });
        Ok(Response::new(Box::pin(ReceiverStream::new(stream))))
    }
}

async fn reply(replies: &mpsc::Sender<Result<LinkReply, Status>>, kind: link_reply::Kind) {
    // One that hung up calls again.
    let _ = replies.send(Ok(LinkReply { kind: Some(kind) })).await;
}
