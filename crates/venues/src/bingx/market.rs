//! Market data, which some clients sign like everything else.

use crate::{
    Product,
    kit::{
        operation::{Op, get},
        parameter::{Parameter, scalar, symbol},
    },
};

use super::{HOSTS, spot::PAGES};

const SHOWN: &[Parameter] = &[
    symbol("symbol"),
    scalar("interval"),
    scalar("depth"),
    scalar("timeZone"),
];

const fn spot(path: &'static str, name: &'static str) -> Op {
    get(path, name)
        .reads(Product::Spot)
        .takes(&[SHOWN, PAGES])
        .on(HOSTS)
}

const fn swap(path: &'static str, name: &'static str) -> Op {
    spot(path, name).reads(Product::UsdFutures)
}

pub(super) const OPERATIONS: &[Op] = &[
    spot("/openApi/spot/v1/common/symbols", "spot_symbols"),
    spot("/openApi/spot/v1/market/depth", "spot_book"),
    spot("/openApi/spot/v2/market/depth", "spot_book_by_step"),
    spot("/openApi/spot/v1/market/trades", "spot_trades"),
    spot("/openApi/spot/v2/market/kline", "spot_candles"),
    spot("/openApi/spot/v1/ticker/24hr", "spot_day"),
    spot("/openApi/spot/v1/ticker/price", "spot_price"),
    spot("/openApi/spot/v1/ticker/bookTicker", "spot_best"),
    spot("/openApi/market/his/v1/kline", "old_candles"),
    spot("/openApi/market/his/v1/trade", "old_trades"),
    swap("/openApi/swap/v2/quote/contracts", "swap_contracts"),
    swap("/openApi/swap/v2/quote/depth", "swap_book"),
    swap("/openApi/swap/v2/quote/trades", "swap_trades"),
    swap(
        "/openApi/swap/v1/market/historicalTrades",
        "swap_old_trades",
    ),
    swap("/openApi/swap/v2/quote/premiumIndex", "swap_mark_price"),
    swap("/openApi/swap/v2/quote/fundingRate", "swap_funding_rates"),
    swap("/openApi/swap/v3/quote/klines", "swap_candles"),
    swap(
        "/openApi/swap/v1/market/markPriceKlines",
        "swap_mark_candles",
    ),
    swap("/openApi/swap/v2/quote/openInterest", "swap_open_interest"),
    swap("/openApi/swap/v2/quote/ticker", "swap_day"),
    swap("/openApi/swap/v2/quote/bookTicker", "swap_best"),
    swap("/openApi/swap/v1/ticker/price", "swap_price"),
];
