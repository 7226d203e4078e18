//! The thread that writes: takes all that waits, writes it, syncs once, and only then answers.

use std::fs::File;
use std::io::{self, Write};
use std::sync::{Arc, OnceLock};

use tokio::sync::{mpsc, oneshot};

use super::log::AuditError;
use super::record::{Appended, Chain, Event};

/// Most records, and bytes but for the last record, under one sync.
const MAX_GROUP: usize = 1024;
const MAX_GROUP_BYTES: usize = 4 << 20;

/// Where lines go.
pub(super) trait Sink: Send + 'static {
    /// Appends all of `bytes`.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// Returns once what was written would survive a power failure.
    fn sync(&mut self) -> io::Result<()>;
}

impl Sink for File {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }
}

/// An event that waits to be written, and who waits for it.
pub(super) struct Job {
    pub(super) at_ms: u64,
    pub(super) event: Event,
    pub(super) answer: oneshot::Sender<Result<Appended, AuditError>>,
}

pub(super) struct Writer<S> {
    sink: S,
    chain: Chain,
    /// Why nothing is written any more.
    ///
    /// After a failed write the file ends nobody knows where, and after a failed sync the kernel
    /// may have dropped the pages and report success next time: only reading the file anew tells.
    poison: Arc<OnceLock<String>>,
}

impl<S: Sink> Writer<S> {
    pub(super) fn new(sink: S, chain: Chain) -> Self {
        Self {
            sink,
            chain,
            poison: Arc::default(),
        }
    }

    pub(super) fn poison(&self) -> Arc<OnceLock<String>> {
        Arc::clone(&self.poison)
    }

    /// Writes jobs until nobody can send any more.
    pub(super) fn run(mut self, mut jobs: mpsc::Receiver<Job>) {
        let mut last = None;
        while let Some(job) = last.take().or_else(|| jobs.blocking_recv()) {
            last = self.commit(job, &mut jobs);
        }
    }

    /// Commits one group, and returns a job too many.
    fn commit(&mut self, first: Job, jobs: &mut mpsc::Receiver<Job>) -> Option<Job> {
        let (mut chain, mut bytes, mut waiting) = (self.chain, Vec::new(), Vec::new());
        let mut next = Some(first);
        while let Some(job) = next {
            if waiting.len() >= MAX_GROUP || bytes.len() >= MAX_GROUP_BYTES {
                self.write(chain, &bytes, waiting);
                return Some(job);
            }
            // Whoever gave up has taken it for a failure; so it need not be written.
            if !job.answer.is_closed() {
                match chain.append(job.at_ms, &job.event, &mut bytes) {
                    Ok(appended) => waiting.push((job.answer, appended)),
                    Err(_) => answer(job.answer, Err(AuditError::TooLong)),
                }
            }
            next = jobs.try_recv().ok();
        }
        self.write(chain, &bytes, waiting);
        None
    }

    fn write(&mut self, chain: Chain, bytes: &[u8], waiting: Vec<Waiting>) {
        if waiting.is_empty() {
            return;
        }
        let result = self.write_durably(chain, bytes);
        for (waiter, appended) in waiting {
            let poisoned = |why: &String| AuditError::Poisoned(why.clone());
            answer(waiter, result.as_ref().map(|()| appended).map_err(poisoned));
        }
    }

    /// Writes lines that lead to `chain`, for good, or never writes again.
    fn write_durably(&mut self, chain: Chain, bytes: &[u8]) -> Result<(), String> {
        if let Some(why) = self.poison.get() {
            return Err(why.clone());
        }
        match self.sink.write(bytes).and_then(|()| self.sink.sync()) {
            Ok(()) => {
                self.chain = chain;
                Ok(())
            }
            Err(error) => {
                tracing::error!(%error, "the audit log failed; nothing is signed until a restart");
                Err(self.poison.get_or_init(|| error.to_string()).clone())
            }
        }
    }

    /// Writes one event without a thread.
    pub(super) fn append_now(&mut self, at_ms: u64, event: &Event) -> Result<(), AuditError> {
        let (mut chain, mut line) = (self.chain, Vec::new());
        chain
            .append(at_ms, event, &mut line)
            .map_err(|_| AuditError::TooLong)?;
        self.write_durably(chain, &line)
            .map_err(AuditError::Poisoned)
    }
}

type Waiting = (oneshot::Sender<Result<Appended, AuditError>>, Appended);

/// A waiter that gave up is of no concern.
fn answer(
    waiter: oneshot::Sender<Result<Appended, AuditError>>,
    result: Result<Appended, AuditError>,
) {
    let _ = waiter.send(result);
}
