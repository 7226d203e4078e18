//! Transfers, withdrawals, deposits, conversions and loans.

use crate::{
    Class, Permission, Product,
    kit::{
        operation::Op,
        parameter::{
            Parameter, amount, anything, asset, client_id, destination, from, needed, network,
            order_id, quantity, scalar, sub_account, tag, to, word,
        },
    },
    syntax::Fields,
};

use super::{act, ask};

const MOVED: &[Parameter] = &[
    needed(scalar("transferId")),
    needed(asset("coin")),
    needed(amount("amount")),
    needed(from("fromAccountType")),
    needed(to("toAccountType")),
];

pub(super) const FUNDS: &[Op] = &[
    act("/v5/asset/transfer/inter-transfer", "transfer")
        .transfers()
        .takes(&[MOVED]),
    act(
        "/v5/asset/transfer/universal-transfer",
        "universal_transfer",
    )
    .transfers()
    .takes(&[
        MOVED,
        &[
            needed(scalar("fromMemberId")),
            needed(sub_account("toMemberId")),
        ],
    ]),
    // With `forceChain` 2 the address is the id of another user.
    act("/v5/asset/withdraw/create", "withdrawal")
        .withdraws()
        .takes(&[&[
            needed(asset("coin")),
            needed(amount("amount")),
            needed(destination("address")),
            network("chain"),
            tag("tag"),
            scalar("timestamp"),
            scalar("accountType"),
            word("forceChain", &["0", "1", "2"]),
            scalar("feeType"),
            scalar("requestId"),
            scalar("transactionPurpose"),
            scalar("questionnaire"),
            anything("beneficiary"),
        ]]),
    act("/v5/asset/withdraw/cancel", "withdrawal_cancel")
        .withdraws()
        .takes(&[&[needed(order_id("id"))]]),
    act("/v5/asset/deposit/deposit-to-account", "deposit_account")
        .deposits()
        .takes(&[&[needed(to("accountType"))]]),
    act("/v5/asset/travel-rule/deposit/submit", "deposit_originator")
        .deposits()
        .takes(&[&[
            needed(scalar("depositId")),
            scalar("subAccountId"),
            needed(scalar("questionnaire")),
        ]]),
    ask("/v5/asset/deposit/query-address", "deposit_address")
        .deposits()
        .takes(&[&[needed(asset("coin")), network("chainType")]]),
    ask(
        "/v5/asset/deposit/query-sub-member-address",
        "sub_account_deposit_address",
    )
    .deposits()
    .takes(&[&[
        needed(asset("coin")),
        needed(network("chainType")),
        needed(sub_account("subMemberId")),
    ]]),
    act("/v5/asset/exchange/quote-apply", "convert_quote")
        .reads(Product::Wallet)
        .takes(&[&[
            needed(scalar("fromCoin")),
            needed(scalar("toCoin")),
            needed(scalar("requestCoin")),
            needed(scalar("requestAmount")),
            needed(scalar("accountType")),
            scalar("fromCoinType"),
            scalar("toCoinType"),
            scalar("requestId"),
            scalar("paramType"),
            scalar("paramValue"),
        ]]),
    act("/v5/asset/exchange/convert-execute", "convert")
        .trades_spot()
        .takes(&[&[needed(order_id("quoteTxId"))]]),
    act("/v5/asset/covert/get-quote", "small_balances_quote")
        .reads(Product::Wallet)
        .takes(&[&[
            needed(scalar("accountType")),
            needed(anything("fromCoinList")),
            needed(scalar("toCoin")),
        ]]),
    act(
        "/v5/asset/covert/small-balance-execute",
        "small_balances_convert",
    )
    .trades_spot()
    .takes(&[&[needed(order_id("quoteId"))]]),
    act("/v5/fiat/quote-apply", "fiat_quote")
        .reads(Product::Wallet)
        .takes(&[&[
            needed(scalar("fromCoin")),
            needed(scalar("fromCoinType")),
            needed(scalar("toCoin")),
            needed(scalar("toCoinType")),
            needed(scalar("requestAmount")),
            scalar("requestCoinType"),
        ]]),
    act("/v5/fiat/trade-execute", "fiat_convert")
        .trades_spot()
        .takes(&[&[
            needed(order_id("quoteTxId")),
            needed(scalar("subUserId")),
            scalar("webhookUrl"),
            scalar("MerchantRequestId"),
        ]]),
    // A broker's award is value for another user.
    act("/v5/broker/award/distribute-award", "award")
        .withdraws()
        .not_offered()
        .takes(&[&[
            needed(scalar("accountId")),
            needed(scalar("awardId")),
            needed(scalar("amount")),
        ]]),
];

/// Ids of loans are short numbers.
fn names_a_loan(fields: &Fields<'_>) -> bool {
    fields
        .text("orderId")
        .is_some_and(|id| id.len() <= 9 && id.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Borrowing, repaying and moving collateral.
const fn lends(path: &'static str, name: &'static str) -> Op {
    act(path, name).is(Class::TradeSpot, Product::Margin, Permission::Margin)
}

const COLLATERAL: Parameter = anything("collateralList");
const LOAN: &[Parameter] = &[
    needed(asset("orderCurrency")),
    needed(amount("orderAmount")),
    needed(scalar("annualRate")),
    needed(scalar("term")),
    scalar("autoRepay"),
    scalar("repayType"),
    scalar("strategyType"),
    scalar("availableSource"),
    COLLATERAL,
];
const REPAID_FROM_COLLATERAL: &[Parameter] = &[
    needed(asset("loanCurrency")),
    needed(scalar("collateralCoin")),
    needed(amount("amount")),
    scalar("loanId"),
];

pub(super) const LOANS: &[Op] = &[
    // A client names the amount `qty`.
    lends("/v5/account/borrow", "borrow")
        .one_of(&["amount", "qty"])
        .takes(&[&[needed(asset("coin")), amount("amount"), amount("qty")]]),
    lends("/v5/account/repay", "repay").takes(&[&[
        asset("coin"),
        amount("amount"),
        amount("qty"),
        scalar("repaymentType"),
    ]]),
    lends("/v5/account/no-convert-repay", "repay_without_conversion").takes(&[&[
        needed(asset("coin")),
        amount("amount"),
        amount("qty"),
        scalar("repaymentType"),
    ]]),
    lends("/v5/account/quick-repayment", "quick_repayment").takes(&[&[asset("coin")]]),
    lends("/v5/spot-margin-trade/switch-mode", "spot_margin_switch")
        .takes(&[&[needed(scalar("spotMarginMode"))]]),
    lends("/v5/spot-margin-trade/set-leverage", "spot_margin_leverage").takes(&[&[
        needed(crate::kit::parameter::leverage("leverage")),
        asset("currency"),
    ]]),
    lends("/v5/spot-margin-trade/set-auto-repay-mode", "auto_repay")
        .takes(&[&[needed(scalar("autoRepayMode")), asset("currency")]]),
    lends("/v5/spot-margin-trade/fixedborrow", "fixed_borrow").takes(&[LOAN]),
    lends(
        "/v5/spot-margin-trade/fixedborrow-renew",
        "fixed_borrow_renewal",
    )
    .takes(&[&[needed(scalar("loanId")), quantity("qty")]]),
    lends("/v5/spot-cross-margin-trade/loan", "cross_margin_borrow")
        .takes(&[&[needed(asset("coin")), needed(amount("qty"))]]),
    lends("/v5/spot-cross-margin-trade/repay", "cross_margin_repay").takes(&[&[
        needed(asset("coin")),
        amount("qty"),
        scalar("completeRepayment"),
    ]]),
    lends("/v5/spot-cross-margin-trade/switch", "cross_margin_switch")
        .takes(&[&[needed(scalar("switch"))]]),
    lends("/v5/crypto-loan/borrow", "loan").takes(&[&[
        needed(asset("loanCurrency")),
        needed(scalar("collateralCurrency")),
        amount("loanAmount"),
        scalar("loanTerm"),
        scalar("collateralAmount"),
    ]]),
    lends("/v5/crypto-loan/repay", "loan_repayment")
        .takes(&[&[needed(order_id("orderId")), needed(amount("amount"))]]),
    lends("/v5/crypto-loan/adjust-ltv", "loan_collateral").takes(&[&[
        needed(order_id("orderId")),
        needed(amount("amount")),
        needed(scalar("direction")),
    ]]),
    lends(
        "/v5/crypto-loan-common/adjust-ltv",
        "flexible_loan_collateral",
    )
    .takes(&[&[
        needed(asset("currency")),
        needed(amount("amount")),
        needed(scalar("direction")),
    ]]),
    act("/v5/crypto-loan-common/max-loan", "max_loan")
        .reads(Product::Margin)
        .takes(&[&[needed(asset("currency")), COLLATERAL]]),
    lends("/v5/crypto-loan-flexible/borrow", "flexible_loan").takes(&[&[
        needed(asset("loanCurrency")),
        needed(amount("loanAmount")),
        COLLATERAL,
    ]]),
    lends("/v5/crypto-loan-flexible/repay", "flexible_loan_repayment")
        .one_of(&["amount", "loanAmount"])
        .takes(&[&[
            needed(asset("loanCurrency")),
            amount("amount"),
            amount("loanAmount"),
        ]]),
    lends(
        "/v5/crypto-loan-flexible/repay-collateral",
        "flexible_loan_collateral_repayment",
    )
    .takes(&[REPAID_FROM_COLLATERAL]),
    lends("/v5/crypto-loan-fixed/borrow", "fixed_loan").takes(&[LOAN]),
    lends("/v5/crypto-loan-fixed/supply", "fixed_supply").takes(&[LOAN]),
    lends(
        "/v5/crypto-loan-fixed/borrow-order-cancel",
        "fixed_loan_cancel",
    )
    .when(names_a_loan)
    .takes(&[&[needed(order_id("orderId"))]]),
    lends(
        "/v5/crypto-loan-fixed/supply-order-cancel",
        "fixed_supply_cancel",
    )
    .when(names_a_loan)
    .takes(&[&[needed(order_id("orderId")), scalar("refundedAccount")]]),
    lends("/v5/crypto-loan-fixed/fully-repay", "fixed_loan_repayment")
        .one_of(&["loanId", "loanCurrency"])
        .takes(&[&[scalar("loanId"), asset("loanCurrency")]]),
    lends(
        "/v5/crypto-loan-fixed/repay-collateral",
        "fixed_loan_collateral_repayment",
    )
    .takes(&[REPAID_FROM_COLLATERAL]),
    lends("/v5/crypto-loan-fixed/renew", "fixed_loan_renewal")
        .takes(&[&[needed(scalar("loanId")), COLLATERAL]]),
    lends("/v5/ins-loan/repay-loan", "institutional_repayment")
        .takes(&[&[needed(asset("token")), needed(amount("quantity"))]]),
    // Its documents name the amount in two ways.
    act("/v5/spot-lever-token/purchase", "leveraged_token_purchase")
        .trades_spot()
        .one_of(&["amount", "ltAmount"])
        .takes(&[&[
            needed(asset("ltCoin")),
            crate::kit::parameter::quote_quantity("amount"),
            crate::kit::parameter::quote_quantity("ltAmount"),
            client_id("serialNo"),
        ]]),
    act("/v5/spot-lever-token/redeem", "leveraged_token_redemption")
        .trades_spot()
        .takes(&[&[
            needed(asset("ltCoin")),
            needed(quantity("quantity")),
            client_id("serialNo"),
        ]]),
];
