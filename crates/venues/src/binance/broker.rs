//! A broker's sub-accounts and their keys (`/sapi/v1/broker`).

use crate::kit::{
    operation::{Op, delete, post},
    parameter::{Parameter, from, needed, scalar, sub_account, symbol, to},
};

use super::{
    accounts::{AMOUNT, ASSET, IPS, MORE, SUB_KEY, admin, see, transfer},
    parameters::{BETWEEN, PAGES},
};

const ID: &[Parameter] = &[needed(sub_account("subAccountId"))];
const ANY_ID: &[Parameter] = &[sub_account("subAccountId"), scalar("subAccountApiKey")];

pub(super) const OPERATIONS: &[Op] = &[
    admin(post("/sapi/v1/broker/subAccount", "broker_sub_create")).takes(&[&[scalar("tag")]]),
    admin(post(
        "/sapi/v1/broker/subAccount/margin",
        "broker_sub_margin",
    ))
    .takes(&[ID, &[scalar("margin")]]),
    admin(post(
        "/sapi/v1/broker/subAccount/futures",
        "broker_sub_futures",
    ))
    .takes(&[ID, &[scalar("futures")]]),
    admin(post("/sapi/v1/broker/subAccountApi", "broker_key_create")).takes(&[
        ID,
        &[
            needed(scalar("canTrade")),
            scalar("marginTrade"),
            scalar("futuresTrade"),
            scalar("publicKey"),
        ],
    ]),
    admin(delete("/sapi/v1/broker/subAccountApi", "broker_key_delete")).takes(&[ID, SUB_KEY]),
    admin(post(
        "/sapi/v1/broker/subAccountApi/permission",
        "broker_key_permission",
    ))
    .takes(&[
        ID,
        SUB_KEY,
        &[
            scalar("canTrade"),
            scalar("marginTrade"),
            scalar("futuresTrade"),
        ],
    ]),
    admin(post(
        "/sapi/v1/broker/subAccountApi/permission/universalTransfer",
        "broker_key_transfer_permission",
    ))
    .takes(&[ID, SUB_KEY, &[scalar("canUniversalTransfer")]]),
    admin(post(
        "/sapi/v1/broker/subAccountApi/permission/vanillaOptions",
        "broker_key_options_permission",
    ))
    .takes(&[ID, SUB_KEY, &[scalar("canVanillaOptions")]]),
    admin(post(
        "/sapi/v1/broker/subAccountApi/ipRestriction",
        "broker_key_ip_restriction",
    ))
    .takes(&[ID, SUB_KEY, &[scalar("ipRestrict")], IPS]),
    admin(post(
        "/sapi/v2/broker/subAccountApi/ipRestriction",
        "broker_key_ip_restriction_v2",
    ))
    .takes(&[ID, SUB_KEY, IPS]),
    admin(post(
        "/sapi/v1/broker/subAccount/bnbBurn/spot",
        "broker_set_bnb_burn",
    ))
    .takes(&[ID, &[scalar("spotBNBBurn")]]),
    admin(post(
        "/sapi/v1/broker/subAccount/bnbBurn/marginInterest",
        "broker_set_interest_burn",
    ))
    .takes(&[ID, &[scalar("interestBNBBurn")]]),
    admin(post(
        "/sapi/v1/broker/subAccountApi/ipRestriction/ipList",
        "broker_key_ip_add",
    ))
    .takes(&[ID, SUB_KEY, IPS]),
    admin(delete(
        "/sapi/v1/broker/subAccountApi/ipRestriction/ipList",
        "broker_key_ip_delete",
    ))
    .takes(&[ID, SUB_KEY, IPS]),
    admin(post(
        "/sapi/v1/broker/subAccountApi/commission",
        "broker_commission",
    ))
    .takes(&[
        ID,
        &[
            scalar("makerCommission"),
            scalar("takerCommission"),
            scalar("marginMakerCommission"),
            scalar("marginTakerCommission"),
        ],
    ]),
    admin(post(
        "/sapi/v1/broker/subAccountApi/commission/futures",
        "broker_futures_commission",
    ))
    .takes(&[
        ID,
        &[
            needed(symbol("symbol")),
            scalar("makerAdjustment"),
            scalar("takerAdjustment"),
        ],
    ]),
    admin(delete("/sapi/v1/broker/subAccount", "broker_sub_delete")).takes(&[ID]),
    admin(post(
        "/sapi/v1/broker/subAccount/convert",
        "broker_sub_convert",
    ))
    .takes(&[ID, &[scalar("convert")]]),
    admin(post("/sapi/v1/broker/subAccount/blvt", "broker_sub_tokens"))
        .takes(&[ID, &[scalar("enableBlvt")]]),
    admin(post(
        "/sapi/v1/broker/subAccountApi/commission/coinFutures",
        "broker_coin_futures_commission",
    ))
    .takes(&[
        ID,
        &[
            needed(scalar("pair")),
            scalar("makerAdjustment"),
            scalar("takerAdjustment"),
        ],
    ]),
    transfer("/sapi/v1/broker/transfer", "broker_transfer").takes(&[
        ASSET,
        AMOUNT,
        &[from("fromId"), to("toId"), scalar("clientTranId")],
    ]),
    transfer(
        "/sapi/v1/broker/transfer/futures",
        "broker_futures_transfer",
    )
    .takes(&[
        ASSET,
        AMOUNT,
        &[
            needed(scalar("futuresType")),
            from("fromId"),
            to("toId"),
            scalar("clientTranId"),
        ],
    ]),
    transfer(
        "/sapi/v1/broker/universalTransfer",
        "broker_universal_transfer",
    )
    .takes(&[
        BETWEEN,
        ASSET,
        AMOUNT,
        &[scalar("fromId"), scalar("toId"), scalar("clientTranId")],
    ]),
    see("/sapi/v1/broker/subAccount", "broker_subs").takes(&[ANY_ID, PAGES]),
    see("/sapi/v1/broker/subAccountApi", "broker_keys").takes(&[ID, ANY_ID, PAGES]),
    see("/sapi/v1/broker/info", "broker_info"),
    see("/sapi/v1/broker/transfer", "broker_transfers").takes(&[ANY_ID, MORE, PAGES]),
    see(
        "/sapi/v1/broker/universalTransfer",
        "broker_universal_transfers",
    )
    .takes(&[ANY_ID, MORE, PAGES]),
    see("/sapi/v1/broker/subAccount/depositHist", "broker_deposits").takes(&[
        ANY_ID,
        PAGES,
        &[scalar("coin"), scalar("status")],
    ]),
    see("/sapi/v1/broker/subAccount/spotSummary", "broker_spot").takes(&[ANY_ID, PAGES]),
    see("/sapi/v1/broker/subAccount/marginSummary", "broker_margin").takes(&[ANY_ID, PAGES]),
    see(
        "/sapi/v1/broker/subAccount/futuresSummary",
        "broker_futures",
    )
    .takes(&[ANY_ID, MORE, PAGES]),
];
