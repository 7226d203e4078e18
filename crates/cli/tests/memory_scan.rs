//! P22: no process ever holds the secret, its key blocks or the outer state, in whatever form, at
//! any of many random instants while requests are signed. The same scan finds every form in a
//! process that does hold them, and finds in each node the inner state, which nodes know by design.

#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use support::encodings::{forms, key_block, of_key, of_words, state};
use support::memory::Scanner;
use support::processes::Stopped;
use support::{Demo, PATIENCE, check_signature, pids, sign_order, text, write};

const INSTANTS: usize = 20;
const INNER: &str = "inner state";

/// 64 characters, as exchanges give them. Random, so that no file or test holds them.
fn random_secret() -> Vec<u8> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).unwrap();
    hex::encode(bytes).into_bytes()
}

fn random_pause(up_to_ms: u8) -> Duration {
    let mut byte = [0];
    getrandom::fill(&mut byte).unwrap();
    Duration::from_millis(u64::from(byte[0]) * u64::from(up_to_ms) / 255)
}

#[test]
fn no_process_holds_the_key_while_signing() {
    let home = tempfile::tempdir().unwrap();
    let secret = random_secret();
    let secret_file = write(home.path().join("secret"), &secret);
    let mut demo = Demo::start(&[
        "--keep",
        "--secret-file",
        &secret_file,
        "--memory-protection",
        "off",
        "--dir",
        &text(&home.path().join("demo")),
    ]);
    let ready = demo.until("ready");
    demo.until("keeping");
    std::fs::remove_file(&secret_file).unwrap();

    let mut patterns = of_key(&secret);
    patterns.extend(of_words(INNER, &state(&secret, 0x36)));
    let scanner = Scanner::new(&patterns);
    let nodes: BTreeSet<u64> = ready["pids"]
        .as_object()
        .unwrap()
        .iter()
        .filter(|(name, _)| name.starts_with("node-"))
        .map(|(_, pid)| pid.as_u64().unwrap())
        .collect();
    let mut processes = pids(&ready);
    processes.push(demo.id());

    let config = ready["client_config"].as_str().unwrap();
    let (done, signed) = (AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        // Whatever ends the scan ends the signing.
        struct Finally<'a>(&'a AtomicBool);
        impl Drop for Finally<'_> {
            fn drop(&mut self) {
                self.0.store(true, Ordering::Relaxed);
            }
        }
        let finally = Finally(&done);
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                // With a process stopped, some requests have no quorum; that is no matter here.
                if let Ok(answer) = sign_order(home.path(), config) {
                    check_signature(&answer, &secret);
                    signed.fetch_add(1, Ordering::Relaxed);
                }
                // The demo's policy allows 600 requests a minute.
                std::thread::sleep(Duration::from_millis(100));
            }
        });
        for instant in 0..INSTANTS {
            let before = signed.load(Ordering::Relaxed);
            for &pid in &processes {
                std::thread::sleep(random_pause(200));
                let stopped = Stopped::stop(pid);
                let findings = scanner.scan(pid);
                drop(stopped);
                let (inner, key): (Vec<_>, Vec<_>) = findings
                    .found
                    .iter()
                    .partition(|name| name.starts_with(INNER));
                assert!(
                    key.is_empty(),
                    "process {pid} at instant {instant}: {key:#?}"
                );
                // Nobody else has it, and that the scan reads a node's memory is seen by it.
                assert_eq!(
                    !inner.is_empty(),
                    nodes.contains(&u64::from(pid)),
                    "process {pid}"
                );
            }
            let patience = Instant::now() + PATIENCE;
            while signed.load(Ordering::Relaxed) == before {
                assert!(Instant::now() < patience, "no signature after {instant}");
                std::thread::sleep(Duration::from_millis(20));
            }
        }
        drop(finally);
    });
}

#[test]
fn the_scan_finds_every_form_in_a_process_that_holds_it() {
    let secret = random_secret();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "--ignored",
            "--nocapture",
            "holder_of_everything",
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    writeln!(stdin, "{}", String::from_utf8(secret.clone()).unwrap()).unwrap();
    let stdout = BufReader::new(child.stdout.take().unwrap());
    let mut lines = stdout.lines().map_while(Result::ok);
    assert!(lines.by_ref().any(|line| line.ends_with("holding")));

    let patterns = of_key(&secret);
    let stopped = Stopped::stop(child.id());
    let findings = Scanner::new(&patterns).scan(child.id());
    drop(stopped);
    drop(stdin);
    lines.for_each(drop);
    child.wait().unwrap();
    let all: BTreeSet<String> = patterns
        .iter()
        .map(|pattern| pattern.name.clone())
        .collect();
    let missed: Vec<&String> = all.difference(&findings.found).collect();
    assert!(missed.is_empty(), "not found: {missed:#?}");
}

/// Holds whole values in every form, written as code that computes with them would hold them.
#[test]
#[ignore = "a process of its own for the_scan_finds_every_form_in_a_process_that_holds_it"]
fn holder_of_everything() {
    let mut secret = String::new();
    std::io::stdin().read_line(&mut secret).unwrap();
    let secret = secret.trim().as_bytes();
    let block = key_block(secret);
    let words = |bytes: &[u8]| -> Vec<u32> {
        bytes
            .chunks_exact(4)
            .map(|word| u32::from_be_bytes(word.try_into().unwrap()))
            .collect()
    };
    let values = [
        words(secret),
        words(&block.map(|byte| byte ^ 0x36)),
        words(&block.map(|byte| byte ^ 0x5c)),
        state(secret, 0x5c).to_vec(),
    ];
    let mut held: Vec<Vec<u8>> = Vec::new();
    let mut native = Vec::new();
    for value in &values {
        native.push((
            value.clone(),
            value
                .iter()
                .map(|&word| u64::from(word))
                .collect::<Vec<_>>(),
            value
                .iter()
                .map(|&word| u128::from(word))
                .collect::<Vec<_>>(),
        ));
        held.extend(forms(value).into_iter().map(|(_, bytes)| bytes));
        for bytes in [
            value
                .iter()
                .flat_map(|word| word.to_be_bytes())
                .collect::<Vec<u8>>(),
            value.iter().flat_map(|word| word.to_le_bytes()).collect(),
        ] {
            // After none, one and two bytes of something else.
            for before in 0..3 {
                let text = [&vec![b'#'; before][..], &bytes].concat();
                held.push(STANDARD.encode(text).into_bytes());
            }
        }
    }
    println!("holding");
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).unwrap();
    std::hint::black_box((&held, &native));
}
