//! Binance: spot (`/api`), margin, wallet and sub-accounts (`/sapi`), USD-M and COIN-M futures (`/fapi`,
//! `/dapi`), options (`/eapi`), portfolio margin (`/papi`), and the WebSocket API.
//!
//! # What is signed
//!
//! The query immediately followed by the body, without a separator, `signature` left out:
//! HMAC-SHA256 under the characters of the secret, in hex, appended last to the query or the form.
//! Neither method nor host nor path is under the MAC.
//!
//! Over the WebSocket API a request is a JSON message, here with the method `WS` and the path of the
//! connection, without `signature`. Signed are its `params` (`apiKey` among them), sorted by name and
//! joined like a query; the message's `method`, which names the operation, is not. The signature goes
//! into `params` as `signature`, which is left to the caller.
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
//!    and refusing one request changes nothing. They are accepted when the key is dealt
//!    ([`unavoidable`](crate::unavoidable)), or else are for policy to permit. Among them are settings, such as the
//!    fast-withdraw switch of a key that may trade.
//! 6. **The WebSocket API** signs the same way, over parameters that include `apiKey`. Without it
//!    bytes serve no operation there. With it they serve any such operation whose needs they meet,
//!    and REST operations as if `apiKey` were one parameter more (2): an order over the stream
//!    authorises the same order at `/api/v3/order`, and so does every other member of its set. Since
//!    `apiKey` is also what names a margin account's special key, such bytes authorise deleting one:
//!    a key that uses the stream should lack `enableMargin`. `session.logon` is in no other request's
//!    set, because the venue accepts it from Ed25519 keys only [not confirmed].
//!
//! **An operation that Binance adds later is a risk**: if its required parameters occur in bytes
//! that are signed today, it is authorised by them and missing from the set until the table is
//! updated. Give a key no permission at the exchange that its policy does not use.
//!
//! # Spelling
//!
//! Bytes are signed as they are sent (since January 2026 the venue wants them percent-encoded first);
//! they are parsed in place and never re-serialised. Symbols, ids, addresses and tags with other than
//! unreserved ASCII characters are marked
//! ([`Operation::outside_alphabet`](crate::Operation::outside_alphabet)): clients disagree on what of
//! such values is signed, and the venue may refuse what is. Content type and charset are not under the
//! MAC either, but in any charset these bytes are the same text, or a text without a parameter name.
//!
//! # What is not understood
//!
//! Products that only their own pages use (liquidity pools, mining, fiat, auto-invest, VIP loans,
//! equities). Some are in the table so that they are found in a set. `listenKey` endpoints take no
//! signature.
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

mod accounts;
mod broker;
mod coin_futures;
mod earn;
mod lists;
mod margin;
mod options;
mod other;
mod parameters;
mod portfolio;
mod spot;
mod stream;
mod usd_futures;
mod wallet;

use std::borrow::Cow;

use crate::{
    Asset, Binds, DigestEncoding, HashAlg, KeyEncoding, Permission, Placement, ReadError, Request,
    Timing, Unclassified,
    kit::{
        Venue, headers, order,
        time::{self, RECV_WINDOW, TIMESTAMP},
    },
    syntax::{Fields, query},
};

pub(crate) static VENUE: Venue = Venue {
    name: "binance",
    title: "Binance",
    api_key_header: "X-MBX-APIKEY",
    api_key,
    passphrase: None,
    hash: HashAlg::Sha256,
    key_encoding: KeyEncoding::Utf8,
    digest_encoding: DigestEncoding::Hex,
    binds: Binds {
        method: false,
        host: false,
        path: false,
        query: true,
        body: true,
    },
    placement,
    text,
    fields,
    envelope: &[TIMESTAMP, RECV_WINDOW],
    timing,
    quote,
    operations: &[
        spot::OPERATIONS,
        usd_futures::OPERATIONS,
        coin_futures::OPERATIONS,
        options::OPERATIONS,
        margin::OPERATIONS,
        portfolio::TRADES,
        portfolio::READS,
        wallet::OPERATIONS,
        earn::OPERATIONS,
        other::OPERATIONS,
        accounts::SETTINGS,
        accounts::SUB_ACCOUNTS,
        broker::OPERATIONS,
        stream::OPERATIONS,
    ],
    permissions: &[
        (Permission::Read, "enableReading"),
        (Permission::SpotTrading, "enableSpotAndMarginTrading"),
        (Permission::Margin, "enableMargin"),
        (Permission::Futures, "enableFutures"),
        (Permission::Options, "enableVanillaOptions"),
        (Permission::PortfolioMargin, "enablePortfolioMarginTrading"),
        (
            Permission::Transfers,
            "permitsUniversalTransfer, enableInternalTransfer",
        ),
        (Permission::Withdrawals, "enableWithdrawals"),
        (
            Permission::SubAccounts,
            "the account is a master or a broker",
        ),
    ],
};

const SIGNATURE: &str = "signature";
const DEFAULT_WINDOW_MS: u64 = 5_000;
const LONGEST_WINDOW_MS: u64 = 60_000;

/// No operation needs more: the longest is a batch of orders.
const LONGEST_TEXT: usize = 16 * 1024;

// Test networks have accounts and keys of their own.
const SPOT_HOSTS: &[&str] = &[
    "api.binance.com",
    "api-gcp.binance.com",
    "api1.binance.com",
    "api2.binance.com",
    "api3.binance.com",
    "api4.binance.com",
    "testnet.binance.vision",
    "demo-api.binance.com",
];
const SAPI_HOSTS: &[&str] = &[
    "api.binance.com",
    "api-gcp.binance.com",
    "api1.binance.com",
    "api2.binance.com",
    "api3.binance.com",
    "api4.binance.com",
];
const USD_FUTURES_HOSTS: &[&str] = &[
    "fapi.binance.com",
    "demo-fapi.binance.com",
    "testnet.binancefuture.com",
];
const COIN_FUTURES_HOSTS: &[&str] = &[
    "dapi.binance.com",
    "demo-dapi.binance.com",
    "testnet.binancefuture.com",
];
const OPTIONS_HOSTS: &[&str] = &["eapi.binance.com"];
const PORTFOLIO_HOSTS: &[&str] = &["papi.binance.com"];

fn placement(request: &Request) -> Placement {
    if stream::is(request) {
        Placement::Message
    } else if request.body.is_empty() {
        Placement::Query(SIGNATURE)
    } else {
        Placement::Form(SIGNATURE)
    }
}

/// Query then body, with nothing between (Binance REST API, "Signed endpoint security").
fn text(request: &Request) -> Result<Vec<u8>, ReadError> {
    if stream::is(request) {
        return stream::text(request);
    }
    Ok([request.query.as_bytes(), &request.body].concat())
}

/// Elsewhere a parameter of that name is another key's.
fn api_key(request: &Request) -> Result<Option<String>, ReadError> {
    if !stream::is(request) {
        return Ok(None);
    }
    Ok(stream::fields(request)?.text("apiKey").map(Cow::into_owned))
}

fn fields(request: &Request) -> Result<Fields<'_>, ReadError> {
    if request.query.len() + request.body.len() > LONGEST_TEXT {
        return Err(Unclassified::TooLong {
            limit: LONGEST_TEXT,
        }
        .into());
    }
    if stream::is(request) {
        return Ok(stream::fields(request)?);
    }
    if request.body.is_empty() {
        return Ok(query::parse(&request.query)?);
    }
    if !request.query.is_empty() {
        return Err(Unclassified::QueryAndBody.into());
    }
    if request.method == "GET" {
        return Err(Unclassified::UnexpectedBody { method: "GET" }.into());
    }
    headers::refuse_content_type(request, "json")?;
    let form = std::str::from_utf8(&request.body).map_err(|_| Unclassified::NotText)?;
    Ok(query::parse(form)?)
}

fn timing(request: &Request) -> Result<Timing, ReadError> {
    let fields = fields(request)?;
    let (made, window) = time::made_and_window(&fields, DEFAULT_WINDOW_MS, LONGEST_WINDOW_MS)?;
    // Without its recvWindow the request falls back to the default.
    Ok(Timing::from_time(made, window.max(DEFAULT_WINDOW_MS)))
}

/// Dated futures append their date: `BTCUSDT_260327`.
fn quote(symbol: &str) -> Asset {
    order::quote_by_ending(symbol.split_once('_').map_or(symbol, |(pair, _)| pair))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{Class, kit::operation::Op};

    fn names(op: &Op) -> impl Iterator<Item = &'static str> + use<> {
        op.parameters().map(|parameter| parameter.name)
    }

    #[test]
    fn endpoints_are_unique() {
        let endpoint = |op: &Op| (op.method, op.path, op.message, op.hosts);
        let endpoints: BTreeSet<_> = VENUE.operations().map(endpoint).collect();
        assert_eq!(endpoints.len(), VENUE.operations().count());
    }

    #[test]
    fn a_choice_of_names_is_among_the_parameters() {
        for op in VENUE.operations() {
            for name in op.one_of {
                assert!(op.understands(name), "{}: {name}", op.name);
            }
        }
    }

    #[test]
    fn only_the_stream_and_the_special_key_take_an_api_key() {
        for op in VENUE.operations() {
            let special = op.name.starts_with("margin_special_key");
            let taken = op.parameter("apiKey").is_some();
            let may = op.message.is_some() || special;
            assert!(taken <= may && taken >= op.message.is_some(), "{}", op.name);
        }
    }

    /// A name cut in two must not leave another parameter's name: see `kit::cut`.
    #[test]
    fn no_parameter_ends_with_the_name_of_another() {
        let known: BTreeSet<_> = VENUE
            .operations()
            .flat_map(names)
            .chain([TIMESTAMP, RECV_WINDOW])
            .collect();
        for name in &known {
            let end = known
                .iter()
                .find(|end| *end != name && name.ends_with(**end));
            // Of one operation, and a choice between the two.
            assert!(
                end.is_none() || name.starts_with("origclientorderid"),
                "{name}: {end:?}"
            );
        }
    }

    #[test]
    fn reads_are_gets_and_everything_else_is_not() {
        for op in VENUE.operations().filter(|op| op.message.is_none()) {
            // Tests of an order change nothing though they are POSTs, some balances are asked for by
            // POST, and an address by GET though it may be created by the asking.
            let posted = [
                "user_assets",
                "funding_assets",
                "margin_listen_token",
                "dust_convertible_to",
                // A GET that acts.
                "soft_staking_set",
            ];
            let posted = op.name.ends_with("_test") || posted.contains(&op.name);
            if op.class == Class::Deposit || posted {
                continue;
            }
            assert_eq!(op.class == Class::Read, op.method == "GET", "{}", op.name);
        }
    }

    #[test]
    fn paths_belong_to_their_hosts() {
        for op in VENUE.operations().filter(|op| op.message.is_none()) {
            let hosts = match op.path.split('/').nth(1).unwrap_or_default() {
                "api" => SPOT_HOSTS,
                "sapi" => SAPI_HOSTS,
                "fapi" => USD_FUTURES_HOSTS,
                "dapi" => COIN_FUTURES_HOSTS,
                "eapi" => OPTIONS_HOSTS,
                _ => PORTFOLIO_HOSTS,
            };
            assert_eq!(op.hosts, hosts, "{}", op.name);
        }
    }
}
