//! A dealing, a quorum of all its nodes, and runs in which some of them lie.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use countersign_mpc::dealing::QuorumShare;
use countersign_mpc::{
    BatchSize, Fault, HashAlgorithm, Kind, Party, Presignature, Quorum, Statement,
};

use crate::deviant::{Deviant, Done, Recorder, Recording, Script};
use crate::deviations::{Deviation, alter, verdict};
use crate::outcome::Outcome;
use crate::support::*;

const KEY: [u8; 32] = [0x42; 32];
const MESSAGE: &[u8] = b"symbol=BTCUSDT&side=BUY&type=LIMIT";
const HASH: HashAlgorithm = HashAlgorithm::Sha256;

pub struct World {
    quorum: Quorum,
    shares: Vec<QuorumShare>,
    statement: Statement,
    tag: Vec<u8>,
    /// What each node sent in an earlier run.
    stale: Vec<Arc<Recording>>,
}

impl World {
    pub fn new(t: u8) -> Self {
        let dealt = dealt(HASH, t, t, &KEY, 1);
        let quorum = quorums(t, t).remove(0);
        let mut world = Self {
            shares: shares(&dealt.packages, &quorum),
            statement: statement(&dealt.packages[0], MESSAGE),
            tag: reference(HASH, &KEY, MESSAGE),
            stale: Vec::new(),
            quorum,
        };
        world.stale = world.record();
        world
    }

    pub fn t(&self) -> usize {
        self.quorum.size()
    }

    /// An honest run, written down; it must show every kind there is.
    fn record(&self) -> Vec<Arc<Recording>> {
        let logs: Vec<Arc<Mutex<Recording>>> = self.shares.iter().map(|_| Arc::default()).collect();
        let recorders = network(&self.quorum).into_iter().zip(&logs);
        let recorders = recorders.map(|(links, log)| Recorder {
            links,
            log: log.clone(),
        });
        let size = BatchSize::least(HASH, self.t());
        let honest = preprocess_all(&self.shares, recorders.collect(), 0, size);
        for (run, log) in honest.into_iter().zip(&logs) {
            if let Some(Presignature::Garbler(half)) = run.unwrap().into_iter().next() {
                let message = half.release(&self.statement).encode();
                let to = (self.quorum.evaluator(), Kind::Online);
                log.lock().unwrap().insert(to, message);
            }
        }
        let logs: Vec<Recording> = logs
            .iter()
            .map(|log| std::mem::take(&mut *log.lock().unwrap()))
            .collect();
        let seen: HashSet<Kind> = logs.iter().flatten().map(|((_, kind), _)| *kind).collect();
        assert_eq!(
            seen,
            HashSet::from(Kind::ALL),
            "what is sent is what is known of"
        );
        logs.into_iter().map(Arc::new).collect()
    }

    /// One batch in which one party tells one lie; it is signed with all that comes of it. Returns
    /// whether the lie was told.
    pub fn run(&self, kind: Kind, deviation: Deviation, seed: u64) -> bool {
        let liar = self.liar(kind, deviation, seed);
        let victims = self.quorum.peers_of(liar);
        let towards = match (kind, seed % 2) {
            // Only messages between garblers and evaluator follow the last round.
            (Kind::CheckOpening | Kind::Tables, _) | (_, 0) => None,
            _ => Some(victims[seed as usize / 2 % victims.len()]),
        };
        let script = self.script(kind, deviation, towards);
        let about = format!("{kind:?}, {deviation:?}, {liar:?} to {towards:?}, seed {seed}");
        let (outcomes, done) = self.batch(&[liar], script, seed);
        for outcome in outcomes {
            outcome.is_safe(&[liar], &self.tag, &about);
            if !done.altered.is_empty() {
                let verdict = verdict(kind, deviation, self.t(), done.resized);
                outcome.meets(verdict, &done.altered, &about);
            }
        }
        !done.altered.is_empty()
    }

    /// The same with all parties but one lying.
    pub fn conspire(&self, kind: Kind, deviation: Deviation, seed: u64) -> bool {
        let members = self.quorum.members();
        let honest = members[seed as usize % members.len()];
        let liars = self.quorum.peers_of(honest);
        let about = format!("{kind:?}, {deviation:?}, all but {honest:?}, seed {seed}");
        let script = self.script(kind, deviation, None);
        let (outcomes, done) = self.batch(&liars, script, seed);
        for outcome in outcomes {
            outcome.is_safe(&liars, &self.tag, &about);
        }
        !done.altered.is_empty()
    }

    /// One honest batch, each presignature of it signed with over one lie.
    pub fn sign_over(&self, deviations: &[Deviation], seed: u64) {
        let size = BatchSize::new(HASH, self.t(), BatchSize::MAX).unwrap();
        let runs = preprocess_all(&self.shares, network(&self.quorum), seed, size);
        let mut halves: Halves = self.halves(runs.into_iter().map(Result::unwrap));
        for (number, &deviation) in deviations.iter().enumerate() {
            let seed = seed + number as u64;
            let liar = self.liar(Kind::Online, deviation, seed);
            let script = self.script(Kind::Online, deviation, None);
            let about = format!("Online, {deviation:?}, {liar:?}, seed {seed}");
            let (result, done) = self.sign(take_each(&mut halves), Some((liar, script)), seed);
            let outcome = Outcome::new(&[], Some((self.quorum.evaluator(), result)));
            outcome.is_safe(&[liar], &self.tag, &about);
            assert!(!done.altered.is_empty(), "{about}: nothing was altered");
            let verdict = verdict(Kind::Online, deviation, self.t(), done.resized);
            outcome.meets(verdict, &done.altered, &about);
        }
    }

    fn script(&self, kind: Kind, deviation: Deviation, towards: Option<Party>) -> Script {
        Script {
            kind,
            deviation,
            parties: self.t(),
            towards,
        }
    }

    /// Who lies: whoever speaks there, anybody elsewhere.
    fn liar(&self, kind: Kind, deviation: Deviation, seed: u64) -> Party {
        let candidates = match (kind, deviation) {
            (Kind::Tables | Kind::Online, _) => self.quorum.garblers(),
            // Garblers hear from the evaluator before they send anything more.
            (Kind::SigmaCorrections, _) | (Kind::CheckOpening, Deviation::SwapWithNext) => {
                vec![self.quorum.evaluator()]
            }
            _ => self.quorum.members().to_vec(),
        };
        candidates[seed as usize / 3 % candidates.len()]
    }

    /// Preprocesses while `liars` follow `script`. What honest parties saw, once for each presignature
    /// of the batch, or once if there is none.
    fn batch(&self, liars: &[Party], script: Script, seed: u64) -> (Vec<Outcome>, Done) {
        let done = Arc::new(Mutex::new(Done::default()));
        let channels = network(&self.quorum).into_iter().zip(&self.stale);
        let channels = channels.map(|(links, stale)| {
            let me = links.me;
            if !liars.contains(&me) {
                return AnyChannel::new(links);
            }
            // A generator that no party has.
            let rng = rng(seed ^ u64::from(me.index()) << 56, party(16));
            AnyChannel::new(Deviant::new(
                links,
                script,
                stale.clone(),
                rng,
                done.clone(),
            ))
        });
        let size = BatchSize::least(HASH, self.t());
        let runs = preprocess_all(&self.shares, channels.collect(), seed, size);

        let mut aborts = Vec::new();
        let mut batches = Vec::new();
        for (share, run) in self.shares.iter().zip(runs) {
            match run {
                Ok(batch) => batches.push(batch),
                Err(abort) => {
                    batches.push(Vec::new());
                    if !liars.contains(&share.me()) {
                        aborts.push((share.me(), abort));
                    }
                }
            }
        }
        let mut halves = self.halves(batches);
        let mut outcomes = Vec::new();
        for _ in 0..size.presignatures() {
            let each = take_each(&mut halves);
            let evaluator = self.quorum.evaluator();
            let evaluates = each.iter().any(|(party, _)| *party == evaluator);
            let signed = (evaluates && !liars.contains(&evaluator))
                .then(|| (evaluator, self.sign(each, None, seed).0));
            outcomes.push(Outcome::new(&aborts, signed));
        }
        let done = std::mem::take(&mut *done.lock().unwrap());
        (outcomes, done)
    }

    fn halves(&self, batches: impl IntoIterator<Item = Vec<Presignature>>) -> Halves {
        let members = self.quorum.members().iter().copied();
        let batches = batches.into_iter().map(Vec::into_iter);
        members.zip(batches).collect()
    }

    /// The online phase at an honest evaluator, over what one garbler makes of its message.
    fn sign(
        &self,
        halves: Vec<(Party, Presignature)>,
        lie: Option<(Party, Script)>,
        seed: u64,
    ) -> (Result<Vec<u8>, Fault>, Done) {
        let evaluator = self.quorum.evaluator();
        let mut done = Done::default();
        let (mut at_evaluator, mut messages) = (None, Vec::new());
        for (from, half) in halves {
            let half = match half {
                Presignature::Garbler(half) => half,
                Presignature::Evaluator(half) => {
                    at_evaluator = Some(half);
                    continue;
                }
            };
            let mut message = Some(half.release(&self.statement).encode());
            if let Some((_, script)) = lie.filter(|(liar, _)| *liar == from) {
                let stale = &self.stale[usize::from(from.index()) - 1];
                let old = |kind| stale.get(&(evaluator, kind)).map_or(&[][..], |body| body);
                let what = (Kind::Online, script.deviation);
                let (previous, old) = (old(Kind::Tables), old(Kind::Online));
                let honest = message.take().unwrap();
                let mut rng = rng(seed, party(16));
                message = alter(what, self.t(), &honest, previous, old, &mut rng);
                done.note(evaluator, &honest, message.as_deref());
            }
            messages.extend(message.map(|message| (from, message)));
        }
        let result = at_evaluator.unwrap().evaluate(&self.statement, &messages);
        (result.map(|tag| tag.expose().to_vec()), done)
    }
}

type Halves = Vec<(Party, std::vec::IntoIter<Presignature>)>;

/// The next presignature of all who have one.
fn take_each(halves: &mut Halves) -> Vec<(Party, Presignature)> {
    let next = |(party, rest): &mut (Party, std::vec::IntoIter<Presignature>)| {
        rest.next().map(|half| (*party, half))
    };
    halves.iter_mut().filter_map(next).collect()
}
