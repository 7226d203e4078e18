//! Orders that come with an order: placed beside it, or once it fills.
//!
//! Each is a member of the set of its own, after the orders it comes with, so that a policy sees its
//! side, size and prices as it would those of any order. What an order to close leaves out it has from
//! its order: the market, the size, and the other side.

mod read;

use crate::{
    Intent, Unclassified,
    syntax::{Field, Fields},
};

use super::{
    operation::{Adjust, Op},
    order,
    parameter::{Marks, Parameter},
};

pub(in crate::kit) use read::operations;

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
