//! A prototype of the assisted lane beside the general one, taking turns in one run.
//!
//! ```text
//! cargo run --release --manifest-path bench/assisted/Cargo.toml -- [--json]
//!     [--rounds ROUNDS] [--batch PRESIGNATURES] [--signatures PER_ROUND]
//! ```
//!
//! **This is a measurement and not an implementation of a protocol.** All parties are in this process,
//! on one thread; keys are random and made for the run; messages are handed over in memory. There is
//! no transport, no transcript, no blame, no policy and no pool. Nothing in the product uses it, and ADR 9
//! says why. `README.md` beside this says what is measured and what is left out.

mod assisted;
mod general;
mod lane;
mod measurement;
#[path = "../../../crates/mpc/benches/support/mod.rs"]
mod support;

// Parts of the engine that it keeps to itself, compiled here once more, so that both lanes garble one
// circuit under one hash and nothing in the engine is made public for it: the circuit with the hash it
// computes, the gate hash, and the blocks they work on.
#[allow(dead_code)]
#[path = "../../../crates/mpc/src/block.rs"]
mod block;
#[allow(dead_code)]
#[path = "../../../crates/mpc/src/buffers.rs"]
mod buffers;
#[allow(dead_code)]
#[path = "../../../crates/mpc/src/circuit/mod.rs"]
mod circuit;
#[allow(dead_code)]
#[path = "../../../crates/mpc/src/prf.rs"]
mod prf;
#[allow(dead_code)]
#[path = "../../../crates/mpc/src/sha2_family.rs"]
mod sha2_family;

use assisted::Assisted;
use general::General;
use measurement::Measurement;
use support::options::Options;

fn main() {
    let options = Options::from_command_line();
    let (assisted, general) = take_turns(&options);
    let rows = [("general", &general), ("assisted", &assisted)];
    if options.has("--json") {
        for (lane, measurement) in rows {
            println!("{}", measurement.json(lane, &assisted));
        }
    } else {
        println!("{}", Measurement::header());
        for (lane, measurement) in rows {
            println!("{}", measurement.table(lane, &assisted));
        }
        println!("\n{}", assisted.by_party());
    }
}

/// Lets the lanes take turns, so that whatever else the machine does meets both. The first turn of each
/// is not counted.
fn take_turns(options: &Options) -> (Measurement, Measurement) {
    let rounds: usize = options.value("--rounds").unwrap_or(10);
    let signatures: usize = options.value("--signatures").unwrap_or(16);
    let general = General::new(options.value("--batch"));
    let assisted = Assisted::new(general.batch());
    let (mut ours, mut theirs) = (Measurement::default(), Measurement::default());
    for round in 0..=rounds.max(1) {
        let turns = (assisted.run(signatures), general.run(signatures));
        if round > 0 {
            ours.add(turns.0);
            theirs.add(turns.1);
        }
    }
    (ours, theirs)
}
