//! Timestamps and nonces as venues spell them.

use time::{
    OffsetDateTime, PrimitiveDateTime, format_description::FormatItem, macros::format_description,
};

use crate::{
    Malformed, Shown,
    syntax::{Fields, number},
};

/// Unix milliseconds: 13 digits exactly, since venues tell units by length.
///
/// # Errors
/// [`Malformed::Timestamp`].
pub(crate) fn milliseconds(name: &'static str, text: &str) -> Result<u64, Malformed> {
    number::integer(text)
        .filter(|_| text.len() == 13)
        .ok_or_else(|| wrong(name, text, "Unix milliseconds, 13 digits"))
}

/// A receive window: whole milliseconds, 1 to `longest_ms`.
///
/// # Errors
/// [`Malformed::ReceiveWindow`].
pub(crate) fn window(name: &'static str, text: &str, longest_ms: u64) -> Result<u64, Malformed> {
    number::integer(text)
        .filter(|window| (1..=longest_ms).contains(window))
        .ok_or_else(|| Malformed::ReceiveWindow {
            name,
            value: Shown::new(text),
            max: longest_ms,
        })
}

/// When a request was made, which it must say, and its receive window, which it may: both in
/// milliseconds, from the parameters `timestamp` and `recvWindow`.
///
/// # Errors
/// [`Malformed::MissingTimestamp`], or either is not spelled as it should be.
pub(crate) fn made_and_window(
    fields: &Fields<'_>,
    default_ms: u64,
    longest_ms: u64,
) -> Result<(u64, u64), Malformed> {
    let made = fields
        .text(TIMESTAMP)
        .ok_or(Malformed::MissingTimestamp { name: TIMESTAMP })?;
    let made_ms = milliseconds(TIMESTAMP, &made)?;
    let window_ms = match fields.text(RECV_WINDOW) {
        None => default_ms,
        Some(text) => window(RECV_WINDOW, &text, longest_ms)?,
    };
    Ok((made_ms, window_ms))
}

/// Parameters in which several venues carry the time.
pub(crate) const TIMESTAMP: &str = "timestamp";
/// See [`TIMESTAMP`].
pub(crate) const RECV_WINDOW: &str = "recvWindow";

/// Unix seconds with an optional fraction, in milliseconds.
///
/// # Errors
/// [`Malformed::Timestamp`].
pub(crate) fn seconds(name: &'static str, text: &str) -> Result<u64, Malformed> {
    let refuse = || {
        wrong(
            name,
            text,
            "Unix seconds, 10 digits and an optional fraction",
        )
    };
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() != 10 || !digits(whole) || !digits(fraction) {
        return Err(refuse());
    }
    let whole: u64 = whole.parse().map_err(|_| refuse())?;
    let thousandths: String = fraction.chars().chain("000".chars()).take(3).collect();
    let thousandths: u64 = thousandths.parse().map_err(|_| refuse())?;
    Ok(whole * 1_000 + thousandths)
}

/// Unix seconds without a fraction, in milliseconds.
///
/// # Errors
/// [`Malformed::Timestamp`].
pub(crate) fn whole_seconds(name: &'static str, text: &str) -> Result<u64, Malformed> {
    if text.contains('.') {
        return Err(wrong(name, text, "Unix seconds, 10 digits"));
    }
    seconds(name, text)
}

/// `2026-05-23T18:21:23` or `2026-05-23T18:21:23.000Z`, in UTC, as Unix milliseconds.
///
/// # Errors
/// [`Malformed::Timestamp`].
pub(crate) fn iso8601(name: &'static str, text: &str) -> Result<u64, Malformed> {
    const TO_SECONDS: &[FormatItem<'_>] =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]");
    const TO_MILLIS: &[FormatItem<'_>] =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]");
    let refuse = || wrong(name, text, "a UTC time such as 2026-05-23T18:21:23.000Z");
    let bare = text.strip_suffix('Z').unwrap_or(text);
    let format = if bare.contains('.') {
        TO_MILLIS
    } else {
        TO_SECONDS
    };
    let time = PrimitiveDateTime::parse(bare, format).map_err(|_| refuse())?;
    let nanos: i128 = OffsetDateTime::new_utc(time.date(), time.time()).unix_timestamp_nanos();
    u64::try_from(nanos / 1_000_000).map_err(|_| refuse())
}

/// The time a nonce counts, in Unix milliseconds, whatever fractions of a second it counts in: its
/// first ten digits are seconds. `None` for a nonce with fewer digits, which counts no time.
pub(crate) fn of_nonce(digits: &str) -> Option<u64> {
    let whole: u64 = digits.get(..10)?.parse().ok()?;
    let rest: String = digits
        .get(10..)?
        .chars()
        .chain("000".chars())
        .take(3)
        .collect();
    Some(whole * 1_000 + rest.parse::<u64>().ok()?)
}

fn wrong(name: &'static str, text: &str, expected: &'static str) -> Malformed {
    Malformed::Timestamp {
        name,
        value: Shown::new(text),
        expected,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_to_the_millisecond() {
        assert_eq!(milliseconds("t", "1753000000001"), Ok(1_753_000_000_001));
        assert_eq!(seconds("t", "1753000000"), Ok(1_753_000_000_000));
        assert_eq!(seconds("t", "1753000000.25"), Ok(1_753_000_000_250));
        assert_eq!(seconds("t", "1753000000.123456"), Ok(1_753_000_000_123));
        assert_eq!(iso8601("t", "2025-07-20T08:26:40"), Ok(1_753_000_000_000));
        assert_eq!(
            iso8601("t", "2025-07-20T08:26:40.123Z"),
            Ok(1_753_000_000_123)
        );
        for (nonce, time) in [
            ("1753000000123", Some(1_753_000_000_123)),
            ("1753000000123456", Some(1_753_000_000_123)),
            ("177027106306300000", Some(1_770_271_063_063)),
            ("1753000000", Some(1_753_000_000_000)),
            ("17", None),
        ] {
            assert_eq!(of_nonce(nonce), time, "{nonce}");
        }
    }

    #[test]
    fn other_spellings_are_refused() {
        for text in [
            "",
            "1753000000",
            "01753000000000",
            "175300000000x",
            "-175300000000",
        ] {
            assert!(milliseconds("t", text).is_err(), "{text}");
        }
        for text in [
            "",
            "1753000000000",
            "1753000000.",
            "1753000000.x",
            "+753000000",
        ] {
            assert!(seconds("t", text).is_err(), "{text}");
        }
        for text in [
            "",
            "2025-07-20",
            "2025-07-20T08:26:40+02:00",
            "2025-13-20T08:26:40",
            "1969-01-01T00:00:00",
        ] {
            assert!(iso8601("t", text).is_err(), "{text}");
        }
    }
}
