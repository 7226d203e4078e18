//! Orders that come with an order, and pairs of which one cancels the other.

use crate::{
    Intent, OrderType, Unclassified,
    kit::{
        attached::{Attached, Place, apart, stop_loss, take_profit},
        parameter::{Parameter, price, quantity, scalar, stop_price, word},
    },
    syntax::Fields,
};

/// With an order: to close what it opens. Each is a JSON object, sent as text or, in a batch, as itself.
pub(super) const WITH_ORDER: &[Attached] = &[
    take_profit(Place::ObjectOrText("takeProfit"), TOLD, &[CLOSING]).adjust(at_market),
    stop_loss(Place::ObjectOrText("stopLoss"), TOLD, &[CLOSING]).adjust(at_market),
];

const TOLD: &[&str] = &["type", "stopPrice", "price", "quantity"];

const CLOSING: &[Parameter] = &[
    word(
        "type",
        // The last two by one client, which passes on the words of its own interface.
        &[
            "STOP",
            "STOP_MARKET",
            "TAKE_PROFIT",
            "TAKE_PROFIT_MARKET",
            "LIMIT",
            "MARKET",
        ],
    ),
    quantity("quantity"),
    stop_price("stopPrice"),
    price("price"),
    scalar("workingType"),
    scalar("stopGuaranteed"),
];

/// Clients state a price for the market too; it does not count.
fn at_market(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    let word = fields.text("type").unwrap_or_default();
    if word.to_ascii_uppercase().ends_with("MARKET") {
        intent.price = None;
    }
    Ok(())
}

/// The second of a pair on spot: a stop, of the side and the quantity of the limit order.
pub(super) const SECOND_OF_PAIR: &[Attached] = &[apart(
    "stop",
    Place::Beside,
    &["triggerPrice", "orderPrice"],
    &[&[stop_price("triggerPrice"), price("orderPrice")]],
)
.adjust(stop)];

/// The first: a limit order.
pub(super) fn limit(_: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    intent.order_type = Some(OrderType::Limit);
    Ok(())
}

fn stop(_: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    intent.price = intent.price.filter(|price| !price.is_zero());
    intent.order_type = Some(match intent.price {
        Some(_) => OrderType::StopLimit,
        None => OrderType::StopMarket,
    });
    Ok(())
}
