//! Links to the other nodes: ordered, resumable, bound to both processes' boot nonces.
//!
//! Each node calls each other node once per lane and only sends on the streams it opened. A broken
//! connection is resumed where it stopped, so that nothing above notices; a restarted peer has
//! another boot nonce, and everything bound to the old one is dropped (P5, P19).

mod incoming;
mod outgoing;
mod peer;

use std::collections::BTreeMap;
use std::sync::Arc;

use countersign_mpc::Party;
use countersign_wire::tls::{TlsMaterial, TransportOptions};
use countersign_wire::v1::{Lane, peer_message};
use countersign_wire::{Identity, NodeName, Roster};

pub use self::incoming::PeerService;
use self::outgoing::Outgoing;
pub use self::peer::{Boot, EpochError};
use self::peer::{Epochs, LaneIndex};

/// What the node does with what arrives. Called from network tasks: must not block.
pub trait Inbox: Send + Sync + 'static {
    /// A message from `from`, whose process drew `boot`.
    fn message(&self, from: Party, boot: Boot, message: peer_message::Kind);

    /// `peer` is a new process now: everything bound to the old one is void.
    fn restarted(&self, peer: Party);
}

/// All links of this node.
pub struct Links {
    boot: Boot,
    peers: BTreeMap<Party, Arc<Peer>>,
}

struct Peer {
    party: Party,
    name: NodeName,
    epochs: Epochs,
    outgoing: [Outgoing; 2],
}

/// Nothing can be sent to the peer now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// No such peer, or never met since this process started.
    #[error("not connected")]
    NotConnected,
    /// It does not take what was sent before.
    #[error("too much is queued")]
    Backlog,
}

impl Links {
    /// Starts calling every other node of the roster, for ever.
    pub fn start(
        boot: Boot,
        roster: &Roster,
        me: Party,
        tls: &Arc<TlsMaterial>,
        options: &TransportOptions,
        inbox: &Arc<dyn Inbox>,
    ) -> Arc<Self> {
        let peers = roster
            .nodes()
            .iter()
            .filter_map(|node| Some((Party::new(node.index)?, node)))
            .filter(|(party, _)| *party != me)
            .map(|(party, node)| {
                let peer = Arc::new(Peer {
                    party,
                    name: node.name.clone(),
                    epochs: Epochs::new(),
                    outgoing: [Outgoing::new(), Outgoing::new()],
                });
                (party, peer)
            })
            .collect();
        let links = Arc::new(Self { boot, peers });
        for peer in links.peers.values() {
            let Some(entry) = roster.node(&peer.name) else {
                continue;
            };
            for lane in LaneIndex::ALL {
                let caller = outgoing::Caller {
                    boot,
                    address: entry.address.clone(),
                    expected: Identity::node(roster.trust_domain().clone(), peer.name.clone()),
                    tls: Arc::clone(tls),
                    options: options.clone(),
                    inbox: Arc::clone(inbox),
                };
                tokio::spawn(outgoing::call_forever(caller, Arc::clone(peer), lane));
            }
        }
        links
    }

    /// The boot nonce of this process.
    pub fn boot(&self) -> Boot {
        self.boot
    }

    /// Queues a message; it survives reconnections, but not a restart of the peer.
    ///
    /// # Errors
    /// [`SendError`] when the peer was never met or does not keep up.
    pub fn send(
        &self,
        to: Party,
        lane: Lane,
        message: peer_message::Kind,
    ) -> Result<(), SendError> {
        let peer = self.peers.get(&to).ok_or(SendError::NotConnected)?;
        if peer.epochs.current().is_none() {
            return Err(SendError::NotConnected);
        }
        peer.outgoing[LaneIndex::of(lane).0].queue(message)
    }

    /// The boot nonce of a peer that is connected both ways on both lanes.
    pub fn connected(&self, peer: Party) -> Option<Boot> {
        let peer = self.peers.get(&peer)?;
        peer.epochs.fully_connected()
    }

    /// The boot nonce of a peer as it was last met, connected or not.
    pub fn known(&self, peer: Party) -> Option<Boot> {
        self.peers.get(&peer)?.epochs.current()
    }

    /// Peers connected both ways on both lanes.
    pub fn connected_peers(&self) -> Vec<Party> {
        self.peers
            .keys()
            .copied()
            .filter(|&peer| self.connected(peer).is_some())
            .collect()
    }

    fn by_name(&self, name: &NodeName) -> Option<&Arc<Peer>> {
        self.peers.values().find(|peer| peer.name == *name)
    }
}

impl Peer {
    /// Takes note that the peer's process drew `boot`; resets everything if that is news.
    fn observe(&self, boot: Boot, inbox: &Arc<dyn Inbox>) -> Result<(), EpochError> {
        if self.epochs.observe(boot)? {
            for outgoing in &self.outgoing {
                outgoing.reset();
            }
            inbox.restarted(self.party);
        }
        Ok(())
    }
}
