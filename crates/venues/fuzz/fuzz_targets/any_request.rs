//! Any text as a request to any venue. Half of the changes are those of `mutate`, the others libFuzzer's own.
#![no_main]

use std::{path::Path, sync::LazyLock};

use countersign_venues::Request;
use countersign_venues_fuzz::{
    check::check,
    mutate::{mutate, mutated},
    operations::pick,
    records::records,
    text::{from_text, to_text},
};
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

static RECORDS: LazyLock<Vec<Request>> = LazyLock::new(|| {
    let vectors = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../tests/vectors");
    records(Path::new(vectors))
});

fuzz_target!(|text: &str| {
    check(&from_text(text));
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let choices = &mut ChaCha8Rng::seed_from_u64(seed.into());
    let request = match choices.next_u32() % 16 {
        0 => mutated(pick(&RECORDS, choices), &RECORDS, choices),
        1..8 => {
            let mut request = from_text(&String::from_utf8_lossy(&data[..size]));
            mutate(&mut request, &RECORDS, choices);
            request
        }
        _ => return fuzzer_mutate(data, size, max_size),
    };
    let text = to_text(&request);
    match data.get_mut(..text.len()) {
        Some(room) if text.len() <= max_size => {
            room.copy_from_slice(text.as_bytes());
            text.len()
        }
        _ => fuzzer_mutate(data, size, max_size),
    }
});
