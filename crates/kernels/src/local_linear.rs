//! The sparse linear code of silent OT.

use crate::aes_key::AesKey;
#[cfg(target_arch = "x86_64")]
use crate::x86;

/// Elements of the table summed into each output: d of Ferret.
pub const ROW_WEIGHT: usize = 10;

/// Multiplies `table` by rows of a sparse public matrix and adds the products to `out` (the
/// d-local linear code of Ferret: Yang, Weng, Lan, Zhang, Wang, CCS 2020): out\[i\] ⊕= ⊕
/// table\[index(first_row + i, j)\] for j in 0..10.
///
/// The indices come from the counter-mode stream of `matrix` from counter 0, read as 16-bit
/// little-endian words: index(i, j) is word 10·i + j modulo the length of the table. They are
/// public: time depends on them.
///
/// # Panics
///
/// If the table's length is not a power of two, or above 2^16.
pub fn local_linear(matrix: &AesKey, first_row: u64, table: &[u128], out: &mut [u128]) {
    assert!(
        table.len().is_power_of_two() && table.len() <= 1 << 16,
        "a power of two, at most 2^16"
    );
    #[cfg(target_arch = "x86_64")]
    if let Some((simd, _)) = matrix.round_keys() {
        for_rows(matrix, first_row, out, |rows, out| {
            x86::add_rows(simd, table, rows, out);
        });
        return;
    }
    for_rows(matrix, first_row, out, |rows, out| {
        add_rows(table, rows, out)
    });
}

/// Indices of one output, in 16-bit little-endian words.
pub(crate) type Row = [[u8; 2]; ROW_WEIGHT];

/// Blocks of the index stream after which rows begin with a block again, and how many rows.
const PERIOD: (usize, usize) = (5, 4);

/// Calls `add` with a few outputs and their rows at a time.
fn for_rows(
    matrix: &AesKey,
    first_row: u64,
    out: &mut [u128],
    mut add: impl FnMut(&[Row], &mut [u128]),
) {
    const PERIODS: usize = 16;
    let mut stream = [0; PERIODS * PERIOD.0];
    let mut bytes = [[0; 16]; PERIODS * PERIOD.0];
    let mut period = u128::from(first_row) / PERIOD.1 as u128;
    let mut skipped = (first_row % PERIOD.1 as u64) as usize;
    let mut out = out;
    while !out.is_empty() {
        matrix.stream(period * PERIOD.0 as u128, &mut stream);
        for (bytes, block) in bytes.iter_mut().zip(&stream) {
            *bytes = block.to_le_bytes();
        }
        let words = bytes.as_flattened().as_chunks::<2>().0;
        let rows = &words.as_chunks::<ROW_WEIGHT>().0[skipped..];
        let (now, later) = out.split_at_mut(out.len().min(rows.len()));
        add(&rows[..now.len()], now);
        period += PERIODS as u128;
        skipped = 0;
        out = later;
    }
}

fn add_rows(table: &[u128], rows: &[Row], out: &mut [u128]) {
    let mask = table.len() - 1;
    for (out, row) in out.iter_mut().zip(rows) {
        let at = |j: usize| table[usize::from(u16::from_le_bytes(row[j])) & mask];
        // In a tree: a chain would wait for memory ten times.
        let first = (at(0) ^ at(1)) ^ (at(2) ^ at(3));
        let second = (at(4) ^ at(5)) ^ (at(6) ^ at(7));
        *out ^= first ^ second ^ (at(8) ^ at(9));
    }
}
