//! Runs polytune when told to, one joint SHA-256 compression each time, and says what it cost.
//!
//! Reads lines with a number of parties; answers each with a line of three numbers: AND gates, CPU time
//! of this process in nanoseconds (user and system) and bytes sent by all parties.

mod compression;
mod sha256_circuit;

use std::io::BufRead;

fn main() {
    for line in std::io::stdin().lock().lines() {
        let parties = line.ok().and_then(|line| line.trim().parse().ok());
        let Some(parties @ 2..=16) = parties else {
            eprintln!("a number of parties, 2 to 16, is expected");
            std::process::exit(2);
        };
        let cost = compression::run(parties);
        println!("{} {} {}", cost.and_gates, cost.cpu.as_nanos(), cost.bytes);
    }
}
