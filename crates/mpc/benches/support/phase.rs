//! The phases of the protocol, told apart by the kinds of messages.

use countersign_mpc::Kind;

/// A stretch of the protocol. Phases follow one another in the order of their messages.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Phase {
    Agreement,
    Cot,
    Triples,
    Openings,
    Garbling,
    Online,
}

impl Phase {
    pub const ALL: [Self; 6] = [
        Self::Agreement,
        Self::Cot,
        Self::Triples,
        Self::Openings,
        Self::Garbling,
        Self::Online,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Agreement => "agreement",
            Self::Cot => "COT",
            Self::Triples => "triples",
            Self::Openings => "openings",
            Self::Garbling => "garbling",
            Self::Online => "online",
        }
    }

    /// The name of the first kind of message of the phase.
    fn opened_by(self) -> &'static str {
        match self {
            Self::Agreement => "SessionNonce",
            Self::Cot => "Corrections",
            Self::Triples => "CrossTerms",
            Self::Openings => "MaskOpening",
            Self::Garbling => "SigmaCorrections",
            Self::Online => "Online",
        }
    }

    /// The phase that messages of `kind` belong to: the last that was opened by then.
    pub fn of(kind: Kind) -> Self {
        let opener = |phase: Self| {
            let name = phase.opened_by();
            let found = Kind::ALL.into_iter().find(|k| format!("{k:?}") == name);
            found.unwrap_or_else(|| panic!("no kind {name} opens the phase {phase:?}"))
        };
        let opened = Self::ALL.into_iter().rev().find(|&p| opener(p) <= kind);
        opened.unwrap_or(Self::Agreement)
    }
}
