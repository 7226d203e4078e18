//! What evaluators allocated to this node as a garbler, before or after it decided.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use countersign_mpc::{Party, PresignatureId};
use tokio::sync::oneshot;

use super::Place;

/// How long an allocation waits for this node's own decision: as long as a request can live.
const LIFE: Duration = Duration::from_secs(60);
/// How long an evaluator's word that it takes no part is kept for a decision on its way. A later
/// attempt at the same request must not meet it.
const REFUSAL_LIFE: Duration = Duration::from_secs(1);
/// Most words of one evaluator waiting; beyond, its new ones are dropped and its requests time out.
const MOST: usize = 4_096;

/// An evaluator's word: a presignature, or that it takes no part.
pub(super) type Word = Option<PresignatureId>;

/// Allocations that arrived before they were asked for, and requests that wait for theirs.
#[derive(Default)]
pub(crate) struct Allocations(Mutex<State>);

#[derive(Default)]
struct State {
    arrived: HashMap<Place, VecDeque<Arrived>>,
    waiting: HashMap<Place, VecDeque<oneshot::Sender<Word>>>,
    /// Words in `arrived`, by evaluator.
    counts: BTreeMap<Party, usize>,
}

struct Arrived {
    since: Instant,
    word: Word,
}

impl Arrived {
    fn is_current(&self) -> bool {
        let life = if self.word.is_some() {
            LIFE
        } else {
            REFUSAL_LIFE
        };
        self.since.elapsed() < life
    }
}

impl Allocations {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The evaluator spoke. Each presignature serves one contribution; that it takes no part makes
    /// whatever it had allocated and nobody has used yet of no use.
    pub(super) fn arrived(&self, place: &Place, word: Word) {
        let mut state = self.state();
        if let Some(waiting) = state.waiting.get_mut(place) {
            while let Some(waiter) = waiting.pop_front() {
                if waiter.send(word).is_ok() {
                    return;
                }
            }
            state.waiting.remove(place);
        }
        state.keep(place, word);
    }

    /// The evaluator's word for one contribution of this node: there already, or when it comes.
    pub(super) fn wait(&self, place: &Place) -> oneshot::Receiver<Word> {
        let (sender, receiver) = oneshot::channel();
        let mut state = self.state();
        match state.take(place) {
            Some(word) => {
                // The receiver is in hand.
                let _ = sender.send(word);
            }
            None => {
                state.waiting.retain(|_, waiting| {
                    waiting.retain(|waiter| !waiter.is_closed());
                    !waiting.is_empty()
                });
                state
                    .waiting
                    .entry(place.clone())
                    .or_default()
                    .push_back(sender);
            }
        }
        receiver
    }
}

impl State {
    fn keep(&mut self, place: &Place, word: Word) {
        let evaluator = place.pool.quorum.evaluator();
        if self.count(evaluator) >= MOST {
            self.purge();
        }
        let words = self.arrived.entry(place.clone()).or_default();
        let before = words.len();
        // A word of the other kind is overtaken by this one.
        words.retain(|arrived| arrived.word.is_some() && word.is_some() && arrived.is_current());
        let dropped = before - words.len();
        let count = self.counts.entry(evaluator).or_default();
        *count = count.saturating_sub(dropped);
        if *count < MOST {
            *count += 1;
            let since = Instant::now();
            words.push_back(Arrived { since, word });
        }
        if words.is_empty() {
            self.arrived.remove(place);
        }
    }

    /// The oldest word for a place that is still good.
    fn take(&mut self, place: &Place) -> Option<Word> {
        let words = self.arrived.get_mut(place)?;
        let count = self
            .counts
            .entry(place.pool.quorum.evaluator())
            .or_default();
        let mut found = None;
        while let Some(arrived) = words.pop_front() {
            *count = count.saturating_sub(1);
            if arrived.is_current() {
                found = Some(arrived.word);
                break;
            }
        }
        if words.is_empty() {
            self.arrived.remove(place);
        }
        found
    }

    fn count(&self, evaluator: Party) -> usize {
        self.counts.get(&evaluator).copied().unwrap_or(0)
    }

    fn purge(&mut self) {
        self.counts.clear();
        self.arrived.retain(|place, words| {
            words.retain(Arrived::is_current);
            let count = self.counts.entry(place.pool.quorum.evaluator());
            *count.or_default() += words.len();
            !words.is_empty()
        });
    }
}

#[cfg(test)]
mod tests {
    #![allow(non_snake_case)]

    use countersign_mpc::Quorum;

    use super::*;
    use crate::pools::PoolId;

    fn place(quorum: [u8; 2], request: u32) -> Place {
        let mut digest = [0; 32];
        digest[..4].copy_from_slice(&request.to_be_bytes());
        let members = quorum.map(|index| Party::new(index).unwrap());
        Place {
            pool: PoolId {
                deal: [1; 32],
                quorum: Quorum::new(members).unwrap(),
            },
            digest,
        }
    }

    fn id(number: u8) -> PresignatureId {
        PresignatureId::from_bytes([number; 16])
    }

    fn said(allocations: &Allocations, place: &Place) -> Option<Word> {
        allocations.wait(place).try_recv().ok()
    }

    #[test]
    fn presignature__should_serve_one_contribution_whichever_comes_first() {
        let (allocations, place) = (Allocations::default(), place([1, 2], 1));
        allocations.arrived(&place, Some(id(1)));
        allocations.arrived(&place, Some(id(2)));
        assert_eq!(said(&allocations, &place), Some(Some(id(1))));
        assert_eq!(said(&allocations, &place), Some(Some(id(2))));
        let mut waiting = allocations.wait(&place);
        assert!(waiting.try_recv().is_err());
        allocations.arrived(&place, Some(id(3)));
        assert_eq!(waiting.try_recv(), Ok(Some(id(3))));
        assert_eq!(said(&allocations, &place), None);
    }

    #[test]
    fn refusal__should_void_what_was_allocated_and_be_overtaken_by_what_is_next() {
        let (allocations, place) = (Allocations::default(), place([1, 2], 1));
        allocations.arrived(&place, Some(id(1)));
        allocations.arrived(&place, None);
        allocations.arrived(&place, None);
        assert_eq!(said(&allocations, &place), Some(None));
        allocations.arrived(&place, None);
        allocations.arrived(&place, Some(id(2)));
        assert_eq!(said(&allocations, &place), Some(Some(id(2))));
        assert!(allocations.state().arrived.is_empty());
    }

    #[test]
    fn evaluator_that_floods__should_take_only_its_own_room() {
        let allocations = Allocations::default();
        for request in 0..MOST as u32 + 100 {
            allocations.arrived(&place([2, 3], request), Some(id(1)));
        }
        let state = allocations.state();
        let kept: usize = state.arrived.values().map(VecDeque::len).sum();
        assert_eq!(kept, MOST);
        drop(state);
        let honest = place([1, 2], 1);
        assert_ne!(
            honest.pool.quorum.evaluator(),
            place([2, 3], 1).pool.quorum.evaluator()
        );
        allocations.arrived(&honest, Some(id(2)));
        assert_eq!(said(&allocations, &honest), Some(Some(id(2))));
        // Room that is used up is given back.
        assert!(said(&allocations, &place([2, 3], 0)).is_some());
        allocations.arrived(&place([2, 3], 9_999), Some(id(3)));
        assert!(said(&allocations, &place([2, 3], 9_999)).is_some());
    }
}
