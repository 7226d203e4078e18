//! Whether time depends on secrets, by the statistics of dudect (Reparaz, Balasch, Verbauwhede 2017).
//!
//! ```text
//! cargo bench -p countersign-mpc --bench constant-time [-- --samples N] [--presignatures N]
//! ```
//!
//! Each operation runs many times on inputs of two classes, mixed at random and made by the same code: in
//! one class all secrets are the same each time (or zero), in the other they are fresh. Welch's t-test
//! tells whether the two classes take different times. Tests are made of all times and of the fastest
//! part of them, since what the operating system adds is slow and has nothing to do with secrets; the
//! greatest |t| is reported. Beyond 4.5 it is a reason to look, beyond 10 it is a leak.
//!
//! # Limits
//! - It finds differences; it cannot show that there are none. A leak smaller than the noise of this
//!   machine at this number of samples stays hidden. On a busy machine take more samples, and repeat.
//! - It sees one compiler's output on one processor, and of the kernels only those chosen for it.
//! - The classes differ in all secrets of an operation at once, and between them a leak might cancel out.
//! - `release` and `evaluate` use a presignature up, so that samples are few and each has been touched
//!   by preprocessing just before. Evaluation may depend on masked values, which are public to the
//!   evaluator: a t beyond the bound for `evaluate` alone is to be looked at, and may be harmless.
//! - Preprocessing is not covered. It runs in lockstep with peers, who dominate its time.
//!
//! `tests/constant_time.rs` looks at dealing and sharing in another way, which has no noise.
#![allow(missing_docs)]

#[path = "../support/mod.rs"]
mod support;

mod operations;
mod welch;

use operations::{Effort, Operation};
use support::options::Options;

fn main() {
    let options = Options::from_command_line();
    let few = |many| if options.is_bench() { many } else { 16 };
    let effort = Effort {
        samples: options.value("--samples").unwrap_or(few(20_000)),
        presignatures: options.value("--presignatures").unwrap_or(few(200)),
    };
    println!(
        "{:<34} {:>8} {:>12} {:>8}  finding",
        "operation, classes", "samples", "median us", "max |t|"
    );
    for operation in Operation::ALL {
        for (name, samples) in operation.measure(&effort) {
            let t = samples.greatest_t();
            println!(
                "{name:<34} {:>8} {:>12.1} {t:>8.2}  {}",
                samples.len(),
                samples.median_us(),
                finding(t)
            );
        }
    }
}

fn finding(t: f64) -> &'static str {
    match t {
        t if t > 10.0 => "times differ",
        t if t > 4.5 => "perhaps they differ: repeat with more samples",
        _ => "no difference found",
    }
}
