//! What this node authorised, until every other node of the key has heard of it.
//!
//! An authorisation is here from the moment the counters are charged for it. It becomes something to
//! tell once it is durable, and leaves when all have answered, or when it is too old to be told.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use countersign_mpc::Party;
use countersign_policy::{Charge, Usage, Window};
use countersign_wire::v1::{Authorised, Heard, SignedEnvelope, Tell};

use super::conversation::{Conversation, Standing, Word};

/// Authorisations told in one message, at most.
pub(crate) const MAX_TOLD: usize = 128;
/// Bytes of envelopes in one message, but for the last one: messages of the online lane end at twice
/// as much.
const MAX_TOLD_BYTES: usize = 200 * 1024;
/// Authorisations, and bytes of their envelopes, that wait for peers.
const MAX_ENTRIES: usize = 4096;
const MAX_BYTES: usize = 16 << 20;

/// Names an authorisation in this process, in the order in which counters were charged.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Ticket(pub(super) u64);

/// One authorisation as counters see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Authorisation {
    /// When counters were charged, Unix milliseconds.
    pub(crate) at_ms: u64,
    pub(crate) key: String,
    pub(crate) client: String,
    pub(crate) charge: Charge,
}

/// See the [module documentation](self).
#[derive(Debug)]
pub(crate) struct Outbox {
    entries: BTreeMap<Ticket, Entry>,
    bytes: usize,
    next_ticket: u64,
    peers: BTreeMap<Party, Correspondent>,
    /// Lines of the audit log whose authorisations every node has heard of since this was last asked.
    known: Vec<u64>,
    /// Authorisations that some node may never hear of, since this was last asked.
    unheard: Vec<Authorisation>,
}

#[derive(Debug)]
struct Entry {
    authorisation: Authorisation,
    /// When it can no longer be told, Unix milliseconds.
    expires_at_ms: u64,
    /// Those who have not heard of it.
    missing: BTreeSet<Party>,
    /// Somebody charged it some while before: it may have left short windows there.
    early: bool,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    /// Charged for, not durable yet.
    Undecided,
    /// Durable on this line of the audit log.
    Durable { line: u64, envelope: SignedEnvelope },
}

#[derive(Debug)]
struct Correspondent {
    conversation: Conversation,
    /// Not told yet, or to be told again.
    to_tell: VecDeque<Ticket>,
    /// All before this one were queued.
    queued_until: Ticket,
}

impl Outbox {
    /// Nothing authorised, and nobody met; `first_number` as for [`Conversation::new`].
    pub(crate) fn new(peers: impl IntoIterator<Item = Party>, first_number: u64) -> Self {
        let correspondent = || Correspondent {
            conversation: Conversation::new(first_number),
            to_tell: VecDeque::new(),
            queued_until: Ticket(0),
        };
        Self {
            entries: BTreeMap::new(),
            bytes: 0,
            next_ticket: 0,
            peers: peers
                .into_iter()
                .map(|peer| (peer, correspondent()))
                .collect(),
            known: Vec::new(),
            unheard: Vec::new(),
        }
    }

    /// Takes in an authorisation that counters were just charged for. It is outstanding until
    /// `peers` have all heard of it.
    pub(crate) fn charged(
        &mut self,
        authorisation: Authorisation,
        expires_at_ms: u64,
        peers: impl IntoIterator<Item = Party>,
    ) -> Ticket {
        let ticket = Ticket(self.next_ticket);
        self.next_ticket += 1;
        let entry = Entry {
            authorisation,
            expires_at_ms,
            missing: peers.into_iter().collect(),
            early: false,
            stage: Stage::Undecided,
        };
        self.entries.insert(ticket, entry);
        ticket
    }

    /// The decision is on disk: from now on it is told.
    pub(crate) fn durable(&mut self, ticket: Ticket, line: u64, envelope: SignedEnvelope) {
        let Some(entry) = self.entries.get_mut(&ticket) else {
            return;
        };
        self.bytes += size(&envelope);
        entry.stage = Stage::Durable { line, envelope };
        self.release();
        while self.entries.len() > MAX_ENTRIES || self.bytes > MAX_BYTES {
            let oldest = self.entries.iter().find(|(_, entry)| entry.is_durable());
            let Some(oldest) = oldest.map(|(&ticket, _)| ticket) else {
                return;
            };
            self.give_up(oldest);
        }
    }

    /// The decision could not be written, so nothing came of it.
    pub(crate) fn void(&mut self, ticket: Ticket) {
        self.entries.remove(&ticket);
        self.release();
    }

    /// Queues what became ready to be told, in the order in which counters were charged: receivers
    /// hold a node to its own limits, and must see its charges as it saw them.
    fn release(&mut self) {
        let undecided = self.entries.iter().find(|(_, entry)| !entry.is_durable());
        let end = undecided.map_or(Ticket(self.next_ticket), |(&ticket, _)| ticket);
        for (peer, correspondent) in &mut self.peers {
            correspondent.queue_until(end, *peer, &self.entries);
        }
    }

    /// The next message for a peer: what there is to tell, or a mere question if one is `due`.
    pub(crate) fn next_tell(&mut self, peer: Party, now_ms: u64, due: bool) -> Option<Tell> {
        let correspondent = self.peers.get_mut(&peer)?;
        let astray = correspondent.conversation.astray(now_ms);
        correspondent.tell_again(astray);
        if !correspondent.conversation.can_ask() {
            return None;
        }
        let (mut authorised, mut tickets, mut bytes) = (Vec::new(), Vec::new(), 0);
        while authorised.len() < MAX_TOLD && bytes < MAX_TOLD_BYTES {
            let Some(ticket) = correspondent.to_tell.pop_front() else {
                break;
            };
            // What was given up meanwhile is gone.
            let Some(entry) = self.entries.get(&ticket) else {
                continue;
            };
            if let Stage::Durable { envelope, .. } = &entry.stage {
                bytes += size(envelope);
                authorised.push(Authorised {
                    envelope: Some(envelope.clone()),
                    at_ms: entry.authorisation.at_ms,
                });
                tickets.push(ticket);
            }
        }
        if tickets.is_empty() && !due {
            return None;
        }
        let number = correspondent.conversation.ask(now_ms, tickets);
        Some(Tell { number, authorised })
    }

    /// Whether everything there is to tell to a peer was handed out by [`Outbox::next_tell`].
    pub(crate) fn told_all(&self, peer: Party) -> bool {
        let correspondent = self.peers.get(&peer);
        correspondent.is_some_and(|correspondent| correspondent.to_tell.is_empty())
    }

    /// A peer handled a message. True if that changes how anything weighs.
    pub(crate) fn answered(&mut self, peer: Party, heard: &Heard, now_ms: u64) -> bool {
        let Some(correspondent) = self.peers.get_mut(&peer) else {
            return false;
        };
        let before = correspondent.conversation.standing(now_ms);
        let words = correspondent.conversation.answered(heard);
        let news = !words.is_empty() || correspondent.conversation.standing(now_ms) != before;
        for (ticket, word) in words {
            self.settle(peer, ticket, word, now_ms);
        }
        news
    }

    fn settle(&mut self, peer: Party, ticket: Ticket, word: Word, now_ms: u64) {
        let Some(entry) = self.entries.get_mut(&ticket) else {
            return;
        };
        // Late answers are no answers: by then the peer may have thought it too old to be charged.
        if word == Word::Refused || entry.expires_at_ms < now_ms {
            self.give_up(ticket);
            return;
        }
        entry.early |= word == Word::ChargedEarly;
        entry.missing.remove(&peer);
        if entry.missing.is_empty() && !entry.early {
            self.is_known(ticket);
        }
    }

    fn is_known(&mut self, ticket: Ticket) {
        if let Some(Entry {
            stage: Stage::Durable { line, .. },
            ..
        }) = self.remove(ticket)
        {
            self.known.push(line);
        }
    }

    /// A peer is another process now, and has what it had answered for.
    pub(crate) fn restarted(&mut self, peer: Party) {
        if let Some(correspondent) = self.peers.get_mut(&peer) {
            let tickets = correspondent.conversation.restart();
            correspondent.tell_again(tickets);
        }
    }

    /// Gives up what is too old to be told, and lets go of what is past all short windows.
    pub(crate) fn expire(&mut self, now_ms: u64) {
        let (mut expired, mut passed) = (Vec::new(), Vec::new());
        for (&ticket, entry) in &self.entries {
            if !entry.is_durable() {
                continue;
            }
            let at_ms = entry.authorisation.at_ms;
            if !entry.missing.is_empty() {
                if entry.expires_at_ms < now_ms {
                    expired.push(ticket);
                }
            } else if !Window::ALL
                .into_iter()
                .any(|window| is_short(window) && is_within(window, at_ms, now_ms))
            {
                passed.push(ticket);
            }
        }
        for ticket in expired {
            self.give_up(ticket);
        }
        for ticket in passed {
            self.is_known(ticket);
        }
        // A peer that is away asks for nothing, and must not make its queue grow.
        for correspondent in self.peers.values_mut() {
            let waiting = |ticket: &Ticket| self.entries.contains_key(ticket);
            correspondent.to_tell.retain(waiting);
        }
    }

    fn give_up(&mut self, ticket: Ticket) {
        if let Some(entry) = self.remove(ticket) {
            self.unheard.push(entry.authorisation);
        }
    }

    fn remove(&mut self, ticket: Ticket) -> Option<Entry> {
        let entry = self.entries.remove(&ticket)?;
        if let Stage::Durable { envelope, .. } = &entry.stage {
            self.bytes = self.bytes.saturating_sub(size(envelope));
        }
        Some(entry)
    }

    /// Lines of the audit log whose authorisations every node of their key has on disk: each is
    /// named once.
    pub(crate) fn take_known(&mut self) -> Vec<u64> {
        std::mem::take(&mut self.known)
    }

    /// Authorisations that a node of their key may never hear of: each is named once.
    pub(crate) fn take_unheard(&mut self) -> Vec<Authorisation> {
        std::mem::take(&mut self.unheard)
    }

    /// What this node authorised with a key, and for a client, that some node may not count.
    pub(crate) fn outstanding(&self, now_ms: u64, key: &str, client: &str) -> (Usage, Usage) {
        let sum = |of: &dyn Fn(&Authorisation) -> bool| {
            Usage::from_fn(|window| {
                let entries = self.entries.values();
                let counts = |entry: &&Entry| {
                    of(&entry.authorisation)
                        && (!entry.missing.is_empty() || is_short(window))
                        && is_within(window, entry.authorisation.at_ms, now_ms)
                };
                let charges = entries.filter(counts).map(|one| one.authorisation.charge);
                charges.fold(Charge::default(), Charge::saturating_add)
            })
        };
        (sum(&|one| one.key == key), sum(&|one| one.client == client))
    }

    /// The worst standing among `peers`.
    pub(crate) fn standing(&self, peers: &[Party], now_ms: u64) -> Standing {
        let standings = peers.iter().map(|&peer| self.standing_of(peer, now_ms));
        standings.min().unwrap_or(Standing::InStep)
    }

    pub(crate) fn standing_of(&self, peer: Party, now_ms: u64) -> Standing {
        let correspondent = self.peers.get(&peer);
        correspondent.map_or(Standing::Silent, |peer| peer.conversation.standing(now_ms))
    }
}

impl Entry {
    fn is_durable(&self) -> bool {
        matches!(self.stage, Stage::Durable { .. })
    }
}

impl Correspondent {
    /// Queues the entries before `end` that this peer was not told of.
    fn queue_until(&mut self, end: Ticket, peer: Party, entries: &BTreeMap<Ticket, Entry>) {
        let begin = self.queued_until;
        if begin < end {
            let fresh = entries.range(begin..end);
            let fresh = fresh.filter(|(_, entry)| entry.missing.contains(&peer));
            self.to_tell.extend(fresh.map(|(&ticket, _)| ticket));
            self.queued_until = end;
        }
    }

    /// Puts tickets, all of them older than those that wait, back at the front.
    fn tell_again(&mut self, tickets: Vec<Ticket>) {
        for ticket in tickets.into_iter().rev() {
            self.to_tell.push_front(ticket);
        }
    }
}

fn size(envelope: &SignedEnvelope) -> usize {
    envelope.envelope.len() + envelope.signature.len()
}

/// Whether a window may end while the requests in it can still be authorised anew: from one node's
/// charge for a request to the last another can make, at most its lifetime and the skew pass.
pub(crate) fn is_short(window: Window) -> bool {
    window <= Window::Minute
}

/// Whether a charge counts; a little longer than the window, as in the counters.
fn is_within(window: Window, at_ms: u64, now_ms: u64) -> bool {
    let length = window.length_ms();
    at_ms.saturating_add(length + length / 100) >= now_ms
}

#[cfg(test)]
mod tests;
