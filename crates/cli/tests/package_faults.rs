//! P22: one bit of a share, of a MAC or of a MAC key, flipped in a package before it is sealed,
//! makes every quorum with that node useless: it signs nothing, and nothing wrong.

#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use countersign_mpc::dealing::SharePackage;
use countersign_wire::manifest::{Manifest, package_sha256, seal_package};
use countersign_wire::{NodeName, Roster, SealingKey};
use support::processes::{Deployment, can_sign, quarantined};
use support::{Demo, check_signature, order, run, run_well, text, write};

/// Where things lie in an encoded package: after magic, hash, threshold, party, peers, epoch and
/// dealing come the inner state and the share, then Δ, then for each peer its index, 256 MACs and
/// 256 keys.
const SHARE: usize = 8 + 1 + 3 + 8 + 32 + 32;
const MACS: usize = SHARE + 32 + 16 + 1;
const KEYS: usize = MACS + 256 * 16;

const SECRET: &[u8] = b"a secret dealt with a fault in it";
const BAD: &str = "c";

/// Flips one bit in the package of the bad node, seals it again, and has the manifest name it.
fn tamper(dir: &Path, dealt: &Path, offset: usize) {
    let name: NodeName = BAD.parse().unwrap();
    let manifest_path = dealt.join("manifest.json");
    let package_path = dealt.join(format!("{BAD}.package"));
    let mut manifest = Manifest::load(&manifest_path).unwrap();
    let key = fs::read_to_string(dir.join(format!("node-{BAD}/sealing-key.pem"))).unwrap();
    let key = SealingKey::from_pem(&key).unwrap();
    let file = fs::read(&package_path).unwrap();
    let mut package = manifest.open_package(&name, &key, &file).unwrap();
    package[offset] ^= 1 << 3;
    let decoded = SharePackage::decode(&package).unwrap();
    assert_eq!(
        *decoded.encode(),
        *package,
        "the fault is in what the node will use"
    );

    let to = Roster::load(&dir.join("roster.toml"))
        .unwrap()
        .node(&name)
        .unwrap()
        .sealing_key;
    let file = seal_package(&package, &to, &manifest.key_id, &manifest.deal_id, &name).unwrap();
    let entry = manifest
        .nodes
        .iter_mut()
        .find(|node| node.name == name)
        .unwrap();
    entry.package_sha256 = package_sha256(&file);
    fs::write(&package_path, file).unwrap();
    fs::write(&manifest_path, manifest.to_json()).unwrap();
}

/// Deals anew into a demo's deployment, with a fault, and forgets what its nodes had.
fn deal_with_fault(dir: &Path, dealt: &Path, offset: usize) {
    let secret = write(dir.join("secret"), SECRET);
    run_well(&[
        "deal",
        "--roster",
        &text(&dir.join("roster.toml")),
        "--key-id",
        "demo",
        "--venue",
        "binance",
        "--threshold",
        "2",
        "--permissions",
        "read,spot_trading",
        "--accept-unavoidable",
        "--secret-file",
        &secret,
        "--out",
        &text(dealt),
    ]);
    tamper(dir, dealt, offset);
    for node in ["a", "b", "c"] {
        let home = dir.join(format!("node-{node}"));
        fs::remove_dir_all(home.join("data")).unwrap();
        run_well(&[
            "node",
            "import",
            "--config",
            &text(&home.join("node.toml")),
            "--manifest",
            &text(&dealt.join("manifest.json")),
            "--package",
            &text(&dealt.join(format!("{node}.package"))),
        ]);
    }
}

#[test]
fn a_flipped_bit_in_a_package_signs_nothing_and_nothing_wrong() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("demo");
    let (steps, status) = Demo::start(&["--dir", &text(&dir)]).finish();
    assert!(status.success(), "{steps:#?}");

    // Towards the first peer, a: the quorum b, c shows a fault only in what concerns b.
    for (what, offset, spared) in [
        ("share bit", SHARE + 17, None),
        ("MAC", MACS + 100 * 16 + 5, Some("b")),
        ("MAC key", KEYS + 200 * 16 + 9, Some("b")),
    ] {
        let dealt = home.path().join(what.replace(' ', "-"));
        deal_with_fault(&dir, &dealt, offset);
        let deployment = Deployment::start(&dir, &["a", "b", "c"]);
        deployment.wait_until("a and b can sign", |status| can_sign(status, &["a", "b"]));

        // One of the pair has found out, and for good.
        let mut broken = vec![["a", BAD]];
        broken.extend(spared.is_none().then_some(["b", BAD]));
        let status = deployment.wait_until(what, |status| {
            broken.iter().all(|[one, other]| {
                quarantined(status, one, other) || quarantined(status, other, one)
            })
        });
        assert!(!quarantined(&status, "a", "b") && !quarantined(&status, "b", "a"));
        assert!(
            broken.iter().all(|pair| !can_sign(&status, pair)),
            "{what}: {status:#}"
        );

        let config = deployment.client_config();
        let sign = |deadline: &str| {
            let request = write(
                home.path().join("order.json"),
                order("BTCUSDT", "0.5").to_string(),
            );
            run(&[
                "sign",
                "--json",
                "--config",
                &config,
                "--key-id",
                "demo",
                "--request",
                &request,
                "--deadline-ms",
                deadline,
            ])
        };
        for _ in 0..3 {
            deployment.wait_until("a and b can sign", |status| can_sign(status, &["a", "b"]));
            let signed = sign("60000");
            let said = String::from_utf8_lossy(&signed.stderr).into_owned();
            assert!(
                signed.status.success(),
                "{what}: {said}\n{}",
                deployment.logs()
            );
            let signed = serde_json::from_slice(&signed.stdout).unwrap();
            check_signature(&signed, SECRET);
        }

        // Without the good pair there is only what the bad node takes part in.
        drop(deployment);
        let deployment = Deployment::start(&dir, &["a", "c"]);
        deployment.wait_until("a and c meet", |status| {
            status["nodes"].as_array().is_some_and(|nodes| {
                nodes
                    .iter()
                    .filter(|node| node["connected"] == true)
                    .count()
                    == 2
            })
        });
        let until = Instant::now() + Duration::from_secs(5);
        while Instant::now() < until {
            let refused = sign("1000");
            assert!(
                !refused.status.success(),
                "{what}: signed with a bad package"
            );
        }
    }
}
