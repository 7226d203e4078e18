//! What a request was understood to be.

use std::fmt;

use serde::Serialize;

use crate::{
    Operation, Permissions, PlaceError, Request, SignedText,
    kit::operation::LOGIN,
    registry::{Dialect, Understood},
};

/// A request that a dialect fully understands. Made only by [`read`](crate::read).
#[derive(Clone)]
pub struct Reading {
    dialect: &'static dyn Dialect,
    signed: SignedText,
    named: Operation,
    authorised: Vec<Operation>,
    timing: Timing,
    api_key: Option<String>,
    secret: bool,
    permissions: Permissions,
}

/// When a signature is good, by the venue's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Timing {
    /// The time or nonce under the MAC.
    pub stamp: Stamp,
    /// The last moment at which the venue could accept these bytes, however they are presented to
    /// it, in Unix milliseconds. `None` where the signature does not expire: until a higher nonce is
    /// used, or never.
    pub expires_at_ms: Option<u64>,
}

/// What says when a request was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stamp {
    /// When it was made, in Unix milliseconds.
    Time(u64),
    /// When it expires, in Unix milliseconds: there is no other time in it.
    Expiry(u64),
    /// A number that rises from request to request, and the time it counts, in Unix milliseconds, if
    /// it counts one. A nonce far ahead locks out every client whose nonces are times.
    Nonce(Option<u64>),
    /// Nothing. The signature is good for as long as the key is.
    None,
}

impl Timing {
    /// Made at `time_ms`, accepted for `window_ms` after it.
    pub(crate) fn from_time(time_ms: u64, window_ms: u64) -> Self {
        Self {
            stamp: Stamp::Time(time_ms),
            expires_at_ms: Some(time_ms.saturating_add(window_ms)),
        }
    }
}

impl fmt::Debug for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reading")
            .field("venue", &self.dialect.name())
            .field("authorised", &self.authorised)
            .field("timing", &self.timing)
            .finish_non_exhaustive()
    }
}

impl Reading {
    pub(crate) fn new(
        dialect: &'static dyn Dialect,
        signed: SignedText,
        of: Understood,
        api_key: Option<String>,
    ) -> Self {
        Self {
            dialect,
            signed,
            authorised: of.authorised,
            named: of.named,
            timing: of.timing,
            api_key,
            secret: of.secret,
            permissions: Permissions::unknown(),
        }
    }

    /// The venue's name.
    pub fn venue(&self) -> &'static str {
        self.dialect.name()
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
    /// accepted when the key is enrolled, or else asked about with each request ([`unavoidable`](crate::unavoidable)).
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
    /// mind them. Computed at each call; far more than the set itself, hundreds for an order. The work
    /// grows with the square of the text's length, to seconds for a kilobyte: not for the path of a request.
    pub fn if_cut(&self) -> Vec<Operation> {
        let mut members = self.dialect.if_cut(&self.signed, &self.authorised);
        members.retain(|member| self.permissions.contain(member.permission));
        members
    }

    /// Removes operations that the key has no permission for at the exchange; the named operation
    /// stays, each element of it if it is a batch, each order that comes with it. With [`Permissions::unknown`] nothing is removed.
    ///
    /// Permissions recorded at enrolment may drift at the exchange, and nobody here would notice:
    /// restrict only by what is checked there as well.
    #[must_use]
    pub fn restricted_to(mut self, permissions: &Permissions) -> Self {
        let named = &self.named;
        let mut first = true;
        self.authorised.retain(|member| {
            let element = (member.batch.is_some() || member.attached.is_some())
                && member.is_at_endpoint_of(named);
            std::mem::take(&mut first) || element || permissions.contain(member.permission)
        });
        self.permissions = self.permissions.intersection(permissions);
        self
    }

    /// The API key that the signed text names, at venues where it names one. At an exchange the
    /// signature is good for no other; here it is what the client says.
    pub fn api_key(&self) -> Option<&str> {
        self.api_key.as_deref()
    }

    /// The passphrase, where the signed text is one and nothing else. Its MAC is part of every request
    /// of the key and has no time in it: a node makes it only for the passphrase that was enrolled.
    pub fn passphrase(&self) -> Option<&[u8]> {
        let mac = self.dialect.passphrase()?;
        let is_it = self.named.method == LOGIN && self.named.path == mac.path;
        is_it.then_some(&self.signed.bytes)
    }

    /// Whether the request has a password or a one-time code beside what it asks for, in a parameter or a
    /// header: then it is not for records. What an operation is for can make it one as well.
    pub fn has_secret(&self) -> bool {
        self.secret
    }

    /// The name of the header in which the venue expects the API key. Its value is not secret and
    /// is supplied by the caller.
    pub fn api_key_header(&self) -> &'static str {
        self.dialect.api_key_header()
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
