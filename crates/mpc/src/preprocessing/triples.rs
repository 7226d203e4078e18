//! Authenticated AND triples: leaky ANDs between pairs, then buckets.
//!
//! Every unordered pair {i, j} runs the leaky AND of Katz, Ranellucci, Rosulek and Wang (CRYPTO 2018)
//! for its part of (⊕x)(⊕y): w_ij = x^i y^j ⊕ x^j y^i, and x^i y^i for the one of the two whose
//! successor in the quorum is the other. The sum over all pairs is xy. Each pair has an equality
//! check of its own, so a failure names a peer, and since only hashes of the check values are
//! opened, it tells a cheater whether its guess was right and nothing of anybody's Δ (P17). For that
//! the values keep Δ nearly whole: a cheater who spoils one product knows all of the honest hash's
//! input but Δ's part in it, and could search for a truncated one at leisure.
//! docs/protocol.md has the derivation.

use rand_chacha::ChaCha20Rng;
use rand_core::{CryptoRng, Rng, SeedableRng};
use subtle::ConstantTimeEq;

use super::auth_bits::AuthBits;
use super::bucketing::BUCKET;
use super::checked::Checked;
use super::plan::Plan;
use super::session::{Message, Opening, Session, Toss};
use crate::block::{Block, Blocks, mask, pack};
use crate::channel::{Channel, Kind};
use crate::codec::{Malformed, Reader, put_blocks};
use crate::fault::{Abort, Misbehaviour};
use crate::party::Party;
use crate::prf::{CorrelationHash, half, hash};

/// Triples that are right, but of which a cheater may have guessed some x.
pub(super) struct LeakyTriples {
    x: AuthBits,
    y: AuthBits,
    z: AuthBits,
    permutation: Toss,
    permutation_commitments: Vec<[u8; 32]>,
}

/// ⟨x⟩, ⟨y⟩, ⟨z⟩ with z = xy, one of each per AND gate of the batch.
pub(super) struct Triples {
    pub(super) x: AuthBits,
    pub(super) y: AuthBits,
    pub(super) z: AuthBits,
}

/// Makes and checks the leaky triples of the batch.
pub(super) fn leaky_ands<C: Channel>(
    session: &mut Session<'_, C>,
    plan: &Plan,
    bits: &Checked<AuthBits>,
    rng: &mut impl CryptoRng,
) -> Result<Checked<LeakyTriples>, Abort> {
    let delta = session.share.delta.get();
    let pairs: Vec<Pair> = session
        .peers
        .iter()
        .enumerate()
        .map(|(at, &peer)| Pair::new(session, at, peer))
        .collect();

    let mut own_halves: Vec<OwnHalf> = pairs
        .iter()
        .map(|pair| pair.masked_terms(plan, bits, delta))
        .collect();
    let incoming = session.exchange(Kind::CrossTerms, plan.leaky, |at, _| CrossTerms {
        masked: core::mem::take(&mut own_halves[at].outgoing),
    })?;
    // s: low bit this party's share of w_ij, upper bits its share of w_ij(Δ_i ⊕ Δ_j).
    let products: Vec<Blocks> = pairs
        .iter()
        .zip(own_halves)
        .zip(incoming)
        .map(|((pair, own), message)| pair.product_shares(plan, bits, own, &message.masked, delta))
        .collect();

    // Authenticated product shares: the random authenticated bit becomes the share.
    let own_flips: Vec<Vec<u8>> = products
        .iter()
        .enumerate()
        .map(|(p, shares)| {
            let random = &bits.bits[plan.product(p)];
            shares
                .iter()
                .zip(random)
                .map(|(s, r)| low_bit(*s) ^ r)
                .collect()
        })
        .collect();
    let packed = ProductBits {
        flips: own_flips.iter().map(|flips| pack(flips)).collect(),
    };
    let shape = (plan.peers, plan.leaky);
    let peer_flips = session.exchange(Kind::ProductBits, shape, |_, _| packed.clone())?;
    let view = product_bits_view(session, &packed, &peer_flips);
    let peer_flips: Vec<Vec<Vec<u8>>> = peer_flips
        .iter()
        .map(|message| message.unpacked(plan.leaky))
        .collect();

    check_pairs(
        session,
        plan,
        bits,
        &pairs,
        &products,
        &peer_flips,
        view,
        rng,
    )
    .map(|(permutation, permutation_commitments)| {
        Checked::after_all_checks(LeakyTriples {
            x: slice(bits, plan.x()),
            y: slice(bits, plan.y()),
            z: sum_products(plan, bits, &products, &peer_flips, delta),
            permutation,
            permutation_commitments,
        })
    })
}

/// Both directions of the leaky AND with one peer.
struct Pair {
    /// Position among the session's peers.
    at: usize,
    /// Position of this party among the peer's peers.
    back: usize,
    /// Whether x^i y^i of this party, and of the peer, counts in this pair.
    own_square: u8,
    peer_square: u8,
    /// For terms this party sends, and for those it receives.
    to_peer: CorrelationHash,
    from_peer: CorrelationHash,
}

/// What this party keeps of the terms it sends.
struct OwnHalf {
    outgoing: Vec<Block>,
    /// H(K_i[x^j]): its share of x^j times what it sent masked.
    kept: Blocks,
}

impl Pair {
    fn new<C: Channel>(session: &Session<'_, C>, at: usize, peer: Party) -> Self {
        let (me, quorum) = (session.me(), &session.share.quorum);
        let key = |from: Party, to: Party| {
            let ends = [from.index(), to.index()];
            CorrelationHash::new(half(hash("countersign leaky AND", &[&session.id.0, &ends])))
        };
        Self {
            at,
            back: quorum
                .peers_of(peer)
                .iter()
                .position(|&p| p == me)
                .unwrap_or(0),
            own_square: u8::from(quorum.successor(me) == peer),
            peer_square: u8::from(quorum.successor(peer) == me),
            to_peer: key(me, peer),
            from_peer: key(peer, me),
        }
    }

    /// U = H(K_i[x^j]) ⊕ H(K_i[x^j] ⊕ Δ_i) ⊕ P, where P is this party's share of what x^j must be
    /// multiplied with: y^i ⊕ s_j y^j, as a bit and times Δ_i ⊕ Δ_j.
    fn masked_terms(&self, plan: &Plan, bits: &AuthBits, delta: Block) -> OwnHalf {
        let x_keys = &bits.keys[self.at][plan.x()];
        let kept = self.to_peer.hash_all(x_keys, 0);
        let other = self.to_peer.hash_all(x_keys, delta);
        let y = &bits.bits[plan.y()];
        let y_macs = &bits.macs[self.at][plan.y()];
        let y_keys = &bits.keys[self.at][plan.y()];
        let square = mask(self.peer_square);
        let outgoing = (0..plan.leaky)
            .map(|k| {
                let times_delta = (delta & mask(y[k])) ^ y_macs[k] ^ (square & y_keys[k]);
                kept[k] ^ other[k] ^ joined(times_delta, y[k])
            })
            .collect();
        OwnHalf { outgoing, kept }
    }

    /// This party's share of w_ij, in the form of [`joined`].
    fn product_shares(
        &self,
        plan: &Plan,
        bits: &AuthBits,
        own: OwnHalf,
        masked: &[Block],
        delta: Block,
    ) -> Blocks {
        let x = &bits.bits[plan.x()];
        let y = &bits.bits[plan.y()];
        let y_macs = &bits.macs[self.at][plan.y()];
        let y_keys = &bits.keys[self.at][plan.y()];
        let unmask = self.from_peer.hash_all(&bits.macs[self.at][plan.x()], 0);
        let square = mask(self.own_square);
        let shares = (0..plan.leaky)
            .map(|k| {
                let times_delta = y_keys[k] ^ (square & ((delta & mask(y[k])) ^ y_macs[k]));
                let local = joined(times_delta, y[k] & self.own_square);
                (mask(x[k]) & (local ^ masked[k])) ^ unmask[k] ^ own.kept[k]
            })
            .collect();
        Blocks::new(shares)
    }

    /// The check values: with z this party's share of w_ij, s ⊕ its share of z_ij(Δ_i ⊕ Δ_j). Both
    /// sides get the same if and only if the product is right.
    fn check_values(
        &self,
        plan: &Plan,
        bits: &AuthBits,
        shares: &[Block],
        peer_flips: &[u8],
        delta: Block,
    ) -> Blocks {
        let macs = &bits.macs[self.at][plan.product(self.at)];
        let keys = &bits.keys[self.at][plan.product(self.back)];
        let values = (0..plan.leaky)
            .map(|k| {
                let own = (delta & mask(low_bit(shares[k]))) ^ macs[k];
                let peer = keys[k] ^ (delta & mask(peer_flips[k]));
                (shares[k] ^ own ^ peer) & !1
            })
            .collect();
        Blocks::new(values)
    }
}

/// 127 bits of a share of b(Δ_i ⊕ Δ_j) over a share of the bit b itself.
fn joined(times_delta: Block, bit: u8) -> Block {
    (times_delta & !1) | Block::from(bit)
}

/// The share of the bit in what [`joined`] made.
fn low_bit(share: Block) -> u8 {
    share as u8 & 1
}

/// The equality check of every pair, by commit and open; and commitments to the permutation coin,
/// now that the triples are fixed.
#[allow(clippy::too_many_arguments)]
fn check_pairs<C: Channel>(
    session: &mut Session<'_, C>,
    plan: &Plan,
    bits: &AuthBits,
    pairs: &[Pair],
    products: &[Blocks],
    peer_flips: &[Vec<Vec<u8>>],
    view: [u8; 32],
    rng: &mut impl CryptoRng,
) -> Result<(Toss, Vec<[u8; 32]>), Abort> {
    let delta = session.share.delta.get();
    let me = session.me();
    let openings: Vec<Opening> = pairs
        .iter()
        .map(|pair| {
            let flips = &peer_flips[pair.at][pair.back];
            let values = pair.check_values(plan, bits, &products[pair.at], flips, delta);
            let mut bytes = zeroize::Zeroizing::new(Vec::new());
            put_blocks(&mut bytes, &values);
            Opening::new(
                hash("countersign triple check", &[&session.id.0, &bytes]),
                rng,
            )
        })
        .collect();
    let permutation = Toss::new(rng);
    let coin = permutation.commitment(session, Kind::PermutationOpening);
    let commitments: Vec<[u8; 32]> = session
        .peers
        .iter()
        .zip(&openings)
        .map(|(&peer, opening)| opening.commitment(session, Kind::TripleOpening, me, Some(peer)))
        .collect();
    let committed = session.exchange(Kind::TripleCommitment, (), |at, _| TripleCommitment {
        check: commitments[at],
        coin,
        view,
    })?;
    for (p, message) in committed.iter().enumerate() {
        if !bool::from(message.view.ct_eq(&view)) {
            let peer = session.peers[p];
            return Err(session.differs(peer, Kind::TripleCommitment, "the product bits"));
        }
    }
    let opened = session.exchange(Kind::TripleOpening, (), |at, _| openings[at])?;
    for (p, opening) in opened.iter().enumerate() {
        let peer = session.peers[p];
        let commitment = opening.commitment(session, Kind::TripleOpening, peer, Some(me));
        if commitment != committed[p].check {
            return Err(session.blame(peer, Misbehaviour::Decommitment(Kind::TripleOpening)));
        }
        if !bool::from(opening.value.ct_eq(&openings[p].value)) {
            return Err(session.blame(peer, Misbehaviour::TripleCheck));
        }
    }
    Ok((
        permutation,
        committed.iter().map(|message| message.coin).collect(),
    ))
}

/// ⟨z⟩: each party's share is the sum of its shares with all peers.
fn sum_products(
    plan: &Plan,
    bits: &AuthBits,
    products: &[Blocks],
    peer_flips: &[Vec<Vec<u8>>],
    delta: Block,
) -> AuthBits {
    let peers = plan.peers;
    AuthBits::map(
        plan.leaky,
        peers,
        |k| {
            products
                .iter()
                .fold(0, |sum, shares| sum ^ low_bit(shares[k]))
        },
        |p, k| (0..peers).fold(0, |sum, q| sum ^ bits.macs[p][plan.product(q).start + k]),
        |p, k| {
            (0..peers).fold(0, |sum, q| {
                let key = bits.keys[p][plan.product(q).start + k];
                sum ^ key ^ (delta & mask(peer_flips[p][q][k]))
            })
        },
    )
}

fn slice(bits: &AuthBits, range: core::ops::Range<usize>) -> AuthBits {
    let at = range.start;
    AuthBits::map(
        range.len(),
        bits.peers(),
        |k| bits.bits[at + k],
        |p, k| bits.macs[p][at + k],
        |p, k| bits.keys[p][at + k],
    )
}

/// Hash of the product bits of all members, for the echo.
fn product_bits_view<C: Channel>(
    session: &Session<'_, C>,
    own: &ProductBits,
    peers: &[ProductBits],
) -> [u8; 32] {
    let mut all: Vec<(Party, Vec<u8>)> = session
        .peers
        .iter()
        .zip(peers)
        .map(|(&peer, bits)| (peer, bits.encode()))
        .collect();
    all.push((session.me(), own.encode()));
    all.sort_unstable();
    let parts: Vec<&[u8]> = all.iter().map(|(_, bytes)| &bytes[..]).collect();
    session.digest("countersign product bits", Kind::ProductBits, &parts)
}

/// Combines leaky triples in random buckets, so that no x is known unless a whole bucket leaked.
pub(super) fn combine<C: Channel>(
    session: &mut Session<'_, C>,
    plan: &Plan,
    leaky: Checked<LeakyTriples>,
) -> Result<Checked<Triples>, Abort> {
    let LeakyTriples {
        x,
        y,
        z,
        permutation,
        permutation_commitments,
    } = leaky.into_inner();
    let coin = permutation.open(session, Kind::PermutationOpening, &permutation_commitments)?;
    session.echo(Kind::PermutationEcho, "the bucket permutation", &[&coin])?;
    let order = permute(plan.leaky, coin);
    let bucket = |g: usize| &order[g * BUCKET..(g + 1) * BUCKET];

    // y of the bucket's first triple becomes the y of all: their differences are opened.
    let others = BUCKET - 1;
    let pair = |k: usize| (bucket(k / others)[0], bucket(k / others)[1 + k % others]);
    let differences = AuthBits::map(
        plan.gates * others,
        plan.peers,
        |k| y.bits[pair(k).0] ^ y.bits[pair(k).1],
        |p, k| y.macs[p][pair(k).0] ^ y.macs[p][pair(k).1],
        |p, k| y.keys[p][pair(k).0] ^ y.keys[p][pair(k).1],
    );
    let opened = differences.open(session, Kind::BucketOpening)?;

    // x = ⊕ x_k, y = y_0, z = ⊕ (z_k ⊕ d_k x_k).
    let gather = |select: &dyn Fn(usize) -> Block, g: usize| {
        bucket(g).iter().fold(0, |sum, &k| sum ^ select(k))
    };
    let multiply = |zs: &[Block], xs: &[Block], g: usize| {
        let corrections = bucket(g)[1..].iter().zip(&opened[g * others..]);
        let first: Block = gather(&|k| zs[k], g);
        corrections.fold(first, |sum, (&k, &d)| sum ^ (xs[k] & mask(d)))
    };
    let multiply_bits = |g: usize| {
        let corrections = bucket(g)[1..].iter().zip(&opened[g * others..]);
        let first = bucket(g).iter().fold(0, |sum, &k| sum ^ z.bits[k]);
        corrections.fold(first, |sum, (&k, &d)| sum ^ (x.bits[k] & d))
    };
    Ok(Checked::after_all_checks(Triples {
        x: AuthBits::map(
            plan.gates,
            plan.peers,
            |g| bucket(g).iter().fold(0, |sum, &k| sum ^ x.bits[k]),
            |p, g| gather(&|k| x.macs[p][k], g),
            |p, g| gather(&|k| x.keys[p][k], g),
        ),
        y: AuthBits::map(
            plan.gates,
            plan.peers,
            |g| y.bits[bucket(g)[0]],
            |p, g| y.macs[p][bucket(g)[0]],
            |p, g| y.keys[p][bucket(g)[0]],
        ),
        z: AuthBits::map(
            plan.gates,
            plan.peers,
            multiply_bits,
            |p, g| multiply(&z.macs[p], &x.macs[p], g),
            |p, g| multiply(&z.keys[p], &x.keys[p], g),
        ),
    }))
}

/// A uniformly random order of 0..n from the common coin (Fisher and Yates).
fn permute(n: usize, coin: [u8; 32]) -> Vec<usize> {
    let mut rng = ChaCha20Rng::from_seed(coin);
    let mut order: Vec<usize> = (0..n).collect();
    for i in (1..n).rev() {
        order.swap(i, below(&mut rng, i as u64 + 1) as usize);
    }
    order
}

/// A uniform number below `bound`, by rejection.
fn below(rng: &mut ChaCha20Rng, bound: u64) -> u64 {
    let limit = u64::MAX - u64::MAX % bound;
    loop {
        let candidate = rng.next_u64();
        if candidate < limit {
            return candidate % bound;
        }
    }
}

/// Kind::CrossTerms.
struct CrossTerms {
    masked: Vec<Block>,
}

impl Message for CrossTerms {
    /// Leaky triples.
    type Shape = usize;

    fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        put_blocks(&mut out, &self.masked);
        out
    }

    fn decode(reader: &mut Reader<'_>, leaky: usize) -> Result<Self, Malformed> {
        Ok(Self {
            masked: reader.blocks(leaky)?,
        })
    }
}

/// Kind::ProductBits: for each of the sender's peers, the bits that turn its random bits into
/// product shares. The same to everybody, since everybody holds keys on them.
#[derive(Clone)]
struct ProductBits {
    flips: Vec<Vec<u8>>,
}

impl ProductBits {
    fn unpacked(&self, leaky: usize) -> Vec<Vec<u8>> {
        self.flips
            .iter()
            .map(|packed| (0..leaky).map(|k| (packed[k / 8] >> (k % 8)) & 1).collect())
            .collect()
    }
}

impl Message for ProductBits {
    /// Peers, leaky triples.
    type Shape = (usize, usize);

    fn encode(&self) -> Vec<u8> {
        self.flips.concat()
    }

    fn decode(reader: &mut Reader<'_>, (peers, leaky): (usize, usize)) -> Result<Self, Malformed> {
        let flips = (0..peers)
            .map(|_| Ok(pack(&reader.bits(leaky)?)))
            .collect::<Result<_, _>>()?;
        Ok(Self { flips })
    }
}

/// Kind::TripleCommitment.
struct TripleCommitment {
    check: [u8; 32],
    coin: [u8; 32],
    view: [u8; 32],
}

impl Message for TripleCommitment {
    type Shape = ();

    fn encode(&self) -> Vec<u8> {
        [self.check, self.coin, self.view].concat()
    }

    fn decode(reader: &mut Reader<'_>, (): ()) -> Result<Self, Malformed> {
        Ok(Self {
            check: reader.array()?,
            coin: reader.array()?,
            view: reader.array()?,
        })
    }
}
