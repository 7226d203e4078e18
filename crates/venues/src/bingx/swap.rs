//! Perpetual futures: margined in dollars (`/openApi/swap`) and in coins (`/openApi/cswap`).

use crate::{
    Class, Intent, OrderType, Permission, PositionSide, Product, Side, Unclassified,
    kit::{
        operation::{Batch, Op, delete, get, post},
        parameter::{
            POSITIONS, Parameter, SIDES, amount, client_id, kind, lasts, leverage, needed,
            order_id, position, price, quantity, quote_quantity, reduce_only, scalar, side,
            stop_price, symbol, word,
        },
    },
    syntax::Fields,
};

use super::{
    HOSTS,
    attached::WITH_ORDER,
    spot::{LASTS, PAGES, is_of_type, sets_a_timer},
};

const fn read(path: &'static str, name: &'static str) -> Op {
    get(path, name).reads(Product::UsdFutures).on(HOSTS)
}

const fn trade(op: Op) -> Op {
    op.trades_futures(Product::UsdFutures).on(HOSTS)
}

const fn coin(op: Op) -> Op {
    op.trades_futures(Product::CoinFutures)
        .in_contracts()
        .on(HOSTS)
}

const fn coin_read(path: &'static str, name: &'static str) -> Op {
    get(path, name).reads(Product::CoinFutures).on(HOSTS)
}

const KINDS: &[(&str, OrderType)] = &[
    ("LIMIT", OrderType::Limit),
    ("MARKET", OrderType::Market),
    ("STOP", OrderType::StopLimit),
    ("STOP_MARKET", OrderType::StopMarket),
    ("TAKE_PROFIT", OrderType::TakeProfitLimit),
    ("TAKE_PROFIT_MARKET", OrderType::TakeProfitMarket),
    ("TRIGGER_LIMIT", OrderType::StopLimit),
    ("TRIGGER_MARKET", OrderType::StopMarket),
    ("TRAILING_STOP_MARKET", OrderType::StopMarket),
    ("TRAILING_TP_SL", OrderType::StopMarket),
];

const ORDER: &[Parameter] = &[
    needed(symbol("symbol")),
    needed(side("side", SIDES)),
    needed(kind("type", KINDS)),
    position("positionSide", POSITIONS),
    quantity("quantity"),
    quote_quantity("quoteOrderQty"),
    price("price"),
    stop_price("stopPrice"),
    reduce_only("reduceOnly", &[]),
    client_id("clientOrderId"),
    client_id("clientOrderID"),
    lasts("timeInForce", LASTS),
    scalar("priceRate"),
    scalar("activationPrice"),
    scalar("workingType"),
    scalar("closePosition"),
    scalar("stopGuaranteed"),
    scalar("positionId"),
];

/// An order that closes a position has no size of its own.
fn is_completed(fields: &Fields<'_>) -> bool {
    fields.text("closePosition").as_deref() == Some("true")
}

fn closes(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    // An account with two positions to a symbol does not reduce where the order opens one.
    let opens = matches!(
        (intent.side, intent.position_side),
        (Some(Side::Buy), Some(PositionSide::Long)) | (Some(Side::Sell), Some(PositionSide::Short))
    );
    if opens {
        intent.reduce_only = None;
    }
    // Only these two kinds close a position, and only without a size.
    let may_close = fields.is("type", "STOP_MARKET") || fields.is("type", "TAKE_PROFIT_MARKET");
    let sizes = [intent.quantity, intent.quote_quantity];
    let sized = sizes.into_iter().flatten().any(|size| !size.is_zero());
    if is_completed(fields) && may_close && !sized {
        intent.reduce_only = Some(true);
    }
    // A trailing order's price is the distance it trails by.
    if intent.stop_price.is_none() {
        intent.stop_price = fields.number("activationPrice")?;
    }
    // Both may be sent, and one of them is zero.
    let zero = |size: rust_decimal::Decimal| size.is_zero();
    if intent.quantity.is_some_and(zero) && intent.quote_quantity.is_some() {
        intent.quantity = None;
    }
    if intent.quote_quantity.is_some_and(zero) && intent.quantity.is_some() {
        intent.quote_quantity = None;
    }
    Ok(())
}

fn reduces(_: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    intent.reduce_only = Some(true);
    Ok(())
}

/// At once, or when a price is reached. An order's kind is neither.
fn reverses(fields: &Fields<'_>) -> bool {
    is_of_type(fields, &["Reverse", "TriggerReverse"])
}

const REPLACED: &[Parameter] = &[
    needed(scalar("cancelReplaceMode")),
    order_id("cancelOrderId"),
    scalar("cancelClientOrderId"),
    scalar("cancelClientOrderID"),
    scalar("cancelRestrictions"),
];
const MARKET: &[Parameter] = &[needed(symbol("symbol"))];
const ANY_MARKET: &[Parameter] = &[symbol("symbol"), scalar("currency")];
const ONE_ORDER: &[&str] = &["orderId", "clientOrderId", "clientOrderID"];
const ADDRESS: &[Parameter] = &[
    order_id("orderId"),
    client_id("clientOrderId"),
    client_id("clientOrderID"),
];
const SEVERAL_ORDERS: &[&str] = &["orderIdList", "clientOrderIdList", "clientOrderIDList"];
const SEVERAL: &[Parameter] = &[
    scalar("orderIdList"),
    scalar("clientOrderIdList"),
    scalar("clientOrderIDList"),
];
/// Which leverage: of the long, the short, or the only position.
const LEVERAGE: &[Parameter] = &[
    needed(symbol("symbol")),
    needed(leverage("leverage")),
    position("side", POSITIONS),
];
const MARGIN_TYPE: &[Parameter] = &[
    needed(symbol("symbol")),
    needed(word(
        "marginType",
        &["ISOLATED", "CROSSED", "CROSS", "SEPARATE_ISOLATED"],
    )),
];
const POSITION_MARGIN: &[Parameter] = &[
    needed(symbol("symbol")),
    needed(amount("amount")),
    scalar("type"),
    // One client's spelling.
    scalar("direction_type"),
    position("positionSide", POSITIONS),
    scalar("positionId"),
];
const TWAP: &[Parameter] = &[
    needed(symbol("symbol")),
    needed(side("side", SIDES)),
    position("positionSide", POSITIONS),
    needed(quantity("totalAmount")),
    scalar("amountPerOrder"),
    scalar("priceType"),
    scalar("priceVariance"),
    stop_price("triggerPrice"),
    scalar("interval"),
];

pub(super) const TRADES: &[Op] = &[
    trade(post("/openApi/swap/v2/trade/order", "swap_order"))
        .adjust(closes)
        .completed_when(is_completed)
        .attaches(WITH_ORDER)
        .takes(&[ORDER]),
    post("/openApi/swap/v2/trade/order/test", "swap_order_test")
        .is(Class::Read, Product::UsdFutures, Permission::Futures)
        .adjust(closes)
        .completed_when(is_completed)
        .attaches(WITH_ORDER)
        .takes(&[ORDER])
        .on(HOSTS),
    trade(post("/openApi/swap/v2/trade/batchOrders", "swap_orders"))
        .batch(Batch::Text("batchOrders"))
        .beside(&[])
        .adjust(closes)
        .completed_when(is_completed)
        .attaches(WITH_ORDER)
        .takes(&[ORDER]),
    trade(post(
        "/openApi/swap/v1/trade/cancelReplace",
        "swap_cancel_replace",
    ))
    .adjust(closes)
    .completed_when(is_completed)
    .attaches(WITH_ORDER)
    .takes(&[ORDER, REPLACED]),
    trade(post(
        "/openApi/swap/v1/trade/batchCancelReplace",
        "swap_cancel_replaces",
    ))
    .batch(Batch::Text("batchOrders"))
    .beside(&[])
    .adjust(closes)
    .completed_when(is_completed)
    .attaches(WITH_ORDER)
    .takes(&[ORDER, REPLACED]),
    trade(post("/openApi/swap/v1/trade/amend", "swap_amend"))
        .one_of(ONE_ORDER)
        .takes(&[
            MARKET,
            ADDRESS,
            &[needed(quantity("quantity")), price("price")],
        ]),
    trade(delete("/openApi/swap/v2/trade/order", "swap_cancel"))
        .one_of(ONE_ORDER)
        .takes(&[MARKET, ADDRESS]),
    trade(delete("/openApi/swap/v2/trade/batchOrders", "swap_cancels"))
        .one_of(SEVERAL_ORDERS)
        .takes(&[MARKET, SEVERAL]),
    trade(delete(
        "/openApi/swap/v2/trade/allOpenOrders",
        "swap_cancel_all",
    ))
    .takes(&[ANY_MARKET, &[scalar("type")]]),
    trade(post(
        "/openApi/swap/v2/trade/cancelAllAfter",
        "swap_cancel_after",
    ))
    .when(sets_a_timer)
    .takes(&[&[
        needed(word("type", &["ACTIVATE", "CLOSE"])),
        scalar("timeOut"),
    ]]),
    trade(post(
        "/openApi/swap/v2/trade/closeAllPositions",
        "swap_close_all",
    ))
    .adjust(reduces)
    .commits_nothing()
    .takes(&[ANY_MARKET]),
    trade(post("/openApi/swap/v1/trade/closePosition", "swap_close"))
        .adjust(reduces)
        .takes(&[&[needed(scalar("positionId"))]]),
    trade(post("/openApi/swap/v1/trade/reverse", "swap_reverse"))
        .when(reverses)
        .takes(&[
            MARKET,
            &[
                needed(word("type", &["Reverse", "TriggerReverse"])),
                stop_price("triggerPrice"),
                scalar("workingType"),
            ],
        ]),
    trade(post("/openApi/swap/v2/trade/leverage", "swap_leverage")).takes(&[LEVERAGE]),
    trade(post(
        "/openApi/swap/v2/trade/marginType",
        "swap_margin_type",
    ))
    .takes(&[MARGIN_TYPE])
    .commits_nothing(),
    trade(post(
        "/openApi/swap/v2/trade/positionMargin",
        "swap_position_margin",
    ))
    .takes(&[POSITION_MARGIN]),
    trade(post(
        "/openApi/swap/v1/trade/autoAddMargin",
        "swap_auto_margin",
    ))
    .takes(&[
        MARKET,
        &[
            needed(scalar("positionId")),
            needed(scalar("functionSwitch")),
            amount("amount"),
        ],
    ]),
    trade(post(
        "/openApi/swap/v1/positionSide/dual",
        "swap_set_position_mode",
    ))
    .takes(&[&[needed(scalar("dualSidePosition"))]])
    .commits_nothing(),
    trade(post(
        "/openApi/swap/v1/trade/assetMode",
        "swap_set_asset_mode",
    ))
    .takes(&[&[needed(scalar("assetMode"))]])
    .commits_nothing(),
    trade(post("/openApi/swap/v1/twap/order", "swap_twap")).takes(&[TWAP]),
    trade(post(
        "/openApi/swap/v1/twap/cancelOrder",
        "swap_twap_cancel",
    ))
    .takes(&[&[needed(order_id("mainOrderId"))]]),
    // Play money of the venue's demonstration.
    trade(post("/openApi/swap/v2/trade/getVst", "swap_play_money_v2")),
    trade(post("/openApi/swap/v1/trade/getVst", "swap_play_money")),
];

pub(super) const READS: &[Op] = &[
    read("/openApi/swap/v2/user/balance", "swap_balance_v2").takes(&[ANY_MARKET]),
    read("/openApi/swap/v3/user/balance", "swap_balance").takes(&[ANY_MARKET]),
    read("/openApi/swap/v2/user/positions", "swap_positions").takes(&[ANY_MARKET]),
    read("/openApi/swap/v2/user/income", "swap_income").takes(&[
        ANY_MARKET,
        PAGES,
        &[scalar("incomeType")],
    ]),
    read("/openApi/swap/v2/user/income/export", "swap_income_export").takes(&[
        ANY_MARKET,
        PAGES,
        &[scalar("incomeType")],
    ]),
    read("/openApi/swap/v2/user/commissionRate", "swap_commission").takes(&[ANY_MARKET]),
    read("/openApi/swap/v1/user/marginAssets", "swap_margin_assets"),
    read(
        "/openApi/swap/v1/trade/multiAssetsRules",
        "swap_asset_rules",
    ),
    read("/openApi/swap/v2/trade/order", "swap_query_order")
        .one_of(ONE_ORDER)
        .takes(&[MARKET, ADDRESS]),
    read("/openApi/swap/v2/trade/openOrder", "swap_open_order")
        .one_of(ONE_ORDER)
        .takes(&[MARKET, ADDRESS]),
    read("/openApi/swap/v2/trade/openOrders", "swap_open_orders")
        .takes(&[ANY_MARKET, &[scalar("type")]]),
    read("/openApi/swap/v2/trade/allOrders", "swap_all_orders").takes(&[
        ANY_MARKET,
        PAGES,
        &[order_id("orderId")],
    ]),
    read("/openApi/swap/v1/trade/fullOrder", "swap_full_orders").takes(&[
        ANY_MARKET,
        PAGES,
        &[order_id("orderId")],
    ]),
    read("/openApi/swap/v2/trade/allFillOrders", "swap_fills").takes(&[
        ANY_MARKET,
        PAGES,
        &[order_id("orderId"), scalar("tradingUnit")],
    ]),
    read("/openApi/swap/v2/trade/fillHistory", "swap_fills_history").takes(&[
        ANY_MARKET,
        PAGES,
        &[
            order_id("orderId"),
            scalar("lastFillId"),
            scalar("tradingUnit"),
        ],
    ]),
    read("/openApi/swap/v2/trade/forceOrders", "swap_liquidations").takes(&[
        ANY_MARKET,
        PAGES,
        &[scalar("autoCloseType")],
    ]),
    read("/openApi/swap/v2/trade/leverage", "swap_leverages").takes(&[MARKET]),
    read("/openApi/swap/v2/trade/marginType", "swap_margin_mode").takes(&[MARKET]),
    read(
        "/openApi/swap/v2/trade/positionHistory",
        "swap_positions_history_v2",
    )
    .takes(&[ANY_MARKET, PAGES, &[scalar("positionId")]]),
    read(
        "/openApi/swap/v1/trade/positionHistory",
        "swap_positions_history",
    )
    .takes(&[ANY_MARKET, PAGES, &[scalar("positionId")]]),
    read(
        "/openApi/swap/v1/positionMargin/history",
        "swap_margin_history",
    )
    .takes(&[ANY_MARKET, PAGES, &[scalar("positionId")]]),
    read("/openApi/swap/v1/positionSide/dual", "swap_position_mode"),
    read("/openApi/swap/v1/trade/assetMode", "swap_asset_mode"),
    read("/openApi/swap/v1/maintMarginRatio", "swap_margin_ratio").takes(&[ANY_MARKET]),
    read("/openApi/swap/v1/twap/openOrders", "swap_twap_open").takes(&[ANY_MARKET]),
    read("/openApi/swap/v1/twap/historyOrders", "swap_twap_history").takes(&[ANY_MARKET, PAGES]),
    read("/openApi/swap/v1/twap/orderDetail", "swap_twap_detail")
        .takes(&[&[needed(order_id("mainOrderId"))]]),
    read("/openApi/contract/v1/allPosition", "contract_positions"),
    read("/openApi/contract/v1/allOrders", "contract_orders").takes(&[
        ANY_MARKET,
        PAGES,
        &[order_id("orderId")],
    ]),
    read("/openApi/contract/v1/balance", "contract_balance"),
];

pub(super) const COIN: &[Op] = &[
    coin(post("/openApi/cswap/v1/trade/order", "coin_swap_order"))
        .adjust(closes)
        .completed_when(is_completed)
        .attaches(WITH_ORDER)
        .takes(&[ORDER]),
    coin(post("/openApi/cswap/v2/trade/order", "coin_swap_order_v2"))
        .adjust(closes)
        .completed_when(is_completed)
        .attaches(WITH_ORDER)
        .takes(&[ORDER]),
    coin(delete(
        "/openApi/cswap/v1/trade/cancelOrder",
        "coin_swap_cancel",
    ))
    .one_of(ONE_ORDER)
    .takes(&[ANY_MARKET, ADDRESS]),
    coin(delete(
        "/openApi/cswap/v1/trade/allOpenOrders",
        "coin_swap_cancel_all",
    ))
    .takes(&[ANY_MARKET]),
    coin(post(
        "/openApi/cswap/v1/trade/allOpenOrders",
        "coin_swap_cancel_all_by_post",
    ))
    .takes(&[ANY_MARKET]),
    coin(post(
        "/openApi/cswap/v1/trade/closeAllPositions",
        "coin_swap_close_all",
    ))
    .adjust(reduces)
    .commits_nothing()
    .takes(&[ANY_MARKET]),
    coin(post(
        "/openApi/cswap/v1/trade/leverage",
        "coin_swap_leverage",
    ))
    .takes(&[LEVERAGE]),
    coin(post(
        "/openApi/cswap/v1/trade/marginType",
        "coin_swap_margin_type",
    ))
    .takes(&[MARGIN_TYPE])
    .commits_nothing(),
    coin(post(
        "/openApi/cswap/v1/trade/positionMargin",
        "coin_swap_position_margin",
    ))
    .takes(&[POSITION_MARGIN]),
    coin_read("/openApi/cswap/v1/trade/leverage", "coin_swap_leverages").takes(&[MARKET]),
    coin_read(
        "/openApi/cswap/v1/trade/marginType",
        "coin_swap_margin_mode",
    )
    .takes(&[MARKET]),
    coin_read(
        "/openApi/cswap/v1/trade/forceOrders",
        "coin_swap_liquidations",
    )
    .takes(&[ANY_MARKET, PAGES, &[scalar("autoCloseType")]]),
    coin_read("/openApi/cswap/v1/trade/allFillOrders", "coin_swap_fills").takes(&[
        ANY_MARKET,
        PAGES,
        &[order_id("orderId")],
    ]),
    coin_read(
        "/openApi/cswap/v1/trade/openOrders",
        "coin_swap_open_orders",
    )
    .takes(&[ANY_MARKET]),
    coin_read(
        "/openApi/cswap/v1/trade/orderDetail",
        "coin_swap_query_order",
    )
    .takes(&[ANY_MARKET, ADDRESS]),
    coin_read(
        "/openApi/cswap/v1/trade/orderHistory",
        "coin_swap_orders_history",
    )
    .takes(&[ANY_MARKET, PAGES, &[order_id("orderId")]]),
    coin_read(
        "/openApi/cswap/v1/user/commissionRate",
        "coin_swap_commission",
    )
    .takes(&[ANY_MARKET]),
    coin_read("/openApi/cswap/v1/user/positions", "coin_swap_positions").takes(&[ANY_MARKET]),
    coin_read("/openApi/cswap/v1/user/balance", "coin_swap_balance").takes(&[ANY_MARKET]),
];
