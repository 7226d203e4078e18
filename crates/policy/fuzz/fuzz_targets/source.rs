//! Arbitrary text as policies; without any, a shipped or generated text with a few changes.
#![no_main]

use countersign_policy_fuzz::{check::source, choices::Choices, mutate::mutated};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u64, &str)| {
    let (seed, text) = input;
    let choices = &mut Choices::new(&[], seed);
    if text.is_empty() {
        source(&mutated(choices), choices);
    } else {
        source(text, choices);
    }
});
