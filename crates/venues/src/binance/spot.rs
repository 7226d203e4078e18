//! Spot (`/api/v3`).

use crate::{
    Class, Permission, Product,
    kit::{
        operation::{Op, delete, get, post, put},
        parameter::{Parameter, client_id, needed, order_id, quantity, scalar},
    },
};

use super::{
    SPOT_HOSTS as HOSTS,
    lists::{ABOVE, LIST, LIST_ADDRESS, OCO, ONE_LIST, WORKING, oco, pair, then_one, then_pair},
    parameters::{
        ADDRESS, ANY_MARKET, CANCEL, HISTORY, MARKET, ONE_ORDER, SIDE, SPOT_KIND, SPOT_ORDER,
        is_pegged, pegs,
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

const LISTS_OR_ONE: &[Parameter] = &[
    order_id("orderListId"),
    client_id("origClientOrderId"),
    client_id("listClientOrderId"),
];

pub(super) const OPERATIONS: &[Op] = &[
    trade(post("/api/v3/order", "spot_order"))
        .adjust(pegs)
        .completed_when(is_pegged)
        .takes(&[MARKET, SIDE, SPOT_KIND, SPOT_ORDER]),
    trial("/api/v3/order/test", "spot_order_test")
        .adjust(pegs)
        .completed_when(is_pegged)
        .takes(&[MARKET, SIDE, SPOT_KIND, SPOT_ORDER, COMMISSION]),
    trade(delete("/api/v3/order", "spot_cancel_order"))
        .one_of(ONE_ORDER)
        .takes(&[MARKET, ADDRESS, CANCEL]),
    trade(delete("/api/v3/openOrders", "spot_cancel_all")).takes(&[MARKET]),
    trade(post("/api/v3/sor/order", "spot_sor_order"))
        .adjust(pegs)
        .completed_when(is_pegged)
        .takes(&[MARKET, SIDE, SPOT_KIND, SIZED, SPOT_ORDER]),
    trial("/api/v3/sor/order/test", "spot_sor_order_test")
        .adjust(pegs)
        .completed_when(is_pegged)
        .takes(&[MARKET, SIDE, SPOT_KIND, SIZED, SPOT_ORDER, COMMISSION]),
    trade(post("/api/v3/order/cancelReplace", "spot_cancel_replace"))
        .adjust(pegs)
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
    oco(trade(post("/api/v3/order/oco", "spot_oco"))).takes(&[MARKET, OCO]),
    pair(trade(post("/api/v3/orderList/oco", "spot_order_list_oco"))).takes(&[MARKET, ABOVE, LIST]),
    then_one(trade(post("/api/v3/orderList/oto", "spot_order_list_oto")))
        .takes(&[MARKET, WORKING, LIST]),
    then_pair(trade(post(
        "/api/v3/orderList/otoco",
        "spot_order_list_otoco",
    )))
    .takes(&[MARKET, WORKING, LIST]),
    then_one(trade(post("/api/v3/orderList/opo", "spot_order_list_opo")))
        .takes(&[MARKET, WORKING, LIST]),
    then_pair(trade(post(
        "/api/v3/orderList/opoco",
        "spot_order_list_opoco",
    )))
    .takes(&[MARKET, WORKING, LIST]),
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
