//! Wallets, transfers, sub-accounts and keys.

use crate::{
    Class, Intent, Permission, Product, Unclassified,
    kit::{
        operation::{Op, delete, get, post, put},
        parameter::{
            Parameter, amount, anything, asset, client_id, destination, from, needed, network,
            scalar, sub_account, tag, to,
        },
    },
    syntax::Fields,
};

use super::{HOSTS, spot::PAGES};

const fn read(path: &'static str, name: &'static str) -> Op {
    get(path, name).reads(Product::Wallet).on(HOSTS)
}

const fn transfer(path: &'static str, name: &'static str) -> Op {
    post(path, name).transfers().on(HOSTS)
}

const fn admin(path: &'static str, name: &'static str) -> Op {
    post(path, name).administers().on(HOSTS)
}

/// The master's view of a sub-account.
const fn see(path: &'static str, name: &'static str) -> Op {
    get(path, name)
        .is(Class::Read, Product::Account, Permission::SubAccounts)
        .on(HOSTS)
}

const fn session(op: Op) -> Op {
    op.is(Class::Session, Product::Account, Permission::Read)
        .on(HOSTS)
}

const COIN: &[Parameter] = &[needed(asset("coin"))];
const ANY_COIN: &[Parameter] = &[asset("coin"), scalar("id"), scalar("txId")];
const AMOUNT: &[Parameter] = &[needed(amount("amount"))];
const ASSET: &[Parameter] = &[needed(asset("asset"))];
const WALLET: &[Parameter] = &[scalar("walletType"), scalar("transferClientId")];
/// Another account of the venue, by number, telephone or address of mail.
const ACCOUNT: &[Parameter] = &[
    needed(destination("userAccount")),
    scalar("userAccountType"),
    scalar("callingCode"),
];
const MOVEMENTS: &[Parameter] = &[
    asset("coin"),
    scalar("id"),
    scalar("txId"),
    scalar("withdrawOrderId"),
    scalar("transferClientId"),
    scalar("tranId"),
    scalar("transferId"),
    scalar("fromAccount"),
    scalar("toAccount"),
];
const SUB: &[Parameter] = &[needed(sub_account("subUid"))];
const ANY_SUB: &[Parameter] = &[
    sub_account("subUid"),
    scalar("uid"),
    scalar("subAccountString"),
    scalar("isFeeze"),
    scalar("isFreeze"),
    scalar("accountType"),
];
const KEY: &[Parameter] = &[needed(scalar("apiKey"))];
const RIGHTS: &[Parameter] = &[
    scalar("note"),
    anything("permissions"),
    anything("ipAddresses"),
];

/// Accounts a transfer goes between, where its `type` names both: `FUND_PFUTURES`.
fn split_type(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    if let Some((from, to)) = fields
        .text("type")
        .as_deref()
        .and_then(|t| t.split_once('_'))
    {
        intent.from = Some(from.to_owned());
        intent.to = Some(to.to_owned());
    }
    Ok(())
}

pub(super) const FUNDS: &[Op] = &[
    post("/openApi/wallets/v1/capital/withdraw/apply", "withdraw")
        .withdraws()
        .takes(&[
            COIN,
            AMOUNT,
            WALLET,
            &[
                needed(destination("address")),
                network("network"),
                tag("addressTag"),
                client_id("withdrawOrderId"),
                scalar("vaspEntityId"),
                scalar("recipientLastName"),
                scalar("recipientFirstName"),
                scalar("dateOfbirth"),
            ],
        ])
        .on(HOSTS),
    post(
        "/openApi/wallets/v1/capital/innerTransfer/apply",
        "inner_transfer",
    )
    .withdraws()
    .takes(&[COIN, AMOUNT, ACCOUNT, WALLET])
    .on(HOSTS),
    post(
        "/openApi/wallets/v1/capital/subAccountInnerTransfer/apply",
        "sub_account_inner_transfer",
    )
    .is(Class::Transfer, Product::Wallet, Permission::SubAccounts)
    .takes(&[COIN, AMOUNT, ACCOUNT, WALLET])
    .on(HOSTS),
    transfer("/openApi/api/asset/v1/transfer", "transfer")
        .adjust(split_type)
        .takes(&[
            ASSET,
            AMOUNT,
            &[scalar("type"), from("fromAccount"), to("toAccount")],
        ]),
    transfer("/openApi/api/v3/post/asset/transfer", "transfer_v3")
        .adjust(split_type)
        .takes(&[
            ASSET,
            AMOUNT,
            &[scalar("type"), from("fromAccount"), to("toAccount")],
        ]),
    transfer(
        "/openApi/account/transfer/v1/subAccount/transferAsset",
        "sub_account_transfer",
    )
    .takes(&[&[
        needed(asset("assetName")),
        needed(amount("transferAmount")),
        from("fromUid"),
        to("toUid"),
        scalar("fromType"),
        scalar("toType"),
        scalar("fromAccountType"),
        scalar("toAccountType"),
        scalar("remark"),
    ]]),
    post(
        "/openApi/account/transfer/v1/subAccount/transferAsset/supportCoins",
        "sub_account_transfer_coins",
    )
    .reads(Product::Wallet)
    .takes(&[&[
        scalar("fromUid"),
        scalar("fromAccountType"),
        scalar("toUid"),
        scalar("toAccountType"),
    ]])
    .on(HOSTS),
    get(
        "/openApi/wallets/v1/capital/deposit/address",
        "deposit_address",
    )
    .deposits()
    .takes(&[COIN, PAGES, &[network("network")]])
    .on(HOSTS),
    get(
        "/openApi/wallets/v1/capital/subAccount/deposit/address",
        "sub_account_deposit_address",
    )
    .deposits()
    .takes(&[COIN, SUB, PAGES, &[network("network")]])
    .on(HOSTS),
    post(
        "/openApi/wallets/v1/capital/deposit/createSubAddress",
        "sub_account_deposit_address_create",
    )
    .deposits()
    .takes(&[COIN, SUB, &[network("network"), scalar("walletType")]])
    .on(HOSTS),
    read("/openApi/wallets/v1/capital/config/getall", "coins").takes(&[ANY_COIN]),
    read(
        "/openApi/wallets/v1/capital/innerTransfer/records",
        "inner_transfers",
    )
    .takes(&[MOVEMENTS, PAGES]),
    read(
        "/openApi/wallets/v1/capital/subAccount/innerTransfer/records",
        "sub_account_inner_transfers",
    )
    .takes(&[MOVEMENTS, PAGES]),
    read(
        "/openApi/wallets/v1/capital/deposit/subHisrec",
        "sub_account_deposits",
    )
    .takes(&[MOVEMENTS, ANY_SUB, PAGES]),
    read(
        "/openApi/wallets/v1/capital/deposit/riskRecords",
        "deposit_risks",
    )
    .takes(&[
        ANY_COIN,
        PAGES,
        &[scalar("uid"), scalar("subUid"), scalar("address")],
    ]),
    read("/openApi/api/v3/capital/deposit/hisrec", "deposit_history").takes(&[MOVEMENTS, PAGES]),
    read(
        "/openApi/api/v3/capital/withdraw/history",
        "withdraw_history",
    )
    .takes(&[MOVEMENTS, PAGES]),
    read("/openApi/api/v3/get/asset/transfer", "transfers_by_get").takes(&[MOVEMENTS, PAGES]),
    read("/openApi/api/v3/asset/transfer", "transfers_v3").takes(&[MOVEMENTS, PAGES]),
    read("/openApi/api/v3/asset/transferRecord", "transfers").takes(&[MOVEMENTS, PAGES]),
    read(
        "/openApi/api/asset/v1/transfer/supportCoins",
        "transfer_coins",
    )
    .takes(&[&[scalar("fromAccount"), scalar("toAccount")]]),
    read(
        "/openApi/account/transfer/v1/subAccount/asset/transferHistory",
        "sub_account_transfers",
    )
    .takes(&[MOVEMENTS, PAGES, ANY_SUB, &[scalar("pagingSize")]]),
    read("/openApi/fund/v1/account/balance", "fund_balance").takes(&[&[scalar("asset")]]),
];

pub(super) const ACCOUNTS: &[Op] = &[
    admin("/openApi/subAccount/v1/create", "sub_account_create")
        .takes(&[&[needed(sub_account("subAccountString")), scalar("note")]]),
    admin(
        "/openApi/subAccount/v1/apiKey/create",
        "sub_account_key_create",
    )
    .takes(&[SUB, RIGHTS]),
    admin("/openApi/subAccount/v1/apiKey/edit", "sub_account_key_edit").takes(&[SUB, KEY, RIGHTS]),
    admin(
        "/openApi/subAccount/v1/apiKey/del",
        "sub_account_key_delete",
    )
    .takes(&[SUB, KEY]),
    admin("/openApi/subAccount/v1/updateStatus", "sub_account_status")
        .takes(&[SUB, &[needed(scalar("freeze"))]]),
    admin(
        "/openApi/account/v1/innerTransfer/authorizeSubAccount",
        "sub_account_authorize",
    )
    .takes(&[&[needed(scalar("subUids")), needed(scalar("transferable"))]]),
    session(post(
        "/openApi/user/auth/userDataStream",
        "listen_key_create",
    )),
    session(put(
        "/openApi/user/auth/userDataStream",
        "listen_key_extend",
    ))
    .takes(&[&[needed(scalar("listenKey"))]]),
    session(delete(
        "/openApi/user/auth/userDataStream",
        "listen_key_close",
    ))
    .takes(&[&[needed(scalar("listenKey"))]]),
    see("/openApi/subAccount/v1/list", "sub_accounts").takes(&[ANY_SUB, PAGES]),
    see("/openApi/subAccount/v1/assets", "sub_account_assets").takes(&[SUB]),
    see(
        "/openApi/subAccount/v1/allAccountBalance",
        "sub_account_balances",
    )
    .takes(&[ANY_SUB, PAGES]),
    see("/openApi/account/v1/apiKey/query", "keys").takes(&[&[scalar("uid"), scalar("apiKey")]]),
    read("/openApi/account/v1/uid", "uid"),
    read("/openApi/account/v1/allAccountBalance", "balances").takes(&[&[scalar("accountType")]]),
    read("/openApi/v1/account/apiPermissions", "key_permissions"),
    read("/openApi/v1/account/apiRestrictions", "key_restrictions"),
    see(
        "/openApi/agent/v1/account/inviteAccountList",
        "agent_accounts",
    )
    .takes(&[AGENT, PAGES]),
    see(
        "/openApi/agent/v1/reward/commissionDataList",
        "agent_commissions",
    )
    .takes(&[AGENT, PAGES]),
    see(
        "/openApi/agent/v1/account/inviteRelationCheck",
        "agent_relation",
    )
    .takes(&[AGENT, PAGES]),
    see(
        "/openApi/agent/v1/asset/depositDetailList",
        "agent_deposits",
    )
    .takes(&[AGENT, PAGES]),
    see("/openApi/agent/v1/asset/partnerData", "agent_partners").takes(&[AGENT, PAGES]),
    // Of one who leads copy traders; known so that they are found in a set.
    post("/openApi/copyTrading/v1/spot/trader/sellOrder", "copy_sell")
        .trades_spot()
        .takes(&[&[needed(scalar("orderId"))]])
        .on(HOSTS)
        .not_offered(),
    post("/openApi/copyTrading/v1/swap/trace/setTPSL", "copy_targets")
        .trades_futures(Product::UsdFutures)
        .takes(&[&[needed(scalar("positionId"))]])
        .on(HOSTS)
        .not_offered(),
    post(
        "/openApi/copyTrading/v1/swap/trace/closeTrackOrder",
        "copy_close",
    )
    .trades_futures(Product::UsdFutures)
    .takes(&[&[needed(scalar("positionId"))]])
    .on(HOSTS)
    .not_offered(),
];

const AGENT: &[Parameter] = &[
    scalar("uid"),
    scalar("invitationCode"),
    scalar("referralCode"),
    scalar("lastUid"),
    scalar("directInvitation"),
    scalar("bizType"),
    scalar("currency"),
];
