//! Asking a bundle.

use std::collections::{BTreeSet, HashMap, HashSet};

use cedar_policy::{
    AuthorizationError, Authorizer, Context, Decision as Verdict, Entities, Entity, EntityUid,
    Request, Response,
};

use crate::bundle::Bundle;
use crate::context::{self, Attribute};
use crate::decision::{Decision, Denial, DenialKind, DeniedOperation, Rule, RuleList};
use crate::facts::{Class, OperationFacts, Question};
use crate::text;

impl Bundle {
    /// Whether the request may be signed: only if each of its operations, on its own, is permitted
    /// by some policy and forbidden by none.
    ///
    /// Cedar leaves out a policy that fails to evaluate, which would silently drop a forbid. Here
    /// such a failure denies the request, whatever else applied.
    ///
    /// A session, which authorises everything, needs a permit whose scope names the action: one
    /// for any action is not enough.
    pub fn decide(&self, question: &Question<'_>) -> Decision {
        match self.permits(question) {
            Ok(permits) => Decision::Allow {
                rules: permits.into_iter().collect(),
            },
            Err(denial) => Decision::Deny(denial),
        }
    }

    /// The ids of the permits that together allow the request.
    fn permits(&self, question: &Question<'_>) -> Result<BTreeSet<String>, Denial> {
        if question.operations.is_empty() {
            return Err(Refusal::no_operations().denial(None));
        }
        let circumstances =
            Circumstances::new(self, question).map_err(|refusal| refusal.denial(None))?;
        let mut permits = BTreeSet::new();
        for (position, facts) in question.operations.iter().enumerate() {
            let allowed = circumstances
                .ask(self, facts)
                .and_then(|response| self.allowed_by(question, facts.class, &response))
                .map_err(|refusal| {
                    refusal.denial(DeniedOperation::new(question.operations, position))
                })?;
            permits.extend(allowed);
        }
        Ok(permits)
    }

    /// Reads Cedar's response about one operation: the permits, if it is allowed.
    fn allowed_by(
        &self,
        question: &Question<'_>,
        class: Class,
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
            Verdict::Deny if !determining.is_empty() => Err(self.forbidden(determining)),
            _ if !errors.is_empty() => Err(self.failed(errors)),
            Verdict::Deny => Err(Refusal::no_permit(question)),
            Verdict::Allow
                if class == Class::Session
                    && !determining.iter().any(|id| self.names_session(id)) =>
            {
                Err(Refusal::session_not_named())
            }
            Verdict::Allow => Ok(determining.into_iter().map(str::to_owned).collect()),
        }
    }

    fn forbidden(&self, ids: BTreeSet<&str>) -> Refusal {
        let rules: Vec<Rule> = ids.into_iter().map(|id| self.rule(id)).collect();
        let detail = format!("forbidden by policy {}", RuleList(&rules));
        Refusal {
            kind: DenialKind::Forbidden,
            rules,
            detail,
        }
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
            detail,
        }
    }
}

/// What is the same for all operations of one request.
struct Circumstances {
    client: EntityUid,
    key: EntityUid,
    entities: Entities,
    attributes: Vec<Attribute>,
}

impl Circumstances {
    fn new(bundle: &Bundle, question: &Question<'_>) -> Result<Self, Refusal> {
        let client = bundle.names.client(question.client);
        let key = bundle.names.key(question.key);
        let venue = HashMap::from([context::string("venue", question.venue)]);
        let key_entity =
            Entity::new(key.clone(), venue, HashSet::new()).map_err(Refusal::unaskable)?;
        let client_entity = Entity::new_no_attrs(client.clone(), HashSet::new());
        // With the schema come the actions and their groups.
        let entities = Entities::from_entities([client_entity, key_entity], Some(&bundle.schema))
            .map_err(Refusal::unaskable)?;
        let attributes = context::circumstances(question).map_err(Refusal::unaskable)?;
        Ok(Self {
            client,
            key,
            entities,
            attributes,
        })
    }

    /// Cedar's response about one operation.
    fn ask(&self, bundle: &Bundle, facts: &OperationFacts) -> Result<Response, Refusal> {
        if let Some(name) = facts.negative_amount() {
            return Err(Refusal::negative(name));
        }
        let attributes = self
            .attributes
            .iter()
            .cloned()
            .chain(context::operation(facts));
        let context = Context::from_pairs(attributes).map_err(Refusal::unaskable)?;
        let request = Request::new(
            self.client.clone(),
            bundle.names.action(facts.class),
            self.key.clone(),
            context,
            Some(&bundle.schema),
        )
        .map_err(Refusal::unaskable)?;
        Ok(Authorizer::new().is_authorized(&request, &bundle.policies, &self.entities))
    }
}

/// Why one operation is not allowed.
struct Refusal {
    kind: DenialKind,
    rules: Vec<Rule>,
    detail: String,
}

impl Refusal {
    fn new(kind: DenialKind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            rules: Vec::new(),
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

    fn session_not_named() -> Self {
        let detail = "a session can do anything: no policy permits `session` by name";
        Self::new(DenialKind::NoPermit, detail)
    }

    fn negative(amount: &str) -> Self {
        Self::new(
            DenialKind::InvalidFacts,
            format!("its {amount} is negative"),
        )
    }

    /// The facts could not be put in the schema's terms.
    fn unaskable(error: impl std::error::Error) -> Self {
        let detail = format!("it does not fit the policy schema: {error}");
        Self::new(DenialKind::EvaluationError, detail)
    }

    fn denial(self, operation: Option<DeniedOperation>) -> Denial {
        let detail = match &operation {
            Some(operation) => format!("{operation}: {}", self.detail),
            None => self.detail,
        };
        let detail = text::one_line(&detail);
        Denial {
            operation,
            kind: self.kind,
            rules: self.rules,
            detail,
        }
    }
}
