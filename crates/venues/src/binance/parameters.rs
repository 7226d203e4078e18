//! The parameters of the operations offered, and the values each may have.

use rust_decimal::Decimal;

use crate::{PositionSide, Shown, Side, TimeInForce, Unclassified, decimal, form::Field};

use super::timing;

/// A parameter with its value understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Parameter<'a> {
    pub name: &'a str,
    pub value: Value<'a>,
}

/// A value in the one reading its parameter has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value<'a> {
    Text(&'a str),
    Decimal(Decimal),
    Integer(u64),
    Bool(bool),
    Side(Side),
    PositionSide(PositionSide),
    TimeInForce(TimeInForce),
}

impl<'a> Parameter<'a> {
    /// Reads a parameter, or `None` if its name is not one an offered operation takes.
    pub(super) fn read(field: Field<'a>) -> Option<Result<Self, Unclassified>> {
        let kind = kind(field.name)?;
        let value = kind.read(field);
        Some(value.map(|value| Self {
            name: field.name,
            value,
        }))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Symbol,
    Asset,
    Network,
    Address,
    Tag,
    ClientId,
    OrderId,
    Word,
    Decimal,
    Integer,
    Milliseconds,
    Leverage,
    Bool,
    Side,
    PositionSide,
    TimeInForce,
}

/// Binance uses a name with one meaning throughout the operations offered. `type` is an order type
/// in all of them; `amount` is an amount of `coin`.
fn kind(name: &str) -> Option<Kind> {
    Some(match name {
        "symbol" => Kind::Symbol,
        "coin" => Kind::Asset,
        "network" => Kind::Network,
        "address" => Kind::Address,
        "addressTag" => Kind::Tag,
        "newClientOrderId" | "origClientOrderId" | "withdrawOrderId" => Kind::ClientId,
        "orderId" => Kind::OrderId,
        "type" | "newOrderRespType" | "selfTradePreventionMode" => Kind::Word,
        "quantity" | "quoteOrderQty" | "price" | "stopPrice" | "amount" => Kind::Decimal,
        "limit" | "fromId" | "walletType" | "offset" | "status" => Kind::Integer,
        "timestamp" | "startTime" | "endTime" => Kind::Milliseconds,
        "recvWindow" => Kind::Integer,
        "leverage" => Kind::Leverage,
        "reduceOnly" | "omitZeroBalances" | "transactionFeeFlag" => Kind::Bool,
        "side" => Kind::Side,
        "positionSide" => Kind::PositionSide,
        "timeInForce" => Kind::TimeInForce,
        _ => return None,
    })
}

const INTEGER: &str = "a whole number in plain digits, without leading zeros";

impl Kind {
    fn read(self, field: Field<'_>) -> Result<Value<'_>, Unclassified> {
        let text = field.value;
        let number = |expected| Unclassified::Number {
            name: Shown::new(field.name),
            value: Shown::new(text),
            expected,
        };
        let unknown = || Unclassified::UnknownValue {
            name: Shown::new(field.name),
            value: Shown::new(text),
        };
        match self {
            Self::Symbol
            | Self::Asset
            | Self::Network
            | Self::Address
            | Self::Tag
            | Self::ClientId
            | Self::OrderId
            | Self::Word => self.read_text(field),
            Self::Decimal => decimal::parse(text)
                .map(Value::Decimal)
                .ok_or_else(|| number(decimal::SPELLING)),
            Self::Integer => timing::integer(text)
                .map(Value::Integer)
                .ok_or_else(|| number(INTEGER)),
            Self::Milliseconds => timing::milliseconds(text)
                .map(Value::Integer)
                .ok_or_else(|| number("Unix milliseconds, 13 digits")),
            Self::Leverage => timing::integer(text)
                .filter(|leverage| (1..=125).contains(leverage))
                .map(Value::Integer)
                .ok_or_else(|| number("a whole number, 1 to 125")),
            Self::Bool => match text {
                "true" => Ok(Value::Bool(true)),
                "false" => Ok(Value::Bool(false)),
                _ => Err(unknown()),
            },
            Self::Side => match text {
                "BUY" => Ok(Value::Side(Side::Buy)),
                "SELL" => Ok(Value::Side(Side::Sell)),
                _ => Err(unknown()),
            },
            Self::PositionSide => match text {
                "BOTH" => Ok(Value::PositionSide(PositionSide::Both)),
                "LONG" => Ok(Value::PositionSide(PositionSide::Long)),
                "SHORT" => Ok(Value::PositionSide(PositionSide::Short)),
                _ => Err(unknown()),
            },
            Self::TimeInForce => match text {
                "GTC" => Ok(Value::TimeInForce(TimeInForce::GoodTillCancelled)),
                "IOC" => Ok(Value::TimeInForce(TimeInForce::ImmediateOrCancel)),
                "FOK" => Ok(Value::TimeInForce(TimeInForce::FillOrKill)),
                "GTX" => Ok(Value::TimeInForce(TimeInForce::PostOnly)),
                _ => Err(unknown()),
            },
        }
    }

    fn read_text(self, field: Field<'_>) -> Result<Value<'_>, Unclassified> {
        let text = field.value;
        let (longest, extra, letters, allowed): (usize, &[u8], Letters, _) = match self {
            Self::Symbol => (30, b"_", Letters::Upper, "A-Z 0-9 _, at most 30"),
            Self::Asset => (20, b"", Letters::Upper, "A-Z 0-9, at most 20"),
            Self::Network => (20, b"", Letters::Upper, "A-Z 0-9, at most 20"),
            Self::Address => (
                256,
                b".:_-",
                Letters::Both,
                "A-Z a-z 0-9 . : _ -, at most 256",
            ),
            Self::Tag => (128, b"._-", Letters::Both, "A-Z a-z 0-9 . _ -, at most 128"),
            Self::ClientId => (
                64,
                b".:_-",
                Letters::Both,
                "A-Z a-z 0-9 . : _ -, at most 64",
            ),
            Self::OrderId => (19, b"", Letters::None, "0-9, at most 19"),
            _ => (32, b"_", Letters::Upper, "A-Z 0-9 _, at most 32"),
        };
        let fits = |byte: u8| {
            byte.is_ascii_digit()
                || extra.contains(&byte)
                || match letters {
                    Letters::None => false,
                    Letters::Upper => byte.is_ascii_uppercase(),
                    Letters::Both => byte.is_ascii_alphabetic(),
                }
        };
        if text.len() <= longest && text.bytes().all(fits) {
            Ok(Value::Text(text))
        } else {
            Err(Unclassified::OutsideAlphabet {
                name: Shown::new(field.name),
                value: Shown::new(text),
                allowed,
            })
        }
    }
}

enum Letters {
    None,
    Upper,
    Both,
}

/// Whether offered operations may take a parameter of this name.
#[cfg(test)]
pub(super) fn is_known(name: &str) -> bool {
    kind(name).is_some()
}
