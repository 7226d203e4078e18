//! What a signature can be used for.

use std::borrow::Cow;

use serde::Serialize;

use crate::{Intent, Permission};

/// One thing a signature authorises: an operation of the venue's interface, with the parameters
/// it would read from the signed bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Operation {
    /// What kind of act it is; the action of a policy decision.
    pub class: Class,
    /// The operation's name, unique within its venue, stable across versions.
    pub name: &'static str,
    /// The market or account it acts on.
    pub product: Product,
    /// HTTP method.
    pub method: &'static str,
    /// Hosts that serve it.
    pub hosts: &'static [&'static str],
    /// HTTP path.
    pub path: &'static str,
    /// What the key needs at the exchange for the operation to be accepted.
    pub permission: Permission,
    /// How far the operation's being authorised rests on the venue's leniency.
    pub basis: Basis,
    /// Whether a request may name it. The others are known so that they are found in the sets of those
    /// that may.
    #[serde(skip)]
    pub offered: bool,
    /// Whether it commits no value: it only changes a setting of a market or an account, such as how
    /// positions are margined, or closes all positions there are.
    #[serde(skip)]
    pub commits_nothing: bool,
    /// Which element of a batch it is; `None` where there is one operation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch: Option<BatchPlace>,
    /// How it comes with the operation's own order; `None` for that one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attached: Option<Attachment>,
    /// What decides what the operation does and is not under the MAC: `body` for a venue that signs no
    /// body. Whoever holds the signature can change it.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub unbound: &'static [&'static str],
    /// Parameters whose values are outside the strict alphabet in which clients and venues are known to
    /// agree on the bytes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub outside_alphabet: Vec<&'static str>,
    /// What it would do.
    #[serde(skip_serializing_if = "Intent::is_empty")]
    pub intent: Intent,
}

impl Operation {
    /// Whether it is an order that comes with one of the operation `named`, or of its batch.
    pub fn comes_with(&self, named: &Self) -> bool {
        self.attached.is_some() && self.is_at_endpoint_of(named)
    }

    /// Whether it is presented to the venue as `other` is.
    pub(crate) fn is_at_endpoint_of(&self, other: &Self) -> bool {
        (self.method, self.path, self.hosts) == (other.method, other.path, other.hosts)
    }

    /// Its name, and after a colon what it is to the order it comes with, if it comes with one:
    /// `order:stop_loss`.
    pub fn label(&self) -> Cow<'static, str> {
        match self.attached {
            None => self.name.into(),
            Some(attached) => format!("{}:{}", self.name, attached.name).into(),
        }
    }
}

/// Place of an element in its batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct BatchPlace {
    /// From 0.
    pub index: usize,
    /// Number of elements.
    pub of: usize,
}

/// An order that comes with another: placed beside it, or once it fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Attachment {
    /// What it is called: `take_profit`, `stop_loss`, `pending`.
    pub name: &'static str,
    /// It can do no more than close what the order it comes with opens, so that its value is that
    /// order's, and counted there.
    pub closes: bool,
}

/// What a venue's MAC covers. What it does not cover can be changed after signing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Binds {
    /// The HTTP method.
    pub method: bool,
    /// The host.
    pub host: bool,
    /// The path.
    pub path: bool,
    /// The query.
    pub query: bool,
    /// The body.
    pub body: bool,
}

/// Kinds of act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Changes nothing.
    Read,
    /// Places, changes or cancels spot and margin orders, or converts assets.
    TradeSpot,
    /// Places, changes or cancels derivatives orders, or changes how positions are margined.
    TradeFutures,
    /// Moves value between accounts or products of the same owner.
    Transfer,
    /// Concerns receiving value.
    Deposit,
    /// Moves value out of the owner's accounts.
    Withdraw,
    /// Changes accounts, keys or settings.
    Admin,
    /// Opens a session that can act without further signatures.
    Session,
}

impl Class {
    /// The name used in policies and logs.
    pub const fn as_str(self) -> &'static str {
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

/// Markets and accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Product {
    /// Spot trading.
    Spot,
    /// Spot trading with borrowed assets.
    Margin,
    /// Futures margined and settled in a dollar stablecoin.
    UsdFutures,
    /// Futures margined and settled in the underlying coin.
    CoinFutures,
    /// Options.
    Options,
    /// Balances, deposits, withdrawals and products that hold assets.
    Wallet,
    /// The account itself: sub-accounts, keys, settings.
    Account,
}

impl Product {
    /// The name used in policies and logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Spot => "spot",
            Self::Margin => "margin",
            Self::UsdFutures => "usd_futures",
            Self::CoinFutures => "coin_futures",
            Self::Options => "options",
            Self::Wallet => "wallet",
            Self::Account => "account",
        }
    }
}

/// What must be true of the venue for the signed bytes to serve an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Nothing: the operation takes every parameter of the bytes.
    Whole,
    /// The venue ignores parameters that the operation does not take.
    Surplus,
    /// The venue ignores the pieces of a parameter cut in two between query and body, or signs a
    /// body that it does not read.
    Cut,
}

impl Basis {
    /// The name used in policies and logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Surplus => "surplus",
            Self::Cut => "cut",
        }
    }
}
