//! `countersign venue`: what exchanges sign, and what a signature lets its holder do.

mod explain;
mod record;
mod replay;
mod table;

use std::path::PathBuf;

pub use record::request_in;

use clap::Subcommand;

use crate::error::CliError;
use crate::permissions::permission_names;

/// See what a signature over an exchange request would authorise
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show what nodes make of one request
    #[command(
        long_about = "Show what nodes make of one request: its class and intent, every operation a signature \
        over its bytes would authorise, and the bytes themselves. A policy must allow all of these operations. \
        Nothing is signed and no node is asked.\n\n\
        The request is JSON as for `countersign sign`, or one captured from a client, credentials and \
        signature included: those are left out of account.\n\n\
        Run by: anybody who writes a policy or a client.\n\n\
        Example:\n  \
        countersign venue explain --request order.json"
    )]
    Explain {
        /// The request, JSON; '-' reads it from stdin.
        #[arg(long, value_name = "FILE")]
        request: PathBuf,
        /// What the key may do at the exchange, as it is dealt, separated by commas. Left out, the widest is
        /// assumed.
        #[arg(long, value_name = "PERMISSIONS", value_delimiter = ',', value_parser = permission_names())]
        permissions: Option<Vec<String>>,
        /// Print one JSON object instead of text.
        #[arg(long)]
        json: bool,
    },
    /// Check captured requests: bytes, signature, class
    #[command(
        long_about = "Check captured requests against what nodes make of them: the bytes under the MAC, the \
        signature under the record's own secret, and the class. One JSON object a line, as in the project's \
        tests/vectors. Each mismatch is printed, then a count for each venue.\n\n\
        Run by: whoever brings a new client or a new version of one.\n\n\
        Example:\n  \
        countersign venue replay tests/vectors/okx.jsonl tests/vectors/kraken.jsonl\n\n\
        Exit code 1: there was a mismatch."
    )]
    Replay {
        /// Files of records, one JSON object a line.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Print what is known of every venue, as Markdown
    #[command(
        long_about = "Print what is known of every venue, as Markdown: hash, what the MAC binds, and each \
        operation with its class. The project's docs/venues.md is this command's output.\n\n\
        Run by: whoever documents or reviews a deployment.\n\n\
        Example:\n  \
        countersign venue table > venues.md"
    )]
    Table,
}

/// Runs `countersign venue`.
pub fn run(args: &Args) -> Result<(), CliError> {
    match &args.command {
        Command::Explain {
            request,
            permissions,
            json,
        } => explain::run(request, permissions.as_deref(), *json),
        Command::Replay { files } => replay::run(files),
        Command::Table => table::run(),
    }
}
