//! Parties in one process, each on a thread of its own with a generator of its own.
#![allow(dead_code, missing_docs)]

use std::collections::HashMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use countersign_mpc::dealing::{DealParameters, Dealt, QuorumShare, Secret, SharePackage, deal};
use countersign_mpc::{
    Abort, BatchSize, Channel, ChannelError, Fault, HashAlgorithm, Kind, Party, Presignature,
    Quorum, SessionId, Statement, Tag, preprocess,
};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use zeroize::Zeroizing;

pub type Envelope = (Kind, Vec<u8>);

/// What the links of one party look like.
pub struct Links {
    pub me: Party,
    outgoing: HashMap<Party, Sender<Envelope>>,
    incoming: HashMap<Party, Receiver<Envelope>>,
    /// How long a party waits before it takes the peer for silent.
    pub patience: Duration,
    pub sent: HashMap<Kind, usize>,
}

impl Channel for Links {
    fn send(&mut self, to: Party, kind: Kind, body: Vec<u8>) -> Result<(), ChannelError> {
        *self.sent.entry(kind).or_default() += body.len();
        self.outgoing[&to]
            .send((kind, body))
            .map_err(|_| ChannelError::Lost)
    }

    fn receive(&mut self, from: Party) -> Result<Envelope, ChannelError> {
        self.incoming[&from]
            .recv_timeout(self.patience)
            .map_err(|error| match error {
                RecvTimeoutError::Timeout => ChannelError::Silent,
                RecvTimeoutError::Disconnected => ChannelError::Lost,
            })
    }
}

/// Links among all members of a quorum.
pub fn network(quorum: &Quorum) -> Vec<Links> {
    let mut links: Vec<Links> = quorum
        .members()
        .iter()
        .map(|&me| Links {
            me,
            outgoing: HashMap::new(),
            incoming: HashMap::new(),
            patience: Duration::from_secs(60),
            sent: HashMap::new(),
        })
        .collect();
    for from in 0..links.len() {
        for to in 0..links.len() {
            if from != to {
                let (sender, receiver) = channel();
                let (a, b) = (links[from].me, links[to].me);
                links[from].outgoing.insert(b, sender);
                links[to].incoming.insert(a, receiver);
            }
        }
    }
    links
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

/// Runs preprocessing at all parties over the given channels; results in order of party.
pub fn preprocess_all<C: Channel + Send>(
    shares: &[QuorumShare],
    channels: Vec<C>,
    seed: u64,
    size: BatchSize,
) -> Vec<Result<Vec<Presignature>, Abort>> {
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
pub fn sign(
    hash: HashAlgorithm,
    statement: &Statement,
    parties: Vec<(Party, Presignature)>,
) -> Result<Tag, Fault> {
    let mut evaluator = None;
    let mut messages = Vec::new();
    for (party, presignature) in parties {
        match presignature {
            Presignature::Evaluator(half) => evaluator = Some(half),
            Presignature::Garbler(half) => {
                messages.push((party, half.release(hash, statement).encode()));
            }
        }
    }
    evaluator.unwrap().evaluate(statement, &messages)
}
