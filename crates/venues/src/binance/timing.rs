//! `timestamp` and `recvWindow`.

use crate::{Malformed, Shown, Timing, form::Field};

pub(super) const TIMESTAMP: &str = "timestamp";
pub(super) const RECV_WINDOW: &str = "recvWindow";

const DEFAULT_WINDOW_MS: u64 = 5_000;
const LONGEST_WINDOW_MS: u64 = 60_000;

/// Reads the time under the MAC. Names do not repeat in `fields`, so there is at most one of each.
pub(super) fn read(fields: &[Field<'_>]) -> Result<Timing, Malformed> {
    let value_of = |name| fields.iter().find(|f| f.name == name).map(|f| f.value);

    let timestamp = value_of(TIMESTAMP).ok_or(Malformed::MissingTimestamp { name: TIMESTAMP })?;
    let timestamp_ms = milliseconds(timestamp).ok_or_else(|| Malformed::Timestamp {
        name: TIMESTAMP,
        value: Shown::new(timestamp),
        expected: "Unix milliseconds, 13 digits",
    })?;
    let recv_window_ms = match value_of(RECV_WINDOW) {
        None => DEFAULT_WINDOW_MS,
        Some(value) => window(value).ok_or_else(|| Malformed::ReceiveWindow {
            name: RECV_WINDOW,
            value: Shown::new(value),
            max: LONGEST_WINDOW_MS,
        })?,
    };
    // Without its recvWindow the request falls back to the default.
    let window_ms = recv_window_ms.max(DEFAULT_WINDOW_MS);
    Ok(Timing::from_time(timestamp_ms, window_ms))
}

/// Thirteen digits exactly: Binance also takes microseconds, told apart by their length.
pub(super) fn milliseconds(text: &str) -> Option<u64> {
    integer(text).filter(|_| text.len() == 13)
}

fn window(text: &str) -> Option<u64> {
    integer(text).filter(|window| (1..=LONGEST_WINDOW_MS).contains(window))
}

/// Decimal digits without sign or leading zeros.
pub(super) fn integer(text: &str) -> Option<u64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit());
    if plain && (text == "0" || !text.starts_with('0')) {
        text.parse().ok()
    } else {
        None
    }
}
