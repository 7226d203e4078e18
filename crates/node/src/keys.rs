//! The keys this node holds a share of.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use countersign_mpc::dealing::{QuorumShare, SharePackage, check_message};
use countersign_mpc::{HashAlgorithm, InnerDigest, Party, Quorum};
use countersign_venues::{Operation, Permission, Permissions};
use countersign_wire::manifest::Manifest;
use countersign_wire::{KeyId, NodeName, Roster};
use sha2::{Digest, Sha256};

use crate::storage::{StorageError, Store};

/// A key with its share loaded.
pub struct Key {
    manifest: Manifest,
    package: SharePackage,
    permissions: Permissions,
    unavoidable: Vec<Operation>,
    state: [u8; 32],
    /// XOR shares by quorum, made at first use.
    shares: Mutex<HashMap<Quorum, Arc<QuorumShare>>>,
}

/// Why a key could not be loaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The stored package does not decode.
    #[error("the stored package of key {0} is damaged: import it again")]
    Package(KeyId),
    /// Package, manifest and roster do not fit together.
    #[error("key {key}: {problem}")]
    Mismatch {
        /// The key.
        key: KeyId,
        /// What does not fit.
        problem: String,
    },
}

/// All keys of this node, by id.
pub struct Keys(BTreeMap<KeyId, Arc<Key>>);

impl Keys {
    /// Loads every share in the store.
    ///
    /// # Errors
    /// [`KeyError`] for the first key that does not fit the roster: a node does not run with keys
    /// it cannot account for.
    pub fn load(
        store: &Store,
        roster: &Roster,
        me: &NodeName,
        policy_hash: &[u8; 32],
    ) -> Result<Self, KeyError> {
        let mut keys = BTreeMap::new();
        for id in store.keys()? {
            let manifest = store.manifest(&id)?;
            let package = SharePackage::decode(&store.package(&id)?)
                .map_err(|_| KeyError::Package(id.clone()))?;
            let key = Key::new(manifest, package, roster, me, policy_hash)?;
            keys.insert(id, Arc::new(key));
        }
        Ok(Self(keys))
    }

    /// The key with this id.
    pub fn get(&self, id: &str) -> Option<&Arc<Key>> {
        self.0
            .iter()
            .find(|(key_id, _)| key_id.as_str() == id)
            .map(|(_, key)| key)
    }

    /// All keys.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Key>> {
        self.0.values()
    }
}

impl Key {
    /// Checks that a manifest and this node's package fit each other and the roster.
    ///
    /// # Errors
    /// [`KeyError::Mismatch`] says what does not.
    pub fn new(
        manifest: Manifest,
        package: SharePackage,
        roster: &Roster,
        me: &NodeName,
        policy_hash: &[u8; 32],
    ) -> Result<Self, KeyError> {
        check(&manifest, &package, roster, me).map_err(|problem| KeyError::Mismatch {
            key: manifest.key_id.clone(),
            problem,
        })?;
        let permissions = permissions(&manifest).map_err(|problem| KeyError::Mismatch {
            key: manifest.key_id.clone(),
            problem,
        })?;
        let unavoidable = unavoidable(&manifest, &permissions);
        let mut hash = Sha256::new();
        hash.update(b"countersign/state/v1\0");
        hash.update(roster.hash());
        hash.update(policy_hash);
        hash.update(manifest.hash());
        Ok(Self {
            state: hash.finalize().into(),
            manifest,
            package,
            permissions,
            unavoidable,
            shares: Mutex::default(),
        })
    }

    /// The public manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The hash under the HMAC.
    pub fn hash(&self) -> HashAlgorithm {
        self.package.hash()
    }

    /// Hash of everything that decides what may be signed with this key: roster, policy, manifest.
    /// Nodes in different states never sign together (P16).
    pub fn state(&self) -> &[u8; 32] {
        &self.state
    }

    /// What the key may do at the exchange, as recorded at enrolment.
    pub fn permissions(&self) -> &Permissions {
        &self.permissions
    }

    /// What any signature of the key authorises whatever is signed, reads aside, unless that was accepted
    /// when the key was dealt: policy then has to permit it.
    pub fn unavoidable(&self) -> &[Operation] {
        &self.unavoidable
    }

    /// t.
    pub fn threshold(&self) -> u8 {
        self.package.threshold()
    }

    /// n.
    pub fn nodes(&self) -> usize {
        self.manifest.nodes.len()
    }

    /// This node.
    pub fn me(&self) -> Party {
        self.package.party()
    }

    /// All nodes of the dealing.
    pub fn parties(&self) -> Vec<Party> {
        self.manifest
            .nodes
            .iter()
            .filter_map(|node| Party::new(node.index))
            .collect()
    }

    /// The other nodes of the dealing.
    pub fn peers(&self) -> Vec<Party> {
        let mut peers = self.parties();
        peers.retain(|peer| *peer != self.me());
        peers
    }

    /// n − t + 1: the honest nodes there are at least.
    pub fn honest(&self) -> u64 {
        (self.nodes() + 1).saturating_sub(usize::from(self.threshold())) as u64
    }

    /// Refresh epoch.
    pub fn epoch(&self) -> u64 {
        self.package.epoch()
    }

    /// Identifier of the dealing.
    pub fn deal_id(&self) -> &[u8; 32] {
        &self.manifest.deal_id
    }

    /// D of a message (P1).
    pub fn inner_digest(&self, message: &[u8]) -> InnerDigest {
        self.package.inner_digest(message)
    }

    /// What the manifest would say of this passphrase, were it the one enrolled.
    pub fn commitment(&self, passphrase: &[u8]) -> [u8; 32] {
        self.package.commitment(passphrase)
    }

    /// The message whose tag activates a quorum (P6).
    pub fn check_message(&self) -> Vec<u8> {
        check_message(&self.package.deal_id())
    }

    /// The request digest under which quorums sign the check message.
    pub fn check_digest(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(b"countersign/check/v1\0");
        hash.update(self.manifest.deal_id);
        hash.finalize().into()
    }

    /// This node's XOR share for `quorum`; `None` if the quorum does not fit the key.
    pub fn share(&self, quorum: &Quorum) -> Option<Arc<QuorumShare>> {
        let mut shares = self.shares.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(share) = shares.get(quorum) {
            return Some(Arc::clone(share));
        }
        let share = Arc::new(QuorumShare::new(&self.package, quorum).ok()?);
        shares.insert(quorum.clone(), Arc::clone(&share));
        Some(share)
    }
}

fn check(
    manifest: &Manifest,
    package: &SharePackage,
    roster: &Roster,
    me: &NodeName,
) -> Result<(), String> {
    let node = manifest
        .nodes
        .iter()
        .find(|node| node.name == *me)
        .ok_or("the manifest does not name this node")?;
    if node.index != package.party().index() {
        return Err("the package was dealt to another node".to_owned());
    }
    if *package.deal_id().as_bytes() != manifest.deal_id {
        return Err("package and manifest are of different dealings".to_owned());
    }
    if package.hash().scheme() != manifest.scheme || package.threshold() != manifest.threshold {
        return Err("package and manifest differ in scheme or threshold".to_owned());
    }
    if package.inner_state_hash() != manifest.inner_state_hash {
        return Err("the inner state is not the one of the manifest".to_owned());
    }
    if manifest.roster_hash != roster.hash() {
        return Err("it was dealt for another roster".to_owned());
    }
    for node in &manifest.nodes {
        if roster.node(&node.name).map(|entry| entry.index) != Some(node.index) {
            return Err(format!(
                "node {} is not in the roster under its index",
                node.name
            ));
        }
    }
    Ok(())
}

fn unavoidable(manifest: &Manifest, permissions: &Permissions) -> Vec<Operation> {
    // The dealer that wrote version 1 showed them, and took their use for their acceptance.
    if manifest.accepts_unavoidable || manifest.version == 1 {
        return Vec::new();
    }
    countersign_venues::unavoidable_changes(&manifest.venue, permissions).unwrap_or_default()
}

/// Unknown names mean that nobody knows what the key may do: the widest is assumed.
fn permissions(manifest: &Manifest) -> Result<Permissions, String> {
    match &manifest.permissions {
        None => Ok(Permissions::unknown()),
        Some(names) => names
            .iter()
            .map(|name| {
                name.parse::<Permission>()
                    .map_err(|error| error.to_string())
            })
            .collect::<Result<Vec<_>, _>>()
            .map(Permissions::only),
    }
}
