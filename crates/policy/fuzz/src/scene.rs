//! Requests, and what was authorised before them.

use std::net::IpAddr;

use countersign_policy::{
    Batch, Bound, Charge, Class, Counters, Decimal, Notional, OperationFacts, Question, Reference,
    Text, Usage,
};

use crate::choices::Choices;

/// 2025-07-20 08:26:40 UTC.
const NOW_MS: u64 = 1_753_000_000_000;
/// 24 h.
const DAY_MS: u64 = 86_400_000;

/// A request to sign.
#[derive(Debug)]
pub struct Scene {
    pub client: String,
    pub key: String,
    pub venue: String,
    pub now_ms: u64,
    pub operations: Vec<OperationFacts>,
    pub counters: Counters,
    /// Usage that the counters know nothing of and that never falls.
    pub standing: Usage,
    pub risk_level: Option<u64>,
    pub kill_switch: Option<bool>,
    pub source_network: Option<IpAddr>,
}

impl Scene {
    /// A request that is most often made by this client with this key.
    pub fn new(choices: &mut Choices<'_>, client: &str, key: &str) -> Self {
        let mut named = |usual: &str| match choices.below(32) {
            0 => text(choices),
            1 => "desk-1".to_owned(),
            _ => usual.to_owned(),
        };
        let (client, key, venue) = (named(client), named(key), named("binance"));
        let now_ms = match choices.below(16) {
            0 => 0,
            1 => u64::MAX,
            2 => choices.number(),
            _ => NOW_MS + choices.number() % DAY_MS,
        };
        let mut counters = Counters::new();
        for _ in 0..choices.below(4) {
            let before = choices.number() % (2 * DAY_MS);
            let before = before >> choices.below(20);
            counters.charge(
                now_ms.saturating_sub(before),
                &key,
                &client,
                charge(choices),
            );
        }
        let standing = match choices.once_in(4) {
            true => more_usage(choices),
            false => Usage::default(),
        };
        let count = match choices.below(32) {
            0 => 0,
            several => 1 + several % 4,
        };
        let mut operations: Vec<OperationFacts> = (0..count).map(|_| operation(choices)).collect();
        if choices.once_in(4) {
            // Alternatives that policies may be unable to tell apart.
            operations.extend(operations.first().cloned());
        }
        Self {
            client,
            key,
            venue,
            now_ms,
            operations,
            counters,
            standing,
            risk_level: *choices.pick(&[Some(0), Some(0), Some(0), Some(1), Some(u64::MAX), None]),
            kill_switch: *choices.pick(&[Some(false), Some(false), Some(false), Some(true), None]),
            source_network: choices
                .pick(&[
                    None,
                    Some("10.0.0.1"),
                    Some("::ffff:10.0.0.1"),
                    Some("2001:db8::1"),
                ])
                .and_then(|address| address.parse().ok()),
        }
    }

    /// Usage of key and client, this request included.
    pub fn usage_at(&self, now_ms: u64) -> (Usage, Usage) {
        let charge = Charge::for_operations(&self.operations);
        let (key, client) = self.counters.usage(now_ms, &self.key, &self.client, charge);
        (
            key.saturating_add(&self.standing),
            client.saturating_add(&self.standing),
        )
    }

    pub fn question<'a>(&'a self, (usage_key, usage_client): &'a (Usage, Usage)) -> Question<'a> {
        Question {
            client: &self.client,
            key: &self.key,
            venue: &self.venue,
            now_ms: self.now_ms,
            operations: &self.operations,
            usage_key,
            usage_client,
            risk_level: self.risk_level,
            kill_switch: self.kill_switch,
            source_network: self.source_network,
        }
    }
}

/// Any usage.
pub fn more_usage(choices: &mut Choices<'_>) -> Usage {
    Usage::from_fn(|_| charge(choices))
}

fn charge(choices: &mut Choices<'_>) -> Charge {
    let mut count = || *choices.pick(&[0, 1, 2, 5, 50, 100, 1_200, 3_000, 6_000, u64::MAX]);
    let (requests, orders, withdrawals) = (count(), count(), count());
    let notional = match choices.once_in(16) {
        true => Bound::UNLIMITED,
        false => Bound::at_least(amount(choices)),
    };
    Charge {
        requests,
        orders,
        withdrawals,
        notional,
    }
}

fn operation(choices: &mut Choices<'_>) -> OperationFacts {
    let class = match choices.below(4) {
        0 => *choices.pick(&Class::ALL),
        1 => *choices.pick(&[Class::Read, Class::Transfer, Class::Withdraw]),
        _ => *choices.pick(&[Class::TradeSpot, Class::TradeFutures]),
    };
    let name = if choices.once_in(16) {
        text(choices)
    } else {
        "order.place".to_owned()
    };
    let plain = OperationFacts::new(class, name);
    let quote = one_of(choices, &["USDT", "USDT", "USDT", "BTC"]).unwrap_or_default();
    let quote = quote.into_owned();
    let notional = match choices.below(8) {
        0 => Notional::Nothing,
        1 => Notional::Unknown,
        2 => plain.notional.clone(),
        _ => Notional::AtMost {
            value: amount(choices),
            asset: quote.clone(),
        },
    };
    let reference = maybe_amount(choices).map(|price| Reference {
        price,
        asset: quote,
    });
    let batch = match choices.below(8) {
        0 => Batch {
            index: choices.number(),
            size: choices.number(),
        },
        index => Batch {
            index: index as u64 % 3,
            size: 3,
        },
    };
    OperationFacts {
        product: one_of(choices, &["spot", "usd-m"]),
        symbol: one_of(choices, &["BTCUSDT", "BTCUSDT", "ETHUSDT", "XRPUSDT"]),
        side: one_of(choices, &["buy", "sell"]),
        position_side: one_of(choices, &["both", "long", "short"]),
        order_type: one_of(choices, &["limit", "limit", "post_only", "market"]),
        time_in_force: one_of(choices, &["good_till_cancelled", "immediate_or_cancel"]),
        client_order_id: one_of(choices, &["m-1", "m-2"]),
        order_id: one_of(choices, &["17"]),
        cancels: choices.once_in(4),
        batch,
        attached: one_of(choices, &["take_profit", "pending"]),
        from_account: one_of(choices, &["SPOT", "FUNDING"]),
        to_account: one_of(choices, &["SPOT", "FUNDING"]),
        sub_account: one_of(choices, &["desk-2"]),
        outside_alphabet: choices.once_in(16),
        unbound: match choices.below(16) {
            0 => ["body".to_owned()].into(),
            1 => [text(choices), "path".to_owned()].into(),
            _ => [].into(),
        },
        quantity: maybe_amount(choices),
        price: maybe_amount(choices),
        stop_price: maybe_amount(choices),
        reference,
        quote_quantity: maybe_amount(choices),
        notional,
        reduce_only: *choices.pick(&[None, Some(false), Some(true)]),
        leverage: maybe_amount(choices),
        asset: one_of(choices, &["USDT", "XRP", "BTC"]),
        destination: one_of(
            choices,
            &["REPLACE-WITH-A-USDT-ADDRESS", "REPLACE-WITH-AN-XRP-ADDRESS"],
        ),
        destination_tag: one_of(choices, &["REPLACE-WITH-A-TAG"]),
        network: one_of(choices, &["TRX", "XRP"]),
        amount: maybe_amount(choices),
        ..plain
    }
}

fn maybe_amount(choices: &mut Choices<'_>) -> Option<Decimal> {
    (!choices.once_in(3)).then(|| amount(choices))
}

/// An amount, now and then one that is negative, or as large or as small as there are.
fn amount(choices: &mut Choices<'_>) -> Decimal {
    let amount = match choices.below(128) {
        0 => Decimal::MAX,
        1 => Decimal::MIN,
        2..6 => {
            let (low, high) = (choices.number(), choices.number() as u32);
            let scale = choices.below(29) as u32;
            Decimal::from_parts(low as u32, (low >> 32) as u32, high, false, scale)
        }
        6..9 => Decimal::new(i64::MAX, choices.below(29) as u32),
        9..12 => Decimal::new(1, choices.below(29) as u32),
        _ => {
            let (whole, scale) = *choices.pick(&[
                (0, 0),
                (1, 0),
                (2, 1),
                (5, 0),
                (1, 4),
                (1, 5),
                (5_000, 0),
                (500_001, 5),
                (5_000_000_001, 6),
                (50_000, 0),
                (100_000, 0),
                (1_000_000, 0),
            ]);
            Decimal::new(whole, scale)
        }
    };
    if choices.once_in(128) {
        -amount
    } else {
        amount
    }
}

fn one_of(choices: &mut Choices<'_>, usual: &[&'static str]) -> Option<Text> {
    match choices.below(32) {
        0..10 => None,
        10 => Some(text(choices).into()),
        _ => Some((*choices.pick(usual)).into()),
    }
}

/// Any text.
fn text(choices: &mut Choices<'_>) -> String {
    let length = choices.below(12);
    (0..length)
        .map(|_| match choices.below(4) {
            0 => *choices.pick(&[
                '\0',
                '\n',
                '"',
                '\\',
                '*',
                '`',
                'é',
                '\u{202e}',
                '\u{430}',
                '\u{10ffff}',
            ]),
            1 => char::from_u32(choices.number() as u32 % 0x11_0000).unwrap_or('?'),
            _ => char::from(choices.below(128) as u8),
        })
        .collect()
}
