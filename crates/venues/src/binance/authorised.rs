//! What the signed bytes would do elsewhere at the venue.

use crate::{Basis, Intent, Operation, SignedText, Unclassified, form::Field};

use super::{
    intent,
    operations::{self, Row},
    parameters::{Parameter, Value},
    timing::{RECV_WINDOW, TIMESTAMP},
};

/// What the named operation would do with `parameters`, which are its own.
pub(super) fn named(
    row: &'static Row,
    parameters: &[Parameter<'_>],
) -> Result<Operation, Unclassified> {
    Ok(operation(row, Basis::Whole, intent::of(row, parameters)?))
}

/// Every other known operation that has all it requires in `parameters`.
pub(super) fn others(
    named: &'static Row,
    parameters: &[Parameter<'_>],
) -> Result<Vec<Operation>, Unclassified> {
    operations::all()
        .filter(|row| !std::ptr::eq(*row, named) && serves(row, parameters))
        .map(|row| {
            let whole = parameters.iter().all(|p| row.reads(p.name));
            let basis = if whole { Basis::Whole } else { Basis::Surplus };
            Ok(operation(row, basis, intent::of(row, parameters)?))
        })
        .collect()
}

/// Operations that need no parameter but the time.
pub(super) fn unavoidable() -> Vec<Operation> {
    operations::all()
        .filter(|row| row.is_unconditional())
        .map(|row| operation(row, Basis::Whole, Intent::default()))
        .collect()
}

/// Every operation known.
pub(super) fn known() -> Vec<Operation> {
    operations::all()
        .map(|row| operation(row, Basis::Whole, Intent::default()))
        .collect()
}

/// Whether the venue would accept `parameters` for `row`, if it ignores those the row does not
/// read. An operation that requires nothing is unavoidable; it counts only where the bytes give it
/// something to go by.
fn serves(row: &Row, parameters: &[Parameter<'_>]) -> bool {
    let has = |name: &&str| parameters.iter().any(|p| p.name == *name);
    if row.is_unconditional() {
        return row.takes.iter().any(has);
    }
    row.requires.iter().all(has)
        && (row.requires_one_of.is_empty() || row.requires_one_of.iter().any(has))
}

fn operation(row: &'static Row, basis: Basis, intent: Intent) -> Operation {
    Operation {
        class: row.class,
        name: row.name,
        product: row.product,
        method: row.method,
        hosts: row.interface.hosts(),
        path: row.path,
        permission: row.permission,
        basis,
        offered: row.offered,
        batch: None,
        unbound: &[],
        outside_alphabet: Vec::new(),
        intent,
    }
}

/// What the bytes would do beyond `authorised` if they were cut anywhere, the first part sent as
/// the query and the rest as the body, and pieces of parameters were ignored.
pub(super) fn if_cut(signed: &SignedText, authorised: &[Operation]) -> Vec<Operation> {
    let Ok(text) = std::str::from_utf8(&signed.bytes) else {
        return Vec::new();
    };
    let mut found: Vec<Operation> = Vec::new();
    for (query, body) in (1..text.len()).filter_map(|at| text.split_at_checked(at)) {
        for view in views(query, body) {
            for row in operations::all().filter(|row| serves(row, &view)) {
                let Ok(intent) = intent::of(row, &view) else {
                    continue;
                };
                let refused = row.is_order() && intent::check_order(row, &intent).is_err();
                let known = authorised
                    .iter()
                    .chain(&found)
                    .any(|member| member.name == row.name && member.intent == intent);
                if !refused && !known {
                    found.push(operation(row, Basis::Cut, intent));
                }
            }
        }
    }
    found
}

/// The parameters a server could see: query and body together, or the query alone where it does
/// not read the body. No name occurs twice, since no name is the end of another.
fn views<'a>(query: &'a str, body: &'a str) -> Vec<Vec<Parameter<'a>>> {
    let [query, body] = [query, body].map(|text| text.split('&').filter_map(leniently));
    [query.clone().chain(body).collect(), query.collect()]
        .into_iter()
        .filter_map(with_time)
        .collect()
}

/// What a lenient server makes of a piece: no value is no parameter, nor is one it cannot read.
fn leniently(piece: &str) -> Option<Parameter<'_>> {
    let (name, value) = piece.split_once('=')?;
    // A number cut after its point is a number to most readers.
    let value = value.strip_suffix('.').unwrap_or(value);
    if value.is_empty() {
        return None;
    }
    match Parameter::read(Field { name, value }) {
        Some(read) => read.ok(),
        None => Some(Parameter {
            name,
            value: Value::Text(value),
        }),
    }
}

/// Takes out the time, without which nothing is accepted.
fn with_time(mut seen: Vec<Parameter<'_>>) -> Option<Vec<Parameter<'_>>> {
    let timed = seen.iter().any(|p| p.name == TIMESTAMP);
    seen.retain(|p| p.name != TIMESTAMP && p.name != RECV_WINDOW);
    timed.then_some(seen)
}
