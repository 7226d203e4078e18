//! Numbers on the wire, exactly.

use rust_decimal::Decimal;

/// What [`decimal`] accepts, for error messages.
pub(crate) const DECIMAL: &str =
    "digits with an optional sign, fraction and exponent, at most 28 digits, no leading zeros";
/// What [`integer`] accepts, for error messages.
pub(crate) const INTEGER: &str = "a whole number in plain digits, without leading zeros";

const MOST_DIGITS: usize = 28;

/// Parses `-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?` without leading zeros, exactly. `None` for any
/// other spelling, and for what 28 digits cannot hold.
pub(crate) fn decimal(text: &str) -> Option<Decimal> {
    let (digits, exponent) = match text.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, exponent_of(exponent)?),
        None => (text, 0),
    };
    let magnitude = digits.strip_prefix('-').unwrap_or(digits);
    let (whole, fraction) = match magnitude.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (magnitude, None),
    };
    let plain = is_digits(whole)
        && fraction.is_none_or(is_digits)
        && (whole == "0" || !whole.starts_with('0'))
        && whole.len() + fraction.map_or(0, str::len) <= MOST_DIGITS;
    let number = plain
        .then(|| Decimal::from_str_exact(digits).ok())
        .flatten()?;
    scaled(number, exponent)
}

/// `number` times ten to the `exponent`, if that is exact.
fn scaled(number: Decimal, exponent: i32) -> Option<Decimal> {
    let scale = i64::from(number.scale()) - i64::from(exponent);
    if let Ok(scale) = u32::try_from(scale) {
        return Decimal::try_from_i128_with_scale(number.mantissa(), scale).ok();
    }
    let factor = 10i128.checked_pow(u32::try_from(-scale).ok()?)?;
    let mantissa = number.mantissa().checked_mul(factor)?;
    Decimal::try_from_i128_with_scale(mantissa, 0).ok()
}

fn exponent_of(text: &str) -> Option<i32> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    // Nothing with more digits is a number that fits.
    let plausible = is_digits(digits) && digits.len() <= 3;
    plausible.then(|| text.parse().ok()).flatten()
}

/// Decimal digits without sign or leading zeros.
pub(crate) fn integer(text: &str) -> Option<u64> {
    let plain = is_digits(text) && (text == "0" || !text.starts_with('0'));
    plain.then(|| text.parse().ok()).flatten()
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::{decimal, integer};

    #[test]
    fn numbers_are_exact() {
        for (text, value) in [
            ("0", "0"),
            ("0.0215", "0.0215"),
            ("-0.5", "-0.5"),
            ("61234.50", "61234.50"),
            (
                "9999999999999999999999999999",
                "9999999999999999999999999999",
            ),
            ("1e-07", "0.0000001"),
            ("1E5", "100000"),
            ("1.25e+3", "1250"),
            ("12.5e-3", "0.0125"),
        ] {
            assert_eq!(decimal(text).unwrap().to_string(), value, "{text}");
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
            "--1",
            "01",
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
            "1e",
            "1e+",
            "1e1e1",
            "e5",
            "1e999",
            "1e-999",
            "1e99999999999",
            "10000000000000000000000000000",
            "0.0000000000000000000000000001",
        ] {
            assert_eq!(decimal(text), None, "{text:?}");
        }
        for text in ["", "-1", "+1", "01", "1.0", "1e3", "99999999999999999999"] {
            assert_eq!(integer(text), None, "{text:?}");
        }
    }
}
