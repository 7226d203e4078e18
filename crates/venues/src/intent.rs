//! What an operation would do, in neutral terms.

use rust_decimal::Decimal;
use serde::Serialize;

/// What a policy can read of an operation. A field is `None` where the signed bytes do not say it
/// or the operation does not take it; numbers are exactly those on the wire.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Intent {
    /// Market, as the venue spells it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub symbol: Option<String>,
    /// Buy or sell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub side: Option<Side>,
    /// Which position of a hedged account is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position_side: Option<PositionSide>,
    /// Kind of order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_type: Option<OrderType>,
    /// Quantity, in units of the base asset, or in contracts where the product has them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Decimal>,
    /// Limit price, in the quote asset per unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<Decimal>,
    /// Trigger price, in the quote asset per unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop_price: Option<Decimal>,
    /// Order size given in the quote asset instead of a quantity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote_quantity: Option<Decimal>,
    /// Value of the order in the quote asset, where the bytes bound it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notional: Option<Notional>,
    /// How long the order lasts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_in_force: Option<TimeInForce>,
    /// Whether the order can only reduce a position. `None` means it can also open one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reduce_only: Option<bool>,
    /// Leverage to set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leverage: Option<Decimal>,
    /// The client's own id: of the order to place, or of the order addressed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_order_id: Option<String>,
    /// The venue's id of the order addressed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_id: Option<String>,
    /// Asset moved or asked about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asset: Option<String>,
    /// Amount moved, in units of `asset`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Decimal>,
    /// Address a withdrawal goes to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination: Option<String>,
    /// Tag or memo that completes the address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination_tag: Option<String>,
    /// Network of the address, as the venue spells it. `None` leaves the choice to the venue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network: Option<String>,
    /// Account a transfer takes from, as the venue names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Account a transfer gives to, as the venue names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Sub-account acted on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub_account: Option<String>,
}

impl Intent {
    /// Whether nothing is known of the operation but its name.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Side of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Buy the base asset.
    Buy,
    /// Sell the base asset.
    Sell,
}

impl Side {
    /// The name used in policies and logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Buy => "buy",
            Self::Sell => "sell",
        }
    }
}

/// Position an order acts on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PositionSide {
    /// The only position of a one-way account.
    Both,
    /// The long position of a hedged account.
    Long,
    /// The short position of a hedged account.
    Short,
}

impl PositionSide {
    /// The name used in policies and logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Both => "both",
            Self::Long => "long",
            Self::Short => "short",
        }
    }
}

/// Kinds of order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderType {
    /// At the market, now.
    Market,
    /// At a price or better.
    Limit,
    /// Limit, and refused if it would take liquidity.
    PostOnly,
    /// Market order once the price moved against the holder.
    StopMarket,
    /// Limit order once the price moved against the holder.
    StopLimit,
    /// Market order once the price moved for the holder.
    TakeProfitMarket,
    /// Limit order once the price moved for the holder.
    TakeProfitLimit,
}

impl OrderType {
    /// The name used in policies and logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Market => "market",
            Self::Limit => "limit",
            Self::PostOnly => "post_only",
            Self::StopMarket => "stop_market",
            Self::StopLimit => "stop_limit",
            Self::TakeProfitMarket => "take_profit_market",
            Self::TakeProfitLimit => "take_profit_limit",
        }
    }

    /// Whether the order carries a limit price.
    pub const fn is_limit(self) -> bool {
        match self {
            Self::Limit | Self::PostOnly | Self::StopLimit | Self::TakeProfitLimit => true,
            Self::Market | Self::StopMarket | Self::TakeProfitMarket => false,
        }
    }

    /// Whether the order waits for a trigger price.
    pub const fn is_triggered(self) -> bool {
        match self {
            Self::StopMarket | Self::StopLimit | Self::TakeProfitMarket | Self::TakeProfitLimit => {
                true
            }
            Self::Market | Self::Limit | Self::PostOnly => false,
        }
    }
}

/// How long an order lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeInForce {
    /// Until filled or cancelled.
    GoodTillCancelled,
    /// Fill what can be filled at once, cancel the rest.
    ImmediateOrCancel,
    /// Fill all at once or nothing.
    FillOrKill,
    /// Until filled or cancelled, and refused if it would take liquidity.
    PostOnly,
}

impl TimeInForce {
    /// The name used in policies and logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::GoodTillCancelled => "good_till_cancelled",
            Self::ImmediateOrCancel => "immediate_or_cancel",
            Self::FillOrKill => "fill_or_kill",
            Self::PostOnly => "post_only",
        }
    }
}

/// Value of an order in its quote asset. Absent for market orders by quantity: their value is
/// known only when they fill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Notional {
    /// Amount, in units of `asset`; at most 28 significant digits.
    pub amount: Decimal,
    /// The quote asset.
    pub asset: Asset,
    /// On which side of `amount` the value will lie.
    pub bound: Bound,
}

/// An asset, or the admission that the bytes do not tell which.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Asset {
    /// The asset, as the venue spells it.
    Known(String),
    /// The symbol does not reveal its quote asset without the venue's market list.
    Unknown,
}

/// How a stated notional relates to what will be paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// The order's value will not exceed the amount: a limit buy.
    AtMost,
    /// The order's value will not fall below the amount, and may exceed it without limit: a limit
    /// sell far below the market fills at the market. Not to be compared with a maximum.
    AtLeast,
}
