//! POLYVAL with carry-less multiplication: many products for one reduction.

use core::arch::x86_64::*;

use super::lanes::{Lanes, Zmm};
use super::{Avx512, Simd};
use crate::wipe::wipe;

/// Blocks multiplied before a reduction.
const POWERS: usize = 32;

/// Powers of a POLYVAL key, the highest first; wiped when dropped.
pub(crate) struct Powers {
    powers: [u128; POWERS],
    cpu: Avx512,
}

impl Powers {
    /// Boxed, so that moving it leaves no copy of the key behind.
    pub(crate) fn new(cpu: Avx512, key: u128) -> Box<Self> {
        let mut powers = Box::new(Self {
            powers: [0; POWERS],
            cpu,
        });
        // SAFETY: `cpu` proves that the processor has these instructions.
        unsafe { fill_powers(cpu, key, &mut powers.powers) };
        powers
    }

    /// As [`crate::Polyval::hash`].
    pub(crate) fn hash(&self, blocks: &[u128]) -> u128 {
        // SAFETY: `self.cpu` proves that the processor has these instructions.
        unsafe { hash(self.cpu, &self.powers, blocks) }
    }
}

impl Drop for Powers {
    fn drop(&mut self) {
        wipe(&mut self.powers);
    }
}

/// As [`crate::dot`].
pub(crate) fn dot(_: Simd, a: u128, b: u128) -> u128 {
    // SAFETY: either kind of proof says that the processor has these instructions.
    unsafe { dot_one(a, b) }
}

/// The constant of the reduction, x^127 + x^126 + x^121 without the lower 64 bits.
const REDUCTION: i64 = 0xc200_0000_0000_0000_u64 as i64;

#[target_feature(enable = "sse2,pclmulqdq")]
fn dot_one(a: u128, b: u128) -> u128 {
    let [a, b] = [a, b].map(|block| _mm_set_epi64x((block >> 64) as i64, block as i64));
    let middle = _mm_xor_si128(
        _mm_clmulepi64_si128::<0x01>(a, b),
        _mm_clmulepi64_si128::<0x10>(a, b),
    );
    let lower = _mm_clmulepi64_si128::<0x00>(a, b);
    let lower = _mm_xor_si128(lower, _mm_slli_si128::<8>(middle));
    let upper = _mm_clmulepi64_si128::<0x11>(a, b);
    let upper = _mm_xor_si128(upper, _mm_srli_si128::<8>(middle));
    let constant = _mm_set_epi64x(0, REDUCTION);
    let fold = |low| {
        let swapped = _mm_shuffle_epi32::<0b01_00_11_10>(low);
        _mm_xor_si128(swapped, _mm_clmulepi64_si128::<0x00>(low, constant))
    };
    let product = _mm_xor_si128(upper, fold(fold(lower)));
    let low = _mm_cvtsi128_si64(product) as u64;
    let high = _mm_cvtsi128_si64(_mm_unpackhi_epi64(product, product)) as u64;
    u128::from(low) | (u128::from(high) << 64)
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,vpclmulqdq")]
fn fill_powers(cpu: Avx512, key: u128, powers: &mut [u128; POWERS]) {
    let square = dot_one(key, key);
    let mut first = [dot_one(square, square), dot_one(square, key), square, key];
    let step = Zmm::splat(cpu, &first[0]).0;
    let mut four = Zmm::load(cpu, &first);
    wipe(&mut first);
    for powers in powers.rchunks_exact_mut(Zmm::BLOCKS) {
        four.store(powers);
        let mut product = Product::zero();
        product.add(four.0, step);
        four = Zmm(product.reduced());
    }
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,vpclmulqdq")]
fn hash(cpu: Avx512, powers: &[u128; POWERS], blocks: &[u128]) -> u128 {
    let mut state = _mm512_setzero_si512();
    let (first, rest) = blocks.split_at(blocks.len() % POWERS);
    if !first.is_empty() {
        state = absorb(cpu, state, &powers[POWERS - first.len()..], first);
    }
    for blocks in rest.chunks_exact(POWERS) {
        state = absorb(cpu, state, powers, blocks);
    }
    Zmm(state).block(0)
}

/// The state, in all lanes, after as many blocks as there are powers; before, in any lane but only
/// the lowest counts.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,vpclmulqdq")]
fn absorb(cpu: Avx512, state: __m512i, powers: &[u128], blocks: &[u128]) -> __m512i {
    const LOWEST: __mmask8 = 0b11;
    let mut product = Product::zero();
    let vectors = blocks.chunks(Zmm::BLOCKS).zip(powers.chunks(Zmm::BLOCKS));
    let mut vectors = vectors.map(|(blocks, powers)| {
        (
            Zmm::load_up_to(cpu, blocks).0,
            Zmm::load_up_to(cpu, powers).0,
        )
    });
    let first = vectors.next();
    for (blocks, powers) in vectors {
        product.add(blocks, powers);
    }
    // Last, not to wait for the state.
    if let Some((blocks, powers)) = first {
        let blocks = _mm512_mask_xor_epi64(blocks, LOWEST, blocks, state);
        product.add(blocks, powers);
    }
    let sum = product.reduced();
    let sum = _mm512_xor_si512(sum, _mm512_shuffle_i64x2::<0b01_00_11_10>(sum, sum));
    _mm512_xor_si512(sum, _mm512_shuffle_i64x2::<0b10_11_00_01>(sum, sum))
}

/// In each lane, a sum of products of 255 bits: a + b · x^64 + c · x^128.
struct Product {
    lower: __m512i,
    middle: __m512i,
    upper: __m512i,
}

impl Product {
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn zero() -> Self {
        let zero = _mm512_setzero_si512();
        Self {
            lower: zero,
            middle: zero,
            upper: zero,
        }
    }

    #[inline]
    #[target_feature(enable = "avx512f,vpclmulqdq")]
    fn add(&mut self, a: __m512i, b: __m512i) {
        const XOR3: i32 = 0x96;
        self.lower = _mm512_xor_si512(self.lower, _mm512_clmulepi64_epi128::<0x00>(a, b));
        self.middle = _mm512_ternarylogic_epi64::<XOR3>(
            self.middle,
            _mm512_clmulepi64_epi128::<0x01>(a, b),
            _mm512_clmulepi64_epi128::<0x10>(a, b),
        );
        self.upper = _mm512_xor_si512(self.upper, _mm512_clmulepi64_epi128::<0x11>(a, b));
    }

    /// The sum times x^-128 in the field.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,vpclmulqdq")]
    fn reduced(&self) -> __m512i {
        let lower = _mm512_xor_si512(self.lower, _mm512_bslli_epi128::<8>(self.middle));
        let upper = _mm512_xor_si512(self.upper, _mm512_bsrli_epi128::<8>(self.middle));
        _mm512_xor_si512(upper, fold(fold(lower)))
    }
}

/// Adds a multiple of the field's polynomial that clears the lowest 64 bits, and divides by x^64.
#[inline]
#[target_feature(enable = "avx512f,vpclmulqdq")]
fn fold(low: __m512i) -> __m512i {
    let swapped = _mm512_shuffle_epi32::<0b01_00_11_10>(low);
    let product = _mm512_clmulepi64_epi128::<0x00>(low, _mm512_set1_epi64(REDUCTION));
    _mm512_xor_si512(swapped, product)
}
