//! `countersign policy` and `countersign venue`, as somebody who writes policies uses them.
#![allow(non_snake_case, clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_countersign"))
        .args(arguments)
        .current_dir(root())
        .output()
        .unwrap()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn stdout(output: &Output) -> String {
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn two_desks__should_have_valid_policies_whose_cases_hold() {
    let checked = stdout(&run(&["policy", "check", "deploy/two-desks/policies"]));
    assert!(checked.contains("makers-order-size"), "{checked}");
    let tested = stdout(&run(&[
        "policy",
        "test",
        "--policy",
        "deploy/two-desks/policies",
        "deploy/two-desks/cases.yaml",
    ]));
    assert!(tested.contains("5 of 5 cases hold"), "{tested}");
}

#[test]
fn case_that_does_not_hold__should_fail_the_command_and_say_why() {
    let dir = tempfile::tempdir().unwrap();
    let table = dir.path().join("cases.json");
    let case = r#"{"cases": [{"name": "too much", "client": "makers", "key": "okx-makers", "venue": "okx", "expect": "allow",
        "operations": [{"class": "trade_spot", "symbol": "BTC-USDT", "notional": {"at_most": "20000.0001", "asset": "USDT"}}]}]}"#;
    std::fs::write(&table, case).unwrap();
    let output = run(&[
        "policy",
        "test",
        "--policy",
        "deploy/two-desks/policies",
        table.to_str().unwrap(),
    ]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        said.contains("notional is 20000.0001 and must be at most 20000"),
        "{said}"
    );
}

#[test]
fn explain__should_name_the_policy_behind_each_operation() {
    let explained = run(&[
        "policy",
        "explain",
        "--json",
        "--policy",
        "deploy/two-desks/policies",
        "--client",
        "makers",
        "--key-id",
        "okx-makers",
        "--request",
        "deploy/two-desks/order.json",
    ]);
    let report: serde_json::Value = serde_json::from_str(&stdout(&explained)).unwrap();
    assert_eq!(report["allowed"], true);
    assert_eq!(report["operations"][0]["class"], "trade_spot");
    let other = run(&[
        "policy",
        "explain",
        "--json",
        "--policy",
        "deploy/two-desks/policies",
        "--client",
        "treasury",
        "--key-id",
        "okx-makers",
        "--request",
        "deploy/two-desks/order.json",
    ]);
    let report: serde_json::Value = serde_json::from_str(&stdout(&other)).unwrap();
    assert_eq!(report["allowed"], false);
}

/// What a Binance signature authorises hangs on what the key may do there.
#[test]
fn permissions_of_the_key__should_be_taken_into_account() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let request = write(
        "order.json",
        r#"{"venue": "binance", "method": "POST", "host": "api.binance.com", "path": "/api/v3/order",
        "query": "symbol=BTCUSDT&side=BUY&type=LIMIT_MAKER&quantity=0.001&price=50000&newClientOrderId=m-1&timestamp=1753000000000",
        "headers": {}, "body": ""}"#,
    );
    let policies = "crates/policy/policies/spot-maker.cedar";
    let explain = [
        "policy",
        "explain",
        "--json",
        "--policy",
        policies,
        "--client",
        "maker-1",
        "--key-id",
        "maker",
        "--request",
        &request,
    ];
    let held = [&explain[..], &["--permissions", "read,spot_trading"]].concat();
    for (arguments, allowed) in [(&explain[..], false), (&held, true)] {
        let report: serde_json::Value = serde_json::from_str(&stdout(&run(arguments))).unwrap();
        assert_eq!(report["allowed"], allowed, "{}", report["decision"]);
    }

    let shown = stdout(&run(&[
        "venue",
        "explain",
        "--request",
        &request,
        "--permissions",
        "read,spot_trading",
    ]));
    assert!(
        shown.contains("spot_order") && !shown.contains("futures_order"),
        "{shown}"
    );

    let case = |permissions: &str| {
        format!(
            r#"{{"cases": [{{"name": "quote", "client": "maker-1", "key": "maker", "request": "order.json",
            "permissions": [{permissions}], "expect": "allow"}}]}}"#
        )
    };
    for (permissions, code) in [(r#""read", "spot_trading""#, 0), (r#""spot""#, 1)] {
        let table = write("cases.json", &case(permissions));
        let output = run(&["policy", "test", "--policy", policies, &table]);
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(code), "{said}");
        assert_eq!(
            said.contains("known: read, spot_trading"),
            code == 1,
            "{said}"
        );
    }
}

#[test]
fn diff__should_show_a_limit_that_moves() {
    let dir = tempfile::tempdir().unwrap();
    let old = root().join("deploy/two-desks/policies/makers.cedar");
    let new = dir.path().join("makers.cedar");
    let text = std::fs::read_to_string(&old).unwrap();
    std::fs::write(
        &new,
        text.replace("decimal(\"20000.0\")", "decimal(\"50000.0\")"),
    )
    .unwrap();
    let shown = stdout(&run(&[
        "policy",
        "diff",
        old.to_str().unwrap(),
        new.to_str().unwrap(),
    ]));
    assert!(shown.contains("notional > 20000 becomes 50000"), "{shown}");
    assert!(shown.contains("NOW ALLOWED"), "{shown}");
    let report = run(&[
        "policy",
        "diff",
        "--json",
        old.to_str().unwrap(),
        new.to_str().unwrap(),
    ]);
    let report: serde_json::Value = serde_json::from_str(&stdout(&report)).unwrap();
    let limit = "limit: notional > 20000 becomes 50000";
    assert_eq!(report["changed"][0]["changes"][0], limit);
    let example = report["requests"][0]["examples"][0].as_str().unwrap();
    assert!(example.contains("notional"), "{example}");
    assert_eq!(report["cut_short"], false);
}

#[test]
fn invalid_policy__should_be_refused_with_its_place() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("wrong.cedar");
    std::fs::write(
        &path,
        "@id(\"x\")\npermit (principal, action, resource)\nwhen { context.notonal_known };\n",
    )
    .unwrap();
    let output = run(&["policy", "check", path.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("wrong.cedar") && said.contains('3'), "{said}");
}

#[test]
fn directory_without_policies__should_be_refused() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(
        dir.path().join("desk.txt"),
        "permit (principal, action, resource);",
    )
    .unwrap();
    let output = run(&["policy", "check", dir.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("*.cedar"), "{said}");
}

#[test]
fn venue_explain__should_take_a_captured_record_as_it_is() {
    let records = std::fs::read_to_string(root().join("tests/vectors/binance.jsonl")).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("record.json");
    for line in records.lines() {
        std::fs::write(&path, line).unwrap();
        let explained = run(&[
            "venue",
            "explain",
            "--json",
            "--request",
            path.to_str().unwrap(),
        ]);
        let report: serde_json::Value = serde_json::from_str(&stdout(&explained)).unwrap();
        let record: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(report["class"], record["class"], "{}", record["id"]);
        assert_eq!(
            report["signed_payload_hex"], record["signed_bytes_hex"],
            "{}",
            record["id"]
        );
        assert!(report["unclassified"].is_null());
        let authorised = report["authorised"].as_array().unwrap();
        assert!(
            authorised
                .iter()
                .any(|one| one["path"] == record["path"] && one["class"] == record["class"])
        );
        // What the record says of its credentials is not repeated.
        let said = report.to_string();
        assert!(!said.contains(record["secret"].as_str().unwrap()));
    }
}

#[test]
fn venue_replay__should_count_mismatches_and_fail_for_one() {
    let all = run(&[
        "venue",
        "replay",
        "tests/vectors/okx.jsonl",
        "tests/vectors/kraken.jsonl",
    ]);
    let table = stdout(&all);
    assert!(
        table.contains("okx     24       24") && table.contains("kraken  16       16"),
        "{table}"
    );

    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("changed.jsonl");
    let records = std::fs::read_to_string(root().join("tests/vectors/okx.jsonl")).unwrap();
    std::fs::write(&path, records.replacen("trade_spot", "read", 1)).unwrap();
    let output = run(&["venue", "replay", path.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        said.contains("class is trade_spot, expected read") && said.contains("okx    24       23"),
        "{said}"
    );
}
