//! Parameters that operations share. Binance uses a name with one meaning nearly throughout; where it
//! does not (`type`, `amount`), the lists say which is meant.

use crate::{
    Intent, OrderType, Side, TimeInForce, Unclassified,
    kit::parameter::{
        POSITIONS, Parameter, SIDES, client_id, from, kind, lasts, needed, order_id, position,
        price, quantity, quote_quantity, reduce_only, scalar, side, stop_price, symbol, to,
    },
    syntax::Fields,
};

/// Kinds of order on spot and margin.
pub(super) const SPOT_KINDS: &[(&str, OrderType)] = &[
    ("LIMIT", OrderType::Limit),
    ("MARKET", OrderType::Market),
    ("LIMIT_MAKER", OrderType::PostOnly),
    ("STOP_LOSS", OrderType::StopMarket),
    ("STOP_LOSS_LIMIT", OrderType::StopLimit),
    ("TAKE_PROFIT", OrderType::TakeProfitMarket),
    ("TAKE_PROFIT_LIMIT", OrderType::TakeProfitLimit),
];

/// Kinds of order on futures, where some of the same words mean others.
pub(super) const FUTURES_KINDS: &[(&str, OrderType)] = &[
    ("LIMIT", OrderType::Limit),
    ("MARKET", OrderType::Market),
    ("STOP", OrderType::StopLimit),
    ("STOP_MARKET", OrderType::StopMarket),
    ("TAKE_PROFIT", OrderType::TakeProfitLimit),
    ("TAKE_PROFIT_MARKET", OrderType::TakeProfitMarket),
    ("TRAILING_STOP_MARKET", OrderType::StopMarket),
];

pub(super) const SPOT_LASTS: &[(&str, TimeInForce)] = &[
    ("GTC", TimeInForce::GoodTillCancelled),
    ("IOC", TimeInForce::ImmediateOrCancel),
    ("FOK", TimeInForce::FillOrKill),
];

const FUTURES_LASTS: &[(&str, TimeInForce)] = &[
    ("GTC", TimeInForce::GoodTillCancelled),
    ("IOC", TimeInForce::ImmediateOrCancel),
    ("FOK", TimeInForce::FillOrKill),
    ("GTX", TimeInForce::PostOnly),
    ("RPI", TimeInForce::PostOnly),
    // Until a date, or for as long as there is a position.
    ("GTD", TimeInForce::GoodTillCancelled),
    ("GTE_GTC", TimeInForce::GoodTillCancelled),
];

pub(super) const MARKET: &[Parameter] = &[needed(symbol("symbol"))];
pub(super) const ANY_MARKET: &[Parameter] = &[symbol("symbol")];
pub(super) const SIDE: &[Parameter] = &[needed(side("side", SIDES))];

pub(super) const SPOT_KIND: &[Parameter] = &[needed(kind("type", SPOT_KINDS))];
pub(super) const FUTURES_KIND: &[Parameter] = &[needed(kind("type", FUTURES_KINDS))];

/// What a spot order takes besides market, side and kind.
pub(super) const SPOT_ORDER: &[Parameter] = &[
    lasts("timeInForce", SPOT_LASTS),
    quantity("quantity"),
    quote_quantity("quoteOrderQty"),
    price("price"),
    stop_price("stopPrice"),
    client_id("newClientOrderId"),
    scalar("trailingDelta"),
    scalar("icebergQty"),
    scalar("newOrderRespType"),
    scalar("selfTradePreventionMode"),
    scalar("strategyId"),
    scalar("strategyType"),
    scalar("pegPriceType"),
    scalar("pegOffsetType"),
    scalar("pegOffsetValue"),
];

/// The price of a pegged order follows the book.
pub(super) fn is_pegged(fields: &Fields<'_>) -> bool {
    fields.has("pegPriceType")
}

/// A pegged order has no price of its own, whatever else it says.
pub(super) fn pegs(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    void_if("pegPriceType", fields, intent)
}

/// Leaves out a price where the parameter of that name makes it follow the book.
pub(super) fn void_if(
    peg: &str,
    fields: &Fields<'_>,
    intent: &mut Intent,
) -> Result<(), Unclassified> {
    if fields.has(peg) {
        intent.price = None;
    }
    Ok(())
}

/// What an order on margin takes besides that.
pub(super) const ON_MARGIN: &[Parameter] = &[
    scalar("isIsolated"),
    scalar("sideEffectType"),
    scalar("autoRepayAtCancel"),
];

/// What a futures order takes besides market, side and kind.
pub(super) const FUTURES_ORDER: &[Parameter] = &[
    position("positionSide", POSITIONS),
    lasts("timeInForce", FUTURES_LASTS),
    quantity("quantity"),
    reduce_only("reduceOnly", &[]),
    price("price"),
    stop_price("stopPrice"),
    client_id("newClientOrderId"),
    scalar("closePosition"),
    scalar("activationPrice"),
    scalar("callbackRate"),
    scalar("workingType"),
    scalar("priceProtect"),
    scalar("priceMatch"),
    scalar("goodTillDate"),
    scalar("newOrderRespType"),
    scalar("selfTradePreventionMode"),
];

/// What a conditional order takes besides market, side and kind where it is an order of its own sort.
pub(super) const ALGO_ORDER: &[Parameter] = &[
    needed(scalar("algoType")),
    position("positionSide", POSITIONS),
    lasts("timeInForce", FUTURES_LASTS),
    quantity("quantity"),
    reduce_only("reduceOnly", &[]),
    price("price"),
    stop_price("triggerPrice"),
    client_id("clientAlgoId"),
    scalar("closePosition"),
    scalar("activatePrice"),
    scalar("activationPrice"),
    scalar("callbackRate"),
    scalar("workingType"),
    scalar("priceProtect"),
    scalar("priceMatch"),
    scalar("goodTillDate"),
    scalar("newOrderRespType"),
    scalar("selfTradePreventionMode"),
];

pub(super) const ONE_ALGO: &[&str] = &["algoId", "clientAlgoId"];
pub(super) const ALGO_ADDRESS: &[Parameter] = &[order_id("algoId"), client_id("clientAlgoId")];

/// An order that closes a position has no size of its own, one whose price follows the book no price.
pub(super) fn is_completed(fields: &Fields<'_>) -> bool {
    says_it_closes(fields) || fields.has("priceMatch")
}

/// What closes a position cannot open one; and a price that follows the book is not the one that is given
/// beside.
pub(super) fn closes(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    if fields.has("priceMatch") {
        intent.price = None;
    }
    if closes_position(fields) {
        intent.reduce_only = Some(true);
    }
    if says_it_closes(fields) {
        // It is as large as the position, whatever else it says.
        intent.quantity = None;
    }
    Ok(())
}

/// By the one word that certainly says so, of an order that waits for a trigger and then trades at the
/// market: to others the venue gives it no such meaning.
fn closes_position(fields: &Fields<'_>) -> bool {
    let triggered = |kind: &str| kind.to_ascii_uppercase().ends_with("_MARKET");
    says_it_closes(fields) && fields.text("type").as_deref().is_some_and(triggered)
}

fn says_it_closes(fields: &Fields<'_>) -> bool {
    fields.text("closePosition").as_deref() == Some("true")
}

/// A conversion sells one asset for another; what it is worth, the bytes do not tell.
pub(super) fn sells(_: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    intent.side = Some(Side::Sell);
    Ok(())
}

/// What changes a resting futures order takes besides market and side. Only limit orders can be
/// changed.
pub(super) const AMENDMENT: &[Parameter] = &[
    quantity("quantity"),
    price("price"),
    scalar("priceMatch"),
    scalar("type"),
    lasts("timeInForce", FUTURES_LASTS),
    position("positionSide", POSITIONS),
    // Whether the order stays one that only reduces is not the amendment's to say.
    scalar("reduceOnly"),
    scalar("modifyId"),
    scalar("newClientOrderId"),
    scalar("newOrderRespType"),
    scalar("selfTradePreventionMode"),
];

/// An amendment makes a limit order of the price and quantity it gives.
pub(super) fn amends(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    if fields.has("priceMatch") {
        intent.price = None;
    }
    if intent.price.is_some() && intent.quantity.is_some() {
        intent.order_type = Some(OrderType::Limit);
    }
    Ok(())
}

/// An order by its venue's id or by its client's.
pub(super) const ONE_ORDER: &[&str] = &["orderId", "origClientOrderId"];
pub(super) const ADDRESS: &[Parameter] = &[order_id("orderId"), client_id("origClientOrderId")];
pub(super) const CANCEL: &[Parameter] = &[
    // The client's name for the cancellation, not for the order.
    scalar("newClientOrderId"),
    scalar("cancelRestrictions"),
];

/// Several orders at once, as a list in JSON; clients spell the names in two ways.
pub(super) const SEVERAL_ORDERS: &[&str] = &[
    "orderIdList",
    "origClientOrderIdList",
    "orderidlist",
    "origclientorderidlist",
];
pub(super) const SEVERAL: &[Parameter] = &[
    scalar("orderIdList"),
    scalar("origClientOrderIdList"),
    scalar("orderidlist"),
    scalar("origclientorderidlist"),
    scalar("countdownTime"),
];

/// Which part of a history is asked for.
pub(super) const HISTORY: &[Parameter] = &[
    order_id("orderId"),
    scalar("startTime"),
    scalar("endTime"),
    scalar("fromId"),
    scalar("limit"),
];
/// The same, in pages.
pub(super) const PAGES: &[Parameter] = &[
    scalar("startTime"),
    scalar("endTime"),
    scalar("beginTime"),
    scalar("limit"),
    scalar("current"),
    scalar("size"),
    scalar("page"),
    scalar("rows"),
    scalar("offset"),
];

/// Accounts a transfer goes between, where its `type` names both: `MAIN_UMFUTURE`.
pub(super) fn split_type(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    const ACCOUNTS: [&str; 7] = [
        "MAIN",
        "UMFUTURE",
        "CMFUTURE",
        "MARGIN",
        "ISOLATEDMARGIN",
        "FUNDING",
        "OPTION",
    ];
    let Some(kind) = fields.text("type") else {
        return Ok(());
    };
    if let Some((from, to)) = kind.split_once('_') {
        // Others name more than two things, or none that is known to be an account.
        if ACCOUNTS.contains(&from) && (ACCOUNTS.contains(&to) || to == "PORTFOLIO_MARGIN") {
            intent.from = Some(from.to_owned());
            intent.to = Some(to.to_owned());
        }
    }
    Ok(())
}

/// Accounts by the names of their kinds.
pub(super) const BETWEEN: &[Parameter] =
    &[needed(from("fromAccountType")), needed(to("toAccountType"))];
