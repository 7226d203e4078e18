//! Bit-matrix transposition with AVX-512 and GFNI: bytes are brought together by interleaving, and
//! 8 × 8 bits transposed by one instruction.

use core::arch::x86_64::*;

use super::Avx512;
use super::lanes::{Lanes, Zmm};

/// 512 bits of 64 columns, by their place in a lane and then by eight columns.
type Tile = [[__m512i; 8]; 8];

/// Rows that 512 bits of each column make.
const TILE_ROWS: usize = 512;

/// As [`crate::transpose_128`], all columns having a 128th of the length of `rows`.
pub(crate) fn transpose_128(cpu: Avx512, columns: &[&[u128]; 128], rows: &mut [u128]) {
    // SAFETY: `cpu` proves that the processor has these instructions.
    unsafe { wide_128(cpu, columns, rows) }
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,gfni")]
fn wide_128(cpu: Avx512, columns: &[&[u128]; 128], rows: &mut [u128]) {
    let mut tiles = [[[_mm512_setzero_si512(); 8]; 8]; 2];
    for (at, rows) in rows.chunks_mut(TILE_ROWS).enumerate() {
        let (lower, upper) = columns.split_at(64);
        load_tile(cpu, lower, 4 * at, &mut tiles[0]);
        load_tile(cpu, upper, 4 * at, &mut tiles[1]);
        for (at, (lower, upper)) in tiles[0].iter().zip(&tiles[1]).enumerate() {
            let (lower, upper) = (interleave_8(*lower), interleave_8(*upper));
            for quarter in 0..4 {
                let (a, b) = (2 * quarter, 2 * quarter + 1);
                let lanes = [
                    _mm512_unpacklo_epi64(lower[a], upper[a]),
                    _mm512_unpackhi_epi64(lower[a], upper[a]),
                    _mm512_unpacklo_epi64(lower[b], upper[b]),
                    _mm512_unpackhi_epi64(lower[b], upper[b]),
                ];
                let first = 16 * at + 4 * quarter;
                let rows = rows.chunks_mut(128);
                for (four, rows) in transpose_lanes(&lanes).into_iter().zip(rows) {
                    Zmm(four).store(&mut rows[first..first + 4]);
                }
            }
        }
    }
    tiles.iter_mut().for_each(|tile| wipe(tile));
}

/// Loads up to four blocks of each column, from block `at` on: bit i of byte t of the 64-bit word w
/// of lane l of tile\[j\]\[g\] becomes bit 128·l + 16·j + 8·w + t of column 8·g + i.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,gfni")]
fn load_tile(cpu: Avx512, columns: &[&[u128]], at: usize, tile: &mut Tile) {
    // The instruction multiplies 8 × 8 bit matrices; it counts the rows of one from the last, hence
    // the reversed order of columns.
    let identity = _mm512_set1_epi64(0x8040_2010_0804_0201_u64 as i64);
    for (group, columns) in columns.as_chunks::<8>().0.iter().enumerate() {
        let mut bytes = [_mm512_setzero_si512(); 8];
        for (vector, column) in bytes.iter_mut().rev().zip(columns) {
            let end = column.len().min(at + 4);
            *vector = Zmm::load_up_to(cpu, &column[at..end]).0;
        }
        let words = interleave_8(bytes);
        for (tile, words) in tile.iter_mut().zip(words) {
            tile[group] = _mm512_gf2p8affine_epi64_epi8::<0>(identity, words);
        }
    }
}

/// In each lane, gathers byte k of all 8 vectors: as the (k mod 2)-th word of vector k / 2.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn interleave_8(vectors: [__m512i; 8]) -> [__m512i; 8] {
    interleave_once(interleave_once(interleave_once(vectors)))
}

/// In each lane, the bytes of vectors i and i + 4 in turn, as vectors 2·i and 2·i + 1. The
/// address of a byte, its vector's number followed by its own, is rotated by one bit.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn interleave_once(vectors: [__m512i; 8]) -> [__m512i; 8] {
    let mut out = vectors;
    for at in 0..4 {
        let (a, b) = (vectors[at], vectors[at + 4]);
        out[2 * at] = _mm512_unpacklo_epi8(a, b);
        out[2 * at + 1] = _mm512_unpackhi_epi8(a, b);
    }
    out
}

/// Lane l of vector v becomes lane v of vector l.
#[inline]
#[target_feature(enable = "avx512f")]
fn transpose_lanes([a, b, c, d]: &[__m512i; 4]) -> [__m512i; 4] {
    let (ab_lower, ab_upper) = halves(*a, *b);
    let (cd_lower, cd_upper) = halves(*c, *d);
    let (first, second) = alternate(ab_lower, cd_lower);
    let (third, fourth) = alternate(ab_upper, cd_upper);
    [first, second, third, fourth]
}

/// Lanes 0 and 1 of both, and lanes 2 and 3.
#[inline]
#[target_feature(enable = "avx512f")]
fn halves(a: __m512i, b: __m512i) -> (__m512i, __m512i) {
    (
        _mm512_shuffle_i64x2::<0b01_00_01_00>(a, b),
        _mm512_shuffle_i64x2::<0b11_10_11_10>(a, b),
    )
}

/// Lanes 0 and 2 of both, and lanes 1 and 3.
#[inline]
#[target_feature(enable = "avx512f")]
fn alternate(a: __m512i, b: __m512i) -> (__m512i, __m512i) {
    (
        _mm512_shuffle_i64x2::<0b10_00_10_00>(a, b),
        _mm512_shuffle_i64x2::<0b11_01_11_01>(a, b),
    )
}

#[inline]
#[target_feature(enable = "avx512f")]
fn wipe(tile: &mut Tile) {
    *tile = [[_mm512_setzero_si512(); 8]; 8];
    zeroize::optimization_barrier(tile);
}
