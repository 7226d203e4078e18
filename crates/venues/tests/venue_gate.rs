//! Gate: what its orders mean, and what its decoded query and its stream texts could be taken for.
#![allow(non_snake_case, clippy::unwrap_used)]

mod support;

use countersign_venues::{
    Class, Intent, OrderType, ReadError, Request, Side, Unclassified, read, signed_text,
};
use support::{attached, must_read, request};

const TIME: (&str, &str) = ("Timestamp", "1753000000");

fn gate(method: &str, path: &str, body: &str) -> Request {
    let url = format!("api.gateio.ws/api/v4{path}");
    request("gate", method, &url, body, &[TIME])
}

fn intent(method: &str, path: &str, body: &str) -> Intent {
    must_read(&gate(method, path, body)).named().intent.clone()
}

fn refused(method: &str, path: &str, body: &str) -> bool {
    matches!(
        read(&gate(method, path, body)),
        Err(ReadError::Unclassified(_))
    )
}

fn contract(body: &str) -> Intent {
    intent("POST", "/futures/usdt/orders", body)
}

#[test]
fn contracts__should_have_their_side_in_the_sign_and_the_market_at_zero() {
    let sale = contract(r#"{"contract":"BTC_USDT","size":-3,"price":"0","tif":"ioc"}"#);
    assert_eq!(sale.side, Some(Side::Sell));
    assert_eq!(sale.order_type, Some(OrderType::Market));
    assert_eq!(sale.quantity.unwrap().to_string(), "3");
    assert_eq!(sale.price, None);
    let bid = contract(r#"{"contract":"BTC_USDT","size":"2","price":"6.1e4","tif":"poc"}"#);
    assert_eq!(bid.side, Some(Side::Buy));
    assert_eq!(bid.order_type, Some(OrderType::PostOnly));
    assert_eq!(bid.notional, None, "contracts");
}

#[test]
fn contracts__should_have_a_size_unless_they_close() {
    for closing in [
        r#"{"contract":"BTC_USDT","size":0,"price":"0","close":true}"#,
        r#"{"contract":"BTC_USDT","size":0,"price":"0","auto_size":"close_long","reduce_only":true}"#,
    ] {
        let intent = contract(closing);
        assert_eq!((intent.reduce_only, intent.quantity), (Some(true), None));
    }
    let body = r#"{"contract":"BTC_USDT","size":0,"price":"0","close":false}"#;
    assert!(refused("POST", "/futures/usdt/orders", body));
}

#[test]
fn market_buy__should_count_the_quote_asset() {
    let spot = |side: &str| {
        let body = format!(
            r#"{{"currency_pair":"BTC_USDT","type":"market","side":"{side}","amount":"10"}}"#
        );
        intent("POST", "/spot/orders", &body)
    };
    assert_eq!(spot("buy").quantity, None);
    assert_eq!(spot("buy").quote_quantity.unwrap().to_string(), "10");
    assert_eq!(spot("sell").quantity.unwrap().to_string(), "10");
    let body = r#"{"currency_pair":"BTC_USDT","side":"buy","amount":"-1","price":"1"}"#;
    assert!(refused("POST", "/spot/orders", body));
}

#[test]
fn triggered_order__should_show_what_is_inside() {
    let body = r#"{"market":"BTC_USDT","trigger":{"price":"50000","rule":"<=","expiration":3600},
        "put":{"type":"limit","side":"sell","price":"49000","amount":"0.5","account":"normal"}}"#;
    let stop = intent("POST", "/spot/price_orders", body);
    assert_eq!(stop.order_type, Some(OrderType::StopLimit));
    assert_eq!(stop.stop_price.unwrap().to_string(), "50000");
    assert_eq!(stop.symbol.as_deref(), Some("BTC_USDT"));
    let odd = body.replace("\"account\":\"normal\"", "\"withdraw_to\":\"x\"");
    assert!(refused("POST", "/spot/price_orders", &odd));
    let body = r#"{"initial":{"contract":"BTC_USDT","size":-2,"price":"0","tif":"ioc","reduce_only":true},
        "trigger":{"strategy_type":0,"price_type":0,"price":"70000","rule":1}}"#;
    let profit = intent("POST", "/futures/usdt/price_orders", body);
    assert_eq!(profit.order_type, Some(OrderType::TakeProfitMarket));
    assert_eq!(
        (profit.side, profit.reduce_only),
        (Some(Side::Sell), Some(true))
    );
}

#[test]
fn batch__should_be_one_operation_an_element() {
    let body = r#"[{"text":"t-1","currency_pair":"BTC_USDT","side":"buy","amount":"1","price":"2"},
        {"text":"t-2","currency_pair":"ETH_USDT","side":"sell","amount":"3","price":"4"}]"#;
    let reading = must_read(&gate("POST", "/spot/batch_orders", body));
    let symbols: Vec<_> = reading
        .authorised()
        .iter()
        .map(|operation| operation.intent.symbol.clone().unwrap())
        .collect();
    assert_eq!(symbols, ["BTC_USDT", "ETH_USDT"]);
    let ids = must_read(&gate(
        "POST",
        "/futures/usdt/batch_cancel_orders",
        r#"["1","2"]"#,
    ));
    assert_eq!(ids.named().class, Class::TradeFutures);
    assert!(refused("POST", "/spot/batch_orders", "[]"));
}

#[test]
fn amendment__should_agree_with_itself_in_query_and_body() {
    let path = "/spot/orders/12?currency_pair=BTC_USDT&account=spot";
    for (path, body) in [
        (path, r#"{"amount":"2","price":"3"}"#),
        (
            path,
            r#"{"currency_pair":"BTC_USDT","account":"spot","price":"3"}"#,
        ),
        (
            "/spot/orders/12?currency_pair=BTC_USDT&price=3",
            r#"{"currency_pair":"BTC_USDT","price":"3"}"#,
        ),
    ] {
        let amendment = intent("PATCH", path, body);
        assert_eq!(amendment.price.unwrap().to_string(), "3");
        assert_eq!(amendment.symbol.as_deref(), Some("BTC_USDT"));
        assert_eq!(amendment.order_id.as_deref(), Some("12"));
    }
    for (path, body) in [
        (path, r#"{"currency_pair":"ETH_USDT","price":"3"}"#),
        (
            "/spot/orders/12?price=9",
            r#"{"currency_pair":"BTC_USDT","price":"3"}"#,
        ),
        ("/spot/orders/12?price=9", r#"{"currency_pair":"BTC_USDT"}"#),
    ] {
        assert!(refused("PATCH", path, body), "{path} {body}");
    }
    assert!(refused("POST", "/spot/orders?account=spot", "{}"));
}

#[test]
fn triggered_amendment__should_name_one_order() {
    let path = "/futures/usdt/price_orders/amend/12";
    let body = r#"{"settle":"usdt","order_id":12,"size":-2,"trigger_price":"5"}"#;
    let amendment = intent("PUT", path, body);
    assert_eq!(amendment.order_id.as_deref(), Some("12"));
    assert_eq!(amendment.side, Some(Side::Sell));
    assert!(refused("PUT", path, &body.replace("12", "13")));
}

#[test]
fn decoded_query__should_not_bring_forth_parameters() {
    let path = "/wallet/deposits?currency=BTC%26limit%3D5";
    let Err(ReadError::Unclassified(Unclassified::Confusable { .. })) =
        read(&gate("GET", path, ""))
    else {
        panic!("it has the signed text of ?currency=BTC&limit=5");
    };
    assert!(refused("GET", "/wallet/deposits?currency=BTC%0Alimit", ""));
    let request = gate(
        "DELETE",
        "/spot/orders/t-a%20b?currency_pair=B%C3%9C_USDT",
        "",
    );
    let reading = must_read(&request);
    let text = String::from_utf8(reading.signed().bytes.clone()).unwrap();
    assert!(text.starts_with("DELETE\n/api/v4/spot/orders/t-a%20b\ncurrency_pair=BÜ_USDT\n"));
    assert_eq!(
        reading.named().outside_alphabet,
        ["order_id", "currency_pair"]
    );
}

#[test]
fn requests_with_two_readings__should_be_unclassified() {
    for (path, body) in [
        (
            "/withdrawals",
            r#"{"currency":"USDT","amount":"1","address":"a","address":"b","chain":"TRX"}"#,
        ),
        (
            "/withdrawals",
            r#"{"currency":"USDT","amount":"1","address":"a","Address":"b"}"#,
        ),
        (
            "/withdrawals",
            r#"{"currency":"USDT","amount":"1","address":"a"} {}"#,
        ),
        ("/withdrawals", r#"currency=USDT&amount=1&address=a"#),
        (
            "/withdrawals",
            r#"{"currency":"USDT","amount":"1","address":"a","to":"b"}"#,
        ),
        (
            "/withdrawals?address=b",
            r#"{"currency":"USDT","amount":"1"}"#,
        ),
        (
            "/futures/usdt/positions/BTC_USDT/leverage?leverage=1&leverage=50",
            "",
        ),
        (
            "/futures/usdt/positions/BTC_USDT/leverage?contract=ETH_USDT&leverage=1",
            "",
        ),
    ] {
        assert!(refused("POST", path, body), "{path} {body}");
    }
    assert!(refused("GET", "/spot/accounts", "{}"));
    assert!(refused(
        "GET",
        "/spot/open_orders?currency_pair=A_B&currency_pair=C_D",
        ""
    ));
}

/// The venue would pass over them, and cancel everything.
#[test]
fn parameters__should_be_where_the_venue_reads_them() {
    let market = r#"{"currency_pair":"BTC_USDT"}"#;
    assert!(refused("DELETE", "/spot/orders", market));
    assert!(!refused(
        "DELETE",
        "/spot/orders?currency_pair=BTC_USDT",
        ""
    ));
    let stop_all = "/futures/usdt/autoorder/v1/trail/stop_all";
    assert!(refused(
        "POST",
        &format!("{stop_all}?contract=BTC_USDT"),
        ""
    ));
    assert!(!refused("POST", stop_all, r#"{"contract":"BTC_USDT"}"#));
}

#[test]
fn stream_texts__should_be_sessions_that_pass_for_nothing_else() {
    let login = |path: &str| request("gate", "LOGIN", path, "", &[]);
    for (path, text) in [
        (
            "fx-ws.gateio.ws/ws/subscription?channel=futures.orders&event=subscribe&time=1753000000",
            "channel=futures.orders&event=subscribe&time=1753000000",
        ),
        (
            "api.gateio.ws/ws/login?channel=spot.login&time=1753000000",
            "api\nspot.login\n{}\n1753000000",
        ),
    ] {
        let reading = must_read(&login(path));
        assert_eq!(reading.named().class, Class::Session);
        assert_eq!(reading.signed().bytes, text.as_bytes());
    }
    for path in [
        "api.gateio.ws/ws/login?channel=spot.order_place&time=1753000000",
        "api.gateio.ws/ws/login?channel=x%0Aspot.login&time=1753000000",
        "api.gateio.ws/ws/subscription?channel=a%26event%3Dapi&event=subscribe&time=1753000000",
        "api.gateio.ws/ws/subscription?channel=spot.orders&event=subscribe&time=17530",
    ] {
        assert!(read(&login(path)).is_err(), "{path}");
    }
}

#[test]
fn timestamp__should_be_in_seconds_and_bound_the_signature() {
    let mut request = gate("GET", "/spot/accounts", "");
    request.headers = vec![("Timestamp".into(), "1753000000.5".into())];
    let reading = must_read(&request);
    assert_eq!(reading.timing().expires_at_ms, Some(1_753_000_060_500));
    request.headers = vec![("Timestamp".into(), "1753000000\nx".into())];
    assert!(signed_text(&request).is_err());
}

#[test]
fn stops__should_close_what_their_order_opens() {
    let order = r#""currency_pair":"BTC_USDT","side":"buy","amount":"2","price":"50000""#;
    let stops = r#""stop_profit":{"trigger_price":"60000","order_price":"59900"},"stop_loss":{"trigger_price":"45000","order_price":"44000"}"#;
    let body = format!("{{{order},{stops}}}");
    for (path, body) in [
        ("/spot/orders", body.clone()),
        ("/spot/batch_orders", format!("[{body}]")),
    ] {
        let reading = must_read(&gate("POST", path, &body));
        let profit = attached(&reading, "take_profit");
        assert!(profit.attached.unwrap().closes);
        assert_eq!(profit.intent.side, Some(Side::Sell));
        assert_eq!(profit.intent.quantity, Some(2.into()));
        assert_eq!(profit.intent.price, Some(59_900.into()));
        assert_eq!(profit.intent.stop_price, Some(60_000.into()));
        let loss = &attached(&reading, "stop_loss").intent;
        assert_eq!(loss.order_type, Some(OrderType::StopLimit));
        assert_eq!(loss.price, Some(44_000.into()));
    }
    let amended = gate(
        "PATCH",
        "/spot/orders/7?currency_pair=BTC_USDT",
        r#"{"stop_loss":{"trigger_price":"45000","order_price":"0"}}"#,
    );
    let reading = must_read(&amended);
    let loss = &attached(&reading, "stop_loss").intent;
    assert_eq!(loss.order_type, Some(OrderType::StopMarket));
    for odd in [
        r#""stop_profit":{"trigger_price":"60000","amount":"100"}"#,
        r#""stop_profit":{"trigger_price":"60000","side":"buy"}"#,
        r#""stop_profit":{"trigger_price":"6e"}"#,
        r#""stop_profit":"60000""#,
        r#""stop_loss":[{"trigger_price":"1"}]"#,
    ] {
        let body = format!("{{{order},{odd}}}");
        assert!(refused("POST", "/spot/orders", &body), "{odd}");
    }
    must_read(&gate(
        "POST",
        "/spot/orders",
        &format!("{{{order},\"stop_profit\":null}}"),
    ));
}

#[test]
fn contract_stops__should_close_the_position() {
    let body = r#"{"contract":"BTC_USDT","size":-3,"price":"0","tif":"ioc","tpsl_tp_trigger_price":"45000","tpsl_sl_trigger_price":"60000","tpsl_sl_price_type":"last"}"#;
    let reading = must_read(&gate("POST", "/futures/usdt/orders", body));
    let (profit, loss) = (
        &attached(&reading, "take_profit").intent,
        &attached(&reading, "stop_loss").intent,
    );
    assert_eq!(profit.order_type, Some(OrderType::TakeProfitMarket));
    assert_eq!(profit.stop_price, Some(45_000.into()));
    assert_eq!(
        (profit.side, profit.quantity),
        (Some(Side::Buy), Some(3.into()))
    );
    assert_eq!(loss.order_type, Some(OrderType::StopMarket));
    assert_eq!(loss.reduce_only, Some(true));
}

#[test]
fn triggered_order__should_not_state_two_sizes() {
    let body = |sizes: &str| {
        format!(
            r#"{{"initial":{{"contract":"BTC_USDT",{sizes},"price":"0","tif":"ioc"}},"trigger":{{"price":"5","rule":1}}}}"#
        )
    };
    let path = "/futures/usdt/price_orders";
    assert!(refused("POST", path, &body(r#""size":100,"amount":"1""#)));
    let same = intent("POST", path, &body(r#""size":100,"amount":"100""#));
    assert_eq!(same.quantity, Some(100.into()));
}

#[test]
fn earn_and_loans__should_be_transfers() {
    for (path, body) in [
        (
            "/earn/fixed-term/user/lend",
            r#"{"product_id":1,"amount":"5"}"#,
        ),
        ("/earn/fixed-term/user/pre-redeem", r#"{"order_id":"1"}"#),
        (
            "/earn/dual/order-refund",
            r#"{"order_id":"1","req_id":"2"}"#,
        ),
        (
            "/loan/collateral/repay",
            r#"{"order_id":1,"repay_amount":"5","repaid_all":false}"#,
        ),
    ] {
        let reading = must_read(&gate("POST", path, body));
        assert_eq!(reading.named().class, Class::Transfer, "{path}");
    }
}

#[test]
fn order_that_closes_a_position__should_state_no_size() {
    let order = |rest: &str| format!(r#"{{"contract":"BTC_USDT","price":"0",{rest}}}"#);
    let close = contract(&order(r#""size":0,"close":true"#));
    assert_eq!((close.quantity, close.reduce_only), (None, Some(true)));
    for rest in [
        r#""size":1,"close":true"#,
        r#""size":-1,"auto_size":"close_long""#,
    ] {
        assert!(refused("POST", "/futures/usdt/orders", &order(rest)));
    }
}

#[test]
fn ampersand__should_be_read_but_never_cancel() {
    let path = "/spot/orders?currency_pair=BTC_USDT%26x";
    let reading = must_read(&gate("GET", path, ""));
    assert_eq!(reading.named().outside_alphabet, ["currency_pair"]);
    assert!(refused("DELETE", path, ""));
}

#[test]
fn currencies_asked_about__should_come_one_by_one() {
    let path = "/unified/batch_borrowable?currencies=BTC&currencies=GT";
    assert_eq!(must_read(&gate("GET", path, "")).named().class, Class::Read);
    assert!(refused("GET", "/spot/my_trades?page=1&page=2", ""));
    // One client leaves what is in the path.
    let path = "/futures/btc/position_close_history?settle=btc";
    assert_eq!(must_read(&gate("GET", path, "")).named().class, Class::Read);
    assert!(refused(
        "GET",
        "/futures/btc/orders?settle=btc&settle=usdt",
        ""
    ));
}

#[test]
fn test_network__should_be_a_host() {
    let mut request = gate("GET", "/spot/accounts", "");
    request.host = "api-testnet.gateapi.io".into();
    assert_eq!(must_read(&request).named().class, Class::Read);
}
