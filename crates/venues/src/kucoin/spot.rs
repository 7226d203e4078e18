//! Spot orders, ordinary and high-frequency, and conversions. An ordinary order may trade on margin.

use crate::{
    Class, Intent, OrderType, Permission, Product, TimeInForce, Unclassified,
    kit::{
        attached::{Attached, Place, apart},
        operation::{Batch, Op},
        order::may_rest,
        parameter::{
            Parameter, SIDES, anything, client_id, kind, lasts, needed, order_id, price, quantity,
            quote_quantity, scalar, side, stop_price, symbol,
        },
    },
    syntax::Fields,
};

use super::{KINDS, LASTING, act, is_spot, remove, waiting};

pub(super) const ORDER: &[Parameter] = &[
    needed(symbol("symbol")),
    needed(side("side", SIDES)),
    kind("type", KINDS),
    quantity("size"),
    quote_quantity("funds"),
    price("price"),
    lasts("timeInForce", LASTING),
    client_id("clientOid"),
    stop_price("stopPrice"),
    scalar("stop"),
    scalar("postOnly"),
    scalar("hidden"),
    scalar("iceberg"),
    scalar("visibleSize"),
    scalar("cancelAfter"),
    scalar("remark"),
    scalar("stp"),
    scalar("tags"),
    scalar("tradeType"),
    scalar("allowMaxTimeWindow"),
    scalar("clientTimestamp"),
];

/// An order is a limit order unless it says otherwise; one with a trigger waits for it.
pub(super) fn order(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    intent.order_type = intent.order_type.or(Some(OrderType::Limit));
    if fields.is("postOnly", "true")
        && intent.order_type == Some(OrderType::Limit)
        && may_rest(intent)
    {
        intent.time_in_force = Some(TimeInForce::PostOnly);
    }
    if fields.has("stopPrice") {
        // `loss` waits for the price to fall, `entry` for it to rise.
        intent.order_type = waiting(intent.order_type, intent.side, fields.is("stop", "entry"));
    }
    Ok(())
}

/// Two of which one cancels the other: a limit order, and a stop with a limit of its own.
pub(super) const fn pair(op: Op) -> Op {
    op.adjust(|_, intent| {
        intent.order_type = Some(OrderType::Limit);
        Ok(())
    })
    .takes(&[PAIR])
    .attaches(STOP)
}

/// The stop of a pair, of the same side and size.
const STOP: &[Attached] = &[apart(
    "stop",
    Place::Beside,
    &["stopPrice", "limitPrice"],
    &[&[stop_price("stopPrice"), price("limitPrice")]],
)
.adjust(|_, intent| {
    intent.order_type = Some(OrderType::StopLimit);
    Ok(())
})];

const PAIR: &[Parameter] = &[
    needed(symbol("symbol")),
    needed(side("side", SIDES)),
    needed(quantity("size")),
    needed(price("price")),
    // What is of the stop.
    needed(scalar("stopPrice")),
    needed(scalar("limitPrice")),
    client_id("clientOid"),
    scalar("remark"),
    scalar("tradeType"),
    scalar("isIsolated"),
    scalar("autoBorrow"),
    scalar("autoRepay"),
];

/// Whether an ordinary order trades on margin.
fn on_margin(fields: &Fields<'_>) -> bool {
    is_spot(fields)
        && fields
            .text("tradeType")
            .is_some_and(|kind| kind.to_ascii_uppercase().starts_with("MARGIN"))
}

const fn spot(op: Op) -> Op {
    op.trades_spot().when(is_spot)
}

const fn margin(op: Op) -> Op {
    op.is(Class::TradeSpot, Product::Margin, Permission::Margin)
        .when(on_margin)
}

const fn place(path: &'static str, name: &'static str) -> Op {
    spot(act(path, name)).adjust(order).takes(&[ORDER])
}

const fn place_on_margin(path: &'static str, name: &'static str) -> Op {
    margin(act(path, name)).adjust(order).takes(&[ORDER])
}

/// An order that is checked and not placed.
const fn check(path: &'static str, name: &'static str) -> Op {
    place(path, name).is(Class::Read, Product::Spot, Permission::SpotTrading)
}

const fn place_many(path: &'static str, name: &'static str) -> Op {
    place(path, name)
        .batch(Batch::Member("orderList"))
        .beside(&["symbol"])
}

pub(super) const ADDRESSED: &[Parameter] = &[
    symbol("symbol"),
    order_id("orderId"),
    client_id("clientOid"),
    order_id("orderIds"),
    scalar("tradeType"),
];

/// A cancellation; without a symbol it may be the futures' as well, where they share the path.
const fn cancel(path: &'static str, name: &'static str) -> Op {
    remove(path, name).trades_spot().takes(&[ADDRESSED])
}

/// The futures' host has an operation where this one has an order's id.
fn names_an_order(fields: &Fields<'_>) -> bool {
    !fields.is("orderId", "multi-cancel")
}

pub(super) const ORDERS: &[Op] = &[
    place_on_margin("/api/v1/orders", "order_on_margin"),
    place("/api/v1/orders", "order"),
    check("/api/v1/orders/test", "order_test"),
    place_many("/api/v1/orders/multi", "orders"),
    place_on_margin("/api/v1/stop-order", "stop_order_on_margin"),
    place("/api/v1/stop-order", "stop_order"),
    pair(act("/api/v3/oco/order", "order_pair").trades_spot()),
    cancel("/api/v1/orders/{orderId}", "cancel").when(names_an_order),
    cancel(
        "/api/v1/order/client-order/{clientOid}",
        "cancel_by_client_id",
    ),
    cancel("/api/v1/orders", "cancel_all").when(is_spot),
    cancel("/api/v1/stop-order/{orderId}", "stop_cancel"),
    cancel(
        "/api/v1/stop-order/cancelOrderByClientOid",
        "stop_cancel_by_client_id",
    ),
    cancel("/api/v1/stop-order/cancel", "stop_cancel_all"),
    cancel("/api/v3/oco/order/{orderId}", "pair_cancel"),
    cancel(
        "/api/v3/oco/client-order/{clientOid}",
        "pair_cancel_by_client_id",
    ),
    cancel("/api/v3/oco/orders", "pair_cancel_all"),
];

const CUT: &[Parameter] = &[needed(quantity("cancelSize"))];

pub(super) const HIGH_FREQUENCY: &[Op] = &[
    place("/api/v1/hf/orders", "hf_order"),
    place("/api/v1/hf/orders/sync", "hf_order_sync"),
    check("/api/v1/hf/orders/test", "hf_order_test"),
    place_many("/api/v1/hf/orders/multi", "hf_orders"),
    place_many("/api/v1/hf/orders/multi/sync", "hf_orders_sync"),
    act("/api/v1/hf/orders/alter", "hf_amend")
        .trades_spot()
        .one_of(&["orderId", "clientOid"])
        .takes(&[&[
            needed(symbol("symbol")),
            order_id("orderId"),
            client_id("clientOid"),
            price("newPrice"),
            quantity("newSize"),
        ]]),
    cancel("/api/v1/hf/orders/{orderId}", "hf_cancel"),
    cancel("/api/v1/hf/orders/sync/{orderId}", "hf_cancel_sync"),
    cancel(
        "/api/v1/hf/orders/client-order/{clientOid}",
        "hf_cancel_by_client_id",
    ),
    cancel(
        "/api/v1/hf/orders/sync/client-order/{clientOid}",
        "hf_cancel_by_client_id_sync",
    ),
    cancel("/api/v1/hf/orders/cancel/{orderId}", "hf_cancel_part").takes(&[ADDRESSED, CUT]),
    cancel("/api/v1/hf/orders", "hf_cancel_symbol"),
    cancel("/api/v1/hf/orders/cancelAll", "hf_cancel_all"),
    act("/api/v1/hf/orders/dead-cancel-all", "hf_cancel_all_after")
        .trades_spot()
        .takes(&[&[needed(scalar("timeout")), scalar("symbols")]]),
];

const CONVERSION: &[Parameter] = &[
    order_id("quoteId"),
    client_id("clientOrderId"),
    scalar("accountType"),
    scalar("fromCurrency"),
    scalar("toCurrency"),
    quote_quantity("fromCurrencySize"),
    scalar("toCurrencySize"),
];

/// Conversions and exchange-traded shares.
pub(super) const OTHERS: &[Op] = &[
    act("/api/v1/convert/order", "convert")
        .trades_spot()
        .takes(&[&[needed(order_id("quoteId"))], CONVERSION]),
    act("/api/v1/convert/limit/order", "convert_limit")
        .trades_spot()
        .takes(&[CONVERSION]),
    remove("/api/v1/convert/limit/order/cancel", "convert_limit_cancel")
        .trades_spot()
        .takes(&[&[
            order_id("orderId"),
            client_id("clientOrderId"),
            anything("orderIds"),
        ]]),
];
