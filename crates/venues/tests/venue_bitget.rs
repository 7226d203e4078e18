//! Bitget: traps of its orders, and what its decoded query must not be made to say.
#![allow(non_snake_case, clippy::unwrap_used)]

mod support;

use countersign_venues::{
    Bound, Class, OrderType, Product, ReadError, Reading, Request, Side, Unclassified, read,
    signed_text,
};
use support::{attached, must_read, names, request};

const SENT: [(&str, &str); 1] = [("ACCESS-TIMESTAMP", "1753000000000")];

fn post(path: &str, body: &str) -> Request {
    let url = format!("api.bitget.com/api/{path}");
    request("bitget", "POST", &url, body, &SENT)
}

fn get(path_and_query: &str) -> Request {
    let url = format!("api.bitget.com/api/{path_and_query}");
    request("bitget", "GET", &url, "", &SENT)
}

fn text_of(request: &Request) -> String {
    String::from_utf8(signed_text(request).unwrap().bytes).unwrap()
}

fn only(reading: &Reading) -> &countersign_venues::Operation {
    assert_eq!(reading.authorised().len(), 1, "{:?}", names(reading));
    reading.named()
}

#[test]
fn spot_market_buy__should_count_the_quote_asset() {
    let order = |side: &str| {
        format!(
            r#"{{"symbol":"BTCUSDT","side":"{side}","orderType":"market","force":"gtc","size":"100"}}"#
        )
    };
    let buy = must_read(&post("v2/spot/trade/place-order", &order("buy")));
    assert_eq!(only(&buy).intent.quote_quantity, Some(100.into()));
    assert_eq!(only(&buy).intent.quantity, None);
    let sell = must_read(&post("v2/spot/trade/place-order", &order("sell")));
    assert_eq!(only(&sell).intent.quantity, Some(100.into()));
    assert_eq!(only(&sell).intent.notional, None);
}

#[test]
fn spot_batch__should_have_its_symbol_on_either_side_but_not_two() {
    let element = r#"{"symbol":"BTCUSDT","side":"buy","orderType":"limit","force":"gtc","price":"1e4","size":"0.1"}"#;
    let same = format!(r#"{{"symbol":"BTCUSDT","orderList":[{element}]}}"#);
    let reading = must_read(&post("v2/spot/trade/batch-orders", &same));
    assert_eq!(only(&reading).intent.price, Some(10_000.into()));
    let mixed = format!(r#"{{"batchMode":"multiple","orderList":[{element}]}}"#);
    must_read(&post("v2/spot/trade/batch-orders", &mixed));
    for other in [
        format!(r#"{{"symbol":"ETHUSDT","orderList":[{element}]}}"#),
        format!(r#"{{"size":"9","orderList":[{element}]}}"#),
        r#"{"symbol":"BTCUSDT","orderList":[]}"#.to_owned(),
    ] {
        assert!(
            read(&post("v2/spot/trade/batch-orders", &other)).is_err(),
            "{other}"
        );
    }
}

#[test]
fn futures_order__should_value_what_it_opens_and_not_what_it_closes() {
    let order = |more: &str| {
        format!(
            r#"{{"symbol":"BTCUSDT","productType":"USDT-FUTURES","marginMode":"crossed","marginCoin":"USDT","size":"0.02","side":"buy","orderType":"limit","price":"60000"{more}}}"#
        )
    };
    let opens = must_read(&post(
        "v2/mix/order/place-order",
        &order(r#","tradeSide":"open","reduceOnly":"YES""#),
    ));
    assert_eq!(opens.named().intent.reduce_only, None);
    assert_eq!(
        opens.named().intent.notional.as_ref().unwrap().bound,
        Bound::AtMost
    );
    let closes = must_read(&post(
        "v2/mix/order/place-order",
        &order(r#","tradeSide":"close""#),
    ));
    assert_eq!(closes.named().name, "futures_close");
    assert_eq!(closes.named().intent.notional, None);
    let coin = order("").replace("USDT-FUTURES", "COIN-FUTURES");
    let coin = must_read(&post("v2/mix/order/place-order", &coin));
    assert_eq!(coin.named().product, Product::CoinFutures);
    assert_eq!(coin.named().intent.notional, None);
    let event = order("").replace("USDT-FUTURES", "OTHER");
    assert!(read(&post("v2/mix/order/place-order", &event)).is_err());
}

#[test]
fn position_stop__should_only_reduce() {
    let stop = r#"{"symbol":"BTCUSDT","productType":"USDT-FUTURES","marginCoin":"USDT","planType":"pos_profit","triggerPrice":"70000","holdSide":"long","executePrice":"0"}"#;
    let reading = must_read(&post("v2/mix/order/place-tpsl-order", stop));
    let intent = &only(&reading).intent;
    assert_eq!(intent.order_type, Some(OrderType::TakeProfitMarket));
    assert_eq!(intent.reduce_only, Some(true));
    assert_eq!(intent.price, None);
}

#[test]
fn unified_order__should_be_of_its_category() {
    let order = |category: &str| {
        format!(
            r#"{{"category":"{category}","symbol":"BTCUSDT","qty":"2","side":"buy","orderType":"market"}}"#
        )
    };
    let path = "v3/trade/place-order";
    let spot = must_read(&post(path, &order("SPOT")));
    assert_eq!(only(&spot).class, Class::TradeSpot);
    assert_eq!(only(&spot).intent.quote_quantity, Some(2.into()));
    let futures = must_read(&post(path, &order("USDC-FUTURES")));
    assert_eq!(only(&futures).class, Class::TradeFutures);
    assert_eq!(only(&futures).intent.quantity, Some(2.into()));
    assert!(read(&post(path, &order("OPTIONS"))).is_err());
    let batch = format!("[{},{}]", order("SPOT"), order("COIN-FUTURES"));
    let both = must_read(&post("v3/trade/place-batch", &batch));
    let classes: Vec<_> = both.authorised().iter().map(|m| m.class).collect();
    assert!(classes.contains(&Class::TradeSpot) && classes.contains(&Class::TradeFutures));
    assert!(read(&post("v3/trade/place-batch", "[]")).is_err());
    assert!(read(&post("v3/trade/place-batch", &order("SPOT"))).is_err());
}

#[test]
fn unified_cancellation_without_category__should_be_of_either() {
    let reading = must_read(&post("v3/trade/cancel-order", r#"{"orderId":"12"}"#));
    let classes: Vec<_> = reading.authorised().iter().map(|m| m.class).collect();
    assert_eq!(classes, [Class::TradeSpot, Class::TradeFutures]);
    let futures = r#"{"orderId":"12","category":"USDT-FUTURES"}"#;
    let reading = must_read(&post("v3/trade/cancel-order", futures));
    assert_eq!(only(&reading).class, Class::TradeFutures);
}

#[test]
fn withdrawal__should_show_where_it_goes() {
    let body = r#"{"coin":"USDT","transferType":"internal_transfer","address":"1234567","innerToType":"uid","size":"100","clientOid":"w"}"#;
    let reading = must_read(&post("v2/spot/wallet/withdrawal", body));
    let intent = &only(&reading).intent;
    assert_eq!(only(&reading).class, Class::Withdraw);
    assert_eq!(intent.destination.as_deref(), Some("1234567"));
    assert_eq!(intent.amount, Some(100.into()));
    let odd =
        r#"{"coin":"USDT","transferType":"on_chain","address":"a b","chain":"trc20","size":"1"}"#;
    let reading = must_read(&post("v2/spot/wallet/withdrawal", odd));
    assert_eq!(only(&reading).outside_alphabet, ["address"]);
    let more = r#"{"coin":"USDT","address":"a","size":"1","to":"b"}"#;
    assert!(read(&post("v2/spot/wallet/withdrawal", more)).is_err());
}

#[test]
fn v1_futures_sides__should_say_what_becomes_of_the_position() {
    let order = |side: &str| {
        format!(
            r#"{{"symbol":"BTCUSDT_UMCBL","marginCoin":"USDT","side":"{side}","orderType":"market","size":"1"}}"#
        )
    };
    let closes = must_read(&post("mix/v1/order/placeOrder", &order("close_long")));
    assert_eq!(only(&closes).intent.side, Some(Side::Sell));
    assert_eq!(only(&closes).intent.reduce_only, Some(true));
    let opens = must_read(&post("mix/v1/order/placeOrder", &order("open_short")));
    assert_eq!(only(&opens).intent.side, Some(Side::Sell));
    assert_eq!(only(&opens).intent.reduce_only, None);
}

#[test]
fn margin__should_be_reduced_by_a_negative_amount() {
    let body = r#"{"symbol":"BTCUSDT","productType":"USDT-FUTURES","marginCoin":"USDT","holdSide":"long","amount":"-20"}"#;
    let reading = must_read(&post("v2/mix/account/set-margin", body));
    assert_eq!(only(&reading).intent.amount, Some(20.into()));
}

/// The text is decoded: two queries must not become one.
#[test]
fn decoded_query__should_not_pass_for_another() {
    let plain = get("v2/spot/trade/unfilled-orders?limit=5&symbol=A");
    assert_eq!(
        text_of(&plain),
        "1753000000000GET/api/v2/spot/trade/unfilled-orders?limit=5&symbol=A"
    );
    let odd = get("v2/spot/trade/unfilled-orders?symbol=B%C3%9C%2FC%20D");
    assert!(text_of(&odd).ends_with("?symbol=B\u{dc}/C D"));
    assert_eq!(must_read(&odd).named().outside_alphabet, ["symbol"]);
    let hidden = get("v2/spot/trade/unfilled-orders?limit=5%26symbol=A");
    assert!(matches!(
        read(&hidden),
        Err(ReadError::Unclassified(Unclassified::Confusable { .. }))
    ));
    for query in [
        "symbol=A&symbol=B",
        "symbol=%41",
        "symbol=%ff",
        "symbol",
        "symbol=a%0Ab",
    ] {
        let request = get(&format!("v2/spot/trade/unfilled-orders?{query}"));
        assert!(read(&request).is_err(), "{query}");
    }
}

#[test]
fn parameters__should_be_in_their_place_only() {
    let order = r#"{"symbol":"BTCUSDT","side":"buy","orderType":"limit","force":"gtc","price":"1","size":"1"}"#;
    let mut both = post("v2/spot/trade/place-order", order);
    both.query = "size=2".into();
    assert!(read(&both).is_err());
    let in_query = "v2/mix/order/cancel-all-orders?productType=USDT-FUTURES&symbol=BTCUSDT";
    assert!(read(&post(in_query, "")).is_err());
    let mut with_body = get("v2/spot/account/assets");
    with_body.body = b"{}".to_vec();
    assert!(read(&with_body).is_err());
    for body in [
        "symbol=BTCUSDT&side=buy&orderType=limit&price=1&size=1",
        r#"{"symbol":"BTCUSDT","side":"buy","orderType":"limit","price":"1","size":"1","Size":"2"}"#,
        r#"{"symbol":"BTCUSDT","side":"buy","orderType":"limit","price":"1","size":"-1"}"#,
        r#"{"symbol":"BTCUSDT","side":"buy","orderType":"limit","price":"1","size":"1"} x"#,
        r#"{"symbol":"BTCUSDT","side":"buy","orderType":"limit","price":"1"}"#,
    ] {
        assert!(
            read(&post("v2/spot/trade/place-order", body)).is_err(),
            "{body}"
        );
    }
}

#[test]
fn login__should_not_be_a_request() {
    let seconds = [("ACCESS-TIMESTAMP", "1753000000")];
    let login = request("bitget", "LOGIN", "ws.bitget.com/user/verify", "", &seconds);
    let reading = must_read(&login);
    assert_eq!(reading.signed().bytes, b"1753000000GET/user/verify");
    assert_eq!(only(&reading).class, Class::Session);
    // A request's time has thirteen digits, a login's ten, without a fraction.
    for (method, url, at) in [
        ("LOGIN", "ws.bitget.com/user/verify", "1753000000000"),
        ("LOGIN", "ws.bitget.com/user/verify", "1753000000.5"),
        ("LOGIN", "ws.bitget.com/user/verify?a=1", "1753000000"),
        (
            "GET",
            "api.bitget.com/api/v2/spot/account/assets",
            "1753000000",
        ),
        ("GET", "api.bitget.com/user/verify", "1753000000"),
    ] {
        let request = request("bitget", method, url, "", &[("ACCESS-TIMESTAMP", at)]);
        assert!(read(&request).is_err(), "{method} {url} {at}");
    }
}

/// The venue goes by one of them; the intent would show the last.
#[test]
fn two_names_of_a_size__should_not_differ() {
    let order = |sizes: &str| {
        let market = r#""symbol":"BTCUSDT","side":"buy","orderType":"limit","price":"5""#;
        let body = format!(r#"{{{market},"force":"gtc","loanType":"normal",{sizes}}}"#);
        read(&post("v2/margin/crossed/place-order", &body))
    };
    let differing = order(r#""baseSize":"1000","baseQuantity":"0.001""#);
    assert!(differing.is_err(), "{differing:?}");
    let one = order(r#""baseSize":"0.001","baseQuantity":"0.001""#).unwrap();
    assert_eq!(one.named().intent.quantity.unwrap().to_string(), "0.001");
}

#[test]
fn take_profit_and_stop_loss__should_be_orders_that_close() {
    let futures = r#""symbol":"BTCUSDT","productType":"USDT-FUTURES","marginMode":"crossed","marginCoin":"USDT","size":"2","price":"60000","side":"buy","orderType":"limit""#;
    let spot = r#""symbol":"BTCUSDT","size":"2","price":"60000","side":"buy","orderType":"limit","force":"gtc""#;
    let unified = r#""category":"USDT-FUTURES","symbol":"BTCUSDT","qty":"2","price":"60000","side":"buy","orderType":"limit""#;
    let old = r#""symbol":"BTCUSDT_UMCBL","marginCoin":"USDT","size":"2","price":"60000","side":"open_long","orderType":"limit""#;
    let preset = r#""presetStopSurplusPrice":"70000","presetStopSurplusExecutePrice":"69000","presetStopLossPrice":"50000""#;
    for (path, order, stops) in [
        ("v2/mix/order/place-order", futures, preset),
        (
            "v2/mix/order/place-plan-order",
            &format!(r#"{futures},"planType":"normal_plan","triggerPrice":"61000""#),
            preset,
        ),
        (
            "v2/mix/order/place-plan-order",
            &format!(r#"{futures},"planType":"normal_plan","triggerPrice":"61000""#),
            r#""stopSurplusTriggerPrice":"70000","stopSurplusExecutePrice":"69000","stopLossTriggerPrice":"50000","stopLossExecutePrice":"0""#,
        ),
        (
            "v2/spot/trade/place-order",
            spot,
            r#""presetTakeProfitPrice":"70000","executeTakeProfitPrice":"69000","presetStopLossPrice":"50000""#,
        ),
        (
            "v3/trade/place-order",
            unified,
            r#""takeProfit":"70000","tpOrderType":"limit","tpLimitPrice":"69000","stopLoss":"50000","slOrderType":"market","slLimitPrice":"49000""#,
        ),
        (
            "mix/v1/order/placeOrder",
            old,
            r#""presetTakeProfitPrice":"70000","presetStopLossPrice":"50000""#,
        ),
    ] {
        let reading = must_read(&post(path, &format!("{{{order},{stops}}}")));
        let profit = attached(&reading, "take_profit");
        assert!(profit.attached.unwrap().closes, "{path}");
        assert_eq!(profit.intent.side, Some(Side::Sell), "{path}");
        assert_eq!(profit.intent.quantity, Some(2.into()), "{path}");
        assert_eq!(profit.intent.stop_price, Some(70_000.into()), "{path}");
        let limit = (!path.contains("v1")).then(|| 69_000.into());
        assert_eq!(profit.intent.price, limit, "{path}");
        let loss = &attached(&reading, "stop_loss").intent;
        assert_eq!(loss.order_type, Some(OrderType::StopMarket), "{path}");
        assert_eq!(loss.stop_price, Some(50_000.into()), "{path}");
        let reduces = (!path.contains("spot")).then_some(true);
        assert_eq!(loss.reduce_only, reduces, "{path}");
        let wrong = stops.replace("70000", "7o000");
        assert!(
            read(&post(path, &format!("{{{order},{wrong}}}"))).is_err(),
            "{path}"
        );
        assert_eq!(
            must_read(&post(path, &format!("{{{order}}}")))
                .authorised()
                .len(),
            1,
            "{path}"
        );
    }
}

#[test]
fn changed_stops__should_be_seen() {
    for (path, body) in [
        (
            "v2/mix/order/modify-order",
            r#"{"symbol":"BTCUSDT","productType":"USDT-FUTURES","orderId":"1","newClientOid":"a","newPresetStopSurplusPrice":"7","newPresetStopLossPrice":"5"}"#,
        ),
        (
            "v2/mix/order/modify-plan-order",
            r#"{"symbol":"BTCUSDT","productType":"USDT-FUTURES","orderId":"1","newSurplusTriggerPrice":"7","newStopLossTriggerPrice":"5"}"#,
        ),
        (
            "v2/spot/trade/cancel-replace-order",
            r#"{"symbol":"BTCUSDT","price":"6","size":"1","orderId":"1","presetTakeProfitPrice":"7","presetStopLossPrice":"5"}"#,
        ),
        (
            "v3/trade/modify-order",
            r#"{"orderId":"1","category":"USDT-FUTURES","takeProfit":"7","stopLoss":"5"}"#,
        ),
        (
            "mix/v1/plan/modifyPlanPreset",
            r#"{"symbol":"BTCUSDT_UMCBL","marginCoin":"USDT","orderId":"1","presetTakeProfitPrice":"7","presetStopLossPrice":"5"}"#,
        ),
    ] {
        let reading = must_read(&post(path, body));
        assert_eq!(
            attached(&reading, "take_profit").intent.stop_price,
            Some(7.into()),
            "{path}"
        );
        assert_eq!(
            attached(&reading, "stop_loss").intent.stop_price,
            Some(5.into()),
            "{path}"
        );
    }
}

#[test]
fn stops_of_a_position__should_be_one_order_each() {
    for (path, body) in [
        (
            "v2/mix/order/place-pos-tpsl",
            r#"{"symbol":"BTCUSDT","productType":"USDT-FUTURES","marginCoin":"USDT","holdSide":"long","stopSurplusTriggerPrice":"70000","stopSurplusSize":"3","stopSurplusExecutePrice":"69000","stopLossTriggerPrice":"50000","stopLossSize":"2"}"#,
        ),
        (
            "v3/trade/place-strategy-order",
            r#"{"category":"USDT-FUTURES","symbol":"BTCUSDT","qty":"3","posSide":"long","takeProfit":"70000","tpLimitPrice":"69000","tpOrderType":"limit","stopLoss":"50000","slOrderType":"market"}"#,
        ),
    ] {
        let reading = must_read(&post(path, body));
        let loss = &reading.named().intent;
        assert_eq!(loss.order_type, Some(OrderType::StopMarket), "{path}");
        assert_eq!(loss.stop_price, Some(50_000.into()), "{path}");
        let reduces = (!path.contains("spot")).then_some(true);
        assert_eq!(loss.reduce_only, reduces, "{path}");
        let profit = attached(&reading, "take_profit");
        assert_eq!(
            profit.intent.order_type,
            Some(OrderType::TakeProfitLimit),
            "{path}"
        );
        assert_eq!(profit.intent.price, Some(69_000.into()), "{path}");
        assert_eq!(profit.intent.quantity, Some(3.into()), "{path}");
        assert_eq!(profit.intent.reduce_only, Some(true), "{path}");
    }
    let one =
        r#"{"category":"USDT-FUTURES","symbol":"BTCUSDT","posSide":"long","takeProfit":"70000"}"#;
    let one = must_read(&post("v3/trade/place-strategy-order", one));
    assert_eq!(
        only(&one).intent.order_type,
        Some(OrderType::TakeProfitMarket)
    );
    // What waits for a trigger may open, and what comes with it closes that.
    let waiting = r#"{"category":"USDT-FUTURES","symbol":"BTCUSDT","type":"trigger","side":"buy","qty":"1","triggerPrice":"6","triggerOrderType":"market","takeProfit":"7"}"#;
    let reading = must_read(&post("v3/trade/place-strategy-order", waiting));
    assert_eq!(reading.named().intent.reduce_only, None);
    assert_eq!(reading.named().intent.stop_price, Some(6.into()));
    assert!(attached(&reading, "take_profit").attached.unwrap().closes);
    // There is no position on spot.
    let spot =
        r#"{"category":"SPOT","symbol":"BTCUSDT","side":"buy","qty":"9","stopLoss":"70000"}"#;
    let spot = must_read(&post("v3/trade/place-strategy-order", spot));
    assert_eq!(only(&spot).intent.reduce_only, None);
}

/// A trigger beside the type that passes it over must not lend its price to a stop at the market.
#[test]
fn strategy_of_two_kinds__should_not_be_priced_as_one_of_them() {
    for kind in ["", r#""type":"tpsl","#] {
        let body = format!(
            r#"{{"category":"SPOT","symbol":"BTCUSDT",{kind}"side":"buy","qty":"100","triggerPrice":"2","triggerOrderType":"limit","triggerOrderPrice":"1","stopLoss":"70000"}}"#
        );
        let reading = must_read(&post("v3/trade/place-strategy-order", &body));
        for member in reading.authorised() {
            assert_eq!(member.intent.notional, None, "{kind}");
        }
        assert_eq!(reading.named().intent.reduce_only, None, "{kind}");
        assert_eq!(
            reading.named().intent.order_type,
            Some(OrderType::StopMarket),
            "{kind}"
        );
    }
}

/// The order that is replaced has a side and a kind, and keeps them.
#[test]
fn replacement__should_not_be_of_the_side_it_states() {
    let body = r#"{"symbol":"BTCUSDT","price":"1","size":"100","orderId":"1","side":"buy","orderType":"limit"}"#;
    let reading = must_read(&post("v2/spot/trade/cancel-replace-order", body));
    assert_eq!(only(&reading).intent.side, None);
    assert_eq!(only(&reading).intent.notional, None);
}

#[test]
fn price_of_execution__should_be_the_price() {
    let futures = r#"{"symbol":"BTCUSDT","productType":"USDT-FUTURES","marginMode":"crossed","marginCoin":"USDT","size":"2","side":"buy","orderType":"limit","planType":"PLAN","triggerPrice":"5","price":"1"EXECUTE}"#;
    let old = r#"{"symbol":"BTCUSDT_UMCBL","marginCoin":"USDT","size":"2","side":"open_long","orderType":"limit","triggerPrice":"5"PRICEEXECUTE}"#;
    let with = |execute: &str| {
        futures
            .replace("PLAN", "normal_plan")
            .replace("EXECUTE", execute)
    };
    assert!(
        read(&post(
            "v2/mix/order/place-plan-order",
            &with(r#","executePrice":"90000""#)
        ))
        .is_err()
    );
    must_read(&post(
        "v2/mix/order/place-plan-order",
        &with(r#","executePrice":"1.0""#),
    ));
    let trailing = futures.replace("PLAN", "track_plan").replace("EXECUTE", "");
    let trailing = must_read(&post("v2/mix/order/place-plan-order", &trailing));
    assert_eq!(
        only(&trailing).intent.order_type,
        Some(OrderType::StopMarket)
    );
    assert_eq!(only(&trailing).intent.notional, None);
    let execute = r#","executePrice":"90000""#;
    let alone = old.replace("PRICE", "").replace("EXECUTE", execute);
    let alone = must_read(&post("mix/v1/plan/placePlan", &alone));
    assert_eq!(only(&alone).intent.price, Some(90_000.into()));
    let both = old
        .replace("PRICE", r#","price":"1""#)
        .replace("EXECUTE", execute);
    assert!(read(&post("mix/v1/plan/placePlan", &both)).is_err());
}

#[test]
fn loans_of_v1_and_signed_market_data__should_be_known() {
    let body = r#"{"loanCoin":"USDT","pledgeCoin":"BTC","daily":"SEVEN","loanAmount":"100"}"#;
    let loan = must_read(&post("spot/v1/loan/borrow", body));
    assert_eq!(loan.named().product, Product::Margin);
    for data in [
        "spot/v1/market/depth?symbol=BTCUSDT_SPBL",
        "mix/v1/market/candles?symbol=BTCUSDT_UMCBL",
        "v2/spot/market/candles?symbol=BTCUSDT",
    ] {
        assert_eq!(must_read(&get(data)).named().class, Class::Read, "{data}");
    }
}

#[test]
fn ampersand_in_what_is_read__should_keep_bytes_and_class() {
    let odd = get("v2/spot/trade/unfilled-orders?symbol=B%C3%BCro%20%26%20S%C3%B8n");
    assert!(text_of(&odd).ends_with("?symbol=B\u{fc}ro & S\u{f8}n"));
    let reading = must_read(&odd);
    assert_eq!(reading.named().class, Class::Read);
    assert_eq!(reading.named().outside_alphabet, ["symbol"]);
}

#[test]
fn side_that_opens__should_not_be_believed_to_reduce_in_capitals_either() {
    for side in ["open_long", "OPEN_LONG", "Open_Short"] {
        let body = format!(
            r#"{{"symbol":"BTCUSDT_UMCBL","marginCoin":"USDT","size":"2","side":"{side}","orderType":"market","reduceOnly":"true"}}"#
        );
        let reading = must_read(&post("mix/v1/order/placeOrder", &body));
        assert_eq!(reading.named().intent.reduce_only, None, "{side}");
    }
}
