//! The extension: inconsistent bits in its base, towards two peers and towards one; wrong trees.

use countersign_mpc::{Fault, Kind, Misbehaviour};

use crate::plot::*;
use crate::support::spec::column_hash;
use crate::support::*;

const SUBFIELDS: usize = 32;

/// Bytes of one column of a [`Kind::Corrections`] message.
fn column(body: &[u8]) -> usize {
    (body.len() - 32) / SUBFIELDS
}

/// Other bits towards one peer, with corrections and answer to fit: no check of that peer's own can
/// fail, and only the echo shows it.
#[test]
fn other_bits_towards_one_of_two_peers_are_found_by_the_echo() {
    let stage = Stage::new(3);
    for corrupt in stage.quorum.members() {
        for victim in stage.quorum.peers_of(*corrupt) {
            let flipped = 20_000usize;
            let mut words = 0;
            let plot = Altering(move |to, kind, body: &mut Vec<u8>| {
                if to == victim && kind == Kind::Corrections {
                    let column = column(body);
                    words = column / 8;
                    for b in 0..SUBFIELDS {
                        body[32 + b * column + flipped / 8] ^= 1 << (flipped % 8);
                    }
                }
                if to == victim && kind == Kind::CotCheck {
                    let mut difference = vec![0u64; words];
                    difference[flipped / 64] = 1 << (flipped % 64);
                    let moved = column_hash(&body[..32], &difference).to_le_bytes();
                    let hash = body[32..48].iter_mut();
                    hash.zip(moved).for_each(|(b, m)| *b ^= m);
                }
            });
            let aborts = stage.run(*corrupt, plot, 2).aborts();
            for (honest, abort) in aborts {
                let of = match abort.fault {
                    Fault::Disagreement { of, .. } => of,
                    other => panic!("{honest:?}: {other}"),
                };
                assert_eq!(of, "the OT check", "the check itself passed");
            }
        }
    }
}

/// Selective failure: a bit that differs in one subfield is a guess that the four bits of Δ there are
/// zero. It passes where they are, and is blamed where they are not; and where it passes, it has
/// changed nothing.
#[test]
fn inconsistent_bits_in_one_subfield_pass_only_where_delta_is_zero() {
    let stage = Stage::new(2);
    let corrupt = stage.garbler();
    let delta = stage.package(stage.quorum.evaluator()).delta;
    let zero = |b: usize| delta >> (4 * b) & 0xf == 0;
    assert!((0..SUBFIELDS).any(zero), "the dealing has such a subfield");
    for b in (0..SUBFIELDS).filter(|&b| zero(b) || b % 4 == 0) {
        let plot = Altering(move |_, kind, body: &mut Vec<u8>| {
            if kind == Kind::Corrections {
                let column = column(body);
                body[32 + b * column + 77] ^= 4;
            }
        });
        let runs = stage.run(corrupt, plot, 3).runs;
        let failed = runs.iter().find_map(|(party, run)| match run {
            Err(abort) if *party != corrupt => Some(abort.fault.clone()),
            _ => None,
        });
        if zero(b) {
            assert_eq!(failed, None, "subfield {b}");
            let halves = runs
                .into_iter()
                .map(|(party, run)| (party, run.unwrap().remove(0)))
                .collect();
            let tag = sign(&stage.statement, halves).unwrap();
            assert_eq!(tag.expose(), stage.reference());
        } else {
            let (peer, what) = (corrupt, Misbehaviour::CotCheck);
            assert_eq!(
                failed,
                Some(Fault::Misbehaved { peer, what }),
                "subfield {b}"
            );
        }
    }
}

const TREES: usize = 918;
const LEVELS: usize = 9;

/// Every level of a tree is behind its leaves, and every leaf in the check: a wrong sum is found where
/// it is, and so are two that are wrong alike.
#[test]
fn a_wrong_sum_in_a_tree_is_pinned_on_its_sender() {
    for t in [2, 3] {
        let stage = Stage::new(t);
        let sum = |tree: usize, level: usize| tree * LEVELS + level;
        let lies = [
            vec![sum(0, 0)],
            vec![sum(TREES - 1, LEVELS - 1)],
            vec![sum(400, 4), sum(401, 4)],
            (0..LEVELS).map(|level| sum(77, level)).collect(),
        ];
        for (case, sums) in lies.into_iter().enumerate() {
            let corrupt = stage.quorum.members()[case % usize::from(t)];
            let plot = Altering(move |_, kind, body: &mut Vec<u8>| {
                if kind == Kind::PuncturedSums {
                    assert_eq!(body.len(), TREES * LEVELS * 16);
                    sums.iter().for_each(|sum| body[sum * 16 + case] ^= 1);
                }
            });
            for (_, abort) in stage.run(corrupt, plot, 4).aborts() {
                let (peer, what) = (corrupt, Misbehaviour::NoiseCheck);
                assert_eq!(abort.fault, Fault::Misbehaved { peer, what }, "case {case}");
                assert!(abort.checks_started);
            }
        }
    }
}

/// What a receiver says of its noise enters only what it compares itself.
#[test]
fn a_lie_about_the_noise_hurts_only_its_teller() {
    let stage = Stage::new(2);
    for corrupt in stage.quorum.members() {
        for at in [0, 16] {
            let plot = Altering(move |_, kind, body: &mut Vec<u8>| {
                if kind == Kind::NoiseChallenge {
                    body[at] ^= 1;
                }
            });
            for (party, abort) in stage.run(*corrupt, plot, 5).aborts() {
                let gone = matches!(abort.fault, Fault::Channel { peer, .. } if peer == *corrupt);
                assert!(gone, "{party:?}: {abort}");
            }
        }
    }
}
