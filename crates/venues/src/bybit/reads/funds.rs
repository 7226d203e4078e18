//! Assets, loans and savings.

use crate::{
    Product,
    kit::{
        operation::Op,
        parameter::{Parameter, asset, needed, order_id, scalar, sub_account, symbol},
    },
};

use super::{super::ask, MARKET, SPAN};

/// A client names it `coin`.
const CURRENCY: &[Parameter] = &[asset("currency"), asset("coin")];

const QUOTES: &[Parameter] = &[
    scalar("orderCurrency"),
    scalar("term"),
    scalar("orderBy"),
    scalar("sort"),
];

pub(in crate::bybit) const FUNDS: &[Op] = &[
    ask("/v5/asset/asset-overview", "asset_overview")
        .reads(Product::Wallet)
        .takes(&[&[
            sub_account("memberId"),
            scalar("valuationCurrency"),
            scalar("accountType"),
        ]]),
    ask("/v5/asset/coin-greeks", "greeks")
        .reads(Product::Wallet)
        .takes(&[&[scalar("baseCoin")]]),
    ask("/v5/asset/portfolio-margin", "portfolio_margin")
        .reads(Product::Wallet)
        .takes(&[&[scalar("baseCoin")]]),
    ask("/v5/asset/total-members-assets", "all_accounts_assets")
        .reads(Product::Wallet)
        .takes(&[&[asset("coin")]]),
    ask("/v5/asset/fundinghistory", "funding_ledger")
        .reads(Product::Wallet)
        .takes(&[&[
            scalar("createTimeFrom"),
            scalar("createTimeTo"),
            scalar("limit"),
            scalar("cursor"),
            asset("coin"),
        ]]),
    ask("/v5/asset/delivery-record", "deliveries")
        .reads(Product::Wallet)
        .takes(&[MARKET, SPAN, &[scalar("expDate")]]),
    ask("/v5/asset/settlement-record", "settlements")
        .reads(Product::Wallet)
        .takes(&[MARKET, SPAN]),
    ask("/v5/asset/exchange/order-record", "exchange_history")
        .reads(Product::Wallet)
        .takes(&[SPAN, &[scalar("fromCoin"), scalar("toCoin")]]),
    ask("/v5/asset/exchange/query-coin-list", "convert_coins")
        .reads(Product::Wallet)
        .takes(&[&[asset("coin"), scalar("side"), needed(scalar("accountType"))]]),
    ask("/v5/asset/exchange/convert-result-query", "convert_result")
        .reads(Product::Wallet)
        .takes(&[&[needed(scalar("quoteTxId")), needed(scalar("accountType"))]]),
    ask(
        "/v5/asset/exchange/query-convert-history",
        "convert_history",
    )
    .reads(Product::Wallet)
    .takes(&[&[scalar("accountType"), scalar("index"), scalar("limit")]]),
    ask("/v5/asset/covert/small-balance-list", "small_balances")
        .reads(Product::Wallet)
        .takes(&[&[needed(scalar("accountType")), scalar("fromCoin")]]),
    ask(
        "/v5/asset/covert/small-balance-history",
        "small_balance_history",
    )
    .reads(Product::Wallet)
    .takes(&[&[
        scalar("accountType"),
        scalar("quoteId"),
        scalar("startTime"),
        scalar("endTime"),
        scalar("cursor"),
        scalar("size"),
    ]]),
    ask("/v5/asset/convert/small-balance-list", "small_balances_new")
        .reads(Product::Wallet)
        .takes(&[&[needed(scalar("accountType")), scalar("fromCoin")]]),
    ask(
        "/v5/asset/convert/small-balance-history",
        "small_balance_history_new",
    )
    .reads(Product::Wallet)
    .takes(&[&[
        scalar("accountType"),
        scalar("quoteId"),
        scalar("startTime"),
        scalar("endTime"),
        scalar("cursor"),
        scalar("size"),
    ]]),
    ask("/v5/asset/coin/query-info", "coins")
        .reads(Product::Wallet)
        .takes(&[&[asset("coin")]]),
    ask("/v5/asset/transfer/query-asset-info", "spot_assets")
        .reads(Product::Wallet)
        .takes(&[&[needed(scalar("accountType")), asset("coin")]]),
    ask(
        "/v5/asset/transfer/query-account-coins-balance",
        "account_coins",
    )
    .reads(Product::Wallet)
    .takes(&[&[
        needed(scalar("accountType")),
        sub_account("memberId"),
        asset("coin"),
        scalar("withBonus"),
    ]]),
    ask(
        "/v5/asset/transfer/query-account-coin-balance",
        "account_coin",
    )
    .reads(Product::Wallet)
    .takes(&[&[
        needed(scalar("accountType")),
        asset("coin"),
        sub_account("memberId"),
        scalar("toMemberId"),
        scalar("toAccountType"),
        scalar("withBonus"),
        scalar("withTransferSafeAmount"),
        scalar("withLtvTransferSafeAmount"),
    ]]),
    ask(
        "/v5/asset/transfer/query-transfer-coin-list",
        "transferable_coins",
    )
    .reads(Product::Wallet)
    .takes(&[&[
        needed(scalar("fromAccountType")),
        needed(scalar("toAccountType")),
    ]]),
    ask("/v5/asset/transfer/query-inter-transfer-list", "transfers")
        .reads(Product::Wallet)
        .takes(&[
            SPAN,
            &[scalar("transferId"), asset("coin"), scalar("status")],
        ]),
    ask(
        "/v5/asset/transfer/query-sub-member-list",
        "transfer_sub_accounts",
    )
    .reads(Product::Wallet),
    ask(
        "/v5/asset/transfer/query-universal-transfer-list",
        "universal_transfers",
    )
    .reads(Product::Wallet)
    .takes(&[
        SPAN,
        &[
            scalar("transferId"),
            asset("coin"),
            scalar("status"),
            scalar("fromMemberId"),
            scalar("toMemberId"),
        ],
    ]),
    ask("/v5/asset/deposit/query-allowed-list", "deposit_coins")
        .reads(Product::Wallet)
        .takes(&[SPAN, &[asset("coin"), scalar("chain")]]),
    ask("/v5/asset/deposit/query-record", "deposits")
        .reads(Product::Wallet)
        .takes(&[SPAN, &[order_id("id"), scalar("txID"), asset("coin")]]),
    ask(
        "/v5/asset/deposit/query-sub-member-record",
        "sub_account_deposits",
    )
    .reads(Product::Wallet)
    .takes(&[
        SPAN,
        &[
            needed(sub_account("subMemberId")),
            order_id("id"),
            scalar("txID"),
            asset("coin"),
        ],
    ]),
    ask(
        "/v5/asset/deposit/query-internal-record",
        "internal_deposits",
    )
    .reads(Product::Wallet)
    .takes(&[SPAN, &[scalar("txID"), asset("coin")]]),
    ask("/v5/asset/withdraw/query-record", "withdrawals")
        .reads(Product::Wallet)
        .takes(&[
            SPAN,
            &[
                order_id("withdrawID"),
                scalar("txID"),
                asset("coin"),
                scalar("withdrawType"),
            ],
        ]),
    ask("/v5/asset/withdraw/query-address", "withdrawal_addresses")
        .reads(Product::Wallet)
        .takes(&[
            SPAN,
            &[asset("coin"), scalar("chain"), scalar("addressType")],
        ]),
    ask("/v5/asset/withdraw/withdrawable-amount", "withdrawable")
        .reads(Product::Wallet)
        .takes(&[&[needed(asset("coin"))]]),
    ask("/v5/asset/withdraw/vasp/list", "exchange_entities").reads(Product::Wallet),
    ask("/v5/fiat/query-coin-list", "fiat_coins")
        .reads(Product::Wallet)
        .takes(&[&[scalar("side")]]),
    ask("/v5/fiat/reference-price", "fiat_price")
        .reads(Product::Wallet)
        .takes(&[&[needed(symbol("symbol"))]]),
    ask("/v5/fiat/trade-query", "fiat_trade")
        .reads(Product::Wallet)
        .takes(&[&[
            scalar("tradeNo"),
            scalar("merchantRequestId"),
            scalar("orderId"),
        ]]),
    ask("/v5/fiat/query-trade-history", "fiat_history")
        .reads(Product::Wallet)
        .takes(&[&[
            scalar("index"),
            scalar("limit"),
            scalar("startTime"),
            scalar("endTime"),
        ]]),
    ask("/v5/fiat/balance-query", "fiat_balance")
        .reads(Product::Wallet)
        .takes(&[&[asset("currency")]]),
    ask(
        "/v5/spot-margin-trade/interest-rate-history",
        "interest_rates",
    )
    .reads(Product::Margin)
    .takes(&[SPAN, &[needed(asset("currency")), scalar("vipLevel")]]),
    ask("/v5/spot-margin-trade/state", "spot_margin_state").reads(Product::Margin),
    ask("/v5/spot-margin-trade/max-borrowable", "max_borrowable")
        .reads(Product::Margin)
        .takes(&[CURRENCY]),
    ask("/v5/spot-margin-trade/position-tiers", "margin_tiers")
        .reads(Product::Margin)
        .takes(&[&[asset("currency")]]),
    ask("/v5/spot-margin-trade/coinstate", "margin_coin_state")
        .reads(Product::Margin)
        .takes(&[&[asset("currency")]]),
    ask("/v5/spot-margin-trade/currency-data", "margin_currencies")
        .reads(Product::Margin)
        .takes(&[&[asset("currency")]]),
    ask(
        "/v5/spot-margin-trade/repayment-available-amount",
        "repayable",
    )
    .reads(Product::Margin)
    .takes(&[CURRENCY]),
    ask(
        "/v5/spot-margin-trade/get-auto-repay-mode",
        "auto_repay_mode",
    )
    .reads(Product::Margin)
    .takes(&[&[asset("currency")]]),
    ask("/v5/spot-margin-trade/liability", "margin_liability")
        .reads(Product::Margin)
        .takes(&[&[needed(asset("currency"))]]),
    ask(
        "/v5/spot-margin-trade/fixedborrow-order-info",
        "fixed_borrow_orders",
    )
    .reads(Product::Margin)
    .takes(&[
        SPAN,
        &[
            order_id("orderId"),
            scalar("orderCurrency"),
            scalar("state"),
            scalar("term"),
        ],
    ]),
    ask(
        "/v5/spot-margin-trade/fixedborrow-contract-info",
        "fixed_borrow_contracts",
    )
    .reads(Product::Margin)
    .takes(&[
        SPAN,
        &[order_id("orderId"), scalar("orderCurrency"), scalar("term")],
    ]),
    ask(
        "/v5/spot-margin-trade/fixedborrow-order-quote",
        "fixed_borrow_quotes",
    )
    .reads(Product::Margin)
    .takes(&[
        SPAN,
        &[
            needed(scalar("orderCurrency")),
            scalar("term"),
            scalar("orderBy"),
            scalar("sort"),
        ],
    ]),
    ask(
        "/v5/spot-margin-trade/flexible-available-inventory",
        "flexible_inventory",
    )
    .reads(Product::Margin)
    .takes(&[&[needed(asset("currency"))]]),
    ask(
        "/v5/spot-margin-trade/fixed-available-inventory",
        "fixed_inventory",
    )
    .reads(Product::Margin)
    .takes(&[&[
        needed(asset("currency")),
        needed(scalar("term")),
        needed(scalar("annualRate")),
    ]]),
    ask(
        "/v5/spot-cross-margin-trade/loan-info",
        "cross_margin_limits",
    )
    .reads(Product::Margin)
    .takes(&[&[needed(asset("coin"))]]),
    ask(
        "/v5/spot-cross-margin-trade/account",
        "cross_margin_account",
    )
    .reads(Product::Margin),
    ask("/v5/spot-cross-margin-trade/orders", "cross_margin_loans")
        .reads(Product::Margin)
        .takes(&[SPAN, &[asset("coin"), scalar("status")]]),
    ask(
        "/v5/spot-cross-margin-trade/repay-history",
        "cross_margin_repayments",
    )
    .reads(Product::Margin)
    .takes(&[SPAN, &[asset("coin")]]),
    ask(
        "/v5/crypto-loan/borrowable-collateralisable-number",
        "loan_limits",
    )
    .reads(Product::Margin)
    .takes(&[&[
        needed(scalar("loanCurrency")),
        needed(scalar("collateralCurrency")),
    ]]),
    ask("/v5/crypto-loan/ongoing-orders", "loans")
        .reads(Product::Margin)
        .takes(&[
            SPAN,
            &[
                order_id("orderId"),
                scalar("loanCurrency"),
                scalar("collateralCurrency"),
                scalar("loanTermType"),
                scalar("loanTerm"),
            ],
        ]),
    ask("/v5/crypto-loan/repayment-history", "loan_repayments")
        .reads(Product::Margin)
        .takes(&[
            SPAN,
            &[
                order_id("orderId"),
                scalar("repayId"),
                scalar("loanCurrency"),
            ],
        ]),
    ask("/v5/crypto-loan/borrow-history", "loan_history")
        .reads(Product::Margin)
        .takes(&[
            SPAN,
            &[
                order_id("orderId"),
                scalar("loanCurrency"),
                scalar("collateralCurrency"),
            ],
        ]),
    ask(
        "/v5/crypto-loan/max-collateral-amount",
        "loan_max_collateral",
    )
    .reads(Product::Margin)
    .takes(&[&[needed(order_id("orderId"))]]),
    ask("/v5/crypto-loan/adjustment-history", "loan_adjustments")
        .reads(Product::Margin)
        .takes(&[
            SPAN,
            &[
                order_id("orderId"),
                scalar("adjustId"),
                scalar("collateralCurrency"),
            ],
        ]),
    ask(
        "/v5/crypto-loan-common/max-collateral-amount",
        "flexible_max_collateral",
    )
    .reads(Product::Margin)
    .takes(&[&[needed(asset("currency"))]]),
    ask(
        "/v5/crypto-loan-common/adjustment-history",
        "flexible_adjustments",
    )
    .reads(Product::Margin)
    .takes(&[SPAN, &[scalar("adjustId"), scalar("collateralCurrency")]]),
    ask("/v5/crypto-loan-common/loanable-data", "loan_assets")
        .reads(Product::Margin)
        .takes(&[&[scalar("vipLevel"), asset("currency")]]),
    ask(
        "/v5/crypto-loan-common/collateral-data",
        "loan_collateral_assets",
    )
    .reads(Product::Margin)
    .takes(&[&[asset("currency")]]),
    ask(
        "/v5/crypto-loan-fixed/borrow-order-quote",
        "fixed_loan_quotes",
    )
    .reads(Product::Margin)
    .takes(&[SPAN, QUOTES]),
    ask(
        "/v5/crypto-loan-fixed/supply-order-quote",
        "fixed_supply_quotes",
    )
    .reads(Product::Margin)
    .takes(&[SPAN, QUOTES]),
    ask("/v5/crypto-loan-common/position", "loan_position").reads(Product::Margin),
    ask("/v5/crypto-loan-flexible/ongoing-coin", "flexible_loans")
        .reads(Product::Margin)
        .takes(&[&[scalar("loanCurrency")]]),
    ask(
        "/v5/crypto-loan-flexible/borrow-history",
        "flexible_loan_history",
    )
    .reads(Product::Margin)
    .takes(&[SPAN, &[order_id("orderId"), scalar("loanCurrency")]]),
    ask(
        "/v5/crypto-loan-flexible/repayment-history",
        "flexible_repayments",
    )
    .reads(Product::Margin)
    .takes(&[SPAN, &[scalar("repayId"), scalar("loanCurrency")]]),
    ask(
        "/v5/crypto-loan-flexible/available-inventory",
        "flexible_loan_inventory",
    )
    .reads(Product::Margin)
    .takes(&[&[needed(asset("currency"))]]),
    ask(
        "/v5/crypto-loan-fixed/borrow-contract-info",
        "fixed_loan_contracts",
    )
    .reads(Product::Margin)
    .takes(&[
        SPAN,
        &[
            order_id("orderId"),
            scalar("loanId"),
            scalar("orderCurrency"),
            scalar("term"),
        ],
    ]),
    ask(
        "/v5/crypto-loan-fixed/supply-contract-info",
        "fixed_supply_contracts",
    )
    .reads(Product::Margin)
    .takes(&[
        SPAN,
        &[
            order_id("orderId"),
            scalar("supplyId"),
            scalar("supplyCurrency"),
            scalar("term"),
        ],
    ]),
    ask(
        "/v5/crypto-loan-fixed/borrow-order-info",
        "fixed_loan_orders",
    )
    .reads(Product::Margin)
    .takes(&[
        SPAN,
        &[
            order_id("orderId"),
            scalar("orderCurrency"),
            scalar("state"),
            scalar("term"),
        ],
    ]),
    ask(
        "/v5/crypto-loan-fixed/supply-order-info",
        "fixed_supply_orders",
    )
    .reads(Product::Margin)
    .takes(&[
        SPAN,
        &[
            order_id("orderId"),
            scalar("orderCurrency"),
            scalar("state"),
            scalar("term"),
        ],
    ]),
    ask("/v5/crypto-loan-fixed/renew-info", "fixed_loan_renewals")
        .reads(Product::Margin)
        .takes(&[SPAN, &[order_id("orderId"), scalar("orderCurrency")]]),
    ask(
        "/v5/crypto-loan-fixed/repayment-history",
        "fixed_loan_repayments",
    )
    .reads(Product::Margin)
    .takes(&[SPAN, &[scalar("repayId"), scalar("loanCurrency")]]),
    ask(
        "/v5/crypto-loan-fixed/available-inventory",
        "fixed_loan_inventory",
    )
    .reads(Product::Margin)
    .takes(&[&[
        needed(asset("currency")),
        needed(scalar("term")),
        needed(scalar("annualRate")),
    ]]),
    ask("/v5/ins-loan/product-infos", "institutional_products")
        .reads(Product::Margin)
        .takes(&[&[scalar("productId")]]),
    ask(
        "/v5/ins-loan/ensure-tokens-convert",
        "institutional_collateral",
    )
    .reads(Product::Margin)
    .takes(&[&[scalar("productId")]]),
    ask("/v5/ins-loan/ensure-tokens", "institutional_collateral_old")
        .reads(Product::Margin)
        .takes(&[&[scalar("productId")]]),
    ask("/v5/ins-loan/coin-delta-amount", "institutional_delta")
        .reads(Product::Margin)
        .takes(&[&[asset("coin")]]),
    ask("/v5/broker/earning-record", "broker_earnings_old")
        .reads(Product::Wallet)
        .takes(&[SPAN, &[scalar("bizType")]]),
    ask("/v5/ins-loan/loan-order", "institutional_loans")
        .reads(Product::Margin)
        .takes(&[SPAN, &[order_id("orderId")]]),
    ask("/v5/ins-loan/repaid-history", "institutional_repayments")
        .reads(Product::Margin)
        .takes(&[SPAN]),
    ask("/v5/ins-loan/ltv-convert", "institutional_ratio").reads(Product::Margin),
    ask("/v5/ins-loan/ltv", "institutional_ratio_old").reads(Product::Margin),
    ask(
        "/v5/spot-lever-token/order-record",
        "leveraged_token_orders",
    )
    .reads(Product::Margin)
    .takes(&[
        SPAN,
        &[
            scalar("ltCoin"),
            order_id("orderId"),
            scalar("ltOrderType"),
            scalar("serialNo"),
        ],
    ]),
    ask("/v5/broker/earnings-info", "broker_earnings")
        .reads(Product::Wallet)
        .takes(&[
            SPAN,
            &[
                scalar("bizType"),
                scalar("begin"),
                scalar("end"),
                scalar("uid"),
            ],
        ]),
    ask("/v5/broker/account-info", "broker_account").reads(Product::Wallet),
    ask(
        "/v5/broker/asset/query-sub-member-deposit-record",
        "broker_deposits",
    )
    .reads(Product::Wallet)
    .takes(&[
        SPAN,
        &[
            order_id("id"),
            scalar("txID"),
            sub_account("subMemberId"),
            asset("coin"),
        ],
    ]),
];
