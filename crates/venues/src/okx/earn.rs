//! Borrowing, lending, staking: what moves between the trading account and products that hold assets.

use crate::{
    Class, Permission, Product,
    kit::{
        operation::{Op, post},
        parameter::{
            POSITIONS, Parameter, amount, anything, asset, client_id, needed, order_id, position,
            scalar, word,
        },
    },
};

use super::HOSTS;

const fn holds(path: &'static str, name: &'static str) -> Op {
    post(path, name).transfers().on(HOSTS)
}

/// Borrowing moves no value out, and no value to another product.
const fn borrows(path: &'static str, name: &'static str) -> Op {
    post(path, name)
        .is(Class::Transfer, Product::Margin, Permission::Margin)
        .on(HOSTS)
}

const BORROW: &[Parameter] = &[
    needed(asset("ccy")),
    needed(word("side", &["borrow", "repay"])),
    needed(amount("amt")),
    order_id("ordId"),
    scalar("instId"),
    position("posSide", POSITIONS),
];

const LENT: &[Parameter] = &[
    asset("ccy"),
    amount("amt"),
    scalar("rate"),
    scalar("term"),
    scalar("autoRenewal"),
    order_id("ordId"),
    scalar("changeAmt"),
];

pub(super) const OPERATIONS: &[Op] = &[
    borrows("/api/v5/account/borrow-repay", "borrow_repay").takes(&[BORROW]),
    borrows(
        "/api/v5/account/quick-margin-borrow-repay",
        "quick_margin_borrow_repay",
    )
    .takes(&[BORROW]),
    borrows(
        "/api/v5/account/spot-manual-borrow-repay",
        "spot_borrow_repay",
    )
    .takes(&[BORROW]),
    borrows("/api/v5/account/fixed-loan/borrowing-order", "fixed_loan").takes(&[&[
        needed(asset("ccy")),
        needed(amount("amt")),
        scalar("maxRate"),
        scalar("term"),
        scalar("reborrow"),
        scalar("reborrowRate"),
    ]]),
    borrows(
        "/api/v5/account/fixed-loan/amend-borrowing-order",
        "fixed_loan_amend",
    )
    .takes(&[&[
        needed(order_id("ordId")),
        scalar("reborrow"),
        scalar("renewMaxRate"),
    ]]),
    borrows(
        "/api/v5/account/fixed-loan/manual-reborrow",
        "fixed_loan_again",
    )
    .takes(&[&[needed(order_id("ordId")), scalar("maxRate")]]),
    borrows(
        "/api/v5/account/fixed-loan/repay-borrowing-order",
        "fixed_loan_repay",
    )
    .takes(&[&[needed(order_id("ordId"))]]),
    borrows(
        "/api/v5/finance/flexible-loan/adjust-collateral",
        "flexible_loan_collateral",
    )
    .takes(&[&[
        needed(word("type", &["add", "reduce"])),
        needed(asset("collateralCcy")),
        needed(amount("collateralAmt")),
        order_id("ordId"),
    ]]),
    borrows("/api/v5/finance/flexible-loan/borrow", "flexible_loan").takes(&[&[
        needed(anything("loanData")),
        anything("collateralData"),
        order_id("ordId"),
        client_id("clOrdId"),
        scalar("eMode"),
    ]]),
    borrows("/api/v5/finance/flexible-loan/repay", "flexible_loan_repay").takes(&[&[
        needed(order_id("ordId")),
        needed(asset("ccy")),
        needed(amount("amt")),
        client_id("clOrdId"),
    ]]),
    holds("/api/v5/finance/okusd/subscribe", "okusd_subscribe")
        .takes(&[&[needed(amount("amt")), client_id("clOrdId")]]),
    holds("/api/v5/finance/okusd/redeem", "okusd_redeem").takes(&[&[
        needed(amount("amt")),
        needed(word("redeemType", &["1", "2"])),
        client_id("clOrdId"),
    ]]),
    borrows(
        "/api/v5/account/fixed-loan/convert-to-market-loan",
        "fixed_loan_to_market",
    )
    .takes(&[&[needed(order_id("ordId"))]]),
    borrows(
        "/api/v5/account/fixed-loan/reduce-liabilities",
        "fixed_loan_reduce",
    )
    .takes(&[&[needed(order_id("ordId")), needed(scalar("pendingRepay"))]]),
    holds(
        "/api/v5/finance/fixed-loan/lending-order",
        "fixed_loan_lend",
    )
    .takes(&[LENT]),
    holds(
        "/api/v5/finance/fixed-loan/amend-lending-order",
        "fixed_loan_lend_amend",
    )
    .takes(&[LENT]),
    // Its name before.
    holds("/api/v5/asset/purchase_redempt", "savings_old").takes(&[&[
        needed(asset("ccy")),
        needed(amount("amt")),
        needed(word("side", &["purchase", "redempt"])),
        scalar("rate"),
    ]]),
    holds("/api/v5/finance/savings/purchase-redempt", "savings").takes(&[&[
        needed(asset("ccy")),
        needed(amount("amt")),
        needed(word("side", &["purchase", "redempt"])),
        scalar("rate"),
    ]]),
    holds("/api/v5/finance/savings/set-lending-rate", "savings_rate")
        .takes(&[&[needed(asset("ccy")), needed(scalar("rate"))]]),
    holds("/api/v5/finance/staking-defi/purchase", "staking").takes(&[&[
        needed(scalar("productId")),
        needed(anything("investData")),
        scalar("term"),
        scalar("tag"),
    ]]),
    holds("/api/v5/finance/staking-defi/redeem", "staking_redeem").takes(&[&[
        needed(order_id("ordId")),
        needed(scalar("protocolType")),
        scalar("allowEarlyRedeem"),
    ]]),
    holds("/api/v5/finance/staking-defi/cancel", "staking_cancel")
        .takes(&[&[needed(order_id("ordId")), needed(scalar("protocolType"))]]),
    holds("/api/v5/finance/staking-defi/eth/purchase", "staking_eth")
        .takes(&[&[needed(amount("amt"))]]),
    holds(
        "/api/v5/finance/staking-defi/eth/redeem",
        "staking_eth_redeem",
    )
    .takes(&[&[needed(amount("amt"))]]),
    holds(
        "/api/v5/finance/staking-defi/eth/cancel-redeem",
        "staking_eth_cancel",
    )
    .takes(&[&[needed(order_id("ordId"))]]),
    holds("/api/v5/finance/staking-defi/sol/purchase", "staking_sol")
        .takes(&[&[needed(amount("amt"))]]),
    holds(
        "/api/v5/finance/staking-defi/sol/redeem",
        "staking_sol_redeem",
    )
    .takes(&[&[needed(amount("amt"))]]),
    holds(
        "/api/v5/finance/staking-defi/sol/cancel-redeem",
        "staking_sol_cancel",
    )
    .takes(&[&[needed(order_id("ordId"))]]),
    holds("/api/v5/finance/sfp/dcd/trade", "dual")
        .takes(&[&[needed(scalar("quoteId")), client_id("clOrdId")]]),
    holds("/api/v5/finance/sfp/dcd/redeem", "dual_redeem")
        .takes(&[&[needed(order_id("ordId")), needed(scalar("quoteId"))]]),
];
