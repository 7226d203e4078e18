//! Bitstamp: what is in the path, and parts of the text that could pass for one another.
#![allow(non_snake_case, clippy::unwrap_used)]

mod support;

use countersign_venues::{Class, OrderType, Reading, Request, Side, read};
use support::{attached, must_read, names};

const HEADERS: [(&str, &str); 5] = [
    ("X-Auth", "BITSTAMP SgmyJMrDkCetq0MF5S5n3ZDUWTn1d9zZ"),
    ("X-Auth-Nonce", "6c4d068d-b642-4a9d-be55-bef002c543e0"),
    ("X-Auth-Timestamp", "1753000000000"),
    ("X-Auth-Version", "v2"),
    ("Content-Type", "application/x-www-form-urlencoded"),
];

fn call(path: &str, body: &str) -> Request {
    let url = format!("www.bitstamp.net/api/v2/{path}");
    support::request("bitstamp", "POST", &url, body, &HEADERS)
}

fn reading(path: &str, body: &str) -> Reading {
    must_read(&call(path, body))
}

#[test]
fn orders__should_be_told_by_their_path() {
    let limit = reading("sell/btcusd/", "amount=0.5&price=60000&moc_order=True");
    let intent = &limit.named().intent;
    assert_eq!(intent.symbol.as_deref(), Some("btcusd"));
    assert_eq!(
        (intent.side, intent.order_type),
        (Some(Side::Sell), Some(OrderType::PostOnly))
    );
    assert_eq!(
        intent.notional.as_ref().unwrap().amount.to_string(),
        "30000.0"
    );

    let instant = reading("buy/instant/btcusd/", "amount=500");
    let intent = &instant.named().intent;
    assert_eq!(
        (
            intent.quantity,
            intent.quote_quantity.unwrap().to_string().as_str()
        ),
        (None, "500")
    );
    let sold = reading("sell/instant/btcusd/", "amount=500&amount_in_counter=True");
    assert_eq!(sold.named().intent.quantity, None);
    let sold = reading("sell/instant/btcusd/", "amount=0.5");
    assert_eq!(sold.named().intent.quantity.unwrap().to_string(), "0.5");

    let perpetual = reading(
        "buy/btcusd-perp/",
        "amount=1&price=2&leverage=3&margin_mode=CROSS&reduce_only=true",
    );
    assert_eq!(perpetual.named().class, Class::TradeFutures);
    assert_eq!(names(&perpetual), ["perpetual_buy_limit"]);
    for (path, body) in [
        ("buy/btcusd/", "amount=1"),
        ("buy/btcusd/", "amount=1&price=2&leverage=3"),
        ("buy/btcusd/", "amount=1&price=2&pair=ethusd"),
        ("buy/btcusd/", "amount=1&amount=2&price=2"),
        ("buy/btcusd", "amount=1&price=2"),
        ("buy//", "amount=1&price=2"),
        ("buy/market/btcusd/", "amount=-1"),
        ("buy/btcusd/", r#"{"amount":1,"price":2}"#),
    ] {
        assert!(read(&call(path, body)).is_err(), "{path} {body}");
    }
}

#[test]
fn asset__should_be_the_one_in_the_path() {
    let withdrawal = reading("xrp_withdrawal/", "amount=5&address=rN7&destination_tag=9");
    let intent = &withdrawal.named().intent;
    assert_eq!(
        (intent.asset.as_deref(), intent.destination_tag.as_deref()),
        (Some("xrp"), Some("9"))
    );
    let odd = reading("btc_withdrawal/", "amount=5&address=bc1q%20x");
    assert_eq!(odd.named().outside_alphabet, ["address"]);
    assert_eq!(
        reading("btc_address/", "foo=bar").named().class,
        Class::Deposit
    );
    let claims = reading("ripple_withdrawal/", "amount=5&address=rN7&currency=USD");
    assert_eq!(claims.named().intent.asset.as_deref(), Some("USD"));
    assert!(read(&call("xrp_withdrawal/", "amount=5&address=a&asset=btc")).is_err());
    assert!(read(&call("xrp_withdrawal/", "amount=5&address=a&foo=baz")).is_err());
}

#[test]
fn paths_that_climb__should_be_refused() {
    for path in [
        "open_orders/x%2F..%2F..%2Fbuy%2Fbtcusd/",
        "balance/%2e%2e/",
        "balance/..%5cx/",
        "balance/../buy/btcusd/",
    ] {
        assert!(read(&call(path, "amount=1&price=2")).is_err(), "{path}");
    }
}

#[test]
fn calls_by_id__should_be_of_either_product() {
    assert_eq!(
        names(&reading("cancel_order/", "id=5")),
        ["cancel", "perpetual_cancel"]
    );
    assert_eq!(
        names(&reading("cancel_all_orders/", "foo=bar")),
        ["cancel_all", "perpetual_cancel_all"]
    );
    assert_eq!(
        names(&reading("cancel_all_orders/btcusd/", "foo=bar")),
        ["cancel_all_of"]
    );
    assert_eq!(
        reading("websockets_token/", "").named().class,
        Class::Session
    );
}

#[test]
fn parts_of_the_text__should_keep_their_form() {
    let good = call("account_balances/", "foo=bar");
    assert!(read(&good).is_ok());
    for (name, value) in [
        ("X-Auth", "SgmyJMrDkCetq0MF5S5n3ZDUWTn1d9zZ"),
        ("X-Auth", "BITSTAMP aPOSTwww.bitstamp.net"),
        ("X-Auth", "BITSTAMP "),
        ("X-Auth-Nonce", "1"),
        ("X-Auth-Nonce", "6c4d068d-b642-4a9d-be55-bef002c543e01"),
        ("X-Auth-Timestamp", "175300000000"),
        ("X-Auth-Version", "v22"),
        ("Content-Type", "application/json"),
        ("Content-Type", ""),
    ] {
        let mut bad = good.clone();
        for header in bad.headers.iter_mut().filter(|(known, _)| known == name) {
            header.1 = value.into();
        }
        assert!(read(&bad).is_err(), "{name}: {value}");
    }
    let mut twice = good.clone();
    twice.headers.push(("x-auth".into(), "BITSTAMP a".into()));
    assert!(read(&twice).is_err());
    // The content type of one request as the end of another's query.
    let mut moved = good.clone();
    moved.method = "GET".into();
    moved.path = "/api/v2/trade_history/".into();
    moved.body.clear();
    moved.query = "limit=5application/x-www-form-urlencoded".into();
    moved.headers.pop();
    assert!(read(&moved).is_err());
}

#[test]
fn order_that_follows__should_be_one_on_the_other_side() {
    for (path, first, second) in [
        ("buy/btcusd/", Side::Buy, Side::Sell),
        ("sell/btcusd/", Side::Sell, Side::Buy),
        ("sell/btcusd-perp/", Side::Sell, Side::Buy),
    ] {
        let reading = reading(path, "amount=2&price=100&limit_price=90000");
        assert_eq!(reading.named().intent.side, Some(first));
        assert_eq!(reading.named().intent.price, Some(100.into()));
        let following = attached(&reading, "following");
        assert!(!following.attached.unwrap().closes);
        let intent = &following.intent;
        assert_eq!(intent.side, Some(second));
        assert_eq!(intent.order_type, Some(OrderType::Limit));
        assert_eq!(intent.quantity, Some(2.into()));
        assert_eq!(intent.price, Some(90_000.into()));
        if second == Side::Buy && path.contains("btcusd/") {
            assert_eq!(intent.notional.as_ref().unwrap().amount, 180_000.into());
        }
    }
    assert!(read(&call("buy/btcusd/", "amount=2&price=100&limit_price=high")).is_err());
}

#[test]
fn order_to_fill_at_once__should_not_pass_for_a_makers() {
    let kind = |rest: &str| {
        let body = format!("amount=1&price=1&moc_order=True{rest}");
        reading("sell/btcusd/", &body).named().intent.order_type
    };
    assert_eq!(kind(""), Some(OrderType::PostOnly));
    assert_eq!(kind("&ioc_order=True"), Some(OrderType::Limit));
    assert_eq!(kind("&fok_order=true"), Some(OrderType::Limit));
}

#[test]
fn queries__should_not_hide_another_body_behind_them() {
    // Without a content type, `x` could end where nonce, time, version and a body begin.
    let stamps = "6c4d068d-b642-4a9d-be55-bef002c543e01753000000000v2";
    let mut request = call("sell/btcusd/", "");
    request.headers.truncate(4);
    request.query = format!("amount=1&price=9&expire_time=1{stamps}amount=1000");
    assert!(read(&request).is_err());
    request.query = "amount=1&price=9".into();
    assert!(read(&request).is_err());
}

#[test]
fn semicolons__should_separate_nothing() {
    let body = "amount=1&address=mine;address=other";
    assert!(read(&call("btc_withdrawal/", body)).is_err());
    let body = "amount=1&address=mine&instant=0;address=other";
    assert!(read(&call("btc_withdrawal/", body)).is_err());
    assert!(read(&call("btc_withdrawal/", "amount=1&address=mine%3Bx")).is_ok());
}

#[test]
fn units_of_an_amount__should_be_told_by_known_words() {
    let sale = |unit: &str| read(&call("sell/instant/btcusd/", &format!("amount=9{unit}")));
    for (unit, in_quote) in [
        ("", false),
        ("&amount_in_counter=False", false),
        ("&amount_in_counter=True", true),
    ] {
        let reading = sale(unit).unwrap();
        assert_eq!(reading.named().intent.quote_quantity.is_some(), in_quote);
    }
    assert!(sale("&amount_in_counter=1").is_err());
}
