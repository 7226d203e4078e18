//! What the log says, and how one line says it.
//!
//! ```text
//! {"seq":7,"prev":"<hash of line 6>","at_ms":…,"event":{"kind":…},"hash":"<hash of this line>"}
//! ```
//!
//! The hash of a line is SHA-256 of `"countersign/audit/v1\0"` and all of the line before
//! `,"hash"`. The first line is number 1 and chained to 32 zero bytes. Since a line carries its own
//! hash, damage to the last one shows, too; and a receipt's hash can be searched for as it is.

use countersign_policy::Charge;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

const DOMAIN: &[u8] = b"countersign/audit/v1\0";
const HASH_KEY: &[u8] = b",\"hash\":\"";
const END: &[u8] = b"\"}";
/// `,"hash":"`, 64 hexadecimal digits, `"}`.
const SUFFIX_BYTES: usize = HASH_KEY.len() + 64 + END.len();

/// Longest line, in bytes: a disagreement with the largest envelope, and as much again.
pub(super) const MAX_LINE_BYTES: usize = 1 << 20;

/// What happened. Nothing secret is ever part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Event {
    /// The node started.
    Started {
        /// The boot nonce it drew.
        #[serde(with = "hex::serde")]
        boot: [u8; 32],
        /// Of the program.
        version: String,
        /// Hash of the roster in force.
        #[serde(with = "hex::serde")]
        roster_hash: [u8; 32],
    },
    /// A line that a crash had left unfinished, and that nobody was told of, was cut off.
    TornTail {
        /// Its length.
        bytes: u64,
    },
    /// The log is not the last one this node wrote: it is gone, or an earlier copy was put in its
    /// place. Nothing is signed until all requests of before are past.
    LogLost {
        /// Records there were.
        found: u64,
        /// Records there should at least have been.
        expected: u64,
    },
    /// A client's request was decided.
    Decision(DecisionRecord),
    /// A peer authorised requests, by its own word and with their clients' signatures, and counters
    /// were charged.
    Heard {
        /// Its name.
        peer: String,
        /// The requests.
        requests: Vec<HeardRecord>,
    },
    /// Every node of their key has on disk what this node authorised on these lines.
    Told {
        /// Numbers of the lines.
        lines: Vec<u64>,
    },
    /// The check message of a dealing was signed (P6).
    CheckSigned {
        /// The key.
        key_id: String,
        /// Names of the quorum's nodes.
        quorum: Vec<String>,
        /// The presignature that was used.
        #[serde(with = "hex::serde")]
        presignature: [u8; 16],
    },
    /// A protocol check failed.
    Incident {
        /// The key.
        key_id: String,
        /// Who is to blame, if that is proved to this node.
        peer: Option<String>,
        /// Names of the quorum's nodes.
        quorum: Vec<String>,
        /// What failed.
        fault: String,
    },
    /// Nodes of a quorum did not approve the same thing (P16). Nobody is blamed.
    Disagreement {
        /// The key.
        key_id: String,
        /// Names of the quorum's nodes.
        quorum: Vec<String>,
        /// Digest of the request this node approved.
        #[serde(with = "hex::serde")]
        digest: [u8; 32],
        /// Who approved something else.
        peer: String,
        /// The client's signed envelope, as this node has it; empty where it can hold a passphrase
        /// or a password.
        #[serde(with = "hex::serde")]
        envelope: Vec<u8>,
    },
    /// A quorum reproduced the check tag and may sign from now on.
    QuorumActivated {
        /// The key.
        key_id: String,
        /// Names of the quorum's nodes.
        quorum: Vec<String>,
    },
    /// A peer drew a new boot nonce.
    PeerRestarted {
        /// Its name.
        peer: String,
    },
    /// The node stopped in an orderly way.
    Stopped {},
}

/// One decision about one request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionRecord {
    /// Who asked.
    pub client: String,
    /// The client's name for the request.
    #[serde(with = "hex::serde")]
    pub request_id: [u8; 16],
    /// Digest of the envelope.
    #[serde(with = "hex::serde")]
    pub digest: [u8; 32],
    /// The key.
    pub key_id: String,
    /// The venue.
    pub venue: String,
    /// What the client named, and all else the signature could serve but for further reads.
    pub operations: Vec<OperationRecord>,
    /// Names of the quorum's nodes.
    pub quorum: Vec<String>,
    /// What was decided.
    pub verdict: Verdict,
    /// Ids of the policies that applied.
    pub rules: Vec<String>,
    /// What counters were charged with; nothing if denied.
    pub charge: Option<Charge>,
    /// Unix milliseconds, by the client's clock.
    pub created_at_ms: u64,
    /// Unix milliseconds after which nothing may be released.
    pub deadline_ms: u64,
}

/// One request that a peer authorised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeardRecord {
    /// Who asked.
    pub client: String,
    /// The client's name for the request.
    #[serde(with = "hex::serde")]
    pub request_id: [u8; 16],
    /// Digest of the envelope.
    #[serde(with = "hex::serde")]
    pub digest: [u8; 32],
    /// The key.
    pub key_id: String,
    /// What counters were charged with.
    pub charge: Charge,
    /// From when on it counts, Unix milliseconds.
    pub at_ms: u64,
    /// When the peer charged its own counters, by its word and clock.
    pub told_at_ms: u64,
    /// Unix milliseconds after which nothing may be released.
    pub deadline_ms: u64,
}

/// One operation of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OperationRecord {
    /// Its class.
    pub class: String,
    /// Its name in the dialect, with what it is to the order it comes with: `order:stop_loss`.
    pub name: String,
}

/// How a request was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case", deny_unknown_fields)]
pub enum Verdict {
    /// It may be signed.
    Approved,
    /// It may not.
    Denied {
        /// The kind of reason.
        reason: String,
        /// The policy or check that denied.
        rule: String,
        /// For a person.
        detail: String,
    },
}

/// A line of the log whose place in the chain was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its number, from 1: the number of the line in the file.
    pub seq: u64,
    /// Its hash.
    pub hash: [u8; 32],
    /// Unix milliseconds, by this node's clock.
    pub at_ms: u64,
    /// What happened.
    pub event: Event,
}

/// Where an event stands in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// Number of its line.
    pub seq: u64,
    /// Hash of its line.
    pub hash: [u8; 32],
}

/// The end of a chain: what the next line continues.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Chain {
    /// Of the last line; 0 if there is none.
    pub(super) seq: u64,
    pub(super) hash: [u8; 32],
}

#[derive(Serialize)]
struct Written<'a> {
    seq: u64,
    #[serde(with = "hex::serde")]
    prev: [u8; 32],
    at_ms: u64,
    event: &'a Event,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    seq: u64,
    #[serde(with = "hex::serde")]
    prev: [u8; 32],
    at_ms: u64,
    event: Event,
    #[serde(with = "hex::serde")]
    hash: [u8; 32],
}

impl Chain {
    /// Writes the next line, with its line feed, to `out`. If it is too long, nothing changes.
    pub(super) fn append(
        &mut self,
        at_ms: u64,
        event: &Event,
        out: &mut Vec<u8>,
    ) -> Result<Appended, LineTooLong> {
        let written = Written {
            seq: self.seq + 1,
            prev: self.hash,
            at_ms,
            event,
        };
        let mut line = serde_json::to_vec(&written).map_err(|_| LineTooLong)?;
        line.pop();
        if line.len() + SUFFIX_BYTES > MAX_LINE_BYTES {
            return Err(LineTooLong);
        }
        let hash = hash(&line);
        *self = Self {
            seq: written.seq,
            hash,
        };
        out.extend_from_slice(&line);
        out.extend_from_slice(&suffix(&hash));
        out.push(b'\n');
        Ok(Appended {
            seq: self.seq,
            hash,
        })
    }

    /// Reads the next line, given without its line feed.
    pub(super) fn next(&mut self, line: &[u8]) -> Result<Record, &'static str> {
        let (body, end) = line
            .len()
            .checked_sub(SUFFIX_BYTES)
            .and_then(|at| line.split_at_checked(at))
            .ok_or("too short for a record")?;
        let hash = hash(body);
        // Compared as text, so that no other spelling of the same hash passes.
        if end != suffix(&hash) {
            return Err("its hash does not fit its content");
        }
        let read: Read = serde_json::from_slice(line).map_err(|_| "not a record")?;
        if read.prev != self.hash {
            return Err("it does not continue the line before");
        }
        if self.seq.checked_add(1) != Some(read.seq) || read.hash != hash {
            return Err("its number is not the next");
        }
        *self = Self {
            seq: read.seq,
            hash,
        };
        Ok(Record {
            seq: read.seq,
            hash,
            at_ms: read.at_ms,
            event: read.event,
        })
    }
}

/// An event that does not fit on a line.
#[derive(Debug)]
pub(super) struct LineTooLong;

fn hash(body: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(DOMAIN);
    hash.update(body);
    hash.finalize().into()
}

fn suffix(hash: &[u8; 32]) -> Vec<u8> {
    [HASH_KEY, hex::encode(hash).as_bytes(), END].concat()
}

#[cfg(test)]
mod tests {
    #![allow(non_snake_case)]

    use super::*;

    fn decision(verdict: Verdict) -> Event {
        Event::Decision(DecisionRecord {
            client: "desk".to_owned(),
            request_id: [1; 16],
            digest: [2; 32],
            key_id: "trading".to_owned(),
            venue: "binance".to_owned(),
            operations: vec![OperationRecord {
                class: "trade_spot".to_owned(),
                name: "new order".to_owned(),
            }],
            quorum: vec!["a".to_owned(), "b".to_owned()],
            verdict,
            rules: vec!["limits".to_owned()],
            charge: Some(Charge {
                requests: 1,
                orders: u64::MAX,
                ..Charge::default()
            }),
            created_at_ms: 1,
            deadline_ms: u64::MAX,
        })
    }

    fn events() -> Vec<Event> {
        let quorum = vec!["a".to_owned(), "b".to_owned()];
        let key_id = "trading".to_owned();
        vec![
            Event::Started {
                boot: [3; 32],
                version: "0.1.0".to_owned(),
                roster_hash: [4; 32],
            },
            Event::TornTail { bytes: 17 },
            Event::LogLost {
                found: 0,
                expected: 3,
            },
            decision(Verdict::Approved),
            decision(Verdict::Denied {
                reason: "policy_denied".to_owned(),
                rule: "no\nwithdrawals".to_owned(),
                detail: "\u{202e}\u{0}\"}\\".to_owned(),
            }),
            Event::Heard {
                peer: "b".to_owned(),
                requests: vec![HeardRecord {
                    client: "desk".to_owned(),
                    request_id: [1; 16],
                    digest: [2; 32],
                    key_id: key_id.clone(),
                    charge: Charge::default(),
                    at_ms: 1,
                    told_at_ms: 2,
                    deadline_ms: u64::MAX,
                }],
            },
            Event::Told {
                lines: vec![4, u64::MAX],
            },
            Event::CheckSigned {
                key_id: key_id.clone(),
                quorum: quorum.clone(),
                presignature: [5; 16],
            },
            Event::Incident {
                key_id: key_id.clone(),
                peer: None,
                quorum: quorum.clone(),
                fault: "a wrong MAC".to_owned(),
            },
            Event::Disagreement {
                key_id: key_id.clone(),
                quorum: quorum.clone(),
                digest: [6; 32],
                peer: "b".to_owned(),
                envelope: vec![7; 100],
            },
            Event::QuorumActivated { key_id, quorum },
            Event::PeerRestarted {
                peer: "b".to_owned(),
            },
            Event::Stopped {},
        ]
    }

    #[test]
    fn line__should_be_read_as_it_was_written() {
        let (mut writer, mut reader) = (Chain::default(), Chain::default());
        for (at, event) in events().into_iter().enumerate() {
            let mut line = Vec::new();
            let appended = writer.append(1_000 + at as u64, &event, &mut line).unwrap();
            assert_eq!(line.pop(), Some(b'\n'));
            assert!(!line.contains(&b'\n'));
            let record = reader.next(&line).unwrap();
            assert_eq!(record.event, event);
            assert_eq!(record.at_ms, 1_000 + at as u64);
            assert_eq!((record.seq, record.hash), (appended.seq, appended.hash));
            assert_eq!(record.seq, at as u64 + 1);
            assert_eq!(reader, writer);
        }
    }

    /// Fixes the format: a log written today must verify for ever.
    #[test]
    fn line__should_look_like_this() {
        let mut line = Vec::new();
        let event = Event::PeerRestarted {
            peer: "b".to_owned(),
        };
        Chain::default()
            .append(1_753_000_000_000, &event, &mut line)
            .unwrap();
        let body = format!(
            r#"{{"seq":1,"prev":"{}","at_ms":1753000000000,"event":{{"kind":"peer_restarted","peer":"b"}}"#,
            "0".repeat(64)
        );
        let hash = hex::encode(Sha256::digest(format!("countersign/audit/v1\0{body}")));
        assert_eq!(
            String::from_utf8(line).unwrap(),
            format!("{body},\"hash\":\"{hash}\"}}\n")
        );
    }

    #[test]
    fn line__should_be_refused_with_a_field_unknown_or_repeated() {
        // Whoever can write the file can also compute hashes; parsing is strict all the same.
        let prev = "0".repeat(64);
        for body in [
            format!(r#"{{"seq":1,"prev":"{prev}","at_ms":1,"event":{{"kind":"stopped","x":1}}"#),
            format!(
                r#"{{"seq":1,"prev":"{prev}","at_ms":1,"at_ms":2,"event":{{"kind":"stopped"}}"#
            ),
            format!(r#"{{"seq":1,"prev":"{prev}","at_ms":1,"event":{{"kind":"stopped"}},"y":1"#),
            format!(r#"{{"seq":1,"prev":"{prev}","at_ms":1,"event":{{"kind":"halted"}}"#),
            format!(r#"{{"seq":2,"prev":"{prev}","at_ms":1,"event":{{"kind":"stopped"}}"#),
        ] {
            let line = [body.as_bytes(), &suffix(&hash(body.as_bytes()))].concat();
            assert!(Chain::default().next(&line).is_err(), "{body}");
        }
    }

    #[test]
    fn event__should_be_refused_when_too_long_and_leave_the_chain_alone() {
        let mut chain = Chain::default();
        let mut out = Vec::new();
        let event = |bytes| Event::PeerRestarted {
            peer: "x".repeat(bytes),
        };
        assert!(chain.append(0, &event(MAX_LINE_BYTES), &mut out).is_err());
        assert_eq!((chain, out.len()), (Chain::default(), 0));
        assert!(
            chain
                .append(0, &event(MAX_LINE_BYTES / 2), &mut out)
                .is_ok()
        );
    }
}
