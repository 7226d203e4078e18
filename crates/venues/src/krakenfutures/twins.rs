//! Other requests with the same signed text: digits moved between the last parameter and the nonce.

use crate::{Request, Unclassified};

/// Numbers with more digits are not read.
const MOST_DIGITS: usize = 28;

/// The requests without the last number, with the largest and with the smallest, that have the text of
/// `request`. They have no nonce: what matters is what they would do.
///
/// # Errors
/// [`Unclassified::Confusable`]: the largest number is too long to be read.
pub(super) fn of(request: &Request, nonce: Option<&str>) -> Result<Vec<Request>, Unclassified> {
    let in_query = request.body.is_empty();
    let parameters = match std::str::from_utf8(&request.body) {
        Ok(body) if !in_query => body,
        _ => request.query.as_str(),
    };
    let at = parameters.rfind('=').map_or(0, |at| at + 1);
    let Some((head, number)) = parameters.split_at_checked(at) else {
        return Ok(Vec::new());
    };
    if !is_number(number) {
        return Ok(Vec::new());
    }
    // All of it moved: to the venue, the parameter may then not be there.
    let mut values = vec![String::new()];
    values.extend(nonce.map(|nonce| largest(number, nonce)).transpose()?);
    values.extend(smallest(number).map(str::to_owned));
    let with = |value: String| {
        let mut twin = request.clone();
        let parameters = format!("{head}{value}");
        if in_query {
            twin.query = parameters;
        } else {
            twin.body = parameters.into_bytes();
        }
        twin
    };
    Ok(values.into_iter().map(with).collect())
}

fn is_number(text: &str) -> bool {
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    !whole.is_empty() && digits(whole) && digits(fraction)
}

/// `number` followed by the whole nonce. Of a fraction, what is beyond the digits that are read would
/// change nothing.
fn largest(number: &str, nonce: &str) -> Result<String, Unclassified> {
    let mut text = format!("{number}{nonce}");
    match text.contains('.') {
        true => text.truncate(MOST_DIGITS + 1),
        false if text.len() > MOST_DIGITS => {
            return Err(Unclassified::Confusable {
                name: "Nonce",
                why: "it follows a number, and would be part of it if there were no nonce",
            });
        }
        false => {}
    }
    Ok(text)
}

/// The shortest beginning of `number` that is not 0 and has only digits behind it.
fn smallest(number: &str) -> Option<&str> {
    let first_digit = number.find('.').map_or(1, |point| point + 1);
    (first_digit..number.len())
        .filter_map(|at| number.get(..at))
        .map(|start| start.trim_end_matches('.'))
        .find(|start| start.bytes().any(|byte| matches!(byte, b'1'..=b'9')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_is_the_shortest_that_is_not_nothing() {
        for (number, shortest) in [
            ("60000", Some("6")),
            ("7", None),
            ("61234.5", Some("61234")),
            ("0.0123", Some("0.01")),
            ("0.5", None),
            ("10.50", Some("10")),
        ] {
            assert_eq!(smallest(number), shortest, "{number}");
        }
    }

    #[test]
    fn the_largest_has_the_nonce_in_it() {
        assert_eq!(largest("6", "17530").unwrap(), "617530");
        assert!(largest("60000000000000", "1753000000000000").is_err());
        assert_eq!(largest("0.5", "1753").unwrap(), "0.51753");
    }
}
