//! The signed text of a request, and where its signature goes.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Serialize;

use crate::{PlaceError, Request};

/// What a venue's MAC is computed over, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedText {
    /// The bytes under the MAC, exactly.
    pub bytes: Vec<u8>,
    /// The hash inside HMAC.
    pub hash: HashAlg,
    /// How the venue turns the API secret it displays into the HMAC key.
    pub key_encoding: KeyEncoding,
    /// How the tag is written.
    pub digest_encoding: DigestEncoding,
    /// Where the written tag goes.
    pub placement: Placement,
}

/// The hash function inside HMAC (FIPS 180-4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HashAlg {
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl HashAlg {
    /// Length of a tag, in bytes.
    pub const fn output_len(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }
}

/// How the displayed API secret becomes key bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyEncoding {
    /// The characters of the secret are the key.
    Utf8,
    /// The secret is the key in base64 (RFC 4648, section 4).
    Base64,
}

/// How a tag is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DigestEncoding {
    /// Lower-case hexadecimal.
    Hex,
    /// Base64 with padding (RFC 4648, section 4).
    Base64,
}

impl DigestEncoding {
    /// Writes `tag`.
    pub fn encode(self, tag: &[u8]) -> String {
        match self {
            Self::Hex => hex::encode(tag),
            Self::Base64 => STANDARD.encode(tag),
        }
    }
}

/// Where a signature goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Placement {
    /// Last parameter of the query.
    Query(&'static str),
    /// Last parameter of a form body.
    Form(&'static str),
}

impl SignedText {
    /// `request` with `tag` written where the venue expects it. The caller has established that
    /// `request` is the one this text was taken from.
    pub(crate) fn place(&self, request: &Request, tag: &[u8]) -> Result<Request, PlaceError> {
        let expected = self.hash.output_len();
        if tag.len() != expected {
            return Err(PlaceError::TagLength {
                found: tag.len(),
                expected,
            });
        }
        let signature = self.digest_encoding.encode(tag);
        let mut ready = request.clone();
        match self.placement {
            Placement::Query(name) => {
                let escaped = signature
                    .replace('+', "%2B")
                    .replace('/', "%2F")
                    .replace('=', "%3D");
                let separator = if ready.query.is_empty() { "" } else { "&" };
                ready
                    .query
                    .push_str(&format!("{separator}{name}={escaped}"));
            }
            Placement::Form(name) => {
                let separator = if ready.body.is_empty() { "" } else { "&" };
                ready
                    .body
                    .extend_from_slice(format!("{separator}{name}={signature}").as_bytes());
                if ready.header(CONTENT_TYPE).is_none() {
                    ready.headers.push((CONTENT_TYPE.into(), FORM.into()));
                }
            }
        }
        Ok(ready)
    }
}

/// Name of the header that says how a body is to be read.
pub(crate) const CONTENT_TYPE: &str = "Content-Type";
/// The content type of a form.
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_escaped_in_a_query() {
        let signed = SignedText {
            bytes: b"a=1".to_vec(),
            hash: HashAlg::Sha384,
            key_encoding: KeyEncoding::Base64,
            digest_encoding: DigestEncoding::Base64,
            placement: Placement::Query("Signature"),
        };
        let request = Request {
            venue: String::new(),
            method: "GET".into(),
            host: "h".into(),
            path: "/p".into(),
            query: "a=1".into(),
            body: Vec::new(),
            headers: Vec::new(),
        };
        let ready = signed.place(&request, &[0xfb; 48]).unwrap();
        let expected = "%2B%2Fv7".repeat(16);
        assert_eq!(ready.query, format!("a=1&Signature={expected}"));
    }
}
