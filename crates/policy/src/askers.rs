//! Who asks: what is the same for all requests of one client with one key.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use cedar_policy::{
    ActionConstraint, Authorizer, Effect, Entities, Entity, EntityUid, Policy, PolicySet,
    PrincipalConstraint, Request, ResourceConstraint, Response, RestrictedExpression, Schema,
};

use crate::conditions::Condition;
use crate::context::{Projection, Values};
use crate::facts::{Class, Question};
use crate::mentions::Mentions;
use crate::schema::Names;

/// Askers kept at most.
const CAPACITY: usize = 256;

/// A policy as it is evaluated.
pub(crate) struct Lowered {
    pub(crate) policy: Policy,
    pub(crate) mentions: Mentions,
    pub(crate) condition: Condition,
}

impl Lowered {
    /// Whether it permits, as opposed to forbids.
    pub(crate) fn is_permit(&self) -> bool {
        self.policy.effect() == Effect::Permit
    }
}

/// A client and a key of a venue, in Cedar's terms.
pub(crate) struct Asker {
    pub(crate) client: EntityUid,
    pub(crate) key: EntityUid,
    pub(crate) entities: Entities,
    /// In the order of [`Class::ALL`].
    by_class: Vec<Applicable>,
}

/// The policies whose scope an asker's operations of one class are in.
pub(crate) struct Applicable {
    pub(crate) action: EntityUid,
    pub(crate) policies: PolicySet,
    pub(crate) projection: Projection,
}

impl Applicable {
    /// Cedar's response about values that this projection made, by some of these policies.
    pub(crate) fn ask(
        &self,
        asker: &Asker,
        values: &Values<'_>,
        policies: &PolicySet,
    ) -> Result<Response, Box<dyn std::error::Error>> {
        let context = self.projection.context(values)?;
        // Without a schema: that contexts fit it is checked by tests, not on each request.
        let request = Request::new(
            asker.client.clone(),
            self.action.clone(),
            asker.key.clone(),
            context,
            None,
        )?;
        Ok(Authorizer::new().is_authorized(&request, policies, &asker.entities))
    }
}

impl Asker {
    pub(crate) fn applicable(&self, class: Class) -> Option<&Applicable> {
        self.by_class.get(class as usize)
    }

    fn new(
        schema: &Schema,
        names: &Names,
        policies: &BTreeMap<String, Lowered>,
        question: &Question<'_>,
    ) -> Result<Self, Box<dyn std::error::Error>> {
        let client = names.client(question.client);
        let key = names.key(question.key);
        let venue = RestrictedExpression::new_string(question.venue.to_owned());
        let attributes = HashMap::from([("venue".to_owned(), venue)]);
        let entities = [
            Entity::new_no_attrs(client.clone(), HashSet::new()),
            Entity::new(key.clone(), attributes, HashSet::new())?,
        ];
        // With the schema come the actions and their groups.
        let entities = Entities::from_entities(entities, Some(schema))?;
        let by_class = Class::ALL.into_iter().map(|class| {
            let action = names.action(class);
            let applying: Vec<&Lowered> = policies
                .values()
                .filter(|lowered| may_apply(&lowered.policy, [&client, &action, &key], &entities))
                .collect();
            let mentions = Mentions::union(applying.iter().map(|lowered| &lowered.mentions));
            let policies = applying.iter().map(|lowered| lowered.policy.clone());
            Ok(Applicable {
                action,
                policies: PolicySet::from_policies(policies)?,
                projection: Projection::new(&mentions),
            })
        });
        let by_class = by_class.collect::<Result<_, Box<dyn std::error::Error>>>()?;
        Ok(Self {
            client,
            key,
            entities,
            by_class,
        })
    }
}

/// Whether a policy's scope lets it apply. Errs towards yes; Cedar looks at the scope again.
fn may_apply(policy: &Policy, asked: [&EntityUid; 3], entities: &Entities) -> bool {
    let [client, action, key] = asked;
    let within = |one: &EntityUid, group: &EntityUid| entities.is_ancestor_of(group, one);
    let principal = match policy.principal_constraint() {
        PrincipalConstraint::Eq(one) => one == *client,
        PrincipalConstraint::In(one) | PrincipalConstraint::IsIn(_, one) => {
            one == *client || within(client, &one)
        }
        PrincipalConstraint::Any | PrincipalConstraint::Is(_) => true,
    };
    let resource = match policy.resource_constraint() {
        ResourceConstraint::Eq(one) => one == *key,
        ResourceConstraint::In(one) | ResourceConstraint::IsIn(_, one) => {
            one == *key || within(key, &one)
        }
        ResourceConstraint::Any | ResourceConstraint::Is(_) => true,
    };
    let action = match policy.action_constraint() {
        ActionConstraint::Eq(one) => one == *action,
        ActionConstraint::In(groups) => groups
            .iter()
            .any(|group| group == action || within(action, group)),
        ActionConstraint::Any => true,
    };
    principal && resource && action
}

/// The askers met so far, by client, key and venue.
///
/// Clients and keys are those of the roster; should more names come than that, all are forgotten
/// and met again.
#[derive(Default)]
pub(crate) struct Askers(Mutex<HashMap<[String; 3], Arc<Asker>>>);

impl Askers {
    pub(crate) fn get(
        &self,
        schema: &Schema,
        names: &Names,
        policies: &BTreeMap<String, Lowered>,
        question: &Question<'_>,
    ) -> Result<Arc<Asker>, Box<dyn std::error::Error>> {
        let name = [question.client, question.key, question.venue].map(str::to_owned);
        if let Some(known) = self.lock().get(&name) {
            return Ok(Arc::clone(known));
        }
        let asker = Arc::new(Asker::new(schema, names, policies, question)?);
        let mut askers = self.lock();
        if askers.len() >= CAPACITY {
            askers.clear();
        }
        askers.insert(name, Arc::clone(&asker));
        Ok(asker)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<[String; 3], Arc<Asker>>> {
        // Entries are whole or absent, whoever panicked.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
