//! What a policy is asked about.

use std::fmt;
use std::net::IpAddr;

use rust_decimal::Decimal;

use crate::usage::Usage;

/// One request, as the bundle is asked about it.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The client's name; its signature on the request has been verified.
    pub client: &'a str,
    /// The key it wants to sign with.
    pub key: &'a str,
    /// The venue the key is enrolled for.
    pub venue: &'a str,
    /// The node's own clock: Unix time in milliseconds.
    pub now_ms: u64,
    /// The authorised set: every operation the venue could be made to perform with this one
    /// signature, each element of a batch on its own.
    pub operations: &'a [OperationFacts],
    /// What the key will have been charged with once this request is.
    pub usage_key: &'a Usage,
    /// What the client will have been charged with once this request is.
    pub usage_client: &'a Usage,
    /// Where the client called from, if the coordinator says. Policies can only forbid by it.
    pub source_network: Option<IpAddr>,
}

/// What kind of operation it is: the action of the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// A query that changes nothing.
    Read,
    /// An order on a spot market, its change or cancellation.
    TradeSpot,
    /// An order on a derivatives market, its change or cancellation.
    TradeFutures,
    /// A movement between accounts at the venue.
    Transfer,
    /// Asking for an address to pay in to.
    Deposit,
    /// A movement out of the venue.
    Withdraw,
    /// A change of settings, permissions or keys.
    Admin,
    /// A login or token, which authorises everything its session can do.
    Session,
}

impl Class {
    /// Every class.
    pub const ALL: [Self; 8] = [
        Self::Read,
        Self::TradeSpot,
        Self::TradeFutures,
        Self::Transfer,
        Self::Deposit,
        Self::Withdraw,
        Self::Admin,
        Self::Session,
    ];

    /// The action's name in the schema.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::TradeSpot => "trade_spot",
            Self::TradeFutures => "trade_futures",
            Self::Transfer => "transfer",
            Self::Deposit => "deposit",
            Self::Withdraw => "withdraw",
            Self::Admin => "admin",
            Self::Session => "session",
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The value an operation commits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notional {
    /// None at all: a query, a cancellation.
    Nothing,
    /// The request does not bound it: a market order by quantity, a session.
    Unknown,
    /// At most this much.
    AtMost {
        /// In units of `asset`; not negative.
        value: Decimal,
        /// The asset it is counted in, "USDT".
        asset: String,
    },
}

/// One operation, in the terms of the schema. `None` means that the request does not say.
///
/// Text is compared by policies byte for byte: case and spelling are the dialect's to fix. Amounts
/// are exact and must not be negative.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationFacts {
    /// The action.
    pub class: Class,
    /// The operation as the dialect names it.
    pub operation: String,
    /// The product, "spot".
    pub product: Option<String>,
    /// The instrument, "BTCUSDT".
    pub symbol: Option<String>,
    /// "buy" or "sell".
    pub side: Option<String>,
    /// "limit", "market", …
    pub order_type: Option<String>,
    /// The client's own order id.
    pub client_order_id: Option<String>,
    /// In units of the base asset, or contracts.
    pub quantity: Option<Decimal>,
    /// The limit price; `None` also where any price will do.
    pub price: Option<Decimal>,
    /// In units of the quote asset.
    pub quote_quantity: Option<Decimal>,
    /// What the order commits.
    pub notional: Notional,
    /// Whether the order can only reduce a position.
    pub reduce_only: Option<bool>,
    /// The leverage the request states.
    pub leverage: Option<Decimal>,
    /// What is transferred, paid in or withdrawn.
    pub asset: Option<String>,
    /// Where it goes.
    pub destination: Option<String>,
    /// The chain it goes over.
    pub network: Option<String>,
    /// How much of `asset`.
    pub amount: Option<Decimal>,
}

impl OperationFacts {
    /// An operation of which nothing more is known. Its notional is unknown where it could have
    /// one (trades and sessions) and nothing otherwise.
    pub fn new(class: Class, operation: impl Into<String>) -> Self {
        let notional = match class {
            Class::TradeSpot | Class::TradeFutures | Class::Session => Notional::Unknown,
            Class::Read | Class::Transfer | Class::Deposit | Class::Withdraw | Class::Admin => {
                Notional::Nothing
            }
        };
        Self {
            class,
            operation: operation.into(),
            product: None,
            symbol: None,
            side: None,
            order_type: None,
            client_order_id: None,
            quantity: None,
            price: None,
            quote_quantity: None,
            notional,
            reduce_only: None,
            leverage: None,
            asset: None,
            destination: None,
            network: None,
            amount: None,
        }
    }

    /// The notional to decide and to charge by: a session's is unknown whatever the facts say.
    pub(crate) fn effective_notional(&self) -> &Notional {
        match self.class {
            Class::Session => &Notional::Unknown,
            _ => &self.notional,
        }
    }

    /// The name of the first amount that is negative.
    pub(crate) fn negative_amount(&self) -> Option<&'static str> {
        let notional = match &self.notional {
            Notional::AtMost { value, .. } => Some(*value),
            Notional::Nothing | Notional::Unknown => None,
        };
        [
            ("notional", notional),
            ("quantity", self.quantity),
            ("quote_quantity", self.quote_quantity),
            ("price", self.price),
            ("leverage", self.leverage),
            ("amount", self.amount),
        ]
        .into_iter()
        .find(|(_, amount)| amount.is_some_and(|amount| amount < Decimal::ZERO))
        .map(|(name, _)| name)
    }
}
