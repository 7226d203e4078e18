//! Logs, on stderr.

use std::io::{self, IsTerminal};

use clap::ValueEnum;
use tracing_subscriber::EnvFilter;

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object per line.
    Json,
}

/// Starts logging: from `info` for what serves in the background, from `warn` for commands, whose
/// output says what they do. `RUST_LOG` decides otherwise.
pub fn start(format: LogFormat, daemon: bool) {
    let default = if daemon { "info" } else { "warn" };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default));
    let lines = tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .with_env_filter(filter);
    match (format, daemon) {
        (LogFormat::Text, true) => lines.init(),
        // Beside a command's own words, not in a log.
        (LogFormat::Text, false) => lines.without_time().with_target(false).init(),
        (LogFormat::Json, _) => lines.json().init(),
    }
}
