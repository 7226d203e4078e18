//! Private keys on disk: files only their owner reads, and Curve25519 keys as PKCS#8 PEM
//! (RFC 8410 section 7), the form `openssl` reads and writes.

use std::fs::OpenOptions;
use std::io::{self, Read, Write};
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

const BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const END: &str = "\n-----END PRIVATE KEY-----\n";

/// DER of a OneAsymmetricKey up to the 32 key bytes; the byte at index 11 tells the algorithms apart.
const PREFIX_LEN: usize = 16;
const DER_LEN: usize = PREFIX_LEN + 32;
const MAX_FILE_BYTES: u64 = 16 * 1024;
const LINE_LEN: usize = 64;

/// What the 32 bytes are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Algorithm {
    /// id-X25519, 1.3.101.110.
    X25519,
    /// id-Ed25519, 1.3.101.112.
    Ed25519,
}

impl Algorithm {
    fn prefix(self) -> [u8; PREFIX_LEN] {
        let oid_end = match self {
            Self::X25519 => 0x6e,
            Self::Ed25519 => 0x70,
        };
        [
            0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, oid_end, 0x04, 0x22,
            0x04, 0x20,
        ]
    }
}

/// The key as PEM text.
pub(crate) fn encode(algorithm: Algorithm, key: &[u8; 32]) -> Zeroizing<String> {
    let mut der = Zeroizing::new([0u8; DER_LEN]);
    let (prefix, body) = der.split_at_mut(PREFIX_LEN);
    prefix.copy_from_slice(&algorithm.prefix());
    body.copy_from_slice(key);

    armour(der.as_slice())
}

/// A PKCS#8 private key as PEM text (RFC 7468 section 10).
pub(crate) fn armour(der: &[u8]) -> Zeroizing<String> {
    // Sized ahead: a growing string would leave copies of the key behind.
    let base64_len = der.len().div_ceil(3) * 4;
    let mut base64 = Zeroizing::new(String::with_capacity(base64_len));
    STANDARD.encode_string(der, &mut base64);

    let lines = base64_len.div_ceil(LINE_LEN);
    let mut pem = Zeroizing::new(String::with_capacity(
        BEGIN.len() + base64_len + lines + END.len(),
    ));
    pem.push_str(BEGIN);
    for (at, c) in base64.chars().enumerate() {
        if at % LINE_LEN == 0 {
            pem.push('\n');
        }
        pem.push(c);
    }
    pem.push_str(END);
    pem
}

/// The 32 bytes of a key written by [`encode`] or by `openssl genpkey`.
pub(crate) fn decode(algorithm: Algorithm, pem: &str) -> Result<Zeroizing<[u8; 32]>, KeyFileError> {
    let body = pem
        .trim_end()
        .strip_prefix(BEGIN)
        .and_then(|rest| rest.strip_suffix(END.trim()))
        .ok_or(KeyFileError::Malformed)?
        .trim();
    let mut der = Zeroizing::new([0u8; DER_LEN + 2]);
    let length = STANDARD
        .decode_slice(body, der.as_mut_slice())
        .map_err(|_| KeyFileError::Malformed)?;
    let key = der
        .get(..length)
        .and_then(|der| der.strip_prefix(&algorithm.prefix()))
        .ok_or(KeyFileError::WrongAlgorithm)?;
    let mut out = Zeroizing::new([0u8; 32]);
    if key.len() != out.len() {
        return Err(KeyFileError::Malformed);
    }
    out.copy_from_slice(key);
    Ok(out)
}

/// Reads a file that holds a private key.
///
/// # Errors
/// An I/O error if it cannot be read, is no text, or others than its owner and group may touch it.
pub fn read_private(path: &Path) -> io::Result<Zeroizing<String>> {
    let file = OpenOptions::new().read(true).open(path)?;
    let metadata = file.metadata()?;
    refuse_if_open_to_others(&metadata)?;
    if metadata.len() > MAX_FILE_BYTES {
        return Err(io::Error::other("too large for a private key"));
    }
    // Sized ahead: a growing buffer would leave copies of the key behind.
    let mut text = Zeroizing::new(String::with_capacity(MAX_FILE_BYTES as usize));
    file.take(MAX_FILE_BYTES).read_to_string(&mut text)?;
    Ok(text)
}

/// Creates a file that only its owner may read, and writes a private key into it.
///
/// # Errors
/// An I/O error if it exists already or cannot be written.
pub fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Owner and, for secrets that a service manager mounts, group may read; nobody else anything.
#[cfg(unix)]
fn refuse_if_open_to_others(metadata: &std::fs::Metadata) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    if metadata.permissions().mode() & 0o027 != 0 {
        return Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            "others may read or change this private key; chmod 600 it",
        ));
    }
    Ok(())
}

#[cfg(not(unix))]
fn refuse_if_open_to_others(_metadata: &std::fs::Metadata) -> io::Result<()> {
    Ok(())
}

/// A file that is not the private key it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyFileError {
    /// Not a PKCS#8 PEM private key.
    #[error("not a PKCS#8 PEM private key")]
    Malformed,
    /// A private key of another algorithm.
    #[error("a private key of another algorithm")]
    WrongAlgorithm,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8410 section 10.3.
    const RFC_8410_KEY: &str = "-----BEGIN PRIVATE KEY-----\n\
        MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n\
        -----END PRIVATE KEY-----\n";

    #[test]
    fn the_example_of_rfc_8410_is_read() {
        let key = decode(Algorithm::Ed25519, RFC_8410_KEY).unwrap();
        assert_eq!(
            hex::encode(key.as_slice()),
            "d4ee72dbf913584ad5b6d8f1f769f8ad3afe7c28cbf1d4fbe097a88f44755842"
        );
        assert_eq!(encode(Algorithm::Ed25519, &key).as_str(), RFC_8410_KEY);
    }

    #[test]
    fn a_key_of_the_other_algorithm_is_refused() {
        assert_eq!(
            decode(Algorithm::X25519, RFC_8410_KEY),
            Err(KeyFileError::WrongAlgorithm)
        );
    }

    #[test]
    fn damaged_files_are_refused() {
        for pem in [
            "",
            "-----BEGIN PRIVATE KEY-----",
            "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n",
            &RFC_8410_KEY.replace("VhC\n", "Vh\n"),
            &RFC_8410_KEY.replace("MC4C", "MC4D"),
            &RFC_8410_KEY.replace("VhC\n", "VhCAAAA\n"),
            &RFC_8410_KEY.replace("PRIVATE KEY", "PUBLIC KEY"),
            &format!("{RFC_8410_KEY}{RFC_8410_KEY}"),
        ] {
            assert!(decode(Algorithm::Ed25519, pem).is_err(), "{pem}");
        }
    }
}
