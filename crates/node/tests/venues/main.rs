//! Every captured request of every venue, with a fresh time in it, through a live cluster: the nodes decide,
//! compute, and the signature is the one the venue's own clients would make.
#![allow(non_snake_case, clippy::unwrap_used, clippy::indexing_slicing)]
#![allow(dead_code)] // the support is made for the cluster's own tests

mod restamp;
#[path = "../cluster/support/mod.rs"]
mod support;

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use countersign_mpc::HashAlgorithm;
use countersign_venues::{HashAlg, KeyEncoding, Request, facts, signed_text, venues};
use countersign_wire::manifest::SecretEncoding;
use countersign_wire::v1::{Header, VenueRequest};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::{Sha256, Sha384, Sha512};

use crate::support::client::{ask, now_ms};
use crate::support::cluster::{Cluster, KeySpec, Options, PERMISSIVE};
use crate::support::coordinator::Coordinator;

const QUORUM: [&str; 2] = ["a", "b"];

#[tokio::test]
async fn every_record__should_be_signed_by_the_cluster_as_by_the_client() {
    let records = records();
    let keys = keys(&records);
    let cluster = Cluster::start(Options {
        nodes: 2,
        pool_depth: 1,
        policy: PERMISSIVE.to_owned(),
        keys: keys.values().map(|(_, key)| key()).collect(),
        ..Options::default()
    });
    let coordinator = Coordinator::new(&cluster);
    for node in QUORUM {
        coordinator.wait_until_up(node).await;
    }
    let mut signed = BTreeMap::<String, usize>::new();
    for record in &records {
        let (venue, secret) = (text(record, "venue"), text(record, "secret"));
        let (id, _) = &keys[&(venue.to_owned(), secret.to_owned())];
        let now = now_ms();
        let request = restamp::with_time_of(record, now);
        let expected = expected_tag(&request, secret);
        let asked = ask(id, on_the_wire(&request), now).sign(&cluster);
        let tag = coordinator.tag(&asked, &QUORUM).await;
        assert_eq!(tag, expected, "{}", text(record, "id"));
        *signed.entry(venue.to_owned()).or_default() += 1;
    }
    let all: Vec<&str> = venues().collect();
    assert_eq!(signed.len(), all.len(), "{signed:?}");
}

fn records() -> Vec<Value> {
    let of_venue = |venue: &str| {
        let path = format!(
            "{}/../../tests/vectors/{venue}.jsonl",
            env!("CARGO_MANIFEST_DIR")
        );
        let text = std::fs::read_to_string(path).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect::<Vec<Value>>()
    };
    venues().flat_map(of_venue).collect()
}

fn text<'a>(record: &'a Value, field: &str) -> &'a str {
    record[field].as_str().unwrap_or_default()
}

/// How a key is called, and how it is dealt.
type Dealing = (String, Box<dyn Fn() -> KeySpec>);

/// A key for each secret of each venue.
fn keys(records: &[Value]) -> BTreeMap<(String, String), Dealing> {
    let mut keys: BTreeMap<(String, String), Dealing> = BTreeMap::new();
    for record in records {
        let (venue, secret) = (
            text(record, "venue").to_owned(),
            text(record, "secret").to_owned(),
        );
        let id = format!("{venue}-{}", keys.len());
        keys.entry((venue.clone(), secret.clone()))
            .or_insert_with(|| {
                let name = id.clone();
                let credential = |field: &str| record[field].as_str().map(str::to_owned);
                let (api_key, passphrase) = (credential("api_key"), credential("passphrase"));
                let deal = move || {
                    let facts = facts(&venue).unwrap();
                    KeySpec {
                        id: name.clone(),
                        venue: venue.clone(),
                        hash: match facts.hash {
                            HashAlg::Sha256 => HashAlgorithm::Sha256,
                            HashAlg::Sha384 => HashAlgorithm::Sha384,
                            HashAlg::Sha512 => HashAlgorithm::Sha512,
                        },
                        encoding: match facts.key_encoding {
                            KeyEncoding::Utf8 => SecretEncoding::Utf8,
                            KeyEncoding::Base64 => SecretEncoding::Base64,
                        },
                        secret: key_bytes(facts.key_encoding, &secret),
                        permissions: None,
                        api_key: api_key.clone(),
                        passphrase: facts.passphrase.and(passphrase.clone()),
                        accepts_unavoidable: true,
                    }
                };
                (id, Box::new(deal))
            });
    }
    keys
}

fn key_bytes(encoding: KeyEncoding, secret: &str) -> Vec<u8> {
    match encoding {
        KeyEncoding::Utf8 => secret.as_bytes().to_vec(),
        KeyEncoding::Base64 => STANDARD.decode(secret).unwrap(),
    }
}

/// The tag as whoever holds the whole secret computes it.
fn expected_tag(request: &Request, secret: &str) -> Vec<u8> {
    fn mac<M: Mac + KeyInit>(key: &[u8], bytes: &[u8]) -> Vec<u8> {
        <M as KeyInit>::new_from_slice(key)
            .unwrap()
            .chain_update(bytes)
            .finalize()
            .into_bytes()
            .to_vec()
    }
    let signed = signed_text(request).unwrap();
    let key = key_bytes(signed.key_encoding, secret);
    match signed.hash {
        HashAlg::Sha256 => mac::<Hmac<Sha256>>(&key, &signed.bytes),
        HashAlg::Sha384 => mac::<Hmac<Sha384>>(&key, &signed.bytes),
        HashAlg::Sha512 => mac::<Hmac<Sha512>>(&key, &signed.bytes),
    }
}

fn on_the_wire(request: &Request) -> VenueRequest {
    let header = |(name, value): &(String, String)| Header {
        name: name.clone(),
        value: value.clone(),
    };
    VenueRequest {
        venue: request.venue.clone(),
        method: request.method.clone(),
        host: request.host.clone(),
        path: request.path.clone(),
        query: request.query.clone(),
        body: request.body.clone(),
        headers: request.headers.iter().map(header).collect(),
    }
}
