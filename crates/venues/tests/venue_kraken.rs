//! Kraken spot: what tells orders apart, and what is refused.
#![allow(non_snake_case, clippy::unwrap_used)]

mod support;

use countersign_venues::{Class, Product, Reading, Request, Stamp, read, signed_text};
use sha2::{Digest, Sha256};
use support::{must_read, names};

const NONCE: &str = "nonce=1753000000123456";

fn call(name: &str, body: &str) -> Request {
    let url = format!("api.kraken.com/0/private/{name}");
    support::request("kraken", "POST", &url, body, &[])
}

fn form(name: &str, parameters: &str) -> Reading {
    must_read(&call(name, &format!("{NONCE}&{parameters}")))
}

fn json(name: &str, members: &str) -> Reading {
    must_read(&call(
        name,
        &format!(r#"{{"nonce":"1753000000123456",{members}}}"#),
    ))
}

#[test]
fn text__should_hold_the_hash_of_nonce_and_body() {
    let body = r#"{"asset":"XBT","nonce":1753000000123456}"#;
    let mut inner = Sha256::new();
    inner.update("1753000000123456");
    inner.update(body);
    let request = call("Balance", body);
    let expected = [b"/0/private/Balance".as_slice(), &inner.finalize()].concat();
    assert_eq!(signed_text(&request).unwrap().bytes, expected);
    let stamp = must_read(&request).timing().stamp;
    assert_eq!(stamp, Stamp::Nonce(Some(1_753_000_000_123)));
}

#[test]
fn nonce__should_be_there_once_in_plain_digits() {
    for body in [
        "",
        "asset=XBT",
        "nonce=",
        "nonce=1e15",
        "nonce=017",
        "nonce=1&nonce=2",
        "nonce=1&Nonce=2",
        "Nonce=1",
        r#"{"nonce":[1]}"#,
        r#"{"nonce":1,"nonce":2}"#,
        r#"{"nonce":1}x"#,
    ] {
        assert!(read(&call("Balance", body)).is_err(), "{body}");
    }
    let mut with_query = call("Balance", NONCE);
    with_query.query = "asset=XBT".into();
    assert!(read(&with_query).is_err());
    let mut fetched = call("Balance", NONCE);
    fetched.method = "GET".into();
    assert!(read(&fetched).is_err());
}

#[test]
fn orders__should_be_read_by_their_kind() {
    let stop = form(
        "AddOrder",
        "pair=XBTUSD&type=sell&ordertype=stop-loss-limit&volume=1&price=59000&price2=58900&oflags=fcib,fciq",
    );
    let intent = &stop.named().intent;
    assert_eq!(intent.stop_price.unwrap().to_string(), "59000");
    assert_eq!(intent.price.unwrap().to_string(), "58900");

    let buy = form(
        "AddOrder",
        "pair=XXBTZUSD&type=buy&ordertype=market&volume=500&oflags=viqc",
    );
    let intent = &buy.named().intent;
    assert_eq!(intent.quantity, None);
    assert_eq!(intent.notional.as_ref().unwrap().amount.to_string(), "500");

    let relative = form(
        "AddOrder",
        "pair=XBTUSD&type=buy&ordertype=limit&volume=1&price=%2B5%25",
    );
    let intent = &relative.named().intent;
    assert_eq!((intent.price, &intent.notional), (None, &None));

    let nested = form(
        "AddOrder",
        "pair=XBTUSD&type=buy&ordertype=limit&volume=1e-2&price=60000&close%5Bordertype%5D=stop-loss&close%5Bprice%5D=59000",
    );
    assert_eq!(nested.named().intent.quantity.unwrap().to_string(), "0.01");
}

#[test]
fn margin__should_be_told_by_leverage() {
    let order = "pair=XBTUSD&type=buy&ordertype=limit&volume=1&price=60000";
    for (leverage, product) in [
        ("", Product::Spot),
        ("&leverage=none", Product::Spot),
        ("&leverage=2", Product::Margin),
        ("&leverage=2:1", Product::Margin),
    ] {
        let reading = form("AddOrder", &format!("{order}{leverage}"));
        assert_eq!(reading.named().product, product, "{leverage}");
        assert_eq!(reading.named().class, Class::TradeSpot);
        assert_eq!(names(&reading).len(), 1);
    }
    assert!(read(&call("AddOrder", &format!("{NONCE}&{order}&leverage=lots"))).is_err());
}

#[test]
fn batch__should_be_read_element_by_element() {
    let reading = json(
        "AddOrderBatch",
        r#""pair":"XBTUSD","deadline":"2026-01-01T00:00:00Z","orders":[
            {"ordertype":"limit","type":"buy","volume":"0.1","price":"60000"},
            {"ordertype":"market","type":"sell","volume":0.2,"leverage":3,"reduce_only":true}]"#,
    );
    assert_eq!(names(&reading), ["orders_place", "margin_orders"]);
    let second = &reading.authorised()[1].intent;
    assert_eq!(second.symbol.as_deref(), Some("XBTUSD"));
    assert_eq!(second.reduce_only, Some(true));
    for orders in [
        "[]",
        "[1]",
        r#"[{"ordertype":"limit","type":"buy","volume":"1","price":"1","x":1}]"#,
    ] {
        let body = format!(r#"{{"nonce":1753000000123,"pair":"XBTUSD","orders":{orders}}}"#);
        assert!(read(&call("AddOrderBatch", &body)).is_err(), "{orders}");
    }
    let cancel = json("CancelOrderBatch", r#""orders":["OA-1",42]"#);
    assert_eq!(cancel.named().intent.order_id.as_deref(), Some("OA-1,42"));
}

#[test]
fn withdrawal__should_show_alias_and_address() {
    let alias = form("Withdraw", "asset=XBT&key=cold%20wallet&amount=1");
    let intent = &alias.named().intent;
    assert_eq!(intent.destination.as_deref(), Some("cold wallet"));
    assert_eq!(alias.named().outside_alphabet, ["key"]);
    let both = form("Withdraw", "asset=XBT&key=cold&address=bc1q&amount=1");
    let intent = &both.named().intent;
    assert_eq!(intent.destination.as_deref(), Some("bc1q"));
    assert_eq!(intent.to.as_deref(), Some("cold"));
    for parameters in [
        "asset=XBT&amount=1",
        "asset=XBT&key=a&amount=1&amount=2",
        "asset=XBT&key=a&amount=1&network=x",
        "asset=XBT&key=a&amount=+1",
    ] {
        let request = call("Withdraw", &format!("{NONCE}&{parameters}"));
        assert!(read(&request).is_err(), "{parameters}");
    }
}

#[test]
fn token__should_be_a_session() {
    let reading = must_read(&call("GetWebSocketsToken", NONCE));
    assert_eq!(reading.named().class, Class::Session);
}

#[test]
fn json__should_not_hide_a_form_with_another_withdrawal() {
    // The content type is not signed: sent as a form, this would pay another address.
    let hidden = "&nonce=1753000000123456&asset=XBT&key=other&amount=1000&max_fee=";
    let body = |fee: &str| {
        format!(
            r#"{{"nonce":"1753000000123456","asset":"XBT","key":"mine","amount":"0.1","max_fee":"{fee}"}}"#
        )
    };
    assert!(read(&call("Withdraw", &body("0.01"))).is_ok());
    assert!(read(&call("Withdraw", &body("a & b"))).is_ok());
    assert!(read(&call("Withdraw", &body(hidden))).is_err());
    let with_query = Request {
        query: "asset=XBT".into(),
        ..call("Withdraw", &body("0.01"))
    };
    assert!(read(&with_query).is_err());
}

#[test]
fn no_volume__should_not_count_as_no_value() {
    // It closes the whole of a position on margin.
    let order = form(
        "AddOrder",
        "pair=XBTUSD&type=buy&ordertype=limit&price=90000&volume=0&leverage=2:1",
    );
    let intent = &order.named().intent;
    assert_eq!((&intent.notional, intent.quantity), (&None, None));
}

#[test]
fn volume_in_quote__should_be_that_of_market_buys_alone() {
    let order = |rest: &str| {
        let parameters = format!("pair=XBTUSD&volume=100&oflags=viqc&{rest}");
        form("AddOrder", &parameters).named().intent.clone()
    };
    let buy = order("type=buy&ordertype=market");
    assert_eq!(buy.quantity, None);
    assert_eq!(buy.notional.unwrap().amount.to_string(), "100");
    // With the flag passed over, these are of a hundred bitcoins.
    let limit = order("type=buy&ordertype=limit&price=60000");
    assert_eq!(limit.notional.unwrap().amount.to_string(), "6000000");
    for rest in [
        "type=sell&ordertype=market",
        "type=buy&ordertype=market&leverage=2",
    ] {
        let intent = order(rest);
        assert_eq!(intent.notional, None, "{rest}");
        assert_eq!(intent.quantity.unwrap().to_string(), "100", "{rest}");
    }
}

/// The venue reads an order's parameters in the list. Beside it they would be believed and not heeded.
#[test]
fn batch__should_have_nothing_of_an_order_beside_its_list() {
    let batch = |beside: &str| {
        let body = format!(
            r#"{{"nonce":1753000000000,"pair":"XBTUSD"{beside},"orders":[{{"ordertype":"market","type":"buy","volume":"1"}}]}}"#
        );
        read(&call("AddOrderBatch", &body))
    };
    assert!(batch("").is_ok());
    assert!(batch(r#","validate":true"#).is_ok());
    for beside in [
        r#","reduce_only":true"#,
        r#","price":"1""#,
        r#","leverage":"5""#,
    ] {
        assert!(batch(beside).is_err(), "{beside}");
    }
}
