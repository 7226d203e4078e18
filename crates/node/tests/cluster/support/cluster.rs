//! Nodes that run, stop and come back.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU16, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use countersign_mpc::dealing::{self, DealParameters, Secret};
use countersign_mpc::{HashAlgorithm, Party};
use countersign_node::hardening::MemoryProtection;
use countersign_node::{Config, NodeError};
use countersign_wire::manifest::{
    Manifest, ManifestNode, PassphraseCommitment, SecretEncoding, VERSION, package_sha256,
    seal_package,
};
use countersign_wire::pki::{Authority, DeploymentSpec, issue_deployment};
use countersign_wire::roster::Address;
use countersign_wire::tls::TlsMaterial;
use countersign_wire::{EnvelopeKey, Identity, Principal, Roster, keyfile};
use tempfile::TempDir;
use tokio::sync::oneshot;
use zeroize::Zeroizing;

pub const KEY: &str = "demo";
pub const CLIENT: &str = "desk-1";
/// A client of the deployment that no policy permits anything.
pub const OTHER_CLIENT: &str = "desk-3";
pub const COORDINATOR: &str = "main";
/// A policy that permits everything, for tests of what else there is.
pub const PERMISSIVE: &str = r#"
@id("everything")
permit (
  principal,
  action in [
    Countersign::Action::"trade", Countersign::Action::"funds", Countersign::Action::"read",
    Countersign::Action::"admin", Countersign::Action::"session"
  ],
  resource
) when { context.unbound.containsAll(context.unbound) && context.outside_alphabet == context.outside_alphabet };
"#;
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How a deployment differs from the usual 2 of 3.
pub struct Options {
    pub nodes: u8,
    pub threshold: u8,
    pub pool_depth: usize,
    /// By default so much that nothing goes stale while a node restarts or the machine stalls.
    pub clock_skew_ms: u64,
    pub policy: String,
    /// Keys besides [`KEY`].
    pub keys: Vec<KeySpec>,
}

/// A key to deal.
pub struct KeySpec {
    pub id: String,
    pub venue: String,
    pub hash: HashAlgorithm,
    pub encoding: SecretEncoding,
    /// The key's bytes, decoded.
    pub secret: Vec<u8>,
    pub permissions: Option<Vec<String>>,
    pub api_key: Option<String>,
    pub passphrase: Option<String>,
    pub accepts_unavoidable: bool,
}

impl Default for Options {
    fn default() -> Self {
        let demo = countersign_policy::templates()
            .iter()
            .find(|template| template.name == "demo.cedar");
        Self {
            nodes: 3,
            threshold: 2,
            pool_depth: 4,
            clock_skew_ms: 60_000,
            policy: demo.unwrap().text.to_owned(),
            keys: Vec::new(),
        }
    }
}

impl Options {
    /// The usual policy, but for a limit on requests with the key in a day.
    pub fn with_limit(requests: u32) -> Self {
        let usual = Self::default();
        let limit = format!("requests_24h > {requests}");
        let policy = usual.policy.replace("requests_1m > 6000", &limit);
        assert_ne!(policy, usual.policy);
        Self { policy, ..usual }
    }
}

/// A deployment with one key, all of its shares taken in.
pub struct Cluster {
    dir: TempDir,
    options: Options,
    pub roster: Roster,
    /// What was dealt. The nodes never see it; tests compare with it.
    pub secret: Vec<u8>,
    running: BTreeMap<String, Running>,
}

struct Running {
    orders: Option<oneshot::Sender<Order>>,
    thread: JoinHandle<Result<(), NodeError>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    /// As on SIGTERM.
    Stop,
    /// As on SIGKILL, as far as a thread can: nothing is tidied up.
    Kill,
}

impl Cluster {
    /// A new deployment, no node running yet.
    pub fn deal(options: Options) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("deployment");
        let names = ('a'..='p').take(options.nodes.into());
        let spec = DeploymentSpec {
            trust_domain: "test.example".parse().unwrap(),
            nodes: names
                .map(|name| (name.to_string().parse().unwrap(), free_address()))
                .collect(),
            coordinators: vec![COORDINATOR.parse().unwrap()],
            clients: [CLIENT, OTHER_CLIENT]
                .map(|name| name.parse().unwrap())
                .to_vec(),
            authority_validity: DAY,
            certificate_validity: DAY,
        };
        let roster = issue_deployment(&root, &spec).unwrap();
        fs::write(root.join("policy.cedar"), &options.policy).unwrap();
        let mut secret = vec![0; 48];
        getrandom::fill(&mut secret).unwrap();
        let cluster = Self {
            dir,
            options,
            roster,
            secret,
            running: BTreeMap::new(),
        };
        for name in cluster.names() {
            cluster.prepare_storage(&name);
        }
        cluster.deal_key(&KeySpec {
            id: KEY.to_owned(),
            venue: "binance".to_owned(),
            hash: HashAlgorithm::Sha256,
            encoding: SecretEncoding::Utf8,
            secret: cluster.secret.clone(),
            permissions: Some(vec!["read".to_owned(), "spot_trading".to_owned()]),
            api_key: None,
            passphrase: None,
            accepts_unavoidable: true,
        });
        for key in &cluster.options.keys {
            cluster.deal_key(key);
        }
        cluster
    }

    /// A deployment with all nodes running.
    pub fn start(options: Options) -> Self {
        let mut cluster = Self::deal(options);
        for name in cluster.names() {
            cluster.start_node(&name);
        }
        cluster
    }

    /// All nodes' names, by share index.
    pub fn names(&self) -> Vec<String> {
        let nodes = self.roster.nodes().iter();
        nodes.map(|node| node.name.to_string()).collect()
    }

    pub fn options(&self) -> &Options {
        &self.options
    }

    pub fn address(&self, node: &str) -> Address {
        let entry = self.roster.node(&node.parse().unwrap());
        entry.unwrap().address.clone()
    }

    pub fn identity(&self, node: &str) -> Identity {
        self.roster.node_identity(&node.parse().unwrap())
    }

    pub fn data_dir(&self, node: &str) -> PathBuf {
        self.home(&format!("node-{node}")).join("data")
    }

    /// The key desk-1 signs its envelopes with.
    pub fn envelope_key(&self) -> EnvelopeKey {
        self.envelope_key_of(CLIENT)
    }

    /// The key a client signs its envelopes with.
    pub fn envelope_key_of(&self, client: &str) -> EnvelopeKey {
        let path = self
            .home(&format!("client-{client}"))
            .join("envelope-key.pem");
        EnvelopeKey::from_pem(&keyfile::read_private(&path).unwrap()).unwrap()
    }

    /// A party's certificate: "node-a", "coordinator-main", "client-desk-1".
    pub fn material(&self, party: &str) -> TlsMaterial {
        let home = self.home(party);
        let (certificate, key) = (home.join("cert.pem"), home.join("key.pem"));
        TlsMaterial::load(&certificate, &key, &self.root().join("ca.pem")).unwrap()
    }

    /// A certificate of the deployment's own authority for whoever is asked for.
    pub fn issue(&self, principal: Principal) -> TlsMaterial {
        let read = |name| fs::read_to_string(self.root().join(name)).unwrap();
        let authority = Authority::from_pem(&read("ca.pem"), &read("ca-key.pem")).unwrap();
        let identity = Identity::new(self.roster.trust_domain().clone(), principal);
        let issued = authority.issue(&identity, DAY).unwrap();
        let home = tempfile::tempdir_in(self.dir.path()).unwrap();
        let (certificate, key) = (home.path().join("cert.pem"), home.path().join("key.pem"));
        fs::write(&certificate, issued.certificate_pem).unwrap();
        keyfile::write_private(&key, &issued.key_pem).unwrap();
        TlsMaterial::load(&certificate, &key, &self.root().join("ca.pem")).unwrap()
    }

    /// Starts a node on a thread and runtime of its own.
    pub fn start_node(&mut self, name: &str) {
        let config = self.config(name);
        let (orders, order) = oneshot::channel();
        let thread = thread::Builder::new()
            .name(format!("node-{name}"))
            .spawn(move || run(config, order))
            .unwrap();
        let running = Running {
            orders: Some(orders),
            thread,
        };
        assert!(self.running.insert(name.to_owned(), running).is_none());
    }

    /// Stops a node in an orderly way.
    pub fn stop_node(&mut self, name: &str) {
        self.end(name, Order::Stop);
    }

    /// Ends a node without a word.
    pub fn kill_node(&mut self, name: &str) {
        self.end(name, Order::Kill);
    }

    fn end(&mut self, name: &str, order: Order) {
        let mut running = self.running.remove(name).unwrap();
        // A node that ended by itself shows below.
        let _ = running.orders.take().unwrap().send(order);
        running.thread.join().unwrap().unwrap();
        // Threads of batches outlive their node by a little here, as they would not as processes.
        let lock = File::open(self.data_dir(name).join("node.lock")).unwrap();
        let patience = Instant::now() + Duration::from_secs(30);
        while lock.try_lock().is_err() {
            assert!(
                Instant::now() < patience,
                "node {name} holds on to its data"
            );
            thread::sleep(Duration::from_millis(20));
        }
    }

    fn root(&self) -> PathBuf {
        self.dir.path().join("deployment")
    }

    fn home(&self, party: &str) -> PathBuf {
        self.root().join(party)
    }

    fn config(&self, name: &str) -> Config {
        let home = self.home(&format!("node-{name}"));
        Config {
            name: name.parse().unwrap(),
            listen: self.address(name).to_string(),
            data_dir: home.join("data"),
            roster: self.root().join("roster.toml"),
            policies: vec![self.root().join("policy.cedar")],
            circumstances: None,
            certificate: home.join("cert.pem"),
            key: home.join("key.pem"),
            ca: self.root().join("ca.pem"),
            receipt_key: home.join("receipt-key.pem"),
            sealing_key: home.join("sealing-key.pem"),
            passphrase_file: Some(home.join("passphrase")),
            credential: None,
            pool_depth: self.options.pool_depth,
            pool_quorums: 16,
            clock_skew_ms: self.options.clock_skew_ms,
            memory_protection: MemoryProtection::Off,
        }
    }

    /// A passphrase, stretched no more than it must be: tests start many nodes.
    fn prepare_storage(&self, name: &str) {
        let home = self.home(&format!("node-{name}"));
        let passphrase = format!("the passphrase of node {name}\n");
        keyfile::write_private(&home.join("passphrase"), &passphrase).unwrap();
        let mut salt = [0; 16];
        getrandom::fill(&mut salt).unwrap();
        let parameters = serde_json::json!({
            "version": 1,
            "kdf": "argon2id",
            "salt": hex::encode(salt),
            "cost": { "memory_kib": 19 * 1024, "passes": 2, "lanes": 1 },
        });
        fs::create_dir(home.join("data")).unwrap();
        let path = home.join("data/storage-key.json");
        fs::write(path, parameters.to_string()).unwrap();
    }

    /// Deals the secret, and has each node take in its share.
    fn deal_key(&self, key: &KeySpec) {
        let nodes = self.roster.nodes();
        let parameters = DealParameters {
            hash: key.hash,
            threshold: self.options.threshold,
            parties: nodes
                .iter()
                .map(|node| Party::new(node.index).unwrap())
                .collect(),
        };
        let secret = Secret::new(Zeroizing::new(key.secret.clone())).unwrap();
        let mut randomness = rand_core::UnwrapErr(getrandom::SysRng);
        let dealt = dealing::deal(&parameters, secret, &mut randomness).unwrap();
        let (deal_id, key_id) = (*dealt.deal_id.as_bytes(), key.id.parse().unwrap());
        let dealer = self.dir.path().join("dealer");
        fs::create_dir(&dealer).unwrap();
        let package_path = |name: &str| dealer.join(format!("{name}.package"));
        let mut entries = Vec::new();
        for (node, package) in nodes.iter().zip(&dealt.packages) {
            let plain = package.encode();
            let sealed =
                seal_package(&plain, &node.sealing_key, &key_id, &deal_id, &node.name).unwrap();
            fs::write(package_path(node.name.as_str()), &sealed).unwrap();
            entries.push(ManifestNode {
                name: node.name.clone(),
                index: node.index,
                package_sha256: package_sha256(&sealed),
            });
        }
        let manifest = Manifest {
            version: VERSION,
            key_id,
            deal_id,
            scheme: parameters.hash.scheme().to_owned(),
            venue: key.venue.clone(),
            secret_encoding: key.encoding,
            permissions: key.permissions.clone(),
            api_key: key.api_key.clone(),
            accepts_unavoidable: key.accepts_unavoidable,
            passphrase: key
                .passphrase
                .as_ref()
                .map(|text| PassphraseCommitment(dealt.packages[0].commitment(text.as_bytes()))),
            threshold: self.options.threshold,
            nodes: entries,
            inner_state_hash: dealt.inner_state_hash,
            check_tag: dealt.check_tag.clone(),
            epoch: 1,
            roster_hash: self.roster.hash(),
        };
        let manifest_path = dealer.join("manifest.json");
        fs::write(&manifest_path, manifest.to_json()).unwrap();
        for name in self.names() {
            let package = package_path(&name);
            countersign_node::import(&self.config(&name), &manifest_path, &package).unwrap();
        }
        fs::remove_dir_all(dealer).unwrap();
    }
}

impl Drop for Cluster {
    /// Nodes write to the directory that goes next.
    fn drop(&mut self) {
        for running in self.running.values_mut() {
            // A node that ended by itself is past orders.
            let _ = running.orders.take().map(|orders| orders.send(Order::Kill));
        }
        for (_, running) in std::mem::take(&mut self.running) {
            // Whatever a node has to complain of, the test has said more.
            let _ = running.thread.join();
        }
    }
}

fn run(config: Config, order: oneshot::Receiver<Order>) -> Result<(), NodeError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let (stop, stopped) = oneshot::channel::<()>();
        let node = countersign_node::run(config, async { drop(stopped.await) });
        tokio::pin!(node);
        let order = tokio::select! {
            result = &mut node => return result,
            order = order => order,
        };
        if order == Ok(Order::Stop) {
            let _ = stop.send(());
            node.await
        } else {
            Ok(())
        }
    })
}

/// An address nobody listens on, outside the range from which connections get theirs.
fn free_address() -> Address {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = 10_000 + u16::try_from(std::process::id() % 200).unwrap() * 100;
    loop {
        let port = first + NEXT.fetch_add(1, Ordering::Relaxed);
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return format!("127.0.0.1:{port}").parse().unwrap();
        }
    }
}

/// The lines of a node's file, or none if there is no file yet.
pub fn lines_of(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap_or_default();
    let complete = text.rfind('\n').map_or("", |end| &text[..end]);
    complete.lines().map(str::to_owned).collect()
}
