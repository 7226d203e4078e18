//! Operations of Kraken, orders aside.

use crate::{
    Class, Intent, Permission, Product, Unclassified,
    kit::{
        operation::{Op, post},
        parameter::{
            Parameter, amount, asset, client_id, destination, from, needed, order_id, repeating,
            scalar, sub_account, symbol, to, word,
        },
    },
    syntax::Fields,
};

pub(super) const HOSTS: &[&str] = &["api.kraken.com"];

/// What a read may name that is worth showing, and marking.
const SHOWN: &[Parameter] = &[
    symbol("pair"),
    asset("asset"),
    order_id("txid"),
    client_id("cl_ord_id"),
];

/// A call that changes nothing, whatever its parameters.
const fn read(path: &'static str, name: &'static str, product: Product) -> Op {
    post(path, name)
        .reads(product)
        .takes(&[SHOWN])
        .takes_any()
        .on(HOSTS)
}

pub(super) const READS: &[Op] = &[
    read("/0/private/Balance", "balance", Product::Account),
    read("/0/private/BalanceEx", "extended_balance", Product::Account),
    read("/0/private/CreditLines", "credit_lines", Product::Account),
    read("/0/private/TradeBalance", "trade_balance", Product::Account),
    read("/0/private/OpenOrders", "open_orders", Product::Spot),
    read("/0/private/ClosedOrders", "closed_orders", Product::Spot),
    read("/0/private/QueryOrders", "orders", Product::Spot),
    read("/0/private/OrderAmends", "order_amends", Product::Spot),
    read("/0/private/TradesHistory", "trades", Product::Spot),
    read("/0/private/QueryTrades", "trade", Product::Spot),
    read("/0/private/OpenPositions", "positions", Product::Margin),
    read("/0/private/Ledgers", "ledgers", Product::Account),
    read("/0/private/QueryLedgers", "ledger", Product::Account),
    read("/0/private/TradeVolume", "fees", Product::Account),
    read("/0/private/GetApiKeyInfo", "key_info", Product::Account),
    read(
        "/0/private/ListWalletAccounts",
        "wallet_accounts",
        Product::Account,
    ),
    read("/0/private/Level3", "level3", Product::Spot),
    read("/0/private/AddExport", "export_request", Product::Account),
    read("/0/private/ExportStatus", "export_status", Product::Account),
    read("/0/private/RetrieveExport", "export", Product::Account),
    read(
        "/0/private/DepositMethods",
        "deposit_methods",
        Product::Wallet,
    ),
    read("/0/private/DepositStatus", "deposits", Product::Wallet),
    read(
        "/0/private/WithdrawMethods",
        "withdrawal_methods",
        Product::Wallet,
    ),
    read(
        "/0/private/WithdrawAddresses",
        "withdrawal_addresses",
        Product::Wallet,
    ),
    read(
        "/0/private/WithdrawInfo",
        "withdrawal_info",
        Product::Wallet,
    ),
    read("/0/private/WithdrawStatus", "withdrawals", Product::Wallet),
    // Clients send the kinds of lock one by one.
    read(
        "/0/private/Earn/Strategies",
        "earn_strategies",
        Product::Wallet,
    )
    .takes(&[&[repeating(scalar("lock_type"))]]),
    read(
        "/0/private/Earn/Allocations",
        "earn_allocations",
        Product::Wallet,
    ),
    read(
        "/0/private/Earn/AllocateStatus",
        "earn_allocate_status",
        Product::Wallet,
    ),
    read(
        "/0/private/Earn/DeallocateStatus",
        "earn_deallocate_status",
        Product::Wallet,
    ),
    read(
        "/0/private/Staking/Assets",
        "staking_assets",
        Product::Wallet,
    ),
    read(
        "/0/private/Staking/Pending",
        "staking_pending",
        Product::Wallet,
    ),
    read(
        "/0/private/Staking/Transactions",
        "staking_transactions",
        Product::Wallet,
    ),
];

fn wallets(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    intent.from = fields.text("from").map(Into::into);
    intent.to = fields.text("to").map(Into::into);
    Ok(())
}

/// The destination is the address if it is given, since Kraken compares it with that of the alias.
fn alias(_: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    if intent.destination.is_none() {
        intent.destination = intent.to.clone();
    }
    Ok(())
}

pub(super) const FUNDS: &[Op] = &[
    post("/0/private/DepositAddresses", "deposit_address")
        .deposits()
        .takes(&[&[
            needed(asset("asset")),
            needed(scalar("method")),
            scalar("new"),
            scalar("amount"),
            scalar("aclass"),
        ]])
        .on(HOSTS),
    post("/0/private/Withdraw", "withdrawal")
        .withdraws()
        .adjust(alias)
        .takes(&[&[
            needed(asset("asset")),
            needed(to("key")),
            needed(amount("amount")),
            destination("address"),
            scalar("aclass"),
            scalar("max_fee"),
        ]])
        .on(HOSTS),
    post("/0/private/WithdrawCancel", "withdrawal_cancel")
        .withdraws()
        .takes(&[&[needed(asset("asset")), needed(order_id("refid"))]])
        .on(HOSTS),
    post("/0/private/WalletTransfer", "wallet_transfer")
        .transfers()
        .adjust(wallets)
        .takes(&[&[
            needed(asset("asset")),
            needed(amount("amount")),
            needed(word("from", WALLETS)),
            needed(word("to", WALLETS)),
        ]])
        .on(HOSTS),
    post("/0/private/AccountTransfer", "account_transfer")
        .transfers()
        .takes(&[&[
            needed(asset("asset")),
            needed(amount("amount")),
            needed(from("from")),
            needed(to("to")),
            scalar("asset_class"),
        ]])
        .on(HOSTS),
    post("/0/private/Earn/Allocate", "earn_allocate")
        .transfers()
        .takes(&[EARN])
        .on(HOSTS),
    post("/0/private/Earn/Deallocate", "earn_deallocate")
        .transfers()
        .takes(&[EARN])
        .on(HOSTS),
    post("/0/private/Stake", "stake")
        .transfers()
        .takes(&[STAKE])
        .on(HOSTS),
    post("/0/private/Unstake", "unstake")
        .transfers()
        .takes(&[STAKE])
        .on(HOSTS),
];

/// Wallets have spaces in their names, so they are told as words.
const WALLETS: &[&str] = &["Spot Wallet", "Futures Wallet"];
const EARN: &[Parameter] = &[needed(to("strategy_id")), needed(amount("amount"))];
const STAKE: &[Parameter] = &[
    needed(asset("asset")),
    needed(amount("amount")),
    scalar("method"),
];

pub(super) const ACCOUNTS: &[Op] = &[
    post("/0/private/CreateSubaccount", "sub_account_create")
        .administers()
        .takes(&[&[needed(sub_account("username")), needed(scalar("email"))]])
        .on(HOSTS),
    post("/0/private/RemoveExport", "export_remove")
        .administers()
        .takes(&[&[
            needed(scalar("id")),
            needed(word("type", &["cancel", "delete"])),
        ]])
        .on(HOSTS),
    post("/0/private/GetWebSocketsToken", "stream_token")
        .is(Class::Session, Product::Account, Permission::Read)
        .on(HOSTS),
];
