//! The called half of a link.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use countersign_wire::v1::peer_server;
use countersign_wire::v1::{
    Lane, LinkFrame, LinkHello, LinkReply, LinkWelcome, PeerMessage, link_frame, link_reply,
};
use countersign_wire::{Reason, Refusal, require_node};
use prost::Message as _;
use tokio::sync::mpsc;
use tokio_stream::Stream;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status, Streaming};
use tracing::{debug, warn};

use super::outgoing::OpenConnection;
use super::peer::{Boot, Direction, LaneIndex};
use super::{Inbox, Links, Peer};

/// Largest message on the online lane: labels for SHA-512 and pads for 16 parties.
const MAX_ONLINE_MESSAGE: usize = 512 * 1024;
/// Largest message on the bulk lane: corrections or tables among 16 parties take less than half.
const MAX_BULK_MESSAGE: usize = 32 * 1024 * 1024;
/// How often a silent connection finds out whether a later one took its place.
const SUPERSEDED_CHECK: Duration = Duration::from_millis(500);

/// The gRPC service that other nodes call.
pub struct PeerService {
    links: Arc<Links>,
    inbox: Arc<dyn Inbox>,
}

impl PeerService {
    /// The service for these links.
    pub fn new(links: Arc<Links>, inbox: Arc<dyn Inbox>) -> Self {
        Self { links, inbox }
    }

    fn greet(&self, peer: &Arc<Peer>, hello: &LinkHello) -> Result<(LaneIndex, Boot), Status> {
        if hello.protocol_version != countersign_mpc::PROTOCOL_VERSION {
            return Err(Status::failed_precondition(format!(
                "this node speaks protocol version {}, the caller {}",
                countersign_mpc::PROTOCOL_VERSION,
                hello.protocol_version
            )));
        }
        let lane = match Lane::try_from(hello.lane) {
            Ok(lane @ (Lane::Online | Lane::Bulk)) => LaneIndex::of(lane),
            _ => return Err(Status::invalid_argument("no such lane")),
        };
        let boot = Boot::from_slice(&hello.boot_nonce)
            .ok_or_else(|| Status::invalid_argument("a boot nonce has 32 bytes"))?;
        peer.observe(boot, &self.inbox)
            .map_err(|error| Status::already_exists(error.to_string()))?;
        Ok((lane, boot))
    }
}

#[tonic::async_trait]
impl peer_server::Peer for PeerService {
    type LinkStream = Pin<Box<dyn Stream<Item = Result<LinkReply, Status>> + Send>>;

    async fn link(
        &self,
        request: Request<Streaming<LinkFrame>>,
    ) -> Result<Response<Self::LinkStream>, Status> {
        let name = require_node(&request)?.clone();
        let peer = self.links.by_name(&name).cloned().ok_or_else(|| {
            Status::from(
                Refusal::new(Reason::ForbiddenCaller)
                    .with_rule("roster")
                    .with_detail(format!("node {name} is not another node of the roster")),
            )
        })?;
        let mut frames = request.into_inner();
        let Some(LinkFrame {
            kind: Some(link_frame::Kind::Hello(hello)),
        }) = frames.message().await?
        else {
            return Err(Status::invalid_argument("a link begins with a hello"));
        };
        let (lane, boot) = self.greet(&peer, &hello)?;
        let open = OpenConnection::new(&peer, Direction::In, lane);
        let (replies, stream) = mpsc::channel(16);
        let welcome = LinkWelcome {
            boot_nonce: self.links.boot.0.to_vec(),
            resume_from: peer.epochs.next_seq(lane),
        };
        reply(&replies, link_reply::Kind::Welcome(welcome)).await;
        let inbox = Arc::clone(&self.inbox);
        tokio::spawn(async move {
            if let Err(status) = read(&peer, lane, boot, &open, frames, &replies, &inbox).await {
                debug!(peer = %peer.name, lane = ?lane.lane(), %status, "link ended");
                let _ = replies.send(Err(status)).await;
            }
        });
        Ok(Response::new(Box::pin(ReceiverStream::new(stream))))
    }
}

async fn reply(replies: &mpsc::Sender<Result<LinkReply, Status>>, kind: link_reply::Kind) {
    // A caller that no longer listens will also not send: the reading loop ends by itself.
    let _ = replies.send(Ok(LinkReply { kind: Some(kind) })).await;
}

async fn read(
    peer: &Arc<Peer>,
    lane: LaneIndex,
    boot: Boot,
    open: &OpenConnection,
    mut frames: Streaming<LinkFrame>,
    replies: &mpsc::Sender<Result<LinkReply, Status>>,
    inbox: &Arc<dyn Inbox>,
) -> Result<(), Status> {
    let limit = if lane.lane() == Lane::Bulk {
        MAX_BULK_MESSAGE
    } else {
        MAX_ONLINE_MESSAGE
    };
    let mut message = Vec::new();
    // Acknowledged only by whole messages, so that a resumed stream begins with one.
    let mut uncounted = 0u64;
    while let Some(frame) = next_frame(&mut frames, open).await? {
        let Some(link_frame::Kind::Data(data)) = frame.kind else {
            return Err(Status::invalid_argument("data was expected"));
        };
        let expected = peer.epochs.next_seq(lane) + uncounted;
        if data.seq != expected {
            return Err(Status::out_of_range(format!(
                "frame {} instead of {expected}",
                data.seq
            )));
        }
        if data.payload.len() > limit.saturating_sub(message.len()) {
            warn!(peer = %peer.name, lane = ?lane.lane(), "message over the size limit");
            return Err(Status::resource_exhausted("message too large"));
        }
        message.extend_from_slice(&data.payload);
        uncounted += 1;
        if data.more {
            continue;
        }
        for _ in 0..uncounted {
            if !peer.epochs.count_in(lane, open.generation()) {
                return Err(superseded());
            }
        }
        uncounted = 0;
        let decoded = PeerMessage::decode(message.as_slice())
            .ok()
            .and_then(|message| message.kind)
            .ok_or_else(|| Status::invalid_argument("not a peer message"))?;
        message.clear();
        inbox.message(peer.party, boot, decoded);
        reply(replies, link_reply::Kind::Ack(data.seq)).await;
    }
    Ok(())
}

/// The next frame, for as long as no later connection took over: what a superseded one had collected
/// of a message would otherwise stay in memory for as long as its peer pleases.
async fn next_frame(
    frames: &mut Streaming<LinkFrame>,
    open: &OpenConnection,
) -> Result<Option<LinkFrame>, Status> {
    loop {
        let frame = tokio::time::timeout(SUPERSEDED_CHECK, frames.message()).await;
        if !open.is_current() {
            return Err(superseded());
        }
        if let Ok(frame) = frame {
            return frame;
        }
    }
}

fn superseded() -> Status {
    Status::aborted("superseded by a later connection")
}
