//! `countersign venue table`: docs/venues.md.

use std::collections::BTreeSet;
use std::fmt::Write;

use countersign_venues::{
    Binds, Class, DigestEncoding, HashAlg, KeyEncoding, Operation, VenueFacts, facts, venues,
};

use crate::error::CliError;
use crate::output;

const HEAD: &str = "\
# Venues

Made by `countersign venue table`; do not edit. What a captured request of one's own comes out as,
`countersign venue explain` shows.

A request is *classified* when the dialect of its venue understands all of it. Everything else is
unclassified and denied: unknown paths, hosts and parameters, repeated parameters, bodies with two
readings. Values of symbols, ids, addresses and memos outside a strict ASCII alphabet are signed as
they are, marked, and denied unless a policy accepts them.

*What the MAC binds* decides what a signature is good for. Where neither method nor path is bound, the
same bytes serve every operation whose parameters they have: the authorised set, all of which a policy
must allow. *Not bound* names what can be changed after signing and decides what the operation does: such
operations are denied unless a policy accepts exactly that.
";

pub(super) fn run() -> Result<(), CliError> {
    output::line(markdown()?.trim_end())
}

/// The whole document.
fn markdown() -> Result<String, CliError> {
    let mut text = HEAD.to_owned();
    let known = venues().map(facts).collect::<Result<Vec<_>, _>>()?;
    text.push_str(
        "\n| venue | hash | key | digest | method | host | path | query | body | operations |\n",
    );
    text.push_str("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
    for venue in &known {
        overview(&mut text, venue);
    }
    for venue in &known {
        section(&mut text, venue);
    }
    Ok(text)
}

fn overview(text: &mut String, venue: &VenueFacts) {
    let hash = match venue.hash {
        HashAlg::Sha256 => "SHA-256",
        HashAlg::Sha384 => "SHA-384",
        HashAlg::Sha512 => "SHA-512",
    };
    let key = match venue.key_encoding {
        KeyEncoding::Utf8 => "characters",
        KeyEncoding::Base64 => "base64",
    };
    let digest = match venue.digest_encoding {
        DigestEncoding::Hex => "hex",
        DigestEncoding::Base64 => "base64",
    };
    let Binds {
        method,
        host,
        path,
        query,
        body,
    } = venue.binds;
    let bound =
        [method, host, path, query, body].map(|bound| if bound { "bound" } else { "**no**" });
    let offered = venue
        .operations
        .iter()
        .filter(|operation| operation.offered)
        .count();
    // Writing to a String does not fail.
    let _ = writeln!(
        text,
        "| [{}](#{}) | {hash} | {key} | {digest} | {} | {offered} |",
        venue.title,
        venue.name,
        bound.join(" | "),
    );
}

fn section(text: &mut String, venue: &VenueFacts) {
    let products: BTreeSet<&str> = venue
        .operations
        .iter()
        .map(|operation| operation.product.as_str())
        .collect();
    let _ = writeln!(
        text,
        "\n<a id=\"{}\"></a>\n## {} (`{}`)\n",
        venue.name, venue.title, venue.name
    );
    let _ = writeln!(
        text,
        "Products: {}.",
        products.into_iter().collect::<Vec<_>>().join(", ")
    );
    if let Some(mac) = venue.passphrase {
        let _ = writeln!(
            text,
            "\nBeside the signature: `{}`, the MAC of the key's passphrase, which `countersign deal \
             --passphrase-file` makes. Nodes make it (`LOGIN {}`) only for the passphrase that was \
             enrolled.",
            mac.header, mac.path
        );
    }
    if !venue.permissions.is_empty() {
        text.push_str("\n| permission | at the venue |\n| --- | --- |\n");
        for (permission, name) in venue.permissions {
            let _ = writeln!(text, "| `{permission}` | {name} |");
        }
    }
    let offered = |read: bool| {
        venue
            .operations
            .iter()
            .filter(move |operation| operation.offered && is_read(operation) == read)
    };
    text.push_str("\n| class | operation | request | permission | also not bound |\n| --- | --- | --- | --- | --- |\n");
    for operation in offered(false) {
        let _ = writeln!(
            text,
            "| {} | {} | `{} {}` | {} | {} |",
            operation.class.as_str(),
            operation.name,
            operation.method,
            operation.path,
            operation.permission,
            operation.unbound.join(", "),
        );
    }
    list(text, "Reads", offered(true));
    let neighbours = venue
        .operations
        .iter()
        .filter(|operation| !operation.offered);
    list(
        text,
        "Known and denied when named, since their effect does not show in an intent; here so that they are found in the sets of others",
        neighbours,
    );
}

fn is_read(operation: &Operation) -> bool {
    operation.class == Class::Read && operation.unbound.is_empty()
}

/// Operations as a paragraph.
fn list<'a>(text: &mut String, what: &str, operations: impl Iterator<Item = &'a Operation>) {
    let requests: Vec<String> = operations
        .map(|operation| format!("`{} {}`", operation.method, operation.path))
        .collect();
    if !requests.is_empty() {
        let _ = writeln!(text, "\n{what}: {}.", requests.join(", "));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_in_the_repository_is_this_one() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/venues.md");
        let written = std::fs::read_to_string(path).unwrap();
        assert!(
            written.trim_end() == markdown().unwrap().trim_end(),
            "make docs/venues.md again: cargo run -p countersign-cli -- venue table > docs/venues.md"
        );
    }
}
