//! One request from envelope to answer: quorums in parallel and one after the other, until one has
//! signed, the nodes have refused for good, or the deadline passes. While no quorum can sign but one
//! may soon, nodes' heartbeats are waited for.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use countersign_wire::{AuthenticatedRequest, NodeName, Reason, Refusal, Roster, v1};
use tokio::task::JoinSet;
use tokio::time::{sleep_until, timeout_at};
use tonic::Status;
use tracing::debug;

use crate::attempt::{Attempt, Fault};
use crate::lessons::{self, Lessons, Terms};
use crate::nodes::Nodes;
use crate::quorums::{Cluster, Quorum, Shortage};
use crate::reputation::Reputation;
use crate::verdict::Verdict;

/// After a denial the other members of the quorum are heard this much longer before another quorum
/// is asked: mostly they deny too, and that settles it.
const DENIAL_GRACE: Duration = Duration::from_millis(25);
/// However many heartbeats come, a waiting request looks for a quorum only this often.
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);
/// No attempt begins later than this before the deadline after a wait: it would spend a presignature
/// for nothing.
const LAST_START: Duration = Duration::from_millis(20);
/// A call that fails this shortly before the deadline failed because of it.
const TIMER_SLACK: Duration = Duration::from_millis(10);

/// Gets requests signed.
#[derive(Debug)]
pub(crate) struct Signing {
    pub roster: Arc<Roster>,
    pub nodes: Nodes,
    pub reputation: Reputation,
    pub hedge_delay: Duration,
    pub max_attempts: usize,
}

impl Signing {
    /// Gets one request signed. Dropping the future cancels every call it made.
    pub(crate) async fn sign(
        &self,
        request: &AuthenticatedRequest,
        deadline: Instant,
    ) -> Result<v1::SignResponse, Refusal> {
        let now = Instant::now();
        let mut race = Race {
            signing: self,
            request,
            deadline,
            attempts: Vec::new(),
            calls: JoinSet::new(),
            receipts: BTreeMap::new(),
            needed_denials: usize::MAX,
            hedge_at: now,
            grace_ends: now,
            waited: false,
            shortage: None,
            lessons: Lessons::default(),
            verdict: Verdict::default(),
        };
        let outcome = race.run().await;
        race.draw_conclusions(outcome.is_ok());
        outcome
    }
}

/// A node's answer to the call made for one attempt.
struct Answer {
    attempt: usize,
    node: NodeName,
    result: Result<v1::ContributeResponse, Status>,
}

struct Race<'a> {
    signing: &'a Signing,
    request: &'a AuthenticatedRequest,
    deadline: Instant,
    attempts: Vec<Attempt>,
    calls: JoinSet<Answer>,
    receipts: BTreeMap<NodeName, v1::Receipt>,
    /// So many denials leave no quorum.
    needed_denials: usize,
    hedge_at: Instant,
    grace_ends: Instant,
    waited: bool,
    /// What was missing when a quorum was last looked for.
    shortage: Option<Shortage>,
    lessons: Lessons,
    verdict: Verdict,
}

/// What came of looking for a quorum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    Asked,
    /// There is none now, but there may be one soon.
    Later,
    /// Waiting is of no use.
    Never,
}

impl Race<'_> {
    async fn run(&mut self) -> Result<v1::SignResponse, Refusal> {
        let mut news = self.signing.nodes.news();
        loop {
            // Marked as seen before the look at it, so that whatever comes meanwhile wakes.
            news.borrow_and_update();
            let under_way = self.attempts.iter().any(Attempt::is_under_way);
            let in_grace = !self.calls.is_empty() && Instant::now() < self.grace_ends;
            let waiting = !under_way && !in_grace;
            if waiting {
                match self.start_next() {
                    Next::Asked => continue,
                    Next::Later => self.waited = true,
                    Next::Never => return Err(self.last_words().await),
                }
            }
            let ends_at = if waiting {
                self.deadline
                    .checked_sub(LAST_START)
                    .unwrap_or(self.deadline)
            } else {
                self.deadline
            };
            let look_again = Instant::now() + BETWEEN_LOOKS;
            let wake_at = if under_way {
                self.hedge_at
            } else {
                self.grace_ends
            };
            tokio::select! {
                biased;
                () = sleep_until(ends_at.into()) => {
                    return Err(if waiting { self.last_words().await } else { self.too_late() });
                }
                Some(answer) = self.calls.join_next() => {
                    // A call that was cut off has no answer; none of ours is.
                    let Ok(answer) = answer else { continue };
                    if let Some(response) = self.hear(answer) {
                        return Ok(response);
                    }
                    if let Some(refusal) = self.verdict.definitive(self.needed_denials) {
                        return Err(refusal);
                    }
                }
                Ok(()) = async { sleep_until(look_again.into()).await; news.changed().await }, if waiting => {}
                () = sleep_until(wake_at.into()), if !waiting => {
                    if under_way {
                        self.hedge_at = Instant::now() + self.signing.hedge_delay;
                        // With no other quorum to ask, those under way are simply waited for.
                        self.start_next();
                    }
                }
            }
        }
    }

    /// Asks the best quorum that could sign now.
    fn start_next(&mut self) -> Next {
        let signing = self.signing;
        let attempts = signing.max_attempts.saturating_sub(self.attempts.len());
        if attempts == 0 {
            return Next::Never;
        }
        let key = &self.request.envelope().key_id;
        let cluster = signing.nodes.cluster();
        let usable = match cluster.usable(key) {
            Ok(usable) => usable,
            Err(shortage) => {
                self.shortage = Some(shortage);
                return self.later(&cluster);
            }
        };
        self.needed_denials = (usable.holders + 1).saturating_sub(usable.threshold).max(1);
        self.lessons.awaited.clear();
        for attempt in self.attempts.iter().filter(|a| a.is_under_way()) {
            for node in attempt.awaited() {
                *self.lessons.awaited.entry(node.clone()).or_default() += 1;
            }
        }
        let terms = Terms {
            now: Instant::now(),
            attempts,
            waited: self.waited,
        };
        let chosen = lessons::choose(
            &usable,
            &self.lessons,
            &terms,
            |quorum| signing.reputation.is_poor(quorum, terms.now),
            |node| signing.nodes.get(node).map_or(0, |node| node.outstanding()),
        );
        match chosen {
            Some(candidate) => {
                candidate.drawn.count();
                self.shortage = None;
                self.ask(candidate.quorum.clone());
                Next::Asked
            }
            None => {
                self.shortage = usable.shortage();
                self.later(&cluster)
            }
        }
    }

    fn later(&self, cluster: &Cluster) -> Next {
        let key = &self.request.envelope().key_id;
        if cluster.has_prospects(key, |nodes| self.lessons.rule_out(nodes)) {
            Next::Later
        } else {
            Next::Never
        }
    }

    fn ask(&mut self, quorum: Quorum) {
        debug!(
            request = %self.request.digest(), evaluator = %quorum.evaluator, nodes = ?quorum.nodes,
            "asking a quorum"
        );
        let question = v1::ContributeRequest {
            envelope: Some(self.request.signed().clone()),
            quorum: quorum.nodes.iter().map(ToString::to_string).collect(),
        };
        let attempt = self.attempts.len();
        for node in quorum
            .nodes
            .iter()
            .filter_map(|name| self.signing.nodes.get(name))
        {
            let name = node.name.clone();
            let call = node.contribute(question.clone(), self.deadline);
            self.calls.spawn(async move {
                Answer {
                    attempt,
                    node: name,
                    result: call.await,
                }
            });
        }
        self.lessons.asking(&quorum);
        self.attempts.push(Attempt::new(quorum));
        self.hedge_at = Instant::now() + self.signing.hedge_delay;
    }

    /// Takes in an answer, and returns the response if it was the last one missing.
    fn hear(&mut self, answer: Answer) -> Option<v1::SignResponse> {
        let attempt = self.attempts.get_mut(answer.attempt)?;
        let now = Instant::now();
        let (fault, refusal) = match answer.result {
            Ok(response) => {
                let digest = self.request.digest();
                match attempt.take(&answer.node, response, &digest, &self.signing.roster) {
                    Ok(receipt) => {
                        self.receipts.insert(answer.node, receipt);
                        return self.complete();
                    }
                    Err(bad) => (Fault::Node, bad.into()),
                }
            }
            Err(status) => match Refusal::from_status(&status) {
                Some(refusal) => {
                    let left = self.deadline.saturating_duration_since(now);
                    (Fault::of(&refusal, left), refusal)
                }
                None if now + TIMER_SLACK >= self.deadline => return None,
                None => (Fault::Unable, unreachable(&status)),
            },
        };
        debug!(
            request = %self.request.digest(), node = %answer.node, reason = ?refusal.reason(),
            "a node did not contribute"
        );
        match fault {
            Fault::Pool => {}
            Fault::Set => self.lessons.set_failed(&attempt.quorum.nodes),
            Fault::Unable => self.lessons.node_was_unable(&answer.node, now),
            Fault::Node | Fault::Request => self.lessons.node_failed(&answer.node),
        }
        if fault == Fault::Request {
            self.grace_ends = now + DENIAL_GRACE;
        }
        if attempt.is_under_way() {
            self.lessons.failed(&attempt.quorum, now);
        }
        attempt.fail(fault);
        self.verdict.note(&answer.node, refusal);
        None
    }

    fn complete(&mut self) -> Option<v1::SignResponse> {
        let count = self.attempts.len();
        self.attempts
            .iter_mut()
            .filter(|attempt| attempt.fault().is_none())
            .find_map(|attempt| {
                attempt.adopt(&self.receipts);
                attempt.complete(count)
            })
    }

    /// No quorum is left, and none will come. Members of failed ones may still have something to
    /// say, and enough of them together make the refusal a final one.
    async fn last_words(&mut self) -> Refusal {
        let patience = (Instant::now() + self.signing.hedge_delay).min(self.deadline);
        while let Ok(Some(answer)) = timeout_at(patience.into(), self.calls.join_next()).await {
            if let Ok(answer) = answer {
                self.hear(answer);
            }
            if let Some(refusal) = self.verdict.definitive(self.needed_denials) {
                return refusal;
            }
        }
        match &self.shortage {
            Some(shortage) => shortage
                .refusal(&self.request.envelope().key_id)
                .with_causes(self.verdict.causes()),
            None => self.verdict.exhausted(),
        }
    }

    fn too_late(&self) -> Refusal {
        let under_way = self.attempts.iter().filter(|a| a.is_under_way());
        self.verdict.too_late(under_way.flat_map(Attempt::awaited))
    }

    /// Quorums that failed, or were slower than another, are taken last for a while. A quorum that
    /// denied failed only if another approved.
    fn draw_conclusions(&self, signed: bool) {
        let now = Instant::now();
        for attempt in &self.attempts {
            if attempt.is_complete() {
                self.signing.reputation.succeeded(&attempt.quorum);
            } else if signed || attempt.fault() != Some(Fault::Request) {
                self.signing.reputation.failed(&attempt.quorum, now);
            }
        }
    }
}

/// A node that gave no answer of its own.
fn unreachable(status: &Status) -> Refusal {
    Refusal::new(Reason::NotReady)
        .with_rule("connection")
        .with_detail(format!(
            "the call failed: {:?}: {}",
            status.code(),
            status.message()
        ))
        .with_advice("see whether the node runs and can be reached")
}
