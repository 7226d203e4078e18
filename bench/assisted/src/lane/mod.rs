//! The assisted lane, as small as it can be and still do what is to be measured (P21).
//!
//! Two garblers share a seed and garble the same circuit. The *releaser* sends its tables; the *absent
//! garbler* sends hashes of what it made, and has no part in signing. The evaluator takes the one's tables only
//! if they have the other's hash, so that a single corrupt garbler cannot choose them (Mohassel, Rosulek,
//! Zhang, CCS 2015).
//!
//! The key is three XOR pieces, each known to all but one node:
//!
//! * the pieces that one garbler lacks and the evaluator knows enter by input wires, whose labels the
//!   other garbler opens ahead;
//! * the piece that the evaluator lacks is folded into the garbling: where its bit is 1, the labels of
//!   the key wire trade places. Nothing is sent for it, and the tables' hash fixes it.
//!
//! Labels of inputs are checked against commitments ordered by the value they stand for. The evaluator
//! knows all these values, so neither garbler can open the label of another one.

mod evaluator;
mod garblers;
mod half_gates;
mod key;
mod messages;
#[cfg(test)]
mod tests;

pub use evaluator::accept;
pub use garblers::{Nonces, Releaser, fix};
pub use key::ReplicatedState;

use core::ops::Range;

use crate::block::Block;
use crate::circuit::{Circuit, compression};
use crate::prf::{GateHash, half, hash};
use crate::sha2_family::HashAlgorithm;

/// The hash that is measured.
const HASH: HashAlgorithm = HashAlgorithm::Sha256;

/// Why the evaluator refuses: one of the garblers misbehaves. Which one it cannot tell where the two
/// contradict each other.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refused {
    /// A message has not the length it must have.
    #[error("a message of the wrong length")]
    Malformed,
    /// The releaser's tables are not those of the absent garbler.
    #[error("the garblers' tables differ")]
    Tables,
    /// Nor are its commitments.
    #[error("the garblers' commitments differ")]
    Commitments,
    /// A label is not the one that was committed to for the value the evaluator knows.
    #[error("a label that does not open its commitment")]
    Label,
    /// The decode table is not the absent garbler's.
    #[error("the garblers' decode tables differ")]
    Decode,
}

/// What a presignature is called and who does what for it: fixed before anything is garbled.
#[derive(Clone, Copy)]
pub struct Naming {
    pub id: [u8; 16],
    /// Share indices of releaser, absent garbler and evaluator, in this order.
    pub roles: [u8; 3],
}

impl Naming {
    /// A hash of `parts` bound to the presignature and the roles.
    fn bound(&self, domain: &str, parts: &[&[u8]]) -> [u8; 32] {
        let mut all: Vec<&[u8]> = vec![&self.id, &self.roles];
        all.extend(parts);
        hash(domain, &all)
    }

    /// The hash for gates and, after them, commitments. Its start is no secret.
    fn gate_hash(&self) -> GateHash {
        GateHash::new(half(self.bound("assisted lane: gate hash", &[])))
    }

    fn tables_digest(&self, tables: &[u8]) -> [u8; 32] {
        self.bound("assisted lane: tables", &[tables])
    }

    fn commitments_digest(&self, commitments: &[[Block; 2]]) -> [u8; 32] {
        let bytes: Vec<u8> = commitments
            .as_flattened()
            .iter()
            .flat_map(|block| block.to_le_bytes())
            .collect();
        self.bound("assisted lane: commitments", &[&bytes])
    }

    fn decode_digest(&self, decode: &[u8]) -> [u8; 32] {
        self.bound("assisted lane: decode table", &[decode])
    }
}

/// The input wires, in the order of labels and commitments. A key wire of the circuit is the sum of a
/// wire of the one piece and a wire of the other.
struct InputWires {
    /// Of the piece that the releaser lacks.
    without_releaser: Range<usize>,
    /// Of the piece that the absent garbler lacks.
    without_absent: Range<usize>,
    public: Range<usize>,
}

impl InputWires {
    fn of(circuit: &Circuit) -> Self {
        let key = circuit.secret_inputs();
        Self {
            without_releaser: 0..key,
            without_absent: key..2 * key,
            public: 2 * key..2 * key + circuit.public_inputs(),
        }
    }

    fn count(&self) -> usize {
        self.public.end
    }
}

fn circuit() -> &'static Circuit {
    compression(HASH)
}

/// Bits of the circuit's public wires for the inner digest D.
fn public_bits(digest: &[u8; 32]) -> Vec<u8> {
    let parameters = HASH.parameters();
    parameters
        .outer_schedule(digest)
        .iter()
        .flat_map(|word| (0..parameters.word_bits).map(move |bit| ((word >> bit) & 1) as u8))
        .collect()
}
