//! What else the bytes would do at a venue that signs query and body without a mark between them, if
//! it let them be cut in two anywhere and ignored what then makes no sense to it.

use crate::{
    Basis, Operation, Request, SignedText,
    syntax::{Field, Fields, Value, query},
};

use super::{
    Venue,
    operation::Op,
    order,
    parameter::Hints,
    understand::{self, Reader},
};

/// What the bytes would do beyond `authorised` if they were cut anywhere, the first part sent as the
/// query and the rest as the body, and pieces of parameters were ignored.
pub(super) fn if_cut(
    venue: &Venue,
    signed: &SignedText,
    authorised: &[Operation],
) -> Vec<Operation> {
    let Ok(text) = std::str::from_utf8(&signed.bytes) else {
        return Vec::new();
    };
    if !joins(venue, text) {
        return Vec::new();
    }
    // The end of a parameter's name is no other's name, so a cut can only take parameters away.
    let whole = with_time(venue, pieces(text)).unwrap_or_default();
    let hints = Hints::of(&whole);
    let candidates: Vec<&'static Op> = venue
        .operations()
        .filter(|op| understand::serves(venue, op, &whole, hints))
        .collect();
    let mut found: Vec<Operation> = Vec::new();
    for (query, body) in (1..text.len()).filter_map(|at| text.split_at_checked(at)) {
        for view in views(query, body) {
            let Some(view) = with_time(venue, view) else {
                continue;
            };
            let hints = Hints::of(&view);
            for op in candidates
                .iter()
                .filter(|op| understand::serves(venue, op, &view, hints))
            {
                collect(venue, op, &view, authorised, &mut found);
            }
        }
    }
    found
}

/// Whether a request with one part of `text` in the query and the other in the body has `text` signed.
fn joins(venue: &Venue, text: &str) -> bool {
    let Some((query, body)) = (1..text.len()).find_map(|at| text.split_at_checked(at)) else {
        return false;
    };
    !venue.binds.path
        && venue.operations().any(|op| {
            let request = Request {
                venue: venue.name.into(),
                method: op.method.into(),
                host: op.hosts.first().copied().unwrap_or_default().into(),
                path: op.path.into(),
                query: query.into(),
                body: body.into(),
                headers: Vec::new(),
            };
            (venue.text)(&request).is_ok_and(|signed| signed == text.as_bytes())
        })
}

/// Adds what `op` would do with the parameters of `view`, unless it is an order the venue would refuse
/// or nothing new.
fn collect(
    venue: &Venue,
    op: &'static Op,
    view: &Fields<'_>,
    authorised: &[Operation],
    found: &mut Vec<Operation>,
) {
    let completed = op.completed.is_some_and(|completed| completed(view));
    let mut members = Vec::new();
    if understand::elements(venue, op, view, Reader::Other, &mut members).is_err() {
        return;
    }
    for mut member in members {
        let refused = !completed && order::lacks(&member.intent).is_some();
        let known = authorised
            .iter()
            .chain(found.iter())
            .any(|other| other.name == member.name && other.intent == member.intent);
        if !refused && !known {
            member.basis = Basis::Cut;
            found.push(member);
        }
    }
}

/// The parameters a server could see: query and body together, or the query alone where it does not
/// read the body.
fn views<'a>(query: &'a str, body: &'a str) -> [Fields<'a>; 2] {
    let mut both = pieces(query);
    both.0.extend(pieces(body).0);
    [both, pieces(query)]
}

/// What a lenient server makes of a text: a piece without a value is no parameter.
fn pieces(text: &str) -> Fields<'_> {
    let fields = text.split('&').filter_map(|piece| {
        let (name, value) = piece.split_once('=')?;
        // A number cut after its point is a number to most readers.
        let value = value.strip_suffix('.').unwrap_or(value);
        let value = query::decode(value).filter(|value| !value.is_empty())?;
        Some(Field {
            name: name.into(),
            value: Value::Text(value),
        })
    });
    Fields(fields.collect())
}

/// Takes out the envelope; `None` without a time, since nothing is then accepted.
fn with_time<'a>(venue: &Venue, mut seen: Fields<'a>) -> Option<Fields<'a>> {
    let timed = venue.envelope.first().is_some_and(|time| seen.has(time));
    seen.0
        .retain(|field| !venue.envelope.contains(&field.name.as_ref()));
    timed.then_some(seen)
}
