//! What changes between two bundles.

#![allow(clippy::unwrap_used)]

mod support;

use countersign_policy::diff::{BundleDiff, Change, RequestChange};
use countersign_policy::{Bundle, Class, Literal, Relation, templates};

use support::bundle;

fn maker() -> &'static str {
    let shipped = templates()
        .iter()
        .find(|one| one.name == "spot-maker.cedar");
    shipped.unwrap().text
}

/// The maker's policies with one passage replaced, and what that changes.
fn edited(passage: &str, by: &str) -> BundleDiff {
    assert_eq!(maker().matches(passage).count(), 1, "{passage}");
    BundleDiff::between(&bundle(maker()), &bundle(&maker().replace(passage, by)))
}

fn changes(diff: &BundleDiff) -> Vec<(&str, &[Change])> {
    let changed = diff.changed.iter();
    changed
        .map(|one| (one.id.as_str(), one.changes.as_slice()))
        .collect()
}

/// "spot maker-1 maker maker-order-size -> allow"
fn requests(diff: &BundleDiff) -> Vec<String> {
    let rule = |decision: &countersign_policy::Decision| match decision {
        countersign_policy::Decision::Allow { .. } => "allow".to_owned(),
        countersign_policy::Decision::Deny(denial) => denial.rule().to_owned(),
    };
    let line = |one: &RequestChange| {
        format!(
            "{} {} {}: {} -> {}",
            one.class,
            one.client,
            one.key,
            rule(&one.old),
            rule(&one.new)
        )
    };
    diff.requests.changes.iter().map(line).collect()
}

#[test]
fn layout_and_comments_change_nothing() {
    let text = format!("// A comment.\n\n{}", maker().replace("\n  ", "\n      "));
    let diff = BundleDiff::between(&bundle(maker()), &bundle(&text));
    assert!(
        diff.is_empty() && diff.requests.changes.is_empty(),
        "{diff}"
    );
    assert_eq!(
        diff.to_string(),
        "The policies are the same, but for layout and comments.\n"
    );
}

#[test]
fn raised_limit_is_told_with_both_numbers_and_what_it_lets_pass() {
    let diff = edited(
        "greaterThan(decimal(\"5000.0\"))",
        "greaterThan(decimal(\"10000.0\"))",
    );
    let limit = Change::Limit {
        attribute: "notional".to_owned(),
        relation: Relation::Above,
        old: Literal::Decimal(50_000_000),
        new: Literal::Decimal(100_000_000),
    };
    assert_eq!(changes(&diff), [("maker-order-size", [limit].as_slice())]);
    assert_eq!(
        requests(&diff),
        ["trade_spot maker-1 maker: maker-order-size -> allow"]
    );
    let report = diff.to_string();
    for line in [
        "CHANGED maker-order-size\n",
        "  limit: notional > 5000 becomes 10000\n",
        "    - when { context.notional.greaterThan(decimal(\"5000.0\")) };\n",
        "    + when { context.notional.greaterThan(decimal(\"10000.0\")) };\n",
        "NOW ALLOWED trade_spot by client maker-1 with key maker\n",
        "notional 5000.0001",
        "  was denied by `maker-order-size`\n",
        "  is allowed by `maker-",
    ] {
        assert!(report.contains(line), "{line}\n{report}");
    }
}

#[test]
fn lowered_usage_limit_shows_what_it_denies() {
    let diff = edited(
        "context.key_usage.orders_10s > 50",
        "context.key_usage.orders_10s > 5",
    );
    assert_eq!(
        requests(&diff),
        ["trade_spot maker-1 maker: allow -> maker-rate"]
    );
    let example = &diff.requests.changes[0].examples[0];
    let orders = example
        .iter()
        .find(|(name, _)| name == "key_usage.orders_10s")
        .unwrap();
    assert!(matches!(orders.1, Literal::Long(6..=50)), "{example:?}");
    assert!(!diff.requests.changes[0].loosens());
}

#[test]
fn another_market_shows_in_the_list_and_in_requests() {
    let diff = edited("[\"BTCUSDT\", \"ETHUSDT\"]", "[\"BTCUSDT\", \"DOGEUSDT\"]");
    let list = |other: &str| {
        Literal::List(
            ["BTCUSDT", other]
                .map(|symbol| Literal::Text(symbol.to_owned()))
                .to_vec(),
        )
    };
    let limit = Change::Limit {
        attribute: "symbol".to_owned(),
        relation: Relation::OneOf,
        old: list("ETHUSDT"),
        new: list("DOGEUSDT"),
    };
    assert_eq!(changes(&diff), [("maker-quote", [limit].as_slice())]);
    assert_eq!(
        requests(&diff),
        [
            "trade_spot maker-1 maker: allow -> no-permit",
            "trade_spot maker-1 maker: no-permit -> allow"
        ]
    );
}

#[test]
fn scope_effect_reason_and_conditions_are_told_apart() {
    let old = "@id(\"a\") @reason(\"One.\") forbid (principal, action == Countersign::Action::\"read\", resource) \
               when { context.hour > 3 };";
    for (from, to, expected) in [
        (
            "@reason(\"One.\") ",
            "",
            Change::Reason {
                old: Some("One.".to_owned()),
                new: None,
            },
        ),
        (
            "forbid",
            "permit",
            Change::Effect {
                old: "forbid".to_owned(),
                new: "permit".to_owned(),
            },
        ),
        (
            "action == Countersign::Action::\"read\"",
            "action in [Countersign::Action::\"trade\", Countersign::Action::\"read\"]",
            Change::Scope {
                part: "action",
                old: "\"read\"".to_owned(),
                new: "\"trade\" or \"read\"".to_owned(),
            },
        ),
        (
            "(principal,",
            "(principal == Countersign::Client::\"desk-1\",",
            Change::Scope {
                part: "principal",
                old: "any".to_owned(),
                new: "\"desk-1\"".to_owned(),
            },
        ),
        (
            "resource)",
            "resource == Countersign::Key::\"k\")",
            Change::Scope {
                part: "resource",
                old: "any".to_owned(),
                new: "\"k\"".to_owned(),
            },
        ),
        ("context.hour > 3", "context.hour >= 3", Change::Conditions),
        (
            "context.hour > 3",
            "context.hour > 3 || context.minute > 3",
            Change::Conditions,
        ),
        (
            "context.hour > 3",
            "context.hour + 1 > 3",
            Change::Conditions,
        ),
        ("when", "unless", Change::Conditions),
    ] {
        let diff = BundleDiff::between(&bundle(old), &bundle(&old.replacen(from, to, 1)));
        assert_eq!(changes(&diff), [("a", [expected].as_slice())], "{to}");
    }
}

#[test]
fn added_and_removed_policies_are_shown_whole() {
    let without: String = {
        let start = maker().find("@id(\"maker-funds-stay\")").unwrap();
        maker()[..start].to_owned()
    };
    let with = format!(
        "{without}@id(\"withdraw\") permit (principal == Countersign::Client::\"ops\", \
         action == Countersign::Action::\"withdraw\", resource == Countersign::Key::\"maker\") \
         when {{ context.amount.lessThanOrEqual(decimal(\"1.5\")) }};"
    );
    let diff = BundleDiff::between(&bundle(maker()), &bundle(&with));
    let ids = |texts: &[countersign_policy::diff::PolicyText]| {
        texts
            .iter()
            .map(|one| one.rule.id.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(ids(&diff.added), ["withdraw"]);
    assert_eq!(ids(&diff.removed), ["maker-funds-stay"]);
    assert!(diff.changed.is_empty());
    assert_eq!(
        requests(&diff),
        ["withdraw ops maker: maker-funds-stay -> allow"]
    );
    let report = diff.to_string();
    assert!(
        report.contains("REMOVED maker-funds-stay\n    @id(\"maker-funds-stay\")\n"),
        "{report}"
    );
    assert!(report.contains("amount 1.5"), "{report}");
}

#[test]
fn permit_for_everybody_shows_clients_and_keys_no_policy_names() {
    let all = format!(
        "{}\n{}",
        maker(),
        "@id(\"all\") permit (principal, action, resource);"
    );
    let diff = BundleDiff::between(&bundle(maker()), &bundle(&all));
    let found = requests(&diff);
    for expected in [
        "withdraw any other any other: no-permit -> allow",
        "admin maker-1 maker: no-permit -> allow",
        "read any other maker: no-permit -> allow",
    ] {
        assert!(
            found.iter().any(|line| line == expected),
            "{expected}: {found:?}"
        );
    }
    // What stays forbidden does not appear, nor a session, which `all` does not name.
    assert!(
        !found
            .iter()
            .any(|line| line.starts_with("withdraw maker-1 maker")),
        "{found:?}"
    );
    assert!(
        !found.iter().any(|line| line.starts_with("session")),
        "{found:?}"
    );
}

#[test]
fn templates_differ_from_each_other_within_bounds() {
    for one in templates() {
        for other in templates() {
            let read = |text: &str| Bundle::from_sources([("test.cedar", text)]).unwrap();
            let diff = BundleDiff::between(&read(one.text), &read(other.text));
            assert_eq!(diff.is_empty(), one == other);
            assert!(!diff.requests.cut_short, "{} {}", one.name, other.name);
            assert_eq!(
                diff.requests.changes.is_empty(),
                one == other,
                "{} {}",
                one.name,
                other.name
            );
        }
    }
}

#[test]
fn venues_that_policies_name_are_tried() {
    let at = |venue: &str| {
        bundle(&format!(
            "@id(\"a\") permit (principal, action == Countersign::Action::\"read\", resource) \
             when {{ resource.venue == \"{venue}\" }};"
        ))
    };
    let diff = BundleDiff::between(&at("kraken"), &at("gate"));
    assert_eq!(
        requests(&diff),
        [
            "read any other any other: allow -> no-permit",
            "read any other any other: no-permit -> allow"
        ]
    );
    assert!(
        diff.to_string()
            .contains("limit: resource.venue == \"kraken\" becomes \"gate\"")
    );
}

#[test]
fn every_class_is_tried() {
    let all = "@id(\"all\") permit (principal, action, resource);";
    let diff = BundleDiff::between(&bundle(""), &bundle(all));
    let classes: Vec<Class> = diff.requests.changes.iter().map(|one| one.class).collect();
    let expected = Class::ALL
        .into_iter()
        .filter(|class| *class != Class::Session);
    let mut expected: Vec<Class> = expected.collect();
    expected.sort_by_key(|class| class.name());
    assert_eq!(classes, expected);
}

#[test]
fn what_no_request_is_made_up_for_is_said() {
    let from = |network: &str, reason: &str| {
        bundle(&format!(
            "@id(\"all\") permit (principal, action, resource);\n\
             @id(\"net\") @reason(\"{reason}\") forbid (principal, action, resource)\n\
             when {{ context has source_network && !context.source_network.isInRange(ip(\"{network}\")) }};"
        ))
    };
    let old = from("10.0.0.0/8", "own");
    let diff = BundleDiff::between(&old, &from("0.0.0.0/0", "own"));
    assert_eq!(diff.requests.unread, ["net"]);
    assert!(diff.to_string().contains("so read them: net."), "{diff}");
    let renamed = BundleDiff::between(&old, &from("10.0.0.0/8", "ours"));
    assert!(renamed.requests.unread.is_empty(), "{renamed}");
    assert!(edited("5000.0", "9000.0").requests.unread.is_empty());
}

/// An order that may be larger is shown, not a cancellation with a size, which does not exist.
#[test]
fn cancellations_are_not_made_up_with_a_size() {
    let diff = edited("5000.0", "9000.0");
    let shown = diff.requests.changes.iter().flat_map(RequestChange::stated);
    let shown: Vec<String> = shown.collect();
    assert!(!shown.is_empty());
    for example in &shown {
        assert!(!example.contains("cancels true"), "{diff}");
        assert!(example.contains("order_type \"limit\""), "{diff}");
    }
}

/// Whatever else is compared in the bundles: a blank order is of unknown worth, a cancellation of none.
#[test]
fn cancellations_are_made_up() {
    let orders = |when: &str| {
        format!(
            "@id(\"orders\")\npermit (principal == Countersign::Client::\"desk\", \
             action == Countersign::Action::\"trade_spot\", resource == Countersign::Key::\"spot\"){when};\n"
        )
    };
    let bundle = |text: String| Bundle::from_sources([("desk.cedar", text)]).unwrap();
    let none = "@id(\"none\")\nforbid (principal, action, resource) when { context.cancels };\n";
    let sized = " when { context has symbol && context.symbol == \"BTCUSDT\" && \
                 context.notional.lessThanOrEqual(decimal(\"100.0\")) }";
    let cancels = " when { context.cancels }";
    let of_one = " when { context.cancels && context has symbol && context.symbol == \"BTCUSDT\" }";
    for (old, new) in [
        (format!("{}{none}", orders("")), orders("")),
        (format!("{}{none}", orders(sized)), orders(sized)),
        (orders(cancels), orders(of_one)),
    ] {
        let diff = BundleDiff::between(&bundle(old), &bundle(new));
        let mut shown = diff.requests.changes.iter().flat_map(RequestChange::stated);
        assert!(
            shown.any(|example| example.contains("cancels true")),
            "{diff}"
        );
    }
}
