//! Operations of Bitfinex v2.

use crate::{
    Class, Intent, Permission, Product, Unclassified,
    kit::{
        operation::{Batch, Op, login, post},
        parameter::{
            Parameter, amount, anything, asset, destination, from, needed, network, order_id,
            quantity, scalar, sub_account, symbol, tag, to, word,
        },
    },
    syntax::Fields,
};

use super::orders::{
    CANCEL, CANCELS, LIST, ORDER, STOP, UPDATE, WORD, cancels, closes, is_derivative, is_margin,
    is_spot, order, update,
};

pub(super) const TABLES: &[&[Op]] = &[READS, ORDERS, BATCHES, FUNDING, FUNDS, ACCOUNTS];

const HOSTS: &[&str] = &["api.bitfinex.com"];

/// What a read may name that is worth showing, and marking.
const SHOWN: &[Parameter] = &[symbol("symbol"), asset("currency"), order_id("order")];

/// A call that changes nothing, whatever its parameters.
const fn read(path: &'static str, name: &'static str, product: Product) -> Op {
    post(path, name)
        .reads(product)
        .takes(&[SHOWN])
        .takes_any()
        .on(HOSTS)
}

const fn spot(path: &'static str, name: &'static str) -> Op {
    post(path, name).trades_spot().on(HOSTS)
}

const fn margin(path: &'static str, name: &'static str) -> Op {
    post(path, name)
        .is(Class::TradeSpot, Product::Margin, Permission::SpotTrading)
        .on(HOSTS)
}

const fn derivative(path: &'static str, name: &'static str) -> Op {
    post(path, name)
        .trades_futures(Product::UsdFutures)
        .on(HOSTS)
}

const READS: &[Op] = &[
    read("/v2/auth/r/wallets", "wallets", Product::Account),
    read(
        "/v2/auth/r/wallets/hist",
        "wallets_history",
        Product::Account,
    ),
    read("/v2/auth/r/orders", "orders", Product::Spot),
    read("/v2/auth/r/orders/hist", "orders_history", Product::Spot),
    read("/v2/auth/r/orders/{symbol}", "orders_of", Product::Spot),
    read(
        "/v2/auth/r/orders/{symbol}/hist",
        "orders_history_of",
        Product::Spot,
    ),
    read(
        "/v2/auth/r/order/{order}/trades",
        "order_trades",
        Product::Spot,
    ),
    read("/v2/auth/r/trades/hist", "trades", Product::Spot),
    read(
        "/v2/auth/r/trades/{symbol}/hist",
        "trades_of",
        Product::Spot,
    ),
    read("/v2/auth/r/ledgers/hist", "ledgers", Product::Account),
    read(
        "/v2/auth/r/ledgers/{currency}/hist",
        "ledgers_of",
        Product::Account,
    ),
    read(
        "/v2/auth/r/info/margin/{key}",
        "margin_info",
        Product::Margin,
    ),
    read(
        "/v2/auth/r/info/funding/{key}",
        "funding_info",
        Product::Margin,
    ),
    read("/v2/auth/r/info/user", "user", Product::Account),
    read("/v2/auth/r/positions", "positions", Product::Margin),
    read(
        "/v2/auth/r/positions/hist",
        "positions_history",
        Product::Margin,
    ),
    read(
        "/v2/auth/r/positions/snap",
        "positions_snapshot",
        Product::Margin,
    ),
    read(
        "/v2/auth/r/positions/audit",
        "positions_audit",
        Product::Margin,
    ),
    read(
        "/v2/auth/r/position/increase/info",
        "position_increase_info",
        Product::Margin,
    ),
    read(
        "/v2/auth/r/funding/offers",
        "funding_offers",
        Product::Margin,
    ),
    read(
        "/v2/auth/r/funding/offers/hist",
        "funding_offers_history",
        Product::Margin,
    ),
    read(
        "/v2/auth/r/funding/offers/{symbol}",
        "funding_offers_of",
        Product::Margin,
    ),
    read(
        "/v2/auth/r/funding/offers/{symbol}/hist",
        "funding_offers_history_of",
        Product::Margin,
    ),
    read("/v2/auth/r/funding/loans", "loans", Product::Margin),
    read(
        "/v2/auth/r/funding/loans/hist",
        "loans_history",
        Product::Margin,
    ),
    read(
        "/v2/auth/r/funding/loans/{symbol}",
        "loans_of",
        Product::Margin,
    ),
    read(
        "/v2/auth/r/funding/loans/{symbol}/hist",
        "loans_history_of",
        Product::Margin,
    ),
    read("/v2/auth/r/funding/credits", "credits", Product::Margin),
    read(
        "/v2/auth/r/funding/credits/hist",
        "credits_history",
        Product::Margin,
    ),
    read(
        "/v2/auth/r/funding/credits/{symbol}",
        "credits_of",
        Product::Margin,
    ),
    read(
        "/v2/auth/r/funding/credits/{symbol}/hist",
        "credits_history_of",
        Product::Margin,
    ),
    read(
        "/v2/auth/r/funding/trades/hist",
        "funding_trades",
        Product::Margin,
    ),
    read(
        "/v2/auth/r/funding/trades/{symbol}/hist",
        "funding_trades_of",
        Product::Margin,
    ),
    read("/v2/auth/r/movements/hist", "movements", Product::Wallet),
    read(
        "/v2/auth/r/movements/{currency}/hist",
        "movements_of",
        Product::Wallet,
    ),
    read("/v2/auth/r/movements/info", "movement", Product::Wallet),
    read("/v2/auth/r/summary", "summary", Product::Account),
    read("/v2/auth/r/logins/hist", "logins", Product::Account),
    read("/v2/auth/r/permissions", "permissions", Product::Account),
    read("/v2/auth/r/audit/hist", "audit", Product::Account),
    read("/v2/auth/r/alerts", "alerts", Product::Account),
    read("/v2/auth/r/settings", "settings", Product::Account),
    read(
        "/v2/auth/r/orders/otc/{symbol}/hist",
        "otc_orders_history_of",
        Product::Spot,
    ),
    read(
        "/v2/auth/r/ext/invoice/payments",
        "invoice_payments",
        Product::Wallet,
    ),
    read(
        "/v2/auth/r/ext/wallets/transfers/free/count",
        "free_transfers",
        Product::Wallet,
    ),
    read("/v2/auth/r/pulse/hist", "pulse", Product::Account),
    read("/v2/auth/calc/order/avail", "available", Product::Account),
    // One client's name for it.
    read(
        "/v2/auth/calc/deriv/collateral/limit",
        "collateral_limit",
        Product::UsdFutures,
    ),
    read(
        "/v2/auth/calc/deriv/collateral/limits",
        "collateral_limits",
        Product::UsdFutures,
    ),
    read(
        "/v2/auth/w/deriv/collateral/limits",
        "collateral_limits_w",
        Product::UsdFutures,
    ),
];

const SUBMIT: &str = "/v2/auth/w/order/submit";
const UPDATES: &str = "/v2/auth/w/order/update";
const CANCEL_ONE: &str = "/v2/auth/w/order/cancel";
const CANCEL_MANY: &str = "/v2/auth/w/order/cancel/multi";
const MULTI: &str = "/v2/auth/w/order/multi";

const ORDERS: &[Op] = &[
    spot(SUBMIT, "order")
        .when(is_spot)
        .adjust(order)
        .takes(&[ORDER])
        .attaches(STOP),
    margin(SUBMIT, "margin_order")
        .when(is_margin)
        .adjust(order)
        .completed_when(closes)
        .takes(&[ORDER])
        .attaches(STOP),
    derivative(SUBMIT, "derivative_order")
        .when(is_derivative)
        .adjust(order)
        .completed_when(closes)
        .takes(&[ORDER])
        .attaches(STOP),
    // An id does not tell the product.
    spot(UPDATES, "update")
        .one_of(&["id", "cid"])
        .adjust(update)
        .takes(&[UPDATE])
        .attaches(STOP),
    derivative(UPDATES, "derivative_update")
        .one_of(&["id", "cid"])
        .adjust(update)
        .takes(&[UPDATE])
        .attaches(STOP),
    spot(CANCEL_ONE, "cancel")
        .one_of(&["id", "cid"])
        .takes(&[CANCEL]),
    derivative(CANCEL_ONE, "derivative_cancel")
        .one_of(&["id", "cid"])
        .takes(&[CANCEL]),
    spot(CANCEL_MANY, "cancels")
        .one_of(&["id", "cid", "gid", "all"])
        .adjust(cancels)
        .takes(&[CANCELS]),
    derivative(CANCEL_MANY, "derivative_cancels")
        .one_of(&["id", "cid", "gid", "all"])
        .adjust(cancels)
        .takes(&[CANCELS]),
    derivative("/v2/auth/w/deriv/collateral/set", "collateral")
        .takes(&[&[needed(symbol("symbol")), needed(amount("collateral"))]]),
    margin(
        "/v2/auth/w/position/update/funding/type",
        "position_funding",
    )
    .takes(&[&[needed(symbol("symbol")), needed(scalar("type"))]]),
    derivative("/v2/auth/w/position/claim", "position_claim")
        .takes(&[&[needed(order_id("id")), quantity("amount")]]),
    derivative("/v2/auth/w/position/increase", "position_increase")
        .takes(&[&[needed(symbol("symbol")), needed(quantity("amount"))]]),
];

const BATCHES: &[Op] = &[
    spot(MULTI, "batch_order")
        .batch(Batch::Member(LIST))
        .beside(&[])
        .when(|fields| fields.is(WORD, "on") && is_spot(fields))
        .adjust(order)
        .takes(&[ON, ORDER])
        .attaches(STOP),
    margin(MULTI, "batch_margin_order")
        .batch(Batch::Member(LIST))
        .beside(&[])
        .when(|fields| fields.is(WORD, "on") && is_margin(fields))
        .adjust(order)
        .completed_when(closes)
        .takes(&[ON, ORDER])
        .attaches(STOP),
    derivative(MULTI, "batch_derivative_order")
        .batch(Batch::Member(LIST))
        .beside(&[])
        .when(|fields| fields.is(WORD, "on") && is_derivative(fields))
        .adjust(order)
        .completed_when(closes)
        .takes(&[ON, ORDER])
        .attaches(STOP),
    spot(MULTI, "batch_update")
        .batch(Batch::Member(LIST))
        .beside(&[])
        .when(|fields| fields.is(WORD, "ou"))
        .one_of(&["id", "cid"])
        .adjust(update)
        .takes(&[&[word(WORD, &["ou"])], UPDATE])
        .attaches(STOP),
    derivative(MULTI, "batch_derivative_update")
        .batch(Batch::Member(LIST))
        .beside(&[])
        .when(|fields| fields.is(WORD, "ou"))
        .one_of(&["id", "cid"])
        .adjust(update)
        .takes(&[&[word(WORD, &["ou"])], UPDATE])
        .attaches(STOP),
    spot(MULTI, "batch_cancel")
        .batch(Batch::Member(LIST))
        .beside(&[])
        .when(|fields| fields.is(WORD, "oc"))
        .one_of(&["id", "cid"])
        .takes(&[&[word(WORD, &["oc"])], CANCEL]),
    derivative(MULTI, "batch_derivative_cancel")
        .batch(Batch::Member(LIST))
        .beside(&[])
        .when(|fields| fields.is(WORD, "oc"))
        .one_of(&["id", "cid"])
        .takes(&[&[word(WORD, &["oc"])], CANCEL]),
    spot(MULTI, "batch_cancels")
        .batch(Batch::Member(LIST))
        .beside(&[])
        .when(|fields| fields.is(WORD, "oc_multi"))
        .one_of(&["id", "cid", "gid", "all"])
        .adjust(cancels)
        .takes(&[&[word(WORD, &["oc_multi"])], CANCELS]),
    derivative(MULTI, "batch_derivative_cancels")
        .batch(Batch::Member(LIST))
        .beside(&[])
        .when(|fields| fields.is(WORD, "oc_multi"))
        .one_of(&["id", "cid", "gid", "all"])
        .adjust(cancels)
        .takes(&[&[word(WORD, &["oc_multi"])], CANCELS]),
];

const ON: &[Parameter] = &[word(WORD, &["on"])];

/// Lending of what is in the funding wallet.
const FUNDING: &[Op] = &[
    margin("/v2/auth/w/funding/offer/submit", "funding_offer").takes(&[&[
        needed(scalar("type")),
        needed(symbol("symbol")),
        needed(amount("amount")),
        needed(scalar("rate")),
        needed(scalar("period")),
        scalar("flags"),
    ]]),
    margin("/v2/auth/w/funding/offer/cancel", "funding_offer_cancel")
        .takes(&[&[needed(order_id("id"))]]),
    margin(
        "/v2/auth/w/funding/offer/cancel/all",
        "funding_offers_cancel",
    )
    .takes(&[&[asset("currency")]]),
    margin("/v2/auth/w/funding/close", "funding_close").takes(&[&[needed(order_id("id"))]]),
    margin("/v2/auth/w/funding/auto", "funding_auto").takes(&[&[
        needed(scalar("status")),
        needed(asset("currency")),
        amount("amount"),
        scalar("rate"),
        scalar("period"),
    ]]),
    margin("/v2/auth/w/funding/keep", "funding_keep").takes(&[&[
        needed(scalar("type")),
        anything("id"),
        anything("changes"),
    ]]),
];

const FUNDS: &[Op] = &[
    post("/v2/auth/w/deposit/address", "deposit_address")
        .deposits()
        .takes(&[&[
            needed(to("wallet")),
            needed(network("method")),
            scalar("op_renew"),
        ]])
        .on(HOSTS),
    post("/v2/auth/r/deposit/address/all", "deposit_addresses")
        .deposits()
        .takes_any()
        .on(HOSTS),
    post("/v2/auth/w/deposit/invoice", "deposit_invoice")
        .deposits()
        .takes(&[&[
            needed(to("wallet")),
            needed(asset("currency")),
            needed(amount("amount")),
        ]])
        .on(HOSTS),
    post("/v2/auth/w/transfer", "transfer")
        .transfers()
        .adjust(one_receiver)
        .takes(&[&[
            needed(from("from")),
            needed(to("to")),
            needed(asset("currency")),
            needed(amount("amount")),
            scalar("currency_to"),
            // A sub-account or the master account.
            sub_account("email_dst"),
            sub_account("user_id_dst"),
            scalar("tfaToken"),
        ]])
        .on(HOSTS),
    post("/v2/auth/w/withdraw", "withdrawal")
        .withdraws()
        .adjust(method)
        .one_of(&["address", "invoice", "account_number"])
        .takes(&[&[
            needed(from("wallet")),
            needed(network("method")),
            // An invoice says its amount.
            amount("amount"),
            destination("address"),
            destination("invoice"),
            destination("account_number"),
            tag("payment_id"),
            scalar("fee_deduct"),
            scalar("note"),
            // Who is paid, for the travel rule and for banks.
            scalar("travel_rule_tos"),
            scalar("vasp_did"),
            scalar("vasp_name"),
            scalar("beneficiary_self"),
            scalar("dest_firstname"),
            scalar("dest_lastname"),
            scalar("dest_corp_name"),
            scalar("account_name"),
            scalar("swift_code"),
            scalar("bank_name"),
            scalar("bank_address"),
            scalar("bank_city"),
            scalar("bank_country"),
            scalar("details_of_payment"),
            scalar("express_wire"),
        ]])
        .on(HOSTS),
];

/// The method names asset and network in one.
fn method(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    only_one(
        "withdrawal",
        fields,
        &["address", "invoice", "account_number"],
    )?;
    intent.asset = intent.network.clone();
    Ok(())
}

fn one_receiver(fields: &Fields<'_>, _: &mut Intent) -> Result<(), Unclassified> {
    only_one("transfer", fields, &["email_dst", "user_id_dst"])
}

/// Refuses several ways to say where value goes.
fn only_one(
    operation: &'static str,
    fields: &Fields<'_>,
    names: &[&'static str],
) -> Result<(), Unclassified> {
    match names.iter().filter(|name| fields.has(name)).nth(1) {
        Some(name) => Err(Unclassified::Contradiction {
            operation,
            name,
            why: "comes with another destination",
        }),
        None => Ok(()),
    }
}

const ACCOUNTS: &[Op] = &[
    post("/v2/auth/w/token", "token_create")
        .administers()
        .takes(&[&[
            scalar("scope"),
            scalar("ttl"),
            anything("caps"),
            scalar("writePermission"),
            scalar("_cust_ip"),
        ]])
        .on(HOSTS),
    post("/v2/auth/w/settings/set", "settings_set")
        .administers()
        .takes(&[&[needed(anything("settings"))]])
        .on(HOSTS),
    post("/v2/auth/w/settings/del", "settings_delete")
        .administers()
        .one_of(&["keys", "settings"])
        .takes(&[&[anything("keys"), anything("settings")]])
        .on(HOSTS),
    post("/v2/auth/w/pulse/add", "pulse_add")
        .administers()
        .takes(&[&[
            needed(scalar("title")),
            needed(scalar("content")),
            scalar("parent"),
            scalar("isPublic"),
            scalar("isPin"),
            scalar("disableComments"),
            anything("attachments"),
        ]])
        .on(HOSTS),
    post("/v2/auth/w/pulse/del", "pulse_delete")
        .administers()
        .takes(&[&[needed(scalar("pid"))]])
        .on(HOSTS),
    post("/v2/auth/w/alert/set", "alert_set")
        .administers()
        .takes(&[&[
            needed(scalar("type")),
            needed(symbol("symbol")),
            needed(scalar("price")),
            scalar("count"),
        ]])
        .on(HOSTS),
    post("/v2/auth/w/alert/{alert}/del", "alert_delete")
        .administers()
        .on(HOSTS),
    login("/auth", "stream_login").on(HOSTS),
];
