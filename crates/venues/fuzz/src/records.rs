//! Captured requests.

use std::path::Path;

use countersign_venues::{Request, venues, without_signature};
use serde_json::Value;

/// Every captured request, without its signature. `vectors` is the folder they are in.
pub fn records(vectors: &Path) -> Vec<Request> {
    venues()
        .flat_map(|venue| {
            let text = std::fs::read_to_string(vectors.join(format!("{venue}.jsonl")));
            let text = text.expect("the vectors");
            text.lines().map(request).collect::<Vec<_>>()
        })
        .collect()
}

fn request(line: &str) -> Request {
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
            .map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()))
            .collect(),
    };
    without_signature(sent).expect("a known venue")
}
