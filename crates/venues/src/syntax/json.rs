//! JSON bodies (RFC 8259), read without a chance of two readings.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::Unclassified;

use super::{Field, Fields, Value};

/// No venue nests deeper.
const DEEPEST: usize = 8;

/// Parses the whole of `text` as one JSON value.
///
/// # Errors
/// [`Unclassified::NotJson`]: not JSON, or an object has a member twice (up to case, since some
/// readers do not mind case), or it is nested deeper than any venue's, or a number is beyond what 64
/// bits of floating point hold.
pub(crate) fn parse(text: &str) -> Result<Value<'_>, Unclassified> {
    let raw: &RawValue = serde_json::from_str(text).map_err(|error| refuse(&error.to_string()))?;
    value(raw.get(), DEEPEST)
}

fn refuse(why: &str) -> Unclassified {
    Unclassified::NotJson {
        why: crate::Shown::new(why),
    }
}

fn value(text: &str, deeper: usize) -> Result<Value<'_>, Unclassified> {
    let deeper = deeper
        .checked_sub(1)
        .ok_or_else(|| refuse("nested too deeply"))?;
    let broken = |error: serde_json::Error| refuse(&error.to_string());
    match text.bytes().next() {
        Some(b'{') => {
            let Members(members) = serde_json::from_str(text).map_err(broken)?;
            let fields = members.into_iter().map(|(Name(name), raw)| {
                let value = value(raw.get(), deeper)?;
                Ok(Field { name, value })
            });
            let fields = Fields(fields.collect::<Result<_, Unclassified>>()?);
            let twice = fields.repeated().next().map(|field| field.name.clone());
            match twice {
                Some(name) => Err(Unclassified::RepeatedParameter {
                    name: crate::Shown::new(name.as_bytes()),
                }),
                None => Ok(Value::Object(fields)),
            }
        }
        Some(b'[') => {
            let Items(items) = serde_json::from_str(text).map_err(broken)?;
            let items = items.into_iter().map(|raw| value(raw.get(), deeper));
            items.collect::<Result<_, _>>().map(Value::List)
        }
        Some(b'"') => {
            let Name(text) = serde_json::from_str(text).map_err(broken)?;
            Ok(Value::Text(text))
        }
        Some(b't') => Ok(Value::Bool(true)),
        Some(b'f') => Ok(Value::Bool(false)),
        Some(b'n') => Ok(Value::Null),
        _ if is_held_by_all(text) => Ok(Value::Number(text)),
        _ => Err(refuse("a number has more digits than some readers keep")),
    }
}

/// Whether readers that hold numbers in 64 bits, whole ones as integers and others as IEEE 754 doubles,
/// see the number as it is spelled. Some refuse the whole text for one that they cannot hold.
fn is_held_by_all(number: &str) -> bool {
    let finite = number.parse::<f64>().is_ok_and(f64::is_finite);
    if number.contains(['.', 'e', 'E']) {
        let digits = number
            .split(['e', 'E'])
            .next()
            .unwrap_or(number)
            .bytes()
            .filter(u8::is_ascii_digit);
        finite && digits.skip_while(|digit| *digit == b'0').count() <= DIGITS_OF_A_DOUBLE
    } else {
        number.parse::<i64>().is_ok() || number.parse::<u64>().is_ok()
    }
}

/// A double is told from all others by so many significant digits.
const DIGITS_OF_A_DOUBLE: usize = 17;

/// Where the member `name` of the object `text` is, with its name and one comma: what to cut out
/// for an object without it. `None` if `text` is no object or has no such member.
pub(crate) fn member_span(text: &str, name: &str) -> Option<std::ops::Range<usize>> {
    let Members(members) = serde_json::from_str(text).ok()?;
    let position = members.iter().position(|(Name(n), _)| n == name)?;
    let offset = |part: &str| (part.as_ptr() as usize).checked_sub(text.as_ptr() as usize);
    let end_of = |raw: &RawValue| Some(offset(raw.get())? + raw.get().len());
    let comma_from = |at: usize| Some(at + text.get(at..)?.find(',')? + 1);
    let (_, own) = members.get(position)?;
    let before = match position.checked_sub(1) {
        Some(previous) => end_of(members.get(previous)?.1)?,
        None => text.find('{')? + 1,
    };
    let after = end_of(own)?;
    if position > 0 {
        return Some(before..after);
    }
    // The first member goes with the comma behind it.
    let end = if members.len() > 1 {
        comma_from(after)?
    } else {
        after
    };
    Some(before..end)
}

/// Text that borrows where it can.
#[derive(serde::Deserialize, PartialEq, Eq)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

struct Members<'a>(Vec<(Name<'a>, &'a RawValue)>);
struct Items<'a>(Vec<&'a RawValue>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        from.deserialize_map(InOrder)
    }
}

impl<'de> Deserialize<'de> for Items<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Items<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    items.push(item);
                }
                Ok(Items(items))
            }
        }
        from.deserialize_seq(InOrder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_spelling() {
        let Value::Object(fields) =
            parse(r#"{"a": 1.50, "b":[1e-07,"x",null,true], "c":{"d":"\u00fc"}}"#).unwrap()
        else {
            panic!("not an object");
        };
        assert_eq!(fields.get("a"), Some(&Value::Number("1.50")));
        let Some(Value::List(items)) = fields.get("b") else {
            panic!("not a list");
        };
        assert_eq!(items.first(), Some(&Value::Number("1e-07")));
        let Some(Value::Object(inner)) = fields.get("c") else {
            panic!("not an object");
        };
        assert_eq!(inner.text("d").as_deref(), Some("ü"));
    }

    #[test]
    fn texts_with_two_readings_are_refused() {
        for text in [
            "",
            "{",
            "{}x",
            "{} {}",
            r#"{"a":1,"a":2}"#,
            r#"{"a":1,"A":2}"#,
            r#"{"a":1,"\u0061":2}"#,
            "[1,]",
            "{'a':1}",
            "NaN",
            "01",
            r#"{"a":1,}"#,
            "\u{feff}{}",
            r#""\ud800""#,
            "// x\n{}",
            "[[[[[[[[[1]]]]]]]]]",
            "18446744073709551616",
            "-9223372036854775809",
            "1.00000000000000001",
            "0.000123456789012345678",
            "1e400",
            r#"{"a":1e999}"#,
            "[-17530000000001e99900]",
        ] {
            assert!(parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_member_is_cut_out_with_one_comma() {
        for (text, rest) in [
            (r#"{"s":"1"}"#, "{}"),
            (r#"{"s":"1","b":2}"#, r#"{"b":2}"#),
            (r#"{"a":1,"s":"1"}"#, r#"{"a":1}"#),
            (r#"{"a": 1, "s": "1", "b": 2}"#, r#"{"a": 1, "b": 2}"#),
        ] {
            let span = member_span(text, "s").unwrap();
            let mut cut = text.to_owned();
            cut.replace_range(span, "");
            assert_eq!(cut, rest);
        }
        assert_eq!(member_span("[]", "s"), None);
        assert_eq!(member_span(r#"{"a":1}"#, "s"), None);
    }
}
