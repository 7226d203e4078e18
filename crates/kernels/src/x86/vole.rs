//! Small-field VOLE.

use core::sync::atomic::{Ordering, compiler_fence};

use super::lanes::{Lanes, Xmm, Zmm, store};
use super::{RoundKeys, vectorised};

vectorised! {
    /// As [`crate::small_field_vole`]. Without `zeroth`, the first key is not used.
    small_field_vole = tiles::<Xmm, 2>, tiles::<Zmm, 4>;
        (
            keys: &[&RoundKeys; 256],
            zeroth: bool,
            first: u128,
            sum: &mut [u128],
            planes: &mut [&mut [u128]; 8]
        )
}

/// Streams encrypted together: those whose numbers differ in the two lowest bits only.
const TOGETHER: usize = 4;

/// T vectors of each stream at a time: enough encryptions under way to hide the latency of a
/// round, and few enough for the sums to stay in the first-level cache.
#[inline(always)]
fn tiles<V: Lanes, const T: usize>(
    cpu: V::Cpu,
    keys: &[&RoundKeys; 256],
    zeroth: bool,
    first: u128,
    sum: &mut [u128],
    planes: &mut [&mut [u128]; 8],
) {
    let (zero, all) = (V::splat(cpu, &0), V::splat(cpu, &u128::MAX));
    // Sums of the streams by bits 2 to 4 and by bits 5 to 7 of their numbers: each stream is added
    // to one of either kind, and no branch depends on its number.
    let (mut by_middle, mut by_upper) = ([[zero; T]; 8], [[zero; T]; 8]);
    for start in (0..sum.len()).step_by(T * V::BLOCKS) {
        let mut counters = [zero; T];
        for (at, counter) in counters.iter_mut().enumerate() {
            *counter = V::counters(cpu, first.wrapping_add((start + at * V::BLOCKS) as u128));
        }
        by_middle = [[zero; T]; 8];
        let (mut plane_0, mut plane_1) = ([zero; T], [zero; T]);
        // A mask rather than a branch, which would keep the optimiser from interleaving streams.
        let mut present = if zeroth { all } else { zero };
        let groups = keys.as_chunks::<TOGETHER>().0.as_chunks::<8>().0;
        for (upper, groups) in by_upper.iter_mut().zip(groups) {
            let mut group_sum = [zero; T];
            for (middle, keys) in by_middle.iter_mut().zip(groups) {
                let [a, b, c, d] = streams(cpu, keys, &counters);
                for t in 0..T {
                    plane_0[t] = plane_0[t].xor3(b[t], d[t]);
                    let second = c[t].xor(d[t]);
                    plane_1[t] = plane_1[t].xor(second);
                    let total = second.xor3(a[t].and(present), b[t]);
                    middle[t] = middle[t].xor(total);
                    group_sum[t] = group_sum[t].xor(total);
                }
                present = all;
            }
            *upper = group_sum;
        }
        let end = sum.len().min(start + T * V::BLOCKS);
        let (total, [plane_2, plane_3, plane_4]) = by_bits(&by_middle);
        let (_, [plane_5, plane_6, plane_7]) = by_bits(&by_upper);
        store(&total, &mut sum[start..end]);
        let totals = [
            plane_0, plane_1, plane_2, plane_3, plane_4, plane_5, plane_6, plane_7,
        ];
        for (total, plane) in totals.iter().zip(planes.iter_mut()) {
            store(total, &mut plane[start..end]);
        }
    }
    for scratch in [&mut by_middle, &mut by_upper] {
        *scratch = [[zero; T]; 8];
        zeroize::optimization_barrier(scratch);
    }
}

/// The sum of all `by_number`, and for each bit of their numbers the sum of those that have it set.
#[inline(always)]
fn by_bits<V: Lanes, const T: usize>(by_number: &[[V; T]; 8]) -> ([V; T], [[V; T]; 3]) {
    let [mut sum, ..] = *by_number;
    let mut by_bit = [by_number[1], by_number[2], by_number[4]];
    for t in 0..T {
        let [_, _, _, s3, _, s5, s6, s7] = by_number.map(|vectors| vectors[t]);
        let odd = s5.xor(s7);
        let high = s6.xor(s7);
        by_bit[0][t] = by_bit[0][t].xor3(s3, odd);
        by_bit[1][t] = by_bit[1][t].xor3(s3, high);
        by_bit[2][t] = by_bit[2][t].xor3(s5, high);
        // The sum of 0, of the odd numbers, of 2 and 6, and of 4.
        sum[t] = sum[t]
            .xor3(by_bit[0][t], by_number[2][t])
            .xor3(s6, by_number[4][t]);
    }
    (sum, by_bit)
}

/// The same T vectors of four streams.
#[inline(always)]
fn streams<V: Lanes, const T: usize>(
    cpu: V::Cpu,
    keys: &[&RoundKeys; TOGETHER],
    counters: &[V; T],
) -> [[V; T]; TOGETHER] {
    let mut state = [*counters; TOGETHER];
    for (vectors, keys) in state.iter_mut().zip(keys) {
        let key = V::splat(cpu, &keys.0[0]);
        for vector in vectors {
            *vector = vector.xor(key);
        }
    }
    for round in 1..10 {
        // Or the optimiser would load all round keys first and spill them to the stack.
        compiler_fence(Ordering::SeqCst);
        for (vectors, keys) in state.iter_mut().zip(keys) {
            let key = V::splat(cpu, &keys.0[round]);
            for vector in vectors {
                *vector = vector.round(key);
            }
        }
    }
    for (vectors, keys) in state.iter_mut().zip(keys) {
        let key = V::splat(cpu, &keys.0[10]);
        for vector in vectors {
            *vector = vector.last_round(key);
        }
    }
    state
}
