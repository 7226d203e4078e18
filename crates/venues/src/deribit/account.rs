//! Withdrawals, transfers, sub-accounts, keys, logins.

use crate::{
    Class, Permission, Product,
    kit::{
        operation::{Op, get, login},
        parameter::{
            Parameter, amount, anything, asset, destination, from, needed, order_id, scalar,
            sub_account, to, word,
        },
    },
};

use super::{HOSTS, STREAMS};

pub(super) const FUNDS: &[Op] = &[
    get("/api/v2/private/withdraw", "withdrawal")
        .withdraws()
        .on(HOSTS)
        .takes(&[&[
            needed(asset("currency")),
            needed(destination("address")),
            needed(amount("amount")),
            scalar("priority"),
            scalar("tfa"),
        ]]),
    get("/api/v2/private/cancel_withdrawal", "withdrawal_cancel")
        .withdraws()
        .on(HOSTS)
        .takes(&[&[needed(asset("currency")), needed(order_id("id"))]]),
    // To another user of the exchange.
    get(
        "/api/v2/private/submit_transfer_to_user",
        "transfer_to_user",
    )
    .withdraws()
    .on(HOSTS)
    .takes(&[&[
        needed(asset("currency")),
        needed(amount("amount")),
        needed(destination("destination")),
        scalar("tfa"),
    ]]),
    get(
        "/api/v2/private/submit_transfer_to_subaccount",
        "sub_account_transfer",
    )
    .transfers()
    .on(HOSTS)
    .takes(&[&[
        needed(asset("currency")),
        needed(amount("amount")),
        needed(to("destination")),
    ]]),
    get(
        "/api/v2/private/submit_transfer_between_subaccounts",
        "sub_accounts_transfer",
    )
    .transfers()
    .on(HOSTS)
    .takes(&[&[
        needed(asset("currency")),
        needed(amount("amount")),
        needed(to("destination")),
        from("source"),
    ]]),
    get("/api/v2/private/cancel_transfer_by_id", "transfer_cancel")
        .transfers()
        .on(HOSTS)
        .takes(&[&[
            needed(asset("currency")),
            needed(order_id("id")),
            scalar("tfa"),
        ]]),
    deposit(
        "/api/v2/private/get_current_deposit_address",
        "deposit_address",
    )
    .takes_any(),
    deposit(
        "/api/v2/private/create_deposit_address",
        "deposit_address_create",
    ),
    // Who sent what came in.
    get(
        "/api/v2/private/set_clearance_originator",
        "deposit_originator",
    )
    .deposits()
    .on(HOSTS)
    .takes(&[&[
        needed(anything("deposit_id")),
        needed(anything("originator")),
    ]]),
];

const fn deposit(path: &'static str, name: &'static str) -> Op {
    const RECEIVED: &[&[Parameter]] = &[&[needed(asset("currency"))]];
    get(path, name).deposits().on(HOSTS).takes(RECEIVED)
}

const fn administers(path: &'static str, name: &'static str) -> Op {
    get(path, name).administers().on(HOSTS)
}

const KEY: &[Parameter] = &[
    scalar("id"),
    scalar("name"),
    scalar("max_scope"),
    scalar("public_key"),
    scalar("enabled"),
    anything("enabled_features"),
    anything("ip_whitelist"),
];
const SUB_ACCOUNT: &[Parameter] = &[needed(sub_account("sid"))];
const ADDRESS: &[Parameter] = &[
    needed(asset("currency")),
    needed(word(
        "type",
        &["transfer", "withdrawal", "deposit_source", "deposit"],
    )),
    needed(destination("address")),
    scalar("label"),
    scalar("tfa"),
    scalar("tag"),
    scalar("agreed"),
    scalar("personal"),
    scalar("extra_currencies"),
    scalar("beneficiary_vasp_name"),
    scalar("beneficiary_vasp_did"),
    scalar("beneficiary_vasp_website"),
    scalar("beneficiary_first_name"),
    scalar("beneficiary_last_name"),
    scalar("beneficiary_company_name"),
    scalar("beneficiary_address"),
];

pub(super) const OPERATIONS: &[Op] = &[
    administers("/api/v2/private/create_subaccount", "sub_account_create"),
    administers("/api/v2/private/remove_subaccount", "sub_account_remove")
        .takes(&[&[needed(sub_account("subaccount_id"))]]),
    administers("/api/v2/private/change_subaccount_name", "sub_account_name")
        .takes(&[SUB_ACCOUNT, &[needed(scalar("name"))]]),
    administers(
        "/api/v2/private/set_email_for_subaccount",
        "sub_account_email",
    )
    .takes(&[SUB_ACCOUNT, &[needed(scalar("email"))]]),
    administers(
        "/api/v2/private/set_password_for_subaccount",
        "sub_account_password",
    )
    .takes(&[SUB_ACCOUNT, &[needed(scalar("password"))]]),
    administers(
        "/api/v2/private/disable_tfa_for_subaccount",
        "sub_account_second_factor",
    )
    .takes(&[SUB_ACCOUNT]),
    administers(
        "/api/v2/private/toggle_subaccount_login",
        "sub_account_login",
    )
    .takes(&[SUB_ACCOUNT, &[needed(scalar("state"))]]),
    administers(
        "/api/v2/private/toggle_notifications_from_subaccount",
        "sub_account_notifications",
    )
    .takes(&[SUB_ACCOUNT, &[needed(scalar("state"))]]),
    administers("/api/v2/private/create_api_key", "key_create").takes(&[KEY]),
    administers("/api/v2/private/edit_api_key", "key_change").takes(&[KEY]),
    administers("/api/v2/private/change_api_key_name", "key_name").takes(&[KEY]),
    administers("/api/v2/private/change_scope_in_api_key", "key_scope").takes(&[KEY]),
    administers("/api/v2/private/enable_api_key", "key_enable").takes(&[KEY]),
    administers("/api/v2/private/disable_api_key", "key_disable").takes(&[KEY]),
    administers("/api/v2/private/remove_api_key", "key_remove").takes(&[KEY]),
    administers("/api/v2/private/reset_api_key", "key_reset").takes(&[KEY]),
    administers("/api/v2/private/set_api_key_as_default", "key_default").takes(&[KEY]),
    administers("/api/v2/private/add_to_address_book", "address_add").takes(&[ADDRESS]),
    administers("/api/v2/private/update_in_address_book", "address_change").takes(&[ADDRESS]),
    administers("/api/v2/private/remove_from_address_book", "address_remove").takes(&[ADDRESS]),
    administers("/api/v2/private/set_email_language", "email_language")
        .takes(&[&[needed(scalar("language"))]]),
    administers(
        "/api/v2/private/set_announcement_as_read",
        "announcement_read",
    )
    .takes(&[&[needed(scalar("announcement_id"))]]),
    administers("/api/v2/private/set_self_trading_config", "self_trading").takes(&[&[
        needed(scalar("mode")),
        scalar("extended_to_subaccounts"),
        scalar("block_rfq_self_match_prevention"),
    ]]),
    administers(
        "/api/v2/private/set_disabled_trading_products",
        "trading_products",
    )
    .takes(&[&[
        needed(sub_account("user_id")),
        needed(anything("trading_products")),
    ]]),
    administers(
        "/api/v2/private/save_address_beneficiary",
        "beneficiary_set",
    )
    .takes(&[&[
        needed(asset("currency")),
        needed(destination("address")),
        scalar("tag"),
        scalar("agreed"),
        scalar("personal"),
        scalar("unhosted"),
        scalar("beneficiary_vasp_name"),
        scalar("beneficiary_vasp_did"),
        scalar("beneficiary_vasp_website"),
        scalar("beneficiary_first_name"),
        scalar("beneficiary_last_name"),
        scalar("beneficiary_company_name"),
        scalar("beneficiary_address"),
    ]]),
    administers(
        "/api/v2/private/delete_address_beneficiary",
        "beneficiary_remove",
    )
    .takes(&[&[
        needed(asset("currency")),
        needed(destination("address")),
        scalar("tag"),
    ]]),
    administers(
        "/api/v2/private/enable_affiliate_program",
        "affiliate_enable",
    ),
    administers(
        "/api/v2/private/enable_cancel_on_disconnect",
        "cancel_on_disconnect",
    )
    .takes(&[&[scalar("scope")]]),
    administers(
        "/api/v2/private/disable_cancel_on_disconnect",
        "cancel_on_disconnect_end",
    )
    .takes(&[&[scalar("scope")]]),
    get("/api/v2/private/logout", "logout")
        .is(Class::Session, Product::Account, Permission::Read)
        .on(HOSTS)
        .takes(&[&[scalar("invalidate_token")]]),
    login("/ws/api/v2", "stream_login")
        .on(STREAMS)
        .takes(&[&[needed(scalar("timestamp")), needed(scalar("nonce"))]]),
];
