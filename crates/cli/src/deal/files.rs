//! The dealer's output: nothing is overwritten, and nothing half-made stays.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use countersign_wire::NodeName;

use crate::error::CliError;

/// The manifest's file name.
pub const MANIFEST: &str = "manifest.json";
/// The file with the header that the passphrase's MAC makes.
pub const PASSPHRASE_HEADER: &str = "passphrase-header.txt";

/// The file name of a node's package.
pub fn package_name(node: &NodeName) -> String {
    format!("{node}.package")
}

/// Files that are removed again when dropped, unless kept.
#[derive(Debug)]
pub struct OutputFiles {
    dir: PathBuf,
    written: Vec<PathBuf>,
}

impl OutputFiles {
    /// Creates `dir` where necessary and makes sure that none of the files exists.
    ///
    /// # Errors
    /// [`CliError::Exists`] naming the file that does, [`CliError::File`] for a directory that
    /// cannot be created.
    pub fn claim<'a>(
        dir: &Path,
        nodes: impl Iterator<Item = &'a NodeName>,
    ) -> Result<Self, CliError> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(dir)
            .map_err(CliError::file(dir))?;
        let others = [MANIFEST, PASSPHRASE_HEADER].map(str::to_owned);
        let names = nodes.map(package_name).chain(others);
        for path in names.map(|name| dir.join(name)) {
            // Not `exists()`, which follows links and takes an error for absence.
            match fs::symlink_metadata(&path) {
                Ok(_) => return Err(CliError::Exists(path)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(CliError::File(path, error)),
            }
        }
        Ok(Self {
            dir: dir.to_owned(),
            written: Vec::new(),
        })
    }

    /// Writes a new file to disk, readable by its owner only: packages are nobody else's business,
    /// and who copies the manifest decides who may read it.
    ///
    /// # Errors
    /// [`CliError::Exists`] if it exists by now, [`CliError::File`] if it cannot be written.
    pub fn write(&mut self, name: &str, bytes: &[u8]) -> Result<(), CliError> {
        let path = self.dir.join(name);
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .map_err(|error| match error.kind() {
                io::ErrorKind::AlreadyExists => CliError::Exists(path.clone()),
                _ => CliError::File(path.clone(), error),
            })?;
        self.written.push(path.clone());
        file.write_all(bytes)
            .and_then(|()| file.sync_all())
            .map_err(CliError::file(path))
    }

    /// The output is complete.
    pub fn keep(mut self) {
        self.written.clear();
    }
}

impl Drop for OutputFiles {
    fn drop(&mut self) {
        for path in &self.written {
            if let Err(error) = fs::remove_file(path) {
                tracing::warn!(path = %path.display(), %error, "cannot remove");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node() -> NodeName {
        "a".parse().unwrap()
    }

    #[test]
    fn what_exists_is_refused_even_if_it_is_a_dangling_link() {
        let dir = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("nowhere", dir.path().join("a.package")).unwrap();
        let refused = OutputFiles::claim(dir.path(), [node()].iter());
        assert!(matches!(refused, Err(CliError::Exists(path)) if path.ends_with("a.package")));
    }

    #[test]
    fn what_appears_meanwhile_is_not_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.package");
        let mut files = OutputFiles::claim(dir.path(), [node()].iter()).unwrap();
        fs::write(&path, "other").unwrap();
        assert!(matches!(
            files.write("a.package", b"mine"),
            Err(CliError::Exists(_))
        ));
        drop(files);
        assert_eq!(fs::read(&path).unwrap(), b"other");
    }

    #[test]
    fn half_an_output_is_removed_and_a_whole_one_kept() {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("new/dealt");
        let write = || {
            let mut files = OutputFiles::claim(&out, [node()].iter()).unwrap();
            files.write("a.package", b"bytes").unwrap();
            files
        };
        drop(write());
        assert!(!out.join("a.package").exists());
        write().keep();
        assert_eq!(fs::read(out.join("a.package")).unwrap(), b"bytes");
    }
}
