//! The zero test of the products: shares made to fit, guesses at its bits, terms that are none.

use countersign_mpc::{Channel, ChannelError, Fault, Kind, Misbehaviour, Party};

use crate::plot::*;
use crate::support::*;

/// Where the terms begin, behind the challenge and the hash of MACs.
const TERMS: usize = 48;

fn misbehaved(peer: Party, what: Misbehaviour) -> Fault {
    Fault::Misbehaved { peer, what }
}

/// What to make of an honest message.
type Answer = fn(&[u8]) -> Vec<u8>;

/// Waits for the honest message of each kind of the test's last rounds before it answers with
/// something made of it.
struct Rushing {
    answers: [(Kind, Answer); 2],
}

impl Plot for Rushing {
    fn send(
        &mut self,
        links: &mut Links,
        to: Party,
        kind: Kind,
        body: Vec<u8>,
    ) -> Result<(), ChannelError> {
        match kind {
            Kind::CheckCommitment | Kind::CheckOpening => Ok(()),
            _ => links.send(to, kind, body),
        }
    }

    fn see(
        &mut self,
        links: &mut Links,
        from: Party,
        kind: Kind,
        body: &mut Vec<u8>,
    ) -> Result<(), ChannelError> {
        for (due, answer) in self.answers {
            if due == kind {
                links.send(from, kind, answer(body))?;
            }
        }
        Ok(())
    }
}

/// A share that is made of the honest one, after it has been opened, cannot have been committed to.
#[test]
fn mirrored_commitments_do_not_open() {
    let stage = Stage::new(2);
    let answers: [Answer; 3] = [
        <[u8]>::to_vec,
        |body| vec![0; body.len()],
        |body| body.iter().map(|byte| !byte).collect(),
    ];
    for corrupt in stage.quorum.members() {
        for answer in answers {
            let plot = Rushing {
                answers: [
                    (Kind::CheckCommitment, <[u8]>::to_vec),
                    (Kind::CheckOpening, answer),
                ],
            };
            for (_, abort) in stage.run(*corrupt, plot, 1).aborts() {
                let what = Misbehaviour::Decommitment(Kind::CheckOpening);
                assert_eq!(abort.fault, misbehaved(*corrupt, what));
                assert!(abort.checks_started);
            }
        }
    }
}

/// Another share, well committed to and well opened, towards some.
struct OtherShare {
    watch: RunWatch,
    towards: Vec<Party>,
    opening: [u8; 64],
}

impl Plot for OtherShare {
    fn send(
        &mut self,
        links: &mut Links,
        to: Party,
        kind: Kind,
        mut body: Vec<u8>,
    ) -> Result<(), ChannelError> {
        self.watch.note(links.me, kind, &body);
        if self.towards.contains(&to) {
            let run = || self.watch.name();
            match kind {
                Kind::CheckCommitment => {
                    let due = Kind::CheckOpening;
                    body = run()
                        .commitment(due, links.me, None, &self.opening)
                        .to_vec();
                }
                Kind::CheckOpening => body = self.opening.to_vec(),
                _ => {}
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

/// Its own share is all a party can have the sum be zero with.
#[test]
fn another_share_well_committed_to_fails() {
    for t in [2, 3] {
        let stage = Stage::new(t);
        for (n, corrupt) in stage.quorum.members().iter().enumerate() {
            let mut opening = [0x55; 64];
            if n == 0 {
                opening[..32].fill(0);
            }
            let peers = stage.quorum.peers_of(*corrupt);
            // Only one of them is shown it, or all.
            let towards = if n == 1 { peers[..1].to_vec() } else { peers };
            let plot = OtherShare {
                watch: stage.watch(2),
                towards: towards.clone(),
                opening,
            };
            let expected = match t {
                2 => misbehaved(*corrupt, Misbehaviour::ProductCheck),
                _ => Fault::QuorumMisbehaved,
            };
            for (party, run) in stage.run(*corrupt, plot, 2).runs {
                let fault = run.err().map(|abort| abort.fault);
                if towards.contains(&party) {
                    assert_eq!(fault.as_ref(), Some(&expected));
                } else if party != *corrupt {
                    assert_eq!(fault.and_then(|fault| fault.culprit()), None);
                }
            }
        }
    }
}

/// A changed term is a guess at one bit of the victim's part of R: right half of the time, and of no
/// use, since R is never used again.
#[test]
fn guessing_at_a_bit_of_the_test_is_a_coin_flip() {
    let stage = Stage::new(2);
    let mut passed = 0;
    for seed in 0..16 {
        let corrupt = stage.quorum.members()[seed as usize % 2];
        let plot = Altering(move |_, kind, body: &mut Vec<u8>| {
            if kind == Kind::CheckTerms {
                body[TERMS + 16 * 7 * seed as usize] ^= 1;
            }
        });
        for (party, run) in stage.run(corrupt, plot, seed).runs {
            match run {
                Err(abort) if party != corrupt => {
                    let what = Misbehaviour::ProductCheck;
                    assert_eq!(abort.fault, misbehaved(corrupt, what));
                }
                Ok(_) if party != corrupt => passed += 1,
                _ => {}
            }
        }
    }
    assert!((3..=13).contains(&passed), "{passed} of 16 passed");
}

/// Terms that are none: zeros, or the right ones in another place.
#[test]
fn terms_that_do_not_belong_are_found() {
    let stage = Stage::new(2);
    let others: [fn(&mut [u8]); 3] = [
        |terms| terms.fill(0),
        |terms| terms.rotate_left(16),
        <[u8]>::reverse,
    ];
    for corrupt in stage.quorum.members() {
        for other in others {
            let plot = Altering(move |_, kind, body: &mut Vec<u8>| {
                if kind == Kind::CheckTerms {
                    other(&mut body[TERMS..]);
                }
            });
            for (_, abort) in stage.run(*corrupt, plot, 3).aborts() {
                let what = Misbehaviour::ProductCheck;
                assert_eq!(abort.fault, misbehaved(*corrupt, what));
            }
        }
    }
}
