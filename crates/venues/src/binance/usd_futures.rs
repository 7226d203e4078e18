//! USD-M futures (`/fapi`).

use crate::{
    Class, Permission, Product,
    kit::{
        operation::{Batch, Op, delete, get, post, put},
        parameter::{
            POSITIONS, Parameter, amount, asset, client_id, from, leverage, needed, order_id,
            position, scalar, to, word,
        },
    },
};

use super::{
    USD_FUTURES_HOSTS as HOSTS,
    parameters::{
        ADDRESS, ALGO_ADDRESS, ALGO_ORDER, AMENDMENT, ANY_MARKET, FUTURES_KIND, FUTURES_ORDER,
        HISTORY, MARKET, ONE_ALGO, ONE_ORDER, SEVERAL, SEVERAL_ORDERS, SIDE, amends, closes,
        is_completed, sells,
    },
};

const fn read(path: &'static str, name: &'static str) -> Op {
    get(path, name).reads(Product::UsdFutures).on(HOSTS)
}

const fn trade(op: Op) -> Op {
    op.trades_futures(Product::UsdFutures).on(HOSTS)
}

/// A test needs the permission to trade but changes nothing.
const fn trial(path: &'static str, name: &'static str) -> Op {
    post(path, name)
        .is(Class::Read, Product::UsdFutures, Permission::Futures)
        .on(HOSTS)
}

/// How one market or the account is margined; `type` adds to a position's margin or takes from it.
pub(super) const MARGIN_TYPE: &[Parameter] = &[needed(word(
    "marginType",
    &["ISOLATED", "CROSSED", "CROSS"],
))];
pub(super) const POSITION_MARGIN: &[Parameter] = &[
    needed(amount("amount")),
    needed(scalar("type")),
    position("positionSide", POSITIONS),
];
pub(super) const DUAL: &[Parameter] = &[needed(scalar("dualSidePosition"))];
pub(super) const LEVERAGE: &[Parameter] = &[needed(leverage("leverage"))];
pub(super) const COUNTDOWN: &[Parameter] = &[needed(scalar("countdownTime"))];
pub(super) const INCOME: &[Parameter] = &[
    scalar("incomeType"),
    scalar("startTime"),
    scalar("endTime"),
    scalar("page"),
    scalar("limit"),
];
pub(super) const FORCED: &[Parameter] = &[
    scalar("autoCloseType"),
    scalar("startTime"),
    scalar("endTime"),
    scalar("limit"),
];
pub(super) const DOWNLOAD: &[Parameter] = &[needed(scalar("downloadId"))];
pub(super) const SPAN: &[Parameter] = &[needed(scalar("startTime")), needed(scalar("endTime"))];
pub(super) const ALGO_HISTORY: &[Parameter] = &[
    order_id("algoId"),
    client_id("clientAlgoId"),
    scalar("algoType"),
    scalar("startTime"),
    scalar("endTime"),
    scalar("page"),
    scalar("limit"),
];

pub(super) const OPERATIONS: &[Op] = &[
    trade(post("/fapi/v1/order", "futures_order"))
        .adjust(closes)
        .completed_when(is_completed)
        .takes(&[MARKET, SIDE, FUTURES_KIND, FUTURES_ORDER]),
    trial("/fapi/v1/order/test", "futures_order_test")
        .adjust(closes)
        .completed_when(is_completed)
        .takes(&[MARKET, SIDE, FUTURES_KIND, FUTURES_ORDER]),
    trade(delete("/fapi/v1/order", "futures_cancel_order"))
        .one_of(ONE_ORDER)
        .takes(&[MARKET, ADDRESS]),
    trade(delete("/fapi/v1/allOpenOrders", "futures_cancel_all")).takes(&[MARKET]),
    trade(put("/fapi/v1/order", "futures_modify_order"))
        .one_of(ONE_ORDER)
        .adjust(amends)
        .completed_when(is_completed)
        .takes(&[MARKET, SIDE, ADDRESS, AMENDMENT]),
    trade(post("/fapi/v1/batchOrders", "futures_batch_order"))
        .batch(Batch::Text("batchOrders"))
        .beside(&[])
        .adjust(closes)
        .completed_when(is_completed)
        .takes(&[MARKET, SIDE, FUTURES_KIND, FUTURES_ORDER]),
    trade(put("/fapi/v1/batchOrders", "futures_batch_modify"))
        .batch(Batch::Text("batchOrders"))
        .beside(&[])
        .one_of(ONE_ORDER)
        .adjust(amends)
        .completed_when(is_completed)
        .takes(&[MARKET, SIDE, ADDRESS, AMENDMENT]),
    trade(delete("/fapi/v1/batchOrders", "futures_batch_cancel"))
        .one_of(SEVERAL_ORDERS)
        .takes(&[MARKET, SEVERAL]),
    trade(post(
        "/fapi/v1/countdownCancelAll",
        "futures_countdown_cancel",
    ))
    .takes(&[MARKET, COUNTDOWN]),
    trade(post("/fapi/v1/algoOrder", "futures_algo_order"))
        .adjust(closes)
        .completed_when(is_completed)
        .takes(&[MARKET, SIDE, FUTURES_KIND, ALGO_ORDER]),
    trade(delete("/fapi/v1/algoOrder", "futures_algo_cancel"))
        .one_of(ONE_ALGO)
        .takes(&[ALGO_ADDRESS, ANY_MARKET]),
    trade(delete("/fapi/v1/algoOpenOrders", "futures_algo_cancel_all")).takes(&[MARKET]),
    trade(post("/fapi/v1/leverage", "futures_leverage")).takes(&[MARKET, LEVERAGE]),
    trade(post("/fapi/v1/marginType", "futures_margin_type"))
        .takes(&[MARKET, MARGIN_TYPE])
        .commits_nothing(),
    trade(post("/fapi/v1/positionMargin", "futures_position_margin"))
        .takes(&[MARKET, POSITION_MARGIN]),
    trade(post(
        "/fapi/v1/positionSide/dual",
        "futures_set_position_mode",
    ))
    .takes(&[DUAL])
    .commits_nothing(),
    trade(post("/fapi/v1/multiAssetsMargin", "futures_multi_assets"))
        .takes(&[&[needed(scalar("multiAssetsMargin"))]])
        .commits_nothing(),
    trade(post("/fapi/v1/feeBurn", "futures_fee_burn"))
        .takes(&[&[needed(scalar("feeBurn"))]])
        .commits_nothing(),
    trade(post("/fapi/v1/stock/contract", "futures_stock_contract")).not_offered(),
    trade(post("/fapi/v1/convert/getQuote", "futures_convert_quote"))
        .adjust(sells)
        .takes(&[CONVERT]),
    trade(post(
        "/fapi/v1/convert/acceptQuote",
        "futures_convert_accept",
    ))
    .adjust(sells)
    .takes(&[&[needed(scalar("quoteId"))]]),
    read("/fapi/v1/stock/contract", "futures_stock_contract_status"),
    read("/fapi/v1/order", "futures_query_order")
        .one_of(ONE_ORDER)
        .takes(&[MARKET, ADDRESS]),
    read("/fapi/v1/openOrder", "futures_open_order")
        .one_of(ONE_ORDER)
        .takes(&[MARKET, ADDRESS]),
    read("/fapi/v1/openOrders", "futures_open_orders").takes(&[ANY_MARKET]),
    read("/fapi/v1/allOrders", "futures_all_orders").takes(&[ANY_MARKET, HISTORY]),
    read("/fapi/v1/userTrades", "futures_my_trades").takes(&[MARKET, HISTORY]),
    read("/fapi/v1/algoOrder", "futures_algo_query")
        .one_of(ONE_ALGO)
        .takes(&[ALGO_ADDRESS, ANY_MARKET]),
    read("/fapi/v1/openAlgoOrders", "futures_algo_open").takes(&[ANY_MARKET, ALGO_HISTORY]),
    read("/fapi/v1/allAlgoOrders", "futures_algo_all").takes(&[ANY_MARKET, ALGO_HISTORY]),
    read("/fapi/v1/balance", "futures_balance_v1"),
    read("/fapi/v2/balance", "futures_balance_v2"),
    read("/fapi/v3/balance", "futures_balance"),
    read("/fapi/v1/account", "futures_account_v1"),
    read("/fapi/v2/account", "futures_account_v2"),
    read("/fapi/v3/account", "futures_account"),
    read("/fapi/v1/positionRisk", "futures_position_risk_v1").takes(&[ANY_MARKET]),
    read("/fapi/v2/positionRisk", "futures_position_risk_v2").takes(&[ANY_MARKET]),
    read("/fapi/v3/positionRisk", "futures_position_risk").takes(&[ANY_MARKET]),
    read("/fapi/v1/leverageBracket", "futures_leverage_brackets").takes(&[ANY_MARKET]),
    read("/fapi/v1/commissionRate", "futures_commission").takes(&[MARKET]),
    read("/fapi/v1/symbolConfig", "futures_symbol_config").takes(&[ANY_MARKET]),
    read("/fapi/v1/accountConfig", "futures_account_config"),
    read("/fapi/v1/positionSide/dual", "futures_position_mode"),
    read("/fapi/v1/multiAssetsMargin", "futures_multi_assets_mode"),
    read("/fapi/v1/feeBurn", "futures_fee_burn_status"),
    read(
        "/fapi/v1/positionMargin/history",
        "futures_position_margin_history",
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
    read("/fapi/v1/income", "futures_income").takes(&[ANY_MARKET, INCOME]),
    read("/fapi/v1/income/asyn", "futures_income_file").takes(&[SPAN]),
    read("/fapi/v1/income/asyn/id", "futures_income_link").takes(&[DOWNLOAD]),
    read("/fapi/v1/order/asyn", "futures_orders_file").takes(&[SPAN]),
    read("/fapi/v1/order/asyn/id", "futures_orders_link").takes(&[DOWNLOAD]),
    read("/fapi/v1/trade/asyn", "futures_trades_file").takes(&[SPAN]),
    read("/fapi/v1/trade/asyn/id", "futures_trades_link").takes(&[DOWNLOAD]),
    read("/fapi/v1/forceOrders", "futures_liquidations").takes(&[ANY_MARKET, FORCED]),
    read("/fapi/v1/adlQuantile", "futures_adl_quantile").takes(&[ANY_MARKET]),
    read("/fapi/v1/orderAmendment", "futures_amendments").takes(&[MARKET, ADDRESS, HISTORY]),
    read("/fapi/v1/rateLimit/order", "futures_order_rate"),
    read("/fapi/v1/apiTradingStatus", "futures_trading_status").takes(&[ANY_MARKET]),
    read("/fapi/v1/pmAccountInfo", "futures_portfolio_account").takes(&[&[asset("asset")]]),
    read("/fapi/v1/convert/orderStatus", "futures_convert_status")
        .takes(&[&[scalar("orderId"), scalar("quoteId")]]),
];

const CONVERT: &[Parameter] = &[
    needed(from("fromAsset")),
    needed(to("toAsset")),
    scalar("fromAmount"),
    scalar("toAmount"),
    scalar("validTime"),
];
