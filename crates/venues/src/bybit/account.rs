//! Sub-accounts, keys and settings of the account.

use crate::{
    Class, Permission, Product,
    kit::{
        operation::{Batch, Op},
        parameter::{Parameter, anything, asset, needed, scalar, sub_account},
    },
};

use super::act;

/// What a key may do and from where.
const KEY: &[Parameter] = &[scalar("readOnly"), anything("ips"), anything("permissions")];

/// The key that signs may do this to itself, whatever it may do else.
const fn own_key(path: &'static str, name: &'static str) -> Op {
    act(path, name).is(Class::Admin, Product::Account, Permission::Read)
}

const fn administers(path: &'static str, name: &'static str) -> Op {
    act(path, name).administers()
}

pub(super) const OPERATIONS: &[Op] = &[
    administers("/v5/user/create-sub-member", "sub_account_create").takes(&[&[
        needed(sub_account("username")),
        needed(scalar("memberType")),
        scalar("password"),
        scalar("switch"),
        scalar("isUta"),
        scalar("note"),
    ]]),
    administers("/v5/user/frozen-sub-member", "sub_account_freeze")
        .takes(&[&[needed(sub_account("subuid")), needed(scalar("frozen"))]]),
    administers("/v5/user/del-submember", "sub_account_delete")
        .takes(&[&[needed(sub_account("subMemberId"))]]),
    administers("/v5/user/create-demo-member", "demo_account_create"),
    administers("/v5/user/create-sub-api", "sub_account_key_create").takes(&[
        &[
            needed(sub_account("subuid")),
            needed(scalar("readOnly")),
            needed(anything("permissions")),
            scalar("note"),
        ],
        KEY,
    ]),
    administers("/v5/user/update-sub-api", "sub_account_key_change")
        .takes(&[&[scalar("apikey"), scalar("note")], KEY]),
    administers("/v5/user/delete-sub-api", "sub_account_key_delete").takes(&[&[scalar("apikey")]]),
    own_key("/v5/user/update-api", "key_change").takes(&[&[scalar("apikey"), scalar("note")], KEY]),
    own_key("/v5/user/delete-api", "key_delete"),
    administers("/v5/user/agreement", "agreement").takes(&[&[
        needed(scalar("agree")),
        scalar("category"),
        scalar("categoryV2"),
    ]]),
    administers(
        "/v5/asset/transfer/save-transfer-sub-member",
        "sub_account_transfers",
    )
    .takes(&[&[needed(anything("subMemberIds"))]]),
    administers("/v5/account/upgrade-to-uta", "account_upgrade"),
    administers("/v5/account/set-collateral-switch", "collateral")
        .takes(&[&[needed(asset("coin")), needed(scalar("collateralSwitch"))]]),
    administers("/v5/account/set-collateral-switch-batch", "collaterals")
        .batch(Batch::Member("request"))
        .beside(&[])
        .takes(&[&[needed(asset("coin")), needed(scalar("collateralSwitch"))]]),
    administers("/v5/ins-loan/association-uid", "institutional_loan_account")
        .takes(&[&[needed(sub_account("uid")), needed(scalar("operate"))]]),
    administers("/v5/apilimit/set", "rate_limit").takes(&[&[needed(anything("list"))]]),
    administers("/v5/broker/apilimit/set", "broker_rate_limit")
        .takes(&[&[needed(anything("list"))]]),
    act("/v5/account/demo-apply-money", "demo_funds")
        .deposits()
        .takes(&[&[scalar("adjustType"), anything("utaDemoApplyMoney")]]),
];
