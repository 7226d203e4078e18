//! Orders and positions of BitMEX.

use rust_decimal::Decimal;

use crate::{
    Intent, OrderType, Product, Side, TimeInForce, Unclassified,
    kit::{
        operation::{Batch, Op, delete, post, put},
        order::may_rest,
        parameter::{
            Parameter, SIDES, anything, client_id, kind, leverage, needed, order_id, price,
            quantity, scalar, side, stop_price, sub_account, symbol,
        },
    },
    syntax::Fields,
};

use super::operations::HOSTS;

const fn futures(op: Op) -> Op {
    op.trades_futures(Product::CoinFutures).on(HOSTS)
}

const fn spot(op: Op) -> Op {
    op.trades_spot().on(HOSTS)
}

fn is_spot(fields: &Fields<'_>) -> bool {
    fields
        .text("symbol")
        .is_some_and(|symbol| symbol.contains('_'))
}

fn may_be_spot(fields: &Fields<'_>) -> bool {
    is_spot(fields) || !fields.has("symbol")
}

const KINDS: &[(&str, OrderType)] = &[
    ("Market", OrderType::Market),
    ("Limit", OrderType::Limit),
    ("Stop", OrderType::StopMarket),
    ("StopLimit", OrderType::StopLimit),
    ("MarketIfTouched", OrderType::TakeProfitMarket),
    ("LimitIfTouched", OrderType::TakeProfitLimit),
    // At a price that follows the market: as little known as a market order's.
    ("Pegged", OrderType::Market),
];

const ORDER: &[Parameter] = &[
    needed(symbol("symbol")),
    side("side", SIDES),
    kind("ordType", KINDS),
    quantity("orderQty"),
    price("price"),
    stop_price("stopPx"),
    client_id("clOrdID"),
    scalar("clOrdLinkID"),
    scalar("contingencyType"),
    scalar("displayQty"),
    scalar("execInst"),
    scalar("timeInForce"),
    scalar("pegOffsetValue"),
    scalar("pegPriceType"),
    scalar("strategy"),
    scalar("text"),
    sub_account("targetAccountId"),
];

const CHANGE: &[Parameter] = &[
    order_id("orderID"),
    scalar("origClOrdID"),
    client_id("clOrdID"),
    symbol("symbol"),
    quantity("orderQty"),
    // What of it is to remain, in place of its whole size.
    quantity("leavesQty"),
    price("price"),
    stop_price("stopPx"),
    scalar("pegOffsetValue"),
    scalar("text"),
    sub_account("targetAccountId"),
];

/// A negative quantity sells, whatever else is said.
fn sign(intent: &mut Intent) -> Result<(), Unclassified> {
    let Some(quantity) = intent.quantity.filter(Decimal::is_sign_negative) else {
        return Ok(());
    };
    if intent.side == Some(Side::Buy) {
        return Err(Unclassified::Contradiction {
            operation: "order",
            name: "orderQty",
            why: "is negative, and the side is Buy",
        });
    }
    intent.side = Some(Side::Sell);
    intent.quantity = Some(quantity.abs());
    Ok(())
}

fn order(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    sign(intent)?;
    let instructions = fields.text("execInst").unwrap_or_default();
    let says = |word: &str| instructions.split([',', ' ']).any(|found| found == word);
    // At spot there is no position to reduce.
    let closes = says("Close") && !is_spot(fields);
    if closes || says("ReduceOnly") && !is_spot(fields) {
        intent.reduce_only = Some(true);
    }
    // An order that closes takes size and side from the position.
    if intent.side.is_none() && !closes {
        intent.side = Some(Side::Buy);
    }
    if intent.order_type.is_none() {
        intent.order_type = Some(
            match (intent.price.is_some(), intent.stop_price.is_some()) {
                (true, false) => OrderType::Limit,
                (true, true) => OrderType::StopLimit,
                (false, true) => OrderType::StopMarket,
                (false, false) => OrderType::Market,
            },
        );
    }
    if fields.has("pegPriceType") && matches!(intent.order_type, Some(OrderType::Limit)) {
        // Its price follows the market, whatever else it says.
        intent.order_type = Some(OrderType::Market);
    }
    intent.time_in_force = match fields.text("timeInForce").as_deref() {
        Some("GoodTillCancel") => Some(TimeInForce::GoodTillCancelled),
        Some("ImmediateOrCancel") => Some(TimeInForce::ImmediateOrCancel),
        Some("FillOrKill") => Some(TimeInForce::FillOrKill),
        _ => None,
    };
    if says("ParticipateDoNotInitiate") && may_rest(intent) {
        intent.time_in_force = Some(TimeInForce::PostOnly);
        if intent.order_type == Some(OrderType::Limit) {
            intent.order_type = Some(OrderType::PostOnly);
        }
    }
    Ok(())
}

fn closes(fields: &Fields<'_>) -> bool {
    fields
        .text("execInst")
        .is_some_and(|text| text.contains("Close"))
}

fn change(_: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    sign(intent)
}

/// Ids may come one or many.
fn ids(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    intent.order_id = fields.ids("orderID")?;
    intent.client_order_id = fields.ids("clOrdID")?;
    Ok(())
}

pub(super) const TRADES: &[Op] = &[
    futures(post("/api/v1/order", "order"))
        .when(|fields| !is_spot(fields))
        .in_contracts()
        .adjust(order)
        .completed_when(closes)
        .takes(&[ORDER]),
    spot(post("/api/v1/order", "spot_order"))
        .when(is_spot)
        .in_contracts()
        .adjust(order)
        .takes(&[ORDER]),
    futures(put("/api/v1/order", "amend"))
        .when(|fields| !is_spot(fields))
        .in_contracts()
        .one_of(&["orderID", "origClOrdID"])
        .adjust(change)
        .takes(&[CHANGE]),
    spot(put("/api/v1/order", "spot_amend"))
        .when(may_be_spot)
        .in_contracts()
        .one_of(&["orderID", "origClOrdID"])
        .adjust(change)
        .takes(&[CHANGE]),
    futures(post("/api/v1/order/bulk", "bulk_orders"))
        .batch(Batch::Member("orders"))
        .beside(&[])
        .when(|fields| !is_spot(fields))
        .in_contracts()
        .adjust(order)
        .completed_when(closes)
        .takes(&[ORDER]),
    spot(post("/api/v1/order/bulk", "spot_bulk_orders"))
        .batch(Batch::Member("orders"))
        .beside(&[])
        .when(is_spot)
        .in_contracts()
        .adjust(order)
        .takes(&[ORDER]),
    futures(put("/api/v1/order/bulk", "bulk_amends"))
        .batch(Batch::Member("orders"))
        .beside(&[])
        .when(|fields| !is_spot(fields))
        .in_contracts()
        .one_of(&["orderID", "origClOrdID"])
        .adjust(change)
        .takes(&[CHANGE]),
    spot(put("/api/v1/order/bulk", "spot_bulk_amends"))
        .batch(Batch::Member("orders"))
        .beside(&[])
        .when(may_be_spot)
        .in_contracts()
        .one_of(&["orderID", "origClOrdID"])
        .adjust(change)
        .takes(&[CHANGE]),
    futures(delete("/api/v1/order", "cancel"))
        .one_of(&["orderID", "clOrdID"])
        .adjust(ids)
        .takes(&[CANCEL]),
    spot(delete("/api/v1/order", "spot_cancel"))
        .one_of(&["orderID", "clOrdID"])
        .adjust(ids)
        .takes(&[CANCEL]),
    futures(delete("/api/v1/order/all", "cancel_all"))
        .when(|fields| !is_spot(fields))
        .takes(&[CANCEL_ALL]),
    spot(delete("/api/v1/order/all", "spot_cancel_all"))
        .when(may_be_spot)
        .takes(&[CANCEL_ALL]),
    futures(post("/api/v1/order/cancelAllAfter", "cancel_all_after"))
        .takes(&[&[needed(scalar("timeout")), anything("targetAccountIds")]]),
    futures(post("/api/v1/order/closePosition", "close_position"))
        .takes(&[&[needed(symbol("symbol")), price("price")]]),
    futures(post("/api/v1/position/leverage", "leverage")).takes(&[&[
        needed(symbol("symbol")),
        needed(leverage("leverage")),
        sub_account("targetAccountId"),
    ]]),
    futures(post("/api/v1/position/crossLeverage", "cross_leverage")).takes(&[&[
        needed(symbol("symbol")),
        needed(leverage("leverage")),
        sub_account("targetAccountId"),
    ]]),
    futures(post("/api/v1/position/isolate", "isolate"))
        .takes(&[&[
            needed(symbol("symbol")),
            scalar("enabled"),
            sub_account("targetAccountId"),
        ]])
        .commits_nothing(),
    futures(post("/api/v1/position/riskLimit", "risk_limit"))
        .takes(&[&[
            needed(symbol("symbol")),
            needed(scalar("riskLimit")),
            sub_account("targetAccountId"),
        ]])
        .commits_nothing(),
    // An amount without a currency: its scale is not known.
    futures(post("/api/v1/position/transferMargin", "transfer_margin")).takes(&[&[
        needed(symbol("symbol")),
        needed(scalar("amount")),
        sub_account("targetAccountId"),
    ]]),
    futures(post("/api/v1/user/marginingMode", "margining_mode"))
        .takes(&[&[scalar("marginingMode"), sub_account("targetAccountId")]])
        .commits_nothing(),
];

const CANCEL: &[Parameter] = &[anything("orderID"), anything("clOrdID"), scalar("text")];
const CANCEL_ALL: &[Parameter] = &[
    symbol("symbol"),
    anything("filter"),
    scalar("text"),
    anything("targetAccountIds"),
];
