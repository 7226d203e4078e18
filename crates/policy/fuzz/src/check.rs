//! What must hold of every decision and every source. The plain evaluation of the same policies is
//! compared with by the crate itself, in builds with debug assertions.

use std::collections::BTreeSet;

use countersign_policy::{
    Bundle, Decimal, Decision, Denial, DenialKind, Notional, OperationFacts, Question,
};

use crate::{
    choices::Choices,
    policies::Subject,
    scene::{Scene, more_usage},
};

/// Checks the decision about the request that a fuzzer's bytes stand for: the first of them is the subject.
pub fn decision_of(subjects: &[Subject], bytes: &[u8]) -> bool {
    let (first, choices) = bytes.split_first().unwrap_or((&0, &[]));
    let subject = &subjects[usize::from(*first) % subjects.len()];
    decision(subject, &mut Choices::new(choices, 0))
}

/// Checks the decision about one request. Panics on what must not be, saying what.
///
/// Returns whether the request was allowed.
pub fn decision(subject: &Subject, choices: &mut Choices<'_>) -> bool {
    let scene = Scene::new(choices, subject.client, subject.key);
    let usage = scene.usage_at(scene.now_ms);
    let question = scene.question(&usage);
    let decision = subject.bundle.decide(&question);
    is_well_founded(&subject.bundle, &question, &decision);
    let told = || format!("{question:#?}\n{decision:#?}\n{}", subject.text);

    let stricter = subject.stricter.decide(&question);
    if stricter.is_allow() {
        assert_eq!(stricter, decision, "a forbid allows: {}", told());
    }
    if let Decision::Deny(denial) = &decision {
        // What failed to evaluate may do so no longer.
        if denial.kind != DenialKind::EvaluationError {
            let more = more_usage(choices);
            let usage = (usage.0.saturating_add(&more), usage.1.saturating_add(&more));
            let later = subject.bundle.decide(&scene.question(&usage));
            assert!(!later.is_allow(), "more usage allows: {}", told());
        }
        retries(&subject.bundle, &scene, &question, denial);
    }
    if choices.once_in(4) {
        is_explained(&subject.bundle, &question, &decision);
    }
    decision.is_allow()
}

/// Checks a source, and a few decisions by it if it is accepted. Panics on what must not be.
///
/// Returns whether it was accepted.
pub fn source(text: &str, choices: &mut Choices<'_>) -> bool {
    let read = || Bundle::from_sources([("fuzz.cedar", text)]);
    let bundle = match read() {
        Ok(bundle) => bundle,
        Err(error) => {
            let lines = text.matches('\n').count() + 1;
            assert!((1..=lines).contains(&error.line), "{error}: {text:?}");
            is_one_line(&error.to_string());
            return false;
        }
    };
    let again = read().expect("a text that was accepted");
    assert_eq!(bundle.hash(), again.hash(), "{text:?}");
    assert!(bundle.rules().eq(again.rules()), "{text:?}");
    for _ in 0..4 {
        let (client, key) =
            *choices.pick(&[("desk-1", "demo"), ("maker-1", "maker"), ("perp-1", "perp")]);
        let scene = Scene::new(choices, client, key);
        let usage = scene.usage_at(scene.now_ms);
        let question = scene.question(&usage);
        let decision = bundle.decide(&question);
        is_well_founded(&bundle, &question, &decision);
        is_explained(&bundle, &question, &decision);
        assert_eq!(again.decide(&question), decision, "{text:?}");
    }
    true
}

fn is_well_founded(bundle: &Bundle, question: &Question<'_>, decision: &Decision) {
    let known = |id: &str| bundle.ids().any(|one| one == id);
    match decision {
        Decision::Allow { rules } => {
            assert!(!question.operations.is_empty(), "nothing is allowed");
            assert!(
                !question.operations.iter().any(is_negative),
                "a negative amount is allowed: {question:#?}"
            );
            assert!(!rules.is_empty(), "allowed by nothing: {question:#?}");
            assert!(rules.iter().all(|id| known(id)), "{rules:?}");
        }
        Decision::Deny(denial) => {
            assert!(
                denial.rules.iter().all(|rule| known(&rule.id)),
                "{denial:?}"
            );
            assert!(
                denial.causes.iter().all(|one| known(&one.rule)),
                "{denial:?}"
            );
            is_one_line(&denial.detail);
        }
    }
}

fn is_negative(operation: &OperationFacts) -> bool {
    let notional = match &operation.notional {
        Notional::AtMost { value, .. } => Some(*value),
        Notional::Nothing | Notional::Unknown => None,
    };
    let reference = operation.reference.as_ref().map(|one| one.price);
    let OperationFacts {
        quantity,
        price,
        stop_price,
        quote_quantity,
        leverage,
        amount,
        ..
    } = operation;
    [
        notional,
        reference,
        *quantity,
        *price,
        *stop_price,
        *quote_quantity,
        *leverage,
        *amount,
    ]
    .into_iter()
    .flatten()
    .any(|amount| amount < Decimal::ZERO)
}

/// Each operation, explained alone, is decided as it is among the others, in whichever order.
fn is_explained(bundle: &Bundle, question: &Question<'_>, decision: &Decision) {
    let explained = bundle.explain(question);
    assert_eq!(explained.len(), question.operations.len());
    let mut permits = BTreeSet::new();
    let mut allowed = !explained.is_empty();
    for one in &explained {
        match &one.decision {
            Decision::Allow { rules } => permits.extend(rules.iter().cloned()),
            Decision::Deny(_) => allowed = false,
        }
    }
    assert_eq!(
        allowed,
        decision.is_allow(),
        "{question:#?}\n{explained:#?}"
    );
    let operations: Vec<OperationFacts> = question.operations.iter().rev().cloned().collect();
    let reversed = bundle.decide(&Question {
        operations: &operations,
        ..*question
    });
    assert_eq!(reversed.is_allow(), allowed, "{question:#?}");
    if let Decision::Allow { rules } = decision {
        let permits = Vec::from_iter(permits);
        assert_eq!(&permits, rules, "{question:#?}");
        assert_eq!(&reversed, decision, "{question:#?}");
    }
}

/// A time to try again is one at which the request passes.
fn retries(bundle: &Bundle, scene: &Scene, question: &Question<'_>, denial: &Denial) {
    let falls = scene
        .counters
        .falls(scene.now_ms, &scene.key, &scene.client);
    let after = bundle.retry_after_ms(question, denial, &falls, |now_ms| scene.usage_at(now_ms));
    let Some(after) = after else { return };
    let now_ms = scene.now_ms + after;
    assert!(
        falls.contains(&now_ms) || now_ms.is_multiple_of(3_600_000),
        "{after}: {question:#?}"
    );
    let (usage_key, usage_client) = scene.usage_at(now_ms);
    let later = bundle.decide(&Question {
        now_ms,
        usage_key: &usage_key,
        usage_client: &usage_client,
        ..*question
    });
    assert!(later.is_allow(), "not after {after} ms: {question:#?}");
    is_one_line(&denial.clone().retry_after(Some(after)).detail);
}

fn is_one_line(text: &str) {
    assert!(!text.chars().any(char::is_control), "{text:?}");
}
