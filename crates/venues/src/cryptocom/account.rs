//! Reads, withdrawals, transfers, staking, logins.

use crate::{
    Product,
    kit::{
        operation::{Op, login},
        parameter::{
            Parameter, amount, asset, destination, from, needed, network, order_id, quantity,
            scalar, symbol, tag, to,
        },
    },
};

use super::STREAMS;

const STAKED: &[Parameter] = &[
    needed(symbol("instrument_name")),
    needed(quantity("quantity")),
];

pub(super) const OPERATIONS: &[Op] = &[
    call!("private/create-withdrawal", "withdrawal")
        .withdraws()
        .takes(&[&[
            needed(asset("currency")),
            needed(amount("amount")),
            needed(destination("address")),
            tag("address_tag"),
            network("network_id"),
            scalar("client_wid"),
        ]]),
    call!("private/get-deposit-address", "deposit_address")
        .deposits()
        .takes(&[&[needed(asset("currency")), network("network_id")]]),
    call!("private/create-subaccount-transfer", "sub_account_transfer")
        .transfers()
        .takes(&[&[
            needed(from("from")),
            needed(to("to")),
            needed(asset("currency")),
            needed(amount("amount")),
        ]]),
    call!("private/staking/stake", "stake")
        .transfers()
        .takes(&[STAKED]),
    call!("private/staking/unstake", "unstake")
        .transfers()
        .takes(&[STAKED]),
    call!("private/staking/convert", "staking_convert")
        .trades_spot()
        .takes(&[&[
            needed(asset("from_instrument_name")),
            needed(scalar("to_instrument_name")),
            needed(amount("from_quantity")),
            scalar("expected_rate"),
            scalar("slippage_tolerance_bps"),
        ]]),
    login("/exchange/v1/user", "stream_login")
        .called("public/auth")
        .on(STREAMS),
];

const ASKED: &[Parameter] = &[
    symbol("instrument_name"),
    order_id("order_id"),
    asset("currency"),
];

/// The name is signed, so that a read stays one whatever its parameters.
const fn read(op: Op, product: Product) -> Op {
    op.reads(product).takes(&[ASKED]).takes_any()
}

macro_rules! reads {
    ($($product:ident { $($method:literal => $name:literal,)* })*) => {
        &[$($(read(call!($method, $name), Product::$product),)*)*]
    };
}

pub(super) const READS: &[Op] = reads! {
    Account {
        "private/user-balance" => "balance",
        "private/user-balance-history" => "balance_history",
        "private/get-accounts" => "accounts",
        "private/get-account-settings" => "settings",
        "private/get-subaccount-balances" => "sub_account_balances",
        "private/get-transactions" => "transactions",
        "private/get-fee-rate" => "fee_rate",
        "private/get-instrument-fee-rate" => "instrument_fee_rate",
        "private/get-fee-credit-balances" => "fee_credits",
        "private/get-cancel-on-disconnect" => "cancel_on_disconnect_read",
    }
    Spot {
        "private/get-open-orders" => "open_orders",
        "private/get-order-detail" => "order",
        "private/get-order-history" => "order_history",
        "private/get-order-list" => "order_list",
        "private/get-trades" => "trades",
        "private/advanced/get-open-orders" => "open_triggered_orders",
        "private/advanced/get-order-detail" => "triggered_order",
        "private/advanced/get-order-history" => "triggered_order_history",
    }
    UsdFutures {
        "private/get-positions" => "positions",
    }
    Wallet {
        "private/get-currency-networks" => "currency_networks",
        "private/get-withdrawal-history" => "withdrawal_history",
        "private/get-deposit-history" => "deposit_history",
        "private/fiat/fiat-deposit-info" => "fiat_deposit_info",
        "private/fiat/fiat-deposit-history" => "fiat_deposits",
        "private/fiat/fiat-withdraw-history" => "fiat_withdrawals",
        "private/fiat/fiat-transaction-quota" => "fiat_quota",
        "private/fiat/fiat-transaction-limit" => "fiat_limit",
        "private/fiat/fiat-get-bank-accounts" => "bank_accounts",
        "private/staking/get-staking-position" => "staking_position",
        "private/staking/get-staking-instruments" => "staking_instruments",
        "private/staking/get-open-stake" => "open_stakes",
        "private/staking/get-stake-history" => "stake_history",
        "private/staking/get-reward-history" => "reward_history",
        "private/staking/get-open-convert" => "open_conversions",
        "private/staking/get-convert-history" => "conversion_history",
    }
};
