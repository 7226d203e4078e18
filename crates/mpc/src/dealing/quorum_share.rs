//! From a Shamir share to an XOR share for one quorum (P3).

use vsss_rs::Gf256;
use zeroize::Zeroizing;

use super::package::{DealId, SharePackage};
use super::receiver_seeds;
use crate::block::{BitBytes, Delta};
use crate::buffers::Blocks;
use crate::party::{Party, Quorum};
use crate::sha2_family::HashAlgorithm;

/// A node's XOR share of the outer state for one quorum, authenticated towards each other member,
/// with all it needs to preprocess and sign there.
pub struct QuorumShare {
    pub(crate) deal_id: DealId,
    pub(crate) hash: HashAlgorithm,
    pub(crate) epoch: u64,
    pub(crate) me: Party,
    pub(crate) quorum: Quorum,
    pub(crate) delta: Delta,
    /// In the circuit's order of secret inputs.
    pub(crate) bits: BitBytes,
    /// As [`Quorum::peers_of`] orders them.
    pub(crate) peers: Vec<PeerShare>,
}

/// The part of a [`QuorumShare`] that belongs to one peer.
pub(crate) struct PeerShare {
    pub(crate) macs: Blocks,
    pub(crate) keys: Blocks,
    pub(crate) receiver_seeds: Blocks,
    pub(crate) sender_seeds: Blocks,
    pub(crate) pad_key: Zeroizing<[u8; 32]>,
}

/// The quorum does not fit the package: wrong size, or a stranger in it, or without this node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the quorum does not fit the share: wrong size, or members it was not dealt to")]
pub struct NotAMember;

impl QuorumShare {
    /// Turns the package's Shamir share into this node's XOR share for `quorum`: multiplication by
    /// the public Lagrange coefficient is linear over GF(2), so MACs and keys follow.
    ///
    /// # Errors
    /// [`NotAMember`] unless the quorum is t nodes of the dealing, this one among them.
    pub fn new(package: &SharePackage, quorum: &Quorum) -> Result<Self, NotAMember> {
        if quorum.size() != usize::from(package.threshold) || !quorum.contains(package.party) {
            return Err(NotAMember);
        }
        let own = Scaling::new(package, quorum, package.party);
        let peers = quorum
            .peers_of(package.party)
            .into_iter()
            .map(|peer| {
                let entry = package
                    .peers
                    .iter()
                    .find(|entry| entry.peer == peer)
                    .ok_or(NotAMember)?;
                Ok(PeerShare {
                    macs: Blocks::new(own.apply(&entry.macs)),
                    keys: Blocks::new(Scaling::new(package, quorum, peer).apply(&entry.keys)),
                    receiver_seeds: receiver_seeds(*entry.receiver_root),
                    sender_seeds: entry.sender_seeds.clone(),
                    pad_key: entry.pad_key.clone(),
                })
            })
            .collect::<Result<_, NotAMember>>()?;
        Ok(Self {
            deal_id: package.deal_id,
            hash: package.hash,
            epoch: package.epoch,
            me: package.party,
            quorum: quorum.clone(),
            delta: package.delta.copy(),
            bits: BitBytes::new(own.apply(&package.share_bits())),
            peers,
        })
    }

    /// The quorum.
    pub fn quorum(&self) -> &Quorum {
        &self.quorum
    }

    /// This node.
    pub fn me(&self) -> Party {
        self.me
    }

    /// The hash under the HMAC.
    pub fn hash(&self) -> HashAlgorithm {
        self.hash
    }
}

/// Multiplication by one party's Lagrange coefficient, on anything linear attached to share bits,
/// together with the change from byte order to the circuit's order of bits.
struct Scaling {
    /// λ · 2^m for m = 0..8.
    columns: [u8; 8],
    word_bytes: usize,
}

impl Scaling {
    fn new(package: &SharePackage, quorum: &Quorum, party: Party) -> Self {
        let lambda = lagrange_at_zero(quorum, party);
        Self {
            columns: core::array::from_fn(|m| (lambda * Gf256(1 << m)).0),
            word_bytes: package.hash.state_bytes() / 8,
        }
    }

    fn apply<V>(&self, values: &[V]) -> Vec<V>
    where
        V: Copy + Default + core::ops::BitXor<Output = V>,
    {
        let mut scaled = vec![V::default(); values.len()];
        for (byte, chunk) in values.chunks(8).enumerate() {
            // Words are big-endian in the state's bytes; the circuit counts bits from the lowest.
            let (word, within) = (byte / self.word_bytes, byte % self.word_bytes);
            let first = (word * self.word_bytes + (self.word_bytes - 1 - within)) * 8;
            for (m, &value) in chunk.iter().enumerate() {
                for out_bit in 0..8 {
                    if (self.columns[m] >> out_bit) & 1 == 1 {
                        let out = &mut scaled[first + out_bit];
                        *out = *out ^ value;
                    }
                }
            }
        }
        scaled
    }
}

/// ∏ x_j / (x_j − x_i) over the other members j.
fn lagrange_at_zero(quorum: &Quorum, party: Party) -> Gf256 {
    let x = |p: Party| Gf256(p.index());
    quorum
        .peers_of(party)
        .into_iter()
        .map(|other| x(other) / (x(other) - x(party)))
        .product()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::mask;
    use crate::dealing::{DealParameters, Secret, deal};
    use rand_core::SeedableRng;

    /// Reconstruction exists here only (P7).
    #[test]
    fn xor_shares_of_every_quorum_sum_to_the_outer_state_and_macs_verify() {
        let mut rng = rand_chacha::ChaCha20Rng::from_seed([1; 32]);
        let parties: Vec<Party> = [1, 2, 5, 16].map(|i| Party::new(i).unwrap()).to_vec();
        let parameters = DealParameters {
            hash: HashAlgorithm::Sha256,
            threshold: 3,
            parties: parties.clone(),
        };
        let secret = Secret::new(Zeroizing::new(vec![0xab; 20])).unwrap();
        let dealt = deal(&parameters, secret, &mut rng).unwrap();
        let mut states = Vec::new();
        for left_out in &parties {
            let quorum = Quorum::new(parties.iter().copied().filter(|p| p != left_out)).unwrap();
            let shares: Vec<QuorumShare> = dealt
                .packages
                .iter()
                .filter(|package| quorum.contains(package.party))
                .map(|package| {
                    let copy = SharePackage::decode(&package.encode()).unwrap();
                    QuorumShare::new(&copy, &quorum).unwrap()
                })
                .collect();
            let sum: Vec<u8> = (0..256)
                .map(|i| shares.iter().fold(0, |acc, share| acc ^ share.bits[i]))
                .collect();
            states.push(sum);
            for holder in &shares {
                for (at, peer) in quorum.peers_of(holder.me).into_iter().enumerate() {
                    let verifier = shares.iter().find(|s| s.me == peer).unwrap();
                    let back = quorum
                        .peers_of(peer)
                        .iter()
                        .position(|&p| p == holder.me)
                        .unwrap();
                    for i in 0..256 {
                        assert_eq!(
                            holder.peers[at].macs[i],
                            verifier.peers[back].keys[i]
                                ^ (verifier.delta.get() & mask(holder.bits[i]))
                        );
                    }
                }
            }
        }
        assert!(states.windows(2).all(|pair| pair[0] == pair[1]));

        // RFC 2104 by another road: the state after the outer key block.
        let mut block = [0x5cu8; 64];
        block[..20].iter_mut().for_each(|byte| *byte ^= 0xab);
        let p = HashAlgorithm::Sha256.parameters();
        let mut state = p.initial_state();
        p.compress(&mut state, &block);
        let expected: Vec<u8> = state
            .iter()
            .flat_map(|word| (0..32).map(move |bit| ((word >> bit) & 1) as u8))
            .collect();
        assert_eq!(states[0], expected);
    }
}
