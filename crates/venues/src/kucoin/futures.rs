//! Futures, on a host of their own. Sizes count lots.

use crate::{
    Class, Intent, OrderType, Permission, Product, TimeInForce, Unclassified,
    kit::{
        attached::{Attached, Place, stop_loss, take_profit},
        operation::{Batch, Op, delete, post},
        order::may_rest,
        parameter::{
            POSITIONS as SIDES_OF_POSITIONS, Parameter, SIDES, YES, amount, anything, client_id,
            kind, lasts, leverage, needed, order_id, position, price, quantity, quote_quantity,
            reduce_only, scalar, side, stop_price, symbol, word,
        },
    },
    syntax::Fields,
};

use super::{FUTURES_HOSTS, KINDS, LASTING, is_contract, waiting};

const ORDER: &[Parameter] = &[
    needed(symbol("symbol")),
    side("side", SIDES),
    kind("type", KINDS),
    quantity("size"),
    quantity("qty"),
    quote_quantity("valueQty"),
    price("price"),
    leverage("leverage"),
    lasts("timeInForce", LASTING),
    client_id("clientOid"),
    reduce_only("reduceOnly", YES),
    position("positionSide", SIDES_OF_POSITIONS),
    stop_price("stopPrice"),
    word("stop", &["up", "down"]),
    scalar("stopPriceType"),
    scalar("closeOrder"),
    scalar("forceHold"),
    scalar("marginMode"),
    scalar("postOnly"),
    scalar("hidden"),
    scalar("iceberg"),
    scalar("visibleSize"),
    scalar("remark"),
    scalar("stp"),
];

/// Closes the position once the price is there, at the market: with gain or with loss, by which way the
/// price went and which side the order took.
const STOPS: &[Attached] = &[
    take_profit(Place::Beside, UP_TOLD, UP).when(|fields| !sells(fields)),
    stop_loss(Place::Beside, DOWN_TOLD, DOWN).when(|fields| !sells(fields)),
    take_profit(Place::Beside, DOWN_TOLD, DOWN).when(sells),
    stop_loss(Place::Beside, UP_TOLD, UP).when(sells),
];
const UP_TOLD: &[&str] = &["triggerStopUpPrice"];
const UP: &[&[Parameter]] = &[&[stop_price("triggerStopUpPrice")]];
const DOWN_TOLD: &[&str] = &["triggerStopDownPrice"];
const DOWN: &[&[Parameter]] = &[&[stop_price("triggerStopDownPrice")]];

fn sells(fields: &Fields<'_>) -> bool {
    fields.is("side", "sell")
}

/// An order that closes the whole position, which the venue gives its side and size.
fn closes(fields: &Fields<'_>) -> bool {
    fields.is("closeOrder", "true")
}

/// A size in the base asset, of which a lot is a fraction: how many lots it is, the venue knows.
fn is_in_base(fields: &Fields<'_>) -> bool {
    fields.has("qty")
}

/// An order is a limit order unless it says otherwise; it has one size, whatever it counts in.
fn order(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    let sizes = ["size", "qty", "valueQty"];
    if sizes.into_iter().filter(|name| fields.has(name)).count() > 1 {
        return Err(Unclassified::Contradiction {
            operation: "futures_order",
            name: "size",
            why: "is given twice, in other units",
        });
    }
    if closes(fields) {
        // The size is the position's, whatever else is said.
        intent.quantity = None;
        intent.quote_quantity = None;
        intent.reduce_only = Some(true);
        // It is as large as the position, whatever else it says.
        (intent.quantity, intent.quote_quantity) = (None, None);
    } else if intent.side.is_none() {
        return Err(Unclassified::MissingParameter {
            operation: "futures_order",
            name: "side",
        });
    }
    if is_in_base(fields) {
        intent.quantity = None;
    }
    intent.order_type = intent.order_type.or(Some(OrderType::Limit));
    if fields.is("postOnly", "true")
        && intent.order_type == Some(OrderType::Limit)
        && may_rest(intent)
    {
        intent.time_in_force = Some(TimeInForce::PostOnly);
    }
    if fields.has("stopPrice") {
        intent.order_type = waiting(intent.order_type, intent.side, fields.is("stop", "up"));
    }
    Ok(())
}

const fn act(path: &'static str, name: &'static str) -> Op {
    post(path, name)
        .trades_futures(Product::UsdFutures)
        .on(FUTURES_HOSTS)
}

const fn place(path: &'static str, name: &'static str) -> Op {
    act(path, name)
        .when(is_contract)
        .adjust(order)
        .completed_when(|fields| closes(fields) || is_in_base(fields))
        .in_contracts()
        .takes(&[ORDER])
        .attaches(STOPS)
}

const ADDRESSED: &[Parameter] = &[
    symbol("symbol"),
    order_id("orderId"),
    client_id("clientOid"),
];

const fn cancel(path: &'static str, name: &'static str) -> Op {
    delete(path, name)
        .trades_futures(Product::UsdFutures)
        .takes(&[ADDRESSED])
        .on(FUTURES_HOSTS)
}

pub(super) const ORDERS: &[Op] = &[
    place("/api/v1/orders", "futures_order"),
    place("/api/v1/orders/test", "futures_order_test").is(
        Class::Read,
        Product::UsdFutures,
        Permission::Futures,
    ),
    place("/api/v1/st-orders", "futures_order_with_stops"),
    place("/api/v1/orders/multi", "futures_orders").batch(Batch::Body),
    cancel("/api/v1/orders/{orderId}", "futures_cancel"),
    cancel(
        "/api/v1/orders/client-order/{clientOid}",
        "futures_cancel_by_client_id",
    ),
    cancel("/api/v1/orders", "futures_cancel_all").when(is_contract),
    cancel("/api/v3/orders", "futures_cancel_all_new"),
    cancel("/api/v1/stopOrders", "futures_stop_cancel_all"),
    // A DELETE with a body.
    cancel("/api/v1/orders/multi-cancel", "futures_cancels")
        .one_of(&["orderIdsList", "clientOidsList"])
        .takes(&[&[anything("orderIdsList"), anything("clientOidsList")]]),
];

pub(super) const POSITIONS: &[Op] = &[
    act("/api/v2/changeCrossUserLeverage", "leverage")
        .takes(&[&[needed(symbol("symbol")), needed(leverage("leverage"))]]),
    act("/api/v2/position/changeMarginMode", "margin_mode").takes(&[&[
        needed(symbol("symbol")),
        needed(word("marginMode", &["ISOLATED", "CROSS"])),
    ]]),
    act("/api/v2/position/batchChangeMarginMode", "margin_modes").takes(&[&[
        needed(word("marginMode", &["ISOLATED", "CROSS"])),
        needed(anything("symbols")),
    ]]),
    act("/api/v2/position/switchPositionMode", "position_mode")
        .takes(&[&[needed(scalar("positionMode"))]]),
    act(
        "/api/v1/position/margin/auto-deposit-status",
        "margin_top_up",
    )
    .takes(&[&[needed(symbol("symbol")), needed(scalar("status"))]]),
    act("/api/v1/position/margin/deposit-margin", "position_margin").takes(&[&[
        needed(symbol("symbol")),
        needed(amount("margin")),
        scalar("bizNo"),
        position("positionSide", SIDES_OF_POSITIONS),
    ]]),
    act("/api/v1/margin/withdrawMargin", "position_margin_out").takes(&[&[
        needed(symbol("symbol")),
        needed(amount("withdrawAmount")),
        position("positionSide", SIDES_OF_POSITIONS),
    ]]),
    act("/api/v1/position/risk-limit-level/change", "risk_limit")
        .takes(&[&[needed(symbol("symbol")), needed(scalar("level"))]]),
];
