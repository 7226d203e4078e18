//! Why a bundle of policies is refused.

use std::fmt;

/// A bundle was refused because of what stands at this place. Nothing of it is used; correct the
/// text and load it again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct PolicyError {
    /// The name of the source.
    pub file: String,
    /// Line in it, from 1.
    pub line: usize,
    /// The policy's `@id`, where it is known.
    pub policy: Option<String>,
    /// What is wrong.
    pub problem: Problem,
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.file.escape_debug(), self.line)?;
        if let Some(policy) = &self.policy {
            write!(f, "policy `{}`: ", policy.escape_debug())?;
        }
        write!(f, "{}", self.problem)
    }
}

/// What is wrong with a policy or its source.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// The source's name is not usable.
    #[error("a source's name has 1 to 64 characters out of A-Z a-z 0-9 . _ - and ends in .cedar")]
    SourceName,
    /// Two sources have one name.
    #[error("another source has the same name")]
    DuplicateSource,
    /// The text is too long.
    #[error("a source has at most {limit} bytes")]
    TooLong {
        /// Bytes a source may have.
        limit: usize,
    },
    /// Brackets nest too deep.
    #[error("brackets nest more than {limit} deep")]
    TooDeep {
        /// Brackets that may be open at once.
        limit: usize,
    },
    /// A policy has too many operators.
    #[error("a policy has at most {limit} operators, brackets and dots: divide it into several")]
    TooComplex {
        /// Operators a policy may have.
        limit: usize,
    },
    /// A character that is not what it looks like, or that cannot be seen.
    #[error(
        "character U+{code:04X} is not allowed: a reader cannot see it, or not where it stands"
    )]
    HiddenCharacter {
        /// Its code point.
        code: u32,
    },
    /// Not Cedar.
    #[error("not a Cedar policy: {message}")]
    Syntax {
        /// What the parser says.
        message: String,
    },
    /// A Cedar template (a policy with slots).
    #[error("policies with slots (`?principal`, `?resource`) are not supported: name the entity")]
    Slots,
    /// No `@id`.
    #[error("add an @id(\"…\") annotation")]
    MissingId,
    /// The `@id` is not usable.
    #[error("an @id has 1 to 64 characters out of a-z 0-9 -")]
    BadId,
    /// Two policies have one `@id`.
    #[error("{first_file}:{first_line} has the same @id")]
    DuplicateId {
        /// Where the id was met first.
        first_file: String,
        /// Line in it, from 1.
        first_line: usize,
    },
    /// The `@reason` is not usable.
    #[error("a @reason has 1 to 200 characters, all of them visible")]
    BadReason,
    /// An annotation that means nothing here.
    #[error("unknown annotation @{name}: only @id and @reason mean something")]
    UnknownAnnotation {
        /// Its name.
        name: String,
    },
    /// A permit that depends on `source_network`.
    #[error("a permit may not depend on source_network, the coordinator's word: write a forbid")]
    SourceNetworkInPermit,
    /// The policy does not fit the schema, or could never apply.
    #[error("does not fit the schema: {message}")]
    Invalid {
        /// What the validator says.
        message: String,
    },
    /// The schema this build ships with does not parse: the build is broken.
    #[error("the shipped schema does not parse: {message}")]
    Schema {
        /// What the parser says.
        message: String,
    },
}
