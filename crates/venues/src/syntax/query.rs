//! Queries and forms: `name=value` joined by `&`.

use std::borrow::Cow;

use crate::{Shown, Unclassified};

use super::{Field, Fields, Value};

/// Splits `text` into its parameters and decodes their values (RFC 3986 section 2.1, and `+` for a
/// space). An empty text has none.
///
/// # Errors
/// Names are plain, or have their brackets escaped; a piece has a `=`; escapes are complete, are UTF-8 and are not of characters
/// that need none, since such spellings exist only to be read differently.
pub(crate) fn parse(text: &str) -> Result<Fields<'_>, Unclassified> {
    if text.is_empty() {
        return Ok(Fields::default());
    }
    text.split('&')
        .map(field)
        .collect::<Result<_, _>>()
        .map(Fields)
}

fn field(piece: &str) -> Result<Field<'_>, Unclassified> {
    let not_a_parameter = || Unclassified::NotAParameter {
        piece: Shown::new(piece),
    };
    let (name, value) = piece.split_once('=').ok_or_else(not_a_parameter)?;
    // Clients that send nested parameters escape the brackets of `close[price]`.
    let name = match name.contains('%') {
        true => decode(name).ok_or_else(not_a_parameter)?,
        false => name.into(),
    };
    if name.is_empty() || !name.bytes().all(is_name) {
        return Err(not_a_parameter());
    }
    let value = decode(value).ok_or_else(|| Unclassified::Encoding {
        name: Shown::new(name.as_bytes()),
        value: Shown::new(value),
    })?;
    Ok(Field {
        name,
        value: Value::Text(value),
    })
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'[' | b']')
}

/// `text` with the escapes of its values decoded: the form that venues sign which sign the query
/// decoded. A `+` stays one, as clients that sign this form send it.
///
/// # Errors
/// As [`parse`]; and [`Unclassified::Confusable`] where a decoded value has a `&` in it, which makes
/// the text that of another query, or a control character.
pub(crate) fn decoded(text: &str) -> Result<String, Unclassified> {
    decoded_unless(&text.replace('+', "%2B"), |value| value.contains('&'))
}

/// The same where a `&` in a decoded value is no harm if no `=` follows: the text is that of no query with
/// other parameters.
///
/// # Errors
/// As for [`decoded`].
pub(crate) fn decoded_leniently(text: &str) -> Result<String, Unclassified> {
    decoded_unless(&text.replace('+', "%2B"), has_parameter)
}

/// Whether a decoded value would have a parameter in it.
pub(crate) fn has_parameter(value: &str) -> bool {
    value.split('&').skip(1).any(|piece| piece.contains('='))
}

/// `text` with its values decoded, unless one of them has a control character or is `confusable`.
///
/// # Errors
/// As for [`decoded`].
pub(crate) fn decoded_unless(
    text: &str,
    confusable: fn(&str) -> bool,
) -> Result<String, Unclassified> {
    let mut pieces = Vec::new();
    for field in parse(text)?.iter() {
        let value = field.value.scalar().unwrap_or_default();
        if confusable(&value) || value.contains(char::is_control) {
            return Err(Unclassified::Confusable {
                name: "query",
                why: "decoded, a value has '&' or a control character in it",
            });
        }
        pieces.push(format!("{}={value}", field.name));
    }
    Ok(pieces.join("&"))
}

/// Decodes one value; `None` if two readers could decode it differently.
pub(crate) fn decode(value: &str) -> Option<Cow<'_, str>> {
    // A bare `;` separates parameters to some readers.
    let harmless = |byte: u8| !byte.is_ascii_control() && !matches!(byte, b'#' | b'?' | b';');
    if !value.bytes().all(harmless) {
        return None;
    }
    if !value.contains(['%', '+']) {
        return Some(Cow::Borrowed(value));
    }
    let mut decoded = Vec::with_capacity(value.len());
    let mut rest = value.bytes();
    while let Some(byte) = rest.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => escaped(rest.next()?, rest.next()?)?,
            plain => plain,
        });
    }
    String::from_utf8(decoded).ok().map(Cow::Owned)
}

/// The byte of an escape that has a reason to be one.
fn escaped(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let byte = u8::try_from(digit(high)? * 16 + digit(low)?).ok()?;
    let needless = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    (!needless).then_some(byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_decoded_and_keep_their_order() {
        let fields =
            parse("symbol=BTCUSDT&memo=a%20b%26c+d&name=B%C3%BCro&empty=&t=17:31:06").unwrap();
        let text = |name| fields.text(name).unwrap().into_owned();
        assert_eq!(text("symbol"), "BTCUSDT");
        assert_eq!(text("memo"), "a b&c d");
        assert_eq!(text("name"), "Büro");
        assert_eq!(text("t"), "17:31:06");
        assert!(!fields.has("empty"));
        assert_eq!(fields.iter().count(), 5);
    }

    #[test]
    fn brackets_of_a_name_may_be_escaped() {
        let fields = parse("close%5Bprice%5D=1&close[type]=limit").unwrap();
        assert_eq!(fields.text("close[price]").as_deref(), Some("1"));
        assert_eq!(fields.text("close[type]").as_deref(), Some("limit"));
        let twice = parse("a%5B%5D=1&a[]=2").unwrap();
        assert_eq!(twice.repeated().count(), 1);
    }

    #[test]
    fn decoded_values_do_not_make_another_query() {
        assert_eq!(decoded("").unwrap(), "");
        let text = "b=B%C3%BCro%20%2B1&a=%3D%3F&e=&p=1+2";
        assert_eq!(decoded(text).unwrap(), "b=B\u{fc}ro +1&a==?&e=&p=1+2");
        for text in ["a=1%26b=2", "a=1%0Ab", "a=%ff", "a"] {
            assert!(decoded(text).is_err(), "{text}");
            assert!(decoded_leniently(text).is_err(), "{text}");
        }
        assert!(decoded("a=b%26c").is_err());
        assert_eq!(decoded_leniently("a=b+%26%20c").unwrap(), "a=b+& c");
    }

    #[test]
    fn texts_with_two_readings_are_refused() {
        for text in [
            "&",
            "a=1&",
            "&a=1",
            "a=1&&b=2",
            "a",
            "=1",
            "a=%4",
            "a=%zz",
            "a=%41",
            "a=%2d",
            "%61=1",
            "a%3D=1",
            "a=%ff",
            "a=1\0",
            "a=1\n",
            "a=1#b",
            "a=1?b",
            "a=1;b=2",
            "\u{430}=1",
            "a b=1",
        ] {
            assert!(parse(text).is_err(), "{text:?}");
        }
    }
}
