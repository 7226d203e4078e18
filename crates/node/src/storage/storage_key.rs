//! The key under which everything at rest is sealed, and where it comes from.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::kdf;

/// Fewest bytes of a passphrase or credential.
pub const MIN_PASSPHRASE_BYTES: usize = 16;
const MAX_PASSPHRASE_BYTES: u64 = 4096;

/// Where the storage key comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StorageKeySource {
    /// A file with a passphrase, which only its owner may read.
    PassphraseFile(PathBuf),
    /// A systemd credential of that name, `$CREDENTIALS_DIRECTORY/<name>`: a passphrase, or bytes
    /// drawn at random.
    Credential(String),
}

impl StorageKeySource {
    /// Reads the passphrase and derives the key with Argon2id (RFC 9106), which takes some tenths
    /// of a second. Salt and parameters lie in `data_dir`, which is created with them when the node
    /// first starts.
    ///
    /// One line ending at the end of the passphrase is no part of it. A credential of random bytes
    /// takes the same way as a passphrase: which of the two it is need not be guessed.
    ///
    /// # Errors
    /// [`StorageKeyError`] if the passphrase cannot be had, others than its owner may read it, it is
    /// too short, or the parameters are damaged.
    pub fn load(&self, data_dir: &Path) -> Result<StorageKey, StorageKeyError> {
        let credentials = std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from);
        self.load_with(data_dir, credentials.as_deref())
    }

    fn load_with(
        &self,
        data_dir: &Path,
        credentials: Option<&Path>,
    ) -> Result<StorageKey, StorageKeyError> {
        let passphrase = match self {
            Self::PassphraseFile(path) => read_passphrase(path, OWNER_ONLY)?,
            Self::Credential(name) => {
                let directory = credentials.ok_or(StorageKeyError::NoCredentials)?;
                if name.is_empty() || name.starts_with('.') || name.contains('/') {
                    return Err(StorageKeyError::CredentialName);
                }
                read_passphrase(&directory.join(name), OWNER_AND_GROUP)?
            }
        };
        let parameters = kdf::Parameters::load_or_create(data_dir)?;
        parameters.derive(&passphrase)
    }
}

/// Permission bits that must be off for a passphrase file.
const OWNER_ONLY: u32 = 0o077;
/// Where the service manager grants access by ACL, the group bits show the ACL's mask.
const OWNER_AND_GROUP: u32 = 0o037;

fn read_passphrase(path: &Path, forbidden: u32) -> Result<Zeroizing<Vec<u8>>, StorageKeyError> {
    let read = |error| StorageKeyError::Passphrase(path.to_owned(), error);
    let file = File::open(path).map_err(read)?;
    let metadata = file.metadata().map_err(read)?;
    if !metadata.is_file() {
        return Err(read(io::Error::other("not a file")));
    }
    if std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & forbidden != 0 {
        return Err(StorageKeyError::OpenToOthers(path.to_owned()));
    }
    // Sized ahead: a growing buffer would leave copies of the passphrase behind.
    let mut passphrase = Zeroizing::new(Vec::with_capacity(MAX_PASSPHRASE_BYTES as usize + 64));
    file.take(MAX_PASSPHRASE_BYTES + 1)
        .read_to_end(&mut passphrase)
        .map_err(read)?;
    if passphrase.len() as u64 > MAX_PASSPHRASE_BYTES {
        return Err(read(io::Error::other("too large for a passphrase")));
    }
    if passphrase.last() == Some(&b'\n') {
        passphrase.pop();
        if passphrase.last() == Some(&b'\r') {
            passphrase.pop();
        }
    }
    if passphrase.len() < MIN_PASSPHRASE_BYTES {
        return Err(StorageKeyError::TooShort(path.to_owned()));
    }
    Ok(passphrase)
}

/// The key under which everything at rest is sealed. Wiped when dropped.
pub struct StorageKey(Zeroizing<[u8; 32]>);

impl StorageKey {
    pub(super) fn new(bytes: Zeroizing<[u8; 32]>) -> Self {
        Self(bytes)
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// A key for tests of other modules, which need not wait for Argon2id.
    #[cfg(test)]
    pub(crate) fn for_tests(byte: u8) -> Self {
        Self(Zeroizing::new([byte; 32]))
    }
}

impl fmt::Debug for StorageKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StorageKey(<redacted>)")
    }
}

/// Why there is no storage key.
#[derive(Debug, thiserror::Error)]
pub enum StorageKeyError {
    /// The passphrase cannot be read.
    #[error("cannot read the storage passphrase {0}: {1}")]
    Passphrase(PathBuf, #[source] io::Error),
    /// The passphrase's file is not private.
    #[error("others may read or change the storage passphrase {0}; chmod 600 it")]
    OpenToOthers(PathBuf),
    /// The passphrase could be guessed.
    #[error("the storage passphrase {0} has under {MIN_PASSPHRASE_BYTES} bytes")]
    TooShort(PathBuf),
    /// The node does not run under systemd, or without credentials.
    #[error(
        "CREDENTIALS_DIRECTORY is not set: give the unit LoadCredentialEncrypted=, or use a passphrase file"
    )]
    NoCredentials,
    /// A credential's name that is a path.
    #[error("a credential is named by a plain file name")]
    CredentialName,
    /// The parameters cannot be read or written.
    #[error("cannot read or write the key derivation parameters {0}: {1}")]
    Parameters(PathBuf, #[source] io::Error),
    /// The parameters are not what this program writes.
    #[error("the key derivation parameters {0} are damaged: restore them from a backup ({1})")]
    DamagedParameters(PathBuf, &'static str),
    /// There is a store, but its salt is gone.
    #[error(
        "the key derivation parameters {0} are missing although there is a store: restore them from a backup"
    )]
    MissingParameters(PathBuf),
    /// Argon2id failed: too little memory.
    #[error("cannot derive the storage key: {0}")]
    Derivation(#[from] argon2::Error),
    /// The system has no randomness for a salt.
    #[error("the system has no randomness: {0}")]
    Randomness(#[from] getrandom::Error),
}

#[cfg(test)]
mod tests {
    #![allow(non_snake_case)]

    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    const PASSPHRASE: &[u8] = b"correct horse battery";

    struct Files {
        directory: tempfile::TempDir,
    }

    impl Files {
        fn new(content: &[u8], mode: u32) -> Self {
            let directory = tempfile::tempdir().unwrap();
            let files = Self { directory };
            fs::write(files.passphrase(), content).unwrap();
            fs::set_permissions(files.passphrase(), Permissions::from_mode(mode)).unwrap();
            files
        }

        fn passphrase(&self) -> PathBuf {
            self.directory.path().join("passphrase")
        }

        fn data(&self) -> PathBuf {
            self.directory.path().join("data")
        }

        fn file_key(&self) -> Result<StorageKey, StorageKeyError> {
            StorageKeySource::PassphraseFile(self.passphrase()).load(&self.data())
        }

        fn credential_key(&self, name: &str) -> Result<StorageKey, StorageKeyError> {
            StorageKeySource::Credential(name.to_owned())
                .load_with(&self.data(), Some(self.directory.path()))
        }
    }

    #[test]
    fn key__should_be_the_same_at_every_start_and_from_every_source() {
        let files = Files::new(PASSPHRASE, 0o600);
        let key = files.file_key().unwrap();
        assert_eq!(key.bytes(), files.file_key().unwrap().bytes());
        assert_eq!(
            key.bytes(),
            files.credential_key("passphrase").unwrap().bytes()
        );
        for ending in ["\n", "\r\n"] {
            let line = [PASSPHRASE, ending.as_bytes()].concat();
            fs::write(files.passphrase(), line).unwrap();
            assert_eq!(key.bytes(), files.file_key().unwrap().bytes());
        }
        fs::write(files.passphrase(), b"correct horse battery ").unwrap();
        assert_ne!(key.bytes(), files.file_key().unwrap().bytes());
    }

    #[test]
    fn key__should_differ_between_nodes_with_one_passphrase() {
        let (a, b) = (Files::new(PASSPHRASE, 0o400), Files::new(PASSPHRASE, 0o400));
        assert_ne!(a.file_key().unwrap().bytes(), b.file_key().unwrap().bytes());
    }

    #[test]
    fn passphrase__should_be_refused_when_others_may_read_it() {
        for mode in [0o640, 0o604, 0o620, 0o660, 0o644, 0o601] {
            let files = Files::new(PASSPHRASE, mode);
            assert!(
                matches!(files.file_key(), Err(StorageKeyError::OpenToOthers(_))),
                "{mode:o}"
            );
            assert!(!files.data().exists());
        }
        assert!(
            Files::new(PASSPHRASE, 0o440)
                .credential_key("passphrase")
                .is_ok()
        );
        for mode in [0o444, 0o460] {
            assert!(matches!(
                Files::new(PASSPHRASE, mode).credential_key("passphrase"),
                Err(StorageKeyError::OpenToOthers(_))
            ));
        }
    }

    #[test]
    fn passphrase__should_be_refused_when_short_large_or_absent() {
        for content in [&b""[..], b"\n", b"fifteen letters"] {
            assert!(matches!(
                Files::new(content, 0o600).file_key(),
                Err(StorageKeyError::TooShort(_))
            ));
        }
        let large = Files::new(&[b'x'; 4097], 0o600);
        assert!(matches!(
            large.file_key(),
            Err(StorageKeyError::Passphrase(..))
        ));
        fs::remove_file(large.passphrase()).unwrap();
        assert!(matches!(
            large.file_key(),
            Err(StorageKeyError::Passphrase(..))
        ));
    }

    #[test]
    fn credential__should_be_a_plain_name_in_the_directory_systemd_gives() {
        let files = Files::new(PASSPHRASE, 0o600);
        for name in ["", ".", "..", "../passphrase", "/etc/hostname", "a/b"] {
            assert!(matches!(
                files.credential_key(name),
                Err(StorageKeyError::CredentialName)
            ));
        }
        let source = StorageKeySource::Credential("passphrase".to_owned());
        assert!(matches!(
            source.load_with(&files.data(), None),
            Err(StorageKeyError::NoCredentials)
        ));
    }

    #[test]
    fn key__should_not_print() {
        assert_eq!(
            format!("{:?}", StorageKey::for_tests(1)),
            "StorageKey(<redacted>)"
        );
    }
}
