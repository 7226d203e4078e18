//! What a node that starts takes from its audit log, so that it forgets nothing a crash, or an older
//! copy of its store, would make it forget.

use std::collections::HashMap;

use countersign_mpc::Party;
use countersign_policy::Charge;
use countersign_wire::Roster;
use countersign_wire::envelope::MAX_LIFETIME;

use crate::audit::{AuditLog, DecisionRecord, Event, HeardRecord, Record, Replay, Verdict};
use crate::config::Config;
use crate::decision::{Charging, Expiry, Past, PastCharges, is_early};
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
    /// What each request that counts was charged with, and from when on it counts.
    charged: HashMap<[u8; 32], (u64, Charge)>,
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
        let charged = self.charged.get(&decision.digest).copied();
        let (since_ms, charge) = charged.unwrap_or((at_ms, charge));
        let charging = (at_ms, key, client, charge);
        if is_early(since_ms, at_ms) {
            self.charges.again.push(charging.clone());
        }
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
        let at_ms = charging.0;
        self.charged.insert(digest, (at_ms, charging.3));
        self.charges.total.push(charging);
        let expiry = Expiry::new(deadline_ms, self.skew_ms);
        if expiry.forget_at_ms > self.now_ms {
            let charged = (digest, at_ms, expiry.forget_at_ms);
            self.charges.charged.push(charged);
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
    #![allow(non_snake_case, clippy::unwrap_used)]

    use super::*;

    const SKEW_MS: u64 = 5_000;

    const NOW_MS: u64 = 1_753_000_000_000;

    fn record(at_ms: u64, event: Event) -> Record {
        on_line(1, at_ms, event)
    }

    fn on_line(seq: u64, at_ms: u64, event: Event) -> Record {
        Record {
            seq,
            hash: [0; 32],
            at_ms,
            event,
        }
    }

    fn requests(requests: u64) -> Charge {
        Charge {
            requests,
            ..Charge::default()
        }
    }

    /// Approved, or denied if there is no charge.
    fn decision(mark: u8, charge: Option<Charge>) -> Event {
        let denied = Verdict::Denied {
            reason: "policy_denied".to_owned(),
            rule: "rate".to_owned(),
            detail: String::new(),
        };
        Event::Decision(DecisionRecord {
            client: "desk".to_owned(),
            request_id: [mark; 16],
            digest: [mark; 32],
            key_id: "trading".to_owned(),
            venue: "binance".to_owned(),
            operations: Vec::new(),
            quorum: Vec::new(),
            verdict: charge.map_or(denied, |_| Verdict::Approved),
            rules: Vec::new(),
            charge,
            created_at_ms: NOW_MS,
            deadline_ms: NOW_MS + 10_000,
        })
    }

    fn heard(peer: &str, mark: u8) -> Event {
        Event::Heard {
            peer: peer.to_owned(),
            requests: vec![HeardRecord {
                client: "desk".to_owned(),
                request_id: [mark; 16],
                digest: [mark; 32],
                key_id: "trading".to_owned(),
                charge: requests(1),
                at_ms: NOW_MS,
                told_at_ms: NOW_MS - 3,
                deadline_ms: NOW_MS + 10_000,
            }],
        }
    }

    /// What a log with these events on lines 1, 2, … amounts to.
    fn past(events: impl IntoIterator<Item = Event>) -> PastCharges {
        let mut past = Recovered::new(NOW_MS, SKEW_MS);
        let index_of = |name: &str| (name == "b").then(|| Party::new(2)).flatten();
        for (line, event) in (1..).zip(events) {
            past.take(on_line(line, NOW_MS, event), index_of);
        }
        past.into_past().charges
    }

    fn counted(charges: &[Charging]) -> u64 {
        charges.iter().map(|(.., charge)| charge.requests).sum()
    }

    #[test]
    fn request__should_be_charged_once_however_the_log_has_it() {
        let (one, nothing) = (Some(requests(1)), Some(Charge::default()));
        for (case, (own, events)) in [
            (1, vec![decision(1, one)]),
            (0, vec![heard("b", 1)]),
            // Told by two, or while it was being decided.
            (0, vec![heard("b", 1), heard("c", 1)]),
            (1, vec![decision(1, one), heard("b", 1)]),
            (1, vec![heard("b", 1), decision(1, one)]),
            // Decided when it was charged for already.
            (1, vec![heard("b", 1), decision(1, nothing)]),
            (2, vec![decision(1, one), decision(1, nothing)]),
        ]
        .into_iter()
        .enumerate()
        {
            let past = past(events);
            assert_eq!(counted(&past.total), 1, "case {case}");
            assert_eq!(counted(&past.own), own, "case {case}");
            // What was authorised weighs in full, whatever its own line says.
            assert_eq!(counted(&past.unheard), own.min(1), "case {case}");
            assert_eq!(past.charged.len(), 1, "case {case}");
        }
        let denied = past([decision(1, None), heard("b", 1)]);
        assert_eq!(counted(&denied.total), 1);
        assert_eq!((denied.own.len(), denied.unheard.len()), (0, 0));
    }

    #[test]
    fn authorisation__should_weigh_until_a_line_says_that_all_have_heard() {
        let told = |lines: &[u64]| Event::Told {
            lines: lines.to_vec(),
        };
        let events = |last: Event| {
            let one = Some(requests(1));
            [decision(1, one), decision(2, one), decision(3, one), last]
        };
        assert_eq!(counted(&past(events(told(&[]))).unheard), 3);
        assert_eq!(counted(&past(events(told(&[1, 3]))).unheard), 1);
        assert_eq!(counted(&past(events(told(&[1, 2, 3, 9]))).unheard), 0);
        // Whichever line of a request it names.
        let again = [
            decision(1, Some(requests(1))),
            decision(1, Some(Charge::default())),
            told(&[2]),
        ];
        assert_eq!(counted(&past(again).unheard), 0);
    }

    #[test]
    fn peers_word__should_count_towards_what_that_peer_may_say() {
        let past = past([heard("b", 1), heard("b", 2), heard("gone", 3)]);
        assert_eq!(counted(&past.total), 3);
        let told: Vec<_> = past.told.iter().map(|(peer, one)| (*peer, one.0)).collect();
        let b = Party::new(2).unwrap();
        assert_eq!(told, [(b, NOW_MS - 3); 2]);
    }

    #[test]
    fn request_decided_long_after_it_was_heard_of__should_count_anew() {
        let mut past = Recovered::new(NOW_MS, SKEW_MS);
        let nothing = Some(Charge::default());
        for (line, at_ms, event) in [
            (1, NOW_MS, heard("b", 1)),
            (2, NOW_MS, heard("b", 2)),
            (3, NOW_MS + 400, decision(1, nothing)),
            (4, NOW_MS + 4_000, decision(2, nothing)),
        ] {
            past.take(on_line(line, at_ms, event), |_| None);
        }
        let charges = past.into_past().charges;
        let again: Vec<_> = charges.again.iter().map(|one| (one.0, one.3)).collect();
        assert_eq!(again, [(NOW_MS + 4_000, requests(1))]);
        assert_eq!(counted(&charges.total), 2);
    }

    #[test]
    fn charges__should_be_left_out_once_every_window_has_passed() {
        let mut past = Recovered::new(NOW_MS + COUNTED_MS + 1, SKEW_MS);
        for event in [decision(1, Some(requests(1))), heard("b", 2)] {
            past.take(record(NOW_MS, event), |_| None);
        }
        let charges = past.into_past().charges;
        assert_eq!(counted(&charges.total), 0);
        assert_eq!(charges.own.len() + charges.unheard.len(), 0);
        assert_eq!(charges.charged.len(), 0);
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
            let past = past.into_past();
            assert_eq!(past.closed_until_ms, 1_000 + 60_000 + 2 * SKEW_MS);
            // What peers were told then is lost, too.
            assert_eq!(past.charges.divided_until_ms, 1_000 + COUNTED_MS);
        }
        let mut whole = Recovered::new(1_000, SKEW_MS);
        whole.take(record(1_000, Event::Stopped {}), |_| None);
        assert_eq!(whole.into_past().closed_until_ms, 0);
    }
}
