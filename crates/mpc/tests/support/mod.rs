//! Parties in one process, each on a thread of its own with a generator of its own.
#![allow(dead_code, missing_docs, clippy::unwrap_used)]

pub mod network;
pub mod spec;

use countersign_mpc::dealing::{DealParameters, Dealt, QuorumShare, Secret, SharePackage, deal};
use countersign_mpc::{
    Abort, BatchSize, Channel, ChannelError, Fault, HashAlgorithm, Kind, Party, Presignature,
    Quorum, SessionId, Statement, Tag, preprocess,
};
use hmac::{Hmac, KeyInit, Mac};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use zeroize::Zeroizing;

pub use network::{Envelope, Links, network};

/// A channel of any make, so that parties of one run can have different ones.
pub struct AnyChannel(Box<dyn Channel + Send>);

impl AnyChannel {
    pub fn new(channel: impl Channel + Send + 'static) -> Self {
        Self(Box::new(channel))
    }
}

impl Channel for AnyChannel {
    fn send(&mut self, to: Party, kind: Kind, body: Vec<u8>) -> Result<(), ChannelError> {
        self.0.send(to, kind, body)
    }

    fn receive(&mut self, from: Party) -> Result<Envelope, ChannelError> {
        self.0.receive(from)
    }
}

/// A network in which `corrupt` speaks through what `wrap` makes of its links.
pub fn network_with<C: Channel + Send + 'static>(
    quorum: &Quorum,
    corrupt: Party,
    wrap: impl FnOnce(Links) -> C,
) -> Vec<AnyChannel> {
    let mut wrap = Some(wrap);
    network(quorum)
        .into_iter()
        .map(|links| match wrap.take_if(|_| links.me == corrupt) {
            Some(wrap) => AnyChannel::new(wrap(links)),
            None => AnyChannel::new(links),
        })
        .collect()
}

pub fn party(index: u8) -> Party {
    Party::new(index).unwrap()
}

pub fn rng(seed: u64, party: Party) -> ChaCha20Rng {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes[8] = party.index();
    ChaCha20Rng::from_seed(bytes)
}

/// HMAC by the `hmac` and `sha2` crates.
pub fn reference(hash: HashAlgorithm, key: &[u8], message: &[u8]) -> Vec<u8> {
    macro_rules! tag {
        ($hash:ty) => {{
            let mut mac = Hmac::<$hash>::new_from_slice(key).unwrap();
            mac.update(message);
            mac.finalize().into_bytes().to_vec()
        }};
    }
    match hash {
        HashAlgorithm::Sha256 => tag!(sha2::Sha256),
        HashAlgorithm::Sha384 => tag!(sha2::Sha384),
        HashAlgorithm::Sha512 => tag!(sha2::Sha512),
    }
}

/// Deals `secret` among nodes 1 to n; the threshold is `t`.
pub fn dealt(hash: HashAlgorithm, t: u8, n: u8, secret: &[u8], seed: u64) -> Dealt {
    let parameters = DealParameters {
        hash,
        threshold: t,
        parties: (1..=n).map(party).collect(),
    };
    let mut rng = rng(seed, party(16));
    let secret = Secret::new(Zeroizing::new(secret.to_vec())).unwrap();
    deal(&parameters, secret, &mut rng).unwrap()
}

/// All subsets of nodes 1 to n with t members.
pub fn quorums(t: u8, n: u8) -> Vec<Quorum> {
    (0u32..1 << n)
        .filter(|set| set.count_ones() == u32::from(t))
        .map(|set| Quorum::new((0..n).filter(|i| set >> i & 1 == 1).map(|i| party(i + 1))).unwrap())
        .collect()
}

pub fn shares(packages: &[SharePackage], quorum: &Quorum) -> Vec<QuorumShare> {
    packages
        .iter()
        .filter(|package| quorum.contains(package.party()))
        .map(|package| QuorumShare::new(package, quorum).unwrap())
        .collect()
}

pub fn session(share: &QuorumShare, seed: u64) -> SessionId {
    let nonces = vec![[9; 32]; share.quorum().size()];
    let mut batch = [0; 16];
    batch[..8].copy_from_slice(&seed.to_le_bytes());
    SessionId::new(share, &nonces, &batch)
}

pub type Run = Result<Vec<Presignature>, Abort>;

/// Runs preprocessing at all parties over the given channels; results in order of party.
pub fn preprocess_all<C: Channel + Send>(
    shares: &[QuorumShare],
    channels: Vec<C>,
    seed: u64,
    size: BatchSize,
) -> Vec<Run> {
    std::thread::scope(|scope| {
        let runs: Vec<_> = shares
            .iter()
            .zip(channels)
            .map(|(share, mut channel)| {
                scope.spawn(move || {
                    let mut rng = rng(seed, share.me());
                    preprocess(share, session(share, seed), size, &mut channel, &mut rng)
                })
            })
            .collect();
        runs.into_iter()
            .map(|run| run.join().expect("no party may panic"))
            .collect()
    })
}

/// The statement every honest party makes of `message`.
pub fn statement(package: &SharePackage, message: &[u8]) -> Statement {
    Statement {
        request_digest: [5; 32],
        governance_state: [6; 32],
        inner_digest: package.inner_digest(message),
    }
}

/// Signs with one presignature of each party, honestly.
pub fn sign(statement: &Statement, parties: Vec<(Party, Presignature)>) -> Result<Tag, Fault> {
    let mut evaluator = None;
    let mut messages = Vec::new();
    for (party, presignature) in parties {
        match presignature {
            Presignature::Evaluator(half) => evaluator = Some(half),
            Presignature::Garbler(half) => {
                messages.push((party, half.release(statement).encode()));
            }
        }
    }
    evaluator.unwrap().evaluate(statement, &messages)
}
