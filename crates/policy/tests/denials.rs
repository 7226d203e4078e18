//! What a denial says: what was observed, what the limit is, and when the request would pass.

#![allow(clippy::unwrap_used)]

mod support;

use countersign_policy::{
    Bundle, Charge, Class, Counters, Decimal, Decision, Denial, DenialKind, Literal, Notional,
    OperationFacts, Question, Reference, Relation, Usage, Verdict,
};

use support::{
    Ask, NOW_MS, ask, bundle, cancellation, denial, forbid, operation, order, permit, shipped,
};

fn maker() -> Bundle {
    shipped("spot-maker.cedar")
}

fn maker_asks(operations: Vec<OperationFacts>) -> Ask {
    Ask::new("maker-1", "maker", operations)
}

fn said(denial: &Denial) -> Vec<String> {
    denial.causes.iter().map(ToString::to_string).collect()
}

#[test]
fn denial_names_the_observed_value_and_the_limit() {
    let denied = denial(maker_asks(vec![order(Class::TradeSpot, "5000.01")]).of(&maker()));
    assert_eq!(denied.rule(), "maker-order-size");
    let [cause] = denied.causes.as_slice() else {
        panic!("{denied:?}");
    };
    assert_eq!(
        (
            cause.rule.as_str(),
            cause.attribute.as_str(),
            cause.required,
            &cause.observed,
            &cause.limit
        ),
        (
            "maker-order-size",
            "notional",
            Relation::AtMost,
            &Literal::Decimal(50_000_100),
            &Literal::Decimal(50_000_000)
        )
    );
    assert_eq!(
        denied.detail,
        "trade_spot `test.trade_spot`: forbidden by policy `maker-order-size` (An order may be worth \
         at most 5000 USDT): notional is 5000.01 and must be at most 5000"
    );
    let unknown = OperationFacts {
        notional: Notional::Unknown,
        ..order(Class::TradeSpot, "1")
    };
    let denied = denial(maker_asks(vec![unknown]).of(&maker()));
    assert!(said(&denied).contains(&"notional is unlimited and must be at most 5000".to_owned()));
}

#[test]
fn only_what_stands_in_the_way_is_named() {
    let mut asked = maker_asks(vec![order(Class::TradeSpot, "10")]);
    let charge = Charge {
        requests: 1,
        orders: 1,
        withdrawals: 0,
        notional: "1000000.0001".parse().unwrap(),
    };
    asked.usage_key = Usage::from_fn(|window| match window {
        countersign_policy::Window::Day => charge,
        _ => Charge::default(),
    });
    let denied = denial(asked.of(&maker()));
    // Of the two windows the one that is over; not that the order is no cancellation.
    assert_eq!(
        said(&denied),
        ["key_usage.notional_24h is 1000000.0001 and must be at most 1000000"]
    );
    assert!(denied.causes[0].is_usage());
}

#[test]
fn conditions_are_read_whichever_way_they_are_written() {
    let facts = || OperationFacts {
        leverage: Some(support::decimal("20")),
        ..order(Class::TradeFutures, "10")
    };
    for (clause, expected) in [
        (
            "when { context.leverage.greaterThan(decimal(\"5.0\")) }",
            "leverage is 20 and must be at most 5",
        ),
        (
            "when { context.leverage.greaterThanOrEqual(decimal(\"5.5\")) }",
            "leverage is 20 and must be below 5.5",
        ),
        (
            "when { decimal(\"5.0\").lessThan(context.leverage) }",
            "leverage is 20 and must be at most 5",
        ),
        (
            "unless { context.leverage.lessThanOrEqual(decimal(\"5.0\")) }",
            "leverage is 20 and must be at most 5",
        ),
        (
            "when { !(context.leverage.lessThan(decimal(\"5.0\"))) }",
            "leverage is 20 and must be below 5",
        ),
        (
            "unless { context.reduce_only }",
            "reduce_only is false and must be true",
        ),
        (
            "when { context.reduce_only == false }",
            "reduce_only is false and must be true",
        ),
        (
            "when { context.hour >= 8 }",
            "hour is 8 and must be below 8",
        ),
        (
            "when { 9 > context.hour }",
            "hour is 8 and must be at least 9",
        ),
        (
            "when { resource.venue == \"binance\" }",
            "resource.venue is \"binance\" and must be other than \"binance\"",
        ),
        ("when { context.hour != 9 }", "hour is 8 and must be 9"),
        (
            "unless { context has symbol && [\"ETHUSDT\", \"é\"].contains(context.symbol) }",
            "symbol is \"BTCUSDT\" and must be one of [\"ETHUSDT\", \"é\"]",
        ),
        (
            "when { context has symbol && [\"BTCUSDT\"].contains(context.symbol) }",
            "symbol is \"BTCUSDT\" and must be none of [\"BTCUSDT\"]",
        ),
    ] {
        let denied = denial(ask([facts()]).of(&forbid(clause)));
        assert_eq!(said(&denied), [expected], "{clause}");
    }
    // Nothing is said where nothing can be told.
    for clause in [
        "when { context.hour + context.minute > 1 }",
        "when { context has symbol }",
        "when { context has symbol && context.symbol like \"BTC*\" }",
        "when { if context.reduce_only then false else true }",
    ] {
        let denied = denial(ask([facts()]).of(&forbid(clause)));
        assert_eq!(
            (denied.kind, said(&denied)),
            (DenialKind::Forbidden, Vec::new()),
            "{clause}"
        );
    }
}

#[test]
fn the_only_permit_in_question_says_what_it_misses() {
    let limited =
        permit("when { context.notional.lessThanOrEqual(decimal(\"5.0\")) && context.hour < 9 }");
    let denied = denial(ask([order(Class::TradeSpot, "6")]).of(&limited));
    assert_eq!(
        (denied.kind, denied.rule()),
        (DenialKind::NoPermit, "no-permit")
    );
    assert!(
        denied
            .detail
            .ends_with("; `yes` would: notional is 6 and must be at most 5"),
        "{denied}"
    );
    // Not somebody else's.
    let other = bundle(
        "@id(\"x\") permit (principal == Countersign::Client::\"else\", action, resource) when { context.hour < 3 };",
    );
    assert_eq!(denial(ask([operation(Class::Read)]).of(&other)).causes, []);
}

#[test]
fn hostile_text_stays_on_one_line() {
    let facts = OperationFacts {
        symbol: Some("X\n\u{1b}[2J\u{202e}".into()),
        ..order(Class::TradeSpot, "1")
    };
    let denied = denial(ask([facts]).of(&forbid(
        "unless { context has symbol && context.symbol == \"Y\" }",
    )));
    assert!(!denied.causes.is_empty());
    assert!(
        !denied.to_string().contains(['\n', '\u{1b}', '\u{202e}']),
        "{denied}"
    );
}

/// Decides, charges if allowed, and says when a denied request would pass.
fn step(
    bundle: &Bundle,
    counters: &mut Counters,
    now_ms: u64,
    operations: &[OperationFacts],
) -> Result<(), Box<Denial>> {
    let charge = Charge::for_operations(operations);
    let (key, client) = counters.usage(now_ms, "maker", "maker-1", charge);
    let question = Question {
        client: "maker-1",
        key: "maker",
        venue: "binance",
        now_ms,
        operations,
        usage_key: &key,
        usage_client: &client,
        risk_level: Some(0),
        kill_switch: Some(false),
        source_network: None,
    };
    match bundle.decide(&question) {
        Decision::Allow { .. } => {
            counters.charge(now_ms, "maker", "maker-1", charge);
            Ok(())
        }
        Decision::Deny(denial) => {
            let after = bundle.retry_after_ms(
                &question,
                &denial,
                &counters.falls(now_ms, "maker", "maker-1"),
                |now_ms| counters.usage(now_ms, "maker", "maker-1", charge),
            );
            Err(Box::new(denial.retry_after(after)))
        }
    }
}

#[test]
fn denial_tells_when_the_request_would_pass() {
    let (bundle, mut counters) = (maker(), Counters::new());
    let quote = [order(Class::TradeSpot, "1")];
    for index in 0..50 {
        step(&bundle, &mut counters, NOW_MS + index * 100, &quote).unwrap();
    }
    let now = NOW_MS + 5_000;
    let denied = step(&bundle, &mut counters, now, &quote).unwrap_err();
    let after = denied.retry_after_ms.unwrap();
    // The first order leaves the ten seconds, and its bucket of 100 ms with it.
    assert!((5_000..=5_200).contains(&after), "{denied}");
    assert!(
        denied
            .detail
            .ends_with(&format!("; it would pass in {after} ms"))
    );
    assert!(step(&bundle, &mut counters.clone(), now + after - 1, &quote).is_err());
    assert!(step(&bundle, &mut counters, now + after, &quote).is_ok());
    // A cancellation passes all the while.
    assert!(
        step(
            &bundle,
            &mut counters,
            now,
            &[cancellation(Class::TradeSpot)]
        )
        .is_ok()
    );
}

#[test]
fn denial_that_no_time_removes_names_none() {
    let (bundle, mut counters) = (maker(), Counters::new());
    for (operations, rule) in [
        (vec![order(Class::TradeSpot, "6000")], "maker-order-size"),
        (vec![order(Class::TradeSpot, "5000"); 51], "maker-rate"),
        (vec![operation(Class::Withdraw)], "maker-funds-stay"),
    ] {
        let denied = step(&bundle, &mut counters, NOW_MS, &operations).unwrap_err();
        assert!(denied.rules.iter().any(|one| one.id == rule), "{denied}");
        assert_eq!(denied.retry_after_ms, None, "{denied}");
    }
    // Over a limit that time lifts and over another that it does not.
    for _ in 0..50 {
        step(
            &bundle,
            &mut counters,
            NOW_MS,
            &[order(Class::TradeSpot, "1")],
        )
        .unwrap();
    }
    let denied = step(
        &bundle,
        &mut counters,
        NOW_MS,
        &[order(Class::TradeSpot, "6000")],
    )
    .unwrap_err();
    assert_eq!(
        (denied.rules.len(), denied.retry_after_ms),
        (2, None),
        "{denied}"
    );
}

#[test]
fn denial_by_the_clock_tells_when_the_desk_opens() {
    let forbid = "@id(\"all\") permit (principal, action, resource);\n\
        @id(\"closed\") forbid (principal, action, resource)\n\
        when { context.hour >= 22 || context.hour < 6 || context.weekday >= 6 };";
    let permit = "@id(\"open\") permit (principal, action, resource)\n\
        when { context.hour < 22 && context.hour >= 6 && context.weekday < 6 };";
    let hour = 3_600_000;
    let read = [operation(Class::Read)];
    for policies in [forbid, permit] {
        let bundle = bundle(policies);
        // A Sunday morning; the desk opens on Monday at six.
        let denied = step(&bundle, &mut Counters::new(), NOW_MS, &read).unwrap_err();
        let after = denied.retry_after_ms.unwrap();
        let opens = NOW_MS + after;
        assert_eq!(
            (opens % (24 * hour), opens / (24 * hour) % 7),
            (6 * hour, 4)
        );
        assert!(after < 24 * hour, "{denied}");
        assert!(step(&bundle, &mut Counters::new(), opens, &read).is_ok());
        assert!(step(&bundle, &mut Counters::new(), opens - 1, &read).is_err());
    }
    let never = format!(
        "{forbid}\n@id(\"risk\") forbid (principal, action, resource) when {{ context.risk_level == 0 }};"
    );
    let denied = step(&bundle(&never), &mut Counters::new(), NOW_MS, &read).unwrap_err();
    assert_eq!(denied.retry_after_ms, None, "{denied}");
}

/// Usage is unlimited for every operation of a set in which the worth of one is unknown.
#[test]
fn denial_for_unlimited_usage_names_the_operation_behind_it() {
    let bundle = bundle(
        "@id(\"all\") permit (principal, action, resource);\n\
        @id(\"day\") forbid (principal, action, resource)\n\
        when { context.key_usage.notional_24h.greaterThan(decimal(\"100.0\")) };",
    );
    let mut counters = Counters::new();
    let mut change = order(Class::TradeFutures, "1");
    (change.operation, change.notional) = ("amend".into(), Notional::Unknown);
    let known = order(Class::TradeFutures, "1");
    let denied = step(&bundle, &mut counters, NOW_MS, &[known.clone(), change]).unwrap_err();
    let end = "; nothing bounds the worth of trade_futures `amend`, 2 of 2 operations this signature would authorise";
    assert!(denied.detail.ends_with(end), "{denied}");
    let denied = step(&bundle, &mut counters, NOW_MS, &vec![known; 101]).unwrap_err();
    assert!(!denied.detail.contains("nothing bounds"), "{denied}");
    let session = Charge::for_operations(&[operation(Class::Session)]);
    counters.charge(NOW_MS, "maker", "maker-1", session);
    let denied = step(
        &bundle,
        &mut counters,
        NOW_MS,
        &[order(Class::TradeFutures, "1")],
    )
    .unwrap_err();
    let said = "; nothing bounds the worth of a request before it; it would pass in";
    assert!(denied.detail.contains(said), "{denied}");
}

/// What an exemption names is not what the request should have been.
#[test]
fn exemption_by_name_is_not_asked_for() {
    let bundle = bundle(
        "@id(\"all\") permit (principal, action, resource);\n\
        @id(\"size\") forbid (principal, action, resource)\n\
        when { context.notional.greaterThan(decimal(\"5.0\")) }\n\
        unless { context.cancels || context.operation == \"risk_limit_confirmation\" };",
    );
    let large = [order(Class::TradeFutures, "6")];
    let denied = step(&bundle, &mut Counters::new(), NOW_MS, &large).unwrap_err();
    assert_eq!(said(&denied), ["notional is 6 and must be at most 5"]);
}

/// Over a limit by night: both have to pass.
#[test]
fn limit_and_clock_together_name_the_later_time() {
    let bundle = bundle(
        "@id(\"all\") permit (principal, action, resource);\n\
        @id(\"rate\") forbid (principal, action, resource)\n\
        when { context.key_usage.requests_24h > 2 };\n\
        @id(\"night\") forbid (principal, action, resource) when { context.hour >= 9 };",
    );
    let (mut counters, read) = (Counters::new(), [operation(Class::Read)]);
    for _ in 0..2 {
        step(&bundle, &mut counters, NOW_MS, &read).unwrap();
    }
    let denied = step(&bundle, &mut counters, NOW_MS + 3_600_000, &read).unwrap_err();
    assert_eq!(denied.rules.len(), 2, "{denied}");
    let passes = NOW_MS + 3_600_000 + denied.retry_after_ms.unwrap();
    assert!(step(&bundle, &mut counters.clone(), passes, &read).is_ok());
    assert!(passes > NOW_MS + 24 * 3_600_000);

    // Over the limit by day, which it is not again before the night.
    let night = NOW_MS + 24 * 3_600_000;
    let mut later = Counters::new();
    for _ in 0..2 {
        step(&bundle, &mut later, night + 1_800_000, &read).unwrap();
    }
    let denied = step(&bundle, &mut later, night + 1_800_000, &read).unwrap_err();
    assert_eq!(denied.rules.len(), 1, "{denied}");
    let passes = night + 1_800_000 + denied.retry_after_ms.unwrap();
    assert_eq!(passes % (24 * 3_600_000), 0, "{denied}");
    assert!(step(&bundle, &mut later, passes, &read).is_ok());
}

#[test]
fn limits_in_permits_name_their_time_too() {
    let bundle = bundle(
        "@id(\"some\") permit (principal, action, resource) when { context.client_usage.requests_1m <= 2 };",
    );
    let mut counters = Counters::new();
    let read = [operation(Class::Read)];
    for _ in 0..2 {
        step(&bundle, &mut counters, NOW_MS, &read).unwrap();
    }
    let denied = step(&bundle, &mut counters, NOW_MS, &read).unwrap_err();
    let after = denied.retry_after_ms.unwrap();
    assert!((60_000..=60_600).contains(&after), "{after}");
}

#[test]
fn explanation_lists_every_policy_that_has_a_say() {
    let asked = maker_asks(vec![
        order(Class::TradeSpot, "5000.01"),
        operation(Class::Read),
    ]);
    let explained = maker().explain(&Question {
        client: &asked.client,
        key: &asked.key,
        venue: "binance",
        now_ms: NOW_MS,
        operations: &asked.operations,
        usage_key: &asked.usage_key,
        usage_client: &asked.usage_client,
        risk_level: Some(0),
        kill_switch: Some(false),
        source_network: None,
    });
    let [trade, read] = explained.as_slice() else {
        panic!("{explained:?}");
    };
    let verdicts: Vec<_> = trade
        .policies
        .iter()
        .map(|one| (one.rule.id.as_str(), one.is_permit, one.verdict))
        .collect();
    assert_eq!(
        verdicts,
        [
            ("maker-cancel", true, Verdict::DoesNotApply),
            ("maker-order-size", false, Verdict::Applies),
            ("maker-quote", true, Verdict::Applies),
            ("maker-rate", false, Verdict::DoesNotApply),
            ("maker-risk", false, Verdict::DoesNotApply),
            ("maker-turnover", false, Verdict::DoesNotApply),
        ]
    );
    let causes = |index: usize| {
        trade.policies[index]
            .causes
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    };
    assert_eq!(causes(0), ["cancels is false and must be true"]);
    assert_eq!(causes(1), ["notional is 5000.01 and must be at most 5000"]);
    assert_eq!(causes(2), Vec::<String>::new());
    assert!(!trade.decision.is_allow() && trade.operation.of == 2);
    assert!(read.decision.is_allow());
    assert_eq!(read.policies.len(), 1);
}

#[test]
fn explanation_of_amounts_that_make_no_sense_does_not_overflow() {
    let operations = [OperationFacts {
        price: Some(Decimal::MIN),
        reference: Some(Reference {
            price: Decimal::MAX,
            asset: "USDT".to_owned(),
        }),
        ..operation(Class::TradeFutures)
    }];
    let usage = Usage::default();
    let explained = shipped("futures.cedar").explain(&Question {
        client: "perp-1",
        key: "perp",
        venue: "binance",
        now_ms: NOW_MS,
        operations: &operations,
        usage_key: &usage,
        usage_client: &usage,
        risk_level: Some(0),
        kill_switch: Some(false),
        source_network: None,
    });
    let [operation] = explained.as_slice() else {
        panic!("{explained:?}");
    };
    let denied = denial(operation.decision.clone());
    assert_eq!(denied.kind, DenialKind::InvalidFacts);
}
