//! Strict parsing of form parameters: one way to read them, or none.

use crate::{Shown, Unclassified};

/// A parameter as spelled in the signed bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Field<'a> {
    pub name: &'a str,
    pub value: &'a str,
}

/// Splits `text` into `name=value` pieces at `&`.
///
/// Nothing is decoded. Names are ASCII letters and digits, and values keep to the unreserved
/// characters of RFC 3986 section 2.3 (but `~`) and `:`, which every reader spells alike, so that what is
/// parsed here is what any server parses; escapes, `+`, further `=`, empty names and empty values
/// are refused, and so are names that repeat, even up to case.
pub(crate) fn parse(text: &[u8]) -> Result<Vec<Field<'_>>, Unclassified> {
    let mut fields: Vec<Field<'_>> = Vec::new();
    for piece in text.split(|&byte| byte == b'&') {
        let field = field(piece)?;
        if fields
            .iter()
            .any(|seen| seen.name.eq_ignore_ascii_case(field.name))
        {
            return Err(Unclassified::RepeatedParameter {
                name: Shown::new(field.name),
            });
        }
        fields.push(field);
    }
    Ok(fields)
}

fn field(piece: &[u8]) -> Result<Field<'_>, Unclassified> {
    let not_a_parameter = || Unclassified::NotAParameter {
        piece: Shown::new(piece),
    };
    let at = piece
        .iter()
        .position(|&byte| byte == b'=')
        .ok_or_else(not_a_parameter)?;
    let (name, value) = piece.split_at_checked(at).ok_or_else(not_a_parameter)?;
    let value = value.get(1..).unwrap_or_default();
    let text = |bytes| std::str::from_utf8(bytes).map_err(|_| not_a_parameter());
    if name.is_empty() || !name.iter().all(u8::is_ascii_alphanumeric) {
        return Err(not_a_parameter());
    }
    if value.is_empty() || !value.iter().all(|&byte| is_plain(byte)) {
        return Err(Unclassified::OutsideAlphabet {
            name: Shown::new(name),
            value: Shown::new(value),
            allowed: "letters, digits and . _ : -, none percent-encoded, not empty",
        });
    }
    Ok(Field {
        name: text(name)?,
        value: text(value)?,
    })
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b':' | b'-')
}

#[cfg(test)]
mod tests {
    use super::{Field, parse};
    use crate::Unclassified;

    #[test]
    fn pieces_are_slices_of_the_input() {
        let text = b"symbol=BTCUSDT&quantity=0.5";
        let fields = parse(text).unwrap();
        assert_eq!(
            fields,
            [
                Field {
                    name: "symbol",
                    value: "BTCUSDT"
                },
                Field {
                    name: "quantity",
                    value: "0.5"
                },
            ]
        );
        assert!(text.as_ptr_range().contains(&fields[1].value.as_ptr()));
    }

    #[test]
    fn texts_with_two_readings_are_refused() {
        for text in [
            "",
            "&",
            "a=1&",
            "&a=1",
            "a=1&&b=2",
            "a",
            "=1",
            "a=",
            "a=1=2",
            "a=1;b=2",
            "a=%41",
            "a=%4",
            "a=%zz",
            "a=1+2",
            "a=1 2",
            "%61=1",
            "a%3D=1",
            "a.b=1",
            "a[]=1",
            "a=1\0",
            "a=\u{e9}",
            "\u{430}=1",
            "a=1\r\nb=2",
            "a=1#b",
            "a=1?b",
            "a=\"1\"",
            "a=~1",
        ] {
            assert!(parse(text.as_bytes()).is_err(), "{text:?}");
        }
        assert!(parse(b"a=\xff").is_err());
    }

    #[test]
    fn names_repeated_up_to_case_are_refused() {
        for text in ["a=1&a=1", "a=1&A=2", "side=BUY&symbol=X&Side=SELL"] {
            assert!(matches!(
                parse(text.as_bytes()),
                Err(Unclassified::RepeatedParameter { .. })
            ));
        }
    }
}
