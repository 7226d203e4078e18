//! Spoiled cross terms: what a cheater learns of a party's x, and what it costs (selective failure).

use countersign_mpc::{Fault, Kind, Misbehaviour, Party};

use crate::plot::*;
use crate::support::*;

const TERM: usize = 6;

/// Runs with `spoil` done to one party's cross terms, for each seed; how many went unnoticed.
fn unnoticed(stage: &Stage, seeds: u64, spoil: fn(&mut [u8], u64)) -> u64 {
    let mut passed = 0;
    for seed in 0..seeds {
        let corrupt = stage.quorum.members()[seed as usize % 2];
        let plot = Altering(move |_, kind, body: &mut Vec<u8>| {
            if kind == Kind::CrossTerms {
                spoil(body, seed);
            }
        });
        let runs = stage.run(corrupt, plot, seed).runs;
        let honest = runs.iter().find(|(party, _)| *party != corrupt).unwrap();
        match &honest.1 {
            Err(abort) => is_blame(&abort.fault, corrupt),
            Ok(_) => {
                let halves = runs
                    .into_iter()
                    .map(|(party, run)| (party, run.unwrap().remove(0)))
                    .collect();
                let tag = sign(&stage.statement, halves).unwrap();
                assert_eq!(tag.expose(), stage.reference());
                passed += 1;
            }
        }
    }
    passed
}

fn is_blame(fault: &Fault, corrupt: Party) {
    let (peer, what) = (corrupt, Misbehaviour::ProductCheck);
    assert_eq!(*fault, Fault::Misbehaved { peer, what });
}

/// One flipped term spoils a product exactly if the victim's x is 1: half of the time the guess is
/// right and nothing happens, half of the time the cheater is named. The same whichever bit it is: of
/// the product itself, or of the product with Δ.
#[test]
fn a_selective_failure_is_a_coin_flip_between_blame_and_nothing() {
    let stage = Stage::new(2);
    let seeds = 24;
    let passed = unnoticed(&stage, seeds, |body, seed| {
        let bit = [0, 1, 47][seed as usize % 3];
        body[TERM * (100 + seed as usize) + bit / 8] ^= 1 << (bit % 8);
    });
    // Fewer than 4 or more than 20 of 24 happens once in 3,000 times, and then always: seeds are fixed.
    assert!((4..=20).contains(&passed), "{passed} of {seeds} passed");
}

/// Each spoiled leaky AND is another coin flip.
#[test]
fn thirty_guesses_are_never_all_right() {
    let stage = Stage::new(2);
    let passed = unnoticed(&stage, 4, |body, seed| {
        for k in 0..30 {
            body[TERM * (1_000 * k + seed as usize)] ^= 1;
        }
    });
    assert_eq!(passed, 0);
}

/// Among three nobody can tell who spoiled a product: no honest party names another, and all learn of
/// it.
#[test]
fn among_three_a_selective_failure_is_seen_by_both_others() {
    let stage = Stage::new(3);
    let mut failed = 0;
    for seed in 0..8 {
        let corrupt = stage.quorum.members()[seed as usize % 3];
        let victim = stage.quorum.peers_of(corrupt)[seed as usize % 2];
        let plot = Altering(move |to, kind, body: &mut Vec<u8>| {
            if kind == Kind::CrossTerms && to == victim {
                body[TERM * (7 + seed as usize)] ^= 1;
            }
        });
        let runs = stage.run(corrupt, plot, seed).runs.into_iter();
        let honest = runs.filter(|(party, _)| *party != corrupt);
        let faults: Vec<_> = honest
            .map(|(_, run)| run.err().map(|abort| abort.fault))
            .collect();
        assert_eq!(faults[0], faults[1]);
        if let Some(fault) = &faults[0] {
            assert_eq!(*fault, Fault::QuorumMisbehaved);
            failed += 1;
        }
    }
    assert!((1..8).contains(&failed), "{failed} of 8");
}
