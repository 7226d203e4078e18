//! MEXC: two manners of signing, and what must not pass from one to the other.
#![allow(non_snake_case, clippy::unwrap_used)]

mod support;

use countersign_venues::{
    Class, Malformed, OrderType, Placement, PositionSide, ReadError, Request, Side, TimeInForce,
    Unclassified, read, signed_text,
};
use support::{attached, must_read, names};

const TIME: &str = "timestamp=1753000000000";

fn spot(method: &str, path: &str, query: &str) -> Request {
    Request {
        venue: "mexc".into(),
        method: method.into(),
        host: "api.mexc.com".into(),
        path: path.into(),
        query: format!("{query}&{TIME}").trim_start_matches('&').into(),
        body: Vec::new(),
        headers: Vec::new(),
    }
}

fn contract(method: &str, path: &str, query: &str, body: &str) -> Request {
    Request {
        query: query.into(),
        body: body.into(),
        headers: vec![
            ("ApiKey".into(), "mx0K".into()),
            ("Request-Time".into(), "1753000000000".into()),
        ],
        ..spot(method, &format!("/api/v1/private/{path}"), "")
    }
}

#[test]
fn contract_order__should_read_side_and_kind_from_numbers() {
    let order = |side: u8, kind: u8| {
        let body = format!(
            r#"{{"symbol":"BTC_USDT","vol":6.0,"type":{kind},"openType":2,"price":61234.5,"side":{side}}}"#
        );
        must_read(&contract("POST", "order/submit", "", &body))
            .named()
            .intent
            .clone()
    };
    let close_short = order(2, 1);
    assert_eq!(close_short.side, Some(Side::Buy));
    assert_eq!(close_short.position_side, Some(PositionSide::Short));
    assert_eq!(close_short.reduce_only, Some(true));
    assert_eq!(close_short.quantity.unwrap().to_string(), "6");
    assert_eq!(close_short.notional, None, "contracts");
    let open_short = order(3, 2);
    assert_eq!(open_short.side, Some(Side::Sell));
    assert_eq!(open_short.reduce_only, None);
    assert_eq!(open_short.order_type, Some(OrderType::PostOnly));
    assert_eq!(order(4, 4).time_in_force, Some(TimeInForce::FillOrKill));
    assert_eq!(order(1, 5).price, None, "a market order has none");
}

#[test]
fn contract_text__should_have_its_query_sorted() {
    let request = contract(
        "GET",
        "order/list/open_orders",
        "symbol=BTC_USDT&page_num=1",
        "",
    );
    let signed = signed_text(&request).unwrap();
    assert_eq!(signed.bytes, b"mx0K1753000000000page_num=1&symbol=BTC_USDT");
    assert_eq!(signed.placement, Placement::Header("Signature"));
}

#[test]
fn contract_request__should_never_be_a_spot_withdrawal() {
    let withdrawal = format!("coin=USDT&address=T1&amount=9&{TIME}");
    // In a string of the body, and as a query.
    let body =
        format!(r#"{{"symbol":"A&{withdrawal}&b=","vol":1,"type":5,"side":1,"openType":2}}"#);
    assert!(matches!(
        read(&contract("POST", "order/create", "", &body)),
        Err(ReadError::Unclassified(Unclassified::Confusable { .. }))
    ));
    assert!(read(&contract("GET", "position/open_positions", &withdrawal, "")).is_err());
    let timed = format!("symbol=BTC_USDT&{TIME}");
    assert!(read(&contract("GET", "position/open_positions", &timed, "")).is_err());
    // And the two interfaces are in no set of each other.
    let reading = must_read(&contract(
        "GET",
        "order/list/open_orders",
        "symbol=BTC_USDT",
        "",
    ));
    assert!(
        names(&reading)
            .iter()
            .all(|name| name.starts_with("contract_"))
    );
    let reading = must_read(&spot("GET", "/api/v3/openOrders", "symbol=BTCUSDT"));
    assert!(names(&reading).contains(&"spot_cancel_all"));
    assert!(
        !names(&reading)
            .iter()
            .any(|name| name.starts_with("contract_"))
    );
}

#[test]
fn contract_read__should_authorise_what_its_text_would_do_by_post() {
    let reading = must_read(&contract(
        "GET",
        "order/list/open_orders",
        "symbol=BTC_USDT",
        "",
    ));
    assert_eq!(reading.named().class, Class::Read);
    assert!(names(&reading).contains(&"contract_cancel_all"));
}

#[test]
fn contract_request__should_need_its_headers() {
    let mut request = contract("GET", "account/assets", "", "");
    request.headers.remove(0);
    assert!(matches!(
        read(&request),
        Err(ReadError::Malformed(Malformed::MissingHeader {
            name: "ApiKey"
        }))
    ));
    for key in ["K{", "K&coin=USDT", "K x", ""] {
        let mut request = contract("GET", "account/assets", "", "");
        request.headers[0].1 = key.into();
        assert!(read(&request).is_err(), "{key}");
    }
}

#[test]
fn contract_bodies__should_have_one_reading() {
    for body in [
        r#"{"symbol":"A","symbol":"B","vol":1,"type":5,"side":1}"#,
        r#"{"symbol":"A","vol":1,"type":5,"side":1}x"#,
        r#"{"symbol":"A","vol":-1,"type":5,"side":1}"#,
        r#"{"symbol":"A","vol":1,"type":7,"side":1}"#,
        r#"{"symbol":"A","vol":1,"type":5,"side":5}"#,
        r#"{"symbol":"A","vol":1,"type":5,"side":1,"new":1}"#,
        "symbol=A",
    ] {
        let read = read(&contract("POST", "order/create", "", body));
        assert!(
            matches!(read, Err(ReadError::Unclassified(_))),
            "{body}: {read:?}"
        );
    }
}

#[test]
fn contract_batches__should_be_read_element_by_element() {
    let body = r#"[{"symbol":"BTC_USDT","vol":1,"type":1,"price":5,"side":1,"openType":1,"leverage":20},{"symbol":"ETH_USDT","vol":2,"type":5,"side":4,"openType":1}]"#;
    let reading = must_read(&contract("POST", "order/submit_batch", "", body));
    let orders: Vec<_> = reading
        .authorised()
        .iter()
        .filter(|member| member.name == "contract_orders")
        .collect();
    assert_eq!(orders.len(), 2);
    assert_eq!(orders[0].intent.leverage, Some(20.into()));
    assert_eq!(orders[1].intent.reduce_only, Some(true));
    // Under the name of a cancellation the same bytes place the same orders.
    let cancel = must_read(&contract("POST", "order/cancel", "", body));
    assert_eq!(
        names(&cancel)
            .iter()
            .filter(|name| **name == "contract_orders")
            .count(),
        2
    );
    // Ids alone.
    let reading = must_read(&contract("POST", "order/cancel", "", "[101,\"102\"]"));
    assert_eq!(reading.named().class, Class::TradeFutures);
}

#[test]
fn spot_form__should_be_read_whatever_it_is_labelled_as() {
    let mut request = spot(
        "POST",
        "/api/v3/order",
        "symbol=BTCUSDT&side=SELL&type=IMMEDIATE_OR_CANCEL&quantity=1&price=5",
    );
    request.body = std::mem::take(&mut request.query).into_bytes();
    request
        .headers
        .push(("Content-Type".into(), "application/json".into()));
    let reading = must_read(&request);
    assert_eq!(reading.signed().placement, Placement::Form("signature"));
    assert_eq!(
        reading.named().intent.time_in_force,
        Some(TimeInForce::ImmediateOrCancel)
    );
    request.query = "recvWindow=5000".into();
    assert!(matches!(
        read(&request),
        Err(ReadError::Unclassified(Unclassified::QueryAndBody))
    ));
}

#[test]
fn payment_to_another_user__should_be_a_withdrawal() {
    let reading = must_read(&spot(
        "POST",
        "/api/v3/capital/transfer/internal",
        "asset=USDT&amount=5&toAccountType=UID&toAccount=123",
    ));
    assert_eq!(reading.named().class, Class::Withdraw);
    assert_eq!(reading.named().intent.destination.as_deref(), Some("123"));
}

#[test]
fn cut__should_be_possible_on_spot_and_not_on_contracts() {
    let order = spot(
        "POST",
        "/api/v3/order",
        "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=15&price=5",
    );
    assert!(!must_read(&order).if_cut().is_empty());
    let order = contract(
        "POST",
        "order/create",
        "",
        r#"{"symbol":"A","vol":1,"type":5,"side":1}"#,
    );
    assert!(must_read(&order).if_cut().is_empty());
}

#[test]
fn login__should_be_a_session() {
    let request = Request {
        method: "LOGIN".into(),
        host: "contract.mexc.com".into(),
        path: "/edge".into(),
        ..contract("GET", "account/assets", "", "")
    };
    let reading = must_read(&request);
    assert_eq!(reading.signed().bytes, b"mx0K1753000000000");
    assert_eq!(reading.named().class, Class::Session);
}

#[test]
fn contract_query__should_not_hold_an_object() {
    let query = r#"symbol={"symbol":"BTC_USDT","vol":9,"side":1,"type":5}"#;
    let read = |query| read(&contract("GET", "order/list/history_orders", query, ""));
    assert!(read("symbol=BTC_USDT").is_ok());
    assert!(read(query).is_err());
}

#[test]
fn order_of_two_sizes__should_be_worth_the_larger() {
    let order = "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=5&quoteOrderQty=9000";
    let reading = must_read(&spot("POST", "/api/v3/order", order));
    let notional = reading.named().intent.notional.as_ref().unwrap();
    assert_eq!(notional.amount.to_string(), "9000");
}

const OPEN: &str = r#""symbol":"BTC_USDT","vol":6,"side":1,"openType":2,"price":60000"#;
const STOPS: &str = r#""takeProfitPrice":70000,"takeProfitType":1,"takeProfitOrderPrice":69000,"stopLossPrice":50000,"stopLossType":0,"stopLossOrderPrice":49000,"takeProfitReverse":2,"stopLossReverse":2"#;

#[test]
fn take_profit_and_stop_loss__should_be_orders_that_close() {
    let order = format!(r#"{{{OPEN},"type":1,{STOPS}}}"#);
    let plan = format!(r#"{{{OPEN},"orderType":1,"triggerPrice":61000,{STOPS}}}"#);
    for (path, body) in [
        ("order/create", &order),
        ("order/submit", &order),
        ("order/submit_batch", &format!("[{order}]")),
        ("planorder/place", &plan),
        ("planorder/place/v2", &plan),
    ] {
        let reading = must_read(&contract("POST", path, "", body));
        let profit = attached(&reading, "take_profit");
        assert!(profit.attached.unwrap().closes, "{path}");
        assert_eq!(profit.intent.side, Some(Side::Sell), "{path}");
        assert_eq!(profit.intent.quantity, Some(6.into()), "{path}");
        assert_eq!(
            profit.intent.order_type,
            Some(OrderType::TakeProfitLimit),
            "{path}"
        );
        assert_eq!(profit.intent.price, Some(69_000.into()), "{path}");
        let loss = &attached(&reading, "stop_loss").intent;
        assert_eq!(loss.order_type, Some(OrderType::StopMarket), "{path}");
        assert_eq!(
            (loss.price, loss.stop_price),
            (None, Some(50_000.into())),
            "{path}"
        );
        assert_eq!(loss.reduce_only, Some(true), "{path}");
        assert!(reverses(&reading).is_empty(), "{path}");
    }
    let wrong = order.replace("70000", r#""high""#);
    assert!(read(&contract("POST", "order/create", "", &wrong)).is_err());
}

fn reverses(reading: &countersign_venues::Reading) -> Vec<&'static str> {
    let own = reading.authorised().iter();
    let own = own.filter(|member| member.name == reading.named().name);
    own.filter_map(|member| Some(member.attached?.name))
        .filter(|name| name.ends_with("_reversal"))
        .collect()
}

/// Told to reverse, a stop opens the other side once it has closed.
#[test]
fn reversal__should_be_an_order_that_opens() {
    let stops = STOPS.replace(r#""stopLossReverse":2"#, r#""stopLossReverse":1"#);
    let order = format!(r#"{{{OPEN},"type":5,{stops}}}"#);
    let reading = must_read(&contract("POST", "order/create", "", &order));
    assert_eq!(reverses(&reading), ["stop_loss_reversal"]);
    let reversal = attached(&reading, "stop_loss_reversal");
    assert!(!reversal.attached.unwrap().closes);
    assert_eq!(reversal.intent.side, Some(Side::Sell));
    assert_eq!(reversal.intent.quantity, Some(6.into()));
    assert_eq!(reversal.intent.reduce_only, None);
    let change = r#"{"stopPlanOrderId":7,"takeProfitPrice":5,"takeProfitReverse":1}"#;
    let reading = must_read(&contract("POST", "stoporder/change_plan_price", "", change));
    assert_eq!(reverses(&reading), ["take_profit_reversal"]);
    assert_eq!(attached(&reading, "take_profit_reversal").intent.side, None);
}

#[test]
fn stop_of_a_position__should_be_each_of_its_halves() {
    let stop = format!(r#"{{"positionId":9,"vol":3,"takeProfitVol":2.0,"stopLossVol":1,{STOPS}}}"#);
    let reading = must_read(&contract("POST", "stoporder/place", "", &stop));
    let loss = &reading.named().intent;
    assert_eq!(loss.order_type, Some(OrderType::StopMarket));
    assert_eq!(
        (loss.quantity, loss.stop_price),
        (Some(1.into()), Some(50_000.into()))
    );
    assert_eq!(loss.reduce_only, Some(true));
    let profit = &attached(&reading, "take_profit").intent;
    assert_eq!(profit.order_type, Some(OrderType::TakeProfitLimit));
    assert_eq!(profit.quantity.unwrap().to_string(), "2");
    assert_eq!(profit.reduce_only, Some(true));
    let one = r#"{"positionId":9,"vol":3,"takeProfitPrice":70000}"#;
    let reading = must_read(&contract("POST", "stoporder/place", "", one));
    let profit = &reading.named().intent;
    assert_eq!(profit.order_type, Some(OrderType::TakeProfitMarket));
    assert_eq!(profit.quantity, Some(3.into()));
}

#[test]
fn words_the_venue_passes_over__should_not_lessen_an_order() {
    let order = |more: &str| {
        let body = format!(r#"{{{OPEN},"type":1,{more}}}"#);
        must_read(&contract("POST", "order/create", "", &body))
            .named()
            .intent
            .clone()
    };
    assert_eq!(
        order(r#""reduceOnly":true,"positionMode":2"#).reduce_only,
        Some(true)
    );
    assert_eq!(
        order(r#""reduceOnly":true,"positionMode":1"#).reduce_only,
        None
    );
    assert_eq!(order(r#""bboTypeNum":1"#).price, None);
    assert_eq!(order(r#""bboTypeNum":0"#).price, Some(60_000.into()));
}

/// A key that the venue does not know as one could hold the venue's key, the time and the name of the
/// first parameter.
#[test]
fn contract_key__should_not_have_a_part_of_what_follows_it() {
    for key in [
        "mx0K1753000000000",
        "mx0K1753000000000amount=",
        "mx0K=",
        "mx0K:",
        "99999999999999999mx0K",
    ] {
        let mut request = contract("POST", "position/change_margin", "positionId=1", "");
        request.headers[0].1 = key.into();
        let refused = matches!(
            read(&request),
            Err(ReadError::Malformed(Malformed::Header { .. }))
        );
        assert!(refused, "{key}");
    }
}

#[test]
fn read_of_a_position__should_authorise_its_reversal() {
    let query = "positionId=7&symbol=BTC_USDT";
    let reading = must_read(&contract("GET", "position/open_positions", query, ""));
    assert_eq!(reading.named().class, Class::Read);
    assert!(names(&reading).contains(&"contract_reverse"));
}

#[test]
fn spot_order__should_also_be_one_on_margin() {
    let query = "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=2";
    let reading = must_read(&spot("POST", "/api/v3/order", query));
    assert!(names(&reading).contains(&"margin_order"));
}

#[test]
fn plan_order_at_the_market__should_need_no_price() {
    for kind in [1, 5, 6] {
        let body = format!(
            r#"{{"symbol":"BTC_USDT","vol":1,"side":1,"openType":1,"triggerPrice":60000,"triggerType":1,"executeCycle":1,"trend":1,"orderType":{kind}}}"#
        );
        for path in ["planorder/place", "planorder/place/v2"] {
            let reading = must_read(&contract("POST", path, "", &body));
            let kind = reading.named().intent.order_type;
            assert_eq!(kind, Some(OrderType::StopMarket), "{path}");
        }
    }
}

#[test]
fn market_data__should_be_a_read_where_a_client_signs_it() {
    let candles = spot(
        "GET",
        "/api/v3/klines",
        "interval=1m&limit=500&symbol=BTCUSDT",
    );
    assert_eq!(must_read(&candles).named().class, Class::Read);
    for (path, query) in [
        ("depth/BTC_USDT", "limit=20"),
        ("deals/BTC_USDT", "limit=20&symbol=BTC_USDT"),
    ] {
        let mut data = contract("GET", "", query, "");
        data.path = format!("/api/v1/contract/{path}");
        assert_eq!(must_read(&data).named().class, Class::Read, "{path}");
    }
}

/// The venue reads an order's parameters in the list. Beside it they would be believed and not heeded.
#[test]
fn batch__should_have_nothing_beside_its_list() {
    let list = "batchOrders=%5B%7B%22symbol%22%3A%22BTCUSDT%22%2C%22side%22%3A%22BUY%22%2C%22type%22%3A%22LIMIT%22%2C%22quantity%22%3A%221%22%2C%22price%22%3A%225%22%7D%5D";
    let path = "/api/v3/batchOrders";
    assert!(read(&spot("POST", path, list)).is_ok());
    for beside in ["quoteOrderQty=1", "symbol=BTCUSDT"] {
        let both = spot("POST", path, &format!("{list}&{beside}"));
        assert!(read(&both).is_err(), "{beside}");
    }
}

/// Where an account holds two positions a market, the venue does not take `reduceOnly`.
#[test]
fn side_that_opens__should_not_be_believed_to_reduce() {
    let order = |rest: &str| {
        let body = format!(
            r#"{{"symbol":"BTC_USDT","vol":1,"type":5,"openType":2,"reduceOnly":true{rest}}}"#
        );
        let reading = must_read(&contract("POST", "order/create", "", &body));
        reading.named().intent.reduce_only
    };
    assert_eq!(order(r#","side":1"#), None);
    assert_eq!(order(r#","side":3,"positionMode":1"#), None);
    assert_eq!(order(r#","side":3,"positionMode":2"#), Some(true));
    assert_eq!(order(r#","side":4"#), Some(true));
}

#[test]
fn price_beside_one_that_follows_the_book__should_not_be_the_orders() {
    let order = |rest: &str| {
        let body = format!(
            r#"{{"symbol":"BTC_USDT","vol":1,"type":1,"side":1,"openType":2,"price":1{rest}}}"#
        );
        must_read(&contract("POST", "order/create", "", &body))
            .named()
            .intent
            .price
    };
    assert_eq!(order(""), Some(1.into()));
    assert_eq!(order(r#","bboTypeNum":0"#), Some(1.into()));
    assert_eq!(order(r#","bboTypeNum":1"#), None);
}
