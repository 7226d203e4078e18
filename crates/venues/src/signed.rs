//! The signed text of a request, and where its signature goes.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Serialize;

use crate::{PlaceError, Request, Shown};

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
    /// Last member of the JSON object that is the body.
    Json(&'static str),
    /// A header of its own.
    Header(&'static str),
    /// A `name=value` in the Authorization header.
    Authorization(&'static str),
    /// In a message of a stream, which the caller makes: the signature is handed over as it is.
    Message,
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
            Placement::Header(name) => ready.headers.push((name.into(), signature)),
            Placement::Authorization(name) => {
                for (header, value) in &mut ready.headers {
                    if header.eq_ignore_ascii_case(AUTHORIZATION) {
                        value.push_str(&format!(",{name}={signature}"));
                    }
                }
            }
            Placement::Json(name) => {
                let end = ready.body.iter().rposition(|&byte| byte == b'}');
                let end = end.ok_or(PlaceError::OtherRequest)?;
                let start = ready
                    .body
                    .iter()
                    .position(|&byte| byte == b'{')
                    .unwrap_or(end);
                let members = ready.body.get(start + 1..end).unwrap_or_default();
                let comma = if members.trim_ascii().is_empty() {
                    ""
                } else {
                    ","
                };
                let member = format!("{comma}\"{name}\":\"{signature}\"");
                ready.body.splice(end..end, member.into_bytes());
            }
            Placement::Message => {}
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

impl Placement {
    /// The name under which `request` has a signature already.
    pub(crate) fn present_in(self, request: &Request) -> Option<Shown> {
        let in_pairs = |text: &str, name: &str| {
            text.split('&')
                .map(|piece| piece.split('=').next().unwrap_or(piece))
                .find(|found| found.eq_ignore_ascii_case(name))
                .map(Shown::new)
        };
        let body = || String::from_utf8_lossy(&request.body);
        match self {
            Self::Query(name) | Self::Form(name) => {
                in_pairs(&request.query, name).or_else(|| in_pairs(&body(), name))
            }
            Self::Json(name) => {
                let text = body();
                let found = crate::syntax::json::member_span(&text, name).is_some();
                found.then(|| Shown::new(name))
            }
            Self::Header(name) => request.header(name).map(|_| Shown::new(name)),
            Self::Authorization(name) => {
                let value = request.header(AUTHORIZATION)?;
                let found =
                    authorization_pairs(value).any(|(found, _)| found.eq_ignore_ascii_case(name));
                found.then(|| Shown::new(name))
            }
            Self::Message => None,
        }
    }

    /// `request` without the signature that is at this place.
    pub(crate) fn remove_from(self, mut request: Request) -> Request {
        let without = |text: &str, name: &str| {
            let kept: Vec<&str> = text
                .split('&')
                .filter(|piece| piece.split('=').next() != Some(name))
                .collect();
            kept.join("&")
        };
        match self {
            Self::Query(name) | Self::Form(name) => {
                request.query = without(&request.query, name);
                if let Ok(text) = std::str::from_utf8(&request.body) {
                    request.body = without(text, name).into_bytes();
                }
            }
            Self::Json(name) => {
                let span = std::str::from_utf8(&request.body)
                    .ok()
                    .and_then(|text| crate::syntax::json::member_span(text, name));
                if let Some(span) = span {
                    request.body.drain(span);
                }
            }
            Self::Header(name) => request
                .headers
                .retain(|(found, _)| !found.eq_ignore_ascii_case(name)),
            Self::Authorization(name) => {
                for (_, value) in request
                    .headers
                    .iter_mut()
                    .filter(|(found, _)| found.eq_ignore_ascii_case(AUTHORIZATION))
                {
                    let Some((scheme, pairs)) = value.split_once(' ') else {
                        continue;
                    };
                    // The others stay as they are, spaces and all.
                    let is_it = |pair: &&str| {
                        let found = pair.split('=').next().unwrap_or(pair);
                        found.trim().eq_ignore_ascii_case(name)
                    };
                    let kept: Vec<&str> = pairs.split(',').filter(|pair| !is_it(pair)).collect();
                    *value = format!("{scheme} {}", kept.join(","));
                }
            }
            Self::Message => {}
        }
        request
    }
}

/// The `name=value` pairs of an Authorization header, after its scheme.
pub(crate) fn authorization_pairs(value: &str) -> impl Iterator<Item = (&str, &str)> {
    let pairs = value.split_once(' ').map_or("", |(_, pairs)| pairs);
    pairs
        .split(',')
        .filter_map(|pair| pair.trim().split_once('='))
}

/// Name of the header in which some venues want key, time and signature together.
pub(crate) const AUTHORIZATION: &str = "Authorization";
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
