//! `countersign demo` from the outside: what it says is right, and nothing is left behind.

#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::path::Path;

use rustix::process::Signal;
use serde_json::Value;
use support::processes::{assert_gone, exists};
use support::{Demo, check_signature, order, pids, run, run_well, sign_order, text, write};

fn named<'a>(steps: &'a [Value], name: &str) -> Vec<&'a Value> {
    steps.iter().filter(|step| step["step"] == name).collect()
}

/// No file below holds the secret, as it is or as hexadecimal.
fn assert_not_on_disk(dir: &Path, secret: &[u8]) {
    let hex = hex::encode(secret);
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            assert_not_on_disk(&path, secret);
            continue;
        }
        let bytes = fs::read(&path).unwrap();
        for form in [secret, hex.as_bytes()] {
            assert!(
                !bytes.windows(form.len()).any(|window| window == form),
                "{path:?}"
            );
        }
    }
}

#[test]
fn two_of_three_sign_the_callers_request_with_the_callers_secret() {
    let home = tempfile::tempdir().unwrap();
    // Not text, and a newline at its end: the bytes are dealt as they are.
    let secret = b"\xff\x00 thirty-two bytes of a secret\n";
    let secret_file = write(home.path().join("secret"), secret);
    let request = order("ETHUSDT", "1.5");
    let request_file = write(home.path().join("request.json"), request.to_string());
    let dir = home.path().join("demo");

    let mut demo = Demo::start(&[
        "--secret-file",
        &secret_file,
        "--request",
        &request_file,
        "--dir",
        &text(&dir),
        "--count",
        "3",
    ]);
    let ready = demo.until("ready");
    let pids = pids(&ready);
    assert_eq!(pids.len(), 4);
    assert!(
        !dir.join("dealer").exists(),
        "no dealer's file is left when nodes start"
    );
    let (steps, status) = demo.finish();
    assert!(status.success(), "{steps:#?}");

    let signed = named(&steps, "sign");
    assert_eq!(signed.len(), 4, "three, and one after a node was stopped");
    for signed in &signed {
        check_signature(signed, secret);
        assert_eq!(signed["signed_payload"], request["query"]);
        assert_eq!(signed["request"]["headers"], request["headers"]);
        assert!(signed["online_ms"].as_f64().unwrap() > 0.0);
    }
    let stopped = &named(&steps, "stopped")[0]["node"];
    let last = signed.last().unwrap()["quorum"].as_array().unwrap();
    assert!(
        last.len() == 2 && !last.contains(stopped),
        "{last:?} without {stopped}"
    );

    let denied = named(&steps, "denied")[0];
    assert_eq!(denied["rule"], "no-withdrawals");
    let refused = named(&steps, "refused")[0];
    assert_eq!(refused["refusal"], "NO_QUORUM");
    // The demo gives its requests ten seconds: this one was not waited with until their end.
    assert!(refused["after_ms"].as_f64().unwrap() < 9000.0, "{refused}");
    assert_eq!(steps.last().unwrap()["step"], "done");

    assert_gone(&pids);
    assert_not_on_disk(&dir, secret);
}

#[test]
fn when_every_node_is_needed_the_demo_says_what_it_cannot_show() {
    let home = tempfile::tempdir().unwrap();
    // Longer than a block of the hash: the key is its digest.
    let secret = [b'x'; 100];
    let secret_file = write(home.path().join("secret"), secret);
    let mut demo = Demo::start(&[
        "--secret-file",
        &secret_file,
        "--threshold",
        "2",
        "--nodes",
        "2",
    ]);
    let ready = demo.until("ready");
    let temporary = ready["dir"].as_str().unwrap().to_owned();
    let (steps, status) = demo.finish();
    assert!(status.success(), "{steps:#?}");
    check_signature(named(&steps, "sign")[0], &secret);
    assert_eq!(named(&steps, "skipped").len(), 1);
    assert_eq!(named(&steps, "denied").len(), 1);
    assert_eq!(named(&steps, "refused").len(), 1);
    assert_gone(&pids(&ready));
    assert!(
        !Path::new(&temporary).exists(),
        "the temporary directory is removed"
    );
}

#[test]
fn three_of_five_sign_with_any_quorum() {
    let home = tempfile::tempdir().unwrap();
    let secret = b"a secret of some thirty-two bytes";
    let secret_file = write(home.path().join("secret"), secret);
    let demo = Demo::start(&[
        "--secret-file",
        &secret_file,
        "--threshold",
        "3",
        "--nodes",
        "5",
    ]);
    let (steps, status) = demo.finish();
    assert!(status.success(), "{steps:#?}");
    let signed = named(&steps, "sign");
    assert_eq!(signed.len(), 2);
    for signed in signed {
        check_signature(signed, secret);
        assert_eq!(signed["quorum"].as_array().unwrap().len(), 3);
    }
    assert_eq!(named(&steps, "stopped").len(), 3);
}

#[test]
fn a_kept_demo_serves_until_it_is_interrupted() {
    let home = tempfile::tempdir().unwrap();
    let secret = b"another secret for the demo";
    let secret_file = write(home.path().join("secret"), secret);
    let dir = home.path().join("demo");
    let mut demo = Demo::start(&[
        "--keep",
        "--secret-file",
        &secret_file,
        "--dir",
        &text(&dir),
    ]);
    let ready = demo.until("ready");
    demo.until("keeping");

    let config = ready["client_config"].as_str().unwrap();
    check_signature(&sign_order(home.path(), config).unwrap(), secret);
    let request = text(&home.path().join("order.json"));
    let plain = run_well(&[
        "sign",
        "--config",
        config,
        "--key-id",
        "demo",
        "--request",
        &request,
        "--deadline-ms",
        "60000",
    ]);
    assert!(plain.starts_with("POST https://api.binance.com/api/v3/order?symbol=BTCUSDT"));
    assert!(plain.contains("\nX-MBX-APIKEY: an-api-key"));

    let unknown = run(&[
        "sign",
        "--config",
        config,
        "--key-id",
        "other",
        "--request",
        &request,
        "--deadline-ms",
        "60000",
    ]);
    assert_eq!(unknown.status.code(), Some(3), "refused");
    let said = String::from_utf8(unknown.stderr).unwrap();
    assert!(said.contains("UNKNOWN_KEY"), "{said}");

    let table = run_well(&["status", "--config", config]);
    for expected in ["QUORUM", "a, b", "b, c", "binance", "ready"] {
        assert!(table.contains(expected), "{expected} in\n{table}");
    }

    assert!(pids(&ready).into_iter().all(exists));
    demo.signal(Signal::INT);
    let (steps, status) = demo.finish();
    assert!(status.success());
    assert_eq!(steps.last().unwrap()["step"], "done");
    assert_gone(&pids(&ready));
}

#[test]
fn nothing_survives_a_demo_that_is_killed() {
    let mut demo = Demo::start(&["--keep", "--threshold", "2", "--nodes", "2"]);
    let ready = demo.until("ready");
    demo.signal(Signal::KILL);
    assert!(!demo.finish().1.success());
    assert_gone(&pids(&ready));
    fs::remove_dir_all(ready["dir"].as_str().unwrap()).unwrap();
}

#[test]
fn an_interrupted_demo_ends_what_it_started() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("demo");
    let mut demo = Demo::start(&["--dir", &text(&dir)]);
    demo.until("dealt");
    demo.signal(Signal::TERM);
    let (steps, status) = demo.finish();
    assert_eq!(status.code(), Some(130));
    assert_eq!(steps.last().unwrap()["step"], "failed");
    for process in fs::read_dir("/proc").unwrap() {
        let command = fs::read(process.unwrap().path().join("cmdline")).unwrap_or_default();
        let command = String::from_utf8_lossy(&command).into_owned();
        let ours = command.contains(dir.to_str().unwrap());
        assert!(!ours, "{command}");
    }
}

#[test]
fn what_cannot_work_is_said_at_once() {
    let home = tempfile::tempdir().unwrap();
    let wrong = run(&["demo", "--threshold", "4", "--nodes", "3"]);
    assert_eq!(wrong.status.code(), Some(2));

    let short = write(home.path().join("short"), b"fifteen bytes!!");
    let refused = run(&["demo", "--json", "--secret-file", &short]);
    assert_eq!(refused.status.code(), Some(1));
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(said.contains("15 bytes"), "{said}");

    let used = run(&["demo", "--json", "--dir", &text(home.path())]);
    assert_eq!(used.status.code(), Some(1));
    let said = String::from_utf8(used.stderr).unwrap();
    assert!(said.contains("not empty"), "{said}");
}
