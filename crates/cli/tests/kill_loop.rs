//! Nodes killed under load, again and again: no request fails that still has time, nothing decided is
//! forgotten, nobody is blamed, and a killed node comes back by itself.

#![allow(clippy::unwrap_used)]

mod support;

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::Value;
use support::processes::{Deployment, can_sign, is_active};
use support::{Demo, check_signature, sign_order, text, write};

const SECRET: &[u8] = b"a secret that outlives its nodes";
const PAIRS: [[&str; 2]; 3] = [["a", "b"], ["b", "c"], ["a", "c"]];

#[test]
fn any_one_node_may_die_under_load_and_two_may_not() {
    let home = tempfile::tempdir().unwrap();
    let secret_file = write(home.path().join("secret"), SECRET);
    let dir = home.path().join("demo");
    let arguments = [
        "--secret-file",
        &secret_file,
        "--dir",
        &text(&dir),
        "--count",
        "4",
    ];
    let (steps, status) = Demo::start(&arguments).finish();
    assert!(status.success(), "{steps:#?}");

    let mut deployment = Deployment::start(&dir, &["a", "b", "c"]);
    let all = |status: &Value| PAIRS.iter().all(|pair| can_sign(status, pair));
    deployment.wait_until("every pair can sign", all);
    // The client uses up what there is, so the next node may die while pools are empty.
    let back = |status: &Value| PAIRS.iter().all(|pair| is_active(status, pair));

    let config = deployment.client_config();
    let stop = AtomicBool::new(false);
    let signed = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        let client = scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                let answer = sign_order(home.path(), &config);
                signed
                    .lock()
                    .unwrap()
                    .push(answer.expect("no request may fail"));
            }
        });
        for victim in ["a", "b", "c", "b"] {
            let before = signed.lock().unwrap().len();
            deployment.kill(victim);
            // Some requests without it, or the client's panic ends the wait.
            while signed.lock().unwrap().len() < before + 3 && !client.is_finished() {
                std::thread::sleep(Duration::from_millis(50));
            }
            deployment.start_node(victim);
            deployment.wait_until("every pair is active again", back);
        }
        stop.store(true, Ordering::Relaxed);
    });

    let signed = signed.into_inner().unwrap();
    assert!(signed.len() >= 12);
    for answer in &signed {
        check_signature(answer, SECRET);
    }
    every_node_recorded_what_it_took_part_in(&dir, &signed);

    deployment.kill("a");
    deployment.kill("c");
    let refused = sign_order(home.path(), &config).expect_err("one node is too few");
    assert!(refused.contains("NO_QUORUM"), "{refused}");
}

/// The receipts' audit records are all there, once each, and no log holds an incident.
fn every_node_recorded_what_it_took_part_in(dir: &Path, signed: &[Value]) {
    for node in ["a", "b", "c"] {
        let log = fs::read_to_string(dir.join(format!("node-{node}/data/audit.log"))).unwrap();
        let mut approved = HashSet::new();
        for line in log.lines() {
            let record: Value = serde_json::from_str(line).unwrap();
            let event = &record["event"];
            assert_ne!(event["kind"], "incident", "{line}");
            if event["kind"] == "decision" {
                approved.insert(record["hash"].as_str().unwrap().to_owned());
            }
        }
        for answer in signed {
            for receipt in answer["receipts"].as_array().unwrap() {
                if receipt["node"] == node {
                    assert!(approved.contains(receipt["audit_hash"].as_str().unwrap()));
                }
            }
        }
    }
}
