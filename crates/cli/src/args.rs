//! The command line as a whole; each command's own arguments stand beside its code.

use clap::{Parser, Subcommand};

use crate::logging::LogFormat;
use crate::{coordinator, deal, demo, node, pki, policy, sign, status, venue};

const EXIT_CODES: &str = "\
Exit codes:
  0    done
  1    failed: a file, configuration, address or process is at fault; the message says which
  2    the command line is wrong
  3    the nodes or the coordinator refused to sign; the message says who, why, and what to do
  130  interrupted

Logs go to stderr. RUST_LOG sets their level: RUST_LOG=debug, RUST_LOG=countersign_node=trace.";

/// Signs exchange API requests with a secret that no machine holds.
#[derive(Debug, Parser)]
#[command(
    name = "countersign",
    version,
    after_long_help = EXIT_CODES,
    long_about = "Signs exchange API requests with a secret that no machine holds.\n\n\
        The secret is dealt once, as shares, to n nodes. Any t of them compute the HMAC of a \
        request together, each after deciding for itself that its policy allows it. Fewer than t \
        learn nothing and sign nothing.\n\n\
        To see all of it happen on this machine:  countersign demo\n\n\
        To run it for real, in this order:\n  \
        countersign pki            certificates and roster of a deployment\n  \
        countersign deal           one exchange secret into one sealed package per node\n  \
        countersign node import    at each node, its package\n  \
        countersign node run       at each node\n  \
        countersign coordinator run\n  \
        countersign sign           wherever requests are made\n\n\
        To see what a signature would let its holder do:  countersign venue explain\n\
        To try policies before they are in force:         countersign policy"
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// How log lines on stderr are written.
    #[arg(long, global = true, value_enum, default_value = "text")]
    pub log_format: LogFormat,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    Pki(pki::Args),
    Deal(deal::Args),
    Node(node::Args),
    Coordinator(coordinator::Args),
    Sign(sign::Args),
    Status(status::Args),
    Venue(venue::Args),
    Policy(policy::Args),
    Demo(demo::Args),
    #[command(hide = true)]
    DemoSecret(demo::secret::Args),
}

impl Command {
    /// Whether the command serves until told to stop, and so reports on itself by logging.
    pub fn is_daemon(&self) -> bool {
        match self {
            Self::Node(args) => args.is_daemon(),
            Self::Coordinator(_) => true,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_teaches_with_an_example() {
        fn check(command: &clap::Command) {
            if command.is_hide_set() || command.get_name() == "help" {
                return;
            }
            if command.has_subcommands() {
                command.get_subcommands().for_each(check);
                return;
            }
            let help = command.clone().render_long_help().to_string();
            assert!(help.contains("Run by"), "{}", command.get_name());
            assert!(help.contains("Example"), "{}", command.get_name());
        }
        check(&Cli::command());
    }

    #[test]
    fn no_command_takes_a_secret_as_an_argument() {
        for argument in ["--secret", "--passphrase", "--key"] {
            let line = ["countersign", "deal", argument, "x"];
            let error = Cli::try_parse_from(line).unwrap_err();
            assert_eq!(
                error.kind(),
                clap::error::ErrorKind::UnknownArgument,
                "{argument}"
            );
        }
    }
}
