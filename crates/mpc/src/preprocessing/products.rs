//! Products of the masks of every AND gate: buckets of leaky ANDs, opened differences, and the check
//! of it all (docs/protocol.md, section 4.4).

use countersign_kernels::Polyval;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::auth_bits::AuthBits;
use super::buckets::Buckets;
use super::checked::Checked;
use super::cross_terms::{Coins, LeakyAnds};
use super::equality::{self, CheckValue};
use super::gathered::{Gathered, Towards};
use super::masks::{GateMasks, InputMasks};
use super::plan::Plan;
use super::session::{Message, Opening, Session};
use crate::block::{BitBytes, Block, mask, mask64, narrow};
use crate::buffers::Blocks;
use crate::channel::{Channel, Kind};
use crate::codec::{Malformed, Reader};
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
    let opened = session.exchange(Kind::MaskOpening, plan.opening_shape(), |_, _| own.clone())?;
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
    check(session, plan, bits, &gathered, &openings, &coin)?;
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
    /// For each peer, its product bits towards each of its peers.
    products: Vec<Vec<Vec<u8>>>,
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
/// λ_aλ_b = Σ_q z_q ⊕ Σ_k d_k x_k ⊕ e·λ_b, with z_q the product share with peer q.
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
            let mut own: BitBytes = BitBytes::new(
                (0..count)
                    .map(|k| {
                        let g = gates.start + k;
                        let packed = d[k].iter().rev().fold(0, |d, bit| (d << 1) | bit);
                        let dx = (packed & gathered.x[g]).count_ones() as u8 & 1;
                        dx ^ (e[k] & inputs.b.bits[k]) ^ bits.bits[fresh + k]
                    })
                    .collect(),
            );
            let (mut macs, mut keys) = (Vec::new(), Vec::new());
            for (p, towards) in gathered.towards.iter().enumerate() {
                for (own, share) in own.iter_mut().zip(&towards.shares[gates.clone()]) {
                    *own ^= *share as u8 & 1;
                }
                let range = fresh..fresh + count;
                let mut mac = linear(
                    &towards.x_macs,
                    &inputs.b.macs[p],
                    &bits.macs[p][range.clone()],
                );
                let mut key = linear(&towards.x_keys, &inputs.b.keys[p], &bits.keys[p][range]);
                for q in 0..plan.peers {
                    let start = plan.product(q).start + gates.start;
                    for (mac, term) in mac.iter_mut().zip(&bits.macs[p][start..start + count]) {
                        *mac ^= term;
                    }
                    let flips = &openings.products[p][q][gates.clone()];
                    let terms = bits.keys[p][start..start + count].iter().zip(flips);
                    for (key, (term, &flip)) in key.iter_mut().zip(terms) {
                        *key ^= term ^ (delta & mask(flip));
                    }
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

/// The MACs of all openings, then the products of each pair.
fn check<C: Channel>(
    session: &mut Session<'_, C>,
    plan: &Plan,
    bits: &AuthBits,
    gathered: &Gathered,
    openings: &Openings,
    coin: &[u8; 32],
) -> Result<(), Abort> {
    let (delta, me) = (session.share.delta.get(), session.me());
    let challenge = Polyval::new(half(*coin));
    let back: Vec<usize> = session
        .peers
        .iter()
        .map(|&peer| {
            let peers = session.share.quorum.peers_of(peer);
            peers.iter().position(|&p| p == me).unwrap_or(0)
        })
        .collect();
    let values: Vec<CheckValue> = (0..plan.peers)
        .map(|p| {
            let macs = &bits.macs[p][plan.product(p)];
            let keys = &bits.keys[p][plan.product(back[p])];
            let flips = &openings.products[p][back[p]];
            let contents = check_values(&gathered.towards[p], macs, keys, flips, narrow(delta));
            CheckValue::new(session, &contents)
        })
        .collect();
    let incoming = session.exchange(Kind::CheckBits, (), |at, _| CheckBits {
        coin: *coin,
        mac_hash: challenge.hash(&gathered.towards[at].opening_macs),
        masked: values[at].masked(plan, bits, at),
    })?;
    for (p, message) in incoming.iter().enumerate() {
        let peer = session.peers[p];
        // An answer to another challenge says nothing about the peer's MACs: somebody may have opened
        // different coins to the two of us.
        if !bool::from(message.coin.ct_eq(coin)) {
            return Err(session.differs(peer, Kind::CheckBits, "the challenge to the openings"));
        }
        let expected = gathered.towards[p].expected_macs(&openings.shares[p], narrow(delta));
        let expected = challenge.hash(&expected);
        if !bool::from(expected.ct_eq(&message.mac_hash)) {
            return Err(session.blame(peer, Misbehaviour::Opening(Kind::MaskOpening)));
        }
    }
    let masked: Vec<Block> = incoming.iter().map(|message| message.masked).collect();
    equality::compare(session, plan, bits, &values, &masked, &back)
}

/// With z this party's share of w_ij, its share of w_ijΔ ⊕ its share of z_ijΔ, for every gate. Both
/// sides get the same if and only if the product is right.
fn check_values(
    towards: &Towards,
    macs: &[Block],
    keys: &[Block],
    flips: &[u8],
    delta: u64,
) -> Zeroizing<Vec<u8>> {
    let mut contents = Zeroizing::new(Vec::with_capacity(towards.shares.len() * 8));
    let authenticated = macs.iter().zip(keys).zip(flips);
    for (share, ((mac, key), flip)) in towards.shares.iter().zip(authenticated) {
        let own = (delta & mask64(*share as u8)) ^ narrow(*mac);
        let peer = narrow(*key) ^ (delta & mask64(*flip));
        contents.extend_from_slice(&((share ^ own ^ peer) & !1).to_le_bytes());
    }
    contents
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
    /// For each of the sender's peers.
    products: Vec<Vec<u8>>,
}

impl MaskOpening {
    fn new(plan: &Plan, bits: &AuthBits, gathered: &Gathered) -> Self {
        let products = gathered
            .towards
            .iter()
            .enumerate()
            .map(|(p, towards)| {
                let random = &bits.bits[plan.product(p)];
                towards
                    .shares
                    .iter()
                    .zip(random)
                    .map(|(share, random)| (*share as u8 & 1) ^ random)
                    .collect()
            })
            .collect();
        Self {
            d: gathered.d.to_vec(),
            e: gathered.e.to_vec(),
            products,
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let mut out = crate::block::pack(&self.d);
        out.extend(crate::block::pack(&self.e));
        for bits in &self.products {
            out.extend(crate::block::pack(bits));
        }
        out
    }

    fn shares(&self) -> Vec<u8> {
        [&self.d[..], &self.e].concat()
    }
}

impl Message for MaskOpening {
    /// Gates, peers.
    type Shape = (usize, usize);

    fn encode(self) -> Vec<u8> {
        self.bytes()
    }

    fn decode(reader: &mut Reader<'_>, (gates, peers): (usize, usize)) -> Result<Self, Malformed> {
        Ok(Self {
            d: reader.bits(4 * gates)?,
            e: reader.bits(gates)?,
            products: (0..peers)
                .map(|_| reader.bits(gates))
                .collect::<Result<_, Malformed>>()?,
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

/// Kind::CheckBits.
struct CheckBits {
    /// The challenge answered.
    coin: [u8; 32],
    mac_hash: Block,
    masked: Block,
}

impl Message for CheckBits {
    type Shape = ();

    fn encode(self) -> Vec<u8> {
        let mut out = self.coin.to_vec();
        crate::codec::put_blocks(&mut out, &[self.mac_hash, self.masked]);
        out
    }

    fn decode(reader: &mut Reader<'_>, (): ()) -> Result<Self, Malformed> {
        Ok(Self {
            coin: reader.array()?,
            mac_hash: reader.block()?,
            masked: reader.block()?,
        })
    }
}
