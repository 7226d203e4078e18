//! Savings and the products around them (`/v5/earn`): what is put in comes back to its owner, so these
//! are transfers.

use crate::{
    Product,
    kit::{
        operation::Op,
        parameter::{
            Parameter, amount, anything, asset, client_id, needed, order_id, quantity, scalar,
            sub_account, word,
        },
    },
};

use super::{act, ask};

const fn moves(path: &'static str, name: &'static str) -> Op {
    act(path, name).transfers()
}

const fn read(path: &'static str, name: &'static str) -> Op {
    ask(path, name).reads(Product::Wallet).takes(&[LISTED])
}

/// A fund's own side: who manages one for others. Known so that they are found in a set.
const fn manages(path: &'static str, name: &'static str) -> Op {
    act(path, name).administers().not_offered()
}

const WORDS: Parameter = word("orderType", &["Stake", "Redeem"]);

/// What subscribes or redeems, at most; each operation has its own needs besides.
const ORDER: &[Parameter] = &[
    scalar("category"),
    scalar("accountType"),
    asset("coin"),
    amount("amount"),
    scalar("productId"),
    client_id("orderLinkId"),
    scalar("redeemPositionId"),
    scalar("toAccountType"),
    anything("interestCard"),
    scalar("autoInvest"),
    amount("stakeAmount"),
    quantity("redeemShares"),
    anything("dualAssetsExtra"),
    anything("doubleWinStakeExtra"),
    anything("doubleWinRedeemExtra"),
    anything("smartLeverageStakeExtra"),
    anything("smartLeverageRedeemExtra"),
    anything("discountBuyExtra"),
];
const PRODUCT: &[Parameter] = &[needed(scalar("productId"))];
const POSITION: &[Parameter] = &[needed(scalar("positionId"))];
const PLAN: &[Parameter] = &[needed(scalar("planId"))];
const LINK: &[Parameter] = &[client_id("orderLinkId")];
const LIQUIDITY: &[Parameter] = &[
    scalar("quoteAccountType"),
    scalar("baseAccountType"),
    amount("quoteAmount"),
    scalar("baseAmount"),
    scalar("leverage"),
    scalar("removeType"),
    scalar("removeRate"),
    amount("amount"),
];

const LISTED: &[Parameter] = &[
    scalar("category"),
    asset("coin"),
    scalar("productId"),
    scalar("positionId"),
    scalar("positionIds"),
    order_id("orderId"),
    client_id("orderLinkId"),
    scalar("orderType"),
    scalar("planId"),
    scalar("fundId"),
    scalar("transferId"),
    scalar("status"),
    scalar("range"),
    scalar("type"),
    scalar("initialPrice"),
    scalar("lowerPrice"),
    scalar("upperPrice"),
    scalar("startTime"),
    scalar("endTime"),
    scalar("limit"),
    scalar("cursor"),
];

pub(super) const OPERATIONS: &[Op] = &[
    moves("/v5/earn/place-order", "earn_order").takes(&[
        &[
            needed(scalar("category")),
            needed(WORDS),
            needed(scalar("accountType")),
            needed(asset("coin")),
            needed(amount("amount")),
            needed(scalar("productId")),
        ],
        ORDER,
    ]),
    moves("/v5/earn/advance/place-order", "advanced_earn_order").takes(&[
        &[
            needed(scalar("category")),
            needed(WORDS),
            needed(scalar("productId")),
        ],
        ORDER,
    ]),
    moves("/v5/earn/fixed-term/place-order", "fixed_term_order").takes(&[
        &[
            needed(scalar("productId")),
            needed(asset("coin")),
            needed(amount("amount")),
        ],
        ORDER,
        &[WORDS],
    ]),
    moves("/v5/earn/fixed-term/redeem", "fixed_term_redeem").takes(&[
        PRODUCT,
        POSITION,
        LINK,
        &[scalar("category")],
    ]),
    moves(
        "/v5/earn/fixed-term/position/auto-invest",
        "fixed_term_auto",
    )
    .takes(&[PRODUCT, POSITION, &[scalar("category"), scalar("status")]]),
    moves("/v5/earn/token/place-order", "token_order").takes(&[
        &[
            needed(asset("coin")),
            needed(WORDS),
            needed(amount("amount")),
        ],
        ORDER,
    ]),
    moves("/v5/earn/rwa/place-order", "asset_order").takes(&[
        &[
            needed(scalar("productId")),
            needed(WORDS),
            needed(asset("coin")),
        ],
        ORDER,
    ]),
    moves("/v5/earn/liquidity-mining/add-liquidity", "liquidity_add")
        .takes(&[PRODUCT, LINK, LIQUIDITY]),
    moves("/v5/earn/liquidity-mining/add-margin", "liquidity_margin")
        .takes(&[PRODUCT, POSITION, LINK, LIQUIDITY]),
    moves(
        "/v5/earn/liquidity-mining/claim-interest",
        "liquidity_claim",
    )
    .takes(&[PRODUCT]),
    moves("/v5/earn/liquidity-mining/reinvest", "liquidity_reinvest")
        .takes(&[PRODUCT, POSITION, LINK]),
    moves(
        "/v5/earn/liquidity-mining/remove-liquidity",
        "liquidity_remove",
    )
    .takes(&[PRODUCT, POSITION, LINK, LIQUIDITY]),
    moves("/v5/earn/position/modify", "earn_position").takes(&[
        PRODUCT,
        POSITION,
        &[needed(scalar("category")), scalar("autoReinvest")],
    ]),
    moves("/v5/earn/pwm/fund-transfer", "fund_transfer").takes(&[&[
        needed(scalar("transferId")),
        needed(scalar("fromUserId")),
        needed(sub_account("toUserId")),
        needed(amount("amount")),
        needed(asset("coin")),
    ]]),
    moves("/v5/earn/pwm/investment-plan/subscribe", "plan_subscribe").takes(&[PLAN, LINK, ORDER]),
    moves("/v5/earn/pwm/investment-plan/invest-more", "plan_more").takes(&[PLAN, PRODUCT, ORDER]),
    moves("/v5/earn/pwm/investment-plan/redeem", "plan_redeem").takes(&[PLAN, PRODUCT, ORDER]),
    moves("/v5/earn/pwm/investment-plan/claim", "plan_claim").takes(&[PLAN, LINK]),
    manages("/v5/earn/pwm/customize-plan/create", "plan_create")
        .takes(&[&[needed(anything("products"))]]),
    manages("/v5/earn/pwm/asset-manager/create-fund", "fund_create")
        .takes(&[&[needed(scalar("fundName"))]]),
    manages(
        "/v5/earn/pwm/asset-manager/create-investment-plan",
        "fund_plan_create",
    )
    .takes(&[&[needed(scalar("planName"))]]),
    manages(
        "/v5/earn/pwm/asset-manager/create-sub-account",
        "fund_account_create",
    )
    .takes(&[&[needed(scalar("fundId"))]]),
    manages(
        "/v5/earn/pwm/asset-manager/manage-investment-plan",
        "fund_plan_change",
    )
    .takes(&[PLAN]),
    manages(
        "/v5/earn/pwm/asset-manager/manage-order",
        "fund_order_change",
    )
    .takes(&[&[needed(order_id("orderId")), needed(scalar("action"))]]),
    manages(
        "/v5/earn/pwm/asset-manager/settle-profit",
        "fund_settlement",
    )
    .takes(&[&[needed(scalar("fundId"))]]),
    read("/v5/earn/product", "earn_products"),
    read("/v5/earn/order", "earn_orders"),
    read("/v5/earn/position", "earn_positions"),
    read("/v5/earn/yield", "earn_yields"),
    read("/v5/earn/hourly-yield", "earn_hourly_yields"),
    read("/v5/earn/apr-history", "earn_rates"),
    read("/v5/earn/coupons", "earn_coupons"),
    read("/v5/earn/advance/product", "advanced_earn_products"),
    read(
        "/v5/earn/advance/product-extra-info",
        "advanced_earn_quotes",
    ),
    read("/v5/earn/advance/order", "advanced_earn_orders"),
    read("/v5/earn/advance/position", "advanced_earn_positions"),
    read(
        "/v5/earn/advance/double-win-leverage",
        "advanced_earn_leverage",
    ),
    read(
        "/v5/earn/advance/get-redeem-est-amount-list",
        "advanced_earn_estimates",
    ),
    read("/v5/earn/fixed-term/product", "fixed_term_products"),
    read("/v5/earn/fixed-term/order", "fixed_term_orders"),
    read("/v5/earn/fixed-term/position", "fixed_term_positions"),
    read("/v5/earn/hold-to-earn/product", "held_products"),
    read("/v5/earn/hold-to-earn/yield-history", "held_yields"),
    read("/v5/earn/liquidity-mining/product", "liquidity_products"),
    read("/v5/earn/liquidity-mining/order", "liquidity_orders"),
    read("/v5/earn/liquidity-mining/position", "liquidity_positions"),
    read(
        "/v5/earn/liquidity-mining/yield-records",
        "liquidity_yields",
    ),
    read(
        "/v5/earn/liquidity-mining/liquidation-records",
        "liquidity_liquidations",
    ),
    read("/v5/earn/rwa/product", "asset_products"),
    read("/v5/earn/rwa/order", "asset_orders"),
    read("/v5/earn/rwa/position", "asset_positions"),
    read("/v5/earn/rwa/nav-chart", "asset_values"),
    read("/v5/earn/token/product", "token_products"),
    read("/v5/earn/token/order", "token_orders"),
    read("/v5/earn/token/position", "token_positions"),
    read("/v5/earn/token/yield", "token_yields"),
    read("/v5/earn/token/hourly-yield", "token_hourly_yields"),
    read("/v5/earn/token/history-apr", "token_rates"),
    read("/v5/earn/pwm/investment-plan/all", "plans"),
    read("/v5/earn/pwm/investment-plan/detail", "plan"),
    read("/v5/earn/pwm/investment-plan/new-plan", "plan_offer"),
    read("/v5/earn/pwm/investment-plan/order", "plan_orders"),
    read("/v5/earn/pwm/investment-plan/asset-trend", "plan_trend"),
    read("/v5/earn/pwm/investment-plan/fund-nav", "fund_values"),
    read("/v5/earn/pwm/customize-plan/product", "plan_products"),
    read(
        "/v5/earn/pwm/query-fund-transfer-result",
        "fund_transfer_result",
    ),
    read(
        "/v5/earn/pwm/asset-manager/get-investment-plan",
        "fund_plans",
    ),
    read("/v5/earn/pwm/asset-manager/all-funds", "funds"),
    read("/v5/earn/pwm/asset-manager/all-order", "fund_orders"),
];
