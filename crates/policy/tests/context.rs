//! How facts, usage and time reach policies, and that limits on them hold.

mod support;

use countersign_policy::{
    Batch, Bound, Charge, Class, Decimal, DenialKind, Notional, OperationFacts, Question,
    Reference, Usage, Window,
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
        (
            OperationFacts {
                stop_price: negative,
                ..base.clone()
            },
            "stop_price",
        ),
        (
            OperationFacts {
                reference: negative.map(|price| Reference {
                    price,
                    asset: "USDT".to_owned(),
                }),
                ..base.clone()
            },
            "reference_price",
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
        product: Some("spot".into()),
        quantity: Some(decimal("2")),
        price: Some(decimal("3")),
        quote_quantity: Some(decimal("6")),
        reduce_only: Some(true),
        leverage: Some(decimal("12.5")),
        asset: Some("BTC".into()),
        destination: Some("bc1q".into()),
        network: Some("BTC".into()),
        amount: Some(decimal("0.5")),
        position_side: Some("long".into()),
        time_in_force: Some("fill_or_kill".into()),
        order_id: Some("17".into()),
        batch: Batch { index: 1, size: 5 },
        stop_price: Some(decimal("2.9")),
        reference: Some(Reference {
            price: decimal("2.97"),
            asset: "USDT".to_owned(),
        }),
        destination_tag: Some("7".into()),
        attached: Some("stop_loss".into()),
        from_account: Some("SPOT".into()),
        to_account: Some("FUNDING".into()),
        sub_account: Some("desk-2".into()),
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
        "context has position_side && context.position_side == \"long\"",
        "context has time_in_force && context.time_in_force == \"fill_or_kill\"",
        "context has order_id && context.order_id == \"17\"",
        "!context.cancels",
        "context.batch_index == 1 && context.batch_size == 5",
        "context.stop_price_at_least == decimal(\"2.9\")",
        "context.stop_price_at_most == decimal(\"2.9\")",
        "context has stop_price_text && context.stop_price_text == \"2.9\"",
        "context has reference_price && context.reference_price == decimal(\"2.97\")",
        // 0.03 of 2.97 is 1.0101 %.
        "context has reference_deviation_bps && context.reference_deviation_bps == 102",
        "context has destination_tag && context.destination_tag == \"7\"",
        "context has attached && context.attached == \"stop_loss\"",
        "context has from_account && context.from_account == \"SPOT\"",
        "context has to_account && context.to_account == \"FUNDING\"",
        "context has sub_account && context.sub_account == \"desk-2\"",
        "context.notional_known && !context.outside_alphabet && context.unbound.isEmpty()",
        "context.risk_level == 0 && !context.kill_switch",
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
        "position_side",
        "time_in_force",
        "order_id",
        "stop_price_text",
        "reference_price",
        "reference_deviation_bps",
        "destination_tag",
        "attached",
        "from_account",
        "to_account",
        "sub_account",
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
fn what_the_node_does_not_know_counts_as_the_worst() {
    let mut asked = ask([operation(Class::Read)]);
    (asked.risk_level, asked.kill_switch) = (None, None);
    let worst = permit("when { context.risk_level == 9223372036854775807 && context.kill_switch }");
    assert!(asked.of(&worst).is_allow());
    (asked.risk_level, asked.kill_switch) = (Some(2), Some(true));
    assert!(
        asked
            .of(&permit(
                "when { context.risk_level == 2 && context.kill_switch }"
            ))
            .is_allow()
    );
}

#[test]
fn reference_price_tells_what_an_order_without_a_bound_is_worth() {
    let reference = |price: &str| {
        Some(Reference {
            price: decimal(price),
            asset: "USDT".to_owned(),
        })
    };
    let market = OperationFacts {
        side: Some("sell".into()),
        quantity: Some(decimal("0.5")),
        ..operation(Class::TradeSpot)
    };
    let worth = |facts: &OperationFacts, condition: &str| {
        let bundle = permit(&format!("when {{ {condition} }}"));
        assert!(ask([facts.clone()]).of(&bundle).is_allow(), "{condition}");
        Charge::for_operations(std::slice::from_ref(facts)).notional
    };
    let unknown = "!context.notional_known && !(context has notional_asset)";
    assert_eq!(worth(&market, unknown), Bound::UNLIMITED);

    let estimated = OperationFacts {
        reference: reference("60000"),
        ..market.clone()
    };
    let known = "context.notional_known && context.notional == decimal(\"30000.0\") && \
                 context has notional_asset && context.notional_asset == \"USDT\" && \
                 !(context has reference_deviation_bps)";
    assert_eq!(worth(&estimated, known), "30000.0000".parse().unwrap());

    // A limit sell fills at its price or above: the higher one counts.
    let sell = OperationFacts {
        price: Some(decimal("70000")),
        ..estimated.clone()
    };
    let higher = "context.notional == decimal(\"35000.0\") && \
                  context has reference_deviation_bps && context.reference_deviation_bps == 1667";
    assert_eq!(worth(&sell, higher), "35000.0000".parse().unwrap());

    // What is known is not estimated, and without a quantity there is no estimate.
    let stated = OperationFacts {
        reference: reference("60000"),
        ..order(Class::TradeSpot, "10")
    };
    assert_eq!(
        worth(&stated, "context.notional == decimal(\"10.0\")"),
        "10.0000".parse().unwrap()
    );
    let no_quantity = OperationFacts {
        quantity: None,
        ..estimated.clone()
    };
    assert_eq!(worth(&no_quantity, unknown), Bound::UNLIMITED);
    // Of two sizes in different assets, either may be the one that counts.
    let of_two_sizes = OperationFacts {
        quote_quantity: Some(decimal("1000000")),
        ..estimated.clone()
    };
    assert_eq!(worth(&of_two_sizes, unknown), Bound::UNLIMITED);
    let without_size = OperationFacts {
        quantity: Some(decimal("0")),
        ..estimated.clone()
    };
    assert_eq!(worth(&without_size, unknown), Bound::UNLIMITED);
    let beyond = OperationFacts {
        quantity: Some(Decimal::MAX),
        ..estimated
    };
    assert_eq!(worth(&beyond, unknown), Bound::UNLIMITED);
    // A price of nothing tells nothing.
    let worthless = OperationFacts {
        reference: reference("0"),
        price: Some(decimal("1")),
        ..market
    };
    worth(
        &worthless,
        "context has reference_deviation_bps && context.reference_deviation_bps == 9223372036854775807",
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
                risk_level: Some(0),
                kill_switch: Some(false),
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

#[test]
fn change_that_names_no_side_is_not_estimated_by_the_market_it_names() {
    let change = OperationFacts {
        symbol: Some("XRPUSDT".into()),
        quantity: Some(decimal("1000")),
        reference: Some(Reference {
            price: decimal("0.5"),
            asset: "USDT".to_owned(),
        }),
        ..OperationFacts::new(Class::TradeSpot, "amend")
    };
    let known = permit("when { context.notional_known }");
    assert!(!ask([change.clone()]).of(&known).is_allow());
    let order = OperationFacts {
        side: Some("sell".into()),
        ..change
    };
    assert!(ask([order]).of(&known).is_allow());
}
