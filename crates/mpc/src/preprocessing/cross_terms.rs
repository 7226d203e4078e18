//! Leaky ANDs between pairs: shares of products of random bits, of which a cheater may have spoiled
//! some.
//!
//! Every unordered pair {i, j} runs the leaky AND of Katz, Ranellucci, Rosulek and Wang (CRYPTO 2018)
//! for its part of (⊕x)(⊕y): w_ij = x^i y^j ⊕ x^j y^i, and x^i y^i for the one of the two whose
//! successor in the quorum is the other. The sum over all pairs is xy. Nothing is checked here: that
//! happens per bucket, in [`super::products`]. docs/protocol.md, section 4.3, has the derivation.

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::auth_bits::AuthBits;
use super::checked::Checked;
use super::leaky_and::{LeakyAnd, LeakyAndList};
use super::plan::Plan;
use super::session::{Message, Session, Toss};
use crate::block::{Block, NARROW, mask, mask64, narrow, two_narrow};
use crate::buffers::Blocks;
use crate::channel::{Channel, Kind};
use crate::codec::{Malformed, Reader};
use crate::fault::Abort;
use crate::party::Party;
use crate::prf::{CorrelationHash, half, hash};

/// Leaky ANDs at one party.
pub(super) struct LeakyAnds {
    /// Per peer, those of the whole batch.
    pub(super) towards: Vec<LeakyAndList>,
    pub(super) coins: Coins,
}

/// Coins committed to with the cross terms, before anything is opened: of the bucket permutation, and
/// of the challenge to the openings' MACs.
pub(super) struct Coins {
    pub(super) permutation: Toss,
    pub(super) permutation_commitments: Vec<[u8; 32]>,
    pub(super) openings: Toss,
    pub(super) openings_commitments: Vec<[u8; 32]>,
}

/// Makes the leaky ANDs of the batch.
pub(super) fn exchange<C: Channel>(
    session: &mut Session<'_, C>,
    plan: &Plan,
    bits: &Checked<AuthBits>,
    rng: &mut impl CryptoRng,
) -> Result<LeakyAnds, Abort> {
    let delta = session.share.delta.get();
    let pairs: Vec<Pair> = session
        .peers
        .iter()
        .enumerate()
        .map(|(at, &peer)| Pair::new(session, plan, bits, delta, at, peer))
        .collect();
    let (permutation, openings) = (Toss::new(rng), Toss::new(rng));
    let commitments = [
        permutation.commitment(session, Kind::PermutationOpening),
        openings.commitment(session, Kind::OpeningChallenge),
    ];
    let mut kept = Vec::with_capacity(pairs.len());
    let incoming = session.exchange(Kind::CrossTerms, plan.leaky, |at, _| {
        let (masked, own) = pairs[at].masked_terms();
        kept.push(own);
        CrossTerms {
            masked,
            commitments,
        }
    })?;
    let towards = pairs
        .iter()
        .zip(&kept)
        .zip(&incoming)
        .map(|((pair, kept), message)| pair.leaky_ands(kept, &message.masked))
        .collect();
    Ok(LeakyAnds {
        towards,
        coins: Coins {
            permutation,
            permutation_commitments: incoming.iter().map(|m| m.commitments[0]).collect(),
            openings,
            openings_commitments: incoming.iter().map(|m| m.commitments[1]).collect(),
        },
    })
}

/// Leaky ANDs hashed at a time.
const CHUNK: usize = 128;

/// Both directions of the leaky ANDs with one peer.
struct Pair<'a> {
    delta: Block,
    /// All ones if y^j of the peer, and y^i of this party, is multiplied with the x of its own party
    /// in this pair.
    peer_square: Block,
    own_square: u64,
    /// For terms this party sends, and for those it receives.
    to_peer: CorrelationHash,
    from_peer: CorrelationHash,
    x: &'a [u8],
    x_macs: &'a [Block],
    x_keys: &'a [Block],
    y: &'a [u8],
    y_macs: &'a [Block],
    y_keys: &'a [Block],
}

impl<'a> Pair<'a> {
    fn new<C: Channel>(
        session: &Session<'_, C>,
        plan: &Plan,
        bits: &'a AuthBits,
        delta: Block,
        at: usize,
        peer: Party,
    ) -> Self {
        let (me, quorum) = (session.me(), &session.share.quorum);
        let key = |from: Party, to: Party| {
            let ends = [from.index(), to.index()];
            CorrelationHash::new(half(hash("countersign leaky AND", &[&session.id.0, &ends])))
        };
        Self {
            delta,
            peer_square: mask(u8::from(quorum.successor(peer) == me)),
            own_square: mask64(u8::from(quorum.successor(me) == peer)),
            to_peer: key(me, peer),
            from_peer: key(peer, me),
            x: &bits.bits[plan.x()],
            x_macs: &bits.macs[at][plan.x()],
            x_keys: &bits.keys[at][plan.x()],
            y: &bits.bits[plan.y()],
            y_macs: &bits.macs[at][plan.y()],
            y_keys: &bits.keys[at][plan.y()],
        }
    }

    /// U = H(K_i[x^j]) ⊕ H(K_i[x^j] ⊕ Δ_i) ⊕ P, where P is this party's share of what x^j must be
    /// multiplied with: y^i ⊕ s_j y^j, as a bit and times Δ_i ⊕ Δ_j. What this party keeps is H(K_i[x^j]),
    /// narrow, two to a block.
    fn masked_terms(&self) -> (Vec<u8>, Blocks) {
        let count = self.x.len();
        let mut masked = Vec::with_capacity(count * CrossTerms::BYTES + 64);
        let mut kept = Blocks::with_capacity(count.div_ceil(2));
        let mut hashes = Zeroizing::new([[0; CHUNK]; 2]);
        for start in (0..count).step_by(CHUNK) {
            let len = CHUNK.min(count - start);
            let keys = &self.x_keys[start..start + len];
            let [zero, one] = &mut *hashes;
            self.to_peer.hash(keys, 0, start, &mut zero[..len]);
            self.to_peer.hash(keys, self.delta, start, &mut one[..len]);
            for at in 0..len {
                let k = start + at;
                let y = self.y[k];
                let times_delta =
                    (self.delta & mask(y)) ^ self.y_macs[k] ^ (self.peer_square & self.y_keys[k]);
                let term = narrow(zero[at] ^ one[at]) ^ joined(narrow(times_delta), y);
                let [bytes @ .., _, _] = term.to_le_bytes();
                masked.extend_from_slice(&bytes);
            }
            let zero = zero[..len].chunks(2);
            kept.extend(zero.map(|pair| {
                let second = pair.get(1).copied().unwrap_or_default();
                two_narrow(narrow(pair[0]), narrow(second))
            }));
        }
        (masked, kept)
    }

    /// The leaky ANDs, from what was kept and the peer's terms: shares are
    /// x^i·(own part ⊕ U) ⊕ H(M_j[x^i]) ⊕ kept.
    fn leaky_ands(&self, kept: &[Block], masked: &[u8]) -> LeakyAndList {
        let (delta, count) = (narrow(self.delta), self.x.len());
        let terms = masked.as_chunks::<{ CrossTerms::BYTES }>().0;
        let mut list = LeakyAndList::with_capacity(count);
        let mut unmask = Zeroizing::new([0; CHUNK]);
        for start in (0..count).step_by(CHUNK) {
            let range = start..count.min(start + CHUNK);
            let unmask = &mut unmask[..range.len()];
            self.from_peer
                .hash(&self.x_macs[range.clone()], 0, start, unmask);
            for (k, unmask) in range.zip(unmask.iter()) {
                let [b0, b1, b2, b3, b4, b5] = terms[k];
                let term = u64::from_le_bytes([b0, b1, b2, b3, b4, b5, 0, 0]);
                let kept_here = (kept[k / 2] >> (64 * (k % 2))) as u64;
                let (x, y) = (self.x[k], self.y[k]);
                let (y_mac, y_key) = (narrow(self.y_macs[k]), narrow(self.y_keys[k]));
                let square = self.own_square & ((delta & mask64(y)) ^ y_mac);
                let local = joined(y_key ^ square, y & self.own_square as u8);
                let share = (mask64(x) & (local ^ term)) ^ narrow(*unmask) ^ kept_here;
                list.push(&LeakyAnd {
                    x_mac: self.x_macs[k],
                    x_key: self.x_keys[k],
                    y_mac,
                    y_key,
                    share,
                    bits: x | (y << 1),
                });
            }
        }
        list
    }
}

/// A narrow share of bΔ over a share of the bit b itself.
#[inline(always)]
fn joined(times_delta: u64, bit: u8) -> u64 {
    (times_delta & !1) | u64::from(bit & 1)
}

/// Kind::CrossTerms.
struct CrossTerms {
    /// [`CrossTerms::BYTES`] each.
    masked: Vec<u8>,
    /// To the coins of the permutation and of the openings' challenge.
    commitments: [[u8; 32]; 2],
}

impl CrossTerms {
    /// Bytes of a term.
    const BYTES: usize = NARROW as usize / 8;
}

impl Message for CrossTerms {
    /// Leaky ANDs.
    type Shape = usize;

    fn encode(self) -> Vec<u8> {
        let mut out = self.masked;
        out.extend_from_slice(self.commitments.as_flattened());
        out
    }

    fn decode(reader: &mut Reader<'_>, leaky: usize) -> Result<Self, Malformed> {
        let bytes = leaky.checked_mul(Self::BYTES).ok_or(Malformed)?;
        Ok(Self {
            masked: reader.bytes(bytes)?.to_vec(),
            commitments: [reader.array()?, reader.array()?],
        })
    }
}
