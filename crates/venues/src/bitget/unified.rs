//! The unified account, v3: orders of every category, and how they are margined.

use crate::{
    Class, Intent, OrderType, Permission, PositionSide, Product, Side, Unclassified,
    kit::{
        operation::{Batch, Op},
        parameter::{
            POSITIONS, Parameter, SIDES, amount, anything, client_id, kind, lasts, leverage,
            needed, order_id, position, price, quantity, reduce_only, scalar, side, stop_price,
            sub_account, symbol, word,
        },
    },
    syntax::Fields,
};

use super::{
    EITHER_ID, KINDS, LASTING, act,
    attached::{WITH_STRATEGY, WITH_UNIFIED, is_trigger, of_category, strategy_stop},
    mix::greatest_leverage,
    read_by_post, spot,
};

const CATEGORY: Parameter = word(
    "category",
    &[
        "SPOT",
        "MARGIN",
        "USDT-FUTURES",
        "COIN-FUTURES",
        "USDC-FUTURES",
    ],
);

const ORDER: &[Parameter] = &[
    needed(CATEGORY),
    needed(symbol("symbol")),
    needed(side("side", SIDES)),
    needed(kind("orderType", KINDS)),
    needed(quantity("qty")),
    price("price"),
    lasts("timeInForce", LASTING),
    position("posSide", POSITIONS),
    client_id("clientOid"),
    reduce_only("reduceOnly", &["yes"]),
    word("marginMode", &["crossed", "cross", "isolated"]),
    scalar("stpMode"),
    // What ccxt adds to a market buy by cost; the venue passes it over.
    scalar("createMarketBuyOrderRequiresPrice"),
];

/// An order for a tokenised stock.
const STOCK: &[Parameter] = &[
    CATEGORY,
    needed(symbol("symbol")),
    needed(side("side", SIDES)),
    needed(kind("orderType", KINDS)),
    needed(quantity("qty")),
    price("price"),
    client_id("clientOid"),
    lasts("timeInForce", LASTING),
];

const ADDRESSED: &[Parameter] = &[
    order_id("orderId"),
    client_id("clientOid"),
    CATEGORY,
    symbol("symbol"),
];

const AMENDMENT: &[Parameter] = &[quantity("qty"), price("price"), scalar("autoCancel")];

const STRATEGY: &[Parameter] = &[
    CATEGORY,
    symbol("symbol"),
    client_id("clientOid"),
    word("type", &["tpsl", "trigger"]),
    scalar("tpslMode"),
    quantity("qty"),
    side("side", SIDES),
    position("posSide", POSITIONS),
    reduce_only("reduceOnly", &["yes"]),
    scalar("marginMode"),
    scalar("triggerBy"),
    stop_price("triggerPrice"),
    kind("triggerOrderType", KINDS),
    price("triggerOrderPrice"),
    // Read by what it closes with.
    scalar("stopLoss"),
    scalar("slLimitPrice"),
    scalar("slTriggerBy"),
    scalar("slOrderType"),
    scalar("takeProfit"),
    scalar("tpLimitPrice"),
    scalar("tpTriggerBy"),
    scalar("tpOrderType"),
];

fn is_spot(fields: &Fields<'_>) -> bool {
    fields.is("category", "SPOT")
}

fn is_margin(fields: &Fields<'_>) -> bool {
    fields.is("category", "MARGIN")
}

fn is_coin_margined(fields: &Fields<'_>) -> bool {
    fields.is("category", "COIN-FUTURES")
}

fn is_stable_margined(fields: &Fields<'_>) -> bool {
    fields.is("category", "USDT-FUTURES") || fields.is("category", "USDC-FUTURES")
}

fn is_futures(fields: &Fields<'_>) -> bool {
    is_coin_margined(fields) || is_stable_margined(fields)
}

/// Orders that name no category are of any.
fn may_be_spot(fields: &Fields<'_>) -> bool {
    !is_futures(fields)
}

fn may_be_futures(fields: &Fields<'_>) -> bool {
    !is_spot(fields) && !is_margin(fields)
}

const fn spot(op: Op) -> Op {
    op.trades_spot().when(is_spot).adjust(spot::buys_in_quote)
}

const fn margin(op: Op) -> Op {
    op.is(Class::TradeSpot, Product::Margin, Permission::Margin)
        .when(is_margin)
        .adjust(spot::buys_in_quote)
}

const fn stable(op: Op) -> Op {
    op.trades_futures(Product::UsdFutures)
        .when(is_stable_margined)
        .adjust(hedged)
}

const fn coin(op: Op) -> Op {
    op.trades_futures(Product::CoinFutures)
        .when(is_coin_margined)
        .in_contracts()
        .adjust(hedged)
}

/// An order on a position of its own side opens it, whatever it says of reducing.
fn hedged(_: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    let opens = matches!(
        (intent.side, intent.position_side),
        (Some(Side::Buy), Some(PositionSide::Long)) | (Some(Side::Sell), Some(PositionSide::Short))
    );
    if opens {
        intent.reduce_only = None;
    }
    Ok(())
}

/// One of a position's two stops, or an order that waits for a trigger.
fn strategy(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    let closes = fields.has("takeProfit") || fields.has("stopLoss");
    if closes && !is_trigger(fields) {
        return strategy_stop(fields, intent);
    }
    spot::wait(intent);
    hedged(fields, intent)?;
    of_category(fields, intent);
    if closes && !fields.has("type") {
        // It could be either: an order of no known price that may open.
        intent.order_type = Some(OrderType::StopMarket);
        intent.reduce_only = None;
    }
    Ok(())
}

const fn place(name: &'static str) -> Op {
    act("/api/v3/trade/place-order", name)
        .attaches(WITH_UNIFIED)
        .takes(&[ORDER])
}

const fn place_many(name: &'static str) -> Op {
    act("/api/v3/trade/place-batch", name)
        .batch(Batch::Body)
        .attaches(WITH_UNIFIED)
        .takes(&[ORDER])
}

const fn either(path: &'static str, spot_name: &'static str) -> Op {
    act(path, spot_name)
        .trades_spot()
        .when(may_be_spot)
        .one_of(EITHER_ID)
        .takes(&[ADDRESSED])
}

const fn or_futures(path: &'static str, name: &'static str) -> Op {
    act(path, name)
        .trades_futures(Product::UsdFutures)
        .when(may_be_futures)
        .one_of(EITHER_ID)
        .takes(&[ADDRESSED])
}

pub(super) const ORDERS: &[Op] = &[
    spot(place("unified_spot_order")),
    margin(place("unified_margin_order")),
    stable(place("unified_futures_order")),
    coin(place("unified_coin_futures_order")),
    spot(place_many("unified_spot_orders")),
    margin(place_many("unified_margin_orders")),
    stable(place_many("unified_futures_orders")),
    coin(place_many("unified_coin_futures_orders")),
    either("/api/v3/trade/cancel-order", "unified_spot_cancel"),
    or_futures("/api/v3/trade/cancel-order", "unified_futures_cancel"),
    either("/api/v3/trade/cancel-batch", "unified_spot_cancels").batch(Batch::Body),
    or_futures("/api/v3/trade/cancel-batch", "unified_futures_cancels").batch(Batch::Body),
    either("/api/v3/trade/modify-order", "unified_spot_amend")
        .attaches(WITH_UNIFIED)
        .takes(&[ADDRESSED, AMENDMENT]),
    or_futures("/api/v3/trade/modify-order", "unified_futures_amend")
        .attaches(WITH_UNIFIED)
        .takes(&[ADDRESSED, AMENDMENT]),
    either("/api/v3/trade/batch-modify-order", "unified_spot_amends")
        .batch(Batch::Body)
        .takes(&[ADDRESSED, AMENDMENT]),
    or_futures("/api/v3/trade/batch-modify-order", "unified_futures_amends")
        .batch(Batch::Body)
        .takes(&[ADDRESSED, AMENDMENT]),
    act(
        "/api/v3/trade/cancel-symbol-order",
        "unified_spot_cancel_all",
    )
    .trades_spot()
    .when(may_be_spot)
    .takes(&[&[needed(CATEGORY), symbol("symbol")]]),
    act(
        "/api/v3/trade/cancel-symbol-order",
        "unified_futures_cancel_all",
    )
    .trades_futures(Product::UsdFutures)
    .when(is_futures)
    .takes(&[&[needed(CATEGORY), symbol("symbol")]]),
    act("/api/v3/trade/close-positions", "unified_close_positions")
        .trades_futures(Product::UsdFutures)
        .takes(&[&[
            needed(CATEGORY),
            symbol("symbol"),
            position("posSide", POSITIONS),
        ]]),
    act(
        "/api/v3/trade/place-strategy-order",
        "unified_spot_strategy",
    )
    .trades_spot()
    .when(may_be_spot)
    .adjust(strategy)
    .completed_when(|_| true)
    .attaches(WITH_STRATEGY)
    .takes(&[STRATEGY]),
    act(
        "/api/v3/trade/place-strategy-order",
        "unified_futures_strategy",
    )
    .trades_futures(Product::UsdFutures)
    .when(may_be_futures)
    .adjust(strategy)
    .completed_when(|_| true)
    .attaches(WITH_STRATEGY)
    .takes(&[STRATEGY]),
    either(
        "/api/v3/trade/modify-strategy-order",
        "unified_spot_strategy_amend",
    )
    .adjust(strategy)
    .completed_when(|_| true)
    .attaches(WITH_STRATEGY)
    .takes(&[ADDRESSED, STRATEGY]),
    or_futures(
        "/api/v3/trade/modify-strategy-order",
        "unified_futures_strategy_amend",
    )
    .adjust(strategy)
    .completed_when(|_| true)
    .attaches(WITH_STRATEGY)
    .takes(&[ADDRESSED, STRATEGY]),
    either(
        "/api/v3/trade/cancel-strategy-order",
        "unified_spot_strategy_cancel",
    ),
    or_futures(
        "/api/v3/trade/cancel-strategy-order",
        "unified_futures_strategy_cancel",
    ),
    act("/api/v3/trade/place-reality-order", "stock_order")
        .trades_spot()
        .adjust(spot::buys_in_quote)
        .takes(&[STOCK]),
    act("/api/v3/trade/cancel-reality-order", "stock_cancel")
        .trades_spot()
        .one_of(EITHER_ID)
        .takes(&[ADDRESSED]),
    act("/api/v3/trade/countdown-cancel-all", "cancel_all_after")
        .trades_futures(Product::UsdFutures)
        .takes(&[&[needed(scalar("countdown"))]]),
];

const fn setting(path: &'static str, name: &'static str) -> Op {
    act(path, name).trades_futures(Product::UsdFutures)
}

pub(super) const ACCOUNT: &[Op] = &[
    setting("/api/v3/account/set-leverage", "unified_leverage")
        .one_of(&["leverage", "longLeverage", "shortLeverage"])
        .adjust(greatest_leverage)
        .takes(&[&[
            needed(CATEGORY),
            symbol("symbol"),
            leverage("leverage"),
            scalar("longLeverage"),
            scalar("shortLeverage"),
            scalar("coin"),
            position("posSide", POSITIONS),
            scalar("marginMode"),
        ]]),
    setting("/api/v3/account/set-hold-mode", "unified_position_mode").takes(&[&[
        needed(word("holdMode", &["one_way_mode", "hedge_mode"])),
        scalar("symbol"),
        scalar("productType"),
        CATEGORY,
    ]]),
    setting("/api/v3/account/set-margin", "unified_position_margin").takes(&[&[
        needed(CATEGORY),
        needed(symbol("symbol")),
        needed(amount("amount")),
        position("posSide", POSITIONS),
        word("operation", &["add", "remove"]),
    ]]),
    // Positions go to another account of the owner.
    act("/api/v3/account/move-positions", "positions_move")
        .is(
            Class::Transfer,
            Product::UsdFutures,
            Permission::SubAccounts,
        )
        .takes(&[&[
            needed(scalar("fromUid")),
            needed(sub_account("toUid")),
            CATEGORY,
            needed(anything("positionList")),
        ]]),
    // A GET elsewhere.
    read_by_post(
        "/api/v3/account/sub-deposit-records",
        "unified_sub_deposits",
        Product::Wallet,
    ),
    read_by_post(
        "/api/v3/account/max-open-available",
        "unified_max_open",
        Product::Account,
    ),
];
