//! Correlated OT extension: SoftSpokenOT (Roy, CRYPTO 2022) with subfields of 2^k elements.
//!
//! For each k-bit part Δ_b of the sender's Δ the receiver holds 2^k seeds and the sender all but the
//! one at Δ_b. With r_x the expansion of seed x, the receiver has u_b = ⊕ r_x and w_b = ⊕ x·r_x, the
//! sender v_b = ⊕ (x ⊕ Δ_b)·r_x, so that w_b = v_b ⊕ Δ_b·u_b. Corrections u ⊕ u_b bring all subfields
//! to the same chosen u; column by column this is M = K ⊕ uΔ.

use countersign_kernels::{AesKey, Polyval, transpose_128};

use super::session::SessionId;
use crate::block::{Block, mask};
use crate::buffers::Blocks;
use crate::dealing::{LEAVES, SUBFIELD_BITS, SUBFIELDS};
use crate::party::Party;
use crate::prf::{half, hash};

/// 128 columns of bits, 128 to a block.
pub(super) type Columns = Vec<Blocks>;

/// The seed for this session: base seeds never expand twice (P5).
fn session_seed(seed: Block, session: &SessionId, receiver: Party, sender: Party) -> Block {
    let ends = [receiver.index(), sender.index()];
    half(hash(
        "countersign COT seed",
        &[&seed.to_le_bytes(), &session.0, &ends],
    ))
}

/// The receiver's side for the chosen bits `u`: columns of M, and the corrections to send, one
/// column of `u.len()` blocks for each subfield.
pub(super) fn receive(
    seeds: &[Block],
    session: &SessionId,
    receiver: Party,
    sender: Party,
    u: &[Block],
) -> (Columns, Vec<Block>) {
    let mut columns = Columns::with_capacity(128);
    let mut corrections = Vec::with_capacity(SUBFIELDS * u.len());
    for leaves in seeds.chunks(LEAVES) {
        let mut subfield = Subfield::new(u.len());
        for (x, &seed) in leaves.iter().enumerate() {
            subfield.absorb(x, session_seed(seed, session, receiver, sender));
        }
        corrections.extend(u.iter().zip(subfield.sum.iter()).map(|(u, sum)| u ^ sum));
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
    corrections: &[Block],
) -> Columns {
    let len = corrections.len() / SUBFIELDS;
    let mut columns = Columns::with_capacity(128);
    for (b, leaves) in punctured.chunks(LEAVES - 1).enumerate() {
        let mut subfield = Subfield::new(len);
        for (offset, &seed) in leaves.iter().enumerate() {
            subfield.absorb(offset + 1, session_seed(seed, session, receiver, sender));
        }
        let correction = &corrections[b * len..(b + 1) * len];
        for (m, mut column) in subfield.weighted.into_iter().enumerate() {
            let selected = mask((delta >> (b * SUBFIELD_BITS + m)) as u8);
            for (block, correction) in column.iter_mut().zip(correction) {
                *block ^= correction & selected;
            }
            columns.push(column);
        }
    }
    columns
}

/// Row by row: one block for each bit.
pub(super) fn transposed(columns: &Columns) -> Blocks {
    let columns: Vec<&[Block]> = columns.iter().map(|column| &column[..]).collect();
    let mut rows = Blocks::zeroed(128 * columns.first().map_or(0, |column| column.len()));
    transpose_128(&columns, &mut rows);
    rows
}

/// Sums over the seeds of one subfield: ⊕ r_x, and for each bit m of x the sum over x with that bit.
struct Subfield {
    sum: Blocks,
    weighted: Vec<Blocks>,
    scratch: Blocks,
}

impl Subfield {
    fn new(len: usize) -> Self {
        Self {
            sum: Blocks::zeroed(len),
            weighted: (0..SUBFIELD_BITS).map(|_| Blocks::zeroed(len)).collect(),
            scratch: Blocks::zeroed(len),
        }
    }

    /// Adds the expansion of one seed with weight `x`, which is public.
    fn absorb(&mut self, x: usize, seed: Block) {
        AesKey::new(seed).stream(0, &mut self.scratch);
        add(&mut self.sum, &self.scratch);
        for (m, weighted) in self.weighted.iter_mut().enumerate() {
            if (x >> m) & 1 == 1 {
                add(weighted, &self.scratch);
            }
        }
    }
}

fn add(sum: &mut [Block], term: &[Block]) {
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
