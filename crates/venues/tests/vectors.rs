//! Captured client traffic: signed text, signature, placement, class and intent.
#![allow(non_snake_case, clippy::unwrap_used)]

mod support;

use countersign_venues::{
    Class, DigestEncoding, HashAlg, KeyEncoding, ReadError, Stamp, read, signed_text,
};
use serde_json::Value;
use support::{as_sent, must_read, tag, text, unsigned, vectors};

#[test]
fn signed_text__should_be_the_bytes_the_client_signed() {
    for record in vectors("binance.jsonl") {
        let signed = signed_text(&unsigned(&record)).unwrap();
        let id = text(&record, "id");
        assert_eq!(
            hex::encode(&signed.bytes),
            text(&record, "signed_bytes_hex"),
            "{id}"
        );
        assert_eq!(signed.hash, HashAlg::Sha256, "{id}");
        assert_eq!(signed.key_encoding, KeyEncoding::Utf8, "{id}");
        assert_eq!(signed.digest_encoding, DigestEncoding::Hex, "{id}");

        assert_eq!(text(&record, "secret").as_bytes(), key(&record), "{id}");
        let tag = tag(&key(&record), &signed.bytes);
        assert_eq!(
            signed.digest_encoding.encode(&tag),
            text(&record, "signature"),
            "{id}"
        );
    }
}

#[test]
fn place__should_give_the_request_the_client_sent() {
    let mut placed = 0;
    for record in vectors("binance.jsonl") {
        let request = unsigned(&record);
        let Ok(reading) = read(&request) else {
            continue;
        };
        let tag = tag(&key(&record), &reading.signed().bytes);
        let ready = reading.place(&request, &tag).unwrap();
        assert_eq!(ready, as_sent(&record), "{}", text(&record, "id"));
        assert!(ready.header(reading.api_key_header()).is_some());
        if record["body"].is_null() {
            assert_eq!(ready.url(), text(&record, "url"));
        }
        placed += 1;
    }
    assert_eq!(placed, 31);
}

#[test]
fn read__should_classify_and_time_every_record() {
    for record in vectors("binance.jsonl") {
        let id = text(&record, "id");
        let request = unsigned(&record);
        let reading = must_read(&request);
        assert_eq!(
            reading.named().class.as_str(),
            text(&record, "class"),
            "{id}"
        );
        assert_eq!(reading.named().path, request.path, "{id}");
        assert_eq!(reading.authorised().first(), Some(reading.named()), "{id}");

        let timing = reading.timing();
        let made: u64 = text(&record, "timestamp").parse().unwrap();
        assert_eq!(timing.stamp, Stamp::Time(made), "{id}");
        let window = ["recvWindow=10000", "recvWindow=5000"]
            .iter()
            .position(|piece| text(&record, "signed_bytes").contains(piece));
        let expected = if window == Some(0) { 10_000 } else { 5_000 };
        assert_eq!(timing.expires_at_ms, Some(made + expected), "{id}");
    }
}

#[test]
fn intent__should_hold_what_is_on_the_wire() {
    let mut compared = 0;
    for record in vectors("binance.jsonl") {
        let Ok(reading) = read(&unsigned(&record)) else {
            continue;
        };
        let found = serde_json::to_value(&reading.named().intent).unwrap();
        for (field, expected) in record["intent"].as_object().into_iter().flatten() {
            let (field, expected) = match field.as_str() {
                "type" => ("order_type", expected.clone()),
                "address" => ("destination", expected.clone()),
                "leverage" => ("leverage", expected.clone()),
                // The caller's name for the network; the wire has Binance's.
                "network" => ("network", "TRX".into()),
                other => (other, expected.clone()),
            };
            assert_eq!(found[field], expected, "{}: {field}", text(&record, "id"));
            compared += 1;
        }
    }
    assert!(compared > 60, "{compared}");
}

#[test]
fn confusable_pairs__should_have_one_set_or_be_unclassified() {
    let pairs = vectors("confusable.jsonl");
    for pair in pairs.iter().filter(|pair| text(pair, "venue") == "binance") {
        let [first, second] = ["first", "second"].map(|which| from_url(&pair[which]));
        for request in [&first, &second] {
            let signed = signed_text(request).unwrap();
            assert_eq!(signed.bytes, text(pair, "signed_bytes").as_bytes());
            let tag = tag(text(pair, "secret").as_bytes(), &signed.bytes);
            assert_eq!(hex::encode(tag), text(pair, "signature"));
        }
        match (read(&first), read(&second)) {
            (Ok(first), Ok(second)) => assert_eq!(support::set(&first), support::set(&second)),
            (Err(ReadError::Unclassified(_)), Ok(second)) => {
                // The read that is a withdrawal in disguise.
                assert_eq!(second.named().class, Class::Withdraw);
                assert_eq!(first.path, "/sapi/v1/capital/config/getall");
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn quirks__should_be_signed_as_sent_and_marked() {
    let records = vectors("quirks.jsonl");
    for record in records
        .iter()
        .filter(|record| text(record, "venue") == "binance")
    {
        let request = unsigned(record);
        let signed = signed_text(&request).unwrap();
        assert_eq!(signed.bytes, request.body);
        assert_ne!(hex::encode(&signed.bytes), text(record, "signed_bytes_hex"));
        let reading = must_read(&request);
        assert_eq!(reading.named().class, Class::Withdraw);
        assert_eq!(reading.named().outside_alphabet, ["addressTag"]);
    }
}

fn key(record: &Value) -> Vec<u8> {
    hex::decode(text(record, "key_hex")).unwrap()
}

fn from_url(half: &Value) -> countersign_venues::Request {
    let rest = text(half, "url").strip_prefix("https://").unwrap();
    let (place, query) = rest.split_once('?').unwrap();
    let (host, path) = place.split_once('/').unwrap();
    support::binance(text(half, "method"), host, &format!("/{path}"), query)
}
