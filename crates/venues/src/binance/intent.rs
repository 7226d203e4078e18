//! From an operation's parameters to its intent.

use crate::{Asset, Bound, Intent, Notional, OrderType, Product, Side, Unclassified};

use super::{
    operations::Row,
    parameters::{Parameter, Value},
};

/// What `row` would do with those of `parameters` that it reads; the others are ignored.
pub(super) fn of(row: &Row, parameters: &[Parameter<'_>]) -> Result<Intent, Unclassified> {
    let mut intent = Intent::default();
    for parameter in parameters.iter().filter(|p| row.reads(p.name)) {
        set(row, &mut intent, parameter);
    }
    if row.is_order() {
        intent.notional = notional(row.product, &intent)?;
    }
    Ok(intent)
}

fn set(row: &Row, intent: &mut Intent, parameter: &Parameter<'_>) {
    let owned = |text: &str| Some(text.to_owned());
    match (parameter.name, parameter.value) {
        ("symbol", Value::Text(symbol)) => intent.symbol = owned(symbol),
        ("side", Value::Side(side)) => intent.side = Some(side),
        ("positionSide", Value::PositionSide(side)) => intent.position_side = Some(side),
        ("type", Value::Text(word)) if row.is_order() => {
            intent.order_type = order_type(row.product, word);
        }
        ("timeInForce", Value::TimeInForce(tif)) => intent.time_in_force = Some(tif),
        ("quantity", Value::Decimal(number)) => intent.quantity = Some(number),
        ("quoteOrderQty", Value::Decimal(number)) => intent.quote_quantity = Some(number),
        ("price", Value::Decimal(number)) => intent.price = Some(number),
        ("stopPrice", Value::Decimal(number)) => intent.stop_price = Some(number),
        ("reduceOnly", Value::Bool(reduce)) => intent.reduce_only = Some(reduce),
        ("leverage", Value::Integer(leverage)) => intent.leverage = Some(leverage.into()),
        ("newClientOrderId" | "origClientOrderId", Value::Text(id)) => {
            intent.client_order_id = owned(id);
        }
        ("orderId", Value::Text(id)) => intent.order_id = owned(id),
        ("coin" | "asset", Value::Text(asset)) => intent.asset = owned(asset),
        ("amount", Value::Decimal(number)) => intent.amount = Some(number),
        ("address", Value::Text(address)) => intent.destination = owned(address),
        ("addressTag", Value::Text(tag)) => intent.destination_tag = owned(tag),
        ("network", Value::Text(network)) => intent.network = owned(network),
        // Paging of reads and the form of the answer: nothing a policy decides on.
        _ => {}
    }
}

/// The same word means different orders on spot and on futures. `None` for a word the product does
/// not have: the venue would refuse it, but the operation stays in the set.
pub(super) fn order_type(product: Product, word: &str) -> Option<OrderType> {
    let spot = matches!(product, Product::Spot | Product::Margin);
    Some(match (word, spot) {
        ("LIMIT", _) => OrderType::Limit,
        ("MARKET", _) => OrderType::Market,
        ("LIMIT_MAKER", true) => OrderType::PostOnly,
        ("STOP_LOSS", true) | ("STOP_MARKET", false) => OrderType::StopMarket,
        ("STOP_LOSS_LIMIT", true) | ("STOP", false) => OrderType::StopLimit,
        ("TAKE_PROFIT", true) | ("TAKE_PROFIT_MARKET", false) => OrderType::TakeProfitMarket,
        ("TAKE_PROFIT_LIMIT", true) | ("TAKE_PROFIT", false) => OrderType::TakeProfitLimit,
        _ => return None,
    })
}

/// Refuses an order whose parameters do not fit its type, so that an intent never shows a price,
/// trigger or size that the venue would not go by.
pub(super) fn check_order(row: &Row, order: &Intent) -> Result<(), Unclassified> {
    let operation = row.name;
    let missing = |name| Err(Unclassified::MissingParameter { operation, name });
    let contradiction = |name, why| {
        Err(Unclassified::Contradiction {
            operation,
            name,
            why,
        })
    };
    let Some(kind) = order.order_type else {
        return missing("type");
    };

    match (kind.is_limit(), order.price) {
        (true, None) => return missing("price"),
        (false, Some(_)) => return contradiction("price", "has no meaning without a limit"),
        _ => {}
    }
    match (kind.is_triggered(), order.stop_price) {
        (true, None) => return missing("stopPrice"),
        (false, Some(_)) => return contradiction("stopPrice", "has no meaning without a trigger"),
        _ => {}
    }
    let lasts = kind.is_limit() && kind != OrderType::PostOnly;
    match (lasts, order.time_in_force) {
        (true, None) => return missing("timeInForce"),
        (false, Some(_)) => {
            return contradiction("timeInForce", "does not go with this order type");
        }
        _ => {}
    }
    match (order.quantity, order.quote_quantity) {
        (None, None) => missing("quantity"),
        (Some(_), Some(_)) => contradiction("quoteOrderQty", "excludes quantity"),
        (None, Some(_)) if kind != OrderType::Market => {
            contradiction("quoteOrderQty", "goes with market orders only")
        }
        _ => Ok(()),
    }
}

/// The value of an order, where its parameters bound it.
fn notional(product: Product, order: &Intent) -> Result<Option<Notional>, Unclassified> {
    // Coin-margined futures and options are sized in contracts.
    if !matches!(
        product,
        Product::Spot | Product::Margin | Product::UsdFutures
    ) {
        return Ok(None);
    }
    let Some(kind) = order.order_type else {
        return Ok(None);
    };
    let (amount, bound) = if kind.is_limit() {
        let (Some(quantity), Some(price)) = (order.quantity, order.price) else {
            return Ok(None);
        };
        let amount = quantity
            .checked_mul(price)
            .ok_or(Unclassified::NotionalTooLarge)?;
        let bound = match (order.side, kind) {
            (Some(Side::Buy), _) | (_, OrderType::PostOnly) => Bound::AtMost,
            _ => Bound::AtLeast,
        };
        (amount, bound)
    } else {
        match order.quote_quantity {
            Some(amount) if order.quantity.is_none() => (amount, Bound::AtMost),
            _ => return Ok(None),
        }
    };
    let asset = quote_asset(product, order.symbol.as_deref());
    Ok(Some(Notional {
        amount,
        asset,
        bound,
    }))
}

/// Quote assets told from a symbol without the venue's market list: those whose names are not the
/// end of another asset's name.
const TELLING_QUOTES: [&str; 3] = ["USDT", "USDC", "FDUSD"];

fn quote_asset(product: Product, symbol: Option<&str>) -> Asset {
    let symbol = symbol.unwrap_or_default();
    // Dated futures append their date: BTCUSDT_260327.
    let pair = match (product, symbol.split_once('_')) {
        (Product::UsdFutures, Some((pair, _))) => pair,
        _ => symbol,
    };
    TELLING_QUOTES
        .into_iter()
        .find(|quote| pair.len() > quote.len() && pair.ends_with(quote))
        .map_or(Asset::Unknown, |quote| Asset::Known(quote.to_owned()))
}
