//! Cases as they are written down.

use std::collections::BTreeSet;
use std::fmt;
use std::net::IpAddr;

use rust_decimal::Decimal;
use serde::Deserialize;
use serde::de::{self, Deserializer, Visitor};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::facts::{Batch, Class, Notional, OperationFacts, Reference};

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

/// One operation: the facts of [`OperationFacts`], all but the class optional.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct OperationCase {
    #[serde(deserialize_with = "class")]
    pub class: Class,
    /// "test" if left out.
    #[serde(default)]
    pub operation: Option<String>,
    #[serde(default)]
    pub product: Option<String>,
    #[serde(default)]
    pub symbol: Option<String>,
    #[serde(default)]
    pub side: Option<String>,
    #[serde(default)]
    pub position_side: Option<String>,
    #[serde(default)]
    pub order_type: Option<String>,
    #[serde(default)]
    pub time_in_force: Option<String>,
    #[serde(default)]
    pub client_order_id: Option<String>,
    #[serde(default)]
    pub order_id: Option<String>,
    #[serde(default)]
    pub batch_index: Option<u64>,
    #[serde(default)]
    pub batch_size: Option<u64>,
    #[serde(default)]
    pub outside_alphabet: bool,
    #[serde(default)]
    pub unbound: BTreeSet<String>,
    #[serde(default)]
    pub quantity: Option<Exact>,
    #[serde(default)]
    pub price: Option<Exact>,
    #[serde(default)]
    pub stop_price: Option<Exact>,
    #[serde(default)]
    pub quote_quantity: Option<Exact>,
    #[serde(default)]
    pub notional: Option<NotionalCase>,
    #[serde(default)]
    pub reference: Option<ReferenceCase>,
    #[serde(default)]
    pub reduce_only: Option<bool>,
    #[serde(default)]
    pub leverage: Option<Exact>,
    #[serde(default)]
    pub asset: Option<String>,
    #[serde(default)]
    pub amount: Option<Exact>,
    #[serde(default)]
    pub destination: Option<String>,
    #[serde(default)]
    pub destination_tag: Option<String>,
    #[serde(default)]
    pub network: Option<String>,
}

impl OperationCase {
    /// The facts.
    pub fn facts(&self) -> OperationFacts {
        let exact = |amount: Option<Exact>| amount.map(|exact| exact.0);
        let name = self.operation.as_deref().unwrap_or("test");
        let bare = OperationFacts::new(self.class, name);
        let batch = Batch::default();
        OperationFacts {
            product: self.product.clone(),
            symbol: self.symbol.clone(),
            side: self.side.clone(),
            position_side: self.position_side.clone(),
            order_type: self.order_type.clone(),
            time_in_force: self.time_in_force.clone(),
            client_order_id: self.client_order_id.clone(),
            order_id: self.order_id.clone(),
            batch: Batch {
                index: self.batch_index.unwrap_or(batch.index),
                size: self.batch_size.unwrap_or(batch.size),
            },
            outside_alphabet: self.outside_alphabet,
            unbound: self.unbound.clone(),
            quantity: exact(self.quantity),
            price: exact(self.price),
            stop_price: exact(self.stop_price),
            reference: self.reference.as_ref().map(|stated| Reference {
                price: stated.price.0,
                asset: stated.asset.clone(),
            }),
            quote_quantity: exact(self.quote_quantity),
            notional: match &self.notional {
                None => bare.notional.clone(),
                Some(stated) => stated.notional(),
            },
            reduce_only: self.reduce_only,
            leverage: exact(self.leverage),
            asset: self.asset.clone(),
            amount: exact(self.amount),
            destination: self.destination.clone(),
            destination_tag: self.destination_tag.clone(),
            network: self.network.clone(),
            ..bare
        }
    }
}

/// What an order commits: "nothing", "unknown", or `{ at_most: "100", asset: USDT }`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum NotionalCase {
    /// "nothing" or "unknown".
    Word(NotionalWord),
    /// At most this much.
    AtMost {
        /// In units of `asset`.
        at_most: Exact,
        /// The asset.
        asset: String,
    },
}

/// Notionals without a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotionalWord {
    /// [`Notional::Nothing`].
    Nothing,
    /// [`Notional::Unknown`].
    Unknown,
}

impl NotionalCase {
    fn notional(&self) -> Notional {
        match self {
            Self::Word(NotionalWord::Nothing) => Notional::Nothing,
            Self::Word(NotionalWord::Unknown) => Notional::Unknown,
            Self::AtMost { at_most, asset } => Notional::AtMost {
                value: at_most.0,
                asset: asset.clone(),
            },
        }
    }
}

/// See [`Reference`].
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct ReferenceCase {
    pub price: Exact,
    pub asset: String,
}

/// An exact number: text, or a whole number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exact(pub Decimal);

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ExactVisitor;
        impl Visitor<'_> for ExactVisitor {
            type Value = Exact;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number, or an amount in quotes, \"0.1\"")
            }

            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Exact, E> {
                Ok(Exact(value.into()))
            }

            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Exact, E> {
                Ok(Exact(value.into()))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Exact, E> {
                let value = Decimal::from_str_exact(text);
                value
                    .map(Exact)
                    .map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_any(ExactVisitor)
    }
}

fn class<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Class, D::Error> {
    let name = String::deserialize(deserializer)?;
    Class::ALL
        .into_iter()
        .find(|class| class.name() == name)
        .ok_or_else(|| de::Error::unknown_variant(&name, &CLASSES))
}

/// What may stand for a class.
const CLASSES: [&str; Class::ALL.len()] = {
    let mut names = [""; Class::ALL.len()];
    let mut index = 0;
    while index < names.len() {
        names[index] = Class::ALL[index].name();
        index += 1;
    }
    names
};

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
