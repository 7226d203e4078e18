//! What one signature authorises, and what it must never be made to authorise.
#![allow(non_snake_case, clippy::unwrap_used)]

mod support;

use countersign_venues::{
    Basis, Bound, Class, OrderType, Permission, Permissions, Product, ReadError, Reading,
    Unclassified, read, unavoidable,
};
use support::{
    LIMIT, TIME, WITHDRAW, binance, futures_order, must_read, names, set, spot_order, withdrawal,
};

fn has(reading: &Reading, name: &str) -> bool {
    reading
        .authorised()
        .iter()
        .any(|member| member.name == name)
}

fn classes(reading: &Reading) -> Vec<Class> {
    let mut classes: Vec<_> = reading.authorised().iter().map(|m| m.class).collect();
    classes.sort();
    classes.dedup();
    classes
}

#[test]
fn spot_limit_order__should_also_serve_futures_margin_and_tests() {
    let reading = must_read(&spot_order(LIMIT));
    for name in [
        "spot_order",
        "spot_order_test",
        "spot_sor_order",
        "margin_order",
        "futures_order",
        "futures_order_test",
        "coin_futures_order",
        "options_order",
        "pm_usd_futures_order",
        "spot_cancel_all",
        "futures_cancel_all",
        "spot_open_orders",
        "margin_isolated_enable",
    ] {
        assert!(has(&reading, name), "{name}");
    }
    for name in [
        "withdraw",
        "universal_transfer",
        "spot_cancel_order",
        "futures_leverage",
    ] {
        assert!(!has(&reading, name), "{name}");
    }
    let futures = reading
        .authorised()
        .iter()
        .find(|m| m.name == "futures_order")
        .unwrap();
    assert_eq!(futures.class, Class::TradeFutures);
    assert_eq!(futures.basis, Basis::Whole);
    assert_eq!(futures.intent.quantity, reading.named().intent.quantity);
    let cancel = reading
        .authorised()
        .iter()
        .find(|m| m.name == "spot_cancel_all")
        .unwrap();
    assert_eq!(cancel.basis, Basis::Surplus);
    assert_eq!(cancel.intent.symbol.as_deref(), Some("BTCUSDT"));
    assert_eq!(cancel.intent.side, None);
}

#[test]
fn set__should_depend_on_the_bytes_not_on_the_named_operation() {
    let query = format!("{LIMIT}&{TIME}");
    let expected = set(&must_read(&spot_order(LIMIT)));
    for (host, path) in [
        ("api.binance.com", "/api/v3/order/test"),
        ("api4.binance.com", "/api/v3/order"),
        ("fapi.binance.com", "/fapi/v1/order"),
        ("fapi.binance.com", "/fapi/v1/order/test"),
    ] {
        let request = binance("POST", host, path, &query);
        let found = set(&must_read(&request));
        assert_eq!(found, expected, "{path}");
        assert_eq!(set(&must_read(&support::in_body(&request))), expected);
    }
}

#[test]
fn query_of_an_order__should_authorise_its_cancellation() {
    let query = format!("symbol=BTCUSDT&orderId=42&{TIME}");
    let reading = must_read(&binance("GET", "api.binance.com", "/api/v3/order", &query));
    assert_eq!(reading.named().class, Class::Read);
    for name in [
        "spot_cancel_order",
        "margin_cancel_order",
        "futures_cancel_order",
    ] {
        let member = reading
            .authorised()
            .iter()
            .find(|m| m.name == name)
            .unwrap();
        assert_eq!(member.intent.order_id.as_deref(), Some("42"));
    }
}

#[test]
fn futures_only_parameters__should_not_hide_the_spot_order() {
    let order = "symbol=BTCUSDT&side=SELL&type=MARKET&quantity=1&reduceOnly=true";
    let reading = must_read(&futures_order(order));
    assert_eq!(reading.named().intent.reduce_only, Some(true));
    let spot = reading
        .authorised()
        .iter()
        .find(|m| m.name == "spot_order")
        .unwrap();
    assert_eq!(spot.basis, Basis::Surplus);
    assert_eq!(
        spot.intent.reduce_only, None,
        "spot ignores it, and so must its intent"
    );
}

#[test]
fn withdrawal__should_be_in_the_set_of_nothing_else_that_is_offered() {
    let paths = [
        ("GET", "/sapi/v1/capital/config/getall"),
        ("GET", "/sapi/v1/capital/withdraw/history"),
        ("GET", "/sapi/v1/capital/deposit/address"),
        ("GET", "/sapi/v1/account/apiRestrictions"),
        ("GET", "/api/v3/account"),
        ("GET", "/api/v3/openOrders"),
        ("POST", "/api/v3/order/test"),
        ("DELETE", "/api/v3/openOrders"),
    ];
    for (method, path) in paths {
        for extra in ["", "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=1&"] {
            let query = format!("{extra}{WITHDRAW}&{TIME}");
            let refused = read(&binance(method, "api.binance.com", path, &query));
            let unknown = matches!(
                refused,
                Err(ReadError::Unclassified(
                    Unclassified::UnknownParameter { .. }
                ))
            );
            assert!(unknown, "{method} {path}: {refused:?}");
        }
    }
}

#[test]
fn withdrawal__should_show_where_the_money_goes() {
    let reading = must_read(&withdrawal(&format!("{WITHDRAW}&addressTag=777")));
    let named = reading.named();
    assert_eq!(named.class, Class::Withdraw);
    assert_eq!(named.permission, Permission::Withdrawals);
    assert_eq!(named.intent.asset.as_deref(), Some("USDT"));
    assert_eq!(named.intent.amount, Some(1000.into()));
    assert_eq!(named.intent.network.as_deref(), Some("TRX"));
    assert_eq!(named.intent.destination_tag.as_deref(), Some("777"));
    assert_eq!(
        named.intent.destination.as_deref(),
        Some("TJRyWwFs9wTFGZg3JbrVriFbNfCug5tDeC")
    );
    // A withdrawal's coin asks for an address, its amount could be staked.
    assert!(has(&reading, "deposit_address") && has(&reading, "stake_eth"));
    assert!(!classes(&reading).contains(&Class::TradeFutures));
}

#[test]
fn restriction__should_remove_what_the_key_cannot_do() {
    let reading = must_read(&spot_order(LIMIT));
    let all = names(&reading).len();
    assert_eq!(
        names(&reading.clone().restricted_to(&Permissions::unknown())).len(),
        all
    );

    let spot = Permissions::only([Permission::Read, Permission::SpotTrading]);
    let restricted = reading.clone().restricted_to(&spot);
    assert_eq!(classes(&restricted), [Class::Read, Class::TradeSpot]);
    assert!(
        restricted
            .authorised()
            .iter()
            .all(|m| spot.contain(m.permission))
    );
    assert!(
        has(&restricted, "margin_order"),
        "Binance has one switch for spot and margin"
    );
    assert!(
        restricted
            .if_cut()
            .iter()
            .all(|m| spot.contain(m.permission))
    );

    let widened = restricted.restricted_to(&Permissions::unknown());
    assert!(widened.if_cut().iter().all(|m| spot.contain(m.permission)));

    let nothing = reading.restricted_to(&Permissions::only([]));
    assert_eq!(names(&nothing), ["spot_order"], "the named operation stays");
}

#[test]
fn unavoidable__should_list_what_every_signature_authorises() {
    let all = unavoidable("binance", &Permissions::unknown()).unwrap();
    for name in [
        "fast_withdraw_enable",
        "broker_sub_create",
        "spot_account",
        "coins",
    ] {
        assert!(all.iter().any(|operation| operation.name == name), "{name}");
    }
    let reads = unavoidable("binance", &Permissions::only([Permission::Read])).unwrap();
    assert!(reads.iter().all(|operation| operation.class == Class::Read));
    assert!(!reads.is_empty() && reads.len() < all.len());
    assert!(unavoidable("binanec", &Permissions::unknown()).is_err());

    // No more than that is in the set of a request without parameters.
    let reading = must_read(&binance("GET", "api.binance.com", "/api/v3/account", TIME));
    assert_eq!(names(&reading), ["spot_account"]);
    assert!(reading.if_cut().is_empty());
}

#[test]
fn unavoidable_operation__should_enter_the_set_when_given_a_parameter() {
    let query = format!("symbol=BTCUSDT&{TIME}");
    let reading = must_read(&binance(
        "GET",
        "api.binance.com",
        "/api/v3/openOrders",
        &query,
    ));
    for name in ["spot_open_orders", "futures_open_orders", "spot_cancel_all"] {
        assert!(has(&reading, name), "{name}");
    }
}

#[test]
fn notional__should_say_on_which_side_of_it_the_value_lies() {
    let value = |order: &str| {
        must_read(&spot_order(order))
            .named()
            .intent
            .notional
            .clone()
    };

    let buy = value(LIMIT).unwrap();
    assert_eq!((buy.amount, buy.bound), (30_000.into(), Bound::AtMost));
    assert_eq!(serde_json::to_value(&buy.asset).unwrap()["known"], "USDT");

    let sell = value(&LIMIT.replace("BUY", "SELL")).unwrap();
    assert_eq!(
        sell.bound,
        Bound::AtLeast,
        "a low limit sells at the market"
    );

    let market = "symbol=ETHBTC&side=SELL&type=MARKET";
    assert_eq!(value(&format!("{market}&quantity=3")), None);
    let spent = value(&format!("{market}&quoteOrderQty=0.5")).unwrap();
    assert_eq!(spent.bound, Bound::AtMost);
    assert_eq!(serde_json::to_value(&spent.asset).unwrap(), "unknown");
}

#[test]
fn take_profit__should_mean_a_limit_order_on_futures_and_a_market_order_on_spot() {
    let order = "symbol=BTCUSDT&side=SELL&type=TAKE_PROFIT&quantity=1&stopPrice=70000";
    let spot = must_read(&spot_order(order));
    assert_eq!(
        spot.named().intent.order_type,
        Some(OrderType::TakeProfitMarket)
    );
    let futures = format!("{order}&price=69000&timeInForce=GTC");
    let futures = must_read(&futures_order(&futures));
    assert_eq!(
        futures.named().intent.order_type,
        Some(OrderType::TakeProfitLimit)
    );
    assert!(
        read(&futures_order(order)).is_err(),
        "a limit order without a price"
    );
}

#[test]
fn coin_margined__should_have_no_notional_since_it_counts_contracts() {
    let reading = must_read(&futures_order(LIMIT));
    for member in reading.authorised() {
        let in_contracts = matches!(member.product, Product::CoinFutures | Product::Options);
        assert!(
            !in_contracts || member.intent.notional.is_none(),
            "{}",
            member.name
        );
    }
}

#[test]
fn if_cut__should_find_the_order_without_its_reduce_only() {
    let order = "symbol=BTCUSDT&side=SELL&type=MARKET&quantity=15&reduceOnly=true";
    let reading = must_read(&futures_order(order));
    let cut = reading.if_cut();
    assert!(cut.iter().all(|member| member.basis == Basis::Cut));
    let orders = || cut.iter().filter(|member| member.name == "futures_order");
    assert!(orders().any(|m| m.intent.reduce_only.is_none()));
    assert!(orders().any(|m| m.intent.quantity == Some(1.into())));
    assert!(orders().any(|m| m.intent.symbol.as_deref() == Some("BTC")));
    assert!(
        !cut.iter()
            .any(|m| matches!(m.class, Class::Withdraw | Class::Admin) && !has(&reading, m.name))
    );
}

#[test]
fn if_cut__should_find_the_withdrawal_without_its_network_and_tag() {
    let reading = must_read(&withdrawal(&format!("{WITHDRAW}&addressTag=777")));
    let cut = reading.if_cut();
    let withdrawals = || cut.iter().filter(|member| member.name == "withdraw");
    assert!(withdrawals().any(|m| m.intent.network.is_none()));
    assert!(withdrawals().any(|m| m.intent.destination_tag.is_none()));
    assert!(withdrawals().any(|m| m.intent.amount == Some(1.into())));
    assert!(withdrawals().all(|m| m.intent.amount <= Some(1000.into())));
}

#[test]
fn if_cut__should_leave_out_orders_the_venue_would_refuse() {
    let reading = must_read(&spot_order(LIMIT));
    let cut = reading.if_cut();
    let limits = || {
        cut.iter()
            .filter(|m| m.intent.order_type == Some(OrderType::Limit))
    };
    assert!(limits().count() > 0);
    assert!(limits().all(|m| m.intent.price.is_some() && m.intent.quantity.is_some()));
}

#[test]
fn if_cut__should_mind_a_body_that_is_signed_but_not_read() {
    let order = "symbol=BTCUSDT&side=SELL&type=MARKET&quantity=1";
    let query = format!("{order}&{TIME}&reduceOnly=true&newClientOrderId=a-1");
    let reading = must_read(&binance(
        "POST",
        "fapi.binance.com",
        "/fapi/v1/order",
        &query,
    ));
    let bare = |m: &countersign_venues::Operation| {
        m.name == "futures_order"
            && m.intent.reduce_only.is_none()
            && m.intent.client_order_id.is_none()
    };
    assert!(reading.if_cut().iter().any(bare));
}
