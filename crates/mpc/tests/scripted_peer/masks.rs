//! Leaky ANDs, buckets and products (sections 4.3 and 4.4): the masks of all AND gates.

use countersign_mpc::Kind;

use crate::block::{aes, blocks, bytes, pack, stream, times, unpack};
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

    // This party's share of (Σ x_k y_k ⊕ z)Δ.
    let values = (0..inputs.len()).map(|g| w[g] ^ times(delta, z[g].bit) ^ z[g].mac ^ z[g].key);
    let value = hash_low(&coin, values.map(|value| value & !1));
    let before = [&coin[..], &macs.to_le_bytes()].concat();
    let their_before = [&coin[..], &their_macs.to_le_bytes()].concat();
    zero_test(delta, wire, [before, their_before], value, check);

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

/// Whether the values of both add to zero: opens R times their sum for an R that nobody knows. The terms
/// go behind what the first messages begin with.
fn zero_test(
    delta: u128,
    wire: &mut Wire,
    [before, their_before]: [Vec<u8>; 2],
    value: u128,
    random: &[Share],
) {
    let run = wire.run;
    let key = |from: u8, to: u8| half(hash("countersign zero test", &[&run.0, &[from, to]]));
    let (me, peer) = (wire.me.index(), wire.peer.index());
    let (outgoing, incoming) = (key(me, peer), key(peer, me));
    let times_x = |v: u128| v << 1 ^ times(0x87, (v >> 127) as u8);
    let multiples = std::iter::successors(Some(value), |v| Some(times_x(*v)));
    let multiples: Vec<u128> = multiples.take(random.len()).collect();

    let kept = |b: usize| hash_under(outgoing, random[b].key, b);
    let term = |b: usize| kept(b) ^ hash_under(outgoing, random[b].key ^ delta, b) ^ multiples[b];
    let terms = bytes((0..random.len()).map(term));
    let theirs = wire.round(Kind::CheckTerms, [before, terms].concat());
    let terms = theirs.strip_prefix(&their_before[..]);
    let terms = blocks(terms.expect("the openings' MACs are right"));
    assert_eq!(terms.len(), random.len());
    let share = (0..random.len()).fold(0, |sum, b| {
        let products = times(multiples[b] ^ terms[b], random[b].bit);
        sum ^ products ^ hash_under(incoming, random[b].mac, b) ^ kept(b)
    });

    let nonce: [u8; 32] = wire.random();
    let opening = [&share.to_le_bytes()[..], &[0; 16], &nonce].concat();
    let commitment = run.commitment(Kind::CheckOpening, wire.me, None, &opening);
    let committed = wire.round(Kind::CheckCommitment, commitment.to_vec());
    let opened = wire.round(Kind::CheckOpening, opening.clone());
    let commitment = run.commitment(Kind::CheckOpening, wire.peer, None, &opened);
    assert_eq!(committed, commitment);
    assert_eq!(opened[..32], opening[..32], "the products are right");
}

/// TMMO.
fn hash_under(key: u128, input: u128, tweak: usize) -> u128 {
    let once = aes(key, input);
    aes(key, once ^ tweak as u128) ^ once
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
        // This party's share of y, and of yΔ, Δ being the sum of both.
        let factor = |k: usize| {
            let times_deltas = times(delta, y[k].bit) ^ y[k].mac ^ y[k].key;
            (times_deltas & !1) | u128::from(y[k].bit)
        };
        let kept = |k: usize| hash_under(outgoing, x[k].key, k);
        let term = |k: usize| kept(k) ^ hash_under(outgoing, x[k].key ^ delta, k) ^ factor(k);
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
            let own = times(factor(k) ^ term, x[k].bit);
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
