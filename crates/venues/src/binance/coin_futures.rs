//! COIN-M futures (`/dapi`): sized in contracts.

use crate::{
    Product,
    kit::{
        operation::{Batch, Op, delete, get, post, put},
        parameter::scalar,
    },
};

use super::{
    COIN_FUTURES_HOSTS as HOSTS,
    parameters::{
        ADDRESS, ALGO_ADDRESS, ALGO_ORDER, AMENDMENT, ANY_MARKET, FUTURES_KIND, FUTURES_ORDER,
        HISTORY, MARKET, ONE_ALGO, ONE_ORDER, SEVERAL, SEVERAL_ORDERS, SIDE, amends, closes,
        is_completed,
    },
    usd_futures::{
        ALGO_HISTORY, COUNTDOWN, DOWNLOAD, DUAL, FORCED, INCOME, LEVERAGE, MARGIN_TYPE,
        POSITION_MARGIN, SPAN,
    },
};

const fn read(path: &'static str, name: &'static str) -> Op {
    get(path, name).reads(Product::CoinFutures).on(HOSTS)
}

const fn trade(op: Op) -> Op {
    op.trades_futures(Product::CoinFutures)
        .in_contracts()
        .on(HOSTS)
}

pub(super) const OPERATIONS: &[Op] = &[
    trade(post("/dapi/v1/order", "coin_futures_order"))
        .adjust(closes)
        .completed_when(is_completed)
        .takes(&[MARKET, SIDE, FUTURES_KIND, FUTURES_ORDER]),
    trade(delete("/dapi/v1/order", "coin_futures_cancel_order"))
        .one_of(ONE_ORDER)
        .takes(&[MARKET, ADDRESS]),
    trade(delete("/dapi/v1/allOpenOrders", "coin_futures_cancel_all")).takes(&[MARKET]),
    trade(put("/dapi/v1/order", "coin_futures_modify_order"))
        .one_of(ONE_ORDER)
        .adjust(amends)
        .completed_when(is_completed)
        .takes(&[MARKET, SIDE, ADDRESS, AMENDMENT]),
    trade(post("/dapi/v1/batchOrders", "coin_futures_batch_order"))
        .batch(Batch::Text("batchOrders"))
        .beside(&[])
        .adjust(closes)
        .completed_when(is_completed)
        .takes(&[MARKET, SIDE, FUTURES_KIND, FUTURES_ORDER]),
    trade(put("/dapi/v1/batchOrders", "coin_futures_batch_modify"))
        .batch(Batch::Text("batchOrders"))
        .beside(&[])
        .one_of(ONE_ORDER)
        .adjust(amends)
        .completed_when(is_completed)
        .takes(&[MARKET, SIDE, ADDRESS, AMENDMENT]),
    trade(delete("/dapi/v1/batchOrders", "coin_futures_batch_cancel"))
        .one_of(SEVERAL_ORDERS)
        .takes(&[MARKET, SEVERAL]),
    trade(post(
        "/dapi/v1/countdownCancelAll",
        "coin_futures_countdown_cancel",
    ))
    .takes(&[MARKET, COUNTDOWN]),
    trade(post("/dapi/v1/algoOrder", "coin_futures_algo_order"))
        .adjust(closes)
        .completed_when(is_completed)
        .takes(&[MARKET, SIDE, FUTURES_KIND, ALGO_ORDER]),
    trade(delete("/dapi/v1/algoOrder", "coin_futures_algo_cancel"))
        .one_of(ONE_ALGO)
        .takes(&[ALGO_ADDRESS, ANY_MARKET]),
    trade(delete(
        "/dapi/v1/algoOpenOrders",
        "coin_futures_algo_cancel_all",
    ))
    .takes(&[MARKET]),
    trade(post("/dapi/v1/leverage", "coin_futures_leverage")).takes(&[MARKET, LEVERAGE]),
    trade(post("/dapi/v1/marginType", "coin_futures_margin_type"))
        .takes(&[MARKET, MARGIN_TYPE])
        .commits_nothing(),
    trade(post(
        "/dapi/v1/positionMargin",
        "coin_futures_position_margin",
    ))
    .takes(&[MARKET, POSITION_MARGIN]),
    trade(post(
        "/dapi/v1/positionSide/dual",
        "coin_futures_set_position_mode",
    ))
    .takes(&[DUAL])
    .commits_nothing(),
    read("/dapi/v1/order", "coin_futures_query_order")
        .one_of(ONE_ORDER)
        .takes(&[MARKET, ADDRESS]),
    read("/dapi/v1/openOrder", "coin_futures_open_order")
        .one_of(ONE_ORDER)
        .takes(&[MARKET, ADDRESS]),
    read("/dapi/v1/openOrders", "coin_futures_open_orders").takes(&[ANY_MARKET, PAIR]),
    read("/dapi/v1/allOrders", "coin_futures_all_orders").takes(&[ANY_MARKET, PAIR, HISTORY]),
    read("/dapi/v1/userTrades", "coin_futures_my_trades").takes(&[ANY_MARKET, PAIR, HISTORY]),
    read("/dapi/v1/algoOrder", "coin_futures_algo_query")
        .one_of(ONE_ALGO)
        .takes(&[ALGO_ADDRESS, ANY_MARKET]),
    read("/dapi/v1/openAlgoOrders", "coin_futures_algo_open").takes(&[ANY_MARKET, ALGO_HISTORY]),
    read("/dapi/v1/allAlgoOrders", "coin_futures_algo_all").takes(&[ANY_MARKET, ALGO_HISTORY]),
    read("/dapi/v1/balance", "coin_futures_balance"),
    read("/dapi/v1/account", "coin_futures_account"),
    read("/dapi/v1/positionRisk", "coin_futures_position_risk").takes(&[ANY_MARKET, PAIR]),
    read("/dapi/v1/leverageBracket", "coin_futures_pair_brackets").takes(&[&[scalar("pair")]]),
    read("/dapi/v2/leverageBracket", "coin_futures_leverage_brackets").takes(&[ANY_MARKET, PAIR]),
    read("/dapi/v1/commissionRate", "coin_futures_commission").takes(&[MARKET]),
    read("/dapi/v1/positionSide/dual", "coin_futures_position_mode"),
    read(
        "/dapi/v1/positionMargin/history",
        "coin_futures_position_margin_history",
    )
    .takes(&[
        MARKET,
        &[
            scalar("type"),
            scalar("startTime"),
            scalar("endTime"),
            scalar("limit"),
        ],
    ]),
    read("/dapi/v1/income", "coin_futures_income").takes(&[ANY_MARKET, INCOME]),
    read("/dapi/v1/income/asyn", "coin_futures_income_file").takes(&[SPAN]),
    read("/dapi/v1/income/asyn/id", "coin_futures_income_link").takes(&[DOWNLOAD]),
    read("/dapi/v1/order/asyn", "coin_futures_orders_file").takes(&[SPAN]),
    read("/dapi/v1/order/asyn/id", "coin_futures_orders_link").takes(&[DOWNLOAD]),
    read("/dapi/v1/trade/asyn", "coin_futures_trades_file").takes(&[SPAN]),
    read("/dapi/v1/trade/asyn/id", "coin_futures_trades_link").takes(&[DOWNLOAD]),
    read("/dapi/v1/forceOrders", "coin_futures_liquidations").takes(&[ANY_MARKET, FORCED]),
    read("/dapi/v1/adlQuantile", "coin_futures_adl_quantile").takes(&[ANY_MARKET]),
    read("/dapi/v1/orderAmendment", "coin_futures_amendments").takes(&[MARKET, ADDRESS, HISTORY]),
    read("/dapi/v1/pmAccountInfo", "coin_futures_portfolio_account").takes(&[&[scalar("asset")]]),
];

const PAIR: &[crate::kit::parameter::Parameter] = &[scalar("pair"), scalar("marginAsset")];
