//! A validated set of policies.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use cedar_policy::{Policy, PolicyId, PolicySet, Schema, ValidationMode, Validator};
use miette::Diagnostic;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use crate::askers::{Asker, Askers, Lowered};
use crate::conditions::Condition;
use crate::decision::Rule;
use crate::error::{PolicyError, Problem};
use crate::facts::{Class, Question};
use crate::lowering::lower;
use crate::risks::Risks;
use crate::schema::{self, Names, SCHEMA_VERSION};
use crate::source::{self, Place, SourcePolicy};
use crate::text::line_at;

/// Policies that parsed, fit the schema and can be told apart: what
/// [`Bundle::decide`] decides by. A bundle without policies denies everything.
pub struct Bundle {
    /// As written.
    pub(crate) policies: PolicySet,
    pub(crate) schema: Schema,
    pub(crate) names: Names,
    /// As evaluated.
    lowered: BTreeMap<String, Lowered>,
    askers: Askers,
    rules: BTreeMap<String, Rule>,
    /// By policy, the risks it names.
    risks: BTreeMap<String, Risks>,
    hash: [u8; 32],
}

impl Bundle {
    /// Reads policies from sources, (name, Cedar text); names are file names, "desk.cedar".
    ///
    /// Strict: each policy needs an `@id` of its own and may have a `@reason`, must pass Cedar's
    /// strict validation without even a warning, has no slots, and if it is a permit does not
    /// mention `source_network`. Texts hold no invisible characters.
    ///
    /// # Errors
    /// The first problem, with its file, line and policy.
    pub fn from_sources<N, T>(
        sources: impl IntoIterator<Item = (N, T)>,
    ) -> Result<Self, PolicyError>
    where
        N: Into<String>,
        T: Into<String>,
    {
        let sources = by_name(sources)?;
        let (schema, names) = vocabulary()?;
        let mut found: BTreeMap<String, SourcePolicy> = BTreeMap::new();
        for (name, text) in &sources {
            for policy in source::parse(name, text)? {
                if let Some(first) = found.get(&policy.id) {
                    let Place {
                        file: first_file,
                        line: first_line,
                    } = first.place.clone();
                    let problem = Problem::DuplicateId {
                        first_file,
                        first_line,
                    };
                    return Err(policy.place.error(Some(&policy.id), problem));
                }
                found.insert(policy.id.clone(), policy);
            }
        }
        let policies = PolicySet::from_policies(found.values().map(|one| one.policy.clone()))
            .map_err(|error| {
                let message = error.to_string();
                whole_bundle().error(None, Problem::Invalid { message })
            })?;
        validate(&schema, &policies, &sources, &found)?;
        let session = names.action(Class::Session);
        let risks = found
            .values()
            .map(|policy| (policy.id.clone(), Risks::named_by(policy, &session)))
            .collect();
        let lowered = found.values().map(|one| {
            let refuse = |problem| one.place.error(Some(&one.id), problem);
            let lowered = Lowered {
                policy: lower(&one.policy).map_err(refuse)?,
                mentions: one.mentions.clone(),
                condition: one
                    .policy
                    .to_json()
                    .map_or(Condition::Opaque, |json| Condition::of(&json)),
            };
            Ok((one.id.clone(), lowered))
        });
        let lowered = lowered.collect::<Result<_, PolicyError>>()?;
        let rules = found
            .into_iter()
            .map(|(id, SourcePolicy { reason, .. })| (id.clone(), Rule { id, reason }));
        Ok(Self {
            policies,
            schema,
            names,
            lowered,
            askers: Askers::default(),
            rules: rules.collect(),
            risks,
            hash: hash(&sources),
        })
    }

    /// SHA-256 over the schema's version and all names and texts in the order of the names: the
    /// same for the same sources, whatever order they came in, and for no others.
    pub fn hash(&self) -> [u8; 32] {
        self.hash
    }

    /// The ids of all policies, sorted.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.rules.keys().map(String::as_str)
    }

    /// All policies with their reasons, sorted by id.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.rules.values()
    }

    /// What is known of the client and the key of a question.
    pub(crate) fn asker(
        &self,
        question: &Question<'_>,
    ) -> Result<Arc<Asker>, Box<dyn std::error::Error>> {
        self.askers
            .get(&self.schema, &self.names, &self.lowered, question)
    }

    /// A policy as it is evaluated.
    pub(crate) fn lowered(&self, id: &str) -> Option<&Lowered> {
        self.lowered.get(id)
    }

    /// A policy as written; nothing if there is none.
    pub(crate) fn text(&self, id: &str) -> String {
        let policy = self.policies.policy(&PolicyId::new(id));
        policy.and_then(Policy::to_cedar).unwrap_or_default()
    }

    /// A policy in Cedar's JSON form; null if there is none.
    pub(crate) fn json(&self, id: &str) -> Json {
        let policy = self.policies.policy(&PolicyId::new(id));
        let json = policy.and_then(|policy| policy.to_json().ok());
        json.unwrap_or_default()
    }

    /// The risks that a policy names.
    pub(crate) fn risks_named_by(&self, id: &str) -> Risks {
        self.risks.get(id).copied().unwrap_or_default()
    }

    pub(crate) fn rule(&self, id: &str) -> Rule {
        let unknown = || Rule {
            id: id.to_owned(),
            reason: None,
        };
        self.rules.get(id).cloned().unwrap_or_else(unknown)
    }
}

impl fmt::Debug for Bundle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bundle")
            .field("ids", &self.rules.keys())
            .finish_non_exhaustive()
    }
}

fn by_name<N: Into<String>, T: Into<String>>(
    sources: impl IntoIterator<Item = (N, T)>,
) -> Result<BTreeMap<String, String>, PolicyError> {
    let mut named = BTreeMap::new();
    for (name, text) in sources {
        let name = name.into();
        if named.contains_key(&name) {
            return Err(Place {
                file: name,
                line: 1,
            }
            .error(None, Problem::DuplicateSource));
        }
        named.insert(name, text.into());
    }
    Ok(named)
}

fn vocabulary() -> Result<(Schema, Names), PolicyError> {
    let broken = |message: String| {
        let place = Place {
            file: "countersign.cedarschema".to_owned(),
            line: 1,
        };
        place.error(None, Problem::Schema { message })
    };
    let schema = schema::parse().map_err(|error| broken(error.to_string()))?;
    let names = Names::parse().map_err(|error| broken(error.to_string()))?;
    Ok((schema, names))
}

fn validate(
    schema: &Schema,
    policies: &PolicySet,
    sources: &BTreeMap<String, String>,
    found: &BTreeMap<String, SourcePolicy>,
) -> Result<(), PolicyError> {
    let refuse = |id: &str, diagnostic: &dyn Diagnostic| {
        let start = found
            .get(id)
            .map_or_else(whole_bundle, |policy| policy.place.clone());
        let line = source::offset_of(diagnostic)
            .zip(sources.get(&start.file))
            .map_or(start.line, |(offset, text)| line_at(text, offset));
        let problem = Problem::Invalid {
            message: source::message_of(diagnostic),
        };
        Place { line, ..start }.error(Some(id), problem)
    };
    let result = Validator::new(schema.clone()).validate(policies, ValidationMode::Strict);
    // A warning is a policy that does not do what it seems to: one that can never apply, or
    // whose strings look alike.
    let errors = result
        .validation_errors()
        .map(|error| refuse(error.policy_id().as_ref(), error));
    let warnings = result
        .validation_warnings()
        .map(|warning| refuse(warning.policy_id().as_ref(), warning));
    // The validator's order is not stable.
    match errors
        .chain(warnings)
        .min_by_key(|error| (error.file.clone(), error.line))
    {
        Some(first) => Err(first),
        None => Ok(()),
    }
}

/// For problems that have no place of their own.
fn whole_bundle() -> Place {
    Place {
        file: "bundle".to_owned(),
        line: 1,
    }
}

fn hash(sources: &BTreeMap<String, String>) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"countersign/policy-bundle/v1\0");
    hash.update(SCHEMA_VERSION.to_be_bytes());
    hash.update((sources.len() as u64).to_be_bytes());
    for part in sources.iter().flat_map(|(name, text)| [name, text]) {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().into()
}
