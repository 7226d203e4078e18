//! The online phase between nodes (P15 to P17): the evaluator allocates a presignature, each
//! garbler answers once, after its own decision is durable.

mod activation;
pub(crate) use self::activation::activate;
mod allocations;
mod contribute;
mod evaluating;
mod garbling;

use std::sync::Arc;

use countersign_mpc::{Party, PresignatureId, Quorum};
use countersign_wire::v1::{Allocate, Decline, Labels, Lane, peer_message};
use countersign_wire::{NodeName, Roster};
use tracing::debug;

use self::allocations::Allocations;
use self::evaluating::Awaited;
use crate::audit::AuditLog;
use crate::clock::Clock;
use crate::decision::Decider;
use crate::keys::{Key, Keys};
use crate::links::Links;
use crate::pools::{Maker, PoolId, Pools};

/// Everything that signing needs.
pub struct Signing {
    pub(crate) name: NodeName,
    pub(crate) roster: Arc<Roster>,
    pub(crate) keys: Arc<Keys>,
    pub(crate) links: Arc<Links>,
    pub(crate) pools: Arc<Pools>,
    pub(crate) maker: Arc<Maker>,
    pub(crate) decider: Arc<Decider>,
    pub(crate) audit: AuditLog,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) allocations: Allocations,
    pub(crate) awaited: Awaited,
}

/// One signature's place: a key, a quorum and a request.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Place {
    pub(crate) pool: PoolId,
    pub(crate) digest: [u8; 32],
}

impl Signing {
    /// The key and place that a peer's message is about, if they make sense to this node.
    fn place(&self, key_id: &str, quorum: &[String], digest: &[u8]) -> Option<(Arc<Key>, Place)> {
        let key = self.keys.get(key_id)?.clone();
        let quorum = self.maker.quorum_of(quorum)?;
        let fits = quorum.contains(key.me()) && quorum.size() == usize::from(key.threshold());
        let digest = digest.try_into().ok()?;
        fits.then(|| {
            let place = Place {
                pool: PoolId {
                    deal: *key.deal_id(),
                    quorum,
                },
                digest,
            };
            (key, place)
        })
    }

    /// The evaluator names a presignature.
    pub(crate) fn allocated(self: &Arc<Self>, from: Party, message: &Allocate) {
        let id = presignature_id(&message.presignature_id);
        let place = self.place(&message.key_id, &message.quorum, &message.request_digest);
        let (Some(id), Some((key, place))) = (id, place) else {
            debug!(peer = %from, "an allocation that makes no sense");
            return;
        };
        if place.pool.quorum.evaluator() != from {
            debug!(peer = %from, "an allocation by a node that is not the evaluator");
        } else if place.digest == key.check_digest() {
            activation::answer(self, key, place, id);
        } else {
            self.allocations.arrived(&place, Some(id));
        }
    }

    /// A garbler's answer.
    pub(crate) fn labels(&self, from: Party, message: Labels) {
        if let Some(id) = presignature_id(&message.presignature_id) {
            self.awaited.arrived(id, from, Some(message.body));
        }
    }

    /// A member takes no part: a garbler, if this node evaluates there; else the evaluator.
    pub(crate) fn declined(&self, from: Party, message: &Decline) {
        let place = self.place(&message.key_id, &message.quorum, &message.request_digest);
        let Some((key, place)) = place else { return };
        let evaluator = place.pool.quorum.evaluator();
        if !place.pool.quorum.contains(from) {
            debug!(peer = %from, "a refusal by a node that is not of the quorum");
        } else if evaluator == key.me() {
            self.awaited.declined(&place, from);
        } else if evaluator == from {
            self.allocations.arrived(&place, None);
        }
    }

    /// Tells members that this node takes no part.
    fn decline(&self, key: &Key, place: &Place, members: &[Party]) {
        for &member in members {
            let message = Decline {
                request_digest: place.digest.to_vec(),
                key_id: key.manifest().key_id.to_string(),
                quorum: self.maker.names_of(&place.pool.quorum),
            };
            // They would find out by their deadline.
            let _ = self
                .links
                .send(member, Lane::Online, peer_message::Kind::Decline(message));
        }
    }

    fn quorum_names(&self, quorum: &Quorum) -> Vec<String> {
        self.maker.names_of(quorum)
    }
}

fn presignature_id(bytes: &[u8]) -> Option<PresignatureId> {
    bytes.try_into().ok().map(PresignatureId::from_bytes)
}
