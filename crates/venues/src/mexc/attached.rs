//! Orders that come with an order on a contract, and the halves of what closes a position.
//!
//! Either may be told to reverse: once it has closed, it opens the same size on the other side. That is
//! an order in its own right. The venue's word for no is 2; it does not document what leaving it out
//! means, which is taken for no.

use crate::{
    Intent, Side, Unclassified,
    kit::{
        attached::{Attached, Half, Place, apart, close_position, stop_loss, take_profit},
        order::wait_to_close,
        parameter::{Parameter, price, scalar, stop_price},
    },
    syntax::Fields,
};

/// With an order: to close what it opens, or all of the position.
pub(super) const WITH_ORDER: &[Attached] = &[
    take_profit(Place::Beside, GAIN_TOLD, &[GAIN]).adjust(gain_price),
    stop_loss(Place::Beside, LOSS_TOLD, &[LOSS]).adjust(loss_price),
    REVERSALS[0],
    REVERSALS[1],
];

/// With what closes a position: the half with gain, where the operation's own order is the other.
pub(super) const OF_POSITION: &[Attached] = &[
    apart("take_profit", Place::Beside, GAIN_TOLD, &[GAIN])
        .when(stops_loss)
        .adjust(close_with_gain),
    REVERSALS[0],
    REVERSALS[1],
];

const REVERSALS: [Attached; 2] = [
    apart(
        "take_profit_reversal",
        Place::Beside,
        &["takeProfitReverse"],
        &[GAIN],
    )
    .when(|fields| !fields.is("takeProfitReverse", "2"))
    .adjust(reverse_with_gain),
    apart(
        "stop_loss_reversal",
        Place::Beside,
        &["stopLossReverse"],
        &[LOSS],
    )
    .when(|fields| !fields.is("stopLossReverse", "2"))
    .adjust(reverse_with_loss),
];

const GAIN_TOLD: &[&str] = &["takeProfitPrice", "takeProfitOrderPrice"];
const GAIN: &[Parameter] = &[
    stop_price("takeProfitPrice"),
    price("takeProfitOrderPrice"),
    scalar("takeProfitType"),
    scalar("takeProfitReverse"),
    scalar("profitTrend"),
];
const LOSS_TOLD: &[&str] = &["stopLossPrice", "stopLossOrderPrice"];
const LOSS: &[Parameter] = &[
    stop_price("stopLossPrice"),
    price("stopLossOrderPrice"),
    scalar("stopLossType"),
    scalar("stopLossReverse"),
    scalar("lossTrend"),
];

/// What the operation's own order is read from, where it may be either.
pub(super) const HALVES: &[Parameter] = &[
    scalar("takeProfitPrice"),
    scalar("takeProfitOrderPrice"),
    scalar("takeProfitVol"),
    scalar("takeProfitType"),
    scalar("takeProfitReverse"),
    scalar("profitTrend"),
    scalar("stopLossPrice"),
    scalar("stopLossOrderPrice"),
    scalar("stopLossVol"),
    scalar("stopLossType"),
    scalar("stopLossReverse"),
    scalar("lossTrend"),
];

const GAIN_HALF: Half = Half {
    gains: true,
    trigger: "takeProfitPrice",
    size: "takeProfitVol",
    price: "takeProfitOrderPrice",
};
const LOSS_HALF: Half = Half {
    gains: false,
    trigger: "stopLossPrice",
    size: "stopLossVol",
    price: "stopLossOrderPrice",
};

/// What closes a position: against loss, or else with gain.
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

fn stops_loss(fields: &Fields<'_>) -> bool {
    LOSS_TOLD.iter().any(|name| fields.has(name))
}

fn close_with_gain(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    gain_price(fields, intent)?;
    intent.quantity = size(&GAIN_HALF, fields)?;
    close_position(intent, true);
    Ok(())
}

fn reverse_with_gain(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    gain_price(fields, intent)?;
    reverse(&GAIN_HALF, fields, intent)
}

fn reverse_with_loss(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    loss_price(fields, intent)?;
    reverse(&LOSS_HALF, fields, intent)
}

/// Opens the other side of what the order opened; which side that is, a change of one does not tell.
fn reverse(half: &Half, fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    intent.side = match fields.text("side").as_deref() {
        Some("1") => Some(Side::Sell),
        Some("3") => Some(Side::Buy),
        _ => None,
    };
    intent.quantity = size(half, fields)?;
    wait_to_close(intent, half.gains);
    Ok(())
}

/// The size of one half, or that of both.
fn size(half: &Half, fields: &Fields<'_>) -> Result<Option<rust_decimal::Decimal>, Unclassified> {
    let own = fields.number(half.size)?;
    Ok(own.or(fields.number("vol")?).map(|size| size.normalize()))
}

/// A limit price counts unless the order is said to be of another type than 1, a limit order.
fn gain_price(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    if fields.has("takeProfitType") && !fields.is("takeProfitType", "1") {
        intent.price = None;
    }
    Ok(())
}

fn loss_price(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    if fields.has("stopLossType") && !fields.is("stopLossType", "1") {
        intent.price = None;
    }
    Ok(())
}
