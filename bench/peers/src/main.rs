//! Countersign's threshold engine and polytune, side by side, taking turns in one run.
//!
//! ```text
//! cargo run --release --manifest-path bench/peers/Cargo.toml -- [--json]
//!     [--parties 2|3|...] [--rounds ROUNDS] [--batch PRESIGNATURES] [--signatures PER_ROUND]
//! ```
//!
//! `README.md` beside this says what is compared, and what cannot be.

mod countersign;
mod measurement;
mod polytune;
#[path = "../../../crates/mpc/benches/support/mod.rs"]
mod support;

use std::process::ExitCode;

use countersign::Countersign;
use measurement::Measurement;
use polytune::Polytune;
use support::options::Options;

fn main() -> ExitCode {
    match run(&Options::from_command_line()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("no comparison: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> std::io::Result<()> {
    let json = options.has("--json");
    let parties = match options.value("--parties") {
        Some(parties) => vec![parties],
        None => vec![2, 3],
    };
    let mut polytune = Polytune::start()?;
    if !json {
        println!(
            "{:<12} {:>7} {:>10} {:>21} {:>20} {:>7}",
            "engine",
            "parties",
            "AND gates",
            "CPU ms per signature",
            "bytes per signature",
            "ratio"
        );
    }
    for parties in parties {
        for row in compare(parties, &mut polytune, options)? {
            println!("{}", if json { row.json() } else { row.table() });
        }
    }
    Ok(())
}

/// Lets the engines take turns, so that whatever else the machine does meets both. The first turn of
/// each is not counted.
fn compare(parties: u8, polytune: &mut Polytune, options: &Options) -> std::io::Result<[Row; 2]> {
    let rounds: usize = options.value("--rounds").unwrap_or(5);
    let signatures = options.value("--signatures").unwrap_or(16);
    let countersign = Countersign::new(parties, options.value("--batch"));
    let (mut ours, mut theirs) = (Measurement::default(), Measurement::default());
    for round in 0..=rounds.max(1) {
        let turns = (countersign.run(signatures), polytune.run(parties)?);
        if round > 0 {
            ours.add(turns.0);
            theirs.add(turns.1);
        }
    }
    let row = |engine, measurement: Measurement| Row {
        engine,
        parties,
        measurement,
        ratio: measurement.cpu_ms_per_signature() / ours.cpu_ms_per_signature(),
    };
    Ok([row("countersign", ours), row("polytune", theirs)])
}

struct Row {
    engine: &'static str,
    parties: u8,
    measurement: Measurement,
    /// CPU time as a multiple of Countersign's.
    ratio: f64,
}

impl Row {
    fn json(&self) -> String {
        format!(
            "{{\"engine\":\"{}\",\"parties\":{},\"and_gates\":{},\"cpu_ms_per_signature\":{:.3},\
             \"bytes_per_signature\":{},\"ratio\":{:.2}}}",
            self.engine,
            self.parties,
            self.measurement.and_gates,
            self.measurement.cpu_ms_per_signature(),
            self.measurement.bytes_per_signature(),
            self.ratio,
        )
    }

    fn table(&self) -> String {
        format!(
            "{:<12} {:>7} {:>10} {:>21.2} {:>20} {:>7.1}",
            self.engine,
            self.parties,
            self.measurement.and_gates,
            self.measurement.cpu_ms_per_signature(),
            self.measurement.bytes_per_signature(),
            self.ratio,
        )
    }
}
