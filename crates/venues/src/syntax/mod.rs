//! Strict parsing: one way to read a request's parameters, or none.
//!
//! Parsers here keep what is on the wire: numbers stay text, order stays, and what two readers could
//! read differently is refused or marked.

pub(crate) mod json;
pub(crate) mod number;
pub(crate) mod query;

use std::borrow::Cow;

use rust_decimal::Decimal;

use crate::{Shown, Unclassified};

/// One parameter, or member of a JSON object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field<'a> {
    pub name: Cow<'a, str>,
    pub value: Value<'a>,
}

/// A parameter's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    /// JSON's null: to a venue the same as leaving the parameter out.
    Null,
    /// JSON's true or false.
    Bool(bool),
    /// A JSON number as it is spelled.
    Number(&'a str),
    /// Text, decoded.
    Text(Cow<'a, str>),
    /// A JSON array.
    List(Vec<Value<'a>>),
    /// A JSON object, its members in order, none twice.
    Object(Fields<'a>),
}

impl Value<'_> {
    /// The value as one piece of text; `None` for null, lists and objects.
    pub(crate) fn scalar(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Null | Self::List(_) | Self::Object(_) => None,
            Self::Bool(true) => Some("true".into()),
            Self::Bool(false) => Some("false".into()),
            Self::Number(text) => Some((*text).into()),
            Self::Text(text) => Some(text.as_ref().into()),
        }
    }

    /// The value as a name or an id; `None` for what is no single text, and for a number that is not spelled
    /// with digits alone: one with an exponent is another name to a reader of numbers.
    pub(crate) fn id(&self) -> Option<Cow<'_, str>> {
        let is_odd = |text: &str| text.contains(['e', 'E', '.']);
        match self {
            Self::Number(text) if is_odd(text) => None,
            other => other.scalar(),
        }
    }

    /// The same value, on its own. Numbers become text of the same spelling.
    pub(crate) fn into_owned(self) -> Value<'static> {
        match self {
            Self::Null => Value::Null,
            Self::Bool(is) => Value::Bool(is),
            Self::Number(text) => Value::Text(text.to_owned().into()),
            Self::Text(text) => Value::Text(text.into_owned().into()),
            Self::List(items) => Value::List(items.into_iter().map(Value::into_owned).collect()),
            Self::Object(fields) => Value::Object(fields.into_owned()),
        }
    }

    /// Whether the parameter is as good as not there: null or the empty text.
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(text) => text.is_empty(),
            _ => false,
        }
    }
}

/// Parameters in the order in which they came. A name may occur more than once: it is for the
/// operation to say whether that has a meaning.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Fields<'a>(pub Vec<Field<'a>>);

impl<'a> Fields<'a> {
    /// The same parameters, on their own: of a text that was decoded first.
    pub(crate) fn into_owned(self) -> Fields<'static> {
        let owned = self.0.into_iter().map(|field| Field {
            name: field.name.into_owned().into(),
            value: field.value.into_owned(),
        });
        Fields(owned.collect())
    }

    /// All of them, empty ones included.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Field<'a>> {
        self.0.iter()
    }

    /// The first parameter of that name which is not empty.
    pub(crate) fn get(&self, name: &str) -> Option<&Value<'a>> {
        self.0
            .iter()
            .find(|field| field.name == name && !field.value.is_empty())
            .map(|field| &field.value)
    }

    /// Whether there is a parameter of that name which is not empty.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// The text of the first parameter of that name; `None` also for lists and objects.
    pub(crate) fn text(&self, name: &str) -> Option<Cow<'_, str>> {
        self.get(name)?.scalar()
    }

    /// The id in the first parameter of that name, or those of its list joined by commas.
    ///
    /// # Errors
    /// [`Unclassified::UnknownValue`] if one of them is none ([`Value::id`]).
    pub(crate) fn ids(&self, name: &'static str) -> Result<Option<String>, Unclassified> {
        self.ids_by(name, |value| value.id())
    }

    /// The same, where `id` says what a value has for an id.
    ///
    /// # Errors
    /// As for [`Fields::ids`].
    pub(crate) fn ids_by(
        &self,
        name: &'static str,
        id: for<'v> fn(&'v Value<'_>) -> Option<Cow<'v, str>>,
    ) -> Result<Option<String>, Unclassified> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let ids = match value {
            Value::List(items) => items
                .iter()
                .map(id)
                .collect::<Option<Vec<_>>>()
                .map(|ids| ids.join(",")),
            other => id(other).map(Cow::into_owned),
        };
        ids.map(Some).ok_or_else(|| Unclassified::UnknownValue {
            name: Shown::new(name),
            value: Shown::new("no id, or not a list of ids"),
        })
    }

    /// The members of the first parameter of that name, which is an object.
    pub(crate) fn object(&self, name: &str) -> Option<&Fields<'a>> {
        match self.get(name)? {
            Value::Object(members) => Some(members),
            _ => None,
        }
    }

    /// The number that the first parameter of that name is, exactly; `None` if it is not there.
    ///
    /// # Errors
    /// [`Unclassified::Number`]: it is there and is no number.
    pub(crate) fn number(&self, name: &str) -> Result<Option<Decimal>, Unclassified> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let text = value.scalar().unwrap_or_default();
        let number = number::decimal(&text).ok_or_else(|| Unclassified::Number {
            name: Shown::new(name),
            value: Shown::new(text.as_bytes()),
            expected: number::DECIMAL,
        })?;
        Ok(Some(number))
    }

    /// Whether the parameter is this word, capitals or not.
    pub(crate) fn is(&self, name: &str, word: &str) -> bool {
        self.text(name)
            .is_some_and(|text| text.eq_ignore_ascii_case(word))
    }

    /// Adds a parameter.
    pub(crate) fn push(&mut self, name: impl Into<Cow<'a, str>>, value: Value<'a>) {
        let name = name.into();
        self.0.push(Field { name, value });
    }

    /// A name that occurs twice, or twice up to case.
    pub(crate) fn repeated(&self) -> impl Iterator<Item = &Field<'a>> {
        self.0.iter().enumerate().filter_map(|(position, field)| {
            let before = self.0.get(..position)?;
            before
                .iter()
                .any(|seen| seen.name.eq_ignore_ascii_case(&field.name))
                .then_some(field)
        })
    }
}
