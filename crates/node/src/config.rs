//! A node's configuration file.

use std::path::{Path, PathBuf};

use countersign_wire::NodeName;
use serde::Deserialize;

use crate::hardening::MemoryProtection;
use crate::storage::StorageKeySource;

/// `node.toml`. Relative paths are relative to the file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// This node's name in the roster.
    pub name: NodeName,
    /// Address and port to listen on.
    pub listen: String,
    /// Directory for shares, policy state and the audit log.
    pub data_dir: PathBuf,
    /// The deployment's roster.
    pub roster: PathBuf,
    /// Cedar policies in force: `*.cedar` files, or directories of them.
    pub policies: Vec<PathBuf>,
    /// File with what the operator says of the world: risk level, kill switch, reference prices. Looked at
    /// again when it changes; without one all is normal.
    #[serde(default)]
    pub circumstances: Option<PathBuf>,
    /// This node's certificate (PEM).
    pub certificate: PathBuf,
    /// Its private key (PEM).
    pub key: PathBuf,
    /// The deployment's certificate authority (PEM).
    pub ca: PathBuf,
    /// The key that signs receipts (PEM).
    pub receipt_key: PathBuf,
    /// The key share packages are sealed to (PEM).
    pub sealing_key: PathBuf,
    /// File with the passphrase that seals what is stored.
    pub passphrase_file: Option<PathBuf>,
    /// Or the name of a systemd credential.
    pub credential: Option<String>,
    /// Presignatures kept ready for each quorum this node evaluates for.
    #[serde(default = "default_depth")]
    pub pool_depth: usize,
    /// Most quorums per key that this node evaluates for.
    #[serde(default = "default_quorums")]
    pub pool_quorums: usize,
    /// Most milliseconds by which clocks may differ.
    #[serde(default = "default_skew")]
    pub clock_skew_ms: u64,
    /// Whether memory must be kept from swap and core dumps.
    #[serde(default)]
    pub memory_protection: MemoryProtection,
}

fn default_depth() -> usize {
    16
}

fn default_quorums() -> usize {
    16
}

fn default_skew() -> u64 {
    5_000
}

/// The configuration cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{path}: {error}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The file does not parse.
    #[error("{path}: {error}")]
    Parse {
        /// The file.
        path: PathBuf,
        /// Where and why.
        error: Box<toml::de::Error>,
    },
    /// A value makes no sense.
    #[error("{0}")]
    Value(&'static str),
}

impl Config {
    /// Reads and checks a configuration file.
    ///
    /// # Errors
    /// [`ConfigError`] names file and problem.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|error| ConfigError::Read {
            path: path.to_owned(),
            error,
        })?;
        let mut config: Self = toml::from_str(&text).map_err(|error| ConfigError::Parse {
            path: path.to_owned(),
            error: Box::new(error),
        })?;
        config.resolve(path.parent().unwrap_or(Path::new(".")));
        config.check()?;
        Ok(config)
    }

    fn resolve(&mut self, base: &Path) {
        let singles = [
            &mut self.data_dir,
            &mut self.roster,
            &mut self.certificate,
            &mut self.key,
            &mut self.ca,
            &mut self.receipt_key,
            &mut self.sealing_key,
        ];
        for path in singles
            .into_iter()
            .chain(&mut self.policies)
            .chain(&mut self.passphrase_file)
            .chain(&mut self.circumstances)
        {
            *path = base.join(&path);
        }
    }

    fn check(&self) -> Result<(), ConfigError> {
        if self.policies.is_empty() {
            return Err(ConfigError::Value(
                "policies: name at least one .cedar file or directory",
            ));
        }
        if self.pool_depth == 0 || self.pool_depth > 4096 {
            return Err(ConfigError::Value("pool_depth: 1 to 4096"));
        }
        if self.pool_quorums == 0 || self.pool_quorums > 256 {
            return Err(ConfigError::Value("pool_quorums: 1 to 256"));
        }
        if !(100..=60_000).contains(&self.clock_skew_ms) {
            return Err(ConfigError::Value("clock_skew_ms: 100 to 60000"));
        }
        self.storage_key().map(|_| ())
    }

    /// Where the key that seals storage comes from.
    ///
    /// # Errors
    /// [`ConfigError::Value`] unless exactly one source is given.
    pub fn storage_key(&self) -> Result<StorageKeySource, ConfigError> {
        match (&self.passphrase_file, &self.credential) {
            (Some(path), None) => Ok(StorageKeySource::PassphraseFile(path.clone())),
            (None, Some(name)) => Ok(StorageKeySource::Credential(name.clone())),
            _ => Err(ConfigError::Value(
                "give either passphrase_file or credential",
            )),
        }
    }
}
