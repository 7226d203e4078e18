//! What a node that starts takes from its audit log, so that it forgets nothing a crash, or an older
//! copy of its store, would make it forget.

use std::collections::HashMap;

use countersign_mpc::Party;
use countersign_policy::Charge;
use countersign_wire::Roster;
use countersign_wire::envelope::MAX_LIFETIME;

use crate::audit::{AuditLog, DecisionRecord, Event, HeardRecord, Record, Replay, Verdict};
use crate::config::Config;
use crate::decision::{Charging, Expiry, Past, PastCharges};
use crate::keys::Keys;
use crate::ledger::Ledger;
use crate::run::NodeError;
use crate::storage::{StorageError, Store};

/// The longest window of any counter, and some more.
const COUNTED_MS: u64 = 25 * 60 * 60 * 1000;

/// Opens the audit log and takes from it what must not be forgotten: counters, request ids, and who
/// was caught cheating.
///
/// If the log is gone, or shorter than the store knows it to have been, request ids may be missing
/// from it: the node then signs nothing until every request it could have approved before has
/// passed its deadline. Limits over longer windows than that start from what the log still holds, and
/// are divided for as long as the longest window, as if no peer were heard.
///
/// # Errors
/// [`NodeError`] if the log is damaged or cannot be used, or the store fails.
pub(crate) async fn recover(
    config: &Config,
    now_ms: u64,
    store: &Store,
    keys: &Keys,
    roster: &Roster,
    ledger: &Ledger,
) -> Result<(AuditLog, Past), NodeError> {
    let (audit, replay) = AuditLog::open(&config.data_dir.join("audit.log"))?;
    let mut past = Recovered::new(now_ms, config.clock_skew_ms);
    let index_of = |name: &str| index_of(roster, name);
    past.read(&replay, index_of, |event| {
        blame(event, keys, roster, ledger)
    })?;
    let found = replay.summary().records;
    let expected = store.audit_records()?;
    if found < expected {
        tracing::error!(
            found,
            expected,
            "THE AUDIT LOG IS NOT THE LAST ONE THIS NODE WROTE: signing nothing until all requests \
             it may have approved are past; limits are divided for a day"
        );
        audit
            .append(now_ms, Event::LogLost { found, expected })
            .await?;
        past.lost_at(now_ms);
    }
    Ok((audit, past.into_past()))
}

struct Recovered {
    now_ms: u64,
    skew_ms: u64,
    requests: Vec<DecisionRecord>,
    closed_until_ms: u64,
    charges: PastCharges,
    /// What each request that counts was charged with.
    charged: HashMap<[u8; 32], Charge>,
    /// This node's authorisations, by request, that are not known to have reached every node.
    outstanding: HashMap<[u8; 32], Charging>,
    /// The request decided on each line.
    lines: HashMap<u64, [u8; 32]>,
}

impl Recovered {
    fn new(now_ms: u64, skew_ms: u64) -> Self {
        Self {
            now_ms,
            skew_ms,
            requests: Vec::new(),
            closed_until_ms: 0,
            charges: PastCharges::default(),
            charged: HashMap::new(),
            outstanding: HashMap::new(),
            lines: HashMap::new(),
        }
    }

    fn read(
        &mut self,
        replay: &Replay,
        index_of: impl Fn(&str) -> Option<Party>,
        mut blame: impl FnMut(&Event) -> Result<(), StorageError>,
    ) -> Result<(), NodeError> {
        // All of it: blame does not pass.
        for record in replay.since(0)? {
            let record = record?;
            blame(&record.event)?;
            self.take(record, &index_of);
        }
        Ok(())
    }

    fn take(&mut self, record: Record, index_of: impl Fn(&str) -> Option<Party>) {
        match record.event {
            Event::LogLost { .. } => self.lost_at(record.at_ms),
            Event::Decision(decision) => {
                if let (true, Verdict::Approved, Some(charge)) = (
                    self.counts(record.at_ms),
                    &decision.verdict,
                    decision.charge,
                ) {
                    self.decided(record.seq, record.at_ms, &decision, charge);
                }
                let forget_at_ms = decision.deadline_ms.saturating_add(2 * self.skew_ms);
                if forget_at_ms > self.now_ms {
                    self.requests.push(decision);
                }
            }
            Event::Heard { peer, requests } => {
                let peer = index_of(&peer);
                for request in requests {
                    if self.counts(request.at_ms) {
                        self.heard(peer, request);
                    }
                }
            }
            Event::Told { lines } => {
                for line in lines {
                    if let Some(digest) = self.lines.remove(&line) {
                        self.outstanding.remove(&digest);
                    }
                }
            }
            _ => {}
        }
    }

    fn counts(&self, at_ms: u64) -> bool {
        at_ms >= self.now_ms.saturating_sub(COUNTED_MS)
    }

    fn decided(&mut self, line: u64, at_ms: u64, decision: &DecisionRecord, charge: Charge) {
        let (key, client) = (decision.key_id.clone(), decision.client.clone());
        self.charge(
            decision.digest,
            decision.deadline_ms,
            (at_ms, key.clone(), client.clone(), charge),
        );
        // Recorded with nothing if it was charged for before: then that is what it weighs.
        let charge = self.charged.get(&decision.digest).copied();
        let charging = (at_ms, key, client, charge.unwrap_or_default());
        self.charges.own.push(charging.clone());
        self.outstanding.insert(decision.digest, charging);
        self.lines.insert(line, decision.digest);
    }

    fn heard(&mut self, peer: Option<Party>, request: HeardRecord) {
        let HeardRecord {
            client,
            digest,
            key_id,
            charge,
            at_ms,
            told_at_ms,
            deadline_ms,
            ..
        } = request;
        if let Some(peer) = peer {
            let told = (told_at_ms, key_id.clone(), client.clone(), charge);
            self.charges.told.push((peer, told));
        }
        self.charge(digest, deadline_ms, (at_ms, key_id, client, charge));
    }

    /// Each request once, however often the log has it.
    fn charge(&mut self, digest: [u8; 32], deadline_ms: u64, charging: Charging) {
        if self.charged.contains_key(&digest) {
            return;
        }
        self.charged.insert(digest, charging.3);
        self.charges.total.push(charging);
        let expiry = Expiry::new(deadline_ms, self.skew_ms);
        if expiry.forget_at_ms > self.now_ms {
            self.charges.charged.push((digest, expiry.forget_at_ms));
        }
    }

    /// What was approved up to `at_ms` is not all known.
    fn lost_at(&mut self, at_ms: u64) {
        let lifetime = u64::try_from(MAX_LIFETIME.as_millis()).unwrap_or(u64::MAX);
        let until = at_ms
            .saturating_add(lifetime)
            .saturating_add(2 * self.skew_ms);
        self.closed_until_ms = self.closed_until_ms.max(until);
        let divided = &mut self.charges.divided_until_ms;
        *divided = (*divided).max(at_ms.saturating_add(COUNTED_MS));
    }

    fn into_past(mut self) -> Past {
        self.charges.unheard = self.outstanding.into_values().collect();
        self.charges.unheard.sort_by_key(|(at_ms, ..)| *at_ms);
        Past {
            charges: self.charges,
            requests: self.requests,
            closed_until_ms: self.closed_until_ms,
        }
    }
}

fn index_of(roster: &Roster, name: &str) -> Option<Party> {
    let node = roster.nodes().iter().find(|n| n.name.as_str() == name)?;
    Party::new(node.index)
}

/// Makes an incident of the past count again, should the store have forgotten it.
fn blame(event: &Event, keys: &Keys, roster: &Roster, ledger: &Ledger) -> Result<(), StorageError> {
    let Event::Incident {
        key_id,
        peer,
        quorum,
        fault,
    } = event
    else {
        return Ok(());
    };
    let Some(key) = keys.get(key_id) else {
        return Ok(());
    };
    let index_of = |name: &String| index_of(roster, name).map(Party::index);
    let deal = key.deal_id();
    match peer {
        Some(peer) => {
            let known = ledger.quarantined(deal);
            match index_of(peer) {
                Some(peer) if !known.iter().any(|(known, _)| *known == peer) => {
                    ledger.quarantine(deal, peer, fault)
                }
                _ => Ok(()),
            }
        }
        None => match quorum.iter().map(index_of).collect::<Option<Vec<u8>>>() {
            Some(members) if ledger.usable(deal, &members, key.me().index()).is_ok() => {
                ledger.end_quorum(deal, &members, fault)
            }
            _ => Ok(()),
        },
    }
}

#[cfg(test)]
mod tests {
    #![allow(non_snake_case)]

    use super::*;

    const SKEW_MS: u64 = 5_000;

    fn record(at_ms: u64, event: Event) -> Record {
        Record {
            seq: 1,
            hash: [0; 32],
            at_ms,
            event,
        }
    }

    #[test]
    fn lost_log__should_close_the_node_until_earlier_requests_are_past_whatever_restarts() {
        let lost = Event::LogLost {
            found: 0,
            expected: 9,
        };
        for (now_ms, events) in [(1_000, vec![500, 1_000]), (1_001, vec![1_000])] {
            let mut past = Recovered::new(now_ms, SKEW_MS);
            for at_ms in events {
                past.take(record(at_ms, lost.clone()), |_| None);
            }
            assert_eq!(
                past.into_past().closed_until_ms,
                1_000 + 60_000 + 2 * SKEW_MS
            );
        }
        let mut whole = Recovered::new(1_000, SKEW_MS);
        whole.take(record(1_000, Event::Stopped {}), |_| None);
        assert_eq!(whole.into_past().closed_until_ms, 0);
    }
}
