//! What each shipped policy text allows and denies.

#![allow(clippy::unwrap_used)]

mod support;

use countersign_policy::{
    Bound, Bundle, Charge, Class, Notional, OperationFacts, Usage, templates,
};

use support::{Ask, cancellation, decimal, operation, order, shipped, verdict};

fn unknown_size(class: Class) -> OperationFacts {
    OperationFacts {
        notional: Notional::Unknown,
        ..order(class, "1")
    }
}

fn in_btc(class: Class) -> OperationFacts {
    let notional = Notional::AtMost {
        value: decimal("100"),
        asset: "BTC".to_owned(),
    };
    OperationFacts {
        notional,
        ..order(class, "1")
    }
}

#[test]
fn each_template_is_a_bundle() {
    for template in templates() {
        let bundle = Bundle::from_sources([(template.name, template.text)]).unwrap();
        assert!(bundle.ids().count() >= 3, "{}", template.name);
        let forbids_say_why = bundle.rules().all(|rule| {
            rule.reason.is_some() || !template.text.contains(&format!("{}\")\nforbid", rule.id))
        });
        assert!(forbids_say_why, "{}", template.name);
    }
}

#[test]
fn demo() {
    use Class::{Admin, Deposit, Read, Session, TradeFutures, TradeSpot, Transfer, Withdraw};
    let bundle = shipped("demo.cedar");
    for (operations, expected) in [
        (vec![operation(Read)], "allow"),
        (vec![order(TradeSpot, "1000000")], "allow"),
        (vec![order(TradeFutures, "1000000")], "allow"),
        (
            vec![order(TradeSpot, "1000000"), order(TradeFutures, "1000000")],
            "allow",
        ),
        (
            vec![cancellation(TradeSpot), cancellation(TradeFutures)],
            "allow",
        ),
        (
            vec![order(TradeSpot, "1000000.00000001")],
            "demo-order-size",
        ),
        (
            vec![order(TradeSpot, "1"), order(TradeFutures, "1000000.01")],
            "demo-order-size",
        ),
        (vec![unknown_size(TradeSpot)], "allow"),
        (vec![in_btc(TradeSpot)], "allow"),
        (vec![operation(Withdraw)], "no-withdrawals"),
        (vec![operation(Read), operation(Withdraw)], "no-withdrawals"),
        (vec![operation(Transfer)], "no-permit"),
        (vec![operation(Deposit)], "no-permit"),
        (vec![operation(Admin)], "no-permit"),
        (vec![operation(Session)], "no-permit"),
        (vec![], "no-operations"),
    ] {
        let asked = support::ask(operations);
        assert_eq!(verdict(&bundle, &asked), expected, "{:?}", asked.operations);
    }
    for (client, key) in [("desk-2", "demo"), ("desk-1", "treasury")] {
        for facts in [operation(Read), order(TradeSpot, "1")] {
            assert_eq!(
                verdict(&bundle, &Ask::new(client, key, vec![facts])),
                "no-permit"
            );
        }
    }
    for (requests, expected) in [(6000, "allow"), (6001, "demo-rate")] {
        let mut asked = support::ask([operation(Read)]);
        asked.usage_key = Usage::from_fn(|_| Charge {
            requests,
            ..Charge::default()
        });
        assert_eq!(verdict(&bundle, &asked), expected, "{requests}");
    }
}

#[test]
fn demo_says_why_withdrawals_are_forbidden() {
    let decision = support::ask([operation(Class::Withdraw)]).of(&shipped("demo.cedar"));
    assert_eq!(
        decision.to_string(),
        "denied: withdraw `test.withdraw`: forbidden by policy `no-withdrawals` (Withdrawals need \
         a policy of their own)"
    );
}

#[test]
fn withdrawals_stay_forbidden_beside_a_careless_permit() {
    let demo = templates()
        .iter()
        .find(|template| template.name == "demo.cedar")
        .unwrap();
    let careless = "@id(\"all\") permit (principal, action, resource);";
    let bundle = Bundle::from_sources([("all.cedar", careless), (demo.name, demo.text)]).unwrap();
    assert_eq!(
        verdict(&bundle, &support::ask([operation(Class::Transfer)])),
        "allow"
    );
    assert_eq!(
        verdict(&bundle, &support::ask([operation(Class::Withdraw)])),
        "no-withdrawals"
    );
}

#[test]
fn read_only() {
    let bundle = shipped("read-only.cedar");
    for class in Class::ALL {
        let expected = if class == Class::Read {
            "allow"
        } else {
            "nothing-but-reading"
        };
        assert_eq!(
            verdict(&bundle, &Ask::new("any", "key", vec![operation(class)])),
            expected
        );
    }
    let mixed = vec![operation(Class::Read), cancellation(Class::TradeSpot)];
    assert_eq!(
        verdict(&bundle, &Ask::new("any", "key", mixed)),
        "nothing-but-reading"
    );
    let mut asked = Ask::new("any", "key", vec![operation(Class::Read)]);
    asked.usage_client = Usage::from_fn(|_| Charge {
        requests: 1201,
        ..Charge::default()
    });
    assert_eq!(verdict(&bundle, &asked), "read-rate");
}

#[test]
fn spot_maker() {
    use Class::{Deposit, Read, TradeFutures, TradeSpot, Transfer, Withdraw};
    let bundle = shipped("spot-maker.cedar");
    let quote = || order(TradeSpot, "5000");
    for (operations, expected) in [
        (vec![operation(Read)], "allow"),
        (vec![quote()], "allow"),
        (vec![quote(), quote()], "allow"),
        (vec![cancellation(TradeSpot)], "allow"),
        (vec![order(TradeSpot, "5000.00001")], "maker-order-size"),
        (vec![unknown_size(TradeSpot)], "maker-order-size"),
        (vec![in_btc(TradeSpot)], "no-permit"),
        (vec![quote(), order(TradeFutures, "5")], "no-permit"),
        (
            vec![OperationFacts {
                symbol: Some("DOGEUSDT".into()),
                ..quote()
            }],
            "no-permit",
        ),
        (
            vec![OperationFacts {
                symbol: None,
                ..quote()
            }],
            "no-permit",
        ),
        (
            vec![OperationFacts {
                order_type: Some("market".into()),
                ..quote()
            }],
            "no-permit",
        ),
        (
            vec![OperationFacts {
                client_order_id: None,
                ..quote()
            }],
            "no-permit",
        ),
        (vec![operation(Withdraw)], "maker-funds-stay"),
        (vec![operation(Transfer)], "maker-funds-stay"),
        (vec![operation(Deposit)], "maker-funds-stay"),
    ] {
        let asked = Ask::new("maker-1", "maker", operations);
        assert_eq!(verdict(&bundle, &asked), expected, "{:?}", asked.operations);
    }
    assert_eq!(
        verdict(&bundle, &Ask::new("maker-2", "maker", vec![quote()])),
        "no-permit"
    );
    assert_eq!(
        verdict(&bundle, &Ask::new("maker-1", "other", vec![quote()])),
        "no-permit"
    );

    let sum = |notional: &str, orders: u64| {
        let notional = Bound::at_least(decimal(notional));
        Usage::from_fn(|_| Charge {
            orders,
            notional,
            ..Charge::default()
        })
    };
    for (risk_level, kill_switch) in [(Some(1), Some(false)), (Some(0), Some(true)), (None, None)] {
        for (facts, expected) in [
            (quote(), "maker-risk"),
            (cancellation(TradeSpot), "allow"),
            (operation(Read), "allow"),
        ] {
            let mut asked = Ask::new("maker-1", "maker", vec![facts]);
            (asked.risk_level, asked.kill_switch) = (risk_level, kill_switch);
            assert_eq!(verdict(&bundle, &asked), expected);
        }
    }
    for (usage, facts, expected) in [
        (sum("100000", 50), quote(), "allow"),
        (sum("100000.0001", 1), quote(), "maker-turnover"),
        (sum("1", 51), quote(), "maker-rate"),
        (sum("9000000", 51), cancellation(TradeSpot), "allow"),
    ] {
        let mut asked = Ask::new("maker-1", "maker", vec![facts]);
        asked.usage_key = usage;
        assert_eq!(verdict(&bundle, &asked), expected);
    }
}
