//! Why a request was not signed.

use std::time::Duration;

use countersign_venues::ReadError;
use countersign_wire::Refusal;
use countersign_wire::ed25519::KeyError;
use countersign_wire::envelope::EnvelopeError;

use crate::answer::InvalidAnswer;

/// Why [`Client::sign`](crate::Client::sign) returned no signature.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SignError {
    /// The request is not one its venue's dialect understands; nothing was sent.
    #[error(transparent)]
    Request(#[from] ReadError),
    /// The envelope would break a rule; nothing was sent.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// The deadline is zero or longer than an envelope may live; nothing was sent.
    #[error("a deadline of {0:?} is not between 1 ms and 60 s")]
    Deadline(Duration),
    /// The system has no randomness or no clock to give; nothing was sent.
    #[error("the system has no {0} to give")]
    System(&'static str),
    /// The nodes, or the coordinator for want of nodes, refused. The refusal says why, what each
    /// node said, and what to do next.
    #[error("refused: {0}")]
    Refused(Box<Refusal>),
    /// No coordinator answered before the deadline. The request may still have been authorised
    /// and counted; its signature is lost.
    #[error("no coordinator answered in time; the last said: {0}")]
    Unreachable(String),
    /// Every coordinator that answered gave an answer that does not verify.
    #[error("the answer does not verify: {0}")]
    InvalidAnswer(#[from] InvalidAnswer),
}

impl SignError {
    /// The refusal, if there was one.
    #[must_use]
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }
}

impl From<KeyError> for SignError {
    fn from(_: KeyError) -> Self {
        Self::System("randomness")
    }
}
