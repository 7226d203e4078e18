//! What travels between the parties of Countersign, and how they know each other.
//!
//! - [`v1`]: the gRPC types, generated from `proto/`.
//! - [`envelope`], [`receipt`], [`seal`]: what clients and nodes sign and seal end to end, so that
//!   the coordinator between them is trusted with nothing.
//! - [`identity`], [`tls`], [`auth`]: certificates, connections, and who may call what.
//! - [`roster`], [`pki`]: who belongs to a deployment, and how its certificates are made.
//! - [`manifest`]: what was dealt, and the sealed packages that carry it to the nodes.
//! - [`refusal`]: why something was not done.

pub mod auth;
pub mod digest;
pub mod ed25519;
pub mod envelope;
pub mod identity;
pub mod keyfile;
mod low_order;
pub mod manifest;
pub mod name;
pub mod pki;
pub mod receipt;
pub mod refusal;
pub mod roster;
pub mod seal;
pub mod tls;

/// The gRPC types and services of package `countersign.v1`.
// Generated, with the comments of the .proto files, which do not cover every item.
#[allow(missing_docs, clippy::all, rustdoc::all)]
pub mod v1 {
    include!(concat!(env!("OUT_DIR"), "/countersign.v1.rs"));
}

pub use auth::{require_client, require_coordinator, require_node, require_role};
pub use digest::RequestDigest;
pub use ed25519::{EnvelopeKey, ReceiptKey};
pub use envelope::{AuthenticatedRequest, Envelope, RequestId, UnverifiedEnvelope};
pub use identity::{Identity, Principal, Role, TrustDomain};
pub use name::{ClientName, CoordinatorName, KeyId, NodeName};
pub use refusal::{Reason, Refusal};
pub use roster::Roster;
pub use seal::{Sealed, SealingKey, SealingPublicKey};
