//! The audit log: the write-ahead truth of a node.
//!
//! Append-only JSON lines, each chained to the one before it by SHA-256. Nothing is released before
//! the line that says so is on disk; counters and replay caches are rebuilt from it. It holds no
//! secret.

mod log;
mod record;
mod replay;
mod verify;
mod writer;

pub use log::{AuditConfig, AuditError, AuditLog};
pub use record::{Appended, DecisionRecord, Event, HeardRecord, OperationRecord, Record, Verdict};
pub use replay::Replay;
pub use verify::{Summary, verify_file};
