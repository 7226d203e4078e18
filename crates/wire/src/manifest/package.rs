//! Share packages on their way from the dealer to a node: a file only that node can open.
//!
//! ```text
//! "CSSEALP1" | encapsulated key, 32 bytes | ciphertext
//! ```

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::Manifest;
use crate::name::{KeyId, NodeName};
use crate::seal::{self, PACKAGE_INFO, SealError, Sealed, SealingKey, SealingPublicKey};

const MAGIC: &[u8; 8] = b"CSSEALP1";
const ENCAPSULATED_BYTES: usize = 32;
const AEAD_TAG_BYTES: usize = 16;
/// Some ten times what a package of 16 nodes for HMAC-SHA-512 takes.
const MAX_FILE_BYTES: usize = 8 << 20;

/// Seals a node's package and returns the bytes of its file.
///
/// # Errors
/// [`SealError`] if the library refuses, which it does for no key a [`SealingPublicKey`] holds.
pub fn seal_package(
    plaintext: &[u8],
    to: &SealingPublicKey,
    key_id: &KeyId,
    deal_id: &[u8; 32],
    node: &NodeName,
) -> Result<Vec<u8>, SealError> {
    let sealed = seal::seal(to, PACKAGE_INFO, &aad(key_id, deal_id, node), plaintext)?;
    Ok(SealedPackage(sealed).encode())
}

/// Opens the bytes of a package file sealed for this key, dealing and node.
///
/// # Errors
/// [`PackageError`] if it is no package file, or was altered, or is for another node, key or
/// dealing.
pub fn open_package(
    key: &SealingKey,
    file: &[u8],
    key_id: &KeyId,
    deal_id: &[u8; 32],
    node: &NodeName,
) -> Result<Zeroizing<Vec<u8>>, PackageError> {
    let SealedPackage(sealed) = SealedPackage::decode(file)?;
    key.open(PACKAGE_INFO, &aad(key_id, deal_id, node), &sealed)
        .map_err(|SealError| PackageError::DoesNotOpen)
}

/// What a manifest states of a package file: SHA-256 of its bytes.
#[must_use]
pub fn package_sha256(file: &[u8]) -> [u8; 32] {
    Sha256::digest(file).into()
}

impl Manifest {
    /// Opens the package file of `node`, if it is the very one this manifest names.
    ///
    /// # Errors
    /// [`PackageError`] saying what does not fit.
    pub fn open_package(
        &self,
        node: &NodeName,
        key: &SealingKey,
        file: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, PackageError> {
        let entry = self.node(node).ok_or(PackageError::NotDealtTo)?;
        if package_sha256(file) != entry.package_sha256 {
            return Err(PackageError::NotInManifest);
        }
        open_package(key, file, &self.key_id, &self.deal_id, node)
    }
}

/// A package file, parsed: sealed, and opened only with the node's [`SealingKey`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedPackage(
    /// What the dealer sealed.
    pub Sealed,
);

impl SealedPackage {
    /// The bytes of the file.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        [MAGIC, &*self.0.encapsulated_key, &*self.0.ciphertext].concat()
    }

    /// Reads the bytes of a file.
    ///
    /// # Errors
    /// [`PackageError::Malformed`] if they are no package file.
    pub fn decode(file: &[u8]) -> Result<Self, PackageError> {
        if file.len() > MAX_FILE_BYTES {
            return Err(PackageError::Malformed);
        }
        let (encapsulated_key, ciphertext) = file
            .strip_prefix(MAGIC)
            .and_then(|body| body.split_at_checked(ENCAPSULATED_BYTES))
            .filter(|(_, ciphertext)| ciphertext.len() >= AEAD_TAG_BYTES)
            .ok_or(PackageError::Malformed)?;
        Ok(Self(Sealed {
            encapsulated_key: encapsulated_key.to_vec(),
            ciphertext: ciphertext.to_vec(),
        }))
    }
}

/// Names are preceded by their length, so no two triples encode alike.
pub(super) fn aad(key_id: &KeyId, deal_id: &[u8; 32], node: &NodeName) -> Vec<u8> {
    let mut aad = deal_id.to_vec();
    for name in [key_id.as_str(), node.as_str()] {
        aad.extend_from_slice(&(name.len() as u64).to_be_bytes());
        aad.extend_from_slice(name.as_bytes());
    }
    aad
}

/// Why a package file was not opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PackageError {
    /// Not a package file.
    #[error("not a sealed share package")]
    Malformed,
    /// The manifest names no such node.
    #[error("the manifest has no package for this node")]
    NotDealtTo,
    /// Another file than the dealer made.
    #[error("this is not the package that the manifest names for this node; copy it again")]
    NotInManifest,
    /// Altered, or sealed to another key.
    #[error("the package does not open: it was altered, or sealed to another node, key or dealing")]
    DoesNotOpen,
}
