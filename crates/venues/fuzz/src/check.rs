//! What must hold of every request, whoever made it: the dialect does not panic, is of one mind, and sees
//! what other readers of the same bytes see.
//!
//! The other readers are `serde_json` and `form_urlencoded`, and readers that take the first or the last
//! of two parameters with one name.

use base64::{Engine, engine::general_purpose::STANDARD};
use countersign_venues::{
    Intent, Operation, Reading, Request, read, signed_text, without_signature,
};
use rust_decimal::Decimal;
use serde_json::Value;

use crate::neighbours;

/// Checks one request. Panics on a disagreement, saying which.
///
/// Returns whether the request was understood.
pub fn check(request: &Request) -> bool {
    let signed = signed_text(request);
    let reading = match read(request) {
        Ok(reading) => reading,
        Err(error) => {
            let shown = error.to_string();
            assert!(!shown.chars().any(char::is_control), "{shown:?}");
            return false;
        }
    };
    assert_eq!(
        signed.as_ref().ok(),
        Some(reading.signed()),
        "what is signed is what was read: {request:?}"
    );
    assert_eq!(
        reading.authorised().first(),
        Some(reading.named()),
        "the named operation is in the set: {request:?}"
    );
    signature_comes_off(request, &reading);
    readers_of_repeated_names_agree(request, &reading);
    let seen = Seen::of(request);
    let elements = reading.named().batch.map_or(1, |place| place.of);
    let named = reading.authorised().iter().take(elements);
    let is_with = |member: &&Operation| member.comes_with(reading.named());
    let attached = reading.authorised().iter().filter(is_with);
    for operation in named.chain(attached) {
        seen.vouches_for(operation, request);
    }
    neighbours::check(request, &reading);
    true
}

/// Placed and taken off again, the signature leaves the request as it was.
fn signature_comes_off(request: &Request, reading: &Reading) {
    let tag = vec![0xa5; reading.signed().hash.output_len()];
    let ready = reading
        .place(request, &tag)
        .expect("the request that was read");
    let mut bare = without_signature(ready).expect("a known venue");
    if request.header("Content-Type").is_none() {
        // A form that did not say so does, once it is signed.
        bare.headers.retain(|(name, _)| name != "Content-Type");
    }
    assert_eq!(
        &bare, request,
        "a signature is placed where it is looked for"
    );
}

/// A server that takes the first of two parameters of one name, and one that takes the last, do the same.
fn readers_of_repeated_names_agree(request: &Request, reading: &Reading) {
    for last in [false, true] {
        let query = without_repeated(&request.query, last);
        let body = match std::str::from_utf8(&request.body) {
            Ok(text) if !text.trim_start().starts_with(['{', '[']) => {
                without_repeated(text, last).into_bytes()
            }
            _ => request.body.clone(),
        };
        if query == request.query && body == request.body {
            continue;
        }
        let single = Request {
            query,
            body,
            ..request.clone()
        };
        if let Ok(other) = read(&single) {
            assert_eq!(other.named().class, reading.named().class, "{request:?}");
            assert_eq!(
                other.named().intent.destination,
                reading.named().intent.destination,
                "{request:?}"
            );
            assert_eq!(
                other.named().intent.amount,
                reading.named().intent.amount,
                "{request:?}"
            );
            assert_eq!(
                other.named().intent.quantity,
                reading.named().intent.quantity,
                "{request:?}"
            );
        }
    }
}

/// The parameters of which there are several, down to one each.
fn without_repeated(text: &str, last: bool) -> String {
    let name = |piece: &str| {
        piece
            .split('=')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase()
    };
    let mut kept: Vec<&str> = Vec::new();
    for piece in text.split('&') {
        match kept.iter().position(|seen| name(seen) == name(piece)) {
            Some(at) if last => kept[at] = piece,
            Some(_) => {}
            None => kept.push(piece),
        }
    }
    kept.join("&")
}

/// All values that other readers find in a request.
struct Seen(Vec<String>);

impl Seen {
    fn of(request: &Request) -> Self {
        let mut seen = Self(vec![request.path.clone()]);
        seen.form(&request.query);
        seen.any(&String::from_utf8_lossy(&request.body));
        for (_, value) in &request.headers {
            seen.0.push(value.clone());
            if let Some(text) = STANDARD
                .decode(value)
                .ok()
                .and_then(|bytes| String::from_utf8(bytes).ok())
            {
                seen.any(&text);
            }
        }
        seen
    }

    fn any(&mut self, text: &str) {
        match serde_json::from_str::<Value>(text) {
            Ok(value) => self.json(&value),
            Err(_) => self.form(text),
        }
    }

    fn form(&mut self, text: &str) {
        for (_, value) in form_urlencoded::parse(text.as_bytes()) {
            self.text(&value);
        }
        // Venues that decode nothing.
        let raw = text.split('&').filter_map(|piece| piece.split_once('='));
        self.0.extend(raw.map(|(_, value)| value.to_owned()));
    }

    fn text(&mut self, text: &str) {
        self.0.push(text.to_owned());
        if text.starts_with(['{', '['])
            && let Ok(value) = serde_json::from_str::<Value>(text)
        {
            self.json(&value);
        }
    }

    fn json(&mut self, value: &Value) {
        match value {
            Value::Null => {}
            Value::Bool(flag) => self.0.push(flag.to_string()),
            Value::Number(number) => self.0.push(number.to_string()),
            Value::String(text) => self.text(text),
            Value::Array(items) => items.iter().for_each(|item| self.json(item)),
            Value::Object(members) => members.values().for_each(|member| self.json(member)),
        }
    }

    /// Every name and number of the intent is one that other readers see.
    fn vouches_for(&self, operation: &Operation, request: &Request) {
        let Intent {
            symbol,
            client_order_id,
            order_id,
            asset,
            destination,
            destination_tag,
            network,
            sub_account,
            ..
        } = &operation.intent;
        for text in [
            symbol,
            client_order_id,
            order_id,
            asset,
            destination,
            destination_tag,
            network,
            sub_account,
        ]
        .into_iter()
        .flatten()
        {
            let within = |value: &String| {
                value.to_lowercase().contains(&text.to_lowercase())
                    || text.to_lowercase().contains(&value.to_lowercase()) && !value.is_empty()
            };
            assert!(
                self.0.iter().any(within),
                "{}: nobody else sees {text:?} in {request:?}",
                operation.name
            );
        }
        let Intent {
            quantity,
            quote_quantity,
            price,
            stop_price,
            leverage,
            amount,
            ..
        } = &operation.intent;
        for number in [
            quantity,
            quote_quantity,
            price,
            stop_price,
            leverage,
            amount,
        ]
        .into_iter()
        .flatten()
        {
            let equal = |value: &String| {
                numbers_in(value).any(|other| {
                    let other = other.abs();
                    // Venues that count in base units differ by a power of ten.
                    let digits = |number: Decimal| {
                        number
                            .mantissa()
                            .unsigned_abs()
                            .to_string()
                            .trim_end_matches('0')
                            .to_owned()
                    };
                    other == number.abs() || digits(other.normalize()) == digits(number.normalize())
                })
            };
            assert!(
                self.0.iter().any(equal),
                "{}: nobody else sees {number} in {request:?}",
                operation.name
            );
        }
    }
}

/// The number a text is, or those in it (`5:1`, `buy 5`).
fn numbers_in(text: &str) -> impl Iterator<Item = Decimal> {
    let parse = |text: &str| {
        let scientific = text
            .contains(['e', 'E'])
            .then(|| Decimal::from_scientific(text).ok())
            .flatten();
        scientific.or_else(|| text.parse().ok())
    };
    text.split([':', ' ', '/'])
        .filter_map(parse)
        .collect::<Vec<_>>()
        .into_iter()
}
