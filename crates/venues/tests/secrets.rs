//! Requests that have a password or a one-time code in them say so.
#![allow(non_snake_case, clippy::unwrap_used)]

mod support;

use support::{must_read, request};

#[test]
fn password_or_code__should_be_told_of_whatever_the_request_is_for() {
    let kraken = |more: &str| {
        let body = format!(
            "nonce=1753000000000&ordertype=limit&type=buy&volume=1&pair=XBTUSD&price=5{more}"
        );
        let url = "api.kraken.com/0/private/AddOrder";
        must_read(&request("kraken", "POST", url, &body, &[])).has_secret()
    };
    assert!(!kraken(""));
    assert!(kraken("&otp=111111"));
    let okx = |header: &str| {
        let body = r#"{"instId":"BTC-USDT","tdMode":"cash","side":"buy","ordType":"limit","px":"5","sz":"1"}"#;
        let time = "2025-07-20T08:26:40.123Z";
        let headers = [("OK-ACCESS-TIMESTAMP", time), (header, "P")];
        let url = "www.okx.com/api/v5/trade/order";
        must_read(&request("okx", "POST", url, body, &headers)).has_secret()
    };
    assert!(!okx("OK-ACCESS-KEY"));
    assert!(okx("ok-access-passphrase"));
}
