//! Our engine: HMAC-SHA-256, measured as its own benchmark `engine-figures` does it.

use countersign_mpc::HashAlgorithm;

use crate::measurement::Measurement;
use crate::support::clock::process_cpu;
use crate::support::deployment::Deployment;

pub struct Countersign {
    deployment: Deployment,
    batch: Option<usize>,
}

impl Countersign {
    /// Deals a key among as many nodes as sign. Dealing is not measured: it is once per key.
    pub fn new(parties: u8, batch: Option<usize>) -> Self {
        Self {
            deployment: Deployment::new(HashAlgorithm::Sha256, parties, parties),
            batch,
        }
    }

    /// Makes presignatures and uses them up, `signatures` or a few more. Every tag is checked against
    /// the `hmac` crate.
    pub fn run(&self, signatures: usize) -> Measurement {
        let size = self.deployment.batch_size(self.batch);
        let before = process_cpu();
        let run = self
            .deployment
            .run(size, signatures.div_ceil(size.presignatures()));
        Measurement {
            and_gates: HashAlgorithm::Sha256.and_gates(),
            signatures: run.signatures(),
            cpu: process_cpu() - before,
            bytes: run.ledger.bytes() as u64,
        }
    }
}
