//! Exchange dialects: the exact bytes a venue signs, and everything those bytes could do.
//!
//! A client hands over the HTTP request the exchange will see, without its signature ([`Request`]).
//! [`read`] turns it into a [`Reading`]: the signed text, the operations a signature over that text
//! would authorise with the intent of each, and the times that bound its life. What a dialect does
//! not fully understand is [`Unclassified`], and unclassified requests are not signed.
//!
//! The crate is pure: no I/O, no clock, no key material. A node checks [`Timing`] against its own
//! clock; the tag over [`SignedText::bytes`] comes from the threshold protocol; [`Reading::place`]
//! puts it where the venue looks for it.
//!
//! # The authorised set
//!
//! A signature authorises whatever the MAC does not tell apart. Where a venue signs neither method
//! nor path, that is more than the operation the client named. A dialect therefore answers with a
//! *set* that depends on the signed bytes, and a policy must allow every member of it. The argument
//! for a venue, with the assumptions it rests on, is in that venue's module: see [`binance`].
//!
//! # Adding a venue
//!
//! A module with a `DIALECT`, its vectors in the workspace's `tests/vectors`, and one line in `registry.rs`.

pub mod binance;
mod bingx;
mod bitfinex;
mod bitget;
mod bitmex;
mod bitstamp;
mod bybit;
mod coinbaseexchange;
mod credentials;
mod cryptocom;
mod deribit;
mod error;
mod gate;
mod gemini;
mod htx;
mod intent;
mod kit;
mod kraken;
mod krakenfutures;
mod kucoin;
mod mexc;
mod okx;
mod operation;
mod permissions;
mod reading;
mod registry;
mod request;
mod signed;
mod syntax;

pub use credentials::PassphraseMac;
pub use error::{Malformed, PlaceError, ReadError, Shown, Unclassified, UnknownVenue};
pub use intent::{Asset, Bound, Intent, Notional, OrderType, PositionSide, Side, TimeInForce};
pub use operation::{Attachment, Basis, BatchPlace, Binds, Class, Operation, Product};
pub use permissions::{Permission, Permissions, UnknownPermission};
pub use reading::{Reading, Stamp, Timing};
pub use registry::{
    ParameterFacts, VenueFacts, facts, read, read_for, signed_text, unavoidable,
    unavoidable_changes, venues, without_signature,
};
pub use request::Request;
pub use signed::{DigestEncoding, HashAlg, KeyEncoding, Placement, SignedText};
