//! The venues known, and the functions that find a request's dialect.

use std::fmt;

use crate::{
    Malformed, Operation, Permissions, ReadError, Reading, Request, Shown, SignedText, Timing,
    UnknownVenue, binance,
};

/// Every dialect. A new venue is one line here.
static DIALECTS: &[&Dialect] = &[&binance::DIALECT];

/// Reads a request: what is signed, what that authorises, and when it is good.
///
/// # Errors
/// [`ReadError`]; the request is then not to be signed.
pub fn read(request: &Request) -> Result<Reading, ReadError> {
    let dialect = find(&request.venue)?;
    let signed = (dialect.signed_text)(request)?;
    let understood = (dialect.understand)(request, &signed)?;
    Ok(Reading::new(dialect, signed, understood))
}

/// The signed text of a request, whether or not the dialect understands what it does. For checks
/// and tools: a node signs only what [`read`] accepts.
///
/// # Errors
/// [`ReadError::UnknownVenue`], or [`ReadError::Malformed`] if a signature is already present.
pub fn signed_text(request: &Request) -> Result<SignedText, ReadError> {
    Ok((find(&request.venue)?.signed_text)(request)?)
}

/// What *any* signature of a key with these permissions authorises, whatever is in it: operations
/// that need no parameter but the time, at venues that sign neither method nor path. Officers see
/// and accept these when they enrol the key; [`Reading::authorised`] does not repeat them.
///
/// # Errors
/// [`UnknownVenue`].
pub fn unavoidable(venue: &str, key: &Permissions) -> Result<Vec<Operation>, UnknownVenue> {
    let mut operations = (find(venue)?.unavoidable)();
    operations.retain(|operation| key.contain(operation.permission));
    Ok(operations)
}

/// Names of the venues known.
pub fn venues() -> impl Iterator<Item = &'static str> {
    DIALECTS.iter().map(|dialect| dialect.name)
}

fn find(venue: &str) -> Result<&'static Dialect, UnknownVenue> {
    DIALECTS
        .iter()
        .copied()
        .find(|dialect| dialect.name == venue)
        .ok_or_else(|| UnknownVenue {
            venue: Shown::new(venue),
        })
}

/// How one venue's requests are read.
pub(crate) struct Dialect {
    /// The venue's name in requests, manifests and policies.
    pub name: &'static str,
    /// The header that carries the API key.
    pub api_key_header: &'static str,
    /// The text under the MAC.
    pub signed_text: fn(&Request) -> Result<SignedText, Malformed>,
    /// What that text authorises.
    pub understand: fn(&Request, &SignedText) -> Result<Understood, ReadError>,
    /// See [`Reading::if_cut`].
    pub if_cut: fn(&SignedText, &[Operation]) -> Vec<Operation>,
    /// See [`unavoidable`].
    pub unavoidable: fn() -> Vec<Operation>,
}

/// What a dialect makes of a signed text.
pub(crate) struct Understood {
    /// The operation the client named.
    pub named: Operation,
    /// The others that the same bytes serve.
    pub others: Vec<Operation>,
    /// When the signature is good.
    pub timing: Timing,
}

impl fmt::Debug for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
