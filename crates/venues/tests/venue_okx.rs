//! OKX: sizes and prices with a meaning of their own, batches of both products, and texts.
#![allow(non_snake_case, clippy::unwrap_used)]

mod support;

use countersign_venues::{
    Bound, Class, Intent, OrderType, ReadError, Request, TimeInForce, Unclassified, read,
    signed_text,
};
use support::{must_read, names, request};

fn okx(method: &str, path: &str, body: &str) -> Request {
    let url = format!("www.okx.com/api/v5{path}");
    let headers = [("OK-ACCESS-TIMESTAMP", "2025-07-20T08:26:40.123Z")];
    request("okx", method, &url, body, &headers)
}

fn intent(path: &str, body: &str) -> Intent {
    must_read(&okx("POST", path, body)).named().intent.clone()
}

fn refused(method: &str, path: &str, body: &str) -> bool {
    matches!(
        read(&okx(method, path, body)),
        Err(ReadError::Unclassified(_))
    )
}

#[test]
fn market_orders__should_count_what_the_venue_counts() {
    let order = |rest: &str| {
        let body = format!(
            r#"{{"instId":"BTC-USDT","tdMode":"cash","ordType":"market","sz":"100",{rest}}}"#
        );
        intent("/trade/order", &body)
    };
    let buy = order(r#""side":"buy""#);
    assert_eq!(
        (buy.quantity, buy.notional.unwrap().bound),
        (None, Bound::AtMost)
    );
    assert!(order(r#""side":"sell""#).quantity.is_some());
    assert!(
        order(r#""side":"buy","tgtCcy":"base_ccy""#)
            .quantity
            .is_some()
    );
    assert!(
        order(r#""side":"sell","tgtCcy":"quote_ccy""#)
            .quantity
            .is_none()
    );
}

#[test]
fn algorithmic_orders__should_be_what_they_become() {
    let algo = |rest: &str| {
        let body = format!(
            r#"{{"instId":"BTC-USDT-SWAP","tdMode":"cross","side":"sell","sz":"1",{rest}}}"#
        );
        intent("/trade/order-algo", &body)
    };
    for (rest, kind) in [
        (
            r#""ordType":"trigger","triggerPx":"5","orderPx":"-1""#,
            Some(OrderType::StopMarket),
        ),
        (
            r#""ordType":"trigger","triggerPx":"5","orderPx":"4""#,
            Some(OrderType::StopLimit),
        ),
        (
            r#""ordType":"conditional","slTriggerPx":"5","slOrdPx":"-1""#,
            Some(OrderType::StopMarket),
        ),
        (
            r#""ordType":"conditional","tpTriggerPx":"5","tpOrdPx":"6""#,
            Some(OrderType::TakeProfitLimit),
        ),
        (
            r#""ordType":"move_order_stop","callbackRatio":"0.01""#,
            Some(OrderType::StopMarket),
        ),
        (
            r#""ordType":"twap","szLimit":"1","pxLimit":"9","timeInterval":"10""#,
            None,
        ),
    ] {
        let found = algo(rest);
        assert_eq!(found.order_type, kind, "{rest}");
        assert_eq!(found.notional, None, "{rest}");
        assert!(found.price.is_none_or(|price| price.is_sign_positive()));
    }
    let share = r#"{"instId":"BTC-USDT-SWAP","tdMode":"cross","side":"sell","closeFraction":"1",
        "ordType":"conditional","slTriggerPx":"5","slOrdPx":"-1","reduceOnly":true}"#;
    assert_eq!(intent("/trade/order-algo", share).reduce_only, Some(true));
}

#[test]
fn batch__should_hold_spot_and_derivatives() {
    let body = r#"[{"instId":"BTC-USDT","tdMode":"cash","side":"buy","ordType":"post_only","sz":"1","px":"2"},
        {"instId":"BTC-USD-250926","tdMode":"cross","side":"sell","ordType":"ioc","sz":"3","px":"4e0","reduceOnly":"true"}]"#;
    let reading = must_read(&okx("POST", "/trade/batch-orders", body));
    assert_eq!(names(&reading), ["spot_orders", "derivative_orders"]);
    let [spot, derivative] = reading.authorised() else {
        panic!("{reading:?}");
    };
    assert_eq!(spot.intent.order_type, Some(OrderType::PostOnly));
    assert_eq!(
        derivative.intent.time_in_force,
        Some(TimeInForce::ImmediateOrCancel)
    );
    assert_eq!(derivative.intent.reduce_only, Some(true));
    let odd = body.replace("\"sz\":\"3\"", "\"sz\":\"3\",\"toAddr\":\"x\"");
    assert!(refused("POST", "/trade/batch-orders", &odd));
    assert!(refused("POST", "/trade/batch-orders", "[]"));
    assert!(refused("POST", "/trade/batch-orders", "[[]]"));
}

#[test]
fn requests_with_two_readings__should_be_unclassified() {
    for body in [
        r#"{"ccy":"USDT","amt":"1","dest":"4","toAddr":"a","toAddr":"b"}"#,
        r#"{"ccy":"USDT","amt":"1","dest":"4","toAddr":"a","toaddr":"b"}"#,
        r#"{"ccy":"USDT","amt":"1","dest":"4","toAddr":"a"},"#,
        r#"{"ccy":"USDT","amt":"1","dest":"4","toAddr":["a"]}"#,
        r#"{"ccy":"USDT","amt":"1","dest":"5","toAddr":"a"}"#,
        r#"{"ccy":"USDT","amt":"-1","dest":"4","toAddr":"a"}"#,
        "ccy=USDT&amt=1&dest=4&toAddr=a",
    ] {
        assert!(refused("POST", "/asset/withdrawal", body), "{body}");
    }
    let whole = r#"{"ccy":"USDT","amt":"1","dest":"4","toAddr":"a"}"#;
    assert!(!refused("POST", "/asset/withdrawal", whole));
    assert!(refused("POST", "/asset/withdrawal?toAddr=b", whole));
    // The venue would pass over the query, and cancel everything.
    assert!(refused(
        "POST",
        "/sprd/mass-cancel?sprdId=BTC-USDT_BTC-USDT-SWAP",
        ""
    ));
    assert!(refused("GET", "/account/balance", "{}"));
    assert!(refused("GET", "/account/balance?ccy=BTC&ccy=ETH", ""));
}

#[test]
fn query__should_not_end_where_a_body_could_begin() {
    let split = okx("POST", "/asset/cancel-withdrawal?wdId=1", r#"{"wdId":"2"}"#);
    let whole = okx("POST", r#"/asset/cancel-withdrawal?wdId=1{"wdId":"2"}"#, "");
    let [one, other] = [&split, &whole].map(|request| signed_text(request).unwrap().bytes);
    assert_eq!(one, other);
    assert!(read(&split).is_err());
    assert!(matches!(
        read(&whole),
        Err(ReadError::Unclassified(Unclassified::Confusable { .. }))
    ));
}

#[test]
fn address_with_a_tag__should_be_marked_only_beyond_the_alphabet() {
    let withdrawal = |address: &str| {
        let body = format!(
            r#"{{"ccy":"XRP","amt":"1e2","dest":"4","toAddr":"{address}","chain":"XRP-Ripple"}}"#
        );
        must_read(&okx("POST", "/asset/withdrawal", &body))
    };
    let tagged = withdrawal("rEb8TK3gBgk5auZkwc6sHnwrGVJH8DuaLh:123");
    assert_eq!(tagged.named().class, Class::Withdraw);
    assert!(tagged.named().outside_alphabet.is_empty());
    assert_eq!(tagged.named().intent.amount.unwrap().to_string(), "100");
    let odd = withdrawal("rEb8 TK\u{fc}");
    assert_eq!(odd.named().outside_alphabet, ["toAddr"]);
}

#[test]
fn login__should_be_a_session_and_no_request() {
    let headers = [("OK-ACCESS-TIMESTAMP", "1753000000")];
    let login = request("okx", "LOGIN", "ws.okx.com/users/self/verify", "", &headers);
    let reading = must_read(&login);
    assert_eq!(reading.named().class, Class::Session);
    assert_eq!(reading.signed().bytes, b"1753000000GET/users/self/verify");
    let mut strange = login;
    strange.headers = vec![(
        "OK-ACCESS-TIMESTAMP".into(),
        "2025-07-20T08:26:40.123Z".into(),
    )];
    assert!(read(&strange).is_err());
}

#[test]
fn tags__should_be_passed_over_in_everything_posted() {
    let tag = r#""tag":"159881cb7207BCDE""#;
    for (path, body, class) in [
        (
            "/asset/transfer",
            r#"{"ccy":"USDT","amt":"1","from":"6","to":"18",TAG}"#,
            Class::Transfer,
        ),
        (
            "/asset/withdrawal",
            r#"{"ccy":"USDT","amt":"1","dest":"4","toAddr":"0xab",TAG}"#,
            Class::Withdraw,
        ),
        (
            "/account/set-leverage",
            r#"{"lever":"3","mgnMode":"cross","instId":"BTC-USDT-SWAP",TAG}"#,
            Class::TradeFutures,
        ),
        (
            "/trade/cancel-batch-orders",
            r#"[{"instId":"BTC-USDT","ordId":"1",TAG},{"instId":"BTC-USDT","ordId":"2",TAG}]"#,
            Class::TradeSpot,
        ),
        ("/account/activate-option", "{TAG}", Class::Admin),
    ] {
        let reading = must_read(&okx("POST", path, &body.replace("TAG", tag)));
        assert_eq!(reading.named().class, class, "{path}");
    }
    // Not another member that looks like it, and not twice.
    assert!(refused(
        "POST",
        "/account/activate-option",
        r#"{"Tag":"1"}"#
    ));
    assert!(refused(
        "POST",
        "/account/activate-option",
        r#"{"tag":"1","tag":"2"}"#
    ));
}

#[test]
fn number_of_an_instrument__should_not_stand_beside_its_name() {
    // The venue goes by the number, whatever the name says.
    let order = |rest: &str| {
        format!(
            r#"{{"instId":"BTC-USDT","tdMode":"cash","side":"buy","ordType":"limit","sz":"1","px":"9"{rest}}}"#
        )
    };
    assert!(!refused("POST", "/trade/order", &order("")));
    assert!(refused(
        "POST",
        "/trade/order",
        &order(r#","instIdCode":10459"#)
    ));
}

#[test]
fn market_data__should_be_read_where_a_client_signs_it() {
    for path in [
        "/market/option/instrument-family-trades?instFamily=BTC-USD",
        "/rubik/stat/taker-volume?ccy=BTC&instType=SPOT",
        "/rubik/stat/contracts/open-interest-volume?ccy=BTC",
        "/copytrading/public-pnl?uniqueCode=1",
        "/affiliate/tvb/invitee/list",
    ] {
        assert_eq!(must_read(&okx("GET", path, "")).named().class, Class::Read);
    }
}

#[test]
fn loans_and_savings__should_be_transfers() {
    for (path, body) in [
        (
            "/finance/flexible-loan/borrow",
            r#"{"loanData":[{"ccy":"USDT","amt":"5"}],"clOrdId":"a"}"#,
        ),
        (
            "/finance/flexible-loan/repay",
            r#"{"ordId":"1","ccy":"USDT","amt":"5","clOrdId":"a"}"#,
        ),
        ("/finance/okusd/redeem", r#"{"amt":"5","redeemType":"1"}"#),
        (
            "/asset/purchase_redempt",
            r#"{"ccy":"USDT","amt":"5","side":"redempt","rate":"0.01"}"#,
        ),
        (
            "/account/move-positions",
            r#"{"fromAcct":"0","toAcct":"desk7","legs":[],"clientId":"c"}"#,
        ),
    ] {
        let reading = must_read(&okx("POST", path, body));
        assert_eq!(reading.named().class, Class::Transfer, "{path}");
    }
}

#[test]
fn sizes__should_not_be_believed_smaller_than_they_may_be() {
    let sale = |mode: &str| {
        let body = format!(
            r#"{{"instId":"BTC-USDT","tdMode":"{mode}","side":"sell","ordType":"market","sz":"100","tgtCcy":"quote_ccy"}}"#
        );
        intent("/trade/order", &body)
    };
    assert!(sale("cash").quote_quantity.is_some());
    // On margin, these may be 100 bitcoins.
    let on_margin = sale("cross");
    assert_eq!((on_margin.quote_quantity, on_margin.notional), (None, None));
    assert_eq!(on_margin.quantity.unwrap().to_string(), "100");

    let share = r#"{"instId":"BTC-USDT-SWAP","tdMode":"cross","side":"sell","ordType":"conditional","closeFraction":"1","sz":"1","slTriggerPx":"5","slOrdPx":"-1","reduceOnly":true}"#;
    assert_eq!(intent("/trade/order-algo", share).quantity, None);
}

#[test]
fn ways_to_be_matched__should_change_nothing_a_policy_sees() {
    let order =
        r#"{"instId":"BTC-USDT","tdMode":"cash","side":"buy","ordType":"limit","sz":"1","px":"9""#;
    let ways = r#""speedBump":"1","rpiTakerAccess":true,"isElpTakerAccess":true"#;
    let plain = intent("/trade/order", &format!("{order}}}"));
    assert_eq!(intent("/trade/order", &format!("{order},{ways}}}")), plain);
    let amendment = format!(r#"{{"instId":"BTC-USDT","ordId":"1","newPx":"8",{ways}}}"#);
    assert_eq!(
        intent("/trade/amend-order", &amendment).price,
        Some(8.into())
    );
    // The side of a bet is not understood.
    assert!(refused(
        "POST",
        "/trade/order",
        &format!(r#"{order},"outcome":"no"}}"#)
    ));
}

/// OKX heeds `reduceOnly` on margin and where there is one position a market; elsewhere it passes it over.
#[test]
fn order_that_opens__should_not_be_believed_to_reduce() {
    let order = |path: &str, market: &str, rest: &str| {
        let body = format!(
            r#"{{"instId":"{market}","ordType":"trigger","triggerPx":"5","orderPx":"4","sz":"1000","reduceOnly":true,{rest}}}"#
        );
        let body = match path {
            "/trade/order" => {
                body.replace(r#""trigger","triggerPx":"5","orderPx""#, r#""limit","px""#)
            }
            _ => body,
        };
        intent(path, &body).reduce_only
    };
    for path in ["/trade/order", "/trade/order-algo"] {
        for (market, rest, reduces) in [
            (
                "BTC-USDT-SWAP",
                r#""tdMode":"cross","side":"buy","posSide":"long""#,
                None,
            ),
            (
                "BTC-USDT-SWAP",
                r#""tdMode":"cross","side":"sell","posSide":"short""#,
                None,
            ),
            ("BTC-USDT", r#""tdMode":"cash","side":"buy""#, None),
            (
                "BTC-USDT-SWAP",
                r#""tdMode":"cross","side":"buy","posSide":"short""#,
                Some(true),
            ),
            (
                "BTC-USDT-SWAP",
                r#""tdMode":"cross","side":"buy","posSide":"net""#,
                Some(true),
            ),
            (
                "BTC-USDT-SWAP",
                r#""tdMode":"cross","side":"buy""#,
                Some(true),
            ),
        ] {
            assert_eq!(order(path, market, rest), reduces, "{path} {market} {rest}");
        }
    }
}

#[test]
fn option_orders__should_be_priced_in_one_of_three_ways() {
    let order = |rest: &str| {
        format!(
            r#"{{"instId":"BTC-USD-261225-60000-C","tdMode":"cross","side":"sell","ordType":"limit","sz":"1"{rest}}}"#
        )
    };
    for rest in [
        r#","pxUsd":"500""#,
        r#","pxVol":"0.6""#,
        r#","px":"0.05","pxUsd":"500""#,
        r#","px":"","pxVol":"0.6""#,
    ] {
        let intent = intent("/trade/order", &order(rest));
        assert_eq!((intent.price, intent.notional), (None, None), "{rest}");
        assert_eq!(intent.quantity.unwrap().to_string(), "1");
    }
    assert!(
        intent("/trade/order", &order(r#","px":"0.05""#))
            .price
            .is_some()
    );
    assert!(
        intent(
            "/trade/batch-orders",
            &format!("[{}]", order(r#","pxUsd":"500""#))
        )
        .price
        .is_none()
    );
    assert!(refused("POST", "/trade/order", &order("")));
}
