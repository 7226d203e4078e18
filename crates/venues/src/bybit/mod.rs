//! Bybit v5.
//!
//! # What is signed
//!
//! `timestamp + key + recvWindow + (query or body)`: HMAC-SHA256 under the characters of the secret,
//! in hex, in `X-BAPI-SIGN`. The timestamp has thirteen digits, the key letters and digits; what
//! follows the window begins with a letter or a brace. Method, host and path are not signed: the
//! same bytes serve every operation whose parameters they hold. The table of operations is therefore
//! that of the neighbours as well, and its lists of parameters are what keeps a read from being a
//! withdrawal.
//!
//! A POST takes its parameters as a JSON object, a GET in its query. Bytes that begin with `{` are no
//! query, others no JSON; so a signature over JSON reaches the POSTs and one over a query the GETs.
//! That Bybit reads no form in the body of a v5 POST is what its documents say; it is not confirmed
//! by trial. Forms, POSTs with a query and GETs with a body are refused here.
//!
//! The v3 interfaces, whose documents the venue has withdrawn, signed the same text. They are not in
//! the table: were one still served, an order for spot could be presented to it as one for futures.
//! The permissions recorded with the key bound that.
//!
//! # What tells spot from derivatives
//!
//! `category`: `spot`, `linear`, `inverse`, `option`. For a batch it stands beside the list, once. A
//! combination's symbol (`SOLUSDT_SOL/USDT`) has an underscore; such orders name no category.
//!
//! # How long a signature lasts
//!
//! The venue accepts from one second before the timestamp to the window after it. The window follows
//! the key without a separator, so a key given one digit too long would make a window ten times as
//! long. Nodes hold the key to the one enrolled, if one was. Keys have eighteen characters (unconfirmed);
//! for one of another length, the digits it ends with are counted as part of the window.

mod account;
mod attached;
mod negotiated;
mod peers;
mod reads;
mod savings;
mod trade;
mod wallet;

use crate::{
    Binds, DigestEncoding, HashAlg, KeyEncoding, Malformed, Permission, Placement, ReadError,
    Request, Shown, Stamp, Timing, Unclassified,
    kit::{
        self, Venue, headers,
        operation::{LOGIN, Op, Spelled, get, login, post},
        order,
        parameter::{needed, scalar},
        time,
    },
    syntax::Fields,
};

pub(crate) static VENUE: Venue = Venue {
    name: "bybit",
    title: "Bybit",
    api_key_header: KEY,
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
    placement: |_| Placement::Header("X-BAPI-SIGN"),
    text,
    fields,
    envelope: &[],
    timing,
    quote: order::quote_by_ending,
    operations: &[
        reads::TRADING,
        reads::FUNDS,
        trade::ORDERS,
        trade::POSITIONS_AND_SPREADS,
        negotiated::OPERATIONS,
        wallet::FUNDS,
        wallet::LOANS,
        savings::OPERATIONS,
        peers::OPERATIONS,
        account::OPERATIONS,
        LOGINS,
    ],
    permissions: &[
        (Permission::Read, "readOnly"),
        (Permission::SpotTrading, "Spot: SpotTrade"),
        (
            Permission::Margin,
            "Spot: SpotTrade, of an account that may borrow",
        ),
        (Permission::Futures, "ContractTrade: Order, Position"),
        (Permission::Options, "Options: OptionsTrade"),
        (
            Permission::Transfers,
            "Wallet: AccountTransfer, SubMemberTransfer; Exchange; Earn",
        ),
        (Permission::Withdrawals, "Wallet: Withdraw; FiatP2P"),
        (
            Permission::SubAccounts,
            "Account: SubMember, of a master account",
        ),
    ],
};

const KEY: &str = "X-BAPI-API-KEY";
const TIMESTAMP: &str = "X-BAPI-TIMESTAMP";
const WINDOW: &str = "X-BAPI-RECV-WINDOW";

fn text(request: &Request) -> Result<Vec<u8>, ReadError> {
    if request.method == LOGIN {
        let expiry = expiry(request)?;
        return Ok(format!("GET{}{expiry}", request.path).into_bytes());
    }
    let timestamp = headers::required(request, TIMESTAMP)?;
    let key = key(request)?;
    let window = headers::optional(request, WINDOW)?.unwrap_or_default();
    let head = format!("{timestamp}{key}{window}{}", request.query);
    Ok([head.as_bytes(), &request.body].concat())
}

fn key(request: &Request) -> Result<&str, Malformed> {
    let key = headers::required(request, KEY)?;
    if !key.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(Malformed::Header {
            name: KEY,
            value: Shown::new(key),
        });
    }
    Ok(key)
}

fn api_key(request: &Request) -> Result<Option<String>, ReadError> {
    if request.method == LOGIN {
        return Ok(None);
    }
    Ok(Some(key(request)?.to_owned()))
}

/// A login's text has the moment at which it expires; here it is its query.
fn expiry(request: &Request) -> Result<&str, ReadError> {
    let expiry = request.query.strip_prefix("expires=");
    Ok(expiry.ok_or(Malformed::MissingTimestamp { name: "expires" })?)
}

/// The longest window taken; clients send 5000.
const LONGEST_WINDOW_MS: u64 = 60_000;
/// The window of a request that names none.
const DEFAULT_WINDOW_MS: u64 = 5_000;
/// How many characters a key has.
const KEY_LENGTH: usize = 18;

fn timing(request: &Request) -> Result<Timing, ReadError> {
    if request.method == LOGIN {
        let expires = time::milliseconds("expires", expiry(request)?)?;
        return Ok(Timing {
            stamp: Stamp::Expiry(expires),
            expires_at_ms: Some(expires),
        });
    }
    let at = time::milliseconds(TIMESTAMP, headers::required(request, TIMESTAMP)?)?;
    let key = headers::required(request, KEY)?;
    let Some(text) = headers::optional(request, WINDOW)? else {
        // Whatever the venue makes of a text without window, it is not longer than this.
        return Ok(Timing::from_time(
            at,
            longest_window(key, DEFAULT_WINDOW_MS),
        ));
    };
    let window = time::window(WINDOW, text, LONGEST_WINDOW_MS)?;
    Ok(Timing::from_time(at, longest_window(key, window)))
}

/// The longest window that the venue could find before the parameters, if the key were shorter than
/// it is said to be.
fn longest_window(key: &str, window_ms: u64) -> u64 {
    if key.len() == KEY_LENGTH {
        return window_ms;
    }
    let start = key
        .trim_end_matches(|last: char| last.is_ascii_digit())
        .len();
    let digits = key.get(start..).unwrap_or_default();
    format!("{digits}{window_ms}").parse().unwrap_or(u64::MAX)
}

/// A POST is a JSON object and nothing else, a GET a query and nothing else.
fn fields(request: &Request) -> Result<Fields<'_>, ReadError> {
    if request.method == "POST" {
        if !request.query.is_empty() {
            return Err(Unclassified::QueryAndBody.into());
        }
        let is_object = request.body.trim_ascii_start().first() == Some(&b'{');
        if !request.body.is_empty() && !is_object {
            return Err(Unclassified::NotJson {
                why: Shown::new("a POST's parameters are a JSON object"),
            }
            .into());
        }
    }
    // Nor may a query have an object in it: nothing marks where the one ends and the other begins.
    kit::unmarked_fields(request)
}

const HOSTS: &[&str] = &[
    "api.bybit.com",
    "api.bytick.com",
    "api.bybit.nl",
    "api.bybit-tr.com",
    "api.bybit.kz",
    "api.bybitgeorgia.ge",
    "api.bybit.ae",
    "api.bybit.eu",
    "api.bybit.id",
    "api-demo.bybit.com",
    "api-testnet.bybit.com",
];
const STREAMS: &[&str] = &[
    "stream.bybit.com",
    "stream.bybit-tr.com",
    "stream.bybit.kz",
    "stream.bybitgeorgia.ge",
    "stream.bybit.eu",
    "stream-demo.bybit.com",
    "stream-testnet.bybit.com",
];

const LOGINS: &[Op] = &[login("/realtime", "stream_login")
    .takes(&[&[needed(scalar("expires"))]])
    .on(STREAMS)];

/// An operation whose parameters are a JSON object.
const fn act(path: &'static str, name: &'static str) -> Op {
    post(path, name).spelled(Spelled::AsJson).on(HOSTS)
}

/// An operation whose parameters are a query.
const fn ask(path: &'static str, name: &'static str) -> Op {
    get(path, name).spelled(Spelled::AsPairs).on(HOSTS)
}

fn is_spot(fields: &Fields<'_>) -> bool {
    fields.is("category", "spot")
}

fn is_linear(fields: &Fields<'_>) -> bool {
    fields.is("category", "linear")
}

fn is_inverse(fields: &Fields<'_>) -> bool {
    fields.is("category", "inverse")
}

fn is_option(fields: &Fields<'_>) -> bool {
    fields.is("category", "option")
}
