//! The operations, and inputs of both classes for each.

use std::hint::black_box;
use std::time::{Duration, Instant};

use countersign_mpc::dealing::{DealParameters, QuorumShare, Secret, SharePackage, deal};
use countersign_mpc::{HashAlgorithm, Party, Quorum};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use zeroize::Zeroizing;

use crate::support::deployment::{Deployment, fresh_rng};
use crate::welch::Samples;

/// How often to measure.
pub struct Effort {
    /// Times each operation of dealing runs.
    pub samples: usize,
    /// Presignatures made, each for one release and one evaluation.
    pub presignatures: usize,
}

#[derive(Clone, Copy)]
pub enum Operation {
    /// The whole of dealing.
    Deal,
    /// From a Shamir share to the additive share of a quorum.
    Share,
    /// Choice of labels by the garbler; evaluation.
    Sign,
}

/// The class whose secrets are the same each time; the other's are fresh.
const SAME: usize = 0;

/// What the secrets of the class [`SAME`] are made of.
#[derive(Clone, Copy)]
enum Constant {
    /// Some fixed seed.
    Seed,
    /// As that, and an API secret of zeros only.
    ZeroSecret,
}

impl Operation {
    pub const ALL: [Self; 3] = [Self::Deal, Self::Share, Self::Sign];

    /// Runs it on inputs of both classes; times by name.
    pub fn measure(self, effort: &Effort) -> Vec<(&'static str, Samples)> {
        match self {
            Self::Deal => vec![
                (
                    "deal, fixed / random",
                    times(effort.samples, Constant::Seed, time_deal),
                ),
                (
                    "deal, zero / random",
                    times(effort.samples, Constant::ZeroSecret, time_deal),
                ),
            ],
            Self::Share => vec![
                (
                    "QuorumShare::new, fixed / random",
                    times(effort.samples, Constant::Seed, time_share),
                ),
                (
                    "QuorumShare::new, zero / random",
                    times(effort.samples, Constant::ZeroSecret, time_share),
                ),
            ],
            Self::Sign => {
                let (release, evaluate) = time_signatures(effort.presignatures);
                vec![
                    ("release, fixed / random", release),
                    ("evaluate, fixed / random", evaluate),
                ]
            }
        }
    }
}

/// All that one run of an operation depends on.
struct Input {
    secret: Secret,
    rng: ChaCha20Rng,
}

impl Input {
    /// Both classes take the same way through this.
    fn new(class: usize, constant: Constant) -> Self {
        let mut rng = rng_of(class);
        let mut secret = Zeroizing::new(vec![0; 32]);
        rng.fill_bytes(&mut secret);
        let keep = u8::from(class != SAME || matches!(constant, Constant::Seed)).wrapping_neg();
        secret.iter_mut().for_each(|byte| *byte &= keep);
        Self {
            secret: Secret::new(secret).expect("long enough"),
            rng,
        }
    }
}

fn rng_of(class: usize) -> ChaCha20Rng {
    let fresh = ChaCha20Rng::from_rng(&mut fresh_rng());
    let fixed = ChaCha20Rng::from_seed([0x5a; 32]);
    [fixed, fresh].into_iter().nth(class).expect("two classes")
}

fn times(samples: usize, constant: Constant, time: fn(Input) -> Duration) -> Samples {
    let mut times = Samples::default();
    let mut coins = fresh_rng();
    let warm_up = samples / 10;
    for number in 0..samples + warm_up {
        let class = (coins.next_u32() & 1) as usize;
        let took = time(Input::new(class, constant));
        if number >= warm_up {
            times.push(class, took);
        }
    }
    times
}

fn time_deal(input: Input) -> Duration {
    let Input { secret, mut rng } = input;
    let parameters = parameters();
    let started = Instant::now();
    let dealt = deal(&parameters, secret, &mut rng);
    let took = started.elapsed();
    black_box(dealt.expect("valid parameters").packages);
    took
}

fn time_share(input: Input) -> Duration {
    let Input { secret, mut rng } = input;
    let parameters = parameters();
    let quorum = Quorum::new(parameters.parties.iter().copied().take(2)).expect("two parties");
    let dealt = deal(&parameters, secret, &mut rng).expect("valid parameters");
    let package: &SharePackage = &dealt.packages[0];
    let started = Instant::now();
    let share = QuorumShare::new(package, &quorum);
    let took = started.elapsed();
    black_box(share.is_ok());
    took
}

fn parameters() -> DealParameters {
    DealParameters {
        hash: HashAlgorithm::Sha256,
        threshold: 2,
        parties: (1..=3).filter_map(Party::new).collect(),
    }
}

/// Releases and evaluations of the same signatures: secrets, Δ, labels and messages of a class.
fn time_signatures(presignatures: usize) -> (Samples, Samples) {
    let (mut releases, mut evaluations) = (Samples::default(), Samples::default());
    let mut coins = fresh_rng();
    while evaluations.len() < presignatures {
        let class = (coins.next_u32() & 1) as usize;
        let mut rng = rng_of(class);
        let message = rng.next_u64();
        let deployment = Deployment::from_rng(HashAlgorithm::Sha256, 2, 2, &mut rng);
        let size = deployment.batch_size(None);
        let statement = deployment.statement(message);
        for parts in deployment.presignatures_from_rng(size, &mut rng) {
            let mut messages = Vec::new();
            for (party, half) in parts.garblers {
                let started = Instant::now();
                let message = half.release(&statement);
                releases.push(class, started.elapsed());
                messages.push((party, message.encode()));
            }
            let started = Instant::now();
            let tag = parts.evaluator.evaluate(&statement, &messages);
            evaluations.push(class, started.elapsed());
            black_box(tag.expect("honest garblers").expose());
        }
    }
    (releases, evaluations)
}
