//! The POLYVAL universal hash.

use polyval::Polyval as Portable;
use polyval::universal_hash::UniversalHash;

use crate::backend::{Backend, Kind};
use crate::wipe::wipe;
#[cfg(target_arch = "x86_64")]
use crate::x86::{self, Simd};

/// POLYVAL under one key (RFC 8452, section 3), wiped when dropped.
pub struct Polyval(State);

enum State {
    Portable(Portable),
    #[cfg(target_arch = "x86_64")]
    Powers(Box<x86::Powers>),
}

impl Polyval {
    /// Prepares powers of `key`.
    pub fn new(key: u128) -> Self {
        Backend::best().polyval(key)
    }

    /// POLYVAL(key, blocks): 0 for no blocks.
    pub fn hash(&self, blocks: &[u128]) -> u128 {
        match &self.0 {
            State::Portable(polyval) => portable(polyval, blocks),
            #[cfg(target_arch = "x86_64")]
            State::Powers(powers) => powers.hash(blocks),
        }
    }
}

/// dot(a, b) = a · b · x^-128 in GF(2^128), as POLYVAL represents it (RFC 8452, section 3).
pub fn dot(a: u128, b: u128) -> u128 {
    Backend::best().dot(a, b)
}

impl Backend {
    /// [`Polyval::new`] on this backend.
    pub fn polyval(self, key: u128) -> Polyval {
        Polyval(match self.0 {
            #[cfg(target_arch = "x86_64")]
            Kind::Simd(Simd::Avx512(cpu)) => State::Powers(x86::Powers::new(cpu, key)),
            _ => {
                let mut bytes = key.to_le_bytes();
                let polyval = Portable::new((&bytes).into());
                wipe(&mut bytes);
                State::Portable(polyval)
            }
        })
    }

    /// [`dot`] on this backend.
    pub fn dot(self, a: u128, b: u128) -> u128 {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            Kind::Simd(simd) => x86::dot(simd, a, b),
            Kind::Portable => self.polyval(b).hash(&[a]),
        }
    }
}

fn portable(polyval: &Portable, blocks: &[u128]) -> u128 {
    const LANES: usize = 32;
    let mut polyval = polyval.clone();
    let mut buffer = [polyval::Block::default(); LANES];
    for chunk in blocks.chunks(LANES) {
        let buffer = &mut buffer[..chunk.len()];
        for (bytes, block) in buffer.iter_mut().zip(chunk) {
            *bytes = block.to_le_bytes().into();
        }
        polyval.update(buffer);
    }
    wipe(&mut buffer);
    u128::from_le_bytes(polyval.finalize().into())
}
