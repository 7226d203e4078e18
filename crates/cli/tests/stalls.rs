//! Processes that stand still for longer than the liveness timeout, as on a machine that is too busy:
//! whichever they are, a request that has the time is signed.

#![allow(clippy::unwrap_used)]

mod support;

use std::time::Duration;

use serde_json::Value;
use support::processes::Stopped;
use support::{Demo, check_signature, sign_order, text, write};

const SECRET: &[u8] = b"a secret that waits for its nodes";
/// The liveness timeout is a second.
const STALL: Duration = Duration::from_millis(1500);
/// Some of the stall is left when the request arrives, so that it meets silence.
const LEFT: Duration = Duration::from_millis(200);

#[test]
fn a_stall_of_any_processes_costs_no_request() {
    let home = tempfile::tempdir().unwrap();
    let secret_file = write(home.path().join("secret"), SECRET);
    let dir = text(&home.path().join("demo"));
    let mut demo = Demo::start(&["--keep", "--secret-file", &secret_file, "--dir", &dir]);
    let ready = demo.until("ready");
    demo.until("keeping");
    let config = ready["client_config"].as_str().unwrap();

    for stalled in [
        &["coordinator"][..],
        &["node-a", "node-c"],
        &["coordinator", "node-a", "node-b", "node-c"],
    ] {
        let stopped: Vec<Stopped> = stalled.iter().map(|name| stop(&ready, name)).collect();
        std::thread::sleep(STALL);
        let answer = std::thread::scope(|scope| {
            let asking = scope.spawn(|| sign_order(home.path(), config));
            std::thread::sleep(LEFT);
            drop(stopped);
            asking.join().unwrap()
        });
        check_signature(&answer.expect("no request may fail"), SECRET);
    }
}

fn stop(ready: &Value, name: &str) -> Stopped {
    let pid = ready["pids"][name].as_u64().unwrap();
    Stopped::stop(pid.try_into().unwrap())
}
