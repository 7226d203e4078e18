//! All certificates, keys and the roster of a new deployment, on disk.
//!
//! ```text
//! <dir>/ca.pem  ca-key.pem  roster.toml
//!       node-<name>/         cert.pem  key.pem  receipt-key.pem  sealing-key.pem
//!       coordinator-<name>/  cert.pem  key.pem
//!       client-<name>/       cert.pem  key.pem  envelope-key.pem
//! ```

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{Authority, PkiError};
use crate::ed25519::{EnvelopeKey, ReceiptKey};
use crate::identity::{Identity, TrustDomain};
use crate::keyfile;
use crate::name::{ClientName, CoordinatorName, NodeName};
use crate::roster::{Address, ClientEntry, MAX_NODES, NodeEntry, Roster, RosterError};
use crate::seal::SealingKey;

/// What a new deployment consists of.
#[derive(Debug, Clone)]
pub struct DeploymentSpec {
    /// The deployment's trust domain.
    pub trust_domain: TrustDomain,
    /// Nodes with their addresses; their share indexes are 1, 2, … in this order.
    pub nodes: Vec<(NodeName, Address)>,
    /// Coordinators.
    pub coordinators: Vec<CoordinatorName>,
    /// Clients.
    pub clients: Vec<ClientName>,
    /// How long the authority's certificate is valid.
    pub authority_validity: Duration,
    /// How long all other certificates are valid.
    pub certificate_validity: Duration,
}

/// Makes everything `spec` names and writes it into `dir`, which must be empty or not yet exist.
/// Private keys are readable by their owner only.
///
/// # Errors
/// [`PkiError`]. What was written before stays, and nothing that existed is changed.
pub fn issue_deployment(dir: &Path, spec: &DeploymentSpec) -> Result<Roster, PkiError> {
    create_empty(dir)?;
    let authority = Authority::create(spec.trust_domain.clone(), spec.authority_validity)?;
    write_public(&dir.join("ca.pem"), authority.certificate_pem())?;
    write_private(&dir.join("ca-key.pem"), &authority.key_pem())?;

    let issue = |identity: Identity| -> Result<PathBuf, PkiError> {
        let home = dir.join(format!("{}-{}", identity.role(), identity.name()));
        create_empty(&home)?;
        let issued = authority.issue(&identity, spec.certificate_validity)?;
        write_public(&home.join("cert.pem"), &issued.certificate_pem)?;
        write_private(&home.join("key.pem"), &issued.key_pem)?;
        Ok(home)
    };

    let mut nodes = Vec::new();
    for ((name, address), index) in spec.nodes.iter().zip(1..=MAX_NODES) {
        let home = issue(Identity::node(spec.trust_domain.clone(), name.clone()))?;
        let receipt_key = ReceiptKey::generate()?;
        write_private(&home.join("receipt-key.pem"), &receipt_key.to_pem())?;
        let sealing_key = SealingKey::generate()?;
        write_private(&home.join("sealing-key.pem"), &sealing_key.to_pem())?;
        nodes.push(NodeEntry {
            name: name.clone(),
            index,
            address: address.clone(),
            receipt_key: receipt_key.verifying_key(),
            sealing_key: sealing_key.public()?,
        });
    }
    if nodes.len() != spec.nodes.len() {
        return Err(RosterError::NodeCount(spec.nodes.len()).into());
    }
    for name in &spec.coordinators {
        issue(Identity::coordinator(
            spec.trust_domain.clone(),
            name.clone(),
        ))?;
    }
    let mut clients = Vec::new();
    for name in &spec.clients {
        let home = issue(Identity::client(spec.trust_domain.clone(), name.clone()))?;
        let envelope_key = EnvelopeKey::generate()?;
        write_private(&home.join("envelope-key.pem"), &envelope_key.to_pem())?;
        clients.push(ClientEntry {
            name: name.clone(),
            envelope_key: envelope_key.verifying_key(),
        });
    }

    let roster = Roster::new(spec.trust_domain.clone(), nodes, clients)?;
    write_public(&dir.join("roster.toml"), &roster.to_toml()?)?;
    Ok(roster)
}

fn create_empty(dir: &Path) -> Result<(), PkiError> {
    let failed = |error| PkiError::File(dir.to_owned(), error);
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir).map_err(failed)?;
    if fs::read_dir(dir).map_err(failed)?.next().is_some() {
        return Err(PkiError::NotEmpty(dir.to_owned()));
    }
    Ok(())
}

fn write_private(path: &Path, text: &str) -> Result<(), PkiError> {
    keyfile::write_private(path, text).map_err(|error| PkiError::File(path.to_owned(), error))
}

fn write_public(path: &Path, text: &str) -> Result<(), PkiError> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)
        .and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        })
        .map_err(|error| PkiError::File(path.to_owned(), error))
}
