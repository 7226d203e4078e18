#![allow(non_snake_case)]

use super::*;
use crate::seal::SealingKey;

fn name(text: &str) -> NodeName {
    text.parse().unwrap()
}

fn node(text: &str, index: u8) -> ManifestNode {
    ManifestNode {
        name: name(text),
        index,
        package_sha256: [index; 32],
    }
}

fn manifest() -> Manifest {
    Manifest {
        version: VERSION,
        key_id: "trading".parse().unwrap(),
        deal_id: [7; 32],
        scheme: "hmac-sha256".to_owned(),
        venue: "binance".to_owned(),
        secret_encoding: SecretEncoding::Utf8,
        permissions: Some(vec!["read".to_owned(), "spot_trading".to_owned()]),
        api_key: Some("public-1".to_owned()),
        passphrase: Some(PassphraseCommitment([11; 32])),
        accepts_unavoidable: true,
        threshold: 2,
        nodes: vec![node("a", 1), node("b", 2), node("c", 5)],
        inner_state_hash: [8; 32],
        check_tag: vec![9; 32],
        epoch: 1,
        roster_hash: [10; 32],
    }
}

#[test]
fn manifest__should_survive_json() {
    let original = manifest();
    let read = Manifest::from_json(&original.to_json()).unwrap();
    assert_eq!(read, original);

    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("manifest.json");
    std::fs::write(&path, original.to_json()).unwrap();
    assert_eq!(Manifest::load(&path).unwrap(), original);
    std::fs::write(&path, " ".repeat(70_000)).unwrap();
    assert!(matches!(
        Manifest::load(&path),
        Err(ManifestError::TooLarge)
    ));
}

#[test]
fn hash__should_not_depend_on_spelling() {
    let original = manifest();
    let value: serde_json::Value = serde_json::from_str(&original.to_json()).unwrap();
    // Another order of fields, no white space, other hexadecimal digits and order of permissions.
    let respelt = value
        .to_string()
        .replace(&"0a".repeat(32), &"0A".repeat(32))
        .replace(r#"["read","spot_trading"]"#, r#"["spot_trading","read"]"#);
    assert_ne!(respelt, original.to_json());
    assert!(respelt.contains("0A0A") && respelt.contains(r#"["spot_trading""#));
    assert_eq!(
        Manifest::from_json(&respelt).unwrap().hash(),
        original.hash()
    );
}

/// Of a manifest that version 1 of this crate made: field by field what [`manifest`] says.
const VERSION_1_HASH: &str = "0af9902783acebedf282b560044f300ac241f255c4de61a2938aefd6fbc5534d";

#[test]
fn version_1__should_be_read_and_hash_as_it_did() {
    let mut old: serde_json::Value = serde_json::from_str(&manifest().to_json()).unwrap();
    let fields = old.as_object_mut().unwrap();
    fields.insert("version".to_owned(), 1.into());
    fields.remove("api_key").unwrap();
    fields.remove("passphrase").unwrap();
    fields.remove("accepts_unavoidable").unwrap();
    let read = Manifest::from_json(&old.to_string()).unwrap();
    assert_eq!((&read.api_key, &read.passphrase), (&None, &None));
    assert_eq!(hex::encode(read.hash()), VERSION_1_HASH);
}

#[test]
fn hash__should_change_with_every_field() {
    let changes: [fn(&mut Manifest); 23] = [
        |m| m.version = 3,
        |m| m.accepts_unavoidable = false,
        |m| m.api_key = None,
        |m| m.api_key = Some("public-2".to_owned()),
        |m| m.passphrase = None,
        |m| m.passphrase = Some(PassphraseCommitment([12; 32])),
        |m| m.key_id = "other".parse().unwrap(),
        |m| m.deal_id[31] ^= 1,
        |m| m.scheme.push('x'),
        |m| m.venue.push('x'),
        |m| m.secret_encoding = SecretEncoding::Hex,
        |m| m.permissions = None,
        |m| m.permissions = Some(Vec::new()),
        |m| m.permissions = Some(vec!["read".to_owned()]),
        |m| m.threshold = 3,
        |m| m.nodes[0].name = name("d"),
        |m| m.nodes[2].index = 4,
        |m| m.nodes[1].package_sha256[0] ^= 1,
        |m| m.nodes.truncate(2),
        |m| m.inner_state_hash[0] ^= 1,
        |m| m.check_tag[0] ^= 1,
        |m| m.epoch = 2,
        |m| m.roster_hash[0] ^= 1,
    ];
    let mut hashes: BTreeSet<[u8; 32]> = [manifest().hash()].into();
    for change in changes {
        let mut changed = manifest();
        change(&mut changed);
        hashes.insert(changed.hash());
    }
    assert_eq!(hashes.len(), changes.len() + 1);
}

#[test]
fn parse__should_refuse_what_breaks_a_rule() {
    let changes: [fn(&mut Manifest); 28] = [
        |m| m.version = 0,
        |m| m.version = 3,
        |m| (m.version, m.api_key) = (1, None),
        |m| (m.version, m.api_key, m.passphrase) = (1, None, None),
        |m| (m.version, m.passphrase) = (1, None),
        |m| m.api_key = Some(String::new()),
        |m| m.api_key = Some("two words".to_owned()),
        |m| m.api_key = Some("k\u{e9}y".to_owned()),
        |m| m.api_key = Some("k".repeat(257)),
        |m| m.scheme = "hmac-md5".to_owned(),
        |m| m.scheme = "hmac-sha512".to_owned(),
        |m| m.check_tag.clear(),
        |m| m.venue.clear(),
        |m| m.venue = "Binance".to_owned(),
        |m| m.venue = "x\n".to_owned(),
        |m| m.permissions = Some(vec!["read".to_owned(), "read".to_owned()]),
        |m| m.permissions = Some(vec![String::new()]),
        |m| m.permissions = Some((0..65).map(|i| format!("p{i}")).collect()),
        |m| m.epoch = 0,
        |m| m.threshold = 1,
        |m| m.threshold = 4,
        |m| m.nodes.clear(),
        |m| m.nodes[0].index = 0,
        |m| m.nodes[2].index = 17,
        |m| m.nodes[1].index = 1,
        |m| m.nodes.swap(0, 1),
        |m| m.nodes[1].name = name("a"),
        |m| m.nodes[1].package_sha256 = [1; 32],
    ];
    for (at, change) in changes.into_iter().enumerate() {
        let mut changed = manifest();
        change(&mut changed);
        assert!(
            Manifest::from_json(&changed.to_json()).is_err(),
            "change {at}"
        );
    }
}

#[test]
fn parse__should_refuse_text_that_reads_two_ways() {
    let text = manifest().to_json();
    for bad in [
        text.replace("\"epoch\": 1", "\"epoch\": 1, \"epoch\": 2"),
        text.replace("\"epoch\": 1", "\"epoch\": 1, \"note\": 2"),
        text.replace("\"index\": 2", "\"index\": 2, \"index\": 3"),
        text.replace("\"index\": 2", "\"index\": 258"),
        text.replace("\"utf8\"", "\"UTF8\""),
        text.replace(&"0a".repeat(32), &"0a".repeat(31)),
        text.replace(&"0b".repeat(32), &"0b".repeat(31)),
        format!("{text}{text}"),
        String::new(),
    ] {
        assert_ne!(bad, text);
        assert!(Manifest::from_json(&bad).is_err(), "{bad}");
    }
}

struct Dealt {
    manifest: Manifest,
    key: SealingKey,
    file: Vec<u8>,
}

fn dealt() -> Dealt {
    let mut manifest = manifest();
    let key = SealingKey::generate().unwrap();
    let file = seal_package(
        b"share",
        &key.public().unwrap(),
        &manifest.key_id,
        &manifest.deal_id,
        &name("b"),
    )
    .unwrap();
    manifest.nodes[1].package_sha256 = package_sha256(&file);
    Dealt {
        manifest,
        key,
        file,
    }
}

#[test]
fn package__should_open_for_its_node() {
    let Dealt {
        manifest,
        key,
        file,
    } = dealt();
    let opened = manifest.open_package(&name("b"), &key, &file).unwrap();
    assert_eq!(opened.as_slice(), b"share");
    let parsed = SealedPackage::decode(&file).unwrap();
    assert_eq!(parsed.encode(), file);
    assert!(
        key.open(
            crate::seal::PACKAGE_INFO,
            &manifest.package_aad(&name("b")),
            &parsed.0
        )
        .is_ok()
    );
}

#[test]
fn package__should_stay_shut_for_any_other_node_key_or_dealing() {
    let Dealt {
        manifest,
        key,
        file,
    } = dealt();
    let open = |key: &SealingKey, key_id: &str, deal: &[u8; 32], node: &str| {
        open_package(key, &file, &key_id.parse().unwrap(), deal, &name(node))
    };
    assert!(open(&key, "trading", &[7; 32], "b").is_ok());
    for result in [
        open(&key, "trading", &[7; 32], "a"),
        open(&key, "trading", &[6; 32], "b"),
        open(&key, "tradin", &[7; 32], "b"),
        open(&SealingKey::generate().unwrap(), "trading", &[7; 32], "b"),
    ] {
        assert_eq!(result, Err(PackageError::DoesNotOpen));
    }
    assert_eq!(
        manifest.open_package(&name("a"), &key, &file),
        Err(PackageError::NotInManifest)
    );
    assert_eq!(
        manifest.open_package(&name("z"), &key, &file),
        Err(PackageError::NotDealtTo)
    );
}

#[test]
fn package__should_be_refused_when_altered_anywhere() {
    let Dealt {
        manifest,
        key,
        file,
    } = dealt();
    let open =
        |file: &[u8]| open_package(&key, file, &manifest.key_id, &manifest.deal_id, &name("b"));
    for at in 0..file.len() {
        let mut bad = file.clone();
        bad[at] ^= 1;
        assert!(open(&bad).is_err(), "byte {at}");
        assert!(open(&file[..at]).is_err(), "{at} bytes");
        assert_eq!(
            manifest.open_package(&name("b"), &key, &bad),
            Err(PackageError::NotInManifest)
        );
    }
    assert_eq!(
        SealedPackage::decode(&[&file[..], &vec![0; MAX][..]].concat()),
        Err(PackageError::Malformed)
    );
}

const MAX: usize = 8 << 20;
