//! The engine by phases, and end to end, with statistics.
//!
//! ```text
//! cargo bench -p countersign-mpc --bench phases [-- FILTER]
//! ```
//!
//! `phase/…` is CPU time of all parties per presignature, told apart as `support/meter.rs` says;
//! `evaluation/…` and `signature/…` (all releases, then the evaluation, one after the other) are wall
//! time on one thread; `presignature/…` is wall time with all parties as threads of this process.
#![allow(missing_docs)]

mod support;

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::measurement::WallTime;
use criterion::{
    BenchmarkGroup, BenchmarkId, Criterion, SamplingMode, criterion_group, criterion_main,
};
use support::deployment::{Deployment, HASHES, SignatureParts, hash_name};
use support::phase::Phase;

const THRESHOLDS: [u8; 3] = [2, 3, 5];

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_secs(1));
    targets = phases, presignatures, signatures, evaluations
}
criterion_main!(benches);

/// Every deployment measured, with its name.
fn deployments() -> impl Iterator<Item = (Deployment, String)> {
    let all = HASHES.into_iter().flat_map(|h| THRESHOLDS.map(|t| (h, t)));
    all.map(|(hash, t)| {
        let name = format!("{}/t={t}", hash_name(hash));
        (Deployment::new(hash, t, t), name)
    })
}

fn phases(c: &mut Criterion) {
    for phase in [Phase::Cot, Phase::Triples, Phase::Openings, Phase::Garbling] {
        let mut group = c.benchmark_group(format!("phase/{}", phase.name()));
        group.sampling_mode(SamplingMode::Flat);
        for t in THRESHOLDS {
            let deployment = Deployment::new(HASHES[0], t, t);
            let id = BenchmarkId::from_parameter(format!("{}/t={t}", hash_name(HASHES[0])));
            group.bench_function(id, |b| {
                b.iter_custom(|wanted| {
                    let size = deployment.batch_size(None);
                    let batches = (wanted as usize).div_ceil(size.presignatures());
                    let run = deployment.run(size, batches);
                    let cpu = run.ledger.of_phase(phase).cpu.as_secs_f64();
                    per(cpu, run.signatures(), wanted)
                });
            });
        }
        group.finish();
    }
}

fn presignatures(c: &mut Criterion) {
    let mut group = c.benchmark_group("presignature");
    group.sampling_mode(SamplingMode::Flat);
    for (deployment, name) in deployments() {
        let size = deployment.batch_size(None);
        group.bench_function(BenchmarkId::from_parameter(name), |b| {
            b.iter_custom(|wanted| {
                let started = Instant::now();
                let mut made = 0;
                while made < wanted as usize {
                    made += black_box(deployment.presignatures(size)).len();
                }
                per(started.elapsed().as_secs_f64(), made, wanted)
            });
        });
    }
    group.finish();
}

fn signatures(c: &mut Criterion) {
    let mut group = signing_group(c, "signature");
    for (deployment, name) in deployments() {
        let mut stock = Vec::new();
        group.bench_function(BenchmarkId::from_parameter(name), |b| {
            b.iter_custom(|wanted| time_each(&deployment, &mut stock, wanted).0);
        });
    }
    group.finish();
}

fn evaluations(c: &mut Criterion) {
    let mut group = signing_group(c, "evaluation");
    for (deployment, name) in deployments() {
        let mut stock = Vec::new();
        group.bench_function(BenchmarkId::from_parameter(name), |b| {
            b.iter_custom(|wanted| time_each(&deployment, &mut stock, wanted).1);
        });
    }
    group.finish();
}

/// A group that uses up presignatures, whose making takes far longer than what is measured.
fn signing_group<'a>(c: &'a mut Criterion, name: &str) -> BenchmarkGroup<'a, WallTime> {
    let mut group = c.benchmark_group(name);
    group.sampling_mode(SamplingMode::Flat);
    group.measurement_time(Duration::from_millis(20));
    group
}

/// Time of `wanted` signatures, and of the evaluations among it; filling the stock is not counted.
fn time_each(
    deployment: &Deployment,
    stock: &mut Vec<SignatureParts>,
    wanted: u64,
) -> (Duration, Duration) {
    let (mut signing, mut evaluating) = (Duration::ZERO, Duration::ZERO);
    for number in 0..wanted {
        if stock.is_empty() {
            *stock = deployment.presignatures(deployment.batch_size(None));
        }
        let Some(parts) = stock.pop() else { break };
        let statement = deployment.statement(number);
        let started = Instant::now();
        let messages: Vec<_> = parts
            .garblers
            .into_iter()
            .map(|(party, half)| (party, half.release(&statement).encode()))
            .collect();
        let released = Instant::now();
        let tag = parts.evaluator.evaluate(&statement, &messages);
        evaluating += released.elapsed();
        signing += started.elapsed();
        assert_eq!(
            tag.expect("honest garblers").expose(),
            deployment.reference(number),
            "a wrong tag"
        );
    }
    (signing, evaluating)
}

/// What `wanted` of them take, if `made` of them took `seconds`.
fn per(seconds: f64, made: usize, wanted: u64) -> Duration {
    Duration::from_secs_f64(seconds / made as f64 * wanted as f64)
}
