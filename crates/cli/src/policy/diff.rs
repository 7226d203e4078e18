//! `countersign policy diff`.

use std::path::PathBuf;

use countersign_node::policies;
use countersign_policy::diff::{BundleDiff, PolicyText, RequestChange};
use serde::Serialize;

use crate::error::CliError;
use crate::output;

/// Show what changes from one set of policies to another
#[derive(Debug, clap::Args)]
#[command(
    long_about = "Show what changes from one set of policies to another: policies added, removed and changed, with \
    the limits that moved; and kinds of requests that come to be allowed or denied, found by asking both sets about \
    made-up requests. The second part shows that something changes; that nothing else does, it cannot show.\n\n\
    Run by: whoever approves a change of policy.\n\n\
    Example:\n  \
    countersign policy diff policies-in-force/ policies-proposed/"
)]
pub struct Args {
    /// What is in force: Cedar files' directory, or one file.
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// What is to take its place.
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// Print one JSON object instead of text.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    added: Vec<Text>,
    removed: Vec<Text>,
    changed: Vec<Changed>,
    requests_tried: usize,
    /// There were more to try.
    cut_short: bool,
    /// Policies for a part of which no requests are made up.
    unread: Vec<String>,
    requests: Vec<Request>,
}

#[derive(Serialize)]
struct Text {
    id: String,
    reason: Option<String>,
    text: String,
}

#[derive(Serialize)]
struct Changed {
    id: String,
    /// In what: "limit: notional > 5000 becomes 9000".
    changes: Vec<String>,
    old: String,
    new: String,
}

#[derive(Serialize)]
struct Request {
    client: String,
    key: String,
    class: &'static str,
    loosens: bool,
    old: String,
    new: String,
    count: usize,
    examples: Vec<String>,
}

/// Runs `countersign policy diff`.
pub(super) fn run(args: &Args) -> Result<(), CliError> {
    let old = policies::load(std::slice::from_ref(&args.old))?;
    let new = policies::load(std::slice::from_ref(&args.new))?;
    let diff = BundleDiff::between(&old, &new);
    if args.json {
        output::json(&Report::of(&diff))
    } else {
        output::line(diff.to_string().trim_end())
    }
}

impl Report {
    fn of(diff: &BundleDiff) -> Self {
        let text = |policy: &PolicyText| Text {
            id: policy.rule.id.clone(),
            reason: policy.rule.reason.clone(),
            text: policy.text.clone(),
        };
        let request = |change: &RequestChange| Request {
            client: change.client.clone(),
            key: change.key.clone(),
            class: change.class.name(),
            loosens: change.loosens(),
            old: change.old.to_string(),
            new: change.new.to_string(),
            count: change.count,
            examples: change.stated().collect(),
        };
        Self {
            added: diff.added.iter().map(text).collect(),
            removed: diff.removed.iter().map(text).collect(),
            changed: diff
                .changed
                .iter()
                .map(|change| Changed {
                    id: change.id.clone(),
                    changes: change.changes.iter().map(ToString::to_string).collect(),
                    old: change.old.clone(),
                    new: change.new.clone(),
                })
                .collect(),
            requests_tried: diff.requests.tried,
            cut_short: diff.requests.cut_short,
            unread: diff.requests.unread.clone(),
            requests: diff.requests.changes.iter().map(request).collect(),
        }
    }
}
