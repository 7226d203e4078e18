//! The garbler: one release per contribution.

use std::time::Duration;

use countersign_mpc::{GarblerPresignature, PresignatureId, Statement};
use countersign_wire::v1::{Labels, Lane, peer_message};

use super::{Place, Signing};
use crate::keys::Key;

/// How much later than the evaluator a garbler may finish a batch.
const BATCH_END: Duration = Duration::from_secs(1);

/// Why labels were not released.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum ReleaseError {
    #[error("the evaluator did not allocate a presignature in time")]
    NotAllocated,
    #[error("this node does not hold the presignature the evaluator named")]
    Unknown,
    #[error("the deadline passed")]
    Deadline,
    #[error("this quorum may not sign any more")]
    Ended,
    #[error("the evaluator is not connected")]
    NotConnected,
}

impl Signing {
    /// Waits for the evaluator's allocation; `None` when it takes no part.
    pub(super) async fn allocation(
        &self,
        place: &Place,
        within: Duration,
    ) -> Result<Option<PresignatureId>, ReleaseError> {
        match tokio::time::timeout(within, self.allocations.wait(place)).await {
            Ok(Ok(word)) => Ok(word),
            Ok(Err(_)) | Err(_) => Err(ReleaseError::NotAllocated),
        }
    }

    /// Releases this node's labels to the evaluator. The decision must be durable by now; what may
    /// have changed since is checked once more, in the same breath as the release.
    pub(super) async fn release(
        &self,
        key: &Key,
        place: &Place,
        id: PresignatureId,
        statement: &Statement,
        deadline_ms: Option<u64>,
    ) -> Result<(), ReleaseError> {
        let half = self.half(place, id).await?;
        self.release_half(key, place, half, statement, deadline_ms)
    }

    /// Takes this node's half of a presignature: it is spent from here on.
    pub(super) async fn half(
        &self,
        place: &Place,
        id: PresignatureId,
    ) -> Result<GarblerPresignature, ReleaseError> {
        let half = self.pools.await_garbler(&place.pool, id, BATCH_END).await;
        half.ok_or(ReleaseError::Unknown)
    }

    /// As [`Signing::release`], with the half in hand.
    pub(super) fn release_half(
        &self,
        key: &Key,
        place: &Place,
        half: GarblerPresignature,
        statement: &Statement,
        deadline_ms: Option<u64>,
    ) -> Result<(), ReleaseError> {
        let id = half.id();
        if deadline_ms.is_some_and(|deadline| deadline <= self.clock.now_ms()) {
            return Err(ReleaseError::Deadline);
        }
        if self.maker.usable(key, &place.pool.quorum).is_err() {
            return Err(ReleaseError::Ended);
        }
        let message = Labels {
            request_digest: place.digest.to_vec(),
            presignature_id: id.as_bytes().to_vec(),
            tau: Vec::new(),
            body: half.release(statement).encode(),
        };
        let evaluator = place.pool.quorum.evaluator();
        self.links
            .send(evaluator, Lane::Online, peer_message::Kind::Labels(message))
            .map_err(|_| ReleaseError::NotConnected)
    }
}
