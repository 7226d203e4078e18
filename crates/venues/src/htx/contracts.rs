//! Derivatives by their older interfaces. Four families share the same operations: dated futures in
//! coin, perpetuals in coin, and perpetuals in dollars with isolated and with cross margin.

use crate::{
    Class, Intent, OrderType, Permission, PositionSide, Product, Side, TimeInForce, Unclassified,
    kit::{
        operation::{Batch, Op},
        parameter::{
            Parameter, SIDES, amount, asset, client_id, from, kind, leverage, needed, order_id,
            price, quantity, reduce_only, scalar, side, stop_price, sub_account, symbol, to, word,
        },
    },
    syntax::Fields,
};

use super::{
    CONTRACT_HOSTS, act,
    attached::{HALVES, OF_POSITION, WITH_ORDER, position_stop},
    contract,
};

/// Prices set by the book are the market's.
const KINDS: &[(&str, OrderType)] = &[
    ("limit", OrderType::Limit),
    ("fok", OrderType::Limit),
    ("ioc", OrderType::Limit),
    ("post_only", OrderType::PostOnly),
    ("market", OrderType::Market),
    ("opponent", OrderType::Market),
    ("opponent_ioc", OrderType::Market),
    ("opponent_fok", OrderType::Market),
    ("lightning", OrderType::Market),
    ("lightning_ioc", OrderType::Market),
    ("lightning_fok", OrderType::Market),
    ("optimal_5", OrderType::Market),
    ("optimal_10", OrderType::Market),
    ("optimal_20", OrderType::Market),
    ("optimal_5_ioc", OrderType::Market),
    ("optimal_10_ioc", OrderType::Market),
    ("optimal_20_ioc", OrderType::Market),
    ("optimal_5_fok", OrderType::Market),
    ("optimal_10_fok", OrderType::Market),
    ("optimal_20_fok", OrderType::Market),
    ("formula_price", OrderType::Market),
];

const MARKET: &[Parameter] = &[
    symbol("symbol"),
    symbol("pair"),
    symbol("contract_code"),
    scalar("contract_type"),
];
const BY_MARKET: &[&str] = &["contract_code", "pair", "symbol"];

const ORDER: &[Parameter] = &[
    // What ccxt adds to an order of a batch; the venue passes it over.
    scalar("clientOrderId"),
    needed(quantity("volume")),
    needed(side("direction", SIDES)),
    needed(kind("order_price_type", KINDS)),
    price("price"),
    word("offset", &["open", "close", "both"]),
    leverage("lever_rate"),
    reduce_only("reduce_only", &["1"]),
    client_id("client_order_id"),
    scalar("channel_code"),
    scalar("price_protect"),
    scalar("self_match_prevent"),
    scalar("self_match_prevent_new"),
];

const TRIGGER: &[Parameter] = &[
    needed(quantity("volume")),
    needed(side("direction", SIDES)),
    needed(word("trigger_type", &["ge", "le"])),
    needed(stop_price("trigger_price")),
    kind("order_price_type", KINDS),
    price("order_price"),
    word("offset", &["open", "close", "both"]),
    leverage("lever_rate"),
    reduce_only("reduce_only", &["1"]),
    client_id("client_order_id"),
    scalar("channel_code"),
];

const STOP: &[Parameter] = &[
    needed(quantity("volume")),
    needed(side("direction", SIDES)),
    client_id("client_order_id"),
    scalar("channel_code"),
];

const TRACK: &[Parameter] = &[
    needed(quantity("volume")),
    needed(side("direction", SIDES)),
    needed(scalar("callback_rate")),
    needed(stop_price("active_price")),
    kind("order_price_type", KINDS),
    word("offset", &["open", "close", "both"]),
    leverage("lever_rate"),
    reduce_only("reduce_only", &["1"]),
    client_id("client_order_id"),
    scalar("channel_code"),
];

const CLOSE: &[Parameter] = &[
    needed(quantity("volume")),
    needed(side("direction", SIDES)),
    scalar("order_price_type"),
    client_id("client_order_id"),
    scalar("channel_code"),
];

const CANCELLATION: &[Parameter] = &[
    order_id("order_id"),
    client_id("client_order_id"),
    side("direction", SIDES),
    scalar("offset"),
];

/// Says what becomes of which position, how long the order lasts, and which market is meant where more
/// than one name is given.
fn order(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    named_market(fields, intent);
    if fields.is("offset", "close") {
        intent.reduce_only = Some(true);
    } else if fields.is("offset", "open") {
        // Whatever it says of reducing.
        intent.reduce_only = None;
    }
    intent.position_side = match (fields.text("offset").as_deref(), intent.side) {
        (Some("open"), Some(Side::Buy)) | (Some("close"), Some(Side::Sell)) => {
            Some(PositionSide::Long)
        }
        (Some("open"), Some(Side::Sell)) | (Some("close"), Some(Side::Buy)) => {
            Some(PositionSide::Short)
        }
        _ => None,
    };
    let kind = fields.text("order_price_type").unwrap_or_default();
    if kind.ends_with("fok") {
        intent.time_in_force = Some(TimeInForce::FillOrKill);
    } else if kind.ends_with("ioc") {
        intent.time_in_force = Some(TimeInForce::ImmediateOrCancel);
    }
    Ok(())
}

/// The contract's code, or else the pair, or else the coin.
fn named_market(fields: &Fields<'_>, intent: &mut Intent) {
    let named = BY_MARKET.iter().find_map(|name| fields.text(name));
    intent.symbol = named.map(std::borrow::Cow::into_owned);
}

fn market(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    named_market(fields, intent);
    Ok(())
}

/// An order that waits for its trigger; a limit order unless it says otherwise.
fn triggered(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    order(fields, intent)?;
    let takes_profit = match intent.side {
        Some(Side::Buy) => fields.is("trigger_type", "le"),
        _ => fields.is("trigger_type", "ge"),
    };
    let limit = intent.order_type.is_none_or(OrderType::is_limit);
    intent.order_type = Some(match (limit, takes_profit) {
        (true, true) => OrderType::TakeProfitLimit,
        (true, false) => OrderType::StopLimit,
        (false, true) => OrderType::TakeProfitMarket,
        (false, false) => OrderType::StopMarket,
    });
    Ok(())
}

/// A trailing order fills at the market once the price has turned.
fn trailing(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    order(fields, intent)?;
    intent.order_type = Some(OrderType::StopMarket);
    Ok(())
}

/// A stop of a position, by its halves.
fn stop(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    named_market(fields, intent);
    position_stop(fields, intent)
}

/// What only closes.
fn closing(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    named_market(fields, intent);
    intent.reduce_only = Some(true);
    Ok(())
}

const fn trades(path: &'static str, name: &'static str, product: Product) -> Op {
    contract(path, name, product)
        .one_of(BY_MARKET)
        .in_contracts()
}

const fn cancels(path: &'static str, name: &'static str, product: Product) -> Op {
    trades(path, name, product)
        .adjust(market)
        .takes(&[MARKET, CANCELLATION])
}

const fn moves(path: &'static str, name: &'static str) -> Op {
    act(path, name)
        .transfers()
        .takes(&[MASTER_AND_SUB])
        .on(CONTRACT_HOSTS)
}

const MASTER_AND_SUB: &[Parameter] = &[
    needed(sub_account("sub_uid")),
    needed(to("type")),
    needed(amount("amount")),
    asset("symbol"),
    asset("contract_code"),
    asset("asset"),
    from("from_margin_account"),
    scalar("to_margin_account"),
    client_id("client_order_id"),
];

/// The operations of one family, whose paths begin alike.
macro_rules! family {
    ($path:literal $name:literal $product:expr) => {
        &[
            trades(concat!($path, "order"), concat!($name, "_order"), $product)
                .adjust(order)
                .attaches(WITH_ORDER)
                .takes(&[MARKET, ORDER]),
            contract(
                concat!($path, "batchorder"),
                concat!($name, "_orders"),
                $product,
            )
            .in_contracts()
            .batch(Batch::Member("orders_data"))
            .beside(&[])
            .one_of(BY_MARKET)
            .adjust(order)
            .attaches(WITH_ORDER)
            .takes(&[MARKET, ORDER]),
            cancels(
                concat!($path, "cancel"),
                concat!($name, "_cancel"),
                $product,
            ),
            cancels(
                concat!($path, "cancelall"),
                concat!($name, "_cancel_all"),
                $product,
            ),
            trades(
                concat!($path, "trigger_order"),
                concat!($name, "_trigger_order"),
                $product,
            )
            .adjust(triggered)
            .takes(&[MARKET, TRIGGER]),
            cancels(
                concat!($path, "trigger_cancel"),
                concat!($name, "_trigger_cancel"),
                $product,
            ),
            cancels(
                concat!($path, "trigger_cancelall"),
                concat!($name, "_trigger_cancel_all"),
                $product,
            ),
            trades(
                concat!($path, "tpsl_order"),
                concat!($name, "_stop"),
                $product,
            )
            .adjust(stop)
            .attaches(OF_POSITION)
            .takes(&[MARKET, STOP, HALVES]),
            cancels(
                concat!($path, "tpsl_cancel"),
                concat!($name, "_stop_cancel"),
                $product,
            ),
            cancels(
                concat!($path, "tpsl_cancelall"),
                concat!($name, "_stop_cancel_all"),
                $product,
            ),
            trades(
                concat!($path, "track_order"),
                concat!($name, "_trailing_order"),
                $product,
            )
            .adjust(trailing)
            .takes(&[MARKET, TRACK]),
            cancels(
                concat!($path, "track_cancel"),
                concat!($name, "_trailing_cancel"),
                $product,
            ),
            cancels(
                concat!($path, "track_cancelall"),
                concat!($name, "_trailing_cancel_all"),
                $product,
            ),
            trades(
                concat!($path, "switch_lever_rate"),
                concat!($name, "_leverage"),
                $product,
            )
            .adjust(market)
            .takes(&[MARKET, &[needed(leverage("lever_rate"))]]),
            trades(
                concat!($path, "switch_position_mode"),
                concat!($name, "_position_mode"),
                $product,
            )
            .one_of(&[])
            .takes(&[&[
                scalar("margin_account"),
                needed(word("position_mode", &["single_side", "dual_side"])),
            ]]),
            trades(
                concat!($path, "lightning_close_position"),
                concat!($name, "_close_position"),
                $product,
            )
            .adjust(closing)
            .takes(&[MARKET, CLOSE]),
            moves(
                concat!($path, "master_sub_transfer"),
                concat!($name, "_sub_account_transfer"),
            ),
            act(concat!($path, "sub_auth"), concat!($name, "_sub_accounts"))
                .administers()
                .takes(&[&[needed(sub_account("sub_uid")), needed(scalar("sub_auth"))]])
                .on(CONTRACT_HOSTS),
        ]
    };
}

/// Dated futures in coin.
pub(super) const COIN_FUTURES: &[Op] =
    family!("/api/v1/contract_" "coin_futures" Product::CoinFutures);
/// Perpetuals in coin.
pub(super) const COIN_SWAPS: &[Op] = family!("/swap-api/v1/swap_" "coin_swap" Product::CoinFutures);
/// Perpetuals in dollars, each with a margin of its own.
pub(super) const LINEAR_SWAPS: &[Op] =
    family!("/linear-swap-api/v1/swap_" "linear_swap" Product::UsdFutures);
/// Perpetuals in dollars that share a margin.
pub(super) const LINEAR_SWAPS_CROSS: &[Op] =
    family!("/linear-swap-api/v1/swap_cross_" "linear_swap_cross" Product::UsdFutures);

const AFTER: &[Parameter] = &[needed(scalar("on_off")), scalar("time_out")];

const fn after(path: &'static str, name: &'static str, product: Product) -> Op {
    contract(path, name, product).takes(&[AFTER])
}

pub(super) const OTHERS: &[Op] = &[
    // The one of dated futures does not begin like its family.
    trades(
        "/api/v1/lightning_close_position",
        "coin_futures_close_position_now",
        Product::CoinFutures,
    )
    .adjust(closing)
    .takes(&[MARKET, CLOSE]),
    after(
        "/api/v1/contract-cancel-after",
        "coin_futures_cancel_all_after",
        Product::CoinFutures,
    ),
    after(
        "/swap-api/v1/swap-cancel-after",
        "coin_swap_cancel_all_after",
        Product::CoinFutures,
    ),
    after(
        "/linear-swap-api/v1/linear-cancel-after",
        "linear_swap_cancel_all_after",
        Product::UsdFutures,
    ),
    act(
        "/linear-swap-api/v1/swap_transfer_inner",
        "linear_swap_transfer",
    )
    .transfers()
    .takes(&[&[
        needed(asset("asset")),
        needed(from("from_margin_account")),
        needed(to("to_margin_account")),
        needed(amount("amount")),
        client_id("client_order_id"),
    ]])
    .on(CONTRACT_HOSTS),
    act(
        "/linear-swap-api/v3/swap_switch_account_type",
        "linear_swap_account_type",
    )
    .administers()
    .takes(&[&[needed(scalar("account_type"))]])
    .on(CONTRACT_HOSTS),
    act(
        "/linear-swap-api/v3/fix_position_margin_change",
        "linear_swap_position_margin",
    )
    .is(
        Class::TradeFutures,
        Product::UsdFutures,
        Permission::Futures,
    )
    .takes(&[&[
        asset("asset"),
        needed(symbol("contract_code")),
        needed(amount("amount")),
        scalar("direction"),
        scalar("client_order_id"),
        scalar("type"),
    ]])
    .on(CONTRACT_HOSTS),
];
