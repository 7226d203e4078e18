//! Spot (`/api/v3`).

use crate::{
    Class, Permission, Product,
    kit::{
        operation::{Op, delete, get, post, put},
        parameter::{
            Parameter, SIDES, client_id, needed, order_id, price, quantity, scalar, side,
            stop_price,
        },
    },
};

use super::{
    SPOT_HOSTS as HOSTS,
    parameters::{
        ADDRESS, ANY_MARKET, CANCEL, HISTORY, MARKET, ONE_ORDER, SIDE, SPOT_KIND, SPOT_ORDER,
        is_pegged,
    },
};

const fn read(path: &'static str, name: &'static str) -> Op {
    get(path, name).reads(Product::Spot).on(HOSTS)
}

const fn trade(op: Op) -> Op {
    op.trades_spot().on(HOSTS)
}

/// A test needs the permission to trade but changes nothing.
const fn trial(path: &'static str, name: &'static str) -> Op {
    post(path, name)
        .is(Class::Read, Product::Spot, Permission::SpotTrading)
        .on(HOSTS)
}

pub(super) const COMMISSION: &[Parameter] = &[scalar("computeCommissionRates")];
pub(super) const SIZED: &[Parameter] = &[needed(quantity("quantity"))];

pub(super) const REPLACED: &[Parameter] = &[
    needed(scalar("cancelReplaceMode")),
    order_id("cancelOrderId"),
    scalar("cancelOrigClientOrderId"),
    scalar("cancelNewClientOrderId"),
    scalar("cancelRestrictions"),
    scalar("orderRateLimitExceededMode"),
    // A client sends the id of the order to replace under this name too.
    scalar("orderId"),
];

/// Both orders of an OCO have one side and one quantity. Their prices are two, so that none is shown
/// but in the old form, whose limit order has the price and whose other order the trigger.
pub(super) const OCO: &[Parameter] = &[
    needed(side("side", SIDES)),
    needed(quantity("quantity")),
    needed(price("price")),
    needed(stop_price("stopPrice")),
    client_id("listClientOrderId"),
    scalar("limitClientOrderId"),
    scalar("limitIcebergQty"),
    scalar("limitStrategyId"),
    scalar("limitStrategyType"),
    scalar("stopClientOrderId"),
    scalar("stopLimitPrice"),
    scalar("stopLimitTimeInForce"),
    scalar("stopIcebergQty"),
    scalar("stopStrategyId"),
    scalar("stopStrategyType"),
    scalar("trailingDelta"),
    scalar("newOrderRespType"),
    scalar("selfTradePreventionMode"),
];

/// The two orders of an OCO list by their price: above and below.
pub(super) const ABOVE_AND_BELOW: &[Parameter] = &[
    needed(side("side", SIDES)),
    needed(quantity("quantity")),
    needed(scalar("aboveType")),
    scalar("aboveClientOrderId"),
    scalar("aboveIcebergQty"),
    scalar("abovePrice"),
    scalar("aboveStopPrice"),
    scalar("aboveTrailingDelta"),
    scalar("aboveTimeInForce"),
    scalar("aboveStrategyId"),
    scalar("aboveStrategyType"),
    scalar("abovePegPriceType"),
    scalar("abovePegOffsetType"),
    scalar("abovePegOffsetValue"),
    needed(scalar("belowType")),
    scalar("belowClientOrderId"),
    scalar("belowIcebergQty"),
    scalar("belowPrice"),
    scalar("belowStopPrice"),
    scalar("belowTrailingDelta"),
    scalar("belowTimeInForce"),
    scalar("belowStrategyId"),
    scalar("belowStrategyType"),
    scalar("belowPegPriceType"),
    scalar("belowPegOffsetType"),
    scalar("belowPegOffsetValue"),
];

/// The order of a list that works at once. The kind is not shown, since those that follow are of
/// other kinds and sides, and their value is not in its notional.
pub(super) const WORKING: &[Parameter] = &[
    needed(scalar("workingType")),
    needed(side("workingSide", SIDES)),
    // A pegged one has none.
    price("workingPrice"),
    quantity("workingQuantity"),
    scalar("workingClientOrderId"),
    scalar("workingIcebergQty"),
    scalar("workingTimeInForce"),
    scalar("workingStrategyId"),
    scalar("workingStrategyType"),
    scalar("workingPegPriceType"),
    scalar("workingPegOffsetType"),
    scalar("workingPegOffsetValue"),
];

/// The order that follows the working one.
pub(super) const PENDING: &[Parameter] = &[
    scalar("pendingSide"),
    scalar("pendingQuantity"),
    scalar("pendingType"),
    scalar("pendingClientOrderId"),
    scalar("pendingPrice"),
    scalar("pendingStopPrice"),
    scalar("pendingTrailingDelta"),
    scalar("pendingIcebergQty"),
    scalar("pendingTimeInForce"),
    scalar("pendingStrategyId"),
    scalar("pendingStrategyType"),
    scalar("pendingPegPriceType"),
    scalar("pendingPegOffsetType"),
    scalar("pendingPegOffsetValue"),
];

/// The two orders that follow the working one.
pub(super) const PENDING_PAIR: &[Parameter] = &[
    scalar("pendingSide"),
    scalar("pendingQuantity"),
    scalar("pendingAboveType"),
    scalar("pendingAboveClientOrderId"),
    scalar("pendingAbovePrice"),
    scalar("pendingAboveStopPrice"),
    scalar("pendingAboveTrailingDelta"),
    scalar("pendingAboveIcebergQty"),
    scalar("pendingAboveTimeInForce"),
    scalar("pendingAboveStrategyId"),
    scalar("pendingAboveStrategyType"),
    scalar("pendingAbovePegPriceType"),
    scalar("pendingAbovePegOffsetType"),
    scalar("pendingAbovePegOffsetValue"),
    scalar("pendingBelowType"),
    scalar("pendingBelowClientOrderId"),
    scalar("pendingBelowPrice"),
    scalar("pendingBelowStopPrice"),
    scalar("pendingBelowTrailingDelta"),
    scalar("pendingBelowIcebergQty"),
    scalar("pendingBelowTimeInForce"),
    scalar("pendingBelowStrategyId"),
    scalar("pendingBelowStrategyType"),
    scalar("pendingBelowPegPriceType"),
    scalar("pendingBelowPegOffsetType"),
    scalar("pendingBelowPegOffsetValue"),
];

pub(super) const LIST: &[Parameter] = &[
    client_id("listClientOrderId"),
    scalar("newOrderRespType"),
    scalar("selfTradePreventionMode"),
];
pub(super) const ONE_LIST: &[&str] = &["orderListId", "listClientOrderId"];
pub(super) const LIST_ADDRESS: &[Parameter] =
    &[order_id("orderListId"), client_id("listClientOrderId")];
const LISTS_OR_ONE: &[Parameter] = &[
    order_id("orderListId"),
    client_id("origClientOrderId"),
    client_id("listClientOrderId"),
];

pub(super) const OPERATIONS: &[Op] = &[
    trade(post("/api/v3/order", "spot_order"))
        .completed_when(is_pegged)
        .takes(&[MARKET, SIDE, SPOT_KIND, SPOT_ORDER]),
    trial("/api/v3/order/test", "spot_order_test")
        .completed_when(is_pegged)
        .takes(&[MARKET, SIDE, SPOT_KIND, SPOT_ORDER, COMMISSION]),
    trade(delete("/api/v3/order", "spot_cancel_order"))
        .one_of(ONE_ORDER)
        .takes(&[MARKET, ADDRESS, CANCEL]),
    trade(delete("/api/v3/openOrders", "spot_cancel_all")).takes(&[MARKET]),
    trade(post("/api/v3/sor/order", "spot_sor_order"))
        .takes(&[MARKET, SIDE, SPOT_KIND, SIZED, SPOT_ORDER]),
    trial("/api/v3/sor/order/test", "spot_sor_order_test")
        .takes(&[MARKET, SIDE, SPOT_KIND, SIZED, SPOT_ORDER, COMMISSION]),
    trade(post("/api/v3/order/cancelReplace", "spot_cancel_replace"))
        .completed_when(is_pegged)
        .takes(&[MARKET, SIDE, SPOT_KIND, SPOT_ORDER, REPLACED]),
    trade(put(
        "/api/v3/order/amend/keepPriority",
        "spot_amend_keep_priority",
    ))
    .one_of(ONE_ORDER)
    .takes(&[
        MARKET,
        ADDRESS,
        &[needed(quantity("newQty")), scalar("newClientOrderId")],
    ]),
    trade(post("/api/v3/order/oco", "spot_oco")).takes(&[MARKET, OCO]),
    trade(post("/api/v3/orderList/oco", "spot_order_list_oco")).takes(&[
        MARKET,
        ABOVE_AND_BELOW,
        LIST,
    ]),
    trade(post("/api/v3/orderList/oto", "spot_order_list_oto"))
        .takes(&[MARKET, WORKING, PENDING, LIST]),
    trade(post("/api/v3/orderList/otoco", "spot_order_list_otoco"))
        .one_of(&["pendingSide"])
        .takes(&[MARKET, WORKING, PENDING_PAIR, LIST]),
    trade(post("/api/v3/orderList/opo", "spot_order_list_opo"))
        .takes(&[MARKET, WORKING, PENDING, LIST]),
    trade(post("/api/v3/orderList/opoco", "spot_order_list_opoco"))
        .one_of(&["pendingSide"])
        .takes(&[MARKET, WORKING, PENDING_PAIR, LIST]),
    trade(delete("/api/v3/orderList", "spot_order_list_cancel"))
        .one_of(ONE_LIST)
        .takes(&[MARKET, LIST_ADDRESS, CANCEL]),
    read("/api/v3/order", "spot_query_order")
        .one_of(ONE_ORDER)
        .takes(&[MARKET, ADDRESS]),
    read("/api/v3/openOrders", "spot_open_orders").takes(&[ANY_MARKET]),
    read("/api/v3/allOrders", "spot_all_orders").takes(&[MARKET, HISTORY]),
    read("/api/v3/orderList", "spot_query_order_list")
        .one_of(&["orderListId", "origClientOrderId", "listClientOrderId"])
        .takes(&[LISTS_OR_ONE, ANY_MARKET]),
    read("/api/v3/allOrderList", "spot_all_order_lists").takes(&[HISTORY]),
    read("/api/v3/openOrderList", "spot_open_order_lists"),
    read("/api/v3/account", "spot_account").takes(&[&[scalar("omitZeroBalances")]]),
    read("/api/v3/myTrades", "spot_my_trades").takes(&[MARKET, HISTORY]),
    read("/api/v3/account/commission", "spot_commission").takes(&[MARKET]),
    read("/api/v3/rateLimit/order", "spot_order_rate"),
    read("/api/v3/myPreventedMatches", "spot_prevented_matches").takes(&[
        MARKET,
        HISTORY,
        &[scalar("preventedMatchId"), scalar("fromPreventedMatchId")],
    ]),
    read("/api/v3/myAllocations", "spot_allocations").takes(&[
        MARKET,
        HISTORY,
        &[scalar("fromAllocationId")],
    ]),
    read("/api/v3/order/amendments", "spot_amendments").takes(&[
        MARKET,
        HISTORY,
        &[scalar("fromExecutionId")],
    ]),
    read("/api/v3/myFilters", "spot_filters").takes(&[MARKET]),
];
