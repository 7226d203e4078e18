//! What is measured of a lane.

use std::time::Duration;

use countersign_mpc::HashAlgorithm;

use crate::support::clock::{median, milliseconds};

/// A number of signatures by one lane.
#[derive(Default)]
pub struct Measurement {
    pub signatures: usize,
    /// User and system time of this process: all parties together.
    pub cpu: Duration,
    /// The part of it from the release on.
    pub cpu_online: Duration,
    /// CPU time of the parties' own threads, where the lane tells them apart.
    pub by_party: Option<ByParty>,
    /// Bodies of messages, of all parties.
    pub bytes: usize,
    /// The part of them that is sent from the release on.
    pub bytes_online: usize,
    /// Bytes the evaluator holds per presignature.
    pub held: usize,
    /// From the garbler's message to the tag.
    pub evaluations: Vec<Duration>,
}

/// CPU time of each party of the assisted lane, without the check of the result.
#[derive(Clone, Copy, Default)]
pub struct ByParty {
    pub releaser: Duration,
    pub absent: Duration,
    pub evaluator: Duration,
}

impl Measurement {
    /// Takes in another turn of the same lane.
    pub fn add(&mut self, turn: Self) {
        self.signatures += turn.signatures;
        self.cpu += turn.cpu;
        self.cpu_online += turn.cpu_online;
        if let Some(turn) = turn.by_party {
            let sum = self.by_party.get_or_insert_default();
            sum.releaser += turn.releaser;
            sum.absent += turn.absent;
            sum.evaluator += turn.evaluator;
        }
        self.bytes += turn.bytes;
        self.bytes_online += turn.bytes_online;
        self.held = turn.held;
        self.evaluations.extend(turn.evaluations);
    }

    /// Milliseconds of CPU per signature.
    fn per_signature(&self, of_all: Duration) -> f64 {
        milliseconds(of_all) / self.signatures as f64
    }

    fn bytes_per_signature(&self) -> usize {
        self.bytes / self.signatures
    }

    fn evaluate_ms(&self) -> f64 {
        milliseconds(median(self.evaluations.clone()))
    }

    /// CPU time, bytes and evaluation as multiples of those of `base`.
    fn ratios(&self, base: &Self) -> [f64; 3] {
        [
            self.per_signature(self.cpu) / base.per_signature(base.cpu),
            self.bytes_per_signature() as f64 / base.bytes_per_signature() as f64,
            self.evaluate_ms() / base.evaluate_ms(),
        ]
    }

    /// One line; ratios are multiples of `base`.
    pub fn json(&self, lane: &str, base: &Self) -> String {
        let [cpu, bytes, evaluate] = self.ratios(base);
        let by_party = self.by_party.map_or(String::new(), |by_party| {
            format!(
                "\"cpu_ms_releaser\":{:.3},\"cpu_ms_absent_garbler\":{:.3},\
                 \"cpu_ms_evaluator\":{:.3},",
                self.per_signature(by_party.releaser),
                self.per_signature(by_party.absent),
                self.per_signature(by_party.evaluator),
            )
        });
        format!(
            "{{\"lane\":\"{lane}\",\"t\":2,\"n\":3,\"hash\":\"sha256\",\"and_gates\":{},\
             \"cpu_ms_all_parties\":{:.3},\"cpu_ms_online\":{:.3},{by_party}\
             \"bytes_all_parties\":{},\"bytes_online\":{},\"evaluate_ms\":{:.3},\
             \"presignature_bytes\":{},\"cpu_ratio\":{cpu:.2},\"bytes_ratio\":{bytes:.2},\
             \"evaluate_ratio\":{evaluate:.2}}}",
            HashAlgorithm::Sha256.and_gates(),
            self.per_signature(self.cpu),
            self.per_signature(self.cpu_online),
            self.bytes_per_signature(),
            self.bytes_online / self.signatures,
            self.evaluate_ms(),
            self.held,
        )
    }

    /// The head of [`Measurement::table`]'s columns.
    pub fn header() -> String {
        format!(
            "Per signature, SHA-256, t = 2. Ratios are multiples of the assisted lane's.\n\
             {:<9} {:>11} {:>7} {:>11} {:>11} {:>7} {:>13} {:>12} {:>7} {:>11}",
            "lane",
            "CPU ms, all",
            "ratio",
            "online part",
            "bytes, all",
            "ratio",
            "bytes, online",
            "evaluate ms",
            "ratio",
            "bytes held",
        )
    }

    /// One line under [`Measurement::header`].
    pub fn table(&self, lane: &str, base: &Self) -> String {
        let [cpu, bytes, evaluate] = self.ratios(base);
        format!(
            "{lane:<9} {:>11.2} {cpu:>7.2} {:>11.2} {:>11} {bytes:>7.2} {:>13} {:>12.3} {evaluate:>7.2} {:>11}",
            self.per_signature(self.cpu),
            self.per_signature(self.cpu_online),
            self.bytes_per_signature(),
            self.bytes_online / self.signatures,
            self.evaluate_ms(),
            self.held,
        )
    }

    /// What each party spent.
    pub fn by_party(&self) -> String {
        let by_party = self.by_party.unwrap_or_default();
        format!(
            "assisted lane, CPU ms per signature: releaser {:.3}, absent garbler {:.3}, evaluator {:.3}",
            self.per_signature(by_party.releaser),
            self.per_signature(by_party.absent),
            self.per_signature(by_party.evaluator),
        )
    }
}
