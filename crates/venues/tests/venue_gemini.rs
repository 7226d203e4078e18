//! Gemini: the payload is what is signed, and all that counts.
#![allow(non_snake_case, clippy::unwrap_used)]

mod support;

use base64::{Engine, engine::general_purpose::STANDARD};
use countersign_venues::{Class, OrderType, Product, Request, Stamp, TimeInForce, read};
use support::{must_read, names};

/// A request to `path` with this payload and body.
fn send(path: &str, payload: &str, body: &str) -> Request {
    let url = format!("api.gemini.com{path}");
    let payload = STANDARD.encode(payload);
    support::request(
        "gemini",
        "POST",
        &url,
        body,
        &[("X-GEMINI-PAYLOAD", &payload)],
    )
}

fn call(path: &str, members: &str) -> Request {
    let comma = if members.is_empty() { "" } else { "," };
    let payload = format!(r#"{{"request":"{path}","nonce":1753000000123{comma}{members}}}"#);
    send(path, &payload, "")
}

const ORDER: &str = r#""symbol":"btcusd","amount":"0.5","price":"60000","side":"buy""#;

#[test]
fn orders__should_be_told_by_symbol_and_options() {
    let order = |more: &str| {
        let members = format!(r#"{ORDER},"type":"exchange limit"{more}"#);
        must_read(&call("/v1/order/new", &members)).named().clone()
    };
    let plain = order("");
    assert_eq!(
        (plain.class, plain.product),
        (Class::TradeSpot, Product::Spot)
    );
    assert_eq!(plain.intent.notional.unwrap().amount.to_string(), "30000.0");
    let maker = order(r#","options":["maker-or-cancel"]"#);
    assert_eq!(maker.intent.order_type, Some(OrderType::PostOnly));
    assert_eq!(order(r#","margin_order":true"#).product, Product::Margin);
    let perpetual = ORDER.replace("btcusd", "BTCGUSDPERP");
    let perpetual = format!(r#"{perpetual},"type":"exchange limit""#);
    let perpetual = must_read(&call("/v1/order/new", &perpetual));
    assert_eq!(perpetual.named().class, Class::TradeFutures);
    for more in [
        r#","options":["hidden"]"#,
        r#","options":"maker-or-cancel""#,
        r#","side":"sell""#,
        r#","Side":"sell""#,
        r#","leverage":2"#,
    ] {
        let members = format!(r#"{ORDER},"type":"exchange limit"{more}"#);
        assert!(read(&call("/v1/order/new", &members)).is_err(), "{more}");
    }
}

#[test]
fn request__should_be_the_path_it_is_sent_to() {
    let payload = r#"{"request":"/v1/balances","nonce":"1753000000123"}"#;
    let reading = must_read(&send("/v1/balances", payload, ""));
    assert_eq!(
        reading.timing().stamp,
        Stamp::Nonce(Some(1_753_000_000_123))
    );
    assert!(read(&send("/v1/order/cancel/all", payload, "")).is_err());
    for payload in [
        r#"{"nonce":"1753000000123"}"#,
        r#"{"request":"/v1/balances"}"#,
        r#"{"request":"/v1/balances","nonce":"x"}"#,
        r#"{"request":"/v1/balances/","nonce":1}"#,
        r#"{"request":"/v1/balances","request":"/v1/orders","nonce":1}"#,
        r#"{"request":"/v1/balances","nonce":1,"nonce":2}"#,
        r#"{"request":"/v1/balances","nonce":1} "x""#,
        r#"["/v1/balances"]"#,
    ] {
        assert!(
            read(&send("/v1/balances", payload, "")).is_err(),
            "{payload}"
        );
    }
    let mut broken = send("/v1/balances", payload, "");
    broken.headers = vec![("X-GEMINI-PAYLOAD".into(), "e30".into())];
    assert!(read(&broken).is_err(), "base64 without its padding");
}

#[test]
fn body__should_say_nothing_the_payload_does_not() {
    let path = "/v1/withdraw/btc";
    let payload =
        format!(r#"{{"request":"{path}","nonce":1753000000123,"address":"bc1q","amount":0.75}}"#);
    for body in ["", "{}", r#"{"address":"bc1q","amount":0.75}"#] {
        let reading = must_read(&send(path, &payload, body));
        let intent = &reading.named().intent;
        assert_eq!(intent.asset.as_deref(), Some("btc"));
        assert_eq!(intent.amount.unwrap().to_string(), "0.75");
        assert_eq!(names(&reading), ["withdrawal"]);
    }
    for body in [
        r#"{"address":"bc1r","amount":0.75}"#,
        r#"{"memo":"1"}"#,
        "address=bc1r",
        "x",
    ] {
        assert!(read(&send(path, &payload, body)).is_err(), "{body}");
    }
    let mut with_query = send(path, &payload, "");
    with_query.query = "amount=5".into();
    assert!(read(&with_query).is_err());
    // The asset is in the path, and nowhere else.
    assert!(
        read(&call(
            path,
            r#""address":"a","amount":"1","currency":"eth""#
        ))
        .is_err()
    );
}

#[test]
fn cancels__should_be_of_either_product() {
    let reading = must_read(&call(
        "/v1/order/cancel",
        r#""order_id":1,"account":"desk-7""#,
    ));
    assert_eq!(names(&reading), ["cancel", "perpetual_cancel"]);
    assert_eq!(
        reading.named().intent.sub_account.as_deref(),
        Some("desk-7")
    );
}

#[test]
fn stream__should_be_a_session_whose_query_is_not_signed() {
    let mut request = call("/v1/order/events", "");
    request.method = "GET".into();
    request.query = "symbolFilter=btcusd".into();
    let reading = must_read(&request);
    assert_eq!(reading.named().class, Class::Session);
    assert_eq!(reading.named().unbound, ["query"]);
}

#[test]
fn options_that_gemini_may_pass_over__should_not_lessen_an_order() {
    let at = |kind: &str, options: &str| {
        let members =
            format!(r#"{ORDER},"type":"{kind}","stop_price":"59000","options":[{options}]"#);
        let reading = must_read(&call("/v1/order/new", &members));
        reading.named().intent.time_in_force
    };
    let maker = r#""maker-or-cancel""#;
    assert_eq!(at("exchange limit", maker), Some(TimeInForce::PostOnly));
    assert_eq!(at("exchange stop limit", maker), None);
    let both = format!(r#""immediate-or-cancel",{maker}"#);
    assert_eq!(at("exchange limit", &both), None);
}
