//! A dealt key and one quorum of its nodes, each a thread of this process.

use std::time::{Duration, Instant};

use countersign_mpc::dealing::{DealParameters, QuorumShare, Secret, SharePackage, deal};
use countersign_mpc::{
    BatchSize, Channel, EvaluatorPresignature, HashAlgorithm, Kind, Party, Presignature, Quorum,
    SessionId, Statement, preprocess,
};
use hmac::{Hmac, KeyInit, Mac};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use zeroize::Zeroizing;

use super::links::network;
use super::meter::{Ledger, Metered};

pub const HASHES: [HashAlgorithm; 3] = [
    HashAlgorithm::Sha256,
    HashAlgorithm::Sha384,
    HashAlgorithm::Sha512,
];

/// The hash's name without its use: `sha256`.
pub fn hash_name(hash: HashAlgorithm) -> &'static str {
    let scheme = hash.scheme();
    scheme.strip_prefix("hmac-").unwrap_or(scheme)
}

/// A random generator of the operating system's seed.
pub fn fresh_rng() -> ChaCha20Rng {
    let mut seed = Zeroizing::new([0; 32]);
    getrandom::fill(&mut *seed).expect("the operating system gives randomness");
    ChaCha20Rng::from_seed(*seed)
}

pub struct Deployment {
    pub hash: HashAlgorithm,
    pub quorum: Quorum,
    secret: Vec<u8>,
    packages: Vec<SharePackage>,
    shares: Vec<QuorumShare>,
}

impl Deployment {
    /// Deals a random secret among n nodes; the first t of them are the quorum.
    pub fn new(hash: HashAlgorithm, t: u8, n: u8) -> Self {
        Self::from_rng(hash, t, n, &mut fresh_rng())
    }

    /// As [`Deployment::new`], with the secret and all else from `rng`.
    pub fn from_rng(hash: HashAlgorithm, t: u8, n: u8, rng: &mut ChaCha20Rng) -> Self {
        let mut secret = vec![0; 64];
        rng.fill_bytes(&mut secret);
        let parties: Vec<Party> = (1..=n).filter_map(Party::new).collect();
        let quorum = Quorum::new(parties.iter().copied().take(t.into())).expect("t >= 2");
        let parameters = DealParameters {
            hash,
            threshold: t,
            parties,
        };
        let dealt = Secret::new(Zeroizing::new(secret.clone()))
            .and_then(|secret| deal(&parameters, secret, rng))
            .expect("2 <= t <= n <= 16");
        let shares = dealt
            .packages
            .iter()
            .filter(|package| quorum.contains(package.party()))
            .map(|package| QuorumShare::new(package, &quorum).expect("a member"))
            .collect();
        Self {
            hash,
            quorum,
            secret,
            packages: dealt.packages,
            shares,
        }
    }

    pub fn parties(&self) -> usize {
        self.quorum.size()
    }

    /// A batch of `asked` presignatures, or the nearest size that is allowed; the usual size if none is
    /// asked for.
    pub fn batch_size(&self, asked: Option<usize>) -> BatchSize {
        let Some(asked) = asked else {
            return BatchSize::usual(self.hash, self.parties());
        };
        let least = BatchSize::least(self.hash, self.parties());
        let asked = asked.clamp(least.presignatures(), BatchSize::MAX);
        BatchSize::new(self.hash, self.parties(), asked).unwrap_or(least)
    }

    /// What every honest node makes of the `number`-th message.
    pub fn statement(&self, number: u64) -> Statement {
        let mut request_digest = [0; 32];
        request_digest[..8].copy_from_slice(&number.to_le_bytes());
        Statement {
            request_digest,
            governance_state: [6; 32],
            inner_digest: self.packages[0].inner_digest(&message(number)),
        }
    }

    /// HMAC of the `number`-th message by the `hmac` crate.
    pub fn reference(&self, number: u64) -> Vec<u8> {
        macro_rules! tag {
            ($hash:ty) => {{
                let mut mac = Hmac::<$hash>::new_from_slice(&self.secret).expect("any length");
                mac.update(&message(number));
                mac.finalize().into_bytes().to_vec()
            }};
        }
        match self.hash {
            HashAlgorithm::Sha256 => tag!(sha2::Sha256),
            HashAlgorithm::Sha384 => tag!(sha2::Sha384),
            HashAlgorithm::Sha512 => tag!(sha2::Sha512),
        }
    }

    /// Makes `batches` batches and signs a fresh message with every presignature, all parties at once.
    /// Ends the process with a message if any tag is wrong.
    pub fn run(&self, size: BatchSize, batches: usize) -> Run {
        let started = Instant::now();
        let mut run = Run::default();
        std::thread::scope(|scope| {
            let parties: Vec<_> = self
                .shares
                .iter()
                .zip(network(&self.quorum))
                .map(|(share, links)| {
                    scope.spawn(move || self.run_party(share, Metered::new(links), size, batches))
                })
                .collect();
            for party in parties {
                run.merge(party.join().expect("honest parties"));
            }
        });
        run.wall = started.elapsed();
        run
    }

    fn run_party(
        &self,
        share: &QuorumShare,
        mut channel: Metered,
        size: BatchSize,
        batches: usize,
    ) -> Run {
        let mut run = Run::default();
        let mut number = 0;
        for batch in 0..batches as u64 {
            let presignatures = preprocess_at(share, size, batch, &mut channel, &mut fresh_rng());
            for presignature in presignatures {
                let statement = self.statement(number);
                match presignature {
                    Presignature::Garbler(half) => {
                        let message = half.release(&statement).encode();
                        let evaluator = self.quorum.evaluator();
                        channel
                            .send(evaluator, Kind::Online, message)
                            .expect("the evaluator is there");
                    }
                    Presignature::Evaluator(mut half) => {
                        run.held = half.bytes();
                        // As a node does while it waits for the garblers.
                        half.prepare();
                        let messages = self.online_messages(&mut channel);
                        let started = Instant::now();
                        let tag = half.evaluate(&statement, &messages);
                        run.evaluations.push(started.elapsed());
                        let tag = tag.expect("honest garblers");
                        assert_eq!(tag.expose(), self.reference(number), "a wrong tag");
                        channel.settle(Kind::Online);
                    }
                }
                number += 1;
            }
        }
        run.ledger = channel.into_ledger();
        run
    }

    fn online_messages(&self, channel: &mut Metered) -> Vec<(Party, Vec<u8>)> {
        let receive = |garbler| {
            let (_, message) = channel.receive(garbler).expect("the garbler is there");
            (garbler, message)
        };
        self.quorum.garblers().into_iter().map(receive).collect()
    }

    /// One batch, sorted into what it takes for each signature.
    pub fn presignatures(&self, size: BatchSize) -> Vec<SignatureParts> {
        self.presignatures_from_rng(size, &mut fresh_rng())
    }

    /// As [`Deployment::presignatures`], with the randomness of all parties from `rng`.
    pub fn presignatures_from_rng(
        &self,
        size: BatchSize,
        rng: &mut ChaCha20Rng,
    ) -> Vec<SignatureParts> {
        let batches: Vec<(Party, Vec<Presignature>)> = std::thread::scope(|scope| {
            let parties: Vec<_> = self
                .shares
                .iter()
                .zip(network(&self.quorum))
                .map(|(share, mut links)| {
                    let mut rng = ChaCha20Rng::from_rng(rng);
                    scope.spawn(move || {
                        let batch = preprocess_at(share, size, 0, &mut links, &mut rng);
                        (share.me(), batch)
                    })
                })
                .collect();
            let join = |party: std::thread::ScopedJoinHandle<'_, _>| party.join().expect("honest");
            parties.into_iter().map(join).collect()
        });
        let mut evaluators = Vec::new();
        let mut garblers: Vec<Vec<_>> = Vec::new();
        for (party, batch) in batches {
            for (number, presignature) in batch.into_iter().enumerate() {
                garblers.resize_with(garblers.len().max(number + 1), Vec::new);
                match presignature {
                    Presignature::Evaluator(half) => evaluators.push(half),
                    Presignature::Garbler(half) => garblers[number].push((party, half)),
                }
            }
        }
        evaluators
            .into_iter()
            .zip(garblers)
            .map(|(evaluator, garblers)| SignatureParts {
                evaluator,
                garblers,
            })
            .collect()
    }
}

/// All halves of one presignature.
pub struct SignatureParts {
    pub evaluator: EvaluatorPresignature,
    pub garblers: Vec<(Party, countersign_mpc::GarblerPresignature)>,
}

/// What a number of batches cost.
#[derive(Default)]
pub struct Run {
    /// All parties' costs.
    pub ledger: Ledger,
    /// Wall times of the evaluator's `evaluate`.
    pub evaluations: Vec<Duration>,
    /// Bytes the evaluator holds per presignature.
    pub held: usize,
    /// From the first message to the last tag.
    pub wall: Duration,
}

impl Run {
    pub fn signatures(&self) -> usize {
        self.evaluations.len()
    }

    fn merge(&mut self, other: Self) {
        self.ledger.merge(&other.ledger);
        self.evaluations.extend(other.evaluations);
        self.held += other.held;
    }
}

fn preprocess_at(
    share: &QuorumShare,
    size: BatchSize,
    batch: u64,
    channel: &mut impl Channel,
    rng: &mut ChaCha20Rng,
) -> Vec<Presignature> {
    let nonces = vec![[9; 32]; share.quorum().size()];
    let mut name = [0; 16];
    name[..8].copy_from_slice(&batch.to_le_bytes());
    let session = SessionId::new(share, &nonces, &name);
    preprocess(share, session, size, channel, rng).expect("honest parties")
}

fn message(number: u64) -> Vec<u8> {
    format!("symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price={number}").into_bytes()
}
