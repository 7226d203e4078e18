//! Mutual TLS between the parties of one deployment.
//!
//! TLS 1.3 only, X25519MLKEM768 first, no resumption: every connection verifies both certificates
//! anew. A peer is who its SPIFFE id says; DNS names and addresses prove nothing.

mod client;
mod material;
mod server;
mod verify;

use std::net::SocketAddr;
use std::time::Duration;

pub use client::{ConnectError, connect, connect_lazy};
pub use material::{TlsError, TlsMaterial};
pub use server::{Connection, Incoming, listen};

use crate::identity::Identity;

/// Limit for messages that hold one envelope: the envelope's own and room for what is around it.
pub const MAX_REQUEST_BYTES: usize = crate::envelope::MAX_BYTES + 64 * 1024;
/// Limit for one frame between nodes, where longer messages travel in pieces, and for a status.
pub const MAX_FRAME_BYTES: usize = 4 * 1024 * 1024;
/// Room for a refusal with its causes in the headers of an HTTP/2 answer.
pub const MAX_HEADER_LIST_BYTES: u32 = 64 * 1024;

/// HTTP/2 over TLS (RFC 9113 section 3.2); a peer that does not agree on it is hung up on.
const ALPN: &[u8] = b"h2";

/// The other end of a connection, verified in the handshake. In the extensions of every request
/// that arrives over [`listen`].
#[derive(Debug, Clone)]
pub struct Peer {
    /// Who its certificate says it is.
    pub identity: Identity,
    /// Where it connected from.
    pub address: SocketAddr,
}

/// Time and size limits of connections.
#[derive(Debug, Clone)]
pub struct TransportOptions {
    /// Longest time for TCP and TLS together, on either side.
    pub handshake_timeout: Duration,
    /// An HTTP/2 ping goes out this often, also on idle connections.
    pub keepalive_interval: Duration,
    /// A connection whose ping is not answered within this time is closed.
    pub keepalive_timeout: Duration,
    /// HTTP/2 flow-control window of a stream, in bytes.
    pub stream_window: u32,
    /// HTTP/2 flow-control window of a connection, in bytes.
    pub connection_window: u32,
    /// Most streams a peer may have open on one connection.
    pub max_streams: u32,
    /// Most connections in their handshake; more wait to be accepted.
    pub max_handshakes: usize,
    /// Most established connections; more are closed at once.
    pub max_connections: usize,
    /// Most established connections of one identity, so that none can take all of them.
    pub max_connections_per_peer: usize,
}

impl Default for TransportOptions {
    fn default() -> Self {
        Self {
            handshake_timeout: Duration::from_secs(3),
            keepalive_interval: Duration::from_secs(5),
            keepalive_timeout: Duration::from_secs(5),
            stream_window: 2 * 1024 * 1024,
            connection_window: 4 * 1024 * 1024,
            max_streams: 1024,
            max_handshakes: 128,
            max_connections: 1024,
            max_connections_per_peer: 32,
        }
    }
}

/// A gRPC server with these limits, to which services are added and an [`Incoming`] is given.
#[must_use]
pub fn server(options: &TransportOptions) -> tonic::transport::Server {
    tonic::transport::Server::builder()
        .http2_keepalive_interval(Some(options.keepalive_interval))
        .http2_keepalive_timeout(Some(options.keepalive_timeout))
        .initial_stream_window_size(options.stream_window)
        .initial_connection_window_size(options.connection_window)
        .max_concurrent_streams(options.max_streams)
        .http2_max_header_list_size(MAX_HEADER_LIST_BYTES)
}
