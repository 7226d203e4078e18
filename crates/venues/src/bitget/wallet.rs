//! Transfers, withdrawals, deposits, savings and loans of v2 and v3.

use crate::{
    Class, Permission, Product,
    kit::{
        operation::{Op, get},
        parameter::{
            Parameter, amount, anything, asset, client_id, destination, from, needed, network,
            order_id, scalar, sub_account, symbol, tag, to, word,
        },
    },
};

use super::{EITHER_ID, HOSTS, act};

const MOVED: &[Parameter] = &[
    needed(asset("coin")),
    needed(amount("amount")),
    needed(from("fromType")),
    needed(to("toType")),
    symbol("symbol"),
    client_id("clientOid"),
    scalar("allowBorrow"),
];

const BETWEEN: &[Parameter] = &[
    needed(scalar("fromUserId")),
    needed(sub_account("toUserId")),
];

const WITHDRAWAL: &[Parameter] = &[
    needed(asset("coin")),
    needed(amount("size")),
    needed(destination("address")),
    word("transferType", &["on_chain", "internal_transfer"]),
    network("chain"),
    tag("tag"),
    scalar("innerToType"),
    scalar("areaCode"),
    scalar("remark"),
    client_id("clientOid"),
    scalar("accountType"),
    scalar("memberCode"),
    scalar("identityType"),
    scalar("companyName"),
    scalar("firstName"),
    scalar("lastName"),
];

const ADDRESS: &[Parameter] = &[asset("coin"), network("chain"), sub_account("subUid")];

const fn receives(path: &'static str, name: &'static str) -> Op {
    get(path, name)
        .deposits()
        .takes(&[ADDRESS])
        .takes_any()
        .on(HOSTS)
}

pub(super) const fn lends(path: &'static str, name: &'static str) -> Op {
    act(path, name).is(Class::TradeSpot, Product::Margin, Permission::Margin)
}

pub(super) const LOAN: &[Parameter] = &[
    needed(asset("loanCoin")),
    needed(scalar("pledgeCoin")),
    scalar("daily"),
    scalar("pledgeAmount"),
    amount("loanAmount"),
];
pub(super) const REPAYMENT: &[Parameter] = &[
    needed(order_id("orderId")),
    amount("amount"),
    scalar("repayUnlock"),
    scalar("repayAll"),
    scalar("method"),
];
pub(super) const PLEDGE: &[Parameter] = &[
    needed(order_id("orderId")),
    needed(amount("amount")),
    needed(asset("pledgeCoin")),
    scalar("reviseType"),
];
const SAVED: &[Parameter] = &[
    needed(scalar("productId")),
    scalar("productSubId"),
    scalar("orderId"),
    scalar("periodType"),
    needed(amount("amount")),
    asset("coin"),
    scalar("redeemType"),
    scalar("paymentAccount"),
    scalar("receiveAccount"),
    scalar("advancedSettle"),
];

pub(super) const OPERATIONS: &[Op] = &[
    act("/api/v2/spot/wallet/transfer", "transfer")
        .transfers()
        .takes(&[MOVED]),
    act(
        "/api/v2/spot/wallet/subaccount-transfer",
        "sub_account_transfer",
    )
    .transfers()
    .takes(&[MOVED, BETWEEN]),
    act("/api/v3/account/transfer", "unified_transfer")
        .transfers()
        .takes(&[MOVED]),
    act(
        "/api/v3/account/sub-transfer",
        "unified_sub_account_transfer",
    )
    .transfers()
    .takes(&[MOVED, BETWEEN]),
    act(
        "/api/v3/account/sub-master-transfer",
        "transfer_to_main_account",
    )
    .transfers()
    .takes(&[MOVED]),
    act("/api/v2/spot/wallet/withdrawal", "withdrawal")
        .withdraws()
        .takes(&[WITHDRAWAL]),
    act("/api/v3/account/withdrawal", "unified_withdrawal")
        .withdraws()
        .takes(&[WITHDRAWAL]),
    // Another client's name for it.
    act("/api/v3/account/withdraw", "unified_withdraw")
        .withdraws()
        .takes(&[WITHDRAWAL]),
    act("/api/v2/spot/wallet/cancel-withdrawal", "withdrawal_cancel")
        .withdraws()
        .one_of(EITHER_ID)
        .takes(&[&[order_id("orderId"), client_id("clientOid")]]),
    act(
        "/api/v3/account/cancel-withdrawal",
        "unified_withdrawal_cancel",
    )
    .withdraws()
    .one_of(EITHER_ID)
    .takes(&[&[order_id("orderId"), client_id("clientOid")]]),
    receives("/api/v2/spot/wallet/deposit-address", "deposit_address"),
    receives(
        "/api/v2/spot/wallet/subaccount-deposit-address",
        "sub_account_deposit_address",
    ),
    receives("/api/v3/account/deposit-address", "unified_deposit_address"),
    receives(
        "/api/v3/account/sub-deposit-address",
        "unified_sub_account_deposit_address",
    ),
    act(
        "/api/v2/spot/wallet/modify-deposit-account",
        "deposit_account",
    )
    .deposits()
    .takes(&[&[needed(asset("coin")), needed(to("accountType"))]]),
    act("/api/v3/account/deposit-account", "unified_deposit_account")
        .deposits()
        .takes(&[&[needed(asset("coin")), needed(to("accountType"))]]),
    lends("/api/v3/account/repay", "unified_repay")
        .takes(&[&[anything("repayableCoinList"), anything("paymentCoinList")]]),
    lends("/api/v2/earn/loan/borrow", "loan").takes(&[LOAN]),
    lends("/api/v3/loan/borrow", "unified_loan").takes(&[LOAN]),
    lends("/api/v2/earn/loan/repay", "loan_repayment").takes(&[REPAYMENT]),
    lends("/api/v3/loan/repay", "unified_loan_repayment").takes(&[REPAYMENT]),
    lends("/api/v2/earn/loan/revise-pledge", "loan_pledge").takes(&[PLEDGE]),
    lends("/api/v3/loan/revise-pledge", "unified_loan_pledge").takes(&[PLEDGE]),
    act("/api/v2/earn/savings/subscribe", "savings_subscription")
        .transfers()
        .takes(&[SAVED]),
    act("/api/v2/earn/savings/redeem", "savings_redemption")
        .transfers()
        .takes(&[SAVED]),
    act("/api/v2/earn/sharkfin/subscribe", "sharkfin_subscription")
        .transfers()
        .takes(&[SAVED]),
    act("/api/v2/earn/elite/subscribe", "elite_subscription")
        .transfers()
        .takes(&[ELITE]),
    act("/api/v2/earn/elite/redeem", "elite_redemption")
        .transfers()
        .takes(&[ELITE]),
    act("/api/v3/earn/elite-subscribe", "unified_elite_subscription")
        .transfers()
        .takes(&[ELITE]),
    act("/api/v3/earn/elite-redeem", "unified_elite_redemption")
        .transfers()
        .takes(&[ELITE]),
];

const ELITE: &[Parameter] = &[
    scalar("productId"),
    needed(scalar("productSubId")),
    needed(amount("amount")),
    asset("coin"),
    scalar("redeemType"),
    scalar("paymentAccount"),
    scalar("receiveAccount"),
    scalar("advancedSettle"),
];
