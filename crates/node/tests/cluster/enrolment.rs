//! What a key was enrolled with at the exchange: a client that policy permits nearly everything asks for
//! the MAC of other passphrases, for texts that name other keys, and for reads that are more than that.

use base64::{Engine, engine::general_purpose::STANDARD};
use countersign_mpc::HashAlgorithm;
use countersign_wire::Reason;
use countersign_wire::manifest::SecretEncoding;
use countersign_wire::v1::{Header, VenueRequest};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;

use crate::support::audit::decisions;
use crate::support::client::{Ask, ask, now_ms};
use crate::support::cluster::{Cluster, KeySpec, Options, PERMISSIVE};
use crate::support::coordinator::Coordinator;

const QUORUM: [&str; 2] = ["a", "b"];
const ENROLLED: &str = "kucoin";
const WITHOUT: &str = "kucoin-without";
const BYBIT: &str = "bybit";
/// The same, but nobody accepted what any of its signatures authorises.
const UNACCEPTED: &str = "bybit-unaccepted";
const BYBIT_KEY: &str = "Qr2CPSaLrcX5rc2HI7";
const BYBIT_SECRET: &[u8] = b"a Bybit secret of the test's own";

/// A captured KuCoin request, which has the MAC of its client's passphrase beside the signature.
fn record() -> Value {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/vectors/kucoin.jsonl"
    );
    let text = std::fs::read_to_string(path).unwrap();
    serde_json::from_str(text.lines().next().unwrap()).unwrap()
}

fn deployment(record: &Value) -> Cluster {
    let text = |field: &str| record[field].as_str().unwrap().to_owned();
    let kucoin = |id: &str, passphrase: Option<String>| KeySpec {
        id: id.to_owned(),
        venue: "kucoin".to_owned(),
        hash: HashAlgorithm::Sha256,
        encoding: SecretEncoding::Utf8,
        secret: text("secret").into_bytes(),
        permissions: None,
        api_key: None,
        passphrase,
        accepts_unavoidable: true,
    };
    let bybit = |id| KeySpec {
        venue: "bybit".to_owned(),
        secret: BYBIT_SECRET.to_vec(),
        api_key: Some(BYBIT_KEY.to_owned()),
        ..kucoin(id, None)
    };
    let unaccepted = KeySpec {
        accepts_unavoidable: false,
        ..bybit(UNACCEPTED)
    };
    Cluster::start(Options {
        nodes: 2,
        pool_depth: 1,
        policy: format!(
            "{PERMISSIVE}\n@id(\"no-admin\") forbid (principal, action == \
             Countersign::Action::\"admin\", resource);"
        ),
        keys: vec![
            kucoin(ENROLLED, Some(text("passphrase"))),
            kucoin(WITHOUT, None),
            bybit(BYBIT),
            unaccepted,
        ],
        ..Options::default()
    })
}

/// Asks for the MAC of a passphrase.
fn passphrase(key: &str, text: &str) -> Ask {
    let request = VenueRequest {
        venue: "kucoin".to_owned(),
        method: "LOGIN".to_owned(),
        host: "api.kucoin.com".to_owned(),
        path: "/passphrase".to_owned(),
        query: String::new(),
        body: text.as_bytes().to_vec(),
        headers: Vec::new(),
    };
    ask(key, request, now_ms())
}

/// A read whose text begins with the time, the API key and the window.
fn bybit(key: &str, api_key: &str) -> Ask {
    let now = now_ms();
    let header = |name: &str, value: &str| Header {
        name: name.to_owned(),
        value: value.to_owned(),
    };
    let request = VenueRequest {
        venue: "bybit".to_owned(),
        method: "GET".to_owned(),
        host: "api.bybit.com".to_owned(),
        path: "/v5/position/list".to_owned(),
        query: "category=linear&symbol=BTCUSDT".to_owned(),
        body: Vec::new(),
        headers: vec![
            header("X-BAPI-API-KEY", api_key),
            header("X-BAPI-TIMESTAMP", &now.to_string()),
            header("X-BAPI-RECV-WINDOW", "5000"),
        ],
    };
    ask(key, request, now)
}

fn mac(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.chain_update(text).finalize().into_bytes().to_vec()
}

#[tokio::test]
async fn enrolled_passphrase_and_api_key__should_be_the_only_ones_signed() {
    let record = record();
    let cluster = deployment(&record);
    let coordinator = Coordinator::new(&cluster);
    for node in QUORUM {
        coordinator.wait_until_up(node).await;
    }
    let enrolled = record["passphrase"].as_str().unwrap();

    // The right ones first: the quorums are up then.
    let asked = passphrase(ENROLLED, enrolled).sign(&cluster);
    let tag = coordinator.tag(&asked, &QUORUM).await;
    let vector = &record["aux_macs"][0];
    assert_eq!(vector["placement"], "header:KC-API-PASSPHRASE");
    assert_eq!(STANDARD.encode(tag), vector["signature"].as_str().unwrap());

    let ask = bybit(BYBIT, BYBIT_KEY);
    let now = ask.envelope.created_at_ms;
    let text = format!("{now}{BYBIT_KEY}5000category=linear&symbol=BTCUSDT");
    let tag = coordinator.tag(&ask.sign(&cluster), &QUORUM).await;
    assert_eq!(tag, mac(BYBIT_SECRET, text.as_bytes()));

    let (shorter, longer) = (&enrolled[1..], format!("{enrolled}7"));
    let not_enrolled = Reason::NotEnrolled;
    let refused = [
        (passphrase(ENROLLED, shorter), not_enrolled, "passphrase"),
        (passphrase(ENROLLED, &longer), not_enrolled, "passphrase"),
        (
            passphrase(ENROLLED, &enrolled.to_uppercase()),
            not_enrolled,
            "passphrase",
        ),
        // Texts of requests, or parts of them, with and without what marks a request.
        (
            passphrase(ENROLLED, "1753000000000GET/api/v1/accounts"),
            Reason::Unclassified,
            "dialect",
        ),
        (
            passphrase(ENROLLED, "1753000000000POST/ap/v1/orders"),
            not_enrolled,
            "passphrase",
        ),
        // A key without passphrase makes the MAC of none, be it the right one of its secret.
        (passphrase(WITHOUT, enrolled), not_enrolled, "passphrase"),
        (passphrase(WITHOUT, "x"), not_enrolled, "passphrase"),
        // To the venue this is the enrolled key, and a window of 15000.
        (
            bybit(BYBIT, &format!("{BYBIT_KEY}1")),
            not_enrolled,
            "api-key",
        ),
        (bybit(BYBIT, "Qr2CPSaLrcX5rc2HI8"), not_enrolled, "api-key"),
        // The signature would delete the key as well.
        (
            bybit(UNACCEPTED, BYBIT_KEY),
            Reason::PolicyDenied,
            "no-admin",
        ),
    ];
    for (ask, reason, rule) in refused {
        let body = ask.envelope.request.body.clone();
        let asked = ask.sign(&cluster);
        for (node, answer) in coordinator.ask(&asked, &QUORUM).await {
            let refusal = answer.unwrap_err();
            assert_eq!(
                (refusal.reason(), refusal.rule.as_str(), &refusal.node),
                (reason, rule, &node),
                "{refusal}"
            );
            let decided = decisions(&cluster, &node, asked.request_id);
            let [decision] = decided.as_slice() else {
                panic!("node {node}: {decided:?}");
            };
            assert_eq!(decision["verdict"]["outcome"], "denied");
            assert_eq!(decision["verdict"]["rule"], rule);
            if body.len() > 1 {
                let body = str::from_utf8(&body).unwrap();
                assert!(!refusal.to_string().contains(body), "{refusal}");
                assert!(!decision.to_string().contains(body), "{decision}");
            }
        }
    }
    for node in QUORUM {
        let log = std::fs::read(cluster.data_dir(node).join("audit.log")).unwrap();
        for form in [
            enrolled.to_owned(),
            hex::encode(enrolled),
            STANDARD.encode(enrolled),
        ] {
            let found = log.windows(form.len()).any(|part| part == form.as_bytes());
            assert!(!found, "the passphrase is in the log of {node}");
        }
    }
    coordinator.assert_nobody_blamed(&cluster).await;
}
