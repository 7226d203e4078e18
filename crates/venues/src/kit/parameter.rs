//! Parameters of operations: how each is spelled at the venue, and what it means here.

use rust_decimal::Decimal;

use crate::{
    Intent, OrderType, ParameterFacts, PositionSide, Shown, Side, TimeInForce, Unclassified,
    syntax::{Fields, Value, number},
};

/// A parameter that an operation takes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parameter {
    /// The venue's name for it.
    pub name: &'static str,
    /// [`hint`] of that name.
    pub hint: u8,
    /// What it means, and so how it is spelled.
    pub means: Means,
    /// Whether the venue refuses the operation without it.
    pub needed: bool,
    /// Whether it may come more than once.
    pub repeats: bool,
}

/// Meanings of a parameter. All but the last four show in the [`Intent`].
#[derive(Debug, Clone, Copy)]
pub(crate) enum Means {
    /// The market.
    Symbol,
    /// Buy or sell, by the venue's words.
    Side(&'static [(&'static str, Side)]),
    /// The position acted on.
    Position(&'static [(&'static str, PositionSide)]),
    /// The kind of order, by the venue's words.
    Kind(&'static [(&'static str, OrderType)]),
    /// How long the order lasts, by the venue's words; the others of its words say nothing of it.
    Lasts(&'static [(&'static str, TimeInForce)]),
    /// Size in the base asset, or contracts.
    Quantity,
    /// Size in the quote asset.
    QuoteQuantity,
    /// Limit price.
    Price,
    /// Trigger price.
    StopPrice,
    /// Whether the order can only reduce a position: the words for yes.
    ReduceOnly(&'static [&'static str]),
    /// Leverage to set.
    Leverage,
    /// The client's own order id.
    ClientOrderId,
    /// The venue's order id.
    OrderId,
    /// An asset.
    Asset,
    /// An amount of the asset.
    Amount,
    /// Where a withdrawal goes.
    Destination,
    /// Tag or memo of the destination.
    DestinationTag,
    /// The network.
    Network,
    /// The account a transfer takes from.
    From,
    /// The account a transfer gives to.
    To,
    /// A name or id of a sub-account.
    SubAccount,
    /// One of these words, which tell operations apart or say something a policy does not decide on.
    Word(&'static [&'static str]),
    /// Any scalar: paging, ids, tags, forms of the answer. Nothing a policy decides on.
    Scalar,
    /// Anything, lists and objects included; nothing a policy decides on.
    Anything,
    /// An object that has these, which mean what they would outside it.
    Inside(&'static [Parameter]),
}

impl Means {
    /// Whether it names what is traded or moved.
    pub(crate) const fn is_market_or_asset(self) -> bool {
        matches!(self, Self::Symbol | Self::Asset)
    }

    /// Whether an operation has only one of it, whatever its name: how much, of what and where to. Not so the
    /// market, which some venues want named in several ways.
    pub(crate) const fn is_one(self) -> bool {
        matches!(
            self,
            Self::Side(_)
                | Self::Quantity
                | Self::QuoteQuantity
                | Self::Asset
                | Self::Amount
                | Self::Destination
                | Self::DestinationTag
                | Self::Network
        )
    }
}

impl Parameter {
    const fn new(name: &'static str, means: Means) -> Self {
        Self {
            name,
            hint: hint(name),
            means,
            needed: false,
            repeats: false,
        }
    }
}

/// A number that tells most names apart: where it differs, the names do. A request's parameters are looked for among those
/// of all operations, so that comparing names is most of the work of reading.
pub(crate) const fn hint(name: &str) -> u8 {
    let bytes = name.as_bytes();
    let (mut hint, mut at) = (bytes.len() as u8, 0);
    while at < bytes.len() {
        // A step of at least one, and few for long names.
        hint = hint.rotate_left(3) ^ bytes[at];
        at += 1 + at / 2;
    }
    hint
}

/// Which hints the names of some parameters have, of 64: those of a request, or those an operation takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hints(u64);

impl Hints {
    /// Of no parameters.
    pub(crate) const NONE: Self = Self(0);

    pub(crate) fn of(fields: &Fields<'_>) -> Self {
        let hints = fields.iter().map(|field| hint(&field.name));
        hints.fold(Self::NONE, Self::with)
    }

    pub(crate) const fn with(self, hint: u8) -> Self {
        Self(self.0 | 1 << (hint % 64))
    }

    /// Whether a parameter of that hint can be among them.
    pub(crate) const fn may_have(self, hint: u8) -> bool {
        self.0 & (1 << (hint % 64)) != 0
    }

    /// Whether all of `others` can be among them.
    pub(crate) const fn may_have_all(self, others: Self) -> bool {
        others.0 & !self.0 == 0
    }

    /// Whether any of `others` can be among them.
    pub(crate) const fn may_have_any(self, others: Self) -> bool {
        others.0 & self.0 != 0
    }
}

/// The same parameter, without which the venue refuses the operation.
pub(crate) const fn needed(mut parameter: Parameter) -> Parameter {
    parameter.needed = true;
    parameter
}

/// The same parameter, which may come more than once.
pub(crate) const fn repeating(mut parameter: Parameter) -> Parameter {
    parameter.repeats = true;
    parameter
}

macro_rules! constructors {
    ($($(#[$doc:meta])* $name:ident = $means:ident;)*) => {$(
        $(#[$doc])*
        pub(crate) const fn $name(name: &'static str) -> Parameter {
            Parameter::new(name, Means::$means)
        }
    )*};
}

constructors! {
    /// The market.
    symbol = Symbol;
    /// Size in the base asset, or contracts.
    quantity = Quantity;
    /// Size in the quote asset.
    quote_quantity = QuoteQuantity;
    /// Limit price.
    price = Price;
    /// Trigger price.
    stop_price = StopPrice;
    /// Leverage to set.
    leverage = Leverage;
    /// The client's own order id.
    client_id = ClientOrderId;
    /// The venue's order id.
    order_id = OrderId;
    /// An asset.
    asset = Asset;
    /// An amount of the asset.
    amount = Amount;
    /// Where a withdrawal goes.
    destination = Destination;
    /// Tag or memo of the destination.
    tag = DestinationTag;
    /// The network.
    network = Network;
    /// The account a transfer takes from.
    from = From;
    /// The account a transfer gives to.
    to = To;
    /// A name or id of a sub-account.
    sub_account = SubAccount;
    /// Any scalar a policy does not decide on.
    scalar = Scalar;
    /// Anything a policy does not decide on.
    anything = Anything;
}

/// Buy or sell.
pub(crate) const fn side(name: &'static str, words: &'static [(&'static str, Side)]) -> Parameter {
    Parameter::new(name, Means::Side(words))
}

/// The position acted on.
pub(crate) const fn position(
    name: &'static str,
    words: &'static [(&'static str, PositionSide)],
) -> Parameter {
    Parameter::new(name, Means::Position(words))
}

/// The kind of order.
pub(crate) const fn kind(
    name: &'static str,
    words: &'static [(&'static str, OrderType)],
) -> Parameter {
    Parameter::new(name, Means::Kind(words))
}

/// How long the order lasts.
pub(crate) const fn lasts(
    name: &'static str,
    words: &'static [(&'static str, TimeInForce)],
) -> Parameter {
    Parameter::new(name, Means::Lasts(words))
}

/// Whether the order can only reduce a position, by the words for yes; JSON's `true` always is one.
pub(crate) const fn reduce_only(name: &'static str, yes: &'static [&'static str]) -> Parameter {
    Parameter::new(name, Means::ReduceOnly(yes))
}

/// One of these words.
pub(crate) const fn word(name: &'static str, words: &'static [&'static str]) -> Parameter {
    Parameter::new(name, Means::Word(words))
}

/// An object that has parameters of its own.
pub(crate) const fn inside(name: &'static str, parameters: &'static [Parameter]) -> Parameter {
    Parameter::new(name, Means::Inside(parameters))
}

/// The usual words for the sides.
pub(crate) const SIDES: &[(&str, Side)] = &[("buy", Side::Buy), ("sell", Side::Sell)];
/// The usual words for positions.
pub(crate) const POSITIONS: &[(&str, PositionSide)] = &[
    ("both", PositionSide::Both),
    ("net", PositionSide::Both),
    ("long", PositionSide::Long),
    ("short", PositionSide::Short),
];
/// The usual words for how long an order lasts.
pub(crate) const LASTS: &[(&str, TimeInForce)] = &[
    ("gtc", TimeInForce::GoodTillCancelled),
    ("ioc", TimeInForce::ImmediateOrCancel),
    ("fok", TimeInForce::FillOrKill),
    ("gtx", TimeInForce::PostOnly),
    ("post_only", TimeInForce::PostOnly),
    ("poc", TimeInForce::PostOnly),
];
/// The usual words for yes.
pub(crate) const YES: &[&str] = &["true"];

/// Values outside the alphabet of their parameter, by the parameter's name.
pub(crate) type Marks = Vec<&'static str>;

impl Parameter {
    /// What is shown of it.
    pub(crate) fn facts(&self) -> ParameterFacts {
        fn of<T>(words: &[(&'static str, T)]) -> Vec<&'static str> {
            words.iter().map(|(word, _)| *word).collect()
        }
        let words = match self.means {
            Means::Side(words) => of(words),
            Means::Position(words) => of(words),
            Means::Kind(words) => of(words),
            Means::Lasts(words) => of(words),
            Means::Word(words) => words.to_vec(),
            _ => Vec::new(),
        };
        ParameterFacts {
            name: self.name,
            needed: self.needed,
            words,
        }
    }

    /// Writes what `value` says into `intent`. Values that clients and venues are known to disagree
    /// on are marked and taken as decoded.
    pub(crate) fn read(
        &self,
        value: &Value<'_>,
        intent: &mut Intent,
        marks: &mut Marks,
    ) -> Result<(), Unclassified> {
        match self.means {
            Means::Anything => return Ok(()),
            Means::Inside(parameters) => return self.read_inside(parameters, value, intent, marks),
            Means::Scalar
                if matches!(value, Value::Text(_) | Value::Number(_) | Value::Bool(_)) =>
            {
                return Ok(());
            }
            _ => {}
        }
        let text = value
            .scalar()
            .ok_or_else(|| self.unknown("a list or object"))?;
        let text = text.as_ref();
        if self.names() && value.id().is_none() {
            return Err(self.unknown(text));
        }
        match self.means {
            Means::Scalar | Means::Anything | Means::Inside(_) => {}
            Means::Word(words) => {
                self.among(words.iter().map(|word| (*word, ())), text)?;
            }
            Means::Side(words) => intent.side = Some(self.among(words.iter().copied(), text)?),
            Means::Position(words) => {
                intent.position_side = Some(self.among(words.iter().copied(), text)?)
            }
            Means::Kind(words) => {
                intent.order_type = Some(self.among(words.iter().copied(), text)?)
            }
            Means::Lasts(words) => {
                intent.time_in_force = Some(self.among(words.iter().copied(), text)?);
            }
            Means::ReduceOnly(yes) => {
                let reduces = yes
                    .iter()
                    .chain(&["true"])
                    // A word the venue takes for no would make this an order that opens.
                    .any(|word| *word == text);
                intent.reduce_only = Some(reduces);
            }
            Means::Quantity => intent.quantity = Some(self.number(text)?),
            Means::QuoteQuantity => intent.quote_quantity = Some(self.number(text)?),
            Means::Price => intent.price = Some(self.number(text)?),
            Means::StopPrice => intent.stop_price = Some(self.number(text)?),
            Means::Leverage => intent.leverage = Some(self.number(text)?),
            Means::Amount => intent.amount = Some(self.number(text)?),
            // Some reads name several, with commas between; elsewhere `understand` marks these.
            Means::Symbol => intent.symbol = Some(self.text(text, b"_-:/.,", marks)),
            Means::Asset => intent.asset = Some(self.text(text, b"_-.,", marks)),
            Means::Network => intent.network = Some(self.text(text, b"_-.", marks)),
            Means::Destination => intent.destination = Some(self.text(text, b".:_-", marks)),
            Means::DestinationTag => intent.destination_tag = Some(self.text(text, b"._-", marks)),
            Means::ClientOrderId => intent.client_order_id = Some(self.text(text, b".:_-", marks)),
            Means::OrderId => intent.order_id = Some(self.text(text, b".:_-,", marks)),
            Means::From => intent.from = Some(self.text(text, b".:_-", marks)),
            Means::To => intent.to = Some(self.text(text, b".:_-", marks)),
            Means::SubAccount => intent.sub_account = Some(self.text(text, b".:_-@", marks)),
        }
        Ok(())
    }

    /// Whether it is a name or an id.
    fn names(&self) -> bool {
        matches!(
            self.means,
            Means::Symbol
                | Means::Asset
                | Means::Network
                | Means::Destination
                | Means::DestinationTag
                | Means::ClientOrderId
                | Means::OrderId
                | Means::From
                | Means::To
                | Means::SubAccount
        )
    }

    fn read_inside(
        &self,
        parameters: &'static [Parameter],
        value: &Value<'_>,
        intent: &mut Intent,
        marks: &mut Marks,
    ) -> Result<(), Unclassified> {
        let Value::Object(Fields(members)) = value else {
            return Err(self.unknown("not an object"));
        };
        for member in members {
            let known = parameters.iter().find(|known| known.name == member.name);
            let parameter = known.ok_or_else(|| Unclassified::UnknownParameter {
                operation: self.name,
                name: Shown::new(member.name.as_bytes()),
            })?;
            if !member.value.is_empty() {
                parameter.read(&member.value, intent, marks)?;
            }
        }
        let missing = |wanted: &&Parameter| {
            let has = |member: &crate::syntax::Field<'_>| {
                member.name == wanted.name && !member.value.is_empty()
            };
            wanted.needed && !members.iter().any(has)
        };
        match parameters.iter().find(missing) {
            Some(parameter) => Err(Unclassified::MissingParameter {
                operation: self.name,
                name: parameter.name,
            }),
            None => Ok(()),
        }
    }

    fn text(&self, text: &str, also: &[u8], marks: &mut Marks) -> String {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || also.contains(&byte);
        if text.len() > LONGEST || !text.bytes().all(plain) {
            marks.push(self.name);
        }
        text.to_owned()
    }

    fn number(&self, text: &str) -> Result<Decimal, Unclassified> {
        number::decimal(text).ok_or_else(|| Unclassified::Number {
            name: Shown::new(self.name),
            value: Shown::new(text),
            expected: number::DECIMAL,
        })
    }

    fn among<T>(
        &self,
        mut words: impl Iterator<Item = (&'static str, T)>,
        text: &str,
    ) -> Result<T, Unclassified> {
        words
            .find(|(word, _)| word.eq_ignore_ascii_case(text))
            .map(|(_, meaning)| meaning)
            .ok_or_else(|| self.unknown(text))
    }

    fn unknown(&self, text: &str) -> Unclassified {
        Unclassified::UnknownValue {
            name: Shown::new(self.name),
            value: Shown::new(text),
        }
    }
}

/// Longest id, address or memo without a mark.
const LONGEST: usize = 256;
