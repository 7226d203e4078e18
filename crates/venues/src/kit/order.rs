//! Orders: what they are worth, and whether they are whole.

use rust_decimal::Decimal;

use crate::{
    Asset, Bound, Intent, Notional, OrderType, PositionSide, Product, Side, TimeInForce,
    Unclassified,
};

use super::operation::{Op, Sized};

/// Makes an order's intent consistent, and values it.
///
/// It is believed to reduce only where there is a position that it can reduce: not at spot, and not where
/// it opens one of two.
///
/// A price that an order of its kind does not go by is left out. Where `named`, an order that lacks
/// what its kind needs is refused (unless the venue completes it), so that no intent shows half an order; elsewhere it stays, since
/// the venue's refusal is not to be relied on.
pub(crate) fn finish(
    op: &Op,
    quote: fn(&str) -> Asset,
    intent: &mut Intent,
    named: bool,
) -> Result<(), Unclassified> {
    if op.product == Product::Spot || opens_a_side(intent) {
        // Venues pass it over there, whatever the order says.
        intent.reduce_only = None;
    }
    let Some(kind) = intent.order_type else {
        without_zero_sizes(intent);
        return Ok(());
    };
    if !kind.is_limit() {
        intent.price = None;
    }
    if let (true, Some(name)) = (named, lacks(intent)) {
        return Err(Unclassified::MissingParameter {
            operation: op.name,
            name,
        });
    }
    intent.notional = notional(op, quote, kind, intent)?;
    without_zero_sizes(intent);
    Ok(())
}

/// Whether it is on a position of its own side, where an account has two positions to a market: it then
/// opens it.
fn opens_a_side(intent: &Intent) -> bool {
    matches!(
        (intent.side, intent.position_side),
        (Some(Side::Buy), Some(PositionSide::Long)) | (Some(Side::Sell), Some(PositionSide::Short))
    )
}

/// A size of zero is not the order's size, nor that of a change, and must not be taken for one by whoever
/// knows a price.
fn without_zero_sizes(intent: &mut Intent) {
    intent.quantity = intent.quantity.filter(|size| !size.is_zero());
    intent.quote_quantity = intent.quote_quantity.filter(|size| !size.is_zero());
}

/// Makes it an order that waits to close what is held, with gain or with loss. Venues write the market
/// as no price, as zero or as less.
pub(crate) fn wait_to_close(intent: &mut Intent, gains: bool) {
    intent.price = intent.price.filter(|price| *price > Decimal::ZERO);
    intent.order_type = Some(match (gains, intent.price) {
        (true, Some(_)) => OrderType::TakeProfitLimit,
        (true, None) => OrderType::TakeProfitMarket,
        (false, Some(_)) => OrderType::StopLimit,
        (false, None) => OrderType::StopMarket,
    });
}

/// Whether it may stay on the book. An order that is to fill at once is not post-only, whatever else it
/// says: venues differ on which of the two counts.
pub(crate) fn may_rest(intent: &Intent) -> bool {
    !matches!(
        intent.time_in_force,
        Some(TimeInForce::ImmediateOrCancel | TimeInForce::FillOrKill)
    )
}

/// What an order needs by its kind and does not have.
pub(super) fn lacks(intent: &Intent) -> Option<&'static str> {
    let kind = intent.order_type?;
    intent.side?;
    if kind.is_limit() && intent.price.is_none() {
        return Some("a price");
    }
    let sized = intent.quantity.is_some() || intent.quote_quantity.is_some();
    (!sized).then_some("a quantity")
}

/// Refuses sizes and amounts below zero: where a sign has a meaning, the dialect has taken it off.
pub(super) fn refuse_negative(op: &Op, intent: &Intent) -> Result<(), Unclassified> {
    let sizes = [intent.quantity, intent.quote_quantity, intent.amount];
    if sizes
        .into_iter()
        .flatten()
        .any(|size| size.is_sign_negative())
    {
        return Err(Unclassified::Contradiction {
            operation: op.name,
            name: "a quantity",
            why: "is negative",
        });
    }
    Ok(())
}

/// What an order is worth. Of one with a size or price of zero, which to some venues mean the whole position
/// and the market, it is not known.
fn notional(
    op: &Op,
    quote: fn(&str) -> Asset,
    kind: OrderType,
    intent: &Intent,
) -> Result<Option<Notional>, Unclassified> {
    let counts = [intent.quantity, intent.quote_quantity, intent.price];
    if counts.into_iter().flatten().any(|count| count.is_zero()) {
        return Ok(None);
    }
    let asset = || intent.symbol.as_deref().map_or(Asset::Unknown, quote);
    if let (Some(amount), None) = (intent.quote_quantity, intent.quantity) {
        return Ok(Some(Notional {
            amount,
            asset: asset(),
            bound: Bound::AtMost,
        }));
    }
    let (Some(quantity), Some(price), Sized::InBase) = (intent.quantity, intent.price, op.sized)
    else {
        return Ok(None);
    };
    let amount = quantity
        .checked_mul(price)
        .ok_or(Unclassified::NotionalTooLarge)?;
    // With both sizes, whichever is more: venues differ on which counts.
    let amount = amount.max(intent.quote_quantity.unwrap_or(amount));
    let bound = match (intent.side, kind, intent.time_in_force) {
        (Some(Side::Buy), ..)
        | (_, OrderType::PostOnly, _)
        | (_, _, Some(TimeInForce::PostOnly)) => Bound::AtMost,
        _ => Bound::AtLeast,
    };
    Ok(Some(Notional {
        amount,
        asset: asset(),
        bound,
    }))
}

/// The quote asset of symbols that join base and quote by `separator`.
pub(crate) fn quote_after(symbol: &str, separator: char) -> Asset {
    match symbol.split_once(separator) {
        Some((_, rest)) if !rest.is_empty() => {
            let quote = rest.split(separator).next().unwrap_or(rest);
            Asset::Known(quote.to_ascii_uppercase())
        }
        _ => Asset::Unknown,
    }
}

/// The quote asset of symbols without separator, told by endings that are no other asset's ending.
pub(crate) fn quote_by_ending(symbol: &str) -> Asset {
    const TELLING: [&str; 3] = ["USDT", "USDC", "FDUSD"];
    let symbol = symbol.to_ascii_uppercase();
    TELLING
        .into_iter()
        .find(|quote| symbol.len() > quote.len() && symbol.ends_with(quote))
        .map_or(Asset::Unknown, |quote| Asset::Known(quote.to_owned()))
}
