//! Orders that come with an order, and the halves of what closes a position.

use crate::{
    Intent, Unclassified,
    kit::{
        attached::{Attached, Half, Place, apart, close_position, stop_loss, take_profit},
        parameter::{Parameter, client_id, price, quantity, scalar, stop_price},
    },
    syntax::Fields,
};

/// With a spot order: to sell what it buys, or buy back what it sells.
pub(super) const WITH_SPOT: &[Attached] = &[
    take_profit(
        Place::Beside,
        &["presetTakeProfitPrice", "executeTakeProfitPrice"],
        &[&[
            stop_price("presetTakeProfitPrice"),
            price("executeTakeProfitPrice"),
        ]],
    ),
    stop_loss(
        Place::Beside,
        &["presetStopLossPrice", "executeStopLossPrice"],
        &[&[
            stop_price("presetStopLossPrice"),
            price("executeStopLossPrice"),
        ]],
    ),
];

/// With a futures order of v2: to close what it opens. What is gained is a surplus there.
pub(super) const WITH_FUTURES: &[Attached] = &[
    take_profit(Place::Beside, GAIN_TOLD, &[GAIN]),
    stop_loss(Place::Beside, LOSS_TOLD, &[LOSS]),
];

const GAIN_TOLD: &[&str] = &["presetStopSurplusPrice", "presetStopSurplusExecutePrice"];
const GAIN: &[Parameter] = &[
    stop_price("presetStopSurplusPrice"),
    price("presetStopSurplusExecutePrice"),
    scalar("presetStopSurplusTriggerType"),
];
const LOSS_TOLD: &[&str] = &["presetStopLossPrice", "presetStopLossExecutePrice"];
const LOSS: &[Parameter] = &[
    stop_price("presetStopLossPrice"),
    price("presetStopLossExecutePrice"),
    scalar("presetStopLossTriggerType"),
];

/// With a change of one.
pub(super) const WITH_FUTURES_AMENDMENT: &[Attached] = &[
    take_profit(
        Place::Beside,
        &["newPresetStopSurplusPrice"],
        &[&[stop_price("newPresetStopSurplusPrice")]],
    ),
    stop_loss(
        Place::Beside,
        &["newPresetStopLossPrice"],
        &[&[stop_price("newPresetStopLossPrice")]],
    ),
];

/// With an order that waits for a trigger, by either of the names they have.
pub(super) const WITH_PLAN: &[Attached] = &[
    take_profit(Place::Beside, PLAN_GAIN_TOLD, &[GAIN, POSITION_GAIN]),
    stop_loss(Place::Beside, PLAN_LOSS_TOLD, &[LOSS, POSITION_LOSS]),
];

const PLAN_GAIN_TOLD: &[&str] = &[
    "stopSurplusTriggerPrice",
    "stopSurplusExecutePrice",
    GAIN_TOLD[0],
    GAIN_TOLD[1],
];
const PLAN_LOSS_TOLD: &[&str] = &[
    "stopLossTriggerPrice",
    "stopLossExecutePrice",
    LOSS_TOLD[0],
    LOSS_TOLD[1],
];
const POSITION_GAIN: &[Parameter] = &[
    stop_price("stopSurplusTriggerPrice"),
    price("stopSurplusExecutePrice"),
    scalar("stopSurplusTriggerType"),
];
const POSITION_LOSS: &[Parameter] = &[
    stop_price("stopLossTriggerPrice"),
    price("stopLossExecutePrice"),
    scalar("stopLossTriggerType"),
];

/// With a change of one.
pub(super) const WITH_PLAN_AMENDMENT: &[Attached] = &[
    take_profit(
        Place::Beside,
        &[
            "newStopSurplusTriggerPrice",
            "newSurplusTriggerPrice",
            "newStopSurplusExecutePrice",
        ],
        &[&[
            stop_price("newStopSurplusTriggerPrice"),
            // As one client spells it.
            stop_price("newSurplusTriggerPrice"),
            price("newStopSurplusExecutePrice"),
            scalar("newStopSurplusTriggerType"),
        ]],
    ),
    stop_loss(
        Place::Beside,
        &["newStopLossTriggerPrice", "newStopLossExecutePrice"],
        &[&[
            stop_price("newStopLossTriggerPrice"),
            price("newStopLossExecutePrice"),
            scalar("newStopLossTriggerType"),
        ]],
    ),
];

/// With a futures order of v1, or a change of one.
pub(super) const WITH_V1: &[Attached] = &[
    take_profit(
        Place::Beside,
        &["presetTakeProfitPrice"],
        &[&[stop_price("presetTakeProfitPrice")]],
    ),
    stop_loss(
        Place::Beside,
        &["presetStopLossPrice"],
        &[&[stop_price("presetStopLossPrice")]],
    ),
];

/// With the two stops of a position: the one with gain, where the operation's own order is the other.
pub(super) const OF_POSITION: &[Attached] = &[apart(
    "take_profit",
    Place::Beside,
    &["stopSurplusTriggerPrice"],
    &[
        POSITION_GAIN,
        &[
            quantity("stopSurplusSize"),
            client_id("stopSurplusClientOid"),
        ],
    ],
)
.when(|fields| fields.has(POSITION_LOSS_HALF.trigger))
.adjust(close_with_gain)];

const POSITION_GAIN_HALF: Half = Half {
    gains: true,
    trigger: "stopSurplusTriggerPrice",
    size: "stopSurplusSize",
    price: "stopSurplusExecutePrice",
};
const POSITION_LOSS_HALF: Half = Half {
    gains: false,
    trigger: "stopLossTriggerPrice",
    size: "stopLossSize",
    price: "stopLossExecutePrice",
};

pub(super) fn position_stop(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    let stops = fields.has(POSITION_LOSS_HALF.trigger);
    let own = if stops {
        POSITION_LOSS_HALF
    } else {
        POSITION_GAIN_HALF
    };
    own.read(fields, intent)
}

fn close_with_gain(_: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    close_position(intent, true);
    Ok(())
}

/// With an order of the unified account, or a change of one.
pub(super) const WITH_UNIFIED: &[Attached] = &[
    take_profit(Place::Beside, UNIFIED_GAIN_TOLD, &[UNIFIED_GAIN]).adjust(gain_price),
    stop_loss(Place::Beside, UNIFIED_LOSS_TOLD, &[UNIFIED_LOSS]).adjust(loss_price),
];

/// With a strategy: what comes with an order that waits for a trigger, or the half with gain of what
/// closes a position, where the operation's own order is the other.
pub(super) const WITH_STRATEGY: &[Attached] = &[
    WITH_UNIFIED[0].when(is_trigger),
    WITH_UNIFIED[1].when(is_trigger),
    apart(
        "take_profit",
        Place::Beside,
        &["takeProfit"],
        &[UNIFIED_GAIN],
    )
    .when(|fields| !is_trigger(fields) && fields.has("stopLoss"))
    .adjust(strategy_gain),
];

const UNIFIED_GAIN_TOLD: &[&str] = &["takeProfit", "tpLimitPrice"];
const UNIFIED_GAIN: &[Parameter] = &[
    stop_price("takeProfit"),
    price("tpLimitPrice"),
    scalar("tpTriggerBy"),
    scalar("tpOrderType"),
];
const UNIFIED_LOSS_TOLD: &[&str] = &["stopLoss", "slLimitPrice"];
const UNIFIED_LOSS: &[Parameter] = &[
    stop_price("stopLoss"),
    price("slLimitPrice"),
    scalar("slTriggerBy"),
    scalar("slOrderType"),
];

/// A limit price counts unless the order is said to be at the market.
fn gain_price(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    if fields.is("tpOrderType", "market") {
        intent.price = None;
    }
    Ok(())
}

fn loss_price(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    if fields.is("slOrderType", "market") {
        intent.price = None;
    }
    Ok(())
}

/// Whether a strategy is an order of its own that waits for a trigger: by its type, or where it names
/// none, by having one.
pub(super) fn is_trigger(fields: &Fields<'_>) -> bool {
    match fields.text("type") {
        Some(kind) => kind.eq_ignore_ascii_case("trigger"),
        None => fields.has("triggerPrice"),
    }
}

/// The order of a strategy that closes: against loss, or else with gain.
pub(super) fn strategy_stop(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    if !fields.has(STRATEGY_LOSS_HALF.trigger) {
        STRATEGY_GAIN_HALF.read(fields, intent)?;
        return strategy_gain(fields, intent);
    }
    STRATEGY_LOSS_HALF.read(fields, intent)?;
    loss_price(fields, intent)?;
    close_position(intent, false);
    of_category(fields, intent);
    Ok(())
}

const STRATEGY_GAIN_HALF: Half = Half {
    gains: true,
    trigger: "takeProfit",
    size: "qty",
    price: "tpLimitPrice",
};
const STRATEGY_LOSS_HALF: Half = Half {
    gains: false,
    trigger: "stopLoss",
    size: "qty",
    price: "slLimitPrice",
};

fn strategy_gain(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    gain_price(fields, intent)?;
    close_position(intent, true);
    of_category(fields, intent);
    Ok(())
}

/// Only derivatives have positions to reduce.
pub(super) fn of_category(fields: &Fields<'_>, intent: &mut Intent) {
    if !fields
        .text("category")
        .is_some_and(|category| category.to_ascii_uppercase().ends_with("-FUTURES"))
    {
        intent.reduce_only = None;
    }
}
