//! Margin orders of v2, and what they are paid with.

use crate::{
    Class, Permission, Product,
    kit::{
        operation::{Batch, Op},
        parameter::{
            Parameter, SIDES, amount, anything, asset, client_id, kind, lasts, needed, order_id,
            price, quantity, quote_quantity, scalar, side, symbol,
        },
    },
};

use super::{EITHER_ID, KINDS, LASTING, act, read_by_post};

pub(super) const ORDER: &[Parameter] = &[
    needed(symbol("symbol")),
    needed(side("side", SIDES)),
    needed(kind("orderType", KINDS)),
    price("price"),
    quantity("baseSize"),
    quantity("baseQuantity"),
    quote_quantity("quoteSize"),
    quote_quantity("quoteAmount"),
    scalar("loanType"),
    lasts("force", LASTING),
    lasts("timeInForce", LASTING),
    client_id("clientOid"),
    scalar("stpMode"),
];

pub(super) const CANCELLATION: &[Parameter] = &[
    needed(symbol("symbol")),
    order_id("orderId"),
    client_id("clientOid"),
];

pub(super) const fn order(path: &'static str, name: &'static str) -> Op {
    act(path, name)
        .is(Class::TradeSpot, Product::Margin, Permission::Margin)
        .takes(&[ORDER])
}

pub(super) const fn orders(path: &'static str, name: &'static str) -> Op {
    order(path, name)
        .batch(Batch::Member("orderList"))
        .beside(&["symbol"])
}

pub(super) const fn cancel(path: &'static str, name: &'static str) -> Op {
    order(path, name).one_of(EITHER_ID).takes(&[CANCELLATION])
}

pub(super) const fn cancels(path: &'static str, name: &'static str) -> Op {
    cancel(path, name)
        .batch(Batch::Member("orderIdList"))
        .beside(&["symbol"])
}

/// Borrowing and repaying.
pub(super) const fn lends(path: &'static str, name: &'static str) -> Op {
    act(path, name)
        .is(Class::TradeSpot, Product::Margin, Permission::Margin)
        .takes(&[LENT])
}

const LENT: &[Parameter] = &[
    asset("coin"),
    symbol("symbol"),
    amount("borrowAmount"),
    amount("repayAmount"),
    anything("symbolList"),
    client_id("clientOid"),
];

pub(super) const OPERATIONS: &[Op] = &[
    order("/api/v2/margin/crossed/place-order", "cross_order"),
    order("/api/v2/margin/isolated/place-order", "isolated_order"),
    orders("/api/v2/margin/crossed/batch-place-order", "cross_orders"),
    orders(
        "/api/v2/margin/isolated/batch-place-order",
        "isolated_orders",
    ),
    cancel("/api/v2/margin/crossed/cancel-order", "cross_cancel"),
    cancel("/api/v2/margin/isolated/cancel-order", "isolated_cancel"),
    cancels("/api/v2/margin/crossed/batch-cancel-order", "cross_cancels"),
    cancels(
        "/api/v2/margin/isolated/batch-cancel-order",
        "isolated_cancels",
    ),
    lends("/api/v2/margin/crossed/account/borrow", "cross_borrow"),
    lends("/api/v2/margin/isolated/account/borrow", "isolated_borrow"),
    lends("/api/v2/margin/crossed/account/repay", "cross_repay"),
    lends("/api/v2/margin/isolated/account/repay", "isolated_repay"),
    lends(
        "/api/v2/margin/crossed/account/flash-repay",
        "cross_flash_repay",
    ),
    lends(
        "/api/v2/margin/isolated/account/flash-repay",
        "isolated_flash_repay",
    ),
    read_by_post(
        "/api/v2/margin/crossed/account/query-flash-repay-status",
        "cross_flash_repay_status",
        Product::Margin,
    ),
    read_by_post(
        "/api/v2/margin/isolated/account/query-flash-repay-status",
        "isolated_flash_repay_status",
        Product::Margin,
    ),
];
