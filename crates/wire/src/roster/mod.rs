//! Who belongs to a deployment: the public description that nodes, coordinators, clients and
//! dealer all read.

mod address;
mod file;

use std::collections::BTreeSet;
use std::path::Path;
use std::{fs, io};

use sha2::{Digest, Sha256};

pub use address::{Address, InvalidAddress};

use crate::ed25519::{EnvelopePublicKey, KeyError, ReceiptPublicKey};
use crate::identity::{Identity, TrustDomain};
use crate::name::{ClientName, NodeName};
use crate::seal::SealingPublicKey;

/// The roster version this crate reads and writes.
pub const VERSION: u32 = 1;
/// Most nodes a deployment may have, and the largest share index.
pub const MAX_NODES: u8 = 16;

const HASH_DOMAIN: &[u8] = b"countersign/roster/v1\0";

/// A validated roster: at least two nodes sorted by share index, clients sorted by name; names,
/// indexes, addresses and keys unique.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roster {
    trust_domain: TrustDomain,
    nodes: Vec<NodeEntry>,
    clients: Vec<ClientEntry>,
}

/// A node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeEntry {
    /// The name in its certificate.
    pub name: NodeName,
    /// The x-coordinate of its shares, 1 to [`MAX_NODES`].
    pub index: u8,
    /// Where it listens: `host:port`.
    pub address: Address,
    /// Verifies its receipts.
    pub receipt_key: ReceiptPublicKey,
    /// Share packages are sealed to it.
    pub sealing_key: SealingPublicKey,
}

/// A client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientEntry {
    /// The name in its certificate.
    pub name: ClientName,
    /// Verifies its envelopes.
    pub envelope_key: EnvelopePublicKey,
}

impl Roster {
    /// Puts a roster together.
    ///
    /// # Errors
    /// [`RosterError`] naming the rule that does not hold.
    pub fn new(
        trust_domain: TrustDomain,
        mut nodes: Vec<NodeEntry>,
        mut clients: Vec<ClientEntry>,
    ) -> Result<Self, RosterError> {
        if !(2..=usize::from(MAX_NODES)).contains(&nodes.len()) {
            return Err(RosterError::NodeCount(nodes.len()));
        }
        for node in &nodes {
            if !(1..=MAX_NODES).contains(&node.index) {
                return Err(RosterError::Index(node.name.clone(), node.index));
            }
        }
        all_differ(nodes.iter().map(|n| &n.name), "node name")?;
        all_differ(nodes.iter().map(|n| n.index), "node index")?;
        all_differ(nodes.iter().map(|n| &n.address), "node address")?;
        all_differ(
            nodes.iter().map(|n| n.receipt_key.as_bytes()),
            "receipt key",
        )?;
        all_differ(
            nodes.iter().map(|n| n.sealing_key.as_bytes()),
            "sealing key",
        )?;
        all_differ(clients.iter().map(|c| &c.name), "client name")?;
        all_differ(
            clients.iter().map(|c| c.envelope_key.as_bytes()),
            "envelope key",
        )?;
        nodes.sort_by_key(|node| node.index);
        clients.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(Self {
            trust_domain,
            nodes,
            clients,
        })
    }

    /// Reads a roster file.
    ///
    /// # Errors
    /// [`RosterError`] if it cannot be read or a rule does not hold.
    pub fn load(path: &Path) -> Result<Self, RosterError> {
        Self::from_toml(&fs::read_to_string(path)?)
    }

    /// Reads a roster from TOML text.
    ///
    /// # Errors
    /// [`RosterError`] if it is not TOML of the right shape or a rule does not hold.
    pub fn from_toml(text: &str) -> Result<Self, RosterError> {
        file::RosterFile::parse(text)
    }

    /// The roster as TOML text, which [`Roster::from_toml`] reads back.
    ///
    /// # Errors
    /// [`RosterError::Serialise`], which does not happen for a validated roster.
    pub fn to_toml(&self) -> Result<String, RosterError> {
        Ok(toml::to_string(&file::RosterFile::from(self))?)
    }

    /// The deployment's trust domain.
    #[must_use]
    pub fn trust_domain(&self) -> &TrustDomain {
        &self.trust_domain
    }

    /// All nodes, by ascending share index.
    #[must_use]
    pub fn nodes(&self) -> &[NodeEntry] {
        &self.nodes
    }

    /// All clients, by name.
    #[must_use]
    pub fn clients(&self) -> &[ClientEntry] {
        &self.clients
    }

    /// The node of that name.
    #[must_use]
    pub fn node(&self, name: &NodeName) -> Option<&NodeEntry> {
        self.nodes.iter().find(|node| &node.name == name)
    }

    /// The client of that name.
    #[must_use]
    pub fn client(&self, name: &ClientName) -> Option<&ClientEntry> {
        self.clients
            .binary_search_by(|client| client.name.cmp(name))
            .ok()
            .and_then(|at| self.clients.get(at))
    }

    /// The identity a node's certificate must carry.
    #[must_use]
    pub fn node_identity(&self, name: &NodeName) -> Identity {
        Identity::node(self.trust_domain.clone(), name.clone())
    }

    /// SHA-256 over everything in the roster except addresses. Two parties with equal hashes trust
    /// the same keys; where a node listens is operations, and moving one changes no trust.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        // Texts are preceded by their length, lists by their count: no two rosters encode alike.
        let mut hash = Sha256::new();
        let text = |hash: &mut Sha256, text: &str| {
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text);
        };
        hash.update(HASH_DOMAIN);
        text(&mut hash, self.trust_domain.as_str());
        hash.update((self.nodes.len() as u64).to_be_bytes());
        for node in &self.nodes {
            text(&mut hash, node.name.as_str());
            hash.update([node.index]);
            hash.update(node.receipt_key.as_bytes());
            hash.update(node.sealing_key.as_bytes());
        }
        hash.update((self.clients.len() as u64).to_be_bytes());
        for client in &self.clients {
            text(&mut hash, client.name.as_str());
            hash.update(client.envelope_key.as_bytes());
        }
        hash.finalize().into()
    }
}

fn all_differ<T: Ord>(
    items: impl Iterator<Item = T>,
    what: &'static str,
) -> Result<(), RosterError> {
    let mut seen = BTreeSet::new();
    for item in items {
        if !seen.insert(item) {
            return Err(RosterError::Repeated(what));
        }
    }
    Ok(())
}

/// Why a roster is refused.
#[derive(Debug, thiserror::Error)]
pub enum RosterError {
    /// The file cannot be read.
    #[error("cannot read the roster: {0}")]
    Read(#[from] io::Error),
    /// Not TOML of a roster's shape.
    #[error("not a roster: {0}")]
    Parse(#[from] toml::de::Error),
    /// A roster that cannot be written as TOML.
    #[error("cannot write the roster: {0}")]
    Serialise(#[from] toml::ser::Error),
    /// A version this crate does not read.
    #[error("roster version {0} instead of {VERSION}")]
    Version(u32),
    /// Too few or too many nodes.
    #[error("{0} nodes; a deployment has 2 to {MAX_NODES}")]
    NodeCount(usize),
    /// A share index out of range.
    #[error("node {0} has index {1}; indexes are 1 to {MAX_NODES}")]
    Index(NodeName, u8),
    /// Two entries share what must be unique.
    #[error("two entries have the same {0}")]
    Repeated(&'static str),
    /// A key that is not 64 hexadecimal digits.
    #[error("a public key is written as 64 hexadecimal digits")]
    KeyText,
    /// A key nobody should trust.
    #[error(transparent)]
    Key(#[from] KeyError),
}

#[cfg(test)]
mod tests;
