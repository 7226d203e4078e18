//! Pads that open a garbler's message only if all garblers approved the same τ (P16).

use zeroize::Zeroizing;

use super::tau::{Tau, TauContext};
use crate::dealing::QuorumShare;
use crate::party::Party;
use crate::prf::hash;

/// A garbler's pairwise keys with the other garblers of its quorum.
pub(crate) struct Pads {
    pub(super) context: TauContext,
    pub(super) me: Party,
    /// The other garblers, in order, with the key shared with each.
    others: Vec<(Party, Zeroizing<[u8; 32]>)>,
}

impl Pads {
    pub(crate) fn new(share: &QuorumShare) -> Self {
        let evaluator = share.quorum.evaluator();
        let others = share
            .quorum
            .peers_of(share.me)
            .into_iter()
            .zip(&share.peers)
            .filter(|(peer, _)| *peer != evaluator)
            .map(|(peer, entry)| (peer, entry.pad_key.clone()))
            .collect();
        Self {
            context: TauContext::new(share),
            me: share.me,
            others,
        }
    }

    /// The pad under which this garbler's own message goes: the XOR of one piece per other garbler.
    pub(super) fn own(&self, tau: &Tau) -> Pad {
        let pieces = self.others.iter().map(|(_, key)| prf(key, self.me, tau));
        Pad::sum(pieces)
    }

    /// This garbler's pieces of the others' pads, in the order of the garblers.
    pub(super) fn pieces(&self, tau: &Tau) -> Vec<[u8; 32]> {
        self.others
            .iter()
            .map(|(other, key)| prf(key, *other, tau))
            .collect()
    }
}

/// A pad for one message. With two parties there is no other garbler and the pad is empty.
pub(crate) struct Pad(Option<Zeroizing<[u8; 32]>>);

impl Pad {
    /// The sum of pieces; empty if there are none.
    pub(super) fn sum(pieces: impl Iterator<Item = [u8; 32]>) -> Self {
        Self(pieces.fold(None, |sum, piece| {
            let mut sum = sum.unwrap_or_else(|| Zeroizing::new([0; 32]));
            for (byte, addend) in sum.iter_mut().zip(piece) {
                *byte ^= addend;
            }
            Some(sum)
        }))
    }

    /// Encrypts or decrypts in place.
    pub(super) fn apply(&self, body: &mut [u8]) {
        use rand_core::{Rng, SeedableRng};
        if let Some(key) = &self.0 {
            let mut stream = Zeroizing::new(vec![0; body.len()]);
            rand_chacha::ChaCha20Rng::from_seed(**key).fill_bytes(&mut stream);
            for (byte, pad) in body.iter_mut().zip(stream.iter()) {
                *byte ^= pad;
            }
        }
    }

    /// What shows, without opening anything, whether two pads are the same.
    pub(super) fn fingerprint(&self) -> [u8; 32] {
        match &self.0 {
            None => hash("countersign no pad", &[]),
            Some(key) => hash("countersign pad", &[&**key]),
        }
    }
}

/// PRF(k_ij, i, τ): SHA-256 over a secret key and inputs of fixed length, so that nothing can be
/// extended.
fn prf(key: &[u8; 32], owner: Party, tau: &Tau) -> [u8; 32] {
    hash("countersign pad piece", &[key, &[owner.index()], &tau.0])
}
