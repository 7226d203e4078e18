//! Operations of Kraken Futures.

use crate::{
    Intent, OrderType, Product, TimeInForce, Unclassified,
    kit::{
        operation::{Batch, Op, delete, get, login, post, put},
        parameter::{
            Parameter, SIDES, amount, asset, client_id, from, kind, leverage, needed, order_id,
            price, quantity, reduce_only, repeating, scalar, side, stop_price, sub_account, symbol,
            to, word,
        },
    },
    syntax::Fields,
};

pub(super) const TABLES: &[&[Op]] = &[READS, NEIGHBOURS, TRADES, SETTINGS, FUNDS];

const HOSTS: &[&str] = &["futures.kraken.com", "demo-futures.kraken.com"];

/// A call that changes nothing, whatever its parameters.
const fn read(path: &'static str, name: &'static str, product: Product) -> Op {
    get(path, name).reads(product).takes_any().on(HOSTS)
}

const fn trade(path: &'static str, name: &'static str) -> Op {
    post(path, name)
        .trades_futures(Product::UsdFutures)
        .on(HOSTS)
}

fn is_linear(fields: &Fields<'_>) -> bool {
    let symbol = fields.text("symbol").unwrap_or_default();
    symbol
        .get(..3)
        .is_some_and(|start| ["PF_", "FF_"].iter().any(|p| p.eq_ignore_ascii_case(start)))
}

fn sends(fields: &Fields<'_>) -> bool {
    fields.is("order", "send")
}

const KINDS: &[(&str, OrderType)] = &[
    ("lmt", OrderType::Limit),
    ("post", OrderType::PostOnly),
    ("mkt", OrderType::Market),
    ("ioc", OrderType::Limit),
    ("fok", OrderType::Limit),
    ("stp", OrderType::StopMarket),
    ("take_profit", OrderType::TakeProfitMarket),
    ("trailing_stop", OrderType::StopMarket),
];

const ORDER: &[Parameter] = &[
    needed(symbol("symbol")),
    needed(side("side", SIDES)),
    needed(kind("orderType", KINDS)),
    needed(quantity("size")),
    price("limitPrice"),
    stop_price("stopPrice"),
    client_id("cliOrdId"),
    // Not `1`: the digit could be moved into the nonce, which leaves it empty.
    reduce_only("reduceOnly", &["true"]),
    word("triggerSignal", &["mark", "index", "spot", "last"]),
    scalar("trailingStopMaxDeviation"),
    scalar("trailingStopDeviationUnit"),
    // A limit price relative to the trigger: the order then has no price that is known.
    scalar("limitPriceOffsetValue"),
    scalar("limitPriceOffsetUnit"),
    scalar("broker"),
    PROCESS_BEFORE,
];

const PROCESS_BEFORE: Parameter = scalar("processBefore");
/// The same beside the list of a batch.
const OF_BATCH: Parameter = scalar("ProcessBefore");
const ORDER_TAG: Parameter = scalar("order_tag");

const CHANGE: &[Parameter] = &[
    quantity("size"),
    price("limitPrice"),
    stop_price("stopPrice"),
    client_id("cliOrdId"),
    symbol("symbol"),
    scalar("trailingStopMaxDeviation"),
    scalar("trailingStopDeviationUnit"),
    scalar("qtyMode"),
    PROCESS_BEFORE,
];

/// A triggered order with a limit price is a limit order once it is triggered. One with an offset from
/// its trigger has none that is known, whatever else it says.
fn order(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    let triggered = intent.order_type.is_some_and(OrderType::is_triggered);
    if triggered && fields.has("limitPriceOffsetValue") {
        intent.price = None;
    }
    if intent.price.is_some() {
        intent.order_type = intent.order_type.map(|kind| match kind {
            OrderType::StopMarket => OrderType::StopLimit,
            OrderType::TakeProfitMarket => OrderType::TakeProfitLimit,
            other => other,
        });
    }
    intent.time_in_force = match fields.text("orderType").as_deref() {
        Some("ioc") => Some(TimeInForce::ImmediateOrCancel),
        Some("fok") => Some(TimeInForce::FillOrKill),
        Some("post") => Some(TimeInForce::PostOnly),
        _ => None,
    };
    Ok(())
}

const READS: &[Op] = &[
    read("/derivatives/api/v3/accounts", "accounts", Product::Account),
    read(
        "/derivatives/api/v3/openpositions",
        "positions",
        Product::UsdFutures,
    ),
    read(
        "/derivatives/api/v3/openorders",
        "open_orders",
        Product::UsdFutures,
    ),
    read(
        "/derivatives/api/v3/recentorders",
        "recent_orders",
        Product::UsdFutures,
    ),
    read("/derivatives/api/v3/fills", "fills", Product::UsdFutures),
    read(
        "/derivatives/api/v3/transfers",
        "transfers",
        Product::Wallet,
    ),
    read(
        "/derivatives/api/v3/notifications",
        "notifications",
        Product::Account,
    ),
    read(
        "/derivatives/api/v3/feeschedules/volumes",
        "fee_volumes",
        Product::Account,
    ),
    read(
        "/derivatives/api/v3/unwindqueue",
        "unwind_queue",
        Product::UsdFutures,
    ),
    read(
        "/derivatives/api/v3/initialmargin",
        "initial_margin",
        Product::UsdFutures,
    ),
    read(
        "/derivatives/api/v3/initialmargin/maxordersize",
        "max_order_size",
        Product::UsdFutures,
    ),
    read(
        "/derivatives/api/v3/leveragepreferences",
        "leverage_preferences",
        Product::UsdFutures,
    ),
    read(
        "/derivatives/api/v3/pnlpreferences",
        "pnl_preferences",
        Product::UsdFutures,
    ),
    read(
        "/derivatives/api/v3/self-trade-strategy",
        "self_trade_strategy",
        Product::UsdFutures,
    ),
    read(
        "/derivatives/api/v3/assignmentprogram/current",
        "assignments",
        Product::UsdFutures,
    ),
    read(
        "/derivatives/api/v3/assignmentprogram/history",
        "assignments_history",
        Product::UsdFutures,
    ),
    read(
        "/derivatives/api/v3/orders/status",
        "orders_status",
        Product::UsdFutures,
    ),
    // Clients send the ids one by one.
    post("/derivatives/api/v3/orders/status", "orders_status_posted")
        .reads(Product::UsdFutures)
        .takes(&[&[
            repeating(order_id("orderIds")),
            repeating(client_id("cliOrdIds")),
        ]])
        .takes_any()
        .on(HOSTS),
    read(
        "/derivatives/api/v3/subaccounts",
        "sub_accounts",
        Product::Account,
    ),
    read(
        "/derivatives/api/v3/subaccount/{uid}/trading-enabled",
        "sub_account_trading",
        Product::Account,
    ),
    read(
        "/derivatives/api/v3/rfq-assignment/max-leverage",
        "rfq_leverage_limit",
        Product::UsdFutures,
    ),
    read(
        "/derivatives/api/v3/feeschedules",
        "fee_schedules",
        Product::Account,
    ),
    read(
        "/api/history/v2/orders",
        "orders_history_v2",
        Product::UsdFutures,
    ),
    read(
        "/api/history/v2/executions",
        "executions_v2",
        Product::UsdFutures,
    ),
    read(
        "/api/history/v2/triggers",
        "triggers_v2",
        Product::UsdFutures,
    ),
    read(
        "/api/history/v2/account-log",
        "account_log_v2",
        Product::Account,
    ),
    read(
        "/api/history/v2/accountlogcsv",
        "account_log_csv_v2",
        Product::Account,
    ),
    read(
        "/api/history/v3/orders",
        "orders_history",
        Product::UsdFutures,
    ),
    read(
        "/api/history/v3/executions",
        "executions",
        Product::UsdFutures,
    ),
    read("/api/history/v3/triggers", "triggers", Product::UsdFutures),
    read(
        "/api/history/v3/positions",
        "positions_history",
        Product::UsdFutures,
    ),
    read(
        "/api/history/v3/account-log",
        "account_log",
        Product::Account,
    ),
    read(
        "/api/history/v3/accountlogcsv",
        "account_log_csv",
        Product::Account,
    ),
    read(
        "/api/auth/v1/api-keys/v3/check",
        "key_check",
        Product::Account,
    ),
];

/// What a read of the same path becomes with another method, which is not signed.
const NEIGHBOURS: &[Op] = &[
    put(
        "/derivatives/api/v3/rfq-assignment/max-leverage",
        "rfq_leverage",
    )
    .trades_futures(Product::UsdFutures)
    .on(HOSTS)
    .not_offered(),
    delete(
        "/derivatives/api/v3/rfq-assignment/max-leverage",
        "rfq_leverage_clear",
    )
    .trades_futures(Product::UsdFutures)
    .on(HOSTS)
    .not_offered(),
];

const TRADES: &[Op] = &[
    trade("/derivatives/api/v3/sendorder", "order")
        .when(is_linear)
        .adjust(order)
        .takes(&[ORDER]),
    trade("/derivatives/api/v3/sendorder", "inverse_order")
        .trades_futures(Product::CoinFutures)
        .when(|fields| !is_linear(fields))
        .adjust(order)
        .in_contracts()
        .takes(&[ORDER]),
    trade("/derivatives/api/v3/editorder", "edit")
        .in_contracts()
        .one_of(&["orderId", "cliOrdId"])
        .takes(&[&[order_id("orderId")], CHANGE]),
    trade("/derivatives/api/v3/cancelorder", "cancel")
        .one_of(&["order_id", "cliOrdId"])
        .takes(&[&[order_id("order_id"), client_id("cliOrdId"), PROCESS_BEFORE]]),
    trade("/derivatives/api/v3/cancelallorders", "cancel_all").takes(&[&[symbol("symbol")]]),
    trade(
        "/derivatives/api/v3/cancelallordersafter",
        "cancel_all_after",
    )
    .takes(&[&[scalar("timeout")]]),
    trade("/derivatives/api/v3/batchorder", "batch_order")
        .batch(ELEMENTS)
        .beside(BESIDE)
        .when(|fields| sends(fields) && is_linear(fields))
        .adjust(order)
        .takes(&[
            &[needed(word("order", &["send"])), ORDER_TAG, OF_BATCH],
            ORDER,
        ]),
    trade("/derivatives/api/v3/batchorder", "batch_inverse_order")
        .trades_futures(Product::CoinFutures)
        .batch(ELEMENTS)
        .beside(BESIDE)
        .when(|fields| sends(fields) && !is_linear(fields))
        .adjust(order)
        .in_contracts()
        .takes(&[
            &[needed(word("order", &["send"])), ORDER_TAG, OF_BATCH],
            ORDER,
        ]),
    trade("/derivatives/api/v3/batchorder", "batch_edit")
        .batch(ELEMENTS)
        .beside(BESIDE)
        .when(|fields| fields.is("order", "edit"))
        .in_contracts()
        .one_of(&["order_id", "cliOrdId"])
        .takes(&[
            &[
                needed(word("order", &["edit"])),
                order_id("order_id"),
                ORDER_TAG,
                OF_BATCH,
            ],
            CHANGE,
        ]),
    trade("/derivatives/api/v3/batchorder", "batch_cancel")
        .batch(ELEMENTS)
        .beside(BESIDE)
        .when(|fields| fields.is("order", "cancel"))
        .one_of(&["order_id", "cliOrdId"])
        .takes(&[&[
            needed(word("order", &["cancel"])),
            order_id("order_id"),
            client_id("cliOrdId"),
            symbol("symbol"),
            ORDER_TAG,
            PROCESS_BEFORE,
            OF_BATCH,
        ]]),
];

/// What may stand beside the list; anything else is looked for in its elements.
const BESIDE: &[&str] = &["processBefore", "ProcessBefore"];
const ELEMENTS: Batch = Batch::TextMember("json", "batchOrder");

const SETTINGS: &[Op] = &[
    put("/derivatives/api/v3/leveragepreferences", "leverage")
        .trades_futures(Product::UsdFutures)
        // Without a leverage, the symbol is margined across.
        .takes(&[&[needed(symbol("symbol")), leverage("maxLeverage")]])
        .on(HOSTS),
    put("/derivatives/api/v3/pnlpreferences", "pnl_preference")
        .trades_futures(Product::UsdFutures)
        .takes(&[&[needed(symbol("symbol")), needed(asset("pnlPreference"))]])
        .on(HOSTS),
    put("/derivatives/api/v3/self-trade-strategy", "self_trade")
        .trades_futures(Product::UsdFutures)
        .takes(&[&[needed(scalar("strategy"))]])
        .on(HOSTS),
    trade(
        "/derivatives/api/v3/assignmentprogram/add",
        "assignment_add",
    )
    .takes(&[&[
        needed(scalar("contractType")),
        symbol("contract"),
        scalar("maxSize"),
        scalar("maxPosition"),
        scalar("acceptLong"),
        scalar("acceptShort"),
        scalar("timeFrame"),
        scalar("enabled"),
    ]]),
    trade(
        "/derivatives/api/v3/assignmentprogram/delete",
        "assignment_delete",
    )
    .takes(&[&[needed(scalar("id"))]]),
    put(
        "/derivatives/api/v3/subaccount/{uid}/trading-enabled",
        "sub_account_trading_set",
    )
    .administers()
    .takes(&[&[sub_account("uid"), needed(scalar("tradingEnabled"))]])
    .on(HOSTS),
    login("/ws/v1", "stream_login")
        .on(HOSTS)
        .takes(&[&[needed(scalar("challenge"))]]),
];

const FUNDS: &[Op] = &[
    post("/derivatives/api/v3/transfer", "transfer")
        .transfers()
        .takes(&[&[
            needed(from("fromAccount")),
            needed(to("toAccount")),
            needed(asset("unit")),
            needed(amount("amount")),
        ]])
        .on(HOSTS),
    post(
        "/derivatives/api/v3/transfer/subaccount",
        "sub_account_transfer",
    )
    .transfers()
    .adjust(between_users)
    .takes(&[&[
        needed(scalar("fromUser")),
        needed(sub_account("toUser")),
        needed(from("fromAccount")),
        needed(to("toAccount")),
        needed(asset("unit")),
        needed(amount("amount")),
    ]])
    .on(HOSTS),
    post("/derivatives/api/v3/withdrawal", "to_spot_wallet")
        .transfers()
        .takes(&[&[
            needed(asset("currency")),
            needed(amount("amount")),
            from("sourceWallet"),
        ]])
        .on(HOSTS),
];

/// Accounts of two users have the same names: who they are of goes with them.
fn between_users(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    let of = |user: &str, account: &Option<String>| {
        let user = fields.text(user)?;
        Some(format!("{user}:{}", account.as_deref()?))
    };
    intent.from = of("fromUser", &intent.from);
    intent.to = of("toUser", &intent.to);
    Ok(())
}
