//! What a dialect is written in.
//!
//! A venue is a [`Venue`]: what its MAC covers, how the signed text is put together, and a table of
//! operations. Everything else (finding the operation, reading its parameters, the authorised set)
//! is the same for all of them and is in [`understand`].

pub(crate) mod attached;
mod cut;
pub(crate) mod headers;
pub(crate) mod operation;
pub(crate) mod order;
pub(crate) mod parameter;
pub(crate) mod path;
pub(crate) mod time;
mod understand;

use crate::{
    Asset, Binds, DigestEncoding, HashAlg, KeyEncoding, Malformed, Operation, ParameterFacts,
    PassphraseMac, Permission, Permissions, Placement, ReadError, Request, Shown, SignedText,
    Timing, Unclassified,
    registry::{Dialect, Understood},
    syntax::{self, Fields, Value},
};

use operation::{LOGIN, Op};
use parameter::Parameter;

/// A venue, as data.
pub(crate) struct Venue {
    /// Its name in requests, manifests and policies.
    pub name: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// The header that carries the API key.
    pub api_key_header: &'static str,
    /// The API key in the signed text, if it is there.
    pub api_key: fn(&Request) -> Result<Option<String>, ReadError>,
    /// The MAC of a passphrase that it wants beside the signature.
    pub passphrase: Option<PassphraseMac>,
    pub hash: HashAlg,
    pub key_encoding: KeyEncoding,
    pub digest_encoding: DigestEncoding,
    /// What the MAC covers.
    pub binds: Binds,
    /// Where the signature of a request goes.
    pub placement: fn(&Request) -> Placement,
    /// The text under the MAC.
    pub text: fn(&Request) -> Result<Vec<u8>, ReadError>,
    /// The request's parameters, without those of `envelope`. [`fields`] does for most venues.
    pub fields: for<'a> fn(&'a Request) -> Result<Fields<'a>, ReadError>,
    /// Names of parameters that carry time, key and signature and are no operation's, the time's first.
    pub envelope: &'static [&'static str],
    /// When the signature is good.
    pub timing: fn(&Request) -> Result<Timing, ReadError>,
    /// The quote asset a symbol tells.
    pub quote: fn(&str) -> Asset,
    /// Everything known of its interface.
    pub operations: &'static [&'static [Op]],
    /// Which of the venue's own switches each permission stands for.
    pub permissions: &'static [(Permission, &'static str)],
}

impl Venue {
    pub(crate) fn operations(&self) -> impl Iterator<Item = &'static Op> {
        self.operations.iter().flat_map(|table| table.iter())
    }
}

impl Dialect for Venue {
    fn name(&self) -> &'static str {
        self.name
    }

    fn title(&self) -> &'static str {
        self.title
    }

    fn api_key_header(&self) -> &'static str {
        self.api_key_header
    }

    fn api_key(&self, request: &Request) -> Result<Option<String>, ReadError> {
        (self.api_key)(request)
    }

    fn passphrase(&self) -> Option<PassphraseMac> {
        self.passphrase
    }

    fn binds(&self) -> Binds {
        self.binds
    }

    fn scheme(&self) -> (HashAlg, KeyEncoding, DigestEncoding) {
        (self.hash, self.key_encoding, self.digest_encoding)
    }

    fn permissions(&self) -> &'static [(Permission, &'static str)] {
        self.permissions
    }

    fn placement(&self, request: &Request) -> Placement {
        if request.method == LOGIN {
            Placement::Message
        } else {
            (self.placement)(request)
        }
    }

    fn signed_text(&self, request: &Request) -> Result<SignedText, ReadError> {
        let placement = self.placement(request);
        if let Some(name) = placement.present_in(request) {
            return Err(Malformed::SignaturePresent { name }.into());
        }
        Ok(SignedText {
            bytes: (self.text)(request)?,
            hash: self.hash,
            key_encoding: self.key_encoding,
            digest_encoding: self.digest_encoding,
            placement,
        })
    }

    fn understand(
        &self,
        request: &Request,
        _: &SignedText,
        key: &Permissions,
    ) -> Result<Understood, ReadError> {
        understand::request(self, request, key)
    }

    fn if_cut(&self, signed: &SignedText, authorised: &[Operation]) -> Vec<Operation> {
        cut::if_cut(self, signed, authorised)
    }

    fn unavoidable(&self) -> Vec<Operation> {
        understand::unavoidable(self)
    }

    fn known(&self) -> Vec<Operation> {
        understand::known(self)
    }

    fn parameters(&self) -> Vec<Vec<ParameterFacts>> {
        let of = |op: &Op| op.parameters().map(Parameter::facts).collect();
        self.operations().map(of).collect()
    }

    fn envelope(&self) -> &'static [&'static str] {
        self.envelope
    }
}

/// For venues whose signed text has no API key in it.
#[allow(clippy::unnecessary_wraps)]
pub(crate) fn no_api_key(_: &Request) -> Result<Option<String>, ReadError> {
    Ok(None)
}

/// Longest query and body together: no client needs more, and it bounds the work of a refusal.
const LONGEST: usize = 64 * 1024;

/// The parameters of the query and of the body, whichever there is.
///
/// # Errors
/// Both have parameters, or one of them is not understood.
pub(crate) fn fields(request: &Request) -> Result<Fields<'_>, ReadError> {
    if !request.query.is_empty() && !request.body.is_empty() {
        return Err(Unclassified::QueryAndBody.into());
    }
    let mut fields = syntax::query::parse(&request.query)?;
    fields.0.extend(body(request)?.0);
    Ok(fields)
}

/// The same where bodies are JSON only.
///
/// # Errors
/// As for [`fields`], and if the body is a form.
pub(crate) fn fields_or_json(request: &Request) -> Result<Fields<'_>, ReadError> {
    let begins_json = |body: &[u8]| {
        body.trim_ascii_start()
            .first()
            .is_some_and(|first| b"{[".contains(first))
    };
    if !request.body.is_empty() && !begins_json(&request.body) {
        let why = Shown::new("it is neither an object nor an array");
        return Err(Unclassified::NotJson { why }.into());
    }
    fields(request)
}

/// The same where the signed text does not mark where the query ends and the body begins: a query that
/// could have a body in it is refused.
///
/// # Errors
/// As for [`fields_or_json`], and [`Unclassified::Confusable`].
pub(crate) fn unmarked_fields(request: &Request) -> Result<Fields<'_>, ReadError> {
    if request.query.contains(['{', '[']) {
        return Err(Unclassified::Confusable {
            name: "query",
            why: "it could end where a body begins",
        }
        .into());
    }
    fields_or_json(request)
}

/// The parameters of a body that is a form or JSON, where the venue goes by the content type and does
/// not sign it: whoever sends the request chooses, so JSON that is also a form is refused.
///
/// # Errors
/// As for [`body`], and [`Unclassified::Confusable`].
pub(crate) fn body_of_unsigned_type(request: &Request) -> Result<Fields<'_>, ReadError> {
    let is_json = matches!(request.body.trim_ascii_start().first(), Some(b'{' | b'['));
    // The first piece has the brace in its name.
    let mut pieces = request.body.split(|byte| *byte == b'&').skip(1);
    if is_json && pieces.any(|piece| piece.contains(&b'=')) {
        return Err(Unclassified::Confusable {
            name: "body",
            why: "it is JSON; sent as a form it would have other parameters",
        }
        .into());
    }
    body(request)
}

/// Refuses a request with parameters in the query although the venue reads its body.
///
/// # Errors
/// [`Unclassified::Misplaced`].
pub(crate) fn refuse_query(request: &Request) -> Result<(), Unclassified> {
    misplaced(request, !request.query.is_empty(), "query")
}

/// Refuses a request with a body although the venue reads its query.
///
/// # Errors
/// [`Unclassified::Misplaced`].
pub(crate) fn refuse_body(request: &Request) -> Result<(), Unclassified> {
    misplaced(request, !request.body.is_empty(), "body")
}

fn misplaced(request: &Request, is: bool, place: &'static str) -> Result<(), Unclassified> {
    let method = Shown::new(&request.method);
    if is {
        return Err(Unclassified::Misplaced { method, place });
    }
    Ok(())
}

/// The parameters of the body: a JSON object, a JSON array, which becomes the parameter [`ITEMS`], or
/// a form. Which of them it is, the first character says, and a content type must not say otherwise.
///
/// # Errors
/// It is none of them, or comes with a method that has no body.
pub(crate) fn body(request: &Request) -> Result<Fields<'_>, ReadError> {
    if request.body.is_empty() {
        return Ok(Fields::default());
    }
    if request.query.len() + request.body.len() > LONGEST {
        return Err(Unclassified::TooLong { limit: LONGEST }.into());
    }
    if request.method == "GET" {
        return Err(Unclassified::UnexpectedBody { method: "GET" }.into());
    }
    let text = std::str::from_utf8(&request.body).map_err(|_| Unclassified::NotText)?;
    let looks_like_json = text.trim_start().starts_with(['{', '[']);
    if !looks_like_json {
        headers::refuse_content_type(request, "json")?;
        return Ok(syntax::query::parse(text)?);
    }
    headers::refuse_content_type(request, "form")?;
    match syntax::json::parse(text)? {
        Value::Object(fields) => Ok(fields),
        list => Ok(Fields(vec![syntax::Field {
            name: ITEMS.into(),
            value: list,
        }])),
    }
}

/// The name under which the items of a body that is an array are found.
pub(crate) const ITEMS: &str = "[]";
/// The name under which [`Venue::fields`] gives the name that a message gives its operation.
pub(crate) const MESSAGE: &str = "(message)";
