//! VOLE over a small field: 15 ciphers advance together, and their outputs are summed in registers.

use super::lanes::Lanes;
use super::lanes::{Xmm, Zmm};
use super::{RoundKeys, vectorised};
use crate::small_field::WEIGHTS;

vectorised! {
    /// As [`crate::small_field_vole`], for lengths that were checked.
    small_field_vole = sums_of::<Xmm>, sums_of::<Zmm>;
        (keys: &[&RoundKeys; WEIGHTS], sums: [&mut [u128]; 5])
}

#[inline(always)]
fn sums_of<V: Lanes>(cpu: V::Cpu, keys: &[&RoundKeys; WEIGHTS], mut sums: [&mut [u128]; 5]) {
    let len = sums[0].len();
    let mut counter = V::counters(cpu, 0);
    let step = V::splat(cpu, &(V::BLOCKS as u128));
    let mut start = 0;
    while start < len {
        let end = len.min(start + V::BLOCKS);
        let mut state = [counter; WEIGHTS];
        for (vector, keys) in state.iter_mut().zip(keys) {
            *vector = vector.xor(V::splat(cpu, &keys.0[0]));
        }
        for round in 1..10 {
            for (vector, keys) in state.iter_mut().zip(keys) {
                *vector = vector.round(V::splat(cpu, &keys.0[round]));
            }
        }
        for (vector, keys) in state.iter_mut().zip(keys) {
            *vector = vector.last_round(V::splat(cpu, &keys.0[10]));
        }
        for (sum, sums) in weigh(cpu, state).into_iter().zip(&mut sums) {
            sum.store_up_to(&mut sums[start..end]);
        }
        counter = counter.add64(step);
        start = end;
    }
}

/// The streams whose x has bit 0, 1, 2 and 3, and all; stream x is at x − 1.
#[inline(always)]
fn weigh<V: Lanes>(cpu: V::Cpu, streams: [V; WEIGHTS]) -> [V; 5] {
    let mut sums = [V::splat(cpu, &0); 5];
    // From the highest bit down: those that have it are summed, and folded over those that do not.
    let mut streams: [V; WEIGHTS + 1] =
        core::array::from_fn(|x| if x == 0 { sums[0] } else { streams[x - 1] });
    for m in (0..4).rev() {
        let half = 1 << m;
        for x in 0..half {
            sums[m] = sums[m].xor(streams[half + x]);
            streams[x] = streams[x].xor(streams[half + x]);
        }
    }
    sums[4] = streams[0];
    sums
}
