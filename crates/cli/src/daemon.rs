//! What the serving commands share: a runtime, and when to stop.

use std::future::Future;
use std::io::{self, Read};

use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

use crate::error::CliError;

/// How a serving command is told to stop.
#[derive(Debug, Clone, clap::Args)]
pub struct StopArgs {
    /// Stop when stdin closes, so that the process cannot outlive the one that started it.
    #[arg(long, hide = true)]
    pub exit_with_stdin: bool,
}

/// A multi-threaded runtime.
pub fn runtime() -> Result<Runtime, CliError> {
    Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| CliError::System("cannot start the runtime", error))
}

/// Completes at SIGTERM or SIGINT, and with `exit_with_stdin` when stdin closes. Must be called
/// within a runtime.
///
/// # Errors
/// [`CliError::System`] if the signals cannot be listened to.
pub fn stop_requested(
    args: &StopArgs,
) -> Result<impl Future<Output = ()> + Send + 'static, CliError> {
    let listen = |kind| signal(kind).map_err(|error| CliError::System("signals", error));
    let mut terminate = listen(SignalKind::terminate())?;
    let mut interrupt = listen(SignalKind::interrupt())?;
    let stdin_closed = args.exit_with_stdin.then(watch_stdin).transpose()?;
    Ok(async move {
        let stdin_closed = async {
            match stdin_closed {
                // A watcher that ended for whatever reason watches no more: stop as well.
                Some(closed) => drop(closed.await),
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            () = stdin_closed => {}
        }
    })
}

/// On a thread of its own: a read of stdin cannot be cancelled, and a runtime would wait for it.
fn watch_stdin() -> Result<oneshot::Receiver<()>, CliError> {
    let (sender, closed) = oneshot::channel();
    std::thread::Builder::new()
        .name("stdin".into())
        .spawn(move || {
            let mut sink = [0; 64];
            let mut stdin = io::stdin().lock();
            while matches!(stdin.read(&mut sink), Ok(1..)) {}
            let _ = sender.send(());
        })
        .map_err(|error| CliError::System("cannot start a thread", error))?;
    Ok(closed)
}
