//! Orders at spot, futures and options, and how positions are margined.

use std::borrow::Cow;

use crate::{
    Intent, OrderType, Product, Side, TimeInForce, Unclassified,
    kit::{
        attached::{Attached, Place, apart},
        operation::{Op, get},
        order::may_rest,
        parameter::{
            Parameter, SIDES, YES, client_id, kind, lasts, needed, order_id, price, quantity,
            reduce_only, scalar, side, stop_price, sub_account, symbol,
        },
    },
    syntax::Fields,
};

use super::HOSTS;

fn instrument<'f>(fields: &'f Fields<'_>) -> Option<Cow<'f, str>> {
    fields.text("instrument_name")
}

fn is_spot(fields: &Fields<'_>) -> bool {
    instrument(fields).is_some_and(|name| !name.contains('-')) && !fields.has("contracts")
}

fn is_derivative(fields: &Fields<'_>) -> bool {
    instrument(fields).is_some_and(|name| name.contains('-'))
}

/// Futures whose amount counts the base asset.
fn is_linear(fields: &Fields<'_>) -> bool {
    let linear = |name: &str| name.contains('_') && name.split('-').count() == 2;
    instrument(fields).is_some_and(|name| linear(&name)) && !fields.has("contracts")
}

const KINDS: &[(&str, OrderType)] = &[
    ("limit", OrderType::Limit),
    ("market", OrderType::Market),
    ("market_limit", OrderType::Market),
    ("stop_limit", OrderType::StopLimit),
    ("stop_market", OrderType::StopMarket),
    ("take_limit", OrderType::TakeProfitLimit),
    ("take_market", OrderType::TakeProfitMarket),
    ("trailing_stop", OrderType::StopMarket),
];

const LASTS: &[(&str, TimeInForce)] = &[
    ("good_til_cancelled", TimeInForce::GoodTillCancelled),
    ("good_til_day", TimeInForce::GoodTillCancelled),
    ("fill_or_kill", TimeInForce::FillOrKill),
    ("immediate_or_cancel", TimeInForce::ImmediateOrCancel),
];

const INSTRUMENT: &[Parameter] = &[needed(symbol("instrument_name"))];

const ORDER: &[Parameter] = &[
    kind("type", KINDS),
    quantity("amount"),
    quantity("contracts"),
    price("price"),
    stop_price("trigger_price"),
    lasts("time_in_force", LASTS),
    reduce_only("reduce_only", YES),
    client_id("label"),
    scalar("post_only"),
    scalar("reject_post_only"),
    scalar("display_amount"),
    scalar("refresh_amount"),
    scalar("max_show"),
    scalar("trigger"),
    scalar("trigger_offset"),
    scalar("trigger_fill_condition"),
    scalar("linked_order_type"),
    // The price of an option is then in dollars or of volatility.
    scalar("advanced"),
    scalar("mmp"),
    scalar("valid_until"),
];

/// The orders that follow this one, or that it cancels: of any side, size and kind, at the same
/// instrument. In a query they are JSON.
const LINKED: &[Attached] = &[linked(&[LINKED_ORDER, &[reduce_only("reduce_only", YES)]])];

/// At spot there is no position to reduce.
const LINKED_AT_SPOT: &[Attached] = &[linked(&[LINKED_ORDER, &[scalar("reduce_only")]])];

const fn linked(takes: &'static [&'static [Parameter]]) -> Attached {
    apart(
        "linked",
        Place::ListText("otoco_config"),
        &[
            "direction",
            "amount",
            "type",
            "price",
            "trigger_price",
            "trigger_offset",
        ],
        takes,
    )
    .adjust(completed)
}

const LINKED_ORDER: &[Parameter] = &[
    side("direction", SIDES),
    quantity("amount"),
    kind("type", KINDS),
    price("price"),
    stop_price("trigger_price"),
    lasts("time_in_force", LASTS),
    client_id("label"),
    scalar("post_only"),
    scalar("reject_post_only"),
    scalar("trigger"),
    scalar("trigger_offset"),
    scalar("trigger_fill_condition"),
    scalar("display_amount"),
    scalar("refresh_amount"),
    scalar("max_show"),
    scalar("mmp"),
    scalar("valid_until"),
];

const EDIT: &[Parameter] = &[
    quantity("amount"),
    quantity("contracts"),
    price("price"),
    stop_price("trigger_price"),
    reduce_only("reduce_only", YES),
    scalar("post_only"),
    scalar("reject_post_only"),
    scalar("display_amount"),
    scalar("refresh_amount"),
    scalar("trigger_offset"),
    scalar("advanced"),
    scalar("mmp"),
    scalar("valid_until"),
];

/// Without a type an order is a limit order.
fn order_of(side: Side, fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    intent.side = Some(side);
    if fields.has("advanced") {
        intent.price = None;
    }
    if is_spot(fields) {
        intent.reduce_only = None;
    }
    completed(fields, intent)
}

/// What an order is by what it says and what it does not.
fn completed(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    let limit = *intent.order_type.get_or_insert(OrderType::Limit) == OrderType::Limit;
    let asks = |name| fields.is(name, "true");
    // Without the second, Deribit raises the price of a sale rather than take liquidity.
    let as_stated = intent.side == Some(Side::Buy) || asks("reject_post_only");
    if limit && asks("post_only") && as_stated && may_rest(intent) {
        intent.order_type = Some(OrderType::PostOnly);
    }
    if fields.has("amount") && fields.has("contracts") {
        return Err(Unclassified::Contradiction {
            operation: "order",
            name: "contracts",
            why: "gives the size a second time; give the amount alone",
        });
    }
    Ok(())
}

fn buys(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    order_of(Side::Buy, fields, intent)
}

fn sells(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    order_of(Side::Sell, fields, intent)
}

const fn spot(op: Op) -> Op {
    op.trades_spot().on(HOSTS)
}

const fn derivative(op: Op) -> Op {
    op.trades_futures(Product::UsdFutures)
        .in_contracts()
        .on(HOSTS)
}

/// An order at futures whose amount times price is in the quote asset.
const fn linear(path: &'static str, name: &'static str) -> Op {
    get(path, name)
        .trades_futures(Product::UsdFutures)
        .when(is_linear)
        .on(HOSTS)
}

/// Places an order, at a price that is not the market's where it is in other terms.
const fn places(op: Op) -> Op {
    op.completed_when(|fields| fields.has("advanced"))
        .takes(&[INSTRUMENT, ORDER])
        .attaches(LINKED)
}

const BY_ID: &[Parameter] = &[needed(order_id("order_id"))];
const BY_LABEL: &[Parameter] = &[needed(client_id("label")), scalar("currency")];
const BY_CURRENCY: &[Parameter] = &[
    needed(scalar("currency")),
    scalar("kind"),
    scalar("type"),
    scalar("detailed"),
    scalar("freeze_quotes"),
];
const BY_KIND: &[Parameter] = &[
    needed(scalar("currency_pair")),
    scalar("kind"),
    scalar("type"),
    scalar("detailed"),
    scalar("freeze_quotes"),
];
const BY_INSTRUMENT: &[Parameter] = &[
    scalar("type"),
    scalar("detailed"),
    scalar("include_combos"),
    scalar("freeze_quotes"),
];
const EVERY: &[Parameter] = &[scalar("detailed"), scalar("freeze_quotes")];

pub(super) const OPERATIONS: &[Op] = &[
    places(spot(get("/api/v2/private/buy", "spot_buy")))
        .attaches(LINKED_AT_SPOT)
        .when(is_spot)
        .adjust(buys),
    places(linear("/api/v2/private/buy", "linear_buy")).adjust(buys),
    places(derivative(get("/api/v2/private/buy", "derivative_buy")))
        .when(|fields| is_derivative(fields) && !is_linear(fields))
        .adjust(buys),
    places(spot(get("/api/v2/private/sell", "spot_sell")))
        .attaches(LINKED_AT_SPOT)
        .when(is_spot)
        .adjust(sells),
    places(linear("/api/v2/private/sell", "linear_sell")).adjust(sells),
    places(derivative(get("/api/v2/private/sell", "derivative_sell")))
        .when(|fields| is_derivative(fields) && !is_linear(fields))
        .adjust(sells),
    spot(get("/api/v2/private/edit", "spot_edit")).takes(&[BY_ID, EDIT]),
    derivative(get("/api/v2/private/edit", "derivative_edit")).takes(&[BY_ID, EDIT]),
    spot(get("/api/v2/private/edit_by_label", "spot_edit_by_label"))
        .when(is_spot)
        .takes(&[INSTRUMENT, &[client_id("label")], EDIT]),
    derivative(get(
        "/api/v2/private/edit_by_label",
        "derivative_edit_by_label",
    ))
    .when(is_derivative)
    .takes(&[INSTRUMENT, &[client_id("label")], EDIT]),
    spot(get("/api/v2/private/cancel", "spot_cancel")).takes(&[BY_ID]),
    derivative(get("/api/v2/private/cancel", "derivative_cancel")).takes(&[BY_ID]),
    derivative(get(
        "/api/v2/private/cancel_by_label",
        "derivative_cancel_by_label",
    ))
    .takes(&[BY_LABEL]),
    spot(get(
        "/api/v2/private/cancel_by_label",
        "spot_cancel_by_label",
    ))
    .takes(&[BY_LABEL]),
    derivative(get("/api/v2/private/cancel_all", "derivative_cancel_all")).takes(&[EVERY]),
    spot(get("/api/v2/private/cancel_all", "spot_cancel_all")).takes(&[EVERY]),
    derivative(get(
        "/api/v2/private/cancel_all_by_currency",
        "derivative_cancel_all_by_currency",
    ))
    .takes(&[BY_CURRENCY]),
    spot(get(
        "/api/v2/private/cancel_all_by_currency",
        "spot_cancel_all_by_currency",
    ))
    .takes(&[BY_CURRENCY]),
    derivative(get(
        "/api/v2/private/cancel_all_by_currency_pair",
        "derivative_cancel_all_by_pair",
    ))
    .takes(&[BY_KIND]),
    spot(get(
        "/api/v2/private/cancel_all_by_currency_pair",
        "spot_cancel_all_by_pair",
    ))
    .takes(&[BY_KIND]),
    spot(get(
        "/api/v2/private/cancel_all_by_instrument",
        "spot_cancel_all_by_instrument",
    ))
    .when(is_spot)
    .takes(&[INSTRUMENT, BY_INSTRUMENT]),
    derivative(get(
        "/api/v2/private/cancel_all_by_instrument",
        "derivative_cancel_all_by_instrument",
    ))
    .when(is_derivative)
    .takes(&[INSTRUMENT, BY_INSTRUMENT]),
    derivative(get("/api/v2/private/close_position", "close_position"))
        .adjust(|_, intent| {
            intent.reduce_only = Some(true);
            Ok(())
        })
        .takes(&[INSTRUMENT, &[needed(kind("type", KINDS)), price("price")]]),
    derivative(get("/api/v2/private/change_margin_model", "margin_model")).takes(&[&[
        needed(scalar("margin_model")),
        sub_account("user_id"),
        scalar("dry_run"),
    ]]),
    derivative(get("/api/v2/private/set_mmp_config", "protection")).takes(&[&[
        needed(scalar("index_name")),
        scalar("interval"),
        scalar("frozen_time"),
        scalar("mmp_group"),
        scalar("quantity_limit"),
        scalar("delta_limit"),
        scalar("vega_limit"),
        scalar("max_quote_quantity"),
        scalar("block_rfq"),
        scalar("trade_count_limit"),
    ]]),
    derivative(get("/api/v2/private/reset_mmp", "protection_reset")).takes(&[&[
        needed(scalar("index_name")),
        scalar("mmp_group"),
        scalar("block_rfq"),
    ]]),
];
