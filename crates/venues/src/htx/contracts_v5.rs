//! Derivatives in dollars by v5.

use crate::{
    Intent, OrderType, Product, TimeInForce, Unclassified,
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

use super::{CONTRACT_HOSTS, act, contract};

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
    scalar("tp_trigger_price"),
    scalar("tp_order_price"),
    scalar("tp_type"),
    scalar("tp_trigger_price_type"),
    scalar("sl_trigger_price"),
    scalar("sl_order_price"),
    scalar("sl_type"),
    scalar("sl_trigger_price_type"),
];

/// A limit order whose price the venue takes from its book.
fn priced_by_venue(fields: &Fields<'_>) -> bool {
    fields.has("price_match")
}

/// Kinds of order that say how long they last.
fn order(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    if fields.is("type", "fok") {
        intent.time_in_force = Some(TimeInForce::FillOrKill);
    } else if fields.is("type", "ioc") {
        intent.time_in_force = Some(TimeInForce::ImmediateOrCancel);
    }
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
    scalar("tp_trigger_price"),
    scalar("tp_order_price"),
    scalar("tp_order_price_type"),
    scalar("tp_type"),
    scalar("tp_trigger_price_type"),
    scalar("sl_trigger_price"),
    scalar("sl_order_price"),
    scalar("sl_order_price_type"),
    scalar("sl_type"),
    scalar("sl_trigger_price_type"),
    scalar("callback_rate"),
    scalar("active_price"),
];

/// Its kind is in its type and in which prices it has.
fn algo(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    let first = |names: [&str; 4]| {
        let found = names.into_iter().find(|name| fields.has(name));
        found.map_or(Ok(None), |name| fields.number(name))
    };
    intent.price = first(["price", "order_price", "sl_order_price", "tp_order_price"])?;
    intent.stop_price = first([
        "trigger_price",
        "sl_trigger_price",
        "tp_trigger_price",
        "active_price",
    ])?;
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
        .takes(&[ORDER]),
    trades("/v5/trade/batch_orders", "v5_orders")
        .adjust(order)
        .completed_when(priced_by_venue)
        .batch(Batch::Body)
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
        .takes(&[ALGO]),
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
