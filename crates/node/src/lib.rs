//! The node: holds one share of each key, decides for itself, contributes.
//!
//! - [`config`], [`import`](import()), [`run`](run()): what an operator touches.
//! - [`links`]: authenticated streams to the other nodes.
//! - [`pools`]: presignatures made in the background.
//! - [`decision`]: parse, policy, counters, audit: before anything is released.
//! - [`enrolment`]: which passphrase and API key a request may name.
//! - [`gossip`]: what nodes tell each other, so that limits hold for all of them.
//! - [`signing`]: the online phase.
//! - [`storage`], [`ledger`], [`audit`]: what survives a crash.

pub mod audit;
pub mod circumstances;
pub mod clock;
pub mod config;
pub mod decision;
pub mod enrolment;
pub mod gossip;
pub mod hardening;
mod import;
pub mod keys;
pub mod ledger;
pub mod links;
pub mod policies;
pub mod pools;
mod recovery;
mod run;
pub mod services;
pub mod signing;
pub mod storage;

pub use config::{Config, ConfigError};
pub use import::{ImportError, import};
pub use run::{NodeError, run};
