//! Captured requests, and requests made from the venues' tables, with a few changes: the fuzzer chooses the
//! record and the changes.
#![no_main]

use std::{path::Path, sync::LazyLock};

use countersign_venues::Request;
use countersign_venues_fuzz::{
    check::check, choices::Choices, mutate::mutated, operations::pick, records::records,
};
use libfuzzer_sys::fuzz_target;

static RECORDS: LazyLock<Vec<Request>> = LazyLock::new(|| {
    let vectors = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../tests/vectors");
    records(Path::new(vectors))
});

fuzz_target!(|bytes: &[u8]| {
    let choices = &mut Choices(bytes);
    let record = pick(&RECORDS, choices);
    check(&mutated(record, &RECORDS, choices));
});
