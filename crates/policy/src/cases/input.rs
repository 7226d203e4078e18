//! Cases as they are written down.

use std::net::IpAddr;

use rust_decimal::Decimal;
use serde::Deserialize;
use serde::de::{self, Deserializer};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::operation::{Exact, OperationCase};

/// Cases, in the order they are run.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseTable {
    /// The cases.
    pub cases: Vec<Case>,
}

/// A request and what is to come of it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What the case is about, for the report.
    pub name: String,
    /// Who asks.
    pub client: String,
    /// With which key.
    pub key: String,
    /// The key's venue. Where the case names a request, the request says.
    #[serde(default)]
    pub venue: Option<String>,
    /// The authorised set, in facts. Either this or `request`.
    #[serde(default)]
    pub operations: Vec<OperationCase>,
    /// A request to be read by a dialect: a name that means something to the caller, such as a
    /// path beside the table.
    #[serde(default)]
    pub request: Option<String>,
    /// What the key may do at the exchange, by the names of `countersign deal --permissions`; the widest
    /// if the case does not say. Only beside `request`: stated operations are the whole set.
    #[serde(default)]
    pub permissions: Option<Vec<String>>,
    /// When, "2025-07-20T08:26:40Z"; that very moment if the case does not say.
    #[serde(default, deserialize_with = "moment")]
    pub time: Option<u64>,
    /// What was authorised before this request, whose own charge is added.
    #[serde(default)]
    pub usage: UsageCase,
    /// See [`Question::risk_level`](crate::Question::risk_level); normal if the case does not say.
    #[serde(default)]
    pub risk_level: u64,
    /// Whether the kill switch is open.
    #[serde(default)]
    pub kill_switch: bool,
    /// Where the client calls from.
    #[serde(default)]
    pub source_network: Option<IpAddr>,
    /// What is to come of it.
    pub expect: Expected,
    /// The policy that is to be behind it: a permit's id, a forbid's, or a kind of denial such as
    /// "no-permit".
    #[serde(default)]
    pub rule: Option<String>,
}

/// What is to come of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expected {
    /// The request is signed.
    Allow,
    /// It is not.
    Deny,
}

/// Usage before the request, of the key and of the client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct UsageCase {
    /// By the key.
    pub key: Used,
    /// By the client.
    pub client: Used,
}

macro_rules! used {
    ($($field:ident),* $(,)?) => {
        /// Sums as the schema names them, `orders_10s`. What is left out is what a shorter window
        /// says, or nothing: 50 orders in ten seconds are at least 50 in a day.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        #[allow(missing_docs)]
        pub struct Used {
            $(pub $field: Option<Exact>,)*
        }

        impl Used {
            /// The sum of this name.
            pub(super) fn named(&self, name: &str) -> Option<Decimal> {
                match name {
                    $(stringify!($field) => self.$field.map(|exact| exact.0),)*
                    _ => None,
                }
            }
        }
    };
}

used!(
    requests_1s,
    requests_10s,
    requests_1m,
    requests_1h,
    requests_24h,
    orders_1s,
    orders_10s,
    orders_1m,
    orders_1h,
    orders_24h,
    withdrawals_1s,
    withdrawals_10s,
    withdrawals_1m,
    withdrawals_1h,
    withdrawals_24h,
    notional_1s,
    notional_10s,
    notional_1m,
    notional_1h,
    notional_24h,
);

fn moment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else {
        return Ok(None);
    };
    let moment = OffsetDateTime::parse(&text, &Rfc3339).ok();
    let milliseconds = moment.map(|moment| moment.unix_timestamp_nanos() / 1_000_000);
    milliseconds
        .and_then(|milliseconds| u64::try_from(milliseconds).ok())
        .map(Some)
        .ok_or_else(|| {
            de::Error::invalid_value(
                de::Unexpected::Str(&text),
                &"a time like \"2025-07-20T08:26:40Z\"",
            )
        })
}
