//! Exact decimals in the one spelling every reader agrees on.

use rust_decimal::Decimal;

/// What [`parse`] accepts, for error messages.
pub(crate) const SPELLING: &str =
    "plain digits with an optional fraction, at most 28 digits, no sign, exponent or leading zeros";

const MOST_DIGITS: usize = 28;

/// Parses `[0-9]+(\.[0-9]+)?` without leading zeros. Signs, exponents, separators, a bare point
/// and more than 28 digits are refused: two readers could disagree on them.
pub(crate) fn parse(text: &str) -> Option<Decimal> {
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    let canonical = is_digits(whole)
        && fraction.is_none_or(is_digits)
        && (whole == "0" || !whole.starts_with('0'))
        && whole.len() + fraction.map_or(0, str::len) <= MOST_DIGITS;
    if canonical {
        Decimal::from_str_exact(text).ok()
    } else {
        None
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn plain_numbers_are_exact() {
        for text in [
            "0",
            "1",
            "0.0215",
            "61234.50",
            "9999999999999999999999999999",
            "0.000000000000000000000000001",
        ] {
            assert_eq!(parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn other_spellings_are_refused() {
        for text in [
            "",
            ".",
            "1.",
            ".5",
            "+1",
            "-1",
            "1e5",
            "1E-7",
            "1e-07",
            "01",
            "00",
            "00.5",
            " 1",
            "1 ",
            "1,000",
            "1_000",
            "0x10",
            "1.2.3",
            "NaN",
            "inf",
            "١",
            "10000000000000000000000000000",
            "0.0000000000000000000000000001",
        ] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }
}
