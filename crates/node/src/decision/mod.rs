//! Deciding on a request: the node's own parse, its own policy, its own clock, durably recorded
//! before anything is released.
//!
//! ```text
//! AuthenticatedRequest -> fresh? -> seen? -> venue reads the bytes -> policy and counters -> audit -> Approved
//!                                                                     peers' word -^            `-> peers
//! ```

mod books;
pub mod facts;
mod hearing;
mod requests;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use countersign_mpc::{Party, Statement};
use countersign_policy::{Bundle, Charge, Decision, OperationFacts, Question};
use countersign_venues::{ReadError, Reading, Stamp};
use countersign_wire::v1::{Receipt, SealedTag, VenueRequest};
use countersign_wire::{AuthenticatedRequest, NodeName, Reason, ReceiptKey, Refusal, receipt};

use tokio::sync::watch;

pub(crate) use self::books::Expiry;
use self::books::{Account, Books, Digest, Usages, Weighed};
pub use self::books::{Charging, PastCharges};
pub(crate) use self::hearing::Teller;
use self::requests::{Admission, Requests};
use crate::audit::{AuditError, AuditLog, DecisionRecord, Event, OperationRecord, Verdict};
use crate::circumstances::{Circumstances, Watched};
use crate::clock::Clock;
use crate::gossip::{self, Outbox, Ticket};
use crate::keys::{Key, Keys};

/// How far ahead a request may set its own expiry, where a venue signs nothing but that.
const LONGEST_EXPIRY_MS: u64 = 60_000;

/// How far apart clocks may be.
#[derive(Clone, Copy, Debug)]
pub struct Windows {
    /// Most milliseconds by which a client's or venue timestamp may differ from this node's clock.
    pub skew_ms: u64,
}

/// Most time a request waits for peers to say what they authorised, where that may be what it takes
/// to pass.
const PEER_PATIENCE: Duration = Duration::from_secs(1);

/// A request this node has decided to contribute to; the decision is on disk.
#[derive(Clone)]
pub struct Approved {
    /// The key to sign with.
    pub key: Arc<Key>,
    /// What to sign, as all members must see it.
    pub statement: Statement,
    /// This node's signed word for it.
    pub receipt: Receipt,
    /// Unix milliseconds after which nothing may be released.
    pub deadline_ms: u64,
}

/// The pipeline, and what it remembers.
pub struct Decider {
    name: NodeName,
    keys: Arc<Keys>,
    bundle: Bundle,
    books: Mutex<Books>,
    /// Told when there may be something to tell to peers.
    untold: watch::Sender<()>,
    /// Told when a peer has answered.
    answers: watch::Sender<()>,
    /// Told when something charged was written, or could not be.
    records: watch::Sender<()>,
    requests: Requests,
    audit: AuditLog,
    clock: Arc<dyn Clock>,
    receipt_key: ReceiptKey,
    windows: Windows,
    circumstances: Watched,
    closed_until_ms: u64,
}

impl Decider {
    /// A decider that remembers the decisions of `past`: counters and request ids. Gossip is numbered
    /// from `first_message`, which should be far from what earlier processes used.
    #[allow(clippy::too_many_arguments)]
    pub fn new(
        name: NodeName,
        keys: Arc<Keys>,
        bundle: Bundle,
        audit: AuditLog,
        clock: Arc<dyn Clock>,
        receipt_key: ReceiptKey,
        windows: Windows,
        circumstances: Watched,
        past: Past,
        first_message: u64,
    ) -> Self {
        let requests = Requests::new(windows);
        for decision in past.requests {
            requests.remember(decision);
        }
        let outbox = Outbox::new(gossip::peers(&keys), first_message);
        let books = Mutex::new(Books::new(past.charges, outbox));
        Self {
            name,
            keys,
            bundle,
            books,
            untold: watch::Sender::default(),
            answers: watch::Sender::default(),
            records: watch::Sender::default(),
            requests,
            audit,
            clock,
            receipt_key,
            windows,
            circumstances,
            closed_until_ms: past.closed_until_ms,
        }
    }

    /// How much longer nothing is decided, because request ids of before may have been lost.
    pub fn closed_for(&self) -> Option<Duration> {
        let left = self.closed_until_ms.saturating_sub(self.clock.now_ms());
        (left > 0).then(|| Duration::from_millis(left))
    }

    /// Decides on `request` for a contribution in `quorum`, once: asked again with the same request
    /// it gives the same answer and charges nothing. `when_judged` runs as soon as the answer is
    /// known to be yes, before it is durable; nothing secret may hang on it. It does not run when
    /// the request was decided before.
    ///
    /// # Errors
    /// The [`Refusal`] that the client is to see.
    pub async fn decide(
        self: &Arc<Self>,
        request: AuthenticatedRequest,
        quorum: Vec<String>,
        when_judged: impl FnOnce() + Send + 'static,
    ) -> Result<Approved, Box<Refusal>> {
        if let Some(left) = self.closed_for() {
            let detail = format!(
                "the audit log was lost or put back, and requests seen before may be missing from \
                 it; this node signs again in {} ms",
                left.as_millis()
            );
            let refusal = self.refuse(Reason::NotReady, "restored", detail);
            return Err(Box::new(refusal.retry_after(left)));
        }
        let now = self.clock.now_ms();
        self.check_fresh(&request, now)?;
        let here = |refusal: Box<Refusal>| Box::new(refusal.at_node(&self.name));
        match self.requests.admit(&request, now).map_err(here)? {
            Admission::Known(outcome) => outcome.wait().await.map_err(here),
            Admission::New(slot) => {
                // A caller that hangs up must not leave a half-made decision behind.
                let decider = Arc::clone(self);
                let task = tokio::spawn(async move {
                    let outcome = decider.decide_anew(&request, quorum, when_judged).await;
                    let lasts = !matches!(&outcome, Err(refusal)
                        if refusal.reason == i32::from(Reason::AuditUnavailable));
                    slot.settle(outcome.clone(), lasts);
                    outcome
                });
                task.await.unwrap_or_else(|_| {
                    Err(self.refuse(Reason::AuditUnavailable, "internal", "the decision failed"))
                })
            }
        }
    }

    /// The answer this node, as evaluator, already gave to a request.
    pub fn answer(&self, request: &AuthenticatedRequest) -> Option<SealedTag> {
        self.requests.answer(request)
    }

    /// Keeps the answer for when the client asks again.
    pub fn remember_answer(&self, request: &AuthenticatedRequest, tag: &SealedTag) {
        self.requests.remember_answer(request, tag);
    }

    /// A refusal by this node.
    pub fn refuse(&self, reason: Reason, rule: &str, detail: impl Into<String>) -> Box<Refusal> {
        let refusal = Refusal::new(reason).at_node(&self.name);
        Box::new(refusal.with_rule(rule).with_detail(detail))
    }

    fn check_fresh(&self, request: &AuthenticatedRequest, now: u64) -> Result<(), Box<Refusal>> {
        let (envelope, skew) = (request.envelope(), self.windows.skew_ms);
        if envelope.deadline_ms <= now {
            let late = now - envelope.deadline_ms;
            let detail = format!("the deadline passed {late} ms ago by this node's clock");
            return Err(self.refuse(Reason::Deadline, "freshness", detail));
        }
        if envelope.created_at_ms > now.saturating_add(skew) {
            let ahead = envelope.created_at_ms - now;
            let detail = format!(
                "created {ahead} ms in the future by this node's clock; {skew} ms are allowed"
            );
            return Err(self.refuse(Reason::Stale, "freshness", detail));
        }
        Ok(())
    }

    async fn decide_anew(
        &self,
        request: &AuthenticatedRequest,
        quorum: Vec<String>,
        when_judged: impl FnOnce(),
    ) -> Result<Approved, Box<Refusal>> {
        let (now, mut judgement) = self.judge_patiently(request).await;
        if judgement.outcome.is_ok() {
            when_judged();
        }
        let outstanding = judgement.ticket.take().map(|ticket| Outstanding {
            decider: self,
            digest: *request.digest().as_bytes(),
            ticket: Some(ticket),
        });
        let record = self.record_of(request, quorum, &judgement);
        let appended = self
            .audit
            .append(now, Event::Decision(record))
            .await
            .map_err(|error: AuditError| {
                self.refuse(Reason::AuditUnavailable, "audit", error.to_string())
            })?;
        let Judgement { outcome, .. } = judgement;
        let (key, reading) = outcome?;
        if let Some(outstanding) = outstanding {
            outstanding.durable(request, appended.seq);
        }
        let digest = request.digest();
        Ok(Approved {
            statement: Statement {
                request_digest: *digest.as_bytes(),
                governance_state: *key.state(),
                inner_digest: key.inner_digest(&reading.signed().bytes),
            },
            key,
            receipt: receipt::issue(
                &self.receipt_key,
                &self.name,
                &digest,
                appended.seq,
                &appended.hash,
            ),
            deadline_ms: request.envelope().deadline_ms,
        })
    }

    /// Judges, and when it was (Unix milliseconds). A request that would pass if peers had heard of
    /// others, or had said that there are none, waits a little for them to do so.
    async fn judge_patiently(&self, request: &AuthenticatedRequest) -> (u64, Judgement) {
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
        judgement.operations = reading
            .authorised()
            .iter()
            .map(|operation| OperationRecord {
                class: operation.class.as_str().to_owned(),
                name: operation.name.to_owned(),
            })
            .collect();
        self.check_timing(&reading, now)?;

        let facts = facts_of(&reading, &self.circumstances.now());
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
                let detail = format!("{denial}{}", division(&weighed));
                Err(self.refuse(Reason::PolicyDenied, denial.rule(), detail))
            }
        }
    }

    fn ask(
        &self,
        account: Account<'_>,
        reading: &Reading,
        operations: &[OperationFacts],
        now_ms: u64,
        (usage_key, usage_client): &Usages,
    ) -> Decision {
        let now = self.circumstances.now();
        self.bundle.decide(&Question {
            client: account.client,
            key: account.key,
            venue: reading.venue(),
            now_ms,
            operations,
            usage_key,
            usage_client,
            risk_level: now.risk_level,
            kill_switch: now.kill_switch,
            source_network: None,
        })
    }

    fn key(&self, key_id: &str) -> Result<Arc<Key>, Box<Refusal>> {
        self.keys.get(key_id).cloned().ok_or_else(|| {
            let detail = format!("this node holds no share of key {key_id}");
            self.refuse(Reason::UnknownKey, "key", detail)
        })
    }

    /// A panic elsewhere leaves books that err upwards.
    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self, key: &Key, request: &VenueRequest) -> Result<Reading, Box<Refusal>> {
        let request = facts::request(request);
        if request.venue != key.manifest().venue {
            let detail = format!("the key is for venue {}", key.manifest().venue);
            return Err(self.refuse(Reason::UnknownKey, "venue", detail));
        }
        let reading = countersign_venues::read(&request).map_err(|error| {
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
        Ok(reading.restricted_to(key.permissions()))
    }

    fn check_timing(&self, reading: &Reading, now: u64) -> Result<(), Box<Refusal>> {
        let (timing, skew) = (reading.timing(), self.windows.skew_ms);
        // How far ahead of the clock, and whether it may be as far behind as it likes.
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

    fn record_of(
        &self,
        request: &AuthenticatedRequest,
        quorum: Vec<String>,
        judgement: &Judgement,
    ) -> DecisionRecord {
        let envelope = request.envelope();
        let verdict = match &judgement.outcome {
            Ok(_) => Verdict::Approved,
            Err(refusal) => Verdict::Denied {
                reason: refusal.reason().as_str_name().to_lowercase(),
                rule: refusal.rule.clone(),
                detail: refusal.detail.clone(),
            },
        };
        DecisionRecord {
            client: envelope.client.to_string(),
            request_id: envelope.request_id.0,
            digest: *request.digest().as_bytes(),
            key_id: envelope.key_id.to_string(),
            venue: envelope.request.venue.clone(),
            operations: judgement.operations.clone(),
            quorum,
            verdict,
            rules: judgement.rules.clone(),
            charge: judgement.charge,
            created_at_ms: envelope.created_at_ms,
            deadline_ms: envelope.deadline_ms,
        }
    }
}

/// What came of a request, and what of it goes on record.
struct Judgement {
    outcome: Result<(Arc<Key>, Reading), Box<Refusal>>,
    operations: Vec<OperationRecord>,
    rules: Vec<String>,
    charge: Option<Charge>,
    /// Under which the authorisation is outstanding.
    ticket: Option<Ticket>,
    /// Denied, but perhaps not once peers have answered.
    may_ease: bool,
}

/// An authorisation that counters are charged for, and that is not on disk. If it never gets there,
/// nobody is told.
struct Outstanding<'a> {
    decider: &'a Decider,
    digest: Digest,
    ticket: Option<Ticket>,
}

impl Outstanding<'_> {
    fn durable(mut self, request: &AuthenticatedRequest, line: u64) {
        if let Some(ticket) = self.ticket.take() {
            let envelope = request.signed().clone();
            let mut books = self.decider.books();
            books.durable(ticket, &self.digest, line, envelope);
            drop(books);
            self.decider.untold.send_replace(());
            self.decider.records.send_replace(());
        }
    }
}

impl Drop for Outstanding<'_> {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            self.decider.books().void(ticket, &self.digest);
            self.decider.records.send_replace(());
        }
    }
}

fn account<'a>(key: &'a Key, client: &'a str, peers: &'a [Party]) -> Account<'a> {
    Account {
        key: key.manifest().key_id.as_str(),
        client,
        peers,
        honest: key.honest(),
    }
}

fn facts_of(reading: &Reading, now: &Circumstances) -> Vec<OperationFacts> {
    let facts = reading.authorised().iter().map(|operation| {
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

/// What an audit log says was decided before this process started.
#[derive(Default)]
pub struct Past {
    /// What was charged.
    pub charges: PastCharges,
    /// Decisions whose requests could still be asked again.
    pub requests: Vec<DecisionRecord>,
    /// Unix milliseconds until which nothing may be decided: some of it may be lost.
    pub closed_until_ms: u64,
}
