//! Orders of Bitstamp: pair, side and kind are in the path.

use crate::{
    Intent, OrderType, Product, Side, TimeInForce, Unclassified,
    kit::{
        attached::{Attached, Place, reverse},
        operation::{Op, post},
        order::may_rest,
        parameter::{
            Parameter, YES, client_id, leverage, needed, order_id, price, quantity, reduce_only,
            scalar, stop_price, symbol, word,
        },
    },
    syntax::Fields,
};

use super::operations::{DUMMY, HOSTS};

pub(super) const ORDERS: &[Op] = &[
    spot("/api/v2/buy/{pair}/", "buy_limit")
        .adjust(buy_limit)
        .takes(&[LIMIT, COMMON])
        .attaches(FOLLOWING),
    spot("/api/v2/buy/market/{pair}/", "buy_market")
        .adjust(buy_market)
        .takes(&[MARKET, COMMON]),
    spot("/api/v2/buy/instant/{pair}/", "buy_instant")
        .adjust(buy_instant)
        .takes(&[INSTANT, COMMON]),
    spot("/api/v2/sell/{pair}/", "sell_limit")
        .adjust(sell_limit)
        .takes(&[LIMIT, COMMON])
        .attaches(FOLLOWING),
    spot("/api/v2/sell/market/{pair}/", "sell_market")
        .adjust(sell_market)
        .takes(&[MARKET, COMMON]),
    spot("/api/v2/sell/instant/{pair}/", "sell_instant")
        .adjust(sell_instant)
        .takes(&[INSTANT, COMMON]),
    perpetual("/api/v2/buy/{pair}/", "perpetual_buy_limit")
        .adjust(buy_limit)
        .takes(&[LIMIT, COMMON, MARGINED])
        .attaches(FOLLOWING),
    perpetual("/api/v2/buy/market/{pair}/", "perpetual_buy_market")
        .adjust(buy_market)
        .takes(&[MARKET, COMMON, MARGINED]),
    perpetual("/api/v2/buy/instant/{pair}/", "perpetual_buy_instant")
        .adjust(buy_instant)
        .takes(&[INSTANT, COMMON, MARGINED]),
    perpetual("/api/v2/sell/{pair}/", "perpetual_sell_limit")
        .adjust(sell_limit)
        .takes(&[LIMIT, COMMON, MARGINED])
        .attaches(FOLLOWING),
    perpetual("/api/v2/sell/market/{pair}/", "perpetual_sell_market")
        .adjust(sell_market)
        .takes(&[MARKET, COMMON, MARGINED]),
    perpetual("/api/v2/sell/instant/{pair}/", "perpetual_sell_instant")
        .adjust(sell_instant)
        .takes(&[INSTANT, COMMON, MARGINED]),
    // Orders by id, and all orders, may be of either product.
    post("/api/v2/replace_order/", "replace")
        .trades_spot()
        .one_of(&["id", "orig_client_order_id", "client_order_id"])
        .takes(&[REPLACE])
        .on(HOSTS),
    post("/api/v2/replace_order/", "perpetual_replace")
        .trades_futures(Product::UsdFutures)
        .one_of(&["id", "orig_client_order_id", "client_order_id"])
        .takes(&[REPLACE])
        .on(HOSTS),
    post("/api/v2/cancel_order/", "cancel")
        .trades_spot()
        .one_of(&["id", "client_order_id"])
        .takes(&[CANCEL])
        .on(HOSTS),
    post("/api/v2/cancel_order/", "perpetual_cancel")
        .trades_futures(Product::UsdFutures)
        .one_of(&["id", "client_order_id"])
        .takes(&[CANCEL])
        .on(HOSTS),
    post("/api/v2/cancel_all_orders/", "cancel_all")
        .trades_spot()
        .takes(&[DUMMY])
        .on(HOSTS),
    post("/api/v2/cancel_all_orders/", "perpetual_cancel_all")
        .trades_futures(Product::UsdFutures)
        .takes(&[DUMMY])
        .on(HOSTS),
    spot("/api/v2/cancel_all_orders/{pair}/", "cancel_all_of").takes(&[&[symbol("pair")], DUMMY]),
    perpetual(
        "/api/v2/cancel_all_orders/{pair}/",
        "perpetual_cancel_all_of",
    )
    .takes(&[&[symbol("pair")], DUMMY]),
    margin("/api/v2/leverage_settings/", "leverage").takes(&[&[
        word("margin_mode", &["CROSS", "ISOLATED"]),
        symbol("market"),
        needed(leverage("leverage")),
    ]]),
    margin("/api/v2/adjust_position_collateral/", "collateral").takes(&[&[
        needed(order_id("position_id")),
        needed(scalar("new_amount")),
    ]]),
    margin("/api/v2/close_position/", "close_position")
        .takes(&[&[needed(order_id("position_id"))]]),
    margin("/api/v2/close_positions/", "close_positions").takes(&[
        &[
            symbol("market"),
            scalar("margin_mode"),
            scalar("order_type"),
        ],
        DUMMY,
    ]),
];

const fn spot(path: &'static str, name: &'static str) -> Op {
    post(path, name)
        .trades_spot()
        .when(|fields| !is_perpetual(fields))
        .on(HOSTS)
}

const fn perpetual(path: &'static str, name: &'static str) -> Op {
    margin(path, name).when(is_perpetual)
}

const fn margin(path: &'static str, name: &'static str) -> Op {
    post(path, name)
        .trades_futures(Product::UsdFutures)
        .on(HOSTS)
}

fn is_perpetual(fields: &Fields<'_>) -> bool {
    fields
        .text("pair")
        .is_some_and(|pair| pair.to_ascii_lowercase().ends_with("-perp"))
}

const COMMON: &[Parameter] = &[
    symbol("pair"),
    needed(quantity("amount")),
    client_id("client_order_id"),
];

const LIMIT: &[Parameter] = &[
    needed(price("price")),
    scalar("daily_order"),
    scalar("ioc_order"),
    scalar("fok_order"),
    scalar("moc_order"),
    scalar("gtd_order"),
    scalar("expire_time"),
];

/// The limit order on the other side that follows once this one has filled.
const FOLLOWING: &[Attached] = &[reverse(
    "following",
    Place::Beside,
    &["limit_price"],
    &[&[price("limit_price")]],
)
.adjust(|_, intent| {
    intent.order_type = Some(OrderType::Limit);
    Ok(())
})];

const MARKET: &[Parameter] = &[];

/// It changes the unit of the amount: another word for yes could be taken for no.
const INSTANT: &[Parameter] = &[word("amount_in_counter", &["true", "false"])];

const MARGINED: &[Parameter] = &[
    scalar("subtype"),
    scalar("margin_mode"),
    leverage("leverage"),
    stop_price("stop_price"),
    scalar("trigger"),
    scalar("activation_price"),
    scalar("trailing_delta"),
    reduce_only("reduce_only", YES),
];

const REPLACE: &[Parameter] = &[
    order_id("id"),
    order_id("orig_client_order_id"),
    client_id("client_order_id"),
    needed(quantity("amount")),
    needed(price("price")),
];

const CANCEL: &[Parameter] = &[order_id("id"), client_id("client_order_id")];

fn yes(fields: &Fields<'_>, name: &str) -> bool {
    YES.iter().any(|word| fields.is(name, word))
}

fn limit(side: Side, fields: &Fields<'_>, intent: &mut Intent) {
    intent.side = Some(side);
    intent.order_type = Some(match intent.stop_price {
        Some(_) => OrderType::StopLimit,
        None => OrderType::Limit,
    });
    if yes(fields, "ioc_order") {
        intent.time_in_force = Some(TimeInForce::ImmediateOrCancel);
    }
    if yes(fields, "fok_order") {
        intent.time_in_force = Some(TimeInForce::FillOrKill);
    }
    if yes(fields, "moc_order") && intent.order_type == Some(OrderType::Limit) && may_rest(intent) {
        intent.time_in_force = Some(TimeInForce::PostOnly);
        intent.order_type = Some(OrderType::PostOnly);
    }
}

fn market(side: Side, intent: &mut Intent) {
    intent.side = Some(side);
    intent.order_type = Some(match intent.stop_price {
        Some(_) => OrderType::StopMarket,
        None => OrderType::Market,
    });
}

fn buy_limit(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    limit(Side::Buy, fields, intent);
    Ok(())
}

fn sell_limit(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    limit(Side::Sell, fields, intent);
    Ok(())
}

fn buy_market(_: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    market(Side::Buy, intent);
    Ok(())
}

fn sell_market(_: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    market(Side::Sell, intent);
    Ok(())
}

fn buy_instant(_: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    market(Side::Buy, intent);
    intent.quote_quantity = intent.quantity.take();
    Ok(())
}

fn sell_instant(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    market(Side::Sell, intent);
    if yes(fields, "amount_in_counter") {
        intent.quote_quantity = intent.quantity.take();
    }
    Ok(())
}
