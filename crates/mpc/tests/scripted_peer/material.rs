//! Authenticated bits, triples and masks, towards one other party.

use std::ops::BitXor;

use aes::Aes128Enc;
use aes::cipher::{BlockCipherEncrypt, KeyInit};
use countersign_mpc::Kind;
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};

use crate::sha256::compress;
use crate::support::spec::{Package, PeerPart, column_hash, half, hash};
use crate::wire::Wire;

pub const GATES: usize = 16_248;
const BUCKET: usize = 4;
const KEY_BITS: usize = 256;
const PUBLIC_BITS: usize = 64 * 32;

pub fn aes(key: u128, block: u128) -> u128 {
    let mut bytes = block.to_le_bytes().into();
    Aes128Enc::new(&key.to_le_bytes().into()).encrypt_block(&mut bytes);
    u128::from_le_bytes(bytes.into())
}

/// AES in counter mode from 0.
pub fn expand(seed: u128, blocks: usize) -> Vec<u128> {
    let cipher = Aes128Enc::new(&seed.to_le_bytes().into());
    let block = |counter: u128| {
        let mut bytes = counter.to_le_bytes().into();
        cipher.encrypt_block(&mut bytes);
        u128::from_le_bytes(bytes.into())
    };
    (0..blocks as u128).map(block).collect()
}

pub fn bytes(blocks: impl IntoIterator<Item = u128>) -> Vec<u8> {
    blocks.into_iter().flat_map(u128::to_le_bytes).collect()
}

pub fn blocks(bytes: &[u8]) -> Vec<u128> {
    bytes
        .chunks(16)
        .map(|b| u128::from_le_bytes(b.try_into().unwrap()))
        .collect()
}

pub fn pack(bits: &[u8]) -> Vec<u8> {
    bits.chunks(8)
        .map(|c| c.iter().rev().fold(0, |byte, bit| byte << 1 | bit))
        .collect()
}

pub fn unpack(bytes: &[u8]) -> Vec<u8> {
    bytes
        .iter()
        .flat_map(|byte| (0..8).map(move |i| byte >> i & 1))
        .collect()
}

pub fn times(block: u128, bit: u8) -> u128 {
    if bit == 1 { block } else { 0 }
}

/// This party's part of a shared bit: its share, the MAC on it, its key on the peer's share.
#[derive(Clone, Copy, Default)]
pub struct Share {
    pub bit: u8,
    pub mac: u128,
    pub key: u128,
}

impl BitXor for Share {
    type Output = Self;

    fn bitxor(self, other: Self) -> Self {
        Self {
            bit: self.bit ^ other.bit,
            mac: self.mac ^ other.mac,
            key: self.key ^ other.key,
        }
    }
}

impl Share {
    fn if_set(self, bit: u8) -> Self {
        if bit == 1 { self } else { Self::default() }
    }
}

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

/// Multiplication in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1.
fn gf_times(a: u8, b: u8) -> u8 {
    let double = |a: u8| (a << 1) ^ if a >> 7 == 1 { 0x1b } else { 0 };
    let powers = (0..8).scan(a, |power, i| {
        let term = if b >> i & 1 == 1 { *power } else { 0 };
        *power = double(*power);
        Some(term)
    });
    powers.fold(0, |sum, term| sum ^ term)
}

/// The XOR share of the outer state: Shamir share times Lagrange coefficient at 0, words read from
/// their lowest bit.
fn key_shares(package: &Package, part: &PeerPart, peer: u8) -> Vec<Share> {
    let lambda = |own: u8, other: u8| {
        let inverse = (1..=255).find(|&i| gf_times(i, own ^ other) == 1).unwrap();
        gf_times(other, inverse)
    };
    let (own, theirs) = (lambda(package.party, peer), lambda(peer, package.party));
    let bits = unpack(&package.share);
    let mut shares = vec![Share::default(); KEY_BITS];
    for (i, &value) in bits.iter().enumerate() {
        let (word, byte, bit) = (i / 32, i / 8 % 4, i % 8);
        for out in 0..8 {
            let share = &mut shares[word * 32 + (3 - byte) * 8 + out];
            if gf_times(own, 1 << bit) >> out & 1 == 1 {
                share.bit ^= value;
                share.mac ^= part.macs[i];
            }
            if gf_times(theirs, 1 << bit) >> out & 1 == 1 {
                share.key ^= part.keys[i];
            }
        }
    }
    shares
}

/// Everything up to the masks of `count` presignatures.
pub fn make(package: &Package, wire: &mut Wire, count: usize) -> Vec<Masks> {
    let part = &package.peers[&wire.peer.index()];
    let key = key_shares(package, part, wire.peer.index());
    let (gates, leaky) = (GATES * count, GATES * count * BUCKET);
    let random = random_shares(package.delta, part, wire, gates + 3 * leaky);
    let (and_outputs, rest) = random.split_at(gates);
    let triples = triples(package.delta, wire, rest, leaky);

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
    let masked = |(i, t): (&(Share, Share), &[Share; 3])| (i.0 ^ t[0], i.1 ^ t[1]);
    let (d, e): (Vec<Share>, Vec<Share>) = inputs.iter().zip(&triples).map(masked).unzip();
    let opened = open(package.delta, wire, Kind::BeaverOpening, &[d, e].concat());
    wire.echo(Kind::OpeningEcho, &[&opened]);

    let gate = |g: usize| {
        let ((a, b), [x, _, z]) = (inputs[g], triples[g]);
        let product = z ^ x.if_set(opened[gates + g]) ^ b.if_set(opened[g]);
        Gate {
            a,
            b,
            sigma: product ^ and_outputs[g],
        }
    };
    let all: Vec<Gate> = (0..gates).map(gate).collect();
    let of_each = all.chunks(GATES).map(<[Gate]>::to_vec).zip(outputs);
    of_each
        .map(|(gates, outputs)| Masks { gates, outputs })
        .collect()
}

/// SoftSpokenOT with subfields of 16, both ways.
fn random_shares(delta: u128, part: &PeerPart, wire: &mut Wire, needed: usize) -> Vec<Share> {
    let words = (needed.next_multiple_of(128) + 128) / 64;
    let (me, peer, run) = (wire.me.index(), wire.peer.index(), wire.run.0);
    let chosen: Vec<u64> = (0..words).map(|_| wire.rng.next_u64()).collect();
    let stream = |seed: u128, ends: [u8; 2]| -> Vec<u64> {
        let seed = half(hash(
            "countersign COT seed",
            &[&seed.to_le_bytes(), &run, &ends],
        ));
        let blocks = expand(seed, words / 2).into_iter();
        blocks
            .flat_map(|block| [block as u64, (block >> 64) as u64])
            .collect()
    };
    // Sums of 16 (or 15) streams: all of them, and those whose number has each bit.
    let sums = |seeds: &[u128], first: usize, ends: [u8; 2]| {
        let mut sums = vec![vec![0; words]; 5];
        for (number, &seed) in (first..).zip(seeds) {
            let stream = stream(seed, ends);
            for (m, sum) in sums.iter_mut().enumerate() {
                if m == 4 || number >> m & 1 == 1 {
                    sum.iter_mut().zip(&stream).for_each(|(s, r)| *s ^= r);
                }
            }
        }
        sums
    };

    let (mut mac_columns, mut corrections) = (Vec::new(), Vec::new());
    for leaves in expand(part.receiver_root, 512).chunks(16) {
        let mut sums = sums(leaves, 0, [me, peer]);
        corrections.extend(sums.pop().unwrap().iter().zip(&chosen).map(|(s, u)| s ^ u));
        mac_columns.extend(sums);
    }
    let (opening, commitment) = wire.toss(Kind::ChallengeOpening);
    let mut body = commitment.to_vec();
    body.extend(corrections.iter().flat_map(|word| word.to_le_bytes()));
    let theirs = wire.round(Kind::Corrections, body);
    let (their_commitment, corrections) = theirs.split_at(32);

    let mut key_columns = Vec::new();
    for (b, leaves) in part.sender_seeds.chunks(15).enumerate() {
        let correction = corrections[b * words * 8..(b + 1) * words * 8].chunks(8);
        let correction: Vec<u64> = correction
            .map(|w| u64::from_le_bytes(w.try_into().unwrap()))
            .collect();
        for (m, mut column) in sums(leaves, 1, [peer, me]).into_iter().take(4).enumerate() {
            if delta >> (4 * b + m) & 1 == 1 {
                column
                    .iter_mut()
                    .zip(&correction)
                    .for_each(|(c, r)| *c ^= r);
            }
            key_columns.push(column);
        }
    }

    let coin = wire.open_toss(Kind::ChallengeOpening, opening, their_commitment);
    let own_hash = column_hash(&coin, &chosen);
    let digest = |hashes: Vec<u128>| hash("countersign COT check", &[&bytes(hashes)]);
    let answer = digest(mac_columns.iter().map(|c| column_hash(&coin, c)).collect());
    let body = [&coin[..], &own_hash.to_le_bytes(), &answer].concat();
    let theirs = wire.round(Kind::CotCheck, body);
    let their_hash = blocks(&theirs[32..48])[0];
    let expected = |(c, column): (usize, &Vec<u64>)| {
        column_hash(&coin, column) ^ times(their_hash, (delta >> c) as u8 & 1)
    };
    assert_eq!(theirs[..32], coin);
    assert_eq!(
        theirs[48..],
        digest(key_columns.iter().enumerate().map(expected).collect())
    );
    let hashes = bytes(wire.in_order(own_hash, their_hash));
    wire.echo(Kind::ChallengeEcho, &[&coin, &hashes]);

    let bit = |word: u64, i: usize| (word >> (i % 64)) as u8 & 1;
    let row = |columns: &[Vec<u64>], i: usize| {
        let bits = columns
            .iter()
            .map(|column| u128::from(bit(column[i / 64], i)));
        bits.enumerate().fold(0, |row, (c, bit)| row | bit << c)
    };
    let share = |i: usize| Share {
        bit: bit(chosen[i / 64], i),
        mac: row(&mac_columns, i),
        key: row(&key_columns, i),
    };
    (0..needed).map(share).collect()
}

/// Opens shared bits to both; checks the MACs of the peer's.
fn open(delta: u128, wire: &mut Wire, kind: Kind, shares: &[Share]) -> Vec<u8> {
    let run = wire.run.0;
    let digest = |macs: Vec<u8>| hash("countersign MACs", &[&run, &[kind.number()], &macs]);
    let own: Vec<u8> = shares.iter().map(|share| share.bit).collect();
    let macs = digest(bytes(shares.iter().map(|share| share.mac)));
    let theirs = wire.round(kind, [&pack(&own)[..], &macs].concat());
    let (bits, their_digest) = theirs.split_at(theirs.len() - 32);
    let bits = unpack(bits);
    let expected = shares
        .iter()
        .zip(&bits)
        .map(|(share, &bit)| share.key ^ times(delta, bit));
    assert_eq!(their_digest, digest(bytes(expected)));
    own.iter()
        .zip(bits)
        .map(|(own, theirs)| own ^ theirs)
        .collect()
}

/// Leaky ANDs from x, y and product bits, one after the other in `random`; checked and bucketed.
fn triples(delta: u128, wire: &mut Wire, random: &[Share], leaky: usize) -> Vec<[Share; 3]> {
    let (x, rest) = random.split_at(leaky);
    let (y, products) = rest.split_at(leaky);
    let run = wire.run;
    let key = |from: u8, to: u8| half(hash("countersign leaky AND", &[&run.0, &[from, to]]));
    let hash_under = |key: u128, input: u128, k: usize| {
        let once = aes(key, input);
        aes(key, once ^ k as u128) ^ once
    };
    let (outgoing, incoming) = (
        key(wire.me.index(), wire.peer.index()),
        key(wire.peer.index(), wire.me.index()),
    );
    // Of two parties each follows the other, so both squares count here: x^j is multiplied with the
    // whole of y.
    let payload = |k: usize| {
        let times_deltas = times(delta, y[k].bit) ^ y[k].mac ^ y[k].key;
        (times_deltas & !1) | u128::from(y[k].bit)
    };
    let kept: Vec<u128> = (0..leaky)
        .map(|k| hash_under(outgoing, x[k].key, k))
        .collect();
    let terms =
        (0..leaky).map(|k| kept[k] ^ hash_under(outgoing, x[k].key ^ delta, k) ^ payload(k));
    let theirs = blocks(&wire.round(Kind::CrossTerms, bytes(terms)));
    let share = |k: usize| {
        let own = times(payload(k) ^ theirs[k], x[k].bit);
        own ^ hash_under(incoming, x[k].mac, k) ^ kept[k]
    };
    let shares: Vec<u128> = (0..leaky).map(share).collect();

    let flips: Vec<u8> = shares
        .iter()
        .zip(products)
        .map(|(share, r)| (*share as u8 & 1) ^ r.bit)
        .collect();
    let mine = pack(&flips);
    let theirs = wire.round(Kind::ProductBits, mine.clone());
    let view = wire.in_order(&mine[..], &theirs[..]);
    let view = run.bound("countersign product bits", Kind::ProductBits, &view);
    let their_flips = unpack(&theirs);
    let z: Vec<Share> = (0..leaky)
        .map(|k| Share {
            bit: shares[k] as u8 & 1,
            mac: products[k].mac,
            key: products[k].key ^ times(delta, their_flips[k]),
        })
        .collect();

    // Both must hold the same: their parts of z(Δ_i ⊕ Δ_j) made in two ways.
    let value = |k: usize| (shares[k] ^ times(delta, z[k].bit) ^ z[k].mac ^ z[k].key) & !1;
    let values = bytes((0..leaky).map(value));
    let mut check: [u8; 64] = wire.random();
    check[..32].copy_from_slice(&hash("countersign triple check", &[&run.0, &values]));
    let (coin, coin_commitment) = wire.toss(Kind::PermutationOpening);
    let commitment = run.commitment(Kind::TripleOpening, wire.me, Some(wire.peer), &check);
    let body = [commitment, coin_commitment, view].concat();
    let theirs = wire.round(Kind::TripleCommitment, body);
    assert_eq!(theirs[64..], view);
    let opened = wire.round(Kind::TripleOpening, check.to_vec());
    let commitment = run.commitment(Kind::TripleOpening, wire.peer, Some(wire.me), &opened);
    assert_eq!(theirs[..32], commitment);
    assert_eq!(opened[..32], check[..32], "the triples are right");

    let coin = wire.open_toss(Kind::PermutationOpening, coin, &theirs[32..64]);
    wire.echo(Kind::PermutationEcho, &[&coin]);
    let order = permutation(leaky, coin);
    let buckets: Vec<&[usize]> = order.chunks(BUCKET).collect();
    let differences: Vec<Share> = buckets
        .iter()
        .flat_map(|bucket| bucket[1..].iter().map(|&k| y[bucket[0]] ^ y[k]))
        .collect();
    let d = open(delta, wire, Kind::BucketOpening, &differences);
    let combine = |(bucket, d): (&&[usize], &[u8])| {
        let sum = |of: &[Share]| bucket.iter().fold(Share::default(), |sum, &k| sum ^ of[k]);
        let corrections = bucket[1..].iter().zip(d);
        let product = corrections.fold(sum(&z), |sum, (&k, &d)| sum ^ x[k].if_set(d));
        [sum(x), y[bucket[0]], product]
    };
    buckets
        .iter()
        .zip(d.chunks(BUCKET - 1))
        .map(combine)
        .collect()
}

/// Fisher and Yates, with the coin's ChaCha20 stream, rejecting what would be uneven.
fn permutation(len: usize, coin: [u8; 32]) -> Vec<usize> {
    let mut stream = ChaCha20Rng::from_seed(coin);
    let mut order: Vec<usize> = (0..len).collect();
    for i in (1..len).rev() {
        let bound = i as u64 + 1;
        let limit = u64::MAX - u64::MAX % bound;
        let fair = std::iter::repeat_with(|| stream.next_u64()).find(|word| *word < limit);
        order.swap(i, (fair.unwrap() % bound) as usize);
    }
    order
}
