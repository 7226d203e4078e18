//! The outer state in replicated form.

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::HASH;
use crate::block::BitBytes;

/// Three pieces, in the circuit's order of key wires, whose sum is the outer state. Each is named after the
/// one node that lacks it; a node's share is the other two. Here they are together, since all parties
/// are in one process.
pub struct ReplicatedState {
    pub without_releaser: BitBytes,
    pub without_absent: BitBytes,
    pub without_evaluator: BitBytes,
}

impl ReplicatedState {
    /// Splits the chaining state with these big-endian bytes.
    pub fn split(state: &[u8; 32], rng: &mut impl CryptoRng) -> Self {
        let parameters = HASH.parameters();
        let bits = |bytes: &[u8; 32]| -> BitBytes {
            let words = Zeroizing::new(parameters.state_from_bytes(bytes));
            let word_bits = |word: &u64| {
                let word = *word;
                (0..parameters.word_bits).map(move |bit| ((word >> bit) & 1) as u8)
            };
            Zeroizing::new(words.iter().flat_map(word_bits).collect())
        };
        let mut random = || {
            let mut bytes = Zeroizing::new([0; 32]);
            rng.fill_bytes(&mut *bytes);
            bits(&bytes)
        };
        let (without_releaser, without_absent) = (random(), random());
        let mut without_evaluator = bits(state);
        for piece in [&without_releaser, &without_absent] {
            for (bit, other) in without_evaluator.iter_mut().zip(piece.iter()) {
                *bit ^= other;
            }
        }
        Self {
            without_releaser,
            without_absent,
            without_evaluator,
        }
    }
}
