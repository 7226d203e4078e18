//! Charges, usage, and counters as a node uses them.

mod support;

use countersign_policy::{
    Bound, Charge, Class, Counters, Decision, Notional, OperationFacts, Question, Usage, Window,
};
use proptest::prelude::*;

use support::{NOW_MS, bundle, cancellation, decimal, operation, order};

fn charge(requests: u64) -> Charge {
    Charge {
        requests,
        ..Charge::default()
    }
}

fn minute(usage: (Usage, Usage)) -> (u64, u64) {
    (
        usage.0.over(Window::Minute).requests,
        usage.1.over(Window::Minute).requests,
    )
}

#[test]
fn charge_sums_the_authorised_set() {
    let operations = [
        operation(Class::Read),
        order(Class::TradeSpot, "10.00001"),
        order(Class::TradeFutures, "10.00001"),
        operation(Class::Withdraw),
        operation(Class::Transfer),
    ];
    let expected = Charge {
        requests: 1,
        orders: 2,
        withdrawals: 1,
        notional: Bound::at_least(decimal("20.0002")),
    };
    assert_eq!(Charge::for_operations(&operations), expected);
    assert_eq!(Charge::for_operations(&[]), charge(1));
}

#[test]
fn charge_errs_upwards() {
    let notional = |facts: OperationFacts| Charge::for_operations(&[facts]).notional;
    let unknown = OperationFacts {
        notional: Notional::Unknown,
        ..order(Class::TradeSpot, "1")
    };
    assert_eq!(notional(unknown), Bound::UNLIMITED);
    assert_eq!(
        notional(order(Class::TradeSpot, "79228162514264337593543950335")),
        Bound::UNLIMITED
    );
    assert_eq!(notional(order(Class::TradeSpot, "-1")), Bound::UNLIMITED);
    assert_eq!(notional(cancellation(Class::TradeSpot)), Bound::ZERO);
    let modest = OperationFacts {
        notional: Notional::Nothing,
        ..operation(Class::Session)
    };
    let session = Charge::for_operations(&[modest]);
    assert_eq!(
        (session.requests, session.orders, session.withdrawals),
        (1, u64::MAX, u64::MAX)
    );
    assert_eq!(session.notional, Bound::UNLIMITED);
}

#[test]
fn charge_survives_the_audit_log() {
    let charge = Charge::for_operations(&[order(Class::TradeSpot, "1234.5")]);
    let json = serde_json::to_string(&charge).unwrap();
    assert_eq!(
        json,
        r#"{"requests":1,"orders":1,"withdrawals":0,"notional":"1234.5000"}"#
    );
    assert_eq!(serde_json::from_str::<Charge>(&json).unwrap(), charge);
    for bad in [
        r#"{"requests":1,"orders":1,"withdrawals":0}"#,
        r#"{"requests":-1,"orders":1,"withdrawals":0,"notional":"1.0000"}"#,
        r#"{"requests":1,"orders":1,"withdrawals":0,"notional":"-1.0000"}"#,
        r#"{"requests":1,"orders":1,"withdrawals":0,"notional":"1.0000","more":1}"#,
    ] {
        assert!(serde_json::from_str::<Charge>(bad).is_err(), "{bad}");
    }
}

#[test]
fn keys_and_clients_are_counted_apart() {
    let mut counters = Counters::new();
    counters.charge(NOW_MS, "k1", "c1", charge(1));
    counters.charge(NOW_MS, "k1", "c2", charge(10));
    counters.charge(NOW_MS, "k2", "c1", charge(100));
    // A key and a client of one name have nothing to do with each other.
    counters.charge(NOW_MS, "c1", "k1", charge(1000));
    let asked = |key, client| minute(counters.usage(NOW_MS, key, client, charge(0)));
    assert_eq!(asked("k1", "c1"), (11, 101));
    assert_eq!(asked("k2", "c2"), (100, 10));
    assert_eq!(asked("c1", "k1"), (1000, 1000));
    assert_eq!(asked("new", "new"), (0, 0));
}

#[test]
fn usage_includes_the_charge_and_changes_nothing() {
    let mut counters = Counters::new();
    counters.charge(NOW_MS, "k", "c", charge(2));
    for _ in 0..3 {
        assert_eq!(minute(counters.usage(NOW_MS, "k", "c", charge(1))), (3, 3));
    }
}

#[test]
fn each_window_has_its_length() {
    let mut counters = Counters::new();
    counters.charge(NOW_MS, "k", "c", charge(1));
    let counted = |age_ms: u64| {
        let (usage, _) = counters.usage(NOW_MS + age_ms, "k", "c", charge(0));
        Window::ALL.map(|window| usage.over(window).requests)
    };
    assert_eq!(counted(0), [1, 1, 1, 1, 1]);
    assert_eq!(counted(1_020), [0, 1, 1, 1, 1]);
    assert_eq!(counted(10_200), [0, 0, 1, 1, 1]);
    assert_eq!(counted(61_200), [0, 0, 0, 1, 1]);
    assert_eq!(counted(3_672_000), [0, 0, 0, 0, 1]);
    assert_eq!(counted(86_399_999), [0, 0, 0, 0, 1]);
    assert_eq!(counted(88_128_000), [0, 0, 0, 0, 0]);
}

#[test]
fn saturated_counters_stay_saturated_until_the_window_has_passed() {
    let mut counters = Counters::new();
    let session = Charge::for_operations(&[operation(Class::Session)]);
    counters.charge(NOW_MS, "k", "c", session);
    counters.charge(NOW_MS + 1, "k", "c", session);
    let (usage, _) = counters.usage(NOW_MS + 59_999, "k", "c", session);
    assert_eq!(usage.over(Window::Minute).orders, u64::MAX);
    assert_eq!(usage.over(Window::Minute).notional, Bound::UNLIMITED);
    let (usage, _) = counters.usage(NOW_MS + 70_000, "k", "c", charge(1));
    assert_eq!(usage.over(Window::Minute), charge(1));
}

#[test]
fn replay_rebuilds_the_counters() {
    let events: Vec<(u64, String, String, Charge)> = (0..500)
        .map(|n| {
            (
                NOW_MS + n * 700,
                format!("k{}", n % 3),
                format!("c{}", n % 2),
                charge(n),
            )
        })
        .collect();
    let mut live = Counters::new();
    for (time, key, client, charge) in &events {
        live.charge(*time, key, client, *charge);
    }
    let rebuilt = Counters::replay(events);
    for (key, client) in [("k0", "c0"), ("k1", "c1"), ("k2", "c0")] {
        for age in [0, 1_000, 3_600_000] {
            let now = NOW_MS + 350_000 + age;
            let of = |counters: &Counters| counters.usage(now, key, client, charge(1));
            assert_eq!(of(&rebuilt), of(&live));
        }
    }
}

#[test]
fn scaled_usage_stands_for_a_share_of_the_limit() {
    let usage = Usage::from_fn(|_| Charge {
        requests: 5,
        orders: u64::MAX / 2,
        withdrawals: 0,
        notional: Bound::at_least(decimal("1.5")),
    })
    .scaled(3);
    let sum = usage.over(Window::Day);
    assert_eq!(
        (sum.requests, sum.orders, sum.withdrawals),
        (15, u64::MAX, 0)
    );
    assert_eq!(sum.notional.to_string(), "4.5000");
}

/// A node in miniature: ask, and charge what is allowed.
#[test]
fn limit_lets_exactly_as_much_pass_as_it_says() {
    let limited = bundle(
        "@id(\"some\") permit (principal, action, resource) when { context.key_usage.requests_1m <= 5 && context.client_usage.notional_1h.lessThanOrEqual(decimal(\"30.0\")) };",
    );
    let mut counters = Counters::new();
    let mut sign = |now_ms: u64, client: &str, facts: OperationFacts| {
        let operations = [facts];
        let charge = Charge::for_operations(&operations);
        let (usage_key, usage_client) = counters.usage(now_ms, "k", client, charge);
        let decision = limited.decide(&Question {
            client,
            key: "k",
            venue: "binance",
            now_ms,
            operations: &operations,
            usage_key: &usage_key,
            usage_client: &usage_client,
            risk_level: Some(0),
            kill_switch: Some(false),
            source_network: None,
        });
        if let Decision::Allow { .. } = decision {
            counters.charge(now_ms, "k", client, charge);
        }
        decision.is_allow()
    };
    let reads = |sign: &mut dyn FnMut(u64, &str, OperationFacts) -> bool, now_ms| {
        (0..10)
            .filter(|_| sign(now_ms, "a", operation(Class::Read)))
            .count()
    };
    assert_eq!(reads(&mut sign, NOW_MS), 5);
    assert_eq!(reads(&mut sign, NOW_MS + 60_000), 0);
    assert_eq!(reads(&mut sign, NOW_MS + 60_600), 5);
    // Turning the clock back buys nothing.
    assert_eq!(reads(&mut sign, NOW_MS), 0);
    let later = NOW_MS + 600_000;
    let orders: Vec<bool> = ["10", "20", "0.00001"]
        .map(|notional| sign(later, "b", order(Class::TradeSpot, notional)))
        .to_vec();
    assert_eq!(orders, [true, true, false]);
    assert!(sign(later, "c", order(Class::TradeSpot, "30")));
}

proptest! {
    #[test]
    fn counters_never_fall_below_the_truth(
        events in prop::collection::vec((0u64..30_000, 0usize..3, 0usize..3, 1u64..5), 1..120),
    ) {
        let keys = ["k0", "k1", "k2"];
        let clients = ["c0", "c1", "c2"];
        let mut counters = Counters::new();
        let mut now = NOW_MS;
        let mut past = Vec::new();
        for (step, key, client, requests) in events {
            now += step;
            counters.charge(now, keys[key], clients[client], charge(requests));
            past.push((now, key, client, requests));
            let (by_key, by_client) = counters.usage(now, keys[key], clients[client], charge(0));
            for window in Window::ALL {
                let truth = |slack_ms: u64, is_of: &dyn Fn(usize, usize) -> bool| -> u64 {
                    past.iter()
                        .filter(|(time, k, c, _)| {
                            is_of(*k, *c) && now - time < window.length_ms() + slack_ms
                        })
                        .map(|(.., requests)| requests)
                        .sum()
                };
                let bucket = window.length_ms() / 100;
                let of_key = |k: usize, _: usize| k == key;
                let of_client = |_: usize, c: usize| c == client;
                let counted = by_key.over(window).requests;
                prop_assert!(truth(0, &of_key) <= counted && counted <= truth(bucket, &of_key));
                let counted = by_client.over(window).requests;
                prop_assert!(truth(0, &of_client) <= counted && counted <= truth(bucket, &of_client));
            }
        }
    }
}
