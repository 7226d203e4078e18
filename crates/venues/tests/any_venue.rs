//! Properties of every dialect, over captured requests changed at random.
#![allow(non_snake_case, clippy::unwrap_used)]

mod support;

use std::{collections::BTreeSet, sync::LazyLock};

use countersign_venues::{
    Class, Operation, Placement, Reading, Request, facts, read, signed_text, unavoidable, venues,
    without_signature,
};
use proptest::{prelude::*, sample::Index};
use serde_json::Value;
use support::{as_sent, vectors};

/// Every captured request that its dialect reads, without signature.
static REQUESTS: LazyLock<Vec<Request>> = LazyLock::new(|| {
    venues()
        .flat_map(|venue| vectors(&format!("{venue}.jsonl")))
        .map(|record| without_signature(as_sent(&record)).unwrap())
        .filter(|request| read(request).is_ok())
        .collect()
});

fn captured() -> impl Strategy<Value = Request> {
    any::<Index>().prop_map(|index| index.get(&REQUESTS).clone())
}

fn captured_get() -> impl Strategy<Value = Request> {
    any::<Index>().prop_map(|index| {
        let bare = |request: &&Request| request.method == "GET" && request.body.is_empty();
        let gets: Vec<&Request> = REQUESTS.iter().filter(bare).collect();
        (*index.get(&gets)).clone()
    })
}

/// What is done to a request. Not all of it can be done to all requests.
#[derive(Debug, Clone)]
enum Change {
    /// A parameter comes again, with another value.
    Duplicate(Index),
    /// A parameter comes again, in other capitals.
    DuplicateInCapitals(Index),
    /// A parameter also comes in the other of query and body, with another value.
    Split(Index),
    /// Something follows query or body.
    Trail(&'static str),
    /// A name has other capitals.
    Capitals(Index),
    /// A parameter more.
    Unknown,
    /// A plain character of a value is escaped.
    Escape(Index),
    /// Letters beyond ASCII come somewhere.
    Unicode(Index),
    /// A value is gone.
    Empty(Index),
    /// One byte of the body or the query is another.
    Byte(Index, u8),
    /// Another path.
    Path(&'static str),
    /// Another host.
    Host(&'static str),
    /// A header comes again.
    Header(Index),
}

fn change() -> impl Strategy<Value = Change> {
    let index = any::<Index>;
    prop_oneof![
        two_readings(),
        index().prop_map(Change::Capitals),
        Just(Change::Unknown),
        index().prop_map(Change::Escape),
        index().prop_map(Change::Unicode),
        index().prop_map(Change::Empty),
        (index(), any::<u8>()).prop_map(|(at, byte)| Change::Byte(at, byte)),
        prop::sample::select(vec!["/", "//", "/..", "/%2e", "/x", "?a=1", "\u{e4}"])
            .prop_map(Change::Path),
        prop::sample::select(vec!["", "evil.example", "API.EXAMPLE", "a b"]).prop_map(Change::Host),
        index().prop_map(Change::Header),
    ]
}

/// Changes after which two readers could see different requests.
fn two_readings() -> impl Strategy<Value = Change> {
    let index = any::<Index>;
    prop_oneof![
        index().prop_map(Change::Duplicate),
        index().prop_map(Change::DuplicateInCapitals),
        index().prop_map(Change::Split),
        prop::sample::select(vec!["&", "&&", "&x", "#", "}", "{}", ",", "\0", "\n\n]"])
            .prop_map(Change::Trail),
    ]
}

impl Change {
    /// `None` where it would leave the request as it is.
    fn of(&self, request: &Request) -> Option<Request> {
        let mut changed = request.clone();
        match self {
            Self::Duplicate(at) => {
                let name = at_random(&names(request), *at)?;
                add(&mut changed, &name, "77");
            }
            Self::DuplicateInCapitals(at) => {
                let name = at_random(&names(request), *at)?;
                add(&mut changed, &in_other_capitals(&name)?, "77");
            }
            Self::Split(at) => {
                let name = at_random(&names(request), *at)?;
                if request.body.is_empty() {
                    changed.body = format!("{name}=77").into_bytes();
                } else {
                    changed.query = joined(&request.query, &format!("{name}=77"));
                }
            }
            Self::Trail(text) => {
                // What is garbage behind JSON is part of the last value elsewhere.
                let of_pairs = text.starts_with(['&', '#', '\0', '\n']);
                (of_pairs || json(request).is_some()).then_some(())?;
                if !request.body.is_empty() {
                    changed.body.extend_from_slice(text.as_bytes());
                } else if !request.query.is_empty() {
                    changed.query.push_str(text);
                }
            }
            Self::Capitals(at) => {
                let name = at_random(&names(request), *at)?;
                replace(&mut changed, &name, &in_other_capitals(&name)?);
            }
            Self::Unknown => add(&mut changed, "zzNobodyKnows", "1"),
            Self::Escape(at) => {
                let letters: Vec<usize> = request
                    .query
                    .bytes()
                    .enumerate()
                    .filter(|(_, byte)| byte.is_ascii_alphanumeric())
                    .map(|(position, _)| position)
                    .collect();
                let position = at_random(&letters, *at)?;
                let byte = *request.query.as_bytes().get(position)?;
                let escaped = format!("%{byte:02x}");
                changed.query.replace_range(position..=position, &escaped);
            }
            Self::Unicode(at) => {
                let name = at_random(&names(request), *at)?;
                add(&mut changed, &name, "\u{e4}\u{202e}\u{4e01}");
            }
            Self::Empty(at) => {
                let name = at_random(&names(request), *at)?;
                add(&mut changed, &format!("{name}2"), "");
            }
            Self::Byte(at, byte) => {
                if request.body.is_empty() {
                    let mut query = request.query.clone().into_bytes();
                    (!query.is_empty()).then_some(())?;
                    let position = at.index(query.len());
                    query[position] = *byte;
                    changed.query = String::from_utf8(query).ok()?;
                } else {
                    let position = at.index(request.body.len());
                    changed.body[position] = *byte;
                }
            }
            Self::Path(tail) => changed.path.push_str(tail),
            Self::Host(host) => changed.host = (*host).into(),
            Self::Header(at) => {
                let header = at_random(&request.headers, *at)?;
                changed.headers.push(header);
            }
        }
        (changed != *request).then_some(changed)
    }
}

fn at_random<T: Clone>(items: &[T], at: Index) -> Option<T> {
    (!items.is_empty()).then(|| at.get(items).clone())
}

fn in_other_capitals(name: &str) -> Option<String> {
    let flipped: String = name
        .chars()
        .map(|letter| match letter {
            'a'..='z' => letter.to_ascii_uppercase(),
            other => other.to_ascii_lowercase(),
        })
        .collect();
    (flipped != name).then_some(flipped)
}

fn joined(query: &str, piece: &str) -> String {
    let separator = if query.is_empty() { "" } else { "&" };
    format!("{query}{separator}{piece}")
}

fn json(request: &Request) -> Option<Value> {
    serde_json::from_slice(&request.body).ok()
}

/// Names of the request's parameters: of the object that is the body, or is first in it, or of query
/// and form.
fn names(request: &Request) -> Vec<String> {
    let of_pairs = |text: &str| -> Vec<String> {
        text.split('&')
            .filter_map(|piece| Some(piece.split_once('=')?.0.to_owned()))
            .collect()
    };
    match json(request) {
        Some(Value::Object(members)) => members.keys().cloned().collect(),
        Some(Value::Array(items)) => match items.first() {
            Some(Value::Object(members)) => members.keys().cloned().collect(),
            _ => Vec::new(),
        },
        Some(_) => Vec::new(),
        None if request.body.is_empty() => of_pairs(&request.query),
        None => of_pairs(&String::from_utf8_lossy(&request.body)),
    }
}

/// Adds a parameter where the request has them.
fn add(request: &mut Request, name: &str, value: &str) {
    let text = String::from_utf8_lossy(&request.body).into_owned();
    if let Some((before, after)) = text.split_once('{') {
        let comma = if after.trim_start().starts_with('}') {
            ""
        } else {
            ","
        };
        let body = format!("{before}{{\"{name}\":\"{value}\"{comma}{after}");
        request.body = body.into_bytes();
    } else if request.body.is_empty() {
        request.query = joined(&request.query, &format!("{name}={value}"));
    } else {
        request.body = joined(&text, &format!("{name}={value}")).into_bytes();
    }
}

/// Gives a parameter another name.
fn replace(request: &mut Request, name: &str, other: &str) {
    let text = String::from_utf8_lossy(&request.body).into_owned();
    if request.body.is_empty() {
        let query = format!("&{}", request.query);
        let query = query.replacen(&format!("&{name}="), &format!("&{other}="), 1);
        request.query = query.trim_start_matches('&').to_owned();
    } else if text.contains('{') {
        let quoted = text.replacen(&format!("\"{name}\""), &format!("\"{other}\""), 1);
        request.body = quoted.into_bytes();
    } else {
        let form = format!("&{text}").replacen(&format!("&{name}="), &format!("&{other}="), 1);
        request.body = form.trim_start_matches('&').as_bytes().to_vec();
    }
}

fn classes(reading: &Reading) -> BTreeSet<Class> {
    reading.authorised().iter().map(|op| op.class).collect()
}

/// Whether the operation is one that every signature of the venue authorises, so that no set repeats it.
fn is_unavoidable(request: &Request, operation: &Operation) -> bool {
    let key = countersign_venues::Permissions::unknown();
    unavoidable(&request.venue, &key)
        .unwrap()
        .iter()
        .any(|known| known.name == operation.name)
}

/// What one signature does is in the sets of all the requests it is good for.
fn check_one_text_one_set(
    one: &Request,
    other: &Request,
    binds_body: bool,
) -> Result<(), TestCaseError> {
    let (Ok(text), Ok(again)) = (signed_text(one), signed_text(other)) else {
        return Ok(());
    };
    let (Ok(first), Ok(second)) = (read(one), read(other)) else {
        return Ok(());
    };
    if text.bytes != again.bytes || (!binds_body && one.body != other.body) {
        return Ok(());
    }
    for (request, named, set) in [
        (one, first.named(), classes(&second)),
        (other, second.named(), classes(&first)),
    ] {
        prop_assert!(
            set.contains(&named.class) || is_unavoidable(request, named),
            "{}: {} is signed by {} too",
            request.venue,
            named.name,
            String::from_utf8_lossy(&text.bytes)
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, ..ProptestConfig::default() })]

    #[test]
    fn changed_requests__should_not_panic_nor_gain_another_reading(
        request in captured(),
        changes in prop::collection::vec(change(), 1..4),
    ) {
        let mut changed = request.clone();
        for change in &changes {
            changed = change.of(&changed).unwrap_or(changed);
        }
        let binds = facts(&request.venue).unwrap().binds;
        check_one_text_one_set(&request, &changed, binds.body)?;
        if let Ok(reading) = read(&changed) {
            prop_assert!(!reading.authorised().is_empty());
            for operation in reading.authorised() {
                let sizes = [operation.intent.quantity, operation.intent.amount];
                prop_assert!(sizes.into_iter().flatten().all(|size| !size.is_sign_negative()));
            }
        }
    }

    #[test]
    fn requests_with_two_readings__should_be_unclassified(
        request in captured(),
        change in two_readings(),
    ) {
        let Some(changed) = change.of(&request) else { return Ok(()) };
        prop_assert!(
            read(&changed).is_err(),
            "{change:?} of {} {}: {:?}",
            changed.method,
            changed.url(),
            String::from_utf8_lossy(&changed.body)
        );
    }

    #[test]
    fn body_of_a_get__should_be_refused(request in captured_get(), body in "[ -~]{1,20}") {
        let changed = Request { body: body.into_bytes(), ..request };
        prop_assert!(read(&changed).is_err());
    }

    #[test]
    fn signature__should_come_off_as_it_went_on(
        request in captured(),
        changes in prop::collection::vec(change(), 0..3),
        byte in any::<u8>(),
    ) {
        let mut changed = request;
        for change in &changes {
            changed = change.of(&changed).unwrap_or(changed);
        }
        let Ok(reading) = read(&changed) else { return Ok(()) };
        let tag = vec![byte; reading.signed().hash.output_len()];
        let ready = reading.place(&changed, &tag).unwrap();
        let written = reading.signed().digest_encoding.encode(&tag);
        let form = matches!(reading.signed().placement, Placement::Form(_));
        let mut back = without_signature(ready.clone()).unwrap();
        if form {
            back.headers.truncate(changed.headers.len());
        }
        prop_assert_eq!(&back, &changed);
        let escaped = written.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
        let everything = format!(
            "{} {} {:?}",
            ready.query,
            String::from_utf8_lossy(&ready.body),
            ready.headers
        );
        prop_assert!(everything.contains(&written) || everything.contains(&escaped));
        prop_assert!(signed_text(&ready).is_err(), "it has a signature now");
    }
}

/// The login of MEXC's contract stream has the text of a request without parameters; it only shows what
/// happens. Its module says so.
const HARMLESS_LOGIN: &str = "contract_login";

/// The client may name any operation; what its bytes are good for stays.
#[test]
fn other_names_for_the_same_text__should_not_hide_what_it_does() {
    let mut pairs = 0;
    for request in REQUESTS.iter() {
        let facts = facts(&request.venue).unwrap();
        let class = read(request).unwrap().named().class;
        let others = facts
            .operations
            .iter()
            .filter(|op| op.class != class && op.name != HARMLESS_LOGIN && !op.path.contains('{'));
        for named in others.filter(|_| !facts.binds.path) {
            let relabelled = Request {
                method: named.method.into(),
                path: named.path.into(),
                host: named.hosts.first().copied().unwrap_or_default().into(),
                ..request.clone()
            };
            let swapped = Request {
                query: String::from_utf8(request.body.clone()).unwrap(),
                body: request.query.clone().into_bytes(),
                ..relabelled.clone()
            };
            for other in [relabelled, swapped] {
                if read(&other).is_ok() {
                    check_one_text_one_set(request, &other, true).unwrap();
                    pairs += 1;
                }
            }
        }
    }
    assert!(pairs > 20, "{pairs} other names are understood");
}

/// Each parameter of each captured request, not one at random.
#[test]
fn a_parameter_said_twice__should_be_refused_in_reads_too() {
    for request in REQUESTS.iter().filter(|request| !request.query.is_empty()) {
        for piece in request.query.split('&') {
            let (name, value) = piece.split_once('=').unwrap();
            let capitals = in_other_capitals(name).unwrap();
            for again in [piece, &format!("{name}=zz"), &format!("{capitals}={value}")] {
                let changed = Request {
                    query: joined(&request.query, again),
                    ..request.clone()
                };
                assert!(read(&changed).is_err(), "{}", changed.url());
            }
        }
    }
}

#[test]
fn captured_requests__should_be_of_many_venues() {
    let found: BTreeSet<&str> = REQUESTS
        .iter()
        .map(|request| request.venue.as_str())
        .collect();
    assert!(found.len() >= 6, "{found:?}");
}
