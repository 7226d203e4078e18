//! Portfolio margin (`/papi`), and what `/sapi` has for such accounts.

use crate::{
    Class, Permission, Product,
    kit::{
        operation::{Op, delete, get, post, put},
        parameter::{
            POSITIONS, Parameter, amount, asset, client_id, kind, needed, order_id, position,
            price, quantity, reduce_only, scalar, stop_price,
        },
    },
};

use super::{
    PORTFOLIO_HOSTS as HOSTS, SAPI_HOSTS,
    lists::{LIST_ADDRESS, OCO, ONE_LIST, oco},
    parameters::{
        ADDRESS, ALGO_ADDRESS, ALGO_ORDER, AMENDMENT, ANY_MARKET, CANCEL, FUTURES_KIND,
        FUTURES_KINDS, FUTURES_ORDER, HISTORY, MARKET, ONE_ALGO, ONE_ORDER, PAGES, SIDE, SPOT_KIND,
        SPOT_ORDER, amends, closes, is_completed, is_pegged, pegs,
    },
    usd_futures::{ALGO_HISTORY, DOWNLOAD, DUAL, FORCED, INCOME, LEVERAGE, SPAN},
};

const fn usd(op: Op) -> Op {
    op.is(
        Class::TradeFutures,
        Product::UsdFutures,
        Permission::PortfolioMargin,
    )
    .on(HOSTS)
}

const fn coin(op: Op) -> Op {
    op.is(
        Class::TradeFutures,
        Product::CoinFutures,
        Permission::PortfolioMargin,
    )
    .in_contracts()
    .on(HOSTS)
}

const fn margin(op: Op, class: Class) -> Op {
    op.is(class, Product::Margin, Permission::PortfolioMargin)
        .on(HOSTS)
}

/// Value moved inside the account.
const fn collect(op: Op) -> Op {
    op.is(
        Class::Transfer,
        Product::Wallet,
        Permission::PortfolioMargin,
    )
    .on(HOSTS)
}

const fn read(path: &'static str, name: &'static str, product: Product) -> Op {
    get(path, name).reads(product).on(HOSTS)
}

const ASSET: &[Parameter] = &[needed(asset("asset"))];
const ANY_ASSET: &[Parameter] = &[asset("asset")];
const AMOUNT: &[Parameter] = &[needed(amount("amount"))];
const BNB: &[Parameter] = &[needed(scalar("transferSide"))];
const EARN: &[Parameter] = &[needed(scalar("transferType"))];
/// Spelled in two ways by the venue's own client.
const REPAID_FROM: &[Parameter] = &[scalar("from"), scalar("varFrom")];
const SIDE_EFFECT: &[Parameter] = &[scalar("sideEffectType"), scalar("autoRepayAtCancel")];

/// A conditional order, whose kind is its strategy's.
const CONDITIONAL: &[Parameter] = &[
    needed(kind("strategyType", FUTURES_KINDS)),
    quantity("quantity"),
    price("price"),
    stop_price("stopPrice"),
    position("positionSide", POSITIONS),
    reduce_only("reduceOnly", &[]),
    client_id("newClientStrategyId"),
    scalar("newClientOrderId"),
    scalar("timeInForce"),
    scalar("workingType"),
    scalar("priceProtect"),
    scalar("priceMatch"),
    scalar("activationPrice"),
    scalar("callbackRate"),
    scalar("goodTillDate"),
    scalar("newOrderRespType"),
    scalar("selfTradePreventionMode"),
];
const ONE_STRATEGY: &[&str] = &["strategyId", "newClientStrategyId"];
const STRATEGY: &[Parameter] = &[order_id("strategyId"), client_id("newClientStrategyId")];
const PAIR: &[Parameter] = &[scalar("pair")];

const U: Product = Product::UsdFutures;
const C: Product = Product::CoinFutures;
const M: Product = Product::Margin;

pub(super) const TRADES: &[Op] = &[
    usd(post("/papi/v1/um/order", "pm_usd_futures_order"))
        .adjust(closes)
        .completed_when(is_completed)
        .takes(&[MARKET, SIDE, FUTURES_KIND, FUTURES_ORDER]),
    usd(put("/papi/v1/um/order", "pm_usd_futures_modify"))
        .one_of(ONE_ORDER)
        .adjust(amends)
        .completed_when(is_completed)
        .takes(&[MARKET, SIDE, ADDRESS, AMENDMENT]),
    usd(delete("/papi/v1/um/order", "pm_usd_futures_cancel"))
        .one_of(ONE_ORDER)
        .takes(&[MARKET, ADDRESS]),
    usd(delete(
        "/papi/v1/um/allOpenOrders",
        "pm_usd_futures_cancel_all",
    ))
    .takes(&[MARKET]),
    usd(post(
        "/papi/v1/um/conditional/order",
        "pm_usd_futures_conditional",
    ))
    .adjust(closes)
    .completed_when(is_completed)
    .takes(&[MARKET, SIDE, CONDITIONAL]),
    usd(delete(
        "/papi/v1/um/conditional/order",
        "pm_usd_futures_conditional_cancel",
    ))
    .one_of(ONE_STRATEGY)
    .takes(&[MARKET, STRATEGY]),
    usd(delete(
        "/papi/v1/um/conditional/allOpenOrders",
        "pm_usd_futures_conditional_cancel_all",
    ))
    .takes(&[MARKET]),
    usd(post("/papi/v1/um/algo/order", "pm_usd_futures_algo"))
        .adjust(closes)
        .completed_when(is_completed)
        .takes(&[MARKET, SIDE, FUTURES_KIND, ALGO_ORDER]),
    usd(delete(
        "/papi/v1/um/algo/order",
        "pm_usd_futures_algo_cancel",
    ))
    .one_of(ONE_ALGO)
    .takes(&[ALGO_ADDRESS, ANY_MARKET]),
    usd(delete(
        "/papi/v1/um/algo/allOpenOrders",
        "pm_usd_futures_algo_cancel_all",
    ))
    .takes(&[MARKET]),
    usd(post("/papi/v1/um/leverage", "pm_usd_futures_leverage")).takes(&[MARKET, LEVERAGE]),
    usd(post(
        "/papi/v1/um/positionSide/dual",
        "pm_usd_futures_set_mode",
    ))
    .takes(&[DUAL]),
    usd(post("/papi/v1/um/feeBurn", "pm_usd_futures_fee_burn"))
        .takes(&[&[needed(scalar("feeBurn"))]]),
    coin(post("/papi/v1/cm/order", "pm_coin_futures_order"))
        .adjust(closes)
        .completed_when(is_completed)
        .takes(&[MARKET, SIDE, FUTURES_KIND, FUTURES_ORDER]),
    coin(put("/papi/v1/cm/order", "pm_coin_futures_modify"))
        .one_of(ONE_ORDER)
        .adjust(amends)
        .completed_when(is_completed)
        .takes(&[MARKET, SIDE, ADDRESS, AMENDMENT]),
    coin(delete("/papi/v1/cm/order", "pm_coin_futures_cancel"))
        .one_of(ONE_ORDER)
        .takes(&[MARKET, ADDRESS]),
    coin(delete(
        "/papi/v1/cm/allOpenOrders",
        "pm_coin_futures_cancel_all",
    ))
    .takes(&[MARKET]),
    coin(post(
        "/papi/v1/cm/conditional/order",
        "pm_coin_futures_conditional",
    ))
    .adjust(closes)
    .completed_when(is_completed)
    .takes(&[MARKET, SIDE, CONDITIONAL]),
    coin(delete(
        "/papi/v1/cm/conditional/order",
        "pm_coin_futures_conditional_cancel",
    ))
    .one_of(ONE_STRATEGY)
    .takes(&[MARKET, STRATEGY]),
    coin(delete(
        "/papi/v1/cm/conditional/allOpenOrders",
        "pm_coin_futures_conditional_cancel_all",
    ))
    .takes(&[MARKET]),
    coin(post("/papi/v1/cm/leverage", "pm_coin_futures_leverage")).takes(&[MARKET, LEVERAGE]),
    coin(post(
        "/papi/v1/cm/positionSide/dual",
        "pm_coin_futures_set_mode",
    ))
    .takes(&[DUAL]),
    margin(
        post("/papi/v1/margin/order", "pm_margin_order"),
        Class::TradeSpot,
    )
    .adjust(pegs)
    .completed_when(is_pegged)
    .takes(&[MARKET, SIDE, SPOT_KIND, SPOT_ORDER, SIDE_EFFECT]),
    oco(margin(
        post("/papi/v1/margin/order/oco", "pm_margin_oco"),
        Class::TradeSpot,
    ))
    .takes(&[MARKET, OCO, SIDE_EFFECT]),
    margin(
        delete("/papi/v1/margin/order", "pm_margin_cancel"),
        Class::TradeSpot,
    )
    .one_of(ONE_ORDER)
    .takes(&[MARKET, ADDRESS, CANCEL]),
    margin(
        delete("/papi/v1/margin/orderList", "pm_margin_list_cancel"),
        Class::TradeSpot,
    )
    .one_of(ONE_LIST)
    .takes(&[MARKET, LIST_ADDRESS, CANCEL]),
    margin(
        delete("/papi/v1/margin/allOpenOrders", "pm_margin_cancel_all"),
        Class::TradeSpot,
    )
    .takes(&[MARKET]),
    margin(
        post("/papi/v1/marginLoan", "pm_margin_borrow"),
        Class::Transfer,
    )
    .takes(&[ASSET, AMOUNT]),
    margin(
        post("/papi/v1/repayLoan", "pm_margin_repay"),
        Class::Transfer,
    )
    .takes(&[ASSET, AMOUNT]),
    margin(
        post("/papi/v1/margin/repay-debt", "pm_margin_repay_debt"),
        Class::Transfer,
    )
    .takes(&[ASSET, &[amount("amount"), scalar("specifyRepayAssets")]]),
    collect(post("/papi/v1/auto-collection", "pm_collect_all")),
    collect(post("/papi/v1/asset-collection", "pm_collect_asset"))
        .takes(&[ASSET, &[amount("amount"), scalar("futureType")]]),
    collect(post(
        "/papi/v1/repay-futures-negative-balance",
        "pm_repay_futures",
    )),
    collect(post("/papi/v1/bnb-transfer", "pm_bnb_transfer")).takes(&[AMOUNT, BNB]),
    margin(
        post("/papi/v1/repay-futures-switch", "pm_repay_switch"),
        Class::Admin,
    )
    .takes(&[&[needed(scalar("autoRepay"))]]),
    collect(post(
        "/sapi/v1/portfolio/bnb-transfer",
        "portfolio_bnb_transfer",
    ))
    .transfers()
    .takes(&[BNB, AMOUNT])
    .on(SAPI_HOSTS),
    collect(post(
        "/sapi/v1/portfolio/asset-collection",
        "portfolio_collect_asset",
    ))
    .transfers()
    .takes(&[ASSET])
    .on(SAPI_HOSTS),
    collect(post(
        "/sapi/v1/portfolio/auto-collection",
        "portfolio_collect_all",
    ))
    .on(SAPI_HOSTS),
    collect(post("/sapi/v1/portfolio/repay", "portfolio_repay"))
        .takes(&[REPAID_FROM])
        .on(SAPI_HOSTS),
    collect(post(
        "/sapi/v1/portfolio/repay-futures-negative-balance",
        "portfolio_repay_futures",
    ))
    .takes(&[REPAID_FROM])
    .on(SAPI_HOSTS),
    collect(post("/sapi/v1/portfolio/mint", "portfolio_mint"))
        .takes(&[
            &[needed(scalar("fromAsset")), needed(scalar("targetAsset"))],
            AMOUNT,
        ])
        .on(SAPI_HOSTS),
    collect(post("/sapi/v1/portfolio/redeem", "portfolio_redeem"))
        .takes(&[
            &[needed(scalar("fromAsset")), needed(scalar("targetAsset"))],
            AMOUNT,
        ])
        .on(SAPI_HOSTS),
    collect(post(
        "/sapi/v1/portfolio/earn-asset-transfer",
        "portfolio_earn_transfer",
    ))
    .takes(&[ASSET, AMOUNT, EARN])
    .on(SAPI_HOSTS),
    margin(
        post(
            "/sapi/v1/portfolio/repay-futures-switch",
            "portfolio_repay_switch",
        ),
        Class::Admin,
    )
    .takes(&[&[needed(scalar("autoRepay"))]])
    .on(SAPI_HOSTS),
    margin(
        post("/sapi/v1/portfolio/delta-mode", "portfolio_set_delta_mode"),
        Class::Admin,
    )
    .takes(&[&[needed(scalar("deltaEnabled"))]])
    .on(SAPI_HOSTS),
    margin(
        post(
            "/sapi/v1/portfolio/margin-call-level",
            "portfolio_set_call_level",
        ),
        Class::Admin,
    )
    .takes(&[&[needed(scalar("marginCallLevel"))]])
    .on(SAPI_HOSTS),
    margin(
        delete(
            "/sapi/v1/portfolio/margin-call-level",
            "portfolio_clear_call_level",
        ),
        Class::Admin,
    )
    .on(SAPI_HOSTS),
    usd(post(
        "/papi/v1/um/stock/contract",
        "pm_usd_futures_stock_contract",
    ))
    .not_offered(),
];

pub(super) const READS: &[Op] = &[
    read("/papi/v1/um/order", "pm_usd_futures_query", U)
        .one_of(ONE_ORDER)
        .takes(&[MARKET, ADDRESS]),
    read("/papi/v1/um/openOrder", "pm_usd_futures_open_order", U)
        .one_of(ONE_ORDER)
        .takes(&[MARKET, ADDRESS]),
    read("/papi/v1/um/openOrders", "pm_usd_futures_open_orders", U).takes(&[ANY_MARKET]),
    read("/papi/v1/um/allOrders", "pm_usd_futures_all_orders", U).takes(&[MARKET, HISTORY]),
    read("/papi/v1/um/userTrades", "pm_usd_futures_trades", U).takes(&[MARKET, HISTORY]),
    read("/papi/v1/um/positionRisk", "pm_usd_futures_positions", U).takes(&[ANY_MARKET]),
    read("/papi/v1/um/account", "pm_usd_futures_account", U),
    read("/papi/v2/um/account", "pm_usd_futures_account_v2", U),
    read("/papi/v1/um/leverageBracket", "pm_usd_futures_brackets", U).takes(&[ANY_MARKET]),
    read("/papi/v1/um/commissionRate", "pm_usd_futures_commission", U).takes(&[MARKET]),
    read("/papi/v1/um/positionSide/dual", "pm_usd_futures_mode", U),
    read("/papi/v1/um/income", "pm_usd_futures_income", U).takes(&[ANY_MARKET, INCOME]),
    read("/papi/v1/um/income/asyn", "pm_usd_futures_income_file", U).takes(&[SPAN]),
    read(
        "/papi/v1/um/income/asyn/id",
        "pm_usd_futures_income_link",
        U,
    )
    .takes(&[DOWNLOAD]),
    read("/papi/v1/um/order/asyn", "pm_usd_futures_orders_file", U).takes(&[SPAN]),
    read("/papi/v1/um/order/asyn/id", "pm_usd_futures_orders_link", U).takes(&[DOWNLOAD]),
    read("/papi/v1/um/trade/asyn", "pm_usd_futures_trades_file", U).takes(&[SPAN]),
    read("/papi/v1/um/trade/asyn/id", "pm_usd_futures_trades_link", U).takes(&[DOWNLOAD]),
    read("/papi/v1/um/forceOrders", "pm_usd_futures_liquidations", U).takes(&[ANY_MARKET, FORCED]),
    read("/papi/v1/um/adlQuantile", "pm_usd_futures_adl", U).takes(&[ANY_MARKET]),
    read("/papi/v1/um/orderAmendment", "pm_usd_futures_amendments", U)
        .takes(&[MARKET, ADDRESS, HISTORY]),
    read("/papi/v1/um/feeBurn", "pm_usd_futures_fee_burn_status", U),
    read("/papi/v1/um/accountConfig", "pm_usd_futures_config", U),
    read(
        "/papi/v1/um/symbolConfig",
        "pm_usd_futures_symbol_config",
        U,
    )
    .takes(&[ANY_MARKET]),
    read("/papi/v1/um/apiTradingStatus", "pm_usd_futures_status", U).takes(&[ANY_MARKET]),
    read(
        "/papi/v1/um/conditional/openOrder",
        "pm_usd_futures_conditional_open",
        U,
    )
    .one_of(ONE_STRATEGY)
    .takes(&[MARKET, STRATEGY]),
    read(
        "/papi/v1/um/conditional/openOrders",
        "pm_usd_futures_conditionals_open",
        U,
    )
    .takes(&[ANY_MARKET]),
    read(
        "/papi/v1/um/conditional/orderHistory",
        "pm_usd_futures_conditional_query",
        U,
    )
    .one_of(ONE_STRATEGY)
    .takes(&[MARKET, STRATEGY]),
    read(
        "/papi/v1/um/conditional/allOrders",
        "pm_usd_futures_conditionals_all",
        U,
    )
    .takes(&[ANY_MARKET, STRATEGY, HISTORY]),
    read("/papi/v1/um/algo/algoOrder", "pm_usd_futures_algo_query", U)
        .one_of(ONE_ALGO)
        .takes(&[ALGO_ADDRESS, ANY_MARKET]),
    read(
        "/papi/v1/um/algo/openAlgoOrders",
        "pm_usd_futures_algo_open",
        U,
    )
    .takes(&[ANY_MARKET, ALGO_HISTORY]),
    read(
        "/papi/v1/um/algo/allAlgoOrders",
        "pm_usd_futures_algo_all",
        U,
    )
    .takes(&[ANY_MARKET, ALGO_HISTORY]),
    read("/papi/v1/cm/order", "pm_coin_futures_query", C)
        .one_of(ONE_ORDER)
        .takes(&[MARKET, ADDRESS]),
    read("/papi/v1/cm/openOrder", "pm_coin_futures_open_order", C)
        .one_of(ONE_ORDER)
        .takes(&[MARKET, ADDRESS]),
    read("/papi/v1/cm/openOrders", "pm_coin_futures_open_orders", C).takes(&[ANY_MARKET, PAIR]),
    read("/papi/v1/cm/allOrders", "pm_coin_futures_all_orders", C)
        .takes(&[ANY_MARKET, PAIR, HISTORY]),
    read("/papi/v1/cm/userTrades", "pm_coin_futures_trades", C).takes(&[ANY_MARKET, PAIR, HISTORY]),
    read("/papi/v1/cm/positionRisk", "pm_coin_futures_positions", C)
        .takes(&[PAIR, &[scalar("marginAsset")]]),
    read("/papi/v1/cm/account", "pm_coin_futures_account", C),
    read("/papi/v1/cm/leverageBracket", "pm_coin_futures_brackets", C).takes(&[ANY_MARKET]),
    read(
        "/papi/v1/cm/commissionRate",
        "pm_coin_futures_commission",
        C,
    )
    .takes(&[MARKET]),
    read("/papi/v1/cm/positionSide/dual", "pm_coin_futures_mode", C),
    read("/papi/v1/cm/income", "pm_coin_futures_income", C).takes(&[ANY_MARKET, INCOME]),
    read("/papi/v1/cm/forceOrders", "pm_coin_futures_liquidations", C).takes(&[ANY_MARKET, FORCED]),
    read("/papi/v1/cm/adlQuantile", "pm_coin_futures_adl", C).takes(&[ANY_MARKET]),
    read(
        "/papi/v1/cm/orderAmendment",
        "pm_coin_futures_amendments",
        C,
    )
    .takes(&[MARKET, ADDRESS, HISTORY]),
    read(
        "/papi/v1/cm/conditional/openOrder",
        "pm_coin_futures_conditional_open",
        C,
    )
    .one_of(ONE_STRATEGY)
    .takes(&[MARKET, STRATEGY]),
    read(
        "/papi/v1/cm/conditional/openOrders",
        "pm_coin_futures_conditionals_open",
        C,
    )
    .takes(&[ANY_MARKET]),
    read(
        "/papi/v1/cm/conditional/orderHistory",
        "pm_coin_futures_conditional_query",
        C,
    )
    .one_of(ONE_STRATEGY)
    .takes(&[MARKET, STRATEGY]),
    read(
        "/papi/v1/cm/conditional/allOrders",
        "pm_coin_futures_conditionals_all",
        C,
    )
    .takes(&[ANY_MARKET, STRATEGY, HISTORY]),
    read("/papi/v1/margin/order", "pm_margin_query", M)
        .one_of(ONE_ORDER)
        .takes(&[MARKET, ADDRESS]),
    read("/papi/v1/margin/openOrders", "pm_margin_open_orders", M).takes(&[ANY_MARKET]),
    read("/papi/v1/margin/allOrders", "pm_margin_all_orders", M).takes(&[MARKET, HISTORY]),
    read("/papi/v1/margin/myTrades", "pm_margin_trades", M).takes(&[MARKET, HISTORY]),
    read("/papi/v1/margin/orderList", "pm_margin_list", M)
        .takes(&[&[order_id("orderListId"), client_id("origClientOrderId")]]),
    read("/papi/v1/margin/allOrderList", "pm_margin_lists", M).takes(&[HISTORY]),
    read("/papi/v1/margin/openOrderList", "pm_margin_open_lists", M),
    read(
        "/papi/v1/margin/maxBorrowable",
        "pm_margin_max_borrowable",
        M,
    )
    .takes(&[ASSET]),
    read("/papi/v1/margin/maxWithdraw", "pm_margin_max_withdraw", M).takes(&[ASSET]),
    read("/papi/v1/margin/forceOrders", "pm_margin_liquidations", M).takes(&[PAGES]),
    read("/papi/v1/margin/marginLoan", "pm_margin_loans", M).takes(&[
        ASSET,
        PAGES,
        &[scalar("txId"), scalar("archived")],
    ]),
    read("/papi/v1/margin/repayLoan", "pm_margin_repayments", M).takes(&[
        ASSET,
        PAGES,
        &[scalar("txId"), scalar("archived")],
    ]),
    read(
        "/papi/v1/margin/marginInterestHistory",
        "pm_margin_interest",
        M,
    )
    .takes(&[ANY_ASSET, PAGES, &[scalar("archived")]]),
    read("/papi/v1/portfolio/interest-history", "pm_interest", M).takes(&[ANY_ASSET, PAGES]),
    read(
        "/papi/v1/portfolio/negative-balance-exchange-record",
        "pm_negative_balance",
        M,
    )
    .takes(&[PAGES]),
    read("/papi/v1/cm/accountConfig", "pm_coin_futures_config", C),
    read(
        "/papi/v1/cm/symbolConfig",
        "pm_coin_futures_symbol_config",
        C,
    )
    .takes(&[ANY_MARKET]),
    read("/papi/v1/balance", "pm_balance", M).takes(&[ANY_ASSET]),
    read("/papi/v1/account", "pm_account", M),
    read("/papi/v1/repay-futures-switch", "pm_repay_switch_status", M),
    read("/papi/v1/rateLimit/order", "pm_order_rate", M),
    read("/sapi/v1/portfolio/account", "portfolio_account", M).on(SAPI_HOSTS),
    read("/sapi/v2/portfolio/account", "portfolio_account_v2", M).on(SAPI_HOSTS),
    read("/sapi/v1/portfolio/balance", "portfolio_balance", M)
        .takes(&[ANY_ASSET])
        .on(SAPI_HOSTS),
    read("/sapi/v1/portfolio/pmLoan", "portfolio_loan", M).on(SAPI_HOSTS),
    read(
        "/sapi/v1/portfolio/pmloan-history",
        "portfolio_loan_history",
        M,
    )
    .takes(&[PAGES])
    .on(SAPI_HOSTS),
    read(
        "/sapi/v1/portfolio/interest-history",
        "portfolio_interest",
        M,
    )
    .takes(&[ANY_ASSET, PAGES])
    .on(SAPI_HOSTS),
    read(
        "/sapi/v1/portfolio/negative-balance-exchange-record",
        "portfolio_negative_balance",
        M,
    )
    .takes(&[PAGES])
    .on(SAPI_HOSTS),
    read(
        "/sapi/v1/portfolio/repay-futures-switch",
        "portfolio_repay_status",
        M,
    )
    .on(SAPI_HOSTS),
    read(
        "/sapi/v1/portfolio/earn-asset-balance",
        "portfolio_earn_balance",
        M,
    )
    .takes(&[ASSET, EARN])
    .on(SAPI_HOSTS),
    read("/sapi/v1/portfolio/delta-mode", "portfolio_delta_mode", M).on(SAPI_HOSTS),
    read(
        "/sapi/v1/portfolio/margin-asset-leverage",
        "portfolio_asset_leverage",
        M,
    )
    .on(SAPI_HOSTS),
];
