//! How a bundle decides.

mod support;

use countersign_policy::{Class, Decision, DenialKind, OperationFacts, Text};

use support::{PERMIT_ALL, allowing_rules, ask, bundle, denial, forbid, operation, order, permit};

#[test]
fn nothing_is_permitted_by_default() {
    for class in Class::ALL {
        let denial = denial(ask([operation(class)]).of(&bundle("")));
        assert_eq!(
            (denial.kind, denial.rule()),
            (DenialKind::NoPermit, "no-permit")
        );
    }
}

#[test]
fn forbid_beats_permit() {
    let denial = denial(ask([operation(Class::Read)]).of(&forbid("")));
    assert_eq!((denial.kind, denial.rule()), (DenialKind::Forbidden, "no"));
    assert_eq!(denial.rules[0].reason.as_deref(), Some("Not so."));
    assert_eq!(
        denial.to_string(),
        "denied: read `test.read`: forbidden by policy `no` (Not so.)"
    );
}

#[test]
fn permits_are_named() {
    let two = bundle(&format!(
        "{PERMIT_ALL} @id(\"also\") permit (principal, action, resource);"
    ));
    let decision = ask([operation(Class::Read)]).of(&two);
    assert_eq!(decision.to_string(), "allowed by `all`, `also`");
    assert_eq!(allowing_rules(decision), ["all", "also"]);
}

#[test]
fn request_without_operations_is_denied() {
    let denial = denial(ask([]).of(&bundle(PERMIT_ALL)));
    assert_eq!(
        (denial.kind, &denial.operation),
        (DenialKind::NoOperations, &None)
    );
}

#[test]
fn every_operation_of_the_set_must_be_allowed() {
    let reads_and_trades = bundle(
        "@id(\"read\") permit (principal, action == Countersign::Action::\"read\", resource);
         @id(\"spot\") permit (principal, action == Countersign::Action::\"trade_spot\", resource);",
    );
    let (read, spot) = (operation(Class::Read), order(Class::TradeSpot, "1"));
    let both = ask([read.clone(), spot.clone()]).of(&reads_and_trades);
    assert_eq!(allowing_rules(both), ["read", "spot"]);
    let with_futures = ask([read, spot, order(Class::TradeFutures, "1")]).of(&reads_and_trades);
    let denial = denial(with_futures);
    assert_eq!(
        denial
            .operation
            .as_ref()
            .map(|operation| operation.position),
        Some(2)
    );
    assert_eq!(
        denial.to_string(),
        "denied: trade_futures `test.trade_futures`, 3 of 3 operations this signature would \
         authorise: no policy permits it to client `desk-1` with key `demo`"
    );
}

#[test]
fn permit_of_one_operation_does_not_serve_another() {
    let small_btc = permit(
        "when { context.notional.lessThan(decimal(\"10.0\")) && context has symbol && context.symbol == \"BTCUSDT\" }",
    );
    let other_symbol = OperationFacts {
        symbol: Some("DOGEUSDT".into()),
        ..order(Class::TradeSpot, "1")
    };
    assert!(
        ask([order(Class::TradeSpot, "1")])
            .of(&small_btc)
            .is_allow()
    );
    for set in [
        [order(Class::TradeSpot, "1"), order(Class::TradeSpot, "10")],
        [order(Class::TradeSpot, "1"), other_symbol],
    ] {
        assert!(!ask(set).of(&small_btc).is_allow());
    }
}

#[test]
fn forbid_that_fails_to_evaluate_denies() {
    // The product overflows; Cedar alone would skip the policy and allow.
    let failing = forbid("when { context.now_ms * 9223372036854775807 == 0 }");
    let denial = denial(ask([operation(Class::Read)]).of(&failing));
    assert_eq!(
        (denial.kind, denial.rule()),
        (DenialKind::EvaluationError, "no")
    );
    assert!(
        denial
            .detail
            .contains("policy `no` failed to evaluate: integer overflow"),
        "{denial}"
    );
}

#[test]
fn permit_that_fails_to_evaluate_denies_though_another_permits() {
    let failing = bundle(&format!(
        "{PERMIT_ALL} @id(\"odd\") permit (principal, action, resource) when {{ context.now_ms * 9223372036854775807 == 0 }};"
    ));
    let denial = denial(ask([operation(Class::Read)]).of(&failing));
    assert_eq!(
        (denial.kind, denial.rule()),
        (DenialKind::EvaluationError, "odd")
    );
}

#[test]
fn names_are_compared_whole() {
    let one = bundle(
        "@id(\"one\") permit (principal == Countersign::Client::\"desk-1\", action, resource == Countersign::Key::\"demo\") when { resource.venue == \"binance\" };",
    );
    assert!(ask([operation(Class::Read)]).of(&one).is_allow());
    for (client, key) in [
        ("desk-10", "demo"),
        ("desk-1 ", "demo"),
        ("desk-1\"", "demo"),
        ("Countersign::Client::\"desk-1\"", "demo"),
        ("desk-1", "demo2"),
        ("desk-1", "Demo"),
        ("", ""),
    ] {
        let asked = support::Ask::new(client, key, vec![operation(Class::Read)]);
        assert!(!asked.of(&one).is_allow(), "{client:?} {key:?}");
    }
}

#[test]
fn actions_belong_to_their_groups() {
    for (class, group) in [
        (Class::TradeSpot, "trade"),
        (Class::TradeFutures, "trade"),
        (Class::Transfer, "funds"),
        (Class::Deposit, "funds"),
        (Class::Withdraw, "funds"),
    ] {
        let permits = |group: &str| {
            bundle(&format!(
                "@id(\"g\") permit (principal, action in Countersign::Action::\"{group}\", resource);"
            ))
        };
        let other = if group == "trade" { "funds" } else { "trade" };
        assert!(
            ask([operation(class)]).of(&permits(group)).is_allow(),
            "{class}"
        );
        assert!(
            !ask([operation(class)]).of(&permits(other)).is_allow(),
            "{class}"
        );
    }
}

#[test]
fn source_network_forbids() {
    let office = forbid(
        "unless { context has source_network && context.source_network.isInRange(ip(\"10.0.0.0/8\")) }",
    );
    let mut asked = ask([operation(Class::Read)]);
    for (address, allowed) in [
        (Some("10.1.2.3"), true),
        (Some("::ffff:10.1.2.3"), true),
        (Some("11.1.2.3"), false),
        (Some("2001:db8::1"), false),
        (None, false),
    ] {
        asked.source_network = address.map(|address| address.parse().unwrap());
        let decision = asked.of(&office);
        assert_eq!(decision.is_allow(), allowed, "{address:?}: {decision}");
        if let Decision::Deny(denial) = decision {
            assert_eq!(denial.kind, DenialKind::Forbidden);
        }
    }
}

#[test]
fn denial_is_one_line_whatever_names_hold() {
    let mut asked = ask([OperationFacts::new(
        Class::Read,
        "a\nallowed by `x`\u{1b}[2J\u{202e}",
    )]);
    asked.client = "eve\nallowed".to_owned();
    let denial = denial(asked.of(&bundle("")));
    assert!(
        !denial.to_string().contains(['\n', '\u{1b}', '\u{202e}']),
        "{denial}"
    );
}
#[test]
fn session_must_be_permitted_by_name() {
    let session = || ask([operation(Class::Session)]);
    for permits in [
        PERMIT_ALL,
        "@id(\"when\") permit (principal, action, resource) when { action == Countersign::Action::\"session\" };",
    ] {
        let denial = denial(session().of(&bundle(permits)));
        assert_eq!(denial.kind, DenialKind::UnacceptedRisk);
        assert!(
            denial
                .detail
                .contains("no policy permits `session` by name"),
            "{denial}"
        );
    }
    for scope in [
        "action == Countersign::Action::\"session\"",
        "action in [Countersign::Action::\"read\", Countersign::Action::\"session\"]",
    ] {
        let permits = format!("{PERMIT_ALL} @id(\"named\") permit (principal, {scope}, resource);");
        assert_eq!(allowing_rules(session().of(&bundle(&permits))), ["named"]);
    }
}

/// Ways in which an operation brings a risk, and the condition that takes it knowingly.
fn risky() -> Vec<(OperationFacts, &'static str)> {
    let base = || order(Class::TradeSpot, "1");
    let text = |text: &'static str| Some(Text::Borrowed(text));
    let marked = OperationFacts {
        outside_alphabet: true,
        ..base()
    };
    let spelled = |operation: OperationFacts| (operation, "context.outside_alphabet");
    vec![
        spelled(marked),
        spelled(OperationFacts {
            symbol: text("BTC\u{0405}DT"),
            ..base()
        }),
        spelled(OperationFacts {
            client_order_id: text("a b"),
            ..base()
        }),
        spelled(OperationFacts {
            order_id: text("\u{7f}"),
            ..base()
        }),
        spelled(OperationFacts {
            asset: text("\n"),
            ..base()
        }),
        spelled(OperationFacts {
            destination: text("é"),
            ..base()
        }),
        spelled(OperationFacts {
            destination_tag: text("é"),
            ..base()
        }),
        spelled(OperationFacts {
            network: text("é"),
            ..base()
        }),
        (
            OperationFacts {
                unbound: ["body".to_owned()].into(),
                ..operation(Class::Withdraw)
            },
            "context.unbound.containsAll([\"body\"])",
        ),
    ]
}

#[test]
fn risks_are_taken_only_by_permits_that_mention_them() {
    for (facts, condition) in risky() {
        for unaware in [
            PERMIT_ALL.to_owned(),
            // Saying so in a forbid, a string or a permit that does not apply is not enough.
            format!(
                "{PERMIT_ALL} @id(\"f\") forbid (principal, action, resource) when {{ {condition} && context.hour > 23 }};"
            ),
            format!(
                "{PERMIT_ALL} @id(\"s\") permit (principal, action, resource) when {{ context.operation != \"{}\" }};",
                condition.replace('"', "")
            ),
            format!(
                "{PERMIT_ALL} @id(\"n\") permit (principal, action, resource) when {{ !({condition}) }};"
            ),
        ] {
            let denial = denial(ask([facts.clone()]).of(&bundle(&unaware)));
            assert_eq!(denial.kind, DenialKind::UnacceptedRisk, "{unaware}");
        }
        let aware = format!(
            "{PERMIT_ALL} @id(\"aware\") permit (principal, action, resource) when {{ {condition} }};"
        );
        let asked = ask([facts.clone()]);
        assert_eq!(allowing_rules(asked.of(&bundle(&aware))), ["aware"]);
        // The same order without the risk, asked about first, does not answer for it.
        let asked = ask([order(facts.class, "1"), facts]);
        assert_eq!(
            denial(asked.of(&bundle(PERMIT_ALL)))
                .operation
                .unwrap()
                .position,
            1
        );
    }
}

#[test]
fn one_permit_must_take_all_risks_of_an_operation() {
    let facts = OperationFacts {
        outside_alphabet: true,
        unbound: ["body".to_owned()].into(),
        ..operation(Class::Withdraw)
    };
    let scope = "permit (principal, action, resource) when";
    let apart = format!(
        "@id(\"a\") {scope} {{ context.outside_alphabet }}; \
         @id(\"b\") {scope} {{ context.unbound == [\"body\"] }};"
    );
    let denial = denial(ask([facts.clone()]).of(&bundle(&apart)));
    assert_eq!(denial.kind, DenialKind::UnacceptedRisk);
    let together = format!(
        "@id(\"c\") {scope} {{ context.outside_alphabet && context.unbound == [\"body\"] }};"
    );
    assert_eq!(allowing_rules(ask([facts]).of(&bundle(&together))), ["c"]);
}
