//! Making a deployment's certificates and keys: one authority, one certificate per identity.

mod authority;
mod deployment;

use std::io;
use std::path::PathBuf;

pub use authority::{Authority, IssuedCertificate};
pub use deployment::{DeploymentSpec, issue_deployment};

use crate::ed25519::KeyError;
use crate::identity::{Identity, InvalidIdentity};
use crate::roster::RosterError;

/// Why certificates or keys could not be made.
#[derive(Debug, thiserror::Error)]
pub enum PkiError {
    /// A file or directory cannot be read or created. Nothing that existed was changed.
    #[error("{}: {}", .0.display(), .1)]
    File(PathBuf, #[source] io::Error),
    /// The directory already holds something. Choose another.
    #[error("{} is not empty; certificates are not overwritten", .0.display())]
    NotEmpty(PathBuf),
    /// Certificate or key cannot be made or read.
    #[error("certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// The authority's certificate is not one of ours.
    #[error("the authority's certificate names no trust domain: {0}")]
    Authority(#[from] InvalidIdentity),
    /// The authority's key belongs to another certificate.
    #[error("the key is not that of the authority's certificate")]
    KeyMismatch,
    /// An authority issues within its own trust domain only.
    #[error("{0} is outside the authority's trust domain")]
    ForeignIdentity(Box<Identity>),
    /// The validity leaves the range of dates.
    #[error("the validity is zero or beyond what a certificate can say")]
    Validity,
    /// A key cannot be made.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The names do not make a roster.
    #[error(transparent)]
    Roster(#[from] RosterError),
}
