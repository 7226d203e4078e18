//! Policies rewritten for evaluation: decimals become integers.
//!
//! Cedar's `decimal("5000.0")` matches a regular expression each time it is evaluated, and making
//! one for a context parses the extension's name first: together most of a decision's cost. A
//! decimal is a count of ten-thousandths, as is [`Bound`](crate::Bound), so for evaluation each
//! stands as that count, a `Long`, and `lessThan` becomes `<`. Strict validation, which the policy
//! has passed, makes this exact: `decimal` is applied to literals only, decimals are compared with
//! decimals only, and have neither arithmetic nor any other method.

use cedar_policy::Policy;
use serde_json::{Map, Value as Json, json};

use crate::error::Problem;

/// Fractional digits of Cedar's `decimal`.
const DIGITS: usize = 4;

/// The policy, under the same id, with every decimal as its count of ten-thousandths.
///
/// # Errors
/// [`Problem::Invalid`] if the policy cannot be read, which validation should have found.
pub(crate) fn lower(policy: &Policy) -> Result<Policy, Problem> {
    let invalid = |message: String| Problem::Invalid { message };
    let mut json = policy
        .to_json()
        .map_err(|error| invalid(error.to_string()))?;
    let conditions = json
        .get_mut("conditions")
        .and_then(Json::as_array_mut)
        .into_iter()
        .flatten();
    for condition in conditions {
        if let Some(body) = condition.get_mut("body") {
            *body = expression(body.take()).map_err(invalid)?;
        }
    }
    Policy::from_json(Some(policy.id().clone()), json).map_err(|error| invalid(error.to_string()))
}

/// Lowers an expression of Cedar's JSON form.
fn expression(json: Json) -> Result<Json, String> {
    let Json::Object(members) = json else {
        return Err(format!("not an expression: {json}"));
    };
    let mut members = members.into_iter();
    let (Some((operator, operand)), None) = (members.next(), members.next()) else {
        return Err("an expression has one operator".to_owned());
    };
    match operator.as_str() {
        "Value" if operand.get("__extn").is_some() => Err("an extension value".to_owned()),
        "Value" | "Var" | "Slot" => Ok(one(operator, operand)),
        "decimal" => literal(&operand).map(|count| json!({ "Value": count })),
        "lessThan" => comparison("<", operand),
        "lessThanOrEqual" => comparison("<=", operand),
        "greaterThan" => comparison(">", operand),
        "greaterThanOrEqual" => comparison(">=", operand),
        "Record" => match operand {
            Json::Object(fields) => {
                each_field(fields, |_| true).map(|fields| one(operator, fields))
            }
            other => Err(format!("not a record: {other}")),
        },
        _ => match operand {
            Json::Array(items) => Ok(one(operator, Json::Array(each(items)?))),
            Json::Object(parts) => {
                each_field(parts, is_expression).map(|parts| one(operator, parts))
            }
            other => Err(format!("not an operand of `{operator}`: {other}")),
        },
    }
}

/// Whether this part of an operator is an expression. Others are names and patterns.
fn is_expression(part: &str) -> bool {
    ["left", "right", "arg", "if", "then", "else", "in"].contains(&part)
}

fn each(items: Vec<Json>) -> Result<Vec<Json>, String> {
    items.into_iter().map(expression).collect()
}

fn each_field(parts: Map<String, Json>, lowers: impl Fn(&str) -> bool) -> Result<Json, String> {
    let lowered = parts.into_iter().map(|(name, part)| {
        let part = if lowers(&name) {
            expression(part)?
        } else {
            part
        };
        Ok((name, part))
    });
    Ok(Json::Object(lowered.collect::<Result<_, String>>()?))
}

fn comparison(operator: &str, operands: Json) -> Result<Json, String> {
    let Json::Array(items) = operands else {
        return Err(format!("not operands: {operands}"));
    };
    match <[Json; 2]>::try_from(each(items)?) {
        Ok([left, right]) => Ok(one(
            operator.to_owned(),
            json!({ "left": left, "right": right }),
        )),
        Err(_) => Err(format!("`{operator}` takes two decimals")),
    }
}

/// The count of ten-thousandths in the one argument of `decimal`.
pub(crate) fn literal(arguments: &Json) -> Result<i64, String> {
    let text = match arguments.as_array().map(Vec::as_slice) {
        Some([argument]) => argument.get("Value").and_then(Json::as_str),
        _ => None,
    };
    text.and_then(ten_thousandths)
        .ok_or_else(|| format!("decimal is not applied to a literal: {arguments}"))
}

/// What Cedar's `decimal` makes of a text: digits, a point, one to four digits.
fn ten_thousandths(text: &str) -> Option<i64> {
    let unsigned = text.strip_prefix('-');
    let (whole, fraction) = unsigned.unwrap_or(text).split_once('.')?;
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || fraction.len() > DIGITS {
        return None;
    }
    let whole: i64 = whole.parse().ok()?;
    let fraction: i64 = format!("{fraction:0<DIGITS$}").parse().ok()?;
    let count = i128::from(whole) * 10_000 + i128::from(fraction);
    let signed = if unsigned.is_some() { -count } else { count };
    i64::try_from(signed).ok()
}

fn one(operator: String, operand: Json) -> Json {
    Json::Object(Map::from_iter([(operator, operand)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lowered(condition: &str) -> String {
        let text =
            format!("@id(\"x\") permit (principal, action, resource) when {{ {condition} }};");
        let policy = lower(&Policy::parse(None, text).unwrap()).unwrap();
        assert_eq!(policy.annotation("id"), Some("x"));
        let text = policy.to_string();
        let (_, body) = text.split_once("when {").unwrap();
        body.trim_end_matches(['}', ';', '\n', ' '])
            .trim()
            .to_owned()
    }

    #[test]
    fn decimals_become_counts_and_their_comparisons_operators() {
        for (condition, expected) in [
            (
                "context.a.lessThan(decimal(\"5000.0\"))",
                "(context[\"a\"]) < 50000000",
            ),
            (
                "context.a.lessThanOrEqual(decimal(\"-0.0001\"))",
                "(context[\"a\"]) <= (-1)",
            ),
            (
                "decimal(\"1.2345\").greaterThan(context.a)",
                "12345 > (context[\"a\"])",
            ),
            ("context.a == decimal(\"0.00\")", "(context[\"a\"]) == 0"),
            (
                "context.a.greaterThanOrEqual(decimal(\"922337203685477.5807\"))",
                "(context[\"a\"]) >= 9223372036854775807",
            ),
            (
                "context.a == decimal(\"-922337203685477.5808\")",
                "(context[\"a\"]) == (-9223372036854775808)",
            ),
        ] {
            let plain = |text: &str| text.replace(['(', ')', ' '], "");
            let found = lowered(condition);
            let expected = expected.replace("context[\"a\"]", "context.a");
            let found = found.replace("context[\"a\"]", "context.a");
            assert_eq!(plain(&found), plain(&expected), "{condition}");
        }
    }

    #[test]
    fn everything_else_stays() {
        for condition in [
            "context.s == \"decimal\"",
            "{\"decimal\": 1, \"lessThan\": [2]} == {\"in\": 1}",
            "context has a.b && resource is Countersign::Key in Countersign::Key::\"k\"",
            "if context.a like \"x*\\*\" then [1, 2].contains(context.n) else !(-context.n > 3)",
            "context.source_network.isInRange(ip(\"10.0.0.0/8\"))",
        ] {
            let text = format!("permit (principal, action, resource) when {{ {condition} }};");
            let policy = Policy::parse(None, text).unwrap();
            let json = |policy: &Policy| policy.to_json().unwrap()["conditions"].clone();
            assert_eq!(json(&lower(&policy).unwrap()), json(&policy), "{condition}");
        }
    }

    #[test]
    fn what_validation_would_refuse_is_refused() {
        for condition in [
            "decimal(context.s) == decimal(\"1.0\")",
            "decimal(\"1.00001\") == decimal(\"1.0\")",
            "decimal(\"922337203685477.5808\") == decimal(\"1.0\")",
            "context.a.lessThan(decimal(\"1e3\"))",
        ] {
            let text = format!("permit (principal, action, resource) when {{ {condition} }};");
            let policy = Policy::parse(None, text).unwrap();
            assert!(lower(&policy).is_err(), "{condition}");
        }
    }
}
