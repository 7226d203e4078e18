//! What the benchmarks share: parties as threads of this process, links in memory that count bytes,
//! clocks, and a meter that tells the phases of the protocol apart.
//!
//! `bench/peers` and `bench/assisted` include this folder too, so that their figures for this engine
//! are made the same way.
#![allow(dead_code, missing_docs)]

pub mod clock;
pub mod deployment;
pub mod links;
pub mod meter;
pub mod options;
pub mod phase;
