//! Amounts as policies see them: bounds with four fractional digits.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Fractional digits of Cedar's `decimal`.
const DIGITS: u32 = 4;
/// One, in ten-thousandths.
const ONE: u64 = 10_000;

/// A bound on an amount that is not negative, as Cedar's `decimal` can hold it: four fractional
/// digits, at most 922337203685477.5807.
///
/// The largest value, [`Bound::UNLIMITED`], means "that much or more". Addition saturates there,
/// so an upper bound stays one. Displayed and serialised as "12.3400".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Bound {
    /// At most `i64::MAX`, where Cedar's `decimal` ends.
    ten_thousandths: u64,
}

impl Bound {
    /// Nothing.
    pub const ZERO: Self = Self { ten_thousandths: 0 };

    /// 922337203685477.5807: as an upper bound, no bound at all.
    pub const UNLIMITED: Self = Self {
        ten_thousandths: i64::MAX as u64,
    };

    /// The smallest bound that is at least `value`; [`Bound::UNLIMITED`] if there is none.
    ///
    /// A negative value makes no sense as an amount and is unlimited too: no limit lets it pass.
    pub fn at_least(value: Decimal) -> Self {
        if value < Decimal::ZERO {
            return Self::UNLIMITED;
        }
        let (whole, remainder) = in_ten_thousandths(value);
        Self::saturating(whole.saturating_add(u128::from(remainder)))
    }

    /// The largest bound that is at most `value`; zero for a negative value.
    pub fn at_most(value: Decimal) -> Self {
        if value < Decimal::ZERO {
            return Self::ZERO;
        }
        Self::saturating(in_ten_thousandths(value).0)
    }

    /// The sum, at most [`Bound::UNLIMITED`].
    pub fn saturating_add(self, other: Self) -> Self {
        Self::saturating(u128::from(self.ten_thousandths) + u128::from(other.ten_thousandths))
    }

    /// `factor` times as much, at most [`Bound::UNLIMITED`].
    pub fn saturating_mul(self, factor: u64) -> Self {
        Self::saturating(u128::from(self.ten_thousandths) * u128::from(factor))
    }

    /// The count of ten-thousandths, at most `i64::MAX`.
    pub(crate) const fn ten_thousandths(self) -> u64 {
        self.ten_thousandths
    }

    /// The bound with this count of ten-thousandths, or [`Bound::UNLIMITED`].
    pub(crate) fn from_ten_thousandths(ten_thousandths: u64) -> Self {
        Self { ten_thousandths }.min(Self::UNLIMITED)
    }

    fn saturating(ten_thousandths: u128) -> Self {
        u64::try_from(ten_thousandths).map_or(Self::UNLIMITED, |ten_thousandths| {
            Self { ten_thousandths }.min(Self::UNLIMITED)
        })
    }
}

/// Whole ten-thousandths in `value`, which is not negative, and whether something remains.
fn in_ten_thousandths(value: Decimal) -> (u128, bool) {
    let mantissa = value.mantissa().unsigned_abs();
    match value.scale().checked_sub(DIGITS) {
        // The mantissa has 96 bits and a scale at most 28: neither power nor product overflows.
        None | Some(0) => (mantissa * 10u128.pow(DIGITS - value.scale()), false),
        Some(excess) => {
            let divisor = 10u128.pow(excess);
            (mantissa / divisor, !mantissa.is_multiple_of(divisor))
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}.{:04}",
            self.ten_thousandths / ONE,
            self.ten_thousandths % ONE
        )
    }
}

impl From<Bound> for String {
    fn from(bound: Bound) -> Self {
        bound.to_string()
    }
}

/// The text is not a [`Bound`]: write it with exactly four fractional digits, "12.3400", between 0
/// and 922337203685477.5807.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an amount with four fractional digits between 0 and 922337203685477.5807")]
pub struct ParseBoundError;

impl FromStr for Bound {
    type Err = ParseBoundError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (whole, fraction) = text.split_once('.').ok_or(ParseBoundError)?;
        let only_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if fraction.len() != DIGITS as usize || !only_digits(whole) || !only_digits(fraction) {
            return Err(ParseBoundError);
        }
        let whole: u64 = whole.parse().map_err(|_| ParseBoundError)?;
        let fraction: u64 = fraction.parse().map_err(|_| ParseBoundError)?;
        whole
            .checked_mul(ONE)
            .and_then(|scaled| scaled.checked_add(fraction))
            .map(|ten_thousandths| Self { ten_thousandths })
            .filter(|bound| *bound <= Self::UNLIMITED)
            .ok_or(ParseBoundError)
    }
}

impl TryFrom<String> for Bound {
    type Error = ParseBoundError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::from_str_exact(text).unwrap()
    }

    #[test]
    fn bounds_round_away_from_the_value_they_bound() {
        for (value, above, below) in [
            ("0", "0.0000", "0.0000"),
            ("-0", "0.0000", "0.0000"),
            ("5000", "5000.0000", "5000.0000"),
            ("1.2345", "1.2345", "1.2345"),
            ("1.23450000", "1.2345", "1.2345"),
            ("1.23450001", "1.2346", "1.2345"),
            ("0.0000000000000000000000000001", "0.0001", "0.0000"),
            ("4999.99999999", "5000.0000", "4999.9999"),
            ("5000.00000001", "5000.0001", "5000.0000"),
            (
                "922337203685477.5807",
                "922337203685477.5807",
                "922337203685477.5807",
            ),
            (
                "922337203685477.58069",
                "922337203685477.5807",
                "922337203685477.5806",
            ),
            (
                "922337203685477.58071",
                "922337203685477.5807",
                "922337203685477.5807",
            ),
            (
                "79228162514264337593543950335",
                "922337203685477.5807",
                "922337203685477.5807",
            ),
            ("-0.01", "922337203685477.5807", "0.0000"),
        ] {
            assert_eq!(
                Bound::at_least(decimal(value)).to_string(),
                above,
                "above {value}"
            );
            assert_eq!(
                Bound::at_most(decimal(value)).to_string(),
                below,
                "below {value}"
            );
        }
    }

    #[test]
    fn arithmetic_saturates() {
        let almost: Bound = "922337203685477.5806".parse().unwrap();
        let smallest: Bound = "0.0001".parse().unwrap();
        assert_eq!(almost.saturating_add(smallest), Bound::UNLIMITED);
        assert_eq!(
            Bound::UNLIMITED.saturating_add(Bound::UNLIMITED),
            Bound::UNLIMITED
        );
        assert_eq!(Bound::UNLIMITED.saturating_mul(u64::MAX), Bound::UNLIMITED);
        assert_eq!(smallest.saturating_mul(u64::MAX), Bound::UNLIMITED);
        assert_eq!(smallest.saturating_mul(3).to_string(), "0.0003");
    }

    #[test]
    fn only_canonical_text_is_read_back() {
        for text in [
            "",
            ".",
            "1",
            "1.0",
            "1.00000",
            "+1.0000",
            "-1.0000",
            " 1.0000",
            "1e3.0000",
            ".+123",
            "1.+123",
            "922337203685477.5808",
            "18446744073709551616.0000",
        ] {
            assert_eq!(text.parse::<Bound>(), Err(ParseBoundError), "{text:?}");
        }
        let json = serde_json::to_string(&Bound::UNLIMITED).unwrap();
        assert_eq!(json, "\"922337203685477.5807\"");
        assert_eq!(
            serde_json::from_str::<Bound>(&json).unwrap(),
            Bound::UNLIMITED
        );
        assert!(serde_json::from_str::<Bound>("1.5").is_err());
    }

    proptest! {
        #[test]
        fn bounds_enclose_the_value_within_one_ten_thousandth(
            mantissa in 0i128..9_000_000_000_000_000_000, scale in 4u32..=28,
        ) {
            let value = Decimal::from_i128_with_scale(mantissa, scale);
            let read = |bound: Bound| decimal(&bound.to_string());
            let (above, below) = (Bound::at_least(value), Bound::at_most(value));
            prop_assert!(read(below) <= value && value <= read(above));
            prop_assert!(read(above) - read(below) <= Decimal::new(1, DIGITS));
            prop_assert_eq!(above.to_string().parse::<Bound>(), Ok(above));
        }
    }
}
