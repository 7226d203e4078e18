//! Correlated OT extension: SoftSpokenOT (Roy, CRYPTO 2022) with subfields of 2^k elements.
//!
//! For each k-bit part Δ_b of the sender's Δ the receiver holds 2^k seeds and the sender all but the
//! one at Δ_b. With r_x the expansion of seed x, the receiver has u_b = ⊕ r_x and w_b = ⊕ x·r_x, the
//! sender v_b = ⊕ (x ⊕ Δ_b)·r_x, so that w_b = v_b ⊕ Δ_b·u_b. Corrections u ⊕ u_b bring all subfields
//! to the same chosen u; column by column this is M = K ⊕ uΔ.

use countersign_kernels::{AesKey, Polyval, WEIGHTS, small_field_vole, transpose_128};

use super::session::SessionId;
use crate::block::{Block, mask};
use crate::buffers::Blocks;
use crate::dealing::{LEAVES, SUBFIELD_BITS, SUBFIELDS};
use crate::party::Party;
use crate::prf::{half, hash};

/// 128 columns of bits, 128 to a block.
pub(super) struct Columns {
    blocks: Blocks,
    /// Blocks in a column.
    len: usize,
}

impl Columns {
    fn zeroed(len: usize) -> Self {
        Self {
            blocks: Blocks::zeroed(128 * len),
            len,
        }
    }

    fn iter(&self) -> impl Iterator<Item = &[Block]> {
        self.blocks.chunks(self.len)
    }

    /// The columns of each subfield, one after the other.
    fn subfields_mut(&mut self) -> impl Iterator<Item = &mut [Block]> {
        self.blocks.chunks_mut(SUBFIELD_BITS * self.len)
    }
}

/// Seeds for one use in this session, from the base seeds of one direction: those never expand
/// themselves, and no use has the same `domain` (P5).
pub(super) fn session_seeds(
    domain: &str,
    base: &[Block],
    session: &SessionId,
    receiver: Party,
    sender: Party,
) -> Blocks {
    let ends = [receiver.index(), sender.index()];
    base.iter()
        .map(|seed| half(hash(domain, &[&seed.to_le_bytes(), &session.0, &ends])))
        .collect()
}

/// The receiver's side for the chosen bits `u`: columns of M, and the corrections to send, one
/// column of `u.len()` blocks for each subfield.
pub(super) fn receive(seeds: &[Block], u: &[Block]) -> (Columns, Vec<Block>) {
    let mut columns = Columns::zeroed(u.len());
    let mut corrections = Vec::with_capacity(SUBFIELDS * u.len());
    let mut expansion = Expansion::new(u.len());
    for (seeds, columns) in seeds.chunks(LEAVES).zip(columns.subfields_mut()) {
        let (first, weighted) = seeds.split_at(1);
        expansion.weigh(weighted, columns);
        let sum = expansion.sum_with(first[0]);
        corrections.extend(u.iter().zip(sum).map(|(u, sum)| u ^ sum));
    }
    (columns, corrections)
}

/// The receiver's columns of M alone, of `len` blocks: they depend on no choice, and not on the seed of
/// weight 0 of a subfield, which is left out of `seeds`.
pub(super) fn receiver_columns(seeds: &[Block], len: usize) -> Columns {
    let mut columns = Columns::zeroed(len);
    let mut expansion = Expansion::new(len);
    for (seeds, columns) in seeds.chunks(WEIGHTS).zip(columns.subfields_mut()) {
        expansion.weigh(seeds, columns);
    }
    columns
}

/// The sender's side: columns of K, given the receiver's corrections.
pub(super) fn send(punctured: &[Block], delta: Block, corrections: &[Block]) -> Columns {
    let len = corrections.len() / SUBFIELDS;
    let mut columns = receiver_columns(punctured, len);
    let corrections = corrections.chunks(len);
    for (b, (columns, correction)) in columns.subfields_mut().zip(corrections).enumerate() {
        for (m, column) in columns.chunks_mut(len).enumerate() {
            let selected = mask((delta >> (b * SUBFIELD_BITS + m)) as u8);
            for (block, correction) in column.iter_mut().zip(correction) {
                *block ^= correction & selected;
            }
        }
    }
    columns
}

/// Row by row: one block for each bit.
pub(super) fn transposed(columns: &Columns) -> Blocks {
    let mut rows = Blocks::zeroed(128 * columns.len);
    let columns: Vec<&[Block]> = columns.iter().collect();
    transpose_128(&columns, &mut rows);
    rows
}

/// Expands the seeds of one subfield after another.
struct Expansion {
    keys: Vec<AesKey>,
    /// Of all streams of the subfield but that of weight 0.
    sum: Blocks,
    stream: Blocks,
}

impl Expansion {
    fn new(len: usize) -> Self {
        let mut keys = Vec::with_capacity(WEIGHTS);
        AesKey::expand_many(&[0; WEIGHTS], &mut keys);
        Self {
            keys,
            sum: Blocks::zeroed(len),
            stream: Blocks::zeroed(len),
        }
    }

    /// The streams of the seeds with weights 1 to 15, weighted: four columns.
    fn weigh(&mut self, seeds: &[Block], columns: &mut [Block]) {
        AesKey::rekey_many(seeds, &mut self.keys);
        let (low, high) = columns.split_at_mut(columns.len() / 2);
        let (zeroth, first) = low.split_at_mut(low.len() / 2);
        let (second, third) = high.split_at_mut(high.len() / 2);
        let sums = [zeroth, first, second, third, &mut self.sum];
        small_field_vole(&self.keys, sums);
    }

    /// The streams last weighed and that of the seed with weight 0, summed.
    fn sum_with(&mut self, seed: Block) -> &[Block] {
        AesKey::new(seed).stream(0, &mut self.stream);
        for (sum, block) in self.sum.iter_mut().zip(self.stream.iter()) {
            *sum ^= block;
        }
        &self.sum
    }
}

/// The consistency check's universal hash: POLYVAL of a column under the challenge. It is linear
/// over GF(2), and a column's last block, which is random, masks the result.
pub(super) struct ColumnHash(Polyval);

impl ColumnHash {
    /// From the coin tossed after all corrections arrived (P9).
    pub(super) fn new(coin: &[u8; 32]) -> Self {
        Self(Polyval::new(half(*coin)))
    }

    pub(super) fn hash(&self, column: &[Block]) -> Block {
        self.0.hash(column)
    }

    /// The receiver's answer to the challenge: hash of its bits, and digest of the hashes of its 128
    /// columns.
    pub(super) fn answer(&self, columns: &Columns) -> Vec<u8> {
        columns
            .iter()
            .flat_map(|column| self.hash(column).to_le_bytes())
            .collect()
    }

    /// What the sender must see if its columns and the receiver's bits belong together.
    pub(super) fn expected(&self, columns: &Columns, delta: Block, bits_hash: Block) -> Vec<u8> {
        columns
            .iter()
            .enumerate()
            .flat_map(|(c, column)| {
                let selected = mask((delta >> c) as u8);
                (self.hash(column) ^ (bits_hash & selected)).to_le_bytes()
            })
            .collect()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_core::{Rng, SeedableRng};

    use super::*;

    fn block(rng: &mut ChaCha20Rng) -> Block {
        Block::from(rng.next_u64()) << 64 | Block::from(rng.next_u64())
    }

    /// Seeds of both ends of a direction, from a trusted dealer.
    pub(in super::super) struct Dealt {
        pub(in super::super) delta: Block,
        pub(in super::super) receiver: Vec<Block>,
        pub(in super::super) sender: Vec<Block>,
        pub(in super::super) rng: ChaCha20Rng,
    }

    impl Dealt {
        pub(in super::super) fn new(seed: u8) -> Self {
            let mut rng = ChaCha20Rng::from_seed([seed; 32]);
            let delta = block(&mut rng);
            let receiver: Vec<Block> = (0..SUBFIELDS * LEAVES).map(|_| block(&mut rng)).collect();
            let sender = receiver.chunks(LEAVES).enumerate().flat_map(|(b, seeds)| {
                let missing = (delta >> (b * SUBFIELD_BITS)) as usize % LEAVES;
                (1..LEAVES).map(move |offset| seeds[offset ^ missing])
            });
            Self {
                delta,
                sender: sender.collect(),
                receiver,
                rng,
            }
        }

        pub(in super::super) fn bits(&mut self, blocks: usize) -> Vec<Block> {
            (0..blocks).map(|_| block(&mut self.rng)).collect()
        }
    }

    #[test]
    fn macs_and_keys_differ_by_delta_where_the_bit_is_one() {
        for len in [1, 4, 5, 127] {
            let mut dealt = Dealt::new(len as u8);
            let u = dealt.bits(len);
            let (columns, corrections) = receive(&dealt.receiver, &u);
            let macs = transposed(&columns);
            let keys = transposed(&send(&dealt.sender, dealt.delta, &corrections));
            for (i, (mac, key)) in macs.iter().zip(keys.iter()).enumerate() {
                let bit = (u[i / 128] >> (i % 128)) as u8;
                assert_eq!(mac ^ key, dealt.delta & mask(bit), "{len} blocks, row {i}");
            }
        }
    }

    /// An error in one subfield's correction shows in the four bits there, where Δ has a 1.
    #[test]
    fn a_wrong_correction_changes_keys_by_its_part_of_delta() {
        let mut dealt = Dealt::new(200);
        let u = dealt.bits(2);
        let (_, mut corrections) = receive(&dealt.receiver, &u);
        let right = transposed(&send(&dealt.sender, dealt.delta, &corrections));
        let b = 9;
        corrections[b * 2 + 1] ^= 1 << 5;
        let wrong = transposed(&send(&dealt.sender, dealt.delta, &corrections));
        let part = dealt.delta & (0xf << (b * SUBFIELD_BITS));
        for (i, (right, wrong)) in right.iter().zip(wrong.iter()).enumerate() {
            assert_eq!(right ^ wrong, if i == 133 { part } else { 0 });
        }
    }
}
