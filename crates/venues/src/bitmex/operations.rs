//! Operations of BitMEX, orders and positions aside.

use rust_decimal::Decimal;

use crate::{
    Intent, Product, Unclassified,
    kit::{
        operation::{Op, delete, get, login, post, put},
        parameter::{
            Parameter, amount, anything, asset, destination, needed, network, order_id, scalar,
            sub_account, symbol, tag, to,
        },
    },
    syntax::Fields,
};

pub(super) const HOSTS: &[&str] = &["www.bitmex.com", "testnet.bitmex.com"];
const STREAMS: &[&str] = &["ws.bitmex.com", "ws.testnet.bitmex.com", "www.bitmex.com"];

/// What a read may name that is worth showing, and marking.
const SHOWN: &[Parameter] = &[symbol("symbol"), asset("currency")];

/// A call that changes nothing, whatever its parameters.
const fn read(path: &'static str, name: &'static str, product: Product) -> Op {
    get(path, name)
        .reads(product)
        .takes(&[SHOWN])
        .takes_any()
        .on(HOSTS)
}

pub(super) const READS: &[Op] = &[
    read("/api/v1/order", "orders", Product::CoinFutures),
    read("/api/v1/execution", "executions", Product::CoinFutures),
    read(
        "/api/v1/execution/tradeHistory",
        "trades",
        Product::CoinFutures,
    ),
    read("/api/v1/position", "positions", Product::CoinFutures),
    read("/api/v1/apiKey", "keys", Product::Account),
    read("/api/v1/address", "addresses", Product::Wallet),
    read(
        "/api/v1/globalNotification",
        "notifications",
        Product::Account,
    ),
    read(
        "/api/v1/leaderboard/name",
        "leaderboard_name",
        Product::Account,
    ),
    read(
        "/api/v1/porl/snapshots",
        "liability_snapshots",
        Product::Account,
    ),
    read("/api/v1/user", "user", Product::Account),
    read(
        "/api/v1/user/affiliateStatus",
        "affiliate",
        Product::Account,
    ),
    read(
        "/api/v1/user/checkReferralCode",
        "referral_code",
        Product::Account,
    ),
    read("/api/v1/user/commission", "fees", Product::Account),
    read("/api/v1/user/csa", "csa", Product::Account),
    read(
        "/api/v1/user/executionHistory",
        "execution_history",
        Product::CoinFutures,
    ),
    read(
        "/api/v1/user/getWalletTransferAccounts",
        "transfer_accounts",
        Product::Wallet,
    ),
    read("/api/v1/user/margin", "margin", Product::Account),
    read(
        "/api/v1/user/marginingMode",
        "margining_mode_of",
        Product::Account,
    ),
    read(
        "/api/v1/user/quoteFillRatio",
        "quote_fill_ratio",
        Product::Account,
    ),
    read(
        "/api/v1/user/quoteValueRatio",
        "quote_value_ratio",
        Product::Account,
    ),
    read("/api/v1/user/staking", "staking", Product::Wallet),
    read(
        "/api/v1/user/staking/instruments",
        "staking_instruments",
        Product::Wallet,
    ),
    read(
        "/api/v1/user/staking/tiers",
        "staking_tiers",
        Product::Wallet,
    ),
    read(
        "/api/v1/user/tradingVolume",
        "trading_volume",
        Product::Account,
    ),
    read(
        "/api/v1/user/unstakingRequests",
        "unstaking",
        Product::Wallet,
    ),
    read("/api/v1/user/wallet", "wallet", Product::Wallet),
    read(
        "/api/v1/user/walletHistory",
        "wallet_history",
        Product::Wallet,
    ),
    read(
        "/api/v1/user/walletSummary",
        "wallet_summary",
        Product::Wallet,
    ),
    read("/api/v1/userAffiliates", "affiliates", Product::Account),
    read("/api/v1/userEvent", "events", Product::Account),
];

/// Market data, which is public: some clients sign every call.
pub(super) const MARKETS: &[Op] = &[
    read(
        "/api/v1/announcement",
        "announcements",
        Product::CoinFutures,
    ),
    read("/api/v1/chat", "chat", Product::Account),
    read("/api/v1/funding", "funding", Product::CoinFutures),
    read("/api/v1/instrument", "instruments", Product::CoinFutures),
    read(
        "/api/v1/instrument/active",
        "active_instruments",
        Product::CoinFutures,
    ),
    read(
        "/api/v1/instrument/activeAndIndices",
        "active_and_indices",
        Product::CoinFutures,
    ),
    read(
        "/api/v1/instrument/indices",
        "indices",
        Product::CoinFutures,
    ),
    read("/api/v1/insurance", "insurance", Product::CoinFutures),
    read("/api/v1/liquidation", "liquidations", Product::CoinFutures),
    read("/api/v1/orderBook/L2", "order_book", Product::CoinFutures),
    read("/api/v1/quote", "quotes", Product::CoinFutures),
    read(
        "/api/v1/quote/bucketed",
        "quotes_bucketed",
        Product::CoinFutures,
    ),
    read("/api/v1/settlement", "settlements", Product::CoinFutures),
    read("/api/v1/stats", "stats", Product::CoinFutures),
    read("/api/v1/trade", "market_trades", Product::CoinFutures),
    read("/api/v1/trade/bucketed", "candles", Product::CoinFutures),
    read("/api/v1/wallet/assets", "assets", Product::Wallet),
    read("/api/v1/wallet/networks", "networks", Product::Wallet),
];

/// Shows an amount in whole units where the currency's scale is known.
fn whole_units(_: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    let (whole, scale) = match intent.asset.as_deref() {
        Some("XBt") => ("XBT", 8),
        Some("USDt") => ("USDT", 6),
        _ => {
            intent.amount = None;
            return Ok(());
        }
    };
    intent.amount = intent
        .amount
        .and_then(|amount| amount.checked_mul(Decimal::new(1, scale)))
        .map(|amount| amount.normalize());
    intent.asset = Some(whole.to_owned());
    Ok(())
}

fn withdraw(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    let destinations = ["address", "addressId", "targetUserId"];
    if let Some(name) = destinations.iter().filter(|name| fields.has(name)).nth(1) {
        return Err(Unclassified::Contradiction {
            operation: "withdrawal",
            name,
            why: "comes with another destination",
        });
    }
    whole_units(fields, intent)
}

pub(super) const FUNDS: &[Op] = &[
    get("/api/v1/user/depositAddress", "deposit_address")
        .deposits()
        .takes(&[&[asset("currency"), network("network")]])
        .takes_any()
        .on(HOSTS),
    post("/api/v1/user/requestWithdrawal", "withdrawal")
        .withdraws()
        .adjust(withdraw)
        .one_of(&["address", "addressId", "targetUserId"])
        .takes(&[&[
            needed(asset("currency")),
            needed(amount("amount")),
            destination("address"),
            destination("addressId"),
            destination("targetUserId"),
            network("network"),
            tag("memo"),
            scalar("fee"),
            scalar("otpToken"),
            scalar("text"),
        ]])
        .on(HOSTS),
    post("/api/v1/user/cancelWithdrawal", "withdrawal_cancel")
        .withdraws()
        .one_of(&["token", "transactID"])
        .takes(&[&[scalar("token"), order_id("transactID")]])
        .on(HOSTS),
    delete("/api/v1/user/withdrawal", "withdrawal_remove")
        .withdraws()
        .takes(&[&[needed(order_id("transactID"))]])
        .on(HOSTS),
    post("/api/v1/user/confirmWithdrawal", "withdrawal_confirm")
        .withdraws()
        .takes(&[&[needed(scalar("token"))]])
        .on(HOSTS),
    post("/api/v1/user/walletTransfer", "transfer")
        .transfers()
        .adjust(whole_units)
        .takes(&[&[
            needed(asset("currency")),
            needed(amount("amount")),
            needed(to("targetAccountId")),
        ]])
        .on(HOSTS),
    post("/api/v1/user/unstakingRequests", "unstake")
        .transfers()
        .takes(&[&[needed(symbol("symbol")), needed(scalar("amount"))]])
        .on(HOSTS),
    delete("/api/v1/user/unstakingRequests", "unstake_cancel")
        .transfers()
        .takes(&[&[needed(order_id("redemptionId"))]])
        .on(HOSTS),
];

/// Addresses that withdrawals may name.
const ADDRESS: &[Parameter] = &[
    scalar("id"),
    asset("currency"),
    network("network"),
    destination("address"),
    tag("memo"),
    scalar("name"),
    scalar("note"),
    scalar("otpToken"),
    scalar("skipConfirm"),
    scalar("skip2FA"),
];

const KEY: &[Parameter] = &[needed(scalar("apiKeyID"))];

const fn administer(op: Op) -> Op {
    op.administers().on(HOSTS)
}

pub(super) const ACCOUNTS: &[Op] = &[
    administer(post("/api/v1/address", "address_add")).takes(&[ADDRESS]),
    administer(put("/api/v1/address", "address_change")).takes(&[ADDRESS]),
    administer(delete("/api/v1/address", "address_remove")).takes(&[&[needed(scalar("id"))]]),
    administer(post("/api/v1/user/addSubaccount", "sub_account_create"))
        .takes(&[&[needed(sub_account("accountName"))]]),
    administer(post("/api/v1/user/updateSubaccount", "sub_account_change")).takes(&[&[
        needed(sub_account("targetAccountId")),
        needed(scalar("accountName")),
    ]]),
    administer(post("/api/v1/user/preferences", "preferences"))
        .takes(&[&[needed(anything("prefs")), scalar("overwrite")]]),
    administer(post(
        "/api/v1/user/communicationToken",
        "communication_token",
    ))
    .takes(&[&[needed(scalar("token")), needed(scalar("platformAgent"))]]),
    administer(post("/api/v1/user/confirmEmail", "email_confirm"))
        .takes(&[&[needed(scalar("token"))]]),
    // Keys, as older clients make them.
    administer(post("/api/v1/apiKey", "key_create")).takes(&[&[
        scalar("name"),
        scalar("cidr"),
        anything("permissions"),
        scalar("enabled"),
        scalar("token"),
    ]]),
    administer(delete("/api/v1/apiKey", "key_remove")).takes(&[KEY]),
    administer(post("/api/v1/apiKey/enable", "key_enable")).takes(&[KEY]),
    administer(post("/api/v1/apiKey/disable", "key_disable")).takes(&[KEY]),
    administer(post("/api/v1/user/logout", "logout")),
    login("/realtime", "stream_login").on(STREAMS),
];
