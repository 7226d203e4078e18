//! Coins and commitments: equivocating, looking first, leaving at the right moment (P9, P17).

use std::sync::{Arc, Mutex};

use countersign_mpc::{Channel, ChannelError, Fault, Kind, Misbehaviour, Party};

use crate::plot::*;
use crate::support::*;

/// Shows one victim another value than the rest: well committed to, well opened.
struct Equivocator {
    watch: RunWatch,
    victim: Party,
    what: Kind,
}

const OTHER_OPENING: [u8; 64] = [0xee; 64];

impl Plot for Equivocator {
    fn send(
        &mut self,
        links: &mut Links,
        to: Party,
        kind: Kind,
        mut body: Vec<u8>,
    ) -> Result<(), ChannelError> {
        self.watch.note(links.me, kind, &body);
        if to == self.victim {
            let commitment_at = match (kind, self.what) {
                (Kind::Corrections, Kind::ChallengeOpening) => Some(0),
                (Kind::TripleCommitment, Kind::PermutationOpening) => Some(32),
                _ => None,
            };
            if let Some(at) = commitment_at {
                let run = self.watch.name();
                let commitment = run.commitment(self.what, links.me, None, &OTHER_OPENING);
                body[at..at + 32].copy_from_slice(&commitment);
            } else if kind == self.what {
                let len = body.len();
                body[len - 32..].copy_from_slice(&OTHER_OPENING[32..]);
                if kind != Kind::SessionNonce {
                    body.copy_from_slice(&OTHER_OPENING);
                }
            }
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
        Ok(())
    }
}

/// Honest parties with different challenges must not take each other's answers for lies.
#[test]
fn equivocated_coins_and_nonces_turn_no_honest_party_against_another() {
    let stage = Stage::new(3);
    for what in [
        Kind::SessionNonce,
        Kind::ChallengeOpening,
        Kind::PermutationOpening,
    ] {
        for corrupt in stage.quorum.members() {
            for victim in stage.quorum.peers_of(*corrupt) {
                let watch = stage.watch(5);
                let plot = Equivocator {
                    watch,
                    victim,
                    what,
                };
                stage.run(*corrupt, plot, 5).are_disagreement();
            }
        }
    }
}

/// Waits for the peer's message of one kind before sending its own, and then leaves.
struct LeaveAfter {
    kind: Kind,
    seen: Arc<Mutex<Vec<Kind>>>,
}

impl Plot for LeaveAfter {
    fn send(
        &mut self,
        links: &mut Links,
        to: Party,
        kind: Kind,
        body: Vec<u8>,
    ) -> Result<(), ChannelError> {
        if kind == self.kind {
            return Ok(());
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
        self.seen.lock().unwrap().push(kind);
        match kind == self.kind {
            true => Err(ChannelError::Cancelled),
            false => Ok(()),
        }
    }
}

#[test]
fn hanging_up_on_the_honest_opening_is_charged_and_not_blamed() {
    let stage = Stage::new(2);
    let charged = [
        Kind::ChallengeOpening,
        Kind::TripleOpening,
        Kind::PermutationOpening,
        Kind::BeaverOpening,
    ];
    for kind in charged {
        for corrupt in stage.quorum.members() {
            let seen = Arc::default();
            let plot = LeaveAfter {
                kind,
                seen: Arc::clone(&seen),
            };
            let aborts = stage.run(*corrupt, plot, 1).aborts();
            assert!(
                seen.lock().unwrap().contains(&kind),
                "it saw the honest {kind:?}"
            );
            for (_, abort) in aborts {
                assert!(abort.checks_started, "{kind:?}: a try was used");
                assert!(matches!(abort.fault, Fault::Channel { peer, .. } if peer == *corrupt));
                assert!(abort.fault.culprit().is_none() && !abort.fault.is_final());
            }
        }
    }
}

#[test]
fn hanging_up_before_the_challenge_costs_nothing() {
    let stage = Stage::new(2);
    for kind in [Kind::SessionNonce, Kind::SessionEcho, Kind::Corrections] {
        let seen = Arc::default();
        let plot = LeaveAfter { kind, seen };
        for (_, abort) in stage.run(stage.garbler(), plot, 1).aborts() {
            assert!(matches!(abort.fault, Fault::Channel { .. }));
            assert!(!abort.checks_started, "{kind:?}");
        }
    }
}

/// Withholds its corrections from one victim and goes on listening.
struct Withhold {
    victim: Party,
    openings: Arc<Mutex<Vec<Party>>>,
}

impl Plot for Withhold {
    fn send(
        &mut self,
        links: &mut Links,
        to: Party,
        kind: Kind,
        body: Vec<u8>,
    ) -> Result<(), ChannelError> {
        match kind {
            Kind::Corrections if to == self.victim => Ok(()),
            _ if kind > Kind::Corrections && to == self.victim => Ok(()),
            _ => links.send(to, kind, body),
        }
    }

    fn see(
        &mut self,
        _: &mut Links,
        from: Party,
        kind: Kind,
        _: &mut Vec<u8>,
    ) -> Result<(), ChannelError> {
        if kind == Kind::ChallengeOpening {
            self.openings.lock().unwrap().push(from);
        }
        Ok(())
    }
}

/// P9: the verifier's coin comes after the material it checks.
#[test]
fn a_challenge_is_opened_only_to_those_whose_corrections_arrived() {
    for t in [2, 3] {
        let stage = Stage::new(t);
        for corrupt in stage.quorum.members() {
            for victim in stage.quorum.peers_of(*corrupt) {
                let openings: Arc<Mutex<Vec<Party>>> = Arc::default();
                let plot = Withhold {
                    victim,
                    openings: openings.clone(),
                };
                stage.run(*corrupt, plot, 1).aborts();
                assert!(!openings.lock().unwrap().contains(&victim));
            }
        }
    }
}

/// Answers the check commitment of the victim with that same commitment, and its opening with that
/// same opening.
struct Mirror {
    theirs: Vec<(Kind, Vec<u8>)>,
    waiting: Vec<(Party, Kind)>,
}

impl Plot for Mirror {
    fn send(
        &mut self,
        links: &mut Links,
        to: Party,
        kind: Kind,
        body: Vec<u8>,
    ) -> Result<(), ChannelError> {
        match kind {
            Kind::TripleCommitment | Kind::TripleOpening => self.waiting.push((to, kind)),
            _ => links.send(to, kind, body)?,
        }
        Ok(())
    }

    fn see(
        &mut self,
        links: &mut Links,
        from: Party,
        kind: Kind,
        body: &mut Vec<u8>,
    ) -> Result<(), ChannelError> {
        self.theirs.push((kind, body.to_vec()));
        if self.waiting.pop_if(|due| *due == (from, kind)).is_some() {
            links.send(from, kind, body.to_vec())?;
        }
        Ok(())
    }
}

/// A cheater that does not know the check value cannot borrow the honest party's.
#[test]
fn mirrored_commitments_do_not_open() {
    let stage = Stage::new(2);
    for corrupt in stage.quorum.members() {
        let plot = Mirror {
            theirs: Vec::new(),
            waiting: Vec::new(),
        };
        for (_, abort) in stage.run(*corrupt, plot, 1).aborts() {
            let what = Misbehaviour::Decommitment(Kind::TripleOpening);
            assert_eq!(
                abort.fault,
                Fault::Misbehaved {
                    peer: *corrupt,
                    what
                }
            );
        }
    }
}
