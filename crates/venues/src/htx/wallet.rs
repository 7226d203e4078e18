//! Transfers, withdrawals, deposits, sub-accounts and keys.

use crate::kit::{
    operation::{Op, get},
    parameter::{
        Parameter, amount, anything, asset, client_id, destination, from, needed, network,
        order_id, scalar, sub_account, tag, to,
    },
};

use super::{SPOT_HOSTS, act};

const MOVED: &[Parameter] = &[needed(asset("currency")), needed(amount("amount"))];

const fn receives(path: &'static str, name: &'static str) -> Op {
    get(path, name)
        .deposits()
        .takes(&[RECEIVED])
        .takes_any()
        .on(SPOT_HOSTS)
}

const RECEIVED: &[Parameter] = &[asset("currency"), sub_account("subUid")];

pub(super) const FUNDS: &[Op] = &[
    act("/v2/account/transfer", "transfer").transfers().takes(&[
        MOVED,
        &[
            needed(from("from")),
            needed(to("to")),
            scalar("margin-account"),
        ],
    ]),
    act("/v1/account/transfer", "account_transfer")
        .transfers()
        .takes(&[
            MOVED,
            &[
                needed(scalar("from-user")),
                needed(scalar("from-account-type")),
                needed(from("from-account")),
                needed(sub_account("to-user")),
                needed(scalar("to-account-type")),
                needed(to("to-account")),
            ],
        ]),
    act("/v1/futures/transfer", "futures_transfer")
        .transfers()
        .takes(&[MOVED, &[needed(to("type"))]]),
    act("/v1/subuser/transfer", "sub_account_transfer")
        .transfers()
        .takes(&[
            MOVED,
            &[
                needed(sub_account("sub-uid")),
                needed(to("type")),
                client_id("client-order-id"),
            ],
        ]),
    act("/v2/point/transfer", "points_transfer")
        .transfers()
        .takes(&[&[
            needed(from("fromUid")),
            needed(to("toUid")),
            scalar("groupId"),
            needed(amount("amount")),
        ]]),
    act("/v1/dw/withdraw/api/create", "withdrawal")
        .withdraws()
        .takes(&[
            MOVED,
            &[
                needed(destination("address")),
                network("chain"),
                tag("addr-tag"),
                scalar("fee"),
                client_id("client-order-id"),
            ],
        ]),
    act(
        "/v1/dw/withdraw-virtual/{withdraw-id}/cancel",
        "withdrawal_cancel",
    )
    .withdraws()
    .takes(&[&[order_id("withdraw-id")]]),
    receives("/v2/account/deposit/address", "deposit_address"),
    receives(
        "/v2/sub-user/deposit-address",
        "sub_account_deposit_address",
    ),
];

const fn administers(path: &'static str, name: &'static str) -> Op {
    act(path, name).administers()
}

const SUB_ACCOUNTS: &[Parameter] = &[
    needed(sub_account("subUids")),
    scalar("accountType"),
    scalar("activation"),
    scalar("transferrable"),
    scalar("deductMode"),
];

const KEY: &[Parameter] = &[
    needed(sub_account("subUid")),
    scalar("otpToken"),
    scalar("accessKey"),
    scalar("note"),
    scalar("permission"),
    scalar("ipAddresses"),
];

pub(super) const ACCOUNTS: &[Op] = &[
    administers("/v2/sub-user/creation", "sub_accounts_create")
        .takes(&[&[needed(anything("userList"))]]),
    administers("/v2/sub-user/management", "sub_account_lock")
        .takes(&[&[needed(sub_account("subUid")), needed(scalar("action"))]]),
    administers("/v2/sub-user/deduct-mode", "sub_account_fees").takes(&[SUB_ACCOUNTS]),
    administers("/v2/sub-user/tradable-market", "sub_account_markets").takes(&[SUB_ACCOUNTS]),
    administers("/v2/sub-user/transferability", "sub_account_transfers").takes(&[SUB_ACCOUNTS]),
    administers("/v2/sub-user/api-key-generation", "key_create").takes(&[KEY]),
    administers("/v2/sub-user/api-key-modification", "key_change").takes(&[KEY]),
    administers("/v2/sub-user/api-key-deletion", "key_delete").takes(&[KEY]),
];
