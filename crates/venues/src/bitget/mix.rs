//! Futures orders of v2 (`mix`), and how positions are margined.

use crate::{
    Intent, OrderType, Product, Unclassified,
    kit::{
        operation::{Batch, Op},
        parameter::{
            Parameter, SIDES, asset, client_id, kind, lasts, leverage, needed, order_id, position,
            price, quantity, reduce_only, scalar, side, stop_price, symbol, word,
        },
    },
    syntax::Fields,
};

use super::{
    EITHER_ID, KINDS, LASTING, act,
    attached::{
        OF_POSITION, WITH_FUTURES, WITH_FUTURES_AMENDMENT, WITH_PLAN, WITH_PLAN_AMENDMENT,
        position_stop,
    },
    spot::wait,
};

/// Simulated products are the same with an S before them.
pub(super) const PRODUCTS: &[&str] = &[
    "USDT-FUTURES",
    "COIN-FUTURES",
    "USDC-FUTURES",
    "SUSDT-FUTURES",
    "SCOIN-FUTURES",
    "SUSDC-FUTURES",
];

/// Positions are named by side, or by the side that opens them.
pub(super) const HOLD_SIDES: &[(&str, crate::PositionSide)] = &[
    ("long", crate::PositionSide::Long),
    ("short", crate::PositionSide::Short),
    ("buy", crate::PositionSide::Long),
    ("sell", crate::PositionSide::Short),
];

const PRODUCT: Parameter = needed(word("productType", PRODUCTS));
const MARKET: &[Parameter] = &[needed(symbol("symbol")), PRODUCT, scalar("marginCoin")];

const ORDER: &[Parameter] = &[
    needed(side("side", SIDES)),
    needed(kind("orderType", KINDS)),
    needed(quantity("size")),
    price("price"),
    word("marginMode", &["isolated", "crossed", "cross"]),
    word("tradeSide", &["open", "close"]),
    lasts("force", LASTING),
    client_id("clientOid"),
    reduce_only("reduceOnly", &["YES"]),
    scalar("stpMode"),
];

/// An order that closes a position of an account that holds two to a symbol. Its side is then the
/// position's, so that a close of `buy` sells, and its price bounds its value the other way round; an
/// account that holds one passes `tradeSide` over. The bytes do not tell which account it is, so the
/// side stays as it is spelled and no value is given.
fn closes_a_position(fields: &Fields<'_>) -> bool {
    fields.is("tradeSide", "close")
}

/// An account with two positions to a symbol passes `reduceOnly` over where the order opens one.
fn opening(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    if fields.is("tradeSide", "open") {
        intent.reduce_only = None;
    }
    Ok(())
}

/// What a trigger order does once it is triggered; one that trails the price fills at the market.
fn planned(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    opening(fields, intent)?;
    wait(intent);
    if fields.is("planType", "track_plan") {
        intent.order_type = Some(OrderType::StopMarket);
    }
    execution_price("futures_plan_order", "executePrice", fields, intent)
}

/// The price may go by a second name, and must then be the same.
pub(super) fn execution_price(
    operation: &'static str,
    name: &'static str,
    fields: &Fields<'_>,
    intent: &mut Intent,
) -> Result<(), Unclassified> {
    match (intent.price, fields.number(name)?) {
        (Some(price), Some(other)) if price != other => Err(Unclassified::Contradiction {
            operation,
            name,
            why: "is not the price",
        }),
        (price, other) => {
            intent.price = price.or(other);
            Ok(())
        }
    }
}

/// A stop of a position: its kind is in `planType`, and it only closes.
pub(super) fn stops(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    let takes_profit = fields
        .text("planType")
        .is_some_and(|plan| plan.contains("profit"));
    // An execution price of nothing or 0 is the market's.
    if intent.price.is_some_and(|price| price.is_zero()) {
        intent.price = None;
    }
    intent.order_type = Some(match (intent.price.is_some(), takes_profit) {
        (true, true) => OrderType::TakeProfitLimit,
        (true, false) => OrderType::StopLimit,
        (false, true) => OrderType::TakeProfitMarket,
        (false, false) => OrderType::StopMarket,
    });
    intent.reduce_only = Some(true);
    Ok(())
}

const fn futures(path: &'static str, name: &'static str) -> Op {
    act(path, name)
        .trades_futures(Product::UsdFutures)
        .when(is_stable_margined)
}

/// The same of contracts margined in coin.
const fn coin(path: &'static str, name: &'static str) -> Op {
    act(path, name)
        .trades_futures(Product::CoinFutures)
        .when(is_coin_margined)
        .in_contracts()
}

/// The same where it closes a position.
const fn closing(path: &'static str, name: &'static str) -> Op {
    act(path, name)
        .trades_futures(Product::UsdFutures)
        .when(closes_a_position)
        .in_contracts()
}

fn is_coin_margined(fields: &Fields<'_>) -> bool {
    fields.is("productType", "COIN-FUTURES") || fields.is("productType", "SCOIN-FUTURES")
}

fn is_stable_margined(fields: &Fields<'_>) -> bool {
    !is_coin_margined(fields)
}

const AMENDMENT: &[Parameter] = &[
    order_id("orderId"),
    client_id("clientOid"),
    scalar("newClientOid"),
    quantity("newSize"),
    price("newPrice"),
];

const ADDRESSED: &[Parameter] = &[order_id("orderId"), client_id("clientOid")];

const PLAN: &[Parameter] = &[
    needed(word("planType", &["normal_plan", "track_plan"])),
    needed(stop_price("triggerPrice")),
    scalar("triggerType"),
    scalar("callbackRatio"),
    scalar("executePrice"),
];

const STOP: &[Parameter] = &[
    needed(word(
        "planType",
        &[
            "profit_plan",
            "loss_plan",
            "moving_plan",
            "pos_profit",
            "pos_loss",
        ],
    )),
    needed(stop_price("triggerPrice")),
    needed(position("holdSide", HOLD_SIDES)),
    scalar("triggerType"),
    price("executePrice"),
    quantity("size"),
    scalar("rangeRate"),
    client_id("clientOid"),
    scalar("stpMode"),
];

const POSITION_STOPS: &[Parameter] = &[
    needed(position("holdSide", HOLD_SIDES)),
    scalar("stopSurplusTriggerPrice"),
    scalar("stopSurplusSize"),
    scalar("stopSurplusTriggerType"),
    scalar("stopSurplusExecutePrice"),
    scalar("stopLossTriggerPrice"),
    scalar("stopLossSize"),
    scalar("stopLossTriggerType"),
    scalar("stopLossExecutePrice"),
    scalar("stpMode"),
    scalar("stopSurplusClientOid"),
    client_id("stopLossClientOid"),
];

const BATCH: &[&str] = &["symbol", "productType", "marginCoin", "marginMode"];

pub(super) const ORDERS: &[Op] = &[
    closing("/api/v2/mix/order/place-order", "futures_close")
        .attaches(WITH_FUTURES)
        .takes(&[MARKET, ORDER]),
    futures("/api/v2/mix/order/place-order", "futures_order")
        .adjust(opening)
        .attaches(WITH_FUTURES)
        .takes(&[MARKET, ORDER]),
    coin("/api/v2/mix/order/place-order", "coin_futures_order")
        .adjust(opening)
        .attaches(WITH_FUTURES)
        .takes(&[MARKET, ORDER]),
    closing("/api/v2/mix/order/batch-place-order", "futures_closes")
        .batch(Batch::Member("orderList"))
        .beside(BATCH)
        .attaches(WITH_FUTURES)
        .takes(&[MARKET, ORDER]),
    futures("/api/v2/mix/order/batch-place-order", "futures_orders")
        .adjust(opening)
        .batch(Batch::Member("orderList"))
        .beside(BATCH)
        .attaches(WITH_FUTURES)
        .takes(&[MARKET, ORDER]),
    coin("/api/v2/mix/order/batch-place-order", "coin_futures_orders")
        .adjust(opening)
        .batch(Batch::Member("orderList"))
        .beside(BATCH)
        .attaches(WITH_FUTURES)
        .takes(&[MARKET, ORDER]),
    act("/api/v2/mix/order/click-backhand", "position_reversal")
        .trades_futures(Product::UsdFutures)
        .takes(&[
            MARKET,
            &[
                quantity("size"),
                side("side", SIDES),
                word("tradeSide", &["open", "close"]),
                client_id("clientOid"),
            ],
        ]),
    act("/api/v2/mix/order/modify-order", "futures_amend")
        .trades_futures(Product::UsdFutures)
        .one_of(EITHER_ID)
        .attaches(WITH_FUTURES_AMENDMENT)
        .takes(&[MARKET, AMENDMENT]),
    act("/api/v2/mix/order/cancel-order", "futures_cancel")
        .trades_futures(Product::UsdFutures)
        .one_of(EITHER_ID)
        .takes(&[MARKET, ADDRESSED]),
    act("/api/v2/mix/order/batch-cancel-orders", "futures_cancels")
        .trades_futures(Product::UsdFutures)
        .takes(&[CANCELLED]),
    act("/api/v2/mix/order/cancel-all-orders", "futures_cancel_all")
        .trades_futures(Product::UsdFutures)
        .takes(&[&[
            PRODUCT,
            symbol("symbol"),
            scalar("marginCoin"),
            scalar("requestTime"),
            scalar("receiveWindow"),
        ]]),
    act("/api/v2/mix/order/close-positions", "close_positions")
        .trades_futures(Product::UsdFutures)
        .takes(&[&[PRODUCT, symbol("symbol"), position("holdSide", HOLD_SIDES)]]),
    closing("/api/v2/mix/order/place-plan-order", "futures_plan_close")
        .adjust(planned)
        .attaches(WITH_PLAN)
        .takes(&[MARKET, ORDER, PLAN]),
    futures("/api/v2/mix/order/place-plan-order", "futures_plan_order")
        .adjust(planned)
        .attaches(WITH_PLAN)
        .takes(&[MARKET, ORDER, PLAN]),
    coin(
        "/api/v2/mix/order/place-plan-order",
        "coin_futures_plan_order",
    )
    .adjust(planned)
    .attaches(WITH_PLAN)
    .takes(&[MARKET, ORDER, PLAN]),
    act("/api/v2/mix/order/modify-plan-order", "futures_plan_amend")
        .trades_futures(Product::UsdFutures)
        .one_of(EITHER_ID)
        .attaches(WITH_PLAN_AMENDMENT)
        .takes(&[
            MARKET,
            ADDRESSED,
            &[
                scalar("planType"),
                quantity("newSize"),
                price("newPrice"),
                stop_price("newTriggerPrice"),
                scalar("newCallbackRatio"),
                scalar("newTriggerType"),
            ],
        ]),
    act(
        "/api/v2/mix/order/cancel-plan-order",
        "futures_plan_cancels",
    )
    .trades_futures(Product::UsdFutures)
    .takes(&[CANCELLED, ADDRESSED, &[scalar("planType")]]),
    act("/api/v2/mix/order/place-tpsl-order", "futures_stop")
        .trades_futures(Product::UsdFutures)
        .adjust(stops)
        .takes(&[MARKET, STOP, STOP_AS_ORDER]),
    act("/api/v2/mix/order/modify-tpsl-order", "futures_stop_amend")
        .trades_futures(Product::UsdFutures)
        .one_of(EITHER_ID)
        .takes(&[
            MARKET,
            ADDRESSED,
            &[
                stop_price("triggerPrice"),
                scalar("triggerType"),
                price("executePrice"),
                quantity("size"),
                scalar("rangeRate"),
            ],
        ]),
    act("/api/v2/mix/order/place-pos-tpsl", "position_stops")
        .trades_futures(Product::UsdFutures)
        .in_contracts()
        .adjust(position_stop)
        .attaches(OF_POSITION)
        .takes(&[MARKET, POSITION_STOPS]),
];

/// What ccxt adds to a stop; the venue passes it over.
const STOP_AS_ORDER: &[Parameter] = &[
    scalar("side"),
    scalar("orderType"),
    scalar("force"),
    scalar("marginMode"),
    scalar("reduceOnly"),
    scalar("tradeSide"),
];

/// Orders are named one by one, or by symbol.
const CANCELLED: &[Parameter] = &[
    PRODUCT,
    symbol("symbol"),
    scalar("marginCoin"),
    crate::kit::parameter::anything("orderIdList"),
];

const fn setting(path: &'static str, name: &'static str) -> Op {
    act(path, name).trades_futures(Product::UsdFutures)
}

pub(super) const POSITIONS: &[Op] = &[
    setting("/api/v2/mix/account/set-leverage", "leverage")
        .one_of(&["leverage", "longLeverage", "shortLeverage"])
        .adjust(greatest_leverage)
        .takes(&[
            MARKET,
            &[
                leverage("leverage"),
                scalar("longLeverage"),
                scalar("shortLeverage"),
                position("holdSide", HOLD_SIDES),
            ],
        ]),
    setting("/api/v2/mix/account/set-all-leverage", "leverage_of_all")
        .takes(&[&[PRODUCT, needed(leverage("leverage"))]]),
    setting("/api/v2/mix/account/set-margin", "position_margin")
        .adjust(reduces_margin)
        .takes(&[
            MARKET,
            &[needed(scalar("amount")), position("holdSide", HOLD_SIDES)],
        ]),
    setting("/api/v2/mix/account/set-auto-margin", "margin_top_up").takes(&[&[
        needed(symbol("symbol")),
        needed(word("autoMargin", &["on", "off"])),
        scalar("marginCoin"),
        scalar("productType"),
        scalar("amount"),
        position("holdSide", HOLD_SIDES),
    ]]),
    setting("/api/v2/mix/account/set-margin-mode", "margin_mode")
        .takes(&[
            MARKET,
            &[needed(word("marginMode", &["isolated", "crossed"]))],
        ])
        .commits_nothing(),
    setting("/api/v2/mix/account/set-position-mode", "position_mode")
        .takes(&[&[
            PRODUCT,
            needed(word("posMode", &["one_way_mode", "hedge_mode"])),
            scalar("symbol"),
        ]])
        .commits_nothing(),
    setting("/api/v2/mix/account/set-asset-mode", "asset_mode")
        .takes(&[&[PRODUCT, needed(word("assetMode", &["single", "union"]))]])
        .commits_nothing(),
    setting("/api/v2/mix/account/union-convert", "union_convert").takes(&[&[
        needed(asset("coin")),
        needed(crate::kit::parameter::amount("amount")),
    ]]),
];

/// Of several leverages the greatest counts.
pub(super) fn greatest_leverage(
    fields: &Fields<'_>,
    intent: &mut Intent,
) -> Result<(), Unclassified> {
    for name in ["longLeverage", "shortLeverage"] {
        intent.leverage = intent.leverage.max(fields.number(name)?);
    }
    Ok(())
}

/// Margin taken out is spelled with a minus; the intent has how much is moved.
fn reduces_margin(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    intent.amount = fields.number("amount")?.map(|amount| amount.abs());
    Ok(())
}
