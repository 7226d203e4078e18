//! Tables of cases.

#![allow(clippy::unwrap_used)]

mod support;

use std::convert::Infallible;

use countersign_policy::cases::{CaseTable, NamedRequest, Resolved};
use countersign_policy::{Bundle, Class, Decision};

use support::{bundle, forbid, order, permit, shipped};

fn yaml(text: &str) -> CaseTable {
    serde_saphyr::from_str(text).unwrap()
}

fn no_requests(request: NamedRequest<'_>) -> Result<Resolved, String> {
    Err(format!("no request {}", request.name))
}

fn maker() -> Bundle {
    shipped("spot-maker.cedar")
}

const TABLE: &str = r#"
cases:
  - name: a quote within limits
    client: maker-1
    key: maker
    venue: binance
    operations: &quote
      - class: trade_spot
        operation: order.place
        symbol: BTCUSDT
        order_type: limit
        client_order_id: m-1
        notional: { at_most: "4999.99", asset: USDT }
    usage:
      key: { orders_10s: 49, notional_1h: "1000.5" }
    expect: allow
    rule: maker-quote
  - name: one too many
    client: maker-1
    key: maker
    venue: binance
    operations: *quote
    usage:
      key: { orders_1s: 50 }
    expect: deny
    rule: maker-rate
  - name: a stranger
    client: eve
    key: maker
    venue: binance
    operations: *quote
    expect: deny
    rule: no-permit
  - name: an order of unknown size
    client: maker-1
    key: maker
    venue: binance
    operations: [{ class: trade_spot, notional: unknown }]
    expect: deny
    rule: maker-order-size
  - name: a cancellation
    client: maker-1
    key: maker
    venue: binance
    operations: [{ class: trade_spot, cancels: true, notional: nothing }]
    expect: allow
"#;

#[test]
fn cases_hold_or_say_why_not() {
    let mut table = yaml(TABLE);
    for result in table.run(&maker(), no_requests) {
        assert!(result.holds(), "{}: {:?}", result.name, result.failure);
    }
    // The usage of a shorter window counts in the longer ones, and so does the request itself.
    for case in &mut table.cases {
        case.rule = Some("maker-cancel".to_owned());
    }
    let held: Vec<bool> = table
        .run(&maker(), no_requests)
        .iter()
        .map(|one| one.holds())
        .collect();
    assert_eq!(held, [false, false, false, false, true]);
    let refused = table.run(&bundle(""), no_requests);
    assert_eq!(
        refused[0].failure.as_deref(),
        Some(
            "expected allow, but denied: trade_spot `order.place`: no policy permits it to client \
             `maker-1` with key `maker`"
        )
    );
    assert!(matches!(refused[0].decision, Some(Decision::Deny(_))));
}

#[test]
fn json_reads_as_yaml_does() {
    let json: serde_json::Value = serde_saphyr::from_str(TABLE).unwrap();
    let table: CaseTable = serde_json::from_value(json).unwrap();
    assert_eq!(table, yaml(TABLE));
}

#[test]
fn what_a_case_states_reaches_the_policy() {
    let case = |fields: &str| {
        yaml(&format!(
            "cases:\n  - {{ name: x, client: desk-1, key: demo, venue: binance, expect: allow, {fields} }}"
        ))
    };
    let read = "operations: [{ class: read }]";
    for (fields, condition) in [
        (read.to_owned(), "context.hour == 8 && context.weekday == 7 && context.risk_level == 0 && !context.kill_switch"),
        (format!("{read}, time: \"2025-07-21T23:05:00+01:00\""), "context.hour == 22 && context.weekday == 1"),
        (format!("{read}, risk_level: 3, kill_switch: true"), "context.risk_level == 3 && context.kill_switch"),
        (format!("{read}, usage: {{ client: {{ requests_1h: 5 }} }}"), "context.client_usage.requests_24h == 6 && context.client_usage.requests_1m == 1"),
        ("operations: [{ class: trade_futures, batch_index: 1, batch_size: 2, leverage: 5, reduce_only: true, \
           position_side: short, side: buy, reference: { price: \"2\", asset: USDT }, quantity: \"0.5\" }]".to_owned(),
         "context.batch_index == 1 && context.batch_size == 2 && context.leverage == decimal(\"5.0\") && \
          context.reduce_only && context has position_side && context.notional == decimal(\"1.0\")"),
        ("operations: [{ class: withdraw, asset: BTC, amount: \"0.1\", destination: bc1q, destination_tag: \"7\", \
           network: BTC, unbound: [body], outside_alphabet: true }]".to_owned(),
         "context.amount == decimal(\"0.1\") && context has destination_tag && context.unbound.contains(\"body\") && \
          context.outside_alphabet && context has network && context has destination && context has asset"),
    ] {
        let result = &case(&fields).run(&permit(&format!("when {{ {condition} }}")), no_requests)[0];
        assert_eq!(result.failure, None, "{condition}");
    }
    let networks = forbid(
        "when { context has source_network && context.source_network.isInRange(ip(\"10.0.0.0/8\")) }",
    );
    let result = &case(&format!("{read}, source_network: 10.1.2.3")).run(&networks, no_requests)[0];
    assert!(!result.holds());
}

#[test]
fn requests_are_read_by_the_caller() {
    let table = yaml(
        "cases:\n  - { name: named, client: desk-1, key: demo, request: order.json, permissions: [read], expect: allow }",
    );
    let permit = permit("when { context has symbol && resource.venue == \"binance\" }");
    let read = |request: NamedRequest<'_>| {
        assert_eq!(request.name, "order.json");
        assert_eq!(request.permissions, Some(&["read".to_owned()][..]));
        Ok::<_, Infallible>(Resolved {
            venue: "binance".to_owned(),
            operations: vec![order(Class::TradeSpot, "1")],
        })
    };
    assert!(table.run(&permit, read)[0].holds());
    let failed = &table.run(&permit, no_requests)[0];
    assert_eq!(
        failed.failure.as_deref(),
        Some("order.json: no request order.json")
    );
    for fields in [
        "operations: [{ class: read }]",
        "venue: binance",
        "request: r, venue: binance, operations: [{ class: read }]",
        "request: r, venue: kraken",
        "venue: binance, permissions: [read], operations: [{ class: read }]",
    ] {
        let text = format!("cases:\n  - {{ name: x, client: a, key: b, expect: deny, {fields} }}");
        let resolve = |_: NamedRequest<'_>| {
            Ok::<_, Infallible>(Resolved {
                venue: "binance".to_owned(),
                operations: Vec::new(),
            })
        };
        let result = &yaml(&text).run(&bundle(""), resolve)[0];
        assert!(result.decision.is_none() && !result.holds(), "{fields}");
    }
}

#[test]
fn what_is_not_understood_is_refused() {
    for fields in [
        "expect: maybe, operations: [{ class: read }]",
        "expect: deny, operations: [{ class: trade }]",
        "expect: deny, operations: [{ class: read, symbl: X }]",
        "expect: deny, operations: [{ class: read, amount: 0.1 }]",
        "expect: deny, operations: [{ class: read, amount: \"1e3\" }]",
        "expect: deny, operations: [{ class: read, notional: some }]",
        "expect: deny, usage: { key: { orders_2s: 1 } }",
        "expect: deny, time: yesterday",
        "expect: deny, tim: \"2025-07-21T23:05:00Z\"",
    ] {
        let text = format!("cases:\n  - {{ name: x, client: a, key: b, venue: c, {fields} }}");
        assert!(
            serde_saphyr::from_str::<CaseTable>(&text).is_err(),
            "{fields}"
        );
    }
}
