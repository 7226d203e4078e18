//! What one node is dealt, and its encoding.

use core::fmt;

use zeroize::Zeroizing;

use super::{LEAVES, SUBFIELDS};
use crate::block::{BitBytes, Block, Delta};
use crate::buffers::Blocks;
use crate::codec::{Malformed, Reader, put_blocks};
use crate::online::InnerDigest;
use crate::party::Party;
use crate::sha2_family::HashAlgorithm;

/// Names one dealing. Sessions are bound to it, so packages of two dealings never meet.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct DealId([u8; 32]);

impl DealId {
    /// The identifier with these bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for DealId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in &self.0[..8] {
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

/// One node's part of a key: its share, the MACs and MAC keys around it, and the base correlations
/// with each peer. Everything secret in it is wiped when dropped.
pub struct SharePackage {
    pub(crate) deal_id: DealId,
    pub(crate) hash: HashAlgorithm,
    pub(crate) threshold: u8,
    pub(crate) epoch: u64,
    pub(crate) party: Party,
    pub(crate) inner_state: Zeroizing<Vec<u8>>,
    pub(crate) share: Zeroizing<Vec<u8>>,
    pub(crate) delta: Delta,
    /// By rising party.
    pub(crate) peers: Vec<PeerMaterial>,
}

/// What a node holds towards one peer.
pub(crate) struct PeerMaterial {
    pub(crate) peer: Party,
    /// MACs of the own share bits under the peer's Δ.
    pub(crate) macs: Blocks,
    /// Keys on the peer's share bits under the own Δ.
    pub(crate) keys: Blocks,
    /// Root of the seeds with which the own bits are authenticated towards the peer.
    pub(crate) receiver_root: Zeroizing<Block>,
    /// Punctured seeds with which the peer's bits are authenticated under the own Δ.
    pub(crate) sender_seeds: Blocks,
    /// Key of the pair for the pads of P16.
    pub(crate) pad_key: Zeroizing<[u8; 32]>,
}

impl PeerMaterial {
    pub(crate) fn empty(peer: Party) -> Self {
        Self {
            peer,
            macs: Blocks::default(),
            keys: Blocks::default(),
            receiver_root: Zeroizing::new(0),
            sender_seeds: Blocks::default(),
            pad_key: Zeroizing::new([0; 32]),
        }
    }
}

const MAGIC: &[u8; 8] = b"CSSHARE1";

impl SharePackage {
    /// The dealing this belongs to.
    pub fn deal_id(&self) -> DealId {
        self.deal_id
    }

    /// The hash under the HMAC.
    pub fn hash(&self) -> HashAlgorithm {
        self.hash
    }

    /// t.
    pub fn threshold(&self) -> u8 {
        self.threshold
    }

    /// Refresh epoch, from 1.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// The node it was dealt to.
    pub fn party(&self) -> Party {
        self.party
    }

    /// The other nodes of the dealing, by rising index.
    pub fn peers(&self) -> impl Iterator<Item = Party> + '_ {
        self.peers.iter().map(|entry| entry.peer)
    }

    /// SHA-256 of the inner state, as the manifest states it.
    pub fn inner_state_hash(&self) -> [u8; 32] {
        crate::prf::hash("countersign inner state", &[&self.inner_state])
    }

    /// D = H(K^ipad ‖ message), which every node computes for itself in the clear (P1).
    pub fn inner_digest(&self, message: &[u8]) -> InnerDigest {
        let p = self.hash.parameters();
        let state = p.state_from_bytes(&self.inner_state);
        InnerDigest::new(p.finish(state, self.hash.block_bytes(), message))
    }

    /// A commitment to `message` as this dealing's quorums would sign it: a hash of its D. Every node
    /// can compare a message with it. Without the inner state, which only packages have, it says
    /// nothing of the message: D is then a MAC of it under a key of the hash's whole width.
    pub fn commitment(&self, message: &[u8]) -> [u8; 32] {
        let digest = self.inner_digest(message);
        crate::prf::hash(
            "countersign commitment",
            &[self.deal_id.as_bytes(), digest.as_bytes()],
        )
    }

    /// The share's bits: bit i of byte k is at 8k + i.
    pub(crate) fn share_bits(&self) -> BitBytes {
        let bits = self
            .share
            .iter()
            .flat_map(|byte| (0..8).map(move |i| (byte >> i) & 1))
            .collect();
        BitBytes::new(bits)
    }

    /// The package as bytes, to be sealed at once.
    pub fn encode(&self) -> Zeroizing<Vec<u8>> {
        let mut out = Zeroizing::new(Vec::with_capacity(1 << 20));
        out.extend_from_slice(MAGIC);
        out.push(match self.hash {
            HashAlgorithm::Sha256 => 1,
            HashAlgorithm::Sha384 => 2,
            HashAlgorithm::Sha512 => 3,
        });
        out.extend([self.threshold, self.party.index(), self.peers.len() as u8]);
        out.extend_from_slice(&self.epoch.to_le_bytes());
        out.extend_from_slice(&self.deal_id.0);
        out.extend_from_slice(&self.inner_state);
        out.extend_from_slice(&self.share);
        put_blocks(&mut out, &[self.delta.get()]);
        for entry in &self.peers {
            out.push(entry.peer.index());
            put_blocks(&mut out, &entry.macs);
            put_blocks(&mut out, &entry.keys);
            put_blocks(&mut out, &[*entry.receiver_root]);
            put_blocks(&mut out, &entry.sender_seeds);
            out.extend_from_slice(&*entry.pad_key);
        }
        out
    }

    /// Reads what [`SharePackage::encode`] wrote.
    ///
    /// # Errors
    /// [`Malformed`] for anything else; whether the contents fit those of the other nodes shows only
    /// when a quorum reproduces the check tag.
    pub fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(bytes);
        if reader.array::<8>()? != *MAGIC {
            return Err(Malformed);
        }
        let hash = match reader.u8()? {
            1 => HashAlgorithm::Sha256,
            2 => HashAlgorithm::Sha384,
            3 => HashAlgorithm::Sha512,
            _ => return Err(Malformed),
        };
        let threshold = reader.u8()?;
        let party = Party::new(reader.u8()?).ok_or(Malformed)?;
        let peer_count = usize::from(reader.u8()?);
        if threshold < 2 || usize::from(threshold) > peer_count + 1 || peer_count > 15 {
            return Err(Malformed);
        }
        let epoch = reader.u64()?;
        let deal_id = DealId(reader.array()?);
        let inner_state = Zeroizing::new(reader.bytes(hash.state_bytes())?.to_vec());
        let share = Zeroizing::new(reader.bytes(hash.state_bytes())?.to_vec());
        let delta = Delta::new(reader.block()?);
        let bits = hash.state_bytes() * 8;
        let mut peers: Vec<PeerMaterial> = Vec::with_capacity(peer_count);
        for _ in 0..peer_count {
            let peer = Party::new(reader.u8()?).ok_or(Malformed)?;
            if peer == party || peers.last().is_some_and(|last| last.peer >= peer) {
                return Err(Malformed);
            }
            peers.push(PeerMaterial {
                peer,
                macs: Blocks::new(reader.blocks(bits)?),
                keys: Blocks::new(reader.blocks(bits)?),
                receiver_root: Zeroizing::new(reader.block()?),
                sender_seeds: Blocks::new(reader.blocks(SUBFIELDS * (LEAVES - 1))?),
                pad_key: Zeroizing::new(reader.array()?),
            });
        }
        reader.finish()?;
        Ok(Self {
            deal_id,
            hash,
            threshold,
            epoch,
            party,
            inner_state,
            share,
            delta,
            peers,
        })
    }
}

impl fmt::Debug for SharePackage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharePackage")
            .field("deal_id", &self.deal_id)
            .field("party", &self.party)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;

    use super::*;
    use crate::dealing::{DealParameters, Dealt, Secret, deal};

    const KEY: &[u8] = b"a key of thirty-two bytes, or so";

    fn dealt(hash: HashAlgorithm, key: &[u8], seed: u8) -> Dealt {
        let parameters = DealParameters {
            hash,
            threshold: 2,
            parties: (1..=3).filter_map(Party::new).collect(),
        };
        let secret = Secret::new(Zeroizing::new(key.to_vec())).unwrap();
        deal(&parameters, secret, &mut ChaCha20Rng::from_seed([seed; 32])).unwrap()
    }

    #[test]
    fn a_commitment_is_the_same_at_all_nodes_and_of_this_message_key_and_dealing_only() {
        for hash in [
            HashAlgorithm::Sha256,
            HashAlgorithm::Sha384,
            HashAlgorithm::Sha512,
        ] {
            let first = dealt(hash, KEY, 1);
            let commitment = first.packages[0].commitment(b"message");
            for package in &first.packages {
                assert_eq!(package.commitment(b"message"), commitment);
                assert_ne!(package.commitment(b"messagf"), commitment);
                assert_ne!(package.commitment(b"message\0"), commitment);
                assert_ne!(package.commitment(b""), commitment);
            }
            let again = dealt(hash, KEY, 2);
            assert_ne!(again.packages[0].commitment(b"message"), commitment);
            // The same dealing but for the key: without the inner state nothing can be compared.
            let other = dealt(hash, b"another key of the same length !", 1);
            assert_eq!(other.deal_id, first.deal_id);
            assert_ne!(other.packages[0].commitment(b"message"), commitment);
        }
    }
}
