//! What the shipped policies for futures allow and deny.

#![allow(clippy::unwrap_used)]

mod support;

use countersign_policy::{Bound, Charge, Class, Notional, OperationFacts, Reference, Usage};

use support::{Ask, cancellation, decimal, operation, order, shipped, verdict};

fn asks(facts: OperationFacts) -> Ask {
    Ask::new("perp-1", "perp", vec![facts])
}

fn order_of(notional: &str) -> OperationFacts {
    order(Class::TradeFutures, notional)
}

/// A market order by quantity, which the request does not bound.
fn market() -> OperationFacts {
    OperationFacts {
        order_type: Some("market".into()),
        quantity: Some(decimal("0.5")),
        notional: Notional::Unknown,
        ..order_of("1")
    }
}

fn reducing(facts: OperationFacts) -> OperationFacts {
    OperationFacts {
        reduce_only: Some(true),
        ..facts
    }
}

fn at_reference(facts: OperationFacts, price: &str) -> OperationFacts {
    OperationFacts {
        reference: Some(Reference {
            price: decimal(price),
            asset: "USDT".to_owned(),
        }),
        ..facts
    }
}

fn leverage(leverage: &str) -> OperationFacts {
    OperationFacts {
        symbol: Some("BTCUSDT".into()),
        leverage: Some(decimal(leverage)),
        notional: Notional::Nothing,
        ..operation(Class::TradeFutures)
    }
}

#[test]
fn single_operations() {
    let bundle = shipped("futures.cedar");
    let priced = |price: &str, facts: OperationFacts| OperationFacts {
        price: Some(decimal(price)),
        ..facts
    };
    let elsewhere = |facts: OperationFacts| OperationFacts {
        symbol: Some("DOGEUSDT".into()),
        ..facts
    };
    for (facts, expected) in [
        (operation(Class::Read), "allow"),
        (cancellation(Class::TradeFutures), "allow"),
        (order_of("50000"), "allow"),
        (order_of("50000.00001"), "futures-order-size"),
        (reducing(order_of("50000.00001")), "allow"),
        (elsewhere(order_of("5")), "no-permit"),
        (elsewhere(reducing(order_of("5"))), "no-permit"),
        (
            OperationFacts {
                side: None,
                ..order_of("5")
            },
            "no-permit",
        ),
        (
            OperationFacts {
                client_order_id: None,
                ..order_of("5")
            },
            "no-permit",
        ),
        // Of unknown size, unless there is a reference price or it only reduces.
        (market(), "futures-order-size"),
        (reducing(market()), "allow"),
        (at_reference(market(), "60000"), "allow"),
        (at_reference(market(), "100001"), "futures-order-size"),
        // Far from the market, on either side.
        (at_reference(priced("105", order_of("5")), "100"), "allow"),
        (
            at_reference(priced("105.001", order_of("5")), "100"),
            "futures-price",
        ),
        (
            at_reference(priced("94.999", order_of("5")), "100"),
            "futures-price",
        ),
        (leverage("5"), "allow"),
        (leverage("5.1"), "futures-leverage"),
        (elsewhere(leverage("5")), "no-permit"),
        (
            OperationFacts {
                leverage: Some(decimal("20")),
                ..order_of("5")
            },
            "futures-leverage",
        ),
        // A change of an order, a margin mode: no side, no known size.
        (operation(Class::TradeFutures), "futures-order-size"),
        (
            OperationFacts {
                notional: Notional::Nothing,
                ..operation(Class::TradeFutures)
            },
            "no-permit",
        ),
        (order(Class::TradeSpot, "5"), "no-permit"),
        (operation(Class::Transfer), "futures-funds-stay"),
        (operation(Class::Withdraw), "futures-funds-stay"),
        (operation(Class::Deposit), "futures-funds-stay"),
        (operation(Class::Admin), "futures-no-admin"),
        (operation(Class::Session), "no-permit"),
    ] {
        let asked = asks(facts);
        assert_eq!(verdict(&bundle, &asked), expected, "{:?}", asked.operations);
    }
    for (client, key) in [("perp-2", "perp"), ("perp-1", "other")] {
        let asked = Ask::new(client, key, vec![order_of("5")]);
        assert_eq!(verdict(&bundle, &asked), "no-permit");
    }
}

#[test]
fn raised_risk_leaves_the_way_out() {
    let bundle = shipped("futures.cedar");
    for (risk_level, kill_switch) in [(Some(1), Some(false)), (Some(0), Some(true)), (None, None)] {
        for (facts, expected) in [
            (operation(Class::Read), "allow"),
            (order_of("5"), "futures-risk"),
            (leverage("2"), "futures-risk"),
            (reducing(order_of("5")), "allow"),
            (reducing(market()), "allow"),
            (cancellation(Class::TradeFutures), "allow"),
        ] {
            let mut asked = asks(facts);
            (asked.risk_level, asked.kill_switch) = (risk_level, kill_switch);
            assert_eq!(verdict(&bundle, &asked), expected, "{:?}", asked.operations);
        }
    }
}

#[test]
fn limits_over_time_leave_the_way_out() {
    let bundle = shipped("futures.cedar");
    let used = |orders: u64, notional: &str| Charge {
        orders,
        notional: Bound::at_least(decimal(notional)),
        ..Charge::default()
    };
    for (charge, facts, expected) in [
        (used(100, "500000"), order_of("5"), "allow"),
        (used(101, "1"), order_of("5"), "futures-rate"),
        (used(1, "500000.0001"), order_of("5"), "futures-turnover"),
        (used(9_999, "99999999"), reducing(order_of("5")), "allow"),
        (
            used(9_999, "99999999"),
            cancellation(Class::TradeFutures),
            "allow",
        ),
    ] {
        let mut asked = asks(facts);
        asked.usage_key = Usage::from_fn(|_| charge);
        assert_eq!(verdict(&bundle, &asked), expected, "{:?}", asked.operations);
    }
}
