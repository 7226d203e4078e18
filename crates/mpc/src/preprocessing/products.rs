//! Products of the masks of every AND gate: buckets of leaky ANDs, opened differences, and the check
//! of it all (docs/protocol.md, section 4.4).

use countersign_kernels::Polyval;
use rand_core::CryptoRng;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::auth_bits::AuthBits;
use super::buckets::Buckets;
use super::checked::Checked;
use super::cross_terms::{Coins, LeakyAnds};
use super::gathered::Gathered;
use super::masks::{GateMasks, InputMasks};
use super::plan::Plan;
use super::session::{Message, Opening, Session};
use super::zero_test::{CHECK_BITS, Terms, ZeroTest};
use crate::block::{BitBytes, Block, mask, mask64, narrow, pack, two_narrow};
use crate::buffers::Blocks;
use crate::channel::{Channel, Kind};
use crate::codec::{Malformed, Reader, put_blocks};
use crate::fault::{Abort, Misbehaviour};
use crate::prf::half;

/// Opens each gate's input masks under its bucket, makes authenticated shares of their product, checks
/// every MAC and every product, and confirms that all members opened the same.
pub(super) fn multiply<C: Channel>(
    session: &mut Session<'_, C>,
    plan: &Plan,
    bits: &Checked<AuthBits>,
    leaky: LeakyAnds,
    inputs: Vec<InputMasks>,
    rng: &mut impl CryptoRng,
) -> Result<Checked<Vec<GateMasks>>, Abort> {
    let LeakyAnds { towards, coins } = leaky;
    let Coins {
        permutation,
        permutation_commitments,
        openings,
        openings_commitments,
    } = coins;
    let coin = permutation.open(session, Kind::PermutationOpening, &permutation_commitments)?;
    session.echo(Kind::PermutationEcho, "the bucket permutation", &[&coin])?;
    let gathered = Gathered::new(plan, &Buckets::new(plan.leaky, coin), &towards, &inputs);
    drop(towards);

    let own = MaskOpening::new(plan, bits, &gathered);
    let opened = session.exchange(Kind::MaskOpening, plan.gates, |_, _| own.clone())?;
    let view = view_of(session, &own, &opened);

    // The openings are fixed; now, and not before, the challenge to their MACs (P9).
    let opening = openings.opening();
    let challenges = session.exchange(Kind::OpeningChallenge, (), |_, _| OpeningChallenge {
        opening,
        view,
    })?;
    for (at, message) in challenges.iter().enumerate() {
        if !bool::from(message.view.ct_eq(&view)) {
            let peer = session.peers[at];
            return Err(session.differs(peer, Kind::OpeningChallenge, "the openings"));
        }
    }
    let revealed = challenges.iter().map(|message| message.opening).collect();
    let coin = openings.settle(
        session,
        Kind::OpeningChallenge,
        &openings_commitments,
        revealed,
    )?;

    let openings = Openings::new(&own, &opened);
    let sigma = sigma_shares(session, plan, bits, &gathered, &inputs, &openings);
    check(session, plan, bits, &gathered, &openings, &coin, rng)?;
    let masks = inputs
        .into_iter()
        .zip(sigma)
        .map(|(inputs, sigma)| GateMasks { inputs, sigma })
        .collect();
    Ok(Checked::after_all_checks(masks))
}

/// Everybody's opened shares.
struct Openings {
    /// The opened values: four d for each gate, then one e for each.
    values: Vec<u8>,
    /// Each peer's own shares of them.
    shares: Vec<Vec<u8>>,
    /// Each peer's product bits.
    products: Vec<Vec<u8>>,
}

impl Openings {
    fn new(own: &MaskOpening, opened: &[MaskOpening]) -> Self {
        let mut values = own.shares();
        let shares: Vec<Vec<u8>> = opened.iter().map(MaskOpening::shares).collect();
        for share in &shares {
            for (value, bit) in values.iter_mut().zip(share) {
                *value ^= bit;
            }
        }
        let products = opened
            .iter()
            .map(|message| message.products.clone())
            .collect();
        Self {
            values,
            shares,
            products,
        }
    }
}

/// Authenticated shares of σ = λ_aλ_b ⊕ λ_c, for each presignature:
/// λ_aλ_b = z ⊕ Σ_k d_k x_k ⊕ e·λ_b, with z = Σ_k x_k y_k the product that was authenticated.
fn sigma_shares<C: Channel>(
    session: &Session<'_, C>,
    plan: &Plan,
    bits: &AuthBits,
    gathered: &Gathered,
    inputs: &[InputMasks],
    openings: &Openings,
) -> Vec<AuthBits> {
    let delta = session.share.delta.get();
    let count = plan.circuit.and_gates();
    let (d, e) = openings.values.split_at(4 * plan.gates);
    inputs
        .iter()
        .enumerate()
        .map(|(s, inputs)| {
            let gates = s * count..(s + 1) * count;
            let d = &d.as_chunks::<4>().0[gates.clone()];
            let e = &e[gates.clone()];
            let fresh = plan.output_masks().start + gates.start;
            let linear = |x: &[Block], lambda_b: &[Block], fresh: &[Block]| -> Blocks {
                let sums = x.as_chunks::<4>().0[gates.clone()]
                    .iter()
                    .zip(lambda_b)
                    .zip(fresh)
                    .zip(d.iter().zip(e))
                    .map(|(((x, lambda_b), fresh), (d, e))| {
                        (x[0] & mask(d[0]))
                            ^ (x[1] & mask(d[1]))
                            ^ (x[2] & mask(d[2]))
                            ^ (x[3] & mask(d[3]))
                            ^ (lambda_b & mask(*e))
                            ^ fresh
                    });
                sums.collect()
            };
            let own = BitBytes::new(
                (0..count)
                    .map(|k| {
                        let g = gates.start + k;
                        let packed = d[k].iter().rev().fold(0, |d, bit| (d << 1) | bit);
                        let dx = (packed & gathered.x[g]).count_ones() as u8 & 1;
                        let z = gathered.shares[g] as u8 & 1;
                        z ^ dx ^ (e[k] & inputs.b.bits[k]) ^ bits.bits[fresh + k]
                    })
                    .collect(),
            );
            let (mut macs, mut keys) = (Vec::new(), Vec::new());
            for (p, towards) in gathered.towards.iter().enumerate() {
                let range = fresh..fresh + count;
                let product = plan.product().start + gates.start;
                let product = product..product + count;
                let mut mac = linear(
                    &towards.x_macs,
                    &inputs.b.macs[p],
                    &bits.macs[p][range.clone()],
                );
                for (mac, term) in mac.iter_mut().zip(&bits.macs[p][product.clone()]) {
                    *mac ^= term;
                }
                let mut key = linear(&towards.x_keys, &inputs.b.keys[p], &bits.keys[p][range]);
                let flips = &openings.products[p][gates.clone()];
                let terms = bits.keys[p][product].iter().zip(flips);
                for (key, (term, &flip)) in key.iter_mut().zip(terms) {
                    *key ^= term ^ (delta & mask(flip));
                }
                macs.push(mac);
                keys.push(key);
            }
            AuthBits {
                bits: own,
                macs,
                keys,
            }
        })
        .collect()
}

/// The MACs of all openings, then all products at once.
fn check<C: Channel>(
    session: &mut Session<'_, C>,
    plan: &Plan,
    bits: &AuthBits,
    gathered: &Gathered,
    openings: &Openings,
    coin: &[u8; 32],
    rng: &mut impl CryptoRng,
) -> Result<(), Abort> {
    let delta = session.share.delta.get();
    let challenge = Polyval::new(half(*coin));
    let values = check_values(plan, bits, gathered, openings, narrow(delta));
    let mut test = ZeroTest::new(plan, bits, delta, challenge.hash(&values));
    let mut terms: Vec<Terms> = Vec::with_capacity(plan.peers);
    for (at, &peer) in session.peers.iter().enumerate() {
        terms.push(test.terms(session, at, peer));
    }
    let incoming = session.exchange(Kind::CheckTerms, (), |at, _| CheckTerms {
        coin: *coin,
        mac_hash: challenge.hash(&gathered.towards[at].opening_macs),
        terms: terms[at],
    })?;
    for (at, message) in incoming.iter().enumerate() {
        let peer = session.peers[at];
        // An answer to another challenge says nothing about the peer's MACs: somebody may have opened
        // different coins to the two of us.
        if !bool::from(message.coin.ct_eq(coin)) {
            return Err(session.differs(peer, Kind::CheckTerms, "the challenge to the openings"));
        }
        let expected = gathered.towards[at].expected_macs(&openings.shares[at], narrow(delta));
        let expected = challenge.hash(&expected);
        if !bool::from(expected.ct_eq(&message.mac_hash)) {
            return Err(session.blame(peer, Misbehaviour::Opening(Kind::MaskOpening)));
        }
        test.add(session, at, peer, &message.terms);
    }
    test.open(session, rng)
}

/// With z the authenticated product, this party's share of (Σ_k x_k y_k ⊕ z)Δ for every gate, two to a
/// block, Δ being the sum of all members': all shares add to zero if and only if the product is right.
fn check_values(
    plan: &Plan,
    bits: &AuthBits,
    gathered: &Gathered,
    openings: &Openings,
    delta: u64,
) -> Blocks {
    let mut values: Zeroizing<Vec<u64>> = Zeroizing::new(Vec::with_capacity(plan.gates + 1));
    let shares = gathered.shares.iter();
    values.extend(shares.map(|share| share ^ (delta & mask64(*share as u8))));
    for (p, flips) in openings.products.iter().enumerate() {
        let macs = &bits.macs[p][plan.product()];
        let keys = &bits.keys[p][plan.product()];
        let authenticated = macs.iter().zip(keys).zip(flips);
        for (value, ((mac, key), &flip)) in values.iter_mut().zip(authenticated) {
            *value ^= narrow(mac ^ key) ^ (delta & mask64(flip));
        }
    }
    // Bit 0 is the product itself.
    values
        .chunks(2)
        .map(|pair| two_narrow(pair[0] & !1, pair.get(1).map_or(0, |value| value & !1)))
        .collect()
}

/// Hash of all members' openings, for the echo.
fn view_of<C: Channel>(
    session: &Session<'_, C>,
    own: &MaskOpening,
    peers: &[MaskOpening],
) -> [u8; 32] {
    let mut all: Vec<_> = session.peers.iter().copied().zip(peers).collect();
    all.push((session.me(), own));
    all.sort_unstable_by_key(|(party, _)| *party);
    let encoded: Vec<Vec<u8>> = all.iter().map(|(_, message)| message.bytes()).collect();
    let parts: Vec<&[u8]> = encoded.iter().map(|bytes| &bytes[..]).collect();
    session.digest("countersign openings", Kind::MaskOpening, &parts)
}

/// Kind::MaskOpening: the sender's shares of the differences between masks and bucket, and the bits
/// that turn its random bits into product shares. The same to everybody, since everybody holds keys
/// on them.
#[derive(Clone)]
struct MaskOpening {
    d: Vec<u8>,
    e: Vec<u8>,
    products: Vec<u8>,
}

impl MaskOpening {
    fn new(plan: &Plan, bits: &AuthBits, gathered: &Gathered) -> Self {
        let random = &bits.bits[plan.product()];
        Self {
            d: gathered.d.to_vec(),
            e: gathered.e.to_vec(),
            products: gathered
                .shares
                .iter()
                .zip(random)
                .map(|(share, random)| (*share as u8 & 1) ^ random)
                .collect(),
        }
    }

    fn bytes(&self) -> Vec<u8> {
        [&self.d, &self.e, &self.products]
            .map(|bits| pack(bits))
            .concat()
    }

    fn shares(&self) -> Vec<u8> {
        [&self.d[..], &self.e].concat()
    }
}

impl Message for MaskOpening {
    /// Gates.
    type Shape = usize;

    fn encode(self) -> Vec<u8> {
        self.bytes()
    }

    fn decode(reader: &mut Reader<'_>, gates: usize) -> Result<Self, Malformed> {
        Ok(Self {
            d: reader.bits(4 * gates)?,
            e: reader.bits(gates)?,
            products: reader.bits(gates)?,
        })
    }
}

/// Kind::OpeningChallenge.
struct OpeningChallenge {
    opening: Opening,
    /// Echo of all openings.
    view: [u8; 32],
}

impl Message for OpeningChallenge {
    type Shape = ();

    fn encode(self) -> Vec<u8> {
        [self.opening.encode(), self.view.to_vec()].concat()
    }

    fn decode(reader: &mut Reader<'_>, (): ()) -> Result<Self, Malformed> {
        Ok(Self {
            opening: Opening::decode(reader, ())?,
            view: reader.array()?,
        })
    }
}

/// Kind::CheckTerms.
struct CheckTerms {
    /// The challenge answered.
    coin: [u8; 32],
    mac_hash: Block,
    terms: Terms,
}

impl Message for CheckTerms {
    type Shape = ();

    fn encode(self) -> Vec<u8> {
        let mut out = self.coin.to_vec();
        put_blocks(&mut out, &[self.mac_hash]);
        put_blocks(&mut out, &self.terms);
        out
    }

    fn decode(reader: &mut Reader<'_>, (): ()) -> Result<Self, Malformed> {
        Ok(Self {
            coin: reader.array()?,
            mac_hash: reader.block()?,
            terms: reader
                .blocks(CHECK_BITS)?
                .try_into()
                .map_err(|_| Malformed)?,
        })
    }
}
