//! Orders that come with an order are members of the set, with sides, sizes and prices of their own.
#![allow(
    non_snake_case,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing
)]

mod support;

use countersign_venues::{
    Asset, Bound, Intent, Notional, OrderType, Permission, Permissions, Reading, Request, Side,
    read,
};
use rust_decimal::Decimal;
use support::{TIME, attached, binance, request};

fn must_read(request: &Request) -> Reading {
    read(request).unwrap_or_else(|error| panic!("{error}: {request:?}"))
}

fn okx(path: &str, body: &str) -> Request {
    let time = [("OK-ACCESS-TIMESTAMP", "2025-07-20T08:26:40.000Z")];
    request("okx", "POST", &format!("www.okx.com{path}"), body, &time)
}

fn number(text: &str) -> Option<Decimal> {
    Some(text.parse().unwrap())
}

fn dollars(amount: &str) -> Option<Notional> {
    Some(Notional {
        amount: amount.parse().unwrap(),
        asset: Asset::Known("USDT".to_owned()),
        bound: Bound::AtMost,
    })
}

#[test]
fn pending_order__should_be_seen_with_its_own_side_and_size() {
    let query = format!(
        "symbol=BTCUSDT&workingType=LIMIT&workingSide=BUY&workingPrice=50000&workingQuantity=0.001\
         &workingTimeInForce=GTC&pendingType=LIMIT&pendingSide=BUY&pendingPrice=90000\
         &pendingQuantity=100&pendingTimeInForce=GTC&{TIME}"
    );
    let reading = must_read(&binance(
        "POST",
        "api.binance.com",
        "/api/v3/orderList/oto",
        &query,
    ));
    let named = reading.named();
    assert_eq!(named.attached, None);
    assert_eq!(named.intent.notional, dollars("50"));
    let pending = attached(&reading, "pending");
    assert_eq!(pending.intent.side, Some(Side::Buy));
    assert_eq!(pending.intent.quantity, number("100"));
    assert_eq!(pending.intent.notional, dollars("9000000"));
    assert!(!pending.attached.unwrap().closes);
    let spot_only = Permissions::only([Permission::SpotTrading]);
    let restricted = reading.clone().restricted_to(&spot_only);
    assert_eq!(attached(&restricted, "pending"), pending);
}

#[test]
fn pair_that_follows__should_be_two_orders() {
    let query = format!(
        "symbol=BTCUSDT&workingType=LIMIT&workingSide=BUY&workingPrice=50000&workingQuantity=0.5\
         &workingTimeInForce=GTC&pendingSide=SELL&pendingQuantity=0.5&pendingAboveType=LIMIT_MAKER\
         &pendingAbovePrice=60000&pendingBelowType=STOP_LOSS_LIMIT&pendingBelowStopPrice=45000\
         &pendingBelowPrice=44000&pendingBelowTimeInForce=GTC&{TIME}"
    );
    let reading = must_read(&binance(
        "POST",
        "api.binance.com",
        "/api/v3/orderList/otoco",
        &query,
    ));
    let above = &attached(&reading, "pending_above").intent;
    assert_eq!(
        (above.side, above.order_type, above.price),
        (Some(Side::Sell), Some(OrderType::PostOnly), number("60000"))
    );
    let below = &attached(&reading, "pending_below").intent;
    assert_eq!(
        (below.order_type, below.price, below.stop_price),
        (Some(OrderType::StopLimit), number("44000"), number("45000"))
    );
    assert_eq!(below.quantity, number("0.5"));
}

#[test]
fn one_that_cancels_the_other__should_be_two_orders() {
    let old = format!(
        "symbol=BTCUSDT&side=BUY&quantity=2&price=50000&stopPrice=70000&stopLimitPrice=71000\
         &stopLimitTimeInForce=GTC&{TIME}"
    );
    let new = format!(
        "symbol=BTCUSDT&side=BUY&quantity=2&aboveType=STOP_LOSS_LIMIT&abovePrice=71000\
         &aboveStopPrice=70000&aboveTimeInForce=GTC&belowType=LIMIT_MAKER&belowPrice=50000&{TIME}"
    );
    let at = |path: &str, query: &str| must_read(&binance("POST", "api.binance.com", path, query));
    let limit = |intent: &Intent| {
        assert_eq!(intent.order_type, Some(OrderType::PostOnly));
        assert_eq!(intent.notional, dollars("100000"));
    };
    let stop = |intent: &Intent| {
        assert_eq!(intent.order_type, Some(OrderType::StopLimit));
        assert_eq!(intent.side, Some(Side::Buy));
        assert_eq!(intent.notional, dollars("142000"));
    };
    let reading = at("/api/v3/order/oco", &old);
    limit(&reading.named().intent);
    stop(&attached(&reading, "stop").intent);
    let reading = at("/api/v3/orderList/oco", &new);
    stop(&reading.named().intent);
    limit(&attached(&reading, "below").intent);
    let at_the_market = new
        .replace("LIMIT&abovePrice=71000", "")
        .replace("LOSS_&", "LOSS&");
    let reading = at("/api/v3/orderList/oco", &at_the_market);
    assert_eq!(
        reading.named().intent.order_type,
        Some(OrderType::StopMarket)
    );
    assert_eq!(reading.named().intent.notional, None);
}

const ORDER: &str = r#"{"instId":"BTC-USDT-SWAP","tdMode":"cross","side":"buy","ordType":"limit","px":"50000","sz":"3","posSide":"long""#;

#[test]
fn take_profit_and_stop_loss__should_close_what_their_order_opens() {
    let list = r#""attachAlgoOrds":[{"attachAlgoClOrdId":"a1","tpTriggerPx":"60000","tpOrdPx":"59900","slTriggerPx":"45000","slOrdPx":"-1"}]"#;
    let reading = must_read(&okx("/api/v5/trade/order", &format!("{ORDER},{list}}}")));
    let profit = attached(&reading, "take_profit");
    let expected = Intent {
        symbol: Some("BTC-USDT-SWAP".to_owned()),
        side: Some(Side::Sell),
        position_side: reading.named().intent.position_side,
        order_type: Some(OrderType::TakeProfitLimit),
        quantity: number("3"),
        price: number("59900"),
        stop_price: number("60000"),
        reduce_only: Some(true),
        client_order_id: Some("a1".to_owned()),
        ..Intent::default()
    };
    assert_eq!(profit.intent, expected);
    assert!(profit.attached.unwrap().closes);
    let loss = &attached(&reading, "stop_loss").intent;
    assert_eq!(
        (loss.order_type, loss.price, loss.stop_price),
        (Some(OrderType::StopMarket), None, number("45000"))
    );
}

#[test]
fn one_larger_than_its_order__should_not_be_said_to_close_it() {
    let list = r#""attachAlgoOrds":[{"tpTriggerPx":"60000","tpOrdPx":"59900","sz":"1"},{"slTriggerPx":"45000","slOrdPx":"44000","sz":"4"}]"#;
    let reading = must_read(&okx("/api/v5/trade/order", &format!("{ORDER},{list}}}")));
    let profit = attached(&reading, "take_profit");
    assert_eq!(profit.intent.quantity, number("1"));
    assert!(profit.attached.unwrap().closes);
    let loss = attached(&reading, "stop_loss");
    assert_eq!(loss.intent.quantity, number("4"));
    assert_eq!(loss.intent.reduce_only, None);
    assert!(!loss.attached.unwrap().closes);
}

#[test]
fn each_order_of_a_batch__should_have_its_own() {
    let one = r#"{"instId":"BTC-USDT","tdMode":"cash","side":"sell","ordType":"limit","px":"50000","sz":"1","attachAlgoOrds":[{"slTriggerPx":"55000","slOrdPx":"-1"}]}"#;
    let other = r#"{"instId":"ETH-USDT","tdMode":"cash","side":"buy","ordType":"limit","px":"3000","sz":"2"}"#;
    let reading = must_read(&okx(
        "/api/v5/trade/batch-orders",
        &format!("[{one},{other}]"),
    ));
    let members: Vec<_> = reading
        .authorised()
        .iter()
        .map(|member| {
            let index = member.batch.unwrap().index;
            (index, member.attached.map(|it| it.name), member.intent.side)
        })
        .collect();
    assert_eq!(
        members,
        [
            (0, None, Some(Side::Sell)),
            (1, None, Some(Side::Buy)),
            (0, Some("stop_loss"), Some(Side::Buy)),
        ]
    );
}

#[test]
fn what_stands_in_an_attached_order_and_is_not_known__should_be_refused() {
    for list in [
        r#""attachAlgoOrds":[{"slTriggerPx":"45000","slOrdPx":"-1","instId":"ETH-USDT-SWAP"}]"#,
        r#""attachAlgoOrds":[{"slTriggerPx":"45000","slOrdPx":"-1","side":"buy"}]"#,
        r#""attachAlgoOrds":[{"slTriggerPx":"45e","slOrdPx":"-1"}]"#,
        r#""attachAlgoOrds":[{"slTriggerPx":"45000","slOrdPx":"-1","sz":"-4"}]"#,
        r#""attachAlgoOrds":[1]"#,
        r#""attachAlgoOrds":{"slTriggerPx":"45000","slOrdPx":"-1"}"#,
        r#""attachAlgoOrds":"[{}]""#,
    ] {
        let order = okx("/api/v5/trade/order", &format!("{ORDER},{list}}}"));
        assert!(read(&order).is_err(), "{list}");
    }
}

#[test]
fn both_halves_of_an_algorithmic_order__should_be_seen() {
    let body = r#"{"instId":"BTC-USDT-SWAP","tdMode":"cross","side":"sell","ordType":"oco","sz":"3","tpTriggerPx":"60000","tpOrdPx":"-1","slTriggerPx":"45000","slOrdPx":"44000"}"#;
    let reading = must_read(&okx("/api/v5/trade/order-algo", body));
    let loss = &reading.named().intent;
    assert_eq!(
        (loss.order_type, loss.price),
        (Some(OrderType::StopLimit), number("44000"))
    );
    let profit = &attached(&reading, "take_profit").intent;
    assert_eq!(
        (profit.order_type, profit.side, profit.quantity),
        (
            Some(OrderType::TakeProfitMarket),
            Some(Side::Sell),
            number("3")
        )
    );
}

/// Under an open kill switch, what reduces is all that is allowed; what this one opens must not pass for it.
#[test]
fn one_that_comes_with_an_order_that_closes__should_not_be_said_to_close() {
    let reducing = r#"{"instId":"BTC-USDT-SWAP","tdMode":"cross","side":"buy","ordType":"limit","px":"50000","sz":"3","reduceOnly":true"#;
    let of_two = r#"{"instId":"BTC-USDT-SWAP","tdMode":"cross","side":"sell","ordType":"limit","px":"50000","sz":"3","posSide":"long""#;
    let list = r#""attachAlgoOrds":[{"slTriggerPx":"45000","slOrdPx":"-1"}]"#;
    for order in [reducing, of_two] {
        let reading = must_read(&okx("/api/v5/trade/order", &format!("{order},{list}}}")));
        let loss = attached(&reading, "stop_loss");
        assert!(!loss.attached.unwrap().closes, "{order}");
        assert_eq!(loss.intent.reduce_only, None, "{order}");
        assert_eq!(loss.intent.quantity, number("3"));
    }
}

#[test]
fn several_that_together_are_larger_than_their_order__should_not_be_said_to_close_it() {
    let with = |list: &str| {
        let body = format!(r#"{ORDER},"attachAlgoOrds":[{list}]}}"#);
        let reading = must_read(&okx("/api/v5/trade/order", &body));
        let members = reading.authorised().iter();
        members
            .filter_map(|member| Some((member.attached?.closes, member.intent.reduce_only)))
            .collect::<Vec<_>>()
    };
    let profit = |size: &str| format!(r#"{{"tpTriggerPx":"60000","tpOrdPx":"-1"{size}}}"#);
    let loss = r#"{"slTriggerPx":"45000","slOrdPx":"-1"}"#;
    let (closing, not) = ((true, Some(true)), (false, None));
    let two = |one: &str, other: &str| format!("{},{},{loss}", profit(one), profit(other));
    assert_eq!(
        with(&two(r#","sz":"1""#, r#","sz":"2""#)),
        [closing, closing, closing]
    );
    assert_eq!(
        with(&two(r#","sz":"2""#, r#","sz":"2""#)),
        [not, not, closing]
    );
    assert_eq!(with(&two("", "")), [not, not, closing]);
}

#[test]
fn one_that_comes_with_a_spot_order__should_not_be_said_to_reduce_a_position() {
    let order = r#"{"instId":"BTC-USDT","tdMode":"cash","side":"sell","ordType":"limit","px":"50000","sz":"1","attachAlgoOrds":[{"slTriggerPx":"55000","slOrdPx":"-1"}]}"#;
    let reading = must_read(&okx("/api/v5/trade/order", order));
    let loss = attached(&reading, "stop_loss");
    assert!(loss.attached.unwrap().closes);
    assert_eq!(loss.intent.reduce_only, None);
}

#[test]
fn size_of_an_attached_order_that_is_changed__should_be_seen() {
    let change = |list: &str| {
        let body = format!(
            r#"{{"instId":"BTC-USDT-SWAP","ordId":"1","newSz":"3","attachAlgoOrds":[{list}]}}"#
        );
        read(&okx("/api/v5/trade/amend-order", &body))
    };
    let reading = change(r#"{"attachAlgoId":"7","sz":"1000"}"#).unwrap();
    let profit = attached(&reading, "take_profit");
    assert_eq!(profit.intent.quantity, number("1000"));
    assert!(!profit.attached.unwrap().closes);
    let reading = change(r#"{"attachAlgoId":"7","newSlOrdPx":"44000","sz":"3"}"#).unwrap();
    assert_eq!(reading.authorised().len(), 2);
    // It says of no order what it changes.
    assert!(change(r#"{"attachAlgoId":"7"}"#).is_err());
}

#[test]
fn half_against_loss__should_be_seen_whatever_tells_of_its_trigger() {
    let body = r#"{"instId":"BTC-USDT-SWAP","tdMode":"cross","side":"buy","ordType":"oco","sz":"3","tpTriggerPx":"45000","tpOrdPx":"45000","slTriggerRatio":"0.3","slOrdPx":"900000"}"#;
    let reading = must_read(&okx("/api/v5/trade/order-algo", body));
    assert_eq!(reading.named().intent.price, number("900000"));
    let profit = attached(&reading, "take_profit");
    assert_eq!(profit.intent.price, number("45000"));
    let swapped = body.replace("tpTriggerPx", "tpTriggerRatio");
    let reading = must_read(&okx("/api/v5/trade/order-algo", &swapped));
    assert_eq!(
        attached(&reading, "take_profit").intent.side,
        Some(Side::Buy)
    );
    let in_capitals = must_read(&okx(
        "/api/v5/trade/order-algo",
        &body.replace("oco", "OCO"),
    ));
    assert_eq!(in_capitals.named().intent.price, number("900000"));
    attached(&in_capitals, "take_profit");
}

/// Whoever knows a price would take the change for one that is worth nothing.
#[test]
fn size_of_zero_in_a_change__should_be_none() {
    let body = r#"{"instId":"BTC-USDT","ordId":"1","newPx":"900000","newSz":"0"}"#;
    let reading = must_read(&okx("/api/v5/trade/amend-order", body));
    assert_eq!(reading.named().intent.quantity, None);
    assert_eq!(reading.named().intent.price, number("900000"));
}
