//! Keeping pools full: which batch to run next, and answering openers.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use countersign_mpc::{BatchSize, Party, Quorum};
use countersign_wire::Roster;
use countersign_wire::v1::{BatchAbort, BatchOpen, BatchRound, Lane, peer_message};
use tokio::sync::{Notify, mpsc};
use tracing::{debug, warn};

use super::batch::{Account, Batch};
use super::registry::{BatchId, Batches, Incoming};
use super::{PoolId, Pools, targets};
use crate::audit::{AuditLog, Event};
use crate::clock::Clock;
use crate::keys::{Key, Keys};
use crate::ledger::Ledger;
use crate::links::{Boot, Links};
use crate::storage::Store;

/// How preprocessing behaves.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Presignatures to keep ready per quorum.
    pub depth: usize,
    /// Most quorums per key that this node evaluates for.
    pub quorums: usize,
    /// Batches this node opens at the same time.
    pub batches: usize,
    /// How long a silent peer is waited for.
    pub patience: Duration,
}

/// Makes presignatures in the background.
pub struct Maker {
    pub(crate) roster: Arc<Roster>,
    pub(crate) keys: Arc<Keys>,
    pub(crate) links: Arc<Links>,
    pub(crate) pools: Arc<Pools>,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) store: Arc<Store>,
    pub(crate) audit: AuditLog,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) settings: Settings,
    pub(crate) batches: Arc<Batches>,
    pub(crate) runtime: tokio::runtime::Handle,
    pub(crate) work: Mutex<Work>,
    /// Quorums known to have reproduced the check tag.
    pub(crate) active: Mutex<BTreeSet<PoolId>>,
    pub(crate) news: Notify,
    /// Quorums with a presignature to spend on their activation.
    pub(crate) activations: mpsc::UnboundedSender<(Arc<Key>, PoolId)>,
}

/// What is under way.
#[derive(Default)]
pub(crate) struct Work {
    /// Batches this node opened.
    own: Vec<PoolId>,
    /// Pools whose last batches failed: how often, and when to try again.
    failed: HashMap<PoolId, (u32, Instant)>,
    /// Batches of others, by opener: some for each, so that waiting for each other cannot close a
    /// circle.
    others: Vec<Party>,
    stopping: bool,
}

/// How long to wait before looking again although nothing was heard.
const IDLE: Duration = Duration::from_millis(100);
/// An opener runs one batch at a time, and may begin the next while this node still finishes the
/// last.
const BATCHES_PER_OPENER: usize = 2;
/// Pauses after a failed batch.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(3);
/// How long there is nothing to do before checks are no longer kept reserved on disk: a crash of an
/// idle node then costs no peer anything.
const RELEASE_AFTER: Duration = Duration::from_secs(1);

impl Work {
    fn is_idle(&self) -> bool {
        self.own.is_empty() && self.others.is_empty()
    }
}

impl Maker {
    pub(super) fn work(&self) -> std::sync::MutexGuard<'_, Work> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens batches until stopped.
    pub async fn keep_full(self: Arc<Self>) {
        let mut last_busy = Instant::now();
        while !self.work().stopping {
            if self.open_most_wanted() {
                last_busy = Instant::now();
                continue;
            }
            if !self.work().is_idle() {
                last_busy = Instant::now();
            } else if last_busy.elapsed() >= RELEASE_AFTER
                && let Err(error) = self.ledger.release_reservations()
            {
                warn!(%error, "checks stay reserved: a crash would be charged to peers");
            }
            tokio::select! {
                () = self.news.notified() => {}
                () = tokio::time::sleep(IDLE) => {}
            }
        }
    }

    /// Opens no more batches and accepts none.
    pub fn stop(&self) {
        self.work().stopping = true;
        self.news.notify_one();
    }

    /// Wakes the maker: a presignature was taken, or a peer came.
    pub fn wake(&self) {
        self.news.notify_one();
    }

    /// Whether a quorum has reproduced the check tag.
    pub(crate) fn is_active(&self, pool: &PoolId) -> bool {
        // Asked on every request and heartbeat, and never taken back: read once.
        if self.active().contains(pool) {
            return true;
        }
        let members = pool.quorum.indices();
        let active = self.store.is_active(&pool.deal, &members).unwrap_or(false);
        if active {
            self.active().insert(pool.clone());
        }
        active
    }

    fn active(&self) -> std::sync::MutexGuard<'_, BTreeSet<PoolId>> {
        self.active.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A batch failed: its pool waits a little before the next, longer each time.
    pub(super) fn batch_failed(&self, pool: &PoolId) {
        let mut work = self.work();
        let failed = work.failed.entry(pool.clone());
        let (times, until) = failed.or_insert((0, Instant::now()));
        let pause = FIRST_PAUSE * 2u32.pow((*times).min(6));
        *times = times.saturating_add(1);
        *until = Instant::now() + pause.min(LONGEST_PAUSE);
    }

    /// A batch was added to its pool.
    pub(super) fn batch_done(&self, key: &Arc<Key>, pool: &PoolId) {
        self.work().failed.remove(pool);
        if pool.quorum.evaluator() == key.me() && !self.is_active(pool) {
            // The node is stopping if nobody listens.
            let _ = self.activations.send((Arc::clone(key), pool.clone()));
        }
    }

    /// The quorums of a key this node should keep presignatures for now.
    pub(crate) fn wanted(&self, key: &Key) -> Vec<Quorum> {
        let dealt = key.parties();
        let available: Vec<Party> = self
            .links
            .connected_peers()
            .into_iter()
            .filter(|peer| dealt.contains(peer))
            .collect();
        let me = key.me();
        targets(me, &available, key.threshold(), self.settings.quorums)
            .into_iter()
            .filter(|quorum| self.usable(key, quorum).is_ok())
            .collect()
    }

    /// Whether checks of the past allow this quorum.
    ///
    /// # Errors
    /// Why not, for a person.
    pub(crate) fn usable(&self, key: &Key, quorum: &Quorum) -> Result<(), String> {
        let members = quorum.indices();
        self.ledger
            .usable(key.deal_id(), &members, key.me().index())?;
        let pool = PoolId {
            deal: *key.deal_id(),
            quorum: quorum.clone(),
        };
        let account = Account::of(key, &pool);
        let spent = |peer: &u8| self.ledger.left(&account.deal, *peer) == 0;
        if account.peers.iter().any(spent) {
            return Err("too many checks with this quorum were left unfinished".to_owned());
        }
        Ok(())
    }

    /// Starts the batch for the emptiest pool, if one is wanted and there is room for it.
    fn open_most_wanted(self: &Arc<Self>) -> bool {
        let mut wanted: Vec<(usize, Arc<Key>, PoolId)> = Vec::new();
        {
            let work = self.work();
            if work.stopping || work.own.len() >= self.settings.batches {
                return false;
            }
            for key in self.keys.iter() {
                for quorum in self.wanted(key) {
                    let pool = PoolId {
                        deal: *key.deal_id(),
                        quorum,
                    };
                    if work
                        .failed
                        .get(&pool)
                        .is_some_and(|(_, until)| *until > Instant::now())
                    {
                        continue;
                    }
                    let under_way = work.own.iter().filter(|own| **own == pool).count();
                    let have = self.pools.depth(&pool).0 + under_way;
                    if have < self.settings.depth {
                        wanted.push((have, Arc::clone(key), pool));
                    }
                }
            }
        }
        let Some((_, key, pool)) = wanted.into_iter().min_by_key(|(have, _, _)| *have) else {
            return false;
        };
        let opened = self.open(&key, &pool);
        if !opened {
            // Another pool's turn, next time.
            self.batch_failed(&pool);
        }
        opened
    }

    fn open(self: &Arc<Self>, key: &Arc<Key>, pool: &PoolId) -> bool {
        let Some(batch) = self.prepare(key, &pool.quorum, None) else {
            return false;
        };
        let members = pool.quorum.peers_of(key.me());
        let open = BatchOpen {
            batch_id: batch.id.to_bytes().to_vec(),
            key_id: key.manifest().key_id.to_string(),
            quorum: self.names_of(&pool.quorum),
            epoch: key.epoch(),
            presignatures: batch.size.presignatures() as u32,
            boot_nonces: batch.boots.iter().map(|boot| boot.0.to_vec()).collect(),
        };
        for peer in members {
            // If one cannot be told, it stays silent, and the batch ends by itself.
            let _ = self.links.send(
                peer,
                Lane::Bulk,
                peer_message::Kind::BatchOpen(open.clone()),
            );
        }
        self.work().own.push(pool.clone());
        let under_way = UnderWay::new(self, Slot::Own(pool.clone()));
        self.spawn(move || batch.run(&under_way.maker));
        true
    }

    /// A batch's thread has lower priority, and its panic would only end that batch.
    fn spawn(&self, run: impl FnOnce() + Send + 'static) {
        let spawned = std::thread::Builder::new()
            .name("batch".to_owned())
            .spawn(run);
        if let Err(error) = spawned {
            warn!(%error, "no thread for a batch");
        }
    }

    fn prepare(&self, key: &Arc<Key>, quorum: &Quorum, offered: Option<&Offer>) -> Option<Batch> {
        let share = key.share(quorum)?;
        let boots = self.boots(quorum, key.me())?;
        let hash = key.hash();
        let size = match offered {
            None => BatchSize::usual(hash, quorum.size()),
            Some(offer) if offer.boots != boots => return None,
            // Honest openers ask for the usual size; more would only cost memory.
            Some(offer) => Some(BatchSize::usual(hash, quorum.size()))
                .filter(|usual| usual.presignatures() == offer.presignatures)?,
        };
        let account = Account::of(
            key,
            &PoolId {
                deal: *key.deal_id(),
                quorum: quorum.clone(),
            },
        );
        let checks = match self.ledger.begin(&account.deal, &account.peers) {
            Ok(checks) => checks,
            Err(error) => {
                debug!(%error, "no batch with this quorum");
                return None;
            }
        };
        let id = offered.map_or_else(|| self.batches.next(key.me()), |offer| offer.id);
        let peers = quorum.peers_of(key.me());
        let channel = self
            .batches
            .open(&self.links, id, &peers, self.settings.patience);
        Some(Batch {
            id,
            key: Arc::clone(key),
            share,
            size,
            boots,
            checks,
            channel,
        })
    }

    /// Boot nonces of a quorum whose members are all connected, in its order.
    pub(super) fn boots(&self, quorum: &Quorum, me: Party) -> Option<Vec<Boot>> {
        quorum
            .members()
            .iter()
            .map(|&member| {
                if member == me {
                    Some(self.links.boot())
                } else {
                    self.links.connected(member)
                }
            })
            .collect()
    }

    /// Boot nonces of a quorum whose members are not known to have restarted, connected or not.
    pub(super) fn known_boots(&self, quorum: &Quorum, me: Party) -> Option<Vec<Boot>> {
        let boot = |&member: &Party| {
            if member == me {
                Some(self.links.boot())
            } else {
                self.links.known(member)
            }
        };
        quorum.members().iter().map(boot).collect()
    }

    /// An opener asks this node to take part.
    pub(crate) fn opened_by(self: &Arc<Self>, opener: Party, open: &BatchOpen) {
        let Some(id) = BatchId::from_slice(&open.batch_id).filter(|id| id.opener == opener) else {
            warn!(peer = %opener, "a batch with a number that is not its opener's");
            return;
        };
        if let Err(reason) = self.join(id, open) {
            debug!(peer = %opener, reason, "batch declined");
            let abort = BatchAbort {
                batch_id: open.batch_id.clone(),
                reason: reason.to_owned(),
            };
            // All members would wait for this node in vain.
            let members = self.quorum_of(&open.quorum);
            for member in members.map_or(vec![opener], |quorum| quorum.members().to_vec()) {
                let abort = peer_message::Kind::BatchAbort(abort.clone());
                // Those that cannot be reached, this node itself among them, need not know.
                let _ = self.links.send(member, Lane::Bulk, abort);
            }
        }
    }

    fn join(self: &Arc<Self>, id: BatchId, open: &BatchOpen) -> Result<(), &'static str> {
        if !self.batches.accept(id) {
            return Err("its number was used");
        }
        let joined = self.join_accepted(id, open);
        if joined.is_err() {
            self.batches.discard(id);
        }
        joined
    }

    fn join_accepted(self: &Arc<Self>, id: BatchId, open: &BatchOpen) -> Result<(), &'static str> {
        let key = self.keys.get(&open.key_id).cloned().ok_or("unknown key")?;
        let quorum = self
            .quorum_of(&open.quorum)
            .ok_or("not a quorum of this roster")?;
        if quorum.evaluator() != id.opener || open.epoch != key.epoch() {
            return Err("not this opener's to open, or another epoch");
        }
        let boots: Option<Vec<Boot>> = open
            .boot_nonces
            .iter()
            .map(|nonce| Boot::from_slice(nonce))
            .collect();
        let offer = Offer {
            id,
            presignatures: open.presignatures as usize,
            boots: boots.ok_or("malformed boot nonces")?,
        };
        self.usable(&key, &quorum)
            .map_err(|_| "this quorum may not preprocess any more")?;
        {
            let mut work = self.work();
            if work.stopping {
                return Err("stopping");
            }
            let under_way = work
                .others
                .iter()
                .filter(|other| **other == id.opener)
                .count();
            if under_way >= BATCHES_PER_OPENER {
                return Err("one batch at a time");
            }
            work.others.push(id.opener);
        }
        let under_way = UnderWay::new(self, Slot::Other(id.opener));
        let batch = self
            .prepare(&key, &quorum, Some(&offer))
            .ok_or("members not connected, restarted, or out of budget")?;
        self.spawn(move || batch.run(&under_way.maker));
        Ok(())
    }

    /// A round of a batch arrived.
    pub(crate) fn round(&self, from: Party, round: BatchRound) {
        let id = BatchId::from_slice(&round.batch_id);
        let kind = countersign_mpc::Kind::from_number(round.kind);
        match (id, kind) {
            (Some(id), Some(kind)) => {
                let (seq, body) = (round.seq, round.body);
                self.batches.deliver(id, from, Incoming { seq, kind, body });
            }
            (Some(id), None) => self.batches.hang_up(id, from),
            _ => {}
        }
    }

    /// A member left a batch.
    pub(crate) fn aborted(&self, from: Party, abort: &BatchAbort) {
        if let Some(id) = BatchId::from_slice(&abort.batch_id) {
            debug!(peer = %from, reason = abort.reason, "batch left by a peer");
            self.batches.hang_up(id, from);
        }
    }

    /// A peer restarted: nothing made or begun with its old process is of use.
    pub(crate) fn restarted(&self, peer: Party) {
        self.pools.forget_peer(peer);
        self.batches.forget_peer(peer);
        self.record(Event::PeerRestarted {
            peer: self.name_of(peer),
        });
        self.news.notify_one();
    }

    /// Records an event nobody waits for.
    pub(crate) fn record(&self, event: Event) {
        let (audit, now) = (self.audit.clone(), self.clock.now_ms());
        self.runtime.spawn(async move {
            if let Err(error) = audit.append(now, event).await {
                warn!(%error, "an event could not be recorded");
            }
        });
    }

    /// The quorum that these node names are.
    pub(crate) fn quorum_of(&self, names: &[String]) -> Option<Quorum> {
        quorum_of(&self.roster, names)
    }

    pub(crate) fn name_of(&self, party: Party) -> String {
        let node = self
            .roster
            .nodes()
            .iter()
            .find(|node| node.index == party.index());
        node.map(|node| node.name.to_string()).unwrap_or_default()
    }

    /// Names in the order of share indices.
    pub(crate) fn names_of(&self, quorum: &Quorum) -> Vec<String> {
        quorum
            .members()
            .iter()
            .map(|&member| self.name_of(member))
            .collect()
    }
}

/// A place in [`Work`], given up when this is dropped: whether its batch ends, panics, or gets no
/// thread.
struct UnderWay {
    maker: Arc<Maker>,
    slot: Slot,
}

enum Slot {
    Own(PoolId),
    Other(Party),
}

impl UnderWay {
    fn new(maker: &Arc<Maker>, slot: Slot) -> Self {
        let maker = Arc::clone(maker);
        Self { maker, slot }
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let mut work = self.maker.work();
        match &self.slot {
            Slot::Own(pool) => remove_one(&mut work.own, pool),
            Slot::Other(opener) => remove_one(&mut work.others, opener),
        }
        drop(work);
        if let Slot::Own(pool) = &self.slot
            && std::thread::panicking()
        {
            self.maker.batch_failed(pool);
        }
        self.maker.news.notify_one();
    }
}

fn remove_one<T: PartialEq>(from: &mut Vec<T>, what: &T) {
    if let Some(at) = from.iter().position(|other| other == what) {
        from.swap_remove(at);
    }
}

/// What an opener offered.
struct Offer {
    id: BatchId,
    presignatures: usize,
    boots: Vec<Boot>,
}

/// The quorum of the roster's nodes with these names; `None` for strangers, repetitions, or another
/// order than that of the share indexes: one quorum has one spelling.
pub(crate) fn quorum_of(roster: &Roster, names: &[String]) -> Option<Quorum> {
    let parties: Option<Vec<Party>> = names
        .iter()
        .map(|name| {
            let node = roster
                .nodes()
                .iter()
                .find(|node| node.name.as_str() == name)?;
            Party::new(node.index)
        })
        .collect();
    let parties = parties?;
    let in_order = parties.is_sorted_by(|one, next| one < next);
    in_order.then(|| Quorum::new(parties)).flatten()
}
