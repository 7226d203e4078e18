//! A roster as it stands in a TOML file.

use serde::{Deserialize, Serialize};

use super::{Address, ClientEntry, NodeEntry, Roster, RosterError, VERSION};
use crate::ed25519::{EnvelopePublicKey, ReceiptPublicKey};
use crate::identity::TrustDomain;
use crate::name::{ClientName, NodeName};
use crate::seal::SealingPublicKey;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RosterFile {
    version: u32,
    trust_domain: TrustDomain,
    nodes: Vec<NodeFile>,
    #[serde(default)]
    clients: Vec<ClientFile>,
}

impl RosterFile {
    pub(super) fn parse(text: &str) -> Result<Roster, RosterError> {
        let file: Self = toml::from_str(text)?;
        if file.version != VERSION {
            return Err(RosterError::Version(file.version));
        }
        let nodes = file.nodes.into_iter().map(NodeFile::parse);
        let clients = file.clients.into_iter().map(ClientFile::parse);
        Roster::new(
            file.trust_domain,
            nodes.collect::<Result<_, _>>()?,
            clients.collect::<Result<_, _>>()?,
        )
    }
}

impl From<&Roster> for RosterFile {
    fn from(roster: &Roster) -> Self {
        Self {
            version: VERSION,
            trust_domain: roster.trust_domain.clone(),
            nodes: roster.nodes.iter().map(NodeFile::from).collect(),
            clients: roster.clients.iter().map(ClientFile::from).collect(),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct NodeFile {
    name: NodeName,
    index: u8,
    address: Address,
    receipt_key: String,
    sealing_key: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ClientFile {
    name: ClientName,
    envelope_key: String,
}

impl NodeFile {
    fn parse(self) -> Result<NodeEntry, RosterError> {
        let receipt_key = ReceiptPublicKey::from_bytes(key_bytes(&self.receipt_key)?)?;
        let sealing_key = SealingPublicKey::from_bytes(key_bytes(&self.sealing_key)?)?;
        Ok(NodeEntry {
            name: self.name,
            index: self.index,
            address: self.address,
            receipt_key,
            sealing_key,
        })
    }
}

impl From<&NodeEntry> for NodeFile {
    fn from(node: &NodeEntry) -> Self {
        Self {
            name: node.name.clone(),
            index: node.index,
            address: node.address.clone(),
            receipt_key: hex::encode(node.receipt_key.as_bytes()),
            sealing_key: hex::encode(node.sealing_key.as_bytes()),
        }
    }
}

impl ClientFile {
    fn parse(self) -> Result<ClientEntry, RosterError> {
        Ok(ClientEntry {
            name: self.name,
            envelope_key: EnvelopePublicKey::from_bytes(key_bytes(&self.envelope_key)?)?,
        })
    }
}

impl From<&ClientEntry> for ClientFile {
    fn from(client: &ClientEntry) -> Self {
        Self {
            name: client.name.clone(),
            envelope_key: hex::encode(client.envelope_key.as_bytes()),
        }
    }
}

fn key_bytes(text: &str) -> Result<[u8; 32], RosterError> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(text, &mut bytes).map_err(|_| RosterError::KeyText)?;
    Ok(bytes)
}
