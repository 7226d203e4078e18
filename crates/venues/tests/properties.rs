//! Properties over arbitrary requests.
#![allow(non_snake_case, clippy::unwrap_used)]

mod support;

use std::collections::BTreeSet;

use countersign_venues::{Request, read, signed_text};
use proptest::prelude::*;
use support::{binance, in_body, must_read, set};

const ENDPOINTS: [(&str, &str, &str); 8] = [
    ("POST", "api.binance.com", "/api/v3/order"),
    ("DELETE", "api.binance.com", "/api/v3/order"),
    ("GET", "api.binance.com", "/api/v3/openOrders"),
    ("DELETE", "api.binance.com", "/api/v3/openOrders"),
    ("POST", "fapi.binance.com", "/fapi/v1/order"),
    ("POST", "fapi.binance.com", "/fapi/v1/leverage"),
    ("GET", "api.binance.com", "/sapi/v1/capital/config/getall"),
    ("POST", "api.binance.com", "/sapi/v1/capital/withdraw/apply"),
];

/// Pieces that come close to requests the dialect reads.
fn piece() -> impl Strategy<Value = String> {
    let name = prop::sample::select(vec![
        "symbol",
        "side",
        "type",
        "timeInForce",
        "quantity",
        "price",
        "stopPrice",
        "orderId",
        "origClientOrderId",
        "newClientOrderId",
        "reduceOnly",
        "leverage",
        "coin",
        "address",
        "amount",
        "network",
        "addressTag",
        "timestamp",
        "recvWindow",
        "signature",
        "",
    ]);
    let value = prop_oneof![
        prop::sample::select(vec![
            "BTCUSDT",
            "BUY",
            "SELL",
            "LIMIT",
            "MARKET",
            "GTC",
            "1",
            "0.5",
            "true",
            "TRX",
            "USDT",
            "1753000000000",
            "5000",
            "a-1",
            "",
            "%41",
            "1e5",
        ])
        .prop_map(String::from),
        "[ -~]{0,12}",
        "\\PC{0,6}",
    ];
    (name, value).prop_map(|(name, value)| format!("{name}={value}"))
}

fn any_request() -> impl Strategy<Value = Request> {
    let text = || {
        prop_oneof![
            prop::collection::vec(piece(), 0..8).prop_map(|pieces| pieces.join("&")),
            "\\PC{0,40}",
        ]
    };
    let endpoint = prop_oneof![
        prop::sample::select(ENDPOINTS.to_vec()).prop_map(|(m, h, p)| (
            m.to_string(),
            h.to_string(),
            p.to_string()
        )),
        ("[A-Za-z]{0,6}", "\\PC{0,20}", "\\PC{0,20}"),
    ];
    let body = prop_oneof![
        Just(Vec::new()),
        text().prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 0..40),
    ];
    (endpoint, text(), body).prop_map(|((method, host, path), query, body)| Request {
        body,
        ..binance(&method, &host, &path, &query)
    })
}

/// Requests the dialect reads, as an endpoint and its parameters.
fn good_request() -> impl Strategy<Value = (usize, Vec<String>)> {
    let symbol = prop::sample::select(vec!["BTCUSDT", "ETHBTC", "BTCUSDT_260327"]);
    let number = || "(0|[1-9][0-9]{0,6})(\\.[0-9]{1,6})?";
    let side = prop::sample::select(vec!["BUY", "SELL"]);
    let order = (
        symbol.clone(),
        side,
        number(),
        number(),
        any::<bool>(),
        "[a-z0-9-]{1,12}",
    )
        .prop_map(|(symbol, side, quantity, price, limit, id)| {
            let mut order = vec![
                format!("symbol={symbol}"),
                format!("side={side}"),
                format!("quantity={quantity}"),
                format!("newClientOrderId={id}"),
            ];
            if limit {
                order.extend([
                    "type=LIMIT".into(),
                    "timeInForce=GTC".into(),
                    format!("price={price}"),
                ]);
            } else {
                order.push("type=MARKET".into());
            }
            order
        });
    let with_time = |mut parameters: Vec<String>| {
        parameters.push("timestamp=1753000000000".into());
        parameters
    };
    prop_oneof![
        (prop::sample::select(vec![0_usize, 4]), order),
        (symbol.clone(), 1_u64..u64::MAX / 2).prop_map(|(symbol, id)| {
            (1, vec![format!("symbol={symbol}"), format!("orderId={id}")])
        }),
        symbol
            .clone()
            .prop_map(|symbol| (3, vec![format!("symbol={symbol}")])),
        (symbol, 1_u8..=125).prop_map(|(symbol, leverage)| {
            (
                5,
                vec![format!("symbol={symbol}"), format!("leverage={leverage}")],
            )
        }),
        (number(), "[A-Za-z0-9]{20,40}").prop_map(|(amount, address)| {
            (
                7,
                vec![
                    "coin=USDT".into(),
                    format!("address={address}"),
                    format!("amount={amount}"),
                ],
            )
        }),
    ]
    .prop_map(move |(endpoint, parameters)| (endpoint, with_time(parameters)))
}

fn build(endpoint: usize, parameters: &[String]) -> Request {
    let (method, host, path) = ENDPOINTS[endpoint];
    binance(method, host, path, &parameters.join("&"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_request__should_be_answered_without_panic(request in any_request()) {
        if let Ok(reading) = read(&request) {
            prop_assert_eq!(&reading.signed().bytes, &[request.query.as_bytes(), &request.body].concat());
            prop_assert_eq!(reading.authorised().first(), Some(reading.named()));
            prop_assert!(reading.place(&request, &[7; 32]).is_ok());
            let _ = reading.if_cut();
        }
        let _ = signed_text(&request);
    }

    #[test]
    fn good_request__should_be_read_whatever_the_order_of_its_parameters(
        ((endpoint, parameters), shuffled) in good_request()
            .prop_flat_map(|good| (Just(good.clone()), Just(good.1).prop_shuffle())),
    ) {
        let given = set(&must_read(&build(endpoint, &parameters)));
        prop_assert_eq!(given, set(&must_read(&build(endpoint, &shuffled))));
    }

    #[test]
    fn split__should_never_give_a_smaller_set((endpoint, parameters) in good_request(), at: prop::sample::Index) {
        let request = build(endpoint, &parameters);
        let whole = set(&must_read(&request));
        prop_assert_eq!(&whole, &set(&must_read(&in_body(&request))));
        let mut split = request.clone();
        let cut = at.index(request.query.len() - 1) + 1;
        split.body = split.query.split_off(cut).into_bytes();
        prop_assert!(read(&split).is_err());
        prop_assert_eq!(signed_text(&split).unwrap().bytes, signed_text(&request).unwrap().bytes);
    }

    #[test]
    fn more_parameters__should_never_give_a_smaller_set((endpoint, parameters) in good_request()) {
        let request = build(endpoint, &parameters);
        let names = |request: &Request| -> BTreeSet<_> {
            must_read(request).authorised().iter().map(|member| member.name).collect()
        };
        // Only orders take this one.
        let mut more = parameters.clone();
        more.push("newOrderRespType=FULL".into());
        if endpoint == 0 || endpoint == 4 {
            let (less, more) = (names(&request), names(&build(endpoint, &more)));
            prop_assert!(less.is_subset(&more));
        } else {
            prop_assert!(read(&build(endpoint, &more)).is_err());
        }
    }
}
