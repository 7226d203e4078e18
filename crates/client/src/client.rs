//! The client.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use countersign_venues::Request;
use countersign_wire::envelope::{self, MAX_LIFETIME};
use countersign_wire::{
    ClientName, Envelope, EnvelopeKey, KeyId, RequestDigest, RequestId, Roster, SealingKey, v1,
};

use crate::answer::{Expectation, InvalidAnswer};
use crate::config::{ClientConfig, ConfigError};
use crate::coordinators::{Coordinators, Failure};
use crate::error::SignError;
use crate::signed::Signed;

/// How a request is to be signed.
#[derive(Debug, Clone, Copy)]
pub struct SignOptions {
    /// Time from now after which no node may contribute; 1 ms to 60 s. Retries, by the client and
    /// by the coordinator, take place within it.
    pub deadline: Duration,
}

impl Default for SignOptions {
    /// Two seconds.
    fn default() -> Self {
        Self {
            deadline: Duration::from_secs(2),
        }
    }
}

/// A connection to a deployment. Cheap to clone; clones share connections.
#[derive(Debug, Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    name: ClientName,
    envelope_key: EnvelopeKey,
    roster: Roster,
    coordinators: Coordinators,
}

impl Client {
    /// Sets up a client, within a Tokio runtime. Connections are made when first needed and again
    /// whenever they break.
    ///
    /// # Errors
    /// [`ConfigError`] if certificate, key and roster do not belong together.
    pub fn new(config: ClientConfig) -> Result<Self, ConfigError> {
        let name = config.verify()?;
        let coordinators = Coordinators::new(&config)?;
        Ok(Self {
            inner: Arc::new(Inner {
                name,
                envelope_key: config.envelope_key,
                roster: config.roster,
                coordinators,
            }),
        })
    }

    /// Has a request signed. Coordinators that do not answer, or answer what does not verify, are
    /// passed over within the deadline; all are given the same envelope, which counts once.
    ///
    /// # Errors
    /// [`SignError`]. Nothing is retried after it; a new call is a new request.
    pub async fn sign(
        &self,
        key_id: &KeyId,
        request: &Request,
        options: SignOptions,
    ) -> Result<Signed, SignError> {
        let started = Instant::now();
        let inner = &*self.inner;
        let reading = countersign_venues::read(request)?;
        let reply_key = SealingKey::generate()?;
        let envelope = inner.envelope(key_id, request, &reply_key, options.deadline)?;
        let signed = envelope::sign(&envelope, &inner.envelope_key)?;
        let digest = RequestDigest::of(&signed.envelope);
        let expectation = Expectation {
            roster: &inner.roster,
            digest,
            reply_key: &reply_key,
            request,
            reading: &reading,
        };

        let question = v1::SignRequest {
            envelope: Some(signed),
        };
        let answer = inner
            .coordinators
            .ask(
                &question,
                started + options.deadline,
                async |mut stub, request| stub.sign(request).await,
                |response| expectation.verify(response),
            )
            .await?;
        Ok(Signed {
            url: answer.request.url(),
            request: answer.request,
            signed_payload: reading.signed().bytes.clone(),
            signature: answer.signature,
            quorum: answer.quorum,
            evaluator: answer.evaluator,
            receipts: answer.receipts,
            attempts: answer.attempts,
            elapsed: started.elapsed(),
            request_id: envelope.request_id,
            digest,
        })
    }

    /// What the first coordinator that answers knows of its nodes, quorums and pools. Nothing of it
    /// is signed by anybody.
    ///
    /// # Errors
    /// [`SignError::Refused`] or [`SignError::Unreachable`].
    pub async fn status(&self, within: Duration) -> Result<v1::ClusterStatusResponse, SignError> {
        let deadline = Instant::now()
            .checked_add(within)
            .ok_or(SignError::Deadline(within))?;
        let accept = Ok::<_, InvalidAnswer>;
        let answer = self
            .inner
            .coordinators
            .ask(
                &v1::ClusterStatusRequest {},
                deadline,
                async |mut stub, request| stub.cluster_status(request).await,
                accept,
            )
            .await?;
        Ok(answer)
    }
}

impl Inner {
    fn envelope(
        &self,
        key_id: &KeyId,
        request: &Request,
        reply_key: &SealingKey,
        deadline: Duration,
    ) -> Result<Envelope, SignError> {
        let lifetime = u64::try_from(deadline.as_millis()).unwrap_or(u64::MAX);
        if lifetime == 0 || deadline > MAX_LIFETIME {
            return Err(SignError::Deadline(deadline));
        }
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_err(|_| SignError::System("clock"))?;
        let created_at_ms =
            u64::try_from(now.as_millis()).map_err(|_| SignError::System("clock"))?;
        let mut request_id = [0; 16];
        getrandom::fill(&mut request_id).map_err(|_| SignError::System("randomness"))?;
        Ok(Envelope {
            client: self.name.clone(),
            request_id: RequestId(request_id),
            key_id: key_id.clone(),
            created_at_ms,
            deadline_ms: created_at_ms.saturating_add(lifetime),
            request: venue_request(request),
            reply_key: reply_key.public()?,
        })
    }
}

fn venue_request(request: &Request) -> v1::VenueRequest {
    let header = |(name, value): &(String, String)| v1::Header {
        name: name.clone(),
        value: value.clone(),
    };
    v1::VenueRequest {
        venue: request.venue.clone(),
        method: request.method.clone(),
        host: request.host.clone(),
        path: request.path.clone(),
        query: request.query.clone(),
        body: request.body.clone(),
        headers: request.headers.iter().map(header).collect(),
    }
}

impl From<Failure<InvalidAnswer>> for SignError {
    fn from(failure: Failure<InvalidAnswer>) -> Self {
        match failure {
            Failure::Refused(refusal) => Self::Refused(refusal),
            Failure::Rejected(answer) => Self::InvalidAnswer(answer),
            Failure::Unreachable(said) => Self::Unreachable(said),
        }
    }
}
