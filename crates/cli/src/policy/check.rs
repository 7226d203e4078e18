//! `countersign policy check`.

use std::path::PathBuf;

use countersign_node::policies;
use countersign_policy::SCHEMA_VERSION;
use serde::Serialize;

use crate::error::CliError;
use crate::output;

/// Validate policies, as a node does when it loads them
#[derive(Debug, clap::Args)]
#[command(
    long_about = "Validate policies, as a node does when it loads them: syntax, the shipped schema, ids, no \
    invisible characters, no policy of which Cedar can tell that it never applies (of `context.hour > 24` it cannot: \
    have a case for each forbid). Prints each policy's id and reason, and the hash by which nodes know the bundle.\n\n\
    Run by: whoever writes policies.\n\n\
    Example:\n  \
    countersign policy check policies/"
)]
pub struct Args {
    /// Cedar files, or directories of them.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Print one JSON object instead of text.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    schema_version: u32,
    hash: String,
    policies: Vec<Policy>,
}

#[derive(Serialize)]
struct Policy {
    id: String,
    reason: Option<String>,
}

/// Runs `countersign policy check`.
pub(super) fn run(args: &Args) -> Result<(), CliError> {
    let bundle = policies::load(&args.paths)?;
    let report = Report {
        schema_version: SCHEMA_VERSION,
        hash: hex::encode(bundle.hash()),
        policies: bundle
            .rules()
            .map(|rule| Policy {
                id: rule.id.clone(),
                reason: rule.reason.clone(),
            })
            .collect(),
    };
    if args.json {
        return output::json(&report);
    }
    let mut table = output::Table::new(&["POLICY", "REASON"]);
    for policy in &report.policies {
        table.row(vec![
            policy.id.clone(),
            policy.reason.clone().unwrap_or_default(),
        ]);
    }
    output::line(table.render())?;
    let count = report.policies.len();
    output::line(format!(
        "{count} policies, schema {}, hash {}",
        report.schema_version, report.hash
    ))
}
