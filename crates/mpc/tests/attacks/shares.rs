//! Other shares and MACs than those dealt (P22).

use countersign_mpc::{Fault, Kind, Misbehaviour};

use crate::plot::*;
use crate::support::spec::Package;
use crate::support::*;

fn nothing() -> Altering<impl FnMut(countersign_mpc::Party, Kind, &mut Vec<u8>)> {
    Altering(|_, _, _: &mut Vec<u8>| {})
}

/// Nobody can use another share, or other MACs, than those dealt.
#[test]
fn a_package_with_one_bit_of_share_or_mac_flipped_never_signs() {
    let (share, macs) = (Package::SHARE_AT, Package::PEERS_AT + 1);
    let places = [
        (share, 0x01),
        (share + 13, 0x10),
        (share + 31, 0x80),
        (macs, 0x01),
        (macs + 255 * 16 + 5, 0x80),
    ];
    for holder in Stage::new(2).quorum.members() {
        for (at, bit) in places {
            let mut stage = Stage::new(2);
            stage.packages[usize::from(holder.index()) - 1][at] ^= bit;
            for (_, abort) in stage.run(*holder, nothing(), 6).aborts() {
                let (peer, what) = (*holder, Misbehaviour::Opening(Kind::MaskOpening));
                assert_eq!(abort.fault, Fault::Misbehaved { peer, what }, "byte {at}");
            }
        }
    }
}

/// With three parties the flipped share must not make two honest parties suspect each other.
#[test]
fn a_wrong_share_among_three_is_pinned_on_its_holder_by_both_others() {
    let mut stage = Stage::new(3);
    stage.packages[1][Package::SHARE_AT + 5] ^= 4;
    let holder = party(2);
    for (_, abort) in stage.run(holder, nothing(), 6).aborts() {
        assert_eq!(abort.fault.culprit(), Some(holder));
    }
}

/// Openings show the low 48 bits of MACs. The others are found by the check of σ if they are the
/// evaluator's, and when rows or output masks made with them are used if they are a garbler's.
#[test]
fn a_package_with_a_high_bit_of_a_mac_flipped_never_signs_either() {
    let dealt = Stage::new(2);
    for holder in dealt.quorum.members() {
        for bit in [48, 63, 64, 127] {
            let mut stage = Stage::new(2);
            let at = Package::PEERS_AT + 1 + 255 * 16 + bit / 8;
            stage.packages[usize::from(holder.index()) - 1][at] ^= 1 << (bit % 8);
            let runs = stage.run(*holder, nothing(), 6);
            let fault = if *holder == stage.garbler() {
                let halves = runs.runs.into_iter();
                let halves = halves.map(|(party, run)| (party, run.unwrap().remove(0)));
                sign(&stage.statement, halves.collect())
                    .map(|_| ())
                    .unwrap_err()
            } else {
                let (_, abort) = runs.aborts().remove(0);
                let (peer, what) = (*holder, Misbehaviour::SigmaCheck);
                assert_eq!(abort.fault, Fault::Misbehaved { peer, what }, "bit {bit}");
                abort.fault
            };
            assert_eq!(fault.culprit(), Some(*holder), "bit {bit}");
        }
    }
}
