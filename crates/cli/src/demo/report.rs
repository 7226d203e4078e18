//! What the demo says: text for people, or one JSON object per step for programs.

use std::io::{self, IsTerminal};
use std::time::Duration;

use countersign_client::{Refusal, Request, Signed};
use countersign_wire::NodeName;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;
use serde_json::{Value, json};

use super::Settings;
use super::cluster::Cluster;
use super::layout::Layout;
use crate::error::CliError;
use crate::output;
use crate::sign::{SignedView, http_text, milliseconds, summary};

/// Where steps are reported to.
#[derive(Debug)]
pub struct Report {
    json: bool,
}

impl Report {
    /// Text, or JSON.
    pub fn new(json: bool) -> Self {
        Self { json }
    }

    /// Certificates and keys are made.
    pub fn deployed(&self, layout: &Layout) -> Result<(), CliError> {
        self.say(
            || {
                format!(
                    "Made certificates and keys of {} nodes, a coordinator and a client in {}.",
                    layout.nodes.len(),
                    layout.dir().display()
                )
            },
            || json!({"step": "deployed", "dir": layout.dir()}),
        )
    }

    /// The key is dealt, and the dealer gone.
    pub fn dealt(&self, layout: &Layout, settings: &Settings) -> Result<(), CliError> {
        let nodes: Vec<&str> = layout.nodes.iter().map(AsRef::as_ref).collect();
        self.say(
            || {
                let source = match settings.secret_file {
                    Some(_) => "your secret",
                    None => "a random secret",
                };
                format!(
                    "Dealt {source} to nodes {}: any {} of them sign, fewer know nothing.\n\
                     The dealing process has ended and its files are deleted.",
                    nodes.join(", "),
                    settings.threshold
                )
            },
            || {
                json!({
                    "step": "dealt", "key_id": layout.key_id.as_str(),
                    "threshold": settings.threshold, "nodes": nodes,
                })
            },
        )
    }

    /// Everything runs and all pools are full.
    pub fn ready(&self, layout: &Layout, cluster: &Cluster) -> Result<(), CliError> {
        let pids = cluster.pids();
        self.say(
            || {
                let mut table = output::Table::new(&["PROCESS", "PID", "ADDRESS"]);
                for (name, pid) in &pids {
                    let address = cluster.addresses().get(name);
                    let address = address.map(ToString::to_string).unwrap_or_default();
                    table.row(vec![name.clone(), pid.to_string(), address]);
                }
                format!("\nStarted, with full pools:\n{}", table.render())
            },
            || {
                json!({
                    "step": "ready", "dir": layout.dir(), "pids": pids,
                    "addresses": cluster.addresses(), "client_config": layout.client_config(),
                })
            },
        )
    }

    /// A request is signed.
    pub fn signed(&self, signed: &Signed, request: &Request) -> Result<(), CliError> {
        self.say(
            || {
                format!(
                    "\n{} {}: {}.\nReady to send, but for the API key header:\n{}",
                    request.method,
                    request.path,
                    summary(signed),
                    http_text(signed)
                )
            },
            || {
                json!(SignStep {
                    step: "sign",
                    signed: SignedView::of(signed),
                })
            },
        )
    }

    /// A node is stopped.
    pub fn stopped(&self, node: &NodeName, left: usize) -> Result<(), CliError> {
        self.say(
            || format!("\nStopped node {node}; {left} left."),
            || json!({"step": "stopped", "node": node.as_str(), "live_nodes": left}),
        )
    }

    /// There is no node to spare.
    pub fn skipped(&self, settings: &Settings) -> Result<(), CliError> {
        let why = format!(
            "all {} nodes are needed to sign, so none can be stopped",
            settings.nodes
        );
        self.say(
            || format!("\nNot shown: signing with a node down; {why}."),
            || json!({"step": "skipped", "what": "signing with a node down", "why": why}),
        )
    }

    /// A request is denied by policy.
    pub fn denied(&self, refusal: &Refusal) -> Result<(), CliError> {
        // The node that denied says it in its own words; a coordinator passes them on.
        let said = refusal
            .causes
            .iter()
            .find(|cause| cause.reason() == refusal.reason());
        let said = said.unwrap_or(refusal);
        self.say(
            || {
                format!(
                    "\nA withdrawal: denied by node {}, rule {}: {}.",
                    said.node, said.rule, said.detail
                )
            },
            || {
                json!({
                    "step": "denied", "rule": said.rule, "reason": said.detail,
                    "node": said.node, "refusal": refusal.reason().as_str_name(),
                })
            },
        )
    }

    /// A request is refused because too few nodes live.
    pub fn refused(&self, refusal: &Refusal, after: Duration) -> Result<(), CliError> {
        self.say(
            || {
                format!(
                    "\nThe order once more: refused after {:.0} ms: {} ({}).",
                    milliseconds(after),
                    refusal.detail,
                    refusal.advice
                )
            },
            || {
                json!({
                    "step": "refused", "refusal": refusal.reason().as_str_name(),
                    "reason": refusal.detail, "advice": refusal.advice,
                    "after_ms": milliseconds(after),
                })
            },
        )
    }

    /// Everything is left running.
    pub fn keeping(&self, layout: &Layout) -> Result<(), CliError> {
        self.say(
            || {
                format!(
                    "\nEverything keeps running until Ctrl-C. Try:\n  \
                     countersign status --config {}",
                    layout.client_config().display()
                )
            },
            || json!({"step": "keeping"}),
        )
    }

    /// All steps did what they should.
    pub fn done(&self) -> Result<(), CliError> {
        self.say(
            || "\nDone; no process is left.".to_owned(),
            || json!({"step": "done"}),
        )
    }

    /// A step did not do what it should. The error itself is told on stderr.
    pub fn failed(&self, error: &CliError) {
        if self.json {
            // Nobody may be reading any more; the exit code tells as well.
            drop(output::json(
                &json!({"step": "failed", "error": error.to_string()}),
            ));
        }
    }

    /// A progress bar on stderr, if there is a person to look at it.
    pub fn progress(&self, what: &'static str) -> Progress {
        let hidden = self.json || !io::stderr().is_terminal();
        let target = match hidden {
            true => ProgressDrawTarget::hidden(),
            false => ProgressDrawTarget::stderr(),
        };
        let bar = ProgressBar::with_draw_target(None, target).with_message(what);
        if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len}") {
            bar.set_style(style);
        }
        Progress(bar)
    }

    fn say(
        &self,
        text: impl FnOnce() -> String,
        json: impl FnOnce() -> Value,
    ) -> Result<(), CliError> {
        if self.json {
            output::json(&json())
        } else {
            output::line(text())
        }
    }
}

/// A signature as a step.
#[derive(Serialize)]
struct SignStep {
    step: &'static str,
    #[serde(flatten)]
    signed: SignedView,
}

/// A progress bar, gone when dropped.
#[derive(Debug)]
pub struct Progress(ProgressBar);

impl Progress {
    /// Shows how far it is.
    pub fn show(&self, done: u64, of: u64) {
        // Of nothing, all would be done.
        self.0.set_length(of.max(1));
        self.0.set_position(done);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
