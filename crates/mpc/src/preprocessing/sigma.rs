//! The evaluator's shares of σ authenticated anew, under MACs that it can make from seeds whenever it
//! needs them (docs/protocol.md, section 4.5).
//!
//! Its MACs on σ are all of a presignature that belongs to no row, and would take 16 bytes a gate for each
//! garbler. So one more run of correlated OT extension, one way, authenticates the same bits: the
//! evaluator corrects the output of fresh seeds to its σ. With M and K from before and M' and K' anew,
//! M ⊕ M' = K ⊕ K' for each gate if and only if the bits are the same, so the garbler compares a hash of
//! all these sums with the evaluator's. Whoever corrects to anything else must guess bits of Δ.

use subtle::ConstantTimeEq;

use super::checked::Checked;
use super::cot;
use super::masks::GateMasks;
use super::plan::Plan;
use super::seeded_macs::{SeededMacs, column_len, seeds_of_each};
use super::session::{Message, Session};
use crate::block::Block;
use crate::buffers::Blocks;
use crate::channel::{Channel, Kind};
use crate::codec::{Malformed, Reader, put_blocks};
use crate::dealing::SUBFIELDS;
use crate::fault::{Abort, Misbehaviour};
use crate::party::Party;
use crate::prf::hash_blocks;

/// A presignature's masks as garbling needs them.
pub(super) struct GarblingMasks {
    /// At a garbler with its new keys on the evaluator's σ; at the evaluator without its MACs on them.
    pub(super) masks: GateMasks,
    /// At the evaluator, its MACs on σ towards each garbler.
    pub(super) sigma_macs: Vec<SeededMacs>,
}

/// The evaluator corrects its seeds' output to its σ, towards every garbler; a garbler takes keys from
/// the corrections and checks that they are on the bits that it had keys on.
pub(super) fn reauthenticate<C: Channel>(
    session: &mut Session<'_, C>,
    plan: &Plan,
    masks: Checked<Vec<GateMasks>>,
) -> Result<Checked<Vec<GarblingMasks>>, Abort> {
    let masks = masks.into_inner().into_iter();
    let mut masks: Vec<GarblingMasks> = masks
        .map(|masks| GarblingMasks {
            masks,
            sigma_macs: Vec::new(),
        })
        .collect();
    let evaluator = session.share.quorum.evaluator();
    for (at, peer) in session.peers.clone().into_iter().enumerate() {
        if session.me() == evaluator {
            send_corrections(session, plan, at, peer, &mut masks)?;
        } else if peer == evaluator {
            take_corrections(session, plan, at, evaluator, &mut masks)?;
        }
    }
    Ok(Checked::after_all_checks(masks))
}

/// The evaluator's side towards the garbler at position `at`.
fn send_corrections<C: Channel>(
    session: &mut Session<'_, C>,
    plan: &Plan,
    at: usize,
    garbler: Party,
    masks: &mut [GarblingMasks],
) -> Result<(), Abort> {
    let (me, gates) = (session.me(), plan.circuit.and_gates());
    let base = &session.share.peers[at].receiver_seeds;
    let seeds = seeds_of_each(base, &session.id, me, garbler, plan.presignatures);
    let mut all = Vec::with_capacity(plan.presignatures * SUBFIELDS * column_len(gates));
    let mut sums = Vec::with_capacity(plan.presignatures);
    for (GarblingMasks { masks, sigma_macs }, seeds) in masks.iter_mut().zip(seeds) {
        let (columns, corrections) = cot::receive(&seeds, &in_blocks(&masks.sigma.bits));
        all.extend(corrections);
        let before = core::mem::take(&mut masks.sigma.macs[at]);
        sums.push(hash_of_sums(&before, &cot::transposed(&columns)));
        sigma_macs.push(SeededMacs::new(&seeds, gates));
    }
    let message = SigmaCorrections {
        columns: all,
        digest: digest(session, garbler, &sums),
    };
    session.send(garbler, Kind::SigmaCorrections, message.encode())
}

/// A garbler's side; the evaluator is its peer at position `at`.
fn take_corrections<C: Channel>(
    session: &mut Session<'_, C>,
    plan: &Plan,
    at: usize,
    evaluator: Party,
    masks: &mut [GarblingMasks],
) -> Result<(), Abort> {
    let (me, gates) = (session.me(), plan.circuit.and_gates());
    let delta = session.share.delta.get();
    let blocks = SUBFIELDS * column_len(gates);
    let message = session.receive(evaluator, Kind::SigmaCorrections, |reader| {
        SigmaCorrections::decode(reader, plan.presignatures * blocks)
    })?;
    let base = &session.share.peers[at].sender_seeds;
    let seeds = seeds_of_each(base, &session.id, evaluator, me, plan.presignatures);
    let mut sums = Vec::with_capacity(plan.presignatures);
    let corrections = message.columns.chunks(blocks);
    for ((GarblingMasks { masks, .. }, seeds), corrections) in
        masks.iter_mut().zip(seeds).zip(corrections)
    {
        let mut keys = cot::transposed(&cot::send(&seeds, delta, corrections));
        sums.push(hash_of_sums(&masks.sigma.keys[at], &keys));
        keys.shorten(gates);
        masks.sigma.keys[at] = keys;
    }
    if !bool::from(digest(session, me, &sums).ct_eq(&message.digest)) {
        return Err(session.blame(evaluator, Misbehaviour::SigmaCheck));
    }
    Ok(())
}

/// Bits as a column: what is left over of the last block is 0.
fn in_blocks(bits: &[u8]) -> Blocks {
    bits.chunks(128)
        .map(|bits| {
            let bits = bits.iter().rev();
            bits.fold(0, |block, &bit| (block << 1) | Block::from(bit))
        })
        .collect()
}

/// Hash of M ⊕ M' or K ⊕ K', row by row. Rows without a gate had neither MAC nor key, and bit 0.
fn hash_of_sums(before: &[Block], anew: &[Block]) -> [u8; 32] {
    let row = |i: usize| before.get(i).map_or(anew[i], |before| before ^ anew[i]);
    hash_blocks("countersign sigma sums", (0..anew.len()).map(row))
}

/// What the two must agree on: the hashes of the sums of all presignatures.
fn digest<C: Channel>(session: &Session<'_, C>, garbler: Party, sums: &[[u8; 32]]) -> [u8; 32] {
    let ends = [session.share.quorum.evaluator(), garbler].map(Party::index);
    let parts: [&[u8]; 2] = [&ends, sums.as_flattened()];
    session.digest("countersign sigma check", Kind::SigmaCorrections, &parts)
}

/// Kind::SigmaCorrections.
struct SigmaCorrections {
    /// For each presignature, one column for each subfield.
    columns: Vec<Block>,
    digest: [u8; 32],
}

impl Message for SigmaCorrections {
    /// Blocks in all columns.
    type Shape = usize;

    fn encode(self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.columns.len() * 16 + 32);
        put_blocks(&mut out, &self.columns);
        out.extend_from_slice(&self.digest);
        out
    }

    fn decode(reader: &mut Reader<'_>, blocks: usize) -> Result<Self, Malformed> {
        Ok(Self {
            columns: reader.blocks(blocks)?,
            digest: reader.array()?,
        })
    }
}
