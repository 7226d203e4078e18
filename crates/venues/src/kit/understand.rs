//! From a request to the operation it names, and to everything else its signature would authorise.
//!
//! 1. **The named operation** is the one whose method, host and path the request has, and whose
//!    condition (`when`) its parameters meet. Parameters are allow-listed by name: one more, and the
//!    request is unclassified. Repeated ones are refused where the operation does not know them to
//!    repeat.
//! 2. **The others** are all operations that the venue could take the same signed bytes for: where the
//!    MAC covers neither method nor path, any operation whose needs the parameters meet, even if there
//!    are more (the venue may ignore them: [`Basis::Surplus`]); where it covers the path but not the
//!    host, those that share the path.
//! 3. **Each element of a batch** is an operation of its own, and each order that comes with an order
//!    ([`attached`]).
//!
//! The set is a function of what is under the MAC and nothing else, but for which of its members is
//! the named one, and for what the key's permissions at the exchange leave out.

use std::borrow::Cow;

use crate::{
    Basis, BatchPlace, Class, Intent, Operation, Permissions, ReadError, Request, Shown,
    Unclassified,
    registry::Understood,
    syntax::{Field, Fields, Value, json},
};

use super::{
    ITEMS, MESSAGE, Venue, attached,
    operation::{Batch, LOGIN, Op},
    order,
    parameter::{Hints, Marks, Parameter},
    path,
};

/// Reads `request`, which a key with these permissions is to sign.
pub(super) fn request(
    venue: &Venue,
    request: &Request,
    key: &Permissions,
) -> Result<Understood, ReadError> {
    path::check(&request.path)?;
    let timing = (venue.timing)(request)?;
    let mut given = (venue.fields)(request)?;
    refuse_repeated_envelope(venue, &given)?;
    let secret = has_secret(request, &given);
    let message = given.text(MESSAGE).map(Cow::into_owned);
    given
        .0
        .retain(|field| field.name != MESSAGE && !venue.envelope.contains(&field.name.as_ref()));
    let (named, in_path) = find(venue, request, message.as_deref(), &given)?;
    let mut all = in_path;
    all.0.extend(given.0.iter().cloned());

    refuse_repeated(named, &all, &given)?;
    let mut operations = Vec::new();
    elements(venue, named, &all, Reader::Named, &mut operations)?;
    let Some(first) = operations.first().cloned() else {
        return Err(Unclassified::EmptyBatch {
            operation: named.name,
        }
        .into());
    };
    let given_hints = Hints::of(&given);
    for op in venue.operations() {
        if std::ptr::eq(op, named)
            || op.method == LOGIN
            || named.method == LOGIN
            || !key.contain(op.permission) && !op.shares_endpoint_with(named)
            || !reaches(venue, op, named, request)
        {
            continue;
        }
        // A path that is not signed has no parameters in the bytes: most operations of such a venue are
        // looked at for every request.
        let with_path = op.in_path > 0;
        let mut joined = Fields::default();
        if with_path {
            joined = op.in_path_of(&request.path).unwrap_or_default();
            joined.0.extend(given.0.iter().cloned());
        }
        let seen = if with_path { &joined } else { &given };
        let hints = if with_path {
            Hints::of(&joined)
        } else {
            given_hints
        };
        if serves(venue, op, seen, hints) {
            let before = operations.len();
            elements(venue, op, seen, Reader::Other, &mut operations)?;
            if op.batch != Batch::None {
                without_elements_read_before(&mut operations, before);
            }
        }
    }
    Ok(Understood {
        named: first,
        authorised: operations,
        timing,
        secret,
    })
}

/// Removes elements of a batch from `from` on that were read as the same operation before: each counts
/// once.
fn without_elements_read_before(operations: &mut Vec<Operation>, from: usize) {
    let mut more = operations.split_off(from);
    more.retain(|other| {
        let same = |found: &Operation| {
            found.name == other.name
                && found.batch == other.batch
                && found.attached == other.attached
        };
        other.batch.is_none() || !operations.iter().any(same)
    });
    operations.append(&mut more);
}

/// Passwords and one-time codes. Some venues take them with requests of any kind.
const SECRETS: [&str; 7] = [
    "otp",
    "otpToken",
    "passphrase",
    "password",
    "pwd",
    "tfa",
    "two_factor_code",
];

fn has_secret(request: &Request, given: &Fields<'_>) -> bool {
    let is_one = |name: &str| SECRETS.iter().any(|one| one.eq_ignore_ascii_case(name));
    // Not signed, but some clients hand over all headers they send.
    let of_header = |name: &str| name.to_ascii_lowercase().contains("passphrase");
    given.iter().any(|field| is_one(&field.name))
        || request.headers.iter().any(|(name, _)| of_header(name))
}

/// Operations that any signature of the venue authorises, whatever is in it.
pub(super) fn unavoidable(venue: &Venue) -> Vec<Operation> {
    if venue.binds.path {
        return Vec::new();
    }
    venue
        .operations()
        .filter(|op| op.is_unconditional() && is_reached(op) && !op.message_signed)
        .map(|op| operation(op, Read::default(), None))
        .collect()
}

/// Whether a request's text can be the operation's. A login's cannot, but where it is made in a manner
/// of requests: it then is that of a request without parameters.
fn is_reached(op: &Op) -> bool {
    op.method != LOGIN || op.manner.is_some()
}

/// Every operation of the table, with an empty intent.
pub(super) fn known(venue: &Venue) -> Vec<Operation> {
    venue
        .operations()
        .map(|op| operation(op, Read::default(), None))
        .collect()
}

/// The operation that method, host, path and parameters name, and the parameters in its path.
fn find<'a>(
    venue: &Venue,
    request: &'a Request,
    message: Option<&str>,
    given: &Fields<'a>,
) -> Result<(&'static Op, Fields<'a>), Unclassified> {
    let path = || match message {
        Some(message) => Shown::new(format!("{} {message}", request.path)),
        None => Shown::new(&request.path),
    };
    let mut of_path: Vec<(&'static Op, Fields<'a>)> = venue
        .operations()
        .filter(|op| op.method == request.method && op.message == message)
        .filter_map(|op| Some((op, op.in_path_of(&request.path)?)))
        .collect();
    if of_path.is_empty() {
        return Err(Unclassified::UnknownOperation {
            method: Shown::new(&request.method),
            path: path(),
        });
    }
    of_path.sort_by_key(|(op, _)| op.in_path);
    of_path.retain(|(op, _)| op.hosts.contains(&request.host.as_str()));
    if of_path.is_empty() {
        return Err(Unclassified::UnknownHost {
            host: Shown::new(&request.host),
            path: path(),
        });
    }
    let with_given = |in_path: &Fields<'a>| {
        let mut all = in_path.clone();
        all.0.extend(given.iter().cloned());
        all
    };
    let meant = of_path
        .iter()
        .position(|(op, in_path)| meets_condition(op, &with_given(in_path)));
    let Some(meant) = meant else {
        // Where it is a batch that cannot be read, that is what its sender can correct.
        let unread =
            of_path
                .iter()
                .find_map(|(op, in_path)| match items(op, &with_given(in_path)) {
                    Some(Err(error)) => Some(error),
                    Some(Ok(_)) => Some(Unclassified::UnknownElement { operation: op.name }),
                    None => None,
                });
        return Err(unread.unwrap_or_else(|| Unclassified::UnknownOperation {
            method: Shown::new(&request.method),
            path: path(),
        }));
    };
    let (op, in_path) = of_path.swap_remove(meant);
    if !op.offered {
        return Err(Unclassified::NotOffered { operation: op.name });
    }
    Ok((op, in_path))
}

/// Whether bytes signed for `named` could be presented to the venue as `op`, going by what the MAC
/// covers of method, host and path.
fn reaches(venue: &Venue, op: &Op, named: &Op, request: &Request) -> bool {
    let binds = venue.binds;
    (!binds.method || op.method == named.method)
        && (!named.message_signed || op.message == named.message)
        && (!binds.host || op.hosts.contains(&request.host.as_str()))
        && (!binds.path
            || op.in_path_of(&request.path).is_some() && op.message == named.message)
        // A path that is not signed may be any, but its parameters are then not in the bytes.
        && (binds.path || op.in_path == 0)
        && op.spelled.agrees(request)
        && op.manner == named.manner
}

/// Whether the venue would accept these parameters for `op`, if it ignores those it does not know.
pub(super) fn serves(venue: &Venue, op: &Op, fields: &Fields<'_>, hints: Hints) -> bool {
    let has = |fields: &Fields<'_>, hints: Hints, parameter: &Parameter| {
        hints.may_have(parameter.hint) && fields.has(parameter.name)
    };
    let met = |op: &Op, fields: &Fields<'_>, hints: Hints| {
        if !op.may_have_its_needs(hints) {
            return false;
        }
        let mut needed = op.parameters().filter(|parameter| parameter.needed);
        let choice = || op.one_of.is_empty() || op.one_of.iter().any(|name| fields.has(name));
        needed.all(|parameter| has(fields, hints, parameter))
            && choice()
            && meets_condition(op, fields)
    };
    if op.is_unconditional() && !venue.binds.path && !op.message_signed {
        // Unavoidable; it counts only where the bytes give it something to go by.
        return op.may_take_any(hints)
            && op
                .parameters()
                .any(|parameter| has(fields, hints, parameter));
    }
    let meets = |own: &Fields<'_>| {
        let joined = joined(op, fields, own);
        met(op, &joined, Hints::of(&joined))
    };
    match items(op, fields) {
        None => op.batch == Batch::None && met(op, fields, hints),
        Some(Ok(items)) => items
            .iter()
            .any(|item| matches!(item, Value::Object(own) if meets(own))),
        // What cannot be read here may be read there.
        Some(Err(_)) => true,
    }
}

fn meets_condition(op: &Op, fields: &Fields<'_>) -> bool {
    let Some(when) = op.when else {
        return true;
    };
    match items(op, fields) {
        Some(Ok(items)) => items.iter().any(|item| match item {
            Value::Object(own) => when(&joined(op, fields, own)),
            _ => false,
        }),
        Some(Err(_)) => false,
        None => when(fields),
    }
}

/// The elements of a batch, if `op` is one and they are there.
fn items<'f>(op: &Op, fields: &'f Fields<'_>) -> Option<Result<Vec<Value<'f>>, Unclassified>> {
    let list = match op.batch {
        Batch::None => return None,
        Batch::Body => fields.get(ITEMS)?,
        Batch::Member(name) => fields.get(name)?,
        Batch::TextMember(name, member) => {
            let Value::Text(text) = fields.get(name)? else {
                return None;
            };
            return Some(only_member(op, text, member));
        }
        Batch::Text(name) => {
            let Value::Text(text) = fields.get(name)? else {
                return None;
            };
            return Some(match json::parse(text) {
                Ok(Value::List(items)) => Ok(items),
                Ok(_) => Err(Unclassified::EmptyBatch { operation: op.name }),
                Err(error) => Err(error),
            });
        }
    };
    match list {
        Value::List(items) => Some(Ok(items.clone())),
        _ => None,
    }
}

/// The array that is the only member of the object `text`.
fn only_member<'f>(op: &Op, text: &'f str, member: &str) -> Result<Vec<Value<'f>>, Unclassified> {
    let Value::Object(Fields(members)) = json::parse(text)? else {
        return Err(Unclassified::EmptyBatch { operation: op.name });
    };
    let mut items = None;
    for field in members {
        match field.value {
            Value::List(list) if field.name == member => items = Some(list),
            _ => {
                return Err(Unclassified::UnknownParameter {
                    operation: op.name,
                    name: Shown::new(field.name.as_bytes()),
                });
            }
        }
    }
    items.ok_or(Unclassified::EmptyBatch { operation: op.name })
}

/// The parameters of one element together with those beside the list, which are for all of them.
fn joined<'f>(op: &Op, beside: &Fields<'f>, own: &Fields<'f>) -> Fields<'f> {
    let list = op.batch.list();
    let beside = beside
        .iter()
        .filter(|field| field.name != list && !own.has(&field.name));
    Fields(beside.chain(own.iter()).cloned().collect())
}

/// Refuses a parameter beside the list that an element says otherwise, where readers could differ on
/// which counts, and one beside it that the venue looks for in the elements.
fn check_places(op: &Op, beside: &Fields<'_>, own: &Fields<'_>) -> Result<(), Unclassified> {
    let list = op.batch.list();
    for field in beside.iter().filter(|field| field.name != list) {
        let same_name = |inner: &&Field<'_>| inner.name.eq_ignore_ascii_case(&field.name);
        if own
            .iter()
            .find(same_name)
            .is_some_and(|inner| inner != field)
        {
            return Err(Unclassified::RepeatedParameter {
                name: Shown::new(field.name.as_bytes()),
            });
        }
        let misplaced = |names: &[&str]| !names.contains(&field.name.as_ref());
        if op.beside.is_some_and(misplaced) {
            return Err(Unclassified::UnknownParameter {
                operation: op.name,
                name: Shown::new(field.name.as_bytes()),
            });
        }
    }
    Ok(())
}

fn refuse_repeated_envelope(venue: &Venue, given: &Fields<'_>) -> Result<(), Unclassified> {
    let of_envelope = |name: &str| {
        venue
            .envelope
            .iter()
            .any(|known| known.eq_ignore_ascii_case(name))
    };
    match given.repeated().find(|field| of_envelope(&field.name)) {
        Some(field) => Err(Unclassified::RepeatedParameter {
            name: Shown::new(field.name.as_bytes()),
        }),
        None => Ok(()),
    }
}

/// Refuses a parameter of `all` or of those beside the path that comes twice. What a read does not know, it
/// may have both in its path and elsewhere: some clients leave it there.
fn refuse_repeated(op: &Op, all: &Fields<'_>, beside: &Fields<'_>) -> Result<(), Unclassified> {
    let known = |name: &str| op.parameter(name);
    // In a read too: what of it shows in an intent has one value, and readers differ on which counts.
    let may = |name: &str| known(name).is_some_and(|parameter| parameter.repeats);
    let mut twice = all
        .repeated()
        .filter(|field| !op.takes_any || known(&field.name).is_some())
        .chain(beside.repeated());
    match twice.find(|field| !may(&field.name)) {
        Some(field) => Err(Unclassified::RepeatedParameter {
            name: Shown::new(field.name.as_bytes()),
        }),
        None => Ok(()),
    }
}

/// How strictly an operation's parameters are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    /// As the client named it: everything understood, nothing missing, nothing more.
    Named,
    /// As the venue might: what is not understood is passed over.
    Other,
}

/// Appends the operation, or one for each element of a batch; after them the orders that come with them.
pub(super) fn elements(
    venue: &Venue,
    op: &'static Op,
    fields: &Fields<'_>,
    reader: Reader,
    operations: &mut Vec<Operation>,
) -> Result<(), Unclassified> {
    let items = match items(op, fields) {
        Some(items) => items,
        None if op.batch == Batch::None => {
            let read = read(venue, op, fields, reader)?;
            let first = operation(op, read, None);
            let more = attached::operations(venue, op, fields, &first, reader)?;
            operations.push(first);
            operations.extend(more);
            return Ok(());
        }
        None => Err(Unclassified::EmptyBatch { operation: op.name }),
    };
    let items = match (items, reader) {
        (Ok(items), _) => items,
        (Err(error), Reader::Named) => return Err(error),
        (Err(_), Reader::Other) => {
            let unread = Read {
                surplus: true,
                ..Read::default()
            };
            operations.push(operation(op, unread, None));
            return Ok(());
        }
    };
    let of = items.len();
    let mut more = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let Value::Object(own) = item else {
            match reader {
                Reader::Named => return Err(Unclassified::NotAnObject { operation: op.name }),
                Reader::Other => continue,
            }
        };
        if reader == Reader::Named {
            check_places(op, fields, own)?;
        }
        let fields = joined(op, fields, own);
        if reader == Reader::Other && op.when.is_some_and(|when| !when(&fields)) {
            continue;
        }
        // Elements of one batch may be of several kinds, spot and futures.
        let own_op = match reader {
            Reader::Named => sibling(venue, op, &fields)?,
            Reader::Other => op,
        };
        let place = Some(BatchPlace { index, of });
        let read = read(venue, own_op, &fields, reader)?;
        let element = operation(own_op, read, place);
        more.extend(attached::operations(
            venue, own_op, &fields, &element, reader,
        )?);
        operations.push(element);
    }
    operations.extend(more);
    Ok(())
}

/// The operation that shares method and path with `op` and whose condition this element meets.
fn sibling(
    venue: &Venue,
    op: &'static Op,
    fields: &Fields<'_>,
) -> Result<&'static Op, Unclassified> {
    let fits = |candidate: &&'static Op| candidate.when.is_none_or(|when| when(fields));
    venue
        .operations()
        .filter(|other| other.shares_endpoint_with(op))
        .find(fits)
        .ok_or(Unclassified::UnknownElement { operation: op.name })
}

/// What was read of one operation.
#[derive(Default)]
struct Read {
    intent: Intent,
    marks: Marks,
    /// Whether there are parameters that it does not take.
    surplus: bool,
}

fn read(
    venue: &Venue,
    op: &'static Op,
    fields: &Fields<'_>,
    reader: Reader,
) -> Result<Read, Unclassified> {
    let named = reader == Reader::Named;
    let mut read = Read::default();
    if named {
        refuse_synonyms(op, fields)?;
    }
    for field in fields.iter() {
        let Some(parameter) = op.parameter(&field.name) else {
            let in_path = || op.path.contains(&format!("{{{}}}", field.name));
            if named && !op.takes_any && !in_path() && !op.understands(&field.name) {
                return Err(Unclassified::UnknownParameter {
                    operation: op.name,
                    name: Shown::new(field.name.as_bytes()),
                });
            }
            if named {
                attached::refuse_shape(op, field)?;
            }
            read.surplus |= !op.takes_any
                && !op.one_of.contains(&field.name.as_ref())
                && !attached::takes(op, &field.name);
            continue;
        };
        if field.value.is_empty() {
            continue;
        }
        match parameter.read(&field.value, &mut read.intent, &mut read.marks) {
            Err(error) if named => return Err(error),
            _ => {}
        }
        // Reads name several. What changes something in several at once is odd.
        let several = || field.value.scalar().is_some_and(|text| text.contains(','));
        let marked = read.marks.contains(&parameter.name);
        if op.class != Class::Read && parameter.means.is_market_or_asset() && !marked && several() {
            read.marks.push(parameter.name);
        }
    }
    if named {
        check_needs(op, fields)?;
    }
    if let Some(adjust) = op.adjust {
        match adjust(fields, &mut read.intent) {
            Err(error) if named => return Err(error),
            _ => {}
        }
    }
    if named {
        order::refuse_negative(op, &read.intent)?;
    }
    let strictly = named && !op.completed.is_some_and(|completed| completed(fields));
    order::finish(op, venue.quote, &mut read.intent, strictly)?;
    Ok(read)
}

/// Refuses two names of one size or destination that say different things: the venue goes by one of
/// them.
fn refuse_synonyms(op: &Op, fields: &Fields<'_>) -> Result<(), Unclassified> {
    let mut seen: Vec<(&Parameter, &Value<'_>)> = Vec::new();
    for field in fields.iter().filter(|field| !field.value.is_empty()) {
        let Some(parameter) = op.parameter(&field.name).filter(|one| one.means.is_one()) else {
            continue;
        };
        let differs = |(other, value): &(&Parameter, &Value<'_>)| {
            other.name != parameter.name
                && std::mem::discriminant(&other.means) == std::mem::discriminant(&parameter.means)
                && value.scalar() != field.value.scalar()
        };
        if seen.iter().any(differs) {
            return Err(Unclassified::Contradiction {
                operation: op.name,
                name: parameter.name,
                why: "another parameter means the same and says otherwise",
            });
        }
        seen.push((parameter, &field.value));
    }
    Ok(())
}

fn check_needs(op: &Op, fields: &Fields<'_>) -> Result<(), Unclassified> {
    let missing = |name| Unclassified::MissingParameter {
        operation: op.name,
        name,
    };
    if let Some(parameter) = op.parameters().find(|p| p.needed && !fields.has(p.name)) {
        return Err(missing(parameter.name));
    }
    match op.one_of {
        [first, ..] if !op.one_of.iter().any(|name| fields.has(name)) => Err(missing(first)),
        _ => Ok(()),
    }
}

fn operation(op: &'static Op, read: Read, batch: Option<BatchPlace>) -> Operation {
    Operation {
        class: op.class,
        name: op.name,
        product: op.product,
        method: op.method,
        hosts: op.hosts,
        path: op.path,
        permission: op.permission,
        basis: if read.surplus {
            Basis::Surplus
        } else {
            Basis::Whole
        },
        offered: op.offered,
        commits_nothing: op.commits_nothing,
        batch,
        attached: None,
        unbound: op.unbound,
        outside_alphabet: read.marks,
        intent: read.intent,
    }
}
