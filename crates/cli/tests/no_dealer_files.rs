//! P22: no dealer's file is read after import. Nodes start, and start again, without any, and make
//! presignatures beyond any number that could have been dealt.

#![allow(clippy::unwrap_used)]

mod support;

use std::fs;

use support::processes::{Deployment, can_sign};
use support::{Demo, check_signature, order, run_well, text, write};

#[test]
fn nodes_start_again_without_what_was_dealt() {
    let home = tempfile::tempdir().unwrap();
    let secret = b"a secret that is dealt only once";
    let secret_file = write(home.path().join("secret"), secret);
    let dir = home.path().join("demo");
    let (steps, status) = Demo::start(&[
        "--secret-file",
        &secret_file,
        "--dir",
        &text(&dir),
        "--threshold",
        "2",
    ])
    .finish();
    assert!(status.success(), "{steps:#?}");
    fs::remove_file(&secret_file).unwrap();
    assert!(!dir.join("dealer").exists());
    for entry in fs::read_dir(&dir).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(
            !name.ends_with(".package") && name != "manifest.json",
            "{name}"
        );
    }

    let mut deployment = Deployment::start(&dir, &["a", "b"]);
    let sign = |deployment: &Deployment| {
        let request = write(
            home.path().join("order.json"),
            order("BTCUSDT", "0.5").to_string(),
        );
        let config = deployment.client_config();
        let signed = run_well(&[
            "sign",
            "--json",
            "--config",
            &config,
            "--key-id",
            "demo",
            "--request",
            &request,
            "--deadline-ms",
            "60000",
        ]);
        check_signature(&serde_json::from_str(&signed).unwrap(), secret);
    };
    deployment.wait_until("a and b can sign", |status| can_sign(status, &["a", "b"]));
    sign(&deployment);

    // Killed without warning, and back.
    deployment.kill("b");
    deployment.start_node("b");
    deployment.start_node("c");
    deployment.wait_until("b and c can sign", |status| can_sign(status, &["b", "c"]));
    deployment.kill("a");
    for _ in 0..6 {
        deployment.wait_until("b and c can sign", |status| can_sign(status, &["b", "c"]));
        sign(&deployment);
    }
}
