//! The operation a client names, and whether its parameters are that operation's.

use crate::{
    Request, Shown, Unclassified,
    form::Field,
    signed::{CONTENT_TYPE, FORM},
};

use super::{
    intent,
    operations::{self, Row},
    parameters::Parameter,
    timing::{RECV_WINDOW, TIMESTAMP},
};

/// No offered operation needs more; it bounds the work of a refusal.
const LONGEST_TEXT: usize = 2_048;

/// Finds the offered operation that method, host and path name, and checks that the parameters are
/// where it reads them.
pub(super) fn find(request: &Request) -> Result<&'static Row, Unclassified> {
    let path = || Shown::new(&request.path);
    if !is_canonical(&request.path) {
        return Err(Unclassified::PathNotCanonical { path: path() });
    }
    let row = operations::all()
        .find(|row| row.method == request.method && row.path == request.path)
        .ok_or_else(|| Unclassified::UnknownOperation {
            method: Shown::new(&request.method),
            path: path(),
        })?;
    if !row.interface.hosts().contains(&request.host.as_str()) {
        return Err(Unclassified::UnknownHost {
            host: Shown::new(&request.host),
            path: path(),
        });
    }
    if !row.offered {
        return Err(Unclassified::NotOffered {
            operation: row.name,
        });
    }
    check_placement(row, request)?;
    Ok(row)
}

/// Whether no server has a reason to rewrite the path: no empty or dot segment, no escape.
fn is_canonical(path: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    path.strip_prefix('/').is_some_and(|rest| {
        rest.split('/')
            .all(|segment| !segment.is_empty() && segment.bytes().all(plain))
    })
}

fn check_placement(row: &Row, request: &Request) -> Result<(), Unclassified> {
    if !request.body.is_empty() {
        if !request.query.is_empty() {
            return Err(Unclassified::QueryAndBody);
        }
        if row.method == "GET" {
            return Err(Unclassified::UnexpectedBody { method: row.method });
        }
    }
    // Every header of that name, since which of two a server minds is anyone's guess.
    for (name, value) in &request.headers {
        if name.eq_ignore_ascii_case(CONTENT_TYPE) && !is_form(value) && !request.body.is_empty() {
            return Err(Unclassified::NotAForm {
                content_type: Shown::new(value),
            });
        }
    }
    if request.query.len() + request.body.len() > LONGEST_TEXT {
        return Err(Unclassified::TooLong {
            limit: LONGEST_TEXT,
        });
    }
    Ok(())
}

fn is_form(content_type: &str) -> bool {
    let media_type = content_type.split(';').next().unwrap_or(content_type);
    media_type.trim().eq_ignore_ascii_case(FORM)
}

/// Holds `fields` to the parameters of `row`: all required, none unknown, every value understood,
/// and all of them consistent with each other.
pub(super) fn read_parameters<'a>(
    row: &Row,
    fields: &[Field<'a>],
) -> Result<Vec<Parameter<'a>>, Unclassified> {
    let mut parameters = Vec::with_capacity(fields.len());
    for &field in fields {
        if field.name == TIMESTAMP || field.name == RECV_WINDOW {
            continue;
        }
        let unknown = || Unclassified::UnknownParameter {
            operation: row.name,
            name: Shown::new(field.name),
        };
        if !row.reads(field.name) {
            return Err(unknown());
        }
        parameters.push(Parameter::read(field).ok_or_else(unknown)??);
    }
    check_required(row, &parameters)?;
    if row.is_order() {
        check_order_type(row, fields)?;
        intent::check_order(row, &intent::of(row, &parameters)?)?;
    }
    Ok(parameters)
}

fn check_order_type(row: &Row, fields: &[Field<'_>]) -> Result<(), Unclassified> {
    match fields.iter().find(|field| field.name == "type") {
        Some(kind) if intent::order_type(row.product, kind.value).is_none() => {
            Err(Unclassified::UnknownValue {
                name: Shown::new(kind.name),
                value: Shown::new(kind.value),
            })
        }
        _ => Ok(()),
    }
}

fn check_required(row: &Row, parameters: &[Parameter<'_>]) -> Result<(), Unclassified> {
    let has = |name: &str| parameters.iter().any(|p| p.name == name);
    if let Some(&name) = row.requires.iter().find(|name| !has(name)) {
        return Err(Unclassified::MissingParameter {
            operation: row.name,
            name,
        });
    }
    let mut chosen = row.requires_one_of.iter().filter(|name| has(name));
    match (row.requires_one_of, chosen.next(), chosen.next()) {
        ([], ..) | (_, Some(_), None) => Ok(()),
        ([name, ..], None, _) => Err(Unclassified::MissingParameter {
            operation: row.name,
            name,
        }),
        (_, Some(_), Some(name)) => Err(Unclassified::Contradiction {
            operation: row.name,
            name,
            why: "names the same thing as another parameter; give one of them",
        }),
    }
}
