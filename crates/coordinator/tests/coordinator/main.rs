//! One real coordinator over real connections, among nodes and clients that do as a test says.
#![allow(missing_docs, clippy::unwrap_used)]

mod admission;
mod failover;
mod silence;
mod support;
mod waiting;
