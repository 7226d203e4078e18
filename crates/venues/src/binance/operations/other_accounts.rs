//! The account's own settings, its sub-accounts, and a broker's.

use super::{DELETE, Interface, POST, Row};
use crate::{Class, Permission, Product};

const fn setting(name: &'static str, path: &'static str) -> Row {
    let kind = (Class::Admin, Product::Account, Permission::SpotTrading);
    Row::new(name, kind, Interface::Sapi, POST, path)
}

const fn sub_account(
    name: &'static str,
    class: Class,
    method: &'static str,
    path: &'static str,
) -> Row {
    let kind = (class, Product::Account, Permission::SubAccounts);
    Row::new(name, kind, Interface::Sapi, method, path)
}

/// Transfers that a sub-account's own key can make.
const fn own_transfer(name: &'static str, path: &'static str) -> Row {
    let kind = (Class::Transfer, Product::Account, Permission::Transfers);
    Row::new(name, kind, Interface::Sapi, POST, path)
}

const ADMIN: Class = Class::Admin;
const TRANSFER: Class = Class::Transfer;

pub(super) const ROWS: &[Row] = &[
    setting(
        "fast_withdraw_enable",
        "/sapi/v1/account/enableFastWithdrawSwitch",
    ),
    setting(
        "fast_withdraw_disable",
        "/sapi/v1/account/disableFastWithdrawSwitch",
    ),
    setting("bnb_burn", "/sapi/v1/bnbBurn").one_of(&["spotBNBBurn", "interestBNBBurn"]),
    setting(
        "convertible_coins",
        "/sapi/v1/capital/contract/convertible-coins",
    )
    .requires(&["coin", "enable"]),
    own_transfer(
        "sub_to_sub_transfer",
        "/sapi/v1/sub-account/transfer/subToSub",
    )
    .requires(&["toEmail", "asset", "amount"]),
    own_transfer(
        "sub_to_master_transfer",
        "/sapi/v1/sub-account/transfer/subToMaster",
    )
    .requires(&["asset", "amount"]),
    sub_account(
        "sub_universal_transfer",
        TRANSFER,
        POST,
        "/sapi/v1/sub-account/universalTransfer",
    )
    .requires(&["fromAccountType", "toAccountType", "asset", "amount"]),
    sub_account(
        "sub_futures_transfer",
        TRANSFER,
        POST,
        "/sapi/v1/sub-account/futures/transfer",
    )
    .requires(&["email", "asset", "amount", "type"]),
    sub_account(
        "sub_margin_transfer",
        TRANSFER,
        POST,
        "/sapi/v1/sub-account/margin/transfer",
    )
    .requires(&["email", "asset", "amount", "type"]),
    sub_account(
        "managed_sub_deposit",
        TRANSFER,
        POST,
        "/sapi/v1/managed-subaccount/deposit",
    )
    .requires(&["toEmail", "asset", "amount"]),
    sub_account(
        "managed_sub_withdraw",
        TRANSFER,
        POST,
        "/sapi/v1/managed-subaccount/withdraw",
    )
    .requires(&["fromEmail", "asset", "amount"]),
    sub_account(
        "sub_create",
        ADMIN,
        POST,
        "/sapi/v1/sub-account/virtualSubAccount",
    )
    .requires(&["subAccountString"]),
    sub_account(
        "sub_margin_enable",
        ADMIN,
        POST,
        "/sapi/v1/sub-account/margin/enable",
    )
    .requires(&["email"]),
    sub_account(
        "sub_futures_enable",
        ADMIN,
        POST,
        "/sapi/v1/sub-account/futures/enable",
    )
    .requires(&["email"]),
    sub_account(
        "sub_options_enable",
        ADMIN,
        POST,
        "/sapi/v1/sub-account/eoptions/enable",
    )
    .requires(&["email"]),
    sub_account(
        "sub_key_ip_restriction",
        ADMIN,
        POST,
        "/sapi/v2/sub-account/subAccountApi/ipRestriction",
    )
    .requires(&["email", "subAccountApiKey", "status"]),
    sub_account(
        "sub_key_ip_delete",
        ADMIN,
        DELETE,
        "/sapi/v1/sub-account/subAccountApi/ipRestriction/ipList",
    )
    .requires(&["email", "subAccountApiKey"]),
    sub_account(
        "broker_sub_create",
        ADMIN,
        POST,
        "/sapi/v1/broker/subAccount",
    ),
    sub_account(
        "broker_key_create",
        ADMIN,
        POST,
        "/sapi/v1/broker/subAccountApi",
    )
    .requires(&["subAccountId", "canTrade"]),
    sub_account(
        "broker_key_delete",
        ADMIN,
        DELETE,
        "/sapi/v1/broker/subAccountApi",
    )
    .requires(&["subAccountId", "subAccountApiKey"]),
    sub_account(
        "broker_transfer",
        TRANSFER,
        POST,
        "/sapi/v1/broker/transfer",
    )
    .requires(&["asset", "amount"]),
    sub_account(
        "broker_universal_transfer",
        TRANSFER,
        POST,
        "/sapi/v1/broker/universalTransfer",
    )
    .requires(&["fromAccountType", "toAccountType", "asset", "amount"]),
];
