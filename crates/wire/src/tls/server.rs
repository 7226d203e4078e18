//! Listening: a stream of connections whose peers are already verified.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use rustls::server::NoServerSessionStorage;
use rustls::sign::SingleCertAndKey;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_stream::Stream;
use tonic::transport::server::Connected;
use tracing::{debug, warn};

use super::material::{TlsError, TlsMaterial};
use super::verify::ClientIdentityVerifier;
use super::{ALPN, Peer, TransportOptions};
use crate::identity::Identity;

/// How long accepting rests after the system refused, which it does when file descriptors run out.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Accepts connections on `listener`, which the caller bound.
///
/// # Errors
/// [`TlsError`] if TLS cannot be configured.
pub fn listen(
    listener: TcpListener,
    material: &TlsMaterial,
    options: &TransportOptions,
) -> Result<Incoming, TlsError> {
    let acceptor = Acceptor {
        tls: TlsAcceptor::from(Arc::new(server_config(material)?)),
        timeout: options.handshake_timeout,
        peers: Arc::new(PeerCounts::new(options.max_connections_per_peer)),
    };
    let (sender, connections) = mpsc::channel(options.max_handshakes.max(1));
    let accepting = tokio::spawn(accept(
        listener,
        acceptor,
        Arc::new(Semaphore::new(options.max_handshakes.max(1))),
        Arc::new(Semaphore::new(options.max_connections.max(1))),
        sender,
    ));
    Ok(Incoming {
        connections,
        accepting,
    })
}

fn server_config(material: &TlsMaterial) -> Result<rustls::ServerConfig, TlsError> {
    let verifier = ClientIdentityVerifier::new(material)?;
    let mut config = rustls::ServerConfig::builder_with_provider(material.provider.clone())
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(|error| TlsError::Configuration(error.to_string()))?
        .with_client_cert_verifier(Arc::new(verifier))
        .with_cert_resolver(Arc::new(SingleCertAndKey::from(material.certified.clone())));
    config.alpn_protocols = vec![ALPN.to_vec()];
    // A resumed session would not look at certificates again.
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok(config)
}

/// Verified connections, for `serve_with_incoming`. Dropping it stops listening and cuts off
/// handshakes; established connections live on.
#[derive(Debug)]
pub struct Incoming {
    connections: mpsc::Receiver<Connection>,
    accepting: JoinHandle<()>,
}

impl Stream for Incoming {
    type Item = io::Result<Connection>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.connections.poll_recv(cx).map(|next| next.map(Ok))
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(
    listener: TcpListener,
    acceptor: Acceptor,
    handshakes: Arc<Semaphore>,
    connections: Arc<Semaphore>,
    sender: mpsc::Sender<Connection>,
) {
    // Holds the handshakes, so that they end with this task.
    let mut tasks = JoinSet::new();
    loop {
        while tasks.try_join_next().is_some() {}
        let Ok(handshake) = handshakes.clone().acquire_owned().await else {
            return;
        };
        let (tcp, address) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                warn!(%error, "cannot accept connections");
                sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let Ok(place) = connections.clone().try_acquire_owned() else {
            warn!(%address, "connection refused: too many");
            continue;
        };
        let (acceptor, sender) = (acceptor.clone(), sender.clone());
        tasks.spawn(async move {
            let outcome = acceptor.shake_hands(tcp, address, place).await;
            drop(handshake);
            match outcome {
                // Fails only if nobody listens any more.
                Ok(connection) => drop(sender.send(connection).await),
                Err(error) => debug!(%address, %error, "handshake failed"),
            }
        });
    }
}

#[derive(Clone)]
struct Acceptor {
    tls: TlsAcceptor,
    timeout: Duration,
    peers: Arc<PeerCounts>,
}

impl Acceptor {
    async fn shake_hands(
        self,
        tcp: TcpStream,
        address: SocketAddr,
        place: OwnedSemaphorePermit,
    ) -> io::Result<Connection> {
        tcp.set_nodelay(true)?;
        let stream = timeout(self.timeout, self.tls.accept(tcp))
            .await
            .map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
        let session = stream.get_ref().1;
        if session.alpn_protocol() != Some(ALPN) {
            return Err(io::Error::other("the client does not speak HTTP/2"));
        }
        let identity = session
            .peer_certificates()
            .and_then(|chain| chain.first())
            .and_then(|leaf| Identity::from_certificate(leaf).ok())
            .ok_or_else(|| io::Error::other("the client has no identity"))?;
        let counted = PeerCounts::admit(&self.peers, &identity)
            .ok_or_else(|| io::Error::other(format!("too many connections of {identity}")))?;
        Ok(Connection {
            stream,
            peer: Peer { identity, address },
            _counted: counted,
            _place: place,
        })
    }
}

/// An established connection. Its [`Peer`] is in the extensions of each request it carries.
#[derive(Debug)]
pub struct Connection {
    stream: TlsStream<TcpStream>,
    peer: Peer,
    _counted: PeerCount,
    _place: OwnedSemaphorePermit,
}

impl Connection {
    /// The verified other end.
    #[must_use]
    pub fn peer(&self) -> &Peer {
        &self.peer
    }
}

impl Connected for Connection {
    type ConnectInfo = Peer;

    fn connect_info(&self) -> Peer {
        self.peer.clone()
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

/// Established connections per identity.
#[derive(Debug)]
struct PeerCounts {
    limit: usize,
    open: Mutex<HashMap<Identity, usize>>,
}

impl PeerCounts {
    fn new(limit: usize) -> Self {
        Self {
            limit,
            open: Mutex::default(),
        }
    }

    fn admit(counts: &Arc<Self>, identity: &Identity) -> Option<PeerCount> {
        let mut open = counts.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(identity.clone()).or_default();
        if *count >= counts.limit {
            return None;
        }
        *count += 1;
        Some(PeerCount {
            counts: counts.clone(),
            identity: identity.clone(),
        })
    }
}

/// One connection counted; uncounted when dropped.
#[derive(Debug)]
struct PeerCount {
    counts: Arc<PeerCounts>,
    identity: Identity,
}

impl Drop for PeerCount {
    fn drop(&mut self) {
        let mut open = self
            .counts
            .open
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.identity) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                open.remove(&self.identity);
            }
        }
    }
}
