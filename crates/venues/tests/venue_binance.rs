//! Binance: what its requests mean, beyond the captured ones.
#![allow(non_snake_case, clippy::unwrap_used)]

mod support;

use countersign_venues::{
    Bound, Class, Malformed, OrderType, Placement, Product, ReadError, Request, Side, Stamp,
    Unclassified, read, signed_text,
};
use support::{LIMIT, TIME, attached, binance, must_read, names, spot_order};

fn post(host: &str, path: &str, query: &str) -> Request {
    binance("POST", host, path, &format!("{query}&{TIME}"))
}

fn over_stream(host: &str, path: &str, body: &str) -> Request {
    Request {
        body: body.into(),
        ..binance("WS", host, path, "")
    }
}

fn ws_order(params: &str) -> Request {
    let body = format!(r#"{{"id":"1","method":"order.place","params":{{{params}}}}}"#);
    over_stream("ws-api.binance.com", "/ws-api/v3", &body)
}

const WS_LIMIT: &str = r#""symbol":"BTCUSDT","side":"BUY","type":"LIMIT","timeInForce":"GTC","quantity":"0.5","price":"60000","timestamp":1753000000000,"apiKey":"K""#;

#[test]
fn batch__should_be_read_element_by_element() {
    let orders = r#"[{"symbol":"BTCUSDT","side":"SELL","type":"LIMIT","timeInForce":"GTX","quantity":"0.1","price":"70000"},{"symbol":"ETHUSDT","side":"BUY","type":"STOP_MARKET","stopPrice":"5000","closePosition":"true"}]"#;
    let escaped: String = orders
        .replace('[', "%5B")
        .replace(']', "%5D")
        .replace('{', "%7B")
        .replace('}', "%7D")
        .replace('"', "%22")
        .replace(':', "%3A")
        .replace(',', "%2C");
    for text in [orders, &escaped] {
        let request = post(
            "fapi.binance.com",
            "/fapi/v1/batchOrders",
            &format!("batchOrders={text}"),
        );
        let reading = must_read(&request);
        let [first, second] = &reading.authorised()[..2] else {
            panic!("two orders");
        };
        assert_eq!(first.class, Class::TradeFutures);
        assert_eq!(first.intent.side, Some(Side::Sell));
        assert_eq!(
            first.intent.notional.as_ref().map(|n| n.bound),
            Some(Bound::AtMost)
        );
        assert_eq!(second.batch.unwrap().index, 1);
        assert_eq!(second.intent.reduce_only, Some(true));
        assert_eq!(second.intent.order_type, Some(OrderType::StopMarket));
    }
    for orders in [
        "[]",
        "{}",
        "[1]",
        "x",
        r#"[{"symbol":"A","symbol":"B","side":"BUY","type":"MARKET","quantity":"1"}]"#,
    ] {
        let request = post(
            "fapi.binance.com",
            "/fapi/v1/batchOrders",
            &format!("batchOrders={orders}"),
        );
        assert!(read(&request).is_err(), "{orders}");
    }
}

#[test]
fn order_by_the_book__should_need_no_price() {
    let pegged = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1";
    assert!(read(&spot_order(pegged)).is_err());
    let reading = must_read(&spot_order(&format!("{pegged}&pegPriceType=PRIMARY_PEG")));
    assert_eq!(reading.named().intent.notional, None);
    let futures = format!("{pegged}&priceMatch=QUEUE");
    must_read(&post("fapi.binance.com", "/fapi/v1/order", &futures));
}

#[test]
fn amendment__should_be_worth_what_it_amends_to() {
    let query = format!("symbol=BTCUSDT&side=BUY&orderId=7&quantity=100&price=60000&{TIME}");
    let reading = must_read(&binance(
        "PUT",
        "fapi.binance.com",
        "/fapi/v1/order",
        &query,
    ));
    let notional = reading.named().intent.notional.clone().unwrap();
    assert_eq!(notional.amount, 6_000_000.into());
}

#[test]
fn dust__should_repeat_its_asset_and_nothing_else_should() {
    let dust = post(
        "api.binance.com",
        "/sapi/v1/asset/dust",
        "asset=BTC&asset=ETH",
    );
    let reading = must_read(&dust);
    assert_eq!(reading.named().class, Class::TradeSpot);
    assert_eq!(reading.named().intent.asset, None, "there are two");
    let transfer = post(
        "api.binance.com",
        "/sapi/v1/asset/transfer",
        "type=MAIN_UMFUTURE&asset=BTC&asset=ETH&amount=1",
    );
    assert!(matches!(
        read(&transfer),
        Err(ReadError::Unclassified(
            Unclassified::RepeatedParameter { .. }
        ))
    ));
}

#[test]
fn transfer__should_name_its_accounts_where_its_type_does() {
    let between = |kind: &str| {
        let query = format!("type={kind}&asset=USDT&amount=5");
        let reading = must_read(&post("api.binance.com", "/sapi/v1/asset/transfer", &query));
        let intent = reading.named().intent.clone();
        (intent.from, intent.to)
    };
    let pair = |from: &str, to: &str| (Some(from.to_owned()), Some(to.to_owned()));
    assert_eq!(between("MAIN_UMFUTURE"), pair("MAIN", "UMFUTURE"));
    assert_eq!(
        between("MAIN_PORTFOLIO_MARGIN"),
        pair("MAIN", "PORTFOLIO_MARGIN")
    );
    assert_eq!(between("6"), (None, None));
}

#[test]
fn coin_futures__should_count_contracts() {
    let order = LIMIT.replace("BTCUSDT", "BTCUSD_PERP");
    let reading = must_read(&post("dapi.binance.com", "/dapi/v1/order", &order));
    assert_eq!(reading.named().product, Product::CoinFutures);
    assert_eq!(reading.named().intent.notional, None);
}

#[test]
fn read_with_parameters_of_a_trade__should_authorise_the_trade() {
    let cases = [
        // A history by symbol and id is the cancellation of that order.
        (
            "/api/v3/allOrders",
            "symbol=BTCUSDT&orderId=4",
            "spot_cancel_order",
        ),
        (
            "/sapi/v1/convert/orderStatus",
            "quoteId=1",
            "convert_accept",
        ),
        (
            "/sapi/v1/sub-account/status",
            "email=a@b.c",
            "sub_margin_enable",
        ),
        (
            "/sapi/v1/margin/maxTransferable",
            "asset=BTC",
            "dust_to_bnb",
        ),
    ];
    for (path, query, dangerous) in cases {
        let request = binance("GET", "api.binance.com", path, &format!("{query}&{TIME}"));
        let reading = must_read(&request);
        assert_eq!(reading.named().class, Class::Read);
        assert!(names(&reading).contains(&dangerous), "{path}");
    }
}

#[test]
fn stream_request__should_sign_its_sorted_parameters() {
    let request = ws_order(WS_LIMIT);
    let signed = signed_text(&request).unwrap();
    assert_eq!(
        signed.bytes,
        b"apiKey=K&price=60000&quantity=0.5&side=BUY&symbol=BTCUSDT&timeInForce=GTC&timestamp=1753000000000&type=LIMIT"
    );
    assert_eq!(signed.placement, Placement::Message);
    let reading = must_read(&request);
    assert_eq!(reading.timing().stamp, Stamp::Time(1_753_000_000_000));
    assert_eq!(reading.named().name, "ws_spot_order");
    let expected = must_read(&spot_order(LIMIT)).named().intent.clone();
    assert_eq!(reading.named().intent, expected);
}

#[test]
fn stream_request__should_authorise_the_same_over_http() {
    let reading = must_read(&ws_order(WS_LIMIT));
    let members = names(&reading);
    for name in names(&must_read(&spot_order(LIMIT))) {
        assert!(members.contains(&name), "{name}");
    }
    assert!(members.contains(&"ws_futures_order"));
    assert!(members.contains(&"margin_special_key_delete"));
    assert!(
        !reading
            .authorised()
            .iter()
            .any(|m| m.class == Class::Session)
    );
    let over_http = must_read(&spot_order(LIMIT));
    assert!(!names(&over_http).iter().any(|name| name.starts_with("ws_")));
}

#[test]
fn stream_request__should_be_one_message_that_divides_one_way() {
    let refused =
        |body: &str| read(&over_stream("ws-api.binance.com", "/ws-api/v3", body)).unwrap_err();
    for params in [
        r#""symbol":"BTCUSDT&side=SELL""#,
        r#""symbol":"a=b""#,
        r#""symbol":["A"]"#,
        r#""symbol":null"#,
        r#""symbol":"A","symbol":"B""#,
    ] {
        let params = WS_LIMIT.replace(r#""symbol":"BTCUSDT""#, params);
        assert!(
            matches!(read(&ws_order(&params)), Err(ReadError::Unclassified(_))),
            "{params}"
        );
    }
    for body in [
        "",
        "[]",
        "symbol=BTCUSDT",
        r#"{"method":"order.place"}"#,
        r#"{"params":{"apiKey":"K","timestamp":1753000000000}}"#,
        r#"{"id":1,"method":"order.place","params":{"apiKey":"K","timestamp":1753000000000},"x":1}"#,
    ] {
        assert!(
            matches!(refused(body), ReadError::Unclassified(_)),
            "{body}"
        );
    }
    assert!(matches!(
        read(&ws_order(&format!(r#"{WS_LIMIT},"signature":"00""#))),
        Err(ReadError::Malformed(Malformed::SignaturePresent { .. }))
    ));
    let unknown =
        r#"{"id":1,"method":"order.fly","params":{"apiKey":"K","timestamp":1753000000000}}"#;
    assert!(matches!(
        refused(unknown),
        ReadError::Unclassified(Unclassified::UnknownOperation { .. })
    ));
}

#[test]
fn stream_logon__should_be_a_session() {
    let body =
        r#"{"id":1,"method":"session.logon","params":{"apiKey":"K","timestamp":1753000000000}}"#;
    let reading = must_read(&over_stream("ws-api.binance.com", "/ws-api/v3", body));
    assert_eq!(reading.named().class, Class::Session);
    assert_eq!(reading.api_key(), Some("K"));
    let elsewhere = over_stream("ws-fapi.binance.com", "/ws-api/v3", body);
    assert!(read(&elsewhere).is_err(), "another interface's path");
}

#[test]
fn closing__should_be_said_by_the_one_word() {
    let reduces = |more: &str| {
        let order =
            format!("symbol=BTCUSDT&side=SELL&type=STOP_MARKET&stopPrice=5&quantity=1{more}");
        must_read(&post("fapi.binance.com", "/fapi/v1/order", &order))
            .named()
            .intent
            .reduce_only
    };
    assert_eq!(reduces("&closePosition=true"), Some(true));
    assert_eq!(reduces("&closePosition=yes"), None);
    assert_eq!(reduces("&reduceOnly=true"), Some(true));
    assert_eq!(reduces("&reduceOnly=1"), Some(false));
    assert_eq!(reduces(""), None);
}

#[test]
fn price_by_the_book__should_void_the_one_stated() {
    let order = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=100&price=1";
    let conditional = "symbol=BTCUSDT&side=BUY&strategyType=STOP&quantity=100&price=1&stopPrice=2";
    let algo = "symbol=BTCUSDT&side=BUY&algoType=CONDITIONAL&type=STOP&quantity=100&price=1&triggerPrice=2";
    for (host, path, order) in [
        ("fapi.binance.com", "/fapi/v1/order", order),
        ("fapi.binance.com", "/fapi/v1/algoOrder", algo),
        ("papi.binance.com", "/papi/v1/um/order", order),
        (
            "papi.binance.com",
            "/papi/v1/um/conditional/order",
            conditional,
        ),
    ] {
        let at = |query: &str| must_read(&post(host, path, query)).named().intent.clone();
        assert_eq!(at(order).notional.unwrap().amount, 100.into(), "{path}");
        let matched = at(&format!("{order}&priceMatch=OPPONENT"));
        assert_eq!((matched.price, matched.notional), (None, None), "{path}");
    }
    let amendment = |rest: &str| {
        let query = format!("symbol=BTCUSDT&side=BUY&orderId=7&quantity=100&price=1{rest}&{TIME}");
        let request = binance("PUT", "fapi.binance.com", "/fapi/v1/order", &query);
        must_read(&request).named().intent.clone()
    };
    assert!(amendment("").notional.is_some());
    assert_eq!(amendment("&priceMatch=QUEUE").notional, None);
}

#[test]
fn order_that_closes_a_position__should_be_as_large_as_that() {
    let order = "symbol=BTCUSDT&side=SELL&type=STOP_MARKET&stopPrice=5";
    let at = |rest: &str| {
        let request = post(
            "fapi.binance.com",
            "/fapi/v1/order",
            &format!("{order}{rest}"),
        );
        must_read(&request).named().intent.clone()
    };
    assert_eq!(
        at("&quantity=1&closePosition=false").quantity,
        Some(1.into())
    );
    let closing = at("&quantity=1&closePosition=true");
    assert_eq!((closing.quantity, closing.reduce_only), (None, Some(true)));
}

#[test]
fn legs_of_a_block_order__should_each_be_seen() {
    let block = |legs: &str| {
        let legs: String = legs
            .chars()
            .map(|letter| match letter {
                '{' => "%7B".to_owned(),
                '}' => "%7D".to_owned(),
                '[' => "%5B".to_owned(),
                ']' => "%5D".to_owned(),
                '"' => "%22".to_owned(),
                plain => plain.to_string(),
            })
            .collect();
        post(
            "eapi.binance.com",
            "/eapi/v1/block/order/create",
            &format!("liquidity=TAKER&legs={legs}"),
        )
    };
    let leg = r#"{"symbol":"BTC-260115-35000-C","price":"100","quantity":"40","side":"BUY","type":"LIMIT"}"#;
    let reading = must_read(&block(&format!("[{leg}]")));
    let intent = &attached(&reading, "leg").intent;
    assert_eq!(intent.symbol.as_deref(), Some("BTC-260115-35000-C"));
    assert_eq!(
        (intent.side, intent.quantity),
        (Some(Side::Buy), Some(40.into()))
    );
    assert_eq!(intent.price, Some(100.into()));
    for odd in [
        "[1]",
        "legs",
        r#"[{"symbol":"A","size":"1"}]"#,
        r#"[{"quantity":"-1"}]"#,
    ] {
        assert!(read(&block(odd)).is_err(), "{odd}");
    }
}

/// Whoever reads a sub-account's key could delete it or change what it may do: the bytes are the same.
#[test]
fn read_of_a_sub_account_key__should_authorise_what_is_done_to_it() {
    let request = binance(
        "GET",
        "api.binance.com",
        "/sapi/v1/sub-account/subAccountApi/ipRestriction",
        &format!("email=a%40b.com&subAccountApiKey=K1&{TIME}"),
    );
    let reading = must_read(&request);
    for name in ["sub_key_delete", "sub_key_permission", "sub_keys"] {
        assert!(names(&reading).contains(&name), "{name}");
    }
    let create = post(
        "api.binance.com",
        "/sapi/v1/sub-account/subAccountApi",
        "email=a%40b.com&apiName=desk&status=2&canTrade=true&ipAddress=1.2.3.4",
    );
    assert_eq!(must_read(&create).named().class, Class::Admin);
}

#[test]
fn sliced_order__should_be_for_spot_and_futures_alike() {
    let order = post(
        "api.binance.com",
        "/sapi/v1/algo/futures/newOrderVp",
        "symbol=BTCUSDT&side=BUY&quantity=1&urgency=LOW",
    );
    assert!(names(&must_read(&order)).contains(&"spot_volume_participation"));
    for path in ["/sapi/v1/algo/futures/order", "/sapi/v1/algo/spot/order"] {
        let query = format!("clientAlgoId=mine&{TIME}");
        let cancel = binance("DELETE", "api.binance.com", path, &query);
        let found = must_read(&cancel);
        for name in ["futures_sliced_cancel", "spot_sliced_cancel"] {
            assert!(names(&found).contains(&name), "{path}: {name}");
        }
    }
}

#[test]
fn asset_and_amount__should_authorise_every_payment_they_make() {
    let borrow = post(
        "papi.binance.com",
        "/papi/v1/marginLoan",
        "asset=USDT&amount=5",
    );
    let reading = must_read(&borrow);
    for name in [
        "bfusd_subscribe",
        "rwusd_subscribe",
        "margin_liquidation_repay",
        "loan_group_transfer",
    ] {
        assert!(names(&reading).contains(&name), "{name}");
    }
    let moved = post(
        "api.binance.com",
        "/sapi/v1/portfolio/earn-asset-transfer",
        "asset=LDUSDT&amount=5&transferType=EARN_TO_FUTURE",
    );
    assert_eq!(must_read(&moved).named().class, Class::Transfer);
}

#[test]
fn setting__should_be_no_read_though_it_is_a_get() {
    let path = "/sapi/v1/soft-staking/set";
    let query = format!("softStaking=true&{TIME}");
    let request = binance("GET", "api.binance.com", path, &query);
    assert_eq!(must_read(&request).named().class, Class::Transfer);
}

#[test]
fn bnb_burn__should_be_read_in_both_its_spellings() {
    for name in ["spotBNBBurn", "spotBnbBurn"] {
        let request = post(
            "api.binance.com",
            "/sapi/v1/bnbBurn",
            &format!("{name}=true"),
        );
        assert_eq!(must_read(&request).named().class, Class::Admin, "{name}");
    }
}

#[test]
fn pegged_order__should_not_state_a_price() {
    let order = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=100&price=1";
    let peg = "pegPriceType=PRIMARY_PEG";
    for path in [
        "/api/v3/order",
        "/api/v3/sor/order",
        "/sapi/v1/margin/order",
    ] {
        let at = |query: &str| {
            let reading = must_read(&post("api.binance.com", path, query));
            reading.named().intent.clone()
        };
        assert!(at(order).notional.is_some(), "{path}");
        let pegged = at(&format!("{order}&{peg}"));
        assert_eq!((pegged.price, pegged.notional), (None, None), "{path}");
    }
    let list = "symbol=BTCUSDT&workingType=LIMIT&workingSide=BUY&workingPrice=1&workingQuantity=1&workingTimeInForce=GTC&workingPegPriceType=PRIMARY_PEG&pendingType=LIMIT&pendingSide=BUY&pendingPrice=1&pendingQuantity=100&pendingTimeInForce=GTC&pendingPegPriceType=MARKET_PEG";
    let reading = must_read(&post("api.binance.com", "/api/v3/orderList/oto", list));
    assert_eq!(reading.named().intent.notional, None);
    assert_eq!(attached(&reading, "pending").intent.notional, None);
}

#[test]
fn read_of_a_brokers_keys__should_authorise_the_end_of_the_account() {
    let path = "/sapi/v1/broker/subAccountApi";
    let query = format!("subAccountId=1&{TIME}");
    let request = binance("GET", "api.binance.com", path, &query);
    let reading = must_read(&request);
    assert_eq!(reading.named().class, Class::Read);
    assert!(names(&reading).contains(&"broker_sub_delete"));
}

/// The venue reads an order's parameters in the list. Beside it they would be believed and not heeded.
#[test]
fn batch__should_have_nothing_beside_its_list() {
    let order = "%5B%7B%22symbol%22%3A%22BTCUSDT%22%2C%22side%22%3A%22BUY%22%2C%22type%22%3A%22MARKET%22%2C%22quantity%22%3A%221%22%7D%5D";
    for (host, path) in [
        ("fapi.binance.com", "/fapi/v1/batchOrders"),
        ("dapi.binance.com", "/dapi/v1/batchOrders"),
    ] {
        let alone = format!("batchOrders={order}");
        assert!(read(&post(host, path, &alone)).is_ok(), "{path}");
        for beside in ["reduceOnly=true", "price=1", "symbol=BTCUSDT"] {
            let both = post(host, path, &format!("{alone}&{beside}"));
            assert!(read(&both).is_err(), "{path} {beside}");
        }
    }
}

#[test]
fn price_beside_one_that_follows_the_book__should_not_be_the_orders() {
    let order =
        "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=1&priceMatch=OPPONENT";
    for (host, path) in [
        ("fapi.binance.com", "/fapi/v1/order"),
        ("papi.binance.com", "/papi/v1/um/order"),
    ] {
        let reading = must_read(&post(host, path, order));
        let intent = &reading.named().intent;
        assert_eq!((intent.price, &intent.notional), (None, &None), "{path}");
    }
}

#[test]
fn order_at_the_market__should_not_be_believed_to_close() {
    let order = |kind: &str, rest: &str| {
        let query = format!("symbol=BTCUSDT&side=BUY&type={kind}&closePosition=true{rest}");
        read(&post("fapi.binance.com", "/fapi/v1/order", &query))
    };
    let opens = order("MARKET", "&quantity=1").unwrap();
    assert_eq!(opens.named().intent.reduce_only, None);
    let without_size = order("MARKET", "").unwrap();
    assert_eq!(without_size.named().intent.reduce_only, None);
    assert_eq!(without_size.named().intent.notional, None);
}

/// Whatever the order of its parameters, and whichever of the two accounts is a sub-account: paying an
/// account is not emptying it.
#[test]
fn universal_transfer__should_say_whose_its_accounts_are() {
    let kinds = "fromAccountType=SPOT&toAccountType=USDT_FUTURE&asset=USDT&amount=1";
    let (own, giver, receiver) = ("SPOT", "a@b.com:SPOT", "c@d.com:USDT_FUTURE");
    for (query, from, to, account) in [
        (
            format!("fromEmail=a%40b.com&toEmail=c%40d.com&{kinds}"),
            giver,
            receiver,
            Some("c@d.com"),
        ),
        (
            format!("{kinds}&toEmail=c%40d.com&fromEmail=a%40b.com"),
            giver,
            receiver,
            Some("c@d.com"),
        ),
        (
            format!("{kinds}&fromEmail=a%40b.com"),
            giver,
            "USDT_FUTURE",
            Some("a@b.com"),
        ),
        (
            format!("toEmail=c%40d.com&{kinds}"),
            own,
            receiver,
            Some("c@d.com"),
        ),
        (kinds.to_owned(), own, "USDT_FUTURE", None),
    ] {
        let path = "/sapi/v1/sub-account/universalTransfer";
        let intent = must_read(&post("api.binance.com", path, &query))
            .named()
            .intent
            .clone();
        assert_eq!(intent.from.as_deref(), Some(from), "{query}");
        assert_eq!(intent.to.as_deref(), Some(to), "{query}");
        assert_eq!(intent.sub_account.as_deref(), account, "{query}");
    }
}
