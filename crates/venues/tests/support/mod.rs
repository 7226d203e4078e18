//! Shared by the tests: vectors, and requests built by hand.
#![allow(dead_code)] // each test binary uses its part

use countersign_venues::{Operation, Reading, Request, read};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;

/// A time for requests whose time does not matter.
pub const TIME: &str = "timestamp=1753000000000";

pub fn vectors(file: &str) -> Vec<Value> {
    let path = format!("{}/../../tests/vectors/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let records: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(!records.is_empty());
    records
}

pub fn text<'a>(record: &'a Value, field: &str) -> &'a str {
    record[field].as_str().unwrap_or_default()
}

/// The request of a record, without its signature.
pub fn unsigned(record: &Value) -> Request {
    let mut request = as_sent(record);
    request.query = without_signature(&request.query);
    request.body = without_signature(text(record, "body")).into_bytes();
    request
}

/// The request of a record as it was sent.
pub fn as_sent(record: &Value) -> Request {
    let headers = record["headers"].as_object().unwrap();
    Request {
        venue: text(record, "venue").into(),
        method: text(record, "method").into(),
        host: text(record, "host").into(),
        path: text(record, "path").into(),
        query: text(record, "query").into(),
        body: text(record, "body").into(),
        headers: headers
            .iter()
            .map(|(name, value)| (name.clone(), value.as_str().unwrap().into()))
            .collect(),
    }
}

fn without_signature(parameters: &str) -> String {
    let kept: Vec<_> = parameters
        .split('&')
        .filter(|piece| !piece.starts_with("signature="))
        .collect();
    kept.join("&")
}

pub fn tag(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

/// A request with its parameters in the query.
pub fn binance(method: &str, host: &str, path: &str, query: &str) -> Request {
    Request {
        venue: "binance".into(),
        method: method.into(),
        host: host.into(),
        path: path.into(),
        query: query.into(),
        body: Vec::new(),
        headers: Vec::new(),
    }
}

/// A request to any venue. `url` is without scheme: host, path and query.
pub fn request(
    venue: &str,
    method: &str,
    url: &str,
    body: &str,
    headers: &[(&str, &str)],
) -> Request {
    let (place, query) = url.split_once('?').unwrap_or((url, ""));
    let (host, path) = place.split_once('/').unwrap();
    Request {
        venue: venue.into(),
        method: method.into(),
        host: host.into(),
        path: format!("/{path}"),
        query: query.into(),
        body: body.into(),
        headers: headers
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()))
            .collect(),
    }
}

/// The same request with its parameters in the body.
pub fn in_body(request: &Request) -> Request {
    Request {
        query: String::new(),
        body: request.query.clone().into_bytes(),
        ..request.clone()
    }
}

pub fn spot_order(parameters: &str) -> Request {
    let query = format!("{parameters}&{TIME}");
    binance("POST", "api.binance.com", "/api/v3/order", &query)
}

pub fn futures_order(parameters: &str) -> Request {
    let query = format!("{parameters}&{TIME}");
    binance("POST", "fapi.binance.com", "/fapi/v1/order", &query)
}

pub fn withdrawal(parameters: &str) -> Request {
    let path = "/sapi/v1/capital/withdraw/apply";
    let query = format!("{parameters}&{TIME}");
    binance("POST", "api.binance.com", path, &query)
}

pub const LIMIT: &str =
    "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.5&price=60000";
pub const WITHDRAW: &str =
    "coin=USDT&address=TJRyWwFs9wTFGZg3JbrVriFbNfCug5tDeC&network=TRX&amount=1000";

/// The authorised set as comparable text: without the order in which it is listed.
pub fn set(reading: &Reading) -> Vec<String> {
    let mut members: Vec<_> = reading
        .authorised()
        .iter()
        .map(|operation| serde_json::to_string(operation).unwrap())
        .collect();
    members.sort();
    members
}

pub fn names(reading: &Reading) -> Vec<&'static str> {
    reading
        .authorised()
        .iter()
        .map(|member| member.name)
        .collect()
}

pub fn must_read(request: &Request) -> Reading {
    read(request).unwrap_or_else(|error| panic!("{} {}: {error}", request.method, request.url()))
}

/// The order of that name which comes with the named operation, the only one.
pub fn attached<'r>(reading: &'r Reading, name: &str) -> &'r Operation {
    let is = |member: &&Operation| {
        member.name == reading.named().name && member.attached.is_some_and(|it| it.name == name)
    };
    let mut found = reading.authorised().iter().filter(is);
    let first = found.next().unwrap_or_else(|| panic!("no {name}"));
    assert!(found.next().is_none(), "several {name}");
    first
}
