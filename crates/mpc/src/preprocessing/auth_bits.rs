//! Vectors of authenticated bits.

use crate::block::BitBytes;
use crate::buffers::Blocks;

/// One party's view of shared bits x = ⊕ x^i: its own shares, their MACs under each peer's Δ, and its
/// keys on each peer's shares (P4). Structure of arrays; vectors "per peer" as the session orders
/// them.
#[derive(Default)]
pub(super) struct AuthBits {
    pub(super) bits: BitBytes,
    pub(super) macs: Vec<Blocks>,
    pub(super) keys: Vec<Blocks>,
}
