//! What is charged: to whom, once each, and how heavily it weighs when the next request is judged.
//!
//! With n nodes, t of which sign, t − 1 of them corrupt, the other h = n − t + 1 can each be made to
//! sign apart from the rest. A request passes a limit L at an honest node only if
//!
//! ```text
//! all it knows of + (h − 1) · those of its own that others may not know of + this request <= L
//! ```
//!
//! and, while a peer keeps silent, only if h times all of it does. docs/adr/0012-gossip.md derives
//! what that bounds.

use std::collections::{BTreeMap, HashMap};

use countersign_mpc::Party;
use countersign_policy::{Charge, Counters, Usage};
use countersign_wire::v1::{Heard, SignedEnvelope};

use crate::gossip::{self, Authorisation, Outbox, Standing, Ticket};

const PURGE_EVERY_MS: u64 = 1_000;

/// Digest of an envelope: what is charged once. A client may, against the rules, use one request id
/// for two requests, and have each authorised by other nodes: both count.
pub(crate) type Digest = [u8; 32];

/// All counters of a node, and what must be known to keep them right.
pub(crate) struct Books {
    /// Everything charged.
    total: Counters,
    /// This node's own authorisations: what its peers will charge on its word.
    own: Counters,
    /// Those of its own that it had charged some while before, when others told of them. Counts in
    /// short windows, which they may have left.
    again: Counters,
    /// Those of its own that some other node may never hear of.
    unheard: Counters,
    /// What was charged on the word of each peer, which is held to the limits by itself.
    tellers: BTreeMap<Party, Counters>,
    charged: HashMap<Digest, Charged>,
    next_purge_ms: u64,
    /// Unix milliseconds until which gossip does not count as complete: some of it was lost.
    divided_until_ms: u64,
    pub(crate) outbox: Outbox,
}

#[derive(Clone, Copy)]
struct Charged {
    /// From when on it counts.
    at_ms: u64,
    forget_at_ms: u64,
    record: Recorded,
}

/// Whether counters will hold a request after a crash, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Recorded {
    /// It could not be written. It counts all the same, and is to be written when it comes up again.
    No,
    /// It is being written.
    Soon,
    /// It is on disk.
    Yes,
}

/// What the audit log says was charged before this process started.
#[derive(Default)]
pub struct PastCharges {
    /// Everything charged: time, key, client, charge.
    pub total: Vec<Charging>,
    /// This node's own authorisations.
    pub own: Vec<Charging>,
    /// Those of its own that are not known to have reached every node of their key.
    pub unheard: Vec<Charging>,
    /// What was charged on the word of a peer, by the peer's time.
    pub told: Vec<(Party, Charging)>,
    /// Its own that were charged some while before they were authorised.
    pub again: Vec<Charging>,
    /// Digests of requests that may come up again, from when on they count, and until when they may.
    pub charged: Vec<(Digest, u64, u64)>,
    /// Unix milliseconds until which counters may miss something that is lost.
    pub divided_until_ms: u64,
}

/// One charge: Unix milliseconds, key, client, charge.
pub type Charging = (u64, String, String, Charge);

/// Whom a request is charged to.
#[derive(Clone, Copy)]
pub(crate) struct Account<'a> {
    pub(crate) key: &'a str,
    pub(crate) client: &'a str,
    /// The other nodes of the key.
    pub(crate) peers: &'a [Party],
    /// h, the nodes of the key that are honest at least.
    pub(crate) honest: u64,
}

/// Usage of the key, and of the client.
pub(crate) type Usages = (Usage, Usage);

/// How a request weighs.
pub(crate) struct Weighed {
    /// What policies are asked with.
    pub(crate) usage: Usages,
    /// The same, would all peers be in step and know everything.
    pub(crate) at_best: Usages,
    /// Whether that may be so soon.
    pub(crate) may_ease: bool,
    /// By how much limits are divided for want of gossip; 1 if they are not.
    pub(crate) divided_by: u64,
}

impl Books {
    pub(crate) fn new(past: PastCharges, outbox: Outbox) -> Self {
        let mut tellers = BTreeMap::<Party, Counters>::new();
        for (peer, (at_ms, key, client, charge)) in past.told {
            let teller = tellers.entry(peer).or_default();
            teller.charge(at_ms, &key, &client, charge);
        }
        let charged = past.charged.into_iter();
        let charged = charged.map(|(digest, at_ms, forget_at_ms)| {
            let record = Recorded::Yes;
            let charged = Charged {
                at_ms,
                forget_at_ms,
                record,
            };
            (digest, charged)
        });
        Self {
            total: Counters::replay(past.total),
            own: Counters::replay(past.own),
            again: Counters::replay(past.again),
            unheard: Counters::replay(past.unheard),
            tellers,
            charged: charged.collect(),
            next_purge_ms: 0,
            divided_until_ms: past.divided_until_ms,
            outbox,
        }
    }

    /// Whether counters hold this request after a crash; `None` if they do not hold it at all.
    pub(crate) fn recorded(&self, digest: &Digest) -> Option<Recorded> {
        self.charged.get(digest).map(|known| known.record)
    }

    /// What became of writing down that a request was charged.
    pub(crate) fn set_recorded(&mut self, digest: &Digest, record: Recorded) {
        if let Some(known) = self.charged.get_mut(digest)
            && known.record != Recorded::Yes
        {
            known.record = record;
        }
    }

    /// Whether counters have held this request for some while: it may leave short windows before
    /// what is authorised now.
    pub(crate) fn is_early(&self, digest: &Digest, now_ms: u64) -> bool {
        let known = self.charged.get(digest);
        known.is_some_and(|known| is_early(known.at_ms, now_ms))
    }

    /// What usage a request is judged with; nothing changes.
    pub(crate) fn weigh(
        &self,
        now_ms: u64,
        account: Account<'_>,
        digest: &Digest,
        charge: Charge,
    ) -> Weighed {
        let Account {
            key,
            client,
            peers,
            honest,
        } = account;
        let fresh = match self.recorded(digest) {
            Some(_) => Charge::default(),
            None => charge,
        };
        let anew = if self.is_early(digest, now_ms) {
            charge
        } else {
            Charge::default()
        };
        let total = self.total.usage(now_ms, key, client, fresh);
        let again = self.again.usage(now_ms, key, client, anew);
        let again = (short(&again.0), short(&again.1));
        let total = both(&total, &again, Usage::saturating_add);
        // Peers hold this node to the limits by what it told them; see [`Books::hear`].
        let own = self.own.usage(now_ms, key, client, charge);
        let at_best = both(&total, &own, Usage::at_least);
        let standing = self.outbox.standing(peers, now_ms);
        let lost = now_ms < self.divided_until_ms;
        if standing != Standing::InStep || lost {
            return Weighed {
                usage: (at_best.0.scaled(honest), at_best.1.scaled(honest)),
                at_best,
                may_ease: standing >= Standing::Late && !lost,
                divided_by: honest,
            };
        }
        let unheard = self.unheard.usage(now_ms, key, client, Charge::default());
        let outstanding = self.outbox.outstanding(now_ms, key, client);
        let others = honest.saturating_sub(1);
        let extra = both(&unheard, &outstanding, Usage::saturating_add);
        let extra = (extra.0.scaled(others), extra.1.scaled(others));
        let for_good = (unheard.0.scaled(others), unheard.1.scaled(others));
        Weighed {
            usage: both(&at_best, &extra, Usage::saturating_add),
            at_best: both(&at_best, &for_good, Usage::saturating_add),
            may_ease: outstanding != <(Usage, Usage)>::default(),
            divided_by: 1,
        }
    }

    /// Times after `now_ms`, ascending, at which usage of the account falls if nothing is charged.
    pub(crate) fn falls(&self, now_ms: u64, account: Account<'_>) -> Vec<u64> {
        let of = |counters: &Counters| counters.falls(now_ms, account.key, account.client);
        let counters = [&self.total, &self.own, &self.again, &self.unheard];
        let mut times = counters.map(of).concat();
        times.sort_unstable();
        times.dedup();
        times
    }

    /// What `charge` would be judged with at a later time if nothing else were charged until then and
    /// all peers had answered.
    pub(crate) fn later(&self, at_ms: u64, account: Account<'_>, charge: Charge) -> Usages {
        let Account {
            key,
            client,
            honest,
            ..
        } = account;
        let again = self.again.usage(at_ms, key, client, Charge::default());
        let again = (short(&again.0), short(&again.1));
        let total = self.total.usage(at_ms, key, client, charge);
        let known = both(
            &both(&total, &again, Usage::saturating_add),
            &self.own.usage(at_ms, key, client, charge),
            Usage::at_least,
        );
        let unheard = self.unheard.usage(at_ms, key, client, Charge::default());
        let others = honest.saturating_sub(1);
        let unheard = (unheard.0.scaled(others), unheard.1.scaled(others));
        both(&known, &unheard, Usage::saturating_add)
    }

    /// Charges for a request this node authorises. What goes on record: nothing, if the counters
    /// will hold the request after a crash as it is.
    pub(crate) fn authorise(
        &mut self,
        now_ms: u64,
        account: Account<'_>,
        digest: Digest,
        charge: Charge,
        expiry: Expiry,
    ) -> (Ticket, Charge) {
        let (key, client) = (account.key, account.client);
        let recorded = self.recorded(&digest);
        if recorded.is_none() {
            self.total.charge(now_ms, key, client, charge);
        }
        let to_record = match recorded {
            Some(Recorded::Yes) => Charge::default(),
            _ => charge,
        };
        if self.is_early(&digest, now_ms) {
            self.again.charge(now_ms, key, client, charge);
        }
        self.remember(now_ms, now_ms, digest, expiry);
        self.own.charge(now_ms, key, client, charge);
        let authorisation = Authorisation {
            at_ms: now_ms,
            key: key.to_owned(),
            client: client.to_owned(),
            charge,
        };
        let ticket = self.outbox.charged(
            authorisation,
            expiry.untold_at_ms,
            account.peers.iter().copied(),
        );
        (ticket, to_record)
    }

    /// The decision is on this line of the audit log.
    pub(crate) fn durable(
        &mut self,
        ticket: Ticket,
        digest: &Digest,
        line: u64,
        envelope: SignedEnvelope,
    ) {
        self.set_recorded(digest, Recorded::Yes);
        self.outbox.durable(ticket, line, envelope);
        self.settle();
    }

    /// The decision could not be written, and nothing comes of it; it counts all the same.
    pub(crate) fn void(&mut self, ticket: Ticket, digest: &Digest) {
        self.set_recorded(digest, Recorded::No);
        self.outbox.void(ticket);
    }

    /// The usage by which a peer's word is judged: what was charged on its word alone, and this
    /// request. An honest node keeps that within the limits by itself, since it counts at least as
    /// much ([`Books::weigh`]); so no honest word is refused, and a lying node can charge no more
    /// than one limit's worth.
    pub(crate) fn usage_told(
        &self,
        teller: Party,
        told_at_ms: u64,
        account: Account<'_>,
        charge: Charge,
    ) -> Usages {
        let (key, client) = (account.key, account.client);
        match self.tellers.get(&teller) {
            Some(told) => told.usage(told_at_ms, key, client, charge),
            None => Counters::new().usage(told_at_ms, key, client, charge),
        }
    }

    /// Charges for a request on a peer's word. It counts from `now_ms`, but not longer than had it
    /// been authorised at the last moment; for the peer's own limits it counts from when the peer
    /// says it was.
    pub(crate) fn hear(
        &mut self,
        now_ms: u64,
        told: (Party, u64),
        account: Account<'_>,
        digest: Digest,
        charge: Charge,
        expiry: Expiry,
    ) {
        let (key, client) = (account.key, account.client);
        let (teller, told_at_ms) = told;
        let at_ms = now_ms.min(expiry.untold_at_ms);
        self.total.charge(at_ms, key, client, charge);
        let teller = self.tellers.entry(teller).or_default();
        teller.charge(told_at_ms, key, client, charge);
        self.remember(now_ms, at_ms, digest, expiry);
    }

    /// Gives up what is too old to be told; to be called now and then.
    pub(crate) fn expire(&mut self, now_ms: u64) {
        self.outbox.expire(now_ms);
        self.settle();
    }

    /// A peer answered; see [`Outbox::answered`].
    pub(crate) fn answered(&mut self, peer: Party, heard: &Heard, now_ms: u64) -> bool {
        let news = self.outbox.answered(peer, heard, now_ms);
        self.settle();
        news
    }

    /// What leaves the outbox without all having heard goes on to count as such.
    fn settle(&mut self) {
        for one in self.outbox.take_unheard() {
            self.unheard
                .charge(one.at_ms, &one.key, &one.client, one.charge);
        }
    }

    fn remember(&mut self, now_ms: u64, at_ms: u64, digest: Digest, expiry: Expiry) {
        if self.next_purge_ms <= now_ms || self.next_purge_ms > now_ms + PURGE_EVERY_MS {
            self.charged.retain(|_, known| known.forget_at_ms > now_ms);
            self.next_purge_ms = now_ms + PURGE_EVERY_MS;
        }
        self.charged.entry(digest).or_insert(Charged {
            at_ms,
            forget_at_ms: expiry.forget_at_ms,
            record: Recorded::Soon,
        });
        self.set_recorded(&digest, Recorded::Soon);
    }
}

/// How long a request matters.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Expiry {
    /// From then on, by this node's clock, no honest node can have authorised it: nobody may say so.
    pub(crate) untold_at_ms: u64,
    /// From then on no honest node takes another's word for it.
    pub(crate) refused_at_ms: u64,
    /// From then on nobody needs to know that it was charged.
    pub(crate) forget_at_ms: u64,
}

impl Expiry {
    /// Of a request with this deadline, where clocks differ by `skew_ms` at most.
    pub(crate) fn new(deadline_ms: u64, skew_ms: u64) -> Self {
        let later = |times: u64| deadline_ms.saturating_add(times.saturating_mul(skew_ms));
        Self {
            untold_at_ms: later(1),
            refused_at_ms: later(2),
            forget_at_ms: later(3),
        }
    }
}

/// Whether what counts since `at_ms` was charged some while before `now_ms`: longer before than the
/// nodes of a quorum decide after one another.
pub(crate) fn is_early(at_ms: u64, now_ms: u64) -> bool {
    const WHILE_MS: u64 = 500;
    now_ms.saturating_sub(at_ms) > WHILE_MS
}

/// What of it counts in short windows.
fn short(usage: &Usage) -> Usage {
    Usage::from_fn(|window| {
        if gossip::is_short(window) {
            usage.over(window)
        } else {
            Charge::default()
        }
    })
}

fn both(one: &Usages, other: &Usages, with: impl Fn(&Usage, &Usage) -> Usage) -> Usages {
    (with(&one.0, &other.0), with(&one.1, &other.1))
}

#[cfg(test)]
mod tests;
