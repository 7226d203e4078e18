//! What evaluators allocated to this node as a garbler, before or after it decided.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use countersign_mpc::PresignatureId;
use tokio::sync::oneshot;

use super::Place;

/// How long an allocation waits for this node's own decision.
const LIFE: Duration = Duration::from_secs(60);
/// Most allocations waiting; beyond, new ones are dropped and their requests time out.
const MOST: usize = 16_384;

/// An evaluator's word: a presignature, or that it has none.
pub(super) type Word = Option<PresignatureId>;

/// Allocations that arrived before they were asked for, and requests that wait for theirs.
#[derive(Default)]
pub(crate) struct Allocations(Mutex<State>);

#[derive(Default)]
struct State {
    arrived: HashMap<Place, VecDeque<(Instant, Word)>>,
    waiting: HashMap<Place, VecDeque<oneshot::Sender<Word>>>,
    count: usize,
}

impl Allocations {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The evaluator spoke. Each word serves one contribution.
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
        if state.count >= MOST {
            let state = &mut *state;
            state.arrived.retain(|_, words| {
                words.retain(|(since, _)| since.elapsed() < LIFE);
                !words.is_empty()
            });
            state.count = state.arrived.values().map(VecDeque::len).sum();
            if state.count >= MOST {
                return;
            }
        }
        state.count += 1;
        state
            .arrived
            .entry(place.clone())
            .or_default()
            .push_back((Instant::now(), word));
    }

    /// The evaluator's word for one contribution of this node: there already, or when it comes.
    pub(super) fn wait(&self, place: &Place) -> oneshot::Receiver<Word> {
        let (sender, receiver) = oneshot::channel();
        let mut state = self.state();
        let mut found = None;
        if let Some(words) = state.arrived.get_mut(place) {
            found = words.pop_front().map(|(_, word)| word);
            if words.is_empty() {
                state.arrived.remove(place);
            }
        }
        match found {
            Some(word) => {
                state.count = state.count.saturating_sub(1);
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
