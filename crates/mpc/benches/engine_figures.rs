//! What a signature costs, from nothing to the tag: CPU time, bytes, memory, by t and hash.
//!
//! ```text
//! cargo bench -p countersign-mpc --bench engine-figures [-- --json]
//!     [--t T] [--hash sha256|sha384|sha512] [--batch PRESIGNATURES] [--signatures AT_LEAST]
//! ```
//!
//! All parties are threads of this process. CPU time is the process's own, user and system together,
//! over everything after dealing: preprocessing, releases, evaluations, and the check of every tag
//! against the `hmac` crate. Bytes are bodies of messages, of all parties, the online message included.
#![allow(missing_docs)]

mod support;

use std::time::Duration;

use countersign_mpc::{BatchSize, HashAlgorithm};
use support::clock::{median, milliseconds, process_cpu};
use support::deployment::{Deployment, HASHES, Run, hash_name};
use support::options::Options;
use support::phase::Phase;

/// How long a case may take, roughly, when the number of signatures is not given.
const TIME_PER_CASE: Duration = Duration::from_secs(4);

fn main() {
    let options = Options::from_command_line();
    let thresholds = match options.value("--t") {
        Some(t) => vec![t],
        None => vec![2, 3, 5],
    };
    let hashes = match options.hash() {
        Some(hash) => vec![hash],
        None => HASHES.to_vec(),
    };
    let effort = Effort {
        batch: options.value("--batch"),
        signatures: match (options.is_bench(), options.value("--signatures")) {
            (false, None) => Some(1),
            (_, given) => given,
        },
    };
    for &t in &thresholds {
        for &hash in &hashes {
            let figures = Figures::measure(t, nodes(t), hash, &effort);
            if options.has("--json") {
                println!("{}", figures.json());
            } else {
                println!("{}", figures.table());
            }
        }
    }
}

/// n for t: the deployments 2-of-3, 3-of-5 and 5-of-7, and two nodes to spare for others.
fn nodes(t: u8) -> u8 {
    if t == 2 { 3 } else { (t + 2).min(16) }
}

/// How much to measure.
struct Effort {
    /// Presignatures per batch; as many as nodes make if not given.
    batch: Option<usize>,
    /// Signatures at least; as many as time allows if not given.
    signatures: Option<usize>,
}

impl Effort {
    fn batches(&self, size: BatchSize, one_batch: Duration) -> usize {
        match self.signatures {
            Some(signatures) => signatures.div_ceil(size.presignatures()).max(1),
            None => (TIME_PER_CASE.as_secs_f64() / one_batch.as_secs_f64()).ceil() as usize,
        }
    }
}

struct Figures {
    t: u8,
    n: u8,
    hash: HashAlgorithm,
    batch: usize,
    cpu: Duration,
    run: Run,
}

impl Figures {
    fn measure(t: u8, n: u8, hash: HashAlgorithm, effort: &Effort) -> Self {
        let deployment = Deployment::new(hash, t, n);
        let size = deployment.batch_size(effort.batch);
        let warm_up = deployment.run(size, 1);
        let batches = effort.batches(size, warm_up.wall);
        let before = process_cpu();
        let run = deployment.run(size, batches);
        Self {
            t,
            n,
            hash,
            batch: size.presignatures(),
            cpu: process_cpu() - before,
            run,
        }
    }

    fn per_signature(&self, of_all: f64) -> f64 {
        of_all / self.run.signatures() as f64
    }

    fn cpu_ms(&self) -> f64 {
        self.per_signature(milliseconds(self.cpu))
    }

    fn bytes(&self) -> usize {
        self.run.ledger.bytes() / self.run.signatures()
    }

    fn evaluate_ms(&self) -> f64 {
        milliseconds(median(self.run.evaluations.clone()))
    }

    fn signatures_per_s(&self) -> f64 {
        self.run.signatures() as f64 / self.run.wall.as_secs_f64()
    }

    fn json(&self) -> String {
        format!(
            "{{\"t\":{},\"n\":{},\"hash\":\"{}\",\"and_gates\":{},\"cpu_ms_all_parties\":{:.3},\
             \"bytes_all_parties\":{},\"evaluate_ms\":{:.3},\"presignature_bytes\":{},\
             \"signatures_per_s\":{:.2}}}",
            self.t,
            self.n,
            hash_name(self.hash),
            self.hash.and_gates(),
            self.cpu_ms(),
            self.bytes(),
            self.evaluate_ms(),
            self.run.held,
            self.signatures_per_s(),
        )
    }

    fn table(&self) -> String {
        let mut table = format!(
            "{} of {}, {}, {} AND gates, {} signatures in batches of {}\n\
             {:>14} ms CPU, all parties, per signature\n\
             {:>14} bytes sent, all parties, per signature\n\
             {:>14} ms to evaluate (median)\n\
             {:>14} bytes held by the evaluator per presignature\n\
             {:>14} signatures/s\n\
             {:>14} {:>12} {:>12}\n",
            self.t,
            self.n,
            hash_name(self.hash),
            self.hash.and_gates(),
            self.run.signatures(),
            self.batch,
            format!("{:.2}", self.cpu_ms()),
            self.bytes(),
            format!("{:.3}", self.evaluate_ms()),
            self.run.held,
            format!("{:.1}", self.signatures_per_s()),
            "phase",
            "CPU ms",
            "bytes",
        );
        for phase in Phase::ALL {
            let cost = self.run.ledger.of_phase(phase);
            table += &format!(
                "{:>14} {:>12.3} {:>12}\n",
                phase.name(),
                self.per_signature(milliseconds(cost.cpu)),
                cost.bytes / self.run.signatures(),
            );
        }
        table
    }
}
