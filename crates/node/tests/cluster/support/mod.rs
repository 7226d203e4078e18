//! A deployment inside the test's process: real nodes on their own threads, speaking TLS over the
//! loopback interface, and a coordinator and client that do as a test says.

pub mod audit;
pub mod client;
pub mod cluster;
pub mod coordinator;
pub mod mute_node;
pub mod peer;
