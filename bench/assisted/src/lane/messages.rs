//! The three messages to the evaluator. They are handed over as they are; `bytes` is what they would take
//! on the wire.

use crate::block::Block;
use crate::buffers::Blocks;

/// From the releaser, ahead.
#[derive(Clone)]
pub struct Ahead {
    /// Two ciphertexts of 16 bytes for each AND gate.
    pub tables: Vec<u8>,
    /// For each input wire, to its labels for 0 and 1.
    pub commitments: Vec<[Block; 2]>,
    /// Labels of the piece that the absent garbler lacks.
    pub labels: Blocks,
}

/// From the absent garbler, ahead: the last that is heard of it.
#[derive(Clone)]
pub struct Fixed {
    pub tables: [u8; 32],
    pub commitments: [u8; 32],
    pub decode: [u8; 32],
    /// Labels of the piece that the releaser lacks.
    pub labels: Blocks,
}

/// From the releaser, once it has approved a request.
#[derive(Clone)]
pub struct Release {
    /// Labels of the public wires.
    pub labels: Blocks,
    /// What to add to the colours of output labels, packed.
    pub decode: Vec<u8>,
}

impl Ahead {
    pub fn bytes(&self) -> usize {
        self.tables.len() + size_of_val(&self.commitments[..]) + size_of_val(&self.labels[..])
    }
}

impl Fixed {
    pub fn bytes(&self) -> usize {
        3 * 32 + size_of_val(&self.labels[..])
    }
}

impl Release {
    pub fn bytes(&self) -> usize {
        size_of_val(&self.labels[..]) + self.decode.len()
    }
}
