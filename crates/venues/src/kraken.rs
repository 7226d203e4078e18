//! Kraken spot.
//!
//! # What is signed
//!
//! `path || SHA-256(nonce || body)`, the inner hash as 32 raw bytes: HMAC-SHA512 under the key that
//! the secret is in base64, in base64, in `API-Sign`. The body is a form or a JSON object, and has the
//! nonce in it. It is under the inner hash alone: the node reads the request's body and makes the hash
//! from that same body, so what it read is what is signed. The inner hash has a fixed length and a
//! body begins with no digit, so neither path, nonce nor body can grow into its neighbour. Method and
//! host are not signed; every private call is a POST, and none has a query.
//!
//! # What tells spot from margin
//!
//! An order with `leverage` is on margin, in the same class: Kraken has one permission for both.
//!
//! # Traps
//!
//! * A price may be relative (`+5`, `-2%`, `#1`): it is then no price, and a limit order of which
//!   only a relative limit is known is shown without its kind, so that its value is unknown.
//! * `price` is the trigger of a stop order, and `price2` its limit.
//! * `oflags` with `viqc` makes the volume count the quote asset.
//! * A withdrawal names its destination by an alias (`key`) that is kept at Kraken. Where `address` is
//!   given, Kraken compares the two and refuses a difference. Without, the alias is all that is
//!   known, and is the destination.
//!
//! # Not understood
//!
//! Batches as forms (`orders[0][..]`): Kraken takes batches as JSON. A nonce does not expire; Kraken's
//! tolerance for one that is out of order (a setting of the key) only makes that wider.

use sha2::{Digest, Sha256};

use crate::{
    Asset, Binds, Class, DigestEncoding, HashAlg, Intent, KeyEncoding, Malformed, OrderType,
    Permission, Placement, Product, ReadError, Request, Shown, Stamp, TimeInForce, Timing,
    Unclassified,
    kit::{
        self, Venue,
        operation::{Batch, Op, post},
        order,
        parameter::{
            LASTS, Parameter, SIDES, YES, amount, anything, asset, client_id, destination, from,
            kind, lasts, needed, order_id, quantity, reduce_only, scalar, side, sub_account,
            symbol, to, word,
        },
        time,
    },
    syntax::{Fields, Value, number},
};

pub(crate) static VENUE: Venue = Venue {
    name: "kraken",
    title: "Kraken",
    api_key_header: "API-Key",
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
    placement: |_| Placement::Header("API-Sign"),
    text,
    fields: kit::fields,
    envelope: &[NONCE, "otp"],
    timing,
    quote,
    operations: &[READS, TRADES, FUNDS, ACCOUNTS],
    permissions: &[
        (
            Permission::Read,
            "Query Funds, Query open/closed orders & trades, Query ledger entries, Export data",
        ),
        (
            Permission::SpotTrading,
            "Create & modify orders, Cancel/close orders",
        ),
        (
            Permission::Margin,
            "Create & modify orders (margin is a setting of the account)",
        ),
        (Permission::Transfers, "Withdraw Funds, Earn"),
        (Permission::Withdrawals, "Withdraw Funds"),
        (Permission::SubAccounts, "a master account's key"),
    ],
};

const NONCE: &str = "nonce";

fn text(request: &Request) -> Result<Vec<u8>, ReadError> {
    let mut inner = Sha256::new();
    inner.update(nonce(request)?);
    inner.update(&request.body);
    Ok([request.path.as_bytes(), &inner.finalize()].concat())
}

fn timing(request: &Request) -> Result<Timing, ReadError> {
    Ok(Timing {
        stamp: Stamp::Nonce(time::of_nonce(&nonce(request)?)),
        expires_at_ms: None,
    })
}

/// The nonce in the body.
fn nonce(request: &Request) -> Result<String, ReadError> {
    let fields = kit::body(request)?;
    let mut found = fields
        .iter()
        .filter(|field| field.name.eq_ignore_ascii_case(NONCE));
    let first = found
        .next()
        .ok_or(Malformed::MissingTimestamp { name: NONCE })?;
    if first.name != NONCE || found.next().is_some() {
        return Err(Unclassified::RepeatedParameter {
            name: Shown::new(NONCE),
        }
        .into());
    }
    let text = first.value.scalar().unwrap_or_default();
    match number::integer(&text) {
        Some(_) => Ok(text.into_owned()),
        None => Err(Malformed::Timestamp {
            name: NONCE,
            value: Shown::new(text.as_bytes()),
            expected: number::INTEGER,
        }
        .into()),
    }
}

/// The quote asset: `XBT/USD` says it, `XXBTZUSD` does in four and four letters, and of the rest those
/// with a base that no other asset begins with.
fn quote(symbol: &str) -> Asset {
    const FIAT: [&str; 7] = ["USD", "EUR", "GBP", "CAD", "JPY", "AUD", "CHF"];
    const BASES: [&str; 6] = ["XBT", "BTC", "ETH", "SOL", "XRP", "LTC"];
    if symbol.contains('/') {
        return order::quote_after(symbol, '/');
    }
    let fiat = |rest: &str| FIAT.into_iter().find(|known| *known == rest);
    let long = || match (symbol.len(), symbol.get(..1)?, symbol.get(4..5)?) {
        (8, "X", "Z") => fiat(symbol.get(5..)?),
        _ => None,
    };
    let short = || {
        let rest = BASES
            .into_iter()
            .find_map(|base| symbol.strip_prefix(base))?;
        fiat(rest)
    };
    match long().or_else(short) {
        Some(quote) => Asset::Known(quote.to_owned()),
        None => order::quote_by_ending(symbol),
    }
}

const HOSTS: &[&str] = &["api.kraken.com"];

/// A call that changes nothing, whatever its parameters.
const fn read(path: &'static str, name: &'static str, product: Product) -> Op {
    post(path, name).reads(product).takes_any().on(HOSTS)
}

fn on_margin(fields: &Fields<'_>) -> bool {
    fields.has("leverage") && !fields.is("leverage", "none")
}

const KINDS: &[(&str, OrderType)] = &[
    ("market", OrderType::Market),
    ("limit", OrderType::Limit),
    ("iceberg", OrderType::Limit),
    ("stop-loss", OrderType::StopMarket),
    ("stop-loss-limit", OrderType::StopLimit),
    ("take-profit", OrderType::TakeProfitMarket),
    ("take-profit-limit", OrderType::TakeProfitLimit),
    ("trailing-stop", OrderType::StopMarket),
    ("trailing-stop-limit", OrderType::StopLimit),
    ("settle-position", OrderType::Market),
];

const PAIR: &[Parameter] = &[needed(symbol("pair")), scalar("asset_class")];

const ORDER: &[Parameter] = &[
    needed(side("type", SIDES)),
    needed(kind("ordertype", KINDS)),
    needed(quantity("volume")),
    // Prices, which `order` reads: relative ones are no numbers.
    scalar("price"),
    scalar("price2"),
    scalar("leverage"),
    reduce_only("reduce_only", YES),
    scalar("oflags"),
    lasts("timeinforce", LASTS),
    client_id("cl_ord_id"),
    scalar("userref"),
    scalar("displayvol"),
    scalar("trading_agreement"),
    word("trigger", &["last", "index"]),
    scalar("stptype"),
    scalar("starttm"),
    scalar("expiretm"),
    scalar("deadline"),
    scalar("validate"),
    // The order that closes what this one opened, once it is filled.
    anything("close"),
    scalar("close[ordertype]"),
    scalar("close[price]"),
    scalar("close[price2]"),
];

/// A price, if it is absolute.
fn absolute(
    fields: &Fields<'_>,
    name: &str,
) -> Result<Option<rust_decimal::Decimal>, Unclassified> {
    let text = fields.text(name).unwrap_or_default();
    if text.starts_with(['+', '-', '#']) || text.ends_with('%') {
        return Ok(None);
    }
    fields.number(name)
}

fn prices(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    let (first, second) = (absolute(fields, "price")?, absolute(fields, "price2")?);
    let Some(kind) = intent.order_type else {
        return Ok(());
    };
    let limit = if kind.is_triggered() {
        "price2"
    } else {
        "price"
    };
    if kind.is_triggered() {
        intent.stop_price = first;
        intent.price = second;
    } else {
        intent.price = first;
    }
    if kind.is_limit() && intent.price.is_none() && fields.has(limit) {
        intent.order_type = None;
    }
    Ok(())
}

fn order(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    let flags = fields.text("oflags").unwrap_or_default();
    for flag in flags
        .split(',')
        .map(str::trim)
        .filter(|flag| !flag.is_empty())
    {
        match flag {
            "post" => {
                intent.time_in_force = Some(TimeInForce::PostOnly);
                if intent.order_type == Some(OrderType::Limit) {
                    intent.order_type = Some(OrderType::PostOnly);
                }
            }
            "viqc" => intent.quote_quantity = intent.quantity.take(),
            "fcib" | "fciq" | "nompp" => {}
            other => {
                return Err(Unclassified::UnknownValue {
                    name: Shown::new("oflags"),
                    value: Shown::new(other),
                });
            }
        }
    }
    if on_margin(fields) {
        let ratio = fields.text("leverage").unwrap_or_default();
        let ratio = ratio.strip_suffix(":1").unwrap_or(&ratio);
        intent.leverage = Some(number::decimal(ratio).ok_or_else(|| Unclassified::Number {
            name: Shown::new("leverage"),
            value: Shown::new(ratio),
            expected: number::DECIMAL,
        })?);
    }
    prices(fields, intent)
}

/// The new price of an order that is there already: which kind it is, the request does not say.
fn edit(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    let (first, second) = (absolute(fields, "price")?, absolute(fields, "price2")?);
    if fields.has("price2") {
        intent.stop_price = first;
        intent.price = second;
    } else {
        intent.price = first;
    }
    if fields
        .text("oflags")
        .is_some_and(|flags| flags.contains("viqc"))
    {
        intent.quote_quantity = intent.quantity.take();
    }
    Ok(())
}

fn amend(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    intent.price = absolute(fields, "limit_price")?;
    intent.stop_price = absolute(fields, "trigger_price")?;
    Ok(())
}

/// The orders that a list names, by their ids.
fn ids(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    let list = |name: &'static str| match fields.get(name) {
        None => Ok(None),
        Some(Value::List(items)) => items
            .iter()
            .map(|item| item.scalar().map(std::borrow::Cow::into_owned))
            .collect::<Option<Vec<_>>>()
            .map(|ids| Some(ids.join(",")))
            .ok_or(Unclassified::UnknownElement {
                operation: "cancel_batch",
            }),
        Some(_) => Err(Unclassified::EmptyBatch {
            operation: "cancel_batch",
        }),
    };
    intent.order_id = list("orders")?;
    intent.client_order_id = list("cl_ord_ids")?;
    Ok(())
}

fn wallets(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    intent.from = fields.text("from").map(Into::into);
    intent.to = fields.text("to").map(Into::into);
    Ok(())
}

/// The destination is the address if it is given, since Kraken compares it with that of the alias.
fn alias(_: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    if intent.destination.is_none() {
        intent.destination = intent.to.clone();
    }
    Ok(())
}

const READS: &[Op] = &[
    read("/0/private/Balance", "balance", Product::Account),
    read("/0/private/BalanceEx", "extended_balance", Product::Account),
    read("/0/private/CreditLines", "credit_lines", Product::Account),
    read("/0/private/TradeBalance", "trade_balance", Product::Account),
    read("/0/private/OpenOrders", "open_orders", Product::Spot),
    read("/0/private/ClosedOrders", "closed_orders", Product::Spot),
    read("/0/private/QueryOrders", "orders", Product::Spot),
    read("/0/private/OrderAmends", "order_amends", Product::Spot),
    read("/0/private/TradesHistory", "trades", Product::Spot),
    read("/0/private/QueryTrades", "trade", Product::Spot),
    read("/0/private/OpenPositions", "positions", Product::Margin),
    read("/0/private/Ledgers", "ledgers", Product::Account),
    read("/0/private/QueryLedgers", "ledger", Product::Account),
    read("/0/private/TradeVolume", "fees", Product::Account),
    read("/0/private/GetApiKeyInfo", "key_info", Product::Account),
    read(
        "/0/private/ListWalletAccounts",
        "wallet_accounts",
        Product::Account,
    ),
    read("/0/private/Level3", "level3", Product::Spot),
    read("/0/private/AddExport", "export_request", Product::Account),
    read("/0/private/ExportStatus", "export_status", Product::Account),
    read("/0/private/RetrieveExport", "export", Product::Account),
    read(
        "/0/private/DepositMethods",
        "deposit_methods",
        Product::Wallet,
    ),
    read("/0/private/DepositStatus", "deposits", Product::Wallet),
    read(
        "/0/private/WithdrawMethods",
        "withdrawal_methods",
        Product::Wallet,
    ),
    read(
        "/0/private/WithdrawAddresses",
        "withdrawal_addresses",
        Product::Wallet,
    ),
    read(
        "/0/private/WithdrawInfo",
        "withdrawal_info",
        Product::Wallet,
    ),
    read("/0/private/WithdrawStatus", "withdrawals", Product::Wallet),
    read(
        "/0/private/Earn/Strategies",
        "earn_strategies",
        Product::Wallet,
    ),
    read(
        "/0/private/Earn/Allocations",
        "earn_allocations",
        Product::Wallet,
    ),
    read(
        "/0/private/Earn/AllocateStatus",
        "earn_allocate_status",
        Product::Wallet,
    ),
    read(
        "/0/private/Earn/DeallocateStatus",
        "earn_deallocate_status",
        Product::Wallet,
    ),
    read(
        "/0/private/Staking/Assets",
        "staking_assets",
        Product::Wallet,
    ),
    read(
        "/0/private/Staking/Pending",
        "staking_pending",
        Product::Wallet,
    ),
    read(
        "/0/private/Staking/Transactions",
        "staking_transactions",
        Product::Wallet,
    ),
];

const TRADES: &[Op] = &[
    post("/0/private/AddOrder", "margin_order")
        .is(Class::TradeSpot, Product::Margin, Permission::SpotTrading)
        .when(on_margin)
        .adjust(order)
        .takes(&[PAIR, ORDER])
        .on(HOSTS),
    post("/0/private/AddOrder", "order")
        .trades_spot()
        .when(|fields| !on_margin(fields))
        .adjust(order)
        .takes(&[PAIR, ORDER])
        .on(HOSTS),
    post("/0/private/AddOrderBatch", "margin_orders")
        .is(Class::TradeSpot, Product::Margin, Permission::SpotTrading)
        .batch(Batch::Member("orders"))
        .when(on_margin)
        .adjust(order)
        .takes(&[PAIR, ORDER])
        .on(HOSTS),
    post("/0/private/AddOrderBatch", "orders_place")
        .trades_spot()
        .batch(Batch::Member("orders"))
        .when(|fields| !on_margin(fields))
        .adjust(order)
        .takes(&[PAIR, ORDER])
        .on(HOSTS),
    post("/0/private/AmendOrder", "amend")
        .trades_spot()
        .one_of(&["txid", "cl_ord_id"])
        .adjust(amend)
        .takes(&[&[
            order_id("txid"),
            client_id("cl_ord_id"),
            quantity("order_qty"),
            scalar("display_qty"),
            scalar("limit_price"),
            scalar("trigger_price"),
            symbol("pair"),
            scalar("post_only"),
            scalar("deadline"),
        ]])
        .on(HOSTS),
    post("/0/private/EditOrder", "edit")
        .trades_spot()
        .adjust(edit)
        .takes(&[
            PAIR,
            &[
                needed(order_id("txid")),
                quantity("volume"),
                scalar("price"),
                scalar("price2"),
                scalar("oflags"),
                scalar("userref"),
                client_id("cl_ord_id"),
                scalar("displayvol"),
                scalar("deadline"),
                scalar("cancel_response"),
                scalar("validate"),
            ],
        ])
        .on(HOSTS),
    post("/0/private/CancelOrder", "cancel")
        .trades_spot()
        .one_of(&["txid", "cl_ord_id"])
        .takes(&[&[order_id("txid"), client_id("cl_ord_id")]])
        .on(HOSTS),
    post("/0/private/CancelOrderBatch", "cancel_batch")
        .trades_spot()
        .one_of(&["orders", "cl_ord_ids"])
        .adjust(ids)
        .takes(&[&[anything("orders"), anything("cl_ord_ids")]])
        .on(HOSTS),
    post("/0/private/CancelAll", "cancel_all")
        .trades_spot()
        .on(HOSTS),
    post("/0/private/CancelAllOrdersAfter", "cancel_all_after")
        .trades_spot()
        .takes(&[&[needed(scalar("timeout"))]])
        .on(HOSTS),
];

const FUNDS: &[Op] = &[
    post("/0/private/DepositAddresses", "deposit_address")
        .deposits()
        .takes(&[&[
            needed(asset("asset")),
            needed(scalar("method")),
            scalar("new"),
            scalar("amount"),
            scalar("aclass"),
        ]])
        .on(HOSTS),
    post("/0/private/Withdraw", "withdrawal")
        .withdraws()
        .adjust(alias)
        .takes(&[&[
            needed(asset("asset")),
            needed(to("key")),
            needed(amount("amount")),
            destination("address"),
            scalar("aclass"),
            scalar("max_fee"),
        ]])
        .on(HOSTS),
    post("/0/private/WithdrawCancel", "withdrawal_cancel")
        .withdraws()
        .takes(&[&[needed(asset("asset")), needed(order_id("refid"))]])
        .on(HOSTS),
    post("/0/private/WalletTransfer", "wallet_transfer")
        .transfers()
        .adjust(wallets)
        .takes(&[&[
            needed(asset("asset")),
            needed(amount("amount")),
            needed(word("from", WALLETS)),
            needed(word("to", WALLETS)),
        ]])
        .on(HOSTS),
    post("/0/private/AccountTransfer", "account_transfer")
        .transfers()
        .takes(&[&[
            needed(asset("asset")),
            needed(amount("amount")),
            needed(from("from")),
            needed(to("to")),
            scalar("asset_class"),
        ]])
        .on(HOSTS),
    post("/0/private/Earn/Allocate", "earn_allocate")
        .transfers()
        .takes(&[EARN])
        .on(HOSTS),
    post("/0/private/Earn/Deallocate", "earn_deallocate")
        .transfers()
        .takes(&[EARN])
        .on(HOSTS),
    post("/0/private/Stake", "stake")
        .transfers()
        .takes(&[STAKE])
        .on(HOSTS),
    post("/0/private/Unstake", "unstake")
        .transfers()
        .takes(&[STAKE])
        .on(HOSTS),
];

/// Wallets have spaces in their names, so they are told as words.
const WALLETS: &[&str] = &["Spot Wallet", "Futures Wallet"];
const EARN: &[Parameter] = &[needed(to("strategy_id")), needed(amount("amount"))];
const STAKE: &[Parameter] = &[
    needed(asset("asset")),
    needed(amount("amount")),
    scalar("method"),
];

const ACCOUNTS: &[Op] = &[
    post("/0/private/CreateSubaccount", "sub_account_create")
        .administers()
        .takes(&[&[needed(sub_account("username")), needed(scalar("email"))]])
        .on(HOSTS),
    post("/0/private/RemoveExport", "export_remove")
        .administers()
        .takes(&[&[
            needed(scalar("id")),
            needed(word("type", &["cancel", "delete"])),
        ]])
        .on(HOSTS),
    post("/0/private/GetWebSocketsToken", "stream_token")
        .is(Class::Session, Product::Account, Permission::Read)
        .on(HOSTS),
];
