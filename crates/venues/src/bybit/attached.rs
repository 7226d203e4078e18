//! Orders that come with an order, and the halves of what closes a position.

use crate::{
    Intent, Unclassified,
    kit::{
        attached::{Attached, Half, Place, apart, close_position, stop_loss, take_profit},
        parameter::{Parameter, price, quantity, scalar, stop_price},
    },
    syntax::Fields,
};

/// With an order or a change of one: to be placed once it fills, to close what it opened, or all of the
/// position (`tpslMode` of `Full`). Without a size of their own.
pub(super) const WITH_ORDER: &[Attached] = &[
    take_profit(Place::Beside, GAIN_TOLD, &[GAIN, MODE]).adjust(gain_price),
    stop_loss(Place::Beside, LOSS_TOLD, &[LOSS, MODE]).adjust(loss_price),
];

const MODE: &[Parameter] = &[scalar("tpslMode")];

const GAIN_TOLD: &[&str] = &["takeProfit", "tpLimitPrice"];
const GAIN: &[Parameter] = &[
    stop_price("takeProfit"),
    price("tpLimitPrice"),
    scalar("tpTriggerBy"),
    scalar("tpOrderType"),
];

const LOSS_TOLD: &[&str] = &["stopLoss", "slLimitPrice"];
const LOSS: &[Parameter] = &[
    stop_price("stopLoss"),
    price("slLimitPrice"),
    scalar("slTriggerBy"),
    scalar("slOrderType"),
];

/// A limit price counts unless the order is said to be at the market.
fn gain_price(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    if fields.is("tpOrderType", "Market") {
        intent.price = None;
    }
    Ok(())
}

fn loss_price(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    if fields.is("slOrderType", "Market") {
        intent.price = None;
    }
    Ok(())
}

/// With what closes a position: whichever of its three the operation's own order is not. None can do
/// more than close, whatever its size.
pub(super) const OF_POSITION: &[Attached] = &[
    apart(
        "take_profit",
        Place::Beside,
        &["takeProfit"],
        &[GAIN, MODE, &[quantity("tpSize")]],
    )
    .when(|fields| fields.has("stopLoss"))
    .adjust(gain_of_position),
    apart(
        "trailing_stop",
        Place::Beside,
        &["trailingStop"],
        &[TRAILING],
    )
    .when(|fields| fields.has("stopLoss") || fields.has("takeProfit"))
    .adjust(trail_position),
];

const TRAILING: &[Parameter] = &[scalar("trailingStop"), stop_price("activePrice")];

/// What the operation's own order is read from, and the others'.
pub(super) const POSITION_STOP: &[Parameter] = &[
    scalar("tpslMode"),
    scalar("takeProfit"),
    scalar("tpLimitPrice"),
    scalar("tpSize"),
    scalar("tpTriggerBy"),
    scalar("tpOrderType"),
    scalar("stopLoss"),
    scalar("slLimitPrice"),
    scalar("slSize"),
    scalar("slTriggerBy"),
    scalar("slOrderType"),
    scalar("trailingStop"),
    scalar("activePrice"),
];

/// Any of these sets something; with none the venue has nothing to do.
pub(super) const STOPS: &[&str] = &[
    "tpslMode",
    "takeProfit",
    "tpLimitPrice",
    "tpSize",
    "tpTriggerBy",
    "tpOrderType",
    "stopLoss",
    "slLimitPrice",
    "slSize",
    "slTriggerBy",
    "slOrderType",
    "trailingStop",
    "activePrice",
];

const GAIN_HALF: Half = Half {
    gains: true,
    trigger: "takeProfit",
    size: "tpSize",
    price: "tpLimitPrice",
};
const LOSS_HALF: Half = Half {
    gains: false,
    trigger: "stopLoss",
    size: "slSize",
    price: "slLimitPrice",
};

/// The operation's own order stops a loss, or takes profit, or trails the price.
pub(super) fn position_stop(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    if fields.has("stopLoss") {
        LOSS_HALF.read(fields, intent)?;
        loss_price(fields, intent)?;
        close_position(intent, false);
    } else if fields.has("takeProfit") {
        GAIN_HALF.read(fields, intent)?;
        gain_of_position(fields, intent)?;
    } else {
        intent.stop_price = fields.number("activePrice")?;
        trail_position(fields, intent)?;
    }
    Ok(())
}

fn gain_of_position(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    gain_price(fields, intent)?;
    close_position(intent, true);
    Ok(())
}

/// It fills at the market once the price has turned, for all of the position.
fn trail_position(_: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    close_position(intent, false);
    Ok(())
}
