//! Tables of cases: what a bundle must allow and deny, for officers to keep beside their policies.
//!
//! A [`CaseTable`] is read by serde, from JSON or YAML as the caller prefers. A case states the
//! operations of a request as facts, or names a request that the caller reads with a dialect:
//!
//! ```yaml
//! cases:
//!   - name: a large order is refused
//!     client: maker-1
//!     key: maker
//!     venue: binance
//!     operations:
//!       - class: trade_spot
//!         symbol: BTCUSDT
//!         order_type: limit
//!         client_order_id: m-1
//!         notional: { at_most: "5000.01", asset: USDT }
//!     expect: deny
//!     rule: maker-order-size
//! ```
//!
//! Amounts are text or whole numbers: "0.1" as a number would not be exact, and is refused.

mod input;
mod operation;
mod run;

pub use input::{Case, CaseTable, Expected, UsageCase, Used};
pub use operation::{Exact, NotionalCase, NotionalWord, OperationCase, ReferenceCase};
pub use run::{CaseResult, NamedRequest, Resolved};
