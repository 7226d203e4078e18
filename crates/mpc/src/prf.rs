//! The symmetric primitives: derivation, expansion, and the two correlation-robust hashes.

use countersign_kernels::AesKey;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::block::Block;
use crate::buffers::Blocks;

/// SHA-256 over a domain and length-prefixed parts: commitments, digests and key derivation.
pub(crate) fn hash(domain: &str, parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in [domain.as_bytes()].iter().chain(parts) {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// [`hash`] with one part, the bytes of `blocks`.
pub(crate) fn hash_blocks(domain: &str, blocks: impl ExactSizeIterator<Item = Block>) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update((domain.len() as u64).to_le_bytes());
    hash.update(domain.as_bytes());
    hash.update((blocks.len() as u64 * 16).to_le_bytes());
    let mut bytes = Zeroizing::new([0; 1024]);
    let mut filled = 0;
    for block in blocks {
        bytes[filled..filled + 16].copy_from_slice(&block.to_le_bytes());
        filled += 16;
        if filled == bytes.len() {
            hash.update(&bytes[..]);
            filled = 0;
        }
    }
    hash.update(&bytes[..filled]);
    hash.finalize().into()
}

/// The first half of a 32-byte hash as a block.
pub(crate) fn half(hash: [u8; 32]) -> Block {
    let (head, _) = hash.split_at(16);
    head.iter()
        .rev()
        .fold(0, |block, &byte| (block << 8) | Block::from(byte))
}

/// Expands a seed by AES-128 in counter mode, from counter 0. A seed is expanded once: callers
/// derive a fresh one for every use.
pub(crate) fn expand_blocks(seed: Block, count: usize) -> Blocks {
    let mut blocks = Blocks::zeroed(count);
    AesKey::new(seed).stream(0, &mut blocks);
    blocks
}

/// σ(l ‖ r) = (l ⊕ r) ‖ l, a linear orthomorphism (Guo, Katz, Wang, Yu, S&P 2020): it keeps the
/// gate hash robust when Δ appears both in the hashed label and in what the hash masks.
#[inline(always)]
fn sigma(x: Block) -> Block {
    let left = x >> 64;
    ((left ^ x) << 64) | left
}

/// Hash for correlated OT outputs, tweakable and circular correlation robust:
/// H(x, i) = π(π(x) ⊕ i) ⊕ π(x) (TMMO, Guo, Katz, Wang, Yu, S&P 2020). π is AES under a key of its
/// own per batch and ordered pair of parties.
pub(crate) struct CorrelationHash(AesKey);

impl CorrelationHash {
    pub(crate) fn new(key: Block) -> Self {
        Self(AesKey::new(key))
    }

    /// out\[i\] = H(inputs\[i\] ⊕ offset, first + i).
    pub(crate) fn hash(&self, inputs: &[Block], offset: Block, first: usize, out: &mut [Block]) {
        self.0.tweaked_hashes(inputs, offset, first as u64, out);
    }
}

/// What a gate hash is for (P14). Each purpose, and each half of a gate, hashes apart.
#[derive(Clone, Copy)]
pub(crate) enum Purpose {
    /// The two half-gate ciphertexts.
    Label,
    /// The garbler's MAC towards the evaluator.
    EvaluatorMac,
    /// The garbler's MAC towards the n-th other garbler.
    GarblerMac(usize),
}

/// Hash for garbling: AES re-keyed for each gate from a random start per presignature and garbler
/// (multi-instance secure, Guo, Katz, Wang, Weng, Yu, CRYPTO 2020), with half and purpose added to
/// the plaintext: H(x; gate, half, purpose) = E(start ⊕ gate, σ(x) ⊕ c) ⊕ σ(x) ⊕ c where
/// c = (half, purpose). Two plaintexts under one key collide only if a difference of labels equals
/// one of a few constants, and labels are pseudorandom: see docs/protocol.md.
pub(crate) struct GateHash {
    start: Block,
    /// Keys of gates from `first` on.
    keys: Vec<AesKey>,
    first: usize,
}

impl GateHash {
    /// Keys expanded at a time: they depend on nothing but the gate's number, so they are made ahead of
    /// the labels.
    const AHEAD: usize = 16;

    pub(crate) fn new(start: Block) -> Self {
        Self {
            start,
            keys: Vec::with_capacity(Self::AHEAD),
            first: 0,
        }
    }

    /// The hash's key for gate number `gate`. Gates come in order.
    #[inline(always)]
    pub(crate) fn gate(&mut self, gate: usize) -> GateKey<'_> {
        let at = gate.wrapping_sub(self.first);
        if at >= self.keys.len() {
            self.expand_from(gate);
        }
        GateKey(&self.keys[gate - self.first])
    }

    #[cold]
    #[inline(never)]
    fn expand_from(&mut self, gate: usize) {
        let keys: [Block; Self::AHEAD] =
            core::array::from_fn(|ahead| self.start ^ (gate + ahead) as u128);
        if self.keys.is_empty() {
            AesKey::expand_many(&keys, &mut self.keys);
        } else {
            AesKey::rekey_many(&keys, &mut self.keys);
        }
        self.first = gate;
    }
}

/// [`GateHash`] for one gate.
pub(crate) struct GateKey<'a>(&'a AesKey);

impl GateKey<'_> {
    /// Hashes several inputs, each made by [`gate_input`].
    #[inline(always)]
    pub(crate) fn hash<const N: usize>(&self, mut inputs: [Block; N]) -> [Block; N] {
        self.0.hash_in_place(&mut inputs);
        inputs
    }
}

/// What is hashed for a label: σ(label) ⊕ c, c telling purposes and halves (0 for the gate's first input
/// wire, 1 for its second) apart.
#[inline(always)]
pub(crate) fn gate_input(label: Block, half: u8, purpose: Purpose) -> Block {
    let purpose = match purpose {
        Purpose::Label => 0,
        Purpose::EvaluatorMac => 1,
        Purpose::GarblerMac(n) => 2 + n as u128,
    };
    sigma(label) ^ (u128::from(half) << 64) ^ purpose
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sigma_is_an_orthomorphism() {
        // Both σ and x ↦ σ(x) ⊕ x must be bijective; both are linear, so it is enough that the
        // images of the unit vectors are independent.
        for map in [sigma as fn(Block) -> Block, |x| sigma(x) ^ x] {
            let mut basis = Vec::<Block>::new();
            for bit in 0..128 {
                let mut image = map(1 << bit);
                for b in &basis {
                    image = image.min(image ^ b);
                }
                assert_ne!(image, 0, "unit vector {bit} is dependent");
                basis.push(image);
                basis.sort_unstable_by(|a, b| b.cmp(a));
            }
        }
    }

    #[test]
    fn blocks_hash_as_their_bytes() {
        for count in [0, 1, 63, 64, 65, 200] {
            let blocks: Vec<Block> = (0..count).map(|i| i << 100 | i).collect();
            let bytes: Vec<u8> = blocks.iter().flat_map(|b| b.to_le_bytes()).collect();
            let hashed = hash_blocks("a domain", blocks.iter().copied());
            assert_eq!(hashed, hash("a domain", &[&bytes]));
        }
    }

    #[test]
    fn expansion_is_aes_in_counter_mode() {
        // FIPS 197, appendix C.1 key; counter blocks 0 and 1 checked against a single encryption.
        let key = u128::from_le_bytes(core::array::from_fn(|i| i as u8));
        let blocks = expand_blocks(key, 70);
        let cipher = AesKey::new(key);
        for (counter, block) in blocks.iter().enumerate() {
            let mut expected = [counter as u128];
            cipher.encrypt(&mut expected);
            assert_eq!(*block, expected[0]);
        }
    }

    #[test]
    fn gate_hashes_differ_by_gate_half_and_purpose() {
        let purposes = [
            Purpose::Label,
            Purpose::EvaluatorMac,
            Purpose::GarblerMac(0),
        ];
        let mut distinct = std::collections::HashSet::new();
        let mut hash = GateHash::new(7);
        for gate in [3, 4, 18, 19, 40] {
            for purpose in purposes {
                let inputs = [0, 1].map(|half| gate_input(99, half, purpose));
                distinct.extend(hash.gate(gate).hash(inputs));
            }
        }
        assert_eq!(distinct.len(), 30);
    }

    #[test]
    fn a_gate_hashes_alike_wherever_one_starts() {
        let inputs = [gate_input(5, 0, Purpose::Label)];
        let (mut one, mut other) = (GateHash::new(9), GateHash::new(9));
        one.gate(0);
        assert_eq!(one.gate(15).hash(inputs), other.gate(15).hash(inputs));
    }
}
