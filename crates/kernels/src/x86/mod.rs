//! The kernels in x86-64 vector instructions.
//!
//! This is the only place in the workspace where unsafe code is allowed, and it is needed for two
//! things only: an instruction may run only where the processor has it, and vectors are loaded and
//! stored through pointers. The first is settled by types: [`Avx2`] and [`Avx512`] are proofs that
//! the processor has the instructions, obtained only by asking it, and no vector can be made
//! without one. The second is settled by taking slices, whose length is checked, in `lanes`.
#![allow(unsafe_code)]

mod aes;
mod lanes;
mod local_linear;
mod polyval;
mod small_field;
mod transpose;

pub(crate) use aes::{
    encrypt, expand_many, half_tree_level, hash_in_place, stream, tweaked_hashes,
};
pub(crate) use local_linear::add_rows;
pub(crate) use polyval::{Powers, dot};
pub(crate) use small_field::small_field_vole;
pub(crate) use transpose::transpose_128;

use crate::wipe::wipe;

/// Proof that the processor has AES-NI, AVX2 and PCLMULQDQ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Avx2(());

/// Proof that the processor has AVX-512 (F, BW, DQ, VL), VAES, VPCLMULQDQ and GFNI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Avx512(());

/// Which vectors the AES kernels use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Simd {
    Avx2(Avx2),
    Avx512(Avx512),
}

impl Simd {
    /// The lesser proof, which either kind includes.
    pub(crate) fn avx2(self) -> Avx2 {
        match self {
            Self::Avx2(cpu) => cpu,
            Self::Avx512(_) => Avx2(()),
        }
    }
}

impl Avx2 {
    pub(crate) fn detect() -> Option<Self> {
        let has = is_x86_feature_detected!("aes")
            && is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("pclmulqdq");
        has.then_some(Self(()))
    }
}

impl Avx512 {
    pub(crate) fn detect() -> Option<Self> {
        let has = Avx2::detect().is_some()
            && is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("vaes")
            && is_x86_feature_detected!("vpclmulqdq")
            && is_x86_feature_detected!("gfni");
        has.then_some(Self(()))
    }
}

/// The round keys of AES-128, the cipher key first; wiped when dropped.
pub(crate) struct RoundKeys([u128; 11]);

impl RoundKeys {
    /// Memory for the round keys of a key yet to be expanded.
    #[inline]
    pub(crate) fn blank() -> Self {
        Self([0; 11])
    }
}

impl Drop for RoundKeys {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

/// Defines functions that run a function of the same name, generic over [`lanes::Lanes`] and given
/// as the path, with the widest vectors that `simd` allows.
macro_rules! vectorised {
    ($(
        $(#[$attribute:meta])*
        $name:ident $(<const $generic:ident>)? = $narrow:expr, $wide:expr;
        ($($argument:ident: $type:ty),*) $(-> $output:ty)?
    )*) => {$(
        $(#[$attribute])*
        #[inline]
        pub(crate) fn $name $(<const $generic: usize>)? (
            simd: $crate::x86::Simd, $($argument: $type),*
        ) $(-> $output)? {
            #[target_feature(enable = "aes,avx2,pclmulqdq")]
            fn narrow $(<const $generic: usize>)? (
                cpu: $crate::x86::Avx2, $($argument: $type),*
            ) $(-> $output)? {
                $narrow(cpu, $($argument),*)
            }
            #[target_feature(
                enable = "aes,avx2,avx512f,avx512bw,avx512dq,avx512vl,vaes,vpclmulqdq,gfni"
            )]
            fn wide $(<const $generic: usize>)? (
                cpu: $crate::x86::Avx512, $($argument: $type),*
            ) $(-> $output)? {
                $wide(cpu, $($argument),*)
            }
            match simd {
                // SAFETY: `cpu` proves that the processor has these instructions.
                $crate::x86::Simd::Avx2(cpu) => unsafe { narrow(cpu, $($argument),*) },
                // SAFETY: as above.
                $crate::x86::Simd::Avx512(cpu) => unsafe { wide(cpu, $($argument),*) },
            }
        }
    )*};
}
use vectorised;
