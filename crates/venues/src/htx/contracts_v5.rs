//! Derivatives in dollars by v5.

use crate::{
    Intent, OrderType, PositionSide, Product, Side, TimeInForce, Unclassified,
    kit::{
        operation::{Batch, Op},
        parameter::{
            LASTS, POSITIONS, Parameter, SIDES, amount, anything, client_id, kind, lasts, leverage,
            needed, order_id, position, price, quantity, reduce_only, scalar, side, stop_price,
            symbol,
        },
    },
    syntax::Fields,
};

use super::{
    CONTRACT_HOSTS, act,
    attached::{HALVES, WITH_ALGO, WITH_ORDER, algo_half, is_half},
    contract,
};

const KINDS: &[(&str, OrderType)] = &[
    ("limit", OrderType::Limit),
    ("market", OrderType::Market),
    ("post_only", OrderType::PostOnly),
    ("ioc", OrderType::Limit),
    ("fok", OrderType::Limit),
];

const ORDER: &[Parameter] = &[
    // What ccxt adds to an order of a batch; the venue passes it over.
    scalar("clientOrderId"),
    needed(symbol("contract_code")),
    needed(side("side", SIDES)),
    needed(kind("type", KINDS)),
    needed(quantity("volume")),
    price("price"),
    scalar("price_match"),
    scalar("margin_mode"),
    position("position_side", POSITIONS),
    lasts("time_in_force", LASTS),
    leverage("lever_rate"),
    reduce_only("reduce_only", &["1"]),
    client_id("client_order_id"),
    scalar("channel_code"),
    scalar("price_protect"),
    scalar("self_match_prevent"),
];

/// A limit order whose price the venue takes from its book.
fn priced_by_venue(fields: &Fields<'_>) -> bool {
    fields.has("price_match")
}

/// An order on a position of its own side opens it, whatever it says of reducing.
fn hedged(intent: &mut Intent) {
    let opens = matches!(
        (intent.side, intent.position_side),
        (Some(Side::Buy), Some(PositionSide::Long)) | (Some(Side::Sell), Some(PositionSide::Short))
    );
    if opens {
        intent.reduce_only = None;
    }
}

/// Kinds of order that say how long they last. A price beside a match of the book's does not count.
fn order(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    if fields.is("type", "fok") {
        intent.time_in_force = Some(TimeInForce::FillOrKill);
    } else if fields.is("type", "ioc") {
        intent.time_in_force = Some(TimeInForce::ImmediateOrCancel);
    }
    if priced_by_venue(fields) {
        intent.price = None;
    }
    hedged(intent);
    Ok(())
}

/// Orders that wait. Their kind says for what: a trigger, a loss, a profit, a turn of the price.
const ALGO: &[Parameter] = &[
    needed(symbol("contract_code")),
    needed(side("side", SIDES)),
    scalar("type"),
    quantity("volume"),
    price("price"),
    scalar("margin_mode"),
    position("position_side", POSITIONS),
    leverage("lever_rate"),
    reduce_only("reduce_only", &["1"]),
    client_id("algo_client_order_id"),
    client_id("client_order_id"),
    scalar("channel_code"),
    stop_price("trigger_price"),
    scalar("trigger_price_type"),
    scalar("trigger_type"),
    scalar("order_price"),
    scalar("order_price_type"),
    scalar("price_match"),
    scalar("time_in_force"),
    scalar("callback_rate"),
    scalar("active_price"),
];

/// Its kind is in which prices it has. A price beside a match of the book's does not count.
fn algo(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    hedged(intent);
    if is_half(fields) {
        return algo_half(fields, intent);
    }
    let other = fields.number("order_price")?;
    if intent
        .price
        .is_some_and(|price| other.is_some_and(|other| other != price))
    {
        return Err(Unclassified::Contradiction {
            operation: "v5_algo_order",
            name: "order_price",
            why: "is not the price",
        });
    }
    intent.price = intent.price.or(other);
    if priced_by_venue(fields) {
        intent.price = None;
    }
    if intent.stop_price.is_none() {
        intent.stop_price = fields.number("active_price")?;
    }
    intent.order_type = Some(match (intent.price.is_some(), fields.is("type", "tp")) {
        (true, true) => OrderType::TakeProfitLimit,
        (true, false) => OrderType::StopLimit,
        (false, true) => OrderType::TakeProfitMarket,
        (false, false) => OrderType::StopMarket,
    });
    Ok(())
}

const fn trades(path: &'static str, name: &'static str) -> Op {
    contract(path, name, Product::UsdFutures).in_contracts()
}

pub(super) const OPERATIONS: &[Op] = &[
    trades("/v5/trade/order", "v5_order")
        .adjust(order)
        .completed_when(priced_by_venue)
        .attaches(WITH_ORDER)
        .takes(&[ORDER]),
    trades("/v5/trade/batch_orders", "v5_orders")
        .adjust(order)
        .completed_when(priced_by_venue)
        .batch(Batch::Body)
        .attaches(WITH_ORDER)
        .takes(&[ORDER]),
    trades("/v5/trade/cancel_order", "v5_cancel")
        .one_of(&["order_id", "client_order_id"])
        .takes(&[&[
            symbol("contract_code"),
            order_id("order_id"),
            client_id("client_order_id"),
        ]]),
    trades("/v5/trade/cancel_batch_orders", "v5_cancels")
        .one_of(&["order_id", "client_order_id"])
        .takes(&[&[
            symbol("contract_code"),
            anything("order_id"),
            anything("client_order_id"),
        ]]),
    trades("/v5/trade/cancel_all_orders", "v5_cancel_all").takes(&[&[
        symbol("contract_code"),
        side("side", SIDES),
        position("position_side", POSITIONS),
        scalar("margin_mode"),
    ]]),
    trades("/v5/trade/cancel-after", "v5_cancel_all_after")
        .takes(&[&[needed(scalar("on_off")), scalar("time_out")]]),
    trades("/v5/trade/position", "v5_close_position").takes(&[&[
        needed(symbol("contract_code")),
        scalar("margin_mode"),
        position("position_side", POSITIONS),
        client_id("client_order_id"),
        scalar("channel_code"),
    ]]),
    trades("/v5/trade/position_all", "v5_close_all_positions")
        .takes(&[&[symbol("contract_code"), scalar("margin_mode")]]),
    trades("/v5/algo/order", "v5_algo_order")
        .adjust(algo)
        // One that closes a position need not say how much.
        .completed_when(|_| true)
        .attaches(WITH_ALGO)
        .takes(&[ALGO, HALVES]),
    trades("/v5/algo/cancel_orders", "v5_algo_cancels")
        .batch(Batch::Body)
        .takes(&[&[
            symbol("contract_code"),
            order_id("algo_id"),
            client_id("algo_client_order_id"),
            scalar("order_id"),
            scalar("client_order_id"),
        ]]),
    trades("/v5/position/lever", "v5_leverage").takes(&[&[
        needed(leverage("lever_rate")),
        symbol("contract_code"),
        scalar("margin_mode"),
        position("position_side", POSITIONS),
    ]]),
    trades("/v5/position/mode", "v5_position_mode").takes(&[&[
        needed(scalar("position_mode")),
        scalar("margin_mode"),
        symbol("contract_code"),
    ]]),
    trades("/v5/position/margin", "v5_position_margin").takes(&[&[
        needed(symbol("contract_code")),
        needed(amount("amount")),
        scalar("type"),
        scalar("margin_mode"),
        position("position_side", POSITIONS),
    ]]),
    trades("/v5/account/asset_mode", "v5_asset_mode")
        .takes(&[&[scalar("asset_mode"), scalar("assets_mode")]]),
    act("/v5/account/fee_deduction_currency", "v5_fee_deduction")
        .administers()
        .takes(&[&[needed(scalar("fee_deduction_currency"))]])
        .on(CONTRACT_HOSTS),
];
