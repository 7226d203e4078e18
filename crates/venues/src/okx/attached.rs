//! Orders that come with an order, and the second half of one that cancels the other (`oco`).

use crate::{
    Intent, OrderType, Unclassified,
    kit::{
        attached::{Attached, Place, apart, stop_loss, take_profit},
        parameter::{Parameter, client_id, price, quantity, scalar, stop_price},
    },
    syntax::Fields,
};

const LIST: Place = Place::List("attachAlgoOrds");

/// What stands with either of an order's two.
const SHARED: &[Parameter] = &[
    quantity("sz"),
    client_id("attachAlgoClOrdId"),
    scalar("attachAlgoId"),
    scalar("amendPxOnTriggerType"),
];

/// With an order: to close what it opens. A price of -1 is the market.
pub(super) const WITH_ORDER: &[Attached] = &[
    take_profit(
        LIST,
        &["tpTriggerPx", "tpTriggerRatio", "tpOrdPx"],
        &[PROFIT, SHARED],
    ),
    stop_loss(
        LIST,
        &["slTriggerPx", "slTriggerRatio", "slOrdPx"],
        &[LOSS, SHARED],
    ),
    stop_loss(
        LIST,
        &["callbackRatio", "callbackSpread"],
        &[TRAILING, SHARED],
    )
    .called("trailing_stop"),
];

const PROFIT: &[Parameter] = &[
    stop_price("tpTriggerPx"),
    price("tpOrdPx"),
    scalar("tpTriggerPxType"),
    scalar("tpTriggerRatio"),
    scalar("tpOrdKind"),
];

const LOSS: &[Parameter] = &[
    stop_price("slTriggerPx"),
    price("slOrdPx"),
    scalar("slTriggerPxType"),
    scalar("slTriggerRatio"),
];

const TRAILING: &[Parameter] = &[
    stop_price("activePx"),
    scalar("callbackRatio"),
    scalar("callbackSpread"),
];

/// With a change of an order: the same, changed, beside it or in the list.
pub(super) const WITH_AMENDMENT: &[Attached] = &[
    take_profit(Place::Beside, NEW_PROFIT_TOLD, &[NEW_PROFIT]),
    stop_loss(Place::Beside, NEW_LOSS_TOLD, &[NEW_LOSS]),
    // A size alone is that of one of several that take profit; only they have any.
    take_profit(LIST, NEW_PROFIT_OR_SIZE_TOLD, &[NEW_PROFIT, SHARED])
        .when(|fields| !is_told(NEW_LOSS_TOLD, fields) || is_told(NEW_PROFIT_TOLD, fields)),
    stop_loss(LIST, NEW_LOSS_TOLD, &[NEW_LOSS, SHARED]),
];

fn is_told(names: &[&str], fields: &Fields<'_>) -> bool {
    names.iter().any(|name| fields.has(name))
}

const NEW_PROFIT_TOLD: &[&str] = &["newTpTriggerPx", "newTpTriggerRatio", "newTpOrdPx"];
const NEW_PROFIT_OR_SIZE_TOLD: &[&str] =
    &["newTpTriggerPx", "newTpTriggerRatio", "newTpOrdPx", "sz"];
const NEW_PROFIT: &[Parameter] = &[
    stop_price("newTpTriggerPx"),
    price("newTpOrdPx"),
    scalar("newTpTriggerPxType"),
    scalar("newTpTriggerRatio"),
    scalar("newTpOrdKind"),
];

const NEW_LOSS_TOLD: &[&str] = &["newSlTriggerPx", "newSlTriggerRatio", "newSlOrdPx"];
const NEW_LOSS: &[Parameter] = &[
    stop_price("newSlTriggerPx"),
    price("newSlOrdPx"),
    scalar("newSlTriggerPxType"),
    scalar("newSlTriggerRatio"),
];

/// With an algorithmic order: its other half, where it has both, and those of a triggered order.
pub(super) const WITH_ALGO: &[Attached] = &[
    apart(
        "take_profit",
        Place::Beside,
        &["tpTriggerPx", "tpTriggerRatio", "tpOrdPx"],
        &[PROFIT],
    )
    .when(has_both)
    .adjust(to_gain),
    WITH_ORDER[0],
    WITH_ORDER[1],
    WITH_ORDER[2],
];

/// The order itself is then the one against loss.
fn has_both(fields: &Fields<'_>) -> bool {
    (fields.is("ordType", "conditional") || fields.is("ordType", "oco")) && stops_loss(fields)
}

/// Whether an algorithmic order has a half against loss. Its trigger is a price, or a ratio to one that
/// only the venue knows.
pub(super) fn stops_loss(fields: &Fields<'_>) -> bool {
    is_told(&["slTriggerPx", "slTriggerRatio", "slOrdPx"], fields)
}

fn to_gain(_: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    intent.price = intent.price.filter(|price| price.is_sign_positive());
    intent.order_type = Some(match intent.price {
        Some(_) => OrderType::TakeProfitLimit,
        None => OrderType::TakeProfitMarket,
    });
    Ok(())
}
