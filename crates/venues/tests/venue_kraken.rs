//! Kraken spot: what tells orders apart, and what is refused.
#![allow(non_snake_case, clippy::unwrap_used)]

mod support;

use countersign_venues::{
    Bound, Class, OrderType, Product, Reading, Request, Side, Stamp, read, signed_text,
};
use sha2::{Digest, Sha256};
use support::{attached, must_read, names};

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
    let odd = r#"{"nonce":1753000000123,"orders":["OA-1",4e2]}"#;
    assert!(read(&call("CancelOrderBatch", odd)).is_err());
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

const LIMIT: &str = "pair=XBTUSDT&type=buy&ordertype=limit&volume=2&price=50000";

#[test]
fn closing_order__should_be_one_on_the_other_side() {
    let in_form =
        format!("{LIMIT}&close[ordertype]=stop-loss-limit&close[price]=45000&close[price2]=44000");
    let in_json = r#""pair":"XBTUSDT","type":"buy","ordertype":"limit","volume":"2","price":"50000","close":{"ordertype":"stop-loss-limit","price":"45000","price2":"44000"}"#;
    for reading in [form("AddOrder", &in_form), json("AddOrder", in_json)] {
        let close = attached(&reading, "close");
        // Kraken holds it to no position.
        assert!(!close.attached.unwrap().closes);
        let intent = &close.intent;
        assert_eq!(intent.side, Some(Side::Sell));
        assert_eq!(intent.order_type, Some(OrderType::StopLimit));
        assert_eq!(intent.quantity, Some(2.into()));
        assert_eq!(intent.stop_price, Some(45_000.into()));
        assert_eq!(intent.price, Some(44_000.into()));
        assert_eq!(intent.reduce_only, None);
        assert_eq!(reading.named().intent.price, Some(50_000.into()));
    }
}

#[test]
fn closing_order_of_a_sale__should_be_a_purchase_at_its_own_price() {
    let order =
        "pair=XBTUSDT&type=sell&ordertype=limit&volume=2&price=100&leverage=5&reduce_only=true";
    let reading = form(
        "AddOrder",
        &format!("{order}&close[ordertype]=limit&close[price]=90000"),
    );
    let close = &attached(&reading, "close").intent;
    assert_eq!(close.side, Some(Side::Buy));
    assert_eq!(close.price, Some(90_000.into()));
    assert_eq!(close.reduce_only, None);
    let relative = form(
        "AddOrder",
        &format!(
            "{LIMIT}&close[ordertype]=take-profit-limit&close[price]=%2B5%25&close[price2]=%2B6%25"
        ),
    );
    let close = &attached(&relative, "close").intent;
    assert_eq!(
        (close.order_type, close.price, close.notional.as_ref()),
        (None, None, None)
    );
}

#[test]
fn closing_orders_of_a_batch__should_be_those_of_their_elements() {
    let orders = r#"{"type":"buy","ordertype":"limit","volume":"1","price":"5","close":{"ordertype":"limit","price":"6"}},{"type":"sell","ordertype":"limit","volume":"3","price":"7"}"#;
    let reading = json(
        "AddOrderBatch",
        &format!(r#""pair":"XBTUSD","orders":[{orders}]"#),
    );
    let close = attached(&reading, "close");
    assert_eq!(close.batch.unwrap().index, 0);
    assert_eq!(close.intent.quantity, Some(1.into()));
    for odd in [
        r#"{"ordertype":"limit","price":"6","volume":"100"}"#,
        r#"{"ordertype":"iceberg-limit","price":"6"}"#,
        r#"{"ordertype":"limit","price":"six"}"#,
        r#""limit""#,
    ] {
        let body = format!(
            r#"{{"nonce":"1753000000123456","pair":"XBTUSD","type":"buy","ordertype":"market","volume":"1","close":{odd}}}"#
        );
        assert!(read(&call("AddOrder", &body)).is_err(), "{odd}");
    }
}

#[test]
fn no_volume__should_be_that_of_the_position() {
    let reading = form(
        "AddOrder",
        "pair=XBTUSDT&type=sell&ordertype=limit&volume=0&price=50000&leverage=5",
    );
    assert_eq!(reading.named().intent.quantity, None);
    assert_eq!(reading.named().intent.notional, None);
}

#[test]
fn volume_in_the_quote_asset__should_be_believed_of_market_purchases_alone() {
    let at = |order: &str| {
        let parameters = format!("pair=XBTUSDT&volume=100&oflags=viqc&{order}");
        form("AddOrder", &parameters).named().intent.clone()
    };
    let bought = at("type=buy&ordertype=market");
    assert_eq!(
        (bought.quantity, bought.quote_quantity),
        (None, Some(100.into()))
    );
    assert_eq!(bought.notional.unwrap().amount, 100.into());
    let limit = at("type=buy&ordertype=limit&price=50000");
    assert_eq!(limit.notional.unwrap().amount, 5_000_000.into());
    let sold = at("type=sell&ordertype=market");
    assert_eq!((sold.quantity, sold.notional), (Some(100.into()), None));
}

#[test]
fn words_that_kraken_may_pass_over__should_not_lessen_an_order() {
    let at = |rest: &str| {
        let parameters = format!("pair=XBTUSDT&type=sell&volume=100&{rest}");
        form("AddOrder", &parameters).named().intent.clone()
    };
    let bound = |rest: &str| at(rest).notional.unwrap().bound;
    assert_eq!(bound("ordertype=limit&price=1&oflags=post"), Bound::AtMost);
    for rest in [
        "ordertype=limit&price=1&oflags=post&timeinforce=IOC",
        "ordertype=stop-loss-limit&price=2&price2=1&oflags=post",
    ] {
        assert_eq!(bound(rest), Bound::AtLeast, "{rest}");
    }
    let spot = at("ordertype=market&reduce_only=true");
    assert_eq!(spot.reduce_only, None);
}

#[test]
fn closing_order_of_a_purchase_by_value__should_not_be_worth_what_that_is() {
    let reading = form(
        "AddOrder",
        "pair=XBTUSDT&type=buy&ordertype=market&volume=100&oflags=viqc&close[ordertype]=limit&close[price]=90000",
    );
    let close = &attached(&reading, "close").intent;
    assert_eq!(
        (close.side, close.price),
        (Some(Side::Sell), Some(90_000.into()))
    );
    assert_eq!((close.quantity, close.quote_quantity), (None, None));
    assert_eq!(close.notional, None);
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

#[test]
fn locks_of_earn__should_repeat_and_no_other_parameter_of_a_read() {
    let strategies = form("Earn/Strategies", "lock_type=flex&lock_type=bonded");
    assert_eq!(strategies.named().class, Class::Read);
    let twice = format!("{NONCE}&trades=true&trades=false");
    assert!(read(&call("OpenOrders", &twice)).is_err());
}
