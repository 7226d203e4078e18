//! What can go wrong between parties, and who is to blame (P17).

use crate::channel::{ChannelError, Kind};
use crate::party::Party;

/// The protocol stopped. Whatever it had made is gone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{fault}")]
pub struct Abort {
    /// Why.
    pub fault: Fault,
    /// Whether a challenge had been opened: from then on a peer that leaves has used a try.
    pub checks_started: bool,
}

/// Why the protocol stopped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// A peer cheated, and this party's own key proves it to this party. Final: the pair never
    /// signs with this key again before a refresh.
    #[error("{peer} misbehaved: {what}")]
    Misbehaved {
        /// The peer.
        peer: Party,
        /// What it did.
        what: Misbehaviour,
    },
    /// Somebody among the garblers cheated, and with t >= 3 nobody can prove who.
    #[error("a garbler misbehaved; with three or more parties it cannot be told which")]
    QuorumMisbehaved,
    /// Honest parties hold different views: somebody equivocated, or approved something else.
    /// Nobody is blamed.
    #[error("{peer} has another view of {of}")]
    Disagreement {
        /// The peer whose view differs.
        peer: Party,
        /// Of what.
        of: &'static str,
    },
    /// A peer went away, or this party was told to stop.
    #[error("waiting for {kind:?} from {peer}: {error}")]
    Channel {
        /// The peer.
        peer: Party,
        /// The message that did not come or could not be sent.
        kind: Kind,
        /// What the channel said.
        error: ChannelError,
    },
}

impl Fault {
    /// The peer proven to have cheated, if any.
    pub fn culprit(&self) -> Option<Party> {
        match self {
            Self::Misbehaved { peer, .. } => Some(*peer),
            Self::QuorumMisbehaved | Self::Disagreement { .. } | Self::Channel { .. } => None,
        }
    }

    /// Whether this ends a pairing or quorum for good.
    pub fn is_final(&self) -> bool {
        match self {
            Self::Misbehaved { .. } | Self::QuorumMisbehaved => true,
            Self::Disagreement { .. } | Self::Channel { .. } => false,
        }
    }
}

/// How a peer gave itself away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Misbehaviour {
    /// A message without the form its place in the protocol gives it.
    #[error("malformed {0:?}")]
    Malformed(Kind),
    /// A coin or digest opened to something else than was committed to.
    #[error("{0:?} does not open the commitment")]
    Decommitment(Kind),
    /// It claims another view of what only it and this party have seen (two parties only).
    #[error("{0:?} contradicts what only this pair has seen")]
    Echo(Kind),
    /// The consistency check of the OT extension failed.
    #[error("OT consistency check failed")]
    CotCheck,
    /// Its trees of the silent extension are wrong.
    #[error("silent extension's check of the noise failed")]
    NoiseCheck,
    /// A product of masks is wrong.
    #[error("product check failed")]
    ProductCheck,
    /// An opened bit carries a wrong MAC.
    #[error("wrong MAC in {0:?}")]
    Opening(Kind),
    /// Its MACs on its shares of σ, made anew from seeds, are not on the shares it had.
    #[error("check of the evaluator's shares failed")]
    SigmaCheck,
    /// A garbled row carries a wrong MAC (two parties only).
    #[error("wrong MAC in a garbled row")]
    Row,
}
