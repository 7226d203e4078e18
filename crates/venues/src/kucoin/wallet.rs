//! Transfers, withdrawals, deposits and savings.

use crate::kit::{
    operation::{Op, delete, post},
    parameter::{
        Parameter, amount, asset, client_id, destination, from, needed, network, order_id, scalar,
        sub_account, tag, to, word,
    },
};

use super::{FUTURES_HOSTS, SPOT_HOSTS, act, remove};

const MOVED: &[Parameter] = &[
    needed(asset("currency")),
    needed(amount("amount")),
    client_id("clientOid"),
];

/// `withdrawType` says what the address is: an address, or another user's id, e-mail or telephone.
const WITHDRAWAL: &[Parameter] = &[
    needed(asset("currency")),
    needed(amount("amount")),
    network("chain"),
    tag("memo"),
    scalar("isInner"),
    scalar("remark"),
    scalar("feeDeductType"),
    word("withdrawType", &["ADDRESS", "UID", "MAIL", "PHONE"]),
];

const OUT: &[Parameter] = &[
    needed(asset("currency")),
    needed(amount("amount")),
    to("recAccountType"),
    client_id("bizNo"),
];

const RECEIVED: &[Parameter] = &[
    asset("currency"),
    network("chain"),
    to("to"),
    scalar("amount"),
];

const fn receives(path: &'static str, name: &'static str) -> Op {
    crate::kit::operation::get(path, name)
        .deposits()
        .takes(&[RECEIVED])
        .takes_any()
        .on(SPOT_HOSTS)
}

const SAVED: &[Parameter] = &[
    scalar("productId"),
    order_id("orderId"),
    needed(amount("amount")),
    from("accountType"),
    to("fromAccountType"),
    scalar("confirmPunishRedeem"),
    asset("investCurrency"),
    scalar("side"),
];

pub(super) const OPERATIONS: &[Op] = &[
    act("/api/v3/accounts/universal-transfer", "universal_transfer")
        .transfers()
        .takes(&[
            MOVED,
            &[
                needed(word(
                    "type",
                    &["INTERNAL", "PARENT_TO_SUB", "SUB_TO_PARENT", "SUB_TO_SUB"],
                )),
                needed(from("fromAccountType")),
                needed(to("toAccountType")),
                scalar("fromUserId"),
                sub_account("toUserId"),
                scalar("fromAccountTag"),
                scalar("toAccountTag"),
            ],
        ]),
    act("/api/v2/accounts/inner-transfer", "transfer")
        .transfers()
        .takes(&[
            MOVED,
            &[
                needed(from("from")),
                needed(to("to")),
                scalar("fromTag"),
                scalar("toTag"),
            ],
        ]),
    act("/api/v2/accounts/sub-transfer", "sub_account_transfer")
        .transfers()
        .takes(&[
            MOVED,
            &[
                needed(word("direction", &["OUT", "IN"])),
                needed(sub_account("subUserId")),
                from("accountType"),
                to("subAccountType"),
                scalar("tag"),
                scalar("subTag"),
            ],
        ]),
    // From futures, on the futures' host; clients call them on either.
    act("/api/v3/transfer-out", "transfer_from_futures")
        .transfers()
        .takes(&[OUT]),
    post("/api/v3/transfer-out", "futures_transfer_out")
        .transfers()
        .takes(&[OUT])
        .on(FUTURES_HOSTS),
    post("/api/v2/transfer-out", "futures_transfer_out_old")
        .transfers()
        .takes(&[OUT])
        .on(FUTURES_HOSTS),
    act("/api/v1/transfer-in", "transfer_to_futures")
        .transfers()
        .takes(&[MOVED, &[from("payAccountType")]]),
    post("/api/v1/transfer-in", "futures_transfer_in")
        .transfers()
        .takes(&[MOVED, &[from("payAccountType")]])
        .on(FUTURES_HOSTS),
    delete("/api/v1/cancel/transfer-out", "futures_transfer_cancel")
        .transfers()
        .takes(&[&[needed(order_id("applyId"))]])
        .on(FUTURES_HOSTS),
    act("/api/v3/withdrawals", "withdrawal")
        .withdraws()
        .takes(&[&[needed(destination("toAddress"))], WITHDRAWAL]),
    act("/api/v1/withdrawals", "withdrawal_old")
        .withdraws()
        .takes(&[&[needed(destination("address"))], WITHDRAWAL]),
    post("/api/v1/withdrawals", "futures_withdrawal")
        .withdraws()
        .takes(&[&[needed(destination("address"))], WITHDRAWAL])
        .on(FUTURES_HOSTS),
    remove("/api/v1/withdrawals/{withdrawalId}", "withdrawal_cancel")
        .withdraws()
        .takes(&[&[order_id("withdrawalId")]]),
    delete(
        "/api/v1/withdrawals/{withdrawalId}",
        "futures_withdrawal_cancel",
    )
    .withdraws()
    .takes(&[&[order_id("withdrawalId")]])
    .on(FUTURES_HOSTS),
    receives("/api/v1/deposit-addresses", "deposit_address_1"),
    receives("/api/v2/deposit-addresses", "deposit_address_2"),
    receives("/api/v3/deposit-addresses", "deposit_address"),
    receives(
        "/api/ua/v1/asset/deposit/address",
        "unified_deposit_address",
    ),
    receives(
        "/api/ua/v1/account/deposit/address",
        "unified_account_deposit_address",
    ),
    receives("/api/v1/deposit-address", "futures_deposit_address").on(FUTURES_HOSTS),
    act("/api/v1/deposit-addresses", "deposit_address_create_old")
        .deposits()
        .takes(&[RECEIVED]),
    act("/api/v3/deposit-address/create", "deposit_address_create")
        .deposits()
        .takes(&[RECEIVED]),
    act("/api/v1/earn/orders", "earn_subscription")
        .transfers()
        .takes(&[SAVED]),
    remove("/api/v1/earn/orders", "earn_redemption")
        .transfers()
        .takes(&[SAVED]),
    act("/api/v1/struct-earn/orders", "structured_earn")
        .transfers()
        .takes(&[SAVED]),
];
