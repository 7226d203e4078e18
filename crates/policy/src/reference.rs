//! Decisions the plain way, to check the fast one by.
//!
//! The policies as written, a context with every attribute and decimals as such, and both checked
//! against the schema. [`Bundle::decide`] must agree: in builds with debug assertions, and so in
//! all tests, it asks here too. Fuzz targets without them ask now and then: this way costs some ten
//! times the other.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};

use cedar_policy::{
    Authorizer, Context, Entities, Entity, Request, Response, RestrictedExpression,
};

use crate::attributes::{ATTRIBUTES, Value, View};
use crate::bundle::Bundle;
use crate::usage::{Amount, Measure, Usage, Window};

/// How many answers there are to one that is compared, in fuzz targets without debug assertions.
const ONE_IN: u64 = 64;

/// Whether this answer is to be compared.
pub(crate) fn is_due() -> bool {
    static ANSWERS: AtomicU64 = AtomicU64::new(0);
    cfg!(any(test, debug_assertions))
        || ANSWERS
            .fetch_add(1, Ordering::Relaxed)
            .is_multiple_of(ONE_IN)
}

/// Cedar's response about one operation.
pub(crate) fn response(
    bundle: &Bundle,
    view: &View<'_>,
) -> Result<Response, Box<dyn std::error::Error>> {
    let (schema, question) = (Some(&bundle.schema), view.question);
    let (client, key) = (
        bundle.names.client(question.client),
        bundle.names.key(question.key),
    );
    let venue = RestrictedExpression::new_string(question.venue.to_owned());
    let attributes = HashMap::from([("venue".to_owned(), venue)]);
    let entities = [
        Entity::new_no_attrs(client.clone(), HashSet::new()),
        Entity::new(key.clone(), attributes, HashSet::new())?,
    ];
    let entities = Entities::from_entities(entities, schema)?;
    let action = bundle.names.action(view.operation.class);
    let request = Request::new(client, action, key, context(view)?, schema)?;
    Ok(Authorizer::new().is_authorized(&request, &bundle.policies, &entities))
}

fn context(view: &View<'_>) -> Result<Context, Box<dyn std::error::Error>> {
    let mut pairs = Vec::new();
    for attribute in ATTRIBUTES {
        let Some(value) = attribute.of(view) else {
            continue;
        };
        let expression = match value {
            Value::Bool(value) => RestrictedExpression::new_bool(value),
            Value::Long(value) => long(value),
            Value::Text(text) => RestrictedExpression::new_string(text.into_owned()),
            Value::Texts(texts) => {
                let texts = texts.iter().cloned();
                RestrictedExpression::new_set(texts.map(RestrictedExpression::new_string))
            }
            Value::Amount(bound) => RestrictedExpression::new_decimal(bound.to_string()),
            Value::Network(address) => RestrictedExpression::new_ip(address.to_string()),
            Value::Usage(usage) => record(usage)?,
        };
        pairs.push((attribute.name.to_owned(), expression));
    }
    Ok(Context::from_pairs(pairs)?)
}

fn record(usage: &Usage) -> Result<RestrictedExpression, Box<dyn std::error::Error>> {
    let fields = Window::ALL.into_iter().flat_map(|window| {
        Measure::ALL.into_iter().map(move |measure| {
            let value = match usage.over(window).measured(measure) {
                Amount::Count(count) => long(count),
                Amount::Value(bound) => RestrictedExpression::new_decimal(bound.to_string()),
            };
            (format!("{}_{}", measure.name(), window.suffix()), value)
        })
    });
    Ok(RestrictedExpression::new_record(fields)?)
}

fn long(value: u64) -> RestrictedExpression {
    RestrictedExpression::new_long(i64::try_from(value).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::option;
    use proptest::prelude::*;
    use proptest::sample::select;
    use rust_decimal::Decimal;

    use super::*;
    use crate::{
        Batch, Charge, Class, Notional, OperationFacts, Question, Reference, Text, templates,
    };

    /// Every optional attribute of the schema as stated, or none of them.
    fn facts(class: Class, stated: bool) -> OperationFacts {
        let text = |text: &'static str| stated.then_some(Text::Borrowed(text));
        let amount = stated.then(|| Decimal::new(12_345_678, 5));
        OperationFacts {
            product: text("spot"),
            symbol: text("BTCUSDT"),
            side: text("buy"),
            position_side: text("both"),
            order_type: text("limit"),
            time_in_force: text("good_till_cancelled"),
            client_order_id: text("m-1"),
            order_id: text("17"),
            cancels: stated,
            batch: Batch { index: 1, size: 3 },
            attached: text("stop_loss"),
            from_account: text("SPOT"),
            to_account: text("FUNDING"),
            sub_account: text("desk-2"),
            outside_alphabet: stated,
            unbound: text("body").into_iter().map(Text::into_owned).collect(),
            quantity: amount,
            price: amount,
            stop_price: amount,
            reference: amount.map(|price| Reference {
                price,
                asset: "USDT".to_owned(),
            }),
            quote_quantity: amount,
            notional: match amount {
                Some(value) => Notional::AtMost {
                    value,
                    asset: "USDT".to_owned(),
                },
                None => Notional::Unknown,
            },
            reduce_only: stated.then_some(true),
            leverage: amount,
            asset: text("BTC"),
            destination: text("bc1q"),
            destination_tag: text("7"),
            network: text("BTC"),
            amount,
            ..OperationFacts::new(class, "order.place")
        }
    }

    fn ask<T>(
        operations: &[OperationFacts],
        now_ms: u64,
        usage: &Usage,
        answer: impl FnOnce(&Question<'_>) -> T,
    ) -> T {
        answer(&Question {
            client: "desk-1",
            key: "demo",
            venue: "binance",
            now_ms,
            operations,
            usage_key: usage,
            usage_client: usage,
            risk_level: Some(0),
            kill_switch: Some(false),
            source_network: Some([10, 0, 0, 1].into()),
        })
    }

    #[test]
    fn contexts_fit_the_schema_whatever_the_request_states() {
        let bundle = Bundle::from_sources(Vec::<(String, String)>::new()).unwrap();
        let usage = Usage::from_fn(|_| Charge::for_operations(&[facts(Class::Session, false)]));
        for class in Class::ALL {
            let (all, none) = (facts(class, true), facts(class, false));
            ask(&[], u64::MAX, &usage, |question| {
                for operation in [&all, &none] {
                    let view = View {
                        question,
                        operation,
                    };
                    response(&bundle, &view).unwrap();
                }
                let view = View {
                    question,
                    operation: &all,
                };
                // A session's notional is unknown whatever is stated.
                let known = |name: &str| class != Class::Session || !name.starts_with("notional_");
                let missing = ATTRIBUTES.iter().filter(|one| one.of(&view).is_none());
                assert_eq!(missing.map(|one| one.name).find(|name| known(name)), None);
            });
        }
    }

    /// Names of the attributes in the schema's `Operation`, and of those the required ones.
    fn declared() -> Vec<(String, bool)> {
        let body = crate::SCHEMA.split_once("type Operation = {").unwrap().1;
        let lines = body.split_once("};").unwrap().0.lines();
        let declarations = lines.filter_map(|line| line.trim().split_once(':'));
        declarations
            .filter(|(name, _)| !name.starts_with("//"))
            .map(|(name, _)| (name.trim_end_matches('?').to_owned(), !name.ends_with('?')))
            .collect()
    }

    #[test]
    fn table_and_schema_declare_the_same_attributes() {
        let usage = Usage::default();
        let absent = facts(Class::TradeSpot, false);
        let table = |question: &Question<'_>| {
            let question = Question {
                source_network: None,
                ..*question
            };
            let view = View {
                question: &question,
                operation: &absent,
            };
            let rows = ATTRIBUTES.iter();
            rows.map(|one| (one.name.to_owned(), one.of(&view).is_some()))
                .collect::<Vec<_>>()
        };
        assert_eq!(ask(&[], 0, &usage, table), declared());
    }

    /// A policy whose answer hangs on every attribute, and some that use records whole.
    fn inquisitive() -> String {
        let mut text = String::from(
            "@id(\"all\") permit (principal, action, resource);\n\
             @id(\"whole\") forbid (principal, action in Countersign::Action::\"funds\", resource)\n\
             when { context.key_usage == context.client_usage && context.hour == 3 };\n\
             @id(\"decimals\") forbid (principal, action, resource) when {\n\
               [decimal(\"1.0\"), context.quantity].contains(decimal(\"2.0\")) ||\n\
               context.price_at_least == decimal(\"1.0\") ||\n\
               context.key_usage.notional_1h.greaterThanOrEqual(decimal(\"922337203685477.5807\"))\n\
             };\n\
             @id(\"marks\") permit (principal, action == Countersign::Action::\"session\", resource)\n\
             when { context.outside_alphabet || context.unbound == [\"\"] };\n\
             @id(\"known\") forbid (principal, action, resource)\n\
             unless { context.notional_known || [\"body\", \"é\"].containsAll(context.unbound) };\n\
             @id(\"overflow\") forbid (principal, action, resource)\n\
             when { context.key_usage.orders_1s + context.key_usage.orders_1m > 9 };\n",
        );
        for name in [
            "notional",
            "quantity",
            "quote_quantity",
            "leverage",
            "amount",
        ] {
            for (index, limit) in ["0.0", "0.0001", "1.0", "5000.0"].iter().enumerate() {
                text += &format!(
                    "@id(\"{}-{index}\") forbid (principal, action, resource) when {{\n\
                     context.{name}.greaterThan(decimal(\"{limit}\")) &&\n\
                     context.{name}.lessThan(decimal(\"922337203685477.5807\")) && context.minute == {index} }};\n",
                    name.replace('_', "-"),
                );
            }
        }
        text
    }

    /// The shipped policies and inquisitive ones, all of them for desk-1 with the key demo.
    static BUNDLES: LazyLock<Vec<Bundle>> = LazyLock::new(|| {
        let shipped = templates().iter().map(|one| one.text.to_owned());
        let texts = shipped.chain([inquisitive()]).map(|text| {
            let text = text.replace("maker-1", "desk-1");
            text.replace("Key::\"maker\"", "Key::\"demo\"")
        });
        texts
            .map(|text| Bundle::from_sources([("test.cedar", text)]).unwrap())
            .collect()
    });

    fn amounts() -> impl Strategy<Value = Option<Decimal>> {
        let values = [
            "0",
            "0.00001",
            "0.0001",
            "1",
            "2.0",
            "5000",
            "5000.00001",
            "1e0",
        ];
        let values = values.map(|text| Decimal::from_scientific(text).or(text.parse()).unwrap());
        option::of(select(values.to_vec()))
    }

    fn texts() -> impl Strategy<Value = Option<Text>> {
        let values = [
            "BTCUSDT",
            "ETHUSDT",
            "USDT",
            "limit",
            "post_only",
            "market",
            "",
            "é",
        ];
        option::of(select(values.map(Text::Borrowed).to_vec()))
    }

    prop_compose! {
        fn operations()(
            class in select(&Class::ALL[..]),
            texts in [texts(), texts(), texts(), texts(), texts(), texts(), texts(), texts()],
            more_texts in [texts(), texts(), texts(), texts(), texts()],
            accounts in [texts(), texts(), texts(), texts()],
            amounts in [amounts(), amounts(), amounts(), amounts(), amounts(), amounts()],
            more_amounts in [amounts(), amounts()],
            reduce_only in any::<Option<bool>>(),
            (index, size) in (0u64..3, 1u64..3),
            (outside_alphabet, cancels) in any::<(bool, bool)>(),
        ) -> OperationFacts {
            let [product, symbol, side, order_type, client_order_id, asset, destination, network] = texts;
            let [position_side, time_in_force, order_id, destination_tag, unbound] = more_texts;
            let [attached, from_account, to_account, sub_account] = accounts;
            let [quantity, price, quote_quantity, leverage, amount, notional] = amounts;
            let [stop_price, reference] = more_amounts;
            let operation = OperationFacts::new(class, "test");
            let quote = || asset.as_deref().unwrap_or_default().to_owned();
            OperationFacts {
                notional: match notional {
                    Some(value) => Notional::AtMost { value, asset: quote() },
                    None => operation.notional.clone(),
                },
                reference: reference.map(|price| Reference { price, asset: quote() }),
                batch: Batch { index, size },
                unbound: unbound.into_iter().map(Text::into_owned).collect(),
                product, symbol, side, order_type, client_order_id, quantity, price, quote_quantity,
                reduce_only, leverage, asset, destination, network, amount, position_side,
                time_in_force, order_id, destination_tag, stop_price, outside_alphabet, cancels,
                attached, from_account, to_account, sub_account,
                ..operation
            }
        }
    }

    proptest! {
        /// The comparison is made by [`Bundle::decide`] itself, which panics.
        #[test]
        fn decisions_agree_with_the_plain_way(
            operations in prop::collection::vec(operations(), 1..4),
            minute in 0u64..10_000,
            charges in prop::collection::vec(select(&[0u64, 1, 50, 51, 1_200, 1_201, u64::MAX][..]), 5),
        ) {
            let usage = Usage::from_fn(|window| {
                let count = charges[window as usize];
                let notional = crate::Bound::UNLIMITED.min("0.5000".parse::<crate::Bound>().unwrap().saturating_mul(count));
                Charge { requests: count, orders: count, withdrawals: count, notional }
            });
            for bundle in BUNDLES.iter() {
                ask(&operations, minute * 60_000, &usage, |question| {
                    let _ = bundle.decide(question);
                    let _ = bundle.decide(question);
                });
            }
        }
    }
}
