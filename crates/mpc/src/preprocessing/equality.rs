//! Private equality of two parties' check values (docs/protocol.md, section 4.4).
//!
//! Each side authenticates the bits of its value towards the other, who can then compute the MACs
//! they should have if the values were equal. A hash of those says yes or no and nothing else: where
//! the values differ, it covers a block that is off by the sender's Δ. So check values may be short,
//! and a cheater whose check failed has nothing to search offline.

use subtle::ConstantTimeEq;

use super::auth_bits::AuthBits;
use super::plan::Plan;
use super::session::{Digest, Session};
use crate::block::{Block, mask};
use crate::buffers::Blocks;
use crate::channel::{Channel, Kind};
use crate::codec::put_blocks;
use crate::fault::{Abort, Misbehaviour};
use crate::party::Party;
use crate::prf::hash;

/// Bits of a check value: half of a SHA-256. Both sides' contents are fixed before either sees anything
/// of the other's, so a collision would have to happen and cannot be sought.
pub(super) const CHECK_BITS: usize = 128;

/// A party's check value towards one peer.
pub(super) struct CheckValue(zeroize::Zeroizing<Block>);

impl CheckValue {
    /// The value for these contents, which both sides must have alike.
    pub(super) fn new<C: Channel>(session: &Session<'_, C>, contents: &[u8]) -> Self {
        let digest = hash("countersign check value", &[&session.id.0, contents]);
        Self(zeroize::Zeroizing::new(crate::prf::half(digest)))
    }

    /// The value's bits under the authenticated bits set aside for the peer at position `at`.
    pub(super) fn masked(&self, plan: &Plan, bits: &AuthBits, at: usize) -> Block {
        let pad = bits.bits[plan.check(at)]
            .iter()
            .rev()
            .fold(0, |pad, &bit| (pad << 1) | Block::from(bit));
        *self.0 ^ pad
    }
}

/// Compares this party's `values` with those of all peers, whose `masked` values have arrived. `back`
/// are this party's positions among the peers of each.
pub(super) fn compare<C: Channel>(
    session: &mut Session<'_, C>,
    plan: &Plan,
    bits: &AuthBits,
    values: &[CheckValue],
    masked: &[Block],
    back: &[usize],
) -> Result<(), Abort> {
    let (me, delta, run) = (session.me(), session.share.delta.get(), session.id.0);
    let tags = session.exchange(Kind::CheckTag, (), |at, peer| {
        // The keys on the peer's bits, as they would be if they were this party's.
        let differences = *values[at].0 ^ masked[at];
        let keys = &bits.keys[at][plan.check(back[at])];
        let blocks = Blocks::new(
            keys.iter()
                .enumerate()
                .map(|(bit, key)| key ^ (delta & mask((differences >> bit) as u8)))
                .collect(),
        );
        Digest(tag(&run, me, peer, &blocks))
    })?;
    for (at, Digest(theirs)) in tags.iter().enumerate() {
        let peer = session.peers[at];
        let own = tag(&run, peer, me, &bits.macs[at][plan.check(at)]);
        if !bool::from(own.ct_eq(theirs)) {
            return Err(session.blame(peer, Misbehaviour::ProductCheck));
        }
    }
    Ok(())
}

fn tag(run: &[u8; 32], from: Party, to: Party, blocks: &[Block]) -> [u8; 32] {
    let mut bytes = zeroize::Zeroizing::new(Vec::new());
    put_blocks(&mut bytes, blocks);
    let ends = [from.index(), to.index()];
    hash("countersign check tag", &[run, &ends, &bytes])
}
