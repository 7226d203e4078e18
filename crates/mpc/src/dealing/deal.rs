//! The dealer.

use rand_core::CryptoRng;
use subtle::{Choice, ConditionallySelectable};
use vsss_rs::{Gf256, IdentifierGf256};
use zeroize::{Zeroize, Zeroizing};

use super::package::{DealId, PeerMaterial, SharePackage};
use super::{LEAVES, SUBFIELD_BITS, SUBFIELDS, receiver_seeds};
use crate::block::{Block, Delta, mask, random_block};
use crate::buffers::Blocks;
use crate::party::Party;
use crate::sha2_family::{HashAlgorithm, State};

/// An API secret, decoded to the bytes HMAC is keyed with. Wiped when dropped.
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Fewest decoded bytes accepted: shorter secrets could be found by trying (P2).
    pub const MIN_BYTES: usize = 16;

    /// Takes the decoded secret.
    ///
    /// # Errors
    /// [`DealError::SecretTooShort`] under [`Secret::MIN_BYTES`].
    pub fn new(bytes: Zeroizing<Vec<u8>>) -> Result<Self, DealError> {
        if bytes.len() < Self::MIN_BYTES {
            return Err(DealError::SecretTooShort { bytes: bytes.len() });
        }
        Ok(Self(bytes))
    }

    /// HMAC of `message`: for what the exchange wants once in a key's life, so that no quorum need
    /// ever make it.
    pub fn tag(&self, hash: HashAlgorithm, message: &[u8]) -> Vec<u8> {
        HmacStates::of(hash, self).tag(hash, message)
    }
}

impl core::fmt::Debug for Secret {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Secret(<redacted>)")
    }
}

/// What to deal, and to whom.
#[derive(Clone, Debug)]
pub struct DealParameters {
    /// The hash under the HMAC.
    pub hash: HashAlgorithm,
    /// t: how many nodes sign together.
    pub threshold: u8,
    /// All n nodes.
    pub parties: Vec<Party>,
}

/// What the dealer hands out.
pub struct Dealt {
    /// Names this dealing; also inside each package.
    pub deal_id: DealId,
    /// One package per party, in the order of [`DealParameters::parties`].
    pub packages: Vec<SharePackage>,
    /// HMAC of the check message: what a quorum must reproduce before it may sign (P6).
    pub check_tag: Vec<u8>,
    /// SHA-256 of the inner state, domain-separated: lets nodes see that they hold the same one.
    pub inner_state_hash: [u8; 32],
}

/// Why nothing was dealt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DealError {
    /// The secret could be guessed.
    #[error(
        "the secret has {bytes} bytes after decoding; under {min} it could be guessed (is the encoding right?)",
        min = Secret::MIN_BYTES
    )]
    SecretTooShort {
        /// Its length.
        bytes: usize,
    },
    /// Threshold and nodes do not fit.
    #[error(
        "threshold {threshold} of {nodes} nodes: it takes 2 <= threshold <= nodes <= 16, all distinct"
    )]
    Threshold {
        /// t.
        threshold: u8,
        /// n.
        nodes: usize,
    },
    /// The sharing library refused.
    #[error("secret sharing failed: {0}")]
    Sharing(&'static str),
}

/// The message whose tag shows that packages fit together: no venue takes a text with these line
/// breaks and no parameters (P6).
pub fn check_message(deal_id: &DealId) -> Vec<u8> {
    let mut message = b"countersign\ncheck message, not a request\n".to_vec();
    message.extend_from_slice(deal_id.as_bytes());
    message
}

/// Deals `secret`. The randomness must come from the operating system.
///
/// # Errors
/// [`DealError`] for parameters outside 2 <= t <= n <= 16.
pub fn deal(
    parameters: &DealParameters,
    secret: Secret,
    rng: &mut impl CryptoRng,
) -> Result<Dealt, DealError> {
    let DealParameters {
        hash,
        threshold,
        parties,
    } = parameters;
    let nodes = parties.len();
    let mut distinct = parties.clone();
    distinct.sort_unstable();
    distinct.dedup();
    if *threshold < 2 || usize::from(*threshold) > nodes || nodes > 16 || distinct.len() != nodes {
        return Err(DealError::Threshold {
            threshold: *threshold,
            nodes,
        });
    }
    let states = HmacStates::of(*hash, &secret);
    drop(secret);

    let mut id = [0; 32];
    rng.fill_bytes(&mut id);
    let deal_id = DealId::from_bytes(id);
    let p = hash.parameters();
    let check_tag = states.tag(*hash, &check_message(&deal_id));
    let inner_state = Zeroizing::new(p.state_to_bytes(&states.inner));
    let outer_state = Zeroizing::new(p.state_to_bytes(&states.outer));

    let shares = share_bytes(*threshold, parties, &outer_state, rng)?;
    let mut packages: Vec<SharePackage> = parties
        .iter()
        .zip(shares)
        .map(|(&party, share)| SharePackage {
            deal_id,
            hash: *hash,
            threshold: *threshold,
            epoch: 1,
            party,
            inner_state: inner_state.clone(),
            share,
            delta: Delta::new(random_block(rng)),
            peers: Vec::with_capacity(nodes - 1),
        })
        .collect();
    for holder in 0..nodes {
        for verifier in 0..nodes {
            if holder != verifier {
                correlate(&mut packages, holder, verifier, rng);
            }
        }
    }
    let inner_state_hash = crate::prf::hash("countersign inner state", &[&inner_state]);
    Ok(Dealt {
        deal_id,
        packages,
        check_tag,
        inner_state_hash,
    })
}

/// The two chaining states after the key block: all that HMAC needs of its key (P1).
struct HmacStates {
    inner: State,
    outer: State,
}

impl Drop for HmacStates {
    fn drop(&mut self) {
        self.inner.zeroize();
        self.outer.zeroize();
    }
}

impl HmacStates {
    /// RFC 2104: keys longer than a block are hashed first.
    fn of(hash: HashAlgorithm, secret: &Secret) -> Self {
        let p = hash.parameters();
        let mut block = Zeroizing::new(vec![0u8; hash.block_bytes()]);
        if secret.0.len() > block.len() {
            let digest = Zeroizing::new(p.finish(p.initial_state(), 0, &secret.0));
            block[..digest.len()].copy_from_slice(&digest);
        } else {
            block[..secret.0.len()].copy_from_slice(&secret.0);
        }
        let state_after = |pad: u8| {
            let padded: Zeroizing<Vec<u8>> =
                Zeroizing::new(block.iter().map(|byte| byte ^ pad).collect());
            let mut state = p.initial_state();
            p.compress(&mut state, &padded);
            state
        };
        Self {
            inner: state_after(0x36),
            outer: state_after(0x5c),
        }
    }

    fn tag(&self, hash: HashAlgorithm, message: &[u8]) -> Vec<u8> {
        let p = hash.parameters();
        let digest = p.finish(self.inner, hash.block_bytes(), message);
        p.finish(self.outer, hash.block_bytes(), &digest)
    }
}

/// Bytewise Shamir sharing over GF(2^8), at the parties' indices (P3).
fn share_bytes(
    threshold: u8,
    parties: &[Party],
    secret: &[u8],
    rng: &mut impl CryptoRng,
) -> Result<Vec<Zeroizing<Vec<u8>>>, DealError> {
    let ids = parties
        .iter()
        .map(|party| IdentifierGf256(Gf256(party.index())));
    let shares = Gf256::split_bytes_with_participant_ids_iter(
        usize::from(threshold),
        parties.len(),
        secret,
        rng,
        ids,
    )
    .map_err(|_| DealError::Sharing("the parameters were refused"))?;
    shares
        .into_iter()
        .zip(parties)
        .map(|(mut share, party)| {
            let body = match share.split_first() {
                Some((&id, body)) if id == party.index() && body.len() == secret.len() => {
                    Ok(Zeroizing::new(body.to_vec()))
                }
                _ => Err(DealError::Sharing("a share has an unexpected form")),
            };
            share.zeroize();
            body
        })
        .collect()
}

/// Authenticates the holder's share bits towards the verifier and deals the OT correlation for the
/// same direction: the holder is its receiver, the verifier, who has Δ, its sender (P4).
fn correlate(
    packages: &mut [SharePackage],
    holder: usize,
    verifier: usize,
    rng: &mut impl CryptoRng,
) {
    let delta = packages[verifier].delta.get();
    let bits = packages[holder].share_bits();
    let keys: Blocks = Blocks::new(bits.iter().map(|_| random_block(rng)).collect());
    let macs = Blocks::new(
        keys.iter()
            .zip(bits.iter())
            .map(|(key, &bit)| key ^ (delta & mask(bit)))
            .collect(),
    );
    let root = random_block(rng);
    let sender_seeds = puncture(&receiver_seeds(root), delta);

    let mut pad_key = Zeroizing::new([0; 32]);
    rng.fill_bytes(&mut *pad_key);
    let (holder_party, verifier_party) = (packages[holder].party, packages[verifier].party);

    let at_holder = packages[holder].peer_entry(verifier_party);
    at_holder.macs = macs;
    at_holder.receiver_root = zeroize::Zeroizing::new(root);
    let at_verifier = packages[verifier].peer_entry(holder_party);
    at_verifier.keys = keys;
    at_verifier.sender_seeds = sender_seeds;
    // Both directions run; the pair keeps the key of the later one.
    packages[holder].peer_entry(verifier_party).pad_key = pad_key.clone();
    packages[verifier].peer_entry(holder_party).pad_key = pad_key;
}

/// Of each subfield's seeds, those the sender may know: all but the one at its part of Δ, in the
/// order x ⊕ Δ_b = 1, 2, …, so that the sender never indexes by Δ. Nor does this: indexing by x ⊕ Δ_b
/// comes to swapping neighbours 2^i apart for each bit i of Δ_b that is 1.
fn puncture(seeds: &[Block], delta: Block) -> Blocks {
    let mut punctured = Blocks::new(Vec::with_capacity(SUBFIELDS * (LEAVES - 1)));
    for (b, leaves) in seeds.chunks(LEAVES).enumerate() {
        let mut leaves = Blocks::new(leaves.to_vec());
        for bit in 0..SUBFIELD_BITS {
            // `Choice` keeps the compiler from making this a branch.
            let swap = Choice::from((delta >> (b * SUBFIELD_BITS + bit)) as u8 & 1);
            for neighbours in leaves.chunks_mut(2 << bit) {
                let (low, high) = neighbours.split_at_mut(1 << bit);
                for (low, high) in low.iter_mut().zip(high) {
                    Block::conditional_swap(low, high, swap);
                }
            }
        }
        punctured.extend_from_slice(&leaves[1..]);
    }
    punctured
}

impl SharePackage {
    fn peer_entry(&mut self, peer: Party) -> &mut PeerMaterial {
        let at = match self.peers.binary_search_by_key(&peer, |entry| entry.peer) {
            Ok(at) => at,
            Err(at) => {
                self.peers.insert(at, PeerMaterial::empty(peer));
                at
            }
        };
        &mut self.peers[at]
    }
}
