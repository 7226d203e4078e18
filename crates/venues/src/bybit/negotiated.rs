//! Orders that are worked over time by the venue, and those negotiated with others: requests for
//! quotes, whose legs may be of any category.

use crate::{
    Product,
    kit::{
        operation::Op,
        parameter::{
            Parameter, SIDES, YES, anything, client_id, needed, order_id, position, price,
            quantity, quote_quantity, reduce_only, scalar, side, stop_price, symbol,
        },
    },
    syntax::Fields,
};

use super::{act, ask, trade::POSITION_INDEX};

const STRATEGY: &[Parameter] = &[
    needed(scalar("category")),
    needed(symbol("symbol")),
    needed(side("side", SIDES)),
    needed(scalar("strategyType")),
    quantity("size"),
    quote_quantity("positionValue"),
    reduce_only("reduceOnly", YES),
    position("positionIdx", POSITION_INDEX),
    stop_price("triggerPrice"),
    price("limitPrice"),
    scalar("leverageType"),
    scalar("duration"),
    scalar("interval"),
    scalar("isRandom"),
    scalar("maxChasePrice"),
    scalar("chaseDistance"),
    scalar("chasePercentE4"),
    scalar("chasePrice"),
    scalar("strategyPrefer"),
    scalar("strategySl"),
    scalar("strategyTp"),
    scalar("postOnly"),
    scalar("isRebalance"),
    scalar("orderType"),
    scalar("orderPriceOffset"),
    scalar("strategyName"),
    scalar("mode"),
    scalar("participationRate"),
    scalar("referenceWindow"),
    scalar("depthReference"),
];

/// Strategies have categories of their own.
fn is_strategy(fields: &Fields<'_>) -> bool {
    fields
        .text("category")
        .is_some_and(|category| category.starts_with("UTA_"))
}

fn is_spot_strategy(fields: &Fields<'_>) -> bool {
    fields.is("category", "UTA_SPOT")
}

fn is_futures_strategy(fields: &Fields<'_>) -> bool {
    is_strategy(fields) && !is_spot_strategy(fields)
}

const LISTED: &[Parameter] = &[
    scalar("strategyId"),
    symbol("symbol"),
    scalar("status"),
    scalar("category"),
    scalar("strategyType"),
    scalar("beginTimeE0"),
    scalar("endTimeE0"),
    scalar("pageSize"),
    scalar("cursor"),
];

const fn negotiates(path: &'static str, name: &'static str) -> Op {
    act(path, name).trades_futures(Product::UsdFutures)
}

const REQUEST: &[Parameter] = &[order_id("rfqId"), client_id("rfqLinkId")];
const QUOTE: &[Parameter] = &[
    order_id("rfqId"),
    order_id("quoteId"),
    client_id("quoteLinkId"),
];
const SEARCH: &[Parameter] = &[
    order_id("rfqId"),
    client_id("rfqLinkId"),
    order_id("quoteId"),
    client_id("quoteLinkId"),
    scalar("traderType"),
    scalar("status"),
    scalar("startTime"),
    scalar("endTime"),
    scalar("limit"),
    scalar("cursor"),
];

const fn search(path: &'static str, name: &'static str) -> Op {
    ask(path, name).reads(Product::UsdFutures).takes(&[SEARCH])
}

pub(super) const OPERATIONS: &[Op] = &[
    act("/v5/strategy/create", "spot_strategy")
        .trades_spot()
        .when(is_spot_strategy)
        .takes(&[STRATEGY]),
    act("/v5/strategy/create", "futures_strategy")
        .trades_futures(Product::UsdFutures)
        .when(is_futures_strategy)
        .in_contracts()
        .takes(&[STRATEGY]),
    // It names no category: a strategy of either.
    act("/v5/strategy/stop", "spot_strategy_stop")
        .trades_spot()
        .takes(&[&[needed(order_id("strategyId"))]]),
    act("/v5/strategy/stop", "futures_strategy_stop")
        .trades_futures(Product::UsdFutures)
        .takes(&[&[needed(order_id("strategyId"))]]),
    ask("/v5/strategy/list", "strategies")
        .reads(Product::Account)
        .takes(&[LISTED]),
    ask("/v5/strategy/order-list", "strategy_orders")
        .reads(Product::Account)
        .takes(&[LISTED]),
    negotiates("/v5/rfq/create-rfq", "quote_request").takes(&[&[
        needed(anything("counterparties")),
        needed(anything("list")),
        client_id("rfqLinkId"),
        scalar("anonymous"),
        scalar("strategyType"),
        anything("hedge"),
    ]]),
    negotiates("/v5/rfq/cancel-rfq", "quote_request_cancel")
        .one_of(&["rfqId", "rfqLinkId"])
        .takes(&[REQUEST]),
    negotiates("/v5/rfq/cancel-all-rfq", "quote_request_cancel_all"),
    negotiates("/v5/rfq/create-quote", "quote").takes(&[&[
        needed(order_id("rfqId")),
        client_id("quoteLinkId"),
        scalar("anonymous"),
        scalar("expiresIn"),
        anything("quoteBuyList"),
        anything("quoteSellList"),
    ]]),
    negotiates("/v5/rfq/execute-quote", "quote_execution").takes(&[
        QUOTE,
        &[needed(side("quoteSide", SIDES)), scalar("isHedge")],
    ]),
    negotiates("/v5/rfq/cancel-quote", "quote_cancel")
        .one_of(&["rfqId", "quoteId", "quoteLinkId"])
        .takes(&[QUOTE]),
    negotiates("/v5/rfq/cancel-all-quotes", "quote_cancel_all"),
    negotiates("/v5/rfq/accept-other-quote", "quote_acceptance")
        .one_of(&["rfqId", "quoteId"])
        .takes(&[&[order_id("rfqId"), order_id("quoteId")]]),
    search("/v5/rfq/rfq-realtime", "quote_requests"),
    search("/v5/rfq/rfq-list", "quote_request_history"),
    search("/v5/rfq/rfq-detail-list", "quote_request_details"),
    search("/v5/rfq/quote-realtime", "quotes"),
    search("/v5/rfq/quote-list", "quote_history"),
    search("/v5/rfq/trade-list", "quote_trades"),
    search("/v5/rfq/public-trades", "public_quote_trades"),
    search("/v5/rfq/config", "quote_settings"),
];
