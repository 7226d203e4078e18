//! The public manifest of a dealing (P6): what a key is for, who holds its shares, and what their
//! packages must hash to. Nothing in it is secret.

mod package;

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use package::{PackageError, SealedPackage, open_package, package_sha256, seal_package};

use crate::name::{KeyId, NodeName};
use crate::roster::MAX_NODES;

/// The manifest version this crate writes. It reads version 1 as well, which has neither
/// [`Manifest::api_key`] nor what follows it up to [`Manifest::threshold`]: the exchange shows a secret once, so that not
/// every key could be dealt again.
pub const VERSION: u32 = 2;
const OLDEST_VERSION: u32 = 1;

const HASH_DOMAIN: &[u8] = b"countersign/manifest/v1\0";
const MAX_FILE_BYTES: u64 = 64 * 1024;
const MAX_PERMISSIONS: usize = 64;
const MAX_WORD: usize = 64;
const MAX_API_KEY: usize = 256;

/// What the dealer states about one dealing. [`Manifest::from_json`] and [`Manifest::load`] return
/// only manifests for which [`Manifest::validate`] holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// [`VERSION`], or an older one.
    pub version: u32,
    /// The key's name.
    pub key_id: KeyId,
    /// Names the dealing: dealing the same key again gives another one.
    #[serde(with = "hex::serde")]
    pub deal_id: [u8; 32],
    /// The MAC the quorum computes: `hmac-sha256`, `hmac-sha384` or `hmac-sha512`.
    pub scheme: String,
    /// The venue whose dialect reads requests for this key.
    pub venue: String,
    /// How the exchange's text of the secret becomes the bytes HMAC is keyed with.
    pub secret_encoding: SecretEncoding,
    /// What the key may do at the exchange. `None`: not known, so the widest is assumed.
    pub permissions: Option<Vec<String>>,
    /// The key's public name at the exchange. Where a signed text names a key, it must be this one;
    /// `None`: not known, and not compared.
    #[serde(default)]
    pub api_key: Option<String>,
    /// Commits to the passphrase whose MAC the venue wants beside each signature. `None`: nodes make
    /// the MAC of no passphrase.
    #[serde(default)]
    pub passphrase: Option<PassphraseCommitment>,
    /// Whether it was accepted that any signature of the key also authorises the operations that need no
    /// parameter, at a venue that signs neither method nor path. If not, policies are asked about them with
    /// each request.
    #[serde(default)]
    pub accepts_unavoidable: bool,
    /// t: how many nodes sign together.
    pub threshold: u8,
    /// All n nodes, by ascending share index.
    pub nodes: Vec<ManifestNode>,
    /// Hash of the inner HMAC state, which every package must contain.
    #[serde(with = "hex::serde")]
    pub inner_state_hash: [u8; 32],
    /// MAC of the check message, which a quorum must reproduce before it may sign.
    #[serde(with = "hex::serde")]
    pub check_tag: Vec<u8>,
    /// Refresh epoch, from 1.
    pub epoch: u64,
    /// Hash of the roster for which was dealt.
    #[serde(with = "hex::serde")]
    pub roster_hash: [u8; 32],
}

/// A node that was dealt a share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestNode {
    /// Its name in the roster.
    pub name: NodeName,
    /// The x-coordinate of its share, 1 to [`MAX_NODES`].
    pub index: u8,
    /// SHA-256 of its sealed package file.
    #[serde(with = "hex::serde")]
    pub package_sha256: [u8; 32],
}

/// What nodes compare a passphrase with, as `SharePackage::commitment` of the threshold protocol makes
/// it. It takes a share package to test a guess against it: the manifest alone gives nothing away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PassphraseCommitment(#[serde(with = "hex::serde")] pub [u8; 32]);

/// How a secret's text is decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SecretEncoding {
    /// The text's own bytes.
    Utf8,
    /// RFC 4648 section 4.
    Base64,
    /// RFC 4648 section 8.
    Hex,
}

impl SecretEncoding {
    /// Its name, as in the manifest.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Utf8 => "utf8",
            Self::Base64 => "base64",
            Self::Hex => "hex",
        }
    }
}

impl Manifest {
    /// Reads a manifest file.
    ///
    /// # Errors
    /// [`ManifestError`] if it cannot be read or is not a valid manifest.
    pub fn load(path: &Path) -> Result<Self, ManifestError> {
        let mut text = String::new();
        File::open(path)?
            .take(MAX_FILE_BYTES + 1)
            .read_to_string(&mut text)?;
        if text.len() as u64 > MAX_FILE_BYTES {
            return Err(ManifestError::TooLarge);
        }
        Self::from_json(&text)
    }

    /// Reads a manifest from JSON text.
    ///
    /// # Errors
    /// [`ManifestError`] if it is not JSON of the right shape or a rule does not hold.
    pub fn from_json(text: &str) -> Result<Self, ManifestError> {
        let manifest: Self = serde_json::from_str(text)?;
        manifest.validate()?;
        Ok(manifest)
    }

    /// The manifest as JSON text, which [`Manifest::from_json`] reads back if it is valid.
    #[must_use]
    pub fn to_json(&self) -> String {
        // No map with keys other than strings and no fallible field: this cannot fail, and an empty
        // text is refused wherever it is read.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// Checks every rule a manifest must keep.
    ///
    /// # Errors
    /// [`ManifestError`] naming the first rule that does not hold.
    pub fn validate(&self) -> Result<(), ManifestError> {
        if !(OLDEST_VERSION..=VERSION).contains(&self.version) {
            return Err(ManifestError::Version(self.version));
        }
        let is_newer =
            self.api_key.is_some() || self.passphrase.is_some() || self.accepts_unavoidable;
        if self.version == OLDEST_VERSION && is_newer {
            return Err(ManifestError::TooNew);
        }
        let tag_bytes = match self.scheme.as_str() {
            "hmac-sha256" => 32,
            "hmac-sha384" => 48,
            "hmac-sha512" => 64,
            _ => return Err(ManifestError::Scheme),
        };
        if self.check_tag.len() != tag_bytes {
            return Err(ManifestError::CheckTag(self.check_tag.len(), tag_bytes));
        }
        if !is_word(&self.venue) {
            return Err(ManifestError::Venue);
        }
        self.validate_permissions()?;
        if !self.api_key.as_deref().is_none_or(is_api_key) {
            return Err(ManifestError::ApiKey);
        }
        if self.epoch == 0 {
            return Err(ManifestError::Epoch);
        }
        self.validate_nodes()
    }

    fn validate_permissions(&self) -> Result<(), ManifestError> {
        let Some(permissions) = &self.permissions else {
            return Ok(());
        };
        let distinct: BTreeSet<&String> = permissions.iter().collect();
        if permissions.len() > MAX_PERMISSIONS
            || distinct.len() != permissions.len()
            || !permissions.iter().all(|permission| is_word(permission))
        {
            return Err(ManifestError::Permissions);
        }
        Ok(())
    }

    fn validate_nodes(&self) -> Result<(), ManifestError> {
        let count = self.nodes.len();
        if self.threshold < 2
            || usize::from(self.threshold) > count
            || count > usize::from(MAX_NODES)
        {
            return Err(ManifestError::Threshold(self.threshold, count));
        }
        let mut previous = 0;
        for node in &self.nodes {
            if node.index <= previous || node.index > MAX_NODES {
                return Err(ManifestError::Index(node.name.clone(), node.index));
            }
            previous = node.index;
        }
        let names: BTreeSet<&NodeName> = self.nodes.iter().map(|node| &node.name).collect();
        let packages: BTreeSet<_> = self.nodes.iter().map(|node| node.package_sha256).collect();
        if names.len() != count {
            return Err(ManifestError::Repeated("name"));
        }
        if packages.len() != count {
            return Err(ManifestError::Repeated("package"));
        }
        Ok(())
    }

    /// The entry of a node.
    #[must_use]
    pub fn node(&self, name: &NodeName) -> Option<&ManifestNode> {
        self.nodes.iter().find(|node| &node.name == name)
    }

    /// SHA-256 over all that the manifest says, however its JSON was spelled.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        // Texts are preceded by their length, lists by their count: no two manifests encode alike.
        let mut hash = Sha256::new();
        hash.update(HASH_DOMAIN);
        hash.update(self.version.to_be_bytes());
        text(&mut hash, self.key_id.as_str());
        hash.update(self.deal_id);
        text(&mut hash, &self.scheme);
        text(&mut hash, &self.venue);
        text(&mut hash, self.secret_encoding.as_str());
        hash.update([u8::from(self.permissions.is_some())]);
        if let Some(permissions) = &self.permissions {
            let sorted: BTreeSet<&String> = permissions.iter().collect();
            count(&mut hash, sorted.len());
            for permission in sorted {
                text(&mut hash, permission);
            }
        }
        if self.version > OLDEST_VERSION {
            hash.update([u8::from(self.api_key.is_some())]);
            if let Some(api_key) = &self.api_key {
                text(&mut hash, api_key);
            }
            hash.update([u8::from(self.passphrase.is_some())]);
            if let Some(PassphraseCommitment(commitment)) = &self.passphrase {
                hash.update(commitment);
            }
            hash.update([u8::from(self.accepts_unavoidable)]);
        }
        hash.update([self.threshold]);
        count(&mut hash, self.nodes.len());
        for node in &self.nodes {
            text(&mut hash, node.name.as_str());
            hash.update([node.index]);
            hash.update(node.package_sha256);
        }
        hash.update(self.inner_state_hash);
        count(&mut hash, self.check_tag.len());
        hash.update(&self.check_tag);
        hash.update(self.epoch.to_be_bytes());
        hash.update(self.roster_hash);
        hash.finalize().into()
    }

    /// What the package of `node` is bound to by its seal: this dealing, this key, that node.
    #[must_use]
    pub fn package_aad(&self, node: &NodeName) -> Vec<u8> {
        package::aad(&self.key_id, &self.deal_id, node)
    }
}

fn text(hash: &mut Sha256, text: &str) {
    count(hash, text.len());
    hash.update(text);
}

fn count(hash: &mut Sha256, count: usize) {
    hash.update((count as u64).to_be_bytes());
}

/// Venue and permission names: what appears in policies and logs, and reads one way only.
fn is_word(text: &str) -> bool {
    (1..=MAX_WORD).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-')
}

/// Whether this can be the public name of a key at an exchange: printable, without spaces.
#[must_use]
pub fn is_api_key(text: &str) -> bool {
    (1..=MAX_API_KEY).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Why a manifest is refused.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// The file cannot be read.
    #[error("cannot read the manifest: {0}")]
    Read(#[from] io::Error),
    /// The file is larger than any manifest.
    #[error("larger than any manifest ({MAX_FILE_BYTES} bytes)")]
    TooLarge,
    /// Not JSON of a manifest's shape.
    #[error("not a manifest: {0}")]
    Parse(#[from] serde_json::Error),
    /// A version this crate does not read.
    #[error("manifest version {0}; {OLDEST_VERSION} to {VERSION} are read")]
    Version(u32),
    /// Fields of a later version.
    #[error(
        "a manifest of version {OLDEST_VERSION} has no api_key, passphrase or accepts_unavoidable"
    )]
    TooNew,
    /// Not an exchange's name for a key.
    #[error("an API key has 1 to {MAX_API_KEY} printable ASCII characters, no spaces")]
    ApiKey,
    /// An unknown scheme.
    #[error("unknown scheme; known are hmac-sha256, hmac-sha384 and hmac-sha512")]
    Scheme,
    /// A check tag that does not fit the scheme.
    #[error("the check tag has {0} bytes; the scheme's tags have {1}")]
    CheckTag(usize, usize),
    /// Not a venue's name.
    #[error("a venue is named with 1 to {MAX_WORD} characters of a-z, 0-9, '-' and '_'")]
    Venue,
    /// Repeated, misspelt or far too many permissions.
    #[error(
        "permissions are up to {MAX_PERMISSIONS} different names of a-z, 0-9, '-' and '_', or null"
    )]
    Permissions,
    /// There is no epoch 0.
    #[error("epochs count from 1")]
    Epoch,
    /// Threshold and nodes do not fit.
    #[error("threshold {0} of {1} nodes: it takes 2 <= threshold <= nodes <= {MAX_NODES}")]
    Threshold(u8, usize),
    /// A share index out of range or out of order.
    #[error("node {0} has index {1}; indexes are 1 to {MAX_NODES}, in ascending order")]
    Index(NodeName, u8),
    /// Two nodes share what must be unique.
    #[error("two nodes have the same {0}")]
    Repeated(&'static str),
}

#[cfg(test)]
mod tests;
