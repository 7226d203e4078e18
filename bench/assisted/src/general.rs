//! The general lane: the engine's public interface, measured as its own benchmark `engine-figures` does.

use countersign_mpc::{BatchSize, HashAlgorithm};

use crate::measurement::Measurement;
use crate::support::clock::process_cpu;
use crate::support::deployment::Deployment;
use crate::support::phase::Phase;

pub struct General {
    deployment: Deployment,
    size: BatchSize,
}

impl General {
    /// Deals a key to three nodes, of which two sign. Dealing is not measured: it is once per key.
    pub fn new(batch: Option<usize>) -> Self {
        let deployment = Deployment::new(HashAlgorithm::Sha256, 2, 3);
        let size = deployment.batch_size(batch);
        Self { deployment, size }
    }

    /// Presignatures per batch.
    pub fn batch(&self) -> usize {
        self.size.presignatures()
    }

    /// Makes presignatures and uses them up, `signatures` or a few more. Every tag is checked against
    /// the `hmac` crate.
    pub fn run(&self, signatures: usize) -> Measurement {
        let before = process_cpu();
        let batches = signatures.div_ceil(self.batch());
        let run = self.deployment.run(self.size, batches);
        Measurement {
            signatures: run.signatures(),
            cpu: process_cpu() - before,
            cpu_online: run.ledger.of_phase(Phase::Online).cpu,
            by_party: None,
            bytes: run.ledger.bytes(),
            bytes_online: run.ledger.of_phase(Phase::Online).bytes,
            held: run.held,
            evaluations: run.evaluations,
        }
    }
}
