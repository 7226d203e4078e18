//! Requests as they are captured from clients.

use std::path::Path;

use countersign_venues::{Malformed, ReadError, Request, signed_text, without_signature};
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
    headers: Option<Map<String, Value>>,
    #[serde(default)]
    api_key: Option<String>,
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
        self.with_key(Request {
            venue: self.venue.clone(),
            method: self.method.clone(),
            host: or(&self.host, host),
            path: or(&self.path, path),
            query: or(&self.query, query),
            body: self.body.clone().unwrap_or_default().into_bytes(),
            headers: self
                .headers
                .iter()
                .flatten()
                .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
                .collect(),
        })
    }

    /// Some records say which key it was and leave out the header that carried it, which is under the MAC
    /// at some venues.
    fn with_key(&self, mut request: Request) -> Request {
        let text = without_signature(request.clone()).map(|unsigned| signed_text(&unsigned));
        if let (Ok(Err(ReadError::Malformed(Malformed::MissingHeader { name }))), Some(key)) =
            (text, &self.api_key)
            && name.to_ascii_lowercase().contains("key")
        {
            request.headers.push((name.to_owned(), key.clone()));
        }
        request
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

/// Fields that tell a captured request, of which one is enough, from one's own.
const CAPTURED: &[&str] = &[
    "url",
    "id",
    "class",
    "operation",
    "api_key",
    "secret",
    "signature",
    "signed_bytes",
    "signed_bytes_hex",
];

/// The request in the text of a file: one's own, or a captured one.
///
/// # Errors
/// It is neither.
pub fn request_in(path: &Path, text: &[u8]) -> Result<Request, CliError> {
    let refuse = |error| CliError::RequestFile(path.to_owned(), error);
    let strict = match serde_json::from_slice::<Request>(text) {
        Ok(request) => return Ok(request),
        Err(strict) => strict,
    };
    let captured = serde_json::from_slice::<Map<String, Value>>(text)
        .is_ok_and(|fields| fields.keys().any(|name| CAPTURED.contains(&name.as_str())));
    if !captured {
        // A misspelled field of one's own request must not be silently left out.
        return Err(refuse(strict));
    }
    serde_json::from_slice::<Record>(text)
        .map(|record| record.as_sent())
        .map_err(refuse)
}

/// Host, path and query of a URL, as they are spelled.
fn parts(url: &str) -> (&str, &str, &str) {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (host, path) = match place.find('/') {
        Some(at) => place.split_at(at),
        None => (place, "/"),
    };
    // The port that goes without saying.
    (host.strip_suffix(":443").unwrap_or(host), path, query)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{parts, request_in};

    #[test]
    fn captured_requests_may_have_fields_of_their_own_and_ones_own_may_not() {
        let with = |fields: &str| {
            let text = format!(r#"{{"venue":"okx","method":"GET",{fields}}}"#);
            request_in(Path::new("r.json"), text.as_bytes()).map_err(|error| error.to_string())
        };
        let own = r#""host":"www.okx.com","path":"/a","body":"x""#;
        assert_eq!(with(own).unwrap().body, b"x");
        let misspelled = r#""host":"www.okx.com","path":"/a","boddy":"x""#;
        assert!(with(misspelled).unwrap_err().contains("boddy"));
        for captured in [
            r#""url":"https://www.okx.com/a","headers":null,"query":null"#,
            r#""host":"www.okx.com","path":"/a","api_key":"k","anything":1"#,
        ] {
            assert_eq!(with(captured).unwrap().path, "/a");
        }
        let text = r#"{"venue":"bybit","method":"POST","url":"https://api.bybit.com/v5/order/create",
            "body":"{}","api_key":"K","headers":{"X-BAPI-TIMESTAMP":"1753000000000","X-BAPI-RECV-WINDOW":"5000"}}"#;
        let signed = request_in(Path::new("r.json"), text.as_bytes()).unwrap();
        assert_eq!(signed.header("x-bapi-api-key"), Some("K"));
        let broken = r#""url":"https://www.okx.com/a","body":{}"#;
        assert!(with(broken).unwrap_err().contains("expected a string"));
        let twice = r#""url":"https://www.okx.com/a","method":"POST""#;
        assert!(with(twice).unwrap_err().contains("duplicate field"));
    }

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
            ("wss://h:443/a", ("h", "/a", "")),
            ("https://h:8443/a", ("h:8443", "/a", "")),
        ] {
            assert_eq!(parts(url), expected);
        }
    }
}
