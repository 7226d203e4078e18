//! Authenticated random bits of every member towards every other.

use rand_core::CryptoRng;
use subtle::ConstantTimeEq;

use super::auth_bits::AuthBits;
use super::checked::Checked;
use super::cot::{self, ColumnHash, Columns};
use super::session::{Message, Session, Toss};
use crate::block::{BitBytes, Block, random_block};
use crate::buffers::Blocks;
use crate::channel::{Channel, Kind};
use crate::codec::{Malformed, Reader, put_blocks};
use crate::dealing::SUBFIELDS;
use crate::fault::{Abort, Misbehaviour};
use crate::prf::hash;

/// What this step derives its seeds under.
const SEEDS: &str = "countersign COT seed";

/// Authenticates `count` random bits of every member towards every other: the OT extension in all
/// directions at once, and its check. A party uses the same bits towards
/// all: every peer hashes them under the same challenge, and the echo shows they saw the same hash.
pub(super) fn authenticate<C: Channel>(
    session: &mut Session<'_, C>,
    count: usize,
    rng: &mut impl CryptoRng,
) -> Result<Checked<AuthBits>, Abort> {
    // The last block is used for nothing else than to mask the check.
    let len = count.div_ceil(128) + 1;
    let (me, peers) = (session.me(), session.peers.clone());
    let share = session.share;
    let delta = share.delta.get();

    let chosen: Blocks = (0..len).map(|_| random_block(rng)).collect();
    let mut received: Vec<Columns> = Vec::with_capacity(peers.len());
    let mut corrections = Vec::with_capacity(peers.len());
    for (peer, base) in peers.iter().zip(&share.peers) {
        let seeds = cot::session_seeds(SEEDS, &base.receiver_seeds, &session.id, me, *peer);
        let (columns, correction) = cot::receive(&seeds, &chosen);
        received.push(columns);
        corrections.push(correction);
    }

    let toss = Toss::new(rng);
    let commitment = toss.commitment(session, Kind::ChallengeOpening);
    let mut corrections = corrections.into_iter();
    let incoming = session.exchange(Kind::Corrections, len, |_, _| Corrections {
        columns: corrections.next().unwrap_or_default(),
        commitment,
    })?;
    let commitments: Vec<[u8; 32]> = incoming.iter().map(|message| message.commitment).collect();
    let sent: Vec<Columns> = peers
        .iter()
        .zip(&share.peers)
        .zip(incoming)
        .map(|((peer, base), message)| {
            let seeds = cot::session_seeds(SEEDS, &base.sender_seeds, &session.id, *peer, me);
            cot::send(&seeds, delta, &message.columns)
        })
        .collect();

    // The material is fixed; now, and not before, the challenge (P9).
    session.start_checks();
    let coin = toss.open(session, Kind::ChallengeOpening, &commitments)?;
    let challenge = ColumnHash::new(&coin);
    let own_hash = challenge.hash(&chosen);
    let answers = session.exchange(Kind::CotCheck, (), |at, _| Answer {
        coin,
        bits_hash: own_hash,
        digest: hash("countersign COT check", &[&challenge.answer(&received[at])]),
    })?;
    let mut seen = vec![(me, own_hash)];
    for (p, answer) in answers.iter().enumerate() {
        // An answer to another challenge says nothing about the peer's bits: somebody may have opened
        // different coins to the two of us.
        if !bool::from(answer.coin.ct_eq(&coin)) {
            return Err(session.differs(peers[p], Kind::CotCheck, "the OT challenge"));
        }
        let expected = challenge.expected(&sent[p], delta, answer.bits_hash);
        let digest = hash("countersign COT check", &[&expected]);
        if !bool::from(digest.ct_eq(&answer.digest)) {
            return Err(session.blame(peers[p], Misbehaviour::CotCheck));
        }
        seen.push((peers[p], answer.bits_hash));
    }
    seen.sort_unstable();
    let hashes: Vec<u8> = seen
        .iter()
        .flat_map(|(_, hash)| hash.to_le_bytes())
        .collect();
    session.echo(Kind::ChallengeEcho, "the OT check", &[&coin, &hashes])?;

    let bits = BitBytes::new(
        chosen
            .iter()
            .flat_map(|block| (0..128).map(move |i| (block >> i) as u8 & 1))
            .collect(),
    );
    Ok(Checked::after_all_checks(AuthBits {
        bits,
        macs: received.iter().map(cot::transposed).collect(),
        keys: sent.iter().map(cot::transposed).collect(),
    }))
}

/// Kind::Corrections.
struct Corrections {
    columns: Vec<Block>,
    commitment: [u8; 32],
}

impl Message for Corrections {
    /// Blocks in a column.
    type Shape = usize;

    fn encode(self) -> Vec<u8> {
        let mut out = self.commitment.to_vec();
        put_blocks(&mut out, &self.columns);
        out
    }

    fn decode(reader: &mut Reader<'_>, len: usize) -> Result<Self, Malformed> {
        Ok(Self {
            commitment: reader.array()?,
            columns: reader.blocks(len * SUBFIELDS)?,
        })
    }
}

/// Kind::CotCheck.
struct Answer {
    /// The challenge answered.
    coin: [u8; 32],
    bits_hash: Block,
    digest: [u8; 32],
}

impl Message for Answer {
    type Shape = ();

    fn encode(self) -> Vec<u8> {
        [&self.coin[..], &self.bits_hash.to_le_bytes(), &self.digest].concat()
    }

    fn decode(reader: &mut Reader<'_>, (): ()) -> Result<Self, Malformed> {
        Ok(Self {
            coin: reader.array()?,
            bits_hash: reader.block()?,
            digest: reader.array()?,
        })
    }
}
