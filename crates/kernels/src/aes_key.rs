//! AES-128 under one key, and the hashes built from it.

use aes::Aes128Enc;
use aes::cipher::{Array, BlockCipherEncrypt, KeyInit, consts::U16};

use crate::backend::{Backend, Kind};
use crate::wipe::wipe;
#[cfg(target_arch = "x86_64")]
use crate::x86;

/// An expanded AES-128 key (FIPS 197), wiped when dropped. A move copies it and leaves the former
/// place as it was: keep long-lived keys where they are made.
pub struct AesKey(Schedule);

enum Schedule {
    Cipher(Box<Aes128Enc>),
    #[cfg(target_arch = "x86_64")]
    RoundKeys(x86::Simd, x86::RoundKeys),
}

impl AesKey {
    /// Expands `key`.
    pub fn new(key: u128) -> Self {
        Backend::best().aes_key(key)
    }

    /// Expands all `keys` and appends them to `out`: faster than one at a time. Reserve the room
    /// before: a vector that grows leaves its former memory unwiped.
    pub fn expand_many(keys: &[u128], out: &mut Vec<Self>) {
        Backend::best().expand_many(keys, out);
    }

    /// Expands all `keys` over the former keys in `out`: faster than clearing a vector and
    /// [`AesKey::expand_many`].
    ///
    /// # Panics
    ///
    /// If `keys` and `out` differ in length.
    pub fn rekey_many(keys: &[u128], out: &mut [Self]) {
        Backend::best().rekey_many(keys, out);
    }

    /// Encrypts `blocks` in place.
    #[inline]
    pub fn encrypt(&self, blocks: &mut [u128]) {
        match &self.0 {
            Schedule::Cipher(cipher) => portable::encrypt(cipher, blocks),
            #[cfg(target_arch = "x86_64")]
            Schedule::RoundKeys(simd, keys) => x86::encrypt(*simd, keys, blocks),
        }
    }

    /// Counter mode: out\[i\] = E(first + i), modulo 2^128.
    #[inline]
    pub fn stream(&self, first: u128, out: &mut [u128]) {
        match &self.0 {
            Schedule::Cipher(cipher) => portable::stream(cipher, first, out),
            #[cfg(target_arch = "x86_64")]
            Schedule::RoundKeys(simd, keys) => x86::stream(*simd, keys, first, out),
        }
    }

    /// The Matyas-Meyer-Oseas hash of each block, in place: blocks\[i\] = E(blocks\[i\]) ⊕
    /// blocks\[i\]. Made for few blocks and low latency.
    #[inline]
    pub fn hash_in_place<const N: usize>(&self, blocks: &mut [u128; N]) {
        match &self.0 {
            Schedule::Cipher(cipher) => portable::hash_in_place(cipher, blocks),
            #[cfg(target_arch = "x86_64")]
            Schedule::RoundKeys(simd, keys) => x86::hash_in_place(*simd, keys, blocks),
        }
    }

    /// TMMO (Guo, Katz, Wang, Yu, S&P 2020): out\[i\] = E(E(x) ⊕ (first_tweak + i)) ⊕ E(x) with
    /// x = inputs\[i\] ⊕ offset.
    ///
    /// # Panics
    ///
    /// If `inputs` and `out` differ in length.
    pub fn tweaked_hashes(
        &self,
        inputs: &[u128],
        offset: u128,
        first_tweak: u64,
        out: &mut [u128],
    ) {
        assert_eq!(inputs.len(), out.len(), "one hash for each input");
        match &self.0 {
            Schedule::Cipher(cipher) => {
                portable::tweaked_hashes(cipher, inputs, offset, first_tweak, out);
            }
            #[cfg(target_arch = "x86_64")]
            Schedule::RoundKeys(simd, keys) => {
                x86::tweaked_hashes(*simd, keys, inputs, offset, first_tweak, out);
            }
        }
    }

    /// The vectors and round keys to compute with, if the key was expanded for vectors.
    #[cfg(target_arch = "x86_64")]
    #[inline]
    pub(crate) fn round_keys(&self) -> Option<(x86::Simd, &x86::RoundKeys)> {
        match &self.0 {
            Schedule::RoundKeys(simd, keys) => Some((*simd, keys)),
            Schedule::Cipher(_) => None,
        }
    }

    /// A key yet to be expanded.
    #[cfg(target_arch = "x86_64")]
    #[inline]
    fn blank(simd: x86::Simd) -> Self {
        Self(Schedule::RoundKeys(simd, x86::RoundKeys::blank()))
    }

    /// The round keys to write over, for use with `simd` from now on.
    #[cfg(target_arch = "x86_64")]
    #[inline]
    pub(crate) fn round_keys_mut(&mut self, simd: x86::Simd) -> &mut x86::RoundKeys {
        if !matches!(&self.0, Schedule::RoundKeys(former, _) if *former == simd) {
            *self = Self::blank(simd);
        }
        match &mut self.0 {
            Schedule::RoundKeys(_, keys) => keys,
            Schedule::Cipher(_) => unreachable!("just replaced"),
        }
    }
}

impl Backend {
    /// [`AesKey::new`] on this backend; what is computed with the key stays on it.
    pub fn aes_key(self, key: u128) -> AesKey {
        match self.0 {
            Kind::Portable => AesKey(Schedule::Cipher(portable::expand(key))),
            #[cfg(target_arch = "x86_64")]
            Kind::Simd(simd) => {
                let mut expanded = AesKey::blank(simd);
                x86::expand_many(simd, &[key], core::slice::from_mut(&mut expanded));
                expanded
            }
        }
    }

    /// [`AesKey::expand_many`] on this backend.
    pub fn expand_many(self, keys: &[u128], out: &mut Vec<AesKey>) {
        match self.0 {
            Kind::Portable => out.extend(keys.iter().map(|&key| self.aes_key(key))),
            #[cfg(target_arch = "x86_64")]
            Kind::Simd(simd) => {
                let start = out.len();
                out.extend(keys.iter().map(|_| AesKey::blank(simd)));
                self.rekey_many(keys, &mut out[start..]);
            }
        }
    }

    /// [`AesKey::rekey_many`] on this backend.
    ///
    /// # Panics
    ///
    /// If `keys` and `out` differ in length.
    pub fn rekey_many(self, keys: &[u128], out: &mut [AesKey]) {
        assert_eq!(keys.len(), out.len(), "one place for each key");
        match self.0 {
            Kind::Portable => {
                for (slot, &key) in out.iter_mut().zip(keys) {
                    *slot = self.aes_key(key);
                }
            }
            #[cfg(target_arch = "x86_64")]
            Kind::Simd(simd) => x86::expand_many(simd, keys, out),
        }
    }
}

/// The same over the `aes` crate, which uses the processor's AES instructions itself where it knows
/// them, and a bit-sliced AES elsewhere.
mod portable {
    use super::*;

    /// Blocks given to the cipher at once.
    const LANES: usize = 32;

    pub(super) fn expand(key: u128) -> Box<Aes128Enc> {
        let mut bytes = key.to_le_bytes();
        let cipher = Box::new(Aes128Enc::new((&bytes).into()));
        wipe(&mut bytes);
        cipher
    }

    pub(super) fn encrypt(cipher: &Aes128Enc, blocks: &mut [u128]) {
        let mut buffer = [Array::<u8, U16>::default(); LANES];
        let used = blocks.len().min(LANES);
        for chunk in blocks.chunks_mut(LANES) {
            let buffer = &mut buffer[..chunk.len()];
            for (bytes, block) in buffer.iter_mut().zip(&*chunk) {
                *bytes = block.to_le_bytes().into();
            }
            cipher.encrypt_blocks(buffer);
            for (block, bytes) in chunk.iter_mut().zip(&*buffer) {
                *block = u128::from_le_bytes((*bytes).into());
            }
        }
        wipe(&mut buffer[..used]);
    }

    pub(super) fn stream(cipher: &Aes128Enc, first: u128, out: &mut [u128]) {
        let mut counter = first;
        for block in &mut *out {
            *block = counter;
            counter = counter.wrapping_add(1);
        }
        encrypt(cipher, out);
    }

    pub(super) fn hash_in_place(cipher: &Aes128Enc, blocks: &mut [u128]) {
        let mut buffer = [0; LANES];
        for chunk in blocks.chunks_mut(LANES) {
            let buffer = &mut buffer[..chunk.len()];
            buffer.copy_from_slice(chunk);
            encrypt(cipher, buffer);
            for (block, encrypted) in chunk.iter_mut().zip(&*buffer) {
                *block ^= encrypted;
            }
        }
        wipe(&mut buffer);
    }

    pub(super) fn tweaked_hashes(
        cipher: &Aes128Enc,
        inputs: &[u128],
        offset: u128,
        first_tweak: u64,
        out: &mut [u128],
    ) {
        for (hash, input) in out.iter_mut().zip(inputs) {
            *hash = input ^ offset;
        }
        encrypt(cipher, out);
        let mut tweak = u128::from(first_tweak);
        let mut outer = [0; LANES];
        for chunk in out.chunks_mut(LANES) {
            let outer = &mut outer[..chunk.len()];
            for (block, inner) in outer.iter_mut().zip(&*chunk) {
                *block = inner ^ tweak;
                tweak += 1;
            }
            encrypt(cipher, outer);
            for (hash, block) in chunk.iter_mut().zip(&*outer) {
                *hash ^= block;
            }
        }
        wipe(&mut outer);
    }
}
