//! Why a request was not read, in terms its sender can act on.

use std::fmt;

/// Why [`read`](crate::read) refused a request. Nothing is signed in any of these cases.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// No dialect of that name.
    #[error(transparent)]
    UnknownVenue(#[from] UnknownVenue),
    /// The request breaks the venue's own rules; its sender can correct it.
    #[error("malformed request: {0}")]
    Malformed(#[from] Malformed),
    /// The dialect does not fully understand the request, so it is denied.
    #[error("unclassified request: {0}")]
    Unclassified(#[from] Unclassified),
}

/// The venue named by a request has no dialect here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown venue '{venue}'; known: {}", crate::venues().collect::<Vec<_>>().join(", "))]
pub struct UnknownVenue {
    /// The name given.
    pub venue: Shown,
}

/// A mistake in a request that the venue itself would refuse.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Malformed {
    /// The request already carries a signature.
    #[error("parameter '{name}' is already present; send the request without it")]
    SignaturePresent {
        /// The parameter's name as found.
        name: Shown,
    },
    /// A signed request must say when it was made.
    #[error("parameter '{name}' is missing; every signed request needs it")]
    MissingTimestamp {
        /// The venue's name for the parameter.
        name: &'static str,
    },
    /// The timestamp or nonce is not spelled as the venue wants it.
    #[error("'{name}' is '{value}'; expected {expected}")]
    Timestamp {
        /// The venue's name for the parameter or header.
        name: &'static str,
        /// The value found.
        value: Shown,
        /// What would be accepted.
        expected: &'static str,
    },
    /// The signed text needs a header that is not there.
    #[error("header '{name}' is missing; the venue signs it")]
    MissingHeader {
        /// The header's name.
        name: &'static str,
    },
    /// A header that is signed comes twice.
    #[error("header '{name}' is repeated")]
    RepeatedHeader {
        /// The header's name.
        name: &'static str,
    },
    /// A header that is signed has characters no client sends in it.
    #[error("header '{name}' is '{value}', which is not plain")]
    Header {
        /// The header's name.
        name: &'static str,
        /// The value found.
        value: Shown,
    },
    /// The receive window is not one the venue accepts.
    #[error("parameter '{name}' is '{value}'; expected a whole number of milliseconds, 1 to {max}")]
    ReceiveWindow {
        /// The venue's name for the parameter.
        name: &'static str,
        /// The value found.
        value: Shown,
        /// The largest window the venue accepts, in milliseconds.
        max: u64,
    },
}

/// What about a request is not understood well enough to sign it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unclassified {
    /// No operation of the dialect has this method and path.
    #[error("no known operation is '{method} {path}'")]
    UnknownOperation {
        /// The method given.
        method: Shown,
        /// The path given.
        path: Shown,
    },
    /// The operation exists, but not on this host.
    #[error("host '{host}' does not serve '{path}'")]
    UnknownHost {
        /// The host given.
        host: Shown,
        /// The path given.
        path: Shown,
    },
    /// The operation is known, and deliberately not signed by this version.
    #[error("operation '{operation}' is known but not offered")]
    NotOffered {
        /// The operation's name.
        operation: &'static str,
    },
    /// The path has a spelling that a server might rewrite.
    #[error(
        "path '{path}' is not canonical (empty or dot segment, trailing '/', escape or unusual character)"
    )]
    PathNotCanonical {
        /// The path given.
        path: Shown,
    },
    /// Parameters are in the query and in the body, and the venue signs them without a separator.
    #[error("parameters are in both the query and the body; put all of them in one")]
    QueryAndBody,
    /// Parameters where the venue does not look for them, and does something else than they say.
    #[error("the venue does not read parameters of {method} in the {place}")]
    Misplaced {
        /// The request's method.
        method: Shown,
        /// Where they are.
        place: &'static str,
    },
    /// A body on a method whose body the venue may not read.
    #[error("a {method} request must not have a body")]
    UnexpectedBody {
        /// The request's method.
        method: &'static str,
    },
    /// The body is not a form.
    #[error("content type '{content_type}' is not application/x-www-form-urlencoded")]
    NotAForm {
        /// The content type given.
        content_type: Shown,
    },
    /// More bytes than any operation of the dialect needs.
    #[error("the parameters are longer than {limit} bytes")]
    TooLong {
        /// The longest text read.
        limit: usize,
    },
    /// The content type says otherwise than the body looks.
    #[error("content type '{content_type}' does not go with the body")]
    ContentType {
        /// The content type given.
        content_type: Shown,
    },
    /// The body is not UTF-8.
    #[error("the body is not UTF-8 text")]
    NotText,
    /// The body is not JSON that every reader reads the same.
    #[error("the JSON cannot be read: {why}")]
    NotJson {
        /// What is wrong.
        why: Shown,
    },
    /// An element of a batch is no object.
    #[error("operation '{operation}': an element of the batch is not an object")]
    NotAnObject {
        /// The operation the request names.
        operation: &'static str,
    },
    /// An element of a batch is of no kind known.
    #[error("operation '{operation}': an element of the batch is of no known kind")]
    UnknownElement {
        /// The operation the request names.
        operation: &'static str,
    },
    /// A batch has no elements.
    #[error("operation '{operation}': there is no list of elements, or it is empty")]
    EmptyBatch {
        /// The operation the request names.
        operation: &'static str,
    },
    /// A value that two readers could decode differently: an escape that is incomplete, needless or not
    /// UTF-8.
    #[error("parameter '{name}' is '{value}', which can be decoded in two ways")]
    Encoding {
        /// The parameter's name.
        name: Shown,
        /// The value as sent.
        value: Shown,
    },
    /// A text that could pass for another signed text of the venue.
    #[error("'{name}' could make the signed text pass for another: {why}")]
    Confusable {
        /// The parameter or header.
        name: &'static str,
        /// How.
        why: &'static str,
    },
    /// A piece between two `&` that is not one `name=value`.
    #[error("'{piece}' is not a parameter of the form name=value")]
    NotAParameter {
        /// The piece found.
        piece: Shown,
    },
    /// A parameter occurs twice, or twice up to case.
    #[error("parameter '{name}' is repeated")]
    RepeatedParameter {
        /// The parameter's name.
        name: Shown,
    },
    /// The operation does not take this parameter.
    #[error("operation '{operation}' is not known to take parameter '{name}'")]
    UnknownParameter {
        /// The operation the request names.
        operation: &'static str,
        /// The parameter's name.
        name: Shown,
    },
    /// The operation needs a parameter that is not there.
    #[error("operation '{operation}' needs parameter {name}")]
    MissingParameter {
        /// The operation the request names.
        operation: &'static str,
        /// The parameter's name, or a choice of names.
        name: &'static str,
    },
    /// Two parameters of the request do not go together.
    #[error("operation '{operation}': parameter '{name}' {why}")]
    Contradiction {
        /// The operation the request names.
        operation: &'static str,
        /// The parameter that does not fit.
        name: &'static str,
        /// What it does not fit with.
        why: &'static str,
    },
    /// A value has characters outside the alphabet of its parameter, percent-escapes included.
    #[error("outside_alphabet: parameter '{name}' is '{value}'; allowed: {allowed}")]
    OutsideAlphabet {
        /// The parameter's name.
        name: Shown,
        /// The value found.
        value: Shown,
        /// The characters and lengths allowed.
        allowed: &'static str,
    },
    /// A number that is not plain digits with an optional fraction, or is out of range.
    #[error("parameter '{name}' is '{value}'; expected {expected}")]
    Number {
        /// The parameter's name.
        name: Shown,
        /// The value found.
        value: Shown,
        /// What would be accepted.
        expected: &'static str,
    },
    /// A value that is not one of those the dialect knows for its parameter.
    #[error("parameter '{name}' has the unknown value '{value}'")]
    UnknownValue {
        /// The parameter's name.
        name: Shown,
        /// The value found.
        value: Shown,
    },
    /// Quantity times price does not fit a decimal.
    #[error("quantity times price is too large to represent")]
    NotionalTooLarge,
}

/// Why a tag was not placed into a request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlaceError {
    /// The request is not the one that was read.
    #[error("the request differs from the one that was read; place the tag into that one")]
    OtherRequest,
    /// The tag's length is not the hash's output length.
    #[error("the tag has {found} bytes; {expected} expected")]
    TagLength {
        /// Length given, in bytes.
        found: usize,
        /// Output length of the venue's hash, in bytes.
        expected: usize,
    },
}

/// Untrusted text made fit for a log line: printable ASCII, the rest escaped, at most 64 bytes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shown(String);

impl Shown {
    const LONGEST: usize = 64;

    /// Escapes and, if necessary, cuts `text`.
    pub fn new(text: impl AsRef<[u8]>) -> Self {
        let bytes = text.as_ref();
        let kept = bytes.get(..Self::LONGEST);
        let mut shown = kept.unwrap_or(bytes).escape_ascii().to_string();
        if kept.is_some() && bytes.len() > Self::LONGEST {
            shown.push('…');
        }
        Self(shown)
    }

    /// The escaped text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "'{}'", self.0)
    }
}
