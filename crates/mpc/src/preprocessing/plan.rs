//! Sizes of a batch: how many authenticated bits of which use, and where they are.

use core::ops::Range;

use super::bucketing;
use crate::circuit::{Circuit, compression};
use crate::dealing::QuorumShare;
use crate::sha2_family::HashAlgorithm;

/// Number of presignatures in a batch, checked against the bound of P10.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BatchSize(usize);

/// The batch would be insecure or too large.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BatchError {
    /// Too few AND gates for the statistical security required.
    #[error(
        "a batch of {asked} for {parties} parties gives less than {bits} bits; it takes {least}"
    )]
    TooSmall {
        /// Presignatures asked for.
        asked: usize,
        /// t.
        parties: usize,
        /// Bits required.
        bits: u32,
        /// The smallest batch that reaches them.
        least: usize,
    },
    /// More than [`BatchSize::MAX`].
    #[error("a batch of {asked} is too large; the most is {most}", most = BatchSize::MAX)]
    TooLarge {
        /// Presignatures asked for.
        asked: usize,
    },
}

impl BatchSize {
    /// Most presignatures in one batch; it bounds memory.
    pub const MAX: usize = 16;

    /// The smallest batch that is secure for `parties` parties.
    pub fn least(hash: HashAlgorithm, parties: usize) -> Self {
        let gates = compression(hash).and_gates();
        let least = (1..Self::MAX).find(|&size| {
            bucketing::security_bits(gates * size, parties) >= bucketing::REQUIRED_BITS
        });
        Self(least.unwrap_or(Self::MAX))
    }

    /// A batch of `presignatures`.
    ///
    /// # Errors
    /// [`BatchError`] when it would be too small to be secure or too large to hold.
    pub fn new(
        hash: HashAlgorithm,
        parties: usize,
        presignatures: usize,
    ) -> Result<Self, BatchError> {
        let least = Self::least(hash, parties);
        if presignatures > Self::MAX {
            return Err(BatchError::TooLarge {
                asked: presignatures,
            });
        }
        if presignatures < least.0 {
            return Err(BatchError::TooSmall {
                asked: presignatures,
                parties,
                bits: bucketing::REQUIRED_BITS as u32,
                least: least.0,
            });
        }
        Ok(Self(presignatures))
    }

    /// Number of presignatures.
    pub fn presignatures(self) -> usize {
        self.0
    }
}

/// Where in a party's vector of authenticated bits the bits of each use lie.
pub(super) struct Plan {
    pub(super) circuit: &'static Circuit,
    pub(super) presignatures: usize,
    /// AND gates of the whole batch.
    pub(super) gates: usize,
    /// Leaky triples of the whole batch.
    pub(super) leaky: usize,
    /// Peers of each party: t − 1.
    pub(super) peers: usize,
}

impl Plan {
    pub(super) fn new(share: &QuorumShare, size: BatchSize) -> Self {
        let circuit = compression(share.hash);
        let least = BatchSize::least(share.hash, share.quorum.size());
        let presignatures = size.0.max(least.0);
        let gates = circuit.and_gates() * presignatures;
        Self {
            circuit,
            presignatures,
            gates,
            leaky: gates * bucketing::BUCKET,
            peers: share.peers.len(),
        }
    }

    /// Masks of AND outputs, presignature after presignature.
    pub(super) fn output_masks(&self) -> Range<usize> {
        0..self.gates
    }

    /// x of the leaky triples.
    pub(super) fn x(&self) -> Range<usize> {
        let start = self.gates;
        start..start + self.leaky
    }

    /// y of the leaky triples.
    pub(super) fn y(&self) -> Range<usize> {
        let start = self.x().end;
        start..start + self.leaky
    }

    /// The bits that become shares of products with the p-th of the holder's peers.
    pub(super) fn product(&self, p: usize) -> Range<usize> {
        let start = self.y().end + p * self.leaky;
        start..start + self.leaky
    }

    /// Length of the whole vector: whole 128-bit blocks, and one more that masks the OT check.
    pub(super) fn bits(&self) -> usize {
        self.product(self.peers).start.next_multiple_of(128) + 128
    }
}
