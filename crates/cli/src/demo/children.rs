//! Processes that do not outlive the demo: they are ended and reaped when their handle is dropped,
//! and end by themselves when the demo is killed, because then their stdin closes.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tokio::time::sleep;

use super::DemoError;

const POLL: Duration = Duration::from_millis(10);
/// A process that was asked to stop is given this long before it is killed.
const PATIENCE: Duration = Duration::from_secs(5);
const TAIL_LINES: usize = 15;

/// A running process.
#[derive(Debug)]
pub struct ChildProcess {
    name: String,
    // Keeps the write end of the child's stdin open.
    child: Child,
    log: Option<PathBuf>,
}

impl ChildProcess {
    /// Starts this very command with other arguments, to serve until stopped. What it logs goes to
    /// a file.
    ///
    /// # Errors
    /// [`DemoError::Start`].
    pub fn serve(name: &str, arguments: &[&str], log: &Path) -> Result<Self, DemoError> {
        let started = || {
            let log = OpenOptions::new().create(true).append(true).open(log)?;
            this_command()?
                .args(arguments)
                .arg("--exit-with-stdin")
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .stderr(log)
                // Ctrl-C is for the demo alone, which then stops its processes in order.
                .process_group(0)
                .spawn()
        };
        let child = started().map_err(|error| DemoError::Start(name.to_owned(), error))?;
        Ok(Self {
            name: name.to_owned(),
            child,
            log: Some(log.to_owned()),
        })
    }

    /// The process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What the process is called in reports.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// An error if the process has ended.
    ///
    /// # Errors
    /// [`DemoError::Died`] with the end of its log.
    pub fn check_alive(&mut self) -> Result<(), DemoError> {
        let Some(status) = self.exited()? else {
            return Ok(());
        };
        Err(DemoError::Died {
            name: self.name.clone(),
            status,
            log: self
                .log
                .as_ref()
                .and_then(|log| File::open(log).ok())
                .map(tail)
                .unwrap_or_default(),
        })
    }

    /// Asks the process to stop, waits, and kills it if it does not.
    pub async fn stop(mut self) {
        self.terminate();
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline && matches!(self.exited(), Ok(None)) {
            sleep(POLL).await;
        }
    }

    /// Sends SIGTERM.
    pub fn terminate(&self) {
        // Not reaped yet, so the id is still this process's. One that has ended needs no signal.
        let _ = kill_process(Pid::from_child(&self.child), Signal::TERM);
    }

    fn exited(&mut self) -> Result<Option<ExitStatus>, DemoError> {
        self.child
            .try_wait()
            .map_err(|error| DemoError::Start(self.name.clone(), error))
    }
}

impl Drop for ChildProcess {
    fn drop(&mut self) {
        // Both fail only for a process that has ended and was reaped.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Runs this very command with other arguments to its end.
///
/// # Errors
/// [`DemoError::Failed`] with what it said, unless it succeeds.
pub async fn run_to_end(name: &str, arguments: &[&str]) -> Result<(), DemoError> {
    let failed = |error| DemoError::Start(name.to_owned(), error);
    // Not a pipe, which a talkative process would fill and then wait for.
    let said = tempfile::tempfile().map_err(failed)?;
    let started = || {
        this_command()?
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(said.try_clone()?)
            .process_group(0)
            .spawn()
    };
    let mut process = ChildProcess {
        name: name.to_owned(),
        child: started().map_err(failed)?,
        log: None,
    };
    let status = loop {
        if let Some(status) = process.exited()? {
            break status;
        }
        sleep(POLL).await;
    };
    if status.success() {
        return Ok(());
    }
    Err(DemoError::Failed {
        name: name.to_owned(),
        said: tail(said),
    })
}

fn this_command() -> std::io::Result<Command> {
    Ok(Command::new(std::env::current_exe()?))
}

/// The last lines of a log.
fn tail(mut log: File) -> String {
    let mut text = Vec::new();
    // What cannot be read cannot be shown; the error around it says enough.
    let _ = log.rewind().and_then(|()| log.read_to_end(&mut text));
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.trim().lines().collect();
    let kept = lines.len().saturating_sub(TAIL_LINES);
    lines.get(kept..).unwrap_or_default().join("\n")
}
