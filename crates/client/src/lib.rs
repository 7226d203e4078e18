//! The client library for trading services.
//!
//! A [`Client`] takes a request as the exchange will see it, has it signed by a quorum of nodes,
//! and returns it ready to send:
//!
//! ```no_run
//! # async fn example(
//! #     config: countersign_client::ClientConfig,
//! #     order: countersign_venues::Request,
//! # ) -> Result<(), Box<dyn std::error::Error>> {
//! use countersign_client::{Client, SignOptions};
//!
//! let client = Client::new(config)?;
//! let signed = client.sign(&"venue-main".parse()?, &order, SignOptions::default()).await?;
//! println!("{} {}", signed.request.method, signed.url);
//! # Ok(()) }
//! ```
//!
//! The coordinator in between is trusted with nothing: the request is signed to the nodes, the
//! tag is sealed to the client, and every node's receipt is verified.

mod answer;
mod client;
mod config;
mod coordinators;
mod error;
mod signed;

pub use answer::InvalidAnswer;
pub use client::{Client, SignOptions};
pub use config::{ClientConfig, ConfigError, CoordinatorAddress};
pub use error::SignError;
pub use signed::Signed;

pub use countersign_venues::Request;
pub use countersign_wire::{KeyId, Reason, Refusal};
