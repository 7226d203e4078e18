//! What a signature may cost of memory and network, for two parties and SHA-256.
#![allow(missing_docs, clippy::unwrap_used)]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use countersign_mpc::{BatchSize, Channel, ChannelError, HashAlgorithm, Kind, Party, Presignature};
use support::*;

#[test]
fn a_presignature_takes_a_megabyte_and_a_signature_sends_two() {
    let hash = HashAlgorithm::Sha256;
    let dealt = dealt(hash, 2, 2, &[1; 32], 1);
    let quorum = quorums(2, 2).remove(0);
    let shares = shares(&dealt.packages, &quorum);
    let size = BatchSize::usual(hash, 2);

    let sent = Arc::new(AtomicUsize::new(0));
    let counted = network(&quorum).into_iter().map(|links| Counting {
        links,
        sent: sent.clone(),
    });
    let runs = preprocess_all(&shares, counted.collect(), 1, size);
    let statement = statement(&dealt.packages[0], b"any message");
    for half in runs.into_iter().flat_map(Result::unwrap) {
        match half {
            Presignature::Evaluator(half) => assert!(half.bytes() <= 1_000_000),
            Presignature::Garbler(half) => {
                let message = half.release(&statement).encode();
                sent.fetch_add(message.len(), Ordering::Relaxed);
            }
        }
    }
    let of_one = sent.load(Ordering::Relaxed) / size.presignatures();
    assert!(of_one <= 2_000_000, "{of_one} bytes");
}

/// Counts the bytes of bodies.
struct Counting {
    links: Links,
    sent: Arc<AtomicUsize>,
}

impl Channel for Counting {
    fn send(&mut self, to: Party, kind: Kind, body: Vec<u8>) -> Result<(), ChannelError> {
        self.sent.fetch_add(body.len(), Ordering::Relaxed);
        self.links.send(to, kind, body)
    }

    fn receive(&mut self, from: Party) -> Result<Envelope, ChannelError> {
        self.links.receive(from)
    }
}
