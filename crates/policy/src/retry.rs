//! When a request that is over a limit would be within it.

use crate::bundle::Bundle;
use crate::counters::Counters;
use crate::decision::{Decision, Denial, DenialKind};
use crate::facts::Question;
use crate::usage::{Charge, Usage};

impl Bundle {
    /// In how many milliseconds the same request would be allowed, if nothing else is charged until
    /// then; `None` if what denies it is not a sum over a window, or is more than that.
    ///
    /// `denial` is what [`Bundle::decide`] said to `question`, whose usage is that of `counters`
    /// with `charge` included, times `part` (see [`Usage::scaled`](crate::Usage::scaled)). Costs
    /// some ten decisions where a policy behind the denial looks at usage, and nothing elsewhere.
    pub fn retry_after_ms(
        &self,
        question: &Question<'_>,
        denial: &Denial,
        counters: &Counters,
        charge: Charge,
        part: u64,
    ) -> Option<u64> {
        let usage = |now_ms: u64| {
            let (key, client) = counters.usage(now_ms, question.key, question.client, charge);
            (key.scaled(part), client.scaled(part))
        };
        let falls = || counters.falls(question.now_ms, question.key, question.client);
        self.retry_after_ms_by(question, denial, falls, usage)
    }

    /// As [`Bundle::retry_after_ms`] for counters of the caller's own: `usage` is that of the key and of
    /// the client at a time, and it falls at no times but `falls`, which rise.
    pub fn retry_after_ms_by(
        &self,
        question: &Question<'_>,
        denial: &Denial,
        falls: impl FnOnce() -> Vec<u64>,
        usage: impl Fn(u64) -> (Usage, Usage),
    ) -> Option<u64> {
        if !self.hangs_on_usage(denial) {
            return None;
        }
        let passes = |now_ms: u64| {
            let (key, client) = usage(now_ms);
            let later = Question {
                now_ms,
                usage_key: &key,
                usage_client: &client,
                ..*question
            };
            matches!(self.decide(&later), Decision::Allow { .. })
        };
        let falls = falls();
        // Sums only fall, so once it passes it goes on to; but a policy may look at the hour too.
        let first = falls.partition_point(|time| !passes(*time));
        let time = falls.get(first).filter(|time| passes(**time))?;
        Some(time - question.now_ms)
    }

    fn hangs_on_usage(&self, denial: &Denial) -> bool {
        let looks = |id: &str| {
            self.lowered(id).is_some_and(|lowered| {
                ["key_usage", "client_usage"]
                    .iter()
                    .any(|usage| lowered.mentions.attribute(usage))
            })
        };
        match denial.kind {
            DenialKind::Forbidden => denial.rules.iter().any(|rule| looks(&rule.id)),
            DenialKind::NoPermit => self.ids().any(looks),
            _ => false,
        }
    }
}
