use super::*;
use crate::ed25519::{EnvelopeKey, ReceiptKey};
use crate::seal::SealingKey;

fn node(name: &str, index: u8) -> NodeEntry {
    NodeEntry {
        name: name.parse().unwrap(),
        index,
        address: format!("{name}.example:7101").parse().unwrap(),
        receipt_key: ReceiptKey::generate().unwrap().verifying_key(),
        sealing_key: SealingKey::generate().unwrap().public().unwrap(),
    }
}

fn client(name: &str) -> ClientEntry {
    ClientEntry {
        name: name.parse().unwrap(),
        envelope_key: EnvelopeKey::generate().unwrap().verifying_key(),
    }
}

fn build(nodes: Vec<NodeEntry>, clients: Vec<ClientEntry>) -> Result<Roster, RosterError> {
    Roster::new("prod.example".parse().unwrap(), nodes, clients)
}

fn sample() -> Roster {
    build(
        vec![node("c", 3), node("a", 1), node("b", 2)],
        vec![client("z"), client("desk")],
    )
    .unwrap()
}

#[test]
fn rosters_are_sorted_and_searchable() {
    let roster = sample();
    let names: Vec<_> = roster.nodes().iter().map(|n| n.name.as_str()).collect();
    assert_eq!(names, ["a", "b", "c"]);
    for node in roster.nodes() {
        assert_eq!(roster.node(&node.name), Some(node));
    }
    for client in roster.clients() {
        assert_eq!(roster.client(&client.name), Some(client));
    }
    assert_eq!(roster.node(&"d".parse().unwrap()), None);
    assert_eq!(roster.client(&"a".parse().unwrap()), None);
}

#[test]
fn rosters_round_trip_through_toml() {
    let roster = sample();
    let text = roster.to_toml().unwrap();
    assert_eq!(Roster::from_toml(&text).unwrap(), roster);
}

#[test]
fn whatever_must_be_unique_is() {
    type Spoil = fn(&mut Vec<NodeEntry>);
    let cases: [(&str, Spoil); 5] = [
        ("node name", |n| n[1].name = n[0].name.clone()),
        ("node index", |n| n[1].index = n[0].index),
        ("node address", |n| n[1].address = n[0].address.clone()),
        ("receipt key", |n| n[1].receipt_key = n[0].receipt_key),
        ("sealing key", |n| n[1].sealing_key = n[0].sealing_key),
    ];
    for (what, spoil) in cases {
        let mut nodes = vec![node("a", 1), node("b", 2)];
        spoil(&mut nodes);
        assert!(
            matches!(build(nodes, vec![]), Err(RosterError::Repeated(w)) if w == what),
            "{what}"
        );
    }
    let twice = client("desk");
    let nodes = || vec![node("a", 1), node("b", 2)];
    assert!(matches!(
        build(nodes(), vec![twice.clone(), client("desk")]),
        Err(RosterError::Repeated("client name"))
    ));
    let same_key = ClientEntry {
        name: "other".parse().unwrap(),
        ..twice.clone()
    };
    assert!(matches!(
        build(nodes(), vec![twice, same_key]),
        Err(RosterError::Repeated("envelope key"))
    ));
}

#[test]
fn node_counts_and_indexes_out_of_range_are_refused() {
    assert!(matches!(
        build(vec![], vec![]),
        Err(RosterError::NodeCount(0))
    ));
    assert!(matches!(
        build(vec![node("a", 1)], vec![]),
        Err(RosterError::NodeCount(1))
    ));
    for index in [0, 17, 255] {
        assert!(matches!(
            build(vec![node("a", 1), node("b", index)], vec![]),
            Err(RosterError::Index(_, i)) if i == index
        ));
    }
}

#[test]
fn damaged_files_are_refused() {
    let good = sample().to_toml().unwrap();
    let zero_key = "0".repeat(64);
    let key = hex::encode(sample().nodes()[0].receipt_key.as_bytes());
    let first_key = good
        .split("receipt_key = \"")
        .nth(1)
        .and_then(|rest| rest.get(..64))
        .unwrap()
        .to_owned();
    let spoiled = [
        String::new(),
        good.replace("version = 1", "version = 2"),
        good.replace("version = 1", "version = 1\nextra = 1"),
        good.replace("index = 1", "index = 1\nextra = 1"),
        good.replace("index = 1", "index = \"1\""),
        good.replace("index = 1", "index = 257"),
        good.replace("name = \"a\"", "name = \"A\""),
        good.replace("name = \"desk\"", "name = \"../desk\""),
        good.replace("prod.example", "Prod.example"),
        good.replace("a.example:7101", "a.example"),
        good.replace(&first_key, &zero_key),
        good.replace(&first_key, &key[..62]),
        good.replace(&first_key, &format!("{key}00")),
        good.replace(&first_key, &"g".repeat(64)),
    ];
    for text in spoiled {
        assert_ne!(text, good);
        assert!(Roster::from_toml(&text).is_err(), "{text}");
    }
}

#[test]
fn the_hash_covers_everything_but_addresses() {
    let roster = sample();
    let spoil = |change: &dyn Fn(&mut Roster)| {
        let mut other = roster.clone();
        change(&mut other);
        other.hash()
    };
    let moved = spoil(&|r| r.nodes[0].address = "elsewhere:1".parse().unwrap());
    assert_eq!(moved, roster.hash());

    let changed = [
        spoil(&|r| r.trust_domain = "test.example".parse().unwrap()),
        spoil(&|r| r.nodes[0].name = "x".parse().unwrap()),
        spoil(&|r| r.nodes[2].index = 9),
        spoil(&|r| r.nodes[0].receipt_key = node("x", 1).receipt_key),
        spoil(&|r| r.nodes[0].sealing_key = node("x", 1).sealing_key),
        spoil(&|r| drop(r.nodes.pop())),
        spoil(&|r| r.clients[0].name = "x".parse().unwrap()),
        spoil(&|r| r.clients[0].envelope_key = client("x").envelope_key),
        spoil(&|r| drop(r.clients.pop())),
    ];
    for hash in changed {
        assert_ne!(hash, roster.hash());
    }
}
