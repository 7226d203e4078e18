//! From what a dialect understood to what a policy is asked: the two crates know nothing of each
//! other.

use countersign_policy::{Batch, Class, Notional, OperationFacts, Text};
use countersign_venues::{
    self as venues, Asset, BatchPlace, Bound, HashAlg, Intent, Operation, Request,
};
use countersign_wire::v1::VenueRequest;

/// The request as the dialects take it.
pub(super) fn request(request: &VenueRequest) -> Request {
    Request {
        venue: request.venue.clone(),
        method: request.method.clone(),
        host: request.host.clone(),
        path: request.path.clone(),
        query: request.query.clone(),
        body: request.body.clone(),
        headers: request
            .headers
            .iter()
            .map(|header| (header.name.clone(), header.value.clone()))
            .collect(),
    }
}

/// The scheme a key must have for this hash.
pub(super) fn scheme(hash: HashAlg) -> &'static str {
    match hash {
        HashAlg::Sha256 => "hmac-sha256",
        HashAlg::Sha384 => "hmac-sha384",
        HashAlg::Sha512 => "hmac-sha512",
    }
}

/// What a policy is asked about one operation of an authorised set.
pub fn of_operation(operation: &Operation) -> OperationFacts {
    let text = |said: &Option<String>| said.clone().map(Text::from);
    let intent = &operation.intent;
    let mut facts = OperationFacts::new(class(operation.class), operation.name);
    facts.product = Some(operation.product.as_str().into());
    facts.symbol = text(&intent.symbol);
    facts.side = intent.side.map(|side| side.as_str().into());
    facts.position_side = intent.position_side.map(|side| side.as_str().into());
    facts.order_type = intent.order_type.map(|kind| kind.as_str().into());
    facts.time_in_force = intent.time_in_force.map(|time| time.as_str().into());
    facts.order_id = text(&intent.order_id);
    facts.client_order_id = text(&intent.client_order_id);
    facts.quantity = intent.quantity;
    facts.price = intent.price;
    facts.stop_price = intent.stop_price;
    facts.quote_quantity = intent.quote_quantity;
    facts.notional = notional(operation);
    facts.cancels = cancels(operation);
    facts.reduce_only = intent.reduce_only;
    facts.leverage = intent.leverage;
    facts.asset = text(&intent.asset);
    facts.destination = text(&intent.destination);
    facts.destination_tag = text(&intent.destination_tag);
    facts.network = text(&intent.network);
    facts.from_account = text(&intent.from);
    facts.to_account = text(&intent.to);
    facts.sub_account = text(&intent.sub_account);
    facts.amount = intent.amount;
    if let Some(BatchPlace { index, of }) = operation.batch {
        facts.batch = Batch {
            index: index as u64,
            size: of as u64,
        };
    }
    facts.attached = operation.attached.map(|order| order.name.into());
    facts.outside_alphabet = !operation.outside_alphabet.is_empty();
    facts.unbound = operation
        .unbound
        .iter()
        .map(|what| (*what).to_owned())
        .collect();
    facts
}

/// Only a stated upper bound bounds. A trade without one may cost anything, be it an order, a change
/// of one that does not repeat its side, or the acceptance of a quote; only a cancellation, a change of
/// a setting, the closing of all positions, and an order that closes what the order it comes with opens commit nothing more. A query
/// commits nothing, though it may state a size: a venue's test of an order has all that the order has.
fn notional(operation: &Operation) -> Notional {
    if operation.attached.is_some_and(|order| order.closes)
        || operation.class == venues::Class::Read
        || commits_nothing(operation)
    {
        return Notional::Nothing;
    }
    match &operation.intent.notional {
        Some(venues::Notional {
            amount,
            asset,
            bound: Bound::AtMost,
        }) => Notional::AtMost {
            value: *amount,
            asset: match asset {
                Asset::Known(asset) => asset.clone(),
                Asset::Unknown => String::new(),
            },
        },
        Some(_) => Notional::Unknown,
        None if trades(operation)
            && !cancels(operation)
            && !sets_leverage(operation)
            && !sets_timer(operation) =>
        {
            Notional::Unknown
        }
        None => Notional::Nothing,
    }
}

/// Whether a trade only cancels. Dialects say so in the name; what states a size is none, nor what
/// puts another order in the place of the one cancelled.
fn cancels(operation: &Operation) -> bool {
    trades(operation)
        && operation.attached.is_none()
        && operation.name.contains("cancel")
        && !operation.name.contains("replace")
        && !sets_timer(operation)
        && states_no_size(&operation.intent)
}

/// Whether it sets when all orders are to be cancelled, or that they no longer are. It commits nothing,
/// and is no cancellation: who may only cancel must not disarm it.
fn sets_timer(operation: &Operation) -> bool {
    let named = ["after", "countdown", "disconnect"]
        .iter()
        .any(|word| operation.name.contains(word));
    named && states_no_size(&operation.intent)
}

/// Whether it commits no value by its venue's table, and states none.
fn commits_nothing(operation: &Operation) -> bool {
    operation.commits_nothing && states_no_size(&operation.intent)
}

fn trades(operation: &Operation) -> bool {
    matches!(
        operation.class,
        venues::Class::TradeSpot | venues::Class::TradeFutures
    )
}

/// Whether a trade only sets leverage. Dialects say so in the name: a leverage may also be that of an
/// order, whose size need not be among what an intent states.
fn sets_leverage(operation: &Operation) -> bool {
    operation.intent.leverage.is_some()
        && operation.name.contains("leverage")
        && states_no_size(&operation.intent)
}

fn states_no_size(intent: &Intent) -> bool {
    let sizes = [
        intent.quantity,
        intent.quote_quantity,
        intent.price,
        intent.amount,
    ];
    intent.side.is_none() && intent.notional.is_none() && sizes.iter().all(Option::is_none)
}

fn class(class: venues::Class) -> Class {
    match class {
        venues::Class::Read => Class::Read,
        venues::Class::TradeSpot => Class::TradeSpot,
        venues::Class::TradeFutures => Class::TradeFutures,
        venues::Class::Transfer => Class::Transfer,
        venues::Class::Deposit => Class::Deposit,
        venues::Class::Withdraw => Class::Withdraw,
        venues::Class::Admin => Class::Admin,
        venues::Class::Session => Class::Session,
    }
}

#[cfg(test)]
mod tests {
    use countersign_policy::{Bundle, Charge, Decision, Question, Reference, Usage, templates};
    use countersign_venues::{Permission, Permissions};

    use super::*;

    const ORDER: &str = "symbol=BTCUSDT&side=BUY&type=LIMIT_MAKER&quantity=0.001&price=50000\
                         &newClientOrderId=m-1&timestamp=1753000000000";

    fn operations(method: &str, path: &str, query: &str) -> Vec<Operation> {
        let request = Request {
            venue: "binance".to_owned(),
            method: method.to_owned(),
            host: "api.binance.com".to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            body: Vec::new(),
            headers: Vec::new(),
        };
        let permissions = Permissions::only([Permission::Read, Permission::SpotTrading]);
        let reading = countersign_venues::read_for(&request, &permissions).unwrap();
        reading.authorised().to_vec()
    }

    fn facts(query: &str) -> Vec<OperationFacts> {
        let operations = operations("POST", "/api/v3/order", query);
        operations.iter().map(of_operation).collect()
    }

    fn decide(bundle: &Bundle, operations: &[OperationFacts]) -> Decision {
        decide_at("binance", bundle, ("maker-1", "maker"), operations, false)
    }

    fn decide_at(
        venue: &str,
        bundle: &Bundle,
        (client, key): (&str, &str),
        operations: &[OperationFacts],
        kill_switch: bool,
    ) -> Decision {
        let charge = Charge::for_operations(operations);
        let usage = Usage::from_fn(|_| charge);
        bundle.decide(&Question {
            client,
            key,
            venue,
            now_ms: 1_753_000_000_000,
            operations,
            usage_key: &usage,
            usage_client: &usage,
            risk_level: Some(0),
            kill_switch: Some(kill_switch),
            source_network: None,
        })
    }

    #[test]
    fn only_what_cancels_is_said_to() {
        let query = "symbol=BTCUSDT&orderId=1&timestamp=1753000000000";
        let cancel = operations("DELETE", "/api/v3/order", query).remove(0);
        let order = operations("POST", "/api/v3/order", ORDER).remove(0);
        let mut change = order.clone();
        (change.name, change.intent.side, change.intent.notional) = ("spot_amend", None, None);
        let mut replace = change.clone();
        replace.name = "spot_cancel_replace";
        let mut timer = cancel.clone();
        timer.name = "cancel_all_after";
        let mut accept = order.clone();
        (accept.name, accept.intent) = ("convert_accept", Intent::default());
        for (operation, cancels, nothing) in [
            (&cancel, true, true),
            (&order, false, false),
            (&change, false, false),
            (&replace, false, false),
            (&timer, false, true),
            (&accept, false, false),
        ] {
            let facts = of_operation(operation);
            assert_eq!(facts.cancels, cancels, "{}", operation.name);
            assert_eq!(
                facts.notional == Notional::Nothing,
                nothing,
                "{}",
                operation.name
            );
        }
        assert_eq!(of_operation(&change).notional, Notional::Unknown);
    }

    /// Their sizes are in parameters that no intent has.
    #[test]
    fn orders_that_state_a_leverage_and_no_size_are_of_unknown_notional() {
        let headers = [
            ("OK-ACCESS-TIMESTAMP", "2025-07-20T08:26:40.000Z"),
            ("bfx-nonce", "1753000000000000"),
        ];
        for (venue, host, path, body) in [
            (
                "okx",
                "www.okx.com",
                "/api/v5/tradingBot/grid/order-algo",
                r#"{"instId":"BTC-USDT-SWAP","algoOrdType":"contract_grid","maxPx":"70000",
                "minPx":"50000","gridNum":"10","sz":"1000000","direction":"long","lever":"5"}"#,
            ),
            (
                "bitfinex",
                "api.bitfinex.com",
                "/v2/auth/w/order/update",
                r#"{"id":1,"delta":"1000000","lev":5}"#,
            ),
        ] {
            let request = Request {
                venue: venue.to_owned(),
                method: "POST".to_owned(),
                host: host.to_owned(),
                path: path.to_owned(),
                query: String::new(),
                body: body.as_bytes().to_vec(),
                headers: headers
                    .map(|(name, value)| (name.to_owned(), value.to_owned()))
                    .to_vec(),
            };
            let reading = countersign_venues::read(&request).unwrap();
            for operation in reading.authorised() {
                let facts = of_operation(operation);
                assert_eq!(facts.notional, Notional::Unknown, "{}", operation.name);
            }
        }
    }

    /// An order of any size can come with a small one; one that closes what the other opens is worth
    /// nothing more.
    #[test]
    fn orders_that_come_with_an_order_are_charged_for_what_they_open() {
        let list = "symbol=BTCUSDT&workingType=LIMIT&workingSide=BUY&workingPrice=50000\
                    &workingQuantity=0.001&pendingType=LIMIT&pendingSide=BUY&pendingPrice=50000\
                    &pendingQuantity=3&timestamp=1753000000000";
        let members = operations("POST", "/api/v3/orderList/oto", list);
        let facts: Vec<_> = members.iter().map(of_operation).collect();
        assert_eq!(facts[1].attached.as_deref(), Some("pending"));
        assert!(Charge::for_operations(&facts[..2]).notional >= "150050.0000".parse().unwrap());

        let mut closing = members[1].clone();
        closing.attached = closing.attached.map(|order| venues::Attachment {
            closes: true,
            ..order
        });
        assert_eq!(of_operation(&closing).notional, Notional::Nothing);
        closing.name = "spot_cancel";
        closing.intent = Intent::default();
        assert!(!of_operation(&closing).cancels);
    }

    #[test]
    fn only_names_that_say_so_cancel_or_set_leverage() {
        for (venue, cancels, leverage) in [
            ("krakenfutures", "batch_cancel", "leverage"),
            ("bingx", "swap_cancel", "swap_leverage"),
        ] {
            let known = countersign_venues::facts(venue).unwrap().operations;
            let named = |name| {
                let mut found = known.iter().find(|one| one.name == name).unwrap().clone();
                found.intent.leverage = Some(5.into());
                of_operation(&found)
            };
            assert!(named(cancels).cancels);
            assert_eq!(named(leverage).notional, Notional::Nothing);
            for facts in known.iter().map(of_operation) {
                let replaces = facts.operation.contains("replace");
                let sets = facts.operation.contains("leverage");
                assert!(!facts.cancels || !replaces && !sets, "{}", facts.operation);
            }
        }
    }

    #[test]
    fn spot_maker_signs_binance_orders_within_its_limits() {
        let shipped = templates()
            .iter()
            .find(|one| one.name == "spot-maker.cedar");
        let text = shipped.unwrap().text;
        let read = |text: &str| Bundle::from_sources([("maker.cedar", text)]).unwrap();
        let order = facts(ORDER);
        assert!(order.len() > 10);
        let charge = Charge::for_operations(&order);
        assert_eq!(charge.orders, 6);
        assert_eq!(charge.notional, "200.0000".parse().unwrap());
        let decision = decide(&read(text), &order);
        assert!(decision.is_allow(), "{decision}");
        let too_large = ORDER.replace("quantity=0.001", "quantity=0.2");
        let decision = decide(&read(text), &facts(&too_large));
        assert!(
            decision.to_string().contains("`maker-order-size`"),
            "{decision}"
        );
        let sell = ORDER
            .replace("BUY", "SELL")
            .replace("LIMIT_MAKER", "MARKET");
        let sell = sell.replace("&price=50000", "");
        assert!(!decide(&read(text), &facts(&sell)).is_allow());
    }

    fn at_bybit(path: &str, body: &str) -> Vec<OperationFacts> {
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let request = Request {
            venue: "bybit".to_owned(),
            method: "POST".to_owned(),
            host: "api.bybit.com".to_owned(),
            path: path.to_owned(),
            query: String::new(),
            body: body.as_bytes().to_vec(),
            headers: vec![
                header("X-BAPI-API-KEY", "Qr2CPSaLrcX5rc2HI7"),
                header("X-BAPI-TIMESTAMP", "1753000000000"),
                header("X-BAPI-RECV-WINDOW", "5000"),
            ],
        };
        let permissions = Permissions::only([Permission::Read, Permission::Futures]);
        let reading = countersign_venues::read_for(&request, &permissions).unwrap();
        reading.authorised().iter().map(of_operation).collect()
    }

    /// Closing all positions, which the bytes of what names a market do too, commits nothing; a reversal
    /// and a timer are not in an order's.
    #[test]
    fn futures_serve_bingx() {
        let order = |quantity: &str| -> Vec<OperationFacts> {
            let request = Request {
                venue: "bingx".to_owned(),
                method: "POST".to_owned(),
                host: "open-api.bingx.com".to_owned(),
                path: "/openApi/swap/v2/trade/order".to_owned(),
                query: format!(
                    "symbol=BTC-USDT&side=BUY&positionSide=LONG&type=LIMIT&quantity={quantity}\
                     &price=50000&timestamp=1753000000000"
                ),
                body: Vec::new(),
                headers: Vec::new(),
            };
            let permissions = Permissions::only([Permission::Read, Permission::Futures]);
            let reading = countersign_venues::read_for(&request, &permissions).unwrap();
            let priced = reading.authorised().iter().map(|operation| OperationFacts {
                reference: Some(Reference {
                    price: 50_000.into(),
                    asset: "USDT".to_owned(),
                }),
                ..of_operation(operation)
            });
            priced.collect()
        };
        let small = order("0.1");
        let closing = small
            .iter()
            .filter(|one| one.operation.contains("close_all"));
        assert_eq!(closing.count(), 2);
        assert!(!small.iter().any(|one| one.operation == "swap_reverse"));

        let shipped = templates().iter().find(|one| one.name == "futures.cedar");
        let text = shipped
            .unwrap()
            .text
            .replace("BTCUSDT", "BTC-USDT")
            .replace("context has client_order_id &&", "")
            .replace(
                "when { context.cancels };",
                r#"when { context.cancels || ["swap_close_all", "coin_swap_close_all"].contains(context.operation) };"#,
            );
        let bundle = Bundle::from_sources([("futures.cedar", text)]).unwrap();
        let decision = decide_at("bingx", &bundle, ("perp-1", "perp"), &small, false);
        assert!(decision.is_allow(), "{decision}");
        let decision = decide_at("bingx", &bundle, ("perp-1", "perp"), &order("1.1"), false);
        assert!(
            decision.to_string().contains("`futures-order-size`"),
            "{decision}"
        );
    }

    /// As the heads of the templates say to change them for Bybit.
    #[test]
    fn futures_and_break_glass_serve_bybit() {
        let template = |name: &str| {
            let shipped = templates().iter().find(|one| one.name == name);
            let text = shipped.unwrap().text.replace(
                "context.cancels",
                r#"(context.cancels || context.operation == "risk_limit_confirmation")"#,
            );
            let text = text.replace("context has client_order_id &&", "");
            Bundle::from_sources([(name, text)]).unwrap()
        };
        let open = r#"{"category":"linear","symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"0.1","price":"50000"}"#;
        let reduce = open.replace('}', r#","reduceOnly":true}"#);
        let cancel = r#"{"category":"linear","symbol":"BTCUSDT","orderId":"7"}"#;
        let leverage =
            r#"{"category":"linear","symbol":"BTCUSDT","buyLeverage":"3","sellLeverage":"3"}"#;
        let (create, cancels) = ("/v5/order/create", "/v5/order/cancel");
        let futures = template("futures.cedar");
        let order = at_bybit(create, open);
        let charge = Charge::for_operations(&order);
        assert_eq!(charge.notional, "5000.0000".parse().unwrap());
        for allowed in [
            order,
            at_bybit(create, &reduce),
            at_bybit(cancels, cancel),
            at_bybit("/v5/position/set-leverage", leverage),
        ] {
            let decision = decide_at("bybit", &futures, ("perp-1", "perp"), &allowed, false);
            assert!(decision.is_allow(), "{decision}");
        }
        let large = at_bybit(create, &open.replace("0.1", "1.1"));
        let decision = decide_at("bybit", &futures, ("perp-1", "perp"), &large, false);
        assert!(
            decision.to_string().contains("`futures-order-size`"),
            "{decision}"
        );

        let glass = template("break-glass.cedar");
        for (operations, allowed) in [
            (at_bybit(create, &reduce), true),
            (at_bybit(cancels, cancel), true),
            (at_bybit(create, open), false),
        ] {
            let decision = decide_at("bybit", &glass, ("breaker-1", "perp"), &operations, true);
            assert_eq!(decision.is_allow(), allowed, "{decision}");
        }
    }
}
