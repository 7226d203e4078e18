//! Policies to decide by: the shipped ones, and generated ones that fit the schema.
//!
//! Generated policies look at usage only as limits do: the more there is of it, the less they
//! permit and the more they forbid.

use std::ops::Range;

use countersign_policy::{Bundle, Class, templates};

use crate::choices::Choices;

/// Policies, and a client and a key that they name.
pub struct Subject {
    pub text: String,
    pub bundle: Bundle,
    /// The same policies and a forbid more.
    pub stricter: Bundle,
    pub client: &'static str,
    pub key: &'static str,
}

/// How many generated subjects the corpus of `decision` was made with.
pub const GENERATED: u64 = 40;

/// The shipped policies, all of them together, and one generated subject for each seed.
pub fn subjects(seeds: Range<u64>) -> Vec<Subject> {
    let people = [
        ("break-glass.cedar", "breaker-1", "maker"),
        ("demo.cedar", "desk-1", "demo"),
        ("futures.cedar", "perp-1", "perp"),
        ("read-only.cedar", "desk-1", "demo"),
        ("rebalancing.cedar", "treasury-1", "treasury"),
        ("spot-maker.cedar", "maker-1", "maker"),
    ];
    let choices = &mut Choices::new(&[], 0);
    let shipped = |name: &str| {
        let template = templates().iter().find(|one| one.name == name);
        template.map_or_else(String::new, |one| one.text.to_owned())
    };
    let mut subjects: Vec<Subject> = people
        .iter()
        .filter_map(|(name, client, key)| subject(shipped(name), client, key, choices))
        .collect();
    let all: String = templates().iter().map(|one| one.text).collect();
    subjects.extend(subject(all, "maker-1", "maker", choices));
    assert_eq!(
        subjects.len(),
        people.len() + 1,
        "shipped policies are valid"
    );
    for seed in seeds {
        let choices = &mut Choices::new(&[], seed);
        subjects.extend(subject(policies(choices), "desk-1", "demo", choices));
    }
    subjects
}

/// `None` if the text is refused: a policy that can never apply is, and some generated ones cannot.
fn subject(
    text: String,
    client: &'static str,
    key: &'static str,
    choices: &mut Choices<'_>,
) -> Option<Subject> {
    let read = |texts: &[(&str, &str)]| Bundle::from_sources(texts.iter().copied());
    let bundle = read(&[("fuzz.cedar", &text)]).ok()?;
    let mut further = || {
        let forbid = policy(choices, "further", false);
        read(&[("fuzz.cedar", &text), ("further.cedar", &forbid)]).ok()
    };
    let stricter = (0..20).find_map(|_| further())?;
    Some(Subject {
        text,
        bundle,
        stricter,
        client,
        key,
    })
}

/// A few policies.
pub fn policies(choices: &mut Choices<'_>) -> String {
    let wide = "@id(\"wide\") permit (principal, action, resource)\n\
                when { context.outside_alphabet || !context.outside_alphabet };\n";
    let mut text = if choices.once_in(2) { wide } else { "" }.to_owned();
    for index in 0..1 + choices.below(6) {
        let permits = choices.once_in(2);
        text += &policy(choices, &format!("p-{index}"), permits);
    }
    text
}

fn policy(choices: &mut Choices<'_>, id: &str, permits: bool) -> String {
    let principal = *choices.pick(&["", "", " == Countersign::Client::\"desk-1\""]);
    let resource = *choices.pick(&["", "", " == Countersign::Key::\"demo\""]);
    let named = |class: &Class| format!("Countersign::Action::\"{class}\"");
    let action = match choices.below(6) {
        0 => format!(" == {}", named(choices.pick(&Class::ALL))),
        1 => format!(
            " in [{}, {}]",
            named(choices.pick(&Class::ALL)),
            named(choices.pick(&Class::ALL))
        ),
        2 => " in Countersign::Action::\"trade\"".to_owned(),
        3 => " in Countersign::Action::\"funds\"".to_owned(),
        _ => String::new(),
    };
    let (effect, limits) = if permits {
        ("permit", Usage::Falls)
    } else {
        ("forbid", Usage::Rises)
    };
    let mut text = format!(
        "@id(\"{id}\") {effect} (principal{principal}, action{action}, resource{resource})\n"
    );
    for _ in 0..1 + choices.below(2) {
        let (clause, usage) = if choices.once_in(3) {
            ("unless", limits.negated())
        } else {
            ("when", limits)
        };
        let condition = condition(choices, usage, permits, 3);
        text += &format!("{clause} {{ {condition} }}\n");
    }
    text + ";\n"
}

/// What more usage may do to a condition.
#[derive(Clone, Copy)]
enum Usage {
    /// Make it true.
    Rises,
    /// Make it false.
    Falls,
    /// Nothing.
    Absent,
}

impl Usage {
    fn negated(self) -> Self {
        match self {
            Self::Rises => Self::Falls,
            Self::Falls => Self::Rises,
            Self::Absent => Self::Absent,
        }
    }
}

fn condition(choices: &mut Choices<'_>, usage: Usage, permits: bool, depth: usize) -> String {
    if depth == 0 || choices.once_in(3) {
        return atom(choices, usage, permits);
    }
    let mut part = |usage| condition(choices, usage, permits, depth - 1);
    let (one, other, third) = (part(usage), part(usage), part(Usage::Absent));
    match choices.below(5) {
        0 | 1 => format!("({one} && {other})"),
        2 => format!("({one} || {other})"),
        3 => format!("(if {third} then {one} else {other})"),
        _ => format!(
            "!({})",
            condition(choices, usage.negated(), permits, depth - 1)
        ),
    }
}

fn atom(choices: &mut Choices<'_>, usage: Usage, permits: bool) -> String {
    match choices.below(12) {
        0 | 1 => {
            let flag = *choices.pick(&[
                "cancels",
                "outside_alphabet",
                "notional_known",
                "reduce_only",
                "kill_switch",
            ]);
            format!("context.{flag}")
        }
        2 | 3 => {
            let (name, value) = *choices.pick(&[
                ("symbol", "BTCUSDT"),
                ("side", "buy"),
                ("order_type", "limit"),
                ("notional_asset", "USDT"),
                ("quantity_text", "0.2"),
                ("price_text", "5000.00001"),
                ("asset", "USDT"),
                ("destination_tag", "REPLACE-WITH-A-TAG"),
            ]);
            let test = match choices.below(3) {
                0 => format!("context.{name} == \"{value}\""),
                1 => format!("[\"{value}\", \"\"].contains(context.{name})"),
                _ => format!("context.{name} like \"{}*\"", &value[..1]),
            };
            format!("(context has {name} && {test})")
        }
        4 | 5 => {
            let name = *choices.pick(&[
                "notional",
                "quantity",
                "quote_quantity",
                "price_at_least",
                "price_at_most",
                "stop_price_at_least",
                "stop_price_at_most",
                "leverage",
                "amount",
            ]);
            let limit = *choices.pick(&LIMITS);
            match choices.below(6) {
                0 => format!("context.{name} == decimal(\"{limit}\")"),
                1 => format!("[decimal(\"{limit}\")].contains(context.{name})"),
                _ => {
                    let relation = *choices.pick(&[
                        "greaterThan",
                        "greaterThanOrEqual",
                        "lessThan",
                        "lessThanOrEqual",
                    ]);
                    format!("context.{name}.{relation}(decimal(\"{limit}\"))")
                }
            }
        }
        6 => {
            let value = *choices.pick(&[
                "context.batch_index",
                "context.batch_size",
                "context.hour * 60 + context.minute",
                "context.weekday",
                "context.risk_level",
                "context.now_ms",
                "context.batch_size * context.batch_size",
            ]);
            let relation = *choices.pick(&["==", "!=", "<", "<=", ">", ">="]);
            format!(
                "{value} {relation} {}",
                choices.pick(&[0, 1, 3, 500, 1_440])
            )
        }
        7 => match choices.below(3) {
            0 => "context.unbound.contains(\"body\")".to_owned(),
            1 => "[\"body\", \"path\"].containsAll(context.unbound)".to_owned(),
            _ => "(context has reference_deviation_bps && context.reference_deviation_bps <= 500)"
                .to_owned(),
        },
        8 if !permits => "(context has source_network && \
                          context.source_network.isInRange(ip(\"10.0.0.0/8\")))"
            .to_owned(),
        8 => "resource.venue == \"binance\"".to_owned(),
        _ => limit(choices, usage),
    }
}

/// A limit on usage, written to hold or to be exceeded.
fn limit(choices: &mut Choices<'_>, usage: Usage) -> String {
    let whose = *choices.pick(&["key_usage", "client_usage"]);
    let window = *choices.pick(&["1s", "10s", "1m", "1h", "24h"]);
    let count = *choices.pick(&["requests", "orders", "withdrawals"]);
    let most = *choices.pick(&[1, 2, 50, 1_200, 6_000]);
    let sum = match choices.once_in(4) {
        // Overflows, which is an error.
        true => format!("context.{whose}.{count}_{window} + context.{whose}.requests_24h"),
        false => format!("context.{whose}.{count}_{window}"),
    };
    let (notional, value) = (choices.once_in(2), *choices.pick(&LIMITS));
    match (usage, notional) {
        (Usage::Rises, false) => format!("{sum} > {most}"),
        (Usage::Falls, false) => format!("{sum} <= {most}"),
        (Usage::Rises, true) => {
            format!("context.{whose}.notional_{window}.greaterThan(decimal(\"{value}\"))")
        }
        (Usage::Falls, true) => {
            format!("context.{whose}.notional_{window}.lessThanOrEqual(decimal(\"{value}\"))")
        }
        (Usage::Absent, _) => "context.kill_switch".to_owned(),
    }
}

const LIMITS: [&str; 8] = [
    "0.0",
    "0.0001",
    "1.0",
    "5000.0",
    "5000.0001",
    "100000.0",
    "1000000.0",
    "922337203685477.5807",
];
