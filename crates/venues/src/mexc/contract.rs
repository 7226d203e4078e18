//! Contracts (`/api/v1/private`).

use crate::{
    Intent, OrderType, PositionSide, Product, Side, TimeInForce, Unclassified,
    kit::{
        ITEMS,
        operation::{Batch, Op, get, login, post},
        parameter::{
            Parameter, amount, anything, client_id, kind, leverage, needed, order_id, price,
            quantity, reduce_only, repeating, scalar, side, stop_price, symbol,
        },
    },
    syntax::Fields,
};

use super::{
    CONTRACT,
    attached::{HALVES, OF_POSITION, WITH_ORDER, position_stop},
};

const HOSTS: &[&str] = &["api.mexc.com", "contract.mexc.com", "futures.mexc.com"];

const fn read(path: &'static str, name: &'static str) -> Op {
    get(path, name)
        .reads(Product::UsdFutures)
        .manner(CONTRACT)
        .on(HOSTS)
        .takes(&[QUERY])
}

/// Something asked for by POST.
const fn posted_read(path: &'static str, name: &'static str) -> Op {
    post(path, name)
        .reads(Product::UsdFutures)
        .manner(CONTRACT)
        .on(HOSTS)
}

const fn trade(path: &'static str, name: &'static str) -> Op {
    post(path, name)
        .trades_futures(Product::UsdFutures)
        .in_contracts()
        .manner(CONTRACT)
        .on(HOSTS)
}

const SIDES: &[(&str, Side)] = &[
    ("1", Side::Buy),
    ("2", Side::Buy),
    ("3", Side::Sell),
    ("4", Side::Sell),
];
const KINDS: &[(&str, OrderType)] = &[
    ("1", OrderType::Limit),
    ("2", OrderType::PostOnly),
    ("3", OrderType::Limit),
    ("4", OrderType::Limit),
    ("5", OrderType::Market),
    // The rest of a market order becomes a limit order at the last price.
    ("6", OrderType::Market),
];

/// A side that closes cannot open. One that opens is not believed to reduce, but where there is one
/// position a market: where there are two, the venue does not take `reduceOnly`. Clients write whole
/// sizes as `6.0`.
fn sided(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    match fields.text("side").as_deref() {
        Some("2" | "4") => intent.reduce_only = Some(true),
        Some(_) if !fields.is("positionMode", "2") => intent.reduce_only = None,
        _ => {}
    }
    // An account with two positions to a symbol passes it over where the order opens one.
    if fields.is("positionMode", "1") && matches!(fields.text("side").as_deref(), Some("1" | "3")) {
        intent.reduce_only = None;
    }
    intent.position_side = match fields.text("side").as_deref() {
        Some("1" | "3") if fields.is("positionMode", "2") => Some(PositionSide::Both),
        Some("1" | "4") => Some(PositionSide::Long),
        Some("2" | "3") => Some(PositionSide::Short),
        _ => None,
    };
    intent.quantity = intent.quantity.map(|size| size.normalize());
    Ok(())
}

fn order(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    intent.time_in_force = match fields.text("type").as_deref() {
        Some("2") => Some(TimeInForce::PostOnly),
        Some("3") => Some(TimeInForce::ImmediateOrCancel),
        Some("4") => Some(TimeInForce::FillOrKill),
        _ => None,
    };
    // A price stated beside it does not count.
    if priced_by_venue(fields) {
        intent.price = None;
    }
    sided(fields, intent)
}

/// Whether the venue takes the price from its book, or closes at once.
fn priced_by_venue(fields: &Fields<'_>) -> bool {
    let book = fields.has("bboTypeNum") && !fields.is("bboTypeNum", "0");
    book || fields.is("flashClose", "true")
}

/// An order that waits for its trigger. A client names one at the market a limit order without price.
fn triggered(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    let priced = intent.price.is_some();
    intent.order_type = intent.order_type.map(|kind| match kind {
        OrderType::Market => OrderType::StopMarket,
        _ if !priced => OrderType::StopMarket,
        _ => OrderType::StopLimit,
    });
    sided(fields, intent)
}

const MARKET: &[Parameter] = &[needed(symbol("symbol"))];
const ANY_MARKET: &[Parameter] = &[symbol("symbol")];

const ORDER: &[Parameter] = &[
    needed(symbol("symbol")),
    needed(quantity("vol")),
    needed(side("side", SIDES)),
    needed(kind("type", KINDS)),
    // 1 isolated, 2 cross.
    scalar("openType"),
    price("price"),
    // That of the order: leverage is also set with it.
    leverage("leverage"),
    order_id("positionId"),
    client_id("externalOid"),
    reduce_only("reduceOnly", &[]),
    scalar("positionMode"),
    scalar("priceProtect"),
    scalar("marketCeiling"),
    scalar("flashClose"),
    scalar("bboTypeNum"),
    scalar("stpMode"),
    scalar("timeInForce"),
];

const PLAN: &[Parameter] = &[
    needed(symbol("symbol")),
    needed(quantity("vol")),
    needed(side("side", SIDES)),
    needed(stop_price("triggerPrice")),
    kind("orderType", KINDS),
    scalar("openType"),
    price("price"),
    leverage("leverage"),
    reduce_only("reduceOnly", &[]),
    scalar("type"),
    scalar("triggerType"),
    scalar("executeCycle"),
    scalar("trend"),
    scalar("positionMode"),
    scalar("priceProtect"),
    scalar("positionId"),
    scalar("externalOid"),
];

const TRAILING: &[Parameter] = &[
    needed(symbol("symbol")),
    needed(quantity("vol")),
    needed(side("side", SIDES)),
    scalar("openType"),
    leverage("leverage"),
    reduce_only("reduceOnly", &[]),
    scalar("trend"),
    stop_price("activePrice"),
    scalar("backType"),
    scalar("backValue"),
    scalar("positionMode"),
];

/// What closes a position at a profit or a loss.
const STOP: &[Parameter] = &[
    quantity("vol"),
    scalar("positionId"),
    symbol("symbol"),
    scalar("priceProtect"),
    scalar("profitLossVolType"),
    scalar("volType"),
    scalar("mtoken"),
];
const ID: &[Parameter] = &[needed(order_id("orderId"))];
const POSITION: &[Parameter] = &[needed(scalar("positionId"))];
/// A list of ids, and no object.
const IDS: &[Parameter] = &[needed(anything(ITEMS))];
/// Which part is asked for. What acts and takes the market and these ids is in the set of such a read:
/// the reversal of a position.
const QUERY: &[Parameter] = &[
    symbol("symbol"),
    scalar("currency"),
    scalar("page_num"),
    scalar("page_size"),
    scalar("start_time"),
    scalar("end_time"),
    scalar("startTime"),
    scalar("endTime"),
    scalar("state"),
    scalar("states"),
    scalar("category"),
    scalar("side"),
    scalar("type"),
    scalar("order_id"),
    scalar("order_ids"),
    scalar("position_id"),
    scalar("is_finished"),
    scalar("execute_cycle"),
    scalar("order_type"),
    scalar("orderId"),
    scalar("positionId"),
    scalar("position_type"),
    scalar("reverse"),
    scalar("includeUnrealisedPnl"),
    scalar("fileType"),
    scalar("language"),
];

fn closes(_: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    intent.reduce_only = Some(true);
    Ok(())
}

pub(super) const TRADES: &[Op] = &[
    login("/edge", "contract_login").manner(CONTRACT).on(HOSTS),
    trade("/api/v1/private/order/create", "contract_order")
        .adjust(order)
        .completed_when(priced_by_venue)
        .attaches(WITH_ORDER)
        .takes(&[ORDER]),
    trade("/api/v1/private/order/submit", "contract_order_submit")
        .adjust(order)
        .completed_when(priced_by_venue)
        .attaches(WITH_ORDER)
        .takes(&[ORDER]),
    trade("/api/v1/private/order/submit_batch", "contract_orders")
        .batch(Batch::Body)
        .adjust(order)
        .completed_when(priced_by_venue)
        .attaches(WITH_ORDER)
        .takes(&[ORDER]),
    trade("/api/v1/private/order/cancel", "contract_cancels").takes(&[IDS]),
    trade(
        "/api/v1/private/order/cancel_with_external",
        "contract_cancel_by_client",
    )
    .takes(&[MARKET, &[needed(client_id("externalOid"))]]),
    trade(
        "/api/v1/private/order/batch_cancel_with_external",
        "contract_cancels_by_client",
    )
    .batch(Batch::Body)
    .takes(&[MARKET, &[needed(client_id("externalOid"))]]),
    trade("/api/v1/private/order/cancel_all", "contract_cancel_all").takes(&[ANY_MARKET]),
    trade("/api/v1/private/order/change_limit_order", "contract_amend")
        .adjust(sided)
        .takes(&[ID, &[quantity("vol"), price("price")]]),
    trade("/api/v1/private/order/chase_limit_order", "contract_chase").takes(&[ID]),
    trade("/api/v1/private/planorder/place", "contract_plan_order")
        .adjust(triggered)
        .attaches(WITH_ORDER)
        .takes(&[PLAN]),
    trade(
        "/api/v1/private/planorder/place/v2",
        "contract_plan_order_v2",
    )
    .adjust(triggered)
    .attaches(WITH_ORDER)
    .takes(&[PLAN]),
    trade("/api/v1/private/planorder/cancel", "contract_plan_cancels")
        .batch(Batch::Body)
        .takes(&[ID, ANY_MARKET]),
    trade(
        "/api/v1/private/planorder/cancel_all",
        "contract_plan_cancel_all",
    )
    .takes(&[ANY_MARKET]),
    trade(
        "/api/v1/private/planorder/change_stop_order",
        "contract_plan_change_stop",
    )
    .adjust(position_stop)
    .attaches(OF_POSITION)
    .takes(&[ID, ANY_MARKET, HALVES]),
    trade(
        "/api/v1/private/planorder/change_price",
        "contract_plan_change",
    )
    .takes(&[
        ID,
        ANY_MARKET,
        &[
            stop_price("triggerPrice"),
            price("price"),
            scalar("triggerType"),
            scalar("trend"),
            scalar("orderType"),
        ],
    ]),
    trade("/api/v1/private/stoporder/place", "contract_stop_order")
        .adjust(position_stop)
        .attaches(OF_POSITION)
        .takes(&[STOP, HALVES]),
    trade("/api/v1/private/stoporder/cancel", "contract_stop_cancels")
        .batch(Batch::Body)
        .takes(&[&[needed(order_id("stopPlanOrderId"))]]),
    trade(
        "/api/v1/private/stoporder/cancel_all",
        "contract_stop_cancel_all",
    )
    .takes(&[ANY_MARKET, &[scalar("positionId")]]),
    trade(
        "/api/v1/private/stoporder/change_price",
        "contract_stop_change",
    )
    .adjust(position_stop)
    .attaches(OF_POSITION)
    .takes(&[ID, ANY_MARKET, HALVES]),
    trade(
        "/api/v1/private/stoporder/change_plan_price",
        "contract_stop_change_plan",
    )
    .adjust(position_stop)
    .attaches(OF_POSITION)
    .takes(&[&[needed(order_id("stopPlanOrderId"))], HALVES]),
    trade(
        "/api/v1/private/trackorder/place",
        "contract_trailing_order",
    )
    .adjust(sided)
    .takes(&[TRAILING]),
    trade(
        "/api/v1/private/trackorder/cancel",
        "contract_trailing_cancel",
    )
    .takes(&[&[symbol("symbol"), order_id("trackOrderId")]]),
    trade(
        "/api/v1/private/trackorder/change_order",
        "contract_trailing_change",
    )
    .takes(&[&[
        symbol("symbol"),
        order_id("trackOrderId"),
        scalar("trend"),
        stop_price("activePrice"),
        scalar("backType"),
        scalar("backValue"),
        quantity("vol"),
    ]]),
    trade("/api/v1/private/position/close_all", "contract_close_all")
        .adjust(closes)
        .commits_nothing(),
    trade("/api/v1/private/position/reverse", "contract_reverse").takes(&[
        MARKET,
        POSITION,
        &[quantity("vol")],
    ]),
    trade("/api/v1/private/position/change_margin", "contract_margin").takes(&[
        POSITION,
        &[needed(amount("amount")), needed(scalar("type"))],
    ]),
    trade(
        "/api/v1/private/position/change_auto_add_im",
        "contract_auto_margin",
    )
    .takes(&[POSITION, &[scalar("isEnabled")]]),
    trade(
        "/api/v1/private/position/change_leverage",
        "contract_leverage",
    )
    .takes(&[
        ANY_MARKET,
        &[
            needed(leverage("leverage")),
            scalar("positionId"),
            scalar("openType"),
            scalar("positionType"),
            scalar("leverageMode"),
            scalar("marginSelected"),
            scalar("leverageSelected"),
        ],
    ]),
    trade(
        "/api/v1/private/position/change_position_mode",
        "contract_position_mode",
    )
    .takes(&[&[needed(scalar("positionMode"))]]),
    trade(
        "/api/v1/private/account/change_risk_level",
        "contract_risk_level",
    )
    .takes(&[&[scalar("symbol"), scalar("level"), scalar("positionType")]]),
];

pub(super) const READS: &[Op] = &[
    read("/api/v1/private/account/assets", "contract_assets"),
    read("/api/v1/private/account/asset/{currency}", "contract_asset"),
    read(
        "/api/v1/private/account/transfer_record",
        "contract_transfers",
    ),
    read(
        "/api/v1/private/account/profit_rate/{type}",
        "contract_profit_rate",
    ),
    read("/api/v1/private/account/risk_limit", "contract_risk_limits"),
    read(
        "/api/v1/private/account/tiered_fee_rate",
        "contract_fee_rate",
    ),
    read(
        "/api/v1/private/account/tiered_fee_rate/v2",
        "contract_fee_rate_v2",
    ),
    read("/api/v1/private/account/contract/fee_rate", "contract_fees"),
    read(
        "/api/v1/private/account/contract/zero_fee_rate",
        "contract_zero_fees",
    ),
    read("/api/v1/private/account/discountType", "contract_discount"),
    read(
        "/api/v1/private/account/feeDeductConfigs",
        "contract_fee_deduction",
    ),
    read(
        "/api/v1/private/account/config/contractFeeDiscountConfig",
        "contract_fee_discount",
    ),
    read(
        "/api/v1/private/account/asset/analysis/{type}",
        "contract_analysis",
    ),
    read(
        "/api/v1/private/account/asset_book/order_deal_fee/total",
        "contract_fee_total",
    ),
    read("/api/v1/private/order/fee_details", "contract_fee_details"),
    read(
        "/api/v1/private/position/list/history_positions",
        "contract_positions_history",
    ),
    read(
        "/api/v1/private/position/open_positions",
        "contract_positions",
    ),
    read(
        "/api/v1/private/position/funding_records",
        "contract_funding",
    ),
    read("/api/v1/private/position/position_mode", "contract_mode"),
    read("/api/v1/private/position/leverage", "contract_leverages"),
    read(
        "/api/v1/private/order/list/open_orders/{symbol}",
        "contract_open_orders_of",
    ),
    read(
        "/api/v1/private/order/list/open_orders",
        "contract_open_orders",
    ),
    read(
        "/api/v1/private/order/list/history_orders",
        "contract_orders_history",
    ),
    read(
        "/api/v1/private/order/list/close_orders",
        "contract_closed_orders",
    ),
    read("/api/v1/private/order/list/order_deals", "contract_deals"),
    read(
        "/api/v1/private/order/list/order_deals/v3",
        "contract_deals_v3",
    ),
    read(
        "/api/v1/private/order/external/{symbol}/{external_oid}",
        "contract_order_by_client",
    ),
    read(
        "/api/v1/private/order/get/{order_id}",
        "contract_query_order",
    ),
    read("/api/v1/private/order/batch_query", "contract_query_orders"),
    read(
        "/api/v1/private/order/deal_details/{order_id}",
        "contract_deal_details",
    ),
    read(
        "/api/v1/private/planorder/list/orders",
        "contract_plan_orders",
    ),
    read(
        "/api/v1/private/stoporder/list/orders",
        "contract_stop_orders",
    ),
    read(
        "/api/v1/private/stoporder/open_orders",
        "contract_open_stop_orders",
    ),
    read(
        "/api/v1/private/stoporder/order_details/{stop_order_id}",
        "contract_stop_details",
    ),
    read(
        "/api/v1/private/trackorder/list/orders",
        "contract_trailing_orders",
    ),
    posted_read(
        "/api/v1/private/order/batch_query_with_external",
        "contract_query_by_client",
    )
    .batch(Batch::Body)
    .takes(&[&[needed(symbol("symbol")), needed(client_id("externalOid"))]]),
    // One client's spellings.
    read(
        "/api/v1/private/order/open_orders",
        "contract_open_orders_short",
    ),
    read(
        "/api/v1/private/order/open_orders/{symbol}",
        "contract_open_orders_short_of",
    ),
    read(
        "/api/v1/private/order/close_orders",
        "contract_closed_orders_short",
    ),
    posted_read(
        "/api/v1/private/account/asset/analysis/v3",
        "contract_analysis_v3",
    )
    .takes(&[QUERY]),
    posted_read(
        "/api/v1/private/account/asset/analysis/recent/v3",
        "contract_analysis_recent",
    )
    .takes(&[QUERY]),
    posted_read(
        "/api/v1/private/account/asset/analysis/calendar/daily/v3",
        "contract_analysis_daily",
    )
    .takes(&[QUERY]),
    posted_read(
        "/api/v1/private/account/asset/analysis/calendar/monthly/v3",
        "contract_analysis_monthly",
    )
    .takes(&[QUERY]),
    posted_read(
        "/api/v1/private/order/open_order_total_count",
        "contract_open_count",
    )
    .takes(&[ANY_MARKET]),
];

const MARKET_DATA: &[Parameter] = &[
    // A client names it in the path and again in the query.
    repeating(symbol("symbol")),
    scalar("limit"),
    scalar("interval"),
    scalar("start"),
    scalar("end"),
    scalar("page_num"),
    scalar("page_size"),
];

/// Market data, which a client signs like everything else.
const fn market(path: &'static str, name: &'static str) -> Op {
    read(path, name).takes(&[MARKET_DATA])
}

pub(super) const MARKETS: &[Op] = &[
    market("/api/v1/contract/ping", "contract_time"),
    market("/api/v1/contract/detail", "contract_details"),
    market("/api/v1/contract/support_currencies", "contract_currencies"),
    market("/api/v1/contract/ticker", "contract_tickers"),
    market("/api/v1/contract/depth/{symbol}", "contract_book"),
    market(
        "/api/v1/contract/depth_commits/{symbol}/{limit}",
        "contract_book_changes",
    ),
    market("/api/v1/contract/deals/{symbol}", "contract_market_trades"),
    market("/api/v1/contract/index_price/{symbol}", "contract_index"),
    market(
        "/api/v1/contract/fair_price/{symbol}",
        "contract_fair_price",
    ),
    market(
        "/api/v1/contract/funding_rate/{symbol}",
        "contract_funding_rate",
    ),
    market(
        "/api/v1/contract/funding_rate/history",
        "contract_funding_rates",
    ),
    market("/api/v1/contract/kline/{symbol}", "contract_candles"),
    market(
        "/api/v1/contract/kline/index_price/{symbol}",
        "contract_index_candles",
    ),
    market(
        "/api/v1/contract/kline/fair_price/{symbol}",
        "contract_fair_price_candles",
    ),
    market("/api/v1/contract/risk_reverse/{symbol}", "contract_reserve"),
    market("/api/v1/contract/risk_reverse/history", "contract_reserves"),
];
