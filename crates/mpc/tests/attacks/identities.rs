//! Sessions and presignatures: names never repeat, and parties that mean different runs part without
//! blame (P5, P19).

use std::collections::HashSet;

use countersign_mpc::dealing::{QuorumShare, SharePackage};
use countersign_mpc::{BatchSize, Fault, SessionId, preprocess};

use crate::plot::*;
use crate::support::spec::Package;
use crate::support::*;

#[test]
fn sessions_differ_by_nonce_batch_quorum_epoch_and_dealing() {
    let packages = dealt(HASH, 2, 3, &KEY, 3).packages;
    let share = |package: &SharePackage, quorum: usize| {
        QuorumShare::new(package, &quorums(2, 3)[quorum]).unwrap()
    };
    let first = share(&packages[0], 0);
    let mut next_epoch = packages[0].encode().to_vec();
    next_epoch[Package::EPOCH_AT] += 1;
    let next_epoch = SharePackage::decode(&next_epoch).unwrap();
    let other_dealing = dealt(HASH, 2, 3, &KEY, 4).packages;

    let name = |share: &QuorumShare, nonces: [[u8; 32]; 2], batch: u8| {
        SessionId::new(share, &nonces, &[batch; 16])
    };
    let (a, b) = ([1; 32], [2; 32]);
    let names = HashSet::from([
        name(&first, [a, b], 0),
        name(&first, [b, a], 0),
        name(&first, [a, a], 0),
        name(&first, [b, b], 0),
        name(&first, [a, b], 1),
        name(&share(&packages[0], 1), [a, b], 0),
        name(&share(&next_epoch, 0), [a, b], 0),
        name(&share(&other_dealing[0], 0), [a, b], 0),
    ]);
    assert_eq!(names.len(), 8);
    // The same at the other member.
    let second = share(&packages[1], 0);
    assert_eq!(name(&first, [a, b], 0), name(&second, [a, b], 0));
}

#[test]
fn presignature_ids_never_repeat_even_when_a_session_is_opened_again() {
    let stage = Stage::new(2);
    let size = BatchSize::new(HASH, 2, 3).unwrap();
    let mut seen = HashSet::new();
    for seed in [21, 22, 23] {
        let batches = stage.honest(seed, size);
        let ids = |n: usize| {
            batches[n]
                .1
                .iter()
                .map(|half| half.id())
                .collect::<Vec<_>>()
        };
        assert_eq!(ids(0), ids(1), "both members call them the same");
        seen.extend(ids(0));
    }
    // Session 21 once more: whoever opened it remembered its name, but the members draw new nonces.
    let runs = run_with(&stage, [21, 21], [size, size], 77);
    for run in runs {
        seen.extend(run.unwrap().iter().map(|half| half.id()));
    }
    assert_eq!(seen.len(), 12);
}

/// Whoever opens a batch could tell two honest nodes different things; they must not fall out.
#[test]
fn parties_told_different_sessions_or_sizes_disagree_without_blame() {
    let stage = Stage::new(2);
    let size = |n| BatchSize::new(HASH, 2, n).unwrap();
    for (sessions, sizes) in [([1, 2], [size(2), size(2)]), ([1, 1], [size(2), size(3)])] {
        for run in run_with(&stage, sessions, sizes, 1) {
            let abort = run.map(|_| ()).unwrap_err();
            let of = "the session";
            assert!(matches!(abort.fault, Fault::Disagreement { of: found, .. } if found == of));
            assert!(abort.fault.culprit().is_none() && !abort.checks_started);
        }
    }
}

/// Two parties, each with its own idea of session and size.
fn run_with(stage: &Stage, sessions: [u64; 2], sizes: [BatchSize; 2], seed: u64) -> Vec<Run> {
    let shares = stage.shares();
    std::thread::scope(|scope| {
        let links = network(&stage.quorum).into_iter();
        let parties = shares
            .iter()
            .zip(links)
            .zip(sessions.into_iter().zip(sizes));
        let runs: Vec<_> = parties
            .map(|((share, mut links), (name, size))| {
                scope.spawn(move || {
                    let mut rng = rng(seed, share.me());
                    preprocess(share, session(share, name), size, &mut links, &mut rng)
                })
            })
            .collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    })
}

/// P10: a batch sized for fewer parties is made as large as its quorum needs.
#[test]
fn a_batch_is_never_smaller_than_its_quorum_needs() {
    let stage = Stage::new(4);
    let for_two = BatchSize::least(HASH, 2);
    for (_, batch) in stage.honest(1, for_two) {
        assert_eq!(batch.len(), BatchSize::least(HASH, 4).presignatures());
        assert!(batch.len() > for_two.presignatures());
    }
}
