//! Spot trading, the wallet and sub-accounts (`/api/v3`).

use crate::{
    Class, Intent, OrderType, Permission, Product, TimeInForce, Unclassified,
    kit::{
        operation::{Batch, Op, delete, get, post, put},
        parameter::{
            Parameter, SIDES, amount, asset, client_id, destination, from, kind, needed, network,
            order_id, price, quantity, quote_quantity, repeating, scalar, side, stop_price,
            sub_account, symbol, tag, to,
        },
    },
    syntax::Fields,
};

const HOSTS: &[&str] = &["api.mexc.com", "www.mexc.com", "api.mexc.co"];

const fn read(path: &'static str, name: &'static str, product: Product) -> Op {
    get(path, name).reads(product).on(HOSTS)
}

const fn trade(op: Op) -> Op {
    op.trades_spot().on(HOSTS)
}

const fn margin(op: Op) -> Op {
    op.is(Class::TradeSpot, Product::Margin, Permission::SpotTrading)
        .on(HOSTS)
}

const fn admin(op: Op) -> Op {
    op.administers().on(HOSTS)
}

const fn session(op: Op) -> Op {
    op.is(Class::Session, Product::Account, Permission::Read)
        .on(HOSTS)
}

const KINDS: &[(&str, OrderType)] = &[
    ("LIMIT", OrderType::Limit),
    ("MARKET", OrderType::Market),
    ("LIMIT_MAKER", OrderType::PostOnly),
    ("IMMEDIATE_OR_CANCEL", OrderType::Limit),
    ("FILL_OR_KILL", OrderType::Limit),
    ("STOP_LIMIT", OrderType::StopLimit),
];

/// Kinds of order that say how long they last.
fn lasting(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    intent.time_in_force = match fields.text("type").as_deref() {
        Some("IMMEDIATE_OR_CANCEL") => Some(TimeInForce::ImmediateOrCancel),
        Some("FILL_OR_KILL") => Some(TimeInForce::FillOrKill),
        Some("LIMIT_MAKER") => Some(TimeInForce::PostOnly),
        _ => None,
    };
    Ok(())
}

const MARKET: &[Parameter] = &[needed(symbol("symbol"))];
const ANY_MARKET: &[Parameter] = &[symbol("symbol")];
const ORDER: &[Parameter] = &[
    needed(symbol("symbol")),
    needed(side("side", SIDES)),
    needed(kind("type", KINDS)),
    quantity("quantity"),
    quote_quantity("quoteOrderQty"),
    price("price"),
    client_id("newClientOrderId"),
    scalar("timeInForce"),
    stop_price("stopPrice"),
    scalar("icebergQty"),
    scalar("newOrderRespType"),
    scalar("stpMode"),
];
const ONE_ORDER: &[&str] = &["orderId", "origClientOrderId"];
const ADDRESS: &[Parameter] = &[
    order_id("orderId"),
    client_id("origClientOrderId"),
    scalar("newClientOrderId"),
    scalar("clientOrderId"),
];
const MARGIN: &[Parameter] = &[scalar("isIsolated")];
const PAGES: &[Parameter] = &[
    scalar("startTime"),
    scalar("endTime"),
    scalar("limit"),
    scalar("page"),
    scalar("size"),
    scalar("pageSize"),
    scalar("rows"),
    scalar("fromId"),
    scalar("states"),
];
const ASSET: &[Parameter] = &[needed(asset("asset"))];
const AMOUNT: &[Parameter] = &[needed(amount("amount"))];
const COIN: &[Parameter] = &[needed(asset("coin"))];
const ANY_COIN: &[Parameter] = &[
    asset("coin"),
    scalar("status"),
    scalar("id"),
    scalar("txId"),
];
const SUB: &[Parameter] = &[needed(sub_account("subAccount"))];
const ANY_SUB: &[Parameter] = &[sub_account("subAccount")];
const NETWORK: &[Parameter] = &[network("network"), network("netWork")];
const BETWEEN: &[Parameter] = &[needed(from("fromAccountType")), needed(to("toAccountType"))];

const WITHDRAWAL: &[Parameter] = &[
    needed(asset("coin")),
    needed(destination("address")),
    needed(amount("amount")),
    tag("memo"),
    client_id("withdrawOrderId"),
    scalar("contractAddress"),
    scalar("remark"),
];

pub(super) const TRADES: &[Op] = &[
    trade(post("/api/v3/order", "spot_order"))
        .adjust(lasting)
        .takes(&[ORDER]),
    post("/api/v3/order/test", "spot_order_test")
        .is(Class::Read, Product::Spot, Permission::SpotTrading)
        .adjust(lasting)
        .takes(&[ORDER])
        .on(HOSTS),
    trade(post("/api/v3/batchOrders", "spot_orders"))
        .batch(Batch::Text("batchOrders"))
        .beside(&["stpMode"])
        .adjust(lasting)
        .takes(&[ORDER]),
    trade(delete("/api/v3/order", "spot_cancel"))
        .one_of(ONE_ORDER)
        .takes(&[MARKET, ADDRESS]),
    trade(delete("/api/v3/openOrders", "spot_cancel_all")).takes(&[MARKET]),
    trade(delete("/api/v3/order/all", "spot_cancel_everything")),
    // Withdrawn from the venue's documents; known so that they are found in a set.
    margin(post("/api/v3/margin/order", "margin_order"))
        .adjust(lasting)
        .takes(&[ORDER, MARGIN])
        .not_offered(),
    margin(post("/api/v3/margin/loan", "margin_borrow"))
        .takes(&[ASSET, AMOUNT, ANY_MARKET, MARGIN])
        .not_offered(),
    margin(post("/api/v3/margin/repay", "margin_repay"))
        .takes(&[ASSET, AMOUNT, ANY_MARKET, MARGIN])
        .not_offered(),
    margin(delete("/api/v3/margin/order", "margin_cancel"))
        .one_of(ONE_ORDER)
        .takes(&[MARKET, ADDRESS, MARGIN]),
    margin(delete("/api/v3/margin/openOrders", "margin_cancel_all")).takes(&[MARKET, MARGIN]),
    read(
        "/api/v3/margin/order",
        "margin_query_order",
        Product::Margin,
    )
    .one_of(ONE_ORDER)
    .takes(&[MARKET, ADDRESS, MARGIN]),
    read(
        "/api/v3/margin/openOrders",
        "margin_open_orders",
        Product::Margin,
    )
    .takes(&[ANY_MARKET, MARGIN]),
    read(
        "/api/v3/margin/allOrders",
        "margin_all_orders",
        Product::Margin,
    )
    .takes(&[MARKET, PAGES, MARGIN, &[order_id("orderId")]]),
    read(
        "/api/v3/margin/myTrades",
        "margin_my_trades",
        Product::Margin,
    )
    .takes(&[MARKET, PAGES, MARGIN, &[order_id("orderId")]]),
    read(
        "/api/v3/margin/isolated/account",
        "margin_accounts",
        Product::Margin,
    )
    .takes(&[&[scalar("symbols")]]),
    read("/api/v3/order", "spot_query_order", Product::Spot)
        .one_of(ONE_ORDER)
        .takes(&[MARKET, ADDRESS]),
    read("/api/v3/openOrders", "spot_open_orders", Product::Spot).takes(&[ANY_MARKET]),
    read("/api/v3/allOrders", "spot_all_orders", Product::Spot).takes(&[
        MARKET,
        PAGES,
        &[order_id("orderId")],
    ]),
    read("/api/v3/myTrades", "spot_my_trades", Product::Spot).takes(&[
        MARKET,
        PAGES,
        &[order_id("orderId")],
    ]),
    // Market data, which clients sign like everything there.
    read("/api/v3/avgPrice", "average_price", Product::Spot).takes(&[MARKET]),
    read("/api/v3/klines", "candles", Product::Spot).takes(&[MARKET, PAGES, &[scalar("interval")]]),
    read("/api/v3/account", "spot_account", Product::Spot),
    read("/api/v3/tradeFee", "spot_trade_fee", Product::Spot).takes(&[ANY_MARKET]),
    read("/api/v3/selfSymbols", "spot_symbols", Product::Spot),
    read("/api/v3/mxDeduct/enable", "mx_deduct_status", Product::Spot),
    read("/api/v3/strategy/group", "prevention_groups", Product::Spot)
        .takes(&[PAGES, &[scalar("tradeGroupName"), scalar("tradeGroupId")]]),
    read(
        "/api/v3/strategy/group/uid",
        "prevention_group",
        Product::Spot,
    )
    .takes(&[PAGES, &[scalar("tradeGroupId"), scalar("uid")]]),
];

pub(super) const FUNDS: &[Op] = &[
    post("/api/v3/capital/withdraw", "withdraw")
        .withdraws()
        .takes(&[WITHDRAWAL, NETWORK])
        .on(HOSTS),
    post("/api/v3/capital/withdraw/apply", "withdraw_apply")
        .withdraws()
        .takes(&[WITHDRAWAL, NETWORK])
        .on(HOSTS),
    delete("/api/v3/capital/withdraw", "withdraw_cancel")
        .withdraws()
        .takes(&[&[needed(scalar("id"))]])
        .on(HOSTS),
    // To another user, told by address of mail, telephone or number.
    post("/api/v3/capital/transfer/internal", "internal_transfer")
        .withdraws()
        .takes(&[
            ASSET,
            AMOUNT,
            &[
                needed(to("toAccountType")),
                needed(destination("toAccount")),
                scalar("areaCode"),
            ],
        ])
        .on(HOSTS),
    post("/api/v3/capital/transfer", "transfer")
        .transfers()
        .takes(&[BETWEEN, ASSET, AMOUNT, ANY_MARKET])
        .on(HOSTS),
    post(
        "/api/v3/capital/sub-account/universalTransfer",
        "sub_account_transfer",
    )
    .is(Class::Transfer, Product::Wallet, Permission::SubAccounts)
    .takes(&[
        ASSET,
        AMOUNT,
        &[
            needed(scalar("fromAccountType")),
            needed(scalar("toAccountType")),
            from("fromAccount"),
            to("toAccount"),
        ],
    ])
    .on(HOSTS),
    trade(post("/api/v3/capital/convert", "dust_to_mx"))
        .adjust(sells)
        .takes(&[&[needed(repeating(asset("asset")))]]),
    get("/api/v3/capital/deposit/address", "deposit_address")
        .deposits()
        .takes(&[COIN, NETWORK])
        .on(HOSTS),
    post("/api/v3/capital/deposit/address", "deposit_address_create")
        .deposits()
        .takes(&[COIN, NETWORK])
        .on(HOSTS),
    read("/api/v3/capital/config/getall", "coins", Product::Wallet),
    read(
        "/api/v3/capital/deposit/hisrec",
        "deposit_history",
        Product::Wallet,
    )
    .takes(&[ANY_COIN, PAGES]),
    read(
        "/api/v3/capital/withdraw/history",
        "withdraw_history",
        Product::Wallet,
    )
    .takes(&[ANY_COIN, PAGES]),
    read(
        "/api/v3/capital/withdraw/address",
        "withdraw_addresses",
        Product::Wallet,
    )
    .takes(&[ANY_COIN, PAGES]),
    read("/api/v3/capital/transfer", "transfers", Product::Wallet).takes(&[BETWEEN, PAGES]),
    read(
        "/api/v3/capital/transfer/tranId",
        "transfer_status",
        Product::Wallet,
    )
    .takes(&[&[needed(scalar("tranId"))]]),
    read(
        "/api/v3/capital/transfer/internal",
        "internal_transfers",
        Product::Wallet,
    )
    .takes(&[PAGES, &[scalar("tranId")]]),
    read(
        "/api/v3/asset/internal/transfer/record",
        "internal_transfer_record",
        Product::Wallet,
    )
    .takes(&[PAGES, &[scalar("tranId"), scalar("transact_id")]]),
    read(
        "/api/v3/capital/sub-account/universalTransfer",
        "sub_account_transfers",
        Product::Wallet,
    )
    .takes(&[
        BETWEEN,
        PAGES,
        &[scalar("fromAccount"), scalar("toAccount")],
    ]),
    read("/api/v3/capital/convert", "dust_history", Product::Wallet).takes(&[PAGES]),
    read(
        "/api/v3/capital/convert/list",
        "dust_assets",
        Product::Wallet,
    ),
];

/// Several assets at once: none of them is *the* asset. What they are sold for, the bytes do not tell.
fn sells(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    if fields.iter().filter(|field| field.name == "asset").count() > 1 {
        intent.asset = None;
    }
    intent.side = Some(crate::Side::Sell);
    Ok(())
}

const LISTEN_KEY: &[Parameter] = &[needed(scalar("listenKey"))];
const GROUP: &[Parameter] = &[needed(scalar("tradeGroupId"))];

pub(super) const ACCOUNTS: &[Op] = &[
    admin(post(
        "/api/v3/sub-account/virtualSubAccount",
        "sub_account_create",
    ))
    .takes(&[SUB, &[scalar("note")]]),
    admin(post("/api/v3/sub-account/apiKey", "sub_account_key_create")).takes(&[
        SUB,
        &[
            needed(scalar("note")),
            needed(scalar("permissions")),
            scalar("ip"),
        ],
    ]),
    admin(delete(
        "/api/v3/sub-account/apiKey",
        "sub_account_key_delete",
    ))
    .takes(&[SUB, &[needed(scalar("apiKey"))]]),
    admin(post("/api/v3/sub-account/futures", "sub_account_futures")).takes(&[SUB]),
    admin(post("/api/v3/sub-account/margin", "sub_account_margin")).takes(&[SUB]),
    admin(post("/api/v3/mxDeduct/enable", "mx_deduct"))
        .takes(&[&[needed(scalar("mxDeductEnable"))]]),
    admin(post("/api/v3/strategy/group", "prevention_group_create"))
        .takes(&[&[needed(scalar("tradeGroupName"))]]),
    admin(delete("/api/v3/strategy/group", "prevention_group_delete")).takes(&[GROUP]),
    admin(post("/api/v3/strategy/group/uid", "prevention_group_add"))
        .takes(&[GROUP, &[needed(scalar("uid"))]]),
    admin(delete(
        "/api/v3/strategy/group/uid",
        "prevention_group_remove",
    ))
    .takes(&[GROUP, &[needed(scalar("uid"))]]),
    session(post("/api/v3/userDataStream", "listen_key_create")),
    session(put("/api/v3/userDataStream", "listen_key_extend")).takes(&[LISTEN_KEY]),
    session(delete("/api/v3/userDataStream", "listen_key_close")).takes(&[LISTEN_KEY]),
    read("/api/v3/userDataStream", "listen_keys", Product::Account),
    read("/api/v3/sub-account/list", "sub_accounts", Product::Account).takes(&[
        ANY_SUB,
        PAGES,
        &[scalar("isFreeze")],
    ]),
    read(
        "/api/v3/sub-account/apiKey",
        "sub_account_keys",
        Product::Account,
    )
    .takes(&[SUB]),
    read(
        "/api/v3/sub-account/asset",
        "sub_account_assets",
        Product::Account,
    )
    .takes(&[SUB, &[scalar("accountType")]]),
    read("/api/v3/kyc/status", "kyc_status", Product::Account),
    read("/api/v3/uid", "uid", Product::Account),
    read("/api/v3/apiKeyInfo", "key_info", Product::Account),
    read("/api/v3/rebate/taxQuery", "rebates", Product::Account).takes(&[PAGES]),
    read("/api/v3/rebate/detail", "rebate_details", Product::Account).takes(&[PAGES]),
    read(
        "/api/v3/rebate/detail/kickback",
        "kickbacks",
        Product::Account,
    )
    .takes(&[PAGES]),
    read(
        "/api/v3/rebate/referCode",
        "referral_code",
        Product::Account,
    ),
    read(
        "/api/v3/rebate/affiliate/commission",
        "affiliate_commission",
        Product::Account,
    )
    .takes(&[PAGES, &[scalar("inviteCode")]]),
    read(
        "/api/v3/rebate/affiliate/withdraw",
        "affiliate_withdrawals",
        Product::Account,
    )
    .takes(&[PAGES, &[scalar("inviteCode")]]),
    read(
        "/api/v3/rebate/affiliate/commission/detail",
        "affiliate_commission_details",
        Product::Account,
    )
    .takes(&[PAGES, &[scalar("inviteCode"), scalar("type")]]),
    read(
        "/api/v3/rebate/affiliate/campaign",
        "affiliate_campaigns",
        Product::Account,
    )
    .takes(&[PAGES]),
    read(
        "/api/v3/rebate/affiliate/referral",
        "affiliate_referrals",
        Product::Account,
    )
    .takes(&[PAGES, &[scalar("uid"), scalar("inviteCode")]]),
    read(
        "/api/v3/rebate/affiliate/subaffiliates",
        "affiliate_subaffiliates",
        Product::Account,
    )
    .takes(&[PAGES, &[scalar("inviteCode")]]),
    // The broker's own interface, whose body is not signed: to be seen when a key is enrolled.
    post("/api/v3/broker/capital/withdraw/apply", "broker_withdraw")
        .is(Class::Withdraw, Product::Wallet, Permission::SubAccounts)
        .unbound(&["body"])
        .on(HOSTS)
        .not_offered(),
    post(
        "/api/v3/broker/sub-account/universalTransfer",
        "broker_transfer",
    )
    .is(Class::Transfer, Product::Wallet, Permission::SubAccounts)
    .unbound(&["body"])
    .on(HOSTS)
    .not_offered(),
    admin(post(
        "/api/v3/broker/sub-account/virtualSubAccount",
        "broker_sub_account_create",
    ))
    .unbound(&["body"])
    .not_offered(),
    admin(post(
        "/api/v3/broker/sub-account/apiKey",
        "broker_key_create",
    ))
    .unbound(&["body"])
    .not_offered(),
    admin(delete(
        "/api/v3/broker/sub-account/apiKey",
        "broker_key_delete",
    ))
    .unbound(&["body"])
    .not_offered(),
];
