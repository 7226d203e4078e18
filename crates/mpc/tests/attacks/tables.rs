//! Garbled tables that are not what they should be, and what a MAC of 64 bits stands between (P13).

use countersign_mpc::{BatchSize, Fault, Kind, Misbehaviour, Party, Tag};

use crate::plot::*;
use crate::support::*;

const KEY_LABELS: usize = 256 * 16;
const ROW: usize = 56;
const GATES: usize = 16_248;

/// The whole way to a tag while the garbler of two sends tables as `alter` leaves them.
fn sign_over(
    stage: &Stage,
    seed: u64,
    alter: impl Fn(&mut [u8]) + Send + 'static,
) -> Result<Tag, Fault> {
    let plot = Altering(move |_, kind, body: &mut Vec<u8>| {
        if kind == Kind::Tables {
            alter(body);
        }
    });
    let runs = stage.run(stage.garbler(), plot, seed).runs;
    let halves = runs
        .into_iter()
        .map(|(party, run)| (party, run.unwrap().remove(0)))
        .collect();
    sign(&stage.statement, halves)
}

/// Where the first of the three ciphertexts with the evaluator's MAC is.
fn mac_at(gate: usize) -> usize {
    KEY_LABELS + gate * ROW + 32
}

fn row_blame(garbler: Party) -> Fault {
    let what = Misbehaviour::Row;
    Fault::Misbehaved {
        peer: garbler,
        what,
    }
}

#[test]
fn tables_of_another_circuit_are_pinned_on_the_garbler() {
    let stage = Stage::new(2);
    // Two gates exchanged; the whole table turned by one gate; labels of two key wires exchanged.
    let circuits: [fn(&mut [u8]); 3] = [
        |body| {
            let (head, tail) = body.split_at_mut(KEY_LABELS + 5_000 * ROW);
            head[KEY_LABELS..KEY_LABELS + ROW].swap_with_slice(&mut tail[..ROW]);
        },
        |body| body[KEY_LABELS..].rotate_left(ROW),
        |body| {
            let (head, tail) = body.split_at_mut(16);
            head.swap_with_slice(&mut tail[..16]);
        },
    ];
    for circuit in circuits {
        let fault = sign_over(&stage, 1, circuit).map(|_| ()).unwrap_err();
        assert_eq!(fault, row_blame(stage.garbler()));
    }
}

#[test]
fn a_row_mac_that_is_neither_that_of_0_nor_that_of_1_is_refused() {
    let stage = Stage::new(2);
    let delta = stage.package(stage.quorum.evaluator()).delta;
    let (low, high) = (delta as u64, (delta >> 64) as u64);
    for forged in [1, u64::MAX, 1 << 63, high, low ^ 1, !low] {
        for gate in [0, GATES / 2, GATES - 1] {
            let fault = sign_over(&stage, 1, move |body| add(body, mac_at(gate), forged));
            assert_eq!(fault.map(|_| ()).unwrap_err(), row_blame(stage.garbler()));
        }
    }
}

/// P13: MACs of 64 bits, and each of them counts.
#[test]
fn a_row_mac_changed_in_any_single_bit_is_refused() {
    let stage = Stage::new(2);
    let size = BatchSize::new(HASH, 2, BatchSize::MAX).unwrap();
    for first in (0..64).step_by(BatchSize::MAX) {
        let mut number = first;
        let plot = Altering(move |_, kind, body: &mut Vec<u8>| {
            if kind == Kind::Tables {
                add(body, mac_at(251 * number), 1 << number);
                number += 1;
            }
        });
        let runs = stage.run_batch(stage.garbler(), plot, 2, size).runs;
        let mut halves: Vec<_> = runs
            .into_iter()
            .map(|(party, run)| (party, run.unwrap().into_iter()))
            .collect();
        for bit in first..first + BatchSize::MAX {
            let each = halves.iter_mut();
            let each = each.map(|(party, rest)| (*party, rest.next().unwrap()));
            let fault = sign(&stage.statement, each.collect());
            let fault = fault.map(|_| ()).unwrap_err();
            assert_eq!(fault, row_blame(stage.garbler()), "bit {bit}");
        }
    }
}

/// The control to the tests above: were Δ known, the same change would turn a bit of the tag. The last
/// AND gate is the carry into the highest bit of the last word.
#[test]
fn only_knowing_delta_would_forge_a_row() {
    let stage = Stage::new(2);
    let delta = stage.package(stage.quorum.evaluator()).delta as u64;
    let tag = sign_over(&stage, 1, move |body| add(body, mac_at(GATES - 1), delta)).unwrap();
    let mut forged = stage.reference();
    forged[28] ^= 0x80;
    assert_eq!(tag.expose(), forged);
}

fn add(body: &mut [u8], at: usize, value: u64) {
    let place = body[at..at + 8].iter_mut();
    place.zip(value.to_le_bytes()).for_each(|(b, v)| *b ^= v);
}
