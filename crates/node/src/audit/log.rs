//! The log of a running node.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::record::{Appended, Event};
use super::replay::Replay;
use super::writer::{Job, Sink, Writer};
use crate::clock::{Clock, SystemClock};

/// How long and how many may wait for the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditConfig {
    /// Longest wait of one append, for its place in the queue and for the disk together.
    pub wait: Duration,
    /// Events that may wait to be written.
    pub queue: usize,
}

impl Default for AuditConfig {
    fn default() -> Self {
        Self {
            wait: Duration::from_secs(2),
            queue: 4096,
        }
    }
}

/// An open log. Clones write to the same; the file is closed with the last of them.
#[derive(Clone)]
pub struct AuditLog(Arc<Inner>);

struct Inner {
    /// None only while being dropped.
    jobs: Option<mpsc::Sender<Job>>,
    poison: Arc<OnceLock<String>>,
    wait: Duration,
    writer: Option<JoinHandle<()>>,
}

impl AuditLog {
    /// Opens a log with the default [`AuditConfig`]. See [`AuditLog::open_with`].
    ///
    /// # Errors
    /// As [`AuditLog::open_with`].
    pub fn open(path: &Path) -> Result<(Self, Replay), AuditError> {
        Self::open_with(path, AuditConfig::default())
    }

    /// Opens the log at `path` for this process alone, creating it if need be, and verifies all of
    /// it. An unfinished last line, which a crash left and nobody was told of, is cut off, and that
    /// is recorded.
    ///
    /// # Errors
    /// [`AuditError::Damaged`] with the line that is not as it was written,
    /// [`AuditError::AlreadyOpen`], or as the disk has it.
    pub fn open_with(path: &Path, config: AuditConfig) -> Result<(Self, Replay), AuditError> {
        let file = open_file(path)?;
        let (replay, chain) = Replay::scan(path, &file)?;
        let torn = replay.summary().torn_bytes;
        if torn > 0 {
            file.set_len(replay.bytes())?;
            file.sync_all()?;
        }
        let mut writer = Writer::new(file, chain);
        if torn > 0 {
            tracing::warn!(bytes = torn, "cut an unfinished line off the audit log");
            writer.append_now(SystemClock.now_ms(), &Event::TornTail { bytes: torn })?;
        }
        Ok((Self::start(writer, config)?, replay))
    }

    pub(super) fn start<S: Sink>(
        writer: Writer<S>,
        config: AuditConfig,
    ) -> Result<Self, AuditError> {
        let (sender, receiver) = mpsc::channel(config.queue.max(1));
        let poison = writer.poison();
        let thread = thread::Builder::new()
            .name("audit-writer".to_owned())
            .spawn(move || writer.run(receiver))?;
        Ok(Self(Arc::new(Inner {
            jobs: Some(sender),
            poison,
            wait: config.wait,
            writer: Some(thread),
        })))
    }

    /// Appends an event made at `at_ms` (Unix milliseconds). It is on disk when this returns.
    ///
    /// # Errors
    /// [`AuditError::Unavailable`] if the disk did not answer in time: the event may or may not
    /// come to be in the log, so treat it as not recorded and release nothing. Once
    /// [`AuditError::Poisoned`], for ever: restart the node.
    pub async fn append(&self, at_ms: u64, event: Event) -> Result<Appended, AuditError> {
        if let Some(why) = self.0.poison.get() {
            return Err(AuditError::Poisoned(why.clone()));
        }
        let stopped = || AuditError::Poisoned("its writer stopped".to_owned());
        let jobs = self.0.jobs.as_ref().ok_or_else(stopped)?;
        let (answer, answered) = oneshot::channel();
        let append = async {
            let job = Job {
                at_ms,
                event,
                answer,
            };
            jobs.send(job).await.map_err(|_| stopped())?;
            answered.await.map_err(|_| stopped())?
        };
        tokio::time::timeout(self.0.wait, append)
            .await
            .unwrap_or(Err(AuditError::Unavailable(self.0.wait)))
    }

    /// Why nothing can be appended until a restart, if that is so.
    #[must_use]
    pub fn poisoned(&self) -> Option<&str> {
        self.0.poison.get().map(String::as_str)
    }
}

impl Drop for Inner {
    /// Waits for the writer, so that the file is free when the last clone is gone.
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(writer) = self.writer.take()
            && writer.join().is_err()
        {
            tracing::error!("the audit log's writer panicked");
        }
    }
}

impl std::fmt::Debug for AuditLog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AuditLog")
            .field("poisoned", &self.poisoned())
            .finish_non_exhaustive()
    }
}

fn open_file(path: &Path) -> Result<File, AuditError> {
    let file = OpenOptions::new()
        .read(true)
        .append(true)
        .create(true)
        .mode(0o600)
        .open(path)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(AuditError::AlreadyOpen(path.to_owned())),
        Err(TryLockError::Error(error)) => return Err(error.into()),
    }
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("not a regular file").into());
    }
    // The name must survive a power failure as surely as what is written under it.
    let parent = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    File::open(parent.unwrap_or(Path::new(".")))?.sync_all()?;
    Ok(file)
}

/// Why the log cannot be used, or an event was not recorded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuditError {
    /// The file cannot be used.
    #[error("cannot use the audit log: {0}")]
    Disk(io::Error),
    /// A line is not as it was written. Find out who changed it; a copy of the log may help.
    #[error("line {line} of the audit log is damaged: {what}")]
    Damaged {
        /// Its number, from 1.
        line: u64,
        /// What is wrong.
        what: &'static str,
    },
    /// Another process writes this log.
    #[error("the audit log {0} is in use by another process")]
    AlreadyOpen(PathBuf),
    /// The event is larger than any record.
    #[error("the event is too long for the audit log")]
    TooLong,
    /// The disk is too slow.
    #[error("the audit log was not written within {0:?}")]
    Unavailable(Duration),
    /// A write or sync failed. Restart the node once the disk is well.
    #[error("the audit log failed and takes nothing until a restart: {0}")]
    Poisoned(String),
}

#[cfg(test)]
mod tests;
