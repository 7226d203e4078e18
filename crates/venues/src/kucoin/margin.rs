//! Margin orders, borrowing, repaying and lending.

use crate::{
    Class, Permission, Product,
    kit::{
        operation::Op,
        parameter::{Parameter, amount, asset, leverage, needed, order_id, scalar, symbol},
    },
};

use super::{
    act, remove,
    spot::{ADDRESSED, ORDER, order, pair},
};

const fn margin(op: Op) -> Op {
    op.is(Class::TradeSpot, Product::Margin, Permission::Margin)
}

/// How the order is paid for.
const PAID: &[Parameter] = &[
    scalar("marginModel"),
    scalar("marginMode"),
    scalar("isIsolated"),
    scalar("autoBorrow"),
    scalar("autoRepay"),
];

const fn place(path: &'static str, name: &'static str) -> Op {
    margin(act(path, name)).adjust(order).takes(&[ORDER, PAID])
}

/// An order that is checked and not placed.
const fn check(path: &'static str, name: &'static str) -> Op {
    place(path, name).is(Class::Read, Product::Margin, Permission::Margin)
}

const fn cancel(path: &'static str, name: &'static str) -> Op {
    margin(remove(path, name)).takes(&[ADDRESSED])
}

const fn lends(path: &'static str, name: &'static str) -> Op {
    margin(act(path, name)).takes(&[LOAN])
}

const LOAN: &[Parameter] = &[
    needed(asset("currency")),
    amount("size"),
    amount("maxSize"),
    amount("borrowSize"),
    symbol("symbol"),
    scalar("timeInForce"),
    scalar("type"),
    scalar("isIsolated"),
    scalar("isHf"),
    scalar("maxRate"),
    scalar("borrowStrategy"),
    scalar("period"),
    scalar("term"),
    scalar("tradeId"),
    scalar("loanId"),
    scalar("seqStrategy"),
    scalar("sequence"),
];

const LENT: &[Parameter] = &[
    needed(asset("currency")),
    amount("size"),
    scalar("interestRate"),
    order_id("purchaseOrderNo"),
];

pub(super) const OPERATIONS: &[Op] = &[
    place("/api/v3/hf/margin/order", "margin_order"),
    check("/api/v3/hf/margin/order/test", "margin_order_test"),
    place("/api/v3/hf/margin/stop-order", "margin_stop_order"),
    place("/api/v1/margin/order", "margin_order_old"),
    check("/api/v1/margin/order/test", "margin_order_test_old"),
    pair(margin(act("/api/v3/hf/margin/oco-order", "margin_pair"))),
    cancel("/api/v3/hf/margin/orders/{orderId}", "margin_cancel"),
    cancel(
        "/api/v3/hf/margin/orders/client-order/{clientOid}",
        "margin_cancel_by_client_id",
    ),
    cancel("/api/v3/hf/margin/orders", "margin_cancel_all"),
    cancel(
        "/api/v3/hf/margin/stop-order/cancel-by-id",
        "margin_stop_cancel",
    ),
    cancel(
        "/api/v3/hf/margin/stop-order/cancel-by-clientOid",
        "margin_stop_cancel_by_client_id",
    ),
    cancel(
        "/api/v3/hf/margin/stop-order/cancel",
        "margin_stop_cancel_all",
    ),
    cancel(
        "/api/v3/hf/margin/oco-order/cancel-by-id",
        "margin_pair_cancel",
    ),
    cancel(
        "/api/v3/hf/margin/oco-order/cancel-by-clientOid",
        "margin_pair_cancel_by_client_id",
    ),
    cancel(
        "/api/v3/hf/margin/oco-order/cancel",
        "margin_pair_cancel_all",
    ),
    lends("/api/v3/margin/borrow", "borrow"),
    lends("/api/v3/margin/repay", "repay"),
    lends("/api/v1/margin/borrow", "borrow_old"),
    lends("/api/v1/margin/repay/all", "repay_all_old"),
    lends("/api/v1/margin/repay/single", "repay_single_old"),
    lends("/api/v1/isolated/borrow", "isolated_borrow_old"),
    lends("/api/v1/isolated/repay/all", "isolated_repay_all_old"),
    lends("/api/v1/isolated/repay/single", "isolated_repay_single_old"),
    margin(act(
        "/api/v3/position/update-user-leverage",
        "margin_leverage",
    ))
    .takes(&[&[
        needed(leverage("leverage")),
        symbol("symbol"),
        scalar("isIsolated"),
    ]]),
    // What lending was before.
    act("/api/v1/margin/lend", "lending_old")
        .transfers()
        .takes(&[&[
            needed(asset("currency")),
            needed(amount("size")),
            scalar("dailyIntRate"),
            scalar("term"),
        ]]),
    remove("/api/v1/margin/lend/{orderId}", "lending_old_cancel")
        .transfers()
        .takes(&[&[order_id("orderId")]]),
    act("/api/v1/margin/toggle-auto-lend", "lending_old_setting")
        .transfers()
        .takes(&[&[
            needed(asset("currency")),
            needed(scalar("isEnable")),
            amount("retainSize"),
            scalar("dailyIntRate"),
            scalar("term"),
        ]]),
    act("/api/v3/purchase", "lending_subscription")
        .transfers()
        .takes(&[LENT]),
    act("/api/v3/redeem", "lending_redemption")
        .transfers()
        .takes(&[LENT]),
    act("/api/v3/lend/purchase/update", "lending_change")
        .transfers()
        .takes(&[LENT]),
];
