//! A coordinator's answer, believed only as far as nodes signed and sealed it.

use std::collections::BTreeSet;

use countersign_venues::{PlaceError, Reading, Request};
use countersign_wire::receipt::{self, InvalidReceipt, VerifiedReceipt};
use countersign_wire::seal::{SealError, TAG_INFO};
use countersign_wire::{NodeName, RequestDigest, Roster, SealingKey, v1};

/// The parts of an answer, verified.
#[derive(Debug)]
pub(crate) struct Answer {
    pub request: Request,
    pub signature: String,
    pub quorum: Vec<NodeName>,
    pub evaluator: NodeName,
    pub receipts: Vec<VerifiedReceipt>,
    pub attempts: u32,
}

/// What an answer is verified against.
pub(crate) struct Expectation<'a> {
    pub roster: &'a Roster,
    pub digest: RequestDigest,
    pub reply_key: &'a SealingKey,
    pub request: &'a Request,
    pub reading: &'a Reading,
}

impl Expectation<'_> {
    pub(crate) fn verify(&self, response: v1::SignResponse) -> Result<Answer, InvalidAnswer> {
        let quorum = self.quorum(&response.quorum)?;
        let evaluator: NodeName = response
            .evaluator
            .parse()
            .map_err(|_| InvalidAnswer::Evaluator)?;
        if !quorum.contains(&evaluator) {
            return Err(InvalidAnswer::Evaluator);
        }
        let receipts = self.receipts(&response.receipts, &quorum)?;

        let sealed = response.sealed_tag.ok_or(InvalidAnswer::NoTag)?.into();
        let tag = self
            .reply_key
            .open(TAG_INFO, self.digest.as_bytes(), &sealed)?;
        // Checks the length as well.
        let request = self.reading.place(self.request, &tag)?;
        Ok(Answer {
            request,
            signature: self.reading.signed().digest_encoding.encode(&tag),
            quorum,
            evaluator,
            receipts,
            attempts: response.attempts,
        })
    }

    /// Distinct nodes of the roster, at least two: one node alone cannot sign.
    fn quorum(&self, names: &[String]) -> Result<Vec<NodeName>, InvalidAnswer> {
        let named: BTreeSet<&str> = names.iter().map(String::as_str).collect();
        let quorum: Vec<NodeName> = self
            .roster
            .nodes()
            .iter()
            .filter(|node| named.contains(node.name.as_str()))
            .map(|node| node.name.clone())
            .collect();
        if quorum.len() < 2 || quorum.len() != names.len() {
            return Err(InvalidAnswer::Quorum);
        }
        Ok(quorum)
    }

    /// One receipt of each node of the quorum, and no other.
    fn receipts(
        &self,
        receipts: &[v1::Receipt],
        quorum: &[NodeName],
    ) -> Result<Vec<VerifiedReceipt>, InvalidAnswer> {
        if receipts.len() != quorum.len() {
            return Err(InvalidAnswer::ReceiptCount {
                found: receipts.len(),
                expected: quorum.len(),
            });
        }
        quorum
            .iter()
            .map(|node| {
                let of_node = receipts
                    .iter()
                    .find(|receipt| receipt.node == node.as_str())
                    .ok_or_else(|| InvalidAnswer::NoReceipt(node.clone()))?;
                Ok(receipt::verify(of_node, &self.digest, self.roster)?)
            })
            .collect()
    }
}

/// Why an answer is not believed. It tells of a coordinator, or a node, that misbehaves.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAnswer {
    /// The quorum is not at least two distinct nodes of the roster.
    #[error("the quorum is not two or more distinct nodes of the roster")]
    Quorum,
    /// The evaluator is not of the quorum.
    #[error("the evaluator is not a node of the quorum")]
    Evaluator,
    /// More or fewer receipts than nodes.
    #[error("{found} receipts for a quorum of {expected}")]
    ReceiptCount {
        /// Receipts in the answer.
        found: usize,
        /// Nodes in the quorum.
        expected: usize,
    },
    /// A node of the quorum gave no receipt.
    #[error("no receipt of node {0}")]
    NoReceipt(NodeName),
    /// A receipt does not verify.
    #[error(transparent)]
    Receipt(#[from] InvalidReceipt),
    /// There is no tag.
    #[error("the answer holds no tag")]
    NoTag,
    /// The tag was not sealed for this request.
    #[error("the tag is not sealed for this request")]
    Sealed(#[from] SealError),
    /// The tag cannot be a tag of this request.
    #[error(transparent)]
    Tag(#[from] PlaceError),
}
