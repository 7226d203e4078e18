//! Requests out of bytes and out of captured records.

use countersign_venues::Request;
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

/// A request out of arbitrary text: lines of venue, method, host, path, `?` and query, headers (`name: value`), an
/// empty line and the body.
pub fn from_text(text: &str) -> Request {
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut lines = head.lines();
    let mut next = || lines.next().unwrap_or_default().to_owned();
    let [venue, method, host, path] = [next(), next(), next(), next()];
    // The mark keeps an empty query from ending the head.
    let query = next().trim_start_matches('?').to_owned();
    let header = |line: &str| {
        line.split_once(": ")
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
    };
    Request {
        venue,
        method,
        host,
        path,
        query,
        body: body.as_bytes().to_vec(),
        headers: lines.filter_map(header).collect(),
    }
}

/// What [`from_text`] reads.
pub fn to_text(request: &Request) -> String {
    let Request {
        venue,
        method,
        host,
        path,
        query,
        ..
    } = request;
    let headers: String = request
        .headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\n"))
        .collect();
    let body = String::from_utf8_lossy(&request.body);
    format!("{venue}\n{method}\n{host}\n{path}\n?{query}\n{headers}\n{body}")
}

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

/// `request` after a few changes, the same for the same `seed`. `others` lend their parts.
pub fn mutated(request: &Request, others: &[Request], seed: u64) -> Request {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut request = request.clone();
    for _ in 0..1 + rng.next_u32() % 4 {
        mutate(&mut request, others, &mut rng);
    }
    request
}

fn mutate(request: &mut Request, others: &[Request], rng: &mut ChaCha8Rng) {
    let other = pick(others, rng);
    match rng.next_u32() % 12 {
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
                edit(value, rng);
            }
        }
        8 => edit(&mut request.path, rng),
        9 | 10 => edit(&mut request.query, rng),
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

/// Changes a text in one place.
fn edit(text: &mut String, rng: &mut ChaCha8Rng) {
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

fn pick<'a, T>(from: &'a [T], rng: &mut ChaCha8Rng) -> &'a T {
    &from[rng.next_u32() as usize % from.len()]
}
