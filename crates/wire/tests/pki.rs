//! What a new deployment leaves on disk.
#![allow(missing_docs, clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::time::Duration;

use countersign_wire::pki::{Authority, DeploymentSpec, PkiError, issue_deployment};
use countersign_wire::{EnvelopeKey, ReceiptKey, Roster, SealingKey, keyfile};

fn spec(nodes: usize) -> DeploymentSpec {
    DeploymentSpec {
        trust_domain: "test.example".parse().unwrap(),
        nodes: (0..nodes)
            .map(|n| {
                let address = format!("node-{n}:7101").parse().unwrap();
                (format!("n{n}").parse().unwrap(), address)
            })
            .collect(),
        coordinators: vec!["c".parse().unwrap()],
        clients: vec!["desk".parse().unwrap()],
        authority_validity: Duration::from_secs(7200),
        certificate_validity: Duration::from_secs(3600),
    }
}

fn all_files(dir: &Path) -> Vec<String> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            files.extend(all_files(&path).iter().map(|file| format!("{name}/{file}")));
        } else {
            files.push(name);
        }
    }
    files.sort();
    files
}

#[test]
fn the_files_are_those_promised_and_fit_the_roster() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("deployment");
    let roster = issue_deployment(&dir, &spec(2)).unwrap();
    assert_eq!(
        all_files(&dir),
        [
            "ca-key.pem",
            "ca.pem",
            "client-desk/cert.pem",
            "client-desk/envelope-key.pem",
            "client-desk/key.pem",
            "coordinator-c/cert.pem",
            "coordinator-c/key.pem",
            "node-n0/cert.pem",
            "node-n0/key.pem",
            "node-n0/receipt-key.pem",
            "node-n0/sealing-key.pem",
            "node-n1/cert.pem",
            "node-n1/key.pem",
            "node-n1/receipt-key.pem",
            "node-n1/sealing-key.pem",
            "roster.toml",
        ]
    );
    assert_eq!(Roster::load(&dir.join("roster.toml")).unwrap(), roster);
    let key = |file: &str| keyfile::read_private(&dir.join(file)).unwrap();
    for (at, node) in roster.nodes().iter().enumerate() {
        let receipt = ReceiptKey::from_pem(&key(&format!("node-{}/receipt-key.pem", node.name)));
        assert_eq!(receipt.unwrap().verifying_key(), node.receipt_key);
        let sealing = SealingKey::from_pem(&key(&format!("node-{}/sealing-key.pem", node.name)));
        assert_eq!(sealing.unwrap().public().unwrap(), node.sealing_key);
        assert_eq!(usize::from(node.index), at + 1);
    }
    let envelope = EnvelopeKey::from_pem(&key("client-desk/envelope-key.pem")).unwrap();
    assert_eq!(envelope.verifying_key(), roster.clients()[0].envelope_key);
}

#[cfg(unix)]
#[test]
fn private_keys_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let temp = tempfile::tempdir().unwrap();
    issue_deployment(temp.path(), &spec(2)).unwrap();
    let mut keys = 0;
    for file in all_files(temp.path()) {
        let path = temp.path().join(&file);
        if fs::read_to_string(&path).unwrap().contains("PRIVATE KEY") {
            keys += 1;
            let mode = fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{file}");
            fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
            assert!(keyfile::read_private(&path).is_err(), "{file}");
        }
    }
    assert_eq!(keys, 1 + 2 * 3 + 1 + 2);
}

#[test]
fn nothing_is_overwritten() {
    let temp = tempfile::tempdir().unwrap();
    issue_deployment(temp.path(), &spec(2)).unwrap();
    let before = fs::read(temp.path().join("ca-key.pem")).unwrap();
    assert!(matches!(
        issue_deployment(temp.path(), &spec(2)),
        Err(PkiError::NotEmpty(_))
    ));
    assert_eq!(fs::read(temp.path().join("ca-key.pem")).unwrap(), before);
}

#[test]
fn specs_that_make_no_roster_are_refused() {
    for nodes in [0, 1, 17] {
        let temp = tempfile::tempdir().unwrap();
        let refused = issue_deployment(temp.path(), &spec(nodes));
        assert!(matches!(refused, Err(PkiError::Roster(_))), "{nodes}");
        assert!(!temp.path().join("roster.toml").exists());
    }
    let temp = tempfile::tempdir().unwrap();
    let zero = DeploymentSpec {
        certificate_validity: Duration::ZERO,
        ..spec(2)
    };
    assert!(matches!(
        issue_deployment(temp.path(), &zero),
        Err(PkiError::Validity)
    ));
}

#[test]
fn an_authority_issues_in_its_own_trust_domain_only() {
    let hour = Duration::from_secs(3600);
    let authority = Authority::create("test.example".parse().unwrap(), hour).unwrap();
    let reloaded = Authority::from_pem(authority.certificate_pem(), &authority.key_pem()).unwrap();
    for authority in [&authority, &reloaded] {
        let ours = "spiffe://test.example/node/a".parse().unwrap();
        let theirs = "spiffe://other.example/node/a".parse().unwrap();
        assert!(authority.issue(&ours, hour).is_ok());
        assert!(matches!(
            authority.issue(&theirs, hour),
            Err(PkiError::ForeignIdentity(_))
        ));
    }
    let other = Authority::create("test.example".parse().unwrap(), hour).unwrap();
    assert!(matches!(
        Authority::from_pem(authority.certificate_pem(), &other.key_pem()),
        Err(PkiError::KeyMismatch)
    ));
    assert!(!format!("{authority:?}").contains("key"));
}
