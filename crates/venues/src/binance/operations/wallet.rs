//! Balances, addresses, withdrawals, and whatever else moves or locks assets of the account.

use super::{GET, Interface, POST, Row};
use crate::{Class, Permission, Product};

const fn row(
    name: &'static str,
    class: Class,
    permission: Permission,
    method: &'static str,
    path: &'static str,
) -> Row {
    let kind = (class, Product::Wallet, permission);
    Row::new(name, kind, Interface::Sapi, method, path)
}

const fn read(name: &'static str, path: &'static str) -> Row {
    row(name, Class::Read, Permission::Read, GET, path)
}

const fn withdraw(name: &'static str, path: &'static str) -> Row {
    row(name, Class::Withdraw, Permission::Withdrawals, POST, path)
}

const fn transfer(name: &'static str, path: &'static str) -> Row {
    row(name, Class::Transfer, Permission::Transfers, POST, path)
}

/// What changes assets of the spot account without leaving it needs the permission to trade.
const fn hold(name: &'static str, class: Class, path: &'static str) -> Row {
    row(name, class, Permission::SpotTrading, POST, path)
}

const HISTORY: &[&str] = &["coin", "status", "startTime", "endTime", "offset", "limit"];

pub(super) const ROWS: &[Row] = &[
    // Offered.
    withdraw("withdraw", "/sapi/v1/capital/withdraw/apply")
        .requires(&["coin", "address", "amount"])
        .takes(&[
            "network",
            "addressTag",
            "withdrawOrderId",
            "transactionFeeFlag",
            "walletType",
        ])
        .offered(),
    read("coins", "/sapi/v1/capital/config/getall").offered(),
    read("withdraw_history", "/sapi/v1/capital/withdraw/history")
        .takes(HISTORY)
        .offered(),
    read("deposit_history", "/sapi/v1/capital/deposit/hisrec")
        .takes(HISTORY)
        .offered(),
    row(
        "deposit_address",
        Class::Deposit,
        Permission::Read,
        GET,
        "/sapi/v1/capital/deposit/address",
    )
    .requires(&["coin"])
    .takes(&["network"])
    .offered(),
    read("account_status", "/sapi/v1/account/status").offered(),
    read("key_permissions", "/sapi/v1/account/apiRestrictions").offered(),
    read("trade_fee", "/sapi/v1/asset/tradeFee")
        .takes(&["symbol"])
        .offered(),
    // Known neighbours: value out of the account.
    withdraw(
        "local_entity_withdraw",
        "/sapi/v1/localentity/withdraw/apply",
    )
    .requires(&["coin", "address", "amount", "questionnaire"])
    .takes(&["network", "addressTag"]),
    withdraw("fiat_withdraw", "/sapi/v2/fiat/withdraw").requires(&[
        "currency",
        "apiPaymentMethod",
        "amount",
    ]),
    withdraw("gift_card_create", "/sapi/v1/giftcard/createCode").requires(&["token", "amount"]),
    withdraw("gift_card_buy", "/sapi/v1/giftcard/buyCode").requires(&[
        "baseToken",
        "faceToken",
        "baseTokenAmount",
    ]),
    // Between accounts and products.
    transfer("universal_transfer", "/sapi/v1/asset/transfer")
        .requires(&["type", "asset", "amount"]),
    transfer("futures_transfer", "/sapi/v1/futures/transfer")
        .requires(&["asset", "amount", "type"]),
    transfer("cross_margin_transfer", "/sapi/v1/margin/transfer")
        .requires(&["asset", "amount", "type"]),
    transfer(
        "isolated_margin_transfer",
        "/sapi/v1/margin/isolated/transfer",
    )
    .requires(&["asset", "symbol", "transFrom", "transTo", "amount"]),
    transfer("portfolio_bnb_transfer", "/sapi/v1/portfolio/bnb-transfer")
        .requires(&["transferSide", "amount"]),
    transfer(
        "portfolio_collect_asset",
        "/sapi/v1/portfolio/asset-collection",
    )
    .requires(&["asset"]),
    row(
        "portfolio_collect_all",
        Class::Transfer,
        Permission::PortfolioMargin,
        POST,
        "/sapi/v1/portfolio/auto-collection",
    ),
    row(
        "portfolio_repay",
        Class::Transfer,
        Permission::PortfolioMargin,
        POST,
        "/sapi/v1/portfolio/repay",
    ),
    row(
        "portfolio_repay_futures",
        Class::Transfer,
        Permission::PortfolioMargin,
        POST,
        "/sapi/v1/portfolio/repay-futures-negative-balance",
    ),
    row(
        "deposit_credit",
        Class::Deposit,
        Permission::SubAccounts,
        POST,
        "/sapi/v1/capital/deposit/credit-apply",
    ),
    // Within the account.
    hold("dust_to_bnb", Class::TradeSpot, "/sapi/v1/asset/dust").requires(&["asset"]),
    hold(
        "convert_quote",
        Class::TradeSpot,
        "/sapi/v1/convert/getQuote",
    )
    .requires(&["fromAsset", "toAsset"]),
    hold(
        "convert_accept",
        Class::TradeSpot,
        "/sapi/v1/convert/acceptQuote",
    )
    .requires(&["quoteId"]),
    hold(
        "convert_limit",
        Class::TradeSpot,
        "/sapi/v1/convert/limit/placeOrder",
    )
    .requires(&["baseAsset", "quoteAsset", "limitPrice", "side"]),
    hold(
        "earn_flexible_subscribe",
        Class::Transfer,
        "/sapi/v1/simple-earn/flexible/subscribe",
    )
    .requires(&["productId", "amount"]),
    hold(
        "earn_flexible_redeem",
        Class::Transfer,
        "/sapi/v1/simple-earn/flexible/redeem",
    )
    .requires(&["productId"]),
    hold(
        "earn_locked_subscribe",
        Class::Transfer,
        "/sapi/v1/simple-earn/locked/subscribe",
    )
    .requires(&["projectId", "amount"]),
    hold(
        "earn_locked_redeem",
        Class::Transfer,
        "/sapi/v1/simple-earn/locked/redeem",
    )
    .requires(&["positionId"]),
    hold(
        "stake_eth",
        Class::Transfer,
        "/sapi/v2/eth-staking/eth/stake",
    )
    .requires(&["amount"]),
    hold(
        "redeem_eth",
        Class::Transfer,
        "/sapi/v1/eth-staking/eth/redeem",
    )
    .requires(&["amount"]),
    hold(
        "stake_sol",
        Class::Transfer,
        "/sapi/v1/sol-staking/sol/stake",
    )
    .requires(&["amount"]),
    hold(
        "redeem_sol",
        Class::Transfer,
        "/sapi/v1/sol-staking/sol/redeem",
    )
    .requires(&["amount"]),
    hold(
        "loan_borrow",
        Class::Transfer,
        "/sapi/v2/loan/flexible/borrow",
    )
    .requires(&["loanCoin", "collateralCoin"]),
];
