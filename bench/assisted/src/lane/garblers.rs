//! The two garblers.

use zeroize::Zeroizing;

use super::half_gates::{colour, garble};
use super::messages::{Ahead, Fixed, Release};
use super::{InputWires, Naming, circuit, public_bits};
use crate::block::{BitBytes, Block, mask, pack};
use crate::buffers::Blocks;
use crate::prf::{GateHash, Purpose, expand_blocks, gate_input, half};

/// Fresh nonces of the releaser and the absent garbler, which they send each other and nobody else.
pub struct Nonces {
    pub releaser: Zeroizing<[u8; 32]>,
    pub absent: Zeroizing<[u8; 32]>,
}

impl Nonces {
    /// Both, on the wire.
    pub const BYTES: usize = 64;

    /// What everything is garbled from. Other roles give another seed, so that garblers that were
    /// told different roles never release labels of one garbling.
    fn seed(&self, naming: &Naming) -> Zeroizing<Block> {
        let parts: [&[u8]; 2] = [&*self.releaser, &*self.absent];
        Zeroizing::new(half(naming.bound("assisted lane: seed", &parts)))
    }
}

/// The garbler that takes part in signing: what it keeps of a presignature.
pub struct Releaser {
    delta: Zeroizing<Block>,
    /// Zero labels of the public wires.
    labels: Blocks,
    decode: Vec<u8>,
}

impl Releaser {
    /// Garbles ahead, from the two pieces it knows.
    pub fn garble(
        naming: &Naming,
        nonces: &Nonces,
        without_evaluator: &BitBytes,
        without_absent: &BitBytes,
    ) -> (Ahead, Self) {
        let garbling = Garbling::new(naming, nonces, without_evaluator);
        let wires = InputWires::of(circuit());
        let ahead = Ahead {
            labels: garbling.open(&wires.without_absent, without_absent),
            tables: garbling.tables,
            commitments: garbling.commitments,
        };
        let releaser = Self {
            delta: garbling.delta,
            labels: garbling.labels[wires.public].iter().copied().collect(),
            decode: garbling.decode,
        };
        (ahead, releaser)
    }

    /// Releases the labels for the inner digest it approved, once.
    pub fn release(self, digest: &[u8; 32]) -> Release {
        Release {
            labels: opened(&self.labels, *self.delta, &public_bits(digest)),
            decode: self.decode,
        }
    }
}

/// All that the absent garbler does, from the two pieces it knows. Seed and labels are wiped when it
/// returns, and it has nothing left to release.
pub fn fix(
    naming: &Naming,
    nonces: &Nonces,
    without_evaluator: &BitBytes,
    without_releaser: &BitBytes,
) -> Fixed {
    let garbling = Garbling::new(naming, nonces, without_evaluator);
    let wires = InputWires::of(circuit());
    Fixed {
        tables: naming.tables_digest(&garbling.tables),
        commitments: naming.commitments_digest(&garbling.commitments),
        decode: naming.decode_digest(&garbling.decode),
        labels: garbling.open(&wires.without_releaser, without_releaser),
    }
}

/// The garbled circuit: the same at both.
struct Garbling {
    delta: Zeroizing<Block>,
    /// Zero labels of the input wires.
    labels: Blocks,
    tables: Vec<u8>,
    commitments: Vec<[Block; 2]>,
    decode: Vec<u8>,
}

impl Garbling {
    fn new(naming: &Naming, nonces: &Nonces, without_evaluator: &BitBytes) -> Self {
        let circuit = circuit();
        let wires = InputWires::of(circuit);
        let mut labels = expand_blocks(*nonces.seed(naming), wires.count() + 1);
        let delta = Zeroizing::new(labels[wires.count()] | 1);
        labels.shorten(wires.count());
        let secret: Blocks = labels[wires.without_releaser.clone()]
            .iter()
            .zip(&labels[wires.without_absent.clone()])
            .zip(without_evaluator.iter())
            .map(|((&one, &other), &bit)| one ^ other ^ (*delta & mask(bit)))
            .collect();
        let mut hash = naming.gate_hash();
        let public = &labels[wires.public];
        let (tables, outputs) = garble(circuit, *delta, &secret, public, &mut hash);
        let commitments = commit(&labels, *delta, circuit.and_gates(), &mut hash);
        let outputs = Blocks::new(outputs);
        let colours: BitBytes = Zeroizing::new(outputs.iter().map(|&l| colour(l)).collect());
        Self {
            delta,
            labels,
            tables,
            commitments,
            decode: pack(&colours),
        }
    }

    fn open(&self, wires: &core::ops::Range<usize>, bits: &[u8]) -> Blocks {
        opened(&self.labels[wires.clone()], *self.delta, bits)
    }
}

/// The labels that stand for `bits`.
fn opened(labels: &[Block], delta: Block, bits: &[u8]) -> Blocks {
    let pairs = labels.iter().zip(bits);
    pairs
        .map(|(&label, &bit)| label ^ (delta & mask(bit)))
        .collect()
}

/// Commits to both labels of each wire, in order: hashed as if by gates `first` and following, which
/// come after the circuit's. They bind as long as the garblers' nonces are not chosen to find another
/// opening: see `README.md`.
fn commit(labels: &[Block], delta: Block, first: usize, hash: &mut GateHash) -> Vec<[Block; 2]> {
    let both = |(wire, &label): (usize, &Block)| {
        let inputs = [label, label ^ delta].map(|label| gate_input(label, 0, Purpose::Label));
        hash.gate(first + wire).hash(inputs)
    };
    labels.iter().enumerate().map(both).collect()
}
