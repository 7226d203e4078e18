//! When a request that is denied would pass.

use crate::askers::Lowered;
use crate::attributes::View;
use crate::bundle::Bundle;
use crate::decision::{Denial, DenialKind};
use crate::facts::Question;
use crate::usage::Usage;

const USAGE: &[&str] = &["key_usage", "client_usage"];
const CLOCK: &[&str] = &["hour", "weekday"];

const HOUR_MS: u64 = 3_600_000;
/// Of a week, after which the clock of a policy begins again.
const HOURS: u64 = 7 * 24;
/// Decisions that finding an hour may cost.
const TRIES: usize = 8;

impl Bundle {
    /// In how many milliseconds the same request would be allowed, if nothing else is charged until
    /// then; `None` if what denies it is neither a sum over a window nor the hour or the weekday, or is
    /// more than that.
    ///
    /// `denial` is what [`Bundle::decide`] said to `question`. `usage_at` says what the usage of key
    /// and client would be at a later time, this request included, and `falls` at which times any
    /// of it falls, ascending ([`Counters::falls`](crate::Counters::falls)). Costs some ten
    /// decisions where a policy behind the denial looks at usage, as many where one looks at the clock,
    /// and nothing elsewhere. By the clock it is the start of an hour, in the week to come.
    pub fn retry_after_ms(
        &self,
        question: &Question<'_>,
        denial: &Denial,
        falls: &[u64],
        usage_at: impl Fn(u64) -> (Usage, Usage),
    ) -> Option<u64> {
        let passes = |now_ms: u64| {
            let (key, client) = usage_at(now_ms);
            let later = Question {
                now_ms,
                usage_key: &key,
                usage_client: &client,
                ..*question
            };
            self.decide(&later).is_allow()
        };
        let by_usage = || {
            // Sums only fall, so once it passes it goes on to; but a policy may look at the hour too.
            let first = falls.partition_point(|time| !passes(*time));
            falls.get(first).copied().filter(|time| passes(*time))
        };
        let by_clock = || {
            let turns = self.turns(question, denial, &usage_at);
            turns.into_iter().take(TRIES).find(|time| passes(*time))
        };
        let in_time = (!self.behind(denial, USAGE).is_empty()).then(by_usage);
        let time = in_time.flatten().or_else(by_clock)?;
        time.checked_sub(question.now_ms)
    }

    /// The hours of the week to come at which a policy that looks at the clock, and is behind the denial or
    /// may come to be, begins to apply or no longer does, as far as its conditions can be told, usage being
    /// at its least.
    fn turns(
        &self,
        question: &Question<'_>,
        denial: &Denial,
        usage_at: impl Fn(u64) -> (Usage, Usage),
    ) -> Vec<u64> {
        let mut ids = self.behind(denial, CLOCK);
        if ids.is_empty() && !self.behind(denial, USAGE).is_empty() {
            // Once there is usage left, the clock may stand in the way.
            ids = self.ids().collect();
        }
        let looking = ids.into_iter().filter_map(|id| self.lowered(id));
        let looking: Vec<_> = looking.filter(|policy| looks_at(policy, CLOCK)).collect();
        let position = denial.operation.as_ref().map(|denied| denied.position);
        let operation = position.and_then(|position| question.operations.get(position));
        let Some(operation) = operation.filter(|_| !looking.is_empty()) else {
            return Vec::new();
        };
        let first = question.now_ms / HOUR_MS + 1;
        let (key, client) = usage_at((first + HOURS).saturating_mul(HOUR_MS));
        let apply = |now_ms: u64| -> Vec<Option<bool>> {
            let later = Question {
                now_ms,
                usage_key: &key,
                usage_client: &client,
                ..*question
            };
            let view = View {
                question: &later,
                operation,
            };
            let conditions = looking.iter().map(|policy| &policy.condition);
            conditions.map(|condition| condition.holds(&view)).collect()
        };
        let mut before = apply(question.now_ms);
        let mut turns = Vec::new();
        for time in (first..first + HOURS).filter_map(|hour| hour.checked_mul(HOUR_MS)) {
            let now = apply(time);
            if now != before {
                turns.push(time);
                before = now;
            }
        }
        turns
    }

    /// The policies behind a denial that look at any of these attributes.
    fn behind<'a>(&'a self, denial: &'a Denial, attributes: &[&str]) -> Vec<&'a str> {
        let looks = |id: &&str| {
            let policy = self.lowered(id);
            policy.is_some_and(|policy| looks_at(policy, attributes))
        };
        match denial.kind {
            DenialKind::Forbidden => {
                let forbidding = denial.rules.iter().map(|rule| rule.id.as_str());
                forbidding.filter(looks).collect()
            }
            DenialKind::NoPermit => self.ids().filter(looks).collect(),
            _ => Vec::new(),
        }
    }
}

fn looks_at(policy: &Lowered, attributes: &[&str]) -> bool {
    let mut attributes = attributes.iter();
    attributes.any(|name| policy.mentions.attribute(name))
}
