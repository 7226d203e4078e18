//! Corrupt parties lie in every message of the protocol in every way there is.
//!
//! Whatever they do, honest parties neither panic nor hang, no honest party is ever named as the
//! culprit, and the honest evaluator outputs the right tag or none. Where the protocol promises to
//! name the liar, it must.
//!
//! `COUNTERSIGN_ADVERSARY_RUNS` sets how often each lie is told, with other randomness, roles and
//! victims each time.
#![allow(missing_docs, clippy::unwrap_used)]

#[path = "../support/mod.rs"]
mod support;

mod deviant;
mod deviations;
mod layouts;
mod outcome;
mod world;

use std::collections::HashSet;

use countersign_mpc::{BatchSize, Kind};

use deviations::{Deviation, deviations};
use world::World;

#[test]
fn two_parties_survive_every_deviation() {
    try_everything(2, 1);
}

#[test]
fn three_parties_survive_every_deviation() {
    try_everything(3, 1);
}

/// Each pass takes one of three deviations, for runs among four are costly.
#[test]
fn four_parties_survive_every_deviation() {
    try_everything(4, 3);
}

#[test]
fn one_honest_party_among_three_or_four_survives_every_deviation() {
    for (t, stride) in [(3, 6), (4, 12)] {
        let world = World::new(t);
        let mut runs = 0;
        for (kind, deviation, seed) in lies(t, stride, preprocessing()) {
            world.conspire(kind, deviation, seed);
            runs += 1;
        }
        println!("all but one of {t} parties: {runs} runs");
    }
}

#[test]
fn evaluators_survive_every_deviation_of_a_garbler_online() {
    for t in [2, 3, 4] {
        let world = World::new(t);
        let all = deviations(Kind::Online, usize::from(t));
        assert!(all.len() <= BatchSize::MAX);
        for pass in 0..runs().unwrap_or(if t == 2 { 4 } else { 1 }) {
            world.sign_over(&all, pass * 1_009);
        }
    }
}

/// Tells all lies of the preprocessing, one in `stride` in each pass; all of them must really be told
/// once there are `stride` passes.
fn try_everything(t: u8, stride: usize) {
    let world = World::new(t);
    let (mut told, mut runs) = (HashSet::new(), 0);
    for (kind, deviation, seed) in lies(t, stride, preprocessing()) {
        if world.run(kind, deviation, seed) {
            told.insert((kind, deviation));
        }
        runs += 1;
    }
    println!("{t} parties: {runs} runs");
    for (kind, deviation, _) in lies(t, stride, preprocessing()) {
        let case = (kind, deviation);
        assert!(told.contains(&case), "{case:?} was never told");
    }
}

fn preprocessing() -> impl Iterator<Item = Kind> {
    Kind::ALL.into_iter().filter(|kind| *kind != Kind::Online)
}

/// Every deviation at every kind, with a seed, as often as asked for.
fn lies(
    t: u8,
    stride: usize,
    kinds: impl Iterator<Item = Kind>,
) -> impl Iterator<Item = (Kind, Deviation, u64)> {
    let all = kinds.flat_map(move |kind| {
        let all = deviations(kind, usize::from(t)).into_iter();
        all.map(move |deviation| (kind, deviation))
    });
    all.enumerate().flat_map(move |(i, (kind, deviation))| {
        let passes = runs().unwrap_or(usual_runs(t, kind)) as usize;
        (0..passes)
            .filter(move |pass| (pass + i) % stride == 0)
            .map(move |pass| {
                // Offset by pass, so that a deviation meets both roles and all victims.
                let seed = 1 + pass as u64 * 100_003 + i as u64 * 7;
                (kind, deviation, seed)
            })
    })
}

/// How often a lie is told unless asked otherwise: what makes thousands of runs in little time. Those
/// that end before the extension cost next to nothing.
fn usual_runs(t: u8, kind: Kind) -> u64 {
    match (kind < Kind::PuncturedSums, t) {
        (true, 2) => 20,
        (true, _) => 12,
        (false, 2) => 3,
        (false, 3) => 2,
        (false, _) => 1,
    }
}

fn runs() -> Option<u64> {
    let asked = std::env::var("COUNTERSIGN_ADVERSARY_RUNS").ok()?;
    Some(asked.parse().unwrap())
}
