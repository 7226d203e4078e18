//! Which texts become a bundle, and what is said about those that do not.

use countersign_policy::{Bundle, Class, OperationFacts, PolicyError, Problem, Question, Usage};

const GOOD: &str = "@id(\"good\")\npermit (principal, action, resource);\n";

fn refusal(text: &str) -> PolicyError {
    match Bundle::from_sources([("desk.cedar", text)]) {
        Err(error) => error,
        Ok(bundle) => panic!("accepted: {bundle:?}"),
    }
}

/// A permit with this condition, which stands on line 3.
fn permit_when(condition: &str) -> String {
    format!("@id(\"it\")\npermit (principal, action, resource) when {{\n{condition}\n}};")
}

#[test]
fn bundle_knows_its_policies() {
    let text = "@id(\"b\") @reason(\"Because.\")\nforbid (principal, action, resource);";
    let bundle = Bundle::from_sources([("a.cedar", GOOD), ("b.cedar", text)]).unwrap();
    assert_eq!(bundle.ids().collect::<Vec<_>>(), ["b", "good"]);
    let reasons: Vec<_> = bundle.rules().map(|rule| rule.reason.as_deref()).collect();
    assert_eq!(reasons, [Some("Because."), None]);
    assert!(
        Bundle::from_sources::<&str, &str>([])
            .unwrap()
            .ids()
            .next()
            .is_none()
    );
}

#[test]
fn bundle_can_be_shared_between_threads() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<Bundle>();
}

#[test]
fn syntax_error_names_file_and_line() {
    let error = refusal(&format!("{GOOD}permit (principal, action resource);"));
    assert!(matches!(error.problem, Problem::Syntax { .. }), "{error}");
    assert!(
        error
            .to_string()
            .starts_with("desk.cedar:3: not a Cedar policy: "),
        "{error}"
    );
}

#[test]
fn validation_error_names_file_policy_and_line() {
    let error = refusal(&permit_when("context.notional > 5"));
    assert!(
        error
            .to_string()
            .starts_with("desk.cedar:3: policy `it`: does not fit"),
        "{error}"
    );
    // The line is that of the second source's text, not of both together.
    let second = permit_when("context.nothing_such == 5");
    let error = Bundle::from_sources([("a.cedar", GOOD), ("b.cedar", &second)]).unwrap_err();
    assert_eq!((error.file.as_str(), error.line), ("b.cedar", 3), "{error}");
    assert_eq!(error.policy.as_deref(), Some("it"));
}

#[test]
fn validation_is_strict() {
    for condition in [
        // An optional attribute without `has`.
        "context.symbol == \"BTCUSDT\"",
        "context.destination == \"x\" || true",
        // A decimal made from what the request says would fail when evaluated.
        "context has price_text && decimal(context.price_text).lessThan(decimal(\"1.0\"))",
        "context.notional.lessThan(decimal(\"1.23456\"))",
        "context.notional == \"5\"",
        "context.hour == \"8\"",
        "context.key_usage.requests_2m < 5",
        "[1, \"a\"].contains(context.hour)",
        "principal == Countersign::Key::\"demo\"",
        "resource.owner == \"x\"",
        "principal in Countersign::Group::\"g\"",
        "action == Countersign::Action::\"steal\"",
        // Can never hold.
        "false",
        "context has no_such_attribute",
    ] {
        let error = refusal(&permit_when(condition));
        assert!(
            matches!(error.problem, Problem::Invalid { .. }),
            "{condition}: {error}"
        );
    }
}

#[test]
fn policy_that_can_never_apply_is_refused() {
    for scope in [
        "principal == Countersign::Key::\"demo\", action, resource",
        "principal, action == Countersign::Action::\"steal\", resource",
        "principal, action, resource == Countersign::Client::\"desk-1\"",
        "principal, action == Countersign::Action::\"trade\", resource",
    ] {
        let error = refusal(&format!("@id(\"it\") forbid ({scope});"));
        assert!(
            matches!(error.problem, Problem::Invalid { .. }),
            "{scope}: {error}"
        );
        assert_eq!(error.policy.as_deref(), Some("it"));
    }
}

#[test]
fn strings_that_look_alike_are_refused() {
    // A Cyrillic letter among Latin ones.
    let error = refusal(&permit_when("context.operation == \"w\u{0456}thdraw\""));
    assert!(matches!(error.problem, Problem::Invalid { .. }), "{error}");
}

#[test]
fn hidden_characters_are_refused_even_in_comments() {
    let error = refusal(&format!("{GOOD}// \u{202e} reversed\n"));
    assert_eq!(
        (error.line, &error.problem),
        (3, &Problem::HiddenCharacter { code: 0x202e })
    );
}

#[test]
fn each_policy_needs_a_usable_id() {
    let error = refusal(&format!("{GOOD}\n\nforbid (principal, action, resource);"));
    assert_eq!((error.line, &error.problem), (5, &Problem::MissingId));
    let long = "x".repeat(65);
    for id in ["", "Upper", "two words", "a/b", "ünter", "a\\nb", &long] {
        let error = refusal(&format!(
            "@id(\"{id}\") permit (principal, action, resource);"
        ));
        assert_eq!(error.problem, Problem::BadId, "{id}");
    }
    assert!(matches!(
        refusal("@id(\"a\") @id(\"b\") permit (principal, action, resource);").problem,
        Problem::Syntax { .. }
    ));
}

#[test]
fn ids_are_unique_across_sources() {
    let error = refusal(&format!("{GOOD}\n{GOOD}"));
    let first = Problem::DuplicateId {
        first_file: "desk.cedar".to_owned(),
        first_line: 1,
    };
    assert_eq!((error.line, &error.problem), (4, &first));
    let error = Bundle::from_sources([("b.cedar", GOOD), ("a.cedar", GOOD)]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "b.cedar:1: policy `good`: a.cedar:1 has the same @id"
    );
}

#[test]
fn identical_policies_are_told_apart_by_line() {
    let plain = "permit (principal, action, resource);\n";
    let error = refusal(&format!(
        "@id(\"a\") {plain}@id(\"b\") {plain}// c\n{plain}"
    ));
    assert_eq!((error.line, &error.problem), (4, &Problem::MissingId));
}

#[test]
fn annotations_are_only_those_that_mean_something() {
    let error = refusal("@id(\"a\") @reson(\"typo\") permit (principal, action, resource);");
    assert_eq!(
        error.problem,
        Problem::UnknownAnnotation {
            name: "reson".to_owned()
        }
    );
    let long = "x".repeat(201);
    for reason in ["", "  ", "a\\nb", "a\\u{202e}b", "a\\u{1b}[2Jb", &long] {
        let text =
            format!("@id(\"a\") @reason(\"{reason}\") permit (principal, action, resource);");
        assert_eq!(refusal(&text).problem, Problem::BadReason, "{reason}");
    }
}

#[test]
fn slots_are_refused() {
    for scope in [
        "principal == ?principal, action, resource",
        "principal, action, resource in ?resource",
    ] {
        let error = refusal(&format!("{GOOD}@id(\"slots\") permit ({scope});"));
        assert_eq!(
            (error.line, &error.problem),
            (3, &Problem::Slots),
            "{scope}"
        );
    }
}

#[test]
fn source_network_never_permits() {
    for condition in [
        "context has source_network && context.source_network.isLoopback()",
        "context has \"source_network\" && context[\"source_network\"].isLoopback()",
        "!(context has source_network)",
        "if context has source_network then true else false",
    ] {
        let error = refusal(&permit_when(condition));
        assert_eq!(error.problem, Problem::SourceNetworkInPermit, "{condition}");
        let unless = permit_when(condition).replace("when", "unless");
        assert_eq!(
            refusal(&unless).problem,
            Problem::SourceNetworkInPermit,
            "{condition}"
        );
        let forbid = permit_when(condition).replace("permit", "forbid");
        assert!(
            Bundle::from_sources([("a.cedar", forbid)]).is_ok(),
            "{condition}"
        );
    }
}

#[test]
fn source_names_are_plain_file_names() {
    let long = format!("{}.cedar", "x".repeat(60));
    for name in [
        "",
        ".cedar",
        "desk",
        "desk.txt",
        "../desk.cedar",
        "a b.cedar",
        "a\n.cedar",
        &long,
    ] {
        let error = Bundle::from_sources([(name, GOOD)]).unwrap_err();
        assert_eq!(error.problem, Problem::SourceName, "{name:?}");
        assert!(!error.to_string().contains('\n'));
    }
    let error = Bundle::from_sources([("a.cedar", GOOD), ("a.cedar", GOOD)]).unwrap_err();
    assert_eq!(error.problem, Problem::DuplicateSource);
}

#[test]
fn long_chains_are_refused_before_they_exhaust_the_stack() {
    // A text within the size limit that would overflow the stack of Cedar's parser.
    for link in [
        "true && ",
        "false || ",
        "1 == 1+",
        "if true then true else ",
        "context.a",
        "-1*",
    ] {
        let error = refusal(&permit_when(&format!(
            "{}true",
            link.repeat(60_000 / link.len())
        )));
        assert!(
            matches!(error.problem, Problem::TooComplex { .. }),
            "{link}: {error}"
        );
    }
    assert!(matches!(
        refusal(&permit_when(&"(".repeat(100))).problem,
        Problem::TooDeep { .. }
    ));
}

#[test]
fn longest_chains_allowed_fit_a_small_stack() {
    // Each with as many operators as a policy may have, less those around it.
    for (link, operators, end) in [
        ("context.hour == 25 || ", 4, "true"),
        ("context.hour < 25 && ", 3, "true"),
        ("1 + ", 1, "1 > context.hour"),
        ("if context.hour > 24 then false else ", 3, "true"),
    ] {
        let text = permit_when(&format!("{}{end}", link.repeat(248 / operators)));
        let decide = move || {
            let usage = Usage::default();
            Bundle::from_sources([("a.cedar", text)])
                .unwrap()
                .decide(&Question {
                    client: "desk-1",
                    key: "demo",
                    venue: "binance",
                    now_ms: 0,
                    operations: &[OperationFacts::new(Class::Read, "read")],
                    usage_key: &usage,
                    usage_client: &usage,
                    risk_level: Some(0),
                    kill_switch: Some(false),
                    source_network: None,
                })
        };
        // What the workers of an asynchronous runtime usually have.
        let worker = std::thread::Builder::new()
            .stack_size(2 << 20)
            .spawn(decide)
            .unwrap();
        let decision = worker.join().unwrap();
        assert!(decision.is_allow(), "{link}: {decision}");
    }
}

#[test]
fn hash_depends_on_every_byte_but_not_on_the_order_of_sources() {
    let other = GOOD.replace("good", "other");
    let hash = |sources: &[(&str, &str)]| {
        Bundle::from_sources(sources.iter().copied())
            .unwrap()
            .hash()
    };
    let base = hash(&[("a.cedar", GOOD), ("b.cedar", &other)]);
    assert_eq!(base, hash(&[("b.cedar", &other), ("a.cedar", GOOD)]));
    let spaced = format!("{GOOD} ");
    let moved = format!("{GOOD}{other}");
    let different: [&[(&str, &str)]; 7] = [
        &[("a.cedar", &other), ("b.cedar", GOOD)],
        &[("a.cedar", &spaced), ("b.cedar", &other)],
        &[("a.cedar", GOOD), ("c.cedar", &other)],
        &[("a.cedar", GOOD)],
        &[("a.cedar", &moved)],
        &[("a.cedar", &moved), ("b.cedar", "")],
        &[],
    ];
    let mut hashes: Vec<_> = different.into_iter().map(hash).collect();
    hashes.push(base);
    hashes.sort_unstable();
    hashes.dedup();
    assert_eq!(hashes.len(), 8);
}

#[test]
fn hash_changes_with_any_byte_of_a_comment() {
    let text = format!("// 0123456789\n{GOOD}");
    let hash = |text: String| Bundle::from_sources([("a.cedar", text)]).unwrap().hash();
    let base = hash(text.clone());
    for at in 3..13 {
        let mut changed = text.clone().into_bytes();
        changed[at] ^= 1;
        assert_ne!(base, hash(String::from_utf8(changed).unwrap()), "byte {at}");
    }
}

/// The hash is part of what officers sign; it must not drift between builds.
#[test]
fn hash_is_stable() {
    let hash = Bundle::from_sources([("a.cedar", GOOD)]).unwrap().hash();
    let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(
        hex,
        "2d7b36f5a52b0aea77252f8107d0ca64a502331e087e57eaf763f547c85e8b69"
    );
}
