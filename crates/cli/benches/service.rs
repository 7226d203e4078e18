//! The whole service on loopback: client, coordinator, 2-of-3 nodes as processes, mutual TLS, policy,
//! durable audit.
//!
//! `cargo bench -p countersign-cli --bench service [-- --json] [--rate <per second>] [--steady-only]`
//!
//! First 20 requests a second for ten seconds, or as many as asked for, beginning with full pools
//! that are refilled meanwhile; then, a minute later so that the demo policy's limit of requests per
//! minute has passed, as many as the nodes can serve with four clients in parallel. At a low rate
//! preprocessing leaves the processors alone, and what remains is the way of a request.
#![allow(missing_docs)]

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use countersign_client::{Client, ClientConfig, CoordinatorAddress, KeyId, Request, SignOptions};
use countersign_wire::tls::{TlsMaterial, TransportOptions};
use countersign_wire::{EnvelopeKey, Roster, keyfile};
use serde::Deserialize;

const STEADY_RATE: u32 = 20;
const WARM_UP: Duration = Duration::from_secs(120);
const STEADY: Duration = Duration::from_secs(10);
const SUSTAINED: Duration = Duration::from_secs(15);
const PARALLEL: usize = 4;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if !arguments.iter().any(|argument| argument == "--bench") {
        return;
    }
    let has = |name| arguments.iter().any(|argument| argument == name);
    let rate = arguments
        .iter()
        .skip_while(|argument| *argument != "--rate")
        .nth(1)
        .map_or(STEADY_RATE, |rate| rate.parse().expect("a rate"));
    let demo = Demo::start();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(measure(&demo, rate, has("--json"), has("--steady-only")));
}

async fn measure(demo: &Demo, rate: u32, json: bool, steady_only: bool) {
    let client = Arc::new(client(&demo.client_config));
    wait_until_warm(&client).await;
    let before = demo.cpu();
    let (asked, steady) = steady(&client, rate).await;
    let steady_cpu = (demo.cpu() - before) / steady.len().max(1) as u32;
    if steady_only {
        let at = |percent| percentile(&steady, percent).as_secs_f64() * 1e3;
        println!(
            "steady {rate}/s: {} of {asked} signed, p50 {:.2} ms, p90 {:.2} ms, p99 {:.2} ms, CPU of \
             nodes and coordinator per signature {:.1} ms",
            steady.len(),
            at(50),
            at(90),
            at(99),
            steady_cpu.as_secs_f64() * 1e3
        );
        return;
    }
    tokio::time::sleep(Duration::from_secs(61)).await;
    let before = demo.cpu();
    let (sustained, waited) = sustained(&client).await;
    let per_second = sustained as f64 / SUSTAINED.as_secs_f64();
    let sustained_cpu = (demo.cpu() - before) / sustained.max(1);
    let ms = |duration: Duration| duration.as_secs_f64() * 1e3;
    let (p50, p99) = (percentile(&steady, 50), percentile(&steady, 99));
    if json {
        println!(
            "{{\"t\":2,\"n\":3,\"hash\":\"hmac-sha256\",\"rate\":{rate},\"asked\":{asked},\"requests\":{},\
             \"p50_ms\":{:.2},\"p99_ms\":{:.2},\"cpu_ms_per_signature_steady\":{:.1},\
             \"signatures_per_s\":{per_second:.1},\"cpu_ms_per_signature_sustained\":{:.1},\
             \"pool_empty\":{waited}}}",
            steady.len(),
            ms(p50),
            ms(p99),
            ms(steady_cpu),
            ms(sustained_cpu),
        );
    } else {
        println!(
            "steady {rate}/s: {} of {asked} signed, p50 {:.2} ms, p99 {:.2} ms",
            steady.len(),
            ms(p50),
            ms(p99)
        );
        println!(
            "  CPU of nodes and coordinator per signature: {:.1} ms",
            ms(steady_cpu)
        );
        println!("sustained with refill: {per_second:.1}/s ({waited} refused for an empty pool)");
        println!(
            "  CPU of nodes and coordinator per signature: {:.1} ms",
            ms(sustained_cpu)
        );
    }
}

/// Until every quorum's pool is full.
async fn wait_until_warm(client: &Client) {
    let start = Instant::now();
    loop {
        let status = client.status(Duration::from_secs(5)).await;
        let nodes = status.expect("the status").nodes;
        let mut quorums = nodes
            .iter()
            .flat_map(|node| &node.status)
            .flat_map(|status| &status.keys)
            .flat_map(|key| &key.quorums);
        if quorums.clone().count() == 3
            && quorums.all(|quorum| quorum.active && quorum.pool >= quorum.pool_target)
        {
            return;
        }
        assert!(start.elapsed() < WARM_UP, "pools do not fill");
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
}

/// How many requests were made, and how long those took that were signed.
async fn steady(client: &Arc<Client>, rate: u32) -> (usize, Vec<Duration>) {
    let mut ticks = tokio::time::interval(Duration::from_secs(1) / rate);
    let mut running = tokio::task::JoinSet::new();
    let end = Instant::now() + STEADY;
    while Instant::now() < end {
        ticks.tick().await;
        let client = Arc::clone(client);
        running.spawn(async move {
            let start = Instant::now();
            sign(&client).await.map(|()| start.elapsed())
        });
    }
    let asked = running.len();
    let mut times: Vec<Duration> = running
        .join_all()
        .await
        .into_iter()
        .filter_map(Result::ok)
        .collect();
    times.sort_unstable();
    (asked, times)
}

async fn sustained(client: &Arc<Client>) -> (u32, u32) {
    let end = Instant::now() + SUSTAINED;
    let mut running = tokio::task::JoinSet::new();
    for _ in 0..PARALLEL {
        let client = Arc::clone(client);
        running.spawn(async move {
            let (mut signed, mut refused) = (0, 0);
            while Instant::now() < end {
                match sign(&client).await {
                    Ok(()) => signed += 1,
                    Err(()) => {
                        refused += 1;
                        tokio::time::sleep(Duration::from_millis(20)).await;
                    }
                }
            }
            (signed, refused)
        });
    }
    let counts = running.join_all().await;
    counts
        .into_iter()
        .fold((0, 0), |sum, count| (sum.0 + count.0, sum.1 + count.1))
}

async fn sign(client: &Client) -> Result<(), ()> {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("after 1970")
        .as_millis();
    let request = Request {
        venue: "binance".to_owned(),
        method: "POST".to_owned(),
        host: "api.binance.com".to_owned(),
        path: "/api/v3/order".to_owned(),
        query: format!(
            "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.001&price=50000.00\
             &recvWindow=5000&timestamp={now}"
        ),
        body: Vec::new(),
        headers: Vec::new(),
    };
    let key: KeyId = "demo".parse().expect("a key id");
    client
        .sign(&key, &request, SignOptions::default())
        .await
        .map(|_| ())
        .map_err(|_| ())
}

fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    sorted
        .get((sorted.len() * percent / 100).min(sorted.len().saturating_sub(1)))
        .copied()
        .unwrap_or_default()
}

/// `countersign demo --keep`, ended with its standard input.
struct Demo {
    child: Child,
    _stdin: Option<ChildStdin>,
    pids: Vec<u64>,
    client_config: PathBuf,
}

impl Demo {
    fn start() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_countersign"))
            .args(["demo", "--json", "--keep", "--count", "8"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the demo starts");
        let output = BufReader::new(child.stdout.take().expect("its output"));
        let mut found = None;
        let mut signed = 0;
        let mut lines = output.lines().map_while(Result::ok);
        for line in lines.by_ref() {
            let step: serde_json::Value = serde_json::from_str(&line).expect("JSON");
            match step["step"].as_str() {
                Some("ready") => found = Some(step),
                Some("sign") => signed += 1,
                Some("failed") => panic!("{line}"),
                _ => {}
            }
            if signed == 8 {
                break;
            }
        }
        // What it says later must have somewhere to go.
        std::thread::spawn(move || lines.for_each(drop));
        let ready = found.expect("the demo becomes ready");
        let pids = ready["pids"].as_object().expect("pids");
        Self {
            _stdin: child.stdin.take(),
            pids: pids
                .values()
                .filter_map(serde_json::Value::as_u64)
                .collect(),
            client_config: ready["client_config"].as_str().expect("a path").into(),
            child,
        }
    }

    /// User and system time of nodes and coordinator.
    fn cpu(&self) -> Duration {
        let ticks: u64 = self
            .pids
            .iter()
            .filter_map(|pid| {
                let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
                let fields: Vec<&str> = stat.rsplit(") ").next()?.split(' ').collect();
                Some(fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?)
            })
            .sum();
        Duration::from_millis(ticks * 1000 / rustix::param::clock_ticks_per_second())
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // An interrupt lets it stop its own children.
        let pid = self.child.id().to_string();
        let _ = Command::new("kill").args(["-INT", &pid]).status();
        let _ = self.child.wait();
    }
}

#[derive(Deserialize)]
struct ClientFile {
    certificate: PathBuf,
    key: PathBuf,
    ca: PathBuf,
    envelope_key: PathBuf,
    roster: PathBuf,
    coordinators: Vec<Coordinator>,
}

#[derive(Deserialize)]
struct Coordinator {
    name: String,
    address: String,
}

fn client(path: &Path) -> Client {
    let home = path.parent().expect("a directory");
    let file: ClientFile =
        toml::from_str(&std::fs::read_to_string(path).expect("client.toml")).expect("TOML");
    let at = |path: &PathBuf| home.join(path);
    let pem = keyfile::read_private(&at(&file.envelope_key)).expect("the envelope key");
    Client::new(ClientConfig {
        coordinators: file
            .coordinators
            .iter()
            .map(|coordinator| CoordinatorAddress {
                name: coordinator.name.parse().expect("a name"),
                address: coordinator.address.parse().expect("an address"),
            })
            .collect(),
        tls: TlsMaterial::load(&at(&file.certificate), &at(&file.key), &at(&file.ca))
            .expect("certificates"),
        envelope_key: EnvelopeKey::from_pem(&pem).expect("a key"),
        roster: Roster::load(&at(&file.roster)).expect("a roster"),
        transport: TransportOptions::default(),
    })
    .expect("a client")
}
