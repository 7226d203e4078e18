//! Deribit: orders by GET, and a login whose text must not become a request's.
#![allow(non_snake_case, clippy::unwrap_used)]

mod support;

use countersign_venues::{
    Asset, Bound, Class, Intent, Malformed, OrderType, ReadError, Request, Side, read, signed_text,
};
use support::{attached, must_read, names, request};

const AUTHORIZATION: &str = "deri-hmac-sha256 id=k,ts=1753000000000,nonce=a1";

fn deribit(method: &str, call: &str) -> Request {
    let url = format!("www.deribit.com/api/v2/private/{call}");
    let headers = [("Authorization", AUTHORIZATION)];
    request("deribit", method, &url, "", &headers)
}

fn intent(call: &str) -> Intent {
    must_read(&deribit("GET", call)).named().intent.clone()
}

fn login(query: &str) -> Request {
    let url = format!("www.deribit.com/ws/api/v2?{query}");
    request("deribit", "LOGIN", &url, "", &[])
}

#[test]
fn orders__should_be_told_apart_by_instrument() {
    for (call, name) in [
        ("buy?instrument_name=BTC_USDC&amount=1&price=2", "spot_buy"),
        (
            "sell?instrument_name=ETH_USDC-PERPETUAL&amount=1&price=2",
            "linear_sell",
        ),
        (
            "buy?instrument_name=BTC-PERPETUAL&amount=10&price=2",
            "derivative_buy",
        ),
        (
            "buy?instrument_name=BTC-27DEC24-40000-C&amount=1&price=2",
            "derivative_buy",
        ),
        (
            "buy?instrument_name=SOL_USDC-27DEC24-40-C&amount=1&price=2",
            "derivative_buy",
        ),
        (
            "sell?instrument_name=ETH_USDC-PERPETUAL&contracts=1&price=2",
            "derivative_sell",
        ),
    ] {
        assert_eq!(names(&must_read(&deribit("GET", call))), [name], "{call}");
    }
    assert!(read(&deribit("GET", "buy?amount=1&price=2")).is_err());
}

#[test]
fn orders_by_id__should_be_spot_and_futures_alike() {
    let cancel = must_read(&deribit("GET", "cancel?order_id=1"));
    assert_eq!(names(&cancel), ["spot_cancel", "derivative_cancel"]);
    let all = must_read(&deribit("GET", "cancel_all"));
    assert_eq!(names(&all), ["derivative_cancel_all", "spot_cancel_all"]);
    let edit = must_read(&deribit("GET", "edit?order_id=1&amount=2&price=3"));
    let classes: Vec<_> = edit.authorised().iter().map(|op| op.class).collect();
    assert_eq!(classes, [Class::TradeSpot, Class::TradeFutures]);
}

#[test]
fn notional__should_be_stated_only_where_amounts_count_the_base_asset() {
    let spot = intent("buy?instrument_name=BTC_USDC&amount=0.5&price=60000");
    let worth = spot.notional.unwrap();
    assert_eq!(worth.asset, Asset::Known("USDC".into()));
    assert_eq!(worth.amount.to_string(), "30000.0");
    let linear = intent("buy?instrument_name=ETH_USDC-PERPETUAL&amount=2&price=3000");
    assert_eq!(linear.notional.unwrap().asset, Asset::Known("USDC".into()));
    let inverse = intent("sell?instrument_name=BTC-PERPETUAL&amount=120&price=60000&type=limit");
    assert_eq!((inverse.notional, inverse.side), (None, Some(Side::Sell)));
    let stop = "sell?instrument_name=BTC-PERPETUAL&amount=10&type=stop_market&trigger_price=5&trigger=mark_price&reduce_only=true";
    let stop = intent(stop);
    assert_eq!(stop.order_type, Some(OrderType::StopMarket));
    assert_eq!(stop.reduce_only, Some(true));
    let twice = "buy?instrument_name=BTC-PERPETUAL&amount=10&contracts=1&price=5";
    assert!(read(&deribit("GET", twice)).is_err());
}

#[test]
fn transfer_to_another_user__should_be_a_withdrawal() {
    let call = "submit_transfer_to_user?currency=ETH&amount=1&destination=0xabc";
    let reading = must_read(&deribit("GET", call));
    assert_eq!(reading.named().class, Class::Withdraw);
    assert_eq!(reading.named().intent.destination.as_deref(), Some("0xabc"));
}

#[test]
fn requests_with_two_readings__should_be_unclassified() {
    for call in [
        "withdraw?currency=BTC&address=a&amount=1&amount=2",
        "withdraw?currency=BTC&address=a&Address=b&amount=1",
        "withdraw?currency=BTC&address=a&amount=1&network=x",
        "withdraw?currency=BTC&address=a&amount=1&",
        "withdraw?currency=BTC&address=%61&amount=1",
        "cancel?order_id=1&order_id=2",
        "get_open_orders_by_instrument?instrument_name=A&instrument_name=B",
        "frobnicate",
    ] {
        let found = read(&deribit("GET", call));
        assert!(matches!(found, Err(ReadError::Unclassified(_))), "{call}");
    }
    let mut with_body = deribit("GET", "cancel_all");
    with_body.body = br#"{"method":"private/withdraw"}"#.into();
    assert!(read(&with_body).is_err());
    let post = deribit("POST", "buy?instrument_name=BTC_USDC&amount=1&price=2");
    assert!(read(&post).is_err(), "JSON-RPC is not understood");
}

#[test]
fn memos__should_be_marked_and_signed_as_sent() {
    let call = "buy?instrument_name=BTC_USDC&amount=1&price=2&label=B%C3%BCro%207";
    let reading = must_read(&deribit("GET", call));
    assert_eq!(reading.named().outside_alphabet, ["label"]);
    let text = String::from_utf8(reading.signed().bytes.clone()).unwrap();
    assert_eq!(
        text,
        format!("1753000000000\na1\nGET\n/api/v2/private/{call}\n\n")
    );
}

#[test]
fn login__should_never_have_the_text_of_a_request() {
    let reading = must_read(&login("timestamp=1753000000000&nonce=abc-1"));
    assert_eq!(reading.named().class, Class::Session);
    assert_eq!(reading.signed().bytes, b"1753000000000\nabc-1\n");
    for query in [
        "timestamp=1753000000000&nonce=a%0AGET%0A%2Fapi%2Fv2%2Fprivate%2Fcancel_all%0A",
        "timestamp=1753000000000&nonce=a&data=GET%0A%2Fapi%2Fv2%2Fprivate%2Fcancel_all%0A%0A",
        "timestamp=1753000000000%0Aa&nonce=GET",
        "timestamp=1753000000000&nonce=",
        "timestamp=1753000000000",
        "nonce=a",
    ] {
        assert!(read(&login(query)).is_err(), "{query}");
    }
}

#[test]
fn authorization__should_be_one_and_plain() {
    for value in [
        "",
        "Bearer x",
        "deri-hmac-sha256 id=k,ts=1753000000000",
        "deri-hmac-sha256 id=k,ts=1753000000000,ts=1753000000001,nonce=a",
        "deri-hmac-sha256 id=k,ts=1753000000000,nonce=a,nonce=b",
        "deri-hmac-sha256 id=k,ts=1753000000000,nonce=a\nGET",
        "deri-hmac-sha256 id=k,ts=1753000000,nonce=a",
    ] {
        let mut request = deribit("GET", "cancel_all");
        request.headers = vec![("Authorization".into(), value.into())];
        assert!(read(&request).is_err(), "{value}");
    }
    let mut twice = deribit("GET", "cancel_all");
    twice
        .headers
        .push(("authorization".into(), AUTHORIZATION.into()));
    assert!(matches!(
        signed_text(&twice),
        Err(ReadError::Malformed(Malformed::RepeatedHeader { .. }))
    ));
    let mut signed = deribit("GET", "cancel_all");
    signed.headers = vec![("Authorization".into(), format!("{AUTHORIZATION},sig=00"))];
    assert!(matches!(
        read(&signed),
        Err(ReadError::Malformed(Malformed::SignaturePresent { .. }))
    ));
}

/// Percent-encodes what JSON has and a query has not.
fn encoded(json: &str) -> String {
    let mut text = String::new();
    for letter in json.chars() {
        match letter {
            '{' | '}' | '[' | ']' | '"' | ' ' => text.push_str(&format!("%{:02X}", letter as u32)),
            plain => text.push(plain),
        }
    }
    text
}

fn linked(order: &str, orders: &str) -> Request {
    let kind = "linked_order_type=one_triggers_one_cancels_other";
    deribit(
        "GET",
        &format!("buy?{order}&{kind}&otoco_config={}", encoded(orders)),
    )
}

#[test]
fn linked_orders__should_be_seen_with_sides_and_sizes_of_their_own() {
    let order = "instrument_name=BTC_USDC&amount=0.001&price=50000";
    let orders = r#"[{"direction":"buy","amount":100,"type":"limit","price":90000},{"direction":"sell","amount":0.001,"type":"stop_market","trigger_price":45000,"trigger":"last_price","reduce_only":true}]"#;
    let reading = must_read(&linked(order, orders));
    assert_eq!(
        reading.named().intent.notional.as_ref().unwrap().amount,
        50.into()
    );
    let members: Vec<_> = reading
        .authorised()
        .iter()
        .filter(|member| member.attached.is_some())
        .collect();
    let [larger, stop] = members[..] else {
        panic!("{members:?}");
    };
    assert_eq!(larger.attached.unwrap().name, "linked");
    assert!(!larger.attached.unwrap().closes);
    assert_eq!(larger.intent.side, Some(Side::Buy));
    assert_eq!(larger.intent.quantity, Some(100.into()));
    assert_eq!(
        larger.intent.notional.as_ref().unwrap().amount,
        9_000_000.into()
    );
    assert_eq!(stop.intent.order_type, Some(OrderType::StopMarket));
    assert_eq!(stop.intent.side, Some(Side::Sell));
    assert_eq!(stop.intent.reduce_only, None, "spot");
    let future = "instrument_name=BTC-PERPETUAL&amount=10&price=50000";
    let orders = r#"[{"direction":"sell","amount":10,"type":"market","reduce_only":true}]"#;
    let reading = must_read(&linked(future, orders));
    let stop = &attached(&reading, "linked").intent;
    assert_eq!(stop.reduce_only, Some(true));
}

#[test]
fn linked_orders__should_be_understood_or_refused() {
    let order = "instrument_name=BTC-PERPETUAL&amount=10&price=50000";
    must_read(&linked(order, "[]"));
    for odd in [
        r#"[{"direction":"sell","amount":10,"instrument_name":"ETH-PERPETUAL"}]"#,
        r#"[{"direction":"sell","contracts":10}]"#,
        r#"[{"direction":"sell","amount":-10}]"#,
        r#"[{"direction":"sell","amount":1,"amount":2}]"#,
        r#"[{"direction":"hold","amount":1}]"#,
        "[1]",
        "object",
    ] {
        assert!(read(&linked(order, odd)).is_err(), "{odd}");
    }
}

#[test]
fn price_in_other_terms__should_not_pass_for_one_in_the_quote_asset() {
    let order = "buy?instrument_name=BTC-27DEC24-40000-C&amount=1&price=1000";
    assert_eq!(intent(order).price, Some(1_000.into()));
    assert_eq!(intent(&format!("{order}&advanced=usd")).price, None);
}

#[test]
fn sale_that_deribit_may_reprice__should_not_be_worth_at_most_what_it_states() {
    let sale = "sell?instrument_name=BTC_USDC&amount=100&price=1&post_only=true";
    let bound = |call: &str| intent(call).notional.unwrap().bound;
    assert_eq!(intent(sale).order_type, Some(OrderType::Limit));
    assert_eq!(bound(sale), Bound::AtLeast);
    let held = format!("{sale}&reject_post_only=true");
    assert_eq!(bound(&held), Bound::AtMost);
    let at_once = format!("{held}&time_in_force=immediate_or_cancel");
    assert_eq!(bound(&at_once), Bound::AtLeast);
}

#[test]
fn spot__should_have_no_position_to_reduce() {
    let order = "sell?instrument_name=BTC_USDC&amount=1&price=1&reduce_only=true";
    assert_eq!(intent(order).reduce_only, None);
}

#[test]
fn beneficiaries_and_originators__should_be_no_reads() {
    for (call, class) in [
        (
            "save_address_beneficiary?currency=BTC&address=bc1q&personal=true&agreed=true",
            Class::Admin,
        ),
        (
            "delete_address_beneficiary?currency=BTC&address=bc1q",
            Class::Admin,
        ),
        (
            "set_disabled_trading_products?user_id=1&trading_products=%5B%22perpetual%22%5D",
            Class::Admin,
        ),
        (
            "set_clearance_originator?deposit_id=%7B%22currency%22:%22BTC%22%7D&originator=%7B%7D",
            Class::Deposit,
        ),
        ("get_reward_eligibility", Class::Read),
    ] {
        assert_eq!(
            must_read(&deribit("GET", call)).named().class,
            class,
            "{call}"
        );
    }
}

#[test]
fn test_network__should_be_a_host() {
    let mut order = deribit("GET", "buy?instrument_name=BTC-PERPETUAL&amount=10&price=2");
    order.host = "test.deribit.com".into();
    assert_eq!(must_read(&order).named().class, Class::TradeFutures);
}
