//! Dealing: the one moment at which a secret is whole (P2 to P6).
//!
//! The dealer turns the secret into the two chaining states of HMAC, shares the outer one, and
//! authenticates every share bit of every node towards every other node. It also deals the base
//! correlations of the OT extension. Each node receives one [`SharePackage`]; nothing else leaves.

mod deal;
mod package;
mod quorum_share;

pub use deal::{DealError, DealParameters, Dealt, Secret, check_message, deal};
pub use package::{DealId, SharePackage};
pub use quorum_share::{NotAMember, QuorumShare};

use crate::block::Block;
use crate::buffers::Blocks;

/// Bits of Δ covered by one small-field VOLE of SoftSpokenOT (Roy 2022): k.
pub(crate) const SUBFIELD_BITS: usize = 4;
/// Small-field VOLEs side by side: 128 / k.
pub(crate) const SUBFIELDS: usize = 128 / SUBFIELD_BITS;
/// Seeds of one small-field VOLE: 2^k.
pub(crate) const LEAVES: usize = 1 << SUBFIELD_BITS;

/// All seeds of the receiver of a COT direction, from its root: seed x of subfield b is at
/// b · [`LEAVES`] + x.
pub(crate) fn receiver_seeds(root: Block) -> Blocks {
    crate::prf::expand_blocks(root, SUBFIELDS * LEAVES)
}
