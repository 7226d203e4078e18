//! Private zero test: whether check values of all members add to zero, and nothing else about them
//! (docs/protocol.md, section 4.4).
//!
//! With h^i the value of member i, the members open R·Σh^i for a joint random R that nobody knows. It
//! is zero if the sum is, and uniform otherwise: so values may be short, and a cheater whose check
//! failed has nothing to search offline. R = ΣR^i is made of authenticated bits, and the products
//! R^i·h^j of oblivious transfers, one for each bit of R^i (Gilboa, CRYPTO 1999).

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::auth_bits::AuthBits;
use super::plan::Plan;
use super::session::{Digest, Opening, Session};
use crate::block::{Block, mask};
use crate::channel::{Channel, Kind};
use crate::fault::{Abort, Fault, Misbehaviour};
use crate::party::Party;
use crate::prf::{CorrelationHash, half, hash};

/// Bits of R^i.
pub(super) const CHECK_BITS: usize = 128;

/// Terms from one member to another, one for each bit of the receiver's R.
pub(super) type Terms = [Block; CHECK_BITS];

/// One member's part in the test.
pub(super) struct ZeroTest<'a> {
    bits: &'a AuthBits,
    /// Where the bits of everybody's R are.
    range: core::ops::Range<usize>,
    delta: Block,
    /// h^i·X^b for all b.
    multiples: Zeroizing<Terms>,
    /// Share of R·Σh^i.
    share: Zeroizing<Block>,
}

impl<'a> ZeroTest<'a> {
    /// The test for this member's check value.
    pub(super) fn new(plan: &Plan, bits: &'a AuthBits, delta: Block, value: Block) -> Self {
        let mut multiples = Zeroizing::new([value; CHECK_BITS]);
        for b in 1..CHECK_BITS {
            multiples[b] = times_x(multiples[b - 1]);
        }
        let range = plan.check();
        let own = bits.bits[range.clone()].iter().zip(multiples.iter());
        let share = own.fold(0, |sum, (&bit, multiple)| sum ^ (mask(bit) & multiple));
        Self {
            bits,
            range,
            delta,
            multiples,
            share: Zeroizing::new(share),
        }
    }

    /// The terms for the peer at position `at`: H(K[ρ_b]) ⊕ H(K[ρ_b] ⊕ Δ) ⊕ h·X^b, ρ_b being the bits of the
    /// peer's R.
    pub(super) fn terms<C: Channel>(
        &mut self,
        session: &Session<'_, C>,
        at: usize,
        peer: Party,
    ) -> Terms {
        let hash = pair_hash(session, session.me(), peer);
        let keys = &self.bits.keys[at][self.range.clone()];
        let mut hashes = Zeroizing::new([[0; CHECK_BITS]; 2]);
        let [zero, one] = &mut *hashes;
        hash.hash(keys, 0, 0, zero);
        hash.hash(keys, self.delta, 0, one);
        for kept in zero.iter() {
            *self.share ^= kept;
        }
        core::array::from_fn(|b| zero[b] ^ one[b] ^ self.multiples[b])
    }

    /// Takes in the terms of the peer at position `at`.
    pub(super) fn add<C: Channel>(
        &mut self,
        session: &Session<'_, C>,
        at: usize,
        peer: Party,
        terms: &Terms,
    ) {
        let hash = pair_hash(session, peer, session.me());
        let macs = &self.bits.macs[at][self.range.clone()];
        let mut unmask = Zeroizing::new([0; CHECK_BITS]);
        hash.hash(macs, 0, 0, &mut *unmask);
        let bits = &self.bits.bits[self.range.clone()];
        for ((&bit, term), unmask) in bits.iter().zip(terms).zip(unmask.iter()) {
            *self.share ^= (mask(bit) & term) ^ unmask;
        }
    }

    /// Opens the product, everybody having committed to a share of it first, so that nobody can fit
    /// its own to the others'.
    pub(super) fn open<C: Channel>(
        self,
        session: &mut Session<'_, C>,
        rng: &mut impl CryptoRng,
    ) -> Result<(), Abort> {
        let mut value = [0; 32];
        value[..16].copy_from_slice(&self.share.to_le_bytes());
        let own = Opening::new(value, rng);
        let commitment = own.commitment(session, Kind::CheckOpening, session.me(), None);
        let commitments = session.exchange(Kind::CheckCommitment, (), |_, _| Digest(commitment))?;
        let openings = session.exchange(Kind::CheckOpening, (), |_, _| own)?;
        let mut sum = value;
        for (at, opening) in openings.iter().enumerate() {
            let peer = session.peers[at];
            let kind = Kind::CheckOpening;
            if opening.commitment(session, kind, peer, None) != commitments[at].0 {
                return Err(session.blame(peer, Misbehaviour::Decommitment(kind)));
            }
            for (sum, byte) in sum.iter_mut().zip(opening.value) {
                *sum ^= byte;
            }
        }
        if sum == [0; 32] {
            return Ok(());
        }
        Err(match session.peers[..] {
            [peer] => session.blame(peer, Misbehaviour::ProductCheck),
            _ => session.abort(Fault::QuorumMisbehaved),
        })
    }
}

fn pair_hash<C: Channel>(session: &Session<'_, C>, from: Party, to: Party) -> CorrelationHash {
    let ends = [from.index(), to.index()];
    let digest = hash("countersign zero test", &[&session.id.0, &ends]);
    CorrelationHash::new(half(digest))
}

/// v·X in GF(2)\\[X\\]/(X^128 + X^7 + X^2 + X + 1).
fn times_x(v: Block) -> Block {
    (v << 1) ^ (mask((v >> 127) as u8) & 0x87)
}
