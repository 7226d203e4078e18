//! The random permutation that puts leaky ANDs into buckets.

use countersign_kernels::AesKey;

use super::bucketing::BUCKET;
use crate::prf::half;

/// Which leaky ANDs each gate's bucket holds: a uniformly random order from a common coin (Fisher and
/// Yates). It is public.
pub(super) struct Buckets(Vec<u32>);

impl Buckets {
    /// For `leaky` leaky ANDs, a multiple of [`BUCKET`].
    pub(super) fn new(leaky: usize, coin: [u8; 32]) -> Self {
        let mut order: Vec<u32> = (0..leaky as u32).collect();
        let mut source = Source::new(coin);
        for i in (1..order.len()).rev() {
            order.swap(i, source.below(i as u32 + 1) as usize);
        }
        Self(order)
    }

    /// The buckets of `gates` gates from gate `first` on.
    pub(super) fn of(&self, first: usize, gates: usize) -> &[[u32; BUCKET]] {
        &self.0.as_chunks::<BUCKET>().0[first..first + gates]
    }
}

/// Uniform numbers from AES in counter mode.
struct Source {
    key: AesKey,
    counter: u128,
    blocks: [u128; 32],
    /// 32-bit words used of `blocks`.
    used: usize,
}

impl Source {
    const WORDS: usize = 32 * 4;

    fn new(coin: [u8; 32]) -> Self {
        Self {
            key: AesKey::new(half(coin)),
            counter: 0,
            blocks: [0; 32],
            used: Self::WORDS,
        }
    }

    fn next(&mut self) -> u32 {
        if self.used == Self::WORDS {
            self.key.stream(self.counter, &mut self.blocks);
            self.counter += self.blocks.len() as u128;
            self.used = 0;
        }
        let word = self.blocks[self.used / 4] >> (32 * (self.used % 4));
        self.used += 1;
        word as u32
    }

    /// A uniform number below `bound`: the high half of a product, where products whose low half would
    /// favour some numbers are drawn again (Lemire, TOMACS 2019).
    fn below(&mut self, bound: u32) -> u32 {
        let mut product = u64::from(self.next()) * u64::from(bound);
        if (product as u32) < bound {
            let threshold = bound.wrapping_neg() % bound;
            while (product as u32) < threshold {
                product = u64::from(self.next()) * u64::from(bound);
            }
        }
        (product >> 32) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_leaky_and_is_in_one_bucket() {
        let buckets = Buckets::new(4 * 999, [3; 32]);
        let mut seen = buckets.of(0, 999).as_flattened().to_vec();
        assert_eq!(buckets.of(998, 1).len(), 1);
        seen.sort_unstable();
        assert!(seen.into_iter().eq(0..4 * 999));
    }

    #[test]
    fn all_orders_of_four_are_about_equally_frequent() {
        let mut counts = std::collections::HashMap::new();
        for i in 0..24_000u32 {
            let mut coin = [0; 32];
            coin[..4].copy_from_slice(&i.to_le_bytes());
            let buckets = Buckets::new(4, coin);
            *counts.entry(buckets.of(0, 1)[0]).or_insert(0) += 1;
        }
        assert_eq!(counts.len(), 24);
        // 1,000 expected each; six standard deviations are 186.
        assert!(counts.values().all(|count| (814..1186).contains(count)));
    }

    #[test]
    fn another_coin_gives_another_order() {
        assert_ne!(Buckets::new(400, [1; 32]).0, Buckets::new(400, [2; 32]).0);
    }
}
