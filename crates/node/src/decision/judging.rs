//! The judgement itself: what the venue would do with the bytes, and what policy says to that with all
//! that counts already.

use std::sync::Arc;
use std::time::Duration;

use countersign_mpc::Party;
use countersign_policy::{Charge, Decision, OperationFacts, Question, Usage};
use countersign_venues::{Class, Operation, ReadError, Reading, Stamp};
use countersign_wire::v1::VenueRequest;
use countersign_wire::{AuthenticatedRequest, Reason, Refusal};

use super::books::{Account, Expiry, Usages, Weighed};
use super::{Decider, facts};
use crate::audit::OperationRecord;
use crate::circumstances::Circumstances;
use crate::gossip::Ticket;
use crate::keys::Key;

/// How far ahead a request may set its own expiry, where a venue signs nothing but that.
const LONGEST_EXPIRY_MS: u64 = 60_000;

/// Most time a request waits for peers to say what they authorised, where that may be what it takes
/// to pass.
const PEER_PATIENCE: Duration = Duration::from_secs(1);

/// What came of a request, and what of it goes on record.
pub(super) struct Judgement {
    pub(super) outcome: Result<(Arc<Key>, Reading), Box<Refusal>>,
    pub(super) operations: Vec<OperationRecord>,
    pub(super) rules: Vec<String>,
    pub(super) charge: Option<Charge>,
    /// Under which the authorisation is outstanding.
    pub(super) ticket: Option<Ticket>,
    /// Denied, but perhaps not once peers have answered.
    may_ease: bool,
}

impl Decider {
    /// Judges, and when it was (Unix milliseconds). A request that would pass if peers had heard of
    /// others, or had said that there are none, waits a little for them to do so.
    pub(super) async fn judge_patiently(&self, request: &AuthenticatedRequest) -> (u64, Judgement) {
        let mut answers = self.answers.subscribe();
        let until = tokio::time::Instant::now() + PEER_PATIENCE;
        loop {
            let now = self.clock.now_ms();
            let judgement = self.judge(request, now);
            if !judgement.may_ease {
                return (now, judgement);
            }
            let answered = tokio::time::timeout_at(until, answers.changed()).await;
            if !matches!(answered, Ok(Ok(()))) {
                return (now, judgement);
            }
        }
    }

    fn judge(&self, request: &AuthenticatedRequest, now: u64) -> Judgement {
        let mut judgement = Judgement {
            outcome: Err(self.refuse(Reason::Unspecified, "", "")),
            operations: Vec::new(),
            rules: Vec::new(),
            charge: None,
            ticket: None,
            may_ease: false,
        };
        judgement.outcome = self.judge_into(request, now, &mut judgement);
        judgement
    }

    fn judge_into(
        &self,
        request: &AuthenticatedRequest,
        now: u64,
        judgement: &mut Judgement,
    ) -> Result<(Arc<Key>, Reading), Box<Refusal>> {
        // It may have waited since it was let in.
        self.check_fresh(request, now)?;
        let envelope = request.envelope();
        let key = self.key(envelope.key_id.as_str())?;
        let reading = self.read(&key, &envelope.request)?;
        // What was named, and what else would change something: the reads that the same bytes serve
        // besides are a hundred at some venues, and would be most of the log.
        judgement.operations = reading
            .authorised()
            .iter()
            .enumerate()
            .filter(|(position, operation)| *position == 0 || operation.class != Class::Read)
            .map(|(_, operation)| OperationRecord {
                class: operation.class.as_str().to_owned(),
                name: operation.label().into_owned(),
            })
            .collect();
        self.check_timing(&reading, now)?;

        let facts = facts_of(&reading, &key, &self.circumstances.now());
        let charge = Charge::for_operations(&facts);
        let digest = *request.digest().as_bytes();
        let (client, peers) = (envelope.client.as_str(), key.peers());
        let account = account(&key, client, &peers);
        let ask = |usage: &Usages| self.ask(account, &reading, &facts, now, usage);
        let mut books = self.books();
        let weighed = books.weigh(now, account, &digest, charge);
        match ask(&weighed.usage) {
            Decision::Allow { rules, .. } => {
                let expiry = Expiry::new(envelope.deadline_ms, self.windows.skew_ms);
                let (ticket, recorded) = books.authorise(now, account, digest, charge, expiry);
                drop(books);
                judgement.ticket = Some(ticket);
                judgement.charge = Some(recorded);
                judgement.rules = rules;
                Ok((key, reading))
            }
            Decision::Deny(denial) => {
                drop(books);
                judgement.may_ease = weighed.may_ease && ask(&weighed.at_best).is_allow();
                judgement.rules = denial.rules.iter().map(|rule| rule.id.clone()).collect();
                let (key_usage, client_usage) = &weighed.usage;
                let question =
                    self.question(account, &reading, &facts, now, key_usage, client_usage);
                let falls = self.books().falls(now, account);
                let later = |at_ms| self.books().later(at_ms, account, charge);
                let passes_in = self
                    .bundle
                    .retry_after_ms(&question, &denial, &falls, later);
                let denial = denial.retry_after(passes_in);
                let detail = format!("{denial}{}", division(&weighed));
                let refusal = self.refuse(Reason::PolicyDenied, denial.rule(), detail);
                Err(match passes_in {
                    Some(left) => Box::new(refusal.retry_after(Duration::from_millis(left))),
                    None => refusal,
                })
            }
        }
    }

    pub(super) fn ask(
        &self,
        account: Account<'_>,
        reading: &Reading,
        operations: &[OperationFacts],
        now_ms: u64,
        (usage_key, usage_client): &Usages,
    ) -> Decision {
        let question = self.question(
            account,
            reading,
            operations,
            now_ms,
            usage_key,
            usage_client,
        );
        self.bundle.decide(&question)
    }

    fn question<'a>(
        &self,
        account: Account<'a>,
        reading: &Reading,
        operations: &'a [OperationFacts],
        now_ms: u64,
        usage_key: &'a Usage,
        usage_client: &'a Usage,
    ) -> Question<'a> {
        let circumstances = self.circumstances.now();
        Question {
            client: account.client,
            key: account.key,
            venue: reading.venue(),
            now_ms,
            operations,
            usage_key,
            usage_client,
            risk_level: circumstances.risk_level,
            kill_switch: circumstances.kill_switch,
            source_network: None,
        }
    }

    pub(super) fn key(&self, key_id: &str) -> Result<Arc<Key>, Box<Refusal>> {
        self.keys.get(key_id).cloned().ok_or_else(|| {
            let detail = format!("this node holds no share of key {key_id}");
            self.refuse(Reason::UnknownKey, "key", detail)
        })
    }

    pub(super) fn read(&self, key: &Key, request: &VenueRequest) -> Result<Reading, Box<Refusal>> {
        let request = facts::request(request);
        if request.venue != key.manifest().venue {
            let detail = format!("the key is for venue {}", key.manifest().venue);
            return Err(self.refuse(Reason::UnknownKey, "venue", detail));
        }
        let reading =
            countersign_venues::read_for(&request, key.permissions()).map_err(|error| {
                let reason = match &error {
                    ReadError::Malformed(_) => Reason::Malformed,
                    _ => Reason::Unclassified,
                };
                self.refuse(reason, "dialect", error.to_string())
            })?;
        if facts::scheme(reading.signed().hash) != key.manifest().scheme {
            let detail = "the venue signs this request with another hash than the key's";
            return Err(self.refuse(Reason::Unclassified, "scheme", detail));
        }
        key.hold_to_enrolment(&reading)
            .map_err(|why| self.refuse(Reason::NotEnrolled, why.rule(), why.to_string()))?;
        Ok(reading)
    }

    fn check_timing(&self, reading: &Reading, now: u64) -> Result<(), Box<Refusal>> {
        let (timing, skew) = (reading.timing(), self.windows.skew_ms);
        // How far ahead of the clock it may be.
        let (made_ms, lead_ms, what) = match timing.stamp {
            Stamp::Time(made_ms) => (made_ms, skew, "timestamp"),
            // It was made before it expires; how long before is for the client to say, within reason.
            Stamp::Expiry(expiry_ms) => {
                (expiry_ms, skew.saturating_add(LONGEST_EXPIRY_MS), "expiry")
            }
            Stamp::Nonce(Some(counted_ms)) => (counted_ms, skew, "nonce"),
            // Counts no time: lower than any that does, so that it locks nobody out.
            Stamp::Nonce(None) | Stamp::None => return Ok(()),
        };
        if made_ms > now.saturating_add(lead_ms) {
            let ahead = made_ms - now;
            let detail = format!(
                "the venue {what} is {ahead} ms ahead of this node's clock; {lead_ms} ms are allowed"
            );
            return Err(self.refuse(Reason::Stale, "venue-timestamp", detail));
        }
        let expired = timing.expires_at_ms.is_some_and(|expiry| expiry <= now);
        let old = matches!(timing.stamp, Stamp::Time(_)) && made_ms.saturating_add(skew) < now;
        if old || expired {
            let behind = now - made_ms.min(now);
            let detail = format!(
                "the venue {what} is {behind} ms behind this node's clock; {skew} ms are allowed"
            );
            return Err(self.refuse(Reason::Stale, "venue-timestamp", detail));
        }
        Ok(())
    }
}

pub(super) fn account<'a>(key: &'a Key, client: &'a str, peers: &'a [Party]) -> Account<'a> {
    Account {
        key: key.manifest().key_id.as_str(),
        client,
        peers,
        honest: key.honest(),
    }
}

/// What policies are asked about a reading, with what the operator says things cost.
pub(super) fn facts_of(reading: &Reading, key: &Key, now: &Circumstances) -> Vec<OperationFacts> {
    let in_set = |other: &&Operation| !reading.authorised().iter().any(|it| it.name == other.name);
    let unavoidable = key.unavoidable().iter().filter(in_set);
    let facts = reading
        .authorised()
        .iter()
        .chain(unavoidable)
        .map(|operation| {
            let mut facts = facts::of_operation(operation);
            let symbol = facts.symbol.as_deref();
            facts.reference = symbol.and_then(|symbol| now.reference(reading.venue(), symbol));
            facts
        });
    facts.collect()
}

/// What a denial says of limits that are not whole.
fn division(weighed: &Weighed) -> String {
    match weighed.divided_by {
        0 | 1 => String::new(),
        parts => format!(
            "; limits are divided by {parts} here until all of the key's nodes say what they \
             authorised"
        ),
    }
}
