//! Named attacks by parties that know the protocol: each is what a cheater would really try, and each
//! must fail in the way the protocol promises.
#![allow(missing_docs, clippy::unwrap_used)]

#[path = "../support/mod.rs"]
mod support;

mod commitments;
mod extension;
mod identities;
mod leaky_ands;
mod online;
mod openings;
mod packages;
mod plot;
mod shares;
mod sigma;
mod tables;
mod zero_test;
