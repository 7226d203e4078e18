//! Operations of Gemini.

use crate::{
    Class, Intent, OrderType, Permission, Product, Shown, TimeInForce, Unclassified,
    kit::{
        operation::{Op, get, post},
        parameter::{
            Parameter, SIDES, amount, anything, asset, client_id, destination, from, kind, needed,
            network, order_id, price, quantity, scalar, side, stop_price, sub_account, symbol, tag,
            to,
        },
    },
    syntax::{Fields, Value},
};

pub(super) const TABLES: &[&[Op]] = &[READS, GETS, TRADES, FUNDS, ACCOUNTS];

const HOSTS: &[&str] = &["api.gemini.com", "api.sandbox.gemini.com"];

/// What a read may name that is worth showing, and marking.
const SHOWN: &[Parameter] = &[
    symbol("symbol"),
    order_id("order_id"),
    client_id("client_order_id"),
];

/// A call that changes nothing, whatever its parameters.
const fn read(path: &'static str, name: &'static str, product: Product) -> Op {
    post(path, name)
        .reads(product)
        .takes(&[SHOWN])
        .takes_any()
        .on(HOSTS)
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
    if items.len() > 1 {
        // Which of them counts is not known.
        intent.time_in_force = None;
    }
    if intent.time_in_force == Some(TimeInForce::PostOnly) {
        // Gemini takes options with limit orders alone.
        match intent.order_type {
            Some(OrderType::Limit) => intent.order_type = Some(OrderType::PostOnly),
            _ => intent.time_in_force = None,
        }
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
    read(
        "/v1/prediction-markets/orders/active",
        "prediction_orders",
        Product::Options,
    ),
    read(
        "/v1/prediction-markets/orders/history",
        "prediction_orders_history",
        Product::Options,
    ),
    read(
        "/v1/prediction-markets/positions",
        "prediction_positions",
        Product::Options,
    ),
    read(
        "/v1/prediction-markets/positions/settled",
        "prediction_settled",
        Product::Options,
    ),
    read(
        "/v1/prediction-markets/metrics/volume",
        "prediction_volume",
        Product::Options,
    ),
    read(
        "/v1/prediction-markets/maker-rebate/payouts",
        "prediction_rebates",
        Product::Options,
    ),
    read("/v2/transfers", "transfers_v2", Product::Wallet),
    read(
        "/v2/withdraw/{network}/{ticker}/feeEstimate",
        "withdrawal_fee_v2",
        Product::Wallet,
    ),
];

/// A GET that changes nothing. Its query is not under the MAC.
const fn fetch(path: &'static str, name: &'static str, product: Product) -> Op {
    get(path, name)
        .reads(product)
        .takes_any()
        .unbound(&["query"])
        .on(HOSTS)
}

const GETS: &[Op] = &[
    fetch(
        "/v1/perpetuals/fundingpaymentreport/records.json",
        "funding_report_fetched",
        Product::UsdFutures,
    ),
    fetch(
        "/v1/perpetuals/fundingpaymentreport/records.xlsx",
        "funding_report_sheet",
        Product::UsdFutures,
    ),
    fetch(
        "/v1/prediction-markets/terms/status",
        "prediction_terms",
        Product::Options,
    ),
    fetch(
        "/v1/prediction-markets/maker-rebate/summary/total",
        "prediction_rebates_total",
        Product::Options,
    ),
    fetch(
        "/v1/prediction-markets/liquidity-rewards/summary/daily",
        "prediction_rewards",
        Product::Options,
    ),
    fetch(
        "/v1/prediction-markets/liquidity-rewards/summary/total",
        "prediction_rewards_total",
        Product::Options,
    ),
    fetch("/v2/network/{token}", "networks", Product::Wallet),
    fetch(
        "/v2/networks/{network}/assets",
        "network_assets",
        Product::Wallet,
    ),
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

/// Some clients name the network once more beside the path.
const NEW_ADDRESS: &[Parameter] = &[
    network("chain"),
    scalar("network"),
    scalar("label"),
    scalar("legacy"),
];

const FUNDS: &[Op] = &[
    post("/v1/addresses/{network}", "deposit_addresses")
        .deposits()
        .takes(&[&[network("network"), scalar("timestamp")], ACCOUNT])
        .on(HOSTS),
    post("/v1/deposit/{chain}/newAddress", "deposit_address_new")
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
    post("/v2/withdraw/{network}/{ticker}", "withdrawal_v2")
        .withdraws()
        .takes(&[
            &[
                network("network"),
                asset("ticker"),
                needed(destination("address")),
                needed(amount("amount")),
                tag("memo"),
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
    administer(
        "/v1/prediction-markets/terms/accept",
        "prediction_terms_accept",
    )
    .takes(&[ACCOUNT]),
    administer("/v1/oauth/revokeByToken", "token_revoke").takes(&[ACCOUNT]),
    // The upgrade to a stream of the account's order events.
    get("/v1/order/events", "stream_login")
        .is(Class::Session, Product::Account, Permission::Read)
        .unbound(&["query"])
        .on(HOSTS)
        .takes(&[ACCOUNT]),
];
