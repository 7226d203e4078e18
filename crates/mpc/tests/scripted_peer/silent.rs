//! Silent extension (section 4.2): from a base of authenticated bits, all that a batch needs.

use countersign_mpc::Kind;

use crate::base;
use crate::block::{aes, blocks, bytes, stream, times};
use crate::share::Share;
use crate::support::spec::{PeerPart, half, hash, polyval};
use crate::wire::Wire;

const SECRET: usize = 32_768;
const TREES: usize = 918;
const LEVELS: usize = 9;
const LEAVES: usize = 1 << LEVELS;
const MADE: usize = TREES * LEAVES;
const MASKS: usize = 128;
const BASE: usize = SECRET + TREES * LEVELS + MASKS;

pub fn shares(delta: u128, part: &PeerPart, wire: &mut Wire, needed: usize) -> Vec<Share> {
    let mut base = base::shares(delta, part, wire, BASE);
    let mut made = Vec::new();
    for iteration in 0u64.. {
        made.extend(iterate(delta, wire, iteration, &base));
        if made.len() >= needed {
            break;
        }
        base = made.split_off(made.len() - BASE);
    }
    made.truncate(needed);
    made
}

fn iterate(delta: u128, wire: &mut Wire, iteration: u64, base: &[Share]) -> Vec<Share> {
    let (secret, rest) = base.split_at(SECRET);
    let (places, masks) = rest.split_at(TREES * LEVELS);
    let (me, peer, run) = (wire.me.index(), wire.peer.index(), wire.run);
    let number = iteration.to_le_bytes();
    let keys = |ends: [u8; 2]| half(hash("countersign half tree", &[&run.0, &ends, &number]));
    let (outgoing, incoming) = (keys([peer, me]), keys([me, peer]));

    // v, and what the peer needs for all of w but one place a tree.
    let (mut sums, mut v) = (Vec::new(), Vec::new());
    for (tree, places) in places.chunks(LEVELS).enumerate() {
        let root = u128::from_le_bytes(wire.random());
        let mut level = vec![root, root ^ delta];
        for (depth, place) in places.iter().enumerate() {
            if depth > 0 {
                level = children(outgoing ^ tree as u128, &level);
            }
            let left = level.iter().step_by(2).fold(0, |sum, node| sum ^ node);
            sums.push(left ^ place.key);
        }
        v.extend(level);
    }
    let theirs = blocks(&wire.round(Kind::PuncturedSums, bytes(sums)));
    assert_eq!(theirs.len(), places.len());

    let (mut w, mut e) = (Vec::new(), Vec::new());
    for (tree, (places, sums)) in places.chunks(LEVELS).zip(theirs.chunks(LEVELS)).enumerate() {
        let (leaves, at) = regrow(incoming ^ tree as u128, places, sums);
        w.extend(leaves);
        e.extend((0..LEAVES).map(|leaf| u8::from(leaf == at)));
    }

    // The peer's trees under a point of this party's.
    let point: [u8; 16] = wire.random();
    let noise = polyval(&point, e.iter().map(|&bit| u128::from(bit)));
    let mask = masks
        .iter()
        .rev()
        .fold(0, |m, share| m << 1 | u128::from(share.bit));
    let challenge = [point, (noise ^ mask).to_le_bytes()].concat();
    let theirs = wire.round(Kind::NoiseChallenge, challenge);
    let (their_point, their_noise) = (&theirs[..16], blocks(&theirs[16..])[0]);
    let shifted =
        |(b, share): (usize, &Share)| share.key ^ times(delta, (their_noise >> b) as u8 & 1);
    let answer = |ends: [u8; 2], value: u128| {
        let parts: [&[u8]; 3] = [&ends, &number, &value.to_le_bytes()];
        run.bound("countersign noise check", Kind::NoiseCheck, &parts)
    };
    let own = polyval(their_point, v.iter().copied());
    let own = own ^ combine(masks.iter().enumerate().map(shifted).collect());
    let answered = wire.round(Kind::NoiseCheck, answer([peer, me], own).to_vec());
    let due = polyval(&point, w.iter().copied());
    let due = due ^ combine(masks.iter().map(|share| share.mac).collect());
    assert_eq!(answered, answer([me, peer], due), "the trees are right");

    let mut words = stream(half(hash("countersign local code", &[])))
        .flat_map(|block| (0..8).map(move |i| usize::from((block >> (16 * i)) as u16)));
    (0..MADE)
        .map(|i| {
            let noise = Share {
                bit: e[i],
                mac: w[i],
                key: v[i],
            };
            let picked = words.by_ref().take(10);
            noise ^ Share::sum(picked.map(|word| secret[word % SECRET]))
        })
        .collect()
}

/// The level below.
fn children(key: u128, level: &[u128]) -> Vec<u128> {
    let children = |&parent: &u128| {
        let (high, low) = (parent >> 64, parent & u128::from(u64::MAX));
        let turned = (high ^ low) << 64 | high;
        let left = aes(key, turned) ^ turned;
        [left, parent ^ left]
    };
    level.iter().flat_map(children).collect()
}

/// A tree without the path that turns away from each place, and where that path ends.
fn regrow(key: u128, places: &[Share], sums: &[u128]) -> (Vec<u128>, usize) {
    let (mut level, mut lacking) = (vec![0, 0], 0);
    for (depth, (place, sum)) in places.iter().zip(sums).enumerate() {
        if depth > 0 {
            level = children(key, &level);
            lacking *= 2;
            level[lacking..lacking + 2].fill(0);
        }
        // The sum on this side is known, and so is all of it but one node.
        let side = usize::from(place.bit);
        let others = level.iter().skip(side).step_by(2);
        level[lacking + side] = others.fold(sum ^ place.mac, |sum, node| sum ^ node);
        lacking += 1 - side;
    }
    level[lacking] = level.iter().fold(0, |sum, leaf| sum ^ leaf);
    (level, lacking)
}

/// Σ X^b terms_b in POLYVAL's field.
fn combine(terms: Vec<u128>) -> u128 {
    const REDUCTION: u128 = 1 << 127 | 1 << 126 | 1 << 121 | 1;
    let times_x = |value: u128| value << 1 ^ times(REDUCTION, (value >> 127) as u8);
    terms
        .into_iter()
        .rev()
        .fold(0, |sum, term| times_x(sum) ^ term)
}
