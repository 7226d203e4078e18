//! Kraken Futures.
//!
//! # What is signed
//!
//! `SHA-256(query + body + nonce + path)`, the path without `/derivatives`, parameters percent-encoded
//! as sent: HMAC-SHA512 over those 32 bytes under the key that the secret is in base64, in base64, in
//! `Authent`. The nonce is the header `Nonce`, which may be left out. Neither method nor host is signed,
//! and query and body are interchangeable: clients send the parameters of a POST in either.
//!
//! # What a signature binds, and what it does not
//!
//! There is nothing between the last parameter's value and the nonce. `limitPrice=60000` with the
//! nonce `17…` has the text of `limitPrice=6000017…` without a nonce, and `limitPrice=60000` without
//! one has that of `limitPrice=6` with the nonce `0000`. Where the last parameter is a number, the
//! authorised set therefore has the operation also with the largest and the smallest number that the
//! same text allows ([`twins`]); what lies between is between. Clients avoid it by putting a parameter
//! that is not a number last. That the venue refuses nonces that are no whole numbers is unconfirmed,
//! and so is whether it would take one with as few digits.
//!
//! `GET` and `PUT` of one path (`leveragepreferences`, `pnlpreferences`) are in one set where the
//! parameters allow both.
//!
//! # Products
//!
//! Everything trades futures. `PF_` and `FF_` are linear and sized in the base asset; the others
//! (`PI_`, `FI_`) are inverse, and sized in contracts.
//!
//! # Deliberately so
//!
//! `withdrawal` reaches only the spot wallet of the same owner: a transfer. Signatures without a nonce
//! do not expire.

mod operations;
mod twins;

use sha2::{Digest, Sha256};

use crate::{
    Asset, Binds, Class, DigestEncoding, HashAlg, KeyEncoding, Malformed, Operation,
    ParameterFacts, PassphraseMac, Permission, Permissions, Placement, ReadError, Request, Shown,
    SignedText, Stamp, Timing, Unclassified,
    kit::{self, Venue, headers, operation::LOGIN, time},
    registry::{Dialect, Understood},
    syntax::number,
};

pub(crate) static VENUE: KrakenFutures = KrakenFutures(Venue {
    name: "krakenfutures",
    title: "Kraken Futures",
    api_key_header: "APIKey",
    api_key: kit::no_api_key,
    passphrase: None,
    hash: HashAlg::Sha512,
    key_encoding: KeyEncoding::Base64,
    digest_encoding: DigestEncoding::Base64,
    binds: Binds {
        method: false,
        host: false,
        path: true,
        query: true,
        body: true,
    },
    placement: |_| Placement::Header("Authent"),
    text,
    fields: kit::fields,
    envelope: &[],
    timing,
    quote,
    operations: operations::TABLES,
    permissions: &[
        (Permission::Read, "General API: read only"),
        (Permission::Futures, "General API: full access"),
        (Permission::Transfers, "Withdrawal API: full access"),
        (
            Permission::SubAccounts,
            "General API: full access, by a master account",
        ),
    ],
});

const NONCE: &str = "Nonce";

fn text(request: &Request) -> Result<Vec<u8>, ReadError> {
    if request.method == LOGIN {
        return Ok(Sha256::digest(challenge(request)?).to_vec());
    }
    let path = request.path.strip_prefix("/derivatives");
    let mut inner = Sha256::new();
    inner.update(&request.query);
    inner.update(&request.body);
    inner.update(nonce(request)?.unwrap_or_default());
    inner.update(path.unwrap_or(&request.path));
    Ok(inner.finalize().to_vec())
}

/// The nonce in the header, if there is one: digits.
fn nonce(request: &Request) -> Result<Option<&str>, Malformed> {
    let Some(nonce) = headers::optional(request, NONCE)? else {
        return Ok(None);
    };
    match number::integer(nonce) {
        Some(_) => Ok(Some(nonce)),
        None => Err(Malformed::Timestamp {
            name: NONCE,
            value: Shown::new(nonce),
            expected: number::INTEGER,
        }),
    }
}

fn timing(request: &Request) -> Result<Timing, ReadError> {
    let stamp = match nonce(request)? {
        Some(nonce) if request.method != LOGIN => Stamp::Nonce(time::of_nonce(nonce)),
        _ => Stamp::None,
    };
    Ok(Timing {
        stamp,
        expires_at_ms: None,
    })
}

/// The challenge of a stream, which the venue makes: a UUID. Anything else could be the text of a
/// request.
fn challenge(request: &Request) -> Result<&str, Malformed> {
    const NAME: &str = "challenge";
    let text = request
        .query
        .strip_prefix("challenge=")
        .ok_or(Malformed::MissingTimestamp { name: NAME })?;
    let lengths = text.split('-').map(str::len);
    let hex = |part: &str| part.bytes().all(|byte| byte.is_ascii_hexdigit());
    if lengths.eq([8, 4, 4, 4, 12]) && text.split('-').all(hex) {
        return Ok(text);
    }
    Err(Malformed::Timestamp {
        name: NAME,
        value: Shown::new(text),
        expected: "the UUID that the venue sent",
    })
}

/// Linear contracts name base and quote: `PF_XBTUSD`.
fn quote(symbol: &str) -> Asset {
    let symbol = symbol.to_ascii_uppercase();
    let pair = symbol
        .strip_prefix("PF_")
        .or_else(|| symbol.strip_prefix("FF_"))
        .and_then(|rest| rest.split('_').next());
    match pair {
        Some(pair) if pair.len() > 3 && pair.ends_with("USD") => Asset::Known("USD".to_owned()),
        _ => Asset::Unknown,
    }
}

/// The venue, and the other readings of a text.
pub(crate) struct KrakenFutures(Venue);

impl Dialect for KrakenFutures {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn title(&self) -> &'static str {
        self.0.title()
    }

    fn api_key_header(&self) -> &'static str {
        self.0.api_key_header()
    }

    fn api_key(&self, request: &Request) -> Result<Option<String>, ReadError> {
        self.0.api_key(request)
    }

    fn passphrase(&self) -> Option<PassphraseMac> {
        self.0.passphrase()
    }

    fn binds(&self) -> Binds {
        self.0.binds()
    }

    fn scheme(&self) -> (HashAlg, KeyEncoding, DigestEncoding) {
        self.0.scheme()
    }

    fn permissions(&self) -> &'static [(Permission, &'static str)] {
        self.0.permissions()
    }

    fn placement(&self, request: &Request) -> Placement {
        self.0.placement(request)
    }

    fn signed_text(&self, request: &Request) -> Result<SignedText, ReadError> {
        self.0.signed_text(request)
    }

    fn understand(
        &self,
        request: &Request,
        signed: &SignedText,
        key: &Permissions,
    ) -> Result<Understood, ReadError> {
        let mut understood = self.0.understand(request, signed, key)?;
        // A login has no parameters, and a read stays one whatever its numbers are.
        let harmless = |op: &Operation| matches!(op.class, Class::Read | Class::Session);
        if understood.authorised.iter().all(harmless) {
            return Ok(understood);
        }
        let nonce = nonce(request)?;
        for twin in twins::of(request, nonce)? {
            let also = match self.0.understand(&twin, signed, key) {
                // The venue refuses it as well.
                Err(ReadError::Unclassified(Unclassified::MissingParameter { .. })) => continue,
                also => also?,
            };
            for other in also.authorised {
                if !understood.authorised.contains(&other) {
                    understood.authorised.push(other);
                }
            }
        }
        Ok(understood)
    }

    fn if_cut(&self, signed: &SignedText, authorised: &[Operation]) -> Vec<Operation> {
        self.0.if_cut(signed, authorised)
    }

    fn unavoidable(&self) -> Vec<Operation> {
        self.0.unavoidable()
    }

    fn known(&self) -> Vec<Operation> {
        self.0.known()
    }

    fn parameters(&self) -> Vec<Vec<ParameterFacts>> {
        self.0.parameters()
    }

    fn envelope(&self) -> &'static [&'static str] {
        self.0.envelope()
    }
}
