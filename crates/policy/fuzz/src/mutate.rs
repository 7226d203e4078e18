//! Policy sources that are nearly right.

use countersign_policy::templates;

use crate::{choices::Choices, policies::policies};

/// Pieces of policies, and characters that readers and parsers may see differently.
const PIECES: &[&str] = &[
    "permit",
    "forbid",
    "when",
    "unless",
    "principal",
    "action",
    "resource",
    "context",
    "context.symbol",
    "context has symbol && ",
    "context.source_network",
    "context.key_usage",
    "context.notional.lessThan(decimal(\"1.0\"))",
    "decimal(\"1.00001\")",
    "decimal(\"922337203685477.5808\")",
    "ip(\"10.0.0.0/33\")",
    "?principal",
    "?resource",
    "@id(\"a\")",
    "@id(\"\")",
    "@reason(\"\")",
    "@other(\"x\")",
    "@id",
    "Countersign::Action::\"session\"",
    "Countersign::Client::\"a\"",
    "true",
    "false",
    "if true then ",
    " else ",
    " in ",
    " is Countersign::Key",
    " like \"*\\*\"",
    ".contains(",
    ".containsAll([])",
    ".greaterThan(",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    " + ",
    " * 2",
    "- ",
    "!!!!!",
    "((((",
    "))))",
    "[[[[",
    "{a: {b: 1}}",
    "[\"x\"]",
    ".a.b.c",
    "\"",
    "\\u{41}",
    "\\u{0}",
    "\\x",
    "//",
    "/*",
    ";",
    ",",
    "\0",
    "\r",
    "\n",
    "\t",
    "\u{feff}",
    "\u{202e}",
    "\u{430}",
    "\u{e9}",
];

/// A shipped or a generated text after a few changes.
pub fn mutated(choices: &mut Choices<'_>) -> String {
    let mut text = one_text(choices);
    for _ in 0..choices.below(4) {
        edit(&mut text, choices);
    }
    text
}

fn one_text(choices: &mut Choices<'_>) -> String {
    match choices.once_in(2) {
        true => policies(choices),
        false => choices.pick(templates()).text.to_owned(),
    }
}

/// Changes a text in one place.
pub fn edit(text: &mut String, choices: &mut Choices<'_>) {
    let (one, two) = (place(text, choices), place(text, choices));
    // Small changes more often than large ones.
    let near = text.len().min(one + choices.below(24));
    let near = (near..=text.len()).find(|at| text.is_char_boundary(*at));
    let two = if choices.once_in(6) {
        two
    } else {
        near.unwrap_or(one)
    };
    let (from, to) = (one.min(two), one.max(two));
    match choices.below(7) {
        0 | 1 => text.insert_str(from, PIECES[choices.below(PIECES.len())]),
        2 => text.replace_range(from..to, PIECES[choices.below(PIECES.len())]),
        3 => text.replace_range(from..to, ""),
        4 => {
            let part = text[from..to].to_owned();
            text.insert_str(to, &part);
        }
        5 => {
            let part = text[from..to].repeat(1 + choices.below(64));
            text.insert_str(to, &part);
        }
        _ => {
            // A policy of another text, and its id with it.
            let other = one_text(choices);
            let policies: Vec<&str> = other.split_inclusive(';').take(256).collect();
            *text += policies[choices.below(policies.len())];
        }
    }
}

fn place(text: &str, choices: &mut Choices<'_>) -> usize {
    let at = choices.number() as usize % (text.len() + 1);
    (0..=at)
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0)
}
