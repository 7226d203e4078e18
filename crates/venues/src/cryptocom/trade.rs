//! Orders at spot and derivatives, positions and how they are margined.

use crate::{
    Class, Intent, OrderType, Permission, Product, Shown, TimeInForce, Unclassified,
    kit::{
        operation::{Batch, Op},
        order::may_rest,
        parameter::{
            Parameter, SIDES, amount, anything, client_id, kind, lasts, leverage, needed, price,
            quantity, quote_quantity, scalar, side, stop_price, symbol, word,
        },
    },
    syntax::{Fields, Value},
};

const KINDS: &[(&str, OrderType)] = &[
    ("LIMIT", OrderType::Limit),
    ("MARKET", OrderType::Market),
    ("STOP_LOSS", OrderType::StopMarket),
    ("STOP_LIMIT", OrderType::StopLimit),
    ("TAKE_PROFIT", OrderType::TakeProfitMarket),
    ("TAKE_PROFIT_LIMIT", OrderType::TakeProfitLimit),
];

const LASTS: &[(&str, TimeInForce)] = &[
    ("GOOD_TILL_CANCEL", TimeInForce::GoodTillCancelled),
    ("IMMEDIATE_OR_CANCEL", TimeInForce::ImmediateOrCancel),
    ("FILL_OR_KILL", TimeInForce::FillOrKill),
];

const INSTRUMENT: &[Parameter] = &[needed(symbol("instrument_name"))];

const ORDER: &[Parameter] = &[
    needed(side("side", SIDES)),
    needed(kind("type", KINDS)),
    quantity("quantity"),
    quote_quantity("notional"),
    price("price"),
    stop_price("ref_price"),
    word(
        "ref_price_type",
        &["MARK_PRICE", "INDEX_PRICE", "LAST_PRICE", "NULL_VAL"],
    ),
    client_id("client_oid"),
    lasts("time_in_force", LASTS),
    anything("exec_inst"),
    scalar("broker_id"),
    word("spot_margin", &["SPOT", "MARGIN"]),
    scalar("stp_scope"),
    scalar("stp_inst"),
    scalar("stp_id"),
    scalar("fee_instrument_name"),
    scalar("isolation_id"),
    scalar("isolated_margin_amount"),
    leverage("leverage"),
    scalar("attach_order_id"),
    scalar("attach_isolation_id"),
    // One client's name for an instruction, which the venue's documents do not have.
    word("reduceOnly", &["true", "false"]),
];

const LIST: &[Parameter] = &[
    word("contingency_type", &["LIST", "OCO"]),
    anything("order_list"),
];

const INSTRUCTIONS: &[&str] = &[
    "POST_ONLY",
    "SMART_POST_ONLY",
    "REDUCE_ONLY",
    "ISOLATED_MARGIN",
];

pub(super) fn is_derivative(fields: &Fields<'_>) -> bool {
    fields
        .text("instrument_name")
        .is_some_and(|name| name.contains('-'))
}

fn is_spot(fields: &Fields<'_>) -> bool {
    fields.has("instrument_name") && !is_derivative(fields)
}

fn may_be_derivative(fields: &Fields<'_>) -> bool {
    !is_spot(fields)
}

pub(super) fn may_be_spot(fields: &Fields<'_>) -> bool {
    !is_derivative(fields)
}

/// What the instructions say of an order. Free text before them may have swallowed them.
fn instructed(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    let Some(instructions) = fields.get("exec_inst") else {
        return Ok(());
    };
    let unknown = |value: &str| Unclassified::UnknownValue {
        name: Shown::new("exec_inst"),
        value: Shown::new(value),
    };
    let Value::List(items) = instructions else {
        return Err(unknown("not a list"));
    };
    let certain = !fields.has("client_oid") && !fields.has("broker_id");
    for item in items {
        let word = item.scalar().unwrap_or_default();
        match word.as_ref() {
            "POST_ONLY"
                if certain && intent.order_type == Some(OrderType::Limit) && may_rest(intent) =>
            {
                intent.order_type = Some(OrderType::PostOnly);
            }
            "REDUCE_ONLY" if certain && is_derivative(fields) => intent.reduce_only = Some(true),
            known if INSTRUCTIONS.contains(&known) => {}
            other => return Err(unknown(other)),
        }
    }
    Ok(())
}

const fn spot(op: Op) -> Op {
    op.trades_spot()
}

const fn derivative(op: Op) -> Op {
    op.trades_futures(Product::UsdFutures)
}

const fn spot_order(op: Op) -> Op {
    spot(op)
        .when(is_spot)
        .adjust(instructed)
        .takes(&[INSTRUMENT, ORDER])
}

const fn derivative_order(op: Op) -> Op {
    derivative(op)
        .when(is_derivative)
        .adjust(instructed)
        .takes(&[INSTRUMENT, ORDER])
}

const LISTED: Batch = Batch::Member("order_list");

const fn spot_orders(op: Op) -> Op {
    spot_order(op)
        .batch(LISTED)
        .beside(&["contingency_type"])
        .takes(&[INSTRUMENT, ORDER, LIST])
}

const fn derivative_orders(op: Op) -> Op {
    derivative_order(op)
        .batch(LISTED)
        .beside(&["contingency_type"])
        .takes(&[INSTRUMENT, ORDER, LIST])
}

const ALL: &[Parameter] = &[
    symbol("instrument_name"),
    word("type", &["LIMIT", "TRIGGER", "ALL"]),
    scalar("position_type"),
];
pub(super) const OPERATIONS: &[Op] = &[
    spot_order(call!("private/create-order", "spot_order")),
    derivative_order(call!("private/create-order", "derivative_order")),
    spot_orders(call!("private/create-order-list", "spot_orders")),
    derivative_orders(call!("private/create-order-list", "derivative_orders")),
    spot_order(call!(
        "private/advanced/create-order",
        "spot_triggered_order"
    )),
    derivative_order(call!(
        "private/advanced/create-order",
        "derivative_triggered_order"
    )),
    spot_orders(call!("private/advanced/create-oco", "spot_pair")),
    derivative_orders(call!("private/advanced/create-oco", "derivative_pair")),
    spot_orders(call!("private/advanced/create-oto", "spot_sequence")),
    derivative_orders(call!("private/advanced/create-oto", "derivative_sequence")),
    spot_orders(call!("private/advanced/create-otoco", "spot_bracket")),
    derivative_orders(call!("private/advanced/create-otoco", "derivative_bracket")),
    spot(call!("private/cancel-all-orders", "spot_cancel_all"))
        .when(may_be_spot)
        .takes(&[ALL]),
    derivative(call!("private/cancel-all-orders", "derivative_cancel_all"))
        .when(may_be_derivative)
        .takes(&[ALL]),
    spot(call!(
        "private/advanced/cancel-all-orders",
        "spot_triggered_cancel_all"
    ))
    .when(may_be_spot)
    .takes(&[ALL]),
    derivative(call!(
        "private/advanced/cancel-all-orders",
        "derivative_triggered_cancel_all"
    ))
    .when(may_be_derivative)
    .takes(&[ALL]),
    derivative(call!("private/close-position", "close_position"))
        .adjust(|_, intent| {
            intent.reduce_only = Some(true);
            Ok(())
        })
        .takes(&[
            INSTRUMENT,
            &[
                needed(kind("type", KINDS)),
                price("price"),
                quantity("quantity"),
                scalar("isolation_id"),
                scalar("client_oid"),
            ],
        ]),
    derivative(call!("private/change-account-leverage", "leverage")).takes(&[&[
        scalar("account_id"),
        symbol("instrument_name"),
        needed(leverage("leverage")),
    ]]),
    derivative(call!(
        "private/change-isolated-margin-leverage",
        "isolated_leverage"
    ))
    .takes(&[&[needed(scalar("isolation_id")), needed(leverage("leverage"))]]),
    derivative(call!(
        "private/create-isolated-margin-transfer",
        "isolated_margin"
    ))
    .takes(&[&[
        needed(scalar("isolation_id")),
        needed(scalar("direction")),
        needed(amount("amount")),
    ]]),
    derivative(call!("private/change-account-settings", "account_leverage"))
        .when(|fields| fields.has("leverage"))
        .takes(&[SETTINGS]),
    call!("private/change-account-settings", "account_settings")
        .administers()
        .when(|fields| !fields.has("leverage"))
        .takes(&[SETTINGS]),
    call!("private/set-cancel-on-disconnect", "cancel_on_disconnect")
        .is(Class::Admin, Product::Account, Permission::SpotTrading)
        .takes(&[&[needed(scalar("scope"))]]),
];

const SETTINGS: &[Parameter] = &[
    leverage("leverage"),
    scalar("stp_scope"),
    scalar("stp_inst"),
    scalar("stp_id"),
];
