//! The HTTP request as the exchange will see it.

use serde::{Deserialize, Serialize};

/// An HTTP request to a venue. As given to [`read`](crate::read) it has no signature;
/// [`Reading::place`](crate::Reading::place) returns the one that has.
///
/// In JSON the body is a string and the headers are an object; `query`, `body` and `headers` may
/// be absent, unknown fields and repeated headers are refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The venue's name, as in [`venues`](crate::venues).
    pub venue: String,
    /// The method, in capitals.
    pub method: String,
    /// The host, without scheme or port.
    pub host: String,
    /// The path, beginning with `/`, without query.
    pub path: String,
    /// The query as sent, without the `?`.
    #[serde(default)]
    pub query: String,
    /// The body as sent.
    #[serde(default, with = "body_as_text")]
    pub body: Vec<u8>,
    /// Headers, in order. Names are compared without regard to case.
    #[serde(default, with = "headers_as_map")]
    pub headers: Vec<(String, String)>,
}

impl Request {
    /// The request's URL: `https`, host, path and query exactly as given.
    pub fn url(&self) -> String {
        let mark = if self.query.is_empty() { "" } else { "?" };
        format!("https://{}{}{mark}{}", self.host, self.path, self.query)
    }

    /// The value of the first header of that name, names compared without regard to case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

mod body_as_text {
    use serde::{Deserialize, Deserializer, Serializer, ser::Error};

    pub(super) fn serialize<S: Serializer>(body: &[u8], to: S) -> Result<S::Ok, S::Error> {
        let text = std::str::from_utf8(body)
            .map_err(|_| S::Error::custom("a body that is not UTF-8 has no JSON form"))?;
        to.serialize_str(text)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        String::deserialize(from).map(String::into_bytes)
    }
}

mod headers_as_map {
    use std::fmt;

    use serde::{
        Deserializer, Serializer,
        de::{Error, MapAccess, Visitor},
    };

    type Headers = Vec<(String, String)>;

    pub(super) fn serialize<S: Serializer>(
        headers: &[(String, String)],
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.collect_map(headers.iter().map(|(name, value)| (name, value)))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Headers, D::Error> {
        from.deserialize_map(InOrder)
    }

    struct InOrder;

    impl<'de> Visitor<'de> for InOrder {
        type Value = Headers;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object from header names to values")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Headers, A::Error> {
            let mut headers = Headers::new();
            while let Some((name, value)) = map.next_entry::<String, String>()? {
                if headers.iter().any(|(n, _)| n.eq_ignore_ascii_case(&name)) {
                    return Err(A::Error::custom(format_args!(
                        "header {name:?} is repeated"
                    )));
                }
                headers.push((name, value));
            }
            Ok(headers)
        }
    }
}
