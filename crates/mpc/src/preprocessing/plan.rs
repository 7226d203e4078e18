//! Sizes of a batch: how many authenticated bits of which use, and where they are.

use core::ops::Range;

use super::auth_bits::AuthBits;
use super::bucketing;
use super::masks::InputMasks;
use super::silent;
use super::zero_test::CHECK_BITS;
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

    /// The batch that nodes make: of those within [`Self::USUAL_BITS`] and [`Self::USUAL_MACS`], the one
    /// that leaves the fewest of what the silent extension makes unused. Never smaller than
    /// [`BatchSize::least`].
    pub fn usual(hash: HashAlgorithm, parties: usize) -> Self {
        let gates = compression(hash).and_gates();
        let peers = parties.saturating_sub(1);
        let least = Self::least(hash, parties);
        let bits = |size: &usize| authenticated_bits(gates * size);
        let filling = |size: &usize| bits(size) as f64 / silent::capacity(bits(size), peers) as f64;
        let usual = (least.0..=Self::MAX)
            .filter(|size| bits(size) <= Self::USUAL_BITS)
            .filter(|size| bits(size) * peers <= Self::USUAL_MACS)
            .max_by(|one, other| filling(one).total_cmp(&filling(other)));
        Self(usual.unwrap_or(least.0))
    }

    /// Most authenticated bits in a usual batch.
    pub const USUAL_BITS: usize = 1_400_000;

    /// Most MACs in a usual batch: one for each bit and peer. A batch takes about 110 bytes of memory for
    /// each while it is made.
    pub const USUAL_MACS: usize = 3_600_000;

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

/// Authenticated bits a batch with `gates` AND gates uses of each party.
fn authenticated_bits(gates: usize) -> usize {
    gates * (2 + 2 * bucketing::BUCKET) + CHECK_BITS
}

/// Where in a party's vector of authenticated bits the bits of each use lie.
pub(super) struct Plan {
    pub(super) circuit: &'static Circuit,
    pub(super) presignatures: usize,
    /// AND gates of the whole batch.
    pub(super) gates: usize,
    /// Leaky ANDs of the whole batch.
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

    /// x of the leaky ANDs.
    pub(super) fn x(&self) -> Range<usize> {
        let start = self.gates;
        start..start + self.leaky
    }

    /// y of the leaky ANDs.
    pub(super) fn y(&self) -> Range<usize> {
        let start = self.x().end;
        start..start + self.leaky
    }

    /// The bits that become shares of the products.
    pub(super) fn product(&self) -> Range<usize> {
        let start = self.y().end;
        start..start + self.gates
    }

    /// The bits of the holder's part in the zero test.
    pub(super) fn check(&self) -> Range<usize> {
        let start = self.product().end;
        start..start + CHECK_BITS
    }

    /// The masks of each presignature's gates, but for their products.
    pub(super) fn input_masks(&self, share: &QuorumShare, bits: &AuthBits) -> Vec<InputMasks> {
        let count = self.circuit.and_gates();
        let first = self.output_masks().start;
        (0..self.presignatures)
            .map(|s| first + s * count)
            .map(|start| InputMasks::new(share, self.circuit, bits, start..start + count))
            .collect()
    }

    /// Length of the whole vector.
    pub(super) fn bits(&self) -> usize {
        authenticated_bits(self.gates)
    }

    /// Bits that the silent extension makes them from.
    pub(super) fn base_bits(&self) -> usize {
        silent::base_bits(self.peers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_batches_fill_the_silent_extension_and_are_secure() {
        for (hash, parties, expected) in [
            (HashAlgorithm::Sha256, 2, 8),
            (HashAlgorithm::Sha256, 3, 8),
            (HashAlgorithm::Sha256, 5, 5),
            (HashAlgorithm::Sha512, 2, 3),
            (HashAlgorithm::Sha512, 3, 3),
        ] {
            let usual = BatchSize::usual(hash, parties);
            assert_eq!(usual.presignatures(), expected, "{hash:?} {parties}");
            assert!(BatchSize::new(hash, parties, expected).is_ok());
        }
        // Beyond the limits, the least.
        let usual = BatchSize::usual(HashAlgorithm::Sha512, 16);
        assert_eq!(usual, BatchSize::least(HashAlgorithm::Sha512, 16));
    }
}
