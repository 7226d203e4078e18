//! `countersign node`: what a node operator runs.

use std::path::PathBuf;

use clap::Subcommand;
use countersign_node::Config;

use crate::daemon::{self, StopArgs};
use crate::error::CliError;
use crate::output;

/// Take in a share, and run a node
#[derive(Debug, clap::Args)]
#[command(long_about = "Take in a share, and run a node.\n\n\
        A node holds one share of each key. It decides for itself, under its own policy and with \
        its own audit log, to which signatures it contributes.")]
pub struct Args {
    #[command(subcommand)]
    command: NodeCommand,
}

#[derive(Debug, Subcommand)]
enum NodeCommand {
    Import(ImportArgs),
    Run(RunArgs),
}

/// Take in one sealed share package
#[derive(Debug, clap::Args)]
#[command(long_about = "Take in one sealed share package.\n\n\
    Opens the package with the node's sealing key, checks it against manifest and roster, and \
    stores the share sealed with the node's storage key. The package file is not needed \
    afterwards: delete it. A running node must be restarted to see the new key.\n\n\
    Run by: the operator of the node, once per key.\n\n\
    Example:\n  \
    countersign node import --config node.toml --manifest manifest.json --package a.package")]
struct ImportArgs {
    /// The node's configuration.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// The public manifest that the dealer made, of which every node gets the same copy.
    #[arg(long, value_name = "FILE")]
    manifest: PathBuf,
    /// This node's package.
    #[arg(long, value_name = "FILE")]
    package: PathBuf,
}

/// Run the node until SIGTERM or Ctrl-C
#[derive(Debug, clap::Args)]
#[command(long_about = "Run the node until SIGTERM or Ctrl-C.\n\n\
    Run by: the operator of the node, usually as a service.\n\n\
    Example:\n  \
    countersign node run --config node.toml\n\n\
    with node.toml, in which relative paths are relative to the file:\n\n  \
    name = \"a\"\n  \
    listen = \"0.0.0.0:7101\"\n  \
    data_dir = \"data\"\n  \
    roster = \"roster.toml\"\n  \
    policies = [\"trading.cedar\"]\n  \
    certificate = \"cert.pem\"\n  \
    key = \"key.pem\"\n  \
    ca = \"ca.pem\"\n  \
    receipt_key = \"receipt-key.pem\"\n  \
    sealing_key = \"sealing-key.pem\"\n  \
    passphrase_file = \"passphrase\"   # or credential = \"name\", from systemd")]
struct RunArgs {
    /// The node's configuration.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    #[command(flatten)]
    stop: StopArgs,
}

impl Args {
    /// Whether the command serves until told to stop.
    pub fn is_daemon(&self) -> bool {
        matches!(self.command, NodeCommand::Run(_))
    }
}

/// Runs `countersign node`.
pub fn run(args: &Args) -> Result<(), CliError> {
    match &args.command {
        NodeCommand::Import(args) => import(args),
        NodeCommand::Run(args) => serve(args),
    }
}

fn import(args: &ImportArgs) -> Result<(), CliError> {
    let config = Config::load(&args.config)?;
    let manifest = countersign_node::import(&config, &args.manifest, &args.package)?;
    output::line(format!(
        "Node {} now holds its share of key {} for {}: any {} of {} nodes sign.",
        config.name,
        manifest.key_id,
        manifest.venue,
        manifest.threshold,
        manifest.nodes.len()
    ))?;
    output::line(format!(
        "{} is no longer needed. Delete it.",
        args.package.display()
    ))
}

fn serve(args: &RunArgs) -> Result<(), CliError> {
    let config = Config::load(&args.config)?;
    daemon::runtime()?.block_on(async {
        let stop = daemon::stop_requested(&args.stop)?;
        Ok(countersign_node::run(config, stop).await?)
    })
}
