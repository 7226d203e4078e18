//! Kraken Futures: digits between the last parameter and the nonce, batches, methods that share a path.
#![allow(non_snake_case, clippy::unwrap_used)]

mod support;

use countersign_venues::{Class, OrderType, Product, Request, Stamp, read, signed_text};
use sha2::{Digest, Sha256};
use support::{must_read, names};

const ORDER: &str = "orderType=lmt&symbol=PF_XBTUSD&side=buy&size=0.5";

fn call(method: &str, path: &str, parameters: &str, nonce: Option<&str>) -> Request {
    let url = format!("futures.kraken.com/derivatives/api/v3/{path}?{parameters}");
    let headers: Vec<_> = nonce.map(|nonce| ("Nonce", nonce)).into_iter().collect();
    support::request("krakenfutures", method, &url, "", &headers)
}

#[test]
fn text__should_be_the_hash_of_parameters_nonce_and_path() {
    let parameters = "cliOrdId=a%20b&order_id=x";
    let request = call("POST", "cancelorder", parameters, Some("1753000000000"));
    let mut in_body = request.clone();
    in_body.body = std::mem::take(&mut in_body.query).into_bytes();
    let expected = Sha256::digest(format!("{parameters}1753000000000/api/v3/cancelorder"));
    assert_eq!(signed_text(&request).unwrap().bytes, expected.as_slice());
    assert_eq!(signed_text(&in_body).unwrap().bytes, expected.as_slice());
    let stamp = must_read(&request).timing().stamp;
    assert_eq!(stamp, Stamp::Nonce(Some(1_753_000_000_000)));
}

#[test]
fn set__should_hold_what_the_nonce_would_be_as_part_of_the_price() {
    let parameters = format!("{ORDER}&limitPrice=60000");
    let first = call("POST", "sendorder", &parameters, Some("1753000000000"));
    let second = call(
        "POST",
        "sendorder",
        &format!("{parameters}1753000000000"),
        None,
    );
    let third = call(
        "POST",
        "sendorder",
        &format!("{ORDER}&limitPrice=6"),
        Some("00001753000000000"),
    );
    assert_eq!(signed_text(&first), signed_text(&second));
    assert!(
        read(&third).is_err(),
        "no client has a nonce with leading zeros"
    );
    let prices: Vec<String> = must_read(&first)
        .authorised()
        .iter()
        .map(|operation| operation.intent.price.unwrap().to_string())
        .collect();
    assert_eq!(prices, ["60000", "600001753000000000", "6"]);
    // The other way round: an order signed with a tiny price, sent with a large one.
    let set = must_read(&second);
    let least = set
        .authorised()
        .iter()
        .filter_map(|op| op.intent.price)
        .min();
    assert_eq!(least.unwrap().to_string(), "6");
}

#[test]
fn set__should_be_the_order_alone_where_a_word_comes_last() {
    let parameters = format!(
        "size=0.5&limitPrice=60000&{}",
        "orderType=lmt&side=buy&symbol=PF_XBTUSD"
    );
    for nonce in [None, Some("1753000000000")] {
        let reading = must_read(&call("POST", "sendorder", &parameters, nonce));
        assert_eq!(names(&reading), ["order"]);
        let notional = reading.named().intent.notional.as_ref().unwrap();
        assert_eq!(notional.amount.to_string(), "30000.0");
    }
}

#[test]
fn reads__should_have_no_other_readings() {
    let url = "futures.kraken.com/api/history/v3/account-log?since=1650000000000";
    let headers = [("Nonce", "176614694094000000")];
    let reading = must_read(&support::request("krakenfutures", "GET", url, "", &headers));
    assert_eq!(names(&reading), ["account_log"]);
}

#[test]
fn set__should_hold_the_put_that_a_get_could_be() {
    let reading = must_read(&call(
        "GET",
        "leveragepreferences",
        "maxLeverage=9&symbol=PF_XBTUSD",
        None,
    ));
    assert_eq!(names(&reading), ["leverage_preferences", "leverage"]);
    let reading = must_read(&call("GET", "leveragepreferences", "", None));
    assert_eq!(names(&reading), ["leverage_preferences"]);
}

#[test]
fn orders__should_be_read_by_their_kind() {
    let order = |parameters: &str| {
        let request = call("POST", "sendorder", &format!("{parameters}&broker=x"), None);
        must_read(&request).named().clone()
    };
    let inverse = order("orderType=mkt&symbol=pi_xbtusd&side=sell&size=100");
    assert_eq!(inverse.product, Product::CoinFutures);
    assert_eq!(inverse.intent.notional, None);
    let stop = "orderType=stp&symbol=PF_XBTUSD&side=sell&size=1&stopPrice=5";
    assert_eq!(order(stop).intent.order_type, Some(OrderType::StopMarket));
    let limited = order(&format!("{stop}&limitPrice=4"));
    assert_eq!(limited.intent.order_type, Some(OrderType::StopLimit));
}

#[test]
fn batch__should_be_read_element_by_element() {
    let batch = |json: &str| {
        let url = "futures.kraken.com/derivatives/api/v3/batchorder";
        support::request("krakenfutures", "POST", url, &format!("json={json}"), &[])
    };
    let elements = r#"{"order":"send","order_tag":"1","symbol":"PF_XBTUSD","side":"buy","size":1,"orderType":"lmt","limitPrice":60000},
        {"order":"cancel","order_id":"5"},{"order":"edit","order_id":"6","size":2}"#.replace('\n', "");
    let reading = must_read(&batch(&format!(r#"{{"batchOrder":[{elements}]}}"#)));
    assert_eq!(
        names(&reading),
        ["batch_order", "batch_cancel", "batch_edit"]
    );
    for json in [
        r#"{"batchOrder":[]}"#,
        r#"{"batchOrder":[{"order":"other"}]}"#,
        r#"{"batchOrder":[{"order":"cancel","order_id":"5"}],"x":1}"#,
        r#"{"batchOrder":[{"order":"cancel","order_id":"5"}],"batchOrder":[]}"#,
        r#"[{"order":"cancel","order_id":"5"}]"#,
        "{'batchOrder':[]}",
    ] {
        assert!(read(&batch(json)).is_err(), "{json}");
    }
}

#[test]
fn requests_with_two_readings__should_be_refused() {
    let split = support::request(
        "krakenfutures",
        "POST",
        "futures.kraken.com/derivatives/api/v3/withdrawal?currency=xbt",
        "amount=1",
        &[],
    );
    assert!(read(&split).is_err());
    for parameters in [
        "currency=xbt&amount=1&amount=2",
        "currency=xbt&amount=1&to=x",
        "currency=xbt&amount=-1x",
    ] {
        assert!(
            read(&call("POST", "withdrawal", parameters, None)).is_err(),
            "{parameters}"
        );
    }
    let withdrawal = call("POST", "withdrawal", "amount=1&currency=xbt", None);
    assert_eq!(must_read(&withdrawal).named().class, Class::Transfer);
}

#[test]
fn login__should_sign_a_challenge_and_nothing_else() {
    let login = |query: &str| {
        let url = format!("futures.kraken.com/ws/v1?{query}");
        support::request("krakenfutures", "LOGIN", &url, "", &[])
    };
    let challenge = "226aee50-88fc-4618-a42a-34f7709570b2";
    let reading = must_read(&login(&format!("challenge={challenge}")));
    assert_eq!(reading.named().class, Class::Session);
    assert_eq!(reading.signed().bytes, Sha256::digest(challenge).as_slice());
    for forged in [
        "challenge=",
        "challenge=currency=xbt&amount=1/api/v3/withdrawal",
        "challenge=1753000000000/api/v3/cancelallorders",
        "challenge=/api/v3/accounts",
        "challenge=226aee50-88fc-4618-a42a-34f7709570b2x",
    ] {
        assert!(read(&login(forged)).is_err(), "{forged}");
    }
}

/// Its digits moved into the nonce, `maxLeverage` is empty: the symbol is margined across.
#[test]
fn set__should_hold_what_is_left_without_the_last_number() {
    let parameters = "symbol=PF_XBTUSD&maxLeverage=5";
    let reading = must_read(&call(
        "PUT",
        "leveragepreferences",
        parameters,
        Some("1753000000000"),
    ));
    let left =
        |op: &countersign_venues::Operation| op.name == "leverage" && op.intent.leverage.is_none();
    assert!(reading.authorised().iter().any(left), "{reading:?}");
}

#[test]
fn offset_from_the_trigger__should_leave_no_price_that_is_known() {
    let order = "orderType=stp&symbol=PF_XBTUSD&side=buy&size=0.5&stopPrice=60000&limitPrice=1";
    let at = |rest: &str| {
        let request = call(
            "POST",
            "sendorder",
            &format!("{order}{rest}"),
            Some("1753000000000"),
        );
        must_read(&request).named().intent.clone()
    };
    assert!(at("").notional.is_some());
    let offset = at("&limitPriceOffsetValue=5000&limitPriceOffsetUnit=QUOTE_CURRENCY");
    assert_eq!((offset.price, offset.notional), (None, None));
}

/// The venue reads an order's parameters in the list. Beside it they would be believed and not heeded.
#[test]
fn batch__should_have_nothing_of_an_order_beside_its_list() {
    let list = r#"json={"batchOrder":[{"order":"send","order_tag":"1","symbol":"PF_XBTUSD","side":"buy","size":1,"orderType":"mkt"}]}"#;
    let batch = |beside: &str| {
        let url = "futures.kraken.com/derivatives/api/v3/batchorder";
        support::request(
            "krakenfutures",
            "POST",
            url,
            &format!("{list}{beside}"),
            &[],
        )
    };
    assert!(read(&batch("")).is_ok());
    assert!(read(&batch("&processBefore=2026-01-01T00:00:00.000Z")).is_ok());
    for beside in ["&reduceOnly=true", "&limitPrice=1", "&symbol=PF_XBTUSD"] {
        assert!(read(&batch(beside)).is_err(), "{beside}");
    }
}

#[test]
fn ids_asked_about__should_come_one_by_one() {
    let asked = call("POST", "orders/status", "orderIds=a&orderIds=b", None);
    assert_eq!(must_read(&asked).named().class, Class::Read);
    let fills = call("GET", "fills", "lastFillTime=1&lastFillTime=2", None);
    assert!(read(&fills).is_err());
}

#[test]
fn batch__should_say_until_when_it_counts_beside_its_list() {
    let list = r#"{"batchOrder":[{"order":"cancel","order_id":"a"},{"order":"send","order_tag":"1","orderType":"lmt","symbol":"PF_XBTUSD","side":"buy","size":1,"limitPrice":1}]}"#;
    for name in ["ProcessBefore", "processBefore"] {
        let parameters = format!("{name}=2026-11-08T19%3A56%3A35.441899Z&json={list}");
        let reading = must_read(&call("POST", "batchorder", &parameters, None));
        assert_eq!(names(&reading), ["batch_cancel", "batch_order"]);
    }
}
