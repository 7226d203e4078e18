//! Starting and stopping a coordinator.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use countersign_wire::roster::RosterError;
use countersign_wire::tls::{
    self, Incoming, MAX_FRAME_BYTES, MAX_REQUEST_BYTES, TlsError, TlsMaterial, TransportOptions,
};
use countersign_wire::v1::signer_server::SignerServer;
use countersign_wire::{Identity, Roster};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::time::timeout;
use tracing::{info, warn};

use crate::admission::Admission;
use crate::config::Config;
use crate::nodes::{FollowOptions, Nodes};
use crate::reputation::Reputation;
use crate::service::Service;
use crate::sign::Signing;

/// Requests under way at shutdown are given this long to end.
const DRAIN: Duration = Duration::from_secs(5);

/// Runs a coordinator until `shutdown` completes.
///
/// # Errors
/// [`RunError`] if it cannot start, or serving fails.
pub async fn run(
    config: Config,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), RunError> {
    Coordinator::bind(config).await?.serve(shutdown).await
}

/// A coordinator that listens and follows its nodes, but does not answer yet.
#[derive(Debug)]
pub struct Coordinator {
    address: SocketAddr,
    incoming: Incoming,
    transport: TransportOptions,
    service: Service,
}

impl Coordinator {
    /// Loads certificate and roster, listens, and begins to follow nodes.
    ///
    /// # Errors
    /// [`RunError`] naming what does not hold.
    pub async fn bind(config: Config) -> Result<Self, RunError> {
        let roster = Arc::new(Roster::load(&config.roster)?);
        let material = TlsMaterial::load(&config.tls.certificate, &config.tls.key, &config.tls.ca)?;
        let expected = Identity::coordinator(roster.trust_domain().clone(), config.name.clone());
        if *material.identity() != expected {
            return Err(RunError::Identity {
                found: Box::new(material.identity().clone()),
                expected: Box::new(expected),
            });
        }
        let listener = TcpListener::bind(config.listen)
            .await
            .map_err(|error| RunError::Listen(config.listen, error))?;
        let address = listener
            .local_addr()
            .map_err(|error| RunError::Listen(config.listen, error))?;
        let transport = TransportOptions::default();
        let incoming = tls::listen(listener, &material, &transport)?;
        let options = FollowOptions {
            heartbeat_interval: config.heartbeat_interval,
            liveness_timeout: config.liveness_timeout,
            transport: transport.clone(),
        };
        let nodes = Nodes::follow(&roster, &material, &options);
        Ok(Self {
            address,
            incoming,
            transport,
            service: Service {
                signing: Signing {
                    roster,
                    nodes,
                    reputation: Reputation::default(),
                    hedge_delay: config.hedge_delay,
                    max_attempts: usize::try_from(config.max_attempts).unwrap_or(usize::MAX),
                },
                admission: Admission::new(config.max_in_flight, config.max_in_flight_per_client),
            },
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves clients until `shutdown` completes; requests under way then get five seconds.
    ///
    /// # Errors
    /// [`RunError::Serve`].
    pub async fn serve(
        self,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), RunError> {
        info!(address = %self.address, "coordinator serving");
        let service = SignerServer::new(self.service)
            .max_decoding_message_size(MAX_REQUEST_BYTES)
            .max_encoding_message_size(MAX_FRAME_BYTES);
        let (stopping, stopped) = oneshot::channel();
        let serving = tls::server(&self.transport)
            .add_service(service)
            .serve_with_incoming_shutdown(self.incoming, async move {
                shutdown.await;
                let _ = stopping.send(());
            });
        tokio::pin!(serving);
        tokio::select! {
            served = &mut serving => return served.map_err(RunError::Serve),
            _ = stopped => {}
        }
        info!("coordinator stopping");
        match timeout(DRAIN, serving).await {
            Ok(served) => served.map_err(RunError::Serve),
            Err(_) => {
                warn!("requests were cut off at shutdown");
                Ok(())
            }
        }
    }
}

/// Why a coordinator does not run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The roster cannot be used.
    #[error(transparent)]
    Roster(#[from] RosterError),
    /// TLS cannot be set up.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The certificate is not this coordinator's.
    #[error("the certificate is of {found} instead of {expected}")]
    Identity {
        /// Whom the certificate names.
        found: Box<Identity>,
        /// Whom configuration and roster name.
        expected: Box<Identity>,
    },
    /// The address cannot be listened on.
    #[error("cannot listen on {0}: {1}")]
    Listen(SocketAddr, #[source] io::Error),
    /// Serving failed.
    #[error("serving failed: {0}")]
    Serve(#[source] tonic::transport::Error),
}
