//! The coordinator: finds a quorum for each request, hands every node of it the client's envelope,
//! and moves on to another quorum when one fails or is slow.
//!
//! It is stateless and holds no secret. It sees requests but cannot change one, cannot read a
//! signature, and cannot obtain a second one: nodes verify the client's signature themselves, and
//! tags are sealed to the client. All it can do is delay or drop, so many may run side by side and
//! clients move between them.
//!
//! ```text
//! service     gRPC: who may call, what is refused before any node is asked
//! admission   how much may be in flight
//! nodes       connections and heartbeats         heartbeat   what one heartbeat says, parsed
//! quorums     which quorums could sign, now or soon (pure)
//! lessons     what a request's attempts taught, and which quorum to ask next (pure)
//! sign        one request: attempts in parallel, failover, waiting, deadline
//! attempt     one quorum's answers               verdict     what to tell the client if all fail
//! ```

mod admission;
mod attempt;
mod config;
mod heartbeat;
mod lessons;
mod nodes;
mod quorums;
mod reputation;
mod run;
mod service;
mod sign;
mod verdict;

pub use config::{Config, ConfigError, TlsPaths};
pub use run::{Coordinator, RunError, run};
