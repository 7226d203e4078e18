//! Requests after changes that different readers may see differently.

use base64::{Engine, engine::general_purpose::STANDARD};
use countersign_venues::Request;
use rand_core::Rng;

use crate::operations::{self, pick, sealed_json};

/// Pieces that are likely to be read differently by different readers.
const PIECES: &[&str] = &[
    "%41",
    "%2B",
    "+",
    "%20",
    "%",
    "%26",
    "%3D",
    "&",
    "=",
    "==",
    ";",
    "#",
    "?",
    "\0",
    "\n",
    "\r\n",
    "\u{e9}",
    "\u{202e}",
    "\u{430}",
    "1e-7",
    "1E5",
    "-1",
    "-0",
    "0x10",
    "01",
    ".5",
    "5.",
    "1_000",
    "NaN",
    "Infinity",
    "1e999",
    "null",
    "true",
    "\"\"",
    "{}",
    "[]",
    "[[]]",
    "\\u0061",
    "\\ud800",
    ",",
    "\"a\":1,",
    ",\"symbol\":\"X\"",
    "&symbol=X",
    "&amount=9",
    "&address=X",
    "&coin=USDT",
    "&side=SELL",
    "&reduceOnly=true",
    "&timestamp=1753000000000",
    "/../",
    "/./",
    "//",
    "{id}",
];

/// A request with a few changes: one of `records`, or one made for an operation of the same venue. The other
/// records lend their parts.
pub fn mutated(record: &Request, records: &[Request], choices: &mut impl Rng) -> Request {
    let crafted = choices.next_u32().is_multiple_of(3);
    let mut request = if crafted {
        operations::crafted(record, records, choices)
    } else {
        record.clone()
    };
    let changes = choices.next_u32() % 4 + u32::from(!crafted);
    for _ in 0..changes {
        mutate(&mut request, records, choices);
    }
    request
}

/// Changes a request in one place.
pub fn mutate(request: &mut Request, records: &[Request], rng: &mut impl Rng) {
    let other = pick(records, rng);
    match rng.next_u32() % 15 {
        0 => {
            request.method = (*pick(
                &["GET", "POST", "PUT", "DELETE", "PATCH", "get", "LOGIN"],
                rng,
            ))
            .to_owned()
        }
        1 => request.host.clone_from(&other.host),
        2 => request.path.clone_from(&other.path),
        3 => request.query.clone_from(&other.query),
        4 => request.body.clone_from(&other.body),
        5 => {
            let query = into_text(&mut request.body);
            request.body = std::mem::replace(&mut request.query, query).into_bytes();
        }
        6 => {
            let text = String::from_utf8_lossy(&request.body).into_owned();
            request.query = if request.query.is_empty() {
                text
            } else {
                format!("{}&{text}", request.query)
            };
        }
        7 => {
            let at = rng.next_u32() as usize;
            if let Some((_, value)) = request.headers.get_mut(at % 8) {
                edit_header(value, rng);
            }
        }
        8 => edit(&mut request.path, rng),
        9 => operations::relabel(request, rng),
        10 | 11 => add_parameter(request, rng),
        12 | 13 => edit(&mut request.query, rng),
        _ => {
            let mut body = into_text(&mut request.body);
            edit(&mut body, rng);
            request.body = body.into_bytes();
        }
    }
}

fn into_text(bytes: &mut Vec<u8>) -> String {
    String::from_utf8_lossy(&std::mem::take(bytes)).into_owned()
}

/// Changes a header, or the JSON that it holds in Base64.
fn edit_header(value: &mut String, rng: &mut impl Rng) {
    match sealed_json(value) {
        Some(json) => {
            let mut text = json.to_string();
            edit(&mut text, rng);
            *value = STANDARD.encode(text);
        }
        None => edit(value, rng),
    }
}

/// Changes a text in one place.
fn edit(text: &mut String, rng: &mut impl Rng) {
    let places: Vec<usize> = text
        .char_indices()
        .map(|(at, _)| at)
        .chain([text.len()])
        .collect();
    let (one, two) = (*pick(&places, rng), *pick(&places, rng));
    let (from, to) = (one.min(two), one.max(two));
    match rng.next_u32() % 6 {
        0 => {
            let piece = *pick(PIECES, rng);
            text.insert_str(from, piece);
        }
        1 => text.replace_range(from..to, ""),
        2 => {
            let part = text[from..to].to_owned();
            text.insert_str(to, &part);
        }
        3 => {
            let part = text[from..to].to_uppercase();
            text.replace_range(from..to, &part);
        }
        4 => {
            // One parameter twice.
            let pieces: Vec<&str> = text.split('&').collect();
            *text = format!("{text}&{}", pick(&pieces, rng));
        }
        _ => {
            let piece = *pick(PIECES, rng);
            text.replace_range(from..to, piece);
        }
    }
}

/// Adds a parameter that some operation of the venue takes, where the request has parameters.
fn add_parameter(request: &mut Request, rng: &mut impl Rng) {
    let Some((name, value)) = operations::parameter(request, rng) else {
        return;
    };
    let text = into_text(&mut request.body);
    let braces: Vec<usize> = text.match_indices('{').map(|(at, _)| at + 1).collect();
    if !braces.is_empty() {
        let (before, after) = text.split_at(*pick(&braces, rng));
        let comma = if after.trim_start().starts_with('}') {
            ""
        } else {
            ","
        };
        request.body = format!("{before}\"{name}\":\"{value}\"{comma}{after}").into_bytes();
    } else if text.is_empty() {
        let separator = if request.query.is_empty() { "" } else { "&" };
        request.query += &format!("{separator}{name}={value}");
    } else {
        request.body = format!("{text}&{name}={value}").into_bytes();
    }
}
