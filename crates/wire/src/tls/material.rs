//! A party's certificate and key, and the authority it trusts.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use std::{fmt, fs, io};

use rustls::RootCertStore;
use rustls::crypto::CryptoProvider;
use rustls::crypto::aws_lc_rs::{self, kx_group, sign};
use rustls::sign::CertifiedKey;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use x509_parser::prelude::{FromDer, X509Certificate};
use zeroize::Zeroize;

use crate::identity::{Identity, InvalidIdentity};
use crate::keyfile;

/// What a party needs for mutual TLS. The private key stays inside AWS-LC.
#[derive(Clone)]
pub struct TlsMaterial {
    identity: Identity,
    not_after: SystemTime,
    pub(super) certified: Arc<CertifiedKey>,
    pub(super) roots: Arc<RootCertStore>,
    pub(super) provider: Arc<CryptoProvider>,
}

impl TlsMaterial {
    /// Reads certificate chain (leaf first), private key and certificate authority from PEM files.
    ///
    /// # Errors
    /// [`TlsError`] naming the file that cannot be used and why.
    pub fn load(certificate: &Path, key: &Path, ca: &Path) -> Result<Self, TlsError> {
        let chain = read_certificates(certificate)?;
        let leaf = chain
            .first()
            .ok_or_else(|| TlsError::NoCertificate(certificate.to_owned()))?;
        let identity = Identity::from_certificate(leaf)
            .map_err(|error| TlsError::Identity(certificate.to_owned(), error))?;
        let not_after =
            expiry(leaf).ok_or_else(|| TlsError::NoCertificate(certificate.to_owned()))?;

        let pem =
            keyfile::read_private(key).map_err(|error| TlsError::Read(key.to_owned(), error))?;
        let mut der = PrivateKeyDer::from_pem_slice(pem.as_bytes())
            .map_err(|_| TlsError::Key(key.to_owned()))?;
        let signer = sign::any_supported_type(&der);
        der.zeroize();
        let signer = signer.map_err(|_| TlsError::Key(key.to_owned()))?;
        let certified = CertifiedKey::new(chain, signer);
        certified
            .keys_match()
            .map_err(|_| TlsError::KeyMismatch(key.to_owned()))?;

        let mut roots = RootCertStore::empty();
        for authority in read_certificates(ca)? {
            roots
                .add(authority)
                .map_err(|_| TlsError::NoCertificate(ca.to_owned()))?;
        }
        if roots.is_empty() {
            return Err(TlsError::NoCertificate(ca.to_owned()));
        }

        Ok(Self {
            identity,
            not_after,
            certified: Arc::new(certified),
            roots: Arc::new(roots),
            provider: Arc::new(provider()),
        })
    }

    /// Who the certificate says this party is.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// When the certificate expires.
    #[must_use]
    pub fn not_after(&self) -> SystemTime {
        self.not_after
    }
}

impl fmt::Debug for TlsMaterial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsMaterial")
            .field("identity", &self.identity)
            .field("not_after", &self.not_after)
            .finish_non_exhaustive()
    }
}

/// AWS-LC with the two key exchanges both ends of ours always have.
fn provider() -> CryptoProvider {
    CryptoProvider {
        kx_groups: vec![kx_group::X25519MLKEM768, kx_group::X25519],
        ..aws_lc_rs::default_provider()
    }
}

fn read_certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let pem = fs::read(path).map_err(|error| TlsError::Read(path.to_owned(), error))?;
    CertificateDer::pem_slice_iter(&pem)
        .collect::<Result<_, _>>()
        .map_err(|_| TlsError::NoCertificate(path.to_owned()))
}

fn expiry(der: &[u8]) -> Option<SystemTime> {
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    let seconds = u64::try_from(certificate.validity().not_after.timestamp()).ok()?;
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
}

/// Why TLS cannot be set up. All are for the operator to correct.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("cannot read {}: {}", .0.display(), .1)]
    Read(PathBuf, #[source] io::Error),
    /// A file holds no certificate, or one that cannot be read.
    #[error("{} holds no usable certificate", .0.display())]
    NoCertificate(PathBuf),
    /// The certificate names no identity of ours.
    #[error("{}: {}", .0.display(), .1)]
    Identity(PathBuf, #[source] InvalidIdentity),
    /// Not one private key that TLS 1.3 can use.
    #[error("{} holds no usable private key", .0.display())]
    Key(PathBuf),
    /// The key belongs to another certificate.
    #[error("{} is not the key of the certificate", .0.display())]
    KeyMismatch(PathBuf),
    /// The library refused the configuration.
    #[error("TLS cannot be configured: {0}")]
    Configuration(String),
}
