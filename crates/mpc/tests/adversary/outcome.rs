//! What honest parties saw of a run with lies in it, against what the protocol promises.

use countersign_mpc::{Abort, Fault, Kind, Party};

use crate::layouts::Verdict;

/// What honest parties saw.
#[derive(Debug)]
pub struct Outcome {
    faults: Vec<(Party, Fault)>,
    aborts: Vec<Abort>,
    /// If the evaluator is honest and got one.
    tag: Option<Vec<u8>>,
}

impl Outcome {
    pub fn new(aborts: &[(Party, Abort)], signed: Option<(Party, Result<Vec<u8>, Fault>)>) -> Self {
        let of = |(party, abort): &(Party, Abort)| (*party, abort.fault.clone());
        let mut faults: Vec<(Party, Fault)> = aborts.iter().map(of).collect();
        let mut tag = None;
        if let Some((evaluator, result)) = signed {
            match result {
                Ok(made) => tag = Some(made),
                Err(fault) => faults.push((evaluator, fault)),
            }
        }
        Self {
            faults,
            aborts: aborts.iter().map(|(_, abort)| abort.clone()).collect(),
            tag,
        }
    }

    /// What holds whoever lies and however: no honest party is named, no wrong tag comes out, and who
    /// leaves after the first challenge was opened is charged for it (P17).
    pub fn is_safe(&self, liars: &[Party], tag: &[u8], about: &str) {
        for (honest, fault) in &self.faults {
            let named = fault.culprit().is_none_or(|named| liars.contains(&named));
            assert!(named, "{about}: {honest:?} names an honest party: {fault}");
        }
        if let Some(made) = &self.tag {
            assert_eq!(made, tag, "{about}: wrong tag");
        }
        for abort in &self.aborts {
            if let Fault::Channel { kind, .. } = abort.fault {
                let charged = kind >= Kind::ChallengeOpening;
                assert_eq!(abort.checks_started, charged, "{about}: {abort:?}");
            }
        }
    }

    /// What this lie in particular must come to, for the parties to which something altered went.
    pub fn meets(&self, verdict: Verdict, altered: &[Party], about: &str) {
        let names = |party: &Party| {
            let own = self.faults.iter().find(|(honest, _)| honest == party);
            own.is_some_and(|(_, fault)| fault.culprit().is_some())
        };
        let nobody = || self.faults.iter().all(|(party, _)| !names(party));
        let met = match verdict {
            Verdict::Blamed => self.tag.is_none() && altered.iter().all(names),
            Verdict::BlamedOrRight => {
                self.faults.is_empty() || self.faults.iter().any(|(honest, _)| names(honest))
            }
            Verdict::Unattributed => self.tag.is_none() && !self.faults.is_empty() && nobody(),
            Verdict::Unnamed => nobody(),
            Verdict::Safe => true,
        };
        assert!(met, "{about}: should come to {verdict:?}: {self:?}");
    }
}
