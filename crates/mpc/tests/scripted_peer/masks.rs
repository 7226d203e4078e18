//! Leaky ANDs, buckets and products (sections 4.3 and 4.4): the masks of all AND gates.

use countersign_mpc::Kind;

use crate::block::{aes, bytes, pack, stream, times, unpack};
use crate::sha256::compress;
use crate::share::{self, Share};
use crate::silent;
use crate::support::spec::{Package, half, hash, polyval};
use crate::wire::{Opening, Wire};

pub const GATES: usize = 16_248;
const BUCKET: usize = 4;
const PUBLIC_BITS: usize = 64 * 32;
const CHECK_BITS: usize = 128;
const LOW: u128 = (1 << 48) - 1;

/// The masks of an AND gate: of its inputs, and σ = λ_a λ_b ⊕ λ_c.
#[derive(Clone, Copy)]
pub struct Gate {
    pub a: Share,
    pub b: Share,
    pub sigma: Share,
}

pub struct Masks {
    pub gates: Vec<Gate>,
    pub outputs: Vec<Share>,
}

/// Everything up to the masks of `count` presignatures.
pub fn make(package: &Package, wire: &mut Wire, count: usize) -> Vec<Masks> {
    let part = &package.peers[&wire.peer.index()];
    let key = share::of_the_key(package, part, wire.peer.index());
    let gates = GATES * count;
    let needed = gates * (2 + 2 * BUCKET) + CHECK_BITS;
    let random = silent::shares(package.delta, part, wire, needed);
    let (and_outputs, rest) = random.split_at(gates);

    // Inputs of all AND gates, by carrying the key's shares and the fresh masks through the circuit.
    let mut inputs = Vec::new();
    let mut outputs = Vec::new();
    let public = vec![Share::default(); PUBLIC_BITS];
    for fresh in and_outputs.chunks(GATES) {
        let mut fresh = fresh.iter();
        outputs.push(compress(&key, &public, |a, b| {
            inputs.push((a, b));
            *fresh.next().unwrap()
        }));
    }
    let products = multiply(package.delta, wire, &inputs, rest);
    let all: Vec<Gate> = (0..gates)
        .map(|g| Gate {
            a: inputs[g].0,
            b: inputs[g].1,
            sigma: products[g] ^ and_outputs[g],
        })
        .collect();
    let of_each = all.chunks(GATES).map(<[Gate]>::to_vec).zip(outputs);
    of_each
        .map(|(gates, outputs)| Masks { gates, outputs })
        .collect()
}

/// Shares of λ_a λ_b for all pairs of input masks, from x, y, product bits and check bits, which lie
/// one after the other in `random`.
fn multiply(
    delta: u128,
    wire: &mut Wire,
    inputs: &[(Share, Share)],
    random: &[Share],
) -> Vec<Share> {
    let (x, rest) = random.split_at(inputs.len() * BUCKET);
    let (y, rest) = rest.split_at(inputs.len() * BUCKET);
    let (r, check) = rest.split_at(inputs.len());
    let leaky = LeakyAnds::exchange(delta, wire, x, y);

    let coin = wire.open_toss(
        Kind::PermutationOpening,
        leaky.permutation,
        &leaky.commitments[..32],
        &[],
    );
    wire.echo(Kind::PermutationEcho, &[&coin]);
    let order = permutation(x.len(), coin);
    let buckets: Vec<&[usize]> = order.chunks(BUCKET).collect();
    let sum = |of: &[Share], bucket: &[usize]| Share::sum(bucket.iter().map(|&k| of[k]));

    // d_k and e of every gate.
    let gates = || buckets.iter().zip(inputs);
    let d = gates().flat_map(|(bucket, &(_, b))| bucket.iter().map(move |&k| b ^ y[k]));
    let d: Vec<Share> = d.collect();
    let e: Vec<Share> = gates()
        .map(|(bucket, &(a, _))| a ^ sum(x, bucket))
        .collect();
    // Shares of Σ w_ij in bit 0, and of its product with Δ above.
    let w: Vec<u128> = buckets
        .iter()
        .map(|bucket| bucket.iter().fold(0, |sum, &k| sum ^ leaky.shares[k]))
        .collect();
    let flips: Vec<u8> = w.iter().zip(r).map(|(w, r)| *w as u8 & 1 ^ r.bit).collect();

    let bits = |shares: &[Share]| shares.iter().map(|s| s.bit).collect::<Vec<u8>>();
    let mine = [pack(&bits(&d)), pack(&bits(&e)), pack(&flips)].concat();
    let theirs = wire.round(Kind::MaskOpening, mine.clone());
    assert_eq!(theirs.len(), mine.len());
    let their_bits = unpack(&theirs);
    let (their_d, rest) = their_bits.split_at(d.len());
    let (their_e, their_flips) = rest.split_at(e.len());
    let z: Vec<Share> = (0..inputs.len())
        .map(|g| Share {
            bit: w[g] as u8 & 1,
            mac: r[g].mac,
            key: r[g].key ^ times(delta, their_flips[g]),
        })
        .collect();

    let view = wire.in_order(&mine[..], &theirs[..]);
    let view = wire
        .run
        .bound("countersign openings", Kind::MaskOpening, &view);
    let coin = wire.open_toss(
        Kind::OpeningChallenge,
        leaky.challenge,
        &leaky.commitments[32..],
        &view,
    );
    let opened = || d.iter().zip(their_d).chain(e.iter().zip(their_e));
    let macs = hash_low(&coin, opened().map(|(share, _)| share.mac));
    let their_macs = hash_low(&coin, opened().map(|(s, &bit)| s.key ^ times(delta, bit)));

    let values = (0..inputs.len()).map(|g| w[g] ^ times(delta, z[g].bit) ^ z[g].mac ^ z[g].key);
    let values: Vec<u8> = values
        .flat_map(|value| ((value & LOW & !1) as u64).to_le_bytes())
        .collect();
    let bits = [&coin[..], &macs.to_le_bytes()].concat();
    let their_bits = [&coin[..], &their_macs.to_le_bytes()].concat();
    check_products(delta, wire, [bits, their_bits], &values, check);

    let open = |own: &Share, theirs: &u8| own.bit ^ theirs;
    let d: Vec<u8> = d.iter().zip(their_d).map(|(own, b)| open(own, b)).collect();
    let e: Vec<u8> = e.iter().zip(their_e).map(|(own, b)| open(own, b)).collect();
    (0..inputs.len())
        .map(|g| {
            let d = &d[g * BUCKET..(g + 1) * BUCKET];
            let by_d = buckets[g].iter().zip(d).map(|(&k, &d)| x[k].if_set(d));
            z[g] ^ Share::sum(by_d) ^ inputs[g].1.if_set(e[g])
        })
        .collect()
}

/// Whether both sides have the same values, without showing them. The messages begin with what goes
/// before the masked value.
fn check_products(
    delta: u128,
    wire: &mut Wire,
    [before, their_before]: [Vec<u8>; 2],
    values: &[u8],
    random: &[Share],
) {
    let run = wire.run.0;
    let own = half(hash("countersign check value", &[&run, values]));
    let random_bits: Vec<u8> = random.iter().map(|share| share.bit).collect();
    let masked = own ^ u128::from_le_bytes(pack(&random_bits).try_into().unwrap());
    let theirs = wire.round(Kind::CheckBits, [before, bytes([masked])].concat());
    let masked = theirs.strip_prefix(&their_before[..]);
    let masked = unpack(masked.expect("the openings' MACs are right"));

    // ρ of the peer, flipped by what it sent, is its value; what MACs it has, if the value is this one,
    // is known.
    let (me, peer) = (wire.me.index(), wire.peer.index());
    let tag =
        |ends: [u8; 2], blocks: Vec<u8>| hash("countersign check tag", &[&run, &ends, &blocks]);
    let difference = masked.into_iter().zip(unpack(&own.to_le_bytes()));
    let expected = random.iter().zip(difference);
    let expected = expected.map(|(share, (c, a))| share.key ^ times(delta, c ^ a));
    let theirs = wire.round(Kind::CheckTag, tag([me, peer], bytes(expected)).to_vec());
    let macs = bytes(random.iter().map(|share| share.mac));
    assert_eq!(theirs, tag([peer, me], macs), "the products are right");
}

/// POLYVAL of the low 48 bits of each, two to a block.
fn hash_low(coin: &[u8], macs: impl Iterator<Item = u128>) -> u128 {
    let low: Vec<u128> = macs.map(|mac| mac & LOW).collect();
    polyval(coin, low.chunks(2).map(|pair| pair[0] | pair[1] << 64))
}

struct LeakyAnds {
    shares: Vec<u128>,
    permutation: Opening,
    challenge: Opening,
    /// Of the peer, to both coins.
    commitments: Vec<u8>,
}

impl LeakyAnds {
    fn exchange(delta: u128, wire: &mut Wire, x: &[Share], y: &[Share]) -> Self {
        let run = wire.run;
        let key = |from: u8, to: u8| half(hash("countersign leaky AND", &[&run.0, &[from, to]]));
        let (me, peer) = (wire.me.index(), wire.peer.index());
        let (outgoing, incoming) = (key(me, peer), key(peer, me));
        let hash_under = |key: u128, input: u128, k: usize| {
            let once = aes(key, input);
            aes(key, once ^ k as u128) ^ once
        };
        // Of two parties each follows the other, so both squares count here: x^j is multiplied with
        // the whole of y.
        let payload = |k: usize| {
            let times_deltas = times(delta, y[k].bit) ^ y[k].mac ^ y[k].key;
            (times_deltas & !1) | u128::from(y[k].bit)
        };
        let kept = |k: usize| hash_under(outgoing, x[k].key, k);
        let term = |k: usize| kept(k) ^ hash_under(outgoing, x[k].key ^ delta, k) ^ payload(k);
        let mut body: Vec<u8> = (0..x.len())
            .flat_map(|k| term(k).to_le_bytes()[..6].to_vec())
            .collect();
        let (permutation, commitment) = wire.toss(Kind::PermutationOpening);
        body.extend(commitment);
        let (challenge, commitment) = wire.toss(Kind::OpeningChallenge);
        body.extend(commitment);

        let theirs = wire.round(Kind::CrossTerms, body);
        let (terms, commitments) = theirs.split_at(x.len() * 6);
        let share = |(k, term): (usize, &[u8])| {
            let term = term
                .iter()
                .rev()
                .fold(0, |t, &byte| t << 8 | u128::from(byte));
            let own = times(payload(k) ^ term, x[k].bit);
            (own ^ hash_under(incoming, x[k].mac, k) ^ kept(k)) & LOW
        };
        Self {
            shares: terms.chunks(6).enumerate().map(share).collect(),
            permutation,
            challenge,
            commitments: commitments.to_vec(),
        }
    }
}

/// Fisher and Yates with 32-bit words of AES in counter mode under the coin, each multiplied with the
/// bound for its high half; uneven ones are drawn again.
fn permutation(len: usize, coin: [u8; 32]) -> Vec<usize> {
    let word = |block: u128, i: u32| u64::from((block >> (32 * i)) as u32);
    let mut words = stream(half(coin)).flat_map(|block| (0..4).map(move |i| word(block, i)));
    let mut order: Vec<usize> = (0..len).collect();
    for i in (1..len).rev() {
        let bound = i as u64 + 1;
        let uneven = (1 << 32) % bound;
        let products = words.by_ref().map(|word| word * bound);
        let fair = products.into_iter().find(|p| p % (1 << 32) >= uneven);
        order.swap(i, (fair.unwrap() >> 32) as usize);
    }
    order
}
