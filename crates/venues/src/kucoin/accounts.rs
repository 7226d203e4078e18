//! Sub-accounts and keys.

use crate::kit::{
    operation::Op,
    parameter::{Parameter, needed, scalar, sub_account},
};

use super::{FUTURES_HOSTS, act, remove};

/// What a key may do and from where.
const KEY: &[Parameter] = &[
    sub_account("subName"),
    sub_account("uid"),
    scalar("apiKey"),
    scalar("passphrase"),
    scalar("remark"),
    scalar("label"),
    scalar("permission"),
    scalar("permissions"),
    scalar("ipWhitelist"),
    scalar("expire"),
];

pub(super) const OPERATIONS: &[Op] = &[
    act("/api/v2/sub/user/created", "sub_account_create")
        .administers()
        .takes(&[SUB_ACCOUNT]),
    act("/api/v1/sub/user", "sub_account_create_old")
        .administers()
        .takes(&[SUB_ACCOUNT]),
    act("/api/v1/sub/api-key", "key_create")
        .administers()
        .takes(&[KEY]),
    act("/api/v1/sub/api-key/update", "key_change")
        .administers()
        .takes(&[KEY]),
    remove("/api/v1/sub/api-key", "key_delete")
        .administers()
        .takes(&[KEY]),
    // The futures' host has keys of its own.
    act("/api/v1/sub/api-key", "futures_key_create")
        .administers()
        .takes(&[KEY])
        .on(FUTURES_HOSTS),
    act("/api/v1/sub/api-key/update", "futures_key_change")
        .administers()
        .takes(&[KEY])
        .on(FUTURES_HOSTS),
    remove("/api/v1/sub/api-key", "futures_key_delete")
        .administers()
        .takes(&[KEY])
        .on(FUTURES_HOSTS),
    act("/api/v3/sub/user/margin/enable", "sub_account_margin")
        .administers()
        .takes(&[&[needed(sub_account("uid"))]]),
    act("/api/v3/sub/user/futures/enable", "sub_account_futures")
        .administers()
        .takes(&[&[needed(sub_account("uid"))]]),
    act("/api/v1/accounts", "account_create")
        .administers()
        .takes(&[&[needed(scalar("type")), needed(scalar("currency"))]]),
];

const SUB_ACCOUNT: &[Parameter] = &[
    needed(sub_account("subName")),
    scalar("password"),
    scalar("access"),
    scalar("remarks"),
];
