//! The signed text: parameters and values without a mark between them.

use std::{borrow::Cow, ops::Range};

use crate::{
    Class, ReadError, Request, Shown, Unclassified,
    kit::{self, Venue, operation::Op, time},
    syntax::{Fields, Value, number},
};

/// What the body holds beside the parameters.
pub(super) struct Envelope<'a> {
    pub method: Cow<'a, str>,
    pub params: Fields<'a>,
    pub nonce: String,
    pub api_key: String,
    id: String,
}

/// Nothing nests deeper than an order's list in a list of orders.
const DEEPEST: usize = 3;

impl<'a> Envelope<'a> {
    /// Reads the body. Its other members are not signed, so there must be none.
    pub(super) fn of(request: &'a Request) -> Result<Self, ReadError> {
        if !request.query.is_empty() {
            return Err(Unclassified::QueryAndBody.into());
        }
        let body = kit::fields_or_json(request)?;
        let part = |name| body.text(name).unwrap_or_default().into_owned();
        let envelope = Self {
            method: body.text("method").unwrap_or_default().into_owned().into(),
            nonce: part("nonce"),
            id: part("id"),
            api_key: part("api_key"),
            params: Fields::default(),
        };
        envelope.check_parts()?;
        let mut params = Fields::default();
        for member in body.0 {
            match (member.name.as_ref(), member.value) {
                ("method" | "nonce" | "id" | "api_key", _) => {}
                ("params", Value::Object(found)) => params = found,
                ("params", Value::Null) => {}
                (name, _) => {
                    return Err(Unclassified::UnknownParameter {
                        operation: "envelope",
                        name: Shown::new(name.as_bytes()),
                    }
                    .into());
                }
            }
        }
        Ok(Self { params, ..envelope })
    }

    /// The parts beside the parameters, each of which must not have a part of its neighbour.
    fn check_parts(&self) -> Result<(), ReadError> {
        time::milliseconds("nonce", &self.nonce)?;
        let digits = !self.id.is_empty()
            && self.id.len() <= 20
            && self.id.bytes().all(|byte| byte.is_ascii_digit());
        if !digits {
            return Err(confusable("id", "it is not a number of at most 20 digits"));
        }
        // One that is longer has a part of the parameters. One that is shorter leaves a part of the true key
        // to the first name, which then is no parameter's: see `refuse_confusable`.
        let key = (1..=KEY_LENGTH).contains(&self.api_key.len())
            && self
                .api_key
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric());
        if !key {
            return Err(confusable(
                "api_key",
                "it is not letters and digits, at most 22",
            ));
        }
        let name = |byte: u8| byte.is_ascii_lowercase() || matches!(byte, b'-' | b'/');
        if self.method.is_empty() || !self.method.bytes().all(name) {
            return Err(confusable("method", "it is not a name"));
        }
        Ok(())
    }

    /// The whole signed text.
    pub(super) fn text(&self) -> Result<String, ReadError> {
        let mut params = Flat::default();
        params.object(&self.params, 0)?;
        Ok(format!(
            "{}{}{}{}{}",
            self.method, self.id, self.api_key, params.text, self.nonce
        ))
    }
}

/// Of a key at most: 128 bits in base 58.
const KEY_LENGTH: usize = 22;

fn confusable(name: &'static str, why: &'static str) -> ReadError {
    Unclassified::Confusable { name, why }.into()
}

/// Refuses parameters in whose text the name of a parameter occurs where it is none, and what makes an order
/// less (`exec_inst`) where its name may begin within the key: the venue passes over the rest of it.
pub(super) fn refuse_confusable(venue: &Venue, envelope: &Envelope<'_>) -> Result<(), ReadError> {
    let mut flat = Flat::default();
    flat.object(&envelope.params, 0)?;
    if envelope.api_key.len() < KEY_LENGTH && flat.text.starts_with("exec_inst") {
        let why = "it may lack its end, which would be the first parameter's beginning";
        return Err(confusable("api_key", why));
    }
    let same_method =
        |op: &&Op| op.message == Some(envelope.method.as_ref()) && op.class != Class::Read;
    for parameter in venue
        .operations()
        .filter(same_method)
        .flat_map(|op| op.parameters())
    {
        let elsewhere = flat.text.match_indices(parameter.name).any(|(at, found)| {
            let inside = |name: &Range<usize>| name.start <= at && at + found.len() <= name.end;
            !flat.names.iter().any(inside)
        });
        if elsewhere {
            return Err(confusable(
                parameter.name,
                "its name occurs in the value of another parameter",
            ));
        }
    }
    Ok(())
}

/// Parameters as they are signed.
#[derive(Default)]
struct Flat {
    text: String,
    /// Where names of parameters are.
    names: Vec<Range<usize>>,
}

impl Flat {
    fn object(&mut self, fields: &Fields<'_>, level: usize) -> Result<(), Unclassified> {
        let mut sorted: Vec<_> = fields.iter().collect();
        sorted.sort_by(|one, other| one.name.cmp(&other.name));
        for field in sorted {
            let start = self.text.len();
            self.text.push_str(&field.name);
            self.names.push(start..self.text.len());
            match &field.value {
                Value::List(items) => {
                    for item in items {
                        self.item(item, level + 1)?;
                    }
                }
                scalar => self.scalar(scalar)?,
            }
        }
        Ok(())
    }

    fn item(&mut self, item: &Value<'_>, level: usize) -> Result<(), Unclassified> {
        match item {
            Value::Object(fields) if level < DEEPEST => self.object(fields, level),
            other => self.scalar(other),
        }
    }

    fn scalar(&mut self, value: &Value<'_>) -> Result<(), Unclassified> {
        let text = value.scalar().ok_or_else(|| Unclassified::NotJson {
            why: Shown::new("null, or nested in a way that clients sign differently"),
        })?;
        // Clients read a number and write it again; only plain ones come out as they went in.
        if let Value::Number(number) = value
            && number::decimal(number).is_none()
        {
            return Err(Unclassified::Number {
                name: Shown::new("params"),
                value: Shown::new(number),
                expected: number::DECIMAL,
            });
        }
        self.text.push_str(&text);
        Ok(())
    }
}
