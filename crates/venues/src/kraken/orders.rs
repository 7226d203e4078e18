//! Orders of Kraken.

use rust_decimal::Decimal;

use crate::{
    Class, Intent, OrderType, Permission, Product, Shown, TimeInForce, Unclassified,
    kit::{
        attached::{Attached, Place, reverse},
        operation::{Batch, Op, post},
        order::may_rest,
        parameter::{
            LASTS, Parameter, SIDES, YES, anything, client_id, kind, lasts, needed, order_id,
            quantity, reduce_only, scalar, side, symbol, word,
        },
    },
    syntax::{Fields, Value, number},
};

use super::operations::HOSTS;

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
];

/// The order on the other side that follows as this one fills, as large as what has filled. Kraken holds
/// it to no position: it opens one where this order closed one. Clients spell it in two ways.
const CLOSE: &[Attached] = &[
    reverse(
        "close",
        Place::Object("close"),
        &["ordertype", "price", "price2"],
        &[&[kind("ordertype", KINDS), scalar("price"), scalar("price2")]],
    )
    .adjust(prices),
    reverse(
        "close",
        Place::Beside,
        &["close[ordertype]", "close[price]", "close[price2]"],
        &[&[
            kind("close[ordertype]", KINDS),
            scalar("close[price]"),
            scalar("close[price2]"),
        ]],
    )
    .adjust(|fields, intent| prices_of(fields, ["close[price]", "close[price2]"], intent)),
];

/// A price, if it is absolute.
fn absolute(fields: &Fields<'_>, name: &str) -> Result<Option<Decimal>, Unclassified> {
    let text = fields.text(name).unwrap_or_default();
    if text.starts_with(['+', '-', '#']) || text.ends_with('%') {
        return Ok(None);
    }
    fields.number(name)
}

fn prices(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    prices_of(fields, ["price", "price2"], intent)
}

/// The prices of an order by their names: what they are, its kind says.
fn prices_of(
    fields: &Fields<'_>,
    [price, price2]: [&'static str; 2],
    intent: &mut Intent,
) -> Result<(), Unclassified> {
    let (first, second) = (absolute(fields, price)?, absolute(fields, price2)?);
    let Some(kind) = intent.order_type else {
        return Ok(());
    };
    let limit = if kind.is_triggered() { price2 } else { price };
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

fn buys_at_market(fields: &Fields<'_>) -> bool {
    fields.is("type", "buy") && fields.is("ordertype", "market") && !on_margin(fields)
}

fn order(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    let flags = fields.text("oflags").unwrap_or_default();
    for flag in flags
        .split(',')
        .map(str::trim)
        .filter(|flag| !flag.is_empty())
    {
        match flag {
            // Kraken says so of limit orders alone.
            "post" if intent.order_type == Some(OrderType::Limit) && may_rest(intent) => {
                intent.time_in_force = Some(TimeInForce::PostOnly);
                intent.order_type = Some(OrderType::PostOnly);
            }
            "viqc" => {
                intent.quote_quantity = intent.quantity;
                // Elsewhere Kraken does not say that it heeds it.
                if buys_at_market(fields) {
                    intent.quantity = None;
                }
            }
            "post" | "fcib" | "fciq" | "nompp" => {}
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
    if !on_margin(fields) {
        // There is no position to reduce.
        intent.reduce_only = None;
    }
    if takes_position(fields) {
        intent.quantity = None;
        intent.quote_quantity = None;
    }
    prices(fields, intent)
}

/// No volume is that of the position on margin, which the order then closes.
fn takes_position(fields: &Fields<'_>) -> bool {
    let volume = fields.number("volume").ok().flatten();
    volume.is_some_and(|volume| volume.is_zero())
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
        None | Some(Value::List(_)) => fields.ids(name),
        Some(_) => Err(Unclassified::EmptyBatch {
            operation: "cancel_batch",
        }),
    };
    intent.order_id = list("orders")?;
    intent.client_order_id = list("cl_ord_ids")?;
    Ok(())
}

/// What is said once for all orders of a batch; anything else the venue looks for in the orders.
const BESIDE: &[&str] = &["pair", "asset_class", "deadline", "validate"];

pub(super) const TRADES: &[Op] = &[
    post("/0/private/AddOrder", "margin_order")
        .is(Class::TradeSpot, Product::Margin, Permission::SpotTrading)
        .when(on_margin)
        .adjust(order)
        .completed_when(takes_position)
        .takes(&[PAIR, ORDER])
        .attaches(CLOSE)
        .on(HOSTS),
    post("/0/private/AddOrder", "order")
        .trades_spot()
        .when(|fields| !on_margin(fields))
        .adjust(order)
        .completed_when(takes_position)
        .takes(&[PAIR, ORDER])
        .attaches(CLOSE)
        .on(HOSTS),
    post("/0/private/AddOrderBatch", "margin_orders")
        .is(Class::TradeSpot, Product::Margin, Permission::SpotTrading)
        .batch(Batch::Member("orders"))
        .beside(BESIDE)
        .when(on_margin)
        .adjust(order)
        .completed_when(takes_position)
        .takes(&[PAIR, ORDER])
        .attaches(CLOSE)
        .on(HOSTS),
    post("/0/private/AddOrderBatch", "orders_place")
        .trades_spot()
        .batch(Batch::Member("orders"))
        .beside(BESIDE)
        .when(|fields| !on_margin(fields))
        .adjust(order)
        .completed_when(takes_position)
        .takes(&[PAIR, ORDER])
        .attaches(CLOSE)
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
