//! τ: what a signature is about, hashed (P16).

use core::fmt;

use subtle::ConstantTimeEq;

use super::PresignatureId;
use crate::dealing::{DealId, QuorumShare};
use crate::party::Quorum;
use crate::prf::hash;

/// Everything the members of a quorum must agree on before labels mean anything.
#[derive(Clone, Debug)]
pub struct Statement {
    /// Digest of the client's signed request.
    pub request_digest: [u8; 32],
    /// Hash of the governance state under which it was approved.
    pub governance_state: [u8; 32],
    /// D = H(K^ipad ‖ message): what the last compression runs over.
    pub inner_digest: InnerDigest,
}

/// D = H(K^ipad ‖ message), as a node's own package computed it
/// ([`SharePackage::inner_digest`](crate::dealing::SharePackage::inner_digest)).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InnerDigest(Vec<u8>);

impl InnerDigest {
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The digest's bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// The binding of one presignature to one [`Statement`].
#[derive(Clone, Copy)]
pub struct Tau(pub(crate) [u8; 32]);

impl Tau {
    pub(crate) fn new(context: &TauContext, id: PresignatureId, statement: &Statement) -> Self {
        let members = context.quorum.indices();
        Self(hash(
            "countersign tau",
            &[
                &crate::PROTOCOL_VERSION.to_le_bytes(),
                context.deal_id.as_bytes(),
                &members,
                &context.epoch.to_le_bytes(),
                id.as_bytes(),
                &statement.request_digest,
                &statement.governance_state,
                statement.inner_digest.as_bytes(),
            ],
        ))
    }

    pub(crate) fn agrees_with(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl fmt::Debug for Tau {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in &self.0[..8] {
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

/// The parts of τ that a presignature is born with.
#[derive(Clone)]
pub(crate) struct TauContext {
    pub(crate) deal_id: DealId,
    pub(crate) quorum: Quorum,
    pub(crate) epoch: u64,
}

impl TauContext {
    pub(crate) fn new(share: &QuorumShare) -> Self {
        Self {
            deal_id: share.deal_id,
            quorum: share.quorum.clone(),
            epoch: share.epoch,
        }
    }
}
