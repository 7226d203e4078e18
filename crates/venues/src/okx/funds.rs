//! Transfers, withdrawals, sub-accounts, settings, logins.

use crate::{
    Class, Permission, Product,
    kit::{
        operation::{Op, get, login, post},
        parameter::{
            amount, anything, asset, destination, from, needed, network, order_id, scalar,
            sub_account, to, word,
        },
    },
};

use super::{HOSTS, STREAMS};

const fn setting(path: &'static str, name: &'static str) -> Op {
    post(path, name).administers().on(HOSTS)
}

pub(super) const FUNDS: &[Op] = &[
    post("/api/v5/asset/transfer", "transfer")
        .transfers()
        .takes(&[&[
            needed(asset("ccy")),
            needed(amount("amt")),
            needed(from("from")),
            needed(to("to")),
            sub_account("subAcct"),
            word("type", &["0", "1", "2", "3", "4"]),
            scalar("loanTrans"),
            scalar("omitPosRisk"),
            scalar("clientId"),
            scalar("instId"),
            scalar("toInstId"),
        ]])
        .on(HOSTS),
    // Positions go to another account of the owner.
    post("/api/v5/account/move-positions", "positions_move")
        .is(
            Class::Transfer,
            Product::UsdFutures,
            Permission::SubAccounts,
        )
        .takes(&[&[
            needed(from("fromAcct")),
            needed(to("toAcct")),
            needed(anything("legs")),
            scalar("clientId"),
        ]])
        .on(HOSTS),
    post("/api/v5/asset/subaccount/transfer", "sub_account_transfer")
        .transfers()
        .takes(&[&[
            needed(asset("ccy")),
            needed(amount("amt")),
            needed(from("from")),
            needed(to("to")),
            scalar("fromSubAccount"),
            sub_account("toSubAccount"),
            scalar("loanTrans"),
            scalar("omitPosRisk"),
        ]])
        .on(HOSTS),
    post("/api/v5/asset/withdrawal", "withdrawal")
        .withdraws()
        .takes(&[&[
            needed(asset("ccy")),
            needed(amount("amt")),
            needed(word("dest", &["3", "4"])),
            needed(destination("toAddr")),
            scalar("toAddrType"),
            network("chain"),
            scalar("fee"),
            scalar("pwd"),
            scalar("areaCode"),
            scalar("clientId"),
            anything("rcvrInfo"),
        ]])
        .on(HOSTS),
    post("/api/v5/asset/withdrawal-lightning", "lightning_withdrawal")
        .withdraws()
        .takes(&[&[
            needed(asset("ccy")),
            needed(destination("invoice")),
            scalar("memo"),
        ]])
        .on(HOSTS),
    post("/api/v5/asset/cancel-withdrawal", "withdrawal_cancel")
        .withdraws()
        .takes(&[&[needed(order_id("wdId"))]])
        .on(HOSTS),
    get("/api/v5/asset/deposit-address", "deposit_address")
        .deposits()
        .takes(&[&[asset("ccy")]])
        .takes_any()
        .on(HOSTS),
    get("/api/v5/asset/deposit-lightning", "lightning_invoice")
        .deposits()
        .takes(&[&[asset("ccy"), amount("amt"), to("to")]])
        .takes_any()
        .on(HOSTS),
];

pub(super) const ACCOUNTS: &[Op] = &[
    post(
        "/api/v5/users/subaccount/create-subaccount",
        "sub_account_create",
    )
    .administers()
    .takes(&[&[
        needed(sub_account("subAcct")),
        scalar("type"),
        scalar("label"),
        scalar("pwd"),
    ]])
    .on(HOSTS),
    post("/api/v5/users/subaccount/apikey", "sub_account_key_create")
        .administers()
        .takes(&[&[
            needed(sub_account("subAcct")),
            needed(scalar("label")),
            scalar("passphrase"),
            scalar("perm"),
            scalar("ip"),
        ]])
        .on(HOSTS),
    post(
        "/api/v5/users/subaccount/modify-apikey",
        "sub_account_key_change",
    )
    .administers()
    .takes(&[&[
        needed(sub_account("subAcct")),
        needed(scalar("apiKey")),
        scalar("label"),
        scalar("perm"),
        scalar("ip"),
    ]])
    .on(HOSTS),
    post(
        "/api/v5/users/subaccount/delete-apikey",
        "sub_account_key_delete",
    )
    .administers()
    .takes(&[&[needed(sub_account("subAcct")), needed(scalar("apiKey"))]])
    .on(HOSTS),
    post(
        "/api/v5/users/subaccount/set-transfer-out",
        "sub_account_transfer_out",
    )
    .administers()
    .takes(&[&[needed(sub_account("subAcct")), scalar("canTransOut")]])
    .on(HOSTS),
    setting("/api/v5/account/set-fee-type", "fee_type").takes(&[&[needed(scalar("feeType"))]]),
    setting("/api/v5/account/set-auto-repay", "auto_repay")
        .takes(&[&[needed(scalar("autoRepay"))]]),
    setting("/api/v5/account/set-auto-earn", "auto_earn").takes(&[&[
        needed(asset("ccy")),
        needed(scalar("action")),
        scalar("earnType"),
        scalar("apr"),
    ]]),
    setting("/api/v5/account/set-settle-currency", "settle_currency")
        .takes(&[&[needed(scalar("settleCcy"))]]),
    setting("/api/v5/account/set-trading-config", "trading_config")
        .takes(&[&[needed(scalar("type")), scalar("stgyType")]]),
    setting("/api/v5/account/set-collateral-assets", "collateral_assets").takes(&[&[
        needed(scalar("type")),
        needed(scalar("collateralEnabled")),
        anything("ccyList"),
    ]]),
    setting("/api/v5/account/set-riskOffset-type", "risk_offset_type")
        .takes(&[&[needed(scalar("type"))]]),
    setting("/api/v5/account/set-riskOffset-amt", "risk_offset_amount")
        .takes(&[&[needed(asset("ccy")), needed(scalar("clSpotInUseAmt"))]]),
    setting("/api/v5/account/activate-option", "option_trading"),
    setting(
        "/api/v5/account/account-level-switch-preset",
        "account_level_preset",
    )
    .takes(&[&[
        needed(scalar("acctLv")),
        scalar("lever"),
        scalar("riskOffsetType"),
    ]]),
    setting(
        "/api/v5/account/subaccount/set-loan-allocation",
        "sub_account_loans",
    )
    .takes(&[&[needed(scalar("enable")), anything("alloc")]]),
    post("/api/v5/account/set-account-level", "account_level")
        .administers()
        .takes(&[&[needed(scalar("acctLv"))]])
        .on(HOSTS),
    post("/api/v5/account/set-auto-loan", "auto_loan")
        .administers()
        .takes(&[&[scalar("autoLoan")]])
        .on(HOSTS),
    post("/api/v5/account/set-greeks", "greeks_type")
        .administers()
        .takes(&[&[needed(scalar("greeksType"))]])
        .on(HOSTS),
    login("/users/self/verify", "stream_login").on(STREAMS),
];
