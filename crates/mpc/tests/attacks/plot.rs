//! A stage for attacks: a dealing whose packages are open to view, and a party that plots.

use std::collections::BTreeMap;

use countersign_mpc::dealing::{QuorumShare, SharePackage};
use countersign_mpc::{
    Abort, BatchSize, Channel, ChannelError, Fault, HashAlgorithm, Kind, Party, Quorum, Statement,
};

use crate::support::spec::{Package, Run as RunName};
use crate::support::*;

pub const KEY: [u8; 32] = [0x77; 32];
pub const HASH: HashAlgorithm = HashAlgorithm::Sha256;
pub const MESSAGE: &[u8] = b"symbol=ETHUSDT&side=SELL";

/// t of t nodes.
pub struct Stage {
    pub quorum: Quorum,
    pub packages: Vec<Vec<u8>>,
    pub statement: Statement,
}

impl Stage {
    pub fn new(t: u8) -> Self {
        let dealt = dealt(HASH, t, t, &KEY, 3);
        Self {
            quorum: quorums(t, t).remove(0),
            packages: dealt.packages.iter().map(|p| p.encode().to_vec()).collect(),
            statement: statement(&dealt.packages[0], MESSAGE),
        }
    }

    pub fn shares(&self) -> Vec<QuorumShare> {
        let share = |bytes: &Vec<u8>| {
            QuorumShare::new(&SharePackage::decode(bytes).unwrap(), &self.quorum).unwrap()
        };
        self.packages.iter().map(share).collect()
    }

    /// What the package of `party` says, as the specification lays it out.
    pub fn package(&self, party: Party) -> Package {
        let package = Package::parse(&self.packages[usize::from(party.index()) - 1]);
        assert_eq!(package.party, party.index());
        package
    }

    pub fn garbler(&self) -> Party {
        self.quorum.garblers()[0]
    }

    pub fn size(&self) -> BatchSize {
        BatchSize::least(HASH, self.quorum.size())
    }

    /// Preprocessing while `corrupt` plots.
    pub fn run<P: Plot + 'static>(&self, corrupt: Party, plot: P, seed: u64) -> Runs {
        self.run_batch(corrupt, plot, seed, self.size())
    }

    pub fn run_batch<P: Plot + 'static>(
        &self,
        corrupt: Party,
        plot: P,
        seed: u64,
        size: BatchSize,
    ) -> Runs {
        let channels = network_with(&self.quorum, corrupt, |links| Plotter { links, plot });
        let runs = preprocess_all(&self.shares(), channels, seed, size);
        let runs = self.quorum.members().iter().copied().zip(runs).collect();
        let corrupt = vec![corrupt];
        Runs { corrupt, runs }
    }

    /// Preprocessing while all of `plots` do.
    pub fn run_together<P: Plot + 'static>(&self, plots: Vec<(Party, P)>, seed: u64) -> Runs {
        let mut plots: BTreeMap<Party, P> = plots.into_iter().collect();
        let corrupt = plots.keys().copied().collect();
        let channels = network(&self.quorum).into_iter();
        let channels = channels.map(|links| match plots.remove(&links.me) {
            Some(plot) => AnyChannel::new(Plotter { links, plot }),
            None => AnyChannel::new(links),
        });
        let runs = preprocess_all(&self.shares(), channels.collect(), seed, self.size());
        let runs = self.quorum.members().iter().copied().zip(runs).collect();
        Runs { corrupt, runs }
    }

    /// Preprocessing without any plot.
    pub fn honest(
        &self,
        seed: u64,
        size: BatchSize,
    ) -> Vec<(Party, Vec<countersign_mpc::Presignature>)> {
        let runs = preprocess_all(&self.shares(), network(&self.quorum), seed, size);
        let members = self.quorum.members().iter().copied();
        members.zip(runs.into_iter().map(Result::unwrap)).collect()
    }

    pub fn reference(&self) -> Vec<u8> {
        reference(HASH, &KEY, MESSAGE)
    }

    /// The name a run with this seed takes once all nonces are known.
    pub fn watch(&self, seed: u64) -> RunWatch {
        let members: Vec<u8> = self.quorum.members().iter().map(|m| m.index()).collect();
        let mut batch = [0; 16];
        batch[..8].copy_from_slice(&seed.to_le_bytes());
        let boot_nonces = vec![9; 32 * members.len()];
        let package = self.package(self.quorum.members()[0]);
        RunWatch {
            session: package.session(&members, &boot_nonces, &batch),
            nonces: BTreeMap::new(),
        }
    }
}

/// What came of a run.
pub struct Runs {
    corrupt: Vec<Party>,
    pub runs: Vec<(Party, Run)>,
}

impl Runs {
    /// How each honest party aborted; none may have gone through.
    pub fn aborts(self) -> Vec<(Party, Abort)> {
        let honest = self
            .runs
            .into_iter()
            .filter(|(party, _)| !self.corrupt.contains(party));
        honest
            .map(|(party, run)| match run {
                Ok(_) => panic!("{party:?} was not stopped"),
                Err(abort) => (party, abort),
            })
            .collect()
    }

    /// No honest party goes through, none names anybody, and some party sees that views differ.
    pub fn are_disagreement(self) {
        let aborts = self.aborts();
        assert!(
            aborts
                .iter()
                .all(|(_, abort)| abort.fault.culprit().is_none()),
            "{aborts:?}"
        );
        let differs = |abort: &Abort| matches!(abort.fault, Fault::Disagreement { .. });
        assert!(aborts.iter().any(|(_, abort)| differs(abort)), "{aborts:?}");
    }
}

/// What a corrupt party does in place of sending, and with what it sees.
pub trait Plot: Send {
    fn send(
        &mut self,
        links: &mut Links,
        to: Party,
        kind: Kind,
        body: Vec<u8>,
    ) -> Result<(), ChannelError> {
        links.send(to, kind, body)
    }

    fn see(
        &mut self,
        _: &mut Links,
        _: Party,
        _: Kind,
        _: &mut Vec<u8>,
    ) -> Result<(), ChannelError> {
        Ok(())
    }
}

pub struct Plotter<P> {
    links: Links,
    plot: P,
}

impl<P: Plot> Channel for Plotter<P> {
    fn send(&mut self, to: Party, kind: Kind, body: Vec<u8>) -> Result<(), ChannelError> {
        self.plot.send(&mut self.links, to, kind, body)
    }

    fn receive(&mut self, from: Party) -> Result<Envelope, ChannelError> {
        let (kind, mut body) = self.links.receive(from)?;
        self.plot.see(&mut self.links, from, kind, &mut body)?;
        Ok((kind, body))
    }
}

/// A plot that only changes bytes.
pub struct Altering<F>(pub F);

impl<F: FnMut(Party, Kind, &mut Vec<u8>) + Send> Plot for Altering<F> {
    fn send(
        &mut self,
        links: &mut Links,
        to: Party,
        kind: Kind,
        mut body: Vec<u8>,
    ) -> Result<(), ChannelError> {
        (self.0)(to, kind, &mut body);
        links.send(to, kind, body)
    }
}

/// Follows the nonces of a run until it has its name.
pub struct RunWatch {
    session: [u8; 32],
    nonces: BTreeMap<Party, [u8; 32]>,
}

impl RunWatch {
    pub fn note(&mut self, from: Party, kind: Kind, body: &[u8]) {
        if kind == Kind::SessionNonce {
            self.nonces.insert(from, body[32..].try_into().unwrap());
        }
    }

    pub fn name(&self) -> RunName {
        RunName::of_session(self.session, &self.nonces)
    }
}
