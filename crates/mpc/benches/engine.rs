//! What a presignature and a signature cost: CPU time per party, bytes per direction, memory.
//!
//! `cargo bench -p countersign-mpc --bench engine [-- --json] [-- --runs N]`
#![allow(missing_docs)]

#[path = "../tests/support/mod.rs"]
mod support;

use std::collections::HashMap;
use std::time::{Duration, Instant};

use countersign_mpc::{
    BatchSize, Channel, ChannelError, HashAlgorithm, Kind, Party, Presignature, preprocess,
};
use rustix::time::{ClockId, clock_gettime};
use support::{Links, dealt, network, quorums, rng, session, shares, statement};

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let json = arguments.iter().any(|argument| argument == "--json");
    let runs = arguments
        .iter()
        .position(|argument| argument == "--runs")
        .and_then(|at| arguments.get(at + 1)?.parse().ok())
        .unwrap_or(10);
    // `cargo test --benches` only wants to know that it runs.
    let runs = if arguments.iter().any(|argument| argument == "--bench") {
        runs
    } else {
        1
    };
    if !json {
        println!(
            "{:<8} {:>2} {:>10} {:>10} {:>12} {:>12} {:>10} {:>10} {:>10}",
            "hash",
            "t",
            "E cpu ms",
            "G cpu ms",
            "G->E bytes",
            "E->G bytes",
            "release ms",
            "eval ms",
            "held bytes"
        );
    }
    let cases = [
        (HashAlgorithm::Sha256, 2),
        (HashAlgorithm::Sha256, 3),
        (HashAlgorithm::Sha256, 5),
        (HashAlgorithm::Sha512, 2),
    ];
    for (hash, t) in cases {
        measure(hash, t, runs).print(hash, t, json);
    }
}

/// Per presignature; times are medians over runs.
struct Figures {
    evaluator_cpu: Duration,
    garbler_cpu: Duration,
    garbler_to_evaluator: usize,
    evaluator_to_garbler: usize,
    all_bytes: usize,
    release: Duration,
    evaluate: Duration,
    held: usize,
}

impl Figures {
    fn print(&self, hash: HashAlgorithm, t: u8, json: bool) {
        let ms = |duration: Duration| duration.as_secs_f64() * 1e3;
        let all = ms(self.evaluator_cpu) + f64::from(t - 1) * ms(self.garbler_cpu);
        if json {
            println!(
                "{{\"t\":{t},\"hash\":\"{}\",\"presignature_cpu_ms_evaluator\":{:.2},\
                 \"presignature_cpu_ms_garbler\":{:.2},\"presignature_cpu_ms_all_parties\":{all:.2},\
                 \"bytes_garbler_to_evaluator\":{},\"bytes_evaluator_to_garbler\":{},\
                 \"bytes_all_parties\":{},\"release_ms\":{:.3},\"evaluate_ms\":{:.3},\
                 \"presignature_bytes\":{}}}",
                hash.scheme(),
                ms(self.evaluator_cpu),
                ms(self.garbler_cpu),
                self.garbler_to_evaluator,
                self.evaluator_to_garbler,
                self.all_bytes,
                ms(self.release),
                ms(self.evaluate),
                self.held,
            );
        } else {
            println!(
                "{:<8} {t:>2} {:>10.2} {:>10.2} {:>12} {:>12} {:>10.3} {:>10.3} {:>10}",
                &hash.scheme()[5..],
                ms(self.evaluator_cpu),
                ms(self.garbler_cpu),
                self.garbler_to_evaluator,
                self.evaluator_to_garbler,
                ms(self.release),
                ms(self.evaluate),
                self.held,
            );
        }
    }
}

struct Run {
    me: Party,
    cpu: Duration,
    sent: HashMap<Party, usize>,
    batch: Vec<Presignature>,
}

fn measure(hash: HashAlgorithm, t: u8, runs: usize) -> Figures {
    let dealt = dealt(hash, t, t, &[0x42; 32], 1);
    let quorum = &quorums(t, t)[0];
    let shares = shares(&dealt.packages, quorum);
    let size = BatchSize::least(hash, usize::from(t));
    let statement = statement(&dealt.packages[0], b"symbol=BTCUSDT&side=BUY&type=LIMIT");
    let mut samples: Vec<Figures> = Vec::new();
    // The first run warms up and is not counted.
    for run in 0..=runs as u64 {
        let results: Vec<Run> = std::thread::scope(|scope| {
            let parties: Vec<_> = shares
                .iter()
                .zip(network(quorum))
                .map(|(share, links)| {
                    scope.spawn(move || {
                        let mut channel = Counting {
                            links,
                            sent: HashMap::new(),
                        };
                        let mut rng = rng(run, share.me());
                        let start = thread_cpu();
                        let batch =
                            preprocess(share, session(share, run), size, &mut channel, &mut rng)
                                .expect("honest parties");
                        Run {
                            me: share.me(),
                            cpu: thread_cpu() - start,
                            sent: channel.sent,
                            batch,
                        }
                    })
                })
                .collect();
            parties
                .into_iter()
                .map(|party| party.join().expect("no panic"))
                .collect()
        });
        samples.push(figures(quorum.evaluator(), &statement, results, size));
    }
    samples.remove(0);
    median(samples)
}

fn figures(
    evaluator: Party,
    statement: &countersign_mpc::Statement,
    results: Vec<Run>,
    size: BatchSize,
) -> Figures {
    let per = size.presignatures();
    let all_bytes = results
        .iter()
        .flat_map(|run| run.sent.values())
        .sum::<usize>()
        / per;
    let of = |wanted: bool| {
        results
            .iter()
            .find(move |run| (run.me == evaluator) == wanted)
    };
    let (e, g) = (
        of(true).expect("an evaluator"),
        of(false).expect("a garbler"),
    );
    let (evaluator_cpu, garbler_cpu) = (e.cpu / per as u32, g.cpu / per as u32);
    let (to_evaluator, to_garbler) = (g.sent[&evaluator] / per, e.sent[&g.me] / per);
    let mut half = None;
    let mut messages = Vec::new();
    let mut release = Duration::ZERO;
    for run in results {
        match run.batch.into_iter().next() {
            Some(Presignature::Evaluator(evaluator)) => half = Some(evaluator),
            Some(Presignature::Garbler(garbler)) => {
                let start = Instant::now();
                messages.push((run.me, garbler.release(statement).encode()));
                release = start.elapsed();
            }
            None => {}
        }
    }
    let half = half.expect("the evaluator's half");
    let held = half.bytes();
    let start = Instant::now();
    half.evaluate(statement, &messages)
        .expect("honest garblers");
    Figures {
        evaluator_cpu,
        garbler_cpu,
        garbler_to_evaluator: to_evaluator,
        evaluator_to_garbler: to_garbler,
        all_bytes,
        release,
        evaluate: start.elapsed(),
        held,
    }
}

fn median(mut samples: Vec<Figures>) -> Figures {
    let middle = samples.len() / 2;
    let mut pick = |time: fn(&Figures) -> Duration| {
        samples.sort_by_key(time);
        time(&samples[middle])
    };
    let (evaluator_cpu, garbler_cpu) = (pick(|f| f.evaluator_cpu), pick(|f| f.garbler_cpu));
    let (release, evaluate) = (pick(|f| f.release), pick(|f| f.evaluate));
    Figures {
        evaluator_cpu,
        garbler_cpu,
        release,
        evaluate,
        ..samples.swap_remove(middle)
    }
}

fn thread_cpu() -> Duration {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(now.tv_sec as u64, now.tv_nsec as u32)
}

/// Links that count what they carry.
struct Counting {
    links: Links,
    sent: HashMap<Party, usize>,
}

impl Channel for Counting {
    fn send(&mut self, to: Party, kind: Kind, body: Vec<u8>) -> Result<(), ChannelError> {
        *self.sent.entry(to).or_default() += body.len();
        self.links.send(to, kind, body)
    }

    fn receive(&mut self, from: Party) -> Result<(Kind, Vec<u8>), ChannelError> {
        self.links.receive(from)
    }
}
