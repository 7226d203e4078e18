//! What clients still call of v1, which the venue is withdrawing.

use crate::{
    Intent, PositionSide, Product, Side, Unclassified,
    kit::{
        operation::{Batch, Op, get},
        parameter::{
            Parameter, SIDES, amount, anything, asset, client_id, destination, from, kind, lasts,
            leverage, needed, network, order_id, position, price, quantity, reduce_only, scalar,
            side, stop_price, sub_account, symbol, tag, to, word,
        },
    },
    syntax::Fields,
};

use super::{
    HOSTS, KINDS, LASTING, act,
    attached::WITH_V1,
    listed, margin,
    mix::{self, execution_price, greatest_leverage},
    spot,
    wallet::{LOAN, PLEDGE, REPAYMENT, lends},
};

pub(super) const READS: &[Op] = listed! { read Product::Account;
    // Market data needs no signature, but one client signs everything.
    "spot/v1/market/{data}" "v1_market_data",
    "spot/v1/public/{data}" "v1_public_data",
    "mix/v1/market/{data}" "v1_futures_market_data",
    // POSTs elsewhere.
    "mix/v1/account/open-count" "v1_futures_max_open_read",
    "mix/v1/account/sub-account-contract-assets" "v1_sub_account_futures_read",
    "spot/v1/wallet/withdrawal-list" "v1_withdrawals",
    "spot/v1/wallet/deposit-list" "v1_deposits",
    "spot/v1/account/getInfo" "v1_account",
    "spot/v1/account/assets" "v1_assets",
    "spot/v1/account/assets-lite" "v1_assets_lite",
    "spot/v1/account/transferRecords" "v1_transfers",
    "spot/v1/convert/currencies" "v1_convert_currencies",
    "spot/v1/convert/convert-record" "v1_convert_history",
    "mix/v1/account/account" "v1_futures_account",
    "mix/v1/account/accounts" "v1_futures_accounts",
    "mix/v1/account/accountBill" "v1_futures_ledger",
    "mix/v1/account/accountBusinessBill" "v1_futures_business_ledger",
    "mix/v1/position/singlePosition" "v1_position_old",
    "mix/v1/position/singlePosition-v2" "v1_position",
    "mix/v1/position/allPosition" "v1_positions_old",
    "mix/v1/position/allPosition-v2" "v1_positions",
    "mix/v1/position/history-position" "v1_position_history",
    "mix/v1/order/current" "v1_futures_open_orders",
    "mix/v1/order/marginCoinCurrent" "v1_futures_orders_of_product",
    "mix/v1/order/history" "v1_futures_order_history",
    "mix/v1/order/historyProductType" "v1_futures_order_history_of_product",
    "mix/v1/order/detail" "v1_futures_order_detail",
    "mix/v1/order/fills" "v1_futures_fills",
    "mix/v1/order/allFills" "v1_futures_fills_of_product",
    "mix/v1/plan/currentPlan" "v1_futures_plans",
    "mix/v1/plan/historyPlan" "v1_futures_plan_history",
    "user/v1/fee/query" "v1_fees",
    "user/v1/sub/virtual-list" "v1_sub_accounts",
    "user/v1/sub/virtual-api-list" "v1_sub_account_keys",
    "margin/v1/cross/account/assets" "v1_cross_assets",
    "margin/v1/cross/account/riskRate" "v1_cross_risk",
    "margin/v1/cross/account/maxTransferOutAmount" "v1_cross_max_transfer",
    "margin/v1/cross/order/openOrders" "v1_cross_open_orders",
    "margin/v1/cross/order/history" "v1_cross_order_history",
    "margin/v1/cross/order/fills" "v1_cross_fills",
    "margin/v1/cross/loan/list" "v1_cross_loans",
    "margin/v1/cross/repay/list" "v1_cross_repayments",
    "margin/v1/cross/interest/list" "v1_cross_interest",
    "margin/v1/cross/fin/list" "v1_cross_ledger",
    "margin/v1/isolated/account/assets" "v1_isolated_assets",
    "margin/v1/isolated/account/maxTransferOutAmount" "v1_isolated_max_transfer",
    "margin/v1/isolated/order/openOrders" "v1_isolated_open_orders",
    "margin/v1/isolated/order/history" "v1_isolated_order_history",
    "margin/v1/isolated/order/fills" "v1_isolated_fills",
    "margin/v1/isolated/loan/list" "v1_isolated_loans",
    "margin/v1/isolated/repay/list" "v1_isolated_repayments",
    "margin/v1/isolated/interest/list" "v1_isolated_interest",
    "margin/v1/isolated/fin/list" "v1_isolated_ledger",
};

pub(super) const READS_BY_POST: &[Op] = listed! { read_by_post Product::Account;
    "spot/v1/account/sub-account-spot-assets" "v1_sub_account_assets",
    "spot/v1/account/bills" "v1_ledger",
    "spot/v1/trade/orderInfo" "v1_order",
    "spot/v1/trade/open-orders" "v1_open_orders",
    "spot/v1/trade/history" "v1_order_history",
    "spot/v1/trade/fills" "v1_fills",
    "spot/v1/plan/currentPlan" "v1_plans",
    "spot/v1/plan/historyPlan" "v1_plan_history",
    "spot/v1/convert/quoted-price" "v1_convert_quote",
    "mix/v1/account/open-count" "v1_futures_max_open",
    "mix/v1/account/sub-account-contract-assets" "v1_sub_account_futures",
    "margin/v1/cross/account/maxBorrowableAmount" "v1_cross_max_borrow",
    "margin/v1/cross/account/queryFlashRepayStatus" "v1_cross_flash_repay_status",
    "margin/v1/isolated/account/maxBorrowableAmount" "v1_isolated_max_borrow",
    "margin/v1/isolated/account/queryFlashRepayStatus" "v1_isolated_flash_repay_status",
    "margin/v1/isolated/account/riskRate" "v1_isolated_risk",
};

/// Both the side and what becomes of the position are in one word.
const FUTURES_SIDES: &[(&str, Side)] = &[
    ("open_long", Side::Buy),
    ("open_short", Side::Sell),
    ("close_long", Side::Sell),
    ("close_short", Side::Buy),
    ("buy_single", Side::Buy),
    ("sell_single", Side::Sell),
    ("buy", Side::Buy),
    ("sell", Side::Sell),
];

fn of_position(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    let word = fields.text("side").unwrap_or_default().to_ascii_lowercase();
    if word.ends_with("_long") {
        intent.position_side = Some(PositionSide::Long);
    }
    if word.ends_with("_short") {
        intent.position_side = Some(PositionSide::Short);
    }
    if word.starts_with("close_") {
        intent.reduce_only = Some(true);
    } else if word.starts_with("open_") {
        intent.reduce_only = None;
    }
    Ok(())
}

fn planned(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    of_position(fields, intent)?;
    spot::wait(intent);
    execution_price("v1_futures_plan_order", "executePrice", fields, intent)
}

/// Where the order says what its size counts, only `total` is the quote asset.
fn spot_planned(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    if !fields.has("placeType") || fields.is("placeType", "total") {
        spot::buys_in_quote(fields, intent)?;
    }
    spot::wait(intent);
    Ok(())
}

const SPOT_ORDER: &[Parameter] = &[
    needed(symbol("symbol")),
    needed(side("side", SIDES)),
    needed(kind("orderType", KINDS)),
    needed(quantity("quantity")),
    price("price"),
    lasts("force", LASTING),
    client_id("clientOrderId"),
    client_id("clientOid"),
];

const FUTURES_ORDER: &[Parameter] = &[
    needed(symbol("symbol")),
    needed(scalar("marginCoin")),
    needed(side("side", FUTURES_SIDES)),
    needed(kind("orderType", KINDS)),
    needed(quantity("size")),
    price("price"),
    lasts("timeInForceValue", LASTING),
    client_id("clientOid"),
    reduce_only("reduceOnly", &["true"]),
];

const ADDRESSED: &[Parameter] = &[
    needed(symbol("symbol")),
    scalar("marginCoin"),
    order_id("orderId"),
    client_id("clientOid"),
    anything("orderIds"),
    anything("clientOids"),
    scalar("planType"),
    scalar("productType"),
];

const AMENDMENT: &[Parameter] = &[
    quantity("size"),
    price("price"),
    client_id("newClientOid"),
    scalar("executePrice"),
    stop_price("triggerPrice"),
    scalar("triggerType"),
    scalar("orderType"),
];

const STOP: &[Parameter] = &[
    needed(symbol("symbol")),
    needed(scalar("marginCoin")),
    needed(stop_price("triggerPrice")),
    scalar("planType"),
    scalar("triggerType"),
    price("executePrice"),
    position("holdSide", mix::HOLD_SIDES),
    scalar("side"),
    quantity("size"),
    scalar("rangeRate"),
    scalar("reduceOnly"),
    client_id("clientOid"),
];

fn amended(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    execution_price("v1_futures_amend", "executePrice", fields, intent)
}

const fn amends(op: Op) -> Op {
    op.adjust(amended)
        .attaches(WITH_V1)
        .takes(&[ADDRESSED, AMENDMENT])
}

const fn spot(path: &'static str, name: &'static str) -> Op {
    act(path, name).trades_spot()
}

const fn futures(path: &'static str, name: &'static str) -> Op {
    act(path, name).trades_futures(Product::UsdFutures)
}

pub(super) const TRADES: &[Op] = &[
    spot("/api/spot/v1/trade/orders", "v1_spot_order")
        .adjust(spot::buys_in_quote)
        .takes(&[SPOT_ORDER]),
    spot("/api/spot/v1/trade/batch-orders", "v1_spot_orders")
        .adjust(spot::buys_in_quote)
        .batch(Batch::Member("orderList"))
        .beside(&["symbol"])
        .takes(&[SPOT_ORDER]),
    spot("/api/spot/v1/trade/cancel-order", "v1_spot_cancel").takes(&[ADDRESSED]),
    spot("/api/spot/v1/trade/cancel-order-v2", "v1_spot_cancel_2").takes(&[ADDRESSED]),
    spot(
        "/api/spot/v1/trade/cancel-symbol-order",
        "v1_spot_cancel_all",
    )
    .takes(&[ADDRESSED]),
    spot("/api/spot/v1/trade/cancel-batch-orders", "v1_spot_cancels").takes(&[ADDRESSED]),
    spot(
        "/api/spot/v1/trade/cancel-batch-orders-v2",
        "v1_spot_cancels_2",
    )
    .takes(&[ADDRESSED]),
    spot("/api/spot/v1/plan/placePlan", "v1_spot_plan_order")
        .adjust(spot_planned)
        .takes(&[&[
            needed(symbol("symbol")),
            needed(side("side", SIDES)),
            needed(stop_price("triggerPrice")),
            needed(kind("orderType", KINDS)),
            needed(quantity("size")),
            price("executePrice"),
            scalar("triggerType"),
            scalar("timeInForceValue"),
            scalar("placeType"),
            client_id("clientOid"),
        ]]),
    spot("/api/spot/v1/plan/modifyPlan", "v1_spot_plan_amend").takes(&[&[
        order_id("orderId"),
        client_id("clientOid"),
        stop_price("triggerPrice"),
        price("executePrice"),
        quantity("size"),
        scalar("orderType"),
    ]]),
    spot("/api/spot/v1/plan/batchCancelPlan", "v1_spot_plan_cancels")
        .takes(&[&[anything("symbols")]]),
    spot("/api/spot/v1/plan/cancelPlan", "v1_spot_plan_cancel")
        .takes(&[&[order_id("orderId"), client_id("clientOid")]]),
    spot("/api/spot/v1/convert/trade", "v1_convert").takes(&[spot::CONVERSION]),
    margin::order("/api/margin/v1/cross/order/placeOrder", "v1_cross_order"),
    margin::order(
        "/api/margin/v1/isolated/order/placeOrder",
        "v1_isolated_order",
    ),
    margin::cancel("/api/margin/v1/cross/order/cancelOrder", "v1_cross_cancel"),
    margin::cancel(
        "/api/margin/v1/isolated/order/cancelOrder",
        "v1_isolated_cancel",
    ),
    margin::orders(
        "/api/margin/v1/cross/order/batchPlaceOrder",
        "v1_cross_orders",
    ),
    margin::orders(
        "/api/margin/v1/isolated/order/batchPlaceOrder",
        "v1_isolated_orders",
    ),
    margin::order(
        "/api/margin/v1/cross/order/batchCancelOrder",
        "v1_cross_cancels",
    )
    .takes(&[ADDRESSED]),
    margin::order(
        "/api/margin/v1/isolated/order/batchCancelOrder",
        "v1_isolated_cancels",
    )
    .takes(&[ADDRESSED]),
    margin::lends(
        "/api/margin/v1/cross/account/flashRepay",
        "v1_cross_flash_repay",
    ),
    margin::lends(
        "/api/margin/v1/isolated/account/flashRepay",
        "v1_isolated_flash_repay",
    ),
    margin::lends("/api/margin/v1/cross/account/borrow", "v1_cross_borrow"),
    margin::lends(
        "/api/margin/v1/isolated/account/borrow",
        "v1_isolated_borrow",
    ),
    margin::lends("/api/margin/v1/cross/account/repay", "v1_cross_repay"),
    margin::lends("/api/margin/v1/isolated/account/repay", "v1_isolated_repay"),
    futures("/api/mix/v1/order/placeOrder", "v1_futures_order")
        .adjust(of_position)
        .attaches(WITH_V1)
        .takes(&[FUTURES_ORDER]),
    futures("/api/mix/v1/order/batch-orders", "v1_futures_orders")
        .adjust(of_position)
        .attaches(WITH_V1)
        .batch(Batch::Member("orderDataList"))
        .beside(&["symbol", "marginCoin"])
        .takes(&[FUTURES_ORDER]),
    futures("/api/mix/v1/order/cancel-order", "v1_futures_cancel").takes(&[ADDRESSED]),
    futures(
        "/api/mix/v1/order/cancel-batch-orders",
        "v1_futures_cancels",
    )
    .takes(&[ADDRESSED]),
    futures(
        "/api/mix/v1/order/cancel-symbol-orders",
        "v1_futures_cancel_symbol",
    )
    .takes(&[ADDRESSED]),
    futures(
        "/api/mix/v1/order/cancel-all-orders",
        "v1_futures_cancel_all",
    )
    .takes(&[&[needed(scalar("productType")), scalar("marginCoin")]]),
    futures(
        "/api/mix/v1/order/close-all-positions",
        "v1_close_all_positions",
    )
    .takes(&[&[needed(scalar("productType"))]]),
    futures("/api/mix/v1/plan/placePlan", "v1_futures_plan_order")
        .adjust(planned)
        .attaches(WITH_V1)
        .takes(&[
            FUTURES_ORDER,
            &[
                needed(stop_price("triggerPrice")),
                scalar("triggerType"),
                scalar("executePrice"),
            ],
        ]),
    futures("/api/mix/v1/plan/cancelPlan", "v1_futures_plan_cancel").takes(&[ADDRESSED]),
    futures(
        "/api/mix/v1/plan/cancelSymbolPlan",
        "v1_futures_plan_cancel_symbol",
    )
    .takes(&[ADDRESSED]),
    futures(
        "/api/mix/v1/plan/cancelAllPlan",
        "v1_futures_plan_cancel_all",
    )
    .takes(&[&[needed(scalar("productType")), scalar("planType")]]),
    amends(futures("/api/mix/v1/order/modifyOrder", "v1_futures_amend")),
    amends(futures(
        "/api/mix/v1/plan/modifyPlan",
        "v1_futures_plan_amend",
    )),
    amends(futures(
        "/api/mix/v1/plan/modifyPlanPreset",
        "v1_futures_preset_amend",
    )),
    amends(futures(
        "/api/mix/v1/plan/modifyTPSLPlan",
        "v1_futures_stop_amend",
    )),
    futures("/api/mix/v1/plan/placeTPSL", "v1_futures_stop")
        .adjust(mix::stops)
        .takes(&[STOP]),
    futures(
        "/api/mix/v1/plan/placeTrailStop",
        "v1_futures_trailing_stop",
    )
    .adjust(mix::stops)
    .takes(&[STOP]),
    futures("/api/mix/v1/plan/placePositionsTPSL", "v1_position_stop")
        .adjust(mix::stops)
        .takes(&[STOP]),
    futures("/api/mix/v1/account/setLeverage", "v1_leverage")
        .adjust(greatest_leverage)
        .takes(&[&[
            needed(symbol("symbol")),
            needed(scalar("marginCoin")),
            leverage("leverage"),
            scalar("longLeverage"),
            scalar("shortLeverage"),
            position("holdSide", mix::HOLD_SIDES),
        ]]),
    futures("/api/mix/v1/account/setMargin", "v1_position_margin").takes(&[&[
        needed(symbol("symbol")),
        needed(scalar("marginCoin")),
        needed(scalar("amount")),
        position("holdSide", mix::HOLD_SIDES),
    ]]),
    futures("/api/mix/v1/account/setMarginMode", "v1_margin_mode").takes(&[&[
        needed(symbol("symbol")),
        needed(scalar("marginCoin")),
        needed(word("marginMode", &["fixed", "crossed"])),
    ]]),
    futures("/api/mix/v1/account/setPositionMode", "v1_position_mode").takes(&[&[
        needed(scalar("productType")),
        needed(word("holdMode", &["single_hold", "double_hold"])),
    ]]),
];

const MOVED: &[Parameter] = &[
    needed(asset("coin")),
    needed(amount("amount")),
    needed(from("fromType")),
    needed(to("toType")),
    symbol("symbol"),
    client_id("clientOid"),
];

const WITHDRAWAL: &[Parameter] = &[
    needed(asset("coin")),
    needed(destination("address")),
    needed(amount("amount")),
    network("chain"),
    tag("tag"),
    scalar("remark"),
    client_id("clientOid"),
];

/// To another user, named by id.
const INNER: &[Parameter] = &[
    needed(asset("coin")),
    needed(destination("toUid")),
    needed(amount("amount")),
    scalar("toType"),
    scalar("areaCode"),
    client_id("clientOid"),
];

const KEY: &[Parameter] = &[
    anything("subName"),
    sub_account("subUid"),
    scalar("passphrase"),
    scalar("label"),
    scalar("status"),
    scalar("apikey"),
    anything("auth"),
    anything("ip"),
    anything("perm"),
];

pub(super) const FUNDS: &[Op] = &[
    act("/api/spot/v1/wallet/transfer", "v1_transfer")
        .transfers()
        .takes(&[MOVED]),
    act("/api/spot/v1/wallet/transfer-v2", "v1_transfer_2")
        .transfers()
        .takes(&[MOVED]),
    act("/api/spot/v1/wallet/subTransfer", "v1_sub_account_transfer")
        .transfers()
        .takes(&[
            MOVED,
            &[
                needed(scalar("fromUserId")),
                needed(sub_account("toUserId")),
            ],
        ]),
    act("/api/spot/v1/wallet/withdrawal", "v1_withdrawal")
        .withdraws()
        .takes(&[WITHDRAWAL]),
    act("/api/spot/v1/wallet/withdrawal-v2", "v1_withdrawal_2")
        .withdraws()
        .takes(&[WITHDRAWAL]),
    act(
        "/api/spot/v1/wallet/withdrawal-inner",
        "v1_internal_withdrawal",
    )
    .withdraws()
    .takes(&[INNER]),
    act(
        "/api/spot/v1/wallet/withdrawal-inner-v2",
        "v1_internal_withdrawal_2",
    )
    .withdraws()
    .takes(&[INNER]),
    lends("/api/spot/v1/loan/borrow", "v1_loan").takes(&[LOAN]),
    lends("/api/spot/v1/loan/repay", "v1_loan_repayment").takes(&[REPAYMENT]),
    lends("/api/spot/v1/loan/revise-pledge", "v1_loan_pledge").takes(&[PLEDGE]),
    act("/api/user/v1/sub/virtual-create", "v1_sub_accounts_create")
        .administers()
        .takes(&[KEY]),
    act("/api/user/v1/sub/virtual-modify", "v1_sub_account_change")
        .administers()
        .takes(&[KEY]),
    act("/api/user/v1/sub/virtual-api-create", "v1_key_create")
        .administers()
        .takes(&[KEY]),
    act(
        "/api/user/v1/sub/virtual-api-batch-create",
        "v1_keys_create",
    )
    .administers()
    .batch(Batch::Body)
    .takes(&[KEY]),
    act("/api/user/v1/sub/virtual-api-modify", "v1_key_change")
        .administers()
        .takes(&[KEY]),
    get("/api/spot/v1/wallet/deposit-address", "v1_deposit_address")
        .deposits()
        .takes(&[&[asset("coin"), network("chain")]])
        .takes_any()
        .on(HOSTS),
];
