//! Running the built command, and the processes it starts.

#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "each test file uses its own part of this"
)]

pub mod encodings;
pub mod memory;
pub mod processes;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hmac::{Hmac, KeyInit, Mac};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use sha2::Sha256;

/// Preprocessing on a busy machine, without optimisation of our own crates but one.
pub const PATIENCE: Duration = Duration::from_secs(300);

/// The built command.
pub fn countersign() -> Command {
    Command::new(env!("CARGO_BIN_EXE_countersign"))
}

/// Runs the command to its end.
pub fn run(arguments: &[&str]) -> Output {
    countersign()
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

/// Runs the command and expects success.
pub fn run_well(arguments: &[&str]) -> String {
    let output = run(arguments);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

/// A demo under way, read step by step.
pub struct Demo {
    child: Child,
    steps: Receiver<Value>,
}

impl Demo {
    /// Starts `countersign demo --json` with more arguments.
    pub fn start(arguments: &[&str]) -> Self {
        let mut child = countersign()
            .args(["demo", "--json"])
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, steps) = channel();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                let step = serde_json::from_str(&line).expect(&line);
                if sender.send(step).is_err() {
                    break;
                }
            }
        });
        Self { child, steps }
    }

    /// The next step; `None` at the end.
    pub fn next(&mut self) -> Option<Value> {
        match self.steps.recv_timeout(PATIENCE) {
            Ok(step) => Some(step),
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => panic!("no further step within {PATIENCE:?}"),
        }
    }

    /// Skips to the next step of that name.
    pub fn until(&mut self, name: &str) -> Value {
        let mut seen = Vec::new();
        while let Some(step) = self.next() {
            if step["step"] == name {
                return step;
            }
            seen.push(step);
        }
        panic!("no step {name} after {seen:#?}");
    }

    /// All further steps, and how it ended.
    pub fn finish(mut self) -> (Vec<Value>, ExitStatus) {
        let steps = std::iter::from_fn(|| self.next()).collect();
        (steps, self.child.wait().unwrap())
    }

    /// The process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal to it.
    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // What it started ends with it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Now, in Unix milliseconds.
pub fn now_ms() -> u128 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_millis()
}

/// A limit order with the time of now.
pub fn order(symbol: &str, quantity: &str) -> Value {
    json!({
        "venue": "binance", "method": "POST", "host": "api.binance.com",
        "path": "/api/v3/order", "body": "", "headers": {"X-MBX-APIKEY": "an-api-key"},
        "query": format!(
            "symbol={symbol}&side=BUY&type=LIMIT&timeInForce=GTC&quantity={quantity}\
             &price=100&recvWindow=60000&timestamp={}", now_ms()
        ),
    })
}

/// Has an order, `order.json` in `home`, signed by the demo's key, with 20 s for it; what it says if that
/// fails.
pub fn sign_order(home: &Path, config: &str) -> Result<Value, String> {
    let request = write(home.join("order.json"), order("BTCUSDT", "0.5").to_string());
    let output = run(&[
        "sign",
        "--json",
        "--config",
        config,
        "--key-id",
        "demo",
        "--request",
        &request,
        "--deadline-ms",
        "20000",
    ]);
    if output.status.success() {
        Ok(serde_json::from_slice(&output.stdout).unwrap())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

/// Writes a file and returns its path as text.
pub fn write(path: PathBuf, bytes: impl AsRef<[u8]>) -> String {
    std::fs::write(&path, bytes).unwrap();
    text(&path)
}

/// A path as text.
pub fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

/// Plain HMAC-SHA-256, hexadecimal.
pub fn hmac_sha256(secret: &[u8], message: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
    mac.update(message.as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

/// Checks that a step, or the output of `countersign sign --json`, is a right signature.
pub fn check_signature(signed: &Value, secret: &[u8]) {
    let payload = signed["signed_payload"].as_str().unwrap();
    let expected = hmac_sha256(secret, payload);
    assert_eq!(signed["signature"], expected, "{signed:#}");
    let url = signed["request"]["url"].as_str().unwrap();
    assert!(
        url.contains(payload) && url.ends_with(&format!("&signature={expected}")),
        "{url}"
    );
}

/// The process ids of a `ready` step.
pub fn pids(ready: &Value) -> Vec<u32> {
    let pids = ready["pids"].as_object().unwrap().values();
    pids.map(|pid| u32::try_from(pid.as_u64().unwrap()).unwrap())
        .collect()
}
