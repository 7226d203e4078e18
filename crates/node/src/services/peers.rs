//! Where messages from peers go.

use std::sync::{Arc, OnceLock};

use countersign_mpc::Party;
use countersign_wire::v1::peer_message;

use crate::gossip::Gossip;
use crate::links::{Boot, Inbox};
use crate::signing::Signing;

/// Hands peers' messages to whom they concern. Links exist before what uses them does, so the rest
/// is filled in later; messages that come earlier are dropped, and their senders try again.
#[derive(Default)]
pub struct Dispatch(OnceLock<(Arc<Signing>, Gossip)>);

impl Dispatch {
    /// From now on messages are handled.
    pub fn connect(&self, signing: &Arc<Signing>, gossip: Gossip) {
        // Set once, at start.
        let _ = self.0.set((Arc::clone(signing), gossip));
    }
}

impl Inbox for Dispatch {
    fn message(&self, from: Party, _boot: Boot, message: peer_message::Kind) {
        let Some((signing, gossip)) = self.0.get() else {
            return;
        };
        match message {
            peer_message::Kind::BatchOpen(open) => signing.maker.opened_by(from, &open),
            peer_message::Kind::BatchRound(round) => signing.maker.round(from, round),
            peer_message::Kind::BatchAbort(abort) => signing.maker.aborted(from, &abort),
            peer_message::Kind::Allocate(allocate) => signing.allocated(from, &allocate),
            peer_message::Kind::Labels(labels) => signing.labels(from, labels),
            peer_message::Kind::Decline(decline) => signing.declined(from, &decline),
            peer_message::Kind::Tell(tell) => gossip.told(from, tell),
            peer_message::Kind::Heard(heard) => gossip.heard(from, heard),
        }
    }

    fn restarted(&self, peer: Party) {
        if let Some((signing, gossip)) = self.0.get() {
            signing.maker.restarted(peer);
            gossip.restarted(peer);
        }
    }
}
