//! Nodes tell each other what they authorised, so that limits hold for all of them together.
//!
//! ```text
//! decision durable --Tell: the client's envelope--> peer: authenticate, read, judge, charge, durable
//!                  <--Heard--                       peer
//! ```
//!
//! Every peer is also asked a few times a second whether it has anything to tell; one that does not
//! answer is out of step, and limits are divided. What is charged, and how it weighs, is the
//! [`decision`](crate::decision)'s business; here is who is told what, and who has heard of it.
//! docs/adr/0012-gossip.md says why it is as it is.

mod conversation;
mod outbox;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use countersign_mpc::Party;
use countersign_wire::Roster;
use countersign_wire::v1::{Heard, Lane, Tell, peer_message};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};
use tracing::{debug, info, warn};

pub(crate) use self::conversation::Standing;
#[cfg(test)]
pub(crate) use self::conversation::Word;
pub(crate) use self::outbox::{Authorisation, MAX_TOLD, Outbox, Ticket, is_short};
use crate::decision::{Decider, Teller};
use crate::keys::Keys;
use crate::links::Links;

/// How often each peer is asked whether there is anything to hear.
const ASK_EVERY: Duration = Duration::from_millis(200);
/// How long authorisations are gathered before they are told: by then the other nodes of a quorum
/// have mostly recorded the same decision, and need not record what they are told.
const GATHER: Duration = Duration::from_millis(20);
/// Messages of one peer that may wait to be handled; more are dropped, and told again.
const MAX_WAITING: usize = 16;
/// The least time, on average, between two messages of one peer that are handled, or two requests
/// in them that are looked at closely: more than any group signs, and no burden.
const PACE: Duration = Duration::from_millis(4);
/// How often what became known to all is put on record.
const RECORD_EVERY: Duration = Duration::from_secs(10);
/// How often what is too old to be told is given up.
const TIDY_EVERY: Duration = Duration::from_secs(1);
/// How often a peer's words that are refused make it to the log.
const COMPLAIN_EVERY: Duration = Duration::from_secs(10);

/// The nodes with which this one shares a key.
pub(crate) fn peers(keys: &Keys) -> BTreeSet<Party> {
    keys.iter().flat_map(|key| key.peers()).collect()
}

/// Gossip with all peers, for as long as this lives.
pub struct Gossip {
    decider: Arc<Decider>,
    inboxes: BTreeMap<Party, mpsc::Sender<Incoming>>,
    _tasks: JoinSet<()>,
}

enum Incoming {
    Tell(Tell),
    Heard(Heard),
}

/// What the tasks of one peer need.
struct Correspondence {
    teller: Teller,
    roster: Arc<Roster>,
    decider: Arc<Decider>,
    links: Arc<Links>,
}

impl Gossip {
    /// Starts talking and listening to the other nodes of each key.
    pub(crate) fn start(
        roster: &Arc<Roster>,
        keys: &Arc<Keys>,
        decider: &Arc<Decider>,
        links: &Arc<Links>,
    ) -> Self {
        let (mut inboxes, mut tasks) = (BTreeMap::new(), JoinSet::new());
        let peers = peers(keys);
        for node in roster.nodes() {
            let Some(party) = Party::new(node.index).filter(|party| peers.contains(party)) else {
                continue;
            };
            let name = node.name.clone();
            let with = Arc::new(Correspondence {
                teller: Teller { party, name },
                roster: Arc::clone(roster),
                decider: Arc::clone(decider),
                links: Arc::clone(links),
            });
            let (inbox, incoming) = mpsc::channel(MAX_WAITING);
            inboxes.insert(party, inbox);
            tasks.spawn(Arc::clone(&with).talk());
            tasks.spawn(with.listen(incoming));
        }
        tasks.spawn(keep(
            Arc::clone(roster),
            Arc::clone(keys),
            Arc::clone(decider),
        ));
        Self {
            decider: Arc::clone(decider),
            inboxes,
            _tasks: tasks,
        }
    }

    pub(crate) fn told(&self, from: Party, tell: Tell) {
        self.incoming(from, Incoming::Tell(tell));
    }

    pub(crate) fn heard(&self, from: Party, heard: Heard) {
        self.incoming(from, Incoming::Heard(heard));
    }

    fn incoming(&self, from: Party, message: Incoming) {
        let Some(inbox) = self.inboxes.get(&from) else {
            debug!(peer = %from, "gossip from a node that shares no key");
            return;
        };
        if inbox.try_send(message).is_err() {
            debug!(peer = %from, "gossip dropped: too much of it waits");
        }
    }

    /// A peer is another process now.
    pub(crate) fn restarted(&self, peer: Party) {
        self.decider.peer_restarted(peer);
    }
}

impl Correspondence {
    /// Tells and asks.
    async fn talk(self: Arc<Self>) {
        let peer = self.teller.party;
        let mut untold = self.decider.untold();
        let mut ticks = interval(ASK_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let mut due = false;
            tokio::select! {
                _ = ticks.tick() => due = true,
                changed = untold.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    sleep(GATHER).await;
                }
            }
            // A question that waits for a connection would be answered late, and prove little.
            if self.links.connected(peer).is_none() {
                continue;
            }
            self.tell(due);
        }
    }

    /// Tells all there is to tell; asks at least, if that is `due`.
    fn tell(&self, mut due: bool) {
        while let Some(tell) = self.decider.next_tell(self.teller.party, due) {
            due = false;
            self.send(peer_message::Kind::Tell(tell));
        }
    }

    /// Hears, in the order in which the peer spoke.
    async fn listen(self: Arc<Self>, mut incoming: mpsc::Receiver<Incoming>) {
        let mut complain_at = Instant::now();
        while let Some(message) = incoming.recv().await {
            let tell = match message {
                Incoming::Heard(heard) => {
                    self.decider.answered(self.teller.party, &heard);
                    continue;
                }
                Incoming::Tell(tell) => tell,
            };
            let number = tell.number;
            match self.decider.hear(&self.roster, &self.teller, tell).await {
                Ok(hearing) => {
                    // First what this node has to tell, so that whoever is answered knows it.
                    self.tell(false);
                    let answer = self.decider.answer_to(self.teller.party, number, &hearing);
                    self.send(peer_message::Kind::Heard(answer));
                    if let Some((_, why)) = hearing.refused.first()
                        && complain_at <= Instant::now()
                    {
                        complain_at = Instant::now() + COMPLAIN_EVERY;
                        let (peer, refused) = (&self.teller.name, hearing.refused.len());
                        warn!(%peer, refused, %why, "a peer tells of requests that are not charged");
                    }
                    let pace = u32::try_from(1 + hearing.examined).unwrap_or(u32::MAX);
                    sleep(PACE.saturating_mul(pace)).await;
                }
                Err(error) => debug!(%error, "what a peer told cannot be recorded yet"),
            }
        }
    }

    fn send(&self, message: peer_message::Kind) {
        // What does not arrive is not answered, and told again.
        let _ = self.links.send(self.teller.party, Lane::Online, message);
    }
}

/// Keeps the outbox tidy, the record up to date, and the operator informed.
async fn keep(roster: Arc<Roster>, keys: Arc<Keys>, decider: Arc<Decider>) {
    let mut record_at = Instant::now() + RECORD_EVERY;
    let mut before = BTreeSet::new();
    loop {
        sleep(TIDY_EVERY).await;
        decider.expire_untold();
        if record_at <= Instant::now() {
            record_at = Instant::now() + RECORD_EVERY;
            if let Err(error) = decider.record_told().await {
                debug!(%error, "what peers have heard cannot be recorded");
            }
        }
        let stale: BTreeSet<Party> = keys
            .iter()
            .flat_map(|key| decider.out_of_step(key))
            .collect();
        for peer in stale.difference(&before) {
            let peer = name_of(&roster, *peer);
            warn!(%peer, "gossip is stale: limits are divided until this peer answers");
        }
        for peer in before.difference(&stale) {
            let peer = name_of(&roster, *peer);
            info!(%peer, "gossip is fresh again");
        }
        before = stale;
    }
}

fn name_of(roster: &Roster, peer: Party) -> String {
    let nodes = roster.nodes().iter();
    let mut found = nodes.filter(|node| node.index == peer.index());
    found
        .next()
        .map_or_else(|| peer.to_string(), |node| node.name.to_string())
}
