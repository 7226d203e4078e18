//! What the shipped policies for rebalancing allow and deny.

#![allow(clippy::unwrap_used)]

mod support;

use countersign_policy::{Bundle, Charge, Class, OperationFacts, Text, Usage, templates};

use support::{Ask, cancellation, decimal, operation, order, shipped, verdict};

fn moves(class: Class, asset: &'static str, amount: &str) -> OperationFacts {
    OperationFacts {
        asset: Some(asset.into()),
        amount: Some(decimal(amount)),
        ..operation(class)
    }
}

fn usdt(amount: &str) -> OperationFacts {
    OperationFacts {
        network: Some("TRX".into()),
        destination: Some("REPLACE-WITH-A-USDT-ADDRESS".into()),
        ..moves(Class::Withdraw, "USDT", amount)
    }
}

fn xrp(amount: &str) -> OperationFacts {
    OperationFacts {
        network: Some("XRP".into()),
        destination: Some("REPLACE-WITH-AN-XRP-ADDRESS".into()),
        destination_tag: Some("REPLACE-WITH-A-TAG".into()),
        ..moves(Class::Withdraw, "XRP", amount)
    }
}

fn asks(facts: OperationFacts) -> Ask {
    Ask::new("treasury-1", "treasury", vec![facts])
}

#[test]
fn single_operations() {
    let bundle = shipped("rebalancing.cedar");
    let text = |text: &'static str| Some(Text::Borrowed(text));
    for (facts, expected) in [
        (operation(Class::Read), "allow"),
        (moves(Class::Transfer, "USDT", "250000"), "allow"),
        (moves(Class::Transfer, "USDT", "250000.0001"), "no-permit"),
        (moves(Class::Transfer, "XRP", "250000"), "no-permit"),
        (moves(Class::Transfer, "BTC", "1"), "no-permit"),
        (operation(Class::Transfer), "no-permit"),
        (usdt("50000"), "allow"),
        (usdt("50000.00000001"), "no-permit"),
        (
            OperationFacts {
                amount: None,
                ..usdt("1")
            },
            "no-permit",
        ),
        (
            OperationFacts {
                network: None,
                ..usdt("1")
            },
            "no-permit",
        ),
        (
            OperationFacts {
                network: text("ETH"),
                ..usdt("1")
            },
            "no-permit",
        ),
        (
            OperationFacts {
                network: text("trx"),
                ..usdt("1")
            },
            "no-permit",
        ),
        (
            OperationFacts {
                asset: text("USDC"),
                ..usdt("1")
            },
            "no-permit",
        ),
        (
            OperationFacts {
                destination_tag: text("1"),
                ..usdt("1")
            },
            "no-permit",
        ),
        (
            OperationFacts {
                destination: text("elsewhere"),
                ..usdt("1")
            },
            "treasury-listed",
        ),
        (
            OperationFacts {
                destination: None,
                ..usdt("1")
            },
            "treasury-listed",
        ),
        (
            OperationFacts {
                destination: xrp("1").destination,
                ..usdt("1")
            },
            "no-permit",
        ),
        (xrp("20000"), "allow"),
        (xrp("20000.1"), "no-permit"),
        (
            OperationFacts {
                destination_tag: None,
                ..xrp("1")
            },
            "no-permit",
        ),
        (
            OperationFacts {
                destination_tag: text("2"),
                ..xrp("1")
            },
            "no-permit",
        ),
        // What the signature does not bind, and text that reads differently, nobody has permitted.
        (
            OperationFacts {
                unbound: ["body".to_owned()].into(),
                ..xrp("1")
            },
            "unaccepted-risk",
        ),
        (
            OperationFacts {
                outside_alphabet: true,
                ..xrp("1")
            },
            "unaccepted-risk",
        ),
        (operation(Class::Withdraw), "treasury-listed"),
        (operation(Class::Deposit), "no-permit"),
        (order(Class::TradeSpot, "1"), "treasury-no-trading"),
        (cancellation(Class::TradeFutures), "treasury-no-trading"),
        (operation(Class::Admin), "treasury-no-admin"),
        (operation(Class::Session), "no-permit"),
    ] {
        let asked = asks(facts);
        assert_eq!(verdict(&bundle, &asked), expected, "{:?}", asked.operations);
    }
    for (client, key, expected) in [
        ("desk-1", "treasury", "no-permit"),
        ("treasury-1", "maker", "no-permit"),
    ] {
        let asked = Ask::new(client, key, vec![usdt("1")]);
        assert_eq!(verdict(&bundle, &asked), expected);
    }
}

#[test]
fn counts_are_capped() {
    let bundle = shipped("rebalancing.cedar");
    let used = |hour: u64, day: u64, requests: u64| {
        Usage::from_fn(|window| Charge {
            requests,
            withdrawals: if window == countersign_policy::Window::Day {
                day
            } else {
                hour
            },
            ..Charge::default()
        })
    };
    for (usage, facts, expected) in [
        (used(2, 4, 60), usdt("1"), "allow"),
        (used(3, 4, 60), usdt("1"), "treasury-withdrawals"),
        (used(1, 5, 60), usdt("1"), "treasury-withdrawals"),
        (used(3, 5, 60), moves(Class::Transfer, "USDT", "1"), "allow"),
        (
            used(0, 0, 61),
            moves(Class::Transfer, "USDT", "1"),
            "treasury-rate",
        ),
    ] {
        let mut asked = asks(facts);
        asked.usage_key = usage;
        assert_eq!(verdict(&bundle, &asked), expected);
    }
}

#[test]
fn nothing_moves_while_risk_is_raised() {
    let bundle = shipped("rebalancing.cedar");
    for (risk_level, kill_switch) in [(Some(1), Some(false)), (Some(0), Some(true)), (None, None)] {
        for (facts, expected) in [
            (operation(Class::Read), "allow"),
            (usdt("1"), "treasury-risk"),
            (moves(Class::Transfer, "USDT", "1"), "treasury-risk"),
        ] {
            let mut asked = asks(facts);
            (asked.risk_level, asked.kill_switch) = (risk_level, kill_switch);
            assert_eq!(verdict(&bundle, &asked), expected);
        }
    }
}

#[test]
fn careless_permit_beside_it_opens_no_address() {
    let shipped = templates()
        .iter()
        .find(|one| one.name == "rebalancing.cedar")
        .unwrap();
    let careless = "@id(\"all\") permit (principal, action, resource);";
    let bundle =
        Bundle::from_sources([("all.cedar", careless), (shipped.name, shipped.text)]).unwrap();
    let elsewhere = OperationFacts {
        destination: Some("elsewhere".into()),
        ..usdt("1")
    };
    assert_eq!(verdict(&bundle, &asks(elsewhere)), "treasury-listed");
    assert_eq!(
        verdict(&bundle, &asks(order(Class::TradeSpot, "1"))),
        "treasury-no-trading"
    );
    assert_eq!(
        verdict(&bundle, &asks(operation(Class::Admin))),
        "treasury-no-admin"
    );
}
