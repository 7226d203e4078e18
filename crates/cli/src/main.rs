//! The `countersign` command: makes deployments, deals keys, runs nodes and coordinators, asks for
//! signatures, and shows all of it at once (`countersign demo`).

mod args;
mod client_config;
mod coordinator;
mod daemon;
mod deal;
mod demo;
mod error;
mod logging;
mod node;
mod output;
mod permissions;
mod pki;
mod policy;
mod sign;
mod status;
mod venue;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Cli, Command};
use crate::error::CliError;

fn main() -> ExitCode {
    let cli = Cli::parse();
    logging::start(cli.log_format, cli.command.is_daemon());
    match run(cli.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::complain(&error);
            ExitCode::from(error.exit_code())
        }
    }
}

fn run(command: Command) -> Result<(), CliError> {
    match command {
        Command::Pki(args) => pki::run(&args),
        Command::Deal(args) => deal::run(&args),
        Command::Node(args) => node::run(&args),
        Command::Coordinator(args) => coordinator::run(&args),
        Command::Sign(args) => sign::run(&args),
        Command::Status(args) => status::run(&args),
        Command::Policy(args) => policy::run(&args),
        Command::Venue(args) => venue::run(&args),
        Command::Demo(args) => demo::run(args),
        Command::DemoSecret(args) => demo::secret::run(&args),
    }
}
