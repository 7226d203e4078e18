//! The garbler's one message.

use crate::codec::{Malformed, Reader};

/// What a garbler sends the evaluator after its decision is durable: τ in the clear, pieces of the
/// other garblers' pads, and, under its own pad, the labels of the public wires and its shares of
/// the output masks with their MACs.
pub struct OnlineMessage {
    pub(super) tau: [u8; 32],
    pub(super) pad_fingerprint: [u8; 32],
    pub(super) pad_pieces: Vec<[u8; 32]>,
    /// Encrypted with the pad: labels, packed output shares, digest of their MACs.
    pub(super) body: zeroize::Zeroizing<Vec<u8>>,
}

impl OnlineMessage {
    /// The message as bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(64 + self.pad_pieces.len() * 32 + self.body.len());
        out.extend_from_slice(&self.tau);
        out.extend_from_slice(&self.pad_fingerprint);
        for piece in &self.pad_pieces {
            out.extend_from_slice(piece);
        }
        out.extend_from_slice(&self.body);
        out
    }

    /// Reads a message of a quorum with `other_garblers` beside its sender.
    pub(super) fn decode(
        bytes: &[u8],
        other_garblers: usize,
        body_len: usize,
    ) -> Result<Self, Malformed> {
        let mut reader = Reader::new(bytes);
        let tau = reader.array()?;
        let pad_fingerprint = reader.array()?;
        let pad_pieces = (0..other_garblers)
            .map(|_| reader.array())
            .collect::<Result<_, Malformed>>()?;
        let body = zeroize::Zeroizing::new(reader.bytes(body_len)?.to_vec());
        reader.finish()?;
        Ok(Self {
            tau,
            pad_fingerprint,
            pad_pieces,
            body,
        })
    }
}

/// Digest of a garbler's MACs on its output-mask shares, bound to presignature and τ.
pub(super) fn output_mac_digest(
    id: super::PresignatureId,
    garbler: crate::party::Party,
    tau: &[u8; 32],
    macs: &[crate::block::Block],
) -> [u8; 32] {
    let mut bytes = zeroize::Zeroizing::new(Vec::new());
    crate::codec::put_blocks(&mut bytes, macs);
    crate::prf::hash(
        "countersign output masks",
        &[id.as_bytes(), &[garbler.index()], tau, &bytes],
    )
}

/// Public bits in the order of the circuit's public wires, from scheduled words.
pub(super) fn public_bits(schedule: &[u64], word_bits: usize) -> Vec<u8> {
    schedule
        .iter()
        .flat_map(|word| (0..word_bits).map(move |bit| ((word >> bit) & 1) as u8))
        .collect()
}
