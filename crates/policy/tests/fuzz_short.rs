//! The fuzz targets' checks, over seeded requests and sources: a short run of what
//! `crates/policy/fuzz` does at length. `COUNTERSIGN_FUZZ_RUNS` makes it longer, and
//! `COUNTERSIGN_FUZZ_FIRST` begins elsewhere.
#![allow(
    non_snake_case,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing
)]

#[path = "../fuzz/src/check.rs"]
mod check;
#[path = "../fuzz/src/choices.rs"]
mod choices;
#[path = "../fuzz/src/mutate.rs"]
mod mutate;
#[path = "../fuzz/src/policies.rs"]
mod policies;
#[path = "../fuzz/src/scene.rs"]
mod scene;

use std::{ops::Range, path::Path};

use choices::Choices;

/// The seeds to run over.
fn seeds(usual: u64) -> Range<u64> {
    let set = |name: &str| std::env::var(name).ok().map(|text| text.parse().unwrap());
    let first: u64 = set("COUNTERSIGN_FUZZ_FIRST").unwrap_or(0);
    first..first + set("COUNTERSIGN_FUZZ_RUNS").unwrap_or(usual)
}

#[test]
fn decisions__should_be_sound_whatever_is_asked() {
    let seeds = seeds(1_500);
    let subjects = policies::subjects(seeds.start..seeds.start + policies::GENERATED);
    let runs = seeds.end - seeds.start;
    let mut allowed = 0;
    for seed in seeds {
        let subject = &subjects[usize::try_from(seed).unwrap() % subjects.len()];
        allowed += u64::from(check::decision(subject, &mut Choices::new(&[], seed)));
    }
    // Requests that are all denied would test little.
    assert!(allowed * 50 > runs, "{allowed} of {runs} were allowed");
}

#[test]
fn sources__should_be_refused_or_decided_by_whatever_they_say() {
    let seeds = seeds(150);
    let runs = seeds.end - seeds.start;
    let mut accepted = 0;
    for seed in seeds {
        let choices = &mut Choices::new(&[], seed);
        accepted += u64::from(check::source(&mutate::mutated(choices), choices));
    }
    assert!(accepted * 20 > runs, "{accepted} of {runs} were accepted");
}

/// The files that the fuzzer kept for a target.
fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let files = std::fs::read_dir(folder.join(target)).unwrap();
    let files: Vec<Vec<u8>> = files
        .map(|file| std::fs::read(file.unwrap().path()).unwrap())
        .collect();
    assert!(files.len() > 20, "{} files", files.len());
    files
}

#[test]
fn decisions__should_be_sound_over_the_corpus() {
    let subjects = policies::subjects(0..policies::GENERATED);
    for bytes in corpus("decision") {
        check::decision_of(&subjects, &bytes);
    }
}

#[test]
fn sources__should_be_sound_over_the_corpus() {
    for bytes in corpus("source") {
        let text = String::from_utf8_lossy(&bytes);
        check::source(&text, &mut Choices::beside(&text));
    }
}
