//! What is refused, and with which reason.
#![allow(non_snake_case, clippy::unwrap_used)]

mod support;

use countersign_venues::{Malformed, ReadError, Reading, Request, Unclassified, read};
use support::{
    LIMIT, TIME, WITHDRAW, binance, futures_order, in_body, must_read, spot_order, withdrawal,
};

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
    assert!(matches!(refusal(&request), Unclassified::NotAForm { .. }));
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
        "/api/v3/order/",
        "/api/v3/./order",
        "/api/v3/../v3/order",
        "/api/v3/order?x=1",
        "/api/v3/order#x",
        "/api/v3/order;x",
        "/api/v3/%6frder",
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
        "icebergQty=1",
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
fn numbers__should_be_plain() {
    for number in [
        "1e5", "1E-7", "+1", "-1", "01", ".5", "5.", "0x10", "1,5", "1%2E5", "NaN",
    ] {
        let order = LIMIT.replace("quantity=0.5", &format!("quantity={number}"));
        assert!(
            matches!(
                refusal(&spot_order(&order)),
                Unclassified::Number { .. } | Unclassified::OutsideAlphabet { .. }
            ),
            "{number}"
        );
    }
    let huge = "9".repeat(28);
    let order = LIMIT.replace("quantity=0.5", &format!("quantity={huge}"));
    assert_eq!(refusal(&spot_order(&order)), Unclassified::NotionalTooLarge);
}

#[test]
fn values__should_keep_to_their_alphabets() {
    for (from, to) in [
        ("BTCUSDT", "btcusdt"),
        ("BTCUSDT", "BTC-USDT"),
        ("BTCUSDT", "BTC%55SDT"),
        ("BTCUSDT", "BTC+USDT"),
        ("BTCUSDT", "\u{5e01}\u{5b89}USDT"),
        ("BTCUSDT", "B\u{202e}TCUSDT"),
        ("BUY", "buy"),
        ("BUY", "BUYSELL"),
        ("LIMIT", "STOP_MARKET"),
        ("LIMIT", "TRAILING_STOP_MARKET"),
        ("GTC", "GTD"),
    ] {
        let found = refusal(&spot_order(&LIMIT.replacen(from, to, 1)));
        assert!(
            matches!(
                found,
                Unclassified::OutsideAlphabet { .. } | Unclassified::UnknownValue { .. }
            ),
            "{to}: {found:?}"
        );
    }
    for extra in [
        "addressTag=12+3",
        "addressTag=a%26amount%3D9",
        "addressTag=b=c",
        "network=trx",
    ] {
        let order = WITHDRAW.replace("&network=TRX", "");
        let found = refusal(&withdrawal(&format!("{order}&{extra}")));
        assert!(
            matches!(found, Unclassified::OutsideAlphabet { .. }),
            "{extra}"
        );
    }
}

#[test]
fn orders__should_be_consistent() {
    for order in [
        "type=LIMIT&quantity=1&timeInForce=GTC",
        "type=LIMIT&price=1&timeInForce=GTC",
        "type=LIMIT&quantity=1&price=1",
        "type=LIMIT&quoteOrderQty=1&price=1&timeInForce=GTC",
        "type=MARKET",
        "type=MARKET&quantity=1&price=1",
        "type=MARKET&quantity=1&quoteOrderQty=1",
        "type=MARKET&quantity=1&timeInForce=GTC",
        "type=MARKET&quantity=1&stopPrice=1",
        "type=STOP_LOSS&quantity=1",
        "type=LIMIT_MAKER&quantity=1&price=1&timeInForce=GTC",
    ] {
        let found = refusal(&spot_order(&format!("symbol=BTCUSDT&side=SELL&{order}")));
        assert!(
            matches!(
                found,
                Unclassified::MissingParameter { .. } | Unclassified::Contradiction { .. }
            ),
            "{order}: {found:?}"
        );
    }
    must_read(&futures_order(
        "symbol=BTCUSDT&side=SELL&type=STOP_MARKET&quantity=1&stopPrice=5&reduceOnly=true",
    ));
}

#[test]
fn cancellation__should_name_one_order_one_way() {
    let cancel = |which: &str| {
        let query = format!("symbol=BTCUSDT{which}&{TIME}");
        binance("DELETE", "api.binance.com", "/api/v3/order", &query)
    };
    must_read(&cancel("&orderId=1"));
    must_read(&cancel("&origClientOrderId=a-1"));
    assert!(matches!(
        refusal(&cancel("&orderId=1&origClientOrderId=a-1")),
        Unclassified::Contradiction { .. }
    ));
    assert!(matches!(
        refusal(&cancel("")),
        Unclassified::MissingParameter { .. }
    ));
}

#[test]
fn length__should_be_bounded() {
    let long = format!("{LIMIT}&newClientOrderId={}", "a".repeat(5_000));
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
