//! Binance: spot (`/api/v3`), USD-M futures (`/fapi`) and withdrawals (`/sapi`).
//!
//! # What is signed
//!
//! The query immediately followed by the body, without a separator, `signature` left out:
//! HMAC-SHA256 under the characters of the secret, in hex, appended last to the query or the form.
//! Neither method nor host nor path is under the MAC.
//!
//! # What a signature authorises
//!
//! Everything the same bytes can do anywhere at Binance. `operations` is a table of what is known
//! there: what this dialect offers, and the neighbours it does not offer but whose parameters could
//! coincide. The argument that [`Reading::authorised`](crate::Reading::authorised) is large enough:
//!
//! 1. **Parameters are allow-listed by name** for the operation the client names; one parameter
//!    more and the request is unclassified. The client therefore cannot smuggle the parameters of a
//!    withdrawal into the bytes of a read.
//! 2. **Required parameters decide membership.** Any *other* operation of the table belongs to the
//!    set as soon as the bytes have all parameters it requires, even if they have more: Binance may
//!    ignore parameters it does not know. (Spot is seen to refuse them with error -1104; nothing is
//!    known of futures and the wallet. The set assumes they are ignored everywhere.)
//! 3. **Method, host and path never narrow the set.** It is a function of the signed bytes, but
//!    for which unavoidable operation (5) was named.
//! 4. **Parameters between query and body.** Requests that have parameters in both are refused. The
//!    bytes of those that are accepted have a `&` between any two parameters and no `=` inside a
//!    value, so a cut between parameters gives the same parameters again, and the same set. More
//!    comes of a cut only if Binance (a) ignores a parameter that is no name of its interface, for
//!    a cut *inside* a parameter leaves at least one such piece, or (b) signs a body that it does
//!    not read. Then the rest could be a shorter symbol, a lower price, or an order without its
//!    `reduceOnly`. *That Binance does neither is an assumption.* Evidence against (a) is -1104 on
//!    spot; for futures and withdrawals nothing is known, and of (b) nothing anywhere. These members
//!    are in [`Reading::if_cut`](crate::Reading::if_cut) and not in the set, because no policy that
//!    names a symbol could allow them: every symbol has shorter prefixes. A policy that relies on a
//!    field which a cut could remove (`reduceOnly`, `network`, `addressTag`) should mind `if_cut`
//!    for that field, or the key should lack the permission.
//! 5. **Unavoidable operations** require nothing but the time, so every signature authorises them,
//!    and refusing one request changes nothing. They are accepted or refused with the key
//!    ([`unavoidable`](crate::unavoidable)), not per request. Among them are settings, such as the
//!    fast-withdraw switch of a key that may trade.
//! 6. **The WebSocket API** signs the same way, over sorted parameters that include `apiKey`. No
//!    operation offered here takes `apiKey`, so no signature made here serves it.
//!
//! **An operation that Binance adds later is a risk**: if its required parameters occur in bytes
//! that are signed today, it is authorised by them and missing from the set until the table is
//! updated. Give a key no permission at the exchange that its policy does not use.
//!
//! # Spelling
//!
//! Values keep to unreserved ASCII characters, where the encoded and the decoded form coincide
//! (since January 2026 Binance signs the encoded one). Symbols are upper case. The signed bytes
//! are parsed in place and never re-serialised. Content type and charset are not under the MAC
//! either, but in any charset these bytes are the same text, or a text without a parameter name.
//!
//! # Time
//!
//! `timestamp` is Unix milliseconds, `recvWindow` whole milliseconds, 1 to 60000, 5000 if absent.
//! [`Timing::expires_at_ms`](crate::Timing::expires_at_ms) allows for a window below 5000 that is
//! cut away (4) and so replaced by the default.
//!
//! # Permissions
//!
//! | here | at Binance |
//! | --- | --- |
//! | `read` | enableReading |
//! | `spot_trading` | enableSpotAndMarginTrading |
//! | `margin` | enableMargin |
//! | `futures` | enableFutures |
//! | `options` | enableVanillaOptions |
//! | `portfolio_margin` | enablePortfolioMarginTrading |
//! | `transfers` | permitsUniversalTransfer, enableInternalTransfer |
//! | `withdrawals` | enableWithdrawals |
//! | `sub_accounts` | the account is a master or a broker |

mod authorised;
mod intent;
mod named;
mod operations;
mod parameters;
mod timing;

use crate::{
    Binds, DigestEncoding, HashAlg, KeyEncoding, Malformed, Operation, Permission, Placement,
    ReadError, Request, Shown, SignedText, form,
    registry::{Dialect, Understood},
};

/// The dialect.
pub(crate) struct Binance;

impl Dialect for Binance {
    fn name(&self) -> &'static str {
        "binance"
    }

    fn title(&self) -> &'static str {
        "Binance"
    }

    fn api_key_header(&self) -> &'static str {
        "X-MBX-APIKEY"
    }

    fn binds(&self) -> Binds {
        Binds {
            method: false,
            host: false,
            path: false,
            query: true,
            body: true,
        }
    }

    fn scheme(&self) -> (HashAlg, KeyEncoding, DigestEncoding) {
        (HashAlg::Sha256, KeyEncoding::Utf8, DigestEncoding::Hex)
    }

    fn permissions(&self) -> &'static [(Permission, &'static str)] {
        &[]
    }

    fn placement(&self, request: &Request) -> Placement {
        if request.body.is_empty() {
            Placement::Query(SIGNATURE)
        } else {
            Placement::Form(SIGNATURE)
        }
    }

    fn signed_text(&self, request: &Request) -> Result<SignedText, ReadError> {
        Ok(signed_text(request)?)
    }

    fn understand(&self, request: &Request, signed: &SignedText) -> Result<Understood, ReadError> {
        understand(request, signed)
    }

    fn if_cut(&self, signed: &SignedText, authorised: &[Operation]) -> Vec<Operation> {
        authorised::if_cut(signed, authorised)
    }

    fn unavoidable(&self) -> Vec<Operation> {
        authorised::unavoidable()
    }

    fn known(&self) -> Vec<Operation> {
        authorised::known()
    }
}

const SIGNATURE: &str = "signature";

/// Query then body, with nothing between (Binance REST API, "Signed endpoint security").
fn signed_text(request: &Request) -> Result<SignedText, Malformed> {
    refuse_signature(request.query.as_bytes())?;
    refuse_signature(&request.body)?;
    let placement = if request.body.is_empty() {
        Placement::Query(SIGNATURE)
    } else {
        Placement::Form(SIGNATURE)
    };
    Ok(SignedText {
        bytes: [request.query.as_bytes(), &request.body].concat(),
        hash: HashAlg::Sha256,
        key_encoding: KeyEncoding::Utf8,
        digest_encoding: DigestEncoding::Hex,
        placement,
    })
}

fn refuse_signature(text: &[u8]) -> Result<(), Malformed> {
    for piece in text.split(|&byte| byte == b'&') {
        let name = piece.split(|&byte| byte == b'=').next().unwrap_or(piece);
        if name.eq_ignore_ascii_case(SIGNATURE.as_bytes()) {
            return Err(Malformed::SignaturePresent {
                name: Shown::new(name),
            });
        }
    }
    Ok(())
}

/// Finds the operation the client names, holds the parameters to it, then asks what else the same
/// parameters would do.
fn understand(request: &Request, signed: &SignedText) -> Result<Understood, ReadError> {
    let row = named::find(request)?;
    let fields = form::parse(&signed.bytes)?;
    let timing = timing::read(&fields)?;
    let parameters = named::read_parameters(row, &fields)?;
    Ok(Understood {
        named: authorised::named(row, &parameters)?,
        others: authorised::others(row, &parameters)?,
        timing,
    })
}
