//! Why the demo did not show what it should.

use std::io;
use std::process::ExitStatus;

use countersign_client::{Reason, SignError};

/// Why the demo ended early.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// A process cannot be started.
    #[error("{0}: {1}")]
    Start(String, #[source] io::Error),
    /// A process that had a task did not fulfil it.
    #[error("{name} failed: {said}")]
    Failed {
        /// The process.
        name: String,
        /// What it said.
        said: String,
    },
    /// A process that should serve has ended.
    #[error("{name} ended ({status}); the end of its log:\n{log}")]
    Died {
        /// The process.
        name: String,
        /// How it ended.
        status: ExitStatus,
        /// The end of its log.
        log: String,
    },
    /// Nothing moves any more.
    #[error("nothing has happened for {seconds} s while waiting for {what}")]
    Stalled {
        /// How long.
        seconds: u64,
        /// What was waited for.
        what: String,
    },
    /// There is no free port on the loopback address.
    #[error("no free port on 127.0.0.1: {0}")]
    Ports(#[source] io::Error),
    /// A configuration cannot be written.
    #[error("a configuration cannot be written: {0}")]
    Configuration(#[from] toml::ser::Error),
    /// The clock is before 1970.
    #[error("the system's clock is before 1970")]
    Clock,
    /// A request that must not be signed was signed.
    #[error("{0} was signed, which must not happen")]
    Signed(&'static str),
    /// A request was refused for another reason than it should be.
    #[error("{what} was refused, but not with {}: {error}", expected.as_str_name())]
    OtherReason {
        /// The request.
        what: &'static str,
        /// The reason there should have been.
        expected: Reason,
        /// What was said instead.
        error: SignError,
    },
}
