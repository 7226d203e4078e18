//! Requests of any kind, put to shipped and generated policies.
#![no_main]

use std::sync::LazyLock;

use countersign_policy_fuzz::{
    check::decision_of,
    policies::{GENERATED, Subject, subjects},
};
use libfuzzer_sys::fuzz_target;

static SUBJECTS: LazyLock<Vec<Subject>> = LazyLock::new(|| subjects(0..GENERATED));

fuzz_target!(|bytes: &[u8]| {
    decision_of(&SUBJECTS, bytes);
});
