//! How facts, usage and time reach policies, and that limits on them hold.

mod support;

use countersign_policy::{
    Bound, Charge, Class, DenialKind, Notional, OperationFacts, Question, Usage, Window,
};

use support::{NOW_MS, PERMIT_ALL, ask, bundle, decimal, denial, forbid, operation, order, permit};

#[test]
fn limits_hold_however_they_are_written() {
    let bundles = [
        permit("when { context.notional.lessThanOrEqual(decimal(\"5000.0\")) }"),
        permit(
            "when { context has notional && context.notional.lessThanOrEqual(decimal(\"5000.0\")) }",
        ),
        permit("unless { context.notional.greaterThan(decimal(\"5000.0\")) }"),
        forbid("when { context.notional.greaterThan(decimal(\"5000.0\")) }"),
        forbid(
            "when { context has notional && context.notional.greaterThan(decimal(\"5000.0\")) }",
        ),
        forbid("unless { context.notional.lessThanOrEqual(decimal(\"5000.0\")) }"),
    ];
    let unknown = OperationFacts {
        notional: Notional::Unknown,
        ..order(Class::TradeSpot, "1")
    };
    for bundle in &bundles {
        for (notional, allowed) in [
            ("0", true),
            ("4999.99999999", true),
            ("5000", true),
            ("5000.0000000000000000000000", true),
            ("5000.00000001", false),
            ("5000.0000000000000000000000001", false),
            ("922337203685477.5808", false),
            ("79228162514264337593543950335", false),
        ] {
            let decision = ask([order(Class::TradeSpot, notional)]).of(bundle);
            assert_eq!(decision.is_allow(), allowed, "{notional}: {decision}");
        }
        assert!(!ask([unknown.clone()]).of(bundle).is_allow());
        assert!(
            !ask([OperationFacts::new(Class::Session, "login")])
                .of(bundle)
                .is_allow()
        );
    }
}

#[test]
fn every_amount_left_unknown_exceeds_every_limit() {
    for name in [
        "notional",
        "quantity",
        "quote_quantity",
        "leverage",
        "amount",
        "price_at_most",
    ] {
        let limit = "922337203685477.5806";
        let permits = permit(&format!(
            "when {{ context.{name}.lessThanOrEqual(decimal(\"{limit}\")) }}"
        ));
        let forbids = forbid(&format!(
            "when {{ context.{name}.greaterThan(decimal(\"{limit}\")) }}"
        ));
        let unknown = ask([OperationFacts::new(Class::TradeFutures, "order")]);
        assert!(!unknown.of(&permits).is_allow(), "{name}");
        assert!(!unknown.of(&forbids).is_allow(), "{name}");
    }
    let at_least = permit("when { context.price_at_least.greaterThan(decimal(\"0.0\")) }");
    assert!(
        !ask([OperationFacts::new(Class::TradeSpot, "order")])
            .of(&at_least)
            .is_allow()
    );
}

#[test]
fn price_is_enclosed_from_both_sides() {
    let fine_price = ask([OperationFacts {
        price: Some(decimal("0.00012345")),
        ..order(Class::TradeSpot, "1")
    }]);
    let cheap = permit("when { context.price_at_most.lessThanOrEqual(decimal(\"0.0002\")) }");
    let too_cheap = permit("when { context.price_at_most.lessThanOrEqual(decimal(\"0.0001\")) }");
    let dear = permit("when { context.price_at_least.greaterThanOrEqual(decimal(\"0.0001\")) }");
    let too_dear =
        permit("when { context.price_at_least.greaterThanOrEqual(decimal(\"0.0002\")) }");
    assert!(fine_price.of(&cheap).is_allow() && fine_price.of(&dear).is_allow());
    assert!(!fine_price.of(&too_cheap).is_allow() && !fine_price.of(&too_dear).is_allow());
}

#[test]
fn exact_amounts_are_there_as_text() {
    let amount = |text: &str| OperationFacts {
        amount: Some(decimal(text)),
        ..operation(Class::Withdraw)
    };
    let exact = permit("when { context has amount_text && context.amount_text == \"0.00001\" }");
    assert!(ask([amount("0.00001")]).of(&exact).is_allow());
    assert!(ask([amount("0.0000100")]).of(&exact).is_allow());
    assert!(
        !ask([amount("0.000010000000000000001")])
            .of(&exact)
            .is_allow()
    );
    assert!(!ask([operation(Class::Withdraw)]).of(&exact).is_allow());
    let large = permit(
        "when { context has amount_text && context.amount_text == \"79228162514264337593543950335\" }",
    );
    assert!(
        ask([amount("79228162514264337593543950335")])
            .of(&large)
            .is_allow()
    );
}

#[test]
fn negative_amounts_are_denied() {
    let all = bundle(PERMIT_ALL);
    let negative = Some(decimal("-0.0000001"));
    let base = order(Class::TradeSpot, "1");
    for (facts, name) in [
        (
            OperationFacts {
                quantity: negative,
                ..base.clone()
            },
            "quantity",
        ),
        (
            OperationFacts {
                quote_quantity: negative,
                ..base.clone()
            },
            "quote_quantity",
        ),
        (
            OperationFacts {
                price: negative,
                ..base.clone()
            },
            "price",
        ),
        (
            OperationFacts {
                leverage: negative,
                ..base.clone()
            },
            "leverage",
        ),
        (
            OperationFacts {
                amount: negative,
                ..base.clone()
            },
            "amount",
        ),
        (order(Class::TradeSpot, "-5"), "notional"),
    ] {
        let denial = denial(ask([base.clone(), facts]).of(&all));
        assert_eq!(denial.kind, DenialKind::InvalidFacts);
        assert!(
            denial.detail.ends_with(&format!("its {name} is negative")),
            "{denial}"
        );
    }
    assert!(ask([order(Class::TradeSpot, "-0.0")]).of(&all).is_allow());
}

#[test]
fn every_fact_reaches_the_policy() {
    let facts = OperationFacts {
        product: Some("spot".to_owned()),
        quantity: Some(decimal("2")),
        price: Some(decimal("3")),
        quote_quantity: Some(decimal("6")),
        reduce_only: Some(true),
        leverage: Some(decimal("12.5")),
        asset: Some("BTC".to_owned()),
        destination: Some("bc1q".to_owned()),
        network: Some("BTC".to_owned()),
        amount: Some(decimal("0.5")),
        ..order(Class::TradeFutures, "6")
    };
    for condition in [
        "context.operation == \"test.trade_futures\"",
        "context has product && context.product == \"spot\"",
        "context has symbol && context.symbol == \"BTCUSDT\"",
        "context has side && context.side == \"buy\"",
        "context has order_type && context.order_type == \"limit\"",
        "context has client_order_id && context.client_order_id == \"m-1\"",
        "context.notional == decimal(\"6.0\")",
        "context has notional_text && context.notional_text == \"6\"",
        "context has notional_asset && context.notional_asset == \"USDT\"",
        "context.quantity == decimal(\"2.0\")",
        "context has quantity_text && context.quantity_text == \"2\"",
        "context.quote_quantity == decimal(\"6.0\")",
        "context has quote_quantity_text && context.quote_quantity_text == \"6\"",
        "context.price_at_least == decimal(\"3.0\") && context.price_at_most == decimal(\"3.0\")",
        "context has price_text && context.price_text == \"3\"",
        "context.leverage == decimal(\"12.5\")",
        "context has leverage_text && context.leverage_text == \"12.5\"",
        "context.reduce_only",
        "context has asset && context.asset == \"BTC\"",
        "context.amount == decimal(\"0.5\")",
        "context has amount_text && context.amount_text == \"0.5\"",
        "context has destination && context.destination == \"bc1q\"",
        "context has network && context.network == \"BTC\"",
        "resource.venue == \"binance\"",
        "action in Countersign::Action::\"trade\"",
        "!(action in Countersign::Action::\"funds\")",
    ] {
        let bundle = permit(&format!("when {{ {condition} }}"));
        assert!(ask([facts.clone()]).of(&bundle).is_allow(), "{condition}");
    }
    // And no optional attribute is there that the request does not state.
    for name in [
        "product",
        "symbol",
        "side",
        "order_type",
        "client_order_id",
        "notional_text",
        "notional_asset",
        "quantity_text",
        "quote_quantity_text",
        "price_text",
        "leverage_text",
        "asset",
        "amount_text",
        "destination",
        "network",
    ] {
        let bundle = permit(&format!("unless {{ context has {name} }}"));
        let bare = ask([OperationFacts::new(Class::TradeSpot, "order")]);
        assert!(bare.of(&bundle).is_allow(), "{name}");
    }
    let stated = permit("when { context.reduce_only }");
    assert!(
        !ask([OperationFacts {
            reduce_only: None,
            ..facts
        }])
        .of(&stated)
        .is_allow()
    );
}

#[test]
fn clock_is_split_in_utc() {
    let at = |now_ms: u64, condition: &str| {
        let usage = Usage::default();
        permit(&format!("when {{ {condition} }}"))
            .decide(&Question {
                client: "desk-1",
                key: "demo",
                venue: "binance",
                now_ms,
                operations: &[operation(Class::Read)],
                usage_key: &usage,
                usage_client: &usage,
                source_network: None,
            })
            .is_allow()
    };
    let parts = |hour: u64, minute: u64, weekday: u64| {
        format!(
            "context.hour == {hour} && context.minute == {minute} && context.weekday == {weekday}"
        )
    };
    assert!(at(0, &parts(0, 0, 4)));
    assert!(at(NOW_MS, &parts(8, 26, 7)));
    assert!(at(NOW_MS, "context.now_ms == 1753000000000"));
    // The last millisecond of Sunday, and the first of Monday.
    assert!(at(1_753_055_999_999, &parts(23, 59, 7)));
    assert!(at(1_753_056_000_000, &parts(0, 0, 1)));
    // 29 February 2024, a Thursday.
    assert!(at(1_709_208_000_000, &parts(12, 0, 4)));
    assert!(at(u64::MAX, "context.now_ms == 9223372036854775807"));
}

#[test]
fn usage_of_key_and_client_reaches_the_policy() {
    let charge = |n: u64, notional: &str| Charge {
        requests: n,
        orders: n + 1,
        withdrawals: n + 2,
        notional: Bound::at_least(decimal(notional)),
    };
    let number =
        |window: Window| 10 * Window::ALL.iter().position(|one| *one == window).unwrap() as u64;
    let mut asked = ask([operation(Class::Read)]);
    asked.usage_key = Usage::from_fn(|window| charge(number(window), "1.5"));
    asked.usage_client = Usage::from_fn(|window| charge(number(window) + 100, "2.5"));
    for window in Window::ALL {
        let (n, suffix) = (number(window), window.suffix());
        for (usage, n, notional) in [("key_usage", n, "1.5"), ("client_usage", n + 100, "2.5")] {
            for condition in [
                format!("context.{usage}.requests_{suffix} == {n}"),
                format!("context.{usage}.orders_{suffix} == {}", n + 1),
                format!("context.{usage}.withdrawals_{suffix} == {}", n + 2),
                format!("context.{usage}.notional_{suffix} == decimal(\"{notional}\")"),
            ] {
                assert!(
                    asked
                        .of(&permit(&format!("when {{ {condition} }}")))
                        .is_allow(),
                    "{condition}"
                );
            }
        }
    }
}

#[test]
fn usage_beyond_what_cedar_counts_saturates() {
    let most = Charge {
        requests: u64::MAX,
        orders: u64::MAX,
        withdrawals: u64::MAX,
        notional: Bound::UNLIMITED,
    };
    let mut asked = ask([operation(Class::Read)]);
    asked.usage_key = Usage::from_fn(|_| most);
    for limit in [
        "context.key_usage.requests_1s <= 9223372036854775806",
        "context.key_usage.orders_1m <= 9223372036854775806",
        "context.key_usage.withdrawals_1h <= 9223372036854775806",
        "context.key_usage.notional_24h.lessThan(decimal(\"922337203685477.5807\"))",
    ] {
        let denial = denial(asked.of(&permit(&format!("when {{ {limit} }}"))));
        assert_eq!(denial.kind, DenialKind::NoPermit, "{limit}");
    }
}
