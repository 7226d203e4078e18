//! The calling half of a link: queue, connection, resumption.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use countersign_wire::Identity;
use countersign_wire::roster::Address;
use countersign_wire::tls::{self, TlsMaterial, TransportOptions};
use countersign_wire::v1::peer_client::PeerClient;
use countersign_wire::v1::{
    LinkData, LinkFrame, LinkHello, LinkReply, LinkWelcome, PeerMessage, link_frame, link_reply,
    peer_message,
};
use prost::Message as _;
use tokio::sync::{Notify, mpsc};
use tokio_stream::wrappers::ReceiverStream;
use tracing::{debug, info};

use super::peer::{Boot, Direction, LaneIndex};
use super::{Inbox, Peer, SendError};

/// Bytes of a message in one frame, so that no frame holds up a connection for long.
const FRAME_BYTES: usize = 256 * 1024;
/// Most bytes queued for a peer that does not take them.
const MAX_BACKLOG: usize = 256 * 1024 * 1024;
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Frames not yet acknowledged, sent or not.
pub(super) struct Outgoing {
    queue: Mutex<Queue>,
    news: Notify,
}

#[derive(Default)]
struct Queue {
    frames: VecDeque<LinkData>,
    bytes: usize,
    last_seq: u64,
}

impl Outgoing {
    pub(super) fn new() -> Self {
        Self {
            queue: Mutex::default(),
            news: Notify::new(),
        }
    }

    fn locked(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn queue(&self, message: peer_message::Kind) -> Result<(), SendError> {
        let bytes = PeerMessage {
            kind: Some(message),
        }
        .encode_to_vec();
        let mut queue = self.locked();
        if queue.bytes + bytes.len() > MAX_BACKLOG {
            return Err(SendError::Backlog);
        }
        queue.bytes += bytes.len();
        let mut pieces = bytes.chunks(FRAME_BYTES).peekable();
        while let Some(piece) = pieces.next() {
            queue.last_seq += 1;
            let (seq, more) = (queue.last_seq, pieces.peek().is_some());
            queue.frames.push_back(LinkData {
                seq,
                payload: piece.to_vec(),
                more,
            });
        }
        drop(queue);
        self.news.notify_one();
        Ok(())
    }

    /// Drops what was meant for a process that is gone.
    pub(super) fn reset(&self) {
        *self.locked() = Queue::default();
    }

    /// Forgets frames up to and including `seq`. False if `seq` was never sent.
    fn acknowledged(&self, seq: u64) -> bool {
        let mut queue = self.locked();
        while queue.frames.front().is_some_and(|frame| frame.seq <= seq) {
            if let Some(frame) = queue.frames.pop_front() {
                queue.bytes = queue.bytes.saturating_sub(frame.payload.len());
            }
        }
        seq <= queue.last_seq
    }

    /// The frame after `seq`, if there is one.
    fn after(&self, seq: u64) -> Option<LinkData> {
        let queue = self.locked();
        let first = queue.frames.front()?.seq;
        let at = usize::try_from((seq + 1).checked_sub(first)?).ok()?;
        queue.frames.get(at).cloned()
    }
}

/// What a calling task needs beside its peer.
pub(super) struct Caller {
    pub(super) boot: Boot,
    pub(super) address: Address,
    pub(super) expected: Identity,
    pub(super) tls: Arc<TlsMaterial>,
    pub(super) options: TransportOptions,
    pub(super) inbox: Arc<dyn Inbox>,
}

/// Keeps one lane to one peer connected.
pub(super) async fn call_forever(caller: Caller, peer: Arc<Peer>, lane: LaneIndex) {
    let mut pause = FIRST_PAUSE;
    loop {
        match call_once(&caller, &peer, lane).await {
            Ok(Ended(why)) => {
                info!(peer = %peer.name, lane = ?lane.lane(), %why, "link closed");
                pause = FIRST_PAUSE;
            }
            Err(why) => debug!(peer = %peer.name, lane = ?lane.lane(), %why, "link not open"),
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// How a connection that had worked ended.
struct Ended(String);

async fn call_once(caller: &Caller, peer: &Arc<Peer>, lane: LaneIndex) -> Result<Ended, String> {
    let channel = tls::connect(
        &caller.address,
        &caller.expected,
        &caller.tls,
        &caller.options,
    )
    .await
    .map_err(|error| error.to_string())?;
    let mut client = PeerClient::new(channel);
    let (frames, stream) = mpsc::channel(8);
    let hello = LinkHello {
        protocol_version: countersign_mpc::PROTOCOL_VERSION,
        lane: lane.lane().into(),
        boot_nonce: caller.boot.0.to_vec(),
        peer_boot_nonce: peer
            .epochs
            .current()
            .map(|boot| boot.0.to_vec())
            .unwrap_or_default(),
    };
    send(&frames, link_frame::Kind::Hello(hello)).await?;
    let mut replies = client
        .link(ReceiverStream::new(stream))
        .await
        .map_err(|status| status.message().to_owned())?
        .into_inner();
    let first = replies
        .message()
        .await
        .map_err(|status| status.message().to_owned())?;
    let Some(LinkReply {
        kind: Some(link_reply::Kind::Welcome(welcome)),
    }) = first
    else {
        return Err("no welcome".to_owned());
    };
    let LinkWelcome {
        boot_nonce,
        resume_from,
    } = welcome;
    let boot = Boot::from_slice(&boot_nonce).ok_or("a boot nonce of the wrong size")?;
    peer.observe(boot, &caller.inbox)
        .map_err(|error| error.to_string())?;

    let outgoing = &peer.outgoing[lane.0];
    let mut sent = resume_from
        .checked_sub(1)
        .ok_or("a peer resumes from frame 0")?;
    if !outgoing.acknowledged(sent) {
        return Err("the peer acknowledges what was never sent".to_owned());
    }
    let open = OpenConnection::new(peer, Direction::Out, lane);
    info!(peer = %peer.name, lane = ?lane.lane(), "link open");
    let why = loop {
        // A restart of the peer seen elsewhere resets the queue under this connection.
        if peer.epochs.current() != Some(boot) || !open.is_current() {
            break "the peer restarted".to_owned();
        }
        if let Some(frame) = outgoing.after(sent) {
            let seq = frame.seq;
            tokio::select! {
                done = send(&frames, link_frame::Kind::Data(frame)) => match done {
                    Ok(()) => sent = seq,
                    Err(why) => break why,
                },
                reply = replies.message() => if let Err(why) = take_ack(outgoing, reply) {
                    break why;
                },
            }
        } else {
            tokio::select! {
                () = outgoing.news.notified() => {}
                reply = replies.message() => if let Err(why) = take_ack(outgoing, reply) {
                    break why;
                },
            }
        }
    };
    Ok(Ended(why))
}

fn take_ack(
    outgoing: &Outgoing,
    reply: Result<Option<LinkReply>, tonic::Status>,
) -> Result<(), String> {
    match reply {
        Ok(Some(LinkReply {
            kind: Some(link_reply::Kind::Ack(seq)),
        })) => {
            if outgoing.acknowledged(seq) {
                Ok(())
            } else {
                Err("the peer acknowledges what was never sent".to_owned())
            }
        }
        Ok(Some(_)) => Err("an unexpected reply".to_owned()),
        Ok(None) => Err("the peer closed it".to_owned()),
        Err(status) => Err(status.message().to_owned()),
    }
}

async fn send(frames: &mpsc::Sender<LinkFrame>, kind: link_frame::Kind) -> Result<(), String> {
    frames
        .send(LinkFrame { kind: Some(kind) })
        .await
        .map_err(|_| "the stream ended".to_owned())
}

/// Marks a connection as open for as long as it lives.
pub(super) struct OpenConnection {
    peer: Arc<Peer>,
    direction: Direction,
    lane: LaneIndex,
    generation: u64,
}

impl OpenConnection {
    pub(super) fn new(peer: &Arc<Peer>, direction: Direction, lane: LaneIndex) -> Self {
        let generation = peer.epochs.opened(direction, lane);
        Self {
            peer: Arc::clone(peer),
            direction,
            lane,
            generation,
        }
    }

    pub(super) fn generation(&self) -> u64 {
        self.generation
    }

    pub(super) fn is_current(&self) -> bool {
        self.peer
            .epochs
            .is_open(self.direction, self.lane, self.generation)
    }
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.peer
            .epochs
            .closed(self.direction, self.lane, self.generation);
    }
}
