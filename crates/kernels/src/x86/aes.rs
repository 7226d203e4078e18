//! AES-128 (FIPS 197) and the constructions over it, several vectors at a time to hide the latency
//! of a round.

use core::hint::black_box;

use super::lanes::{Lanes, Xmm, Zmm, load, store};
use super::{RoundKeys, vectorised};
use crate::aes_key::AesKey;

vectorised! {
    /// Expands `keys` over the keys in `out`.
    expand_many = expand_all::<Xmm, 1>, expand_all::<Zmm, 2>;
        (keys: &[u128], out: &mut [AesKey])

    /// Encrypts `blocks` in place.
    encrypt = encrypt_all::<Xmm>, encrypt_all::<Zmm>; (keys: &RoundKeys, blocks: &mut [u128])

    /// Fills `out` with the counter-mode stream from `first`.
    stream = stream_all::<Xmm>, stream_all::<Zmm>;
        (keys: &RoundKeys, first: u128, out: &mut [u128])

    /// Replaces each block x by E(x) ⊕ x.
    hash_in_place<const N> = hash_all::<Xmm, N>, hash_all::<Zmm, N>;
        (keys: &RoundKeys, blocks: &mut [u128; N])

    /// As [`crate::AesKey::tweaked_hashes`].
    tweaked_hashes = tweaked_all::<Xmm>, tweaked_all::<Zmm>;
        (keys: &RoundKeys, inputs: &[u128], offset: u128, first_tweak: u64, out: &mut [u128])

    /// As [`crate::half_tree_level`].
    half_tree_level = half_tree_all::<Xmm>, half_tree_all::<Zmm>;
        (keys: &RoundKeys, parents: &[u128], children: &mut [u128]) -> u128
}

/// Encrypts `state`, all of it under the same key.
#[inline(always)]
pub(super) fn encrypt_vectors<V: Lanes, const K: usize>(
    cpu: V::Cpu,
    keys: &RoundKeys,
    state: &mut [V; K],
) {
    let [whitening, rounds @ .., last] = &keys.0;
    // Left to itself, the optimiser unrolls the rounds, then encrypts one vector after the other
    // and waits for each. A loop that it cannot unroll makes the vectors advance together.
    let rounds = if K >= 4 {
        &rounds[..black_box(9)]
    } else {
        rounds
    };
    let whitening = V::splat(cpu, whitening);
    for vector in state.iter_mut() {
        *vector = vector.xor(whitening);
    }
    for key in rounds {
        let key = V::splat(cpu, key);
        for vector in state.iter_mut() {
            *vector = vector.round(key);
        }
    }
    let last = V::splat(cpu, last);
    for vector in state.iter_mut() {
        *vector = vector.last_round(last);
    }
}

/// Covers 0..`$len` by ranges of 8, 4, 2 and 1 vectors and a last one of less than a vector, and
/// runs `$body` for each with the range and its number of vectors as a constant.
macro_rules! in_groups {
    ($vector:ty, $len:expr, |$range:ident, $count:ident| $body:expr) => {
        let (mut start, end): (usize, usize) = (0, $len);
        while end - start >= 8 * <$vector>::BLOCKS {
            const $count: usize = 8;
            let $range = start..start + 8 * <$vector>::BLOCKS;
            $body;
            start += 8 * <$vector>::BLOCKS;
        }
        if end - start >= 4 * <$vector>::BLOCKS {
            const $count: usize = 4;
            let $range = start..start + 4 * <$vector>::BLOCKS;
            $body;
            start += 4 * <$vector>::BLOCKS;
        }
        if end - start >= 2 * <$vector>::BLOCKS {
            const $count: usize = 2;
            let $range = start..start + 2 * <$vector>::BLOCKS;
            $body;
            start += 2 * <$vector>::BLOCKS;
        }
        if end - start >= <$vector>::BLOCKS {
            const $count: usize = 1;
            let $range = start..start + <$vector>::BLOCKS;
            $body;
            start += <$vector>::BLOCKS;
        }
        if end > start {
            const $count: usize = 1;
            let $range = start..end;
            $body;
        }
    };
}

#[inline(always)]
fn encrypt_all<V: Lanes>(cpu: V::Cpu, keys: &RoundKeys, blocks: &mut [u128]) {
    in_groups!(V, blocks.len(), |range, K| {
        let blocks = &mut blocks[range];
        let mut state = load::<V, K>(cpu, blocks);
        encrypt_vectors(cpu, keys, &mut state);
        store(&state, blocks);
    });
}

#[inline(always)]
fn hash_all<V: Lanes, const N: usize>(cpu: V::Cpu, keys: &RoundKeys, blocks: &mut [u128; N]) {
    in_groups!(V, N, |range, K| {
        let blocks = &mut blocks[range];
        let inputs = load::<V, K>(cpu, blocks);
        let mut state = inputs;
        encrypt_vectors(cpu, keys, &mut state);
        for (hash, input) in state.iter_mut().zip(inputs) {
            *hash = hash.xor(input);
        }
        store(&state, blocks);
    });
}

/// How many of `len` counters from `first` come before the lower 64 bits overflow, which
/// [`Lanes::add64`] must not see.
#[inline(always)]
fn until_carry(first: u128, len: usize) -> usize {
    let until = (1u128 << 64) - u128::from(first as u64);
    until.min(len as u128) as usize
}

#[inline(always)]
fn stream_all<V: Lanes>(cpu: V::Cpu, keys: &RoundKeys, first: u128, out: &mut [u128]) {
    let split = until_carry(first, out.len());
    let (before, after) = out.split_at_mut(split);
    let second = first.wrapping_add(split as u128);
    for (first, out) in [(first, before), (second, after)] {
        let mut counter = V::counters(cpu, first);
        let step = V::splat(cpu, &(V::BLOCKS as u128));
        in_groups!(V, out.len(), |range, K| {
            let mut state = [counter; K];
            for vector in &mut state {
                *vector = counter;
                counter = counter.add64(step);
            }
            encrypt_vectors(cpu, keys, &mut state);
            store(&state, &mut out[range]);
        });
    }
}

#[inline(always)]
fn tweaked_all<V: Lanes>(
    cpu: V::Cpu,
    keys: &RoundKeys,
    inputs: &[u128],
    offset: u128,
    first_tweak: u64,
    out: &mut [u128],
) {
    let first = u128::from(first_tweak);
    let split = until_carry(first, out.len());
    let (before, after) = out.split_at_mut(split);
    let offset = V::splat(cpu, &offset);
    let step = V::splat(cpu, &(V::BLOCKS as u128));
    let runs = [
        (first, &inputs[..split], before),
        (first + split as u128, &inputs[split..], after),
    ];
    for (first, inputs, out) in runs {
        let mut tweak = V::counters(cpu, first);
        in_groups!(V, out.len(), |range, K| {
            let mut inner = load::<V, K>(cpu, &inputs[range.clone()]);
            for vector in &mut inner {
                *vector = vector.xor(offset);
            }
            encrypt_vectors(cpu, keys, &mut inner);
            let mut outer = inner;
            for vector in &mut outer {
                *vector = vector.xor(tweak);
                tweak = tweak.add64(step);
            }
            encrypt_vectors(cpu, keys, &mut outer);
            for (hash, inner) in outer.iter_mut().zip(inner) {
                *hash = hash.xor(inner);
            }
            store(&outer, &mut out[range]);
        });
    }
}

#[inline(always)]
fn half_tree_all<V: Lanes>(
    cpu: V::Cpu,
    keys: &RoundKeys,
    parents: &[u128],
    children: &mut [u128],
) -> u128 {
    let zero = V::splat(cpu, &0);
    let mut sum = zero;
    let whole = parents.len() - parents.len() % V::BLOCKS;
    let (parents, last_parents) = parents.split_at(whole);
    let (children, last_children) = children.split_at_mut(2 * whole);
    in_groups!(V, whole, |range, K| {
        let children = &mut children[2 * range.start..2 * range.end];
        let parents = load::<V, K>(cpu, &parents[range]);
        let left = hash_sigma(cpu, keys, &parents);
        for (at, (left, parent)) in left.into_iter().zip(parents).enumerate() {
            sum = sum.xor(left);
            let (first, second) = left.interleave(parent.xor(left));
            let children = &mut children[2 * at * V::BLOCKS..];
            first.store(children);
            second.store(&mut children[V::BLOCKS..]);
        }
    });
    let mut sum = (0..V::BLOCKS).fold(0, |total, at| total ^ sum.block(at));
    if !last_parents.is_empty() {
        let parents = V::load_partial(cpu, last_parents);
        let [left] = hash_sigma(cpu, keys, &[parents]);
        let right = parents.xor(left);
        let pairs = last_children.as_chunks_mut::<2>().0;
        for (at, pair) in pairs.iter_mut().enumerate() {
            *pair = [left.block(at), right.block(at)];
            sum ^= pair[0];
        }
    }
    sum
}

/// E(σ(p)) ⊕ σ(p) of each parent p.
#[inline(always)]
fn hash_sigma<V: Lanes, const K: usize>(cpu: V::Cpu, keys: &RoundKeys, parents: &[V; K]) -> [V; K] {
    let mut hashes = *parents;
    for vector in &mut hashes {
        *vector = vector.sigma();
    }
    encrypt_vectors(cpu, keys, &mut hashes);
    for (hash, parent) in hashes.iter_mut().zip(parents) {
        *hash = hash.xor(parent.sigma());
    }
    hashes
}

/// K vectors of keys at a time, each block of a vector another key.
#[inline(always)]
fn expand_all<V: Lanes, const K: usize>(cpu: V::Cpu, keys: &[u128], out: &mut [AesKey]) {
    let groups = keys.chunks(K * V::BLOCKS);
    for (keys, out) in groups.zip(out.chunks_mut(K * V::BLOCKS)) {
        let mut rounds = [load::<V, K>(cpu, keys); 11];
        for round in 0..10 {
            let constant = V::splat(cpu, &ROUND_CONSTANTS[round]);
            let mut next = rounds[round];
            for vector in &mut next {
                *vector = vector.next_round_key(constant);
            }
            rounds[round + 1] = next;
        }
        for vector in 0..K {
            for (at, key) in out
                .iter_mut()
                .skip(vector * V::BLOCKS)
                .take(V::BLOCKS)
                .enumerate()
            {
                let schedule = &mut key.round_keys_mut(V::simd(cpu)).0;
                for (round_key, round) in schedule.iter_mut().zip(&rounds) {
                    round[vector].store_block(at, round_key);
                }
            }
        }
    }
}

/// Rcon of FIPS 197, section 5.2, in each word.
const ROUND_CONSTANTS: [u128; 10] = {
    let words = 0x0000_0001_0000_0001_0000_0001_0000_0001;
    [
        words,
        words << 1,
        words << 2,
        words << 3,
        words << 4,
        words << 5,
        words << 6,
        words << 7,
        words * 0x1b,
        words * 0x36,
    ]
};
