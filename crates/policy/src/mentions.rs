//! Which attributes of the context policies look at.

use std::collections::BTreeSet;

use cedar_policy::Policy;
use serde_json::Value as Json;

/// Paths below `context` that occur in conditions: `context.notional` is ["notional"], and both
/// `context.key_usage.orders_1h` and `context has key_usage.orders_1h` are
/// ["key_usage", "orders_1h"].
///
/// Evaluation sees no other part of a context. Errs towards more: where the context is used as a
/// whole, or a policy cannot be looked into, everything is mentioned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mentions {
    everything: bool,
    paths: BTreeSet<Vec<String>>,
}

impl Mentions {
    /// What a policy's conditions mention.
    pub(crate) fn of(policy: &Policy) -> Self {
        let mut mentions = Self::default();
        match policy.to_json() {
            Ok(json) => {
                let conditions = json.get("conditions").and_then(Json::as_array);
                for condition in conditions.into_iter().flatten() {
                    mentions.read(condition.get("body").unwrap_or(&Json::Null));
                }
            }
            Err(_) => mentions.everything = true,
        }
        mentions
    }

    /// What any of `all` mentions.
    pub(crate) fn union<'a>(all: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut union = Self::default();
        for one in all {
            union.everything |= one.everything;
            union.paths.extend(one.paths.iter().cloned());
        }
        union
    }

    /// Whether an attribute of the context is mentioned, or a part of it.
    pub(crate) fn attribute(&self, name: &str) -> bool {
        self.everything || self.by_name(name)
    }

    /// Whether an attribute of the context is mentioned by its name.
    pub(crate) fn by_name(&self, name: &str) -> bool {
        let first = |path: &Vec<String>| path.first().is_some_and(|first| first == name);
        self.paths.iter().any(first)
    }

    /// Whether a field of an attribute that is a record is mentioned.
    pub(crate) fn field(&self, attribute: &str, field: &str) -> bool {
        self.everything
            || self.paths.iter().any(|path| match path.as_slice() {
                [first] => first == attribute,
                [first, second, ..] => first == attribute && second == field,
                [] => false,
            })
    }

    /// Reads an expression in Cedar's JSON form.
    fn read(&mut self, expression: &Json) {
        if let Some(path) = path(expression) {
            self.everything |= path.is_empty();
            self.paths.insert(path);
            return;
        }
        match operation(expression) {
            Some(("Value" | "Var" | "Slot", _)) => {}
            Some((_, Json::Array(operands))) => {
                operands.iter().for_each(|operand| self.read(operand));
            }
            // Of a record the fields, of an operator its parts, where those are expressions.
            Some((_, Json::Object(parts))) => {
                let expressions = parts.values().filter(|part| part.is_object());
                expressions.for_each(|part| self.read(part));
            }
            None | Some(_) => self.everything = true,
        }
    }
}

/// The operator of an expression and what it is applied to.
fn operation(expression: &Json) -> Option<(&str, &Json)> {
    let members = expression
        .as_object()
        .filter(|members| members.len() == 1)?;
    let (operator, operand) = members.iter().next()?;
    Some((operator, operand))
}

/// The path of an expression that is the context or lies within it.
pub(crate) fn path(expression: &Json) -> Option<Vec<String>> {
    let members = expression
        .as_object()
        .filter(|members| members.len() == 1)?;
    let (operator, operand) = members.iter().next()?;
    match operator.as_str() {
        "Var" => (operand == "context").then(Vec::new),
        "." | "has" => {
            let mut path = path(operand.get("left")?)?;
            match operand.get("attr")? {
                Json::String(name) => path.push(name.clone()),
                Json::Array(names) => {
                    for name in names {
                        path.push(name.as_str()?.to_owned());
                    }
                }
                _ => return None,
            }
            Some(path)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mentions(condition: &str) -> Mentions {
        let text = format!("permit (principal, action, resource) when {{ {condition} }};");
        Mentions::of(&Policy::parse(None, text).unwrap())
    }

    #[test]
    fn paths_below_the_context_are_found_wherever_they_stand() {
        for condition in [
            "context.a.b == 1",
            "context[\"a\"][\"b\"] == 1",
            "context has a.b",
            "[1, context.a.b].contains(2)",
            "{\"Value\": context.a.b} == {}",
            "{\"Var\": context.a.b} == {}",
            "{\"left\": 1, \"attr\": context.a.b} == {}",
            "if context.a.b then true else false",
            "context.a.b like \"x*\"",
            "decimal(\"1.0\").lessThan(context.a.b)",
            "context.a.b.isInRange(ip(\"10.0.0.0/8\"))",
            "principal has tag && !(context.a.b in resource)",
            "-context.a.b > 0",
        ] {
            let found = mentions(condition);
            assert!(!found.everything, "{condition}");
            assert!(found.attribute("a") && found.field("a", "b"), "{condition}");
            assert!(
                !found.attribute("b") && !found.field("a", "c"),
                "{condition}"
            );
        }
    }

    #[test]
    fn a_record_used_whole_mentions_all_its_fields() {
        let found = mentions("context.a == {\"b\": 1}");
        assert!(found.field("a", "b") && found.field("a", "anything"));
        assert!(!found.attribute("b"));
        for condition in [
            "context == {}",
            "[context].isEmpty()",
            "(if true then context else {}).a",
        ] {
            let found = mentions(condition);
            assert!(found.attribute("x") && found.field("x", "y"), "{condition}");
        }
    }

    #[test]
    fn literals_and_other_variables_mention_nothing() {
        for condition in [
            "resource.a == \"context.a\"",
            "principal == Countersign::Client::\"context\"",
            "resource[\"context\"] == \"a\"",
        ] {
            assert_eq!(mentions(condition), Mentions::default(), "{condition}");
        }
    }
}
