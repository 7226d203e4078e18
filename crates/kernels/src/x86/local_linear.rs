//! Products with the sparse matrix: one 128-bit load for each element of a row.

use super::lanes::{Lanes, Xmm};
use super::{Avx2, Simd};
use crate::local_linear::Row;

/// Adds to each of `out` the elements of `table`, of a power of two elements, that its row names.
pub(crate) fn add_rows(simd: Simd, table: &[u128], rows: &[Row], out: &mut [u128]) {
    let cpu = simd.avx2();
    // SAFETY: `cpu` proves that the processor has these instructions.
    unsafe { add(cpu, table, rows, out) }
}

#[target_feature(enable = "avx2")]
fn add(cpu: Avx2, table: &[u128], rows: &[Row], out: &mut [u128]) {
    let mask = table.len() - 1;
    for (out, row) in out.iter_mut().zip(rows) {
        // Two sums, not to wait for memory ten times.
        let (mut even, mut odd) = (Xmm::splat(cpu, out), Xmm::splat(cpu, &0));
        for [a, b] in row.as_chunks::<2>().0 {
            let [a, b] = [a, b].map(|word| usize::from(u16::from_le_bytes(*word)) & mask);
            even = even.xor(Xmm::splat(cpu, &table[a]));
            odd = odd.xor(Xmm::splat(cpu, &table[b]));
        }
        even.xor(odd).store_block(0, out);
    }
}
