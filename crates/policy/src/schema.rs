//! The shipped Cedar schema and the names it gives to things.

use cedar_policy::{CedarSchemaError, EntityId, EntityTypeName, EntityUid, ParseErrors, Schema};

use crate::facts::Class;

/// Version of [`SCHEMA`]. It enters [`Bundle::hash`](crate::Bundle::hash), so nodes whose schemas
/// differ never take each other's bundles for the same.
pub const SCHEMA_VERSION: u32 = 3;

/// The vocabulary of policies, in Cedar's schema syntax, with a comment for each attribute.
pub const SCHEMA: &str = include_str!("../schema/countersign.cedarschema");

/// Parses [`SCHEMA`].
pub(crate) fn parse() -> Result<Schema, Box<CedarSchemaError>> {
    match Schema::from_cedarschema_str(SCHEMA) {
        Ok((schema, _warnings)) => Ok(schema),
        Err(error) => Err(Box::new(error)),
    }
}

/// The schema's types, parsed once per bundle.
#[derive(Clone)]
pub(crate) struct Names {
    client: EntityTypeName,
    key: EntityTypeName,
    action: EntityTypeName,
}

impl Names {
    pub(crate) fn parse() -> Result<Self, Box<ParseErrors>> {
        Ok(Self {
            client: "Countersign::Client".parse()?,
            key: "Countersign::Key".parse()?,
            action: "Countersign::Action".parse()?,
        })
    }

    pub(crate) fn client(&self, name: &str) -> EntityUid {
        EntityUid::from_type_name_and_id(self.client.clone(), EntityId::new(name))
    }

    pub(crate) fn key(&self, id: &str) -> EntityUid {
        EntityUid::from_type_name_and_id(self.key.clone(), EntityId::new(id))
    }

    pub(crate) fn action(&self, class: Class) -> EntityUid {
        EntityUid::from_type_name_and_id(self.action.clone(), EntityId::new(class.name()))
    }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;

    #[test]
    fn schema_declares_every_class_as_an_action() {
        let schema = parse().unwrap();
        let names = Names::parse().unwrap();
        for class in Class::ALL {
            assert!(
                schema
                    .actions()
                    .any(|action| *action == names.action(class)),
                "{class}"
            );
        }
    }

    /// Changing the schema changes what policies mean: raise `SCHEMA_VERSION` with this digest.
    #[test]
    fn schema_text_belongs_to_its_version() {
        let digest: [u8; 32] = Sha256::digest(SCHEMA.as_bytes()).into();
        let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(
            (SCHEMA_VERSION, hex.as_str()),
            (
                3,
                "45683eab4e850b5590c4fb6e04f79338d4b1894ccbff5dc3caa60fca59894644"
            )
        );
    }
}
