//! OKX v5.
//!
//! # What is signed
//!
//! `timestamp + METHOD + path[?query] + body`: HMAC-SHA256 under the characters of the secret, in
//! base64, in `OK-ACCESS-SIGN`. The timestamp is ISO 8601 with milliseconds, and is followed by the
//! method, so neither can grow into the other. The host is not signed: the same bytes serve every host
//! that takes the key. A POST is read from its body, a GET from its query.
//!
//! # What tells spot from derivatives
//!
//! The instrument: `BTC-USDT` is spot, whatever has a third part (`BTC-USDT-SWAP`, dated futures,
//! options) is not. `BTC-USDT` with a `tdMode` other than `cash` trades on margin.

use crate::{
    Binds, DigestEncoding, HashAlg, Intent, KeyEncoding, OrderType, Permission, Placement, Product,
    ReadError, Request, Side, TimeInForce, Timing, Unclassified,
    kit::{
        self, Venue, headers,
        operation::{Batch, LOGIN, Op, get, login, post},
        order,
        parameter::{
            POSITIONS, Parameter, SIDES, YES, amount, anything, asset, client_id, destination,
            from, kind, leverage, needed, network, order_id, position, price, quantity,
            reduce_only, scalar, side, stop_price, sub_account, symbol, to, word,
        },
        time,
    },
    syntax::Fields,
};

pub(crate) static VENUE: Venue = Venue {
    name: "okx",
    title: "OKX",
    api_key_header: "OK-ACCESS-KEY",
    hash: HashAlg::Sha256,
    key_encoding: KeyEncoding::Utf8,
    digest_encoding: DigestEncoding::Base64,
    binds: Binds {
        method: true,
        host: false,
        path: true,
        query: true,
        body: true,
    },
    placement: |_| Placement::Header("OK-ACCESS-SIGN"),
    text,
    fields: kit::fields,
    envelope: &[],
    timing,
    quote: |symbol| order::quote_after(symbol, '-'),
    operations: &[READS, TRADES, FUNDS, ACCOUNTS],
    permissions: &[
        (Permission::Read, "read_only"),
        (Permission::SpotTrading, "trade"),
        (Permission::Margin, "trade"),
        (Permission::Futures, "trade"),
        (Permission::Options, "trade"),
        (Permission::Transfers, "trade"),
        (Permission::Withdrawals, "withdraw"),
        (Permission::SubAccounts, "trade, by a master account"),
    ],
};

const TIMESTAMP: &str = "OK-ACCESS-TIMESTAMP";
/// How long after its timestamp a request is accepted; not confirmed by the venue's documents here.
const WINDOW_MS: u64 = 30_000;

fn text(request: &Request) -> Result<Vec<u8>, ReadError> {
    let timestamp = headers::required(request, TIMESTAMP)?;
    if request.method == LOGIN {
        return Ok(format!("{timestamp}GET{}", request.path).into_bytes());
    }
    let mark = if request.query.is_empty() { "" } else { "?" };
    let head = format!(
        "{timestamp}{}{}{mark}{}",
        request.method, request.path, request.query
    );
    Ok([head.as_bytes(), &request.body].concat())
}

fn timing(request: &Request) -> Result<Timing, ReadError> {
    let timestamp = headers::required(request, TIMESTAMP)?;
    if request.method == LOGIN {
        return Ok(Timing::from_time(
            time::seconds(TIMESTAMP, timestamp)?,
            WINDOW_MS,
        ));
    }
    Ok(Timing::from_time(
        time::iso8601(TIMESTAMP, timestamp)?,
        WINDOW_MS,
    ))
}

const HOSTS: &[&str] = &[
    "www.okx.com",
    "aws.okx.com",
    "my.okx.com",
    "us.okx.com",
    "app.okx.com",
    "eea.okx.com",
];
const STREAMS: &[&str] = &[
    "ws.okx.com",
    "wsaws.okx.com",
    "wseea.okx.com",
    "wsus.okx.com",
];

/// Whether the instrument is a pair and nothing more.
fn is_spot(fields: &Fields<'_>) -> bool {
    fields
        .text("instId")
        .is_some_and(|id| id.split('-').count() == 2)
}

fn is_derivative(fields: &Fields<'_>) -> bool {
    fields
        .text("instId")
        .is_some_and(|id| id.split('-').count() > 2)
}

const KINDS: &[(&str, OrderType)] = &[
    ("market", OrderType::Market),
    ("limit", OrderType::Limit),
    ("post_only", OrderType::PostOnly),
    ("fok", OrderType::Limit),
    ("ioc", OrderType::Limit),
    ("optimal_limit_ioc", OrderType::Market),
    ("mmp", OrderType::Limit),
    ("mmp_and_post_only", OrderType::PostOnly),
];

const INSTRUMENT: &[Parameter] = &[needed(symbol("instId"))];

const ORDER: &[Parameter] = &[
    needed(word(
        "tdMode",
        &["cash", "cross", "isolated", "spot_isolated"],
    )),
    needed(side("side", SIDES)),
    needed(kind("ordType", KINDS)),
    needed(quantity("sz")),
    price("px"),
    position("posSide", POSITIONS),
    reduce_only("reduceOnly", YES),
    client_id("clOrdId"),
    scalar("ccy"),
    scalar("tag"),
    word("tgtCcy", &["base_ccy", "quote_ccy"]),
    scalar("banAmend"),
    scalar("quickMgnType"),
    scalar("stpId"),
    scalar("stpMode"),
    scalar("pxAmendType"),
    scalar("tradeQuoteCcy"),
    scalar("isElpTakerAccess"),
    // Prices of options in other terms than the quote asset: dollars, implied volatility.
    scalar("pxUsd"),
    scalar("pxVol"),
    anything("attachAlgoOrds"),
];

/// A spot market order's size counts the quote asset where `tgtCcy` says so, and for a buy that does
/// not say.
fn spot_size(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    let market = intent.order_type == Some(OrderType::Market);
    let buys = intent.side == Some(Side::Buy);
    let in_quote = match fields.text("tgtCcy").as_deref() {
        Some(unit) => unit.eq_ignore_ascii_case("quote_ccy"),
        None => buys,
    };
    if market && in_quote {
        intent.quote_quantity = intent.quantity.take();
    }
    Ok(())
}

/// Kinds of order that say how long they last.
fn lasting(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    intent.time_in_force = match fields.text("ordType").as_deref() {
        Some("fok") => Some(TimeInForce::FillOrKill),
        Some("ioc" | "optimal_limit_ioc") => Some(TimeInForce::ImmediateOrCancel),
        Some("post_only" | "mmp_and_post_only") => Some(TimeInForce::PostOnly),
        _ => None,
    };
    Ok(())
}

fn spot_order(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    lasting(fields, intent)?;
    spot_size(fields, intent)
}

const ADDRESSED: &[Parameter] = &[order_id("ordId"), client_id("clOrdId")];

const AMENDMENT: &[Parameter] = &[
    order_id("ordId"),
    client_id("clOrdId"),
    quantity("newSz"),
    price("newPx"),
    scalar("cxlOnFail"),
    scalar("reqId"),
    scalar("newPxUsd"),
    scalar("newPxVol"),
    scalar("pxAmendType"),
    anything("attachAlgoOrds"),
];

const ALGO: &[Parameter] = &[
    needed(word("tdMode", &["cash", "cross", "isolated"])),
    needed(side("side", SIDES)),
    needed(word(
        "ordType",
        &[
            "conditional",
            "oco",
            "chase",
            "trigger",
            "move_order_stop",
            "twap",
            "iceberg",
        ],
    )),
    quantity("sz"),
    price("orderPx"),
    stop_price("triggerPx"),
    position("posSide", POSITIONS),
    reduce_only("reduceOnly", YES),
    client_id("algoClOrdId"),
    scalar("ccy"),
    scalar("tag"),
    scalar("tgtCcy"),
    scalar("closeFraction"),
    scalar("tpTriggerPx"),
    scalar("tpTriggerPxType"),
    scalar("tpOrdPx"),
    scalar("tpOrdKind"),
    scalar("slTriggerPx"),
    scalar("slTriggerPxType"),
    scalar("slOrdPx"),
    scalar("cxlOnClosePos"),
    scalar("triggerPxType"),
    scalar("callbackRatio"),
    scalar("callbackSpread"),
    scalar("activePx"),
    scalar("quickMgnType"),
    scalar("pxVar"),
    scalar("pxSpread"),
    scalar("szLimit"),
    scalar("pxLimit"),
    scalar("timeInterval"),
    anything("attachAlgoOrds"),
];

const READS: &[Op] = &[
    get("/api/v5/account/balance", "balance")
        .reads(Product::Account)
        .takes_any()
        .on(HOSTS),
    get("/api/v5/account/positions", "positions")
        .reads(Product::UsdFutures)
        .takes_any()
        .on(HOSTS),
    get("/api/v5/account/positions-history", "positions_history")
        .reads(Product::UsdFutures)
        .takes_any()
        .on(HOSTS),
    get("/api/v5/account/account-position-risk", "position_risk")
        .reads(Product::Account)
        .takes_any()
        .on(HOSTS),
    get("/api/v5/account/bills", "bills")
        .reads(Product::Account)
        .takes_any()
        .on(HOSTS),
    get("/api/v5/account/bills-archive", "bills_archive")
        .reads(Product::Account)
        .takes_any()
        .on(HOSTS),
    get("/api/v5/account/config", "config")
        .reads(Product::Account)
        .takes_any()
        .on(HOSTS),
    get("/api/v5/account/instruments", "instruments")
        .reads(Product::Account)
        .takes_any()
        .on(HOSTS),
    get("/api/v5/account/leverage-info", "leverage_info")
        .reads(Product::UsdFutures)
        .takes_any()
        .on(HOSTS),
    get("/api/v5/account/max-size", "max_size")
        .reads(Product::Account)
        .takes_any()
        .on(HOSTS),
    get("/api/v5/account/max-avail-size", "max_available_size")
        .reads(Product::Account)
        .takes_any()
        .on(HOSTS),
    get("/api/v5/account/max-loan", "max_loan")
        .reads(Product::Margin)
        .takes_any()
        .on(HOSTS),
    get("/api/v5/account/max-withdrawal", "max_withdrawal")
        .reads(Product::Wallet)
        .takes_any()
        .on(HOSTS),
    get("/api/v5/account/trade-fee", "trade_fee")
        .reads(Product::Account)
        .takes_any()
        .on(HOSTS),
    get("/api/v5/account/interest-accrued", "interest_accrued")
        .reads(Product::Margin)
        .takes_any()
        .on(HOSTS),
    get("/api/v5/account/interest-rate", "interest_rate")
        .reads(Product::Margin)
        .takes_any()
        .on(HOSTS),
    get("/api/v5/account/interest-limits", "interest_limits")
        .reads(Product::Margin)
        .takes_any()
        .on(HOSTS),
    get("/api/v5/account/greeks", "greeks")
        .reads(Product::Options)
        .takes_any()
        .on(HOSTS),
    get("/api/v5/account/risk-state", "risk_state")
        .reads(Product::Account)
        .takes_any()
        .on(HOSTS),
    get("/api/v5/trade/order", "order")
        .reads(Product::Spot)
        .takes_any()
        .on(HOSTS),
    get("/api/v5/trade/orders-pending", "open_orders")
        .reads(Product::Spot)
        .takes_any()
        .on(HOSTS),
    get("/api/v5/trade/orders-history", "orders_history")
        .reads(Product::Spot)
        .takes_any()
        .on(HOSTS),
    get("/api/v5/trade/orders-history-archive", "orders_archive")
        .reads(Product::Spot)
        .takes_any()
        .on(HOSTS),
    get("/api/v5/trade/fills", "fills")
        .reads(Product::Spot)
        .takes_any()
        .on(HOSTS),
    get("/api/v5/trade/fills-history", "fills_history")
        .reads(Product::Spot)
        .takes_any()
        .on(HOSTS),
    get("/api/v5/trade/order-algo", "algo_order")
        .reads(Product::Spot)
        .takes_any()
        .on(HOSTS),
    get("/api/v5/trade/orders-algo-pending", "open_algo_orders")
        .reads(Product::Spot)
        .takes_any()
        .on(HOSTS),
    get("/api/v5/trade/orders-algo-history", "algo_orders_history")
        .reads(Product::Spot)
        .takes_any()
        .on(HOSTS),
    get("/api/v5/trade/account-rate-limit", "rate_limit")
        .reads(Product::Account)
        .takes_any()
        .on(HOSTS),
    get("/api/v5/asset/currencies", "currencies")
        .reads(Product::Wallet)
        .takes_any()
        .on(HOSTS),
    get("/api/v5/asset/balances", "funding_balances")
        .reads(Product::Wallet)
        .takes_any()
        .on(HOSTS),
    get("/api/v5/asset/asset-valuation", "valuation")
        .reads(Product::Wallet)
        .takes_any()
        .on(HOSTS),
    get("/api/v5/asset/transfer-state", "transfer_state")
        .reads(Product::Wallet)
        .takes_any()
        .on(HOSTS),
    get("/api/v5/asset/bills", "funding_bills")
        .reads(Product::Wallet)
        .takes_any()
        .on(HOSTS),
    get("/api/v5/asset/deposit-history", "deposit_history")
        .reads(Product::Wallet)
        .takes_any()
        .on(HOSTS),
    get("/api/v5/asset/withdrawal-history", "withdrawal_history")
        .reads(Product::Wallet)
        .takes_any()
        .on(HOSTS),
    get(
        "/api/v5/asset/deposit-withdraw-status",
        "deposit_withdrawal_status",
    )
    .reads(Product::Wallet)
    .takes_any()
    .on(HOSTS),
    get("/api/v5/asset/convert/currencies", "convert_currencies")
        .reads(Product::Wallet)
        .takes_any()
        .on(HOSTS),
    get("/api/v5/asset/convert/history", "convert_history")
        .reads(Product::Wallet)
        .takes_any()
        .on(HOSTS),
    get("/api/v5/users/subaccount/list", "sub_accounts")
        .reads(Product::Account)
        .takes_any()
        .on(HOSTS),
    get(
        "/api/v5/account/subaccount/balances",
        "sub_account_balances",
    )
    .reads(Product::Account)
    .takes_any()
    .on(HOSTS),
    get("/api/v5/asset/subaccount/balances", "sub_account_funding")
        .reads(Product::Account)
        .takes_any()
        .on(HOSTS),
    get("/api/v5/asset/deposit-address", "deposit_address")
        .deposits()
        .takes(&[&[asset("ccy")]])
        .takes_any()
        .on(HOSTS),
];

const TRADES: &[Op] = &[
    post("/api/v5/trade/order", "spot_order")
        .trades_spot()
        .when(is_spot)
        .adjust(spot_order)
        .takes(&[INSTRUMENT, ORDER])
        .on(HOSTS),
    post("/api/v5/trade/order", "derivative_order")
        .trades_futures(Product::UsdFutures)
        .when(is_derivative)
        .adjust(lasting)
        .in_contracts()
        .takes(&[INSTRUMENT, ORDER])
        .on(HOSTS),
    post("/api/v5/trade/batch-orders", "spot_orders")
        .trades_spot()
        .batch(Batch::Body)
        .when(is_spot)
        .adjust(spot_order)
        .takes(&[INSTRUMENT, ORDER])
        .on(HOSTS),
    post("/api/v5/trade/batch-orders", "derivative_orders")
        .trades_futures(Product::UsdFutures)
        .batch(Batch::Body)
        .when(is_derivative)
        .adjust(lasting)
        .in_contracts()
        .takes(&[INSTRUMENT, ORDER])
        .on(HOSTS),
    post("/api/v5/trade/cancel-order", "spot_cancel")
        .trades_spot()
        .when(is_spot)
        .one_of(&["ordId", "clOrdId"])
        .takes(&[INSTRUMENT, ADDRESSED])
        .on(HOSTS),
    post("/api/v5/trade/cancel-order", "derivative_cancel")
        .trades_futures(Product::UsdFutures)
        .when(is_derivative)
        .one_of(&["ordId", "clOrdId"])
        .takes(&[INSTRUMENT, ADDRESSED])
        .on(HOSTS),
    post("/api/v5/trade/cancel-batch-orders", "spot_cancels")
        .trades_spot()
        .batch(Batch::Body)
        .when(is_spot)
        .one_of(&["ordId", "clOrdId"])
        .takes(&[INSTRUMENT, ADDRESSED])
        .on(HOSTS),
    post("/api/v5/trade/cancel-batch-orders", "derivative_cancels")
        .trades_futures(Product::UsdFutures)
        .batch(Batch::Body)
        .when(is_derivative)
        .one_of(&["ordId", "clOrdId"])
        .takes(&[INSTRUMENT, ADDRESSED])
        .on(HOSTS),
    post("/api/v5/trade/amend-order", "spot_amend")
        .trades_spot()
        .when(is_spot)
        .one_of(&["ordId", "clOrdId"])
        .takes(&[INSTRUMENT, AMENDMENT])
        .on(HOSTS),
    post("/api/v5/trade/amend-order", "derivative_amend")
        .trades_futures(Product::UsdFutures)
        .when(is_derivative)
        .in_contracts()
        .one_of(&["ordId", "clOrdId"])
        .takes(&[INSTRUMENT, AMENDMENT])
        .on(HOSTS),
    post("/api/v5/trade/amend-batch-orders", "spot_amends")
        .trades_spot()
        .batch(Batch::Body)
        .when(is_spot)
        .one_of(&["ordId", "clOrdId"])
        .takes(&[INSTRUMENT, AMENDMENT])
        .on(HOSTS),
    post("/api/v5/trade/amend-batch-orders", "derivative_amends")
        .trades_futures(Product::UsdFutures)
        .batch(Batch::Body)
        .when(is_derivative)
        .in_contracts()
        .one_of(&["ordId", "clOrdId"])
        .takes(&[INSTRUMENT, AMENDMENT])
        .on(HOSTS),
    post("/api/v5/trade/close-position", "close_position")
        .trades_futures(Product::UsdFutures)
        .takes(&[
            INSTRUMENT,
            &[
                needed(word("mgnMode", &["cross", "isolated"])),
                position("posSide", POSITIONS),
                scalar("ccy"),
                scalar("autoCxl"),
                client_id("clOrdId"),
                scalar("tag"),
            ],
        ])
        .on(HOSTS),
    post("/api/v5/trade/order-algo", "spot_algo_order")
        .trades_spot()
        .when(is_spot)
        .takes(&[INSTRUMENT, ALGO])
        .on(HOSTS),
    post("/api/v5/trade/order-algo", "derivative_algo_order")
        .trades_futures(Product::UsdFutures)
        .when(is_derivative)
        .in_contracts()
        .takes(&[INSTRUMENT, ALGO])
        .on(HOSTS),
    post("/api/v5/trade/cancel-algos", "spot_algo_cancels")
        .trades_spot()
        .batch(Batch::Body)
        .when(is_spot)
        .takes(&[INSTRUMENT, &[order_id("algoId"), client_id("algoClOrdId")]])
        .on(HOSTS),
    post("/api/v5/trade/cancel-algos", "derivative_algo_cancels")
        .trades_futures(Product::UsdFutures)
        .batch(Batch::Body)
        .when(is_derivative)
        .takes(&[INSTRUMENT, &[order_id("algoId"), client_id("algoClOrdId")]])
        .on(HOSTS),
    post("/api/v5/trade/mass-cancel", "mass_cancel")
        .trades_futures(Product::Options)
        .takes(&[&[
            scalar("instType"),
            scalar("instFamily"),
            scalar("lockInterval"),
        ]])
        .on(HOSTS),
    post("/api/v5/trade/cancel-all-after", "cancel_all_after")
        .trades_futures(Product::UsdFutures)
        .takes(&[&[needed(scalar("timeOut")), scalar("tag")]])
        .on(HOSTS),
    post("/api/v5/account/set-leverage", "leverage")
        .trades_futures(Product::UsdFutures)
        .takes(&[&[
            needed(leverage("lever")),
            needed(word("mgnMode", &["cross", "isolated"])),
            symbol("instId"),
            scalar("ccy"),
            position("posSide", POSITIONS),
        ]])
        .on(HOSTS),
    post("/api/v5/account/set-position-mode", "position_mode")
        .trades_futures(Product::UsdFutures)
        .takes(&[&[needed(word("posMode", &["long_short_mode", "net_mode"]))]])
        .on(HOSTS),
    post("/api/v5/account/position/margin-balance", "position_margin")
        .trades_futures(Product::UsdFutures)
        .takes(&[
            INSTRUMENT,
            &[
                needed(position("posSide", POSITIONS)),
                needed(word("type", &["add", "reduce"])),
                needed(amount("amt")),
                scalar("ccy"),
                scalar("auto"),
                scalar("loanTrans"),
            ],
        ])
        .on(HOSTS),
    post("/api/v5/asset/convert/estimate-quote", "convert_quote")
        .reads(Product::Wallet)
        .takes_any()
        .on(HOSTS),
    post("/api/v5/asset/convert/trade", "convert")
        .trades_spot()
        .takes(&[&[
            scalar("quoteId"),
            scalar("baseCcy"),
            scalar("quoteCcy"),
            side("side", SIDES),
            quantity("sz"),
            scalar("szCcy"),
            client_id("clTReqId"),
            scalar("tag"),
        ]])
        .on(HOSTS),
];

const FUNDS: &[Op] = &[
    post("/api/v5/asset/transfer", "transfer")
        .transfers()
        .takes(&[&[
            needed(asset("ccy")),
            needed(amount("amt")),
            needed(from("from")),
            needed(to("to")),
            sub_account("subAcct"),
            word("type", &["0", "1", "2", "3", "4"]),
            scalar("loanTrans"),
            scalar("omitPosRisk"),
            scalar("clientId"),
        ]])
        .on(HOSTS),
    post("/api/v5/asset/subaccount/transfer", "sub_account_transfer")
        .transfers()
        .takes(&[&[
            needed(asset("ccy")),
            needed(amount("amt")),
            needed(from("from")),
            needed(to("to")),
            scalar("fromSubAccount"),
            sub_account("toSubAccount"),
            scalar("loanTrans"),
            scalar("omitPosRisk"),
        ]])
        .on(HOSTS),
    post("/api/v5/asset/withdrawal", "withdrawal")
        .withdraws()
        .takes(&[&[
            needed(asset("ccy")),
            needed(amount("amt")),
            needed(word("dest", &["3", "4"])),
            needed(destination("toAddr")),
            network("chain"),
            scalar("fee"),
            scalar("pwd"),
            scalar("areaCode"),
            scalar("clientId"),
            anything("rcvrInfo"),
        ]])
        .on(HOSTS),
    post("/api/v5/asset/withdrawal-lightning", "lightning_withdrawal")
        .withdraws()
        .takes(&[&[
            needed(asset("ccy")),
            needed(destination("invoice")),
            scalar("memo"),
        ]])
        .on(HOSTS),
    post("/api/v5/asset/cancel-withdrawal", "withdrawal_cancel")
        .withdraws()
        .takes(&[&[needed(order_id("wdId"))]])
        .on(HOSTS),
];

const ACCOUNTS: &[Op] = &[
    post(
        "/api/v5/users/subaccount/create-subaccount",
        "sub_account_create",
    )
    .administers()
    .takes(&[&[
        needed(sub_account("subAcct")),
        scalar("type"),
        scalar("label"),
        scalar("pwd"),
    ]])
    .on(HOSTS),
    post("/api/v5/users/subaccount/apikey", "sub_account_key_create")
        .administers()
        .takes(&[&[
            needed(sub_account("subAcct")),
            needed(scalar("label")),
            scalar("passphrase"),
            scalar("perm"),
            scalar("ip"),
        ]])
        .on(HOSTS),
    post(
        "/api/v5/users/subaccount/modify-apikey",
        "sub_account_key_change",
    )
    .administers()
    .takes(&[&[
        needed(sub_account("subAcct")),
        needed(scalar("apiKey")),
        scalar("label"),
        scalar("perm"),
        scalar("ip"),
    ]])
    .on(HOSTS),
    post(
        "/api/v5/users/subaccount/delete-apikey",
        "sub_account_key_delete",
    )
    .administers()
    .takes(&[&[needed(sub_account("subAcct")), needed(scalar("apiKey"))]])
    .on(HOSTS),
    post(
        "/api/v5/users/subaccount/set-transfer-out",
        "sub_account_transfer_out",
    )
    .administers()
    .takes(&[&[needed(sub_account("subAcct")), scalar("canTransOut")]])
    .on(HOSTS),
    post("/api/v5/account/set-account-level", "account_level")
        .administers()
        .takes(&[&[needed(scalar("acctLv"))]])
        .on(HOSTS),
    post("/api/v5/account/set-auto-loan", "auto_loan")
        .administers()
        .takes(&[&[scalar("autoLoan")]])
        .on(HOSTS),
    post("/api/v5/account/set-greeks", "greeks_type")
        .administers()
        .takes(&[&[needed(scalar("greeksType"))]])
        .on(HOSTS),
    login("/users/self/verify", "stream_login").on(STREAMS),
];
