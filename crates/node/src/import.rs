//! Taking in a share package, once, before the node runs.

use std::path::{Path, PathBuf};

use countersign_mpc::dealing::SharePackage;
use countersign_wire::keyfile::{self, KeyFileError};
use countersign_wire::manifest::{Manifest, ManifestError, PackageError};
use countersign_wire::roster::RosterError;
use countersign_wire::{Roster, SealingKey};

use crate::config::{Config, ConfigError};
use crate::keys::{Key, KeyError};
use crate::storage::{StorageError, StorageKeyError, Store};

/// Opens the sealed package with this node's key, checks it against manifest and roster, and stores
/// it sealed with the node's own storage key. The package file is not needed afterwards.
///
/// # Errors
/// [`ImportError`]; nothing is stored then.
pub fn import(config: &Config, manifest: &Path, package: &Path) -> Result<Manifest, ImportError> {
    let roster = Roster::load(&config.roster)?;
    let manifest = Manifest::load(manifest)?;
    let sealing_key = SealingKey::from_pem(&read_key(&config.sealing_key)?)?;
    let file = std::fs::read(package).map_err(|error| ImportError::Read {
        path: package.to_owned(),
        error,
    })?;
    let plaintext = manifest.open_package(&config.name, &sealing_key, &file)?;
    let share = SharePackage::decode(&plaintext).map_err(|_| ImportError::Package)?;
    // The policy has no part in whether the package fits.
    Key::new(manifest.clone(), share, &roster, &config.name, &[0; 32])?;
    let storage_key = config.storage_key()?.load(&config.data_dir)?;
    let store = Store::open(&config.data_dir, storage_key)?;
    store.put_package(&manifest, &plaintext)?;
    Ok(manifest)
}

pub(crate) fn read_key(path: &Path) -> Result<zeroize::Zeroizing<String>, ImportError> {
    keyfile::read_private(path).map_err(|error| ImportError::Read {
        path: path.to_owned(),
        error,
    })
}

/// Why a package was not taken in.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// A file cannot be read.
    #[error("{path}: {error}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The configuration is at fault.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The roster is at fault.
    #[error(transparent)]
    Roster(#[from] RosterError),
    /// The manifest is at fault.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// The node's sealing key is at fault.
    #[error(transparent)]
    SealingKey(#[from] KeyFileError),
    /// The package does not open, or is not the one the manifest names.
    #[error(transparent)]
    Sealed(#[from] PackageError),
    /// The package opened to something else than a package.
    #[error("the package does not decode: it was dealt by another version")]
    Package,
    /// It does not fit manifest, roster or this node.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The storage key cannot be had.
    #[error(transparent)]
    StorageKey(#[from] StorageKeyError),
    /// It cannot be stored.
    #[error(transparent)]
    Storage(#[from] StorageError),
}
