//! What requests are charged with, and sums of it over windows.

use serde::{Deserialize, Serialize};

use crate::bound::Bound;
use crate::facts::{Class, Notional, OperationFacts};

/// A sliding window over which charges are summed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Window {
    /// 1 s.
    Second,
    /// 10 s.
    TenSeconds,
    /// 1 min.
    Minute,
    /// 1 h.
    Hour,
    /// 24 h.
    Day,
}

impl Window {
    /// Every window, the shortest first.
    pub const ALL: [Self; 5] = [
        Self::Second,
        Self::TenSeconds,
        Self::Minute,
        Self::Hour,
        Self::Day,
    ];

    /// Its length in milliseconds.
    pub const fn length_ms(self) -> u64 {
        match self {
            Self::Second => 1_000,
            Self::TenSeconds => 10_000,
            Self::Minute => 60_000,
            Self::Hour => 3_600_000,
            Self::Day => 86_400_000,
        }
    }

    /// How the schema's attributes end, `requests_24h`.
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Second => "1s",
            Self::TenSeconds => "10s",
            Self::Minute => "1m",
            Self::Hour => "1h",
            Self::Day => "24h",
        }
    }
}

/// What a [`Charge`] counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
    /// [`Charge::requests`].
    Requests,
    /// [`Charge::orders`].
    Orders,
    /// [`Charge::withdrawals`].
    Withdrawals,
    /// [`Charge::notional`].
    Notional,
}

impl Measure {
    /// Every measure.
    pub const ALL: [Self; 4] = [
        Self::Requests,
        Self::Orders,
        Self::Withdrawals,
        Self::Notional,
    ];

    /// How the schema's attributes begin, `requests_24h`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Orders => "orders",
            Self::Withdrawals => "withdrawals",
            Self::Notional => "notional",
        }
    }
}

/// How much of a [`Measure`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Amount {
    Count(u64),
    Value(Bound),
}

/// What one authorised request counts for, or a sum of such. Goes into the audit log, from which
/// counters are rebuilt. Additions saturate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Charge {
    /// Signatures.
    pub requests: u64,
    /// Operations of class trade.
    pub orders: u64,
    /// Operations of class withdraw.
    pub withdrawals: u64,
    /// Value committed by orders, as a plain number whatever the asset.
    pub notional: Bound,
}

impl Charge {
    /// What a signature that authorises `operations` counts for: one request, and the **sum** of
    /// all the operations, not the largest.
    ///
    /// The operations of a batch all take place. The alternatives that one signature could serve
    /// can all take place too: a venue whose MAC leaves out the path accepts the same signed bytes
    /// at each endpoint, so whoever holds the signature can place the order on the spot and on the
    /// futures market. Charging only the largest would let a client spend its limit once per
    /// endpoint.
    ///
    /// Each notional is rounded up to four digits; an unknown one is [`Bound::UNLIMITED`], or an
    /// estimate where there is a reference price. A
    /// session could do anything, so it counts as unlimited orders, withdrawals and notional.
    pub fn for_operations(operations: &[OperationFacts]) -> Self {
        operations.iter().map(Self::for_operation).fold(
            Self {
                requests: 1,
                ..Self::default()
            },
            Self::saturating_add,
        )
    }

    fn for_operation(operation: &OperationFacts) -> Self {
        let (orders, withdrawals) = match operation.class {
            Class::TradeSpot | Class::TradeFutures => (1, 0),
            Class::Withdraw => (0, 1),
            Class::Session => (u64::MAX, u64::MAX),
            Class::Read | Class::Transfer | Class::Deposit | Class::Admin => (0, 0),
        };
        let notional = match *operation.effective_notional() {
            Notional::Nothing => Bound::ZERO,
            Notional::Unknown => Bound::UNLIMITED,
            Notional::AtMost { value, .. } => Bound::at_least(value),
        };
        Self {
            requests: 0,
            orders,
            withdrawals,
            notional,
        }
    }

    /// The sum, each field at most its type's largest value.
    pub fn saturating_add(self, other: Self) -> Self {
        Self {
            requests: self.requests.saturating_add(other.requests),
            orders: self.orders.saturating_add(other.orders),
            withdrawals: self.withdrawals.saturating_add(other.withdrawals),
            notional: self.notional.saturating_add(other.notional),
        }
    }

    pub(crate) fn measured(self, measure: Measure) -> Amount {
        match measure {
            Measure::Requests => Amount::Count(self.requests),
            Measure::Orders => Amount::Count(self.orders),
            Measure::Withdrawals => Amount::Count(self.withdrawals),
            Measure::Notional => Amount::Value(self.notional),
        }
    }

    /// The same with one measure at this sum: a count, or ten-thousandths.
    pub(crate) fn with(mut self, measure: Measure, sum: u64) -> Self {
        match measure {
            Measure::Requests => self.requests = sum,
            Measure::Orders => self.orders = sum,
            Measure::Withdrawals => self.withdrawals = sum,
            Measure::Notional => self.notional = Bound::from_ten_thousandths(sum),
        }
        self
    }

    fn at_least(self, other: Self) -> Self {
        Self {
            requests: self.requests.max(other.requests),
            orders: self.orders.max(other.orders),
            withdrawals: self.withdrawals.max(other.withdrawals),
            notional: self.notional.max(other.notional),
        }
    }

    fn saturating_mul(self, factor: u64) -> Self {
        Self {
            requests: self.requests.saturating_mul(factor),
            orders: self.orders.saturating_mul(factor),
            withdrawals: self.withdrawals.saturating_mul(factor),
            notional: self.notional.saturating_mul(factor),
        }
    }
}

/// Sums of charges over each [`Window`], for one key or one client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage([Charge; Window::ALL.len()]);

impl Usage {
    /// Usage with what `sum` says for each window.
    pub fn from_fn(mut sum: impl FnMut(Window) -> Charge) -> Self {
        Self(Window::ALL.map(&mut sum))
    }

    /// The sum over one window.
    pub fn over(&self, window: Window) -> Charge {
        self.0[window as usize]
    }

    /// The sum, window by window.
    pub fn saturating_add(&self, other: &Self) -> Self {
        Self::from_fn(|window| self.over(window).saturating_add(other.over(window)))
    }

    /// The larger of both, window by window and count by count.
    pub fn at_least(&self, other: &Self) -> Self {
        Self::from_fn(|window| self.over(window).at_least(other.over(window)))
    }

    /// `factor` times as much.
    ///
    /// A node that must keep to a part of each limit, 1/`factor`, has no need to find the limits
    /// inside policies: comparing `factor` times the usage with the whole limit is the same.
    pub fn scaled(&self, factor: u64) -> Self {
        Self(self.0.map(|charge| charge.saturating_mul(factor)))
    }
}
