//! A signed request.

use std::fmt;
use std::time::Duration;

use countersign_venues::Request;
use countersign_wire::receipt::VerifiedReceipt;
use countersign_wire::{NodeName, RequestDigest, RequestId};

/// A request ready to send, and who answers for it.
#[derive(Clone)]
pub struct Signed {
    /// The request with the signature where the venue looks for it. The API key header is the
    /// caller's to add.
    pub request: Request,
    /// The request's URL.
    pub url: String,
    /// The bytes the signature covers.
    pub signed_payload: Vec<u8>,
    /// The signature as the venue writes it.
    pub signature: String,
    /// The nodes that signed, by share index.
    pub quorum: Vec<NodeName>,
    /// The node of the quorum that computed the tag.
    pub evaluator: NodeName,
    /// Each node's word that it authorised the request, verified; in the quorum's order.
    pub receipts: Vec<VerifiedReceipt>,
    /// How many quorums the coordinator says it tried.
    pub attempts: u32,
    /// Time from the call to the answer.
    pub elapsed: Duration,
    /// Names the request in every node's audit log.
    pub request_id: RequestId,
    /// The digest the receipts are for.
    pub digest: RequestDigest,
}

/// Leaves out request and signature, with which anybody could send the request.
impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed")
            .field("request_id", &self.request_id)
            .field("quorum", &self.quorum)
            .field("evaluator", &self.evaluator)
            .field("attempts", &self.attempts)
            .field("elapsed", &self.elapsed)
            .finish_non_exhaustive()
    }
}
