//! One half of a link, spoken by a test with a node's certificate.

use std::time::Duration;

use countersign_wire::tls::{self, TlsMaterial, TransportOptions};
use countersign_wire::v1::peer_client::PeerClient;
use countersign_wire::v1::{
    Lane, LinkData, LinkFrame, LinkHello, LinkReply, LinkWelcome, PeerMessage, link_frame,
    link_reply, peer_message,
};
use prost::Message as _;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Status, Streaming};

use super::cluster::Cluster;

pub struct RawLink {
    frames: mpsc::Sender<LinkFrame>,
    replies: Streaming<LinkReply>,
    seq: u64,
}

/// What an honest node says first.
pub fn hello(lane: Lane, boot: [u8; 32]) -> LinkHello {
    LinkHello {
        protocol_version: countersign_mpc::PROTOCOL_VERSION,
        lane: lane.into(),
        boot_nonce: boot.to_vec(),
        peer_boot_nonce: Vec::new(),
    }
}

impl RawLink {
    /// Calls `to` and says `first`.
    pub async fn begin(
        cluster: &Cluster,
        material: &TlsMaterial,
        to: &str,
        first: link_frame::Kind,
    ) -> Result<Self, Status> {
        let options = TransportOptions::default();
        let (address, identity) = (cluster.address(to), cluster.identity(to));
        let channel = tls::connect(&address, &identity, material, &options).await;
        let (frames, stream) = mpsc::channel(64);
        let first = LinkFrame { kind: Some(first) };
        frames.send(first).await.unwrap();
        let replies = PeerClient::new(channel.unwrap())
            .link(ReceiverStream::new(stream))
            .await?;
        Ok(Self {
            frames,
            replies: replies.into_inner(),
            seq: 0,
        })
    }

    /// Calls `to` and is welcomed; sends on from where `to` is.
    pub async fn open(
        cluster: &Cluster,
        material: &TlsMaterial,
        to: &str,
        hello: LinkHello,
    ) -> Result<Self, Status> {
        let first = link_frame::Kind::Hello(hello);
        let mut link = Self::begin(cluster, material, to, first).await?;
        match link.next().await? {
            Some(link_reply::Kind::Welcome(LinkWelcome { resume_from, .. })) => {
                link.seq = resume_from - 1;
            }
            other => panic!("no welcome: {other:?}"),
        }
        Ok(link)
    }

    /// Sends a message as an honest node would, and waits for its acknowledgement.
    pub async fn send(&mut self, message: peer_message::Kind) -> Result<(), Status> {
        let message = PeerMessage {
            kind: Some(message),
        };
        self.send_bytes(message.encode_to_vec()).await
    }

    /// Sends bytes in a frame with the right number, and waits for its acknowledgement.
    pub async fn send_bytes(&mut self, payload: Vec<u8>) -> Result<(), Status> {
        self.seq += 1;
        let seq = self.seq;
        let data = LinkData {
            seq,
            payload,
            more: false,
        };
        self.send_data(data).await;
        loop {
            match self.next().await? {
                Some(link_reply::Kind::Ack(acknowledged)) if acknowledged == seq => return Ok(()),
                Some(link_reply::Kind::Ack(_)) => {}
                other => return Err(Status::unknown(format!("{other:?}"))),
            }
        }
    }

    /// Sends any frame at all.
    pub async fn send_data(&mut self, data: LinkData) {
        let frame = LinkFrame {
            kind: Some(link_frame::Kind::Data(data)),
        };
        // A node that hung up says so in its replies.
        let _ = self.frames.send(frame).await;
    }

    pub fn last_seq(&self) -> u64 {
        self.seq
    }

    /// The node's next word; none if it ended the link without one.
    pub async fn next(&mut self) -> Result<Option<link_reply::Kind>, Status> {
        let reply = tokio::time::timeout(Duration::from_secs(20), self.replies.message());
        let reply = reply.await.map_err(|_| Status::cancelled("silence"))??;
        Ok(reply.and_then(|reply| reply.kind))
    }
}
