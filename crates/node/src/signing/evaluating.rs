//! The evaluator: allocate, collect, evaluate.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use countersign_mpc::{EvaluatorPresignature, Fault, Party, PresignatureId, Statement, Tag};
use countersign_wire::v1::{Allocate, Lane, peer_message};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::{Place, Signing};
use crate::keys::Key;

/// A garbler's labels, or that it declines.
type Answer = (Party, Option<Vec<u8>>);

/// Presignatures allocated, whose garblers have not all answered.
#[derive(Default)]
pub(crate) struct Awaited(Mutex<HashMap<PresignatureId, Waiting>>);

struct Waiting {
    place: Place,
    sender: mpsc::UnboundedSender<Answer>,
}

impl Awaited {
    fn state(&self) -> MutexGuard<'_, HashMap<PresignatureId, Waiting>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn arrived(&self, id: PresignatureId, from: Party, labels: Option<Vec<u8>>) {
        if let Some(waiting) = self.state().get(&id)
            && waiting.place.pool.quorum.contains(from)
        {
            // One that stopped waiting does not mind.
            let _ = waiting.sender.send((from, labels));
        }
    }

    pub(super) fn declined(&self, place: &Place, from: Party) {
        for waiting in self
            .state()
            .values()
            .filter(|waiting| waiting.place == *place)
        {
            let _ = waiting.sender.send((from, None));
        }
    }
}

/// An allocated presignature: spent, whatever becomes of it.
pub(super) struct Allocation {
    signing: Arc<Signing>,
    place: Place,
    id: PresignatureId,
    /// Made ready on another thread while the garblers decide.
    presignature: JoinHandle<EvaluatorPresignature>,
    answers: mpsc::UnboundedReceiver<Answer>,
}

/// Why no tag came of an allocation.
#[derive(Debug, thiserror::Error)]
pub(super) enum EvaluationError {
    #[error("{0} declined")]
    Declined(Party),
    #[error("{0} did not answer in time")]
    Silent(Party),
    #[error("the evaluation was interrupted")]
    Interrupted,
    #[error(transparent)]
    Fault(#[from] Fault),
}

struct Forget<'a>(&'a Awaited, PresignatureId);

impl Drop for Forget<'_> {
    fn drop(&mut self) {
        self.0.state().remove(&self.1);
    }
}

impl Allocation {
    /// Takes a presignature from the pool and tells the garblers; `None` when the pool is empty.
    pub(super) fn new(signing: &Arc<Signing>, key: &Key, place: &Place) -> Option<Self> {
        let mut presignature = signing.pools.take(&place.pool)?;
        let id = presignature.id();
        signing.maker.wake();
        let (sender, answers) = mpsc::unbounded_channel();
        let waiting = Waiting {
            place: place.clone(),
            sender,
        };
        signing.awaited.state().insert(id, waiting);
        for garbler in place.pool.quorum.garblers() {
            let message = Allocate {
                request_digest: place.digest.to_vec(),
                key_id: key.manifest().key_id.to_string(),
                quorum: signing.quorum_names(&place.pool.quorum),
                presignature_id: id.as_bytes().to_vec(),
            };
            // A garbler that cannot be told will not answer.
            let _ =
                signing
                    .links
                    .send(garbler, Lane::Online, peer_message::Kind::Allocate(message));
        }
        let presignature = tokio::task::spawn_blocking(move || {
            presignature.prepare();
            presignature
        });
        Some(Self {
            signing: Arc::clone(signing),
            place: place.clone(),
            id,
            presignature,
            answers,
        })
    }

    /// Collects every garbler's answer and evaluates.
    pub(super) async fn finish(
        mut self,
        statement: Statement,
        within: Duration,
    ) -> Result<Tag, EvaluationError> {
        let _forget = Forget(&self.signing.awaited, self.id);
        let garblers = self.place.pool.quorum.garblers();
        let mut messages: Vec<(Party, Vec<u8>)> = Vec::with_capacity(garblers.len());
        let deadline = tokio::time::Instant::now() + within;
        while let Some(missing) = garblers
            .iter()
            .find(|garbler| !messages.iter().any(|(from, _)| from == *garbler))
        {
            match tokio::time::timeout_at(deadline, self.answers.recv()).await {
                Ok(Some((from, Some(labels)))) if !messages.iter().any(|(f, _)| *f == from) => {
                    messages.push((from, labels));
                }
                Ok(Some((_, Some(_)))) => {}
                Ok(Some((from, None))) => return Err(EvaluationError::Declined(from)),
                Ok(None) | Err(_) => return Err(EvaluationError::Silent(*missing)),
            }
        }
        let presignature = self.presignature.await;
        let presignature = presignature.map_err(|_| EvaluationError::Interrupted)?;
        // A millisecond or so of computation: off the network threads.
        tokio::task::spawn_blocking(move || presignature.evaluate(&statement, &messages))
            .await
            .map_err(|_| EvaluationError::Interrupted)?
            .map_err(EvaluationError::Fault)
    }
}
