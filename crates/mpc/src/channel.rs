//! The protocol's view of the network.

use crate::party::Party;

/// Authenticated, ordered, private channels to the other members of a quorum, for one run of the
/// protocol. The protocol is computation-bound and in lockstep, so it blocks: give it a thread.
pub trait Channel {
    /// Queues a message; does not wait for its arrival.
    ///
    /// # Errors
    /// When the peer is gone or the run was cancelled.
    fn send(&mut self, to: Party, kind: Kind, body: Vec<u8>) -> Result<(), ChannelError>;

    /// The next message from a peer, with the kind it was sent as.
    ///
    /// # Errors
    /// When the peer is gone, took too long, or the run was cancelled.
    fn receive(&mut self, from: Party) -> Result<(Kind, Vec<u8>), ChannelError>;
}

/// Why a channel carries nothing more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChannelError {
    /// The peer's process ended, or it gave up this run.
    #[error("the peer is gone")]
    Lost,
    /// The peer is connected and silent for too long.
    #[error("the peer is silent")]
    Silent,
    /// This side stopped the run.
    #[error("cancelled")]
    Cancelled,
}

/// The kinds of messages, in the order in which they are sent. Numbers are on the wire.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum Kind {
    /// The session as the sender knows it, and the sender's nonce for this run.
    SessionNonce = 1,
    /// Echo: hash of all nonces.
    SessionEcho = 2,
    /// OT extension: columns that bend the seeds' output to the chosen bits; a coin commitment.
    Corrections = 3,
    /// Opens the coin of the OT challenge.
    ChallengeOpening = 4,
    /// OT extension: the challenge, and the answer to it.
    CotCheck = 5,
    /// Echo: hash of the challenge and all answers.
    ChallengeEcho = 6,
    /// Silent extension: masked sums of the levels of the sender's trees.
    PuncturedSums = 7,
    /// Silent extension: the receiver's challenge, and the hash of its noise under it, masked.
    NoiseChallenge = 8,
    /// Silent extension: the sender's answer to the challenge.
    NoiseCheck = 9,
    /// Leaky ANDs: masked cross terms; commitments to two coins.
    CrossTerms = 10,
    /// Opens the coin of the bucket permutation.
    PermutationOpening = 11,
    /// Echo: hash of the permutation coin.
    PermutationEcho = 12,
    /// Opened differences of masks and buckets; bits that turn random authenticated bits into products.
    MaskOpening = 13,
    /// Opens the coin of the challenge to the openings' MACs; echo: hash of all openings.
    OpeningChallenge = 14,
    /// The challenge, and the hash of the openings' MACs under it; terms of the zero test.
    CheckTerms = 15,
    /// Zero test: commitment to the sender's share of the product.
    CheckCommitment = 16,
    /// Zero test: opens it.
    CheckOpening = 17,
    /// Columns that bend the seeds' output to the evaluator's shares of σ; hash of what they differ by
    /// from those it had.
    SigmaCorrections = 18,
    /// A garbler's tables and key-input labels for one presignature.
    Tables = 19,
    /// Online: a garbler's one message.
    Online = 20,
}

impl Kind {
    /// All kinds, in order.
    pub const ALL: [Self; 20] = [
        Self::SessionNonce,
        Self::SessionEcho,
        Self::Corrections,
        Self::ChallengeOpening,
        Self::CotCheck,
        Self::ChallengeEcho,
        Self::PuncturedSums,
        Self::NoiseChallenge,
        Self::NoiseCheck,
        Self::CrossTerms,
        Self::PermutationOpening,
        Self::PermutationEcho,
        Self::MaskOpening,
        Self::OpeningChallenge,
        Self::CheckTerms,
        Self::CheckCommitment,
        Self::CheckOpening,
        Self::SigmaCorrections,
        Self::Tables,
        Self::Online,
    ];

    /// The number on the wire.
    pub fn number(self) -> u8 {
        self as u8
    }

    /// The kind with this number.
    pub fn from_number(number: u32) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|kind| u32::from(kind.number()) == number)
    }
}
