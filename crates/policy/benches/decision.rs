//! What deciding costs: a shipped template, and one signature that authorises six operations, or
//! forty, as many as a Binance order's bytes would serve with every permission.
//!
//! `warm` repeats one decision. `cold` reads and writes 64 MB between decisions, as a node that
//! garbles and evaluates does, so that neither the policies nor Cedar's code are in a cache.

use std::hint::black_box;
use std::time::{Duration, Instant};

use countersign_policy::{
    Bundle, Charge, Class, Counters, Decimal, Notional, OperationFacts, Question, Text, templates,
};
use criterion::{Criterion, criterion_group, criterion_main};

/// 2025-07-20 08:26:40 UTC.
const NOW_MS: u64 = 1_753_000_000_000;
/// More than the last-level cache.
const EVICTED_BYTES: usize = 64 * 1024 * 1024;
/// Bytes per cache line.
const LINE: usize = 64;

/// One request, the policy it is put to and the counters it is charged to.
struct Case {
    template: &'static str,
    client: &'static str,
    key: &'static str,
    bundle: Bundle,
    operations: Vec<OperationFacts>,
    counters: Counters,
}

impl Case {
    fn new(
        template: &'static str,
        (client, key): (&'static str, &'static str),
        operations: Vec<OperationFacts>,
    ) -> Self {
        let texts = templates().iter().filter(|one| one.name == template);
        let bundle = Bundle::from_sources(texts.map(|one| (one.name, one.text)));
        let mut counters = Counters::new();
        for past in 0..2_000 {
            let charge = Charge {
                requests: 1,
                ..Charge::default()
            };
            counters.charge(NOW_MS - 20_000_000 + past * 10_000, key, client, charge);
        }
        Self {
            template,
            client,
            key,
            bundle: bundle.unwrap_or_else(|error| panic!("{error}")),
            operations,
            counters,
        }
    }

    /// Whether the request is allowed: usage and decision, as a node comes by them.
    fn decide(&self) -> bool {
        let charge = Charge::for_operations(&self.operations);
        let (usage_key, usage_client) = self.counters.usage(NOW_MS, self.key, self.client, charge);
        let decision = self.bundle.decide(&Question {
            client: self.client,
            key: self.key,
            venue: "binance",
            now_ms: NOW_MS,
            operations: &self.operations,
            usage_key: &usage_key,
            usage_client: &usage_client,
            risk_level: Some(0),
            kill_switch: Some(false),
            source_network: None,
        });
        decision.is_allow()
    }
}

fn order(class: Class) -> OperationFacts {
    let text = |text: &'static str| Some(Text::Borrowed(text));
    OperationFacts {
        product: text("spot"),
        symbol: text("BTCUSDT"),
        side: text("buy"),
        order_type: text("limit"),
        client_order_id: text("m-17"),
        quantity: Some(Decimal::new(12, 5)),
        price: Some(Decimal::new(6_512_345, 2)),
        notional: Notional::AtMost {
            value: Decimal::new(78_148_140, 7),
            asset: "USDT".to_owned(),
        },
        ..OperationFacts::new(class, "order.place")
    }
}

fn cases() -> Vec<Case> {
    let of = |class, count: usize| -> Vec<OperationFacts> {
        let names = (0..count).map(|index| format!("order.place.{index}"));
        names
            .map(|operation| OperationFacts {
                operation: operation.into(),
                ..order(class)
            })
            .collect()
    };
    let (spot, futures) = (Class::TradeSpot, Class::TradeFutures);
    vec![
        Case::new(
            "demo.cedar",
            ("desk-1", "demo"),
            [of(spot, 3), of(futures, 3)].concat(),
        ),
        Case::new(
            "demo.cedar",
            ("desk-1", "demo"),
            [of(spot, 20), of(futures, 20)].concat(),
        ),
        Case::new("spot-maker.cedar", ("maker-1", "maker"), of(spot, 6)),
        Case::new("futures.cedar", ("perp-1", "perp"), of(futures, 6)),
        Case::new("futures.cedar", ("perp-1", "perp"), of(futures, 40)),
    ]
}

fn decision(criterion: &mut Criterion) {
    let mut memory = vec![1_u8; EVICTED_BYTES];
    for case in cases() {
        assert!(case.decide(), "{} denies what is measured", case.template);
        let count = case.operations.len();
        let mut group = criterion.benchmark_group(format!("{}/{count}", case.template));
        group.bench_function("warm", |bencher| bencher.iter(|| black_box(case.decide())));
        group.sample_size(20);
        group.bench_function("cold", |bencher| {
            bencher.iter_custom(|iterations| {
                let mut spent = Duration::ZERO;
                for _ in 0..iterations {
                    evict(&mut memory);
                    let start = Instant::now();
                    black_box(case.decide());
                    spent += start.elapsed();
                }
                spent
            });
        });
        group.finish();
    }
}

fn evict(memory: &mut [u8]) {
    for line in memory.chunks_mut(LINE) {
        if let Some(first) = line.first_mut() {
            *first = first.wrapping_add(1);
        }
    }
    black_box(memory);
}

criterion_group!(benches, decision);
criterion_main!(benches);
