//! What is refused, and with which reason.
#![allow(non_snake_case, clippy::unwrap_used)]

mod support;

use countersign_venues::{Malformed, ReadError, Reading, Request, Unclassified, read};
use support::{LIMIT, TIME, WITHDRAW, binance, in_body, must_read, spot_order, withdrawal};

fn refusal(request: &Request) -> Unclassified {
    match read(request) {
        Err(ReadError::Unclassified(reason)) => reason,
        other => panic!("{} {}: {other:?}", request.method, request.url()),
    }
}

fn malformed(request: &Request) -> Malformed {
    match read(request) {
        Err(ReadError::Malformed(reason)) => reason,
        other => panic!("{} {}: {other:?}", request.method, request.url()),
    }
}

fn account(query: &str) -> Result<Reading, ReadError> {
    read(&binance("GET", "api.binance.com", "/api/v3/account", query))
}

#[test]
fn venue__should_be_known() {
    let mut request = spot_order(LIMIT);
    request.venue = "Binance".into();
    let error = read(&request).unwrap_err();
    let text = error.to_string();
    assert!(
        text.starts_with("unknown venue 'Binance'; known: binance, "),
        "{text}"
    );
}

#[test]
fn signature__should_not_be_there_already() {
    for name in ["signature", "Signature"] {
        let request = spot_order(&format!("{LIMIT}&{name}=00"));
        assert!(matches!(
            malformed(&request),
            Malformed::SignaturePresent { .. }
        ));
        assert!(matches!(
            malformed(&in_body(&request)),
            Malformed::SignaturePresent { .. }
        ));
    }
}

#[test]
fn timestamp__should_be_one_and_in_milliseconds() {
    assert!(matches!(
        account("recvWindow=5000"),
        Err(ReadError::Malformed(Malformed::MissingTimestamp {
            name: "timestamp"
        }))
    ));
    for value in [
        "1753000000",
        "1753000000000000",
        "0753000000000",
        "1.75e12",
        "-1",
        "now",
    ] {
        let found = account(&format!("timestamp={value}"));
        assert!(
            matches!(
                found,
                Err(ReadError::Malformed(Malformed::Timestamp { .. }))
            ),
            "{value}"
        );
    }
    assert!(matches!(
        account(&format!("{TIME}&{TIME}")),
        Err(ReadError::Unclassified(
            Unclassified::RepeatedParameter { .. }
        ))
    ));
}

#[test]
fn receive_window__should_be_what_the_venue_accepts() {
    for value in [
        "0",
        "60001",
        "05000",
        "5000.5",
        "5e3",
        "18446744073709551616",
    ] {
        let found = account(&format!("{TIME}&recvWindow={value}"));
        assert!(
            matches!(
                found,
                Err(ReadError::Malformed(Malformed::ReceiveWindow { .. }))
            ),
            "{value}"
        );
    }
    let short = account(&format!("{TIME}&recvWindow=100")).unwrap();
    assert_eq!(
        short.timing().expires_at_ms,
        Some(1_753_000_005_000),
        "it could be cut away"
    );
    let long = account(&format!("{TIME}&recvWindow=60000")).unwrap();
    assert_eq!(long.timing().expires_at_ms, Some(1_753_000_060_000));
}

#[test]
fn parameters__should_be_in_one_place() {
    let whole = spot_order(LIMIT);
    for at in 1..whole.query.len() {
        let mut split = whole.clone();
        split.body = split.query.split_off(at).into_bytes();
        assert_eq!(refusal(&split), Unclassified::QueryAndBody);
    }
    let mut get = binance("GET", "api.binance.com", "/api/v3/account", "");
    get.body = TIME.into();
    assert_eq!(
        refusal(&get),
        Unclassified::UnexpectedBody { method: "GET" }
    );
}

#[test]
fn body__should_be_a_form() {
    let mut request = in_body(&spot_order(LIMIT));
    request.headers = vec![(
        "content-TYPE".into(),
        "application/x-www-form-urlencoded; charset=utf-8".into(),
    )];
    must_read(&request);
    request
        .headers
        .push(("Content-Type".into(), "application/json".into()));
    assert!(matches!(
        refusal(&request),
        Unclassified::ContentType { .. }
    ));
    request.headers.clear();
    request.body = br#"{"symbol":"BTCUSDT","timestamp":1753000000000}"#.into();
    assert!(matches!(
        refusal(&request),
        Unclassified::NotAParameter { .. }
    ));
}

#[test]
fn endpoint__should_be_named_exactly() {
    let with = |method: &str, host: &str, path: &str| {
        let query = format!("{LIMIT}&{TIME}");
        refusal(&binance(method, host, path, &query))
    };
    for path in [
        "",
        "api/v3/order",
        "//api/v3/order",
        "/api//v3/order",
        "/api/v3/./order",
        "/api/v3/../v3/order",
        "/api/v3/order?x=1",
        "/api/v3/order#x",
        "/api/v3/order;x",
        "/api/v3/order ",
        "/api/v3/\u{43e}rder",
    ] {
        let found = with("POST", "api.binance.com", path);
        assert!(
            matches!(found, Unclassified::PathNotCanonical { .. }),
            "{path}"
        );
    }
    for (method, path) in [
        ("post", "/api/v3/order"),
        ("PATCH", "/api/v3/order"),
        ("POST", "/API/v3/order"),
        ("POST", "/api/v4/order"),
        ("POST", "/api/v3/order/"),
        ("POST", "/api/v3/%6frder"),
        ("POST", "/sapi/v1/new-operation"),
    ] {
        let found = with(method, "api.binance.com", path);
        assert!(
            matches!(found, Unclassified::UnknownOperation { .. }),
            "{method} {path}"
        );
    }
    for host in [
        "",
        "API.binance.com",
        "api.binance.com.",
        "api.binance.com:443",
        "fapi.binance.com",
        "api.binance.com@evil.example",
        "evil.example",
    ] {
        let found = with("POST", host, "/api/v3/order");
        assert!(matches!(found, Unclassified::UnknownHost { .. }), "{host}");
    }
}

#[test]
fn parameter_names__should_be_the_operations_own() {
    for extra in [
        "newParameter=1",
        "reduceOnly=true",
        "Price=1",
        "icebergQuantity=1",
        "apiKey=x",
        "address=T1",
        "closePosition=true",
        "batchOrders=1",
    ] {
        let found = refusal(&spot_order(&format!("{LIMIT}&{extra}")));
        let known = matches!(
            found,
            Unclassified::UnknownParameter {
                operation: "spot_order",
                ..
            } | Unclassified::RepeatedParameter { .. }
        );
        assert!(known, "{extra}: {found:?}");
    }
    let found = refusal(&spot_order("symbol=BTCUSDT&type=MARKET&quantity=1"));
    assert_eq!(
        found,
        Unclassified::MissingParameter {
            operation: "spot_order",
            name: "side"
        }
    );
}

#[test]
fn numbers__should_have_one_reading() {
    for number in [
        "+1", "-1", "01", ".5", "5.", "0x10", "1,5", "1%2E5", "NaN", "1e", "1e400",
    ] {
        let order = LIMIT.replace("quantity=0.5", &format!("quantity={number}"));
        let found = refusal(&spot_order(&order));
        assert!(
            matches!(
                found,
                Unclassified::Number { .. }
                    | Unclassified::Encoding { .. }
                    | Unclassified::Contradiction { .. }
            ),
            "{number}: {found:?}"
        );
    }
    let order = LIMIT.replace("quantity=0.5", "quantity=5e-1");
    let half = must_read(&spot_order(&order)).named().intent.quantity;
    assert_eq!(half, must_read(&spot_order(LIMIT)).named().intent.quantity);
    let huge = "9".repeat(28);
    let order = LIMIT.replace("quantity=0.5", &format!("quantity={huge}"));
    assert_eq!(refusal(&spot_order(&order)), Unclassified::NotionalTooLarge);
}

#[test]
fn words__should_be_the_venues() {
    for (from, to) in [
        ("BUY", "BUYSELL"),
        ("LIMIT", "STOP_MARKET"),
        ("LIMIT", "TRAILING_STOP_MARKET"),
        ("GTC", "GTD"),
    ] {
        let found = refusal(&spot_order(&LIMIT.replacen(from, to, 1)));
        assert!(
            matches!(found, Unclassified::UnknownValue { .. }),
            "{to}: {found:?}"
        );
    }
}

#[test]
fn values__should_be_marked_outside_their_alphabets() {
    for (value, shown) in [
        ("BTC+USDT", "BTC USDT"),
        ("\u{5e01}\u{5b89}USDT", "\u{5e01}\u{5b89}USDT"),
        ("B%E2%80%AETC", "B\u{202e}TC"),
    ] {
        let reading = must_read(&spot_order(&LIMIT.replacen("BTCUSDT", value, 1)));
        assert_eq!(reading.named().outside_alphabet, ["symbol"], "{value}");
        assert_eq!(reading.named().intent.symbol.as_deref(), Some(shown));
        assert!(
            reading
                .authorised()
                .iter()
                .all(|member| member.intent.symbol.is_none()
                    || member.outside_alphabet.contains(&"symbol"))
        );
    }
    for extra in [
        "addressTag=12+3",
        "addressTag=a%26amount%3D9",
        "addressTag=b=c",
        "withdrawOrderId=%C3%BC",
    ] {
        let reading = must_read(&withdrawal(&format!("{WITHDRAW}&{extra}")));
        let name = extra.split('=').next().unwrap();
        assert_eq!(reading.named().outside_alphabet, [name], "{extra}");
        assert_eq!(reading.named().intent.amount, Some(1000.into()));
    }
    assert!(
        must_read(&spot_order(LIMIT))
            .named()
            .outside_alphabet
            .is_empty()
    );
}

#[test]
fn encodings__should_have_one_reading() {
    for value in [
        "BTC%55SDT",
        "BTC%2",
        "BTC%zz",
        "BTC%ff",
        "BTC#USDT",
        "BTC\tUSDT",
    ] {
        let found = refusal(&spot_order(&LIMIT.replacen("BTCUSDT", value, 1)));
        assert!(
            matches!(found, Unclassified::Encoding { .. }),
            "{value}: {found:?}"
        );
    }
}

#[test]
fn cancellation__should_name_an_order() {
    let cancel = |which: &str| {
        let query = format!("symbol=BTCUSDT{which}&{TIME}");
        binance("DELETE", "api.binance.com", "/api/v3/order", &query)
    };
    must_read(&cancel("&orderId=1"));
    must_read(&cancel("&origClientOrderId=a-1"));
    must_read(&cancel("&orderId=1&origClientOrderId=a-1"));
    assert!(matches!(
        refusal(&cancel("")),
        Unclassified::MissingParameter { .. }
    ));
    assert!(matches!(
        refusal(&cancel("&orderId=1&orderId=2")),
        Unclassified::RepeatedParameter { .. }
    ));
}

#[test]
fn length__should_be_bounded() {
    let long = format!("{LIMIT}&newClientOrderId={}", "a".repeat(20_000));
    assert!(matches!(
        refusal(&spot_order(&long)),
        Unclassified::TooLong { .. }
    ));
}

#[test]
fn refusals__should_quote_the_request_harmlessly() {
    let mut request = spot_order(LIMIT);
    request.path = format!("/api/\u{202e}\n\x1b[31m{}", "x".repeat(500));
    let message = read(&request).unwrap_err().to_string();
    assert!(
        message.len() < 400 && !message.contains(['\n', '\x1b', '\u{202e}']),
        "{message}"
    );
}
