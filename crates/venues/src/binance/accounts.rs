//! The account's own settings and its sub-accounts (`/sapi`).

use std::borrow::Cow;

use crate::{
    Class, Intent, Permission, Product, Unclassified,
    kit::{
        operation::{Op, delete, get, post},
        parameter::{
            Parameter, amount, anything, asset, from, needed, network, scalar, sub_account, symbol,
            to,
        },
    },
    syntax::Fields,
};

use super::{
    SAPI_HOSTS as HOSTS,
    parameters::{BETWEEN, PAGES},
};

const fn read(path: &'static str, name: &'static str) -> Op {
    get(path, name).reads(Product::Account).on(HOSTS)
}

/// The master's view of a sub-account.
pub(super) const fn see(path: &'static str, name: &'static str) -> Op {
    get(path, name)
        .is(Class::Read, Product::Account, Permission::SubAccounts)
        .on(HOSTS)
}

const fn setting(path: &'static str, name: &'static str) -> Op {
    post(path, name)
        .is(Class::Admin, Product::Account, Permission::SpotTrading)
        .on(HOSTS)
}

pub(super) const fn admin(op: Op) -> Op {
    op.administers().on(HOSTS)
}

pub(super) const fn transfer(path: &'static str, name: &'static str) -> Op {
    post(path, name)
        .is(Class::Transfer, Product::Account, Permission::SubAccounts)
        .on(HOSTS)
}

/// Transfers that a sub-account's own key can make.
const fn own_transfer(path: &'static str, name: &'static str) -> Op {
    post(path, name)
        .is(Class::Transfer, Product::Account, Permission::Transfers)
        .on(HOSTS)
}

pub(super) const ASSET: &[Parameter] = &[needed(asset("asset"))];
const ANY_ASSET: &[Parameter] = &[asset("asset")];
pub(super) const AMOUNT: &[Parameter] = &[needed(amount("amount"))];
const KIND: &[Parameter] = &[needed(scalar("type"))];
const EMAIL: &[Parameter] = &[needed(sub_account("email"))];
const ANY_EMAIL: &[Parameter] = &[sub_account("email")];
const TO_EMAIL: &[Parameter] = &[needed(to("toEmail"))];
const FROM_EMAIL: &[Parameter] = &[needed(from("fromEmail"))];
const PARTIES: &[Parameter] = &[
    sub_account("fromEmail"),
    sub_account("toEmail"),
    scalar("clientTranId"),
    scalar("symbol"),
];
/// Both accounts by whose they are as well as by their kind, `desk@example.com:SPOT`; without an address the
/// account is the master's. The sub-account is the one that receives, or else the one that gives.
fn whose(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    let (giver, receiver) = (fields.text("fromEmail"), fields.text("toEmail"));
    for (owner, kind) in [(&giver, &mut intent.from), (&receiver, &mut intent.to)] {
        if let (Some(owner), Some(kind)) = (owner, kind) {
            *kind = format!("{owner}:{kind}");
        }
    }
    intent.sub_account = receiver.or(giver).map(Cow::into_owned);
    Ok(())
}

pub(super) const SUB_KEY: &[Parameter] = &[needed(scalar("subAccountApiKey"))];
pub(super) const IPS: &[Parameter] = &[
    scalar("ipAddress"),
    scalar("thirdPartyName"),
    scalar("status"),
];
pub(super) const MORE: &[Parameter] = &[
    scalar("fromId"),
    scalar("toId"),
    scalar("fromAccountType"),
    scalar("toAccountType"),
    scalar("clientTranId"),
    scalar("showAllStatus"),
    scalar("futuresType"),
    scalar("isFreeze"),
    scalar("status"),
    scalar("tokenType"),
    scalar("transferFunctionAccountType"),
];

/// Spelled in two ways, the second by the venue's own client.
const BURNS: &[&str] = &[
    "spotBNBBurn",
    "interestBNBBurn",
    "spotBnbBurn",
    "interestBnbBurn",
];
/// What a sub-account's key may do.
const RIGHTS: &[Parameter] = &[
    scalar("canTrade"),
    scalar("canMarginLoanRepay"),
    scalar("canFuturesTrade"),
    scalar("canUniversalTransfer"),
    scalar("canVanillaOptions"),
];

pub(super) const SETTINGS: &[Op] = &[
    setting(
        "/sapi/v1/account/enableFastWithdrawSwitch",
        "fast_withdraw_enable",
    ),
    setting(
        "/sapi/v1/account/disableFastWithdrawSwitch",
        "fast_withdraw_disable",
    ),
    setting("/sapi/v1/bnbBurn", "bnb_burn")
        .one_of(BURNS)
        .takes(&[&[
            scalar("spotBNBBurn"),
            scalar("interestBNBBurn"),
            scalar("spotBnbBurn"),
            scalar("interestBnbBurn"),
        ]]),
    setting(
        "/sapi/v1/capital/contract/convertible-coins",
        "convertible_coins",
    )
    .takes(&[&[needed(asset("coin")), needed(scalar("enable"))]]),
    read("/sapi/v1/account/status", "account_status"),
    read("/sapi/v1/account/info", "account_info"),
    read("/sapi/v1/account/apiTradingStatus", "trading_status"),
    read("/sapi/v1/account/apiRestrictions", "key_permissions"),
    read(
        "/sapi/v1/account/apiRestrictions/ipRestriction",
        "key_addresses",
    ),
    read("/sapi/v1/accountSnapshot", "account_snapshot").takes(&[KIND, PAGES]),
    read("/sapi/v1/bnbBurn", "bnb_burn_status"),
    LISTEN_TOKEN,
];

/// What happens in the margin account, for a stream: it shows, and cannot act.
const LISTEN_TOKEN: Op = post("/sapi/v1/userListenToken", "margin_listen_token")
    .reads(Product::Margin)
    .takes(&[&[symbol("symbol"), scalar("isIsolated"), scalar("validity")]])
    .on(HOSTS);

pub(super) const SUB_ACCOUNTS: &[Op] = &[
    own_transfer(
        "/sapi/v1/sub-account/transfer/subToSub",
        "sub_to_sub_transfer",
    )
    .takes(&[TO_EMAIL, ASSET, AMOUNT]),
    own_transfer(
        "/sapi/v1/sub-account/transfer/subToMaster",
        "sub_to_master_transfer",
    )
    .takes(&[ASSET, AMOUNT]),
    transfer(
        "/sapi/v1/sub-account/universalTransfer",
        "sub_universal_transfer",
    )
    .adjust(whose)
    .takes(&[BETWEEN, ASSET, AMOUNT, PARTIES]),
    transfer(
        "/sapi/v1/sub-account/futures/transfer",
        "sub_futures_transfer",
    )
    .takes(&[EMAIL, ASSET, AMOUNT, KIND]),
    transfer(
        "/sapi/v1/sub-account/futures/internalTransfer",
        "sub_futures_internal_transfer",
    )
    .takes(&[
        FROM_EMAIL,
        TO_EMAIL,
        ASSET,
        AMOUNT,
        &[needed(scalar("futuresType"))],
    ]),
    transfer(
        "/sapi/v1/sub-account/margin/transfer",
        "sub_margin_transfer",
    )
    .takes(&[EMAIL, ASSET, AMOUNT, KIND]),
    transfer("/sapi/v1/managed-subaccount/deposit", "managed_sub_deposit")
        .takes(&[TO_EMAIL, ASSET, AMOUNT]),
    transfer(
        "/sapi/v1/managed-subaccount/withdraw",
        "managed_sub_withdraw",
    )
    .takes(&[FROM_EMAIL, ASSET, AMOUNT, &[scalar("transferDate")]]),
    admin(post("/sapi/v1/sub-account/virtualSubAccount", "sub_create"))
        .takes(&[&[needed(sub_account("subAccountString"))]]),
    admin(post(
        "/sapi/v1/sub-account/margin/enable",
        "sub_margin_enable",
    ))
    .takes(&[EMAIL]),
    admin(post(
        "/sapi/v1/sub-account/futures/enable",
        "sub_futures_enable",
    ))
    .takes(&[EMAIL]),
    admin(post(
        "/sapi/v1/sub-account/eoptions/enable",
        "sub_options_enable",
    ))
    .takes(&[EMAIL]),
    admin(post(
        "/sapi/v1/sub-account/options/enable",
        "sub_options_enable_v1",
    ))
    .takes(&[EMAIL]),
    admin(post(
        "/sapi/v1/sub-account/blvt/enable",
        "sub_tokens_enable",
    ))
    .takes(&[EMAIL, &[needed(scalar("enableBlvt"))]]),
    admin(post("/sapi/v1/sub-account/subAccountApi", "sub_key_create")).takes(&[
        EMAIL,
        &[
            needed(scalar("apiName")),
            needed(scalar("status")),
            scalar("publicKey"),
        ],
        RIGHTS,
        IPS,
    ]),
    admin(delete(
        "/sapi/v1/sub-account/subAccountApi",
        "sub_key_delete",
    ))
    .takes(&[EMAIL, SUB_KEY]),
    admin(post(
        "/sapi/v1/sub-account/subAccountApiPermission",
        "sub_key_permission",
    ))
    .takes(&[EMAIL, SUB_KEY, RIGHTS]),
    // Positions go to another account of the owner.
    transfer(
        "/sapi/v1/sub-account/futures/move-position",
        "sub_position_move",
    )
    .takes(&[&[
        needed(from("fromUserEmail")),
        needed(to("toUserEmail")),
        needed(scalar("productType")),
        needed(anything("orderArgs")),
    ]]),
    admin(post(
        "/sapi/v2/sub-account/subAccountApi/ipRestriction",
        "sub_key_ip_restriction",
    ))
    .takes(&[EMAIL, SUB_KEY, &[needed(scalar("status"))], IPS]),
    admin(post(
        "/sapi/v1/sub-account/subAccountApi/ipRestriction",
        "sub_key_ip_restriction_v1",
    ))
    .takes(&[EMAIL, SUB_KEY, &[scalar("ipRestrict")], IPS]),
    admin(post(
        "/sapi/v1/sub-account/subAccountApi/ipRestriction/ipList",
        "sub_key_ip_add",
    ))
    .takes(&[EMAIL, SUB_KEY, IPS]),
    admin(delete(
        "/sapi/v1/sub-account/subAccountApi/ipRestriction/ipList",
        "sub_key_ip_delete",
    ))
    .takes(&[EMAIL, SUB_KEY, IPS]),
    get("/sapi/v1/capital/deposit/subAddress", "sub_deposit_address")
        .deposits()
        .takes(&[
            EMAIL,
            &[needed(asset("coin")), network("network"), amount("amount")],
        ])
        .on(HOSTS),
    see("/sapi/v1/capital/deposit/subHisrec", "sub_deposit_history").takes(&[
        EMAIL,
        &[
            asset("coin"),
            scalar("status"),
            scalar("txId"),
            scalar("includeSource"),
        ],
        PAGES,
    ]),
    get(
        "/sapi/v1/managed-subaccount/deposit/address",
        "managed_sub_deposit_address",
    )
    .deposits()
    .takes(&[
        EMAIL,
        &[needed(asset("coin")), network("network"), amount("amount")],
    ])
    .on(HOSTS),
    see("/sapi/v1/sub-account/list", "sub_list").takes(&[ANY_EMAIL, PAGES, MORE]),
    see("/sapi/v1/sub-account/status", "sub_status").takes(&[ANY_EMAIL]),
    see("/sapi/v1/sub-account/spotSummary", "sub_spot_summary").takes(&[ANY_EMAIL, PAGES]),
    see("/sapi/v3/sub-account/assets", "sub_assets_v3").takes(&[EMAIL]),
    see("/sapi/v4/sub-account/assets", "sub_assets").takes(&[EMAIL]),
    see("/sapi/v1/sub-account/margin/account", "sub_margin_account").takes(&[EMAIL]),
    see(
        "/sapi/v1/sub-account/margin/accountSummary",
        "sub_margin_summary",
    ),
    see(
        "/sapi/v1/sub-account/futures/account",
        "sub_futures_account_v1",
    )
    .takes(&[EMAIL]),
    see(
        "/sapi/v2/sub-account/futures/account",
        "sub_futures_account",
    )
    .takes(&[EMAIL, MORE]),
    see(
        "/sapi/v1/sub-account/futures/accountSummary",
        "sub_futures_summary_v1",
    )
    .takes(&[PAGES]),
    see(
        "/sapi/v2/sub-account/futures/accountSummary",
        "sub_futures_summary",
    )
    .takes(&[MORE, PAGES]),
    see(
        "/sapi/v1/sub-account/futures/positionRisk",
        "sub_futures_positions_v1",
    )
    .takes(&[EMAIL]),
    see(
        "/sapi/v2/sub-account/futures/positionRisk",
        "sub_futures_positions",
    )
    .takes(&[EMAIL, MORE]),
    see(
        "/sapi/v1/sub-account/futures/internalTransfer",
        "sub_futures_internal_transfers",
    )
    .takes(&[EMAIL, MORE, PAGES]),
    see("/sapi/v1/sub-account/sub/transfer/history", "sub_transfers")
        .adjust(whose)
        .takes(&[PARTIES, PAGES]),
    see(
        "/sapi/v1/sub-account/transfer/subUserHistory",
        "sub_own_transfers",
    )
    .takes(&[
        ANY_ASSET,
        PAGES,
        &[scalar("type"), scalar("returnFailHistory")],
    ]),
    see(
        "/sapi/v1/sub-account/universalTransfer",
        "sub_universal_transfers",
    )
    .adjust(whose)
    .takes(&[PARTIES, PAGES]),
    see(
        "/sapi/v1/sub-account/transaction-statistics",
        "sub_statistics",
    )
    .takes(&[ANY_EMAIL]),
    see("/sapi/v1/sub-account/subAccountApi", "sub_keys").takes(&[
        EMAIL,
        PAGES,
        &[scalar("subAccountApiKey")],
    ]),
    see(
        "/sapi/v1/sub-account/futures/move-position",
        "sub_position_moves",
    )
    .takes(&[PAGES, &[symbol("symbol"), scalar("productType")]]),
    see(
        "/sapi/v1/sub-account/subAccountApi/ipRestriction",
        "sub_key_addresses",
    )
    .takes(&[EMAIL, SUB_KEY]),
    see("/sapi/v1/managed-subaccount/asset", "managed_sub_assets").takes(&[EMAIL]),
    see(
        "/sapi/v1/managed-subaccount/accountSnapshot",
        "managed_sub_snapshot",
    )
    .takes(&[EMAIL, KIND, PAGES]),
    see("/sapi/v1/managed-subaccount/info", "managed_subs").takes(&[ANY_EMAIL, PAGES]),
    see(
        "/sapi/v1/managed-subaccount/fetch-future-asset",
        "managed_sub_futures",
    )
    .takes(&[EMAIL, &[scalar("accountType")]]),
    see(
        "/sapi/v1/managed-subaccount/marginAsset",
        "managed_sub_margin",
    )
    .takes(&[EMAIL, &[scalar("accountType")]]),
    see(
        "/sapi/v1/managed-subaccount/queryTransLogForInvestor",
        "managed_sub_investor_log",
    )
    .takes(&[
        EMAIL,
        PAGES,
        &[scalar("transfers"), scalar("transferFunctionAccountType")],
    ]),
    see(
        "/sapi/v1/managed-subaccount/queryTransLogForTradeParent",
        "managed_sub_trader_log",
    )
    .takes(&[
        EMAIL,
        PAGES,
        &[scalar("transfers"), scalar("transferFunctionAccountType")],
    ]),
];
