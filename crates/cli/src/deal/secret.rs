//! Where the secret comes from. It is read straight into memory that is wiped, by as few hands as
//! possible: no buffered reader, no growing buffer.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use countersign_mpc::dealing::{DealError, Secret};
use countersign_venues::PassphraseMac;
use countersign_wire::manifest::SecretEncoding;
use zeroize::Zeroizing;

use super::SourceArgs;
use super::decode::{decode, trim_newline};

/// Longest secret text read, in bytes. Exchanges' secrets have some hundred at most.
const MAX_BYTES: usize = 64 * 1024;

/// What a newline at the end of a secret is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TrailingNewline {
    /// Put there by an editor or echo: left out.
    Trim,
    /// Part of the secret.
    Keep,
}

/// Reads and decodes the secret.
///
/// # Errors
/// [`SecretError`], which never shows any of it.
pub fn read(
    source: &SourceArgs,
    encoding: SecretEncoding,
    newline: Option<TrailingNewline>,
) -> Result<Secret, SecretError> {
    let text = match source {
        SourceArgs {
            secret_file: Some(path),
            ..
        } => from_file(path)?,
        SourceArgs { stdin: true, .. } => from_stdin()?,
        SourceArgs { .. } => from_prompt()?,
    };
    let bytes = decode(text, encoding, newline)?;
    Ok(Secret::new(bytes)?)
}

/// Reads a passphrase, in which the venue takes no line ending: one at its end is left out.
///
/// # Errors
/// [`SecretError`], which never shows any of it.
pub fn read_passphrase(
    path: &Path,
    mac: &PassphraseMac,
) -> Result<Zeroizing<Vec<u8>>, SecretError> {
    let mut text = from_file(path)?;
    trim_newline(&mut text);
    if !mac.accepts(&text) {
        return Err(SecretError::Passphrase(mac.longest));
    }
    Ok(text)
}

fn from_file(path: &Path) -> Result<Zeroizing<Vec<u8>>, SecretError> {
    let failed = |error| SecretError::File(path.to_owned(), error);
    let file = File::open(path).map_err(failed)?;
    let mode = file.metadata().map_err(failed)?.permissions().mode();
    if mode & 0o077 != 0 {
        tracing::warn!(path = %path.display(), "others than its owner may read this file");
    }
    from_reader(file)
        .map_err(failed)?
        .ok_or(SecretError::TooLong)
}

/// Around the standard library's stdin, whose buffer would keep a copy.
fn from_stdin() -> Result<Zeroizing<Vec<u8>>, SecretError> {
    let own = io::stdin()
        .as_fd()
        .try_clone_to_owned()
        .map_err(SecretError::Stdin)?;
    from_reader(File::from(own))
        .map_err(SecretError::Stdin)?
        .ok_or(SecretError::TooLong)
}

/// Reads to the end; `None` if there is more than [`MAX_BYTES`].
fn from_reader(mut from: impl Read) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    let mut text = Zeroizing::new(vec![0; MAX_BYTES + 1]);
    let mut length = 0;
    while let Some(room @ [_, ..]) = text.get_mut(length..) {
        match from.read(room) {
            Ok(0) => {
                text.truncate(length);
                return Ok(Some(text));
            }
            Ok(read) => length += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

/// Asks twice, since nothing of it is shown.
fn from_prompt() -> Result<Zeroizing<Vec<u8>>, SecretError> {
    let ask = |prompt: &str| {
        let typed = rpassword::prompt_password(prompt).map_err(SecretError::Prompt)?;
        Ok::<_, SecretError>(Zeroizing::new(typed.into_bytes()))
    };
    let first = ask("API secret (not shown): ")?;
    let second = ask("The same again: ")?;
    if first != second {
        return Err(SecretError::PromptsDiffer);
    }
    Ok(first)
}

/// Why there is no secret to deal.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The file cannot be read.
    #[error("{}: {}", .0.display(), .1)]
    File(PathBuf, #[source] io::Error),
    /// Stdin cannot be read.
    #[error("stdin: {0}")]
    Stdin(#[source] io::Error),
    /// There is no terminal to ask at.
    #[error("cannot ask for the secret: {0}")]
    Prompt(#[source] io::Error),
    /// The two entries differ.
    #[error("the two entries differ; nothing was dealt")]
    PromptsDiffer,
    /// Longer than any secret.
    #[error("longer than any secret ({MAX_BYTES} bytes)")]
    TooLong,
    /// It ends with a newline, and nobody said what that is.
    #[error("the secret ends with a newline, which is part of it or not")]
    TrailingNewline,
    /// Not of the encoding.
    #[error("the secret is not {}", .0.as_str())]
    Encoding(SecretEncoding),
    /// No passphrase of the venue.
    #[error(
        "the passphrase is none of the venue's: 1 to {0} printable ASCII characters, without a \
         request's path among them"
    )]
    Passphrase(usize),
    /// Too short.
    #[error(transparent)]
    Deal(#[from] DealError),
}

impl SecretError {
    /// What to do next.
    pub fn advice(&self) -> Option<&'static str> {
        match self {
            Self::TrailingNewline => Some(
                "Exchanges' secrets have none: --trailing-newline trim leaves it out. With \
                 --trailing-newline keep it is dealt as part of the secret.",
            ),
            Self::Encoding(_) => Some("Check --encoding."),
            Self::Prompt(_) => Some("Without a terminal use --secret-file or --stdin."),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives one byte at a time, and is interrupted in between.
    struct Halting<'a>(&'a [u8], bool);

    impl Read for Halting<'_> {
        fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
            self.1 = !self.1;
            if self.1 {
                return Err(io::ErrorKind::Interrupted.into());
            }
            let at_most = to.len().min(1);
            self.0.read(&mut to[..at_most])
        }
    }

    #[test]
    fn all_bytes_are_read_and_none_is_changed() {
        let bytes: Vec<u8> = (0..=255).chain(*b"\r\n").collect();
        let read = from_reader(Halting(&bytes, false)).unwrap().unwrap();
        assert_eq!(*read, bytes);
        assert_eq!(*from_reader(&[][..]).unwrap().unwrap(), b"");
    }

    #[test]
    fn the_longest_text_is_read_and_a_longer_one_refused() {
        let longest = vec![b'x'; MAX_BYTES];
        assert_eq!(from_reader(&longest[..]).unwrap().unwrap().len(), MAX_BYTES);
        let longer = vec![b'x'; MAX_BYTES + 1];
        assert!(from_reader(&longer[..]).unwrap().is_none());
    }

    #[test]
    fn errors_show_nothing_of_the_secret() {
        let text = Zeroizing::new(b"not!base64*at+all=SECRET".to_vec());
        let error = decode(text, SecretEncoding::Base64, None).unwrap_err();
        assert_eq!(error.to_string(), "the secret is not base64");
        assert!(!format!("{error:?}").contains("SECRET"));
    }
}
