//! Requests seen: the same one again gets the same answer, another under its id is refused.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use countersign_wire::v1::SealedTag;
use countersign_wire::{AuthenticatedRequest, ClientName, Reason, Refusal, RequestId};
use tokio::sync::watch;

use super::{Approved, Windows};
use crate::audit::{DecisionRecord, Verdict};

/// A client's request id names one request for ever; remembered while its deadline could be met by
/// any clock that passes the freshness check.
pub(super) struct Requests {
    seen: Arc<Mutex<State>>,
    windows: Windows,
}

#[derive(Default)]
struct State {
    entries: HashMap<Name, Entry>,
    next_purge_ms: u64,
}

type Name = (String, [u8; 16]);
type Outcome = Option<Result<Approved, Box<Refusal>>>;

struct Entry {
    digest: [u8; 32],
    forget_at_ms: u64,
    what: Seen,
    answer: Option<SealedTag>,
}

enum Seen {
    /// Decided, or being decided, by this process.
    Here(watch::Receiver<Outcome>),
    /// Decided before this process started: approved, and charged for; or denied.
    Before(Verdict),
}

/// What to do with a request.
pub(super) enum Admission {
    /// It is new: decide, and settle the slot.
    New(Slot),
    /// It was seen: this is, or will be, its outcome.
    Known(Pending),
}

/// An outcome that may still be on its way.
pub(super) struct Pending(watch::Receiver<Outcome>);

impl Pending {
    pub(super) async fn wait(mut self) -> Result<Approved, Box<Refusal>> {
        match self.0.wait_for(Option::is_some).await {
            Ok(outcome) => outcome.clone().unwrap_or_else(|| Err(unsettled())),
            Err(_) => Err(unsettled()),
        }
    }
}

fn unsettled() -> Box<Refusal> {
    Box::new(Refusal::new(Reason::AuditUnavailable).with_detail("the decision was not completed"))
}

/// The right to decide on one request.
pub(super) struct Slot {
    seen: Arc<Mutex<State>>,
    name: Name,
    sender: watch::Sender<Outcome>,
}

impl Slot {
    /// Publishes the outcome. Unless it `lasts`, the next attempt decides anew.
    pub(super) fn settle(self, outcome: Result<Approved, Box<Refusal>>, lasts: bool) {
        if !lasts {
            locked(&self.seen).entries.remove(&self.name);
        }
        self.sender.send_replace(Some(outcome));
    }
}

fn locked(seen: &Mutex<State>) -> MutexGuard<'_, State> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

const PURGE_EVERY_MS: u64 = 1_000;

impl Requests {
    pub(super) fn new(windows: Windows) -> Self {
        Self {
            seen: Arc::default(),
            windows,
        }
    }

    fn name(client: &ClientName, id: &RequestId) -> Name {
        (client.to_string(), id.0)
    }

    fn forget_at(&self, deadline_ms: u64) -> u64 {
        deadline_ms.saturating_add(2 * self.windows.skew_ms)
    }

    /// Finds out whether a request is new.
    pub(super) fn admit(
        &self,
        request: &AuthenticatedRequest,
        now_ms: u64,
    ) -> Result<Admission, Box<Refusal>> {
        let envelope = request.envelope();
        let name = Self::name(&envelope.client, &envelope.request_id);
        let digest = *request.digest().as_bytes();
        let mut state = locked(&self.seen);
        if state.next_purge_ms <= now_ms {
            state.entries.retain(|_, entry| entry.forget_at_ms > now_ms);
            state.next_purge_ms = now_ms + PURGE_EVERY_MS;
        }
        let (sender, receiver) = watch::channel(None);
        match state.entries.get_mut(&name) {
            Some(entry) if entry.digest != digest => Err(Box::new(
                Refusal::new(Reason::Replayed)
                    .with_rule("replay")
                    .with_detail("this request id was used with other content"),
            )),
            Some(Entry {
                what: Seen::Here(outcome),
                ..
            }) => Ok(Admission::Known(Pending(outcome.clone()))),
            Some(Entry {
                what:
                    Seen::Before(Verdict::Denied {
                        reason,
                        rule,
                        detail,
                    }),
                ..
            }) => {
                let reason = Reason::from_str_name(&reason.to_uppercase());
                let refusal = Refusal::new(reason.unwrap_or(Reason::PolicyDenied));
                let refusal = refusal.with_rule(rule.clone());
                Err(Box::new(refusal.with_detail(detail.clone())))
            }
            // New, or approved before a restart: charged for then, decided again now.
            _ => {
                let entry = Entry {
                    digest,
                    forget_at_ms: self.forget_at(envelope.deadline_ms),
                    what: Seen::Here(receiver),
                    answer: None,
                };
                state.entries.insert(name.clone(), entry);
                let seen = Arc::clone(&self.seen);
                Ok(Admission::New(Slot { seen, name, sender }))
            }
        }
    }

    /// Takes over a decision from the audit log.
    pub(super) fn remember(&self, decision: DecisionRecord) {
        let entry = Entry {
            digest: decision.digest,
            forget_at_ms: self.forget_at(decision.deadline_ms),
            what: Seen::Before(decision.verdict),
            answer: None,
        };
        locked(&self.seen)
            .entries
            .insert((decision.client, decision.request_id), entry);
    }

    pub(super) fn answer(&self, request: &AuthenticatedRequest) -> Option<SealedTag> {
        let envelope = request.envelope();
        let state = locked(&self.seen);
        let entry = state
            .entries
            .get(&Self::name(&envelope.client, &envelope.request_id))?;
        (entry.digest == *request.digest().as_bytes())
            .then(|| entry.answer.clone())
            .flatten()
    }

    pub(super) fn remember_answer(&self, request: &AuthenticatedRequest, tag: &SealedTag) {
        let envelope = request.envelope();
        let name = Self::name(&envelope.client, &envelope.request_id);
        if let Some(entry) = locked(&self.seen).entries.get_mut(&name)
            && entry.digest == *request.digest().as_bytes()
        {
            entry.answer = Some(tag.clone());
        }
    }
}
