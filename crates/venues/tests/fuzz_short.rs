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
#[path = "../fuzz/src/neighbours.rs"]
mod neighbours;
#[path = "../fuzz/src/operations.rs"]
mod operations;
#[path = "../fuzz/src/records.rs"]
mod records;
#[path = "../fuzz/src/text.rs"]
mod text;

use std::{collections::BTreeSet, ops::Range, path::Path};

use countersign_venues::{Request, read};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

/// The seeds to run over.
fn seeds(usual: u64) -> Range<u64> {
    let set = |name: &str| std::env::var(name).ok().map(|text| text.parse().unwrap());
    let first: u64 = set("COUNTERSIGN_FUZZ_FIRST").unwrap_or(0);
    first..first + set("COUNTERSIGN_FUZZ_RUNS").unwrap_or(usual)
}

fn records() -> Vec<Request> {
    let vectors = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors");
    records::records(Path::new(vectors))
}

#[test]
fn every_reader__should_see_the_same_in_changed_requests() {
    let records = records();
    let seeds = seeds(20_000);
    let runs = seeds.end - seeds.start;
    let mut understood = 0;
    for seed in seeds {
        let record = &records[usize::try_from(seed).unwrap() % records.len()];
        let request = mutate::mutated(record, &records, &mut ChaCha8Rng::seed_from_u64(seed));
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
        assert_eq!(text::from_text(&text::to_text(&request)), request);
    }
}

/// What the fuzzer kept: requests that lead to as many places of the dialects as it reached.
#[test]
fn every_reader__should_see_the_same_in_the_corpus() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/any_request");
    let mut requests = 0;
    for file in std::fs::read_dir(corpus).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        check::check(&text::from_text(&String::from_utf8_lossy(&bytes)));
        requests += 1;
    }
    assert!(requests > 100, "{requests} requests");
}

/// Most operations have no captured request; requests for them are made from the venues' tables.
#[test]
fn crafted_requests__should_be_understood_for_most_operations() {
    let records = records();
    let mut understood = BTreeSet::new();
    let mut compared = 0;
    for seed in seeds(10_000) {
        let record = &records[usize::try_from(seed).unwrap() % records.len()];
        let rng = &mut ChaCha8Rng::seed_from_u64(seed);
        let request = operations::crafted(record, &records, rng);
        if let Ok(reading) = read(&request) {
            compared += neighbours::check(&request, &reading);
            understood.insert((reading.venue(), reading.named().name));
        }
    }
    assert!(understood.len() > 2_000, "{} operations", understood.len());
    assert!(compared > 500, "{compared} with another operation's name");
}
