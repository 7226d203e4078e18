//! Products that hold assets of the account: earn, staking, loans, and orders that the venue slices.

use crate::{
    Class, Permission, Product,
    kit::{
        operation::{Op, delete, get, post},
        parameter::{
            POSITIONS, Parameter, SIDES, amount, asset, client_id, needed, order_id, position,
            price, quantity, reduce_only, scalar, side, symbol,
        },
    },
};

use super::{
    SAPI_HOSTS as HOSTS,
    parameters::{MARKET, PAGES},
};

/// What holds assets of the spot account without their leaving it needs the permission to trade.
const fn hold(path: &'static str, name: &'static str) -> Op {
    post(path, name)
        .is(Class::Transfer, Product::Wallet, Permission::SpotTrading)
        .on(HOSTS)
}

const fn read(path: &'static str, name: &'static str) -> Op {
    get(path, name).reads(Product::Wallet).on(HOSTS)
}

const fn algo(op: Op, product: Product) -> Op {
    match product {
        Product::Spot => op.trades_spot().on(HOSTS),
        _ => op.trades_futures(product).on(HOSTS),
    }
}

const PRODUCT: &[Parameter] = &[needed(scalar("productId"))];
const AMOUNT: &[Parameter] = &[needed(amount("amount"))];
const ASSET: &[Parameter] = &[needed(asset("asset"))];
const KIND: &[Parameter] = &[needed(scalar("type"))];
const ASSETS: &[Parameter] = &[
    asset("asset"),
    scalar("productId"),
    scalar("projectId"),
    scalar("positionId"),
    scalar("purchaseId"),
    scalar("redeemId"),
    scalar("type"),
];
const FROM: &[Parameter] = &[
    scalar("autoSubscribe"),
    scalar("sourceAccount"),
    scalar("destAccount"),
];
const LOAN: &[Parameter] = &[needed(asset("loanCoin")), needed(scalar("collateralCoin"))];
const LOANS: &[Parameter] = &[
    asset("loanCoin"),
    scalar("collateralCoin"),
    scalar("orderId"),
];

const SLICED: &[Parameter] = &[
    needed(side("side", SIDES)),
    needed(quantity("quantity")),
    position("positionSide", POSITIONS),
    client_id("clientAlgoId"),
    reduce_only("reduceOnly", &[]),
    price("limitPrice"),
    scalar("stpMode"),
];
const DURATION: &[Parameter] = &[needed(scalar("duration"))];
const ALGO: &[Parameter] = &[needed(order_id("algoId"))];
const ONE_ALGO: &[&str] = &["algoId", "clientAlgoId"];
const ALGO_ADDRESS: &[Parameter] = &[order_id("algoId"), client_id("clientAlgoId")];

pub(super) const OPERATIONS: &[Op] = &[
    hold(
        "/sapi/v1/simple-earn/flexible/subscribe",
        "earn_flexible_subscribe",
    )
    .takes(&[PRODUCT, AMOUNT, FROM]),
    hold(
        "/sapi/v1/simple-earn/flexible/redeem",
        "earn_flexible_redeem",
    )
    .takes(&[PRODUCT, &[amount("amount"), scalar("redeemAll")], FROM]),
    hold(
        "/sapi/v1/simple-earn/locked/subscribe",
        "earn_locked_subscribe",
    )
    .takes(&[
        &[needed(scalar("projectId")), scalar("redeemTo")],
        AMOUNT,
        FROM,
    ]),
    hold("/sapi/v1/simple-earn/locked/redeem", "earn_locked_redeem")
        .takes(&[&[needed(scalar("positionId"))]]),
    hold(
        "/sapi/v1/simple-earn/flexible/setAutoSubscribe",
        "earn_flexible_auto",
    )
    .takes(&[PRODUCT, &[needed(scalar("autoSubscribe"))]]),
    hold(
        "/sapi/v1/simple-earn/locked/setAutoSubscribe",
        "earn_locked_auto",
    )
    .takes(&[&[
        needed(scalar("positionId")),
        needed(scalar("autoSubscribe")),
    ]]),
    hold(
        "/sapi/v1/simple-earn/locked/setRedeemOption",
        "earn_locked_redeem_option",
    )
    .takes(&[&[needed(scalar("positionId")), needed(scalar("redeemTo"))]]),
    // Assets of the venue that bear interest.
    hold("/sapi/v1/bfusd/subscribe", "bfusd_subscribe").takes(&[ASSET, AMOUNT]),
    hold("/sapi/v1/bfusd/redeem", "bfusd_redeem").takes(&[AMOUNT, KIND]),
    hold("/sapi/v1/rwusd/subscribe", "rwusd_subscribe").takes(&[ASSET, AMOUNT]),
    hold("/sapi/v1/rwusd/redeem", "rwusd_redeem").takes(&[AMOUNT, KIND]),
    hold(
        "/sapi/v1/onchain-yields/locked/subscribe",
        "onchain_subscribe",
    )
    .takes(&[
        &[
            needed(scalar("projectId")),
            scalar("redeemTo"),
            scalar("channelId"),
            scalar("clientId"),
        ],
        AMOUNT,
        FROM,
    ]),
    hold("/sapi/v1/onchain-yields/locked/redeem", "onchain_redeem")
        .takes(&[&[needed(scalar("positionId")), scalar("channelId")]]),
    hold(
        "/sapi/v1/onchain-yields/locked/setAutoSubscribe",
        "onchain_auto",
    )
    .takes(&[&[
        needed(scalar("positionId")),
        needed(scalar("autoSubscribe")),
    ]]),
    hold(
        "/sapi/v1/onchain-yields/locked/setRedeemOption",
        "onchain_redeem_option",
    )
    .takes(&[&[needed(scalar("positionId")), needed(scalar("redeemTo"))]]),
    // A GET that changes a setting.
    get("/sapi/v1/soft-staking/set", "soft_staking_set")
        .is(Class::Transfer, Product::Wallet, Permission::SpotTrading)
        .takes(&[&[needed(scalar("softStaking"))]])
        .on(HOSTS),
    hold("/sapi/v1/eth-staking/eth/stake", "stake_eth_v1").takes(&[AMOUNT]),
    hold("/sapi/v2/eth-staking/eth/stake", "stake_eth").takes(&[AMOUNT]),
    hold("/sapi/v1/eth-staking/eth/redeem", "redeem_eth").takes(&[AMOUNT, &[asset("asset")]]),
    hold("/sapi/v1/eth-staking/wbeth/wrap", "wrap_eth").takes(&[AMOUNT]),
    hold("/sapi/v1/eth-staking/wbeth/unwrap", "unwrap_eth").takes(&[AMOUNT]),
    hold("/sapi/v1/sol-staking/sol/claim", "claim_sol"),
    hold("/sapi/v1/sol-staking/sol/stake", "stake_sol").takes(&[AMOUNT]),
    hold("/sapi/v1/sol-staking/sol/redeem", "redeem_sol").takes(&[AMOUNT]),
    hold("/sapi/v1/staking/purchase", "staking_purchase").takes(&[
        PRODUCT,
        AMOUNT,
        &[scalar("product"), scalar("renewable")],
    ]),
    hold("/sapi/v1/staking/redeem", "staking_redeem").takes(&[
        PRODUCT,
        &[scalar("product"), scalar("positionId"), amount("amount")],
    ]),
    hold(
        "/sapi/v1/dci/product/subscribe",
        "dual_investment_subscribe",
    )
    .takes(&[&[
        needed(scalar("id")),
        needed(scalar("orderId")),
        needed(amount("depositAmount")),
        needed(scalar("autoCompoundPlan")),
    ]]),
    hold("/sapi/v2/loan/flexible/borrow", "loan_borrow")
        .takes(&[LOAN, &[amount("loanAmount"), scalar("collateralAmount")]]),
    hold("/sapi/v2/loan/flexible/repay", "loan_repay").takes(&[
        LOAN,
        &[
            needed(amount("repayAmount")),
            scalar("collateralReturn"),
            scalar("fullRepayment"),
            scalar("repaymentType"),
        ],
    ]),
    hold(
        "/sapi/v2/loan/flexible/repay/collateral",
        "loan_repay_collateral",
    )
    .takes(&[
        LOAN,
        &[needed(amount("repayAmount")), scalar("fullRepayment")],
    ]),
    hold("/sapi/v1/loan/borrow", "loan_borrow_v1").takes(&[
        LOAN,
        &[
            amount("loanAmount"),
            scalar("collateralAmount"),
            scalar("loanTerm"),
        ],
    ]),
    hold("/sapi/v2/loan/flexible/adjust/ltv", "loan_adjust").takes(&[
        LOAN,
        &[
            needed(amount("adjustmentAmount")),
            needed(scalar("direction")),
        ],
    ]),
    algo(
        post("/sapi/v1/algo/futures/newOrderTwap", "futures_twap"),
        Product::UsdFutures,
    )
    .takes(&[MARKET, SLICED, DURATION]),
    algo(
        post(
            "/sapi/v1/algo/futures/newOrderVp",
            "futures_volume_participation",
        ),
        Product::UsdFutures,
    )
    .takes(&[MARKET, SLICED, &[needed(scalar("urgency"))]]),
    algo(
        delete("/sapi/v1/algo/futures/order", "futures_sliced_cancel"),
        Product::UsdFutures,
    )
    .one_of(ONE_ALGO)
    .takes(&[ALGO_ADDRESS]),
    algo(
        post("/sapi/v1/algo/spot/newOrderTwap", "spot_twap"),
        Product::Spot,
    )
    .takes(&[MARKET, SLICED, DURATION]),
    algo(
        post("/sapi/v1/algo/spot/newOrderVp", "spot_volume_participation"),
        Product::Spot,
    )
    .takes(&[
        MARKET,
        SLICED,
        &[needed(scalar("urgency")), scalar("vpTimeLimit")],
    ]),
    algo(
        delete("/sapi/v1/algo/spot/order", "spot_sliced_cancel"),
        Product::Spot,
    )
    .one_of(ONE_ALGO)
    .takes(&[ALGO_ADDRESS]),
    read("/sapi/v1/algo/futures/openOrders", "futures_sliced_open"),
    read(
        "/sapi/v1/algo/futures/historicalOrders",
        "futures_sliced_history",
    )
    .takes(&[SLICES]),
    read("/sapi/v1/algo/futures/subOrders", "futures_slices").takes(&[ALGO, SLICES]),
    read("/sapi/v1/algo/spot/openOrders", "spot_sliced_open"),
    read("/sapi/v1/algo/spot/historicalOrders", "spot_sliced_history").takes(&[SLICES]),
    read("/sapi/v1/algo/spot/subOrders", "spot_slices").takes(&[ALGO, SLICES]),
    read("/sapi/v1/simple-earn/account", "earn_account"),
    read(
        "/sapi/v1/simple-earn/flexible/list",
        "earn_flexible_products",
    )
    .takes(&[ASSETS, PAGES]),
    read("/sapi/v1/simple-earn/locked/list", "earn_locked_products").takes(&[ASSETS, PAGES]),
    read(
        "/sapi/v1/simple-earn/flexible/position",
        "earn_flexible_positions",
    )
    .takes(&[ASSETS, PAGES]),
    read(
        "/sapi/v1/simple-earn/locked/position",
        "earn_locked_positions",
    )
    .takes(&[ASSETS, PAGES]),
    read(
        "/sapi/v1/simple-earn/flexible/personalLeftQuota",
        "earn_flexible_quota",
    )
    .takes(&[PRODUCT]),
    read(
        "/sapi/v1/simple-earn/locked/personalLeftQuota",
        "earn_locked_quota",
    )
    .takes(&[&[needed(scalar("projectId"))]]),
    read(
        "/sapi/v1/simple-earn/flexible/history/subscriptionRecord",
        "earn_flexible_subscriptions",
    )
    .takes(&[ASSETS, PAGES]),
    read(
        "/sapi/v1/simple-earn/locked/history/subscriptionRecord",
        "earn_locked_subscriptions",
    )
    .takes(&[ASSETS, PAGES]),
    read(
        "/sapi/v1/simple-earn/flexible/history/redemptionRecord",
        "earn_flexible_redemptions",
    )
    .takes(&[ASSETS, PAGES]),
    read(
        "/sapi/v1/simple-earn/locked/history/redemptionRecord",
        "earn_locked_redemptions",
    )
    .takes(&[ASSETS, PAGES]),
    read(
        "/sapi/v1/simple-earn/flexible/history/rewardsRecord",
        "earn_flexible_rewards",
    )
    .takes(&[ASSETS, PAGES]),
    read(
        "/sapi/v1/simple-earn/locked/history/rewardsRecord",
        "earn_locked_rewards",
    )
    .takes(&[ASSETS, PAGES]),
    read("/sapi/v1/bfusd/account", "bfusd_account"),
    read("/sapi/v1/bfusd/quota", "bfusd_quota"),
    read("/sapi/v1/bfusd/history/rateHistory", "bfusd_rates").takes(&[PAGES]),
    read(
        "/sapi/v1/bfusd/history/redemptionHistory",
        "bfusd_redemptions",
    )
    .takes(&[PAGES]),
    read("/sapi/v1/bfusd/history/rewardsHistory", "bfusd_rewards").takes(&[PAGES]),
    read(
        "/sapi/v1/bfusd/history/subscriptionHistory",
        "bfusd_subscriptions",
    )
    .takes(&[ASSETS, PAGES]),
    read("/sapi/v1/rwusd/account", "rwusd_account"),
    read("/sapi/v1/rwusd/quota", "rwusd_quota"),
    read("/sapi/v1/rwusd/history/rateHistory", "rwusd_rates").takes(&[PAGES]),
    read(
        "/sapi/v1/rwusd/history/redemptionHistory",
        "rwusd_redemptions",
    )
    .takes(&[PAGES]),
    read("/sapi/v1/rwusd/history/rewardsHistory", "rwusd_rewards").takes(&[PAGES]),
    read(
        "/sapi/v1/rwusd/history/subscriptionHistory",
        "rwusd_subscriptions",
    )
    .takes(&[ASSETS, PAGES]),
    read("/sapi/v1/earn/arena/activities", "earn_activities"),
    read("/sapi/v1/onchain-yields/account", "onchain_account"),
    read("/sapi/v1/onchain-yields/locked/list", "onchain_products").takes(&[ASSETS, PAGES]),
    read(
        "/sapi/v1/onchain-yields/locked/position",
        "onchain_positions",
    )
    .takes(&[ASSETS, PAGES]),
    read(
        "/sapi/v1/onchain-yields/locked/personalLeftQuota",
        "onchain_quota",
    )
    .takes(&[ASSETS]),
    read(
        "/sapi/v1/onchain-yields/locked/subscriptionPreview",
        "onchain_preview",
    )
    .takes(&[ASSETS, AMOUNT, FROM]),
    read(
        "/sapi/v1/onchain-yields/locked/history/subscriptionRecord",
        "onchain_subscriptions",
    )
    .takes(&[ASSETS, PAGES, &[scalar("clientId")]]),
    read(
        "/sapi/v1/onchain-yields/locked/history/redemptionRecord",
        "onchain_redemptions",
    )
    .takes(&[ASSETS, PAGES]),
    read(
        "/sapi/v1/onchain-yields/locked/history/rewardsRecord",
        "onchain_rewards",
    )
    .takes(&[ASSETS, PAGES]),
    read("/sapi/v1/soft-staking/list", "soft_staking_products").takes(&[ASSETS, PAGES]),
    read(
        "/sapi/v1/soft-staking/history/rewardsRecord",
        "soft_staking_rewards",
    )
    .takes(&[ASSETS, PAGES]),
    read("/sapi/v1/eth-staking/account", "staked_eth_v1"),
    read("/sapi/v2/eth-staking/account", "staked_eth"),
    read("/sapi/v1/eth-staking/eth/quota", "eth_staking_quota"),
    read(
        "/sapi/v1/eth-staking/eth/history/stakingHistory",
        "eth_stakings",
    )
    .takes(&[ASSETS, PAGES]),
    read(
        "/sapi/v1/eth-staking/eth/history/redemptionHistory",
        "eth_redemptions",
    )
    .takes(&[ASSETS, PAGES]),
    read(
        "/sapi/v1/eth-staking/eth/history/rewardsHistory",
        "eth_rewards",
    )
    .takes(&[PAGES]),
    read("/sapi/v1/sol-staking/account", "staked_sol"),
    read("/sapi/v1/sol-staking/sol/quota", "sol_staking_quota"),
    read(
        "/sapi/v1/sol-staking/sol/history/stakingHistory",
        "sol_stakings",
    )
    .takes(&[ASSETS, PAGES]),
    read(
        "/sapi/v1/sol-staking/sol/history/redemptionHistory",
        "sol_redemptions",
    )
    .takes(&[ASSETS, PAGES]),
    read("/sapi/v1/staking/position", "staking_positions").takes(&[
        PAGES,
        &[scalar("product"), scalar("productId"), asset("asset")],
    ]),
    read("/sapi/v1/staking/stakingRecord", "staking_records").takes(&[
        PAGES,
        &[scalar("product"), scalar("txnType"), asset("asset")],
    ]),
    read("/sapi/v2/loan/flexible/ongoing/orders", "loans_ongoing").takes(&[LOANS, PAGES]),
    read("/sapi/v2/loan/flexible/borrow/history", "loan_borrowings").takes(&[LOANS, PAGES]),
    read("/sapi/v2/loan/flexible/repay/history", "loan_repayments").takes(&[LOANS, PAGES]),
    read(
        "/sapi/v2/loan/flexible/ltv/adjustment/history",
        "loan_adjustments",
    )
    .takes(&[LOANS, PAGES]),
    read("/sapi/v1/loan/income", "loan_income").takes(&[PAGES, ASSETS]),
];

const SLICES: &[Parameter] = &[
    symbol("symbol"),
    side("side", SIDES),
    scalar("page"),
    scalar("pageSize"),
    scalar("startTime"),
    scalar("endTime"),
];
