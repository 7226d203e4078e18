//! The wire as it is specified, written down a second time: what a party needs that does not run the
//! crate, or that lies with knowledge of the protocol.

use std::collections::BTreeMap;

use countersign_mpc::{Kind, Party};
use polyval::Polyval;
use polyval::universal_hash::UniversalHash;
use sha2::{Digest, Sha256};

/// SHA-256 over domain and parts, each after its length in eight bytes.
pub fn hash(domain: &str, parts: &[&[u8]]) -> [u8; 32] {
    let mut bytes = Vec::new();
    for part in std::iter::once(&domain.as_bytes()).chain(parts) {
        bytes.extend((part.len() as u64).to_le_bytes());
        bytes.extend_from_slice(part);
    }
    Sha256::digest(bytes).into()
}

/// The first sixteen bytes of a hash.
pub fn half(hash: [u8; 32]) -> u128 {
    u128::from_le_bytes(hash[..16].try_into().unwrap())
}

/// A share package of HMAC-SHA-256, field by field.
pub struct Package {
    pub party: u8,
    pub epoch: [u8; 8],
    pub deal_id: [u8; 32],
    pub inner_state: Vec<u8>,
    pub share: Vec<u8>,
    pub delta: u128,
    pub peers: BTreeMap<u8, PeerPart>,
}

pub struct PeerPart {
    pub macs: Vec<u128>,
    pub keys: Vec<u128>,
    pub receiver_root: u128,
    pub sender_seeds: Vec<u128>,
}

impl Package {
    pub const SHARE_AT: usize = 8 + 4 + 8 + 32 + 32;
    pub const EPOCH_AT: usize = 8 + 4;
    pub const DELTA_AT: usize = Self::SHARE_AT + 32;
    pub const PEERS_AT: usize = Self::DELTA_AT + 16;
    /// Of one peer: its index, MACs, keys, root, seeds, pad key.
    pub const PEER_BYTES: usize = 1 + 2 * 256 * 16 + 16 + 32 * 15 * 16 + 32;

    pub fn parse(bytes: &[u8]) -> Self {
        assert_eq!(&bytes[..9], b"CSSHARE1\x01");
        let block = |at: usize| u128::from_le_bytes(bytes[at..at + 16].try_into().unwrap());
        let blocks = |at: usize, count: usize| (0..count).map(|i| block(at + 16 * i)).collect();
        let peers = (0..usize::from(bytes[11]))
            .map(|n| {
                let at = Self::PEERS_AT + n * Self::PEER_BYTES;
                let part = PeerPart {
                    macs: blocks(at + 1, 256),
                    keys: blocks(at + 1 + 256 * 16, 256),
                    receiver_root: block(at + 1 + 512 * 16),
                    sender_seeds: blocks(at + 1 + 513 * 16, 480),
                };
                (bytes[at], part)
            })
            .collect();
        Self {
            party: bytes[10],
            epoch: bytes[12..20].try_into().unwrap(),
            deal_id: bytes[20..52].try_into().unwrap(),
            inner_state: bytes[52..84].to_vec(),
            share: bytes[84..116].to_vec(),
            delta: block(Self::DELTA_AT),
            peers,
        }
    }

    /// The session of a batch among `members`.
    pub fn session(&self, members: &[u8], boot_nonces: &[u8], batch: &[u8; 16]) -> [u8; 32] {
        let version = countersign_mpc::PROTOCOL_VERSION.to_le_bytes();
        let parts: [&[u8]; 7] = [
            &version,
            b"hmac-sha256",
            &self.deal_id,
            &self.epoch,
            members,
            boot_nonces,
            batch,
        ];
        hash("countersign session", &parts)
    }
}

/// A run of the protocol by its name.
#[derive(Clone, Copy)]
pub struct Run(pub [u8; 32]);

impl Run {
    /// The name of the run that a session becomes by the nonces of its members, in order.
    pub fn of_session(session: [u8; 32], nonces: &BTreeMap<Party, [u8; 32]>) -> Self {
        let nonces: Vec<&[u8]> = nonces.values().map(|nonce| &nonce[..]).collect();
        Self(Run(session).bound("countersign run", Kind::SessionNonce, &nonces))
    }

    /// A hash bound to the run and a place in it.
    pub fn bound(&self, domain: &str, kind: Kind, parts: &[&[u8]]) -> [u8; 32] {
        hash(domain, &[&self.0, &[kind.number()], &hash(domain, parts)])
    }

    /// The commitment that `opening` (value and nonce) opens; `to` is `None` for all.
    pub fn commitment(
        &self,
        kind: Kind,
        from: Party,
        to: Option<Party>,
        opening: &[u8],
    ) -> [u8; 32] {
        let ends = [from.index(), to.map_or(0, Party::index)];
        let (value, nonce) = opening.split_at(32);
        self.bound("countersign commitment", kind, &[&ends, value, nonce])
    }
}

/// POLYVAL of a column of bits under a challenge.
pub fn column_hash(coin: &[u8], column: &[u64]) -> u128 {
    let pairs = column.chunks(2);
    polyval(
        coin,
        pairs.map(|pair| u128::from(pair[0]) | (u128::from(pair[1]) << 64)),
    )
}

/// POLYVAL of blocks under a challenge: the first half of a coin.
pub fn polyval(coin: &[u8], blocks: impl Iterator<Item = u128>) -> u128 {
    let key: [u8; 16] = coin[..16].try_into().unwrap();
    let mut polyval = Polyval::new(&key.into());
    for block in blocks {
        polyval.update(&[block.to_le_bytes().into()]);
    }
    u128::from_le_bytes(polyval.finalize().into())
}
