//! Wrong material: inconsistent bits, wrong products, wrong shares and MACs, wrong openings.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use countersign_mpc::{Channel, ChannelError, Fault, Kind, Misbehaviour, Party};

use crate::plot::*;
use crate::support::spec::{Package, column_hash};
use crate::support::*;

/// Other bits towards one peer, with corrections and answer to fit: no check of that peer's own can
/// fail, and only the echo shows it.
#[test]
fn other_bits_towards_one_of_two_peers_are_found_by_the_echo() {
    let stage = Stage::new(3);
    for corrupt in stage.quorum.members() {
        for victim in stage.quorum.peers_of(*corrupt) {
            let flipped = 20_000usize;
            let mut words = 0;
            let plot = Altering(move |to, kind, body: &mut Vec<u8>| {
                if to == victim && kind == Kind::Corrections {
                    words = (body.len() - 32) / 8 / 32;
                    for column in 0..32 {
                        body[32 + column * words * 8 + flipped / 8] ^= 1 << (flipped % 8);
                    }
                }
                if to == victim && kind == Kind::CotCheck {
                    let mut difference = vec![0u64; words];
                    difference[flipped / 64] = 1 << (flipped % 64);
                    let moved = column_hash(&body[..32], &difference).to_le_bytes();
                    body[32..48]
                        .iter_mut()
                        .zip(moved)
                        .for_each(|(b, m)| *b ^= m);
                }
            });
            let aborts = stage.run(*corrupt, plot, 2).aborts();
            for (honest, abort) in aborts {
                let of = match abort.fault {
                    Fault::Disagreement { of, .. } => of,
                    other => panic!("{honest:?}: {other}"),
                };
                assert_eq!(of, "the OT check", "the check itself passed");
            }
        }
    }
}

/// One flipped term spoils a product exactly if the victim's x is 1: half of the time the guess is
/// right and nothing happens, half of the time the cheater is named.
#[test]
fn a_selective_failure_is_a_coin_flip_between_blame_and_nothing() {
    let stage = Stage::new(2);
    let (mut passed, mut blamed) = (0, 0);
    for seed in 0..16 {
        let corrupt = stage.quorum.members()[seed as usize % 2];
        let plot = Altering(move |_, kind, body: &mut Vec<u8>| {
            if kind == Kind::CrossTerms {
                body[16 * (100 + seed as usize)] ^= 1;
            }
        });
        let runs = stage.run(corrupt, plot, seed).runs;
        let honest = runs.iter().find(|(party, _)| *party != corrupt).unwrap();
        match &honest.1 {
            Err(abort) => {
                let what = Misbehaviour::TripleCheck;
                assert_eq!(
                    abort.fault,
                    Fault::Misbehaved {
                        peer: corrupt,
                        what
                    }
                );
                blamed += 1;
            }
            Ok(_) => {
                let halves = runs
                    .into_iter()
                    .map(|(party, run)| (party, run.unwrap().remove(0)))
                    .collect();
                let tag = sign(&stage.statement, halves).unwrap();
                assert_eq!(tag.expose(), stage.reference());
                passed += 1;
            }
        }
    }
    assert!(
        passed >= 3 && blamed >= 3,
        "{passed} passed, {blamed} blamed"
    );
}

/// Tells everybody the same wrong product bit, and a view to fit.
struct WrongProduct {
    watch: RunWatch,
    /// Which of the cheater's peers shares the product.
    victim_at: usize,
    told: BTreeMap<Party, Vec<u8>>,
    /// What it would have seen had it told the truth, so that its own side goes on.
    own_view: Vec<u8>,
}

impl Plot for WrongProduct {
    fn send(
        &mut self,
        links: &mut Links,
        to: Party,
        kind: Kind,
        mut body: Vec<u8>,
    ) -> Result<(), ChannelError> {
        self.watch.note(links.me, kind, &body);
        if kind == Kind::ProductBits {
            let at = self.victim_at * body.len() / links.peers();
            body[at] ^= 1;
            self.told.insert(links.me, body.clone());
        }
        if kind == Kind::TripleCommitment {
            let parts: Vec<&[u8]> = self.told.values().map(|bits| &bits[..]).collect();
            let run = self.watch.name();
            let view = run.bound("countersign product bits", Kind::ProductBits, &parts);
            self.own_view = body[64..].to_vec();
            body[64..].copy_from_slice(&view);
        }
        links.send(to, kind, body)
    }

    fn see(
        &mut self,
        _: &mut Links,
        from: Party,
        kind: Kind,
        body: &mut Vec<u8>,
    ) -> Result<(), ChannelError> {
        self.watch.note(from, kind, body);
        match kind {
            Kind::ProductBits => {
                self.told.insert(from, body.clone());
            }
            Kind::TripleCommitment => body[64..].copy_from_slice(&self.own_view),
            _ => {}
        }
        Ok(())
    }
}

#[test]
fn a_wrong_product_is_pinned_on_its_maker_by_the_peer_it_shares_it_with() {
    for t in [2, 3] {
        let stage = Stage::new(t);
        for corrupt in stage.quorum.members() {
            let peers = stage.quorum.peers_of(*corrupt);
            for (victim_at, victim) in peers.iter().enumerate() {
                let plot = WrongProduct {
                    watch: stage.watch(4),
                    victim_at,
                    told: BTreeMap::new(),
                    own_view: Vec::new(),
                };
                for (honest, abort) in stage.run(*corrupt, plot, 4).aborts() {
                    if honest == *victim {
                        let (peer, what) = (*corrupt, Misbehaviour::TripleCheck);
                        assert_eq!(abort.fault, Fault::Misbehaved { peer, what });
                    } else {
                        assert_eq!(abort.fault.culprit(), None);
                    }
                }
            }
        }
    }
}

/// P22: nobody can use another share, or other MACs, than those dealt.
#[test]
fn a_package_with_one_bit_of_share_or_mac_flipped_never_signs() {
    let (share, macs) = (Package::SHARE_AT, Package::PEERS_AT + 1);
    let places = [
        (share, 0x01),
        (share + 13, 0x10),
        (share + 31, 0x80),
        (macs, 0x01),
        (macs + 255 * 16 + 15, 0x80),
    ];
    let honest = Stage::new(2);
    for holder in honest.quorum.members() {
        for (at, bit) in places {
            let mut stage = Stage::new(2);
            stage.packages[usize::from(holder.index()) - 1][at] ^= bit;
            let aborts = stage
                .run(*holder, Altering(|_, _, _: &mut Vec<u8>| {}), 6)
                .aborts();
            for (_, abort) in aborts {
                let (peer, what) = (*holder, Misbehaviour::Opening(Kind::BeaverOpening));
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
    for (_, abort) in stage
        .run(holder, Altering(|_, _, _: &mut Vec<u8>| {}), 6)
        .aborts()
    {
        assert_eq!(abort.fault.culprit(), Some(holder));
    }
}

/// P11: a wrong d or e is found before anything that depends on it leaves an honest party.
#[test]
fn a_wrong_beaver_opening_stops_the_run_before_any_table_is_sent() {
    let stage = Stage::new(2);
    // The evaluator lies, and would get the garbler's tables.
    let corrupt = stage.quorum.evaluator();
    const GATES: usize = 16_248;
    let lies: [fn(&mut [u8]); 4] = [
        |body| body[17] ^= 1,
        |body| body[GATES / 8 + 17] ^= 1,
        |body| {
            let len = body.len();
            body[len - 1] ^= 1;
        },
        |body| {
            body[0] ^= 1;
            let len = body.len();
            body[len - 32..].fill(0);
        },
    ];
    for lie in lies {
        let tables = Arc::new(AtomicBool::new(false));
        let plot = WatchTables {
            lie,
            tables: tables.clone(),
        };
        for (_, abort) in stage.run(corrupt, plot, 7).aborts() {
            let (peer, what) = (corrupt, Misbehaviour::Opening(Kind::BeaverOpening));
            assert_eq!(abort.fault, Fault::Misbehaved { peer, what });
        }
        assert!(!tables.load(Ordering::SeqCst));
    }
}

/// Lies in its Beaver opening, and keeps on listening for tables.
struct WatchTables {
    lie: fn(&mut [u8]),
    tables: Arc<AtomicBool>,
}

impl Plot for WatchTables {
    fn send(
        &mut self,
        links: &mut Links,
        to: Party,
        kind: Kind,
        mut body: Vec<u8>,
    ) -> Result<(), ChannelError> {
        if kind == Kind::BeaverOpening {
            (self.lie)(&mut body);
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
