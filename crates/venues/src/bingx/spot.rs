//! Spot trading (`/openApi/spot`).

use crate::{
    OrderType, Product, TimeInForce,
    kit::{
        operation::{Batch, Op, get, post},
        parameter::{
            Parameter, SIDES, client_id, kind, lasts, needed, order_id, price, quantity,
            quote_quantity, scalar, side, stop_price, symbol, word,
        },
    },
    syntax::Fields,
};

use super::{
    HOSTS,
    attached::{SECOND_OF_PAIR, limit},
};

/// Told apart from an order, whose kind has the same name.
pub(super) fn sets_a_timer(fields: &Fields<'_>) -> bool {
    is_of_type(fields, &["ACTIVATE", "CLOSE"])
}

/// Whether the `type` is one of these words, or would be to a reader that trims it.
pub(super) fn is_of_type(fields: &Fields<'_>, words: &[&str]) -> bool {
    let is = |text: &str| {
        words
            .iter()
            .any(|word| text.trim().eq_ignore_ascii_case(word))
    };
    fields.text("type").is_some_and(|text| is(&text))
}

const fn read(path: &'static str, name: &'static str) -> Op {
    get(path, name).reads(Product::Spot).on(HOSTS)
}

const fn trade(path: &'static str, name: &'static str) -> Op {
    post(path, name).trades_spot().on(HOSTS)
}

const KINDS: &[(&str, OrderType)] = &[
    ("LIMIT", OrderType::Limit),
    ("MARKET", OrderType::Market),
    // With profit or at a loss: the words do not tell.
    ("TAKE_STOP_LIMIT", OrderType::StopLimit),
    ("TAKE_STOP_MARKET", OrderType::StopMarket),
    ("TRIGGER_LIMIT", OrderType::StopLimit),
    ("TRIGGER_MARKET", OrderType::StopMarket),
];
pub(super) const LASTS: &[(&str, TimeInForce)] = &[
    ("GTC", TimeInForce::GoodTillCancelled),
    ("IOC", TimeInForce::ImmediateOrCancel),
    ("FOK", TimeInForce::FillOrKill),
    ("PostOnly", TimeInForce::PostOnly),
    ("POC", TimeInForce::PostOnly),
];

const ORDER: &[Parameter] = &[
    needed(symbol("symbol")),
    needed(side("side", SIDES)),
    needed(kind("type", KINDS)),
    quantity("quantity"),
    quote_quantity("quoteOrderQty"),
    price("price"),
    stop_price("stopPrice"),
    client_id("newClientOrderId"),
    lasts("timeInForce", LASTS),
];
const REPLACED: &[Parameter] = &[
    order_id("cancelOrderId"),
    scalar("cancelClientOrderID"),
    scalar("cancelClientOrderId"),
    scalar("cancelRestrictions"),
    // Spelled in two ways.
    scalar("CancelReplaceMode"),
    scalar("cancelReplaceMode"),
];
const MARKET: &[Parameter] = &[needed(symbol("symbol"))];
const ANY_MARKET: &[Parameter] = &[symbol("symbol")];
const ONE_ORDER: &[&str] = &["orderId", "clientOrderID", "clientOrderId"];
const ADDRESS: &[Parameter] = &[
    order_id("orderId"),
    client_id("clientOrderID"),
    client_id("clientOrderId"),
];
pub(super) const PAGES: &[Parameter] = &[
    scalar("startTime"),
    scalar("endTime"),
    scalar("startTs"),
    scalar("endTs"),
    scalar("fromId"),
    scalar("limit"),
    scalar("offset"),
    scalar("page"),
    scalar("pageIndex"),
    scalar("pageSize"),
    scalar("pageId"),
    scalar("size"),
    scalar("current"),
    scalar("status"),
    scalar("type"),
];

/// Two orders with one side and one quantity: a limit order, and a stop.
const OCO: &[Parameter] = &[
    needed(symbol("symbol")),
    needed(side("side", SIDES)),
    needed(quantity("quantity")),
    needed(price("limitPrice")),
    needed(scalar("triggerPrice")),
    client_id("listClientOrderId"),
    scalar("aboveClientOrderId"),
    scalar("belowClientOrderId"),
];

/// What a cancellation and a new order in one may have, spelled in one of two ways.
fn replaces(fields: &Fields<'_>) -> bool {
    fields.has("cancelReplaceMode") || fields.has("CancelReplaceMode")
}

pub(super) const OPERATIONS: &[Op] = &[
    trade("/openApi/spot/v1/trade/order", "spot_order").takes(&[ORDER]),
    trade("/openApi/spot/v1/trade/batchOrders", "spot_orders")
        .batch(Batch::Text("data"))
        .beside(&["sync"])
        .takes(&[ORDER, &[scalar("sync")]]),
    trade(
        "/openApi/spot/v1/trade/order/cancelReplace",
        "spot_cancel_replace",
    )
    .when(replaces)
    .takes(&[ORDER, REPLACED]),
    trade("/openApi/spot/v1/trade/cancel", "spot_cancel")
        .one_of(ONE_ORDER)
        .takes(&[MARKET, ADDRESS, &[scalar("cancelRestrictions")]]),
    trade("/openApi/spot/v1/trade/cancelOrders", "spot_cancels")
        .one_of(&["orderIds", "clientOrderIDs", "clientOrderIds"])
        .takes(&[
            MARKET,
            &[
                scalar("orderIds"),
                scalar("clientOrderIDs"),
                scalar("clientOrderIds"),
                scalar("process"),
            ],
        ]),
    trade("/openApi/spot/v1/trade/cancelOpenOrders", "spot_cancel_all").takes(&[ANY_MARKET]),
    trade("/openApi/spot/v1/trade/cancelAllAfter", "spot_cancel_after")
        .when(sets_a_timer)
        .takes(&[&[
            needed(word("type", &["ACTIVATE", "CLOSE"])),
            scalar("timeOut"),
        ]]),
    trade("/openApi/spot/v1/oco/order", "spot_oco")
        .adjust(limit)
        .attaches(SECOND_OF_PAIR)
        .takes(&[OCO]),
    trade("/openApi/spot/v1/oco/cancel", "spot_oco_cancel")
        .one_of(ONE_ORDER)
        .takes(&[ADDRESS]),
    read("/openApi/spot/v1/trade/query", "spot_query_order")
        .one_of(ONE_ORDER)
        .takes(&[MARKET, ADDRESS]),
    read("/openApi/spot/v1/trade/openOrders", "spot_open_orders").takes(&[ANY_MARKET]),
    read(
        "/openApi/spot/v1/trade/historyOrders",
        "spot_orders_history",
    )
    .takes(&[ANY_MARKET, PAGES, &[order_id("orderId")]]),
    read("/openApi/spot/v1/trade/myTrades", "spot_my_trades").takes(&[
        MARKET,
        PAGES,
        &[order_id("orderId")],
    ]),
    read("/openApi/spot/v1/user/commissionRate", "spot_commission").takes(&[MARKET]),
    read("/openApi/spot/v1/account/balance", "spot_balance"),
    read("/openApi/spot/v1/oco/orderList", "spot_oco_query")
        .takes(&[ADDRESS, &[scalar("orderListId")]]),
    read("/openApi/spot/v1/oco/openOrderList", "spot_oco_open").takes(&[PAGES]),
    read("/openApi/spot/v1/oco/historyOrderList", "spot_oco_history").takes(&[PAGES]),
];
