//! One run of the protocol: rounds of all-to-all messages, coin tosses and echoes.

use rand_core::CryptoRng;
use subtle::ConstantTimeEq;

use crate::channel::{Channel, Kind};
use crate::codec::{Malformed, Reader};
use crate::dealing::QuorumShare;
use crate::fault::{Abort, Fault, Misbehaviour};
use crate::party::Party;
use crate::prf::hash;

/// Names one batch, the same at all members and never used again. With the boot nonces of all members
/// and the nonces they add at the start of the run it derives extension seeds, tweaks and presignature
/// ids (P5).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct SessionId(pub(crate) [u8; 32]);

impl SessionId {
    /// The session of batch `batch` between processes that drew these `boot_nonces`, in the order of
    /// the quorum's members. The share adds the dealing, the epoch and the quorum.
    pub fn new(share: &QuorumShare, boot_nonces: &[[u8; 32]], batch: &[u8; 16]) -> Self {
        let members = share.quorum.indices();
        let nonces: Vec<u8> = boot_nonces.concat();
        Self(hash(
            "countersign session",
            &[
                &crate::PROTOCOL_VERSION.to_le_bytes(),
                share.hash.scheme().as_bytes(),
                share.deal_id.as_bytes(),
                &share.epoch.to_le_bytes(),
                &members,
                &nonces,
                batch,
            ],
        ))
    }
}

/// A message of the protocol: encoded to exactly the size that `Shape` implies.
pub(super) trait Message: Sized {
    type Shape: Copy;
    fn encode(self) -> Vec<u8>;
    fn decode(reader: &mut Reader<'_>, shape: Self::Shape) -> Result<Self, Malformed>;
}

/// The state of a run.
pub(super) struct Session<'a, C> {
    pub(super) share: &'a QuorumShare,
    pub(super) id: SessionId,
    pub(super) peers: Vec<Party>,
    channel: &'a mut C,
    checks_started: bool,
}

impl<'a, C: Channel> Session<'a, C> {
    pub(super) fn new(share: &'a QuorumShare, id: SessionId, channel: &'a mut C) -> Self {
        let peers = share.quorum.peers_of(share.me);
        Self {
            share,
            id,
            peers,
            channel,
            checks_started: false,
        }
    }

    pub(super) fn me(&self) -> Party {
        self.share.me
    }

    /// From here on, a peer that leaves has used a try.
    pub(super) fn start_checks(&mut self) {
        self.checks_started = true;
    }

    pub(super) fn abort(&self, fault: Fault) -> Abort {
        Abort {
            fault,
            checks_started: self.checks_started,
        }
    }

    pub(super) fn blame(&self, peer: Party, what: Misbehaviour) -> Abort {
        self.abort(Fault::Misbehaved { peer, what })
    }

    /// `peer` claims another view than this party's. Among three or more, somebody else may have shown
    /// the two different things. Two have seen the same by construction, so the claim is a lie.
    pub(super) fn differs(&self, peer: Party, kind: Kind, of: &'static str) -> Abort {
        if self.peers.len() == 1 {
            self.blame(peer, Misbehaviour::Echo(kind))
        } else {
            self.abort(Fault::Disagreement { peer, of })
        }
    }

    /// A round: one message to each peer, then one from each, in the order of `self.peers`.
    pub(super) fn exchange<M: Message>(
        &mut self,
        kind: Kind,
        shape: M::Shape,
        mut make: impl FnMut(usize, Party) -> M,
    ) -> Result<Vec<M>, Abort> {
        for (at, peer) in self.peers.clone().into_iter().enumerate() {
            let message = make(at, peer);
            self.send(peer, kind, message.encode())?;
        }
        self.peers
            .clone()
            .into_iter()
            .map(|peer| self.receive(peer, kind, |reader| M::decode(reader, shape)))
            .collect()
    }

    /// Sends one peer a message that is not part of a round.
    pub(super) fn send(&mut self, peer: Party, kind: Kind, body: Vec<u8>) -> Result<(), Abort> {
        self.channel
            .send(peer, kind, body)
            .map_err(|error| self.abort(Fault::Channel { peer, kind, error }))
    }

    /// Receives a message and reads it to its end with `decode`.
    pub(super) fn receive<T>(
        &mut self,
        peer: Party,
        kind: Kind,
        decode: impl FnOnce(&mut Reader<'_>) -> Result<T, Malformed>,
    ) -> Result<T, Abort> {
        let malformed = Misbehaviour::Malformed(kind);
        let (received, body) = self
            .channel
            .receive(peer)
            .map_err(|error| self.abort(Fault::Channel { peer, kind, error }))?;
        if received != kind {
            return Err(self.blame(peer, malformed));
        }
        let mut reader = Reader::new(&body);
        decode(&mut reader)
            .and_then(|message| reader.finish().map(|()| message))
            .map_err(|Malformed| self.blame(peer, malformed))
    }

    /// Echo: all members must have seen `seen`, or nobody goes on (P8). Two parties have seen the
    /// same by construction; the round is run all the same, so that there is one protocol.
    pub(super) fn echo(
        &mut self,
        kind: Kind,
        of: &'static str,
        seen: &[&[u8]],
    ) -> Result<(), Abort> {
        let digest = self.digest("countersign echo", kind, seen);
        let views = self.exchange(kind, (), |_, _| Digest(digest))?;
        for (at, Digest(view)) in views.into_iter().enumerate() {
            if !bool::from(view.ct_eq(&digest)) {
                return Err(self.differs(self.peers[at], kind, of));
            }
        }
        Ok(())
    }

    /// A hash bound to this run and to the place `kind` in it.
    pub(super) fn digest(&self, domain: &str, kind: Kind, parts: &[&[u8]]) -> [u8; 32] {
        let inner = hash(domain, parts);
        hash(domain, &[&self.id.0, &[kind.number()], &inner])
    }
}

/// 32 bytes.
pub(super) struct Digest(pub(super) [u8; 32]);

impl Message for Digest {
    type Shape = ();

    fn encode(self) -> Vec<u8> {
        self.0.to_vec()
    }

    fn decode(reader: &mut Reader<'_>, (): ()) -> Result<Self, Malformed> {
        Ok(Self(reader.array()?))
    }
}

/// One party's contribution to a coin toss by commit and open (P9).
pub(super) struct Toss {
    opening: Opening,
}

/// A value and the nonce that hid it in its commitment.
#[derive(Clone, Copy)]
pub(super) struct Opening {
    pub(super) value: [u8; 32],
    pub(super) nonce: [u8; 32],
}

impl Opening {
    /// Commits `from` to `value` before `to`, or before all if `to` is `None`.
    pub(super) fn new(value: [u8; 32], rng: &mut impl CryptoRng) -> Self {
        let mut nonce = [0; 32];
        rng.fill_bytes(&mut nonce);
        Self { value, nonce }
    }

    pub(super) fn commitment<C: Channel>(
        &self,
        session: &Session<'_, C>,
        kind: Kind,
        from: Party,
        to: Option<Party>,
    ) -> [u8; 32] {
        let ends = [from.index(), to.map_or(0, Party::index)];
        session.digest(
            "countersign commitment",
            kind,
            &[&ends, &self.value, &self.nonce],
        )
    }
}

impl Message for Opening {
    type Shape = ();

    fn encode(self) -> Vec<u8> {
        [self.value, self.nonce].concat()
    }

    fn decode(reader: &mut Reader<'_>, (): ()) -> Result<Self, Malformed> {
        Ok(Self {
            value: reader.array()?,
            nonce: reader.array()?,
        })
    }
}

impl Toss {
    pub(super) fn new(rng: &mut impl CryptoRng) -> Self {
        let mut coin = [0; 32];
        rng.fill_bytes(&mut coin);
        Self {
            opening: Opening::new(coin, rng),
        }
    }

    /// What to send before anybody opens.
    pub(super) fn commitment<C: Channel>(&self, session: &Session<'_, C>, kind: Kind) -> [u8; 32] {
        self.opening.commitment(session, kind, session.me(), None)
    }

    /// Opens the toss, once all `commitments` are in, and returns the common coin.
    pub(super) fn open<C: Channel>(
        self,
        session: &mut Session<'_, C>,
        kind: Kind,
        commitments: &[[u8; 32]],
    ) -> Result<[u8; 32], Abort> {
        let openings = session.exchange(kind, (), |_, _| self.opening)?;
        self.settle(session, kind, commitments, openings)
    }

    /// What opens the toss, for messages that carry more than that.
    pub(super) fn opening(&self) -> Opening {
        self.opening
    }

    /// The common coin, from everybody's openings.
    pub(super) fn settle<C: Channel>(
        self,
        session: &Session<'_, C>,
        kind: Kind,
        commitments: &[[u8; 32]],
        openings: Vec<Opening>,
    ) -> Result<[u8; 32], Abort> {
        let mut coins = vec![(session.me(), self.opening.value)];
        for (at, opening) in openings.into_iter().enumerate() {
            let peer = session.peers[at];
            if opening.commitment(session, kind, peer, None) != commitments[at] {
                return Err(session.blame(peer, Misbehaviour::Decommitment(kind)));
            }
            coins.push((peer, opening.value));
        }
        coins.sort_unstable();
        let coins: Vec<u8> = coins.into_iter().flat_map(|(_, coin)| coin).collect();
        Ok(session.digest("countersign coin", kind, &[&coins]))
    }
}
