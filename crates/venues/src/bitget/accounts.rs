//! Sub-accounts, keys and settings of v2 and v3.

use crate::kit::{
    operation::{Batch, Op},
    parameter::{Parameter, anything, needed, scalar, sub_account, word},
};

use super::act;

/// What a key may do and from where.
const KEY: &[Parameter] = &[
    scalar("passphrase"),
    scalar("label"),
    scalar("note"),
    scalar("type"),
    scalar("permType"),
    anything("ipList"),
    anything("permList"),
    anything("ips"),
    anything("permissions"),
];

const fn administers(path: &'static str, name: &'static str) -> Op {
    act(path, name).administers()
}

pub(super) const OPERATIONS: &[Op] = &[
    administers(
        "/api/v2/user/create-virtual-subaccount",
        "sub_accounts_create",
    )
    .takes(&[&[needed(anything("subAccountList"))]]),
    administers(
        "/api/v2/user/modify-virtual-subaccount",
        "sub_account_change",
    )
    .takes(&[&[
        needed(sub_account("subAccountUid")),
        anything("permList"),
        scalar("status"),
    ]]),
    administers(
        "/api/v2/user/batch-create-subaccount-and-apikey",
        "sub_accounts_create_with_keys",
    )
    .batch(Batch::Body)
    .takes(&[&[needed(sub_account("subAccountName"))], KEY]),
    administers(
        "/api/v2/user/create-virtual-subaccount-apikey",
        "sub_account_key_create",
    )
    .takes(&[&[needed(sub_account("subAccountUid"))], KEY]),
    administers(
        "/api/v2/user/modify-virtual-subaccount-apikey",
        "sub_account_key_change",
    )
    .takes(&[
        &[
            needed(sub_account("subAccountUid")),
            scalar("subAccountApiKey"),
        ],
        KEY,
    ]),
    administers(
        "/api/v2/user/create-agent-subaccount",
        "agent_sub_account_create",
    )
    .takes(&[&[
        needed(sub_account("username")),
        scalar("passphrase"),
        scalar("note"),
    ]]),
    administers(
        "/api/v3/user/sub-account/agent-create",
        "agent_account_create",
    )
    .takes(&[&[
        needed(sub_account("username")),
        scalar("passphrase"),
        scalar("note"),
    ]]),
    administers("/api/v3/user/create-sub", "sub_account_create").takes(&[&[
        needed(sub_account("username")),
        scalar("accountMode"),
        scalar("note"),
    ]]),
    administers("/api/v3/user/freeze-sub", "sub_account_freeze").takes(&[&[
        needed(sub_account("subUid")),
        needed(word("operation", &["freeze", "unfreeze"])),
    ]]),
    administers("/api/v3/user/create-sub-api", "key_create")
        .takes(&[&[needed(sub_account("subUid"))], KEY]),
    administers("/api/v3/user/update-sub-api", "key_change")
        .takes(&[&[needed(scalar("apiKey"))], KEY]),
    administers("/api/v3/user/delete-sub-api", "key_delete").takes(&[&[needed(scalar("apiKey"))]]),
    administers("/api/v3/user/set-rate-limit-quota", "rate_limit").takes(&[&[
        needed(scalar("category")),
        needed(anything("uids")),
        needed(scalar("quota")),
    ]]),
    administers("/api/v2/spot/account/switch-deduct", "fee_deduction")
        .takes(&[&[needed(word("deduct", &["on", "off"]))]]),
    administers("/api/v3/account/switch-deduct", "unified_fee_deduction")
        .takes(&[&[needed(word("deduct", &["on", "off"]))]]),
    administers("/api/v2/spot/account/upgrade", "account_upgrade")
        .takes(&[&[sub_account("subUid")]]),
    administers("/api/v3/account/switch", "account_switch").takes(&[&[sub_account("targetUid")]]),
    administers("/api/v3/account/adjust-account-mode", "account_mode")
        .takes(&[&[needed(scalar("mode")), sub_account("targetUid")]]),
    administers("/api/v3/account/set-collateral-type", "collateral")
        .takes(&[&[needed(scalar("collateralType")), scalar("collateralCoins")]]),
    administers("/api/v3/ins-loan/bind-uid", "institutional_loan_account").takes(&[&[
        scalar("riskUnitId"),
        needed(sub_account("uid")),
        needed(word("operate", &["bind", "unbind"])),
    ]]),
];
