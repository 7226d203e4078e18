#![allow(non_snake_case)]

use std::fs;

use countersign_wire::manifest::{ManifestNode, SecretEncoding, VERSION};

use super::*;

fn manifest(key_id: &str, deal: u8) -> Manifest {
    let node = |name: &str, index| ManifestNode {
        name: name.parse().unwrap(),
        index,
        package_sha256: [index; 32],
    };
    Manifest {
        version: VERSION,
        key_id: key_id.parse().unwrap(),
        deal_id: [deal; 32],
        scheme: "hmac-sha256".to_owned(),
        venue: "binance".to_owned(),
        secret_encoding: SecretEncoding::Utf8,
        permissions: None,
        api_key: None,
        passphrase: None,
        accepts_unavoidable: false,
        threshold: 2,
        nodes: vec![node("a", 1), node("b", 2)],
        inner_state_hash: [0; 32],
        check_tag: vec![0; 32],
        epoch: 1,
        roster_hash: [0; 32],
    }
}

fn open(dir: &Path) -> Result<Store, StorageError> {
    Store::open(dir, StorageKey::for_tests(1))
}

fn key_id(text: &str) -> KeyId {
    text.parse().unwrap()
}

#[test]
fn package__should_be_there_after_reopening() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).unwrap();
    store.put_package(&manifest("k", 1), b"share").unwrap();
    store.put_package(&manifest("l", 2), b"other").unwrap();
    store.mark_active(&[1; 32], &[2, 1]).unwrap();
    drop(store);

    let store = open(dir.path()).unwrap();
    assert_eq!(store.keys().unwrap(), [key_id("k"), key_id("l")]);
    assert_eq!(store.manifest(&key_id("k")).unwrap(), manifest("k", 1));
    assert_eq!(store.package(&key_id("k")).unwrap().as_slice(), b"share");
    assert!(store.is_active(&[1; 32], &[1, 2]).unwrap());
    assert!(!store.is_active(&[1; 32], &[1, 3]).unwrap());
    assert!(!store.is_active(&[2; 32], &[1, 2]).unwrap());
    assert!(matches!(
        store.package(&key_id("m")),
        Err(StorageError::UnknownKey(_))
    ));
}

#[test]
fn package__should_be_put_again_only_if_it_is_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).unwrap();
    let first = manifest("k", 1);
    store.put_package(&first, b"share").unwrap();
    store.put_package(&first, b"share").unwrap();
    let mut other_content = first.clone();
    other_content.threshold = 2;
    other_content.epoch = 2;
    for (manifest, package) in [
        (&manifest("k", 2), &b"share"[..]),
        (&first, b"other"),
        (&other_content, b"share"),
    ] {
        assert!(matches!(
            store.put_package(manifest, package),
            Err(StorageError::KeyExists(_))
        ));
    }
    assert_eq!(store.package(&key_id("k")).unwrap().as_slice(), b"share");
    assert_eq!(store.manifest(&key_id("k")).unwrap(), first);
}

#[test]
fn package__should_be_refused_with_an_invalid_manifest() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).unwrap();
    let mut bad = manifest("k", 1);
    bad.threshold = 1;
    assert!(matches!(
        store.put_package(&bad, b"share"),
        Err(StorageError::Manifest(_))
    ));
    assert!(store.keys().unwrap().is_empty());
}

#[test]
fn package__should_be_put_over_one_that_a_crash_left_without_manifest() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).unwrap();
    store.put(Tree::Packages, &[1; 32], b"orphan").unwrap();
    store.put_package(&manifest("k", 1), b"share").unwrap();
    assert_eq!(store.package(&key_id("k")).unwrap().as_slice(), b"share");
}

#[test]
fn open__should_tell_a_wrong_key_from_a_running_node() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).unwrap();
    assert!(matches!(
        open(dir.path()),
        Err(StorageError::AlreadyRunning(_))
    ));
    drop(store);
    assert!(matches!(
        Store::open(dir.path(), StorageKey::for_tests(2)),
        Err(StorageError::WrongKey)
    ));
    open(dir.path()).unwrap();
}

#[test]
fn open__should_refuse_a_store_without_canary() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).unwrap();
    store.put_package(&manifest("k", 1), b"share").unwrap();
    store.tree(Tree::Meta).remove(CANARY).unwrap();
    drop(store);
    assert!(matches!(
        Store::open(dir.path(), StorageKey::for_tests(2)),
        Err(StorageError::Damaged("meta"))
    ));
}

#[test]
fn record__should_be_noticed_when_altered_or_swapped() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).unwrap();
    store.put_package(&manifest("k", 1), b"share").unwrap();
    store.put_package(&manifest("l", 2), b"other").unwrap();

    // An attacker at the disk gives key k the share and the manifest of key l.
    for (tree, from, to) in [
        (Tree::Packages, vec![2; 32], vec![1; 32]),
        (Tree::Manifests, b"l".to_vec(), b"k".to_vec()),
    ] {
        let original = store.tree(tree).get(&to).unwrap().unwrap();
        let other = store.tree(tree).get(&from).unwrap().unwrap();
        store.tree(tree).insert(&to, other).unwrap();
        assert!(matches!(
            store.package(&key_id("k")),
            Err(StorageError::Damaged(_))
        ));
        let mut flipped = original.to_vec();
        flipped[30] ^= 1;
        store.tree(tree).insert(&to, flipped).unwrap();
        assert!(matches!(
            store.package(&key_id("k")),
            Err(StorageError::Damaged(_))
        ));
        store.tree(tree).insert(&to, original).unwrap();
        assert!(store.package(&key_id("k")).is_ok());
    }

    // Marking a quorum active takes the key, too.
    let forged = store
        .tree(Tree::Active)
        .insert(quorum_key(&[1; 32], &[1, 2]), b"active");
    forged.unwrap();
    assert!(matches!(
        store.is_active(&[1; 32], &[1, 2]),
        Err(StorageError::Damaged(_))
    ));
}

#[test]
fn files__should_contain_no_plaintext() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).unwrap();
    let share = b"a share that must not be readable on the disk";
    store.put_package(&manifest("k", 1), share).unwrap();
    drop(store);
    let mut files = vec![dir.path().to_owned()];
    let mut bytes = 0;
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(
                fs::read_dir(path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
            continue;
        }
        let content = fs::read(&path).unwrap();
        bytes += content.len();
        for needle in [&share[..16], b"binance", b"hmac-sha256"] {
            assert!(!content.windows(needle.len()).any(|window| window == needle));
        }
    }
    assert!(bytes > share.len());
}

#[test]
fn put__should_have_reached_the_files_when_it_returns() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).unwrap();
    for round in 0..20u8 {
        store.put(Tree::Ledger, &[round], &[round; 100]).unwrap();
        // What a crash at this moment would leave: the files, without what is in memory.
        let copy = tempfile::tempdir().unwrap();
        copy_directory(dir.path(), copy.path());
        let after_crash = open(copy.path()).unwrap();
        assert_eq!(
            after_crash.entries(Tree::Ledger).unwrap().len(),
            usize::from(round) + 1
        );
        let value = after_crash.get(Tree::Ledger, &[round]).unwrap().unwrap();
        assert_eq!(value.as_slice(), [round; 100]);
    }
}

fn copy_directory(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let (path, to) = {
            let entry = entry.unwrap();
            (entry.path(), to.join(entry.file_name()))
        };
        if path.is_dir() {
            fs::create_dir(&to).unwrap();
            copy_directory(&path, &to);
        } else {
            fs::copy(&path, &to).unwrap();
        }
    }
}
