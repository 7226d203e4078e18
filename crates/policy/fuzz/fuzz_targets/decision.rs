//! Requests of any kind, put to shipped and generated policies.
#![no_main]

use std::sync::LazyLock;

use countersign_policy_fuzz::{
    check::decision,
    choices::Choices,
    policies::{Subject, subjects},
};
use libfuzzer_sys::fuzz_target;

static SUBJECTS: LazyLock<Vec<Subject>> = LazyLock::new(|| subjects(0..100));

fuzz_target!(|input: (u16, u64, &[u8])| {
    let (subject, seed, bytes) = input;
    let subject = &SUBJECTS[usize::from(subject) % SUBJECTS.len()];
    decision(subject, &mut Choices::new(bytes, seed));
});
