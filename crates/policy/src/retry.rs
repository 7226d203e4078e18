//! When a request that is over a limit would be within it.

use crate::bundle::Bundle;
use crate::decision::{Denial, DenialKind};
use crate::facts::Question;
use crate::usage::Usage;

impl Bundle {
    /// In how many milliseconds the same request would be allowed, if nothing else is charged until
    /// then; `None` if what denies it is not a sum over a window, or is more than that.
    ///
    /// `denial` is what [`Bundle::decide`] said to `question`. `usage_at` says what the usage of key
    /// and client would be at a later time, this request included, and `falls` at which times any
    /// of it falls, ascending ([`Counters::falls`](crate::Counters::falls)). Costs some ten
    /// decisions where a policy behind the denial looks at usage, and nothing elsewhere.
    pub fn retry_after_ms(
        &self,
        question: &Question<'_>,
        denial: &Denial,
        falls: &[u64],
        usage_at: impl Fn(u64) -> (Usage, Usage),
    ) -> Option<u64> {
        if !self.hangs_on_usage(denial) {
            return None;
        }
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
        // Sums only fall, so once it passes it goes on to; but a policy may look at the hour too.
        let first = falls.partition_point(|time| !passes(*time));
        let time = falls.get(first).filter(|time| passes(**time))?;
        time.checked_sub(question.now_ms)
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
