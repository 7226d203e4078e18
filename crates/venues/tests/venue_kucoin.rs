//! KuCoin: two hosts that share paths, a decoded query, and the passphrase's MAC.
#![allow(non_snake_case, clippy::unwrap_used)]

mod support;

use countersign_venues::{
    Class, OrderType, Product, ReadError, Reading, Request, Side, Stamp, TimeInForce, Unclassified,
    read, signed_text,
};
use support::{attached, must_read, names, request};

const SENT: [(&str, &str); 1] = [("KC-API-TIMESTAMP", "1753000000000")];
const SPOT: &str = "api.kucoin.com";
const FUTURES: &str = "api-futures.kucoin.com";

fn call(method: &str, host: &str, path: &str, body: &str) -> Request {
    request("kucoin", method, &format!("{host}/api/{path}"), body, &SENT)
}

fn classes(reading: &Reading) -> Vec<Class> {
    reading.authorised().iter().map(|m| m.class).collect()
}

fn only(reading: &Reading) -> &countersign_venues::Operation {
    assert_eq!(reading.authorised().len(), 1, "{:?}", names(reading));
    reading.named()
}

#[test]
fn order__should_be_told_by_its_symbol_and_be_on_its_host() {
    let spot = r#"{"clientOid":"c","side":"buy","symbol":"BTC-USDT","type":"limit","size":"0.1","price":"6e4"}"#;
    let reading = must_read(&call("POST", SPOT, "v1/orders", spot));
    assert_eq!(only(&reading).class, Class::TradeSpot);
    assert_eq!(
        only(&reading).intent.notional.as_ref().unwrap().amount,
        6_000.into()
    );
    let lots = r#"{"clientOid":"c","side":"sell","symbol":"XBTUSDTM","type":"limit","size":3,"price":"60000","leverage":2}"#;
    let reading = must_read(&call("POST", FUTURES, "v1/orders", lots));
    assert_eq!(only(&reading).class, Class::TradeFutures);
    assert_eq!(only(&reading).intent.notional, None);
    assert_eq!(only(&reading).intent.leverage, Some(2.into()));
    assert!(read(&call("POST", FUTURES, "v1/orders", spot)).is_err());
    assert!(read(&call("POST", SPOT, "v1/orders", lots)).is_err());
}

/// The host is not signed.
#[test]
fn cancellation_by_id__should_be_of_both_hosts() {
    let spot = must_read(&call(
        "DELETE",
        SPOT,
        "v1/orders/5bd6e9286d99522a52e458de",
        "",
    ));
    assert_eq!(classes(&spot), [Class::TradeSpot, Class::TradeFutures]);
    let futures = must_read(&call(
        "DELETE",
        FUTURES,
        "v1/orders/5bd6e9286d99522a52e458de",
        "",
    ));
    assert_eq!(classes(&futures), [Class::TradeFutures, Class::TradeSpot]);
    assert_eq!(
        futures.named().intent.order_id.as_deref(),
        Some("5bd6e9286d99522a52e458de")
    );
    let all = must_read(&call("DELETE", SPOT, "v1/orders", ""));
    assert_eq!(classes(&all), [Class::TradeSpot, Class::TradeFutures]);
    let symbol = must_read(&call("DELETE", SPOT, "v1/orders?symbol=BTC-USDT", ""));
    assert_eq!(only(&symbol).class, Class::TradeSpot);
    let withdrawal = must_read(&call("DELETE", SPOT, "v1/withdrawals/5bd6e9286d99", ""));
    assert_eq!(classes(&withdrawal), [Class::Withdraw, Class::Withdraw]);
}

/// One text, one set, whichever host the client names.
#[test]
fn hosts__should_be_in_each_others_sets() {
    let mut both = 0;
    let mut requests = vec![
        call("DELETE", SPOT, "v1/orders", ""),
        call("DELETE", SPOT, "v1/orders/12", ""),
        call(
            "DELETE",
            SPOT,
            "v1/orders/multi-cancel",
            r#"{"orderIdsList":["1"]}"#,
        ),
        call("POST", SPOT, "v1/bullet-private", ""),
        call(
            "POST",
            SPOT,
            "v1/withdrawals",
            r#"{"currency":"A","address":"b","amount":1}"#,
        ),
        call(
            "POST",
            SPOT,
            "v3/transfer-out",
            r#"{"currency":"A","amount":1}"#,
        ),
        call("GET", SPOT, "v1/orders?symbol=BTC-USDT", ""),
        call("GET", SPOT, "v1/orders/12", ""),
    ];
    requests.extend(
        support::vectors("kucoin.jsonl")
            .iter()
            .map(|record| countersign_venues::without_signature(support::as_sent(record)).unwrap()),
    );
    for request in requests {
        let [spot, futures] = [SPOT, FUTURES].map(|host| {
            read(&Request {
                host: host.into(),
                ..request.clone()
            })
        });
        if let (Ok(spot), Ok(futures)) = (spot, futures) {
            assert_eq!(
                support::set(&spot),
                support::set(&futures),
                "{}",
                request.url()
            );
            both += 1;
        }
    }
    assert!(both >= 6, "{both}");
}

#[test]
fn order__should_be_a_limit_order_unless_it_says_otherwise() {
    let order = |more: &str| format!(r#"{{"side":"sell","symbol":"BTC-USDT","size":"1"{more}}}"#);
    assert!(read(&call("POST", SPOT, "v1/hf/orders", &order(""))).is_err());
    let maker = order(r#","price":"5","postOnly":true"#);
    let reading = must_read(&call("POST", SPOT, "v1/hf/orders", &maker));
    assert_eq!(
        only(&reading).intent.time_in_force,
        Some(TimeInForce::PostOnly)
    );
    let quote = r#"{"side":"buy","symbol":"BTC-USDT","type":"market","funds":"250"}"#;
    let reading = must_read(&call("POST", SPOT, "v1/hf/orders/sync", quote));
    assert_eq!(only(&reading).intent.quote_quantity, Some(250.into()));
    let stop = order(r#","price":"5","stop":"loss","stopPrice":"6""#);
    let reading = must_read(&call("POST", SPOT, "v1/stop-order", &stop));
    assert_eq!(
        reading.named().intent.order_type,
        Some(OrderType::StopLimit)
    );
    let margin = order(r#","price":"5","tradeType":"MARGIN_TRADE""#);
    let reading = must_read(&call("POST", SPOT, "v1/orders", &margin));
    assert_eq!(reading.named().product, Product::Margin);
}

#[test]
fn batches__should_be_read_on_either_host() {
    let spot = r#"{"symbol":"BTC-USDT","orderList":[{"side":"buy","symbol":"BTC-USDT","size":"1","price":"5"},{"side":"sell","symbol":"BTC-USDT","size":"1","price":"9"}]}"#;
    let reading = must_read(&call("POST", SPOT, "v1/orders/multi", spot));
    assert_eq!(classes(&reading), [Class::TradeSpot, Class::TradeSpot]);
    let other = spot.replacen("BTC-USDT", "ETH-USDT", 1);
    assert!(read(&call("POST", SPOT, "v1/orders/multi", &other)).is_err());
    let futures = r#"[{"side":"buy","symbol":"XBTUSDTM","size":1,"price":"5"}]"#;
    let reading = must_read(&call("POST", FUTURES, "v1/orders/multi", futures));
    assert_eq!(only(&reading).class, Class::TradeFutures);
    let body = r#"{"orderIdsList":["a","b"]}"#;
    let reading = must_read(&call("DELETE", FUTURES, "v1/orders/multi-cancel", body));
    assert_eq!(reading.named().name, "futures_cancels");
}

#[test]
fn closing_order__should_reduce_and_need_no_size() {
    let body = r#"{"clientOid":"c","symbol":"XBTUSDTM","type":"market","closeOrder":true}"#;
    let reading = must_read(&call("POST", FUTURES, "v1/orders", body));
    assert_eq!(only(&reading).intent.reduce_only, Some(true));
    let opens = r#"{"clientOid":"c","symbol":"XBTUSDTM","type":"market","size":1}"#;
    assert!(read(&call("POST", FUTURES, "v1/orders", opens)).is_err());
    let twice = r#"{"side":"buy","symbol":"XBTUSDTM","type":"market","size":1,"qty":"5"}"#;
    assert!(read(&call("POST", FUTURES, "v1/orders", twice)).is_err());
}

#[test]
fn unified_order__should_repeat_its_trade_type_in_the_query_and_nothing_else() {
    let body = r#"{"tradeType":"SPOT","symbol":"BTC-USDT","side":"BUY","orderType":"MARKET","size":"10","sizeUnit":"QUOTECCY"}"#;
    let path = "ua/v1/classic/order/place";
    let reading = must_read(&call("POST", SPOT, &format!("{path}?tradeType=SPOT"), body));
    assert_eq!(only(&reading).intent.quote_quantity, Some(10.into()));
    must_read(&call("POST", SPOT, "ua/v1/unified/order/place", body));
    for query in ["tradeType=FUTURES", "tradeType=SPOT&size=99", "size=99"] {
        let request = call("POST", SPOT, &format!("{path}?{query}"), body);
        assert!(read(&request).is_err(), "{query}");
    }
    let futures = body.replace("\"SPOT\"", "\"FUTURES\"");
    let reading = must_read(&call("POST", SPOT, path, &futures));
    assert_eq!(only(&reading).class, Class::TradeFutures);
}

#[test]
fn withdrawal__should_show_where_it_goes() {
    let body = r#"{"currency":"USDT","toAddress":"T\u00e4","withdrawType":"ADDRESS","chain":"trx","amount":0.75,"memo":"7"}"#;
    let reading = must_read(&call("POST", SPOT, "v3/withdrawals", body));
    assert_eq!(only(&reading).class, Class::Withdraw);
    assert_eq!(only(&reading).outside_alphabet, ["toAddress"]);
    assert_eq!(only(&reading).intent.destination_tag.as_deref(), Some("7"));
    let more = r#"{"currency":"USDT","toAddress":"T","address":"U","amount":1}"#;
    assert!(read(&call("POST", SPOT, "v3/withdrawals", more)).is_err());
    // The old path is the futures' as well.
    let old = r#"{"currency":"USDT","address":"T","amount":1}"#;
    let reading = must_read(&call("POST", SPOT, "v1/withdrawals", old));
    assert_eq!(reading.authorised().len(), 2);
}

/// The text is decoded: two queries must not become one.
#[test]
fn decoded_query__should_not_pass_for_another() {
    let text = |request: &Request| String::from_utf8(signed_text(request).unwrap().bytes).unwrap();
    let odd = call(
        "GET",
        SPOT,
        "v1/orders?status=active&symbol=B%C3%9C-%2FC",
        "",
    );
    assert_eq!(
        text(&odd),
        "1753000000000GET/api/v1/orders?status=active&symbol=B\u{dc}-/C"
    );
    assert_eq!(must_read(&odd).named().outside_alphabet, ["symbol"]);
    assert!(matches!(
        read(&call(
            "DELETE",
            SPOT,
            "v1/orders?tradeType=TRADE%26symbol=BTC-USDT",
            ""
        )),
        Err(ReadError::Unclassified(Unclassified::Confusable { .. }))
    ));
    for query in [
        "symbol=A-B&symbol=C-D",
        "symbol=%41-B",
        "symbol=%ff",
        "symbol",
        "x=1",
    ] {
        let request = call("DELETE", SPOT, &format!("v1/orders?{query}"), "");
        assert!(read(&request).is_err(), "{query}");
    }
}

#[test]
fn parameters__should_be_in_their_place_only() {
    let order = r#"{"side":"buy","symbol":"BTC-USDT","size":"1","price":"5"}"#;
    assert!(read(&call("POST", SPOT, "v1/orders?size=2", order)).is_err());
    assert!(read(&call("GET", SPOT, "v1/accounts", "{}")).is_err());
    for body in [
        "side=buy&symbol=BTC-USDT&size=1&price=5",
        r#"{"side":"buy","symbol":"BTC-USDT","size":"1","price":"5","SIZE":"2"}"#,
        r#"{"side":"buy","symbol":"BTC-USDT","size":"1","price":"5"},"#,
        r#"{"side":"buy","symbol":"BTC-USDT","size":"+1","price":"5"}"#,
    ] {
        assert!(
            read(&call("POST", SPOT, "v1/orders", body)).is_err(),
            "{body}"
        );
    }
}

/// The venue looks for the symbol in the query: in the body it would narrow nothing, on either host.
#[test]
fn symbol_in_the_body_of_a_delete__should_be_refused() {
    let body = r#"{"symbol":"BTC-USDT"}"#;
    for path in ["v1/orders", "v1/hf/orders", "v1/orders/12", "v3/oco/orders"] {
        assert!(read(&call("DELETE", SPOT, path, body)).is_err(), "{path}");
    }
    assert!(
        read(&call(
            "POST",
            SPOT,
            "v1/hf/orders/dead-cancel-all?timeout=5",
            ""
        ))
        .is_err()
    );
}

#[test]
fn sessions__should_be_of_class_session() {
    let token = must_read(&call("POST", FUTURES, "v1/bullet-private", ""));
    assert_eq!(classes(&token), [Class::Session, Class::Session]);
    let made = |text: &str| request("kucoin", "LOGIN", "api.kucoin.com/passphrase", text, &[]);
    let reading = must_read(&made("Fake pass 7!"));
    assert_eq!(reading.signed().bytes, b"Fake pass 7!");
    assert_eq!(only(&reading).class, Class::Session);
    assert_eq!(reading.timing().stamp, Stamp::None);
    assert_eq!(reading.passphrase(), Some(&b"Fake pass 7!"[..]));
    assert_eq!(token.passphrase(), None);
}

/// A text under the passphrase's MAC is under the same secret as a request's.
#[test]
fn passphrase__should_not_be_a_request() {
    for text in [
        "1753000000000GET/api/v1/accounts",
        "1753000000000DELETE/api/v1/orders",
        "",
        "a\nb",
        "p\u{e4}ss",
        "123456789012345678901234567890123",
    ] {
        let login = request("kucoin", "LOGIN", "api.kucoin.com/passphrase", text, &[]);
        assert!(read(&login).is_err(), "{text:?}");
    }
}

#[test]
fn pair__should_be_a_limit_order_and_a_stop_of_the_same_side_and_size() {
    let body = r#"{"clientOid":"c","symbol":"BTC-USDT","side":"buy","size":"2","price":"50000","stopPrice":"70000","limitPrice":"71000"}"#;
    for path in ["v3/oco/order", "v3/hf/margin/oco-order"] {
        let reading = must_read(&call("POST", SPOT, path, body));
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
        assert_eq!(
            (intent.side, intent.quantity),
            (Some(Side::Buy), Some(2.into()))
        );
        assert_eq!(intent.stop_price, Some(70_000.into()));
        assert_eq!(intent.notional.as_ref().unwrap().amount, 142_000.into());
    }
}

#[test]
fn stops__should_gain_or_lose_by_the_side_of_their_order() {
    for (side, profit, loss) in [("buy", 70_000, 50_000), ("sell", 50_000, 70_000)] {
        let order = format!(
            r#"{{"clientOid":"c","side":"{side}","symbol":"XBTUSDTM","type":"limit","size":3,"price":"60000","leverage":2,"triggerStopUpPrice":"70000","triggerStopDownPrice":"50000"}}"#
        );
        let reading = must_read(&call("POST", FUTURES, "v1/st-orders", &order));
        let profited = attached(&reading, "take_profit");
        assert!(profited.attached.unwrap().closes);
        assert_eq!(profited.intent.stop_price, Some(profit.into()));
        assert_ne!(profited.intent.side, reading.named().intent.side);
        let lost = &attached(&reading, "stop_loss").intent;
        assert_eq!(lost.stop_price, Some(loss.into()));
        assert_eq!(lost.quantity, Some(3.into()));
    }
    let unified = r#"{"tradeType":"FUTURES","symbol":"XBTUSDTM","side":"BUY","orderType":"LIMIT","size":"1","price":"5","tpTriggerPrice":"7","tpTriggerPriceType":"TP","slTriggerPrice":"4"}"#;
    let reading = must_read(&call("POST", SPOT, "ua/v1/unified/order/place", unified));
    let profit = &attached(&reading, "take_profit").intent;
    assert_eq!(profit.order_type, Some(OrderType::TakeProfitMarket));
    assert_eq!(
        attached(&reading, "stop_loss").intent.stop_price,
        Some(4.into())
    );
}

#[test]
fn size_in_the_base_asset__should_not_pass_for_lots() {
    let body = r#"{"clientOid":"c","side":"buy","symbol":"XBTUSDTM","type":"limit","qty":"10","price":"60000","leverage":2}"#;
    let reading = must_read(&call("POST", FUTURES, "v1/orders", body));
    assert_eq!(only(&reading).intent.quantity, None);
    let body = r#"{"tradeType":"FUTURES","symbol":"XBTUSDTM","side":"BUY","orderType":"LIMIT","size":"10","sizeUnit":"BASECCY","price":"5"}"#;
    let reading = must_read(&call("POST", SPOT, "ua/v1/unified/order/place", body));
    assert_eq!(only(&reading).intent.quantity, None);
}

#[test]
fn order_that_closes__should_not_state_another_size() {
    let body = r#"{"clientOid":"c","symbol":"XBTUSDTM","type":"market","closeOrder":true,"side":"sell","size":1}"#;
    let reading = must_read(&call("POST", FUTURES, "v1/orders", body));
    assert_eq!(only(&reading).intent.quantity, None);
    assert_eq!(only(&reading).intent.reduce_only, Some(true));
}

#[test]
fn order_to_fill_at_once__should_not_pass_for_a_makers() {
    let lasts = |word: &str| {
        let body = format!(
            r#"{{"clientOid":"c","side":"sell","symbol":"BTC-USDT","size":"1","price":"1","postOnly":true,"timeInForce":"{word}"}}"#
        );
        let reading = must_read(&call("POST", SPOT, "v1/hf/orders", &body));
        only(&reading).intent.time_in_force
    };
    assert_eq!(lasts("GTC"), Some(TimeInForce::PostOnly));
    assert_eq!(lasts("IOC"), Some(TimeInForce::ImmediateOrCancel));
}

#[test]
fn lending_of_old_and_signed_market_data__should_be_known() {
    let offer = r#"{"currency":"USDT","size":"100","dailyIntRate":"0.001","term":7}"#;
    let reading = must_read(&call("POST", SPOT, "v1/margin/lend", offer));
    assert_eq!(only(&reading).class, Class::Transfer);
    let withdrawn = call(
        "DELETE",
        SPOT,
        "v1/margin/lend/5da6dba0f943c0c81f5d5db5",
        "",
    );
    assert_eq!(only(&must_read(&withdrawn)).class, Class::Transfer);
    for path in [
        "v1/market/orderbook/level1?symbol=BTC-USDT",
        "v1/market/candles?symbol=BTC-USDT&type=1min",
        "v2/currencies/BTC",
        "v1/mark-price/BTC-USDT/current",
    ] {
        let reading = must_read(&call("GET", SPOT, path, ""));
        assert_eq!(reading.named().class, Class::Read, "{path}");
    }
    for path in [
        "v1/contracts/active",
        "v1/kline/query?symbol=XBTUSDTM&granularity=1",
    ] {
        let reading = must_read(&call("GET", FUTURES, path, ""));
        assert_eq!(reading.named().class, Class::Read, "{path}");
    }
}

#[test]
fn order_that_closes_a_position__should_have_no_size() {
    let close =
        r#"{"clientOid":"c","symbol":"XBTUSDTM","type":"market","closeOrder":true,"valueQty":"1"}"#;
    let reading = must_read(&call("POST", FUTURES, "v1/orders", close));
    let intent = &reading.named().intent;
    assert_eq!((intent.quote_quantity, &intent.notional), (None, &None));
}

#[test]
fn unit_of_a_size__should_not_make_a_limit_order_smaller() {
    let order = |rest: &str| {
        let body = format!(
            r#"{{"tradeType":"SPOT","symbol":"BTC-USDT","side":"buy","size":"100","sizeUnit":"QUOTECCY",{rest}}}"#
        );
        let request = call("POST", SPOT, "ua/v1/unified/order/place", &body);
        must_read(&request).named().intent.clone()
    };
    let bought = order(r#""orderType":"market""#).notional.unwrap();
    assert_eq!(bought.amount.to_string(), "100");
    let limit = order(r#""orderType":"limit","price":"60000""#);
    assert_eq!(limit.notional.unwrap().amount.to_string(), "6000000");
}

#[test]
fn ampersand__should_be_read_but_never_cancel() {
    let path = "v1/orders?symbol=BTC-USDT%26x";
    let reading = must_read(&call("GET", SPOT, path, ""));
    assert_eq!(reading.named().outside_alphabet, ["symbol"]);
    assert!(read(&call("DELETE", SPOT, path, "")).is_err());
}
