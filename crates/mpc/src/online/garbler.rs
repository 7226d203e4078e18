//! The garbler's side: one release.

use core::ops::Range;

use zeroize::Zeroizing;

use super::message::{OnlineMessage, output_mac_digest, public_bits};
use super::tau::{Statement, Tau};
use super::{Pads, PresignatureId};
use crate::block::{BitBytes, Block, Delta, mask, pack};
use crate::buffers::Blocks;
use crate::codec::put_blocks;
use crate::dealing::QuorumShare;
use crate::preprocessing::public_labels;
use crate::sha2_family::HashAlgorithm;

/// A garbler's half of a presignature: a few kilobytes; its tables are already at the evaluator.
///
/// One presignature, one release (P19): releasing takes it away,
///
/// ```
/// # use countersign_mpc::{GarblerPresignature, OnlineMessage, Statement};
/// fn once(half: GarblerPresignature, statement: &Statement) -> OnlineMessage {
///     half.release(statement)
/// }
/// ```
///
/// so that a second release does not compile,
///
/// ```compile_fail,E0382
/// # use countersign_mpc::{GarblerPresignature, OnlineMessage, Statement};
/// fn twice(half: GarblerPresignature, statement: &Statement) -> [OnlineMessage; 2] {
///     [half.release(statement), half.release(statement)]
/// }
/// ```
///
/// and it cannot be copied first.
///
/// ```compile_fail,E0599
/// # use countersign_mpc::GarblerPresignature;
/// fn copy(half: GarblerPresignature) -> [GarblerPresignature; 2] {
///     [half.clone(), half]
/// }
/// ```
pub struct GarblerPresignature {
    id: PresignatureId,
    hash: HashAlgorithm,
    pads: Pads,
    delta: Delta,
    label_seed: Zeroizing<Block>,
    public_wires: Range<usize>,
    output_bits: BitBytes,
    output_macs: Blocks,
}

impl GarblerPresignature {
    pub(crate) fn new(
        share: &QuorumShare,
        id: PresignatureId,
        label_seed: Zeroizing<Block>,
        public_wires: Range<usize>,
        output_bits: BitBytes,
        output_macs: Blocks,
    ) -> Self {
        Self {
            id,
            hash: share.hash,
            pads: Pads::new(share),
            delta: share.delta.copy(),
            label_seed,
            public_wires,
            output_bits,
            output_macs,
        }
    }

    /// The presignature's name.
    pub fn id(&self) -> PresignatureId {
        self.id
    }

    /// τ for `statement` under this presignature.
    pub fn tau(&self, statement: &Statement) -> Tau {
        Tau::new(&self.pads.context, self.id, statement)
    }

    /// Releases the labels for `statement`, once. Call only after the decision to approve it is
    /// durable.
    pub fn release(self, statement: &Statement) -> OnlineMessage {
        let tau = self.tau(statement);
        let p = self.hash.parameters();
        let bits = public_bits(
            &p.outer_schedule(statement.inner_digest.as_bytes()),
            p.word_bits,
        );
        let mut labels = public_labels(*self.label_seed, self.public_wires.clone());
        for (label, bit) in labels.iter_mut().zip(bits) {
            *label ^= self.delta.get() & mask(bit);
        }

        let mut body = Zeroizing::new(Vec::with_capacity(labels.len() * 16 + 128));
        put_blocks(&mut body, &labels);
        body.extend_from_slice(&pack(&self.output_bits));
        body.extend_from_slice(&output_mac_digest(
            self.id,
            self.pads.me,
            &tau.0,
            &self.output_macs,
        ));
        let pad = self.pads.own(&tau);
        pad.apply(&mut body);
        OnlineMessage {
            tau: tau.0,
            pad_fingerprint: pad.fingerprint(),
            pad_pieces: self.pads.pieces(&tau),
            body,
        }
    }
}
