//! Asking a bundle.

use std::collections::BTreeSet;

use cedar_policy::{AuthorizationError, Decision as Verdict, Effect, Response};

use crate::askers::Asker;
use crate::attributes::View;
use crate::bundle::Bundle;
use crate::causes::{Cause, CauseList};
use crate::context::Values;
use crate::decision::{AuthorisedOperation, Decision, Denial, DenialKind, Rule, RuleList};
use crate::facts::{Class, Notional, OperationFacts, Question};
use crate::risks::Risks;
use crate::text;

impl Bundle {
    /// Whether the request may be signed: only if each of its operations, on its own, is permitted
    /// by some policy and forbidden by none.
    ///
    /// Cedar leaves out a policy that fails to evaluate, which would silently drop a forbid. Here
    /// such a failure denies the request, whatever else applied.
    ///
    /// A session, which authorises everything, needs a permit whose scope names the action: one
    /// for any action is not enough. So do text outside the strict alphabet and what a signature
    /// does not bind: the permit's conditions must mention `outside_alphabet` or `unbound`.
    pub fn decide(&self, question: &Question<'_>) -> Decision {
        match self.permits(question) {
            Ok(permits) => Decision::Allow {
                rules: permits.into_iter().collect(),
            },
            Err(denial) => Decision::Deny(*denial),
        }
    }

    /// The ids of the permits that together allow the request.
    fn permits(&self, question: &Question<'_>) -> Result<BTreeSet<String>, Box<Denial>> {
        if question.operations.is_empty() {
            return Err(Refusal::no_operations().denial(None));
        }
        let asker = self
            .asker(question)
            .map_err(|error| Refusal::unaskable(&*error).denial(None))?;
        let mut permits = BTreeSet::new();
        let mut answered = Vec::new();
        for (position, operation) in question.operations.iter().enumerate() {
            let view = View {
                question,
                operation,
            };
            let allowed = self.ask(&asker, &view, &mut answered).map_err(|refusal| {
                refusal.denial(AuthorisedOperation::new(question.operations, position))
            })?;
            permits.extend(allowed);
        }
        Ok(permits)
    }

    /// The permits that allow one operation. `answered` holds what was allowed before: operations
    /// that policies cannot tell apart, as the alternatives of one order often are, are asked
    /// about once.
    fn ask<'a>(
        &self,
        asker: &Asker,
        view: &View<'a>,
        answered: &mut Vec<Answered<'a>>,
    ) -> Result<Vec<String>, Refusal> {
        if let Some(name) = view.operation.negative_amount() {
            return Err(Refusal::negative(name));
        }
        let class = view.operation.class;
        let applicable = asker.applicable(class);
        let applicable = applicable.ok_or_else(|| Refusal::no_permit(view.question))?;
        let values = applicable.projection.values(view);
        let asked = (class, Risks::of(view.operation), values);
        if answered.contains(&asked) {
            return Ok(Vec::new());
        }
        let response = applicable
            .ask(asker, &asked.2, &applicable.policies)
            .map_err(|error| Refusal::unaskable(&*error))?;
        #[cfg(any(test, debug_assertions, fuzzing))]
        if crate::reference::is_due() {
            self.check(view, &response);
        }
        let allowed = self.allowed_by(view, asker, asked.1, &response)?;
        answered.push(asked);
        Ok(allowed)
    }

    /// Panics unless the plain way of evaluating leads to the same response.
    #[cfg(any(test, debug_assertions, fuzzing))]
    fn check(&self, view: &View<'_>, response: &Response) {
        fn failed(error: &AuthorizationError) -> &str {
            let AuthorizationError::PolicyEvaluationError(error) = error;
            error.policy_id().as_ref()
        }
        fn summary(response: &Response) -> (Verdict, BTreeSet<&str>, BTreeSet<&str>) {
            let diagnostics = response.diagnostics();
            (
                response.decision(),
                diagnostics.reason().map(AsRef::as_ref).collect(),
                diagnostics.errors().map(failed).collect(),
            )
        }
        match crate::reference::response(self, view) {
            Ok(plain) => assert_eq!(summary(&plain), summary(response), "{:?}", view.operation),
            Err(error) => panic!("{error}: {:?}", view.operation),
        }
    }

    /// Reads Cedar's response about one operation: the permits, if it is allowed.
    fn allowed_by(
        &self,
        view: &View<'_>,
        asker: &Asker,
        risks: Risks,
        response: &Response,
    ) -> Result<Vec<String>, Refusal> {
        let determining: BTreeSet<&str> =
            response.diagnostics().reason().map(AsRef::as_ref).collect();
        let errors: BTreeSet<(&str, String)> = response
            .diagnostics()
            .errors()
            .map(|AuthorizationError::PolicyEvaluationError(error)| {
                (error.policy_id().as_ref(), error.inner().to_string())
            })
            .collect();
        match response.decision() {
            Verdict::Deny if !determining.is_empty() => Err(self.forbidden(determining, view)),
            _ if !errors.is_empty() => Err(self.failed(errors)),
            Verdict::Deny => Err(self.not_permitted(view, asker)),
            Verdict::Allow => {
                let missing = |id: &&str| risks.first_missing_in(self.risks_named_by(id));
                let (accepting, others): (Vec<&str>, Vec<&str>) =
                    determining.iter().partition(|id| missing(id).is_none());
                match others.first().and_then(missing) {
                    Some(risk) if accepting.is_empty() => Err(Refusal::unaccepted(risk)),
                    _ => Ok(accepting.into_iter().map(str::to_owned).collect()),
                }
            }
        }
    }

    fn forbidden(&self, ids: BTreeSet<&str>, view: &View<'_>) -> Refusal {
        let rules: Vec<Rule> = ids.iter().map(|id| self.rule(id)).collect();
        let causes: Vec<Cause> = ids
            .iter()
            .flat_map(|id| self.causes(id, true, view))
            .collect();
        let mut detail = format!(
            "forbidden by policy {}{}",
            RuleList(&rules),
            CauseList(&causes)
        );
        if causes.iter().any(Cause::is_unlimited_usage) {
            detail.push_str(&match unbounded(view.question) {
                Some(operation) => format!("; nothing bounds the worth of {operation}"),
                None => "; nothing bounds the worth of a request before it".to_owned(),
            });
        }
        Refusal {
            kind: DenialKind::Forbidden,
            rules,
            causes,
            detail,
        }
    }

    /// No permit applied. If only one is there for this client, key and class, it says what it
    /// misses.
    fn not_permitted(&self, view: &View<'_>, asker: &Asker) -> Refusal {
        let mut refusal = Refusal::no_permit(view.question);
        let permits = asker.applicable(view.operation.class).map(|applicable| {
            let permits = applicable.policies.policies();
            permits.filter(|policy| policy.effect() == Effect::Permit)
        });
        let mut permits = permits.into_iter().flatten();
        if let (Some(only), None) = (permits.next(), permits.next()) {
            let id: &str = only.id().as_ref();
            refusal.causes = self.causes(id, false, view);
            if !refusal.causes.is_empty() {
                let causes = CauseList(&refusal.causes);
                refusal.detail = format!("{}; `{id}` would{causes}", refusal.detail);
            }
        }
        refusal
    }

    fn failed(&self, errors: BTreeSet<(&str, String)>) -> Refusal {
        let ids: BTreeSet<&str> = errors.iter().map(|(id, _)| *id).collect();
        let detail = errors
            .iter()
            .map(|(id, error)| format!("policy `{id}` failed to evaluate: {error}"))
            .collect::<Vec<_>>()
            .join("; ");
        let rules = ids.into_iter().map(|id| self.rule(id)).collect();
        Refusal {
            kind: DenialKind::EvaluationError,
            rules,
            causes: Vec::new(),
            detail,
        }
    }
}

/// The first operation of unknown worth, which alone makes usage unlimited, whichever operation is denied
/// for that.
fn unbounded(question: &Question<'_>) -> Option<AuthorisedOperation> {
    let is_unknown =
        |operation: &OperationFacts| matches!(*operation.effective_notional(), Notional::Unknown);
    let position = question.operations.iter().position(is_unknown)?;
    AuthorisedOperation::new(question.operations, position)
}

/// All that the answer about an operation hangs on.
type Answered<'a> = (Class, Risks, Values<'a>);

/// Why one operation is not allowed.
struct Refusal {
    kind: DenialKind,
    rules: Vec<Rule>,
    causes: Vec<Cause>,
    detail: String,
}

impl Refusal {
    fn new(kind: DenialKind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            rules: Vec::new(),
            causes: Vec::new(),
            detail: detail.into(),
        }
    }

    fn no_operations() -> Self {
        Self::new(
            DenialKind::NoOperations,
            "the request authorises no operation",
        )
    }

    fn no_permit(question: &Question<'_>) -> Self {
        let (client, key) = (question.client.escape_debug(), question.key.escape_debug());
        let detail = format!("no policy permits it to client `{client}` with key `{key}`");
        Self::new(DenialKind::NoPermit, detail)
    }

    fn unaccepted(risk: &str) -> Self {
        Self::new(DenialKind::UnacceptedRisk, risk)
    }

    fn negative(amount: &str) -> Self {
        Self::new(
            DenialKind::InvalidFacts,
            format!("its {amount} is negative"),
        )
    }

    /// The facts could not be put in the schema's terms.
    fn unaskable(error: &dyn std::error::Error) -> Self {
        let detail = format!("it does not fit the policy schema: {error}");
        Self::new(DenialKind::EvaluationError, detail)
    }

    fn denial(self, operation: Option<AuthorisedOperation>) -> Box<Denial> {
        let detail = match &operation {
            Some(operation) => format!("{operation}: {}", self.detail),
            None => self.detail,
        };
        let detail = text::one_line(&detail);
        Box::new(Denial {
            operation,
            kind: self.kind,
            rules: self.rules,
            causes: self.causes,
            retry_after_ms: None,
            detail,
        })
    }
}
