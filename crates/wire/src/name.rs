//! Names of nodes, clients, coordinators and keys: one strict alphabet, one type each.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A string that is not a name. Choose one of `[a-z0-9-]` that starts and ends with a letter or digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a {kind} is 1 to {max} characters of a-z, 0-9 and '-', not starting or ending with '-'")]
pub struct InvalidName {
    kind: &'static str,
    max: usize,
}

/// Names appear in paths, URIs, policies and logs, so nothing that any of those could read twice
/// is let in.
fn is_name(text: &str, max: usize) -> bool {
    (1..=max).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

macro_rules! name_type {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $max:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidName;

            fn from_str(text: &str) -> Result<Self, InvalidName> {
                Self::try_from(text.to_owned())
            }
        }

        impl TryFrom<&str> for $name {
            type Error = InvalidName;

            fn try_from(text: &str) -> Result<Self, InvalidName> {
                text.parse()
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidName;

            fn try_from(text: String) -> Result<Self, InvalidName> {
                if is_name(&text, $max) {
                    Ok(Self(text))
                } else {
                    Err(InvalidName { kind: $kind, max: $max })
                }
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }
    };
}

name_type!(
    /// A node's name: `a` in `spiffe://<domain>/node/a`.
    NodeName, "node name", 32
);
name_type!(
    /// A coordinator's name: the last segment of `spiffe://<domain>/coordinator/<name>`.
    CoordinatorName, "coordinator name", 32
);
name_type!(
    /// A client's name: the last segment of `spiffe://<domain>/client/<name>`.
    ClientName, "client name", 32
);
name_type!(
    /// The name of an API key, as its manifest gives it.
    KeyId, "key id", 64
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_names_are_accepted() {
        for text in ["a", "node-1", "0", "a--b", &"x".repeat(32)] {
            assert_eq!(text.parse::<NodeName>().unwrap().as_str(), text);
        }
        assert!("k".repeat(64).parse::<KeyId>().is_ok());
    }

    #[test]
    fn anything_else_is_refused() {
        let long = "x".repeat(33);
        for text in [
            "", "-", "-a", "a-", "A", "a_b", "a.b", "a/b", "a b", " a", "a\n", "a\0", "é", "а",
            "a%41", "..", &long,
        ] {
            assert!(text.parse::<NodeName>().is_err(), "{text:?}");
            assert!(serde_name(text).is_err(), "{text:?}");
        }
        assert!("k".repeat(65).parse::<KeyId>().is_err());
    }

    fn serde_name(text: &str) -> Result<NodeName, serde::de::value::Error> {
        use serde::de::IntoDeserializer;
        NodeName::deserialize(text.into_deserializer())
    }
}
