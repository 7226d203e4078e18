//! `countersign policy`: policies before they are in force.

mod check;
mod diff;
mod explain;
mod requests;
mod test;

use clap::Subcommand;

use crate::error::CliError;

/// Check, try and compare policies before they are in force
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Args),
    Explain(explain::Args),
    Test(test::Args),
    Diff(diff::Args),
}

/// Runs `countersign policy`.
pub fn run(args: &Args) -> Result<(), CliError> {
    match &args.command {
        Command::Check(args) => check::run(args),
        Command::Explain(args) => explain::run(args),
        Command::Test(args) => test::run(args),
        Command::Diff(args) => diff::run(args),
    }
}
