//! Risks that a policy takes only knowingly.

use cedar_policy::EntityUid;

use crate::facts::{Class, OperationFacts};
use crate::source::SourcePolicy;

/// What about an operation needs a permit that names it; or what a permit names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Risks {
    /// The operation authorises a whole session.
    session: bool,
    /// Some of its text reads differently to different programs.
    outside_alphabet: bool,
    /// Something that matters is not signed.
    unbound: bool,
}

impl Risks {
    /// What an operation brings.
    pub(crate) fn of(operation: &OperationFacts) -> Self {
        Self {
            session: operation.class == Class::Session,
            outside_alphabet: operation.is_outside_alphabet(),
            unbound: !operation.unbound.is_empty(),
        }
    }

    /// What a policy names: the action in its scope, the attributes in its conditions.
    pub(crate) fn named_by(policy: &SourcePolicy, session: &EntityUid) -> Self {
        Self {
            session: policy.names_action(session),
            outside_alphabet: policy.mentions.by_name("outside_alphabet"),
            unbound: policy.mentions.by_name("unbound"),
        }
    }

    /// The first of these risks that `permit` does not name, as a person reads it.
    pub(crate) fn first_missing_in(self, permit: Self) -> Option<&'static str> {
        [
            (
                self.session && !permit.session,
                "a session can do anything: no policy permits `session` by name",
            ),
            (
                self.outside_alphabet && !permit.outside_alphabet,
                "some of its text is not plain ASCII: no permit mentions `context.outside_alphabet`",
            ),
            (
                self.unbound && !permit.unbound,
                "the signature does not bind all that matters: no permit mentions `context.unbound`",
            ),
        ]
        .into_iter()
        .find_map(|(missing, text)| missing.then_some(text))
    }
}
