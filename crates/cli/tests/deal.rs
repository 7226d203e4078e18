//! `countersign deal` from the outside.

#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Output, Stdio};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countersign_mpc::dealing::{DealId, SharePackage, check_message};
use countersign_wire::SealingKey;
use countersign_wire::manifest::Manifest;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use support::{countersign, run_well, text, write};

const SECRET: &[u8] = b"\x00a secret with bytes of all kinds\xff";

/// Three nodes in `dir/pki`.
fn deployment(dir: &Path) {
    run_well(&[
        "pki",
        "--dir",
        &text(&dir.join("pki")),
        "--trust-domain",
        "example.org",
        "--node",
        "a=127.0.0.1:7101",
        "--node",
        "b=127.0.0.1:7102",
        "--node",
        "c=127.0.0.1:7103",
    ]);
}

/// Runs `countersign deal` with these arguments and this stdin.
fn deal(dir: &Path, out: &str, arguments: &[&str], stdin: &[u8]) -> Output {
    deal_at("binance", dir, out, arguments, stdin)
}

fn deal_at(venue: &str, dir: &Path, out: &str, arguments: &[&str], stdin: &[u8]) -> Output {
    let arguments = [&["--accept-unavoidable"], arguments].concat();
    deal_with(venue, dir, out, &arguments, stdin)
}

fn deal_with(venue: &str, dir: &Path, out: &str, arguments: &[&str], stdin: &[u8]) -> Output {
    let mut child = countersign()
        .args([
            "deal",
            "--key-id",
            "k",
            "--venue",
            venue,
            "--threshold",
            "2",
        ])
        .args(["--roster", &text(&dir.join("pki/roster.toml"))])
        .args(["--out", &text(&dir.join(out))])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It may have ended without reading.
    let _ = child.stdin.take().unwrap().write_all(stdin);
    child.wait_with_output().unwrap()
}

/// The tag that a quorum will have to reproduce is that of the secret as it was meant.
fn assert_dealt(dealt: &Path, secret: &[u8]) -> Manifest {
    let manifest = Manifest::load(&dealt.join("manifest.json")).unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
    mac.update(&check_message(&DealId::from_bytes(manifest.deal_id)));
    mac.verify_slice(&manifest.check_tag).unwrap();
    manifest
}

#[test]
fn every_encoding_deals_the_secret_it_encodes() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path();
    deployment(dir);
    let base64 = STANDARD.encode(SECRET) + "\n";
    for (encoding, stdin) in [
        ("utf8", SECRET),
        ("hex", hex::encode(SECRET).as_bytes()),
        ("base64", base64.as_bytes()),
    ] {
        let dealt = deal(dir, encoding, &["--stdin", "--encoding", encoding], stdin);
        assert!(dealt.status.success(), "{dealt:?}");
        let manifest = assert_dealt(&dir.join(encoding), SECRET);
        assert_eq!(manifest.secret_encoding.as_str(), encoding);
        assert_eq!(manifest.permissions, None);
    }
}

#[test]
fn each_package_opens_with_its_node_s_key_and_no_other() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path();
    deployment(dir);
    let secret = write(dir.join("secret"), SECRET);
    let arguments = [
        "--secret-file",
        &secret,
        "--nodes",
        "c,a",
        "--permissions",
        "read,futures",
    ];
    let dealt = deal(dir, "dealt", &arguments, b"");
    assert!(dealt.status.success(), "{dealt:?}");
    let out = dir.join("dealt");
    let manifest = assert_dealt(&out, SECRET);
    let permissions = vec!["read".to_owned(), "futures".to_owned()];
    assert_eq!(manifest.permissions, Some(permissions));
    assert_eq!(manifest.nodes.len(), 2);
    assert!(!out.join("b.package").exists());

    let key = |node: &str| {
        let pem = fs::read_to_string(dir.join(format!("pki/node-{node}/sealing-key.pem")));
        SealingKey::from_pem(&pem.unwrap()).unwrap()
    };
    for (node, index, other) in [("a", 1, "c"), ("c", 3, "a")] {
        let file = fs::read(out.join(format!("{node}.package"))).unwrap();
        let name = node.parse().unwrap();
        let package = manifest.open_package(&name, &key(node), &file).unwrap();
        let share = SharePackage::decode(&package).unwrap();
        assert_eq!((share.party().index(), share.threshold()), (index, 2));
        assert_eq!(share.inner_state_hash(), manifest.inner_state_hash);
        assert!(manifest.open_package(&name, &key(other), &file).is_err());
    }
}

/// A captured request's secret and passphrase, and the MAC that its client sent.
const KUCOIN: (&str, &str, &str) = (
    "ae199149-5144-286e-11c1-ad54bfe6bc34",
    "fakepass7",
    "OXE9k5TCoHr4PZp/KuIFz6hGNRBGyiptFUU4DXN1Pek=",
);

#[test]
fn a_passphrase_is_bound_and_its_mac_made_for_clients() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path();
    deployment(dir);
    let (secret, passphrase, mac) = KUCOIN;
    let file = write(dir.join("passphrase"), format!("{passphrase}\n").as_bytes());
    let arguments = ["--stdin", "--passphrase-file", &file, "--api-key", "public"];
    let dealt = deal_at("kucoin", dir, "dealt", &arguments, secret.as_bytes());
    assert!(dealt.status.success(), "{dealt:?}");
    let out = dir.join("dealt");
    assert_eq!(
        fs::read_to_string(out.join("passphrase-header.txt")).unwrap(),
        format!("KC-API-PASSPHRASE: {mac}\n")
    );
    let manifest = assert_dealt(&out, secret.as_bytes());
    assert_eq!(manifest.api_key.as_deref(), Some("public"));
    let commitment = manifest.passphrase.unwrap().0;
    for node in ["a", "b", "c"] {
        let pem = fs::read_to_string(dir.join(format!("pki/node-{node}/sealing-key.pem")));
        let key = SealingKey::from_pem(&pem.unwrap()).unwrap();
        let file = fs::read(out.join(format!("{node}.package"))).unwrap();
        let package = manifest.open_package(&node.parse().unwrap(), &key, &file);
        let share = SharePackage::decode(&package.unwrap()).unwrap();
        assert_eq!(share.commitment(passphrase.as_bytes()), commitment);
        assert_ne!(share.commitment(b"fakepass8"), commitment);
    }
    let said = [dealt.stdout, dealt.stderr, manifest.to_json().into_bytes()].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(!said.contains(passphrase) && !said.contains(mac), "{said}");

    let dealt = deal_at("kucoin", dir, "without", &["--stdin"], secret.as_bytes());
    assert!(dealt.status.success(), "{dealt:?}");
    let manifest = assert_dealt(&dir.join("without"), secret.as_bytes());
    assert_eq!((manifest.api_key, manifest.passphrase), (None, None));
    assert!(!dir.join("without/passphrase-header.txt").exists());
}

#[test]
fn what_any_signature_authorises_is_accepted_or_nothing_is_dealt() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path();
    deployment(dir);
    let arguments = ["--stdin", "--permissions", "read,futures"];
    let refused = deal_with(
        "bingx",
        dir,
        "refused",
        &arguments,
        b"secret of a BingX key",
    );
    assert!(!refused.status.success());
    let said = String::from_utf8(refused.stderr).unwrap();
    for part in ["swap_close_all", "--accept-unavoidable"] {
        assert!(said.contains(part), "{said}");
    }
    assert!(!dir.join("refused/manifest.json").exists());

    let accepted = deal_at(
        "bingx",
        dir,
        "accepted",
        &arguments,
        b"secret of a BingX key",
    );
    assert!(accepted.status.success(), "{accepted:?}");
    let manifest = |out: &str| Manifest::load(&dir.join(out).join("manifest.json")).unwrap();
    assert!(manifest("accepted").accepts_unavoidable);
    // Where there is nothing of the kind, nothing is asked for and nothing accepted.
    for (out, dealt) in [
        (
            "plain",
            deal_with("okx", dir, "plain", &["--stdin"], b"secret of an OKX key"),
        ),
        (
            "more",
            deal_at("okx", dir, "more", &["--stdin"], b"secret of an OKX key"),
        ),
    ] {
        assert!(dealt.status.success(), "{dealt:?}");
        assert!(!manifest(out).accepts_unavoidable);
    }
}

#[test]
fn what_no_key_has_is_not_enrolled() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path();
    deployment(dir);
    for (venue, passphrase) in [
        ("binance", "fakepass7"),
        ("kucoin", ""),
        ("kucoin", "two\nlines"),
        ("kucoin", "1753000000000GET/api/v1/accounts"),
        ("kucoin", "123456789012345678901234567890123"),
    ] {
        let file = write(dir.join("passphrase"), passphrase.as_bytes());
        let arguments = ["--stdin", "--passphrase-file", &file];
        let refused = deal_at(venue, dir, "refused", &arguments, SECRET);
        assert_eq!(refused.status.code(), Some(1), "{refused:?}");
        let said = String::from_utf8_lossy(&refused.stderr);
        assert!(
            passphrase.is_empty() || !said.contains(passphrase),
            "{said}"
        );
    }
    for api_key in ["", "two words", "k\u{e9}y"] {
        let refused = deal(dir, "refused", &["--stdin", "--api-key", api_key], SECRET);
        assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    }
    let left = fs::read_dir(dir.join("refused")).map_or(0, Iterator::count);
    assert_eq!(left, 0);
}

#[test]
fn what_is_refused_leaves_nothing_behind_and_overwrites_nothing() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path();
    deployment(dir);
    let secret = write(dir.join("secret"), SECRET);
    for (arguments, stdin) in [
        (vec!["--stdin"], &b"fifteen bytes!!"[..]),
        (vec!["--stdin"], b"a secret that an editor has ended\n"),
        (
            vec!["--stdin", "--encoding", "hex"],
            b"not hexadecimal at all, is it?",
        ),
        (vec!["--secret-file", &secret, "--nodes", "a"], b""),
        (vec!["--secret-file", &secret, "--nodes", "a,z"], b""),
        (vec!["--secret-file", &secret, "--hash", "sha512"], b""),
        (
            vec!["--secret-file", &secret, "--permissions", "everything"],
            b"",
        ),
    ] {
        let refused = deal(dir, "refused", &arguments, stdin);
        assert!(!refused.status.success(), "{arguments:?}");
        let said = [refused.stdout, refused.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert!(stdin.is_empty() || !said.contains(str::from_utf8(stdin).unwrap().trim()));
        let left = fs::read_dir(dir.join("refused")).map_or(0, Iterator::count);
        assert_eq!(left, 0, "{arguments:?}");
    }

    let arguments = ["--secret-file", secret.as_str()];
    assert!(deal(dir, "dealt", &arguments, b"").status.success());
    let manifest = fs::read(dir.join("dealt/manifest.json")).unwrap();
    let again = deal(dir, "dealt", &arguments, b"");
    assert_eq!(again.status.code(), Some(1));
    assert_eq!(fs::read(dir.join("dealt/manifest.json")).unwrap(), manifest);
}
