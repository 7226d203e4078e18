//! Who a certificate speaks for: SPIFFE ids of the form `spiffe://<trust domain>/<role>/<name>`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::FromDer;

use crate::name::{ClientName, CoordinatorName, InvalidName, NodeName};

/// What a process may be in a deployment. The role is the first path segment of the SPIFFE id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Holds one share of each key.
    Node,
    /// Picks quorums; trusted with nothing.
    Coordinator,
    /// Asks for signatures.
    Client,
}

impl Role {
    /// The role as it stands in a SPIFFE id.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Node => "node",
            Self::Coordinator => "coordinator",
            Self::Client => "client",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The name under which one deployment's certificates stand: lower-case DNS labels.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TrustDomain(String);

impl TrustDomain {
    /// The trust domain as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for TrustDomain {
    type Err = InvalidIdentity;

    fn from_str(text: &str) -> Result<Self, InvalidIdentity> {
        Self::try_from(text.to_owned())
    }
}

impl TryFrom<String> for TrustDomain {
    type Error = InvalidIdentity;

    fn try_from(text: String) -> Result<Self, InvalidIdentity> {
        let labels_hold = text.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        });
        if text.len() <= 128 && labels_hold {
            Ok(Self(text))
        } else {
            Err(InvalidIdentity::TrustDomain)
        }
    }
}

impl From<TrustDomain> for String {
    fn from(domain: TrustDomain) -> String {
        domain.0
    }
}

impl fmt::Display for TrustDomain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Role and name together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Principal {
    /// A node.
    Node(NodeName),
    /// A coordinator.
    Coordinator(CoordinatorName),
    /// A client.
    Client(ClientName),
}

/// An identity as a SPIFFE id states it. Holding one says nothing about how it was verified;
/// [`crate::tls::Peer`] carries the verified one of a connection.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity {
    trust_domain: TrustDomain,
    principal: Principal,
}

impl Identity {
    /// The identity of `principal` within `trust_domain`.
    #[must_use]
    pub fn new(trust_domain: TrustDomain, principal: Principal) -> Self {
        Self {
            trust_domain,
            principal,
        }
    }

    /// The identity of a node.
    #[must_use]
    pub fn node(trust_domain: TrustDomain, name: NodeName) -> Self {
        Self::new(trust_domain, Principal::Node(name))
    }

    /// The identity of a coordinator.
    #[must_use]
    pub fn coordinator(trust_domain: TrustDomain, name: CoordinatorName) -> Self {
        Self::new(trust_domain, Principal::Coordinator(name))
    }

    /// The identity of a client.
    #[must_use]
    pub fn client(trust_domain: TrustDomain, name: ClientName) -> Self {
        Self::new(trust_domain, Principal::Client(name))
    }

    /// The deployment the identity belongs to.
    #[must_use]
    pub fn trust_domain(&self) -> &TrustDomain {
        &self.trust_domain
    }

    /// Role and name together.
    #[must_use]
    pub fn principal(&self) -> &Principal {
        &self.principal
    }

    /// The role.
    #[must_use]
    pub fn role(&self) -> Role {
        match &self.principal {
            Principal::Node(_) => Role::Node,
            Principal::Coordinator(_) => Role::Coordinator,
            Principal::Client(_) => Role::Client,
        }
    }

    /// The name as text, unique within trust domain and role.
    #[must_use]
    pub fn name(&self) -> &str {
        match &self.principal {
            Principal::Node(name) => name.as_str(),
            Principal::Coordinator(name) => name.as_str(),
            Principal::Client(name) => name.as_str(),
        }
    }

    /// Reads the identity out of a DER certificate: exactly one URI in the subject alternative
    /// name, and that a SPIFFE id of ours (X.509-SVID section 2). Says nothing about the
    /// certificate's validity.
    ///
    /// # Errors
    /// [`InvalidIdentity`] naming what does not hold.
    pub fn from_certificate(der: &[u8]) -> Result<Self, InvalidIdentity> {
        uri_of_certificate(der)?.0.parse()
    }
}

/// The one URI in a certificate's subject alternative name, and the certificate's public key.
pub(crate) fn uri_of_certificate(der: &[u8]) -> Result<(String, Vec<u8>), InvalidIdentity> {
    let (rest, certificate) =
        X509Certificate::from_der(der).map_err(|_| InvalidIdentity::Certificate)?;
    if !rest.is_empty() {
        return Err(InvalidIdentity::Certificate);
    }
    let names = certificate
        .subject_alternative_name()
        .map_err(|_| InvalidIdentity::Certificate)?
        .ok_or(InvalidIdentity::UriCount(0))?;

    let mut uris = Vec::new();
    for name in &names.value.general_names {
        match name {
            GeneralName::URI(uri) => uris.push(*uri),
            // A name the parser could not read might be a second URI.
            GeneralName::Invalid(..) => return Err(InvalidIdentity::Certificate),
            _ => {}
        }
    }
    match uris.as_slice() {
        [uri] => Ok((
            (*uri).to_owned(),
            certificate.public_key().subject_public_key.data.to_vec(),
        )),
        _ => Err(InvalidIdentity::UriCount(uris.len())),
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "spiffe://{}/{}/{}",
            self.trust_domain,
            self.role(),
            self.name()
        )
    }
}

impl FromStr for Identity {
    type Err = InvalidIdentity;

    /// Accepts exactly what [`Display`](fmt::Display) writes. Ports, user names, queries,
    /// fragments, escapes, empty segments and upper case fall outside the alphabets.
    fn from_str(uri: &str) -> Result<Self, InvalidIdentity> {
        let rest = uri
            .strip_prefix("spiffe://")
            .ok_or(InvalidIdentity::Scheme)?;
        let mut segments = rest.split('/');
        let (Some(domain), Some(role), Some(name), None) = (
            segments.next(),
            segments.next(),
            segments.next(),
            segments.next(),
        ) else {
            return Err(InvalidIdentity::Path);
        };
        let principal = match role {
            "node" => Principal::Node(name.parse()?),
            "coordinator" => Principal::Coordinator(name.parse()?),
            "client" => Principal::Client(name.parse()?),
            _ => return Err(InvalidIdentity::Role),
        };
        Ok(Self::new(domain.parse()?, principal))
    }
}

/// Why a certificate or text is not an identity of this system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidIdentity {
    /// Not a well-formed X.509 certificate, or its subject alternative name cannot be read.
    #[error("the certificate cannot be read")]
    Certificate,
    /// A certificate names exactly one identity.
    #[error("the certificate holds {0} URI names instead of one")]
    UriCount(usize),
    /// The URI is not a SPIFFE id.
    #[error("the identity does not begin with spiffe://")]
    Scheme,
    /// The path is not two segments.
    #[error("the identity's path is not /<role>/<name>")]
    Path,
    /// The trust domain is not lower-case DNS labels.
    #[error("the trust domain is not made of lower-case DNS labels")]
    TrustDomain,
    /// The first path segment is none of ours.
    #[error("the identity's role is none of node, coordinator, client")]
    Role,
    /// The last path segment is not a name.
    #[error(transparent)]
    Name(#[from] InvalidName),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identities_round_trip() {
        for text in [
            "spiffe://prod.example/node/a",
            "spiffe://x/coordinator/c-1",
            "spiffe://a-b.c/client/desk-7",
        ] {
            assert_eq!(text.parse::<Identity>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn hostile_uris_are_refused() {
        for text in [
            "",
            "spiffe:",
            "spiffe://",
            "spiffe:///node/a",
            "spiffe://prod.example",
            "spiffe://prod.example/node",
            "spiffe://prod.example/node/",
            "spiffe://prod.example//a",
            "spiffe://prod.example/node/a/",
            "spiffe://prod.example/node/a/b",
            "spiffe://prod.example/node//a",
            "spiffe://prod.example/node/a?x",
            "spiffe://prod.example/node/a?",
            "spiffe://prod.example/node/a#f",
            "spiffe://prod.example/node/a#",
            "spiffe://prod.example:443/node/a",
            "spiffe://user@prod.example/node/a",
            "spiffe://prod.example/node/%61",
            "spiffe://prod%2eexample/node/a",
            "spiffe://Prod.example/node/a",
            "spiffe://prod.example/Node/a",
            "spiffe://prod.example/node/A",
            "SPIFFE://prod.example/node/a",
            "https://prod.example/node/a",
            " spiffe://prod.example/node/a",
            "spiffe://prod.example/node/a ",
            "spiffe://prod.example/node/a\n",
            "spiffe://prod.example/node/a\0",
            "spiffe://prod.example/node/..",
            "spiffe://prod.example/./node/a",
            "spiffe://prod.example\\node\\a",
            "spiffe://prod..example/node/a",
            "spiffe://.prod/node/a",
            "spiffe://prod./node/a",
            "spiffe://-prod/node/a",
            "spiffe://пrod/node/a",
            "spiffe://prod.example/officer/a",
            "spiffe://prod.example/nodes/a",
            "spiffe://[::1]/node/a",
        ] {
            assert!(text.parse::<Identity>().is_err(), "{text:?}");
        }
        let long = format!("spiffe://{}/node/a", ["abcdefgh"; 20].join("."));
        assert!(long.parse::<Identity>().is_err());
    }

    #[test]
    fn bytes_that_are_no_certificate_are_refused() {
        for der in [&b""[..], &[0x30], &[0x30, 0x80, 0, 0], &[0xff; 64]] {
            assert_eq!(
                Identity::from_certificate(der),
                Err(InvalidIdentity::Certificate)
            );
        }
    }
}
