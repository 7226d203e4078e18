//! Requests to exchanges, as policies are asked about them.

use std::path::Path;

use countersign_node::decision::facts;
use countersign_policy::cases::Resolved;
use countersign_venues::{read_for, without_signature};

use crate::error::CliError;
use crate::permissions::permissions_named;
use crate::sign::read_text;
use crate::venue::request_in;

/// What a dialect makes of the request in a file, for a key with these permissions at the exchange; with
/// the widest if there are none.
///
/// # Errors
/// The file cannot be read, a permission is unknown, or the request is not understood: then no policy is
/// asked.
pub(super) fn resolve(path: &Path, permissions: Option<&[String]>) -> Result<Resolved, CliError> {
    let permissions = permissions_named(permissions)?;
    let request = without_signature(request_in(path, &read_text(path)?)?)?;
    let reading = read_for(&request, &permissions)
        .map_err(|error| CliError::NotUnderstood(Box::new(error)))?;
    Ok(Resolved {
        venue: reading.venue().to_owned(),
        operations: reading
            .authorised()
            .iter()
            .map(facts::of_operation)
            .collect(),
    })
}
