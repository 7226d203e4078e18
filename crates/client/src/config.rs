//! What a client needs to know.

use std::fmt;

use countersign_wire::identity::Principal;
use countersign_wire::roster::Address;
use countersign_wire::tls::{ConnectError, TlsMaterial, TransportOptions};
use countersign_wire::{ClientName, CoordinatorName, EnvelopeKey, Roster, TrustDomain};

/// Who the client is, whom it asks, and which nodes it believes.
pub struct ClientConfig {
    /// Coordinators, in order of preference. Each is as good as any other.
    pub coordinators: Vec<CoordinatorAddress>,
    /// The client's certificate.
    pub tls: TlsMaterial,
    /// Signs envelopes; its public half is in the roster.
    pub envelope_key: EnvelopeKey,
    /// The deployment.
    pub roster: Roster,
    /// Limits of the connections to coordinators.
    pub transport: TransportOptions,
}

impl fmt::Debug for ClientConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientConfig")
            .field("coordinators", &self.coordinators)
            .field("tls", &self.tls)
            .finish_non_exhaustive()
    }
}

/// A coordinator and where it listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoordinatorAddress {
    /// The name in its certificate.
    pub name: CoordinatorName,
    /// Where it listens.
    pub address: Address,
}

impl ClientConfig {
    /// The client's name, once certificate, key and roster are seen to belong together.
    pub(crate) fn verify(&self) -> Result<ClientName, ConfigError> {
        if self.coordinators.is_empty() {
            return Err(ConfigError::NoCoordinator);
        }
        let identity = self.tls.identity();
        if identity.trust_domain() != self.roster.trust_domain() {
            return Err(ConfigError::TrustDomain {
                certificate: identity.trust_domain().clone(),
                roster: self.roster.trust_domain().clone(),
            });
        }
        let Principal::Client(name) = identity.principal() else {
            return Err(ConfigError::NotAClient(identity.to_string()));
        };
        let entry = self
            .roster
            .client(name)
            .ok_or_else(|| ConfigError::NotInRoster(name.clone()))?;
        if entry.envelope_key != self.envelope_key.verifying_key() {
            return Err(ConfigError::EnvelopeKey(name.clone()));
        }
        Ok(name.clone())
    }
}

/// Why a client cannot be set up. All are for the operator to correct.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Nobody to ask.
    #[error("no coordinator is configured")]
    NoCoordinator,
    /// Certificate and roster are of different deployments.
    #[error("the certificate is of {certificate}, the roster of {roster}")]
    TrustDomain {
        /// The certificate's trust domain.
        certificate: TrustDomain,
        /// The roster's trust domain.
        roster: TrustDomain,
    },
    /// The certificate has another role.
    #[error("{0} is not a client")]
    NotAClient(String),
    /// The roster does not know the client.
    #[error("client {0} is not in the roster")]
    NotInRoster(ClientName),
    /// The roster holds another key for the client.
    #[error("the envelope key is not the one the roster holds for client {0}")]
    EnvelopeKey(ClientName),
    /// TLS cannot be set up.
    #[error(transparent)]
    Tls(#[from] ConnectError),
}
