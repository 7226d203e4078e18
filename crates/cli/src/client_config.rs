//! `client.toml`: who asks, whom it asks, and which nodes it believes.

use std::fs;
use std::path::{Path, PathBuf};

use countersign_client::{Client, ClientConfig, CoordinatorAddress};
use countersign_wire::roster::Address;
use countersign_wire::tls::{TlsMaterial, TransportOptions};
use countersign_wire::{ClientName, CoordinatorName, EnvelopeKey, Identity, Roster, keyfile};
use serde::{Deserialize, Serialize};

use crate::error::CliError;

/// The file. Relative paths in it are relative to its own directory.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientFile {
    /// The client's name in the roster.
    pub name: ClientName,
    /// Its certificate (PEM).
    pub certificate: PathBuf,
    /// Its private key (PEM).
    pub key: PathBuf,
    /// The deployment's certificate authority (PEM).
    pub ca: PathBuf,
    /// The key that signs its envelopes (PEM).
    pub envelope_key: PathBuf,
    /// The deployment's roster.
    pub roster: PathBuf,
    /// Coordinators, in order of preference.
    pub coordinators: Vec<CoordinatorFile>,
}

/// A coordinator and where it listens.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CoordinatorFile {
    /// The name in its certificate.
    pub name: CoordinatorName,
    /// `host:port`.
    pub address: Address,
}

/// Sets a client up from its configuration file. Must be called within a runtime.
///
/// # Errors
/// [`CliError`] naming the file that cannot be used.
pub fn connect(path: &Path) -> Result<Client, CliError> {
    let text = fs::read_to_string(path).map_err(CliError::file(path))?;
    let file: ClientFile = toml::from_str(&text)
        .map_err(|error| CliError::ClientFile(path.to_owned(), Box::new(error)))?;
    let home = path.parent().unwrap_or(Path::new(""));

    let roster_path = home.join(&file.roster);
    let roster =
        Roster::load(&roster_path).map_err(|error| CliError::Roster(roster_path, error))?;
    let tls = TlsMaterial::load(
        &home.join(&file.certificate),
        &home.join(&file.key),
        &home.join(&file.ca),
    )?;
    let expected = Identity::client(roster.trust_domain().clone(), file.name.clone());
    if *tls.identity() != expected {
        return Err(CliError::ClientName {
            found: tls.identity().to_string(),
            expected: file.name.to_string(),
        });
    }
    let key_path = home.join(&file.envelope_key);
    let pem = keyfile::read_private(&key_path).map_err(CliError::file(&key_path))?;
    let envelope_key =
        EnvelopeKey::from_pem(&pem).map_err(|error| CliError::KeyFile(key_path, error))?;
    let coordinators = file.coordinators.into_iter();
    Ok(Client::new(ClientConfig {
        coordinators: coordinators
            .map(|CoordinatorFile { name, address }| CoordinatorAddress { name, address })
            .collect(),
        tls,
        envelope_key,
        roster,
        transport: TransportOptions::default(),
    })?)
}
