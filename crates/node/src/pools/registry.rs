//! Batches under way, and the messages that arrive for them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use countersign_mpc::{Channel, ChannelError, Kind, Party};
use countersign_wire::v1::{BatchRound, Lane, peer_message};

use crate::links::Links;

/// A batch: chosen by its opener, a number that only rises while the opener's process lives.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct BatchId {
    pub(super) opener: Party,
    pub(super) number: u64,
}

impl BatchId {
    pub(super) fn to_bytes(self) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes[0] = self.opener.index();
        bytes[8..].copy_from_slice(&self.number.to_be_bytes());
        bytes
    }

    pub(super) fn from_slice(bytes: &[u8]) -> Option<Self> {
        let bytes: [u8; 16] = bytes.try_into().ok()?;
        let mut number = [0; 8];
        number.copy_from_slice(&bytes[8..]);
        let id = Self {
            opener: Party::new(bytes[0])?,
            number: u64::from_be_bytes(number),
        };
        (id.to_bytes() == bytes).then_some(id)
    }
}

/// Messages a peer may be ahead by: the next round, and the tables of a full batch.
const MAX_AHEAD: usize = 24;
/// Batches of one peer that may have messages before this node has heard of them.
const MAX_UNOPENED: usize = 8;
/// Most bytes of one peer waiting for batches this node has not heard of: the largest message.
const MAX_UNOPENED_BYTES: usize = 256 * 1024 * 1024;
/// How long messages wait for their batch to be opened.
const UNOPENED_LIFE: Duration = Duration::from_secs(10);

/// A message as it arrived.
pub(super) struct Incoming {
    pub(super) seq: u32,
    pub(super) kind: Kind,
    pub(super) body: Vec<u8>,
}

/// Routes messages to batches. Messages may come before the opener's own word has.
#[derive(Default)]
pub struct Batches(Mutex<State>);

#[derive(Default)]
struct State {
    inboxes: HashMap<BatchId, Inbox>,
    /// Highest batch number taken up per opener: numbers are never used twice (P5).
    highest: BTreeMap<Party, u64>,
}

struct Inbox {
    since: Instant,
    opened: bool,
    senders: BTreeMap<Party, SyncSender<Incoming>>,
    receivers: BTreeMap<Party, Receiver<Incoming>>,
    /// Bytes of each peer that came before the batch was opened.
    early: BTreeMap<Party, usize>,
    /// Members of an opened batch.
    members: Vec<Party>,
    /// Who left before it was opened.
    left: BTreeSet<Party>,
}

impl Inbox {
    fn new() -> Self {
        Self {
            since: Instant::now(),
            opened: false,
            senders: BTreeMap::new(),
            receivers: BTreeMap::new(),
            early: BTreeMap::new(),
            members: Vec::new(),
            left: BTreeSet::new(),
        }
    }

    /// Whether a peer's line was cut, or it is no member.
    fn is_closed(&self, peer: Party) -> bool {
        !self.senders.contains_key(&peer) && (self.opened || self.receivers.contains_key(&peer))
    }

    fn line(&mut self, peer: Party) -> &SyncSender<Incoming> {
        let receivers = &mut self.receivers;
        self.senders.entry(peer).or_insert_with(|| {
            let (sender, receiver) = sync_channel(MAX_AHEAD);
            receivers.insert(peer, receiver);
            sender
        })
    }
}

impl State {
    /// Whether `from` may have something waiting for a batch: one that is known, or may yet be opened.
    fn admits(&mut self, id: BatchId, from: Party) -> bool {
        if self.inboxes.contains_key(&id) {
            return true;
        }
        self.inboxes
            .retain(|_, inbox| inbox.opened || inbox.since.elapsed() < UNOPENED_LIFE);
        let waiting = self
            .inboxes
            .values()
            .filter(|inbox| !inbox.opened && inbox.receivers.contains_key(&from))
            .count();
        let highest = self.highest.get(&id.opener);
        waiting < MAX_UNOPENED && highest.is_none_or(|highest| id.number > *highest)
    }

    /// Bytes of a peer waiting for batches to be opened.
    fn early_bytes(&self, peer: Party) -> usize {
        let unopened = self.inboxes.values().filter(|inbox| !inbox.opened);
        unopened.filter_map(|inbox| inbox.early.get(&peer)).sum()
    }
}

impl Batches {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next number for a batch this node opens.
    pub(super) fn next(&self, me: Party) -> BatchId {
        let mut state = self.state();
        let highest = state.highest.entry(me).or_default();
        *highest += 1;
        BatchId {
            opener: me,
            number: *highest,
        }
    }

    /// Accepts a number from its opener, and messages of its batch from now on; false if it does not
    /// rise.
    pub(super) fn accept(&self, id: BatchId) -> bool {
        let mut state = self.state();
        let highest = state.highest.entry(id.opener).or_default();
        let rises = id.number > *highest;
        *highest = id.number.max(*highest);
        if rises {
            state.inboxes.entry(id).or_insert_with(Inbox::new);
        }
        rises
    }

    /// This node will not take part after all.
    pub(super) fn discard(&self, id: BatchId) {
        self.state().inboxes.remove(&id);
    }

    /// Routes a message; drops it if nobody will ever want it.
    pub(super) fn deliver(&self, id: BatchId, from: Party, message: Incoming) {
        let mut state = self.state();
        if !state.admits(id, from) {
            return;
        }
        let early = state.early_bytes(from).saturating_add(message.body.len());
        let inbox = state.inboxes.entry(id).or_insert_with(Inbox::new);
        if inbox.is_closed(from) {
            return;
        }
        if !inbox.opened {
            if early > MAX_UNOPENED_BYTES {
                inbox.line(from);
                inbox.senders.remove(&from);
                return;
            }
            *inbox.early.entry(from).or_default() += message.body.len();
        }
        // A peer further ahead than the protocol allows loses its line, and the batch ends.
        if inbox.line(from).try_send(message).is_err() {
            inbox.senders.remove(&from);
        }
    }

    /// A member left a batch, which ends it for all: what was sent before still arrives, and nobody
    /// waits for the others' patience to end.
    pub(super) fn hang_up(&self, id: BatchId, peer: Party) {
        let mut state = self.state();
        if !state.admits(id, peer) {
            return;
        }
        let inbox = state.inboxes.entry(id).or_insert_with(Inbox::new);
        if !inbox.opened {
            if !inbox.is_closed(peer) {
                inbox.line(peer);
            }
            inbox.senders.remove(&peer);
            inbox.left.insert(peer);
        } else if inbox.members.contains(&peer) {
            inbox.senders.clear();
        }
    }

    /// Ends a restarted peer's part in everything; its numbers begin anew with its new nonce.
    pub(super) fn forget_peer(&self, peer: Party) {
        let mut state = self.state();
        state.highest.remove(&peer);
        state
            .inboxes
            .retain(|id, inbox| inbox.opened || id.opener != peer);
        for inbox in state.inboxes.values_mut() {
            inbox.senders.remove(&peer);
        }
    }

    /// The channel of a batch that this node takes part in.
    pub(super) fn open(
        self: &Arc<Self>,
        links: &Arc<Links>,
        id: BatchId,
        peers: &[Party],
        patience: Duration,
    ) -> BatchChannel {
        let mut state = self.state();
        let inbox = state.inboxes.entry(id).or_insert_with(Inbox::new);
        let mut lines = BTreeMap::new();
        for &peer in peers {
            if !inbox.is_closed(peer) || !inbox.receivers.contains_key(&peer) {
                inbox.line(peer);
            }
            lines.extend(
                inbox
                    .receivers
                    .remove(&peer)
                    .map(|line| (peer, Line::new(line))),
            );
        }
        inbox.senders.retain(|peer, _| peers.contains(peer));
        inbox.receivers.clear();
        inbox.opened = true;
        inbox.members = peers.to_vec();
        if peers.iter().any(|peer| inbox.left.contains(peer)) {
            inbox.senders.clear();
        }
        drop(state);
        BatchChannel {
            batches: Arc::clone(self),
            links: Arc::clone(links),
            id,
            lines,
            patience,
        }
    }
}

/// The protocol's channel over the bulk lane.
pub(super) struct BatchChannel {
    batches: Arc<Batches>,
    links: Arc<Links>,
    id: BatchId,
    lines: BTreeMap<Party, Line>,
    patience: Duration,
}

/// Messages of one peer, and how many went each way.
struct Line {
    incoming: Receiver<Incoming>,
    sent: u32,
    received: u32,
}

impl Line {
    fn new(incoming: Receiver<Incoming>) -> Self {
        Self {
            incoming,
            sent: 0,
            received: 0,
        }
    }
}

impl Channel for BatchChannel {
    fn send(&mut self, to: Party, kind: Kind, body: Vec<u8>) -> Result<(), ChannelError> {
        let line = self.lines.get_mut(&to).ok_or(ChannelError::Lost)?;
        let round = BatchRound {
            batch_id: self.id.to_bytes().to_vec(),
            kind: u32::from(kind.number()),
            body,
            seq: line.sent,
        };
        line.sent += 1;
        self.links
            .send(to, Lane::Bulk, peer_message::Kind::BatchRound(round))
            .map_err(|_| ChannelError::Lost)
    }

    fn receive(&mut self, from: Party) -> Result<(Kind, Vec<u8>), ChannelError> {
        let line = self.lines.get_mut(&from).ok_or(ChannelError::Lost)?;
        let message = line
            .incoming
            .recv_timeout(self.patience)
            .map_err(|error| match error {
                RecvTimeoutError::Timeout => ChannelError::Silent,
                RecvTimeoutError::Disconnected => ChannelError::Lost,
            })?;
        // Something was dropped here or not sent there: nobody can say, so nobody is blamed.
        if message.seq != line.received {
            return Err(ChannelError::Lost);
        }
        line.received += 1;
        Ok((message.kind, message.body))
    }
}

impl Drop for BatchChannel {
    fn drop(&mut self) {
        self.batches.state().inboxes.remove(&self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn party(index: u8) -> Party {
        Party::new(index).unwrap()
    }

    fn message(seq: u32) -> Incoming {
        Incoming {
            seq,
            kind: Kind::Corrections,
            body: vec![0; 10],
        }
    }

    #[test]
    fn messages_between_acceptance_and_opening_are_kept() {
        let batches = Batches::default();
        let id = BatchId {
            opener: party(2),
            number: 7,
        };
        assert!(batches.accept(id));
        batches.deliver(id, party(3), message(0));
        assert_eq!(
            batches.state().inboxes[&id].receivers[&party(3)]
                .try_iter()
                .count(),
            1
        );
        batches.discard(id);
        batches.deliver(id, party(3), message(1));
        assert!(!batches.state().inboxes.contains_key(&id));
    }

    #[test]
    fn one_member_that_leaves_ends_the_batch_for_all() {
        for opened in [true, false] {
            let batches = Batches::default();
            let id = BatchId {
                opener: party(2),
                number: 1,
            };
            if opened {
                assert!(batches.accept(id));
                let mut state = batches.state();
                let inbox = state.inboxes.get_mut(&id).unwrap();
                inbox.line(party(3));
                inbox.line(party(4));
                inbox.opened = true;
                inbox.members = vec![party(3), party(4)];
            }
            batches.hang_up(id, party(5));
            batches.hang_up(id, party(3));
            let state = batches.state();
            let inbox = &state.inboxes[&id];
            assert!(inbox.is_closed(party(3)));
            assert_eq!(inbox.is_closed(party(4)), opened);
            assert_eq!(inbox.left.contains(&party(3)), !opened);
        }
    }

    #[test]
    fn batch_numbers_never_repeat() {
        let batches = Batches::default();
        let id = BatchId {
            opener: party(2),
            number: 5,
        };
        assert!(batches.accept(id));
        assert!(!batches.accept(id));
        assert!(!batches.accept(BatchId { number: 4, ..id }));
        assert_eq!(BatchId::from_slice(&id.to_bytes()), Some(id));
        let mut stray = id.to_bytes();
        stray[3] = 1;
        assert_eq!(BatchId::from_slice(&stray), None);
    }

    #[test]
    fn a_flood_of_unopened_batches_is_bounded() {
        let batches = Batches::default();
        for number in 0..1000 {
            let id = BatchId {
                opener: party(2),
                number,
            };
            for _ in 0..100 {
                batches.deliver(id, party(3), message(0));
            }
        }
        let state = batches.state();
        assert!(state.inboxes.len() <= MAX_UNOPENED);
    }

    #[test]
    fn what_a_peer_sends_for_batches_nobody_opened_is_bounded() {
        let batches = Batches::default();
        let id = |number| BatchId {
            opener: party(3),
            number,
        };
        // Mapped, but never touched.
        let large = || Incoming {
            body: vec![0; MAX_UNOPENED_BYTES / 4],
            ..message(0)
        };
        for number in 1..=6 {
            batches.deliver(id(number), party(3), large());
        }
        let state = batches.state();
        assert_eq!(state.early_bytes(party(3)), MAX_UNOPENED_BYTES);
        assert!(state.inboxes[&id(5)].is_closed(party(3)));
        drop(state);
        // Others have room of their own.
        batches.deliver(id(1), party(4), large());
        assert!(!batches.state().inboxes[&id(1)].is_closed(party(4)));
    }

    #[test]
    fn a_line_that_was_cut_stays_cut() {
        let batches = Batches::default();
        let id = BatchId {
            opener: party(2),
            number: 1,
        };
        for _ in 0..=MAX_AHEAD {
            batches.deliver(id, party(3), message(0));
        }
        batches.deliver(id, party(3), message(1));
        let state = batches.state();
        let inbox = &state.inboxes[&id];
        assert!(inbox.is_closed(party(3)) && !inbox.is_closed(party(4)));
        let kept = inbox.receivers[&party(3)].try_iter().count();
        assert_eq!(kept, MAX_AHEAD);
    }
}
