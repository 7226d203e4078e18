//! Rounds, echoes and coin tosses with one other party.

use std::collections::BTreeMap;

use countersign_mpc::{Channel, Kind, Party};
use rand_chacha::ChaCha20Rng;
use rand_core::Rng;

use crate::support::Links;
use crate::support::spec::Run;

pub struct Wire {
    links: Links,
    pub me: Party,
    pub peer: Party,
    pub run: Run,
    pub rng: ChaCha20Rng,
}

/// A coin and the nonce of its commitment.
pub type Opening = [u8; 64];

impl Wire {
    /// Compares sessions, exchanges nonces and confirms the run's name.
    pub fn begin(
        links: Links,
        peer: Party,
        session: [u8; 32],
        presignatures: usize,
        rng: ChaCha20Rng,
    ) -> Self {
        let (me, run) = (links.me, Run(session));
        let mut wire = Self {
            links,
            me,
            peer,
            run,
            rng,
        };
        let size = (presignatures as u64).to_le_bytes();
        let terms = run.bound("countersign terms", Kind::SessionNonce, &[&size]);
        let nonce: [u8; 32] = wire.random();
        let theirs = wire.round(Kind::SessionNonce, [terms, nonce].concat());
        assert_eq!(theirs[..32], terms);
        let their_nonce = theirs[32..].try_into().unwrap();
        let nonces = BTreeMap::from([(me, nonce), (peer, their_nonce)]);
        wire.run = Run::of_session(session, &nonces);
        wire.echo(Kind::SessionEcho, &[]);
        wire
    }

    pub fn random<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.rng.fill_bytes(&mut bytes);
        bytes
    }

    pub fn send(&mut self, kind: Kind, body: Vec<u8>) {
        self.links.send(self.peer, kind, body).unwrap();
    }

    pub fn receive(&mut self, kind: Kind) -> Vec<u8> {
        let (received, body) = self.links.receive(self.peer).unwrap();
        assert_eq!(received, kind);
        body
    }

    pub fn round(&mut self, kind: Kind, body: Vec<u8>) -> Vec<u8> {
        self.send(kind, body);
        self.receive(kind)
    }

    /// Something of both parties, in their order.
    pub fn in_order<T>(&self, mine: T, theirs: T) -> [T; 2] {
        if self.me < self.peer {
            [mine, theirs]
        } else {
            [theirs, mine]
        }
    }

    pub fn echo(&mut self, kind: Kind, seen: &[&[u8]]) {
        let view = self.run.bound("countersign echo", kind, seen);
        assert_eq!(self.round(kind, view.to_vec()), view, "{kind:?}");
    }

    /// Commits to a coin for everybody.
    pub fn toss(&mut self, kind: Kind) -> (Opening, [u8; 32]) {
        let opening: Opening = self.random();
        let commitment = self.run.commitment(kind, self.me, None, &opening);
        (opening, commitment)
    }

    /// Opens both parties' coins, and makes them one; both also send what they have seen.
    pub fn open_toss(
        &mut self,
        kind: Kind,
        mine: Opening,
        commitment: &[u8],
        seen: &[u8],
    ) -> [u8; 32] {
        let theirs = self.round(kind, [&mine, seen].concat());
        let (theirs, their_view) = theirs.split_at(mine.len());
        assert_eq!(
            self.run.commitment(kind, self.peer, None, theirs),
            commitment
        );
        assert_eq!(their_view, seen, "{kind:?}");
        let coins = self.in_order(&mine[..32], &theirs[..32]).concat();
        self.run.bound("countersign coin", kind, &[&coins])
    }
}
