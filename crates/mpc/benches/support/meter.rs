//! Who pays for what: CPU time and bytes of one party by kind of message.

use std::collections::BTreeMap;
use std::ops::AddAssign;
use std::time::Duration;

use countersign_mpc::{Channel, ChannelError, Kind, Party};

use super::clock::thread_cpu;
use super::links::Links;
use super::phase::Phase;

/// CPU time of this thread and bytes sent.
#[derive(Clone, Copy, Default)]
pub struct Cost {
    pub cpu: Duration,
    pub bytes: usize,
}

impl AddAssign for Cost {
    fn add_assign(&mut self, other: Self) {
        self.cpu += other.cpu;
        self.bytes += other.bytes;
    }
}

/// Costs by kind of message.
#[derive(Clone, Default)]
pub struct Ledger(BTreeMap<Kind, Cost>);

impl Ledger {
    pub fn merge(&mut self, other: &Self) {
        for (&kind, &cost) in &other.0 {
            *self.0.entry(kind).or_default() += cost;
        }
    }

    pub fn of_phase(&self, phase: Phase) -> Cost {
        let mut sum = Cost::default();
        for (&kind, &cost) in &self.0 {
            if Phase::of(kind) == phase {
                sum += cost;
            }
        }
        sum
    }

    pub fn bytes(&self) -> usize {
        self.0.values().map(|cost| cost.bytes).sum()
    }
}

/// Links that book the thread's CPU time since the last message on the message now sent or received.
///
/// What a party computes after the last message of a phase is booked on the next phase; the
/// protocol's phases end in small checks, so that this is little. Only for use on one thread.
pub struct Metered {
    links: Links,
    ledger: Ledger,
    booked_until: Duration,
}

impl Metered {
    /// Starts at once: make it on the thread that is to use it.
    pub fn new(links: Links) -> Self {
        Self {
            links,
            ledger: Ledger::default(),
            booked_until: thread_cpu(),
        }
    }

    /// Books the time since the last message on `kind`.
    pub fn settle(&mut self, kind: Kind) {
        let now = thread_cpu();
        self.ledger.0.entry(kind).or_default().cpu += now - self.booked_until;
        self.booked_until = now;
    }

    pub fn into_ledger(self) -> Ledger {
        self.ledger
    }
}

impl Channel for Metered {
    fn send(&mut self, to: Party, kind: Kind, body: Vec<u8>) -> Result<(), ChannelError> {
        self.settle(kind);
        self.ledger.0.entry(kind).or_default().bytes += body.len();
        self.links.send(to, kind, body)
    }

    fn receive(&mut self, from: Party) -> Result<(Kind, Vec<u8>), ChannelError> {
        let (kind, body) = self.links.receive(from)?;
        self.settle(kind);
        Ok((kind, body))
    }
}
