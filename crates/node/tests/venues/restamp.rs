//! A captured request with the time of now in it, in the venue's own spelling.

use base64::{Engine, engine::general_purpose::STANDARD};
use countersign_venues::{Request, without_signature};
use serde_json::Value;
use time::{OffsetDateTime, macros::format_description};

use crate::text;

/// `record`'s request, unsigned, as if it were made at `now_ms`.
pub fn with_time_of(record: &Value, now_ms: u64) -> Request {
    let mut request = without_signature(as_sent(record)).unwrap();
    let old = [text(record, "timestamp"), text(record, "nonce")].into_iter();
    for old in old.filter(|old| is_time(old)) {
        let new = like(old, now_ms, &request);
        let replace = |text: &str| {
            let escaped = |text: &str| text.replace(':', "%3A");
            text.replace(old, &new)
                .replace(&escaped(old), &escaped(&new))
        };
        request.query = replace(&request.query);
        request.body = replace(std::str::from_utf8(&request.body).unwrap()).into_bytes();
        for (_, value) in &mut request.headers {
            *value = match in_base64(value) {
                Some(inner) if inner.contains(old) => STANDARD.encode(replace(&inner)),
                _ => replace(value),
            };
        }
    }
    request
}

/// Whether it counts seconds and fractions, or is an ISO time; other nonces may stay.
fn is_time(text: &str) -> bool {
    let counts = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    text.len() >= 10 && (counts || text.as_bytes().get(10) == Some(&b'T'))
}

/// `now_ms` in the spelling of `old`: an ISO time, or seconds with any number of further digits.
fn like(old: &str, now_ms: u64, request: &Request) -> String {
    if old.contains('T') {
        let now =
            OffsetDateTime::from_unix_timestamp_nanos(i128::from(now_ms) * 1_000_000).unwrap();
        let seconds = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]");
        let millis = format_description!(
            "[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z"
        );
        return if old.contains('.') {
            now.format(millis)
        } else {
            now.format(seconds)
        }
        .unwrap();
    }
    // A time in the future says when the request expires.
    let ahead_ms = if request.header("api-expires") == Some(old) {
        5_000
    } else {
        0
    };
    let digits = format!("{}000000000", now_ms + ahead_ms);
    match old.split_once('.') {
        Some((whole, fraction)) => {
            let (seconds, rest) = digits.split_at(whole.len());
            format!("{seconds}.{}", &rest[..fraction.len().min(rest.len())])
        }
        None => digits[..old.len()].to_owned(),
    }
}

fn in_base64(value: &str) -> Option<String> {
    let bytes = STANDARD.decode(value).ok()?;
    String::from_utf8(bytes)
        .ok()
        .filter(|text| text.starts_with('{'))
}

fn as_sent(record: &Value) -> Request {
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
            .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
            .collect(),
    }
}
