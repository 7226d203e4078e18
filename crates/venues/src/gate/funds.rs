//! Withdrawals, transfers, earn, sub-accounts and settings.

use crate::{
    Product,
    kit::{
        ITEMS,
        operation::{Op, delete, get, patch, post, put},
        parameter::{
            amount, anything, asset, destination, from, needed, network, order_id, scalar,
            sub_account, symbol, tag, to, word,
        },
    },
};

use super::HOSTS;

const SUB_ACCOUNT_KEY: &[crate::kit::parameter::Parameter] = &[
    sub_account("user_id"),
    scalar("mode"),
    scalar("name"),
    anything("perms"),
    anything("ip_whitelist"),
    scalar("key"),
    scalar("state"),
];

const fn withdraws(op: Op) -> Op {
    op.withdraws().on(HOSTS)
}

const fn transfers(op: Op) -> Op {
    op.transfers().on(HOSTS)
}

const fn administers(op: Op) -> Op {
    op.administers().on(HOSTS)
}

pub(super) const OPERATIONS: &[Op] = &[
    withdraws(post("/api/v4/withdrawals", "withdrawal")).takes(&[&[
        needed(asset("currency")),
        needed(amount("amount")),
        needed(destination("address")),
        network("chain"),
        tag("memo"),
        scalar("withdraw_order_id"),
        scalar("withdraw_id"),
        scalar("asset_class"),
    ]]),
    // To another user of the exchange.
    withdraws(post("/api/v4/withdrawals/push", "withdrawal_to_user")).takes(&[&[
        needed(destination("receive_uid")),
        needed(asset("currency")),
        needed(amount("amount")),
    ]]),
    withdraws(delete(
        "/api/v4/withdrawals/{withdrawal_id}",
        "withdrawal_cancel",
    ))
    .takes(&[&[order_id("withdrawal_id")]]),
    get("/api/v4/wallet/deposit_address", "deposit_address")
        .deposits()
        .on(HOSTS)
        .takes(&[&[needed(asset("currency"))]])
        .takes_any(),
    transfers(post("/api/v4/wallet/transfers", "transfer")).takes(&[&[
        needed(asset("currency")),
        needed(from("from")),
        needed(to("to")),
        needed(amount("amount")),
        symbol("currency_pair"),
        scalar("settle"),
        scalar("client_order_id"),
    ]]),
    transfers(post(
        "/api/v4/wallet/sub_account_transfers",
        "sub_account_transfer",
    ))
    .adjust(|fields, intent| {
        let account = intent.sub_account.clone();
        if fields.is("direction", "to") {
            intent.to = account;
        } else {
            intent.from = account;
        }
        Ok(())
    })
    .takes(&[&[
        needed(sub_account("sub_account")),
        needed(asset("currency")),
        needed(amount("amount")),
        needed(word("direction", &["to", "from"])),
        scalar("sub_account_type"),
        scalar("client_order_id"),
    ]]),
    transfers(post(
        "/api/v4/wallet/sub_account_to_sub_account",
        "sub_accounts_transfer",
    ))
    .takes(&[&[
        needed(asset("currency")),
        needed(from("sub_account_from")),
        needed(to("sub_account_to")),
        needed(amount("amount")),
        scalar("sub_account_type"),
        scalar("sub_account_from_type"),
        scalar("sub_account_to_type"),
        scalar("client_order_id"),
    ]]),
    transfers(post("/api/v4/earn/uni/lends", "earn_lend")).takes(&[&[
        needed(asset("currency")),
        needed(amount("amount")),
        needed(word("type", &["lend", "redeem"])),
        scalar("min_rate"),
    ]]),
    transfers(patch("/api/v4/earn/uni/lends", "earn_lend_amend"))
        .takes(&[&[asset("currency"), scalar("min_rate")]]),
    transfers(put("/api/v4/earn/uni/interest_reinvest", "earn_reinvest"))
        .takes(&[&[asset("currency"), scalar("status")]]),
    transfers(post("/api/v4/earn/staking/swap", "earn_stake")).takes(&[&[
        needed(asset("coin")),
        needed(scalar("side")),
        needed(amount("amount")),
        scalar("pid"),
    ]]),
    transfers(post("/api/v4/earn/staking/eth2/swap", "earn_stake_eth"))
        .takes(&[&[needed(scalar("side")), needed(amount("amount"))]]),
    transfers(post("/api/v4/earn/dual/orders", "earn_dual")).takes(&[&[
        needed(scalar("plan_id")),
        needed(amount("amount")),
        scalar("copies"),
        scalar("is_max"),
        scalar("text"),
    ]]),
    transfers(post("/api/v4/earn/fixed-term/user/lend", "earn_fixed_term")).takes(&[&[
        needed(scalar("product_id")),
        needed(amount("amount")),
        scalar("year_rate"),
        scalar("reinvest_status"),
        scalar("redeem_account_type"),
        scalar("financial_rate_id"),
        scalar("sub_business"),
    ]]),
    transfers(post(
        "/api/v4/earn/fixed-term/user/pre-redeem",
        "earn_fixed_term_redeem",
    ))
    .takes(&[&[needed(order_id("order_id"))]]),
    transfers(post("/api/v4/earn/dual/order-refund", "earn_dual_refund"))
        .takes(&[&[needed(order_id("order_id")), scalar("req_id")]]),
    transfers(post(
        "/api/v4/loan/collateral/orders",
        "collateral_loan_old",
    ))
    .takes(&[&[
        needed(amount("collateral_amount")),
        needed(asset("collateral_currency")),
        needed(scalar("borrow_amount")),
        needed(scalar("borrow_currency")),
    ]]),
    transfers(post(
        "/api/v4/loan/collateral/repay",
        "collateral_loan_repay_old",
    ))
    .takes(&[&[
        needed(order_id("order_id")),
        needed(amount("repay_amount")),
        scalar("repaid_all"),
    ]]),
    transfers(post(
        "/api/v4/loan/collateral/collaterals",
        "collateral_loan_adjust_old",
    ))
    .takes(&[&[
        needed(order_id("order_id")),
        needed(asset("collateral_currency")),
        needed(amount("collateral_amount")),
        needed(word("type", &["append", "redeem"])),
    ]]),
    transfers(post(
        "/api/v4/loan/multi_collateral/orders",
        "collateral_loan",
    ))
    .takes(&[&[
        scalar("order_id"),
        needed(asset("borrow_currency")),
        needed(amount("borrow_amount")),
        scalar("order_type"),
        scalar("fixed_type"),
        scalar("fixed_rate"),
        scalar("auto_renew"),
        scalar("auto_repay"),
        anything("collateral_currencies"),
    ]]),
    transfers(post(
        "/api/v4/loan/multi_collateral/repay",
        "collateral_loan_repay",
    ))
    .takes(&[&[
        needed(order_id("order_id")),
        needed(anything("repay_items")),
    ]]),
    transfers(post(
        "/api/v4/loan/multi_collateral/mortgage",
        "collateral_loan_adjust",
    ))
    .takes(&[&[
        needed(order_id("order_id")),
        needed(word("type", &["append", "redeem"])),
        anything("collaterals"),
    ]]),
    administers(post("/api/v4/sub_accounts", "sub_account_create")).takes(&[&[
        needed(sub_account("login_name")),
        scalar("remark"),
        scalar("password"),
        scalar("email"),
        scalar("type"),
    ]]),
    administers(post(
        "/api/v4/sub_accounts/{user_id}/keys",
        "sub_account_key_create",
    ))
    .takes(&[SUB_ACCOUNT_KEY]),
    administers(put(
        "/api/v4/sub_accounts/{user_id}/keys/{key}",
        "sub_account_key_change",
    ))
    .takes(&[SUB_ACCOUNT_KEY]),
    administers(delete(
        "/api/v4/sub_accounts/{user_id}/keys/{key}",
        "sub_account_key_delete",
    ))
    .takes(&[&[sub_account("user_id")]]),
    administers(post(
        "/api/v4/sub_accounts/{user_id}/lock",
        "sub_account_lock",
    ))
    .takes(&[&[sub_account("user_id")]]),
    administers(post(
        "/api/v4/sub_accounts/{user_id}/unlock",
        "sub_account_unlock",
    ))
    .takes(&[&[sub_account("user_id")]]),
    administers(post("/api/v4/unified/delta_neutral", "delta_neutral"))
        .takes(&[&[needed(scalar("enabled"))]]),
    administers(put("/api/v4/unified/unified_mode", "unified_mode"))
        .takes(&[&[needed(scalar("mode")), anything("settings")]]),
    administers(post(
        "/api/v4/unified/collateral_currencies",
        "collateral_currencies",
    ))
    .takes(&[&[
        scalar("collateral_type"),
        anything("enable_list"),
        anything("disable_list"),
    ]]),
    administers(post("/api/v4/account/debit_fee", "debit_fee"))
        .takes(&[&[needed(scalar("enabled"))]]),
    administers(post(
        "/api/v4/account/stp_groups",
        "self_trade_group_create",
    ))
    .takes(&[&[needed(scalar("name"))]]),
    administers(post(
        "/api/v4/account/stp_groups/{stp_id}/users",
        "self_trade_group_add",
    ))
    .takes(&[&[anything(ITEMS)]]),
    administers(delete(
        "/api/v4/account/stp_groups/{stp_id}/users",
        "self_trade_group_remove",
    ))
    .takes(&[&[sub_account("user_id")]]),
    super::reads::read(
        "/api/v4/wallet/saved_address",
        "saved_addresses",
        Product::Wallet,
    ),
];
