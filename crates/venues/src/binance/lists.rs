//! Lists of orders (`orderList`): two of which one cancels the other, and orders that follow another
//! once it has filled. Each but the first is attached to it.

use crate::{
    Intent, OrderType, Unclassified,
    kit::{
        attached::{Attached, Place, apart},
        operation::Op,
        parameter::{
            Parameter, SIDES, client_id, kind, lasts, needed, order_id, price, quantity, scalar,
            side, stop_price,
        },
    },
    syntax::Fields,
};

use super::parameters::{SPOT_KINDS, SPOT_LASTS, void_if};

/// The old form of a pair: a limit maker at `price`, and a stop. Both have one side and one quantity.
pub(super) const fn oco(op: Op) -> Op {
    op.adjust(limit_leg).attaches(STOP_LEG)
}

/// A pair by its prices: the order above and the one below.
pub(super) const fn pair(op: Op) -> Op {
    op.adjust(|fields, intent| void_if("abovePegPriceType", fields, intent))
        .completed_when(is_pegged_above)
        .attaches(BELOW)
}

/// A working order and one that follows it.
pub(super) const fn then_one(op: Op) -> Op {
    op.adjust(pegs_working)
        .completed_when(is_pegged)
        .attaches(PENDING)
}

/// A working order and a pair that follows it.
pub(super) const fn then_pair(op: Op) -> Op {
    op.one_of(&["pendingSide"])
        .adjust(pegs_working)
        .completed_when(is_pegged)
        .attaches(PENDING_PAIR)
}

fn limit_leg(_: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    intent.order_type = Some(OrderType::PostOnly);
    Ok(())
}

fn stop_leg(_: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    intent.order_type = Some(match intent.price {
        Some(_) => OrderType::StopLimit,
        None => OrderType::StopMarket,
    });
    Ok(())
}

fn is_pegged(fields: &Fields<'_>) -> bool {
    fields.has("workingPegPriceType")
}

fn pegs_working(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    void_if("workingPegPriceType", fields, intent)
}

fn is_pegged_above(fields: &Fields<'_>) -> bool {
    fields.has("abovePegPriceType")
}

pub(super) const OCO: &[Parameter] = &[
    needed(side("side", SIDES)),
    needed(quantity("quantity")),
    needed(price("price")),
    needed(scalar("stopPrice")),
    client_id("listClientOrderId"),
    scalar("limitClientOrderId"),
    scalar("limitIcebergQty"),
    scalar("limitStrategyId"),
    scalar("limitStrategyType"),
    scalar("newOrderRespType"),
    scalar("selfTradePreventionMode"),
];

const STOP_LEG: &[Attached] = &[apart(
    "stop",
    Place::Beside,
    &["stopPrice"],
    &[&[
        stop_price("stopPrice"),
        price("stopLimitPrice"),
        lasts("stopLimitTimeInForce", SPOT_LASTS),
        client_id("stopClientOrderId"),
        scalar("stopIcebergQty"),
        scalar("stopStrategyId"),
        scalar("stopStrategyType"),
        scalar("trailingDelta"),
    ]],
)
.adjust(stop_leg)];

pub(super) const ABOVE: &[Parameter] = &[
    needed(side("side", SIDES)),
    needed(quantity("quantity")),
    needed(kind("aboveType", SPOT_KINDS)),
    // The order below has one too.
    needed(scalar("belowType")),
    price("abovePrice"),
    stop_price("aboveStopPrice"),
    lasts("aboveTimeInForce", SPOT_LASTS),
    client_id("aboveClientOrderId"),
    scalar("aboveIcebergQty"),
    scalar("aboveTrailingDelta"),
    scalar("aboveStrategyId"),
    scalar("aboveStrategyType"),
    scalar("abovePegPriceType"),
    scalar("abovePegOffsetType"),
    scalar("abovePegOffsetValue"),
];

const BELOW: &[Attached] = &[apart(
    "below",
    Place::Beside,
    &["belowType"],
    &[&[
        kind("belowType", SPOT_KINDS),
        price("belowPrice"),
        stop_price("belowStopPrice"),
        lasts("belowTimeInForce", SPOT_LASTS),
        client_id("belowClientOrderId"),
        scalar("belowIcebergQty"),
        scalar("belowTrailingDelta"),
        scalar("belowStrategyId"),
        scalar("belowStrategyType"),
        scalar("belowPegPriceType"),
        scalar("belowPegOffsetType"),
        scalar("belowPegOffsetValue"),
    ]],
)
.adjust(|fields, intent| void_if("belowPegPriceType", fields, intent))];

/// The order of a list that works at once.
pub(super) const WORKING: &[Parameter] = &[
    needed(kind("workingType", SPOT_KINDS)),
    needed(side("workingSide", SIDES)),
    // A pegged one has none.
    price("workingPrice"),
    quantity("workingQuantity"),
    client_id("workingClientOrderId"),
    lasts("workingTimeInForce", SPOT_LASTS),
    scalar("workingIcebergQty"),
    scalar("workingStrategyId"),
    scalar("workingStrategyType"),
    scalar("workingPegPriceType"),
    scalar("workingPegOffsetType"),
    scalar("workingPegOffsetValue"),
];

/// One that follows; without a quantity (`opo`), it is of what the working one yields.
const PENDING: &[Attached] = &[apart(
    "pending",
    Place::Beside,
    &["pendingSide", "pendingType"],
    &[&[
        side("pendingSide", SIDES),
        quantity("pendingQuantity"),
        kind("pendingType", SPOT_KINDS),
        price("pendingPrice"),
        stop_price("pendingStopPrice"),
        lasts("pendingTimeInForce", SPOT_LASTS),
        client_id("pendingClientOrderId"),
        scalar("pendingTrailingDelta"),
        scalar("pendingIcebergQty"),
        scalar("pendingStrategyId"),
        scalar("pendingStrategyType"),
        scalar("pendingPegPriceType"),
        scalar("pendingPegOffsetType"),
        scalar("pendingPegOffsetValue"),
    ]],
)
.adjust(|fields, intent| void_if("pendingPegPriceType", fields, intent))];

/// Two that follow, of one side and quantity.
const PENDING_PAIR: &[Attached] = &[
    apart(
        "pending_above",
        Place::Beside,
        &["pendingSide", "pendingAboveType"],
        &[&[
            side("pendingSide", SIDES),
            quantity("pendingQuantity"),
            kind("pendingAboveType", SPOT_KINDS),
            price("pendingAbovePrice"),
            stop_price("pendingAboveStopPrice"),
            lasts("pendingAboveTimeInForce", SPOT_LASTS),
            client_id("pendingAboveClientOrderId"),
            scalar("pendingAboveTrailingDelta"),
            scalar("pendingAboveIcebergQty"),
            scalar("pendingAboveStrategyId"),
            scalar("pendingAboveStrategyType"),
            scalar("pendingAbovePegPriceType"),
            scalar("pendingAbovePegOffsetType"),
            scalar("pendingAbovePegOffsetValue"),
        ]],
    )
    .adjust(|fields, intent| void_if("pendingAbovePegPriceType", fields, intent)),
    apart(
        "pending_below",
        Place::Beside,
        &["pendingBelowType"],
        &[&[
            side("pendingSide", SIDES),
            quantity("pendingQuantity"),
            kind("pendingBelowType", SPOT_KINDS),
            price("pendingBelowPrice"),
            stop_price("pendingBelowStopPrice"),
            lasts("pendingBelowTimeInForce", SPOT_LASTS),
            client_id("pendingBelowClientOrderId"),
            scalar("pendingBelowTrailingDelta"),
            scalar("pendingBelowIcebergQty"),
            scalar("pendingBelowStrategyId"),
            scalar("pendingBelowStrategyType"),
            scalar("pendingBelowPegPriceType"),
            scalar("pendingBelowPegOffsetType"),
            scalar("pendingBelowPegOffsetValue"),
        ]],
    )
    .adjust(|fields, intent| void_if("pendingBelowPegPriceType", fields, intent)),
];

pub(super) const LIST: &[Parameter] = &[
    client_id("listClientOrderId"),
    scalar("newOrderRespType"),
    scalar("selfTradePreventionMode"),
];
pub(super) const ONE_LIST: &[&str] = &["orderListId", "listClientOrderId"];
pub(super) const LIST_ADDRESS: &[Parameter] =
    &[order_id("orderListId"), client_id("listClientOrderId")];
