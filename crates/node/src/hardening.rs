//! Keeping shares out of swap, core dumps and debuggers.

use std::fmt;
use std::io;

use rustix::mm::{MlockAllFlags, mlockall};
use rustix::process::{
    DumpableBehavior, Resource, Rlimit, getrlimit, set_dumpable_behavior, setpriority_process,
    setrlimit,
};
use rustix::thread::{CapabilitySet, capabilities, gettid};
use serde::Deserialize;

/// Locked memory a node must be allowed, in bytes. Under a lower limit, locking all memory to come
/// would succeed now and make allocations fail later.
const MIN_LOCKED_BYTES: u64 = 1 << 30;
const LOWERED_PRIORITY: i32 = 10;

/// How much a node insists on the protection of its memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemoryProtection {
    /// Do not start without.
    #[default]
    Required,
    /// Take what the system allows, and log the rest.
    BestEffort,
    /// None, for development.
    Off,
}

/// What came of each protection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// No core dumps: `RLIMIT_CORE` is 0.
    pub no_core_dumps: Outcome,
    /// Other processes of the same user can neither attach nor read this one's memory:
    /// `PR_SET_DUMPABLE` is 0.
    pub not_dumpable: Outcome,
    /// Memory, present and to come, is never swapped out: `mlockall(2)`.
    pub memory_locked: Outcome,
}

/// What came of one protection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// In force.
    Done,
    /// Not asked for.
    Skipped,
    /// Refused, and why.
    Refused(String),
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Done => f.write_str("yes"),
            Self::Skipped => f.write_str("not asked for"),
            Self::Refused(why) => write!(f, "no: {why}"),
        }
    }
}

/// Protects this process. To be called first, before any secret is read and any thread started.
///
/// # Errors
/// [`HardeningError`] if a protection is [`MemoryProtection::Required`] and the system refuses it.
pub fn harden(mode: MemoryProtection) -> Result<Report, HardeningError> {
    if mode == MemoryProtection::Off {
        tracing::warn!("memory is not protected: shares may reach swap and core dumps");
        return Ok(Report {
            no_core_dumps: Outcome::Skipped,
            not_dumpable: Outcome::Skipped,
            memory_locked: Outcome::Skipped,
        });
    }
    let report = Report {
        no_core_dumps: outcome(forbid_core_dumps()),
        not_dumpable: outcome(forbid_dumping()),
        memory_locked: outcome(lock_memory()),
    };
    for (what, outcome) in [
        ("core dumps off", &report.no_core_dumps),
        ("attaching off", &report.not_dumpable),
        ("memory locked", &report.memory_locked),
    ] {
        match outcome {
            Outcome::Refused(why) if mode == MemoryProtection::Required => {
                return Err(HardeningError {
                    what,
                    why: why.clone(),
                });
            }
            Outcome::Refused(why) => tracing::warn!(%why, "memory protection refused: {what}"),
            Outcome::Done | Outcome::Skipped => {}
        }
    }
    Ok(report)
}

/// Lowers the priority of the calling thread, and of none other, below that of threads that
/// answer. A refusal does no harm.
pub fn lower_thread_priority() {
    // On Linux, where a thread is named, only that thread is meant; see setpriority(2), "C
    // library/kernel differences".
    if let Err(error) = setpriority_process(Some(gettid()), LOWERED_PRIORITY) {
        tracing::debug!(%error, "cannot lower a thread's priority");
    }
}

fn outcome(result: io::Result<()>) -> Outcome {
    match result {
        Ok(()) => Outcome::Done,
        Err(error) => Outcome::Refused(error.to_string()),
    }
}

fn forbid_core_dumps() -> io::Result<()> {
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    Ok(setrlimit(Resource::Core, none)?)
}

fn forbid_dumping() -> io::Result<()> {
    Ok(set_dumpable_behavior(DumpableBehavior::NotDumpable)?)
}

fn lock_memory() -> io::Result<()> {
    allow_locking()?;
    let all = MlockAllFlags::CURRENT | MlockAllFlags::FUTURE;
    // With ONFAULT (Linux 4.4) only pages in use are locked, not all that is reserved for stacks.
    match mlockall(all | MlockAllFlags::ONFAULT) {
        Err(rustix::io::Errno::INVAL) => Ok(mlockall(all)?),
        other => Ok(other?),
    }
}

/// Sees to it that enough memory may be locked.
fn allow_locking() -> io::Result<()> {
    if capabilities(None).is_ok_and(|sets| sets.effective.contains(CapabilitySet::IPC_LOCK)) {
        return Ok(());
    }
    let limit = getrlimit(Resource::Memlock);
    if !suffices(limit.maximum) {
        let bytes = limit.maximum.unwrap_or(u64::MAX);
        return Err(io::Error::other(format!(
            "only {bytes} bytes may be locked and {MIN_LOCKED_BYTES} are needed; \
             set LimitMEMLOCK=infinity in the unit"
        )));
    }
    if !suffices(limit.current) {
        let raised = Rlimit {
            current: limit.maximum,
            maximum: limit.maximum,
        };
        setrlimit(Resource::Memlock, raised)?;
    }
    Ok(())
}

/// No limit is written as none.
fn suffices(limit: Option<u64>) -> bool {
    limit.is_none_or(|bytes| bytes >= MIN_LOCKED_BYTES)
}

/// A protection that is required and that the system refuses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "memory protection is required but the system refuses it ({what}): {why}; \
     allow it, or set memory_protection to best_effort"
)]
pub struct HardeningError {
    what: &'static str,
    why: String,
}

#[cfg(test)]
mod tests {
    #![allow(non_snake_case)]

    use rustix::process::getpriority_process;

    use super::*;

    #[test]
    fn harden__should_do_nothing_when_off() {
        let before = getrlimit(Resource::Core);
        let report = harden(MemoryProtection::Off).unwrap();
        assert_eq!(report.memory_locked, Outcome::Skipped);
        assert_eq!(getrlimit(Resource::Core).current, before.current);
    }

    #[test]
    fn priority__should_be_lowered_for_the_calling_thread_only() {
        let before = getpriority_process(Some(gettid())).unwrap();
        let lowered = std::thread::spawn(|| {
            lower_thread_priority();
            getpriority_process(Some(gettid())).unwrap()
        });
        assert_eq!(lowered.join().unwrap(), LOWERED_PRIORITY.max(before));
        assert_eq!(getpriority_process(Some(gettid())).unwrap(), before);
    }
}
