//! Threshold HMAC by authenticated garbling: the protocol, free of transport, disk and clock.
//!
//! A dealer turns an HMAC key into one [`SharePackage`](dealing::SharePackage) per node
//! ([`dealing::deal`]). Any t nodes form a [`Quorum`]; each makes its [`QuorumShare`](dealing::QuorumShare) and they run
//! [`preprocess`] together, over a [`Channel`], which leaves presignatures at each. To sign, every
//! garbler releases one [`OnlineMessage`] for the [`Statement`] it approved, and the evaluator turns
//! them into the [`Tag`]. The key, its chaining states and the tag never exist anywhere in between.
//!
//! `docs/protocol.md` specifies the protocol; the numbers P1 to P22 in comments are its requirements.

// Tests within the crate share the support of those outside.
#[cfg(test)]
extern crate self as countersign_mpc;

mod block;
mod buffers;
mod channel;
mod circuit;
mod codec;
pub mod dealing;
mod fault;
mod online;
mod party;
pub mod preprocessing;
mod prf;
mod sha2_family;

pub use channel::{Channel, ChannelError, Kind};
pub use codec::Malformed;
pub use fault::{Abort, Fault, Misbehaviour};
pub use online::{
    EvaluatorPresignature, GarblerPresignature, InnerDigest, OnlineMessage, Presignature,
    PresignatureId, Statement, Tag, Tau,
};
pub use party::{Party, Quorum};
pub use preprocessing::{BatchSize, SessionId, preprocess};
pub use sha2_family::HashAlgorithm;

/// The version of messages, parameters and checks. Nodes of different versions refuse each other.
pub const PROTOCOL_VERSION: u32 = 3;
