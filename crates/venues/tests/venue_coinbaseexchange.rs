//! Coinbase Exchange: kinds of order, destinations, and where a query ends and a body begins.
#![allow(non_snake_case, clippy::unwrap_used)]

mod support;

use countersign_venues::{
    Class, Intent, OrderType, ReadError, Request, Unclassified, read, signed_text,
};
use support::{attached, must_read, request};

fn coinbase(method: &str, path: &str, body: &str) -> Request {
    let url = format!("api.exchange.coinbase.com{path}");
    let headers = [("CB-ACCESS-TIMESTAMP", "1753000000.25")];
    request("coinbaseexchange", method, &url, body, &headers)
}

fn intent(method: &str, path: &str, body: &str) -> Intent {
    must_read(&coinbase(method, path, body))
        .named()
        .intent
        .clone()
}

fn refused(method: &str, path: &str, body: &str) -> bool {
    matches!(
        read(&coinbase(method, path, body)),
        Err(ReadError::Unclassified(_))
    )
}

fn order(rest: &str) -> Intent {
    let body = format!(r#"{{"product_id":"BTC-USD","side":"sell",{rest}}}"#);
    intent("POST", "/orders", &body)
}

#[test]
fn orders__should_be_of_the_kind_the_venue_makes_of_them() {
    for (rest, kind) in [
        (r#""size":"1","price":"2""#, OrderType::Limit),
        (
            r#""type":"limit","size":"1","price":"2","post_only":true"#,
            OrderType::PostOnly,
        ),
        (r#""type":"market","funds":"10""#, OrderType::Market),
        (
            r#""type":"limit","stop":"loss","stop_price":"3","size":"1","price":"2""#,
            OrderType::StopLimit,
        ),
        (
            r#""type":"stop","price":"3","size":"1""#,
            OrderType::StopMarket,
        ),
        // A client's misnomer, which the venue passes over.
        (
            r#""order_type":"market","size":"1","price":"2""#,
            OrderType::Limit,
        ),
        (r#""order_type":"market","size":"1""#, OrderType::Market),
    ] {
        assert_eq!(order(rest).order_type, Some(kind), "{rest}");
    }
    let spent = order(r#""type":"market","funds":"1e1""#);
    assert_eq!(spent.quote_quantity.unwrap().to_string(), "10");
    let stop = order(r#""type":"stop","price":"3","size":"1""#);
    assert_eq!(stop.stop_price.unwrap().to_string(), "3");
    for rest in [
        r#""type":"limit","size":"1""#,
        r#""type":"market""#,
        r#""type":"iceberg","size":"1""#,
    ] {
        let body = format!(r#"{{"product_id":"BTC-USD","side":"sell",{rest}}}"#);
        assert!(refused("POST", "/orders", &body), "{rest}");
    }
}

#[test]
fn withdrawals__should_have_a_destination_of_each_kind() {
    for (path, name) in [
        ("/withdrawals/crypto", "crypto_address"),
        ("/withdrawals/payment-method", "payment_method_id"),
        ("/withdrawals/coinbase-account", "coinbase_account_id"),
    ] {
        let body = format!(r#"{{"currency":"USD","amount":10.5,"{name}":"there"}}"#);
        let reading = must_read(&coinbase("POST", path, &body));
        assert_eq!(reading.named().class, Class::Withdraw);
        let intent = &reading.named().intent;
        assert_eq!(intent.destination.as_deref(), Some("there"));
        assert_eq!(intent.amount.unwrap().to_string(), "10.5");
    }
}

#[test]
fn cancellations__should_have_parameters_in_query_or_body() {
    let id = "/orders/a9625b04-fc66-4999-a876-543c3684d702";
    for (path, body) in [
        (id.to_owned(), ""),
        (id.to_owned(), r#"{"product_id":"BTC-USD"}"#),
        (format!("{id}?product_id=BTC-USD"), ""),
        ("/orders/client:my-1?product_id=BTC-USD".to_owned(), ""),
        ("/orders?product_id=BTC-USD".to_owned(), ""),
        ("/orders".to_owned(), r#"{"profile_id":"x"}"#),
    ] {
        let reading = must_read(&coinbase("DELETE", &path, body));
        assert_eq!(reading.named().class, Class::TradeSpot, "{path} {body}");
    }
    let market = intent("DELETE", "/orders?product_id=BTC-USD", "");
    assert_eq!(market.symbol.as_deref(), Some("BTC-USD"));
    let perhaps_all = intent("DELETE", "/orders", r#"{"product_id":"BTC-USD"}"#);
    assert_eq!(perhaps_all.symbol, None, "the body may be passed over");
    assert!(refused("POST", "/reports?type=fills", ""));
    let own = intent("DELETE", "/orders/client:my-1", "");
    assert_eq!(own.client_order_id.as_deref(), Some("my-1"));
    assert!(refused("DELETE", "/orders?product_id=BTC-USD", "{}"));
}

#[test]
fn status__should_repeat_and_nothing_else() {
    let reading = must_read(&coinbase(
        "GET",
        "/orders?status=open&status=pending&product_id=A-B",
        "",
    ));
    assert_eq!(reading.named().class, Class::Read);
    assert!(refused("GET", "/orders?product_id=A-B&product_id=C-D", ""));
    assert!(refused(
        "DELETE",
        "/orders?product_id=A-B&product_id=C-D",
        ""
    ));
    let body = r#"{"currency":"BTC","amount":"1","crypto_address":"a","crypto_address":"b"}"#;
    assert!(refused("POST", "/withdrawals/crypto", body));
}

/// The signed text does not say where the query ends.
#[test]
fn query__should_not_end_where_a_body_could_begin() {
    let split = coinbase(
        "DELETE",
        "/orders?product_id=BTC-USD",
        r#"{"profile_id":"x"}"#,
    );
    let whole = coinbase(
        "DELETE",
        r#"/orders?product_id=BTC-USD{"profile_id":"x"}"#,
        "",
    );
    assert_eq!(
        signed_text(&split).unwrap().bytes,
        signed_text(&whole).unwrap().bytes
    );
    assert!(read(&split).is_err());
    assert!(matches!(
        read(&whole),
        Err(ReadError::Unclassified(Unclassified::Confusable { .. }))
    ));
}

#[test]
fn login__should_be_a_session_and_no_read() {
    let headers = [("CB-ACCESS-TIMESTAMP", "1753000000")];
    let host = "ws-feed.exchange.coinbase.com/users/self/verify";
    let login = request("coinbaseexchange", "LOGIN", host, "", &headers);
    let reading = must_read(&login);
    assert_eq!(reading.named().class, Class::Session);
    assert_eq!(reading.signed().bytes, b"1753000000GET/users/self/verify");
    assert!(refused("GET", "/users/self/verify", ""));
}

#[test]
fn unusual_values__should_be_signed_as_sent_and_marked() {
    let body = "{\"currency\":\"XRP\",\"amount\":1e-07,\"crypto_address\":\"r\u{fc}b\",\"destination_tag\":\"12+3\"}";
    let reading = must_read(&coinbase("POST", "/withdrawals/crypto", body));
    assert_eq!(
        reading.named().outside_alphabet,
        ["crypto_address", "destination_tag"]
    );
    assert!(reading.signed().bytes.ends_with(body.as_bytes()));
}

#[test]
fn pair__should_be_a_limit_order_and_a_stop_of_the_same_side_and_size() {
    let body = r#"{"product_id":"BTC-USD","side":"buy","type":"limit","size":"2","price":"50000","stop_price":"70000","stop_limit_price":"71000"}"#;
    let reading = must_read(&coinbase("POST", "/orders", body));
    let limit = &reading.named().intent;
    assert_eq!(
        (limit.order_type, limit.stop_price),
        (Some(OrderType::Limit), None)
    );
    assert_eq!(limit.notional.as_ref().unwrap().amount, 100_000.into());
    let stop = attached(&reading, "stop");
    assert!(!stop.attached.unwrap().closes);
    let intent = &stop.intent;
    assert_eq!(intent.order_type, Some(OrderType::StopLimit));
    assert_eq!((intent.side, intent.quantity), (limit.side, limit.quantity));
    assert_eq!(intent.stop_price, Some(70_000.into()));
    assert_eq!(intent.notional.as_ref().unwrap().amount, 142_000.into());
}

#[test]
fn order_to_fill_at_once__should_not_pass_for_a_makers() {
    let terms = r#""type":"limit","size":"1","price":"2","post_only":true,"time_in_force""#;
    let kind = |word: &str| order(&format!(r#"{terms}:"{word}""#)).order_type;
    assert_eq!(kind("GTC"), Some(OrderType::PostOnly));
    assert_eq!(kind("IOC"), Some(OrderType::Limit));
    assert_eq!(kind("FOK"), Some(OrderType::Limit));
}

#[test]
fn withdrawals_to_counterparties__should_name_them_as_destinations() {
    let body = r#"{"amount":"10","currency":"USDC","counterparty_id":"CBTQDGENHE"}"#;
    let request = coinbase("POST", "/withdrawals/counterparty", body);
    let reading = must_read(&request);
    assert_eq!(reading.named().class, Class::Withdraw);
    let destination = reading.named().intent.destination.as_deref();
    assert_eq!(destination, Some("CBTQDGENHE"));
    // An older client's host.
    let old = Request {
        host: "api.pro.coinbase.com".into(),
        ..request
    };
    assert_eq!(must_read(&old).named().name, reading.named().name);
}

/// Whatever the venue goes by, the policy sees neither.
#[test]
fn id_in_the_path__should_not_be_said_otherwise_in_a_change() {
    assert!(refused("DELETE", "/address-book/a1?id=b2", ""));
    assert!(!refused("DELETE", "/address-book/a1", ""));
}
