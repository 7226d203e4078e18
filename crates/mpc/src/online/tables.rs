//! The evaluator's tables, and evaluating them.

use crate::block::{BitBytes, Block, Blocks, low, mask, mask64};
use crate::circuit::Circuit;
use crate::fault::{Fault, Misbehaviour};
use crate::party::Party;
use crate::preprocessing::{GarblerTables, GateRow, KeyLabels};
use crate::prf::{GateHash, GateInput, MAX_GATE_HASHES, Purpose};

/// The tables of all garblers for one presignature, with the evaluator's own keys and MACs folded
/// in.
pub(crate) struct TableSet {
    circuit: &'static Circuit,
    garblers: Vec<OneGarbler>,
    /// The evaluator's shares of σ, λ_b and λ_a of each gate: bits 0, 1 and 2.
    own: BitBytes,
}

struct OneGarbler {
    party: Party,
    hash: GateHash,
    key_labels: KeyLabels,
    rows: Vec<GateRow>,
    garbler_macs: Vec<[Block; 3]>,
    /// MACs of the evaluator's shares of σ towards this garbler.
    own_macs: Blocks,
}

impl TableSet {
    pub(crate) fn new(circuit: &'static Circuit) -> Self {
        Self {
            circuit,
            garblers: Vec::new(),
            own: BitBytes::default(),
        }
    }

    pub(crate) fn push(
        &mut self,
        party: Party,
        start: Block,
        tables: GarblerTables,
        own_macs: Blocks,
    ) {
        self.garblers.push(OneGarbler {
            party,
            hash: GateHash::new(start),
            key_labels: tables.key_labels,
            rows: tables.rows,
            garbler_macs: tables.garbler_macs,
            own_macs,
        });
    }

    pub(crate) fn own_bits(&mut self, sigma: &[u8], times_u: &[u8], times_v: &[u8]) {
        let packed = sigma
            .iter()
            .zip(times_u)
            .zip(times_v)
            .map(|((sigma, u), v)| sigma | (u << 1) | (v << 2))
            .collect();
        self.own = BitBytes::new(packed);
    }

    pub(crate) fn circuit(&self) -> &'static Circuit {
        self.circuit
    }

    pub(crate) fn garblers(&self) -> impl Iterator<Item = Party> + '_ {
        self.garblers.iter().map(|garbler| garbler.party)
    }

    /// Bytes held.
    pub(crate) fn bytes(&self) -> usize {
        let garblers: usize = self
            .garblers
            .iter()
            .map(|g| {
                g.rows.len() * size_of::<GateRow>()
                    + g.garbler_macs.len() * size_of::<[Block; 3]>()
                    + (g.own_macs.len() + g.key_labels.len()) * 16
            })
            .sum();
        garblers + self.own.len()
    }

    /// Masked values of the outputs. `public` holds the evaluator's own public bits (P18) and
    /// `labels` the label each garbler sent for each of them.
    ///
    /// # Errors
    /// A row whose MAC is neither that of 0 nor that of 1.
    pub(crate) fn evaluate(
        &self,
        delta: Block,
        public: &[u8],
        labels: &[Vec<Block>],
    ) -> Result<Vec<u8>, Fault> {
        // With one garbler a wire is a pair of registers; with more, a short vector.
        match self.garblers.len() {
            1 => self.evaluate_with::<1>(delta, public, labels),
            2 => self.evaluate_with::<2>(delta, public, labels),
            3 => self.evaluate_with::<3>(delta, public, labels),
            4 => self.evaluate_with::<4>(delta, public, labels),
            _ => self.evaluate_with::<15>(delta, public, labels),
        }
    }

    fn evaluate_with<const G: usize>(
        &self,
        delta: Block,
        public: &[u8],
        labels: &[Vec<Block>],
    ) -> Result<Vec<u8>, Fault> {
        let wire = |value: u8, label: &dyn Fn(usize) -> Block| Wire::<G> {
            value,
            labels: core::array::from_fn(|g| if g < self.garblers.len() { label(g) } else { 0 }),
        };
        // Key wires: masked value 0 (docs/protocol.md, section on inputs).
        let secret: Vec<Wire<G>> = (0..self.circuit.secret_inputs())
            .map(|i| wire(0, &|g| self.garblers[g].key_labels[i]))
            .collect();
        let public: Vec<Wire<G>> = public
            .iter()
            .enumerate()
            .map(|(i, &bit)| wire(bit, &|g| labels[g][i]))
            .collect();
        let mut failed = None;
        let mut hashes = [0; MAX_GATE_HASHES];
        let outputs = self.circuit.walk(&secret, &public, |gate, a, b| {
            if failed.is_some() {
                return Wire::default();
            }
            self.evaluate_gate(gate, a, b, delta, &mut hashes)
                .unwrap_or_else(|fault| {
                    failed = Some(fault);
                    Wire::default()
                })
        });
        match failed {
            Some(fault) => Err(fault),
            None => Ok(outputs.iter().map(|wire| wire.value).collect()),
        }
    }

    fn evaluate_gate<const G: usize>(
        &self,
        gate: usize,
        a: Wire<G>,
        b: Wire<G>,
        delta: Block,
        hashes: &mut [Block; MAX_GATE_HASHES],
    ) -> Result<Wire<G>, Fault> {
        // u, v and r are masked: uniform and independent of the key, so branching on them is safe.
        let (u, v) = (a.value, b.value);
        let own = self.own[gate];
        let mut out = Wire::<G> {
            value: (u & v) ^ (own & 1) ^ (u & (own >> 1)) ^ (v & (own >> 2)),
            labels: [0; G],
        };
        let others = self.garblers.len() - 1;
        for (g, garbler) in self.garblers.iter().enumerate() {
            let purposes = [Purpose::Label, Purpose::EvaluatorMac]
                .into_iter()
                .chain((0..others).map(Purpose::GarblerMac));
            let inputs = purposes.flat_map(|purpose| {
                [(a.labels[g], 0), (b.labels[g], 1)].map(|(label, half)| GateInput {
                    label,
                    half,
                    purpose,
                })
            });
            garbler.hash.hash(gate, inputs, hashes);
            let row = &garbler.rows[gate];

            out.labels[g] ^= hashes[0]
                ^ hashes[1]
                ^ (row.labels[0] & mask(u))
                ^ ((row.labels[1] ^ a.labels[g]) & mask(v))
                ^ garbler.own_macs[gate];

            let mac = low(hashes[2] ^ hashes[3])
                ^ row.evaluator_mac[0]
                ^ (row.evaluator_mac[1] & mask64(u))
                ^ (row.evaluator_mac[2] & mask64(v));
            out.value ^= match mac {
                0 => 0,
                one if one == low(delta) => 1,
                _ => return Err(self.bad_row(garbler.party)),
            };

            // The MAC of this garbler's r towards each other garbler completes that one's label.
            for other in 0..others {
                let macs = &garbler.garbler_macs[gate * others + other];
                let mac = hashes[4 + 2 * other]
                    ^ hashes[5 + 2 * other]
                    ^ macs[0]
                    ^ (macs[1] & mask(u))
                    ^ (macs[2] & mask(v));
                let target = if other < g { other } else { other + 1 };
                out.labels[target] ^= mac;
            }
        }
        Ok(out)
    }

    /// Two parties: the garbler's fault. More: a wrong label may stem from any garbler's MACs.
    fn bad_row(&self, garbler: Party) -> Fault {
        if self.garblers.len() == 1 {
            Fault::Misbehaved {
                peer: garbler,
                what: Misbehaviour::Row,
            }
        } else {
            Fault::QuorumMisbehaved
        }
    }
}

/// A wire while evaluating: its masked value, and its label at each garbler.
#[derive(Clone, Copy)]
struct Wire<const G: usize> {
    value: u8,
    labels: [Block; G],
}

impl<const G: usize> Default for Wire<G> {
    fn default() -> Self {
        Self {
            value: 0,
            labels: [0; G],
        }
    }
}

impl<const G: usize> core::ops::BitXor for Wire<G> {
    type Output = Self;

    fn bitxor(mut self, other: Self) -> Self {
        self.value ^= other.value;
        for (label, other) in self.labels.iter_mut().zip(other.labels) {
            *label ^= other;
        }
        self
    }
}
