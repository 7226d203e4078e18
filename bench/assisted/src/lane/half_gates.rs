//! Half gates with free XOR (Zahur, Rosulek, Evans, EUROCRYPT 2015), under the engine's gate hash.

use crate::block::{Block, mask};
use crate::circuit::Circuit;
use crate::prf::{GateHash, Purpose, gate_input};

/// Bytes of a gate's two ciphertexts.
pub const ROW: usize = 32;

/// Garbles `circuit` from the zero labels of its inputs. Returns the tables, and the zero labels of the
/// outputs. `delta` is odd, so that a label's lowest bit is its colour.
pub fn garble(
    circuit: &Circuit,
    delta: Block,
    secret: &[Block],
    public: &[Block],
    hash: &mut GateHash,
) -> (Vec<u8>, Vec<Block>) {
    let mut tables = Vec::with_capacity(circuit.and_gates() * ROW);
    let outputs = circuit.walk(secret, public, |gate, a, b| {
        let [a0, a1, b0, b1] = hash.gate(gate).hash([
            gate_input(a, 0, Purpose::Label),
            gate_input(a ^ delta, 0, Purpose::Label),
            gate_input(b, 1, Purpose::Label),
            gate_input(b ^ delta, 1, Purpose::Label),
        ]);
        let generator = a0 ^ a1 ^ (delta & mask(colour(b)));
        let evaluator = b0 ^ b1 ^ a;
        let mut row = [0; ROW];
        let (first, second) = row.split_at_mut(ROW / 2);
        first.copy_from_slice(&generator.to_le_bytes());
        second.copy_from_slice(&evaluator.to_le_bytes());
        tables.extend_from_slice(&row);
        a0 ^ (generator & mask(colour(a))) ^ b0 ^ ((evaluator ^ a) & mask(colour(b)))
    });
    (tables, outputs)
}

/// Evaluates from one label of each input, and returns that of each output. `rows` has one for each AND
/// gate.
pub fn evaluate(
    circuit: &Circuit,
    rows: &[[u8; ROW]],
    secret: &[Block],
    public: &[Block],
    hash: &mut GateHash,
) -> Vec<Block> {
    circuit.walk(secret, public, |gate, a, b| {
        let [ha, hb] = hash.gate(gate).hash([
            gate_input(a, 0, Purpose::Label),
            gate_input(b, 1, Purpose::Label),
        ]);
        let [generator, evaluator] = ciphertexts(&rows[gate]);
        ha ^ (generator & mask(colour(a))) ^ hb ^ ((evaluator ^ a) & mask(colour(b)))
    })
}

/// A label's colour: its lowest bit.
#[inline(always)]
pub fn colour(label: Block) -> u8 {
    (label & 1) as u8
}

#[inline(always)]
fn ciphertexts(row: &[u8; ROW]) -> [Block; 2] {
    let (mut generator, mut evaluator) = ([0; 16], [0; 16]);
    generator.copy_from_slice(&row[..16]);
    evaluator.copy_from_slice(&row[16..]);
    [generator, evaluator].map(Block::from_le_bytes)
}
