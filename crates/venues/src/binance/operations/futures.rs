//! USD-M futures (`/fapi`), and the derivatives that take the same parameters.

use super::{DELETE, GET, Interface, POST, PUT, Row};
use crate::{Class, Permission, Product};

const fn read(name: &'static str, path: &'static str) -> Row {
    let kind = (Class::Read, Product::UsdFutures, Permission::Read);
    Row::new(name, kind, Interface::UsdFutures, GET, path)
}

const fn trade(name: &'static str, method: &'static str, path: &'static str) -> Row {
    let kind = (
        Class::TradeFutures,
        Product::UsdFutures,
        Permission::Futures,
    );
    Row::new(name, kind, Interface::UsdFutures, method, path)
}

/// An order's test needs the permission to trade but changes nothing.
const fn trial(name: &'static str, path: &'static str) -> Row {
    let kind = (Class::Read, Product::UsdFutures, Permission::Futures);
    Row::new(name, kind, Interface::UsdFutures, POST, path)
}

const fn coin(name: &'static str, method: &'static str, path: &'static str) -> Row {
    let kind = (
        Class::TradeFutures,
        Product::CoinFutures,
        Permission::Futures,
    );
    Row::new(name, kind, Interface::CoinFutures, method, path)
}

const fn options(name: &'static str, method: &'static str, path: &'static str) -> Row {
    let kind = (Class::TradeFutures, Product::Options, Permission::Options);
    Row::new(name, kind, Interface::Options, method, path)
}

const fn algo(
    name: &'static str,
    product: Product,
    permission: Permission,
    path: &'static str,
) -> Row {
    let class = match product {
        Product::Spot => Class::TradeSpot,
        _ => Class::TradeFutures,
    };
    Row::new(
        name,
        (class, product, permission),
        Interface::Sapi,
        POST,
        path,
    )
}

const fn portfolio(
    name: &'static str,
    class: Class,
    product: Product,
    method: &'static str,
    path: &'static str,
) -> Row {
    let kind = (class, product, Permission::PortfolioMargin);
    Row::new(name, kind, Interface::PortfolioMargin, method, path)
}

const ORDER_REQUIRES: &[&str] = &["symbol", "side", "type"];
const ORDER_TAKES: &[&str] = &[
    "positionSide",
    "timeInForce",
    "quantity",
    "reduceOnly",
    "price",
    "stopPrice",
    "newClientOrderId",
    "newOrderRespType",
    "selfTradePreventionMode",
];
const MARGIN_ORDER_TAKES: &[&str] = &[
    "timeInForce",
    "quantity",
    "quoteOrderQty",
    "price",
    "stopPrice",
    "newClientOrderId",
    "newOrderRespType",
    "selfTradePreventionMode",
];
const ONE_ORDER: &[&str] = &["orderId", "origClientOrderId"];
const HISTORY: &[&str] = &["orderId", "startTime", "endTime", "fromId", "limit"];

pub(super) const ROWS: &[Row] = &[
    // Offered.
    trade("futures_order", POST, "/fapi/v1/order")
        .requires(ORDER_REQUIRES)
        .takes(ORDER_TAKES)
        .offered(),
    trial("futures_order_test", "/fapi/v1/order/test")
        .requires(ORDER_REQUIRES)
        .takes(ORDER_TAKES)
        .offered(),
    trade("futures_cancel_order", DELETE, "/fapi/v1/order")
        .requires(&["symbol"])
        .one_of(ONE_ORDER)
        .offered(),
    trade("futures_cancel_all", DELETE, "/fapi/v1/allOpenOrders")
        .requires(&["symbol"])
        .offered(),
    trade("futures_leverage", POST, "/fapi/v1/leverage")
        .requires(&["symbol", "leverage"])
        .offered(),
    read("futures_query_order", "/fapi/v1/order")
        .requires(&["symbol"])
        .one_of(ONE_ORDER)
        .offered(),
    read("futures_open_order", "/fapi/v1/openOrder")
        .requires(&["symbol"])
        .one_of(ONE_ORDER)
        .offered(),
    read("futures_open_orders", "/fapi/v1/openOrders")
        .takes(&["symbol"])
        .offered(),
    read("futures_all_orders", "/fapi/v1/allOrders")
        .requires(&["symbol"])
        .takes(HISTORY)
        .offered(),
    read("futures_my_trades", "/fapi/v1/userTrades")
        .requires(&["symbol"])
        .takes(HISTORY)
        .offered(),
    read("futures_balance_v2", "/fapi/v2/balance").offered(),
    read("futures_balance", "/fapi/v3/balance").offered(),
    read("futures_account_v2", "/fapi/v2/account").offered(),
    read("futures_account", "/fapi/v3/account").offered(),
    read("futures_position_risk_v2", "/fapi/v2/positionRisk")
        .takes(&["symbol"])
        .offered(),
    read("futures_position_risk", "/fapi/v3/positionRisk")
        .takes(&["symbol"])
        .offered(),
    read("futures_leverage_brackets", "/fapi/v1/leverageBracket")
        .takes(&["symbol"])
        .offered(),
    read("futures_commission", "/fapi/v1/commissionRate")
        .requires(&["symbol"])
        .offered(),
    read("futures_symbol_config", "/fapi/v1/symbolConfig")
        .takes(&["symbol"])
        .offered(),
    read("futures_account_config", "/fapi/v1/accountConfig").offered(),
    read("futures_position_mode", "/fapi/v1/positionSide/dual").offered(),
    // Known neighbours.
    trade("futures_modify_order", PUT, "/fapi/v1/order")
        .requires(&["symbol", "side"])
        .one_of(ONE_ORDER)
        .takes(&["quantity", "price"]),
    trade("futures_batch_order", POST, "/fapi/v1/batchOrders").requires(&["batchOrders"]),
    trade("futures_batch_modify", PUT, "/fapi/v1/batchOrders").requires(&["batchOrders"]),
    trade("futures_batch_cancel", DELETE, "/fapi/v1/batchOrders")
        .requires(&["symbol"])
        .one_of(&["orderIdList", "origClientOrderIdList"]),
    trade(
        "futures_countdown_cancel",
        POST,
        "/fapi/v1/countdownCancelAll",
    )
    .requires(&["symbol", "countdownTime"]),
    trade("futures_algo_order", POST, "/fapi/v1/algoOrder")
        .requires(&["algoType", "symbol", "side", "type"])
        .takes(ORDER_TAKES),
    trade("futures_algo_cancel", DELETE, "/fapi/v1/algoOrder").one_of(&["algoId", "clientAlgoId"]),
    trade("futures_algo_cancel_all", DELETE, "/fapi/v1/algoOpenOrders").requires(&["symbol"]),
    trade("futures_margin_type", POST, "/fapi/v1/marginType").requires(&["symbol", "marginType"]),
    trade("futures_position_margin", POST, "/fapi/v1/positionMargin")
        .requires(&["symbol", "amount", "type"]),
    trade(
        "futures_set_position_mode",
        POST,
        "/fapi/v1/positionSide/dual",
    )
    .requires(&["dualSidePosition"]),
    trade("futures_multi_assets", POST, "/fapi/v1/multiAssetsMargin")
        .requires(&["multiAssetsMargin"]),
    trade("futures_fee_burn", POST, "/fapi/v1/feeBurn").requires(&["feeBurn"]),
    trade("futures_convert_quote", POST, "/fapi/v1/convert/getQuote")
        .requires(&["fromAsset", "toAsset"]),
    trade(
        "futures_convert_accept",
        POST,
        "/fapi/v1/convert/acceptQuote",
    )
    .requires(&["quoteId"]),
    coin("coin_futures_order", POST, "/dapi/v1/order")
        .requires(ORDER_REQUIRES)
        .takes(ORDER_TAKES),
    coin("coin_futures_modify_order", PUT, "/dapi/v1/order")
        .requires(&["symbol", "side"])
        .one_of(ONE_ORDER)
        .takes(&["quantity", "price"]),
    coin("coin_futures_cancel_order", DELETE, "/dapi/v1/order")
        .requires(&["symbol"])
        .one_of(ONE_ORDER),
    coin("coin_futures_cancel_all", DELETE, "/dapi/v1/allOpenOrders").requires(&["symbol"]),
    coin("coin_futures_leverage", POST, "/dapi/v1/leverage").requires(&["symbol", "leverage"]),
    coin("coin_futures_margin_type", POST, "/dapi/v1/marginType")
        .requires(&["symbol", "marginType"]),
    coin(
        "coin_futures_position_margin",
        POST,
        "/dapi/v1/positionMargin",
    )
    .requires(&["symbol", "amount", "type"]),
    options("options_order", POST, "/eapi/v1/order")
        .requires(&["symbol", "side", "type", "quantity"])
        .takes(ORDER_TAKES),
    options("options_cancel_order", DELETE, "/eapi/v1/order")
        .requires(&["symbol"])
        .one_of(&["orderId", "clientOrderId"]),
    options("options_cancel_all", DELETE, "/eapi/v1/allOpenOrders").requires(&["symbol"]),
    options(
        "options_cancel_underlying",
        DELETE,
        "/eapi/v1/allOpenOrdersByUnderlying",
    )
    .requires(&["underlying"]),
    algo(
        "futures_twap",
        Product::UsdFutures,
        Permission::Futures,
        "/sapi/v1/algo/futures/newOrderTwap",
    )
    .requires(&["symbol", "side", "quantity", "duration"]),
    algo(
        "futures_volume_participation",
        Product::UsdFutures,
        Permission::Futures,
        "/sapi/v1/algo/futures/newOrderVp",
    )
    .requires(&["symbol", "side", "quantity", "urgency"]),
    algo(
        "spot_twap",
        Product::Spot,
        Permission::SpotTrading,
        "/sapi/v1/algo/spot/newOrderTwap",
    )
    .requires(&["symbol", "side", "quantity", "duration"]),
    portfolio(
        "pm_usd_futures_order",
        Class::TradeFutures,
        Product::UsdFutures,
        POST,
        "/papi/v1/um/order",
    )
    .requires(ORDER_REQUIRES)
    .takes(ORDER_TAKES),
    portfolio(
        "pm_usd_futures_modify",
        Class::TradeFutures,
        Product::UsdFutures,
        PUT,
        "/papi/v1/um/order",
    )
    .requires(&["symbol", "side"])
    .one_of(ONE_ORDER)
    .takes(&["quantity", "price"]),
    portfolio(
        "pm_usd_futures_cancel",
        Class::TradeFutures,
        Product::UsdFutures,
        DELETE,
        "/papi/v1/um/order",
    )
    .requires(&["symbol"])
    .one_of(ONE_ORDER),
    portfolio(
        "pm_usd_futures_cancel_all",
        Class::TradeFutures,
        Product::UsdFutures,
        DELETE,
        "/papi/v1/um/allOpenOrders",
    )
    .requires(&["symbol"]),
    portfolio(
        "pm_usd_futures_leverage",
        Class::TradeFutures,
        Product::UsdFutures,
        POST,
        "/papi/v1/um/leverage",
    )
    .requires(&["symbol", "leverage"]),
    portfolio(
        "pm_coin_futures_order",
        Class::TradeFutures,
        Product::CoinFutures,
        POST,
        "/papi/v1/cm/order",
    )
    .requires(ORDER_REQUIRES)
    .takes(ORDER_TAKES),
    portfolio(
        "pm_coin_futures_modify",
        Class::TradeFutures,
        Product::CoinFutures,
        PUT,
        "/papi/v1/cm/order",
    )
    .requires(&["symbol", "side"])
    .one_of(ONE_ORDER)
    .takes(&["quantity", "price"]),
    portfolio(
        "pm_coin_futures_cancel",
        Class::TradeFutures,
        Product::CoinFutures,
        DELETE,
        "/papi/v1/cm/order",
    )
    .requires(&["symbol"])
    .one_of(ONE_ORDER),
    portfolio(
        "pm_coin_futures_cancel_all",
        Class::TradeFutures,
        Product::CoinFutures,
        DELETE,
        "/papi/v1/cm/allOpenOrders",
    )
    .requires(&["symbol"]),
    portfolio(
        "pm_coin_futures_leverage",
        Class::TradeFutures,
        Product::CoinFutures,
        POST,
        "/papi/v1/cm/leverage",
    )
    .requires(&["symbol", "leverage"]),
    portfolio(
        "pm_margin_order",
        Class::TradeSpot,
        Product::Margin,
        POST,
        "/papi/v1/margin/order",
    )
    .requires(ORDER_REQUIRES)
    .takes(MARGIN_ORDER_TAKES),
    portfolio(
        "pm_margin_cancel",
        Class::TradeSpot,
        Product::Margin,
        DELETE,
        "/papi/v1/margin/order",
    )
    .requires(&["symbol"])
    .one_of(ONE_ORDER),
    portfolio(
        "pm_margin_cancel_all",
        Class::TradeSpot,
        Product::Margin,
        DELETE,
        "/papi/v1/margin/allOpenOrders",
    )
    .requires(&["symbol"]),
    portfolio(
        "pm_margin_borrow",
        Class::Transfer,
        Product::Margin,
        POST,
        "/papi/v1/marginLoan",
    )
    .requires(&["asset", "amount"]),
    portfolio(
        "pm_margin_repay",
        Class::Transfer,
        Product::Margin,
        POST,
        "/papi/v1/repayLoan",
    )
    .requires(&["asset", "amount"]),
    portfolio(
        "pm_margin_repay_debt",
        Class::Transfer,
        Product::Margin,
        POST,
        "/papi/v1/margin/repay-debt",
    )
    .requires(&["asset"]),
    portfolio(
        "pm_collect_all",
        Class::Transfer,
        Product::Wallet,
        POST,
        "/papi/v1/auto-collection",
    ),
    portfolio(
        "pm_collect_asset",
        Class::Transfer,
        Product::Wallet,
        POST,
        "/papi/v1/asset-collection",
    )
    .requires(&["asset"]),
    portfolio(
        "pm_repay_futures",
        Class::Transfer,
        Product::Wallet,
        POST,
        "/papi/v1/repay-futures-negative-balance",
    ),
    portfolio(
        "pm_bnb_transfer",
        Class::Transfer,
        Product::Wallet,
        POST,
        "/papi/v1/bnb-transfer",
    )
    .requires(&["amount", "transferSide"]),
];
