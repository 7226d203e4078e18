//! The JSON form of a request, and placing a tag.
#![allow(non_snake_case, clippy::unwrap_used)]

mod support;

use countersign_venues::{Permission, Permissions, PlaceError, Request};
use support::{LIMIT, in_body, must_read, spot_order};

#[test]
fn json__should_round_trip() {
    let text = r#"{"venue":"binance","method":"POST","host":"api.binance.com","path":"/api/v3/order",
        "query":"","body":"symbol=BTCUSDT","headers":{"B":"1","A":"2"}}"#;
    let request: Request = serde_json::from_str(text).unwrap();
    assert_eq!(request.body, b"symbol=BTCUSDT");
    assert_eq!(
        request.headers,
        [("B".into(), "1".into()), ("A".into(), "2".into())]
    );
    assert_eq!(request.header("a"), Some("2"));
    let again: Request = serde_json::from_str(&serde_json::to_string(&request).unwrap()).unwrap();
    assert_eq!(again, request);
}

#[test]
fn json__should_have_defaults_and_no_surprises() {
    let least = r#"{"venue":"binance","method":"GET","host":"h","path":"/p"}"#;
    let request: Request = serde_json::from_str(least).unwrap();
    assert_eq!(request.url(), "https://h/p");
    for (from, to) in [
        ("}", r#","extra":1}"#),
        ("}", r#","headers":{"A":"1","a":"2"}}"#),
        ("}", r#","query":"a","query":"b"}"#),
        ("}", r#","body":[1]}"#),
        (r#""method":"GET","#, ""),
    ] {
        let text = least.replace(from, to);
        assert!(serde_json::from_str::<Request>(&text).is_err(), "{text}");
    }
}

#[test]
fn json__should_refuse_to_write_a_body_that_is_not_text() {
    let mut request = spot_order(LIMIT);
    request.body = vec![0xff];
    assert!(serde_json::to_string(&request).is_err());
}

#[test]
fn place__should_append_to_the_query_or_the_form() {
    let query = spot_order(LIMIT);
    let tag = [0xab; 32];
    let signature = "ab".repeat(32);
    let ready = must_read(&query).place(&query, &tag).unwrap();
    assert_eq!(
        ready.query,
        format!("{}&signature={signature}", query.query)
    );
    assert_eq!(
        ready.url(),
        format!("https://api.binance.com/api/v3/order?{}", ready.query)
    );
    assert!(ready.body.is_empty() && ready.headers.is_empty());

    let form = in_body(&query);
    let ready = must_read(&form).place(&form, &tag).unwrap();
    let expected = format!("{}&signature={signature}", query.query);
    assert_eq!(ready.body, expected.as_bytes());
    assert_eq!(
        ready.header("content-type"),
        Some("application/x-www-form-urlencoded")
    );
    assert_eq!(ready.url(), "https://api.binance.com/api/v3/order");
}

#[test]
fn place__should_refuse_another_request_and_another_length() {
    let request = spot_order(LIMIT);
    let reading = must_read(&request);
    let other = spot_order(&LIMIT.replace("0.5", "5"));
    assert_eq!(
        reading.place(&other, &[0; 32]),
        Err(PlaceError::OtherRequest)
    );
    assert_eq!(
        reading.place(&in_body(&request), &[0; 32]),
        Err(PlaceError::OtherRequest)
    );
    assert_eq!(
        reading.place(&request, &[0; 31]),
        Err(PlaceError::TagLength {
            found: 31,
            expected: 32
        })
    );
    let signed = reading.place(&request, &[0; 32]).unwrap();
    assert_eq!(
        reading.place(&signed, &[0; 32]),
        Err(PlaceError::OtherRequest)
    );
}

#[test]
fn permissions__should_refuse_names_they_do_not_know() {
    let known: Permissions = serde_json::from_str(r#"["read","spot_trading"]"#).unwrap();
    assert!(known.contain(Permission::Read) && !known.contain(Permission::Futures));
    assert!(serde_json::from_str::<Permissions>(r#"["read","everything"]"#).is_err());
    for permission in Permission::ALL {
        assert_eq!(permission.as_str().parse(), Ok(permission));
        let json = serde_json::to_string(&permission).unwrap();
        assert_eq!(json, format!("\"{permission}\""));
    }
    assert!("Read".parse::<Permission>().is_err());
}
