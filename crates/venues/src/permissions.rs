//! What a key may do at its exchange.

use std::{collections::BTreeSet, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::Shown;

/// A permission of an API key at its exchange, in neutral terms; each dialect documents which of
/// the venue's own switches it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// Reading balances, orders, history and addresses.
    Read,
    /// Trading on spot, and on margin with what the margin account holds.
    SpotTrading,
    /// Borrowing, repaying and moving margin collateral.
    Margin,
    /// Trading futures.
    Futures,
    /// Trading options.
    Options,
    /// Trading through a portfolio-margin account.
    PortfolioMargin,
    /// Moving assets between accounts and products of the owner.
    Transfers,
    /// Withdrawing.
    Withdrawals,
    /// Managing sub-accounts: the key belongs to a master or broker account.
    SubAccounts,
}

impl Permission {
    /// Every permission.
    pub const ALL: [Self; 9] = [
        Self::Read,
        Self::SpotTrading,
        Self::Margin,
        Self::Futures,
        Self::Options,
        Self::PortfolioMargin,
        Self::Transfers,
        Self::Withdrawals,
        Self::SubAccounts,
    ];

    /// The permission's name, as in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::SpotTrading => "spot_trading",
            Self::Margin => "margin",
            Self::Futures => "futures",
            Self::Options => "options",
            Self::PortfolioMargin => "portfolio_margin",
            Self::Transfers => "transfers",
            Self::Withdrawals => "withdrawals",
            Self::SubAccounts => "sub_accounts",
        }
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Permission {
    type Err = UnknownPermission;

    fn from_str(name: &str) -> Result<Self, UnknownPermission> {
        Self::ALL
            .into_iter()
            .find(|permission| permission.as_str() == name)
            .ok_or_else(|| UnknownPermission {
                name: Shown::new(name),
            })
    }
}

/// A permission's name that is not known. It is refused, never ignored: a permission left out
/// would make the authorised set too small.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "unknown permission '{name}'; known: {}",
    Permission::ALL.map(Permission::as_str).join(", ")
)]
pub struct UnknownPermission {
    /// The name given.
    pub name: Shown,
}

/// The permissions of one key. In JSON, a list of names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Permissions(BTreeSet<Permission>);

impl Permissions {
    /// Not known, so assumed to be all of them.
    pub fn unknown() -> Self {
        Self::only(Permission::ALL)
    }

    /// Exactly these, as checked at the exchange.
    pub fn only(permissions: impl IntoIterator<Item = Permission>) -> Self {
        Self(permissions.into_iter().collect())
    }

    /// Whether the key has `permission`.
    pub fn contain(&self, permission: Permission) -> bool {
        self.0.contains(&permission)
    }

    /// The permissions, in a fixed order.
    pub fn iter(&self) -> impl Iterator<Item = Permission> + '_ {
        self.0.iter().copied()
    }

    pub(crate) fn intersection(&self, other: &Self) -> Self {
        Self(self.0.intersection(&other.0).copied().collect())
    }
}
