//! The fuzz targets' checks, over seeded changes to every captured request: a short run of what
//! `crates/venues/fuzz` does at length. `COUNTERSIGN_FUZZ_RUNS` makes it longer.
#![allow(
    non_snake_case,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing
)]

#[path = "../fuzz/src/check.rs"]
mod check;
#[path = "../fuzz/src/mutate.rs"]
mod mutate;
mod support;

use countersign_venues::{Request, venues, without_signature};
use support::{as_sent, vectors};

const RUNS: u64 = 60_000;

fn records() -> Vec<Request> {
    venues()
        .flat_map(|venue| vectors(&format!("{venue}.jsonl")))
        .map(|record| without_signature(as_sent(&record)).unwrap())
        .collect()
}

#[test]
fn every_reader__should_see_the_same_in_changed_requests() {
    let records = records();
    let runs = std::env::var("COUNTERSIGN_FUZZ_RUNS").map_or(RUNS, |runs| runs.parse().unwrap());
    let first: u64 =
        std::env::var("COUNTERSIGN_FUZZ_FIRST").map_or(0, |first| first.parse().unwrap());
    let mut understood = 0;
    for seed in first..first + runs {
        let record = &records[usize::try_from(seed).unwrap() % records.len()];
        let request = mutate::mutated(record, &records, seed);
        understood += u64::from(check::check(&request));
    }
    // Changes that leave nothing to read would test nothing.
    assert!(
        understood * 50 > runs,
        "{understood} of {runs} were understood"
    );
}

#[test]
fn every_reader__should_see_the_same_in_captured_requests() {
    for request in records() {
        check::check(&request);
        assert_eq!(mutate::from_text(&mutate::to_text(&request)), request);
    }
}
