//! Presignatures: made ahead, kept in memory only, used once (P5, P19).

mod batch;
mod maker;
mod registry;
mod targets;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use countersign_mpc::{
    EvaluatorPresignature, GarblerPresignature, Party, Presignature, PresignatureId, Quorum,
};

use tokio::sync::{Notify, watch};

pub use self::maker::{Maker, Settings};
pub use self::registry::Batches;
pub use self::targets::targets;

/// Which pool: a dealing and a quorum.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct PoolId {
    /// The dealing.
    pub deal: [u8; 32],
    /// The quorum.
    pub quorum: Quorum,
}

/// Presignatures of all keys and quorums. Taking one out is the only way to use it, and there is no
/// way to put one back.
#[derive(Default)]
pub struct Pools {
    state: Mutex<State>,
    added: Notify,
    news: watch::Sender<()>,
}

#[derive(Default)]
struct State {
    evaluator: BTreeMap<PoolId, VecDeque<EvaluatorPresignature>>,
    garbler: HashMap<PoolId, GarblerPool>,
    made: BTreeMap<PoolId, u64>,
}

#[derive(Default)]
struct GarblerPool {
    halves: HashMap<PresignatureId, GarblerPresignature>,
    /// In order of making: the oldest go when the evaluator never asks for them.
    order: VecDeque<PresignatureId>,
}

/// Most garbler halves kept for one pool: more than any evaluator pool holds.
const MAX_GARBLER_HALVES: usize = 4096;

impl Pools {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes whenever a quorum that could not sign can: its pool was empty, or it was not active.
    pub(crate) fn news(&self) -> watch::Receiver<()> {
        self.news.subscribe()
    }

    /// A quorum that could not sign can.
    pub(crate) fn announce(&self) {
        self.news.send_replace(());
    }

    /// Adds a finished batch.
    pub(crate) fn add(&self, pool: &PoolId, batch: Vec<Presignature>) {
        let mut state = self.state();
        let was_empty = state.evaluator.get(pool).is_none_or(VecDeque::is_empty);
        *state.made.entry(pool.clone()).or_default() += batch.len() as u64;
        for presignature in batch {
            match presignature {
                Presignature::Evaluator(half) => {
                    state
                        .evaluator
                        .entry(pool.clone())
                        .or_default()
                        .push_back(half);
                }
                Presignature::Garbler(half) => {
                    let garbler = state.garbler.entry(pool.clone()).or_default();
                    garbler.order.push_back(half.id());
                    garbler.halves.insert(half.id(), half);
                    while garbler.halves.len() > MAX_GARBLER_HALVES {
                        match garbler.order.pop_front() {
                            Some(oldest) => drop(garbler.halves.remove(&oldest)),
                            None => break,
                        }
                    }
                }
            }
        }
        drop(state);
        self.added.notify_waiters();
        if was_empty {
            self.announce();
        }
    }

    /// As [`Pools::take_garbler`], but waits a little for a half whose batch is just being finished:
    /// the evaluator may be done with it first.
    pub async fn await_garbler(
        &self,
        pool: &PoolId,
        id: PresignatureId,
        patience: Duration,
    ) -> Option<GarblerPresignature> {
        let deadline = tokio::time::Instant::now() + patience;
        loop {
            let added = self.added.notified();
            if let Some(half) = self.take_garbler(pool, id) {
                return Some(half);
            }
            if tokio::time::timeout_at(deadline, added).await.is_err() {
                return None;
            }
        }
    }

    /// Takes out one evaluator half.
    pub fn take(&self, pool: &PoolId) -> Option<EvaluatorPresignature> {
        self.state().evaluator.get_mut(pool)?.pop_front()
    }

    /// Takes out the garbler half of this name.
    pub fn take_garbler(&self, pool: &PoolId, id: PresignatureId) -> Option<GarblerPresignature> {
        let mut state = self.state();
        let garbler = state.garbler.get_mut(pool)?;
        let half = garbler.halves.remove(&id)?;
        // The order list is trimmed lazily, from its old end.
        while garbler
            .order
            .front()
            .is_some_and(|id| !garbler.halves.contains_key(id))
        {
            garbler.order.pop_front();
        }
        Some(half)
    }

    /// Evaluator halves in a pool, and presignatures made for it since start.
    pub fn depth(&self, pool: &PoolId) -> (usize, u64) {
        let state = self.state();
        (
            state.evaluator.get(pool).map_or(0, VecDeque::len),
            state.made.get(pool).copied().unwrap_or(0),
        )
    }

    /// Drops everything made with a peer that is gone: it can never be completed.
    pub fn forget_peer(&self, peer: Party) {
        let mut state = self.state();
        state
            .evaluator
            .retain(|pool, _| !pool.quorum.contains(peer));
        state.garbler.retain(|pool, _| !pool.quorum.contains(peer));
    }

    /// Drops everything of one pool.
    pub fn forget(&self, pool: &PoolId) {
        let mut state = self.state();
        state.evaluator.remove(pool);
        state.garbler.remove(pool);
    }
}
