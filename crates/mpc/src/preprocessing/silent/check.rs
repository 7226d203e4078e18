//! The check that a sender made its trees right, as in Ferret (section 4.3 and appendix).
//!
//! If it did, the receiver's leaves w and the sender's v are w = v ⊕ eΔ. Let h be a random point of
//! GF(2^128) that the receiver draws after all sums arrived (P9), χ_i = h^(n-i) for leaf i, and
//! φ = Σ χ_i e_i, which is secret. Then Σ χ_i w_i = Σ χ_i v_i ⊕ φΔ. To take φΔ off, the receiver sends
//! x' = φ ⊕ m, where m are 128 base bits read as the field element Σ X^b m_b; on it the two have
//! Σ X^b M\[m_b\] = Σ X^b K\[m_b\] ⊕ mΔ. Since φ = x' ⊕ m,
//!
//!   W = Σ χ_i w_i ⊕ Σ X^b M\[m_b\]  and  V = Σ χ_i v_i ⊕ Σ X^b (K\[m_b\] ⊕ x'_b Δ)
//!
//! differ by φΔ ⊕ mΔ ⊕ x'Δ = 0. The sender proves to know W by a hash of V. Errors in the leaves that
//! depend on e otherwise than by eΔ cancel with probability n/2^128 at most.
//!
//! *Cheating senders.* Whether the check passes may depend on e, so a sender can guess at e and learn
//! from its being caught or not whether the guess was right; being caught is final.
//!
//! *Cheating receivers.* A receiver says nothing but h and x'. Another x' makes V differ from W by the
//! error times Δ, in a hash that only the receiver reads: it could but guess all of Δ.
//!
//! POLYVAL (RFC 8452) under key H is this Σ χ_i w_i with h = H · X^-128, in its field and representation:
//! bit b of a block is the coefficient of X^b. So φ is POLYVAL of e with the bits as blocks 0 and 1.

use countersign_kernels::Polyval;
use rand_core::CryptoRng;
use subtle::ConstantTimeEq;

use super::super::auth_bits::AuthBits;
use super::super::session::{Digest, Message, Session};
use super::{DEPTH, Direction, Fresh, SIDES, masks};
use crate::block::{Block, mask};
use crate::buffers::Blocks;
use crate::channel::{Channel, Kind};
use crate::codec::{Malformed, Reader};
use crate::fault::{Abort, Misbehaviour};

/// Challenges all peers on their trees, and answers their challenges. `leaves` has the MACs and keys
/// of the noise alone.
pub(super) fn check_noise<C: Channel>(
    session: &mut Session<'_, C>,
    number: u64,
    base: &AuthBits,
    leaves: &Fresh<'_>,
    rng: &mut impl CryptoRng,
) -> Result<(), Abort> {
    let (me, peers) = (session.me(), session.peers.clone());
    let delta = session.share.delta.get();

    let mut expected = Blocks::with_capacity(peers.len());
    let challenges = session.exchange(Kind::NoiseChallenge, (), |p, _| {
        let challenge = Challenge::new(base, p, rng);
        expected.push(challenge.receiver_value(&base.macs[p][masks(p)], leaves.macs[p]));
        challenge
    })?;

    let answer = |session: &Session<'_, C>, direction: Direction, value: Block| {
        let place = (direction.indices(), number.to_le_bytes());
        let parts: [&[u8]; 3] = [&place.0, &place.1, &value.to_le_bytes()];
        session.digest("countersign noise check", Kind::NoiseCheck, &parts)
    };
    let mut answers = Vec::with_capacity(peers.len());
    for (p, &peer) in peers.iter().enumerate() {
        // The peer's mask bits towards this party are at this party's place among its peers.
        let back = session.share.quorum.peers_of(peer);
        let back = back.iter().position(|&other| other == me).unwrap_or(0);
        let keys = &base.keys[p][masks(back)];
        let value = challenges[p].sender_value(keys, leaves.keys[p], delta);
        let direction = Direction {
            receiver: peer,
            sender: me,
        };
        answers.push(answer(session, direction, value));
    }
    let answers = session.exchange(Kind::NoiseCheck, (), |p, _| Digest(answers[p]))?;
    for (p, Digest(claimed)) in answers.into_iter().enumerate() {
        let direction = Direction {
            receiver: me,
            sender: peers[p],
        };
        let due = answer(session, direction, expected[p]);
        if !bool::from(claimed.ct_eq(&due)) {
            return Err(session.blame(peers[p], Misbehaviour::NoiseCheck));
        }
    }
    Ok(())
}

/// Kind::NoiseChallenge.
struct Challenge {
    /// H, the key of POLYVAL.
    point: Block,
    /// x'.
    masked_noise: Block,
}

impl Challenge {
    /// A fresh challenge to the p-th peer.
    fn new(base: &AuthBits, p: usize, rng: &mut impl CryptoRng) -> Self {
        let mut point = [0; 16];
        rng.fill_bytes(&mut point);
        let point = Block::from_le_bytes(point);
        let bits = base.bits[masks(p)].iter().rev();
        let pad = bits.fold(0, |pad, &bit| (pad << 1) | Block::from(bit));
        Self {
            point,
            masked_noise: noise_hash(point, &base.bits[SIDES]) ^ pad,
        }
    }

    /// W, from the MACs on the mask bits and the leaves.
    fn receiver_value(&self, macs: &[Block], leaves: &[Block]) -> Block {
        Polyval::new(self.point).hash(leaves) ^ combine(macs.iter().copied())
    }

    /// V, from the keys on the mask bits and the leaves.
    fn sender_value(&self, keys: &[Block], leaves: &[Block], delta: Block) -> Block {
        let shifted = keys
            .iter()
            .enumerate()
            .map(|(b, key)| key ^ (delta & mask((self.masked_noise >> b) as u8)));
        Polyval::new(self.point).hash(leaves) ^ combine(shifted)
    }
}

impl Message for Challenge {
    type Shape = ();

    fn encode(self) -> Vec<u8> {
        [self.point.to_le_bytes(), self.masked_noise.to_le_bytes()].concat()
    }

    fn decode(reader: &mut Reader<'_>, (): ()) -> Result<Self, Malformed> {
        Ok(Self {
            point: reader.block()?,
            masked_noise: reader.block()?,
        })
    }
}

/// φ: POLYVAL of the noise under `point`, without an address that depends on it.
///
/// In the last tree, leaf α has χ = h^(512 - α) = h · h^r, since r as a number, first level first, is
/// 511 - α; in each tree before it, h^512 times that. h^r is made bit by bit from h^(2^k).
fn noise_hash(point: Block, sides: &[u8]) -> Block {
    // POLYVAL of one block multiplies it by h; its key H_k for h^(2^k) is POLYVAL of H_(k-1) under itself.
    let powers: [Polyval; DEPTH + 1] = {
        let mut key = point;
        core::array::from_fn(|_| {
            let power = Polyval::new(key);
            key = power.hash(&[key]);
            power
        })
    };
    let (bits, tree) = powers.split_at(DEPTH);
    sides.as_chunks::<DEPTH>().0.iter().fold(0, |sum, sides| {
        let mut term = bits[0].hash(&[1]);
        for (power, &side) in bits.iter().rev().zip(sides) {
            let product = power.hash(&[term]);
            term ^= (term ^ product) & mask(side);
        }
        tree[0].hash(&[sum]) ^ term
    })
}

/// Σ X^b terms_b in POLYVAL's field, GF(2)\[X\] / (X^128 + X^127 + X^126 + X^121 + 1).
fn combine(terms: impl DoubleEndedIterator<Item = Block>) -> Block {
    const REDUCTION: Block = (1 << 127) | (1 << 126) | (1 << 121) | 1;
    terms.rev().fold(0, |sum, term| {
        let carry = mask((sum >> 127) as u8);
        (sum << 1) ^ (REDUCTION & carry) ^ term
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::half_tree::{self, tests::Dealt, tests::block};
    use super::super::{LEAVES, OUTPUTS};
    use super::*;

    #[test]
    fn noise_hash_is_polyval_of_the_noise() {
        let mut dealt = Dealt::new(5);
        let mut e = vec![0; OUTPUTS];
        half_tree::noise(&dealt.sides, &mut e);
        let e: Vec<Block> = e.into_iter().map(Block::from).collect();
        let point = block(&mut dealt.rng);
        assert_eq!(
            noise_hash(point, &dealt.sides),
            Polyval::new(point).hash(&e)
        );
    }

    /// Whether the check passes for these masked sums and the leaves the sender says it has.
    fn passes(dealt: &mut Dealt, masked: &[Block], v: &[Block], error: Block) -> bool {
        let mut draw = || block(&mut dealt.rng);
        let (point, mask_bits) = (draw(), draw());
        let keys: Vec<Block> = (0..128).map(|_| draw()).collect();
        let macs: Vec<Block> = (0..128)
            .map(|b| keys[b] ^ (dealt.delta & mask((mask_bits >> b) as u8)))
            .collect();
        let challenge = Challenge {
            point,
            masked_noise: noise_hash(point, &dealt.sides) ^ mask_bits ^ error,
        };
        let expected = challenge.receiver_value(&macs, &dealt.regrown(masked));
        expected == challenge.sender_value(&keys, v, dealt.delta)
    }

    #[test]
    fn honest_trees_pass_and_altered_ones_do_not() {
        let mut dealt = Dealt::new(6);
        let (masked, v) = dealt.grow_shifted(|_| false);
        assert!(passes(&mut dealt, &masked, &v, 0));
        for at in [0, DEPTH - 1, SIDES.len() - DEPTH, SIDES.len() - 1] {
            let mut altered = masked.clone();
            altered[at] ^= 1 << 127;
            assert!(!passes(&mut dealt, &altered, &v, 0));
        }
        let mut other = v.clone();
        other[LEAVES] ^= 1;
        assert!(!passes(&mut dealt, &masked, &other, 0));
    }

    #[test]
    fn a_lie_about_the_noise_makes_the_values_differ() {
        let mut dealt = Dealt::new(7);
        let (masked, v) = dealt.grow_shifted(|_| false);
        for b in [0, 63, 127] {
            assert!(!passes(&mut dealt, &masked, &v, 1 << b));
        }
    }

    /// One bit guessed in one tree passes if the guess is right; guesses in many trees do not.
    #[test]
    fn a_cheating_sender_passes_by_right_guesses_only() {
        let mut dealt = Dealt::new(8);
        let first_sides: Vec<u8> = dealt.sides.iter().copied().step_by(DEPTH).collect();
        let right = first_sides.iter().position(|&side| side == 0).unwrap();
        let wrong = first_sides.iter().position(|&side| side == 1).unwrap();
        for (cheat, caught) in [
            (vec![right], false),
            (vec![wrong], true),
            (vec![right, wrong], true),
        ] {
            let (masked, v) = dealt.grow_shifted(|tree| cheat.contains(&tree));
            assert_eq!(passes(&mut dealt, &masked, &v, 0), !caught);
        }
        let (masked, v) = dealt.grow_shifted(|_| true);
        assert!(!passes(&mut dealt, &masked, &v, 0));
    }
}
