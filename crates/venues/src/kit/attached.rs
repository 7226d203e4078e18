//! Orders that come with an order: placed beside it, or once it fills.
//!
//! Each is a member of the set of its own, after the orders it comes with, so that a policy sees its
//! side, size and prices as it would those of any order. What an order to close leaves out it has from
//! its order: the market, the size, and the other side.

use rust_decimal::Decimal;

use crate::{
    Attachment, Intent, Operation, PositionSide, Product, Shown, Side, Unclassified,
    syntax::{Field, Fields, Value, json},
};

use super::{
    Venue,
    operation::{Adjust, Op},
    order,
    parameter::{Marks, Parameter},
    understand::Reader,
};

/// An order that an operation may come with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attached {
    /// What it is called in the set; unique in its operation.
    pub name: &'static str,
    pub role: Role,
    pub place: Place,
    /// It is there if one of these is.
    pub told_by: &'static [&'static str],
    /// What it takes, in lists that can be shared; of that, nothing is the operation's own unless that
    /// lists it too.
    pub takes: &'static [&'static [Parameter]],
    /// What else must be so of the parameters at its place.
    pub when: Option<fn(&Fields<'_>) -> bool>,
    /// Corrects its intent by the parameters at its place.
    pub adjust: Option<Adjust>,
}

/// What an attached order is to the order it comes with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// It closes what that order opened, once the price has moved for the holder.
    TakesProfit,
    /// It closes what that order opened, once the price has moved against the holder.
    StopsLoss,
    /// It is an order in its own right.
    Apart,
    /// It is an order in its own right, on the other side: nothing but its size holds it to what that
    /// order opened.
    Reverses,
}

/// Where the parameters of an attached order are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Among those of the operation.
    Beside,
    /// In the object that is the parameter of this name.
    Object(&'static str),
    /// In each object of the array that is the parameter of this name.
    List(&'static str),
    /// In JSON text, an object, the value of the parameter of this name.
    Text(&'static str),
    /// In each object of an array that is JSON text, the value of the parameter of this name.
    ListText(&'static str),
    /// In the object that is the parameter of this name, or in its JSON text.
    ObjectOrText(&'static str),
}

impl Place {
    /// The parameter that holds it, if one does.
    fn parameter(self) -> Option<&'static str> {
        match self {
            Self::Beside => None,
            Self::Object(name)
            | Self::List(name)
            | Self::Text(name)
            | Self::ListText(name)
            | Self::ObjectOrText(name) => Some(name),
        }
    }
}

/// An order to close with gain.
pub(crate) const fn take_profit(
    place: Place,
    told_by: &'static [&'static str],
    takes: &'static [&'static [Parameter]],
) -> Attached {
    new("take_profit", Role::TakesProfit, place, told_by, takes)
}

/// An order to close with loss.
pub(crate) const fn stop_loss(
    place: Place,
    told_by: &'static [&'static str],
    takes: &'static [&'static [Parameter]],
) -> Attached {
    new("stop_loss", Role::StopsLoss, place, told_by, takes)
}

/// An order in its own right. What it does not say of side and size is as in the order it comes with.
pub(crate) const fn apart(
    name: &'static str,
    place: Place,
    told_by: &'static [&'static str],
    takes: &'static [&'static [Parameter]],
) -> Attached {
    new(name, Role::Apart, place, told_by, takes)
}

/// An order in its own right on the other side, of the size of the order it comes with where it says
/// none.
pub(crate) const fn reverse(
    name: &'static str,
    place: Place,
    told_by: &'static [&'static str],
    takes: &'static [&'static [Parameter]],
) -> Attached {
    new(name, Role::Reverses, place, told_by, takes)
}

const fn new(
    name: &'static str,
    role: Role,
    place: Place,
    told_by: &'static [&'static str],
    takes: &'static [&'static [Parameter]],
) -> Attached {
    Attached {
        name,
        role,
        place,
        told_by,
        takes,
        when: None,
        adjust: None,
    }
}

impl Attached {
    pub(crate) const fn adjust(mut self, adjust: Adjust) -> Self {
        self.adjust = Some(adjust);
        self
    }

    pub(crate) const fn when(mut self, when: fn(&Fields<'_>) -> bool) -> Self {
        self.when = Some(when);
        self
    }

    pub(crate) const fn called(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    fn parameter(&self, name: &str) -> Option<&'static Parameter> {
        let mut all = self.takes.iter().flat_map(|list| list.iter());
        all.find(|parameter| parameter.name == name)
    }

    fn is_in(&self, own: &Fields<'_>) -> bool {
        self.told_by.iter().any(|name| own.has(name)) && self.when.is_none_or(|when| when(own))
    }
}

/// What an order says of itself that closes a position, alone or as one half of an operation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Half {
    /// Whether it closes with gain.
    pub gains: bool,
    /// The parameter that is its trigger.
    pub trigger: &'static str,
    /// The parameter that is its size, where the two have sizes of their own.
    pub size: &'static str,
    /// The parameter that is its limit price.
    pub price: &'static str,
}

impl Half {
    /// Makes it the operation's own order. The other half, if it is there too, is attached.
    ///
    /// # Errors
    /// One of its numbers is none.
    pub(crate) fn read(
        &self,
        fields: &Fields<'_>,
        intent: &mut Intent,
    ) -> Result<(), Unclassified> {
        intent.stop_price = fields.number(self.trigger)?;
        intent.quantity = fields.number(self.size)?.or(intent.quantity);
        intent.price = fields.number(self.price)?;
        close_position(intent, self.gains);
        Ok(())
    }
}

/// Makes it an order that waits to close what is held of a position, and cannot open one.
pub(crate) fn close_position(intent: &mut Intent, gains: bool) {
    order::wait_to_close(intent, gains);
    intent.reduce_only = Some(true);
}

/// Whether a parameter of the operation is, or holds, one of its attached orders'.
pub(super) fn takes(op: &Op, name: &str) -> bool {
    op.attaches
        .iter()
        .any(|attached| match attached.place.parameter() {
            Some(holder) => holder == name,
            None => attached.parameter(name).is_some(),
        })
}

/// Refuses a list or an object where the orders beside the operation's own take one value, even if none
/// of them is there.
pub(super) fn refuse_shape(op: &Op, field: &Field<'_>) -> Result<(), Unclassified> {
    if field.value.is_empty() || field.value.scalar().is_some() {
        return Ok(());
    }
    let beside = op.attaches.iter().filter(|it| it.place == Place::Beside);
    let mut result = Ok(());
    for parameter in beside.filter_map(|it| it.parameter(&field.name)) {
        result = parameter.read(&field.value, &mut Intent::default(), &mut Marks::new());
        if result.is_ok() {
            break;
        }
    }
    result
}

/// The orders that come with `first`, which was read from `fields`.
///
/// # Errors
/// Where the client names the operation: one of them is not understood.
pub(super) fn operations(
    venue: &Venue,
    op: &'static Op,
    fields: &Fields<'_>,
    first: &Operation,
    reader: Reader,
) -> Result<Vec<Operation>, Unclassified> {
    let mut found: Vec<(Role, Operation)> = Vec::new();
    for attached in op.attaches {
        let places = match places(op, attached, fields) {
            Ok(places) => places,
            Err(error) if reader == Reader::Named => return Err(error),
            // What cannot be read here may be read there.
            Err(_) => vec![Seen::Unread],
        };
        for place in places {
            let own = match &place {
                Seen::Beside => fields,
                Seen::Own(own) => own,
                Seen::Unread => {
                    let unread = member(first, attached, Intent::default(), Marks::new(), false);
                    found.push((attached.role, unread));
                    continue;
                }
            };
            if attached.is_in(own) {
                let order = read(venue, op, attached, own, first, reader)?;
                found.push((attached.role, order));
            }
        }
    }
    for role in [Role::TakesProfit, Role::StopsLoss] {
        hold_together(role, first, &mut found);
    }
    Ok(found.into_iter().map(|(_, order)| order).collect())
}

/// Several orders that close with gain close no more than their order opens only if they do so together:
/// each of them may fill. So with those against loss. Of the two kinds one cancels the other.
fn hold_together(role: Role, first: &Operation, found: &mut [(Role, Operation)]) {
    let closes = |(its, order): &&mut (Role, Operation)| {
        *its == role && order.attached.is_some_and(|it| it.closes)
    };
    let closing: Vec<_> = found.iter_mut().filter(closes).collect();
    let sum = closing.iter().try_fold(Decimal::ZERO, |sum, (_, order)| {
        sum.checked_add(order.intent.quantity?)
    });
    let within = sum
        .zip(first.intent.quantity)
        .is_some_and(|(sum, of_first)| sum <= of_first);
    if closing.len() < 2 || within {
        return;
    }
    for (_, order) in closing {
        order.intent.reduce_only = None;
        order.attached = order.attached.map(|attachment| Attachment {
            closes: false,
            ..attachment
        });
    }
}

/// Parameters at the place of an attached order.
enum Seen<'f> {
    Beside,
    Own(Fields<'f>),
    Unread,
}

fn places<'f>(
    op: &Op,
    attached: &Attached,
    fields: &'f Fields<'_>,
) -> Result<Vec<Seen<'f>>, Unclassified> {
    let Some(holder) = attached.place.parameter() else {
        return Ok(vec![Seen::Beside]);
    };
    let Some(value) = fields.get(holder) else {
        return Ok(Vec::new());
    };
    let place = match (attached.place, value) {
        (Place::ObjectOrText(name), Value::Object(_)) => Place::Object(name),
        (Place::ObjectOrText(name), _) => Place::Text(name),
        (place, _) => place,
    };
    let values = match (place, value) {
        (Place::Object(_), one) => vec![one.clone()],
        (Place::List(_), Value::List(items)) => items.clone(),
        (Place::Text(_), Value::Text(text)) => vec![json::parse(text)?],
        (Place::ListText(_), Value::Text(text)) => match json::parse(text)? {
            Value::List(items) => items,
            _ => return Err(Unclassified::NotAnObject { operation: op.name }),
        },
        _ => return Err(Unclassified::NotAnObject { operation: op.name }),
    };
    let objects: Vec<_> = values
        .into_iter()
        .map(|value| match value {
            Value::Object(own) => Ok(Seen::Own(own)),
            _ => Err(Unclassified::NotAnObject { operation: op.name }),
        })
        .collect::<Result<_, _>>()?;
    for object in &objects {
        if let Seen::Own(own) = object {
            refuse_unknown(op, attached.place, own)?;
            refuse_untold(op, attached, own)?;
        }
    }
    Ok(objects)
}

/// Refuses parameters that tell of no order at this place: what they do there would not be seen.
fn refuse_untold(op: &Op, attached: &Attached, own: &Fields<'_>) -> Result<(), Unclassified> {
    let mut here = op.attaches.iter().filter(|it| it.place == attached.place);
    let told = own.iter().all(|field| field.value.is_empty()) || here.any(|it| it.is_in(own));
    match attached.told_by {
        [name, ..] if !told => Err(Unclassified::MissingParameter {
            operation: op.name,
            name,
        }),
        _ => Ok(()),
    }
}

/// Refuses a member that no order at this place takes.
fn refuse_unknown(op: &Op, place: Place, own: &Fields<'_>) -> Result<(), Unclassified> {
    let known = |name: &str| {
        op.attaches
            .iter()
            .filter(|attached| attached.place == place)
            .any(|attached| attached.parameter(name).is_some())
    };
    match own.iter().find(|field| !known(&field.name)) {
        Some(field) => Err(Unclassified::UnknownParameter {
            operation: op.name,
            name: Shown::new(field.name.as_bytes()),
        }),
        None => Ok(()),
    }
}

fn read(
    venue: &Venue,
    op: &'static Op,
    attached: &Attached,
    own: &Fields<'_>,
    first: &Operation,
    reader: Reader,
) -> Result<Operation, Unclassified> {
    let (mut intent, mut marks) = (Intent::default(), Marks::new());
    let mut understood = true;
    let mut refuse = |result: Result<(), Unclassified>| match result {
        Err(error) if reader == Reader::Named => Err(error),
        result => {
            understood &= result.is_ok();
            Ok(())
        }
    };
    for field in own.iter().filter(|field| !field.value.is_empty()) {
        if let Some(parameter) = attached.parameter(&field.name) {
            refuse(parameter.read(&field.value, &mut intent, &mut marks))?;
        }
    }
    if let Some(adjust) = attached.adjust {
        refuse(adjust(own, &mut intent))?;
    }
    let mut closes = complete(attached.role, &first.intent, &mut intent);
    refuse(order::refuse_negative(op, &intent))?;
    order::finish(op, venue.quote, &mut intent, false)?;
    // The venue may read what could not be read here as a larger size.
    closes &= understood;
    if closes && !matches!(op.product, Product::Spot | Product::Margin) {
        intent.reduce_only = Some(true);
    }
    if closes {
        // Its value is that of the order it comes with.
        intent.notional = None;
    }
    Ok(member(first, attached, intent, marks, closes))
}

/// Completes the intent of an attached order from that of the order it comes with. Whether it then
/// closes no more than that one opens.
fn complete(role: Role, first: &Intent, intent: &mut Intent) -> bool {
    let states_size = intent.quantity.is_some() || intent.quote_quantity.is_some();
    let larger = match (intent.quantity, first.quantity) {
        (Some(own), Some(of_first)) => own > of_first,
        _ => states_size,
    };
    if !states_size {
        intent.quantity = first.quantity;
        // What was bought for an amount is not sold again for the same.
        intent.quote_quantity = first.quote_quantity.filter(|_| role != Role::Reverses);
    }
    intent.symbol = intent.symbol.take().or_else(|| first.symbol.clone());
    intent.position_side = intent.position_side.or(first.position_side);
    let other_side = first.side.map(|side| match side {
        Side::Buy => Side::Sell,
        Side::Sell => Side::Buy,
    });
    match role {
        Role::Apart => intent.side = intent.side.or(first.side),
        Role::Reverses => intent.side = intent.side.or(other_side),
        Role::TakesProfit | Role::StopsLoss => intent.side = other_side,
    }
    if matches!(role, Role::Apart | Role::Reverses) {
        return false;
    }
    order::wait_to_close(intent, role == Role::TakesProfit);
    intent.reduce_only = None;
    !larger && !closes_itself(first)
}

/// Whether an order closes. What closes an order that opens nothing would open.
fn closes_itself(order: &Intent) -> bool {
    order.reduce_only == Some(true)
        || matches!(
            (order.side, order.position_side),
            (Some(Side::Buy), Some(PositionSide::Short))
                | (Some(Side::Sell), Some(PositionSide::Long))
        )
}

fn member(
    first: &Operation,
    attached: &Attached,
    intent: Intent,
    outside_alphabet: Marks,
    closes: bool,
) -> Operation {
    Operation {
        attached: Some(Attachment {
            name: attached.name,
            closes,
        }),
        outside_alphabet,
        intent,
        ..first.clone()
    }
}
