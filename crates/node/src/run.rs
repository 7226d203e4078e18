//! A node from start to stop.

use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use countersign_mpc::Party;
use countersign_wire::tls::{self, TlsError, TlsMaterial, TransportOptions};
use countersign_wire::v1::node_server::NodeServer;
use countersign_wire::v1::peer_server::PeerServer;
use countersign_wire::{ReceiptKey, Roster};
use tokio::net::TcpListener;
use tokio::sync::{Notify, mpsc, oneshot};
use tracing::info;

use crate::audit::{AuditError, Event};
use crate::circumstances::Watched;
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::decision::{Decider, Windows};
use crate::gossip::Gossip;
use crate::hardening::{self, harden};
use crate::import::{ImportError, read_key};
use crate::keys::{KeyError, Keys};
use crate::ledger::Ledger;
use crate::links::{Boot, Inbox, Links, PeerService};
use crate::policies;
use crate::pools::{Batches, Maker, Pools, Settings};
use crate::recovery::recover;
use crate::services::{Dispatch, NodeService};
use crate::signing::{Signing, activate};
use crate::storage::{StorageError, Store};

/// How long a silent member of a batch is waited for.
const BATCH_PATIENCE: Duration = Duration::from_secs(10);
/// How long requests under way may take to finish when the node stops.
const GRACE: Duration = Duration::from_millis(500);

/// Runs a node until `shutdown`.
///
/// # Errors
/// [`NodeError`] when it cannot start; once it serves, it serves until told to stop.
pub async fn run(
    config: Config,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), NodeError> {
    harden(config.memory_protection)?;
    let roster = Arc::new(Roster::load(&config.roster).map_err(ImportError::from)?);
    let entry = roster.node(&config.name).ok_or(NodeError::NotInRoster)?;
    let me = Party::new(entry.index).ok_or(NodeError::NotInRoster)?;
    let tls = Arc::new(TlsMaterial::load(
        &config.certificate,
        &config.key,
        &config.ca,
    )?);
    if *tls.identity() != roster.node_identity(&config.name) {
        return Err(NodeError::Certificate(tls.identity().to_string()));
    }
    let receipt_key =
        ReceiptKey::from_pem(&read_key(&config.receipt_key)?).map_err(ImportError::from)?;
    let bundle = policies::load(&config.policies)?;
    let storage_key = config
        .storage_key()
        .map_err(ImportError::from)?
        .load(&config.data_dir)
        .map_err(ImportError::from)?;
    let store = Arc::new(Store::open(&config.data_dir, storage_key)?);
    let keys = Arc::new(Keys::load(&store, &roster, &config.name, &bundle.hash())?);
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let ledger = Arc::new(Ledger::open(Arc::clone(&store))?);
    let (audit, past) = recover(&config, clock.now_ms(), &store, &keys, &roster, &ledger).await?;

    let boot = Boot(draw_boot()?);
    let started = Event::Started {
        boot: boot.0,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        roster_hash: roster.hash(),
    };
    let started = audit.append(clock.now_ms(), started).await?;
    store.note_audit_records(started.seq)?;

    let options = TransportOptions::default();
    let listener = TcpListener::bind(&config.listen)
        .await
        .map_err(|error| NodeError::Listen {
            address: config.listen.clone(),
            error,
        })?;
    let incoming = tls::listen(listener, &tls, &options)?;

    let dispatch = Arc::new(Dispatch::default());
    let inbox: Arc<dyn Inbox> = Arc::clone(&dispatch) as Arc<dyn Inbox>;
    let links = Links::start(boot, &roster, me, &tls, &options, &inbox);
    let pools = Arc::new(Pools::default());
    let (activations, mut to_activate) = mpsc::unbounded_channel();
    let maker = Arc::new(Maker {
        roster: Arc::clone(&roster),
        keys: Arc::clone(&keys),
        links: Arc::clone(&links),
        pools: Arc::clone(&pools),
        ledger: Arc::clone(&ledger),
        store: Arc::clone(&store),
        audit: audit.clone(),
        clock: Arc::clone(&clock),
        settings: Settings {
            depth: config.pool_depth,
            quorums: config.pool_quorums,
            batches: 1,
            patience: BATCH_PATIENCE,
        },
        batches: Arc::new(Batches::default()),
        runtime: tokio::runtime::Handle::current(),
        work: Mutex::default(),
        active: Mutex::default(),
        news: Notify::new(),
        activations,
    });
    let decider = Arc::new(Decider::new(
        config.name.clone(),
        Arc::clone(&keys),
        bundle,
        audit.clone(),
        Arc::clone(&clock),
        receipt_key,
        Windows {
            skew_ms: config.clock_skew_ms,
        },
        Watched::new(config.circumstances.clone()),
        past,
        first_message(&boot),
    ));
    let gossip = Gossip::start(&roster, &keys, &decider, &links);
    let signing = Arc::new(Signing {
        name: config.name.clone(),
        roster,
        keys,
        links: Arc::clone(&links),
        pools,
        maker: Arc::clone(&maker),
        decider: Arc::clone(&decider),
        audit: audit.clone(),
        clock: Arc::clone(&clock),
        allocations: Default::default(),
        awaited: Default::default(),
    });
    dispatch.connect(&signing, gossip);
    let filling = tokio::spawn(Arc::clone(&maker).keep_full());
    let activating = {
        let signing = Arc::clone(&signing);
        tokio::spawn(async move {
            while let Some((key, pool)) = to_activate.recv().await {
                activate(&signing, &key, &pool).await;
            }
        })
    };

    info!(node = %config.name, listen = config.listen, keys = signing.keys.iter().count(), "serving");
    let peer_service = PeerServer::new(PeerService::new(links, inbox))
        .max_decoding_message_size(tls::MAX_FRAME_BYTES);
    let node_service = NodeServer::new(NodeService::new(signing))
        .max_decoding_message_size(tls::MAX_REQUEST_BYTES);
    let (stop, stopped) = oneshot::channel::<()>();
    let server = tls::server(&options)
        .add_service(node_service)
        .add_service(peer_service)
        .serve_with_incoming_shutdown(incoming, async {
            // Dropped or sent, it means the same.
            let _ = stopped.await;
        });
    tokio::pin!(server);
    tokio::select! {
        ended = &mut server => ended?,
        () = shutdown => {
            maker.stop();
            let _ = stop.send(());
            // Links and heartbeats never end by themselves.
            let _ = tokio::time::timeout(GRACE, &mut server).await;
        }
    }
    maker.stop();
    filling.abort();
    activating.abort();
    ledger.release_reservations()?;
    decider.record_told().await?;
    let stopped = audit.append(clock.now_ms(), Event::Stopped {}).await?;
    store.note_audit_records(stopped.seq)?;
    info!("stopped");
    Ok(())
}

/// Number of the first gossip message: random, as the boot nonce is, so that no late answer to an
/// earlier process is taken for one to this.
fn first_message(boot: &Boot) -> u64 {
    let [first, second, third, fourth, ..] = boot.0;
    u64::from(u32::from_le_bytes([first, second, third, fourth])) << 32
}

fn draw_boot() -> Result<[u8; 32], NodeError> {
    let mut nonce = [0; 32];
    getrandom::fill(&mut nonce).map_err(|_| NodeError::Randomness)?;
    Ok(nonce)
}

/// Why a node did not start, or stopped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NodeError {
    /// A file, key, roster or configuration is at fault.
    #[error(transparent)]
    Material(#[from] ImportError),
    /// The roster does not name this node.
    #[error("the roster does not name this node")]
    NotInRoster,
    /// The certificate is somebody else's.
    #[error("the certificate is for {0}, not for this node")]
    Certificate(String),
    /// TLS cannot be set up.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// There are no policies to go by.
    #[error(transparent)]
    Policies(#[from] policies::LoadError),
    /// A key cannot be loaded.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The audit log cannot be used.
    #[error(transparent)]
    Audit(#[from] AuditError),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {error}")]
    Listen {
        /// The address.
        address: String,
        /// Why.
        error: std::io::Error,
    },
    /// Memory cannot be protected as required.
    #[error(transparent)]
    Hardening(#[from] hardening::HardeningError),
    /// The operating system gives no randomness.
    #[error("the operating system gives no randomness")]
    Randomness,
    /// The server failed.
    #[error("the server failed: {0}")]
    Server(#[from] tonic::transport::Error),
}
