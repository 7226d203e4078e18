//! One request from envelope to answer: quorums in parallel and one after the other, until one has
//! signed, the nodes have refused for good, or the deadline passes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use countersign_wire::{AuthenticatedRequest, NodeName, Reason, Refusal, Roster, v1};
use tokio::task::JoinSet;
use tokio::time::{sleep_until, timeout_at};
use tonic::Status;
use tracing::debug;

use crate::attempt::{Attempt, Fault};
use crate::nodes::Nodes;
use crate::quorums::{self, Lessons, Shortage};
use crate::reputation::Reputation;
use crate::verdict::Verdict;

/// After a denial the other members of the quorum are heard this much longer before another quorum
/// is asked: mostly they deny too, and that settles it.
const DENIAL_GRACE: Duration = Duration::from_millis(25);
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
            needed_denials: usize::MAX,
            hedge_at: now,
            grace_ends: now,
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
    /// So many denials leave no quorum.
    needed_denials: usize,
    hedge_at: Instant,
    grace_ends: Instant,
    lessons: Lessons,
    verdict: Verdict,
}

impl Race<'_> {
    async fn run(&mut self) -> Result<v1::SignResponse, Refusal> {
        // Who could sign at all is known before anybody is asked.
        let key = &self.request.envelope().key_id;
        self.start_next()
            .map_err(|shortage| shortage.refusal(key))?;
        loop {
            let under_way = self.attempts.iter().any(Attempt::is_under_way);
            let in_grace = !self.calls.is_empty() && Instant::now() < self.grace_ends;
            if !under_way && !in_grace && !self.start_next().unwrap_or(false) {
                return Err(self.last_words().await);
            }
            let wake_at = if in_grace && !under_way {
                self.grace_ends
            } else {
                self.hedge_at
            };
            tokio::select! {
                biased;
                () = sleep_until(self.deadline.into()) => return Err(self.too_late()),
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
                () = sleep_until(wake_at.into()) => {
                    if under_way {
                        self.hedge_at = Instant::now() + self.signing.hedge_delay;
                        // With no other quorum to ask, those under way are simply waited for.
                        self.start_next().unwrap_or(false);
                    }
                }
            }
        }
    }

    /// Asks the best quorum left. False if none is left.
    fn start_next(&mut self) -> Result<bool, Shortage> {
        let signing = self.signing;
        if self.attempts.len() >= signing.max_attempts {
            return Ok(false);
        }
        let key = &self.request.envelope().key_id;
        let usable = signing.nodes.cluster().usable(key)?;
        self.needed_denials = (usable.holders + 1).saturating_sub(usable.threshold).max(1);
        self.lessons.awaited.clear();
        for attempt in self.attempts.iter().filter(|a| a.is_under_way()) {
            for node in attempt.awaited() {
                *self.lessons.awaited.entry(node.clone()).or_default() += 1;
            }
        }
        let now = Instant::now();
        let chosen = quorums::choose(
            &usable.candidates,
            &self.lessons,
            |quorum| signing.reputation.is_poor(quorum, now),
            |node| signing.nodes.get(node).map_or(0, |node| node.outstanding()),
        );
        let Some(candidate) = chosen else {
            return Ok(false);
        };

        let quorum = candidate.quorum.clone();
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
            .filter_map(|name| signing.nodes.get(name))
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
        self.lessons.tried.insert(quorum.clone());
        self.attempts.push(Attempt::new(quorum));
        self.hedge_at = now + signing.hedge_delay;
        Ok(true)
    }

    /// Takes in an answer, and returns the response if it was the last one missing.
    fn hear(&mut self, answer: Answer) -> Option<v1::SignResponse> {
        let count = self.attempts.len();
        let attempt = self.attempts.get_mut(answer.attempt)?;
        let (fault, refusal) = match answer.result {
            Ok(response) => {
                let digest = self.request.digest();
                match attempt.take(&answer.node, response, &digest, &self.signing.roster) {
                    Ok(()) => return attempt.complete(count),
                    Err(bad) => (Fault::Node, bad.into()),
                }
            }
            Err(status) => match Refusal::from_status(&status) {
                Some(refusal) => (Fault::of(refusal.reason()), refusal),
                None if Instant::now() + TIMER_SLACK >= self.deadline => return None,
                None => (Fault::Node, unreachable(&status)),
            },
        };
        debug!(
            request = %self.request.digest(), node = %answer.node, reason = ?refusal.reason(),
            "a node did not contribute"
        );
        match fault {
            Fault::Pool => {}
            Fault::Set => drop(
                self.lessons
                    .failed_sets
                    .insert(attempt.quorum.nodes.clone()),
            ),
            Fault::Node | Fault::Request => {
                self.lessons.failed_nodes.insert(answer.node.clone());
            }
        }
        if fault == Fault::Request {
            self.grace_ends = Instant::now() + DENIAL_GRACE;
        }
        attempt.fail(fault);
        self.verdict.note(&answer.node, refusal);
        None
    }

    /// No quorum is left. Members of failed ones may still have something to say, and enough of
    /// them together make the refusal a final one.
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
        self.verdict.exhausted()
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
