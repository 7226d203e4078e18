//! Orders that come with an order, and the halves of what closes a position.

use crate::{
    Intent, Unclassified,
    kit::{
        attached::{Attached, Half, Place, apart, close_position, stop_loss, take_profit},
        order::wait_to_close,
        parameter::{Parameter, price, reduce_only, scalar, stop_price},
    },
    syntax::Fields,
};

/// With an order: to close what it opens.
pub(super) const WITH_ORDER: &[Attached] = &[
    take_profit(Place::Beside, GAIN_TOLD, &[GAIN]).adjust(gain_price),
    stop_loss(Place::Beside, LOSS_TOLD, &[LOSS]).adjust(loss_price),
];

/// With an algorithmic order of v5: what comes with one that waits for a trigger, or the half with gain
/// where the operation's own order is the one against loss.
pub(super) const WITH_ALGO: &[Attached] = &[
    WITH_ORDER[0].when(is_trigger),
    WITH_ORDER[1].when(is_trigger),
    apart(
        "take_profit",
        Place::Beside,
        GAIN_TOLD,
        &[GAIN, &[reduce_only("reduce_only", &["1"])]],
    )
    .when(|fields| !is_trigger(fields) && stops_loss(fields))
    .adjust(wait_with_gain),
];

/// With what closes a position: the half with gain, where the operation's own order is the other.
pub(super) const OF_POSITION: &[Attached] =
    &[apart("take_profit", Place::Beside, GAIN_TOLD, &[GAIN])
        .when(stops_loss)
        .adjust(close_with_gain)];

const GAIN_TOLD: &[&str] = &["tp_trigger_price", "tp_order_price"];
const GAIN: &[Parameter] = &[
    stop_price("tp_trigger_price"),
    price("tp_order_price"),
    scalar("tp_order_price_type"),
    scalar("tp_type"),
    scalar("tp_trigger_price_type"),
];
const LOSS_TOLD: &[&str] = &["sl_trigger_price", "sl_order_price"];
const LOSS: &[Parameter] = &[
    stop_price("sl_trigger_price"),
    price("sl_order_price"),
    scalar("sl_order_price_type"),
    scalar("sl_type"),
    scalar("sl_trigger_price_type"),
];

/// What the operation's own order is read from, where it may be either.
pub(super) const HALVES: &[Parameter] = &[
    scalar("tp_trigger_price"),
    scalar("tp_order_price"),
    scalar("tp_order_price_type"),
    scalar("tp_type"),
    scalar("tp_trigger_price_type"),
    scalar("sl_trigger_price"),
    scalar("sl_order_price"),
    scalar("sl_order_price_type"),
    scalar("sl_type"),
    scalar("sl_trigger_price_type"),
];

const GAIN_HALF: Half = Half {
    gains: true,
    trigger: "tp_trigger_price",
    size: "volume",
    price: "tp_order_price",
};
const LOSS_HALF: Half = Half {
    gains: false,
    trigger: "sl_trigger_price",
    size: "volume",
    price: "sl_order_price",
};

/// What closes a position.
pub(super) fn position_stop(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    if !stops_loss(fields) {
        GAIN_HALF.read(fields, intent)?;
        return close_with_gain(fields, intent);
    }
    LOSS_HALF.read(fields, intent)?;
    loss_price(fields, intent)?;
    close_position(intent, false);
    Ok(())
}

/// The half of an algorithmic order that is its own. It only closes if it says so.
pub(super) fn algo_half(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    let said = intent.reduce_only;
    position_stop(fields, intent)?;
    intent.reduce_only = said;
    Ok(())
}

pub(super) fn is_half(fields: &Fields<'_>) -> bool {
    let gains = GAIN_TOLD.iter().any(|name| fields.has(name));
    !is_trigger(fields) && (gains || stops_loss(fields))
}

fn stops_loss(fields: &Fields<'_>) -> bool {
    LOSS_TOLD.iter().any(|name| fields.has(name))
}

fn is_trigger(fields: &Fields<'_>) -> bool {
    fields.is("type", "trigger") || fields.has("trigger_price")
}

fn close_with_gain(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    gain_price(fields, intent)?;
    close_position(intent, true);
    Ok(())
}

fn wait_with_gain(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    gain_price(fields, intent)?;
    wait_to_close(intent, true);
    Ok(())
}

/// A limit price counts unless the order is said to be of another kind: at the market, or at a price of
/// the book.
fn gain_price(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    limit_only(fields, ["tp_order_price_type", "tp_type"], intent);
    Ok(())
}

fn loss_price(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    limit_only(fields, ["sl_order_price_type", "sl_type"], intent);
    Ok(())
}

fn limit_only(fields: &Fields<'_>, kinds: [&str; 2], intent: &mut Intent) {
    if kinds
        .into_iter()
        .any(|name| fields.has(name) && !fields.is(name, "limit"))
    {
        intent.price = None;
    }
}
