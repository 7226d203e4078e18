//! Running cases.

use std::fmt;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::input::{Case, CaseTable, Expected, Used};
use crate::bound::Bound;
use crate::bundle::Bundle;
use crate::decision::Decision;
use crate::facts::{OperationFacts, Question};
use crate::usage::{Charge, Measure, Usage, Window};

/// 2025-07-20 08:26:40 UTC, a Sunday: when a case that names no time takes place.
const USUAL_TIME_MS: u64 = 1_753_000_000_000;

/// A request that a case names, for the caller to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NamedRequest<'a> {
    /// Its name, as [`Case::request`] has it.
    pub name: &'a str,
    /// See [`Case::permissions`].
    pub permissions: Option<&'a [String]>,
}

/// A request that a case named, as a dialect read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// The venue.
    pub venue: String,
    /// The authorised set.
    pub operations: Vec<OperationFacts>,
}

/// What came of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseResult {
    /// The case's name.
    pub name: String,
    /// What the bundle decides; `None` if it could not be asked.
    pub decision: Option<Decision>,
    /// In what the case failed, for a person; `None` if it holds.
    pub failure: Option<String>,
}

impl CaseResult {
    /// Whether the case holds.
    pub fn holds(&self) -> bool {
        self.failure.is_none()
    }
}

impl CaseTable {
    /// Runs all cases. `resolve` reads the requests that cases name; its error becomes the failure of
    /// the case.
    pub fn run<E: fmt::Display>(
        &self,
        bundle: &Bundle,
        mut resolve: impl FnMut(NamedRequest<'_>) -> Result<Resolved, E>,
    ) -> Vec<CaseResult> {
        let run = |case: &Case| match case.resolved(&mut resolve) {
            Ok(resolved) => case.run(bundle, &resolved),
            Err(failure) => CaseResult {
                name: case.name.clone(),
                decision: None,
                failure: Some(failure),
            },
        };
        self.cases.iter().map(run).collect()
    }
}

impl Case {
    /// What `bundle` decides about the case, `resolved` being its operations.
    pub fn decide(&self, bundle: &Bundle, resolved: &Resolved) -> Decision {
        self.ask(resolved, |question| bundle.decide(question))
    }

    /// Puts the question of this case, `resolved` being its operations.
    pub fn ask<T>(&self, resolved: &Resolved, answer: impl FnOnce(&Question<'_>) -> T) -> T {
        let charge = Charge::for_operations(&resolved.operations);
        answer(&Question {
            client: &self.client,
            key: &self.key,
            venue: &resolved.venue,
            now_ms: self.time.unwrap_or(USUAL_TIME_MS),
            operations: &resolved.operations,
            usage_key: &including(&self.usage.key, charge),
            usage_client: &including(&self.usage.client, charge),
            risk_level: Some(self.risk_level),
            kill_switch: Some(self.kill_switch),
            source_network: self.source_network,
        })
    }

    /// The operations, stated or read by `resolve`.
    ///
    /// # Errors
    /// What is wrong with the case, for a person.
    pub fn resolved<E: fmt::Display>(
        &self,
        resolve: impl FnOnce(NamedRequest<'_>) -> Result<Resolved, E>,
    ) -> Result<Resolved, String> {
        match (&self.request, self.operations.as_slice()) {
            (Some(request), []) => {
                let named = NamedRequest {
                    name: request,
                    permissions: self.permissions.as_deref(),
                };
                let resolved = resolve(named).map_err(|error| format!("{request}: {error}"))?;
                match &self.venue {
                    Some(venue) if *venue != resolved.venue => {
                        let read = resolved.venue.escape_debug().to_string();
                        Err(format!("{request} is for venue {read}, not {venue}"))
                    }
                    _ => Ok(resolved),
                }
            }
            (Some(_), _) => Err("a case has operations or a request, not both".to_owned()),
            (None, []) => Err("a case needs operations or a request".to_owned()),
            (None, _) if self.permissions.is_some() => Err(
                "permissions are for a request: stated operations are all that is asked about"
                    .to_owned(),
            ),
            (None, operations) => Ok(Resolved {
                venue: self
                    .venue
                    .clone()
                    .ok_or("a case with operations needs a venue")?,
                operations: operations
                    .iter()
                    .map(|operation| operation.facts())
                    .collect(),
            }),
        }
    }

    fn run(&self, bundle: &Bundle, resolved: &Resolved) -> CaseResult {
        let decision = self.decide(bundle, resolved);
        let failure = self.failure(&decision);
        CaseResult {
            name: self.name.clone(),
            decision: Some(decision),
            failure,
        }
    }

    fn failure(&self, decision: &Decision) -> Option<String> {
        let found = match decision {
            Decision::Allow { .. } => Expected::Allow,
            Decision::Deny(_) => Expected::Deny,
        };
        if found != self.expect {
            let expected = match self.expect {
                Expected::Allow => "allow",
                Expected::Deny => "deny",
            };
            return Some(format!("expected {expected}, but {decision}"));
        }
        let rule = self.rule.as_deref()?;
        let behind = match decision {
            Decision::Allow { rules } => rules.iter().any(|id| id == rule),
            Decision::Deny(denial) => {
                denial.rule() == rule || denial.rules.iter().any(|one| one.id == rule)
            }
        };
        (!behind).then(|| format!("expected rule `{}`, but {decision}", rule.escape_debug()))
    }
}

/// The sums of `used` with `charge` added, a longer window never below a shorter one.
fn including(used: &Used, charge: Charge) -> Usage {
    let mut so_far = Charge::default();
    Usage::from_fn(|window| {
        let stated = |measure| stated(used, measure, window);
        let count = |measure, least: u64| {
            let count = stated(measure).map(|sum| sum.ceil().to_u64().unwrap_or(u64::MAX));
            count.unwrap_or(least)
        };
        so_far = Charge {
            requests: count(Measure::Requests, so_far.requests),
            orders: count(Measure::Orders, so_far.orders),
            withdrawals: count(Measure::Withdrawals, so_far.withdrawals),
            notional: stated(Measure::Notional).map_or(so_far.notional, Bound::at_least),
        };
        so_far.saturating_add(charge)
    })
}

fn stated(used: &Used, measure: Measure, window: Window) -> Option<Decimal> {
    used.named(&format!("{}_{}", measure.name(), window.suffix()))
}
