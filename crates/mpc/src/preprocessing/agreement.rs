//! What all members settle before anything is at stake: that they mean the same run, and a name for
//! it that nobody can make repeat.

use rand_core::CryptoRng;
use subtle::ConstantTimeEq;

use super::plan::Plan;
use super::session::{Message, Session, SessionId};
use crate::channel::{Channel, Kind};
use crate::codec::{Malformed, Reader};
use crate::fault::{Abort, Fault};

/// Compares the session and the size of the batch, then renames the session by fresh nonces of all
/// members and echoes the new name.
///
/// Whoever opened the batch may have told members different things, and honest members would take
/// each other's messages for wrong: so differences are found here, where nobody is blamed for them.
/// Because of the own nonce no base seed expands twice even if a session is opened twice (P5).
pub(super) fn agree<C: Channel>(
    session: &mut Session<'_, C>,
    plan: &Plan,
    rng: &mut impl CryptoRng,
) -> Result<(), Abort> {
    let size = (plan.presignatures as u64).to_le_bytes();
    let terms = session.digest("countersign terms", Kind::SessionNonce, &[&size]);
    let mut nonce = [0; 32];
    rng.fill_bytes(&mut nonce);

    let incoming =
        session.exchange(Kind::SessionNonce, (), |_, _| SessionNonce { terms, nonce })?;
    let mut nonces = vec![(session.me(), nonce)];
    for (at, message) in incoming.iter().enumerate() {
        let peer = session.peers[at];
        if !bool::from(message.terms.ct_eq(&terms)) {
            let of = "the session";
            return Err(session.abort(Fault::Disagreement { peer, of }));
        }
        nonces.push((peer, message.nonce));
    }
    nonces.sort_unstable();
    let parts: Vec<&[u8]> = nonces.iter().map(|(_, nonce)| &nonce[..]).collect();
    session.id = SessionId(session.digest("countersign run", Kind::SessionNonce, &parts));
    session.echo(Kind::SessionEcho, "the session nonces", &[])
}

/// Kind::SessionNonce.
struct SessionNonce {
    terms: [u8; 32],
    nonce: [u8; 32],
}

impl Message for SessionNonce {
    type Shape = ();

    fn encode(self) -> Vec<u8> {
        [self.terms, self.nonce].concat()
    }

    fn decode(reader: &mut Reader<'_>, (): ()) -> Result<Self, Malformed> {
        Ok(Self {
            terms: reader.array()?,
            nonce: reader.array()?,
        })
    }
}
