//! Paths with parameters in them.

use std::borrow::Cow;

use crate::{
    Shown, Unclassified,
    syntax::{Field, Fields, Value},
};

/// Whether no server has a reason to rewrite the path: no empty or dot segment but a trailing `/`, none
/// that appears once escapes are decoded, nothing that ends a path, escapes complete.
///
/// # Errors
/// [`Unclassified::PathNotCanonical`].
pub(crate) fn check(path: &str) -> Result<(), Unclassified> {
    let segments = |rest: &str| {
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        rest.is_empty() || rest.split('/').all(is_canonical)
    };
    match path.strip_prefix('/') {
        Some(rest) if segments(rest) => Ok(()),
        _ => Err(Unclassified::PathNotCanonical {
            path: Shown::new(path),
        }),
    }
}

fn is_canonical(segment: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:@!$,%".contains(&byte);
    let escapes = || {
        segment.match_indices('%').all(|(at, _)| {
            let digits = segment.get(at + 1..at + 3).unwrap_or_default();
            digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
        })
    };
    !segment.is_empty()
        && segment != "."
        && segment != ".."
        && segment.bytes().all(allowed)
        && escapes()
        && !hides_dots(segment)
}

/// Whether a server that decodes the path before it routes would find a dot segment, and so climb out
/// of what the path names: `x%2f..%2fwithdraw`. Escapes of `%` are decoded twice by some.
fn hides_dots(segment: &str) -> bool {
    let segment = segment.to_ascii_lowercase();
    if !segment.contains('%') {
        return false;
    }
    let decoded = segment
        .replace("%2e", ".")
        .replace("%2f", "/")
        .replace("%5c", "/")
        .replace("%3b", ";");
    let dots = |part: &str| matches!(part.split(';').next(), Some("." | ".."));
    segment.contains("%25") || decoded.split('/').any(dots)
}

/// The parameters in `path` if it is one of `pattern`: `/orders/{id}`, `/{asset}_withdrawal/`. At
/// most one parameter a segment, none of them empty. Values are taken as they are, escapes included.
pub(crate) fn matches<'a>(pattern: &'static str, path: &'a str) -> Option<Fields<'a>> {
    let mut fields = Fields::default();
    let mut segments = path.split('/');
    for expected in pattern.split('/') {
        let segment = segments.next()?;
        let Some((before, rest)) = expected.split_once('{') else {
            if segment != expected {
                return None;
            }
            continue;
        };
        let (name, after) = rest.split_once('}')?;
        let value = segment.strip_prefix(before)?.strip_suffix(after)?;
        if value.is_empty() {
            return None;
        }
        fields.0.push(Field {
            name: Cow::Borrowed(name),
            value: Value::Text(Cow::Borrowed(value)),
        });
    }
    segments.next().is_none().then_some(fields)
}

/// How many parameters a pattern has: of several that match, the one with the fewest is meant.
pub(crate) const fn parameters(pattern: &str) -> usize {
    let (bytes, mut count, mut at) = (pattern.as_bytes(), 0, 0);
    while at < bytes.len() {
        if bytes[at] == b'{' {
            count += 1;
        }
        at += 1;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_taken_from_their_segments() {
        let fields = matches("/v1/accounts/{id}/balance", "/v1/accounts/100/balance").unwrap();
        assert_eq!(fields.text("id").as_deref(), Some("100"));
        let fields = matches("/v2/{asset}_withdrawal/", "/v2/btc_withdrawal/").unwrap();
        assert_eq!(fields.text("asset").as_deref(), Some("btc"));
        for path in [
            "/v1/accounts//balance",
            "/v1/accounts/1/balance/x",
            "/v1/accounts/1",
            "/v1/accounts/1/balances",
        ] {
            assert_eq!(matches("/v1/accounts/{id}/balance", path), None, "{path}");
        }
        assert_eq!(matches("/v2/{asset}_withdrawal/", "/v2/_withdrawal/"), None);
    }

    #[test]
    fn paths_a_server_might_rewrite_are_refused() {
        for path in [
            "",
            "api",
            "//api",
            "/a//b",
            "/a/./b",
            "/a/../b",
            "/a;x=1",
            "/a?b",
            "/a#b",
            "/a b",
            "/a%2",
            "/a/x%2f..%2Fb",
            "/a/%2e%2E",
            "/a/%2e.%5cb",
            "/a/x%252e",
            "/a/..%3bx",
            "/a%zz",
            "/\u{e4}",
        ] {
            assert!(check(path).is_err(), "{path}");
        }
        for path in [
            "/",
            "/api/v3/order",
            "/api/v2/buy/btcusd/",
            "/orders/a%2Fb",
            "/orders/tBTCF0:USTF0",
        ] {
            assert!(check(path).is_ok(), "{path}");
        }
    }
}
