//! The evaluator's side: from the garblers' messages to the tag.

use zeroize::Zeroizing;

use super::message::{OnlineMessage, output_mac_digest, public_bits};
use super::pads::Pad;
use super::tau::{Statement, Tau, TauContext};
use super::{PresignatureId, TableSet, Tag};
use crate::block::{BitBytes, Block, Delta, mask};
use crate::buffers::Blocks;
use crate::channel::Kind;
use crate::codec::{Malformed, Reader};
use crate::dealing::QuorumShare;
use crate::fault::{Fault, Misbehaviour};
use crate::party::Party;
use crate::sha2_family::HashAlgorithm;
use subtle::ConstantTimeEq;

/// The evaluator's half of a presignature: all garblers' tables.
///
/// Evaluating takes it away (P19),
///
/// ```
/// # use countersign_mpc::{EvaluatorPresignature, Fault, Statement, Tag};
/// fn once(half: EvaluatorPresignature, statement: &Statement) -> Result<Tag, Fault> {
///     half.evaluate(statement, &[])
/// }
/// ```
///
/// so that evaluating again, even after a failure, does not compile,
///
/// ```compile_fail,E0382
/// # use countersign_mpc::{EvaluatorPresignature, Fault, Statement, Tag};
/// fn twice(half: EvaluatorPresignature, statement: &Statement) -> Result<Tag, Fault> {
///     half.evaluate(statement, &[]).or_else(|_| half.evaluate(statement, &[]))
/// }
/// ```
///
/// and it cannot be copied first.
///
/// ```compile_fail,E0599
/// # use countersign_mpc::EvaluatorPresignature;
/// fn copy(half: EvaluatorPresignature) -> [EvaluatorPresignature; 2] {
///     [half.clone(), half]
/// }
/// ```
pub struct EvaluatorPresignature {
    id: PresignatureId,
    hash: HashAlgorithm,
    context: TauContext,
    delta: Delta,
    tables: TableSet,
    output_bits: BitBytes,
    /// Per garbler: keys on its output-mask shares.
    output_keys: Vec<Blocks>,
}

impl EvaluatorPresignature {
    pub(crate) fn new(
        share: &QuorumShare,
        id: PresignatureId,
        tables: TableSet,
        output_bits: BitBytes,
        output_keys: Vec<Blocks>,
    ) -> Self {
        Self {
            id,
            hash: share.hash(),
            context: TauContext::new(share),
            delta: share.delta.copy(),
            tables,
            output_bits,
            output_keys,
        }
    }

    /// The presignature's name.
    pub fn id(&self) -> PresignatureId {
        self.id
    }

    /// τ for `statement` under this presignature.
    pub fn tau(&self, statement: &Statement) -> Tau {
        Tau::new(&self.context, self.id, statement)
    }

    /// Bytes of memory its tables take.
    pub fn bytes(&self) -> usize {
        self.tables.bytes()
            + self
                .output_keys
                .iter()
                .map(|keys| keys.len() * 16)
                .sum::<usize>()
    }

    /// Does ahead what evaluation needs and no message changes: makes the MACs that are kept as seeds,
    /// 16 bytes a gate and garbler. For the moment between allocating a presignature and hearing from the
    /// garblers; evaluation does it if it was not done.
    pub fn prepare(&mut self) {
        self.tables.prepare();
    }

    /// Evaluates over the garblers' messages, each with its sender, and returns the tag.
    ///
    /// # Errors
    /// [`Fault::Disagreement`] when a garbler approved another statement: the presignature is spent
    /// and nobody is to blame. [`Fault::Misbehaved`] or [`Fault::QuorumMisbehaved`] when a check
    /// failed under equal τ. [`Fault::Channel`] when a garbler's message is missing.
    pub fn evaluate(
        mut self,
        statement: &Statement,
        messages: &[(Party, Vec<u8>)],
    ) -> Result<Tag, Fault> {
        let tau = self.tau(statement);
        let p = self.hash.parameters();
        let outputs = self.tables.circuit().outputs();
        let bits = public_bits(
            &p.outer_schedule(statement.inner_digest.as_bytes()),
            p.word_bits,
        );
        let opened = self.open_messages(&tau, bits.len(), outputs, messages)?;

        let labels: Vec<&[Block]> = opened.iter().map(|message| &message.labels[..]).collect();
        let mut result = Zeroizing::new(self.tables.evaluate(self.delta.get(), &bits, &labels)?);
        for (bit, own) in result.iter_mut().zip(self.output_bits.iter()) {
            *bit ^= own;
        }
        for message in &opened {
            for (bit, share) in result.iter_mut().zip(&message.output_bits) {
                *bit ^= share;
            }
        }
        Ok(Tag::new(words_to_bytes(&result, p.word_bits)))
    }

    /// Compares every τ first; then opens pads, parses, and checks the output-mask MACs.
    fn open_messages(
        &self,
        tau: &Tau,
        public_wires: usize,
        outputs: usize,
        messages: &[(Party, Vec<u8>)],
    ) -> Result<Vec<Opened>, Fault> {
        let garblers: Vec<Party> = self.tables.garblers().collect();
        let body_len = public_wires * 16 + outputs.div_ceil(8) + 32;
        let mut parsed = Vec::with_capacity(garblers.len());
        for &garbler in &garblers {
            let Some((_, bytes)) = messages.iter().find(|(from, _)| *from == garbler) else {
                let error = crate::channel::ChannelError::Lost;
                return Err(Fault::Channel {
                    peer: garbler,
                    kind: Kind::Online,
                    error,
                });
            };
            let message = OnlineMessage::decode(bytes, garblers.len() - 1, body_len)
                .map_err(|Malformed| malformed(garbler))?;
            if !Tau(message.tau).agrees_with(tau) {
                return Err(Fault::Disagreement {
                    peer: garbler,
                    of: "the request",
                });
            }
            parsed.push(message);
        }
        (0..garblers.len())
            .map(|g| {
                let pad = pad_for(g, &parsed);
                if pad.fingerprint() != parsed[g].pad_fingerprint {
                    // Its own fingerprint, or another garbler's piece, is wrong.
                    return Err(match garblers.len() {
                        1 => malformed(garblers[g]),
                        _ => Fault::QuorumMisbehaved,
                    });
                }
                let mut body = parsed[g].body.clone();
                pad.apply(&mut body);
                let opened = Opened::parse(&body, public_wires, outputs)
                    .map_err(|Malformed| malformed(garblers[g]))?;
                let expected: Blocks = Blocks::new(
                    opened
                        .output_bits
                        .iter()
                        .zip(self.output_keys[g].iter())
                        .map(|(&bit, key)| key ^ (self.delta.get() & mask(bit)))
                        .collect(),
                );
                let digest = output_mac_digest(self.id, garblers[g], &tau.0, &expected);
                if !bool::from(digest.ct_eq(&opened.mac_digest)) {
                    let what = Misbehaviour::Opening(Kind::Online);
                    return Err(Fault::Misbehaved {
                        peer: garblers[g],
                        what,
                    });
                }
                Ok(opened)
            })
            .collect()
    }
}

fn malformed(peer: Party) -> Fault {
    Fault::Misbehaved {
        peer,
        what: Misbehaviour::Malformed(Kind::Online),
    }
}

/// The pad of garbler `g`: the pieces the other garblers sent for it.
fn pad_for(g: usize, messages: &[OnlineMessage]) -> Pad {
    let pieces = messages
        .iter()
        .enumerate()
        .filter(|(other, _)| *other != g)
        .map(|(other, m)| {
            // A garbler lists its pieces for all garblers but itself, in order.
            m.pad_pieces[if g < other { g } else { g - 1 }]
        });
    Pad::sum(pieces)
}

/// A garbler's message with its pad taken off.
struct Opened {
    labels: Blocks,
    output_bits: Vec<u8>,
    mac_digest: [u8; 32],
}

impl Opened {
    fn parse(body: &[u8], public_wires: usize, outputs: usize) -> Result<Self, Malformed> {
        let mut reader = Reader::new(body);
        let opened = Self {
            labels: Blocks::new(reader.blocks(public_wires)?),
            output_bits: reader.bits(outputs)?,
            mac_digest: reader.array()?,
        };
        reader.finish()?;
        Ok(opened)
    }
}

/// Output bits, lowest of each word first, as the big-endian bytes of the hash.
fn words_to_bytes(bits: &[u8], word_bits: usize) -> Vec<u8> {
    bits.chunks(word_bits)
        .flat_map(|word| {
            word.rchunks(8)
                .map(|byte| byte.iter().rev().fold(0, |acc, bit| (acc << 1) | bit))
        })
        .collect()
}
