//! Blocks of 128 bits, and what is made of bits and blocks.

use aes::Aes128Enc;
use aes::cipher::{BlockCipherEncrypt, KeyInit};

pub fn aes(key: u128, block: u128) -> u128 {
    let mut bytes = block.to_le_bytes().into();
    Aes128Enc::new(&key.to_le_bytes().into()).encrypt_block(&mut bytes);
    u128::from_le_bytes(bytes.into())
}

/// AES in counter mode from 0.
pub fn expand(seed: u128, blocks: usize) -> Vec<u128> {
    stream(seed).take(blocks).collect()
}

pub fn stream(seed: u128) -> impl Iterator<Item = u128> {
    let cipher = Aes128Enc::new(&seed.to_le_bytes().into());
    (0u128..).map(move |counter| {
        let mut bytes = counter.to_le_bytes().into();
        cipher.encrypt_block(&mut bytes);
        u128::from_le_bytes(bytes.into())
    })
}

pub fn bytes(blocks: impl IntoIterator<Item = u128>) -> Vec<u8> {
    blocks.into_iter().flat_map(u128::to_le_bytes).collect()
}

pub fn blocks(bytes: &[u8]) -> Vec<u128> {
    bytes
        .chunks(16)
        .map(|b| u128::from_le_bytes(b.try_into().unwrap()))
        .collect()
}

pub fn pack(bits: &[u8]) -> Vec<u8> {
    bits.chunks(8)
        .map(|c| c.iter().rev().fold(0, |byte, bit| byte << 1 | bit))
        .collect()
}

pub fn unpack(bytes: &[u8]) -> Vec<u8> {
    bytes
        .iter()
        .flat_map(|byte| (0..8).map(move |i| byte >> i & 1))
        .collect()
}

pub fn times(block: u128, bit: u8) -> u128 {
    if bit == 1 { block } else { 0 }
}
