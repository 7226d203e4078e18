//! Spot and margin orders, conversion, borrowing.

use crate::{
    Class, Intent, OrderType, Permission, Product, Side, Unclassified,
    kit::attached::{Attached, Place, stop_loss, take_profit},
    kit::operation::{Batch, Op, delete, patch, post},
    kit::parameter::{
        LASTS, Parameter, SIDES, amount, anything, asset, client_id, inside, kind, lasts, leverage,
        needed, order_id, price, quantity, scalar, side, stop_price, symbol, word,
    },
    syntax::Fields,
};

use super::HOSTS;

const KINDS: &[(&str, OrderType)] = &[("limit", OrderType::Limit), ("market", OrderType::Market)];

const PAIR: &[Parameter] = &[needed(symbol("currency_pair"))];

const ORDER: &[Parameter] = &[
    needed(side("side", SIDES)),
    needed(quantity("amount")),
    kind("type", KINDS),
    price("price"),
    lasts("time_in_force", LASTS),
    client_id("text"),
    scalar("account"),
    scalar("iceberg"),
    scalar("auto_borrow"),
    scalar("auto_repay"),
    scalar("stp_act"),
    scalar("action_mode"),
    scalar("slippage"),
    // One client's note to itself, which it sends along in batches.
    scalar("textIsRequired"),
];

const AMENDMENT: &[Parameter] = &[
    quantity("amount"),
    price("price"),
    scalar("account"),
    scalar("amend_text"),
    scalar("action_mode"),
];

/// Sells what the order bought, or buys it back.
const STOPS: &[Attached] = &[
    take_profit(Place::Object("stop_profit"), STOP_TOLD, &[STOP]),
    stop_loss(Place::Object("stop_loss"), STOP_TOLD, &[STOP]),
];
const STOP_TOLD: &[&str] = &["trigger_price", "order_price"];
const STOP: &[Parameter] = &[stop_price("trigger_price"), price("order_price")];

const ADDRESSED: &[Parameter] = &[
    order_id("order_id"),
    scalar("account"),
    scalar("action_mode"),
];

/// An order triggered by price: the order under `put`, the price that triggers it under `trigger`.
const TRIGGERED: &[Parameter] = &[
    needed(symbol("market")),
    needed(inside(
        "trigger",
        &[
            needed(stop_price("price")),
            needed(word("rule", &[">=", "<="])),
            scalar("expiration"),
            client_id("text"),
        ],
    )),
    needed(inside(
        "put",
        &[
            needed(side("side", SIDES)),
            needed(price("price")),
            needed(quantity("amount")),
            kind("type", KINDS),
            scalar("account"),
            lasts("time_in_force", LASTS),
            scalar("auto_borrow"),
            scalar("auto_repay"),
            client_id("text"),
        ],
    )),
];

/// Without a type an order is a limit order; a market buy counts the quote asset.
fn spot_order(_: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    let kind = *intent.order_type.get_or_insert(OrderType::Limit);
    if kind == OrderType::Market && intent.side == Some(Side::Buy) {
        intent.quote_quantity = intent.quantity.take();
    }
    Ok(())
}

fn triggered(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    spot_order(fields, intent)?;
    let rises = fields
        .object("trigger")
        .is_some_and(|trigger| trigger.is("rule", ">="));
    let stops = rises == (intent.side == Some(Side::Buy));
    let limit = intent.order_type == Some(OrderType::Limit);
    intent.order_type = Some(when_triggered(stops, limit));
    Ok(())
}

/// The kind of a triggered order, which stops a loss or takes a profit, at a limit or at the market.
pub(super) fn when_triggered(stops: bool, limit: bool) -> OrderType {
    match (stops, limit) {
        (true, true) => OrderType::StopLimit,
        (true, false) => OrderType::StopMarket,
        (false, true) => OrderType::TakeProfitLimit,
        (false, false) => OrderType::TakeProfitMarket,
    }
}

/// Borrowing moves no value out, and no value to another product.
const fn borrows(op: Op) -> Op {
    op.is(Class::Transfer, Product::Margin, Permission::Margin)
        .on(HOSTS)
}

const fn trades(op: Op) -> Op {
    op.trades_spot().on(HOSTS)
}

pub(super) const OPERATIONS: &[Op] = &[
    trades(post("/api/v4/spot/orders", "spot_order"))
        .adjust(spot_order)
        .takes(&[PAIR, ORDER])
        .attaches(STOPS),
    trades(post("/api/v4/spot/batch_orders", "spot_orders"))
        .batch(Batch::Body)
        .adjust(spot_order)
        .takes(&[PAIR, ORDER])
        .attaches(STOPS),
    trades(post(
        "/api/v4/spot/cross_liquidate_orders",
        "liquidation_order",
    ))
    .adjust(|_, intent| {
        intent.side = Some(Side::Buy);
        intent.order_type = Some(OrderType::Limit);
        Ok(())
    })
    .takes(&[
        PAIR,
        &[
            needed(quantity("amount")),
            needed(price("price")),
            client_id("text"),
            scalar("action_mode"),
        ],
    ]),
    trades(delete("/api/v4/spot/orders/{order_id}", "spot_cancel")).takes(&[PAIR, ADDRESSED]),
    trades(delete("/api/v4/spot/orders", "spot_cancel_all")).takes(&[&[
        symbol("currency_pair"),
        side("side", SIDES),
        scalar("account"),
        scalar("trade_quote"),
        scalar("action_mode"),
    ]]),
    trades(post("/api/v4/spot/cancel_batch_orders", "spot_cancels"))
        .batch(Batch::Body)
        .takes(&[
            PAIR,
            &[
                needed(order_id("id")),
                scalar("account"),
                scalar("action_mode"),
            ],
        ]),
    trades(patch("/api/v4/spot/orders/{order_id}", "spot_amend"))
        .takes(&[&[order_id("order_id"), symbol("currency_pair")], AMENDMENT])
        .attaches(STOPS),
    trades(post("/api/v4/spot/amend_batch_orders", "spot_amends"))
        .batch(Batch::Body)
        .takes(&[PAIR, &[needed(order_id("order_id"))], AMENDMENT])
        .attaches(STOPS),
    trades(post(
        "/api/v4/spot/countdown_cancel_all",
        "spot_cancel_all_after",
    ))
    .takes(&[&[needed(scalar("timeout")), symbol("currency_pair")]]),
    trades(post("/api/v4/spot/price_orders", "spot_triggered_order"))
        .adjust(triggered)
        .takes(&[TRIGGERED]),
    trades(delete(
        "/api/v4/spot/price_orders",
        "spot_triggered_cancel_all",
    ))
    .takes(&[&[symbol("market"), scalar("account")]]),
    trades(delete(
        "/api/v4/spot/price_orders/{order_id}",
        "spot_triggered_cancel",
    ))
    .takes(&[&[order_id("order_id")]]),
    trades(post("/api/v4/spot/pov_orders", "spot_participation_order")).takes(&[
        PAIR,
        &[
            needed(side("side", SIDES)),
            needed(quantity("amount")),
            needed(scalar("participation_rate")),
            needed(scalar("ttl")),
            price("limit_price"),
            stop_price("trigger_price"),
            client_id("text"),
        ],
    ]),
    trades(delete(
        "/api/v4/spot/pov_orders",
        "spot_participation_cancel_all",
    ))
    .takes(&[&[symbol("currency_pair")]]),
    trades(delete(
        "/api/v4/spot/pov_orders/{order_id}",
        "spot_participation_cancel",
    ))
    .takes(&[&[order_id("order_id")]]),
    trades(post("/api/v4/flash_swap/orders", "flash_swap")).takes(&[&[
        scalar("preview_id"),
        needed(scalar("sell_currency")),
        scalar("sell_amount"),
        needed(scalar("buy_currency")),
        scalar("buy_amount"),
    ]]),
    trades(post(
        "/api/v4/flash_swap/order/create",
        "flash_swap_by_quote",
    ))
    .takes(&[&[
        scalar("quote_id"),
        scalar("hedge_type"),
        needed(scalar("sell_asset")),
        needed(scalar("sell_amount")),
        needed(scalar("buy_asset")),
        needed(scalar("buy_amount")),
        scalar("client_req_id"),
        scalar("request_time_ms"),
    ]]),
    post("/api/v4/flash_swap/orders/preview", "flash_swap_preview")
        .reads(Product::Spot)
        .takes_any()
        .on(HOSTS),
    trades(post("/api/v4/wallet/small_balance", "small_balances"))
        .takes(&[&[anything("currency"), scalar("is_all")]]),
    borrows(post("/api/v4/margin/uni/loans", "isolated_loan")).takes(&[
        PAIR,
        &[
            needed(asset("currency")),
            needed(word("type", &["borrow", "repay"])),
            needed(amount("amount")),
            scalar("repaid_all"),
        ],
    ]),
    borrows(post("/api/v4/unified/loans", "unified_loan")).takes(&[&[
        needed(asset("currency")),
        needed(word("type", &["borrow", "repay"])),
        needed(amount("amount")),
        scalar("repaid_all"),
        scalar("text"),
    ]]),
    borrows(post(
        "/api/v4/unified/quick_repayment",
        "unified_quick_repayment",
    ))
    .takes(&[&[
        anything("debt_currencies"),
        anything("available_currencies"),
    ]]),
    borrows(post("/api/v4/margin/cross/loans", "cross_loan")).takes(&[&[
        needed(asset("currency")),
        needed(amount("amount")),
        scalar("text"),
    ]]),
    borrows(post("/api/v4/margin/cross/repayments", "cross_repayment"))
        .takes(&[&[needed(asset("currency")), needed(amount("amount"))]]),
    borrows(post("/api/v4/margin/auto_repay", "auto_repay"))
        .takes(&[&[needed(word("status", &["on", "off"]))]]),
    post(
        "/api/v4/margin/leverage/user_market_setting",
        "isolated_leverage",
    )
    .is(Class::TradeFutures, Product::Margin, Permission::Margin)
    .on(HOSTS)
    .takes(&[&[symbol("currency_pair"), needed(leverage("leverage"))]]),
    post(
        "/api/v4/unified/leverage/user_currency_setting",
        "unified_leverage",
    )
    .is(Class::TradeFutures, Product::Margin, Permission::Margin)
    .on(HOSTS)
    .takes(&[&[needed(asset("currency")), needed(leverage("leverage"))]]),
    post(
        "/api/v4/unified/leverage/user_setting",
        "unified_leverage_of_all",
    )
    .is(Class::TradeFutures, Product::Margin, Permission::Margin)
    .on(HOSTS)
    .takes(&[&[needed(leverage("leverage"))]]),
    post(
        "/api/v4/unified/portfolio_calculator",
        "portfolio_calculator",
    )
    .reads(Product::Account)
    .takes_any()
    .on(HOSTS),
];
