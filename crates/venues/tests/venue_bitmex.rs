//! BitMEX: negative quantities, smallest parts, and an expiry behind the query.
#![allow(non_snake_case, clippy::unwrap_used)]

mod support;

use countersign_venues::{Class, OrderType, Request, Side, Stamp, read, signed_text};
use support::{must_read, names};

fn call(method: &str, path: &str, body: &str) -> Request {
    let url = format!("www.bitmex.com/api/v1/{path}");
    let headers = [("api-expires", "1753000005")];
    support::request("bitmex", method, &url, body, &headers)
}

#[test]
fn orders__should_take_side_and_kind_from_what_is_there() {
    let order = |members: &str| {
        let body = format!(r#"{{"symbol":"XBTUSD",{members}}}"#);
        must_read(&call("POST", "order", &body))
            .named()
            .intent
            .clone()
    };
    let sale = order(r#""orderQty":-200,"price":60000.5"#);
    assert_eq!(
        (sale.side, sale.order_type),
        (Some(Side::Sell), Some(OrderType::Limit))
    );
    assert_eq!(sale.quantity.unwrap().to_string(), "200");
    assert_eq!(sale.notional, None, "contracts");
    assert_eq!(order(r#""orderQty":1"#).side, Some(Side::Buy));
    let stop = order(r#""orderQty":1,"stopPx":5,"execInst":"LastPrice,ReduceOnly""#);
    assert_eq!(stop.order_type, Some(OrderType::StopMarket));
    assert_eq!(stop.reduce_only, Some(true));
    let maker =
        order(r#""side":"Sell","orderQty":1,"price":5,"execInst":"ParticipateDoNotInitiate""#);
    assert_eq!(maker.order_type, Some(OrderType::PostOnly));
    let close = order(r#""execInst":"Close","ordType":"Market""#);
    assert_eq!((close.side, close.reduce_only), (None, Some(true)));
    for members in [
        r#""side":"Buy","orderQty":-200,"ordType":"Market""#,
        r#""orderQty":1,"ordType":"Limit""#,
        r#""ordType":"Market""#,
        r#""orderQty":1,"quantity":1"#,
    ] {
        let body = format!(r#"{{"symbol":"XBTUSD",{members}}}"#);
        assert!(read(&call("POST", "order", &body)).is_err(), "{members}");
    }
}

#[test]
fn amounts__should_be_whole_where_the_scale_is_known() {
    let withdrawal = |currency: &str| {
        let body = format!(r#"{{"currency":"{currency}","amount":75000000,"address":"bc1q"}}"#);
        let reading = must_read(&call("POST", "user/requestWithdrawal", &body));
        let intent = reading.named().intent.clone();
        (
            intent.asset.unwrap(),
            intent.amount.map(|amount| amount.to_string()),
        )
    };
    assert_eq!(withdrawal("XBt"), ("XBT".into(), Some("0.75".into())));
    assert_eq!(withdrawal("USDt"), ("USDT".into(), Some("75".into())));
    assert_eq!(withdrawal("Gwei"), ("Gwei".into(), None));
    let two = r#"{"currency":"XBt","amount":1,"address":"a","addressId":5}"#;
    assert!(read(&call("POST", "user/requestWithdrawal", two)).is_err());
}

#[test]
fn calls_without_a_symbol__should_be_of_either_product() {
    let cancel = must_read(&call("DELETE", "order", r#"{"orderID":["a","b"]}"#));
    assert_eq!(names(&cancel), ["cancel", "spot_cancel"]);
    assert_eq!(cancel.named().intent.order_id.as_deref(), Some("a,b"));
    for (body, expected) in [
        ("{}", vec!["cancel_all", "spot_cancel_all"]),
        (r#"{"symbol":"XBTUSD"}"#, vec!["cancel_all"]),
        (r#"{"symbol":"XBT_USDT"}"#, vec!["spot_cancel_all"]),
    ] {
        let reading = must_read(&call("DELETE", "order/all", body));
        assert_eq!(names(&reading), expected, "{body}");
    }
}

#[test]
fn expiry__should_not_take_digits_of_the_query() {
    let leverage = call("POST", "position/leverage?symbol=XBTUSD&leverage=51", "");
    assert!(read(&leverage).is_err());
    let ordered = call("POST", "position/leverage?leverage=51&symbol=XBTUSD", "");
    assert_eq!(
        must_read(&ordered)
            .named()
            .intent
            .leverage
            .unwrap()
            .to_string(),
        "51"
    );
    for expires in ["175300000", "11753000005", "1753000005.5", "x"] {
        let mut other = ordered.clone();
        other.headers = vec![("api-expires".into(), expires.into())];
        assert!(read(&other).is_err(), "{expires}");
    }
    let timing = *must_read(&ordered).timing();
    assert_eq!(timing.stamp, Stamp::Expiry(1_753_000_005_000));
    assert_eq!(timing.expires_at_ms, Some(1_753_000_005_000));
}

#[test]
fn login__should_sign_its_path_and_expiry() {
    let mut login = call("LOGIN", "", "");
    login.path = "/realtime".into();
    login.host = "ws.bitmex.com".into();
    assert_eq!(
        signed_text(&login).unwrap().bytes,
        b"GET/realtime1753000005"
    );
    assert_eq!(must_read(&login).named().class, Class::Session);
}

/// Sent with the expiry 1999999999 and the body `orderQty=...`, the same bytes are another order.
#[test]
fn query__should_not_hold_an_expiry_and_a_form() {
    let order = "order?symbol=XBTUSD&side=Buy&ordType=Limit&orderQty=1&price=5&text=a";
    let url = format!("{order}1999999999orderQty=1000000&clOrdID=b");
    let mut cut = call("POST", order, "orderQty=1000000&clOrdID=b1753000005");
    cut.headers = vec![("api-expires".to_owned(), "1999999999".to_owned())];
    let whole = call("POST", &url, "");
    assert_eq!(signed_text(&whole), signed_text(&cut));
    assert!(read(&whole).is_err());
}

#[test]
fn pegged_order__should_not_state_a_price() {
    let order = r#"{"symbol":"XBTUSD","side":"Buy","orderQty":100,"price":5,"ordType":"Limit""#;
    let at = |rest: &str| {
        let request = call("POST", "order", &format!("{order}{rest}}}"));
        must_read(&request).named().intent.clone()
    };
    assert_eq!(at("").price, Some(5.into()));
    let pegged = at(r#","pegPriceType":"MarketPeg","pegOffsetValue":0"#);
    assert_eq!(
        (pegged.order_type, pegged.price),
        (Some(OrderType::Market), None)
    );
}

#[test]
fn what_is_to_remain__should_be_a_quantity() {
    let amend = |sizes: &str| call("PUT", "order", &format!(r#"{{"orderID":"a",{sizes}}}"#));
    let intent = must_read(&amend(r#""leavesQty":7"#)).named().intent.clone();
    assert_eq!(intent.quantity, Some(7.into()));
    assert!(read(&amend(r#""orderQty":1,"leavesQty":100"#)).is_err());
}

#[test]
fn spot__should_have_no_position_to_reduce() {
    let body = r#"{"symbol":"XBT_USDT","orderQty":1,"price":5,"execInst":"ReduceOnly"}"#;
    let reading = must_read(&call("POST", "order", body));
    assert_eq!(reading.named().intent.reduce_only, None);
}

#[test]
fn json__should_not_hide_a_form_with_another_order() {
    let body =
        |text: &str| format!(r#"{{"symbol":"XBTUSD","orderQty":1,"price":5,"text":"{text}"}}"#);
    assert!(read(&call("POST", "order", &body("a & b"))).is_ok());
    let hidden = "&symbol=XBTUSD&orderQty=1000000&price=90000&text=";
    assert!(read(&call("POST", "order", &body(hidden))).is_err());
}

#[test]
fn orders_in_bulk__should_be_read_one_by_one() {
    let body = r#"{"orders":[{"symbol":"XBTUSD","orderQty":-1,"price":5},{"symbol":"XBT_USDT","orderQty":2}]}"#;
    let placed = must_read(&call("POST", "order/bulk", body));
    assert_eq!(names(&placed), ["bulk_orders", "spot_bulk_orders"]);
    assert_eq!(placed.named().intent.side, Some(Side::Sell));
    let body = r#"{"orders":[{"orderID":"a","orderQty":3}]}"#;
    let changed = must_read(&call("PUT", "order/bulk", body));
    assert_eq!(names(&changed), ["bulk_amends", "spot_bulk_amends"]);
    for body in [
        "{}",
        r#"{"orders":[]}"#,
        r#"{"orders":[{"symbol":"XBTUSD","orderQty":1}],"symbol":"ETHUSD"}"#,
        r#"{"orders":[{"symbol":"XBTUSD","orderQty":1,"zz":1}]}"#,
    ] {
        assert!(read(&call("POST", "order/bulk", body)).is_err(), "{body}");
    }
}

#[test]
fn keys__should_be_administration() {
    for (method, path, body) in [
        (
            "POST",
            "apiKey",
            r#"{"name":"bot","permissions":["order"],"enabled":true}"#,
        ),
        ("DELETE", "apiKey", r#"{"apiKeyID":"k"}"#),
        ("POST", "apiKey/disable", r#"{"apiKeyID":"k"}"#),
    ] {
        assert_eq!(
            must_read(&call(method, path, body)).named().class,
            Class::Admin
        );
    }
    let body = r#"{"transactID":"x"}"#;
    let removed = must_read(&call("DELETE", "user/withdrawal", body));
    assert_eq!(removed.named().class, Class::Withdraw);
    let body = r#"{"symbol":"XBTUSD","leverage":7.5}"#;
    let leverage = must_read(&call("POST", "position/crossLeverage", body));
    assert_eq!(leverage.named().intent.leverage.unwrap().to_string(), "7.5");
}

/// With an exponent it is another id to a reader of numbers.
#[test]
fn ids__should_be_texts_or_whole_numbers() {
    let cancel = |ids: &str| {
        let body = format!(r#"{{"orderID":{ids}}}"#);
        read(&call("DELETE", "order", &body))
    };
    for (ids, seen) in [(r#""a""#, "a"), (r#"["a","b"]"#, "a,b"), ("[1,2]", "1,2")] {
        let reading = cancel(ids).unwrap();
        assert_eq!(reading.named().intent.order_id.as_deref(), Some(seen));
    }
    for ids in ["1e2", r#"["a",1e2]"#, r#"["a",{}]"#] {
        assert!(cancel(ids).is_err(), "{ids}");
    }
}
