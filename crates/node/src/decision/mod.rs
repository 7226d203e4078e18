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
mod judging;
mod outstanding;
mod requests;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use countersign_mpc::Statement;
use countersign_policy::Bundle;
use countersign_venues::{Class, Reading};
use countersign_wire::v1::{Receipt, SealedTag};
use countersign_wire::{AuthenticatedRequest, NodeName, Reason, ReceiptKey, Refusal, receipt};
use tokio::sync::watch;

use self::books::Books;
pub use self::books::{Charging, PastCharges};
pub(crate) use self::books::{Expiry, is_early};
pub(crate) use self::hearing::Teller;
use self::judging::Judgement;
use self::outstanding::Outstanding;
use self::requests::{Admission, Requests};
use crate::audit::{AuditError, AuditLog, DecisionRecord, Event, Verdict};
use crate::circumstances::Watched;
use crate::clock::Clock;
use crate::gossip::{self, Outbox};
use crate::keys::{Key, Keys};

/// How far apart clocks may be.
#[derive(Clone, Copy, Debug)]
pub struct Windows {
    /// Most milliseconds by which a client's or venue timestamp may differ from this node's clock.
    pub skew_ms: u64,
}

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
    /// Whether the request can hold a passphrase or a password, and so is never put on record.
    pub confidential: bool,
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
        let ticket = judgement.ticket.take();
        let outstanding = ticket.map(|ticket| Outstanding::new(self, request, ticket));
        if judgement.outcome.is_ok() {
            when_judged();
        }
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
            outstanding.durable(appended.seq);
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
            confidential: is_confidential(&reading),
        })
    }

    /// A panic elsewhere leaves books that err upwards.
    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
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

/// Logins, withdrawals and the administration of accounts and keys come with passphrases, passwords and
/// one-time codes. Others have one in a parameter of its own, if at all.
fn is_confidential(reading: &Reading) -> bool {
    let class = reading.named().class;
    reading.has_secret() || matches!(class, Class::Session | Class::Admin | Class::Withdraw)
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

#[cfg(test)]
mod tests {
    use countersign_venues::Request;

    use super::*;

    #[test]
    fn what_can_hold_a_passphrase_is_confidential() {
        let confidential =
            |venue: &str, method: &str, host: &str, path: &str, query: &str, body: &str| {
                let request = Request {
                    venue: venue.to_owned(),
                    method: method.to_owned(),
                    host: host.to_owned(),
                    path: path.to_owned(),
                    query: query.to_owned(),
                    body: body.into(),
                    headers: [
                        ("OK-ACCESS-TIMESTAMP", "2025-07-20T08:26:40.000Z"),
                        ("KC-API-TIMESTAMP", "1753000000000"),
                    ]
                    .map(|(name, value)| (name.to_owned(), value.to_owned()))
                    .to_vec(),
                };
                is_confidential(&countersign_venues::read(&request).unwrap())
            };
        let kucoin =
            |method, path, body| confidential("kucoin", method, "api.kucoin.com", path, "", body);
        let okx = |path, body| confidential("okx", "POST", "www.okx.com", path, "", body);
        assert!(kucoin("LOGIN", "/passphrase", "fakepass7"));
        assert!(okx(
            "/api/v5/users/subaccount/apikey",
            r#"{"subAcct":"s","label":"l","passphrase":"P"}"#
        ));
        assert!(okx(
            "/api/v5/asset/withdrawal",
            r#"{"ccy":"USDT","amt":"1","dest":"4","toAddr":"T1","chain":"USDT-TRC20","pwd":"P"}"#
        ));
        assert!(!kucoin("GET", "/api/v1/accounts", ""));
        assert!(!okx(
            "/api/v5/trade/order",
            r#"{"instId":"BTC-USDT","tdMode":"cash","side":"buy","ordType":"limit","px":"5","sz":"1"}"#
        ));
    }
}
