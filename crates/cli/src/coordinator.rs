//! `countersign coordinator`: what the platform operator runs.

use std::path::PathBuf;

use clap::Subcommand;
use countersign_coordinator::Config;

use crate::daemon::{self, StopArgs};
use crate::error::CliError;

/// Run a coordinator
#[derive(Debug, clap::Args)]
#[command(long_about = "Run a coordinator.\n\n\
    A coordinator finds a quorum of nodes for each request and moves on to another when one \
    fails. It holds no secret and nobody needs to trust it; run as many as you like.")]
pub struct Args {
    #[command(subcommand)]
    command: CoordinatorCommand,
}

#[derive(Debug, Subcommand)]
enum CoordinatorCommand {
    Run(RunArgs),
}

/// Run the coordinator until SIGTERM or Ctrl-C
#[derive(Debug, clap::Args)]
#[command(long_about = "Run the coordinator until SIGTERM or Ctrl-C.\n\n\
    Run by: the platform operator, usually as a service.\n\n\
    Example:\n  \
    countersign coordinator run --config coordinator.toml\n\n\
    with coordinator.toml, in which relative paths are relative to the file:\n\n  \
    name = \"main\"\n  \
    listen = \"0.0.0.0:7100\"\n  \
    roster = \"roster.toml\"\n  \
    [tls]\n  \
    certificate = \"cert.pem\"\n  \
    key = \"key.pem\"\n  \
    ca = \"ca.pem\"")]
struct RunArgs {
    /// The coordinator's configuration.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    #[command(flatten)]
    stop: StopArgs,
}

/// Runs `countersign coordinator`.
pub fn run(args: &Args) -> Result<(), CliError> {
    let CoordinatorCommand::Run(args) = &args.command;
    let config = Config::load(&args.config)?;
    daemon::runtime()?.block_on(async {
        let stop = daemon::stop_requested(&args.stop)?;
        Ok(countersign_coordinator::run(config, stop).await?)
    })
}
