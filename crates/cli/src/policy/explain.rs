//! `countersign policy explain`.

use std::path::PathBuf;

use countersign_node::policies;
use countersign_policy::{
    Charge, Decision, OperationExplanation, PolicyExplanation, Question, Usage, Verdict,
};
use serde::Serialize;

use super::requests;
use crate::error::CliError;
use crate::output;
use crate::permissions::permission_names;

/// Say what policies make of one request, and why
#[derive(Debug, clap::Args)]
#[command(
    long_about = "Say what policies make of one request, and why: the decision on the whole, and on each \
    operation that its signature would authorise. Usage is that of the first request ever; cases with usage are \
    for `countersign policy test`.\n\n\
    Run by: whoever writes policies, or wonders about a denial.\n\n\
    Example:\n  \
    countersign policy explain --policy policies/ --client desk-1 --key-id trading --request order.json\n\n\
    Exit code 0 also for a request that is denied."
)]
pub struct Args {
    /// Cedar files, or directories of them.
    #[arg(long = "policy", required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Who asks.
    #[arg(long, value_name = "NAME")]
    client: String,
    /// With which key.
    #[arg(long, value_name = "NAME")]
    key_id: String,
    /// The request, JSON as for `countersign sign` or as captured; '-' reads it from stdin.
    #[arg(long, value_name = "FILE")]
    request: PathBuf,
    /// What the key may do at the exchange, as it is dealt, separated by commas. Left out, the widest is
    /// assumed: policies then have to permit more.
    #[arg(long, value_name = "PERMISSIONS", value_delimiter = ',', value_parser = permission_names())]
    permissions: Option<Vec<String>>,
    /// When, in Unix milliseconds; now if left out.
    #[arg(long, value_name = "MS")]
    at_ms: Option<u64>,
    /// How bad things are; 0 is normal.
    #[arg(long, value_name = "N", default_value_t = 0)]
    risk_level: u64,
    /// The kill switch is open.
    #[arg(long)]
    kill_switch: bool,
    /// Print one JSON object instead of text.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    allowed: bool,
    decision: String,
    operations: Vec<Answer>,
}

/// What is decided about one operation.
#[derive(Serialize)]
struct Answer {
    class: &'static str,
    operation: String,
    allowed: bool,
    decision: String,
    policies: Vec<Say>,
}

/// What one policy says about an operation in its scope.
#[derive(Serialize)]
struct Say {
    id: String,
    reason: Option<String>,
    effect: &'static str,
    verdict: &'static str,
    causes: Vec<String>,
}

impl Answer {
    fn of(explained: &OperationExplanation) -> Self {
        Self {
            class: explained.operation.class.name(),
            operation: explained.operation.name.clone(),
            allowed: explained.decision.is_allow(),
            decision: explained.decision.to_string(),
            policies: explained.policies.iter().map(Say::of).collect(),
        }
    }
}

impl Say {
    fn of(policy: &PolicyExplanation) -> Self {
        Self {
            id: policy.rule.id.clone(),
            reason: policy.rule.reason.clone(),
            effect: if policy.is_permit { "permit" } else { "forbid" },
            verdict: match policy.verdict {
                Verdict::Applies => "applies",
                Verdict::DoesNotApply => "does not apply",
                Verdict::Fails => "fails, which denies",
            },
            causes: policy.causes.iter().map(ToString::to_string).collect(),
        }
    }
}

/// Runs `countersign policy explain`.
pub(super) fn run(args: &Args) -> Result<(), CliError> {
    let bundle = policies::load(&args.paths)?;
    let resolved = requests::resolve(&args.request, args.permissions.as_deref())?;
    let charge = Charge::for_operations(&resolved.operations);
    let usage = Usage::from_fn(|_| charge);
    let question = Question {
        client: &args.client,
        key: &args.key_id,
        venue: &resolved.venue,
        now_ms: args.at_ms.map_or_else(now_ms, Ok)?,
        operations: &resolved.operations,
        usage_key: &usage,
        usage_client: &usage,
        risk_level: Some(args.risk_level),
        kill_switch: Some(args.kill_switch),
        source_network: None,
    };
    let whole = match bundle.decide(&question) {
        Decision::Deny(denial) => {
            let after = bundle.retry_after_ms(&question, &denial, &[], |_| (usage, usage));
            Decision::Deny(denial.retry_after(after))
        }
        allowed => allowed,
    };
    let report = Report {
        allowed: whole.is_allow(),
        decision: whole.to_string(),
        operations: bundle.explain(&question).iter().map(Answer::of).collect(),
    };
    if args.json {
        return output::json(&report);
    }
    output::line(&report.decision)?;
    for answer in &report.operations {
        output::line(format!(
            "\n{} {}: {}",
            answer.class, answer.operation, answer.decision
        ))?;
        for say in &answer.policies {
            output::line(format!("  {} {} {}", say.effect, say.id, say.verdict))?;
            for cause in &say.causes {
                output::line(format!("    {cause}"))?;
            }
        }
    }
    Ok(())
}

fn now_ms() -> Result<u64, CliError> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let millis = now.ok().and_then(|now| u64::try_from(now.as_millis()).ok());
    millis.ok_or(CliError::Clock)
}
