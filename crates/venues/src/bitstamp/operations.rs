//! Operations of Bitstamp v2, orders aside.

use crate::{
    Class, Intent, Permission, Product, Unclassified,
    kit::{
        operation::{Op, get, post},
        parameter::{
            Parameter, amount, anything, asset, client_id, destination, needed, network, order_id,
            scalar, sub_account, symbol, tag, word,
        },
    },
    syntax::Fields,
};

use super::orders::ORDERS;

pub(super) const TABLES: &[&[Op]] = &[READS, GETS, ORDERS, FUNDS, ACCOUNTS];

pub(super) const HOSTS: &[&str] = &["www.bitstamp.net", "sandbox.bitstamp.net"];

/// What clients send where there is nothing to say.
pub(super) const DUMMY: &[Parameter] = &[word("foo", &["bar"])];

/// What a read may name that is worth showing, and marking.
const SHOWN: &[Parameter] = &[
    symbol("pair"),
    symbol("market"),
    asset("currency"),
    order_id("id"),
    client_id("client_order_id"),
];

/// A POST that changes nothing, whatever its parameters.
const fn read(path: &'static str, name: &'static str, product: Product) -> Op {
    post(path, name)
        .reads(product)
        .takes(&[SHOWN])
        .takes_any()
        .on(HOSTS)
}

/// A GET that changes nothing, whatever its parameters.
const fn fetch(path: &'static str, name: &'static str, product: Product) -> Op {
    get(path, name)
        .reads(product)
        .takes(&[SHOWN])
        .takes_any()
        .on(HOSTS)
}

const READS: &[Op] = &[
    read("/api/v2/account_balances/", "balances", Product::Account),
    read(
        "/api/v2/account_balances/{currency}/",
        "balance_of",
        Product::Account,
    ),
    read("/api/v2/balance/", "balance", Product::Account),
    read(
        "/api/v2/balance/{pair}/",
        "balance_of_pair",
        Product::Account,
    ),
    read(
        "/api/v2/user_transactions/",
        "transactions",
        Product::Account,
    ),
    read(
        "/api/v2/user_transactions/{pair}/",
        "transactions_of",
        Product::Account,
    ),
    read(
        "/api/v2/crypto-transactions/",
        "crypto_transactions",
        Product::Wallet,
    ),
    read("/api/v2/open_orders/", "open_orders", Product::Spot),
    read("/api/v2/open_orders/all/", "open_orders_all", Product::Spot),
    read(
        "/api/v2/open_orders/{pair}/",
        "open_orders_of",
        Product::Spot,
    ),
    read("/api/v2/order_status/", "order", Product::Spot),
    read("/api/v2/order_data/", "order_data", Product::Spot),
    read(
        "/api/v2/account_order_data/",
        "account_order_data",
        Product::Spot,
    ),
    read(
        "/api/v2/get_max_order_amount/",
        "max_order",
        Product::Account,
    ),
    read(
        "/api/v2/estimated_order_impact/",
        "order_impact",
        Product::UsdFutures,
    ),
    read(
        "/api/v2/collateral_change_impact/",
        "collateral_impact",
        Product::UsdFutures,
    ),
    read("/api/v2/my_trading_pairs/", "pairs", Product::Spot),
    read("/api/v2/fees/trading/", "trading_fees", Product::Account),
    read(
        "/api/v2/fees/trading/{pair}",
        "trading_fee_of",
        Product::Account,
    ),
    read(
        "/api/v2/fees/trading/{pair}/",
        "trading_fee",
        Product::Account,
    ),
    read(
        "/api/v2/fees/withdrawal/",
        "withdrawal_fees",
        Product::Wallet,
    ),
    read(
        "/api/v2/fees/withdrawal/{currency}/",
        "withdrawal_fee",
        Product::Wallet,
    ),
    read(
        "/api/v2/withdrawal-requests/",
        "withdrawals",
        Product::Wallet,
    ),
    read(
        "/api/v2/withdrawal/status/",
        "bank_withdrawal_status",
        Product::Wallet,
    ),
    read(
        "/api/v2/btc_unconfirmed/",
        "unconfirmed_deposits",
        Product::Wallet,
    ),
];

const GETS: &[Op] = &[
    fetch("/api/v2/my_markets/", "markets", Product::Account),
    fetch("/api/v2/open_positions/", "positions", Product::UsdFutures),
    fetch(
        "/api/v2/open_positions/{pair}/",
        "positions_of",
        Product::UsdFutures,
    ),
    fetch(
        "/api/v2/position_history/",
        "positions_history",
        Product::UsdFutures,
    ),
    fetch(
        "/api/v2/position_history/{pair}/",
        "positions_history_of",
        Product::UsdFutures,
    ),
    fetch(
        "/api/v2/position_status/{position}/",
        "position",
        Product::UsdFutures,
    ),
    fetch(
        "/api/v2/position_settlement_transactions/",
        "settlements",
        Product::UsdFutures,
    ),
    fetch(
        "/api/v2/position_settlement_transactions/{transaction}/",
        "settlement",
        Product::UsdFutures,
    ),
    fetch(
        "/api/v2/leverage_settings/",
        "leverage_settings",
        Product::UsdFutures,
    ),
    fetch("/api/v2/margin_info/", "margin", Product::UsdFutures),
    fetch("/api/v2/margin_tiers/", "margin_tiers", Product::UsdFutures),
    fetch(
        "/api/v2/collateral_currencies/",
        "collateral_currencies",
        Product::UsdFutures,
    ),
    fetch("/api/v2/trade_history/", "trades", Product::UsdFutures),
    fetch(
        "/api/v2/trade_history/{pair}",
        "trades_of_pair",
        Product::UsdFutures,
    ),
    fetch(
        "/api/v2/trade_history/{pair}/",
        "trades_of",
        Product::UsdFutures,
    ),
    fetch(
        "/api/v2/crypto-transactions/deposits/",
        "deposits",
        Product::Wallet,
    ),
    fetch(
        "/api/v2/earn/subscriptions/",
        "earn_subscriptions",
        Product::Wallet,
    ),
    fetch(
        "/api/v2/earn/transactions/",
        "earn_transactions",
        Product::Wallet,
    ),
    fetch(
        "/api/v2/travel_rule/contacts/",
        "contacts",
        Product::Account,
    ),
    fetch(
        "/api/v2/travel_rule/contacts/{contact}/",
        "contact",
        Product::Account,
    ),
    fetch(
        "/api/v2/travel_rule/satoshi_test/",
        "satoshi_tests",
        Product::Account,
    ),
    fetch(
        "/api/v2/travel_rule/address_verification/",
        "address_verification",
        Product::Account,
    ),
    fetch(
        "/api/v2/travel_rule/utxo/xpub_registrations/",
        "xpubs",
        Product::Account,
    ),
    fetch(
        "/api/v2/travel_rule/utxo/xpub_registrations/{registration}/",
        "xpub",
        Product::Account,
    ),
    fetch("/api/v2/travel_rule/vasps/", "vasps", Product::Account),
    fetch(
        "/api/v2/contacts/{contact}/",
        "contact_old",
        Product::Account,
    ),
];

/// Who is paid, for the travel rule.
const TRAVEL_RULE: &[Parameter] = &[
    anything("originator_info"),
    anything("beneficiary_info"),
    scalar("beneficiary_thirdparty"),
    scalar("beneficiary_id"),
    scalar("contact_thirdparty"),
    scalar("contact_uuid"),
    scalar("vasp_uuid"),
];

const FUNDS: &[Op] = &[
    post("/api/v2/{asset}_address/", "deposit_address")
        .deposits()
        .takes(&[&[asset("asset"), network("network")], DUMMY])
        .on(HOSTS),
    post(
        "/api/v2/instant_convert_address/new/",
        "convert_address_new",
    )
    .deposits()
    .takes(&[LIQUIDATION])
    .on(HOSTS),
    post("/api/v2/instant_convert_address/info/", "convert_address")
        .deposits()
        .takes(&[&[scalar("address")], DUMMY])
        .on(HOSTS),
    post(
        "/api/v2/liquidation_address/new/",
        "liquidation_address_new",
    )
    .deposits()
    .takes(&[LIQUIDATION])
    .on(HOSTS),
    post("/api/v2/liquidation_address/info/", "liquidation_address")
        .deposits()
        .takes(&[&[scalar("address")], DUMMY])
        .on(HOSTS),
    post(
        "/api/v2/crypto-transactions/deposits/{deposit}/",
        "deposit_originator",
    )
    .deposits()
    .takes(&[&[
        order_id("deposit"),
        scalar("originator_thirdparty"),
        scalar("originator_id"),
        anything("originator_info"),
        anything("beneficiary_info"),
        scalar("vasp_uuid"),
    ]])
    .on(HOSTS),
    // What is paid are claims on the ledger, in the currency that is named.
    post("/api/v2/ripple_withdrawal/", "ripple_withdrawal")
        .withdraws()
        .takes(&[
            &[
                needed(asset("currency")),
                needed(amount("amount")),
                needed(destination("address")),
                tag("destination_tag"),
            ],
            TRAVEL_RULE,
        ])
        .on(HOSTS),
    post("/api/v2/{asset}_withdrawal/", "withdrawal")
        .withdraws()
        .adjust(one_tag)
        .takes(&[
            &[
                asset("asset"),
                needed(amount("amount")),
                needed(destination("address")),
                network("network"),
                tag("destination_tag"),
                tag("memo_id"),
                tag("transfer_id"),
                scalar("instant"),
            ],
            TRAVEL_RULE,
        ])
        .on(HOSTS),
    post("/api/v2/withdrawal/open/", "bank_withdrawal")
        .withdraws()
        .takes(&[BANK])
        .on(HOSTS),
    post("/api/v2/withdrawal/cancel/", "withdrawal_cancel")
        .withdraws()
        .takes(&[&[needed(order_id("id"))]])
        .on(HOSTS),
    post("/api/v2/transfer-to-main/", "transfer_to_main")
        .transfers()
        .takes(&[TRANSFER])
        .on(HOSTS),
    post("/api/v2/transfer-from-main/", "transfer_from_main")
        .transfers()
        .takes(&[TRANSFER])
        .on(HOSTS),
    post("/api/v2/earn/subscribe/", "earn_subscribe")
        .transfers()
        .takes(&[EARN])
        .on(HOSTS),
    post("/api/v2/earn/unsubscribe/", "earn_unsubscribe")
        .transfers()
        .takes(&[EARN])
        .on(HOSTS),
    post("/api/v2/earn/unsubscribe", "earn_unsubscribe_bare")
        .transfers()
        .takes(&[EARN])
        .on(HOSTS),
];

/// An asset has one kind of tag. With two, it is not known which of them counts.
fn one_tag(fields: &Fields<'_>, _: &mut Intent) -> Result<(), Unclassified> {
    let tags = ["destination_tag", "memo_id", "transfer_id"];
    match tags.iter().filter(|tag| fields.has(tag)).nth(1) {
        Some(name) => Err(Unclassified::Contradiction {
            operation: "withdrawal",
            name,
            why: "comes with another tag",
        }),
        None => Ok(()),
    }
}

const LIQUIDATION: &[Parameter] = &[
    needed(asset("liquidation_currency")),
    scalar("address_format"),
];

const TRANSFER: &[Parameter] = &[
    needed(amount("amount")),
    needed(asset("currency")),
    sub_account("subAccount"),
];

const EARN: &[Parameter] = &[
    needed(asset("currency")),
    needed(amount("amount")),
    scalar("earn_type"),
    scalar("earn_term"),
];

const BANK: &[Parameter] = &[
    needed(amount("amount")),
    needed(asset("account_currency")),
    needed(destination("iban")),
    scalar("name"),
    scalar("bic"),
    scalar("address"),
    scalar("postal_code"),
    scalar("city"),
    scalar("country"),
    word("type", &["sepa", "international"]),
    scalar("bank_name"),
    scalar("bank_address"),
    scalar("bank_postal_code"),
    scalar("bank_city"),
    scalar("bank_country"),
    scalar("currency"),
    scalar("comment"),
    scalar("intermed_routing_num_or_bic"),
];

const ACCOUNTS: &[Op] = &[
    post("/api/v2/websockets_token/", "stream_token")
        .is(Class::Session, Product::Account, Permission::Read)
        .takes(&[DUMMY])
        .on(HOSTS),
    post("/api/v2/revoke_all_api_keys/", "keys_revoke")
        .administers()
        .takes(&[DUMMY])
        .on(HOSTS),
    post("/api/v2/earn/subscriptions/setting/", "earn_setting")
        .administers()
        .takes(&[&[
            needed(scalar("setting")),
            needed(asset("currency")),
            scalar("earn_type"),
        ]])
        .on(HOSTS),
    post("/api/v2/travel_rule/contacts/", "contact_create")
        .administers()
        .takes(&[&[
            anything("retail_info"),
            anything("corporate_info"),
            scalar("description"),
        ]])
        .on(HOSTS),
    post("/api/v2/travel_rule/addresses/", "address_register")
        .administers()
        .takes(&[
            &[
                needed(destination("address")),
                network("network"),
                tag("destination_tag"),
                tag("memo_id"),
                tag("transfer_id"),
            ],
            TRAVEL_RULE,
        ])
        .on(HOSTS),
    post("/api/v2/travel_rule/satoshi_test/", "satoshi_test_create")
        .administers()
        .takes(&[&[
            needed(destination("address")),
            network("network"),
            asset("currency"),
        ]])
        .on(HOSTS),
];
