//! Headers that are signed, or say how to read what is.

use crate::{Malformed, Request, Shown, Unclassified, signed::CONTENT_TYPE};

/// The value of a header the signed text needs.
///
/// # Errors
/// It is missing, repeated, or has characters that could pass for what follows it in the text.
pub(crate) fn required<'a>(request: &'a Request, name: &'static str) -> Result<&'a str, Malformed> {
    optional(request, name)?.ok_or(Malformed::MissingHeader { name })
}

/// The value of a header that the signed text has if it is there.
///
/// # Errors
/// It is repeated, or has unusual characters.
pub(crate) fn optional<'a>(
    request: &'a Request,
    name: &'static str,
) -> Result<Option<&'a str>, Malformed> {
    let mut found = request
        .headers
        .iter()
        .filter(|(known, _)| known.eq_ignore_ascii_case(name));
    let first = found.next();
    if found.next().is_some() {
        return Err(Malformed::RepeatedHeader { name });
    }
    let Some((_, value)) = first else {
        return Ok(None);
    };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=._:-".contains(&byte);
    if value.is_empty() || !value.bytes().all(plain) {
        return Err(Malformed::Header {
            name,
            value: Shown::new(value),
        });
    }
    Ok(Some(value))
}

/// Refuses a body whose content type speaks of `other`.
///
/// # Errors
/// [`Unclassified::ContentType`].
pub(crate) fn refuse_content_type(request: &Request, other: &str) -> Result<(), Unclassified> {
    let mut types = request
        .headers
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case(CONTENT_TYPE));
    match types.find(|(_, value)| value.to_ascii_lowercase().contains(other)) {
        Some((_, value)) => Err(Unclassified::ContentType {
            content_type: Shown::new(value),
        }),
        None => Ok(()),
    }
}
