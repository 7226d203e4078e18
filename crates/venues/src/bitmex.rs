//! BitMEX, which has closed: its operations ended on 23 September 2026. The dialect is kept for the
//! captured requests, and for keys that are still enrolled.
//!
//! # What is signed
//!
//! `METHOD + path[?query] + expires + body`: HMAC-SHA256 under the characters of the secret, in
//! hexadecimal, in `api-signature`. `api-expires` is the Unix second after which the venue refuses, and
//! the only time there is. Host is not signed. Bodies are JSON or forms, also with DELETE. A query's
//! last value is followed by the expiry: a call that changes something and whose query ends in a
//! number is refused, since digits could move from one into the other and make both another.
//!
//! # What tells spot from derivatives
//!
//! A symbol with an underscore (`XBT_USDT`) is spot. Calls without a symbol may be either, and both
//! are in the set.
//!
//! # Traps
//!
//! * A negative `orderQty` sells. Quantities are contracts, and on spot units of the smallest part of
//!   the asset: neither has a value that the request tells.
//! * Amounts are in smallest parts: `XBt` are satoshis, `USDt` millionths. These two are shown in whole
//!   `XBT` and `USDT`; of other currencies the amount is left out, since their scale is not known here.
//! * `ordType` may be left out: its prices then tell the kind.
//! * `execInst` with `ReduceOnly` or `Close` can only reduce; with `ParticipateDoNotInitiate` it is
//!   post-only.

use rust_decimal::Decimal;

use crate::{
    Asset, Binds, DigestEncoding, HashAlg, Intent, KeyEncoding, Malformed, OrderType, Permission,
    Placement, Product, ReadError, Request, Shown, Side, Stamp, TimeInForce, Timing, Unclassified,
    kit::{
        self, Venue, headers,
        operation::{LOGIN, Op, delete, get, login, post, put},
        parameter::{
            Parameter, SIDES, amount, anything, asset, client_id, destination, kind, leverage,
            needed, network, order_id, price, quantity, scalar, side, stop_price, sub_account,
            symbol, tag, to,
        },
        time,
    },
    syntax::Fields,
};

pub(crate) static VENUE: Venue = Venue {
    name: "bitmex",
    title: "BitMEX (closed)",
    api_key_header: "api-key",
    hash: HashAlg::Sha256,
    key_encoding: KeyEncoding::Utf8,
    digest_encoding: DigestEncoding::Hex,
    binds: Binds {
        method: true,
        host: false,
        path: true,
        query: true,
        body: true,
    },
    placement: |_| Placement::Header("api-signature"),
    text,
    fields,
    envelope: &[],
    timing,
    quote: |_| Asset::Unknown,
    operations: &[READS, TRADES, FUNDS, ACCOUNTS],
    permissions: &[
        (Permission::Read, "any key"),
        (Permission::SpotTrading, "order"),
        (Permission::Futures, "order"),
        (Permission::Transfers, "transfer"),
        (Permission::Withdrawals, "withdraw"),
        (Permission::SubAccounts, "a master account's key"),
    ],
};

const EXPIRES: &str = "api-expires";

fn text(request: &Request) -> Result<Vec<u8>, ReadError> {
    let expires = expires(request)?;
    if request.method == LOGIN {
        return Ok(format!("GET{}{expires}", request.path).into_bytes());
    }
    let mark = if request.query.is_empty() { "" } else { "?" };
    let head = format!(
        "{}{}{mark}{}{expires}",
        request.method, request.path, request.query
    );
    Ok([head.as_bytes(), &request.body].concat())
}

/// Ten digits, which are whole seconds.
fn expires(request: &Request) -> Result<&str, Malformed> {
    let text = headers::required(request, EXPIRES)?;
    if text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(text);
    }
    Err(Malformed::Timestamp {
        name: EXPIRES,
        value: Shown::new(text),
        expected: "Unix seconds, 10 digits",
    })
}

fn timing(request: &Request) -> Result<Timing, ReadError> {
    let at_ms = time::seconds(EXPIRES, expires(request)?)?;
    Ok(Timing {
        stamp: Stamp::Expiry(at_ms),
        expires_at_ms: Some(at_ms),
    })
}

fn fields(request: &Request) -> Result<Fields<'_>, ReadError> {
    let number_last = request.query.rsplit('=').next().is_some_and(|last| {
        last.bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.')
    });
    if request.method != "GET" && !request.query.is_empty() && number_last {
        return Err(Unclassified::Confusable {
            name: "query",
            why: "it ends in a number, which the expiry follows without a mark",
        }
        .into());
    }
    kit::fields(request)
}

const HOSTS: &[&str] = &["www.bitmex.com", "testnet.bitmex.com"];
const STREAMS: &[&str] = &["ws.bitmex.com", "ws.testnet.bitmex.com", "www.bitmex.com"];

/// A call that changes nothing, whatever its parameters.
const fn read(path: &'static str, name: &'static str, product: Product) -> Op {
    get(path, name).reads(product).takes_any().on(HOSTS)
}

const fn futures(op: Op) -> Op {
    op.trades_futures(Product::CoinFutures).on(HOSTS)
}

const fn spot(op: Op) -> Op {
    op.trades_spot().on(HOSTS)
}

fn is_spot(fields: &Fields<'_>) -> bool {
    fields
        .text("symbol")
        .is_some_and(|symbol| symbol.contains('_'))
}

fn may_be_spot(fields: &Fields<'_>) -> bool {
    is_spot(fields) || !fields.has("symbol")
}

const KINDS: &[(&str, OrderType)] = &[
    ("Market", OrderType::Market),
    ("Limit", OrderType::Limit),
    ("Stop", OrderType::StopMarket),
    ("StopLimit", OrderType::StopLimit),
    ("MarketIfTouched", OrderType::TakeProfitMarket),
    ("LimitIfTouched", OrderType::TakeProfitLimit),
    // At a price that follows the market: as little known as a market order's.
    ("Pegged", OrderType::Market),
];

const ORDER: &[Parameter] = &[
    needed(symbol("symbol")),
    side("side", SIDES),
    kind("ordType", KINDS),
    quantity("orderQty"),
    price("price"),
    stop_price("stopPx"),
    client_id("clOrdID"),
    scalar("clOrdLinkID"),
    scalar("contingencyType"),
    scalar("displayQty"),
    scalar("execInst"),
    scalar("timeInForce"),
    scalar("pegOffsetValue"),
    scalar("pegPriceType"),
    scalar("strategy"),
    scalar("text"),
    sub_account("targetAccountId"),
];

const CHANGE: &[Parameter] = &[
    order_id("orderID"),
    scalar("origClOrdID"),
    client_id("clOrdID"),
    symbol("symbol"),
    quantity("orderQty"),
    scalar("leavesQty"),
    price("price"),
    stop_price("stopPx"),
    scalar("pegOffsetValue"),
    scalar("text"),
    sub_account("targetAccountId"),
];

/// A negative quantity sells, whatever else is said.
fn sign(intent: &mut Intent) -> Result<(), Unclassified> {
    let Some(quantity) = intent.quantity.filter(Decimal::is_sign_negative) else {
        return Ok(());
    };
    if intent.side == Some(Side::Buy) {
        return Err(Unclassified::Contradiction {
            operation: "order",
            name: "orderQty",
            why: "is negative, and the side is Buy",
        });
    }
    intent.side = Some(Side::Sell);
    intent.quantity = Some(quantity.abs());
    Ok(())
}

fn order(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    sign(intent)?;
    let instructions = fields.text("execInst").unwrap_or_default();
    let says = |word: &str| instructions.split([',', ' ']).any(|found| found == word);
    let closes = says("Close");
    if closes || says("ReduceOnly") {
        intent.reduce_only = Some(true);
    }
    // An order that closes takes size and side from the position.
    if intent.side.is_none() && !closes {
        intent.side = Some(Side::Buy);
    }
    if intent.order_type.is_none() {
        intent.order_type = Some(
            match (intent.price.is_some(), intent.stop_price.is_some()) {
                (true, false) => OrderType::Limit,
                (true, true) => OrderType::StopLimit,
                (false, true) => OrderType::StopMarket,
                (false, false) => OrderType::Market,
            },
        );
    }
    intent.time_in_force = match fields.text("timeInForce").as_deref() {
        Some("GoodTillCancel") => Some(TimeInForce::GoodTillCancelled),
        Some("ImmediateOrCancel") => Some(TimeInForce::ImmediateOrCancel),
        Some("FillOrKill") => Some(TimeInForce::FillOrKill),
        _ => None,
    };
    if says("ParticipateDoNotInitiate") {
        intent.time_in_force = Some(TimeInForce::PostOnly);
        if intent.order_type == Some(OrderType::Limit) {
            intent.order_type = Some(OrderType::PostOnly);
        }
    }
    Ok(())
}

fn closes(fields: &Fields<'_>) -> bool {
    fields
        .text("execInst")
        .is_some_and(|text| text.contains("Close"))
}

fn change(_: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    sign(intent)
}

/// Ids may come one or many.
fn ids(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    intent.order_id = fields.texts("orderID");
    intent.client_order_id = fields.texts("clOrdID");
    Ok(())
}

/// Shows an amount in whole units where the currency's scale is known.
fn whole_units(_: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    let (whole, scale) = match intent.asset.as_deref() {
        Some("XBt") => ("XBT", 8),
        Some("USDt") => ("USDT", 6),
        _ => {
            intent.amount = None;
            return Ok(());
        }
    };
    intent.amount = intent
        .amount
        .and_then(|amount| amount.checked_mul(Decimal::new(1, scale)))
        .map(|amount| amount.normalize());
    intent.asset = Some(whole.to_owned());
    Ok(())
}

fn withdraw(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    let destinations = ["address", "addressId", "targetUserId"];
    if let Some(name) = destinations.iter().filter(|name| fields.has(name)).nth(1) {
        return Err(Unclassified::Contradiction {
            operation: "withdrawal",
            name,
            why: "comes with another destination",
        });
    }
    whole_units(fields, intent)
}

const READS: &[Op] = &[
    read("/api/v1/order", "orders", Product::CoinFutures),
    read("/api/v1/execution", "executions", Product::CoinFutures),
    read(
        "/api/v1/execution/tradeHistory",
        "trades",
        Product::CoinFutures,
    ),
    read("/api/v1/position", "positions", Product::CoinFutures),
    read("/api/v1/apiKey", "keys", Product::Account),
    read("/api/v1/address", "addresses", Product::Wallet),
    read(
        "/api/v1/globalNotification",
        "notifications",
        Product::Account,
    ),
    read(
        "/api/v1/leaderboard/name",
        "leaderboard_name",
        Product::Account,
    ),
    read(
        "/api/v1/porl/snapshots",
        "liability_snapshots",
        Product::Account,
    ),
    read("/api/v1/user", "user", Product::Account),
    read(
        "/api/v1/user/affiliateStatus",
        "affiliate",
        Product::Account,
    ),
    read(
        "/api/v1/user/checkReferralCode",
        "referral_code",
        Product::Account,
    ),
    read("/api/v1/user/commission", "fees", Product::Account),
    read("/api/v1/user/csa", "csa", Product::Account),
    read(
        "/api/v1/user/executionHistory",
        "execution_history",
        Product::CoinFutures,
    ),
    read(
        "/api/v1/user/getWalletTransferAccounts",
        "transfer_accounts",
        Product::Wallet,
    ),
    read("/api/v1/user/margin", "margin", Product::Account),
    read(
        "/api/v1/user/marginingMode",
        "margining_mode_of",
        Product::Account,
    ),
    read(
        "/api/v1/user/quoteFillRatio",
        "quote_fill_ratio",
        Product::Account,
    ),
    read(
        "/api/v1/user/quoteValueRatio",
        "quote_value_ratio",
        Product::Account,
    ),
    read("/api/v1/user/staking", "staking", Product::Wallet),
    read(
        "/api/v1/user/staking/instruments",
        "staking_instruments",
        Product::Wallet,
    ),
    read(
        "/api/v1/user/staking/tiers",
        "staking_tiers",
        Product::Wallet,
    ),
    read(
        "/api/v1/user/tradingVolume",
        "trading_volume",
        Product::Account,
    ),
    read(
        "/api/v1/user/unstakingRequests",
        "unstaking",
        Product::Wallet,
    ),
    read("/api/v1/user/wallet", "wallet", Product::Wallet),
    read(
        "/api/v1/user/walletHistory",
        "wallet_history",
        Product::Wallet,
    ),
    read(
        "/api/v1/user/walletSummary",
        "wallet_summary",
        Product::Wallet,
    ),
    read("/api/v1/userAffiliates", "affiliates", Product::Account),
    read("/api/v1/userEvent", "events", Product::Account),
];

const TRADES: &[Op] = &[
    futures(post("/api/v1/order", "order"))
        .when(|fields| !is_spot(fields))
        .in_contracts()
        .adjust(order)
        .completed_when(closes)
        .takes(&[ORDER]),
    spot(post("/api/v1/order", "spot_order"))
        .when(is_spot)
        .in_contracts()
        .adjust(order)
        .takes(&[ORDER]),
    futures(put("/api/v1/order", "amend"))
        .when(|fields| !is_spot(fields))
        .in_contracts()
        .one_of(&["orderID", "origClOrdID"])
        .adjust(change)
        .takes(&[CHANGE]),
    spot(put("/api/v1/order", "spot_amend"))
        .when(may_be_spot)
        .in_contracts()
        .one_of(&["orderID", "origClOrdID"])
        .adjust(change)
        .takes(&[CHANGE]),
    futures(delete("/api/v1/order", "cancel"))
        .one_of(&["orderID", "clOrdID"])
        .adjust(ids)
        .takes(&[CANCEL]),
    spot(delete("/api/v1/order", "spot_cancel"))
        .one_of(&["orderID", "clOrdID"])
        .adjust(ids)
        .takes(&[CANCEL]),
    futures(delete("/api/v1/order/all", "cancel_all"))
        .when(|fields| !is_spot(fields))
        .takes(&[CANCEL_ALL]),
    spot(delete("/api/v1/order/all", "spot_cancel_all"))
        .when(may_be_spot)
        .takes(&[CANCEL_ALL]),
    futures(post("/api/v1/order/cancelAllAfter", "cancel_all_after"))
        .takes(&[&[needed(scalar("timeout")), anything("targetAccountIds")]]),
    futures(post("/api/v1/order/closePosition", "close_position"))
        .takes(&[&[needed(symbol("symbol")), price("price")]]),
    futures(post("/api/v1/position/leverage", "leverage")).takes(&[&[
        needed(symbol("symbol")),
        needed(leverage("leverage")),
        sub_account("targetAccountId"),
    ]]),
    futures(post("/api/v1/position/isolate", "isolate")).takes(&[&[
        needed(symbol("symbol")),
        scalar("enabled"),
        sub_account("targetAccountId"),
    ]]),
    futures(post("/api/v1/position/riskLimit", "risk_limit")).takes(&[&[
        needed(symbol("symbol")),
        needed(scalar("riskLimit")),
        sub_account("targetAccountId"),
    ]]),
    // An amount without a currency: its scale is not known.
    futures(post("/api/v1/position/transferMargin", "transfer_margin")).takes(&[&[
        needed(symbol("symbol")),
        needed(scalar("amount")),
        sub_account("targetAccountId"),
    ]]),
    futures(post("/api/v1/user/marginingMode", "margining_mode"))
        .takes(&[&[scalar("marginingMode"), sub_account("targetAccountId")]]),
];

const CANCEL: &[Parameter] = &[anything("orderID"), anything("clOrdID"), scalar("text")];
const CANCEL_ALL: &[Parameter] = &[
    symbol("symbol"),
    anything("filter"),
    scalar("text"),
    anything("targetAccountIds"),
];

const FUNDS: &[Op] = &[
    get("/api/v1/user/depositAddress", "deposit_address")
        .deposits()
        .takes(&[&[asset("currency"), network("network")]])
        .takes_any()
        .on(HOSTS),
    post("/api/v1/user/requestWithdrawal", "withdrawal")
        .withdraws()
        .adjust(withdraw)
        .one_of(&["address", "addressId", "targetUserId"])
        .takes(&[&[
            needed(asset("currency")),
            needed(amount("amount")),
            destination("address"),
            destination("addressId"),
            destination("targetUserId"),
            network("network"),
            tag("memo"),
            scalar("fee"),
            scalar("otpToken"),
            scalar("text"),
        ]])
        .on(HOSTS),
    post("/api/v1/user/cancelWithdrawal", "withdrawal_cancel")
        .withdraws()
        .one_of(&["token", "transactID"])
        .takes(&[&[scalar("token"), order_id("transactID")]])
        .on(HOSTS),
    post("/api/v1/user/confirmWithdrawal", "withdrawal_confirm")
        .withdraws()
        .takes(&[&[needed(scalar("token"))]])
        .on(HOSTS),
    post("/api/v1/user/walletTransfer", "transfer")
        .transfers()
        .adjust(whole_units)
        .takes(&[&[
            needed(asset("currency")),
            needed(amount("amount")),
            needed(to("targetAccountId")),
        ]])
        .on(HOSTS),
    post("/api/v1/user/unstakingRequests", "unstake")
        .transfers()
        .takes(&[&[needed(symbol("symbol")), needed(scalar("amount"))]])
        .on(HOSTS),
    delete("/api/v1/user/unstakingRequests", "unstake_cancel")
        .transfers()
        .takes(&[&[needed(order_id("redemptionId"))]])
        .on(HOSTS),
];

/// Addresses that withdrawals may name.
const ADDRESS: &[Parameter] = &[
    scalar("id"),
    asset("currency"),
    network("network"),
    destination("address"),
    tag("memo"),
    scalar("name"),
    scalar("note"),
    scalar("otpToken"),
    scalar("skipConfirm"),
    scalar("skip2FA"),
];

const fn administer(op: Op) -> Op {
    op.administers().on(HOSTS)
}

const ACCOUNTS: &[Op] = &[
    administer(post("/api/v1/address", "address_add")).takes(&[ADDRESS]),
    administer(put("/api/v1/address", "address_change")).takes(&[ADDRESS]),
    administer(delete("/api/v1/address", "address_remove")).takes(&[&[needed(scalar("id"))]]),
    administer(post("/api/v1/user/addSubaccount", "sub_account_create"))
        .takes(&[&[needed(sub_account("accountName"))]]),
    administer(post("/api/v1/user/updateSubaccount", "sub_account_change")).takes(&[&[
        needed(sub_account("targetAccountId")),
        needed(scalar("accountName")),
    ]]),
    administer(post("/api/v1/user/preferences", "preferences"))
        .takes(&[&[needed(anything("prefs")), scalar("overwrite")]]),
    administer(post(
        "/api/v1/user/communicationToken",
        "communication_token",
    ))
    .takes(&[&[needed(scalar("token")), needed(scalar("platformAgent"))]]),
    administer(post("/api/v1/user/confirmEmail", "email_confirm"))
        .takes(&[&[needed(scalar("token"))]]),
    administer(post("/api/v1/user/logout", "logout")),
    login("/realtime", "stream_login").on(STREAMS),
];
