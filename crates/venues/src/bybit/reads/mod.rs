//! Reads.
//!
//! The path is not signed, so these lists matter: a parameter that is not here is refused, lest the
//! bytes serve something else than a read.

mod funds;
mod trading;

use crate::kit::parameter::{Parameter, client_id, order_id, scalar, symbol};

pub(super) use funds::FUNDS;
pub(super) use trading::TRADING;

const SPAN: &[Parameter] = &[
    scalar("startTime"),
    scalar("endTime"),
    scalar("limit"),
    scalar("cursor"),
];
const MARKET: &[Parameter] = &[
    scalar("category"),
    symbol("symbol"),
    scalar("baseCoin"),
    scalar("settleCoin"),
];
const ORDER: &[Parameter] = &[
    order_id("orderId"),
    client_id("orderLinkId"),
    scalar("orderFilter"),
    scalar("orderStatus"),
];
