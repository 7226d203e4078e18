//! From the parameters of an operation to the orders that come with its own.

use rust_decimal::Decimal;

use super::{Attached, Place, Role};
use crate::{
    Attachment, Intent, Operation, PositionSide, Product, Shown, Side, Unclassified,
    kit::{Venue, operation::Op, order, parameter::Marks, understand::Reader},
    syntax::{Fields, Value, json},
};

/// The orders that come with `first`, which was read from `fields`.
///
/// # Errors
/// Where the client names the operation: one of them is not understood.
pub(in crate::kit) fn operations(
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
