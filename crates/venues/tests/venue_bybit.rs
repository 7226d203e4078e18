//! Bybit: traps of its orders, and what one signature of it authorises.
#![allow(non_snake_case, clippy::unwrap_used)]

mod support;

use countersign_venues::{
    Class, OrderType, Permission, Permissions, Product, ReadError, Reading, Request, Side, Stamp,
    Unclassified, read,
};
use support::{attached, must_read, names, request};

const KEY: &str = "Qr2CPSaLrcX5rc2HI7";
const SENT: [(&str, &str); 3] = [
    ("X-BAPI-API-KEY", KEY),
    ("X-BAPI-TIMESTAMP", "1753000000000"),
    ("X-BAPI-RECV-WINDOW", "5000"),
];

fn post(path: &str, body: &str) -> Request {
    let url = format!("api.bybit.com/v5/{path}");
    request("bybit", "POST", &url, body, &SENT)
}

fn get(path_and_query: &str) -> Request {
    let url = format!("api.bybit.com/v5/{path_and_query}");
    request("bybit", "GET", &url, "", &SENT)
}

fn classes(reading: &Reading) -> Vec<Class> {
    let mut classes: Vec<_> = reading.authorised().iter().map(|m| m.class).collect();
    classes.sort();
    classes.dedup();
    classes
}

fn unclassified(request: &Request) -> Unclassified {
    match read(request) {
        Err(ReadError::Unclassified(why)) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn spot_market_buy__should_count_the_quote_asset_unless_it_says_otherwise() {
    let order =
        r#"{"category":"spot","symbol":"BTCUSDT","side":"Buy","orderType":"Market","qty":"250""#;
    let reading = must_read(&post("order/create", &format!("{order}}}")));
    let intent = &reading.named().intent;
    assert_eq!(intent.quantity, None);
    assert_eq!(intent.quote_quantity, Some(250.into()));
    assert_eq!(intent.notional.as_ref().unwrap().amount, 250.into());
    let in_base = format!(r#"{order},"marketUnit":"baseCoin"}}"#);
    let reading = must_read(&post("order/create", &in_base));
    assert_eq!(reading.named().intent.quantity, Some(250.into()));
    assert_eq!(reading.named().intent.notional, None);
}

#[test]
fn order__should_be_of_its_categorys_product() {
    for (category, product, class) in [
        ("spot", Product::Spot, Class::TradeSpot),
        ("linear", Product::UsdFutures, Class::TradeFutures),
        ("inverse", Product::CoinFutures, Class::TradeFutures),
        ("option", Product::Options, Class::TradeFutures),
    ] {
        let order = format!(
            r#"{{"category":"{category}","symbol":"BTCUSDT","side":"Sell","orderType":"Limit","qty":1,"price":6.5e4}}"#
        );
        let reading = must_read(&post("order/create", &order));
        assert_eq!(reading.named().product, product);
        assert_eq!(reading.named().class, class);
        assert_eq!(reading.named().intent.price, Some(65_000.into()));
        let in_contracts = matches!(product, Product::CoinFutures | Product::Options);
        assert_eq!(reading.named().intent.notional.is_none(), in_contracts);
    }
    let unknown =
        r#"{"category":"event","symbol":"X","side":"Buy","orderType":"Market","qty":"1"}"#;
    assert!(read(&post("order/create", unknown)).is_err());
}

#[test]
fn triggered_order__should_be_a_stop_or_take_profit_by_its_direction() {
    for (side, direction, expected) in [
        ("Buy", "1", OrderType::StopMarket),
        ("Buy", "2", OrderType::TakeProfitMarket),
        ("Sell", "1", OrderType::TakeProfitMarket),
        ("Sell", "2", OrderType::StopMarket),
    ] {
        let order = format!(
            r#"{{"category":"linear","symbol":"BTCUSDT","side":"{side}","orderType":"Market","qty":"1","triggerPrice":"60000","triggerDirection":{direction}}}"#
        );
        let reading = must_read(&post("order/create", &order));
        assert_eq!(reading.named().intent.order_type, Some(expected));
        assert_eq!(reading.named().intent.stop_price, Some(60_000.into()));
    }
}

#[test]
fn quantity_of_zero__should_be_refused_unless_the_order_only_reduces() {
    let order =
        r#"{"category":"linear","symbol":"BTCUSDT","side":"Sell","orderType":"Market","qty":"0""#;
    assert!(read(&post("order/create", &format!("{order}}}"))).is_err());
    let closing = format!(r#"{order},"reduceOnly":true,"closeOnTrigger":true}}"#);
    let reading = must_read(&post("order/create", &closing));
    assert_eq!(reading.named().intent.reduce_only, Some(true));
}

#[test]
fn spot_order__should_reduce_no_position() {
    let order = r#"{"category":"spot","symbol":"BTCUSDT","side":"Sell","orderType":"Market","qty":"1","reduceOnly":true}"#;
    let reading = must_read(&post("order/create", order));
    assert_eq!(reading.named().intent.reduce_only, None);
}

/// The permissions of a key keep its signatures from what it is not for.
#[test]
fn order__should_be_for_its_product_alone_where_the_key_is() {
    let order = r#"{"category":"spot","symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"1","price":"5","orderLinkId":"a"}"#;
    let reading = must_read(&post("order/create", order));
    assert_eq!(
        classes(&reading),
        [Class::Read, Class::TradeSpot, Class::TradeFutures]
    );
    let only = Permissions::only([Permission::Read, Permission::SpotTrading]);
    let restricted = reading.restricted_to(&only);
    assert_eq!(classes(&restricted), [Class::Read, Class::TradeSpot]);
}

#[test]
fn batch__should_have_its_category_beside_the_list_and_nowhere_else() {
    let element = r#"{"symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"1","price":"5"}"#;
    let batch = format!(r#"{{"category":"linear","request":[{element},{element}]}}"#);
    let reading = must_read(&post("order/create-batch", &batch));
    let orders: Vec<_> = reading
        .authorised()
        .iter()
        .filter(|member| member.name == "linear_orders")
        .collect();
    assert_eq!(orders.len(), 2);
    assert_eq!(orders[1].intent.side, Some(Side::Buy));
    assert_eq!(classes(&reading), [Class::TradeFutures]);
    for batch in [
        // The element says futures, what is beside the list says spot.
        r#"{"category":"spot","request":[{"category":"linear","symbol":"BTCUSDT","side":"Buy","orderType":"Market","qty":"1"}]}"#,
        // The venue looks for it in the element.
        r#"{"category":"linear","reduceOnly":true,"request":[{"symbol":"BTCUSDT","side":"Buy","orderType":"Market","qty":"1"}]}"#,
        r#"{"category":"linear","request":[]}"#,
        r#"{"category":"linear","request":[1]}"#,
        r#"{"category":"linear"}"#,
    ] {
        assert!(read(&post("order/create-batch", batch)).is_err(), "{batch}");
    }
}

#[test]
fn leverage__should_be_the_greater_of_the_two_sides() {
    let body = r#"{"category":"linear","symbol":"BTCUSDT","buyLeverage":"2","sellLeverage":"50"}"#;
    let reading = must_read(&post("position/set-leverage", body));
    assert_eq!(reading.named().intent.leverage, Some(50.into()));
}

#[test]
fn withdrawal__should_be_read_wherever_its_parameters_are_sent() {
    let body = r#"{"coin":"USDT","chain":"TRX","address":"TJRyWwFs9wTFGZg3JbrVriFbNfCug5tDeC","amount":"24","timestamp":1753000000000,"accountType":"FUND","transferId":"t","fromAccountType":"FUND","toAccountType":"UNIFIED"}"#;
    // As a transfer it has parameters that no transfer takes.
    assert!(matches!(
        unclassified(&post("asset/transfer/inter-transfer", body)),
        Unclassified::UnknownParameter { .. }
    ));
    let transfer = r#"{"transferId":"t","coin":"USDT","amount":"50","fromAccountType":"UNIFIED","toAccountType":"FUND","fromMemberId":1,"toMemberId":2}"#;
    let reading = must_read(&post("asset/transfer/universal-transfer", transfer));
    assert!(names(&reading).contains(&"transfer"));
    assert!(names(&reading).contains(&"borrow"));
    assert!(!names(&reading).contains(&"withdrawal"));
    let only = Permissions::only([Permission::Transfers]);
    let restricted = reading.restricted_to(&only);
    assert_eq!(classes(&restricted), [Class::Transfer]);
}

#[test]
fn amendment__should_also_be_a_cancellation() {
    let body = r#"{"category":"spot","symbol":"BTCUSDT","orderLinkId":"a","qty":"2","price":"5"}"#;
    let reading = must_read(&post("order/amend", body));
    assert_eq!(reading.named().name, "spot_amend");
    for name in ["spot_cancel", "spot_cancel_all", "spread_cancel"] {
        assert!(names(&reading).contains(&name), "{name}");
    }
}

#[test]
fn cancellation__should_not_release_a_peer_order_unknown_to_policy() {
    let body = |id: &str| format!(r#"{{"category":"spot","symbol":"BTCUSDT","orderId":"{id}"}}"#);
    for id in [
        "1523347543495541248",
        " 1523347543495541248",
        "+1523347543495541248",
    ] {
        let long = must_read(&post("order/cancel", &body(id)));
        assert!(classes(&long).contains(&Class::Withdraw), "{id}");
    }
    let uuid = "c6f055d9-7f21-4079-913d-e6523a9cfffa";
    let other = must_read(&post("order/cancel", &body(uuid)));
    assert!(!classes(&other).contains(&Class::Withdraw));
}

#[test]
fn read__should_reach_reads_only() {
    for query in [
        "order/realtime?category=linear&symbol=BTCUSDT",
        "account/wallet-balance?accountType=UNIFIED",
        "user/query-api",
        "position/list?category=linear&settleCoin=USDT&limit=50&cursor=a%3D%26b",
    ] {
        assert_eq!(classes(&must_read(&get(query))), [Class::Read], "{query}");
    }
    for query in [
        "asset/coin/query-info?coin=USDT&address=A&amount=1",
        "order/realtime?category=linear&symbol=BTCUSDT&symbol=ETHUSDT",
        "order/realtime?category=linear&Symbol=BTCUSDT&symbol=ETHUSDT",
        "order/realtime?{\"category\":\"linear\"}",
    ] {
        assert!(read(&get(query)).is_err(), "{query}");
    }
}

#[test]
fn parameters__should_be_in_their_place_only() {
    let order =
        r#"{"category":"spot","symbol":"BTCUSDT","side":"Buy","orderType":"Market","qty":"250"}"#;
    let mut both = post("order/create", order);
    both.query = "category=linear".into();
    assert!(read(&both).is_err());
    let mut in_query = post("order/create", "");
    in_query.query = "category=spot&symbol=BTCUSDT&side=Buy&orderType=Market&qty=250".into();
    assert!(read(&in_query).is_err());
    for body in [
        "category=spot&symbol=BTCUSDT&side=Buy&orderType=Market&qty=250",
        r#"[{"category":"spot","symbol":"BTCUSDT","side":"Buy","orderType":"Market","qty":"250"}]"#,
        r#"{"category":"spot","symbol":"BTCUSDT","side":"Buy","orderType":"Market","qty":"250","qty":"1"}"#,
        r#"{"category":"spot","symbol":"BTCUSDT","side":"Buy","orderType":"Market","qty":"250"}{}"#,
        r#"{"category":"spot","symbol":"BTCUSDT","side":"Buy","orderType":"Market","qty":{"a":1}}"#,
    ] {
        assert!(read(&post("order/create", body)).is_err(), "{body}");
    }
    let mut with_body = get("user/query-api");
    with_body.body = b"{}".to_vec();
    assert!(read(&with_body).is_err());
}

#[test]
fn odd_values__should_be_marked() {
    let body = r#"{"coin":"USDT","address":"T J\u00fc","chain":"TRX","amount":"1","tag":"a&b"}"#;
    let reading = must_read(&post("asset/withdraw/create", body));
    assert_eq!(reading.named().outside_alphabet, ["address", "tag"]);
}

/// The window follows the key: a key that is said to be longer than it is lends it digits.
#[test]
fn window__should_not_grow_by_digits_of_the_key() {
    let with_key = |key: &str| {
        let mut request = get("user/query-api");
        request.headers[0].1 = key.into();
        request
    };
    let expires = |key: &str| must_read(&with_key(key)).timing().expires_at_ms.unwrap();
    assert_eq!(expires(KEY), 1_753_000_005_000);
    assert!(expires(&format!("{KEY}99")) > 1_753_000_005_000 + 900_000);
    for key in ["", "a{b", "a=1", "a\u{fc}"] {
        assert!(read(&with_key(key)).is_err(), "{key:?}");
    }
    for window in ["0", "05000", "5000a", "999999", "-1"] {
        let mut request = get("user/query-api");
        request.headers[2].1 = window.into();
        assert!(read(&request).is_err(), "{window}");
    }
}

#[test]
fn login__should_be_a_session_that_expires() {
    let url = "stream.bybit.com/realtime?expires=1753000010000";
    let reading = must_read(&request("bybit", "LOGIN", url, "", &[]));
    assert_eq!(reading.signed().bytes, b"GET/realtime1753000010000");
    assert_eq!(classes(&reading), [Class::Session]);
    assert_eq!(reading.timing().stamp, Stamp::Expiry(1_753_000_010_000));
    for query in [
        "",
        "expires=",
        "expires=17530000100000",
        "expires=a",
        "expires=1753000010000&a=1",
    ] {
        let url = format!("stream.bybit.com/realtime?{query}");
        assert!(
            read(&request("bybit", "LOGIN", &url, "", &[])).is_err(),
            "{query}"
        );
    }
}

#[test]
fn batch__should_authorise_other_batches_of_its_category() {
    let body = r#"{"category":"linear","request":[{"symbol":"BTCUSDT","orderId":"1","qty":"1"}]}"#;
    let reading = must_read(&post("order/amend-batch", body));
    assert!(names(&reading).contains(&"linear_cancels"), "{reading:?}");
    assert!(!names(&reading).contains(&"spot_cancels"), "{reading:?}");
}

#[test]
fn batch__should_keep_its_elements_whatever_the_key_may() {
    let order = r#"{"symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"1","price":"1"}"#;
    let body = format!(r#"{{"category":"linear","request":[{order},{order}]}}"#);
    let reading = must_read(&post("order/create-batch", &body));
    let reading = reading.restricted_to(&Permissions::only([Permission::Read]));
    assert_eq!(names(&reading), ["linear_orders", "linear_orders"]);
}

/// Cut before the brace, the bytes are those of an order with something in its query.
#[test]
fn query__should_not_hold_an_object() {
    let order =
        r#"{"category":"linear","symbol":"BTCUSDT","side":"Buy","orderType":"Market","qty":"9"}"#;
    let query = "category=linear&cursor=";
    let whole = get(&format!("order/realtime?{query}{order}"));
    let cut = post(&format!("order/create?{query}"), order);
    let bytes = |request: &Request| countersign_venues::signed_text(request).unwrap().bytes;
    assert_eq!(bytes(&whole), bytes(&cut));
    assert!(read(&whole).is_err());
}

fn come_with_others(reading: &Reading) -> usize {
    let all = reading.authorised().iter();
    all.filter(|member| member.attached.is_some()).count()
}

const LINEAR: &str = r#""category":"linear","symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"0.5","price":"60000""#;

#[test]
fn take_profit_and_stop_loss__should_be_orders_that_close() {
    let both = r#""takeProfit":"70000","tpLimitPrice":"69900","tpOrderType":"Limit","tpslMode":"Partial","stopLoss":50000,"slOrderType":"Market","slLimitPrice":"49000""#;
    let single = format!("{{{LINEAR},{both}}}");
    let batch = format!(
        r#"{{"category":"linear","request":[{{{}}}]}}"#,
        single[1..single.len() - 1].replace(r#""category":"linear","#, "")
    );
    let check = post("order/pre-check", &single);
    assert_eq!(must_read(&check).named().class, Class::Read);
    for request in [
        post("order/create", &single),
        post("order/create-batch", &batch),
        check,
    ] {
        let reading = must_read(&request);
        let profit = attached(&reading, "take_profit");
        assert!(profit.attached.unwrap().closes);
        let intent = &profit.intent;
        assert_eq!(intent.order_type, Some(OrderType::TakeProfitLimit));
        assert_eq!(intent.side, Some(Side::Sell));
        assert_eq!(intent.price, Some(69_900.into()));
        assert_eq!(intent.stop_price, Some(70_000.into()));
        assert_eq!(intent.quantity, reading.named().intent.quantity);
        let loss = &attached(&reading, "stop_loss").intent;
        // At the market, whatever price stands beside it.
        assert_eq!(loss.order_type, Some(OrderType::StopMarket));
        assert_eq!((loss.price, loss.stop_price), (None, Some(50_000.into())));
    }
    let alone = must_read(&post("order/create", &format!("{{{LINEAR}}}")));
    assert_eq!(come_with_others(&alone), 0);
    for wrong in [
        r#""takeProfit":"high""#,
        r#""stopLoss":{}"#,
        r#""tpLimitPrice":"1,5""#,
        r#""tpTriggerBy":["MarkPrice"]"#,
    ] {
        let order = format!("{{{LINEAR},{wrong}}}");
        assert!(read(&post("order/create", &order)).is_err(), "{wrong}");
    }
}

#[test]
fn amended_stop__should_be_seen() {
    let change = r#"{"category":"linear","symbol":"BTCUSDT","orderId":"7","stopLoss":"1"}"#;
    let reading = must_read(&post("order/amend", change));
    let loss = &attached(&reading, "stop_loss").intent;
    assert_eq!(loss.stop_price, Some(1.into()));
    assert_eq!(loss.order_type, Some(OrderType::StopMarket));
}

#[test]
fn position_stop__should_be_each_of_what_it_sets() {
    let stop = |what: &str| {
        let body = format!(
            r#"{{"category":"linear","symbol":"BTCUSDT","positionIdx":0,"tpslMode":"Partial",{what}}}"#
        );
        must_read(&post("position/trading-stop", &body))
    };
    let all = stop(
        r#""takeProfit":"70000","tpSize":"2","stopLoss":"50000","slSize":"1","slLimitPrice":"49000","slOrderType":"Limit","trailingStop":"500","activePrice":"65000""#,
    );
    let loss = &all.named().intent;
    assert_eq!(loss.order_type, Some(OrderType::StopLimit));
    assert_eq!(loss.quantity, Some(1.into()));
    assert_eq!(loss.price, Some(49_000.into()));
    assert_eq!(loss.stop_price, Some(50_000.into()));
    assert_eq!(loss.reduce_only, Some(true));
    let profit = &attached(&all, "take_profit").intent;
    assert_eq!(profit.order_type, Some(OrderType::TakeProfitMarket));
    assert_eq!(profit.quantity, Some(2.into()));
    assert_eq!(profit.reduce_only, Some(true));
    let trailing = &attached(&all, "trailing_stop").intent;
    assert_eq!(trailing.order_type, Some(OrderType::StopMarket));
    assert_eq!(trailing.stop_price, Some(65_000.into()));
    let one = stop(r#""takeProfit":"70000""#);
    assert_eq!(
        one.named().intent.order_type,
        Some(OrderType::TakeProfitMarket)
    );
    assert_eq!(come_with_others(&one), 0);
    let one = stop(r#""trailingStop":"500""#);
    assert_eq!(one.named().intent.order_type, Some(OrderType::StopMarket));
    assert_eq!(come_with_others(&one), 0);
}

/// A price beside `bboSideType` does not count: the order is worth what the book says.
#[test]
fn price_that_the_venue_passes_over__should_not_bound_an_order() {
    let cheap = r#"{"category":"linear","symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"9","price":"1","bboSideType":"Counterparty","bboLevel":"5"}"#;
    let reading = must_read(&post("order/create", cheap));
    assert_eq!(reading.named().intent.price, None);
    assert_eq!(reading.named().intent.notional, None);
}

/// Reads of peer-to-peer orders are POSTs with an order's id, which is all that the release needs.
#[test]
fn read_of_a_peer_order__should_authorise_its_release() {
    let body = r#"{"orderId":"1899736339155943424"}"#;
    let reading = must_read(&post("p2p/order/info", body));
    assert_eq!(reading.named().class, Class::Read);
    assert!(classes(&reading).contains(&Class::Withdraw));
}

#[test]
fn earn_order__should_be_in_the_set_of_whatever_else_it_could_be() {
    let body = r#"{"category":"FlexibleSaving","orderType":"Redeem","accountType":"FUND","amount":"0.35","coin":"BTC","productId":"430","orderLinkId":"b-1"}"#;
    let reading = must_read(&post("earn/place-order", body));
    let names: Vec<_> = reading.authorised().iter().map(|m| m.name).collect();
    for name in ["fixed_term_order", "token_order", "liquidity_add"] {
        assert!(names.contains(&name), "{name}");
    }
    let fund = r#"{"transferId":"42c0cfb0-6bca-c242-bc76-4e6df6cbcb16","fromUserId":1,"toUserId":2,"amount":"1","coin":"USDT"}"#;
    let fund = must_read(&post("earn/pwm/fund-transfer", fund));
    assert_eq!(fund.named().class, Class::Transfer);
}

#[test]
fn amount__should_be_read_by_either_of_its_names() {
    for (path, body) in [
        ("account/borrow", r#"{"coin":"USDT","qty":"5"}"#),
        ("account/borrow", r#"{"coin":"USDT","amount":"5"}"#),
        (
            "crypto-loan-flexible/repay",
            r#"{"loanCurrency":"USDT","loanAmount":"5"}"#,
        ),
    ] {
        let reading = must_read(&post(path, body));
        assert_eq!(reading.named().intent.amount, Some(5.into()), "{body}");
    }
    for name in ["amount", "ltAmount"] {
        let body = format!(r#"{{"ltCoin":"BTC3L","{name}":"200"}}"#);
        let reading = must_read(&post("spot-lever-token/purchase", &body));
        let quote = reading.named().intent.quote_quantity;
        assert_eq!(quote, Some(200.into()), "{name}");
    }
}

#[test]
fn price_beside_what_sets_it__should_not_be_the_orders() {
    for set in [r#""orderIv":"10""#, r#""bboSideType":"Counterparty""#] {
        let body = format!(
            r#"{{"category":"option","symbol":"BTC-27MAR26-70000-C","side":"Buy","orderType":"Limit","qty":"1","price":"0.1",{set}}}"#
        );
        let reading = must_read(&post("order/create", &body));
        assert_eq!(reading.named().intent.price, None, "{set}");
    }
}

/// A cancellation has the parameters of an amendment that changes nothing, and an order those of stops
/// that are not set.
#[test]
fn operations_that_would_do_nothing__should_be_in_no_set() {
    let trades = |path: &str, body: &str| -> Vec<&'static str> {
        let reading = must_read(&post(path, body));
        let members = reading.authorised().iter();
        members
            .filter(|member| member.class == Class::TradeFutures)
            .map(|member| member.name)
            .collect()
    };
    let cancel = r#"{"category":"linear","symbol":"BTCUSDT","orderId":"7"}"#;
    assert_eq!(
        trades("order/cancel", cancel),
        [
            "linear_cancel",
            "linear_cancel_all",
            "risk_limit_confirmation"
        ]
    );
    let order = r#"{"category":"linear","symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"1","price":"5""#;
    let found = trades("order/create", &format!("{order}}}"));
    assert!(!found.contains(&"position_stop"), "{found:?}");
    let named = trades("order/create", &format!(r#"{order},"orderLinkId":"a"}}"#));
    assert!(named.contains(&"linear_amend"), "{named:?}");
    let stopped = trades("order/create", &format!(r#"{order},"stopLoss":"4"}}"#));
    assert!(stopped.contains(&"position_stop"), "{stopped:?}");
    for change in [
        "qty",
        "price",
        "triggerPrice",
        "orderIv",
        "tpslMode",
        "takeProfit",
        "stopLoss",
    ] {
        let body =
            format!(r#"{{"category":"linear","symbol":"BTCUSDT","orderId":"7","{change}":"1"}}"#);
        assert!(
            trades("order/amend", &body).contains(&"linear_amend"),
            "{change}"
        );
    }
}

#[test]
fn margin_of_a_position__should_go_out_with_a_minus() {
    for (margin, amount) in [("-10.5", "10.5"), ("10", "10")] {
        let body = format!(r#"{{"category":"linear","symbol":"BTCUSDT","margin":"{margin}"}}"#);
        let reading = must_read(&post("position/add-margin", &body));
        assert_eq!(reading.named().class, Class::TradeFutures);
        assert_eq!(reading.named().intent.amount.unwrap().to_string(), amount);
    }
    let body = r#"{"category":"linear","symbol":"BTCUSDT","margin":"ten"}"#;
    assert!(read(&post("position/add-margin", body)).is_err());
}
