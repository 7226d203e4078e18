//! A node's signed word that it authorised a request.

use crate::digest::RequestDigest;
use crate::ed25519::ReceiptKey;
use crate::name::NodeName;
use crate::roster::Roster;
use crate::v1;

/// A receipt whose signature verified under the roster's key of its node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedReceipt {
    node: NodeName,
    audit_seq: u64,
    audit_hash: [u8; 32],
}

impl VerifiedReceipt {
    /// The node that authorised the request.
    #[must_use]
    pub fn node(&self) -> &NodeName {
        &self.node
    }

    /// Sequence number of the decision in the node's audit log.
    #[must_use]
    pub fn audit_seq(&self) -> u64 {
        self.audit_seq
    }

    /// Hash of that audit record.
    #[must_use]
    pub fn audit_hash(&self) -> &[u8; 32] {
        &self.audit_hash
    }
}

/// Signs a receipt.
#[must_use]
pub fn issue(
    key: &ReceiptKey,
    node: &NodeName,
    request: &RequestDigest,
    audit_seq: u64,
    audit_hash: &[u8; 32],
) -> v1::Receipt {
    let signature = key.sign(&[request.as_bytes(), &audit_seq.to_be_bytes(), audit_hash]);
    v1::Receipt {
        node: node.to_string(),
        audit_seq,
        audit_hash: audit_hash.to_vec(),
        signature: signature.to_vec(),
    }
}

/// Verifies that a node of the roster signed this receipt for this request.
///
/// # Errors
/// [`InvalidReceipt`] naming what does not hold.
pub fn verify(
    receipt: &v1::Receipt,
    request: &RequestDigest,
    roster: &Roster,
) -> Result<VerifiedReceipt, InvalidReceipt> {
    let node: NodeName = receipt
        .node
        .parse()
        .map_err(|_| InvalidReceipt::UnknownNode)?;
    let entry = roster.node(&node).ok_or(InvalidReceipt::UnknownNode)?;
    let audit_hash: [u8; 32] = receipt
        .audit_hash
        .as_slice()
        .try_into()
        .map_err(|_| InvalidReceipt::Malformed)?;
    let parts: [&[u8]; 3] = [
        request.as_bytes(),
        &receipt.audit_seq.to_be_bytes(),
        &audit_hash,
    ];
    entry
        .receipt_key
        .verify(&parts, &receipt.signature)
        .map_err(|_| InvalidReceipt::Signature(node.clone()))?;
    Ok(VerifiedReceipt {
        node,
        audit_seq: receipt.audit_seq,
        audit_hash,
    })
}

/// Why a receipt proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidReceipt {
    /// The receipt names no node of the roster.
    #[error("the receipt names no node of the roster")]
    UnknownNode,
    /// A field has the wrong size.
    #[error("the receipt is malformed")]
    Malformed,
    /// The node's key did not sign it, or signed it for another request.
    #[error("the receipt is not signed by node {0} for this request")]
    Signature(NodeName),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::roster::NodeEntry;
    use crate::seal::SealingKey;

    const REQUEST: RequestDigest = RequestDigest([1; 32]);

    fn node(name: &str, index: u8, key: &ReceiptKey) -> NodeEntry {
        NodeEntry {
            name: name.parse().unwrap(),
            index,
            address: format!("{name}:1").parse().unwrap(),
            receipt_key: key.verifying_key(),
            sealing_key: SealingKey::generate().unwrap().public().unwrap(),
        }
    }

    #[test]
    fn receipts_verify_only_as_they_were_issued() {
        let key = ReceiptKey::generate().unwrap();
        let other = ReceiptKey::generate().unwrap();
        let nodes = vec![node("a", 1, &key), node("b", 2, &other)];
        let roster = Roster::new("prod.example".parse().unwrap(), nodes, vec![]).unwrap();
        let name: NodeName = "a".parse().unwrap();

        let receipt = issue(&key, &name, &REQUEST, 5, &[2; 32]);
        let verified = verify(&receipt, &REQUEST, &roster).unwrap();
        assert_eq!(verified.node(), &name);
        assert_eq!(verified.audit_seq(), 5);
        assert_eq!(verified.audit_hash(), &[2; 32]);

        let signature = InvalidReceipt::Signature(name);
        let elsewhere = verify(&receipt, &RequestDigest([9; 32]), &roster);
        assert_eq!(elsewhere, Err(signature.clone()));
        type Spoil = fn(&mut v1::Receipt);
        let cases: [(Spoil, InvalidReceipt); 7] = [
            (|r| r.audit_seq = 6, signature.clone()),
            (|r| r.audit_hash[31] ^= 1, signature.clone()),
            (|r| r.signature[0] ^= 1, signature.clone()),
            (|r| r.signature.clear(), signature),
            (|r| r.audit_hash.push(0), InvalidReceipt::Malformed),
            (|r| r.node = "c".into(), InvalidReceipt::UnknownNode),
            (|r| r.node = "../a".into(), InvalidReceipt::UnknownNode),
        ];
        for (spoil, expected) in cases {
            let mut bad = receipt.clone();
            spoil(&mut bad);
            assert_eq!(verify(&bad, &REQUEST, &roster), Err(expected));
        }
        // Another node's name under the same signature.
        let claimed = v1::Receipt {
            node: "b".into(),
            ..receipt
        };
        assert!(matches!(
            verify(&claimed, &REQUEST, &roster),
            Err(InvalidReceipt::Signature(_))
        ));
    }
}
