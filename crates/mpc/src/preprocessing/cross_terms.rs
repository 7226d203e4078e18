//! Leaky ANDs: shares of products of random bits, of which a cheater may have spoiled some.
//!
//! Every party i multiplies its x^i with the sum of everybody's shares of y and of yΔ, Δ being the sum
//! of all members' (Katz, Ranellucci, Rosulek and Wang, CRYPTO 2018, for two; Yang, Wang and Zhang, CCS
//! 2020, for more). Nothing is checked here: that happens per bucket, in [`super::products`].
//! docs/protocol.md, section 4.3, has the derivation.

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::auth_bits::AuthBits;
use super::checked::Checked;
use super::leaky_and::{LeakyAnd, LeakyAndList};
use super::plan::Plan;
use super::session::{Message, Session, Toss};
use crate::block::{Block, NARROW, mask, mask64, narrow};
use crate::channel::{Channel, Kind};
use crate::codec::{Malformed, Reader};
use crate::fault::Abort;
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
    let (permutation, openings) = (Toss::new(rng), Toss::new(rng));
    let commitments = [
        permutation.commitment(session, Kind::PermutationOpening),
        openings.commitment(session, Kind::OpeningChallenge),
    ];
    let factors = factors(plan, bits, delta);
    // x times the own factor, and what is kept of the terms sent.
    let mut shares = Zeroizing::new(Vec::with_capacity(plan.leaky));
    let x = &bits.bits[plan.x()];
    shares.extend(x.iter().zip(&*factors).map(|(&x, f)| mask64(x) & f));
    let hashes: Vec<[CorrelationHash; 2]> = session
        .peers
        .iter()
        .map(|&peer| {
            [(session.me(), peer), (peer, session.me())].map(|(from, to)| {
                let ends = [from.index(), to.index()];
                CorrelationHash::new(half(hash("countersign leaky AND", &[&session.id.0, &ends])))
            })
        })
        .collect();
    let incoming = session.exchange(Kind::CrossTerms, plan.leaky, |at, _| CrossTerms {
        masked: masked_terms(
            &hashes[at][0],
            &bits.keys[at][plan.x()],
            delta,
            &factors,
            &mut shares,
        ),
        commitments,
    })?;
    for (at, message) in incoming.iter().enumerate() {
        let macs = &bits.macs[at][plan.x()];
        add_peer_terms(&hashes[at][1], macs, x, &message.masked, &mut shares);
    }
    let towards = (0..plan.peers)
        .map(|at| leaky_ands(plan, bits, at, (at == 0).then_some(&shares)))
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

/// This party's share of y, and of yΔ for the sum Δ of all members' global keys:
/// y^iΔ_i ⊕ Σ_j (M_j[y^i] ⊕ K_i[y^j]).
fn factors(plan: &Plan, bits: &AuthBits, delta: Block) -> Zeroizing<Vec<u64>> {
    let y = &bits.bits[plan.y()];
    let mut factors = Zeroizing::new(Vec::with_capacity(plan.leaky));
    factors.extend(y.iter().map(|&y| narrow(delta & mask(y))));
    for (macs, keys) in bits.macs.iter().zip(&bits.keys) {
        let (macs, keys) = (&macs[plan.y()], &keys[plan.y()]);
        for (factor, (mac, key)) in factors.iter_mut().zip(macs.iter().zip(keys)) {
            *factor ^= narrow(mac ^ key);
        }
    }
    for (factor, &y) in factors.iter_mut().zip(y) {
        *factor = joined(*factor, y);
    }
    factors
}

/// What a peer needs to multiply its x with this party's factors: for each,
/// U = H(K[x]) ⊕ H(K[x] ⊕ Δ) ⊕ factor. This party keeps H(K[x]), added to `shares`.
fn masked_terms(
    hash: &CorrelationHash,
    x_keys: &[Block],
    delta: Block,
    factors: &[u64],
    shares: &mut [u64],
) -> Vec<u8> {
    let mut masked = Vec::with_capacity(factors.len() * CrossTerms::BYTES + 64);
    let mut hashes = Zeroizing::new([[0; CHUNK]; 2]);
    let chunks = factors.chunks(CHUNK).zip(shares.chunks_mut(CHUNK));
    for (chunk, (keys, (factors, shares))) in x_keys.chunks(CHUNK).zip(chunks).enumerate() {
        let [zero, one] = &mut *hashes;
        let (zero, one) = (&mut zero[..keys.len()], &mut one[..keys.len()]);
        hash.hash(keys, 0, chunk * CHUNK, zero);
        hash.hash(keys, delta, chunk * CHUNK, one);
        for ((zero, one), (factor, share)) in zero.iter().zip(one).zip(factors.iter().zip(shares)) {
            let [bytes @ .., _, _] = (narrow(zero ^ *one) ^ factor).to_le_bytes();
            masked.extend_from_slice(&bytes);
            *share ^= narrow(*zero);
        }
    }
    masked
}

/// Adds x·(the peer's factor) ⊕ what the peer keeps, which is x·U ⊕ H(M[x]), to `shares`.
fn add_peer_terms(
    hash: &CorrelationHash,
    x_macs: &[Block],
    x: &[u8],
    masked: &[u8],
    shares: &mut [u64],
) {
    let terms = masked.as_chunks::<{ CrossTerms::BYTES }>().0;
    let mut unmask = Zeroizing::new([0; CHUNK]);
    let chunks = terms.chunks(CHUNK).zip(shares.chunks_mut(CHUNK));
    let chunks = x_macs.chunks(CHUNK).zip(x.chunks(CHUNK).zip(chunks));
    for (chunk, (macs, (x, (terms, shares)))) in chunks.enumerate() {
        let unmask = &mut unmask[..macs.len()];
        hash.hash(macs, 0, chunk * CHUNK, unmask);
        for ((&x, term), (unmask, share)) in x.iter().zip(terms).zip(unmask.iter().zip(shares)) {
            let [b0, b1, b2, b3, b4, b5] = *term;
            let term = u64::from_le_bytes([b0, b1, b2, b3, b4, b5, 0, 0]);
            *share ^= (mask64(x) & term) ^ narrow(*unmask);
        }
    }
}

/// The leaky ANDs towards the peer at position `at`.
fn leaky_ands(
    plan: &Plan,
    bits: &AuthBits,
    at: usize,
    shares: Option<&Zeroizing<Vec<u64>>>,
) -> LeakyAndList {
    let (x, y) = (&bits.bits[plan.x()], &bits.bits[plan.y()]);
    let (x_macs, x_keys) = (&bits.macs[at][plan.x()], &bits.keys[at][plan.x()]);
    let (y_macs, y_keys) = (&bits.macs[at][plan.y()], &bits.keys[at][plan.y()]);
    let mut list = LeakyAndList::with_capacity(plan.leaky);
    for k in 0..plan.leaky {
        list.push(&LeakyAnd {
            x_mac: x_macs[k],
            x_key: x_keys[k],
            y_mac: narrow(y_macs[k]),
            y_key: narrow(y_keys[k]),
            share: shares.map_or(0, |shares| shares[k]),
            bits: x[k] | (y[k] << 1),
        });
    }
    list
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
