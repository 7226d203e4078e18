//! Every captured request of every venue: bytes, signature and class; and what must hold of every
//! dialect.
#![allow(non_snake_case, clippy::unwrap_used)]

mod support;

use std::collections::BTreeSet;

use countersign_venues::{
    Class, DigestEncoding, HashAlg, KeyEncoding, Permission, Permissions, Request, facts, read,
    read_for, signed_text, venues, without_signature,
};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::{Sha256, Sha384, Sha512};
use support::{as_sent, text, vectors};

fn records() -> Vec<Value> {
    venues()
        .flat_map(|venue| vectors(&format!("{venue}.jsonl")))
        .collect()
}

fn unsigned(record: &Value) -> Request {
    without_signature(as_sent(record)).unwrap()
}

fn tag(hash: HashAlg, key: &[u8], message: &[u8]) -> Vec<u8> {
    macro_rules! with {
        ($hash:ty) => {{
            let mut mac = Hmac::<$hash>::new_from_slice(key).unwrap();
            mac.update(message);
            mac.finalize().into_bytes().to_vec()
        }};
    }
    match hash {
        HashAlg::Sha256 => with!(Sha256),
        HashAlg::Sha384 => with!(Sha384),
        HashAlg::Sha512 => with!(Sha512),
    }
}

/// Whatever permissions a key has: what it cannot do is either not read or removed afterwards.
#[test]
fn read_for__should_find_what_a_restriction_leaves() {
    for request in records().iter().map(unsigned) {
        let Ok(whole) = read(&request) else {
            continue;
        };
        for permission in Permission::ALL {
            for key in [
                Permissions::only([permission]),
                Permissions::only([Permission::Read, permission]),
            ] {
                let left = whole.clone().restricted_to(&key);
                let found = read_for(&request, &key).unwrap();
                assert_eq!(found.authorised(), left.authorised(), "{request:?}");
                assert_eq!(found.named(), left.named());
            }
        }
    }
}

/// Whatever a venue with a passphrase signs for a login is that, and a node compares it.
#[test]
fn passphrase__should_be_the_only_login_of_a_venue_that_wants_its_mac() {
    let mut with = Vec::new();
    for venue in venues() {
        let facts = facts(venue).unwrap();
        let Some(mac) = facts.passphrase else {
            continue;
        };
        let logins = facts.operations.iter().filter(|one| one.method == "LOGIN");
        let paths: Vec<&str> = logins.map(|login| login.path).collect();
        assert_eq!(paths, [mac.path]);
        assert!(mac.accepts(b"fakepass7") && !mac.accepts(b""));
        assert!(!mac.accepts(mac.mark.as_bytes()));
        assert!(
            mac.accepts(&vec![b'x'; mac.longest]) && !mac.accepts(&vec![b'x'; mac.longest + 1])
        );
        with.push(venue);
    }
    assert_eq!(with, ["kucoin"]);
}

/// What stands in the text under the MAC, a node can compare with what was enrolled.
#[test]
fn api_key__should_be_found_where_the_text_has_it() {
    let (mut found, mut venues) = (0, BTreeSet::new());
    for record in records() {
        let key = text(&record, "api_key");
        let reading = read(&unsigned(&record)).unwrap();
        let bytes = &reading.signed().bytes;
        let has = bytes.windows(key.len()).any(|part| part == key.as_bytes());
        let id = text(&record, "id");
        assert_eq!(reading.api_key(), has.then_some(key), "{id}");
        assert_eq!(reading.passphrase(), None, "{id}");
        if has {
            found += 1;
            venues.insert(reading.venue());
        }
    }
    let expected = ["bitstamp", "bybit", "cryptocom", "htx", "mexc"];
    assert_eq!(venues.into_iter().collect::<Vec<_>>(), expected);
    assert!(found > 70, "{found}");
}

#[test]
fn signed_text__should_be_the_bytes_the_client_signed() {
    let mut wrong = Vec::new();
    for record in records() {
        let id = text(&record, "id");
        let signed = match signed_text(&unsigned(&record)) {
            Ok(signed) => signed,
            Err(error) => {
                wrong.push(format!("{id}: {error}"));
                continue;
            }
        };
        if hex::encode(&signed.bytes) != text(&record, "signed_bytes_hex") {
            wrong.push(format!("{id}: {}", String::from_utf8_lossy(&signed.bytes)));
            continue;
        }
        let scheme = match signed.hash {
            HashAlg::Sha256 => "hmac-sha256",
            HashAlg::Sha384 => "hmac-sha384",
            HashAlg::Sha512 => "hmac-sha512",
        };
        assert_eq!(scheme, text(&record, "hash"), "{id}");
        let key_encoding = match signed.key_encoding {
            KeyEncoding::Utf8 => "utf8",
            KeyEncoding::Base64 => "base64",
        };
        assert_eq!(key_encoding, text(&record, "key_encoding"), "{id}");
        let digest_encoding = match signed.digest_encoding {
            DigestEncoding::Hex => "hex",
            DigestEncoding::Base64 => "base64",
        };
        assert_eq!(digest_encoding, text(&record, "digest_encoding"), "{id}");
        let key = hex::decode(text(&record, "key_hex")).unwrap();
        let signature = signed
            .digest_encoding
            .encode(&tag(signed.hash, &key, &signed.bytes));
        assert_eq!(signature, text(&record, "signature"), "{id}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn read__should_classify_as_the_record_says() {
    let mut wrong = Vec::new();
    for record in &records() {
        let (id, class) = (text(record, "id"), text(record, "class"));
        match read(&unsigned(record)) {
            Ok(reading) => {
                let found = reading.named().class.as_str();
                if found != class {
                    wrong.push(format!("{id}: {found}, not {class}"));
                }
                assert_eq!(reading.authorised().first(), Some(reading.named()), "{id}");
            }
            Err(error) => wrong.push(format!("{id}: {class}: {error}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn intent__should_hold_what_is_on_the_wire() {
    let mut wrong = Vec::new();
    let mut compared = 0;
    for record in records() {
        let Ok(reading) = read(&unsigned(&record)) else {
            continue;
        };
        let found = serde_json::to_value(&reading.named().intent).unwrap();
        for (field, expected) in record["intent"].as_object().into_iter().flatten() {
            let name = match field.as_str() {
                "type" => "order_type",
                "address" => "destination",
                other => other,
            };
            // What the caller of a client said is not always what is on the wire, in names of networks
            // and assets, and where a venue counts in other units.
            let other_unit = text(&record, "venue") == "bitmex" && name == "amount";
            if expected.is_null() || other_unit || matches!(name, "network" | "asset") {
                continue;
            }
            let plain = |value: &Value| match value {
                // Gemini says where an order trades before it says its kind.
                Value::String(text) => text.to_ascii_lowercase().replace("exchange ", ""),
                other => other.to_string(),
            };
            if plain(&found[name]) != plain(expected) {
                wrong.push(format!(
                    "{}: {name} is {}, not {expected}",
                    text(&record, "id"),
                    found[name]
                ));
            }
            compared += 1;
        }
    }
    assert!(compared > 20, "{compared}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn place__should_put_the_signature_where_it_was() {
    for record in records() {
        let request = unsigned(&record);
        let Ok(reading) = read(&request) else {
            continue;
        };
        let key = hex::decode(text(&record, "key_hex")).unwrap();
        let ready = reading
            .place(
                &request,
                &tag(reading.signed().hash, &key, &reading.signed().bytes),
            )
            .unwrap();
        let id = text(&record, "id");
        assert_eq!(without_signature(ready.clone()).unwrap(), request, "{id}");
        // Once there, it is not signed again.
        assert!(signed_text(&ready).is_err(), "{id}");
        let everything = format!(
            "{}{}{:?}",
            ready.query,
            String::from_utf8_lossy(&ready.body),
            ready.headers
        );
        let signature = text(&record, "signature");
        let escaped = signature
            .replace('+', "%2B")
            .replace('/', "%2F")
            .replace('=', "%3D");
        assert!(
            everything.contains(signature) || everything.contains(&escaped),
            "{id}"
        );
    }
}

#[test]
fn operations__should_have_unique_names_and_known_hosts() {
    for venue in venues() {
        let facts = facts(venue).unwrap();
        let mut names = BTreeSet::new();
        for operation in &facts.operations {
            assert!(
                names.insert(operation.name),
                "{venue}: {} twice",
                operation.name
            );
            // Nodes look for words in them.
            let plain =
                |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
            assert!(
                operation.name.bytes().all(plain),
                "{venue}: {}",
                operation.name
            );
            assert!(
                !operation.hosts.is_empty(),
                "{venue}: {} has no host",
                operation.name
            );
            assert!(
                operation.path.starts_with('/'),
                "{venue}: {}",
                operation.name
            );
            let session = operation.class == Class::Session;
            assert!(
                session || operation.method != "LOGIN",
                "{venue}: {}",
                operation.name
            );
        }
    }
}

/// Different requests under one MAC: whatever a policy is asked about one, it is asked about the other.
#[test]
fn confusable_pairs__should_be_in_each_others_sets_or_unclassified() {
    for pair in vectors("confusable.jsonl") {
        let venue = text(&pair, "venue");
        if !venues().any(|known| known == venue) {
            continue;
        }
        let [first, second] = ["first", "second"].map(|which| from_url(&pair, &pair[which]));
        let mut readings = Vec::new();
        for request in [&first, &second] {
            let signed = signed_text(request).unwrap();
            assert_eq!(signed.bytes, text(&pair, "signed_bytes").as_bytes());
            let tag = tag(signed.hash, text(&pair, "secret").as_bytes(), &signed.bytes);
            assert_eq!(
                signed.digest_encoding.encode(&tag),
                text(&pair, "signature")
            );
            readings.extend(read(request));
        }
        for reading in &readings {
            for half in ["first", "second"] {
                let class = text(&pair[half], "class");
                let found = reading
                    .authorised()
                    .iter()
                    .any(|operation| operation.class.as_str() == class);
                assert!(
                    found,
                    "{venue}: {class} is not in the set of {}",
                    reading.named().name
                );
            }
            // Where what differs is not under the MAC at all, it is said so.
            if first.body != second.body && reading.signed().bytes.ends_with(first.query.as_bytes())
            {
                assert!(
                    reading
                        .authorised()
                        .iter()
                        .any(|operation| operation.unbound.contains(&"body")),
                    "{venue}"
                );
            }
        }
    }
}

fn from_url(pair: &Value, half: &Value) -> Request {
    let rest = text(half, "url").strip_prefix("https://").unwrap();
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (host, path) = place.split_once('/').unwrap();
    let mut headers: Vec<(String, String)> = pair["headers"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
        .collect();
    let venue = text(pair, "venue").to_owned();
    if let (Some(key), Ok(facts)) = (pair["api_key"].as_str(), facts(&venue)) {
        headers.push((facts.api_key_header.to_owned(), key.to_owned()));
    }
    Request {
        venue,
        method: text(half, "method").into(),
        host: host.into(),
        path: format!("/{path}"),
        query: query.into(),
        body: text(half, "body").into(),
        headers,
    }
}

/// Clients and venues disagree on how such values are spelled in reads as well.
#[test]
fn reads__should_mark_the_symbols_and_ids_they_name() {
    let odd = "%C3%BC%20x";
    for (venue, url, header) in [
        (
            "bitmex",
            "www.bitmex.com/api/v1/order?symbol=",
            ("api-expires", "1753000005"),
        ),
        (
            "bitget",
            "api.bitget.com/api/v2/spot/trade/orderInfo?clientOid=",
            ("ACCESS-TIMESTAMP", "1753000000000"),
        ),
        (
            "kucoin",
            "api-futures.kucoin.com/api/v1/orders/byClientOid?clientOid=",
            ("KC-API-TIMESTAMP", "1753000000000"),
        ),
        (
            "okx",
            "www.okx.com/api/v5/trade/order-algo?algoClOrdId=",
            ("OK-ACCESS-TIMESTAMP", "2025-07-20T08:26:40.123Z"),
        ),
        (
            "coinbaseexchange",
            "api.exchange.coinbase.com/fills?order_id=",
            ("CB-ACCESS-TIMESTAMP", "1753000000"),
        ),
        (
            "deribit",
            "www.deribit.com/api/v2/private/get_order_state_by_label?label=",
            (
                "Authorization",
                "deri-hmac-sha256 id=k,ts=1753000000000,nonce=a",
            ),
        ),
    ] {
        let marks = |value: &str| {
            let request = support::request(venue, "GET", &format!("{url}{value}"), "", &[header]);
            let reading = support::must_read(&request);
            assert_eq!(reading.named().class, Class::Read, "{venue}");
            reading.named().outside_alphabet.len()
        };
        assert_eq!((marks(odd), marks("abc-1")), (1, 0), "{venue}");
    }
    let read_orders = |venue, url, body, header| {
        support::must_read(&support::request(venue, "POST", url, body, &[header]))
    };
    let orders = read_orders(
        "bitfinex",
        "api.bitfinex.com/v2/auth/r/orders/tBTCUSD",
        "{}",
        ("bfx-nonce", "1753000000000"),
    );
    assert_eq!(orders.named().intent.symbol.as_deref(), Some("tBTCUSD"));
    let order = read_orders(
        "kraken",
        "api.kraken.com/0/private/QueryOrders",
        "nonce=1753000000000&txid=A,B",
        ("API-Key", "k"),
    );
    assert_eq!(order.named().intent.order_id.as_deref(), Some("A,B"));
}

/// Several assets in one read are no odd value.
#[test]
fn commas_between_names__should_not_be_marked() {
    let header = ("OK-ACCESS-TIMESTAMP", "2025-07-20T08:26:40.123Z");
    let url = "www.okx.com/api/v5/account/balance?ccy=BTC,ETH";
    let reading = support::must_read(&support::request("okx", "GET", url, "", &[header]));
    assert!(reading.named().outside_alphabet.is_empty());
    assert_eq!(reading.named().intent.asset.as_deref(), Some("BTC,ETH"));
}
