//! Coins and commitments: equivocating, looking first, leaving at the right moment (P9, P17).

use std::sync::{Arc, Mutex};

use countersign_mpc::{Channel, ChannelError, Fault, Kind, Party};

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
            let len = body.len();
            let commitment_at = match (kind, self.what) {
                (Kind::Corrections, Kind::ChallengeOpening) => Some(0),
                (Kind::CrossTerms, Kind::PermutationOpening) => Some(len - 64),
                (Kind::CrossTerms, Kind::OpeningChallenge) => Some(len - 32),
                _ => None,
            };
            if let Some(at) = commitment_at {
                let run = self.watch.name();
                let commitment = run.commitment(self.what, links.me, None, &OTHER_OPENING);
                body[at..at + 32].copy_from_slice(&commitment);
            } else if kind == self.what {
                // A nonce after the terms; or a coin and a nonce, perhaps before an echo.
                let from = if kind == Kind::SessionNonce { 32 } else { 0 };
                body[from..64].copy_from_slice(&OTHER_OPENING[from..]);
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
        Kind::OpeningChallenge,
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
    let charged = Kind::ALL
        .into_iter()
        .filter(|kind| (Kind::ChallengeOpening..=Kind::CheckOpening).contains(kind));
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
    let free = |kind: &Kind| *kind < Kind::ChallengeOpening;
    for kind in Kind::ALL.into_iter().filter(free) {
        let seen = Arc::default();
        let plot = LeaveAfter { kind, seen };
        for (_, abort) in stage.run(stage.garbler(), plot, 1).aborts() {
            assert!(matches!(abort.fault, Fault::Channel { .. }));
            assert!(!abort.checks_started, "{kind:?}");
        }
    }
}

/// Withholds from one victim what a coin is about, and goes on listening.
struct Withhold {
    victim: Party,
    from: Kind,
    until: Kind,
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
        match kind >= self.from && to == self.victim {
            true => Ok(()),
            false => links.send(to, kind, body),
        }
    }

    fn see(
        &mut self,
        _: &mut Links,
        from: Party,
        kind: Kind,
        _: &mut Vec<u8>,
    ) -> Result<(), ChannelError> {
        if kind == self.until {
            self.openings.lock().unwrap().push(from);
        }
        Ok(())
    }
}

/// P9: coins, random points and openings come after what they are about.
#[test]
fn a_coin_is_opened_only_when_what_it_is_about_has_arrived() {
    let coins = [
        (Kind::Corrections, Kind::ChallengeOpening),
        (Kind::PuncturedSums, Kind::NoiseChallenge),
        (Kind::CrossTerms, Kind::PermutationOpening),
        (Kind::MaskOpening, Kind::OpeningChallenge),
        (Kind::CheckCommitment, Kind::CheckOpening),
    ];
    for t in [2, 3] {
        let stage = Stage::new(t);
        for (n, (from, until)) in coins.into_iter().enumerate() {
            let corrupt = stage.quorum.members()[n % usize::from(t)];
            for victim in stage.quorum.peers_of(corrupt) {
                let openings: Arc<Mutex<Vec<Party>>> = Arc::default();
                let plot = Withhold {
                    victim,
                    from,
                    until,
                    openings: openings.clone(),
                };
                stage.run(corrupt, plot, 1).aborts();
                assert!(!openings.lock().unwrap().contains(&victim), "{until:?}");
            }
        }
    }
}
