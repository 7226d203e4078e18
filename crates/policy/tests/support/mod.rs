//! Questions for tests, with everything about them that a test does not care for filled in.

#![allow(dead_code, clippy::unwrap_used)]

use std::net::IpAddr;

use countersign_policy::{
    Bundle, Charge, Class, Decimal, Decision, Denial, Notional, OperationFacts, Question, Usage,
    templates,
};

/// 2025-07-20 08:26:40 UTC, a Sunday.
pub const NOW_MS: u64 = 1_753_000_000_000;

pub fn bundle(text: &str) -> Bundle {
    Bundle::from_sources([("test.cedar", text)]).unwrap()
}

/// The shipped policies of this file name.
pub fn shipped(name: &str) -> Bundle {
    let template = templates().iter().find(|one| one.name == name).unwrap();
    Bundle::from_sources([(template.name, template.text)]).unwrap()
}

/// "allow" or the rule that denies.
pub fn verdict(bundle: &Bundle, asked: &Ask) -> String {
    match asked.of(bundle) {
        Decision::Allow { .. } => "allow".to_owned(),
        Decision::Deny(denial) => denial.rule().to_owned(),
    }
}

/// Permits everything.
pub const PERMIT_ALL: &str = "@id(\"all\") permit (principal, action, resource);";

/// Permits everything that this clause lets pass.
pub fn permit(clause: &str) -> Bundle {
    bundle(&format!(
        "@id(\"yes\") permit (principal, action, resource) {clause};"
    ))
}

/// Permits everything, and forbids by this clause.
pub fn forbid(clause: &str) -> Bundle {
    bundle(&format!(
        "{PERMIT_ALL} @id(\"no\") @reason(\"Not so.\") forbid (principal, action, resource) {clause};"
    ))
}

pub fn decimal(text: &str) -> Decimal {
    Decimal::from_str_exact(text).unwrap()
}

/// A request to sign, built up from nothing.
pub struct Ask {
    pub client: String,
    pub key: String,
    pub operations: Vec<OperationFacts>,
    pub usage_key: Usage,
    pub usage_client: Usage,
    pub risk_level: Option<u64>,
    pub kill_switch: Option<bool>,
    pub source_network: Option<IpAddr>,
}

impl Ask {
    /// Usage is what the request itself is charged with.
    pub fn new(client: &str, key: &str, operations: Vec<OperationFacts>) -> Self {
        let charge = Charge::for_operations(&operations);
        let usage = Usage::from_fn(|_| charge);
        Self {
            client: client.to_owned(),
            key: key.to_owned(),
            operations,
            usage_key: usage,
            usage_client: usage,
            risk_level: Some(0),
            kill_switch: Some(false),
            source_network: None,
        }
    }

    pub fn of(&self, bundle: &Bundle) -> Decision {
        bundle.decide(&Question {
            client: &self.client,
            key: &self.key,
            venue: "binance",
            now_ms: NOW_MS,
            operations: &self.operations,
            usage_key: &self.usage_key,
            usage_client: &self.usage_client,
            risk_level: self.risk_level,
            kill_switch: self.kill_switch,
            source_network: self.source_network,
        })
    }
}

/// desk-1 asks for operations with the key demo.
pub fn ask(operations: impl Into<Vec<OperationFacts>>) -> Ask {
    Ask::new("desk-1", "demo", operations.into())
}

pub fn operation(class: Class) -> OperationFacts {
    OperationFacts::new(class, format!("test.{class}"))
}

/// A limit order on BTCUSDT, worth `notional` USDT.
pub fn order(class: Class, notional: &str) -> OperationFacts {
    OperationFacts {
        symbol: Some("BTCUSDT".into()),
        side: Some("buy".into()),
        order_type: Some("limit".into()),
        client_order_id: Some("m-1".into()),
        notional: Notional::AtMost {
            value: decimal(notional),
            asset: "USDT".to_owned(),
        },
        ..operation(class)
    }
}

pub fn cancellation(class: Class) -> OperationFacts {
    OperationFacts {
        notional: Notional::Nothing,
        cancels: true,
        ..operation(class)
    }
}

#[track_caller]
pub fn denial(decision: Decision) -> Denial {
    match decision {
        Decision::Deny(denial) => denial,
        Decision::Allow { rules } => panic!("allowed by {rules:?}"),
    }
}

#[track_caller]
pub fn allowing_rules(decision: Decision) -> Vec<String> {
    match decision {
        Decision::Allow { rules } => rules,
        Decision::Deny(denial) => panic!("{denial}"),
    }
}
