//! Options (`/eapi`): sized in contracts.

use crate::{
    Class, OrderType, Permission, Product,
    kit::{
        attached::{Attached, Place, apart},
        operation::{Batch, Op, delete, get, post, put},
        parameter::{
            Parameter, SIDES, amount, asset, client_id, kind, needed, order_id, price, quantity,
            scalar, side, symbol,
        },
    },
};

use super::{
    OPTIONS_HOSTS as HOSTS,
    parameters::{FUTURES_KIND, FUTURES_KINDS, FUTURES_ORDER, HISTORY, MARKET, SIDE},
};

const fn read(path: &'static str, name: &'static str) -> Op {
    get(path, name).reads(Product::Options).on(HOSTS)
}

const fn trade(op: Op) -> Op {
    op.is(Class::TradeFutures, Product::Options, Permission::Options)
        .in_contracts()
        .on(HOSTS)
}

const MORE: &[Parameter] = &[
    needed(scalar("quantity")),
    scalar("postOnly"),
    client_id("clientOrderId"),
    scalar("isMmp"),
];
const ONE: &[&str] = &["orderId", "clientOrderId"];
const ADDRESS: &[Parameter] = &[order_id("orderId"), client_id("clientOrderId")];
const UNDERLYING: &[Parameter] = &[needed(symbol("underlying"))];
const BLOCK: &[Parameter] = &[scalar("blockOrderMatchingKey")];
/// What a block order is made of.
const LEGS: &[Attached] = &[apart(
    "leg",
    Place::ListText("legs"),
    &["symbol", "side", "quantity", "price", "type"],
    &[&[
        symbol("symbol"),
        side("side", SIDES),
        quantity("quantity"),
        price("price"),
        kind("type", FUTURES_KINDS),
    ]],
)
.adjust(|_, intent| {
    intent.order_type = intent.order_type.or(Some(OrderType::Limit));
    Ok(())
})];
const ANY: &[Parameter] = &[symbol("symbol"), symbol("underlying")];

pub(super) const OPERATIONS: &[Op] = &[
    trade(post("/eapi/v1/order", "options_order")).takes(&[
        MARKET,
        SIDE,
        FUTURES_KIND,
        FUTURES_ORDER,
        MORE,
    ]),
    trade(post("/eapi/v1/batchOrders", "options_batch_order"))
        .batch(Batch::Text("orders"))
        .beside(&[])
        .takes(&[MARKET, SIDE, FUTURES_KIND, FUTURES_ORDER, MORE]),
    trade(delete("/eapi/v1/order", "options_cancel_order"))
        .one_of(ONE)
        .takes(&[MARKET, ADDRESS]),
    trade(delete("/eapi/v1/batchOrders", "options_batch_cancel"))
        .one_of(&["orderIds", "clientOrderIds"])
        .takes(&[MARKET, &[scalar("orderIds"), scalar("clientOrderIds")]]),
    trade(delete("/eapi/v1/allOpenOrders", "options_cancel_all")).takes(&[MARKET]),
    trade(delete(
        "/eapi/v1/allOpenOrdersByUnderlying",
        "options_cancel_underlying",
    ))
    .takes(&[UNDERLYING]),
    trade(post(
        "/eapi/v1/countdownCancelAll",
        "options_countdown_cancel",
    ))
    .takes(&[UNDERLYING, &[needed(scalar("countdownTime"))]]),
    trade(post(
        "/eapi/v1/countdownCancelAllHeartBeat",
        "options_countdown_heartbeat",
    ))
    .takes(&[&[needed(scalar("underlyings"))]]),
    trade(post("/eapi/v1/mmpSet", "options_protection_set")).takes(&[
        ANY,
        &[
            scalar("windowTimeInMilliseconds"),
            scalar("frozenTimeInMilliseconds"),
            scalar("qtyLimit"),
            scalar("deltaLimit"),
        ],
    ]),
    trade(post("/eapi/v1/mmpReset", "options_protection_reset")).takes(&[ANY]),
    trade(post("/eapi/v1/block/order/create", "options_block_order"))
        .takes(&[
            ANY,
            &[
                needed(scalar("liquidity")),
                side("side", SIDES),
                price("price"),
                quantity("quantity"),
            ],
        ])
        .attaches(LEGS),
    trade(put("/eapi/v1/block/order/create", "options_block_extend"))
        .takes(&[&[needed(scalar("blockOrderMatchingKey"))]]),
    trade(delete(
        "/eapi/v1/block/order/create",
        "options_block_cancel",
    ))
    .takes(&[&[needed(scalar("blockOrderMatchingKey"))]]),
    trade(post(
        "/eapi/v1/block/order/execute",
        "options_block_execute",
    ))
    .takes(&[&[needed(scalar("blockOrderMatchingKey"))]]),
    trade(post("/eapi/v1/stock/contract", "options_stock_contract")).not_offered(),
    post("/eapi/v1/transfer", "options_transfer")
        .transfers()
        .takes(&[&[
            needed(asset("currency")),
            needed(amount("amount")),
            needed(scalar("type")),
        ]])
        .on(HOSTS),
    read("/eapi/v1/account", "options_account"),
    read("/eapi/v1/marginAccount", "options_margin_account"),
    read("/eapi/v1/position", "options_positions").takes(&[ANY]),
    read("/eapi/v1/order", "options_query_order")
        .one_of(ONE)
        .takes(&[MARKET, ADDRESS]),
    read("/eapi/v1/openOrders", "options_open_orders").takes(&[ANY, HISTORY]),
    read("/eapi/v1/historyOrders", "options_orders_history").takes(&[MARKET, HISTORY]),
    read("/eapi/v1/userTrades", "options_my_trades").takes(&[ANY, HISTORY]),
    read("/eapi/v1/exerciseRecord", "options_exercises").takes(&[ANY, HISTORY]),
    read("/eapi/v1/bill", "options_bills")
        .takes(&[&[needed(scalar("currency")), scalar("recordId")], HISTORY]),
    read("/eapi/v1/block/order/orders", "options_block_orders").takes(&[ANY, HISTORY, BLOCK]),
    read("/eapi/v1/block/order/execute", "options_block_query").takes(&[BLOCK]),
    read("/eapi/v1/block/user-trades", "options_block_trades").takes(&[ANY, HISTORY, BLOCK]),
    read("/eapi/v1/income/asyn", "options_income_file")
        .takes(&[&[needed(scalar("startTime")), needed(scalar("endTime"))]]),
    read("/eapi/v1/income/asyn/id", "options_income_link")
        .takes(&[&[needed(scalar("downloadId"))]]),
    read("/eapi/v1/mmp", "options_protection").takes(&[ANY]),
    read("/eapi/v1/countdownCancelAll", "options_countdown").takes(&[ANY]),
    // Spelled in two ways.
    read("/eapi/v1/comission", "options_commission"),
    read("/eapi/v1/commission", "options_commission_rate"),
];
