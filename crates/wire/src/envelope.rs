//! A client's request on its way: signed by the client, opaque to whoever carries it, and usable
//! only once its signature was verified.
//!
//! ```text
//! Envelope --sign--> v1::SignedEnvelope --parse--> UnverifiedEnvelope --authenticate--> AuthenticatedRequest
//! ```

use std::fmt;
use std::time::Duration;

use prost::Message;

use crate::digest::RequestDigest;
use crate::ed25519::{BadSignature, EnvelopeKey, KeyError};
use crate::name::{ClientName, InvalidName, KeyId};
use crate::refusal::Reason;
use crate::roster::Roster;
use crate::seal::SealingPublicKey;
use crate::v1;

/// The envelope version this crate reads and writes.
pub const VERSION: u32 = 1;
/// Largest envelope and signature together, in bytes.
pub const MAX_BYTES: usize = 256 * 1024;
/// Longest time from creation to deadline.
pub const MAX_LIFETIME: Duration = Duration::from_secs(60);

const MAX_SHORT_FIELD: usize = 256;
const MAX_PATH: usize = 2 * 1024;
const MAX_HEADERS: usize = 32;
const MAX_HEADER_VALUE: usize = 4 * 1024;

/// 16 random bytes. (client, request id) names a request for ever.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub [u8; 16]);

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RequestId({self})")
    }
}

/// One request, as its client means it. Well-formed, but only inside an [`AuthenticatedRequest`]
/// known to come from that client.
#[derive(Clone, PartialEq)]
pub struct Envelope {
    /// Who asks.
    pub client: ClientName,
    /// Names the request, together with the client.
    pub request_id: RequestId,
    /// The key to sign with.
    pub key_id: KeyId,
    /// Unix time in milliseconds, by the client's clock.
    pub created_at_ms: u64,
    /// Unix time in milliseconds after which no node may contribute.
    pub deadline_ms: u64,
    /// The HTTP request to sign. Only its sizes were looked at; the venue's dialect reads it.
    pub request: v1::VenueRequest,
    /// What the tag is sealed to.
    pub reply_key: SealingPublicKey,
}

impl Envelope {
    /// Time from `now_ms` (Unix milliseconds) to the deadline; none once it has passed.
    #[must_use]
    pub fn remaining(&self, now_ms: u64) -> Option<Duration> {
        self.deadline_ms
            .checked_sub(now_ms)
            .filter(|left| *left > 0)
            .map(Duration::from_millis)
    }

    fn encode(&self) -> Vec<u8> {
        v1::Envelope {
            version: VERSION,
            client: self.client.to_string(),
            request_id: self.request_id.0.to_vec(),
            key_id: self.key_id.to_string(),
            created_at_ms: self.created_at_ms,
            deadline_ms: self.deadline_ms,
            request: Some(self.request.clone()),
            reply_key: self.reply_key.as_bytes().to_vec(),
        }
        .encode_to_vec()
    }

    fn from_proto(proto: v1::Envelope) -> Result<Self, EnvelopeError> {
        if proto.version != VERSION {
            return Err(EnvelopeError::Version(proto.version));
        }
        let request = proto.request.ok_or(EnvelopeError::Missing("request"))?;
        check_sizes(&request)?;
        let lifetime = proto
            .deadline_ms
            .checked_sub(proto.created_at_ms)
            .filter(|lifetime| *lifetime > 0)
            .ok_or(EnvelopeError::DeadlineBeforeCreation)?;
        if Duration::from_millis(lifetime) > MAX_LIFETIME {
            return Err(EnvelopeError::Lifetime(lifetime));
        }
        let reply_key = fixed(&proto.reply_key, "reply_key")?;
        Ok(Self {
            client: proto.client.try_into()?,
            request_id: RequestId(fixed(&proto.request_id, "request_id")?),
            key_id: proto.key_id.try_into()?,
            created_at_ms: proto.created_at_ms,
            deadline_ms: proto.deadline_ms,
            request,
            reply_key: SealingPublicKey::from_bytes(reply_key).map_err(EnvelopeError::ReplyKey)?,
        })
    }
}

/// Leaves out the request: it is the client's business, and logs are not.
impl fmt::Debug for Envelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Envelope")
            .field("client", &self.client)
            .field("request_id", &self.request_id)
            .field("key_id", &self.key_id)
            .field("created_at_ms", &self.created_at_ms)
            .field("deadline_ms", &self.deadline_ms)
            .finish_non_exhaustive()
    }
}

/// Serialises and signs an envelope.
///
/// # Errors
/// [`EnvelopeError`] if the envelope breaks a rule that [`UnverifiedEnvelope::parse`] would refuse it for.
pub fn sign(envelope: &Envelope, key: &EnvelopeKey) -> Result<v1::SignedEnvelope, EnvelopeError> {
    let bytes = envelope.encode();
    let signature = key.sign(&[&bytes]).to_vec();
    let signed = v1::SignedEnvelope {
        envelope: bytes,
        signature,
    };
    UnverifiedEnvelope::parse(&signed)?;
    Ok(signed)
}

/// A well-formed envelope whose signature nobody has looked at. Good for routing, not for deciding.
#[derive(Debug, Clone)]
pub struct UnverifiedEnvelope {
    claimed: Envelope,
    signed: v1::SignedEnvelope,
    digest: RequestDigest,
}

impl UnverifiedEnvelope {
    /// Reads an envelope, refusing every encoding but the one [`sign`] writes: unknown, repeated,
    /// reordered or default-valued protobuf fields would be content that is signed but not read.
    ///
    /// # Errors
    /// [`EnvelopeError`] naming the rule that does not hold.
    pub fn parse(signed: &v1::SignedEnvelope) -> Result<Self, EnvelopeError> {
        let size = signed.envelope.len().saturating_add(signed.signature.len());
        if size > MAX_BYTES {
            return Err(EnvelopeError::TooLarge(size));
        }
        if signed.signature.len() != 64 {
            return Err(EnvelopeError::Length("signature"));
        }
        let proto = v1::Envelope::decode(signed.envelope.as_slice())
            .map_err(|_| EnvelopeError::NotProtobuf)?;
        let claimed = Envelope::from_proto(proto)?;
        if claimed.encode() != signed.envelope {
            return Err(EnvelopeError::NotCanonical);
        }
        Ok(Self {
            claimed,
            digest: RequestDigest::of(&signed.envelope),
            signed: signed.clone(),
        })
    }

    /// What the envelope says, which may be anybody's invention.
    #[must_use]
    pub fn claimed(&self) -> &Envelope {
        &self.claimed
    }

    /// The digest by which nodes will know the request.
    #[must_use]
    pub fn digest(&self) -> RequestDigest {
        self.digest
    }

    /// Verifies that the roster's client of that name signed these bytes.
    ///
    /// # Errors
    /// [`EnvelopeError::UnknownClient`] or [`EnvelopeError::Signature`].
    pub fn authenticate(self, roster: &Roster) -> Result<AuthenticatedRequest, EnvelopeError> {
        let client = roster
            .client(&self.claimed.client)
            .ok_or_else(|| EnvelopeError::UnknownClient(self.claimed.client.clone()))?;
        client
            .envelope_key
            .verify(&[&self.signed.envelope], &self.signed.signature)?;
        Ok(AuthenticatedRequest {
            envelope: self.claimed,
            signed: self.signed,
            digest: self.digest,
        })
    }
}

/// An envelope that its client signed. Freshness, replay and policy are still open.
#[derive(Debug, Clone)]
pub struct AuthenticatedRequest {
    envelope: Envelope,
    signed: v1::SignedEnvelope,
    digest: RequestDigest,
}

impl AuthenticatedRequest {
    /// What the client asks.
    #[must_use]
    pub fn envelope(&self) -> &Envelope {
        &self.envelope
    }

    /// The bytes and signature as they came: evidence, and what is passed on.
    #[must_use]
    pub fn signed(&self) -> &v1::SignedEnvelope {
        &self.signed
    }

    /// The request's digest.
    #[must_use]
    pub fn digest(&self) -> RequestDigest {
        self.digest
    }
}

fn fixed<const N: usize>(bytes: &[u8], field: &'static str) -> Result<[u8; N], EnvelopeError> {
    bytes.try_into().map_err(|_| EnvelopeError::Length(field))
}

fn check_sizes(request: &v1::VenueRequest) -> Result<(), EnvelopeError> {
    let at_most = |length: usize, limit: usize, field: &'static str| {
        if length <= limit {
            Ok(())
        } else {
            Err(EnvelopeError::Length(field))
        }
    };
    at_most(request.venue.len(), MAX_SHORT_FIELD, "request.venue")?;
    at_most(request.method.len(), MAX_SHORT_FIELD, "request.method")?;
    at_most(request.host.len(), MAX_SHORT_FIELD, "request.host")?;
    at_most(request.path.len(), MAX_PATH, "request.path")?;
    at_most(request.headers.len(), MAX_HEADERS, "request.headers")?;
    for header in &request.headers {
        at_most(header.name.len(), MAX_SHORT_FIELD, "request.headers.name")?;
        at_most(
            header.value.len(),
            MAX_HEADER_VALUE,
            "request.headers.value",
        )?;
    }
    Ok(())
}

/// Why an envelope is refused. All are the client's to correct; none is worth a retry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// Larger than [`MAX_BYTES`].
    #[error("envelope and signature take {0} bytes, more than {MAX_BYTES}")]
    TooLarge(usize),
    /// Not a protobuf Envelope.
    #[error("not a protobuf Envelope")]
    NotProtobuf,
    /// A protobuf Envelope, but not as its fields are encoded canonically.
    #[error("the envelope holds unknown, repeated, reordered or redundant fields")]
    NotCanonical,
    /// A version this crate does not speak.
    #[error("envelope version {0} instead of {VERSION}")]
    Version(u32),
    /// A field that must be there is not.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A field has the wrong size.
    #[error("{0} has the wrong size")]
    Length(&'static str),
    /// A name breaks its alphabet.
    #[error(transparent)]
    Name(#[from] InvalidName),
    /// Nothing can be sealed to the reply key.
    #[error("reply_key: {0}")]
    ReplyKey(KeyError),
    /// The deadline is not after the creation.
    #[error("the deadline is not later than the creation")]
    DeadlineBeforeCreation,
    /// More than [`MAX_LIFETIME`] from creation to deadline.
    #[error("{0} ms from creation to deadline, more than 60 s")]
    Lifetime(u64),
    /// The roster does not know the client.
    #[error("client {0} is not in the roster")]
    UnknownClient(ClientName),
    /// The client's key did not make this signature.
    #[error("the envelope is not signed by its client's key")]
    Signature(#[from] BadSignature),
}

impl EnvelopeError {
    /// The reason a refusal gives for it.
    #[must_use]
    pub fn reason(&self) -> Reason {
        match self {
            Self::UnknownClient(_) | Self::Signature(_) => Reason::UnauthenticatedClient,
            Self::TooLarge(_)
            | Self::NotProtobuf
            | Self::NotCanonical
            | Self::Version(_)
            | Self::Missing(_)
            | Self::Length(_)
            | Self::Name(_)
            | Self::ReplyKey(_)
            | Self::DeadlineBeforeCreation
            | Self::Lifetime(_) => Reason::Malformed,
        }
    }
}

impl From<EnvelopeError> for v1::Refusal {
    fn from(error: EnvelopeError) -> Self {
        v1::Refusal::new(error.reason())
            .with_rule("envelope")
            .with_detail(error.to_string())
    }
}

#[cfg(test)]
mod tests;
