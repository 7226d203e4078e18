//! The report an officer reads.

use std::fmt;

use super::{BundleDiff, Change, PolicyChange, PolicyText, RequestChange, RequestDiff};
use crate::comparisons::{Literal, Relation};
use crate::decision::Decision;

impl fmt::Display for BundleDiff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return writeln!(f, "The policies are the same, but for layout and comments.");
        }
        for policy in &self.added {
            writeln!(f, "ADDED {policy}")?;
        }
        for policy in &self.removed {
            writeln!(f, "REMOVED {policy}")?;
        }
        for change in &self.changed {
            writeln!(f, "CHANGED {change}")?;
        }
        self.requests.fmt(f)
    }
}

impl fmt::Display for PolicyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.rule.id)?;
        indented(f, "", &self.text)
    }
}

impl fmt::Display for PolicyChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.id)?;
        for change in &self.changes {
            writeln!(f, "  {change}")?;
        }
        indented(f, "- ", &self.old)?;
        indented(f, "+ ", &self.new)
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Effect { old, new } => write!(f, "effect: {old} becomes {new}"),
            Self::Scope { part, old, new } => write!(f, "{part}: {old} becomes {new}"),
            Self::Reason { old, new } => {
                let quoted = |reason: &Option<String>| {
                    reason
                        .as_ref()
                        .map_or("none".to_owned(), |text| format!("\"{text}\""))
                };
                write!(f, "reason: {} becomes {}", quoted(old), quoted(new))
            }
            Self::Limit {
                attribute,
                relation,
                old,
                new,
            } => write!(
                f,
                "limit: {attribute} {} {old} becomes {new}",
                sign(*relation)
            ),
            Self::Conditions => f.write_str("conditions: compare the texts"),
        }
    }
}

impl fmt::Display for RequestDiff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.changes.is_empty() {
            writeln!(
                f,
                "None of {} made-up requests gets another answer.",
                self.tried
            )?;
        } else {
            let count: usize = self.changes.iter().map(|change| change.count).sum();
            writeln!(
                f,
                "{count} of {} made-up requests get another answer.",
                self.tried
            )?;
        }
        if !self.unread.is_empty() {
            writeln!(
                f,
                "No requests are made up for a part of what these compare, so read them: {}.",
                self.unread.join(", ")
            )?;
        }
        if self.cut_short {
            writeln!(f, "There were more to try: this is not all.")?;
        }
        for (title, loosens) in [("NOW ALLOWED", true), ("NOW DENIED", false)] {
            for change in self.changes.iter().filter(|one| one.loosens() == loosens) {
                writeln!(f, "{title} {change}")?;
            }
        }
        Ok(())
    }
}

impl RequestChange {
    /// What some of the requests state, as the report has it.
    pub fn stated(&self) -> impl Iterator<Item = String> {
        self.examples.iter().map(|one| Stated(one).to_string())
    }
}

impl fmt::Display for RequestChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} by client {} with key {}",
            self.class, self.client, self.key
        )?;
        for example in self.stated() {
            writeln!(f, "  for example: {example}")?;
        }
        for (title, decision) in [("was", &self.old), ("is", &self.new)] {
            match decision {
                Decision::Allow { .. } => writeln!(f, "  {title} {decision}")?,
                Decision::Deny(denial) => writeln!(f, "  {title} denied by `{}`", denial.rule())?,
            }
        }
        Ok(())
    }
}

/// What a made-up request states.
struct Stated<'a>(&'a [(String, Literal)]);

impl fmt::Display for Stated<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("whatever it states");
        }
        for (index, (attribute, literal)) in self.0.iter().enumerate() {
            let comma = if index > 0 { ", " } else { "" };
            write!(f, "{comma}{attribute} {literal}")?;
        }
        Ok(())
    }
}

fn sign(relation: Relation) -> &'static str {
    match relation {
        Relation::Below => "<",
        Relation::AtMost => "<=",
        Relation::Above => ">",
        Relation::AtLeast => ">=",
        Relation::Equal => "==",
        Relation::Unequal => "!=",
        Relation::OneOf => "in",
        Relation::NoneOf => "not in",
    }
}

fn indented(f: &mut fmt::Formatter<'_>, mark: &str, text: &str) -> fmt::Result {
    for line in text.lines() {
        writeln!(f, "    {mark}{line}")?;
    }
    Ok(())
}
