//! Orders addressed by their id: cancelled and amended.
//!
//! An instrument given beside the id does not narrow what may be meant: the id is enough for the venue,
//! and the client's own id, which is free text, could have swallowed it. It is not shown, and each is
//! three operations: of a derivative, if the instrument says so; of spot, in any case; of a derivative
//! still, if it does not.

use crate::{
    Product,
    kit::{
        operation::{Batch, Op},
        parameter::{
            Parameter, anything, client_id, order_id, price, quantity, scalar, stop_price, word,
        },
    },
    syntax::Fields,
};

use super::trade::{is_derivative, may_be_spot};

const ADDRESSED: &[Parameter] = &[
    order_id("order_id"),
    client_id("client_oid"),
    scalar("instrument_name"),
];
const AMENDED: &[Parameter] = &[
    order_id("order_id"),
    client_id("orig_client_oid"),
    scalar("client_oid"),
    scalar("instrument_name"),
    price("new_price"),
    quantity("new_quantity"),
    stop_price("new_ref_price"),
];
const OF_LIST: &[Parameter] = &[
    order_id("list_id"),
    scalar("instrument_name"),
    word("contingency_type", &["LIST", "OCO"]),
];
const LISTED: &[Parameter] = &[
    word("contingency_type", &["LIST", "OCO"]),
    anything("order_list"),
];

const fn one(op: Op) -> Op {
    op.one_of(&["order_id", "client_oid"]).takes(&[ADDRESSED])
}

const fn several(op: Op) -> Op {
    op.batch(Batch::Member("order_list"))
        .beside(&["contingency_type"])
        .takes(&[ADDRESSED, LISTED])
}

const fn of_list(op: Op) -> Op {
    op.takes(&[OF_LIST])
}

const fn amended(op: Op) -> Op {
    op.one_of(&["order_id", "orig_client_oid"])
        .takes(&[AMENDED])
}

fn is_list(fields: &Fields<'_>) -> bool {
    fields.has("list_id")
}

const fn spot(op: Op) -> Op {
    op.trades_spot()
}

const fn derivative(op: Op) -> Op {
    op.trades_futures(Product::UsdFutures)
}

macro_rules! addressed {
    ($($with:ident: $method:literal => $derivative:literal, $spot:literal, $still:literal;)*) => {
        &[$(
            derivative($with(call!($method, $derivative))).when(is_derivative),
            spot($with(call!($method, $spot))),
            derivative($with(call!($method, $still))).when(may_be_spot),
        )*]
    };
}

/// One path cancels a list by its id, or the orders of a list one by one.
pub(super) const LISTS: &[Op] = &[
    derivative(of_list(call!(
        "private/cancel-order-list",
        "derivative_list_cancel"
    )))
    .when(|fields| is_list(fields) && is_derivative(fields)),
    spot(of_list(call!(
        "private/cancel-order-list",
        "spot_list_cancel"
    )))
    .when(is_list),
    derivative(of_list(call!("private/cancel-order-list", "list_cancel")))
        .when(|fields| is_list(fields) && may_be_spot(fields)),
];

pub(super) const OPERATIONS: &[Op] = addressed! {
    one: "private/cancel-order" => "derivative_cancel", "spot_cancel", "cancel";
    several: "private/cancel-order-list" => "derivative_cancels", "spot_cancels", "cancels";
    amended: "private/amend-order" => "derivative_amend", "spot_amend", "amend";
    one: "private/advanced/cancel-order" => "derivative_triggered_cancel", "spot_triggered_cancel", "triggered_cancel";
    amended: "private/advanced/amend-order" => "derivative_triggered_amend", "spot_triggered_amend", "triggered_amend";
    of_list: "private/advanced/cancel-oco" => "derivative_pair_cancel", "spot_pair_cancel", "pair_cancel";
    of_list: "private/advanced/cancel-oto" => "derivative_sequence_cancel", "spot_sequence_cancel", "sequence_cancel";
    of_list: "private/advanced/cancel-otoco" => "derivative_bracket_cancel", "spot_bracket_cancel", "bracket_cancel";
};
