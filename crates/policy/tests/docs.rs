//! The examples of docs/policy.md do what the page says.

#![allow(clippy::unwrap_used)]

mod support;

use countersign_policy::cases::{CaseTable, Resolved};
use countersign_policy::{Bundle, Class, templates};

use support::{Ask, cancellation, denial, operation, order, verdict};

const PAGE: &str = include_str!("../../../docs/policy.md");

/// The fenced blocks of the page, without the language.
fn blocks() -> Vec<&'static str> {
    let fenced = PAGE.split("```").skip(1).step_by(2);
    fenced
        .map(|block| block.split_once('\n').unwrap().1)
        .collect()
}

/// The two desks: each block that begins with a file name.
fn example() -> Bundle {
    let files = blocks().into_iter().filter_map(|block| {
        let (first, _) = block.split_once('\n')?;
        Some((first.strip_prefix("// ")?, block))
    });
    let files: Vec<_> = files.collect();
    assert_eq!(files.len(), 2);
    Bundle::from_sources(files).unwrap()
}

#[test]
fn two_desks() {
    let bundle = example();
    for (client, key, facts, expected) in [
        ("maker-1", "maker", operation(Class::Read), "allow"),
        ("maker-1", "maker", order(Class::TradeSpot, "5000"), "allow"),
        (
            "maker-1",
            "maker",
            order(Class::TradeSpot, "5000.01"),
            "maker-order-size",
        ),
        ("maker-1", "maker", cancellation(Class::TradeSpot), "allow"),
        ("maker-1", "maker", operation(Class::Withdraw), "no-permit"),
        ("maker-1", "other", operation(Class::Read), "no-permit"),
        ("report-1", "maker", operation(Class::Read), "allow"),
        (
            "report-1",
            "maker",
            cancellation(Class::TradeSpot),
            "no-permit",
        ),
    ] {
        let asked = Ask::new(client, key, vec![facts]);
        assert_eq!(verdict(&bundle, &asked), expected, "{client} {key}");
    }
}

#[test]
fn denial_reads_as_the_page_shows_it() {
    let mut facts = order(Class::TradeSpot, "5000.01");
    facts.operation = "spot_order".to_owned();
    let denied = denial(Ask::new("maker-1", "maker", vec![facts]).of(&example())).to_string();
    let page = PAGE.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(page.contains(&denied), "{denied}");
}

#[test]
fn table_of_cases_holds() {
    let yaml = blocks()
        .into_iter()
        .find(|block| block.starts_with("cases:"));
    let table: CaseTable = serde_saphyr::from_str(yaml.unwrap()).unwrap();
    let resolve = |name: &str| Err::<Resolved, _>(name.to_owned());
    for result in table.run(&example(), resolve) {
        assert_eq!(result.failure, None, "{}", result.name);
    }
}

#[test]
fn every_template_is_listed() {
    for template in templates() {
        assert!(
            PAGE.contains(&format!("| `{}` |", template.name)),
            "{}",
            template.name
        );
    }
}
