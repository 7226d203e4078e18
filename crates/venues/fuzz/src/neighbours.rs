//! What one signature is good for, whoever presents it: requests with one signed text have one authorised
//! set, whichever of its members the client names, and moving parameters about changes nothing unseen.

use std::collections::BTreeSet;

use countersign_venues::{Operation, Reading, Request, read, signed_text};

use crate::operations::{Table, present, table};

/// The login of MEXC's contract stream has the text of a request without parameters; it only shows what
/// happens. Its module says so.
const HARMLESS_LOGIN: (&str, &str) = ("mexc", "contract_login");

/// Texts that are cut in two everywhere: the work grows with the square of their length.
const LONGEST_CUT: usize = 200;

/// Checks a request that was read against some of its neighbours. Panics on a disagreement.
///
/// Returns how many neighbours have the same signed text and are read as another operation.
pub fn check(request: &Request, reading: &Reading) -> usize {
    let Some(table) = table(request) else {
        return 0;
    };
    let mut compared = 0;
    let operations = &table.facts.operations;
    // Which of them, the signed text decides: each request has its own, and has them each time.
    let mut number = hash(&reading.signed().bytes);
    let mut next = |count: usize| {
        number = number
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (number >> 33) as usize % count
    };
    let member = &reading.authorised()[next(reading.authorised().len())];
    let [one, other] = [
        &operations[next(operations.len())],
        &operations[next(operations.len())],
    ];
    for operation in [reading.named(), member, one, other] {
        let mut presented = request.clone();
        present(&mut presented, operation);
        if operation.path.contains('{') {
            presented.path.clone_from(&request.path);
        }
        compared += usize::from(one_text_one_set(table, request, reading, &presented));
        if let Some(moved) = moved(&presented) {
            compared += usize::from(one_text_one_set(table, request, reading, &moved));
        }
    }
    if let Some(moved) = moved(request) {
        same_meaning(request, reading, &moved);
    }
    if next(64) == 0 && reading.signed().bytes.len() < LONGEST_CUT {
        let everything = [reading.authorised(), &reading.if_cut()].concat();
        let known = |member: &Operation| operations.iter().any(|one| one.name == member.name);
        assert!(everything.iter().all(known), "{request:?}");
    }
    compared
}

/// The parameters of the query in the body, or the other way about. A body of JSON stays one.
fn moved(request: &Request) -> Option<Request> {
    let body = String::from_utf8(request.body.clone()).ok()?;
    (body.is_empty() != request.query.is_empty()).then(|| Request {
        query: body,
        body: request.query.clone().into_bytes(),
        ..request.clone()
    })
}

/// Whether `presented` has the signed text of `request` and another operation.
fn one_text_one_set(
    table: &Table,
    request: &Request,
    reading: &Reading,
    presented: &Request,
) -> bool {
    // What the MAC leaves open of a body is said so in each operation (`unbound`).
    if !table.facts.binds.body && presented.body != request.body
        || signed_text(presented).ok().as_ref().map(|text| &text.bytes)
            != Some(&reading.signed().bytes)
    {
        return false;
    }
    let Ok(other) = read(presented) else {
        return false;
    };
    let harmless = |name| (reading.venue(), name) == HARMLESS_LOGIN;
    let (here, there) = (names(table, reading), names(table, &other));
    for (named, set) in [(reading.named().name, &there), (other.named().name, &here)] {
        assert!(
            set.contains(named) || table.unavoidable.contains(&named) || harmless(named),
            "{named} is signed too: {request:?} {presented:?}"
        );
    }
    if harmless(reading.named().name) || harmless(other.named().name) {
        return false;
    }
    assert_eq!(here, there, "one text, two sets: {request:?} {presented:?}");
    for member in reading.authorised() {
        // A text that can be cut in several ways may do one operation with several intents.
        let same = |one: &&Operation| one.name == member.name && one.batch == member.batch;
        let mut others = other.authorised().iter().filter(same).peekable();
        assert!(
            others.peek().is_none() || others.any(|one| one.intent == member.intent),
            "{} differs: {request:?} {presented:?}",
            member.name
        );
    }
    assert_eq!(
        reading.timing(),
        other.timing(),
        "{request:?} {presented:?}"
    );
    other.named().name != reading.named().name
}

/// The names of a set, without those that are in every set.
fn names(table: &Table, reading: &Reading) -> BTreeSet<&'static str> {
    let names = reading.authorised().iter().map(|member| member.name);
    names
        .filter(|name| !table.unavoidable.contains(name))
        .collect()
}

fn same_meaning(request: &Request, reading: &Reading, moved: &Request) {
    let Ok(other) = read(moved) else { return };
    assert_eq!(other.named().name, reading.named().name, "{request:?}");
    assert_eq!(other.named().intent, reading.named().intent, "{request:?}");
}

fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
