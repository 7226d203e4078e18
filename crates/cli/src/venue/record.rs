//! Requests as they are captured from clients.

use std::path::Path;

use countersign_venues::Request;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::error::CliError;

/// One captured request. Unknown fields are for other readers.
#[derive(Deserialize)]
pub(super) struct Record {
    #[serde(default)]
    pub id: Option<String>,
    pub venue: String,
    pub method: String,
    /// As an alternative to `host`, `path` and `query`.
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    host: Option<String>,
    #[serde(default)]
    path: Option<String>,
    #[serde(default)]
    query: Option<String>,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    headers: Map<String, Value>,
    #[serde(default)]
    pub secret: Option<String>,
    #[serde(default)]
    pub class: Option<String>,
    #[serde(default)]
    pub signed_bytes: Option<String>,
    #[serde(default)]
    pub signed_bytes_hex: Option<String>,
    #[serde(default)]
    pub signature: Option<String>,
}

impl Record {
    /// The request as it was sent, signature included.
    pub(super) fn as_sent(&self) -> Request {
        let (host, path, query) = self.url.as_deref().map(parts).unwrap_or_default();
        let or = |given: &Option<String>, otherwise: &str| {
            given.clone().unwrap_or_else(|| otherwise.to_owned())
        };
        Request {
            venue: self.venue.clone(),
            method: self.method.clone(),
            host: or(&self.host, host),
            path: or(&self.path, path),
            query: or(&self.query, query),
            body: self.body.clone().unwrap_or_default().into_bytes(),
            headers: self
                .headers
                .iter()
                .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
                .collect(),
        }
    }

    /// How the record calls itself.
    pub(super) fn name(&self) -> String {
        let place = || {
            format!(
                "{} {}",
                self.method,
                self.url.as_deref().or(self.path.as_deref()).unwrap_or("?")
            )
        };
        self.id.clone().unwrap_or_else(place)
    }
}

/// The request in the text of a file: one's own, or a captured one.
///
/// # Errors
/// It is neither.
pub fn request_in(path: &Path, text: &[u8]) -> Result<Request, CliError> {
    // Strict first, so that a misspelled field of one's own request is not silently left out.
    match serde_json::from_slice::<Request>(text) {
        Ok(request) => Ok(request),
        Err(strict) => serde_json::from_slice::<Record>(text)
            .map(|record| record.as_sent())
            .map_err(|_| CliError::RequestFile(path.to_owned(), strict)),
    }
}

/// Host, path and query of a URL, as they are spelled.
fn parts(url: &str) -> (&str, &str, &str) {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    match place.find('/') {
        Some(at) => {
            let (host, path) = place.split_at(at);
            (host, path, query)
        }
        None => (place, "/", query),
    }
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn urls_are_taken_apart_and_not_decoded() {
        for (url, expected) in [
            (
                "https://api.okx.com/a/b?x=%20&y",
                ("api.okx.com", "/a/b", "x=%20&y"),
            ),
            ("https://api.okx.com", ("api.okx.com", "/", "")),
            ("api.okx.com/a?", ("api.okx.com", "/a", "")),
            ("https://h/a?b=c?d", ("h", "/a", "b=c?d")),
        ] {
            assert_eq!(parts(url), expected);
        }
    }
}
