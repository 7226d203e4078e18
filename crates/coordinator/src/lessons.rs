//! What the attempts at one request taught, and which quorum to ask next. Pure.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use countersign_wire::NodeName;

use crate::quorums::{Candidate, Quorum, Usable};

/// A pool deeper than this is as good as one of this depth, so that a node claiming millions does
/// not draw all requests to itself.
const DEEP_POOL: u32 = 64;
/// After the second failure a quorum or node rests this long, and twice as long after each further
/// one. The first costs it no more than the wait for a heartbeat.
const REST: Duration = Duration::from_millis(200);
const LONGEST_REST: Duration = Duration::from_secs(2);

/// What the attempts at one request taught.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lessons {
    /// Nodes that this request is not to be put to again.
    failed_nodes: BTreeSet<NodeName>,
    /// Node sets whose members did not get along.
    failed_sets: BTreeSet<Vec<NodeName>>,
    /// Nodes that were not able to answer, and may be again.
    unable: BTreeMap<NodeName, Setback>,
    /// Quorums asked.
    asked: BTreeMap<Quorum, Asked>,
    /// Nodes being waited for, and in how many attempts.
    pub awaited: BTreeMap<NodeName, usize>,
}

#[derive(Debug, Clone, Default)]
struct Asked {
    under_way: bool,
    setback: Option<Setback>,
}

/// One failure or more that time may heal.
#[derive(Debug, Clone, Copy)]
struct Setback {
    times: u32,
    last: Instant,
}

impl Setback {
    fn one_more(earlier: Option<Self>, now: Instant) -> Self {
        let times = earlier.map_or(0, |setback| setback.times);
        Self {
            times: times.saturating_add(1),
            last: now,
        }
    }

    /// Whether another try is due: whatever was heard before the failure is out of date, and who
    /// fails again and again is believed less and less often.
    fn is_over(&self, heard: Instant, now: Instant) -> bool {
        let rest = match self.times {
            0 | 1 => Duration::ZERO,
            times => REST
                .saturating_mul(2u32.saturating_pow(times - 2))
                .min(LONGEST_REST),
        };
        heard > self.last && now >= self.last + rest
    }
}

impl Lessons {
    /// A quorum was asked.
    pub(crate) fn asking(&mut self, quorum: &Quorum) {
        self.asked.entry(quorum.clone()).or_default().under_way = true;
    }

    /// A quorum that was asked did not sign. Unless something else rules it out, it may be asked
    /// again later.
    pub(crate) fn failed(&mut self, quorum: &Quorum, now: Instant) {
        let asked = self.asked.entry(quorum.clone()).or_default();
        asked.under_way = false;
        asked.setback = Some(Setback::one_more(asked.setback, now));
    }

    /// A node refused for good, or its answers are worth nothing.
    pub(crate) fn node_failed(&mut self, node: &NodeName) {
        self.failed_nodes.insert(node.clone());
    }

    /// A node was not able to answer.
    pub(crate) fn node_was_unable(&mut self, node: &NodeName, now: Instant) {
        let earlier = self.unable.get(node).copied();
        self.unable
            .insert(node.clone(), Setback::one_more(earlier, now));
    }

    /// The members of a quorum did not get along.
    pub(crate) fn set_failed(&mut self, nodes: &[NodeName]) {
        self.failed_sets.insert(nodes.to_vec());
    }

    /// Whether this request has nothing to expect of these nodes together, whatever comes.
    pub(crate) fn rule_out(&self, nodes: &[NodeName]) -> bool {
        self.failed_sets.contains(nodes)
            || nodes.iter().any(|node| self.failed_nodes.contains(node))
    }

    /// Whether the quorum could be asked now, for the first time or once more.
    fn allow(&self, candidate: &Candidate, now: Instant) -> bool {
        let quorum = &candidate.quorum;
        let heard = |node: &NodeName| {
            let members = quorum.nodes.iter().zip(&candidate.heard);
            members
                .filter(|(member, _)| *member == node)
                .map(|(_, at)| *at)
                .next()
        };
        let recovered = |node: &NodeName, setback: &Setback| {
            heard(node).is_some_and(|heard| setback.is_over(heard, now))
        };
        let asked = self.asked.get(quorum);
        !self.rule_out(&quorum.nodes)
            && asked.is_none_or(|asked| {
                !asked.under_way
                    && asked
                        .setback
                        .is_none_or(|setback| recovered(&quorum.evaluator, &setback))
            })
            && quorum.nodes.iter().all(|node| {
                self.unable
                    .get(node)
                    .is_none_or(|setback| recovered(node, setback))
            })
    }

    fn is_under_way(&self, quorum: &Quorum) -> bool {
        self.asked.get(quorum).is_some_and(|asked| asked.under_way)
    }

    /// How often this quorum has failed.
    fn failures(&self, quorum: &Quorum) -> u32 {
        let asked = self.asked.get(quorum);
        asked
            .and_then(|asked| asked.setback)
            .map_or(0, |setback| setback.times)
    }
}

/// How the next quorum is to be chosen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    pub now: Instant,
    /// Attempts left, this one included.
    pub attempts: usize,
    /// Whether the request has been waiting: then many may be, and no more of them are sent to a
    /// quorum than it has presignatures for, so that the others keep their attempts.
    pub waited: bool,
}

/// The best quorum to ask now: first of all with as few awaited nodes as possible, then one that
/// failed less often than others, then fully linked and of good standing, then with the deepest pool
/// for each request its nodes are busy with.
///
/// The last attempt is kept for a quorum that failed least, even if it has to be waited for, so that
/// one that claims presignatures and has none cannot use up all attempts.
pub(crate) fn choose<'a>(
    usable: &'a Usable,
    lessons: &Lessons,
    terms: &Terms,
    in_disrepute: impl Fn(&Quorum) -> bool,
    busy: impl Fn(&NodeName) -> usize,
) -> Option<&'a Candidate> {
    let most_failures = if terms.attempts > 1 {
        u32::MAX
    } else {
        let candidates = usable.candidates.iter().map(|candidate| &candidate.quorum);
        candidates
            .chain(&usable.empty)
            .filter(|quorum| !lessons.rule_out(&quorum.nodes) && !lessons.is_under_way(quorum))
            .map(|quorum| lessons.failures(quorum))
            .min()?
    };
    usable
        .candidates
        .iter()
        .filter(|candidate| {
            lessons.allow(candidate, terms.now)
                && lessons.failures(&candidate.quorum) <= most_failures
                && (!terms.waited || candidate.drawn.leaves_any(candidate.pool))
        })
        .min_by_key(|candidate| {
            let nodes = &candidate.quorum.nodes;
            let awaited: usize = nodes
                .iter()
                .filter_map(|node| lessons.awaited.get(node))
                .sum();
            let load: usize = nodes.iter().map(&busy).sum();
            let depth = u64::from(candidate.pool.min(DEEP_POOL)) * 1_000_000;
            (
                awaited,
                lessons.failures(&candidate.quorum),
                in_disrepute(&candidate.quorum),
                !candidate.linked,
                Reverse(depth / (load as u64 + 1)),
            )
        })
}

#[cfg(test)]
mod tests;
