//! Polytune, in the program beside this one that runs it when told to.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use crate::measurement::Measurement;

const MANIFEST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/polytune/Cargo.toml");

/// The program, idle but when it is its turn.
pub struct Polytune {
    child: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Polytune {
    /// Builds the program as it is locked there, and starts it.
    pub fn start() -> std::io::Result<Self> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut child = Command::new(cargo)
            .args([
                "run",
                "--release",
                "--locked",
                "--quiet",
                "--manifest-path",
                MANIFEST,
            ])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let missing = || std::io::Error::other("a pipe is missing");
        Ok(Self {
            orders: child.stdin.take(),
            answers: BufReader::new(child.stdout.take().ok_or_else(missing)?),
            child,
        })
    }

    /// Has it compute one compression among `parties`, and waits.
    pub fn run(&mut self, parties: u8) -> std::io::Result<Measurement> {
        let gone = || std::io::Error::other("polytune's program ended");
        writeln!(self.orders.as_mut().ok_or_else(gone)?, "{parties}")?;
        let mut answer = String::new();
        self.answers.read_line(&mut answer)?;
        let numbers: Vec<u64> = answer
            .split_whitespace()
            .filter_map(|number| number.parse().ok())
            .collect();
        let [and_gates, cpu, bytes] = numbers[..] else {
            return Err(gone());
        };
        Ok(Measurement {
            and_gates: and_gates as usize,
            signatures: 1,
            cpu: Duration::from_nanos(cpu),
            bytes,
        })
    }
}

impl Drop for Polytune {
    fn drop(&mut self) {
        // It ends with its input.
        self.orders = None;
        let _ = self.child.wait();
    }
}
