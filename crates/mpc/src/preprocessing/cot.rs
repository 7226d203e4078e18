//! Correlated OT extension: SoftSpokenOT (Roy, CRYPTO 2022) with subfields of 2^k elements.
//!
//! For each k-bit part Δ_b of the sender's Δ the receiver holds 2^k seeds and the sender all but the
//! one at Δ_b. With r_x the expansion of seed x, the receiver has u_b = ⊕ r_x and w_b = ⊕ x·r_x, the
//! sender v_b = ⊕ (x ⊕ Δ_b)·r_x, so that w_b = v_b ⊕ Δ_b·u_b. Corrections u ⊕ u_b bring all subfields
//! to the same chosen u; column by column this is M = K ⊕ uΔ.

use countersign_kernels::Polyval;

use super::session::SessionId;
use crate::block::{Block, mask64};
use crate::dealing::{LEAVES, SUBFIELD_BITS, SUBFIELDS};
use crate::party::Party;
use crate::prf::{expand_words, half, hash};

/// 128 columns of bits, 64 to a word.
pub(super) type Columns = zeroize::Zeroizing<Vec<Vec<u64>>>;

/// The seed for this session: base seeds never expand twice (P5).
fn session_seed(seed: Block, session: &SessionId, receiver: Party, sender: Party) -> Block {
    let ends = [receiver.index(), sender.index()];
    half(hash(
        "countersign COT seed",
        &[&seed.to_le_bytes(), &session.0, &ends],
    ))
}

/// The receiver's side for the chosen bits `u`: columns of M, and the corrections to send, one
/// column of `u.len()` words for each subfield.
pub(super) fn receive(
    seeds: &[Block],
    session: &SessionId,
    receiver: Party,
    sender: Party,
    u: &[u64],
) -> (Columns, Vec<u64>) {
    let words = u.len();
    let mut columns = Columns::new(Vec::with_capacity(128));
    let mut corrections = Vec::with_capacity(SUBFIELDS * words);
    for leaves in seeds.chunks(LEAVES) {
        let mut subfield = Subfield::new(words);
        for (x, &seed) in leaves.iter().enumerate() {
            subfield.absorb(x, session_seed(seed, session, receiver, sender));
        }
        corrections.extend(u.iter().zip(&subfield.sum).map(|(u, sum)| u ^ sum));
        columns.extend(subfield.weighted);
    }
    (columns, corrections)
}

/// The sender's side: columns of K, given the receiver's corrections.
pub(super) fn send(
    punctured: &[Block],
    delta: Block,
    session: &SessionId,
    receiver: Party,
    sender: Party,
    corrections: &[u64],
) -> Columns {
    let words = corrections.len() / SUBFIELDS;
    let mut columns = Columns::new(Vec::with_capacity(128));
    for (b, leaves) in punctured.chunks(LEAVES - 1).enumerate() {
        let mut subfield = Subfield::new(words);
        for (offset, &seed) in leaves.iter().enumerate() {
            subfield.absorb(offset + 1, session_seed(seed, session, receiver, sender));
        }
        let correction = &corrections[b * words..(b + 1) * words];
        for (m, mut column) in subfield.weighted.into_iter().enumerate() {
            let selected = mask64((delta >> (b * SUBFIELD_BITS + m)) as u8);
            for (word, correction) in column.iter_mut().zip(correction) {
                *word ^= correction & selected;
            }
            columns.push(column);
        }
    }
    columns
}

/// Sums over the seeds of one subfield: ⊕ r_x, and for each bit m of x the sum over x with that bit.
struct Subfield {
    sum: Vec<u64>,
    weighted: Vec<Vec<u64>>,
    scratch: Vec<u64>,
}

impl Subfield {
    fn new(words: usize) -> Self {
        Self {
            sum: vec![0; words],
            weighted: vec![vec![0; words]; SUBFIELD_BITS],
            scratch: vec![0; words],
        }
    }

    /// Adds the expansion of one seed with weight `x`, which is public.
    fn absorb(&mut self, x: usize, seed: Block) {
        expand_words(seed, &mut self.scratch);
        add(&mut self.sum, &self.scratch);
        for (m, weighted) in self.weighted.iter_mut().enumerate() {
            if (x >> m) & 1 == 1 {
                add(weighted, &self.scratch);
            }
        }
    }
}

fn add(sum: &mut [u64], term: &[u64]) {
    for (sum, term) in sum.iter_mut().zip(term) {
        *sum ^= term;
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

    pub(super) fn hash(&self, column: &[u64]) -> Block {
        let blocks: zeroize::Zeroizing<Vec<Block>> = zeroize::Zeroizing::new(
            column
                .as_chunks::<2>()
                .0
                .iter()
                .map(|[low, high]| Block::from(*low) | (Block::from(*high) << 64))
                .collect(),
        );
        self.0.hash(&blocks)
    }

    /// The receiver's answer to the challenge: hash of its bits, and digest of the hashes of its 128
    /// columns.
    pub(super) fn answer(&self, columns: &[Vec<u64>]) -> Vec<u8> {
        columns
            .iter()
            .flat_map(|column| self.hash(column).to_le_bytes())
            .collect()
    }

    /// What the sender must see if its columns and the receiver's bits belong together.
    pub(super) fn expected(&self, columns: &[Vec<u64>], delta: Block, bits_hash: Block) -> Vec<u8> {
        columns
            .iter()
            .enumerate()
            .flat_map(|(c, column)| {
                let selected = crate::block::mask((delta >> c) as u8);
                (self.hash(column) ^ (bits_hash & selected)).to_le_bytes()
            })
            .collect()
    }
}
