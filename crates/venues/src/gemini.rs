//! Gemini.
//!
//! # What is signed
//!
//! The header `X-GEMINI-PAYLOAD`: a JSON object in base64, with all parameters, the nonce, and in
//! `request` the path. HMAC-SHA384 over the base64 text under the characters of the secret, in
//! hexadecimal, in `X-GEMINI-SIGNATURE`. Body, query, method and host are not signed. The node reads the
//! payload and nothing else: `request` must be the request's own path, or the request is
//! unclassified, and a body, which Gemini ignores, may only repeat what the payload says (some clients
//! send it so).
//!
//! # What tells products apart
//!
//! A symbol that ends in `perp` is a perpetual; of the others, `margin_order` trades on margin. The
//! asset of a withdrawal or transfer is in its path, and so is under the MAC by way of `request`.
//!
//! # Unconfirmed
//!
//! That a payload is refused at another path than its `request`. Nonces that are times are accepted
//! for about 30 seconds by keys with that option; without it, signatures do not expire.
//!
//! # Not understood
//!
//! Queries, except those of the two calls that are GETs: these are read with what is not signed left
//! out, and say so. Prediction markets.

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::{
    Asset, Binds, Class, DigestEncoding, HashAlg, Intent, KeyEncoding, Malformed, OrderType,
    Permission, Placement, Product, ReadError, Request, Shown, Stamp, TimeInForce, Timing,
    Unclassified,
    kit::{
        self, Venue, headers,
        operation::{Op, get, post},
        order,
        parameter::{
            Parameter, SIDES, amount, anything, asset, client_id, destination, from, kind, needed,
            network, order_id, price, quantity, scalar, side, stop_price, sub_account, symbol, tag,
            to,
        },
        time,
    },
    syntax::{Fields, Value, json, number},
};

pub(crate) static VENUE: Venue = Venue {
    name: "gemini",
    title: "Gemini",
    api_key_header: "X-GEMINI-APIKEY",
    hash: HashAlg::Sha384,
    key_encoding: KeyEncoding::Utf8,
    digest_encoding: DigestEncoding::Hex,
    binds: Binds {
        method: false,
        host: false,
        path: true,
        query: false,
        body: false,
    },
    placement: |_| Placement::Header("X-GEMINI-SIGNATURE"),
    text,
    fields,
    envelope: &[REQUEST, NONCE],
    timing,
    quote,
    operations: &[READS, TRADES, FUNDS, ACCOUNTS],
    permissions: &[
        (Permission::Read, "Auditor"),
        (Permission::SpotTrading, "Trader"),
        (Permission::Margin, "Trader"),
        (Permission::Futures, "Trader"),
        (Permission::Transfers, "Fund Manager"),
        (Permission::Withdrawals, "Fund Manager"),
        (Permission::SubAccounts, "Administrator, on a master key"),
    ],
};

const PAYLOAD: &str = "X-GEMINI-PAYLOAD";
const REQUEST: &str = "request";
const NONCE: &str = "nonce";

fn text(request: &Request) -> Result<Vec<u8>, ReadError> {
    Ok(headers::required(request, PAYLOAD)?.as_bytes().to_vec())
}

fn timing(request: &Request) -> Result<Timing, ReadError> {
    let payload = payload(request)?;
    let nonce = payload
        .text(NONCE)
        .ok_or(Malformed::MissingTimestamp { name: NONCE })?;
    if number::integer(&nonce).is_none() {
        return Err(Malformed::Timestamp {
            name: NONCE,
            value: Shown::new(nonce.as_bytes()),
            expected: number::INTEGER,
        }
        .into());
    }
    Ok(Timing {
        stamp: Stamp::Nonce(time::of_nonce(&nonce)),
        expires_at_ms: None,
    })
}

/// The members of the payload.
fn payload(request: &Request) -> Result<Fields<'static>, ReadError> {
    let not_json = |why: &str| Unclassified::NotJson {
        why: Shown::new(why),
    };
    let encoded = headers::required(request, PAYLOAD)?;
    if encoded.len() > LONGEST {
        return Err(Unclassified::TooLong { limit: LONGEST }.into());
    }
    let text = STANDARD
        .decode(encoded)
        .map_err(|_| not_json("the payload is not base64"))?;
    let text = std::str::from_utf8(&text).map_err(|_| Unclassified::NotText)?;
    match json::parse(text)? {
        Value::Object(members) => Ok(members.into_owned()),
        _ => Err(not_json("the payload is not an object").into()),
    }
}

/// Longest header that servers are known to take.
const LONGEST: usize = 16 * 1024;

fn fields(request: &Request) -> Result<Fields<'_>, ReadError> {
    let payload = payload(request)?;
    if payload.text(REQUEST).as_deref() != Some(&request.path) {
        return Err(Unclassified::Confusable {
            name: "X-GEMINI-PAYLOAD",
            why: "its request is not the path it is sent to",
        }
        .into());
    }
    if request.method != "GET" && !request.query.is_empty() {
        return Err(Unclassified::Confusable {
            name: "query",
            why: "it is not under the MAC",
        }
        .into());
    }
    for member in kit::body(request)?.into_owned().0 {
        if !payload.0.contains(&member) {
            return Err(Unclassified::Confusable {
                name: "body",
                why: "it is not under the MAC, and says other than the payload",
            }
            .into());
        }
    }
    Ok(payload)
}

/// The quote asset, told for the bases that no other asset begins with.
fn quote(symbol: &str) -> Asset {
    const BASES: [&str; 4] = ["BTC", "ETH", "SOL", "LTC"];
    const QUOTES: [&str; 8] = ["USD", "GUSD", "EUR", "GBP", "SGD", "USDT", "USDC", "BTC"];
    let symbol = symbol.to_ascii_uppercase();
    let pair = symbol.strip_suffix("PERP").unwrap_or(&symbol);
    let rest = BASES.into_iter().find_map(|base| pair.strip_prefix(base));
    match rest.and_then(|rest| QUOTES.into_iter().find(|known| *known == rest)) {
        Some(quote) => Asset::Known(quote.to_owned()),
        None => order::quote_by_ending(pair),
    }
}

const HOSTS: &[&str] = &["api.gemini.com", "api.sandbox.gemini.com"];

/// A call that changes nothing, whatever its parameters.
const fn read(path: &'static str, name: &'static str, product: Product) -> Op {
    post(path, name).reads(product).takes_any().on(HOSTS)
}

const fn trade(path: &'static str, name: &'static str) -> Op {
    post(path, name).trades_spot().on(HOSTS)
}

/// Every call of a master key may say for which of its accounts it is.
const ACCOUNT: &[Parameter] = &[sub_account("account")];

fn is_perpetual(fields: &Fields<'_>) -> bool {
    fields
        .text("symbol")
        .is_some_and(|symbol| symbol.to_ascii_lowercase().ends_with("perp"))
}

fn on_margin(fields: &Fields<'_>) -> bool {
    !is_perpetual(fields) && fields.is("margin_order", "true")
}

const KINDS: &[(&str, OrderType)] = &[
    ("exchange limit", OrderType::Limit),
    ("exchange market", OrderType::Market),
    ("exchange stop limit", OrderType::StopLimit),
];

const ORDER: &[Parameter] = &[
    needed(symbol("symbol")),
    needed(side("side", SIDES)),
    needed(kind("type", KINDS)),
    needed(quantity("amount")),
    price("price"),
    stop_price("stop_price"),
    client_id("client_order_id"),
    anything("options"),
    scalar("min_amount"),
    scalar("margin_order"),
];

/// Reads the options, a list of words of which Gemini takes at most one.
fn options(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    let unknown = |value: &str| Unclassified::UnknownValue {
        name: Shown::new("options"),
        value: Shown::new(value),
    };
    let items = match fields.get("options") {
        None => return Ok(()),
        Some(Value::List(items)) => items,
        Some(_) => return Err(unknown("not a list")),
    };
    for item in items {
        let word = item.scalar().unwrap_or_default();
        intent.time_in_force = match word.as_ref() {
            "maker-or-cancel" => Some(TimeInForce::PostOnly),
            "immediate-or-cancel" => Some(TimeInForce::ImmediateOrCancel),
            "fill-or-kill" => Some(TimeInForce::FillOrKill),
            "auction-only" | "indication-of-interest" => None,
            other => return Err(unknown(other)),
        };
    }
    if intent.time_in_force == Some(TimeInForce::PostOnly)
        && intent.order_type == Some(OrderType::Limit)
    {
        intent.order_type = Some(OrderType::PostOnly);
    }
    Ok(())
}

const READS: &[Op] = &[
    read("/v1/order/status", "order", Product::Spot),
    read("/v1/orders", "open_orders", Product::Spot),
    read("/v1/orders/history", "orders_history", Product::Spot),
    read("/v1/mytrades", "trades", Product::Spot),
    read("/v1/notionalvolume", "notional_volume", Product::Account),
    read("/v1/tradevolume", "trade_volume", Product::Account),
    read("/v1/clearing/status", "clearing", Product::Spot),
    read("/v1/clearing/list", "clearings", Product::Spot),
    read(
        "/v1/clearing/broker/list",
        "clearings_brokered",
        Product::Spot,
    ),
    read("/v1/clearing/trades", "clearing_trades", Product::Spot),
    read("/v1/instant/quote", "instant_quote", Product::Spot),
    read("/v1/balances", "balances", Product::Account),
    read("/v1/balances/staking", "staking_balances", Product::Wallet),
    read("/v1/balances/earn", "earn_balances", Product::Wallet),
    read(
        "/v1/notionalbalances/{currency}",
        "notional_balances",
        Product::Account,
    ),
    read("/v1/transfers", "transfers", Product::Wallet),
    read("/v1/transactions", "transactions", Product::Wallet),
    read("/v1/custodyaccountfees", "custody_fees", Product::Wallet),
    read(
        "/v1/withdraw/{currency}/feeEstimate",
        "withdrawal_fee",
        Product::Wallet,
    ),
    read("/v1/payments/methods", "payment_methods", Product::Wallet),
    read(
        "/v1/approvedAddresses/account/{network}",
        "approved_addresses",
        Product::Wallet,
    ),
    read("/v1/staking/history", "staking_history", Product::Wallet),
    read("/v1/staking/rewards", "staking_rewards", Product::Wallet),
    read("/v1/earn/interest", "earn_interest", Product::Wallet),
    read("/v1/earn/history", "earn_history", Product::Wallet),
    read("/v1/margin", "margin", Product::UsdFutures),
    read("/v1/margin/account", "margin_account", Product::Margin),
    read("/v1/margin/rates", "margin_rates", Product::Margin),
    read(
        "/v1/margin/order/preview",
        "margin_preview",
        Product::Margin,
    ),
    read("/v1/positions", "positions", Product::UsdFutures),
    read(
        "/v1/perpetuals/fundingPayment",
        "funding_payments",
        Product::UsdFutures,
    ),
    read(
        "/v1/perpetuals/fundingpaymentreport/records.json",
        "funding_report",
        Product::UsdFutures,
    ),
    read("/v1/account", "account", Product::Account),
    read("/v1/account/list", "accounts", Product::Account),
    read("/v1/roles", "roles", Product::Account),
    read("/v1/heartbeat", "heartbeat", Product::Account),
    get(
        "/v1/perpetuals/fundingpaymentreport/records.json",
        "funding_report_fetched",
    )
    .reads(Product::UsdFutures)
    .takes_any()
    .unbound(&["query"])
    .on(HOSTS),
    get(
        "/v1/perpetuals/fundingpaymentreport/records.xlsx",
        "funding_report_sheet",
    )
    .reads(Product::UsdFutures)
    .takes_any()
    .unbound(&["query"])
    .on(HOSTS),
];

const TRADES: &[Op] = &[
    trade("/v1/order/new", "order_new")
        .when(|fields| !is_perpetual(fields) && !on_margin(fields))
        .adjust(options)
        .takes(&[ORDER, ACCOUNT]),
    trade("/v1/order/new", "margin_order")
        .is(Class::TradeSpot, Product::Margin, Permission::SpotTrading)
        .when(on_margin)
        .adjust(options)
        .takes(&[ORDER, ACCOUNT]),
    trade("/v1/order/new", "perpetual_order")
        .trades_futures(Product::UsdFutures)
        .when(is_perpetual)
        .adjust(options)
        .takes(&[ORDER, ACCOUNT]),
    // An id does not tell the product.
    trade("/v1/order/cancel", "cancel").takes(&[&[needed(order_id("order_id"))], ACCOUNT]),
    trade("/v1/order/cancel", "perpetual_cancel")
        .trades_futures(Product::UsdFutures)
        .takes(&[&[needed(order_id("order_id"))], ACCOUNT]),
    trade("/v1/order/cancel/session", "cancel_session").takes(&[ACCOUNT]),
    trade("/v1/order/cancel/session", "perpetual_cancel_session")
        .trades_futures(Product::UsdFutures)
        .takes(&[ACCOUNT]),
    trade("/v1/order/cancel/all", "cancel_all").takes(&[ACCOUNT]),
    trade("/v1/order/cancel/all", "perpetual_cancel_all")
        .trades_futures(Product::UsdFutures)
        .takes(&[ACCOUNT]),
    trade("/v1/wrap/{symbol}", "wrap").takes(&[
        &[
            symbol("symbol"),
            needed(quantity("amount")),
            needed(side("side", SIDES)),
            client_id("client_order_id"),
        ],
        ACCOUNT,
    ]),
    trade("/v1/instant/execute", "instant_execute").takes(&[
        &[
            needed(symbol("symbol")),
            needed(side("side", SIDES)),
            needed(quantity("quantity")),
            needed(scalar("quoteId")),
            price("price"),
            scalar("fee"),
            client_id("clientOrderId"),
        ],
        ACCOUNT,
    ]),
    trade("/v1/clearing/new", "clearing_new").takes(&[
        CLEARING,
        &[scalar("counterparty_id"), needed(side("side", SIDES))],
        ACCOUNT,
    ]),
    trade("/v1/clearing/broker/new", "clearing_broker_new").takes(&[
        CLEARING,
        &[
            needed(scalar("source_counterparty_id")),
            needed(scalar("target_counterparty_id")),
            needed(side("source_side", SIDES)),
        ],
        ACCOUNT,
    ]),
    trade("/v1/clearing/confirm", "clearing_confirm").takes(&[
        &[
            needed(order_id("clearing_id")),
            needed(symbol("symbol")),
            needed(quantity("amount")),
            needed(price("price")),
            needed(side("side", SIDES)),
        ],
        ACCOUNT,
    ]),
    trade("/v1/clearing/cancel", "clearing_cancel")
        .takes(&[&[needed(order_id("clearing_id"))], ACCOUNT]),
];

const CLEARING: &[Parameter] = &[
    needed(symbol("symbol")),
    needed(quantity("amount")),
    needed(price("price")),
    scalar("expires_in_hrs"),
];

const NEW_ADDRESS: &[Parameter] = &[network("network"), scalar("label"), scalar("legacy")];

const FUNDS: &[Op] = &[
    post("/v1/addresses/{network}", "deposit_addresses")
        .deposits()
        .takes(&[&[network("network"), scalar("timestamp")], ACCOUNT])
        .on(HOSTS),
    post("/v1/deposit/{network}/newAddress", "deposit_address_new")
        .deposits()
        .takes(&[NEW_ADDRESS, ACCOUNT])
        .on(HOSTS),
    post("/v1/withdraw/{currency}", "withdrawal")
        .withdraws()
        .takes(&[
            &[
                asset("currency"),
                needed(destination("address")),
                needed(amount("amount")),
                tag("memo"),
                network("network"),
                scalar("client_transfer_id"),
                scalar("clientTransferId"),
            ],
            ACCOUNT,
        ])
        .on(HOSTS),
    post("/v1/payments/sen/withdraw", "bank_withdrawal")
        .withdraws()
        .takes(&[
            &[
                needed(destination("bankId")),
                needed(amount("amount")),
                scalar("clientTransferId"),
            ],
            ACCOUNT,
        ])
        .on(HOSTS),
    post("/v1/account/transfer/{currency}", "transfer")
        .transfers()
        .takes(&[&[
            asset("currency"),
            needed(from("sourceAccount")),
            needed(to("targetAccount")),
            needed(amount("amount")),
            scalar("clientTransferId"),
            scalar("withdrawalId"),
        ]])
        .on(HOSTS),
    post("/v1/staking/stake", "stake")
        .transfers()
        .takes(&[STAKE, ACCOUNT])
        .on(HOSTS),
    post("/v1/staking/unstake", "unstake")
        .transfers()
        .takes(&[STAKE, ACCOUNT])
        .on(HOSTS),
];

const STAKE: &[Parameter] = &[
    needed(asset("currency")),
    needed(amount("amount")),
    scalar("providerId"),
];

const fn administer(path: &'static str, name: &'static str) -> Op {
    post(path, name).administers().on(HOSTS)
}

const BANK: &[Parameter] = &[
    needed(scalar("accountnumber")),
    scalar("routing"),
    scalar("type"),
    scalar("name"),
    scalar("swiftcode"),
    scalar("institutionnumber"),
    scalar("branchnumber"),
];

const ACCOUNTS: &[Op] = &[
    administer("/v1/account/create", "account_create")
        .takes(&[&[needed(sub_account("name")), scalar("type")]]),
    administer("/v1/account/rename", "account_rename")
        .takes(&[&[scalar("newName"), scalar("newAccount")], ACCOUNT]),
    administer("/v1/approvedAddresses/{network}/request", "address_approve").takes(&[
        &[
            network("network"),
            needed(destination("address")),
            scalar("label"),
            tag("memo"),
        ],
        ACCOUNT,
    ]),
    administer("/v1/approvedAddresses/{network}/remove", "address_remove").takes(&[
        &[network("network"), needed(destination("address"))],
        ACCOUNT,
    ]),
    administer("/v1/payments/addbank", "bank_add").takes(&[BANK, ACCOUNT]),
    administer("/v1/payments/addbank/cad", "bank_add_cad").takes(&[BANK, ACCOUNT]),
    administer("/v1/oauth/revokeByToken", "token_revoke").takes(&[ACCOUNT]),
    // The upgrade to a stream of the account's order events.
    get("/v1/order/events", "stream_login")
        .is(Class::Session, Product::Account, Permission::Read)
        .unbound(&["query"])
        .on(HOSTS)
        .takes(&[ACCOUNT]),
];
