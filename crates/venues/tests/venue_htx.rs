//! HTX: a body that no signature covers, a query encoded anew, and sides hidden in types.
#![allow(non_snake_case, clippy::unwrap_used)]

mod support;

use countersign_venues::{
    Class, OrderType, PositionSide, Reading, Request, Side, TimeInForce, facts, read, signed_text,
};
use support::{attached, must_read, names, request};

const ENVELOPE: &str =
    "AccessKeyId=K&SignatureMethod=HmacSHA256&SignatureVersion=2&Timestamp=2025-07-20T08%3A26%3A40";

fn post(host: &str, path: &str, body: &str) -> Request {
    request(
        "htx",
        "POST",
        &format!("{host}{path}?{ENVELOPE}"),
        body,
        &[],
    )
}

fn spot(path: &str, body: &str) -> Request {
    post("api.huobi.pro", path, body)
}

fn contract(path: &str, body: &str) -> Request {
    post("api.hbdm.com", path, body)
}

fn get(path: &str, query: &str) -> Request {
    let url = format!("api.huobi.pro{path}?{ENVELOPE}{query}");
    request("htx", "GET", &url, "", &[])
}

fn text_of(request: &Request) -> String {
    String::from_utf8(signed_text(request).unwrap().bytes).unwrap()
}

fn only(reading: &Reading) -> &countersign_venues::Operation {
    assert_eq!(reading.authorised().len(), 1, "{:?}", names(reading));
    reading.named()
}

#[test]
fn post__should_say_that_its_body_is_not_bound() {
    for operation in facts("htx").unwrap().operations {
        let unbound = operation.unbound == ["body"];
        assert_eq!(unbound, operation.method == "POST", "{}", operation.name);
    }
    let withdrawal = |address: &str| {
        let body = format!(r#"{{"address":"{address}","currency":"usdt","amount":"1"}}"#);
        spot("/v1/dw/withdraw/api/create", &body)
    };
    let (approved, other) = (withdrawal("APPROVED"), withdrawal("ATTACKER"));
    assert_eq!(text_of(&approved), text_of(&other));
    let reading = must_read(&approved);
    assert_eq!(only(&reading).unbound, ["body"]);
    assert_eq!(only(&reading).class, Class::Withdraw);
}

/// One operation to a path: no body could tell two apart.
#[test]
fn posts__should_not_share_a_path() {
    let mut seen = std::collections::BTreeSet::new();
    for operation in facts("htx").unwrap().operations {
        let place = (operation.method, operation.path);
        assert!(seen.insert(place), "{}", operation.name);
    }
}

#[test]
fn order__should_be_read_from_its_type() {
    let order = |kind: &str, more: &str| {
        let body = format!(
            r#"{{"account-id":"1","symbol":"btcusdt","type":"{kind}","amount":"2"{more}}}"#
        );
        spot("/v1/order/orders/place", &body)
    };
    let buy = must_read(&order("buy-market", ""));
    assert_eq!(only(&buy).intent.side, Some(Side::Buy));
    assert_eq!(only(&buy).intent.quote_quantity, Some(2.into()));
    assert_eq!(only(&buy).intent.quantity, None);
    let sell = must_read(&order("sell-market", ""));
    assert_eq!(only(&sell).intent.side, Some(Side::Sell));
    assert_eq!(only(&sell).intent.quantity, Some(2.into()));
    let ioc = must_read(&order("sell-ioc", r#","price":"6e4""#));
    assert_eq!(
        only(&ioc).intent.time_in_force,
        Some(TimeInForce::ImmediateOrCancel)
    );
    assert_eq!(
        only(&ioc).intent.notional.as_ref().unwrap().amount,
        120_000.into()
    );
    let maker = must_read(&order("buy-limit-maker", r#","price":6"#));
    assert_eq!(only(&maker).intent.order_type, Some(OrderType::PostOnly));
    let stop = r#","price":"6","stop-price":"7","operator":"lte""#;
    let stop = must_read(&order("buy-stop-limit", stop));
    assert_eq!(
        only(&stop).intent.order_type,
        Some(OrderType::TakeProfitLimit)
    );
    assert!(read(&order("buy-limit", "")).is_err(), "no price");
    assert!(read(&order("buy-other", "")).is_err());
    assert!(read(&order("buy-market", r#","side":"sell""#)).is_err());
}

#[test]
fn batch__should_be_an_array_of_orders() {
    let element =
        r#"{"account-id":"1","symbol":"btcusdt","type":"buy-limit","amount":"2","price":"5"}"#;
    let reading = must_read(&spot(
        "/v1/order/batch-orders",
        &format!("[{element},{element}]"),
    ));
    assert_eq!(reading.authorised().len(), 2);
    for body in ["[]", element, "[1]", ""] {
        assert!(
            read(&spot("/v1/order/batch-orders", body)).is_err(),
            "{body}"
        );
    }
    let contracts = r#"{"orders_data":[{"contract_code":"BTC-USD","volume":1,"direction":"sell","offset":"close","order_price_type":"optimal_5_fok","lever_rate":5}]}"#;
    let reading = must_read(&contract("/swap-api/v1/swap_batchorder", contracts));
    let intent = &only(&reading).intent;
    assert_eq!(intent.reduce_only, Some(true));
    assert_eq!(intent.position_side, Some(PositionSide::Long));
    assert_eq!(intent.order_type, Some(OrderType::Market));
    assert_eq!(intent.time_in_force, Some(TimeInForce::FillOrKill));
    assert_eq!(intent.leverage, Some(5.into()));
}

#[test]
fn contract_order__should_count_contracts_and_name_its_market() {
    let body = r#"{"pair":"BTC-USDT","contract_type":"swap","volume":3,"direction":"buy","offset":"open","order_price_type":"limit","price":"60000","lever_rate":10,"contract_code":"BTC-USDT-250926"}"#;
    let reading = must_read(&contract("/linear-swap-api/v1/swap_cross_order", body));
    let operation = only(&reading);
    assert_eq!(operation.class, Class::TradeFutures);
    assert_eq!(operation.intent.symbol.as_deref(), Some("BTC-USDT-250926"));
    assert_eq!(operation.intent.quantity, Some(3.into()));
    assert_eq!(operation.intent.notional, None);
    // Spot's host does not serve it, and is another text.
    assert!(read(&spot("/linear-swap-api/v1/swap_cross_order", body)).is_err());
    let trigger = r#"{"contract_code":"BTC-USD","volume":1,"direction":"sell","trigger_type":"le","trigger_price":"5","order_price":"4","offset":"close"}"#;
    let reading = must_read(&contract("/swap-api/v1/swap_trigger_order", trigger));
    assert_eq!(only(&reading).intent.order_type, Some(OrderType::StopLimit));
}

#[test]
fn v5_orders__should_be_read_from_their_types() {
    let order = r#"{"contract_code":"BTC-USDT","volume":"4","side":"buy","type":"limit","price_match":"opponent","margin_mode":"cross","reduce_only":0}"#;
    let reading = must_read(&contract("/v5/trade/order", order));
    assert_eq!(only(&reading).intent.price, None);
    assert_eq!(only(&reading).intent.reduce_only, Some(false));
    assert!(
        read(&contract(
            "/v5/trade/order",
            &order.replace("price_match", "x")
        ))
        .is_err()
    );
    let stop = r#"{"contract_code":"BTC-USDT","side":"sell","type":"tp","tp_trigger_price":"9","tp_order_price":"8"}"#;
    let reading = must_read(&contract("/v5/algo/order", stop));
    assert_eq!(
        only(&reading).intent.order_type,
        Some(OrderType::TakeProfitLimit)
    );
    assert_eq!(only(&reading).intent.stop_price, Some(9.into()));
    assert_eq!(only(&reading).intent.price, Some(8.into()));
}

#[test]
fn cancellation__should_show_the_order_in_its_path() {
    let reading = must_read(&spot("/v1/order/orders/123/submitcancel", "{}"));
    assert_eq!(only(&reading).intent.order_id.as_deref(), Some("123"));
    let reading = must_read(&spot("/v1/dw/withdraw-virtual/77/cancel", ""));
    assert_eq!(only(&reading).class, Class::Withdraw);
    assert_eq!(only(&reading).intent.order_id.as_deref(), Some("77"));
}

/// The text is sorted and encoded anew, however the query is sent.
#[test]
fn query__should_be_signed_in_one_form() {
    let head = "GET\napi.huobi.pro\n/v1/order/openOrders\nAccessKeyId=K&SignatureMethod=HmacSHA256&SignatureVersion=2&Timestamp=2025-07-20T08%3A26%3A40";
    let sent = get(
        "/v1/order/openOrders",
        "&symbol=btcusdt&account-id=1&note=a%20b%2Fc~%C3%BC",
    );
    assert_eq!(
        text_of(&sent),
        format!("{head}&account-id=1&note=a%20b%2Fc~%C3%BC&symbol=btcusdt")
    );
    let mut plain = get("/v1/order/openOrders", "");
    plain.query = plain.query.replace("%3A", ":");
    assert_eq!(text_of(&plain), head);
    must_read(&plain);
}

#[test]
fn envelope__should_be_whole_and_there_once() {
    let with = |query: &str| {
        let url = format!("api.huobi.pro/v1/account/accounts?{query}");
        request("htx", "GET", &url, "", &[])
    };
    must_read(&with(ENVELOPE));
    for query in [
        ENVELOPE.replace("&SignatureVersion=2", ""),
        ENVELOPE.replace("HmacSHA256", "Ed25519"),
        ENVELOPE.replace("SignatureVersion=2", "SignatureVersion=1"),
        ENVELOPE.replace("40", "40%0AGET"),
        format!("{ENVELOPE}&Timestamp=2035-07-20T08%3A26%3A40"),
        format!("{ENVELOPE}&timestamp=2035-07-20T08%3A26%3A40"),
        format!("{ENVELOPE}&AccessKeyId=L"),
        format!("{ENVELOPE}&Signature=x"),
        "AccessKeyId=K".to_owned(),
        String::new(),
    ] {
        assert!(read(&with(&query)).is_err(), "{query}");
    }
    let five_minutes = must_read(&with(ENVELOPE)).timing().expires_at_ms;
    assert_eq!(five_minutes, Some(1_753_000_300_000));
}

#[test]
fn parameters__should_be_in_their_place_only() {
    let order =
        r#"{"account-id":"1","symbol":"btcusdt","type":"buy-limit","amount":"2","price":"5"}"#;
    let mut in_query = spot("/v1/order/orders/place", order);
    in_query.query.push_str("&amount=3");
    assert!(read(&in_query).is_err());
    let mut with_body = get("/v1/account/accounts", "");
    with_body.body = b"{}".to_vec();
    assert!(read(&with_body).is_err());
    for body in [
        "account-id=1&symbol=btcusdt&type=buy-limit&amount=2&price=5",
        r#"{"account-id":"1","symbol":"btcusdt","type":"buy-limit","amount":"2","price":"5","Price":"6"}"#,
        r#"{"account-id":"1","symbol":"btcusdt","type":"buy-limit","amount":"2","price":"5"}]"#,
        r#"[{"account-id":"1","symbol":"btcusdt","type":"buy-limit","amount":"2","price":"5"}]"#,
    ] {
        assert!(
            read(&spot("/v1/order/orders/place", body)).is_err(),
            "{body}"
        );
    }
}

#[test]
fn login__should_sign_the_streams_path_and_nothing_more() {
    let query = "accessKey=K&signatureMethod=HmacSHA256&signatureVersion=2.1&timestamp=2025-07-20T08%3A26%3A40";
    let made =
        |path: &str, query: &str| request("htx", "LOGIN", &format!("{path}?{query}"), "", &[]);
    let reading = must_read(&made("api.huobi.pro/ws/v2", query));
    assert_eq!(
        reading.signed().bytes,
        format!("GET\napi.huobi.pro\n/ws/v2\n{query}").as_bytes()
    );
    assert_eq!(only(&reading).class, Class::Session);
    assert_eq!(reading.api_key(), Some("K"));
    let swap = must_read(&made("api.hbdm.vn/linear-swap-notification", ENVELOPE));
    assert_eq!(only(&swap).class, Class::Session);
    for (path, query) in [
        ("api.huobi.pro/ws/v2", format!("{query}&a=1")),
        ("api.huobi.pro/ws/v2", ENVELOPE.to_owned()),
        ("api.hbdm.vn/linear-swap-notification", query.to_owned()),
        // The text of a read.
        ("api.huobi.pro/v1/account/accounts", ENVELOPE.to_owned()),
    ] {
        assert!(read(&made(path, &query)).is_err(), "{path} {query}");
    }
    assert!(read(&get("/ws/v2", "")).is_err());
}

#[test]
fn odd_values__should_be_marked() {
    let body =
        r#"{"address":"a b","currency":"usdt","amount":0.75,"chain":"trc20usdt","addr-tag":"1&2"}"#;
    let reading = must_read(&spot("/v1/dw/withdraw/api/create", body));
    assert_eq!(only(&reading).outside_alphabet, ["address", "addr-tag"]);
}

#[test]
fn take_profit_and_stop_loss__should_be_orders_that_close() {
    let old = r#""contract_code":"BTC-USDT","volume":2,"direction":"buy","offset":"open","price":60000,"lever_rate":5,"order_price_type":"limit""#;
    let new = r#""contract_code":"BTC-USDT","volume":2,"side":"buy","position_side":"long","price":60000,"type":"limit""#;
    let waiting = r#""contract_code":"BTC-USDT","volume":2,"side":"buy","type":"trigger","trigger_price":61000,"price":60000"#;
    let stops = r#""tp_trigger_price":70000,"tp_order_price":69000,"TP":"limit","sl_trigger_price":50000,"sl_order_price":49000,"SL":"optimal_5""#;
    for (path, order, [gain, loss]) in [
        (
            "/linear-swap-api/v1/swap_cross_order",
            old,
            ["tp_order_price_type", "sl_order_price_type"],
        ),
        (
            "/api/v1/contract_order",
            old,
            ["tp_order_price_type", "sl_order_price_type"],
        ),
        ("/v5/trade/order", new, ["tp_type", "sl_type"]),
        (
            "/v5/algo/order",
            waiting,
            ["tp_order_price_type", "sl_type"],
        ),
    ] {
        let stops = stops.replace("TP", gain).replace("SL", loss);
        let reading = must_read(&contract(path, &format!("{{{order},{stops}}}")));
        assert_eq!(reading.named().intent.price, Some(60_000.into()), "{path}");
        let profit = attached(&reading, "take_profit");
        assert!(profit.attached.unwrap().closes, "{path}");
        assert_eq!(profit.intent.side, Some(Side::Sell), "{path}");
        assert_eq!(profit.intent.quantity, Some(2.into()), "{path}");
        assert_eq!(profit.intent.price, Some(69_000.into()), "{path}");
        assert_eq!(profit.intent.stop_price, Some(70_000.into()), "{path}");
        let loss = &attached(&reading, "stop_loss").intent;
        // At a price of the book, whatever price stands beside it.
        assert_eq!(loss.order_type, Some(OrderType::StopMarket), "{path}");
        assert_eq!(loss.price, None, "{path}");
        assert_eq!(loss.stop_price, Some(50_000.into()), "{path}");
        let wrong = stops.replace("70000", "\"high\"");
        let wrong = contract(path, &format!("{{{order},{wrong}}}"));
        assert!(read(&wrong).is_err(), "{path}");
    }
    let batch = format!(r#"{{"orders_data":[{{{old}}},{{{old},"sl_trigger_price":5}}]}}"#);
    let reading = must_read(&contract("/swap-api/v1/swap_batchorder", &batch));
    let loss = attached(&reading, "stop_loss");
    assert_eq!(loss.batch.unwrap().index, 1);
    assert_eq!(loss.intent.stop_price, Some(5.into()));
}

#[test]
fn stop_of_a_position__should_be_each_of_its_halves() {
    let halves = r#""tp_trigger_price":70000,"tp_order_price":69000,"sl_trigger_price":50000"#;
    for (path, order) in [
        (
            "/linear-swap-api/v1/swap_tpsl_order",
            r#""contract_code":"BTC-USDT","volume":2,"direction":"sell""#,
        ),
        (
            "/v5/algo/order",
            r#""contract_code":"BTC-USDT","volume":2,"side":"sell","type":"tp_sl","reduce_only":1"#,
        ),
    ] {
        let reading = must_read(&contract(path, &format!("{{{order},{halves}}}")));
        let loss = &reading.named().intent;
        assert_eq!(loss.order_type, Some(OrderType::StopMarket), "{path}");
        assert_eq!(loss.stop_price, Some(50_000.into()), "{path}");
        assert_eq!(loss.reduce_only, Some(true), "{path}");
        let profit = &attached(&reading, "take_profit").intent;
        assert_eq!(
            profit.order_type,
            Some(OrderType::TakeProfitLimit),
            "{path}"
        );
        assert_eq!(
            (profit.side, profit.quantity),
            (Some(Side::Sell), Some(2.into())),
            "{path}"
        );
        assert_eq!(profit.price, Some(69_000.into()), "{path}");
        assert_eq!(profit.reduce_only, Some(true), "{path}");
    }
    let open =
        r#"{"contract_code":"BTC-USDT","volume":2,"side":"sell","type":"sl","sl_trigger_price":5}"#;
    let open = must_read(&contract("/v5/algo/order", open));
    assert_eq!(only(&open).intent.reduce_only, None);
}

#[test]
fn words_the_venue_passes_over__should_not_lessen_an_order() {
    let opens = r#"{"contract_code":"BTC-USDT","volume":9,"direction":"buy","offset":"open","order_price_type":"opponent","lever_rate":5,"reduce_only":1}"#;
    let opens = must_read(&contract("/linear-swap-api/v1/swap_order", opens));
    assert_eq!(only(&opens).intent.reduce_only, None);
    let opens = r#"{"contract_code":"BTC-USDT","volume":9,"side":"buy","position_side":"long","type":"limit","price":1,"price_match":"opponent","reduce_only":1}"#;
    let opens = must_read(&contract("/v5/trade/order", opens));
    assert_eq!(only(&opens).intent.reduce_only, None);
    assert_eq!(only(&opens).intent.price, None);
    let trailing = r#"{"accountId":1,"symbol":"btcusdt","orderSide":"buy","orderType":"limit","orderSize":"9","orderPrice":"1","trailingRate":"0.01","stopPrice":"5","clientOrderId":"a"}"#;
    let trailing = must_read(&spot("/v2/algo-orders", trailing));
    assert_eq!(
        only(&trailing).intent.order_type,
        Some(OrderType::StopMarket)
    );
    assert_eq!(only(&trailing).intent.notional, None);
    let two_sizes = r#"{"account-id":"1","symbol":"btcusdt","type":"buy-market","amount":"5000","market-amount":"1","trade-purpose":"1"}"#;
    let two_sizes = must_read(&spot("/v1/order/auto/place", two_sizes));
    assert_eq!(only(&two_sizes).intent.quote_quantity, Some(5_000.into()));
}

#[test]
fn cancellation_of_several_markets__should_be_marked() {
    for (symbol, marks) in [("btcusdt", &[][..]), ("btcusdt,ethusdt", &["symbol"][..])] {
        let body = format!(r#"{{"account-id":"1","symbol":"{symbol}"}}"#);
        let cancelled = must_read(&spot("/v1/order/orders/batchCancelOpenOrders", &body));
        assert_eq!(only(&cancelled).outside_alphabet, marks, "{symbol}");
    }
}
