//! From what a dialect understood to what a policy is asked: the two crates know nothing of each
//! other.

use countersign_policy::{Batch, Class, Notional, OperationFacts};
use countersign_venues::{
    self as venues, Asset, BatchPlace, Bound, HashAlg, Intent, Operation, Request,
};
use countersign_wire::v1::VenueRequest;

/// The request as the dialects take it.
pub(super) fn request(request: &VenueRequest) -> Request {
    Request {
        venue: request.venue.clone(),
        method: request.method.clone(),
        host: request.host.clone(),
        path: request.path.clone(),
        query: request.query.clone(),
        body: request.body.clone(),
        headers: request
            .headers
            .iter()
            .map(|header| (header.name.clone(), header.value.clone()))
            .collect(),
    }
}

/// The scheme a key must have for this hash.
pub(super) fn scheme(hash: HashAlg) -> &'static str {
    match hash {
        HashAlg::Sha256 => "hmac-sha256",
        HashAlg::Sha384 => "hmac-sha384",
        HashAlg::Sha512 => "hmac-sha512",
    }
}

/// What a policy is asked about one operation of an authorised set.
pub fn of_operation(operation: &Operation) -> OperationFacts {
    let intent = &operation.intent;
    let mut facts = OperationFacts::new(class(operation.class), operation.name);
    facts.product = Some(operation.product.as_str().to_owned());
    facts.symbol = intent.symbol.clone();
    facts.side = intent.side.map(|side| side.as_str().to_owned());
    facts.position_side = intent.position_side.map(|side| side.as_str().to_owned());
    facts.order_type = intent.order_type.map(|kind| kind.as_str().to_owned());
    facts.time_in_force = intent.time_in_force.map(|time| time.as_str().to_owned());
    facts.order_id = intent.order_id.clone();
    facts.client_order_id = intent.client_order_id.clone();
    facts.quantity = intent.quantity;
    facts.price = intent.price;
    facts.stop_price = intent.stop_price;
    facts.quote_quantity = intent.quote_quantity;
    facts.notional = notional(operation);
    facts.cancels = cancels(operation);
    facts.reduce_only = intent.reduce_only;
    facts.leverage = intent.leverage;
    facts.asset = intent.asset.clone();
    facts.destination = intent.destination.clone();
    facts.destination_tag = intent.destination_tag.clone();
    facts.network = intent.network.clone();
    facts.amount = intent.amount;
    if let Some(BatchPlace { index, of }) = operation.batch {
        facts.batch = Batch {
            index: index as u64,
            size: of as u64,
        };
    }
    facts.outside_alphabet = !operation.outside_alphabet.is_empty();
    facts.unbound = operation
        .unbound
        .iter()
        .map(|what| (*what).to_owned())
        .collect();
    facts
}

/// Only a stated upper bound bounds. A trade without one may cost anything, be it an order, a change
/// of one that does not repeat its side, or the acceptance of a quote; only a cancellation and a
/// change of leverage cost nothing.
fn notional(operation: &Operation) -> Notional {
    match &operation.intent.notional {
        Some(venues::Notional {
            amount,
            asset,
            bound: Bound::AtMost,
        }) => Notional::AtMost {
            value: *amount,
            asset: match asset {
                Asset::Known(asset) => asset.clone(),
                Asset::Unknown => String::new(),
            },
        },
        Some(_) => Notional::Unknown,
        None => match operation.class {
            venues::Class::TradeSpot | venues::Class::TradeFutures
                if !cancels(operation) && !sets_leverage(operation) =>
            {
                Notional::Unknown
            }
            _ => Notional::Nothing,
        },
    }
}

/// Whether a trade only cancels. Dialects say so in the name; what states a size is none.
fn cancels(operation: &Operation) -> bool {
    let named = operation.method == "DELETE" || operation.name.to_lowercase().contains("cancel");
    let trades = [venues::Class::TradeSpot, venues::Class::TradeFutures];
    trades.contains(&operation.class) && named && states_no_size(&operation.intent)
}

fn sets_leverage(operation: &Operation) -> bool {
    operation.intent.leverage.is_some() && states_no_size(&operation.intent)
}

fn states_no_size(intent: &Intent) -> bool {
    let sizes = [
        intent.quantity,
        intent.quote_quantity,
        intent.price,
        intent.amount,
    ];
    intent.side.is_none() && intent.notional.is_none() && sizes.iter().all(Option::is_none)
}

fn class(class: venues::Class) -> Class {
    match class {
        venues::Class::Read => Class::Read,
        venues::Class::TradeSpot => Class::TradeSpot,
        venues::Class::TradeFutures => Class::TradeFutures,
        venues::Class::Transfer => Class::Transfer,
        venues::Class::Deposit => Class::Deposit,
        venues::Class::Withdraw => Class::Withdraw,
        venues::Class::Admin => Class::Admin,
        venues::Class::Session => Class::Session,
    }
}
