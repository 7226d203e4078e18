//! Connecting: a gRPC channel that reaches the expected identity or nobody.

use std::error::Error;
use std::io;
use std::sync::Arc;

use hyper_util::rt::TokioIo;
use rustls::client::Resumption;
use rustls::sign::SingleCertAndKey;
use rustls_pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tonic::transport::{Channel, Endpoint, Uri};

use super::material::{TlsError, TlsMaterial};
use super::verify::ServerIdentityVerifier;
use super::{ALPN, MAX_HEADER_LIST_BYTES, TransportOptions};
use crate::identity::Identity;
use crate::roster::Address;

/// Sent as SNI and authority. The same for all: whom a connection is meant for is not said in
/// the clear, and is checked by certificate.
const SERVER_NAME: &str = "countersign.internal";
const ORIGIN: &str = "http://countersign.internal";

/// Connects to `address` and returns once the server proved to be `expected`. The channel
/// reconnects by itself, under the same condition.
///
/// # Errors
/// [`ConnectError`] if nobody answers in time or somebody else does.
pub async fn connect(
    address: &Address,
    expected: &Identity,
    material: &TlsMaterial,
    options: &TransportOptions,
) -> Result<Channel, ConnectError> {
    let connector = Connector::new(address, expected, material, options)?;
    endpoint(options)
        .connect_with_connector(tower::service_fn(move |_: Uri| connector.clone().dial()))
        .await
        .map_err(|error| ConnectError::Transport(chain_of(&error)))
}

/// As [`connect`], but connects at the first call instead of now.
///
/// # Errors
/// [`ConnectError::Tls`] if TLS cannot be configured.
pub fn connect_lazy(
    address: &Address,
    expected: &Identity,
    material: &TlsMaterial,
    options: &TransportOptions,
) -> Result<Channel, ConnectError> {
    let connector = Connector::new(address, expected, material, options)?;
    Ok(endpoint(options)
        .connect_with_connector_lazy(tower::service_fn(move |_: Uri| connector.clone().dial())))
}

fn endpoint(options: &TransportOptions) -> Endpoint {
    Endpoint::from_static(ORIGIN)
        .http2_keep_alive_interval(options.keepalive_interval)
        .keep_alive_timeout(options.keepalive_timeout)
        .keep_alive_while_idle(true)
        .initial_stream_window_size(options.stream_window)
        .initial_connection_window_size(options.connection_window)
        .http2_max_header_list_size(MAX_HEADER_LIST_BYTES)
}

#[derive(Clone)]
struct Connector {
    address: Address,
    tls: TlsConnector,
    timeout: std::time::Duration,
}

impl Connector {
    fn new(
        address: &Address,
        expected: &Identity,
        material: &TlsMaterial,
        options: &TransportOptions,
    ) -> Result<Self, TlsError> {
        let verifier = ServerIdentityVerifier::new(material, expected.clone());
        let mut config = rustls::ClientConfig::builder_with_provider(material.provider.clone())
            .with_protocol_versions(&[&rustls::version::TLS13])
            .map_err(|error| TlsError::Configuration(error.to_string()))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_client_cert_resolver(Arc::new(SingleCertAndKey::from(
                material.certified.clone(),
            )));
        config.alpn_protocols = vec![ALPN.to_vec()];
        // A resumed session would not look at certificates again.
        config.resumption = Resumption::disabled();
        Ok(Self {
            address: address.clone(),
            tls: TlsConnector::from(Arc::new(config)),
            timeout: options.handshake_timeout,
        })
    }

    async fn dial(self) -> io::Result<TokioIo<TlsStream<TcpStream>>> {
        let dialling = async {
            let tcp = TcpStream::connect(self.address.as_str()).await?;
            tcp.set_nodelay(true)?;
            let name = ServerName::try_from(SERVER_NAME).map_err(io::Error::other)?;
            let stream = self.tls.connect(name, tcp).await?;
            if stream.get_ref().1.alpn_protocol() != Some(ALPN) {
                return Err(io::Error::other("the server does not speak HTTP/2"));
            }
            Ok(TokioIo::new(stream))
        };
        timeout(self.timeout, dialling)
            .await
            .map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
    }
}

/// tonic says only "transport error"; what helps stands in the sources.
fn chain_of(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// Nobody answered in time, or somebody other than expected. Worth trying again later.
    #[error("cannot connect: {0}")]
    Transport(String),
    /// TLS cannot be configured; trying again will not help.
    #[error(transparent)]
    Tls(#[from] TlsError),
}
