//! A network in memory whose outcome does not depend on scheduling or on time.
//!
//! Sending never fails. A party that is gone leaves what it sent readable; after that it is `Lost`.
//! When every party still there waits for a message nobody has sent, all of them are told that their
//! peer is `Silent`: what a time-out would say, without the waiting.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

use countersign_mpc::{Channel, ChannelError, Kind, Party, Quorum};

pub type Envelope = (Kind, Vec<u8>);

/// Far above what any run takes: only a party that hangs, or computes for ever, meets it.
const HANG: Duration = Duration::from_secs(120);

/// One party's end of all its links.
pub struct Links {
    pub me: Party,
    parties: usize,
    wires: Arc<Wires>,
}

impl Links {
    /// How many other parties there are.
    pub fn peers(&self) -> usize {
        self.parties - 1
    }
}

struct Wires {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    queues: HashMap<(Party, Party), VecDeque<Envelope>>,
    present: HashSet<Party>,
    /// Who waits for whom.
    waiting: HashMap<Party, Party>,
    /// Parties to be told that their peer is silent.
    stalled: HashSet<Party>,
}

/// Links among all members of a quorum.
pub fn network(quorum: &Quorum) -> Vec<Links> {
    let state = State {
        present: quorum.members().iter().copied().collect(),
        ..State::default()
    };
    let wires = Arc::new(Wires {
        state: Mutex::new(state),
        changed: Condvar::new(),
    });
    let links = |&me| Links {
        me,
        parties: quorum.size(),
        wires: wires.clone(),
    };
    quorum.members().iter().map(links).collect()
}

impl Channel for Links {
    fn send(&mut self, to: Party, kind: Kind, body: Vec<u8>) -> Result<(), ChannelError> {
        let mut state = self.wires.lock();
        let queue = state.queues.entry((self.me, to)).or_default();
        queue.push_back((kind, body));
        self.wires.changed.notify_all();
        Ok(())
    }

    fn receive(&mut self, from: Party) -> Result<Envelope, ChannelError> {
        let mut state = self.wires.lock();
        loop {
            let queue = state.queues.entry((from, self.me)).or_default();
            if let Some(envelope) = queue.pop_front() {
                state.waiting.remove(&self.me);
                state.stalled.remove(&self.me);
                return Ok(envelope);
            }
            if state.stalled.remove(&self.me) {
                state.waiting.remove(&self.me);
                return Err(ChannelError::Silent);
            }
            if !state.present.contains(&from) {
                state.waiting.remove(&self.me);
                return Err(ChannelError::Lost);
            }
            state.waiting.insert(self.me, from);
            if state.is_stuck() {
                state.stalled = state.present.clone();
                self.wires.changed.notify_all();
                continue;
            }
            let (next, timeout) = self
                .wires
                .changed
                .wait_timeout(state, HANG)
                .unwrap_or_else(|poisoned| poisoned.into_inner());
            assert!(!timeout.timed_out(), "{:?} hangs", self.me);
            state = next;
        }
    }
}

impl Drop for Links {
    fn drop(&mut self) {
        let mut state = self.wires.lock();
        state.present.remove(&self.me);
        state.waiting.remove(&self.me);
        state.stalled.remove(&self.me);
        self.wires.changed.notify_all();
    }
}

impl Wires {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl State {
    /// Every party still there waits for one still there that has sent it nothing more.
    fn is_stuck(&self) -> bool {
        self.stalled.is_empty()
            && self.present.iter().all(|party| {
                self.waiting.get(party).is_some_and(|from| {
                    let unread = self.queues.get(&(*from, *party));
                    self.present.contains(from) && unread.is_none_or(VecDeque::is_empty)
                })
            })
    }
}
