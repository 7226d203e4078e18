//! Why a command did not do what it was asked, and its exit code.

use std::io;
use std::path::PathBuf;

use countersign_client::{Refusal, SignError};
use countersign_mpc::dealing::DealError;
use countersign_wire::identity::InvalidIdentity;
use countersign_wire::keyfile::KeyFileError;
use countersign_wire::manifest::ManifestError;
use countersign_wire::pki::PkiError;
use countersign_wire::roster::{InvalidAddress, RosterError};
use countersign_wire::seal::SealError;
use countersign_wire::tls::TlsError;
use countersign_wire::{NodeName, name};

use crate::deal::SecretError;
use crate::demo::DemoError;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// A file cannot be read or written.
    #[error("{}: {}", .0.display(), .1)]
    File(PathBuf, #[source] io::Error),
    /// A file that would have been overwritten.
    #[error("{} exists already; nothing is overwritten", .0.display())]
    Exists(PathBuf),
    /// Stdout is gone.
    #[error("cannot write to stdout: {0}")]
    Output(#[source] io::Error),
    /// The operating system refused something else.
    #[error("{0}: {1}")]
    System(&'static str, #[source] io::Error),
    /// Something that cannot be written as JSON.
    #[error("cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// A request file that is no request.
    #[error("{}: not a request: {}", .0.display(), .1)]
    RequestFile(PathBuf, #[source] serde_json::Error),
    /// A client configuration that does not parse.
    #[error("{}: not a client's configuration: {}", .0.display(), .1)]
    ClientFile(PathBuf, #[source] Box<toml::de::Error>),
    /// The certificate is somebody else's.
    #[error("the certificate is for {found}, the configuration for client {expected}")]
    ClientName {
        /// Whom the certificate names.
        found: String,
        /// Whom the configuration names.
        expected: String,
    },
    /// A key file cannot be used.
    #[error("{}: {}", .0.display(), .1)]
    KeyFile(PathBuf, #[source] KeyFileError),
    /// A name is none.
    #[error(transparent)]
    Name(#[from] name::InvalidName),
    /// A trust domain is none.
    #[error(transparent)]
    TrustDomain(#[from] InvalidIdentity),
    /// An address is none.
    #[error(transparent)]
    Address(InvalidAddress),
    /// Certificates were not made.
    #[error(transparent)]
    Pki(#[from] PkiError),
    /// A roster cannot be used.
    #[error("{}: {}", .0.display(), .1)]
    Roster(PathBuf, #[source] RosterError),
    /// TLS cannot be set up.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// A node named on the command line is not in the roster.
    #[error("node {0} is not in the roster")]
    UnknownNode(NodeName),
    /// A venue without dialect.
    #[error(transparent)]
    Venue(#[from] countersign_venues::UnknownVenue),
    /// A line of a file of records is not one.
    #[error("{}, line {line}: {error}", path.display())]
    RecordLine {
        /// The file.
        path: PathBuf,
        /// From 1.
        line: usize,
        /// What is wrong.
        error: serde_json::Error,
    },
    /// Policies are not valid.
    #[error(transparent)]
    Policy(#[from] countersign_node::policies::LoadError),
    /// A request that no policy is asked about.
    #[error("{0}; no node signs it, whatever its policies")]
    NotUnderstood(Box<countersign_venues::ReadError>),
    /// There is no such permission.
    #[error(transparent)]
    UnknownPermission(#[from] countersign_venues::UnknownPermission),
    /// A table of cases cannot be read.
    #[error("{}: {error}", path.display())]
    CaseFile {
        /// The file.
        path: PathBuf,
        /// Where and what.
        error: String,
    },
    /// Cases do not hold.
    #[error("{0} cases do not hold")]
    Cases(usize),
    /// The clock is not set.
    #[error("the clock is set before 1970")]
    Clock,
    /// Files of records without a record.
    #[error("there is no record in the files given")]
    NoRecords,
    /// Records differ from what nodes make of them.
    #[error("{0} records do not match")]
    Mismatches(usize),
    /// What any signature of the key would authorise has not been accepted.
    #[error(
        "{venue} signs neither method nor path, so that any signature of this key, whatever it is \
         for, also authorises these until it expires:\n{operations}"
    )]
    Unavoidable {
        /// The venue.
        venue: &'static str,
        /// A table of them.
        operations: String,
    },
    /// A passphrase that nothing would come of.
    #[error("{0} wants no MAC of a passphrase")]
    NoPassphrase(&'static str),
    /// The hash asked for is not the venue's.
    #[error("{venue} signs with {expected}, not {found}")]
    Hash {
        /// The venue.
        venue: String,
        /// What it signs with.
        expected: &'static str,
        /// What was asked for.
        found: &'static str,
    },
    /// The secret cannot be had.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// Nothing was dealt.
    #[error(transparent)]
    Deal(#[from] DealError),
    /// A package was not sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The manifest would break a rule.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// The node did not start.
    #[error(transparent)]
    Node(#[from] countersign_node::NodeError),
    /// The node's configuration is refused.
    #[error(transparent)]
    NodeConfig(#[from] countersign_node::ConfigError),
    /// The package was not taken in.
    #[error(transparent)]
    Import(#[from] countersign_node::ImportError),
    /// The coordinator's configuration is refused.
    #[error(transparent)]
    CoordinatorConfig(#[from] countersign_coordinator::ConfigError),
    /// The coordinator did not start.
    #[error(transparent)]
    Coordinator(#[from] countersign_coordinator::RunError),
    /// The client cannot be set up.
    #[error(transparent)]
    Client(#[from] countersign_client::ConfigError),
    /// The request was not signed.
    #[error("{}", without_causes(.0))]
    Sign(Box<SignError>),
    /// The demo did not show what it should.
    #[error(transparent)]
    Demo(Box<DemoError>),
    /// Somebody pressed Ctrl-C, or sent SIGTERM.
    #[error("interrupted")]
    Interrupted,
}

impl CliError {
    /// The exit code, as `countersign --help` documents it.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Sign(error) if matches!(**error, SignError::Refused(_)) => 3,
            Self::Interrupted => 130,
            _ => 1,
        }
    }

    /// What to do next, where the message does not say it.
    pub fn advice(&self) -> Option<&'static str> {
        match self {
            Self::Exists(_) => Some("Choose another directory, or move the old files away."),
            Self::Secret(error) => error.advice(),
            Self::Unavoidable { .. } => Some(
                "Take permissions away from the key at the exchange and state those it has with \
                 --permissions; accept what remains with --accept-unavoidable.",
            ),
            Self::NoPassphrase(_) => {
                Some("Leave out --passphrase-file: clients send the passphrase, if any.")
            }
            Self::RequestFile(..) => Some(
                "A request is JSON with venue, method, host, path, query, body and headers; see \
                 countersign sign --help.",
            ),
            Self::Sign(error) => match **error {
                SignError::Unreachable(_) => {
                    Some("Is a coordinator running at an address of the client's configuration?")
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// What each node said, where several were asked.
    pub fn causes(&self) -> &[Refusal] {
        match self {
            Self::Sign(error) => error.refusal().map_or(&[], |refusal| &refusal.causes),
            _ => &[],
        }
    }

    /// A file error with its path.
    pub fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |error| Self::File(path, error)
    }
}

/// The causes stand on lines of their own.
fn without_causes(error: &SignError) -> String {
    match error.refusal() {
        Some(refusal) => {
            let alone = Refusal {
                causes: Vec::new(),
                ..refusal.clone()
            };
            format!("refused: {alone}")
        }
        None => error.to_string(),
    }
}

impl From<SignError> for CliError {
    fn from(error: SignError) -> Self {
        Self::Sign(Box::new(error))
    }
}

impl From<DemoError> for CliError {
    fn from(error: DemoError) -> Self {
        Self::Demo(Box::new(error))
    }
}
