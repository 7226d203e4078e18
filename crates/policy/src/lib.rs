//! What a client may have signed, and how much of it.
//!
//! A [`Bundle`] is a set of [Cedar](https://www.cedarpolicy.com) policies, validated against the
//! schema this crate ships ([`SCHEMA`]). [`Bundle::decide`] asks it about each operation that one
//! signature would authorise; the answer is a [`Decision`] that names the policies behind it. A
//! forbid beats every permit, what nothing permits is denied, and errors deny.
//!
//! [`Counters`] remember what was authorised over sliding windows, per key and per client, and
//! supply the [`Usage`] that policies limit.
//!
//! The crate does no I/O and reads no clock: `now_ms`, Unix time in milliseconds, is an argument.

mod askers;
mod attributes;
mod bound;
mod bundle;
pub mod cases;
mod causes;
mod comparisons;
mod conditions;
mod context;
mod counters;
mod decide;
mod decision;
pub mod diff;
mod error;
mod explain;
mod facts;
mod lowering;
mod mentions;
#[cfg(any(test, debug_assertions, fuzzing))]
mod reference;
mod retry;
mod risks;
mod schema;
mod sliding;
mod source;
mod templates;
mod text;
mod usage;

pub use bound::{Bound, ParseBoundError};
pub use bundle::Bundle;
pub use causes::Cause;
pub use comparisons::{Literal, Relation};
pub use counters::Counters;
pub use decision::{AuthorisedOperation, Decision, Denial, DenialKind, Rule};
pub use error::{PolicyError, Problem};
pub use explain::{OperationExplanation, PolicyExplanation, Verdict};
pub use facts::{Batch, Class, Notional, OperationFacts, Question, Reference, Text};
pub use schema::{SCHEMA, SCHEMA_VERSION};
pub use templates::{Template, templates};
pub use usage::{Charge, Measure, Usage, Window};

pub use rust_decimal::Decimal;
