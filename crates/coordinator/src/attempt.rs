//! One quorum's answers to one request.

use std::collections::BTreeMap;
use std::time::Duration;

use countersign_wire::{NodeName, Reason, Refusal, RequestDigest, Roster, receipt, v1};

use crate::quorums::Quorum;

/// Most bytes in a sealed tag: the longest HMAC tag and the AEAD's own.
const MAX_CIPHERTEXT: usize = 64 + 16;

/// An attempt with one quorum.
#[derive(Debug)]
pub(crate) struct Attempt {
    pub quorum: Quorum,
    fault: Option<Fault>,
    receipts: BTreeMap<NodeName, v1::Receipt>,
    sealed_tag: Option<v1::SealedTag>,
}

/// What an attempt failed of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// A node says the request itself is at fault.
    Request,
    /// A node answers nonsense, or will not be able in time.
    Node,
    /// A node cannot be reached or is not able now.
    Unable,
    /// The quorum has no presignature. Its nodes may well sign in other quorums.
    Pool,
    /// The nodes of the quorum do not get along; whose fault that is cannot be told from here.
    Set,
}

impl Fault {
    /// What a refusal means for other quorums and later attempts, with so much time left.
    pub(crate) fn of(refusal: &Refusal, left: Duration) -> Self {
        match refusal.reason() {
            reason if reason.is_definitive() => Self::Request,
            Reason::PoolEmpty => Self::Pool,
            Reason::Disagreement | Reason::ProtocolFailure => Self::Set,
            Reason::NotReady if Duration::from_millis(refusal.retry_after_ms) < left => {
                Self::Unable
            }
            _ => Self::Node,
        }
    }
}

/// An answer that a node of the quorum should not have given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadAnswer {
    #[error("its answer holds no receipt of its own")]
    NoReceipt,
    #[error("its receipt does not verify")]
    Receipt,
    #[error("it evaluated and delivered no tag")]
    NoTag,
}

impl From<BadAnswer> for Refusal {
    fn from(bad: BadAnswer) -> Self {
        Refusal::new(Reason::ProtocolFailure)
            .with_rule("answer")
            .with_detail(bad.to_string())
    }
}

impl Attempt {
    pub(crate) fn new(quorum: Quorum) -> Self {
        Self {
            quorum,
            fault: None,
            receipts: BTreeMap::new(),
            sealed_tag: None,
        }
    }

    /// Members that have not answered.
    pub(crate) fn awaited(&self) -> impl Iterator<Item = &NodeName> {
        self.quorum
            .nodes
            .iter()
            .filter(|node| !self.receipts.contains_key(*node))
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.fault.is_none() && self.sealed_tag.is_some() && self.awaited().next().is_none()
    }

    pub(crate) fn is_under_way(&self) -> bool {
        self.fault.is_none() && !self.is_complete()
    }

    /// What the attempt failed of first.
    pub(crate) fn fault(&self) -> Option<Fault> {
        self.fault
    }

    pub(crate) fn fail(&mut self, fault: Fault) {
        self.fault.get_or_insert(fault);
    }

    /// Takes a member's answer, and returns its receipt. Receipts are verified here too, so that a lying node costs a
    /// detour and not the request; the tag passes through untouched.
    pub(crate) fn take(
        &mut self,
        node: &NodeName,
        response: v1::ContributeResponse,
        digest: &RequestDigest,
        roster: &Roster,
    ) -> Result<v1::Receipt, BadAnswer> {
        let receipt = response.receipt.ok_or(BadAnswer::NoReceipt)?;
        if receipt.node != node.as_str() {
            return Err(BadAnswer::NoReceipt);
        }
        receipt::verify(&receipt, digest, roster).map_err(|_| BadAnswer::Receipt)?;
        if *node == self.quorum.evaluator {
            let tag = response.sealed_tag.ok_or(BadAnswer::NoTag)?;
            if tag.encapsulated_key.len() != 32 || tag.ciphertext.len() > MAX_CIPHERTEXT {
                return Err(BadAnswer::NoTag);
            }
            self.sealed_tag = Some(tag);
        }
        self.receipts.insert(node.clone(), receipt.clone());
        Ok(receipt)
    }

    /// Takes over receipts that came in other attempts: a receipt is for the request, whichever
    /// quorum it was given in. Once the tag is here, nothing else is needed of garblers.
    pub(crate) fn adopt(&mut self, receipts: &BTreeMap<NodeName, v1::Receipt>) {
        if self.sealed_tag.is_none() {
            return;
        }
        for node in &self.quorum.nodes {
            if let Some(receipt) = receipts.get(node) {
                let known = self.receipts.entry(node.clone());
                known.or_insert_with(|| receipt.clone());
            }
        }
    }

    /// The answer for the client, once all members have answered.
    pub(crate) fn complete(&self, attempts: usize) -> Option<v1::SignResponse> {
        if !self.is_complete() {
            return None;
        }
        Some(v1::SignResponse {
            sealed_tag: self.sealed_tag.clone(),
            quorum: self.quorum.nodes.iter().map(ToString::to_string).collect(),
            evaluator: self.quorum.evaluator.to_string(),
            receipts: self.receipts.values().cloned().collect(),
            attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
        })
    }
}
