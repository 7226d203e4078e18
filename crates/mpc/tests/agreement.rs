//! The protocol against `hmac` and `sha2`: every quorum of several (t, n), published vectors.
#![allow(missing_docs, clippy::unwrap_used)]

mod support;

use countersign_mpc::{BatchSize, HashAlgorithm};
use support::*;

fn signs_like_the_reference(hash: HashAlgorithm, t: u8, n: u8, key: &[u8], messages: &[&[u8]]) {
    let dealt = dealt(hash, t, n, key, 1);
    for (q, quorum) in quorums(t, n).iter().enumerate() {
        let shares = shares(&dealt.packages, quorum);
        let mut messages = messages.iter();
        let mut left = messages.len();
        while left > 0 {
            let least = BatchSize::least(hash, usize::from(t)).presignatures();
            let size = BatchSize::new(hash, usize::from(t), least.max(left.min(2))).unwrap();
            let batch = preprocess_all(&shares, network(quorum), (q * 100 + left) as u64, size);
            let mut batch: Vec<_> = batch
                .into_iter()
                .map(|run| run.unwrap().into_iter())
                .collect();
            for message in messages.by_ref().take(size.presignatures()) {
                left -= 1;
                let parties = shares
                    .iter()
                    .zip(&mut batch)
                    .map(|(s, b)| (s.me(), b.next().unwrap()))
                    .collect();
                let statement = statement(&dealt.packages[0], message);
                let tag = sign(&statement, parties).unwrap();
                assert_eq!(tag.expose(), reference(hash, key, message), "{quorum:?}");
            }
        }
    }
}

/// RFC 4231, section 4: keys of at least 16 bytes (shorter ones are refused at dealing), those longer
/// than a block among them.
fn rfc_4231() -> Vec<(Vec<u8>, Vec<u8>)> {
    vec![
        (vec![0x0b; 20], b"Hi There".to_vec()),
        (vec![0xaa; 20], vec![0xdd; 50]),
        ((1..=25).collect(), vec![0xcd; 50]),
        (vec![0xaa; 131], b"Test Using Larger Than Block-Size Key - Hash Key First".to_vec()),
        (
            vec![0xaa; 131],
            b"This is a test using a larger than block-size key and a larger than block-size data. \
              The key needs to be hashed before being used by the HMAC algorithm."
                .to_vec(),
        ),
    ]
}

/// Published tags of test cases 1, 3, 4, 6 and 7 (HMAC-SHA-256), so that the reference is checked too.
const RFC_4231_SHA256: [&str; 5] = [
    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
    "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
    "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
];

#[test]
fn the_reference_reproduces_rfc_4231() {
    for ((key, message), expected) in rfc_4231().iter().zip(RFC_4231_SHA256) {
        let tag: String = reference(HashAlgorithm::Sha256, key, message)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(tag, expected);
    }
}

#[test]
fn two_of_two_and_two_of_three_sign_rfc_4231() {
    for (key, message) in rfc_4231() {
        for (t, n) in [(2, 2), (2, 3)] {
            signs_like_the_reference(HashAlgorithm::Sha256, t, n, &key, &[&message]);
        }
    }
}

#[test]
fn three_parties_sign_rfc_4231() {
    for (key, message) in rfc_4231() {
        signs_like_the_reference(HashAlgorithm::Sha256, 3, 3, &key, &[&message]);
    }
}

#[test]
fn three_of_five_sign_in_every_quorum() {
    signs_like_the_reference(HashAlgorithm::Sha256, 3, 5, &[7; 32], &[b"symbol=BTCUSDT"]);
}

#[test]
fn four_of_four_sign() {
    signs_like_the_reference(HashAlgorithm::Sha256, 4, 4, &[7; 64], &[b"one", b"two"]);
}

#[test]
fn messages_of_every_padding_length_sign() {
    let messages: Vec<Vec<u8>> = [0, 1, 54, 55, 56, 63, 64, 65, 119, 120, 1000]
        .map(|len| vec![0x61; len])
        .to_vec();
    let messages: Vec<&[u8]> = messages.iter().map(|message| &message[..]).collect();
    signs_like_the_reference(HashAlgorithm::Sha256, 2, 2, &[3; 33], &messages);
}

#[test]
fn the_longer_hashes_are_the_same_code() {
    for hash in [HashAlgorithm::Sha384, HashAlgorithm::Sha512] {
        signs_like_the_reference(hash, 2, 2, &[0xaa; 131], &[b"Hi There"]);
        signs_like_the_reference(hash, 3, 3, &[0x0b; 20], &[b"Hi There"]);
    }
}
