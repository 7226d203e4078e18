//! Bitfinex: sides by sign, products by type and symbol, batches of pairs.
#![allow(non_snake_case, clippy::unwrap_used)]

mod support;

use countersign_venues::{Bound, Class, OrderType, Product, Request, Side, read, signed_text};
use support::{attached, must_read, names};

fn call(path: &str, body: &str) -> Request {
    let url = format!("api.bitfinex.com/v2/auth/{path}");
    let headers = [("bfx-nonce", "1753000000123456")];
    support::request("bitfinex", "POST", &url, body, &headers)
}

fn submit(members: &str) -> countersign_venues::Operation {
    let request = call("w/order/submit", &format!("{{{members}}}"));
    must_read(&request).named().clone()
}

#[test]
fn products__should_be_told_by_type_and_symbol() {
    for (symbol, kind, class, product) in [
        ("tBTCUSD", "EXCHANGE LIMIT", Class::TradeSpot, Product::Spot),
        (
            "tDOGE:USD",
            "exchange limit",
            Class::TradeSpot,
            Product::Spot,
        ),
        ("tBTCUSD", "LIMIT", Class::TradeSpot, Product::Margin),
        (
            "tBTCF0:USTF0",
            "LIMIT",
            Class::TradeFutures,
            Product::UsdFutures,
        ),
        (
            "tBTCF0:USTF0",
            "EXCHANGE LIMIT",
            Class::TradeFutures,
            Product::UsdFutures,
        ),
    ] {
        let order = submit(&format!(
            r#""symbol":"{symbol}","type":"{kind}","amount":"1","price":"2""#
        ));
        assert_eq!(
            (order.class, order.product),
            (class, product),
            "{symbol} {kind}"
        );
    }
}

#[test]
fn orders__should_be_read_with_their_traps() {
    let order = submit(r#""symbol":"tBTCUSD","type":"STOP LIMIT","amount":-1e-2,"price":59000,"price_aux_limit":"58900","flags":5120"#).intent;
    assert_eq!(order.side, Some(Side::Sell));
    assert_eq!(order.quantity.unwrap().to_string(), "0.01");
    assert_eq!(order.stop_price.unwrap().to_string(), "59000");
    assert_eq!(order.price.unwrap().to_string(), "58900");
    assert_eq!(order.reduce_only, Some(true));

    let maker = submit(
        r#""symbol":"tBTCUSD","type":"EXCHANGE LIMIT","amount":"0.5","price":"60000","flags":4096"#,
    )
    .intent;
    assert_eq!(maker.order_type, Some(OrderType::PostOnly));
    assert_eq!(maker.notional.unwrap().amount.to_string(), "30000.0");

    for members in [
        r#""symbol":"tBTCUSD","type":"EXCHANGE LIMIT","amount":"0","price":"1""#,
        r#""symbol":"tBTCUSD","type":"EXCHANGE LIMIT","amount":"1""#,
        r#""symbol":"tBTCUSD","type":"EXCHANGE LIMIT","amount":"1","price":"1","side":"sell""#,
        r#""symbol":"tBTCUSD","type":"EXCHANGE LIMIT","amount":"1","amount":"-1","price":"1""#,
        r#""symbol":"tBTCUSD","type":"EXCHANGE LIMIT","amount":"1","price":"1","flags":"0x400""#,
    ] {
        assert!(
            read(&call("w/order/submit", &format!("{{{members}}}"))).is_err(),
            "{members}"
        );
    }
}

#[test]
fn cancels__should_be_of_either_product() {
    let reading = must_read(&call("w/order/cancel", r#"{"id":1}"#));
    assert_eq!(names(&reading), ["cancel", "derivative_cancel"]);
    let reading = must_read(&call(
        "w/order/cancel/multi",
        r#"{"cid":[[7,"2026-05-28"],[8,"2026-05-28"]]}"#,
    ));
    assert_eq!(
        reading.named().intent.client_order_id.as_deref(),
        Some("7,8")
    );
    // With an exponent it is another id to a reader of numbers.
    for id in ["121e-7345", "[5,1E2]", "7.0", "{}"] {
        let body = format!(r#"{{"id":{id}}}"#);
        assert!(read(&call("w/order/cancel/multi", &body)).is_err(), "{id}");
    }
}

#[test]
fn batch__should_be_read_pair_by_pair() {
    let body = r#"{"ops":[["on",{"type":"EXCHANGE LIMIT","symbol":"tBTCUSD","price":"13","amount":"-0.001"}],
        ["on",{"type":"MARKET","symbol":"tBTCF0:USTF0","amount":"1"}],["oc",{"id":5}],["oc_multi",{"id":[1,2]}]]}"#;
    let reading = must_read(&call("w/order/multi", body));
    let mut classes: Vec<_> = reading
        .authorised()
        .iter()
        .map(|op| (op.batch.unwrap().index, op.name))
        .collect();
    classes.sort();
    assert_eq!(
        classes,
        [
            (0, "batch_order"),
            (1, "batch_derivative_order"),
            (2, "batch_cancel"),
            (2, "batch_derivative_cancel"),
            (3, "batch_cancels"),
            (3, "batch_derivative_cancels"),
        ]
    );
    for ops in [
        "[]",
        r#"[["on"]]"#,
        r#"[["xx",{}]]"#,
        r#"[{"id":5}]"#,
        r#"[["oc",{"id":5},{"id":6}]]"#,
        r#"[["oc",{"id":5,"(op)":"on"}]]"#,
    ] {
        assert!(
            read(&call("w/order/multi", &format!(r#"{{"ops":{ops}}}"#))).is_err(),
            "{ops}"
        );
    }
}

#[test]
fn value__should_go_to_one_place() {
    let reading = must_read(&call(
        "w/withdraw",
        r#"{"wallet":"exchange","method":"tetheruse","amount":5,"address":"0xab","payment_id":"9"}"#,
    ));
    let intent = &reading.named().intent;
    assert_eq!(intent.network.as_deref(), Some("tetheruse"));
    assert_eq!(intent.destination_tag.as_deref(), Some("9"));
    for body in [
        r#"{"wallet":"exchange","method":"x","amount":5,"address":"a","invoice":"b"}"#,
        r#"{"wallet":"exchange","method":"x","amount":-5,"address":"a"}"#,
        r#"{"wallet":"exchange","method":"x","amount":5}"#,
        r#"{"wallet":"exchange","method":"x","amount":5,"address":["a"]}"#,
    ] {
        assert!(read(&call("w/withdraw", body)).is_err(), "{body}");
    }
}

#[test]
fn text__should_leave_no_choice() {
    let request = call("r/wallets", "{}");
    let text = "/api/v2/auth/r/wallets1753000000123456{}";
    assert_eq!(signed_text(&request).unwrap().bytes, text.as_bytes());
    let mut with_query = request.clone();
    with_query.query = "limit=5".into();
    assert!(read(&with_query).is_err());
    for body in ["7{}", "[]", "a=1", " {}", "{}{}"] {
        assert!(read(&call("r/wallets", body)).is_err(), "{body}");
    }
    for nonce in ["", "x", "1e3", "0175", "1753{}"] {
        let mut other = request.clone();
        other.headers = vec![("bfx-nonce".into(), nonce.into())];
        assert!(read(&other).is_err(), "{nonce}");
    }
}

#[test]
fn sessions_and_tokens__should_be_told() {
    let mut login = call("", "");
    (login.method, login.path) = ("LOGIN".into(), "/auth".into());
    let reading = must_read(&login);
    assert_eq!(reading.signed().bytes, b"AUTH1753000000123456");
    assert_eq!(reading.named().class, Class::Session);
    let token = must_read(&call(
        "w/token",
        r#"{"scope":"api","ttl":120,"caps":["a"]}"#,
    ));
    assert_eq!(token.named().class, Class::Admin);
}

#[test]
fn stop_that_cancels_the_order__should_be_one_of_its_own() {
    let order = r#""symbol":"tBTCUST","type":"EXCHANGE LIMIT","amount":"-2","price":"70000","price_oco_stop":"50000","flags":16384"#;
    for (path, body) in [
        ("w/order/submit", format!("{{{order}}}")),
        (
            "w/order/multi",
            format!(r#"{{"ops":[["on",{{{order}}}]]}}"#),
        ),
    ] {
        let reading = must_read(&call(path, &body));
        let limit = &reading.named().intent;
        assert_eq!(
            (limit.order_type, limit.stop_price),
            (Some(OrderType::Limit), None)
        );
        let stop = attached(&reading, "stop");
        assert!(!stop.attached.unwrap().closes);
        assert_eq!(stop.intent.order_type, Some(OrderType::StopMarket));
        assert_eq!(stop.intent.side, Some(Side::Sell));
        assert_eq!(stop.intent.quantity, Some(2.into()));
        assert_eq!(stop.intent.stop_price, Some(50_000.into()));
    }
    let update = must_read(&call(
        "w/order/update",
        r#"{"id":7,"price_oco_stop":"51000"}"#,
    ));
    assert_eq!(
        attached(&update, "stop").intent.stop_price,
        Some(51_000.into())
    );
    assert!(
        read(&call(
            "w/order/update",
            r#"{"id":7,"price_oco_stop":"low"}"#
        ))
        .is_err()
    );
}

#[test]
fn order_that_closes_a_position__should_be_as_large_as_that() {
    let order = r#""symbol":"tBTCUSD","type":"LIMIT","amount":"-0.001","price":"5""#;
    assert!(submit(order).intent.quantity.is_some());
    let closing = submit(&format!(r#"{order},"flags":512"#)).intent;
    assert_eq!((closing.quantity, closing.notional), (None, None));
    assert_eq!(closing.reduce_only, None);
}

#[test]
fn change_of_an_amount__should_not_be_taken_for_one() {
    let update = |members: &str| {
        let request = call("w/order/update", &format!(r#"{{"id":7,{members}}}"#));
        must_read(&request).named().intent.quantity
    };
    assert_eq!(update(r#""amount":"1""#), Some(1.into()));
    assert_eq!(update(r#""amount":"1","delta":"100""#), None);
}

#[test]
fn flags_that_bitfinex_may_pass_over__should_not_lessen_an_order() {
    let at = |kind: &str, flags: u64| {
        submit(&format!(
            r#""symbol":"tBTCUST","type":"{kind}","amount":"-100","price":"1","price_aux_limit":"1","flags":{flags}"#
        ))
        .intent
    };
    let bound = |kind: &str| at(kind, 4096).notional.unwrap().bound;
    assert_eq!(bound("EXCHANGE LIMIT"), Bound::AtMost);
    assert_eq!(bound("EXCHANGE IOC"), Bound::AtLeast);
    assert_eq!(bound("EXCHANGE STOP LIMIT"), Bound::AtLeast);
    assert_eq!(at("EXCHANGE LIMIT", 1024).reduce_only, None);
    assert_eq!(at("LIMIT", 1024).reduce_only, Some(true));
    let update = must_read(&call("w/order/update", r#"{"id":7,"flags":1024}"#));
    assert_eq!(update.named().intent.reduce_only, None);
}

#[test]
fn flags__should_restrict_only_as_a_number() {
    let reduces = |flags: &str| {
        submit(&format!(
            r#""symbol":"tBTCF0:USTF0","type":"LIMIT","amount":"1","price":"2","flags":{flags}"#
        ))
        .intent
        .reduce_only
    };
    assert_eq!(reduces("1024"), Some(true));
    assert_eq!(reduces(r#""1024""#), None);
}

#[test]
fn orders_that_close_a_position__should_have_no_size() {
    let order = |kind: &str| {
        call(
            "w/order/submit",
            &format!(
                r#"{{"symbol":"tBTCUSD","type":"{kind}","amount":"0.001","price":"2","flags":512}}"#
            ),
        )
    };
    let reading = must_read(&order("LIMIT"));
    let intent = &reading.named().intent;
    assert_eq!((&intent.notional, intent.quantity), (&None, None));
    // The exchange wallet has no positions.
    assert!(read(&order("EXCHANGE LIMIT")).is_err());
}

/// The venue reads an order's parameters in the list. Beside it they would be believed and not heeded.
#[test]
fn batch__should_have_nothing_beside_its_list() {
    let ops =
        r#""ops":[["on",{"type":"LIMIT","symbol":"tBTCF0:USTF0","amount":"1","price":"60000"}]]"#;
    assert!(read(&call("w/order/multi", &format!("{{{ops}}}"))).is_ok());
    for beside in [r#""flags":1024"#, r#""lev":1"#, r#""gid":7"#] {
        let both = format!("{{{ops},{beside}}}");
        assert!(read(&call("w/order/multi", &both)).is_err(), "{beside}");
    }
}
