//! Shared bits as one of two parties holds them.

use std::ops::BitXor;

use crate::block::unpack;
use crate::support::spec::{Package, PeerPart};

pub const KEY_BITS: usize = 256;

/// This party's part of a shared bit: its share, the MAC on it, its key on the peer's share.
#[derive(Clone, Copy, Default)]
pub struct Share {
    pub bit: u8,
    pub mac: u128,
    pub key: u128,
}

impl BitXor for Share {
    type Output = Self;

    fn bitxor(self, other: Self) -> Self {
        Self {
            bit: self.bit ^ other.bit,
            mac: self.mac ^ other.mac,
            key: self.key ^ other.key,
        }
    }
}

impl Share {
    pub fn if_set(self, bit: u8) -> Self {
        if bit == 1 { self } else { Self::default() }
    }

    pub fn sum(shares: impl IntoIterator<Item = Self>) -> Self {
        shares.into_iter().fold(Self::default(), BitXor::bitxor)
    }
}

/// Multiplication in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1.
fn gf_times(a: u8, b: u8) -> u8 {
    let double = |a: u8| (a << 1) ^ if a >> 7 == 1 { 0x1b } else { 0 };
    let powers = (0..8).scan(a, |power, i| {
        let term = if b >> i & 1 == 1 { *power } else { 0 };
        *power = double(*power);
        Some(term)
    });
    powers.fold(0, |sum, term| sum ^ term)
}

/// The XOR share of the outer state: Shamir share times Lagrange coefficient at 0, words read from
/// their lowest bit.
pub fn of_the_key(package: &Package, part: &PeerPart, peer: u8) -> Vec<Share> {
    let lambda = |own: u8, other: u8| {
        let inverse = (1..=255).find(|&i| gf_times(i, own ^ other) == 1).unwrap();
        gf_times(other, inverse)
    };
    let (own, theirs) = (lambda(package.party, peer), lambda(peer, package.party));
    let bits = unpack(&package.share);
    let mut shares = vec![Share::default(); KEY_BITS];
    for (i, &value) in bits.iter().enumerate() {
        let (word, byte, bit) = (i / 32, i / 8 % 4, i % 8);
        for out in 0..8 {
            let share = &mut shares[word * 32 + (3 - byte) * 8 + out];
            if gf_times(own, 1 << bit) >> out & 1 == 1 {
                share.bit ^= value;
                share.mac ^= part.macs[i];
            }
            if gf_times(theirs, 1 << bit) >> out & 1 == 1 {
                share.key ^= part.keys[i];
            }
        }
    }
    shares
}
