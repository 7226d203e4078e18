//! The public matrix A of LPN: each output is the sum of ten elements of the secret.
//!
//! A is the same in all sessions and has no trapdoor: its indices are AES in counter mode, from counter
//! 0, under the first half of H("countersign local code"). Read the stream as 16-bit little-endian words;
//! the elements of output i have the indices word(10·i + j) mod 2^15, for j from 0 to 9. An index may
//! occur twice in an output and then cancels. Indices are public, and tables are read at them.

use core::ops::BitXor;

use countersign_kernels::{AesKey, local_linear};

use super::SECRET;
use crate::block::Block;
use crate::prf::{half, hash};

/// Elements in one output: d.
const WEIGHT: usize = 10;

/// A, and multiplication by it.
pub(super) struct LocalCode {
    indices: AesKey,
}

impl LocalCode {
    pub(super) fn new() -> Self {
        Self {
            indices: AesKey::new(half(hash("countersign local code", &[]))),
        }
    }

    /// Adds secret·A to `out`.
    pub(super) fn add_blocks(&self, secret: &[Block], out: &mut [Block]) {
        local_linear(&self.indices, 0, &secret[..SECRET], out);
    }

    /// Adds secret·A to `out` for bits, one a byte, and their MACs at the same time.
    pub(super) fn add_bits_and_blocks(
        &self,
        secret: (&[u8], &[Block]),
        out: (&mut [u8], &mut [Block]),
    ) {
        let (bits, blocks) = out;
        let (bit_table, block_table) = (&secret.0[..SECRET], &secret.1[..SECRET]);
        self.for_each_output(bits.len(), |at, indices| {
            bits[at] ^= sum(bit_table, indices);
            blocks[at] ^= sum(block_table, indices);
        });
    }

    /// Calls `add` with the number of each of the first `count` outputs and its indices.
    #[inline(always)]
    fn for_each_output(&self, count: usize, mut add: impl FnMut(usize, &Indices)) {
        // Five blocks of the stream are the indices of four outputs.
        const BLOCKS: usize = 80;
        const OUTPUTS: usize = BLOCKS / 5 * 4;
        let mut stream = [0; BLOCKS];
        let mut bytes = [[0; 16]; BLOCKS];
        for (chunk, first) in (0..count).step_by(OUTPUTS).enumerate() {
            self.indices.stream((chunk * BLOCKS) as u128, &mut stream);
            for (bytes, block) in bytes.iter_mut().zip(&stream) {
                *bytes = block.to_le_bytes();
            }
            let words = bytes.as_flattened().as_chunks::<2>().0;
            let outputs = words.as_chunks::<WEIGHT>().0.iter();
            for (at, indices) in (first..count).zip(outputs) {
                add(at, indices);
            }
        }
    }
}

/// The words of the stream that belong to one output.
type Indices = [[u8; 2]; WEIGHT];

/// The sum of the elements at `indices`, in a tree: a chain would wait for memory ten times.
#[inline(always)]
fn sum<T: Copy + BitXor<Output = T>>(table: &[T], indices: &Indices) -> T {
    let at = |j: usize| table[usize::from(u16::from_le_bytes(indices[j])) % SECRET];
    let first = (at(0) ^ at(1)) ^ (at(2) ^ at(3));
    let second = (at(4) ^ at(5)) ^ (at(6) ^ at(7));
    first ^ second ^ (at(8) ^ at(9))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The index words straight from their definition.
    fn word(code: &LocalCode, at: usize) -> usize {
        let mut block = [0];
        code.indices.stream((at / 8) as u128, &mut block);
        (block[0] >> (16 * (at % 8))) as u16 as usize % SECRET
    }

    #[test]
    fn products_follow_the_definition() {
        let code = LocalCode::new();
        let blocks: Vec<Block> = (1..=SECRET as u128).map(|i| i.wrapping_pow(9)).collect();
        let bits: Vec<u8> = blocks.iter().map(|block| (block >> 3) as u8 & 1).collect();
        // An odd length, more than one chunk, and something there already.
        let count = 333;
        let (mut bits_out, mut blocks_out) = (vec![1; count], vec![5; count]);
        code.add_bits_and_blocks((&bits, &blocks), (&mut bits_out, &mut blocks_out));
        let mut again = vec![5; count];
        code.add_blocks(&blocks, &mut again);
        assert_eq!(again, blocks_out);
        for i in 0..count {
            let indices = (0..WEIGHT).map(|j| word(&code, WEIGHT * i + j));
            let (bit, block) = indices.fold((1, 5), |(bit, block), at| {
                (bit ^ bits[at], block ^ blocks[at])
            });
            assert_eq!((bits_out[i], blocks_out[i]), (bit, block));
        }
    }
}
