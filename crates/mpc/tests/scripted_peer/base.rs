//! A base of authenticated random bits (section 4.1): SoftSpokenOT with subfields of 16, both ways.

use countersign_mpc::Kind;
use rand_core::Rng;

use crate::block::{blocks, bytes, expand, times};
use crate::share::Share;
use crate::support::spec::{PeerPart, column_hash, half, hash};
use crate::wire::Wire;

pub fn shares(delta: u128, part: &PeerPart, wire: &mut Wire, needed: usize) -> Vec<Share> {
    let words = (needed.next_multiple_of(128) + 128) / 64;
    let (me, peer, run) = (wire.me.index(), wire.peer.index(), wire.run.0);
    let chosen: Vec<u64> = (0..words).map(|_| wire.rng.next_u64()).collect();
    let derived = |seeds: &[u128], ends: [u8; 2]| -> Vec<u128> {
        let derived = seeds.iter().map(|seed| {
            let parts: [&[u8]; 3] = [&seed.to_le_bytes(), &run, &ends];
            half(hash("countersign COT seed", &parts))
        });
        derived.collect()
    };

    let (mut mac_columns, mut corrections) = (Vec::new(), Vec::new());
    for leaves in expand(part.receiver_root, 512).chunks(16) {
        let mut sums = sums(&derived(leaves, [me, peer]), 0, words);
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
        let correction = words_of(&corrections[b * words * 8..(b + 1) * words * 8]);
        let sums = sums(&derived(leaves, [peer, me]), 1, words);
        key_columns.extend(corrected(sums, &correction, delta >> (4 * b)));
    }

    let coin = wire.open_toss(Kind::ChallengeOpening, opening, their_commitment, &[]);
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

    let share = |i: usize| Share {
        bit: bit(chosen[i / 64], i),
        mac: row(&mac_columns, i),
        key: row(&key_columns, i),
    };
    (0..needed).map(share).collect()
}

/// Sums of the expanded seeds of a subfield, numbered from `first`: of those whose number has each bit,
/// and of all.
pub fn sums(seeds: &[u128], first: usize, words: usize) -> Vec<Vec<u64>> {
    let mut sums = vec![vec![0; words]; 5];
    for (number, &seed) in (first..).zip(seeds) {
        let blocks = expand(seed, words / 2).into_iter();
        let stream: Vec<u64> = blocks
            .flat_map(|block| [block as u64, (block >> 64) as u64])
            .collect();
        for (m, sum) in sums.iter_mut().enumerate() {
            if m == 4 || number >> m & 1 == 1 {
                add(sum, &stream);
            }
        }
    }
    sums
}

/// The sender's four columns of a subfield, from its sums and the receiver's correction; `delta` from the
/// subfield's bits on.
pub fn corrected(mut sums: Vec<Vec<u64>>, correction: &[u64], delta: u128) -> Vec<Vec<u64>> {
    sums.truncate(4);
    for (m, column) in sums.iter_mut().enumerate() {
        if delta >> m & 1 == 1 {
            add(column, correction);
        }
    }
    sums
}

pub fn words_of(bytes: &[u8]) -> Vec<u64> {
    bytes
        .chunks(8)
        .map(|word| u64::from_le_bytes(word.try_into().unwrap()))
        .collect()
}

pub fn add(sum: &mut [u64], term: &[u64]) {
    sum.iter_mut().zip(term).for_each(|(s, t)| *s ^= t);
}

fn bit(word: u64, i: usize) -> u8 {
    (word >> (i % 64)) as u8 & 1
}

/// Row i of 128 columns.
pub fn row(columns: &[Vec<u64>], i: usize) -> u128 {
    let bits = columns
        .iter()
        .map(|column| u128::from(bit(column[i / 64], i)));
    bits.enumerate().fold(0, |row, (c, bit)| row | bit << c)
}
