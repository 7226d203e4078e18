//! Trading with other users (`/v5/p2p`): reads by POST, and what acts, known so that it is found in a set.

use crate::{
    Product,
    kit::{
        operation::Op,
        parameter::{Parameter, needed, order_id, scalar},
    },
    syntax::Fields,
};

use super::act;

/// A read by POST.
const fn see(path: &'static str, name: &'static str) -> Op {
    act(path, name).reads(Product::Wallet).takes(&[LISTED])
}

const LISTED: &[Parameter] = &[
    order_id("orderId"),
    scalar("itemId"),
    scalar("originalUid"),
    scalar("tokenId"),
    scalar("currencyId"),
    scalar("side"),
    scalar("status"),
    scalar("beginTime"),
    scalar("endTime"),
    scalar("page"),
    scalar("size"),
    scalar("startMessageId"),
    scalar("sessionId"),
    scalar("limit"),
];

/// Ids of peer-to-peer orders are long numbers, which a lenient reader takes with a sign or spaces.
fn names_a_peer_order(fields: &Fields<'_>) -> bool {
    fields.text("orderId").is_some_and(|id| {
        let id = id.trim().trim_start_matches('+');
        id.len() >= 16 && id.bytes().all(|byte| byte.is_ascii_digit())
    })
}

pub(super) const OPERATIONS: &[Op] = &[
    see("/v5/p2p/user/personal/info", "peer_account"),
    see("/v5/p2p/user/order/personal/info", "peer_counterparty"),
    see("/v5/p2p/user/payment/list", "peer_payments"),
    see("/v5/p2p/item/personal/list", "peer_own_offers"),
    see("/v5/p2p/item/info", "peer_offer"),
    see("/v5/p2p/item/online", "peer_offers"),
    see("/v5/p2p/order/simplifyList", "peer_orders"),
    see("/v5/p2p/order/pending/simplifyList", "peer_open_orders"),
    see("/v5/p2p/order/info", "peer_order"),
    see("/v5/p2p/order/message/listpage", "peer_messages"),
    see("/v5/p2p/chat/session/list", "peer_chats"),
    see("/v5/p2p/chat/message/listpage", "peer_chat"),
    // Gives what was sold to the other party of an order. It needs the order's id and nothing else, so
    // it is in the set of whatever names one: a spot order's id is a number as long, and no bytes tell
    // them apart. A key without FiatP2P cannot do it.
    act("/v5/p2p/order/finish", "peer_order_release")
        .withdraws()
        .not_offered()
        .when(names_a_peer_order)
        .takes(&[&[needed(order_id("orderId"))]]),
    // Says that the buyer has paid, which the buyer then must have.
    act("/v5/p2p/order/pay", "peer_order_paid")
        .withdraws()
        .not_offered()
        .takes(&[&[
            needed(order_id("orderId")),
            needed(scalar("paymentType")),
            needed(scalar("paymentId")),
        ]]),
    act("/v5/p2p/item/create", "peer_offer_create")
        .withdraws()
        .not_offered()
        .takes(&[&[
            needed(scalar("tokenId")),
            needed(scalar("currencyId")),
            needed(scalar("price")),
            needed(scalar("quantity")),
        ]]),
    act("/v5/p2p/item/update", "peer_offer_change")
        .withdraws()
        .not_offered()
        .takes(&[&[
            needed(scalar("id")),
            needed(scalar("price")),
            needed(scalar("quantity")),
        ]]),
    act("/v5/p2p/item/cancel", "peer_offer_cancel")
        .withdraws()
        .not_offered()
        .takes(&[&[needed(scalar("itemId"))]]),
];
