//! 128-bit blocks: labels, MACs, keys and global keys.

use rand_core::CryptoRng;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// A label, a MAC or a MAC key: an element of GF(2)^128, little-endian on the wire.
pub type Block = u128;

/// A block of randomness.
pub(crate) fn random_block(rng: &mut impl CryptoRng) -> Block {
    let mut bytes = Zeroizing::new([0; 16]);
    rng.fill_bytes(&mut *bytes);
    Block::from_le_bytes(*bytes)
}

/// All ones if `bit` is 1, zero if it is 0: selection without a branch. `bit` must be 0 or 1.
#[inline(always)]
pub(crate) fn mask(bit: u8) -> Block {
    0u128.wrapping_sub(Block::from(bit & 1))
}

/// [`mask`] for the 64-bit halves.
#[inline(always)]
pub(crate) fn mask64(bit: u8) -> u64 {
    0u64.wrapping_sub(u64::from(bit & 1))
}

/// The low half, to which evaluator MACs in rows are truncated (ρ = 64, P13).
#[inline(always)]
pub(crate) fn row_mac(block: Block) -> u64 {
    block as u64
}

/// Bits of a narrow value: what checks of openings and products need of a MAC.
pub(crate) const NARROW: u32 = 48;

/// The low [`NARROW`] bits: a narrow MAC, key or Δ. M = K ⊕ xΔ holds for them as for the whole.
#[inline(always)]
pub(crate) fn narrow(block: Block) -> u64 {
    block as u64 & ((1 << NARROW) - 1)
}

/// Two narrow values in a block: in bits 0 to 47 and 64 to 111.
#[inline(always)]
pub(crate) fn two_narrow(first: u64, second: u64) -> Block {
    Block::from(first) | (Block::from(second) << 64)
}

/// A party's global key Δ: a bit x of a peer is authenticated by M = K ⊕ xΔ (P4).
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Delta(Block);

impl Delta {
    pub(crate) fn new(block: Block) -> Self {
        Self(block)
    }

    #[inline(always)]
    pub(crate) fn get(&self) -> Block {
        self.0
    }

    pub(crate) fn copy(&self) -> Self {
        Self(self.0)
    }
}

/// Bits one a byte (0 or 1), wiped when dropped: what linear passes over the circuit work on.
pub(crate) type BitBytes = zeroize::Zeroizing<Vec<u8>>;

/// Packs bits, one a byte, into bytes, lowest bit first.
pub(crate) fn pack(bits: &[u8]) -> Vec<u8> {
    bits.chunks(8)
        .map(|chunk| {
            chunk
                .iter()
                .enumerate()
                .fold(0, |byte, (i, bit)| byte | ((bit & 1) << i))
        })
        .collect()
}

/// The inverse of [`pack`] for `len` bits; `None` if `bytes` has another length or stray bits.
pub(crate) fn unpack(bytes: &[u8], len: usize) -> Option<Vec<u8>> {
    if bytes.len() != len.div_ceil(8) {
        return None;
    }
    let bits: Vec<u8> = bytes
        .iter()
        .flat_map(|byte| (0..8).map(move |i| (byte >> i) & 1))
        .collect();
    let stray = bits[len..].iter().any(|&bit| bit != 0);
    (!stray).then(|| bits[..len].to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packing_round_trips_and_refuses_stray_bits() {
        let bits = [1, 0, 1, 1, 0, 0, 0, 1, 1];
        let packed = pack(&bits);
        assert_eq!(unpack(&packed, 9).unwrap(), bits);
        assert!(unpack(&packed, 8).is_none());
        assert!(unpack(&[0xff, 0x02], 9).is_none());
    }
}
