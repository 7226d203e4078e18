//! Crypto.com: a text without marks between its parts, and what must not be read out of it.
#![allow(non_snake_case, clippy::unwrap_used)]

mod support;

use countersign_venues::{
    Asset, Class, OrderType, ReadError, Reading, Request, Unclassified, read, signed_text,
};
use support::{must_read, names, request};

const KEY: &str = "2nXBve6OHl1gJvEMzg9yTj";

fn message(method: &str, id: &str, key: &str, params: &str, nonce: &str) -> Request {
    let body = format!(
        r#"{{"id":{id},"method":"{method}","params":{params},"api_key":"{key}","nonce":{nonce}}}"#
    );
    let url = format!("api.crypto.com/exchange/v1/{method}");
    request("cryptocom", "POST", &url, &body, &[])
}

fn call(method: &str, params: &str) -> Request {
    let method = format!("private/{method}");
    message(&method, "7", KEY, params, "1753000000000")
}

fn order(rest: &str) -> Reading {
    let params = format!(
        r#"{{"instrument_name":"BTC_USDT","side":"BUY","type":"LIMIT","price":"60000","quantity":"0.5"{rest}}}"#
    );
    must_read(&call("create-order", &params))
}

fn confusable(request: &Request) -> bool {
    matches!(
        read(request),
        Err(ReadError::Unclassified(Unclassified::Confusable { .. }))
    )
}

fn refused(request: &Request) -> bool {
    matches!(read(request), Err(ReadError::Unclassified(_)))
}

fn same_text(one: &Request, other: &Request) {
    let [one, other] = [one, other].map(|request| signed_text(request).unwrap().bytes);
    assert_eq!(one, other);
}

#[test]
fn text__should_be_names_and_values_sorted() {
    let reading = order(r#","exec_inst":["POST_ONLY"],"client_oid":"c1""#);
    let text = format!(
        "private/create-order7{KEY}client_oidc1exec_instPOST_ONLYinstrument_nameBTC_USDTprice60000quantity0.5sideBUYtypeLIMIT1753000000000"
    );
    assert_eq!(reading.signed().bytes, text.as_bytes());
    let worth = reading.named().intent.notional.clone().unwrap();
    assert_eq!(worth.asset, Asset::Known("USDT".into()));
}

/// A client's id can swallow the optional parameter behind it, and the signature stays good.
#[test]
fn instructions__should_be_believed_only_without_free_text() {
    let with = |rest: &str| {
        let params = format!(
            r#"{{"instrument_name":"BTCUSD-PERP","side":"SELL","type":"MARKET","quantity":"1"{rest}}}"#
        );
        call("create-order", &params)
    };
    let honest = with(r#","client_oid":"c","exec_inst":["REDUCE_ONLY"]"#);
    let swallowed = with(r#","client_oid":"cexec_instREDUCE_ONLY""#);
    same_text(&honest, &swallowed);
    assert!(confusable(&swallowed));
    assert_eq!(must_read(&honest).named().intent.reduce_only, None);
    let plain = must_read(&with(r#","exec_inst":["REDUCE_ONLY"]"#));
    assert_eq!(plain.named().intent.reduce_only, Some(true));
    assert!(refused(&with(r#","exec_inst":["NEW"]"#)));
    let maker = order(r#","exec_inst":["POST_ONLY"]"#);
    assert_eq!(maker.named().intent.order_type, Some(OrderType::PostOnly));
}

#[test]
fn names_of_parameters__should_not_occur_in_values() {
    let honest = r#"{"address":"A","address_tag":"5","amount":"1","currency":"XRP"}"#;
    let swallowed = r#"{"address":"Aaddress_tag5","amount":"1","currency":"XRP"}"#;
    let [honest, swallowed] = [honest, swallowed].map(|params| call("create-withdrawal", params));
    same_text(&honest, &swallowed);
    must_read(&honest);
    assert!(confusable(&swallowed));
    for params in [
        // Half a name at the end of a value, the other half being the next name.
        r#"{"address":"A","address_tag":"client_","amount":"1","currency":"X","wid":"2"}"#,
        r#"{"address":"A","amount":"1","client_wid":"currencyBTC","currency":"XRP"}"#,
        r#"{"address":"A","amount":"1","currency":"XRPnetwork_idTRX"}"#,
    ] {
        assert!(refused(&call("create-withdrawal", params)), "{params}");
    }
    let nested = r#"{"contingency_type":"LIST","order_list":[{"instrument_name":"A_B","side":"BUY","type":"MARKET","quantity":"1","client_oid":"xquantity9"}]}"#;
    assert!(confusable(&call("create-order-list", nested)));
    // Of another operation the name may be.
    order(r#","client_oid":"address-1""#);
}

#[test]
fn id_key_and_nonce__should_not_have_parts_of_their_neighbours() {
    let with =
        |id: &str, key: &str, nonce: &str| message("private/get-accounts", id, key, "{}", nonce);
    must_read(&with("7", KEY, "1753000000000"));
    must_read(&with("\"7\"", KEY, "\"1753000000000\""));
    must_read(&with("9167320149618454630", KEY, "1753000000000"));
    for request in [
        with("\"\"", KEY, "1753000000000"),
        with("\"7a\"", KEY, "1753000000000"),
        with("7.5", KEY, "1753000000000"),
        with("7", "2nXBve6OHl1gJvEMzg9yTjaddress", "1753000000000"),
        with("7", "2nXBve6OHl1gJvE_zg9yTj", "1753000000000"),
        with("7", "", "1753000000000"),
        with("7", KEY, "17530000000000"),
        with("7", KEY, "1753000000"),
    ] {
        assert!(read(&request).is_err());
    }
    // The key's tail given to the parameters, and the like.
    let shifted = message(
        "private/create-withdrawal",
        "72",
        "nXBve6OHl1gJvEMzg9yTj",
        r#"{"address":"A","amount":"1","currency":"XRP"}"#,
        "1753000000000",
    );
    let honest = call(
        "create-withdrawal",
        r#"{"address":"A","amount":"1","currency":"XRP"}"#,
    );
    same_text(&shifted, &honest);
    assert_eq!(must_read(&shifted).named(), must_read(&honest).named());
}

#[test]
fn operation__should_be_what_the_message_says_wherever_it_is_sent() {
    let mut elsewhere = call(
        "create-withdrawal",
        r#"{"address":"A","amount":"1","currency":"XRP"}"#,
    );
    elsewhere.path = "/exchange/v1/private/get-accounts".into();
    assert!(refused(&elsewhere), "path and message disagree");
    let read = must_read(&call(
        "get-open-orders",
        r#"{"instrument_name":"BTC_USDT"}"#,
    ));
    assert_eq!(names(&read), ["open_orders"], "the name is signed");
}

/// The client's own id could have swallowed the instrument, which the venue does not need.
#[test]
fn orders_by_id__should_be_spot_and_derivatives_whatever_is_said_beside() {
    for (params, expected) in [
        (r#"{"order_id":"1"}"#, ["spot_cancel", "cancel"]),
        (
            r#"{"client_oid":"c","instrument_name":"BTC_USDT","order_id":"1"}"#,
            ["spot_cancel", "cancel"],
        ),
        (
            r#"{"order_id":"1","instrument_name":"BTCUSD-PERP"}"#,
            ["derivative_cancel", "spot_cancel"],
        ),
    ] {
        let reading = must_read(&call("cancel-order", params));
        assert_eq!(names(&reading), expected, "{params}");
        let classes: Vec<_> = reading.authorised().iter().map(|op| op.class).collect();
        assert!(classes.contains(&Class::TradeSpot) && classes.contains(&Class::TradeFutures));
    }
    assert!(refused(&call(
        "cancel-order",
        r#"{"instrument_name":"BTC_USDT"}"#
    )));
    let amend = r#"{"order_id":"1","new_price":"5","new_quantity":"2"}"#;
    let amend = must_read(&call("amend-order", amend));
    assert_eq!(names(&amend), ["spot_amend", "amend"]);
}

#[test]
fn cancel_all__should_be_told_apart_by_instrument_if_there_is_one() {
    let all = |params: &str| names(&must_read(&call("cancel-all-orders", params)));
    assert_eq!(all("{}"), ["spot_cancel_all", "derivative_cancel_all"]);
    assert_eq!(
        all(r#"{"instrument_name":"BTC_USDT"}"#),
        ["spot_cancel_all"]
    );
}

#[test]
fn batch__should_hold_spot_and_derivatives() {
    let params = r#"{"contingency_type":"LIST","order_list":[
        {"instrument_name":"BTC_USDT","side":"BUY","type":"MARKET","notional":"100"},
        {"instrument_name":"BTCUSD-PERP","side":"SELL","type":"LIMIT","price":"2","quantity":1,"exec_inst":["POST_ONLY"]}]}"#;
    let reading = must_read(&call("create-order-list", params));
    let classes: Vec<_> = reading.authorised().iter().map(|op| op.class).collect();
    assert!(classes.contains(&Class::TradeSpot) && classes.contains(&Class::TradeFutures));
    let text = String::from_utf8(reading.signed().bytes.clone()).unwrap();
    assert!(text.contains("order_listinstrument_nameBTC_USDTnotional100sideBUYtypeMARKETexec_instPOST_ONLYinstrument_nameBTCUSD-PERP"));
    let empty = r#"{"contingency_type":"LIST","order_list":[]}"#;
    assert!(refused(&call("create-order-list", empty)));
    let by_list = r#"{"contingency_type":"OCO","list_id":"5","instrument_name":"BTC_USDT"}"#;
    let cancel = must_read(&call("cancel-order-list", by_list));
    assert_eq!(names(&cancel), ["spot_list_cancel", "list_cancel"]);
}

#[test]
fn requests_with_two_readings__should_be_unclassified() {
    let plain = call(
        "create-withdrawal",
        r#"{"address":"A","amount":"1","currency":"XRP"}"#,
    );
    must_read(&plain);
    let body = String::from_utf8(plain.body.clone()).unwrap();
    for (from, to) in [
        (r#""id":7"#, r#""id":7,"id":8"#),
        (r#""id":7"#, r#""id":7,"to":"B""#),
        (r#""address":"A""#, r#""address":"A","address":"B""#),
        (r#""address":"A""#, r#""address":"A","Address":"B""#),
        (r#""address":"A""#, r#""address":{"a":"b"}"#),
        (r#""address":"A""#, r#""address":"A","address_tag":null"#),
        (r#""address":"A""#, r#""address":"A","memo":"1""#),
        (r#""amount":"1""#, r#""amount":1e400"#),
        ("}}", "}} {}"),
    ] {
        let mut changed = plain.clone();
        changed.body = body.replacen(from, to, 1).into_bytes();
        if changed.body != plain.body {
            assert!(refused(&changed), "{to}");
        }
    }
    let mut query = plain.clone();
    query.query = "amount=5".into();
    assert!(refused(&query));
    let mut get = plain;
    get.method = "GET".into();
    assert!(refused(&get));
}

#[test]
fn login__should_be_a_session() {
    let body =
        format!(r#"{{"id":11,"method":"public/auth","api_key":"{KEY}","nonce":1753000000000}}"#);
    let login = request(
        "cryptocom",
        "LOGIN",
        "stream.crypto.com/exchange/v1/user",
        &body,
        &[],
    );
    let reading = must_read(&login);
    assert_eq!(reading.named().class, Class::Session);
    let text = format!("public/auth11{KEY}1753000000000");
    assert_eq!(reading.signed().bytes, text.as_bytes());
}

#[test]
fn orders_of_a_list__should_each_be_seen_with_side_and_size() {
    let small = r#"{"instrument_name":"BTC_USDT","side":"BUY","type":"LIMIT","price":"50000","quantity":"0.001"}"#;
    let large = r#"{"instrument_name":"BTC_USDT","side":"BUY","type":"STOP_LIMIT","price":"90000","quantity":"100","ref_price":"80000"}"#;
    for method in [
        "create-order-list",
        "advanced/create-oco",
        "advanced/create-oto",
        "advanced/create-otoco",
    ] {
        let params = format!(r#"{{"order_list":[{small},{large}]}}"#);
        let reading = must_read(&call(method, &params));
        let sizes: Vec<_> = reading
            .authorised()
            .iter()
            .map(|member| (member.intent.side, member.intent.quantity))
            .collect();
        let buys = Some(countersign_venues::Side::Buy);
        assert_eq!(
            sizes,
            [(buys, "0.001".parse().ok()), (buys, Some(100.into()))],
            "{method}"
        );
    }
}

#[test]
fn leverage_of_an_order__should_be_seen() {
    let reading = order(r#","leverage":"50""#);
    assert_eq!(reading.named().intent.leverage, Some(50.into()));
}

#[test]
fn instructions_that_do_not_fit__should_not_lessen_an_order() {
    let at_spot = order(r#","exec_inst":["REDUCE_ONLY"]"#);
    assert_eq!(at_spot.named().intent.reduce_only, None);
    let kind = |rest: &str| {
        let reading = order(&format!(r#","exec_inst":["POST_ONLY"]{rest}"#));
        reading.named().intent.order_type
    };
    assert_eq!(kind(""), Some(OrderType::PostOnly));
    let at_once = r#","time_in_force":"IMMEDIATE_OR_CANCEL""#;
    assert_eq!(kind(at_once), Some(OrderType::Limit));
}

/// The venue reads an order's parameters in the list. Beside it they would be believed and not heeded.
#[test]
fn batch__should_have_nothing_of_an_order_beside_its_list() {
    let orders = r#""contingency_type":"LIST","order_list":[{"instrument_name":"BTCUSD-PERP","side":"BUY","type":"MARKET","quantity":"1"}]"#;
    assert!(read(&call("create-order-list", &format!("{{{orders}}}"))).is_ok());
    for beside in [
        r#""exec_inst":["REDUCE_ONLY"]"#,
        r#""price":"1""#,
        r#""instrument_name":"BTCUSD-PERP""#,
    ] {
        let both = call("create-order-list", &format!("{{{orders},{beside}}}"));
        assert!(refused(&both), "{beside}");
    }
    let cancels = r#""contingency_type":"LIST","order_list":[{"order_id":"1"}]"#;
    assert!(read(&call("cancel-order-list", &format!("{{{cancels}}}"))).is_ok());
    let beside = format!(r#"{{{cancels},"client_oid":"1"}}"#);
    assert!(refused(&call("cancel-order-list", &beside)));
}

#[test]
fn api_key__should_not_have_a_part_of_the_parameters() {
    let read_with = |key: &str| {
        read(&message(
            "private/user-balance",
            "7",
            key,
            "{}",
            "1753000000000",
        ))
    };
    for key in ["K", &KEY[..20], KEY] {
        assert!(read_with(key).is_ok(), "{key}");
    }
    for key in ["", &format!("{KEY}a"), "a b", "a\u{e4}"] {
        assert!(read_with(key).is_err(), "{key}");
    }
    let mut order = message(
        "private/create-order",
        "7",
        KEY,
        r#"{"instrument_name":"BTC_USDT","side":"BUY","type":"LIMIT","price":"1","quantity":"1"}"#,
        "1753000000000",
    );
    order.host = "uat-api.3ona.co".into();
    assert_eq!(must_read(&order).named().class, Class::TradeSpot);
}

#[test]
fn a_shorter_key__should_not_leave_its_end_to_the_first_parameter() {
    let rest = &KEY[1..];
    let params = format!(r#"{{"{rest}instrument_name":"BTC_USDT"}}"#);
    let short = message(
        "private/cancel-all-orders",
        "7",
        &KEY[..1],
        &params,
        "1753000000000",
    );
    let params = r#"{"instrument_name":"BTC_USDT"}"#;
    let whole = message(
        "private/cancel-all-orders",
        "7",
        KEY,
        params,
        "1753000000000",
    );
    same_text(&short, &whole);
    assert!(refused(&short));
}

/// With a true key that ends in `e`, the first parameter would be `xec_inst`, which is none.
#[test]
fn instructions_that_may_begin_within_the_key__should_be_refused() {
    let order = |key: &str, more: &str| {
        let params = format!(
            r#"{{{more}"exec_inst":["POST_ONLY"],"instrument_name":"BTC_USDT","side":"BUY","type":"LIMIT","price":"1","quantity":"1"}}"#
        );
        message("private/create-order", "7", key, &params, "1753000000000")
    };
    assert!(refused(&order(&KEY[..21], "")));
    assert!(!refused(&order(KEY, "")));
    assert!(!refused(&order(&KEY[..21], r#""client_oid":"1","#)));
}
