//! Which implementation runs.

use std::sync::LazyLock;

#[cfg(target_arch = "x86_64")]
use crate::x86::{Avx2, Avx512, Simd};

/// An implementation of all kernels that this processor can run. All give the same bytes.
///
/// The functions of this crate use [`Backend::best`]; the methods here let tests and benchmarks
/// choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backend(pub(crate) Kind);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Portable,
    #[cfg(target_arch = "x86_64")]
    Simd(Simd),
}

impl Backend {
    /// The fastest implementation this processor can run.
    #[inline]
    pub fn best() -> Self {
        static BEST: LazyLock<Backend> = LazyLock::new(|| {
            let available = Backend::available();
            available.last().copied().unwrap_or(Backend::portable())
        });
        *BEST
    }

    /// The implementation in plain Rust, over the `aes` and `polyval` crates.
    pub fn portable() -> Self {
        Self(Kind::Portable)
    }

    /// All implementations this processor can run, the portable one first and the fastest last.
    pub fn available() -> Vec<Self> {
        #[cfg_attr(not(target_arch = "x86_64"), allow(unused_mut))]
        let mut available = vec![Self::portable()];
        #[cfg(target_arch = "x86_64")]
        {
            let narrow = Avx2::detect().map(Simd::Avx2);
            let wide = Avx512::detect().map(Simd::Avx512);
            let simd = [narrow, wide].into_iter().flatten();
            available.extend(simd.map(|simd| Self(Kind::Simd(simd))));
        }
        available
    }

    /// The implementation's name, for reports.
    pub fn name(self) -> &'static str {
        match self.0 {
            Kind::Portable => "portable",
            #[cfg(target_arch = "x86_64")]
            Kind::Simd(Simd::Avx2(_)) => "avx2",
            #[cfg(target_arch = "x86_64")]
            Kind::Simd(Simd::Avx512(_)) => "avx512",
        }
    }
}
