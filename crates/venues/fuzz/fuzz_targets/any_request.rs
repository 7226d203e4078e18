//! Arbitrary text as a request to any venue.
#![no_main]

use countersign_venues_fuzz::{check::check, mutate::from_text};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    check(&from_text(text));
});
