//! Vectors of authenticated bits, and how they are opened.

use subtle::ConstantTimeEq;

use super::session::{Message, Session};
use crate::block::{BitBytes, Block, Blocks, mask, pack};
use crate::channel::{Channel, Kind};
use crate::codec::{Malformed, Reader, put_blocks};
use crate::fault::{Abort, Misbehaviour};
use crate::prf::hash;

/// One party's view of shared bits x = ⊕ x^i: its own shares, their MACs under each peer's Δ, and its
/// keys on each peer's shares (P4). Structure of arrays; vectors "per peer" as the session orders
/// them.
#[derive(Default)]
pub(super) struct AuthBits {
    pub(super) bits: BitBytes,
    pub(super) macs: Vec<Blocks>,
    pub(super) keys: Vec<Blocks>,
}

impl AuthBits {
    /// A vector made element by element; `part` picks from, or combines over, bits, then each peer's
    /// MACs, then each peer's keys: the same linear map for all three.
    pub(super) fn map(
        len: usize,
        peers: usize,
        bit: impl Fn(usize) -> u8,
        mac: impl Fn(usize, usize) -> Block,
        key: impl Fn(usize, usize) -> Block,
    ) -> Self {
        Self {
            bits: BitBytes::new((0..len).map(bit).collect()),
            macs: (0..peers)
                .map(|p| Blocks::new((0..len).map(|i| mac(p, i)).collect()))
                .collect(),
            keys: (0..peers)
                .map(|p| Blocks::new((0..len).map(|i| key(p, i)).collect()))
                .collect(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.bits.len()
    }

    pub(super) fn peers(&self) -> usize {
        self.macs.len()
    }

    /// Opens every bit to everybody: shares with one digest of their MACs, checked by each receiver
    /// with its own keys. A MAC shows the share was the one authenticated, and authenticated bits
    /// are the same towards all, so all honest parties open the same values.
    pub(super) fn open<C: Channel>(
        &self,
        session: &mut Session<'_, C>,
        kind: Kind,
    ) -> Result<Vec<u8>, Abort> {
        let packed = pack(&self.bits);
        let digests: Vec<[u8; 32]> = (0..self.peers())
            .map(|p| mac_digest(session, kind, &self.macs[p]))
            .collect();
        let opened = session.exchange(kind, self.len(), |at, _| SharesOpened {
            bits: packed.clone(),
            digest: digests[at],
        })?;

        let delta = session.share.delta.get();
        let mut values = self.bits.to_vec();
        for (p, message) in opened.into_iter().enumerate() {
            let bits = message.unpacked(self.len());
            let expected: Blocks = Blocks::new(
                bits.iter()
                    .zip(self.keys[p].iter())
                    .map(|(&b, key)| key ^ (delta & mask(b)))
                    .collect(),
            );
            let digest = mac_digest(session, kind, &expected);
            if !bool::from(digest.ct_eq(&message.digest)) {
                return Err(session.blame(session.peers[p], Misbehaviour::Opening(kind)));
            }
            for (value, bit) in values.iter_mut().zip(bits) {
                *value ^= bit;
            }
        }
        Ok(values)
    }
}

fn mac_digest<C: Channel>(session: &Session<'_, C>, kind: Kind, macs: &[Block]) -> [u8; 32] {
    let mut bytes = zeroize::Zeroizing::new(Vec::new());
    put_blocks(&mut bytes, macs);
    hash(
        "countersign MACs",
        &[&session.id.0, &[kind.number()], &bytes],
    )
}

/// Shares of many bits and the digest of their MACs towards the receiver.
struct SharesOpened {
    bits: Vec<u8>,
    digest: [u8; 32],
}

impl SharesOpened {
    fn unpacked(&self, len: usize) -> Vec<u8> {
        (0..len)
            .map(|i| (self.bits[i / 8] >> (i % 8)) & 1)
            .collect()
    }
}

impl Message for SharesOpened {
    type Shape = usize;

    fn encode(&self) -> Vec<u8> {
        [&self.bits[..], &self.digest].concat()
    }

    fn decode(reader: &mut Reader<'_>, len: usize) -> Result<Self, Malformed> {
        Ok(Self {
            bits: pack(&reader.bits(len)?),
            digest: reader.array()?,
        })
    }
}
