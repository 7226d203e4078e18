//! Margin (`/sapi/v1/margin`): orders, what is borrowed, and accounts of one market.

use crate::{
    Class, Permission, Product,
    kit::{
        operation::{Op, delete, get, post, put},
        parameter::{
            Parameter, amount, asset, from, needed, order_id, scalar, sub_account, symbol, to,
        },
    },
    syntax::Fields,
};

use super::{
    SAPI_HOSTS as HOSTS,
    lists::{LIST, LIST_ADDRESS, OCO, ONE_LIST, WORKING, oco, then_one, then_pair},
    parameters::{
        ADDRESS, ANY_MARKET, CANCEL, HISTORY, MARKET, ON_MARGIN, ONE_ORDER, PAGES, SIDE, SPOT_KIND,
        SPOT_ORDER, is_pegged, pegs,
    },
};

const fn read(path: &'static str, name: &'static str) -> Op {
    get(path, name).reads(Product::Margin).on(HOSTS)
}

const fn trade(op: Op) -> Op {
    op.is(Class::TradeSpot, Product::Margin, Permission::SpotTrading)
        .on(HOSTS)
}

/// Borrowing, and settings of the account.
const fn collateral(op: Op, class: Class) -> Op {
    op.is(class, Product::Margin, Permission::Margin).on(HOSTS)
}

const ISOLATED: &[Parameter] = &[scalar("isIsolated"), symbol("symbol")];
const ASSET: &[Parameter] = &[needed(asset("asset"))];
const ANY_ASSET: &[Parameter] = &[asset("asset")];
const AMOUNT: &[Parameter] = &[needed(amount("amount"))];
/// Names of groups and assets where a group borrows.
const GROUP: &[Parameter] = &[scalar("groupId")];
const LENT: &[Parameter] = &[needed(asset("assetName"))];
const KIND: &[Parameter] = &[needed(scalar("type"))];
const ARCHIVED: &[Parameter] = &[
    scalar("archived"),
    scalar("isolatedSymbol"),
    scalar("txId"),
    scalar("type"),
    scalar("tranId"),
    scalar("transFrom"),
    scalar("transTo"),
    scalar("vipLevel"),
];

/// What is liquidated is an account, and no order of that kind.
fn liquidates(fields: &Fields<'_>) -> bool {
    fields.is("type", "MARGIN") || fields.is("type", "ISOLATED")
}

pub(super) const OPERATIONS: &[Op] = &[
    trade(post("/sapi/v1/margin/order", "margin_order"))
        .adjust(pegs)
        .completed_when(is_pegged)
        .takes(&[MARKET, SIDE, SPOT_KIND, SPOT_ORDER, ON_MARGIN]),
    trade(delete("/sapi/v1/margin/order", "margin_cancel_order"))
        .one_of(ONE_ORDER)
        .takes(&[MARKET, ADDRESS, CANCEL, ON_MARGIN]),
    trade(delete("/sapi/v1/margin/openOrders", "margin_cancel_all")).takes(&[MARKET, ON_MARGIN]),
    oco(trade(post("/sapi/v1/margin/order/oco", "margin_oco"))).takes(&[MARKET, OCO, ON_MARGIN]),
    then_one(trade(post("/sapi/v1/margin/order/oto", "margin_oto")))
        .takes(&[MARKET, WORKING, LIST, ON_MARGIN]),
    then_pair(trade(post("/sapi/v1/margin/order/otoco", "margin_otoco")))
        .takes(&[MARKET, WORKING, LIST, ON_MARGIN]),
    trade(delete(
        "/sapi/v1/margin/orderList",
        "margin_order_list_cancel",
    ))
    .one_of(ONE_LIST)
    .takes(&[MARKET, LIST_ADDRESS, CANCEL, ON_MARGIN]),
    trade(post(
        "/sapi/v1/margin/manual-liquidation",
        "margin_manual_liquidation",
    ))
    .when(liquidates)
    .takes(&[KIND, ANY_MARKET]),
    trade(post(
        "/sapi/v1/margin/exchange-small-liability",
        "margin_small_liability",
    ))
    .takes(&[&[needed(scalar("assetNames"))]]),
    trade(post("/sapi/v1/margin/dust", "margin_dust")).takes(&[ASSET, ISOLATED]),
    collateral(
        post("/sapi/v1/margin/borrow-repay", "margin_borrow_repay"),
        Class::Transfer,
    )
    .takes(&[ASSET, AMOUNT, KIND, ISOLATED]),
    collateral(
        post("/sapi/v1/margin/loan", "margin_borrow"),
        Class::Transfer,
    )
    .takes(&[ASSET, AMOUNT, ISOLATED]),
    collateral(
        post("/sapi/v1/margin/repay", "margin_repay"),
        Class::Transfer,
    )
    .takes(&[ASSET, AMOUNT, ISOLATED]),
    collateral(
        post(
            "/sapi/v1/margin/liquidation-loan/repay",
            "margin_liquidation_repay",
        ),
        Class::Transfer,
    )
    .takes(&[ASSET, AMOUNT]),
    collateral(
        post(
            "/sapi/v1/margin/exit-special-key-mode",
            "margin_special_key_leave",
        ),
        Class::Admin,
    ),
    // Loans to institutions, against several accounts together.
    collateral(
        post("/sapi/v1/margin/loan-group/borrow", "loan_group_borrow"),
        Class::Transfer,
    )
    .takes(&[LENT, AMOUNT, GROUP]),
    collateral(
        post("/sapi/v1/margin/loan-group/repay", "loan_group_repay"),
        Class::Transfer,
    )
    .takes(&[LENT, AMOUNT, GROUP]),
    collateral(
        post(
            "/sapi/v1/margin/loan-group/transfer-out",
            "loan_group_transfer",
        ),
        Class::Transfer,
    )
    .takes(&[ASSET, AMOUNT, &[sub_account("subEmail")]]),
    collateral(
        post(
            "/sapi/v1/margin/loan-group/edit-member",
            "loan_group_member",
        ),
        Class::Admin,
    )
    .takes(&[
        GROUP,
        &[
            needed(sub_account("subEmail")),
            scalar("enableSpot"),
            scalar("enableMargin"),
        ],
    ]),
    collateral(
        delete("/sapi/v1/margin/loan-group", "loan_group_close"),
        Class::Admin,
    ),
    read(
        "/sapi/v1/margin/loan-group/ltv-details",
        "loan_group_ratios",
    )
    .takes(&[GROUP]),
    read("/sapi/v1/margin/loan-groups/activated", "loan_groups"),
    read("/sapi/v1/margin/loan-groups/closed", "loan_groups_closed").takes(&[PAGES]),
    read(
        "/sapi/v1/margin/loan-group/force-liquidation",
        "loan_group_liquidations",
    )
    .takes(&[GROUP, PAGES]),
    read(
        "/sapi/v1/margin/loan-group/max-borrowable",
        "loan_group_max_borrowable",
    )
    .takes(&[GROUP, LENT]),
    post("/sapi/v1/margin/transfer", "cross_margin_transfer")
        .transfers()
        .takes(&[ASSET, AMOUNT, KIND])
        .on(HOSTS),
    post(
        "/sapi/v1/margin/isolated/transfer",
        "isolated_margin_transfer",
    )
    .transfers()
    .takes(&[
        ASSET,
        AMOUNT,
        MARKET,
        &[needed(from("transFrom")), needed(to("transTo"))],
    ])
    .on(HOSTS),
    collateral(
        post("/sapi/v1/margin/isolated/account", "margin_isolated_enable"),
        Class::Admin,
    )
    .takes(&[MARKET]),
    collateral(
        delete(
            "/sapi/v1/margin/isolated/account",
            "margin_isolated_disable",
        ),
        Class::Admin,
    )
    .takes(&[MARKET]),
    collateral(
        post("/sapi/v1/margin/max-leverage", "margin_max_leverage"),
        Class::Admin,
    )
    .takes(&[&[needed(scalar("maxLeverage"))]]),
    collateral(
        post("/sapi/v1/margin/apiKey", "margin_special_key_create"),
        Class::Admin,
    )
    .takes(&[
        &[
            needed(scalar("apiName")),
            scalar("ip"),
            scalar("publicKey"),
            scalar("permissionMode"),
        ],
        ANY_MARKET,
    ]),
    collateral(
        delete("/sapi/v1/margin/apiKey", "margin_special_key_delete"),
        Class::Admin,
    )
    .one_of(&["apiKey", "apiName"])
    .takes(&[&[scalar("apiKey"), scalar("apiName")], ANY_MARKET]),
    collateral(
        put("/sapi/v1/margin/apiKey/ip", "margin_special_key_ip"),
        Class::Admin,
    )
    .takes(&[&[needed(scalar("ip")), scalar("apiKey")], ANY_MARKET]),
    read("/sapi/v1/margin/apiKey", "margin_special_key").takes(&[&[scalar("apiKey")], ANY_MARKET]),
    read("/sapi/v1/margin/api-key-list", "margin_special_keys").takes(&[ANY_MARKET]),
    read("/sapi/v1/margin/order", "margin_query_order")
        .one_of(ONE_ORDER)
        .takes(&[MARKET, ADDRESS, ON_MARGIN]),
    read("/sapi/v1/margin/openOrders", "margin_open_orders").takes(&[ANY_MARKET, ON_MARGIN]),
    read("/sapi/v1/margin/allOrders", "margin_all_orders").takes(&[MARKET, HISTORY, ON_MARGIN]),
    read("/sapi/v1/margin/myTrades", "margin_my_trades").takes(&[
        MARKET,
        HISTORY,
        ON_MARGIN,
        &[scalar("fromID")],
    ]),
    read("/sapi/v1/margin/orderList", "margin_query_order_list").takes(&[
        ANY_MARKET,
        ADDRESS,
        ON_MARGIN,
        &[order_id("orderListId"), scalar("listClientOrderId")],
    ]),
    read("/sapi/v1/margin/allOrderList", "margin_all_order_lists")
        .takes(&[ANY_MARKET, HISTORY, ON_MARGIN]),
    read("/sapi/v1/margin/openOrderList", "margin_open_order_lists")
        .takes(&[ANY_MARKET, HISTORY, ON_MARGIN]),
    read("/sapi/v1/margin/oto/openOrderList", "margin_open_sequences").takes(&[ANY_MARKET]),
    read(
        "/sapi/v1/margin/myPreventedMatches",
        "margin_prevented_matches",
    )
    .takes(&[
        MARKET,
        HISTORY,
        ON_MARGIN,
        &[scalar("preventedMatchId"), scalar("fromPreventedMatchId")],
    ]),
    read(
        "/sapi/v1/margin/liquidation-loan",
        "margin_liquidation_loan",
    ),
    read(
        "/sapi/v1/margin/liquidation-loan/repay-history",
        "margin_liquidation_repayments",
    )
    .takes(&[PAGES]),
    read("/sapi/v1/margin/account", "margin_account"),
    read(
        "/sapi/v1/margin/isolated/account",
        "margin_isolated_accounts",
    )
    .takes(&[&[scalar("symbols")]]),
    read(
        "/sapi/v1/margin/isolated/accountLimit",
        "margin_isolated_limit",
    ),
    read("/sapi/v1/margin/isolated/pair", "margin_isolated_pair").takes(&[MARKET]),
    read("/sapi/v1/margin/isolated/allPairs", "margin_isolated_pairs").takes(&[ANY_MARKET]),
    read(
        "/sapi/v1/margin/borrow-repay",
        "margin_borrow_repay_history",
    )
    .takes(&[
        ANY_ASSET,
        PAGES,
        &[
            scalar("isolatedSymbol"),
            scalar("txId"),
            scalar("type"),
            scalar("archived"),
        ],
    ]),
    read("/sapi/v1/margin/loan", "margin_borrow_history").takes(&[ANY_ASSET, PAGES, ARCHIVED]),
    read("/sapi/v1/margin/repay", "margin_repay_history").takes(&[ANY_ASSET, PAGES, ARCHIVED]),
    read("/sapi/v1/margin/transfer", "margin_transfer_history")
        .takes(&[ANY_ASSET, PAGES, ARCHIVED]),
    read(
        "/sapi/v1/margin/isolated/transfer",
        "margin_isolated_transfer_history",
    )
    .takes(&[ANY_ASSET, PAGES, ANY_MARKET, ARCHIVED]),
    read("/sapi/v1/margin/interestHistory", "margin_interest_history")
        .takes(&[ANY_ASSET, PAGES, ARCHIVED]),
    read(
        "/sapi/v1/margin/interestRateHistory",
        "margin_interest_rates",
    )
    .takes(&[ANY_ASSET, PAGES, ARCHIVED]),
    read(
        "/sapi/v1/margin/next-hourly-interest-rate",
        "margin_next_interest",
    )
    .takes(&[&[scalar("assets"), scalar("isIsolated")]]),
    read("/sapi/v1/margin/forceLiquidationRec", "margin_liquidations").takes(&[PAGES, ARCHIVED]),
    read("/sapi/v1/margin/maxBorrowable", "margin_max_borrowable").takes(&[ASSET, ARCHIVED]),
    read("/sapi/v1/margin/maxTransferable", "margin_max_transferable").takes(&[ASSET, ARCHIVED]),
    read("/sapi/v1/margin/tradeCoeff", "margin_level"),
    read("/sapi/v1/margin/crossMarginData", "margin_cross_fees")
        .takes(&[&[scalar("vipLevel"), scalar("coin")]]),
    read("/sapi/v1/margin/isolatedMarginData", "margin_isolated_fees")
        .takes(&[&[scalar("vipLevel")], ANY_MARKET]),
    read(
        "/sapi/v1/margin/isolatedMarginTier",
        "margin_isolated_tiers",
    )
    .takes(&[MARKET, &[scalar("tier")]]),
    read("/sapi/v1/margin/rateLimit/order", "margin_order_rate")
        .takes(&[ANY_MARKET, &[scalar("isIsolated")]]),
    read("/sapi/v1/margin/capital-flow", "margin_capital_flow").takes(&[
        ANY_ASSET,
        ANY_MARKET,
        HISTORY,
        // One client's spelling of `fromId`.
        &[scalar("type"), scalar("formId")],
    ]),
    read("/sapi/v1/margin/available-inventory", "margin_inventory").takes(&[KIND]),
    read(
        "/sapi/v1/margin/exchange-small-liability",
        "margin_small_liabilities",
    ),
    read(
        "/sapi/v1/margin/exchange-small-liability-history",
        "margin_small_liability_history",
    )
    .takes(&[PAGES]),
    read("/sapi/v1/margin/dust", "margin_dust_assets"),
    read("/sapi/v1/margin/dribblet", "margin_dust_history").takes(&[PAGES]),
    read("/sapi/v1/margin/delist-schedule", "margin_delistings"),
];
