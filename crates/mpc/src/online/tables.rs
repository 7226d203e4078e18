//! The evaluator's tables, and evaluating them.

use countersign_kernels::wipe;

use crate::block::{Block, mask, mask64, row_mac};
use crate::buffers::Blocks;
use crate::circuit::Circuit;
use crate::fault::{Fault, Misbehaviour};
use crate::party::Party;
use crate::preprocessing::SeededMacs;
use crate::prf::{GateHash, Purpose, gate_input};

/// All that a garbler sends ahead for one presignature.
pub(crate) struct GarblerTables {
    /// Labels of the key-input wires for masked value 0, which is the only one they ever have.
    pub(crate) key_labels: Vec<Block>,
    /// Per gate, the half-gate ciphertexts.
    pub(crate) ciphertexts: Vec<[Block; 2]>,
    /// Per gate, MAC of the garbler's r towards the evaluator: constant, times u, times v.
    pub(crate) evaluator_macs: Vec<[u64; 3]>,
    /// Per gate, for each other garbler in order, the same towards it.
    pub(crate) garbler_macs: Vec<[Block; 3]>,
}

impl Drop for GarblerTables {
    fn drop(&mut self) {
        wipe(&mut self.key_labels);
        wipe(&mut self.ciphertexts);
        wipe(&mut self.evaluator_macs);
        wipe(&mut self.garbler_macs);
    }
}

/// The tables of all garblers for one presignature, with the evaluator's own shares, keys and MACs
/// folded in.
pub(crate) struct TableSet {
    circuit: &'static Circuit,
    garblers: Vec<OneGarbler>,
    /// The evaluator's MACs on its shares of σ, by garbler, once they are made from their seeds.
    sigma_macs: Option<Vec<Blocks>>,
}

struct OneGarbler {
    party: Party,
    /// Where the keys of its gate hash start.
    start: Block,
    tables: GarblerTables,
    /// The evaluator's MACs on its shares of σ towards this garbler, which belong to no row.
    sigma_macs: SeededMacs,
}

impl TableSet {
    pub(crate) fn new(circuit: &'static Circuit) -> Self {
        Self {
            circuit,
            garblers: Vec::new(),
            sigma_macs: None,
        }
    }

    pub(crate) fn push(
        &mut self,
        party: Party,
        start: Block,
        tables: GarblerTables,
        sigma_macs: SeededMacs,
    ) {
        self.garblers.push(OneGarbler {
            party,
            start,
            tables,
            sigma_macs,
        });
    }

    pub(crate) fn circuit(&self) -> &'static Circuit {
        self.circuit
    }

    pub(crate) fn garblers(&self) -> impl Iterator<Item = Party> + '_ {
        self.garblers.iter().map(|garbler| garbler.party)
    }

    /// Bytes held.
    pub(crate) fn bytes(&self) -> usize {
        self.garblers
            .iter()
            .map(|garbler| {
                let tables = &garbler.tables;
                size_of_val(&tables.key_labels[..])
                    + size_of_val(&tables.ciphertexts[..])
                    + size_of_val(&tables.evaluator_macs[..])
                    + size_of_val(&tables.garbler_macs[..])
                    + garbler.sigma_macs.bytes()
            })
            .sum()
    }

    /// Makes the MACs that are kept as seeds. They are wiped with the tables.
    pub(crate) fn prepare(&mut self) {
        let expand = |garbler: &OneGarbler| garbler.sigma_macs.expand();
        self.sigma_macs = Some(self.garblers.iter().map(expand).collect());
    }

    /// Masked values of the outputs. `public` holds the evaluator's own public bits (P18) and
    /// `labels` the label each garbler sent for each of them.
    ///
    /// # Errors
    /// A row whose MAC is neither that of 0 nor that of 1.
    pub(crate) fn evaluate(
        &mut self,
        delta: Block,
        public: &[u8],
        labels: &[&[Block]],
    ) -> Result<Vec<u8>, Fault> {
        if self.sigma_macs.is_none() {
            self.prepare();
        }
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
        labels: &[&[Block]],
    ) -> Result<Vec<u8>, Fault> {
        let wire = |value: u8, label: &dyn Fn(usize) -> Block| Wire::<G> {
            value,
            labels: core::array::from_fn(|g| if g < self.garblers.len() { label(g) } else { 0 }),
        };
        // Key wires: masked value 0 (docs/protocol.md, section on inputs).
        let secret: Vec<Wire<G>> = (0..self.circuit.secret_inputs())
            .map(|i| wire(0, &|g| self.garblers[g].tables.key_labels[i]))
            .collect();
        let public: Vec<Wire<G>> = public
            .iter()
            .enumerate()
            .map(|(i, &bit)| wire(bit, &|g| labels[g][i]))
            .collect();
        let sigma_macs = self.sigma_macs.as_deref().unwrap_or_default();
        let mut failed = None;
        let mut hashes: Vec<GateHash> = self
            .garblers
            .iter()
            .map(|garbler| GateHash::new(garbler.start))
            .collect();
        let row_delta = row_mac(delta);
        let outputs = self.circuit.walk(&secret, &public, |gate, a, b| {
            if failed.is_some() {
                return Wire::default();
            }
            self.evaluate_gate(gate, a, b, row_delta, sigma_macs, &mut hashes)
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

    #[inline(always)]
    fn evaluate_gate<const G: usize>(
        &self,
        gate: usize,
        a: Wire<G>,
        b: Wire<G>,
        row_delta: u64,
        sigma_macs: &[Blocks],
        hashes: &mut [GateHash],
    ) -> Result<Wire<G>, Fault> {
        // u, v and r are masked: uniform and independent of the key, so branching on them is safe.
        let (u, v) = (a.value, b.value);
        let mut out = Wire::<G> {
            value: u & v,
            labels: [0; G],
        };
        let others = self.garblers.len() - 1;
        for (g, (garbler, hash)) in self.garblers.iter().zip(hashes).enumerate() {
            let (label_a, label_b) = (a.labels[g], b.labels[g]);
            let inputs = |purpose| {
                [
                    gate_input(label_a, 0, purpose),
                    gate_input(label_b, 1, purpose),
                ]
            };
            let [la, lb] = inputs(Purpose::Label);
            let [ma, mb] = inputs(Purpose::EvaluatorMac);
            let hash = hash.gate(gate);
            let [la, lb, ma, mb] = hash.hash([la, lb, ma, mb]);
            let tables = &garbler.tables;
            let [first, second] = tables.ciphertexts[gate];
            out.labels[g] ^=
                la ^ lb ^ (first & mask(u)) ^ ((second ^ label_a) & mask(v)) ^ sigma_macs[g][gate];

            let macs = tables.evaluator_macs[gate];
            let mac = row_mac(ma ^ mb) ^ macs[0] ^ (macs[1] & mask64(u)) ^ (macs[2] & mask64(v));
            let one = u8::from(mac == row_delta);
            if mac != 0 && one == 0 {
                return Err(self.bad_row(garbler.party));
            }
            out.value ^= one;

            // The MAC of this garbler's r towards each other garbler completes that one's label.
            for other in 0..others {
                let [ma, mb] = hash.hash(inputs(Purpose::GarblerMac(other)));
                let macs = &tables.garbler_macs[gate * others + other];
                let mac = ma ^ mb ^ macs[0] ^ (macs[1] & mask(u)) ^ (macs[2] & mask(v));
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
