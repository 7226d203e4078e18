//! Orders, and how positions are margined.

use rust_decimal::Decimal;

use crate::{
    Class, Intent, OrderType, Permission, PositionSide, Product, Side, Unclassified,
    kit::{
        operation::{Batch, Op},
        parameter::{
            LASTS, Parameter, SIDES, YES, anything, client_id, kind, lasts, leverage, needed,
            order_id, position, price, quantity, reduce_only, scalar, side, stop_price,
            sub_account, symbol, word,
        },
    },
    syntax::Fields,
};

use super::{
    act,
    attached::{OF_POSITION, POSITION_STOP, STOPS, WITH_ORDER, position_stop},
    is_inverse, is_linear, is_option, is_spot,
};

const CATEGORY: Parameter = needed(word("category", &["spot", "linear", "inverse", "option"]));
const MARKET: &[Parameter] = &[CATEGORY, needed(symbol("symbol"))];

const KINDS: &[(&str, OrderType)] = &[("Market", OrderType::Market), ("Limit", OrderType::Limit)];

const ORDER: &[Parameter] = &[
    needed(side("side", SIDES)),
    needed(kind("orderType", KINDS)),
    needed(quantity("qty")),
    price("price"),
    lasts("timeInForce", LASTING),
    client_id("orderLinkId"),
    position("positionIdx", POSITION_INDEX),
    reduce_only("reduceOnly", YES),
    stop_price("triggerPrice"),
    scalar("triggerDirection"),
    scalar("triggerBy"),
    word("marketUnit", &["baseCoin", "quoteCoin"]),
    scalar("isLeverage"),
    scalar("slippageToleranceType"),
    scalar("slippageTolerance"),
    scalar("orderFilter"),
    scalar("orderIv"),
    scalar("closeOnTrigger"),
    scalar("smpType"),
    scalar("mmp"),
    scalar("bboSideType"),
    scalar("bboLevel"),
    scalar("rpiTakerAccess"),
];

/// The usual words, and the venue's own.
const LASTING: &[(&str, crate::TimeInForce)] = &[
    LASTS[0],
    LASTS[1],
    LASTS[2],
    ("PostOnly", crate::TimeInForce::PostOnly),
    ("RPI", crate::TimeInForce::PostOnly),
];

pub(super) const POSITION_INDEX: &[(&str, PositionSide)] = &[
    ("0", PositionSide::Both),
    ("1", PositionSide::Long),
    ("2", PositionSide::Short),
];

const ADDRESSED: &[Parameter] = &[
    order_id("orderId"),
    client_id("orderLinkId"),
    scalar("orderFilter"),
];
const EITHER_ID: &[&str] = &["orderId", "orderLinkId"];

const AMENDMENT: &[Parameter] = &[
    order_id("orderId"),
    client_id("orderLinkId"),
    quantity("qty"),
    price("price"),
    stop_price("triggerPrice"),
    scalar("triggerBy"),
    scalar("orderIv"),
];

const ALL_ORDERS: &[Parameter] = &[
    CATEGORY,
    symbol("symbol"),
    scalar("baseCoin"),
    scalar("settleCoin"),
    scalar("orderFilter"),
    scalar("stopOrderType"),
];

/// Whether the venue sets the price: from the book, or from the implied volatility of an option.
fn priced_by_venue(fields: &Fields<'_>) -> bool {
    fields.has("bboSideType") || fields.has("orderIv")
}

/// The price stated beside it then does not count.
fn without_void_price(fields: &Fields<'_>, intent: &mut Intent) {
    if priced_by_venue(fields) {
        intent.price = None;
    }
}

/// All that an amendment can change. With none of these it does nothing, and a cancellation has the
/// rest of its parameters.
const CHANGES: &[&str] = &[
    "qty",
    "price",
    "triggerPrice",
    "triggerBy",
    "orderIv",
    "tpslMode",
    "takeProfit",
    "tpLimitPrice",
    "tpTriggerBy",
    "tpOrderType",
    "stopLoss",
    "slLimitPrice",
    "slTriggerBy",
    "slOrderType",
];

fn changes(fields: &Fields<'_>) -> bool {
    CHANGES.iter().any(|name| fields.has(name))
}

fn amendment(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    without_void_price(fields, intent);
    Ok(())
}

/// Whether the order may be paid with what is borrowed for it.
fn borrows(fields: &Fields<'_>) -> bool {
    is_spot(fields) && fields.is("isLeverage", "1")
}

/// A spot market buy counts the quote asset, unless it says otherwise.
fn spot_order(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    let in_quote = match fields.text("marketUnit").as_deref() {
        Some(unit) => unit.eq_ignore_ascii_case("quoteCoin"),
        None => intent.side == Some(Side::Buy),
    };
    if intent.order_type == Some(OrderType::Market) && in_quote {
        intent.quote_quantity = intent.quantity.take();
    }
    // Spot has no positions to reduce.
    intent.reduce_only = None;
    without_void_price(fields, intent);
    triggered(fields, intent)
}

/// A quantity of 0 closes the whole position, if the order says that it only reduces.
fn futures_order(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    let whole = intent.quantity == Some(Decimal::ZERO);
    if whole && intent.reduce_only != Some(true) {
        return Err(Unclassified::Contradiction {
            operation: "order",
            name: "qty",
            why: "is 0, which closes a position, and the order is not reduce-only",
        });
    }
    without_void_price(fields, intent);
    triggered(fields, intent)
}

/// An order with a trigger waits for it: against its side's interest it is a stop, else it takes profit.
/// Where the direction is not said, it is taken for a stop.
fn triggered(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    if !fields.has("triggerPrice") {
        return Ok(());
    }
    let rises = fields.is("triggerDirection", "1");
    let falls = fields.is("triggerDirection", "2");
    let takes_profit = match intent.side {
        Some(Side::Buy) => falls,
        Some(Side::Sell) => rises,
        None => false,
    };
    intent.order_type = match (intent.order_type, takes_profit) {
        (Some(OrderType::Market), false) => Some(OrderType::StopMarket),
        (Some(OrderType::Market), true) => Some(OrderType::TakeProfitMarket),
        (Some(OrderType::Limit), false) => Some(OrderType::StopLimit),
        (Some(OrderType::Limit), true) => Some(OrderType::TakeProfitLimit),
        (other, _) => other,
    };
    Ok(())
}

/// The greater of the two sides' leverages counts.
fn greater_leverage(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    if let Some(sell) = fields.number("sellLeverage")? {
        intent.leverage = Some(intent.leverage.map_or(sell, |buy| buy.max(sell)));
    }
    Ok(())
}

/// Margin taken out is spelled with a minus; the intent has how much is moved.
fn moved_margin(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    intent.amount = fields.number("margin")?.map(|margin| margin.abs());
    Ok(())
}

const fn spot(op: Op) -> Op {
    op.trades_spot().when(is_spot)
}

/// On margin: what is bought may be paid with what is borrowed.
const fn margin(op: Op) -> Op {
    op.is(Class::TradeSpot, Product::Margin, Permission::SpotTrading)
        .when(borrows)
}

const fn linear(op: Op) -> Op {
    op.trades_futures(Product::UsdFutures).when(is_linear)
}

const fn inverse(op: Op) -> Op {
    op.trades_futures(Product::CoinFutures)
        .when(is_inverse)
        .in_contracts()
}

/// The price of an option is its premium, and says little of what is at stake.
const fn option(op: Op) -> Op {
    op.is(Class::TradeFutures, Product::Options, Permission::Options)
        .when(is_option)
        .in_contracts()
}

const fn place(name: &'static str) -> Op {
    act("/v5/order/create", name)
        .completed_when(priced_by_venue)
        .takes(&[MARKET, ORDER])
        .attaches(WITH_ORDER)
}

const fn place_many(name: &'static str) -> Op {
    many(act("/v5/order/create-batch", name))
        .completed_when(priced_by_venue)
        .takes(&[MARKET, ORDER])
        .attaches(WITH_ORDER)
}

/// The outcome of an order that is not placed.
const fn check(name: &'static str) -> Op {
    act("/v5/order/pre-check", name)
        .completed_when(priced_by_venue)
        .takes(&[MARKET, ORDER])
        .attaches(WITH_ORDER)
}

const fn amend(name: &'static str) -> Op {
    act("/v5/order/amend", name)
        .one_of(EITHER_ID)
        .adjust(amendment)
        .takes(&[MARKET, AMENDMENT])
        .attaches(WITH_ORDER)
}

const fn amend_many(name: &'static str) -> Op {
    many(act("/v5/order/amend-batch", name))
        .one_of(EITHER_ID)
        .adjust(amendment)
        .takes(&[MARKET, AMENDMENT])
        .attaches(WITH_ORDER)
}

const fn cancel(name: &'static str) -> Op {
    act("/v5/order/cancel", name)
        .one_of(EITHER_ID)
        .takes(&[MARKET, ADDRESSED])
}

const fn cancel_many(name: &'static str) -> Op {
    many(act("/v5/order/cancel-batch", name))
        .one_of(EITHER_ID)
        .takes(&[MARKET, ADDRESSED])
}

const fn cancel_all(name: &'static str) -> Op {
    act("/v5/order/cancel-all", name).takes(&[ALL_ORDERS])
}

const fn many(op: Op) -> Op {
    op.batch(Batch::Member("request")).beside(&["category"])
}

pub(super) const ORDERS: &[Op] = &[
    margin(place("margin_order")).adjust(spot_order),
    spot(place("spot_order")).adjust(spot_order),
    linear(place("linear_order")).adjust(futures_order),
    inverse(place("inverse_order")).adjust(futures_order),
    option(place("option_order")).adjust(futures_order),
    margin(place_many("margin_orders")).adjust(spot_order),
    spot(place_many("spot_orders")).adjust(spot_order),
    linear(place_many("linear_orders")).adjust(futures_order),
    inverse(place_many("inverse_orders")).adjust(futures_order),
    option(place_many("option_orders")).adjust(futures_order),
    check("order_check").reads(Product::Account),
    spot(amend("spot_amend")).when(|fields| is_spot(fields) && changes(fields)),
    linear(amend("linear_amend")).when(|fields| is_linear(fields) && changes(fields)),
    inverse(amend("inverse_amend")).when(|fields| is_inverse(fields) && changes(fields)),
    option(amend("option_amend")).when(|fields| is_option(fields) && changes(fields)),
    spot(amend_many("spot_amends")),
    linear(amend_many("linear_amends")),
    inverse(amend_many("inverse_amends")),
    option(amend_many("option_amends")),
    spot(cancel("spot_cancel")),
    linear(cancel("linear_cancel")),
    inverse(cancel("inverse_cancel")),
    option(cancel("option_cancel")),
    spot(cancel_many("spot_cancels")),
    linear(cancel_many("linear_cancels")),
    inverse(cancel_many("inverse_cancels")),
    option(cancel_many("option_cancels")),
    spot(cancel_all("spot_cancel_all")),
    linear(cancel_all("linear_cancel_all")),
    inverse(cancel_all("inverse_cancel_all")),
    option(cancel_all("option_cancel_all")),
    act(
        "/v5/order/disconnected-cancel-all",
        "cancel_when_disconnected",
    )
    .trades_futures(Product::Options)
    .takes(&[&[
        needed(scalar("timeWindow")),
        scalar("product"),
        scalar("category"),
    ]]),
];

const FUTURES: Parameter = needed(word("category", &["linear", "inverse"]));
const CONTRACT: &[Parameter] = &[FUTURES, needed(symbol("symbol"))];

/// Linear or inverse contracts: whichever, they are futures.
fn is_futures(fields: &Fields<'_>) -> bool {
    is_linear(fields) || is_inverse(fields)
}

fn is_derivative(fields: &Fields<'_>) -> bool {
    is_futures(fields) || is_option(fields)
}

const fn futures(path: &'static str, name: &'static str) -> Op {
    act(path, name)
        .trades_futures(Product::UsdFutures)
        .when(is_futures)
}

/// Whether the symbol is a combination's, which has its two legs in it.
fn is_combination(fields: &Fields<'_>) -> bool {
    fields.text("symbol").is_some_and(|name| name.contains('_'))
}

/// Whether it is about one combination, or says that it is about all of them.
fn are_combinations(fields: &Fields<'_>) -> bool {
    is_combination(fields) || fields.has("cancelAll")
}

/// Orders for combinations have ids with hyphens, or the client's own; spot's are plain numbers.
fn names_a_spread(fields: &Fields<'_>) -> bool {
    fields.has("orderLinkId") || fields.text("orderId").is_some_and(|id| id.contains('-'))
}

const fn spread(path: &'static str, name: &'static str) -> Op {
    act(path, name).trades_futures(Product::UsdFutures)
}

pub(super) const POSITIONS_AND_SPREADS: &[Op] = &[
    futures("/v5/position/set-leverage", "leverage")
        .adjust(greater_leverage)
        .takes(&[
            CONTRACT,
            &[
                needed(leverage("buyLeverage")),
                needed(leverage("sellLeverage")),
            ],
        ]),
    futures("/v5/position/switch-isolated", "margin_mode")
        .adjust(greater_leverage)
        .takes(&[
            CONTRACT,
            &[
                needed(scalar("tradeMode")),
                leverage("buyLeverage"),
                leverage("sellLeverage"),
            ],
        ])
        .commits_nothing(),
    futures("/v5/position/switch-mode", "position_mode")
        .takes(&[&[
            FUTURES,
            needed(scalar("mode")),
            symbol("symbol"),
            scalar("coin"),
        ]])
        .commits_nothing(),
    futures("/v5/position/set-tpsl-mode", "stop_mode")
        .takes(&[CONTRACT, &[needed(scalar("tpSlMode"))]])
        .commits_nothing(),
    futures("/v5/position/set-risk-limit", "risk_limit")
        .takes(&[
            CONTRACT,
            &[
                needed(scalar("riskId")),
                position("positionIdx", POSITION_INDEX),
            ],
        ])
        .commits_nothing(),
    futures("/v5/position/set-auto-add-margin", "margin_top_up").takes(&[
        CONTRACT,
        &[
            needed(scalar("autoAddMargin")),
            position("positionIdx", POSITION_INDEX),
        ],
    ]),
    futures("/v5/position/add-margin", "position_margin")
        .adjust(moved_margin)
        .takes(&[
            CONTRACT,
            &[
                needed(scalar("margin")),
                position("positionIdx", POSITION_INDEX),
                scalar("positionIDex"),
            ],
        ]),
    futures(
        "/v5/position/confirm-pending-mmr",
        "risk_limit_confirmation",
    )
    .takes(&[CONTRACT])
    .commits_nothing(),
    act("/v5/position/trading-stop", "position_stop")
        .trades_futures(Product::UsdFutures)
        .in_contracts()
        .when(is_derivative)
        .one_of(STOPS)
        .adjust(position_stop)
        .attaches(OF_POSITION)
        .takes(&[
            MARKET,
            POSITION_STOP,
            &[position("positionIdx", POSITION_INDEX)],
        ]),
    // Positions go to another account of the owner, at a price the owner sets.
    act("/v5/position/move-positions", "positions_move")
        .is(
            Class::Transfer,
            Product::UsdFutures,
            Permission::SubAccounts,
        )
        .takes(&[&[
            needed(scalar("fromUid")),
            needed(sub_account("toUid")),
            needed(anything("list")),
        ]]),
    act("/v5/account/set-margin-mode", "account_margin_mode")
        .trades_futures(Product::UsdFutures)
        .takes(&[&[needed(word(
            "setMarginMode",
            &["ISOLATED_MARGIN", "REGULAR_MARGIN", "PORTFOLIO_MARGIN"],
        ))]])
        .commits_nothing(),
    act("/v5/account/set-hedging-mode", "spot_hedging")
        .trades_futures(Product::UsdFutures)
        .takes(&[&[needed(scalar("setHedgingMode"))]]),
    act("/v5/account/set-limit-px-action", "limit_price_action")
        .trades_futures(Product::UsdFutures)
        .takes(&[&[CATEGORY, needed(scalar("modifyEnable"))]]),
    act("/v5/account/set-delta-mode", "delta_neutral_mode")
        .trades_futures(Product::UsdFutures)
        .takes(&[&[needed(scalar("deltaEnable"))]]),
    act("/v5/account/mmp-modify", "market_maker_protection")
        .trades_futures(Product::Options)
        .takes(&[&[
            needed(scalar("baseCoin")),
            needed(scalar("window")),
            needed(scalar("frozenPeriod")),
            scalar("qtyLimit"),
            scalar("deltaLimit"),
            scalar("vegaLimit"),
        ]]),
    act("/v5/account/mmp-reset", "market_maker_protection_reset")
        .trades_futures(Product::Options)
        .takes(&[&[needed(scalar("baseCoin"))]]),
    spread("/v5/spread/order/create", "spread_order")
        .when(is_combination)
        .in_contracts()
        .takes(&[&[
            needed(symbol("symbol")),
            needed(side("side", SIDES)),
            needed(kind("orderType", KINDS)),
            needed(quantity("qty")),
            price("price"),
            client_id("orderLinkId"),
            lasts("timeInForce", LASTING),
        ]]),
    spread("/v5/spread/order/amend", "spread_amend")
        .when(is_combination)
        .one_of(EITHER_ID)
        .takes(&[&[
            needed(symbol("symbol")),
            order_id("orderId"),
            client_id("orderLinkId"),
            quantity("qty"),
            price("price"),
        ]]),
    spread("/v5/spread/order/cancel", "spread_cancel")
        .when(names_a_spread)
        .one_of(EITHER_ID)
        .takes(&[&[order_id("orderId"), client_id("orderLinkId")]]),
    spread("/v5/spread/order/cancel-all", "spread_cancel_all")
        .when(are_combinations)
        .takes(&[&[symbol("symbol"), scalar("cancelAll")]]),
];
