//! Where a process listens.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// `host:port` to connect to. The host is a DNS name or IP address; what it resolves to proves
/// nothing, the certificate does.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Address(String);

impl Address {
    /// The address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Address {
    type Err = InvalidAddress;

    fn from_str(text: &str) -> Result<Self, InvalidAddress> {
        Self::try_from(text.to_owned())
    }
}

impl TryFrom<String> for Address {
    type Error = InvalidAddress;

    fn try_from(text: String) -> Result<Self, InvalidAddress> {
        let holds = text.rsplit_once(':').is_some_and(|(host, port)| {
            let host_chars = |b: u8| b.is_ascii_alphanumeric() || b".-[]:".contains(&b);
            (1..=253).contains(&host.len())
                && host.bytes().all(host_chars)
                && host.contains(':') == (host.starts_with('[') && host.ends_with(']'))
                && port.bytes().all(|b| b.is_ascii_digit())
                && port.parse::<u16>().is_ok_and(|port| port != 0)
        });
        if holds {
            Ok(Self(text))
        } else {
            Err(InvalidAddress(text))
        }
    }
}

impl From<Address> for String {
    fn from(address: Address) -> String {
        address.0
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Text that is not `host:port`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not host:port, as in node-a.example:7101 or [::1]:7101")]
pub struct InvalidAddress(String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_with_ports_are_accepted() {
        for text in ["a:1", "node-a.example:7101", "10.0.0.1:65535", "[::1]:80"] {
            assert_eq!(text.parse::<Address>().unwrap().as_str(), text);
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            ":",
            "a",
            "a:",
            ":1",
            "a:0",
            "a:65536",
            "a:+1",
            "a:-1",
            "a: 1",
            "a b:1",
            "::1:80",
            "[::1:80",
            "http://a:1",
            "a:1/",
            "a@b:1",
            "a:1\n",
            "ä:1",
        ] {
            assert!(text.parse::<Address>().is_err(), "{text:?}");
        }
    }
}
