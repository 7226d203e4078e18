//! Balances, deposits, withdrawals, transfers and conversions (`/sapi`).

use crate::{
    Class, Intent, Permission, Product, Unclassified,
    kit::{
        operation::{Op, get, post, put},
        parameter::{
            Parameter, SIDES, amount, asset, client_id, destination, from, needed, network,
            order_id, price, repeating, scalar, side, tag, to,
        },
    },
    syntax::Fields,
};

use super::{
    SAPI_HOSTS as HOSTS,
    parameters::{ANY_MARKET, PAGES, sells, split_type},
};

const fn read(path: &'static str, name: &'static str) -> Op {
    get(path, name).reads(Product::Wallet).on(HOSTS)
}

/// Balances that are asked for by POST.
const fn posted_read(path: &'static str, name: &'static str) -> Op {
    post(path, name).reads(Product::Wallet).on(HOSTS)
}

const fn withdraw(path: &'static str, name: &'static str) -> Op {
    post(path, name).withdraws().on(HOSTS)
}

const fn transfer(path: &'static str, name: &'static str) -> Op {
    post(path, name).transfers().on(HOSTS)
}

/// What changes assets of the spot account without leaving it needs the permission to trade.
const fn convert(path: &'static str, name: &'static str) -> Op {
    post(path, name)
        .is(Class::TradeSpot, Product::Wallet, Permission::SpotTrading)
        .on(HOSTS)
}

const ANY_ASSET: &[Parameter] = &[asset("asset")];
const ASSET: &[Parameter] = &[needed(asset("asset"))];
const AMOUNT: &[Parameter] = &[needed(amount("amount"))];
const KIND: &[Parameter] = &[needed(scalar("type"))];

/// Asset and destination, by any of the interfaces that pay out.
const WITHDRAWAL: &[Parameter] = &[
    needed(asset("coin")),
    needed(destination("address")),
    needed(amount("amount")),
    network("network"),
    tag("addressTag"),
    client_id("withdrawOrderId"),
    scalar("transactionFeeFlag"),
    scalar("name"),
    scalar("walletType"),
];

const MOVEMENTS: &[Parameter] = &[
    asset("coin"),
    scalar("status"),
    scalar("withdrawOrderId"),
    scalar("idList"),
    scalar("includeSource"),
    scalar("txId"),
    scalar("startTime"),
    scalar("endTime"),
    scalar("offset"),
    scalar("limit"),
    scalar("network"),
    // Of what the travel rule asks.
    scalar("trId"),
    scalar("tranId"),
    scalar("depositId"),
    scalar("travelRuleStatus"),
    scalar("pendingQuestionnaire"),
    scalar("retrieveQuestionnaire"),
];

/// Several assets at once: none of them is *the* asset.
fn dust(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    let assets = fields.iter().filter(|field| field.name == "asset").count();
    if assets > 1 {
        intent.asset = None;
    }
    sells(fields, intent)
}

pub(super) const OPERATIONS: &[Op] = &[
    withdraw("/sapi/v1/capital/withdraw/apply", "withdraw").takes(&[WITHDRAWAL]),
    withdraw(
        "/sapi/v1/localentity/withdraw/apply",
        "local_entity_withdraw",
    )
    .takes(&[WITHDRAWAL, &[needed(scalar("questionnaire"))]]),
    // A broker says who pays; nested, and not read here.
    withdraw(
        "/sapi/v1/localentity/broker/withdraw/apply",
        "broker_withdraw",
    )
    .takes(&[
        WITHDRAWAL,
        &[
            needed(scalar("originatorPii")),
            needed(scalar("questionnaire")),
        ],
    ])
    .not_offered(),
    withdraw("/sapi/v2/fiat/withdraw", "fiat_withdraw")
        .takes(&[&[
            needed(asset("currency")),
            needed(scalar("apiPaymentMethod")),
            needed(amount("amount")),
        ]])
        // Its account is nested, and not read here.
        .not_offered(),
    // Between accounts and products.
    transfer("/sapi/v1/asset/transfer", "universal_transfer")
        .adjust(split_type)
        .takes(&[
            KIND,
            ASSET,
            AMOUNT,
            &[scalar("fromSymbol"), scalar("toSymbol")],
        ]),
    transfer("/sapi/v1/futures/transfer", "futures_transfer").takes(&[ASSET, AMOUNT, KIND]),
    // Receiving.
    get("/sapi/v1/capital/deposit/address", "deposit_address")
        .deposits()
        .takes(&[&[needed(asset("coin")), network("network"), amount("amount")]])
        .on(HOSTS),
    get("/sapi/v1/capital/deposit/address/list", "deposit_addresses")
        .deposits()
        .takes(&[&[needed(asset("coin")), network("network")]])
        .on(HOSTS),
    post("/sapi/v1/capital/deposit/credit-apply", "deposit_credit")
        .is(Class::Deposit, Product::Wallet, Permission::SubAccounts)
        .takes(&[&[
            scalar("depositId"),
            scalar("txId"),
            scalar("subAccountId"),
            scalar("subUserId"),
        ]])
        .on(HOSTS),
    put(
        "/sapi/v1/localentity/broker/deposit/provide-info",
        "deposit_broker_info",
    )
    .deposits()
    .takes(&[&[needed(scalar("questionnaire"))]])
    .on(HOSTS)
    .not_offered(),
    put(
        "/sapi/v1/localentity/deposit/provide-info",
        "deposit_info_v1",
    )
    .deposits()
    .takes(&[&[needed(scalar("tranId")), needed(scalar("questionnaire"))]])
    .on(HOSTS),
    put("/sapi/v2/localentity/deposit/provide-info", "deposit_info")
        .deposits()
        .takes(&[&[needed(scalar("depositId")), needed(scalar("questionnaire"))]])
        .on(HOSTS),
    post("/sapi/v1/fiat/deposit", "fiat_deposit")
        .deposits()
        .takes(&[&[
            needed(asset("currency")),
            needed(scalar("apiPaymentMethod")),
            needed(amount("amount")),
            scalar("ext"),
        ]])
        .on(HOSTS),
    // Conversions.
    convert("/sapi/v1/asset/dust", "dust_to_bnb")
        .adjust(dust)
        .takes(&[&[needed(repeating(asset("asset"))), scalar("accountType")]]),
    convert("/sapi/v1/asset/dust-convert/convert", "dust_convert")
        .adjust(dust)
        .takes(&[&[
            needed(repeating(asset("asset"))),
            scalar("targetAsset"),
            scalar("thirdPartyClientId"),
            scalar("clientId"),
            scalar("dustQuotaAssetToTargetAssetPrice"),
            scalar("accountType"),
        ]]),
    convert("/sapi/v1/convert/getQuote", "convert_quote")
        .adjust(sells)
        .takes(&[&[
            needed(from("fromAsset")),
            needed(to("toAsset")),
            scalar("fromAmount"),
            scalar("toAmount"),
            scalar("walletType"),
            scalar("validTime"),
        ]]),
    convert("/sapi/v1/convert/acceptQuote", "convert_accept")
        .adjust(sells)
        .takes(&[&[needed(scalar("quoteId"))]]),
    convert("/sapi/v1/convert/limit/placeOrder", "convert_limit").takes(&[&[
        needed(asset("baseAsset")),
        needed(scalar("quoteAsset")),
        needed(price("limitPrice")),
        needed(side("side", SIDES)),
        scalar("baseAmount"),
        scalar("quoteAmount"),
        // One client's spelling.
        scalar("quotrAmount"),
        scalar("walletType"),
        scalar("expiredType"),
        scalar("expiredTime"),
    ]]),
    convert("/sapi/v1/convert/limit/cancelOrder", "convert_limit_cancel")
        .takes(&[&[needed(order_id("orderId"))]]),
    convert("/sapi/v1/asset/convert-transfer", "busd_convert")
        .adjust(sells)
        .takes(&[
            ASSET,
            AMOUNT,
            &[
                needed(scalar("clientTranId")),
                needed(scalar("targetAsset")),
                scalar("accountType"),
            ],
        ]),
    convert("/sapi/v1/asset/dust-btc", "dust_convertible").takes(&[&[scalar("accountType")]]),
    // Reads.
    posted_read("/sapi/v3/asset/getUserAsset", "user_assets")
        .takes(&[ANY_ASSET, &[scalar("needBtcValuation")]]),
    posted_read("/sapi/v1/asset/get-funding-asset", "funding_assets")
        .takes(&[ANY_ASSET, &[scalar("needBtcValuation")]]),
    read("/sapi/v1/capital/config/getall", "coins"),
    read("/sapi/v1/capital/withdraw/history", "withdraw_history").takes(&[MOVEMENTS, ANY_ASSET]),
    read(
        "/sapi/v1/capital/withdraw/address/list",
        "withdraw_addresses",
    ),
    read("/sapi/v1/capital/withdraw/quota", "withdraw_quota"),
    read("/sapi/v1/capital/deposit/hisrec", "deposit_history").takes(&[MOVEMENTS]),
    read(
        "/sapi/v1/localentity/withdraw/history",
        "local_withdraw_history",
    )
    .takes(&[MOVEMENTS]),
    read(
        "/sapi/v2/localentity/withdraw/history",
        "local_withdraw_history_v2",
    )
    .takes(&[MOVEMENTS]),
    read(
        "/sapi/v1/localentity/deposit/history",
        "local_deposit_history",
    )
    .takes(&[MOVEMENTS]),
    read(
        "/sapi/v2/localentity/deposit/history",
        "local_deposit_history_v2",
    )
    .takes(&[MOVEMENTS]),
    read(
        "/sapi/v1/localentity/questionnaire-requirements",
        "travel_rule_requirements",
    ),
    read("/sapi/v1/localentity/country/list", "travel_rule_countries"),
    read("/sapi/v1/localentity/region/list", "travel_rule_regions")
        .takes(&[&[scalar("countryCode")]]),
    read("/sapi/v1/addressVerify/list", "verified_addresses"),
    read("/sapi/v1/fiat/get-order-detail", "fiat_order").takes(&[&[scalar("orderNo")]]),
    posted_read(
        "/sapi/v1/asset/dust-convert/query-convertible-assets",
        "dust_convertible_to",
    )
    .takes(&[&[
        needed(scalar("targetAsset")),
        scalar("accountType"),
        scalar("dustQuotaAssetToTargetAssetPrice"),
    ]]),
    read(
        "/sapi/v1/capital/contract/convertible-coins",
        "convertible_coins_setting",
    ),
    read("/sapi/v1/asset/wallet/balance", "wallet_balance")
        .takes(&[&[scalar("quoteAsset"), scalar("needBalanceDetail")]]),
    read("/sapi/v1/asset/tradeFee", "trade_fee").takes(&[ANY_MARKET]),
    read("/sapi/v1/asset/assetDetail", "asset_detail").takes(&[ANY_ASSET]),
    read("/sapi/v1/asset/assetDividend", "asset_dividends").takes(&[ANY_ASSET, PAGES]),
    read("/sapi/v1/asset/dribblet", "dust_history").takes(&[PAGES, &[scalar("accountType")]]),
    read("/sapi/v1/asset/transfer", "universal_transfers").takes(&[
        KIND,
        PAGES,
        &[scalar("fromSymbol"), scalar("toSymbol")],
    ]),
    read(
        "/sapi/v1/asset/custody/transfer-history",
        "custody_transfers",
    )
    .takes(&[ANY_ASSET, PAGES, &[scalar("email"), scalar("type")]]),
    read(
        "/sapi/v1/asset/convert-transfer/queryByPage",
        "busd_conversions",
    )
    .takes(&[ANY_ASSET, PAGES, &[scalar("tranId"), scalar("accountType")]]),
    read(
        "/sapi/v1/asset/ledger-transfer/cloud-mining/queryByPage",
        "cloud_mining_payments",
    )
    .takes(&[
        ANY_ASSET,
        PAGES,
        &[scalar("tranId"), scalar("clientTranId")],
    ]),
    read("/sapi/v1/futures/transfer", "futures_transfers").takes(&[ANY_ASSET, PAGES]),
    read("/sapi/v1/convert/tradeFlow", "convert_history").takes(&[PAGES]),
    read("/sapi/v1/convert/orderStatus", "convert_status")
        .takes(&[&[order_id("orderId"), scalar("quoteId")]]),
    read("/sapi/v1/convert/assetInfo", "convert_assets"),
    read(
        "/sapi/v1/convert/limit/queryOpenOrders",
        "convert_limit_open_orders",
    ),
    read("/sapi/v1/fiat/orders", "fiat_orders")
        .takes(&[&[needed(scalar("transactionType"))], PAGES]),
    read("/sapi/v1/fiat/payments", "fiat_payments")
        .takes(&[&[needed(scalar("transactionType"))], PAGES]),
    read("/sapi/v1/pay/transactions", "pay_transactions")
        .takes(&[PAGES, &[scalar("startTimestamp"), scalar("endTimestamp")]]),
    read("/sapi/v1/c2c/orderMatch/listUserOrderHistory", "c2c_orders").takes(&[
        PAGES,
        &[
            scalar("tradeType"),
            scalar("startTimestamp"),
            scalar("endTimestamp"),
        ],
    ]),
    read("/sapi/v1/rebate/taxQuery", "rebates").takes(&[PAGES]),
];
