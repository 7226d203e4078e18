//! Vectors of blocks.

use core::arch::x86_64::*;

use super::{Avx2, Avx512, Simd};

/// A vector of blocks.
///
/// A value is made only from a proof that the processor has the instructions on it, so that the
/// operations are safe to call. They become those instructions where everything is inlined into a
/// function that enables them, hence `inline(always)`; elsewhere they would only be slow.
pub(super) trait Lanes: Copy {
    /// The proof.
    type Cpu: Copy;
    /// Blocks in a vector.
    const BLOCKS: usize;

    /// The proof among others.
    fn simd(cpu: Self::Cpu) -> Simd;
    /// All blocks alike.
    fn splat(cpu: Self::Cpu, block: &u128) -> Self;
    /// The first blocks of a slice that has as many.
    fn load(cpu: Self::Cpu, blocks: &[u128]) -> Self;
    /// All blocks of a slice, if fewer than a vector's, and then zeros.
    fn load_partial(cpu: Self::Cpu, blocks: &[u128]) -> Self;
    /// Writes over the first blocks of a slice that has as many.
    fn store(self, blocks: &mut [u128]);
    /// Writes over all blocks of a slice, if fewer than a vector's.
    fn store_partial(self, blocks: &mut [u128]);
    fn xor(self, other: Self) -> Self;
    /// self ⊕ a ⊕ b.
    fn xor3(self, a: Self, b: Self) -> Self;
    /// Adds the lower 64 bits of each block and the upper ones, without carry.
    fn add64(self, other: Self) -> Self;
    /// A round of AES encryption.
    fn round(self, key: Self) -> Self;
    /// The last round of AES encryption.
    fn last_round(self, key: Self) -> Self;
    /// The next round keys of AES-128, `constant` being the round's constant in each word.
    fn next_round_key(self, constant: Self) -> Self;
    /// σ(l ‖ r) = (l ⊕ r) ‖ l of each block.
    fn sigma(self) -> Self;
    /// The blocks of both in turn: the first half, and the second half.
    fn interleave(self, other: Self) -> (Self, Self);
    /// Writes one block, `at` below [`Self::BLOCKS`].
    fn store_block(self, at: usize, to: &mut u128);

    /// One block, `at` below [`Self::BLOCKS`].
    #[inline(always)]
    fn block(self, at: usize) -> u128 {
        let mut block = 0;
        self.store_block(at, &mut block);
        block
    }

    /// `first`, `first` + 1 and so on.
    #[inline(always)]
    fn counters(cpu: Self::Cpu, first: u128) -> Self {
        let mut counters = [0; 4];
        for (at, counter) in counters.iter_mut().enumerate() {
            *counter = first.wrapping_add(at as u128);
        }
        Self::load(cpu, &counters)
    }

    /// The blocks of a slice that has at most a vector's, and then zeros.
    #[inline(always)]
    fn load_up_to(cpu: Self::Cpu, blocks: &[u128]) -> Self {
        if blocks.len() >= Self::BLOCKS {
            Self::load(cpu, blocks)
        } else {
            Self::load_partial(cpu, blocks)
        }
    }

    /// Writes over the blocks of a slice that has at most a vector's.
    #[inline(always)]
    fn store_up_to(self, blocks: &mut [u128]) {
        if blocks.len() >= Self::BLOCKS {
            self.store(blocks);
        } else {
            self.store_partial(blocks);
        }
    }
}

/// Loads up to K vectors of blocks.
#[inline(always)]
pub(super) fn load<V: Lanes, const K: usize>(cpu: V::Cpu, blocks: &[u128]) -> [V; K] {
    let mut vectors = [V::splat(cpu, &0); K];
    for (at, vector) in vectors.iter_mut().enumerate() {
        let end = blocks.len().min((at + 1) * V::BLOCKS);
        let start = end.min(at * V::BLOCKS);
        *vector = V::load_up_to(cpu, &blocks[start..end]);
    }
    vectors
}

/// Writes over up to K vectors of blocks.
#[inline(always)]
pub(super) fn store<V: Lanes, const K: usize>(vectors: &[V; K], blocks: &mut [u128]) {
    for (at, vector) in vectors.iter().enumerate() {
        let end = blocks.len().min((at + 1) * V::BLOCKS);
        let start = end.min(at * V::BLOCKS);
        vector.store_up_to(&mut blocks[start..end]);
    }
}

/// One block.
#[derive(Clone, Copy)]
pub(super) struct Xmm(__m128i);

/// Four blocks.
#[derive(Clone, Copy)]
pub(super) struct Zmm(pub(super) __m512i);

/// In the last word, RotWord of FIPS 197, copied to all words: bytes 13, 14, 15, 12.
const ROTATED_LAST_WORD: i32 = 0x0c0f_0e0d;

/// Runs instructions on vectors, or on a proof.
macro_rules! instructions {
    ($body:expr) => {{
        // SAFETY: the instructions need only that the processor has them, and a proof of that was
        // given, or the vectors that they work on could not have been made.
        #[allow(unused_unsafe)]
        unsafe {
            $body
        }
    }};
}

impl Lanes for Xmm {
    type Cpu = Avx2;
    const BLOCKS: usize = 1;

    #[inline(always)]
    fn simd(cpu: Avx2) -> Simd {
        Simd::Avx2(cpu)
    }

    #[inline(always)]
    fn splat(cpu: Avx2, block: &u128) -> Self {
        Self::load(cpu, core::slice::from_ref(block))
    }

    #[inline(always)]
    fn load(_: Avx2, blocks: &[u128]) -> Self {
        assert!(!blocks.is_empty());
        // SAFETY: the slice has the 16 bytes read, and the processor has AVX2.
        Self(unsafe { _mm_loadu_si128(blocks.as_ptr().cast()) })
    }

    #[inline(always)]
    fn load_partial(_: Avx2, _: &[u128]) -> Self {
        Self(instructions!(_mm_setzero_si128()))
    }

    #[inline(always)]
    fn store(self, blocks: &mut [u128]) {
        assert!(!blocks.is_empty());
        // SAFETY: the slice has the 16 bytes written, and the processor has AVX2.
        unsafe { _mm_storeu_si128(blocks.as_mut_ptr().cast(), self.0) };
    }

    #[inline(always)]
    fn store_partial(self, _: &mut [u128]) {}

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        Self(instructions!(_mm_xor_si128(self.0, other.0)))
    }

    #[inline(always)]
    fn xor3(self, a: Self, b: Self) -> Self {
        self.xor(a).xor(b)
    }

    #[inline(always)]
    fn add64(self, other: Self) -> Self {
        Self(instructions!(_mm_add_epi64(self.0, other.0)))
    }

    #[inline(always)]
    fn round(self, key: Self) -> Self {
        Self(instructions!(_mm_aesenc_si128(self.0, key.0)))
    }

    #[inline(always)]
    fn last_round(self, key: Self) -> Self {
        Self(instructions!(_mm_aesenclast_si128(self.0, key.0)))
    }

    #[inline(always)]
    fn next_round_key(self, constant: Self) -> Self {
        // The last round of AES is SubWord where all words of the state are equal.
        let word = instructions!(_mm_shuffle_epi8(self.0, _mm_set1_epi32(ROTATED_LAST_WORD)));
        let word = Self(word).last_round(constant);
        let key = self.xor(Self(instructions!(_mm_slli_si128::<4>(self.0))));
        key.xor3(Self(instructions!(_mm_slli_si128::<8>(key.0))), word)
    }

    #[inline(always)]
    fn sigma(self) -> Self {
        instructions!({
            let swapped = _mm_shuffle_epi32::<0b01_00_11_10>(self.0);
            let left = _mm_and_si128(self.0, _mm_set_epi64x(-1, 0));
            Self(_mm_xor_si128(swapped, left))
        })
    }

    #[inline(always)]
    fn interleave(self, other: Self) -> (Self, Self) {
        (self, other)
    }

    #[inline(always)]
    fn store_block(self, _: usize, to: &mut u128) {
        self.store(core::slice::from_mut(to));
    }
}

impl Lanes for Zmm {
    type Cpu = Avx512;
    const BLOCKS: usize = 4;

    #[inline(always)]
    fn simd(cpu: Avx512) -> Simd {
        Simd::Avx512(cpu)
    }

    #[inline(always)]
    fn splat(_: Avx512, block: &u128) -> Self {
        let block: *const u128 = block;
        // SAFETY: a block has the 16 bytes read, and the processor has AVX-512.
        Self(unsafe { _mm512_broadcast_i32x4(_mm_loadu_si128(block.cast())) })
    }

    #[inline(always)]
    fn load(_: Avx512, blocks: &[u128]) -> Self {
        assert!(blocks.len() >= Self::BLOCKS);
        // SAFETY: the slice has the 64 bytes read, and the processor has AVX-512.
        Self(unsafe { _mm512_loadu_si512(blocks.as_ptr().cast()) })
    }

    #[inline(always)]
    fn load_partial(_: Avx512, blocks: &[u128]) -> Self {
        let mask = partial(blocks);
        // SAFETY: only the blocks of the slice are read, and the processor has AVX-512.
        Self(unsafe { _mm512_maskz_loadu_epi64(mask, blocks.as_ptr().cast()) })
    }

    #[inline(always)]
    fn store(self, blocks: &mut [u128]) {
        assert!(blocks.len() >= Self::BLOCKS);
        // SAFETY: the slice has the 64 bytes written, and the processor has AVX-512.
        unsafe { _mm512_storeu_si512(blocks.as_mut_ptr().cast(), self.0) };
    }

    #[inline(always)]
    fn store_partial(self, blocks: &mut [u128]) {
        let mask = partial(blocks);
        // SAFETY: only the blocks of the slice are written, and the processor has AVX-512.
        unsafe { _mm512_mask_storeu_epi64(blocks.as_mut_ptr().cast(), mask, self.0) };
    }

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        Self(instructions!(_mm512_xor_si512(self.0, other.0)))
    }

    #[inline(always)]
    fn xor3(self, a: Self, b: Self) -> Self {
        const XOR3: i32 = 0x96;
        Self(instructions!(_mm512_ternarylogic_epi64::<XOR3>(
            self.0, a.0, b.0
        )))
    }

    #[inline(always)]
    fn add64(self, other: Self) -> Self {
        Self(instructions!(_mm512_add_epi64(self.0, other.0)))
    }

    #[inline(always)]
    fn round(self, key: Self) -> Self {
        Self(instructions!(_mm512_aesenc_epi128(self.0, key.0)))
    }

    #[inline(always)]
    fn last_round(self, key: Self) -> Self {
        Self(instructions!(_mm512_aesenclast_epi128(self.0, key.0)))
    }

    #[inline(always)]
    fn next_round_key(self, constant: Self) -> Self {
        // The last round of AES is SubWord where all words of the state are equal.
        let word = instructions!(_mm512_shuffle_epi8(
            self.0,
            _mm512_set1_epi32(ROTATED_LAST_WORD)
        ));
        let word = Self(word).last_round(constant);
        let key = self.xor(Self(instructions!(_mm512_bslli_epi128::<4>(self.0))));
        key.xor3(Self(instructions!(_mm512_bslli_epi128::<8>(key.0))), word)
    }

    #[inline(always)]
    fn sigma(self) -> Self {
        // Where the mask is set, a ⊕ b, and b elsewhere.
        const XOR_WHERE_MASKED: i32 = 0x6c;
        instructions!({
            let swapped = _mm512_shuffle_epi32::<0b01_00_11_10>(self.0);
            let upper = _mm512_set_epi64(-1, 0, -1, 0, -1, 0, -1, 0);
            Self(_mm512_ternarylogic_epi64::<XOR_WHERE_MASKED>(
                self.0, swapped, upper,
            ))
        })
    }

    #[inline(always)]
    fn interleave(self, other: Self) -> (Self, Self) {
        instructions!({
            let first = _mm512_set_epi64(11, 10, 3, 2, 9, 8, 1, 0);
            let second = _mm512_set_epi64(15, 14, 7, 6, 13, 12, 5, 4);
            (
                Self(_mm512_permutex2var_epi64(self.0, first, other.0)),
                Self(_mm512_permutex2var_epi64(self.0, second, other.0)),
            )
        })
    }

    #[inline(always)]
    fn store_block(self, at: usize, to: &mut u128) {
        let block = instructions!(match at {
            0 => _mm512_castsi512_si128(self.0),
            1 => _mm512_extracti64x2_epi64::<1>(self.0),
            2 => _mm512_extracti64x2_epi64::<2>(self.0),
            _ => _mm512_extracti64x2_epi64::<3>(self.0),
        });
        let to: *mut u128 = to;
        // SAFETY: a block has the 16 bytes written, and the processor has AVX-512.
        unsafe { _mm_storeu_si128(to.cast(), block) };
    }
}

/// The 64-bit words that a slice of fewer than four blocks has.
#[inline(always)]
fn partial(blocks: &[u128]) -> __mmask8 {
    assert!(blocks.len() < Zmm::BLOCKS);
    (1u8 << (2 * blocks.len())) - 1
}
