//! Crypto.com Exchange v1.
//!
//! # What is signed
//!
//! `method + id + api_key + parameters + nonce`, all members of the JSON body: HMAC-SHA256 under the
//! characters of the secret, in hexadecimal, in the body's `sig`. `method` is the name of the operation,
//! and the path again; neither HTTP method, path nor host is signed. The nonce is the time.
//!
//! # How texts are kept apart
//!
//! Names and values of the parameters, sorted by name, follow each other without any mark, so that
//! different parameters can have the same text. Understood is only what can be taken apart in one way:
//!
//! * `id` is digits, `nonce` 13 digits, and the key letters and digits, at most as many as 128 bits
//!   make, so that none of them has a part of its neighbour.
//! * No name of a parameter of the operation occurs anywhere but where it is one.
//! * What is free text at the venue (`client_oid`, `broker_id`) could still have swallowed the name and
//!   the value of the parameter behind it, if the operation does not need that one. The only such
//!   parameter that a policy decides on is `exec_inst`: beside free text, an order is not said to
//!   reduce only, nor to be post-only.
//! * `null` is refused, since clients sign it in different ways.
//!
//! # What tells spot from derivatives
//!
//! The instrument: derivatives have a `-` (`BTCUSD-PERP`), spot has not (`BTC_USDT`). An order addressed
//! by its id may be either, whatever instrument is given beside it; both are in the set.
//!
//! # Not understood
//!
//! Withdrawals of fiat, and trading bots.

/// An operation: its name in the message is also the end of its path.
macro_rules! call {
    ($method:literal, $name:literal) => {
        crate::kit::operation::post(concat!("/exchange/v1/", $method), $name)
            .called($method)
            .on(crate::cryptocom::HOSTS)
    };
}

mod account;
mod addressed;
mod text;
mod trade;

use crate::{
    Asset, Binds, DigestEncoding, HashAlg, KeyEncoding, Permission, Placement, ReadError, Request,
    Timing,
    kit::{MESSAGE, Venue, order, time},
    syntax::{Fields, Value},
};

pub(crate) static VENUE: Venue = Venue {
    name: "cryptocom",
    title: "Crypto.com Exchange",
    // Not a header: a member of the body.
    api_key_header: "api_key",
    api_key,
    passphrase: None,
    hash: HashAlg::Sha256,
    key_encoding: KeyEncoding::Utf8,
    digest_encoding: DigestEncoding::Hex,
    binds: Binds {
        method: false,
        host: false,
        path: false,
        query: false,
        body: true,
    },
    placement: |_| Placement::Json("sig"),
    text,
    fields,
    envelope: &[],
    timing,
    quote,
    operations: &[
        account::READS,
        trade::OPERATIONS,
        addressed::LISTS,
        addressed::OPERATIONS,
        account::OPERATIONS,
    ],
    // Not confirmed.
    permissions: &[
        (Permission::Read, "Can Read"),
        (Permission::SpotTrading, "Trade"),
        (Permission::Margin, "Trade"),
        (Permission::Futures, "Trade"),
        (Permission::Transfers, "Trade, by a master account"),
        (Permission::Withdrawals, "Withdrawal"),
        (Permission::SubAccounts, "by a master account"),
    ],
};

/// How long after its nonce a request is accepted; not confirmed by the venue's documents here.
const WINDOW_MS: u64 = 60_000;

// The test network has accounts and keys of its own.
const HOSTS: &[&str] = &["api.crypto.com", "uat-api.3ona.co"];
const STREAMS: &[&str] = &["stream.crypto.com", "uat-stream.3ona.co"];

fn text(request: &Request) -> Result<Vec<u8>, ReadError> {
    Ok(text::Envelope::of(request)?.text()?.into_bytes())
}

fn api_key(request: &Request) -> Result<Option<String>, ReadError> {
    Ok(Some(text::Envelope::of(request)?.api_key))
}

fn fields(request: &Request) -> Result<Fields<'_>, ReadError> {
    let envelope = text::Envelope::of(request)?;
    text::refuse_confusable(&VENUE, &envelope)?;
    let mut fields = envelope.params;
    fields.push(MESSAGE, Value::Text(envelope.method));
    Ok(fields)
}

fn timing(request: &Request) -> Result<Timing, ReadError> {
    let envelope = text::Envelope::of(request)?;
    Ok(Timing::from_time(
        time::milliseconds("nonce", &envelope.nonce)?,
        WINDOW_MS,
    ))
}

/// Of `BTC_USDT` what follows, of `BTCUSD-PERP` the dollar.
fn quote(symbol: &str) -> Asset {
    match symbol.split_once('-') {
        None => order::quote_after(symbol, '_'),
        Some((pair, _)) if pair.ends_with("USD") => Asset::Known("USD".into()),
        Some(_) => Asset::Unknown,
    }
}
