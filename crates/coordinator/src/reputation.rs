//! Quorums that failed lately are taken last, so that a broken or lying node costs each client a
//! detour now and then instead of every time.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::quorums::Quorum;

const FIRST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(30);
/// Entries are few; this only bounds them.
const MAX_ENTRIES: usize = 4096;

/// Failures remembered. Nothing is excluded by them, only ranked lower.
#[derive(Debug, Default)]
pub(crate) struct Reputation {
    failures: Mutex<HashMap<Quorum, Disrepute>>,
}

#[derive(Debug)]
struct Disrepute {
    lasts: Duration,
    until: Instant,
}

impl Reputation {
    /// Whether the quorum failed lately.
    pub(crate) fn is_poor(&self, quorum: &Quorum, now: Instant) -> bool {
        self.lock()
            .get(quorum)
            .is_some_and(|disrepute| now < disrepute.until)
    }

    /// Remembers a failure, for twice as long as the one before. Failures of requests that were
    /// under way together count as one.
    pub(crate) fn failed(&self, quorum: &Quorum, now: Instant) {
        let mut failures = self.lock();
        if failures.len() >= MAX_ENTRIES {
            failures.retain(|_, disrepute| now < disrepute.until);
        }
        if failures.len() >= MAX_ENTRIES {
            return;
        }
        failures
            .entry(quorum.clone())
            .and_modify(|disrepute| {
                if now >= disrepute.until {
                    disrepute.lasts = (disrepute.lasts * 2).min(LONGEST);
                    disrepute.until = now + disrepute.lasts;
                }
            })
            .or_insert(Disrepute {
                lasts: FIRST,
                until: now + FIRST,
            });
    }

    /// Forgets earlier failures.
    pub(crate) fn succeeded(&self, quorum: &Quorum) {
        self.lock().remove(quorum);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Quorum, Disrepute>> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_remembered_longer_each_time_and_forgotten_on_success() {
        let name = |n: &str| n.parse().unwrap();
        let quorum = Quorum {
            nodes: vec![name("a"), name("b")],
            evaluator: name("a"),
        };
        let reputation = Reputation::default();
        let start = Instant::now();
        assert!(!reputation.is_poor(&quorum, start));

        reputation.failed(&quorum, start);
        assert!(reputation.is_poor(&quorum, start + FIRST / 2));
        assert!(!reputation.is_poor(&quorum, start + FIRST));

        for _ in 0..20 {
            reputation.failed(&quorum, start);
        }
        assert!(!reputation.is_poor(&quorum, start + FIRST));

        reputation.failed(&quorum, start + FIRST);
        assert!(reputation.is_poor(&quorum, start + FIRST * 2));
        assert!(!reputation.is_poor(&quorum, start + FIRST * 3));

        let mut now = start;
        for _ in 0..20 {
            now += LONGEST;
            reputation.failed(&quorum, now);
        }
        assert!(!reputation.is_poor(&quorum, now + LONGEST));

        reputation.failed(&quorum, now + LONGEST);
        reputation.succeeded(&quorum);
        assert!(!reputation.is_poor(&quorum, now + LONGEST));
    }
}
