//! Spot orders of v2, and conversions.

use crate::{
    Intent, OrderType, Product, Side, Unclassified,
    kit::{
        operation::{Batch, Op},
        parameter::{
            Parameter, SIDES, anything, client_id, kind, lasts, needed, order_id, price, quantity,
            quote_quantity, scalar, side, stop_price, symbol, word,
        },
    },
    syntax::Fields,
};

use super::{EITHER_ID, KINDS, LASTING, act, attached::WITH_SPOT, mix::execution_price, read};

/// A market buy's size counts the quote asset. Spot has no positions to reduce, whatever it says.
pub(super) fn buys_in_quote(_: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    let market = intent.order_type == Some(OrderType::Market);
    if market && intent.side == Some(Side::Buy) {
        intent.quote_quantity = intent.quantity.take();
    }
    intent.reduce_only = None;
    Ok(())
}

/// An order with a trigger waits for it; which way the price must move is not said.
fn triggered(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    // A trigger counts only where the order says that it is one.
    if fields.is("tpslType", "tpsl") {
        wait(intent);
    }
    buys_in_quote(fields, intent)?;
    if intent.order_type == Some(OrderType::StopMarket) && intent.side == Some(Side::Buy) {
        intent.quote_quantity = intent.quantity.take();
    }
    Ok(())
}

fn planned(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    // Documents differ on what the size counts where the order does not say: its value is unknown.
    if fields.is("planType", "total") {
        intent.quote_quantity = intent.quantity.take();
    }
    wait(intent);
    execution_price("spot_plan_order", "price", fields, intent)
}

/// The kind of an order that waits for a trigger.
pub(super) fn wait(intent: &mut Intent) {
    intent.order_type = match intent.order_type {
        Some(OrderType::Market) => Some(OrderType::StopMarket),
        Some(OrderType::Limit) => Some(OrderType::StopLimit),
        other => other,
    };
}

const TPSL: Parameter = word("tpslType", &["normal", "tpsl"]);

const ORDER: &[Parameter] = &[
    needed(symbol("symbol")),
    needed(side("side", SIDES)),
    needed(kind("orderType", KINDS)),
    needed(quantity("size")),
    price("price"),
    lasts("force", LASTING),
    client_id("clientOid"),
    stop_price("triggerPrice"),
    TPSL,
    scalar("requestTime"),
    scalar("receiveWindow"),
    scalar("stpMode"),
];

const BATCH_MODE: Parameter = word("batchMode", &["single", "multiple"]);

const REPLACEMENT: &[Parameter] = &[
    needed(symbol("symbol")),
    needed(price("price")),
    needed(quantity("size")),
    order_id("orderId"),
    client_id("clientOid"),
    scalar("newClientOid"),
    // What ccxt adds; the venue takes them from the order that is replaced.
    scalar("orderType"),
    scalar("side"),
];

const CANCELLATION: &[Parameter] = &[
    symbol("symbol"),
    order_id("orderId"),
    client_id("clientOid"),
    TPSL,
];

const fn order(path: &'static str, name: &'static str) -> Op {
    act(path, name).trades_spot()
}

pub(super) const OPERATIONS: &[Op] = &[
    order("/api/v2/spot/trade/place-order", "spot_order")
        .adjust(triggered)
        .attaches(WITH_SPOT)
        .takes(&[ORDER]),
    order("/api/v2/spot/trade/batch-orders", "spot_orders")
        .adjust(triggered)
        .batch(Batch::Member("orderList"))
        .beside(&["symbol", "batchMode"])
        .attaches(WITH_SPOT)
        .takes(&[ORDER, &[BATCH_MODE]]),
    order(
        "/api/v2/spot/trade/cancel-replace-order",
        "spot_replacement",
    )
    .one_of(EITHER_ID)
    .attaches(WITH_SPOT)
    .takes(&[REPLACEMENT]),
    order(
        "/api/v2/spot/trade/batch-cancel-replace-order",
        "spot_replacements",
    )
    .batch(Batch::Member("orderList"))
    .beside(&["symbol"])
    .one_of(EITHER_ID)
    .attaches(WITH_SPOT)
    .takes(&[REPLACEMENT]),
    order("/api/v2/spot/trade/cancel-order", "spot_cancel")
        .one_of(EITHER_ID)
        .takes(&[CANCELLATION]),
    order("/api/v2/spot/trade/batch-cancel-order", "spot_cancels")
        .batch(Batch::Member("orderList"))
        .beside(&["symbol", "batchMode"])
        .one_of(EITHER_ID)
        .takes(&[CANCELLATION, &[BATCH_MODE]]),
    order("/api/v2/spot/trade/cancel-symbol-order", "spot_cancel_all")
        .takes(&[&[needed(symbol("symbol"))]]),
    order("/api/v2/spot/trade/place-plan-order", "spot_plan_order")
        .adjust(planned)
        .takes(&[&[
            needed(symbol("symbol")),
            needed(side("side", SIDES)),
            needed(stop_price("triggerPrice")),
            needed(kind("orderType", KINDS)),
            needed(quantity("size")),
            price("executePrice"),
            scalar("price"),
            scalar("triggerType"),
            word("planType", &["amount", "total"]),
            client_id("clientOid"),
            lasts("force", LASTING),
            scalar("stpMode"),
        ]]),
    order("/api/v2/spot/trade/modify-plan-order", "spot_plan_amend")
        .one_of(EITHER_ID)
        .takes(&[&[
            order_id("orderId"),
            client_id("clientOid"),
            symbol("symbol"),
            stop_price("triggerPrice"),
            scalar("orderType"),
            price("executePrice"),
            quantity("size"),
        ]]),
    order("/api/v2/spot/trade/cancel-plan-order", "spot_plan_cancel")
        .one_of(EITHER_ID)
        .takes(&[CANCELLATION]),
    order(
        "/api/v2/spot/trade/batch-cancel-plan-order",
        "spot_plan_cancels",
    )
    .takes(&[&[anything("symbolList")]]),
    read(
        "/api/v2/convert/quoted-price",
        "convert_quote",
        Product::Wallet,
    ),
    order("/api/v2/convert/trade", "convert").takes(&[CONVERSION]),
    order("/api/v2/convert/bgb-convert", "convert_small_balances")
        .takes(&[&[needed(anything("coinList"))]]),
    order("/api/v3/convert/small-assets-trade", "convert_small_assets").takes(&[&[
        anything("coinList"),
        anything("coins"),
        scalar("toCoin"),
    ]]),
];

/// What is given counts as the size, in the asset that is given.
pub(super) const CONVERSION: &[Parameter] = &[
    needed(scalar("fromCoin")),
    needed(scalar("toCoin")),
    quote_quantity("fromCoinSize"),
    scalar("toCoinSize"),
    scalar("cnvtPrice"),
    needed(order_id("traceId")),
];
