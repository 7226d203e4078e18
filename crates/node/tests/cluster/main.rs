//! Whole nodes over real connections, and everybody else behaving badly.
#![allow(non_snake_case, clippy::unwrap_used)]

mod callers;
mod denials;
mod enrolment;
mod equivocation;
mod false_gossip;
mod freshness;
mod gossip;
mod honest;
mod restart;
mod rogue_peer;
mod support;
mod tampering;
