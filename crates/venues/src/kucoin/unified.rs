//! The unified account: orders of every kind, told by their `tradeType`.

use crate::{
    Class, Intent, OrderType, Permission, Product, Side, TimeInForce, Unclassified,
    kit::{
        attached::{Attached, Place, stop_loss, take_profit},
        operation::Op,
        order::may_rest,
        parameter::{
            POSITIONS, Parameter, SIDES, YES, amount, anything, asset, client_id, from, kind,
            lasts, leverage, needed, order_id, position, price, quantity, reduce_only, scalar,
            side, stop_price, sub_account, symbol, to,
        },
    },
    syntax::Fields,
};

use super::{KINDS, LASTING, act, waiting};

/// Where its paths begin.
pub(super) const ROOT: &str = "/api/ua/v1/";

const ORDER: &[Parameter] = &[
    needed(scalar("tradeType")),
    needed(symbol("symbol")),
    needed(side("side", SIDES)),
    needed(kind("orderType", KINDS)),
    needed(quantity("size")),
    scalar("sizeUnit"),
    price("price"),
    lasts("timeInForce", LASTING),
    client_id("clientOid"),
    reduce_only("reduceOnly", YES),
    position("positionSide", POSITIONS),
    leverage("leverage"),
    scalar("marginMode"),
    scalar("postOnly"),
    scalar("stp"),
    scalar("tags"),
    scalar("cancelAfter"),
    scalar("autoBorrow"),
    scalar("autoRepay"),
    stop_price("triggerPrice"),
    scalar("triggerDirection"),
    scalar("triggerPriceType"),
];

/// Closes what the order opened once the price is there, at the market.
const STOPS: &[Attached] = &[
    take_profit(
        Place::Beside,
        &["tpTriggerPrice"],
        &[&[stop_price("tpTriggerPrice"), scalar("tpTriggerPriceType")]],
    ),
    stop_loss(
        Place::Beside,
        &["slTriggerPrice"],
        &[&[stop_price("slTriggerPrice"), scalar("slTriggerPriceType")]],
    ),
];

/// A size in the quote asset says so. That it is taken for others than market buys is not confirmed: theirs
/// stands for both, and counts as whichever is more.
fn order(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    if fields.is("sizeUnit", "QUOTECCY") {
        intent.quote_quantity = intent.quantity;
        if intent.order_type == Some(OrderType::Market) && intent.side == Some(Side::Buy) {
            intent.quantity = None;
        }
    }
    if is_futures_in_base(fields) {
        intent.quantity = None;
    }
    if !is_futures(fields) {
        // There are no positions to reduce.
        intent.reduce_only = None;
    }
    if fields.is("postOnly", "true")
        && intent.order_type == Some(OrderType::Limit)
        && may_rest(intent)
    {
        intent.time_in_force = Some(TimeInForce::PostOnly);
    }
    if fields.has("triggerPrice") {
        let rises = fields.is("triggerDirection", "UP");
        intent.order_type = waiting(intent.order_type, intent.side, rises);
    }
    Ok(())
}

fn is_spot(fields: &Fields<'_>) -> bool {
    fields.is("tradeType", "SPOT")
}

fn is_margin(fields: &Fields<'_>) -> bool {
    ["MARGIN", "ISOLATED", "CROSS"]
        .into_iter()
        .any(|kind| fields.is("tradeType", kind))
}

fn is_futures(fields: &Fields<'_>) -> bool {
    fields.is("tradeType", "FUTURES")
}

/// How many lots that is, the venue knows.
fn is_futures_in_base(fields: &Fields<'_>) -> bool {
    is_futures(fields) && fields.is("sizeUnit", "BASECCY")
}

const fn spot(op: Op) -> Op {
    op.trades_spot().when(is_spot)
}

const fn margin(op: Op) -> Op {
    op.is(Class::TradeSpot, Product::Margin, Permission::Margin)
        .when(is_margin)
}

const fn futures(op: Op) -> Op {
    op.trades_futures(Product::UsdFutures)
        .when(is_futures)
        .in_contracts()
}

const fn place(name: &'static str) -> Op {
    act("/api/ua/v1/{accountMode}/order/place", name)
        .adjust(order)
        .completed_when(is_futures_in_base)
        .takes(&[ORDER])
        .attaches(STOPS)
}

const fn cancel(name: &'static str) -> Op {
    act("/api/ua/v1/{accountMode}/order/cancel", name)
        .one_of(&["orderId", "clientOid"])
        .takes(&[CANCELLATION])
}

const fn cancel_many(name: &'static str) -> Op {
    act("/api/ua/v1/{accountMode}/order/cancel-batch", name).takes(&[CANCELLATION, CANCELLED])
}

const CANCELLED: &[Parameter] = &[needed(anything("cancelOrderList"))];

const fn cancel_all(name: &'static str) -> Op {
    act("/api/ua/v1/{accountMode}/order/cancel-all", name).takes(&[CANCELLATION])
}

const CANCELLATION: &[Parameter] = &[
    needed(scalar("tradeType")),
    symbol("symbol"),
    order_id("orderId"),
    client_id("clientOid"),
    scalar("orderFilter"),
    scalar("marginMode"),
];

pub(super) const OPERATIONS: &[Op] = &[
    spot(place("unified_order")),
    margin(place("unified_margin_order")),
    futures(place("unified_futures_order")),
    spot(cancel("unified_cancel")),
    margin(cancel("unified_margin_cancel")),
    futures(cancel("unified_futures_cancel")),
    spot(cancel_many("unified_cancels")),
    margin(cancel_many("unified_margin_cancels")),
    futures(cancel_many("unified_futures_cancels")),
    spot(cancel_all("unified_cancel_all")),
    margin(cancel_all("unified_margin_cancel_all")),
    futures(cancel_all("unified_futures_cancel_all")),
    act(
        "/api/ua/v1/{accountMode}/account/modify-leverage",
        "unified_leverage",
    )
    .trades_futures(Product::UsdFutures)
    .takes(&[&[needed(symbol("symbol")), needed(leverage("leverage"))]]),
    act(
        "/api/ua/v1/{accountMode}/account/modify-leverage-margin-cross",
        "unified_margin_leverage",
    )
    .is(Class::TradeSpot, Product::Margin, Permission::Margin)
    .takes(&[&[needed(asset("currency")), needed(leverage("leverage"))]]),
    act("/api/ua/v1/account/transfer", "unified_transfer")
        .transfers()
        .takes(&[&[
            needed(asset("currency")),
            needed(amount("amount")),
            needed(from("fromAccountType")),
            needed(to("toAccountType")),
            client_id("clientOid"),
            scalar("type"),
            scalar("fromUid"),
            sub_account("toUid"),
            scalar("fromAccountSymbol"),
            scalar("toAccountSymbol"),
        ]]),
    act("/api/ua/v1/account/mode", "account_mode_change")
        .administers()
        .takes(&[&[needed(scalar("accountType"))]]),
    act(
        "/api/ua/v1/sub-account/canTransferOut",
        "sub_account_transfers",
    )
    .administers()
    .takes(&[&[
        anything("subUids"),
        scalar("canTransferOut"),
        scalar("isEnable"),
    ]]),
    act("/api/ua/v1/dcp/set", "unified_cancel_all_after")
        .trades_futures(Product::UsdFutures)
        .takes(&[&[
            needed(scalar("timeout")),
            scalar("tradeType"),
            anything("symbols"),
        ]]),
];
