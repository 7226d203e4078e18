//! The circuit's masks: which share of each wire's mask a party holds.
//!
//! A key-input wire's mask is the key bit itself, so its masked value is 0 for ever: nothing about it
//! is opened, and there is no masked key bit to get wrong. A public wire has mask 0. AND outputs get
//! fresh masks; XOR gates are linear.

use core::ops::{BitXor, Range};

use countersign_kernels::wipe;

use super::auth_bits::AuthBits;
use crate::block::{BitBytes, Block};
use crate::circuit::Circuit;
use crate::dealing::QuorumShare;

/// For each AND gate of one presignature, shares of the masks of its inputs; and of the circuit's
/// output masks.
pub(super) struct InputMasks {
    pub(super) a: AuthBits,
    pub(super) b: AuthBits,
    pub(super) outputs: AuthBits,
}

/// [`InputMasks`], and shares of σ = λ_a λ_b ⊕ λ_c: what garbling needs.
pub(super) struct GateMasks {
    pub(super) inputs: InputMasks,
    pub(super) sigma: AuthBits,
}

impl InputMasks {
    /// Carries masks through the circuit, from the dealt key bits and the fresh masks of AND outputs
    /// at `fresh` in `bits`.
    pub(super) fn new(
        share: &QuorumShare,
        circuit: &Circuit,
        bits: &AuthBits,
        fresh: Range<usize>,
    ) -> Self {
        let carried = carry(circuit, &share.bits, &bits.bits[fresh.clone()]);
        let [mut a, mut b, mut outputs] = carried.map(|bits| AuthBits {
            bits: BitBytes::new(bits),
            macs: Vec::new(),
            keys: Vec::new(),
        });
        for (p, peer) in share.peers.iter().enumerate() {
            // A MAC and a key travel together: the circuit is walked once for both.
            let mut dealt = pairs(&peer.macs, &peer.keys);
            let mut fresh = pairs(&bits.macs[p][fresh.clone()], &bits.keys[p][fresh.clone()]);
            let carried = carry(circuit, &dealt, &fresh);
            for (masks, mut pairs) in [&mut a, &mut b, &mut outputs].into_iter().zip(carried) {
                masks.macs.push(pairs.iter().map(|pair| pair.mac).collect());
                masks.keys.push(pairs.iter().map(|pair| pair.key).collect());
                wipe(&mut pairs);
            }
            wipe(&mut dealt);
            wipe(&mut fresh);
        }
        Self { a, b, outputs }
    }
}

#[derive(Clone, Copy, Default)]
struct Pair {
    mac: Block,
    key: Block,
}

impl BitXor for Pair {
    type Output = Self;

    #[inline(always)]
    fn bitxor(self, other: Self) -> Self {
        Self {
            mac: self.mac ^ other.mac,
            key: self.key ^ other.key,
        }
    }
}

fn pairs(macs: &[Block], keys: &[Block]) -> Vec<Pair> {
    macs.iter()
        .zip(keys)
        .map(|(&mac, &key)| Pair { mac, key })
        .collect()
}

/// One linear pass: key inputs and AND outputs given, public inputs zero. Returns the AND gates' first
/// inputs, their second ones, and the outputs.
fn carry<V>(circuit: &Circuit, key: &[V], and_outputs: &[V]) -> [Vec<V>; 3]
where
    V: Copy + Default + BitXor<Output = V>,
{
    let mut a = Vec::with_capacity(and_outputs.len());
    let mut b = Vec::with_capacity(and_outputs.len());
    let public = vec![V::default(); circuit.public_inputs()];
    let outputs = circuit.walk(key, &public, |gate, left, right| {
        a.push(left);
        b.push(right);
        and_outputs[gate]
    });
    [a, b, outputs]
}
