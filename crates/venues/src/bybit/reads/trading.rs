//! Orders, positions and the account.

use crate::{
    Product,
    kit::{
        operation::Op,
        parameter::{asset, needed, scalar, sub_account, symbol},
    },
};

use super::{super::ask, MARKET, ORDER, SPAN};

pub(in crate::bybit) const TRADING: &[Op] = &[
    ask("/v5/order/realtime", "open_orders")
        .reads(Product::Account)
        .takes(&[MARKET, ORDER, SPAN, &[scalar("openOnly")]]),
    ask("/v5/order/history", "order_history")
        .reads(Product::Account)
        .takes(&[MARKET, ORDER, SPAN]),
    ask("/v5/order/spot-borrow-check", "spot_borrow_check")
        .reads(Product::Margin)
        .takes(&[MARKET, &[needed(scalar("side"))]]),
    ask("/v5/execution/list", "fills")
        .reads(Product::Account)
        .takes(&[
            MARKET,
            ORDER,
            SPAN,
            &[scalar("execType"), scalar("createType"), scalar("size")],
        ]),
    ask("/v5/position/list", "positions")
        .reads(Product::UsdFutures)
        .takes(&[MARKET, SPAN]),
    ask("/v5/position/closed-pnl", "closed_profit")
        .reads(Product::UsdFutures)
        .takes(&[MARKET, SPAN]),
    ask("/v5/position/get-closed-positions", "closed_options")
        .reads(Product::Options)
        .takes(&[MARKET, SPAN]),
    ask("/v5/position/move-history", "position_moves")
        .reads(Product::UsdFutures)
        .takes(&[MARKET, SPAN, &[scalar("status"), scalar("blockTradeId")]]),
    ask("/v5/position/symbol-info", "symbol_info")
        .reads(Product::UsdFutures)
        .takes(&[MARKET]),
    ask("/v5/pre-upgrade/order/history", "old_order_history")
        .reads(Product::Account)
        .takes(&[MARKET, ORDER, SPAN]),
    ask("/v5/pre-upgrade/execution/list", "old_fills")
        .reads(Product::Account)
        .takes(&[MARKET, ORDER, SPAN, &[scalar("execType")]]),
    ask("/v5/pre-upgrade/position/closed-pnl", "old_closed_profit")
        .reads(Product::UsdFutures)
        .takes(&[MARKET, SPAN]),
    ask("/v5/pre-upgrade/account/transaction-log", "old_ledger")
        .reads(Product::Account)
        .takes(&[MARKET, SPAN, &[scalar("type")]]),
    ask("/v5/pre-upgrade/asset/delivery-record", "old_deliveries")
        .reads(Product::UsdFutures)
        .takes(&[MARKET, SPAN, &[scalar("expDate")]]),
    ask("/v5/pre-upgrade/asset/settlement-record", "old_settlements")
        .reads(Product::UsdFutures)
        .takes(&[MARKET, SPAN]),
    ask("/v5/market/instruments-info", "instruments")
        .reads(Product::Account)
        .takes(&[MARKET, SPAN, &[scalar("status")]]),
    ask("/v5/account/wallet-balance", "balances")
        .reads(Product::Account)
        .takes(&[&[needed(scalar("accountType")), asset("coin")]]),
    ask("/v5/account/withdrawal", "transferable")
        .reads(Product::Wallet)
        .takes(&[&[needed(asset("coinName"))]]),
    ask("/v5/account/instruments-info", "account_instruments")
        .reads(Product::Account)
        .takes(&[MARKET, SPAN, &[scalar("symbolType"), scalar("status")]]),
    ask("/v5/account/borrow-history", "borrow_history")
        .reads(Product::Margin)
        .takes(&[SPAN, &[asset("currency")]]),
    ask("/v5/account/collateral-info", "collateral_info")
        .reads(Product::Account)
        .takes(&[&[asset("currency")]]),
    ask("/v5/account/option-asset-info", "option_assets").reads(Product::Options),
    ask("/v5/account/fee-rate", "fees")
        .reads(Product::Account)
        .takes(&[MARKET]),
    ask("/v5/account/info", "account_info").reads(Product::Account),
    ask("/v5/account/transaction-log", "ledger")
        .reads(Product::Account)
        .takes(&[
            MARKET,
            SPAN,
            &[
                scalar("accountType"),
                asset("currency"),
                scalar("type"),
                scalar("transSubType"),
            ],
        ]),
    ask("/v5/account/contract-transaction-log", "contract_ledger")
        .reads(Product::Account)
        .takes(&[
            SPAN,
            &[
                asset("currency"),
                asset("coin"),
                scalar("baseCoin"),
                scalar("type"),
                scalar("start_date"),
            ],
        ]),
    ask("/v5/account/query-dcp-info", "disconnection").reads(Product::Account),
    ask("/v5/account/user-setting-config", "settings").reads(Product::Account),
    ask("/v5/account/pay-info", "pay_info")
        .reads(Product::Account)
        .takes(&[&[asset("coin")]]),
    ask("/v5/account/trade-info-for-analysis", "trade_analysis")
        .reads(Product::Account)
        .takes(&[MARKET, SPAN]),
    ask("/v5/account/smp-group", "self_match_group").reads(Product::Account),
    ask("/v5/account/mmp-state", "market_maker_state")
        .reads(Product::Options)
        .takes(&[&[needed(scalar("baseCoin"))]]),
    ask("/v5/user/query-sub-members", "sub_accounts").reads(Product::Account),
    ask("/v5/user/submembers", "sub_accounts_paged")
        .reads(Product::Account)
        .takes(&[&[scalar("pageSize"), scalar("nextCursor")]]),
    ask("/v5/user/escrow_sub_members", "custody_sub_accounts")
        .reads(Product::Account)
        .takes(&[&[scalar("pageSize"), scalar("nextCursor")]]),
    ask("/v5/user/query-api", "key_permissions").reads(Product::Account),
    ask("/v5/user/sub-apikeys", "sub_account_keys")
        .reads(Product::Account)
        .takes(&[SPAN, &[needed(sub_account("subMemberId"))]]),
    ask("/v5/user/get-member-type", "member_types")
        .reads(Product::Account)
        .takes(&[&[needed(scalar("memberIds"))]]),
    ask("/v5/user/aff-customer-info", "affiliate_customer")
        .reads(Product::Account)
        .takes(&[&[needed(scalar("uid")), asset("coin"), scalar("business")]]),
    ask("/v5/user/invitation/referrals", "referrals")
        .reads(Product::Account)
        .takes(&[&[scalar("status"), scalar("size"), scalar("cursor")]]),
    ask("/v5/user/invitation/code", "referral_code").reads(Product::Account),
    ask("/v5/affiliate/aff-user-list", "affiliate_customers")
        .reads(Product::Account)
        .takes(&[&[
            scalar("size"),
            scalar("cursor"),
            scalar("needDeposit"),
            scalar("need30"),
            scalar("need365"),
            scalar("startDate"),
            scalar("endDate"),
            scalar("uid"),
        ]]),
    ask("/v5/affiliate/affiliate-sub-list", "affiliates")
        .reads(Product::Account)
        .takes(&[&[
            scalar("size"),
            scalar("cursor"),
            scalar("startDate"),
            scalar("endDate"),
            scalar("subAffId"),
            scalar("uid"),
        ]]),
    ask("/v5/apilimit/query", "rate_limits")
        .reads(Product::Account)
        .takes(&[&[needed(scalar("uids"))]]),
    ask("/v5/apilimit/query-all", "all_rate_limits")
        .reads(Product::Account)
        .takes(&[&[scalar("limit"), scalar("cursor"), scalar("uids")]]),
    ask("/v5/apilimit/query-cap", "rate_limit_caps").reads(Product::Account),
    ask("/v5/broker/apilimit/query-cap", "broker_rate_limit_caps").reads(Product::Account),
    ask("/v5/broker/apilimit/query-all", "broker_rate_limits")
        .reads(Product::Account)
        .takes(&[&[scalar("limit"), scalar("cursor"), scalar("uids")]]),
    ask("/v5/spread/max-qty", "spread_max_quantity")
        .reads(Product::UsdFutures)
        .takes(&[&[
            needed(symbol("symbol")),
            needed(scalar("side")),
            needed(scalar("orderPrice")),
        ]]),
    ask("/v5/spread/order/realtime", "spread_orders")
        .reads(Product::UsdFutures)
        .takes(&[ORDER, SPAN, &[symbol("symbol"), scalar("baseCoin")]]),
    ask("/v5/spread/order/history", "spread_order_history")
        .reads(Product::UsdFutures)
        .takes(&[ORDER, SPAN, &[symbol("symbol"), scalar("baseCoin")]]),
    ask("/v5/spread/execution/list", "spread_fills")
        .reads(Product::UsdFutures)
        .takes(&[ORDER, SPAN, &[symbol("symbol")]]),
];
