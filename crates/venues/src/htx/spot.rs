//! Spot and margin orders, and what margin is borrowed with. The side is in the type: `buy-limit`.

use crate::{
    Class, Intent, OrderType, Permission, Product, Side, TimeInForce, Unclassified,
    kit::{
        operation::{Batch, Op},
        parameter::{
            Parameter, SIDES, amount, anything, asset, client_id, kind, lasts, needed, order_id,
            price, quantity, quote_quantity, scalar, side, stop_price, symbol,
        },
    },
    syntax::Fields,
};

use super::act;

const KINDS: &[(&str, OrderType)] = &[
    ("buy-market", OrderType::Market),
    ("sell-market", OrderType::Market),
    ("buy-market-fok", OrderType::Market),
    ("sell-market-fok", OrderType::Market),
    ("buy-limit", OrderType::Limit),
    ("sell-limit", OrderType::Limit),
    ("buy-ioc", OrderType::Limit),
    ("sell-ioc", OrderType::Limit),
    ("buy-limit-maker", OrderType::PostOnly),
    ("sell-limit-maker", OrderType::PostOnly),
    ("buy-limit-fok", OrderType::Limit),
    ("sell-limit-fok", OrderType::Limit),
    ("buy-stop-limit", OrderType::StopLimit),
    ("sell-stop-limit", OrderType::StopLimit),
    ("buy-stop-limit-fok", OrderType::StopLimit),
    ("sell-stop-limit-fok", OrderType::StopLimit),
];

/// The side and how long the order lasts are in its type; a market buy's amount counts the quote asset.
/// A stop that waits for the better price takes profit.
fn order(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    let words = fields.text("type").unwrap_or_default().to_ascii_lowercase();
    intent.side = Some(if words.starts_with("buy-") {
        Side::Buy
    } else {
        Side::Sell
    });
    if words.ends_with("-fok") {
        intent.time_in_force = Some(TimeInForce::FillOrKill);
    } else if words.ends_with("-ioc") {
        intent.time_in_force = Some(TimeInForce::ImmediateOrCancel);
    }
    if words.starts_with("buy-market") {
        // With two sizes, whichever is more: which counts is not known.
        intent.quote_quantity = intent.quote_quantity.max(intent.quantity);
        intent.quantity = None;
    }
    let takes_profit = match intent.side {
        Some(Side::Buy) => fields.is("operator", "lte"),
        _ => fields.is("operator", "gte"),
    };
    if intent.order_type == Some(OrderType::StopLimit) && takes_profit {
        intent.order_type = Some(OrderType::TakeProfitLimit);
    }
    Ok(())
}

const ORDER: &[Parameter] = &[
    needed(scalar("account-id")),
    needed(symbol("symbol")),
    needed(kind("type", KINDS)),
    quantity("amount"),
    price("price"),
    scalar("source"),
    client_id("client-order-id"),
    stop_price("stop-price"),
    scalar("operator"),
    scalar("self-match-prevent"),
];

/// An order that borrows or repays what it needs by itself.
const AUTO: &[Parameter] = &[
    quote_quantity("market-amount"),
    scalar("borrow-amount"),
    scalar("trade-purpose"),
];

/// A trailing order fills at the market, whatever it says.
fn trailing(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    if fields.has("trailingRate") {
        intent.order_type = Some(OrderType::StopMarket);
    }
    Ok(())
}

const ALGO: &[Parameter] = &[
    needed(scalar("accountId")),
    needed(symbol("symbol")),
    needed(side("orderSide", SIDES)),
    needed(kind(
        "orderType",
        &[
            ("limit", OrderType::StopLimit),
            ("market", OrderType::StopMarket),
        ],
    )),
    quantity("orderSize"),
    quote_quantity("orderValue"),
    price("orderPrice"),
    lasts("timeInForce", ALGO_LASTING),
    client_id("clientOrderId"),
    stop_price("stopPrice"),
    scalar("trailingRate"),
];
const ALGO_LASTING: &[(&str, TimeInForce)] = &[
    ("gtc", TimeInForce::GoodTillCancelled),
    ("ioc", TimeInForce::ImmediateOrCancel),
    ("fok", TimeInForce::FillOrKill),
    ("boc", TimeInForce::PostOnly),
];

const fn trades(path: &'static str, name: &'static str) -> Op {
    act(path, name).trades_spot()
}

pub(super) const ORDERS: &[Op] = &[
    trades("/v1/order/orders/place", "order")
        .adjust(order)
        .takes(&[ORDER]),
    trades("/v1/order/batch-orders", "orders")
        .adjust(order)
        .batch(Batch::Body)
        .takes(&[ORDER]),
    trades("/v1/order/auto/place", "auto_order")
        .adjust(order)
        .takes(&[ORDER, AUTO]),
    trades("/v1/order/orders/{order-id}/submitcancel", "cancel")
        .takes(&[&[order_id("order-id"), symbol("symbol")]]),
    trades(
        "/v1/order/orders/submitCancelClientOrder",
        "cancel_by_client_id",
    )
    .takes(&[&[needed(client_id("client-order-id"))]]),
    trades("/v1/order/orders/batchcancel", "cancels")
        .one_of(&["order-ids", "client-order-ids"])
        .takes(&[&[anything("order-ids"), anything("client-order-ids")]]),
    trades("/v1/order/orders/batchCancelOpenOrders", "cancel_all").takes(&[&[
        scalar("account-id"),
        symbol("symbol"),
        scalar("types"),
        side("side", SIDES),
        scalar("size"),
    ]]),
    trades("/v2/algo-orders", "algo_order")
        .adjust(trailing)
        .completed_when(|fields| fields.has("trailingRate"))
        .takes(&[ALGO]),
    trades("/v2/algo-orders/cancellation", "algo_cancels")
        .takes(&[&[needed(anything("clientOrderIds"))]]),
    trades("/v2/algo-orders/cancel-all-after", "cancel_all_after")
        .takes(&[&[needed(scalar("timeout"))]]),
    trades("/v1/stable-coin/exchange", "stable_coin_exchange")
        .takes(&[&[needed(order_id("quote-id"))]]),
    trades("/v2/etp/creation", "leveraged_token_creation").takes(&[TOKENS]),
    trades("/v2/etp/redemption", "leveraged_token_redemption").takes(&[TOKENS]),
    trades("/v2/etp/{transactId}/cancel", "leveraged_token_cancel")
        .takes(&[&[order_id("transactId")]]),
    trades("/v2/etp/batch-cancel", "leveraged_token_cancels")
        .takes(&[&[needed(anything("transactId"))]]),
];

const TOKENS: &[Parameter] = &[
    needed(symbol("etpName")),
    quote_quantity("value"),
    quantity("amount"),
    scalar("currency"),
];

const LOAN: &[Parameter] = &[
    symbol("symbol"),
    needed(asset("currency")),
    needed(amount("amount")),
];
const REPAYMENT: &[Parameter] = &[order_id("order-id"), needed(amount("amount"))];

const fn margin(path: &'static str, name: &'static str) -> Op {
    act(path, name).is(Class::TradeSpot, Product::Margin, Permission::Margin)
}

pub(super) const MARGIN: &[Op] = &[
    margin("/v1/margin/orders", "isolated_borrow").takes(&[LOAN]),
    margin("/v1/cross-margin/orders", "cross_borrow").takes(&[LOAN]),
    margin("/v1/margin/orders/{order-id}/repay", "isolated_repay").takes(&[REPAYMENT]),
    margin("/v1/cross-margin/orders/{order-id}/repay", "cross_repay").takes(&[REPAYMENT]),
    margin("/v2/account/repayment", "repay").takes(&[&[
        needed(scalar("accountId")),
        needed(asset("currency")),
        needed(amount("amount")),
        scalar("transactId"),
    ]]),
    act("/v1/dw/transfer-in/margin", "transfer_to_isolated_margin")
        .transfers()
        .takes(&[LOAN]),
    act(
        "/v1/dw/transfer-out/margin",
        "transfer_from_isolated_margin",
    )
    .transfers()
    .takes(&[LOAN]),
    act("/v1/cross-margin/transfer-in", "transfer_to_cross_margin")
        .transfers()
        .takes(&[LOAN]),
    act(
        "/v1/cross-margin/transfer-out",
        "transfer_from_cross_margin",
    )
    .transfers()
    .takes(&[LOAN]),
];
