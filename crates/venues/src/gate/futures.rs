//! Perpetuals, dated futures and options: everything with a `contract`.
//!
//! Sizes count contracts, and their sign is the side. A price of zero is the market.

use crate::{
    Class, Intent, OrderType, Permission, Product, Side, TimeInForce, Unclassified,
    kit::{
        ITEMS,
        attached::{Attached, Place, stop_loss, take_profit},
        operation::{Batch, Op, delete, post, put},
        parameter::{
            LASTS, Parameter, YES, anything, client_id, inside, lasts, leverage, needed, order_id,
            price, quantity, reduce_only, repeating, scalar, stop_price, symbol, word,
        },
    },
    syntax::{Field, Fields},
};

use super::{HOSTS, spot::when_triggered};

const CONTRACT: &[Parameter] = &[needed(symbol("contract"))];

const ORDER: &[Parameter] = &[
    needed(quantity("size")),
    price("price"),
    lasts("tif", LASTS),
    client_id("text"),
    reduce_only("reduce_only", YES),
    scalar("close"),
    word("auto_size", &["close_long", "close_short"]),
    scalar("iceberg"),
    scalar("stp_act"),
    scalar("amend_text"),
    scalar("market_order_slip_ratio"),
    scalar("pos_margin_mode"),
    scalar("action_mode"),
    scalar("pid"),
    scalar("mmp"),
    // One client's note to itself, which it sends along in batches.
    scalar("textIsRequired"),
];

/// Closes the position once the price is there, at the market or at a level of the book.
const STOPS: &[Attached] = &[
    take_profit(
        Place::Beside,
        &["tpsl_tp_trigger_price"],
        &[&[
            stop_price("tpsl_tp_trigger_price"),
            scalar("tpsl_tp_price_type"),
            scalar("tpsl_tp_bbo_type"),
        ]],
    ),
    stop_loss(
        Place::Beside,
        &["tpsl_sl_trigger_price"],
        &[&[
            stop_price("tpsl_sl_trigger_price"),
            scalar("tpsl_sl_price_type"),
            scalar("tpsl_sl_bbo_type"),
        ]],
    ),
];

const AMENDMENT: &[Parameter] = &[
    order_id("order_id"),
    // Said by one client and passed over by the venue: the id is enough.
    scalar("currency_pair"),
    scalar("account"),
    quantity("size"),
    price("price"),
    client_id("text"),
    scalar("amend_text"),
    scalar("action_mode"),
];

/// An order triggered by price: the order under `initial`, the price that triggers it under `trigger`.
const TRIGGERED: &[Parameter] = &[
    needed(inside(
        "initial",
        &[
            needed(symbol("contract")),
            quantity("size"),
            quantity("amount"),
            price("price"),
            scalar("close"),
            lasts("tif", LASTS),
            client_id("text"),
            reduce_only("reduce_only", YES),
            word("auto_size", &["close_long", "close_short"]),
            reduce_only("is_reduce_only", YES),
            scalar("is_close"),
        ],
    )),
    needed(inside(
        "trigger",
        &[
            needed(stop_price("price")),
            needed(word("rule", &["1", "2"])),
            scalar("strategy_type"),
            scalar("price_type"),
            scalar("expiration"),
        ],
    )),
    scalar("order_type"),
    scalar("pos_margin_mode"),
];

/// An order that closes a position is as large as that, whatever size it says. A triggered one says so
/// inside.
fn takes_position(fields: &Fields<'_>) -> bool {
    let order = fields.object("initial").unwrap_or(fields);
    order.is("close", "true") || order.is("is_close", "true") || order.has("auto_size")
}

/// Side from the sign of the size; no size closes a position.
fn signed_size(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    let size = intent.quantity.unwrap_or_default();
    let closes = fields.is("close", "true") || fields.has("auto_size");
    if closes && !size.is_zero() {
        return Err(Unclassified::Contradiction {
            operation: "order",
            name: "size",
            why: "is given for an order that closes all of a position",
        });
    }
    if size.is_zero() {
        intent.quantity = None;
        if !closes {
            return Err(Unclassified::MissingParameter {
                operation: "order",
                name: "size",
            });
        }
        intent.reduce_only = Some(true);
        return Ok(());
    }
    intent.side = Some(if size.is_sign_negative() {
        Side::Sell
    } else {
        Side::Buy
    });
    intent.quantity = Some(size.abs()).filter(|_| !takes_position(fields));
    Ok(())
}

fn futures_order(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    signed_size(fields, intent)?;
    intent.order_type = Some(match intent.price {
        None => OrderType::Market,
        Some(price) if price.is_zero() => OrderType::Market,
        Some(_) if intent.time_in_force == Some(TimeInForce::PostOnly) => OrderType::PostOnly,
        Some(_) => OrderType::Limit,
    });
    Ok(())
}

fn triggered(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    let (Some(initial), Some(trigger)) = (fields.object("initial"), fields.object("trigger"))
    else {
        return Ok(());
    };
    if let (Some(size), Some(amount)) = (initial.number("size")?, initial.number("amount")?)
        && size != amount
    {
        return Err(Unclassified::Contradiction {
            operation: "triggered_order",
            name: "amount",
            why: "is another than the size",
        });
    }
    let closes = fields
        .text("order_type")
        .is_some_and(|kind| kind.starts_with("close") || kind.starts_with("plan-close"));
    if !(closes && intent.quantity.unwrap_or_default().is_zero()) {
        futures_order(initial, intent)?;
    } else {
        intent.quantity = None;
        intent.reduce_only = Some(true);
        intent.order_type = Some(OrderType::Market);
    }
    let limit = intent.order_type != Some(OrderType::Market);
    // Which way the closing of a position goes, the request does not tell.
    let stops = match intent.side {
        Some(Side::Buy) => trigger.is("rule", "1"),
        Some(Side::Sell) => trigger.is("rule", "2"),
        None => true,
    };
    intent.order_type = Some(when_triggered(stops, limit));
    Ok(())
}

/// Path and body may both name the order, but not two.
fn trigger_amended(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    let named = intent.order_id.clone();
    let other = |field: &&Field<'_>| {
        field.name == "order_id" && field.value.scalar().as_deref() != named.as_deref()
    };
    if fields.iter().any(|field| other(&field)) {
        return Err(Unclassified::Contradiction {
            operation: "futures_triggered_amend",
            name: "order_id",
            why: "is another in the path",
        });
    }
    amended(fields, intent)
}

/// The size of an amendment is signed as the order's is.
fn amended(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    if let Some(size) = intent.quantity {
        intent.side = Some(if size.is_sign_negative() {
            Side::Sell
        } else {
            Side::Buy
        });
        intent.quantity = Some(size.abs()).filter(|_| !takes_position(fields));
    }
    Ok(())
}

const fn trades(op: Op) -> Op {
    op.trades_futures(Product::UsdFutures)
        .in_contracts()
        .on(HOSTS)
}

const fn options(op: Op) -> Op {
    op.is(Class::TradeFutures, Product::Options, Permission::Options)
        .in_contracts()
        .on(HOSTS)
}

/// The market is said by one client and passed over by the venue: the id is enough.
const ADDRESSED: &[Parameter] = &[
    order_id("order_id"),
    symbol("contract"),
    scalar("action_mode"),
];
const CHANGE: &[Parameter] = &[symbol("contract"), needed(scalar("change"))];
const LEVERAGE: &[Parameter] = &[
    symbol("contract"),
    needed(leverage("leverage")),
    scalar("cross_leverage_limit"),
    scalar("pid"),
];
const RISK_LIMIT: &[Parameter] = &[symbol("contract"), needed(scalar("risk_limit"))];
const CROSS_MODE: &[Parameter] = &[
    symbol("contract"),
    needed(word("mode", &["CROSS", "ISOLATED"])),
];
const CANCEL_ALL: &[Parameter] = &[
    symbol("contract"),
    scalar("side"),
    scalar("action_mode"),
    scalar("exclude_reduce_only"),
    scalar("text"),
];

pub(super) const OPERATIONS: &[Op] = &[
    trades(post("/api/v4/futures/{settle}/orders", "futures_order"))
        .adjust(futures_order)
        .completed_when(takes_position)
        .takes(&[CONTRACT, ORDER])
        .attaches(STOPS),
    trades(post(
        "/api/v4/futures/{settle}/batch_orders",
        "futures_orders",
    ))
    .batch(Batch::Body)
    .adjust(futures_order)
    .completed_when(takes_position)
    .takes(&[CONTRACT, ORDER])
    .attaches(STOPS),
    trades(post(
        "/api/v4/futures/{settle}/bbo_orders",
        "futures_best_price_order",
    ))
    .adjust(|fields, intent| {
        signed_size(fields, intent)?;
        // At a level of the book, whose price only the venue knows.
        intent.order_type = Some(OrderType::Market);
        Ok(())
    })
    .completed_when(takes_position)
    .takes(&[
        CONTRACT,
        ORDER,
        &[
            needed(word("direction", &["buy", "sell"])),
            needed(scalar("level")),
        ],
    ])
    .attaches(STOPS),
    trades(delete(
        "/api/v4/futures/{settle}/orders/{order_id}",
        "futures_cancel",
    ))
    .takes(&[ADDRESSED]),
    trades(delete(
        "/api/v4/futures/{settle}/orders",
        "futures_cancel_all",
    ))
    .takes(&[CANCEL_ALL]),
    trades(post(
        "/api/v4/futures/{settle}/batch_cancel_orders",
        "futures_cancels",
    ))
    .takes(&[&[needed(anything(ITEMS))]]),
    trades(put(
        "/api/v4/futures/{settle}/orders/{order_id}",
        "futures_amend",
    ))
    .adjust(amended)
    .takes(&[AMENDMENT]),
    trades(post(
        "/api/v4/futures/{settle}/batch_amend_orders",
        "futures_amends",
    ))
    .batch(Batch::Body)
    .adjust(amended)
    .takes(&[AMENDMENT]),
    trades(post(
        "/api/v4/futures/{settle}/countdown_cancel_all",
        "futures_cancel_all_after",
    ))
    .takes(&[&[needed(scalar("timeout")), symbol("contract")]]),
    trades(post(
        "/api/v4/futures/{settle}/price_orders",
        "futures_triggered_order",
    ))
    .adjust(triggered)
    .completed_when(takes_position)
    .takes(&[TRIGGERED]),
    trades(delete(
        "/api/v4/futures/{settle}/price_orders",
        "futures_triggered_cancel_all",
    ))
    .takes(&[&[symbol("contract")]]),
    trades(delete(
        "/api/v4/futures/{settle}/price_orders/{order_id}",
        "futures_triggered_cancel",
    ))
    .takes(&[ADDRESSED]),
    trades(put(
        "/api/v4/futures/{settle}/price_orders/{order_id}",
        "futures_triggered_amend",
    ))
    .adjust(trigger_amended)
    .takes(&[TRIGGER_AMENDMENT]),
    trades(put(
        "/api/v4/futures/{settle}/price_orders/amend/{order_id}",
        "futures_triggered_amendment",
    ))
    .adjust(trigger_amended)
    .takes(&[TRIGGER_AMENDMENT]),
    trades(post(
        "/api/v4/futures/{settle}/autoorder/v1/trail/create",
        "futures_trailing_order",
    ))
    .adjust(|fields, intent| {
        signed_size(fields, intent)?;
        intent.order_type = Some(OrderType::StopMarket);
        Ok(())
    })
    .takes(&[
        CONTRACT,
        &[
            needed(quantity("amount")),
            stop_price("activation_price"),
            scalar("is_gte"),
            scalar("price_type"),
            scalar("price_offset"),
            reduce_only("reduce_only", YES),
            scalar("position_related"),
            client_id("text"),
            scalar("pos_margin_mode"),
            scalar("position_mode"),
        ],
    ]),
    trades(post(
        "/api/v4/futures/{settle}/autoorder/v1/trail/update",
        "futures_trailing_amend",
    ))
    .adjust(amended)
    .takes(&[&[
        needed(order_id("id")),
        quantity("amount"),
        stop_price("activation_price"),
        scalar("is_gte_str"),
        scalar("price_type"),
        scalar("price_offset"),
    ]]),
    trades(post(
        "/api/v4/futures/{settle}/autoorder/v1/trail/stop",
        "futures_trailing_cancel",
    ))
    .takes(&[&[order_id("id"), client_id("text")]]),
    trades(post(
        "/api/v4/futures/{settle}/autoorder/v1/trail/stop_all",
        "futures_trailing_cancel_all",
    ))
    .takes(&[&[symbol("contract"), scalar("related_position")]]),
    trades(post(
        "/api/v4/futures/{settle}/autoorder/v1/chase/create",
        "futures_chasing_order",
    ))
    .adjust(|fields, intent| {
        signed_size(fields, intent)?;
        intent.price = intent.price.filter(|price| !price.is_zero());
        Ok(())
    })
    .takes(&[
        CONTRACT,
        &[
            needed(quantity("amount")),
            repeating(scalar("settle")),
            // It follows the book no further than this; zero is as far as the book goes.
            price("price_limit"),
            scalar("offset_limit"),
            reduce_only("reduce_only", YES),
            client_id("text"),
            scalar("is_dual_mode"),
            scalar("price_type"),
            scalar("price_gap_type"),
            scalar("price_gap_value"),
            scalar("pos_margin_mode"),
            scalar("position_mode"),
        ],
    ]),
    trades(post(
        "/api/v4/futures/{settle}/autoorder/v1/chase/stop",
        "futures_chasing_cancel",
    ))
    .takes(&[&[
        order_id("id"),
        client_id("text"),
        repeating(scalar("settle")),
    ]]),
    trades(post(
        "/api/v4/futures/{settle}/autoorder/v1/chase/stop_all",
        "futures_chasing_cancel_all",
    ))
    .takes(&[&[
        symbol("contract"),
        repeating(scalar("settle")),
        scalar("pos_margin_mode"),
    ]]),
    trades(post(
        "/api/v4/futures/{settle}/positions/{contract}/leverage",
        "futures_leverage",
    ))
    .takes(&[LEVERAGE]),
    trades(post(
        "/api/v4/futures/{settle}/positions/{contract}/set_leverage",
        "futures_leverage_of_mode",
    ))
    .takes(&[LEVERAGE, &[scalar("margin_mode"), scalar("dual_side")]]),
    trades(post(
        "/api/v4/futures/{settle}/positions/{contract}/margin",
        "futures_position_margin",
    ))
    .takes(&[CHANGE]),
    trades(post(
        "/api/v4/futures/{settle}/positions/{contract}/risk_limit",
        "futures_risk_limit",
    ))
    .takes(&[RISK_LIMIT]),
    trades(post(
        "/api/v4/futures/{settle}/positions/cross_mode",
        "futures_margin_mode",
    ))
    .takes(&[CROSS_MODE]),
    trades(post(
        "/api/v4/futures/{settle}/dual_comp/positions/cross_mode",
        "futures_dual_margin_mode",
    ))
    .takes(&[CROSS_MODE]),
    trades(post(
        "/api/v4/futures/{settle}/dual_mode",
        "futures_dual_mode",
    ))
    .takes(&[&[
        needed(word("dual_mode", &["true", "false"])),
        symbol("contract"),
    ]]),
    trades(post(
        "/api/v4/futures/{settle}/set_position_mode",
        "futures_position_mode",
    ))
    .takes(&[&[needed(scalar("position_mode")), symbol("contract")]]),
    trades(post(
        "/api/v4/futures/{settle}/dual_comp/positions/{contract}/leverage",
        "futures_dual_leverage",
    ))
    .takes(&[LEVERAGE]),
    trades(post(
        "/api/v4/futures/{settle}/dual_comp/positions/{contract}/margin",
        "futures_dual_position_margin",
    ))
    .takes(&[CHANGE, &[scalar("dual_side")]]),
    trades(post(
        "/api/v4/futures/{settle}/dual_comp/positions/{contract}/risk_limit",
        "futures_dual_risk_limit",
    ))
    .takes(&[RISK_LIMIT]),
    trades(post("/api/v4/delivery/{settle}/orders", "delivery_order"))
        .adjust(futures_order)
        .completed_when(takes_position)
        .takes(&[CONTRACT, ORDER])
        .attaches(STOPS),
    trades(delete(
        "/api/v4/delivery/{settle}/orders/{order_id}",
        "delivery_cancel",
    ))
    .takes(&[ADDRESSED]),
    trades(delete(
        "/api/v4/delivery/{settle}/orders",
        "delivery_cancel_all",
    ))
    .takes(&[CANCEL_ALL]),
    trades(post(
        "/api/v4/delivery/{settle}/price_orders",
        "delivery_triggered_order",
    ))
    .adjust(triggered)
    .completed_when(takes_position)
    .takes(&[TRIGGERED]),
    trades(delete(
        "/api/v4/delivery/{settle}/price_orders",
        "delivery_triggered_cancel_all",
    ))
    .takes(&[&[symbol("contract")]]),
    trades(delete(
        "/api/v4/delivery/{settle}/price_orders/{order_id}",
        "delivery_triggered_cancel",
    ))
    .takes(&[ADDRESSED]),
    trades(post(
        "/api/v4/delivery/{settle}/positions/{contract}/leverage",
        "delivery_leverage",
    ))
    .takes(&[LEVERAGE]),
    trades(post(
        "/api/v4/delivery/{settle}/positions/{contract}/margin",
        "delivery_position_margin",
    ))
    .takes(&[CHANGE]),
    trades(post(
        "/api/v4/delivery/{settle}/positions/{contract}/risk_limit",
        "delivery_risk_limit",
    ))
    .takes(&[RISK_LIMIT]),
    options(post("/api/v4/options/orders", "options_order"))
        .adjust(futures_order)
        .completed_when(takes_position)
        .takes(&[CONTRACT, ORDER])
        .attaches(STOPS),
    options(delete(
        "/api/v4/options/orders/{order_id}",
        "options_cancel",
    ))
    .takes(&[ADDRESSED]),
    options(delete("/api/v4/options/orders", "options_cancel_all")).takes(&[&[
        symbol("contract"),
        scalar("underlying"),
        scalar("side"),
    ]]),
    options(put("/api/v4/options/orders/{order_id}", "options_amend"))
        .adjust(amended)
        .takes(&[AMENDMENT, &[symbol("contract")]]),
    options(post(
        "/api/v4/options/countdown_cancel_all",
        "options_cancel_all_after",
    ))
    .takes(&[&[
        needed(scalar("timeout")),
        symbol("contract"),
        scalar("underlying"),
    ]]),
    options(post("/api/v4/options/mmp", "options_protection")).takes(&[&[
        needed(scalar("underlying")),
        scalar("window"),
        scalar("frozen_period"),
        scalar("qty_limit"),
        scalar("delta_limit"),
    ]]),
    options(post(
        "/api/v4/options/mmp/reset",
        "options_protection_reset",
    ))
    .takes(&[&[needed(scalar("underlying"))]]),
];

const TRIGGER_AMENDMENT: &[Parameter] = &[
    // The id is in the path, and from one client in the body as well.
    repeating(order_id("order_id")),
    repeating(scalar("settle")),
    symbol("contract"),
    quantity("size"),
    quantity("amount"),
    price("price"),
    stop_price("trigger_price"),
    scalar("price_type"),
    scalar("auto_size"),
    scalar("close"),
];
