//! Operations and amounts as cases write them down.

use std::collections::BTreeSet;
use std::fmt;

use rust_decimal::Decimal;
use serde::Deserialize;
use serde::de::{self, Deserializer, Visitor};

use crate::facts::{Batch, Class, Notional, OperationFacts, Reference, Text};

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
    pub cancels: bool,
    #[serde(default)]
    pub batch_index: Option<u64>,
    #[serde(default)]
    pub batch_size: Option<u64>,
    #[serde(default)]
    pub attached: Option<String>,
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
    #[serde(default)]
    pub from_account: Option<String>,
    #[serde(default)]
    pub to_account: Option<String>,
    #[serde(default)]
    pub sub_account: Option<String>,
}

impl OperationCase {
    /// The facts.
    pub fn facts(&self) -> OperationFacts {
        let text = |stated: &Option<String>| stated.clone().map(Text::from);
        let exact = |amount: Option<Exact>| amount.map(|exact| exact.0);
        let name = text(&self.operation).unwrap_or("test".into());
        let bare = OperationFacts::new(self.class, name);
        let batch = Batch::default();
        OperationFacts {
            product: text(&self.product),
            symbol: text(&self.symbol),
            side: text(&self.side),
            position_side: text(&self.position_side),
            order_type: text(&self.order_type),
            time_in_force: text(&self.time_in_force),
            client_order_id: text(&self.client_order_id),
            order_id: text(&self.order_id),
            cancels: self.cancels,
            batch: Batch {
                index: self.batch_index.unwrap_or(batch.index),
                size: self.batch_size.unwrap_or(batch.size),
            },
            attached: text(&self.attached),
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
            asset: text(&self.asset),
            amount: exact(self.amount),
            destination: text(&self.destination),
            destination_tag: text(&self.destination_tag),
            network: text(&self.network),
            from_account: text(&self.from_account),
            to_account: text(&self.to_account),
            sub_account: text(&self.sub_account),
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
