//! The policies in a node's files. Whoever tries policies beforehand reads them in the same way.

use std::io;
use std::path::{Path, PathBuf};

use countersign_policy::{Bundle, PolicyError};

/// Why files make no bundle.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A file or directory cannot be read.
    #[error("{}: {error}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A directory without policies: a mistake, since nothing would ever be signed.
    #[error("{}: no file in it is called *.cedar", .0.display())]
    Empty(PathBuf),
    /// A policy does not hold up.
    #[error(transparent)]
    Policy(#[from] PolicyError),
}

/// The bundle of these files. Of a directory all files called `*.cedar` count; one that ends so in capitals is
/// an error, as it is when named: a forbid that is passed over would not be missed. Directories in it are not
/// looked into.
///
/// # Errors
/// [`LoadError`]: there is no bundle unless all of it is good.
pub fn load(paths: &[PathBuf]) -> Result<Bundle, LoadError> {
    let mut sources = Vec::new();
    for path in paths {
        for file in files(path)? {
            let text = std::fs::read_to_string(&file).map_err(unreadable(&file))?;
            let name = file.file_name().unwrap_or(file.as_os_str());
            sources.push((name.to_string_lossy().into_owned(), text));
        }
    }
    Ok(Bundle::from_sources(sources)?)
}

fn files(path: &Path) -> Result<Vec<PathBuf>, LoadError> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(unreadable(path))? {
        let file = entry.map_err(unreadable(path))?.path();
        if file
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("cedar"))
        {
            files.push(file);
        }
    }
    if files.is_empty() {
        return Err(LoadError::Empty(path.to_owned()));
    }
    files.sort();
    Ok(files)
}

fn unreadable(path: &Path) -> impl FnOnce(io::Error) -> LoadError {
    let path = path.to_owned();
    move |error| LoadError::Read { path, error }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = "@id(\"a\")\npermit (principal, action, resource);\n";

    #[test]
    fn directory_stands_for_the_policies_in_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        let whole = [dir.path().to_owned()];
        assert!(matches!(load(&whole), Err(LoadError::Empty(_))));
        std::fs::write(path("one.cedar"), FIRST).unwrap();
        std::fs::write(path("two.cedar"), FIRST.replace("\"a\"", "\"b\"")).unwrap();
        std::fs::write(path("three.txt"), "none").unwrap();
        let named = load(&[path("two.cedar"), path("one.cedar")]).unwrap();
        assert_eq!(load(&whole).unwrap().hash(), named.hash());
        assert_eq!(named.ids().count(), 2);
        std::fs::rename(path("two.cedar"), path("two.CEDAR")).unwrap();
        assert!(matches!(load(&whole), Err(LoadError::Policy(_))));
    }

    #[test]
    fn one_bad_file_leaves_no_bundle() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("one.cedar"), FIRST).unwrap();
        let bad = dir.path().join("two.cedar");
        std::fs::write(&bad, "permit").unwrap();
        let whole = [dir.path().to_owned()];
        assert!(matches!(load(&whole), Err(LoadError::Policy(_))));
        std::fs::write(&bad, [0xff]).unwrap();
        assert!(matches!(load(&whole), Err(LoadError::Read { path, .. }) if path == bad));
    }
}
