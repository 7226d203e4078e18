//! `countersign demo`: all of it on one machine, as processes of their own.

mod children;
mod cluster;
mod error;
mod layout;
mod provision;
mod readiness;
mod report;
mod requests;
pub mod secret;
mod steps;

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{PathBuf, absolute};

use clap::error::ErrorKind;
use clap::{CommandFactory, ValueEnum};
use countersign_client::Request;
use serde::Serialize;
use tempfile::TempDir;

pub use self::error::DemoError;

use self::layout::Layout;
use self::report::Report;
use crate::args::Cli;
use crate::daemon::{self, StopArgs};
use crate::error::CliError;
use crate::sign::read_request;

/// Show all of it on this machine
#[derive(Debug, clap::Args)]
#[command(long_about = "Show all of it on this machine.\n\n\
    Makes certificates, has a secret dealt by a process that exits, and only then starts nodes \
    and a coordinator, each a process of its own. Signs a fresh Binance limit order, stops a \
    node and signs again, shows how a withdrawal is denied by policy, then stops nodes until too \
    few are left and shows the refusal. Nothing is sent to Binance, and the process that asks for \
    signatures never sees the secret. Ends cleanly, leaving no process behind.\n\n\
    Without --secret-file the secret is random, written by one process, dealt by another, and \
    deleted. Your own file's bytes are dealt exactly as they are, a newline at the end included.\n\n\
    A request of your own is signed as it is, so its timestamp is yours to choose: the demo's \
    nodes let it differ from their clocks by a minute (by default nodes allow 5 s), since the \
    pools take some seconds to fill.\n\n\
    With --keep, nothing is stopped: try countersign status, sign and node run with the \
    configurations in the directory that is printed, then press Ctrl-C.\n\n\
    Run by: anyone who wants to see it work.\n\n\
    Examples:\n  \
    countersign demo\n  \
    countersign demo --threshold 3 --nodes 5 --count 20\n  \
    countersign demo --secret-file secret --request order.json --json\n  \
    countersign demo --keep --dir /tmp/countersign")]
pub struct Args {
    /// The secret to deal, instead of a random one: the bytes of this file, at least 16.
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
    /// The request to sign, instead of a fresh order; see countersign sign --help for its form.
    #[arg(long, value_name = "FILE")]
    request: Option<PathBuf>,
    /// How many nodes sign together.
    #[arg(long, value_name = "T", default_value = "2",
          value_parser = clap::value_parser!(u8).range(2..=16))]
    threshold: u8,
    /// How many nodes there are.
    #[arg(long, value_name = "N", default_value = "3",
          value_parser = clap::value_parser!(u8).range(2..=16))]
    nodes: u8,
    /// How many signatures to make before nodes are stopped.
    #[arg(long, value_name = "N", default_value = "1",
          value_parser = clap::value_parser!(u32).range(1..))]
    count: u32,
    /// Leave everything running until Ctrl-C, and stop no node.
    #[arg(long)]
    keep: bool,
    /// Print one JSON object per step on stdout.
    #[arg(long)]
    json: bool,
    /// Where to put certificates, configurations, data and logs; a new or empty directory, which
    /// stays [default: a temporary one, removed at the end].
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// The memory_protection of the nodes' configurations.
    #[arg(long, hide = true, value_enum, default_value = "best-effort")]
    memory_protection: MemoryProtection,
}

/// As in a node's configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
enum MemoryProtection {
    Required,
    BestEffort,
    Off,
}

/// What the demo is to do, checked.
#[derive(Debug)]
struct Settings {
    secret_file: Option<PathBuf>,
    request: Option<Request>,
    threshold: u8,
    nodes: u8,
    count: u32,
    keep: bool,
    memory_protection: MemoryProtection,
}

impl Settings {
    /// Enough that a few signatures in a row find a presignature, and little enough that pools are
    /// full within seconds.
    fn pool_depth(&self) -> u32 {
        self.count.clamp(2, 8)
    }
}

/// Runs `countersign demo`.
pub fn run(args: Args) -> Result<(), CliError> {
    if args.threshold > args.nodes {
        let message = format!("--threshold {} needs as many --nodes", args.threshold);
        Cli::command()
            .error(ErrorKind::ValueValidation, message)
            .exit();
    }
    let report = Report::new(args.json);
    let result = prepare_and_show(args, &report);
    if let Err(error) = &result {
        report.failed(error);
    }
    result
}

fn prepare_and_show(args: Args, report: &Report) -> Result<(), CliError> {
    let request = args.request.as_deref().map(read_request).transpose()?;
    let (dir, _removed_at_the_end) = match args.dir {
        // Reported paths are of use wherever they are read.
        Some(dir) => (absolute(&dir).map_err(CliError::file(&dir))?, None),
        None => {
            let temporary = temporary_dir()?;
            (temporary.path().to_owned(), Some(temporary))
        }
    };
    let settings = Settings {
        secret_file: args.secret_file,
        request,
        threshold: args.threshold,
        nodes: args.nodes,
        count: args.count,
        keep: args.keep,
        memory_protection: args.memory_protection,
    };
    let layout = Layout::new(dir, args.nodes)?;
    daemon::runtime()?.block_on(async {
        let interrupted = daemon::stop_requested(&StopArgs {
            exit_with_stdin: false,
        })?;
        tokio::pin!(interrupted);
        // Whatever ends the steps, dropping them ends the processes they started.
        let cluster = tokio::select! {
            shown = steps::show(&settings, &layout, report) => shown?,
            () = &mut interrupted => return Err(CliError::Interrupted),
        };
        if settings.keep {
            report.keeping(&layout)?;
            interrupted.await;
        }
        cluster.stop().await;
        report.done()
    })
}

/// In which only the owner may look.
fn temporary_dir() -> Result<TempDir, CliError> {
    tempfile::Builder::new()
        .prefix("countersign-demo-")
        .permissions(Permissions::from_mode(0o700))
        .tempdir()
        .map_err(|error| CliError::System("cannot make a temporary directory", error))
}
