//! Every message of fixed runs against digests recorded earlier, so that no change of the protocol is an
//! accident.
//!
//! After a change that is meant, raise `PROTOCOL_VERSION` and record anew:
//! `COUNTERSIGN_RECORD=1 cargo test -p countersign-mpc --test known_answers -- --nocapture --test-threads 1`
//! prints what `tests/vectors/transcripts.txt` must hold.
#![allow(missing_docs, clippy::unwrap_used)]

mod support;

use std::collections::BTreeMap;

use countersign_mpc::{
    BatchSize, Channel, ChannelError, HashAlgorithm, Kind, PROTOCOL_VERSION, Party, Presignature,
};
use sha2::{Digest, Sha256};
use support::*;

const RECORDED: &str = include_str!("vectors/transcripts.txt");
const KEY: [u8; 40] = [0x6b; 40];
const MESSAGE: &[u8] = b"symbol=BTCUSDT&side=BUY&type=MARKET&quantity=1";

#[test]
fn two_parties_and_sha_256() {
    Transcript::of(HashAlgorithm::Sha256, 2).assert_as_recorded();
}

#[test]
fn three_parties_and_sha_256() {
    Transcript::of(HashAlgorithm::Sha256, 3).assert_as_recorded();
}

#[test]
fn two_parties_and_sha_384() {
    Transcript::of(HashAlgorithm::Sha384, 2).assert_as_recorded();
}

#[test]
fn two_parties_and_sha_512() {
    Transcript::of(HashAlgorithm::Sha512, 2).assert_as_recorded();
}

/// One digest for each kind of message, over sender, receiver and SHA-256 of all messages of that kind:
/// by sender and receiver, and between two parties in the order sent.
struct Transcript {
    name: String,
    kinds: BTreeMap<Kind, Sha256>,
}

impl Transcript {
    /// Deals, preprocesses one batch and signs once, all from fixed seeds.
    fn of(hash: HashAlgorithm, t: u8) -> Self {
        let dealt = dealt(hash, t, t, &KEY, 40);
        let quorum = quorums(t, t).remove(0);
        let shares = shares(&dealt.packages, &quorum);
        let statement = statement(&dealt.packages[0], MESSAGE);
        let size = BatchSize::least(hash, usize::from(t));

        let (log, logged) = std::sync::mpsc::channel();
        let recorders = network(&quorum).into_iter().map(|links| Recorder {
            links,
            log: log.clone(),
        });
        let recorders = recorders.collect();
        drop(log);
        let runs = preprocess_all(&shares, recorders, 41, size);

        let mut messages: Vec<Message> = logged.into_iter().collect();
        let evaluator = quorum.evaluator();
        let (mut at_evaluator, mut online) = (None, Vec::new());
        for (share, run) in shares.iter().zip(runs) {
            match run.unwrap().remove(0) {
                Presignature::Evaluator(half) => at_evaluator = Some(half),
                Presignature::Garbler(half) => {
                    let body = half.release(&statement).encode();
                    messages.push((Kind::Online, share.me(), evaluator, digest(&body)));
                    online.push((share.me(), body));
                }
            }
        }
        let tag = at_evaluator.unwrap().evaluate(&statement, &online).unwrap();
        assert_eq!(tag.expose(), reference(hash, &KEY, MESSAGE));

        // Stable, so what went between two parties stays in order.
        messages.sort_by_key(|(kind, from, to, _)| (*kind, *from, *to));
        let mut kinds: BTreeMap<Kind, Sha256> = BTreeMap::new();
        for (kind, from, to, body) in messages {
            let kind = kinds.entry(kind).or_default();
            kind.update([from.index(), to.index()]);
            kind.update(body);
        }
        Self {
            name: format!("{} t={t}", hash.scheme()),
            kinds,
        }
    }

    fn assert_as_recorded(self) {
        let name = self.name;
        let found: Vec<String> = self
            .kinds
            .into_iter()
            .map(|(kind, hash)| {
                let hex: String = hash.finalize().iter().map(|b| format!("{b:02x}")).collect();
                format!("v{PROTOCOL_VERSION} {name} {kind:?} {hex}")
            })
            .collect();
        assert_eq!(found.len(), Kind::ALL.len(), "a message of every kind");
        if std::env::var_os("COUNTERSIGN_RECORD").is_some() {
            println!("\n{}", found.join("\n"));
            return;
        }
        let recorded: Vec<&str> = RECORDED
            .lines()
            .filter(|line| line.contains(&format!(" {name} ")))
            .collect();
        let differing: Vec<&String> = found
            .iter()
            .filter(|line| !recorded.contains(&line.as_str()))
            .collect();
        assert!(
            differing.is_empty() && recorded.len() == found.len(),
            "messages are not what they were:\n{differing:#?}\n\
             If the change is meant, raise PROTOCOL_VERSION and record anew (see the head of this file)."
        );
    }
}

/// Kind, sender, receiver, SHA-256 of the body.
type Message = (Kind, Party, Party, [u8; 32]);

fn digest(body: &[u8]) -> [u8; 32] {
    Sha256::digest(body).into()
}

/// Writes down what a party sends.
struct Recorder {
    links: Links,
    log: std::sync::mpsc::Sender<Message>,
}

impl Channel for Recorder {
    fn send(&mut self, to: Party, kind: Kind, body: Vec<u8>) -> Result<(), ChannelError> {
        let message = (kind, self.links.me, to, digest(&body));
        self.log.send(message).unwrap();
        self.links.send(to, kind, body)
    }

    fn receive(&mut self, from: Party) -> Result<Envelope, ChannelError> {
        self.links.receive(from)
    }
}
