//! The online phase: one message from each garbler to the evaluator (P15 to P20).

mod evaluator;
mod garbler;
mod message;
mod pads;
mod tables;
mod tau;

pub use evaluator::EvaluatorPresignature;
pub use garbler::GarblerPresignature;
pub use message::OnlineMessage;
pub use tau::{InnerDigest, Statement, Tau};

pub(crate) use pads::Pads;
pub(crate) use tables::{GarblerTables, TableSet};

use core::fmt;

use zeroize::Zeroizing;

use crate::preprocessing::SessionId;
use crate::prf::hash;

/// What preprocessing leaves at a party: enough for one signature, of any message. It can be neither
/// copied nor stored, and is used up by value (P19).
pub enum Presignature {
    /// At the quorum's evaluator.
    Evaluator(EvaluatorPresignature),
    /// At a garbler.
    Garbler(GarblerPresignature),
}

impl Presignature {
    /// Its name, the same at all members.
    pub fn id(&self) -> PresignatureId {
        match self {
            Self::Evaluator(half) => half.id(),
            Self::Garbler(half) => half.id(),
        }
    }
}

/// Names a presignature at all members of its quorum; unique by the session's boot nonces.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PresignatureId([u8; 16]);

impl PresignatureId {
    pub(crate) fn new(session: &SessionId, number: usize) -> Self {
        let digest = hash(
            "countersign presignature",
            &[&session.0, &(number as u64).to_le_bytes()],
        );
        let mut id = [0; 16];
        id.copy_from_slice(&digest[..16]);
        Self(id)
    }

    /// The identifier with these bytes.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Debug for PresignatureId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in &self.0 {
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

/// A signature: the HMAC tag. Wiped when dropped; sealed to the client before it leaves (P20).
pub struct Tag(Zeroizing<Vec<u8>>);

impl Tag {
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The tag's bytes.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tag(<redacted>)")
    }
}
