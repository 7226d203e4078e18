//! What a policy is asked about.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::net::IpAddr;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

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
    /// How bad things are: 0 is normal. `None`, not known, is as bad as can be.
    pub risk_level: Option<u64>,
    /// Whether the kill switch is open. `None`, not known, counts as open.
    pub kill_switch: Option<bool>,
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

/// The place of an operation in a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Batch {
    /// From 0.
    pub index: u64,
    /// How many elements the batch has.
    pub size: u64,
}

impl Default for Batch {
    fn default() -> Self {
        Self { index: 0, size: 1 }
    }
}

/// A price that a node is configured to compare orders with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// In units of `asset` per unit of the order's quantity; not negative.
    pub price: Decimal,
    /// The asset it is counted in, "USDT".
    pub asset: String,
}

/// A text of an operation. Names and words come from tables that last; only what the request says itself
/// is owned.
pub type Text = Cow<'static, str>;

/// One operation, in the terms of the schema. `None` means that the request does not say.
///
/// Text is compared by policies byte for byte: case and spelling are the dialect's to fix. Amounts
/// are exact and must not be negative.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationFacts {
    /// The action.
    pub class: Class,
    /// The operation as the dialect names it.
    pub operation: Text,
    /// The product, "spot".
    pub product: Option<Text>,
    /// The instrument, "BTCUSDT".
    pub symbol: Option<Text>,
    /// "buy" or "sell".
    pub side: Option<Text>,
    /// The position of a hedged account that is meant: "both", "long" or "short".
    pub position_side: Option<Text>,
    /// "limit", "market", …
    pub order_type: Option<Text>,
    /// How long the order lasts, "good_till_cancelled".
    pub time_in_force: Option<Text>,
    /// The client's own order id.
    pub client_order_id: Option<Text>,
    /// The venue's id of the order addressed.
    pub order_id: Option<Text>,
    /// Whether it does nothing but cancel orders, as far as is known.
    pub cancels: bool,
    /// Which element of a batch it is; the only one of a batch of one for what is no batch.
    pub batch: Batch,
    /// What it is to the order it comes with, "take_profit"; `None` for what comes with none.
    pub attached: Option<Text>,
    /// Whether the dialect met a value outside its strict alphabet. Texts of these facts that are
    /// not all visible ASCII count as such, whatever this says.
    pub outside_alphabet: bool,
    /// What matters and is not bound by the signature, "body".
    pub unbound: BTreeSet<String>,
    /// In units of the base asset, or contracts.
    pub quantity: Option<Decimal>,
    /// The limit price; `None` also where any price will do.
    pub price: Option<Decimal>,
    /// The trigger price.
    pub stop_price: Option<Decimal>,
    /// What one unit of `quantity` costs, where the node is configured to know.
    pub reference: Option<Reference>,
    /// In units of the quote asset.
    pub quote_quantity: Option<Decimal>,
    /// What the order commits.
    pub notional: Notional,
    /// Whether the order can only reduce a position.
    pub reduce_only: Option<bool>,
    /// The leverage the request states.
    pub leverage: Option<Decimal>,
    /// What is transferred, paid in or withdrawn.
    pub asset: Option<Text>,
    /// The address or account it goes to.
    pub destination: Option<Text>,
    /// The tag or memo that completes the address.
    pub destination_tag: Option<Text>,
    /// The chain it goes over.
    pub network: Option<Text>,
    /// The account a transfer takes from.
    pub from_account: Option<Text>,
    /// The account a transfer gives to.
    pub to_account: Option<Text>,
    /// The sub-account acted on.
    pub sub_account: Option<Text>,
    /// How much of `asset`.
    pub amount: Option<Decimal>,
}

impl OperationFacts {
    /// An operation of which nothing more is known. Its notional is unknown where it could have
    /// one (trades and sessions) and nothing otherwise.
    pub fn new(class: Class, operation: impl Into<Text>) -> Self {
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
            position_side: None,
            order_type: None,
            time_in_force: None,
            client_order_id: None,
            order_id: None,
            cancels: false,
            batch: Batch::default(),
            attached: None,
            outside_alphabet: false,
            unbound: BTreeSet::new(),
            quantity: None,
            price: None,
            stop_price: None,
            reference: None,
            quote_quantity: None,
            notional,
            reduce_only: None,
            leverage: None,
            asset: None,
            destination: None,
            destination_tag: None,
            network: None,
            from_account: None,
            to_account: None,
            sub_account: None,
            amount: None,
        }
    }

    /// The notional to decide and to charge by. A session's is unknown whatever the facts say; an
    /// order's that is unknown is estimated where quantity and reference price are known. Not so where
    /// it states a size in the quote asset too: that may be the one that counts. Nor for a change that
    /// names no side: venues go by the order's id, and the market it names may be another.
    pub(crate) fn effective_notional(&self) -> Cow<'_, Notional> {
        match (&self.notional, &self.reference, self.quantity) {
            _ if self.class == Class::Session => Cow::Owned(Notional::Unknown),
            (Notional::Unknown, Some(reference), Some(quantity))
                if self.quote_quantity.is_none() && self.side.is_some() =>
            {
                // A limit sell fills at its price or above.
                let price = reference.price.max(self.price.unwrap_or_default());
                let estimate = quantity
                    .checked_mul(price)
                    // No order is worth nothing: to some venues a size of zero is another's.
                    .filter(|value| !value.is_zero())
                    .map(|value| Notional::AtMost {
                        value,
                        asset: reference.asset.clone(),
                    });
                Cow::Owned(estimate.unwrap_or(Notional::Unknown))
            }
            (stated, _, _) => Cow::Borrowed(stated),
        }
    }

    /// How far the limit price is from the reference price, in hundredths of a percent, rounded up.
    pub(crate) fn reference_deviation_bps(&self) -> Option<u64> {
        let (price, reference) = (self.price?, self.reference.as_ref()?.price);
        let bps = price
            .checked_sub(reference)
            .and_then(|deviation| deviation.abs().checked_mul(Decimal::from(10_000)))
            .and_then(|scaled| scaled.checked_div(reference))
            .and_then(|bps| bps.ceil().to_u64());
        Some(bps.unwrap_or(u64::MAX))
    }

    /// Whether some text has characters on whose encoding clients and venues disagree.
    pub(crate) fn is_outside_alphabet(&self) -> bool {
        let texts = [
            &self.symbol,
            &self.client_order_id,
            &self.order_id,
            &self.asset,
            &self.destination,
            &self.destination_tag,
            &self.network,
            &self.from_account,
            &self.to_account,
            &self.sub_account,
        ];
        let strict = |text: &Text| text.bytes().all(|byte| byte.is_ascii_graphic());
        self.outside_alphabet || !texts.into_iter().flatten().all(strict)
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
            ("stop_price", self.stop_price),
            (
                "reference_price",
                self.reference.as_ref().map(|one| one.price),
            ),
            ("leverage", self.leverage),
            ("amount", self.amount),
        ]
        .into_iter()
        .find(|(_, amount)| amount.is_some_and(|amount| amount < Decimal::ZERO))
        .map(|(name, _)| name)
    }
}
