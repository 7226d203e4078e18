//! The evaluator: checks one garbler against the other, and evaluates.

use zeroize::Zeroizing;

use super::half_gates::{ROW, colour, evaluate};
use super::messages::{Ahead, Fixed, Release};
use super::{HASH, InputWires, Naming, Refused, circuit, public_bits};
use crate::block::{BitBytes, Block, mask, unpack};
use crate::buffers::Blocks;
use crate::prf::{GateHash, Purpose, gate_input};

/// What the evaluator holds of a presignature.
pub struct AssistedPresignature {
    naming: Naming,
    tables: Vec<u8>,
    /// Labels of the key wires.
    secret: Blocks,
    /// Commitments of the public wires.
    commitments: Vec<[Block; 2]>,
    decode: [u8; 32],
}

/// Takes in what the garblers sent ahead. The two pieces are those the evaluator knows.
///
/// # Errors
/// [`Refused`] when the garblers contradict each other, or a label is not that of the piece's bit.
pub fn accept(
    naming: Naming,
    ahead: Ahead,
    fixed: Fixed,
    without_releaser: &BitBytes,
    without_absent: &BitBytes,
) -> Result<AssistedPresignature, Refused> {
    let circuit = circuit();
    let wires = InputWires::of(circuit);
    let lengths = ahead.tables.len() == circuit.and_gates() * ROW
        && ahead.commitments.len() == wires.count()
        && ahead.labels.len() == wires.without_absent.len()
        && fixed.labels.len() == wires.without_releaser.len();
    if !lengths {
        return Err(Refused::Malformed);
    }
    if naming.tables_digest(&ahead.tables) != fixed.tables {
        return Err(Refused::Tables);
    }
    if naming.commitments_digest(&ahead.commitments) != fixed.commitments {
        return Err(Refused::Commitments);
    }

    let mut hash = naming.gate_hash();
    let pieces = [
        (wires.without_releaser, &fixed.labels, without_releaser),
        (wires.without_absent, &ahead.labels, without_absent),
    ];
    for (wires, labels, bits) in pieces {
        let commitments = &ahead.commitments[wires.clone()];
        let first = circuit.and_gates() + wires.start;
        check_labels(commitments, labels, bits, first, &mut hash)?;
    }
    let labels = fixed.labels.iter().zip(ahead.labels.iter());
    Ok(AssistedPresignature {
        naming,
        tables: ahead.tables,
        secret: labels.map(|(&one, &other)| one ^ other).collect(),
        commitments: ahead.commitments[wires.public].to_vec(),
        decode: fixed.decode,
    })
}

impl AssistedPresignature {
    /// Bytes of memory it takes.
    pub fn bytes(&self) -> usize {
        self.tables.len() + size_of_val(&self.secret[..]) + size_of_val(&self.commitments[..])
    }

    /// Evaluates for the inner digest the evaluator itself approved, and returns the big-endian bytes of
    /// the new state: the tag.
    ///
    /// # Errors
    /// [`Refused`] when the release is for another digest, or not what was committed to.
    pub fn evaluate(
        self,
        digest: &[u8; 32],
        release: &Release,
    ) -> Result<Zeroizing<Vec<u8>>, Refused> {
        let circuit = circuit();
        let wires = InputWires::of(circuit);
        if release.labels.len() != wires.public.len() {
            return Err(Refused::Malformed);
        }
        if self.naming.decode_digest(&release.decode) != self.decode {
            return Err(Refused::Decode);
        }
        let decode = unpack(&release.decode, circuit.outputs()).ok_or(Refused::Malformed)?;
        let bits = public_bits(digest);
        let first = circuit.and_gates() + wires.public.start;
        let mut hash = self.naming.gate_hash();
        check_labels(&self.commitments, &release.labels, &bits, first, &mut hash)?;

        let (rows, _) = self.tables.as_chunks();
        let mut hash = self.naming.gate_hash();
        let outputs = evaluate(circuit, rows, &self.secret, &release.labels, &mut hash);
        let outputs = Blocks::new(outputs);
        let bits: BitBytes = Zeroizing::new(
            outputs
                .iter()
                .zip(decode)
                .map(|(&label, zero)| colour(label) ^ zero)
                .collect(),
        );
        Ok(words_to_bytes(&bits))
    }
}

/// Checks that each label is the one committed to for its bit. Bits of the key are among them: no branch
/// depends on one.
fn check_labels(
    commitments: &[[Block; 2]],
    labels: &[Block],
    bits: &[u8],
    first: usize,
    hash: &mut GateHash,
) -> Result<(), Refused> {
    let mut differences = 0;
    for (wire, ((&[zero, one], &label), &bit)) in
        commitments.iter().zip(labels).zip(bits).enumerate()
    {
        let input = gate_input(label, 0, Purpose::Label);
        let [hashed] = hash.gate(first + wire).hash([input]);
        differences |= hashed ^ zero ^ ((zero ^ one) & mask(bit));
    }
    if differences == 0 {
        Ok(())
    } else {
        Err(Refused::Label)
    }
}

/// Bits, lowest of each word first, as the big-endian bytes of the state.
fn words_to_bytes(bits: &[u8]) -> Zeroizing<Vec<u8>> {
    let word = |bits: &[u8]| {
        let bits = bits.iter().rev();
        bits.fold(0, |word, &bit| (word << 1) | u32::from(bit))
    };
    let words = bits.chunks(HASH.parameters().word_bits).map(word);
    Zeroizing::new(words.flat_map(u32::to_be_bytes).collect())
}
