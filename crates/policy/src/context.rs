//! Contexts in Cedar's terms, with no more in them than policies look at.

use std::error::Error;

use cedar_policy::{Context, ExpressionConstructionError, RestrictedExpression};

use crate::attributes::{ATTRIBUTES, Attribute, Value, View};
use crate::mentions::Mentions;
use crate::usage::{Amount, Measure, Usage, Window};

/// The attributes that some policies mention: all that their evaluation can depend on.
pub(crate) struct Projection {
    attributes: Vec<&'static Attribute>,
    key_usage: Vec<Field>,
    client_usage: Vec<Field>,
}

/// A field of the schema's `Usage`.
struct Field {
    name: String,
    measure: Measure,
    window: Window,
}

/// What a projection leaves of an operation. Equal views have equal answers.
pub(crate) type Values<'a> = Vec<Option<Value<'a>>>;

impl Projection {
    /// The attributes that are mentioned.
    pub(crate) fn new(mentions: &Mentions) -> Self {
        let attributes = ATTRIBUTES
            .iter()
            .filter(|attribute| mentions.attribute(attribute.name));
        Self {
            attributes: attributes.collect(),
            key_usage: fields(mentions, "key_usage"),
            client_usage: fields(mentions, "client_usage"),
        }
    }

    /// The values of the attributes.
    pub(crate) fn values<'a>(&self, view: &View<'a>) -> Values<'a> {
        self.attributes
            .iter()
            .map(|attribute| attribute.of(view))
            .collect()
    }

    /// A context of values, for policies that were [lowered](crate::lowering).
    pub(crate) fn context(&self, values: &Values<'_>) -> Result<Context, Box<dyn Error>> {
        let mut pairs = Vec::with_capacity(values.len());
        for (attribute, value) in self.attributes.iter().zip(values) {
            let Some(value) = value else { continue };
            let expression = match value {
                Value::Bool(value) => RestrictedExpression::new_bool(*value),
                Value::Long(value) => long(*value),
                Value::Text(text) => RestrictedExpression::new_string(text.clone().into_owned()),
                Value::Texts(texts) => {
                    let texts = texts.iter().cloned();
                    RestrictedExpression::new_set(texts.map(RestrictedExpression::new_string))
                }
                Value::Amount(bound) => long(bound.ten_thousandths()),
                Value::Network(address) => RestrictedExpression::new_ip(address.to_string()),
                Value::Usage(usage) => record(usage, self.fields(attribute.name))?,
            };
            pairs.push((attribute.name.to_owned(), expression));
        }
        Ok(Context::from_pairs(pairs)?)
    }

    fn fields(&self, usage: &str) -> &[Field] {
        match usage {
            "key_usage" => &self.key_usage,
            _ => &self.client_usage,
        }
    }
}

fn fields(mentions: &Mentions, attribute: &str) -> Vec<Field> {
    let all = Window::ALL.into_iter().flat_map(|window| {
        Measure::ALL.into_iter().map(move |measure| Field {
            name: format!("{}_{}", measure.name(), window.suffix()),
            measure,
            window,
        })
    });
    all.filter(|field| mentions.field(attribute, &field.name))
        .collect()
}

fn record(
    usage: &Usage,
    fields: &[Field],
) -> Result<RestrictedExpression, ExpressionConstructionError> {
    RestrictedExpression::new_record(fields.iter().map(|field| {
        let value = match usage.over(field.window).measured(field.measure) {
            Amount::Count(count) => count,
            Amount::Value(bound) => bound.ten_thousandths(),
        };
        (field.name.clone(), long(value))
    }))
}

/// A count, at most the largest that Cedar knows.
fn long(value: u64) -> RestrictedExpression {
    RestrictedExpression::new_long(i64::try_from(value).unwrap_or(i64::MAX))
}
