//! Wrong openings of masks and products at every point where they meet others: each d, each e, each
//! product bit, their MACs, and the answers that check them (P11).

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use countersign_mpc::{Channel, ChannelError, Fault, Kind, Misbehaviour, Party};

use crate::plot::*;
use crate::support::spec::polyval;
use crate::support::*;

const GATES: usize = 16_248;

/// Lies in its openings, and claims to have seen what it told: no echo gives it away. It goes on as
/// long as it can, listening for tables.
struct Liar<F> {
    watch: RunWatch,
    /// What becomes of an opening, or of a later message, to this party.
    lie: F,
    told: BTreeMap<Party, Vec<u8>>,
    seen: BTreeMap<Party, Vec<u8>>,
    /// What it would have seen had it told the truth, so that its own side goes on.
    own_view: Vec<u8>,
    tables: Arc<AtomicBool>,
}

impl<F: FnMut(Party, Kind, &mut Vec<u8>) + Send> Liar<F> {
    fn new(stage: &Stage, seed: u64, lie: F) -> Self {
        Self {
            watch: stage.watch(seed),
            lie,
            told: BTreeMap::new(),
            seen: BTreeMap::new(),
            own_view: Vec::new(),
            tables: Arc::default(),
        }
    }
}

impl<F: FnMut(Party, Kind, &mut Vec<u8>) + Send> Plot for Liar<F> {
    fn send(
        &mut self,
        links: &mut Links,
        to: Party,
        kind: Kind,
        mut body: Vec<u8>,
    ) -> Result<(), ChannelError> {
        self.watch.note(links.me, kind, &body);
        if kind >= Kind::MaskOpening {
            (self.lie)(to, kind, &mut body);
        }
        if kind == Kind::MaskOpening {
            self.told.insert(to, body.clone());
        }
        if kind == Kind::OpeningChallenge {
            let mut openings = self.seen.clone();
            openings.insert(links.me, self.told[&to].clone());
            let parts: Vec<&[u8]> = openings.values().map(|bits| &bits[..]).collect();
            let run = self.watch.name();
            let view = run.bound("countersign openings", Kind::MaskOpening, &parts);
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
            Kind::MaskOpening => {
                self.seen.insert(from, body.clone());
            }
            Kind::OpeningChallenge => body[64..].copy_from_slice(&self.own_view),
            Kind::Tables => self.tables.store(true, Ordering::SeqCst),
            _ => {}
        }
        Ok(())
    }
}

/// Bits of one opening of the whole batch, by their number: d_0 to d_3 of a gate, or its e, or its
/// product bit.
fn gates(stage: &Stage) -> usize {
    GATES * stage.size().presignatures()
}

fn d(gate: usize, k: usize) -> usize {
    4 * gate + k
}

fn e(stage: &Stage, gate: usize) -> usize {
    4 * gates(stage) + gate
}

fn product(stage: &Stage, gate: usize) -> usize {
    5 * gates(stage) + gate
}

fn flip(body: &mut [u8], bit: usize) {
    body[bit / 8] ^= 1 << (bit % 8);
}

fn misbehaved(peer: Party, what: Misbehaviour) -> Fault {
    Fault::Misbehaved { peer, what }
}

/// What comes of a wrong product: of two, one is proven to have lied; of more, nobody can tell.
fn wrong_product(stage: &Stage, corrupt: Party) -> Fault {
    match stage.quorum.size() {
        2 => misbehaved(corrupt, Misbehaviour::ProductCheck),
        _ => Fault::QuorumMisbehaved,
    }
}

#[test]
fn a_wrong_d_or_e_is_pinned_on_its_sender_by_all() {
    for t in [2, 3] {
        let stage = Stage::new(t);
        let last = gates(&stage) - 1;
        let mut lies = vec![vec![d(0, 1)], vec![d(last, 3)], vec![e(&stage, 0)]];
        if t == 2 {
            lies.extend([
                vec![d(0, 0)],
                vec![d(GATES, 2)],
                vec![e(&stage, last)],
                // Two lies that a hash without position would add to nothing: neighbours in one block,
                // the same half of two blocks, a gate's d and e, all of one gate.
                vec![d(700, 0), d(700, 1)],
                vec![d(700, 0), d(700, 2)],
                vec![d(700, 2), e(&stage, 700)],
                vec![d(9, 0), d(9, 1), d(9, 2), d(9, 3), e(&stage, 9)],
                (0..gates(&stage)).map(|gate| e(&stage, gate)).collect(),
            ]);
        }
        for (case, bits) in lies.into_iter().enumerate() {
            let corrupt = stage.quorum.members()[case % usize::from(t)];
            let about = format!("{corrupt:?}, case {case}");
            let liar = Liar::new(&stage, 7, move |_, kind, body: &mut Vec<u8>| {
                if kind == Kind::MaskOpening {
                    bits.iter().for_each(|&bit| flip(body, bit));
                }
            });
            let tables = liar.tables.clone();
            for (_, abort) in stage.run(corrupt, liar, 7).aborts() {
                let what = Misbehaviour::Opening(Kind::MaskOpening);
                assert_eq!(abort.fault, misbehaved(corrupt, what), "{about}");
                assert!(abort.checks_started);
            }
            assert!(!tables.load(Ordering::SeqCst), "{about}: a table was sent");
        }
    }
}

/// The control to the test above: were the victim's Δ known, MACs could be made to fit. The liar's own
/// side goes on from what it should have opened, so its σ is another then than the victim takes it for.
#[test]
fn only_knowing_delta_would_open_another_bit() {
    let stage = Stage::new(2);
    let (garbler, evaluator) = (stage.garbler(), stage.quorum.evaluator());
    let low = stage.package(garbler).delta & ((1 << 48) - 1);
    let gates = gates(&stage);
    let refused = Misbehaviour::Opening(Kind::MaskOpening);
    for (guess, what) in [
        (low, Misbehaviour::SigmaCheck),
        (low ^ 1, refused),
        (low ^ 1 << 47, refused),
    ] {
        let liar = Liar::new(&stage, 8, move |_, kind, body: &mut Vec<u8>| match kind {
            Kind::MaskOpening => flip(body, d(5, 2)),
            Kind::CheckTerms => {
                // d_2 of gate 5 is the first of block 11.
                let errors = (0..gates * 5 / 2).map(|block| if block == 11 { guess } else { 0 });
                let moved = polyval(&body[..32], errors).to_le_bytes();
                let hash = body[32..48].iter_mut();
                hash.zip(moved).for_each(|(b, m)| *b ^= m);
            }
            _ => {}
        });
        let runs = stage.run(evaluator, liar, 8).runs;
        let (_, run) = runs
            .into_iter()
            .find(|(party, _)| *party == garbler)
            .unwrap();
        let fault = run.err().map(|abort| abort.fault);
        assert_eq!(fault, Some(misbehaved(evaluator, what)));
    }
}

#[test]
fn a_wrong_product_is_found_by_every_honest_party() {
    for t in [2, 3, 4] {
        let stage = Stage::new(t);
        for corrupt in stage.quorum.members() {
            let bit = product(&stage, 3_000 * usize::from(corrupt.index()));
            let liar = Liar::new(&stage, 4, move |_, kind, body: &mut Vec<u8>| {
                if kind == Kind::MaskOpening {
                    flip(body, bit);
                }
            });
            let tables = liar.tables.clone();
            for (_, abort) in stage.run(*corrupt, liar, 4).aborts() {
                assert_eq!(abort.fault, wrong_product(&stage, *corrupt));
                assert!(abort.checks_started);
            }
            assert!(!tables.load(Ordering::SeqCst));
        }
    }
}

/// Two lies that a hash without position would add to nothing, and lies about everything.
#[test]
fn a_second_lie_does_not_hide_a_wrong_product() {
    let stage = Stage::new(2);
    let corrupt = stage.quorum.evaluator();
    let all = (0..gates(&stage))
        .map(|gate| product(&stage, gate))
        .collect();
    let pairs = [(0, 1), (0, 2), (1, GATES)].map(|(one, other)| {
        let of = |gate| product(&stage, gate);
        vec![of(one), of(other)]
    });
    for bits in pairs.into_iter().chain([all]) {
        let liar = Liar::new(&stage, 5, move |_, kind, body: &mut Vec<u8>| {
            if kind == Kind::MaskOpening {
                bits.iter().for_each(|&bit| flip(body, bit));
            }
        });
        for (_, abort) in stage.run(corrupt, liar, 5).aborts() {
            assert_eq!(abort.fault, wrong_product(&stage, corrupt));
        }
    }
}

/// Two of three or three of four tell the honest party, and one another, the same wrong thing: what they
/// share among themselves is under the same check as all else.
#[test]
fn conspirators_cannot_agree_on_a_wrong_product() {
    for t in [3, 4] {
        let stage = Stage::new(t);
        for honest in stage.quorum.members() {
            let conspirators = stage.quorum.peers_of(*honest);
            for liars in 1..=conspirators.len() {
                let bit = product(&stage, 123);
                let plots = conspirators.iter().enumerate().map(|(at, party)| {
                    let lies = at < liars;
                    let lie = move |_: Party, kind: Kind, body: &mut Vec<u8>| {
                        if kind == Kind::MaskOpening && lies {
                            flip(body, bit);
                        }
                    };
                    (*party, Liar::new(&stage, 10, lie))
                });
                let runs = stage.run_together(plots.collect(), 10);
                for (_, abort) in runs.aborts() {
                    let found = abort.fault == Fault::QuorumMisbehaved;
                    assert!(found, "t = {t}, {liars} liars: {abort}");
                }
            }
        }
    }
}

/// Different openings to two peers, each with a view to fit: nobody can tell who lied, and nobody is
/// blamed for it.
#[test]
fn openings_that_differ_between_two_peers_are_found_and_nobody_is_blamed() {
    let stage = Stage::new(3);
    let places = [
        d(1, 1),
        e(&stage, 2),
        product(&stage, 3),
        product(&stage, 4),
    ];
    for (case, bit) in places.into_iter().enumerate() {
        let corrupt = stage.quorum.members()[case % 3];
        let victim = stage.quorum.peers_of(corrupt)[case / 2];
        let liar = Liar::new(&stage, 6, move |to, kind, body: &mut Vec<u8>| {
            if kind == Kind::MaskOpening && to == victim {
                flip(body, bit);
            }
        });
        stage.run(corrupt, liar, 6).are_disagreement();
    }
}

/// P13: the hash of the opened MACs is whole.
#[test]
fn a_single_bit_changed_in_the_hash_of_macs_is_pinned_on_its_sender() {
    let stage = Stage::new(2);
    for (case, bit) in [0, 1, 47, 48, 63, 64, 111, 127].into_iter().enumerate() {
        let corrupt = stage.quorum.members()[case % 2];
        let plot = Altering(move |_, kind, body: &mut Vec<u8>| {
            if kind == Kind::CheckTerms {
                flip(body, 32 * 8 + bit);
            }
        });
        for (_, abort) in stage.run(corrupt, plot, 9).aborts() {
            let what = Misbehaviour::Opening(Kind::MaskOpening);
            assert_eq!(abort.fault, misbehaved(corrupt, what), "bit {bit}");
        }
    }
}
