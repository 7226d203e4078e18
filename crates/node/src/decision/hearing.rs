//! Charging for what peers authorised: on the client's signed word, read by this node's own dialect,
//! under this node's own policy.

use std::time::Duration;

use countersign_mpc::Party;
use countersign_policy::Charge;
use countersign_wire::envelope::EnvelopeError;
use countersign_wire::v1::{Authorised, Heard, Tell};
use countersign_wire::{
    AuthenticatedRequest, NodeName, Refusal, RequestDigest, Roster, UnverifiedEnvelope,
};
use tokio::sync::watch;

use super::Decider;
use super::books::{Books, Digest, Expiry, Recorded};
use super::judging::{account, facts_of};
use crate::audit::{AuditError, Event, HeardRecord};
use crate::gossip::{MAX_TOLD, Standing};
use crate::keys::Key;

/// A peer, as gossip needs to know it.
#[derive(Clone, Debug)]
pub(crate) struct Teller {
    pub(crate) party: Party,
    pub(crate) name: NodeName,
}

/// What became of a peer's word.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Hearing {
    /// Requests that were looked at closely, which takes time.
    pub(crate) examined: usize,
    /// Positions of the requests that were not charged, and why not.
    pub(crate) refused: Vec<(usize, Unheard)>,
    /// Positions of those that were charged some while before.
    pub(crate) early: Vec<usize>,
}

/// Why a peer's word counts for nothing. An honest peer with the same policy gives no cause.
#[derive(Debug, PartialEq, thiserror::Error)]
pub(crate) enum Unheard {
    #[error("there is no envelope")]
    NoEnvelope,
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    #[error("it cannot have been authorised when the peer says it was, or so long ago")]
    Untimely,
    #[error("the peer is not a node of the key")]
    NotOfTheKey,
    #[error("this node would not authorise it: {0}")]
    Denied(Box<Refusal>),
    #[error("with what this peer alone said before, policy does not let it pass: {0}")]
    Policy(String),
    #[error("more requests than a message may hold")]
    TooMany,
}

/// How a request that a peer told of came to be charged.
enum Charged {
    /// By others' word, or this node's own decision.
    Before,
    /// Just now, by somebody who writes it down.
    Elsewhere,
    /// By this word; what is to be written down.
    Now(Box<HeardRecord>),
}

/// Longer than it takes to write anything down.
const RECORD_PATIENCE: Duration = Duration::from_secs(3);

impl Decider {
    /// Charges counters for what a peer authorised. It is on disk when this returns.
    ///
    /// # Errors
    /// [`AuditError`] if it could not be written: the peer must tell it again.
    pub(crate) async fn hear(
        &self,
        roster: &Roster,
        teller: &Teller,
        tell: Tell,
    ) -> Result<Hearing, AuditError> {
        let mut hearing = Hearing::default();
        if tell.authorised.len() > MAX_TOLD {
            hearing.refused.push((0, Unheard::TooMany));
            return Ok(hearing);
        }
        let now = self.clock.now_ms();
        let (mut requests, mut charged) = (Vec::new(), Vec::new());
        for (position, one) in tell.authorised.into_iter().enumerate() {
            match self.hear_one(roster, teller.party, one, now) {
                Err(why) => hearing.refused.push((position, why)),
                Ok((digest, how)) => {
                    charged.push((position, digest));
                    match how {
                        Charged::Before => continue,
                        Charged::Elsewhere => {}
                        Charged::Now(record) => requests.push(*record),
                    }
                }
            }
            hearing.examined += 1;
            // The next one may wait for those whose clients wait.
            tokio::task::yield_now().await;
        }
        self.record_heard(teller, now, requests).await?;
        self.all_recorded(&charged).await?;
        let books = self.books();
        let early = charged
            .iter()
            .filter(|(_, digest)| books.is_early(digest, now));
        hearing.early = early.map(|(position, _)| *position).collect();
        Ok(hearing)
    }

    /// Waits for what others write down: an answer says that all of it is on disk.
    async fn all_recorded(&self, charged: &[(usize, Digest)]) -> Result<(), AuditError> {
        let failed = || AuditError::Unavailable(RECORD_PATIENCE);
        let mut records = self.records.subscribe();
        for (_, digest) in charged {
            while self.books().recorded(digest) == Some(Recorded::Soon) {
                let change = tokio::time::timeout(RECORD_PATIENCE, records.changed());
                if !matches!(change.await, Ok(Ok(()))) {
                    return Err(failed());
                }
            }
            if self.books().recorded(digest) == Some(Recorded::No) {
                return Err(failed());
            }
        }
        Ok(())
    }

    async fn record_heard(
        &self,
        teller: &Teller,
        now: u64,
        requests: Vec<HeardRecord>,
    ) -> Result<(), AuditError> {
        if requests.is_empty() {
            return Ok(());
        }
        let digests: Vec<_> = requests.iter().map(|request| request.digest).collect();
        let peer = teller.name.to_string();
        let result = self
            .audit
            .append(now, Event::Heard { peer, requests })
            .await;
        let recorded = match &result {
            Ok(_) => Recorded::Yes,
            Err(_) => Recorded::No,
        };
        let mut books = self.books();
        for digest in &digests {
            books.set_recorded(digest, recorded);
        }
        drop(books);
        self.records.send_replace(());
        result.map(|_| ())
    }

    fn hear_one(
        &self,
        roster: &Roster,
        teller: Party,
        told: Authorised,
        now: u64,
    ) -> Result<(Digest, Charged), Unheard> {
        let told_at_ms = told.at_ms;
        let signed = told.envelope.ok_or(Unheard::NoEnvelope)?;
        // Most of what is told was heard before: from the client, or from another node.
        let digest: Digest = *RequestDigest::of(&signed.envelope).as_bytes();
        if let Some(charged) = charged_before(&self.books(), &digest) {
            return Ok((digest, charged));
        }
        let request = UnverifiedEnvelope::parse(&signed)?.authenticate(roster)?;
        let envelope = request.envelope();
        let expiry = Expiry::new(envelope.deadline_ms, self.windows.skew_ms);
        self.check_told_at(&request, told_at_ms, expiry, now)?;
        let key = self.key(envelope.key_id.as_str());
        let key = key.map_err(Unheard::Denied)?;
        let peers = key.peers();
        if !peers.contains(&teller) {
            return Err(Unheard::NotOfTheKey);
        }
        let reading = self.read(&key, &envelope.request);
        let reading = reading.map_err(Unheard::Denied)?;
        let facts = facts_of(&reading, &key, &self.circumstances.now());
        let charge = Charge::for_operations(&facts);
        let client = envelope.client.as_str();
        let account = account(&key, client, &peers);

        let mut books = self.books();
        if let Some(charged) = charged_before(&books, &digest) {
            return Ok((digest, charged));
        }
        if books.recorded(&digest).is_some() {
            books.set_recorded(&digest, Recorded::Soon);
        } else {
            let usage = books.usage_told(teller, told_at_ms, account, charge);
            let decision = self.ask(account, &reading, &facts, told_at_ms, &usage);
            if !decision.is_allow() {
                return Err(Unheard::Policy(decision.to_string()));
            }
            books.hear(now, (teller, told_at_ms), account, digest, charge, expiry);
        }
        drop(books);
        let record = HeardRecord {
            client: client.to_owned(),
            request_id: envelope.request_id.0,
            digest,
            key_id: envelope.key_id.to_string(),
            charge,
            at_ms: now.min(expiry.untold_at_ms),
            told_at_ms,
            deadline_ms: envelope.deadline_ms,
        };
        Ok((digest, Charged::Now(Box::new(record))))
    }

    /// An honest node decides between creation and deadline, as it sees them, and says so at once.
    fn check_told_at(
        &self,
        request: &AuthenticatedRequest,
        told_at_ms: u64,
        expiry: Expiry,
        now: u64,
    ) -> Result<(), Unheard> {
        let (envelope, skew) = (request.envelope(), self.windows.skew_ms);
        let possible = envelope.created_at_ms <= told_at_ms.saturating_add(skew)
            && told_at_ms < envelope.deadline_ms
            && told_at_ms <= now.saturating_add(skew)
            && now <= expiry.refused_at_ms;
        if possible {
            Ok(())
        } else {
            Err(Unheard::Untimely)
        }
    }

    /// Changes when there may be something to tell to peers.
    pub(crate) fn untold(&self) -> watch::Receiver<()> {
        self.untold.subscribe()
    }

    /// The next message for a peer: see [`Outbox::next_tell`](crate::gossip::Outbox::next_tell).
    pub(crate) fn next_tell(&self, peer: Party, due: bool) -> Option<Tell> {
        let now = self.clock.now_ms();
        self.books().outbox.next_tell(peer, now, due)
    }

    /// The answer to a message of a peer that was handled.
    pub(crate) fn answer_to(&self, peer: Party, number: u64, hearing: &Hearing) -> Heard {
        let numbers = |position: &usize| u32::try_from(*position).ok();
        let refused = hearing.refused.iter().map(|(position, _)| position);
        Heard {
            number,
            complete: self.books().outbox.told_all(peer),
            refused: refused.filter_map(numbers).collect(),
            early: hearing.early.iter().filter_map(numbers).collect(),
        }
    }

    /// A peer's answer.
    pub(crate) fn answered(&self, peer: Party, heard: &Heard) {
        let now = self.clock.now_ms();
        if self.books().answered(peer, heard, now) {
            self.answers.send_replace(());
            self.untold.send_replace(());
        }
    }

    /// A peer is another process now.
    pub(crate) fn peer_restarted(&self, peer: Party) {
        self.books().outbox.restarted(peer);
    }

    /// Gives up what is too old to be told; to be called now and then.
    pub(crate) fn expire_untold(&self) {
        let now = self.clock.now_ms();
        self.books().expire(now);
    }

    /// Puts on record what every node of its key has heard of since this was last called, so that
    /// it does not count as outstanding after a restart.
    ///
    /// # Errors
    /// [`AuditError`]: then it will.
    pub(crate) async fn record_told(&self) -> Result<(), AuditError> {
        let lines = self.books().outbox.take_known();
        if !lines.is_empty() {
            let now = self.clock.now_ms();
            self.audit.append(now, Event::Told { lines }).await?;
        }
        Ok(())
    }

    /// The other nodes of a key that are not in step: while there are any, limits are divided.
    pub(crate) fn out_of_step(&self, key: &Key) -> Vec<Party> {
        let (mut peers, now) = (key.peers(), self.clock.now_ms());
        let books = self.books();
        peers.retain(|&peer| books.outbox.standing_of(peer, now) != Standing::InStep);
        peers
    }
}

/// How a request came to be charged before, if it was and nothing is left to do.
fn charged_before(books: &Books, digest: &Digest) -> Option<Charged> {
    match books.recorded(digest)? {
        Recorded::Yes => Some(Charged::Before),
        Recorded::Soon => Some(Charged::Elsewhere),
        Recorded::No => None,
    }
}
