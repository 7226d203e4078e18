//! Bit-matrix transposition: from the columns that OT extension computes to one word per bit.

use crate::backend::{Backend, Kind};
use crate::wipe::wipe;
#[cfg(target_arch = "x86_64")]
use crate::x86::{self, Simd};

/// Transposes 128 columns of n blocks, in which bit i of a column is bit i mod 128 of its block
/// i / 128, to 128·n rows: bit c of row r is bit r of column c.
///
/// # Panics
///
/// If there are not 128 columns of one length n, or not 128·n rows.
pub fn transpose_128<C: AsRef<[u128]>>(columns: &[C], rows: &mut [u128]) {
    Backend::best().transpose_128(columns, rows);
}

impl Backend {
    /// [`transpose_128`] on this backend.
    ///
    /// # Panics
    ///
    /// As [`transpose_128`].
    pub fn transpose_128<C: AsRef<[u128]>>(self, columns: &[C], rows: &mut [u128]) {
        let columns = checked(columns, rows.len());
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            Kind::Simd(Simd::Avx512(cpu)) => x86::transpose_128(cpu, &columns, rows),
            Kind::Portable => portable_128(&columns, rows),
            #[cfg(target_arch = "x86_64")]
            Kind::Simd(Simd::Avx2(_)) => portable_128(&columns, rows),
        }
    }
}

/// The columns as slices of one length, a 128th of the number of rows.
fn checked<C: AsRef<[u128]>>(columns: &[C], rows: usize) -> [&[u128]; 128] {
    assert_eq!(columns.len(), 128, "number of columns");
    let columns: [&[u128]; 128] = core::array::from_fn(|at| columns[at].as_ref());
    assert!(
        columns.iter().all(|column| column.len() * 128 == rows),
        "columns of one length, and 128 rows for each of their blocks"
    );
    columns
}

fn portable_128(columns: &[&[u128]; 128], rows: &mut [u128]) {
    let (mut lower, mut upper) = ([0; 64], [0; 64]);
    for (at, rows) in rows.as_chunks_mut::<64>().0.iter_mut().enumerate() {
        for c in 0..64 {
            lower[c] = half_block(columns[c], at);
            upper[c] = half_block(columns[c + 64], at);
        }
        transpose_64(&mut lower);
        transpose_64(&mut upper);
        for (r, row) in rows.iter_mut().enumerate() {
            *row = u128::from(lower[r]) | (u128::from(upper[r]) << 64);
        }
    }
    wipe(&mut lower);
    wipe(&mut upper);
}

/// The `at`-th 64 bits of a column.
fn half_block(column: &[u128], at: usize) -> u64 {
    (column[at / 2] >> (at % 2 * 64)) as u64
}

/// In-place transposition of a 64 × 64 bit matrix by recursive exchange of quadrants.
fn transpose_64(rows: &mut [u64; 64]) {
    let mut width = 32;
    let mut low_half = 0x0000_0000_ffff_ffffu64;
    while width != 0 {
        for block in rows.chunks_exact_mut(2 * width) {
            let (top, bottom) = block.split_at_mut(width);
            for (above, below) in top.iter_mut().zip(bottom) {
                let exchanged = ((*above >> width) ^ *below) & low_half;
                *above ^= exchanged << width;
                *below ^= exchanged;
            }
        }
        width /= 2;
        low_half ^= low_half << width;
    }
}
