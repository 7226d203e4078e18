//! What a request was understood to be.

use serde::Serialize;

use crate::{
    Operation, Permissions, PlaceError, Request, SignedText,
    registry::{Dialect, Understood},
};

/// A request that a dialect fully understands. Made only by [`read`](crate::read).
#[derive(Debug, Clone)]
pub struct Reading {
    dialect: &'static Dialect,
    signed: SignedText,
    named: Operation,
    authorised: Vec<Operation>,
    timing: Timing,
    permissions: Permissions,
}

/// When a signature is good, by the venue's clock. All in Unix milliseconds or milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Timing {
    /// The time under the MAC.
    pub timestamp_ms: u64,
    /// How long after that the request asks to be accepted.
    pub recv_window_ms: u64,
    /// The last moment at which the venue could accept these bytes, however they are presented to
    /// it. May be later than `timestamp_ms + recv_window_ms`: see the venue's module.
    pub expires_at_ms: u64,
}

impl Reading {
    pub(crate) fn new(dialect: &'static Dialect, signed: SignedText, of: Understood) -> Self {
        Self {
            dialect,
            signed,
            authorised: std::iter::once(of.named.clone()).chain(of.others).collect(),
            named: of.named,
            timing: of.timing,
            permissions: Permissions::unknown(),
        }
    }

    /// The venue's name.
    pub fn venue(&self) -> &'static str {
        self.dialect.name
    }

    /// The bytes to be signed, and how.
    pub fn signed(&self) -> &SignedText {
        &self.signed
    }

    /// When the signature is good; a node checks it against its own clock.
    pub fn timing(&self) -> &Timing {
        &self.timing
    }

    /// Every operation a signature over these bytes would authorise. Never empty: the operation the
    /// client named comes first. A policy must allow all of them.
    ///
    /// Left out is what *every* signature of the key authorises whatever its parameters, unless
    /// the client named it: no decision about one request can change that, so it is shown and
    /// accepted when the key is enrolled ([`unavoidable`](crate::unavoidable)).
    pub fn authorised(&self) -> &[Operation] {
        &self.authorised
    }

    /// The operation the client named.
    pub fn named(&self) -> &Operation {
        &self.named
    }

    /// What else the same bytes would authorise at a venue that let them be cut in two between
    /// query and body and ignored what then makes no sense to it. Empty where that is impossible.
    /// See the venue's module for why these are apart from [`Reading::authorised`], and when to
    /// mind them. Computed at each call; far more than the set itself, hundreds for an order.
    pub fn if_cut(&self) -> Vec<Operation> {
        let mut members = (self.dialect.if_cut)(&self.signed, &self.authorised);
        members.retain(|member| self.permissions.contain(member.permission));
        members
    }

    /// Removes operations that the key has no permission for at the exchange; the named operation
    /// stays. With [`Permissions::unknown`] nothing is removed.
    ///
    /// Permissions recorded at enrolment may drift at the exchange, and nobody here would notice:
    /// restrict only by what is checked there as well.
    #[must_use]
    pub fn restricted_to(mut self, permissions: &Permissions) -> Self {
        let mut first = true;
        self.authorised
            .retain(|member| std::mem::take(&mut first) || permissions.contain(member.permission));
        self.permissions = self.permissions.intersection(permissions);
        self
    }

    /// The name of the header in which the venue expects the API key. Its value is not secret and
    /// is supplied by the caller.
    pub fn api_key_header(&self) -> &'static str {
        self.dialect.api_key_header
    }

    /// The request ready to send but for the API key: `tag` written in the venue's encoding at the
    /// place the venue looks for it. `request` must be the one that was read.
    ///
    /// # Errors
    /// [`PlaceError`] if `request` has another signed text, or `tag` the wrong length.
    pub fn place(&self, request: &Request, tag: &[u8]) -> Result<Request, PlaceError> {
        if crate::signed_text(request).as_ref() != Ok(&self.signed) {
            return Err(PlaceError::OtherRequest);
        }
        self.signed.place(request, tag)
    }
}
