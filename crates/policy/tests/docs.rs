//! The examples of docs/policies.md do what the page says, with the policies it takes them from.

#![allow(clippy::unwrap_used)]

use countersign_policy::cases::{CaseTable, NamedRequest, Resolved};
use countersign_policy::{Bundle, templates};

const PAGE: &str = include_str!("../../../docs/policies.md");
const MAKERS: &str = include_str!("../../../deploy/two-desks/policies/makers.cedar");
const TREASURY: &str = include_str!("../../../deploy/two-desks/policies/treasury.cedar");

/// The fenced blocks of the page in one language.
fn blocks(language: &str) -> Vec<String> {
    let fenced = PAGE.split("```").skip(1).step_by(2);
    let blocks = fenced.filter_map(|block| block.trim_start().strip_prefix(language));
    let unindented = |block: &str| {
        let lines = block.lines().filter(|line| !line.trim().is_empty());
        let indent = |line: &str| line.len() - line.trim_start().len();
        let least = lines.clone().map(indent).min().unwrap_or(0);
        let cut: Vec<&str> = lines
            .map(|line| line.get(least..).unwrap_or_default())
            .collect();
        cut.join("\n")
    };
    blocks.map(unindented).collect()
}

#[test]
fn policies_shown_are_those_of_the_example() {
    let shown = blocks("cedar");
    assert!(!shown.is_empty());
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    for policy in shown {
        assert!(plain(MAKERS).contains(&plain(&policy)), "{policy}");
    }
}

#[test]
fn table_of_cases_holds() {
    let bundle =
        Bundle::from_sources([("makers.cedar", MAKERS), ("treasury.cedar", TREASURY)]).unwrap();
    let shown = blocks("yaml");
    assert!(!shown.is_empty());
    for text in shown {
        let table: CaseTable = serde_saphyr::from_str(&text).unwrap();
        let resolve = |request: NamedRequest<'_>| Err::<Resolved, _>(request.name.to_owned());
        for result in table.run(&bundle, resolve) {
            assert_eq!(result.failure, None, "{}", result.name);
        }
    }
}

#[test]
fn every_template_for_a_desk_is_named() {
    for template in templates().iter().filter(|one| one.name != "demo.cedar") {
        let name = template.name.trim_end_matches(".cedar");
        assert!(PAGE.contains(&format!("`{name}`")), "{name}");
    }
}
