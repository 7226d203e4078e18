//! The WebSocket API: requests as JSON messages, each signed by itself.
//!
//! The parameters are those of the REST operation of the same purpose, and `apiKey`.

use crate::{
    Class, Permission, Product, ReadError, Request, Shown, Unclassified,
    kit::{
        MESSAGE,
        operation::{Op, STREAM, over_stream},
        parameter::{Parameter, needed, order_id, quantity, scalar},
    },
    syntax::{Field, Fields, Value, json},
};

use super::{
    SIGNATURE,
    lists::{ABOVE, LIST, LIST_ADDRESS, OCO, ONE_LIST, WORKING, oco, pair, then_one, then_pair},
    parameters::{
        ADDRESS, ALGO_ADDRESS, ALGO_ORDER, AMENDMENT, ANY_MARKET, CANCEL, FUTURES_KIND,
        FUTURES_ORDER, HISTORY, MARKET, ONE_ALGO, ONE_ORDER, SIDE, SPOT_KIND, SPOT_ORDER, amends,
        closes, is_completed, is_pegged, pegs,
    },
    spot::{COMMISSION, REPLACED, SIZED},
};

const SPOT: (&[&str], &str) = (
    &[
        "ws-api.binance.com",
        "ws-api.testnet.binance.vision",
        "demo-ws-api.binance.com",
        "testnet.binance.vision",
    ],
    "/ws-api/v3",
);
const USD: (&[&str], &str) = (
    &["ws-fapi.binance.com", "testnet.binancefuture.com"],
    "/ws-fapi/v1",
);
const COIN: (&[&str], &str) = (
    &["ws-dapi.binance.com", "testnet.binancefuture.com"],
    "/ws-dapi/v1",
);

const fn spot(message: &'static str, name: &'static str) -> Op {
    over_stream(SPOT.1, message, name).trades_spot().on(SPOT.0)
}

/// A test needs the permission to trade but changes nothing.
const fn trial(message: &'static str, name: &'static str) -> Op {
    over_stream(SPOT.1, message, name)
        .is(Class::Read, Product::Spot, Permission::SpotTrading)
        .on(SPOT.0)
}

const fn spot_read(message: &'static str, name: &'static str) -> Op {
    over_stream(SPOT.1, message, name)
        .reads(Product::Spot)
        .on(SPOT.0)
}

const fn usd(message: &'static str, name: &'static str) -> Op {
    over_stream(USD.1, message, name)
        .trades_futures(Product::UsdFutures)
        .on(USD.0)
}

const fn usd_read(message: &'static str, name: &'static str) -> Op {
    over_stream(USD.1, message, name)
        .reads(Product::UsdFutures)
        .on(USD.0)
}

const fn coin(message: &'static str, name: &'static str) -> Op {
    over_stream(COIN.1, message, name)
        .trades_futures(Product::CoinFutures)
        .in_contracts()
        .on(COIN.0)
}

const fn coin_read(message: &'static str, name: &'static str) -> Op {
    over_stream(COIN.1, message, name)
        .reads(Product::CoinFutures)
        .on(COIN.0)
}

/// A session needs no further signatures. Only Ed25519 keys can open one, so it is not looked for in
/// the bytes of other requests: an HMAC over them is no logon whatever they say.
const fn logon(interface: (&'static [&'static str], &'static str), name: &'static str) -> Op {
    over_stream(interface.1, "session.logon", name)
        .is(Class::Session, Product::Account, Permission::Read)
        .takes(&[KEY])
        .when(says_nothing_else)
        .on(interface.0)
}

fn says_nothing_else(fields: &Fields<'_>) -> bool {
    fields.iter().all(|field| field.name == "apiKey")
}

const KEY: &[Parameter] = &[needed(scalar("apiKey")), scalar("returnRateLimits")];

pub(super) const OPERATIONS: &[Op] = &[
    logon(SPOT, "ws_spot_logon"),
    logon(USD, "ws_futures_logon"),
    logon(COIN, "ws_coin_futures_logon"),
    spot("order.place", "ws_spot_order")
        .adjust(pegs)
        .completed_when(is_pegged)
        .takes(&[KEY, MARKET, SIDE, SPOT_KIND, SPOT_ORDER]),
    trial("order.test", "ws_spot_order_test")
        .adjust(pegs)
        .completed_when(is_pegged)
        .takes(&[KEY, MARKET, SIDE, SPOT_KIND, SPOT_ORDER, COMMISSION]),
    spot("order.cancel", "ws_spot_cancel_order")
        .one_of(ONE_ORDER)
        .takes(&[KEY, MARKET, ADDRESS, CANCEL]),
    spot("order.cancelReplace", "ws_spot_cancel_replace")
        .adjust(pegs)
        .completed_when(is_pegged)
        .takes(&[KEY, MARKET, SIDE, SPOT_KIND, SPOT_ORDER, REPLACED]),
    spot("order.amend.keepPriority", "ws_spot_amend_keep_priority")
        .one_of(ONE_ORDER)
        .takes(&[
            KEY,
            MARKET,
            ADDRESS,
            &[needed(quantity("newQty")), scalar("newClientOrderId")],
        ]),
    spot("openOrders.cancelAll", "ws_spot_cancel_all").takes(&[KEY, MARKET]),
    oco(spot("orderList.place", "ws_spot_oco")).takes(&[KEY, MARKET, OCO]),
    pair(spot("orderList.place.oco", "ws_spot_order_list_oco")).takes(&[KEY, MARKET, ABOVE, LIST]),
    then_one(spot("orderList.place.oto", "ws_spot_order_list_oto"))
        .takes(&[KEY, MARKET, WORKING, LIST]),
    then_pair(spot("orderList.place.otoco", "ws_spot_order_list_otoco"))
        .takes(&[KEY, MARKET, WORKING, LIST]),
    then_one(spot("orderList.place.opo", "ws_spot_order_list_opo"))
        .takes(&[KEY, MARKET, WORKING, LIST]),
    then_pair(spot("orderList.place.opoco", "ws_spot_order_list_opoco"))
        .takes(&[KEY, MARKET, WORKING, LIST]),
    spot("orderList.cancel", "ws_spot_order_list_cancel")
        .one_of(ONE_LIST)
        .takes(&[KEY, MARKET, LIST_ADDRESS, CANCEL]),
    spot("sor.order.place", "ws_spot_sor_order")
        .adjust(pegs)
        .completed_when(is_pegged)
        .takes(&[KEY, MARKET, SIDE, SPOT_KIND, SIZED, SPOT_ORDER]),
    trial("sor.order.test", "ws_spot_sor_order_test")
        .adjust(pegs)
        .completed_when(is_pegged)
        .takes(&[KEY, MARKET, SIDE, SPOT_KIND, SIZED, SPOT_ORDER, COMMISSION]),
    spot_read("order.status", "ws_spot_query_order")
        .one_of(ONE_ORDER)
        .takes(&[KEY, MARKET, ADDRESS]),
    spot_read("openOrders.status", "ws_spot_open_orders").takes(&[KEY, ANY_MARKET]),
    spot_read("allOrders", "ws_spot_all_orders").takes(&[KEY, MARKET, HISTORY]),
    spot_read("orderList.status", "ws_spot_query_order_list").takes(&[
        KEY,
        ADDRESS,
        &[order_id("orderListId")],
    ]),
    spot_read("openOrderLists.status", "ws_spot_open_order_lists").takes(&[KEY]),
    spot_read("allOrderLists", "ws_spot_all_order_lists").takes(&[KEY, HISTORY]),
    spot_read("myTrades", "ws_spot_my_trades").takes(&[KEY, MARKET, HISTORY]),
    spot_read("myPreventedMatches", "ws_spot_prevented_matches").takes(&[
        KEY,
        MARKET,
        HISTORY,
        &[scalar("preventedMatchId"), scalar("fromPreventedMatchId")],
    ]),
    spot_read("myAllocations", "ws_spot_allocations").takes(&[
        KEY,
        MARKET,
        HISTORY,
        &[scalar("fromAllocationId")],
    ]),
    spot_read("order.amendments", "ws_spot_amendments").takes(&[
        KEY,
        MARKET,
        HISTORY,
        &[scalar("fromExecutionId")],
    ]),
    spot_read("account.status", "ws_spot_account").takes(&[KEY, &[scalar("omitZeroBalances")]]),
    spot_read("account.commission", "ws_spot_commission").takes(&[KEY, MARKET]),
    spot_read("myFilters", "ws_spot_filters").takes(&[KEY, MARKET]),
    spot_read("account.rateLimits.orders", "ws_spot_order_rate").takes(&[KEY]),
    // What happens in the account, on this connection: it shows, and cannot act.
    spot_read("userDataStream.subscribe.signature", "ws_spot_user_stream").takes(&[KEY]),
    usd("order.place", "ws_futures_order")
        .adjust(closes)
        .completed_when(is_completed)
        .takes(&[KEY, MARKET, SIDE, FUTURES_KIND, FUTURES_ORDER]),
    usd("order.modify", "ws_futures_modify_order")
        .one_of(ONE_ORDER)
        .adjust(amends)
        .completed_when(is_completed)
        .takes(&[KEY, MARKET, SIDE, ADDRESS, AMENDMENT]),
    usd("order.cancel", "ws_futures_cancel_order")
        .one_of(ONE_ORDER)
        .takes(&[KEY, MARKET, ADDRESS]),
    usd("algoOrder.place", "ws_futures_algo_order")
        .adjust(closes)
        .completed_when(is_completed)
        .takes(&[KEY, MARKET, SIDE, FUTURES_KIND, ALGO_ORDER]),
    usd("algoOrder.cancel", "ws_futures_algo_cancel")
        .one_of(ONE_ALGO)
        .takes(&[KEY, ALGO_ADDRESS, ANY_MARKET]),
    usd_read("order.status", "ws_futures_query_order")
        .one_of(ONE_ORDER)
        .takes(&[KEY, MARKET, ADDRESS]),
    usd_read("account.position", "ws_futures_positions").takes(&[KEY, ANY_MARKET]),
    usd_read("v2/account.position", "ws_futures_positions_v2").takes(&[KEY, ANY_MARKET]),
    usd_read("account.balance", "ws_futures_balance").takes(&[KEY]),
    usd_read("v2/account.balance", "ws_futures_balance_v2").takes(&[KEY]),
    usd_read("account.status", "ws_futures_account").takes(&[KEY]),
    usd_read("v2/account.status", "ws_futures_account_v2").takes(&[KEY]),
    coin("order.place", "ws_coin_futures_order")
        .adjust(closes)
        .completed_when(is_completed)
        .takes(&[KEY, MARKET, SIDE, FUTURES_KIND, FUTURES_ORDER]),
    coin("order.modify", "ws_coin_futures_modify_order")
        .one_of(ONE_ORDER)
        .adjust(amends)
        .completed_when(is_completed)
        .takes(&[KEY, MARKET, SIDE, ADDRESS, AMENDMENT]),
    coin("order.cancel", "ws_coin_futures_cancel_order")
        .one_of(ONE_ORDER)
        .takes(&[KEY, MARKET, ADDRESS]),
    coin_read("order.status", "ws_coin_futures_query_order")
        .one_of(ONE_ORDER)
        .takes(&[KEY, MARKET, ADDRESS]),
    coin_read("account.position", "ws_coin_futures_positions")
        .takes(&[KEY, &[scalar("pair"), scalar("marginAsset")]]),
    coin_read("account.balance", "ws_coin_futures_balance").takes(&[KEY]),
    coin_read("account.status", "ws_coin_futures_account").takes(&[KEY]),
];

/// The parameters of a message, and its method under [`MESSAGE`].
pub(super) fn fields(request: &Request) -> Result<Fields<'_>, Unclassified> {
    if !request.query.is_empty() {
        return Err(Unclassified::QueryAndBody);
    }
    let text = std::str::from_utf8(&request.body).map_err(|_| Unclassified::NotText)?;
    let not_a_message = || Unclassified::NotAnObject {
        operation: "a request over the stream",
    };
    let Value::Object(Fields(members)) = json::parse(text)? else {
        return Err(not_a_message());
    };
    let (mut method, mut params) = (None, None);
    for Field { name, value } in members {
        match (name.as_ref(), value) {
            ("id", Value::Null | Value::Text(_) | Value::Number(_)) => {}
            ("method", Value::Text(text)) => method = Some(text),
            ("params", Value::Object(fields)) => params = Some(fields),
            (other, _) => {
                return Err(Unclassified::UnknownParameter {
                    operation: "a request over the stream",
                    name: Shown::new(other.as_bytes()),
                });
            }
        }
    }
    let mut params = params.ok_or_else(not_a_message)?;
    params.push(MESSAGE, Value::Text(method.ok_or_else(not_a_message)?));
    Ok(params)
}

/// The parameters as `name=value` joined by `&`, by name. Values are signed as they are: clients agree
/// on that where percent-encoding would leave them as they are, and what it would change is not
/// confirmed to be signed so.
pub(super) fn text(request: &Request) -> Result<Vec<u8>, ReadError> {
    let Fields(mut params) = fields(request)?;
    params.retain(|field| field.name != MESSAGE);
    params.sort_by(|one, other| one.name.cmp(&other.name));
    let mut pieces = Vec::with_capacity(params.len());
    for Field { name, value } in &params {
        if name.eq_ignore_ascii_case(SIGNATURE) {
            return Err(crate::Malformed::SignaturePresent {
                name: Shown::new(name.as_bytes()),
            }
            .into());
        }
        let unclear = || Unclassified::UnknownValue {
            name: Shown::new(name.as_bytes()),
            value: Shown::new("null, a list or an object"),
        };
        let value = value.scalar().ok_or_else(unclear)?;
        let dividing =
            |text: &str| text.contains(['&', '=', '%', '+']) || text.contains(char::is_control);
        if dividing(&value) || dividing(name) {
            return Err(Unclassified::Confusable {
                name: "params",
                why: "a value has a character that divides parameters",
            }
            .into());
        }
        pieces.push(format!("{name}={value}"));
    }
    Ok(pieces.join("&").into_bytes())
}

/// Whether it is a message and no HTTP request.
pub(super) fn is(request: &Request) -> bool {
    request.method == STREAM
}
