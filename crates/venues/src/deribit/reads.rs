//! What changes nothing.

use crate::{
    Product,
    kit::{
        operation::{Op, get},
        parameter::{Parameter, asset, client_id, order_id, symbol},
    },
};

use super::HOSTS;

/// What is asked about, where it is said.
const ASKED: &[Parameter] = &[
    symbol("instrument_name"),
    order_id("order_id"),
    asset("currency"),
    client_id("label"),
];

const fn read(path: &'static str, name: &'static str, product: Product) -> Op {
    get(path, name)
        .reads(product)
        .takes(&[ASKED])
        .takes_any()
        .on(HOSTS)
}

macro_rules! reads {
    ($($product:ident { $($method:literal => $name:literal,)* })*) => {
        &[$($(read(concat!("/api/v2/private/", $method), $name, Product::$product),)*)*]
    };
}

pub(super) const OPERATIONS: &[Op] = reads! {
    Account {
        "get_account_summary" => "account_summary",
        "get_reward_eligibility" => "reward_eligibility",
        "get_address_beneficiary" => "beneficiary",
        "list_address_beneficiaries" => "beneficiaries",
        "get_account_summaries" => "account_summaries",
        "get_subaccounts" => "sub_accounts",
        "get_subaccounts_details" => "sub_account_details",
        "list_api_keys" => "keys",
        "get_access_log" => "access_log",
        "get_affiliate_program_info" => "affiliate",
        "get_email_language" => "email_language_read",
        "get_new_announcements" => "announcements",
        "get_cancel_on_disconnect" => "cancel_on_disconnect_read",
        "get_user_locks" => "locks",
        "get_transaction_log" => "transaction_log",
        "get_portfolio_margins" => "portfolio_margins",
        "simulate_portfolio" => "simulation",
        "pme/simulate" => "margin_simulation",
        "get_mmp_config" => "protection_read",
        "get_mmp_status" => "protection_status",
    }
    UsdFutures {
        "get_position" => "position",
        "get_positions" => "positions",
        "get_margins" => "margins",
        "get_open_orders" => "open_orders",
        "get_open_orders_by_currency" => "open_orders_by_currency",
        "get_open_orders_by_instrument" => "open_orders_by_instrument",
        "get_open_orders_by_label" => "open_orders_by_label",
        "get_order_history_by_currency" => "order_history_by_currency",
        "get_order_history_by_instrument" => "order_history_by_instrument",
        "get_order_margin_by_ids" => "order_margins",
        "get_order_state" => "order",
        "get_order_state_by_label" => "order_by_label",
        "get_stop_order_history" => "stop_order_history",
        "get_trigger_order_history" => "triggered_order_history",
        "get_user_trades_by_currency" => "trades_by_currency",
        "get_user_trades_by_currency_and_time" => "trades_by_currency_and_time",
        "get_user_trades_by_instrument" => "trades_by_instrument",
        "get_user_trades_by_instrument_and_time" => "trades_by_instrument_and_time",
        "get_user_trades_by_order" => "trades_by_order",
        "get_settlement_history_by_currency" => "settlements_by_currency",
        "get_settlement_history_by_instrument" => "settlements_by_instrument",
        "get_block_trade" => "block_trade",
        "get_block_trades" => "block_trades",
        "get_last_block_trades_by_currency" => "block_trades_by_currency",
        "get_leg_prices" => "leg_prices",
    }
    Wallet {
        "get_deposits" => "deposits",
        "get_withdrawals" => "withdrawals",
        "get_transfers" => "transfers",
        "get_address_book" => "addresses",
    }
};
