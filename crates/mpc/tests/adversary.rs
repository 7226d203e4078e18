//! A corrupt party lies in every message of the protocol in every way there is.
//!
//! Whatever it does, honest parties neither panic nor hang, no honest party is ever named as the
//! culprit, and the honest evaluator outputs the right tag or none. Where the protocol promises to
//! name the liar, it must.
//!
//! `COUNTERSIGN_ADVERSARY_RUNS` sets how often each lie is told, with other randomness, roles and
//! victims each time.
#![allow(missing_docs, clippy::unwrap_used)]

mod support;

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use countersign_mpc::dealing::QuorumShare;
use countersign_mpc::{
    BatchSize, Fault, HashAlgorithm, Kind, Party, Presignature, Quorum, Statement,
};
use support::deviations::{
    Deviant, Deviation, Done, Recorder, Recording, Script, Verdict, deviations, verdict,
};
use support::*;

const KEY: [u8; 32] = [0x42; 32];
const MESSAGE: &[u8] = b"symbol=BTCUSDT&side=BUY&type=LIMIT";
const HASH: HashAlgorithm = HashAlgorithm::Sha256;

#[test]
fn two_parties_survive_every_deviation() {
    World::new(2).try_everything();
}

#[test]
fn three_parties_survive_every_deviation() {
    World::new(3).try_everything();
}

#[test]
fn four_parties_survive_a_handful_of_deviations() {
    let world = World::new(4);
    let handful = [
        (Kind::ChallengeOpening, Deviation::FlipIn("value")),
        (Kind::CrossTerms, Deviation::FlipBit),
        (Kind::ProductBits, Deviation::FlipBit),
        (Kind::BeaverOpening, Deviation::FlipIn("bits")),
        (Kind::Tables, Deviation::FlipIn("garbler MACs")),
        (Kind::Online, Deviation::FlipIn("pad pieces")),
    ];
    for (seed, (kind, deviation)) in handful.into_iter().enumerate() {
        assert!(
            world.run(kind, deviation, seed as u64),
            "{kind:?} {deviation:?}"
        );
    }
}

fn passes() -> u64 {
    std::env::var("COUNTERSIGN_ADVERSARY_RUNS").map_or(1, |runs| runs.parse().unwrap())
}

/// A dealing, a quorum of all nodes, and what each node sent in an earlier run.
struct World {
    quorum: Quorum,
    shares: Vec<QuorumShare>,
    size: BatchSize,
    statement: Statement,
    stale: Vec<Arc<Recording>>,
}

impl World {
    fn new(t: u8) -> Self {
        let dealt = dealt(HASH, t, t, &KEY, 1);
        let quorum = quorums(t, t).remove(0);
        let shares = shares(&dealt.packages, &quorum);
        let size = BatchSize::least(HASH, usize::from(t));
        let statement = statement(&dealt.packages[0], MESSAGE);

        let logs: Vec<Arc<Mutex<Recording>>> = shares.iter().map(|_| Arc::default()).collect();
        let recorders = network(&quorum).into_iter().zip(&logs);
        let recorders = recorders
            .map(|(links, log)| Recorder {
                links,
                log: log.clone(),
            })
            .collect();
        let honest = preprocess_all(&shares, recorders, 0, size);
        for ((share, run), log) in shares.iter().zip(honest).zip(&logs) {
            if let Some(Presignature::Garbler(half)) = run.unwrap().into_iter().next() {
                let message = half.release(&statement).encode();
                let to = (quorum.evaluator(), Kind::Online);
                assert_ne!(share.me(), to.0);
                log.lock().unwrap().insert(to, message);
            }
        }
        let seen = logs
            .iter()
            .flat_map(|log| log.lock().unwrap().keys().copied().collect::<Vec<_>>());
        let seen: HashSet<Kind> = seen.map(|(_, kind)| kind).collect();
        assert_eq!(
            seen,
            HashSet::from(Kind::ALL),
            "what is sent is what is known of"
        );
        let stale = logs
            .into_iter()
            .map(|log| Arc::new(log.lock().unwrap().clone()))
            .collect();
        Self {
            quorum,
            shares,
            size,
            statement,
            stale,
        }
    }

    fn t(&self) -> usize {
        self.quorum.size()
    }

    /// Every deviation at every kind; all must really have been tried.
    fn try_everything(&self) {
        let all: Vec<(Kind, Deviation)> = Kind::ALL
            .into_iter()
            .flat_map(|kind| {
                deviations(kind, self.t())
                    .into_iter()
                    .map(move |d| (kind, d))
            })
            .collect();
        let mut tried = HashSet::new();
        for pass in 0..passes() {
            for (i, &(kind, deviation)) in all.iter().enumerate() {
                // An offset by pass, so that a deviation meets both roles and all victims.
                let seed = 1 + pass * 100_003 + i as u64 * 7;
                if self.run(kind, deviation, seed) {
                    tried.insert((kind, deviation));
                }
            }
        }
        for case in all {
            assert!(tried.contains(&case), "{case:?} was never tried");
        }
    }

    /// One run with one lie. Returns whether the lie was told.
    fn run(&self, kind: Kind, deviation: Deviation, seed: u64) -> bool {
        let corrupt = self.liar(kind, deviation, seed);
        let victims = self.quorum.peers_of(corrupt);
        let towards = match (kind, seed % 2) {
            // Only garblers' messages to the evaluator follow the last echo.
            (Kind::OpeningEcho | Kind::Tables | Kind::Online, _) => None,
            (_, 0) => None,
            _ => Some(victims[seed as usize / 2 % victims.len()]),
        };
        let script = Script {
            kind,
            deviation,
            parties: self.t(),
            towards,
        };
        let about = format!("{kind:?}, {deviation:?}, {corrupt:?} to {towards:?}, seed {seed}");

        let done = Arc::new(Mutex::new(Done::default()));
        let at = self
            .quorum
            .members()
            .iter()
            .position(|&m| m == corrupt)
            .unwrap();
        let stale = self.stale[at].clone();
        let channels = network_with(&self.quorum, corrupt, |links| {
            Deviant::new(
                links,
                script,
                stale.clone(),
                rng(seed, party(16)),
                done.clone(),
            )
        });
        let runs = preprocess_all(&self.shares, channels, seed, self.size);

        let mut outcome = Outcome::default();
        let mut halves = Vec::new();
        for (share, run) in self.shares.iter().zip(runs) {
            match run {
                Ok(batch) => halves.extend(batch.into_iter().next().map(|half| (share.me(), half))),
                Err(abort) if share.me() != corrupt => {
                    outcome.faults.push((share.me(), abort.fault))
                }
                Err(_) => {}
            }
        }
        let mut done = std::mem::take(&mut *done.lock().unwrap());
        self.sign(
            halves,
            corrupt,
            script,
            seed,
            &stale,
            &mut outcome,
            &mut done,
        );

        for (honest, fault) in &outcome.faults {
            let named = fault.culprit().is_none_or(|culprit| culprit == corrupt);
            assert!(named, "{about}: {honest:?} names an honest party: {fault}");
        }
        if let Some(tag) = &outcome.tag {
            assert_eq!(*tag, reference(HASH, &KEY, MESSAGE), "{about}: wrong tag");
        }
        if !done.altered.is_empty() {
            outcome.meets(
                verdict(kind, deviation, self.t(), done.resized),
                &done,
                &about,
            );
        }
        !done.altered.is_empty()
    }

    /// Who lies: a garbler where only garblers speak, anybody elsewhere.
    fn liar(&self, kind: Kind, deviation: Deviation, seed: u64) -> Party {
        let candidates = match (kind, deviation) {
            (Kind::Tables | Kind::Online, _) | (Kind::OpeningEcho, Deviation::SwapWithNext) => {
                self.quorum.garblers()
            }
            _ => self.quorum.members().to_vec(),
        };
        candidates[seed as usize / 3 % candidates.len()]
    }

    /// The online phase with what preprocessing left, if the evaluator is honest.
    #[allow(clippy::too_many_arguments)]
    fn sign(
        &self,
        halves: Vec<(Party, Presignature)>,
        corrupt: Party,
        script: Script,
        seed: u64,
        stale: &Recording,
        outcome: &mut Outcome,
        done: &mut Done,
    ) {
        let evaluator = self.quorum.evaluator();
        let mut at_evaluator = None;
        let mut messages = Vec::new();
        for (from, half) in halves {
            match half {
                Presignature::Evaluator(half) => at_evaluator = Some(half),
                Presignature::Garbler(half) => {
                    let mut message = Some(half.release(&self.statement).encode());
                    if from == corrupt && script.aims_at(evaluator, Kind::Online) {
                        let old = |kind| stale.get(&(evaluator, kind)).map_or(&[][..], |body| body);
                        let mut rng = rng(seed, party(16));
                        let honest = message.take().unwrap();
                        message =
                            script.alter(&honest, old(Kind::Tables), old(Kind::Online), &mut rng);
                        if message.as_ref() != Some(&honest) {
                            done.altered.push(evaluator);
                        }
                        done.resized = message.as_ref().is_some_and(|m| m.len() != honest.len());
                    }
                    messages.extend(message.map(|message| (from, message)));
                }
            }
        }
        if let Some(half) = at_evaluator.filter(|_| evaluator != corrupt) {
            match half.evaluate(&self.statement, &messages) {
                Ok(tag) => outcome.tag = Some(tag.expose().to_vec()),
                Err(fault) => outcome.faults.push((evaluator, fault)),
            }
        }
    }
}

/// What honest parties saw.
#[derive(Default, Debug)]
struct Outcome {
    faults: Vec<(Party, Fault)>,
    /// If the evaluator is honest and got one.
    tag: Option<Vec<u8>>,
}

impl Outcome {
    fn meets(&self, verdict: Verdict, done: &Done, about: &str) {
        let names = |party: &Party| {
            let own = self.faults.iter().find(|(honest, _)| honest == party);
            own.is_some_and(|(_, fault)| fault.culprit().is_some())
        };
        let met = match verdict {
            Verdict::Blamed => self.tag.is_none() && done.altered.iter().all(names),
            Verdict::BlamedOrRight => {
                self.faults.is_empty() || self.faults.iter().any(|(honest, _)| names(honest))
            }
            Verdict::Unattributed => {
                let nobody = self
                    .faults
                    .iter()
                    .all(|(_, fault)| fault.culprit().is_none());
                self.tag.is_none() && !self.faults.is_empty() && nobody
            }
            Verdict::Safe => true,
        };
        assert!(met, "{about}: should come to {verdict:?}: {self:?}");
    }
}
