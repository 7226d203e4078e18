//! Why a request was not signed, as a gRPC status that says what the caller can do next.

use std::fmt;
use std::time::Duration;

use prost::Message;
use tonic::{Code, Status};

use crate::name::NodeName;

pub use crate::v1::Refusal;
pub use crate::v1::refusal::Reason;

// Statuses travel in HTTP/2 headers; sixteen causes of this size stay within
// `tls::MAX_HEADER_LIST_BYTES`.
const MAX_RULE: usize = 128;
const MAX_DETAIL: usize = 512;
const MAX_ADVICE: usize = 256;
const MAX_CAUSES: usize = 16;

/// What follows from a [`Reason`].
struct Meaning {
    code: Code,
    /// Whether the reason lies in the request itself, so that honest nodes agree on it and
    /// asking again is pointless.
    definitive: bool,
    advice: &'static str,
}

/// The one table of reasons. `UNAVAILABLE` is for what another coordinator, or the same one a
/// little later, may answer differently for the same envelope; nothing else is worth resending
/// as it is.
fn meaning(reason: Reason) -> Meaning {
    let (code, definitive, advice) = match reason {
        Reason::Unspecified => (Code::Unknown, false, ""),
        Reason::Malformed => (Code::InvalidArgument, true, "correct the request"),
        Reason::UnauthenticatedClient => (
            Code::PermissionDenied,
            true,
            "sign with the key the roster holds for this client",
        ),
        Reason::Stale => (
            Code::FailedPrecondition,
            true,
            "check the clock, then make a new request",
        ),
        Reason::Replayed => (
            Code::AlreadyExists,
            true,
            "choose a new request id for new content",
        ),
        Reason::Unclassified => (
            Code::PermissionDenied,
            true,
            "send a request the venue's dialect understands",
        ),
        Reason::PolicyDenied => (
            Code::PermissionDenied,
            true,
            "stay within the policy, or have the officers change it",
        ),
        Reason::UnknownKey => (
            Code::NotFound,
            false,
            "check the key id, and that the key is active at every node",
        ),
        Reason::NoQuorum => (Code::Unavailable, false, "bring nodes back, then retry"),
        Reason::PoolEmpty => (
            Code::Unavailable,
            false,
            "retry after the given time; enlarge the pool if it lasts",
        ),
        Reason::Deadline => (
            Code::DeadlineExceeded,
            false,
            "make a new request, with a later deadline if it lasts",
        ),
        Reason::Disagreement => (
            Code::Aborted,
            false,
            "retry; compare the nodes' states if it lasts",
        ),
        Reason::ProtocolFailure => (
            Code::Aborted,
            false,
            "retry through another quorum; the node's operator has an incident to read",
        ),
        Reason::AuditUnavailable => (
            Code::Unavailable,
            false,
            "retry; the node's operator must look at its disk",
        ),
        Reason::ForbiddenCaller => (
            Code::PermissionDenied,
            false,
            "use a certificate of the right role",
        ),
        Reason::NotReady => (Code::Unavailable, false, "retry once the node is ready"),
        Reason::Overloaded => (Code::ResourceExhausted, false, "retry after the given time"),
        Reason::NotEnrolled => (
            Code::PermissionDenied,
            true,
            "name the passphrase and API key dealt with the key, or have it dealt with others",
        ),
    };
    Meaning {
        code,
        definitive,
        advice,
    }
}

impl Reason {
    /// The gRPC code a refusal for this reason travels under.
    #[must_use]
    pub fn code(self) -> Code {
        meaning(self).code
    }

    /// Whether the reason lies in the request itself: honest nodes agree on it, and the same
    /// request will not fare better later.
    #[must_use]
    pub fn is_definitive(self) -> bool {
        meaning(self).definitive
    }
}

impl Refusal {
    /// A refusal with the usual advice for its reason.
    #[must_use]
    pub fn new(reason: Reason) -> Self {
        Self {
            reason: reason.into(),
            advice: meaning(reason).advice.to_owned(),
            ..Self::default()
        }
    }

    /// Names the rule that refused: a policy id or a check's name.
    #[must_use]
    pub fn with_rule(mut self, rule: impl Into<String>) -> Self {
        self.rule = rule.into();
        self
    }

    /// Says what was observed and what was expected. Never a secret.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    /// Replaces the usual advice.
    #[must_use]
    pub fn with_advice(mut self, advice: impl Into<String>) -> Self {
        self.advice = advice.into();
        self
    }

    /// Names the node that refuses.
    #[must_use]
    pub fn at_node(mut self, node: &NodeName) -> Self {
        self.node = node.to_string();
        self
    }

    /// Says that the same request may succeed after this time, rounded up to milliseconds.
    #[must_use]
    pub fn retry_after(mut self, after: Duration) -> Self {
        self.retry_after_ms = u64::try_from(after.as_micros().div_ceil(1000)).unwrap_or(u64::MAX);
        self
    }

    /// Attaches what others said.
    #[must_use]
    pub fn with_causes(mut self, causes: Vec<Refusal>) -> Self {
        self.causes = causes;
        self
    }

    /// The refusal inside a status, if it carries one. Texts are cut to size and cleared of
    /// control characters: they come from elsewhere and end on terminals.
    #[must_use]
    pub fn from_status(status: &Status) -> Option<Self> {
        if status.details().is_empty() {
            return None;
        }
        let refusal = Self::decode(status.details()).ok()?;
        (refusal.reason() != Reason::Unspecified).then(|| refusal.tidy())
    }

    /// Cuts texts to size, replaces control characters, and keeps one level of causes.
    #[must_use]
    pub fn tidy(self) -> Self {
        let mut causes = self.causes;
        causes.truncate(MAX_CAUSES);
        let causes = causes
            .into_iter()
            .map(|cause| {
                Self {
                    causes: Vec::new(),
                    ..cause
                }
                .tidy()
            })
            .collect();
        Self {
            reason: self.reason,
            // A name that is none is not worth repeating.
            node: self
                .node
                .parse::<NodeName>()
                .map(String::from)
                .unwrap_or_default(),
            rule: tidy_text(&self.rule, MAX_RULE),
            detail: tidy_text(&self.detail, MAX_DETAIL),
            advice: tidy_text(&self.advice, MAX_ADVICE),
            retry_after_ms: self.retry_after_ms,
            causes,
        }
    }
}

/// Control and bidirectional-override characters could make a terminal show something else.
fn tidy_text(text: &str, max: usize) -> String {
    let mut out = String::new();
    for c in text.chars() {
        let harmful = c.is_control()
            || matches!(c, '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        let c = if harmful { '\u{fffd}' } else { c };
        if out.len() + c.len_utf8() > max {
            break;
        }
        out.push(c);
    }
    out
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason().as_str_name())?;
        if !self.node.is_empty() {
            write!(f, " at node {}", self.node)?;
        }
        if !self.rule.is_empty() {
            write!(f, " by {}", self.rule)?;
        }
        if !self.detail.is_empty() {
            write!(f, ": {}", self.detail)?;
        }
        if !self.advice.is_empty() {
            write!(f, " ({})", self.advice)?;
        }
        for cause in &self.causes {
            write!(f, "; {cause}")?;
        }
        Ok(())
    }
}

impl From<Refusal> for Status {
    fn from(refusal: Refusal) -> Self {
        let refusal = refusal.tidy();
        let reason = refusal.reason();
        let message = if refusal.detail.is_empty() {
            reason.as_str_name().to_owned()
        } else {
            format!("{}: {}", reason.as_str_name(), refusal.detail)
        };
        Status::with_details(reason.code(), message, refusal.encode_to_vec().into())
    }
}

impl From<Box<Refusal>> for Status {
    fn from(refusal: Box<Refusal>) -> Self {
        Self::from(*refusal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all_reasons() -> Vec<Reason> {
        (0..)
            .map_while(|number| Reason::try_from(number).ok())
            .collect()
    }

    #[test]
    fn refusals_survive_the_status() {
        let node: NodeName = "a".parse().unwrap();
        for reason in all_reasons().into_iter().skip(1) {
            let refusal = Refusal::new(reason)
                .with_rule("rule")
                .with_detail("detail")
                .at_node(&node)
                .retry_after(Duration::from_micros(1500))
                .with_causes(vec![Refusal::new(Reason::Stale).at_node(&node)]);
            let status = Status::from(refusal.clone());
            assert_eq!(status.code(), reason.code());
            assert_eq!(Refusal::from_status(&status), Some(refusal.clone()));
            assert_eq!(refusal.retry_after_ms, 2);
            assert!(!refusal.advice.is_empty());
        }
    }

    #[test]
    fn only_what_another_try_may_change_is_unavailable() {
        for reason in all_reasons() {
            let retryable = matches!(
                reason,
                Reason::NoQuorum | Reason::PoolEmpty | Reason::AuditUnavailable | Reason::NotReady
            );
            assert_eq!(reason.code() == Code::Unavailable, retryable, "{reason:?}");
            assert!(!(reason.is_definitive() && retryable));
        }
    }

    #[test]
    fn a_status_without_a_refusal_gives_none() {
        assert_eq!(Refusal::from_status(&Status::unavailable("down")), None);
        let garbage = Status::with_details(Code::Internal, "", vec![0xff; 9].into());
        assert_eq!(Refusal::from_status(&garbage), None);
        let empty = Refusal::default().encode_to_vec();
        let unspecified = Status::with_details(Code::Internal, "", empty.into());
        assert_eq!(Refusal::from_status(&unspecified), None);
    }

    #[test]
    fn hostile_texts_are_cut_and_cleaned() {
        let deep = Refusal::new(Reason::Stale).with_causes(vec![
            Refusal::new(Reason::Stale).with_causes(vec![Refusal::default()]),
        ]);
        let refusal = Refusal {
            node: "../../etc".into(),
            ..Refusal::new(Reason::PolicyDenied)
        }
        .with_detail(format!("\u{1b}[2J\u{202e}{}", "é".repeat(4000)))
        .with_causes(vec![deep; 40]);
        let status = Status::from(refusal);
        assert!(status.details().len() < 16 * 1024);
        let seen = Refusal::from_status(&status).unwrap();
        assert!(seen.detail.starts_with("\u{fffd}[2J\u{fffd}é"));
        assert!(seen.detail.len() <= MAX_DETAIL);
        assert_eq!(seen.node, "");
        assert_eq!(seen.causes.len(), MAX_CAUSES);
        assert!(seen.causes[0].causes.is_empty());
    }
}
