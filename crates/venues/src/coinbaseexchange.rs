//! Coinbase Exchange.
//!
//! # What is signed
//!
//! `timestamp + METHOD + path[?query] + body`: HMAC-SHA256 under the secret, which is base64, in base64,
//! in `CB-ACCESS-SIGN`. The timestamp is in seconds, from some clients with a fraction, and is followed by
//! the method. The host is not signed. Nothing marks where the query ends and the body begins, so that
//! a query with a bare `{` or `[` in it is refused.
//!
//! Cancellations have their parameters in the query or, from some clients, in a JSON body.
//! `GET /orders` takes `status` more than once.
//!
//! The login of a stream signs what `GET /users/self/verify` would; no such request is known here.
//!
//! # What a key trades
//!
//! Spot. Coinbase Advanced, which signs differently, and Coinbase International are other venues.
//!
//! # Where withdrawals go
//!
//! To an address (`crypto_address`), to a bank (`payment_method_id`) or to a wallet at Coinbase
//! (`coinbase_account_id`): each is the destination. Additions to the address book are administration.

use crate::{
    Binds, Class, DigestEncoding, HashAlg, Intent, KeyEncoding, OrderType, Permission, Placement,
    Product, ReadError, Request, TimeInForce, Timing, Unclassified,
    kit::{
        self, Venue,
        attached::{Attached, Place, apart},
        headers,
        operation::{LOGIN, Op, delete, get, login, post, put},
        order,
        parameter::{
            Parameter, SIDES, amount, anything, asset, client_id, destination, from, kind, lasts,
            needed, network, order_id, price, quantity, quote_quantity, repeating, scalar, side,
            stop_price, sub_account, symbol, tag, to, word,
        },
        time,
    },
    syntax::Fields,
};

pub(crate) static VENUE: Venue = Venue {
    name: "coinbaseexchange",
    title: "Coinbase Exchange",
    api_key_header: "CB-ACCESS-KEY",
    api_key: kit::no_api_key,
    passphrase: None,
    hash: HashAlg::Sha256,
    key_encoding: KeyEncoding::Base64,
    digest_encoding: DigestEncoding::Base64,
    binds: Binds {
        method: true,
        host: false,
        path: true,
        query: true,
        body: true,
    },
    placement: |_| Placement::Header("CB-ACCESS-SIGN"),
    text,
    fields,
    envelope: &[],
    timing,
    quote: |symbol| order::quote_after(symbol, '-'),
    operations: &[READS, TRADES, FUNDS, ACCOUNTS],
    // Names as the venue shows them; not confirmed.
    permissions: &[
        (Permission::Read, "View"),
        (Permission::SpotTrading, "Trade"),
        (Permission::Margin, "Trade"),
        (Permission::Transfers, "Transfer"),
        (Permission::Withdrawals, "Transfer"),
        (Permission::SubAccounts, "Manage"),
    ],
};

const TIMESTAMP: &str = "CB-ACCESS-TIMESTAMP";
/// How long after its timestamp a request is accepted; not confirmed by the venue's documents here.
const WINDOW_MS: u64 = 30_000;

const HOSTS: &[&str] = &[
    "api.exchange.coinbase.com",
    // Its name before, which older clients still call.
    "api.pro.coinbase.com",
    "api-public.sandbox.exchange.coinbase.com",
];
const STREAMS: &[&str] = &[
    "ws-feed.exchange.coinbase.com",
    "ws-direct.exchange.coinbase.com",
];

fn text(request: &Request) -> Result<Vec<u8>, ReadError> {
    let timestamp = headers::required(request, TIMESTAMP)?;
    if request.method == LOGIN {
        return Ok(format!("{timestamp}GET{}", request.path).into_bytes());
    }
    let mark = if request.query.is_empty() { "" } else { "?" };
    let head = format!(
        "{timestamp}{}{}{mark}{}",
        request.method, request.path, request.query
    );
    Ok([head.as_bytes(), &request.body].concat())
}

/// A POST or PUT is read from its body alone. Whether the body of a DELETE is read is not confirmed: where
/// it would narrow what is cancelled, it is not believed.
fn fields(request: &Request) -> Result<Fields<'_>, ReadError> {
    let mut fields = kit::unmarked_fields(request)?;
    if matches!(request.method.as_str(), "POST" | "PUT") {
        kit::refuse_query(request)?;
    }
    if request.method == "DELETE" && request.path == "/orders" && !request.body.is_empty() {
        for field in fields
            .0
            .iter_mut()
            .filter(|field| field.name == "product_id")
        {
            field.name = UNCERTAIN_PRODUCT.into();
        }
    }
    Ok(fields)
}

const UNCERTAIN_PRODUCT: &str = "product_id (in the body)";

fn timing(request: &Request) -> Result<Timing, ReadError> {
    let timestamp = headers::required(request, TIMESTAMP)?;
    Ok(Timing::from_time(
        time::seconds(TIMESTAMP, timestamp)?,
        WINDOW_MS,
    ))
}

const KINDS: &[(&str, OrderType)] = &[
    ("limit", OrderType::Limit),
    ("market", OrderType::Market),
    ("stop", OrderType::StopMarket),
];

const LASTS: &[(&str, TimeInForce)] = &[
    ("GTC", TimeInForce::GoodTillCancelled),
    ("GTT", TimeInForce::GoodTillCancelled),
    ("IOC", TimeInForce::ImmediateOrCancel),
    ("FOK", TimeInForce::FillOrKill),
];

const ORDER: &[Parameter] = &[
    needed(symbol("product_id")),
    needed(side("side", SIDES)),
    kind("type", KINDS),
    // One client's name for the type, which the venue passes over.
    word("order_type", &["limit", "market", "stop"]),
    quantity("size"),
    quote_quantity("funds"),
    price("price"),
    word("stop", &["loss", "entry", "none"]),
    stop_price("stop_price"),
    lasts("time_in_force", LASTS),
    word("cancel_after", &["min", "hour", "day"]),
    client_id("client_oid"),
    scalar("post_only"),
    scalar("stp"),
    scalar("max_floor"),
    scalar("profile_id"),
    scalar("overdraft_enabled"),
    scalar("funding_amount"),
];

/// The stop of a pair that takes profit at the price or stops loss, of the same side and size; one
/// cancels the other.
const STOP: &[Attached] = &[apart(
    "stop",
    Place::Beside,
    &["stop_limit_price"],
    &[&[stop_price("stop_price"), price("stop_limit_price")]],
)
.adjust(|_, intent| {
    intent.order_type = Some(OrderType::StopLimit);
    Ok(())
})];

/// Without a type an order is a limit order; with a trigger it waits for that, unless that is the
/// stop's of a pair.
fn order_type(fields: &Fields<'_>, intent: &mut Intent) -> Result<(), Unclassified> {
    let misnamed = fields.is("order_type", "market") && intent.price.is_none();
    let plain = match intent.order_type {
        Some(kind) => kind,
        None if misnamed => OrderType::Market,
        None => OrderType::Limit,
    };
    let pair = fields.has("stop_limit_price");
    if pair {
        intent.stop_price = None;
    }
    let waits = !pair
        && (intent.stop_price.is_some() || fields.is("stop", "loss") || fields.is("stop", "entry"));
    intent.order_type = Some(match plain {
        OrderType::Limit if waits => OrderType::StopLimit,
        OrderType::Limit if fields.is("post_only", "true") && order::may_rest(intent) => {
            OrderType::PostOnly
        }
        OrderType::Market if waits => OrderType::StopMarket,
        other => other,
    });
    if plain == OrderType::StopMarket && intent.stop_price.is_none() {
        intent.stop_price = intent.price;
    }
    Ok(())
}

const CANCELLED: &[Parameter] = &[
    order_id("id"),
    client_id("client_oid"),
    symbol("product_id"),
    scalar("profile_id"),
];

const fn trades(op: Op) -> Op {
    op.trades_spot().on(HOSTS)
}

/// Borrowing moves no value out, and no value to another product.
const fn borrows(op: Op) -> Op {
    op.is(Class::Transfer, Product::Margin, Permission::Margin)
        .on(HOSTS)
}

const TRADES: &[Op] = &[
    trades(post("/orders", "order"))
        .adjust(order_type)
        .takes(&[ORDER])
        .attaches(STOP),
    trades(delete("/orders/client:{client_oid}", "cancel_by_client_id")).takes(&[CANCELLED]),
    trades(delete("/orders/{id}", "cancel")).takes(&[CANCELLED]),
    trades(delete("/orders", "cancel_all")).takes(&[&[
        symbol("product_id"),
        scalar(UNCERTAIN_PRODUCT),
        scalar("profile_id"),
    ]]),
    trades(post("/conversions", "conversion")).takes(&[&[
        needed(asset("from")),
        needed(scalar("to")),
        needed(amount("amount")),
        scalar("profile_id"),
        scalar("nonce"),
    ]]),
    trades(post("/wrapped-assets/stake-wrap", "stake_wrap")).takes(&[&[
        needed(asset("from_currency")),
        needed(scalar("to_currency")),
        needed(amount("amount")),
    ]]),
    trades(post("/wrapped-assets/redeem", "unwrap")).takes(&[&[
        scalar("from_currency"),
        scalar("to_currency"),
        needed(amount("amount")),
    ]]),
    trades(post("/position/close", "position_close")).takes(&[&[scalar("repay_only")]]),
    borrows(post("/funding/repay", "funding_repay"))
        .takes(&[&[needed(asset("currency")), needed(amount("amount"))]]),
    borrows(post("/loans/open", "loan_open")).takes(&[&[
        scalar("loan_id"),
        needed(asset("currency")),
        needed(amount("native_amount")),
        scalar("interest_rate"),
        scalar("term_start_date"),
        scalar("term_end_date"),
        scalar("profile_id"),
    ]]),
    borrows(post("/loans/repay-interest", "loan_repay_interest")).takes(&[LOAN_REPAYMENT]),
    borrows(post("/loans/repay-principal", "loan_repay_principal"))
        .takes(&[LOAN_REPAYMENT, &[needed(scalar("loan_id"))]]),
];

const LOAN_REPAYMENT: &[Parameter] = &[
    scalar("idem"),
    from("from_profile_id"),
    needed(asset("currency")),
    needed(amount("native_amount")),
];

const AMOUNT: &[Parameter] = &[
    needed(asset("currency")),
    needed(amount("amount")),
    scalar("profile_id"),
];

const FUNDS: &[Op] = &[
    post("/withdrawals/crypto", "withdrawal")
        .withdraws()
        .on(HOSTS)
        .takes(&[
            AMOUNT,
            &[
                needed(destination("crypto_address")),
                tag("destination_tag"),
                network("network"),
                scalar("no_destination_tag"),
                scalar("nonce"),
                scalar("two_factor_code"),
                scalar("add_network_fee_to_total"),
                scalar("fee"),
                scalar("is_intermediary"),
                scalar("intermediary_jurisdiction"),
                anything("travel_rule_data"),
            ],
        ]),
    post("/withdrawals/payment-method", "withdrawal_to_bank")
        .withdraws()
        .on(HOSTS)
        .takes(&[AMOUNT, &[needed(destination("payment_method_id"))]]),
    post("/withdrawals/coinbase-account", "withdrawal_to_wallet")
        .withdraws()
        .on(HOSTS)
        .takes(&[AMOUNT, &[needed(destination("coinbase_account_id"))]]),
    post("/withdrawals/coinbase", "withdrawal_to_coinbase")
        .withdraws()
        .on(HOSTS)
        .takes(&[AMOUNT, &[needed(destination("coinbase_account_id"))]]),
    post("/withdrawals/counterparty", "withdrawal_to_counterparty")
        .withdraws()
        .on(HOSTS)
        .takes(&[
            AMOUNT,
            &[needed(destination("counterparty_id")), scalar("nonce")],
        ]),
    post("/deposits/payment-method", "deposit_from_bank")
        .deposits()
        .on(HOSTS)
        .takes(&[AMOUNT, &[needed(from("payment_method_id"))]]),
    post("/deposits/coinbase-account", "deposit_from_wallet")
        .deposits()
        .on(HOSTS)
        .takes(&[AMOUNT, &[needed(from("coinbase_account_id"))]]),
    post("/coinbase-accounts/{id}/addresses", "deposit_address")
        .deposits()
        .on(HOSTS)
        .takes(&[&[scalar("profile_id"), network("network")]]),
    post(
        "/transfers/{transfer_id}/travel-rules",
        "deposit_originator",
    )
    .deposits()
    .on(HOSTS)
    .takes(&[&[scalar("originator_name"), scalar("originator_country")]]),
    post("/profiles/transfer", "profile_transfer")
        .transfers()
        .on(HOSTS)
        .takes(&[&[
            needed(from("from")),
            needed(to("to")),
            needed(asset("currency")),
            needed(amount("amount")),
        ]]),
    post("/profiles/margin-transfer", "margin_transfer")
        .transfers()
        .on(HOSTS)
        .takes(&[&[
            needed(scalar("margin_profile_id")),
            needed(word("type", &["deposit", "withdraw"])),
            needed(asset("currency")),
            needed(amount("amount")),
        ]]),
];

const fn administers(op: Op) -> Op {
    op.administers().on(HOSTS)
}

const PROFILE: &[Parameter] = &[sub_account("id"), scalar("profile_id")];

const ACCOUNTS: &[Op] = &[
    administers(post("/profiles", "profile_create")).takes(&[&[needed(sub_account("name"))]]),
    administers(put("/profiles/{id}", "profile_rename"))
        .takes(&[PROFILE, &[needed(scalar("name"))]]),
    // Its funds go to another profile.
    administers(put("/profiles/{id}/deactivate", "profile_close")).takes(&[PROFILE, &[to("to")]]),
    administers(post("/address-book", "address_add")).takes(&[&[needed(anything("addresses"))]]),
    administers(put("/address-book/{id}", "address_change")).takes(&[&[
        scalar("label"),
        scalar("is_certified_self_send"),
        scalar("is_verified_self_hosted_wallet"),
        scalar("vasp_id"),
        scalar("business_name"),
        scalar("business_country_code"),
    ]]),
    administers(delete("/address-book/{id}", "address_remove")),
    administers(post("/travel-rules", "travel_rule_add")).takes(&[&[
        needed(destination("address")),
        scalar("originator_name"),
        scalar("originator_country"),
    ]]),
    administers(delete("/travel-rules/{id}", "travel_rule_remove")),
    administers(post(
        "/users/{user_id}/settlement-preferences",
        "settlement_preference",
    ))
    .takes(&[&[scalar("settlement_preference")]]),
    post("/reports", "report_create")
        .reads(Product::Account)
        .takes_any()
        .on(HOSTS),
    login("/users/self/verify", "stream_login").on(STREAMS),
];

macro_rules! reads {
    ($($product:ident { $($path:literal => $name:literal,)* })*) => {
        &[$($(read($path, $name, Product::$product),)*)*]
    };
}

const ASKED: &[Parameter] = &[
    symbol("product_id"),
    order_id("id"),
    order_id("order_id"),
    asset("currency"),
    repeating(scalar("status")),
];

/// The path is signed, so that a read stays one whatever its parameters.
const fn read(path: &'static str, name: &'static str, product: Product) -> Op {
    get(path, name)
        .reads(product)
        .takes(&[ASKED])
        .takes_any()
        .on(HOSTS)
}

const READS: &[Op] = reads! {
    Account {
        "/accounts" => "accounts",
        "/accounts/" => "accounts_of_one_client",
        "/accounts/{id}" => "account",
        "/accounts/{id}/holds" => "account_holds",
        "/accounts/{id}/ledger" => "account_ledger",
        "/accounts/{id}/transfers" => "account_transfers",
        "/profiles" => "profiles",
        "/profiles/{id}" => "profile",
        "/reports" => "reports",
        "/reports/{report_id}" => "report",
        "/fees" => "fees",
        "/users/{user_id}/exchange-limits" => "exchange_limits",
        "/users/{user_id}/hold-balances" => "hold_balances",
        "/users/{user_id}/trading-volumes" => "trading_volumes",
        "/users/{user_id}/trailing-volume" => "trailing_volume",
    }
    Spot {
        "/orders" => "orders",
        "/orders/client:{client_oid}" => "order_by_client_id",
        "/orders/{id}" => "order_by_id",
        "/fills" => "fills",
        "/otc/orders" => "otc_orders",
        // Market data needs no signature, but one client signs everything.
        "/products" => "products",
        "/products/volume-summary" => "product_volumes",
        "/products/{id}" => "product",
        "/products/{id}/book" => "book",
        "/products/{id}/ticker" => "ticker",
        "/products/{id}/trades" => "trades",
        "/products/{id}/candles" => "candles",
        "/products/{id}/stats" => "stats",
        "/currencies" => "currencies",
        "/currencies/{currency}" => "currency",
        "/time" => "time",
        "/oracle" => "oracle",
        "/conversions" => "conversions",
        "/conversions/fees" => "conversion_fees",
        "/conversions/{conversion_id}" => "conversion_by_id",
        "/wrapped-assets/stake-wrap" => "stake_wraps",
        "/wrapped-assets/stake-wrap/{stake_wrap_id}" => "stake_wrap_by_id",
        "/wrapped-assets" => "wrapped_assets",
        "/wrapped-assets/redeem" => "unwraps",
        "/wrapped-assets/redeem/{redeem_id}" => "unwrap_by_id",
        "/wrapped-assets/{wrapped_asset_id}" => "wrapped_asset",
        "/wrapped-assets/{wrapped_asset_id}/conversion-rate" => "wrapped_asset_rate",
    }
    Margin {
        "/funding" => "funding",
        "/position" => "position",
        "/margin/profile_information" => "margin_profile",
        "/margin/buying_power" => "margin_buying_power",
        "/margin/withdrawal_power" => "margin_withdrawal_power",
        "/margin/withdrawal_power_all" => "margin_withdrawal_powers",
        "/margin/exit_plan" => "margin_exit_plan",
        "/margin/liquidation_history" => "margin_liquidations",
        "/margin/position_refresh_amounts" => "margin_refresh_amounts",
        "/margin/status" => "margin_status",
        "/loans" => "loans",
        "/loans/assets" => "loan_assets",
        "/loans/options" => "loan_options",
        "/loans/interest" => "loan_interests",
        "/loans/interest/{loan_id}" => "loan_interest",
        "/loans/interest/history/{loan_id}" => "loan_interest_history",
        "/loans/lending-overview" => "lending_overview",
        "/loans/lending-overview-xm" => "lending_overview_cross",
        "/loans/loan-preview" => "loan_preview",
        "/loans/loan-preview-xm" => "loan_preview_cross",
        "/loans/repayment-preview" => "loan_repayment_preview",
        "/loans/repayment-preview-xm" => "loan_repayment_preview_cross",
    }
    Wallet {
        "/coinbase-accounts" => "wallets",
        "/payment-methods" => "payment_methods",
        "/transfers" => "transfers",
        "/transfers/{transfer_id}" => "transfer",
        "/withdrawals/fee-estimate" => "withdrawal_fee",
        "/address-book" => "addresses",
        "/address-book/counterparty" => "counterparty_addresses",
        "/travel-rules" => "travel_rules",
    }
};
