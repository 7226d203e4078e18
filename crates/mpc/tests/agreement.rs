//! The protocol against `hmac` and `sha2`: every hash, every quorum of several (t, n), published vectors.
#![allow(missing_docs, clippy::unwrap_used)]

mod support;

use countersign_mpc::dealing::Secret;
use countersign_mpc::{BatchSize, HashAlgorithm};
use support::*;
use zeroize::Zeroizing;

fn signs_like_the_reference(hash: HashAlgorithm, t: u8, n: u8, key: &[u8], messages: &[&[u8]]) {
    let dealt = dealt(hash, t, n, key, 1);
    for (q, quorum) in quorums(t, n).iter().enumerate() {
        let shares = shares(&dealt.packages, quorum);
        let mut messages = messages.iter();
        let mut left = messages.len();
        while left > 0 {
            let least = BatchSize::least(hash, usize::from(t)).presignatures();
            let size = least.max(left.min(BatchSize::MAX / 2));
            let size = BatchSize::new(hash, usize::from(t), size).unwrap();
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

const HASHES: [HashAlgorithm; 3] = [
    HashAlgorithm::Sha256,
    HashAlgorithm::Sha384,
    HashAlgorithm::Sha512,
];

/// A test case of RFC 4231, section 4: key, data, and the tags under SHA-256, SHA-384 and SHA-512.
type Case = (Vec<u8>, &'static [u8], [&'static str; 3]);

/// Test cases 1, 3, 4, 6 and 7: keys of at least 16 bytes (shorter ones are refused at dealing), those
/// longer than a block among them.
fn rfc_4231() -> [Case; 5] {
    [
        (
            vec![0x0b; 20],
            b"Hi There",
            [
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
                "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6",
                "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854",
            ],
        ),
        (
            vec![0xaa; 20],
            &[0xdd; 50],
            [
                "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
                "88062608d3e6ad8a0aa2ace014c8a86f0aa635d947ac9febe83ef4e55966144b2a5ab39dc13814b94e3ab6e101a34f27",
                "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb",
            ],
        ),
        (
            (1..=25).collect(),
            &[0xcd; 50],
            [
                "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
                "3e8a69b7783c25851933ab6290af6ca77a9981480850009cc5577c6e1f573b4e6801dd23c4a7d679ccf8a386c674cffb",
                "b0ba465637458c6990e5a8c5f61d4af7e576d97ff94b872de76f8050361ee3dba91ca5c11aa25eb4d679275cc5788063a5f19741120c4f2de2adebeb10a298dd",
            ],
        ),
        (
            vec![0xaa; 131],
            b"Test Using Larger Than Block-Size Key - Hash Key First",
            [
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
                "4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c60c2ef6ab4030fe8296248df163f44952",
                "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598",
            ],
        ),
        (
            vec![0xaa; 131],
            b"This is a test using a larger than block-size key and a larger than block-size data. \
              The key needs to be hashed before being used by the HMAC algorithm.",
            [
                "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
                "6617178e941f020d351e2f254e8fd32c602420feb0b8fb9adccebb82461e99c5a678cc31e799176d3860e6110c46523e",
                "e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944b6022cac3c4982b10d5eeb55c3e4de15134676fb6de0446065c97440fa8c6a58",
            ],
        ),
    ]
}

/// So that the reference is checked, too.
#[test]
fn the_reference_reproduces_rfc_4231() {
    for (key, data, tags) in rfc_4231() {
        for (hash, expected) in HASHES.into_iter().zip(tags) {
            let tag = reference(hash, &key, data);
            let secret = Secret::new(Zeroizing::new(key.clone())).unwrap();
            assert_eq!(secret.tag(hash, data), tag, "the dealer's own, {hash:?}");
            let tag: String = tag.iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(tag, expected, "{hash:?}");
        }
    }
}

#[test]
fn two_parties_sign_rfc_4231_in_every_quorum() {
    for hash in HASHES {
        for (key, data, _) in rfc_4231() {
            for n in [2, 3] {
                signs_like_the_reference(hash, 2, n, &key, &[data]);
            }
        }
    }
}

#[test]
fn three_parties_sign_rfc_4231_in_every_quorum() {
    for hash in HASHES {
        for (number, (key, data, _)) in rfc_4231().into_iter().enumerate() {
            // All quorums of four for one case, and one quorum for the rest.
            let n = if number == 0 { 4 } else { 3 };
            signs_like_the_reference(hash, 3, n, &key, &[data]);
        }
    }
}

#[test]
fn three_of_five_sign_in_every_quorum() {
    signs_like_the_reference(HashAlgorithm::Sha256, 3, 5, &[7; 32], &[b"symbol=BTCUSDT"]);
}

#[test]
fn four_and_five_parties_sign() {
    for hash in HASHES {
        signs_like_the_reference(hash, 4, 4, &[7; 64], &[b"one", b"two"]);
    }
    signs_like_the_reference(HashAlgorithm::Sha256, 5, 5, &[8; 64], &[b"one"]);
}

/// Around the ends of blocks of both sizes.
#[test]
fn messages_of_every_padding_length_sign() {
    let messages: Vec<Vec<u8>> = [0, 1, 54, 55, 56, 63, 64, 65, 111, 112, 119, 127, 128, 1000]
        .map(|len| vec![0x61; len])
        .to_vec();
    let messages: Vec<&[u8]> = messages.iter().map(|message| &message[..]).collect();
    for hash in HASHES {
        signs_like_the_reference(hash, 2, 2, &[3; 33], &messages);
    }
}
