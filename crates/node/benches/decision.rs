//! What deciding about a request costs a node, from the request's bytes to the answer, without the
//! durable write: read by the venue's dialect, put into a policy's terms, counted and decided.
//!
//! `read` is the first of these alone. `warm` repeats one decision; `cold` reads and writes 64 MB between
//! decisions, as a node that garbles and evaluates does, so that nothing it needs is in a cache.

use std::hint::black_box;
use std::time::{Duration, Instant};

use countersign_node::decision::facts;
use countersign_policy::{Bundle, Charge, Counters, Decision, OperationFacts, Question, templates};
use countersign_venues::{Permission, Permissions, Reading, Request, read_for};
use criterion::{Criterion, criterion_group, criterion_main};

/// 2025-07-20 08:26:40 UTC.
const NOW_MS: u64 = 1_753_000_000_000;
/// More than the last-level cache.
const EVICTED_BYTES: usize = 64 * 1024 * 1024;
/// Bytes per cache line.
const LINE: usize = 64;

/// A request, the key and the policy it is put to.
struct Case {
    name: &'static str,
    request: Request,
    permissions: Permissions,
    bundle: Bundle,
    client: &'static str,
    key: &'static str,
    counters: Counters,
}

impl Case {
    fn new(
        name: &'static str,
        request: Request,
        permission: Permission,
        (template, replaced, by): (&str, &str, &str),
        (client, key): (&'static str, &'static str),
    ) -> Self {
        let texts = templates().iter().filter(|one| one.name == template);
        let texts = texts.map(|one| (one.name, one.text.replace(replaced, by)));
        let bundle = Bundle::from_sources(texts);
        let mut counters = Counters::new();
        for past in 0..2_000 {
            let charge = Charge {
                requests: 1,
                ..Charge::default()
            };
            counters.charge(NOW_MS - 20_000_000 + past * 10_000, key, client, charge);
        }
        Self {
            name,
            request,
            permissions: Permissions::only([Permission::Read, permission]),
            bundle: bundle.unwrap_or_else(|error| panic!("{error}")),
            client,
            key,
            counters,
        }
    }

    fn read(&self) -> Reading {
        read_for(&self.request, &self.permissions).unwrap_or_else(|error| panic!("{error}"))
    }

    /// What the policy makes of the request.
    fn decide(&self) -> Decision {
        let reading = self.read();
        let operations: Vec<OperationFacts> = reading
            .authorised()
            .iter()
            .map(facts::of_operation)
            .collect();
        let charge = Charge::for_operations(&operations);
        let (usage_key, usage_client) = self.counters.usage(NOW_MS, self.key, self.client, charge);
        self.bundle.decide(&Question {
            client: self.client,
            key: self.key,
            venue: reading.venue(),
            now_ms: NOW_MS,
            operations: &operations,
            usage_key: &usage_key,
            usage_client: &usage_client,
            risk_level: Some(0),
            kill_switch: Some(false),
            source_network: None,
        })
    }
}

/// The largest template, and the one for the venue whose signatures authorise the most.
fn cases() -> Vec<Case> {
    let request = |venue: &str, (host, path): (&str, &str), query: &str, body: &str| Request {
        venue: venue.to_owned(),
        method: "POST".to_owned(),
        host: host.to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        body: body.as_bytes().to_vec(),
        headers: vec![(
            "OK-ACCESS-TIMESTAMP".to_owned(),
            "2025-07-20T08:26:40.000Z".to_owned(),
        )],
    };
    let futures = request(
        "binance",
        ("fapi.binance.com", "/fapi/v1/order"),
        "symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity=0.01&price=65123.45&reduceOnly=true\
         &newClientOrderId=m-17&recvWindow=5000&timestamp=1753000000000",
        "",
    );
    let spot = request(
        "binance",
        ("api.binance.com", "/api/v3/order"),
        "symbol=BTCUSDT&side=BUY&type=LIMIT_MAKER&quantity=0.001&price=65123.45\
         &newClientOrderId=m-17&recvWindow=5000&timestamp=1753000000000",
        "",
    );
    let okx = request(
        "okx",
        ("www.okx.com", "/api/v5/trade/order"),
        "",
        r#"{"instId":"BTC-USDT-SWAP","tdMode":"cross","side":"sell","ordType":"limit","px":"65123.4","sz":"3","clOrdId":"m17","reduceOnly":true}"#,
    );
    let perp = ("perp-1", "perp");
    let same = ("futures.cedar", "", "");
    let renamed = ("futures.cedar", "BTCUSDT", "BTC-USDT-SWAP");
    let maker = ("spot-maker.cedar", "", "");
    vec![
        Case::new("binance futures", futures, Permission::Futures, same, perp),
        Case::new(
            "binance spot",
            spot,
            Permission::SpotTrading,
            maker,
            ("maker-1", "maker"),
        ),
        Case::new("okx futures", okx, Permission::Futures, renamed, perp),
    ]
}

fn decision(criterion: &mut Criterion) {
    let mut memory = vec![1_u8; EVICTED_BYTES];
    for case in cases() {
        let decision = case.decide();
        assert!(decision.is_allow(), "{}: {decision}", case.name);
        let mut group = criterion.benchmark_group(case.name);
        group.bench_function("read", |bencher| bencher.iter(|| black_box(case.read())));
        group.bench_function("warm", |bencher| bencher.iter(|| black_box(case.decide())));
        group.sample_size(20);
        group.bench_function("cold", |bencher| {
            bencher.iter_custom(|iterations| {
                let mut spent = Duration::ZERO;
                for _ in 0..iterations {
                    evict(&mut memory);
                    let start = Instant::now();
                    let _ = black_box(case.decide());
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
