//! `countersign policy test`.

use std::path::{Path, PathBuf};

use countersign_node::policies;
use countersign_policy::cases::CaseTable;
use serde::Serialize;

use super::requests;
use crate::error::CliError;
use crate::output;

/// Run tables of cases against policies
#[derive(Debug, clap::Args)]
#[command(
    long_about = "Run tables of cases against policies: what must be allowed, what must be denied, and by which \
    policy.\n\n\
    Run by: whoever writes policies, before they are proposed and with every change.\n\n\
    Example:\n  \
    countersign policy test --policy policies/ cases.yaml\n\n\
    with cases.yaml (or the same as JSON):\n\n  \
    cases:\n  \
    \x20 - name: a small order is allowed\n  \
    \x20   client: desk-1\n  \
    \x20   key: trading\n  \
    \x20   request: order.json        # beside this file; or state `operations` and `venue`\n  \
    \x20   permissions: [read, spot_trading]   # of the key, as it is dealt; the widest if left out\n  \
    \x20   expect: allow\n  \
    \x20 - name: withdrawals are not\n  \
    \x20   client: desk-1\n  \
    \x20   key: trading\n  \
    \x20   venue: okx\n  \
    \x20   operations: [{class: withdraw, asset: USDT, amount: \"10\"}]\n  \
    \x20   expect: deny\n  \
    \x20   rule: no-withdrawals\n\n\
    Exit code 1: a case does not hold."
)]
pub struct Args {
    /// Cedar files, or directories of them.
    #[arg(long = "policy", required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Tables of cases, YAML or JSON.
    #[arg(required = true, value_name = "FILE")]
    tables: Vec<PathBuf>,
    /// Print one JSON object for each case instead of text.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Line<'a> {
    table: &'a Path,
    case: &'a str,
    holds: bool,
    decision: Option<String>,
    failure: Option<&'a str>,
}

/// Runs `countersign policy test`.
pub(super) fn run(args: &Args) -> Result<(), CliError> {
    let bundle = policies::load(&args.paths)?;
    let (mut cases, mut failed) = (0, 0);
    for path in &args.tables {
        let table = table(path)?;
        let beside = path.parent().unwrap_or(Path::new("."));
        for result in table.run(&bundle, |request| {
            requests::resolve(&beside.join(request.name), request.permissions)
        }) {
            cases += 1;
            failed += usize::from(!result.holds());
            let line = Line {
                table: path,
                case: &result.name,
                holds: result.holds(),
                decision: result.decision.as_ref().map(ToString::to_string),
                failure: result.failure.as_deref(),
            };
            if args.json {
                output::json(&line)?;
            } else {
                match line.failure {
                    None => output::line(format!("ok      {}", line.case))?,
                    Some(failure) => {
                        output::line(format!("FAILED  {}\n        {failure}", line.case))?
                    }
                }
            }
        }
    }
    if !args.json {
        output::line(format!("{} of {cases} cases hold", cases - failed))?;
    }
    match failed {
        0 => Ok(()),
        failed => Err(CliError::Cases(failed)),
    }
}

/// Reads a table. JSON is YAML too.
fn table(path: &Path) -> Result<CaseTable, CliError> {
    let text = std::fs::read_to_string(path).map_err(CliError::file(path))?;
    serde_saphyr::from_str(&text).map_err(|error| CliError::CaseFile {
        path: path.to_owned(),
        error: error.to_string(),
    })
}
