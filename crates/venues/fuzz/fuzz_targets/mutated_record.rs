//! Captured requests with a few changes: the fuzzer chooses the record and the changes.
#![no_main]

use std::sync::LazyLock;

use countersign_venues::{Request, venues, without_signature};
use countersign_venues_fuzz::{check::check, mutate::mutated};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

static RECORDS: LazyLock<Vec<Request>> = LazyLock::new(|| venues().flat_map(of_venue).collect());

fuzz_target!(|choice: (u16, u64)| {
    let (record, seed) = choice;
    let request = &RECORDS[usize::from(record) % RECORDS.len()];
    check(&mutated(request, &RECORDS, seed));
});

fn of_venue(venue: &'static str) -> Vec<Request> {
    let path = format!(
        "{}/../../../tests/vectors/{venue}.jsonl",
        env!("CARGO_MANIFEST_DIR")
    );
    let text = std::fs::read_to_string(path).expect("the vectors");
    text.lines()
        .map(|line| {
            let record: Value = serde_json::from_str(line).expect("a record");
            let text = |name: &str| record[name].as_str().unwrap_or_default().to_owned();
            let headers = record["headers"].as_object().into_iter().flatten();
            let sent = Request {
                venue: text("venue"),
                method: text("method"),
                host: text("host"),
                path: text("path"),
                query: text("query"),
                body: text("body").into_bytes(),
                headers: headers
                    .map(|(name, value)| {
                        (name.clone(), value.as_str().unwrap_or_default().to_owned())
                    })
                    .collect(),
            };
            without_signature(sent).expect("a known venue")
        })
        .collect()
}
