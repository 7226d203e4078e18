//! The gRPC service: who may call, and what is refused before any node is asked.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use countersign_wire::v1::signer_server::Signer;
use countersign_wire::{
    AuthenticatedRequest, ClientName, Envelope, Reason, Refusal, Role, UnverifiedEnvelope, auth,
    require_client, v1,
};
use tonic::{Request, Response, Status};
use tracing::info;

use crate::admission::Admission;
use crate::sign::Signing;

/// Kept back from the deadline, so that a refusal still reaches the client.
const RETURN_TIME: Duration = Duration::from_millis(25);

/// Serves clients.
#[derive(Debug)]
pub(crate) struct Service {
    pub signing: Signing,
    pub admission: Arc<Admission>,
}

#[tonic::async_trait]
impl Signer for Service {
    async fn sign(
        &self,
        request: Request<v1::SignRequest>,
    ) -> Result<Response<v1::SignResponse>, Status> {
        let started = Instant::now();
        let caller = require_client(&request)?.clone();
        let _ticket = self.admission.admit(&caller)?;
        let authenticated = self.authenticate(&caller, request.into_inner())?;
        let left = time_left(authenticated.envelope())?;
        let outcome = self.signing.sign(&authenticated, started + left).await;

        // Who, which key and what became of it; never what was asked.
        let key = &authenticated.envelope().key_id;
        let digest = authenticated.digest();
        let elapsed_ms = started.elapsed().as_millis();
        match outcome {
            Ok(response) => {
                info!(
                    client = %caller, %key, request = %digest, evaluator = response.evaluator,
                    attempts = response.attempts, elapsed_ms, "signed"
                );
                Ok(Response::new(response))
            }
            Err(refusal) => {
                info!(
                    client = %caller, %key, request = %digest,
                    reason = refusal.reason().as_str_name(), elapsed_ms, "refused"
                );
                Err(refusal.into())
            }
        }
    }

    async fn cluster_status(
        &self,
        request: Request<v1::ClusterStatusRequest>,
    ) -> Result<Response<v1::ClusterStatusResponse>, Status> {
        match auth::caller(&request)?.role() {
            Role::Client | Role::Coordinator => Ok(Response::new(self.signing.nodes.status())),
            Role::Node => Err(forbidden("nodes have no use for the status")),
        }
    }
}

impl Service {
    /// Nodes verify all of this again. Refusing here saves them the work.
    fn authenticate(
        &self,
        caller: &ClientName,
        request: v1::SignRequest,
    ) -> Result<AuthenticatedRequest, Status> {
        let signed = request.envelope.ok_or_else(|| {
            Refusal::new(Reason::Malformed)
                .with_rule("envelope")
                .with_detail("the envelope is missing")
        })?;
        let unverified = UnverifiedEnvelope::parse(&signed).map_err(Refusal::from)?;
        if unverified.claimed().client != *caller {
            return Err(forbidden("the envelope is of another client"));
        }
        let authenticated = unverified.authenticate(&self.signing.roster);
        Ok(authenticated.map_err(Refusal::from)?)
    }
}

/// Time to work with, by this clock. Never more than the envelope's lifetime, however far the
/// client's clock is ahead.
fn time_left(envelope: &Envelope) -> Result<Duration, Status> {
    let now_ms = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|now| u64::try_from(now.as_millis()).ok())
        .ok_or_else(|| Refusal::new(Reason::NotReady).with_detail("the clock is not set"))?;
    let lifetime = envelope.deadline_ms.saturating_sub(envelope.created_at_ms);
    match envelope.remaining(now_ms) {
        Some(left) => {
            let left = left.min(Duration::from_millis(lifetime));
            Ok(left.saturating_sub(RETURN_TIME.min(left / 4)))
        }
        None => Err(Refusal::new(Reason::Deadline)
            .with_rule("deadline")
            .with_detail(format!(
                "the deadline passed {} ms ago by the coordinator's clock",
                now_ms.saturating_sub(envelope.deadline_ms)
            ))
            .with_advice("check the clock, or make a new request with a later deadline")
            .into()),
    }
}

fn forbidden(detail: &str) -> Status {
    Refusal::new(Reason::ForbiddenCaller)
        .with_rule("caller")
        .with_detail(detail)
        .into()
}
