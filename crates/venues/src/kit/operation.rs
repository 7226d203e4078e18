//! What is known of a venue's interface: a table of operations.
//!
//! `needed` parameters must never name more than the venue needs, and what an offered operation takes
//! must be all understood. Wrong the other way is safe: a need left out makes the authorised set
//! larger, a parameter left out makes a request unclassified.

use crate::{Class, Intent, Permission, Product, Request, Unclassified, syntax::Fields};

use super::{
    ITEMS,
    attached::{self, Attached},
    parameter::{Hints, Parameter, hint},
    path,
};

/// One operation of a venue.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Op {
    /// Its name here, unique within the venue.
    pub name: &'static str,
    pub method: &'static str,
    /// May have parameters in it: `/orders/{id}`.
    pub path: &'static str,
    /// How many.
    pub in_path: usize,
    /// The name that the message itself gives it, where one path serves many: requests over a stream.
    pub message: Option<&'static str>,
    /// Whether that name is under the MAC.
    pub message_signed: bool,
    /// Hosts that serve it.
    pub hosts: &'static [&'static str],
    pub class: Class,
    pub product: Product,
    pub permission: Permission,
    /// What it takes, in lists that operations can share.
    pub takes: &'static [&'static [Parameter]],
    /// The hints of these.
    hints: Hints,
    /// The hints of those that are needed.
    needs: Hints,
    /// One of these names must be there; empty if there is no such choice.
    pub one_of: &'static [&'static str],
    /// Parameters that are not listed are taken as well. For reads where the path is signed: they
    /// stay reads whatever their parameters.
    pub takes_any: bool,
    /// Where several orders come in one request.
    pub batch: Batch,
    /// The orders that may come with its own.
    pub attaches: &'static [Attached],
    /// The only parameters that may stand beside the list of a batch, for all its elements; an element
    /// that has one too must say the same. `None` where any may.
    pub beside: Option<&'static [&'static str]>,
    /// What else must be so: tells apart operations that share a path.
    pub when: Option<fn(&Fields<'_>) -> bool>,
    /// Corrects the intent where the venue means other than it says: a negative quantity is a sale.
    pub adjust: Option<Adjust>,
    /// Tells orders that the venue completes: it sets the price from its book, or the size from the
    /// position. Others are refused if they lack either.
    pub completed: Option<fn(&Fields<'_>) -> bool>,
    /// What the size of an order counts.
    pub sized: Sized,
    /// How its parameters are spelled, where the venue reads no other spelling. It matters where
    /// neither method nor path is signed: the spelling is in the bytes.
    pub spelled: Spelled,
    /// How its text is made, where a venue has several manners and no text of one can be one of
    /// another.
    pub manner: Option<&'static str>,
    /// What the signature does not bind though it decides what the operation does.
    pub unbound: &'static [&'static str],
    /// Whether it commits no value: it only changes a setting of a market or an account, or closes all
    /// there is.
    pub commits_nothing: bool,
    /// Whether a client may name it. The others are here to be found in a set.
    pub offered: bool,
}

/// Corrects an intent by the parameters it was read from.
pub(crate) type Adjust = fn(&Fields<'_>, &mut Intent) -> Result<(), Unclassified>;

/// What the quantity of an order counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sized {
    /// The base asset: quantity times price is in the quote asset.
    InBase,
    /// Contracts or lots, whose value the request does not tell.
    InContracts,
}

/// How the parameters of an operation are spelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spelled {
    /// Any way: the venue may read all of them.
    AnyWay,
    /// `name=value`, joined by `&`.
    AsPairs,
    /// A JSON object or array.
    AsJson,
}

impl Spelled {
    /// Whether the parameters of `request` are spelled so. Where there are none, they may be.
    pub(crate) fn agrees(self, request: &Request) -> bool {
        let json = matches!(request.body.trim_ascii_start().first(), Some(b'{' | b'['));
        let none = request.query.is_empty() && request.body.is_empty();
        match self {
            Self::AnyWay => true,
            Self::AsPairs => none || !json,
            Self::AsJson => none || json,
        }
    }
}

/// Where the elements of a batch are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Batch {
    /// There is one operation.
    None,
    /// The body is an array of them.
    Body,
    /// They are an array in the member of this name.
    Member(&'static str),
    /// They are an array in JSON text, the value of the parameter of this name.
    Text(&'static str),
    /// The value of the first is JSON text, an object of which the second is the only member, an array
    /// of them.
    TextMember(&'static str, &'static str),
}

impl Batch {
    /// The parameter that holds the elements; empty if there is none.
    pub(crate) fn list(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Body => ITEMS,
            Self::Member(name) | Self::Text(name) | Self::TextMember(name, _) => name,
        }
    }
}

const fn new(method: &'static str, path: &'static str, name: &'static str) -> Op {
    Op {
        name,
        method,
        path,
        in_path: path::parameters(path),
        message: None,
        message_signed: false,
        hosts: &[],
        class: Class::Admin,
        product: Product::Account,
        permission: Permission::SubAccounts,
        takes: &[],
        hints: Hints::NONE,
        needs: Hints::NONE,
        one_of: &[],
        takes_any: false,
        batch: Batch::None,
        attaches: &[],
        beside: None,
        when: None,
        adjust: None,
        completed: None,
        sized: Sized::InBase,
        spelled: Spelled::AnyWay,
        manner: None,
        unbound: &[],
        commits_nothing: false,
        offered: true,
    }
}

/// A GET.
pub(crate) const fn get(path: &'static str, name: &'static str) -> Op {
    new("GET", path, name)
}

/// A POST.
pub(crate) const fn post(path: &'static str, name: &'static str) -> Op {
    new("POST", path, name)
}

/// A PUT.
pub(crate) const fn put(path: &'static str, name: &'static str) -> Op {
    new("PUT", path, name)
}

/// A PATCH.
pub(crate) const fn patch(path: &'static str, name: &'static str) -> Op {
    new("PATCH", path, name)
}

/// A DELETE.
pub(crate) const fn delete(path: &'static str, name: &'static str) -> Op {
    new("DELETE", path, name)
}

/// A login over a stream: a text that is no HTTP request. Its path names it, its query holds what
/// is signed besides constants.
pub(crate) const fn login(path: &'static str, name: &'static str) -> Op {
    new(LOGIN, path, name).is(Class::Session, Product::Account, Permission::Read)
}

/// A request over a stream: a JSON message that names the operation `message`.
pub(crate) const fn over_stream(
    path: &'static str,
    message: &'static str,
    name: &'static str,
) -> Op {
    let mut op = new(STREAM, path, name);
    op.message = Some(message);
    op
}

/// The method of requests over a stream.
pub(crate) const STREAM: &str = "WS";

/// The method of requests for a login's signature.
pub(crate) const LOGIN: &str = "LOGIN";

impl Op {
    /// What it is, where, and what the key needs for it.
    pub(crate) const fn is(
        mut self,
        class: Class,
        product: Product,
        permission: Permission,
    ) -> Self {
        self.class = class;
        self.product = product;
        self.permission = permission;
        self
    }

    /// It changes nothing.
    pub(crate) const fn reads(self, product: Product) -> Self {
        self.is(Class::Read, product, Permission::Read)
    }

    /// It trades spot.
    pub(crate) const fn trades_spot(self) -> Self {
        self.is(Class::TradeSpot, Product::Spot, Permission::SpotTrading)
    }

    /// It trades derivatives.
    pub(crate) const fn trades_futures(self, product: Product) -> Self {
        self.is(Class::TradeFutures, product, Permission::Futures)
    }

    /// It moves value between accounts of the owner.
    pub(crate) const fn transfers(self) -> Self {
        self.is(Class::Transfer, Product::Wallet, Permission::Transfers)
    }

    /// It moves value out.
    pub(crate) const fn withdraws(self) -> Self {
        self.is(Class::Withdraw, Product::Wallet, Permission::Withdrawals)
    }

    /// It concerns receiving value.
    pub(crate) const fn deposits(self) -> Self {
        self.is(Class::Deposit, Product::Wallet, Permission::Read)
    }

    /// It changes accounts, keys or settings.
    pub(crate) const fn administers(self) -> Self {
        self.is(Class::Admin, Product::Account, Permission::SubAccounts)
    }

    /// The message itself names it, under the MAC.
    pub(crate) const fn called(mut self, message: &'static str) -> Self {
        self.message = Some(message);
        self.message_signed = true;
        self
    }

    pub(crate) const fn on(mut self, hosts: &'static [&'static str]) -> Self {
        self.hosts = hosts;
        self
    }

    pub(crate) const fn takes(mut self, takes: &'static [&'static [Parameter]]) -> Self {
        self.takes = takes;
        (self.hints, self.needs) = (Hints::NONE, Hints::NONE);
        let mut list = 0;
        while list < takes.len() {
            let mut at = 0;
            while at < takes[list].len() {
                let parameter = takes[list][at];
                self.hints = self.hints.with(parameter.hint);
                if parameter.needed {
                    self.needs = self.needs.with(parameter.hint);
                }
                at += 1;
            }
            list += 1;
        }
        self
    }

    pub(crate) const fn one_of(mut self, names: &'static [&'static str]) -> Self {
        self.one_of = names;
        self
    }

    pub(crate) const fn takes_any(mut self) -> Self {
        self.takes_any = true;
        self
    }

    pub(crate) const fn batch(mut self, batch: Batch) -> Self {
        self.batch = batch;
        self
    }

    pub(crate) const fn attaches(mut self, orders: &'static [Attached]) -> Self {
        self.attaches = orders;
        self
    }

    pub(crate) const fn beside(mut self, names: &'static [&'static str]) -> Self {
        self.beside = Some(names);
        self
    }

    pub(crate) const fn when(mut self, when: fn(&Fields<'_>) -> bool) -> Self {
        self.when = Some(when);
        self
    }

    pub(crate) const fn adjust(mut self, adjust: Adjust) -> Self {
        self.adjust = Some(adjust);
        self
    }

    pub(crate) const fn completed_when(mut self, completed: fn(&Fields<'_>) -> bool) -> Self {
        self.completed = Some(completed);
        self
    }

    pub(crate) const fn in_contracts(mut self) -> Self {
        self.sized = Sized::InContracts;
        self
    }

    pub(crate) const fn spelled(mut self, spelled: Spelled) -> Self {
        self.spelled = spelled;
        self
    }

    pub(crate) const fn unbound(mut self, what: &'static [&'static str]) -> Self {
        self.unbound = what;
        self
    }

    pub(crate) const fn manner(mut self, manner: &'static str) -> Self {
        self.manner = Some(manner);
        self
    }

    pub(crate) const fn commits_nothing(mut self) -> Self {
        self.commits_nothing = true;
        self
    }

    pub(crate) const fn not_offered(mut self) -> Self {
        self.offered = false;
        self
    }

    /// Whether it is presented to the venue as `other` is.
    pub(crate) fn shares_endpoint_with(&self, other: &Self) -> bool {
        (self.method, self.path, self.hosts) == (other.method, other.path, other.hosts)
    }

    /// All it takes, those in its path aside.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = &'static Parameter> + use<> {
        self.takes.iter().flat_map(|list| list.iter())
    }

    /// The parameter of that name.
    pub(crate) fn parameter(&self, name: &str) -> Option<&'static Parameter> {
        let hint = hint(name);
        if !self.hints.may_have(hint) {
            return None;
        }
        let is = |parameter: &&Parameter| parameter.hint == hint && parameter.name == name;
        self.takes.iter().find_map(|list| list.iter().find(is))
    }

    /// The parameters in `path`, if it is one of the operation's.
    pub(crate) fn in_path_of<'a>(&self, path: &'a str) -> Option<Fields<'a>> {
        if self.in_path == 0 {
            return (self.path == path).then(Fields::default);
        }
        path::matches(self.path, path)
    }

    /// Whether there is a parameter of that name, of its own or of an order that comes with it.
    pub(crate) fn understands(&self, name: &str) -> bool {
        self.parameter(name).is_some() || attached::takes(self, name)
    }

    /// Whether parameters with these hints can be all that it needs, if it is no batch.
    pub(crate) fn may_have_its_needs(&self, among: Hints) -> bool {
        among.may_have_all(self.needs)
    }

    /// Whether parameters with these hints can be any that it takes.
    pub(crate) fn may_take_any(&self, of: Hints) -> bool {
        of.may_have_any(self.hints)
    }

    /// Whether it needs nothing at all of the request but its path.
    pub(crate) fn is_unconditional(&self) -> bool {
        self.one_of.is_empty()
            && self.when.is_none()
            && self.batch == Batch::None
            && self.needs == Hints::NONE
    }
}
