//! Sealed records on disk, over sled.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use countersign_wire::KeyId;
use countersign_wire::manifest::{Manifest, ManifestError};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::cipher::{CipherError, RecordCipher};
use super::storage_key::StorageKey;

/// sled's folder in the data directory.
pub(super) const STORE_DIR: &str = "store";
const LOCK_FILE: &str = "node.lock";
const CANARY: &[u8] = b"canary";
const AUDIT_RECORDS: &[u8] = b"audit records";
const CACHE_BYTES: u64 = 16 << 20;

/// What a node keeps: sealed shares, manifests, which quorums are active, and the check ledger.
///
/// Every record is sealed to its place, so one that was altered or moved is noticed. One that was
/// deleted, or all of them put back to an earlier state, is not: the audit log tells.
pub struct Store {
    db: sled::Db,
    trees: [sled::Tree; Tree::ALL.len()],
    /// sled's data file: see [`Store::flush`].
    file: File,
    cipher: RecordCipher,
    /// Held until the store is dropped, and so declared last.
    _lock: File,
}

/// One kind of record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tree {
    /// The store's own.
    Meta,
    /// By key id.
    Manifests,
    /// By deal id.
    Packages,
    /// By deal id and quorum.
    Active,
    /// By deal id and peer or quorum.
    Ledger,
}

impl Tree {
    const ALL: [Self; 5] = [
        Self::Meta,
        Self::Manifests,
        Self::Packages,
        Self::Active,
        Self::Ledger,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Meta => "meta",
            Self::Manifests => "manifests",
            Self::Packages => "packages",
            Self::Active => "active",
            Self::Ledger => "ledger",
        }
    }
}

impl Store {
    /// Opens the store in `dir`, which is created if need be, for this process alone.
    ///
    /// # Errors
    /// [`StorageError::AlreadyRunning`] if another process has it open, [`StorageError::WrongKey`]
    /// if it is sealed under another key, and others as the disk has it.
    pub fn open(dir: &Path, key: StorageKey) -> Result<Self, StorageError> {
        DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
        let lock = lock(dir)?;
        let path = dir.join(STORE_DIR);
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&path)?;
        let db = sled::Config::new()
            .path(&path)
            .mode(sled::Mode::LowSpace)
            .cache_capacity(CACHE_BYTES)
            .flush_every_ms(None)
            .open()?;
        let open = |tree: Tree| db.open_tree(tree.name());
        let trees = [
            open(Tree::ALL[0])?,
            open(Tree::ALL[1])?,
            open(Tree::ALL[2])?,
            open(Tree::ALL[3])?,
            open(Tree::ALL[4])?,
        ];
        let store = Self {
            db,
            trees,
            file: File::open(path.join("db"))?,
            cipher: RecordCipher::new(&key),
            _lock: lock,
        };
        store.check_canary()?;
        store.flush()?;
        for directory in [&path, dir] {
            File::open(directory)?.sync_all()?;
        }
        Ok(store)
    }

    /// Keeps a node's share of a key: its manifest, and its package as plain bytes. Repeating it
    /// with the same content changes nothing. Durable when this returns.
    ///
    /// # Errors
    /// [`StorageError::KeyExists`] if the key id is taken by another dealing, or by other content
    /// of this one; [`StorageError::Manifest`] if the manifest breaks a rule.
    pub fn put_package(&self, manifest: &Manifest, package: &[u8]) -> Result<(), StorageError> {
        manifest.validate()?;
        let key_id = manifest.key_id.as_str().as_bytes();
        if let Some(existing) = self.read_manifest(&manifest.key_id)? {
            let same = existing.hash() == manifest.hash()
                && bool::from(self.package(&manifest.key_id)?.ct_eq(package));
            return if same {
                Ok(())
            } else {
                Err(StorageError::KeyExists(manifest.key_id.clone()))
            };
        }
        // The manifest comes last: a crash in between leaves a package that nothing names.
        self.put(Tree::Packages, &manifest.deal_id, package)?;
        self.put(Tree::Manifests, key_id, manifest.to_json().as_bytes())
    }

    /// The keys of which a share is kept, by name.
    ///
    /// # Errors
    /// [`StorageError`] if the store cannot be read.
    pub fn keys(&self) -> Result<Vec<KeyId>, StorageError> {
        self.tree(Tree::Manifests)
            .iter()
            .keys()
            .map(|key| {
                std::str::from_utf8(&key?)
                    .ok()
                    .and_then(|text| text.parse().ok())
                    .ok_or(StorageError::Damaged(Tree::Manifests.name()))
            })
            .collect()
    }

    /// The manifest of a key.
    ///
    /// # Errors
    /// [`StorageError::UnknownKey`] if there is none.
    pub fn manifest(&self, key_id: &KeyId) -> Result<Manifest, StorageError> {
        self.read_manifest(key_id)?
            .ok_or_else(|| StorageError::UnknownKey(key_id.clone()))
    }

    /// The package of a key, as [`Store::put_package`] was given it.
    ///
    /// # Errors
    /// [`StorageError::UnknownKey`] if there is none.
    pub fn package(&self, key_id: &KeyId) -> Result<Zeroizing<Vec<u8>>, StorageError> {
        let deal_id = self.manifest(key_id)?.deal_id;
        self.get(Tree::Packages, &deal_id)?
            .ok_or(StorageError::Damaged(Tree::Packages.name()))
    }

    /// Notes that a quorum of the dealing, given by its share indexes, has reproduced the check
    /// tag. Durable when this returns.
    ///
    /// # Errors
    /// [`StorageError`] if it cannot be written.
    pub fn mark_active(&self, deal: &[u8; 32], quorum: &[u8]) -> Result<(), StorageError> {
        self.put(Tree::Active, &quorum_key(deal, quorum), b"active")
    }

    /// Whether [`Store::mark_active`] was ever called for this quorum.
    ///
    /// # Errors
    /// [`StorageError`] if it cannot be read.
    pub fn is_active(&self, deal: &[u8; 32], quorum: &[u8]) -> Result<bool, StorageError> {
        let record = self.get(Tree::Active, &quorum_key(deal, quorum))?;
        Ok(record.is_some())
    }

    /// How many records the audit log is known to have had; 0 if the node never ran.
    ///
    /// # Errors
    /// [`StorageError`] if it cannot be read.
    pub(crate) fn audit_records(&self) -> Result<u64, StorageError> {
        let Some(record) = self.get(Tree::Meta, AUDIT_RECORDS)? else {
            return Ok(0);
        };
        let bytes = record.as_slice().try_into();
        let damaged = |_| StorageError::Damaged(Tree::Meta.name());
        bytes.map(u64::from_be_bytes).map_err(damaged)
    }

    /// Notes how many records the audit log has. Durable when this returns.
    ///
    /// # Errors
    /// [`StorageError`] if it cannot be written.
    pub(crate) fn note_audit_records(&self, records: u64) -> Result<(), StorageError> {
        self.put(Tree::Meta, AUDIT_RECORDS, &records.to_be_bytes())
    }

    /// The record at `key`, opened.
    pub(crate) fn get(
        &self,
        tree: Tree,
        key: &[u8],
    ) -> Result<Option<Zeroizing<Vec<u8>>>, StorageError> {
        self.tree(tree)
            .get(key)?
            .map(|record| self.open_record(tree, key, &record))
            .transpose()
    }

    /// All records of a tree, opened, with their keys.
    pub(crate) fn entries(&self, tree: Tree) -> Result<Vec<Entry>, StorageError> {
        self.tree(tree)
            .iter()
            .map(|entry| {
                let (key, record) = entry?;
                let value = self.open_record(tree, &key, &record)?;
                Ok((key.to_vec(), value))
            })
            .collect()
    }

    /// Seals `value` and writes it in place of whatever is at `key`. Durable when this returns.
    pub(crate) fn put(&self, tree: Tree, key: &[u8], value: &[u8]) -> Result<(), StorageError> {
        let record = self.cipher.seal(tree.name(), key, value)?;
        self.tree(tree).insert(key, record)?;
        self.flush()
    }

    /// On Linux sled's own flush ends in `sync_file_range(2)`, which keeps neither a new file
    /// length nor the disk's write cache safe from a power failure.
    fn flush(&self) -> Result<(), StorageError> {
        self.db.flush()?;
        self.file.sync_all()?;
        Ok(())
    }

    fn open_record(
        &self,
        tree: Tree,
        key: &[u8],
        record: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, StorageError> {
        self.cipher
            .open(tree.name(), key, record)
            .map_err(|_| StorageError::Damaged(tree.name()))
    }

    /// The bytes on disk.
    #[cfg(test)]
    pub(crate) fn sealed(&self, tree: Tree, key: &[u8]) -> Option<Vec<u8>> {
        let record = self.tree(tree).get(key).ok()??;
        Some(record.to_vec())
    }

    fn tree(&self, tree: Tree) -> &sled::Tree {
        &self.trees[tree as usize]
    }

    fn read_manifest(&self, key_id: &KeyId) -> Result<Option<Manifest>, StorageError> {
        let damaged = StorageError::Damaged(Tree::Manifests.name());
        let Some(record) = self.get(Tree::Manifests, key_id.as_str().as_bytes())? else {
            return Ok(None);
        };
        let text = std::str::from_utf8(&record).ok();
        match text.and_then(|text| Manifest::from_json(text).ok()) {
            Some(manifest) if &manifest.key_id == key_id => Ok(Some(manifest)),
            _ => Err(damaged),
        }
    }

    /// A record whose only use is to tell a wrong passphrase from damage.
    fn check_canary(&self) -> Result<(), StorageError> {
        let meta = self.tree(Tree::Meta);
        match meta.get(CANARY)? {
            Some(record) => {
                let opened = self.cipher.open(Tree::Meta.name(), CANARY, &record);
                opened.map(|_| ()).map_err(|_| StorageError::WrongKey)
            }
            None if self.trees.iter().all(sled::Tree::is_empty) => {
                self.put(Tree::Meta, CANARY, b"canary")
            }
            None => Err(StorageError::Damaged(Tree::Meta.name())),
        }
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Store(<sealed>)")
    }
}

/// A record's key and its opened value.
pub(crate) type Entry = (Vec<u8>, Zeroizing<Vec<u8>>);

/// Key of a record about a quorum: the deal id, then the members by rising share index.
fn quorum_key(deal: &[u8; 32], quorum: &[u8]) -> Vec<u8> {
    let mut members = quorum.to_vec();
    members.sort_unstable();
    [&deal[..], &members].concat()
}

fn lock(dir: &Path) -> Result<File, StorageError> {
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(dir.join(LOCK_FILE))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StorageError::AlreadyRunning(dir.to_owned())),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

/// Why something was not stored or not found.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// Another process has the data directory.
    #[error("a node is already running with the data directory {0}")]
    AlreadyRunning(PathBuf),
    /// Sealed under another key.
    #[error("the store is sealed under another key: this is not the passphrase it was made with")]
    WrongKey,
    /// A record does not open although the key is right.
    #[error("a record of kind {0} is damaged or was tampered with; restore the data directory")]
    Damaged(&'static str),
    /// The key id is taken.
    #[error("key {0} is already enrolled with another dealing; choose another key id")]
    KeyExists(KeyId),
    /// Not enrolled here.
    #[error("no share of key {0} is enrolled")]
    UnknownKey(KeyId),
    /// A manifest that breaks a rule.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// The database failed.
    #[error("the store failed: {0}")]
    Database(#[from] sled::Error),
    /// The disk failed.
    #[error("cannot use the data directory: {0}")]
    Disk(#[from] io::Error),
    /// Nothing could be sealed.
    #[error("the system has no randomness")]
    Randomness,
}

impl From<CipherError> for StorageError {
    fn from(error: CipherError) -> Self {
        match error {
            CipherError::Randomness => Self::Randomness,
            CipherError::DoesNotOpen => Self::Damaged("any"),
        }
    }
}

#[cfg(test)]
mod tests;
