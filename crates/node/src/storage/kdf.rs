//! From passphrase to key: Argon2id (RFC 9106), its salt and parameters kept beside the store.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use argon2::{Algorithm, Argon2, Params};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::storage_key::{StorageKey, StorageKeyError};
use super::store::STORE_DIR;

/// The file in the data directory.
const FILE: &str = "storage-key.json";
const VERSION: u32 = 1;
const MAX_FILE_BYTES: u64 = 4096;

/// RFC 9106 section 4, second recommended option.
const DEFAULT: Cost = Cost {
    memory_kib: 64 * 1024,
    passes: 3,
    lanes: 4,
};
/// OWASP's least for Argon2id. A file that asks for less was tampered with.
const FLOOR: Cost = Cost {
    memory_kib: 19 * 1024,
    passes: 2,
    lanes: 1,
};
/// A file that asks for more would keep the node from starting.
const CEILING: Cost = Cost {
    memory_kib: 4 * 1024 * 1024,
    passes: 64,
    lanes: 64,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

impl Cost {
    fn at_least(self, other: Self) -> bool {
        self.memory_kib >= other.memory_kib
            && self.passes >= other.passes
            && self.lanes >= other.lanes
    }
}

/// How the key is derived. Not secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Parameters {
    version: u32,
    kdf: String,
    #[serde(with = "hex::serde")]
    salt: [u8; 16],
    cost: Cost,
}

impl Parameters {
    /// Reads the parameters in `data_dir`, or draws and writes them when the node first starts.
    pub(super) fn load_or_create(data_dir: &Path) -> Result<Self, StorageKeyError> {
        let path = data_dir.join(FILE);
        match File::open(&path) {
            Ok(file) => Self::read(&path, file),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                if data_dir.join(STORE_DIR).exists() {
                    return Err(StorageKeyError::MissingParameters(path));
                }
                Self::draw()?
                    .write(data_dir)
                    .map_err(|error| StorageKeyError::Parameters(path.clone(), error))?;
                // Of two nodes that start at once, both use what the first has written.
                let file = File::open(&path)
                    .map_err(|error| StorageKeyError::Parameters(path.clone(), error))?;
                Self::read(&path, file)
            }
            Err(error) => Err(StorageKeyError::Parameters(path, error)),
        }
    }

    /// Derives the key.
    pub(super) fn derive(&self, passphrase: &[u8]) -> Result<StorageKey, StorageKeyError> {
        let Cost {
            memory_kib,
            passes,
            lanes,
        } = self.cost;
        let mut key = Zeroizing::new([0; 32]);
        let params = Params::new(memory_kib, passes, lanes, Some(key.len()))?;
        Argon2::new(Algorithm::Argon2id, argon2::Version::V0x13, params).hash_password_into(
            passphrase,
            &self.salt,
            key.as_mut_slice(),
        )?;
        Ok(StorageKey::new(key))
    }

    fn draw() -> Result<Self, StorageKeyError> {
        let mut salt = [0; 16];
        getrandom::fill(&mut salt)?;
        Ok(Self {
            version: VERSION,
            kdf: "argon2id".to_owned(),
            salt,
            cost: DEFAULT,
        })
    }

    fn read(path: &Path, file: File) -> Result<Self, StorageKeyError> {
        let mut text = Vec::new();
        file.take(MAX_FILE_BYTES)
            .read_to_end(&mut text)
            .map_err(|error| StorageKeyError::Parameters(path.to_owned(), error))?;
        let damaged = |why| StorageKeyError::DamagedParameters(path.to_owned(), why);
        let parameters: Self =
            serde_json::from_slice(&text).map_err(|_| damaged("not of the expected form"))?;
        if parameters.version != VERSION || parameters.kdf != "argon2id" {
            return Err(damaged("of an unknown version"));
        }
        if !parameters.cost.at_least(FLOOR) {
            return Err(damaged("weaker than this program ever writes"));
        }
        if !CEILING.at_least(parameters.cost) {
            return Err(damaged("costlier than this program ever writes"));
        }
        Ok(parameters)
    }

    /// Writes the file whole or not at all, unless there is one already.
    fn write(&self, data_dir: &Path) -> io::Result<()> {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(data_dir)?;
        let draft = data_dir.join(format!("{FILE}.{}", std::process::id()));
        let written = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&draft)
            .and_then(|mut file| {
                file.write_all(&serde_json::to_vec_pretty(self)?)?;
                file.sync_all()
            })
            // Unlike a rename, a link never replaces a file.
            .and_then(|()| match fs::hard_link(&draft, data_dir.join(FILE)) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
                other => other,
            });
        let removed = fs::remove_file(&draft);
        written.and(removed)?;
        File::open(data_dir)?.sync_all()
    }
}

#[cfg(test)]
mod tests {
    #![allow(non_snake_case)]

    use super::*;

    fn edited(edit: impl FnOnce(&mut Parameters)) -> Result<Parameters, StorageKeyError> {
        let directory = tempfile::tempdir().unwrap();
        let mut parameters = Parameters::draw().unwrap();
        edit(&mut parameters);
        parameters.write(directory.path()).unwrap();
        Parameters::load_or_create(directory.path())
    }

    /// Computed with the `cryptography` package of Python.
    const ARGON2_VECTOR: &str = "6748789223afbdb2e3417a4601a3dfd1fd9bd7a5d9a5fd52b181fdb73d7e729e";

    #[test]
    fn derivation__should_agree_with_another_implementation() {
        let parameters = Parameters {
            version: VERSION,
            kdf: "argon2id".to_owned(),
            salt: *b"sixteen of salt!",
            cost: DEFAULT,
        };
        let key = parameters.derive(b"a passphrase of some length").unwrap();
        assert_eq!(hex::encode(key.bytes()), ARGON2_VECTOR);
    }

    #[test]
    fn parameters__should_be_written_once() {
        let directory = tempfile::tempdir().unwrap();
        let data = directory.path().join("a/b");
        let first = Parameters::load_or_create(&data).unwrap();
        assert_eq!(Parameters::load_or_create(&data).unwrap(), first);
        Parameters::draw().unwrap().write(&data).unwrap();
        assert_eq!(Parameters::load_or_create(&data).unwrap(), first);
        assert_eq!(fs::read_dir(&data).unwrap().count(), 1);
    }

    #[test]
    fn parameters__should_have_a_floor_and_a_ceiling() {
        assert!(edited(|p| p.cost = FLOOR).is_ok());
        let edits: [fn(&mut Parameters); 8] = [
            |p| p.cost.memory_kib = FLOOR.memory_kib - 1,
            |p| p.cost.passes = 1,
            |p| p.cost.lanes = 0,
            |p| p.cost.memory_kib = u32::MAX,
            |p| p.cost.passes = u32::MAX,
            |p| p.cost.lanes = 65,
            |p| p.version = 2,
            |p| p.kdf = "argon2i".to_owned(),
        ];
        for edit in edits {
            assert!(matches!(
                edited(edit),
                Err(StorageKeyError::DamagedParameters(..))
            ));
        }
    }

    #[test]
    fn parameters__should_not_be_drawn_again_for_an_existing_store() {
        let directory = tempfile::tempdir().unwrap();
        Parameters::load_or_create(directory.path()).unwrap();
        fs::create_dir(directory.path().join(STORE_DIR)).unwrap();
        fs::remove_file(directory.path().join(FILE)).unwrap();
        assert!(matches!(
            Parameters::load_or_create(directory.path()),
            Err(StorageKeyError::MissingParameters(_))
        ));
    }
}
