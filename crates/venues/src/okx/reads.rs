//! What changes nothing.

use crate::{
    Product,
    kit::operation::{Op, get, post},
    kit::parameter::{Parameter, asset, client_id, destination, order_id, sub_account, symbol},
};

use super::HOSTS;

/// What is asked about, where it is said.
const ASKED: &[Parameter] = &[
    symbol("instId"),
    asset("ccy"),
    order_id("ordId"),
    client_id("clOrdId"),
    order_id("algoId"),
    client_id("algoClOrdId"),
    order_id("wdId"),
    client_id("clientId"),
    destination("toAddr"),
    sub_account("subAcct"),
];

/// The path is signed, so that a read stays one whatever its parameters.
const fn read(path: &'static str, name: &'static str, product: Product) -> Op {
    get(path, name)
        .reads(product)
        .takes(&[ASKED])
        .takes_any()
        .on(HOSTS)
}

/// Calculations and quotes, asked for with a body.
const fn ask(path: &'static str, name: &'static str) -> Op {
    post(path, name)
        .reads(Product::Account)
        .takes_any()
        .on(HOSTS)
}

macro_rules! reads {
    ($($product:ident { $($path:literal => $name:literal,)* })*) => {
        &[$($(read(concat!("/api/v5/", $path), $name, Product::$product),)*)*]
    };
}

pub(super) const QUESTIONS: &[Op] = &[
    // Market data needs no signature, but one client signs everything.
    read("/api/v5/market/{data}", "market_data", Product::Account),
    read(
        "/api/v5/market/option/{data}",
        "market_data_of_options",
        Product::Account,
    ),
    read("/api/v5/public/{data}", "public_data", Product::Account),
    read(
        "/api/v5/public/event-contract/{data}",
        "public_data_of_events",
        Product::Account,
    ),
    read("/api/v5/rubik/stat/{data}", "statistics", Product::Account),
    read(
        "/api/v5/rubik/stat/{product}/{data}",
        "statistics_of",
        Product::Account,
    ),
    read(
        "/api/v5/copytrading/public-{data}",
        "copytrading_public",
        Product::Account,
    ),
    read("/api/v5/system/status", "system_status", Product::Account),
    ask("/api/v5/asset/convert/estimate-quote", "convert_quote"),
    ask("/api/v5/trade/order-precheck", "order_check"),
    ask("/api/v5/account/simulated_margin", "margin_simulation"),
    ask("/api/v5/account/position-builder", "position_builder"),
    ask(
        "/api/v5/account/position-builder-graph",
        "position_builder_graph",
    ),
    ask(
        "/api/v5/finance/flexible-loan/max-loan",
        "flexible_loan_limit",
    ),
    ask("/api/v5/tradingBot/grid/min-investment", "grid_minimum"),
    ask(
        "/api/v5/tradingBot/grid/compute-margin-balance",
        "grid_margin_preview",
    ),
    ask(
        "/api/v5/account/bills-history-archive",
        "bills_archive_order",
    ),
    // Ordered as well, by one client.
    ask("/api/v5/trade/fills-archive", "fills_archive_order"),
    ask("/api/v5/asset/monthly-statement", "monthly_statement_order"),
    ask("/api/v5/finance/sfp/dcd/quote", "dual_quote"),
    ask("/api/v5/finance/sfp/dcd/redeem-quote", "dual_redeem_quote"),
];

pub(super) const OPERATIONS: &[Op] = reads! {
    Account {
        "account/balance" => "balance",
        "account/account-position-risk" => "position_risk",
        "account/bills" => "bills",
        "account/bills-archive" => "bills_archive",
        "account/config" => "config",
        "account/instruments" => "instruments",
        "account/max-size" => "max_size",
        "account/max-avail-size" => "max_available_size",
        "account/trade-fee" => "trade_fee",
        "account/risk-state" => "risk_state",
        "trade/account-rate-limit" => "rate_limit",
        "users/subaccount/list" => "sub_accounts",
        "account/subaccount/balances" => "sub_account_balances",
        "asset/subaccount/balances" => "sub_account_funding",
        "account/bills-history-archive" => "account_bills_history_archive",
        "account/subtypes" => "bill_types",
        "account/adjust-leverage-info" => "account_adjust_leverage_info",
        "account/position-tiers" => "account_position_tiers",
        "account/set-account-switch-precheck" => "account_set_account_switch_precheck",
        "account/collateral-assets" => "account_collateral_assets",
        "account/mmp-config" => "account_mmp_config",
        "account/move-positions-history" => "account_move_positions_history",
        "account/precheck-set-delta-neutral" => "account_precheck_set_delta_neutral",
        "account/subaccount/max-withdrawal" => "account_subaccount_max_withdrawal",
        "asset/subaccount/bills" => "asset_subaccount_bills",
        "asset/subaccount/managed-subaccount-bills" => "asset_subaccount_managed_subaccount_bills",
        "users/entrust-subaccount-list" => "users_entrust_subaccount_list",
        "users/subaccount/apikey" => "users_subaccount_apikey",
        "account/subaccount/interest-limits" => "account_subaccount_interest_limits",
        "affiliate/invitee/detail" => "affiliate_invitee_detail",
        "users/partner/if-rebate" => "users_partner_if_rebate",
        "support/announcements" => "support_announcements",
        "support/announcement-types" => "support_announcement_types",
        "affiliate/tvb/{data}" => "affiliate_volumes",
        "affiliate/tvb/{group}/{data}" => "affiliate_volumes_of",
        "affiliate/invitee/list" => "affiliate_invitees",
        "affiliate/co-inviter/list" => "affiliate_co_inviters",
        "affiliate/sub-affiliate/list" => "affiliate_sub_affiliates",
        "affiliate/link/list" => "affiliate_links",
        "affiliate/performance/summary" => "affiliate_performance",
        "users/glp/today-performance" => "maker_performance_today",
        "users/glp/historical-performance" => "maker_performance",
        "users/glp/todayperformance" => "maker_performance_today_old",
        "users/glp/historicalperformance" => "maker_performance_old",
    }
    UsdFutures {
        "account/positions" => "positions",
        "account/positions-history" => "positions_history",
        "account/leverage-info" => "leverage_info",
        "sprd/order" => "sprd_order",
        "sprd/orders-pending" => "sprd_orders_pending",
        "sprd/orders-history" => "sprd_orders_history",
        "sprd/orders-history-archive" => "sprd_orders_history_archive",
        "sprd/trades" => "sprd_trades",
        "sprd/spreads" => "sprd_spreads",
        "sprd/books" => "sprd_books",
        "sprd/public-trades" => "sprd_public_trades",
        "sprd/ticker" => "sprd_ticker",
        "rfq/counterparties" => "rfq_counterparties",
        "rfq/maker-instrument-settings" => "rfq_maker_instrument_settings",
        "rfq/mmp-config" => "rfq_mmp_config",
        "rfq/rfqs" => "rfq_rfqs",
        "rfq/quotes" => "rfq_quotes",
        "rfq/trades" => "rfq_trades",
        "rfq/public-trades" => "rfq_public_trades",
        "tradingBot/grid/orders-algo-pending" => "trading_bot_grid_algo_orders_pending",
        "tradingBot/grid/orders-algo-history" => "trading_bot_grid_algo_orders_history",
        "tradingBot/grid/orders-algo-details" => "trading_bot_grid_algo_orders_details",
        "tradingBot/grid/sub-orders" => "trading_bot_grid_sub_orders",
        "tradingBot/grid/positions" => "trading_bot_grid_positions",
        "tradingBot/grid/ai-param" => "trading_bot_grid_ai_param",
        "tradingBot/signal/signals" => "trading_bot_signal_signals",
        "tradingBot/signal/orders-algo-details" => "trading_bot_signal_algo_orders_details",
        "tradingBot/signal/orders-algo-pending" => "trading_bot_signal_algo_orders_pending",
        "tradingBot/signal/orders-algo-history" => "trading_bot_signal_algo_orders_history",
        "tradingBot/signal/positions" => "trading_bot_signal_positions",
        "tradingBot/signal/positions-history" => "trading_bot_signal_positions_history",
        "tradingBot/signal/sub-orders" => "trading_bot_signal_sub_orders",
        "tradingBot/signal/event-history" => "trading_bot_signal_event_history",
        "tradingBot/recurring/orders-algo-pending" => "trading_bot_recurring_algo_orders_pending",
        "tradingBot/recurring/orders-algo-history" => "trading_bot_recurring_algo_orders_history",
        "tradingBot/recurring/orders-algo-details" => "trading_bot_recurring_algo_orders_details",
        "tradingBot/recurring/sub-orders" => "trading_bot_recurring_sub_orders",
        "tradingBot/dca/ongoing-list" => "trading_bot_dca_ongoing_list",
        "tradingBot/dca/history-list" => "trading_bot_dca_history_list",
        "tradingBot/dca/orders" => "trading_bot_dca_orders",
        "tradingBot/dca/position-details" => "trading_bot_dca_position_details",
        "tradingBot/dca/cycle-list" => "trading_bot_dca_cycle_list",
        "copytrading/current-subpositions" => "copytrading_current_subpositions",
        "copytrading/subpositions-history" => "copytrading_subpositions_history",
        "copytrading/instruments" => "copytrading_instruments",
        "copytrading/profit-sharing-details" => "copytrading_profit_sharing_details",
        "copytrading/total-profit-sharing" => "copytrading_total_profit_sharing",
        "copytrading/unrealized-profit-sharing-details" => "copytrading_unrealized_profit_sharing_details",
        "copytrading/total-unrealized-profit-sharing" => "copytrading_total_unrealized_profit_sharing",
        "copytrading/config" => "copytrading_config",
        "copytrading/copy-settings" => "copytrading_copy_settings",
        "copytrading/current-lead-traders" => "copytrading_current_lead_traders",
        "copytrading/batch-leverage-info" => "copytrading_batch_leverage_info",
        "copytrading/lead-traders-history" => "copytrading_lead_traders_history",
    }
    Margin {
        "account/max-loan" => "max_loan",
        "account/interest-accrued" => "interest_accrued",
        "account/interest-rate" => "interest_rate",
        "account/interest-limits" => "interest_limits",
        "account/spot-borrow-repay-history" => "account_spot_borrow_repay_history",
        "account/quick-margin-borrow-repay-history" => "account_quick_margin_borrow_repay_history",
        "account/borrow-repay-history" => "account_borrow_repay_history",
        "account/vip-interest-accrued" => "account_vip_interest_accrued",
        "account/vip-interest-deducted" => "account_vip_interest_deducted",
        "account/vip-loan-order-list" => "account_vip_loan_order_list",
        "account/vip-loan-order-detail" => "account_vip_loan_order_detail",
        "account/fixed-loan/borrowing-limit" => "account_fixed_loan_borrowing_limit",
        "account/fixed-loan/borrowing-quote" => "account_fixed_loan_borrowing_quote",
        "account/fixed-loan/borrowing-orders-list" => "account_fixed_loan_borrowing_orders_list",
        "finance/flexible-loan/emode-info" => "flexible_loan_modes",
        "finance/flexible-loan/borrow-currencies" => "finance_flexible_loan_borrow_currencies",
        "finance/flexible-loan/collateral-assets" => "finance_flexible_loan_collateral_assets",
        "finance/flexible-loan/max-collateral-redeem-amount" => "finance_flexible_loan_max_collateral_redeem_amount",
        "finance/flexible-loan/loan-info" => "finance_flexible_loan_loan_info",
        "finance/flexible-loan/loan-history" => "finance_flexible_loan_loan_history",
        "finance/flexible-loan/interest-accrued" => "finance_flexible_loan_interest_accrued",
    }
    Wallet {
        "account/max-withdrawal" => "max_withdrawal",
        "asset/currencies" => "currencies",
        "asset/exchange-list" => "exchanges",
        "fiat/deposit-payment-methods" => "bank_deposit_methods",
        "fiat/withdrawal-payment-methods" => "bank_withdrawal_methods",
        "fiat/deposit-order-history" => "bank_deposits",
        "fiat/withdrawal-order-history" => "bank_withdrawals",
        "fiat/deposit" => "bank_deposit",
        "fiat/withdrawal" => "bank_withdrawal",
        "asset/balances" => "funding_balances",
        "asset/asset-valuation" => "valuation",
        "asset/transfer-state" => "transfer_state",
        "asset/bills" => "funding_bills",
        "asset/deposit-history" => "deposit_history",
        "asset/withdrawal-history" => "withdrawal_history",
        "asset/deposit-withdraw-status" => "deposit_withdrawal_status",
        "asset/convert/currencies" => "convert_currencies",
        "asset/convert/history" => "convert_history",
        "asset/non-tradable-assets" => "asset_non_tradable_assets",
        "asset/bills-history" => "asset_bills_history",
        "asset/monthly-statement" => "asset_monthly_statement",
        "finance/savings/balance" => "finance_savings_balance",
        "finance/savings/lending-history" => "finance_savings_lending_history",
        "finance/savings/lending-rate-summary" => "finance_savings_lending_rate_summary",
        "finance/savings/lending-rate-history" => "finance_savings_lending_rate_history",
        "finance/staking-defi/offers" => "finance_staking_defi_offers",
        "finance/staking-defi/orders-active" => "finance_staking_defi_orders_active",
        "finance/staking-defi/orders-history" => "finance_staking_defi_orders_history",
        "finance/staking-defi/eth/product-info" => "finance_staking_defi_eth_product_info",
        "finance/staking-defi/eth/balance" => "finance_staking_defi_eth_balance",
        "finance/staking-defi/eth/purchase-redeem-history" => "finance_staking_defi_eth_purchase_redeem_history",
        "finance/staking-defi/eth/apy-history" => "finance_staking_defi_eth_apy_history",
        "finance/staking-defi/sol/product-info" => "finance_staking_defi_sol_product_info",
        "finance/staking-defi/sol/balance" => "finance_staking_defi_sol_balance",
        "finance/staking-defi/sol/purchase-redeem-history" => "finance_staking_defi_sol_purchase_redeem_history",
        "finance/staking-defi/sol/apy-history" => "finance_staking_defi_sol_apy_history",
        "finance/fixed-loan/lending-offers" => "fixed_loan_offers",
        "finance/fixed-loan/lending-apy-history" => "fixed_loan_rates",
        "finance/fixed-loan/pending-lending-volume" => "fixed_loan_volume",
        "finance/fixed-loan/lending-orders-list" => "fixed_loan_lending_orders",
        "finance/fixed-loan/lending-sub-orders" => "fixed_loan_lending_parts",
        "finance/stable-rewards/product-info" => "stable_rewards",
        "finance/stable-rewards/balance" => "stable_rewards_balance",
        "finance/stable-rewards/apy-history" => "stable_rewards_rates",
        "finance/okusd/limits" => "okusd_limits",
        "finance/okusd/rewards/history" => "okusd_rewards",
        "finance/sfp/dcd/products" => "dual_products",
        "finance/okusd/account" => "okusd_account",
        "finance/okusd/rate/history" => "okusd_rates",
        "finance/okusd/subscribe/history" => "okusd_subscriptions",
        "finance/okusd/redeem/history" => "okusd_redemptions",
        "finance/sfp/dcd/order" => "finance_sfp_dcd_order",
        "finance/sfp/dcd/orders" => "finance_sfp_dcd_orders",
        "finance/sfp/dcd/currency-pair" => "finance_sfp_dcd_currency_pair",
        "finance/sfp/dcd/order-status" => "finance_sfp_dcd_order_status",
        "finance/sfp/dcd/order-history" => "finance_sfp_dcd_order_history",
    }
    Options {
        "account/greeks" => "greeks",
    }
    Spot {
        "trade/order" => "order",
        "trade/orders-pending" => "open_orders",
        "trade/orders-history" => "orders_history",
        "trade/orders-history-archive" => "orders_archive",
        "trade/fills" => "fills",
        "trade/fills-history" => "fills_history",
        "trade/order-algo" => "algo_order",
        "trade/orders-algo-pending" => "open_algo_orders",
        "trade/orders-algo-history" => "algo_orders_history",
        "trade/fills-archive" => "trade_fills_archive",
        "trade/easy-convert-currency-list" => "trade_easy_convert_currency_list",
        "trade/easy-convert-history" => "trade_easy_convert_history",
        "trade/one-click-repay-currency-list" => "trade_one_click_repay_currency_list",
        "trade/one-click-repay-currency-list-v2" => "trade_one_click_repay_currency_list_v2",
        "trade/one-click-repay-history" => "trade_one_click_repay_history",
        "trade/one-click-repay-history-v2" => "trade_one_click_repay_history_v2",
        "asset/convert/currency-pair" => "asset_convert_currency_pair",
    }
};
