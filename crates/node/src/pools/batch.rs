//! Running one batch on a thread of its own, and what its outcome means (P17).

use std::sync::Arc;

use countersign_mpc::dealing::QuorumShare;
use countersign_mpc::{Abort, BatchSize, Fault, Party, SessionId, preprocess};
use countersign_wire::v1::{BatchAbort, Lane, peer_message};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use sha2::{Digest, Sha256};
use tracing::{debug, info, warn};

use super::PoolId;
use super::maker::Maker;
use super::registry::{BatchChannel, BatchId};
use crate::audit::Event;
use crate::hardening::lower_thread_priority;
use crate::keys::Key;
use crate::ledger::Checks;
use crate::links::Boot;

/// A batch both ends have agreed to run.
pub(super) struct Batch {
    pub(super) id: BatchId,
    pub(super) key: Arc<Key>,
    pub(super) share: Arc<QuorumShare>,
    pub(super) size: BatchSize,
    /// Boot nonces of the quorum's members, in order.
    pub(super) boots: Vec<Boot>,
    pub(super) checks: Checks,
    /// Takes in messages from the moment the batch is agreed, before its thread runs.
    pub(super) channel: BatchChannel,
}

impl Batch {
    pub(super) fn pool(&self) -> PoolId {
        PoolId {
            deal: *self.key.deal_id(),
            quorum: self.share.quorum().clone(),
        }
    }

    /// Runs the protocol to its end. Blocks: call on a thread for it.
    pub(super) fn run(mut self, maker: &Arc<Maker>) {
        lower_thread_priority();
        let (pool, me) = (self.pool(), self.share.me());
        let peers = pool.quorum.peers_of(me);
        let nonces: Vec<[u8; 32]> = self.boots.iter().map(|boot| boot.0).collect();
        let session = SessionId::new(&self.share, &nonces, &self.id.to_bytes());

        let mut seed = zeroize::Zeroizing::new([0; 32]);
        let outcome = match getrandom::fill(&mut *seed) {
            Ok(()) => {
                let mut rng = ChaCha20Rng::from_seed(*seed);
                preprocess(&self.share, session, self.size, &mut self.channel, &mut rng)
            }
            Err(error) => {
                warn!(%error, "no randomness: batch not run");
                self.checks.completed();
                return abort(maker, self.id, &peers, "no randomness");
            }
        };
        match outcome {
            Ok(presignatures) => {
                self.checks.completed();
                // Only for the processes it was made with (P5).
                if maker.known_boots(&pool.quorum, me).as_ref() == Some(&self.boots) {
                    maker.pools.add(&pool, presignatures);
                    maker.batch_done(&self.key, &pool);
                } else {
                    debug!(quorum = ?pool.quorum, "batch dropped: a member restarted");
                }
            }
            Err(failure) => {
                // Durable before the peer hears of it.
                settle(maker, &self.key, &pool, self.checks, &failure);
                maker.batch_failed(&pool);
                abort(maker, self.id, &peers, &failure.to_string());
            }
        }
    }
}

fn abort(maker: &Maker, id: BatchId, peers: &[Party], reason: &str) {
    for &peer in peers {
        let message = BatchAbort {
            batch_id: id.to_bytes().to_vec(),
            reason: reason.to_owned(),
        };
        // A peer that cannot be reached will find out by itself.
        let _ = maker
            .links
            .send(peer, Lane::Bulk, peer_message::Kind::BatchAbort(message));
    }
}

/// Whom an unfinished check is charged to.
pub(super) struct Account {
    pub(super) deal: [u8; 32],
    pub(super) peers: Vec<u8>,
}

impl Account {
    /// The peer, if there is only one. Among three or more a peer may have left because another
    /// made it: then the quorum as a whole is charged, and a cheater spends the tries of the quorums
    /// it is in, and no others.
    pub(super) fn of(key: &Key, pool: &PoolId) -> Self {
        let peers = pool.quorum.peers_of(key.me());
        if let [peer] = peers[..] {
            return Self {
                deal: pool.deal,
                peers: vec![peer.index()],
            };
        }
        let mut hash = Sha256::new();
        hash.update(b"countersign/quorum-account/v1\0");
        hash.update(pool.deal);
        for member in pool.quorum.members() {
            hash.update([member.index()]);
        }
        Self {
            deal: hash.finalize().into(),
            peers: vec![0],
        }
    }
}

/// Failures are final, hang-ups are budgeted (P17).
fn settle(maker: &Arc<Maker>, key: &Key, pool: &PoolId, checks: Checks, failure: &Abort) {
    let hung_up = failure.checks_started
        && matches!(
            &failure.fault,
            Fault::Channel { .. } | Fault::Disagreement { .. }
        );
    if hung_up {
        warn!(quorum = ?pool.quorum, %failure, "batch aborted during its checks: charged");
        if let Err(error) = checks.charged(&Account::of(key, pool).peers) {
            warn!(%error, "the charge could not be made durable");
        }
    } else {
        checks.completed();
        info!(quorum = ?pool.quorum, %failure, "batch aborted");
    }
    maker.settle(key, pool, &failure.fault);
}

impl Maker {
    /// Makes the consequences of a failed check final and recorded, in preprocessing and signing
    /// alike. Faults nobody is to blame for have none.
    pub(crate) fn settle(&self, key: &Key, pool: &PoolId, fault: &Fault) {
        if fault.is_final() {
            self.incident(key, pool, fault.culprit(), fault.to_string());
        }
    }

    /// Ends the pairing with `peer`, or the quorum if nobody can be named, for good; then records it.
    pub(crate) fn incident(&self, key: &Key, pool: &PoolId, peer: Option<Party>, fault: String) {
        let deal = key.deal_id();
        let ended = match peer {
            Some(peer) => self.ledger.quarantine(deal, peer.index(), &fault),
            None => self.ledger.end_quorum(deal, &pool.quorum.indices(), &fault),
        };
        if let Err(error) = ended {
            warn!(%error, "the failure could not be made durable; the pool is dropped all the same");
        }
        match peer {
            Some(peer) => self.pools.forget_peer(peer),
            None => self.pools.forget(pool),
        }
        tracing::error!(key = %key.manifest().key_id, ?peer, quorum = ?pool.quorum, %fault, "INCIDENT");
        let event = Event::Incident {
            key_id: key.manifest().key_id.to_string(),
            peer: peer.map(|peer| self.name_of(peer)),
            quorum: self.names_of(&pool.quorum),
            fault,
        };
        self.record(event);
    }
}
