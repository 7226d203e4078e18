//! The symmetric primitives: derivation, expansion, and the two correlation-robust hashes.

use aes::Aes128Enc;
use aes::cipher::{Array, BlockCipherEncrypt, KeyInit};
use sha2::{Digest, Sha256};

use crate::block::{Block, Blocks};

type AesBlock = Array<u8, aes::cipher::consts::U16>;

/// SHA-256 over a domain and length-prefixed parts: commitments, digests and key derivation.
pub(crate) fn hash(domain: &str, parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in [domain.as_bytes()].iter().chain(parts) {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
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
pub(crate) fn expand_words(seed: Block, out: &mut [u64]) {
    let cipher = Aes128Enc::new(&seed.to_le_bytes().into());
    let mut buffer = [AesBlock::default(); 32];
    let mut counter = 0u128;
    for chunk in out.chunks_mut(64) {
        for block in &mut buffer {
            *block = counter.to_le_bytes().into();
            counter += 1;
        }
        cipher.encrypt_blocks(&mut buffer);
        for (pair, block) in chunk.chunks_mut(2).zip(&buffer) {
            let block = u128::from_le_bytes((*block).into());
            pair[0] = block as u64;
            if let Some(second) = pair.get_mut(1) {
                *second = (block >> 64) as u64;
            }
        }
    }
}

/// [`expand_words`], in blocks.
pub(crate) fn expand_blocks(seed: Block, count: usize) -> zeroize::Zeroizing<Vec<Block>> {
    let mut words = zeroize::Zeroizing::new(vec![0u64; count * 2]);
    expand_words(seed, &mut words);
    let blocks = words
        .as_chunks::<2>()
        .0
        .iter()
        .map(|[lo, hi]| Block::from(*lo) | (Block::from(*hi) << 64))
        .collect();
    zeroize::Zeroizing::new(blocks)
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
pub(crate) struct CorrelationHash {
    pi: Aes128Enc,
}

impl CorrelationHash {
    pub(crate) fn new(key: Block) -> Self {
        Self {
            pi: Aes128Enc::new(&key.to_le_bytes().into()),
        }
    }

    /// H(inputs[i] ⊕ offset, i) for all i.
    pub(crate) fn hash_all(&self, inputs: &[Block], offset: Block) -> Blocks {
        const LANES: usize = 16;
        let mut hashes = Blocks::new(Vec::with_capacity(inputs.len()));
        let (mut inner, mut outer) = ([AesBlock::default(); LANES], [AesBlock::default(); LANES]);
        for (chunk_at, chunk) in inputs.chunks(LANES).enumerate() {
            for (lane, x) in inner.iter_mut().zip(chunk) {
                *lane = (x ^ offset).to_le_bytes().into();
            }
            self.pi.encrypt_blocks(&mut inner);
            for (i, (lane, once)) in outer.iter_mut().zip(&inner).enumerate() {
                let tweak = (chunk_at * LANES + i) as u128;
                *lane = (u128::from_le_bytes((*once).into()) ^ tweak)
                    .to_le_bytes()
                    .into();
            }
            self.pi.encrypt_blocks(&mut outer);
            hashes.extend(
                chunk
                    .iter()
                    .zip(inner.iter().zip(&outer))
                    .map(|(_, (once, twice))| {
                        u128::from_le_bytes((*once).into()) ^ u128::from_le_bytes((*twice).into())
                    }),
            );
        }
        hashes
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
}

/// Most hashes one call of [`GateHash::hash`] makes: two halves, two labels each, label and MACs
/// towards the evaluator and up to 14 other garblers.
pub(crate) const MAX_GATE_HASHES: usize = 4 * 16;

/// Input of one gate hash.
#[derive(Clone, Copy)]
pub(crate) struct GateInput {
    pub(crate) label: Block,
    /// 0 for the gate's first input wire, 1 for its second.
    pub(crate) half: u8,
    pub(crate) purpose: Purpose,
}

impl GateHash {
    pub(crate) fn new(start: Block) -> Self {
        Self { start }
    }

    /// Hashes all `inputs` of gate number `gate`, in place of `out`'s first elements.
    #[inline]
    pub(crate) fn hash(
        &self,
        gate: usize,
        inputs: impl Iterator<Item = GateInput>,
        out: &mut [Block; MAX_GATE_HASHES],
    ) {
        let cipher = Aes128Enc::new(&(self.start ^ gate as u128).to_le_bytes().into());
        let mut blocks = [AesBlock::default(); MAX_GATE_HASHES];
        let mut count = 0;
        for ((input, block), whitened) in inputs.zip(&mut blocks).zip(out.iter_mut()) {
            let purpose = match input.purpose {
                Purpose::Label => 0,
                Purpose::EvaluatorMac => 1,
                Purpose::GarblerMac(n) => 2 + n as u128,
            };
            *whitened = sigma(input.label) ^ (u128::from(input.half) << 64) ^ purpose;
            *block = whitened.to_le_bytes().into();
            count += 1;
        }
        cipher.encrypt_blocks(&mut blocks[..count]);
        for (hash, block) in out.iter_mut().zip(&blocks[..count]) {
            *hash ^= u128::from_le_bytes((*block).into());
        }
    }
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
    fn expansion_is_aes_in_counter_mode() {
        // FIPS 197, appendix C.1 key; counter blocks 0 and 1 checked against a single encryption.
        let key = u128::from_le_bytes(core::array::from_fn(|i| i as u8));
        let blocks = expand_blocks(key, 70);
        let cipher = Aes128Enc::new(&key.to_le_bytes().into());
        for (counter, block) in blocks.iter().enumerate() {
            let mut expected: AesBlock = (counter as u128).to_le_bytes().into();
            cipher.encrypt_block(&mut expected);
            assert_eq!(*block, u128::from_le_bytes(expected.into()));
        }
    }

    #[test]
    fn gate_hashes_differ_by_half_and_purpose() {
        let hash = GateHash::new(7);
        let purposes = [
            Purpose::Label,
            Purpose::EvaluatorMac,
            Purpose::GarblerMac(0),
        ];
        let inputs = purposes.iter().flat_map(|&purpose| {
            [0, 1].map(|half| GateInput {
                label: 99,
                half,
                purpose,
            })
        });
        let mut out = [0; MAX_GATE_HASHES];
        hash.hash(3, inputs, &mut out);
        let distinct: std::collections::HashSet<_> = out[..6].iter().collect();
        assert_eq!(distinct.len(), 6);
    }
}
