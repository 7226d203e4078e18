//! Preprocessing: from dealt shares to presignatures, before any message is known (P8 to P14).
//!
//! All members of a quorum run [`preprocess`] at the same time. Read top to bottom it is the
//! protocol: agreement on the run, authenticated bits by OT extension
//! and its silent extension, leaky ANDs, their buckets and the
//! products of the circuit's masks, the evaluator's shares of them under seeded MACs, garbling.

mod agreement;
mod auth_bits;
mod bits;
pub mod bucketing;
mod buckets;
mod checked;
mod cot;
mod cross_terms;
mod garbling;
mod gathered;
mod leaky_and;
mod masks;
mod plan;
mod products;
mod seeded_macs;
mod session;
mod sigma;
mod silent;
mod zero_test;

use rand_core::CryptoRng;

pub use self::plan::{BatchError, BatchSize};
pub use self::session::SessionId;

use self::plan::Plan;
use self::session::Session;
use crate::channel::Channel;
use crate::dealing::QuorumShare;
use crate::fault::Abort;
use crate::online::Presignature;

pub(crate) use self::garbling::public_labels;
pub(crate) use self::seeded_macs::SeededMacs;

/// Makes one batch of presignatures with the other members of the share's quorum.
///
/// `session` must be the same at all members and new for every batch; the members check the first
/// and, by fresh nonces, do not depend on the second. `rng` must be seeded by the operating system and
/// belong to this party alone. The batch is never smaller than the share's quorum needs to be secure,
/// whatever `size` was made for.
///
/// # Errors
/// [`Abort`] when a check fails or a peer goes away; nothing of the batch may be used then, and
/// nothing is.
pub fn preprocess<C: Channel>(
    share: &QuorumShare,
    session: SessionId,
    size: BatchSize,
    channel: &mut C,
    rng: &mut impl CryptoRng,
) -> Result<Vec<Presignature>, Abort> {
    let plan = Plan::new(share, size);
    let mut session = Session::new(share, session, channel);

    agreement::agree(&mut session, &plan, rng)?;
    let base = bits::authenticate(&mut session, plan.base_bits(), rng)?;
    let bits = silent::extend(&mut session, base, plan.bits(), rng)?;
    let leaky = cross_terms::exchange(&mut session, &plan, &bits, rng)?;
    let inputs = plan.input_masks(share, &bits);
    let gates = products::multiply(&mut session, &plan, &bits, leaky, inputs, rng)?;
    drop(bits);
    let gates = sigma::reauthenticate(&mut session, &plan, gates)?;
    garbling::exchange_tables(&mut session, &plan, gates, rng)
}
