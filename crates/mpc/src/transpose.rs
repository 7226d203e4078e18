//! Bit-matrix transposition: from the 128 columns OT extension works on to one block per bit.

use crate::block::Block;
use crate::buffers::Blocks;

/// Turns 128 columns of n bits (n a multiple of 64, lowest bit first) into n blocks: bit c of block
/// r is bit r of column c.
pub(crate) fn columns_to_blocks(columns: &[Vec<u64>]) -> Blocks {
    debug_assert_eq!(columns.len(), 128);
    let words = columns.first().map_or(0, Vec::len);
    let mut blocks = Blocks::zeroed(words * 64);
    let (mut lower, mut upper) = ([0u64; 64], [0u64; 64]);
    for (word, out) in blocks.as_chunks_mut::<64>().0.iter_mut().enumerate() {
        for c in 0..64 {
            lower[c] = columns[c][word];
            upper[c] = columns[c + 64][word];
        }
        transpose_64(&mut lower);
        transpose_64(&mut upper);
        for (r, block) in out.iter_mut().enumerate() {
            *block = Block::from(lower[r]) | (Block::from(upper[r]) << 64);
        }
    }
    blocks
}

/// In-place transposition of a 64 × 64 bit matrix by recursive exchange of quadrants.
fn transpose_64(rows: &mut [u64; 64]) {
    let mut width = 32;
    let mut low_half = 0x0000_0000_ffff_ffffu64;
    while width != 0 {
        let mut k = 0;
        while k < 64 {
            let swap = ((rows[k] >> width) ^ rows[k + width]) & low_half;
            rows[k] ^= swap << width;
            rows[k + width] ^= swap;
            k = (k + width + 1) & !width;
        }
        width >>= 1;
        low_half ^= low_half << width;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bit_r_of_column_c_becomes_bit_c_of_block_r() {
        let columns: Vec<Vec<u64>> = (0..128u64)
            .map(|c| {
                (0..3u64)
                    .map(|w| {
                        (c + 1)
                            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
                            .rotate_left(w as u32 * 7)
                    })
                    .collect()
            })
            .collect();
        let blocks = columns_to_blocks(&columns);
        for (r, block) in blocks.iter().enumerate() {
            for (c, column) in columns.iter().enumerate() {
                let expected = (column[r / 64] >> (r % 64)) & 1;
                assert_eq!((block >> c) as u64 & 1, expected);
            }
        }
    }
}
