//! Spot (`/api/v3`) and margin (`/sapi/v1/margin`) trading.

use super::{DELETE, GET, Interface, POST, PUT, Row};
use crate::{Class, Permission, Product};

const fn read(name: &'static str, path: &'static str) -> Row {
    let kind = (Class::Read, Product::Spot, Permission::Read);
    Row::new(name, kind, Interface::Spot, GET, path)
}

const fn trade(name: &'static str, method: &'static str, path: &'static str) -> Row {
    let kind = (Class::TradeSpot, Product::Spot, Permission::SpotTrading);
    Row::new(name, kind, Interface::Spot, method, path)
}

/// An order's test needs the permission to trade but changes nothing.
const fn trial(name: &'static str, path: &'static str) -> Row {
    let kind = (Class::Read, Product::Spot, Permission::SpotTrading);
    Row::new(name, kind, Interface::Spot, POST, path)
}

const fn margin(name: &'static str, method: &'static str, path: &'static str) -> Row {
    let kind = (Class::TradeSpot, Product::Margin, Permission::SpotTrading);
    Row::new(name, kind, Interface::Sapi, method, path)
}

const fn collateral(
    name: &'static str,
    class: Class,
    method: &'static str,
    path: &'static str,
) -> Row {
    let kind = (class, Product::Margin, Permission::Margin);
    Row::new(name, kind, Interface::Sapi, method, path)
}

const ORDER_REQUIRES: &[&str] = &["symbol", "side", "type"];
const ORDER_TAKES: &[&str] = &[
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
    trade("spot_order", POST, "/api/v3/order")
        .requires(ORDER_REQUIRES)
        .takes(ORDER_TAKES)
        .offered(),
    trial("spot_order_test", "/api/v3/order/test")
        .requires(ORDER_REQUIRES)
        .takes(ORDER_TAKES)
        .offered(),
    trade("spot_cancel_order", DELETE, "/api/v3/order")
        .requires(&["symbol"])
        .one_of(ONE_ORDER)
        .offered(),
    trade("spot_cancel_all", DELETE, "/api/v3/openOrders")
        .requires(&["symbol"])
        .offered(),
    read("spot_query_order", "/api/v3/order")
        .requires(&["symbol"])
        .one_of(ONE_ORDER)
        .offered(),
    read("spot_open_orders", "/api/v3/openOrders")
        .takes(&["symbol"])
        .offered(),
    read("spot_all_orders", "/api/v3/allOrders")
        .requires(&["symbol"])
        .takes(HISTORY)
        .offered(),
    read("spot_account", "/api/v3/account")
        .takes(&["omitZeroBalances"])
        .offered(),
    read("spot_my_trades", "/api/v3/myTrades")
        .requires(&["symbol"])
        .takes(HISTORY)
        .offered(),
    read("spot_commission", "/api/v3/account/commission")
        .requires(&["symbol"])
        .offered(),
    read("spot_order_rate", "/api/v3/rateLimit/order").offered(),
    // Known neighbours.
    trade("spot_sor_order", POST, "/api/v3/sor/order")
        .requires(&["symbol", "side", "type", "quantity"])
        .takes(ORDER_TAKES),
    trial("spot_sor_order_test", "/api/v3/sor/order/test")
        .requires(&["symbol", "side", "type", "quantity"])
        .takes(ORDER_TAKES),
    trade("spot_cancel_replace", POST, "/api/v3/order/cancelReplace")
        .requires(&["symbol", "side", "type", "cancelReplaceMode"])
        .takes(ORDER_TAKES),
    trade(
        "spot_amend_keep_priority",
        PUT,
        "/api/v3/order/amend/keepPriority",
    )
    .requires(&["symbol", "newQty"])
    .one_of(ONE_ORDER),
    trade("spot_oco", POST, "/api/v3/order/oco").requires(&[
        "symbol",
        "side",
        "quantity",
        "price",
        "stopPrice",
    ]),
    trade("spot_order_list_oco", POST, "/api/v3/orderList/oco").requires(&[
        "symbol",
        "side",
        "quantity",
        "aboveType",
        "belowType",
    ]),
    trade("spot_order_list_oto", POST, "/api/v3/orderList/oto").requires(&[
        "symbol",
        "workingType",
        "workingSide",
        "workingPrice",
    ]),
    trade("spot_order_list_otoco", POST, "/api/v3/orderList/otoco")
        .requires(&["symbol", "workingType", "workingSide", "workingPrice"])
        .one_of(&["pendingSide"]),
    trade("spot_order_list_cancel", DELETE, "/api/v3/orderList")
        .requires(&["symbol"])
        .one_of(&["orderListId", "listClientOrderId"]),
    margin("margin_order", POST, "/sapi/v1/margin/order")
        .requires(ORDER_REQUIRES)
        .takes(ORDER_TAKES),
    margin("margin_cancel_order", DELETE, "/sapi/v1/margin/order")
        .requires(&["symbol"])
        .one_of(ONE_ORDER),
    margin("margin_cancel_all", DELETE, "/sapi/v1/margin/openOrders").requires(&["symbol"]),
    margin("margin_oco", POST, "/sapi/v1/margin/order/oco").requires(&[
        "symbol",
        "side",
        "quantity",
        "price",
        "stopPrice",
    ]),
    margin("margin_oto", POST, "/sapi/v1/margin/order/oto").requires(&[
        "symbol",
        "workingType",
        "workingSide",
        "workingPrice",
    ]),
    margin(
        "margin_manual_liquidation",
        POST,
        "/sapi/v1/margin/manual-liquidation",
    )
    .requires(&["type"])
    .takes(&["symbol"]),
    collateral(
        "margin_borrow_repay",
        Class::Transfer,
        POST,
        "/sapi/v1/margin/borrow-repay",
    )
    .requires(&["asset", "amount", "type"]),
    collateral(
        "margin_isolated_enable",
        Class::Admin,
        POST,
        "/sapi/v1/margin/isolated/account",
    )
    .requires(&["symbol"]),
    collateral(
        "margin_isolated_disable",
        Class::Admin,
        DELETE,
        "/sapi/v1/margin/isolated/account",
    )
    .requires(&["symbol"]),
    collateral(
        "margin_max_leverage",
        Class::Admin,
        POST,
        "/sapi/v1/margin/max-leverage",
    )
    .requires(&["maxLeverage"]),
    collateral(
        "margin_special_key_create",
        Class::Admin,
        POST,
        "/sapi/v1/margin/apiKey",
    )
    .requires(&["apiName"]),
    collateral(
        "margin_special_key_delete",
        Class::Admin,
        DELETE,
        "/sapi/v1/margin/apiKey",
    )
    .one_of(&["apiKey", "apiName"]),
    collateral(
        "margin_special_key_ip",
        Class::Admin,
        PUT,
        "/sapi/v1/margin/apiKey/ip",
    )
    .requires(&["ip"]),
];
