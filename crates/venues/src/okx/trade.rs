//! Orders, algorithmic orders, positions and how they are margined.

use crate::{
    Intent, OrderType, Product, Side, TimeInForce, Unclassified,
    kit::{
        operation::{Batch, Op, post},
        parameter::{
            POSITIONS, Parameter, SIDES, YES, amount, anything, client_id, kind, leverage, needed,
            order_id, position, price, quantity, reduce_only, scalar, side, stop_price, symbol,
            word,
        },
    },
    syntax::{Fields, number},
};

use super::{
    HOSTS,
    attached::{WITH_ALGO, WITH_AMENDMENT, WITH_ORDER, stops_loss},
};

/// Whether the instrument is a pair and nothing more.
fn is_spot(fields: &Fields<'_>) -> bool {
    fields
        .text("instId")
        .is_some_and(|id| id.split('-').count() == 2)
}

fn is_derivative(fields: &Fields<'_>) -> bool {
    fields
        .text("instId")
        .is_some_and(|id| id.split('-').count() > 2)
}

const KINDS: &[(&str, OrderType)] = &[
    ("market", OrderType::Market),
    ("limit", OrderType::Limit),
    ("post_only", OrderType::PostOnly),
    ("fok", OrderType::Limit),
    ("ioc", OrderType::Limit),
    ("optimal_limit_ioc", OrderType::Market),
    ("mmp", OrderType::Limit),
    ("mmp_and_post_only", OrderType::PostOnly),
];

const INSTRUMENT: &[Parameter] = &[needed(symbol("instId"))];

const ORDER: &[Parameter] = &[
    needed(word(
        "tdMode",
        &["cash", "cross", "isolated", "spot_isolated"],
    )),
    needed(side("side", SIDES)),
    needed(kind("ordType", KINDS)),
    needed(quantity("sz")),
    price("px"),
    position("posSide", POSITIONS),
    reduce_only("reduceOnly", YES),
    client_id("clOrdId"),
    scalar("ccy"),
    scalar("tag"),
    word("tgtCcy", &["base_ccy", "quote_ccy"]),
    scalar("banAmend"),
    scalar("quickMgnType"),
    scalar("stpId"),
    scalar("stpMode"),
    scalar("pxAmendType"),
    scalar("tradeQuoteCcy"),
    scalar("isElpTakerAccess"),
    scalar("rpiTakerAccess"),
    scalar("rpiPxRound"),
    scalar("speedBump"),
    scalar("slippagePct"),
    // Prices of options in other terms than the quote asset: dollars, implied volatility.
    scalar("pxUsd"),
    scalar("pxVol"),
];

/// A spot market order's size counts the quote asset where `tgtCcy` says so, and for a buy that does
/// not say. On margin the venue may pass `tgtCcy` over: a sale's size is then not believed to be in quote.
fn spot_size(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    let market = intent.order_type.is_some_and(|kind| !kind.is_limit());
    let buys = intent.side == Some(Side::Buy);
    let in_quote = match fields.text("tgtCcy").as_deref() {
        Some(unit) => {
            unit.eq_ignore_ascii_case("quote_ccy") && (buys || fields.is("tdMode", "cash"))
        }
        None => buys,
    };
    if market && in_quote {
        intent.quote_quantity = intent.quantity.take();
    }
    Ok(())
}

/// An option's order may state its price in dollars or as a volatility. OKX wants one of the three; beside
/// another, `px` is not believed.
fn derivative_order(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    if is_priced_otherwise(fields) {
        intent.price = None;
    }
    lasting(fields, intent)
}

fn is_priced_otherwise(fields: &Fields<'_>) -> bool {
    fields.has("pxUsd") || fields.has("pxVol")
}

/// Kinds of order that say how long they last.
fn lasting(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    intent.time_in_force = match fields.text("ordType").as_deref() {
        Some("fok") => Some(TimeInForce::FillOrKill),
        Some("ioc" | "optimal_limit_ioc") => Some(TimeInForce::ImmediateOrCancel),
        Some("post_only" | "mmp_and_post_only") => Some(TimeInForce::PostOnly),
        _ => None,
    };
    Ok(())
}

fn spot_order(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    lasting(fields, intent)?;
    spot_size(fields, intent)
}

/// An algorithmic order by what it does once triggered. A price of -1 is the market. Those that are
/// worked over time (`twap`, `iceberg`, `chase`) are of no kind that the request prices.
fn algo_order(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    if closes_a_share(fields) {
        intent.quantity = None;
    }
    let number = |name| number::decimal(&fields.text(name)?);
    let kind = fields.text("ordType").map(|kind| kind.to_ascii_lowercase());
    let (trigger, price, stops) = match kind.as_deref() {
        Some("trigger") => ("triggerPx", "orderPx", true),
        Some("conditional" | "oco") if stops_loss(fields) => ("slTriggerPx", "slOrdPx", true),
        Some("conditional" | "oco") => ("tpTriggerPx", "tpOrdPx", false),
        Some("move_order_stop") => ("activePx", "", true),
        _ => {
            intent.price = None;
            return Ok(());
        }
    };
    intent.stop_price = number(trigger);
    intent.price = number(price).filter(|price| price.is_sign_positive());
    intent.order_type = Some(match (stops, intent.price) {
        (true, Some(_)) => OrderType::StopLimit,
        (true, None) => OrderType::StopMarket,
        (false, Some(_)) => OrderType::TakeProfitLimit,
        (false, None) => OrderType::TakeProfitMarket,
    });
    Ok(())
}

fn spot_algo_order(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    algo_order(fields, intent)?;
    spot_size(fields, intent)
}

/// It closes a share of the position, whose size only the venue knows.
fn closes_a_share(fields: &Fields<'_>) -> bool {
    fields.has("closeFraction")
}

const ADDRESSED: &[Parameter] = &[order_id("ordId"), client_id("clOrdId")];

const AMENDMENT: &[Parameter] = &[
    order_id("ordId"),
    client_id("clOrdId"),
    quantity("newSz"),
    price("newPx"),
    scalar("cxlOnFail"),
    scalar("reqId"),
    scalar("newPxUsd"),
    scalar("newPxVol"),
    scalar("isElpTakerAccess"),
    scalar("rpiTakerAccess"),
    scalar("rpiPxRound"),
    scalar("speedBump"),
    scalar("pxAmendType"),
    stop_price("newTriggerPx"),
    scalar("newTriggerPxType"),
    price("newOrdPx"),
];

const ALGO: &[Parameter] = &[
    needed(word("tdMode", &["cash", "cross", "isolated"])),
    needed(side("side", SIDES)),
    needed(word(
        "ordType",
        &[
            "conditional",
            "oco",
            "chase",
            "trigger",
            "move_order_stop",
            "twap",
            "iceberg",
        ],
    )),
    quantity("sz"),
    price("orderPx"),
    stop_price("triggerPx"),
    position("posSide", POSITIONS),
    reduce_only("reduceOnly", YES),
    client_id("algoClOrdId"),
    // Sent by one client, which takes an algorithmic order for an order like any other.
    client_id("clOrdId"),
    scalar("px"),
    scalar("ccy"),
    scalar("tag"),
    scalar("tgtCcy"),
    scalar("closeFraction"),
    scalar("tpTriggerPx"),
    scalar("tpTriggerPxType"),
    scalar("tpOrdPx"),
    scalar("tpOrdKind"),
    scalar("slTriggerPx"),
    scalar("slTriggerPxType"),
    scalar("slOrdPx"),
    scalar("cxlOnClosePos"),
    scalar("triggerPxType"),
    scalar("callbackRatio"),
    scalar("callbackSpread"),
    scalar("activePx"),
    scalar("quickMgnType"),
    scalar("pxVar"),
    scalar("pxSpread"),
    scalar("szLimit"),
    scalar("pxLimit"),
    scalar("timeInterval"),
    scalar("tpTriggerRatio"),
    scalar("slTriggerRatio"),
    scalar("chaseType"),
    scalar("chaseVal"),
    scalar("maxChaseType"),
    scalar("maxChaseVal"),
    scalar("advanceOrdType"),
    scalar("pxAmendType"),
    scalar("tradeQuoteCcy"),
];

const ALGO_ADDRESSED: &[Parameter] = &[order_id("algoId"), client_id("algoClOrdId")];

pub(super) const OPERATIONS: &[Op] = &[
    post("/api/v5/trade/order", "spot_order")
        .trades_spot()
        .when(is_spot)
        .adjust(spot_order)
        .takes(&[INSTRUMENT, ORDER])
        .attaches(WITH_ORDER)
        .on(HOSTS),
    post("/api/v5/trade/order", "derivative_order")
        .trades_futures(Product::UsdFutures)
        .when(is_derivative)
        .adjust(derivative_order)
        .completed_when(is_priced_otherwise)
        .in_contracts()
        .takes(&[INSTRUMENT, ORDER])
        .attaches(WITH_ORDER)
        .on(HOSTS),
    post("/api/v5/trade/batch-orders", "spot_orders")
        .trades_spot()
        .batch(Batch::Body)
        .when(is_spot)
        .adjust(spot_order)
        .takes(&[INSTRUMENT, ORDER])
        .attaches(WITH_ORDER)
        .on(HOSTS),
    post("/api/v5/trade/batch-orders", "derivative_orders")
        .trades_futures(Product::UsdFutures)
        .batch(Batch::Body)
        .when(is_derivative)
        .adjust(derivative_order)
        .completed_when(is_priced_otherwise)
        .in_contracts()
        .takes(&[INSTRUMENT, ORDER])
        .attaches(WITH_ORDER)
        .on(HOSTS),
    post("/api/v5/trade/cancel-order", "spot_cancel")
        .trades_spot()
        .when(is_spot)
        .one_of(&["ordId", "clOrdId"])
        .takes(&[INSTRUMENT, ADDRESSED])
        .on(HOSTS),
    post("/api/v5/trade/cancel-order", "derivative_cancel")
        .trades_futures(Product::UsdFutures)
        .when(is_derivative)
        .one_of(&["ordId", "clOrdId"])
        .takes(&[INSTRUMENT, ADDRESSED])
        .on(HOSTS),
    post("/api/v5/trade/cancel-batch-orders", "spot_cancels")
        .trades_spot()
        .batch(Batch::Body)
        .when(is_spot)
        .one_of(&["ordId", "clOrdId"])
        .takes(&[INSTRUMENT, ADDRESSED])
        .on(HOSTS),
    post("/api/v5/trade/cancel-batch-orders", "derivative_cancels")
        .trades_futures(Product::UsdFutures)
        .batch(Batch::Body)
        .when(is_derivative)
        .one_of(&["ordId", "clOrdId"])
        .takes(&[INSTRUMENT, ADDRESSED])
        .on(HOSTS),
    post("/api/v5/trade/amend-order", "spot_amend")
        .trades_spot()
        .when(is_spot)
        .one_of(&["ordId", "clOrdId"])
        .takes(&[INSTRUMENT, AMENDMENT])
        .attaches(WITH_AMENDMENT)
        .on(HOSTS),
    post("/api/v5/trade/amend-order", "derivative_amend")
        .trades_futures(Product::UsdFutures)
        .when(is_derivative)
        .in_contracts()
        .one_of(&["ordId", "clOrdId"])
        .takes(&[INSTRUMENT, AMENDMENT])
        .attaches(WITH_AMENDMENT)
        .on(HOSTS),
    post("/api/v5/trade/amend-batch-orders", "spot_amends")
        .trades_spot()
        .batch(Batch::Body)
        .when(is_spot)
        .one_of(&["ordId", "clOrdId"])
        .takes(&[INSTRUMENT, AMENDMENT])
        .attaches(WITH_AMENDMENT)
        .on(HOSTS),
    post("/api/v5/trade/amend-batch-orders", "derivative_amends")
        .trades_futures(Product::UsdFutures)
        .batch(Batch::Body)
        .when(is_derivative)
        .in_contracts()
        .one_of(&["ordId", "clOrdId"])
        .takes(&[INSTRUMENT, AMENDMENT])
        .attaches(WITH_AMENDMENT)
        .on(HOSTS),
    post("/api/v5/trade/close-position", "close_position")
        .trades_futures(Product::UsdFutures)
        .takes(&[
            INSTRUMENT,
            &[
                needed(word("mgnMode", &["cross", "isolated"])),
                position("posSide", POSITIONS),
                scalar("ccy"),
                scalar("autoCxl"),
                client_id("clOrdId"),
                scalar("tag"),
            ],
        ])
        .on(HOSTS),
    post("/api/v5/trade/order-algo", "spot_algo_order")
        .trades_spot()
        .when(is_spot)
        .adjust(spot_algo_order)
        .completed_when(closes_a_share)
        .takes(&[INSTRUMENT, ALGO])
        .attaches(WITH_ALGO)
        .on(HOSTS),
    post("/api/v5/trade/order-algo", "derivative_algo_order")
        .trades_futures(Product::UsdFutures)
        .when(is_derivative)
        .adjust(algo_order)
        .completed_when(closes_a_share)
        .in_contracts()
        .takes(&[INSTRUMENT, ALGO])
        .attaches(WITH_ALGO)
        .on(HOSTS),
    post("/api/v5/trade/cancel-algos", "spot_algo_cancels")
        .trades_spot()
        .batch(Batch::Body)
        .when(is_spot)
        .takes(&[INSTRUMENT, &[order_id("algoId"), client_id("algoClOrdId")]])
        .on(HOSTS),
    post("/api/v5/trade/cancel-algos", "derivative_algo_cancels")
        .trades_futures(Product::UsdFutures)
        .batch(Batch::Body)
        .when(is_derivative)
        .takes(&[INSTRUMENT, &[order_id("algoId"), client_id("algoClOrdId")]])
        .on(HOSTS),
    post("/api/v5/trade/cancel-advance-algos", "spot_advance_cancels")
        .trades_spot()
        .batch(Batch::Body)
        .when(is_spot)
        .takes(&[INSTRUMENT, ALGO_ADDRESSED])
        .on(HOSTS),
    post(
        "/api/v5/trade/cancel-advance-algos",
        "derivative_advance_cancels",
    )
    .trades_futures(Product::UsdFutures)
    .batch(Batch::Body)
    .when(is_derivative)
    .takes(&[INSTRUMENT, ALGO_ADDRESSED])
    .on(HOSTS),
    post("/api/v5/trade/amend-algos", "spot_algo_amend")
        .trades_spot()
        .when(is_spot)
        .one_of(&["algoId", "algoClOrdId"])
        .takes(&[INSTRUMENT, ALGO_ADDRESSED, AMENDMENT])
        .attaches(WITH_AMENDMENT)
        .on(HOSTS),
    post("/api/v5/trade/amend-algos", "derivative_algo_amend")
        .trades_futures(Product::UsdFutures)
        .when(is_derivative)
        .in_contracts()
        .one_of(&["algoId", "algoClOrdId"])
        .takes(&[INSTRUMENT, ALGO_ADDRESSED, AMENDMENT])
        .attaches(WITH_AMENDMENT)
        .on(HOSTS),
    post("/api/v5/trade/mass-cancel", "mass_cancel")
        .trades_futures(Product::Options)
        .takes(&[&[
            scalar("instType"),
            scalar("instFamily"),
            scalar("lockInterval"),
        ]])
        .on(HOSTS),
    post("/api/v5/trade/cancel-all-after", "cancel_all_after")
        .trades_futures(Product::UsdFutures)
        .takes(&[&[needed(scalar("timeOut")), scalar("tag")]])
        .on(HOSTS),
    post("/api/v5/account/set-leverage", "leverage")
        .trades_futures(Product::UsdFutures)
        .takes(&[&[
            needed(leverage("lever")),
            needed(word("mgnMode", &["cross", "isolated"])),
            symbol("instId"),
            scalar("ccy"),
            position("posSide", POSITIONS),
        ]])
        .on(HOSTS),
    post("/api/v5/account/set-position-mode", "position_mode")
        .trades_futures(Product::UsdFutures)
        .takes(&[&[needed(word("posMode", &["long_short_mode", "net_mode"]))]])
        .on(HOSTS),
    post("/api/v5/account/position/margin-balance", "position_margin")
        .trades_futures(Product::UsdFutures)
        .takes(&[
            INSTRUMENT,
            &[
                needed(position("posSide", POSITIONS)),
                needed(word("type", &["add", "reduce"])),
                needed(amount("amt")),
                scalar("ccy"),
                scalar("auto"),
                scalar("loanTrans"),
            ],
        ])
        .on(HOSTS),
    post("/api/v5/asset/convert/trade", "convert")
        .trades_spot()
        .takes(&[&[
            scalar("quoteId"),
            scalar("baseCcy"),
            scalar("quoteCcy"),
            side("side", SIDES),
            quantity("sz"),
            scalar("szCcy"),
            client_id("clTReqId"),
            scalar("tag"),
        ]])
        .on(HOSTS),
    post("/api/v5/account/set-isolated-mode", "isolated_mode")
        .trades_futures(Product::UsdFutures)
        .takes(&[&[
            needed(scalar("isoMode")),
            needed(word("type", &["MARGIN", "CONTRACTS"])),
        ]])
        .on(HOSTS),
    post("/api/v5/account/mmp-config", "protection")
        .trades_futures(Product::Options)
        .takes(&[&[
            needed(scalar("instFamily")),
            scalar("timeInterval"),
            scalar("frozenInterval"),
            scalar("qtyLimit"),
        ]])
        .on(HOSTS),
    post("/api/v5/account/mmp-reset", "protection_reset")
        .trades_futures(Product::Options)
        .takes(&[&[needed(scalar("instFamily")), scalar("instType")]])
        .on(HOSTS),
    post("/api/v5/trade/easy-convert", "easy_convert")
        .trades_spot()
        .takes(&[&[
            needed(anything("fromCcy")),
            needed(scalar("toCcy")),
            scalar("source"),
        ]])
        .on(HOSTS),
    post("/api/v5/asset/convert-dust-assets", "dust_convert")
        .trades_spot()
        .takes(&[&[needed(anything("ccy")), scalar("targetCcy")]])
        .on(HOSTS),
    post("/api/v5/trade/one-click-repay", "repay_by_sale")
        .trades_spot()
        .takes(&[&[needed(anything("debtCcy")), needed(scalar("repayCcy"))]])
        .on(HOSTS),
    post("/api/v5/trade/one-click-repay-v2", "repay_by_sales")
        .trades_spot()
        .takes(&[&[needed(scalar("debtCcy")), needed(anything("repayCcyList"))]])
        .on(HOSTS),
    // Spreads are of two instruments, derivatives as a rule.
    post("/api/v5/sprd/order", "spread_order")
        .trades_futures(Product::UsdFutures)
        .in_contracts()
        .takes(&[&[
            needed(symbol("sprdId")),
            needed(side("side", SIDES)),
            needed(kind("ordType", KINDS)),
            needed(quantity("sz")),
            price("px"),
            client_id("clOrdId"),
            scalar("tag"),
        ]])
        .on(HOSTS),
    post("/api/v5/sprd/cancel-order", "spread_cancel")
        .trades_futures(Product::UsdFutures)
        .one_of(&["ordId", "clOrdId"])
        .takes(&[ADDRESSED])
        .on(HOSTS),
    post("/api/v5/sprd/amend-order", "spread_amend")
        .trades_futures(Product::UsdFutures)
        .in_contracts()
        .one_of(&["ordId", "clOrdId"])
        .takes(&[
            ADDRESSED,
            &[scalar("reqId"), quantity("newSz"), price("newPx")],
        ])
        .on(HOSTS),
    post("/api/v5/sprd/mass-cancel", "spread_mass_cancel")
        .trades_futures(Product::UsdFutures)
        .takes(&[&[symbol("sprdId")]])
        .on(HOSTS),
    post("/api/v5/sprd/cancel-all-after", "spread_cancel_all_after")
        .trades_futures(Product::UsdFutures)
        .takes(&[&[needed(scalar("timeOut"))]])
        .on(HOSTS),
];
