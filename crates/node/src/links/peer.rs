//! Which process a peer is, and which connections with it are open.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use countersign_wire::v1::Lane;

/// 32 bytes a process draws when it starts.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Boot(pub [u8; 32]);

impl Boot {
    /// From the wire; `None` for another length.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

impl std::fmt::Debug for Boot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex::encode(&self.0[..4]))
    }
}

/// Position of a lane in per-lane arrays.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct LaneIndex(pub(super) usize);

impl LaneIndex {
    pub(super) const ALL: [Self; 2] = [Self(0), Self(1)];

    pub(super) fn of(lane: Lane) -> Self {
        Self(usize::from(lane == Lane::Bulk))
    }

    pub(super) fn lane(self) -> Lane {
        if self.0 == 0 {
            Lane::Online
        } else {
            Lane::Bulk
        }
    }
}

/// Direction of a connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Direction {
    In,
    Out,
}

/// A peer's identity has one live epoch; a process that claims it while another lives, or after a
/// later one, is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EpochError {
    /// Another process of the same identity is connected.
    #[error("another process of this node is still connected")]
    TwoLive,
    /// This process was replaced by a later one.
    #[error("this process was replaced by a later one")]
    Retired,
}

/// Processes of one peer remembered as gone.
const MAX_RETIRED: usize = 1024;

/// The epochs of one peer.
pub(super) struct Epochs(Mutex<State>);

#[derive(Default)]
struct State {
    current: Option<Boot>,
    retired: VecDeque<Boot>,
    /// Generations of the open connections: [direction][lane].
    open: [[Option<u64>; 2]; 2],
    /// Incoming sequence: next expected, per lane.
    next_seq: [u64; 2],
    generation: u64,
}

impl Epochs {
    pub(super) fn new() -> Self {
        Self(Mutex::new(State {
            next_seq: [1, 1],
            ..State::default()
        }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// True if `boot` is a new process; the state of the old one is gone then.
    pub(super) fn observe(&self, boot: Boot) -> Result<bool, EpochError> {
        let mut state = self.state();
        if state.current == Some(boot) {
            return Ok(false);
        }
        if state.retired.contains(&boot) {
            return Err(EpochError::Retired);
        }
        if let Some(old) = state.current {
            if state.open.iter().flatten().any(Option::is_some) {
                return Err(EpochError::TwoLive);
            }
            state.retired.push_back(old);
            if state.retired.len() > MAX_RETIRED {
                state.retired.pop_front();
            }
        }
        state.current = Some(boot);
        state.next_seq = [1, 1];
        Ok(true)
    }

    pub(super) fn current(&self) -> Option<Boot> {
        self.state().current
    }

    pub(super) fn fully_connected(&self) -> Option<Boot> {
        let state = self.state();
        let all = state.open.iter().flatten().all(Option::is_some);
        state.current.filter(|_| all)
    }

    /// Registers a connection of the current epoch; a later one of the same kind supersedes it.
    pub(super) fn opened(&self, direction: Direction, lane: LaneIndex) -> u64 {
        let mut state = self.state();
        state.generation += 1;
        let generation = state.generation;
        state.open[direction as usize][lane.0] = Some(generation);
        generation
    }

    /// Whether the connection was not superseded.
    pub(super) fn is_open(&self, direction: Direction, lane: LaneIndex, generation: u64) -> bool {
        self.state().open[direction as usize][lane.0] == Some(generation)
    }

    pub(super) fn closed(&self, direction: Direction, lane: LaneIndex, generation: u64) {
        let mut state = self.state();
        let slot = &mut state.open[direction as usize][lane.0];
        if *slot == Some(generation) {
            *slot = None;
        }
    }

    pub(super) fn next_seq(&self, lane: LaneIndex) -> u64 {
        self.state().next_seq[lane.0]
    }

    /// Counts a frame in; false if the connection was superseded meanwhile.
    pub(super) fn count_in(&self, lane: LaneIndex, generation: u64) -> bool {
        let mut state = self.state();
        if state.open[Direction::In as usize][lane.0] != Some(generation) {
            return false;
        }
        state.next_seq[lane.0] += 1;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: Boot = Boot([1; 32]);
    const NEW: Boot = Boot([2; 32]);

    #[test]
    fn a_new_process_replaces_one_that_is_gone_and_no_other() {
        let epochs = Epochs::new();
        assert_eq!(epochs.observe(OLD), Ok(true));
        let generation = epochs.opened(Direction::In, LaneIndex(0));
        assert_eq!(epochs.observe(OLD), Ok(false));
        assert_eq!(epochs.observe(NEW), Err(EpochError::TwoLive));
        epochs.closed(Direction::In, LaneIndex(0), generation);
        assert_eq!(epochs.observe(NEW), Ok(true));
        assert_eq!(epochs.observe(OLD), Err(EpochError::Retired));
    }

    #[test]
    fn a_superseded_connection_counts_nothing() {
        let epochs = Epochs::new();
        epochs.observe(OLD).unwrap();
        let first = epochs.opened(Direction::In, LaneIndex(1));
        assert!(epochs.count_in(LaneIndex(1), first));
        let second = epochs.opened(Direction::In, LaneIndex(1));
        assert!(!epochs.count_in(LaneIndex(1), first));
        assert!(epochs.count_in(LaneIndex(1), second));
        epochs.closed(Direction::In, LaneIndex(1), first);
        assert!(epochs.is_open(Direction::In, LaneIndex(1), second));
        assert_eq!(epochs.next_seq(LaneIndex(1)), 3);
    }

    #[test]
    fn connected_means_both_ways_on_both_lanes() {
        let epochs = Epochs::new();
        epochs.observe(OLD).unwrap();
        for (direction, lane) in [(Direction::In, 0), (Direction::Out, 0), (Direction::In, 1)] {
            epochs.opened(direction, LaneIndex(lane));
            assert_eq!(epochs.fully_connected(), None);
        }
        epochs.opened(Direction::Out, LaneIndex(1));
        assert_eq!(epochs.fully_connected(), Some(OLD));
    }
}
