//! The private comparison of check values: guessing twice, reflecting, committing to nothing.

use countersign_mpc::{Channel, ChannelError, Fault, Kind, Misbehaviour, Party};

use crate::plot::*;
use crate::support::*;

/// What to answer the honest tag with.
type Answer = fn(&[u8]) -> Vec<u8>;

/// Waits for the honest tag before it sends its own.
struct TagAfter {
    /// Whether to commit to another value than the one it has.
    spoil: bool,
    answer: Answer,
}

impl Plot for TagAfter {
    fn send(
        &mut self,
        links: &mut Links,
        to: Party,
        kind: Kind,
        mut body: Vec<u8>,
    ) -> Result<(), ChannelError> {
        match kind {
            Kind::CheckTag => return Ok(()),
            Kind::CheckBits if self.spoil => body[48] ^= 1,
            _ => {}
        }
        links.send(to, kind, body)
    }

    fn see(
        &mut self,
        links: &mut Links,
        from: Party,
        kind: Kind,
        body: &mut Vec<u8>,
    ) -> Result<(), ChannelError> {
        if kind == Kind::CheckTag {
            links.send(from, kind, (self.answer)(body))?;
        }
        Ok(())
    }
}

/// The honest tag, seen first, is of no use: not as it is, and not as a hint.
#[test]
fn a_tag_made_from_the_honest_tag_fails() {
    let stage = Stage::new(2);
    let answers: [Answer; 3] = [
        <[u8]>::to_vec,
        |tag| tag.iter().map(|byte| !byte).collect(),
        |tag| vec![0; tag.len()],
    ];
    for corrupt in stage.quorum.members() {
        for answer in answers {
            for spoil in [false, true] {
                let plot = TagAfter { spoil, answer };
                for (_, abort) in stage.run(*corrupt, plot, 1).aborts() {
                    let (peer, what) = (*corrupt, Misbehaviour::ProductCheck);
                    assert_eq!(abort.fault, Fault::Misbehaved { peer, what });
                    assert!(abort.checks_started);
                }
            }
        }
    }
}

/// A masked value that is none, such as zeros, is a value nobody has: the tag for it tells its sender
/// nothing, and the honest side, whose own value is right, has nothing to complain of.
#[test]
fn check_bits_of_zeros_hurt_only_their_sender() {
    let stage = Stage::new(2);
    for corrupt in stage.quorum.members() {
        let plot = Altering(|_, kind, body: &mut Vec<u8>| {
            if kind == Kind::CheckBits {
                body[48..].fill(0);
            }
        });
        for (party, run) in stage.run(*corrupt, plot, 2).runs {
            let fault = run.err().map(|abort| abort.fault);
            if party == *corrupt {
                let peer = stage.quorum.peers_of(*corrupt)[0];
                let what = Misbehaviour::ProductCheck;
                let expected = Fault::Misbehaved { peer, what };
                assert_eq!(fault, Some(expected), "the tag is for another value");
            } else if party == stage.garbler() {
                assert_eq!(fault, None);
            } else {
                // Waiting for tables that do not come.
                assert!(matches!(fault, Some(Fault::Channel { .. })), "{fault:?}");
            }
        }
    }
}

/// What the corrupt party holds says nothing to a third: a tag meant for another peer fails.
#[test]
fn a_tag_for_another_peer_fails() {
    let stage = Stage::new(3);
    for corrupt in stage.quorum.members() {
        let mut first: Option<Vec<u8>> = None;
        let peers = stage.quorum.peers_of(*corrupt);
        let plot = Altering(move |_, kind, body: &mut Vec<u8>| {
            if kind == Kind::CheckTag {
                *body = first.get_or_insert_with(|| body.clone()).clone();
            }
        });
        for (party, run) in stage.run(*corrupt, plot, 3).runs {
            if party == peers[1] {
                let fault = run.map(|_| ()).unwrap_err().fault;
                let (peer, what) = (*corrupt, Misbehaviour::ProductCheck);
                assert_eq!(fault, Fault::Misbehaved { peer, what });
            }
        }
    }
}
