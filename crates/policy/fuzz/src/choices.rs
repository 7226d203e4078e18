//! Choices out of bytes, and out of a seed where they end.

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

/// A sequence of choices, the same for the same bytes and seed.
pub struct Choices<'a> {
    bytes: &'a [u8],
    then: ChaCha8Rng,
}

impl<'a> Choices<'a> {
    /// A fuzzer's bytes come first, one for each choice, so that it can change one of them.
    pub fn new(bytes: &'a [u8], seed: u64) -> Self {
        Self {
            bytes,
            then: ChaCha8Rng::seed_from_u64(seed),
        }
    }

    /// Choices that go with a text: the same for the same text.
    pub fn beside(text: &str) -> Self {
        // FNV-1a.
        let seed = text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self::new(&[], seed)
    }

    /// A number below `count`, which is at most 256.
    pub fn below(&mut self, count: usize) -> usize {
        usize::from(self.byte()) % count
    }

    /// True once in `count` times.
    pub fn once_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    /// Any number.
    pub fn number(&mut self) -> u64 {
        u64::from_le_bytes(std::array::from_fn(|_| self.byte()))
    }

    /// One of these.
    pub fn pick<'t, T>(&mut self, from: &'t [T]) -> &'t T {
        &from[self.below(from.len())]
    }

    fn byte(&mut self) -> u8 {
        match self.bytes.split_first() {
            Some((first, rest)) => {
                self.bytes = rest;
                *first
            }
            None => self.then.next_u32() as u8,
        }
    }
}
