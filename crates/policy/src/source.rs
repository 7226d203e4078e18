//! Reading one `.cedar` text into policies that know where they stand.

use std::str::FromStr;

use cedar_policy::{ActionConstraint, Effect, EntityUid, ParseErrors, Policy, PolicyId, PolicySet};
use miette::Diagnostic;

use crate::error::{PolicyError, Problem};
use crate::mentions::Mentions;
use crate::text::{self, is_hidden, line_at};

/// Characters an `@id` or a source's name may have.
const MAX_ID: usize = 64;
/// Characters a `@reason` may have.
const MAX_REASON: usize = 200;

/// A policy under its own id, and where it was found.
pub(crate) struct SourcePolicy {
    pub(crate) id: String,
    pub(crate) reason: Option<String>,
    pub(crate) place: Place,
    pub(crate) policy: Policy,
    pub(crate) mentions: Mentions,
}

impl SourcePolicy {
    /// Whether the policy's scope names this action itself, not a group of it or any action.
    pub(crate) fn names_action(&self, action: &EntityUid) -> bool {
        match self.policy.action_constraint() {
            ActionConstraint::Any => false,
            ActionConstraint::In(actions) => actions.contains(action),
            ActionConstraint::Eq(one) => one == *action,
        }
    }
}

/// A line of a source.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) file: String,
    pub(crate) line: usize,
}

impl Place {
    pub(crate) fn error(&self, policy: Option<&str>, problem: Problem) -> PolicyError {
        PolicyError {
            file: self.file.clone(),
            line: self.line,
            policy: policy.map(str::to_owned),
            problem,
        }
    }
}

/// Parses a source. Ids are checked one by one, but not against each other.
pub(crate) fn parse(file: &str, text: &str) -> Result<Vec<SourcePolicy>, PolicyError> {
    let at = |line| Place {
        file: file.to_owned(),
        line,
    };
    check_name(file).map_err(|problem| at(1).error(None, problem))?;
    text::check(text).map_err(|(line, problem)| at(line).error(None, problem))?;
    let set = PolicySet::from_str(text).map_err(|errors| {
        let line = first_offset(&errors).map_or(1, |offset| line_at(text, offset));
        at(line).error(
            None,
            Problem::Syntax {
                message: first_message(&errors),
            },
        )
    })?;
    if let Some(template) = set.templates().next() {
        let line = text
            .find(&template.to_cedar())
            .map_or(1, |offset| line_at(text, offset));
        return Err(at(line).error(None, Problem::Slots));
    }
    in_textual_order(&set, text)
        .into_iter()
        .map(|(policy, line)| accept(policy, at(line)))
        .collect()
}

/// The byte offset that a diagnostic of Cedar's points to.
pub(crate) fn offset_of(diagnostic: &dyn Diagnostic) -> Option<usize> {
    diagnostic.labels()?.map(|label| label.offset()).min()
}

/// A diagnostic's message, with its help, on one line.
pub(crate) fn message_of(diagnostic: &dyn Diagnostic) -> String {
    let mut message = diagnostic.to_string();
    if let Some(help) = diagnostic.help() {
        message.push_str("; ");
        message.push_str(&help.to_string());
    }
    text::one_line(&message)
}

fn first_offset(errors: &ParseErrors) -> Option<usize> {
    errors.iter().next().and_then(|error| offset_of(error))
}

fn first_message(errors: &ParseErrors) -> String {
    errors
        .iter()
        .next()
        .map_or_else(String::new, |error| message_of(error))
}

fn check_name(name: &str) -> Result<(), Problem> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    let stem = name.strip_suffix(".cedar").unwrap_or_default();
    if stem.is_empty() || name.len() > MAX_ID || !name.bytes().all(allowed) {
        return Err(Problem::SourceName);
    }
    Ok(())
}

/// The policies of a text with their lines, in the order they stand in. Cedar numbers them
/// ("policy0", "policy1", …) as it meets them.
fn in_textual_order<'a>(set: &'a PolicySet, text: &str) -> Vec<(&'a Policy, usize)> {
    let number = |policy: &Policy| -> Option<usize> {
        AsRef::<str>::as_ref(policy.id())
            .strip_prefix("policy")?
            .parse()
            .ok()
    };
    let mut policies: Vec<&Policy> = set.policies().collect();
    policies.sort_by_key(|policy| number(policy));
    let mut from = 0;
    let mut located = Vec::with_capacity(policies.len());
    for policy in policies {
        let own_text = policy.to_cedar().unwrap_or_default();
        let found = text.get(from..).and_then(|rest| rest.find(&own_text));
        let offset = from + found.unwrap_or(0);
        located.push((policy, line_at(text, offset)));
        from = offset + own_text.len();
    }
    located
}

fn accept(policy: &Policy, place: Place) -> Result<SourcePolicy, PolicyError> {
    let id = policy
        .annotation("id")
        .ok_or_else(|| place.error(None, Problem::MissingId))?;
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if id.is_empty() || id.len() > MAX_ID || !id.bytes().all(allowed) {
        return Err(place.error(None, Problem::BadId));
    }
    let refuse = |problem| Err(place.error(Some(id), problem));
    if let Some((name, _)) = policy
        .annotations()
        .find(|(name, _)| !["id", "reason"].contains(name))
    {
        return refuse(Problem::UnknownAnnotation {
            name: name.to_owned(),
        });
    }
    let reason = policy.annotation("reason");
    if let Some(reason) = reason
        && (reason.trim().is_empty()
            || reason.chars().count() > MAX_REASON
            || reason.chars().any(is_hidden))
    {
        return refuse(Problem::BadReason);
    }
    let mentions = Mentions::of(policy);
    if policy.effect() == Effect::Permit && mentions.attribute("source_network") {
        return refuse(Problem::SourceNetworkInPermit);
    }
    Ok(SourcePolicy {
        id: id.to_owned(),
        reason: reason.map(str::to_owned),
        place,
        policy: policy.new_id(PolicyId::new(id)),
        mentions,
    })
}
