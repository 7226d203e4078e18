//! Who is in the demo, and where everything lies:
//!
//! ```text
//! <dir>/ca.pem  ca-key.pem  roster.toml  demo.cedar
//!       node-a/            certificate, keys, passphrase, node.toml, node.log, data/
//!       coordinator-main/  certificate, key, coordinator.toml, coordinator.log
//!       client-desk-1/     certificate, keys, client.toml
//!       dealer/            packages and manifest, removed before any node starts
//! ```

use std::path::{Path, PathBuf};

use countersign_wire::name::InvalidName;
use countersign_wire::{ClientName, CoordinatorName, KeyId, NodeName};

/// The deployment's trust domain.
pub const TRUST_DOMAIN: &str = "demo.example";
/// What the coordinator's process is called in reports.
pub const COORDINATOR: &str = "coordinator";

/// Names and paths of a demo.
#[derive(Debug)]
pub struct Layout {
    dir: PathBuf,
    /// The nodes, by share index.
    pub nodes: Vec<NodeName>,
    /// The coordinator.
    pub coordinator: CoordinatorName,
    /// The client, as the demo's policy names it.
    pub client: ClientName,
    /// The key, as the demo's policy names it.
    pub key_id: KeyId,
}

impl Layout {
    /// A demo of `nodes` nodes in `dir`.
    ///
    /// # Errors
    /// [`InvalidName`], for no number of nodes there can be.
    pub fn new(dir: PathBuf, nodes: u8) -> Result<Self, InvalidName> {
        let letters = ('a'..='p').take(nodes.into());
        Ok(Self {
            dir,
            nodes: letters
                .map(|letter| letter.to_string().parse())
                .collect::<Result<_, _>>()?,
            coordinator: "main".parse()?,
            client: "desk-1".parse()?,
            key_id: "demo".parse()?,
        })
    }

    /// The directory of everything.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Who belongs to the deployment and may be trusted with what.
    pub fn roster(&self) -> PathBuf {
        self.dir.join("roster.toml")
    }

    /// The policy of all nodes.
    pub fn policy(&self) -> PathBuf {
        self.dir.join("demo.cedar")
    }

    /// Where the random secret lies while it is dealt.
    pub fn secret(&self) -> PathBuf {
        self.dir.join("secret")
    }

    /// What the dealer writes.
    pub fn dealer(&self) -> PathBuf {
        self.dir.join("dealer")
    }

    /// A node's own directory.
    pub fn node(&self, name: &NodeName) -> PathBuf {
        self.dir.join(node_process(name))
    }

    /// A node's configuration.
    pub fn node_config(&self, name: &NodeName) -> PathBuf {
        self.node(name).join("node.toml")
    }

    /// The coordinator's own directory.
    pub fn coordinator(&self) -> PathBuf {
        self.dir.join(format!("coordinator-{}", self.coordinator))
    }

    /// The coordinator's configuration.
    pub fn coordinator_config(&self) -> PathBuf {
        self.coordinator().join("coordinator.toml")
    }

    /// The client's configuration.
    pub fn client_config(&self) -> PathBuf {
        self.dir
            .join(format!("client-{}", self.client))
            .join("client.toml")
    }
}

/// What a node's process is called in reports.
pub fn node_process(name: &NodeName) -> String {
    format!("node-{name}")
}
