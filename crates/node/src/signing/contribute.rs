//! A coordinator's call, from envelope to answer.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use countersign_mpc::{Fault, Tag};
use countersign_wire::seal::{self, TAG_INFO};
use countersign_wire::v1::{ContributeRequest, ContributeResponse, SealedTag};
use countersign_wire::{AuthenticatedRequest, Reason, Refusal, UnverifiedEnvelope};

use super::evaluating::{Allocation, EvaluationError};
use super::garbling::ReleaseError;
use super::{Place, Signing};
use crate::audit::Event;
use crate::decision::Approved;
use crate::keys::Key;
use crate::pools::PoolId;

/// Most time a member is waited for, whatever the client's deadline.
const MEMBER_PATIENCE: Duration = Duration::from_secs(5);

impl Signing {
    /// Takes this node's part in one signature.
    ///
    /// # Errors
    /// The [`Refusal`] the client is to see.
    pub async fn contribute(
        self: &Arc<Self>,
        call: ContributeRequest,
    ) -> Result<ContributeResponse, Box<Refusal>> {
        let request = self.authenticate(&call)?;
        let (key, place) = self.seat(&request, &call.quorum)?;
        let evaluator = place.pool.quorum.evaluator();
        if evaluator == key.me() {
            self.contribute_as_evaluator(request, key, place, call.quorum)
                .await
        } else {
            let decided = self.decider.decide(request, call.quorum, || ()).await;
            let approved = decided.inspect_err(|_| self.decline(&key, &place, &[evaluator]))?;
            self.contribute_as_garbler(&place, approved).await
        }
    }

    fn authenticate(&self, call: &ContributeRequest) -> Result<AuthenticatedRequest, Box<Refusal>> {
        let signed = call.envelope.as_ref().ok_or_else(|| {
            self.decider
                .refuse(Reason::Malformed, "envelope", "there is no envelope")
        })?;
        UnverifiedEnvelope::parse(signed)
            .and_then(|envelope| envelope.authenticate(&self.roster))
            .map_err(|error| Box::new(Refusal::from(error).at_node(&self.name)))
    }

    /// The key and this node's place in the quorum the coordinator chose.
    fn seat(
        &self,
        request: &AuthenticatedRequest,
        quorum: &[String],
    ) -> Result<(Arc<Key>, Place), Box<Refusal>> {
        let refuse = |reason, detail: String| self.decider.refuse(reason, "quorum", detail);
        let key_id = request.envelope().key_id.as_str();
        let key = self.keys.get(key_id).cloned().ok_or_else(|| {
            refuse(
                Reason::UnknownKey,
                format!("this node holds no share of key {key_id}"),
            )
        })?;
        let digest = *request.digest().as_bytes();
        let quorum = self
            .maker
            .quorum_of(quorum)
            .filter(|quorum| key.share(quorum).is_some())
            .ok_or_else(|| refuse(Reason::Malformed, "not a quorum for this key".to_owned()))?;
        self.maker
            .usable(&key, &quorum)
            .map_err(|why| refuse(Reason::NotReady, why))?;
        let pool = PoolId {
            deal: *key.deal_id(),
            quorum,
        };
        Ok((key, Place { pool, digest }))
    }

    fn patience(&self, deadline_ms: u64) -> Duration {
        let left = deadline_ms.saturating_sub(self.clock.now_ms());
        Duration::from_millis(left).min(MEMBER_PATIENCE)
    }

    async fn contribute_as_garbler(
        &self,
        place: &Place,
        approved: Approved,
    ) -> Result<ContributeResponse, Box<Refusal>> {
        let Approved {
            key,
            statement,
            receipt,
            deadline_ms,
            ..
        } = approved;
        let refuse = |error: ReleaseError| {
            let reason = match error {
                ReleaseError::Deadline => Reason::Deadline,
                ReleaseError::NotAllocated
                | ReleaseError::Unknown
                | ReleaseError::Ended
                | ReleaseError::NotConnected => Reason::NotReady,
            };
            self.decider.refuse(reason, "release", error.to_string())
        };
        let id = self
            .allocation(place, self.patience(deadline_ms))
            .await
            .map_err(refuse)?;
        // An evaluator that answers from memory, or refuses, wants no labels. This node has approved
        // the request all the same, and what comes of it the evaluator's own answer says.
        if let Some(id) = id {
            self.release(&key, place, id, &statement, Some(deadline_ms))
                .await
                .map_err(refuse)?;
        }
        Ok(ContributeResponse {
            receipt: Some(receipt),
            sealed_tag: None,
        })
    }

    async fn contribute_as_evaluator(
        self: &Arc<Self>,
        request: AuthenticatedRequest,
        key: Arc<Key>,
        place: Place,
        quorum: Vec<String>,
    ) -> Result<ContributeResponse, Box<Refusal>> {
        let garblers = place.pool.quorum.garblers();
        let early = Arc::new(Mutex::new(None));
        let allocate = {
            let (signing, key, place) = (Arc::clone(self), Arc::clone(&key), place.clone());
            move || signing.allocate(&key, &place)
        };
        let when_judged = {
            let (early, allocate) = (Arc::clone(&early), allocate.clone());
            // The allocation travels while the decision is written.
            move || *early.lock().unwrap_or_else(PoisonError::into_inner) = Some(allocate())
        };
        let decided = self
            .decider
            .decide(request.clone(), quorum, when_judged)
            .await;
        let approved = decided.inspect_err(|_| self.decline(&key, &place, &garblers))?;
        if let Some(sealed_tag) = self.decider.answer(&request) {
            self.decline(&key, &place, &garblers);
            return Ok(response(approved, sealed_tag));
        }
        let early = early.lock().unwrap_or_else(PoisonError::into_inner).take();
        // What was not there yet when the request was judged may have come while that was written.
        let early = early.and_then(Result::ok);
        let allocation = early.map_or_else(allocate, Ok).map_err(|(reason, why)| {
            self.decline(&key, &place, &garblers);
            let refusal = self.decider.refuse(reason, "pool", why);
            Box::new(refusal.retry_after(Duration::from_millis(200)))
        })?;
        let within = self.patience(approved.deadline_ms);
        match allocation.finish(approved.statement.clone(), within).await {
            Ok(tag) => self.deliver(&request, approved, &tag),
            Err(error) => {
                // A garbler that comes to it only now must not use what was allocated for this
                // attempt in the next one.
                self.decline(&key, &place, &garblers);
                Err(self.explain(&request, &approved, &place, error))
            }
        }
    }

    fn allocate(
        self: &Arc<Self>,
        key: &Key,
        place: &Place,
    ) -> Result<Allocation, (Reason, &'static str)> {
        if !self.maker.is_active(&place.pool) {
            return Err((
                Reason::NotReady,
                "the quorum has not reproduced the check tag yet",
            ));
        }
        Allocation::new(self, key, place).ok_or((
            Reason::PoolEmpty,
            "no presignature is ready for this quorum",
        ))
    }

    /// Seals the tag to the client: nobody else can use it (P20).
    fn deliver(
        &self,
        request: &AuthenticatedRequest,
        approved: Approved,
        tag: &Tag,
    ) -> Result<ContributeResponse, Box<Refusal>> {
        if approved.deadline_ms <= self.clock.now_ms() {
            return Err(self
                .decider
                .refuse(Reason::Deadline, "release", "the deadline passed"));
        }
        let envelope = request.envelope();
        let digest = request.digest();
        let sealed = seal::seal(
            &envelope.reply_key,
            TAG_INFO,
            digest.as_bytes(),
            tag.expose(),
        )
        .map_err(|error| {
            self.decider
                .refuse(Reason::Malformed, "reply-key", error.to_string())
        })?;
        let sealed_tag = SealedTag::from(sealed);
        self.decider.remember_answer(request, &sealed_tag);
        Ok(response(approved, sealed_tag))
    }

    fn explain(
        &self,
        request: &AuthenticatedRequest,
        approved: &Approved,
        place: &Place,
        error: EvaluationError,
    ) -> Box<Refusal> {
        let refuse = |reason, rule: &str| self.decider.refuse(reason, rule, error.to_string());
        match &error {
            EvaluationError::Declined(_) => refuse(Reason::Disagreement, "garbler"),
            EvaluationError::Silent(_) | EvaluationError::Interrupted => {
                refuse(Reason::NotReady, "garbler")
            }
            EvaluationError::Fault(fault) => {
                let key = &approved.key;
                self.maker.settle(key, &place.pool, fault);
                match fault {
                    Fault::Disagreement { peer, .. } => {
                        let envelope = if approved.confidential {
                            Vec::new()
                        } else {
                            request.signed().envelope.clone()
                        };
                        self.maker.record(Event::Disagreement {
                            key_id: key.manifest().key_id.to_string(),
                            quorum: self.quorum_names(&place.pool.quorum),
                            digest: place.digest,
                            peer: self.maker.name_of(*peer),
                            envelope,
                        });
                        refuse(Reason::Disagreement, "tau")
                    }
                    Fault::Channel { .. } => refuse(Reason::NotReady, "garbler"),
                    _ => refuse(Reason::ProtocolFailure, "check"),
                }
            }
        }
    }
}

fn response(approved: Approved, sealed_tag: SealedTag) -> ContributeResponse {
    ContributeResponse {
        receipt: Some(approved.receipt),
        sealed_tag: Some(sealed_tag),
    }
}
