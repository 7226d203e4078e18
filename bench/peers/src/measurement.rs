//! What is measured of an engine.

use std::time::Duration;

/// A number of signatures by one engine.
#[derive(Clone, Copy, Default)]
pub struct Measurement {
    pub and_gates: usize,
    pub signatures: usize,
    /// User and system time of the process it ran in.
    pub cpu: Duration,
    /// Bodies of messages, of all parties.
    pub bytes: u64,
}

impl Measurement {
    /// Takes in another turn of the same engine.
    pub fn add(&mut self, turn: Self) {
        self.and_gates = turn.and_gates;
        self.signatures += turn.signatures;
        self.cpu += turn.cpu;
        self.bytes += turn.bytes;
    }

    /// Milliseconds.
    pub fn cpu_ms_per_signature(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e3 / self.signatures as f64
    }

    pub fn bytes_per_signature(&self) -> u64 {
        self.bytes / self.signatures as u64
    }
}
