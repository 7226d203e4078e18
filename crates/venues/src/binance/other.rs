//! What else `/sapi` has: market data that clients sign like everything there, gift cards, closed
//! products that are still asked for, and products known only so that they are found in a set.

use crate::{
    Class, Permission, Product,
    kit::{
        operation::{Op, get, post},
        parameter::{Parameter, amount, asset, kind, needed, order_id, scalar, symbol},
    },
};

use super::{
    SAPI_HOSTS as HOSTS,
    parameters::{MARKET as TRADED, PAGES, SIDE, SPOT_KINDS, SPOT_ORDER},
};

const fn read(path: &'static str, name: &'static str) -> Op {
    get(path, name)
        .reads(Product::Wallet)
        .takes(&[FILTER, PAGES])
        .on(HOSTS)
}

/// What acts and is not offered.
const fn neighbour(path: &'static str, name: &'static str, class: Class) -> Op {
    post(path, name)
        .is(class, Product::Wallet, Permission::SpotTrading)
        .on(HOSTS)
        .not_offered()
}

const MARKET: &[Parameter] = &[symbol("symbol")];
const FILTER: &[Parameter] = &[
    asset("asset"),
    scalar("assets"),
    scalar("loanCoin"),
    scalar("collateralCoin"),
    scalar("vipLevel"),
    scalar("status"),
    scalar("lendingType"),
    scalar("fromAsset"),
    scalar("toAsset"),
    scalar("baseToken"),
    scalar("referenceNo"),
    scalar("productId"),
    scalar("projectId"),
    scalar("product"),
    scalar("planType"),
    scalar("planId"),
    scalar("aprPeriod"),
    scalar("poolType"),
    scalar("email"),
    scalar("subAccountId"),
    scalar("subAccountApiKey"),
    scalar("futuresType"),
    scalar("customerId"),
    scalar("apiAgentCode"),
    scalar("algo"),
    scalar("userName"),
    scalar("workerName"),
    scalar("sort"),
    scalar("sortColumn"),
    scalar("workerStatus"),
    scalar("pageIndex"),
    scalar("pageSize"),
    scalar("optionType"),
    scalar("exercisedCoin"),
    scalar("investCoin"),
    scalar("targetAsset"),
    scalar("hisRoiType"),
    scalar("usageType"),
    scalar("indexId"),
    scalar("transactionId"),
    scalar("requestId"),
    scalar("loanRate"),
    scalar("orderId"),
    scalar("collateralAccountId"),
    scalar("repayAmount"),
    scalar("coin"),
    scalar("configId"),
    scalar("startDate"),
    scalar("endDate"),
    scalar("type"),
    scalar("orderType"),
    scalar("autoSubscribe"),
    scalar("transfers"),
    scalar("transferFunctionAccountType"),
    scalar("flexibleAllowedToUse"),
];

pub(super) const OPERATIONS: &[Op] = &[
    read("/sapi/v1/margin/asset", "margin_asset"),
    read("/sapi/v1/margin/pair", "margin_pair").takes(&[MARKET]),
    read("/sapi/v1/margin/allAssets", "margin_assets"),
    read("/sapi/v1/margin/allPairs", "margin_pairs").takes(&[MARKET]),
    read("/sapi/v1/margin/priceIndex", "margin_price_index").takes(&[MARKET]),
    read(
        "/sapi/v1/margin/crossMarginCollateralRatio",
        "margin_collateral_ratio",
    ),
    read("/sapi/v1/margin/leverageBracket", "margin_brackets"),
    read("/sapi/v1/spot/delist-schedule", "spot_delistings"),
    read("/sapi/v1/convert/exchangeInfo", "convert_pairs"),
    read(
        "/sapi/v1/portfolio/collateralRate",
        "portfolio_collateral_rate",
    ),
    read(
        "/sapi/v1/portfolio/asset-index-price",
        "portfolio_index_price",
    ),
    read("/sapi/v1/loan/loanable/data", "loanable_assets_v1"),
    read("/sapi/v1/loan/collateral/data", "collateral_assets_v1"),
    read("/sapi/v1/loan/ongoing/orders", "loans_ongoing_v1"),
    read("/sapi/v1/loan/borrow/history", "loan_borrowings_v1"),
    read("/sapi/v1/loan/repay/history", "loan_repayments_v1"),
    read(
        "/sapi/v1/loan/ltv/adjustment/history",
        "loan_adjustments_v1",
    ),
    read("/sapi/v2/loan/flexible/loanable/data", "loanable_assets"),
    read(
        "/sapi/v2/loan/flexible/collateral/data",
        "collateral_assets",
    ),
    read(
        "/sapi/v2/loan/flexible/liquidation/history",
        "loan_liquidations",
    ),
    read("/sapi/v2/loan/interestRateHistory", "loan_rates"),
    read("/sapi/v1/loan/vip/accruedInterest", "vip_loan_interest"),
    read(
        "/sapi/v1/loan/vip/interestRateHistory",
        "vip_loan_rate_history",
    ),
    read(
        "/sapi/v1/mining/hash-transfer/config/details/list",
        "mining_resales",
    ),
    read(
        "/sapi/v1/mining/hash-transfer/profit/details",
        "mining_resale_profit",
    ),
    read("/sapi/v1/loan/vip/ongoing/orders", "vip_loans_ongoing"),
    read("/sapi/v1/loan/vip/repay/history", "vip_loan_repayments"),
    read("/sapi/v1/loan/vip/loanable/data", "vip_loanable_assets"),
    read("/sapi/v1/loan/vip/collateral/data", "vip_collateral_assets"),
    read("/sapi/v1/lending/union/account", "savings_account"),
    read("/sapi/v1/lending/union/purchaseRecord", "savings_purchases"),
    read(
        "/sapi/v1/lending/union/redemptionRecord",
        "savings_redemptions",
    ),
    read("/sapi/v1/lending/union/interestHistory", "savings_interest"),
    read("/sapi/v1/lending/daily/product/list", "savings_products"),
    read("/sapi/v1/lending/daily/token/position", "savings_positions"),
    read(
        "/sapi/v1/lending/auto-invest/plan/list",
        "auto_invest_plans",
    ),
    read(
        "/sapi/v1/lending/auto-invest/history/list",
        "auto_invest_history",
    ),
    read(
        "/sapi/v1/simple-earn/flexible/subscriptionPreview",
        "earn_flexible_preview",
    )
    .takes(&[FILTER, &[scalar("amount")]]),
    read(
        "/sapi/v1/simple-earn/locked/subscriptionPreview",
        "earn_locked_preview",
    )
    .takes(&[FILTER, &[scalar("amount")]]),
    read(
        "/sapi/v1/simple-earn/flexible/history/rateHistory",
        "earn_rates",
    ),
    read(
        "/sapi/v1/simple-earn/flexible/history/collateralRecord",
        "earn_collateral",
    ),
    read("/sapi/v1/eth-staking/eth/history/rateHistory", "eth_rates"),
    read(
        "/sapi/v1/eth-staking/eth/history/wbethRewardsHistory",
        "wbeth_rewards",
    ),
    read(
        "/sapi/v1/eth-staking/wbeth/history/wrapHistory",
        "wbeth_wraps",
    ),
    read(
        "/sapi/v1/eth-staking/wbeth/history/unwrapHistory",
        "wbeth_unwraps",
    ),
    read(
        "/sapi/v1/sol-staking/sol/history/bnsolRewardsHistory",
        "sol_rewards",
    ),
    read("/sapi/v1/sol-staking/sol/history/rateHistory", "sol_rates"),
    read("/sapi/v1/staking/productList", "staking_products"),
    read("/sapi/v1/staking/personalLeftQuota", "staking_quota"),
    read(
        "/sapi/v1/dci/product/positions",
        "dual_investment_positions",
    ),
    read("/sapi/v1/dci/product/accounts", "dual_investment_accounts"),
    read("/sapi/v1/nft/history/transactions", "nft_transactions"),
    read("/sapi/v1/nft/history/deposit", "nft_deposits"),
    read("/sapi/v1/nft/history/withdraw", "nft_withdrawals"),
    read("/sapi/v1/nft/user/getAsset", "nft_assets"),
    read("/sapi/v1/giftcard/verify", "gift_card_verify"),
    read("/sapi/v1/giftcard/buyCode/token-limit", "gift_card_limits"),
    read(
        "/sapi/v1/giftcard/cryptography/rsa-public-key",
        "gift_card_key",
    ),
    read(
        "/sapi/v1/sol-staking/sol/history/boostRewardsHistory",
        "sol_boost_rewards",
    ),
    read(
        "/sapi/v1/sol-staking/sol/history/unclaimedRewards",
        "sol_unclaimed",
    ),
    read("/sapi/v1/staking/purchaseRecord", "staking_purchases"),
    read("/sapi/v1/localentity/vasp", "travel_rule_entities"),
    read("/sapi/v1/lending/project/list", "savings_projects"),
    read(
        "/sapi/v1/lending/project/position/list",
        "savings_project_positions",
    ),
    read(
        "/sapi/v1/lending/auto-invest/target-asset/list",
        "auto_invest_targets",
    ),
    read(
        "/sapi/v1/lending/auto-invest/target-asset/roi/list",
        "auto_invest_returns",
    ),
    read(
        "/sapi/v1/lending/auto-invest/source-asset/list",
        "auto_invest_sources",
    ),
    read(
        "/sapi/v1/lending/auto-invest/all/asset",
        "auto_invest_assets",
    ),
    read("/sapi/v1/lending/auto-invest/plan/id", "auto_invest_plan"),
    read(
        "/sapi/v1/lending/auto-invest/index/info",
        "auto_invest_index",
    ),
    read(
        "/sapi/v1/lending/auto-invest/index/user-summary",
        "auto_invest_summary",
    ),
    read(
        "/sapi/v1/lending/auto-invest/one-off/status",
        "auto_invest_once_status",
    ),
    read(
        "/sapi/v1/lending/auto-invest/redeem/history",
        "auto_invest_redemptions",
    ),
    read(
        "/sapi/v1/lending/auto-invest/rebalance/history",
        "auto_invest_rebalances",
    ),
    read("/sapi/v1/loan/repay/collateral/rate", "loan_repay_rate"),
    read(
        "/sapi/v2/loan/flexible/repay/rate",
        "loan_flexible_repay_rate",
    ),
    read("/sapi/v1/loan/vip/collateral/account", "vip_loan_account"),
    read("/sapi/v1/loan/vip/request/data", "vip_loan_requests"),
    read("/sapi/v1/loan/vip/request/interestRate", "vip_loan_rates"),
    read(
        "/sapi/v2/portfolio/collateralRate",
        "portfolio_collateral_rate_v2",
    ),
    read(
        "/sapi/v1/portfolio/margin-call-level",
        "portfolio_margin_call_level",
    ),
    read("/sapi/v1/dci/product/list", "dual_investment_products"),
    read("/sapi/v1/copyTrading/futures/userStatus", "copy_status"),
    read("/sapi/v1/copyTrading/futures/leadSymbol", "copy_symbols"),
    read("/sapi/v1/mining/pub/algoList", "mining_algorithms"),
    read("/sapi/v1/mining/pub/coinList", "mining_coins"),
    read("/sapi/v1/mining/worker/detail", "mining_worker"),
    read("/sapi/v1/mining/worker/list", "mining_workers"),
    read("/sapi/v1/mining/payment/list", "mining_payments"),
    read("/sapi/v1/mining/payment/other", "mining_other_payments"),
    read("/sapi/v1/mining/payment/uid", "mining_account_payments"),
    read("/sapi/v1/mining/statistics/user/status", "mining_status"),
    read("/sapi/v1/mining/statistics/user/list", "mining_statistics"),
    read("/sapi/v1/broker/rebate/recentRecord", "broker_rebates"),
    read(
        "/sapi/v1/broker/rebate/futures/recentRecord",
        "broker_futures_rebates",
    ),
    read(
        "/sapi/v1/broker/subAccount/bnbBurn/status",
        "broker_bnb_burn",
    ),
    read(
        "/sapi/v1/broker/subAccountApi/ipRestriction",
        "broker_key_addresses",
    ),
    read(
        "/sapi/v1/broker/subAccountApi/commission/futures",
        "broker_futures_commissions",
    ),
    read(
        "/sapi/v1/broker/subAccountApi/commission/coinFutures",
        "broker_coin_futures_commissions",
    ),
    read(
        "/sapi/v1/broker/transfer/futures",
        "broker_futures_transfers",
    ),
    read(
        "/sapi/v2/broker/subAccount/futuresSummary",
        "broker_futures_v2",
    ),
    read(
        "/sapi/v3/broker/subAccount/futuresSummary",
        "broker_futures_v3",
    ),
    read(
        "/sapi/v1/managed-subaccount/query-trans-log",
        "managed_sub_log",
    ),
    read(
        "/sapi/v1/sub-account/apiRestrictions/ipRestriction/thirdPartyList",
        "sub_key_third_parties",
    ),
    read("/sapi/v1/apiReferral/ifNewUser", "referral_is_new"),
    read("/sapi/v1/apiReferral/customization", "referral_ids"),
    read(
        "/sapi/v1/apiReferral/rebate/recentRecord",
        "referral_rebates",
    ),
    read(
        "/sapi/v1/apiReferral/kickback/recentRecord",
        "referral_kickbacks",
    ),
    // A card is value for whoever has its code.
    post("/sapi/v1/giftcard/createCode", "gift_card_create")
        .withdraws()
        .takes(&[&[needed(asset("token")), needed(amount("amount"))]])
        .on(HOSTS),
    post("/sapi/v1/giftcard/buyCode", "gift_card_buy")
        .withdraws()
        .takes(&[&[
            needed(asset("baseToken")),
            needed(scalar("faceToken")),
            needed(amount("baseTokenAmount")),
            scalar("discount"),
        ]])
        .on(HOSTS),
    post("/sapi/v1/giftcard/redeemCode", "gift_card_redeem")
        .is(Class::Deposit, Product::Wallet, Permission::Withdrawals)
        .takes(&[&[needed(scalar("code"))]])
        .on(HOSTS),
    neighbour(
        "/sapi/v1/equity/order/place",
        "equity_order",
        Class::TradeSpot,
    )
    // Its parameters are not known; as an order of spot it is valued like one.
    .takes(&[TRADED, SIDE, &[kind("type", SPOT_KINDS)], SPOT_ORDER]),
    neighbour(
        "/sapi/v1/equity/order/cancel",
        "equity_cancel",
        Class::TradeSpot,
    )
    .takes(&[&[needed(order_id("orderId"))]]),
    neighbour(
        "/sapi/v1/equity/order/cancel-all",
        "equity_cancel_all",
        Class::TradeSpot,
    ),
    neighbour(
        "/sapi/v1/lending/daily/purchase",
        "savings_purchase",
        Class::Transfer,
    )
    .takes(&[&[needed(scalar("productId")), needed(amount("amount"))]]),
    neighbour(
        "/sapi/v1/lending/daily/redeem",
        "savings_redeem",
        Class::Transfer,
    )
    .takes(&[&[needed(scalar("productId")), needed(amount("amount"))]]),
    neighbour(
        "/sapi/v1/lending/auto-invest/one-off",
        "auto_invest_once",
        Class::TradeSpot,
    )
    .takes(&[&[
        needed(scalar("sourceType")),
        needed(amount("subscriptionAmount")),
    ]]),
    neighbour(
        "/sapi/v1/lending/auto-invest/plan/add",
        "auto_invest_add",
        Class::TradeSpot,
    )
    .takes(&[&[needed(scalar("sourceType")), needed(scalar("planType"))]]),
    neighbour(
        "/sapi/v1/lending/auto-invest/redeem",
        "auto_invest_redeem",
        Class::TradeSpot,
    )
    .takes(&[&[
        needed(scalar("indexId")),
        needed(scalar("redemptionPercentage")),
    ]]),
    neighbour("/sapi/v1/loan/repay", "loan_repay_v1", Class::Transfer)
        .takes(&[&[needed(order_id("orderId")), needed(amount("amount"))]]),
    neighbour(
        "/sapi/v1/loan/adjust/ltv",
        "loan_adjust_v1",
        Class::Transfer,
    )
    .takes(&[&[needed(order_id("orderId")), needed(amount("amount"))]]),
    neighbour("/sapi/v1/loan/vip/repay", "vip_loan_repay", Class::Transfer)
        .takes(&[&[needed(order_id("orderId")), needed(amount("amount"))]]),
    neighbour(
        "/sapi/v1/loan/vip/borrow",
        "vip_loan_borrow",
        Class::Transfer,
    )
    .takes(&[&[
        needed(scalar("loanCoin")),
        needed(amount("loanAmount")),
        needed(scalar("collateralCoin")),
    ]]),
    neighbour("/sapi/v1/loan/vip/renew", "vip_loan_renew", Class::Transfer)
        .takes(&[&[needed(order_id("orderId")), needed(scalar("loanTerm"))]]),
    neighbour(
        "/sapi/v1/mining/hash-transfer/config",
        "mining_resale",
        Class::Transfer,
    )
    .takes(&[&[
        needed(scalar("userName")),
        needed(scalar("algo")),
        needed(scalar("toPoolUser")),
        needed(scalar("hashRate")),
    ]]),
    neighbour(
        "/sapi/v1/mining/hash-transfer/config/cancel",
        "mining_resale_cancel",
        Class::Transfer,
    )
    .takes(&[&[needed(scalar("configId")), needed(scalar("userName"))]]),
    neighbour(
        "/sapi/v1/dci/product/auto_compound/edit-status",
        "dual_investment_edit",
        Class::Transfer,
    )
    .takes(&[&[needed(scalar("positionId"))]]),
];
