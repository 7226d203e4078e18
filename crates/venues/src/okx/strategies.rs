//! What the exchange trades on the account's behalf: grids, recurring buys, copied positions.

use crate::{
    Product,
    kit::{
        operation::{Batch, Op, post},
        parameter::{
            Parameter, amount, anything, client_id, leverage, needed, order_id, scalar, symbol,
            word,
        },
    },
    syntax::Fields,
};

use super::HOSTS;

fn is_spot_grid(fields: &Fields<'_>) -> bool {
    fields.is("algoOrdType", "grid")
}

fn is_contract_grid(fields: &Fields<'_>) -> bool {
    fields.is("algoOrdType", "contract_grid")
}

const GRID: &[Parameter] = &[
    needed(symbol("instId")),
    needed(scalar("algoOrdType")),
    needed(scalar("maxPx")),
    needed(scalar("minPx")),
    needed(scalar("gridNum")),
    scalar("runType"),
    scalar("tpTriggerPx"),
    scalar("slTriggerPx"),
    scalar("tpRatio"),
    scalar("slRatio"),
    client_id("algoClOrdId"),
    scalar("tag"),
    scalar("profitSharingRatio"),
    anything("triggerParams"),
    scalar("quoteSz"),
    scalar("baseSz"),
    scalar("sz"),
    scalar("direction"),
    leverage("lever"),
    scalar("basePos"),
    scalar("tradeQuoteCcy"),
];

const GRID_STOP: &[Parameter] = &[
    needed(order_id("algoId")),
    needed(symbol("instId")),
    needed(scalar("algoOrdType")),
    needed(word("stopType", &["1", "2", "3", "5", "6"])),
];

const GRID_AMENDMENT: &[Parameter] = &[
    needed(order_id("algoId")),
    needed(symbol("instId")),
    scalar("slTriggerPx"),
    scalar("tpTriggerPx"),
    scalar("tpRatio"),
    scalar("slRatio"),
    scalar("topUpAmt"),
    anything("triggerParams"),
];

const fn spot(op: Op) -> Op {
    op.trades_spot().on(HOSTS)
}

const fn derivative(op: Op) -> Op {
    op.trades_futures(Product::UsdFutures).on(HOSTS)
}

pub(super) const OPERATIONS: &[Op] = &[
    spot(post("/api/v5/tradingBot/grid/order-algo", "spot_grid"))
        .when(is_spot_grid)
        .takes(&[GRID]),
    derivative(post("/api/v5/tradingBot/grid/order-algo", "contract_grid"))
        .when(is_contract_grid)
        .takes(&[GRID]),
    spot(post(
        "/api/v5/tradingBot/grid/stop-order-algo",
        "spot_grid_stops",
    ))
    .batch(Batch::Body)
    .when(is_spot_grid)
    .takes(&[GRID_STOP]),
    derivative(post(
        "/api/v5/tradingBot/grid/stop-order-algo",
        "contract_grid_stops",
    ))
    .batch(Batch::Body)
    .when(is_contract_grid)
    .takes(&[GRID_STOP]),
    spot(post(
        "/api/v5/tradingBot/grid/amend-order-algo",
        "spot_grid_amend",
    ))
    .takes(&[GRID_AMENDMENT]),
    derivative(post(
        "/api/v5/tradingBot/grid/amend-order-algo",
        "contract_grid_amend",
    ))
    .takes(&[GRID_AMENDMENT]),
    derivative(post(
        "/api/v5/tradingBot/grid/close-position",
        "contract_grid_close",
    ))
    .takes(&[&[
        needed(order_id("algoId")),
        needed(scalar("mktClose")),
        scalar("sz"),
        scalar("px"),
    ]]),
    derivative(post(
        "/api/v5/tradingBot/grid/cancel-close-order",
        "contract_grid_close_cancel",
    ))
    .takes(&[&[needed(scalar("algoId")), needed(order_id("ordId"))]]),
    derivative(post(
        "/api/v5/tradingBot/grid/margin-balance",
        "contract_grid_margin",
    ))
    .takes(&[&[
        needed(order_id("algoId")),
        needed(word("type", &["add", "reduce"])),
        amount("amt"),
        scalar("percent"),
    ]]),
    spot(post(
        "/api/v5/tradingBot/grid/withdraw-income",
        "spot_grid_income",
    ))
    .takes(&[&[needed(order_id("algoId"))]]),
    spot(post(
        "/api/v5/tradingBot/recurring/order-algo",
        "recurring_buy",
    ))
    .takes(&[&[
        needed(scalar("stgyName")),
        needed(anything("recurringList")),
        needed(scalar("period")),
        scalar("recurringDay"),
        scalar("recurringHour"),
        scalar("recurringTime"),
        scalar("timeZone"),
        needed(amount("amt")),
        scalar("investmentCcy"),
        scalar("tdMode"),
        client_id("algoClOrdId"),
        scalar("tag"),
        scalar("tradeQuoteCcy"),
    ]]),
    spot(post(
        "/api/v5/tradingBot/recurring/amend-order-algo",
        "recurring_buy_amend",
    ))
    .takes(&[&[needed(order_id("algoId")), needed(scalar("stgyName"))]]),
    spot(post(
        "/api/v5/tradingBot/recurring/stop-order-algo",
        "recurring_buy_stops",
    ))
    .batch(Batch::Body)
    .takes(&[&[needed(order_id("algoId"))]]),
    derivative(post("/api/v5/copytrading/algo-order", "lead_stop")).takes(&[&[
        needed(order_id("subPosId")),
        scalar("instType"),
        scalar("tpTriggerPx"),
        scalar("slTriggerPx"),
        scalar("tpTriggerPxType"),
        scalar("slTriggerPxType"),
        scalar("tpOrdPx"),
        scalar("slOrdPx"),
        scalar("tag"),
        scalar("subPosType"),
    ]]),
    derivative(post("/api/v5/copytrading/close-subposition", "lead_close")).takes(&[&[
        needed(order_id("subPosId")),
        scalar("instType"),
        scalar("ordType"),
        scalar("px"),
        scalar("tag"),
        scalar("subPosType"),
    ]]),
    derivative(post(
        "/api/v5/copytrading/set-instruments",
        "lead_instruments",
    ))
    .takes(&[&[needed(symbol("instId")), scalar("instType")]]),
    derivative(post("/api/v5/copytrading/stop-copy-trading", "copy_stop")).takes(&[&[
        needed(scalar("uniqueCode")),
        needed(scalar("subPosCloseType")),
        scalar("instType"),
    ]]),
];
