//! BingX: decoded queries and flattened bodies, whose texts are one.
#![allow(non_snake_case, clippy::unwrap_used)]

mod support;

use countersign_venues::{
    Class, OrderType, Placement, PositionSide, ReadError, Request, Side, TimeInForce, Unclassified,
    read, signed_text,
};
use support::{attached, must_read, names};

fn request(method: &str, path: &str, query: &str) -> Request {
    Request {
        venue: "bingx".into(),
        method: method.into(),
        host: "open-api.bingx.com".into(),
        path: format!("/openApi/{path}"),
        query: format!("{query}&timestamp=1753000000000")
            .trim_start_matches('&')
            .into(),
        body: Vec::new(),
        headers: Vec::new(),
    }
}

fn with_body(path: &str, body: &str) -> Request {
    Request {
        query: String::new(),
        body: body.into(),
        ..request("POST", path, "")
    }
}

const ORDER: &str = "symbol=BTC-USDT&side=BUY&type=LIMIT&quantity=0.5&price=60000";

#[test]
fn text__should_have_its_values_decoded() {
    let query = "symbol=BTC-USDT&side=SELL&type=MARKET&quantity=1&clientOrderId=a%20b%2Fc";
    let reading = must_read(&request("POST", "swap/v2/trade/order", query));
    let text = String::from_utf8(reading.signed().bytes.clone()).unwrap();
    assert!(text.contains("clientOrderId=a b/c&timestamp"), "{text}");
    assert_eq!(reading.named().outside_alphabet, ["clientOrderId"]);
    assert_eq!(reading.signed().placement, Placement::Query("signature"));
}

/// Decoded, the memo is the text of a withdrawal of another amount.
#[test]
fn value_with_an_ampersand__should_be_refused() {
    let query = "coin=USDT&address=T1&amount=1&addressTag=7%26amount%3D1000";
    assert!(matches!(
        read(&request("POST", "wallets/v1/capital/withdraw/apply", query)),
        Err(ReadError::Unclassified(Unclassified::Confusable { .. }))
    ));
    let body =
        r#"{"subAccountString":"a&coin=USDT&address=T1&amount=1","timestamp":1753000000000}"#;
    assert!(matches!(
        read(&with_body("subAccount/v1/create", body)),
        Err(ReadError::Unclassified(Unclassified::Confusable { .. }))
    ));
}

/// It is the text of no other parameter, and is marked.
#[test]
fn ampersand_before_no_parameter__should_keep_bytes_and_class() {
    let query = format!("newClientOrderId=B%C3%BCro%20%26%20S%C3%B8n&{ORDER}");
    let reading = must_read(&request("POST", "spot/v1/trade/order", &query));
    let text = String::from_utf8(reading.signed().bytes.clone()).unwrap();
    assert!(text.starts_with("newClientOrderId=B\u{fc}ro & S\u{f8}n&symbol="));
    assert_eq!(reading.named().class, Class::TradeSpot);
    assert_eq!(reading.named().outside_alphabet, ["newClientOrderId"]);
}

/// `clientOrderId=x%26reduceOnly%3Dtrue` is an order that opens, under the signature of one that reduces.
#[test]
fn what_could_be_the_end_of_an_id__should_not_be_believed() {
    let rest = "symbol=BTC-USDT&side=SELL&positionSide=BOTH&type=MARKET&quantity=1";
    let reduces = |query: &str| {
        let reading = must_read(&request("POST", "swap/v2/trade/order", query));
        assert_eq!(reading.named().class, Class::TradeFutures);
        reading.named().intent.reduce_only
    };
    let honest = format!("clientOrderId=x&reduceOnly=true&{rest}");
    assert_eq!(reduces(&honest), None);
    assert_eq!(
        reduces(&format!("clientOrderID=x&price=1&reduceOnly=true&{rest}")),
        None
    );
    assert_eq!(
        reduces(&format!("clientOrderID=x&{rest}&reduceOnly=true")),
        Some(true)
    );
    assert_eq!(
        reduces(&format!("reduceOnly=true&clientOrderId=x&{rest}")),
        Some(true)
    );
    let sized_twice = "symbol=BTC-USDT&side=SELL&type=MARKET&quoteOrderQty=5";
    assert_eq!(
        reduces(&format!(
            "clientOrderId=x&quantity=1&reduceOnly=true&{sized_twice}"
        )),
        None
    );
    let twice = format!("clientOrderId=x&reduceOnly=true&reduceOnly=false&{rest}");
    assert!(read(&request("POST", "swap/v2/trade/order", &twice)).is_err());
    let rests = |query: &str| {
        let reading = must_read(&request("POST", "swap/v2/trade/order", query));
        reading.named().intent.time_in_force
    };
    let limit = "symbol=BTC-USDT&side=SELL&type=LIMIT&quantity=1&price=5";
    assert_eq!(
        rests(&format!("clientOrderId=x&timeInForce=PostOnly&{limit}")),
        None
    );
    let honest_rest = format!("clientOrderId=x&{limit}&timeInForce=PostOnly");
    assert_eq!(rests(&honest_rest), Some(TimeInForce::PostOnly));
    let text = |query: &str| signed_text(&request("POST", "swap/v2/trade/order", query));
    let hidden = honest.replacen("&reduceOnly=", "%26reduceOnly%3D", 1);
    assert!(text(&hidden).is_err());

    let paid = |query: &str| read(&request("POST", "wallets/v1/capital/withdraw/apply", query));
    assert!(paid("withdrawOrderId=x&addressTag=7&coin=XRP&address=r1&amount=1").is_err());
    assert!(paid("withdrawOrderId=x&network=XRP&coin=XRP&address=r1&amount=1").is_err());
    assert!(
        paid("address=r1&addressTag=7&amount=1&coin=XRP&network=XRP&withdrawOrderId=x").is_ok()
    );
}

/// The bytes of `type=Reverse%26` are those of `type=Reverse&`, which reverses a position.
#[test]
fn ampersand_behind_a_word__should_be_refused() {
    let asked = |value: &str| {
        let query = format!("symbol=BTC-USDT&type={value}");
        read(&request("GET", "swap/v2/trade/openOrders", &query))
    };
    for value in ["Reverse%26", "Reverse%26x", "CLOSE%26"] {
        assert!(asked(value).is_err(), "{value}");
    }
    for value in ["Reverse", "reverse", "Reverse%20"] {
        assert!(names(&asked(value).unwrap()).contains(&"swap_reverse"));
    }
    let moved = "asset=USDT&amount=1&type=FUND_SPOT%26";
    assert!(read(&request("POST", "api/asset/v1/transfer", moved)).is_err());
}

/// What the venue does not look at for an order at the market takes in what follows, as an id does.
#[test]
fn what_could_be_the_end_of_an_unused_parameter__should_not_be_believed() {
    let market = "symbol=BTC-USDT&side=BUY&type=MARKET&quantity=1";
    let limit = "symbol=BTC-USDT&side=BUY&type=LIMIT&quantity=1&price=1";
    for (query, reduces) in [
        (
            format!("{market}&workingType=MARK_PRICE&reduceOnly=true"),
            None,
        ),
        (format!("{market}&timeInForce=GTC&reduceOnly=true"), None),
        (
            format!("{market}&stopGuaranteed=false&reduceOnly=true"),
            None,
        ),
        (
            format!("{limit}&timeInForce=GTC&reduceOnly=true"),
            Some(true),
        ),
        (
            format!("{market}&recvWindow=5000&reduceOnly=true"),
            Some(true),
        ),
        (
            format!("workingType=MARK_PRICE&{market}&reduceOnly=true"),
            Some(true),
        ),
    ] {
        let reading = must_read(&request("POST", "swap/v2/trade/order", &query));
        assert_eq!(reading.named().intent.reduce_only, reduces, "{query}");
    }
    // A plain order does not know the mode.
    let query = format!("{market}&cancelOrderId=1&cancelReplaceMode=ALLOW_FAILURE&reduceOnly=true");
    let replacing = must_read(&request("POST", "swap/v1/trade/cancelReplace", &query));
    let orders = ["swap_cancel_replace", "swap_order"];
    let all = replacing.authorised().iter();
    let reducing = all.filter(|one| orders.contains(&one.name) && one.intent.reduce_only.is_some());
    assert_eq!(reducing.count(), 0);
    let paid = |query: &str| read(&request("POST", "wallets/v1/capital/withdraw/apply", query));
    let to = "coin=XRP&address=r1&amount=1";
    assert!(paid(&format!("{to}&recipientFirstName=x&addressTag=7")).is_err());
    assert!(paid(&format!("{to}&addressTag=7&network=XRP")).is_err());
    assert!(paid(&format!("{to}&walletType=1&network=XRP&addressTag=7")).is_ok());
    let address = "coin=XRP&limit=1&network=XRP&offset=0";
    assert!(
        read(&request(
            "GET",
            "wallets/v1/capital/deposit/address",
            address
        ))
        .is_ok()
    );
}

/// Members are signed sorted: there the id comes last.
#[test]
fn order_of_members__should_be_that_of_the_signed_text() {
    let body = r#"{"reduceOnly":"true","clientOrderId":"x","symbol":"BTC-USDT","side":"SELL","type":"MARKET","timestamp":1753000000000,"quantity":"1"}"#;
    let order = with_body("swap/v2/trade/order", body);
    assert_eq!(
        must_read(&order).named().intent.reduce_only,
        Some(true),
        "quantity is between"
    );
    let body = r#"{"reduceOnly":"true","clientOrderId":"x","symbol":"BTC-USDT","side":"SELL","type":"MARKET","timestamp":1753000000000,"quoteOrderQty":"1"}"#;
    let order = with_body("swap/v2/trade/order", body);
    assert_eq!(must_read(&order).named().intent.reduce_only, None);
}

#[test]
fn body__should_be_signed_sorted_with_its_lists() {
    let body = r#"{"timestamp":1753000000000,"subUid":"12","permissions":[1,2],"note":"n","ipAddresses":["1.2.3.4","5.6.7.8"]}"#;
    let reading = must_read(&with_body("subAccount/v1/apiKey/create", body));
    assert_eq!(
        String::from_utf8(reading.signed().bytes.clone()).unwrap(),
        r#"ipAddresses=["1.2.3.4","5.6.7.8"]&note=n&permissions=[1,2]&subUid=12&timestamp=1753000000000"#
    );
    assert_eq!(reading.signed().placement, Placement::Json("signature"));
    assert_eq!(reading.named().class, Class::Admin);
    for body in [
        r#"{"subAccountString":"a","subAccountString":"b","timestamp":1753000000000}"#,
        r#"{"subAccountString":{"a":1},"timestamp":1753000000000}"#,
        r#"{"subAccountString":"a","timestamp":1753000000000,"more":1}"#,
        r#"{"subAccountString":"a","timestamp":1753000000000} "#,
    ] {
        let refused = read(&with_body("subAccount/v1/create", body)).is_err();
        assert_eq!(refused, !body.ends_with("} "), "{body}");
    }
}

#[test]
fn body_and_query__should_be_of_one_set() {
    let body = r#"{"coin":"USDT","address":"T1","amount":"5","timestamp":1753000000000}"#;
    let by_body = with_body("wallets/v1/capital/withdraw/apply", body);
    let by_query = request(
        "POST",
        "wallets/v1/capital/withdraw/apply",
        "address=T1&amount=5&coin=USDT",
    );
    assert_eq!(
        signed_text(&by_body).unwrap().bytes,
        signed_text(&by_query).unwrap().bytes
    );
    assert_eq!(
        support::set(&must_read(&by_body)),
        support::set(&must_read(&by_query))
    );
    let mut both = by_body;
    both.query = "recvWindow=1".into();
    assert!(read(&both).is_err());
}

#[test]
fn spot_order__should_also_be_a_futures_order() {
    let spot = must_read(&request("POST", "spot/v1/trade/order", ORDER));
    assert!(names(&spot).contains(&"swap_order"));
    let swap = must_read(&request("POST", "swap/v2/trade/order", ORDER));
    assert_eq!(support::set(&spot), support::set(&swap));
    assert_eq!(spot.named().class, Class::TradeSpot);
    assert!(spot.if_cut().is_empty());
}

#[test]
fn reads__should_take_no_parameters_of_what_moves_value() {
    for path in [
        "spot/v1/account/balance",
        "spot/v1/trade/openOrders",
        "swap/v2/user/positions",
        "wallets/v1/capital/config/getall",
        "account/v1/uid",
    ] {
        let query = "coin=USDT&address=T1&amount=5&walletType=15";
        let found = read(&request("GET", path, query));
        assert!(
            matches!(
                found,
                Err(ReadError::Unclassified(
                    Unclassified::UnknownParameter { .. }
                ))
            ),
            "{path}"
        );
    }
    // A read with an order's id is the cancellation of that order.
    let query = "symbol=BTC-USDT&orderId=5";
    let reading = must_read(&request("GET", "spot/v1/trade/query", query));
    assert!(names(&reading).contains(&"spot_cancel"));
    assert!(names(&reading).contains(&"swap_cancel"));
}

#[test]
fn orders__should_say_what_they_do() {
    let query = format!("{ORDER}&positionSide=SHORT&timeInForce=PostOnly&reduceOnly=true");
    let intent = must_read(&request("POST", "swap/v2/trade/order", &query))
        .named()
        .intent
        .clone();
    assert_eq!(intent.side, Some(Side::Buy));
    assert_eq!(intent.position_side, Some(PositionSide::Short));
    assert_eq!(intent.time_in_force, Some(TimeInForce::PostOnly));
    assert_eq!(intent.reduce_only, Some(true));
    assert_eq!(intent.notional.unwrap().amount, 30_000.into());

    let query = "symbol=BTC-USDT&side=SELL&type=STOP_MARKET&stopPrice=5&closePosition=true";
    let intent = must_read(&request("POST", "swap/v2/trade/order", query))
        .named()
        .intent
        .clone();
    assert_eq!(intent.order_type, Some(OrderType::StopMarket));
    assert_eq!(intent.reduce_only, Some(true));

    let query = "symbol=BTC-USDT&leverage=7&side=LONG";
    let intent = must_read(&request("POST", "swap/v2/trade/leverage", query))
        .named()
        .intent
        .clone();
    assert_eq!(intent.leverage, Some(7.into()));
    assert_eq!(intent.side, None, "long is a position, not a side");
}

#[test]
fn batches__should_be_read_element_by_element() {
    let data = "%5B%7B%22symbol%22%3A%22BTC-USDT%22%2C%22side%22%3A%22BUY%22%2C%22type%22%3A%22LIMIT%22%2C%22quantity%22%3A0.5%2C%22price%22%3A1e3%7D%2C%7B%22symbol%22%3A%22ETH-USDT%22%2C%22side%22%3A%22SELL%22%2C%22type%22%3A%22MARKET%22%2C%22quantity%22%3A%222%22%7D%5D";
    let reading = must_read(&request(
        "POST",
        "spot/v1/trade/batchOrders",
        &format!("data={data}"),
    ));
    let orders: Vec<_> = reading
        .authorised()
        .iter()
        .filter(|member| member.name == "spot_orders")
        .collect();
    assert_eq!(orders.len(), 2);
    assert_eq!(orders[0].intent.price, Some(1000.into()));
    assert_eq!(orders[1].intent.side, Some(Side::Sell));
}

#[test]
fn payment_to_another_user__should_be_a_withdrawal() {
    let query = "coin=USDT&userAccountType=1&userAccount=99&amount=5&walletType=1";
    let reading = must_read(&request(
        "POST",
        "wallets/v1/capital/innerTransfer/apply",
        query,
    ));
    assert_eq!(reading.named().class, Class::Withdraw);
    assert_eq!(reading.named().intent.destination.as_deref(), Some("99"));
}

#[test]
fn transfer__should_name_its_accounts() {
    for query in [
        "asset=USDT&amount=5&type=FUND_PFUTURES",
        "asset=USDT&amount=5&fromAccount=FUND&toAccount=PFUTURES",
    ] {
        let reading = must_read(&request("POST", "api/asset/v1/transfer", query));
        assert_eq!(reading.named().class, Class::Transfer);
        assert_eq!(reading.named().intent.from.as_deref(), Some("FUND"));
        assert_eq!(reading.named().intent.to.as_deref(), Some("PFUTURES"));
    }
}

#[test]
fn repeated_names__should_be_refused() {
    for query in [
        format!("{ORDER}&quantity=5"),
        format!("{ORDER}&Quantity=5"),
        format!("{ORDER}&timestamp=1753000000001"),
        format!("{ORDER}&recvWindow=1&recvWindow=60000"),
    ] {
        let found = read(&request("POST", "spot/v1/trade/order", &query));
        assert!(
            matches!(
                found,
                Err(ReadError::Unclassified(
                    Unclassified::RepeatedParameter { .. }
                ))
            ),
            "{query}: {found:?}"
        );
    }
}

const CLOSING: [(&str, &str); 2] = [
    (
        "takeProfit",
        r#"{"type":"TAKE_PROFIT_MARKET","stopPrice":70000.0,"price":70000.0,"workingType":"MARK_PRICE"}"#,
    ),
    (
        "stopLoss",
        r#"{"type":"STOP","quantity":"0.2","stopPrice":50000,"price":49000,"stopGuaranteed":"false"}"#,
    ),
];

#[test]
fn take_profit_and_stop_loss__should_be_orders_that_close() {
    let [(gain, gain_text), (loss, loss_text)] = CLOSING;
    let single = format!("{ORDER}&{gain}={gain_text}&{loss}={loss_text}");
    let element =
        r#"{"symbol":"BTC-USDT","side":"BUY","type":"LIMIT","quantity":0.5,"price":60000"#;
    let as_objects =
        format!(r#"batchOrders=[{element},"{gain}":{gain_text},"{loss}":{loss_text}}}]"#);
    let quoted = |text: &str| text.replace('"', r#"\""#);
    let as_texts = format!(
        r#"batchOrders=[{element},"{gain}":"{}","{loss}":"{}"}}]"#,
        quoted(gain_text),
        quoted(loss_text)
    );
    for (path, query) in [
        ("swap/v2/trade/order", &single),
        ("swap/v2/trade/order/test", &single),
        ("cswap/v1/trade/order", &single),
        ("swap/v2/trade/batchOrders", &as_objects),
        ("swap/v2/trade/batchOrders", &as_texts),
    ] {
        let reading = must_read(&request("POST", path, query));
        let profit = attached(&reading, "take_profit");
        assert!(profit.attached.unwrap().closes);
        assert_eq!(profit.intent.side, Some(Side::Sell));
        assert_eq!(profit.intent.quantity, reading.named().intent.quantity);
        // Stated beside a kind that has none, the price does not count.
        assert_eq!(profit.intent.order_type, Some(OrderType::TakeProfitMarket));
        assert_eq!(profit.intent.stop_price, Some(70_000.into()));
        let loss = &attached(&reading, "stop_loss").intent;
        assert_eq!(loss.order_type, Some(OrderType::StopLimit));
        assert_eq!(loss.price, Some(49_000.into()));
        assert_eq!(loss.quantity.unwrap().to_string(), "0.2");
        assert_eq!(loss.reduce_only, Some(true));
    }
}

#[test]
fn stop_larger_than_its_order__should_not_be_said_to_close_it() {
    let query = format!(r#"{ORDER}&stopLoss={{"type":"STOP_MARKET","quantity":50,"stopPrice":1}}"#);
    let reading = must_read(&request("POST", "swap/v2/trade/order", &query));
    let loss = attached(&reading, "stop_loss");
    assert_eq!(loss.intent.quantity, Some(50.into()));
    assert_eq!(loss.intent.reduce_only, None);
    assert!(!loss.attached.unwrap().closes);
    for wrong in [
        r#"{"type":"OTHER","stopPrice":1}"#,
        r#"{"type":"STOP_MARKET","stopPrice":1,"side":"BUY"}"#,
        r#"{"type":"STOP_MARKET","stopPrice":1,"stopPrice":2}"#,
        r#"{"type":"STOP_MARKET","stopPrice":1,"quantity":-1}"#,
        r#"[{"type":"STOP_MARKET","stopPrice":1}]"#,
        "5",
    ] {
        let query = format!("{ORDER}&stopLoss={wrong}");
        assert!(
            read(&request("POST", "swap/v2/trade/order", &query)).is_err(),
            "{wrong}"
        );
    }
}

#[test]
fn pair_on_spot__should_be_two_orders() {
    let query =
        "symbol=BTC-USDT&side=BUY&quantity=2&limitPrice=100&orderPrice=90000&triggerPrice=80000";
    let reading = must_read(&request("POST", "spot/v1/oco/order", query));
    assert_eq!(reading.named().intent.order_type, Some(OrderType::Limit));
    assert_eq!(
        reading.named().intent.notional.as_ref().unwrap().amount,
        200.into()
    );
    let stop = attached(&reading, "stop");
    assert!(!stop.attached.unwrap().closes);
    assert_eq!(stop.intent.side, Some(Side::Buy));
    assert_eq!(stop.intent.order_type, Some(OrderType::StopLimit));
    assert_eq!(stop.intent.stop_price, Some(80_000.into()));
    assert_eq!(
        stop.intent.notional.as_ref().unwrap().amount,
        180_000.into()
    );
}

/// Words that make an order one that closes count only where the venue reads them.
#[test]
fn order_that_opens__should_not_be_said_to_reduce() {
    for query in [
        "symbol=BTC-USDT&side=BUY&type=MARKET&quantity=9&closePosition=true",
        "symbol=BTC-USDT&side=BUY&type=STOP_MARKET&stopPrice=5&quantity=9&closePosition=true",
        "symbol=BTC-USDT&side=BUY&positionSide=LONG&type=MARKET&quantity=9&reduceOnly=true",
        "symbol=BTC-USDT&side=SELL&positionSide=SHORT&type=MARKET&quantity=9&reduceOnly=true",
    ] {
        let reading = must_read(&request("POST", "swap/v2/trade/order", query));
        assert_eq!(reading.named().intent.reduce_only, None, "{query}");
    }
    let query = "symbol=BTC-USDT&side=SELL&type=TRAILING_STOP_MARKET&quantity=1&priceRate=0.1&activationPrice=7";
    let reading = must_read(&request("POST", "swap/v2/trade/order", query));
    assert_eq!(reading.named().intent.stop_price, Some(7.into()));
}

#[test]
fn market_data__should_be_a_read_where_a_client_signs_it() {
    for (path, query) in [
        (
            "spot/v2/market/depth",
            "depth=20&symbol=BTC-USDT&type=step0",
        ),
        (
            "swap/v3/quote/klines",
            "interval=1h&limit=5&symbol=BTC-USDT",
        ),
        ("swap/v2/quote/contracts", ""),
    ] {
        let reading = must_read(&request("GET", path, query));
        assert_eq!(reading.named().class, Class::Read, "{path}");
    }
    // Nor does it take what an order needs.
    let mixed = request(
        "GET",
        "swap/v3/quote/klines",
        &format!("{ORDER}&interval=1h"),
    );
    assert!(read(&mixed).is_err());
}

#[test]
fn margin_of_a_position__should_be_read_with_either_name_of_its_direction() {
    for name in ["type", "direction_type"] {
        let query = format!("symbol=BTC-USDT&amount=12.5&{name}=1&positionSide=LONG");
        let reading = must_read(&request("POST", "swap/v2/trade/positionMargin", &query));
        assert_eq!(reading.named().class, Class::TradeFutures, "{name}");
    }
}

/// The venue reads an order's parameters in the list. Beside it they would be believed and not heeded.
#[test]
fn batch__should_have_nothing_beside_its_list() {
    let order = "%5B%7B%22symbol%22%3A%22BTC-USDT%22%2C%22side%22%3A%22BUY%22%2C%22type%22%3A%22MARKET%22%2C%22quantity%22%3A%221%22%7D%5D";
    for (path, list) in [
        ("swap/v2/trade/batchOrders", "batchOrders"),
        ("spot/v1/trade/batchOrders", "data"),
    ] {
        let alone = format!("{list}={order}");
        assert!(read(&request("POST", path, &alone)).is_ok(), "{path}");
        for beside in ["reduceOnly=true", "price=1", "symbol=BTC-USDT"] {
            let both = request("POST", path, &format!("{alone}&{beside}"));
            assert!(read(&both).is_err(), "{path} {beside}");
        }
    }
}

/// Where an account holds two positions a market, the venue does not take `reduceOnly`.
#[test]
fn order_that_opens_a_side__should_not_be_believed_to_reduce() {
    let order = |side: &str, position: &str| {
        let query = format!(
            "symbol=BTC-USDT&side={side}&positionSide={position}&type=MARKET&quantity=1&reduceOnly=true"
        );
        let reading = must_read(&request("POST", "swap/v2/trade/order", &query));
        reading.named().intent.reduce_only
    };
    assert_eq!(order("BUY", "LONG"), None);
    assert_eq!(order("SELL", "SHORT"), None);
    assert_eq!(order("SELL", "LONG"), Some(true));
    assert_eq!(order("BUY", "BOTH"), Some(true));
}

#[test]
fn order_at_the_market__should_not_be_believed_to_close() {
    let order = |kind: &str, rest: &str| {
        let query = format!("symbol=BTC-USDT&side=BUY&type={kind}&closePosition=true{rest}");
        read(&request("POST", "swap/v2/trade/order", &query))
    };
    let opens = order("MARKET", "&quantity=1").unwrap();
    assert_eq!(opens.named().intent.reduce_only, None);
    // Without a size, its size is not known.
    let without_size = order("MARKET", "").unwrap();
    assert_eq!(without_size.named().intent.reduce_only, None);
    assert_eq!(without_size.named().intent.notional, None);
    let closes = order("STOP_MARKET", "&stopPrice=1").unwrap();
    assert_eq!(closes.named().intent.reduce_only, Some(true));
}

#[test]
fn attached_orders__should_be_read_by_the_words_of_a_client() {
    let attached = "%7B%22stopPrice%22%3A40000%2C%22type%22%3A%22limit%22%2C%22price%22%3A39000%7D";
    let query = format!("{ORDER}&positionSide=BOTH&stopLoss={attached}");
    let reading = must_read(&request("POST", "swap/v2/trade/order", &query));
    assert_eq!(reading.named().class, Class::TradeFutures);
}

/// Both take a `type`, as orders do, and of other words.
#[test]
fn reversal_and_timer__should_be_told_from_an_order_by_their_words() {
    let of = |path: &str, kind: &str| {
        read(&request(
            "POST",
            path,
            &format!("symbol=BTC-USDT&type={kind}"),
        ))
    };
    let members = |path: &str, kind: &str| names(&of(path, kind).unwrap());
    for kind in ["Reverse", "TriggerReverse", "reverse"] {
        let named = members("swap/v1/trade/reverse", kind);
        assert_eq!(named.first(), Some(&"swap_reverse"), "{kind}");
        assert!(!named.contains(&"swap_cancel_after"), "{kind}");
    }
    let timer = must_read(&request(
        "POST",
        "swap/v2/trade/cancelAllAfter",
        "type=CLOSE",
    ));
    assert_eq!(names(&timer).first(), Some(&"swap_cancel_after"));
    assert!(names(&timer).contains(&"spot_cancel_after"));
    assert!(of("swap/v1/trade/reverse", "LIMIT").is_err());
    let order = must_read(&request("POST", "swap/v2/trade/order", ORDER));
    for other in ["swap_reverse", "swap_cancel_after", "spot_cancel_after"] {
        assert!(!names(&order).contains(&other), "{other}");
    }
}

/// Without it the venue takes the long one of two positions, so that this order would open it.
#[test]
fn side_of_a_position_that_an_id_could_hold__should_not_be_believed() {
    let side = |query: &str| {
        let query = format!("symbol=BTC-USDT&side=BUY&type=MARKET&{query}");
        let reading = must_read(&request("POST", "swap/v2/trade/order", &query));
        let intent = &reading.named().intent;
        (intent.position_side, intent.reduce_only)
    };
    let short = Some(PositionSide::Short);
    for (query, believed) in [
        (
            "quantity=1&clientOrderId=x&positionSide=SHORT",
            (None, None),
        ),
        (
            "quantity=1&clientOrderId=x&positionSide=SHORT&reduceOnly=true",
            (None, None),
        ),
        (
            "clientOrderId=x&quantity=1&positionSide=SHORT",
            (short, None),
        ),
        ("quantity=1&positionSide=SHORT", (short, None)),
        (
            "clientOrderId=x&positionSide=BOTH&quantity=1&reduceOnly=true",
            (Some(PositionSide::Both), Some(true)),
        ),
    ] {
        assert_eq!(side(query), believed, "{query}");
    }
}
