//! Buckets gathered: for every gate, the leaky ANDs the permutation gave it, and its masks under them.

use zeroize::Zeroizing;

use super::buckets::Buckets;
use super::leaky_and::{LeakyAnd, LeakyAndList};
use super::masks::InputMasks;
use super::plan::Plan;
use crate::block::{BitBytes, Block, mask64, narrow, two_narrow};
use crate::buffers::Blocks;

/// One party's shares, for all gates of the batch.
pub(super) struct Gathered {
    /// d_k = λ_b ⊕ y_k, four for each gate.
    pub(super) d: BitBytes,
    /// e = λ_a ⊕ Σ x_k.
    pub(super) e: BitBytes,
    /// The bucket's x_k, one nibble a gate.
    pub(super) x: BitBytes,
    /// Sum over the bucket of the shares of xy and xyΔ, see [`LeakyAnd::share`].
    pub(super) shares: Zeroizing<Vec<u64>>,
    pub(super) towards: Vec<Towards>,
}

/// The same towards one peer.
pub(super) struct Towards {
    /// MACs on the own x_k, four for each gate, and keys on the peer's.
    pub(super) x_macs: Blocks,
    pub(super) x_keys: Blocks,
    /// Narrow MACs of the own shares of all d, then all e, two to a block.
    pub(super) opening_macs: Blocks,
    /// Narrow keys on the peer's, alike.
    opening_keys: Blocks,
}

/// How many gates ahead a bucket's leaky ANDs are fetched: they lie anywhere in tens of megabytes.
const AHEAD: usize = 8;

impl Gathered {
    pub(super) fn new(
        plan: &Plan,
        buckets: &Buckets,
        leaky: &[LeakyAndList],
        inputs: &[InputMasks],
    ) -> Self {
        let gates = plan.gates;
        let mut gathered = Self {
            d: BitBytes::new(Vec::with_capacity(4 * gates)),
            e: BitBytes::new(Vec::with_capacity(gates)),
            x: BitBytes::new(Vec::with_capacity(gates)),
            shares: Zeroizing::new(Vec::with_capacity(gates)),
            towards: Vec::with_capacity(plan.peers),
        };
        for (p, leaky) in leaky.iter().enumerate() {
            let mut towards = Towards::with_capacity(gates);
            let mut sums = Sums::with_capacity(gates);
            for (s, inputs) in inputs.iter().enumerate() {
                let count = plan.circuit.and_gates();
                let buckets = buckets.of(s * count, count);
                for (k, bucket) in buckets.iter().enumerate() {
                    for at in buckets.get(k + AHEAD).into_iter().flatten() {
                        leaky.prefetch(*at as usize);
                    }
                    let picked = bucket.map(|at| leaky.get(at as usize));
                    if p == 0 {
                        gathered.push_own(inputs, k, &picked);
                    }
                    towards.push(&mut sums, p, inputs, k, &picked);
                }
            }
            towards.finish(&sums);
            gathered.towards.push(towards);
        }
        gathered
    }

    fn push_own(&mut self, inputs: &InputMasks, gate: usize, picked: &[LeakyAnd; 4]) {
        let lambda_b = inputs.b.bits[gate];
        self.d
            .extend(picked.map(|leaky| lambda_b ^ (leaky.bits >> 1)));
        let x = picked
            .iter()
            .rev()
            .fold(0, |x, leaky| (x << 1) | (leaky.bits & 1));
        self.e
            .push(inputs.a.bits[gate] ^ (x.count_ones() as u8 & 1));
        self.x.push(x);
        self.shares
            .push(picked.iter().fold(0, |sum, leaky| sum ^ leaky.share));
    }
}

/// Narrow MACs and keys of the e, before they are packed behind the d.
struct Sums {
    macs: Zeroizing<Vec<u64>>,
    keys: Zeroizing<Vec<u64>>,
}

impl Sums {
    fn with_capacity(gates: usize) -> Self {
        Self {
            macs: Zeroizing::new(Vec::with_capacity(gates)),
            keys: Zeroizing::new(Vec::with_capacity(gates)),
        }
    }
}

impl Towards {
    fn with_capacity(gates: usize) -> Self {
        let blocks = 2 * gates + gates.div_ceil(2);
        Self {
            x_macs: Blocks::with_capacity(4 * gates),
            x_keys: Blocks::with_capacity(4 * gates),
            opening_macs: Blocks::with_capacity(blocks),
            opening_keys: Blocks::with_capacity(blocks),
        }
    }

    fn push(
        &mut self,
        sums: &mut Sums,
        peer: usize,
        inputs: &InputMasks,
        gate: usize,
        picked: &[LeakyAnd; 4],
    ) {
        let x_macs = picked.map(|leaky| leaky.x_mac);
        let x_keys = picked.map(|leaky| leaky.x_key);
        let sum = |blocks: &[Block; 4]| narrow(blocks[0] ^ blocks[1] ^ blocks[2] ^ blocks[3]);
        sums.macs
            .push(narrow(inputs.a.macs[peer][gate]) ^ sum(&x_macs));
        sums.keys
            .push(narrow(inputs.a.keys[peer][gate]) ^ sum(&x_keys));
        self.x_macs.extend(x_macs);
        self.x_keys.extend(x_keys);
        let mac = narrow(inputs.b.macs[peer][gate]);
        let key = narrow(inputs.b.keys[peer][gate]);
        let macs = picked.map(|leaky| mac ^ leaky.y_mac);
        let keys = picked.map(|leaky| key ^ leaky.y_key);
        self.opening_macs
            .extend([two_narrow(macs[0], macs[1]), two_narrow(macs[2], macs[3])]);
        self.opening_keys
            .extend([two_narrow(keys[0], keys[1]), two_narrow(keys[2], keys[3])]);
    }

    fn finish(&mut self, sums: &Sums) {
        let packed = |values: &[u64]| -> Vec<Block> {
            values
                .chunks(2)
                .map(|pair| two_narrow(pair[0], pair.get(1).copied().unwrap_or(0)))
                .collect()
        };
        self.opening_macs.extend(packed(&sums.macs));
        self.opening_keys.extend(packed(&sums.keys));
    }

    /// The MACs the peer must have on these shares of its.
    pub(super) fn expected_macs(&self, shares: &[u8], delta: u64) -> Blocks {
        let bits = shares.chunks(2);
        self.opening_keys
            .iter()
            .zip(bits)
            .map(|(keys, bits)| {
                let second = bits.get(1).copied().unwrap_or(0);
                keys ^ two_narrow(delta & mask64(bits[0]), delta & mask64(second))
            })
            .collect()
    }
}
