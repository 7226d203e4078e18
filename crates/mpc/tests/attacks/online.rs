//! The one message of a garbler: statements that differ, labels that are exchanged, masks that are
//! wrong (P15 to P18).

use countersign_mpc::dealing::SharePackage;
use countersign_mpc::{
    BatchSize, EvaluatorPresignature, Fault, GarblerPresignature, Kind, Misbehaviour, Party,
    Presignature, Statement,
};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};

use crate::plot::*;
use crate::support::*;

const LABELS_AT_TWO: usize = 64;

/// Presignatures of two parties, side by side.
fn pairs(stage: &Stage, count: usize) -> Vec<(EvaluatorPresignature, GarblerPresignature)> {
    let size = BatchSize::new(HASH, 2, count).unwrap();
    let (mut evaluators, mut garblers) = (Vec::new(), Vec::new());
    for (_, batch) in stage.honest(11, size) {
        for half in batch {
            match half {
                Presignature::Evaluator(half) => evaluators.push(half),
                Presignature::Garbler(half) => garblers.push(half),
            }
        }
    }
    evaluators.into_iter().zip(garblers).collect()
}

fn other(stage: &Stage) -> [Statement; 3] {
    let statement = &stage.statement;
    let package = SharePackage::decode(&stage.packages[0]).unwrap();
    let another_message = package.inner_digest(b"symbol=BTCUSDT&side=SELL");
    let change = |what: fn(&mut Statement)| {
        let mut changed = statement.clone();
        what(&mut changed);
        changed
    };
    [
        change(|s| s.request_digest[0] ^= 1),
        change(|s| s.governance_state[31] ^= 1),
        Statement {
            inner_digest: another_message,
            ..statement.clone()
        },
    ]
}

#[test]
fn another_statement_at_the_garbler_is_disagreement_and_nobodys_fault() {
    let stage = Stage::new(2);
    let garbler = stage.garbler();
    let others = other(&stage);
    for ((at_evaluator, at_garbler), statement) in pairs(&stage, 3).into_iter().zip(&others) {
        let message = at_garbler.release(statement).encode();
        let fault = at_evaluator
            .evaluate(&stage.statement, &[(garbler, message)])
            .unwrap_err();
        assert!(matches!(fault, Fault::Disagreement { peer, .. } if peer == garbler));
        assert!(fault.culprit().is_none() && !fault.is_final());
    }
}

/// A message for one presignature says nothing under another.
#[test]
fn a_message_for_another_presignature_is_disagreement() {
    let stage = Stage::new(2);
    let mut pairs = pairs(&stage, 2);
    let (second, first) = (pairs.pop().unwrap(), pairs.pop().unwrap());
    let message = second.1.release(&stage.statement).encode();
    let fault = first
        .0
        .evaluate(&stage.statement, &[(stage.garbler(), message)])
        .unwrap_err();
    assert!(matches!(fault, Fault::Disagreement { .. }));
}

/// P18. Bit 31 of schedule word 63 enters no AND gate, so no MAC stands behind its label.
#[test]
fn exchanging_the_label_of_word_63_bit_31_does_not_change_the_tag() {
    let stage = Stage::new(2);
    let garbler = stage.garbler();
    let delta = stage.package(garbler).delta.to_le_bytes();
    let wires = [
        (63, 31, true),
        (63, 30, false),
        (0, 0, false),
        (31, 31, false),
    ];
    for ((at_evaluator, at_garbler), (word, bit, harmless)) in
        pairs(&stage, 4).into_iter().zip(wires)
    {
        let mut message = at_garbler.release(&stage.statement).encode();
        // The label of the opposite bit, which is as valid as the right one.
        let at = LABELS_AT_TWO + (word * 32 + bit) * 16;
        message[at..at + 16]
            .iter_mut()
            .zip(delta)
            .for_each(|(b, d)| *b ^= d);
        let result = at_evaluator.evaluate(&stage.statement, &[(garbler, message)]);
        if harmless {
            assert_eq!(result.unwrap().expose(), stage.reference());
        } else {
            let what = Misbehaviour::Row;
            assert_eq!(
                result.unwrap_err(),
                Fault::Misbehaved {
                    peer: garbler,
                    what
                }
            );
        }
    }
}

#[test]
fn a_flipped_output_mask_share_is_pinned_on_the_garbler() {
    let stage = Stage::new(2);
    let garbler = stage.garbler();
    for (i, (at_evaluator, at_garbler)) in pairs(&stage, 4).into_iter().enumerate() {
        let mut message = at_garbler.release(&stage.statement).encode();
        let outputs_at = message.len() - 64;
        message[outputs_at + i * 10] ^= 1 << i;
        let fault = at_evaluator
            .evaluate(&stage.statement, &[(garbler, message)])
            .unwrap_err();
        let what = Misbehaviour::Opening(Kind::Online);
        assert_eq!(
            fault,
            Fault::Misbehaved {
                peer: garbler,
                what
            }
        );
    }
}

#[test]
fn messages_that_are_missing_hostile_or_from_strangers_are_refused_in_good_order() {
    let stage = Stage::new(2);
    let garbler = stage.garbler();
    let stranger = party(9);
    type Make = fn(Vec<u8>, Party, Party) -> Vec<(Party, Vec<u8>)>;
    let cases: [(Make, Option<Party>); 5] = [
        (|_, _, _| Vec::new(), None),
        (|m, _, stranger| vec![(stranger, m)], None),
        (|_, garbler, _| vec![(garbler, Vec::new())], Some(garbler)),
        (
            |m, garbler, _| vec![(garbler, [m.clone(), m].concat())],
            Some(garbler),
        ),
        (
            |m, garbler, _| vec![(garbler, m[..m.len() - 1].to_vec())],
            Some(garbler),
        ),
    ];
    for ((at_evaluator, at_garbler), (make, culprit)) in pairs(&stage, 5).into_iter().zip(cases) {
        let message = at_garbler.release(&stage.statement).encode();
        let messages = make(message, garbler, stranger);
        let fault = at_evaluator
            .evaluate(&stage.statement, &messages)
            .unwrap_err();
        assert_eq!(fault.culprit(), culprit, "{fault}");
    }
}

/// Three parties, and messages of the two garblers for the statements given.
fn of_three(
    stage: &Stage,
    statements: [&Statement; 2],
) -> (EvaluatorPresignature, Vec<(Party, Vec<u8>)>) {
    let (mut at_evaluator, mut messages) = (None, Vec::new());
    let mut statements = statements.into_iter();
    for (party, batch) in stage.honest(12, stage.size()) {
        match batch.into_iter().next().unwrap() {
            Presignature::Evaluator(half) => at_evaluator = Some(half),
            Presignature::Garbler(half) => {
                let statement = statements.next().unwrap();
                messages.push((party, half.release(statement).encode()));
            }
        }
    }
    (at_evaluator.unwrap(), messages)
}

/// τ, fingerprint, one piece for the other garbler, body.
const BODY_AT_THREE: usize = 96;

/// A garbler's body under the pad whose only piece the other garbler sent.
fn open_body(message: &[u8], piece: &[u8]) -> Vec<u8> {
    let mut stream = vec![0; message.len() - BODY_AT_THREE];
    ChaCha20Rng::from_seed(piece.try_into().unwrap()).fill_bytes(&mut stream);
    let body = message[BODY_AT_THREE..].iter();
    body.zip(stream).map(|(b, s)| b ^ s).collect()
}

/// P16: labels open only if all garblers approved the same thing.
#[test]
fn an_evaluator_with_approvals_of_two_statements_opens_no_labels() {
    let stage = Stage::new(3);
    let [another, ..] = other(&stage);

    // What the honest evaluator says.
    let (at_evaluator, messages) = of_three(&stage, [&stage.statement, &another]);
    let fault = at_evaluator
        .evaluate(&stage.statement, &messages)
        .unwrap_err();
    assert!(matches!(fault, Fault::Disagreement { .. }) && fault.culprit().is_none());

    // A corrupt one that writes the same τ on both finds that the pieces do not fit.
    let (at_evaluator, mut messages) = of_three(&stage, [&stage.statement, &another]);
    let tau = messages[0].1[..32].to_vec();
    messages[1].1[..32].copy_from_slice(&tau);
    let fault = at_evaluator
        .evaluate(&stage.statement, &messages)
        .unwrap_err();
    assert_eq!(fault, Fault::QuorumMisbehaved);

    // And what it can decrypt by hand is not what an agreement would have opened. The runs are the
    // same to the last bit, so the first garbler's message is, too.
    let (_, agreed) = of_three(&stage, [&stage.statement, &stage.statement]);
    let (_, split) = of_three(&stage, [&stage.statement, &another]);
    assert_eq!(agreed[0].1[BODY_AT_THREE..], split[0].1[BODY_AT_THREE..]);
    let opened = open_body(&agreed[0].1, &agreed[1].1[64..96]);
    let garbage = open_body(&split[0].1, &split[1].1[64..96]);
    let equal = opened.iter().zip(&garbage).filter(|(a, b)| a == b).count();
    assert!(
        equal < opened.len() / 64,
        "{equal} bytes of {} open",
        opened.len()
    );
    // The control: the right piece opens labels, here the one of bit 0 of a schedule both know.
    assert_eq!(opened.len(), 64 * 32 * 16 + 32 + 32);
    let (at_evaluator, messages) = of_three(&stage, [&stage.statement, &stage.statement]);
    let tag = at_evaluator.evaluate(&stage.statement, &messages).unwrap();
    assert_eq!(tag.expose(), stage.reference());
}

#[test]
fn among_three_a_flipped_output_mask_share_still_names_its_garbler() {
    let stage = Stage::new(3);
    for liar in 0..2 {
        let statement = &stage.statement;
        let (at_evaluator, mut messages) = of_three(&stage, [statement, statement]);
        let outputs_at = messages[liar].1.len() - 64;
        messages[liar].1[outputs_at] ^= 1;
        let fault = at_evaluator.evaluate(statement, &messages).unwrap_err();
        let (peer, what) = (messages[liar].0, Misbehaviour::Opening(Kind::Online));
        assert_eq!(fault, Fault::Misbehaved { peer, what });
    }
}
