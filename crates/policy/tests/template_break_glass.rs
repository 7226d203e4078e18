//! What the shipped policies for breaking the glass allow and deny, beside those of two desks.

#![allow(clippy::unwrap_used)]

mod support;

use countersign_policy::{Bundle, Charge, Class, OperationFacts, Usage, templates};

use support::{Ask, cancellation, operation, order, verdict};

/// The firm: a maker, a futures desk, and break-glass beside them.
fn firm() -> Bundle {
    let names = ["spot-maker.cedar", "futures.cedar", "break-glass.cedar"];
    let shipped = templates().iter().filter(|one| names.contains(&one.name));
    Bundle::from_sources(shipped.map(|one| (one.name, one.text))).unwrap()
}

fn reducing() -> OperationFacts {
    OperationFacts {
        reduce_only: Some(true),
        ..order(Class::TradeFutures, "9999999")
    }
}

fn asks(client: &str, key: &str, facts: OperationFacts, kill_switch: Option<bool>) -> Ask {
    Ask {
        kill_switch,
        ..Ask::new(client, key, vec![facts])
    }
}

#[test]
fn kill_switch_leaves_reading_and_the_breaker_getting_out() {
    let bundle = firm();
    for open in [Some(true), None] {
        for (client, key, facts, expected) in [
            ("maker-1", "maker", operation(Class::Read), "allow"),
            (
                "maker-1",
                "maker",
                order(Class::TradeSpot, "5"),
                "glass-stop",
            ),
            (
                "maker-1",
                "maker",
                cancellation(Class::TradeSpot),
                "glass-stop",
            ),
            ("perp-1", "perp", reducing(), "glass-stop"),
            ("breaker-1", "maker", operation(Class::Read), "allow"),
            (
                "breaker-1",
                "maker",
                cancellation(Class::TradeSpot),
                "allow",
            ),
            (
                "breaker-1",
                "perp",
                cancellation(Class::TradeFutures),
                "allow",
            ),
            ("breaker-1", "perp", reducing(), "allow"),
            (
                "breaker-1",
                "perp",
                order(Class::TradeFutures, "5"),
                "futures-risk",
            ),
            (
                "breaker-1",
                "another",
                order(Class::TradeFutures, "5"),
                "glass-stop",
            ),
            (
                "breaker-1",
                "maker",
                order(Class::TradeSpot, "5"),
                "glass-stop",
            ),
            (
                "breaker-1",
                "another",
                operation(Class::Admin),
                "glass-no-more",
            ),
            (
                "breaker-1",
                "another",
                operation(Class::Withdraw),
                "glass-no-more",
            ),
            (
                "breaker-1",
                "another",
                operation(Class::Transfer),
                "glass-no-more",
            ),
            (
                "breaker-1",
                "another",
                operation(Class::Deposit),
                "glass-no-more",
            ),
            (
                "breaker-1",
                "another",
                operation(Class::Session),
                "glass-no-more",
            ),
            // Something that is neither an order nor a cancellation, such as a margin mode.
            (
                "breaker-1",
                "another",
                operation(Class::TradeFutures),
                "glass-stop",
            ),
        ] {
            let asked = asks(client, key, facts, open);
            let found = verdict(&bundle, &asked);
            assert_eq!(found, expected, "{client} {:?}", asked.operations);
        }
    }
}

#[test]
fn reducing_on_the_spot_market_is_nothing_the_breaker_may_do() {
    let facts = OperationFacts {
        reduce_only: Some(true),
        ..order(Class::TradeSpot, "5")
    };
    let asked = asks("breaker-1", "another", facts, Some(true));
    assert_eq!(verdict(&firm(), &asked), "no-permit");
}

#[test]
fn without_the_kill_switch_desks_trade_and_the_breaker_does_not() {
    let bundle = firm();
    for (client, key, facts, expected) in [
        ("maker-1", "maker", order(Class::TradeSpot, "5"), "allow"),
        ("perp-1", "perp", order(Class::TradeFutures, "5"), "allow"),
        ("breaker-1", "maker", operation(Class::Read), "glass-intact"),
        (
            "breaker-1",
            "maker",
            cancellation(Class::TradeSpot),
            "glass-intact",
        ),
        ("breaker-1", "perp", reducing(), "glass-intact"),
        (
            "breaker-1",
            "another",
            operation(Class::Read),
            "glass-intact",
        ),
    ] {
        let asked = asks(client, key, facts, Some(false));
        assert_eq!(
            verdict(&bundle, &asked),
            expected,
            "{client} {:?}",
            asked.operations
        );
    }
}

#[test]
fn batch_with_one_order_among_cancellations_is_denied() {
    let batch = vec![
        cancellation(Class::TradeSpot),
        order(Class::TradeSpot, "1"),
        cancellation(Class::TradeSpot),
    ];
    let asked = Ask {
        kill_switch: Some(true),
        ..Ask::new("breaker-1", "another", batch)
    };
    assert_eq!(verdict(&firm(), &asked), "glass-stop");
}

#[test]
fn breaker_is_limited_too() {
    let bundle = firm();
    for (requests, expected) in [(3_000, "allow"), (3_001, "glass-rate")] {
        let mut asked = asks(
            "breaker-1",
            "maker",
            cancellation(Class::TradeSpot),
            Some(true),
        );
        asked.usage_client = Usage::from_fn(|_| Charge {
            requests,
            ..Charge::default()
        });
        assert_eq!(verdict(&bundle, &asked), expected);
    }
}
