//! Which policies have a say in a request, and what each of them says.

use cedar_policy::{Effect, PolicySet};

use crate::attributes::View;
use crate::bundle::Bundle;
use crate::causes::Cause;
use crate::decision::{AuthorisedOperation, Decision, Rule};
use crate::facts::Question;

/// What is decided about one operation of a request, and by which policies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationExplanation {
    /// The operation.
    pub operation: AuthorisedOperation,
    /// What is decided about it alone.
    pub decision: Decision,
    /// Every policy whose scope it is in, sorted by id.
    pub policies: Vec<PolicyExplanation>,
}

/// What one policy says about an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyExplanation {
    /// The policy.
    pub rule: Rule,
    /// Whether it permits, as opposed to forbids, what it applies to.
    pub is_permit: bool,
    /// Whether it applies.
    pub verdict: Verdict,
    /// Why it applies, if it forbids, or does not, if it permits; as far as can be told.
    pub causes: Vec<Cause>,
}

/// Whether a policy applies to an operation that is in its scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Its conditions hold.
    Applies,
    /// Its conditions do not hold.
    DoesNotApply,
    /// It could not be evaluated, which denies.
    Fails,
}

impl Bundle {
    /// Each operation of a request, with the policies that have a say in it. The request is allowed
    /// if [`Bundle::decide`] says so, which is when each operation is.
    pub fn explain(&self, question: &Question<'_>) -> Vec<OperationExplanation> {
        let operations = question.operations.iter().enumerate();
        operations
            .filter_map(|(position, operation)| {
                let alone = Question {
                    operations: std::slice::from_ref(operation),
                    ..*question
                };
                let view = View {
                    question: &alone,
                    operation,
                };
                Some(OperationExplanation {
                    operation: AuthorisedOperation::new(question.operations, position)?,
                    decision: self.decide(&alone),
                    policies: self.policies_on(&view),
                })
            })
            .collect()
    }

    fn policies_on(&self, view: &View<'_>) -> Vec<PolicyExplanation> {
        let Ok(asker) = self.asker(view.question) else {
            return Vec::new();
        };
        let Some(applicable) = asker.applicable(view.operation.class) else {
            return Vec::new();
        };
        let values = applicable.projection.values(view);
        let explained = applicable.policies.policies().map(|policy| {
            let id: &str = policy.id().as_ref();
            let alone = PolicySet::from_policies([policy.clone()]);
            let response = alone.map_err(Into::into);
            let response = response.and_then(|alone| applicable.ask(&asker, &values, &alone));
            let verdict = match response {
                Ok(response) if response.diagnostics().reason().next().is_some() => {
                    Verdict::Applies
                }
                Ok(response) if response.diagnostics().errors().next().is_none() => {
                    Verdict::DoesNotApply
                }
                Ok(_) | Err(_) => Verdict::Fails,
            };
            let is_permit = policy.effect() == Effect::Permit;
            let causes = match (is_permit, verdict) {
                (true, Verdict::DoesNotApply) => self.causes(id, false, view),
                (false, Verdict::Applies) => self.causes(id, true, view),
                _ => Vec::new(),
            };
            PolicyExplanation {
                rule: self.rule(id),
                is_permit,
                verdict,
                causes,
            }
        });
        let mut explained: Vec<_> = explained.collect();
        explained.sort_by(|one, other| one.rule.cmp(&other.rule));
        explained
    }
}
