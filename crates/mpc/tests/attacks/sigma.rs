//! An evaluator that has its shares of σ authenticated anew and lies about them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use countersign_mpc::{Channel, ChannelError, Fault, Kind, Misbehaviour, Party};

use crate::plot::*;
use crate::support::*;

const SUBFIELDS: usize = 32;
const GATES: usize = 16_248;
/// Bytes of a column, and of the columns of one presignature.
const COLUMN: usize = GATES.div_ceil(128) * 16;
const COLUMNS: usize = SUBFIELDS * COLUMN;

/// Flips a bit of one column of the first presignature. Bits from [`GATES`] on belong to no gate.
fn flip(body: &mut [u8], subfield: usize, bit: usize) {
    body[subfield * COLUMN + bit / 8] ^= 1 << (bit % 8);
}

fn caught(evaluator: Party) -> Fault {
    let what = Misbehaviour::SigmaCheck;
    Fault::Misbehaved {
        peer: evaluator,
        what,
    }
}

/// Alters the message to each garbler, and looks whether tables come back.
struct Liar<F> {
    lie: F,
    tables: Arc<AtomicBool>,
}

impl<F: FnMut(Party, &mut Vec<u8>) + Send> Plot for Liar<F> {
    fn send(
        &mut self,
        links: &mut Links,
        to: Party,
        kind: Kind,
        mut body: Vec<u8>,
    ) -> Result<(), ChannelError> {
        if kind == Kind::SigmaCorrections {
            (self.lie)(to, &mut body);
        }
        links.send(to, kind, body)
    }

    fn see(
        &mut self,
        _: &mut Links,
        _: Party,
        kind: Kind,
        _: &mut Vec<u8>,
    ) -> Result<(), ChannelError> {
        if kind == Kind::Tables {
            self.tables.store(true, Ordering::SeqCst);
        }
        Ok(())
    }
}

/// Every garbler finds the lie, names the evaluator, and has sent no table.
fn is_pinned_on_the_evaluator(
    stage: &Stage,
    seed: u64,
    about: &str,
    lie: impl FnMut(Party, &mut Vec<u8>) + Send + 'static,
) {
    let tables = Arc::new(AtomicBool::new(false));
    let evaluator = stage.quorum.evaluator();
    let liar = Liar {
        lie,
        tables: tables.clone(),
    };
    for (garbler, abort) in stage.run(evaluator, liar, seed).aborts() {
        assert_eq!(abort.fault, caught(evaluator), "{garbler:?}: {about}");
        assert!(abort.checks_started);
    }
    assert!(!tables.load(Ordering::SeqCst), "{about}: a table was sent");
}

/// Corrections to another σ, the same in all subfields: what an evaluator would need Δ for.
#[test]
fn another_sigma_is_pinned_on_the_evaluator() {
    for t in [2, 3] {
        let stage = Stage::new(t);
        let all: Vec<usize> = (0..GATES).collect();
        let lies = [
            vec![0],
            vec![GATES - 1],
            vec![7_000, 7_001],
            all,
            // A row without a gate.
            vec![GATES],
            vec![COLUMN * 8 - 1],
        ];
        for (case, bits) in lies.into_iter().enumerate() {
            is_pinned_on_the_evaluator(&stage, 1, &format!("case {case}"), move |_, body| {
                for subfield in 0..SUBFIELDS {
                    bits.iter().for_each(|&bit| flip(body, subfield, bit));
                }
            });
        }
    }
}

/// Selective failure, and the control to the test above: bits that differ in one subfield are a guess that
/// the four bits of Δ there are zero. It passes where they are, and has changed nothing then.
#[test]
fn inconsistent_corrections_pass_only_where_delta_is_zero() {
    let stage = Stage::new(2);
    let (evaluator, garbler) = (stage.quorum.evaluator(), stage.garbler());
    let delta = stage.package(garbler).delta;
    let zero = |b: usize| delta >> (4 * b) & 0xf == 0;
    assert!((0..SUBFIELDS).any(zero), "the dealing has such a subfield");
    for b in (0..SUBFIELDS).filter(|&b| zero(b) || b % 4 == 0) {
        let lie = move |body: &mut [u8]| {
            [3, 500, 16_000]
                .into_iter()
                .for_each(|bit| flip(body, b, bit));
        };
        if !zero(b) {
            let about = format!("subfield {b}");
            is_pinned_on_the_evaluator(&stage, 2, &about, move |_, body| lie(body));
            continue;
        }
        let plot = Altering(move |_, kind, body: &mut Vec<u8>| {
            if kind == Kind::SigmaCorrections {
                lie(body);
            }
        });
        let runs = stage.run(evaluator, plot, 2).runs;
        let halves = runs
            .into_iter()
            .map(|(party, run)| (party, run.unwrap().remove(0)))
            .collect();
        let tag = sign(&stage.statement, halves).unwrap();
        assert_eq!(tag.expose(), stage.reference(), "subfield {b}");
    }
}

/// Two wrong subfields are two guesses.
#[test]
fn a_right_guess_does_not_hide_a_wrong_one() {
    let stage = Stage::new(2);
    let delta = stage.package(stage.garbler()).delta;
    let (zero, other): (Vec<usize>, Vec<usize>) =
        (0..SUBFIELDS).partition(|b| delta >> (4 * b) & 0xf == 0);
    is_pinned_on_the_evaluator(&stage, 3, "two guesses", move |_, body| {
        flip(body, zero[0], 99);
        flip(body, other[0], 99);
    });
}

#[test]
fn a_digest_changed_in_any_place_is_pinned_on_the_evaluator() {
    let stage = Stage::new(2);
    for bit in [0, 7, 100, 255] {
        let about = format!("bit {bit}");
        is_pinned_on_the_evaluator(&stage, 4, &about, move |_, body| {
            let digest = body.len() - 32;
            body[digest + bit / 8] ^= 1 << (bit % 8);
        });
    }
}

/// What fits one batch, garbler or presignature fits no other.
#[test]
fn corrections_and_digests_of_another_place_are_pinned_on_the_evaluator() {
    let stage = Stage::new(3);
    let evaluator = stage.quorum.evaluator();
    let sent = Arc::new(std::sync::Mutex::new(BTreeMap::new()));
    let log = sent.clone();
    let recorder = Altering(move |to, kind, body: &mut Vec<u8>| {
        if kind == Kind::SigmaCorrections {
            log.lock().unwrap().insert(to, body.clone());
        }
    });
    let runs = stage.run(evaluator, recorder, 5).runs;
    assert!(runs.into_iter().all(|(_, run)| run.is_ok()));
    let earlier: BTreeMap<Party, Vec<u8>> = sent.lock().unwrap().clone();

    let whole = earlier.clone();
    is_pinned_on_the_evaluator(&stage, 6, "of an earlier batch", move |to, body| {
        body.copy_from_slice(&whole[&to]);
    });
    let digests = earlier.clone();
    is_pinned_on_the_evaluator(&stage, 6, "digest of an earlier batch", move |to, body| {
        let digest = body.len() - 32;
        body[digest..].copy_from_slice(&digests[&to][digest..]);
    });
    // The same batch once more, as far as those two know who draw the same again: all draw the same here.
    let others = earlier;
    is_pinned_on_the_evaluator(&stage, 5, "of the other garbler", move |to, body| {
        let (_, other) = others.iter().find(|(party, _)| **party != to).unwrap();
        body.copy_from_slice(other);
    });
    is_pinned_on_the_evaluator(&stage, 6, "of the other presignature", move |_, body| {
        let (first, rest) = body.split_at_mut(COLUMNS);
        first.swap_with_slice(&mut rest[..COLUMNS]);
    });
}

/// All subfields carry the same σ, each under a pad of its own; no pad comes twice.
#[test]
fn every_correction_has_a_pad_of_its_own() {
    let stage = Stage::new(3);
    let seen: Arc<std::sync::Mutex<Vec<Vec<u8>>>> = Arc::default();
    for seed in [7, 8] {
        let log = seen.clone();
        let recorder = Altering(move |_, kind, body: &mut Vec<u8>| {
            if kind == Kind::SigmaCorrections {
                let columns = body[..body.len() - 32].chunks(COLUMN);
                log.lock().unwrap().extend(columns.map(<[u8]>::to_vec));
            }
        });
        let evaluator = stage.quorum.evaluator();
        let runs = stage.run(evaluator, recorder, seed).runs;
        assert!(runs.into_iter().all(|(_, run)| run.is_ok()));
    }
    let columns = seen.lock().unwrap();
    let presignatures = stage.size().presignatures();
    assert_eq!(columns.len(), 2 * 2 * presignatures * SUBFIELDS);
    for (at, one) in columns.iter().enumerate() {
        for other in &columns[..at] {
            let differing: u32 = one
                .iter()
                .zip(other)
                .map(|(a, b)| (a ^ b).count_ones())
                .sum();
            // Half of the bits, and six standard deviations of 64.
            let half = COLUMN as u32 * 4;
            assert!(differing.abs_diff(half) < 6 * 64, "{differing}");
        }
    }
}
