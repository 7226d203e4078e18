//! Any text as policies. Half of the changes are those of `mutate`, the others libFuzzer's own.
#![no_main]

use countersign_policy_fuzz::{
    check::source,
    choices::Choices,
    mutate::{edit, mutated},
};
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

fuzz_target!(|text: &str| {
    source(text, &mut Choices::beside(text));
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let choices = &mut Choices::new(&[], seed.into());
    let text = match choices.below(16) {
        0 => mutated(choices),
        1..8 => {
            let mut text = String::from_utf8_lossy(&data[..size]).into_owned();
            edit(&mut text, choices);
            text
        }
        _ => return fuzzer_mutate(data, size, max_size),
    };
    match data.get_mut(..text.len()) {
        Some(room) if text.len() <= max_size => {
            room.copy_from_slice(text.as_bytes());
            text.len()
        }
        _ => fuzzer_mutate(data, size, max_size),
    }
});
