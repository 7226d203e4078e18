//! The evaluator's shares of σ under MACs made from seeds (section 4.5).

use countersign_mpc::Kind;

use crate::base::{add, corrected, row, sums, words_of};
use crate::block::{aes, bytes, expand};
use crate::masks::{GATES, Gate, Masks};
use crate::support::spec::{Package, half, hash};
use crate::wire::Wire;

/// 64-bit words of a column: a bit for each gate, in whole blocks.
const WORDS: usize = GATES.div_ceil(128) * 2;

/// As evaluator: corrects seeds to σ, and has the MACs from the seeds from now on.
pub fn send_corrections(package: &Package, wire: &mut Wire, masks: &mut [Masks]) {
    let ends = [wire.me.index(), wire.peer.index()];
    let base = expand(package.peers[&ends[1]].receiver_root, 512);
    let (mut body, mut hashes) = (Vec::new(), Vec::new());
    for (number, masks) in masks.iter_mut().enumerate() {
        let seeds = seeds(&base, wire, ends, number);
        let mut sigma = vec![0; WORDS];
        for (g, gate) in masks.gates.iter().enumerate() {
            sigma[g / 64] |= u64::from(gate.sigma.bit) << (g % 64);
        }
        let mut columns = Vec::new();
        for seeds in seeds.chunks(16) {
            let mut sums = sums(seeds, 0, WORDS);
            let mut correction = sums.pop().unwrap();
            add(&mut correction, &sigma);
            body.extend(correction.iter().flat_map(|word| word.to_le_bytes()));
            columns.extend(sums);
        }
        hashes.push(replace(&columns, masks, |gate| &mut gate.sigma.mac));
    }
    body.extend(digest(wire, ends, &hashes));
    wire.send(Kind::SigmaCorrections, body);
}

/// As garbler: takes keys from the corrections, if they are on the same bits as before.
pub fn take_corrections(package: &Package, wire: &mut Wire, masks: &mut [Masks]) {
    let ends = [wire.peer.index(), wire.me.index()];
    let base = &package.peers[&ends[0]].sender_seeds;
    let body = wire.receive(Kind::SigmaCorrections);
    let (corrections, claimed) = body.split_at(masks.len() * 32 * WORDS * 8);
    let corrections: Vec<&[u8]> = corrections.chunks(32 * WORDS * 8).collect();
    let mut hashes = Vec::new();
    for (number, masks) in masks.iter_mut().enumerate() {
        let seeds = seeds(base, wire, ends, number);
        let subfields = seeds.chunks(15).zip(corrections[number].chunks(WORDS * 8));
        let columns = subfields.enumerate().flat_map(|(b, (seeds, correction))| {
            let delta = package.delta >> (4 * b);
            corrected(sums(seeds, 1, WORDS), &words_of(correction), delta)
        });
        let columns: Vec<Vec<u64>> = columns.collect();
        hashes.push(replace(&columns, masks, |gate| &mut gate.sigma.key));
    }
    assert_eq!(claimed, digest(wire, ends, &hashes));
}

/// Of one presignature.
fn seeds(base: &[u128], wire: &Wire, ends: [u8; 2], number: usize) -> Vec<u128> {
    let root = |seed: &u128| {
        let parts: [&[u8]; 3] = [&seed.to_le_bytes(), &wire.run.0, &ends];
        half(hash("countersign sigma seed", &parts))
    };
    base.iter()
        .map(|seed| aes(root(seed), number as u128))
        .collect()
}

/// Puts the rows of `columns` in the place of what each gate had, and hashes the sums of both.
fn replace(
    columns: &[Vec<u64>],
    masks: &mut Masks,
    part: impl Fn(&mut Gate) -> &mut u128,
) -> [u8; 32] {
    let mut sums = Vec::new();
    for i in 0..WORDS * 64 {
        let anew = row(columns, i);
        let before = masks.gates.get_mut(i).map(&part);
        sums.push(before.map_or(anew, |before| std::mem::replace(before, anew) ^ anew));
    }
    hash("countersign sigma sums", &[&bytes(sums)])
}

fn digest(wire: &Wire, ends: [u8; 2], hashes: &[[u8; 32]]) -> [u8; 32] {
    let parts: [&[u8]; 2] = [&ends, &hashes.concat()];
    wire.run
        .bound("countersign sigma check", Kind::SigmaCorrections, &parts)
}
